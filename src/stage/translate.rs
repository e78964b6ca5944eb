//! Moves a budget from one edition to another by the ids they share; never loses a number or a text without a finding.

use std::sync::Arc;

use super::mapping::Mapping;
use crate::finding::{Fact, Finding, Place};
use crate::model::{Address, Budget, Form, Key, Row, Slot, State, Table};
use crate::template::{Body, Severity, Table as Declared, Template};

/// The rule under which is told what the other edition has no place for.
const LEFT_BEHIND: &str = "R18";
/// The rule under which a renamed code is told.
const RENAMED: &str = "R19";

/// The budget in another edition, and what did not go over, told of the budget as it was.
pub fn translate(budget: &Budget, target: &Arc<Template>) -> (Budget, Vec<Finding>) {
    let mapping = Mapping::new(&budget.template, target);
    let mut moving = Moving { from: budget, to: Budget::new(Arc::clone(target)), mapping, findings: Vec::new() };
    moving.to.year = budget.year;
    (moving.to.code, moving.to.name) = (budget.code.clone(), budget.name.clone());
    (moving.to.sources, moving.to.sheets) = (budget.sources.clone(), budget.sheets.clone());
    for place in 0..budget.tables.len() {
        moving.table(place);
    }
    moving.forms();
    moving.narrative();
    (moving.to, moving.findings)
}

struct Moving<'b> {
    from: &'b Budget,
    to: Budget,
    mapping: Mapping,
    findings: Vec<Finding>,
}

