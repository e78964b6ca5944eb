//! Evaluates equations that name figures of the narrative, or cells of the year before, beside cells; never takes a figure that
//! the narrative leaves open.

use super::instances::{self, Instance, Side, Standing};
use super::prose::{Mention, Told};
use crate::model::{Budget, State};
use crate::template::{ColumnKind, Relation, Stated, Statement, Term, Tolerance};
use crate::value::{Amount, Measure};

/// A budget and, where it is at hand, that of the year before, moved to the same edition.
#[derive(Debug, Clone, Copy)]
pub struct Years<'b> {
    /// The budget.
    pub now: &'b Budget,
    /// That of the year before.
    pub past: Option<&'b Budget>,
}

impl<'b> Years<'b> {
    /// A budget by itself.
    pub fn alone(now: &'b Budget) -> Self {
        Self { now, past: None }
    }
}

/// An equation about what the narrative says, cells of one budget and of that of the year before.
#[derive(Debug)]
pub struct Claim<'t> {
    /// The figures of the left side with their factors.
    pub left: Vec<(Amount, &'t Mention)>,
    /// The figures of the right side.
    pub right: Vec<(Amount, &'t Mention)>,
    /// The cells of both sides.
    pub cells: Instance,
    /// The cells of the year before of both sides.
    pub past: Instance,
    /// What the left side holds, in the unit of the first figure that is not nothing.
    pub value: Amount,
    /// What the right side gives.
    pub expected: Amount,
    /// How far they may lie apart by rounding.
    pub bound: Amount,
    /// What that means.
    pub standing: Standing,
}

impl<'t> Claim<'t> {
    /// The figures of both sides, the left ones first.
    pub fn figures(&self) -> impl Iterator<Item = &(Amount, &'t Mention)> {
        self.left.iter().chain(&self.right)
    }

    /// How many 元 the unit is in which the sides are told: that of the first figure that is not nothing, else of the first cell.
    fn unit(&self, years: Years<'_>) -> Option<Amount> {
        let first = || self.figures().next().map(|(_, m)| *m);
        let figure = self.figures().map(|(_, m)| *m).find(|m| !m.number.is_zero()).or_else(first);
        figure.map(|m| m.unit).or_else(|| self.parts(years).next().map(|(budget, part)| yuan(budget, part)))
    }

    /// The cells of both sides, each with its budget.
    fn parts<'c>(&'c self, years: Years<'c>) -> impl Iterator<Item = (&'c Budget, &'c instances::Part)> {
        let now = self.cells.left.parts.iter().chain(&self.cells.right.parts).map(move |p| (years.now, p));
        let past = self.past.left.parts.iter().chain(&self.past.right.parts);
        now.chain(past.filter_map(move |p| Some((years.past?, p))))
    }
}

/// Calls `found` with every claim that a narrative makes by an equation; with none about the year before where that is not known.
pub fn each(years: Years<'_>, statement: &Statement, tolerance: Tolerance, told: &Told, found: &mut dyn FnMut(&Claim<'_>)) {
    let Some(past) = &statement.past else {
        return each_beside(years, statement, &Instance::default(), tolerance, told, found);
    };
    let Some(before) = years.past else { return };
    instances::each(before, past, &mut |cells| {
        if is_there(before, &past.left, &cells.left) && is_there(before, &past.right, &cells.right) {
            each_beside(years, statement, cells, tolerance, told, found);
        }
    });
}

fn each_beside(
    years: Years<'_>,
    statement: &Statement,
    past: &Instance,
    tolerance: Tolerance,
    told: &Told,
    found: &mut dyn FnMut(&Claim<'_>),
) {
    let budget = years.now;
    instances::each(budget, &statement.equation, &mut |cells| {
        if !is_filed(budget, &statement.equation.left, &cells.left) || !is_filed(budget, &statement.equation.right, &cells.right)
        {
            return;
        }
        for heard in choices(budget, statement, told) {
            if let Some(claim) = claim_beside(years, statement, tolerance, (cells, past), &heard) {
                found(&claim);
            }
        }
    });
}

/// What an equation that is not about the year before says of these cells and amounts told, one for each of its figures.
pub fn claim<'t>(
    budget: &Budget,
    statement: &Statement,
    tolerance: Tolerance,
    cells: &Instance,
    heard: &[&'t Mention],
) -> Option<Claim<'t>> {
    let years = Years::alone(budget);
    let claim = || claim_beside(years, statement, tolerance, (cells, &Instance::default()), heard);
    statement.past.is_none().then(claim).flatten()
}

