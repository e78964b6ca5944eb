//! Reads the rows of tables that have neither codes nor fixed rows; never drops a row that holds anything.

use super::super::locate::Region;
use super::Extraction;
use crate::model::{Key, Row};
use crate::value::text;

impl Extraction<'_, '_> {
    /// Every row in which a column of the table holds something, until the notes.
    pub(super) fn list_rows(&mut self, region: &Region) {
        let sheet = &self.folded.sheets[region.sheet];
        let rows: Vec<u32> = sheet.rows(region.headings.rows.end, region.rows.end).collect();
        for row in rows {
            if self.is_no_table_row(region, row) || self.is_note_or_page_head(region, row) {
                continue;
            }
            if !self.has_mapped_cell(region, row) {
                self.numbers_outside(region, row);
                continue;
            }
            if self.is_paragraph(region, row) {
                continue;
            }
            let columns = self.budget.template.tables[region.table].columns.len();
            let key = self.total_row(region, row).map_or_else(|| self.next_number(region.table), Key::Declared);
            let mut filed = Row::new(key, String::new(), columns);
            filed.site = self.first_site(region, row);
            self.fill_slots(region, row, None, &mut filed);
            self.budget.tables[region.table].push(filed);
        }
    }

    fn next_number(&self, table: usize) -> Key {
        let rows = &self.budget.tables[table].rows;
        Key::Free(rows.iter().filter(|r| matches!(r.key, Key::Free(_))).count() as u32 + 1)
    }

    /// The declared row (合计) that a line is, told by any of its texts.
    fn total_row(&self, region: &Region, row: u32) -> Option<usize> {
        let declared = &self.budget.template.tables[region.table];
        let mut texts = self.folded.sheets[region.sheet].row(row).map(|(_, folded)| text::fold_label(folded));
        texts.find_map(|text| declared.rows.iter().position(|r| r.labels.contains(&text)))
    }

    fn has_mapped_cell(&self, region: &Region, row: u32) -> bool {
        let cells = self.folded.sheets[region.sheet].row(row);
        let mut filled = cells.filter(|(cell, _)| !cell.is_blank());
        filled.any(|(cell, _)| region.headings.columns.contains(&Some(cell.at.col)))
    }
}
