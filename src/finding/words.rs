//! The one place that words findings, in Chinese and in English; never decides anything.

use super::{Detail, Fact, Finding, Identity, Operand, Place, Verdict};
use crate::model::Budget;
use crate::template::Relation;
use crate::template::written::Severity;
use crate::value::Amount;

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

macro_rules! say {
    ($lang:expr, $zh:literal, $en:literal) => {
        match $lang {
            Lang::Zh => format!($zh),
            Lang::En => format!($en),
        }
    };
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

/// What is said of a workbook that several editions fit equally well.
pub(super) fn tie(editions: &[String], lang: Lang) -> (String, String) {
    let names = editions.join(if lang == Lang::Zh { "、" } else { ", " });
    (
        say!(lang, "有几个模板同样符合：{names}", "Several templates fit equally well: {names}"),
        say!(lang, "请用 --template 指定其中一个。", "Name one of them with --template."),
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
            Fact::Identity { title, relation, why, explained } => {
                self.identity(finding, title, *relation, why.as_deref(), explained.as_ref())
            }
            Fact::DisplayedTail { title } => self.displayed(finding, title),
            Fact::Check { title, why, detail } => {
                let (message, advice) = self.detail(finding, detail);
                (format!("{message}{}", self.rule(title)), why.clone().unwrap_or(advice))
            }
            fact => self.reading(fact),
        }
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
        let (value, expected, difference) = (self.money(n.value), self.money(n.expected), self.money(n.difference.abs()));
        let must = match (lang, relation) {
            (Lang::Zh, Relation::AtMost) => "不应大于",
            (Lang::Zh, Relation::AtLeast) => "不应小于",
            (Lang::Zh, _) => "应等于",
            (Lang::En, Relation::AtMost) => "must not exceed",
            (Lang::En, Relation::AtLeast) => "must not be below",
            (Lang::En, _) => "must equal",
        };
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
            let cells = operands.iter().filter(|o| o.value.is_some_and(|v| !v.is_zero())).map(|o| self.operand(o));
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

    /// The two sides of an identity as its cells.
    fn sides(&self, finding: &Finding) -> (String, String) {
        let left = finding.operands.iter().filter(|o| o.is_left);
        let left: Vec<String> = left.map(|o| self.cell_name(&o.place, &o.label)).collect();
        let right = finding.operands.iter().filter(|o| !o.is_left && o.value.is_some_and(|v| !v.is_zero()));
        let right: Vec<String> = right.map(|o| self.operand(o)).collect();
        let more = right.len().saturating_sub(12);
        let mut shown = right.into_iter().take(12).collect::<Vec<_>>().join(self.list());
        if more > 0 {
            shown += &say!(self.lang, " 等另 {more} 格", " and {more} more");
        }
        (left.join(self.list()), shown)
    }

    fn list(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        }
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

    /// An amount with at least the decimals of the edition.
    fn money(&self, amount: Amount) -> String {
        amount.at_least(self.budget.template.about.decimals)
    }

    fn operand(&self, operand: &Operand) -> String {
        let name = self.cell_name(&operand.place, &operand.label);
        let sign = if operand.factor.is_negative() { "−" } else { "" };
        let factor = operand.factor.abs();
        let factor = if factor == Amount::ONE { String::new() } else { format!("{factor} × ") };
        format!("{name} {sign}{factor}{}", operand.value.map(|v| self.money(v)).unwrap_or_default())
    }

    /// 《支出总表》D13「事业单位离退休·合计」
    pub(super) fn cell_name(&self, place: &Place, label: &str) -> String {
        let Some(table) = place.table else { return self.site(place) };
        let declared = &self.budget.template.tables[table];
        let column = place.column.map(|c| &declared.columns[c]);
        // Where a side has one amount column its heading says nothing.
        let telling =
            column.filter(|c| declared.columns.iter().filter(|o| o.declared.kind.is_numeric() && o.side == c.side).count() > 1);
        let column = telling.map(|c| c.leaf[0].fill(&self.budget.fields(Some(table))).replace(' ', "")).filter(|c| c != label);
        let what = match (label.trim(), column) {
            ("", None) => String::new(),
            (label, None) => label.to_owned(),
            ("", Some(column)) => column,
            (label, Some(column)) => format!("{label}·{column}"),
        };
        let sheet = place.site.map_or(declared.declared.sheet.as_str(), |s| self.budget.sheet_name(s.sheet));
        let cell = place.site.map(|s| s.cell.to_string()).unwrap_or_default();
        match self.lang {
            Lang::Zh => format!("《{sheet}》{cell}「{what}」"),
            Lang::En => format!("{sheet}!{cell} \"{what}\""),
        }
    }

    fn site(&self, place: &Place) -> String {
        place.site.map(|s| format!("{}!{}", self.budget.sheet_name(s.sheet), s.cell)).unwrap_or_default()
    }

    fn here(&self, finding: &Finding) -> String {
        let place = &finding.place;
        let row = place.table.zip(place.row.as_ref()).and_then(|(table, id)| {
            let declared = &self.budget.template.tables[table];
            self.budget.tables[table].rows.iter().find(|r| r.id(declared).to_string() == *id)
        });
        self.cell_name(place, row.map_or("", |r| r.label.as_str()))
    }

    fn table_title(&self, finding: &Finding) -> String {
        finding.place.table.map(|t| self.budget.template.tables[t].declared.sheet.clone()).unwrap_or_default()
    }

    fn detail(&self, finding: &Finding, detail: &Detail) -> (String, String) {
        let lang = self.lang;
        let here = self.here(finding);
        let table = self.table_title(finding);
        match detail {
            Detail::TableMissing(table) => (
                say!(lang, "没有找到“{table}”", "The table \"{table}\" is missing"),
                say!(
                    lang,
                    "补上该表；无数据的也应列出空表并说明。",
                    "Add it; a table without data is printed empty with a note."
                ),
            ),
            Detail::TableOrder(table, before) => (
                say!(
                    lang,
                    "“{table}”排在“{before}”之后，与标准次序不同",
                    "\"{table}\" stands after \"{before}\", unlike the standard"
                ),
                say!(lang, "输出时按标准次序排列。", "Outputs use the standard order."),
            ),
            Detail::HeadingMissing(heading) => (
                say!(lang, "《{table}》缺少“{heading}”栏", "{table} has no column \"{heading}\""),
                say!(lang, "恢复标准表头后重报。", "Restore the standard headings."),
            ),
            Detail::HeadingUnknown(heading) => (
                say!(lang, "《{table}》的表头“{heading}”不在标准中", "{table}: the heading \"{heading}\" is not in the standard"),
                say!(
                    lang,
                    "改为标准表头；多出的栏请移到表外。",
                    "Use the standard heading; move extra columns out of the table."
                ),
            ),
            Detail::RowNumber { printed, expected } => (
                say!(
                    lang,
                    "《{table}》序号为“{printed}”，应为 {expected}",
                    "{table}: row number \"{printed}\" should be {expected}"
                ),
                say!(lang, "检查是否漏行、重行；输出时重新编号。", "Look for a missing or repeated row; outputs are renumbered."),
            ),
            Detail::RowMissing(row) => (
                say!(lang, "《{table}》缺少“{row}”行", "{table} has no row \"{row}\""),
                say!(lang, "按标准表样补上该行。", "Add the row."),
            ),
            Detail::CodeLength(code) => (
                say!(lang, "{here} 科目编码 {code} 的位数不对", "{here}: code {code} has a wrong length"),
                say!(
                    lang,
                    "功能科目为 3、5、7 位，经济科目为 3、5 位。",
                    "Functional codes have 3, 5 or 7 digits, economic ones 3 or 5."
                ),
            ),
            Detail::CodeTwice(code) => (
                say!(lang, "{here} 科目编码 {code} 重复", "{here}: code {code} stands twice"),
                say!(lang, "合并为一行，或改正其中一行的编码。", "Merge the rows or correct one code."),
            ),
            Detail::ParentMissing { code, parent } => (
                say!(
                    lang,
                    "{here} 科目 {code} 缺少上级科目 {parent} 的行",
                    "{here}: code {code} has no row of its parent {parent}"
                ),
                say!(lang, "补上上级科目行。", "Add the row of the parent."),
            ),
            Detail::CodeOrder(code) => (
                say!(lang, "{here} 科目 {code} 不在升序位置", "{here}: code {code} is out of order"),
                say!(lang, "输出时按编码升序排列。", "Outputs are sorted by code."),
            ),
            Detail::CodeUnknown(code) => (
                say!(lang, "{here} 科目 {code} 不在已知科目表中", "{here}: code {code} is not in the known list"),
                say!(lang, "对照当年《政府收支分类科目》核实编码。", "Check it against the classification of the year."),
            ),
            Detail::NoteMissing => (
                say!(lang, "《{table}》为空表，但没有“空表列示”说明", "{table} is empty and has no note saying so"),
                say!(lang, "在表下加注说明。", "Add the note."),
            ),
            Detail::NoteFund { note, fund } => (
                say!(
                    lang,
                    "《{table}》的空表说明“{note}”没有写明“{fund}”",
                    "{table}: the note \"{note}\" does not name \"{fund}\""
                ),
                say!(lang, "改用规范的资金名称；输出时已更正。", "Name the fund properly; outputs do."),
            ),
            Detail::NoteOnData(note) => (
                say!(lang, "《{table}》有数据，却带有空表说明“{note}”", "{table} has data and yet the note \"{note}\""),
                say!(lang, "删除该说明，或核对数据。", "Remove the note, or check the data."),
            ),
            Detail::Decimals { shown, standard } => (
                say!(lang, "{here} 显示为 {shown}，不是 {standard} 位小数", "{here} shows {shown}, not {standard} decimals"),
                say!(lang, "金额统一显示 {standard} 位小数；输出时已统一。", "Show {standard} decimals; outputs do."),
            ),
            Detail::Zero => (
                say!(lang, "{here} 打印了零", "{here} prints a zero"),
                say!(lang, "零值应留空；输出时已清除。", "Leave it blank; outputs do."),
            ),
            Detail::Negative => (
                say!(lang, "{here} 为负数", "{here} is negative"),
                say!(lang, "预算金额一般不为负，请核实。", "A budget amount is rarely negative: check it."),
            ),
            Detail::NeverUsed(row) => (
                say!(lang, "{here} 单位预算不应使用“{row}”", "{here}: no unit budget uses \"{row}\""),
                say!(lang, "核对功能科目。", "Check the classification."),
            ),
            Detail::LevelWord(word) => (
                say!(lang, "出现了另一级次的用语“{word}”", "The word \"{word}\" belongs to another level"),
                say!(lang, "部门、单位的称谓不要混用。", "Do not mix the words for department and unit."),
            ),
            Detail::Placeholder(word) => (
                say!(lang, "留有占位文字“{word}”", "The placeholder \"{word}\" was left in"),
                say!(lang, "填写实际内容或删除。", "Fill it in or remove it."),
            ),
            Detail::EmptyDespite(amount) => (
                say!(
                    lang,
                    "《{table}》为空，但收入或结转有 {amount}",
                    "{table} is empty although there is income or carry-over of {amount}"
                ),
                say!(lang, "补填该表，或核对收入。", "Fill the table in, or check the income."),
            ),
            Detail::FilledDespite(amount) => (
                say!(
                    lang,
                    "《{table}》有支出 {amount}，但没有相应的收入或结转",
                    "{table} spends {amount} without income or carry-over"
                ),
                say!(lang, "核对收入与支出。", "Check income and expenditure."),
            ),
            Detail::CodesDiffer { table: other, codes } => {
                let codes = codes.join(self.list());
                (
                    say!(lang, "《{table}》中的科目 {codes} 不在《{other}》中", "Codes {codes} of {table} are not in {other}"),
                    say!(lang, "两表的科目行应当相同。", "Both tables should have the same codes."),
                )
            }
            Detail::NameDiffers { code, here: name, elsewhere } => {
                let (other, other_table) = elsewhere;
                (
                    say!(
                        lang,
                        "{here} 科目 {code} 写作“{name}”，《{other_table}》中写作“{other}”",
                        "{here}: code {code} is called \"{name}\", in {other_table} \"{other}\""
                    ),
                    say!(lang, "统一为当年科目表的名称。", "Use the name of the year's list."),
                )
            }
            Detail::NameNotListed { code, here: name, listed, former } => (
                match former {
                    true => say!(
                        lang,
                        "{here} 科目 {code} 使用了旧名称“{name}”，现名“{listed}”",
                        "{here}: code {code} has its former name \"{name}\", now \"{listed}\""
                    ),
                    false => say!(
                        lang,
                        "{here} 科目 {code} 的名称“{name}”与科目表“{listed}”不符",
                        "{here}: code {code} is called \"{name}\", in the list \"{listed}\""
                    ),
                },
                say!(lang, "核对编码与名称。", "Check code and name."),
            ),
            Detail::CapsExceed { caps, limit } => (
                say!(
                    lang,
                    "各项目成本指标（折合全年）合计 {caps}，超过项目支出 {limit}",
                    "The cost caps of the projects, by year, add up to {caps}, above the project expenditure of {limit}"
                ),
                say!(lang, "核对成本指标与项目支出。", "Check the caps and the project expenditure."),
            ),
            Detail::PurchaseUnplanned { project, goods, table } => {
                let goods = goods.join(self.list());
                (
                    say!(
                        lang,
                        "项目“{project}”写明{goods}，但《{table}》为空",
                        "The project \"{project}\" buys {goods}, but {table} is empty"
                    ),
                    say!(
                        lang,
                        "属于政府采购范围的应编入采购预算和资产购置。",
                        "Put it into the procurement budget and the asset purchases."
                    ),
                )
            }
            Detail::BasesDiffer(bases) => {
                let bases =
                    bases.iter().map(|(name, base)| format!("{name} {}", base.fixed(2))).collect::<Vec<_>>().join(self.list());
                (
                    say!(lang, "各项缴费折算的基数不一致：{bases}", "The contributions come from different bases: {bases}"),
                    say!(lang, "核对缴费基数。", "Check the base."),
                )
            }
            Detail::NatureMisfit { nature, names } => {
                let names = names.join(self.list());
                (
                    say!(
                        lang,
                        "单位性质为“{nature}”，却使用了科目 {names}",
                        "An institution of nature \"{nature}\" uses {names}"
                    ),
                    say!(lang, "核对单位性质或功能科目。", "Check the nature or the classification."),
                )
            }
            Detail::ProductDiffers(product) => (
                say!(lang, "{here} 与数量 × 单价 {product} 不符", "{here} is not quantity times price, {product}"),
                say!(lang, "核对数量、单价及其单位。", "Check quantity, price and their units."),
            ),
        }
    }

    fn reading(&self, fact: &Fact) -> (String, String) {
        let lang = self.lang;
        match fact {
            Fact::HeadingByNumber { printed, expected, number } => (
                say!(
                    lang,
                    "表头“{printed}”不认识，按栏次 {number} 当作“{expected}”读取",
                    "The heading \"{printed}\" is not known; read as \"{expected}\" by its number {number}"
                ),
                say!(lang, "核对该栏内容，改回标准表头。", "Check the column and restore its heading."),
            ),
            Fact::UnknownSheet { sheet, numbers } => (
                say!(
                    lang,
                    "工作表“{sheet}”不是标准表，没有读取（其中有 {numbers} 个数字）",
                    "The sheet \"{sheet}\" is no standard table and was not read ({numbers} numbers in it)"
                ),
                say!(
                    lang,
                    "如属标准表，请恢复标题和表头；否则可忽略。",
                    "If it is one, restore title and headings; else ignore this."
                ),
            ),
            Fact::UnplacedRow { text, numbers } => {
                let numbers = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(self.list());
                match numbers.is_empty() {
                    true => (
                        say!(lang, "“{text}”不是标准行，已略过", "\"{text}\" is no row of the table and was passed over"),
                        say!(lang, "无数字，一般可忽略。", "There is no number in it."),
                    ),
                    false => (
                        say!(
                            lang,
                            "“{text}”无法归入标准行，其中的数字没有读取：{numbers}",
                            "\"{text}\" fits no row of the table; its numbers were not read: {numbers}"
                        ),
                        say!(lang, "补上科目编码，或改为标准行名。", "Add the code or use the standard label."),
                    ),
                }
            }
            Fact::UnplacedColumn { heading, number } => (
                say!(
                    lang,
                    "数字 {number} 不在任何标准栏下（表头“{heading}”），没有读取",
                    "The number {number} stands under no standard heading (\"{heading}\") and was not read"
                ),
                say!(lang, "移到标准栏，或移到表外。", "Move it under its heading or out of the table."),
            ),
            Fact::NotANumber { text } => (
                say!(lang, "此处应为数字，却是“{text}”", "\"{text}\" stands where a number belongs"),
                say!(lang, "填写数字；无数据请留空。", "Type the number, or leave it blank."),
            ),
            Fact::NumberAsText { text, number } => (
                say!(
                    lang,
                    "以文本形式存储的数字“{text}”，按 {number} 读取",
                    "The text \"{text}\" was read as the number {number}"
                ),
                say!(lang, "改为数值格式；输出时已转为数字。", "Store it as a number; outputs do."),
            ),
            Fact::NoValue { error } => match error {
                Some(error) => (
                    say!(lang, "单元格为错误值 {error}", "The cell holds the error {error}"),
                    say!(lang, "改正公式或填写数字。", "Mend the formula or type the number."),
                ),
                None => (
                    say!(lang, "公式没有计算结果，数字读不出来", "The formula was never calculated, so there is no number"),
                    say!(lang, "用 Excel 或 WPS 打开、重新计算并保存。", "Open it in Excel or WPS, recalculate and save."),
                ),
            },
            Fact::TableTwice { first } => {
                let first = format!("{}!{}", self.budget.sheet_name(first.sheet), first.cell);
                (
                    say!(
                        lang,
                        "同一张表出现两次，只读取了 {first} 处的一份",
                        "The table stands twice; only the one at {first} was read"
                    ),
                    say!(lang, "删除多余的一份。", "Remove the other one."),
                )
            }
            Fact::TableBySheetName { sheet } => (
                say!(
                    lang,
                    "表内没有认识的标题，按工作表名“{sheet}”识别",
                    "No known title in it; recognised by the name of its sheet, \"{sheet}\""
                ),
                say!(lang, "补上标准标题。", "Add the title."),
            ),
            Fact::MeasureAssumed { measure } => (
                say!(lang, "表上没有注明金额单位，按 {measure} 读取", "No measure is printed; {measure} is taken"),
                say!(lang, "补上“单位：{measure}”，并核对金额。", "Add the measure and check the amounts."),
            ),
            Fact::MeasureKept { printed, standard } => (
                say!(
                    lang,
                    "金额单位为{printed}，标准为{standard}；按{printed}保留",
                    "Amounts are in {printed}, the standard is {standard}; they are kept in {printed}"
                ),
                say!(lang, "如应为{standard}，请换算后重报。", "Convert them if {standard} is wanted."),
            ),
            Fact::NotPrinted { what, taken } => {
                let what = match (lang, what) {
                    (Lang::Zh, Identity::Code) => "单位编码",
                    (Lang::Zh, Identity::Name) => "单位名称",
                    (Lang::Zh, Identity::Year) => "预算年度",
                    (Lang::En, Identity::Code) => "The unit's code",
                    (Lang::En, Identity::Name) => "The unit's name",
                    (Lang::En, Identity::Year) => "The budget year",
                };
                let message = match taken {
                    Some(taken) => say!(
                        lang,
                        "{what}没有印在表上，取自文件名“{taken}”",
                        "{what} is not printed; taken from the file name \"{taken}\""
                    ),
                    None => say!(lang, "{what}没有印在表上", "{what} is not printed"),
                };
                (message, say!(lang, "补印在各表上方。", "Print it above every table."))
            }
            Fact::CodePadded { written, read } => (
                say!(
                    lang,
                    "编码“{written}”丢了前面的零，按“{read}”读取",
                    "\"{written}\" lost its leading zero; read as \"{read}\""
                ),
                say!(lang, "把编码列设为文本格式。", "Format the code column as text."),
            ),
            Fact::EditionSettled { edition, year } => {
                let year = year.map(|y| y.to_string()).unwrap_or_default();
                (
                    say!(lang, "没有 {year} 年的模板，按 {edition} 读取", "There is no template for {year}; read as {edition}"),
                    say!(lang, "核对表样；可用 --template 指定模板。", "Check the layout, or name the template with --template."),
                )
            }
            Fact::WordingRestored { standard } => {
                (say!(lang, "已改为标准文字“{standard}”", "The standard wording was restored: \"{standard}\""), String::new())
            }
            Fact::Identity { .. } | Fact::DisplayedTail { .. } | Fact::Check { .. } => (String::new(), String::new()),
        }
    }
}
