//! The lists of a summary: findings, projects, rows by unit, rounding, comparison; never decides what stands in them.

use super::{list, unless_empty};
use crate::finding::Told;
use crate::grid::{Look, Sheet, Value};
use crate::model::{Budget, Key};
use crate::stage::layout::paper::Paper;
use crate::stage::merge::comparison::Difference;
use crate::stage::merge::recall::list_heading;
use crate::stage::merge::{ListRow, Member, Summary};
use crate::template::{Body, Severity};
use crate::value::{Amount, CellRef, Measure};

/// Number, code and name of a member before the other columns of a row.
fn unit(paper: &mut Paper, summary: &Summary, member: Option<usize>) {
    let Some(place) = member else { return };
    let member = &summary.members[place];
    paper.put(CellRef::new(paper.row, 0), Value::Number(Amount::from(place as i64 + 1)), Look::Centered);
    texts(paper, 1, &[member.code.as_deref().unwrap_or_default(), member.name.as_deref().unwrap_or_default()]);
}

fn texts(paper: &mut Paper, first: u16, texts: &[&str]) {
    for (column, text) in (first..).zip(texts) {
        paper.text_over((column, column), text, Look::Label(0));
    }
}

fn amount(paper: &mut Paper, column: u16, amount: Option<Amount>, look: Look) {
    let at = CellRef::new(paper.row, column);
    paper.put(at, amount.map_or(Value::Blank, Value::Number), look);
}

fn money(summary: &Summary) -> Look {
    let about = &summary.budget.template.about;
    Look::Amount(about.decimals, about.grouped)
}

/// What was found: first of the merger and the summary, then the worst of every member.
pub(super) fn findings(summary: &Summary, told: &[(Option<usize>, Told)]) -> Sheet {
    let template = &summary.budget.template;
    let words = &template.merging.declared.findings;
    let mut paper = list(&words.sheet, &words.headings, vec![6.0, 12.0, 30.0, 7.0, 7.0, 26.0, 90.0]);
    for (member, told) in told {
        unit(&mut paper, summary, *member);
        // The words go from the worst down.
        let severity = &template.blank.severities[Severity::Error as usize - told.severity as usize];
        let place = told.sheet.as_ref().zip(told.cell.as_ref()).map(|(s, c)| format!("{s}!{c}"));
        let place = place.unwrap_or_else(|| told.file.clone());
        texts(&mut paper, 3, &[severity, &told.rule, &place, &told.message]);
        paper.row += 1;
    }
    for (place, member) in summary.members.iter().enumerate() {
        for remark in &member.worst {
            unit(&mut paper, summary, Some(place));
            texts(&mut paper, 3, &[&remark.severity, &remark.rule, &remark.place, &remark.message]);
            paper.row += 1;
        }
    }
    paper.finish()
}

/// All projects of the members that count.
pub(super) fn projects(summary: &Summary) -> Option<Sheet> {
    let words = &summary.budget.template.merging.declared.projects;
    let mut paper = list(&words.sheet, &words.headings, vec![6.0, 12.0, 30.0, 40.0, 60.0, 8.0, 34.0, 24.0]);
    let first = paper.row;
    for (place, member) in summary.counted() {
        for project in &member.projects {
            unit(&mut paper, summary, Some(place));
            let (sheet, cell) = member.place(project.site);
            let site = format!("{sheet}!{cell}");
            texts(&mut paper, 3, &[&project.name, &project.goal]);
            let count = Value::Number(Amount::from(project.indicators as i64));
            paper.put(CellRef::new(paper.row, 5), count, Look::Centered);
            texts(&mut paper, 6, &[member.file_of(Some(project.site)), &site]);
            paper.row += 1;
        }
    }
    let is_empty = paper.row == first;
    unless_empty(paper, is_empty)
}

/// The rows of every list with the unit they belong to.
pub(super) fn by_unit(summary: &Summary) -> Vec<Sheet> {
    let template = &summary.budget.template;
    let tables = template.tables.iter().enumerate().filter(|(_, t)| t.declared.body == Body::List);
    tables.filter_map(|(place, _)| rows_by_unit(summary, place)).collect()
}

