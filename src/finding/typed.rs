//! How a named check of what people type does not hold: facts only; never words and never a judgement.

use super::PastCell;
use crate::value::Amount;

/// How a named check of the narrative, the performance forms or terms does not hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// One cap of every project, and together they fall short of the project expenditure.
    CapsFallShort {
        /// The sum of the caps.
        caps: Amount,
        /// The project expenditure.
        limit: Amount,
    },
    /// A cap in another unit or for another time than the standard's.
    CapUnit {
        /// The project.
        project: String,
        /// As filed.
        value: String,
        /// What it is a year, in the unit.
        yearly: Amount,
        /// The unit of the standard.
        unit: &'static str,
    },
    /// A project without indicators of some kinds.
    KindsMissing {
        /// The project.
        project: String,
        /// The kinds.
        missing: Vec<String>,
    },
    /// A value that cannot be meant.
    OddValue {
        /// The project.
        project: String,
        /// The indicator.
        indicator: String,
        /// As filed.
        value: String,
        /// Why.
        why: Odd,
    },
    /// Two projects with one object.
    SameObject {
        /// The object and its number.
        what: String,
        /// The projects.
        projects: [String; 2],
    },
    /// A comparison with another year than the one before.
    ComparedYear {
        /// The words.
        quote: String,
        /// The year.
        year: i32,
        /// The year before the budget's.
        expected: i32,
    },
    /// A year that is neither the budget's nor the one before.
    OtherYear {
        /// The words.
        quote: String,
        /// The year.
        year: i32,
        /// The budget's.
        budget: i32,
    },
    /// A day that is not the last of the year before.
    OtherDay {
        /// The day.
        quote: String,
        /// The year before the budget's.
        expected: i32,
    },
    /// A change in hundredths that is not that of its amounts.
    PercentDiffers {
        /// The words.
        quote: String,
        /// What the amounts give.
        expected: Amount,
    },
    /// A change too large to stand without a reason.
    Unexplained {
        /// The words that tell the change, or the amount where none is told.
        quote: String,
        /// The change.
        change: Amount,
        /// The amount of the year before.
        base: Amount,
        /// The unit of both.
        unit: &'static str,
        /// The cell of the year before, where the text does not tell the change.
        past: Option<PastCell>,
    },
    /// A share of nothing.
    ZeroBase {
        /// The words.
        quote: String,
        /// The cell of the year before, where the text does not tell its amount.
        past: Option<PastCell>,
    },
    /// An amount by which something changed that is said to have stayed.
    ChangedDespite {
        /// The words.
        quote: String,
    },
    /// An amount that is said to be all of one class and is not.
    NotAllOfClass {
        /// The class.
        class: String,
        /// What the table has of it.
        own: Amount,
        /// What the table has altogether.
        total: Amount,
        /// The table.
        table: String,
    },
    /// A number of things that is not that of the rows of their table.
    CountDiffers {
        /// The words.
        quote: String,
        /// The number of rows.
        rows: usize,
        /// The table.
        table: String,
    },
    /// An expense of other institutions.
    ExpenseOfOthers {
        /// The words.
        quote: String,
        /// The nature of the institution.
        nature: String,
    },
    /// What the text says of purchases does not fit the forms or the empty procurement table.
    PurchaseTold {
        /// The words.
        quote: String,
        /// Whether the text points to the table.
        points: bool,
        /// What the forms buy.
        planned: Vec<String>,
        /// The procurement table.
        table: String,
    },
    /// A section does not speak of what it must.
    NotSpokenOf {
        /// The amounts that it tells.
        said: Vec<String>,
        /// What it must speak of.
        missing: Vec<String>,
    },
    /// A term that the tables call otherwise.
    OtherTerm {
        /// The term.
        said: String,
        /// That of the tables.
        standard: String,
    },
    /// A page of the directory before that of the entry above it.
    PageBefore {
        /// The entry.
        entry: String,
        /// Its page.
        page: u32,
        /// The page above.
        before: u32,
    },
    /// An entry of the directory that is called otherwise where it stands.
    ListedOtherwise {
        /// The entry.
        entry: String,
        /// The title as filed.
        title: String,
    },
    /// A table that the directory does not list.
    NotListed {
        /// Its title as filed.
        title: String,
    },
    /// Slips, each with what is right.
    Slips(Vec<(String, String)>),
    /// The name of another unit.
    OtherUnit {
        /// The name.
        named: String,
        /// The budget unit's.
        own: String,
    },
}

/// Why the value of an indicator cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// At most nothing.
    AtMostNothing,
    /// At most a time, for what runs all of it.
    AtMostAllTheTime,
    /// A rate in a unit that is no share.
    RateUnit,
    /// At most, for a rate that should be high.
    ShouldBeHigh,
    /// At least, for a rate that should be low.
    ShouldBeLow,
    /// An indicator of quality among those of time.
    NotTimely,
}
