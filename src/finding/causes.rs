//! Brings findings together that one wrong cell explains, or that say the same of several cells; never drops one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use super::{Told, Verdict};
use crate::template::Severity;

/// Findings that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The finding to be told in full, by its place in the list.
    pub first: usize,
    /// Findings that say the same of other cells.
    pub same: Vec<usize>,
    /// Findings that follow from it: those with the same difference which contain the suspect, or those about its table.
    pub consequences: Vec<usize>,
    /// The one cell that the first finding and all consequences contain.
    pub suspect: Option<(String, String)>,
}

/// Groups findings, in the order of the list.
pub fn groups(told: &[Told]) -> Vec<Group> {
    let mut open = vec![true; told.len()];
    let mut groups = Vec::new();
    lost_rows(told, &mut open, &mut groups);
    suspected_causes(told, &mut open, &mut groups);
    widest_causes(told, &mut open, &mut groups);
    equal_ones(told, &open, &mut groups);
    groups.sort_by_key(|g| g.first);
    groups
}

/// So many findings about numbers that could not be placed make a table one whose sums cannot hold.
const LOST: usize = 3;

/// Rows of one table that could not be placed, and the identities about that table which therefore cannot hold.
fn lost_rows(told: &[Told], open: &mut [bool], groups: &mut Vec<Group>) {
    let is_lost = |told: &Told| {
        told.severity == Severity::Error && told.table.is_some() && matches!(told.rule.as_str(), "R03" | "R07" | "R16")
    };
    let kind = |place: usize| (&told[place].rule, &told[place].table, &told[place].advice);
    let mut lost: HashMap<_, Vec<usize>> = HashMap::new();
    let mut hinging: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, one) in told.iter().enumerate() {
        if is_lost(one) {
            lost.entry(kind(place)).or_default().push(place);
        }
        one.hinges_on.iter().for_each(|table| hinging.entry(table).or_default().push(place));
    }
    for first in (0..told.len()).filter(|place| is_lost(&told[*place])) {
        let Some(consequences) = told[first].table.as_deref().and_then(|table| hinging.get_mut(table)) else { continue };
        consequences.retain(|place| open[*place]);
        if !open[first] || consequences.is_empty() {
            continue;
        }
        let alike = lost[&kind(first)].iter().copied();
        let same: Vec<usize> = alike.filter(|p| open[*p] && *p != first && says_the_same(&told[first], &told[*p])).collect();
        if same.len() + 1 + told[first].operands.len() >= LOST {
            let consequences = std::mem::take(consequences);
            same.iter().chain(&consequences).chain([&first]).for_each(|place| open[*place] = false);
            groups.push(Group { first, same, consequences, suspect: None });
        }
    }
}

type CellName<'t> = (&'t str, &'t str);

fn cell(told: &Told) -> Option<CellName<'_>> {
    told.sheet.as_deref().zip(told.cell.as_deref())
}

/// The broken identities that one suspect explains, and those with one of their differences which contain it too.
fn suspected_causes(told: &[Told], open: &mut [bool], groups: &mut Vec<Group>) {
    let mut sets: BTreeMap<usize, (CellName<'_>, Vec<usize>)> = BTreeMap::new();
    for (place, suspicion) in told.iter().enumerate().filter_map(|(place, one)| Some((place, one.suspicion.as_ref()?))) {
        if let (true, Some((sheet, cell))) = (open[place], &suspicion.cell) {
            sets.entry(suspicion.set).or_insert(((sheet, cell), Vec::new())).1.push(place);
        }
    }
    if sets.is_empty() {
        return;
    }
    let others = causes(told, open);
    for (suspect, mut members) in sets.into_values().filter(|(_, members)| members.len() > 1) {
        let differences: BTreeSet<&str> = members.iter().filter_map(|m| difference(&told[*m])).collect();
        members.extend(differences.iter().flat_map(|d| others.get(&(suspect, *d))).flatten().copied());
        members.sort_unstable();
        members.dedup();
        members.retain(|place| open[*place]);
        close(told, open, groups, suspect, members);
    }
}

/// Makes a group of findings with one cause.
fn close(told: &[Told], open: &mut [bool], groups: &mut Vec<Group>, suspect: CellName<'_>, members: Vec<usize>) {
    members.iter().for_each(|place| open[*place] = false);
    let is_left = |place: &&usize| cell(&told[**place]) == Some(suspect);
    let first = members.iter().find(is_left).or(members.first()).copied().unwrap_or_default();
    let consequences = members.into_iter().filter(|m| *m != first).collect();
    let suspect = Some((suspect.0.to_owned(), suspect.1.to_owned()));
    groups.push(Group { first, same: Vec::new(), consequences, suspect });
}

/// How far the sides of an identity lie apart.
fn difference(told: &Told) -> Option<&str> {
    told.difference.as_deref().map(|d| d.trim_start_matches('-'))
}

/// The cells that the broken identities with one difference contain, where they are at least two of different rules: the cell
/// of the most first, and of equals the one that comes first, so that the same findings always give the same groups.
fn widest_causes(told: &[Told], open: &mut [bool], groups: &mut Vec<Group>) {
    let is_several = |members: &[usize]| members.iter().any(|m| told[*m].rule != told[members[0]].rule);
    let causes = causes(told, open).into_iter().filter(|(_, members)| is_several(members));
    let mut heap: BinaryHeap<_> = causes.map(|(cause, members)| (members.len(), Reverse(cause), members)).collect();
    while let Some((size, cause, mut members)) = heap.pop() {
        members.retain(|place| open[*place]);
        if members.len() < size {
            // Others of its members were taken: it stands further back now.
            if is_several(&members) {
                heap.push((members.len(), cause, members));
            }
            continue;
        }
        let suspect = cause.0.0;
        close(told, open, groups, suspect, members);
    }
}

/// For each cell and difference the broken identities that contain the one and have the other.
fn causes<'t>(told: &'t [Told], open: &[bool]) -> HashMap<(CellName<'t>, &'t str), Vec<usize>> {
    let mut causes: HashMap<_, Vec<usize>> = HashMap::new();
    for (place, one) in told.iter().enumerate().filter(|(p, t)| open[*p] && t.verdict == Some(Verdict::Broken)) {
        let Some(difference) = difference(one) else { continue };
        let operands = one.operands.iter().filter(|o| o.file.is_none()).map(|o| o.sheet.as_deref().zip(o.cell.as_deref()));
        let mut cells: Vec<CellName<'_>> = operands.chain([cell(one)]).flatten().collect();
        cells.sort_unstable();
        cells.dedup();
        for cell in cells {
            causes.entry((cell, difference)).or_default().push(place);
        }
    }
    causes
}

