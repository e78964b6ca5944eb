//! Draws the narrative: alone, or with its own tables in place; never changes a word of a paragraph.

use super::headings::Span;
use super::paper::Paper;
use super::table;
use crate::grid::{Look, Sheet};
use crate::model::{Budget, State};
use crate::template::{Body, Narrative, Table as Declared};
use crate::value::CellRef;

/// The width of a printed page that stands, in units of column width.
const PAGE: f64 = 84.0;

/// Where the parts of the narrative were drawn.
pub(super) struct Parts {
    /// The sheet.
    pub(super) sheet: Sheet,
    /// The title.
    pub(super) title: CellRef,
    /// The sections.
    pub(super) sections: Vec<CellRef>,
}

/// The narrative on its own, one paragraph a row.
pub(super) fn alone(budget: &Budget) -> Option<Sheet> {
    let narrative = budget.template.narrative.as_ref()?;
    (!budget.narrative.is_empty()).then(|| draw(budget, narrative, vec![PAGE], false).sheet)
}

/// The narrative with its tables in place; `None` when there is neither.
pub(super) fn with_tables(budget: &Budget) -> Option<Parts> {
    let narrative = budget.template.narrative.as_ref()?;
    let has_table = narrative.contains.iter().flatten().any(|t| budget.tables[*t].is_filed());
    if budget.narrative.is_empty() && !has_table {
        return None;
    }
    Some(draw(budget, narrative, grid_widths(budget, narrative), true))
}

fn draw(budget: &Budget, narrative: &Narrative, widths: Vec<f64>, with_tables: bool) -> Parts {
    let mut paper = Paper::new(&narrative.declared.sheet, widths);
    paper.page(false, None);
    let title = paper.line(&narrative.title.fill(&budget.fields(None)), Look::Title);
    paragraphs(&mut paper, budget, None);
    let mut sections = Vec::new();
    for (place, section) in narrative.declared.section.iter().enumerate() {
        sections.push(paper.line(&section.title, Look::Section));
        paragraphs(&mut paper, budget, Some(place));
        if with_tables {
            for table in &narrative.contains[place] {
                contained(&mut paper, budget, *table);
            }
        }
    }
    Parts { sheet: paper.finish(), title, sections }
}

fn paragraphs(paper: &mut Paper, budget: &Budget, section: Option<usize>) {
    for paragraph in budget.narrative.iter().filter(|p| p.section == section) {
        paper.line(&paragraph.text.text, Look::Paragraph);
    }
}

/// A table at the end of its section, in the columns of the page.
fn contained(paper: &mut Paper, budget: &Budget, place: usize) {
    if budget.tables[place].state == State::Missing {
        return;
    }
    let declared = &budget.template.tables[place];
    let spans = spans(paper, declared);
    if declared.declared.body == Body::Form {
        for (index, form) in budget.forms.iter().filter(|f| f.table == place).enumerate() {
            table::draw_form(paper, budget, form, index + 1, &spans);
        }
    } else {
        table::draw(paper, budget, place, &spans, None);
    }
}

/// The columns of the page: those of the contained table that has most, drawn to the width of the page.
fn grid_widths(budget: &Budget, narrative: &Narrative) -> Vec<f64> {
    let tables = narrative.contains.iter().flatten().filter(|t| budget.tables[**t].is_filed());
    let widest = tables.map(|t| &budget.template.tables[*t]).max_by_key(|t| t.columns.len());
    let widths = widest.map_or(vec![PAGE], table::own_widths);
    let total: f64 = widths.iter().sum();
    widths.into_iter().map(|w| w * PAGE / total).collect()
}

/// The columns of the page that each column of a table covers: its share of the width, at least one.
fn spans(paper: &Paper, declared: &Declared) -> Vec<Span> {
    let columns = paper.columns();
    let widths = table::own_widths(declared);
    let total: f64 = widths.iter().sum();
    let page = paper.width(0, columns - 1);
    let mut spans = Vec::with_capacity(widths.len());
    let mut first = 0u16;
    let mut reached = 0.0;
    for (place, width) in widths.iter().enumerate() {
        reached += width * page / total;
        let left = (widths.len() - 1 - place) as u16;
        let most = columns - 1 - left;
        // The edge nearest to where the column should end, leaving one column for each that follows.
        let edge = |last: u16| (paper.width(0, last) - reached).abs();
        let last = (first..=most).min_by(|a, b| edge(*a).total_cmp(&edge(*b))).unwrap_or(first);
        let last = if left == 0 { columns - 1 } else { last };
        spans.push((first, last));
        first = last + 1;
    }
    spans
}
