//! The sums that hold exactly before rounding, and so must hold in print; never rounds and never chooses.

use crate::model::{Address, Budget};
use crate::stage::instances::{self, Instance, Outcome, Part, Standing};
use crate::template::{Relation, Tolerance};
use crate::value::Amount;

/// An equation about cells of one measure that holds exactly, at least one cell of which is no whole number of steps.
pub(super) struct Sum {
    /// The place of the rule in the template.
    pub rule: usize,
    /// How the sides stand to each other.
    pub relation: Relation,
    /// Whether both sides are the same amount, by the rule or because a bound is reached.
    pub is_tight: bool,
    tolerance: Tolerance,
    instance: Instance,
}

/// A cell that is neither blank nor zero, and whether it stands on the right side, or is subtracted on the left one.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    /// The cell.
    pub at: Address,
    /// `1` or `-1`, once all cells stand on the left side.
    pub sign: i64,
}

/// All such sums of a budget, in the order of the rules.
pub(super) fn held(budget: &Budget) -> Vec<Sum> {
    let mut held = Vec::new();
    for (rule, declared) in budget.template.rules.iter().enumerate() {
        if declared.equations.is_empty() || !instances::applies(budget, declared) {
            continue;
        }
        for equation in &declared.equations {
            instances::each(budget, equation, &mut |instance| {
                let relation = equation.relation;
                if let Some(outcome) = comes_out(budget, instance, relation) {
                    let is_tight = outcome.value == outcome.expected;
                    held.push(Sum { rule, relation, is_tight, tolerance: declared.tolerance, instance: instance.clone() });
                }
            });
        }
    }
    held
}

fn comes_out(budget: &Budget, instance: &Instance, relation: Relation) -> Option<Outcome> {
    let decimals = budget.template.about.decimals;
    let is_loose = |part: &Part| budget.slot(part.at).amount.is_some_and(|a| a.decimals() > decimals);
    let mut parts = instance.left.parts.iter().chain(&instance.right.parts);
    if !parts.any(is_loose) || instances::common_measure(budget, instance).is_some() {
        return None;
    }
    let outcome = instances::outcome(budget, instance, relation, Tolerance::Exact);
    (outcome.standing == Standing::Holds).then_some(outcome)
}

impl Sum {
    /// The cell that a reader looks at first.
    pub fn at(&self) -> Option<Address> {
        self.instance.left.parts.iter().chain(&self.instance.right.parts).map(|p| p.at).next()
    }

    /// Its cells on one side, without the blank and the zero ones. `None` where it is a proportion or has a constant: what
    /// such an equation says of exact amounts it cannot say of printed ones.
    pub fn cells(&self, budget: &Budget) -> Option<Vec<Signed>> {
        let Instance { left, right } = &self.instance;
        if left.constant != right.constant {
            return None;
        }
        let left = left.parts.iter().map(|p| (p.at, p.factor));
        let all = left.chain(right.parts.iter().map(|p| (p.at, -p.factor)));
        let filled = all.filter(|(at, _)| budget.slot(*at).amount.is_some_and(|a| !a.is_zero()));
        let filled: Vec<(Address, Amount)> = filled.collect();
        let size = filled.first()?.1.abs();
        let is_sum = !size.is_zero() && filled.iter().all(|(_, factor)| factor.abs() == size);
        let signed = |(at, factor): (Address, Amount)| Signed { at, sign: if factor.is_negative() { -1 } else { 1 } };
        is_sum.then(|| filled.into_iter().map(signed).collect())
    }

    /// How it comes out now, where it no longer holds.
    pub fn broken(&self, budget: &Budget) -> Option<Outcome> {
        let outcome = instances::outcome(budget, &self.instance, self.relation, self.tolerance);
        (outcome.standing != Standing::Holds).then_some(outcome)
    }
}
