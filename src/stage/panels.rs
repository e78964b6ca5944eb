//! Takes sheets apart whose tables stand side by side, or whose table goes on to its own right; never moves or drops a cell.

use std::collections::BTreeSet;
use std::ops::Range;

use super::folded::{Folded, FoldedSheet};
use super::headings::{self, Headings};
use super::locate;
use crate::grid::{Grid, Sheet};
use crate::template::{Table, Template};
use crate::value::CellRef;

/// More cuts than any workbook needs.
const MOST: usize = 40;
/// So many pairs of titles, and so many columns between two, are looked at: far more than tables stand side by side.
const PAIRS: usize = 12;
const COLUMNS: usize = 24;
/// Headings are looked for in so many rows, and in no more than so many cells.
const ROWS: u32 = 120;
const CELLS: usize = 10_000;

/// Where a sheet falls apart: a rectangle of it is read as a sheet of its own.
#[derive(Debug, Clone)]
pub struct Cut {
    /// The sheet.
    pub sheet: usize,
    /// The rows of the rectangle.
    pub rows: Range<u32>,
    /// Its first column; it reaches to the right edge.
    pub column: u16,
    /// Rows that both parts have whole: title and captions of a table that goes on to the right.
    pub head: Range<u32>,
}

/// A workbook without tables side by side.
pub struct Apart {
    /// Its sheets; every cell keeps its place.
    pub grid: Grid,
    /// For each of them, whether it was cut off the one before it.
    pub cut_off: Vec<bool>,
}

/// Cuts until no tables stand side by side any more.
pub fn apart(folded: &Folded<'_>, mut cuts: Vec<Cut>, template: &Template) -> Apart {
    let sheets: Vec<Sheet> = folded.sheets.iter().map(|s| s.sheet.clone()).collect();
    let mut apart = Apart { cut_off: vec![false; sheets.len()], grid: Grid { sheets, ..Grid::default() } };
    for _ in 0..MOST {
        // From the last sheet on, so that the places of the others stay.
        cuts.sort_by_key(|cut| cut.sheet);
        cuts.dedup_by_key(|cut| cut.sheet);
        for cut in cuts.iter().rev() {
            let right = cut_off(&mut apart.grid.sheets[cut.sheet], cut);
            apart.grid.sheets.insert(cut.sheet + 1, right);
            apart.cut_off.insert(cut.sheet + 1, true);
        }
        cuts = locate::locate(&Folded::new(&apart.grid), template).cuts;
        if cuts.is_empty() {
            break;
        }
    }
    apart
}

/// The part of a sheet that a cut takes away.
fn cut_off(sheet: &mut Sheet, cut: &Cut) -> Sheet {
    let is_right = |at: CellRef| cut.rows.contains(&at.row) && at.col >= cut.column;
    let (right, left) = std::mem::take(&mut sheet.cells).into_iter().partition(|c| is_right(c.at));
    sheet.cells = left;
    let mut other = Sheet { cells: right, drawing: Default::default(), ..sheet.clone() };
    other.cells.extend(sheet.cells.iter().filter(|c| cut.head.contains(&c.at.row)).cloned());
    other.cells.sort_by_key(|c| c.at);
    other.merges.retain(|m| is_right(m.first) || cut.head.contains(&m.first.row));
    sheet.merges.retain(|m| !is_right(m.first));
    other
}

/// The cut between two titles that stand side by side, the first of the sheet.
pub fn between_titles(sheet: &FoldedSheet<'_>, place: usize, titles: &[Title], template: &Template) -> Option<Cut> {
    let is_level = titles.windows(2).all(|pair| pair[0].1.col == pair[1].1.col);
    if is_level {
        return None;
    }
    let pairs = titles.iter().enumerate().flat_map(|(index, right)| {
        let is_left = |l: &&(usize, CellRef)| l.1.col < right.1.col;
        let before = titles[..index].iter().rev().find(is_left);
        let after = titles[index + 1..].iter().find(is_left);
        before.into_iter().chain(after).map(move |left| (*left, *right))
    });
    pairs.take(PAIRS).find_map(|(left, right)| between(sheet, place, titles, (left, right), template))
}

/// A title: its table and its cell.
type Title = (usize, CellRef);

