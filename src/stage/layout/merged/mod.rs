//! Draws a summary: the published document of its level, and the sheets that prove it; never changes an amount.

mod lists;
mod members;
mod sums;
mod totals;
mod trace;

use crate::finding::Told;
use crate::grid::{Grid, Rows, Sheet};
use crate::model::{Budget, SheetOf, Site, Text};
use crate::stage::merge::Summary;
use crate::stage::merge::comparison::Difference;
use crate::template::{Body, Level};
use crate::value::CellRef;

use super::cleaned::table_sheet;
use super::disclosure::{contents, cover};
use super::paper::Paper;
use super::table::{self, own_spans, own_widths};
use super::{MERGED, document_title, filled};

pub use trace::{LISTED, Trace};

/// What is drawn of a summary besides itself.
#[derive(Debug, Default)]
pub struct Proofs<'p> {
    /// The findings of the merger and of the summary.
    pub told: &'p [(Option<usize>, Told)],
    /// What differs from what was published.
    pub differences: Option<&'p [Difference]>,
    /// The name of the published file.
    pub published: Option<&'p Budget>,
    /// The level of the summary.
    pub is_district: bool,
}

/// Draws a summary; the list of all amounts is written after it, row by row.
pub fn merged(summary: &Summary, proofs: &Proofs<'_>, trace: &Trace<'_>) -> Grid {
    let (budget, template) = (&summary.budget, &summary.budget.template);
    let live = sums::Sums::new(summary, trace);
    let has_body = |t: &usize| template.tables[*t].declared.body != Body::Form && budget.tables[*t].is_filed();
    let tables: Vec<usize> = (0..template.tables.len()).filter(has_body).collect();
    let mut further = vec![members::sheet(summary, proofs.told), totals::sheet(summary), lists::findings(summary, proofs.told)];
    further.extend(lists::projects(summary));
    further.extend(lists::by_unit(summary));
    further.extend(lists::rounding(summary));
    further.extend(proofs.differences.zip(proofs.published).map(|(d, published)| lists::comparison(summary, d, published)));
    let names: Vec<&str> = further.iter().map(|s| s.name.as_str()).chain(trace.sheets().map(Rows::name)).collect();
    let title = title(summary, proofs.is_district);
    let mut sheets = vec![cover(budget, &title), contents(budget, &tables, None, &names)];
    sheets.extend(tables.iter().map(|place| table_sheet(budget, *place, Some(&live))));
    sheets.extend(further);
    Grid { sheets, mark: Some(format!("{MERGED}{}", template.name)), title, ..Grid::default() }
}

/// The name of the document of a summary.
pub fn title(summary: &Summary, is_district: bool) -> String {
    let budget = &summary.budget;
    let level = if is_district { Level::District } else { Level::Department };
    // An edition of a district names its own document.
    match is_district && budget.template.about.level != level {
        true => filled(&budget.template.merging.declared.title, budget),
        false => document_title(budget),
    }
}

/// Tells every cell of a summary where it will be drawn, so that findings name it.
pub fn settle(budget: &mut Budget, file: &str) {
    budget.sources = vec![file.to_owned()];
    let declared = budget.template.tables.iter();
    budget.sheets = declared.map(|t| SheetOf { source: 0, name: t.declared.sheet.clone(), blocks: Vec::new() }).collect();
    for place in 0..budget.tables.len() {
        let declared = &budget.template.tables[place];
        if declared.declared.body == Body::Form || !budget.tables[place].is_filed() {
            continue;
        }
        let (spans, sheet) = (own_spans(declared), place as u16);
        let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
        let drawn = table::draw(&mut paper, budget, place, &spans, None);
        let title = declared.titles[0].fill(&budget.fields(Some(place)));
        let filed = &mut budget.tables[place];
        filed.title = Some(Text { text: title, site: Site { sheet, cell: drawn.title } });
        for (row, line) in filed.rows.iter_mut().zip(&drawn.rows) {
            let Some(line) = *line else {
                // What is not printed has no cell.
                row.slots.iter_mut().for_each(|slot| slot.site = None);
                row.site = row.site.and(Some(Site { sheet, cell: drawn.title }));
                continue;
            };
            let site = |column: u16| Some(Site { sheet, cell: CellRef::new(line, column) });
            row.site = site(0);
            for (slot, span) in row.slots.iter_mut().zip(&spans) {
                slot.site = site(span.0);
            }
        }
    }
}

/// A list: a title, headings, and what stands below them.
fn list(sheet: &str, headings: &[String], widths: Vec<f64>) -> Paper {
    let mut paper = Paper::new(sheet, widths);
    paper.line(sheet, crate::grid::Look::Title);
    for (column, heading) in headings.iter().enumerate() {
        paper.text_over((column as u16, column as u16), heading, crate::grid::Look::Heading);
    }
    let head = paper.row;
    paper.row += 1;
    paper.freeze(paper.row);
    paper.page(true, Some((head, head)));
    paper
}

/// A finished list, with nothing of it where it has no rows.
fn unless_empty(paper: Paper, is_empty: bool) -> Option<Sheet> {
    (!is_empty).then(|| paper.finish())
}
