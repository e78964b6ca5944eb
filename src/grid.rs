//! Sheets of cells with merges: the neutral form of every workbook read and written; never knows a table or a file format.

use std::collections::HashSet;
use std::ops::Range;

use crate::value::{Amount, Area, CellRef};

/// A workbook as cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    /// The sheets, in the order of the workbook.
    pub sheets: Vec<Sheet>,
    /// What kind of output of this program the workbook says it is (a document property); `None` for all others.
    pub mark: Option<String>,
    /// When it was last saved, as the file itself says: `2025-03-14T09:26:53`.
    pub saved: Option<String>,
    /// The title among the document properties of a workbook to be written.
    pub title: String,
    /// What the unit answered to the findings of an earlier review that stands in it.
    pub answers: Vec<Answer>,
}

/// What was answered to one finding of an earlier review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The key of the finding; empty where it is not told.
    pub key: String,
    /// The code of the unit; empty where it is not told.
    pub unit: String,
    /// Its rule.
    pub rule: String,
    /// Its sheet.
    pub sheet: String,
    /// Its cell.
    pub cell: String,
    /// What it says.
    pub message: String,
    /// What was done about it.
    pub done: String,
    /// Why it is right as filed.
    pub reason: String,
}

/// A long list to be written below its headings, row by row, that is never held as cells.
pub trait Rows {
    /// The name of its sheet, which is its title too.
    fn name(&self) -> &str;
    /// Its headings.
    fn headings(&self) -> &[String];
    /// The widths of its columns.
    fn widths(&self) -> &[f64];
    /// How many rows it has.
    fn len(&self) -> usize;
    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether its texts hardly repeat: they are then written with their cells, and not into a common list that would stand in
    /// memory.
    fn is_varied(&self) -> bool {
        false
    }
    /// Hands over the cells of a row, from left to right.
    fn row(&self, place: usize, put: &mut dyn FnMut(Plain<'_>));
}

/// A cell of a long list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plain<'a> {
    /// Text; nothing where it is empty.
    Text(&'a str),
    /// A number, exact.
    Number(Amount),
}

/// One sheet: its cells, and how it is drawn when it is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// As shown on the tab.
    pub name: String,
    /// Whether the tab is hidden.
    pub hidden: bool,
    /// The place of its file, where several files were put together.
    pub source: u16,
    /// The cells that hold something, by row and then column, each place once.
    pub cells: Vec<Cell>,
    /// Merged rectangles; empty where the file format does not tell them.
    pub merges: Vec<Area>,
    /// The tables among running text, from the top down; empty where the whole sheet is one, as in a workbook.
    pub blocks: Vec<Block>,
    /// First and last row of the bands of rows that are not shown, in order.
    pub hidden_rows: Vec<(u32, u32)>,
    /// First and last column of the bands of columns that are not shown, in order.
    pub hidden_columns: Vec<(u16, u16)>,
    /// The formulas behind cells that were read, by place; only where the file format tells them.
    pub formulas: Vec<Formula>,
    /// What a written sheet looks like beyond its cells; readers leave the default.
    pub drawing: Drawing,
}

/// A table among the running text of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its rows in the sheet.
    pub rows: Range<u32>,
    /// What it is called where its cells are counted from its own corner; `None` where they are counted like all others.
    pub name: Option<String>,
}

/// The formula behind a cell that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// The cell.
    pub at: CellRef,
    /// The formula without its `=`.
    pub text: String,
    /// The cell for which the text is written: relative references move with the distance from there.
    pub from: CellRef,
    /// What it gives, where the file holds nothing or another number.
    pub gives: Option<Amount>,
}

/// The measures of a written sheet and its printed page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawing {
    /// Column widths in characters of half width, from column A on.
    pub widths: Vec<f64>,
    /// Row heights in points, for the rows that need their own.
    pub heights: Vec<(u32, f64)>,
    /// Rows that stay on screen, counted from the top.
    pub frozen_rows: u32,
    /// The printed page; `None` for a sheet that is only read on screen.
    pub page: Option<Page>,
    /// What can be typed where, for a sheet that is filled in; `None` for a sheet without protection.
    pub entry: Option<Entry>,
}

/// A sheet that is filled in: protected without password but for its open cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// The open cells, lightly marked.
    pub open: HashSet<CellRef>,
    /// What may be typed into them.
    pub validations: Vec<Validation>,
    /// First and last row of those kept hidden until they are needed.
    pub spare_rows: Option<(u32, u32)>,
    /// Areas, and the text that is shown in red in them.
    pub alarms: Vec<(Area, String)>,
}

/// What may be typed into an area.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// The cells.
    pub area: Area,
    /// What they take.
    pub takes: Takes,
    /// Title and text of the message about anything else.
    pub message: (String, String),
}

