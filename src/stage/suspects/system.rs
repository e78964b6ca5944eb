//! The equations of a budget that contain the cells of broken ones, ready to be tried with other numbers; never keeps a changed number.

use std::collections::{HashMap, HashSet};

use super::figures::Figures;
use crate::finding::{Fact, Finding, Operand, Verdict};
use crate::model::{Address, Budget};
use crate::stage::instances::{self, Instance, Standing};
use crate::stage::statements::{self, Years};
use crate::template::written::Severity;
use crate::template::{Relation, Rule, Tolerance};
use crate::value::{Amount, Measure};

/// An equation, and which finding told that it is broken.
pub(super) struct Sum {
    pub(super) instance: Instance,
    pub(super) relation: Relation,
    tolerance: Tolerance,
    pub(super) finding: Option<usize>,
    /// How it comes out on the numbers as filed.
    filed: Standing,
}

/// The equations around the broken ones, over a copy of the budget in which numbers can be tried.
pub(super) struct System<'t> {
    trial: Budget,
    /// The figures of the narrative that take part.
    pub(super) figures: Option<&'t Figures<'t>>,
    pub(super) sums: Vec<Sum>,
    by_cell: HashMap<Address, Vec<usize>>,
    /// How many more amounts may be added up before the search is given up.
    pub(super) effort: usize,
}

/// Whether a finding tells of a broken identity whose cause is not known yet.
pub(super) fn is_open(finding: &Finding) -> bool {
    let is_unexplained = matches!(&finding.fact, Fact::Identity { explained: None, agrees_as_displayed: false, .. });
    // What only ought to be looked at need not hold, and where numbers are missing no sum can.
    finding.verdict == Some(Verdict::Broken)
        && is_unexplained
        && finding.severity >= Severity::Warning
        && finding.hinges_on.is_empty()
        && finding.operands.iter().all(|o| o.at.is_some() || o.unit.is_some())
}

/// Whether a finding tells of a figure of the narrative.
pub(super) fn is_of_figures(finding: &Finding) -> bool {
    finding.operands.iter().any(|o| o.unit.is_some())
}

/// The broken identities that are to be explained, by rule and cells.
type Open<'f> = HashMap<(&'f str, Vec<Address>), usize>;

impl<'t> System<'t> {
    /// Collects the equations: those of tables whose breaking is to be explained; or, with the figures of a narrative, those that
    /// figures break, on the numbers of a budget whose tables are mended as far as may be.
    pub(super) fn new(budget: &Budget, findings: &[Finding], figures: Option<&'t Figures<'t>>) -> Self {
        let is_meant = |f: &Finding| is_open(f) && is_of_figures(f) == figures.is_some();
        let cell = |o: &Operand| o.at.or_else(|| figures?.of(o));
        let cells = |f: &Finding| f.operands.iter().map(cell).collect::<Option<Vec<_>>>();
        let open = findings.iter().enumerate().filter(|(_, f)| is_meant(f));
        let told: Open<'_> = open.filter_map(|(place, f)| Some(((f.rule.as_str(), cells(f)?), place))).collect();
        let known: HashSet<Address> = told.keys().flat_map(|(_, cells)| cells.iter().copied()).collect();
        let mut trial = budget.clone();
        figures.iter().for_each(|figures| figures.add_to(&mut trial));
        let mut system = Self { trial, figures, sums: Vec::new(), by_cell: HashMap::new(), effort: 0 };
        let rules = budget.template.rules.iter().filter(|r| r.declared.explains.is_none() && instances::applies(budget, r));
        for rule in rules {
            for equation in &rule.equations {
                instances::each(budget, equation, &mut |instance| system.add(rule, equation.relation, instance, &known, &told));
            }
            for (statement, figures) in rule.statements.iter().flat_map(|s| figures.map(|f| (s, f))) {
                statements::each(Years::alone(budget), statement, rule.tolerance, figures.told(), &mut |claim| {
                    if let Some(instance) = figures.instance(claim) {
                        system.add(rule, statement.equation.relation, &instance, &known, &told);
                    }
                });
            }
        }
        for (place, sum) in system.sums.iter().enumerate() {
            for at in cells_of(sum).into_iter().filter(|at| known.contains(at)) {
                system.by_cell.entry(at).or_default().push(place);
            }
        }
        system
    }

