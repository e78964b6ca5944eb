//! What the changes told of figures should be, by the amounts they are told between; never takes a base that is not stated.

use super::{Plan, net, stated};
use crate::finding::Kept;
use crate::stage::instances::{self, Standing};
use crate::stage::prose::Mention;
use crate::stage::statements::{self, Years};
use crate::template::{Part, Relation, Rule, Statement};
use crate::value::Amount;

/// An equation between figures, and which mentions it is about.
struct Between<'b> {
    rule: &'b Rule,
    statement: &'b Statement,
    mentions: Vec<usize>,
    held: bool,
}

impl<'b> Plan<'b> {
    /// Gives every change the amount that follows from this year's and last year's, as far as the text states both.
    pub(super) fn changes(&mut self) {
        let all = self.between();
        let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|b| is_difference(b.statement));
        for between in &own {
            self.difference(between);
        }
        self.without_base(&own, &others);
    }

    /// The equations about figures alone.
    fn between(&self) -> Vec<Between<'b>> {
        let (budget, mut all) = (self.budget, Vec::new());
        for rule in budget.template.rules.iter().filter(|r| !r.statements.is_empty() && instances::applies(budget, r)) {
            let is_between = |s: &&Statement| {
                let terms = s.equation.left.is_empty() && s.equation.right.is_empty();
                s.equation.relation == Relation::Equal && terms && stated(s).count() > 1
            };
            for statement in rule.statements.iter().filter(is_between) {
                statements::each(Years::alone(budget), statement, rule.tolerance, self.told, &mut |claim| {
                    let mentions = claim.figures().map(|(_, m)| self.place(m)).collect();
                    all.push(Between { rule, statement, mentions, held: claim.standing == Standing::Holds });
                });
            }
        }
        all
    }

    /// A change told between two amounts.
    fn difference(&mut self, between: &Between<'_>) {
        let of = |part: Part| between.mentions.iter().position(|m| self.told.mentions[*m].part == part);
        let (Some(level), Some(change)) = (of(Part::Level), of(Part::Change)) else { return };
        if !self.firm[between.mentions[level]] {
            return;
        }
        let heard: Vec<&Mention> = between.mentions.iter().map(|m| &self.now[*m]).collect();
        let place = between.mentions[change];
        let mut new = None;
        if !self.holds(between.statement, between.rule, &heard) {
            let off: Amount = (0..heard.len()).map(|at| net(between.statement, at) * heard[at].yuan()).sum();
            let Some(off) = off.checked_div(net(between.statement, change)) else { return };
            let holds = |m: &Mention| {
                let heard: Vec<&Mention> = (0..heard.len()).map(|at| if at == change { m } else { heard[at] }).collect();
                self.holds(between.statement, between.rule, &heard)
            };
            new = self.with_amount(place, heard[change].yuan() - off, &holds);
            if new.is_none() {
                return;
            }
        }
        for place in self.alike(place) {
            if let Some(new) = &new {
                let own = &self.told.mentions[place];
                self.now[place] = Mention { said: own.said.clone(), written: own.written.clone(), ..new.clone() };
                self.steps[place] = Some(between.rule.declared.id.clone());
            }
            self.firm[place] = true;
        }
    }

    /// Changes whose base is not stated move with this year's amount, where an equation that did not hold then holds: the text's
    /// own base stays. Others are kept.
    fn without_base(&mut self, own: &[Between<'_>], others: &[Between<'_>]) {
        let is_told = |m: usize| own.iter().any(|b| b.mentions.contains(&m));
        let moved: Vec<(usize, Mention)> = (0..self.now.len())
            .filter(|m| self.told.mentions[*m].part == Part::Change && !is_told(*m))
            .filter_map(|m| Some((m, self.moved(m)?)))
            .collect();
        let mut tried = self.now.clone();
        moved.iter().for_each(|(place, mention)| tried[*place] = mention.clone());
        let comes_out = |b: &Between<'_>, with: &[Mention]| {
            let heard: Vec<&Mention> = b.mentions.iter().map(|m| &with[*m]).collect();
            self.holds(b.statement, b.rule, &heard)
        };
        let mut found = Vec::new();
        for (place, mention) in moved {
            let about: Vec<&Between<'_>> = others.iter().filter(|b| b.mentions.contains(&place)).collect();
            if about.iter().all(|b| comes_out(b, &tried))
                && let Some(broken) = about.iter().find(|b| !b.held)
            {
                found.push((place, Some((mention, broken.rule.declared.id.clone()))));
            } else if about.is_empty() || !about.iter().all(|b| comes_out(b, &self.now)) {
                found.push((place, None));
            }
        }
        for (place, new) in found {
            match new {
                Some((mention, rule)) => (self.now[place], self.steps[place]) = (mention, Some(rule)),
                None => self.keep(place, Kept::NoBase),
            }
        }
    }

    /// A change with what was added to the amount of this year, where that was renewed.
    fn moved(&self, change: usize) -> Option<Mention> {
        let own = &self.told.mentions[change];
        let section = |m: &Mention| self.budget.narrative[m.said.paragraph].section;
        let levels = || {
            let all = self.told.mentions.iter().enumerate();
            all.filter(|(_, m)| m.figure == own.figure && m.part == Part::Level && section(m) == section(own))
        };
        let near = levels().find(|(_, m)| m.said.paragraph == own.said.paragraph).or_else(|| levels().next())?.0;
        self.steps[near].as_ref()?;
        let shift = self.now[near].yuan() - self.told.mentions[near].yuan();
        let yuan = own.yuan() + shift;
        self.with_amount(change, yuan, &|m| m.yuan() == yuan)
    }

    /// Gives a share of last year's amount what the change makes it, where both are stated.
    pub(super) fn percents(&mut self) {
        let Some(rule) = self.budget.template.check("change-percent").map(|r| r.declared.id.clone()) else { return };
        for place in (0..self.now.len()).filter(|m| self.told.mentions[*m].part == Part::Percent) {
            let (Some(change), prior) = (self.beside(place, Part::Change), self.beside(place, Part::Prior)) else { continue };
            let Some(prior) = prior.map(|p| self.now[p].yuan()).filter(|p| *p > Amount::ZERO) else {
                let level = self.beside(place, Part::Level);
                if self.steps[change].is_some() || level.is_some_and(|l| self.steps[l].is_some()) {
                    self.keep(place, Kept::NoBase);
                }
                continue;
            };
            let share = (self.now[change].yuan() * Amount::from(100)).checked_div(prior);
            let own = &self.now[place];
            let Some(new) = share.map(|share| share.round(own.decimals)).filter(|new| *new != own.number) else { continue };
            if self.firm[change] && (self.steps[change].is_some() || (new - own.number).abs() > Amount::step(own.decimals)) {
                self.now[place].number = new;
                self.steps[place] = Some(rule.clone());
            }
        }
    }

    /// The one amount that the same paragraph tells of the same figure.
    fn beside(&self, mention: usize, part: Part) -> Option<usize> {
        let own = &self.told.mentions[mention];
        let is_it = |m: &Mention| m.figure == own.figure && m.part == part && m.said.paragraph == own.said.paragraph;
        let mut found = (0..self.now.len()).filter(|place| is_it(&self.told.mentions[*place]));
        found.next().filter(|_| found.next().is_none())
    }
}

/// Whether an equation says what a figure's change is by its own two amounts.
fn is_difference(statement: &Statement) -> bool {
    let has = |part: Part| stated(statement).any(|s| s.part == part);
    let first = stated(statement).next().map(|s| s.figure);
    stated(statement).all(|s| Some(s.figure) == first) && has(Part::Level) && has(Part::Prior) && has(Part::Change)
}
