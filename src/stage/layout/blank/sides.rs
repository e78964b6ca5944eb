//! Writes a side of an equation as a formula over the cells of the blank form; never says whether it holds.

use super::refer::{fixed, fixed_rows, on};
use super::{Place, ROOT, is_when_used};
use crate::model::{Budget, Key};
use crate::template::{Condition, Equation, Operand, Relation, Rows, Term};
use crate::value::{Amount, CellRef, Measure, text};

/// How many cells of a side are filled in, where the form prints none of them.
pub(super) const NONE: &str = "0";

/// A side of an equation.
pub(super) struct Side {
    /// Its sum.
    pub(super) sum: String,
    /// How many of its cells are filled in.
    pub(super) count: String,
}

/// Where the sides of an equation are written.
pub(super) struct Scope<'b> {
    budget: &'b Budget,
    places: &'b [Place],
    /// The keys of the rows that the equation is repeated for.
    bound: Option<&'b str>,
    /// The coarsest measure, where the tables of the equation have different ones; then both sides are in 元.
    pub(super) coarsest: Option<Measure>,
}

impl<'b> Scope<'b> {
    /// The scope of an equation, and the keys it is repeated for.
    pub(super) fn new(budget: &'b Budget, places: &'b [Place], equation: &Equation, bound: Option<&'b str>) -> Self {
        let operands = equation.left.iter().chain(&equation.right).filter_map(|t| t.operand);
        let measures: Vec<Measure> = operands.map(|o| budget.template.tables[o.table].measure).collect();
        let differ = measures.iter().any(|m| *m != measures[0]);
        let coarsest = measures.into_iter().max_by_key(|m| m.yuan()).filter(|_| differ);
        Self { budget, places, bound, coarsest }
    }

    /// A side as a formula; `None` where it names a table that the form does not draw.
    pub(super) fn side(&self, terms: &[Term]) -> Option<Side> {
        let (mut sum, mut counts) = (String::new(), Vec::new());
        for term in terms {
            let (cells, count) = match term.operand {
                None => ("1".to_owned(), None),
                Some(operand) => self.operand(operand)?,
            };
            let measure = term.operand.filter(|_| self.coarsest.is_some()).map(|o| self.budget.template.tables[o.table].measure);
            let factor = term.factor * measure.map_or(Amount::ONE, Measure::yuan);
            let sign = if factor.is_negative() { "-" } else { "+" };
            let size = if factor.abs() == Amount::ONE { String::new() } else { format!("{}*", factor.abs()) };
            sum.push_str(&format!("{sign}{size}({cells})"));
            counts.extend(count);
        }
        let count = if counts.is_empty() { NONE.to_owned() } else { counts.join("+") };
        Some(Side { sum: sum.trim_start_matches('+').to_owned(), count })
    }

    /// Cells of a table: their sum, and how many of them are filled in.
    fn operand(&self, operand: Operand) -> Option<(String, Option<String>)> {
        let place = self.places.iter().find(|p| p.table == operand.table)?;
        let look_up = |keys: String, key: &str| {
            let amounts = place.free_cells(self.budget, operand.column)?;
            // A key that stands for many gives as many sums; then nothing is counted.
            let count = key.starts_with('"').then(|| format!("COUNTIF({keys},{key})"));
            Some((format!("SUMIF({keys},{key},{amounts})"), count))
        };
        match operand.rows {
            Rows::Declared(first, last) => Some(self.declared(place, operand, first, last)),
            Rows::Code(code) => look_up(place.own_keys(self.budget)?, &format!("\"k{code}\"")),
            Rows::Children(code) => look_up(place.parent_keys(self.budget)?, &format!("\"k{code}\"")),
            Rows::Roots => look_up(place.parent_keys(self.budget)?, &format!("\"{ROOT}\"")),
            Rows::Bound => look_up(place.own_keys(self.budget)?, self.bound?),
            Rows::BoundChildren => look_up(place.parent_keys(self.budget)?, self.bound?),
        }
    }

