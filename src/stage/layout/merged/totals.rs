//! The totals that people ask for, unit by unit, with the sums of departments; never adds what the members do not.

use super::list;
use crate::grid::{Look, Sheet, Value};
use crate::model::{Address, Key};
use crate::stage::layout::paper::Paper;
use crate::stage::merge::{Standing, Summary};
use crate::template::Rows;
use crate::value::{Amount, CellRef, Measure};

/// Draws units × items.
pub(super) fn sheet(summary: &Summary) -> Sheet {
    let template = &summary.budget.template;
    let words = &template.merging.declared;
    let items: Vec<(&str, Option<Address>)> =
        template.merging.items.iter().map(|(title, cell)| (title.as_str(), address(summary, cell))).collect();
    let mut headings = words.unit_headings[1..].to_vec();
    headings.extend(items.iter().map(|(title, _)| format!("{title}（{}）", template.measure.word())));
    let mut widths = vec![14.0, 36.0];
    widths.extend(items.iter().map(|_| 14.0));
    let cells: Vec<Option<Address>> = items.iter().map(|(_, at)| *at).collect();
    let sums = summary.by_member(&cells);
    let paper = list(&words.by_unit.sheet, &headings, widths);
    let first = paper.row;
    let mut drawing = Drawing { summary, sums, paper, first };
    drawing.units();
    drawing.paper.finish()
}

fn address(summary: &Summary, cell: &crate::template::Operand) -> Option<Address> {
    let key = match cell.rows {
        Rows::Declared(row, _) => Key::Declared(row),
        Rows::Code(code) => Key::Code(code),
        _ => return None,
    };
    let row = summary.budget.tables[cell.table].place(key)?;
    Some(Address { table: cell.table, row, column: cell.column })
}

/// A department, or what stands below one, whose members are being drawn.
struct Group {
    unit: usize,
    first: u32,
    members: Vec<usize>,
}

struct Drawing<'s> {
    summary: &'s Summary,
    sums: Vec<Vec<Amount>>,
    paper: Paper,
    first: u32,
}

impl Drawing<'_> {
    fn units(&mut self) {
        let summary = self.summary;
        let mut counted: Vec<usize> =
            (0..summary.members.len()).filter(|m| summary.membership.standings[*m] == Standing::Counted).collect();
        // Units of one department stand together, whatever their codes.
        let path = |m: &usize| {
            let mut path = summary.membership.units[*m].map(|u| summary.register.path(u)).unwrap_or_default();
            path.reverse();
            path.iter().map(|u| (summary.register.units[*u].code.clone(), *u)).collect::<Vec<_>>()
        };
        counted.sort_by_cached_key(path);
        let mut open: Vec<Group> = Vec::new();
        for member in &counted {
            let above = self.above(*member);
            let common = open.iter().zip(&above).take_while(|(group, unit)| group.unit == **unit).count();
            self.close(&mut open, common);
            open.extend(above[common..].iter().map(|unit| Group { unit: *unit, first: self.paper.row, members: Vec::new() }));
            open.iter_mut().for_each(|group| group.members.push(*member));
            self.member(*member);
        }
        self.close(&mut open, 0);
        self.sum(self.first, &counted, "", 1);
    }

    /// The units that a member belongs to below that of the summary, from the top down.
    fn above(&self, member: usize) -> Vec<usize> {
        let summary = self.summary;
        let path = summary.membership.units[member].map(|u| summary.register.path(u)).unwrap_or_default();
        let mut above: Vec<usize> = path
            .into_iter()
            .take_while(|u| Some(*u) != summary.membership.root)
            .filter(|u| summary.register.units[*u].has_children)
            .collect();
        above.reverse();
        above
    }

    /// Sums the groups behind the first `kept` ones, the innermost first.
    fn close(&mut self, open: &mut Vec<Group>, kept: usize) {
        while open.len() > kept {
            let Some(group) = open.pop() else { return };
            self.sum(group.first, &group.members, &self.summary.register.units[group.unit].title(), 0);
        }
    }

    fn member(&mut self, member: usize) {
        let summary = self.summary;
        let row = self.paper.row;
        for (column, text) in (0u16..).zip([&summary.members[member].code, &summary.members[member].name]) {
            self.paper.text_over((column, column), text.as_deref().unwrap_or_default(), Look::Label(0));
        }
        for item in 0..self.sums[member].len() {
            let amount = self.shown(self.sums[member][item]);
            let value = if amount.is_zero() { Value::Blank } else { Value::Number(amount) };
            self.paper.put(CellRef::new(row, item as u16 + 2), value, self.look());
        }
        self.paper.row += 1;
    }

    /// A row of sums, which pass over the sums above them.
    fn sum(&mut self, first: u32, members: &[usize], title: &str, word: usize) {
        let Some(last) = self.paper.row.checked_sub(1).filter(|last| *last >= first) else { return };
        let row = self.paper.row;
        let words = &self.summary.budget.template.merging.declared.by_unit.sums[word];
        self.paper.text_over((1, 1), format!("{title} {words}").trim(), Look::Centered);
        let items = self.sums.first().map_or(0, Vec::len);
        for item in 0..items {
            let column = item as u16 + 2;
            let sum: Amount = members.iter().map(|m| self.sums[*m][item]).sum();
            let (top, bottom) = (CellRef::new(first, column), CellRef::new(last, column));
            let formula = format!("=SUBTOTAL(9,{top}:{bottom})");
            self.paper.put(CellRef::new(row, column), Value::Formula(formula, Some(self.shown(sum))), self.look());
        }
        self.paper.row += 1;
    }

    fn shown(&self, yuan: Amount) -> Amount {
        Measure::Yuan.convert(yuan, self.summary.budget.template.measure)
    }

    fn look(&self) -> Look {
        let about = &self.summary.budget.template.about;
        Look::Amount(about.decimals, about.grouped)
    }
}
