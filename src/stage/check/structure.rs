//! Named checks of form: tables, notes, printed numbers, words; never of sums.

use super::Named;
use crate::finding::{Detail, Place};
use crate::grid::Shown;
use crate::model::{Address, Budget, Key, Site, Slot, State};
use crate::template::written::Severity;
use crate::template::{ColumnKind, Rows};
use crate::value::{Amount, text};

impl<'a> Named<'a> {
    /// All required tables are there, and in the order of the standard.
    pub(super) fn tables_present(&mut self) {
        self.any_amount();
        let template = &self.budget.template;
        let mut last: Option<(usize, Site)> = None;
        for (place, declared) in template.tables.iter().enumerate() {
            let filed = &self.budget.tables[place];
            if !filed.is_filed() {
                if declared.declared.required {
                    let severity = if declared.declared.main { self.rule.declared.severity } else { Severity::Note };
                    self.found_at(
                        severity,
                        Place { table: Some(place), ..Place::default() },
                        Detail::TableMissing(declared.titles[0].fill(&self.budget.fields(None))),
                    );
                }
                continue;
            }
            let Some(site) = filed.title.as_ref().map(|t| t.site).filter(|_| declared.declared.main) else { continue };
            match last {
                Some((before, at)) if at > site => {
                    let title = |t: usize| template.tables[t].declared.sheet.clone();
                    self.found_at(
                        Severity::Note,
                        Place::table(self.budget, before),
                        Detail::TableOrder(title(before), title(place)),
                    );
                }
                _ => last = Some((place, site)),
            }
        }
    }

    /// A blank form is no budget.
    fn any_amount(&mut self) {
        let main = self.budget.template.tables.iter().zip(&self.budget.tables).filter(|(t, _)| t.declared.main);
        let mut filed = main.filter(|(_, t)| t.is_filed()).peekable();
        if filed.peek().is_some() && filed.all(|(_, t)| t.amounts().next().is_none()) {
            self.found_at(Severity::Warning, Place::default(), Detail::NoAmounts);
        }
    }

    /// An empty table says so, and names its money rightly.
    pub(super) fn empty_notes(&mut self) {
        for (place, declared) in self.budget.template.tables.iter().enumerate() {
            let filed = &self.budget.tables[place];
            let (State::Empty, Some(standard)) = (filed.state, &declared.declared.empty_note) else { continue };
            let note = filed.notes.iter().find(|n| self.budget.template.says_empty(&n.text));
            match (note, &declared.declared.fund) {
                (None, _) => self.found(Place::table(self.budget, place), Detail::NoteMissing),
                (Some(note), Some(fund))
                    if text::fold(&note.text) != text::fold(standard) && !text::fold(&note.text).contains(&text::fold(fund)) =>
                {
                    let detail = Detail::NoteFund { note: note.text.clone(), fund: fund.clone() };
                    self.found(Place::in_table(place, note.site), detail);
                }
                _ => {}
            }
        }
    }

    /// A table with amounts has no note that it is empty.
    pub(super) fn no_empty_note(&mut self) {
        for (place, filed) in self.budget.tables.iter().enumerate().filter(|(_, t)| t.state == State::Filled) {
            if let Some(note) = filed.notes.iter().find(|n| self.budget.template.says_empty(&n.text)) {
                self.found(Place::in_table(place, note.site), Detail::NoteOnData(note.text.clone()));
            }
        }
    }

    /// Amounts are shown with the decimals of the standard; as stored where the format is not known.
    pub(super) fn two_decimals(&mut self) {
        let standard = self.budget.template.about.decimals;
        for (at, slot) in self.amount_cells() {
            let Some(amount) = slot.amount else { continue };
            let shown = match slot.shown {
                Shown::Fixed(decimals) => decimals,
                Shown::General | Shown::Scaled | Shown::Unknown => amount.decimals(),
            };
            if shown != standard {
                let detail = Detail::Decimals { shown: amount.fixed(shown), standard };
                self.found(Place::cell(self.budget, at), detail);
            }
        }
    }

