//! Sets of cells that mend an equation where one chain of cells cannot, because a cell stands in more than two equations;
//! looks at a bounded number of them, and never moves a cell itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use super::path::Step;
use super::search::{CELL, State};

/// How many sets are made for one equation, and for all together.
const SETS: usize = 40_000;
const ALL_SETS: usize = 600_000;

/// The most that a cell counts.
const DEAR: i64 = 4 * CELL;

/// A set of cells, as the one cell more than another set has, and the equations that it leaves with another gap.
struct Set {
    from: usize,
    class: usize,
    cost: i64,
    changes: Vec<(usize, i64)>,
}

/// A search for such sets.
pub(super) struct Branches {
    left: usize,
}

impl Branches {
    /// A search that has looked at nothing.
    pub fn new() -> Self {
        Self { left: ALL_SETS }
    }

    /// The classes to be moved so that one equation is nearer to holding and no other further from it.
    pub fn find(&mut self, state: &State<'_>, row: usize) -> Option<Vec<Step>> {
        let mut sets = vec![Set { from: 0, class: usize::MAX, cost: 0, changes: Vec::new() }];
        let found = search(state, row, &mut sets, SETS.min(self.left));
        self.left = self.left.saturating_sub(sets.len());
        Some(chain(&sets, found?).into_iter().map(|class| Step { class, is_detour: false }).collect())
    }
}

/// The place of a set that does; sets are made from the empty one until there are as many as the limit says.
fn search(state: &State<'_>, row: usize, sets: &mut Vec<Set>, limit: usize) -> Option<usize> {
    let mut open = BinaryHeap::from([Reverse((0, 0))]);
    let mut seen: HashSet<Vec<(usize, i64)>> = HashSet::new();
    while sets.len() < limit {
        let Reverse((_, place)) = open.pop()?;
        let Some(wanting) = wanting(state, row, &sets[place].changes) else { return Some(place) };
        for next in successors(state, sets, place, wanting) {
            if seen.insert(next.changes.clone()) {
                let harm: i64 = next.changes.iter().map(|change| harm(state, *change)).sum();
                open.push(Reverse((next.cost + harm * CELL, sets.len())));
                sets.push(next);
            }
        }
    }
    None
}

/// How much further from holding an equation is with a change of its gap.
fn harm(state: &State<'_>, (row, change): (usize, i64)) -> i64 {
    let gap = state.gaps[row];
    (state.miss(row, gap + change) - state.miss(row, gap)).max(0)
}

/// The equation to be mended next, and the sign that its gap has too much of.
fn wanting(state: &State<'_>, start: usize, changes: &[(usize, i64)]) -> Option<(usize, i64)> {
    let change_of = |row: usize| changes.iter().find(|c| c.0 == row).map_or(0, |c| c.1);
    let harmed = || changes.iter().find(|c| harm(state, **c) > 0).map(|c| c.0);
    let gap = state.gaps[start];
    let is_open = state.miss(start, gap + change_of(start)) >= state.miss(start, gap);
    let row = if is_open { Some(start) } else { harmed() }?;
    Some((row, (state.gaps[row] + change_of(row)).signum()))
}

/// The sets with one cell more that mends an equation.
fn successors(state: &State<'_>, sets: &[Set], place: usize, (row, excess): (usize, i64)) -> Vec<Set> {
    let set = &sets[place];
    let used = chain(sets, place);
    let mut found = Vec::new();
    for (class, factor) in &state.system.rows[row].terms {
        let change = state.change(*class);
        if !state.is_free(*class) || factor * change != -excess || used.contains(class) {
            continue;
        }
        let mut changes: BTreeMap<usize, i64> = set.changes.iter().copied().collect();
        for (other, f) in &state.system.rows_of[*class] {
            *changes.entry(*other).or_default() += f * change;
        }
        changes.retain(|_, change| *change != 0);
        // Whether there is a way counts more here than how many cells of which kind it moves.
        let own = state.price(*class).clamp(0, DEAR);
        found.push(Set { from: place, class: *class, cost: set.cost + own, changes: changes.into_iter().collect() });
    }
    found
}

/// The classes of a set.
fn chain(sets: &[Set], mut place: usize) -> Vec<usize> {
    let mut classes = Vec::new();
    while place != 0 {
        classes.push(sets[place].class);
        place = sets[place].from;
    }
    classes
}
