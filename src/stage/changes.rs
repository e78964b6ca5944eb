//! What changed between two budgets: amounts by table, row and column, and texts; never judges a change.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::model::{Budget, Form, Key, Row, Site, State};
use crate::stage::mapping::Mapping;
use crate::stage::succession::succession;
use crate::template::Body;
use crate::value::{Amount, text};

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The table of the newer edition; `None` for the narrative and for the budget as a whole.
    pub table: Option<usize>,
    /// The row as programs know it; empty for texts outside of rows.
    pub row: String,
    /// What it is called.
    pub item: String,
    /// The column of the newer edition.
    pub column: Option<usize>,
    /// What changed.
    pub what: What,
    /// Where it stood.
    pub old: Option<Site>,
    /// Where it stands.
    pub new: Option<Site>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// An amount, in the measure of the newer budget; `None` for blank.
    Amount {
        /// What it was.
        before: Option<Amount>,
        /// What it is.
        after: Option<Amount>,
    },
    /// A text; empty where there was or is none.
    Text {
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
    /// A subject with another name or code: what it was called, with its code where that changed.
    Subject {
        /// What it was called.
        before: String,
        /// What it is called.
        after: String,
        /// The first year of its name or code now, where that is known.
        year: Option<i32>,
    },
    /// A table that was not filed before, or is no longer.
    Table {
        /// Whether it is there now.
        is_there: bool,
    },
}

/// All changes from one budget to another, in the order of the tables; nothing where they say the same.
pub fn changes(old: &Budget, new: &Budget) -> Vec<Change> {
    let mapping = Mapping::new(&old.template, &new.template);
    let mut comparison = Comparison { old, new, mapping, changes: Vec::new() };
    comparison.identity();
    let places = 0..old.tables.len();
    let back: HashMap<usize, usize> = places.clone().filter_map(|t| Some((comparison.mapping.table(t)?, t))).collect();
    for table in 0..new.tables.len() {
        comparison.table(back.get(&table).copied(), table);
    }
    for table in places {
        if comparison.mapping.table(table).is_none() && old.tables[table].state == State::Filled {
            comparison.gone(table);
        }
    }
    comparison.narrative();
    comparison.changes
}

/// Where something stood, and where it stands.
type Sites = (Option<Site>, Option<Site>);

