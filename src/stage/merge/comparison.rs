//! Holds a summary against the workbook that a department itself published; never decides which of them is right.

use std::collections::{HashMap, HashSet};

use super::Summary;
use super::member::Cell;
use crate::model::{Address, Budget, Key, Site};
use crate::stage::mapping::Mapping;
use crate::value::{Amount, Measure};

/// A cell that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The table of the summary's edition.
    pub table: usize,
    /// The row.
    pub key: Key,
    /// The column.
    pub column: usize,
    /// The cell of the summary; `None` where it has no such row.
    pub at: Option<Address>,
    /// What was published, in the measure of the summary; `None` for blank.
    pub published: Option<Amount>,
    /// What the summary holds; `None` for blank.
    pub merged: Option<Amount>,
    /// Published less merged.
    pub difference: Amount,
    /// Where it was published.
    pub site: Option<Site>,
    /// Whether a cell that it is made of differs too.
    pub follows: bool,
    /// Whether rounding alone can make it.
    pub is_tail: bool,
    /// What the members add to it, in 元 where it is money.
    pub makers: Vec<(usize, Amount)>,
}

/// All cells of which the published number is not that of the summary, in the order of the tables. Rows of lists have no
/// names to be found by and are not compared.
pub fn compare(summary: &Summary, published: &Budget) -> Vec<Difference> {
    let published = mapped(summary, published);
    let mut differences: Vec<Difference> = Vec::new();
    for (cell, (amount, site, bound)) in &published {
        differences.extend(difference(summary, *cell, Some(*amount), *site, *bound));
    }
    for (table, filed) in summary.budget.tables.iter().enumerate() {
        for (row, column, slot) in filed.amounts() {
            let cell = Cell { table: table as u16, column: column as u16, key: filed.rows[row].key };
            let is_free = matches!(cell.key, Key::Free(_));
            if !is_free && !published.contains_key(&cell) && slot.amount.is_some_and(|a| !a.is_zero()) {
                differences.extend(difference(summary, cell, None, None, Amount::ZERO));
            }
        }
    }
    differences.sort_by_key(|d| (d.table, d.at.map(|a| a.row), d.key, d.column));
    let differing: HashSet<Address> = differences.iter().filter_map(|d| d.at).collect();
    for difference in &mut differences {
        let definition = difference.at.and_then(|at| summary.definitions.get(&at));
        difference.follows = definition.is_some_and(|d| d.parts.iter().any(|p| differing.contains(&p.at)));
    }
    makers(summary, &mut differences);
    differences
}

type Published = HashMap<Cell, (Amount, Option<Site>, Amount)>;

/// The published amounts by the cells of the summary's edition, with half a printed step.
fn mapped(summary: &Summary, published: &Budget) -> Published {
    let target = &summary.budget.template;
    let mapping = Mapping::new(&published.template, target);
    let mut cells: Published = HashMap::new();
    for (table, filed) in published.tables.iter().enumerate() {
        let Some(there) = mapping.table(table) else { continue };
        let own = filed.measure.filter(|_| target.tables[there].has_amounts());
        for (row, column, slot) in filed.amounts() {
            let key = filed.rows[row].key;
            let place = mapping.key(table, key).zip(mapping.column(table, key, column));
            let (Some((key, column)), Some(amount)) = (place, slot.amount) else { continue };
            if matches!(key, Key::Free(_)) {
                continue;
            }
            let is_money = target.tables[there].columns[column].declared.kind.is_money();
            let measures = own.filter(|_| is_money).zip(summary.budget.tables[there].measure);
            let to = |amount| measures.map_or(amount, |(own, there): (Measure, Measure)| own.convert(amount, there));
            let bound = to(Amount::step(published.template.about.decimals).half());
            let cell = Cell { table: there as u16, column: column as u16, key };
            let entry = cells.entry(cell).or_insert((Amount::ZERO, slot.site, bound));
            entry.0 += to(amount);
        }
    }
    cells
}

fn difference(summary: &Summary, cell: Cell, published: Option<Amount>, site: Option<Site>, bound: Amount) -> Option<Difference> {
    let table = usize::from(cell.table);
    let row = summary.budget.tables[table].place(cell.key);
    let at = row.map(|row| Address { table, row, column: usize::from(cell.column) });
    let merged = at.and_then(|at| summary.budget.slot(at).amount);
    let difference = published.unwrap_or_default() - merged.unwrap_or_default();
    if difference.is_zero() || difference.abs() < bound {
        return None;
    }
    let step = Amount::step(summary.budget.template.about.decimals);
    let is_tail = summary.balanced.is_some() && difference.abs() <= step;
    Some(Difference {
        table,
        key: cell.key,
        column: usize::from(cell.column),
        at,
        published,
        merged,
        difference,
        site,
        follows: false,
        is_tail,
        makers: Vec::new(),
    })
}

/// What the members add to the differing cells.
fn makers(summary: &Summary, differences: &mut [Difference]) {
    let cells: Vec<Option<Address>> = differences.iter().map(|d| d.at).collect();
    for (member, sums) in summary.by_member(&cells).into_iter().enumerate() {
        for (difference, amount) in differences.iter_mut().zip(sums) {
            if !amount.is_zero() {
                difference.makers.push((member, amount));
            }
        }
    }
}
