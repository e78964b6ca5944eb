//! An edition as it is written in TOML, key by key; never resolves a name or checks a rule.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::grid::Align;

mod prose;

pub use prose::{Figure, Narrative, Section, Sentence, Wording};

/// One edition of a standard workbook, after `extends` has been followed.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What the edition is.
    pub edition: About,
    /// The words that mark the parts of any table.
    pub words: Words,
    /// The lines above every table.
    #[serde(default)]
    pub caption: Vec<Caption>,
    /// The functional classes printed by the tables that list them.
    #[serde(default)]
    pub class: Vec<Class>,
    /// The tables, in the order of the document.
    pub table: Vec<Table>,
    /// The narrative that goes with the tables.
    pub narrative: Option<Narrative>,
    /// The published document.
    pub document: Document,
    /// The words of the blank form.
    pub blank: Blank,
    /// How its budgets are merged.
    pub merge: super::merging::Merge,
    /// The identities and checks.
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// What an edition is, and how a workbook shows that it follows it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Its name for people.
    pub title: String,
    /// The region that hands the workbook out.
    pub region: String,
    /// Whose budget it holds.
    pub level: Level,
    /// The budget year it was made for.
    pub year: Option<i32>,
    /// 元 or 万元, where a table says nothing else.
    pub measure: String,
    /// Decimals of a printed amount.
    pub decimals: u8,
    /// Whether printed amounts have thousands separators.
    #[serde(default)]
    pub grouped: bool,
    /// Code lists by the name that columns call them: a file below `templates/`, without its ending.
    #[serde(default)]
    pub lists: IndexMap<String, String>,
    /// What became of codes from one year to another: a file below `templates/`, without its ending.
    pub changes: Option<String>,
    /// Words found in the workbooks of this region: names of places.
    #[serde(default)]
    pub marks: Vec<String>,
    /// Words found in the workbooks of this level and in no other (部门预算 is a mistake in a unit's budget).
    #[serde(default)]
    pub level_words: Vec<String>,
    /// Words of the other levels.
    #[serde(default)]
    pub foreign_words: Vec<String>,
}

/// The words that mark the parts of any table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Begins the row of column numbers: 栏次.
    pub numbers: String,
    /// Stands, with a colon, before a measure wherever it is printed: 单位.
    pub measure: String,
    /// Each begins a note, followed by a colon or a number: 注.
    pub note: Vec<String>,
    /// Each says in a note that the table is empty.
    pub empty: Vec<String>,
}

/// Whose budget a workbook holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 单位
    Unit,
    /// 部门
    Department,
    /// 本级
    District,
}

/// A line above a table: fixed words with `{code}`, `{name}`, `{year}`, `{prior_year}`, `{measure}` in them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Caption {
    /// Its id.
    pub id: String,
    /// As printed.
    pub text: String,
    /// Other forms accepted when reading.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Where it stands.
    #[serde(default)]
    pub align: Align,
}

/// A functional class (类) that summary tables print as a row of its own. Its row id is `f` and its code, or `id`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// The row id.
    pub id: String,
    /// Its code; empty for a row that is no functional class.
    #[serde(default)]
    pub code: String,
    /// Its name.
    pub label: String,
    /// Former names.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Printed by the form, but no budget of this level can use it.
    #[serde(default)]
    pub never_used: bool,
}