fn claim_beside<'t>(
    years: Years<'_>,
    statement: &Statement,
    tolerance: Tolerance,
    (cells, past): (&Instance, &Instance),
    heard: &[&'t Mention],
) -> Option<Claim<'t>> {
    let (left, right) = heard.split_at_checked(statement.left.len())?;
    let (left, right) = (pairs(&statement.left, left), pairs(&statement.right, right));
    let before = |side| years.past.map_or(Amount::ZERO, |past| worth(past, side));
    let value = told_of(&left) + worth(years.now, &cells.left) + before(&past.left);
    let expected = told_of(&right) + worth(years.now, &cells.right) + before(&past.right);
    let (cells, past) = (cells.clone(), past.clone());
    let claim = Claim { left, right, cells, past, value, expected, bound: Amount::ZERO, standing: Standing::Holds };
    judged(years, claim, statement.equation.relation, tolerance)
}

/// What the one figure of an equation must be by its cells, in 元.
pub fn bound(budget: &Budget, statement: &Statement, cells: &Instance) -> Option<Amount> {
    let Statement { equation, left, right, past: None } = statement else { return None };
    if !is_filed(budget, &equation.left, &cells.left) || !is_filed(budget, &equation.right, &cells.right) {
        return None;
    }
    let rest = worth(budget, &cells.right) - worth(budget, &cells.left);
    match (left.as_slice(), right.as_slice()) {
        ([only], []) => rest.checked_div(only.factor),
        ([], [only]) => (-rest).checked_div(only.factor),
        _ => None,
    }
}

/// Whether a filled table that a side names has one of the rows it names: a row that is not there is no zero that a figure could
/// be held against.
fn is_filed(budget: &Budget, terms: &[Term], side: &Side) -> bool {
    let mut tables = terms.iter().filter_map(|t| t.operand).map(|o| o.table);
    let has_row =
        |table: usize| side.parts.iter().any(|p| p.at.table == table && budget.tables[table].rows[p.at.row].site.is_some());
    tables.all(|table| budget.tables[table].state != State::Filled || has_row(table))
}

/// Whether the year before has the cells that a side names: what its edition did not have is no zero, nor is what could not be
/// placed.
fn is_there(past: &Budget, terms: &[Term], side: &Side) -> bool {
    let slot = |part: &instances::Part| past.slot(part.at);
    let has = |table: usize| {
        let mut own = side.parts.iter().filter(|p| p.at.table == table).map(slot);
        own.any(|s| s.amount.is_some() || s.site.is_some())
    };
    let mut tables = terms.iter().filter_map(|t| t.operand).map(|o| o.table);
    tables.all(|table| {
        let filed = &past.tables[table];
        filed.state == State::Empty || (filed.state == State::Filled && !filed.incomplete && has(table))
    })
}

/// The mentions that an equation can be about, one for each of its figures: those of one paragraph that says each once, else
/// those of one section that does. An equation with one figure is about every mention of it.
fn choices<'t>(budget: &Budget, statement: &Statement, told: &'t Told) -> Vec<Vec<&'t Mention>> {
    let stated: Vec<&Stated> = statement.left.iter().chain(&statement.right).collect();
    if stated.is_empty() {
        return vec![Vec::new()];
    }
    let paragraphs = 0..budget.narrative.len();
    if let [only] = stated.as_slice() {
        let of = |paragraph| distinct(told.mentions.iter().filter(|m| m.is(only) && m.said.paragraph == paragraph));
        return paragraphs.flat_map(of).map(|mention| vec![mention]).collect();
    }
    let once = |is_here: &dyn Fn(usize) -> bool| -> Option<Vec<&'t Mention>> {
        let one = |stated: &&Stated| match distinct(told.mentions.iter().filter(|m| m.is(stated) && is_here(m.said.paragraph)))
            .as_slice()
        {
            [only] => Some(*only),
            _ => None,
        };
        stated.iter().map(one).collect()
    };
    let whole: Vec<_> = paragraphs.filter_map(|paragraph| once(&|p| p == paragraph)).collect();
    if !whole.is_empty() {
        return whole;
    }
    let mut sections: Vec<_> = budget.narrative.iter().map(|p| p.section).collect();
    sections.dedup();
    sections.into_iter().filter_map(|section| once(&|p| budget.narrative[p].section == section)).collect()
}

