//! What reading one file may cost, and how much of that is left; never knows a format.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::unreadable::{Limit, Unreadable};

/// What one file may cost. With the defaults no file takes more than 1 GiB of memory, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of the file.
    pub file_bytes: u64,
    /// The cells that hold something, in all sheets together.
    pub cells: usize,
    /// The sheets.
    pub sheets: usize,
    /// The bytes of all texts in cells together.
    pub text: usize,
    /// How deep elements of a part may stand within each other.
    pub depth: usize,
    /// How long reading may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Limits {
    /// Far above any budget workbook, far below what a computer has.
    pub const USUAL: Self =
        Self { file_bytes: 80 << 20, cells: 300_000, sheets: 5_000, text: 128 << 20, depth: 256, time: Duration::from_secs(60) };

    /// What all parts of a package together may unpack to: twice what the file itself may have.
    pub fn unpacked_bytes(&self) -> u64 {
        self.file_bytes.saturating_mul(2)
    }
}

/// How a file is read: its limits and the passwords to try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// What one file may cost.
    pub limits: Limits,
    /// The passwords to try on a protected workbook.
    pub passwords: Vec<String>,
}

/// How many steps are taken between two looks at the clock.
const STEPS: u32 = 1024;

/// What is left of the limits for one file. Shared by everything that reads it.
pub(in crate::edge) struct Budget {
    cells: Cell<usize>,
    sheets: Cell<usize>,
    text: Cell<usize>,
    unpacked: Cell<u64>,
    depth: usize,
    merges: usize,
    steps: Cell<u32>,
    end: Option<Instant>,
}

impl Budget {
    /// All of the limits, and the clock started.
    pub(in crate::edge) fn new(limits: &Limits) -> Self {
        Self {
            cells: Cell::new(limits.cells),
            sheets: Cell::new(limits.sheets),
            text: Cell::new(limits.text),
            unpacked: Cell::new(limits.unpacked_bytes()),
            depth: limits.depth,
            merges: limits.cells / 10,
            steps: Cell::new(STEPS),
            end: Instant::now().checked_add(limits.time),
        }
    }

    /// Takes one cell with so many bytes of text.
    pub(super) fn take_cell(&self, text: usize) -> Result<(), Unreadable> {
        self.step()?;
        let exceeded = |what| Unreadable::TooLarge { what };
        self.cells.set(self.cells.get().checked_sub(1).ok_or_else(|| exceeded(Limit::Cells))?);
        self.take_text(text)
    }

    /// Takes so many bytes of text.
    pub(super) fn take_text(&self, bytes: usize) -> Result<(), Unreadable> {
        self.text.set(self.text.get().checked_sub(bytes).ok_or(Unreadable::TooLarge { what: Limit::Text })?);
        Ok(())
    }

    /// Whether so many cells and so much text are still to be had, for what is held before it becomes a cell.
    pub(super) fn allows(&self, cells: usize, text: usize) -> Result<(), Unreadable> {
        match (cells <= self.cells.get(), text <= self.text.get()) {
            (true, true) => Ok(()),
            (false, _) => Err(Unreadable::TooLarge { what: Limit::Cells }),
            (true, false) => Err(Unreadable::TooLarge { what: Limit::Text }),
        }
    }

    /// Takes one sheet.
    pub(super) fn take_sheet(&self) -> Result<(), Unreadable> {
        self.sheets.set(self.sheets.get().checked_sub(1).ok_or(Unreadable::TooLarge { what: Limit::Sheets })?);
        self.look_at_the_clock()
    }

    /// Whether a sheet may have so many merged rectangles: no more than cells at all.
    pub(super) fn allows_merges(&self, merges: usize) -> Result<(), Unreadable> {
        if merges > self.merges { Err(Unreadable::TooLarge { what: Limit::Cells }) } else { Ok(()) }
    }

    /// Whether so many sheets are still to be had.
    pub(super) fn allows_sheets(&self, sheets: usize) -> Result<(), Unreadable> {
        if sheets > self.sheets.get() { Err(Unreadable::TooLarge { what: Limit::Sheets }) } else { Ok(()) }
    }

    /// Takes so many bytes of unpacked parts.
    pub(super) fn take_unpacked(&self, bytes: u64) -> Result<(), Unreadable> {
        self.unpacked.set(self.unpacked.get().checked_sub(bytes).ok_or(Unreadable::TooLarge { what: Limit::Bytes })?);
        self.look_at_the_clock()
    }

    /// Whether elements may stand so deep within each other.
    pub(super) fn allows_depth(&self, depth: usize) -> Result<(), Unreadable> {
        if depth > self.depth { Err(Unreadable::TooLarge { what: Limit::Depth }) } else { Ok(()) }
    }

    /// One step of a loop over a file's content: now and then a look at the clock.
    pub(super) fn step(&self) -> Result<(), Unreadable> {
        match self.steps.get().checked_sub(1) {
            Some(left) => self.steps.set(left),
            None => return self.look_at_the_clock(),
        }
        Ok(())
    }

    fn look_at_the_clock(&self) -> Result<(), Unreadable> {
        self.steps.set(STEPS);
        match self.end {
            Some(end) if Instant::now() > end => Err(Unreadable::TooLarge { what: Limit::Time }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(result: Result<(), Unreadable>) -> Limit {
        match result {
            Err(Unreadable::TooLarge { what }) => what,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_taken_is_no_longer_there() {
        let limits = Limits { cells: 2, text: 3, sheets: 1, file_bytes: 5, depth: 2, time: Duration::from_secs(3600) };
        let budget = Budget::new(&limits);
        assert!(budget.take_cell(3).is_ok() && budget.allows(1, 0).is_ok());
        assert_eq!(exceeded(budget.allows(2, 0)), Limit::Cells);
        assert_eq!(exceeded(budget.take_cell(1)), Limit::Text);
        assert_eq!(exceeded(budget.take_cell(0)), Limit::Cells);
        assert!(budget.take_sheet().is_ok() && budget.take_unpacked(10).is_ok() && budget.allows_depth(2).is_ok());
        assert_eq!(exceeded(budget.take_sheet()), Limit::Sheets);
        assert_eq!(exceeded(budget.take_unpacked(1)), Limit::Bytes);
        assert_eq!(exceeded(budget.allows_depth(3)), Limit::Depth);
    }

    #[test]
    fn the_clock_ends_a_loop() {
        let budget = Budget::new(&Limits { time: Duration::ZERO, ..Limits::default() });
        let ended = (0..10_000).find_map(|_| budget.step().err());
        assert_eq!(ended, Some(Unreadable::TooLarge { what: Limit::Time }));
    }
}
