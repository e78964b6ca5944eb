//! 舍位平衡: rounds a budget to its printed decimals so that what adds up exactly adds up in print, over all tables at once;
//! never moves a cell beyond the two steps next to its exact amount, and never hides a sum that cannot hold.

mod branch;
mod classes;
mod path;
mod search;
mod sums;
mod system;

use crate::model::{Address, Budget};
use crate::template::ColumnKind;
use crate::value::Amount;

use classes::Classes;
use search::State;
use system::System;

/// What rounding a budget took.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Balanced {
    /// The cells that are not printed as plain rounding would print them, in the order of their addresses.
    pub adjusted: Vec<Adjusted>,
    /// The sums that held before and do not hold in print, in the order of the rules.
    pub tails: Vec<Tail>,
}

/// A cell that is not printed as plain rounding would print it.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjusted {
    /// The cell.
    pub at: Address,
    /// What it holds exactly.
    pub exact: Amount,
    /// What plain rounding makes of that.
    pub plain: Amount,
    /// What is printed.
    pub printed: Amount,
    /// The rule whose sum asked for it.
    pub rule: String,
}

/// A sum that held before and does not hold in print.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    /// The rule.
    pub rule: String,
    /// Its first cell.
    pub at: Address,
    /// By how much the left side is more than the right one, in the measure of the tables.
    pub difference: Amount,
}

/// Rounds every amount of a budget to its printed decimals, so that the sums that held exactly before hold in print after.
/// Quantities and unit prices are no amounts, and stay.
pub fn balance(budget: &mut Budget) -> Balanced {
    let sums = sums::held(budget);
    let classes = Classes::new(budget, &sums);
    let system = System::new(budget, &classes, &sums);
    let state = search::solve(&system);
    let adjusted = print(budget, &classes, &state);
    let tail = |sum: &sums::Sum| {
        let outcome = sum.broken(budget)?;
        let rule = budget.template.rules[sum.rule].declared.id.clone();
        Some(Tail { rule, at: sum.at()?, difference: outcome.value - outcome.expected })
    };
    let tails = sums.iter().filter_map(tail).collect();
    Balanced { adjusted, tails }
}

/// Rounds the amounts, each as chosen for it; the cells that are not plainly rounded are returned.
fn print(budget: &mut Budget, classes: &Classes, state: &State<'_>) -> Vec<Adjusted> {
    let template = budget.template.clone();
    let decimals = template.about.decimals;
    let mut adjusted = Vec::new();
    for (at, exact) in amounts(budget) {
        let plain = exact.round(decimals);
        let Some(class) = classes.of(at).filter(|class| state.moved[*class]) else {
            budget.slot_mut(at).amount = Some(plain);
            continue;
        };
        let printed = Amount::from(state.system.choices[class].other) * Amount::step(decimals);
        budget.slot_mut(at).amount = Some(printed);
        let rule = template.rules[state.system.rows[state.asked[class]].rule].declared.id.clone();
        adjusted.push(Adjusted { at, exact, plain, printed, rule });
    }
    adjusted
}

/// The amounts of money of a budget, in the order of their addresses.
fn amounts(budget: &Budget) -> Vec<(Address, Amount)> {
    let mut amounts = Vec::new();
    for (table, filed) in budget.tables.iter().enumerate() {
        let columns = &budget.template.tables[table].columns;
        let money = filed.amounts().filter(|(_, column, _)| columns[*column].declared.kind == ColumnKind::Amount);
        amounts.extend(money.filter_map(|(row, column, slot)| Some((Address { table, row, column }, slot.amount?))));
    }
    amounts
}

/// Takes the adjustments back: every adjusted cell holds its plainly rounded amount again. A cell that no longer holds what
/// was printed is left as it is, and returned.
pub fn undo(budget: &mut Budget, adjusted: &[Adjusted]) -> Vec<Address> {
    let mut left = Vec::new();
    for cell in adjusted {
        let slot = budget.slot_mut(cell.at);
        if slot.amount == Some(cell.printed) {
            slot.amount = Some(cell.plain);
        } else {
            left.push(cell.at);
        }
    }
    left
}
