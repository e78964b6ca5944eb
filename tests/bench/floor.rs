//! What any program must spend: calamine reading the same files and rust_xlsxwriter writing the same cells, nothing in between.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Url, Workbook, Worksheet};
use yusuan::grid::{Align, Drawing, Grid, Look, Sheet, Value};
use yusuan::value::Area;

/// The level of compression that the program uses.
const DEFLATE: u8 = 3;

/// Reads the values, formulas and merged areas of all sheets, and counts them; the styles of the workbook are read on opening.
#[allow(dead_code, reason = "each bench has another floor")]
pub fn read_full(bytes: &[u8]) -> usize {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    count_full(&mut workbook)
}

/// The same, and the style of every cell.
#[allow(dead_code, reason = "each bench has another floor")]
pub fn read_styled(bytes: &[u8]) -> usize {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = workbook.sheet_names();
    let styles = names.iter().map(|name| workbook.worksheet_style(name).unwrap().cells().count()).sum::<usize>();
    styles + count_full(&mut workbook)
}

fn count_full(workbook: &mut Xlsx<Cursor<&[u8]>>) -> usize {
    let mut count = 0;
    for name in workbook.sheet_names() {
        count += workbook.worksheet_range(&name).unwrap().used_cells().count();
        count += workbook.worksheet_formula(&name).unwrap().used_cells().count();
        count += workbook.merge_cells_by_sheet_name(&name).unwrap().len();
    }
    count
}

/// Reads all sheets cell by cell, and counts the cells.
#[allow(dead_code, reason = "each bench has another floor")]
pub fn read_cells(bytes: &[u8]) -> usize {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut count = 0;
    for name in workbook.sheet_names() {
        let mut cells = workbook.worksheet_cells_reader(&name).unwrap();
        while let Some(cell) = cells.next_cell().unwrap() {
            count += usize::from(!matches!(cell.get_value(), DataRef::Empty));
        }
    }
    count
}

/// Reads all sheets whole, and counts their cells.
pub fn read_ranges(bytes: &[u8]) -> usize {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = workbook.sheet_names();
    names.iter().map(|name| workbook.worksheet_range(name).unwrap().used_cells().count()).sum()
}

/// A workbook with its numbers as the library takes them.
pub struct Plain<'g> {
    sheets: Vec<PlainSheet<'g>>,
}

struct PlainSheet<'g> {
    name: &'g str,
    drawing: &'g Drawing,
    merges: &'g [Area],
    cells: Vec<PlainCell<'g>>,
}

struct PlainCell<'g> {
    row: u32,
    col: u16,
    look: Look,
    value: PlainValue<'g>,
}

enum PlainValue<'g> {
    Blank,
    Text(&'g str),
    Number(f64),
    Formula(&'g str, String),
    Link(String, &'g str),
}

impl<'g> Plain<'g> {
    /// The cells of a grid.
    pub fn of(grid: &'g Grid) -> Self {
        Self { sheets: grid.sheets.iter().map(PlainSheet::of).collect() }
    }

    /// How many cells there are.
    #[allow(dead_code, reason = "one bench counts them")]
    pub fn cells(&self) -> usize {
        self.sheets.iter().map(|s| s.cells.len()).sum()
    }
}

impl<'g> PlainSheet<'g> {
    fn of(sheet: &'g Sheet) -> Self {
        let value = |cell: &'g yusuan::grid::Cell| match (&cell.value, &cell.link) {
            (Value::Text(text), Some(link)) => PlainValue::Link(format!("internal:{link}"), text),
            (Value::Text(text) | Value::Other(text) | Value::Error(text), _) => PlainValue::Text(text),
            (Value::Number(amount), _) => PlainValue::Number(amount.to_f64()),
            (Value::Formula(formula, result), _) => {
                PlainValue::Formula(formula, result.map(|r| r.to_string()).unwrap_or_default())
            }
            (Value::Blank | Value::Uncalculated, _) => PlainValue::Blank,
        };
        let cell = |c: &'g yusuan::grid::Cell| PlainCell { row: c.at.row, col: c.at.col, look: c.look, value: value(c) };
        let cells = sheet.cells.iter().map(cell).collect();
        Self { name: &sheet.name, drawing: &sheet.drawing, merges: &sheet.merges, cells }
    }
}

/// The formats of all roles, made once.
pub struct Formats(HashMap<Look, Format>);

impl Formats {
    /// The formats of the roles in some workbooks.
    pub fn of<'g>(grids: impl IntoIterator<Item = &'g Grid>) -> Self {
        let cells = grids.into_iter().flat_map(|g| &g.sheets).flat_map(|s| &s.cells);
        Self(cells.map(|c| (c.look, format(c.look))).collect())
    }
}

