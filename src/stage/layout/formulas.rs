//! Writes a definition as a live formula over the cells where its parts were drawn; never computes one.

use std::collections::HashMap;
use std::fmt::Write;

use crate::grid::Value;
use crate::model::{Address, Budget};
use crate::stage::recompute::{self, Definition};
use crate::value::{Amount, CellRef};

/// What decides which cells of a drawn table are formulas.
pub(super) trait Live {
    /// The formula of a cell with its present result; `None` for a plain value. `drawn` tells where cells of the same table stand.
    fn value(&self, budget: &Budget, at: Address, drawn: &dyn Fn(Address) -> Option<CellRef>) -> Option<Value>;
}

impl Live for HashMap<Address, Definition> {
    fn value(&self, budget: &Budget, at: Address, drawn: &dyn Fn(Address) -> Option<CellRef>) -> Option<Value> {
        value(budget, at, self.get(&at)?, drawn)
    }
}

/// The formula of a defined cell with its present result, or its plain value where a formula would show another:
/// a filed total whose parts are all blank.
fn value(budget: &Budget, at: Address, definition: &Definition, drawn: &dyn Fn(Address) -> Option<CellRef>) -> Option<Value> {
    let amount = budget.slot(at).amount;
    let filled = || definition.parts.iter().filter_map(|p| Some(p.factor * budget.slot(p.at).amount?));
    let is_filled = filled().next().is_some();
    let sum = filled().sum::<Amount>() + definition.constant;
    let sums = sums(definition, drawn)?;
    match (amount, is_filled) {
        (Some(total), true) if total == sum => Some(Value::Formula(format!("={}", sums.formula), amount)),
        // The parts are stored more finely than the total is printed.
        (Some(total), true) if recompute::is_printed_as(budget, at, sum) => {
            let formula = format!("=ROUND({},{})", sums.formula, recompute::printed_decimals(budget, at));
            Some(Value::Formula(formula, Some(total)))
        }
        // Text so long as nothing is filled in: a zero would be printed, and read back as an amount.
        (None, false) => Some(Value::Formula(format!("=IF(COUNT({})=0,\"\",{})", sums.cells, sums.formula), None)),
        _ => None,
    }
}

struct Sums {
    formula: String,
    cells: String,
}

/// `SUM(C6:C14)-SUM(C20)`: SUM passes over cells that show nothing, a plain reference would not.
fn sums(definition: &Definition, drawn: &dyn Fn(Address) -> Option<CellRef>) -> Option<Sums> {
    let mut factors: Vec<(Amount, Vec<CellRef>)> = Vec::new();
    for part in &definition.parts {
        let Some(cell) = drawn(part.at) else { continue };
        match factors.iter_mut().find(|(factor, _)| *factor == part.factor) {
            Some((_, cells)) => cells.push(cell),
            None => factors.push((part.factor, vec![cell])),
        }
    }
    let mut formula = String::new();
    let mut all = Vec::new();
    for (factor, cells) in &factors {
        let ranges = ranges(cells);
        let sign = match (formula.is_empty(), factor.is_negative()) {
            (_, true) => "-",
            (true, false) => "",
            (false, false) => "+",
        };
        let size = if factor.abs() == Amount::ONE { String::new() } else { format!("{}*", factor.abs()) };
        write!(formula, "{sign}{size}SUM({ranges})").ok()?;
        all.push(ranges);
    }
    if !definition.constant.is_zero() {
        write!(formula, "+{}", definition.constant).ok()?;
    }
    (!all.is_empty()).then(|| Sums { formula, cells: all.join(",") })
}

/// `C6:C14,C20`: neighbours below or beside each other as ranges.
fn ranges(cells: &[CellRef]) -> String {
    let mut ranges: Vec<(CellRef, CellRef)> = Vec::new();
    for cell in cells {
        match ranges.last_mut() {
            Some((first, last)) if cell.col == last.col && cell.row == last.row + 1 && first.col == last.col => *last = *cell,
            Some((first, last)) if cell.row == last.row && cell.col == last.col + 1 && first.row == last.row => *last = *cell,
            _ => ranges.push((*cell, *cell)),
        }
    }
    let shown = ranges.iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        let cells: Vec<CellRef> = ["C6", "C7", "C8", "E8", "F8", "H1"].iter().map(|c| c.parse().unwrap()).collect();
        assert_eq!(ranges(&cells), "C6:C8,E8:F8,H1");
    }
}
