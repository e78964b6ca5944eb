//! The blank form: the drawing of a budget in which nothing was filed, made ready to be filled in; never prints a number.
//!
//! Rows without code yet are open. A clerk types the leaves of a tree; the formula that an open amount cell carries
//! shows the sum of the rows below a parent until something is typed over it. Sheets are protected and nothing can be
//! inserted: further rows are there already, with all their formulas, and hidden until they are needed.

mod checks;
mod coded;
mod lists;
mod open;
mod refer;
mod sides;

use std::collections::HashMap;
use std::sync::Arc;

use super::cleaned::forms_sheet;
use super::disclosure;
use super::document_title;
use super::lines::lines_with;
use super::paper::Paper;
use super::table::{self, own_spans, own_widths};
use crate::grid::{Entry, Grid, Sheet};
use crate::model::{Address, Budget, Form, Key, Row, Site, State};
use crate::stage::recompute::{self, Definition};
use crate::template::{Body, Template};
use crate::value::CellRef;

/// Indicators of a blank form of a project.
const INDICATORS: usize = 10;

/// Who will fill the form in, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filer {
    /// Code of the budget unit.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The budget year, where it is not the template's.
    pub year: Option<i32>,
}

/// Where a table stands in the form.
struct Place {
    table: usize,
    /// For each row of the table the line of its sheet.
    rows: Vec<Option<u32>>,
    /// First and last line of the rows that have no code or name yet.
    free: Option<(u32, u32)>,
    /// The columns of keys on the sheet of codes, for a tree or list.
    keys: Option<Keys>,
}

/// Columns on the sheet of codes that say, line by line, what stands in a table.
#[derive(Clone, Copy)]
struct Keys {
    /// The code with a letter before it, so that no program takes it for a number; nothing where there is none.
    own: u16,
    /// The key of the nearest row above it in the tree, or [`ROOT`].
    parent: u16,
}

/// What stands for the parent of a row that has none.
const ROOT: &str = "r";

/// The official blank workbook of an edition, for a year.
pub fn blank(template: &Arc<Template>, year: Option<i32>) -> Grid {
    blank_for(template, Filer { year, ..Filer::default() })
}

/// The official blank workbook of an edition, for the one who fills it in.
pub fn blank_for(template: &Arc<Template>, filer: Filer) -> Grid {
    let budget = nothing_filed(template, filer);
    let mut definitions = recompute::definitions(&budget);
    definitions.extend(coded::row_sums(&budget));
    let (main, others): (Vec<usize>, Vec<usize>) = (0..template.tables.len()).partition(|t| template.tables[*t].declared.main);
    let mut lists = lists::Lists::new(&budget);
    let mut places = Vec::new();
    let mut sheets = vec![disclosure::cover(&budget, &document_title(&budget)), disclosure::contents(&budget, &main, None, &[])];
    sheets.iter_mut().for_each(open::front);
    for table in main.into_iter().chain(others) {
        let mut sheet = match template.tables[table].declared.body {
            Body::Form => {
                let mut sheet = forms_sheet(&budget, table);
                open::form(&mut sheet);
                sheet
            }
            _ => {
                let (mut sheet, mut place) = draw(&budget, table, &definitions);
                lists.keys(&budget, &mut place);
                coded::formulas(&budget, &place, &lists, &mut sheet);
                open::table(&budget, &place, &lists, &mut sheet);
                places.push(place);
                sheet
            }
        };
        open::captions(&budget, table, &mut sheet);
        sheets.push(sheet);
    }
    sheets.push(checks::sheet(&budget, &places));
    sheets.push(lists.finish());
    Grid { sheets, mark: Some(super::BLANK.to_owned()), title: template.about.title.clone(), ..Grid::default() }
}

/// A budget that has every table, with rows to be filled in.
fn nothing_filed(template: &Arc<Template>, filer: Filer) -> Budget {
    let mut budget = Budget::new(Arc::clone(template));
    (budget.code, budget.name) = (filer.code, filer.name);
    budget.year = filer.year.or(template.about.year);
    let nowhere = Site { sheet: 0, cell: CellRef::new(0, 0) };
    for (place, declared) in template.tables.iter().enumerate() {
        let columns = declared.columns.len();
        let table = &mut budget.tables[place];
        table.state = State::Filled;
        let rows = match declared.declared.body {
            Body::Fixed => {
                // What is printed counts as filed for the rules that ask.
                let printed = table.rows.iter_mut().zip(&declared.rows).filter(|(_, r)| !r.optional);
                printed.for_each(|(row, _)| row.site = Some(nowhere));
                0
            }
            Body::Tree => {
                let rows = declared.rows.iter().enumerate();
                rows.for_each(|(row, r)| table.push(Row::new(Key::Declared(row), r.label.clone(), columns)));
                declared.declared.blank_rows + template.blank.spare_rows
            }
            Body::List => declared.declared.blank_rows.max(1),
            Body::Form => {
                let indicators = vec![(vec![String::new(); columns], nowhere); INDICATORS];
                budget.forms.push(Form { table: place, project: String::new(), goal: String::new(), site: nowhere, indicators });
                0
            }
        };
        (1..=rows).for_each(|n| table.push(Row::new(Key::Free(n), String::new(), columns)));
    }
    budget
}

/// Draws a table on its own sheet.
fn draw(budget: &Budget, table: usize, definitions: &HashMap<Address, Definition>) -> (Sheet, Place) {
    let declared = &budget.template.tables[table];
    let mut paper = Paper::new(&declared.declared.sheet, own_widths(declared));
    paper.gaps = declared.declared.blank_gaps;
    let lines = lines_with(budget, table, &class_lines(budget, table));
    let drawn = table::draw_lines(&mut paper, budget, table, &own_spans(declared), &lines, Some(definitions));
    paper.freeze(drawn.head.1 + 1);
    paper.page(declared.declared.landscape, Some(drawn.head));
    let mut sheet = paper.finish();
    let rows = budget.tables[table].rows.iter().zip(&drawn.rows);
    let free: Vec<u32> = rows.filter(|(row, _)| matches!(row.key, Key::Free(_))).filter_map(|(_, line)| *line).collect();
    let free = free.first().copied().zip(free.last().copied());
    let mut entry = Entry::default();
    if let Some((_, last)) = free.filter(|_| declared.declared.body == Body::Tree && budget.template.blank.spare_rows > 0) {
        entry.spare_rows = Some((last + 1 - budget.template.blank.spare_rows, last));
    }
    sheet.drawing.entry = Some(entry);
    (sheet, Place { table, rows: drawn.rows, free, keys: None })
}

/// Rows of classes that are printed only when used. As many as the form has lines for them stand there to be named.
fn class_lines(budget: &Budget, table: usize) -> Vec<usize> {
    let declared = &budget.template.tables[table];
    let classes = (0..declared.rows.len()).filter(|row| is_when_used(budget, table, *row));
    classes.take(declared.declared.blank_rows as usize).collect()
}

/// Whether a declared row is one of the classes that are printed only when used.
fn is_when_used(budget: &Budget, table: usize, row: usize) -> bool {
    budget.template.tables[table].rows[row].class.is_some_and(|class| class.when_used)
}
