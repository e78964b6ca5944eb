//! A budget as it was filed: tables of exact amounts that remember their cells, forms, institutions, narrative; never a rule.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::grid::{Answer, Block, Shown};
use crate::template::{Body, ColumnKind, Fields, Table as Declared, Template};
use crate::value::{Amount, Area, CellRef, Code, Measure};

/// One budget: what a unit, department or district filed.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The edition it follows.
    pub template: Arc<Template>,
    /// The budget year, where it is known.
    pub year: Option<i32>,
    /// Code of the budget unit.
    pub code: Option<String>,
    /// Name of the budget unit.
    pub name: Option<String>,
    /// The files it was read from, as found.
    pub sources: Vec<String>,
    /// The sheets it was read from.
    pub sheets: Vec<SheetOf>,
    /// When its file was last saved, as the file itself says.
    pub saved: Option<String>,
    /// What the unit answered to the findings of an earlier review.
    pub answers: Vec<Answer>,
    /// Its tables, one for every declared table.
    pub tables: Vec<Table>,
    /// Its forms, in order.
    pub forms: Vec<Form>,
    /// Its narrative, paragraph by paragraph.
    pub narrative: Vec<Paragraph>,
    /// Titles, headings, labels and notes that were filed in other words than the standard's.
    pub rewordings: Vec<Rewording>,
}

/// A text of the standard layout that was filed in other words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewording {
    /// The table.
    pub table: usize,
    /// What was filed.
    pub written: Text,
    /// What the standard says.
    pub standard: String,
}

/// A sheet of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOf {
    /// The place of the file among the sources.
    pub source: usize,
    /// The name of the sheet.
    pub name: String,
    /// The tables among its running text.
    pub blocks: Vec<Block>,
}

/// The cell that something was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The place of the sheet among the sheets of the budget.
    pub sheet: u16,
    /// The cell.
    pub cell: CellRef,
}

/// A table as filed.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Whether and how it was filed.
    pub state: State,
    /// The measure of its amounts.
    pub measure: Option<Measure>,
    /// Its title as printed, without surrounding blanks.
    pub title: Option<Text>,
    /// The rectangle it fills on its first sheet.
    pub area: Option<Area>,
    /// Notes printed under it.
    pub notes: Vec<Text>,
    /// Whether numbers of it stand in the workbook that could not be placed: its sums cannot be computed.
    pub incomplete: bool,
    /// Its rows: for fixed tables all declared ones, for trees and lists those filed.
    pub rows: Vec<Row>,
    places: HashMap<Key, usize>,
    /// The rows that can have a parent, by parent and then by place.
    by_parent: Vec<usize>,
}

/// Whether a table was filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// It has amounts or texts.
    Filled,
    /// It is printed without any.
    Empty,
    /// It is not in the workbook.
    #[default]
    Missing,
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, without surrounding blanks.
    pub text: String,
    /// Its cell.
    pub site: Site,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A declared row, by its place in the template.
    Declared(usize),
    /// A code.
    Code(Code),
    /// A row of a list, counted from one.
    Free(u32),
}

/// A row as filed.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub key: Key,
    /// The name of a coded row as filed; the declared label of others.
    pub label: String,
    /// The cell of its code or label; `None` for a declared row that was not filed.
    pub site: Option<Site>,
    /// The cell of its name, for a coded row.
    pub name_site: Option<Site>,
    /// One slot for each column of the table.
    pub slots: Vec<Slot>,
    /// Texts by column.
    pub texts: Vec<(usize, Text)>,
    /// The nearest row above it in the tree.
    pub parent: Option<usize>,
    /// Whether it is the parent of another row.
    pub has_children: bool,
}

/// A cell for a number, which may be blank.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slot {
    /// The number.
    pub amount: Option<Amount>,
    /// Its cell; `None` where the workbook has no such row or column.
    pub site: Option<Site>,
    /// How it was displayed.
    pub shown: Shown,
    /// Something stands in the cell that could not be read as a number: what it is worth is not known.
    pub unread: bool,
}

/// A form: the goals and indicators of one project.
#[derive(Debug, Clone)]
pub struct Form {
    /// The declared table it is one of.
    pub table: usize,
    /// The name of the project.
    pub project: String,
    /// The goals.
    pub goal: String,
    /// Its title cell.
    pub site: Site,
    /// Its indicators: one text for each column, and the first cell.
    pub indicators: Vec<(Vec<String>, Site)>,
}

