//! Evaluates parsed formulas over the cells of a workbook, exactly; never takes an error, a date or a missing result for a number.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::functions;
use super::parse::{self, Expression, Operator, Reference, Unknown};
use crate::grid::{Cell, Formula, Grid, Value};
use crate::value::{Amount, CellRef};

/// So deeply formulas are followed at once.
const DEEPEST: usize = 60;
/// So many cells are looked at for one workbook.
const MOST_CELLS: usize = 4_000_000;

/// What a cell or a part of a formula holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    Blank,
    Number(Amount),
    Text(String),
    Truth(bool),
}

pub(super) type Given = Result<Held, Unknown>;

/// A workbook with the results found so far.
pub(super) struct Book<'g> {
    grid: &'g Grid,
    names: HashMap<String, usize>,
    /// Results of formulas without a stored one; an error while they are being worked out, so that a circle has none.
    results: HashMap<(usize, CellRef), Given>,
    left: usize,
}

/// Where a formula stands: its sheet, and how far it has moved from the cell it is written for.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    sheet: usize,
    rows: i64,
    cols: i64,
    depth: usize,
}

impl<'g> Book<'g> {
    pub(super) fn new(grid: &'g Grid) -> Self {
        let names = grid.sheets.iter().enumerate().rev().map(|(place, s)| (s.name.to_lowercase(), place)).collect();
        Self { grid, names, results: HashMap::new(), left: MOST_CELLS }
    }

    /// What a cell holds or its formula gives.
    pub(super) fn cell(&mut self, sheet: usize, at: CellRef, depth: usize) -> Given {
        match self.grid.sheets[sheet].cell(at) {
            None => Ok(Held::Blank),
            Some(cell) => self.held(sheet, cell, depth),
        }
    }

    fn held(&mut self, sheet: usize, cell: &Cell, depth: usize) -> Given {
        self.left = self.left.checked_sub(1).ok_or(Unknown)?;
        match &cell.value {
            Value::Blank | Value::Formula(_, None) => Ok(Held::Blank),
            Value::Number(number) | Value::Formula(_, Some(number)) => Ok(Held::Number(*number)),
            Value::Text(text) => Ok(Held::Text(text.clone())),
            Value::Other(text) if text == "TRUE" || text == "FALSE" => Ok(Held::Truth(text == "TRUE")),
            // A date counts as days, which is never meant.
            Value::Other(_) | Value::Error(_) => Err(Unknown),
            Value::Uncalculated => self.result(sheet, cell.at, depth),
        }
    }

    fn result(&mut self, sheet: usize, at: CellRef, depth: usize) -> Given {
        if let Some(known) = self.results.get(&(sheet, at)) {
            return known.clone();
        }
        let grid = self.grid;
        let formula = grid.sheets[sheet].formula(at).filter(|_| depth < DEEPEST).ok_or(Unknown)?;
        self.results.insert((sheet, at), Err(Unknown));
        let given = self.formula(sheet, formula, depth + 1);
        match &given {
            // It may be too deep from here only: from below it is reached in a later round.
            Err(_) => drop(self.results.remove(&(sheet, at))),
            Ok(_) => drop(self.results.insert((sheet, at), given.clone())),
        }
        given
    }

    /// What a formula gives at its cell.
    pub(super) fn formula(&mut self, sheet: usize, formula: &Formula, depth: usize) -> Given {
        self.left = self.left.checked_sub(1).ok_or(Unknown)?;
        let parsed = parse::parse(&formula.text)?;
        let stand = Stand {
            sheet,
            rows: i64::from(formula.at.row) - i64::from(formula.from.row),
            cols: i64::from(formula.at.col) - i64::from(formula.from.col),
            depth,
        };
        self.value(&parsed, stand)
    }

    pub(super) fn value(&mut self, expression: &Expression, stand: Stand) -> Given {
        Ok(match expression {
            Expression::Nothing => Held::Blank,
            Expression::Number(number) => Held::Number(*number),
            Expression::Text(text) => Held::Text(text.clone()),
            Expression::Truth(truth) => Held::Truth(*truth),
            Expression::Cells(reference) if reference.last.is_none() => {
                let (sheet, at, _) = self.area(reference, stand)?;
                return self.cell(sheet, at, stand.depth);
            }
            Expression::Cells(_) => return Err(Unknown),
            Expression::Negative(inner) => Held::Number(-self.number(inner, stand)?),
            Expression::Percent(inner) => Held::Number(self.number(inner, stand)?.checked_mul(Amount::step(2)).ok_or(Unknown)?),
            Expression::Binary(operator, left, right) => return self.binary(*operator, left, right, stand),
            Expression::Call(name, arguments) => return functions::call(self, name, arguments, stand),
        })
    }

