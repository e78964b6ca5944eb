//! What is to be told of a merger: facts only; never words and never a judgement.

use crate::template::Severity;
use crate::value::{Amount, CellRef};

/// What is to be told of a merger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merging {
    /// Units that should be members are missing.
    Missing {
        /// Code and name of each.
        units: Vec<String>,
    },
    /// A member is not in the register.
    NotInRegister,
    /// A member names neither code nor name.
    Nameless,
    /// A member is not in the list of institutions of its department.
    NotListed {
        /// The department.
        department: String,
    },
    /// Members of one name have several codes.
    NamedAlike {
        /// Code and name of each.
        units: Vec<String>,
    },
    /// Numbers or tables of a member are not among what was read.
    Lost {
        /// What was found, in words.
        what: Vec<String>,
    },
    /// The published workbook is of another unit or year.
    OtherPublished {
        /// Code, name and year of it.
        unit: String,
    },
    /// A member has another name in the register.
    OtherName {
        /// That name.
        registered: String,
    },
    /// Another version of a member was saved later.
    Older {
        /// Its file.
        file: String,
    },
    /// Another member says the same.
    Same {
        /// Its file.
        file: String,
    },
    /// Which of several versions counts cannot be known.
    Undecided {
        /// The other files.
        files: Vec<String>,
    },
    /// The units that a member is made of are members themselves.
    Covered {
        /// Code and name of each.
        units: Vec<String>,
    },
    /// A member is of another year.
    OtherYear {
        /// Its year.
        year: Option<i32>,
        /// That of the summary.
        wanted: Option<i32>,
    },
    /// An earlier summary was changed by hand.
    Altered {
        /// What differs.
        cell: String,
    },
    /// Members are in another measure than the summary.
    OtherMeasure {
        /// Their measure.
        measure: &'static str,
        /// That of the summary.
        standard: &'static str,
        /// Code and name of each.
        units: Vec<String>,
        /// Whether their own edition prints another one: it may be a slip.
        is_unusual: bool,
    },
    /// Members are of another edition than most.
    OtherEdition {
        /// Their edition.
        edition: String,
        /// Code and name of each.
        units: Vec<String>,
    },
    /// Amounts that the edition of the summary has no place for.
    Unmapped {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The first cell.
        place: String,
        /// How many.
        count: usize,
        /// Their sum.
        amount: Amount,
        /// Whether they are parts of totals that count.
        is_detail: bool,
    },
    /// Cells that could not be read as numbers.
    Unread {
        /// The cells.
        cells: Vec<String>,
    },
    /// Totals were filed without parts while others filed parts.
    BareTotals {
        /// The cells, with what they hold.
        cells: Vec<(String, Amount)>,
    },
    /// A total is not the sum of its parts.
    TotalDiffers {
        /// The cell.
        cell: String,
        /// The total.
        filed: Amount,
        /// The sum of its parts.
        sum: Amount,
        /// Total less sum.
        difference: Amount,
    },
    /// A code has other names than the one taken.
    OtherNames {
        /// The code.
        code: String,
        /// The name taken.
        taken: String,
        /// The others.
        names: Vec<String>,
    },
    /// Members receive from and pay to others.
    Transfer {
        /// What it is called.
        words: Vec<String>,
        /// Who receives how much.
        received: Vec<(String, Amount)>,
        /// Who pays how much.
        paid: Vec<(String, Amount)>,
        /// The sums of both.
        totals: (Amount, Amount),
    },
    /// An elimination was made.
    Eliminated {
        /// The line.
        line: String,
        /// The cells that it was taken out of.
        cells: Vec<String>,
    },
    /// A line of eliminations could not be used.
    NotEliminated {
        /// The line.
        line: String,
        /// Where it stands.
        at: CellRef,
        /// Why not.
        why: Refusal,
    },
    /// The published number is not that of the summary.
    Published {
        /// The cell.
        cell: String,
        /// What was published.
        published: Option<Amount>,
        /// What the summary holds.
        merged: Option<Amount>,
        /// Published less merged.
        difference: Amount,
        /// What the members add.
        makers: Vec<(String, Amount)>,
    },
    /// Amounts were rounded to the measure of the summary so that sums hold in print.
    Rounded {
        /// Cells that rounding alone would print otherwise.
        moved: usize,
        /// Sums that do not hold in print.
        tails: usize,
    },
    /// A sum does not hold in print.
    Tail {
        /// The cell.
        cell: String,
        /// How far it is off.
        difference: Amount,
    },
    /// The edition of the summary was made for another year.
    Settled {
        /// The edition.
        edition: String,
        /// The year of the summary.
        year: Option<i32>,
    },
    /// Nothing names the summary.
    Unnamed,
}

/// Why a line of eliminations cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The payer is no member that counts.
    Payer,
    /// The payee is no member that counts.
    Payee,
    /// The item is no transfer that the edition knows.
    Item,
    /// A member has no such amount, or a smaller one.
    TooLittle,
    /// A member has the amount under several codes.
    SeveralCodes,
    /// The amount is not above zero.
    NotPositive,
}

impl Merging {
    /// How much it matters, where the rule does not say so.
    pub fn severity(&self) -> Option<Severity> {
        match self {
            Self::Same { .. }
            | Self::OtherMeasure { is_unusual: false, .. }
            | Self::OtherEdition { .. }
            | Self::OtherNames { .. }
            | Self::Eliminated { .. }
            | Self::Rounded { .. }
            | Self::Tail { .. }
            | Self::Settled { .. } => Some(Severity::Note),
            Self::OtherMeasure { .. }
            | Self::Older { .. }
            | Self::NotListed { .. }
            | Self::NamedAlike { .. }
            | Self::OtherName { .. }
            | Self::Unnamed => Some(Severity::Warning),
            // Money from outside the members moves on one side alone.
            Self::Transfer { totals, .. } if totals.0.is_zero() || totals.1.is_zero() => Some(Severity::Note),
            Self::Transfer { .. } => Some(Severity::Warning),
            Self::Unmapped { is_detail: true, .. } => Some(Severity::Note),
            Self::NotEliminated { .. } | Self::Unmapped { .. } => Some(Severity::Error),
            _ => None,
        }
    }
}