    /// No zero is printed.
    pub(super) fn printed_zero(&mut self) {
        for (at, slot) in self.amount_cells() {
            if slot.amount.is_some_and(Amount::is_zero) {
                self.found(Place::cell(self.budget, at), Detail::Zero);
            }
        }
    }

    /// No amount is negative.
    pub(super) fn negative(&mut self) {
        for (at, slot) in self.amount_cells() {
            if slot.amount.is_some_and(Amount::is_negative) {
                self.found(Place::cell(self.budget, at), Detail::Negative);
            }
        }
    }

    /// Rows that no budget of this level can use hold nothing.
    pub(super) fn never_used(&mut self) {
        for (at, slot) in self.amount_cells() {
            let Key::Declared(row) = self.budget.tables[at.table].rows[at.row].key else { continue };
            let row = &self.budget.template.tables[at.table].rows[row];
            if row.class.is_some_and(|c| c.never_used) && slot.amount.is_some_and(|a| !a.is_zero()) {
                self.found(Place::cell(self.budget, at), Detail::NeverUsed(row.label.clone()));
            }
        }
    }

    /// A table is empty exactly when its money is not there.
    pub(super) fn empty_iff(&mut self) {
        let Some(table) = self.check.table("table") else { return };
        let filed = &self.budget.tables[table];
        if !filed.is_filed() || self.check.cells.iter().any(|c| !self.budget.tables[c.table].is_filed()) {
            return;
        }
        let money: Amount = self.check.cells.iter().filter_map(|c| self.cell_amount(c)).sum();
        let spent = filed.amounts().filter_map(|(_, _, slot)| slot.amount).filter(|a| !a.is_zero()).max();
        let place = Place::table(self.budget, table);
        match (spent, money.is_zero()) {
            (None, false) => self.found(place, Detail::EmptyDespite(money)),
            (Some(spent), true) => self.found(place, Detail::FilledDespite(spent)),
            _ => {}
        }
    }

    fn cell_amount(&self, cell: &crate::template::Operand) -> Option<Amount> {
        let Rows::Declared(row, _) = cell.rows else { return None };
        let row = self.budget.tables[cell.table].place(Key::Declared(row))?;
        self.budget.slot(Address { table: cell.table, row, column: cell.column }).amount
    }

    /// A total is the product of its factors, prices being in 元.
    pub(super) fn product(&mut self) {
        let Some(table) = self.check.table("table") else { return };
        let declared = &self.budget.template.tables[table];
        let column = |id: &str| declared.columns.iter().position(|c| c.cell == id);
        let total = self.check.words("total").first().and_then(|id| column(id));
        let factors: Vec<usize> = self.check.words("factors").iter().filter_map(|id| column(id)).collect();
        let (Some(total), Some(measure)) = (total, self.budget.tables[table].measure) else { return };
        for (row, filed) in self.budget.tables[table].rows.iter().enumerate() {
            let values: Option<Vec<Amount>> = factors.iter().map(|c| filed.slots[*c].amount).collect();
            let (Some(values), Some(amount)) = (values, filed.slots[total].amount) else { continue };
            let in_yuan = factors.iter().any(|c| declared.columns[*c].declared.kind == ColumnKind::Price);
            let product = values.into_iter().fold(Amount::ONE, |product, value| product * value);
            let product = if in_yuan { product.checked_div(measure.yuan()).unwrap_or_default() } else { product };
            let bound = match self.rule.tolerance {
                crate::template::Tolerance::Within(bound) => bound,
                _ => Amount::ZERO,
            };
            if (amount - product).abs() > bound {
                let at = Address { table, row, column: total };
                self.found(Place::cell(self.budget, at), Detail::ProductDiffers(product));
            }
        }
    }