    /// Declared rows by their cells; a class that the clerk names in a line of their choice, by its name.
    fn declared(&self, place: &Place, operand: Operand, first: usize, last: usize) -> (String, Option<String>) {
        let declared = &self.budget.template.tables[operand.table];
        let sheet = on(&declared.declared.sheet);
        let (mut sums, mut counts, mut cells) = (Vec::new(), Vec::new(), Vec::new());
        for row in (first..=last).filter(|r| declared.rows[*r].side == declared.rows[first].side) {
            if is_when_used(self.budget, operand.table, row) {
                let lines = self.class_lines(place);
                let Some((lines, label)) = lines.zip(declared.label_column(declared.rows[row].side)) else { continue };
                let labels = format!("{sheet}{}", fixed_rows(label as u16, lines));
                let amounts = format!("{sheet}{}", fixed_rows(operand.column as u16, lines));
                let label = &declared.rows[row].label;
                let former = declared.rows[row].labels.iter().filter(|l| **l != text::fold_label(label));
                for name in std::iter::once(label).chain(former) {
                    sums.push(format!("SUMIF({labels},\"*{name}\",{amounts})"));
                    counts.push(format!("COUNTIF({labels},\"*{name}\")"));
                }
            } else {
                let line = self.budget.tables[operand.table].place(Key::Declared(row)).and_then(|row| place.rows[row]);
                cells.extend(line.map(|line| format!("{sheet}{}", fixed(CellRef::new(line, operand.column as u16)))));
            }
        }
        if !cells.is_empty() {
            sums.push(format!("SUM({})", cells.join(",")));
            counts.push(format!("COUNT({})", cells.join(",")));
        }
        if sums.is_empty() { ("0".to_owned(), None) } else { (sums.join("+"), Some(counts.join("+"))) }
    }

    /// The lines in which classes are named.
    fn class_lines(&self, place: &Place) -> Option<(u32, u32)> {
        let rows = self.budget.tables[place.table].rows.iter().zip(&place.rows);
        let lines = rows.filter(|(row, _)| matches!(row.key, Key::Declared(r) if is_when_used(self.budget, place.table, r)));
        let lines: Vec<u32> = lines.filter_map(|(_, line)| *line).collect();
        lines.iter().min().copied().zip(lines.iter().max().copied())
    }
}

/// A condition of a rule as a formula; `None` where it can never be met in the form.
pub(super) fn condition(budget: &Budget, places: &[Place], condition: &Condition) -> Option<String> {
    match condition {
        Condition::Table(table) => {
            let place = places.iter().find(|p| p.table == *table)?;
            let declared = &budget.template.tables[*table];
            let numeric = declared.columns.iter().enumerate().filter(|(_, c)| c.declared.kind.is_numeric());
            let lines: Vec<u32> = place.rows.iter().flatten().copied().collect();
            let lines = lines.iter().min().copied().zip(lines.iter().max().copied())?;
            let cells: Vec<String> =
                numeric.map(|(c, _)| format!("{}{}", on(&declared.declared.sheet), fixed_rows(c as u16, lines))).collect();
            Some(format!("COUNT({})>0", cells.join(",")))
        }
        Condition::Row(table, row) => {
            let place = places.iter().find(|p| p.table == *table)?;
            budget.tables[*table].place(Key::Declared(*row)).and_then(|row| place.rows[row]).map(|_| "TRUE".to_owned())
        }
        Condition::Past(_) => None,
        Condition::Equation(equation) => {
            let scope = Scope::new(budget, places, equation, None);
            let (left, right) = (scope.side(&equation.left)?, scope.side(&equation.right)?);
            let sign = match equation.relation {
                Relation::Defines | Relation::Equal => "=",
                Relation::AtMost => "<=",
                Relation::AtLeast => ">=",
            };
            Some(format!("ROUND({}-({}),6){sign}0", left.sum, right.sum))
        }
    }
}
