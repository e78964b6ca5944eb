//! Words for named checks that do not hold; never decides anything.

use super::{Lang, Words};
use crate::finding::{Detail, Finding};

impl Words<'_> {
    pub(super) fn detail(&self, finding: &Finding, detail: &Detail) -> (String, String) {
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
            Detail::NoAmounts => (
                say!(lang, "各公开表都没有金额", "No table has any amount"),
                say!(lang, "核对是否误报了空白表。", "Check whether a blank form was filed."),
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
            Detail::Typed(typed) => self.typed(finding, typed),
        }
    }
}
