//! `yusuan diff`: every change of an amount or a text is told at its cells, and a resubmission without change is said to be one.

use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use yusuan::edge::{read, write};
use yusuan::grid::{Grid, Value};
use yusuan::model::Budget;
use yusuan::stage::changes::{Change, What, changes};
use yusuan::stage::translate;

use crate::support::{amount, budget_of, editions, fixture, number, sheet, text, with};

fn budget(grid: &Grid) -> Budget {
    budget_of(grid).budget
}

/// A change as `支出总表 2010350·basic 670.26 → 680.26 E9`.
fn short(new: &Budget, change: &Change) -> String {
    let table = change.table.map_or("-", |t| new.template.tables[t].declared.id.as_str());
    let column = change.table.zip(change.column).map_or("", |(t, c)| new.template.tables[t].columns[c].cell.as_str());
    let cell = change.new.or(change.old).map(|s| s.cell.to_string()).unwrap_or_default();
    let what = match &change.what {
        What::Amount { before, after } => {
            let shown = |a: &Option<yusuan::value::Amount>| a.map_or("-".to_owned(), |a| a.to_string());
            format!("{} → {}", shown(before), shown(after))
        }
        What::Text { before, after } => format!("{before} → {after}"),
        What::Subject { before, after, year } => {
            format!("{before} ⇒ {after}{}", year.map(|y| format!(" {y}")).unwrap_or_default())
        }
        What::Table { is_there } => format!("table {is_there}"),
    };
    format!("{table} {}·{column} {what} {cell}", change.row)
}

fn shorts(old: &Grid, new: &Grid) -> Vec<String> {
    let (old, new) = (budget(old), budget(new));
    changes(&old, &new).iter().map(|c| short(&new, c)).collect()
}

#[test]
fn a_resubmission_without_change_has_no_changes() {
    assert_eq!(shorts(fixture(), fixture()), Vec::<String>::new());
}

#[test]
fn an_amount_is_told_with_what_it_was_and_where() {
    let new = with(fixture(), "支出总表", "E9", number("680.26"));
    assert_eq!(shorts(fixture(), &new), ["expenditure 2010350·basic 670.26 → 680.26 E9"]);
    let blank = with(fixture(), "支出总表", "E9", Value::Blank);
    assert_eq!(shorts(fixture(), &blank), ["expenditure 2010350·basic 670.26 → - E9"]);
    assert_eq!(shorts(&blank, fixture()), ["expenditure 2010350·basic - → 670.26 E9"]);
    // A zero that is printed says what a blank says.
    assert_eq!(shorts(&blank, &with(fixture(), "支出总表", "E9", number("0"))), Vec::<String>::new());
}

#[test]
fn a_name_a_paragraph_and_a_goal_are_told_as_texts() {
    let name = sheet(fixture(), "支出总表").cells.iter().find(|c| c.text().is_some_and(|t| t.trim() == "事业运行")).unwrap().at;
    let new = with(fixture(), "支出总表", &name.to_string(), text("行政运行"));
    assert_eq!(shorts(fixture(), &new), [format!("expenditure · 事业运行 → 行政运行 {name}")]);
    let paragraph = sheet(fixture(), "情况说明").cells.iter().find(|c| c.text().is_some_and(|t| t.contains("910.01"))).unwrap();
    let said = paragraph.text().unwrap().trim().to_owned();
    let other = said.replace("910.01", "911.01");
    let new = with(fixture(), "情况说明", &paragraph.at.to_string(), text(&other));
    assert_eq!(shorts(fixture(), &new), [format!("- · {said} → {other} {}", paragraph.at)]);
}

#[test]
fn a_budget_moved_to_another_year_differs_only_where_its_edition_does() {
    let old = budget(fixture());
    let next = editions().into_iter().find(|t| t.name == "hebei/department-2025").unwrap();
    let (mut new, _) = translate::translate(&old, &next);
    new.year = Some(2025);
    let told: Vec<String> = changes(&old, &new).iter().map(|c| short(&new, c)).collect();
    assert_eq!(told, ["- · 2023 → 2025 "]);
}

const BASIC: &str = "一般公共预算财政拨款基本支出表";

