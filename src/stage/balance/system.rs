//! The sums as equations over whole steps, each about classes of equal cells; never solves them.

use std::collections::BTreeMap;

use super::classes::{Choice, Classes};
use super::sums::Sum;
use crate::model::Budget;
use crate::template::{ColumnKind, Relation};
use crate::value::Amount;

/// How many terms are looked at to find the equations that follow from others; beyond it they are all kept.
const REDUCTION_LIMIT: usize = 4_000_000;

/// An equation `sum of the classes = 0`, or `<= 0`, the cells that are printed as they are counted in its gap.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Classes with `1` or `-1`, in the order of the classes.
    pub terms: Vec<(usize, i64)>,
    /// What the left side comes to where all is rounded plainly.
    pub gap: i64,
    /// Whether less than zero will do.
    pub is_bound: bool,
    /// The place of the rule in the template.
    pub rule: usize,
    /// The class that is the total of the others.
    total: Option<usize>,
}

/// The equations, and what may be moved at which cost.
pub(super) struct System {
    /// The equations, none of which follows from the others.
    pub rows: Vec<Row>,
    /// For each class its equations with its factor in them.
    pub rows_of: Vec<Vec<(usize, i64)>>,
    /// How each class can be printed.
    pub choices: Vec<Choice>,
    /// How firmly each class keeps its plainly rounded value.
    pub holds: Vec<Hold>,
}

/// How firmly a cell keeps its plainly rounded value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// It is a part, and absorbs.
    Part,
    /// It is a total that only sums across its row go into: it moves where nothing else can.
    Total,
    /// It is a total and part of no sum: it never moves.
    Grand,
}

/// What a class is in the sums.
#[derive(Debug, Clone, Copy, Default)]
struct Role {
    is_total: bool,
    is_part: bool,
    is_part_of_definition: bool,
}

impl System {
    /// The equations between classes that the sums of a budget make.
    pub fn new(budget: &Budget, classes: &Classes, sums: &[Sum]) -> Self {
        let mut roles = vec![Role::default(); classes.len()];
        // Definitions first: what remains of the other equations then leaves most cells in two equations, and chains suffice.
        let (defined, compared): (Vec<&Sum>, Vec<&Sum>) = sums.iter().partition(|sum| sum.relation == Relation::Defines);
        let ordered = defined.into_iter().chain(compared);
        let all: Vec<Row> = ordered.filter_map(|sum| row(budget, classes, sum, &mut roles)).collect();
        let rows = independent(all, classes.len());
        let mut rows_of = vec![Vec::new(); classes.len()];
        for (place, row) in rows.iter().enumerate() {
            row.terms.iter().for_each(|(class, factor)| rows_of[*class].push((place, *factor)));
        }
        let choices = (0..classes.len()).map(|class| classes.choice(class)).collect();
        Self { rows, rows_of, choices, holds: roles.into_iter().map(Role::hold).collect() }
    }
}

impl Role {
    fn hold(self) -> Hold {
        match self {
            Self { is_total: true, is_part: false, .. } => Hold::Grand,
            Self { is_total: true, is_part_of_definition: false, .. } => Hold::Total,
            _ => Hold::Part,
        }
    }
}