    /// No word of another level stands in titles or narrative, apart from the terms that contain it rightly.
    pub(super) fn level_words(&mut self) {
        let except: Vec<String> = self.check.words("except").iter().map(|w| text::fold(w)).collect();
        let words = folded_words(&self.budget.template.about.foreign_words);
        for (text, place) in holding(self.texts(), words.iter().map(|(_, folded)| folded)) {
            for (word, _) in words.iter().filter(|(_, folded)| is_in(text, folded, &except)) {
                self.found(place.clone(), Detail::LevelWord(word.clone()));
            }
        }
    }

    /// No placeholder was left in titles, names or narrative.
    pub(super) fn placeholders(&mut self) {
        let words = folded_words(self.check.words("words"));
        for (text, place) in holding(self.texts(), words.iter().map(|(_, folded)| folded)) {
            if let Some((word, _)) = words.iter().find(|(_, folded)| text.contains(folded.as_str())) {
                self.found(place.clone(), Detail::Placeholder(word.clone()));
            }
        }
    }

    /// Titles, names of rows and institutions, and the narrative, folded.
    pub(super) fn texts(&self) -> &'a [(String, Place)] {
        self.texts.get_or_init(|| typed_texts(self.budget))
    }

    /// All cells of amount columns that hold a number.
    fn amount_cells(&self) -> Vec<(Address, Slot)> {
        let mut cells = Vec::new();
        for (table, filed) in self.budget.tables.iter().enumerate() {
            let columns = &self.budget.template.tables[table].columns;
            let amounts = filed.amounts().filter(|(_, column, _)| columns[*column].declared.kind == ColumnKind::Amount);
            cells.extend(amounts.map(|(row, column, slot)| (Address { table, row, column }, *slot)));
        }
        cells
    }
}

/// Words with their folded forms.
fn folded_words(words: &[String]) -> Vec<(String, String)> {
    words.iter().map(|word| (word.clone(), text::fold(word))).collect()
}

/// Whether a folded word stands in a folded text outside the terms that contain it rightly.
fn is_in(text: &str, word: &str, except: &[String]) -> bool {
    text.contains(word) && except.iter().fold(text.to_owned(), |rest, term| rest.replace(term.as_str(), "")).contains(word)
}

/// Titles, names of rows and institutions, and the narrative, folded.
fn typed_texts(budget: &Budget) -> Vec<(String, Place)> {
    let mut texts = Vec::new();
    for (table, filed) in budget.tables.iter().enumerate() {
        texts.extend(filed.title.iter().chain(&filed.notes).map(|t| (text::fold(&t.text), Place::in_table(table, t.site))));
        for (row, filed) in filed.rows.iter().enumerate().filter(|(_, r)| r.site.is_some() && !matches!(r.key, Key::Declared(_)))
        {
            texts.push((text::fold(&filed.label), Place::row(budget, table, row)));
            texts.extend(filed.texts.iter().map(|(_, t)| (text::fold(&t.text), Place::in_table(table, t.site))));
        }
    }
    for form in &budget.forms {
        texts.push((text::fold(&format!("{}|{}", form.project, form.goal)), Place::in_table(form.table, form.site)));
        texts.extend(
            form.indicators.iter().map(|(cells, site)| (text::fold(&cells.join("|")), Place::in_table(form.table, *site))),
        );
    }
    texts.extend(budget.narrative.iter().map(|p| (text::fold(&p.text.text), Place::at(p.text.site))));
    texts
}

/// The texts that hold any of some words: most hold none, and all words are looked for at once.
pub(super) fn holding<'t>(
    texts: &'t [(String, Place)],
    words: impl IntoIterator<Item = &'t String>,
) -> impl Iterator<Item = (&'t str, &'t Place)> {
    let any = aho_corasick::AhoCorasick::new(words).ok();
    let holds = move |(text, place): &'t (String, Place)| {
        any.as_ref().is_none_or(|any| any.is_match(text.as_str())).then_some((text.as_str(), place))
    };
    texts.iter().filter_map(holds)
}
