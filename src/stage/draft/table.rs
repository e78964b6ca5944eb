//! Proposes one table from one block of a form; never looks at another table.

use toml::{Table as Toml, Value};

use super::captions::{self, Captions};
use super::columns::{self, Columns};
use super::form::Block;
use super::meaning::{Meaning, Source};
use super::rows::{self, Rows};
use super::{Fact, Remark, reworded};
use crate::template::{Body, ColumnKind, Pattern};
use crate::value::{CellRef, Measure, text};

/// A table as proposed, and what it says about the edition.
pub struct Proposed {
    /// Its id.
    pub id: String,
    /// As written in TOML.
    pub written: Toml,
    /// The measure that it prints.
    pub measure: Option<Measure>,
    /// The year that it prints.
    pub year: Option<i32>,
    /// The functional classes, where it prints all.
    pub classes: Option<Vec<(CellRef, String)>>,
    /// Whether columns or rows are new.
    pub has_news: bool,
}

/// A form of any number of pages, which stays as it is known.
pub fn kept(source: Source<'_>) -> Proposed {
    let id = source.table().declared.id.clone();
    let written = source.written_table().cloned().unwrap_or_default();
    Proposed { id, written, measure: None, year: None, classes: None, has_news: false }
}

/// The table that a block proposes; `id` where it is a known one, else the fresh id.
pub fn propose(
    block: &Block<'_>,
    (id, is_known): (&str, bool),
    meaning: &Meaning<'_>,
    captions: &mut Captions<'_>,
    remarks: &mut Vec<Remark>,
) -> Proposed {
    let sources = if is_known { meaning.sources(id, block) } else { Vec::new() };
    let before = remarks.len();
    let lines = captions.lines(block, meaning, remarks);
    let columns = columns::columns(block, &sources, meaning, remarks);
    let body = body(&sources, &columns);
    let rows = if matches!(body, Body::Fixed | Body::Tree) {
        rows::rows(block, &columns, &sources, body, remarks)
    } else {
        Rows::default()
    };
    let mut written = sources.first().and_then(|s| s.written_table()).cloned().unwrap_or_default();
    if !is_known {
        written.insert("id".to_owned(), Value::String(id.to_owned()));
        written.insert("main".to_owned(), Value::Boolean(true));
        remarks.push(Remark::at(block, Some(&block.title), |words| Fact::NewTable { id: id.to_owned(), words }));
    }
    let year = title(block, &mut written, sources.first());
    set(&mut written, "sheet", Value::String(block.sheet.sheet.name.trim().to_owned()));
    set(&mut written, "body", Value::try_from(body).unwrap_or(Value::Boolean(false)));
    set(&mut written, "captions", Value::Array(lines.ids.iter().cloned().map(Value::String).collect()));
    set(&mut written, "numbered", Value::Boolean(block.numbered));
    if let Some(lines) = rows.lines_to_fill(block, body) {
        set(&mut written, "blank_rows", Value::Integer(i64::from(lines)));
    }
    set(&mut written, "caption_columns", Value::Integer(captions::columns(block)));
    let gaps = captions::gaps(block, &lines);
    set(&mut written, "blank_gaps", Value::Array(gaps.iter().map(|g| Value::Integer(i64::from(*g))).collect()));
    notes(block, &mut written, meaning);
    set(&mut written, "column", elements(columns.written));
    if matches!(body, Body::Fixed | Body::Tree) {
        set(&mut written, "row", elements(rows.written));
    }
    let is_news = |r: &Remark| matches!(r.fact, Fact::NewColumn { .. } | Fact::NewRow { .. } | Fact::Borrowed { .. });
    Proposed {
        id: id.to_owned(),
        written,
        measure: lines.measure,
        year: lines.year.or(year),
        classes: rows.classes,
        has_news: is_known && remarks[before..].iter().any(is_news),
    }
}

fn elements(written: Vec<Toml>) -> Value {
    Value::Array(written.into_iter().map(Value::Table).collect())
}

/// Sets a key; a value that the key has anyway when it is not written is left out.
fn set(written: &mut Toml, key: &str, value: Value) {
    let is_default = match &value {
        Value::Boolean(is_so) => !is_so,
        Value::Integer(number) => *number == 0,
        Value::Array(elements) => elements.iter().all(|e| e.as_integer() == Some(0)),
        Value::String(word) => word == "fixed",
        _ => false,
    };
    if is_default && !written.contains_key(key) {
        return;
    }
    written.insert(key.to_owned(), value);
}

/// What the rows of the table are: as the likest known table says, unless its columns say otherwise.
fn body(sources: &[Source<'_>], columns: &Columns) -> Body {
    let has = |kind| columns.kinds.contains(&kind);
    match sources.first().map(|s| s.table().declared.body) {
        Some(Body::Fixed) | None if has(ColumnKind::Code) => Body::Tree,
        Some(body) => body,
        None if has(ColumnKind::Label) => Body::Fixed,
        None => Body::List,
    }
}

/// Sets the title as it is printed; one that is known stays as it is written. Returns its year.
fn title(block: &Block<'_>, written: &mut Toml, source: Option<&Source<'_>>) -> Option<i32> {
    let folded = block.sheet.text(block.title);
    let year = text::title_year(folded);
    let printed = block.written(block.title);
    let printed = year.map_or(printed.clone(), |year| printed.replacen(&year.to_string(), "{year}", 1));
    let old = source.map(|s| s.table().declared.title.clone()).unwrap_or_default();
    let reads = Pattern::parse(&old).is_ok_and(|p| !p.is_fixed() && p.read(&block.written(block.title)).is_some());
    let is_same = text::fold(&old) == text::fold(&printed) || (reads && year.is_none());
    if !is_same {
        reworded(written, &old, &printed);
        written.insert("title".to_owned(), Value::String(printed));
    }
    year
}

/// The notes below the table: those that say it is empty are printed only then.
fn notes(block: &Block<'_>, written: &mut Toml, meaning: &Meaning<'_>) {
    let Some(edition) = meaning.editions().first() else { return };
    let rows = block.sheet.rows(block.body.start, block.body.end);
    let cells = rows.flat_map(|row| block.sheet.row(row)).filter(|(_, folded)| edition.is_note(folded));
    let texts: Vec<String> = cells.map(|(cell, _)| block.written(cell.at)).collect();
    let (empty, always): (Vec<String>, Vec<String>) = texts.into_iter().partition(|note| edition.says_empty(note));
    if let Some(note) = empty.into_iter().next() {
        written.insert("empty_note".to_owned(), Value::String(note));
    }
    if !always.is_empty() {
        written.insert("notes".to_owned(), Value::Array(always.into_iter().map(Value::String).collect()));
    }
}
