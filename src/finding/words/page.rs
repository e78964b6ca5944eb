//! Words for the pages that people read in a browser; never decides anything.

use super::Lang;

/// The words of the report on many budgets as a page.
#[derive(Debug, Clone, Copy)]
pub struct PageWords {
    /// What it is called.
    pub title: &'static str,
    /// The link past the summary.
    pub skip: &'static str,
    /// What the links to the parts of the page are, for those who hear them.
    pub parts: &'static str,
    /// The parts: units, by rule, findings, unreadable, guarded by no rule.
    pub headings: [&'static str; 5],
    /// What the table of units shows.
    pub units: &'static str,
    /// The headings of the table of units: state, unit, errors, warnings, notes, explained, the worst, guarded by no rule.
    pub unit_headings: [&'static str; 8],
    /// What the table of rules shows.
    pub rules: &'static str,
    /// The headings of the table of rules: rule, what it says, severity, findings, units.
    pub rule_headings: [&'static str; 5],
    /// The fields of the filter: severity, unit, rule, text; the choice of all rules; to show all again.
    pub filter: [&'static str; 6],
    /// How many findings are shown, all of them or a part.
    pub shown: [&'static str; 2],
    /// The file of a unit.
    pub file: &'static str,
    /// What is said where nothing was found.
    pub nothing: &'static str,
    /// What is said of the amounts that no rule guards.
    pub unguarded: &'static str,
}

impl PageWords {
    /// The words in a language.
    pub fn of(lang: Lang) -> Self {
        match lang {
            Lang::Zh => ZH,
            Lang::En => EN,
        }
    }

    /// So many other findings say the same, or follow from the first.
    pub fn others(lang: Lang, same: bool, count: usize) -> String {
        match (lang, same) {
            (Lang::Zh, true) => format!("同样的问题另有 {count} 处"),
            (Lang::Zh, false) => format!("随之而来的另外 {count} 条"),
            (Lang::En, true) => format!("{count} more of the same"),
            (Lang::En, false) => format!("{count} more that follow"),
        }
    }
}

const ZH: PageWords = PageWords {
    title: "预算检查报告",
    skip: "跳到问题",
    parts: "本页内容",
    headings: ["各单位", "按规则", "全部问题", "无法读取的文件", "没有规则核对的数字"],
    units: "每个单位的状态、各级问题的条数和最要紧的一条",
    unit_headings: ["状态", "单位", "必改", "核实", "提示", "已说明", "最要紧的一条", "没有规则核对"],
    rules: "每条规则发现了多少问题，涉及多少个单位",
    rule_headings: ["规则", "内容", "级别", "条数", "单位数"],
    filter: ["级别", "单位", "规则", "文字", "全部规则", "显示全部"],
    shown: ["共 {all} 条", "显示 {shown} 条，共 {all} 条（已筛选）"],
    file: "文件",
    nothing: "没有发现问题。",
    unguarded: "这些数字没有任何一条规则会因为它有误而报出问题，请人工核对。",
};

const EN: PageWords = PageWords {
    title: "Report on budgets",
    skip: "Skip to the findings",
    parts: "On this page",
    headings: ["Budgets", "By rule", "All findings", "Files that could not be read", "Numbers guarded by no rule"],
    units: "The state of every budget, its findings by severity and the worst of them",
    unit_headings: ["State", "Budget", "Errors", "Warnings", "Notes", "Explained", "The worst", "Guarded by no rule"],
    rules: "How much every rule found, and in how many budgets",
    rule_headings: ["Rule", "What it says", "Severity", "Findings", "Budgets"],
    filter: ["Severity", "Budget", "Rule", "Text", "All rules", "Show all"],
    shown: ["{all} findings", "{shown} of {all} findings shown (filtered)"],
    file: "File",
    nothing: "Nothing was found.",
    unguarded: "No rule would find anything if one of these numbers were wrong: check them yourself.",
};

/// The words of the page of all rules, each in Chinese and in English.
#[derive(Debug, Clone, Copy)]
pub struct RulePageWords {
    /// What it is called.
    pub title: [&'static str; 2],
    /// How to read it.
    pub lead: [&'static str; 2],
    /// The lines of a rule: equation, as written, tolerance, check, condition, reason, example, known false alarms, source,
    /// scope, editions.
    pub lines: [[&'static str; 2]; 11],
    /// How many rules are shown, all of them or a part.
    pub shown: [&'static str; 2],
    /// A rule that explains another.
    pub explains: [&'static str; 2],
    /// A rule of reading runs everywhere.
    pub everywhere: [&'static str; 2],
    /// A rule that no edition runs.
    pub nowhere: [&'static str; 2],
    /// Where a rule holds that is of no region.
    pub scopes: [(&'static str, [&'static str; 2]); 2],
}

/// The words of the page of all rules.
pub const RULE_PAGE: RulePageWords = RulePageWords {
    title: ["全部核对规则", "All rules"],
    lead: [
        "每条规则说什么、为什么、怎样核对、会发现什么，在哪些版本中运行。例子中的金额是编出来的。",
        "What every rule says and why, how it is checked, what it finds, and in which editions it runs. The amounts of the examples are made up.",
    ],
    lines: [
        ["公式", "Equation"],
        ["写法", "As written"],
        ["容差", "Tolerance"],
        ["检查", "Check"],
        ["条件", "Condition"],
        ["原因", "Why"],
        ["例子", "Example"],
        ["可能的误报", "Known false alarms"],
        ["依据", "Source"],
        ["范围", "Scope"],
        ["版本", "Editions"],
    ],
    shown: ["共 {all} 条规则 · {all} rules", "显示 {shown} 条，共 {all} 条（已筛选） · {shown} of {all} rules (filtered)"],
    explains: ["只用来解释这条规则的差额", "Only explains the difference of this rule"],
    everywhere: ["读取任何工作簿时", "Whenever a workbook is read"],
    nowhere: ["目前没有版本运行", "No edition runs it at present"],
    scopes: [
        ("all", ["各地", "Everywhere"]),
        ("optional", ["各地未必成立，由各版本选用", "Not safe everywhere: an edition must ask for it"]),
    ],
};
