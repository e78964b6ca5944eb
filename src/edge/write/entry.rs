//! A sheet that is filled in: its protection, what its open cells take, spare rows and alarms; never looks at a value.

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, DataValidationErrorStyle, Format, Formula,
    IgnoreError, ProtectionOptions, Worksheet, XlsxError,
};

use crate::grid::{Entry, Sheet, Takes, Validation, Value};
use crate::value::{Area, CellRef};

/// White on red.
const ALARM: (Color, Color) = (Color::RGB(0xFF_FFFF), Color::RGB(0xC0_0000));

/// Protects a sheet without password. Rows and columns may be shown, hidden and made larger, which is how a clerk gets at the
/// spare rows; nothing can be inserted, so that no row is ever without its formulas.
pub fn protect(worksheet: &mut Worksheet, sheet: &Sheet, entry: &Entry) -> Result<(), XlsxError> {
    for Area { first, last } in open_formulas(sheet, entry) {
        // A formula that may be typed over is meant to be open.
        worksheet.ignore_error_range(first.row, first.col, last.row, last.col, IgnoreError::UnlockedCellsWithFormula)?;
    }
    for validation in &entry.validations {
        let Area { first, last } = validation.area;
        worksheet.add_data_validation(first.row, first.col, last.row, last.col, &rule(validation)?)?;
        if matches!(validation.takes, Takes::Offered(_)) {
            // A code typed as text is no mistake to be marked.
            worksheet.ignore_error_range(first.row, first.col, last.row, last.col, IgnoreError::NumberStoredAsText)?;
        }
    }
    for (Area { first, last }, text) in &entry.alarms {
        let format = Format::new().set_font_color(ALARM.0).set_background_color(ALARM.1).set_bold();
        let red = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(text.as_str())).set_format(format);
        worksheet.add_conditional_format(first.row, first.col, last.row, last.col, &red)?;
    }
    if let Some((first, last)) = entry.spare_rows {
        for row in first..=last {
            worksheet.set_row_hidden(row)?;
        }
    }
    worksheet.protect_with_options(&ProtectionOptions { format_rows: true, format_columns: true, ..ProtectionOptions::new() });
    Ok(())
}

/// The open cells with formulas, as runs of a column.
fn open_formulas(sheet: &Sheet, entry: &Entry) -> Vec<Area> {
    let formulas = sheet.cells.iter().filter(|c| matches!(c.value, Value::Formula(..)) && entry.open.contains(&c.at));
    let mut cells: Vec<CellRef> = formulas.map(|c| c.at).collect();
    cells.sort_by_key(|at| (at.col, at.row));
    let runs = cells.chunk_by(|above, below| above.col == below.col && above.row + 1 == below.row);
    runs.filter_map(|run| Some(Area::new(*run.first()?, *run.last()?))).collect()
}

fn rule(validation: &Validation) -> Result<DataValidation, XlsxError> {
    let (title, text) = &validation.message;
    let rule = DataValidation::new().set_error_title(title)?.set_error_message(text)?;
    Ok(match &validation.takes {
        Takes::Only(formula) => rule.allow_custom(Formula::new(formula)).set_error_style(DataValidationErrorStyle::Stop),
        Takes::Offered(cells) => rule.allow_list_formula(Formula::new(cells)).set_error_style(DataValidationErrorStyle::Warning),
    })
}
