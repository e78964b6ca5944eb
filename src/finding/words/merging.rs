//! Words for what is told of a merger; never decides anything.

use super::Lang;
use crate::finding::{Merging, Refusal};
use crate::value::Amount;

/// So many units, cells or names are listed in a message; the data has all of them.
const LISTED: usize = 12;

/// How amounts of a summary are worded.
pub(in crate::finding) struct Money {
    /// At least so many decimals.
    pub decimals: u8,
    /// The word for its measure.
    pub measure: &'static str,
}

/// What was found, and what to do unless the rule says it.
pub(in crate::finding) fn merging(fact: &Merging, money: &Money, lang: Lang) -> (String, Option<String>) {
    members(fact, lang).or_else(|| basis(fact, lang)).unwrap_or_else(|| amounts(fact, money, lang))
}

/// Who is a member.
fn members(fact: &Merging, lang: Lang) -> Option<(String, Option<String>)> {
    Some(match fact {
        Merging::Missing { units } => {
            let (count, units) = (units.len(), listed(units, lang));
            (say!(lang, "缺少 {count} 个单位：{units}", "{count} units are missing: {units}"), None)
        }
        Merging::NotInRegister => (
            say!(lang, "单位名册中没有这个单位，没有计入", "The register does not have this unit; it was not counted"),
            Some(say!(lang, "核对编码和名称；确属本次汇总的，请补入名册。", "Check code and name, or add it to the register.")),
        ),
        Merging::Nameless => (
            say!(lang, "没有单位编码，也没有单位名称，没有计入", "Neither code nor name is known; it was not counted"),
            Some(say!(lang, "请在表头填写单位编码和名称后重报。", "Fill in code and name.")),
        ),
        Merging::NotListed { department } => (
            say!(
                lang,
                "“{department}”的机构设置表没有列出这个单位",
                "The list of institutions of \"{department}\" does not name this unit"
            ),
            Some(say!(lang, "核对机构设置表是否漏列，或单位是否报错了部门；已计入。", "Check that list; the unit was counted.")),
        ),
        Merging::NamedAlike { units } => {
            let units = listed(units, lang);
            (
                say!(lang, "几个编码用同一名称：{units}，都已计入", "Several codes bear one name: {units}; all were counted"),
                Some(say!(lang, "核对是否同一单位填错了编码，以免重复计算。", "Check for one unit under a mistyped code.")),
            )
        }
        Merging::Lost { what } => {
            let (count, what) = (what.len(), what.join(if lang == Lang::Zh { "；" } else { "; " }));
            (
                say!(
                    lang,
                    "有 {count} 处没有读取或缺表，汇总中缺这些数：{what}",
                    "{count} things were not read or are not there and are missing in the summary: {what}"
                ),
                Some(say!(lang, "请退回该单位改正后重新汇总。", "Have the unit mend them and merge again.")),
            )
        }
        Merging::OtherPublished { unit } => (
            say!(
                lang,
                "用来对比的工作簿是“{unit}”的，与汇总不是同一单位、同一年度",
                "The workbook compared with is that of \"{unit}\", not of the unit and year of the summary"
            ),
            Some(say!(lang, "核对 --published 是否给错了文件。", "Check the file given with --published.")),
        ),
        Merging::OtherName { registered } => (
            say!(lang, "名册中这个编码的单位是“{registered}”", "The register calls the unit of this code \"{registered}\""),
            Some(say!(
                lang,
                "核对编码是否填错、名称是否已改；已按编码计入。",
                "Check code and name; it was counted by its code."
            )),
        ),
        Merging::Older { file } => (
            say!(
                lang,
                "与“{file}”是同一单位，保存得更早，没有计入",
                "\"{file}\" is a newer version of the same unit; this one was not counted"
            ),
            Some(say!(lang, "核对应以哪一份为准；如应以这一份为准，请去掉另一份。", "Remove the other one if this is right.")),
        ),
        Merging::Same { file } => (
            say!(
                lang,
                "与“{file}”是同一单位，数字完全相同，只计入一次",
                "\"{file}\" is the same unit with the same numbers; it counts once"
            ),
            Some(say!(lang, "不必修改；可去掉一份。", "Nothing to do.")),
        ),
        Merging::Undecided { files } => {
            let files = listed(files, lang);
            (
                say!(
                    lang,
                    "与“{files}”是同一单位，数字不同，无法判断以哪一份为准，都没有计入",
                    "\"{files}\" is the same unit with other numbers; which is right is not known, so none was counted"
                ),
                Some(say!(lang, "确定采用哪一份，去掉其余的，再重新汇总。", "Remove all but the right one and merge again.")),
            )
        }
        Merging::Covered { units } => {
            let (count, units) = (units.len(), listed(units, lang));
            (
                say!(
                    lang,
                    "这是部门的预算，其所属 {count} 个单位也报来了（{units}）；为免重复，只计入所属单位",
                    "This is the budget of a department of which {count} units are here too ({units}); only the units count"
                ),
                Some(say!(
                    lang,
                    "核对所属单位是否齐全（含本级）；要与部门报送的相比，用 --published。",
                    "Check that all its units are here; compare with --published."
                )),
            )
        }
        Merging::Altered { cell } => (
            say!(
                lang,
                "这份汇总在生成之后被改动，与其汇总底稿不符（{cell}），没有计入",
                "This summary was changed after it was made ({cell}); it was not counted"
            ),
            Some(say!(lang, "请用原来的各单位预算重新汇总，不要手工改动汇总表。", "Make it anew from its members.")),
        ),
        Merging::Unnamed => (
            say!(lang, "没有汇总单位的名称", "The summary has no name"),
            Some(say!(lang, "用 --name 写明，或在单位名册中列出。", "Give it with --name, or in the register.")),
        ),
        _ => return None,
    })
}

