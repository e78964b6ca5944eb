//! A plain list in a workbook: rows under headings that are found by their words; never knows what the list is for.

use crate::grid::{Cell, Grid, Sheet, Value};
use crate::value::{Amount, CellRef, text};

/// A list: for each of its rows the fields asked for.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The heading that each field was found under; `None` where it has none.
    pub headings: Vec<Option<String>>,
    /// The rows.
    pub rows: Vec<ListedRow>,
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct ListedRow {
    /// Where it stands.
    pub at: CellRef,
    /// One for each field.
    pub fields: Vec<Field>,
}

/// What a field of a row holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Field {
    /// As text; empty where nothing stands there.
    pub text: String,
    /// As a number, where it is one or was typed as one.
    pub number: Option<Amount>,
}

/// The first list of a workbook whose headings name the first `needed` fields; `None` when there is none.
pub fn find(grid: &Grid, words: &[&[String]], needed: usize) -> Option<Listing> {
    grid.sheets.iter().find_map(|sheet| in_sheet(sheet, words, needed))
}

/// The list of one sheet.
pub fn in_sheet(sheet: &Sheet, words: &[&[String]], needed: usize) -> Option<Listing> {
    let words: Vec<Vec<String>> = words.iter().map(|w| w.iter().map(|w| text::fold(w)).collect()).collect();
    sheet.cells.chunk_by(|a, b| a.at.row == b.at.row).find_map(|row| {
        let columns: Vec<Option<&Cell>> = words.iter().map(|words| heading(row, words)).collect();
        if columns.iter().take(needed).any(Option::is_none) {
            return None;
        }
        let headings = columns.iter().map(|c| c.and_then(Cell::text).map(str::to_owned)).collect();
        let columns: Vec<Option<u16>> = columns.iter().map(|c| c.map(|c| c.at.col)).collect();
        let below = &sheet.cells[sheet.cells.partition_point(|c| c.at.row <= row[0].at.row)..];
        let rows = below.chunk_by(|a, b| a.at.row == b.at.row).map(|row| listed(row, &columns));
        Some(Listing { headings, rows: rows.filter(|r| r.fields.iter().any(|f| !f.text.is_empty())).collect() })
    })
}

/// The cell of a row that is a heading for a field: the first accepted word counts before the others.
fn heading<'r>(row: &'r [Cell], words: &[String]) -> Option<&'r Cell> {
    let folded = |cell: &Cell| cell.text().map(text::fold).map(|t| text::split_measure(&t).0.to_owned());
    words.iter().find_map(|word| row.iter().find(|cell| folded(cell).as_deref() == Some(word)))
}

fn listed(row: &[Cell], columns: &[Option<u16>]) -> ListedRow {
    let field = |column: &Option<u16>| {
        let cell = column.and_then(|column| row.iter().find(|c| c.at.col == column));
        cell.map(Field::of).unwrap_or_default()
    };
    ListedRow { at: row[0].at, fields: columns.iter().map(field).collect() }
}

impl Field {
    fn of(cell: &Cell) -> Self {
        match &cell.value {
            Value::Number(number) | Value::Formula(_, Some(number)) => Self { text: number.to_string(), number: Some(*number) },
            Value::Text(text) | Value::Other(text) | Value::Error(text) => {
                Self { text: text.trim().to_owned(), number: Amount::parse_typed(text, None).ok().flatten() }
            }
            Value::Blank | Value::Uncalculated | Value::Formula(_, None) => Self::default(),
        }
    }
}
