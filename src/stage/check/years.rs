//! Judges how the narrative tells of changes from the year before: reasons, shares of nothing; never asks for a reason of a change
//! that it cannot measure.

use std::collections::HashSet;

use super::Named;
use crate::finding::{PastCell, Place, Typed};
use crate::model::{Address, Budget, Key, State};
use crate::stage::prose::{Mention, Said};
use crate::template::{ColumnKind, Operand, Part, Rows};
use crate::value::{Amount, Measure, text};

/// A change from the year before.
struct Grown {
    /// The figure.
    figure: usize,
    /// By how much, in 元.
    change: Amount,
    /// What it was, in 元.
    base: Amount,
    /// Where it is told.
    said: Said,
    /// The cell of the year before, where the narrative does not tell the change.
    past: Option<PastCell>,
}

/// A part of a paragraph up to where a sentence or a member of a list ends.
struct Sentence {
    /// Whether it gives a reason.
    gives_reason: bool,
    /// The figures whose changes it tells.
    figures: HashSet<usize>,
}

/// What ends a sentence or a member of a list.
const ENDS: [char; 4] = ['。', '；', ';', '\n'];

impl Named<'_> {
    /// A change of some size has a reason: in its own sentence, or in one from its paragraph on that tells no other change.
    pub(super) fn reason_told(&mut self) {
        let least = |key: &str| self.check.words(key).first().and_then(|w| w.parse::<Amount>().ok()).unwrap_or_default();
        let measure = self.budget.template.measure;
        let (percent, amount) = (least("percent"), least("amount") * measure.yuan());
        let is_large = |g: &Grown| {
            let share = g.change.abs().checked_mul(Amount::from(100)).unwrap_or_default();
            !g.change.is_zero() && g.change.abs() >= amount && share >= percent * g.base.abs()
        };
        let grown = self.grown();
        let bare: Vec<&Grown> = grown.iter().filter(|g| is_large(g) && !self.has_reason(g, &grown)).collect();
        let in_measure = |yuan: Amount| yuan.checked_div(measure.yuan()).unwrap_or(yuan);
        let found: Vec<(Said, Typed)> = bare
            .into_iter()
            .map(|g| {
                let (quote, past) = (g.said.quote.clone(), g.past.clone());
                let (change, base) = (in_measure(g.change), in_measure(g.base));
                (g.said.clone(), Typed::Unexplained { quote, change, base, unit: measure.word(), past })
            })
            .collect();
        for (said, typed) in found {
            self.typed(Place::at(said.site), typed);
        }
    }

    /// No share is told of nothing, and nothing that stayed has changed.
    pub(super) fn zero_base(&mut self) {
        let mut found = Vec::new();
        for mention in &self.told.mentions {
            let quote = mention.said.quote.clone();
            if mention.part == Part::Despite {
                found.push((mention.said.clone(), Typed::ChangedDespite { quote }));
            } else if mention.part == Part::Percent {
                let told = self.base(mention.figure, mention.said.paragraph);
                let filed = || self.cells(mention.figure).map(|cells| (cells.past, Some(cells.cell)));
                if let Some((base, past)) = told.map(|base| (base, None)).or_else(filed)
                    && base.is_zero()
                {
                    found.push((mention.said.clone(), Typed::ZeroBase { quote, past }));
                }
            }
        }
        for (said, typed) in found {
            self.typed(Place::at(said.site), typed);
        }
    }

    /// The changes of the figures that the check names, as told, or as the tables of both years have them where none is told.
    fn grown(&self) -> Vec<Grown> {
        let mut all = Vec::new();
        for figure in self.figures("figure") {
            let of = |part: Part| self.told.mentions.iter().filter(move |m| m.figure == figure && m.part == part);
            let mut is_told = false;
            for mention in of(Part::Change) {
                is_told = true;
                let filed = || self.cells(figure).map(|cells| cells.past);
                if let Some(base) = self.base(figure, mention.said.paragraph).or_else(filed) {
                    all.push(Grown { figure, change: mention.yuan(), base, said: mention.said.clone(), past: None });
                }
            }
            let level = of(Part::Level).next().filter(|_| !is_told);
            if let Some((level, cells)) = level.zip(self.cells(figure)) {
                let (change, past) = (cells.now - cells.past, Some(cells.cell));
                all.push(Grown { figure, change, base: cells.past, said: level.said.clone(), past });
            }
        }
        all
    }

    /// What a paragraph tells that a figure was the year before: by itself, or by what it is and how it changed. In 元.
    fn base(&self, figure: usize, paragraph: usize) -> Option<Amount> {
        let section = self.budget.narrative[paragraph].section;
        let one = |part: Part, is_here: &dyn Fn(usize) -> bool| -> Option<&Mention> {
            let is_it = |m: &&Mention| m.figure == figure && m.part == part && is_here(m.said.paragraph);
            let mut own = self.told.mentions.iter().filter(is_it);
            let first = own.next()?;
            own.all(|m| m.yuan() == first.yuan()).then_some(first)
        };
        let here = |p: usize| p == paragraph;
        let near = |p: usize| self.budget.narrative[p].section == section;
        let implied = || {
            let level = one(Part::Level, &here).or_else(|| one(Part::Level, &near))?;
            Some(level.yuan() - one(Part::Change, &here)?.yuan())
        };
        one(Part::Prior, &here).map(Mention::yuan).or_else(implied)
    }

    /// Whether a change has a reason.
    fn has_reason(&self, grown: &Grown, all: &[Grown]) -> bool {
        let section = self.budget.narrative[grown.said.paragraph].section;
        let is_total = self.figures("totals").contains(&grown.figure);
        // A heading that promises reasons gives none.
        let paragraphs =
            self.budget.narrative.iter().enumerate().skip(grown.said.paragraph).filter(|(_, p)| p.section == section);
        let sentences: Vec<Sentence> = paragraphs.flat_map(|(place, _)| self.sentences(place, all)).collect();
        sentences.iter().filter(|s| s.gives_reason).any(|sentence| {
            let is_of_no_other = sentence.figures.iter().all(|f| *f == grown.figure);
            is_total || is_of_no_other || sentence.figures.contains(&grown.figure)
        })
    }

    fn sentences(&self, paragraph: usize, all: &[Grown]) -> Vec<Sentence> {
        let whole = &self.budget.narrative[paragraph].text.text;
        let (reasons, others) = (self.folded("reasons"), self.folded("not_reasons"));
        let own = || all.iter().filter(|g| g.said.paragraph == paragraph);
        let mut from = 0;
        let mut sentences = Vec::new();
        for part in whole.split_inclusive(ENDS) {
            let range = from..from + part.len();
            from = range.end;
            let folded = others.iter().fold(text::fold(part), |text, other| text.replace(other.as_str(), ""));
            let is_here = |g: &&Grown| whole.find(g.said.quote.as_str()).is_some_and(|at| range.contains(&at));
            sentences.push(Sentence {
                gives_reason: reasons.iter().any(|r| folded.contains(r.as_str())),
                figures: own().filter(is_here).map(|g| g.figure).collect(),
            });
        }
        sentences
    }

    /// The places of the figures that a parameter names.
    fn figures(&self, key: &str) -> Vec<usize> {
        let Some(narrative) = &self.budget.template.narrative else { return Vec::new() };
        let place = |id: &String| narrative.prose.figures.iter().position(|f| f.id == *id);
        self.check.words(key).iter().filter_map(place).collect()
    }

    /// What the tables of both years have of a figure.
    fn cells(&self, figure: usize) -> Option<Cells> {
        let place = self.figures("figure").iter().position(|f| *f == figure)?;
        let (past, operand) = (self.past?, self.check.cells.get(place)?);
        let (_, now) = filed(self.budget, operand)?;
        let (at, before) = filed(past, operand)?;
        Some(Cells { now, past: before, cell: PastCell::of(past, at) })
    }
}

/// What the tables of two years have of a figure.
struct Cells {
    /// This year, in 元.
    now: Amount,
    /// The year before, in 元.
    past: Amount,
    /// Its cell of the year before.
    cell: PastCell,
}

/// The cell of an operand that is one, and its amount in 元; `None` where the budget has no such cell or it could not be read.
fn filed(budget: &Budget, operand: &Operand) -> Option<(Address, Amount)> {
    let table = &budget.tables[operand.table];
    let key = match operand.rows {
        Rows::Declared(first, last) if first == last => Key::Declared(first),
        Rows::Code(code) => Key::Code(code),
        _ => return None,
    };
    let at = Address { table: operand.table, row: table.place(key)?, column: operand.column };
    let slot = budget.slot(at);
    let is_there = slot.amount.is_some() || slot.site.is_some() || table.state == State::Empty;
    let is_known = table.is_filed() && is_there && !slot.unread && !table.incomplete;
    let is_money = budget.template.tables[at.table].columns[at.column].declared.kind == ColumnKind::Amount;
    let yuan = table.measure.filter(|_| is_money).map_or(Amount::ONE, Measure::yuan);
    is_known.then(|| (at, slot.amount.unwrap_or_default() * yuan))
}
