//! Chooses for every class one of its two printed values so that the equations hold, moving few cells; never
//! moves one beyond these two, and never takes more steps than the size of the budget allows.

use super::branch::Branches;
use super::path::{Effort, Paths, Step};
use super::system::{Hold, System};

/// What moving one cell costs; the deviation that it adds counts less than one cell more.
pub(super) const CELL: i64 = 1 << 24;

/// How many terms the equations of a component have for which all chains are looked at.
const THOROUGH: usize = 1_200;

/// How often the search may start from one equation without being nearer to a solution afterwards.
const STARTS: u32 = 40;

/// How many parts may be moved rather than one total.
const TOTAL: i64 = 100;

/// Classes that were moved, each with the equation that had asked for its move before.
type Log = Vec<(usize, usize)>;

/// The choices made so far.
pub(super) struct State<'s> {
    /// The equations.
    pub system: &'s System,
    /// For each class whether it is printed the other way than plainly rounded.
    pub moved: Vec<bool>,
    /// What each equation comes to.
    pub gaps: Vec<i64>,
    /// What all moves cost.
    cost: i64,
    /// For each class the equation that asked for its last move.
    pub asked: Vec<usize>,
    /// For each class how often it was moved at the cost of another equation.
    pub detours: Vec<i64>,
}

impl<'s> State<'s> {
    fn new(system: &'s System) -> Self {
        let classes = system.choices.len();
        Self {
            system,
            moved: vec![false; classes],
            gaps: system.rows.iter().map(|r| r.gap).collect(),
            cost: 0,
            asked: vec![0; classes],
            detours: vec![0; classes],
        }
    }

    /// By how many steps a class changes when it is moved, or moved back.
    pub fn change(&self, class: usize) -> i64 {
        let choice = self.system.choices[class];
        if self.moved[class] { choice.plain - choice.other } else { choice.other - choice.plain }
    }

    /// Whether a class may be moved at all.
    pub fn is_free(&self, class: usize) -> bool {
        self.system.holds[class] != Hold::Grand
    }

    /// What it costs to move a class, which is won where it is moved back.
    pub fn price(&self, class: usize) -> i64 {
        let size = if self.system.holds[class] == Hold::Total { TOTAL } else { 1 };
        let price = self.system.choices[class].cost(size * CELL);
        if self.moved[class] { -price } else { price }
    }

    /// How far an equation would be from holding if it came to `gap`.
    pub fn miss(&self, row: usize, gap: i64) -> i64 {
        if self.system.rows[row].is_bound { gap.max(0) } else { gap.abs() }
    }

    /// Moves a class, or moves it back. By how much the equations are nearer to holding.
    fn flip(&mut self, class: usize) -> i64 {
        let change = self.change(class);
        let mut gain = 0;
        for (row, factor) in &self.system.rows_of[class] {
            let after = self.gaps[*row] + factor * change;
            gain += self.miss(*row, self.gaps[*row]) - self.miss(*row, after);
            self.gaps[*row] = after;
        }
        self.cost += self.price(class);
        self.moved[class] = !self.moved[class];
        gain
    }

    fn is_broken(&self, row: usize) -> bool {
        self.miss(row, self.gaps[row]) > 0
    }

    /// Moves the classes that an equation asked for, and notes in the log what asked for them before. By how much the equations
    /// are nearer to holding.
    fn walk(&mut self, row: usize, steps: &[Step], log: &mut Log) -> i64 {
        let mut gain = 0;
        for step in steps {
            log.push((step.class, std::mem::replace(&mut self.asked[step.class], row)));
            self.detours[step.class] += i64::from(step.is_detour);
            gain += self.flip(step.class);
        }
        gain
    }

    fn take_back(&mut self, log: Log) {
        for (class, asked) in log.into_iter().rev() {
            self.asked[class] = asked;
            self.flip(class);
        }
    }
}

