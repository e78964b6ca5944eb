//! The measures of a sheet and its printed A4 page; never looks at what stands in the cells.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::grid::{Drawing, Page};

/// The code of A4 in a spreadsheet.
const A4: u8 = 9;
/// Shorter and longer side of A4, in inches as spreadsheets measure margins.
const SHORT_SIDE: f64 = 8.27;
const LONG_SIDE: f64 = 11.69;
const SIDE_MARGIN: f64 = 0.6;
const TOP_MARGIN: f64 = 0.75;
const HEADER_MARGIN: f64 = 0.3;
const FOOTER_MARGIN: f64 = 0.4;
/// Pixels of a screen: to the inch, of a half-width character of the default font, of the space around a cell's text.
const PER_INCH: f64 = 96.0;
const CHARACTER: f64 = 8.0;
const PADDING: f64 = 5.0;
/// The height in points of a row without a height of its own on a printed page, as in official tables.
const PRINTED_ROW: f64 = 18.0;
/// The width of a column without a width of its own.
const DEFAULT_WIDTH: f64 = 8.38;
const FOOTER: &str = "&C&\"宋体,Regular\"&9第 &P 页 共 &N 页";

/// Sets widths, heights, frozen rows and the printed page of a sheet with so many columns.
pub fn draw(worksheet: &mut Worksheet, drawing: &Drawing, columns: u16) -> Result<(), XlsxError> {
    for (col, width) in (0u16..).zip(&drawing.widths) {
        worksheet.set_column_width(col, *width)?;
    }
    if drawing.page.is_some() {
        worksheet.set_default_row_height(PRINTED_ROW);
    }
    for (row, height) in &drawing.heights {
        worksheet.set_row_height(*row, *height)?;
    }
    worksheet.set_freeze_panes(drawing.frozen_rows, 0)?;
    if let Some(page) = &drawing.page {
        set_page(worksheet, page, &drawing.widths, columns)?;
    }
    Ok(())
}

fn set_page(worksheet: &mut Worksheet, page: &Page, widths: &[f64], columns: u16) -> Result<(), XlsxError> {
    worksheet.set_paper_size(A4);
    if page.landscape {
        worksheet.set_landscape();
    }
    worksheet.set_margins(SIDE_MARGIN, SIDE_MARGIN, TOP_MARGIN, TOP_MARGIN, HEADER_MARGIN, FOOTER_MARGIN);
    worksheet.set_print_center_horizontally(true);
    worksheet.set_footer(FOOTER);
    if page.breaks.is_empty() {
        worksheet.set_print_fit_to_pages(1, 0);
    } else {
        // Excel ignores breaks set by hand while it fits the sheet to pages, so the scale that fits is reckoned here.
        worksheet.set_print_scale(scale(page.landscape, widths, columns));
        worksheet.set_page_breaks(&page.breaks)?;
    }
    if let Some((first, last)) = page.repeat {
        worksheet.set_repeat_rows(first, last)?;
    }
    Ok(())
}

/// The percentage at which so many columns fit the width of the page; a page is never enlarged.
fn scale(landscape: bool, widths: &[f64], columns: u16) -> u16 {
    let side = if landscape { LONG_SIDE } else { SHORT_SIDE };
    let printable = (side - 2.0 * SIDE_MARGIN) * PER_INCH;
    let width = |col: usize| widths.get(col).copied().unwrap_or(DEFAULT_WIDTH) * CHARACTER + PADDING;
    let drawn: f64 = (0..usize::from(columns)).map(width).sum();
    // Where 宋体 is missing, the digits that measure the columns are up to a sixth wider.
    (printable / drawn * 85.0).clamp(10.0, 100.0) as u16
}
