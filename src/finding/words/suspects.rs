//! Words for cells that may be wrong: what would have to stand there and what slip it looks like; never calls a cell wrong.

use super::{Lang, Words};
use crate::finding::{Repair, Slip, Suspect, Suspicion};
use crate::value::Amount;

impl Words<'_> {
    /// The repairs of a set of broken identities in one sentence.
    pub(in crate::finding) fn suspicion(&self, suspicion: &Suspicion) -> String {
        let lang = self.lang;
        let repairs: Vec<String> = suspicion.repairs.iter().map(|repair| self.repair(repair)).collect();
        let hold = match (lang, suspicion.identities) {
            (Lang::Zh, 1) => "这条就成立".to_owned(),
            (Lang::Zh, all) => format!("这 {all} 条都成立"),
            (Lang::En, 1) => "this identity would hold".to_owned(),
            (Lang::En, all) => format!("all {all} identities would hold"),
        };
        let (count, more) = (suspicion.equal, suspicion.equal.saturating_sub(repairs.len()));
        let rest = match (more, lang) {
            (0, _) => String::new(),
            (_, Lang::Zh) => format!("；另有 {more} 处"),
            (_, Lang::En) => format!("; or {more} others"),
        };
        if count > 1 {
            let repairs = repairs.join(if lang == Lang::Zh { "；或" } else { "; or " });
            return say!(
                lang,
                "以下 {count} 处改任何一处，{hold}，看不出是哪一处：{repairs}{rest}；请核对原始资料。",
                "Any one of {count} changes would do and nothing tells which ({hold}): {repairs}{rest}; check the originals."
            );
        }
        let repairs = repairs.join(if lang == Lang::Zh { "，或" } else { ", or " });
        say!(lang, "若{repairs}，{hold}；请核对原始资料。", "With {repairs} {hold}: check the originals.")
    }

    fn repair(&self, repair: &Repair) -> String {
        let lang = self.lang;
        let cells = repair.cells.iter().map(|suspect| {
            let name = match suspect.place.table {
                Some(_) => self.cell_name(&suspect.place, &suspect.label),
                None => self.quoted(&suspect.place, &suspect.label),
            };
            let [value, needed] = self.value_and_needed(suspect);
            let like = suspect.slip.map(|s| slip(s, lang)).unwrap_or_default();
            say!(lang, "把{name}由 {value} 改为 {needed}{like}", "{name} {needed} instead of {value}{like}")
        });
        let both = if lang == Lang::Zh { "，同时" } else { " and at the same time " };
        cells.collect::<Vec<_>>().join(both)
    }
}

impl Words<'_> {
    /// What a suspect holds and what it would need. The words of a change say its direction already, unless that turns.
    fn value_and_needed(&self, suspect: &Suspect) -> [String; 2] {
        let blank = if self.lang == Lang::Zh { "空白" } else { "blank" };
        let shown = |amount: Option<Amount>| amount.map_or_else(|| blank.to_owned(), |v| self.money(v));
        let value = suspect.value.unwrap_or_default();
        let both = [suspect.value, Some(suspect.needed)];
        let narrative = self.budget.template.narrative.as_ref().filter(|_| suspect.place.table.is_none());
        match narrative.map(|n| &n.declared.wording) {
            Some(_) if value.is_negative() && suspect.needed.is_negative() => both.map(|a| shown(a.map(Amount::abs))),
            Some(wording) if value.is_negative() || suspect.needed.is_negative() => both.map(|amount| {
                let falls = amount.is_some_and(Amount::is_negative);
                let verb = if falls { wording.decrease.first() } else { wording.increase.first() };
                format!("{}{}", verb.map_or("", String::as_str), shown(amount.map(Amount::abs)))
            }),
            _ => both.map(shown),
        }
    }
}

/// What a slip looks like, in brackets.
fn slip(slip: Slip, lang: Lang) -> &'static str {
    match (lang, slip) {
        (Lang::Zh, Slip::DigitsSwapped) => "（像是相邻两位数字写颠倒）",
        (Lang::Zh, Slip::DigitWrong) => "（像是一位数字写错）",
        (Lang::Zh, Slip::DigitDropped) => "（像是漏写一位数字）",
        (Lang::Zh, Slip::DigitAdded) => "（像是多写一位数字）",
        (Lang::Zh, Slip::Sign) => "（像是正负号写反）",
        (Lang::Zh, Slip::DecimalPoint) => "（像是小数点错位）",
        (Lang::Zh, Slip::Measure) => "（像是金额单位弄错，如把元当作万元）",
        (Lang::Zh, Slip::Neighbour) => "（像是抄了相邻格的数）",
        (Lang::Zh, Slip::LeftOut) => "（像是漏填）",
        (Lang::Zh, Slip::StaleTotal) => "（像是合计没有随各项更新）",
        (Lang::Zh, Slip::Follows) => "（与本年数差同一个数，像是由它算出）",
        (Lang::En, Slip::DigitsSwapped) => " (looks like two digits swapped)",
        (Lang::En, Slip::DigitWrong) => " (looks like a wrong digit)",
        (Lang::En, Slip::DigitDropped) => " (looks like a digit left out)",
        (Lang::En, Slip::DigitAdded) => " (looks like a digit too many)",
        (Lang::En, Slip::Sign) => " (looks like the wrong sign)",
        (Lang::En, Slip::DecimalPoint) => " (looks like a misplaced decimal point)",
        (Lang::En, Slip::Measure) => " (looks like another measure, such as 元 for 万元)",
        (Lang::En, Slip::Neighbour) => " (looks like the number of a neighbouring cell)",
        (Lang::En, Slip::LeftOut) => " (looks left out)",
        (Lang::En, Slip::StaleTotal) => " (looks like a total that was not updated)",
        (Lang::En, Slip::Follows) => " (off by as much as this year's amount, from which it seems worked out)",
    }
}
