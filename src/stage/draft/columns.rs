//! Proposes the columns of a table from the headings of a form; never looks at a fixed row but to tell what a column holds.

use std::collections::HashSet;

use toml::{Table as Toml, Value};

use super::form::Block;
use super::meaning::{self, Meaning, Source};
use super::{Remark, reworded};
use crate::grid;
use crate::stage::headings::Path;
use crate::template::{ColumnKind, Table};

/// The columns of a table as proposed.
pub struct Columns {
    /// As written in TOML.
    pub written: Vec<Toml>,
    /// What each holds.
    pub kinds: Vec<ColumnKind>,
    /// The column in the sheet of each.
    pub places: Vec<u16>,
}

impl Columns {
    /// The side of a column; empty for one that belongs to all.
    pub fn side(&self, column: usize) -> &str {
        self.written[column].get("side").and_then(Value::as_str).unwrap_or_default()
    }

    /// The sides in the order of their columns, one without a name where there are none.
    pub fn sides(&self) -> Vec<String> {
        let mut sides: Vec<String> = Vec::new();
        for column in 0..self.written.len() {
            let side = self.side(column);
            if !side.is_empty() && !sides.iter().any(|s| s == side) {
                sides.push(side.to_owned());
            }
        }
        if sides.is_empty() { vec![String::new()] } else { sides }
    }
}

/// The columns of a block: those of the sources where their headings say the same, new ones otherwise.
pub fn columns(block: &Block<'_>, sources: &[Source<'_>], meaning: &Meaning<'_>, remarks: &mut Vec<Remark>) -> Columns {
    let matched = matches(block, sources);
    let mut columns = Columns { written: Vec::new(), kinds: Vec::new(), places: Vec::new() };
    let mut ids: HashSet<String> = matched.iter().flatten().map(|(source, c)| id_of(*source, *c)).collect();
    for (path, known) in block.paths.iter().zip(matched) {
        let heading = block.heading(path);
        let (written, kind) = match known {
            Some((source, column)) => {
                let kind = source.table().columns[column].declared.kind;
                let mut written = known_column(source, column, path, &heading, block, remarks);
                if let Some(first) = sources.first().filter(|first| first.edition.name != source.edition.name) {
                    let id = id_of(source, column);
                    remarks.push(Remark::at(block, path.cells.last(), |words| super::Fact::Borrowed { id, words }));
                    written.insert("width".to_owned(), width_of(kind, Some(first)));
                }
                (written, kind)
            }
            None => {
                let kind = kind_of(block, path, columns.kinds.last());
                let id = (1..).map(|n| format!("new_{n}")).find(|id| !ids.contains(id)).unwrap_or_default();
                ids.insert(id.clone());
                remarks.push(Remark::at(block, path.cells.last(), |words| super::Fact::NewColumn { id: id.clone(), words }));
                (new_column(&id, kind, &heading, sources, &columns), kind)
            }
        };
        columns.written.push(written);
        columns.kinds.push(kind);
        columns.places.push(path.column);
    }
    give_code_list(block, sources, meaning, &mut columns);
    columns
}

fn id_of(source: Source<'_>, column: usize) -> String {
    source.table().columns[column].declared.id.clone()
}

