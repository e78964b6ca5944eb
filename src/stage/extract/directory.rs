//! Holds the directory of a document against its titles and the order of its pages; never asks for a directory that is not there.

use std::ops::Range;
use std::sync::Arc;

use super::super::document;
use super::super::locate::{self, Located};
use super::Extraction;
use crate::finding::{Detail, Place, Typed};
use crate::grid::Value;
use crate::model::Site;
use crate::value::text;

/// The check that a directory is made for.
const CHECK: &str = "directory";

/// A line of a directory.
struct Entry {
    /// What it lists, without the page.
    written: String,
    /// The page, where one is printed.
    page: Option<u32>,
    /// Its cell.
    site: Site,
}

impl Extraction<'_, '_> {
    /// Judges every directory of the workbook.
    pub(super) fn directories(&mut self, located: &Located) {
        if self.budget.template.check(CHECK).is_none() {
            return;
        }
        let headings = self.section_headings(located);
        for place in 0..self.folded.sheets.len() {
            if let Some(rows) = self.directory_rows(place) {
                let entries = self.entries(place, rows);
                self.pages(&entries);
                self.titles(&entries, &headings);
            }
        }
    }

    /// The rows below the heading of a directory.
    fn directory_rows(&self, place: usize) -> Option<Range<u32>> {
        let (sheet, template) = (&self.folded.sheets[place], &self.budget.template);
        let contents = text::fold(&template.document.contents);
        let is_heading = |row: &u32| {
            sheet.row(*row).any(|(_, folded)| folded.len() < 240 && !folded.is_empty() && folded.ends_with(&contents))
        };
        let first = sheet.rows(0, u32::MAX).take(document::COVER).find(is_heading)?;
        let end = if sheet.is_document() { document::body(sheet, template) } else { sheet.sheet.row_count() };
        let is_one = sheet.is_document() || locate::is_front_matter(sheet, template);
        (is_one && first + 1 < end).then_some(first + 1..end)
    }

    fn entries(&self, place: usize, rows: Range<u32>) -> Vec<Entry> {
        let sheet = &self.folded.sheets[place];
        let mut entries = Vec::new();
        for row in sheet.rows(rows.start, rows.end) {
            let mut cells = sheet.row(row).map(|(cell, _)| cell).filter(|c| !c.is_blank());
            let Some((first, written)) = cells.next().and_then(|cell| Some((cell, cell.text()?))) else { continue };
            let beside = cells.last().and_then(|cell| match &cell.value {
                Value::Number(number) => number.to_string().parse().ok(),
                Value::Text(text) => text.trim().parse().ok(),
                _ => None,
            });
            let (entry, within) = without_page(written.trim());
            let site = Site { sheet: place as u16, cell: first.at };
            entries.push(Entry { written: entry.to_owned(), page: beside.or(within), site });
        }
        entries
    }

    /// No page is before that of an entry above it.
    fn pages(&mut self, entries: &[Entry]) {
        let mut before: Option<u32> = None;
        for entry in entries {
            let Some(page) = entry.page else { continue };
            match before.filter(|before| page < *before) {
                Some(before) => {
                    let typed = Typed::PageBefore { entry: entry.written.clone(), page, before };
                    self.check_failed(CHECK, Place::at(entry.site), Detail::Typed(typed));
                }
                None => before = Some(page),
            }
        }
    }

    /// What is listed is called as it is where it stands.
    fn titles(&mut self, entries: &[Entry], headings: &[(usize, String)]) {
        let template = Arc::clone(&self.budget.template);
        let bare = |title: &str| text::strip_title_marks(&text::fold(title)).to_owned();
        let mut listed = vec![false; template.tables.len()];
        for entry in entries {
            let folded = text::fold(&entry.written);
            let filed = if let Some(section) = locate::is_section(&folded, &template) {
                let own = || headings.iter().filter(|(s, _)| *s == section).map(|(_, heading)| heading);
                let is_same = |heading: &String| text::strip_ordinal(&text::fold(heading)) == text::strip_ordinal(&folded);
                own().next().filter(|_| !own().any(is_same)).cloned()
            } else if let Some(table) = locate::title_of(&entry.written, &folded, &template) {
                listed[table] = true;
                let title = self.budget.tables[table].title.as_ref().map(|t| t.text.trim().to_owned());
                title.filter(|title| bare(title) != bare(&entry.written))
            } else {
                None
            };
            if let Some(title) = filed {
                let typed = Typed::ListedOtherwise { entry: entry.written.clone(), title };
                self.check_failed(CHECK, Place::at(entry.site), Detail::Typed(typed));
            }
        }
        self.unlisted(entries, &listed);
    }

    /// A directory that lists most of the main tables lists all of them.
    fn unlisted(&mut self, entries: &[Entry], listed: &[bool]) {
        let template = Arc::clone(&self.budget.template);
        let is_filed = |table: &usize| template.tables[*table].declared.main && self.budget.tables[*table].title.is_some();
        let filed: Vec<usize> = (0..template.tables.len()).filter(is_filed).collect();
        let missing: Vec<usize> = filed.iter().copied().filter(|table| !listed[*table]).collect();
        let Some(first) = entries.first().filter(|_| missing.len() * 2 < filed.len()) else { return };
        for table in missing {
            let title = self.budget.tables[table].title.as_ref().map(|t| t.text.trim().to_owned()).unwrap_or_default();
            self.check_failed(CHECK, Place::at(first.site), Detail::Typed(Typed::NotListed { title }));
        }
    }

    /// The headings of the sections as filed.
    fn section_headings(&self, located: &Located) -> Vec<(usize, String)> {
        let template = &self.budget.template;
        let mut headings = Vec::new();
        for narrative in &located.narrative {
            let sheet = &self.folded.sheets[narrative.sheet];
            let texts = sheet.rows(narrative.first, u32::MAX).flat_map(|row| sheet.row(row)).filter_map(|(cell, _)| cell.text());
            for line in texts.flat_map(str::lines) {
                headings.extend(locate::is_section(&text::fold(line), template).map(|s| (s, line.trim().to_owned())));
            }
        }
        headings
    }
}

/// A line without the page at its end, and the page: `收支总表……3`.
fn without_page(line: &str) -> (&str, Option<u32>) {
    let entry = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let led = entry.trim_end_matches(['\t', '.', '…', '·', ' ', '\u{3000}']);
    let page = line[entry.len()..].parse().ok().filter(|_| led.len() < entry.len() && !led.is_empty());
    if page.is_some() { (led, page) } else { (line, None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_behind_a_leader_is_told_from_digits_of_a_title() {
        assert_eq!(without_page("收支总表……3"), ("收支总表", Some(3)));
        assert_eq!(without_page("收支总表\t15"), ("收支总表", Some(15)));
        assert_eq!(without_page("附表2"), ("附表2", None));
        assert_eq!(without_page("收支总表"), ("收支总表", None));
        assert_eq!(without_page("2023"), ("2023", None));
    }
}
