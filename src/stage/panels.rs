//! Takes sheets apart whose tables stand side by side, or whose table goes on to its own right; never moves or drops a cell.

use std::ops::Range;

use super::folded::{Folded, FoldedSheet};
use super::headings::{self, Headings};
use super::locate;
use crate::grid::{Grid, Sheet};
use crate::template::{Table, Template};
use crate::value::CellRef;

/// More cuts than any workbook needs.
const MOST: usize = 200;

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
pub fn between_titles(sheet: &FoldedSheet<'_>, place: usize, titles: &[(usize, CellRef)], template: &Template) -> Option<Cut> {
    let is_level = titles.windows(2).all(|pair| pair[0].1.col == pair[1].1.col);
    if is_level {
        return None;
    }
    titles.iter().enumerate().find_map(|(index, right)| {
        let left = titles[..index].iter().rev().find(|l| l.1.col < right.1.col)?;
        let later = || titles[index + 1..].iter().filter(|t| t.1.row > right.1.row);
        let end_of_sheet = sheet.sheet.row_count();
        let next = later().next().map_or(end_of_sheet, |t| t.1.row);
        let stacked = found(sheet, *left, left.1.row..right.1.row, template) + found(sheet, *right, right.1.row..next, template);
        let scored = (left.1.col + 1..=right.1.col).filter_map(|column| {
            let (west, east) = (band(sheet, 0..column), band(sheet, column..u16::MAX));
            let (west, east) = (FoldedSheet::new(&west), FoldedSheet::new(&east));
            let (here, there) =
                (found(&west, *left, left.1.row..next, template), found(&east, *right, right.1.row..next, template));
            (here > 0 && there > 0).then_some((here + there, std::cmp::Reverse(column)))
        });
        let (score, std::cmp::Reverse(column)) = scored.max()?;
        let goes_on = sheet.rows(right.1.row, next).flat_map(|row| sheet.row(row)).any(|(c, _)| c.at.col < column && !c.is_blank());
        if score < stacked || !goes_on {
            return None;
        }
        // A later title that needs no cell right of the cut ends only the left part.
        let west = band(sheet, 0..column);
        let west = FoldedSheet::new(&west);
        let ends = |t: &&(usize, CellRef)| {
            let rows = t.1.row..end_of_sheet;
            t.1.col >= column || found(&west, **t, rows.clone(), template) < found(sheet, **t, rows, template)
        };
        let end = later().find(ends).map_or(end_of_sheet, |t| t.1.row);
        Some(Cut { sheet: place, rows: right.1.row..end, column, head: 0..0 })
    })
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
    let right = band(sheet, column..u16::MAX);
    let right = FoldedSheet::new(&right);
    let declared: &Table = &template.tables[table];
    let again = headings::find(&right, found.rows.start..rows.end, declared, &template.words.numbers)?;
    // The labels of the other side alone are no second set of columns.
    let is_whole = again.columns.iter().zip(&found.columns).all(|(again, first)| again.is_some() || first.is_none());
    is_whole.then_some(Cut { sheet: place, rows: found.rows.start..rows.end, column, head: rows.start..found.rows.start })
}

/// How many columns of a table are found below its title.
fn found(sheet: &FoldedSheet<'_>, (table, title): (usize, CellRef), rows: Range<u32>, template: &Template) -> usize {
    let rows = title.row + 1..rows.end;
    let headings = headings::find(sheet, rows, &template.tables[table], &template.words.numbers);
    headings.map_or(0, |h| h.columns.iter().flatten().count())
}

/// The columns of a sheet as a sheet.
fn band(sheet: &FoldedSheet<'_>, columns: Range<u16>) -> Sheet {
    let cells = sheet.sheet.cells.iter().filter(|c| columns.contains(&c.at.col)).cloned().collect();
    let merges = sheet.sheet.merges.iter().filter(|m| columns.contains(&m.first.col)).copied().collect();
    Sheet { name: sheet.sheet.name.clone(), cells, merges, ..Sheet::default() }
}
