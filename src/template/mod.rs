//! A standard workbook declared once: titles, headings, rows, identities, layout; never holds or opens a submission.

mod changes;
mod codes;
mod compile;
mod difference;
pub mod equation;
mod library;
pub mod merging;
mod outline;
mod overlay;
mod pattern;
mod printed;
mod prose;
mod rules;
mod sentence;
mod sound;
pub mod written;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::value::{Amount, Code, Measure, text};

pub use changes::{Changes, CodeChange, Fate};
pub use codes::{CodeList, CodeListError, Named, Trust};
pub use compile::{Sources, TemplateError};
pub use difference::difference;
pub use equation::{Part, Relation};
pub use library::{Library, load};
pub use merging::Merging;
pub use outline::Outline;
pub use pattern::{Fields, Pattern};
pub use printed::printed;
pub use prose::{Change, Figure, Meaning, Prose, Stated, Statement};
pub use sentence::{Piece, Sentence};
pub use written::{Body, Classes, ColumnKind, Level, Severity};

/// An edition, resolved and proved sound.
#[derive(Debug)]
pub struct Template {
    /// Its name: the path below `templates/` without the ending.
    pub name: String,
    /// What tells it from others.
    pub outline: Outline,
    /// The words that mark the parts of any table, folded.
    pub words: written::Words,
    /// The measure of its tables, where a table says nothing else.
    pub measure: Measure,
    /// The tables, in the order of the document.
    pub tables: Vec<Table>,
    /// What became of codes from one year to another.
    pub changes: Changes,
    /// The narrative.
    pub narrative: Option<Narrative>,
    /// The published document.
    pub document: written::Document,
    /// The words of the blank form.
    pub blank: written::Blank,
    /// How its budgets are merged.
    pub merging: Merging,
    /// Identities and checks, in the order written.
    pub rules: Vec<Rule>,
    /// Rules of an extended edition that name what this edition does not declare, and therefore do not exist in it.
    pub dropped_rules: Vec<String>,
    /// The resolved whole as TOML.
    pub resolved: toml::Table,
}

/// A line above a table.
#[derive(Debug, Clone)]
pub struct Caption {
    /// As declared.
    pub declared: written::Caption,
    /// As printed.
    pub printed: Pattern,
    /// All accepted forms, the printed one first.
    pub accepted: Vec<Pattern>,
}

/// The narrative.
#[derive(Debug)]
pub struct Narrative {
    /// As declared.
    pub declared: written::Narrative,
    /// Its title.
    pub title: Pattern,
    /// The words that a title of it contains, folded.
    pub words: Vec<String>,
    /// For each section its accepted headings, folded and without ordinal.
    pub headings: Vec<Vec<String>>,
    /// For each section the tables at its end.
    pub contains: Vec<Vec<usize>>,
    /// The words of its sentences and the figures they name.
    pub prose: Prose,
    /// The sentences of a draft.
    pub sentences: Vec<Sentence>,
}

/// A table with its rows expanded and its names folded for matching.
#[derive(Debug)]
pub struct Table {
    /// As declared.
    pub declared: written::Table,
    /// The measure of its amounts.
    pub measure: Measure,
    /// Accepted titles, the printed one first.
    pub titles: Vec<Pattern>,
    /// Captions above it.
    pub captions: Vec<usize>,
    /// The sides, in the order of the columns; one unnamed side for most tables.
    pub sides: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The declared rows with classes expanded, side by side in the order of their lines.
    pub rows: Vec<Row>,
    /// Every word that stands in a heading, folded.
    pub heading_words: HashSet<String>,
    /// The code list of a tree.
    pub list: Option<Arc<CodeList>>,
    /// The lengths of the codes of a tree.
    pub levels: Vec<u8>,
    row_ids: HashMap<String, usize>,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// As declared.
    pub declared: written::Column,
    /// What its cells are called.
    pub cell: String,
    /// The side it belongs to; `None` where it belongs to all.
    pub side: Option<usize>,
    /// The headings above it, from top to bottom.
    pub heading: Vec<Pattern>,
    /// Accepted forms of the last heading, the printed one first.
    pub leaf: Vec<Pattern>,
    /// The number in the 栏次 row.
    pub number: Option<u32>,
}