/// One table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its id, the same for the same table in every edition.
    pub id: String,
    /// The title as printed; a form has `{project}` in it.
    pub title: String,
    /// Other titles accepted when reading.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The name of its sheet when written.
    pub sheet: String,
    /// What its rows are.
    #[serde(default)]
    pub body: Body,
    /// Whether a workbook without it is incomplete.
    #[serde(default)]
    pub required: bool,
    /// Whether it is one of the tables of the published workbook proper; the others stand in the narrative.
    #[serde(default)]
    pub main: bool,
    /// 元 or 万元 where it differs from the edition's.
    pub measure: Option<String>,
    /// Its own lines above, instead of the edition's; ids of captions.
    pub captions: Option<Vec<String>>,
    /// Whether rows carry a 序号 and columns a 栏次.
    #[serde(default)]
    pub numbered: bool,
    /// Printed lying.
    #[serde(default)]
    pub landscape: bool,
    /// Notes printed under it always.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The note printed under it when it is empty.
    pub empty_note: Option<String>,
    /// The word for its money that the note must name.
    pub fund: Option<String>,
    /// A form's heading before its goals.
    pub goal: Option<String>,
    /// Empty rows of a blank form: of a tree or list, or lines for the classes that are printed only when used.
    #[serde(default)]
    pub blank_rows: u32,
    /// How many columns the line at the left above the headings is merged over.
    #[serde(default)]
    pub caption_columns: u16,
    /// Blank rows of a blank form: above the title, below it, and above the headings.
    #[serde(default)]
    pub blank_gaps: [u32; 3],
    /// The columns, from left to right.
    pub column: Vec<Column>,
    /// The fixed rows, from top to bottom on each side.
    #[serde(default)]
    pub row: Vec<Row>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// The declared rows, one side or two sides that share their lines.
    #[default]
    Fixed,
    /// Classification codes, with the declared rows (合计) before or after them.
    Tree,
    /// Any number of rows without code.
    List,
    /// One form per project: goals and indicators.
    Form,
}

/// One column.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its id within the table.
    pub id: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// The headings above it from top to bottom. Equal neighbours are one merged cell, a short path reaches down.
    pub heading: Vec<String>,
    /// Other words for the last heading.
    #[serde(default)]
    pub variants: Vec<String>,
    /// What cells of this column are called in the model, where that is not the id.
    pub cell: Option<String>,
    /// The side of a two-sided table.
    #[serde(default)]
    pub side: String,
    /// The name of the code list, for a code column.
    pub list: Option<String>,
    /// The lengths of the codes of each level, for a code column: `[3, 5, 7]`.
    #[serde(default)]
    pub levels: Vec<u8>,
    /// Width in characters of half width.
    pub width: f64,
    /// A text stands for the blank cells below it.
    #[serde(default)]
    pub fill_down: bool,
    /// For a code column: its part of the code is written as a number.
    #[serde(default)]
    pub number: bool,
    /// A workbook may do without it.
    #[serde(default)]
    pub optional: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// 序号
    Sequence,
    /// A classification code, or one level of it where there are several such columns.
    Code,
    /// What the row is: the name of its code, or the label of a fixed row.
    Label,
    /// An amount in the measure of the table.
    Amount,
    /// A number of things.
    Quantity,
    /// A price in 元.
    Price,
    /// Any text.
    Text,
}

/// One declared row.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id within the table.
    pub id: String,
    /// As printed. Not for `classes`.
    #[serde(default)]
    pub label: String,
    /// Other labels accepted when reading.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The side of a two-sided table.
    #[serde(default)]
    pub side: String,
    /// The row of the other side that stands on the same line.
    pub beside: Option<String>,
    /// Steps by which the label is indented.
    #[serde(default)]
    pub indent: u8,
    /// Printed only when it is filed.
    #[serde(default)]
    pub optional: bool,
    /// Stands after the codes of a tree instead of before them.
    #[serde(default)]
    pub last: bool,
    /// Rows of other editions that this one stands for together, when a budget is moved here.
    #[serde(default)]
    pub absorbs: Vec<String>,
    /// Its label stands in the middle of its cell.
    #[serde(default)]
    pub centered: bool,
    /// Its label stands in the middle of one merged cell over the code and label columns of its side.
    #[serde(default)]
    pub across: bool,
    /// Stands for the rows of the edition's classes, numbered in the order of printing.
    pub classes: Option<Classes>,
}

/// Which classes a table prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Classes {
    /// All of them.
    All,
    /// Those with an amount.
    Used,
}

