//! How a named check does not hold: facts only; never words and never a judgement.

use super::Typed;
use crate::value::Amount;

/// How a named check does not hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// A table is not in the workbook.
    TableMissing(String),
    /// No main table has any amount.
    NoAmounts,
    /// A table stands before another that precedes it in the standard.
    TableOrder(String, String),
    /// A column of the standard is not in the table.
    HeadingMissing(String),
    /// A heading that the standard does not have.
    HeadingUnknown(String),
    /// A 序号 that breaks the sequence.
    RowNumber {
        /// What is printed.
        printed: String,
        /// What should be.
        expected: u32,
    },
    /// A declared row is not in the table.
    RowMissing(String),
    /// A code has a length that no level has.
    CodeLength(String),
    /// A code stands twice.
    CodeTwice(String),
    /// The parent of a code is not in the table.
    ParentMissing {
        /// The code.
        code: String,
        /// Its parent.
        parent: String,
    },
    /// A code stands below its place.
    CodeOrder(String),
    /// A code that the list does not have.
    CodeUnknown(String),
    /// An empty table without a note.
    NoteMissing,
    /// The note of an empty table does not name its money rightly.
    NoteFund {
        /// The note.
        note: String,
        /// The word it must have.
        fund: String,
    },
    /// A table with amounts has the note of an empty table.
    NoteOnData(String),
    /// An amount is not shown with the decimals of the standard.
    Decimals {
        /// As shown.
        shown: String,
        /// The decimals of the standard.
        standard: u8,
    },
    /// A zero is printed.
    Zero,
    /// An amount is negative.
    Negative,
    /// A row that no budget of this level can use.
    NeverUsed(String),
    /// A word of another level.
    LevelWord(String),
    /// A placeholder was left.
    Placeholder(String),
    /// A table is empty although its money is there.
    EmptyDespite(Amount),
    /// A table has amounts although its money is not there.
    FilledDespite(Amount),
    /// Codes that stand in one table only.
    CodesDiffer {
        /// The table that lacks them.
        table: String,
        /// The codes.
        codes: Vec<String>,
    },
    /// A name that differs between tables.
    NameDiffers {
        /// The code.
        code: String,
        /// The name here.
        here: String,
        /// The name elsewhere and the table.
        elsewhere: (String, String),
    },
    /// A name that differs from the code list.
    NameNotListed {
        /// The code.
        code: String,
        /// The name here.
        here: String,
        /// The name of the list.
        listed: String,
        /// Whether it is a former name.
        former: bool,
    },
    /// The caps of the forms exceed the project expenditure.
    CapsExceed {
        /// The sum of the caps.
        caps: Amount,
        /// The project expenditure.
        limit: Amount,
    },
    /// A project buys goods that the procurement does not have.
    PurchaseUnplanned {
        /// The project.
        project: String,
        /// The goods, as the form says.
        goods: Vec<String>,
        /// The title of the procurement table.
        table: String,
    },
    /// Contributions that do not come from one base.
    BasesDiffer(Vec<(String, Amount)>),
    /// Codes that do not fit the nature of the institution.
    NatureMisfit {
        /// The nature.
        nature: String,
        /// The names that do not fit.
        names: Vec<String>,
    },
    /// Amounts that are not quantity times price.
    ProductDiffers(Amount),
    /// What people type: in the narrative, the forms, terms.
    Typed(Typed),
}
