//! Reads the performance forms: goals and indicators of each project; never reads an amount out of their words.

use super::super::locate::{self, Region};
use super::Extraction;
use crate::model::Form;
use crate::value::{CellRef, text};

impl Extraction<'_, '_> {
    /// One form.
    pub(super) fn form(&mut self, region: &Region) {
        let Some(title) = region.title else { return };
        let mut rows: Vec<u32> = self.folded.sheets[region.sheet].rows(region.headings.rows.end, region.rows.end).collect();
        rows.retain(|row| !self.is_no_table_row(region, *row));
        let declared = &self.budget.template.tables[region.table];
        let sheet = &self.folded.sheets[region.sheet];
        let project = self.text_at(region, title).and_then(|t| locate::form_project(&t.text, declared)).unwrap_or_default();
        let goal = self.goal(region);
        let mut indicators: Vec<(Vec<String>, _)> = Vec::new();
        for row in rows.iter().copied() {
            let written = |column: &Option<u16>| {
                let cell = column.and_then(|col| sheet.at(CellRef::new(row, col)));
                cell.map(|(cell, _)| shown(cell)).unwrap_or_default()
            };
            let mut texts: Vec<String> = region.headings.columns.iter().map(written).collect();
            let Some(site) = self.first_site(region, row).filter(|_| texts.iter().any(|t| !t.is_empty())) else { continue };
            if texts.iter().filter(|t| !t.is_empty()).count() == 1 && self.is_paragraph(region, row) {
                continue;
            }
            for (place, column) in declared.columns.iter().enumerate() {
                if column.declared.fill_down
                    && texts[place].is_empty()
                    && let Some((above, _)) = indicators.last()
                {
                    texts[place] = above[place].clone();
                }
            }
            indicators.push((texts, site));
        }
        rows.into_iter().for_each(|row| self.numbers_outside(region, row));
        self.tell_outside(region);
        let site = self.site(region, title);
        self.budget.forms.push(Form { table: region.table, project, goal, site, indicators });
    }

    /// What stands after the word for the goals.
    fn goal(&self, region: &Region) -> String {
        let declared = &self.budget.template.tables[region.table];
        let sheet = &self.folded.sheets[region.sheet];
        let Some(word) = declared.declared.goal.as_deref().map(text::fold) else { return String::new() };
        for row in sheet.rows(region.rows.start + 1, region.headings.rows.start) {
            let mut cells = sheet.row(row).filter(|(cell, _)| !cell.is_blank());
            if cells.next().is_some_and(|(_, folded)| folded == word) {
                return cells.next().map(|(cell, _)| shown(cell)).unwrap_or_default();
            }
        }
        String::new()
    }
}

/// What a cell of a form shows: its text, or its number as typed.
pub(super) fn shown(cell: &crate::grid::Cell) -> String {
    use crate::grid::Value;
    match &cell.value {
        Value::Text(text) | Value::Other(text) | Value::Error(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Blank | Value::Uncalculated | Value::Formula(..) => String::new(),
    }
}
