//! Named checks of the performance forms against the tables; never reads more into their words than the template lists.

use super::Named;
use crate::finding::{Detail, Place, Typed};
use crate::model::{Address, Budget, Form, Key, Site, State};
use crate::template::{Check, Rows, Tolerance};
use crate::value::{Amount, Measure, text};

/// What a project buys: the first indicator that says so, the project, the goods.
type Bought = (Site, String, Vec<String>);

impl Named<'_> {
    /// A project that buys goods has a procurement to show for it.
    pub(super) fn purchase_without_procurement(&mut self) {
        let (Some(forms), Some(table)) = (self.check.table("forms"), self.check.table("table")) else { return };
        if self.budget.tables[table].state == State::Filled {
            return;
        }
        let title = self.budget.template.tables[table].declared.sheet.clone();
        for (site, project, goods) in bought(self.budget, self.check) {
            self.found(Place::in_table(forms, site), Detail::PurchaseUnplanned { project, goods, table: title.clone() });
        }
    }

    /// What the projects buy, by the words of the check that looks for it.
    pub(super) fn goods_of_forms(&self) -> Vec<String> {
        let rule = self.budget.template.check("purchase-without-procurement");
        let check = rule.and_then(|r| r.check.as_ref());
        check.into_iter().flat_map(|check| bought(self.budget, check)).flat_map(|(_, _, goods)| goods).collect()
    }

    /// The cost caps of all projects, by year and in the measure of the table, do not exceed the project expenditure.
    pub(super) fn cost_caps(&mut self) {
        let Some((at, limit, measure)) = self.limit() else { return };
        let caps: Amount =
            self.caps().into_iter().filter_map(|(_, caps)| caps.into_iter().filter_map(|c| c.yearly(measure)).max()).sum();
        if caps > limit + self.bound() {
            self.found(Place::cell(self.budget, at), Detail::CapsExceed { caps, limit });
        }
    }

    /// Where every project has one cap they add up to the project expenditure; what exceeds it is told by the check of that.
    pub(super) fn cost_caps_sum(&mut self) {
        let Some((at, limit, measure)) = self.limit() else { return };
        let caps = self.caps();
        let yearly = caps.iter().map(|(_, caps)| match caps.as_slice() {
            [only] => only.yearly(measure),
            _ => None,
        });
        let yearly: Option<Vec<Amount>> = yearly.collect();
        let Some(yearly) = yearly.filter(|y| !y.is_empty()) else { return };
        let sum: Amount = yearly.into_iter().sum();
        if sum < limit - self.bound() {
            self.typed(Place::cell(self.budget, at), Typed::CapsFallShort { caps: sum, limit });
        }
    }

    /// Caps are amounts a year in the unit of the standard; a price for each of something is none.
    pub(super) fn cost_unit(&mut self) {
        let Some(forms) = self.check.table("forms") else { return };
        let Some(unit) = self.check.words("unit").first().and_then(|w| Measure::from_word(w)) else { return };
        let caps = self.caps().into_iter().flat_map(|(project, caps)| caps.into_iter().map(move |c| (project.clone(), c)));
        let caps: Vec<(String, Cap)> = caps.collect();
        // Amounts a year in another unit are as uniform, where all are in it.
        if caps.iter().all(|(_, cap)| cap.times == 1 && cap.measure == caps[0].1.measure) {
            return;
        }
        for (project, cap) in caps.into_iter().filter(|(_, cap)| cap.times != 1 || cap.measure != unit) {
            if let Some(yearly) = cap.yearly(unit) {
                let detail = Typed::CapUnit { project, value: cap.written, yearly, unit: unit.word() };
                self.typed(Place::in_table(forms, cap.site), detail);
            }
        }
    }

    /// The caps of every form, by project.
    fn caps(&self) -> Vec<(String, Vec<Cap>)> {
        let Some(forms) = self.check.table("forms") else { return Vec::new() };
        let Some(column) = self.columns(forms, "column").first().copied() else { return Vec::new() };
        let periods = PERIODS.map(|(key, times)| (self.folded(key), times));
        let level = text::fold(self.check.words("level2").first().map_or("", String::as_str));
        let of_form = |form: &Form| {
            let costs = form.indicators.iter().filter(|(cells, _)| cells.iter().any(|c| text::folds_to(c, &level)));
            costs.filter_map(|(cells, site)| cap(&cells[column], *site, &periods)).collect()
        };
        self.budget.forms.iter().filter(|f| f.table == forms).map(|f| (f.project.clone(), of_form(f))).collect()
    }

    /// The cell that caps are compared with, what it holds, and its measure.
    fn limit(&self) -> Option<(Address, Amount, Measure)> {
        let cell = self.check.cells.first().copied()?;
        let Rows::Declared(row, _) = cell.rows else { return None };
        let filed = &self.budget.tables[cell.table];
        let (row, measure) = (filed.place(Key::Declared(row))?, filed.measure?);
        let at = Address { table: cell.table, row, column: cell.column };
        let slot = self.budget.slot(at);
        (!slot.unread).then(|| (at, slot.amount.unwrap_or_default(), measure))
    }

    fn bound(&self) -> Amount {
        if let Tolerance::Within(bound) = self.rule.tolerance { bound } else { Amount::ZERO }
    }

    pub(super) fn columns(&self, table: usize, key: &str) -> Vec<usize> {
        columns(self.budget, self.check, table, key)
    }
}

