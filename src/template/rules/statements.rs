//! Resolves equations about figures of the narrative and cells of the year before; never reads a figure.

use super::super::equation::{self, ParsedTerm, Relation};
use super::super::{Equation, Stated, Statement, Term};
use super::{Resolved, Resolver, Unresolved, wrong};

impl Resolver<'_> {
    /// An equation about figures or the year before; `None` where it is about cells alone. What keeps it from being one is the
    /// inner error.
    pub(super) fn statement(&self, text: &str) -> Resolved<Option<Resolved<Statement>>> {
        let parsed = equation::parse(text).map_err(Unresolved::Wrong)?;
        if parsed.left.iter().chain(&parsed.right).all(|t| t.figure.is_none() && t.past.is_none()) {
            return Ok(None);
        }
        if parsed.relation == Relation::Defines {
            return wrong(format!("\"{text}\": what a figure or the year before says is only checked; write ="));
        }
        if text.contains('$') {
            return wrong(format!("\"{text}\": a figure or the year before goes with no variable for rows"));
        }
        let resolve = || {
            let cells = |terms: &[ParsedTerm<'_>]| {
                let terms: Vec<_> = terms.iter().filter(|t| t.figure.is_none() && t.past.is_none()).cloned().collect();
                self.terms(&terms, None)
            };
            let (left, right) = (self.stated(&parsed.left)?, self.stated(&parsed.right)?);
            let equation =
                Equation { left: cells(&parsed.left)?, relation: parsed.relation, right: cells(&parsed.right)?, over: None };
            let past = (self.past(&parsed.left)?, self.past(&parsed.right)?);
            let is_past = !(past.0.is_empty() && past.1.is_empty());
            let past = is_past.then_some(Equation { left: past.0, relation: parsed.relation, right: past.1, over: None });
            Ok(Statement { equation, left, right, past })
        };
        Ok(Some(resolve()))
    }

    /// The terms that are cells of the year before: of a budget that has been moved to this edition.
    fn past(&self, terms: &[ParsedTerm<'_>]) -> Resolved<Vec<Term>> {
        let past = terms.iter().filter_map(|t| Some((t.factor, t.past?)));
        past.map(|(factor, cell)| Ok(Term { factor, operand: Some(self.operand(cell, None)?) })).collect()
    }

    /// A condition about the year before alone; `None` where it is about this year.
    pub(super) fn past_condition(&self, text: &str) -> Resolved<Option<Equation>> {
        let parsed = equation::parse(text).map_err(Unresolved::Wrong)?;
        let terms = || parsed.left.iter().chain(&parsed.right);
        if terms().all(|t| t.past.is_none()) {
            return Ok(None);
        }
        if terms().any(|t| t.figure.is_some() || t.cell.is_some()) {
            return wrong(format!("\"{text}\": a condition is about one year"));
        }
        let side = |terms: &[ParsedTerm<'_>]| -> Resolved<Vec<Term>> {
            let constants = terms.iter().filter(|t| t.past.is_none()).map(|t| Term { factor: t.factor, operand: None });
            Ok(self.past(terms)?.into_iter().chain(constants).collect())
        };
        Ok(Some(Equation { left: side(&parsed.left)?, relation: parsed.relation, right: side(&parsed.right)?, over: None }))
    }

    fn stated(&self, terms: &[ParsedTerm<'_>]) -> Resolved<Vec<Stated>> {
        let figures = terms.iter().filter_map(|t| Some((t.factor, t.figure?)));
        figures.map(|(factor, f)| Ok(Stated { factor, figure: self.figure(f.id)?, part: f.part })).collect()
    }

    /// The place of a figure of the narrative.
    pub(super) fn figure(&self, id: &str) -> Resolved<usize> {
        let place = self.template.narrative.as_ref().and_then(|n| n.prose.figures.iter().position(|f| f.id == id));
        match place {
            Some(place) => Ok(place),
            None if self.known.figures.contains(id) => Err(Unresolved::Dropped),
            None => wrong(format!("the narrative has no figure \"{id}\"")),
        }
    }

    /// The sections of the narrative that a check names, of which the edition must have one.
    pub(super) fn sections(&self, ids: &[String]) -> Resolved<()> {
        let narrative = self.template.narrative.as_ref();
        let mut any = false;
        for id in ids {
            let is_here = narrative.is_some_and(|n| n.declared.section.iter().any(|s| s.id == *id));
            if !is_here && !self.known.sections.contains(id) {
                return wrong(format!("the narrative has no section \"{id}\""));
            }
            any |= is_here;
        }
        if any { Ok(()) } else { Err(Unresolved::Dropped) }
    }
}