/// A paragraph of the narrative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// The section it stands in; `None` before the first.
    pub section: Option<usize>,
    /// The text.
    pub text: Text,
}

/// One cell of one table of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The table.
    pub table: usize,
    /// The row, by its place among the rows filed.
    pub row: usize,
    /// The column.
    pub column: usize,
}

impl Budget {
    /// A budget of an edition in which nothing has been filed yet.
    pub fn new(template: Arc<Template>) -> Self {
        let tables = template.tables.iter().map(Table::new).collect();
        Self {
            template,
            year: None,
            code: None,
            name: None,
            sources: Vec::new(),
            sheets: Vec::new(),
            saved: None,
            answers: Vec::new(),
            tables,
            forms: Vec::new(),
            narrative: Vec::new(),
            rewordings: Vec::new(),
        }
    }

    /// The slot at an address.
    pub fn slot(&self, at: Address) -> &Slot {
        &self.tables[at.table].rows[at.row].slots[at.column]
    }

    /// The slot at an address, to be changed.
    pub fn slot_mut(&mut self, at: Address) -> &mut Slot {
        &mut self.tables[at.table].rows[at.row].slots[at.column]
    }

    /// What the printed lines of a table say in this budget.
    pub fn fields(&self, table: Option<usize>) -> Fields {
        let measure = table.map(|t| self.tables[t].measure.unwrap_or(self.template.tables[t].measure));
        Fields { code: self.code.clone(), name: self.name.clone(), year: self.year, measure, ..Fields::default() }
    }

    /// The file of a sheet.
    pub fn file_of(&self, sheet: u16) -> &str {
        self.sheets.get(usize::from(sheet)).and_then(|s| self.sources.get(s.source)).map_or("", String::as_str)
    }

    /// Where a clerk finds a cell: the sheet, or the table among running text with the cell counted from its corner.
    pub fn place(&self, site: Site) -> (&str, CellRef) {
        self.sheets.get(usize::from(site.sheet)).map_or(("", site.cell), |sheet| sheet.place(site.cell))
    }

    /// Whether a cell stands in a document rather than in a sheet of a workbook.
    pub fn is_document(&self, site: Site) -> bool {
        self.sheets.get(usize::from(site.sheet)).is_some_and(|sheet| !sheet.blocks.is_empty())
    }

    /// The name of a sheet.
    pub fn sheet_name(&self, sheet: u16) -> &str {
        self.sheets.get(usize::from(sheet)).map_or("", |s| s.name.as_str())
    }
}

impl SheetOf {
    /// A cell as it is found by its reader. Paragraphs are counted without the tables that have names of their own.
    pub fn place(&self, cell: CellRef) -> (&str, CellRef) {
        let mut row = cell.row;
        for block in self.blocks.iter().take_while(|b| b.rows.start <= cell.row) {
            match &block.name {
                Some(name) if block.rows.contains(&cell.row) => {
                    return (name, CellRef::new(cell.row - block.rows.start, cell.col));
                }
                Some(_) => row -= block.rows.end - block.rows.start,
                None => {}
            }
        }
        (&self.name, CellRef::new(row, cell.col))
    }
}

impl Table {
    /// The table before anything is filed in it.
    pub fn new(declared: &Declared) -> Self {
        let mut table = Self::default();
        if declared.declared.body == Body::Fixed {
            for (place, row) in declared.rows.iter().enumerate() {
                table.push(Row::new(Key::Declared(place), row.label.clone(), declared.columns.len()));
            }
        }
        table
    }

    /// Adds a row; a key that stands there already keeps its first place.
    pub fn push(&mut self, row: Row) {
        let place = self.rows.len();
        self.places.entry(row.key).or_insert(place);
        if !matches!(row.key, Key::Declared(_)) {
            let at = self.by_parent.partition_point(|p| self.rows[*p].parent <= row.parent);
            self.by_parent.insert(at, place);
        }
        self.rows.push(row);
    }

    /// The same table with other keys for its rows, without those that have none.
    pub fn rekeyed(&self, levels: &[u8], key: impl Fn(usize, &Row) -> Option<Key>) -> Self {
        let mut table = Self { rows: Vec::new(), places: HashMap::new(), by_parent: Vec::new(), ..self.clone() };
        for (place, row) in self.rows.iter().enumerate() {
            if let Some(key) = key(place, row) {
                table.push(Row { key, parent: None, has_children: false, ..row.clone() });
            }
        }
        table.link_parents(levels);
        table
    }