fn columns(budget: &Budget, check: &Check, table: usize, key: &str) -> Vec<usize> {
    let columns = &budget.template.tables[table].columns;
    check.words(key).iter().filter_map(|id| columns.iter().position(|c| c.cell == *id)).collect()
}

/// What the projects buy, form by form.
fn bought(budget: &Budget, check: &Check) -> Vec<Bought> {
    let Some(forms) = check.table("forms") else { return Vec::new() };
    let (described, value) = (columns(budget, check, forms, "columns"), columns(budget, check, forms, "value"));
    let folded = |key: &str| -> Vec<String> { check.words(key).iter().map(|w| text::fold(w)).collect() };
    let (verbs, goods, not_goods) = (folded("verbs"), folded("goods"), folded("not_goods"));
    let has = |text: &str, words: &[String]| words.iter().any(|w| text.contains(w.as_str()));
    let mut found = Vec::new();
    for form in budget.forms.iter().filter(|f| f.table == forms) {
        let mut bought = Vec::new();
        let mut first = None;
        for (cells, site) in &form.indicators {
            let words: String = described.iter().map(|c| text::fold(&cells[*c])).collect();
            if has(&words, &verbs) && has(&words, &goods) && !has(&words, &not_goods) {
                let count: Vec<&str> = value.iter().map(|c| cells[*c].as_str()).collect();
                bought.push(described.iter().map(|c| cells[*c].as_str()).chain(count).collect::<Vec<_>>().join(" "));
                first = first.or(Some(*site));
            }
        }
        if let Some(site) = first {
            found.push((site, form.project.clone(), bought));
        }
    }
    found
}

/// A cost cap that is an amount of money.
#[derive(Debug, Clone, PartialEq)]
struct Cap {
    site: Site,
    written: String,
    number: Amount,
    measure: Measure,
    /// How often a year.
    times: i64,
}

impl Cap {
    /// The cap of a year in a measure.
    fn yearly(&self, measure: Measure) -> Option<Amount> {
        (self.number.checked_mul(Amount::from(self.times))?.checked_mul(self.measure.yuan())?).checked_div(measure.yuan())
    }
}

/// The parameters that name what stands behind an amount for a part of the year, and how many of it a year has.
const PERIODS: [(&str, i64); 3] = [("yearly", 1), ("quarterly", 4), ("monthly", 12)];

/// Words for parts of the year, folded, and how many a year has.
type Periods = [(Vec<String>, i64); 3];

/// `≤12333.33元/月` as a cap; `None` when the value is no amount of money.
fn cap(written: &str, site: Site, periods: &Periods) -> Option<Cap> {
    let folded = text::fold(written);
    let digits = folded.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(digits.len());
    let number: Amount = digits[..end].replace(',', "").parse().ok()?;
    let unit = &digits[end..];
    let (measure, rest) = if let Some(rest) = unit.strip_prefix("万元") {
        (Measure::WanYuan, rest)
    } else {
        (Measure::Yuan, unit.strip_prefix('元')?)
    };
    let named = || periods.iter().find(|(words, _)| words.iter().any(|w| w == rest)).map(|(_, times)| *times);
    let times = if rest.is_empty() { 1 } else { named()? };
    Some(Cap { site, written: written.trim().to_owned(), number, measure, times })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::CellRef;

    #[test]
    fn caps_are_taken_by_the_year() {
        let cases =
            [("≤2 万元", Some("2")), ("≤12333.33 元/月", Some("14.799996")), ("≤95%", None), ("1 套", None), ("≤3 元/次", None)];
        let periods = [(vec!["/年".to_owned()], 1), (vec!["/季".to_owned()], 4), (vec!["/月".to_owned()], 12)];
        for (written, meant) in cases {
            let site = Site { sheet: 0, cell: CellRef::new(0, 0) };
            let yearly = cap(written, site, &periods).and_then(|c| c.yearly(Measure::WanYuan));
            assert_eq!(yearly, meant.map(|m| m.parse().unwrap()), "{written}");
        }
    }
}
