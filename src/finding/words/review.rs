//! Words for the review that is put into a submitted workbook: its sheet, its headings, what may be answered; never decides anything.

use super::Lang;

/// The words of the sheet that lists what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewWords {
    /// The name of the sheet.
    pub sheet: String,
    /// The headings: number, severity, rule, sheet, cell, message, advice, and two that the unit fills in.
    pub headings: [String; 9],
    /// What is offered in the first of those two.
    pub choices: Vec<String>,
}

impl ReviewWords {
    /// The words in a language.
    pub fn of(lang: Lang) -> Self {
        let (sheet, headings, choices) = match lang {
            Lang::Zh => (
                "审核意见",
                ["序号", "级别", "规则", "工作表", "单元格", "问题", "建议", "处理情况（单位填写）", "说明（单位填写）"],
                ["已修改", "无需修改", "待核实"],
            ),
            Lang::En => (
                "Review",
                ["No.", "Severity", "Rule", "Sheet", "Cell", "Finding", "Advice", "Done (unit)", "Explanation (unit)"],
                ["mended", "right as filed", "open"],
            ),
        };
        let choices = choices.map(str::to_owned).to_vec();
        Self { sheet: sheet.to_owned(), headings: headings.map(str::to_owned), choices }
    }
}

/// What stands above the headings.
pub fn review_title([errors, warnings, notes]: [usize; 3], lang: Lang) -> String {
    say!(
        lang,
        "审核意见：必改 {errors}，核实 {warnings}，提示 {notes}（请在最后两列填写处理情况和说明）",
        "Review: {errors} errors, {warnings} warnings, {notes} notes (answer in the last two columns)"
    )
}

/// What is said in the place of lines that are too many.
pub fn review_more(left: usize, lang: Lang) -> String {
    say!(lang, "另有 {left} 条没有列入，见检查结果", "{left} more are not listed; see the output of the check")
}
