//! What was found: facts with their places and numbers, and functions that tell them in words; never decides what is wrong.

mod answers;
mod causes;
mod detail;
mod merging;
mod past;
mod renewal;
pub mod rulebook;
mod suspicion;
mod told;
mod typed;
mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Address, Budget, Site};
use crate::template::written::Severity;
use crate::template::{Relation, Template};
use crate::value::Amount;

pub use answers::{Explanations, REVIEW, answers};
pub use causes::{Group, groups};
pub use detail::Detail;
pub use merging::{Merging, Refusal};
pub use past::{Beside, PastCell};
pub use renewal::{Kept, Renewal};
pub use suspicion::{Repair, Slip, Suspect, Suspicion, ToldSuspect, ToldSuspicion};
pub use told::{
    Told, ToldOperand, tell, tell_again, tell_failed, tell_merging, tell_newer, tell_nothing_known, tell_older, tell_passed_over,
    tell_tie, tell_unreadable,
};
pub use typed::{Odd, Typed};
pub use words::{
    BatchWords, Lang, PageWords, READING_RULES, RULE_GROUPS, RULE_PAGE, ReviewWords, RulePageWords, explained_line,
    explained_title, explanations_wanted, review_more, review_title,
};

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// How an identity came out.
    pub verdict: Option<Verdict>,
    /// The numbers of an identity.
    pub numbers: Option<Numbers>,
    /// The cells that the numbers come from, the left side first.
    pub operands: Vec<Operand>,
    /// What was found.
    pub fact: Fact,
    /// Tables that the identity reads and of which numbers could not be placed.
    pub hinges_on: Vec<usize>,
    /// Changes that would make it hold together with all broken identities it is connected with.
    pub suspicion: Option<Arc<Suspicion>>,
}

/// Where something was found, as closely as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// The table.
    pub table: Option<usize>,
    /// The key of the row.
    pub row: Option<String>,
    /// The column.
    pub column: Option<usize>,
    /// The cell.
    pub site: Option<Site>,
}

/// How an identity came out, when it is not exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Possible by rounding alone (尾差).
    Rounding,
    /// Not possible by rounding.
    Broken,
}

/// The numbers of an identity, in the measure of its left side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// What the left side holds.
    pub value: Amount,
    /// What the right side gives.
    pub expected: Amount,
    /// The left side less the right.
    pub difference: Amount,
    /// How far they may lie apart by rounding.
    pub bound: Amount,
}

/// A cell that takes part in an identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// Its cell; `None` for a figure of the narrative.
    pub at: Option<Address>,
    /// Where.
    pub place: Place,
    /// What the row is called.
    pub label: String,
    /// What it holds; `None` for blank.
    pub value: Option<Amount>,
    /// How often it counts on its side, with its sign.
    pub factor: Amount,
    /// Whether it stands on the left side.
    pub is_left: bool,
    /// The unit of a figure of the narrative, whose label is then the words that tell it; `None` for a cell.
    pub unit: Option<String>,
    /// Where a cell of the year before stands; `None` for one of this year.
    pub past: Option<PastCell>,
}

