//! Named checks of classification codes: the tree, names, sets of codes, natures; never trusts a name further than its list does.

use std::collections::HashMap;

use super::Named;
use crate::finding::{Detail, Place};
use crate::model::{Address, Key};
use crate::template::written::Severity;
use crate::template::{Body, ColumnKind, Trust};
use crate::value::{Amount, Code, text};

impl Named<'_> {
    /// Tables that are trees of codes.
    fn trees(&self) -> Vec<usize> {
        let tables = self.budget.template.tables.iter().enumerate();
        tables
            .filter(|(place, t)| t.declared.body == Body::Tree && self.budget.tables[*place].is_filed())
            .map(|(place, _)| place)
            .collect()
    }

    /// The code rows of a table.
    fn code_rows(&self, table: usize) -> Vec<(usize, Code)> {
        let rows = self.budget.tables[table].rows.iter().enumerate();
        rows.filter_map(|(place, row)| if let Key::Code(code) = row.key { Some((place, code)) } else { None }).collect()
    }

    fn code_place(&self, table: usize, row: usize) -> Place {
        let column = self.budget.template.tables[table].columns_of(ColumnKind::Code).next();
        Place { column, ..Place::row(self.budget, table, row) }
    }

    /// Codes have the length of a level, stand once, in order, and below their parents.
    pub(super) fn code_tree(&mut self) {
        for table in self.trees() {
            let declared = &self.budget.template.tables[table];
            let mut last: Option<Code> = None;
            for (row, code) in self.code_rows(table) {
                let place = self.code_place(table, row);
                if !declared.levels.contains(&code.length()) {
                    self.found(place.clone(), Detail::CodeLength(code.to_string()));
                } else if self.budget.tables[table].place(Key::Code(code)) != Some(row) {
                    self.found(place.clone(), Detail::CodeTwice(code.to_string()));
                } else if let Some(parent) = code.parent(&declared.levels)
                    && !self.budget.tables[table].has_row(Key::Code(parent))
                {
                    self.found(place.clone(), Detail::ParentMissing { code: code.to_string(), parent: parent.to_string() });
                }
                if last.is_some_and(|last| code < last) {
                    self.found_at(Severity::Note, place.clone(), Detail::CodeOrder(code.to_string()));
                }
                last = last.max(Some(code));
                let is_known = declared.list.as_ref().is_none_or(|l| l.get(code).is_some());
                if !is_known && declared.levels.contains(&code.length()) {
                    self.found_at(Severity::Warning, place, Detail::CodeUnknown(code.to_string()));
                }
            }
        }
    }

    /// A code is called the same in all tables of one classification, and as its list calls it.
    pub(super) fn same_names(&mut self) {
        let mut seen: HashMap<(String, Code), (String, usize)> = HashMap::new();
        for table in self.trees() {
            let declared = &self.budget.template.tables[table];
            let list = declared.columns.iter().find_map(|c| c.declared.list.clone()).unwrap_or_default();
            for (row, code) in self.code_rows(table) {
                let here = self.budget.tables[table].rows[row].label.trim().to_owned();
                if here.is_empty() {
                    continue;
                }
                let site = self.budget.tables[table].rows[row].name_site;
                let place = Place { column: declared.label_column(0), site, ..Place::row(self.budget, table, row) };
                let named = declared.list.as_ref().and_then(|l| l.get(code));
                if let Some(named) = named.filter(|n| !n.is_called(&here) && n.trust != Trust::None) {
                    let severity = if named.trust == Trust::Official { Severity::Warning } else { Severity::Note };
                    let former = named.formerly(&here).is_some();
                    let detail =
                        Detail::NameNotListed { code: code.to_string(), here: here.clone(), listed: named.name.clone(), former };
                    self.found_at(severity, place.clone(), detail);
                }
                let key = (list.clone(), code);
                match seen.get(&key) {
                    None => {
                        seen.insert(key, (here, table));
                    }
                    Some((name, first)) if text::fold(name) != text::fold(&here) => {
                        let first = self.budget.template.tables[*first].declared.sheet.clone();
                        let detail = Detail::NameDiffers { code: code.to_string(), here, elsewhere: (name.clone(), first) };
                        self.found(place, detail);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// All tables have the same codes.
    pub(super) fn same_codes(&mut self) {
        let tables = self.check.tables.get("tables").cloned().unwrap_or_default();
        let Some((first, others)) = tables.split_first() else { return };
        for other in others {
            for (here, there) in [(*first, *other), (*other, *first)] {
                if !self.budget.tables[here].is_filed() || !self.budget.tables[there].is_filed() {
                    continue;
                }
                let lacking = self.code_rows(here).into_iter().map(|(_, code)| code);
                let codes: Vec<String> =
                    lacking.filter(|c| !self.budget.tables[there].has_row(Key::Code(*c))).map(|c| c.to_string()).collect();
                if !codes.is_empty() {
                    let table = self.budget.template.tables[there].declared.sheet.clone();
                    self.found(Place::table(self.budget, here), Detail::CodesDiffer { table, codes });
                }
            }
        }
    }

    /// The names of the codes used fit the nature of the institution. Several natures in one budget say nothing.
    pub(super) fn nature_matches_codes(&mut self) {
        let (Some(list), Some(tree)) = (self.check.table("table"), self.check.table("codes")) else { return };
        let column_id = self.check.words("column").first().map_or("", String::as_str);
        let column = self.budget.template.tables[list].columns.iter().position(|c| c.cell == column_id);
        let rows = self.budget.tables[list].rows.iter();
        let mut natures: Vec<_> = rows.filter_map(|r| r.texts.iter().find(|(c, _)| Some(*c) == column)).map(|(_, t)| t).collect();
        natures.dedup_by(|a, b| a.text == b.text);
        let [nature] = natures.as_slice() else { return };
        let folded = text::fold(&nature.text);
        let words = self.check.with.iter().filter(|(key, _)| !matches!(key.as_str(), "table" | "codes" | "column"));
        let Some((_, misfits)) = words.filter(|(key, _)| folded.starts_with(key.as_str())).max_by_key(|(key, _)| key.len())
        else {
            return;
        };
        let misfits: Vec<String> = misfits.words().iter().map(|w| text::fold(w)).collect();
        let used = self.budget.tables[tree].rows.iter().filter(|r| misfits.contains(&text::fold(&r.label)));
        let names: Vec<String> = used.map(|r| r.label.trim().to_owned()).collect();
        if !names.is_empty() {
            let detail = Detail::NatureMisfit { nature: nature.text.clone(), names };
            self.found(Place::in_table(list, nature.site), detail);
        }
    }

    /// Contributions at known rates can come from one base, as far as their last printed digit tells.
    pub(super) fn same_base(&mut self) {
        let half = Amount::step(self.budget.template.about.decimals).half();
        let mut low: Option<Amount> = None;
        let mut high: Option<Amount> = None;
        let mut bases = Vec::new();
        let mut first: Option<Address> = None;
        for (cell, rate) in self.check.cells.iter().zip(self.check.words("rates")) {
            let Ok(rate) = rate.parse::<Amount>() else { continue };
            let crate::template::Rows::Code(code) = cell.rows else { continue };
            let Some(row) = self.budget.tables[cell.table].place(Key::Code(code)) else { continue };
            let at = Address { table: cell.table, row, column: cell.column };
            let Some(amount) = self.budget.slot(at).amount.filter(|a| !a.is_zero()) else { continue };
            let (Some(least), Some(most)) = ((amount - half).checked_div(rate), (amount + half).checked_div(rate)) else {
                continue;
            };
            low = low.max(Some(least));
            high = Some(high.map_or(most, |h| h.min(most)));
            bases.push((self.budget.tables[cell.table].rows[row].label.clone(), amount.checked_div(rate).unwrap_or_default()));
            first = first.or(Some(at));
        }
        if let (Some(low), Some(high), Some(first)) = (low, high, first)
            && low > high
        {
            self.found(Place::cell(self.budget, first), Detail::BasesDiffer(bases));
        }
    }
}
