//! The combined disclosure: a directory, and for every table one sheet with the units one under another; never a formula.

use super::disclosure::link;
use super::paper::Paper;
use super::table::{self, own_spans, own_widths};
use super::{COMBINED, filled};
use crate::grid::{Grid, Look, Sheet};
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

    /// Puts a recomputed budget in the place of an earlier version of it.
    pub fn replace(&mut self, budget: Budget) {
        let is_it = |b: &Budget| b.year == budget.year && b.code == budget.code && (b.code.is_some() || b.name == budget.name);
        match self.budgets.iter_mut().find(|b| is_it(b)) {
            Some(earlier) => *earlier = budget,
            None => self.add(budget),
        }
    }

    /// One document for each edition and year, under its name; none when there is no budget.
    pub fn documents(&self) -> Vec<(String, Grid)> {
        let mut groups: Vec<Vec<&Budget>> = Vec::new();
        for budget in &self.budgets {
            let alike =
                |group: &&mut Vec<&Budget>| group[0].template.name == budget.template.name && group[0].year == budget.year;
            match groups.iter_mut().find(alike) {
                Some(group) => group.push(budget),
                None => groups.push(vec![budget]),
            }
        }
        let mut documents: Vec<(String, Grid)> = Vec::new();
        for group in groups {
            let document = &group[0].template.document;
            let mut title = filled(&document.combined, group[0]).trim_start_matches('年').to_owned();
            if documents.iter().any(|(known, _)| *known == title) {
                title = format!("{title} {}", group[0].template.name.replace('/', " "));
            }
            documents.push((title.clone(), grid(&group, title)));
        }
        documents
    }
}

/// Draws one document.
fn grid(budgets: &[&Budget], title: String) -> Grid {
    let mut papers: Vec<(usize, Paper)> = Vec::new();
    let mut links: Vec<Vec<(String, CellRef)>> = vec![Vec::new(); budgets.len()];
    for (budget, links) in budgets.iter().zip(&mut links) {
        for (place, declared) in budget.template.tables.iter().enumerate().filter(|(t, _)| budget.tables[*t].is_filed()) {
            let index = papers.iter().position(|(known, _)| *known == place).unwrap_or_else(|| {
                let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
                paper.page(declared.declared.landscape, None);
                papers.push((place, paper));
                papers.len() - 1
            });
            let paper = &mut papers[index].1;
            paper.page_break();
            links.push((paper.name().to_owned(), draw(paper, budget, place)));
            paper.row += 1;
        }
    }
    papers.sort_by_key(|(place, _)| *place);
    let mut sheets = vec![directory(budgets, &title, &links)];
    sheets.extend(papers.into_iter().map(|(_, paper)| paper.finish()));
    Grid { sheets, mark: Some(COMBINED.to_owned()), title, ..Grid::default() }
}

/// One row a unit: code, name, and a link to each of its tables.
fn directory(budgets: &[&Budget], title: &str, links: &[Vec<(String, CellRef)>]) -> Sheet {
    let name = &budgets[0].template.document.contents;
    let most = links.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![12.0, 40.0];
    widths.extend(std::iter::repeat_n(20.0, most));
    let mut paper = Paper::new(name, widths);
    paper.page(true, None);
    paper.line(title, Look::Title);
    paper.freeze(paper.row);
    for (budget, links) in budgets.iter().zip(links) {
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
