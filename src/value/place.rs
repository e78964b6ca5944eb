//! Places in a workbook: cells and rectangles of cells, written as a spreadsheet writes them; never knows what stands there.

use std::fmt;
use std::str::FromStr;

/// A cell of a sheet, counted from zero; shown as `B7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// Counted from zero.
    pub row: u32,
    /// Counted from zero.
    pub col: u16,
}

impl CellRef {
    /// The cell at a row and column, both counted from zero.
    pub fn new(row: u32, col: u16) -> Self {
        Self { row, col }
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0u8; 4];
        let mut at = letters.len();
        let mut rest = u32::from(self.col) + 1;
        while rest > 0 {
            at -= 1;
            letters[at] = b'A' + ((rest - 1) % 26) as u8;
            rest = (rest - 1) / 26;
        }
        write!(f, "{}{}", std::str::from_utf8(&letters[at..]).unwrap_or_default(), self.row + 1)
    }
}

/// A text that names no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACell;

impl FromStr for CellRef {
    type Err = NotACell;

    fn from_str(text: &str) -> Result<Self, NotACell> {
        let split = text.find(|c: char| c.is_ascii_digit()).ok_or(NotACell)?;
        let (letters, digits) = text.split_at(split);
        if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(NotACell);
        }
        let col = letters.bytes().fold(0u32, |n, b| n * 26 + u32::from(b - b'A') + 1);
        let row: u32 = digits.parse().map_err(|_| NotACell)?;
        Ok(Self { row: row.checked_sub(1).ok_or(NotACell)?, col: u16::try_from(col - 1).map_err(|_| NotACell)? })
    }
}

/// A rectangle of cells, both corners included; shown as `A1:I21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Area {
    /// The top left cell.
    pub first: CellRef,
    /// The bottom right cell.
    pub last: CellRef,
}

impl Area {
    /// The rectangle between two corners.
    pub fn new(first: CellRef, last: CellRef) -> Self {
        Self { first, last }
    }

    /// Whether the cell lies inside.
    pub fn contains(&self, at: CellRef) -> bool {
        (self.first.row..=self.last.row).contains(&at.row) && (self.first.col..=self.last.col).contains(&at.col)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_a_spreadsheet_names_them() {
        for (row, col, name) in [(0, 0, "A1"), (9, 25, "Z10"), (0, 26, "AA1"), (1_048_575, 16_383, "XFD1048576")] {
            assert_eq!(CellRef::new(row, col).to_string(), name);
            assert_eq!(name.parse(), Ok(CellRef::new(row, col)));
        }
        for wrong in ["", "A", "1", "a1", "A0"] {
            assert_eq!(wrong.parse::<CellRef>(), Err(NotACell));
        }
    }
}
