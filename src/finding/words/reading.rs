//! Words for what reading a workbook took: concessions, and what could not be read; never decides anything.

use super::{Lang, Words};
use crate::finding::{Fact, Identity};

impl Words<'_> {
    pub(super) fn reading(&self, fact: &Fact, table: Option<usize>) -> (String, String) {
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
            Fact::HeadingDisplaced { heading, number } => (
                say!(
                    lang,
                    "表头“{heading}”与栏次 {number} 不在同一栏，按栏次读取",
                    "The heading \"{heading}\" and its number {number} stand over different columns; read by the number"
                ),
                say!(lang, "核对该栏内容，把表头移到栏次上方。", "Check the column and move the heading above its number."),
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
            Fact::NumbersOutside { title, numbers } => (
                match title {
                    Some(title) => say!(
                        lang,
                        "“{title}”的标题之下有不带标准表头的内容，其中 {numbers} 个数字没有读取",
                        "Below the title of {title} stands something without its headings; {numbers} numbers in it were not read"
                    ),
                    None => say!(
                        lang,
                        "此处有 {numbers} 个数字不属于任何标准表，没有读取",
                        "{numbers} numbers that belong to no table were not read"
                    ),
                },
                say!(
                    lang,
                    "恢复标准标题和表头；不属于表格的数字请移出工作表。",
                    "Restore title and headings; move other numbers out of the sheet."
                ),
            ),
            Fact::UnplacedRow { text, numbers } if text.is_empty() && !numbers.is_empty() => {
                let numbers = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(self.list());
                (
                    say!(
                        lang,
                        "此行没有编码和名称，其中的数字没有读取：{numbers}",
                        "The row has neither code nor label; its numbers were not read: {numbers}"
                    ),
                    say!(lang, "补上科目编码，或改为标准行名。", "Add the code or use the standard label."),
                )
            }
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
            Fact::UnplacedColumn { heading, number } => {
                let above = self.above(heading);
                (
                    say!(
                        lang,
                        "数字 {number} 不在任何标准栏下（{above}），没有读取",
                        "The number {number} stands under no standard heading ({above}) and was not read"
                    ),
                    say!(lang, "移到标准栏，或移到表外。", "Move it under its heading or out of the table."),
                )
            }
            Fact::OwnColumn { heading, missing, cells } => self.own_column(table, heading, missing, cells),
            Fact::HiddenCells { rows, columns } => self.hidden_cells(rows, columns),
            Fact::Calculated { cells } => self.calculated(table, cells),
            Fact::Scaled { cells } => self.scaled(table, cells),
            Fact::CodesCarried { cells } => self.carried(table, cells),
            Fact::Stale { held, gives } => (
                say!(
                    lang,
                    "存储的结果 {held} 不是公式的结果，按公式应为 {gives}；按 {held} 读取",
                    "The stored result {held} is not what the formula gives, {gives}; {held} was read"
                ),
                say!(
                    lang,
                    "用 Excel 或 WPS 打开、重新计算并保存，核对此格。",
                    "Open it in Excel or WPS, recalculate, save and check."
                ),
            ),
            Fact::SideBySide { goes_on: true } => (
                say!(
                    lang,
                    "表在右侧重复表头续列，右侧部分接在左侧之后读取",
                    "The table goes on to the right under the same headings; that part was read after the left"
                ),
                String::new(),
            ),
            Fact::SideBySide { goes_on: false } => (
                say!(lang, "此表与左侧的表并排，分开读取", "The table stands beside another and was read by itself"),
                String::new(),
            ),
            Fact::MeasuresDiffer { printed } => {
                let all = printed.join(self.list());
                let taken = printed.first().copied().unwrap_or_default();
                (
                    say!(
                        lang,
                        "同一张表注明了几种金额单位：{all}；按{taken}读取",
                        "Several measures are printed for the table: {all}; {taken} is taken"
                    ),
                    say!(lang, "一张表只用一种金额单位，请改正并核对金额。", "Use one measure in a table and check the amounts."),
                )
            }
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
                Some(error) if error.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => (
                    say!(
                        lang,
                        "数字 {error} 太大，不可能是金额，没有读取",
                        "The number {error} is too large for an amount and was not read"
                    ),
                    say!(lang, "核对并改正数字。", "Check and correct the number."),
                ),
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
                let (sheet, cell) = self.budget.place(*first);
                let first = format!("{sheet}!{cell}");
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
            Fact::OneOfSeveral { budgets } => (
                say!(
                    lang,
                    "文件中有 {budgets} 份预算，按各表印明的单位和年度分开，这是其中一份",
                    "The file holds {budgets} budgets, parted by the units and years that its tables name; this is one"
                ),
                say!(lang, "核对各份的单位、年度和表格是否分得对。", "Check that each has its own tables."),
            ),
            Fact::Joined { files } => {
                let (count, list) = (files.len(), files.join("、"));
                (
                    say!(lang, "由 {count} 个文件合成一份：{list}", "Put together from {count} files: {list}"),
                    say!(
                        lang,
                        "核对是否同一单位、同一年度、同一稿。",
                        "Check that they are of one unit, one year and one version."
                    ),
                )
            }
            Fact::HiddenSheet { sheet } => (
                say!(lang, "工作表“{sheet}”是隐藏的，照样读取", "The sheet \"{sheet}\" is hidden; it was read all the same"),
                say!(lang, "如为旧稿，请删除；否则请取消隐藏。", "Remove it if it is an old draft, else show it."),
            ),
            Fact::MeasureAssumed { measure } => (
                say!(lang, "表上没有注明金额单位，按 {measure} 读取", "No measure is printed; {measure} is taken"),
                say!(lang, "补上“单位：{measure}”，并核对金额。", "Add the measure and check the amounts."),
            ),
            Fact::MeasureUnknown { printed } => (
                say!(
                    lang,
                    "金额单位“{printed}”不能处理，金额没有换算",
                    "Amounts in {printed} cannot be handled; they were not converted"
                ),
                say!(lang, "请换算成元、千元或万元后重报。", "Convert them to 元, 千元 or 万元 and file again."),
            ),
            Fact::MeasureKept { printed, standard } => (
                say!(
                    lang,
                    "金额单位为{printed}，标准为{standard}；按{printed}保留",
                    "Amounts are in {printed}, the standard is {standard}; they are kept in {printed}"
                ),
                say!(lang, "如应为{standard}，请换算后重报。", "Convert them if {standard} is wanted."),
            ),
            Fact::OtherIdentity { what, here, taken } => {
                let what = self.identity_word(*what);
                (
                    say!(lang, "{what}为“{here}”，按“{taken}”处理", "{what} is \"{here}\" here; \"{taken}\" is taken"),
                    say!(
                        lang,
                        "核对是否误贴了其他单位或其他年度的表。",
                        "Check whether the table is another unit's or another year's."
                    ),
                )
            }
            Fact::NotPrinted { what, taken } => {
                let what = self.identity_word(*what);
                let message = match taken {
                    Some(taken) => {
                        say!(lang, "{what}没有印在表上，取自“{taken}”", "{what} is not printed; taken from \"{taken}\"")
                    }
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
            Fact::LeftBehind { what, edition, amounts } => {
                let amounts = amounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(self.list());
                let message = if amounts.is_empty() {
                    say!(
                        lang,
                        "“{what}”在 {edition} 中没有位置，没有转入",
                        "{edition} has no place for \"{what}\"; it did not go over"
                    )
                } else {
                    say!(
                        lang,
                        "“{what}”在 {edition} 中没有位置，金额 {amounts} 没有转入",
                        "{edition} has no place for \"{what}\"; the amounts {amounts} did not go over"
                    )
                };
                (message, say!(lang, "请在新表中人工填列。", "Fill it in by hand."))
            }
            Fact::Renamed { before, after } => {
                (say!(lang, "科目名称“{before}”已改为现名“{after}”", "\"{before}\" is now called \"{after}\""), String::new())
            }
            Fact::WordingRestored { standard } => {
                (say!(lang, "已改为标准文字“{standard}”", "The standard wording was restored: \"{standard}\""), String::new())
            }
            Fact::Identity { .. }
            | Fact::DisplayedTail { .. }
            | Fact::Check { .. }
            | Fact::TotalsKept { .. }
            | Fact::Narrative(_)
            | Fact::Beside(_) => (String::new(), String::new()),
        }
    }

    fn identity_word(&self, what: Identity) -> &'static str {
        match (self.lang, what) {
            (Lang::Zh, Identity::Code) => "单位编码",
            (Lang::Zh, Identity::Name) => "单位名称",
            (Lang::Zh, Identity::Year) => "预算年度",
            (Lang::En, Identity::Code) => "The unit's code",
            (Lang::En, Identity::Name) => "The unit's name",
            (Lang::En, Identity::Year) => "The budget year",
        }
    }
}
