//! The combined disclosure: a directory, and for every table one sheet with the units one under another; never a formula.

use super::COMBINED;
use super::disclosure::link;
use super::paper::Paper;
use super::table::{self, own_spans, own_widths};
use crate::grid::{Grid, Look};
use crate::model::Budget;
use crate::template::Body;
use crate::value::CellRef;

/// The combined disclosure of the budgets of a run.
#[derive(Default)]
pub struct Combined {
    budgets: Vec<Budget>,
}

impl Combined {
    /// Adds a recomputed budget.
    pub fn add(&mut self, budget: Budget) {
        self.budgets.push(budget);
    }

    /// The year of the budgets, where they have one in common.
    pub fn year(&self) -> Option<i32> {
        let first = self.budgets.first()?.year?;
        self.budgets.iter().all(|b| b.year == Some(first)).then_some(first)
    }

    /// The name of the document; `None` when there is no budget.
    pub fn title(&self) -> Option<String> {
        let first = self.budgets.first()?;
        let mut fields = first.fields(None);
        fields.year = self.year();
        let pattern = crate::template::Pattern::parse(&first.template.document.combined).ok()?;
        Some(pattern.fill(&fields))
    }

    /// Draws it; `None` when there is no budget.
    pub fn grid(&self) -> Option<Grid> {
        let first = self.budgets.first()?;
        let title = self.title()?;
        let mut papers: Vec<(String, Paper)> = Vec::new();
        let mut links: Vec<Vec<(String, CellRef)>> = vec![Vec::new(); self.budgets.len()];
        for (budget, links) in self.budgets.iter().zip(&mut links) {
            for (place, declared) in budget.template.tables.iter().enumerate().filter(|(t, _)| budget.tables[*t].is_filed()) {
                let id = &declared.declared.id;
                let index = papers.iter().position(|(known, _)| known == id).unwrap_or_else(|| {
                    let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
                    paper.page(declared.declared.landscape, None);
                    papers.push((id.clone(), paper));
                    papers.len() - 1
                });
                let paper = &mut papers[index].1;
                paper.page_break();
                links.push((paper.name().to_owned(), draw(paper, budget, place)));
                paper.row += 1;
            }
        }
        let mut sheets = vec![self.directory(&first.template.document.contents, &title, &links)];
        sheets.extend(papers.into_iter().map(|(_, paper)| paper.finish()));
        Some(Grid { sheets, mark: Some(COMBINED.to_owned()), title })
    }

    /// One row a unit: code, name, and a link to each of its tables.
    fn directory(&self, name: &str, title: &str, links: &[Vec<(String, CellRef)>]) -> crate::grid::Sheet {
        let most = links.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![12.0, 40.0];
        widths.extend(std::iter::repeat_n(20.0, most));
        let mut paper = Paper::new(name, widths);
        paper.page(true, None);
        paper.line(title, Look::Title);
        paper.freeze(paper.row);
        for (budget, links) in self.budgets.iter().zip(links) {
            let fields = budget.fields(None);
            paper.text_over((0, 0), &fields.code.unwrap_or_default(), Look::Centered);
            paper.text_over((1, 1), &fields.name.unwrap_or_default(), Look::Label(0));
            for (column, (sheet, at)) in (2u16..).zip(links) {
                let row = paper.row;
                paper.put_link(CellRef::new(row, column), sheet, Look::Label(0), link(sheet, *at));
                paper.grow(row, 30.0);
            }
            paper.row += 1;
        }
        paper.finish()
    }
}

/// Draws a table, or all forms of a kind, below what stands on the sheet already.
fn draw(paper: &mut Paper, budget: &Budget, place: usize) -> CellRef {
    let declared = &budget.template.tables[place];
    let spans = own_spans(declared);
    let top = CellRef::new(paper.row, 0);
    if declared.declared.body != Body::Form {
        return table::draw(paper, budget, place, &spans, None).title;
    }
    for (index, form) in budget.forms.iter().filter(|f| f.table == place).enumerate() {
        table::draw_form(paper, budget, form, index + 1, &spans);
    }
    top
}
