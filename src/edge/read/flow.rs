//! Gathers the running text and the tables of a document into sheets; never knows which format they come from.

use std::collections::{BTreeMap, HashMap};

use super::collect::{self, COLUMNS, Collector, ROWS};
use super::limits::Budget;
use super::typed::typed;
use super::unreadable::{Limit, Unreadable};
use crate::grid::{Block, Cell, Grid, Look, Sheet, Value};
use crate::value::CellRef;

/// What the running text of a document is called, and each of its tables with its number.
const RUNNING: &str = "正文";
const TABLE: &str = "表";
/// What follows the name of a table that goes on after another one within it.
const CONTINUED: &str = "（续）";
/// So many rows are looked at for where a cell stands below taller ones; no honest table needs more.
const STEPS: u64 = 50_000_000;
/// So deep may tables stand in each other.
const DEPTH: usize = 32;

/// A document as it is read from top to bottom.
pub(super) struct Flow<'b> {
    collector: Collector<'b>,
    pieces: Vec<Piece>,
    open: Vec<Open>,
    paragraph: String,
    tables: usize,
    steps: u64,
}

/// What a document calls its tables.
pub(super) enum Names {
    /// Nothing.
    None,
    /// A list of worksheets, and whether they are hidden.
    Listed(Vec<(String, bool)>),
    /// The texts of links, by the anchors they lead to.
    Linked(HashMap<String, String>),
}

enum Piece {
    Text(String),
    Table(Box<Table>),
}

/// A table that is read, or a part of one.
struct Table {
    sheet: Sheet,
    rows: u32,
    /// What a link or a list in the document calls it.
    anchor: Option<String>,
}

/// A table that is being read.
struct Open {
    table: Table,
    merges: Vec<((u32, u32), (u32, u32))>,
    in_row: bool,
    col: u32,
    cell: Option<OpenCell>,
    /// Columns that cells of rows above fill: first column to one past the last, and one past the last row.
    taken: Vec<(u32, u32, u32)>,
    /// By its first column the merge that a cell continuing the one above belongs to.
    upward: BTreeMap<u32, usize>,
}

struct OpenCell {
    at: (u32, u32),
    text: String,
    given: Option<Value>,
}

/// How a cell stands to those around it.
#[derive(Clone, Copy)]
pub(super) enum Stands {
    /// Over so many columns and rows.
    Over(u32, u32),
    /// Over so many columns, as the first of a merge that goes on below.
    Above(u32),
    /// Over so many columns, as part of the merge above.
    Below(u32),
}

