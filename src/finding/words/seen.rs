//! Words for how cells stood in a workbook: in columns of its own, hidden, without a heading; never decides anything.

use super::{Lang, Words};
use crate::finding::OwnCell;
use crate::value::CellRef;

/// So many cells of a column are named in the message; all of them stand in the JSON form.
const NAMED: usize = 12;

impl Words<'_> {
    /// What stands above a number.
    pub(super) fn above(&self, heading: &str) -> String {
        match heading.is_empty() {
            true => say!(self.lang, "上方没有表头", "no heading above it"),
            false => say!(self.lang, "表头“{heading}”", "\"{heading}\""),
        }
    }

    pub(super) fn own_column(
        &self,
        table: Option<usize>,
        heading: &str,
        missing: &[String],
        cells: &[OwnCell],
    ) -> (String, String) {
        let lang = self.lang;
        let listed = self.listed(table, cells);
        let (count, above) = (cells.len(), self.above(heading));
        if missing.iter().any(|m| m == heading) {
            return (
                say!(
                    lang,
                    "“{heading}”一栏重复出现，只读了一栏；这一栏 {count} 格没有读取：{listed}",
                    "The column \"{heading}\" stands twice and was read once; its other {count} cells were not read: {listed}"
                ),
                say!(lang, "删去多余的栏，或移到表外。", "Remove the other column, or move it out of the table."),
            );
        }
        if !missing.is_empty() {
            let missing = missing.join(self.list());
            return (
                say!(
                    lang,
                    "“{heading}”不是标准栏，而标准栏“{missing}”没有找到；这一栏 {count} 格没有读取：{listed}",
                    "\"{heading}\" is no standard column while \"{missing}\" is missing; its {count} cells were not read: {listed}"
                ),
                say!(lang, "如即标准栏，请改回标准表头。", "If it is that column, restore its heading."),
            );
        }
        if heading.is_empty() {
            return (
                say!(
                    lang,
                    "表旁一栏有 {count} 个数字（{above}），没有作为预算数读取：{listed}",
                    "{count} numbers in a column beside the table ({above}) were not read as amounts: {listed}"
                ),
                say!(lang, "移到标准栏，或移到表外。", "Move them under their heading or out of the table."),
            );
        }
        (
            say!(
                lang,
                "“{heading}”是本单位自加的栏，不属于标准表，{count} 格保留在此、没有作为预算数读取：{listed}",
                "\"{heading}\" is a column of the unit's own; its {count} cells are kept here and not read as amounts: {listed}"
            ),
            say!(lang, "报送前请删去自加的栏，或移到表外。", "Remove the column before filing, or move it out of the table."),
        )
    }

    pub(super) fn calculated(&self, table: Option<usize>, cells: &[OwnCell]) -> (String, String) {
        let (lang, listed) = (self.lang, self.listed(table, cells));
        (
            say!(
                lang,
                "公式未计算，按公式算得：{listed}，照此读取",
                "Formulas were never calculated; what they give was read: {listed}"
            ),
            say!(lang, "用 Excel 或 WPS 打开、重新计算并保存。", "Open it in Excel or WPS, recalculate and save."),
        )
    }

    pub(super) fn carried(&self, table: Option<usize>, cells: &[OwnCell]) -> (String, String) {
        let (lang, listed) = (self.lang, self.listed(table, cells));
        (
            say!(
                lang,
                "科目编码的前几位只写在上面的行，照上面的行补全读取：{listed}",
                "The first parts of codes stand only in a row above and were completed from there: {listed}"
            ),
            say!(lang, "每行写全类、款、项编码。", "Write every part of the code in every row."),
        )
    }

    pub(super) fn scaled(&self, table: Option<usize>, cells: &[OwnCell]) -> (String, String) {
        let (lang, listed) = (self.lang, self.listed(table, cells));
        (
            say!(
                lang,
                "单元格格式把数缩小到千分之一或万分之一显示，按存储的数读取：{listed}",
                "The number format displays a thousandth or ten thousandth; the stored numbers were read: {listed}"
            ),
            say!(
                lang,
                "核对表上注明的金额单位是存储的数的单位还是显示的数的单位；改用普通数值格式。",
                "See whether the printed measure is that of the stored or of the displayed numbers; use a plain number format."
            ),
        )
    }

    /// The first cells with their rows and values, and how many more there are.
    fn listed(&self, table: Option<usize>, cells: &[OwnCell]) -> String {
        let named: Vec<String> = cells.iter().take(NAMED).map(|cell| self.own_cell(table, cell)).collect();
        let mut listed = named.join(self.list());
        if cells.len() > NAMED {
            let more = cells.len() - NAMED;
            listed += &say!(self.lang, " 等另 {more} 格", " and {more} more");
        }
        listed
    }

    /// `J10 事业运行 1.50`
    fn own_cell(&self, table: Option<usize>, cell: &OwnCell) -> String {
        let label = table.zip(cell.row).map(|(t, row)| self.budget.tables[t].rows[row].label.trim()).unwrap_or_default();
        [cell.site.cell.to_string().as_str(), label, cell.shown.as_str()].join(" ").replace("  ", " ")
    }

    pub(super) fn hidden_cells(&self, rows: &[u32], columns: &[u16]) -> (String, String) {
        let lang = self.lang;
        let mut hidden: Vec<String> =
            rows.iter().take(NAMED).map(|row| row + 1).map(|row| say!(lang, "第 {row} 行", "row {row}")).collect();
        let letters = |col: &u16| CellRef::new(0, *col).to_string().trim_end_matches('1').to_owned();
        hidden.extend(columns.iter().take(NAMED).map(letters).map(|col| say!(lang, "{col} 列", "column {col}")));
        let hidden = hidden.join(self.list());
        (
            say!(lang, "{hidden}是隐藏的，其中有金额，照样读取", "Amounts were read from what is hidden: {hidden}"),
            say!(lang, "如不需要，请删除；否则请取消隐藏。", "Remove it if it is not needed, else show it."),
        )
    }

    pub(super) fn list(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        }
    }
}
