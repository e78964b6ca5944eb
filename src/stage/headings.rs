//! Finds the headings of a table and the columns below them; never reads a row.

use std::ops::Range;

use super::folded::FoldedSheet;
use crate::template::{ColumnKind, Table};
use crate::value::CellRef;

/// The headings of a table as found.
#[derive(Debug, Clone, Default)]
pub struct Headings {
    /// For each column of the template its column in the sheet.
    pub columns: Vec<Option<u16>>,
    /// For each column of the template the heading cell.
    pub cells: Vec<Option<CellRef>>,
    /// The rows of the headings with the 栏次 row, counted from zero.
    pub rows: Range<u32>,
    /// Columns found by their 栏次 alone: template column and number.
    pub by_number: Vec<(usize, u32)>,
    /// Columns whose heading stands over another column than their 栏次 tells: template column and number.
    pub displaced: Vec<(usize, u32)>,
    /// Headings of the sheet that the template does not have.
    pub unknown: Vec<CellRef>,
    /// The first column right of all others that has a heading of the template once more.
    pub again: Option<u16>,
}

/// The headings of `table` between two rows, if they are there.
pub fn find(sheet: &FoldedSheet<'_>, rows: Range<u32>, table: &Table, numbers_word: &str) -> Option<Headings> {
    let (first, last) = heading_rows(sheet, rows.clone(), table)?;
    let numbers = numbers_row(sheet, last + 1..rows.end, table, numbers_word);
    let end = numbers.as_ref().map_or(last, |(row, _)| *row) + 1;
    let paths = paths(sheet, first, last);
    let mut found = Headings {
        columns: vec![None; table.columns.len()],
        cells: vec![None; table.columns.len()],
        rows: first..end,
        ..Headings::default()
    };
    match_paths(table, &paths, &mut found);
    match_last_heading(table, &paths, &mut found);
    if let Some((row, numbers)) = &numbers {
        if sheet.sheet.merges.is_empty() {
            put_back(table, numbers, &mut found);
        }
        match_numbers(table, *row, numbers, &mut found);
    }
    let right = found.columns.iter().flatten().max().copied();
    let is_again = |p: &&Path| Some(p.column) > right && p.words.last().is_some_and(|w| table.is_heading(w));
    found.again = paths.iter().find(is_again).map(|p| p.column);
    found.unknown = unknown(sheet, table, &paths, &found, numbers_word);
    is_enough(table, &found).then_some(found)
}

/// Headings of one column of the sheet from top to bottom, and the cell of the last.
pub struct Path {
    /// The column.
    pub column: u16,
    /// Its headings, folded.
    pub words: Vec<String>,
    /// The cell of each.
    pub cells: Vec<CellRef>,
    cell: CellRef,
}

/// The first and the last row of headings: rows that mostly hold words of the template's headings.
fn heading_rows(sheet: &FoldedSheet<'_>, rows: Range<u32>, table: &Table) -> Option<(u32, u32)> {
    let depth = table.heading_depth();
    let needed = table.columns.iter().filter(|c| !c.declared.optional).count();
    let mut first = None;
    let mut last = 0;
    let mut seen = 0;
    for (looked, row) in sheet.rows(rows.start, rows.end).enumerate() {
        let (hits, others) = heading_hits(sheet, row, table);
        // Where every column has its heading, any number of others may stand beside.
        let is_heading = (hits > others || hits >= needed.max(2)) && (hits > 1 || first.is_some() || table.columns.len() == 1);
        match (first, is_heading) {
            (None, true) => {
                first = Some(row);
                last = row;
                seen = 1;
            }
            (None, false) if looked > 40 => return None,
            (None, false) => {}
            (Some(_), true) if seen < depth && !is_row_label(sheet, row, table) => {
                last = row;
                seen += 1;
            }
            (Some(_), _) => break,
        }
    }
    first.map(|first| (first, last))
}

/// How many texts of a row are words of headings, and how many cells are not.
fn heading_hits(sheet: &FoldedSheet<'_>, row: u32, table: &Table) -> (usize, usize) {
    sheet.row(row).filter(|(cell, _)| !cell.is_blank()).fold((0, 0), |(hits, others), (_, text)| {
        if !text.is_empty() && table.is_heading(text) { (hits + 1, others) } else { (hits, others + 1) }
    })
}