/// For every path the known column it is, the best fits first; a column stands for one path.
fn matches<'t>(block: &Block<'_>, sources: &[Source<'t>]) -> Vec<Option<(Source<'t>, usize)>> {
    let mut fits = Vec::new();
    for (rank, source) in sources.iter().enumerate() {
        for (place, path) in block.paths.iter().enumerate() {
            for (index, column) in source.table().columns.iter().enumerate() {
                let fit = meaning::column_fit(column, path);
                fits.extend(fit.map(|fit| (fit.saturating_sub(10 * rank as u32), rank, place, index)));
            }
        }
    }
    fits.sort_by_key(|(fit, rank, place, index)| (std::cmp::Reverse(*fit), *rank, *place, *index));
    let mut matched: Vec<Option<(Source<'t>, usize)>> = vec![None; block.paths.len()];
    let mut taken = HashSet::new();
    for (_, rank, place, index) in fits {
        let id = id_of(sources[rank], index);
        if matched[place].is_none() && !taken.contains(&id) {
            taken.insert(id);
            matched[place] = Some((sources[rank], index));
        }
    }
    matched
}

/// A known column under the headings of the form.
fn known_column(
    source: Source<'_>,
    column: usize,
    path: &Path,
    heading: &[String],
    block: &Block<'_>,
    remarks: &mut Vec<Remark>,
) -> Toml {
    let known = &source.table().columns[column];
    let mut written = source.written("column", &known.declared.id).unwrap_or_default();
    if meaning::is_path(known, path) {
        return written;
    }
    let (old, new) = (known.declared.heading.last(), heading.last());
    if let (Some(old), Some(new)) = (old, new) {
        reworded(&mut written, old, new);
        if !path.words.last().is_some_and(|w| known.is_called(w)) {
            let (id, old) = (known.declared.id.clone(), old.clone());
            remarks.push(Remark::at(block, path.cells.last(), |words| super::Fact::Taken { id, old, words }));
        }
    }
    written.insert("heading".to_owned(), strings(heading));
    written
}

fn strings(words: &[String]) -> Value {
    Value::Array(words.iter().cloned().map(Value::String).collect())
}

/// The usual width of what such a column holds; 14 is a long amount.
fn width_of(kind: ColumnKind, source: Option<&Source<'_>>) -> Value {
    let alike = source.and_then(|s| s.table().columns.iter().rfind(|c| c.declared.kind == kind).map(|c| (s, c)));
    let written = alike.and_then(|(s, c)| s.written("column", &c.declared.id)?.get("width").cloned());
    written.unwrap_or(Value::Integer(14))
}

/// A column that no edition has.
fn new_column(id: &str, kind: ColumnKind, heading: &[String], sources: &[Source<'_>], before: &Columns) -> Toml {
    let mut written = Toml::new();
    written.insert("id".to_owned(), Value::String(id.to_owned()));
    written.insert("type".to_owned(), Value::try_from(kind).unwrap_or(Value::String(String::new())));
    written.insert("heading".to_owned(), strings(heading));
    written.insert("width".to_owned(), width_of(kind, sources.first()));
    let side = before.written.len().checked_sub(1).map(|last| before.side(last)).unwrap_or_default();
    if !side.is_empty() {
        written.insert("side".to_owned(), Value::String(side.to_owned()));
    }
    written
}

/// The text of a cell that may hold a code.
fn digits(cell: &grid::Cell, folded: &str) -> String {
    match &cell.value {
        grid::Value::Number(amount) => amount.to_string(),
        _ => folded.to_owned(),
    }
}

/// What a new column holds, by what stands in it as a sample: codes, words, or nothing yet where amounts will stand.
fn kind_of(block: &Block<'_>, path: &Path, before: Option<&ColumnKind>) -> ColumnKind {
    let is_code = |cell: &grid::Cell, folded: &str| {
        let digits = digits(cell, folded);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let samples: Vec<_> = block.samples(path.column).collect();
    let codes = samples.iter().filter(|(cell, folded)| is_code(cell, folded)).count();
    let words = samples.iter().filter(|(cell, folded)| cell.text().is_some() && !is_code(cell, folded)).count();
    match before {
        None | Some(ColumnKind::Code | ColumnKind::Sequence) if codes > words => ColumnKind::Code,
        None | Some(ColumnKind::Code | ColumnKind::Sequence) => ColumnKind::Label,
        Some(_) if words > 0 => ColumnKind::Label,
        Some(_) => ColumnKind::Amount,
    }
}

/// The first of new code columns names the list of the known table, or the one that holds the codes of the form, with as many
/// levels as the form has columns.
fn give_code_list(block: &Block<'_>, sources: &[Source<'_>], meaning: &Meaning<'_>, columns: &mut Columns) {
    let codes: Vec<usize> = (0..columns.kinds.len()).filter(|c| columns.kinds[*c] == ColumnKind::Code).collect();
    let Some(first) = codes.first().filter(|first| columns.written[**first].get("list").is_none()) else { return };
    let samples: Vec<String> = block.samples(columns.places[*first]).map(|(cell, folded)| digits(cell, folded)).collect();
    let holds =
        |t: &&Table| t.list.as_ref().is_some_and(|l| samples.iter().any(|s| s.parse().is_ok_and(|code| l.get(code).is_some())));
    let own = sources.iter().map(|s| s.table()).find(|t| t.list.is_some());
    let all = || meaning.editions().iter().flat_map(|e| &e.tables).filter(|t| t.list.is_some());
    let Some(table) = own.or_else(|| all().find(holds)).or_else(|| all().next()) else { return };
    let known = table.columns.iter().find(|c| c.declared.list.is_some());
    let Some((list, levels)) = known.and_then(|c| Some((c.declared.list.clone()?, c.declared.levels.clone()))) else { return };
    let levels = if codes.len() > 1 { &levels[..codes.len().min(levels.len())] } else { &levels[..] };
    let is_number = block.samples(columns.places[*first]).any(|(cell, _)| matches!(cell.value, grid::Value::Number(_)));
    let written = &mut columns.written[*first];
    written.insert("list".to_owned(), Value::String(list));
    written.insert("levels".to_owned(), Value::Array(levels.iter().map(|l| Value::Integer(i64::from(*l))).collect()));
    if is_number {
        written.insert("number".to_owned(), Value::Boolean(true));
    }
}