/// What the members are added on.
fn basis(fact: &Merging, lang: Lang) -> Option<(String, Option<String>)> {
    Some(match fact {
        Merging::OtherYear { year, wanted } => {
            let shown = |year: &Option<i32>| year.map_or_else(|| say!(lang, "未知", "unknown"), |y| y.to_string());
            let (year, wanted) = (shown(year), shown(wanted));
            (
                say!(
                    lang,
                    "预算年度是 {year}，汇总的是 {wanted} 年，没有计入",
                    "It is of {year}, the summary of {wanted}; it was not counted"
                ),
                Some(say!(
                    lang,
                    "请换成该年度的预算；未印年度的可用 --year 指明。",
                    "Replace it; a year that is not printed can be given with --year."
                )),
            )
        }
        Merging::OtherMeasure { measure, standard, units, .. } => {
            let (count, units) = (units.len(), listed(units, lang));
            (
                say!(
                    lang,
                    "{count} 个单位以{measure}计，已折算为{standard}：{units}",
                    "{count} units are in {measure} and were converted to {standard}: {units}"
                ),
                Some(say!(lang, "核对金额单位是否确如表头所示。", "Check that the measure is as printed.")),
            )
        }
        Merging::OtherEdition { edition, units } => {
            let (count, units) = (units.len(), listed(units, lang));
            (
                say!(
                    lang,
                    "{count} 个单位用的是模板 {edition}，已按相同的项目并入：{units}",
                    "{count} units follow {edition} and were added where it means the same: {units}"
                ),
                Some(say!(lang, "没有对应项目的金额另行列出。", "Amounts without a counterpart are told.")),
            )
        }
        Merging::Settled { edition, year } => {
            let year = year.map_or_else(String::new, |y| y.to_string());
            (
                say!(
                    lang,
                    "没有 {year} 年的汇总模板，用 {edition}",
                    "There is no edition of {year} for the summary; {edition} is used"
                ),
                Some(say!(lang, "也可用 --as 指定。", "Another one can be named with --as.")),
            )
        }
        Merging::OtherNames { code, taken, names } => {
            let names = listed(names, lang);
            (
                say!(
                    lang,
                    "科目 {code} 写作“{taken}”，有的单位写作“{names}”",
                    "{code} is written \"{taken}\"; members also call it \"{names}\""
                ),
                Some(say!(lang, "以当年科目表为准。", "The code list of the year counts.")),
            )
        }
        _ => return None,
    })
}

