//! How budgets of one edition are merged: unit codes, transfers between members, what a summary lists; never sees a budget.

use serde::{Deserialize, Serialize};

use super::written::Severity;
use super::{Operand, Rows, Template};

/// The `[merge]` part of an edition as written.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// How many digits of a unit's code name its department, and how many the unit: `[3, 6]`.
    pub code_levels: Vec<u8>,
    /// Words behind the name of a department that mean its own office: 本级.
    pub own_words: Vec<String>,
    /// The name of the document of a summary of several departments, with `{name}` and `{year}`.
    pub title: String,
    /// The column of names in the list of institutions: `institutions.unit_name`.
    pub institutions: String,
    /// What the headings of a register of units are called.
    pub register: RegisterHeadings,
    /// What the headings of a list of eliminations are called.
    pub eliminations: EliminationHeadings,
    /// The sheet of members.
    pub members: Listed<20>,
    /// The words for the levels: unit, department, district.
    pub levels: [String; 3],
    /// What became of a member: counted, or why not, in the order of the model.
    pub states: [String; 9],
    /// The sheet of totals by unit.
    pub by_unit: ByUnit,
    /// The sheet of the findings of the members.
    pub findings: Listed<7>,
    /// The sheet of projects by unit.
    pub projects: Listed<8>,
    /// What the sheet of a list by unit is called, with `{sheet}`.
    pub list_by_unit: String,
    /// The headings of number, code and name of a member before the columns of a list.
    pub unit_headings: [String; 3],
    /// The sheet of all amounts that went into the summary.
    pub trace: Listed<13>,
    /// What that sheet says where the list is too long for a workbook, with `{count}` and `{file}`.
    pub trace_beside: String,
    /// The words for what became of an amount: added, eliminated, not additive, rejected.
    pub fates: [String; 4],
    /// The sheet of cells that are not printed as rounding alone would print them.
    pub rounding: Listed<8>,
    /// The note that is printed where a sum does not hold in print.
    pub tail_note: String,
    /// The sheet that compares the summary with what was published.
    pub comparison: Listed<8>,
    /// The cells that money between members moves through.
    #[serde(default)]
    pub transfer: Vec<Transfer>,
    /// The rules of merging.
    pub rule: Vec<MergeRule>,
}

/// A sheet that lists something: its tab and title, and its headings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Listed<const N: usize> {
    /// The tab and the title.
    pub sheet: String,
    /// The headings.
    #[serde(with = "headings")]
    pub headings: [String; N],
}

/// The sheet of totals by unit.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ByUnit {
    /// The tab and the title.
    pub sheet: String,
    /// The word for the sum of a department, and for the whole.
    pub sums: [String; 2],
    /// The totals, from left to right.
    pub item: Vec<Item>,
}

/// A total by unit.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// The cell: `balance.inc_total.amount`.
    pub cell: String,
}

/// The headings of a register of units, all accepted forms.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterHeadings {
    /// Code of the unit.
    pub code: Vec<String>,
    /// Name of the unit.
    pub name: Vec<String>,
    /// Code or name of what it belongs to.
    pub parent: Vec<String>,
    /// 行政, 事业 and so on.
    pub nature: Vec<String>,
    /// Its level.
    pub level: Vec<String>,
}

/// The headings of a list of eliminations, all accepted forms.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EliminationHeadings {
    /// Code or name of the member that pays.
    pub payer: Vec<String>,
    /// Code or name of the member that receives.
    pub payee: Vec<String>,
    /// What for: one of the words of a transfer.
    pub item: Vec<String>,
    /// The functional code, where a member has several.
    pub code: Vec<String>,
    /// The amount.
    pub amount: Vec<String>,
}

/// Money between members: what one receives the other pays.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The rule that says so.
    pub id: String,
    /// What it is called on either side.
    pub words: Vec<String>,
    /// The cells of the receiver: `revenue.@code.superior`, `balance.inc_superior.amount`; the first one is reported.
    pub received: Vec<String>,
    /// The cells of the payer, `balance.@class.amount` among them; the first one is reported.
    pub paid: Vec<String>,
}

/// A rule of merging.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRule {
    /// Its id.
    pub id: String,
    /// What it says, in the field's words.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// What to do first.
    pub why: String,
    /// The title in English.
    pub english: Option<String>,
    /// What it finds, by an example in Chinese and in English.
    pub example: Option<[String; 2]>,
    /// When it speaks up although nothing is wrong, in Chinese and in English.
    pub false_alarms: Option<[String; 2]>,
}

