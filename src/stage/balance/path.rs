//! The cheapest chain of cells by which a missing step travels from one equation to where it is wanted or does no harm; never
//! moves a cell itself.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::search::{CELL, State};
use super::system::System;

/// How many cells may be moved rather than an equation that held be given up for the time.
const DETOUR: i64 = 1 << 14;

/// One cell of a chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The class of the cell.
    pub class: usize,
    /// Whether it leaves an equation behind that held before.
    pub is_detour: bool,
}

/// How often a thorough search comes back to an equation, on the average.
const VISITS: usize = 8;

/// How much a search takes upon itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// It stops at the first chain.
    Quick,
    /// It looks at all of them.
    Thorough,
}

/// Where a chain ends: whether a step is wanted there, what the chain costs, the equation that its last cell leaves, that cell.
type End = (bool, i64, usize, Step);

/// What a search is for, and the best that it has found.
struct Goal {
    effort: Effort,
    limit: i64,
    end: Option<End>,
}

impl Goal {
    /// Whether an end is better than what was found before. A thorough search prefers one where no equation wants the step:
    /// only so is each cell of the cheapest choice reached without being moved back and forth.
    fn is_won_by(&self, (is_wanted, cost): (bool, i64)) -> bool {
        cost < self.limit && self.end.is_none_or(|(wanted, best, ..)| (is_wanted, cost) < (wanted, best))
    }
}

/// A search for chains, with its memory, which is used again for the next one.
pub(super) struct Paths {
    costs: Vec<i64>,
    from: Vec<Option<(usize, Step)>>,
    touched: Vec<usize>,
    open: BinaryHeap<Reverse<(i64, usize)>>,
    left: u64,
}

impl Paths {
    /// A search with as many steps as the size of the system allows.
    pub fn new(system: &System) -> Self {
        let nodes = 2 * system.rows.len();
        let terms: usize = system.rows.iter().map(|r| r.terms.len()).sum();
        Self {
            costs: vec![i64::MAX; nodes],
            from: vec![None; nodes],
            touched: Vec::new(),
            open: BinaryHeap::new(),
            left: 5_000_000 + 500 * terms as u64,
        }
    }

    /// The cheapest chain that brings an equation one step nearer to holding and costs less than `limit`. Only a thorough
    /// search counts what is won where a cell is moved back.
    pub fn find(&mut self, state: &State<'_>, row: usize, limit: i64, effort: Effort) -> Option<Vec<Step>> {
        if effort == Effort::Thorough
            && let Some(steps) = self.search(state, row, limit, effort)
        {
            return Some(steps);
        }
        self.search(state, row, limit, Effort::Quick)
    }

    fn search(&mut self, state: &State<'_>, row: usize, limit: i64, effort: Effort) -> Option<Vec<Step>> {
        for node in self.touched.drain(..) {
            self.costs[node] = i64::MAX;
            self.from[node] = None;
        }
        self.open.clear();
        let start = node(row, state.gaps[row]);
        self.reach(start, 0, None);
        let mut goal = Goal { effort, limit, end: None };
        let mut visits = 0;
        while let Some(Reverse((cost, at))) = self.open.pop() {
            let is_done = effort == Effort::Quick && !goal.is_won_by((false, cost));
            if is_done || self.left == 0 || visits > VISITS * self.costs.len() {
                break;
            }
            if cost == self.costs[at] {
                visits += 1;
                self.expand(state, (at, cost), &mut goal);
            }
        }
        self.chain(start, goal.end?)
    }

    /// Looks at every cell that can take the step away from an equation.
    fn expand(&mut self, state: &State<'_>, (at, cost): (usize, i64), goal: &mut Goal) {
        let row = at / 2;
        let excess = if at % 2 == 1 { 1 } else { -1 };
        let terms = &state.system.rows[row].terms;
        self.left = self.left.saturating_sub(terms.len() as u64);
        for (class, factor) in terms {
            let change = state.change(*class);
            if !state.is_free(*class) || factor * change != -excess {
                continue;
            }
            let others = || state.system.rows_of[*class].iter().filter(|other| other.0 != row);
            let is_harmed = |(other, f): &&(usize, i64)| {
                let gap = state.gaps[*other];
                state.miss(*other, gap + f * change) > state.miss(*other, gap)
            };
            let harmed = others().filter(is_harmed).count();
            let step = Step { class: *class, is_detour: harmed > 1 };
            let left_behind = (harmed as i64 - 1).max(0) * (DETOUR + state.detours[*class]) * CELL;
            let is_thorough = goal.effort == Effort::Thorough;
            let price = state.price(*class);
            let cost = cost + left_behind + if is_thorough { price } else { price.max(0) };
            let is_wanted = is_thorough && others().any(|(other, _)| !state.system.rows[*other].is_bound);
            if harmed == 0 && goal.is_won_by((is_wanted, cost)) {
                goal.end = Some((is_wanted, cost, at, step));
            }
            // What is wanted elsewhere may still be had from somewhere else at less cost.
            let is_next = |other: &&(usize, i64)| if harmed > 0 { is_harmed(other) } else { is_wanted };
            for (other, f) in others().filter(is_next) {
                if is_thorough || goal.is_won_by((false, cost)) {
                    self.reach(node(*other, f * change), cost, Some((at, step)));
                }
            }
        }
    }

    fn reach(&mut self, node: usize, cost: i64, from: Option<(usize, Step)>) {
        if cost < self.costs[node] {
            self.costs[node] = cost;
            self.from[node] = from;
            self.touched.push(node);
            self.open.push(Reverse((cost, node)));
        }
    }

    /// The steps back from the end; `None` where a cell would be moved twice.
    fn chain(&self, start: usize, (_, _, mut at, last): End) -> Option<Vec<Step>> {
        let mut steps = vec![last];
        while at != start && steps.len() <= self.costs.len() {
            let (before, step) = self.from[at]?;
            steps.push(step);
            at = before;
        }
        let mut classes: Vec<usize> = steps.iter().map(|s| s.class).collect();
        classes.sort_unstable();
        classes.dedup();
        (classes.len() == steps.len()).then_some(steps)
    }
}

/// An equation that is a step too high, or one too low.
fn node(row: usize, gap: i64) -> usize {
    2 * row + usize::from(gap > 0)
}
