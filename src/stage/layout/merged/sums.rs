//! The formulas of a summary's tables: totals from their parts, all other cells from the list of amounts; never computes one.

use crate::grid::Value;
use crate::model::{Address, Budget};
use crate::stage::layout::formulas::Live;
use crate::stage::merge::{Fate, Summary};
use crate::value::{Amount, CellRef};

use super::Trace;

/// The formulas of a summary.
pub(super) struct Sums<'a, 's> {
    summary: &'a Summary,
    trace: &'a Trace<'s>,
}

impl<'a, 's> Sums<'a, 's> {
    pub(super) fn new(summary: &'a Summary, trace: &'a Trace<'s>) -> Self {
        Self { summary, trace }
    }

    /// The sum of the lines of a cell, rounded as it is printed.
    fn sum(&self, budget: &Budget, at: Address) -> Option<Value> {
        let amount = budget.slot(at).amount?;
        let lines = self.summary.lines_at(at);
        let added = self.summary.lines[lines.clone()].iter().take_while(|l| l.fate == Fate::Added).count();
        let range = self.trace.range(lines.start..lines.start + added)?;
        let sum: Amount = self.summary.lines[lines.start..lines.start + added].iter().map(|l| l.counted).sum();
        let decimals = budget.template.about.decimals;
        let (rounded, off) = (sum.round(decimals), amount - sum.round(decimals));
        let formula = match amount {
            amount if amount == sum => format!("=SUM({range})"),
            amount if amount == rounded => format!("=ROUND(SUM({range}),{decimals})"),
            _ if off.is_negative() => format!("=ROUND(ROUND(SUM({range}),{decimals})-{},{decimals})", off.abs()),
            _ => format!("=ROUND(ROUND(SUM({range}),{decimals})+{off},{decimals})"),
        };
        Some(Value::Formula(formula, Some(amount)))
    }
}

impl Live for Sums<'_, '_> {
    fn value(&self, budget: &Budget, at: Address, drawn: &dyn Fn(Address) -> Option<CellRef>) -> Option<Value> {
        let total = self.summary.definitions.value(budget, at, drawn);
        // A total that came without parts is the sum of its lines.
        let is_made =
            self.summary.definitions.get(&at).is_some_and(|d| d.parts.iter().any(|part| budget.slot(part.at).amount.is_some()));
        if is_made { total } else { self.sum(budget, at).or(total) }
    }
}
