//! The disclosure workbook: cover, directory, the tables ready to print, the narrative with its own tables; never a formula.

use super::cleaned::table_sheet;
use super::narrative;
use super::paper::Paper;
use super::{DISCLOSURE, document_title, filled};
use crate::grid::{Grid, Look, Sheet};
use crate::model::Budget;
use crate::value::CellRef;

/// Draws a recomputed budget as a disclosure workbook.
pub fn disclosure(budget: &Budget) -> Grid {
    let template = &budget.template;
    let main = (0..template.tables.len()).filter(|t| template.tables[*t].declared.main && budget.tables[*t].is_filed());
    let tables: Vec<usize> = main.collect();
    let narrative = narrative::with_tables(budget);
    let mut sheets = vec![cover(budget, &document_title(budget)), contents(budget, &tables, narrative.as_ref(), &[])];
    sheets.extend(tables.iter().map(|place| table_sheet(budget, *place, None)));
    sheets.extend(narrative.map(|n| n.sheet));
    Grid { sheets, mark: Some(DISCLOSURE.to_owned()), title: document_title(budget), ..Grid::default() }
}

/// The cover, with the name of the document.
pub(super) fn cover(budget: &Budget, title: &str) -> Sheet {
    let mut paper = Paper::new(&budget.template.document.cover, vec![84.0]);
    paper.page(false, None);
    paper.row = 8;
    paper.line(title, Look::Cover);
    paper.row += 12;
    for line in &budget.template.document.cover_lines {
        paper.line(&filled(line, budget), Look::CoverLine);
    }
    paper.finish()
}

/// The directory, with links to the tables, further sheets and the sections of the narrative.
pub(super) fn contents(budget: &Budget, tables: &[usize], narrative: Option<&narrative::Parts>, further: &[&str]) -> Sheet {
    let template = &budget.template;
    let document = &template.document;
    let mut paper = Paper::new(&document.contents, vec![84.0]);
    paper.page(false, None);
    paper.line(&document.contents, Look::Title);
    paper.line(&document.tables_heading, Look::Section);
    for place in tables {
        let declared = &template.tables[*place];
        let title = declared.titles[0].fill(&budget.fields(Some(*place)));
        paper.link_line(&title, link(&declared.declared.sheet, CellRef::new(0, 0)));
    }
    for sheet in further {
        paper.link_line(sheet, link(sheet, CellRef::new(0, 0)));
    }
    if let Some((parts, declared)) = narrative.zip(template.narrative.as_ref()) {
        let title = declared.title.fill(&budget.fields(None));
        let at = paper.line(&title, Look::Section);
        paper.link(at, link(&declared.declared.sheet, parts.title));
        for (section, at) in declared.declared.section.iter().zip(&parts.sections) {
            paper.link_line(&section.title, link(&declared.declared.sheet, *at));
        }
    }
    paper.finish()
}

/// The place of a cell in the workbook, as links name it.
pub(super) fn link(sheet: &str, at: CellRef) -> String {
    format!("'{}'!{at}", sheet.replace('\'', "''"))
}
