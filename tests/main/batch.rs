//! The report on many budgets: every unit with its state, every finding, what could not be read, what no rule guards.

use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use yusuan::edge::read;
use yusuan::grid::{Grid, Value};
use yusuan::stage::check;

use crate::support::{budget_of, fixture, fixture_path};

fn check(arguments: &[&Path], output: &Path) -> (i32, String, String) {
    let run = cargo_bin_cmd!("yusuan").arg("check").args(arguments).arg("-o").arg(output).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (run.status.code().unwrap(), text(run.stdout), text(run.stderr))
}

fn texts(grid: &Grid, sheet: &str, column: u16) -> Vec<String> {
    let sheet = grid.sheets.iter().find(|s| s.name == sheet).unwrap();
    let cells = sheet.cells.iter().filter(|c| c.at.col == column && c.at.row > 1);
    cells
        .map(|c| match &c.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_report_lists_every_unit_and_every_finding() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("坏.xlsx");
    std::fs::write(&broken, "no workbook").unwrap();
    let (original, report) = (fixture_path("xlsx"), folder.path().join("报告.xlsx"));
    let (status, out, _) = check(&[&original, &broken], &report);
    assert_eq!(status, 3);
    assert!(out.contains("已写出检查报告"), "{out}");
    let grid = read::read(&std::fs::read(&report).unwrap(), "报告.xlsx").unwrap();
    assert_eq!(texts(&grid, "单位", 2), ["必须修改", "无法读取"]);
    let errors: usize = texts(&grid, "单位", 3)[0].parse().unwrap();
    assert!(errors > 1 && texts(&grid, "单位", 6)[0].starts_with("A42 "));
    let severities = texts(&grid, "问题", 2);
    assert_eq!(severities.iter().filter(|s| *s == "必改").count(), errors + 1, "the unreadable file is one more");
    let data = folder.path().join("报告.json");
    assert_eq!(check(&[&original, &broken], &data).0, 3);
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&data).unwrap()).unwrap();
    assert_eq!(json["schema"], "yusuan.report/1");
    assert_eq!(json["units"][0]["errors"], errors);
    assert_eq!(json["units"][1]["unreadable"], true);
    assert_eq!(json["findings"].as_array().unwrap().len(), severities.len());
}

#[test]
fn an_amount_that_no_rule_reads_is_named() {
    let budget = budget_of(fixture()).budget;
    let unguarded = check::unguarded(&budget);
    let all = budget.tables.iter().flat_map(|t| t.amounts()).count();
    assert!(unguarded.len() < all / 10, "{} of {all}", unguarded.len());
    // The values of assets stand in no sum where the table prints no total.
    let assets = budget.template.table("assets").unwrap();
    assert!(unguarded.iter().any(|at| at.table == assets));
    let revenue = budget.template.table("revenue").unwrap();
    assert!(unguarded.iter().all(|at| at.table != revenue));
}

#[test]
fn a_report_of_another_kind_or_over_an_input_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("a.xlsx");
    std::fs::copy(fixture_path("xlsx"), &input).unwrap();
    let (status, _, err) = check(&[&input], &folder.path().join("报告.doc"));
    assert!(status == 2 && err.contains("扩展名应为 .xlsx 或 .json"), "{err}");
    let (status, _, err) = check(&[&input], &input);
    assert!(status == 2 && err.contains("是本次的输入文件"), "{err}");
}