/// The choices that make the equations hold, as far as they can.
pub(super) fn solve(system: &System) -> State<'_> {
    let mut state = State::new(system);
    let mut paths = Paths::new(system);
    let mut branches = Branches::new();
    for rows in components(system) {
        let terms: usize = rows.iter().map(|row| system.rows[*row].terms.len()).sum();
        let effort = if terms <= THOROUGH { Effort::Thorough } else { Effort::Quick };
        mend(&mut state, &mut paths, &rows, effort);
        mend_branching(&mut state, &mut branches, &rows);
        spare(&mut state, &mut paths, &rows, effort);
        give_up(&mut state, &rows);
    }
    state
}

/// Mends the equations of a component one after the other; what made things worse in the end is taken back.
fn mend(state: &mut State<'_>, paths: &mut Paths, rows: &[usize], effort: Effort) {
    let mut starts = vec![0; rows.len()];
    let mut since_best = Log::new();
    let (mut gain, mut best) = (0, 0);
    let mut is_moving = true;
    while is_moving {
        is_moving = false;
        for (place, row) in rows.iter().enumerate() {
            while state.is_broken(*row) && starts[place] < STARTS {
                let Some(steps) = paths.find(state, *row, i64::MAX, effort) else { break };
                is_moving = true;
                let won = state.walk(*row, &steps, &mut since_best);
                starts[place] += u32::from(won <= 0);
                gain += won;
                if gain > best {
                    best = gain;
                    since_best.clear();
                }
            }
        }
    }
    state.take_back(since_best);
}

/// Mends equations that no chain could mend.
fn mend_branching(state: &mut State<'_>, branches: &mut Branches, rows: &[usize]) {
    for row in rows {
        while state.is_broken(*row) {
            let Some(steps) = branches.find(state, *row) else { break };
            state.walk(*row, &steps, &mut Log::new());
        }
    }
}

/// Moves back the cells of the equations that do not hold, where no equation that does hold needs them.
fn give_up(state: &mut State<'_>, rows: &[usize]) {
    for row in rows {
        for (class, _) in &state.system.rows[*row].terms {
            let change = state.change(*class);
            let is_needed = |(other, factor): &(usize, i64)| {
                !state.is_broken(*other) && state.miss(*other, state.gaps[*other] + factor * change) > 0
            };
            let is_free = state.is_broken(*row) && state.moved[*class];
            if is_free && !state.system.rows_of[*class].iter().any(is_needed) {
                state.flip(*class);
            }
        }
    }
}

/// Moves cells back where others can be moved at less cost.
fn spare(state: &mut State<'_>, paths: &mut Paths, rows: &[usize], effort: Effort) {
    let mut classes: Vec<usize> = rows.iter().flat_map(|r| state.system.rows[*r].terms.iter().map(|t| t.0)).collect();
    classes.sort_unstable();
    classes.dedup();
    for class in classes {
        if state.moved[class] {
            spare_one(state, paths, class, effort);
        }
    }
}

fn spare_one(state: &mut State<'_>, paths: &mut Paths, class: usize, effort: Effort) {
    let before = state.cost;
    let mut gain = state.flip(class);
    let mut log = vec![(class, state.asked[class])];
    while gain < 0 {
        let rows = &state.system.rows_of[class];
        let Some(row) = rows.iter().map(|r| r.0).find(|row| state.is_broken(*row)) else { break };
        let Some(steps) = paths.find(state, row, before - state.cost, effort) else { break };
        let step_gain = state.walk(row, &steps, &mut log);
        gain += step_gain;
        if step_gain <= 0 {
            break;
        }
    }
    if gain < 0 || state.cost >= before {
        state.take_back(log);
    }
}

/// The equations that have cells in common, directly or through others, in their order.
fn components(system: &System) -> Vec<Vec<usize>> {
    let mut seen = vec![false; system.rows.len()];
    let mut components = Vec::new();
    for start in 0..system.rows.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut found = vec![start];
        let mut next = 0;
        while let Some(row) = found.get(next).copied() {
            next += 1;
            for (other, _) in system.rows[row].terms.iter().flat_map(|(class, _)| &system.rows_of[*class]) {
                if !std::mem::replace(&mut seen[*other], true) {
                    found.push(*other);
                }
            }
        }
        found.sort_unstable();
        components.push(found);
    }
    components
}
