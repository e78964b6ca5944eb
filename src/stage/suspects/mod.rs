//! Proposes which cells may have caused broken identities: the fewest changes that make all of them hold; never says that one is right.

mod figures;
mod search;
mod slip;
mod system;

use std::collections::HashMap;
use std::sync::Arc;

use self::figures::Figures;
use self::search::{Change, Explained, explain};
use self::system::{System, connected, is_of_figures, is_open};
use crate::finding::{Finding, Place, Repair, Suspect, Suspicion};
use crate::model::{Address, Budget};
use crate::stage::prose::Told;
use crate::value::Amount;

/// Where more identities are broken, something larger is wrong than single cells.
const IDENTITIES: usize = 2_000;
/// So many sets that have nothing to do with each other are no slips either.
const SETS: usize = 60;
/// How many amounts may be added up for one set, and for all.
const EFFORT: (usize, usize) = (200_000, 1_500_000);
/// How many repairs are named.
const NAMED: usize = 3;
/// Where more are as plausible as the first, naming some of them says nothing.
const EQUAL: usize = 6;

/// Gives the findings of broken identities their suspects, as far as few cells explain them: those of tables first, and then what
/// the narrative says against them.
pub fn propose(budget: &Budget, told: &Told, findings: &mut [Finding]) {
    let count =
        |findings: &[Finding], figures: bool| findings.iter().filter(|f| is_open(f) && is_of_figures(f) == figures).count();
    let mut state = State { left: EFFORT.1, ..State::default() };
    let mut mended = None;
    if (1..=IDENTITIES).contains(&count(findings, false)) {
        let mut system = System::new(budget, findings, None);
        explain_all(budget, &mut system, findings, &mut state);
        let mut trial = budget.clone();
        state.mended.drain(..).for_each(|(at, needed)| trial.slot_mut(at).amount = Some(needed));
        mended = Some(trial);
    }
    let tables = mended.as_ref().unwrap_or(budget);
    // A change that follows from a wrong figure is known once that figure is.
    let mut known = usize::MAX;
    while (1..=IDENTITIES).contains(&count(findings, true)) && known != state.shifts.len() {
        known = state.shifts.len();
        let figures = Figures::new(budget, told, state.shifts.clone());
        let mut system = System::new(tables, findings, Some(&figures));
        explain_all(budget, &mut system, findings, &mut state);
    }
}

/// What has been found so far.
#[derive(Default)]
struct State {
    /// How many sets have been told.
    number: usize,
    /// How many amounts may still be added up.
    left: usize,
    /// The cells that alone explain a set best, with what they need.
    mended: Vec<(Address, Amount)>,
    /// Likewise the figures of this year, with how far they are off in 元.
    shifts: HashMap<usize, Amount>,
}

fn explain_all(budget: &Budget, system: &mut System<'_>, findings: &mut [Finding], state: &mut State) {
    let is_new = |sum: &usize| system.sums[*sum].finding.is_some_and(|place| findings[place].suspicion.is_none());
    let broken: Vec<usize> = (0..system.sums.len()).filter(is_new).collect();
    let sets = connected(system, &broken);
    if sets.len() > SETS {
        return;
    }
    for set in &sets {
        let effort = EFFORT.0.min(state.left);
        system.effort = effort;
        for explained in explain(system, set) {
            let Some(suspicion) = suspicion(budget, system, state.number, &explained) else { continue };
            state.number += 1;
            if let Some([only]) = explained.repairs.first().map(|r| r.changes.as_slice()).filter(|_| suspicion.equal == 1) {
                state.mended.push((only.at, only.needed));
                state.shifts.extend(system.figures.and_then(|f| f.shift(only.at, only.needed)));
            }
            let suspicion = Arc::new(suspicion);
            for place in explained.sums.iter().filter_map(|sum| system.sums[*sum].finding) {
                findings[place].suspicion = Some(Arc::clone(&suspicion));
            }
        }
        state.left -= effort - system.effort;
    }
}

/// What is worth saying of the repairs of a set, the most plausible first.
fn suspicion(budget: &Budget, system: &System<'_>, set: usize, explained: &Explained) -> Option<Suspicion> {
    let (identities, found) = (explained.sums.len(), explained.repairs.as_slice());
    let first = found.first()?;
    let equal = found.iter().filter(|f| f.rank == first.rank).count();
    // One identity alone says little: it takes the only cell that no other one holds fast, or one that shows a slip.
    let is_telling = identities > 1 || found.len() == 1 || (first.rank.distance == 0 && equal == 1);
    if !is_telling || equal > EQUAL {
        return None;
    }
    // Beside several equal ones the less plausible say nothing.
    let near = found.iter().take_while(|f| f.rank == first.rank || (equal == 1 && f.rank.distance <= first.rank.distance + 1));
    let repairs =
        near.take(NAMED).map(|f| Repair { cells: f.changes.iter().map(|c| suspect(budget, system, c)).collect() }).collect();
    Some(Suspicion { set, identities, repairs, equal })
}

fn suspect(budget: &Budget, system: &System<'_>, change: &Change) -> Suspect {
    let figure = system.figures.and_then(|figures| figures.suspect(change.at, change.needed, change.slip));
    figure.unwrap_or_else(|| Suspect {
        place: Place::cell(budget, change.at),
        label: budget.tables[change.at.table].rows[change.at.row].label.clone(),
        value: budget.slot(change.at).amount,
        needed: change.needed,
        slip: change.slip,
    })
}