/// The cut between two titles, where both tables are found as well without the columns of the other.
fn between(
    sheet: &FoldedSheet<'_>,
    place: usize,
    titles: &[Title],
    (left, right): (Title, Title),
    template: &Template,
) -> Option<Cut> {
    let (upper, lower) = if left.1.row <= right.1.row { (left, right) } else { (right, left) };
    let later = |row: u32| titles.iter().filter(move |t| t.1.row > row);
    let end_of_sheet = sheet.sheet.row_count();
    let next = later(lower.1.row).next().map_or(end_of_sheet, |t| t.1.row);
    let stacked = found(sheet, upper, upper.1.row..lower.1.row, template) + found(sheet, lower, lower.1.row..next, template);
    let rows = upper.1.row..next.min(lower.1.row.saturating_add(ROWS));
    let mut columns = BTreeSet::new();
    let mut cells = 0;
    for (cell, _) in sheet.rows(rows.start, rows.end).flat_map(|row| sheet.row(row)) {
        cells += 1;
        if (left.1.col + 1..=right.1.col).contains(&cell.at.col) {
            columns.insert(cell.at.col);
        }
    }
    if cells > CELLS {
        return None;
    }
    // Tables further right have headings of their own.
    let edge = titles.iter().filter(|t| t.1.col > right.1.col && rows.contains(&t.1.row)).map(|t| t.1.col).min();
    let edge = edge.unwrap_or(u16::MAX);
    let scored = columns.into_iter().rev().take(COLUMNS).filter_map(|column| {
        let (west, east) = (band(sheet, rows.clone(), 0..column), band(sheet, rows.clone(), column..edge));
        let (west, east) = (FoldedSheet::new(&west), FoldedSheet::new(&east));
        let (here, there) = (found(&west, left, left.1.row..next, template), found(&east, right, right.1.row..next, template));
        (here > 0 && there > 0).then_some((here + there, column))
    });
    // What stands between the tables belongs to the left one.
    let (score, column) = scored.max()?;
    let goes_on = |is_there: &dyn Fn(u16) -> bool| {
        let rows = sheet.rows(lower.1.row, next);
        rows.flat_map(|row| sheet.row(row)).any(|(c, _)| is_there(c.at.col) && !c.is_blank())
    };
    if score < stacked || !goes_on(&|col| col < column) || !goes_on(&|col| col >= column) {
        return None;
    }
    // A later title that needs no cell right of the cut ends only the left part.
    let west = band(sheet, lower.1.row..end_of_sheet, 0..column);
    let west = FoldedSheet::new(&west);
    let ends = |t: &&Title| {
        let rows = t.1.row..end_of_sheet;
        t.1.col >= column || found(&west, **t, rows.clone(), template) < found(sheet, **t, rows, template)
    };
    let end = later(lower.1.row).find(ends).map_or(end_of_sheet, |t| t.1.row);
    Some(Cut { sheet: place, rows: right.1.row..end, column, head: 0..0 })
}

/// The cut before the columns that a table has once more to its right.
pub fn before_repeat(
    sheet: &FoldedSheet<'_>,
    place: usize,
    (table, rows): (usize, Range<u32>),
    found: &Headings,
    template: &Template,
) -> Option<Cut> {
    let column = found.again?;
    let right = band(sheet, rows.clone(), column..u16::MAX);
    let right = FoldedSheet::new(&right);
    let declared: &Table = &template.tables[table];
    let again = headings::find(&right, found.rows.start..rows.end, declared, &template.words.numbers)?;
    // The labels of the other side alone are no second set of columns.
    let is_whole = again.columns.iter().zip(&found.columns).all(|(again, first)| again.is_some() || first.is_none());
    is_whole.then_some(Cut { sheet: place, rows: found.rows.start..rows.end, column, head: rows.start..found.rows.start })
}

/// How many columns of a table are found below its title.
fn found(sheet: &FoldedSheet<'_>, (table, title): Title, rows: Range<u32>, template: &Template) -> usize {
    let rows = title.row + 1..rows.end;
    let headings = headings::find(sheet, rows, &template.tables[table], &template.words.numbers);
    headings.map_or(0, |h| h.columns.iter().flatten().count())
}

/// A rectangle of a sheet as a sheet.
fn band(sheet: &FoldedSheet<'_>, rows: Range<u32>, columns: Range<u16>) -> Sheet {
    let cells = &sheet.sheet.cells;
    let cells = &cells[cells.partition_point(|c| c.at.row < rows.start)..];
    let cells = &cells[..cells.partition_point(|c| c.at.row < rows.end)];
    let cells = cells.iter().filter(|c| columns.contains(&c.at.col)).cloned().collect();
    let merges = sheet.sheet.merges.iter().filter(|m| columns.contains(&m.first.col)).copied().collect();
    Sheet { name: sheet.sheet.name.clone(), cells, merges, ..Sheet::default() }
}
