//! Writes a grid as an xlsx workbook, byte for byte the same each time; never computes a value and never opens a file.

mod entry;
mod page;
mod rows;
mod style;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Url, Workbook, Worksheet, XlsxError};

use crate::grid::{Cell, Grid, Rows, Sheet, Value};
use crate::value::{Area, CellRef};
use style::{Role, Styles};

/// Why a grid cannot be written as a workbook.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A cell that xlsx cannot hold, such as a text of more than 32,767 characters.
    #[error("工作表“{sheet}”的单元格 {at} 无法写入：{source}")]
    Cell {
        /// The name of the sheet.
        sheet: String,
        /// The cell.
        at: CellRef,
        /// What the library says.
        source: XlsxError,
    },
    /// A formula without a result: its number is not known.
    #[error("工作表“{sheet}”的单元格 {at} 是未计算的公式，无法写入")]
    Uncalculated {
        /// The name of the sheet.
        sheet: String,
        /// The cell.
        at: CellRef,
    },
    /// A sheet that xlsx cannot hold: its name, its merges or its measures.
    #[error("工作表“{sheet}”无法写入：{source}")]
    Sheet {
        /// The name of the sheet.
        sheet: String,
        /// What the library says.
        source: XlsxError,
    },
    /// A workbook that xlsx cannot hold, such as two sheets of one name.
    #[error("工作簿无法写入：{0}")]
    Workbook(#[from] XlsxError),
}

/// Deflate level: against the usual 6 the files grow by a twentieth and take a tenth less time.
const DEFLATE: u8 = 3;

/// The workbook as the bytes of an xlsx file.
pub fn write(grid: &Grid) -> Result<Vec<u8>, WriteError> {
    write_with(grid, &mut std::iter::empty())
}

