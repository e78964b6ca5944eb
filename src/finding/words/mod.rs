//! The one place that words findings, in Chinese and in English; never decides anything.

/// The same sentence in the language asked for.
macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal) => {
        match $lang {
            Lang::Zh => format!($zh),
            Lang::En => format!($en),
        }
    };
}

mod answers;
mod batch;
mod details;
mod equations;
mod merging;
mod page;
mod past;
mod prose;
mod reading;
mod renewal;
mod review;
mod rules;
mod seen;
mod suspects;
mod typed;

pub(super) use answers::{AnswerColumn, answer_column, is_mended, is_open, lapsed, not_mended};
pub use answers::{explained_line, explained_title, explanations_wanted};
pub use batch::BatchWords;
pub use equations::{equations, example};
pub(super) use merging::{Money, merging};
pub use page::{PageWords, RULE_PAGE, RulePageWords};
pub use rules::{READING_RULES, RULE_GROUPS, ReadingRule, tolerance};

use super::{Detail, Fact, Finding, Operand, Place, Typed, Verdict};
use crate::model::Budget;
use crate::template::Relation;
use crate::template::written::Severity;
use crate::value::{Amount, Measure};

pub use review::{ReviewWords, review_more, review_title};

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The word for a severity.
    pub fn severity(self, severity: Severity) -> &'static str {
        match (self, severity) {
            (Self::Zh, Severity::Error) => "必改",
            (Self::Zh, Severity::Warning) => "核实",
            (Self::Zh, Severity::Note) => "提示",
            (Self::Zh, Severity::Trial) => "试行",
            (Self::En, Severity::Error) => "error",
            (Self::En, Severity::Warning) => "warning",
            (Self::En, Severity::Note) => "note",
            (Self::En, Severity::Trial) => "trial",
        }
    }
}

/// What is said of a workbook in which no table of any edition was found.
pub(super) fn nothing_known(lang: Lang) -> (String, String) {
    (
        say!(lang, "其中没有认识的预算表", "No table of any known edition in it"),
        say!(
            lang,
            "请核对是否为预算公开表；表的标题和表头应与标准一致，也可用 --template 指定模板。",
            "Check that it is a budget workbook with the standard titles and headings, or name the template with --template."
        ),
    )
}

/// What is said of a document, found among others, in which no table of any edition was found.
pub(super) fn passed_over(lang: Lang) -> (String, String) {
    (
        say!(
            lang,
            "文件夹中的这份文档没有认识的预算表，已略过",
            "No table of any known edition in this document; it was passed over"
        ),
        say!(
            lang,
            "如为预算，表的标题和表头应与标准一致，也可用 --template 指定模板；否则可忽略。",
            "If it is a budget, restore titles and headings or name the template with --template; else ignore this."
        ),
    )
}

/// What is said of a workbook that several editions fit equally well.
pub(super) fn tie(editions: &[String], lang: Lang) -> (String, String) {
    let names = editions.join(if lang == Lang::Zh { "、" } else { ", " });
    (
        say!(lang, "有几个模板同样符合：{names}", "Several templates fit equally well: {names}"),
        say!(lang, "请用 --template 指定其中一个。", "Name one of them with --template."),
    )
}

/// What is said of a budget whose unit and year an earlier input had already.
pub(super) fn again(first: &str, lang: Lang) -> (String, String) {
    (
        say!(
            lang,
            "与“{first}”是同一单位同一年度，两份都没有写明哪一份较新",
            "The unit and the year are those of \"{first}\", and neither says which is newer"
        ),
        say!(
            lang,
            "请确定采用哪一份，只处理那一份；目前两份都已处理，汇编中会出现两次。",
            "Decide which counts and process it alone; both were processed, and a combined document has both."
        ),
    )
}

/// What is said of a version that is older than another one among the inputs.
pub(super) fn older(newer: &str, lang: Lang) -> (String, String) {
    (
        say!(lang, "与“{newer}”是同一单位同一年度，保存得更早，未采用", "An older version of \"{newer}\", which counts instead"),
        say!(lang, "以保存较晚的为准；如应采用这一份，请只处理这一份。", "Process this file alone if it is the right one."),
    )
}

