//! A sheet while it is drawn: cells, merges and row heights from top to bottom; never knows a table.

use unicode_width::UnicodeWidthStr;

use crate::grid::{Cell, Drawing, Look, Page, Sheet, Value};
use crate::value::{Area, CellRef};

/// A sheet being drawn.
pub(super) struct Paper {
    sheet: Sheet,
    /// The row to be drawn next.
    pub(super) row: u32,
    /// Rows left blank above the title of a table, below it, and above its headings.
    pub(super) gaps: [u32; 3],
}

/// How high a line of text is, in points, and how many half-width characters one unit of column width holds.
struct Font {
    line: f64,
    per_unit: f64,
}

impl Paper {
    /// An empty sheet with column widths.
    pub(super) fn new(name: &str, widths: Vec<f64>) -> Self {
        let drawing = Drawing { widths, ..Drawing::default() };
        Self { sheet: Sheet { name: name.to_owned(), drawing, ..Sheet::default() }, row: 0, gaps: [0; 3] }
    }

    /// The name of the sheet.
    pub(super) fn name(&self) -> &str {
        &self.sheet.name
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> u16 {
        self.sheet.drawing.widths.len() as u16
    }

    /// The width of some columns together.
    pub(super) fn width(&self, first: u16, last: u16) -> f64 {
        self.sheet.drawing.widths.get(usize::from(first)..=usize::from(last)).map_or(0.0, |w| w.iter().sum())
    }

    /// Draws one cell.
    pub(super) fn put(&mut self, at: CellRef, value: Value, look: Look) {
        self.sheet.cells.push(Cell::new(at, value, look));
    }

    /// Draws one cell over an area, which is merged when it is more than one cell.
    pub(super) fn put_over(&mut self, area: Area, value: Value, look: Look) {
        self.put(area.first, value, look);
        if area.first != area.last {
            self.sheet.merges.push(area);
        }
    }

    /// Draws text over columns of the present row and makes the row high enough for it.
    pub(super) fn text_over(&mut self, columns: (u16, u16), text: &str, look: Look) {
        let area = Area::new(CellRef::new(self.row, columns.0), CellRef::new(self.row, columns.1));
        self.put_over(area, Value::Text(text.to_owned()), look);
        self.grow(self.row, height(text, self.width(columns.0, columns.1), look));
    }

    /// A text over the whole width, on a row of its own.
    pub(super) fn line(&mut self, text: &str, look: Look) -> CellRef {
        let at = CellRef::new(self.row, 0);
        self.text_over((0, self.columns().saturating_sub(1)), text, look);
        self.row += 1;
        at
    }

    /// A line that leads somewhere in the workbook.
    pub(super) fn link_line(&mut self, text: &str, target: String) {
        let at = self.line(text, Look::Entry);
        self.link(at, target);
    }

    /// Makes a drawn cell lead somewhere in the workbook.
    pub(super) fn link(&mut self, at: CellRef, target: String) {
        if let Some(cell) = self.sheet.cells.iter_mut().rev().find(|c| c.at == at) {
            cell.link = Some(target);
        }
    }

    /// A cell that leads somewhere in the workbook.
    pub(super) fn put_link(&mut self, at: CellRef, text: &str, look: Look, target: String) {
        let mut cell = Cell::new(at, Value::Text(text.to_owned()), look);
        cell.link = Some(target);
        self.sheet.cells.push(cell);
    }

    /// Makes a row at least so high.
    pub(super) fn grow(&mut self, row: u32, height: f64) {
        let heights = &mut self.sheet.drawing.heights;
        match heights.iter_mut().rev().find(|(r, _)| *r == row) {
            Some((_, old)) => *old = old.max(height),
            None => heights.push((row, height)),
        }
    }

    /// Keeps the first rows on screen.
    pub(super) fn freeze(&mut self, rows: u32) {
        self.sheet.drawing.frozen_rows = rows;
    }

    /// Begins a new printed page at the present row.
    pub(super) fn page_break(&mut self) {
        let row = self.row;
        if let Some(page) = self.sheet.drawing.page.as_mut().filter(|_| row > 0) {
            page.breaks.push(row);
        }
    }

    /// Makes the sheet a printed one.
    pub(super) fn page(&mut self, landscape: bool, repeat: Option<(u32, u32)>) {
        self.sheet.drawing.page = Some(Page { landscape, repeat, breaks: Vec::new() });
    }

    /// The finished sheet.
    pub(super) fn finish(mut self) -> Sheet {
        self.sheet.sort();
        self.sheet.drawing.heights.sort_by_key(|(row, _)| *row);
        self.sheet
    }
}

/// The height a text needs in a column of that width.
pub(super) fn height(text: &str, width: f64, look: Look) -> f64 {
    let (font, least) = match look {
        Look::Cover => (Font { line: 36.0, per_unit: 0.45 }, 60.0),
        Look::CoverLine => (Font { line: 24.0, per_unit: 0.7 }, 36.0),
        Look::Title => (Font { line: 24.0, per_unit: 0.72 }, 34.0),
        Look::Section => (Font { line: 20.0, per_unit: 0.82 }, 28.0),
        Look::Paragraph | Look::Entry => (Font { line: 18.0, per_unit: 0.94 }, 22.0),
        Look::Caption(_) | Look::Note => (Font { line: 14.0, per_unit: 1.12 }, 18.0),
        _ => (Font { line: 13.5, per_unit: 1.1 }, 18.0),
    };
    let indent = if let Look::Label(steps) = look { f64::from(steps) * 2.0 } else { 0.0 };
    let room = ((width - indent) * font.per_unit).max(2.0);
    let lines: f64 = text.lines().map(|line| (line.width() as f64 / room).ceil().max(1.0)).sum();
    (lines.max(1.0) * font.line + 4.0).max(least).min(409.0)
}
