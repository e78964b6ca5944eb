//! How formulas name cells of the blank form; never knows what stands in them.

use super::Place;
use crate::model::Budget;
use crate::value::CellRef;

/// `$C$7`.
pub(super) fn fixed(at: CellRef) -> String {
    let (letters, number) = parts(at);
    format!("${letters}${number}")
}

/// `$C$7:$C$66` of some rows of a column.
pub(super) fn fixed_rows(col: u16, (first, last): (u32, u32)) -> String {
    format!("{}:{}", fixed(CellRef::new(first, col)), fixed(CellRef::new(last, col)))
}

/// `C8:C$66`: from a row that moves with the formula to one that stays.
pub(super) fn from_row(col: u16, (first, last): (u32, u32)) -> String {
    let (letters, number) = parts(CellRef::new(last, col));
    format!("{}:{letters}${number}", CellRef::new(first, col))
}

/// `'收支总表'!`
pub(super) fn on(sheet: &str) -> String {
    format!("'{}'!", sheet.replace('\'', "''"))
}

fn parts(at: CellRef) -> (String, String) {
    let name = at.to_string();
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    (name[..digits].to_owned(), name[digits..].to_owned())
}

impl Place {
    /// The lines without code or name, in a column of the table's own sheet.
    pub(super) fn free_cells(&self, budget: &Budget, column: usize) -> Option<String> {
        let sheet = on(&budget.template.tables[self.table].declared.sheet);
        Some(format!("{sheet}{}", fixed_rows(column as u16, self.free?)))
    }

    /// The keys of these lines.
    pub(super) fn own_keys(&self, budget: &Budget) -> Option<String> {
        Some(format!("{}{}", on(&budget.template.blank.codes), fixed_rows(self.keys?.own, self.free?)))
    }

    /// The keys of their parents.
    pub(super) fn parent_keys(&self, budget: &Budget) -> Option<String> {
        Some(format!("{}{}", on(&budget.template.blank.codes), fixed_rows(self.keys?.parent, self.free?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_fixed_or_moving() {
        assert_eq!(fixed_rows(2, (6, 65)), "$C$7:$C$66");
        assert_eq!(from_row(27, (7, 65)), "AB8:AB$66");
        assert_eq!(on("表'一"), "'表''一'!");
    }
}