/// What was found; the words are made of it elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// An equation does not hold.
    Identity {
        /// The rule in the field's words.
        title: String,
        /// How the sides should stand.
        relation: Relation,
        /// What to do first.
        why: Option<String>,
        /// A rule that holds and explains the difference: its title and its operands.
        explained: Option<(String, Vec<Operand>)>,
        /// The amounts as displayed agree: only decimals that are not displayed differ.
        agrees_as_displayed: bool,
    },
    /// The stored numbers agree but those displayed do not.
    DisplayedTail {
        /// The rule in the field's words.
        title: String,
    },
    /// A named check does not hold; the words say how.
    Check {
        /// The rule in the field's words.
        title: String,
        /// What to do first.
        why: Option<String>,
        /// How it does not hold.
        detail: Detail,
    },
    /// A heading was found by its 栏次 alone.
    HeadingByNumber {
        /// What is printed.
        printed: String,
        /// What the template says.
        expected: String,
        /// The number.
        number: u32,
    },
    /// A heading stands over another column than its 栏次 tells.
    HeadingDisplaced {
        /// What is printed.
        heading: String,
        /// The number.
        number: u32,
    },
    /// A sheet holds nothing known.
    UnknownSheet {
        /// Its name.
        sheet: String,
        /// How many numbers stand in it.
        numbers: usize,
    },
    /// Numbers stand in rows that belong to no table.
    NumbersOutside {
        /// The table whose title stands above them without its headings.
        title: Option<String>,
        /// How many.
        numbers: usize,
    },
    /// A row could not be placed.
    UnplacedRow {
        /// Its text.
        text: String,
        /// The numbers in it.
        numbers: Vec<Amount>,
    },
    /// A number stands in no column of the table.
    UnplacedColumn {
        /// The heading, as far as there is one.
        heading: String,
        /// The number.
        number: Amount,
    },
    /// A column that the table does not have, with what stands in it.
    OwnColumn {
        /// The heading; empty where there is none.
        heading: String,
        /// Columns of the table that were not found: this may be one of them.
        missing: Vec<String>,
        /// Its cells.
        cells: Vec<OwnCell>,
    },
    /// The workbook holds several budgets, each of which is taken by itself.
    OneOfSeveral {
        /// How many.
        budgets: usize,
    },
    /// The budget was put together from several files.
    Joined {
        /// Their names.
        files: Vec<String>,
    },
    /// Amounts were read from rows or columns that are not shown.
    HiddenCells {
        /// The rows, counted from zero.
        rows: Vec<u32>,
        /// The columns of other such cells, counted from zero.
        columns: Vec<u16>,
    },
    /// Formulas without a stored result were calculated.
    Calculated {
        /// Their cells with what they give.
        cells: Vec<OwnCell>,
    },
    /// Codes were completed with the parts that stand in a row above.
    CodesCarried {
        /// Their cells with the whole codes.
        cells: Vec<OwnCell>,
    },
    /// Amounts whose number format displays another number.
    Scaled {
        /// Their cells with what they hold.
        cells: Vec<OwnCell>,
    },
    /// The stored result of a formula is not what it gives.
    Stale {
        /// The stored result, which was read.
        held: Amount,
        /// What the formula gives.
        gives: Amount,
    },
    /// A table stands to the right of another, or goes on to its own right.
    SideBySide {
        /// Whether it is the same table.
        goes_on: bool,
    },
    /// A text stands where a number belongs.
    NotANumber {
        /// The text.
        text: String,
    },
    /// A number was typed as text and read as a number.
    NumberAsText {
        /// The text.
        text: String,
        /// The number.
        number: Amount,
    },
    /// A formula that was never calculated, or an error value.
    NoValue {
        /// The error value; `None` for a formula never calculated.
        error: Option<String>,
    },
    /// The same table stands twice.
    TableTwice {
        /// Where it stood first.
        first: Site,
    },
    /// A table was recognised by the name of its sheet alone.
    TableBySheetName {
        /// The name.
        sheet: String,
    },
    /// Totals are kept as filed, because numbers they are made of could not be read.
    TotalsKept {
        /// All totals of the table, or only those over the cells that could not be read.
        whole: bool,
    },
    /// A table was read from a hidden sheet.
    HiddenSheet {
        /// Its name.
        sheet: String,
    },
    /// The measure is not printed; the template's is taken.
    MeasureAssumed {
        /// The measure taken.
        measure: &'static str,
    },
    /// A measure is printed that is none of those known.
    MeasureUnknown {
        /// What is printed.
        printed: String,
    },
    /// Several measures are printed for one table.
    MeasuresDiffer {
        /// All of them, the one taken first.
        printed: Vec<&'static str>,
    },
    /// The measure is another than the template's and is kept.
    MeasureKept {
        /// The measure printed.
        printed: &'static str,
        /// The template's.
        standard: &'static str,
    },
    /// Something about the budget unit is not printed anywhere.
    NotPrinted {
        /// What.
        what: Identity,
        /// Where it was taken from instead.
        taken: Option<String>,
    },
    /// A table names another unit or year than the budget.
    OtherIdentity {
        /// What.
        what: Identity,
        /// What stands here.
        here: String,
        /// What the budget says.
        taken: String,
    },
    /// A part of a code had lost its leading zero.
    CodePadded {
        /// As written.
        written: String,
        /// As read.
        read: String,
    },
    /// The workbook was made for another year or level.
    EditionSettled {
        /// The edition taken.
        edition: String,
        /// The year of the workbook.
        year: Option<i32>,
    },
    /// The edition that a budget was moved to has no place for this.
    LeftBehind {
        /// What it is called.
        what: String,
        /// The edition.
        edition: String,
        /// The amounts.
        amounts: Vec<Amount>,
    },
    /// A code took its present name.
    Renamed {
        /// The name filed.
        before: String,
        /// The present name.
        after: String,
    },
    /// A figure of the narrative was kept, or a narrative drafted.
    Narrative(Renewal),
    /// How it stands with the budget of the year before.
    Beside(Beside),
    /// A text of the standard layout was restored.
    WordingRestored {
        /// What the template says.
        standard: String,
    },
}