/// Whether the only text of a row is the label of a declared row, such as 合计.
fn is_row_label(sheet: &FoldedSheet<'_>, row: u32, table: &Table) -> bool {
    let mut texts = sheet.row(row).filter(|(cell, _)| !cell.is_blank());
    match (texts.next(), texts.next()) {
        (Some((_, text)), None) => table.rows.iter().any(|r| r.labels.iter().any(|l| l == text)),
        _ => false,
    }
}

/// The 栏次 row: the number above each column.
fn numbers_row(sheet: &FoldedSheet<'_>, rows: Range<u32>, table: &Table, numbers_word: &str) -> Option<(u32, Vec<(u16, u32)>)> {
    let row = sheet.rows(rows.start, rows.end).next()?;
    let cells: Vec<_> = sheet.row(row).filter(|(cell, _)| !cell.is_blank()).collect();
    let numbers: Vec<(u16, u32)> = cells.iter().filter_map(|(cell, text)| Some((cell.at.col, number(cell, text)?))).collect();
    let named = cells.first().is_some_and(|(_, text)| *text == numbers_word);
    let running = numbers.iter().enumerate().all(|(place, (_, number))| *number == place as u32 + 1);
    let numbered = running && numbers.len() == cells.len() && numbers.len() >= table.columns.len().saturating_sub(1).max(2);
    (named || numbered).then_some((row, numbers))
}

fn number(cell: &crate::grid::Cell, text: &str) -> Option<u32> {
    match &cell.value {
        crate::grid::Value::Number(amount) => amount.to_string().parse().ok(),
        _ => text.parse().ok(),
    }
}

/// The headings above every column of the sheet that has any.
pub fn paths(sheet: &FoldedSheet<'_>, first: u32, last: u32) -> Vec<Path> {
    let columns = (first..=last).flat_map(|row| sheet.row(row).filter(|(c, _)| !c.is_blank()).map(|(c, _)| c.at.col));
    let (left, right) = columns.fold((u16::MAX, 0), |(left, right), col| (left.min(col), right.max(col)));
    let mut paths = Vec::new();
    for column in left..=right {
        let mut words: Vec<String> = Vec::new();
        let mut cells = Vec::new();
        let mut cell = None;
        for row in first..=last {
            let at = CellRef::new(row, column);
            let own = heading_cell(sheet, at, last);
            if let Some(from) = own {
                let word = sheet.text(from);
                if words.last().is_none_or(|l| l != word) {
                    words.push(word.to_owned());
                    cells.push(from);
                }
                cell = Some(from);
            }
        }
        if let Some(cell) = cell {
            paths.push(Path { column, words, cells, cell });
        }
    }
    paths
}

/// The cell whose text stands above a column in a row of headings: its own, that of its merge, or, where merges are not
/// told, the nearest to the left when something stands below.
fn heading_cell(sheet: &FoldedSheet<'_>, at: CellRef, last: u32) -> Option<CellRef> {
    if !sheet.text(at).is_empty() {
        return Some(at);
    }
    if let Some(merge) = sheet.merge(at) {
        return (!sheet.text(merge.first).is_empty()).then_some(merge.first);
    }
    let below = (at.row + 1..=last).any(|row| !sheet.text(CellRef::new(row, at.col)).is_empty());
    if at.row == last || !below {
        return None;
    }
    (0..at.col).rev().map(|col| CellRef::new(at.row, col)).find(|left| !sheet.text(*left).is_empty())
}

/// Columns whose whole path of headings is that of the template.
fn match_paths(table: &Table, paths: &[Path], found: &mut Headings) {
    for (place, column) in table.columns.iter().enumerate() {
        let mut wanted = column.heading.iter().collect::<Vec<_>>();
        wanted.dedup();
        let matches = |path: &Path| {
            let (Some((last, above)), Some((_, wanted_above))) = (path.words.split_last(), wanted.split_last()) else {
                return false;
            };
            above.len() == wanted_above.len()
                && column.is_called(last)
                && above.iter().zip(wanted_above).all(|(word, wanted)| wanted.matches(word))
        };
        take(place, paths.iter().find(|p| !found.columns.contains(&Some(p.column)) && matches(p)), found);
    }
}