struct Comparison<'b> {
    old: &'b Budget,
    new: &'b Budget,
    mapping: Mapping,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn text(&mut self, table: Option<usize>, item: &str, before: &str, after: &str, sites: (Option<Site>, Option<Site>)) {
        let what = What::Text { before: before.trim().to_owned(), after: after.trim().to_owned() };
        let (item, row) = (item.to_owned(), String::new());
        self.changes.push(Change { table, row, item, column: None, what, old: sites.0, new: sites.1 });
    }

    /// Code, name and year of the unit.
    fn identity(&mut self) {
        let year = |budget: &Budget| budget.year.map(|y| y.to_string());
        let of = |budget: &Budget| [budget.code.clone(), budget.name.clone(), year(budget)].map(Option::unwrap_or_default);
        for (before, after) in of(self.old).into_iter().zip(of(self.new)) {
            if text::fold(&before) != text::fold(&after) {
                self.text(None, "", &before, &after, (None, None));
            }
        }
    }

    fn table(&mut self, before: Option<usize>, table: usize) {
        let was = before.map_or(State::Missing, |t| self.old.tables[t].state);
        let is = self.new.tables[table].state;
        if (was == State::Missing) != (is == State::Missing) {
            let what = What::Table { is_there: is != State::Missing };
            let site = self.new.tables[table].title.as_ref().map(|t| t.site);
            let change =
                Change { table: Some(table), row: String::new(), item: String::new(), column: None, what, old: None, new: site };
            self.changes.push(change);
        }
        match self.new.template.tables[table].declared.body {
            Body::Form => self.forms(before, table),
            Body::List => self.list(before, table),
            Body::Fixed | Body::Tree => self.rows(before, table),
        }
    }

    /// A table that the newer edition does not have.
    fn gone(&mut self, table: usize) {
        let name = self.old.template.tables[table].declared.sheet.clone();
        let amounts: Vec<String> = self.old.tables[table].amounts().filter_map(|(_, _, s)| Some(s.amount?.to_string())).collect();
        self.text(None, &name, &amounts.join("、"), "", (self.old.tables[table].title.as_ref().map(|t| t.site), None));
    }

    /// Declared rows and codes: each is the same row wherever it stands.
    fn rows(&mut self, before: Option<usize>, table: usize) {
        let (old, new) = (self.old, self.new);
        let mut known: HashMap<Key, Vec<usize>> = HashMap::new();
        let mut left: Vec<(Key, Vec<usize>)> = Vec::new();
        let changed = before.map(|t| succession(&new.template.changes, &old.tables[t], &new.tables[table])).unwrap_or_default();
        for (row, filed) in before.into_iter().flat_map(|t| old.tables[t].rows.iter().enumerate()) {
            let Some(key) = before.and_then(|t| self.mapping.key(t, filed.key)) else { continue };
            match changed.get(&row) {
                Some(None) => left.push((key, vec![row])),
                now => known.entry(now.copied().flatten().unwrap_or(key)).or_default().push(row),
            }
        }
        for filed in &new.tables[table].rows {
            let rows = known.remove(&filed.key).unwrap_or_default();
            self.row(before, table, &rows, Some(filed), filed.key);
        }
        left.extend(known);
        left.sort();
        for (key, rows) in left {
            self.row(before, table, &rows, None, key);
        }
    }

    /// Rows of the older budget that are one row of the newer, or none.
    fn row(&mut self, before: Option<usize>, table: usize, rows: &[usize], filed: Option<&Row>, key: Key) {
        let declared = &self.new.template.tables[table];
        let mut was: Vec<Option<Amount>> = vec![None; declared.columns.len()];
        let mut sites: Vec<Option<Site>> = vec![None; declared.columns.len()];
        let measures = before.map(|t| self.old.tables[t].measure.unwrap_or(self.old.template.tables[t].measure));
        let there = self.new.tables[table].measure.unwrap_or(declared.measure);
        let mut label = filed.map(|f| f.label.clone());
        for row in rows {
            let Some(old_table) = before else { continue };
            let old_row = &self.old.tables[old_table].rows[*row];
            label.get_or_insert_with(|| old_row.label.clone());
            for (column, slot) in old_row.slots.iter().enumerate() {
                let (Some(column), Some(amount)) = (self.mapping.column(old_table, old_row.key, column), slot.amount) else {
                    continue;
                };
                let is_money = declared.columns[column].declared.kind.is_money();
                let amount = measures.filter(|m| is_money && *m != there).map_or(amount, |m| m.convert(amount, there));
                was[column] = Some(was[column].unwrap_or_default() + amount);
                sites[column] = slot.site;
            }
        }
        let shown = match key {
            Key::Declared(row) => declared.rows[row].id.clone(),
            Key::Code(code) => code.to_string(),
            Key::Free(number) => format!("#{number}"),
        };
        let item = match key {
            Key::Code(code) => format!("{code} {}", label.clone().unwrap_or_default().trim()),
            _ => label.clone().unwrap_or_default().trim().to_owned(),
        };
        for column in 0..declared.columns.len() {
            let slot = filed.map(|f| &f.slots[column]);
            let (before, after) = (was[column], slot.and_then(|s| s.amount));
            // A printed zero says what a blank says.
            if before.unwrap_or_default() != after.unwrap_or_default() {
                let what = What::Amount { before, after };
                let (old, new) = (sites[column], slot.and_then(|s| s.site));
                let (row, item) = (shown.clone(), item.clone());
                self.changes.push(Change { table: Some(table), row, item, column: Some(column), what, old, new });
            }
        }
        if let (Some(filed), [row, ..], Some(old_table), Key::Code(_)) = (filed, rows, before, key) {
            let old_row = &self.old.tables[old_table].rows[*row];
            if let Some((what, sites)) = self.subject(old_row, filed) {
                let (row, item) = (shown, filed.label.trim().to_owned());
                let (old, new) = sites;
                self.changes.push(Change { table: Some(table), row, item, column: None, what, old, new });
            } else if text::fold(&old_row.label) != text::fold(&filed.label) {
                self.text(Some(table), &shown, &old_row.label, &filed.label, (old_row.name_site, filed.name_site));
            }
        }
    }

    /// A subject that took another name or code, as the lists tell.
    fn subject(&self, old: &Row, new: &Row) -> Option<(What, Sites)> {
        let (Key::Code(was), Key::Code(is)) = (old.key, new.key) else { return None };
        let (before, after) = (old.label.trim(), new.label.trim());
        if was != is {
            let year = self.new.template.changes.moved(was, before).and_then(|c| c.year);
            let what = What::Subject { before: format!("{was} {before}"), after: format!("{is} {after}"), year };
            return Some((what, (old.site, new.site)));
        }
        let lists = self.new.template.tables.iter().filter_map(|t| t.list.as_ref()?.get(is));
        let is_listed = || lists.clone().any(|named| named.is_called(after) && named.formerly(before).is_some());
        let change = self.new.template.changes.renamed(was, before, after);
        let what = What::Subject { before: before.to_owned(), after: after.to_owned(), year: change.and_then(|c| c.year) };
        (change.is_some() || is_listed()).then_some((what, (old.name_site, new.name_site)))
    }

    /// Rows without code: those whose texts are the same are the same rows.
    fn list(&mut self, before: Option<usize>, table: usize) {
        let old_rows: Vec<&Row> = before.map(|t| self.old.tables[t].rows.iter().collect()).unwrap_or_default();
        let new_rows: Vec<&Row> = self.new.tables[table].rows.iter().collect();
        let (was, is) = (keys(&old_rows), keys(&new_rows));
        for op in capture_diff_slices(Algorithm::Myers, &was, &is) {
            let (old, new) = (op.old_range(), op.new_range());
            match op {
                DiffOp::Equal { .. } => {
                    for (old, new) in old.zip(new) {
                        let key = new_rows[new].key;
                        self.list_row(before, table, old, new_rows[new], key);
                    }
                }
                _ => {
                    let (mut old, mut new) = (old, new);
                    loop {
                        let (one, other) = (old.next().map(|o| old_rows[o]), new.next().map(|n| new_rows[n]));
                        if one.is_none() && other.is_none() {
                            break;
                        }
                        let words = |row: Option<&Row>| row.map(whole).unwrap_or_default();
                        let sites = (one.and_then(|r| r.site), other.and_then(|r| r.site));
                        self.text(Some(table), "", &words(one), &words(other), sites);
                    }
                }
            }
        }
    }

    fn list_row(&mut self, before: Option<usize>, table: usize, old: usize, new: &Row, key: Key) {
        let columns = self.new.template.tables[table].columns.len();
        let Some(old_table) = before else { return };
        let old_row = &self.old.tables[old_table].rows[old];
        let item = new.texts.iter().map(|(_, t)| t.text.as_str()).collect::<Vec<_>>().join(" ");
        for column in 0..columns {
            let was =
                old_row.slots.iter().enumerate().find(|(c, _)| self.mapping.column(old_table, old_row.key, *c) == Some(column));
            let (before, after) = (was.and_then(|(_, s)| s.amount), new.slots[column].amount);
            if before.unwrap_or_default() != after.unwrap_or_default() {
                let row = if let Key::Free(number) = key { format!("#{number}") } else { String::new() };
                let what = What::Amount { before, after };
                let (old, new) = (was.and_then(|(_, s)| s.site), new.slots[column].site);
                self.changes.push(Change { table: Some(table), row, item: item.clone(), column: Some(column), what, old, new });
            }
        }
    }

    /// Forms by the name of their project.
    fn forms(&mut self, before: Option<usize>, table: usize) {
        let of = |budget: &'_ Budget, table: usize| -> Vec<Form> {
            budget.forms.iter().filter(|f| f.table == table).cloned().collect()
        };
        let mut old = before.map(|t| of(self.old, t)).unwrap_or_default();
        for form in of(self.new, table) {
            let place = old.iter().position(|o| text::fold(&o.project) == text::fold(&form.project));
            match place.map(|place| old.remove(place)) {
                Some(was) => self.form(table, &was, &form),
                None => self.text(Some(table), "", "", &form.project, (None, Some(form.site))),
            }
        }
        for form in old {
            self.text(Some(table), "", &form.project, "", (Some(form.site), None));
        }
    }

    fn form(&mut self, table: usize, old: &Form, new: &Form) {
        if text::fold(&old.goal) != text::fold(&new.goal) {
            self.text(Some(table), &new.project, &old.goal, &new.goal, (Some(old.site), Some(new.site)));
        }
        let lines = |form: &Form| -> Vec<String> { form.indicators.iter().map(|(cells, _)| cells.join(" ")).collect() };
        let (was, is) = (lines(old), lines(new));
        let site = |form: &Form, place: usize| form.indicators.get(place).map(|(_, site)| *site);
        for (one, other) in differing(&was, &is) {
            let words = |lines: &[String], place: Option<usize>| place.map(|p| lines[p].clone()).unwrap_or_default();
            let sites = (one.and_then(|p| site(old, p)), other.and_then(|p| site(new, p)));
            self.text(Some(table), &new.project, &words(&was, one), &words(&is, other), sites);
        }
    }

    fn narrative(&mut self) {
        let (old, new) = (self.old, self.new);
        let paragraphs = |budget: &'_ Budget| -> Vec<String> { budget.narrative.iter().map(|p| p.text.text.clone()).collect() };
        let (was, is) = (paragraphs(old), paragraphs(new));
        for (one, other) in differing(&was, &is) {
            let words = |all: &[String], place: Option<usize>| place.map(|p| all[p].clone()).unwrap_or_default();
            let site = |budget: &Budget, place: Option<usize>| place.map(|p| budget.narrative[p].text.site);
            self.text(None, "", &words(&was, one), &words(&is, other), (site(old, one), site(new, other)));
        }
    }
}

/// The lines that differ, an old one beside the new one that took its place.
fn differing(was: &[String], is: &[String]) -> Vec<(Option<usize>, Option<usize>)> {
    let folded = |lines: &[String]| -> Vec<String> { lines.iter().map(|l| text::fold(l)).collect() };
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &folded(was), &folded(is)) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (mut old, mut new) = (op.old_range(), op.new_range());
        loop {
            let pair = (old.next(), new.next());
            if pair == (None, None) {
                break;
            }
            pairs.push(pair);
        }
    }
    pairs
}

/// What tells the rows of a list apart.
fn keys(rows: &[&Row]) -> Vec<String> {
    rows.iter().map(|row| row.texts.iter().map(|(_, t)| text::fold(&t.text)).collect::<Vec<_>>().join("\u{1f}")).collect()
}

/// A whole row of a list in words.
fn whole(row: &Row) -> String {
    let texts = row.texts.iter().map(|(column, t)| (*column, t.text.trim().to_owned()));
    let amounts = row.slots.iter().enumerate().filter_map(|(column, s)| Some((column, s.amount?.to_string())));
    let mut cells: Vec<(usize, String)> = texts.chain(amounts).collect();
    cells.sort();
    cells.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}
