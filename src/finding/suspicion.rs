//! Changes of one or two cells that would make broken identities hold, as facts and in their told form; never says that one is right.

use serde::Serialize;

use super::told::names;
use super::words::{Lang, Words};
use super::{Finding, Place};
use crate::model::Budget;
use crate::value::Amount;

/// What could explain a set of broken identities that are connected through their cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspicion {
    /// The number of the set within its budget.
    pub set: usize,
    /// How many identities are in the set; each repair mends all of them.
    pub identities: usize,
    /// The most plausible repairs, the most plausible first.
    pub repairs: Vec<Repair>,
    /// How many repairs are as plausible as the first, itself counted.
    pub equal: usize,
}

/// Changes that together make every identity of the set hold and break none.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// One cell, or two that would both have to change.
    pub cells: Vec<Suspect>,
}

/// A cell that may be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Where.
    pub place: Place,
    /// What its row is called.
    pub label: String,
    /// What it holds; `None` for blank.
    pub value: Option<Amount>,
    /// What it would have to hold.
    pub needed: Amount,
    /// The slip that makes the one of the other, where it looks like one.
    pub slip: Option<Slip>,
}

/// What usually goes wrong where a number is typed, copied or summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slip {
    /// Two neighbouring digits changed places.
    DigitsSwapped,
    /// One digit is another.
    DigitWrong,
    /// A digit is missing.
    DigitDropped,
    /// There is a digit too many.
    DigitAdded,
    /// The sign is the other one.
    Sign,
    /// The decimal point stands elsewhere.
    DecimalPoint,
    /// Typed in another measure than the table's.
    Measure,
    /// The value of a neighbouring cell.
    Neighbour,
    /// Nothing was filled in.
    LeftOut,
    /// A total that is not the sum of its parts.
    StaleTotal,
    /// A change that was worked out from the wrong amount.
    Follows,
}

/// A suspect as other programs read it.
#[derive(Debug, Clone, Serialize)]
pub struct ToldSuspect {
    /// The table.
    pub table: Option<String>,
    /// The row.
    pub row: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// The sheet.
    pub sheet: Option<String>,
    /// The cell.
    pub cell: Option<String>,
    /// What it holds; null for blank.
    pub value: Option<String>,
    /// What it would have to hold.
    pub needed: String,
    /// What it looks like; null where it is no known slip.
    pub slip: Option<Slip>,
    /// Counted from one: suspects of the same repair would have to change together.
    pub repair: usize,
    /// How many identities the repair mends.
    pub mends: usize,
}

/// What the report says of a set of identities.
#[derive(Debug, Clone)]
pub struct ToldSuspicion {
    /// The number of the set within its budget.
    pub set: usize,
    /// The sentence.
    pub line: String,
    /// Sheet and cell of the one suspect, where one cell is more plausible than all others.
    pub cell: Option<(String, String)>,
}

/// The suspects of a finding.
pub(super) fn suspects(finding: &Finding, budget: &Budget) -> Vec<ToldSuspect> {
    let Some(suspicion) = &finding.suspicion else { return Vec::new() };
    let repairs = suspicion.repairs.iter().enumerate();
    let all = repairs.flat_map(|(number, repair)| repair.cells.iter().map(move |suspect| (number + 1, suspect)));
    all.map(|(repair, suspect)| {
        let (table, row, column, sheet, cell) = names(&suspect.place, budget);
        let (value, needed) = (suspect.value.map(|v| v.to_string()), suspect.needed.to_string());
        ToldSuspect { table, row, column, sheet, cell, value, needed, slip: suspect.slip, repair, mends: suspicion.identities }
    })
    .collect()
}

/// What the report says of the set that a finding belongs to.
pub(super) fn suspicion(finding: &Finding, budget: &Budget, lang: Lang) -> Option<ToldSuspicion> {
    let suspicion = finding.suspicion.as_deref()?;
    let cell = match suspicion.repairs.first().map(|r| r.cells.as_slice()) {
        Some([only]) if suspicion.equal == 1 => {
            let (_, _, _, sheet, cell) = names(&only.place, budget);
            sheet.zip(cell)
        }
        _ => None,
    };
    Some(ToldSuspicion { set: suspicion.set, line: Words { budget, lang }.suspicion(suspicion), cell })
}
