//! Named checks of the performance forms against the tables; never reads more into their words than the template lists.

use super::Named;
use crate::finding::{Detail, Place};
use crate::model::{Address, Form, Key, State};
use crate::template::{Rows, Tolerance};
use crate::value::{Amount, Measure, text};

impl Named<'_> {
    /// A project that buys goods has a procurement to show for it.
    pub(super) fn purchase_without_procurement(&mut self) {
        let (Some(forms), Some(table)) = (self.check.table("forms"), self.check.table("table")) else { return };
        if self.budget.tables[table].state == State::Filled {
            return;
        }
        let columns = self.columns(forms, "columns");
        let value = self.columns(forms, "value");
        let folded = |key: &str| -> Vec<String> { self.check.words(key).iter().map(|w| text::fold(w)).collect() };
        let (verbs, goods, not_goods) = (folded("verbs"), folded("goods"), folded("not_goods"));
        let has = |text: &str, words: &[String]| words.iter().any(|w| text.contains(w.as_str()));
        let mut found = Vec::new();
        for form in self.budget.forms.iter().filter(|f| f.table == forms) {
            let mut bought = Vec::new();
            let mut first = None;
            for (cells, site) in &form.indicators {
                let words: String = columns.iter().map(|c| text::fold(&cells[*c])).collect();
                if has(&words, &verbs) && has(&words, &goods) && !has(&words, &not_goods) {
                    let count: Vec<&str> = value.iter().map(|c| cells[*c].as_str()).collect();
                    bought.push(columns.iter().map(|c| cells[*c].as_str()).chain(count).collect::<Vec<_>>().join(" "));
                    first = first.or(Some(*site));
                }
            }
            if let Some(site) = first {
                found.push((site, form.project.clone(), bought));
            }
        }
        let title = self.budget.template.tables[table].declared.sheet.clone();
        for (site, project, goods) in found {
            self.found(Place::in_table(forms, site), Detail::PurchaseUnplanned { project, goods, table: title.clone() });
        }
    }

    /// The cost caps of all projects, by year and in the measure of the table, do not exceed the project expenditure.
    pub(super) fn cost_caps(&mut self) {
        let (Some(forms), Some(cell)) = (self.check.table("forms"), self.check.cells.first().copied()) else { return };
        let Rows::Declared(row, _) = cell.rows else { return };
        let filed = &self.budget.tables[cell.table];
        let (Some(row), Some(measure)) = (filed.place(Key::Declared(row)), filed.measure) else { return };
        let at = Address { table: cell.table, row, column: cell.column };
        let limit = self.budget.slot(at).amount.unwrap_or_default();
        let column = self.columns(forms, "column");
        let level = text::fold(self.check.words("level2").first().map_or("", String::as_str));
        let caps: Amount = self
            .budget
            .forms
            .iter()
            .filter(|f| f.table == forms)
            .filter_map(|f| yearly_cap(f, &level, column.first().copied()?, measure))
            .sum();
        let bound = match self.rule.tolerance {
            Tolerance::Within(bound) => bound,
            _ => Amount::ZERO,
        };
        if caps > limit + bound {
            self.found(Place::cell(self.budget, at), Detail::CapsExceed { caps, limit });
        }
    }

    fn columns(&self, table: usize, key: &str) -> Vec<usize> {
        let columns = &self.budget.template.tables[table].columns;
        self.check.words(key).iter().filter_map(|id| columns.iter().position(|c| c.cell == *id)).collect()
    }
}

/// The largest cost cap of a form that is an amount of money, by year.
fn yearly_cap(form: &Form, level: &str, column: usize, measure: Measure) -> Option<Amount> {
    let costs = form.indicators.iter().filter(|(cells, _)| cells.iter().any(|c| text::fold(c) == level));
    costs.filter_map(|(cells, _)| money_a_year(&cells[column], measure)).max()
}

/// `≤12333.33元/月` as an amount a year; `None` when the value is no amount of money.
fn money_a_year(written: &str, measure: Measure) -> Option<Amount> {
    let folded = text::fold(written);
    let digits = folded.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(digits.len());
    let number: Amount = digits[..end].replace(',', "").parse().ok()?;
    let unit = &digits[end..];
    let (own, rest) = if let Some(rest) = unit.strip_prefix("万元") {
        (Measure::WanYuan, rest)
    } else {
        (Measure::Yuan, unit.strip_prefix('元')?)
    };
    let times = match rest {
        "" | "/年" | "每年" => 1,
        "/月" | "每月" => 12,
        "/季" | "/季度" | "每季度" => 4,
        _ => return None,
    };
    (number * Amount::from(times) * own.yuan()).checked_div(measure.yuan())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_are_taken_by_the_year() {
        let cases =
            [("≤2 万元", Some("2")), ("≤12333.33 元/月", Some("14.799996")), ("≤95%", None), ("1 套", None), ("≤3 元/次", None)];
        for (written, meant) in cases {
            assert_eq!(money_a_year(written, Measure::WanYuan), meant.map(|m| m.parse().unwrap()), "{written}");
        }
    }
}
