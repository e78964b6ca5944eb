//! A grid with its texts folded once for all matching; never changes a cell.

use crate::grid::{Block, Cell, Grid, Sheet, Value};
use crate::value::{Area, CellRef, text};

/// A grid and the folded form of its texts.
pub struct Folded<'g> {
    /// The sheets.
    pub sheets: Vec<FoldedSheet<'g>>,
}

/// A sheet and the folded form of its texts.
pub struct FoldedSheet<'g> {
    /// The sheet.
    pub sheet: &'g Sheet,
    /// The folded text of each cell; empty for cells without text.
    texts: Vec<String>,
    /// The merges by their first row: that of each, the lowest row that it or one before it covers, and its place.
    merges: Vec<(u32, u32, usize)>,
}

impl<'g> Folded<'g> {
    /// Folds all texts of a grid.
    pub fn new(grid: &'g Grid) -> Self {
        Self { sheets: grid.sheets.iter().map(FoldedSheet::new).collect() }
    }
}

impl<'g> FoldedSheet<'g> {
    /// Folds all texts of a sheet.
    pub fn new(sheet: &'g Sheet) -> Self {
        let texts = sheet.cells.iter().map(|c| c.text().map(text::fold).unwrap_or_default()).collect();
        let mut merges: Vec<_> = sheet.merges.iter().enumerate().map(|(place, m)| (m.first.row, m.last.row, place)).collect();
        merges.sort_unstable();
        let mut lowest = 0;
        for (_, last, _) in &mut merges {
            lowest = lowest.max(*last);
            *last = lowest;
        }
        Self { sheet, texts, merges }
    }

    /// The cells of a row with their folded texts.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (&'g Cell, &str)> {
        let cells = &self.sheet.cells;
        let first = cells.partition_point(|c| c.at.row < row);
        cells[first..].iter().zip(&self.texts[first..]).take_while(move |(c, _)| c.at.row == row).map(|(c, t)| (c, t.as_str()))
    }

    /// The rows from `first` to before `end` that hold something.
    pub fn rows(&self, first: u32, end: u32) -> impl Iterator<Item = u32> + '_ {
        let cells = &self.sheet.cells;
        let mut at = cells.partition_point(|c| c.at.row < first);
        std::iter::from_fn(move || {
            let row = cells.get(at)?.at.row;
            if row >= end {
                return None;
            }
            while cells.get(at).is_some_and(|c| c.at.row == row) {
                at += 1;
            }
            Some(row)
        })
    }

    /// All cells with their folded texts.
    pub fn cells(&self) -> impl Iterator<Item = (&'g Cell, &str)> {
        self.sheet.cells.iter().zip(&self.texts).map(|(c, t)| (c, t.as_str()))
    }

    /// The cell at a place and its folded text.
    pub fn at(&self, at: CellRef) -> Option<(&'g Cell, &str)> {
        let place = self.sheet.cells.binary_search_by_key(&at, |c| c.at).ok()?;
        Some((&self.sheet.cells[place], self.texts[place].as_str()))
    }

    /// The folded text at a place, empty where there is none.
    pub fn text(&self, at: CellRef) -> &str {
        self.at(at).map_or("", |(_, t)| t)
    }

    /// The merged area that covers a place.
    pub fn merge(&self, at: CellRef) -> Option<Area> {
        let above = &self.merges[..self.merges.partition_point(|(first, ..)| *first <= at.row)];
        let near = above.iter().rev().take_while(|(_, lowest, _)| *lowest >= at.row).map(|(.., place)| *place);
        near.filter(|place| self.sheet.merges[*place].contains(at)).min().map(|place| self.sheet.merges[place])
    }

    /// Whether tables stand among running text.
    pub fn is_document(&self) -> bool {
        !self.sheet.blocks.is_empty()
    }

    /// The table among running text that a row is of.
    pub fn block(&self, row: u32) -> Option<&'g Block> {
        let blocks = &self.sheet.blocks;
        let before = blocks.partition_point(|block| block.rows.end <= row);
        blocks.get(before).filter(|block| block.rows.contains(&row))
    }

    /// Whether a row is running text and no row of a table.
    pub fn is_running(&self, row: u32) -> bool {
        self.is_document() && self.block(row).is_none()
    }

    /// How many numbers stand in the sheet.
    pub fn numbers(&self) -> usize {
        self.sheet.cells.iter().filter(|c| matches!(c.value, Value::Number(_))).count()
    }
}
