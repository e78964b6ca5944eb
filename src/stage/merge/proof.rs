//! Proves a summary: what became of every amount, and what each cell is made of; never changes a number.

use std::collections::HashMap;
use std::ops::Range;

use super::{Fate, Summary};
use crate::model::Address;
use crate::value::{Amount, Measure};

/// What became of the money of one member, in the measure of the summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conservation {
    /// All of it, as filed.
    pub total: Amount,
    /// Added, eliminated, not additive, rejected.
    pub by_fate: [Amount; 4],
    /// How many amounts.
    pub count: usize,
}

/// What a cell of a summary is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Makeup {
    /// The lines, each with how often it counts.
    pub lines: Vec<(usize, Amount)>,
    /// The sum of what they count.
    pub sum: Amount,
}

impl Summary {
    /// The conservation of every member: what was filed is what was added, eliminated, not additive or rejected.
    pub fn conservation(&self) -> Vec<Conservation> {
        let mut all = vec![Conservation::default(); self.members.len()];
        let measure = self.budget.template.measure;
        for (member, sums) in self.members.iter().zip(&mut all) {
            for entry in &member.entries {
                if let Some(own) = entry.measure {
                    sums.total += own.convert(entry.amount, measure);
                    sums.count += 1;
                }
            }
        }
        for line in &self.lines {
            let entry = &self.members[line.member as usize].entries[line.entry as usize];
            if let Some(own) = entry.measure {
                all[line.member as usize].by_fate[line.fate as usize] += own.convert(line.amount, measure);
            }
        }
        all
    }

    /// The lines that say what became of the amounts of one cell.
    pub fn lines_at(&self, at: Address) -> Range<usize> {
        let first = self.lines.partition_point(|l| l.at().is_some_and(|other| other < at));
        let rest = &self.lines[first..];
        first..first + rest.partition_point(|l| l.at() == Some(at))
    }

    /// The cells that a cell is computed from in the end, each with how often it counts; itself where nothing defines it.
    pub fn leaves(&self, at: Address) -> Vec<(Address, Amount)> {
        let mut leaves = Vec::new();
        let mut open = vec![(at, Amount::ONE)];
        // A definition never leads back to itself, but repeated codes might: no cell is opened more often than there are cells.
        let mut left = self.definitions.len() + 1;
        while let Some((at, factor)) = open.pop() {
            let definition = self.definitions.get(&at).filter(|d| left > 0 && self.is_filled(&d.parts));
            match definition {
                Some(definition) => {
                    left -= 1;
                    open.extend(definition.parts.iter().rev().map(|p| (p.at, factor * p.factor)));
                }
                None => leaves.push((at, factor)),
            }
        }
        leaves
    }

    fn is_filled(&self, parts: &[crate::stage::instances::Part]) -> bool {
        parts.iter().any(|p| self.budget.slot(p.at).amount.is_some())
    }

    /// The lines that make up a cell, through all totals.
    pub fn makeup(&self, at: Address) -> Makeup {
        let mut lines = Vec::new();
        for (leaf, factor) in self.leaves(at) {
            let added = self.lines_at(leaf).filter(|l| self.lines[*l].fate == Fate::Added);
            lines.extend(added.map(|line| (line, factor)));
        }
        let sum = lines.iter().map(|(line, factor)| *factor * self.lines[*line].counted).sum();
        Makeup { lines, sum }
    }

    /// For each of some cells what every member adds to it, in 元 where the cell is money.
    pub fn by_member(&self, cells: &[Option<Address>]) -> Vec<Vec<Amount>> {
        let mut counts: HashMap<Address, Vec<(usize, Amount)>> = HashMap::new();
        for (item, at) in cells.iter().enumerate() {
            for (leaf, factor) in at.map(|at| self.leaves(at)).unwrap_or_default() {
                counts.entry(leaf).or_default().push((item, factor));
            }
        }
        let mut sums = vec![vec![Amount::ZERO; cells.len()]; self.members.len()];
        for line in self.lines.iter().filter(|l| l.fate == Fate::Added) {
            let Some(at) = line.at() else { continue };
            for (item, factor) in counts.get(&at).into_iter().flatten() {
                let measure = self.budget.tables[at.table].measure;
                let yuan = measure.map_or(line.counted, |m| m.convert(line.counted, Measure::Yuan));
                sums[line.member as usize][*item] += *factor * yuan;
            }
        }
        sums
    }
}
