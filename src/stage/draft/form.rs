//! Takes a blank form apart into titles, lines, headings and rows; never decides what they mean.

use std::ops::Range;

use super::meaning::Meaning;
use crate::grid::{Cell, Value};
use crate::stage::folded::FoldedSheet;
use crate::stage::headings::{self, Path};
use crate::value::{CellRef, text};

/// How many rows may stand above the headings of a table.
const ROWS_ABOVE: usize = 8;
/// How many rows headings can have.
const ROWS_OF_HEADINGS: u32 = 10;

/// A table of a form, as it stands there.
pub struct Block<'f> {
    /// Its sheet.
    pub sheet: &'f FoldedSheet<'f>,
    /// The first row above its title that may be left blank.
    pub start: u32,
    /// Its title.
    pub title: CellRef,
    /// The other cells above its headings.
    pub lines: Vec<CellRef>,
    /// The rows of its headings.
    pub headings: Range<u32>,
    /// Whether a row of column numbers follows them.
    pub numbered: bool,
    /// The headings of each column.
    pub paths: Vec<Path>,
    /// The rows below.
    pub body: Range<u32>,
}

impl Block<'_> {
    /// The words of a cell on one line.
    pub fn written(&self, at: CellRef) -> String {
        let text = self.sheet.at(at).and_then(|(cell, _)| cell.text()).unwrap_or_default();
        text.lines().map(str::trim).collect::<String>()
    }

    /// The title, folded and without year and mark.
    pub fn title_words(&self) -> &str {
        text::strip_title_marks(self.sheet.text(self.title))
    }

    /// The headings of a column as written, from top to bottom.
    pub fn heading(&self, path: &Path) -> Vec<String> {
        path.cells.iter().map(|at| self.written(*at)).collect()
    }

    /// The cells of a column below the headings that say something: no blank and no sign that more may follow.
    pub fn samples(&self, column: u16) -> impl Iterator<Item = (&Cell, &str)> {
        let cells =
            self.sheet.rows(self.body.start, self.body.end).filter_map(move |row| self.sheet.at(CellRef::new(row, column)));
        cells.filter(|(cell, folded)| !cell.is_blank() && (cell.text().is_none() || !is_filler(folded)))
    }
}

/// Whether a text is an ordinal or dots alone: a place to write something.
pub fn is_filler(folded: &str) -> bool {
    let rest = text::strip_ordinal(folded).trim_end_matches(['、', '.', ',']);
    let is_ordinal = folded.ends_with(['、', '.', ',']) && text::strip_ordinal(&format!("{folded}x")) == "x";
    is_ordinal || rest.chars().all(|c| matches!(c, '…' | '.' | '·' | '-' | '—'))
}

/// The tables of a sheet, from top to bottom.
pub fn blocks<'f>(sheet: &'f FoldedSheet<'f>, meaning: &Meaning<'_>) -> Vec<Block<'f>> {
    let rows: Vec<u32> = sheet.rows(0, u32::MAX).collect();
    let mut blocks: Vec<Block<'f>> = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < rows.len() {
        if !is_heading_row(sheet, rows[at], meaning) {
            at += 1;
            continue;
        }
        let first = at.saturating_sub(ROWS_ABOVE).max(from);
        let above: Vec<CellRef> = rows[first..at].iter().flat_map(|row| texts(sheet, *row)).map(|(cell, _)| cell.at).collect();
        match title(sheet, &above, blocks.is_empty(), meaning) {
            None => at += 1,
            Some(title) => {
                let block = block(sheet, (title, blocks.is_empty()), &above, rows[at], meaning);
                from = rows.partition_point(|row| *row < block.body.start);
                at = from.max(at + 1);
                if let Some(previous) = blocks.last_mut() {
                    previous.body.end = title.row;
                }
                blocks.push(block);
            }
        }
    }
    blocks
}

fn texts<'s>(sheet: &'s FoldedSheet<'_>, row: u32) -> impl Iterator<Item = (&'s Cell, &'s str)> {
    sheet.row(row).filter(|(cell, folded)| !cell.is_blank() && !folded.is_empty())
}