/// Mentions that differ in what they are worth.
fn distinct<'t>(mentions: impl Iterator<Item = &'t Mention>) -> Vec<&'t Mention> {
    let mut kept: Vec<&Mention> = Vec::new();
    for mention in mentions {
        if !kept.iter().any(|k| k.yuan() == mention.yuan()) {
            kept.push(mention);
        }
    }
    kept
}

fn pairs<'t>(stated: &[Stated], heard: &[&'t Mention]) -> Vec<(Amount, &'t Mention)> {
    stated.iter().map(|s| s.factor).zip(heard.iter().copied()).collect()
}

/// What figures are worth in 元.
fn told_of(figures: &[(Amount, &Mention)]) -> Amount {
    figures.iter().map(|(factor, mention)| *factor * mention.yuan()).sum()
}

/// What cells are worth in 元.
fn worth(budget: &Budget, cells: &Side) -> Amount {
    let filed: Amount =
        cells.parts.iter().map(|p| p.factor * yuan(budget, p) * budget.slot(p.at).amount.unwrap_or_default()).sum();
    filed + cells.constant
}

/// How many 元 one of a cell is; a number of things is no money.
fn yuan(budget: &Budget, part: &instances::Part) -> Amount {
    let kind = budget.template.tables[part.at.table].columns[part.at.column].declared.kind;
    let measure = budget.tables[part.at.table].measure.filter(|_| kind == ColumnKind::Amount);
    measure.map_or(Amount::ONE, Measure::yuan)
}

/// A claim with its sides, so far in 元, in the unit of its first figure, and how it came out.
fn judged<'t>(years: Years<'_>, claim: Claim<'t>, relation: Relation, tolerance: Tolerance) -> Option<Claim<'t>> {
    let unit = claim.unit(years)?;
    let (value, expected) = (claim.value, claim.expected);
    let difference = value - expected;
    let standard = years.now.template.about.decimals;
    let finest = claim.parts(years).map(|(budget, p)| yuan(budget, p)).min();
    let step = |mention: &Mention| Amount::step(mention.decimals) * mention.unit;
    // A text printed more coarsely than a table is rounded or cut; printed as finely it is a copy.
    let is_coarser = |m: &Mention| finest.is_some_and(|f| f < m.unit) || (m.decimals < standard && !m.number.is_zero());
    let coarse: Amount = claim.figures().filter(|(_, m)| is_coarser(m)).map(|(factor, m)| factor.abs() * step(m)).sum();
    // Beside figures a cell is coarse where it is coarser than they, beside cells alone where it is coarser than another.
    let fine = finest.filter(|_| claim.figures().next().is_none()).unwrap_or(unit);
    let measures = claim.parts(years).map(|(budget, p)| yuan(budget, p));
    let own: Amount = measures.filter(|y| *y > fine).map(|y| Amount::step(standard) * y).sum();
    let given = if let Tolerance::Within(bound) = tolerance { bound * unit } else { Amount::ZERO };
    let forgiven = own.half() + given + if finest.is_some_and(|f| f < unit) { coarse.half() } else { Amount::ZERO };
    let bound = forgiven + coarse.half();
    let is_met = match relation {
        Relation::AtMost => difference <= Amount::ZERO,
        Relation::AtLeast => !difference.is_negative(),
        _ => difference.is_zero(),
    };
    let standing = match difference.abs() {
        _ if is_met => Standing::Holds,
        off if off <= forgiven => Standing::Holds,
        off if off <= bound => Standing::Rounding,
        _ => Standing::Broken,
    };
    let in_unit = |amount: Amount| amount.checked_div(unit);
    let (value, expected, bound) = (in_unit(value)?, in_unit(expected)?, in_unit(bound)?);
    Some(Claim { value, expected, bound, standing, ..claim })
}
