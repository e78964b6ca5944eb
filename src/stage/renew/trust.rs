//! Which cells a figure may rest on: those that no broken identity touches and of whose tables no number was lost.

use std::collections::{HashMap, HashSet};

use crate::finding::{Kept, Verdict};
use crate::model::{Address, Budget};
use crate::stage::recompute::{self, Definition};
use crate::stage::{check, instances};
use crate::template::Severity;

/// What is wrong with cells.
pub(in crate::stage) struct Trust<'b> {
    budget: &'b Budget,
    definitions: HashMap<Address, Definition>,
    broken: HashMap<Address, String>,
}

impl<'b> Trust<'b> {
    /// Judges the cells of a recomputed budget.
    pub(in crate::stage) fn new(budget: &'b Budget) -> Self {
        let mut broken = HashMap::new();
        let is_broken = |f: &crate::finding::Finding| {
            f.severity >= Severity::Error && f.verdict == Some(Verdict::Broken) && f.operands.iter().all(|o| o.unit.is_none())
        };
        for finding in check::check(budget).into_iter().filter(is_broken) {
            for at in finding.operands.iter().filter_map(|o| o.at) {
                broken.entry(at).or_insert_with(|| finding.rule.clone());
            }
        }
        Self { budget, definitions: recompute::definitions(budget), broken }
    }

    /// What keeps a figure from resting on cells, or on those that they are made of.
    pub(in crate::stage) fn doubt(&self, parts: &[&instances::Part], tables: &[usize]) -> Option<Kept> {
        if tables.iter().any(|table| self.has_lost(*table)) {
            return Some(Kept::Incomplete);
        }
        let mut open: Vec<Address> = parts.iter().map(|p| p.at).collect();
        let mut seen = HashSet::new();
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            if let Some(rule) = self.broken.get(&at) {
                return Some(Kept::Broken(rule.clone()));
            }
            open.extend(self.definitions.get(&at).iter().flat_map(|d| &d.parts).map(|p| p.at));
        }
        None
    }

    /// Whether numbers of a table could not be read or placed.
    fn has_lost(&self, table: usize) -> bool {
        let filed = &self.budget.tables[table];
        filed.incomplete || filed.rows.iter().flat_map(|r| &r.slots).any(|slot| slot.unread)
    }
}
