//! The cleaned workbook: every table on its own sheet in the standard layout, totals as live formulas, and the list of changes.

use super::formulas::Live;
use super::ledger::{self, LedgerLine};
use super::narrative;
use super::paper::Paper;
use super::table::{self, own_spans, own_widths};
use super::{CLEANED, document_title};
use crate::grid::{Grid, Sheet};
use crate::model::Budget;
use crate::stage::recompute;
use crate::template::Body;

/// Draws a recomputed budget as a cleaned workbook.
pub fn cleaned(budget: &Budget, changes: &[LedgerLine]) -> Grid {
    let mut sheets = form_sheets(budget);
    sheets.push(ledger::sheet(budget, changes));
    Grid { sheets, mark: Some(CLEANED.to_owned()), title: document_title(budget), ..Grid::default() }
}

/// Every filed table on its own sheet, the main ones before the narrative and the others after it.
fn form_sheets(budget: &Budget) -> Vec<Sheet> {
    let template = &budget.template;
    let definitions = recompute::definitions(budget);
    let filed = (0..template.tables.len()).filter(|place| budget.tables[*place].is_filed());
    let (main, others): (Vec<usize>, Vec<usize>) = filed.partition(|t| template.tables[*t].declared.main);
    let mut sheets: Vec<Sheet> = main.into_iter().map(|place| table_sheet(budget, place, Some(&definitions))).collect();
    sheets.extend(narrative::alone(budget));
    sheets.extend(others.into_iter().map(|place| match template.tables[place].declared.body {
        Body::Form => forms_sheet(budget, place),
        _ => table_sheet(budget, place, Some(&definitions)),
    }));
    sheets
}

/// One table on its own sheet.
pub(super) fn table_sheet(budget: &Budget, place: usize, live: Option<&dyn Live>) -> Sheet {
    let declared = &budget.template.tables[place];
    let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
    let drawn = table::draw(&mut paper, budget, place, &own_spans(declared), live);
    paper.freeze(drawn.head.1 + 1);
    paper.page(declared.declared.landscape, Some(drawn.head));
    paper.finish()
}

pub(super) fn forms_sheet(budget: &Budget, place: usize) -> Sheet {
    let declared = &budget.template.tables[place];
    let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
    paper.page(declared.declared.landscape, None);
    for (index, form) in budget.forms.iter().filter(|f| f.table == place).enumerate() {
        table::draw_form(&mut paper, budget, form, index + 1, &own_spans(declared));
    }
    paper.finish()
}
