//! Words for the budget of the year before: its cells, and why it was not compared; never decides anything.

use super::{Lang, Words};
use crate::finding::{Beside, Operand, PastCell};
use crate::value::Amount;

/// The file alone, without the folders above it.
fn base(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

impl Words<'_> {
    /// 上年 434007_2022.xlsx《支出总表》E6「合计·基本支出」
    pub(super) fn past_name(&self, operand: &Operand, past: &PastCell) -> String {
        let what = self.what(&operand.place, &operand.label);
        let (file, sheet, cell) = (base(&past.file), &past.sheet, past.cell.as_deref().unwrap_or_default());
        say!(self.lang, "上年 {file}《{sheet}》{cell}「{what}」", "last year's {file} {sheet}!{cell} \"{what}\"")
    }

    /// （上年 434007_2022.xlsx《支出总表》E6）
    pub(super) fn past_cell(&self, past: &PastCell) -> String {
        let (file, sheet, cell) = (base(&past.file), &past.sheet, past.cell.as_deref().unwrap_or_default());
        say!(self.lang, "（上年 {file}《{sheet}》{cell}）", " (last year's {file} {sheet}!{cell})")
    }

    /// A change without a reason.
    pub(super) fn unexplained(
        &self,
        here: &str,
        quote: &str,
        [change, base]: [Amount; 2],
        (unit, past): (&str, Option<&PastCell>),
    ) -> (String, String) {
        let lang = self.lang;
        let share = change.abs().checked_mul(Amount::from(100)).and_then(|c| c.checked_div(base.abs()));
        let share = share.map(|s| format!("{}%", s.round(2)));
        let was = self.money(base);
        let past = past.map(|p| self.past_cell(p)).unwrap_or_default();
        let (amount, grew) = (self.money(change.abs()), !change.is_negative());
        let share = match (share, lang) {
            (Some(share), Lang::Zh) => format!("（{share}）"),
            (Some(share), Lang::En) => format!(" ({share})"),
            (None, _) => String::new(),
        };
        let message = match (grew, lang) {
            (true, Lang::Zh) => format!("{here}“{quote}”，比上年 {was} {unit}{past}增加 {amount} {unit}{share}，没有说明原因"),
            (false, Lang::Zh) => format!("{here}“{quote}”，比上年 {was} {unit}{past}减少 {amount} {unit}{share}，没有说明原因"),
            (true, Lang::En) => {
                format!(
                    "{here} \"{quote}\": {amount} {unit}{share} more than the {was} {unit} of the year before{past}, and no reason is told"
                )
            }
            (false, Lang::En) => {
                format!(
                    "{here} \"{quote}\": {amount} {unit}{share} less than the {was} {unit} of the year before{past}, and no reason is told"
                )
            }
        };
        (message, say!(lang, "写明增减的主要原因。", "Tell the main reason."))
    }

    /// Why a budget was not compared with that of the year before.
    pub(super) fn beside(&self, beside: &Beside) -> (String, String) {
        let lang = self.lang;
        match beside {
            Beside::Missing { year } => {
                let year = year.map(|y| say!(lang, "（{y} 年）", " ({y})")).unwrap_or_default();
                (
                    say!(
                        lang,
                        "没有找到本单位上年{year}的预算，没有与上年核对",
                        "No budget of this unit of the year before{year} was found; it was not compared"
                    ),
                    say!(
                        lang,
                        "核对 --previous 所给的文件中有没有本单位，编码（没有编码的，名称）是否一致；新设的单位可忽略。",
                        "Look whether --previous has this unit under the same code, or name where there is none; ignore this for a new unit."
                    ),
                )
            }
            Beside::OtherYears { expected, found } => {
                let unknown = || say!(lang, "年度不明", "year not known");
                let one = |(file, year): &(String, Option<i32>)| {
                    let (file, year) = (base(file), year.map_or_else(unknown, |y| say!(lang, "{y} 年", "{y}")));
                    say!(lang, "“{file}”（{year}）", "\"{file}\" ({year})")
                };
                let found = found.iter().map(one).collect::<Vec<_>>().join(self.list());
                (
                    say!(
                        lang,
                        "上年预算应是 {expected} 年的，给出的是{found}，没有与上年核对",
                        "The year before is {expected}, but what was given is {found}; it was not compared"
                    ),
                    say!(
                        lang,
                        "用 --previous 给出 {expected} 年的预算；表上没有印明年度的，先补上年度。",
                        "Name the budget of {expected} with --previous; where no year is printed, print it first."
                    ),
                )
            }
            Beside::YearUnknown => (
                say!(
                    lang,
                    "本年的预算没有写明年度，不知道哪一年是上年，没有与上年核对",
                    "The budget names no year, so the year before is not known; it was not compared"
                ),
                say!(lang, "用 --year 写明预算年度。", "Name the budget year with --year."),
            ),
            Beside::Several { files } => {
                let files = files.iter().map(|f| format!("“{}”", base(f))).collect::<Vec<_>>().join(self.list());
                (
                    say!(
                        lang,
                        "本单位上年的预算有几份，数字不同：{files}，没有与上年核对",
                        "There are several budgets of the year before with different numbers: {files}; none was compared"
                    ),
                    say!(lang, "请确定以哪一份为准，只给出那一份。", "Decide which counts and give it alone."),
                )
            }
            Beside::NoRules { edition } => (
                say!(lang, "模板“{edition}”没有与上年核对的规则", "The template \"{edition}\" has no rule about the year before"),
                say!(lang, "可用 yusuan diff 查看两年之间的增减。", "See yusuan diff for what changed between the two years."),
            ),
        }
    }
}
