//! Proposes the fixed rows of a table from the words in its label columns; never reads a number.

use std::collections::HashSet;

use toml::{Table as Toml, Value};

use super::columns::Columns;
use super::form::{self, Block};
use super::meaning::{Source, likeness};
use super::{Fact, Remark, reworded};
use crate::template::{Body, Classes, ColumnKind};
use crate::value::{Area, CellRef, text};

/// What a line of a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Line {
    /// A fixed row.
    #[default]
    Fixed,
    /// The first of the functional classes.
    Classes,
    /// A row that a blank form does not print.
    Unprinted,
}

/// The fixed rows of a table as proposed.
#[derive(Default)]
pub struct Rows {
    /// As written in TOML, side after side.
    pub written: Vec<Toml>,
    /// The row in the sheet of each, the side it belongs to, and what it is.
    places: Vec<(u32, usize, Line)>,
    /// The labels of the functional classes that the form prints, where it prints all.
    pub classes: Option<Vec<(CellRef, String)>>,
}

impl Rows {
    /// How many lines a clerk fills in: those before the last fixed row that stands behind them.
    pub fn lines_to_fill(&self, block: &Block<'_>, body: Body) -> Option<u32> {
        let fixed: Vec<u32> = self.places.iter().filter(|p| p.2 == Line::Fixed).map(|(row, ..)| *row).collect();
        let last = fixed.iter().max()?;
        match body {
            Body::Tree => Some(last - block.body.start).filter(|lines| *lines > 0),
            Body::Fixed if self.prints_used_classes() => Some(last - block.body.start),
            _ => None,
        }
    }

    fn prints_used_classes(&self) -> bool {
        self.classes.is_none() && self.places.iter().any(|p| p.2 == Line::Classes)
    }

    fn push(&mut self, written: Toml, row: u32, side: usize, line: Line) {
        self.written.push(written);
        self.places.push((row, side, line));
    }
}

/// The fixed rows of a block whose columns are known.
pub fn rows(block: &Block<'_>, columns: &Columns, sources: &[Source<'_>], body: Body, remarks: &mut Vec<Remark>) -> Rows {
    let mut rows = Rows::default();
    let mut taken = HashSet::new();
    for (side, name) in columns.sides().iter().enumerate() {
        let of_side = |c: &usize| columns.side(*c).is_empty() || columns.side(*c) == name;
        let own: Vec<usize> = (0..columns.kinds.len()).filter(of_side).collect();
        match own.iter().find(|c| columns.kinds[**c] == ColumnKind::Label) {
            Some(label) if body == Body::Tree => tree_rows(block, columns, *label, sources, &mut rows),
            Some(label) => side_rows(block, columns.places[*label], (side, name), sources, (&mut rows, &mut taken), remarks),
            None => lone_row(block, columns, &own, (side, name), sources, &mut rows),
        }
    }
    keep_optional(sources, &mut rows);
    set_beside(&mut rows);
    rows
}

/// A row that is printed only when it is filed is not to be seen in a blank form: it stays behind the row it stood behind.
fn keep_optional(sources: &[Source<'_>], rows: &mut Rows) {
    let Some(source) = sources.first() else { return };
    let id = |row: &Toml| row.get("id").and_then(Value::as_str).map(str::to_owned);
    let mut previous: Option<String> = None;
    for declared in &source.table().declared.row {
        let here = rows.written.iter().position(|row| id(row).as_deref() == Some(&declared.id));
        let before = rows.written.iter().position(|row| id(row) == previous);
        if here.is_none()
            && declared.optional
            && let Some(written) = source.written("row", &declared.id)
        {
            let place = before.map_or(0, |before| before + 1).min(rows.written.len());
            let (line, side, _) = rows.places.get(place.saturating_sub(1)).copied().unwrap_or_default();
            rows.written.insert(place, written);
            rows.places.insert(place, (line, side, Line::Unprinted));
        }
        if here.is_some() || declared.optional {
            previous = Some(declared.id.clone());
        }
    }
}

/// The rows of a tree that are no codes: those without a digit in the code columns and with a known label, or words across them.
fn tree_rows(block: &Block<'_>, columns: &Columns, label: usize, sources: &[Source<'_>], rows: &mut Rows) {
    let is_note = |folded: &str| sources.first().is_some_and(|s| s.edition.is_note(folded));
    if !columns.places.iter().any(|column| block.samples(*column).any(|(_, folded)| !is_note(folded))) {
        // A form that shows nothing below its headings says nothing of its rows.
        let known = sources.first().into_iter().flat_map(|s| s.table().declared.row.iter().map(move |r| s.written("row", &r.id)));
        known.flatten().for_each(|written| rows.push(written, block.body.start, 0, Line::Unprinted));
        return;
    }
    let first = columns.places.iter().min().copied().unwrap_or_default();
    for row in block.sheet.rows(block.body.start, block.body.end) {
        let cells: Vec<_> = block.sheet.row(row).filter(|(c, folded)| !c.is_blank() && !form::is_filler(folded)).collect();
        let [(cell, folded)] = cells.as_slice() else { continue };
        let Some(source) = sources.iter().find(|s| s.table().rows.iter().any(|r| r.labels.iter().any(|l| l == folded))) else {
            continue;
        };
        let known = source.table().rows.iter().find(|r| r.labels.iter().any(|l| l == folded));
        let mut written = known.and_then(|r| source.written("row", &r.id)).unwrap_or_default();
        set_flag(&mut written, "last", row > block.body.start);
        let across = Area::new(CellRef::new(row, first), CellRef::new(row, columns.places[label]));
        set_flag(&mut written, "across", block.sheet.merge(cell.at).is_some_and(|m| m == across));
        rows.push(written, row, 0, Line::Fixed);
    }
}

