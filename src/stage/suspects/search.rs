//! Finds the fewest cells whose change makes broken equations hold and breaks no other; never changes a budget.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::slip::slip;
use super::system::{Sum, System, cells_of, connected};
use crate::finding::Slip;
use crate::model::Address;
use crate::stage::instances::Standing;
use crate::stage::recompute::printed_decimals;
use crate::template::Relation;
use crate::value::Amount;

/// A cell with the number it would need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    pub(super) at: Address,
    pub(super) needed: Amount,
    pub(super) slip: Option<Slip>,
    /// How plausible it is.
    rank: Rank,
}

/// How plausible a change is; the least is the most plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Rank {
    /// How far the change is from a usual slip: none, some, or any number.
    pub(super) distance: u8,
    /// How many of its cells are the results of others: those are seldom typed.
    computed: u8,
    /// Equations that would hold within rounding only.
    inexact: usize,
}

/// Changes that together mend all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) changes: Vec<Change>,
    pub(super) rank: Rank,
}

/// Among more cells than these there is no telling two that are wrong.
const PAIRED: usize = 60;
/// Sets of more broken equations than these are not explained by two cells.
const EXPLAINED: usize = 200;

/// Broken equations, and the repairs of which each mends all of them, the most plausible first.
pub(super) struct Explained {
    pub(super) sums: Vec<usize>,
    pub(super) repairs: Vec<Found>,
}

/// Explains a set of connected broken equations: by one cell; or else part of it by a cell that mends all it stands in, and the
/// rest likewise; or by two cells. Nothing where the search costs too much.
pub(super) fn explain(system: &mut System<'_>, set: &[usize]) -> Vec<Explained> {
    let mut explained = Vec::new();
    let mut open = vec![set.to_vec()];
    while let Some(broken) = open.pop() {
        let Some(mut found) = step(system, &broken) else { return Vec::new() };
        if found.repairs.is_empty() {
            continue;
        }
        found.repairs.sort_by_key(|f| (f.rank, f.changes.iter().map(|c| c.at).collect::<Vec<_>>()));
        let rest: Vec<usize> = broken.into_iter().filter(|sum| !found.sums.contains(sum)).collect();
        open.extend(connected(system, &rest));
        explained.push(found);
    }
    explained
}

/// The next explanation of a set, of all of it or of part.
fn step(system: &mut System<'_>, broken: &[usize]) -> Option<Explained> {
    let single = |change: Change| Found { rank: change.rank, changes: vec![change] };
    let changes = singles(system, broken)?;
    if !changes.is_empty() || broken.len() == 1 {
        return Some(Explained { sums: broken.to_vec(), repairs: changes.into_iter().map(single).collect() });
    }
    if let Some((sums, changes)) = locals(system, broken)? {
        return Some(Explained { sums, repairs: changes.into_iter().map(single).collect() });
    }
    let repairs = if broken.len() <= EXPLAINED { pairs(system, broken)? } else { Vec::new() };
    Some(Explained { sums: broken.to_vec(), repairs })
}

/// Several broken equations of a set, with the cells that stand in all of them and in no other and mend them.
type Local = (Vec<usize>, Vec<Change>);

/// The most broken equations that one cell mends, where it stands in no others of the set.
fn locals(system: &mut System<'_>, broken: &[usize]) -> Option<Option<Local>> {
    let mut own: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
    for sum in broken {
        system.spend(*sum)?;
        cells_of(&system.sums[*sum]).into_iter().for_each(|at| own.entry(at).or_default().push(*sum));
    }
    let mut found: BTreeMap<Vec<usize>, Vec<Change>> = BTreeMap::new();
    for (at, sums) in own {
        if sums.len() > 1
            && is_changeable(system, at)
            && let Some(change) = best_change(system, at, &sums)?
        {
            found.entry(sums).or_default().push(change);
        }
    }
    let best = |(sums, changes): &Local| (Reverse(sums.len()), changes.iter().map(|c| c.rank).min());
    let mut found: Vec<Local> = found.into_iter().collect();
    found.sort_by_key(best);
    // Of two that claim the same equation with equal right neither is named.
    let is_rival = |one: &Local, other: &Local| best(one) == best(other) && one.0.iter().any(|sum| other.0.contains(sum));
    let is_clear = found.first().is_some_and(|first| !found[1..].iter().any(|other| is_rival(first, other)));
    Some(found.into_iter().next().filter(|_| is_clear))
}

/// The single cells that mend all of the broken equations.
fn singles(system: &mut System<'_>, broken: &[usize]) -> Option<Vec<Change>> {
    let Some(first) = shortest(system, broken) else { return Some(Vec::new()) };
    let all: HashSet<usize> = broken.iter().copied().collect();
    let mut found = Vec::new();
    for at in cells_of(&system.sums[first]) {
        system.effort = system.effort.checked_sub(system.sums_of(at).len())?;
        let is_in_all = system.sums_of(at).iter().filter(|sum| all.contains(sum)).count() == all.len();
        if is_in_all && is_changeable(system, at) {
            found.extend(best_change(system, at, broken)?);
        }
    }
    Some(found)
}

fn shortest(system: &System<'_>, sums: &[usize]) -> Option<usize> {
    let length = |sum: usize| system.sums[sum].instance.left.parts.len() + system.sums[sum].instance.right.parts.len();
    sums.iter().copied().min_by_key(|sum| (length(*sum), *sum))
}

/// Whether there is a cell in the workbook whose number is known.
fn is_changeable(system: &System<'_>, at: Address) -> bool {
    let slot = system.budget().slot(at);
    slot.site.is_some() && !slot.unread
}

