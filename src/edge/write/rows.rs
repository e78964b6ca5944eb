//! Writes a long list row by row, so that it never stands in memory; never knows what it lists.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::style::{Role, Styles};
use super::{WriteError, page, put_text};
use crate::grid::{Drawing, Look, Page, Plain, Rows};
use crate::value::CellRef;

/// The rows of the title and the headings.
const HEAD: u32 = 2;

/// Writes title, headings and rows.
pub(super) fn fill(worksheet: &mut Worksheet, list: &dyn Rows, styles: &mut Styles) -> Result<(), WriteError> {
    let failed = |source| WriteError::Sheet { sheet: list.name().to_owned(), source };
    head(worksheet, list, styles).map_err(failed)?;
    for place in 0..list.len() {
        let (row, mut col, mut problem) = (HEAD + place as u32, 0, None);
        list.row(place, &mut |cell| {
            let at = CellRef { row, col };
            if let Err(source) = put(worksheet, at, cell) {
                problem.get_or_insert((at, source));
            }
            col += 1;
        });
        if let Some((at, source)) = problem {
            return Err(WriteError::Cell { sheet: list.name().to_owned(), at, source });
        }
    }
    Ok(())
}

fn head(worksheet: &mut Worksheet, list: &dyn Rows, styles: &mut Styles) -> Result<(), XlsxError> {
    worksheet.set_name(list.name())?;
    let last = list.headings().len().saturating_sub(1) as u16;
    let drawing = Drawing {
        widths: list.widths().to_vec(),
        frozen_rows: HEAD,
        page: Some(Page { landscape: true, repeat: Some((0, HEAD - 1)), breaks: Vec::new() }),
        ..Drawing::default()
    };
    page::draw(worksheet, &drawing, last + 1)?;
    worksheet.autofilter(HEAD - 1, 0, HEAD - 1 + list.len().max(1) as u32, last)?;
    let of = |look| Role { look, linked: false, open: false };
    worksheet.write_string_with_format(0, 0, list.name(), styles.of(of(Look::Section)))?;
    for (column, heading) in (0u16..).zip(list.headings()) {
        worksheet.write_string_with_format(HEAD - 1, column, heading, styles.of(of(Look::Heading)))?;
    }
    Ok(())
}

fn put(worksheet: &mut Worksheet, at: CellRef, cell: Plain<'_>) -> Result<(), XlsxError> {
    match cell {
        Plain::Text("") => Ok(()),
        Plain::Text(text) => put_text(worksheet, at, text),
        Plain::Number(amount) => worksheet.write_number(at.row, at.col, amount.to_f64()).map(|_| ()),
    }
}
