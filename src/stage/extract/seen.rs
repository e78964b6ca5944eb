//! Notes on how the cells that were read stood in the workbook: hidden, side by side, computed here; never changes a value.

use std::collections::{BTreeSet, HashMap};

use super::super::locate::Region;
use super::Extraction;
use crate::finding::{Fact, Finding, Numbers, OwnCell, Place};
use crate::grid::{Cell, Shown, Value};
use crate::model::Site;
use crate::template::written::Severity;
use crate::value::Amount;

impl Extraction<'_, '_> {
    /// Tells of a table that was cut off the sheet beside another.
    pub(super) fn side_by_side(&mut self, region: &Region, cut_off: &[bool]) {
        let first = region.headings.cells.iter().flatten().min_by_key(|at| (at.col, at.row));
        if let Some(at) = first.filter(|_| cut_off.get(region.sheet) == Some(&true)) {
            let goes_on = region.title.is_none_or(|title| title.col < at.col);
            self.note("R33", Severity::Note, Place::in_table(region.table, self.site(region, *at)), Fact::SideBySide { goes_on });
        }
    }

    /// Drops what was told of the same cell before: parts of one sheet share title and captions.
    pub(super) fn tell_once(&mut self) {
        let mut told: Vec<Finding> = Vec::new();
        let mut of_cell: HashMap<_, Vec<usize>> = HashMap::new();
        for finding in std::mem::take(&mut self.findings) {
            if let Some(site) = finding.place.site {
                let same = of_cell.entry((self.budget.sheet_name(site.sheet), site.cell)).or_default();
                if same.iter().any(|f| told[*f].rule == finding.rule && told[*f].fact == finding.fact) {
                    continue;
                }
                same.push(told.len());
            }
            told.push(finding);
        }
        self.findings = told;
    }

    /// Tells of the hidden rows and columns of a region from which amounts were read; its rows stand in the table from `first` on.
    pub(super) fn hidden_amounts(&mut self, region: &Region, first: usize) {
        let sheet = self.folded.sheets[region.sheet].sheet;
        if sheet.hidden_rows.is_empty() && sheet.hidden_columns.is_empty() {
            return;
        }
        let slots = self.budget.tables[region.table].rows[first..].iter().flat_map(|r| &r.slots);
        let sites = slots.filter(|s| s.amount.is_some_and(|a| !a.is_zero())).filter_map(|s| s.site);
        let is_here = |s: &Site| usize::from(s.sheet) == region.sheet && region.rows.contains(&s.cell.row);
        let hidden: BTreeSet<Site> = sites.filter(is_here).filter(|s| sheet.is_hidden(s.cell)).collect();
        let Some(first) = hidden.first() else { return };
        let (mut rows, mut columns) = (BTreeSet::new(), BTreeSet::new());
        for site in &hidden {
            if sheet.is_hidden_row(site.cell.row) {
                rows.insert(site.cell.row)
            } else {
                columns.insert(site.cell.col)
            };
        }
        let fact = Fact::HiddenCells { rows: rows.into_iter().collect(), columns: columns.into_iter().collect() };
        self.note("R31", Severity::Note, Place::in_table(region.table, *first), fact);
    }

    /// Tells of a number that a formula gives and the file does not hold.
    pub(super) fn formula_behind(&mut self, region: &Region, cell: &Cell, place: &Place) {
        let formula = self.folded.sheets[region.sheet].sheet.formula(cell.at);
        let Some((gives, Value::Number(held))) = formula.and_then(|f| f.gives).zip(Some(&cell.value)) else { return };
        if gives == *held {
            let site = self.site(region, cell.at);
            self.calculated.push(OwnCell { site, row: None, shown: gives.to_string(), number: Some(gives) });
            return;
        }
        let mut finding = Finding::reading("R34", Severity::Warning, place.clone(), Fact::Stale { held: *held, gives });
        finding.numbers = Some(Numbers { value: *held, expected: gives, difference: *held - gives, bound: Amount::ZERO });
        self.findings.push(finding);
    }

    /// Tells of the formulas of a region that were calculated here.
    pub(super) fn tell_calculated(&mut self, region: &Region) {
        let mut cells = std::mem::take(&mut self.calculated);
        let Some(first) = cells.first().map(|c| c.site) else { return };
        self.name_rows(region, &mut cells);
        self.note("R32", Severity::Note, Place::in_table(region.table, first), Fact::Calculated { cells });
    }

    /// Tells of the amounts of a region that display as other numbers than those that were read.
    pub(super) fn tell_scaled(&mut self, region: &Region) {
        let sheet = &self.folded.sheets[region.sheet];
        let rows = sheet.rows(region.headings.rows.end, region.rows.end);
        let is_scaled = |cell: &&Cell| cell.shown == Shown::Scaled && region.headings.columns.contains(&Some(cell.at.col));
        let scaled = rows.flat_map(|row| sheet.row(row)).map(|(cell, _)| cell).filter(is_scaled);
        let own = |cell: &Cell| {
            let Value::Number(number) = cell.value else { return None };
            Some(OwnCell { site: self.site(region, cell.at), row: None, shown: number.to_string(), number: Some(number) })
        };
        let mut cells: Vec<OwnCell> = scaled.filter_map(own).collect();
        let Some(first) = cells.first().map(|c| c.site) else { return };
        self.name_rows(region, &mut cells);
        self.note("R37", Severity::Warning, Place::in_table(region.table, first), Fact::Scaled { cells });
    }

    /// Tells of the codes of a region that were completed from a row above.
    pub(super) fn tell_carried(&mut self, region: &Region) {
        let mut cells = std::mem::take(&mut self.carried);
        let Some(first) = cells.first().map(|c| c.site) else { return };
        self.name_rows(region, &mut cells);
        self.note("R38", Severity::Note, Place::in_table(region.table, first), Fact::CodesCarried { cells });
    }

    /// Finds the rows of a table in which cells stand.
    pub(super) fn name_rows(&self, region: &Region, cells: &mut [OwnCell]) {
        let line = |s: Site| (s.sheet, s.cell.row);
        let (mut rows, mut own) = (HashMap::new(), HashMap::new());
        for (place, row) in self.budget.tables[region.table].rows.iter().enumerate() {
            if let Some(site) = row.site {
                rows.entry(line(site)).or_insert(place);
            }
            own.extend(row.slots.iter().filter_map(|slot| Some((slot.site?, place))));
        }
        for cell in cells {
            // Of two rows side by side the one that has the cell names it.
            cell.row = own.get(&cell.site).or_else(|| rows.get(&line(cell.site))).copied();
        }
    }
}