/// A declared row.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its label as printed, without the number of a class.
    pub label: String,
    /// Accepted labels, folded and without ordinal.
    pub labels: Vec<String>,
    /// The side it belongs to.
    pub side: usize,
    /// The row of another side on the same line.
    pub beside: Option<usize>,
    /// Steps of indent.
    pub indent: u8,
    /// Printed only when filed.
    pub optional: bool,
    /// Stands after the codes of a tree.
    pub last: bool,
    /// Its label stands over the code and label columns.
    pub across: bool,
    /// Its label stands in the middle.
    pub centered: bool,
    /// The class it stands for.
    pub class: Option<Class>,
}

/// What a class row is.
#[derive(Debug, Clone, Copy)]
pub struct Class {
    /// The functional class; `None` for a row that is none.
    pub code: Option<Code>,
    /// No budget of this level can use it.
    pub never_used: bool,
    /// Printed only when it has an amount.
    pub when_used: bool,
}

/// An identity or a check.
#[derive(Debug)]
pub struct Rule {
    /// As declared.
    pub declared: written::Rule,
    /// How far the sides may differ.
    pub tolerance: Tolerance,
    /// The equations, static variables filled in.
    pub equations: Vec<Equation>,
    /// The equations that name figures of the narrative or cells of the year before.
    pub statements: Vec<Statement>,
    /// What must hold for the rule to apply.
    pub conditions: Vec<Condition>,
    /// The named check.
    pub check: Option<Check>,
}

/// How far the sides of an equation may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// Not at all.
    Exact,
    /// By what rounding the addends can have caused (尾差).
    Tail,
    /// By this much, in the measure of the left side.
    Within(Amount),
}

/// What must hold for a rule to apply.
#[derive(Debug)]
pub enum Condition {
    /// A table is filed.
    Table(usize),
    /// A declared row is filed.
    Row(usize, usize),
    /// An equation holds.
    Equation(Equation),
    /// An equation about the budget of the year before holds.
    Past(Equation),
}

/// A named check with the places it works on.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Its parameters: words, as written.
    pub with: IndexMap<String, written::Values>,
    /// The parameters that name tables, by their key.
    pub tables: IndexMap<String, Vec<usize>>,
    /// The parameters that name cells.
    pub cells: Vec<Operand>,
}

/// An equation whose names are resolved; it may still range over the rows that a budget turns out to have.
#[derive(Debug, Clone)]
pub struct Equation {
    /// The left side.
    pub left: Vec<Term>,
    /// How the sides stand to each other.
    pub relation: Relation,
    /// The right side.
    pub right: Vec<Term>,
    /// The rows it is repeated for.
    pub over: Option<Domain>,
}

/// A factor times cells, or a constant.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// The factor, with its sign; the constant itself where there is no operand.
    pub factor: Amount,
    /// The cells.
    pub operand: Option<Operand>,
}

/// Cells of one column of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operand {
    /// The table.
    pub table: usize,
    /// The rows.
    pub rows: Rows,
    /// The column.
    pub column: usize,
}

/// Rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rows {
    /// Declared rows of one side, from the first to the last.
    Declared(usize, usize),
    /// The row of a code.
    Code(Code),
    /// The direct children of a code.
    Children(Code),
    /// The rows of a tree that have no parent in it.
    Roots,
    /// The row that the equation is repeated for.
    Bound,
    /// The direct children of the row that the equation is repeated for.
    BoundChildren,
}

/// The rows that an equation is repeated for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// All rows of a table.
    All(usize),
    /// Code rows without children; the rows of a list.
    Leaves(usize),
    /// Declared rows of a tree and code rows with children.
    Branches(usize),
    /// Code rows with children.
    Parents(usize),
    /// The codes present in any of these tables.
    Codes(Vec<usize>),
}

