//! Says which cells of the blank form are open and what they take; never writes a formula into one.

use super::coded::is_formula;
use super::lists::Lists;
use super::{Place, is_when_used};
use crate::grid::{Entry, Look, Sheet, Takes, Validation, Value};
use crate::model::{Budget, Key};
use crate::template::{Body, ColumnKind};
use crate::value::{Area, CellRef};

/// Opens the cells of a table that a clerk fills in.
pub(super) fn table(budget: &Budget, place: &Place, lists: &Lists, sheet: &mut Sheet) {
    let declared = &budget.template.tables[place.table];
    let mut entry = sheet.drawing.entry.take().unwrap_or_default();
    for (column, col) in declared.columns.iter().enumerate().zip(0u16..).map(|((c, _), col)| (c, col)) {
        let mut open = Vec::new();
        for (row, line) in budget.tables[place.table].rows.iter().zip(&place.rows) {
            let Some(at) = line.map(|line| CellRef::new(line, col)) else { continue };
            if takes(budget, place, row.key, column, is_formula(sheet, at)) {
                open.push(at);
                dress(budget, place, row.key, column, sheet, at);
            }
        }
        if let (Some(first), Some(last)) = (open.first(), open.last()) {
            let area = Area::new(*first, *last);
            entry.validations.extend(validation(budget, place, lists, column, area));
        }
        entry.open.extend(open);
    }
    sheet.drawing.entry = Some(entry);
}

/// Whether a cell is filled in by a clerk: all that no formula defines. The formulas of parents and names may be typed over.
fn takes(budget: &Budget, place: &Place, key: Key, column: usize, is_formula: bool) -> bool {
    let declared = &budget.template.tables[place.table];
    let side = if let Key::Declared(row) = key { declared.rows[row].side } else { 0 };
    if !declared.columns[column].serves(side) {
        return false;
    }
    let is_free = match key {
        Key::Free(_) => true,
        Key::Declared(row) => is_when_used(budget, place.table, row),
        Key::Code(_) => false,
    };
    match declared.columns[column].declared.kind {
        ColumnKind::Sequence => false,
        ColumnKind::Code | ColumnKind::Label => is_free,
        ColumnKind::Text => true,
        ColumnKind::Amount | ColumnKind::Quantity | ColumnKind::Price => {
            let is_tree = declared.declared.body == Body::Tree;
            !is_formula || (is_tree && is_free && !is_row_sum(budget, place.table, column))
        }
    }
}

fn is_row_sum(budget: &Budget, table: usize, column: usize) -> bool {
    let mut equations = budget.template.rules.iter().flat_map(|r| &r.equations);
    equations.any(|e| super::coded::leaf_sum(e) == Some((table, column)))
}

/// Codes are typed as text; the name of a class that stood in for one to be named goes.
fn dress(budget: &Budget, place: &Place, key: Key, column: usize, sheet: &mut Sheet, at: CellRef) {
    let column = &budget.template.tables[place.table].columns[column].declared;
    let Ok(index) = sheet.cells.binary_search_by_key(&at, |c| c.at) else { return };
    let cell = &mut sheet.cells[index];
    match column.kind {
        ColumnKind::Code => cell.look = if column.number { Look::Label(0) } else { Look::Code },
        ColumnKind::Label if matches!(key, Key::Declared(_)) => cell.value = Value::Blank,
        _ => {}
    }
}

fn validation(budget: &Budget, place: &Place, lists: &Lists, column: usize, area: Area) -> Option<Validation> {
    let (blank, decimals) = (&budget.template.blank, budget.template.about.decimals);
    let declared = &budget.template.tables[place.table];
    let message = |[title, text]: &[String; 2]| (title.clone(), text.replace("{decimals}", &decimals.to_string()));
    let first = area.first;
    let (takes, words) = match declared.columns[column].declared.kind {
        ColumnKind::Amount | ColumnKind::Price => {
            (Takes::Only(format!("=AND(ISNUMBER({first}),ROUND({first},{decimals})={first})")), &blank.amount_message)
        }
        ColumnKind::Quantity => (Takes::Only(format!("=ISNUMBER({first})")), &blank.amount_message),
        ColumnKind::Code => (lists.offered(declared, place.table, column, first.row)?, &blank.code_message),
        ColumnKind::Label if declared.declared.body == Body::Fixed => (lists.classes(place.table)?, &blank.code_message),
        ColumnKind::Label | ColumnKind::Sequence | ColumnKind::Text => return None,
    };
    Some(Validation { area, takes, message: message(words) })
}

/// Opens a form of texts: everything but its headings.
pub(super) fn form(sheet: &mut Sheet) {
    let open = sheet.cells.iter().filter(|c| c.look != Look::Heading && !matches!(c.look, Look::Caption(_))).map(|c| c.at);
    sheet.drawing.entry = Some(Entry { open: open.collect(), ..Entry::default() });
}

/// Opens the lines of the cover that name the unit; the rest of it and the directory are locked.
pub(super) fn front(sheet: &mut Sheet) {
    let open = sheet.cells.iter().filter(|c| c.look == Look::CoverLine).map(|c| c.at).collect();
    sheet.drawing.entry = Some(Entry { open, ..Entry::default() });
}

/// Opens the lines above a table that name the unit, where it is not known yet.
pub(super) fn captions(budget: &Budget, table: usize, sheet: &mut Sheet) {
    let fields = budget.fields(Some(table));
    let mut named = fields.clone();
    (named.code, named.name) = (Some("-".to_owned()), Some("-".to_owned()));
    let captions = budget.template.tables[table].captions.iter().map(|c| &budget.template.captions[*c].printed);
    let is_known = budget.name.is_some();
    let texts: Vec<String> =
        captions.filter(|c| !is_known && c.fill(&fields) != c.fill(&named)).map(|c| c.fill(&fields)).collect();
    let is_open =
        |c: &&crate::grid::Cell| matches!(c.look, Look::Caption(_)) && c.text().is_some_and(|t| texts.iter().any(|x| x == t));
    let open: Vec<CellRef> = sheet.cells.iter().filter(is_open).map(|c| c.at).collect();
    if let Some(entry) = &mut sheet.drawing.entry {
        entry.open.extend(open);
    }
}
