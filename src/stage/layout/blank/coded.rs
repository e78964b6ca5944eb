//! Formulas of tables whose rows have no code yet: sums along a row, parents, totals, names; never knows a code.
//!
//! All of them look at the keys on the sheet of codes, which are text in every program, however a code was typed.

use super::lists::Lists;
use super::refer::{fixed_rows, from_row, on};
use super::{Place, ROOT};
use crate::grid::{Sheet, Value};
use crate::model::{Address, Budget, Key};
use crate::stage::instances::Part;
use crate::stage::recompute::Definition;
use crate::template::{Body, ColumnKind, Domain, Equation, Relation, Rows};
use crate::value::{Amount, CellRef};

/// The rows without code of every tree, by the rule that adds up the leaves along their row.
pub(super) fn row_sums(budget: &Budget) -> Vec<(Address, Definition)> {
    let mut sums = Vec::new();
    for (rule, declared) in budget.template.rules.iter().enumerate() {
        for (equation, table, column) in declared.equations.iter().filter_map(|e| leaf_sum(e).map(|(t, c)| (e, t, c))) {
            let rows = budget.tables[table].rows.iter().enumerate();
            for (row, _) in rows.filter(|(_, r)| matches!(r.key, Key::Free(_))) {
                let parts = equation.right.iter().filter_map(|term| {
                    let column = term.operand.filter(|o| o.table == table && o.rows == Rows::Bound)?.column;
                    Some(Part { factor: term.factor, at: Address { table, row, column } })
                });
                let definition = Definition { rule, parts: parts.collect(), constant: Amount::ZERO };
                sums.push((Address { table, row, column }, definition));
            }
        }
    }
    sums
}

/// The table and column of a sum along the row of a leaf.
pub(super) fn leaf_sum(equation: &Equation) -> Option<(usize, usize)> {
    let Some(Domain::Leaves(table)) = equation.over else { return None };
    let left = single(equation, Relation::Defines)?;
    (left.table == table && left.rows == Rows::Bound).then_some((table, left.column))
}

/// Whether a rule adds up the children of a row in this column.
fn sums_children(budget: &Budget, table: usize, column: usize) -> bool {
    let is_tree = |e: &Equation| {
        let left = single(e, Relation::Defines).filter(|l| l.table == table && l.column == column && l.rows == Rows::Bound);
        left.is_some() && e.over == Some(Domain::Parents(table))
    };
    budget.template.rules.iter().flat_map(|r| &r.equations).any(is_tree)
}

/// The declared row that a rule makes the sum of the rows without parent, in this column.
fn root_total(budget: &Budget, table: usize, column: usize) -> Option<usize> {
    let total = |e: &Equation| {
        let left = single(e, Relation::Defines).filter(|l| l.table == table && l.column == column)?;
        let roots = e.right.iter().all(|t| t.operand.is_some_and(|o| o.rows == Rows::Roots && o.column == column));
        match left.rows {
            Rows::Declared(first, last) if roots && first == last => Some(first),
            _ => None,
        }
    };
    budget.template.rules.iter().flat_map(|r| &r.equations).find_map(total)
}

fn single(equation: &Equation, relation: Relation) -> Option<crate::template::Operand> {
    match equation.left.as_slice() {
        [term] if equation.relation == relation => term.operand,
        _ => None,
    }
}

/// Puts the formulas of a tree into its sheet.
pub(super) fn formulas(budget: &Budget, place: &Place, lists: &Lists, sheet: &mut Sheet) {
    let declared = &budget.template.tables[place.table];
    let (Some(keys), Some((first, last)), Body::Tree) = (place.keys, place.free, declared.declared.body) else { return };
    let codes = on(&budget.template.blank.codes);
    for (column, kind) in declared.columns.iter().enumerate().map(|(c, d)| (c, d.declared.kind)) {
        let col = column as u16;
        if kind == ColumnKind::Label {
            for row in first..=last {
                let formula = lists.name(place.table, &format!("{codes}{}", CellRef::new(row, keys.own)));
                formula.into_iter().for_each(|f| write(sheet, CellRef::new(row, col), f));
            }
        } else if kind.is_numeric() {
            for row in (first..last).filter(|_| sums_children(budget, place.table, column)) {
                let at = CellRef::new(row, col);
                if !is_formula(sheet, at) {
                    write(sheet, at, children(&codes, keys, at, last));
                }
            }
            let total =
                root_total(budget, place.table, column).and_then(|row| budget.tables[place.table].place(Key::Declared(row)));
            if let Some(row) = total.and_then(|row| place.rows[row]) {
                let amounts = fixed_rows(col, (first, last));
                let parents = format!("{codes}{}", fixed_rows(keys.parent, (first, last)));
                let formula = format!("=IF(COUNT({amounts})=0,\"\",SUMIF({parents},\"{ROOT}\",{amounts}))");
                write(sheet, CellRef::new(row, col), formula);
            }
        }
    }
}

/// The sum of the children of a row, which stand below it; nothing for a row without children or whose children are blank.
/// Only the lines below are looked at: a formula over its own line would lead in a circle.
fn children(codes: &str, keys: super::Keys, at: CellRef, last: u32) -> String {
    let below = (at.row + 1, last);
    let own = format!("{codes}{}", CellRef::new(at.row, keys.own));
    let parents = format!("{codes}{}", from_row(keys.parent, below));
    let amounts = from_row(at.col, below);
    format!("=IF({own}=\"\",\"\",IF(SUMPRODUCT(({parents}={own})*ISNUMBER({amounts}))=0,\"\",SUMIF({parents},{own},{amounts})))")
}

pub(super) fn is_formula(sheet: &Sheet, at: CellRef) -> bool {
    sheet.cell(at).is_some_and(|c| matches!(c.value, Value::Formula(..)))
}

fn write(sheet: &mut Sheet, at: CellRef, formula: String) {
    if let Ok(place) = sheet.cells.binary_search_by_key(&at, |c| c.at) {
        sheet.cells[place].value = Value::Formula(formula, None);
    }
}
