//! The cells that can be printed in two ways, those of one amount taken together; never says which way it is.

use std::collections::HashMap;

use super::sums::{Signed, Sum};
use crate::model::{Address, Budget};
use crate::value::Amount;

/// A part in a million of a step, in which deviations are counted.
const DEVIATION_DECIMALS: u8 = 6;

/// The two ways of printing an amount that is no whole number of steps, counted in steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// As plain rounding prints it.
    pub plain: i64,
    /// The whole number of steps on the other side of the exact amount.
    pub other: i64,
    /// How far the plain one lies from the exact amount, in millionths of a step.
    deviation: i64,
    /// How many cells are printed so.
    cells: i64,
}

/// The cells of a budget that are no whole number of steps.
pub(super) struct Classes {
    cells: Vec<Address>,
    choices: Vec<Choice>,
    places: HashMap<Address, usize>,
    first: Vec<usize>,
}

impl Classes {
    /// All loose cells of the columns of amounts; cells that a sum says to be equal become one class.
    pub fn new(budget: &Budget, sums: &[Sum]) -> Self {
        let mut classes = Self { cells: Vec::new(), choices: Vec::new(), places: HashMap::new(), first: Vec::new() };
        classes.collect(budget);
        let pairs: Vec<Vec<Signed>> = sums.iter().filter(|s| s.is_tight).filter_map(|s| s.cells(budget)).collect();
        while pairs.iter().filter(|cells| classes.join(cells)).count() > 0 {}
        for place in 0..classes.cells.len() {
            let class = classes.root(place);
            classes.choices[class].cells += i64::from(class != place);
        }
        classes
    }

    fn collect(&mut self, budget: &Budget) {
        for (at, exact) in super::amounts(budget) {
            let Some(choice) = Choice::new(exact, budget.template.about.decimals) else { continue };
            self.places.insert(at, self.cells.len());
            self.first.push(self.cells.len());
            self.cells.push(at);
            self.choices.push(choice);
        }
    }

    /// Joins the two classes that are all that is left of an equation. Whether it did.
    fn join(&mut self, cells: &[Signed]) -> bool {
        let mut left: Vec<(usize, i64)> = Vec::new();
        for cell in cells {
            let Some(class) = self.of(cell.at) else { return false };
            match left.iter().position(|(c, _)| *c == class) {
                Some(place) => left[place].1 += cell.sign,
                None if left.len() > 2 => return false,
                None => left.push((class, cell.sign)),
            }
        }
        left.retain(|(_, sign)| *sign != 0);
        let [(one, sign), (two, against)] = left[..] else { return false };
        if sign + against == 0 {
            self.first[one.max(two)] = one.min(two);
        }
        sign + against == 0
    }

    /// The class of a cell, by its first cell; `None` for a cell that is printed as it is.
    pub fn of(&self, at: Address) -> Option<usize> {
        self.places.get(&at).map(|place| self.root(*place))
    }

    fn root(&self, mut place: usize) -> usize {
        while self.first[place] != place {
            place = self.first[place];
        }
        place
    }

    /// How a class can be printed.
    pub fn choice(&self, class: usize) -> Choice {
        self.choices[class]
    }

    /// The number of cells, which is more than that of the classes.
    pub fn len(&self) -> usize {
        self.cells.len()
    }
}

impl Choice {
    fn new(exact: Amount, decimals: u8) -> Option<Self> {
        if exact.steps(decimals).is_some() {
            return None;
        }
        let rounded = exact.round(decimals);
        let plain = rounded.steps(decimals)?;
        let other = if rounded < exact { plain + 1 } else { plain - 1 };
        let fine = decimals + DEVIATION_DECIMALS;
        let deviation = (exact - rounded).abs().round(fine).steps(fine)?;
        Some(Self { plain, other, deviation, cells: 1 })
    }

    /// What it costs to print the other one where a cell costs `cell`: for each cell that, and by how many millionths of a step
    /// it lies further from the exact amount than the plain one.
    pub fn cost(self, cell: i64) -> i64 {
        self.cells * (cell + 10i64.pow(u32::from(DEVIATION_DECIMALS)) - 2 * self.deviation)
    }
}
