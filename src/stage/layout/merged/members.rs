//! The list of members: who counts, who does not and why, and what became of every member's money; never decides it.

use super::list;
use crate::finding::Told;
use crate::grid::{Look, Sheet, Value};
use crate::stage::layout::paper::Paper;
use crate::stage::merge::{Conservation, Standing, Summary};
use crate::template::Level;
use crate::value::{Amount, CellRef};

/// The widths of the columns.
const WIDTHS: [f64; 20] =
    [6.0, 12.0, 34.0, 22.0, 7.0, 7.0, 24.0, 34.0, 20.0, 40.0, 7.0, 7.0, 7.0, 16.0, 16.0, 14.0, 16.0, 14.0, 12.0, 14.0];
/// The longest note on a member, in characters; the list of findings has all of it.
const LONGEST_NOTE: usize = 500;
/// The column of the whole, before those of its parts.
const TOTAL: u16 = 13;
/// The column of what kind of institution it is, as the register says.
const NATURE: u16 = 19;

/// Draws the list.
pub(super) fn sheet(summary: &Summary, told: &[(Option<usize>, Told)]) -> Sheet {
    let words = &summary.budget.template.merging.declared;
    let mut paper = list(&words.members.sheet, &words.members.headings, WIDTHS.to_vec());
    let first = paper.row;
    let decimals = summary.budget.template.about.decimals;
    let look = Look::Amount(decimals, summary.budget.template.about.grouped);
    let conservation = summary.conservation();
    let notes = notes(told, summary.members.len());
    for (place, (member, kept)) in summary.members.iter().zip(&conservation).enumerate() {
        let row = paper.row;
        let level = match member.level {
            Level::Unit => 0,
            Level::Department => 1,
            Level::District => 2,
        };
        let standing = summary.membership.standings[place];
        paper.put(CellRef::new(row, 0), Value::Number(Amount::from(place as i64 + 1)), Look::Centered);
        let unit = summary.membership.units[place].map(|u| &summary.register.units[u]);
        let parent = unit.and_then(|u| u.parent);
        let texts = [
            member.code.clone().unwrap_or_default(),
            member.name.clone().unwrap_or_default(),
            parent.map(|u| summary.register.units[u].title()).unwrap_or_default(),
            words.levels[level].clone(),
            member.year.map(|y| y.to_string()).unwrap_or_default(),
            member.edition.clone(),
            member.sources.join("、"),
            words.states[standing as usize].clone(),
            notes[place].clone(),
        ];
        for (column, text) in (1u16..).zip(&texts) {
            paper.text_over((column, column), text, Look::Label(0));
        }
        let counts = [member.findings.errors, member.findings.warnings, member.findings.notes];
        for (column, count) in (10u16..).zip(counts) {
            paper.put(CellRef::new(row, column), Value::Number(Amount::from(count as i64)), Look::Centered);
        }
        paper.put(CellRef::new(row, TOTAL), Value::Number(kept.total), look);
        for (column, amount) in (TOTAL + 1..).zip(kept.by_fate) {
            paper.put(CellRef::new(row, column), Value::Number(amount), look);
        }
        let off = kept.total - kept.by_fate.iter().copied().sum::<Amount>();
        paper.put(CellRef::new(row, TOTAL + 5), off_formula(row, off, decimals), look);
        paper.text_over((NATURE, NATURE), unit.map_or("", |u| &u.nature), Look::Label(0));
        paper.row += 1;
    }
    missing(&mut paper, summary);
    sums(&mut paper, first, &conservation, look);
    paper.finish()
}

/// What is told of each member, in one cell.
fn notes(told: &[(Option<usize>, Told)], members: usize) -> Vec<String> {
    let mut notes = vec![String::new(); members];
    for (member, told) in told {
        if let Some(note) = member.and_then(|m| notes.get_mut(m)) {
            let pause = if note.is_empty() { "" } else { "；" };
            *note = [note.as_str(), pause, told.message.as_str()].into_iter().flat_map(str::chars).take(LONGEST_NOTE).collect();
        }
    }
    notes
}

/// `=ROUND(N3-SUM(O3:R3),6)`: nothing, where every amount was counted once.
fn off_formula(row: u32, off: Amount, decimals: u8) -> Value {
    let cell = |column| CellRef::new(row, column);
    let (total, first, last) = (cell(TOTAL), cell(TOTAL + 1), cell(TOTAL + 4));
    Value::Formula(format!("=ROUND({total}-SUM({first}:{last}),{})", decimals + 4), Some(off))
}

/// The units that are missing.
fn missing(paper: &mut Paper, summary: &Summary) {
    let words = &summary.budget.template.merging.declared;
    for unit in &summary.membership.missing {
        for (column, text) in
            [(1, &unit.code), (2, &unit.name), (3, &unit.parent), (8, &words.states[Standing::Missing as usize])]
        {
            paper.text_over((column, column), text, Look::Label(0));
        }
        paper.row += 1;
    }
}

/// The sums below the list.
fn sums(paper: &mut Paper, first: u32, conservation: &[Conservation], look: Look) {
    let Some(last) = paper.row.checked_sub(1).filter(|last| *last >= first) else { return };
    let row = paper.row;
    for (place, column) in (0..5).zip(TOTAL..) {
        let amounts = conservation.iter().map(|kept| if place == 0 { kept.total } else { kept.by_fate[place - 1] });
        let (top, bottom) = (CellRef::new(first, column), CellRef::new(last, column));
        paper.put(CellRef::new(row, column), Value::Formula(format!("=SUM({top}:{bottom})"), Some(amounts.sum())), look);
    }
    paper.row += 1;
}
