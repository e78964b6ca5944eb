//! Composes a narrative of the sentences of its edition where none was filed; never invents an amount: what is not known is a gap.

use std::collections::BTreeMap;

use super::instances::{self, Part as Cell};
use super::renew::trust::Trust;
use super::statements;
use crate::finding::{Fact, Finding, Place, Renewal};
use crate::model::{Budget, Paragraph, Site, State, Text};
use crate::template::written::Wording;
use crate::template::{Narrative, Part, Piece, Relation, Severity};
use crate::value::{Amount, CellRef};

/// The rule under which a drafted narrative is told.
const DRAFTED: &str = "R42";
/// The sheet of a paragraph that stands in none.
const NOWHERE: u16 = u16::MAX;

/// Drafts the narrative of a recomputed budget that has none. `prior` gives what is known of last year's figures, in 元, by their
/// ids. `None` where a narrative was filed, or the edition has no sentences for one.
pub fn compose(budget: &mut Budget, prior: &dyn Fn(&str) -> Option<Amount>) -> Option<Finding> {
    let template = std::sync::Arc::clone(&budget.template);
    let narrative = template.narrative.as_ref().filter(|n| !n.sentences.is_empty())?;
    let is_filled = template.tables.iter().zip(&budget.tables).any(|(t, filed)| t.declared.main && filed.state == State::Filled);
    if !budget.narrative.is_empty() || !is_filled {
        return None;
    }
    let mut composer = Composer { budget, narrative, wording: &narrative.declared.wording, bound: bound(budget), prior, gaps: 0 };
    let mut paragraphs = Vec::new();
    for sentence in narrative.sentences.iter().filter(|s| s.conditions.iter().all(|c| instances::is_met(budget, c))) {
        let text = composer.said(&sentence.pieces);
        let site = Site { sheet: NOWHERE, cell: CellRef::new(paragraphs.len() as u32, 0) };
        paragraphs.push(Paragraph { section: sentence.section, text: Text { text, site } });
    }
    let fact = Fact::Narrative(Renewal::Drafted { paragraphs: paragraphs.len(), gaps: composer.gaps });
    budget.narrative = paragraphs;
    Some(Finding::reading(DRAFTED, Severity::Note, Place::default(), fact))
}

/// What the figures are that rules bind to cells, in 元; nothing for one that is in doubt.
fn bound(budget: &Budget) -> BTreeMap<usize, Option<Amount>> {
    let trust = Trust::new(budget);
    let mut bound: BTreeMap<usize, Option<Amount>> = BTreeMap::new();
    for rule in budget.template.rules.iter().filter(|r| !r.statements.is_empty() && instances::applies(budget, r)) {
        for statement in rule.statements.iter().filter(|s| s.equation.relation == Relation::Equal) {
            let (mut stated, equation) = (statement.left.iter().chain(&statement.right), &statement.equation);
            let (Some(one), None) = (stated.next(), stated.next()) else { continue };
            let terms = || equation.left.iter().chain(&equation.right).filter_map(|t| t.operand);
            if one.part != Part::Level || terms().next().is_none() {
                continue;
            }
            let tables: Vec<usize> = terms().map(|o| o.table).collect();
            instances::each(budget, equation, &mut |cells| {
                let parts: Vec<&Cell> = cells.left.parts.iter().chain(&cells.right.parts).collect();
                let yuan = statements::bound(budget, statement, cells).filter(|_| trust.doubt(&parts, &tables).is_none());
                let known = bound.entry(one.figure).or_insert(yuan);
                // Where rules differ none of them is taken.
                *known = known.filter(|k| Some(*k) == yuan);
            });
        }
    }
    bound
}

struct Composer<'b> {
    budget: &'b Budget,
    narrative: &'b Narrative,
    wording: &'b Wording,
    bound: BTreeMap<usize, Option<Amount>>,
    prior: &'b dyn Fn(&str) -> Option<Amount>,
    gaps: usize,
}

impl Composer<'_> {
    fn said(&mut self, pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&mut self, piece: &Piece) -> String {
        let year = self.budget.year;
        match piece {
            Piece::Words(words) => words.clone(),
            Piece::Gap => self.gap(),
            Piece::Name => self.known(self.budget.name.clone()),
            Piece::Year => self.known(year.map(|y| y.to_string())),
            Piece::PriorYear => self.known(year.map(|y| (y - 1).to_string())),
            Piece::Figure(figure, Part::Change) => self.change(*figure),
            Piece::Figure(figure, part) => {
                let amount = self.amount(*figure, *part).map(|a| self.shown(a));
                format!("{}{}", self.known(amount), self.budget.template.measure.word())
            }
            Piece::Optional(pieces) if self.is_something(pieces) => self.said(pieces),
            Piece::Optional(_) => String::new(),
        }
    }

    fn gap(&mut self) -> String {
        self.gaps += 1;
        self.wording.gap.clone()
    }

    fn known(&mut self, text: Option<String>) -> String {
        text.unwrap_or_else(|| self.gap())
    }

    fn amount(&self, figure: usize, part: Part) -> Option<Amount> {
        match part {
            Part::Prior => (self.prior)(&self.narrative.prose.figures[figure].id),
            _ => self.bound.get(&figure).copied().flatten(),
        }
    }

    /// An amount in 元 as the edition prints it.
    fn shown(&self, yuan: Amount) -> String {
        let template = &self.budget.template;
        yuan.checked_div(template.measure.yuan()).unwrap_or(yuan).at_least(template.about.decimals)
    }

    fn change(&mut self, figure: usize) -> String {
        let unit = self.budget.template.measure.word();
        let amounts = self.amount(figure, Part::Level).zip(self.amount(figure, Part::Prior));
        let Some((level, prior)) = amounts else {
            self.gaps += 1;
            return format!("{}{unit}", self.wording.changed);
        };
        let change = level - prior;
        let words = match change {
            c if c.is_zero() => return self.wording.same.first().cloned().unwrap_or_default(),
            c if c.is_negative() => &self.wording.decrease,
            _ => &self.wording.increase,
        };
        format!("{}{}{unit}", words.first().cloned().unwrap_or_default(), self.shown(change.abs()))
    }

    /// Whether one of the amounts is not nothing, as far as is known.
    fn is_something(&self, pieces: &[Piece]) -> bool {
        let mut figures = pieces.iter().filter_map(|p| if let Piece::Figure(figure, _) = p { Some(figure) } else { None });
        figures.any(|figure| self.bound.get(figure).is_some_and(|known| known.is_none_or(|amount| !amount.is_zero())))
    }
}