/// A sum between classes; `None` where nothing in it can move, or a class counts more than once.
fn row(budget: &Budget, classes: &Classes, sum: &Sum, roles: &mut [Role]) -> Option<Row> {
    let cells = sum.cells(budget)?;
    let turn = if sum.relation == Relation::AtLeast { -1 } else { 1 };
    let mut terms: BTreeMap<usize, i64> = BTreeMap::new();
    let mut rest = Amount::ZERO;
    let mut standing = [0, 0];
    for cell in cells {
        let factor = cell.sign * turn;
        match classes.of(cell.at) {
            Some(class) => *terms.entry(class).or_default() += factor,
            None => {
                let kind = budget.template.tables[cell.at.table].columns[cell.at.column].declared.kind;
                standing[usize::from(factor < 0)] += usize::from(kind == ColumnKind::Amount);
                rest += Amount::from(factor) * budget.slot(cell.at).amount.unwrap_or_default();
            }
        }
    }
    terms.retain(|_, factor| *factor != 0);
    if terms.is_empty() || terms.values().any(|factor| factor.abs() != 1) {
        return None;
    }
    let terms: Vec<(usize, i64)> = terms.into_iter().collect();
    let is_bound = matches!(sum.relation, Relation::AtMost | Relation::AtLeast);
    let total = if is_bound { None } else { assign_roles(&terms, standing, sum.relation, roles) };
    let plain = terms.iter().map(|(class, factor)| i128::from(factor * classes.choice(*class).plain)).sum::<i128>();
    let gap = i64::try_from(plain + i128::from(rest.steps(budget.template.about.decimals)?)).ok()?;
    Some(Row { terms, gap, is_bound, rule: sum.rule, total })
}

/// Notes which class is the total of the others, and which are its parts. `standing` counts the cells with either sign that
/// are printed as they are.
fn assign_roles(terms: &[(usize, i64)], standing: [usize; 2], relation: Relation, roles: &mut [Role]) -> Option<usize> {
    let count = |sign: i64| terms.iter().filter(|(_, f)| *f == sign).count() + standing[usize::from(sign < 0)];
    let sign = match (count(1), count(-1)) {
        (1, 2..) => Some(1),
        (2.., 1) => Some(-1),
        _ => None,
    };
    let mut total = None;
    for (class, factor) in terms {
        if Some(*factor) == sign {
            roles[*class].is_total = true;
            total = Some(*class);
        } else {
            roles[*class].is_part = true;
            roles[*class].is_part_of_definition |= relation == Relation::Defines;
        }
    }
    total
}

/// The rows without those equations that hold whenever the ones before them do: a cell would be moved for each of them.
fn independent(rows: Vec<Row>, classes: usize) -> Vec<Row> {
    let mut solved = Solved { order: vec![None; classes], expressions: Vec::new(), looked_at: 0 };
    let is_new = |row: &Row| row.is_bound || solved.looked_at > REDUCTION_LIMIT || solved.add(row);
    rows.into_iter().filter(is_new).collect()
}

/// Equations solved for one class each.
struct Solved {
    order: Vec<Option<usize>>,
    expressions: Vec<Vec<(usize, i64)>>,
    looked_at: usize,
}

impl Solved {
    /// Takes one more equation. Whether it says something new.
    fn add(&mut self, row: &Row) -> bool {
        let mut rest = self.reduced(&row.terms);
        let is_unit = |class: &usize| rest.get(class).is_some_and(|factor| factor.abs() == 1);
        let pivot = row.total.filter(is_unit).or_else(|| rest.keys().copied().rfind(is_unit));
        let Some(pivot) = pivot else { return !rest.is_empty() };
        let factor = rest.remove(&pivot).unwrap_or(1);
        self.order[pivot] = Some(self.expressions.len());
        self.expressions.push(rest.into_iter().map(|(class, f)| (class, f.saturating_mul(-factor))).collect());
        true
    }

    /// The terms with every solved class replaced; the first solved come first, so that each is replaced once.
    fn reduced(&mut self, terms: &[(usize, i64)]) -> BTreeMap<usize, i64> {
        let (mut open, mut rest) = (BTreeMap::new(), BTreeMap::new());
        let mut put = |open: &mut BTreeMap<usize, i64>, class: usize, factor: i64| {
            let (map, key) = match self.order[class] {
                Some(place) => (open, place),
                None => (&mut rest, class),
            };
            let sum = map.entry(key).or_default();
            *sum = sum.saturating_add(factor);
            if *sum == 0 {
                map.remove(&key);
            }
        };
        terms.iter().for_each(|(class, factor)| put(&mut open, *class, *factor));
        while let Some((place, factor)) = open.pop_first() {
            self.looked_at += self.expressions[place].len();
            self.expressions[place].iter().for_each(|(class, f)| put(&mut open, *class, f.saturating_mul(factor)));
        }
        rest
    }
}