impl<'b> Flow<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        let (pieces, open) = (Vec::new(), Vec::new());
        Self { collector: Collector::new(budget), pieces, open, paragraph: String::new(), tables: 0, steps: STEPS }
    }

    /// Adds text to the open cell, or else to the paragraph.
    pub(super) fn text(&mut self, text: &str) {
        self.target().push_str(text);
    }

    /// The text of the open cell or of the paragraph.
    pub(super) fn target(&mut self) -> &mut String {
        match self.open.last_mut().and_then(|open| open.cell.as_mut()) {
            Some(cell) => &mut cell.text,
            None => &mut self.paragraph,
        }
    }

    /// Ends a paragraph; in a cell the next begins on a new line.
    pub(super) fn end_paragraph(&mut self) -> Result<(), Unreadable> {
        if self.open.last().is_some_and(|open| open.cell.is_some()) {
            let text = self.target();
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            return Ok(());
        }
        let paragraph = std::mem::take(&mut self.paragraph);
        let trimmed = paragraph.trim();
        if !trimmed.is_empty() {
            self.pieces.push(Piece::Text(trimmed.to_owned()));
        }
        if self.pieces.len() > ROWS as usize { Err(Unreadable::TooLarge { what: Limit::Cells }) } else { Ok(()) }
    }

    /// Begins a table; one that stands in a cell parts the table around it.
    pub(super) fn open_table(&mut self, anchor: Option<String>) -> Result<(), Unreadable> {
        if self.open.len() >= DEPTH {
            return self.end_paragraph();
        }
        if let Some(outer) = self.open.last() {
            let name = format!("{}{CONTINUED}", outer.table.sheet.name.trim_end_matches(CONTINUED));
            self.close_row()?;
            let next = self.collector.sheet(&name, false)?;
            if let Some(outer) = self.open.last_mut() {
                let part = std::mem::replace(outer, Open::new(next, None));
                self.pieces.push(Piece::Table(Box::new(part.finish(&self.collector)?)));
            }
        }
        self.end_paragraph()?;
        self.tables += 1;
        let sheet = self.collector.sheet(&format!("{TABLE}{}", self.tables), false)?;
        self.open.push(Open::new(sheet, anchor));
        Ok(())
    }

    /// Ends the innermost table.
    pub(super) fn close_table(&mut self) -> Result<(), Unreadable> {
        self.close_row()?;
        self.end_paragraph()?;
        if let Some(open) = self.open.pop() {
            self.pieces.push(Piece::Table(Box::new(open.finish(&self.collector)?)));
        }
        Ok(())
    }

    /// Begins a row.
    pub(super) fn open_row(&mut self) -> Result<(), Unreadable> {
        self.close_row()?;
        if let Some(open) = self.open.last_mut() {
            (open.in_row, open.col) = (true, 0);
            let row = open.table.rows;
            open.taken.retain(|(_, _, end)| *end > row);
        }
        Ok(())
    }

    /// Leaves columns of the row free.
    pub(super) fn skip(&mut self, columns: u32) {
        if let Some(open) = self.open.last_mut() {
            open.col = open.col.saturating_add(columns);
        }
    }

    /// Ends the row.
    pub(super) fn close_row(&mut self) -> Result<(), Unreadable> {
        self.close_cell()?;
        if let Some(open) = self.open.last_mut().filter(|open| open.in_row) {
            open.in_row = false;
            open.table.rows += 1;
            if open.table.rows > ROWS {
                return Err(Unreadable::TooLarge { what: Limit::Cells });
            }
        }
        Ok(())
    }

    /// Begins a cell, which may have a value that its text only shows.
    pub(super) fn open_cell(&mut self, stands: Stands, given: Option<Value>) -> Result<(), Unreadable> {
        self.close_cell()?;
        if self.open.last().is_some_and(|open| !open.in_row) {
            self.open_row()?;
        }
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        self.steps = self.steps.saturating_sub(open.taken.len() as u64);
        if self.steps == 0 || open.col >= COLUMNS {
            return Err(Unreadable::TooLarge { what: Limit::Cells });
        }
        open.begin(stands, given);
        Ok(())
    }

    /// Ends the cell.
    pub(super) fn close_cell(&mut self) -> Result<(), Unreadable> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let Some(cell) = open.cell.take() else { return Ok(()) };
        let text = cell.text.trim();
        // A kept number counts where the text shows a number, and not a date or a share.
        let (value, shown) = match (typed(text), cell.given) {
            ((Value::Number(_) | Value::Blank, shown), Some(given)) => (given, shown),
            (seen, _) => seen,
        };
        if value != Value::Blank && cell.at.1 >= COLUMNS {
            return Err(Unreadable::TooLarge { what: Limit::Cells });
        }
        self.collector.push(&mut open.table.sheet, cell.at.0, cell.at.1, value, shown)
    }

    /// Ends whatever was left open, and gives one sheet for each table where the document names them or holds nothing else;
    /// otherwise one sheet for the whole.
    pub(super) fn finish(mut self, name: &str, names: Names) -> Result<Grid, Unreadable> {
        while !self.open.is_empty() {
            self.close_table()?;
        }
        self.end_paragraph()?;
        let tables: Vec<&Table> = self.pieces.iter().filter_map(Piece::table).collect();
        let is_bare = tables.len() == self.pieces.len();
        let own = || tables.iter().map(|table| (table.sheet.name.clone(), false)).collect();
        let names: Vec<(String, bool)> = match names {
            Names::Listed(listed) if is_bare && listed.len() == tables.len() => listed,
            Names::Linked(links) if !is_bare => self.linked(&links).unwrap_or_default(),
            _ if is_bare && tables.len() == 1 => vec![(name.to_owned(), false)],
            _ if is_bare => own(),
            _ => Vec::new(),
        };
        if names.is_empty() {
            return Ok(Grid { sheets: vec![document(self.collector.sheet(RUNNING, false)?, self.pieces)?], ..Grid::default() });
        }
        let tables = self.pieces.into_iter().filter_map(Piece::into_table).zip(names);
        let sheets = tables.map(|(table, (name, hidden))| Sheet { name, hidden, ..table.sheet }).collect();
        Ok(Grid { sheets, ..Grid::default() })
    }

    /// The names of the tables by the links that lead to them, where all text is an index, its title and headings with names.
    fn linked(&self, links: &HashMap<String, String>) -> Option<Vec<(String, bool)>> {
        let (mut names, mut has_title) = (Vec::new(), false);
        for piece in &self.pieces {
            match piece {
                Piece::Table(table) => names.push((links.get(table.anchor.as_ref()?)?.clone(), false)),
                Piece::Text(text) if links.values().any(|name| !name.is_empty() && text.ends_with(name.as_str())) => {}
                Piece::Text(_) if !has_title && names.is_empty() => has_title = true,
                Piece::Text(_) => return None,
            }
        }
        Some(names)
    }
}