fn set_flag(written: &mut Toml, key: &str, is_so: bool) {
    if is_so {
        written.insert(key.to_owned(), Value::Boolean(true));
    } else {
        written.remove(key);
    }
}

/// A label of the form: where it stands, its words, and its words folded.
type Label<'s> = (CellRef, &'s str, String);

/// The labels of one side, each a known row, a functional class, or a new row.
fn side_rows(
    block: &Block<'_>,
    column: u16,
    (side, name): (usize, &str),
    sources: &[Source<'_>],
    (rows, taken): (&mut Rows, &mut HashSet<String>),
    remarks: &mut Vec<Remark>,
) {
    let labels =
        block.samples(column).filter_map(|(cell, _)| Some((cell.at, cell.text()?.trim(), text::fold_label(cell.text()?))));
    let labels: Vec<Label<'_>> = labels.collect();
    let known = known_rows(&labels, name, sources);
    taken.extend(known.iter().flatten().map(|k| k.id.clone()));
    let mut classes = Vec::new();
    let mut class_row = None;
    for ((at, label, folded), known) in labels.iter().zip(known) {
        if is_class(folded, sources) {
            classes.push((*at, (*label).to_owned()));
            if class_row.is_none() {
                class_row = Some(rows.written.len());
                rows.push(classes_element(name, sources), at.row, side, Line::Classes);
            }
            continue;
        }
        let written = known.map(|known| known.under(block, (at, label), remarks)).unwrap_or_else(|| {
            let id = (1..).map(|n| format!("new_row_{n}")).find(|id| !taken.contains(id)).unwrap_or_default();
            remarks.push(Remark::at(block, Some(at), |words| Fact::NewRow { id: id.clone(), words }));
            let written = new_row(&id, name, label);
            taken.insert(id);
            written
        });
        rows.push(written, at.row, side, Line::Fixed);
    }
    if class_row.is_none() {
        keep_classes(block, side, name, sources, rows);
    }
    settle_classes(classes, class_row, sources, rows);
}

/// Classes of which a form shows no sample: they stay where the known table has them and the form has blank lines before its
/// last row.
fn keep_classes(block: &Block<'_>, side: usize, name: &str, sources: &[Source<'_>], rows: &mut Rows) {
    let has_classes = |s: &&Source<'_>| s.table().declared.row.iter().any(|r| r.classes == Some(Classes::Used) && r.side == name);
    let mut own = rows.places.iter().enumerate().filter(|(_, p)| p.1 == side);
    let rooms = own.next_back().map(|(place, (row, ..))| (place, row - block.body.start));
    if let (Some(_), Some((place, lines @ 1..))) = (sources.first().filter(has_classes), rooms) {
        rows.written.insert(place, classes_element(name, sources));
        rows.places.insert(place, (block.body.start + lines - 1, side, Line::Classes));
    }
}

