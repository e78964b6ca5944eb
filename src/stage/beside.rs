//! Finds the budget of the year before of a unit, and moves it to the edition of this year; never compares an amount.

use std::sync::Arc;

use super::succession::succession;
use super::translate;
use crate::finding::{Beside, Fact, Finding, Place};
use crate::model::{Address, Budget, Row};
use crate::template::{Condition, Severity, Template};
use crate::value::{Amount, text};

/// The rule under which is told that a budget was not compared with that of the year before.
const NOT_COMPARED: &str = "R39";

/// Whether two budgets are of one unit: by their codes, where one has none by their names.
pub fn is_same_unit(a: &Budget, b: &Budget) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).map(|(a, b)| text::fold(a) == text::fold(b));
    same(&a.code, &b.code).or_else(|| same(&a.name, &b.name)).unwrap_or(false)
}

/// The budget of the year before among others, in the edition of this year; else why there is none to compare with.
pub fn beside(budget: &Budget, all: &[Budget]) -> Result<Budget, Box<Finding>> {
    find(budget, all).map(|past| moved(past, budget)).map_err(|beside| {
        let is_note = matches!(beside, Beside::Missing { .. } | Beside::NoRules { .. });
        let severity = if is_note { Severity::Note } else { Severity::Warning };
        Box::new(Finding::reading(NOT_COMPARED, severity, Place::default(), Fact::Beside(beside)))
    })
}

/// A budget of the year before in the edition of this year, its subjects under the codes of this year.
fn moved(past: &Budget, budget: &Budget) -> Budget {
    let mut moved = translate::translate(past, &budget.template).0;
    for (place, declared) in budget.template.tables.iter().enumerate() {
        let changed = succession(&budget.template.changes, &moved.tables[place], &budget.tables[place]);
        if !changed.is_empty() {
            let key = |row: usize, filed: &Row| changed.get(&row).copied().unwrap_or(Some(filed.key));
            moved.tables[place] = moved.tables[place].rekeyed(&declared.levels, key);
        }
    }
    moved
}

fn find<'b>(budget: &Budget, all: &'b [Budget]) -> Result<&'b Budget, Beside> {
    if !compares(&budget.template) {
        return Err(Beside::NoRules { edition: budget.template.name.clone() });
    }
    let own: Vec<&Budget> = all.iter().filter(|past| is_same_body(past, budget)).collect();
    if own.is_empty() {
        return Err(Beside::Missing { year: budget.year.map(|year| year - 1) });
    }
    let expected = budget.year.ok_or(Beside::YearUnknown)? - 1;
    let file = |past: &Budget| past.sources.first().cloned().unwrap_or_default();
    let mut fitting = own.iter().copied().filter(|past| past.year == Some(expected));
    let Some(first) = fitting.next() else {
        return Err(Beside::OtherYears { expected, found: own.iter().map(|past| (file(past), past.year)).collect() });
    };
    let others: Vec<&Budget> = fitting.filter(|other| !says_the_same(first, other)).collect();
    if others.is_empty() {
        return Ok(first);
    }
    Err(Beside::Several { files: std::iter::once(first).chain(others).map(file).collect() })
}

/// Whether an edition has rules that read the year before.
fn compares(template: &Template) -> bool {
    template.rules.iter().any(|rule| {
        let reads = rule.statements.iter().any(|s| s.past.is_some());
        reads || rule.conditions.iter().any(|c| matches!(c, Condition::Past(_)))
    })
}

/// Whether two budgets are of one unit. A department and its own unit may share a name, and never a code.
fn is_same_body(past: &Budget, budget: &Budget) -> bool {
    let have_codes = past.code.is_some() && budget.code.is_some();
    let same_level = past.template.about.level == budget.template.about.level;
    (have_codes || same_level) && is_same_unit(past, budget)
}

/// Whether two budgets have the same amounts, in whatever files.
fn says_the_same(a: &Budget, b: &Budget) -> bool {
    let other = translate::translate(b, &a.template).0;
    let amounts = |budget: &Budget| -> Vec<(usize, String, usize, Amount)> {
        let mut all = Vec::new();
        for (table, filed) in budget.tables.iter().enumerate() {
            let declared = &budget.template.tables[table];
            let yuan = filed.measure.unwrap_or(declared.measure).yuan();
            for (row, column, _) in filed.amounts() {
                let amount = budget.slot(Address { table, row, column }).amount.unwrap_or_default();
                // A printed zero says what a blank says.
                if !amount.is_zero() {
                    all.push((table, filed.rows[row].id(declared).to_string(), column, amount * yuan));
                }
            }
        }
        all.sort();
        all
    };
    Arc::ptr_eq(&a.template, &other.template) && amounts(a) == amounts(&other)
}