/// The `[merge]` part with its cells resolved.
#[derive(Debug)]
pub struct Merging {
    /// As declared.
    pub declared: Merge,
    /// The totals by unit that the edition has, with their headings.
    pub items: Vec<(String, Operand)>,
    /// The table and the column of the names of institutions, where the edition has them.
    pub institutions: Option<(usize, usize)>,
    /// The transfers of which the edition has both sides.
    pub transfers: Vec<Moved>,
}

/// A transfer with its cells resolved.
#[derive(Debug)]
pub struct Moved {
    /// Its place among those declared.
    pub declared: usize,
    /// The cells of the receiver.
    pub received: Vec<Leg>,
    /// The cells of the payer.
    pub paid: Vec<Leg>,
}

/// Cells of one column that a transfer moves through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// The table.
    pub table: usize,
    /// The row.
    pub row: LegRow,
    /// The column.
    pub column: usize,
}

/// The row of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegRow {
    /// The row of its functional code.
    OfCode,
    /// The row of the class of its functional code.
    OfClass,
    /// A declared row.
    Declared(usize),
}

impl Merging {
    /// What is declared, before its cells are resolved.
    pub(super) fn new(declared: &Merge) -> Self {
        Self { declared: declared.clone(), items: Vec::new(), institutions: None, transfers: Vec::new() }
    }

    /// Resolves what is declared; what the edition does not have drops out. The error names the key below `merge`.
    pub(super) fn compile(
        declared: &Merge,
        template: &Template,
        cell: impl Fn(&str) -> Result<Option<Operand>, String>,
    ) -> Result<Self, (String, String)> {
        let mut items = Vec::new();
        for item in &declared.by_unit.item {
            let key = || format!("by_unit.item \"{}\"", item.id);
            let Some(operand) = cell(&item.cell).map_err(|problem| (key(), problem))? else { continue };
            if !matches!(operand.rows, Rows::Declared(..) | Rows::Code(_)) {
                return Err((key(), format!("\"{}\" is not one cell", item.cell)));
            }
            items.push((item.title.clone(), operand));
        }
        let mut transfers = Vec::new();
        for (place, transfer) in declared.transfer.iter().enumerate() {
            let legs = |cells: &[String]| cells.iter().filter_map(|c| Leg::find(c, template)).collect::<Vec<_>>();
            let (received, paid) = (legs(&transfer.received), legs(&transfer.paid));
            if !received.is_empty() && !paid.is_empty() {
                transfers.push(Moved { declared: place, received, paid });
            }
            if !declared.rule.iter().any(|r| r.id == transfer.id) {
                return Err((format!("transfer \"{}\"", transfer.id), "there is no merge.rule of that id".to_owned()));
            }
        }
        if declared.code_levels.is_empty() || !declared.code_levels.is_sorted_by(|a, b| a < b) {
            return Err(("code_levels".to_owned(), "lengths from short to long are expected".to_owned()));
        }
        let institutions = declared.institutions.split_once('.').and_then(|(table, column)| {
            let table = template.table(table)?;
            Some((table, template.tables[table].column(column, 0)?))
        });
        Ok(Self { declared: declared.clone(), items, institutions, transfers })
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&MergeRule> {
        self.declared.rule.iter().find(|r| r.id == id)
    }
}

impl Leg {
    fn find(cell: &str, template: &Template) -> Option<Self> {
        let mut parts = cell.split('.');
        let (table, row, column) = (parts.next()?, parts.next()?, parts.next()?);
        let table = template.table(table)?;
        let declared = &template.tables[table];
        let row = match row {
            "@code" => LegRow::OfCode,
            "@class" => LegRow::OfClass,
            id => LegRow::Declared(declared.row_or_absorber(id)?),
        };
        let side = match row {
            LegRow::OfCode => 0,
            LegRow::OfClass => declared.rows.iter().find(|r| r.class.is_some())?.side,
            LegRow::Declared(row) => declared.rows[row].side,
        };
        Some(Self { table, row, column: declared.column(column, side)? })
    }
}

/// Arrays of a fixed length longer than serde knows by itself.
mod headings {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer, const N: usize>(headings: &[String; N], to: S) -> Result<S::Ok, S::Error> {
        headings.as_slice().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[String; N], D::Error> {
        let words = Vec::<String>::deserialize(from)?;
        let count = words.len();
        words.try_into().map_err(|_| D::Error::custom(format!("{N} headings are expected, not {count}")))
    }
}