    fn add(&mut self, rule: &Rule, relation: Relation, instance: &Instance, known: &HashSet<Address>, told: &Open<'_>) {
        let parts: Vec<Address> = parts(instance).collect();
        if !parts.iter().any(|at| known.contains(at)) {
            return;
        }
        let tolerance = rule.tolerance;
        let filed = instances::outcome(&self.trial, instance, relation, tolerance).standing;
        // A rule of thumb tells of no number what it should be, and what mended tables mend is explained.
        let is_exact = !matches!(tolerance, Tolerance::Within(_)) && filed != Standing::Holds;
        let finding = told.get(&(rule.declared.id.as_str(), parts)).copied().filter(|_| is_exact);
        self.sums.push(Sum { instance: instance.clone(), relation, tolerance, finding, filed });
    }

    /// The equations that contain a cell of a broken one.
    pub(super) fn sums_of(&self, at: Address) -> &[usize] {
        self.by_cell.get(&at).map_or(&[], Vec::as_slice)
    }

    /// What a cell holds now.
    pub(super) fn amount(&self, at: Address) -> Option<Amount> {
        self.trial.slot(at).amount
    }

    /// The budget with the numbers under trial.
    pub(super) fn budget(&self) -> &Budget {
        &self.trial
    }

    /// Puts a number into a cell, and gives back what stood there.
    pub(super) fn put(&mut self, at: Address, amount: Option<Amount>) -> Option<Amount> {
        std::mem::replace(&mut self.trial.slot_mut(at).amount, amount)
    }

    /// How an equation comes out with the numbers under trial; `None` when the search has cost enough.
    pub(super) fn standing(&mut self, sum: usize) -> Option<Standing> {
        self.spend(sum)?;
        let sum = &self.sums[sum];
        Some(instances::outcome(&self.trial, &sum.instance, sum.relation, sum.tolerance).standing)
    }

    /// Whether an equation comes out worse than it was filed.
    pub(super) fn is_disturbed(&self, sum: usize, now: Standing) -> bool {
        self.sums[sum].filed == Standing::Holds && now != Standing::Holds
    }

    /// Whether an equation may not be broken: one that is not, or whose breaking is to be explained.
    pub(super) fn must_hold(&self, sum: usize) -> bool {
        self.sums[sum].filed != Standing::Broken || self.sums[sum].finding.is_some()
    }

    /// What a cell would have to hold so that an equation holds exactly.
    pub(super) fn needed(&mut self, at: Address, sum: usize) -> Option<Amount> {
        self.spend(sum)?;
        let sum = &self.sums[sum];
        if matches!(sum.relation, Relation::AtMost | Relation::AtLeast) {
            return None;
        }
        let measure = instances::common_measure(&self.trial, &sum.instance);
        let unit = measure.and(self.trial.tables[at.table].measure).map_or(Amount::ONE, Measure::yuan);
        let factor = |parts: &[instances::Part]| -> Amount { parts.iter().filter(|p| p.at == at).map(|p| p.factor).sum() };
        let factor = (factor(&sum.instance.left.parts) - factor(&sum.instance.right.parts)) * unit;
        let outcome = instances::outcome(&self.trial, &sum.instance, sum.relation, sum.tolerance);
        let change = (outcome.expected - outcome.value).checked_div(factor)?;
        self.amount(at).unwrap_or_default().checked_add(change)
    }

    /// Counts what looking at an equation costs; `None` when the search has cost enough.
    pub(super) fn spend(&mut self, sum: usize) -> Option<()> {
        let sum = &self.sums[sum].instance;
        self.effort = self.effort.checked_sub(sum.left.parts.len() + sum.right.parts.len())?;
        Some(())
    }
}

/// The cells of an equation in the order of both sides.
fn parts(instance: &Instance) -> impl Iterator<Item = Address> {
    instance.left.parts.iter().chain(&instance.right.parts).map(|p| p.at)
}

/// The cells of an equation, each once.
pub(super) fn cells_of(sum: &Sum) -> Vec<Address> {
    let mut cells: Vec<Address> = parts(&sum.instance).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// Broken equations in sets that are connected through their cells.
pub(super) fn connected(system: &System<'_>, broken: &[usize]) -> Vec<Vec<usize>> {
    let mut open: HashSet<usize> = broken.iter().copied().collect();
    let mut sets = Vec::new();
    for first in broken {
        if !open.remove(first) {
            continue;
        }
        let mut set = vec![*first];
        let mut cells = HashSet::new();
        let mut next = 0;
        while let Some(sum) = set.get(next).copied() {
            next += 1;
            for at in cells_of(&system.sums[sum]).into_iter().filter(|at| cells.insert(*at)) {
                set.extend(system.sums_of(at).iter().filter(|other| open.remove(other)));
            }
        }
        set.sort_unstable();
        sets.push(set);
    }
    sets
}