/// A cell that a finding lists with others.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnCell {
    /// Where.
    pub site: Site,
    /// The row of the table in which it stands, by its place among the rows filed.
    pub row: Option<usize>,
    /// What it shows.
    pub shown: String,
    /// Its number, if it holds one.
    pub number: Option<Amount>,
}

/// What identifies a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Code of the unit.
    Code,
    /// Name of the unit.
    Name,
    /// Budget year.
    Year,
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severities {
    /// 必改
    pub errors: usize,
    /// 核实
    pub warnings: usize,
    /// 提示 and 试行
    pub notes: usize,
}

impl Severities {
    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note | Severity::Trial => self.notes += 1,
        }
    }
}

impl Finding {
    /// A concession or problem of reading.
    pub fn reading(rule: &str, severity: Severity, place: Place, fact: Fact) -> Self {
        Self {
            rule: rule.to_owned(),
            severity,
            place,
            verdict: None,
            numbers: None,
            operands: Vec::new(),
            fact,
            hinges_on: Vec::new(),
            suspicion: None,
        }
    }

    /// The failure of a named check of the template; `None` where the template has no such check.
    pub fn check(template: &Template, name: &str, place: Place, detail: Detail) -> Option<Self> {
        let rule = template.check(name)?;
        let fact = Fact::Check { title: rule.declared.title.clone(), why: rule.declared.why.clone(), detail };
        Some(Self::reading(&rule.declared.id, rule.declared.severity, place, fact))
    }

    /// The same at another severity.
    pub fn at(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

impl Place {
    /// A cell of no table.
    pub fn at(site: Site) -> Self {
        Self { site: Some(site), ..Self::default() }
    }

    /// A table as a whole, at its title where it has one.
    pub fn table(budget: &Budget, table: usize) -> Self {
        Self { table: Some(table), site: budget.tables[table].title.as_ref().map(|t| t.site), ..Self::default() }
    }

    /// A cell of a table that belongs to none of its rows.
    pub fn in_table(table: usize, site: Site) -> Self {
        Self { table: Some(table), site: Some(site), ..Self::default() }
    }

    /// A row of a table.
    pub fn row(budget: &Budget, table: usize, row: usize) -> Self {
        let filed = &budget.tables[table].rows[row];
        let id = filed.id(&budget.template.tables[table]).to_string();
        Self { table: Some(table), row: Some(id), column: None, site: filed.site }
    }

    /// A cell of a table.
    pub fn cell(budget: &Budget, at: Address) -> Self {
        Self { column: Some(at.column), site: budget.slot(at).site, ..Self::row(budget, at.table, at.row) }
    }
}

/// Findings in the order of the workbook: by sheet and cell, those without a place last.
pub fn in_sheet_order(findings: &mut [Finding]) {
    findings.sort_by_key(|f| (f.place.site.is_none(), f.place.site, std::cmp::Reverse(f.severity)));
}