/// Writes a workbook cell by cell, each with its format.
pub fn write(plain: &Plain<'_>, formats: &Formats) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(DEFLATE);
    for sheet in &plain.sheets {
        fill(workbook.add_worksheet(), sheet, &formats.0);
    }
    workbook.save_to_buffer().unwrap()
}

fn fill(worksheet: &mut Worksheet, sheet: &PlainSheet<'_>, formats: &HashMap<Look, Format>) {
    worksheet.set_name(sheet.name).unwrap();
    for (col, width) in (0..).zip(&sheet.drawing.widths) {
        worksheet.set_column_width(col, *width).unwrap();
    }
    for (row, height) in &sheet.drawing.heights {
        worksheet.set_row_height(*row, *height).unwrap();
    }
    for area in sheet.merges {
        let look =
            sheet.cells.iter().find(|c| (c.row, c.col) == (area.first.row, area.first.col)).map_or(Look::Plain, |c| c.look);
        worksheet.merge_range(area.first.row, area.first.col, area.last.row, area.last.col, "", &formats[&look]).unwrap();
    }
    for PlainCell { row, col, look, value } in &sheet.cells {
        let format = &formats[look];
        let written = match value {
            PlainValue::Blank => worksheet.write_blank(*row, *col, format),
            PlainValue::Text(text) => worksheet.write_string_with_format(*row, *col, *text, format),
            PlainValue::Number(number) => worksheet.write_number_with_format(*row, *col, *number, format),
            PlainValue::Formula(formula, result) => {
                worksheet.write_formula_with_format(*row, *col, Formula::new(formula).set_result(result), format)
            }
            PlainValue::Link(link, text) => worksheet.write_url_with_format(*row, *col, Url::new(link).set_text(*text), format),
        };
        written.unwrap();
    }
}

/// A format of the same weight as the program's own for the role.
fn format(look: Look) -> Format {
    let font =
        |name: &str, size: u8| Format::new().set_font_name(name).set_font_size(size).set_align(FormatAlign::VerticalCenter);
    let framed = || font("宋体", 10).set_border(FormatBorder::Thin);
    match look {
        Look::Plain => font("宋体", 11),
        Look::Cover => font("宋体", 26).set_bold().set_align(FormatAlign::Center),
        Look::CoverLine => font("宋体", 16).set_align(FormatAlign::Center),
        Look::Title => font("宋体", 16).set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::Caption(Align::Left) => font("宋体", 10).set_align(FormatAlign::Left),
        Look::Caption(Align::Center) => font("宋体", 10).set_align(FormatAlign::Center),
        Look::Caption(Align::Right) => font("宋体", 10).set_align(FormatAlign::Right),
        Look::Heading => framed().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
        Look::Label(indent) => framed().set_align(FormatAlign::Left).set_indent(indent).set_text_wrap(),
        Look::Code | Look::Centered => framed().set_align(FormatAlign::Center),
        Look::Amount(..) => framed().set_align(FormatAlign::Right).set_num_format("0.00;-0.00;;@"),
        Look::Quantity | Look::Figure(_) => framed().set_align(FormatAlign::Right),
        Look::Note => font("宋体", 10).set_text_wrap(),
        Look::Section => font("黑体", 14).set_bold().set_text_wrap(),
        Look::Paragraph => font("宋体", 12).set_align(FormatAlign::Top).set_text_wrap(),
        Look::Entry => font("宋体", 12),
    }
}
