//! Renews the figures of a narrative from the tables its edition binds them to; never touches another word and never guesses.

mod changes;
mod levels;
pub(super) mod trust;
mod written;

use super::prose::{self, Mention, Told};
use super::statements;
use crate::finding::{Fact, Finding, Kept, Place, Renewal};
use crate::model::{Budget, Site};
use crate::template::{Part, Severity, Stated, Statement};
use crate::value::Amount;

/// The rule under which a figure that is kept is told.
const KEPT: &str = "R41";

/// A figure that was renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// Its paragraph.
    pub site: Site,
    /// The words that told it.
    pub quote: String,
    /// What they were replaced by.
    pub before: String,
    /// What stands there now.
    pub after: String,
    /// The rule it rests on.
    pub rule: String,
}

/// Renews the narrative of a recomputed budget: what was renewed, and a note for each figure that was kept and why.
pub fn renew(budget: &mut Budget) -> (Vec<Renewed>, Vec<Finding>) {
    let told = prose::read(budget);
    if told.mentions.is_empty() {
        return Default::default();
    }
    let mut plan = Plan::new(budget, &told);
    plan.levels();
    plan.changes();
    plan.percents();
    let (steps, now, mut kept) = (plan.steps, plan.now, plan.kept);
    let renewed = written::write(budget, &told, &now, &steps, &mut kept);
    kept.sort_by_key(|(mention, _)| *mention);
    let finding = |(mention, why): (usize, Kept)| {
        let said = &told.mentions[mention].said;
        let fact = Fact::Narrative(Renewal::Kept { quote: said.quote.clone(), why });
        Finding::reading(KEPT, Severity::Note, Place::at(said.site), fact)
    };
    (renewed, kept.into_iter().map(finding).collect())
}

/// What the narrative should say, figure by figure.
struct Plan<'b> {
    budget: &'b Budget,
    told: &'b Told,
    /// The mentions with what they should say.
    now: Vec<Mention>,
    /// The rule by which each was given another amount.
    steps: Vec<Option<String>>,
    /// Whether what each says now rests on the tables.
    firm: Vec<bool>,
    kept: Vec<(usize, Kept)>,
}

impl<'b> Plan<'b> {
    fn new(budget: &'b Budget, told: &'b Told) -> Self {
        let all = told.mentions.len();
        let now = told.mentions.clone();
        Self { budget, told, now, steps: vec![None; all], firm: vec![false; all], kept: Vec::new() }
    }

    fn place(&self, mention: &Mention) -> usize {
        self.told.mentions.iter().position(|m| std::ptr::eq(m, mention)).unwrap_or_default()
    }

    /// The mentions that say the same in the same paragraph.
    fn alike(&self, mention: usize) -> Vec<usize> {
        let one = &self.told.mentions[mention];
        let is_alike = |m: &Mention| {
            m.figure == one.figure && m.part == one.part && m.said.paragraph == one.said.paragraph && m.yuan() == one.yuan()
        };
        (0..self.now.len()).filter(|place| is_alike(&self.told.mentions[*place])).collect()
    }

    fn keep(&mut self, mention: usize, why: Kept) {
        if !self.kept.iter().any(|(known, _)| *known == mention) {
            self.kept.push((mention, why));
        }
    }

    /// The mention with another amount, in as few of its own decimals as an equation allows.
    fn with_amount(&self, mention: usize, yuan: Amount, holds: &dyn Fn(&Mention) -> bool) -> Option<Mention> {
        let own = &self.told.mentions[mention];
        let unit = if own.part == Part::Change && own.written.number.is_none() { self.unit_of(mention) } else { own.unit };
        let exact = yuan.checked_div(unit)?;
        let in_decimals = |decimals: u8| Mention { number: exact.round(decimals), unit, decimals, ..own.clone() };
        let standard = self.budget.template.about.decimals;
        let least = if own.written.number.is_none() { standard } else { own.decimals };
        let most = exact.decimals().max(least);
        [least, standard.max(least), most].into_iter().map(in_decimals).find(|m| holds(m))
    }

    /// The unit in which the amount of a figure that stayed would be told: that of the figure itself.
    fn unit_of(&self, mention: usize) -> Amount {
        let own = &self.told.mentions[mention];
        let levels = self.told.mentions.iter().filter(|m| m.figure == own.figure && m.part == Part::Level);
        let near = levels.min_by_key(|m| m.said.paragraph.abs_diff(own.said.paragraph));
        near.map_or(own.unit, |m| m.unit)
    }

    /// How an equation about figures comes out with what they say now.
    fn holds(&self, statement: &Statement, rule: &crate::template::Rule, heard: &[&Mention]) -> bool {
        let none = super::instances::Instance::default();
        let claim = statements::claim(self.budget, statement, rule.tolerance, &none, heard);
        claim.is_some_and(|c| c.standing == super::instances::Standing::Holds)
    }
}

/// The figures of an equation, the left ones first.
fn stated(statement: &Statement) -> impl Iterator<Item = &Stated> {
    statement.left.iter().chain(&statement.right)
}

/// The factor with which a figure counts for the left side.
fn net(statement: &Statement, place: usize) -> Amount {
    match statement.left.get(place) {
        Some(stated) => stated.factor,
        None => statement.right.get(place - statement.left.len()).map_or(Amount::ONE, |stated| -stated.factor),
    }
}
