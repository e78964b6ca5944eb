//! The list of all amounts that went into a summary, row by row; never held as cells, for there may be millions.

use crate::grid::{Plain, Rows};
use crate::stage::merge::{Fate, Line, Summary};

/// The most rows of one sheet, below its title and headings.
const MOST: usize = 1_048_574;
/// The first row below title and headings.
const FIRST: u32 = 2;
/// The column of what is counted.
const COUNTED: u16 = 11;

/// The list, parted over as many sheets as it needs.
pub struct Trace<'s> {
    summary: &'s Summary,
    /// The tables, by which the words of a row are found.
    parts: Vec<Part<'s>>,
    most: usize,
}

/// One sheet of the list.
struct Part<'s> {
    summary: &'s Summary,
    name: String,
    lines: &'s [Line],
}

impl<'s> Trace<'s> {
    /// The list of a summary.
    pub fn new(summary: &'s Summary) -> Self {
        Self::parted(summary, MOST)
    }

    /// The list with at most so many rows to a sheet.
    pub fn parted(summary: &'s Summary, most: usize) -> Self {
        let sheet = &summary.budget.template.merging.declared.trace.sheet;
        let name = |place: usize| if place == 0 { sheet.clone() } else { format!("{sheet}({})", place + 1) };
        let chunks = summary.lines.chunks(most).enumerate();
        let parts = chunks.map(|(place, lines)| Part { summary, name: name(place), lines }).collect();
        Self { summary, parts, most }
    }

    /// The sheets, to be written one after another.
    pub fn sheets(&self) -> impl Iterator<Item = &dyn Rows> {
        self.parts.iter().map(|part| part as &dyn Rows)
    }

    /// Their names.
    pub fn sheet_names(&self) -> Vec<String> {
        self.parts.iter().map(|part| part.name.clone()).collect()
    }

    /// The range of cells in which these lines say what they count; `None` where it would stretch over two sheets.
    pub fn range(&self, lines: std::ops::Range<usize>) -> Option<String> {
        let last = lines.end.checked_sub(1).filter(|last| *last >= lines.start)?;
        let (part, other) = (lines.start / self.most, last / self.most);
        let cell = |line: usize| crate::value::CellRef::new((line % self.most) as u32 + FIRST, COUNTED);
        let name = &self.parts.get(part).filter(|_| part == other)?.name;
        Some(format!("'{name}'!{}:{}", cell(lines.start), cell(last)))
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.summary.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.summary.lines.is_empty()
    }
}

impl Rows for Part<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn headings(&self) -> &[String] {
        &self.summary.budget.template.merging.declared.trace.headings
    }

    fn widths(&self) -> &[f64] {
        &[26.0, 18.0, 30.0, 16.0, 6.0, 30.0, 30.0, 20.0, 8.0, 14.0, 6.0, 16.0, 8.0]
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn row(&self, place: usize, put: &mut dyn FnMut(Plain<'_>)) {
        let (line, summary) = (&self.lines[place], self.summary);
        let member = &summary.members[line.member as usize];
        let entry = &member.entries[line.entry as usize];
        let words = summary.words_of(line);
        put(Plain::Text(&words.address));
        put(Plain::Text(words.table));
        put(Plain::Text(&words.item));
        put(Plain::Text(&words.column));
        put(Plain::Number(crate::value::Amount::from(i64::from(line.member) + 1)));
        put(Plain::Text(&member.title()));
        put(Plain::Text(member.file_of(entry.site)));
        match entry.site.map(|s| member.place(s)) {
            Some((sheet, cell)) => {
                put(Plain::Text(sheet));
                put(Plain::Text(&cell.to_string()));
            }
            None => {
                put(Plain::Text(""));
                put(Plain::Text(""));
            }
        }
        put(Plain::Number(line.amount));
        put(Plain::Text(entry.measure.map_or("", |m| m.word())));
        match line.fate {
            Fate::Added => put(Plain::Number(line.counted)),
            _ => put(Plain::Text("")),
        }
        put(Plain::Text(&summary.budget.template.merging.declared.fates[line.fate as usize]));
    }
}
