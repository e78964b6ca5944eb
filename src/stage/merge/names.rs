//! What the cells of a summary and of its members are called, for people and for programs; never looks at an amount.

use super::{Line, ListRow, Summary};
use crate::model::{Address, Key};
use crate::template::Template;

/// The names of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<'s> {
    /// For programs: `revenue.total.fiscal`.
    pub address: String,
    /// The table.
    pub table: &'s str,
    /// The row.
    pub item: String,
    /// The column.
    pub column: String,
}

impl Summary {
    /// A cell of the summary by the name that programs know: `revenue.total.fiscal`.
    pub fn address(&self, name: &str) -> Option<Address> {
        let mut parts = name.trim().split('.');
        let (table, row, column) = (parts.next()?, parts.next()?, parts.next()?);
        let table = self.budget.template.table(table)?;
        let declared = &self.budget.template.tables[table];
        let row = self.budget.tables[table].row_called(row.trim_start_matches('@'), declared)?;
        let side = match self.budget.tables[table].rows[row].key {
            Key::Declared(place) => declared.rows[place].side,
            _ => 0,
        };
        Some(Address { table, row, column: declared.column(column, side)? })
    }

    /// What the cell of a line is called: that of the summary, or that of the member where the summary has none.
    pub fn words_of(&self, line: &Line) -> Words<'_> {
        if let Some(at) = line.at() {
            return self.words_at(at);
        }
        let member = &self.members[line.member as usize];
        match &member.entries[line.entry as usize].cell {
            Ok(cell) => {
                let item = item(&member.template, usize::from(cell.table), cell.key, "");
                words(&member.template, usize::from(cell.table), cell.key, item, usize::from(cell.column))
            }
            Err(address) => Words { address: address.to_string(), table: "", item: String::new(), column: String::new() },
        }
    }

    /// What a cell of the summary is called.
    pub fn words_at(&self, at: Address) -> Words<'_> {
        let key = self.budget.tables[at.table].rows[at.row].key;
        words(&self.budget.template, at.table, key, self.item_of(at.table, key), at.column)
    }

    /// What a row of the summary is called.
    pub fn item_of(&self, table: usize, key: Key) -> String {
        let row = self.budget.tables[table].place(key).map(|row| self.budget.tables[table].rows[row].label.trim());
        item(&self.budget.template, table, key, row.unwrap_or_default())
    }

    /// The table of the summary that a row of a member's list belongs to.
    pub fn table_of(&self, member: usize, row: &ListRow) -> Option<usize> {
        let mapping = self.mappings.get(&self.members[member].template.name)?;
        mapping.key(usize::from(row.table), Key::Free(row.number))?;
        mapping.table(usize::from(row.table))
    }

    /// The column of the summary that a column of a row of a member's list is.
    pub fn column_of(&self, member: usize, row: &ListRow, column: usize) -> Option<usize> {
        let mapping = self.mappings.get(&self.members[member].template.name)?;
        mapping.column(usize::from(row.table), Key::Free(row.number), column)
    }
}

fn words(template: &Template, table: usize, key: Key, item: String, column: usize) -> Words<'_> {
    let declared = &template.tables[table];
    let row = match key {
        Key::Declared(row) => declared.rows[row].id.clone(),
        Key::Code(code) => code.to_string(),
        Key::Free(number) => format!("#{number}"),
    };
    let fields = crate::template::Fields { measure: Some(declared.measure), ..Default::default() };
    Words {
        address: format!("{}.{row}.{}", declared.declared.id, declared.columns[column].cell),
        table: &declared.declared.sheet,
        item,
        column: declared.columns[column].leaf[0].fill(&fields).replace(' ', ""),
    }
}

fn item(template: &Template, table: usize, key: Key, label: &str) -> String {
    match key {
        Key::Declared(row) => template.tables[table].rows[row].label.clone(),
        Key::Code(code) => {
            let listed = || template.tables[table].list.as_ref().and_then(|l| l.get(code)).map(|n| n.name.as_str());
            let name = if label.is_empty() { listed().unwrap_or_default() } else { label };
            format!("{code} {name}").trim_end().to_owned()
        }
        Key::Free(number) => format!("#{number}"),
    }
}
