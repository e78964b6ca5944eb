//! Proposes which cells may have caused broken identities: the fewest changes that make all of them hold; never says that one is right.

mod search;
mod slip;
mod system;

use std::sync::Arc;

use self::search::{Change, Explained, explain};
use self::system::{System, connected, is_open};
use crate::finding::{Finding, Place, Repair, Suspect, Suspicion};
use crate::model::Budget;

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

/// Gives the findings of broken identities their suspects, as far as few cells explain them.
pub fn propose(budget: &Budget, findings: &mut [Finding]) {
    let open = findings.iter().filter(|f| is_open(f)).count();
    if open == 0 || open > IDENTITIES {
        return;
    }
    let mut system = System::new(budget, findings);
    let broken: Vec<usize> = (0..system.sums.len()).filter(|sum| system.sums[*sum].finding.is_some()).collect();
    let sets = connected(&system, &broken);
    if sets.len() > SETS {
        return;
    }
    let (each, mut left) = EFFORT;
    let mut number = 0;
    for set in &sets {
        let effort = each.min(left);
        system.effort = effort;
        for explained in explain(&mut system, set) {
            let Some(suspicion) = suspicion(budget, number, &explained) else { continue };
            number += 1;
            let suspicion = Arc::new(suspicion);
            for place in explained.sums.iter().filter_map(|sum| system.sums[*sum].finding) {
                findings[place].suspicion = Some(Arc::clone(&suspicion));
            }
        }
        left -= effort - system.effort;
    }
}

/// What is worth saying of the repairs of a set, the most plausible first.
fn suspicion(budget: &Budget, set: usize, explained: &Explained) -> Option<Suspicion> {
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
    let repairs = near.take(NAMED).map(|f| Repair { cells: f.changes.iter().map(|c| suspect(budget, c)).collect() }).collect();
    Some(Suspicion { set, identities, repairs, equal })
}

fn suspect(budget: &Budget, change: &Change) -> Suspect {
    Suspect {
        place: Place::cell(budget, change.at),
        label: budget.tables[change.at.table].rows[change.at.row].label.clone(),
        value: budget.slot(change.at).amount,
        needed: change.needed,
        slip: change.slip,
    }
}