/// Columns left over whose last heading is the template's: the only one of that name, or several in the same order.
fn match_last_heading(table: &Table, paths: &[Path], found: &mut Headings) {
    for (place, column) in table.columns.iter().enumerate() {
        if found.columns[place].is_some() {
            continue;
        }
        let is_free = |p: &&Path, found: &Headings| {
            !found.columns.contains(&Some(p.column))
                && !found.cells.contains(&Some(p.cell))
                && p.words.last().is_some_and(|w| column.is_called(w))
        };
        let path = paths.iter().find(|p| is_free(p, found));
        take(place, path, found);
    }
}

fn match_numbers(table: &Table, row: u32, numbers: &[(u16, u32)], found: &mut Headings) {
    for (place, column) in table.columns.iter().enumerate() {
        let Some(number) = column.number.filter(|_| found.columns[place].is_none()) else { continue };
        let there = numbers.iter().find(|(col, n)| *n == number && !found.columns.contains(&Some(*col)));
        if let Some((col, _)) = there {
            found.columns[place] = Some(*col);
            found.cells[place] = Some(CellRef::new(row, *col));
            found.by_number.push((place, number));
        }
    }
}

/// Headings that lost their merges may have slipped over a neighbour; the numbers stand right above the columns. Where both name
/// the same columns in another order, the numbers count.
fn put_back(table: &Table, numbers: &[(u16, u32)], found: &mut Headings) {
    let column_of = |number: u32| numbers.iter().find(|(_, n)| *n == number).map(|(col, _)| *col);
    let numbered = table.columns.iter().enumerate().filter_map(|(place, column)| {
        let number = column.number?;
        Some((place, number, found.columns[place]?, column_of(number)))
    });
    let slipped: Vec<_> = numbered.filter(|(_, _, at, own)| *own != Some(*at)).collect();
    let mut stand: Vec<Option<u16>> = slipped.iter().map(|(_, _, at, _)| Some(*at)).collect();
    let mut belong: Vec<Option<u16>> = slipped.iter().map(|(.., own)| *own).collect();
    stand.sort_unstable();
    belong.sort_unstable();
    if stand == belong {
        for (place, number, _, own) in slipped {
            found.columns[place] = own;
            found.displaced.push((place, number));
        }
    }
}

fn take(place: usize, path: Option<&Path>, found: &mut Headings) {
    if let Some(path) = path {
        found.columns[place] = Some(path.column);
        found.cells[place] = Some(path.cell);
    }
}

fn unknown(sheet: &FoldedSheet<'_>, table: &Table, paths: &[Path], found: &Headings, numbers_word: &str) -> Vec<CellRef> {
    let mut cells: Vec<CellRef> = Vec::new();
    for path in paths {
        let matched = found.columns.contains(&Some(path.column)) || found.cells.contains(&Some(path.cell));
        let word = sheet.text(path.cell);
        if !matched && !cells.contains(&path.cell) && word != numbers_word && !table.is_heading(word) {
            cells.push(path.cell);
        }
    }
    cells
}

/// Whether so much was found that this is the table: what its rows are, a number where it has numbers, and half the columns.
fn is_enough(table: &Table, found: &Headings) -> bool {
    let has = |wanted: &dyn Fn(ColumnKind) -> bool| {
        let mut columns = table.columns.iter().zip(&found.columns);
        columns.any(|(c, at)| at.is_some() && wanted(c.declared.kind))
    };
    let is_words = |k: ColumnKind| matches!(k, ColumnKind::Label | ColumnKind::Code | ColumnKind::Text);
    let labels = !table.columns.iter().any(|c| is_words(c.declared.kind)) || has(&is_words);
    let numbers = !table.has_amounts() || has(&ColumnKind::is_numeric);
    let matched = found.columns.iter().flatten().count();
    labels && numbers && matched * 2 >= table.columns.len()
}