/// The workbook with long lists on sheets after its own, which are written row by row.
pub fn write_with(grid: &Grid, lists: &mut dyn Iterator<Item = &dyn Rows>) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let mut styles = Styles::default();
    style::set_default(&mut workbook)?;
    workbook.set_zip_compression_level(DEFLATE);
    workbook.set_properties(&properties(grid)?);
    let front = grid.sheets.iter().position(|s| !s.hidden);
    for (place, sheet) in grid.sheets.iter().enumerate() {
        let worksheet = workbook.add_worksheet();
        fill(worksheet, sheet, &mut styles)?;
        // A hidden sheet cannot be the one in front.
        if Some(place) == front {
            worksheet.set_active(true).set_first_tab(true);
        }
    }
    for list in lists {
        let worksheet = match list.is_varied() {
            true => workbook.add_worksheet_with_constant_memory()?,
            false => workbook.add_worksheet_with_low_memory()?,
        };
        rows::fill(worksheet, list, &mut styles)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn properties(grid: &Grid) -> Result<DocProperties, XlsxError> {
    // A fixed day, so that the same grid gives the same bytes.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_creation_datetime(&day).set_title(&grid.title);
    Ok(match &grid.mark {
        Some(mark) => properties.set_category(format!("yusuan:{mark}")),
        None => properties,
    })
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet, styles: &mut Styles) -> Result<(), WriteError> {
    let failed = |source| WriteError::Sheet { sheet: sheet.name.clone(), source };
    worksheet.set_name(&sheet.name).map_err(failed)?;
    worksheet.set_hidden(sheet.hidden);
    // A formula that shows nothing has an empty text as its result; the library would say 0.
    worksheet.set_formula_result_default("");

    let used = used_area(sheet);
    page::draw(worksheet, &sheet.drawing, used.map_or(0, |a| a.last.col.saturating_add(1))).map_err(failed)?;
    if let Some(used) = used {
        widen(worksheet, used).map_err(failed)?;
    }
    for area in sheet.merges.iter().filter(|a| a.first != a.last) {
        let Area { first, last } = *area;
        let frame = styles.of(sheet.cell(first).map_or(Role::default(), |c| Role { linked: false, ..role(sheet, c) }));
        worksheet.merge_range(first.row, first.col, last.row, last.col, "", frame).map_err(failed)?;
    }
    for cell in &sheet.cells {
        put(worksheet, cell, styles).map_err(|problem| problem.at(sheet, cell.at))?;
    }
    // Formats go on afterwards, by areas of cells drawn alike: a format costs a hash each time it is named.
    for (Area { first, last }, role) in areas(sheet) {
        if role != Role::default() {
            worksheet.set_range_format(first.row, first.col, last.row, last.col, styles.of(role)).map_err(failed)?;
        }
    }
    if let Some(entry) = &sheet.drawing.entry {
        entry::protect(worksheet, sheet, entry).map_err(failed)?;
    }
    Ok(())
}

/// Areas of neighbouring cells drawn alike: runs within a row, and equal runs right below each other.
fn areas(sheet: &Sheet) -> Vec<(Area, Role)> {
    let mut areas: Vec<(Area, Role)> = Vec::new();
    let mut lowest: HashMap<(u16, u16), usize> = HashMap::new();
    for run in sheet.cells.chunk_by(|left, right| drawn_alike(sheet, left, right)) {
        let ([first, .., last] | [first @ last]) = run else { continue };
        let role = role(sheet, first);
        let place = lowest.entry((first.at.col, last.at.col)).or_insert(areas.len());
        match areas.get_mut(*place) {
            Some((area, above)) if *above == role && area.last.row + 1 == first.at.row => area.last.row = first.at.row,
            _ => {
                *place = areas.len();
                areas.push((Area::new(first.at, last.at), role));
            }
        }
    }
    areas
}

/// What decides how a cell is drawn.
fn role(sheet: &Sheet, cell: &Cell) -> Role {
    let open = sheet.drawing.entry.as_ref().is_some_and(|entry| entry.open.contains(&cell.at));
    Role { look: cell.look, linked: cell.link.is_some(), open }
}

/// The rectangle of all cells, also of those that hold nothing.
fn used_area(sheet: &Sheet) -> Option<Area> {
    let places = || sheet.cells.iter().map(|c| c.at);
    let first = CellRef::new(places().map(|p| p.row).min()?, places().map(|p| p.col).min()?);
    let last = CellRef::new(places().map(|p| p.row).max()?, places().map(|p| p.col).max()?);
    Some(Area::new(first, last))
}

/// Makes the whole rectangle part of the written sheet: formatting alone does not, and rows outside it would be lost.
fn widen(worksheet: &mut Worksheet, area: Area) -> Result<(), XlsxError> {
    for corner in [area.first, area.last] {
        worksheet.write_boolean(corner.row, corner.col, false)?.clear_cell(corner.row, corner.col);
    }
    Ok(())
}

/// Whether two cells are neighbours in their row and drawn alike.
fn drawn_alike(sheet: &Sheet, left: &Cell, right: &Cell) -> bool {
    role(sheet, left) == role(sheet, right) && left.at.row == right.at.row && left.at.col + 1 == right.at.col
}

/// Why the value of a cell is not written.
enum Problem {
    Refused(XlsxError),
    Uncalculated,
}

impl From<XlsxError> for Problem {
    fn from(source: XlsxError) -> Self {
        Self::Refused(source)
    }
}

impl Problem {
    fn at(self, sheet: &Sheet, at: CellRef) -> WriteError {
        let sheet = sheet.name.clone();
        match self {
            Self::Refused(source) => WriteError::Cell { sheet, at, source },
            Self::Uncalculated => WriteError::Uncalculated { sheet, at },
        }
    }
}

/// Writes the value of a cell, without its format.
fn put(worksheet: &mut Worksheet, cell: &Cell, styles: &mut Styles) -> Result<(), Problem> {
    let CellRef { row, col } = cell.at;
    if let Some(link) = &cell.link {
        // The value that follows takes the place of this text; the link stays.
        let url = Url::new(format!("internal:{link}"));
        worksheet.write_url_with_format(row, col, url, styles.of(Role { look: cell.look, linked: true, open: false }))?;
    }
    match &cell.value {
        Value::Blank => {}
        Value::Text(text) | Value::Other(text) | Value::Error(text) => put_text(worksheet, cell.at, text)?,
        Value::Number(amount) => {
            worksheet.write_number(row, col, amount.to_f64())?;
        }
        Value::Formula(text, result) => {
            let result = result.map_or_else(String::new, |r| r.to_string());
            worksheet.write_formula(row, col, Formula::new(text).set_result(result))?;
        }
        Value::Uncalculated => return Err(Problem::Uncalculated),
    }
    Ok(())
}

fn put_text(worksheet: &mut Worksheet, at: CellRef, text: &str) -> Result<(), XlsxError> {
    // The library takes a text of this form for ready-made rich text and would write it into the file as it is.
    if text.starts_with("<r>") && text.ends_with("</r>") {
        worksheet.write_rich_string(at.row, at.col, &[(&Format::default(), text)])?;
    } else {
        worksheet.write_string(at.row, at.col, text)?;
    }
    Ok(())
}
