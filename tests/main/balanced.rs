//! What must be true of every balanced budget, whatever its amounts are; the cases and the properties are checked by it.

use yusuan::model::{Address, Budget};
use yusuan::stage::balance::{Adjusted, Balanced, balance, undo};
use yusuan::stage::instances::{self, Instance, Standing};
use yusuan::template::{ColumnKind, Relation, Tolerance};
use yusuan::value::Amount;

/// All numbers of a budget with their addresses.
pub fn cells(budget: &Budget) -> Vec<(Address, Amount)> {
    let tables = budget.tables.iter().enumerate();
    let all = tables.flat_map(|(table, filed)| {
        filed.amounts().map(move |(row, column, slot)| (Address { table, row, column }, slot.amount.unwrap()))
    });
    all.collect()
}

/// Whether a cell holds money.
pub fn is_amount(budget: &Budget, at: Address) -> bool {
    budget.template.tables[at.table].columns[at.column].declared.kind == ColumnKind::Amount
}

/// The budget as plain rounding prints it.
pub fn plainly(budget: &Budget) -> Budget {
    let mut plain = budget.clone();
    for (at, amount) in cells(budget).into_iter().filter(|(at, _)| is_amount(budget, *at)) {
        plain.slot_mut(at).amount = Some(amount.round(budget.template.about.decimals));
    }
    plain
}

/// Every equation of the rules that apply.
pub fn each_sum(budget: &Budget, seen: &mut dyn FnMut(&str, Relation, Tolerance, &Instance)) {
    for rule in budget.template.rules.iter().filter(|r| instances::applies(budget, r)) {
        for equation in &rule.equations {
            instances::each(budget, equation, &mut |instance| {
                seen(&rule.declared.id, equation.relation, rule.tolerance, instance);
            });
        }
    }
}

/// The sums that held exactly in one budget and do not in another, as rule, first cell and difference.
pub fn lost(before: &Budget, after: &Budget) -> Vec<(String, Address, Amount)> {
    let mut lost = Vec::new();
    each_sum(before, &mut |rule, relation, tolerance, instance| {
        let mut parts = instance.left.parts.iter().chain(&instance.right.parts);
        let Some(first) = parts.next().map(|p| p.at) else { return };
        let one_measure = parts.all(|p| before.tables[p.at.table].measure == before.tables[first.table].measure);
        let held = instances::outcome(before, instance, relation, Tolerance::Exact).standing == Standing::Holds;
        let now = instances::outcome(after, instance, relation, tolerance);
        if one_measure && held && now.standing != Standing::Holds {
            lost.push((rule.to_owned(), first, now.value - now.expected));
        }
    });
    lost
}

/// Balances, and checks all that must be true whatever the amounts are.
pub fn balanced(exact: &Budget) -> (Budget, Balanced) {
    let decimals = exact.template.about.decimals;
    let step = Amount::step(decimals);
    let mut printed = exact.clone();
    let done = balance(&mut printed);
    assert_eq!(balance(&mut exact.clone()), done, "the same again");
    let plain = plainly(exact);
    let (before, after) = (cells(exact), cells(&printed));
    assert_eq!(before.len(), after.len(), "no cell comes or goes");
    for ((at, exact_amount), (_, amount)) in before.iter().zip(&after) {
        if !is_amount(exact, *at) || exact_amount.decimals() <= decimals {
            assert_eq!(amount, exact_amount, "{at:?}");
            continue;
        }
        assert!(amount.decimals() <= decimals && (*amount - *exact_amount).abs() < step, "{at:?} {exact_amount} {amount}");
        assert!(amount.is_zero() || amount.is_negative() == exact_amount.is_negative(), "{at:?} {exact_amount} {amount}");
    }
    let moved = after.iter().filter(|(at, amount)| plain.slot(*at).amount != Some(*amount)).map(|(at, _)| *at);
    assert_eq!(done.adjusted.iter().map(|a| a.at).collect::<Vec<_>>(), moved.collect::<Vec<_>>());
    for Adjusted { at, exact: amount, plain: rounded, printed: shown, rule } in &done.adjusted {
        assert_eq!(exact.slot(*at).amount, Some(*amount));
        assert_eq!(plain.slot(*at).amount, Some(*rounded));
        assert_eq!(printed.slot(*at).amount, Some(*shown));
        assert!(exact.template.rule(rule).is_some());
    }
    let tails: Vec<_> = done.tails.iter().map(|t| (t.rule.clone(), t.at, t.difference)).collect();
    assert_eq!(tails, lost(exact, &printed));
    let mut again = printed.clone();
    assert_eq!(balance(&mut again), Balanced::default(), "what is balanced is left alone");
    assert_eq!(cells(&again), after);
    let mut undone = printed.clone();
    assert_eq!(undo(&mut undone, &done.adjusted), []);
    assert_eq!(cells(&undone), cells(&plain));
    (printed, done)
}