fn is_class(folded: &str, sources: &[Source<'_>]) -> bool {
    let rows = sources.iter().flat_map(|s| &s.table().rows);
    let mut classes = rows.filter(|r| r.class.is_some());
    classes.any(|r| r.labels.iter().any(|l| l == folded))
}

/// The element that stands for the classes on a side.
fn classes_element(side: &str, sources: &[Source<'_>]) -> Toml {
    let written = sources.iter().flat_map(|s| s.table().declared.row.iter().map(move |r| (s, r)));
    let known = written.into_iter().find(|(_, r)| r.classes.is_some() && r.side == side);
    let known = known.and_then(|(s, r)| s.written("row", &r.id));
    known.unwrap_or_else(|| new_row("classes", side, ""))
}

/// Half a list of classes or more is the whole of it; fewer are samples of a form that prints those in use.
fn settle_classes(printed: Vec<(CellRef, String)>, place: Option<usize>, sources: &[Source<'_>], rows: &mut Rows) {
    let Some(place) = place else { return };
    let known = sources.first().map_or(0, |s| s.table().rows.iter().filter(|r| r.class.is_some()).count());
    let classes = if printed.len() * 2 >= known { Classes::All } else { Classes::Used };
    rows.written[place].remove("label");
    rows.written[place].insert("classes".to_owned(), Value::try_from(classes).unwrap_or(Value::Boolean(true)));
    rows.classes = Some(printed).filter(|_| classes == Classes::All);
}

/// A known row that a label stands for.
struct KnownRow {
    id: String,
    label: String,
    written: Toml,
    is_same: bool,
    is_borrowed: bool,
}

impl KnownRow {
    /// The row under the label of the form.
    fn under(mut self, block: &Block<'_>, (at, label): (&CellRef, &str), remarks: &mut Vec<Remark>) -> Toml {
        if self.is_borrowed {
            remarks.push(Remark::at(block, Some(at), |words| Fact::Borrowed { id: self.id.clone(), words }));
        }
        if text::fold(&self.label) != text::fold(label) {
            reworded(&mut self.written, &self.label, label);
            self.written.insert("label".to_owned(), Value::String(label.to_owned()));
        }
        if !self.is_same {
            remarks.push(Remark::at(block, Some(at), |words| Fact::Taken { id: self.id, old: self.label, words }));
        }
        self.written
    }
}

/// For every label of a side the known row it is, the likest first; a row stands for one label.
fn known_rows(labels: &[Label<'_>], side: &str, sources: &[Source<'_>]) -> Vec<Option<KnownRow>> {
    let mut fits = Vec::new();
    for (rank, source) in sources.iter().enumerate() {
        for (index, row) in source.table().declared.row.iter().enumerate().filter(|(_, r)| r.classes.is_none() && r.side == side)
        {
            let words: Vec<String> = std::iter::once(&row.label).chain(&row.variants).map(|l| text::fold_label(l)).collect();
            for (place, (_, _, folded)) in labels.iter().enumerate() {
                let like = words.iter().map(|word| likeness(word, folded)).max().unwrap_or(0);
                if like >= 600 {
                    fits.push((std::cmp::Reverse(like), rank, place, index));
                }
            }
        }
    }
    fits.sort_unstable();
    let mut known: Vec<Option<KnownRow>> = labels.iter().map(|_| None).collect();
    let mut taken = HashSet::new();
    for (std::cmp::Reverse(like), rank, place, index) in fits {
        let row = &sources[rank].table().declared.row[index];
        if known[place].is_none() && taken.insert(row.id.as_str()) {
            let written = sources[rank].written("row", &row.id).unwrap_or_default();
            let (id, label) = (row.id.clone(), row.label.clone());
            known[place] = Some(KnownRow { id, label, written, is_same: like == 1000, is_borrowed: rank > 0 });
        }
    }
    known
}

fn new_row(id: &str, side: &str, label: &str) -> Toml {
    let mut written = Toml::new();
    written.insert("id".to_owned(), Value::String(id.to_owned()));
    if !side.is_empty() {
        written.insert("side".to_owned(), Value::String(side.to_owned()));
    }
    written.insert("label".to_owned(), Value::String(label.to_owned()));
    written
}

/// The one row of a side without words: that of the edition, or one called as its column.
fn lone_row(
    block: &Block<'_>,
    columns: &Columns,
    own: &[usize],
    (side, name): (usize, &str),
    sources: &[Source<'_>],
    rows: &mut Rows,
) {
    let Some(column) = own.first() else { return };
    let known = sources.iter().find_map(|s| {
        let row = s.table().declared.row.iter().find(|r| r.side == name && r.classes.is_none() && !name.is_empty())?;
        s.written("row", &row.id)
    });
    let heading = columns.written[*column].get("heading").and_then(Value::as_array).and_then(|h| h.last()?.as_str());
    let id = if name.is_empty() { "amount" } else { name };
    rows.push(known.unwrap_or_else(|| new_row(id, name, heading.unwrap_or(id))), block.body.start, side, Line::Fixed);
}

/// Names, for rows of neighbouring sides that share a line, the one beside the other where the edition does or counting lines
/// would part them: after classes, after sides of unlike length, and at the end of the table.
fn set_beside(rows: &mut Rows) {
    let known: Vec<Option<Value>> = rows.written.iter_mut().map(|row| row.remove("beside")).collect();
    let sides = rows.places.iter().map(|(_, side, _)| *side).max().unwrap_or(0);
    for left in 0..sides {
        let of = |side: usize| -> Vec<usize> { (0..rows.places.len()).filter(|i| rows.places[*i].1 == side).collect() };
        let (lefts, rights) = (of(left), of(left + 1));
        let mut pairs = Vec::new();
        let (mut from_left, mut from_right) = (0, 0);
        for (i, l) in lefts.iter().enumerate() {
            let Some(j) = rights.iter().position(|r| rows.places[*r].0 == rows.places[*l].0 && rows.places[*r].2 == Line::Fixed)
            else {
                continue;
            };
            let of_classes = rights[from_right..j].iter().any(|r| rows.places[*r].2 == Line::Classes);
            let is_end = i + 1 == lefts.len() && j + 1 == rights.len();
            let is_known = known[*l].is_some() && known[*l].as_ref() == rows.written[rights[j]].get("id");
            if rows.places[*l].2 == Line::Fixed
                && (is_known || is_end || of_classes || i - from_left != j.saturating_sub(from_right))
            {
                pairs.push((*l, rights[j]));
                (from_left, from_right) = (i, j);
            }
        }
        for (l, r) in pairs {
            if let Some(id) = rows.written[r].get("id").cloned() {
                rows.written[l].insert("beside".to_owned(), id);
            }
        }
    }
}