/// The numbers that a cell would need for one of the broken equations to hold.
fn candidates(system: &mut System<'_>, at: Address, broken: &[usize]) -> Option<Vec<Amount>> {
    let printed = printed_decimals(system.budget(), at).max(system.budget().template.about.decimals);
    let own: HashSet<usize> = system.sums_of(at).iter().copied().collect();
    let mut numbers = Vec::new();
    for sum in broken.iter().copied().filter(|sum| own.contains(sum)) {
        if let Some(needed) = system.needed(at, sum) {
            numbers.extend([needed.round(printed), needed].into_iter().filter(|n| n.decimals() <= MOST_DECIMALS));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    let now = system.amount(at).unwrap_or_default();
    numbers.retain(|number| *number != now);
    Some(numbers)
}

/// Numbers with more decimals than these come from a division and were never typed.
const MOST_DECIMALS: u8 = 8;

/// The most plausible number for a cell with which all equations that contain it hold.
fn best_change(system: &mut System<'_>, at: Address, broken: &[usize]) -> Option<Option<Change>> {
    let mut best: Option<Change> = None;
    for needed in candidates(system, at, broken)? {
        let before = system.put(at, Some(needed));
        let inexact = inexact(system, at);
        system.put(at, before);
        let Some(inexact) = inexact? else { continue };
        let change = judged(system, at, needed, inexact);
        if best.is_none_or(|best| change.rank < best.rank) {
            best = Some(change);
        }
    }
    Some(best)
}

/// How many equations that contain a cell hold within rounding only; nothing where one is broken.
fn inexact(system: &mut System<'_>, at: Address) -> Option<Option<usize>> {
    let mut count = 0;
    for sum in system.sums_of(at).to_vec() {
        let now = system.standing(sum)?;
        if now == Standing::Broken && system.must_hold(sum) {
            return Some(None);
        }
        count += usize::from(system.is_disturbed(sum, now));
    }
    Some(Some(count))
}

/// A change with what it looks like.
fn judged(system: &System<'_>, at: Address, needed: Amount, inexact: usize) -> Change {
    let is_total = |sum: &usize| is_filled_definition(system, &system.sums[*sum], at);
    let is_computed = system.sums_of(at).iter().any(is_total);
    let is_stale = system.sums_of(at).iter().any(|sum| system.sums[*sum].finding.is_some() && is_total(sum));
    let follows = system.figures.is_some_and(|figures| figures.follows(at, needed)).then_some(Slip::Follows);
    let slip = follows.or_else(|| slip(system.budget(), at, needed)).or(is_stale.then_some(Slip::StaleTotal));
    let turns_negative = needed.is_negative() && !system.amount(at).unwrap_or_default().is_negative();
    let distance = match slip {
        None => 2,
        Some(Slip::DigitWrong | Slip::LeftOut | Slip::StaleTotal) => 1,
        Some(_) => 0,
    };
    let rank = Rank { distance: distance + if turns_negative { 3 } else { 0 }, computed: u8::from(is_computed), inexact };
    Change { at, needed, slip, rank }
}

/// Whether an equation makes a cell of others of which one is filled.
fn is_filled_definition(system: &System<'_>, sum: &Sum, at: Address) -> bool {
    let is_target = matches!(sum.instance.left.parts.as_slice(), [target] if target.at == at);
    let is_filled = || sum.instance.right.parts.iter().any(|p| system.amount(p.at).is_some());
    sum.relation == Relation::Defines && is_target && is_filled()
}

/// Two cells that together mend all of the broken equations. Each must mend several, or look like a usual slip.
fn pairs(system: &mut System<'_>, broken: &[usize]) -> Option<Vec<Found>> {
    let Some(first) = shortest(system, broken) else { return Some(Vec::new()) };
    let cells = cells_of(&system.sums[first]);
    let mut found: Vec<Found> = Vec::new();
    if cells.len() > PAIRED {
        return Some(found);
    }
    for at in cells.into_iter().filter(|at| is_changeable(system, *at)).collect::<Vec<_>>() {
        for needed in candidates(system, at, broken)? {
            let one = judged(system, at, needed, 0);
            let before = system.put(at, Some(needed));
            let others = second(system, at, broken);
            system.put(at, before);
            found.extend(others?.into_iter().filter(|other| other.at != at).filter_map(|other| pair(system, broken, one, other)));
        }
    }
    found.sort_by_key(|f| (f.changes[0].at, f.changes[1].at, f.rank));
    found.dedup_by_key(|f| (f.changes[0].at, f.changes[1].at));
    Some(found)
}

/// The cells that mend what is broken once a first one has been changed.
fn second(system: &mut System<'_>, first: Address, broken: &[usize]) -> Option<Vec<Change>> {
    let own: HashSet<usize> = system.sums_of(first).iter().copied().collect();
    let mut left: Vec<usize> = broken.iter().copied().filter(|sum| !own.contains(sum)).collect();
    for sum in system.sums_of(first).to_vec() {
        if system.standing(sum)? == Standing::Broken && system.must_hold(sum) {
            left.push(sum);
        }
    }
    singles(system, &left)
}

/// A pair, where both of it are plausible.
fn pair(system: &System<'_>, broken: &[usize], one: Change, other: Change) -> Option<Found> {
    let mends = |change: &Change| system.sums_of(change.at).iter().filter(|sum| broken.contains(sum)).count();
    let is_plausible = |change: &Change| change.rank.distance <= 2 && (mends(change) > 1 || change.rank.distance == 0);
    if !is_plausible(&one) || !is_plausible(&other) {
        return None;
    }
    let rank = Rank {
        distance: one.rank.distance + other.rank.distance,
        computed: one.rank.computed + other.rank.computed,
        inexact: one.rank.inexact + other.rank.inexact,
    };
    let mut changes = vec![one, other];
    changes.sort_by_key(|c| c.at);
    Some(Found { changes, rank })
}
