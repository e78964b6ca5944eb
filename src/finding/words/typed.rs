//! Words for named checks of what people type: narrative, performance forms, terms and slips; never decides anything.

use super::{Lang, Words};
use crate::finding::{Finding, Odd, Typed};

impl Words<'_> {
    pub(super) fn typed(&self, finding: &Finding, typed: &Typed) -> (String, String) {
        let lang = self.lang;
        let here = self.paragraph(finding);
        match typed {
            Typed::CapsFallShort { caps, limit } => (
                say!(
                    lang,
                    "各项目成本指标（折合全年）合计 {caps}，少于项目支出 {limit}",
                    "The cost caps of the projects, by year, add up to {caps}, below the project expenditure of {limit}"
                ),
                say!(lang, "核对有无漏填的项目或成本指标。", "Look for a project or a cap that is missing."),
            ),
            Typed::CapUnit { project, value, yearly, unit } => (
                say!(
                    lang,
                    "项目“{project}”的成本指标写作“{value}”，折合全年 {yearly} {unit}",
                    "The cost cap of \"{project}\" is \"{value}\", which is {yearly} {unit} a year"
                ),
                say!(lang, "统一写成全年的{unit}数。", "Write it as {unit} a year like the others."),
            ),
            Typed::KindsMissing { project, missing } => {
                let missing = missing.join(self.list());
                (
                    say!(
                        lang,
                        "项目“{project}”没有这些指标：{missing}",
                        "The project \"{project}\" has no indicators of {missing}"
                    ),
                    say!(lang, "补上缺少的指标。", "Add them."),
                )
            }
            Typed::SameObject { what, projects: [one, other] } => (
                say!(
                    lang,
                    "“{what}”在项目“{one}”和“{other}”中都有",
                    "\"{what}\" stands in the projects \"{one}\" and \"{other}\""
                ),
                say!(lang, "核对是否重复安排。", "Check whether it is budgeted twice."),
            ),
            Typed::OddValue { project, indicator, value, why } => self.odd([project, indicator, value], *why),
            Typed::NotSpokenOf { said, missing } => {
                let missing = missing.join(self.list());
                let said = said.iter().map(|s| format!("“{s}”")).collect::<Vec<_>>().join(self.list());
                let said =
                    if said.is_empty() { String::new() } else { say!(lang, "只说了{said}，", "It tells only {said}; ") };
                (
                    say!(lang, "{said}没有说明：{missing}", "{said}nothing is said of {missing}"),
                    say!(lang, "逐项写明，没有的写 0。", "Tell of each, nothing as 0."),
                )
            }
            Typed::OtherTerm { said, standard } => (
                say!(lang, "名词“{said}”在表中称为“{standard}”", "The term \"{said}\" is \"{standard}\" in the tables"),
                say!(lang, "改用表中的名称。", "Use the word of the tables."),
            ),
            Typed::Slips(slips) => {
                let slip = |(slip, right): &(String, String)| match right.is_empty() {
                    true => say!(lang, "“{slip}”（应删去）", "\"{slip}\" (remove it)"),
                    false => say!(lang, "“{slip}”（应为“{right}”）", "\"{slip}\" (for \"{right}\")"),
                };
                let slips = slips.iter().map(slip).collect::<Vec<_>>().join(self.list());
                (say!(lang, "文字有误：{slips}", "Slips: {slips}"), say!(lang, "改正后公开。", "Mend them before publishing."))
            }
            Typed::OtherUnit { named, own } => (
                say!(
                    lang,
                    "文中的单位名称是“{named}”，而本单位是“{own}”",
                    "The text names \"{named}\", but the unit is \"{own}\""
                ),
                say!(lang, "改为本单位名称；多半是套用了别的单位的文字。", "Name this unit; the text was probably another's."),
            ),
            Typed::ComparedYear { quote, year: _, expected } => (
                say!(lang, "{here}“{quote}”应与 {expected} 年比较", "{here} \"{quote}\" should compare with {expected}"),
                say!(lang, "改为上一年度，并核对所比的金额是哪一年的。", "Name the year before, and check whose amount it is."),
            ),
            Typed::OtherYear { quote, year: _, budget } => {
                let prior = budget - 1;
                (
                    say!(
                        lang,
                        "{here}“{quote}”既不是预算年度 {budget} 年，也不是上一年度 {prior} 年",
                        "{here} \"{quote}\" is neither the budget year {budget} nor the year before, {prior}"
                    ),
                    say!(lang, "多半是沿用了往年的文字，请改正年度。", "Probably a text of an earlier year: mend it."),
                )
            }
            Typed::OtherDay { quote, expected } => (
                say!(lang, "{here}截止时间为 {quote}，应为 {expected}-12-31", "{here} {quote} should be {expected}-12-31"),
                say!(lang, "资产等以上年末为准。", "Assets are told as of the end of the year before."),
            ),
            Typed::PercentDiffers { quote, expected } => (
                say!(lang, "{here}“{quote}”，按所说的金额是 {expected}%", "{here} \"{quote}\": its amounts give {expected}%"),
                say!(lang, "核对金额和百分比。", "Check the amounts and the percentage."),
            ),
            Typed::PageBefore { entry, page, before } => (
                say!(
                    lang,
                    "目录“{entry}”的页码 {page} 小于前一项的 {before}",
                    "The directory has \"{entry}\" on page {page}, before page {before} of the entry above it"
                ),
                say!(lang, "按正文的页码改目录。", "Mend the pages of the directory."),
            ),
            Typed::ListedOtherwise { entry, title } => (
                say!(
                    lang,
                    "目录写作“{entry}”，正文的标题是“{title}”",
                    "The directory lists \"{entry}\", where the title is \"{title}\""
                ),
                say!(lang, "使目录与正文的标题一致。", "Make the directory agree with the title."),
            ),
            Typed::NotListed { title } => (
                say!(lang, "目录中没有“{title}”", "The directory does not list \"{title}\""),
                say!(lang, "在目录中补上，或改正写错的一项。", "List it, or mend the entry that misspells it."),
            ),
            Typed::Unexplained { quote, change, base, unit, past } => {
                self.unexplained(&here, quote, [*change, *base], (unit, past.as_ref()))
            }
            Typed::ZeroBase { quote, past } => {
                let past = past.as_ref().map(|p| self.past_cell(p)).unwrap_or_default();
                (
                    say!(
                        lang,
                        "{here}“{quote}”，而上年为零{past}：零基数没有增减百分比",
                        "{here} \"{quote}\", but there was nothing the year before{past}: no share of nothing can be told"
                    ),
                    say!(lang, "只写增加的金额，删去百分比。", "Tell the amount alone, without the percentage."),
                )
            }
            Typed::ChangedDespite { quote } => (
                say!(
                    lang,
                    "{here}“{quote}”：既说持平，又写了增减金额",
                    "{here} \"{quote}\" says that it stayed and by how much it changed"
                ),
                say!(lang, "没有增减的删去金额，有增减的不写持平。", "Leave out the amount, or do not say that it stayed."),
            ),
            Typed::NotAllOfClass { class, own, total, table } => (
                say!(
                    lang,
                    "{here}说全部为“{class}”，而《{table}》中该类为 {own}，合计为 {total}",
                    "{here} says all of it is \"{class}\", but {table} has {own} of it and {total} altogether"
                ),
                say!(lang, "写明各类，或核对该表。", "Name every class, or check the table."),
            ),
            Typed::CountDiffers { quote, rows, table } => (
                say!(lang, "{here}“{quote}”，而《{table}》列有 {rows} 个", "{here} \"{quote}\", but {table} has {rows}"),
                say!(lang, "核对文字与该表。", "Check the text and the table."),
            ),
            Typed::ExpenseOfOthers { quote, nature } => (
                say!(
                    lang,
                    "{here}“{quote}”，而单位性质是“{nature}”",
                    "{here} \"{quote}\", but the institution is of nature \"{nature}\""
                ),
                say!(lang, "机关运行经费只指行政单位和参公事业单位。", "Only agencies have such an expense."),
            ),
            Typed::PurchaseTold { quote, points, planned, table } => {
                let goods = match planned.is_empty() {
                    true => String::new(),
                    false => {
                        let goods = planned.join(self.list());
                        say!(lang, "，绩效目标写明{goods}", ", while the performance forms say: {goods}")
                    }
                };
                let empty = match points {
                    true => say!(lang, "，文中所指的《{table}》为空表", ", and {table}, to which the text points, is empty"),
                    false => say!(lang, "，《{table}》为空表", ", and {table} is empty"),
                };
                (
                    say!(lang, "{here}“{quote}”{goods}{empty}", "{here} \"{quote}\"{goods}{empty}"),
                    say!(lang, "使文字、绩效目标和采购预算一致。", "Make text, forms and procurement agree."),
                )
            }
        }
    }

    fn odd(&self, [project, indicator, value]: [&str; 3], why: Odd) -> (String, String) {
        let lang = self.lang;
        let (why, advice) = match why {
            Odd::AtMostNothing => (
                say!(lang, "不大于零就只能是零", "at most nothing can only be nothing"),
                say!(lang, "应为零的写 0；允许少量的写出限度。", "Write 0, or the limit that is allowed."),
            ),
            Odd::AtMostAllTheTime => (
                say!(lang, "持续运行的时间不应写成上限", "a time that something runs is no upper limit"),
                say!(lang, "改为“≥”或写明应达到的时长。", "Write ≥, or the time to be reached."),
            ),
            Odd::RateUnit => (
                say!(lang, "“率”应为百分比", "a rate is a share"),
                say!(lang, "改用百分比，或把指标改名为时间、数量。", "Use a percentage, or call it a time or number."),
            ),
            Odd::ShouldBeHigh => (
                say!(lang, "越高越好的比率写成了上限", "an upper limit for a rate that should be high"),
                say!(lang, "改为“≥”。", "Write ≥."),
            ),
            Odd::ShouldBeLow => (
                say!(lang, "越低越好的比率写成了下限", "a lower limit for a rate that should be low"),
                say!(lang, "改为“≤”。", "Write ≤."),
            ),
            Odd::NotTimely => (
                say!(lang, "反映质量的比率列在时效指标下", "a rate of quality among the indicators of time"),
                say!(lang, "移到质量指标下。", "Move it to the indicators of quality."),
            ),
        };
        (
            say!(
                lang,
                "项目“{project}”的指标“{indicator}”值为“{value}”：{why}",
                "\"{indicator}\" of the project \"{project}\" is \"{value}\": {why}"
            ),
            advice,
        )
    }
}