/// The published document and the other sheets the program writes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The name on the cover, with `{name}` and `{year}`.
    pub title: String,
    /// The tab of the cover.
    pub cover: String,
    /// The lines below the name on the cover, with the fields of captions.
    #[serde(default = "name_and_code")]
    pub cover_lines: Vec<String>,
    /// The tab and the title of the directory.
    pub contents: String,
    /// The heading of the tables in the directory.
    pub tables_heading: String,
    /// The tab and the title of the list of changed cells.
    pub ledger: String,
    /// Its headings: number, table, cell, row and column, before, after, reason.
    pub ledger_headings: [String; 7],
    /// What it says when no cell was changed.
    pub unchanged: String,
    /// The name of the combined document of many units, with `{year}`.
    pub combined: String,
    /// The list of changes between two budgets: its tab and title; unit, table, item, column, before, after, difference,
    /// difference in per cent, place before, place after.
    pub changes: super::merging::Listed<10>,
}

/// What the blank form says besides the tables.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Blank {
    /// The tab and the title of the live checks.
    pub checks: String,
    /// Their headings: rule, what it says, severity, left side, right side, difference, standing.
    pub checks_headings: [String; 7],
    /// The words for the severities, from error to trial.
    pub severities: [String; 4],
    /// What a check shows that holds.
    pub holds: String,
    /// What a check shows that does not.
    pub broken: String,
    /// The note below the title of the checks.
    pub checks_note: String,
    /// The tab of the code lists, which is hidden.
    pub codes: String,
    /// Rows of a coded table that are hidden until they are needed, besides `blank_rows`.
    pub spare_rows: u32,
    /// Title and text of the message about an amount that is none, with `{decimals}`.
    pub amount_message: [String; 2],
    /// Title and text of the message about a code or label outside the list, which is taken all the same.
    pub code_message: [String; 2],
}

/// An identity or a check.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its permanent id.
    pub id: String,
    /// What it says, in the field's words.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// `exact`, `tail`, or an absolute bound in the measure of the left side.
    #[serde(default = "exact")]
    pub tolerance: String,
    /// The equations; `:=` defines, `=` `<=` `>=` check.
    #[serde(default)]
    pub equations: Vec<String>,
    /// The values of `$variables` in the equations: a list of words, or `rows(table)` and the like.
    #[serde(default, rename = "for")]
    pub over: IndexMap<String, Values>,
    /// An equation that must hold, or `filed(table)`, for the rule to apply.
    #[serde(default)]
    pub when: Vec<String>,
    /// The named check, instead of equations.
    pub check: Option<String>,
    /// What the named check works on.
    #[serde(default)]
    pub with: IndexMap<String, Values>,
    /// The rule that this one explains: told with that one's finding when it holds, and never by itself.
    pub explains: Option<String>,
    /// Where the rule is safe: `all`, `optional`, or a region, in whose editions alone it exists.
    #[serde(default = "everywhere")]
    pub scope: String,
    /// Why it must hold, or what to do when it does not.
    pub why: Option<String>,
    /// The regulation it rests on.
    pub source: Option<String>,
    /// The title in English.
    pub english: Option<String>,
    /// What it finds, by an example in Chinese and in English; equations make their own.
    pub example: Option<[String; 2]>,
    /// When it speaks up although nothing is wrong, in Chinese and in English.
    pub false_alarms: Option<[String; 2]>,
}

/// One word or a list of words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Values {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Values {
    /// The words.
    pub fn words(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
        }
    }
}

/// How much a rule matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A new rule, shown and never blocking (试行).
    Trial,
    /// Shown (提示).
    Note,
    /// Must be looked at (核实).
    Warning,
    /// Must be mended (必改).
    Error,
}

fn exact() -> String {
    "exact".to_owned()
}

fn name_and_code() -> Vec<String> {
    vec!["{name}".to_owned(), "{code}".to_owned()]
}

fn everywhere() -> String {
    "all".to_owned()
}
