//! The figures of the narrative as cells that can be tried with other numbers: each unit of money is a table behind those declared.

use std::collections::HashMap;

use crate::finding::{Operand, Place, Slip, Suspect};
use crate::grid::Shown;
use crate::model::{Address, Budget, Key, Row, Table};
use crate::stage::instances::{Instance, Part as Cell};
use crate::stage::prose::{Mention, Told};
use crate::stage::statements::Claim;
use crate::template::Part;
use crate::value::{Amount, Measure};

/// The measures that have a table of figures.
const MEASURES: [Measure; 3] = [Measure::Yuan, Measure::QianYuan, Measure::WanYuan];

/// The figures of a narrative.
pub(super) struct Figures<'t> {
    told: &'t Told,
    /// How many tables the edition has.
    declared: usize,
    /// By how much a figure of this year was found to be off, in 元.
    shifts: HashMap<usize, Amount>,
}

impl<'t> Figures<'t> {
    pub(super) fn new(budget: &Budget, told: &'t Told, shifts: HashMap<usize, Amount>) -> Self {
        Self { told, declared: budget.template.tables.len(), shifts }
    }

    /// What was read out of the narrative.
    pub(super) fn told(&self) -> &'t Told {
        self.told
    }

    /// Puts the figures behind the tables of a budget under trial.
    pub(super) fn add_to(&self, trial: &mut Budget) {
        for measure in MEASURES {
            let mut table = Table::default();
            table.measure = Some(measure);
            for (number, mention) in (1u32..).zip(&self.told.mentions) {
                let mut row = Row::new(Key::Free(number), mention.said.quote.clone(), 1);
                row.slots[0].amount = Some(mention.number);
                // What stayed has no number that could have been mistyped.
                row.slots[0].site = mention.written.number.is_some().then_some(mention.said.site);
                row.slots[0].shown = Shown::Fixed(mention.decimals);
                table.push(row);
            }
            trial.tables.push(table);
        }
    }

    /// The cell that stands for a mention: that of the first that says the same in its paragraph.
    fn address(&self, mention: &Mention) -> Option<Address> {
        let measure = MEASURES.iter().position(|m| m.yuan() == mention.unit || mention.number.is_zero())?;
        let is_same = |m: &Mention| {
            (m.figure, m.part, m.said.paragraph, m.number, m.unit)
                == (mention.figure, mention.part, mention.said.paragraph, mention.number, mention.unit)
        };
        let row = self.told.mentions.iter().position(is_same)?;
        Some(Address { table: self.declared + measure, row, column: 0 })
    }

    /// The cell of an operand, or the one that stands for its figure.
    pub(super) fn of(&self, operand: &Operand) -> Option<Address> {
        operand.unit.as_ref()?;
        let is_it = |m: &&Mention| {
            Some(m.said.site) == operand.place.site && m.said.quote == operand.label && Some(m.number) == operand.value
        };
        self.address(self.told.mentions.iter().find(is_it)?)
    }

    /// A claim as an equation between cells.
    pub(super) fn instance(&self, claim: &Claim<'_>) -> Option<Instance> {
        let cells = |figures: &[(Amount, &Mention)]| -> Option<Vec<Cell>> {
            figures.iter().map(|(factor, m)| Some(Cell { factor: *factor, at: self.address(m)? })).collect()
        };
        let mut instance = claim.cells.clone();
        if !instance.left.constant.is_zero() || !instance.right.constant.is_zero() {
            return None;
        }
        instance.left.parts.splice(0..0, cells(&claim.left)?);
        instance.right.parts.splice(0..0, cells(&claim.right)?);
        Some(instance)
    }

    /// The mention that a cell stands for.
    pub(super) fn mention(&self, at: Address) -> Option<&'t Mention> {
        (at.table >= self.declared).then(|| self.told.mentions.get(at.row)).flatten()
    }

    /// A figure that may be wrong.
    pub(super) fn suspect(&self, at: Address, needed: Amount, slip: Option<Slip>) -> Option<Suspect> {
        let mention = self.mention(at)?;
        let (place, label) = (Place::at(mention.said.site), mention.said.quote.clone());
        Some(Suspect { place, label, value: Some(mention.number), needed, slip })
    }

    /// By how much a figure would be off, in 元, where it is one of this year.
    pub(super) fn shift(&self, at: Address, needed: Amount) -> Option<(usize, Amount)> {
        let mention = self.mention(at).filter(|m| m.part == Part::Level)?;
        Some((mention.figure, (needed - mention.number).checked_mul(mention.unit)?))
    }

    /// Whether a change is off by as much as the figure of this year that it was worked out from.
    pub(super) fn follows(&self, at: Address, needed: Amount) -> bool {
        self.mention(at).filter(|m| m.part == Part::Change).is_some_and(|m| {
            let off = (needed - m.number).checked_mul(m.unit);
            off.is_some() && off == self.shifts.get(&m.figure).copied()
        })
    }
}