/// What two findings that differ in their cell only have in common beyond rule, severity and advice.
#[derive(PartialEq, Eq, Hash)]
enum Common<'t> {
    Table(Option<&'t str>),
    Message(&'t str),
    Difference(Option<&'t str>, Option<&'t str>, &'t str),
}

/// Puts findings that say the same together, each with the first group that does.
fn equal_ones(told: &[Told], open: &[bool], groups: &mut Vec<Group>) {
    let mut known: HashMap<_, usize> = HashMap::new();
    let key = |one: usize, common| (told[one].rule.as_str(), told[one].severity, told[one].advice.as_str(), common);
    for (number, group) in groups.iter().enumerate().filter(|(_, group)| group.suspect.is_none()) {
        as_first(&told[group.first]).for_each(|c| _ = known.entry(key(group.first, c)).or_insert(number));
    }
    for place in (0..told.len()).filter(|place| open[*place]) {
        match as_other(&told[place]).filter_map(|c| known.get(&key(place, c)).copied()).min() {
            Some(number) => groups[number].same.push(place),
            None => {
                as_first(&told[place]).for_each(|c| _ = known.entry(key(place, c)).or_insert(groups.len()));
                groups.push(Group { first: place, same: Vec::new(), consequences: Vec::new(), suspect: None });
            }
        }
    }
}

/// What others must have in common with the first of a group.
fn as_first(first: &Told) -> impl Iterator<Item = Common<'_>> {
    let table = first.table.as_deref();
    let (difference, other) = match &first.difference {
        _ if first.own_words => (Common::Message(&first.message), None),
        None => (Common::Table(table), Some(Common::Message(&first.message))),
        Some(difference) => (Common::Difference(table, first.row.as_deref(), difference), None),
    };
    std::iter::once(difference).chain(other)
}

/// What another finding can have in common with the first of a group.
fn as_other(other: &Told) -> impl Iterator<Item = Common<'_>> {
    let table = other.table.as_deref();
    let difference = other.difference.as_deref().map(|d| Common::Difference(table, other.row.as_deref(), d));
    let beside =
        [Some(Common::Table(table)), difference].into_iter().flatten().filter(|_| other.cell.is_some() && !other.own_words);
    beside.chain([Common::Message(&other.message)])
}

/// Whether two findings differ in their cell only.
fn says_the_same(first: &Told, other: &Told) -> bool {
    let alike = first.rule == other.rule && first.severity == other.severity && first.advice == other.advice;
    let same_table = first.table == other.table && other.cell.is_some();
    match &first.difference {
        None => alike && (same_table || first.message == other.message),
        Some(_) => alike && same_table && first.row == other.row && first.difference == other.difference,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ToldOperand;
    use super::*;

    fn broken(rule: &str, cell: &str, difference: &str, operands: &[&str]) -> Told {
        let operand = |c: &&str| ToldOperand {
            table: None,
            row: None,
            column: None,
            sheet: Some("表".into()),
            cell: Some((*c).into()),
            value: None,
            factor: "1".into(),
            file: None,
        };
        Told {
            rule: rule.into(),
            severity: Severity::Error,
            verdict: Some(Verdict::Broken),
            sheet: Some("表".into()),
            cell: Some(cell.into()),
            difference: Some(difference.into()),
            operands: operands.iter().map(operand).collect(),
            ..super::super::tell_unreadable("f", String::new(), String::new())
        }
    }

    #[test]
    fn the_cell_that_all_identities_with_one_difference_contain_is_the_suspect() {
        let told = [
            broken("A12", "D12", "-0.1", &["D13", "D14"]),
            broken("A10", "D13", "0.1", &["E13", "F13"]),
            broken("B19", "D20", "0.1", &["D13"]),
            broken("A22", "D30", "7", &["E30"]),
        ];
        let groups = groups(&told);
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].first, groups[0].consequences.as_slice()), (1, [0, 2].as_slice()));
        assert_eq!(groups[0].suspect, Some(("表".into(), "D13".into())));
    }
}