/// The title among the texts above headings: the likest to a known one, or the first of the sheet.
fn title(sheet: &FoldedSheet<'_>, above: &[CellRef], is_first: bool, meaning: &Meaning<'_>) -> Option<CellRef> {
    let likeness = |at: &CellRef| meaning.title_likeness(text::strip_title_marks(sheet.text(*at)));
    // Further down only what is all but a known title begins another table, and a page head that is repeated does not.
    let enough = if is_first { 600 } else { 800 };
    let titles = above.iter().rev().filter(|at| !meaning.is_heading(sheet.text(**at)) && likeness(at) >= enough);
    let known = titles.max_by_key(|at| likeness(at));
    let prose = above.iter().any(|at| sheet.text(*at).chars().count() > 100);
    known.or_else(|| above.first().filter(|_| is_first && !prose)).copied()
}

fn block<'f>(
    sheet: &'f FoldedSheet<'f>,
    (title, is_first): (CellRef, bool),
    above: &[CellRef],
    first: u32,
    meaning: &Meaning<'_>,
) -> Block<'f> {
    let last = last_heading_row(sheet, first, meaning);
    let numbered = sheet.rows(last + 1, last + 2).any(|row| is_numbers_row(sheet, row, meaning));
    let body = last + 1 + u32::from(numbered);
    Block {
        sheet,
        start: if is_first { 0 } else { title.row },
        title,
        lines: above.iter().filter(|at| **at != title).copied().collect(),
        headings: first..last + 1,
        numbered,
        paths: headings::paths(sheet, first, last),
        body: body..sheet.sheet.row_count(),
    }
}

/// A row of several texts without a colon that are known as headings or stand over several columns.
fn is_heading_row(sheet: &FoldedSheet<'_>, row: u32, meaning: &Meaning<'_>) -> bool {
    let cells: Vec<_> = texts(sheet, row).collect();
    let known = cells.iter().filter(|(_, folded)| meaning.is_heading(folded)).count();
    let spans = |cell: &Cell| sheet.merge(cell.at).is_some_and(|m| m.first.row == row && m.last.col > m.first.col);
    let is_words =
        cells.iter().all(|(_, folded)| meaning.is_heading(folded) || (!folded.contains(':') && folded.chars().count() < 40));
    cells.len() > 1 && is_words && (known * 2 > cells.len() || cells.iter().any(|(cell, _)| spans(cell)))
}

/// Headings reach down as far as their merges, and one row further under one that stands over several columns.
fn last_heading_row(sheet: &FoldedSheet<'_>, first: u32, meaning: &Meaning<'_>) -> u32 {
    let (mut row, mut last) = (first, first);
    while row <= last {
        for merge in sheet.sheet.merges.iter().filter(|m| m.first.row == row) {
            last = last.max(merge.last.row.min(first + ROWS_OF_HEADINGS - 1));
            let below = (merge.first.col..=merge.last.col).filter(|col| !sheet.text(CellRef::new(row + 1, *col)).is_empty());
            if merge.last.row == row && row + 1 < first + ROWS_OF_HEADINGS && below.count() > 1 {
                last = last.max(row + 1);
            }
        }
        if row == last && sheet.sheet.merges.is_empty() && is_heading_row(sheet, row + 1, meaning) {
            last = row + 1;
        }
        row += 1;
    }
    last
}

fn is_numbers_row(sheet: &FoldedSheet<'_>, row: u32, meaning: &Meaning<'_>) -> bool {
    let cells: Vec<_> = sheet.row(row).filter(|(cell, _)| !cell.is_blank()).collect();
    let number = |cell: &Cell, folded: &str| match &cell.value {
        Value::Number(amount) => amount.to_string().parse::<usize>().ok(),
        _ => folded.parse().ok(),
    };
    let counts = |cells: &[(&Cell, &str)]| cells.iter().enumerate().all(|(place, (c, f))| number(c, f) == Some(place + 1));
    match cells.split_first() {
        Some(((_, word), rest)) if meaning.is_numbers_word(word) => counts(rest),
        Some(_) => cells.len() > 2 && counts(&cells),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_write_something_are_told_from_words() {
        for filler in ["…", "……", "二、…", "三、", "1.", "(三)、"] {
            assert!(is_filler(&text::fold(filler)), "{filler}");
        }
        for words in ["一、其他收入", "合计", "1. 一般公共预算", "类"] {
            assert!(!is_filler(&text::fold(words)), "{words}");
        }
    }
}
