//! Words for rules themselves: their groups, tolerances, and the rules of reading, which no template declares; never a finding.

use super::Lang;
use crate::template::Severity::{Error, Note, Warning};
use crate::template::{Severity, Tolerance};

/// A rule of reading: what is told where a workbook is not as its form says.
#[derive(Debug)]
pub struct ReadingRule {
    /// Its id.
    pub id: &'static str,
    /// How much it usually matters.
    pub severity: Severity,
    /// What it says, in Chinese and in English.
    pub title: [&'static str; 2],
    /// What it finds, by an example.
    pub example: [&'static str; 2],
    /// When it speaks up although nothing is wrong; empty where that is not known.
    pub false_alarms: [&'static str; 2],
}

/// The groups of rules by the first letter of their ids, in Chinese and in English.
pub const RULE_GROUPS: [(char, [&str; 2]); 9] = [
    ('A', ["表内", "Within a table"]),
    ('B', ["表间", "Between tables"]),
    ('C', ["功能分类与经济分类", "Functional and economic classification"]),
    ('D', ["情况说明", "Narrative"]),
    ('E', ["与上年", "The year before"]),
    ('P', ["绩效目标", "Performance targets"]),
    ('S', ["结构和格式", "Structure and format"]),
    ('F', ["汇总", "Merging"]),
    ('R', ["读取", "Reading"]),
];

/// What a tolerance allows.
pub fn tolerance(tolerance: Tolerance, lang: Lang) -> String {
    match (tolerance, lang) {
        (Tolerance::Exact, Lang::Zh) => "无".to_owned(),
        (Tolerance::Exact, Lang::En) => "none".to_owned(),
        (Tolerance::Tail, Lang::Zh) => "四舍五入尾差，n 个非空加数时不超过半个末位 ×（n + 1）；只有一个加数时无".to_owned(),
        (Tolerance::Tail, Lang::En) => {
            "what rounding explains: at most half a last digit × (n + 1) for n filled addends, none for a single one".to_owned()
        }
        (Tolerance::Within(bound), _) => bound.to_string(),
    }
}

const fn rule(
    id: &'static str,
    severity: Severity,
    title: [&'static str; 2],
    example: [&'static str; 2],
    false_alarms: [&'static str; 2],
) -> ReadingRule {
    ReadingRule { id, severity, title, example, false_alarms }
}

const NONE: [&str; 2] = ["", ""];

/// The rules of reading.
#[rustfmt::skip]
pub const READING_RULES: [ReadingRule; 37] = [
    rule("R00", Error, ["文件无法读取", "A file that cannot be read"],
        ["工作簿加密而没有给出密码；文件损坏；其中没有任何认识的预算表。", "An encrypted workbook without its password; a damaged file; no table of any known edition in it."],
        ["命令中写明的文件不是预算的，也这样报告。", "A file that is no budget at all, where it was named on the command line."]),
    rule("R01", Note, ["表头不认识，按栏次读取", "A heading that is not known, read by its column number"],
        ["表头写作“其中：人员”，栏次是 2，按“人员经费”读取。", "A heading reads otherwise than the form, its number is 2: read as the form's second column."], NONE),
    rule("R02", Note, ["工作表不是标准表，没有读取", "A sheet that is no standard table and was not read"],
        ["工作表“测算底稿”中有 40 个数字，没有读取。", "A sheet of workings with 40 numbers was not read."],
        ["单位自留的底稿、附件本来就不必读取。", "Workings and annexes of the unit's own need not be read."]),
    rule("R03", Error, ["一行无法归入标准行，其中的数字没有读取", "A row that fits no row of the table, its numbers not read"],
        ["行名“培训及会议”不是标准行，其中的 3.69 没有读取。没有数字的行只作提示。", "The label fits no row; its 3.69 was not read. Without numbers it is a note only."], NONE),
    rule("R04", Error, ["应为数字处是文字", "Text where a number belongs"],
        ["金额格中写着“约12”。", "An amount cell says \"about 12\"."], NONE),
    rule("R05", Note, ["以文本形式存储的数字", "A number stored as text"],
        ["单元格是文本“59.10”，按 59.1 读取。", "The text \"59.10\" is read as 59.1."], NONE),
    rule("R06", Error, ["公式没有结果，或是错误值", "A formula without a result, or an error value"],
        ["单元格显示 #REF!。", "The cell shows #REF!."], NONE),
    rule("R07", Error, ["数字不在任何标准栏下，没有读取", "A number under no standard heading, not read"],
        ["表的右侧空栏里有一个 12.00。", "12.00 stands in an empty column at the right of the table."], NONE),
    rule("R08", Error, ["同一张表出现两次", "One table twice"],
        ["收入总表有两张，只读取了前一张。", "The revenue table stands twice; only the first was read."], NONE),
    rule("R09", Note, ["表内没有标题，按工作表名识别", "A table without its title, known by the name of its sheet"],
        ["工作表名是“支出总表”，表内没有标题。", "The sheet is called like the table; no title is printed."], NONE),
    rule("R10", Warning, ["金额单位没有注明、不一致或不能处理", "A measure that is not printed, differs, or cannot be handled"],
        ["表上没有“单位：万元”，按万元读取。", "No measure is printed: 万元 is taken."], NONE),
    rule("R11", Note, ["单位编码、名称或年度没有印在表上", "The unit's code, name or year is not printed"],
        ["各表都没有印预算年度。", "No table prints the budget year."], NONE),
    rule("R12", Note, ["科目编码丢了前面的零", "A code that lost its leading zero"],
        ["编码“5”按“05”读取。", "\"5\" is read as \"05\"."], NONE),
    rule("R13", Note, ["没有该年度的模板，按最近的读取", "No template of that year: the nearest one is used"],
        ["下一年度的预算，还没有新模板，按上一年的读取。", "A budget of a later year is read by the last template there is."], NONE),
    rule("R14", Note, ["存储的数相符，显示的数不符", "Sums that hold as stored and not as displayed"],
        ["显示 1.01 + 1.01 = 2.01，存储的是 1.005 + 1.005 = 2.01。", "1.01 + 1.01 = 2.01 is shown; 1.005 + 1.005 = 2.01 is stored."], NONE),
    rule("R15", Note, ["写出时恢复了标准文字", "The standard wording was restored in the output"],
        ["修改记录中：“政府基金预算”改为“政府性基金预算”。", "In the ledger of changes: a heading is printed as the form has it."], NONE),
    rule("R16", Error, ["有数字不属于任何标准表，没有读取", "Numbers that belong to no table, not read"],
        ["标题之下没有标准表头，其中 12 个数字没有读取。", "Below a title stand no headings; 12 numbers were not read."],
        ["表外的草稿数字本来就不属于预算的，移出工作表即可。", "Scribbled numbers beside a table belong to no budget: move them out."]),
    rule("R17", Note, ["工作表是隐藏的，照样读取", "A hidden sheet, read all the same"],
        ["隐藏的“支出总表”被读取。", "The hidden expenditure table was read."], NONE),
    rule("R18", Warning, ["换模板或汇总时没有位置，没有转入", "No place in the other edition, so it did not go over"],
        ["旧表样的“上年结余”在新表样中没有这一行。", "A row of the old form has none in the new one."], NONE),
    rule("R19", Note, ["科目改用现名", "An item goes by its new name"],
        ["“医疗卫生与计划生育支出”改为“卫生健康支出”。", "A class is printed by the name it has now."], NONE),
    rule("R20", Warning, ["有数字没有读出，合计保留原数", "Numbers were not read, so totals are kept as filed"],
        ["一行没有读取，这张表的合计不重算。", "A row was not read; the totals of its table are not recomputed."], NONE),
    rule("R21", Error, ["个别表写着别的单位或年度", "A table that names another unit or year"],
        ["十张表是 434007，一张是 434008。", "Ten tables name 434007, one names 434008."], NONE),
    rule("R22", Warning, ["同一单位同一年度有几份", "One unit and year several times"],
        ["两个文件都是 434007 单位同一年度的预算。", "Two files are the budget of one unit and year."],
        ["有意保留的旧稿：只处理要用的那一份即可。", "An old draft that was kept on purpose: process the one that counts."]),
    rule("R29", Note, ["文件夹中的文档不是预算，已略过", "A document in a folder that is no budget, passed over"],
        ["文件夹里的通知.docx 没有认识的预算表。", "A letter in the folder has no known table."],
        ["来文、通讯录等与预算无关的文档。", "Letters and lists that have nothing to do with budgets."]),
    rule("R30", Note, ["标准表没有的自加列", "A column of the unit's own"],
        ["表中多了一栏“备注金额”，其中的数单独列出，不计入预算。", "A column the form has not: its numbers are listed and count in nothing."], NONE),
    rule("R31", Note, ["有隐藏的行或列，照样读取", "Hidden rows or columns, read all the same"],
        ["第 7 至 9 行是隐藏的，其中有金额。", "Rows 7 to 9 are hidden and hold amounts."], NONE),
    rule("R32", Note, ["公式没有存储结果，由程序算出", "A formula without a stored result, calculated here"],
        ["D6 的公式 =SUM(D7:D12) 没有结果，算得 910.01。", "=SUM(D7:D12) has no stored result: 910.01."], NONE),
    rule("R33", Note, ["表向右续列，或与别的表并排", "A table that goes on to the right, or stands beside another"],
        ["右侧重复了表头，接在左侧之后读取。", "The headings are repeated at the right; that part was read after the left."], NONE),
    rule("R34", Warning, ["存储的结果不是公式的结果", "A stored result that is not what its formula gives"],
        ["存储 910.01，公式应得 909.22；按 910.01 读取。", "910.01 is stored, the formula gives 909.22; 910.01 was read."],
        ["用了本程序不计算的旧版函数时，请在 Excel 中重算后再查。", "Recalculate in Excel and check again before anything is changed."]),
    rule("R35", Note, ["一个文件有几份预算，已分开", "Several budgets in one file, parted"],
        ["一个工作簿里有三个单位的表。", "A workbook holds the tables of three units."], NONE),
    rule("R36", Note, ["几个文件合成一份预算", "Several files put together"],
        ["一张表一个文件，九个文件合成一份。", "One file per table: nine files are one budget."], NONE),
    rule("R37", Warning, ["显示的数与存储的数相差千倍、万倍", "Displayed and stored numbers differ a thousandfold"],
        ["存储 9100100，数字格式显示为 910.01。", "9100100 is stored and shown as 910.01 by its format."], NONE),
    rule("R38", Note, ["空白的编码沿用上面的", "A blank code carried on from above"],
        ["合并的编码格只有第一行有编码，以下各行沿用。", "Only the first row below a merged code cell has the code."], NONE),
    rule("R39", Note, ["没有与上年的预算核对", "Not compared with the year before"],
        ["给出的上年预算中没有这个单位。", "The budgets of the year before hold none of this unit."], NONE),
    rule("R41", Note, ["情况说明中的金额没有更新", "An amount of the narrative was not renewed"],
        ["“减少 4.99 万元”没有写明上年数，不知道该改成多少。", "A change whose base is not stated: what it should be is not known."], NONE),
    rule("R42", Note, ["起草了情况说明", "A narrative was drafted"],
        ["没有报来情况说明，按模板的句子起草，“____”处由单位填写。", "None was filed: one is drafted, with gaps for the unit to fill in."], NONE),
    rule("R90", Error, ["没有写出", "Not written"],
        ["输出文件正在 Excel 中打开，没有写出。", "The output is open in Excel and was not written."], NONE),
];
