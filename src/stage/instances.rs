//! The one evaluator: turns a template's equations into sums over the cells of a budget; never judges and never changes a cell.

use crate::grid::Shown;
use crate::model::{Address, Budget, Key, State};
use crate::template::{Condition, Domain, Equation, Operand, Relation, Rows, Rule, Term, Tolerance};
use crate::value::{Amount, Measure};

/// An equation about cells of one budget.
#[derive(Debug, Clone, Default)]
pub struct Instance {
    /// The left side.
    pub left: Side,
    /// The right side.
    pub right: Side,
}

/// One side of an equation: cells with their factors, and a constant.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// The cells; rows that were not filed are not among them.
    pub parts: Vec<Part>,
    /// The constant.
    pub constant: Amount,
}

/// A cell and how often it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The factor, with its sign.
    pub factor: Amount,
    /// The cell.
    pub at: Address,
}

/// How an equation comes out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// What the left side holds.
    pub value: Amount,
    /// What the right side gives.
    pub expected: Amount,
    /// How far they may lie apart.
    pub bound: Amount,
    /// What that means.
    pub standing: Standing,
}

/// Whether an equation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Holds,
    /// It differs by no more than rounding can.
    Rounding,
    /// It does not hold.
    Broken,
}

/// Calls `found` with every equation that `equation` yields in a budget; with none when one of its tables was not filed, and
/// with none about a cell whose number could not be read: what that is worth is not known.
pub fn each(budget: &Budget, equation: &Equation, found: &mut dyn FnMut(&Instance)) {
    let terms = || equation.left.iter().chain(&equation.right);
    if terms().any(|t| t.operand.is_some_and(|o| !budget.tables[o.table].is_filed())) {
        return;
    }
    let mut instance = Instance::default();
    let mut fill = |bound: Option<Key>| {
        fill_side(budget, &equation.left, bound, &mut instance.left);
        fill_side(budget, &equation.right, bound, &mut instance.right);
        let mut parts = instance.left.parts.iter().chain(&instance.right.parts);
        if !parts.any(|part| budget.slot(part.at).unread) {
            found(&instance);
        }
    };
    match &equation.over {
        None => fill(None),
        Some(domain) => each_key(budget, domain, &mut |key| fill(Some(key))),
    }
}

fn each_key(budget: &Budget, domain: &Domain, found: &mut dyn FnMut(Key)) {
    match domain {
        Domain::All(table) => budget.tables[*table].rows.iter().for_each(|r| found(r.key)),
        Domain::Leaves(table) => {
            let leaves = budget.tables[*table].rows.iter().filter(|r| !matches!(r.key, Key::Declared(_)) && !r.has_children);
            leaves.for_each(|r| found(r.key));
        }
        Domain::Parents(table) => budget.tables[*table].rows.iter().filter(|r| r.has_children).for_each(|r| found(r.key)),
        Domain::Branches(table) => {
            let branches = budget.tables[*table].rows.iter().filter(|r| r.has_children || matches!(r.key, Key::Declared(_)));
            branches.for_each(|r| found(r.key));
        }
        Domain::Codes(tables) => {
            for (place, table) in tables.iter().enumerate() {
                let earlier = &tables[..place];
                let is_new = |key: &Key| !earlier.iter().any(|t| budget.tables[*t].place(*key).is_some());
                let codes = budget.tables[*table].rows.iter().map(|r| r.key).filter(|k| matches!(k, Key::Code(_)));
                codes.filter(is_new).for_each(&mut *found);
            }
        }
    }
}

fn fill_side(budget: &Budget, terms: &[Term], bound: Option<Key>, side: &mut Side) {
    side.parts.clear();
    side.constant = Amount::ZERO;
    for term in terms {
        match term.operand {
            None => side.constant += term.factor,
            Some(operand) => each_row(budget, operand, bound, &mut |row| {
                let at = Address { table: operand.table, row, column: operand.column };
                side.parts.push(Part { factor: term.factor, at });
            }),
        }
    }
}

fn each_row(budget: &Budget, operand: Operand, bound: Option<Key>, found: &mut dyn FnMut(usize)) {
    let table = &budget.tables[operand.table];
    let place = |key: Option<Key>| key.and_then(|k| table.place(k));
    match operand.rows {
        Rows::Declared(first, last) => {
            let declared = &budget.template.tables[operand.table].rows;
            let side = declared[first].side;
            let rows = (first..=last).filter(|row| declared[*row].side == side);
            rows.filter_map(|row| table.place(Key::Declared(row))).for_each(found);
        }
        Rows::Code(code) => place(Some(Key::Code(code))).into_iter().for_each(found),
        Rows::Bound => place(bound).into_iter().for_each(found),
        Rows::Children(code) => {
            place(Some(Key::Code(code))).into_iter().for_each(|row| table.children(Some(row)).for_each(&mut *found))
        }
        Rows::BoundChildren => place(bound).into_iter().for_each(|row| table.children(Some(row)).for_each(&mut *found)),
        Rows::Roots => table.children(None).for_each(found),
    }
}

/// Whether all conditions of a rule are met that are about this year.
pub fn applies(budget: &Budget, rule: &Rule) -> bool {
    rule.conditions.iter().all(|condition| is_met(budget, condition))
}

/// Whether a condition is met.
pub fn is_met(budget: &Budget, condition: &Condition) -> bool {
    match condition {
        Condition::Table(table) => budget.tables[*table].state == State::Filled,
        Condition::Row(table, row) => budget.tables[*table].has_row(Key::Declared(*row)),
        Condition::Equation(equation) => holds(budget, equation),
        Condition::Past(_) => true,
    }
}