/// What became of amounts.
fn amounts(fact: &Merging, money: &Money, lang: Lang) -> (String, Option<String>) {
    let shown = |amount: Amount| amount.at_least(money.decimals);
    let measure = money.measure;
    match fact {
        Merging::Unmapped { table, column, place, count, is_detail: true, .. } => (
            say!(
                lang,
                "汇总模板的《{table}》没有“{column}”一栏，{count} 个数只随其合计计入（{place}）",
                "The edition of the summary has no column \"{column}\" in {table}: {count} amounts count only with their totals ({place})"
            ),
            Some(say!(lang, "合计已计入，不必修改。", "Their totals are counted: nothing to do.")),
        ),
        Merging::Unmapped { table, column, place, count, amount, .. } => (
            say!(
                lang,
                "汇总模板没有与《{table}》“{column}”对应的项目，{count} 个数合计 {amount} 没有计入（{place}）",
                "The edition of the summary has no place for {table} {column}: {count} amounts, {amount} in all, were not counted ({place})"
            ),
            Some(say!(
                lang,
                "核对是否应改列其他项目，或用 --as 换一个模板。",
                "Move them to another item, or choose an edition with --as."
            )),
        ),
        Merging::Unread { cells } => {
            let (count, cells) = (cells.len(), listed(cells, lang));
            (
                say!(
                    lang,
                    "{count} 格读不出数字，汇总中缺这些数：{cells}",
                    "{count} cells are no numbers and are missing in the summary: {cells}"
                ),
                Some(say!(lang, "请退回该单位改正后重新汇总。", "Have the unit mend them and merge again.")),
            )
        }
        Merging::BareTotals { cells } => {
            let each: Vec<String> = cells.iter().map(|(cell, amount)| format!("{cell} {}", shown(*amount))).collect();
            let (count, cells) = (cells.len(), listed(&each, lang));
            (
                say!(
                    lang,
                    "{count} 格只有合计而没有分项，其他单位有分项，没有计入：{cells}",
                    "{count} cells are totals without parts while other members have parts; they were not counted: {cells}"
                ),
                None,
            )
        }
        Merging::TotalDiffers { cell, filed, sum, difference } => {
            let (filed, sum, difference) = (shown(*filed), shown(*sum), shown(difference.abs()));
            (
                say!(
                    lang,
                    "{cell} 填的是 {filed}，分项之和是 {sum}，相差 {difference}；汇总按分项计算",
                    "{cell} says {filed}, its parts give {sum}, off by {difference}; the summary counts the parts"
                ),
                None,
            )
        }
        Merging::Transfer { words, received, paid, totals } => {
            let side = |side: &[(String, Amount)]| {
                let each: Vec<String> = side.iter().map(|(unit, amount)| format!("{unit} {}", shown(*amount))).collect();
                listed(&each, lang)
            };
            let (first, second) = (words.first().map_or("", String::as_str), words.get(1).map_or("", String::as_str));
            let (left, right) = (shown(totals.0), shown(totals.1));
            let (received, paid) = (bracketed(&side(received), lang), bracketed(&side(paid), lang));
            (
                say!(
                    lang,
                    "各成员的{first}合计 {left} {measure}{received}，{second}合计 {right} {measure}{paid}；其中属于成员之间的，在汇总中重复计算",
                    "Members receive {left} {measure} as {first}{received} and pay {right} {measure} as {second}{paid}; what moves between members is counted twice"
                ),
                None,
            )
        }
        Merging::Eliminated { line, cells } => {
            let cells = listed(cells, lang);
            (
                say!(lang, "已抵销：{line}，取自 {cells}", "Eliminated: {line}, out of {cells}"),
                Some(say!(lang, "两边各减去这个数。", "Both sides are less by it.")),
            )
        }
        Merging::NotEliminated { line, at, why } => {
            let why = refusal(*why, lang);
            (
                say!(lang, "抵销单 {at} 没有执行（{line}）：{why}", "Elimination {at} was not made ({line}): {why}"),
                Some(say!(lang, "改正抵销单这一行后重新汇总。", "Mend that line and merge again.")),
            )
        }
        Merging::Published { cell, published, merged, difference, makers } => {
            let or_blank = |amount: &Option<Amount>| amount.map_or_else(|| say!(lang, "空", "blank"), shown);
            let (published, merged, difference) = (or_blank(published), or_blank(merged), shown(difference.abs()));
            let each: Vec<String> = makers.iter().map(|(unit, amount)| format!("{unit} {}", shown(*amount))).collect();
            let makers = listed(&each, lang);
            (
                say!(
                    lang,
                    "{cell} 报送的是 {published}，各单位相加是 {merged}，相差 {difference}。组成：{makers}",
                    "{cell}: published {published}, the members give {merged}, off by {difference}. Made of: {makers}"
                ),
                None,
            )
        }
        Merging::Rounded { moved, tails } => (
            say!(
                lang,
                "各单位的数折算后已按舍位平衡取舍：{moved} 格与四舍五入相差一个末位，{tails} 处合计留有尾差",
                "Converted amounts were rounded so that sums hold in print: {moved} cells differ from plain rounding by one step, {tails} sums keep a tail"
            ),
            Some(say!(
                lang,
                "逐格的精确值和印出值见“舍位平衡”表。",
                "The exact and the printed values are listed in the workbook."
            )),
        ),
        Merging::Tail { cell, difference } => {
            let difference = shown(difference.abs());
            (
                say!(lang, "{cell} 取舍后与分项之和相差 {difference}", "{cell} is off its printed parts by {difference}"),
                Some(say!(lang, "属四舍五入尾差，表下已加注。", "Rounding; a note is printed.")),
            )
        }
        _ => (String::new(), None),
    }
}

fn refusal(why: Refusal, lang: Lang) -> String {
    match why {
        Refusal::Payer => say!(lang, "付款单位不在已计入的成员中", "the payer is no member that counts"),
        Refusal::Payee => say!(lang, "收款单位不在已计入的成员中", "the payee is no member that counts"),
        Refusal::Item => say!(lang, "不是内部往来的项目", "the item is no transfer between members"),
        Refusal::TooLittle => say!(lang, "成员没有这个数，或不够抵销", "a member does not have that much"),
        Refusal::SeveralCodes => {
            say!(lang, "成员在几个科目下都有这个数，请写明科目编码", "a member has it under several codes: name the code")
        }
        Refusal::NotPositive => say!(lang, "金额应大于零", "the amount must be above zero"),
    }
}

fn bracketed(text: &str, lang: Lang) -> String {
    match (text.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("（{text}）"),
        (false, Lang::En) => format!(" ({text})"),
    }
}

fn listed(all: &[String], lang: Lang) -> String {
    let mut shown =
        all.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " });
    if all.len() > LISTED {
        let more = all.len() - LISTED;
        shown += &say!(lang, " 等另 {more} 个", " and {more} more");
    }
    shown
}
