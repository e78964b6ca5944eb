//! `check --previous`: last year's budgets as workbooks, disclosures and models, of the right unit and year and of others.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use yusuan::edge::{recall, write};
use yusuan::grid::{Grid, Value};

use crate::narrative::renewed;
use crate::support::{amounts, budget_of, editions, fixture};
use crate::years::before;

fn reworded(grid: &Grid, from: &str, to: &str) -> Grid {
    let mut grid = grid.clone();
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace(from, to);
        }
    }
    grid
}

fn written(folder: &Path, name: &str, grid: &Grid) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, write::write(&Grid { mark: None, ..grid.clone() }).unwrap()).unwrap();
    path
}

fn run(arguments: &[&str], paths: &[&Path]) -> (i32, String) {
    let output = cargo_bin_cmd!("yusuan").args(arguments).args(paths).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// What a run finds about the year before, with unit, cell, numbers and the cells of the year before.
fn found(now: &Path, previous: &[&Path]) -> Vec<String> {
    let mut arguments = vec!["check", "--format", "json", now.to_str().unwrap()];
    for path in previous {
        arguments.extend(["--previous", path.to_str().unwrap()]);
    }
    let (_, out) = run(&arguments, &[]);
    let told: Vec<Json> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let own = told.iter().filter(|t| t["rule"].as_str().is_some_and(|r| r.starts_with('E') || r == "R39" || r == "R00"));
    let part = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    own.map(|t| {
        let past: Vec<String> =
            t["operands"].as_array().unwrap().iter().filter(|o| o["file"].is_string()).map(|o| part(&o["cell"])).collect();
        let parts = ["rule", "severity", "unit", "cell", "value", "expected"].map(|key| part(&t[key]));
        format!("{} {}", parts.join(" "), past.join(" ")).trim_end().to_owned()
    })
    .collect()
}

/// The fixture of this year with a wrong change of one of the three expenses.
fn now() -> Grid {
    reworded(&renewed(), "减少0.03万元，原因", "减少0.02万元，原因")
}

const FOUND: [&str; 1] = ["E03 error 434007 A19 0.33 0.34 C14"];

#[test]
fn last_year_says_the_same_as_workbook_as_disclosure_and_as_model() {
    let folder = tempfile::tempdir().unwrap();
    let (now, past) = (written(folder.path(), "now.xlsx", &now()), written(folder.path(), "past.xlsx", &before()));
    assert_eq!(found(&now, &[&past]), FOUND);
    let out = folder.path().join("out");
    run(&["convert", past.to_str().unwrap(), "-o", out.to_str().unwrap()], &[]);
    let disclosure = out.join("434007_秦皇岛经济技术开发区营商环境服务中心_2022_信息公开.xlsx");
    let told = found(&now, &[&disclosure]);
    assert!(told.len() == 1 && told[0].starts_with("E03 error 434007 A19 0.33 0.34 "), "{told:?}");
    // The folder that everything was written to: cleaned workbook, disclosure, reports.
    let told = found(&now, &[&out]);
    assert!(told.len() == 1 && told[0].starts_with("E03 error 434007 A19 0.33 0.34 "), "{told:?}");
    let (_, model) = run(&["model", past.to_str().unwrap()], &[]);
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let path = models.join("2022.jsonl");
    std::fs::write(&path, &model).unwrap();
    assert_eq!(found(&now, &[&path]), FOUND);
    assert_eq!(found(&now, &[&models]), FOUND, "a folder of models");
    assert_eq!(found(&now, &[&path, &past]), FOUND, "one budget in two forms");
}

#[test]
fn another_unit_or_year_is_told_and_never_compared() {
    let folder = tempfile::tempdir().unwrap();
    let now = written(folder.path(), "now.xlsx", &now());
    let other = reworded(&before(), "434007 秦皇岛经济技术开发区营商环境服务中心", "434008 秦皇岛经济技术开发区商务局");
    let other = written(
        folder.path(),
        "other.xlsx",
        &reworded(&other, "秦皇岛经济技术开发区营商环境服务中心", "秦皇岛经济技术开发区商务局"),
    );
    assert_eq!(found(&now, &[&other]), ["R39 note 434007 - - -"]);
    let same_year = written(folder.path(), "same.xlsx", &renewed());
    assert_eq!(found(&now, &[&same_year]), ["R39 warning 434007 - - -"]);
    let (status, out) = run(&["check", now.to_str().unwrap(), "--previous", same_year.to_str().unwrap(), "--lang", "en"], &[]);
    assert!(status == 1 && out.contains("The year before is 2022, but what was given is \"same.xlsx\" (2023)"), "{out}");
    let wrong =
        written(folder.path(), "wrong.xlsx", &crate::support::with(&before(), "支出总表", "F6", crate::support::number("67")));
    let past = written(folder.path(), "past.xlsx", &before());
    assert_eq!(found(&now, &[&past, &wrong]), ["R39 warning 434007 - - -"], "two that differ");
}

#[test]
fn a_folder_of_last_years_budgets_is_paired_by_unit() {
    let folder = tempfile::tempdir().unwrap();
    let unit = |grid: &Grid, code: &str, name: &str| {
        let grid = reworded(grid, "434007", code);
        reworded(&grid, "秦皇岛经济技术开发区营商环境服务中心", name)
    };
    for (code, name) in [("434007", "秦皇岛经济技术开发区营商环境服务中心"), ("434008", "秦皇岛经济技术开发区商务局")]
    {
        written(folder.path(), &format!("2023/{code}.xlsx"), &unit(&now(), code, name));
        written(folder.path(), &format!("2022/{code}.xlsx"), &unit(&before(), code, name));
    }
    written(folder.path(), "2023/434009.xlsx", &unit(&now(), "434009", "秦皇岛经济技术开发区财政局"));
    let told = found(&folder.path().join("2023"), &[&folder.path().join("2022")]);
    assert_eq!(told, [FOUND[0], "E03 error 434008 A19 0.33 0.34 C14", "R39 note 434009 - - -"]);
}

#[test]
fn a_model_is_read_back_whole_and_a_damaged_one_is_refused() {
    let budget = budget_of(fixture()).budget;
    let line = yusuan::edge::json::budget(&budget).unwrap();
    let read = recall::budgets(&line, &editions()).unwrap().remove(0);
    assert_eq!(amounts(&read), amounts(&budget));
    let value = |line: &str| serde_json::from_str::<Json>(line).unwrap();
    assert_eq!(value(&yusuan::edge::json::budget(&read).unwrap()), value(&line), "nothing is lost on the way");
    let refused = |from: &str, to: &str| recall::budgets(&line.replace(from, to), &editions()).unwrap_err().to_string();
    assert_eq!(refused("hebei/unit-2023", "hebei/unit-1900"), "line 1: template: no hebei/unit-1900");
    assert!(refused("\"amount\":\"670.26\"", "\"amount\":\"6七\"").ends_with(": amount: 6七 is no number"));
    assert_eq!(refused("\"row\":\"inc_gpb\"", "\"row\":\"inc_none\""), "line 1: tables.balance: row: no inc_none");
    assert_eq!(refused("yusuan.budget/1", "yusuan.budget/9"), "line 1: schema: yusuan.budget/9 is not yusuan.budget/1");
    assert_eq!(refused("yusuan.budget/1", "yusuan.finding/1"), "no model of a budget in it");
    let folder = tempfile::tempdir().unwrap();
    let now = written(folder.path(), "now.xlsx", &now());
    let path = folder.path().join("损坏.json");
    std::fs::write(&path, line.replace("670.26", "6七")).unwrap();
    let (status, out) = run(&["check", now.to_str().unwrap(), "--previous", path.to_str().unwrap()], &[]);
    assert!(status == 3 && out.contains("第 1 行不是可用的预算数据"), "{out}");
}