/// Whether all conditions of a rule are met that are about the year before; none is where that is not known.
pub fn applied(past: Option<&Budget>, rule: &Rule) -> bool {
    rule.conditions.iter().all(|condition| match condition {
        Condition::Past(equation) => past.is_some_and(|past| holds(past, equation)),
        _ => true,
    })
}

fn holds(budget: &Budget, equation: &Equation) -> bool {
    let mut met = false;
    each(budget, equation, &mut |instance| {
        met = outcome(budget, instance, equation.relation, Tolerance::Exact).standing == Standing::Holds
    });
    met
}

/// How an equation comes out on the stored numbers.
pub fn outcome(budget: &Budget, instance: &Instance, relation: Relation, tolerance: Tolerance) -> Outcome {
    let measure = common_measure(budget, instance);
    let value = instance.left.sum(budget, measure);
    let expected = instance.right.sum(budget, measure);
    let difference = value - expected;
    if difference.is_zero() {
        return Outcome { value, expected, bound: Amount::ZERO, standing: Standing::Holds };
    }
    let (bound, forgives) = bound(budget, instance, tolerance, measure);
    let standing = match relation {
        Relation::AtMost if difference.is_negative() => Standing::Holds,
        Relation::AtLeast if !difference.is_negative() => Standing::Holds,
        _ if difference.abs() > bound => Standing::Broken,
        _ if forgives => Standing::Holds,
        _ => Standing::Rounding,
    };
    Outcome { value, expected, bound, standing }
}

/// The two sides as displayed, where a cell displays fewer decimals than it stores.
pub fn displayed(budget: &Budget, instance: &Instance) -> Option<(Amount, Amount)> {
    let parts = || instance.left.parts.iter().chain(&instance.right.parts);
    let is_finer = |part: &Part| {
        let slot = budget.slot(part.at);
        matches!((slot.amount, slot.shown), (Some(amount), Shown::Fixed(shown)) if amount.decimals() > shown)
    };
    if common_measure(budget, instance).is_some() || !parts().any(is_finer) {
        return None;
    }
    let shown = |side: &Side| -> Amount {
        let amounts = side.parts.iter().map(|part| {
            let slot = budget.slot(part.at);
            let amount = slot.amount.unwrap_or_default();
            part.factor * if let Shown::Fixed(decimals) = slot.shown { amount.round(decimals) } else { amount }
        });
        amounts.sum::<Amount>() + side.constant
    };
    Some((shown(&instance.left), shown(&instance.right)))
}

/// How far the sides may lie apart, and whether that is no finding at all.
fn bound(budget: &Budget, instance: &Instance, tolerance: Tolerance, measure: Option<Measure>) -> (Amount, bool) {
    let (own, forgives) = match tolerance {
        Tolerance::Exact => (Amount::ZERO, measure.is_some()),
        Tolerance::Within(bound) => (bound, true),
        Tolerance::Tail => {
            let filled = |side: &Side| side.parts.iter().filter(|p| budget.slot(p.at).amount.is_some()).count();
            let addends = filled(&instance.right) + filled(&instance.left).saturating_sub(1);
            let step = Amount::step(decimals(budget, instance));
            (if addends > 1 { step.half() * Amount::from(addends as i64 + 1) } else { Amount::ZERO }, false)
        }
    };
    (if measure.is_some() { own + coarse_half_step(budget, instance) } else { own }, forgives)
}

/// The decimals to which the cells of an equation are exact: as stored where that is finer than as shown.
fn decimals(budget: &Budget, instance: &Instance) -> u8 {
    let parts = instance.left.parts.iter().chain(&instance.right.parts);
    let standard = budget.template.about.decimals;
    let of_part = |part: &Part| {
        let slot = budget.slot(part.at);
        let stored = slot.amount.map_or(0, Amount::decimals);
        match slot.shown {
            Shown::Fixed(shown) => shown.max(stored),
            Shown::General | Shown::Scaled | Shown::Unknown => standard.max(stored),
        }
    };
    parts.filter(|p| budget.slot(p.at).amount.is_some()).map(of_part).max().unwrap_or(standard)
}

/// Half a step of the coarser side, in 元.
fn coarse_half_step(budget: &Budget, instance: &Instance) -> Amount {
    let parts = instance.left.parts.iter().chain(&instance.right.parts);
    let coarse = parts.filter_map(|p| budget.tables[p.at.table].measure).map(Measure::yuan).max().unwrap_or(Amount::ONE);
    coarse * Amount::step(budget.template.about.decimals).half()
}

/// The measure to compare in, where the tables of an equation have different ones: 元. `None` where they agree.
pub(super) fn common_measure(budget: &Budget, instance: &Instance) -> Option<Measure> {
    let mut measures = instance.left.parts.iter().chain(&instance.right.parts).filter_map(|p| budget.tables[p.at.table].measure);
    let first = measures.next()?;
    measures.any(|m| m != first).then_some(Measure::Yuan)
}

impl Side {
    /// The sum of the side, in its own measure or in 元.
    fn sum(&self, budget: &Budget, measure: Option<Measure>) -> Amount {
        let amounts = self.parts.iter().filter_map(|part| {
            let amount = part.factor * budget.slot(part.at).amount?;
            let own = budget.tables[part.at.table].measure.filter(|_| measure.is_some());
            Some(own.map_or(amount, |own| amount * own.yuan()))
        });
        amounts.sum::<Amount>() + self.constant
    }
}
