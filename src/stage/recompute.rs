//! Makes the definitions of a template hold: normalises cells and computes totals, and lists every cell it changed; never invents a row.

use std::collections::{HashMap, HashSet};

use super::instances::{self, Part};
use crate::grid::Shown;
use crate::model::{Address, Budget};
use crate::template::Relation;
use crate::value::Amount;

/// A cell that was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The cell.
    pub at: Address,
    /// What was filed; `None` for blank.
    pub before: Option<Amount>,
    /// What stands there now.
    pub after: Option<Amount>,
    /// The rule that says so.
    pub rule: String,
}

/// A cell that a rule defines, and the cells it is made of.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The place of the rule in the template.
    pub rule: usize,
    /// The parts with their factors.
    pub parts: Vec<Part>,
    /// A constant that counts too.
    pub constant: Amount,
}

/// All cells of a budget that a rule defines, but for tables of which numbers are missing: their filed totals stand.
pub fn definitions(budget: &Budget) -> HashMap<Address, Definition> {
    let mut all = HashMap::new();
    for (place, rule) in budget.template.rules.iter().enumerate() {
        for equation in rule.equations.iter().filter(|e| e.relation == Relation::Defines) {
            if !instances::applies(budget, rule) {
                continue;
            }
            instances::each(budget, equation, &mut |instance| {
                if let [target] = instance.left.parts.as_slice()
                    && !budget.tables[target.at.table].incomplete
                {
                    let parts = instance.right.parts.clone();
                    all.entry(target.at).or_insert(Definition { rule: place, parts, constant: instance.right.constant });
                }
            });
        }
    }
    all
}

/// The cells that a rule makes of others of which at least one was filed.
pub fn filled_totals(budget: &Budget) -> HashSet<Address> {
    let is_filled = |definition: &Definition| definition.parts.iter().any(|p| budget.slot(p.at).amount.is_some());
    definitions(budget).into_iter().filter(|(_, definition)| is_filled(definition)).map(|(at, _)| at).collect()
}

/// Clears printed zeros and computes every defined cell from its parts. A filed total whose parts are all blank stays.
pub fn recompute(budget: &mut Budget) -> Vec<Change> {
    let mut work = Recompute { definitions: definitions(budget), done: HashSet::new(), changes: Vec::new(), budget };
    work.clear_zeros();
    let mut targets: Vec<Address> = work.definitions.keys().copied().collect();
    targets.sort_unstable();
    for target in targets {
        work.compute(target);
    }
    work.changes.sort_by_key(|c| c.at);
    work.changes
}

struct Recompute<'b> {
    budget: &'b mut Budget,
    definitions: HashMap<Address, Definition>,
    done: HashSet<Address>,
    changes: Vec<Change>,
}

impl Recompute<'_> {
    /// Computes a defined cell after the cells it is made of.
    fn compute(&mut self, target: Address) {
        // Marked first, so that rows with a repeated code cannot lead in a circle.
        if !self.definitions.contains_key(&target) || !self.done.insert(target) {
            return;
        }
        let parts = self.definitions[&target].parts.clone();
        for part in &parts {
            self.compute(part.at);
        }
        let definition = &self.definitions[&target];
        let filed = parts.iter().filter_map(|p| Some(p.factor * self.budget.slot(p.at).amount?));
        let (count, sum) = filed.fold((0, definition.constant), |(count, sum), part| (count + 1, sum + part));
        let before = self.budget.slot(target).amount;
        if count > 0 && !is_printed_as(self.budget, target, sum) {
            let rule = self.budget.template.rules[definition.rule].declared.id.clone();
            self.change(target, Some(sum), rule);
        } else if count == 0 && before.is_some_and(Amount::is_zero) {
            self.clear(target);
        }
    }

    /// A printed zero in a cell that nothing defines becomes blank, as the standard prints it.
    fn clear_zeros(&mut self) {
        let mut zeros = Vec::new();
        for (table, filed) in self.budget.tables.iter().enumerate() {
            let found = filed.amounts().filter(|(_, _, slot)| slot.amount.is_some_and(Amount::is_zero));
            zeros.extend(found.map(|(row, column, _)| Address { table, row, column }));
        }
        for at in zeros {
            if !self.definitions.contains_key(&at) {
                self.clear(at);
            }
        }
    }

    fn clear(&mut self, at: Address) {
        if let Some(rule) = self.budget.template.check("printed-zero").map(|r| r.declared.id.clone()) {
            self.change(at, None, rule);
        }
    }

    fn change(&mut self, at: Address, after: Option<Amount>, rule: String) {
        let before = std::mem::replace(&mut self.budget.slot_mut(at).amount, after);
        self.changes.push(Change { at, before, after, rule });
    }
}

/// Whether a filed total is the sum as printed: a tail behind the last printed decimal changes nothing that anybody sees.
pub fn is_printed_as(budget: &Budget, target: Address, sum: Amount) -> bool {
    let slot = budget.slot(target);
    let filed = slot.amount.unwrap_or_default();
    filed == sum || filed == sum.round(printed_decimals(budget, target))
}

/// The decimals to which a cell is printed.
pub fn printed_decimals(budget: &Budget, target: Address) -> u8 {
    match budget.slot(target).shown {
        Shown::Fixed(decimals) => decimals,
        Shown::General | Shown::Scaled | Shown::Unknown => budget.template.about.decimals,
    }
}