/// The fixture with one subject of the basic expenditure under another code and name.
fn subject(code: &str, to: (&str, &str)) -> Grid {
    let cells = &sheet(fixture(), BASIC).cells;
    let at = cells
        .iter()
        .find(|c| c.text() == Some(code) || matches!(&c.value, Value::Number(n) if n.to_string() == code))
        .unwrap()
        .at;
    let name = yusuan::value::CellRef::new(at.row, at.col + 1);
    with(&with(fixture(), BASIC, &at.to_string(), text(to.0)), BASIC, &name.to_string(), text(to.1))
}

#[test]
fn a_subject_that_took_another_code_or_name_is_one_subject() {
    // 住房公积金 was 30311 before it was 30113: one subject, and its amount has not changed.
    let old = subject("30113", ("30311", "住房公积金"));
    assert_eq!(shorts(&old, fixture()), ["gpb_basic 30113· 30311 住房公积金 ⇒ 30113 住房公积金 2018 B16"]);
    let new = with(fixture(), BASIC, "D16", number("50.00"));
    let told = shorts(&old, &new);
    assert_eq!(told[0], "gpb_basic 30113·total 41.79 → 50 D16");
    assert!(told.iter().any(|t| t.contains("⇒")) && told.len() == 2, "{told:?}");
    // Under a name that no list tells it is another one.
    let other = subject("30113", ("30311", "代缴社会保险费"));
    assert!(shorts(&other, fixture()).iter().all(|t| !t.contains("⇒")));
    let named = subject("30217", ("30217", "招待费"));
    assert_eq!(shorts(&named, fixture()).iter().filter(|t| t.contains("⇒")).count(), 1, "{:?}", shorts(&named, fixture()));
}

#[test]
fn a_code_that_means_something_else_now_is_another_subject() {
    let (old, new) = (subject("30113", ("311", "贷款转贷及产权参股")), subject("30113", ("311", "对企业补助（基本建设）")));
    let told = shorts(&old, &new);
    assert_eq!(told.iter().filter(|t| t.starts_with("gpb_basic 311·total")).count(), 2, "{told:?}");
    assert!(told.iter().any(|t| t.contains("41.79 → -")) && told.iter().any(|t| t.contains("- → 41.79")), "{told:?}");
    assert!(shorts(&old, &old).is_empty());
}

fn diff(arguments: &[&Path], more: &[&str]) -> (i32, String) {
    let output = cargo_bin_cmd!("yusuan").arg("diff").args(arguments).args(more).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_command_tells_changes_as_text_json_and_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, grid: &Grid| {
        let path = folder.path().join(name);
        std::fs::write(&path, write::write(&Grid { mark: None, ..grid.clone() }).unwrap()).unwrap();
        path
    };
    let old = written("old.xlsx", fixture());
    let new = written("new.xlsx", &with(fixture(), "支出总表", "E9", number("680.26")));
    let (status, out) = diff(&[&old, &old], &[]);
    assert!(status == 0 && out.contains("与原来完全相同：没有改动"), "{out}");
    let list = folder.path().join("变动.xlsx");
    let (status, out) = diff(&[&old, &new], &["-o", list.to_str().unwrap()]);
    assert_eq!(status, 0);
    assert!(out.contains("2010350 事业运行·基本支出  670.26 → 680.26（+10.00，+1.49%）  支出总表!E9"), "{out}");
    assert!(out.contains("共 1 个数、0 处文字不同"), "{out}");
    let grid = read::read(&std::fs::read(&list).unwrap(), "变动.xlsx").unwrap();
    assert!(grid.sheets[0].cells.iter().any(|c| c.value == Value::Number(amount("680.26"))));
    let (_, json) = diff(&[&old, &new], &["--format", "json"]);
    let change: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    let part = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
    let parts = ["schema", "table", "row", "column", "before", "after", "difference", "new"].map(part);
    assert_eq!(parts, ["yusuan.change/1", "expenditure", "2010350", "basic", "670.26", "680.26", "10", "支出总表!E9"]);
    let (status, _) = diff(&[&old, &folder.path().join("nothing.xlsx")], &[]);
    assert_eq!(status, 3);
}
