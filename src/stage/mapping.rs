//! Where the cells of one edition stand in another, by the ids they share; never looks at a budget.

use crate::model::Key;
use crate::template::{Table as Declared, Template};

/// The places of the tables, rows and columns of one edition in another.
#[derive(Debug)]
pub struct Mapping {
    tables: Vec<Option<TableMapping>>,
}

#[derive(Debug)]
struct TableMapping {
    table: usize,
    /// Whether rows that are not declared mean the same in both.
    same_body: bool,
    /// For each declared row its row, or the one that stands for it, and the side of that.
    rows: Vec<Option<(usize, usize)>>,
    /// For each column its column, by the side of the row.
    columns: Vec<Vec<Option<usize>>>,
}

impl Mapping {
    /// From one edition to another.
    pub fn new(from: &Template, to: &Template) -> Self {
        let table = |declared: &Declared| {
            let table = to.table(&declared.declared.id)?;
            Some(TableMapping::new(declared, table, &to.tables[table]))
        };
        Self { tables: from.tables.iter().map(table).collect() }
    }

    /// The table there.
    pub fn table(&self, table: usize) -> Option<usize> {
        self.tables[table].as_ref().map(|t| t.table)
    }

    /// The row there.
    pub fn key(&self, table: usize, key: Key) -> Option<Key> {
        let table = self.tables[table].as_ref()?;
        match key {
            Key::Declared(row) => table.rows[row].map(|(row, _)| Key::Declared(row)),
            key => table.same_body.then_some(key),
        }
    }

    /// The column there of a cell in this row.
    pub fn column(&self, table: usize, key: Key, column: usize) -> Option<usize> {
        let table = self.tables[table].as_ref()?;
        let side = match key {
            Key::Declared(row) => table.rows[row]?.1,
            _ => 0,
        };
        table.columns[column].get(side).copied().flatten()
    }
}

impl TableMapping {
    fn new(from: &Declared, table: usize, to: &Declared) -> Self {
        let row = |id: &str| to.row_or_absorber(id).map(|row| (row, to.rows[row].side));
        let column = |cell: &str| (0..to.sides.len().max(1)).map(|side| to.column(cell, side)).collect();
        Self {
            table,
            same_body: to.declared.body == from.declared.body,
            rows: from.rows.iter().map(|r| row(&r.id)).collect(),
            columns: from.columns.iter().map(|c| column(&c.cell)).collect(),
        }
    }
}
