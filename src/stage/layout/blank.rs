//! The blank form: the drawing of a budget in which nothing was filed; never prints a number.

use std::sync::Arc;

use super::cleaned::form_sheets;
use crate::grid::Grid;
use crate::model::{Budget, Form, Key, Row, Site, State};
use crate::template::{Body, Template};
use crate::value::CellRef;

/// Indicators of a blank form of a project.
const INDICATORS: usize = 10;

/// The official blank workbook of an edition, for a year.
pub fn blank(template: &Arc<Template>, year: Option<i32>) -> Grid {
    let mut budget = Budget::new(Arc::clone(template));
    budget.year = year.or(template.about.year);
    let nowhere = Site { sheet: 0, cell: CellRef::new(0, 0) };
    for (place, declared) in template.tables.iter().enumerate() {
        let columns = declared.columns.len();
        let table = &mut budget.tables[place];
        table.state = State::Filled;
        match declared.declared.body {
            Body::Fixed => {}
            Body::Tree => {
                let rows = declared.rows.iter().enumerate();
                rows.for_each(|(row, r)| table.push(Row::new(Key::Declared(row), r.label.clone(), columns)));
                (1..=declared.declared.blank_rows).for_each(|n| table.push(Row::new(Key::Free(n), String::new(), columns)));
            }
            Body::List => {
                (1..=declared.declared.blank_rows.max(1)).for_each(|n| table.push(Row::new(Key::Free(n), String::new(), columns)))
            }
            Body::Form => {
                let indicators = vec![(vec![String::new(); columns], nowhere); INDICATORS];
                budget.forms.push(Form { table: place, project: String::new(), goal: String::new(), site: nowhere, indicators });
            }
        }
    }
    let sheets = form_sheets(&budget);
    let title = template.about.title.clone();
    Grid { sheets, mark: Some(super::BLANK.to_owned()), title }
}
