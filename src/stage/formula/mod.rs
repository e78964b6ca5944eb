//! Calculates the formulas of a workbook that has no results for them, and compares the results it has; never changes a stored
//! number.

mod evaluate;
mod functions;
mod parse;

use crate::grid::{Cell, Grid, Shown, Value};
use crate::value::Amount;
use evaluate::{Book, Held};

/// Formulas that lean on each other more deeply than is evaluated at once are reached from below in so many rounds.
const ROUNDS: usize = 40;

/// Fills in what formulas without a stored result give, and notes what others give where it is not the stored number. What
/// cannot be evaluated stays as it is.
pub fn calculate(grid: &mut Grid) {
    if grid.sheets.iter().all(|s| s.formulas.is_empty()) {
        return;
    }
    for _ in 0..ROUNDS {
        let given = uncalculated(grid);
        if given.is_empty() {
            break;
        }
        for (sheet, formula, value) in given {
            let sheet = &mut grid.sheets[sheet];
            let at = sheet.formulas[formula].at;
            if let Value::Number(number) = value {
                sheet.formulas[formula].gives = Some(number);
            }
            if let Ok(place) = sheet.cells.binary_search_by_key(&at, |c| c.at) {
                sheet.cells[place].value = value;
            }
        }
    }
    for (sheet, formula, gives) in stale(grid) {
        grid.sheets[sheet].formulas[formula].gives = Some(gives);
    }
}

/// What the formulas give whose cells hold nothing yet: sheet, formula, value.
fn uncalculated(grid: &Grid) -> Vec<(usize, usize, Value)> {
    let mut book = Book::new(grid);
    let mut given = Vec::new();
    for (place, sheet) in grid.sheets.iter().enumerate() {
        for (index, formula) in sheet.formulas.iter().enumerate() {
            if !sheet.cell(formula.at).is_some_and(|c| c.value == Value::Uncalculated) {
                continue;
            }
            let value = match book.cell(place, formula.at, 0) {
                // A formula that refers to a blank cell shows a zero.
                Ok(Held::Blank) => Value::Number(Amount::ZERO),
                Ok(Held::Number(number)) => Value::Number(number.significant()),
                Ok(Held::Text(text)) if text.is_empty() => Value::Blank,
                Ok(Held::Text(text)) => Value::Text(text),
                Ok(Held::Truth(truth)) => Value::Other(if truth { "TRUE" } else { "FALSE" }.to_owned()),
                Err(_) => continue,
            };
            given.push((place, index, value));
        }
    }
    given
}

/// Formulas that give another number than the one stored: sheet, formula, number.
fn stale(grid: &Grid) -> Vec<(usize, usize, Amount)> {
    let mut book = Book::new(grid);
    let mut stale = Vec::new();
    for (place, sheet) in grid.sheets.iter().enumerate() {
        for (index, formula) in sheet.formulas.iter().enumerate().filter(|(_, f)| f.gives.is_none()) {
            let Some(cell @ Cell { value: Value::Number(held), .. }) = sheet.cell(formula.at) else { continue };
            if let Ok(Held::Number(gives)) = book.formula(place, formula, 0)
                && !is_same(cell, *held, gives)
            {
                stale.push((place, index, gives.significant()));
            }
        }
    }
    stale
}

/// Whether a result is the stored number but for the noise of floats or rounding to what is shown.
fn is_same(cell: &Cell, held: Amount, gives: Amount) -> bool {
    let noise = Amount::step(6) + Amount::step(9) * held.abs();
    let as_shown = matches!(cell.shown, Shown::Fixed(decimals) if gives.round(decimals) == held);
    (held - gives).abs() <= noise || as_shown
}
