//! Words for the report on many budgets: its sheets, headings and states; never decides anything.

use super::Lang;

/// The words of the report on many budgets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchWords {
    /// The sheet of budgets and its headings: file, unit, state, errors, warnings, notes, explained, the worst, amounts, amounts that no
    /// rule guards, where those stand.
    pub units: (String, [String; 11]),
    /// The sheet of findings and its headings: file, unit, severity, rule, sheet, cell, value, expected, difference, message,
    /// advice, explanation, key.
    pub findings: (String, [String; 13]),
    /// The states: nothing found, notes alone, to be looked at, to be mended, could not be read.
    pub states: [String; 5],
}

impl BatchWords {
    /// The words in a language.
    pub fn of(lang: Lang) -> Self {
        let zh = || Self {
            units: (
                "单位".to_owned(),
                [
                    "文件",
                    "单位",
                    "状态",
                    "必改",
                    "核实",
                    "提示",
                    "已说明",
                    "最要紧的一条",
                    "金额个数",
                    "没有规则核对的",
                    "在哪里",
                ]
                .map(str::to_owned),
            ),
            findings: (
                "问题".to_owned(),
                ["文件", "单位", "级别", "规则", "工作表", "单元格", "填报数", "应为", "相差", "问题", "建议", "说明", "核对码"]
                    .map(str::to_owned),
            ),
            states: ["没有问题", "只有提示", "需核实", "必须修改", "无法读取"].map(str::to_owned),
        };
        let en = || Self {
            units: (
                "Budgets".to_owned(),
                [
                    "File",
                    "Unit",
                    "State",
                    "Errors",
                    "Warnings",
                    "Notes",
                    "Explained",
                    "The worst",
                    "Amounts",
                    "Guarded by no rule",
                    "Where",
                ]
                .map(str::to_owned),
            ),
            findings: (
                "Findings".to_owned(),
                [
                    "File",
                    "Unit",
                    "Severity",
                    "Rule",
                    "Sheet",
                    "Cell",
                    "Filed",
                    "Expected",
                    "Difference",
                    "Finding",
                    "Advice",
                    "Explanation",
                    "Key",
                ]
                .map(str::to_owned),
            ),
            states: ["clean", "notes only", "to be looked at", "to be mended", "unreadable"].map(str::to_owned),
        };
        if lang == Lang::Zh { zh() } else { en() }
    }
}