impl Open {
    fn new(sheet: Sheet, anchor: Option<String>) -> Self {
        let table = Table { sheet, rows: 0, anchor };
        let (merges, taken, upward) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { table, merges, in_row: false, col: 0, cell: None, taken, upward }
    }

    /// Begins a cell at the next free column.
    fn begin(&mut self, stands: Stands, given: Option<Value>) {
        let row = self.table.rows;
        while let Some((_, end, _)) = self.taken.iter().find(|(first, end, _)| (*first..*end).contains(&self.col)) {
            self.col = *end;
        }
        let first = self.col;
        let columns = match stands {
            Stands::Over(columns, _) | Stands::Above(columns) | Stands::Below(columns) => columns.clamp(1, 1000),
        };
        let end = first + columns;
        self.col = end;
        let last = |rows: u32| (row.saturating_add(rows.max(1) - 1).min(ROWS - 1), end - 1);
        let above = self.upward.remove(&first);
        match (stands, above) {
            (Stands::Over(_, rows), _) => {
                if rows > 1 {
                    self.take(first, end, last(rows).0 + 1);
                }
                if rows > 1 || columns > 1 {
                    self.merges.push(((row, first), last(rows)));
                }
            }
            (Stands::Below(_), Some(above)) => {
                if let Some((_, corner)) = self.merges.get_mut(above) {
                    corner.0 = row;
                }
                self.upward.insert(first, above);
            }
            (Stands::Above(_) | Stands::Below(_), _) => {
                self.upward.insert(first, self.merges.len());
                self.merges.push(((row, first), last(1)));
            }
        }
        self.cell = Some(OpenCell { at: (row, first), text: String::new(), given });
    }

    /// Keeps columns from the cells of the rows below; neighbours of one height are one.
    fn take(&mut self, first: u32, end: u32, below: u32) {
        match self.taken.last_mut().filter(|(_, last, until)| *last == first && *until == below) {
            Some((_, last, _)) => *last = end,
            None => self.taken.push((first, end, below)),
        }
    }

    fn finish(self, collector: &Collector<'_>) -> Result<Table, Unreadable> {
        let Table { sheet, rows, anchor } = self.table;
        let mut sheet = collector.finish(sheet)?;
        // Only what stands in a merge says anything, and no merge goes beyond the last row.
        let merges = self
            .merges
            .into_iter()
            .filter(|(first, _)| collect::place(first.0, first.1).is_some_and(|at| sheet.cell(at).is_some()));
        sheet.merges =
            merges.filter_map(|(first, last)| collect::merge(first, (last.0.min(rows.saturating_sub(1)), last.1))).collect();
        Ok(Table { sheet, rows, anchor })
    }
}

impl Piece {
    fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::Text(_) => None,
        }
    }

    fn into_table(self) -> Option<Table> {
        match self {
            Self::Table(table) => Some(*table),
            Self::Text(_) => None,
        }
    }
}

impl Table {
    /// Whether it is a frame around text: no row has two cells.
    fn is_frame(&self) -> bool {
        self.sheet.cells.windows(2).all(|pair| pair[0].at.row != pair[1].at.row)
    }
}

/// The whole document as one sheet: a paragraph is a row of one cell, a table begins in the first column.
fn document(mut sheet: Sheet, pieces: Vec<Piece>) -> Result<Sheet, Unreadable> {
    let mut row = 0u32;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                sheet.cells.push(moved(Cell::new(CellRef::new(0, 0), Value::Text(text), Look::Plain), row));
                row += 1;
            }
            Piece::Table(table) if table.is_frame() => {
                for cell in table.sheet.cells {
                    sheet.cells.push(Cell { at: CellRef::new(row, 0), ..cell });
                    row += 1;
                }
            }
            Piece::Table(table) => {
                sheet.blocks.push(Block { rows: row..row + table.rows, name: Some(table.sheet.name) });
                let merges = table.sheet.merges.into_iter().filter_map(|m| {
                    let corner = |at: CellRef| (at.row + row, u32::from(at.col));
                    collect::merge(corner(m.first), corner(m.last))
                });
                sheet.merges.extend(merges);
                sheet.cells.extend(table.sheet.cells.into_iter().map(|cell| moved(cell, row)));
                row += table.rows;
            }
        }
        if row > ROWS {
            return Err(Unreadable::TooLarge { what: Limit::Cells });
        }
    }
    Ok(sheet)
}

fn moved(cell: Cell, rows: u32) -> Cell {
    Cell { at: CellRef::new(cell.at.row + rows, cell.at.col), ..cell }
}
