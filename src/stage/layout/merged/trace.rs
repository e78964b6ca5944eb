//! The list of all amounts that went into a summary, row by row; never held as cells, for there may be millions.

use std::cell::RefCell;
use std::ops::Range;

use crate::grid::{Plain, Rows};
use crate::model::Address;
use crate::stage::merge::{Fate, Line, Summary, Words};
use crate::value::{Amount, CellRef};

/// The most amounts that a workbook lists: with more rows of thirteen cells it would pass the usual limit of cells in one file
/// and could no longer be read again as it is.
pub const LISTED: usize = 20_000;
/// The first row below title and headings.
const FIRST: u32 = 2;
/// The column of what is counted.
const COUNTED: u16 = 11;

/// The list, or the place where it is found when it is too long for a workbook.
pub struct Trace<'s> {
    summary: &'s Summary,
    /// What the sheet says instead of a list.
    beside: Option<[String; 2]>,
    /// The names of the cell that was written last: all its amounts follow one another.
    last: RefCell<Option<(Address, Words<'s>)>>,
}

impl<'s> Trace<'s> {
    /// The list in the workbook itself.
    pub fn new(summary: &'s Summary) -> Self {
        Self { summary, beside: None, last: RefCell::new(None) }
    }

    /// The list in a file beside the workbook, which is known by its seal.
    pub fn beside(summary: &'s Summary, file: &str, seal: &str) -> Self {
        let words = &summary.budget.template.merging.declared.trace_beside;
        let words = words.replace("{count}", &summary.lines.len().to_string()).replace("{file}", file);
        Self { beside: Some([words, seal.to_owned()]), ..Self::new(summary) }
    }

    /// The sheet, to be written after all others.
    pub fn sheets(&self) -> impl Iterator<Item = &dyn Rows> {
        std::iter::once(self as &dyn Rows)
    }

    /// The range of cells in which these lines say what they count; `None` where they are not listed.
    pub(super) fn range(&self, lines: Range<usize>) -> Option<String> {
        let last = lines.end.checked_sub(1).filter(|last| *last >= lines.start && self.beside.is_none())?;
        let cell = |line: usize| CellRef::new(line as u32 + FIRST, COUNTED);
        Some(format!("'{}'!{}:{}", self.name(), cell(lines.start), cell(last)))
    }

    /// Hands over the names of the cell of a line.
    fn named(&self, line: &Line, put: &mut dyn FnMut(Plain<'_>)) {
        let mut names = |words: &Words<'_>| {
            [&words.address, words.table, &words.item, &words.column].into_iter().for_each(|text| put(Plain::Text(text)));
        };
        let Some(at) = line.at() else { return names(&self.summary.words_of(line)) };
        let mut last = self.last.borrow_mut();
        let (_, words) = match last.take().filter(|(known, _)| *known == at) {
            Some(known) => last.insert(known),
            None => last.insert((at, self.summary.words_at(at))),
        };
        names(words);
    }

    fn amount(&self, line: &Line, put: &mut dyn FnMut(Plain<'_>)) {
        let member = &self.summary.members[line.member as usize];
        let entry = &member.entries[line.entry as usize];
        self.named(line, put);
        put(Plain::Number(Amount::from(i64::from(line.member) + 1)));
        put(Plain::Text(&member.title()));
        put(Plain::Text(member.file_of(entry.site)));
        let (sheet, cell) = entry.site.map(|s| member.place(s)).unzip();
        put(Plain::Text(sheet.unwrap_or_default()));
        put(Plain::Text(&cell.map_or_else(String::new, |cell| cell.to_string())));
        put(Plain::Number(line.amount));
        put(Plain::Text(entry.measure.map_or("", |m| m.word())));
        put(if line.fate == Fate::Added { Plain::Number(line.counted) } else { Plain::Text("") });
        put(Plain::Text(&self.summary.budget.template.merging.declared.fates[line.fate as usize]));
    }
}

impl Rows for Trace<'_> {
    fn name(&self) -> &str {
        &self.summary.budget.template.merging.declared.trace.sheet
    }

    fn headings(&self) -> &[String] {
        &self.summary.budget.template.merging.declared.trace.headings
    }

    fn widths(&self) -> &[f64] {
        &[26.0, 18.0, 30.0, 16.0, 6.0, 30.0, 30.0, 20.0, 8.0, 14.0, 6.0, 16.0, 8.0]
    }

    fn len(&self) -> usize {
        self.beside.as_ref().map_or(self.summary.lines.len(), |said| said.len())
    }

    fn row(&self, place: usize, put: &mut dyn FnMut(Plain<'_>)) {
        match &self.beside {
            Some(said) => put(Plain::Text(&said[place])),
            None => self.amount(&self.summary.lines[place], put),
        }
    }
}
