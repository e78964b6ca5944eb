//! Brings findings together that one wrong cell explains, or that say the same of several cells; never drops one.

use std::collections::HashMap;

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
    let mut open: Vec<usize> = (0..told.len()).collect();
    let mut groups = Vec::new();
    while let Some(group) = lost_rows(told, &open) {
        let taken = |place: &usize| *place == group.first || group.same.contains(place) || group.consequences.contains(place);
        open.retain(|place| !taken(place));
        groups.push(group);
    }
    while let Some((suspect, members)) = widest_cause(told, &open) {
        open.retain(|place| !members.contains(place));
        let is_left = |place: &&usize| cell(told, **place).as_ref() == Some(&suspect);
        let first = members.iter().find(is_left).or(members.first()).copied().unwrap_or_default();
        let consequences = members.into_iter().filter(|m| *m != first).collect();
        groups.push(Group { first, same: Vec::new(), consequences, suspect: Some(suspect) });
    }
    for place in open {
        let same = groups.iter_mut().find(|g: &&mut Group| g.suspect.is_none() && says_the_same(&told[g.first], &told[place]));
        match same {
            Some(group) => group.same.push(place),
            None => groups.push(Group { first: place, same: Vec::new(), consequences: Vec::new(), suspect: None }),
        }
    }
    groups.sort_by_key(|g| g.first);
    groups
}

/// So many findings about numbers that could not be placed make a table one whose sums cannot hold.
const LOST: usize = 3;

/// Rows of one table that could not be placed, and the identities about that table which therefore cannot hold.
fn lost_rows(told: &[Told], open: &[usize]) -> Option<Group> {
    let is_lost = |place: &usize| {
        let told = &told[*place];
        told.severity == Severity::Error && told.table.is_some() && matches!(told.rule.as_str(), "R03" | "R07" | "R16")
    };
    open.iter().copied().filter(is_lost).find_map(|first| {
        let table = told[first].table.as_deref();
        let same = open.iter().copied().filter(is_lost).filter(|p| *p != first && told[*p].table.as_deref() == table);
        let same: Vec<usize> = same.filter(|p| says_the_same(&told[first], &told[*p])).collect();
        let lost = same.len() + 1 + told[first].operands.len();
        let hinges = |p: &usize| told[*p].hinges_on.iter().any(|t| Some(t.as_str()) == table);
        let consequences: Vec<usize> = open.iter().copied().filter(hinges).collect();
        let is_cause = lost >= LOST && !consequences.is_empty();
        is_cause.then_some(Group { first, same, consequences, suspect: None })
    })
}

type CellName = (String, String);

fn cell(told: &[Told], place: usize) -> Option<CellName> {
    told[place].sheet.clone().zip(told[place].cell.clone())
}

/// The cell that most of the broken identities with one difference contain, where they are at least two of different rules.
fn widest_cause(told: &[Told], open: &[usize]) -> Option<(CellName, Vec<usize>)> {
    let mut causes: HashMap<(CellName, String), Vec<usize>> = HashMap::new();
    for place in open.iter().copied().filter(|p| told[*p].verdict == Some(Verdict::Broken)) {
        let Some(difference) = &told[place].difference else { continue };
        let difference = difference.trim_start_matches('-').to_owned();
        let operands = told[place].operands.iter().map(|o| o.sheet.clone().zip(o.cell.clone()));
        let mut cells: Vec<CellName> = operands.chain([cell(told, place)]).flatten().collect();
        cells.sort_unstable();
        cells.dedup();
        for cell in cells {
            causes.entry((cell, difference.clone())).or_default().push(place);
        }
    }
    let several = causes.into_iter().filter(|(_, members)| members.iter().any(|m| told[*m].rule != told[members[0]].rule));
    // Of equals the cell that comes first, so that the same findings always give the same groups.
    let widest = several.max_by(|(a, x), (b, y)| x.len().cmp(&y.len()).then_with(|| b.cmp(a)));
    widest.map(|((cell, _), members)| (cell, members))
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