fn rows_by_unit(summary: &Summary, table: usize) -> Option<Sheet> {
    let (template, budget) = (&summary.budget.template, &summary.budget);
    let (words, declared) = (&template.merging.declared, &template.tables[table]);
    let fields = budget.fields(Some(table));
    let mut headings = words.unit_headings.to_vec();
    headings.extend(declared.columns.iter().map(|c| list_heading(c, &fields)));
    let mut widths = vec![6.0, 12.0, 30.0];
    widths.extend(declared.columns.iter().map(|c| c.declared.width.max(10.0)));
    let name = words.list_by_unit.replace("{sheet}", &declared.declared.sheet);
    let mut paper = list(&name, &headings, widths);
    let first = paper.row;
    for (place, member) in summary.counted() {
        for row in &member.rows {
            if summary.table_of(place, row) == Some(table) {
                unit(&mut paper, summary, Some(place));
                list_row(&mut paper, summary, (place, member), row, table);
                paper.row += 1;
            }
        }
    }
    let is_empty = paper.row == first;
    unless_empty(paper, is_empty)
}

fn list_row(paper: &mut Paper, summary: &Summary, (place, member): (usize, &Member), row: &ListRow, table: usize) {
    let declared = &summary.budget.template.tables[table];
    for (column, text) in &row.texts {
        if let Some(there) = summary.column_of(place, row, usize::from(*column)) {
            texts(paper, there as u16 + 3, &[&text.text]);
        }
    }
    for entry in member.entries.iter() {
        let Ok(cell) = entry.cell else { continue };
        if (cell.table, cell.key) == (row.table, Key::Free(row.number))
            && let Some(there) = summary.column_of(place, row, usize::from(cell.column))
        {
            let look = if declared.columns[there].declared.kind.is_money() { money(summary) } else { Look::Quantity };
            amount(paper, there as u16 + 3, Some(entry.amount), look);
        }
    }
}

/// The cells that are not printed as rounding alone would print them.
pub(super) fn rounding(summary: &Summary) -> Option<Sheet> {
    let adjusted = &summary.balanced.as_ref()?.adjusted;
    let words = &summary.budget.template.merging.declared.rounding;
    let mut paper = list(&words.sheet, &words.headings, vec![6.0, 24.0, 8.0, 40.0, 18.0, 14.0, 14.0, 30.0]);
    for (number, adjusted) in adjusted.iter().enumerate() {
        let at = adjusted.at;
        let cell = summary.budget.slot(at).site.map(|s| s.cell.to_string()).unwrap_or_default();
        let table = &summary.budget.template.tables[at.table].declared.sheet;
        paper.put(CellRef::new(paper.row, 0), Value::Number(Amount::from(number as i64 + 1)), Look::Centered);
        texts(&mut paper, 1, &[table, &cell, &crate::stage::layout::cell_words(&summary.budget, at)]);
        amount(&mut paper, 4, Some(adjusted.exact), Look::Quantity);
        amount(&mut paper, 5, Some(adjusted.plain), money(summary));
        amount(&mut paper, 6, Some(adjusted.printed), money(summary));
        let title = summary.budget.template.rule(&adjusted.rule).map_or("", |r| r.declared.title.as_str());
        texts(&mut paper, 7, &[&format!("{} {title}", adjusted.rule)]);
        paper.row += 1;
    }
    unless_empty(paper, adjusted.is_empty())
}

/// What differs from what was published.
pub(super) fn comparison(summary: &Summary, differences: &[Difference], published: &Budget) -> Sheet {
    let template = &summary.budget.template;
    let words = &template.merging.declared.comparison;
    let mut paper = list(&words.sheet, &words.headings, vec![24.0, 30.0, 18.0, 14.0, 14.0, 14.0, 26.0, 80.0]);
    for difference in differences {
        let declared = &template.tables[difference.table];
        let item = summary.item_of(difference.table, difference.key);
        let column = declared.columns[difference.column].leaf[0].fill(&summary.budget.fields(Some(difference.table)));
        let look = money(summary);
        texts(&mut paper, 0, &[&declared.declared.sheet, &item, &column]);
        amount(&mut paper, 3, difference.published, look);
        amount(&mut paper, 4, difference.merged, look);
        amount(&mut paper, 5, Some(difference.difference), look);
        let place = difference.site.map(|s| published.place(s)).map(|(s, c)| format!("{s}!{c}")).unwrap_or_default();
        let makers: Vec<String> = difference.makers.iter().map(|(m, yuan)| maker(summary, difference, *m, *yuan)).collect();
        texts(&mut paper, 6, &[&place, &makers.join("、")]);
        paper.row += 1;
    }
    paper.finish()
}

/// A member and what it adds, in the measure of the cell.
fn maker(summary: &Summary, difference: &Difference, member: usize, yuan: Amount) -> String {
    let measure = summary.budget.tables[difference.table].measure;
    let amount = measure.map_or(yuan, |m| Measure::Yuan.convert(yuan, m));
    format!("{} {}", summary.members[member].title(), amount.at_least(summary.budget.template.about.decimals))
}