/// What a cell takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Takes {
    /// Only what this formula, written for the first cell of the area, finds true.
    Only(String),
    /// The cells that this formula names are offered; anything else is taken after a warning.
    Offered(String),
}

/// The printed page of a sheet: always A4, one page wide, page number at the foot.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Lying instead of standing.
    pub landscape: bool,
    /// First and last row repeated on every page, counted from zero.
    pub repeat: Option<(u32, u32)>,
    /// Rows above which a new page begins.
    pub breaks: Vec<u32>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where it stands.
    pub at: CellRef,
    /// What it holds.
    pub value: Value,
    /// How a number is displayed, as far as the file tells.
    pub shown: Shown,
    /// How it is drawn when written.
    pub look: Look,
    /// The place in the same workbook that a written cell links to: `'收支总表'!A1`.
    pub link: Option<String>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Only drawn, never read: the frame of an empty table cell.
    Blank,
    /// Text as stored.
    Text(String),
    /// A number, exact.
    Number(Amount),
    /// A date, time, logical value or the like, as the text a spreadsheet would show; never an amount.
    Other(String),
    /// An error value such as `#REF!`.
    Error(String),
    /// A formula that was never calculated: its number is not in the file.
    Uncalculated,
    /// A live formula to be written, with its present result; no result means it shows nothing.
    Formula(String, Option<Amount>),
}

/// How many decimals a cell displays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shown {
    /// The file does not tell, or the reader cannot.
    #[default]
    Unknown,
    /// As many as the number has.
    General,
    /// This many.
    Fixed(u8),
    /// Another number than the stored one: so many thousands or ten thousands of it.
    Scaled,
}

/// The role a written cell plays, which decides its font, alignment and frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Look {
    /// No role.
    #[default]
    Plain,
    /// The name of the document on its cover.
    Cover,
    /// A line below it.
    CoverLine,
    /// The title of a table or part.
    Title,
    /// A line above a table (code and name, year, measure), without frame.
    Caption(Align),
    /// A column heading.
    Heading,
    /// Text of a table row, indented by so many steps.
    Label(u8),
    /// A code to be typed as text.
    Code,
    /// Text of a table row in the middle of its cell: numbers of rows, codes.
    Centered,
    /// An amount with so many decimals, zero shown as nothing; with or without thousands separators.
    Amount(u8, bool),
    /// A number with the decimals it has.
    Quantity,
    /// A number displayed as in the file that it was read from.
    Figure(Shown),
    /// A note below a table.
    Note,
    /// A heading of the narrative.
    Section,
    /// A paragraph of the narrative.
    Paragraph,
    /// A line of the directory.
    Entry,
}

/// Where a text stands in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

impl Cell {
    /// A cell with a value and a role.
    pub fn new(at: CellRef, value: Value, look: Look) -> Self {
        let shown = match look {
            Look::Amount(decimals, _) => Shown::Fixed(decimals),
            Look::Quantity => Shown::General,
            Look::Figure(shown) => shown,
            _ => Shown::Unknown,
        };
        Self { at, value, shown, look, link: None }
    }

    /// The text of the cell, where it holds text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the cell holds nothing that a reader would see.
    pub fn is_blank(&self) -> bool {
        match &self.value {
            Value::Blank | Value::Formula(_, None) => true,
            Value::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }
}

impl Sheet {
    /// The cells of one row, in column order.
    pub fn row(&self, row: u32) -> &[Cell] {
        let first = self.cells.partition_point(|c| c.at.row < row);
        let rest = &self.cells[first..];
        &rest[..rest.partition_point(|c| c.at.row == row)]
    }

    /// The cell at a place, if it holds something.
    pub fn cell(&self, at: CellRef) -> Option<&Cell> {
        self.cells.binary_search_by_key(&at, |c| c.at).ok().map(|i| &self.cells[i])
    }

    /// Whether the row or the column of a cell is not shown.
    pub fn is_hidden(&self, at: CellRef) -> bool {
        self.is_hidden_row(at.row) || self.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&at.col))
    }

    /// Whether a row is not shown.
    pub fn is_hidden_row(&self, row: u32) -> bool {
        let before = self.hidden_rows.partition_point(|(_, last)| *last < row);
        self.hidden_rows.get(before).is_some_and(|(first, _)| *first <= row)
    }

    /// The formula behind a cell.
    pub fn formula(&self, at: CellRef) -> Option<&Formula> {
        self.formulas.binary_search_by_key(&at, |f| f.at).ok().map(|i| &self.formulas[i])
    }

    /// One past the last row that holds something.
    pub fn row_count(&self) -> u32 {
        self.cells.last().map_or(0, |c| c.at.row + 1)
    }

    /// Brings cells that were drawn table by table into row order. A place drawn twice keeps what was drawn last.
    pub fn sort(&mut self) {
        self.cells.reverse();
        self.cells.sort_by_key(|c| c.at);
        self.cells.dedup_by_key(|c| c.at);
    }
}
