//! Words for figures of the narrative that do not agree with cells or with each other; never decides anything.

use super::{Lang, Verdict, Words};
use crate::finding::{Finding, Operand, Place};
use crate::template::Relation;
use crate::value::{Amount, Measure};

impl Words<'_> {
    /// What a figure of the narrative says, against which cells or figures.
    pub(super) fn claim(&self, finding: &Finding, title: &str, relation: Relation, why: Option<&str>) -> (String, String) {
        let (lang, must) = (self.lang, self.must(relation));
        let Some(n) = finding.numbers else { return (title.to_owned(), String::new()) };
        let units = || finding.operands.iter().filter_map(|o| Some((o.unit.as_deref()?, o.value?)));
        let of_cell = || finding.operands.first().map_or("", |o| self.measure(o));
        let unit = units().find(|(_, value)| !value.is_zero()).or_else(|| units().next()).map_or_else(of_cell, |(unit, _)| unit);
        let amount = |amount: Amount| format!("{} {unit}", self.money(amount)).trim_end().to_owned();
        let side = |is_left: bool| finding.operands.iter().filter(|o| o.is_left == is_left).collect::<Vec<_>>();
        let (left, right) = (side(true), side(false));
        let told = |side: &[&Operand]| side.iter().map(|o| self.told(o)).collect::<Vec<_>>().join(self.list());
        let value = amount(n.value);
        let value = match left.as_slice() {
            [only] if only.factor == Amount::ONE && only.value.is_some() => String::new(),
            _ => say!(lang, "，得 {value}", " gives {value}"),
        };
        let right = if right.is_empty() { String::new() } else { format!("（{}）", told(&right)) };
        let right = if lang == Lang::En { right.replace('（', " (").replace('）', ")") } else { right };
        let (left, expected, difference) = (told(&left), amount(n.expected), amount(n.difference.abs()));
        let mut message = say!(
            lang,
            "{left}{value}，{must} {expected}{right}，相差 {difference}。{title}",
            "{left}{value} {must} {expected}{right}, off by {difference}. {title}"
        );
        if finding.verdict == Some(Verdict::Rounding) {
            let bound = amount(n.bound);
            message += &say!(lang, "：文字取舍所致（不超过 {bound}）", ": the text is rounded or cut (up to {bound})");
        }
        let advice =
            say!(lang, "核对文字与各表，改正有误的一处。", "Check the text and the tables, and mend the one that is wrong.");
        (message, why.map_or(advice, str::to_owned))
    }

    /// 《情况说明》A14“项目支出 61.08 万元”, or a cell with what it holds.
    fn told(&self, operand: &Operand) -> String {
        let sign = if operand.factor.is_negative() { "−" } else { "" };
        if operand.unit.is_none() {
            let name = match &operand.past {
                Some(past) => self.past_name(operand, past),
                None => self.cell_name(&operand.place, &operand.label),
            };
            let measure = self.measure(operand);
            let value = operand.value.map(|v| format!("{} {measure}", self.money(v)));
            let value = value.unwrap_or_else(|| say!(self.lang, "空白", "blank"));
            return format!("{name} {sign}{}", value.trim_end());
        }
        format!("{sign}{}", self.quoted(&operand.place, &operand.label))
    }

    /// 《情况说明》A14“项目支出 61.08 万元”
    pub(super) fn quoted(&self, place: &Place, quote: &str) -> String {
        let (here, quote) = (self.sheet_and_cell(place), quote.trim());
        say!(self.lang, "{here}“{quote}”", "{here} \"{quote}\"")
    }

    /// The measure of a cell.
    fn measure(&self, operand: &Operand) -> &'static str {
        let own = || operand.place.table.and_then(|t| self.budget.tables[t].measure);
        operand.past.as_ref().map_or_else(own, |past| past.measure).map_or("", Measure::word)
    }

    /// Where a paragraph stands: 《情况说明》A14.
    pub(super) fn paragraph(&self, finding: &Finding) -> String {
        self.sheet_and_cell(&finding.place)
    }

    fn sheet_and_cell(&self, place: &Place) -> String {
        let Some((sheet, cell)) = place.site.map(|s| self.budget.place(s)) else { return String::new() };
        say!(self.lang, "《{sheet}》{cell}", "{sheet}!{cell}")
    }
}