impl Moving<'_> {
    fn left_behind(&mut self, severity: Severity, place: Place, what: String, amounts: Vec<crate::value::Amount>) {
        let fact = Fact::LeftBehind { what, edition: self.to.template.name.clone(), amounts };
        self.findings.push(Finding::reading(LEFT_BEHIND, severity, place, fact));
    }

    fn table(&mut self, place: usize) {
        let filed = &self.from.tables[place];
        let declared = &self.from.template.tables[place];
        if !filed.is_filed() || declared.declared.body == Body::Form {
            return;
        }
        let Some(there) = self.mapping.table(place) else {
            let amounts: Vec<_> = filed.amounts().filter_map(|(_, _, slot)| slot.amount).collect();
            let severity = if filed.state == State::Filled { Severity::Error } else { Severity::Note };
            return self.left_behind(severity, Place::table(self.from, place), declared.declared.sheet.clone(), amounts);
        };
        let target = Arc::clone(&self.to.template);
        let mut table = Table::new(&target.tables[there]);
        (table.state, table.measure, table.title) = (filed.state, filed.measure, filed.title.clone());
        table.incomplete = filed.incomplete;
        // The note of an empty table is the other edition's own.
        table.notes = filed.notes.iter().filter(|n| !target.says_empty(&n.text)).cloned().collect();
        for row in 0..filed.rows.len() {
            self.row(place, row, &mut table, &target.tables[there]);
        }
        table.link_parents(&target.tables[there].levels);
        self.to.tables[there] = table;
    }

    fn row(&mut self, place: usize, row: usize, table: &mut Table, target: &Declared) {
        let filed = &self.from.tables[place].rows[row];
        let Some(key) = self.mapping.key(place, filed.key) else {
            let amounts: Vec<_> = filed.slots.iter().filter_map(|s| s.amount).collect();
            if filed.site.is_some() && !(amounts.is_empty() && filed.texts.is_empty()) {
                self.left_behind(Severity::Error, Place::row(self.from, place, row), filed.label.clone(), amounts);
            }
            return;
        };
        let at = self.target_row(place, row, key, table, target);
        for (column, slot) in filed.slots.iter().enumerate() {
            let there = self.mapping.column(place, filed.key, column);
            if let Some(there) = there.filter(|_| slot.unread) {
                table.rows[at].slots[there].unread = true;
            }
            let Some(amount) = slot.amount else {
                if let Some(there) = there.map(|there| &mut table.rows[at].slots[there]) {
                    there.site = there.site.or(slot.site);
                }
                continue;
            };
            match there {
                Some(there) => {
                    let sum = table.rows[at].slots[there].amount.unwrap_or_default() + amount;
                    table.rows[at].slots[there] = Slot { amount: Some(sum), ..*slot };
                }
                None => {
                    let cell = Place::cell(self.from, Address { table: place, row, column });
                    self.left_behind(Severity::Error, cell, filed.label.clone(), vec![amount]);
                }
            }
        }
        for (column, text) in &filed.texts {
            if let Some(there) = self.mapping.column(place, filed.key, *column) {
                table.rows[at].texts.push((there, text.clone()));
            } else {
                let cell = Place::in_table(place, text.site);
                self.left_behind(Severity::Warning, cell, text.text.clone(), Vec::new());
            }
        }
    }

    /// The place of the row in the other table, which is made where it is not there yet. A code takes its present name.
    fn target_row(&mut self, place: usize, row: usize, key: Key, table: &mut Table, target: &Declared) -> usize {
        let filed = &self.from.tables[place].rows[row];
        let at = table.place(key).filter(|_| !matches!(key, Key::Free(_))).unwrap_or_else(|| {
            let label = if let Key::Declared(at) = key { target.rows[at].label.clone() } else { filed.label.clone() };
            table.push(Row::new(key, label, target.columns.len()));
            table.rows.len() - 1
        });
        table.rows[at].site = table.rows[at].site.or(filed.site);
        table.rows[at].name_site = filed.name_site;
        let named = if let Key::Code(code) = key { target.list.as_ref().and_then(|l| l.get(code)) } else { None };
        if let Some(named) = named.filter(|n| n.formerly(&filed.label).is_some()) {
            table.rows[at].label = named.name.clone();
            let fact = Fact::Renamed { before: filed.label.trim().to_owned(), after: named.name.clone() };
            self.findings.push(Finding::reading(RENAMED, Severity::Note, Place::row(self.from, place, row), fact));
        }
        at
    }

    fn forms(&mut self) {
        for form in &self.from.forms {
            let declared = &self.from.template.tables[form.table];
            let Some(table) = self.to.template.table(&declared.declared.id) else {
                self.left_behind(Severity::Warning, Place::in_table(form.table, form.site), form.project.clone(), Vec::new());
                continue;
            };
            let target = &self.to.template.tables[table];
            let places: Vec<Option<usize>> =
                target.columns.iter().map(|c| declared.columns.iter().position(|own| own.cell == c.cell)).collect();
            let moved = |cells: &[String]| places.iter().map(|p| p.map(|p| cells[p].clone()).unwrap_or_default()).collect();
            let indicators = form.indicators.iter().map(|(cells, site)| (moved(cells), *site)).collect();
            self.to.tables[table].state = State::Filled;
            self.to.forms.push(Form { table, indicators, ..form.clone() });
        }
    }

    fn narrative(&mut self) {
        let (Some(own), Some(target)) = (&self.from.template.narrative, self.to.template.narrative.as_ref()) else {
            if let Some(first) = self.from.narrative.first() {
                let place = Place::at(first.text.site);
                self.left_behind(Severity::Warning, place, first.text.text.clone(), Vec::new());
            }
            return;
        };
        let sections: Vec<Option<usize>> = own
            .declared
            .section
            .iter()
            .map(|section| target.declared.section.iter().position(|there| there.id == section.id))
            .collect();
        let mut left = Vec::new();
        for paragraph in &self.from.narrative {
            match paragraph.section.map(|s| sections[s]) {
                Some(None) => left.push(paragraph.text.clone()),
                section => {
                    let mut moved = paragraph.clone();
                    moved.section = section.flatten();
                    self.to.narrative.push(moved);
                }
            }
        }
        for text in left {
            self.left_behind(Severity::Warning, Place::at(text.site), text.text, Vec::new());
        }
    }
}
