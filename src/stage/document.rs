//! Where the parts of a document with running text begin: its directory, its body and its narrative; never reads a table.

use std::collections::HashSet;

use super::folded::FoldedSheet;
use super::locate::{is_section, title_of};
use crate::grid::{Cell, Value};
use crate::template::Template;
use crate::value::{Amount, text};

/// The directory begins within so many lines.
pub(super) const COVER: usize = 12;
/// No entry of a directory is longer.
const ENTRY: usize = 60;

/// The first row behind the directory; the first of all where there is none.
pub(super) fn body(sheet: &FoldedSheet<'_>, template: &Template) -> u32 {
    let contents = text::fold(&template.document.contents);
    let is_directory =
        |row: &u32| first(sheet, *row).is_some_and(|(_, folded)| folded.len() < 240 && folded.ends_with(&contents));
    let Some(start) = sheet.rows(0, u32::MAX).take(COVER).find(is_directory) else { return 0 };
    let (mut seen, mut numbered) = (HashSet::new(), None);
    for row in sheet.rows(start + 1, u32::MAX) {
        let Some((cell, folded)) = first(sheet, row) else { continue };
        let entry = folded.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '…' | '·'));
        let is_table = sheet.row(row).filter(|(c, _)| !c.is_blank()).count() > 2;
        let is_long = folded.chars().count() > ENTRY;
        // What the directory lists comes again where the body begins.
        if is_table || is_long || !seen.insert(entry) {
            return numbered.map_or_else(|| headed(sheet, template, start, row), |last: u32| last + 1);
        }
        if is_numbered(sheet, row, cell) {
            numbered = Some(row);
        }
    }
    sheet.sheet.row_count()
}

/// The row itself, or the heading shortly above it.
fn headed(sheet: &FoldedSheet<'_>, template: &Template, start: u32, row: u32) -> u32 {
    let above: Vec<u32> = sheet.rows(start + 1, row + 1).collect();
    let is_heading = |row: &&u32| {
        let line = first(sheet, **row).and_then(|(cell, folded)| Some((cell.text()?, folded)));
        line.is_some_and(|(written, folded)| {
            title_of(written, folded, template).is_some() || is_section(folded, template).is_some()
        })
    };
    above.iter().rev().take(6).find(is_heading).copied().unwrap_or(row)
}

/// Whether a line of the directory ends with the number of a page.
fn is_numbered(sheet: &FoldedSheet<'_>, row: u32, first: &Cell) -> bool {
    let last = sheet.row(row).map(|(cell, _)| cell).filter(|c| !c.is_blank()).last();
    let is_page = |digits: &str| (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    match last.map(|cell| (cell, &cell.value)) {
        Some((cell, Value::Number(number))) => cell.at != first.at && is_page(&number.to_string()),
        Some((_, Value::Text(text))) => {
            text.rsplit_once(['\t', '.', '…', '·']).is_some_and(|(entry, page)| !entry.is_empty() && is_page(page.trim()))
        }
        _ => false,
    }
}

/// Where the narrative of a document begins, and whether with its title.
pub(super) fn narrative(sheet: &FoldedSheet<'_>, template: &Template, body: u32) -> Option<(u32, bool)> {
    let narrative = template.narrative.as_ref()?;
    let lines = || sheet.rows(body, u32::MAX).filter(|row| sheet.is_running(*row));
    let is_of = |row: u32| first(sheet, row).is_some_and(|(_, folded)| is_section(folded, template).is_some());
    let sections: Vec<u32> = lines().filter(|row| is_of(*row)).collect();
    let is_title = |row: &u32| {
        first(sheet, *row).is_some_and(|(_, folded)| {
            let is_line = folded.chars().count() < 80 && !folded.ends_with('.');
            is_line && narrative.words.iter().any(|w| folded.contains(w.as_str()))
        })
    };
    let title = lines().find(is_title);
    match (title, sections.as_slice()) {
        (Some(title), [first, _, ..]) if title < *first => Some((title, true)),
        (_, [first, _, ..]) => Some((*first, false)),
        _ => None,
    }
}

/// The first cell of a row that holds something.
fn first<'s>(sheet: &'s FoldedSheet<'_>, row: u32) -> Option<(&'s Cell, &'s str)> {
    sheet.row(row).find(|(cell, _)| !cell.is_blank())
}

/// The amounts that stand as words in a line which has lost its columns: `合计 910.01 848.14`.
pub(super) fn amounts(line: &str) -> Vec<Amount> {
    let is_figure =
        |word: &&str| word.contains('.') && word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'));
    line.split_whitespace().filter(is_figure).filter_map(|word| Amount::parse_typed(word, None).ok().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_amounts_count_in_a_line() {
        let read = amounts("合计 910.01 1,848.14 2023 年预算61.08万元 1.2.3 －");
        assert_eq!(read, ["910.01", "1848.14"].map(|a| a.parse::<Amount>().unwrap()));
    }
}