/// An edition is asked about its titles and captions like its outline.
impl std::ops::Deref for Template {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

impl Template {
    /// The place of a table, by its id.
    pub fn table(&self, id: &str) -> Option<usize> {
        self.tables.iter().position(|t| t.declared.id == id)
    }

    /// The rule with an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.declared.id == id)
    }

    /// Whether a folded text is a note below a table.
    pub fn is_note(&self, folded: &str) -> bool {
        let marks = self.words.note.iter().filter_map(|mark| folded.strip_prefix(mark.as_str()));
        marks.into_iter().any(|rest| rest.starts_with(|c: char| c == ':' || c.is_ascii_digit()))
    }

    /// Whether a note says that its table is empty.
    pub fn says_empty(&self, note: &str) -> bool {
        let note = text::fold(note);
        self.words.empty.iter().any(|word| note.contains(word.as_str()))
    }

    /// The rules that are the named check.
    pub fn check(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.check.as_ref().is_some_and(|c| c.name == name))
    }
}

impl Check {
    /// The words of a parameter.
    pub fn words(&self, key: &str) -> &[String] {
        self.with.get(key).map_or(&[], written::Values::words)
    }

    /// The first table that a parameter names.
    pub fn table(&self, key: &str) -> Option<usize> {
        self.tables.get(key).and_then(|t| t.first()).copied()
    }
}

impl Table {
    /// The place of a declared row, by its id.
    pub fn row(&self, id: &str) -> Option<usize> {
        self.row_ids.get(id).copied()
    }

    /// The declared row with an id, or the one that stands for it here.
    pub fn row_or_absorber(&self, id: &str) -> Option<usize> {
        let absorber = || self.declared.row.iter().find(|r| r.absorbs.iter().any(|a| a == id));
        self.row(id).or_else(|| self.row(&absorber()?.id))
    }

    /// The column whose cells are called so on a side.
    pub fn column(&self, cell: &str, side: usize) -> Option<usize> {
        self.columns.iter().position(|c| c.cell == cell && c.side.is_none_or(|s| s == side))
    }

    /// The columns of one kind.
    pub fn columns_of(&self, kind: ColumnKind) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, c)| c.declared.kind == kind).map(|(i, _)| i)
    }

    /// The column that says what the rows of a side are.
    pub fn label_column(&self, side: usize) -> Option<usize> {
        self.columns.iter().position(|c| c.declared.kind == ColumnKind::Label && c.side.is_none_or(|s| s == side))
    }

    /// The depth of its headings.
    pub fn heading_depth(&self) -> usize {
        self.columns.iter().map(|c| c.heading.len()).max().unwrap_or(0)
    }

    /// Whether a folded text stands in a heading of this table.
    pub fn is_heading(&self, folded: &str) -> bool {
        let with_fields = || self.columns.iter().flat_map(|c| &c.heading).filter(|h| !h.is_fixed());
        let is_one = |folded: &str| self.heading_words.contains(folded) || with_fields().any(|h| h.read(folded).is_some());
        is_one(folded) || matches!(text::split_measure(folded), (heading, Some(_)) if is_one(heading))
    }

    /// Whether it holds amounts at all, or texts alone.
    pub fn has_amounts(&self) -> bool {
        self.columns.iter().any(|c| c.declared.kind.is_numeric())
    }
}

impl Column {
    /// Whether a folded text is an accepted last heading of this column.
    pub fn is_called(&self, folded: &str) -> bool {
        let is_one = |folded: &str| self.leaf.iter().any(|l| l.matches(folded));
        is_one(folded) || matches!(text::split_measure(folded), (heading, Some(_)) if is_one(heading))
    }

    /// Whether cells of this column belong to rows of that side.
    pub fn serves(&self, side: usize) -> bool {
        self.side.is_none_or(|s| s == side)
    }
}

impl ColumnKind {
    /// Whether its cells are amounts of money in the measure of the table.
    pub fn is_money(self) -> bool {
        self == Self::Amount
    }

    /// Whether its cells are numbers of the model.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Amount | Self::Quantity | Self::Price)
    }
}