    fn binary(&mut self, operator: Operator, left: &Expression, right: &Expression, stand: Stand) -> Given {
        let (left, right) = (self.value(left, stand)?, self.value(right, stand)?);
        let numbers = || Ok((as_number(&left)?, as_number(&right)?));
        let number = match operator {
            Operator::Plus => numbers().map(|(a, b)| a.checked_add(b))?,
            Operator::Minus => numbers().map(|(a, b)| a.checked_add(-b))?,
            Operator::Times => numbers().map(|(a, b)| a.checked_mul(b))?,
            Operator::Over => numbers().map(|(a, b)| a.checked_div(b))?,
            Operator::Joined => return Ok(Held::Text(as_text(&left) + &as_text(&right))),
            _ => {
                let order = compare(&left, &right);
                return Ok(Held::Truth(match operator {
                    Operator::Equal => order.is_eq(),
                    Operator::Unequal => order.is_ne(),
                    Operator::Less => order.is_lt(),
                    Operator::AtMost => order.is_le(),
                    Operator::More => order.is_gt(),
                    _ => order.is_ge(),
                }));
            }
        };
        number.map(Held::Number).ok_or(Unknown)
    }

    /// The number that a part of a formula gives.
    pub(super) fn number(&mut self, expression: &Expression, stand: Stand) -> Result<Amount, Unknown> {
        let held = self.value(expression, stand)?;
        as_number(&held)
    }

    /// The sheet and the corners of a reference.
    pub(super) fn area(&self, reference: &Reference, stand: Stand) -> Result<(usize, CellRef, CellRef), Unknown> {
        let sheet = match &reference.sheet {
            None => stand.sheet,
            Some(name) => *self.names.get(&name.to_lowercase()).ok_or(Unknown)?,
        };
        let (first, last) = reference.moved(stand.rows, stand.cols)?;
        Ok((sheet, first, last))
    }

    /// What the cells of a reference hold that hold anything, with their places.
    pub(super) fn cells(&mut self, reference: &Reference, stand: Stand) -> Result<Vec<(CellRef, Held)>, Unknown> {
        let (sheet, first, last) = self.area(reference, stand)?;
        let grid = self.grid;
        let cells = &grid.sheets[sheet].cells;
        let from = cells.partition_point(|c| c.at.row < first.row);
        let mut held = Vec::new();
        for cell in cells[from..].iter().take_while(|c| c.at.row <= last.row) {
            if (first.col..=last.col).contains(&cell.at.col) {
                held.push((cell.at, self.held(sheet, cell, stand.depth)?));
            } else {
                self.left = self.left.checked_sub(1).ok_or(Unknown)?;
            }
        }
        Ok(held)
    }

    /// What a cell of a reference's sheet holds, so far below and right of its first cell.
    pub(super) fn beside(&mut self, reference: &Reference, stand: Stand, (rows, cols): (u32, u16)) -> Given {
        let (sheet, first, _) = self.area(reference, stand)?;
        let at = CellRef::new(first.row.saturating_add(rows), first.col.saturating_add(cols));
        self.cell(sheet, at, stand.depth)
    }
}

/// What counts as a number where one is asked for. Text is taken as a spreadsheet takes it: digits only.
pub(super) fn as_number(held: &Held) -> Result<Amount, Unknown> {
    match held {
        Held::Blank => Ok(Amount::ZERO),
        Held::Number(number) => Ok(*number),
        Held::Truth(truth) => Ok(if *truth { Amount::ONE } else { Amount::ZERO }),
        Held::Text(text) => text.trim().parse().ok().and_then(|a: Amount| a.checked_add(Amount::ZERO)).ok_or(Unknown),
    }
}

fn as_text(held: &Held) -> String {
    match held {
        Held::Blank => String::new(),
        Held::Number(number) => number.significant().to_string(),
        Held::Text(text) => text.clone(),
        Held::Truth(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

/// The order of spreadsheets: numbers before texts before logical values; a blank is like the least of the other's kind.
pub(super) fn compare(left: &Held, right: &Held) -> Ordering {
    let kind = |held: &Held| match held {
        Held::Blank => 0,
        Held::Number(_) => 1,
        Held::Text(_) => 2,
        Held::Truth(_) => 3,
    };
    match (left, right) {
        (Held::Number(a), Held::Number(b)) => a.significant().cmp(&b.significant()),
        (Held::Blank, Held::Number(b)) => Amount::ZERO.cmp(b),
        (Held::Number(a), Held::Blank) => a.cmp(&Amount::ZERO),
        (Held::Text(a), Held::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Held::Blank, Held::Text(b)) => "".cmp(b.as_str()),
        (Held::Text(a), Held::Blank) => a.as_str().cmp(""),
        (Held::Truth(a), Held::Truth(b)) => a.cmp(b),
        (Held::Blank, Held::Truth(b)) => false.cmp(b),
        (Held::Truth(a), Held::Blank) => a.cmp(&false),
        _ => kind(left).cmp(&kind(right)),
    }
}
