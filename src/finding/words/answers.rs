//! Words for what units answer to findings: the headings it stands under, and what is said of it; never decides anything.

use super::{Lang, ReviewWords};
use crate::value::text;

/// What stands in a column of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::finding) enum AnswerColumn {
    /// The key of the finding.
    Key,
    /// The code of the unit.
    Unit,
    /// The rule.
    Rule,
    /// The sheet.
    Sheet,
    /// The cell.
    Cell,
    /// What was found.
    Message,
    /// What was done about it.
    Done,
    /// Why it is right as filed.
    Reason,
}

/// The headings of each column of a list of answers, in both languages.
const HEADINGS: [(AnswerColumn, &[&str]); 8] = [
    (AnswerColumn::Key, &["核对码", "Key"]),
    (AnswerColumn::Unit, &["单位", "单位代码", "Unit"]),
    (AnswerColumn::Rule, &["规则", "Rule"]),
    (AnswerColumn::Sheet, &["工作表", "Sheet"]),
    (AnswerColumn::Cell, &["单元格", "Cell"]),
    (AnswerColumn::Message, &["问题", "Finding"]),
    (AnswerColumn::Done, &["处理情况（单位填写）", "处理情况", "Done (unit)", "Done"]),
    (AnswerColumn::Reason, &["说明（单位填写）", "说明", "Explanation (unit)", "Explanation"]),
];

/// What stands below a folded heading.
pub(in crate::finding) fn answer_column(folded: &str) -> Option<AnswerColumn> {
    let is_it = |known: &&str| text::fold(known) == folded;
    HEADINGS.iter().find(|(_, headings)| headings.iter().any(is_it)).map(|(column, _)| *column)
}

/// Whether the unit says that it has mended what was found.
pub(in crate::finding) fn is_mended(done: &str) -> bool {
    is_choice(done, 0)
}

/// Whether the unit has still to look into it.
pub(in crate::finding) fn is_open(done: &str) -> bool {
    is_choice(done, 2)
}

fn is_choice(done: &str, place: usize) -> bool {
    [Lang::Zh, Lang::En].into_iter().any(|lang| ReviewWords::of(lang).choices.get(place).is_some_and(|word| word == done))
}

/// What is said where a finding stands as before though the unit has answered that it was mended.
pub(in crate::finding) fn not_mended(lang: Lang) -> String {
    say!(lang, "单位填写“已修改”，但有关数值没有变化。", "The unit answered that it was mended, but no value has changed.")
}

/// What is said where an explanation was given to other values.
pub(in crate::finding) fn lapsed(reason: &str, lang: Lang) -> String {
    say!(
        lang,
        "原来的说明“{reason}”针对的数值已有变化，不再有效，请重新核对。",
        "The explanation \"{reason}\" was given to other values and no longer counts."
    )
}

/// What stands above the findings that are explained.
pub fn explained_title(count: usize, lang: Lang) -> String {
    say!(lang, "单位已说明 {count} 条（不计入上面的问题）：", "Explained by the unit, not counted above: {count}")
}

/// An explanation as a line.
pub fn explained_line(reason: &str, lang: Lang) -> String {
    say!(lang, "说明：{reason}", "Explanation: {reason}")
}

/// What is said of a list of explanations without the columns it needs.
pub fn explanations_wanted(file: &str, lang: Lang) -> String {
    say!(
        lang,
        "“{file}”中没有找到“核对码”和“说明”两栏：请用 check -o 写出的问题清单，或单位填写过的审核稿，在“说明”栏填写后再用",
        "no columns \"Key\" and \"Explanation\" in \"{file}\": fill in the list of findings that check -o writes, or an annotated copy"
    )
}
