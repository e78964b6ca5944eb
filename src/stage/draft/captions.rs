//! Proposes the lines above the tables of a form; never reads what a clerk would fill in there.

use toml::{Table as Toml, Value};

use super::form::Block;
use super::meaning::Meaning;
use super::{Fact, Remark};
use crate::template::{Caption, Fields, Template};
use crate::value::{CellRef, Measure, text};

/// The lines of all tables.
pub struct Captions<'t> {
    base: &'t Template,
    /// The captions that the base does not have in this form, as written.
    added: Vec<Toml>,
}

/// The lines of one table.
#[derive(Default)]
pub struct Lines {
    /// The ids of its captions, from left to right.
    pub ids: Vec<String>,
    /// The measure that they print.
    pub measure: Option<Measure>,
    /// The year that they print.
    pub year: Option<i32>,
    /// The last row of them.
    pub last: Option<u32>,
    /// The first row of them below the title.
    pub first: Option<u32>,
}

impl<'t> Captions<'t> {
    /// The captions of the edition a form is compared with.
    pub fn new(base: &'t Template) -> Self {
        Self { base, added: Vec::new() }
    }

    /// The captions as written, with what was added.
    pub fn written(&self) -> Vec<Toml> {
        let base = self.base.resolved.get("caption").and_then(Value::as_array).into_iter().flatten();
        let mut written: Vec<Toml> = base.filter_map(Value::as_table).cloned().collect();
        for added in &self.added {
            match written.iter_mut().find(|old| old.get("id") == added.get("id")) {
                Some(old) => old.clone_from(added),
                None => written.push(added.clone()),
            }
        }
        written
    }

    /// The lines above a table.
    pub fn lines(&mut self, block: &Block<'_>, meaning: &Meaning<'_>, remarks: &mut Vec<Remark>) -> Lines {
        let mut lines = Lines::default();
        let mut cells = block.lines.clone();
        cells.sort_by_key(|at| (at.col, at.row));
        for at in cells {
            let written = block.written(at);
            match self.known(&written, meaning) {
                None => remarks.push(Remark::at(block, Some(&at), |words| Fact::Unplaced { words })),
                Some((id, fields)) => {
                    if !lines.ids.contains(&id) {
                        lines.ids.push(id);
                    }
                    lines.measure = lines.measure.or(fields.measure);
                    lines.year = lines.year.or(fields.year);
                }
            }
            if at.row > block.title.row {
                lines.first = Some(lines.first.map_or(at.row, |row: u32| row.min(at.row)));
                lines.last = Some(lines.last.map_or(at.row, |row: u32| row.max(at.row)));
            }
        }
        lines
    }

    /// The caption that prints a line just so; else the one that accepts it, which is added in the form that is printed.
    fn known(&mut self, written: &str, meaning: &Meaning<'_>) -> Option<(String, Fields)> {
        let added =
            self.added.iter().find(|a| a.get("text").and_then(Value::as_str).is_some_and(|t| prints(t, written).is_some()));
        if let Some(added) = added {
            let text = added.get("text").and_then(Value::as_str)?;
            return Some((added.get("id")?.as_str()?.to_owned(), prints(text, written)?));
        }
        let mut accepted = None;
        for (place, edition) in meaning.editions().iter().enumerate() {
            for caption in &edition.captions {
                if let Some(fields) = prints(&caption.declared.text, written) {
                    let id = caption.declared.id.clone();
                    if place > 0 && !self.has_exactly(caption) {
                        self.add(caption, &caption.declared.text.clone(), &id);
                    }
                    return Some((id, fields));
                }
                let forms = std::iter::once(&caption.declared.text).chain(&caption.declared.variants);
                let form = forms.filter_map(|form| Some((form, read(form, written)?))).next();
                accepted = accepted.or_else(|| form.map(|(form, fields)| (caption, form.clone(), fields)));
            }
        }
        let (caption, form, fields) = accepted?;
        let same = |a: &&Toml| a.get("text").and_then(Value::as_str) == Some(&form);
        if let Some(added) = self.added.iter().find(same) {
            return Some((added.get("id")?.as_str()?.to_owned(), fields));
        }
        if form == caption.declared.text && self.has_exactly(caption) {
            return Some((caption.declared.id.clone(), fields));
        }
        let is_taken = self.added.iter().any(|a| a.get("id").and_then(Value::as_str) == Some(&caption.declared.id));
        let id = if is_taken { format!("{}_{}", caption.declared.id, self.added.len() + 1) } else { caption.declared.id.clone() };
        self.add(caption, &form, &id);
        Some((id, fields))
    }

    fn has_exactly(&self, caption: &Caption) -> bool {
        self.base.captions.iter().any(|c| c.declared.id == caption.declared.id && c.declared.text == caption.declared.text)
    }

    fn add(&mut self, caption: &Caption, form: &str, id: &str) {
        let mut written = Toml::try_from(&caption.declared).unwrap_or_default();
        written.insert("id".to_owned(), Value::String(id.to_owned()));
        super::reworded(&mut written, &caption.declared.text, form);
        written.insert("text".to_owned(), Value::String(form.to_owned()));
        self.added.push(written);
    }
}

/// What a form of a caption reads in a line that it prints letter for letter.
fn prints(form: &str, written: &str) -> Option<Fields> {
    let pattern = crate::template::Pattern::parse(form).ok()?;
    let fields = read(form, written)?;
    let same = pattern.fill(&fields) == written || pattern.fill(&Fields::default()) == written;
    same.then_some(fields)
}

/// What a form of a caption reads in a line, filled in or left blank.
fn read(form: &str, written: &str) -> Option<Fields> {
    let pattern = crate::template::Pattern::parse(form).ok()?;
    let blank = text::fold(&pattern.fill(&Fields::default()));
    let is_blank = !blank.is_empty() && blank == text::fold(written);
    pattern.read(written).or_else(|| is_blank.then(Fields::default))
}

/// How many columns the line at the left is merged over; zero where it stands in one.
pub fn columns(block: &Block<'_>) -> i64 {
    let below = block.lines.iter().filter(|at| at.row > block.title.row);
    let merge = below.min_by_key(|at| at.col).and_then(|at| block.sheet.merge(*at));
    merge.map_or(0, |m| i64::from(m.last.col - m.first.col) + 1)
}

/// Where a line stands, for the gaps of a blank form.
pub fn gaps(block: &Block<'_>, lines: &Lines) -> [u32; 3] {
    let above = block.title.row - block.start;
    let below = lines.first.map_or(0, |row| row - block.title.row - 1);
    let last = lines.last.unwrap_or(block.title.row);
    [above, below, block.headings.start - last - 1]
}

/// The first cell of a sheet that says something.
pub fn first_words(cells: &[crate::grid::Cell]) -> Option<(CellRef, String)> {
    let cell = cells.iter().find(|c| !c.is_blank())?;
    let words: String = cell.text().unwrap_or_default().split_whitespace().collect();
    Some((cell.at, words.chars().take(30).collect()))
}