/// What is said of a version that takes the place of an older one among the inputs.
pub(super) fn newer(older: &str, lang: Lang) -> (String, String) {
    (
        say!(
            lang,
            "与“{older}”是同一单位同一年度，保存得更晚，以这一份为准",
            "A newer version of \"{older}\", in whose place it counts"
        ),
        say!(
            lang,
            "核对是否应以这一份为准；前一份的结果不再有效。",
            "Check that this one is right; what was written for the other is replaced."
        ),
    )
}

/// What is said of an input on which the program itself failed.
pub(super) fn failed(lang: Lang) -> (String, String) {
    (
        say!(lang, "程序处理此文件时发生内部错误，没有输出", "The program failed on this file and wrote nothing for it"),
        say!(lang, "请把该文件发给程序的维护人员。", "Send the file to the maintainers of the program."),
    )
}

/// Wording of one budget's findings.
pub(super) struct Words<'b> {
    pub(super) budget: &'b Budget,
    pub(super) lang: Lang,
}

impl Words<'_> {
    /// What was found, and what to do.
    pub(super) fn of(&self, finding: &Finding) -> (String, String) {
        match &finding.fact {
            Fact::Identity { title, relation, why, .. }
                if finding.operands.iter().any(|o| o.unit.is_some() || o.past.is_some()) =>
            {
                self.claim(finding, title, *relation, why.as_deref())
            }
            Fact::Identity { title, relation, why, explained, agrees_as_displayed } => {
                let told = self.identity(finding, title, *relation, why.as_deref(), explained.as_ref());
                if *agrees_as_displayed && finding.verdict == Some(Verdict::Broken) { self.only_stored(&told.0) } else { told }
            }
            Fact::DisplayedTail { title } => self.displayed(finding, title),
            Fact::Check { title, why, detail } => {
                let (message, advice) = self.detail(finding, detail);
                // What to do about a value depends on what is wrong with it.
                let is_own = matches!(detail, Detail::Typed(Typed::OddValue { .. }));
                let why = why.clone().filter(|_| !is_own);
                (format!("{message}{}", self.rule(title)), why.unwrap_or(advice))
            }
            Fact::Beside(beside) => self.beside(beside),
            Fact::TotalsKept { whole } => self.totals_kept(finding, *whole),
            Fact::Narrative(renewal) => self.renewal(finding, renewal),
            fact => self.reading(fact, finding.place.table),
        }
    }

    fn totals_kept(&self, finding: &Finding, whole: bool) -> (String, String) {
        let (lang, table) = (self.lang, self.table_title(finding));
        let message = if whole {
            say!(
                lang,
                "《{table}》有数字没有读取，合计保留原数，没有重算",
                "Numbers of {table} were not read; its totals are kept as filed"
            )
        } else {
            say!(
                lang,
                "《{table}》有单元格读不出数字，涉及的合计保留原数，没有重算",
                "Cells of {table} could not be read; the totals over them are kept as filed"
            )
        };
        (message, say!(lang, "改正读不出的单元格后重新处理。", "Mend those cells and run again."))
    }

    fn rule(&self, title: &str) -> String {
        match self.lang {
            Lang::Zh => format!("（{title}）"),
            Lang::En => format!(" ({title})"),
        }
    }

    fn identity(
        &self,
        finding: &Finding,
        title: &str,
        relation: Relation,
        why: Option<&str>,
        explained: Option<&(String, Vec<Operand>)>,
    ) -> (String, String) {
        let Some(n) = finding.numbers else { return (title.to_owned(), String::new()) };
        let lang = self.lang;
        let (left, right) = self.sides(finding);
        let [value, expected, difference] = self.amounts(finding, n);
        let must = self.must(relation);
        let right = if right.is_empty() { String::new() } else { say!(lang, "（{right}）", " ({right})") };
        let mut message = say!(
            lang,
            "{left} {value}，{must} {expected}{right}，相差 {difference}。{title}",
            "{left} {value} {must} {expected}{right}, off by {difference}. {title}"
        );
        if finding.verdict == Some(Verdict::Rounding) {
            let bound = n.bound;
            message += &say!(lang, "：属四舍五入尾差（不超过 {bound}）", ": rounding of the parts explains it (up to {bound})");
        }
        if let Some((title, operands)) = explained {
            let cells = operands.iter().filter(|o| o.value.is_some_and(|v| !v.is_zero())).map(|o| self.operand(o, false));
            let cells = cells.collect::<Vec<_>>().join(self.list());
            message += &say!(lang, "。差额可由此解释：{title}（{cells}）", ". Explained by: {title} ({cells})");
        }
        let advice = match (finding.verdict, why) {
            (Some(Verdict::Rounding), _) => {
                say!(lang, "一般不必修改；如需一致，请按原始数据重新取舍。", "Usually nothing to do.")
            }
            (_, Some(why)) => why.to_owned(),
            _ => say!(
                lang,
                "无法断定哪一格有误，请逐一核对以上各格。",
                "Which cell is wrong cannot be known: check each of those named."
            ),
        };
        (message, advice)
    }

    /// How the left side should stand to the right.
    fn must(&self, relation: Relation) -> &'static str {
        match (self.lang, relation) {
            (Lang::Zh, Relation::AtMost) => "不应大于",
            (Lang::Zh, Relation::AtLeast) => "不应小于",
            (Lang::Zh, _) => "应等于",
            (Lang::En, Relation::AtMost) => "must not exceed",
            (Lang::En, Relation::AtLeast) => "must not be below",
            (Lang::En, _) => "must equal",
        }
    }

    /// Both sides of an identity and their difference. Where its tables have several measures each amount names its own.
    fn amounts(&self, finding: &Finding, n: crate::finding::Numbers) -> [String; 3] {
        let own = [n.value, n.expected, n.difference.abs()].map(|amount| self.money(amount));
        if !self.has_measures(finding) {
            return own;
        }
        let yuan = Measure::Yuan.word();
        let [value, expected, difference] = own.map(|amount| format!("{amount} {yuan}"));
        let mut left = finding.operands.iter().filter(|o| o.is_left);
        let filed = match (left.next(), left.next()) {
            (Some(only), None) if only.factor == Amount::ONE => only.value.map(|v| self.in_measure(only, v)),
            _ => None,
        };
        let value = match filed.filter(|filed| *filed != value) {
            Some(filed) => say!(self.lang, "{filed}（{value}）", "{filed} ({value})"),
            None => value,
        };
        [value, expected, difference]
    }

    /// Whether the tables of an identity are printed in several measures.
    fn has_measures(&self, finding: &Finding) -> bool {
        let mut measures = finding.operands.iter().filter_map(|o| self.budget.tables[o.place.table?].measure);
        measures.next().is_some_and(|first| measures.any(|m| m != first))
    }

    /// An amount with the measure of its table.
    fn in_measure(&self, operand: &Operand, amount: Amount) -> String {
        let measure = operand.place.table.and_then(|t| self.budget.tables[t].measure).map_or("", Measure::word);
        format!("{} {measure}", self.money(amount)).trim_end().to_owned()
    }

    /// The two sides of an identity as its cells.
    fn sides(&self, finding: &Finding) -> (String, String) {
        let left = finding.operands.iter().filter(|o| o.is_left);
        let left: Vec<String> = left.map(|o| self.cell_name(&o.place, &o.label)).collect();
        let right = finding.operands.iter().filter(|o| !o.is_left && o.value.is_some_and(|v| !v.is_zero()));
        let has_measures = self.has_measures(finding);
        let right: Vec<String> = right.map(|o| self.operand(o, has_measures)).collect();
        let more = right.len().saturating_sub(12);
        let mut shown = right.into_iter().take(12).collect::<Vec<_>>().join(self.list());
        if more > 0 {
            shown += &say!(self.lang, " 等另 {more} 格", " and {more} more");
        }
        let left = match (left.is_empty(), self.lang) {
            (true, Lang::Zh) => "（表中没有这一行）".to_owned(),
            (true, Lang::En) => "(no such row)".to_owned(),
            (false, _) => left.join(self.list()),
        };
        (left, shown)
    }

    fn displayed(&self, finding: &Finding, title: &str) -> (String, String) {
        let Some(n) = finding.numbers else { return (title.to_owned(), String::new()) };
        let (left, _) = self.sides(finding);
        let (value, expected, difference) = (self.money(n.value), self.money(n.expected), self.money(n.difference.abs()));
        let lang = self.lang;
        (
            say!(
                lang,
                "{left} 显示为 {value}，按显示的各项相加为 {expected}，相差 {difference}；存储的数值相符。{title}",
                "{left} shows {value}, the parts as shown give {expected}, off by {difference}; the stored numbers agree. {title}"
            ),
            say!(
                lang,
                "公开前请先按两位小数取舍，使打印的数字相符。",
                "Round before publishing so that the printed figures agree."
            ),
        )
    }

    /// A sum that agrees as displayed and not as stored.
    fn only_stored(&self, message: &str) -> (String, String) {
        let lang = self.lang;
        (
            say!(
                lang,
                "{message}。按显示的数字相符，差额只在没有显示的小数里",
                "{message}. The figures as displayed agree: only decimals that are not displayed differ"
            ),
            say!(
                lang,
                "印出的数字不必改；请把各格按显示的位数取舍后再填，使存储的数值也相符。",
                "The printed figures may stand: round the cells to what they display, so that the stored numbers agree too."
            ),
        )
    }

    /// An amount with at least the decimals of the edition.
    fn money(&self, amount: Amount) -> String {
        amount.at_least(self.budget.template.about.decimals)
    }

    fn operand(&self, operand: &Operand, has_measures: bool) -> String {
        let name = self.cell_name(&operand.place, &operand.label);
        let sign = if operand.factor.is_negative() { "−" } else { "" };
        let factor = operand.factor.abs();
        let factor = if factor == Amount::ONE { String::new() } else { format!("{factor} × ") };
        let shown = |value| if has_measures { self.in_measure(operand, value) } else { self.money(value) };
        format!("{name} {sign}{factor}{}", operand.value.map(shown).unwrap_or_default())
    }

    /// What a cell is: 事业单位离退休·合计
    fn what(&self, place: &Place, label: &str) -> String {
        let Some(table) = place.table else { return label.trim().to_owned() };
        let declared = &self.budget.template.tables[table];
        let column = place.column.map(|c| &declared.columns[c]);
        // Where a side has one amount column its heading says nothing.
        let telling =
            column.filter(|c| declared.columns.iter().filter(|o| o.declared.kind.is_numeric() && o.side == c.side).count() > 1);
        let column = telling.map(|c| c.leaf[0].fill(&self.budget.fields(Some(table))).replace(' ', "")).filter(|c| c != label);
        match (label.trim(), column) {
            ("", None) => String::new(),
            (label, None) => label.to_owned(),
            ("", Some(column)) => column,
            (label, Some(column)) => format!("{label}·{column}"),
        }
    }

    /// 《支出总表》D13「事业单位离退休·合计」
    pub(super) fn cell_name(&self, place: &Place, label: &str) -> String {
        let Some(table) = place.table else { return self.site(place) };
        let declared = &self.budget.template.tables[table];
        let what = self.what(place, label);
        let own = declared.declared.sheet.as_str();
        let (sheet, cell) = match place.site.map(|s| (self.budget.place(s), self.budget.is_document(s))) {
            // A document has many tables in one sheet.
            Some(((sheet, cell), true)) => (own, format!("{sheet}!{cell}")),
            Some(((sheet, cell), false)) => (sheet, cell.to_string()),
            None => (own, String::new()),
        };
        match self.lang {
            Lang::Zh => format!("《{sheet}》{cell}「{what}」"),
            Lang::En => format!("{sheet}!{cell} \"{what}\""),
        }
    }

    fn site(&self, place: &Place) -> String {
        let place = place.site.map(|s| self.budget.place(s));
        place.map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default()
    }

    fn here(&self, finding: &Finding) -> String {
        let place = &finding.place;
        let row = place.table.zip(place.row.as_ref()).and_then(|(table, id)| {
            let declared = &self.budget.template.tables[table];
            self.budget.tables[table].row_called(id, declared).map(|row| &self.budget.tables[table].rows[row])
        });
        self.cell_name(place, row.map_or("", |r| r.label.as_str()))
    }

    fn table_title(&self, finding: &Finding) -> String {
        finding.place.table.map(|t| self.budget.template.tables[t].declared.sheet.clone()).unwrap_or_default()
    }
}