    /// The place of a row.
    pub fn place(&self, key: Key) -> Option<usize> {
        self.places.get(&key).copied()
    }

    /// The first row whose key programs know by this name.
    pub fn row_called(&self, id: &str, declared: &Declared) -> Option<usize> {
        let row = declared.rows.iter().position(|r| r.id == id).map(Key::Declared);
        let code = id.parse().ok().map(Key::Code);
        let free = id.strip_prefix('#').and_then(|number| number.parse().ok()).map(Key::Free);
        [row, code, free].into_iter().flatten().filter_map(|key| self.place(key)).min()
    }

    /// Whether it was filed, filled or empty.
    pub fn is_filed(&self) -> bool {
        self.state != State::Missing
    }

    /// The amounts that are there, with row and column.
    pub fn amounts(&self) -> impl Iterator<Item = (usize, usize, &Slot)> {
        self.rows.iter().enumerate().flat_map(|(row, filed)| {
            let slots = filed.slots.iter().enumerate();
            slots.filter(|(_, s)| s.amount.is_some()).map(move |(column, slot)| (row, column, slot))
        })
    }

    /// The rows whose nearest ancestor is `row`; without one, the code rows that have none and the rows of a list.
    pub fn children(&self, row: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = self.by_parent.partition_point(|p| self.rows[*p].parent < row);
        let rest = &self.by_parent[first..];
        rest[..rest.partition_point(|p| self.rows[*p].parent == row)].iter().copied()
    }

    /// Finds the parent of every code row. A repeated code is the child of the same parent as its first.
    pub fn link_parents(&mut self, levels: &[u8]) {
        for place in 0..self.rows.len() {
            let Key::Code(code) = self.rows[place].key else { continue };
            let ancestors = levels.iter().rev().filter_map(|l| code.ancestor(*l));
            let parent = ancestors.filter_map(|a| self.place(Key::Code(a))).next();
            self.rows[place].parent = parent;
            if let Some(parent) = parent {
                self.rows[parent].has_children = true;
            }
        }
        self.by_parent.sort_by_key(|place| (self.rows[*place].parent, *place));
    }

    /// Whether the declared or coded row is there and was filed.
    pub fn has_row(&self, key: Key) -> bool {
        self.place(key).is_some_and(|p| self.rows[p].site.is_some())
    }
}

impl Row {
    /// A row in which nothing is filed.
    pub fn new(key: Key, label: String, columns: usize) -> Self {
        Self {
            key,
            label,
            site: None,
            name_site: None,
            slots: vec![Slot::default(); columns],
            texts: Vec::new(),
            parent: None,
            has_children: false,
        }
    }

    /// What a code column of this row shows: the whole code, or the part of one level where each has its own column.
    pub fn code_part(&self, declared: &Declared, column: usize) -> Option<String> {
        let Key::Code(code) = self.key else { return None };
        let code = code.to_string();
        let columns: Vec<usize> = declared.columns_of(ColumnKind::Code).collect();
        let level = columns.iter().position(|c| *c == column)?;
        // A code of no known level is never cut: it stands whole in the first column.
        if columns.len() == 1 || !declared.levels.iter().any(|l| usize::from(*l) == code.len()) {
            return (level == 0).then_some(code);
        }
        let end = usize::from(*declared.levels.get(level)?);
        let start = level.checked_sub(1).map_or(0, |l| usize::from(declared.levels[l]));
        code.get(start..end).map(str::to_owned)
    }

    /// The key as programs know it: a row's id, a bare code, `#1`.
    pub fn id<'a>(&self, declared: &'a Declared) -> RowId<'a> {
        match self.key {
            Key::Declared(row) => RowId::Declared(&declared.rows[row].id),
            Key::Code(code) => RowId::Code(code),
            Key::Free(number) => RowId::Free(number),
        }
    }
}

/// The key of a row as programs know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowId<'a> {
    /// The id of a declared row.
    Declared(&'a str),
    /// A code.
    Code(Code),
    /// A row of a list.
    Free(u32),
}

impl fmt::Display for RowId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(id) => f.write_str(id),
            Self::Code(code) => code.fmt(f),
            Self::Free(number) => write!(f, "#{number}"),
        }
    }
}
