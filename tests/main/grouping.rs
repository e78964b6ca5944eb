//! Files and budgets: one file for each table, several units in one workbook, several versions of one budget.

use std::io::Write;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use yusuan::edge::write;
use yusuan::grid::{Grid, Value};

use super::support::{fixture, looks_like_an_amount, path};

/// The standard output of a run, its errors and its status.
fn run(arguments: &[&str]) -> (String, String, i32) {
    let output = cargo_bin_cmd!("yusuan").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn models(at: &Path) -> Vec<Json> {
    let (out, ..) = run(&["model", at.to_str().unwrap()]);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every amount of a model without its place, and how much of the rest it has.
fn content(model: &Json) -> (Vec<String>, [usize; 3]) {
    let cell = |table: &String, c: &Json| format!("{table}.{}.{} {}", c["row"], c["column"], c["amount"]);
    let tables = model["tables"].as_object().unwrap().iter();
    let mut amounts: Vec<String> =
        tables.flat_map(|(table, t)| t["cells"].as_array().into_iter().flatten().map(move |c| cell(table, c))).collect();
    amounts.sort();
    (amounts, ["performance", "institutions", "narrative"].map(|part| model[part].as_array().map_or(0, Vec::len)))
}

fn whole() -> (Vec<String>, [usize; 3]) {
    let golden = std::fs::read_to_string(path("golden/434007.json")).unwrap();
    content(&serde_json::from_str(&golden).unwrap())
}

fn save(folder: &Path, name: &str, grid: &Grid) {
    std::fs::write(folder.join(name), write::write(grid).unwrap()).unwrap();
}

/// The workbook of another unit: other code and name, the same amounts.
pub fn of_another_unit(grid: &Grid) -> Grid {
    let mut other = grid.clone();
    for sheet in &mut other.sheets {
        sheet.name = format!("乙{}", sheet.name.chars().take(25).collect::<String>());
        for cell in &mut sheet.cells {
            if let Value::Text(text) = &mut cell.value {
                *text = text.replace("434007", "434008").replace("营商环境服务中心", "第二服务中心");
            }
        }
    }
    other
}

#[test]
fn one_file_for_each_table_is_one_budget_and_every_cell_remembers_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (place, sheet) in fixture().sheets.iter().enumerate() {
        save(folder.path(), &format!("{place:02}.xlsx"), &Grid { sheets: vec![sheet.clone()], ..Grid::default() });
    }
    let models = models(folder.path());
    assert_eq!(models.len(), 1);
    assert_eq!(content(&models[0]), whole());
    let files: Vec<&str> = models[0]["tables"].as_object().unwrap().values().filter_map(|t| t["file"].as_str()).collect();
    assert!(files.iter().enumerate().all(|(place, file)| file.ends_with(&format!("{place:02}.xlsx")) || place >= 9), "{files:?}");
    let (out, _, status) = run(&["check", "--format", "json", "--fail-on", "never", folder.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{out}");
    let rules: Vec<String> =
        out.lines().map(|l| serde_json::from_str::<Json>(l).unwrap()["rule"].as_str().unwrap().to_owned()).collect();
    assert!(rules.contains(&"R36".to_owned()) && rules.contains(&"B34".to_owned()), "{rules:?}");
}

#[test]
fn the_tables_of_two_units_in_one_folder_are_not_mixed() {
    let folder = tempfile::tempdir().unwrap();
    for (unit, grid) in [("a", fixture().clone()), ("b", of_another_unit(fixture()))] {
        for (place, sheet) in grid.sheets.iter().enumerate().filter(|(place, _)| *place < 9) {
            save(folder.path(), &format!("{place}{unit}.xlsx"), &Grid { sheets: vec![sheet.clone()], ..Grid::default() });
        }
    }
    let models = models(folder.path());
    let units: Vec<&str> = models.iter().filter_map(|m| m["unit"]["code"].as_str()).collect();
    assert_eq!(units, ["434007", "434008"]);
    assert_eq!(content(&models[0]).0, content(&models[1]).0);
    assert_eq!(content(&models[0]).0.len(), 199);
}

#[test]
fn a_workbook_of_two_units_is_two_budgets_whatever_the_order_of_its_sheets() {
    let (one, other) = (fixture().clone(), of_another_unit(fixture()));
    let behind = one.sheets.iter().chain(&other.sheets).cloned().collect();
    let mixed = one.sheets.iter().zip(&other.sheets).flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
    for sheets in [behind, mixed] {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), "two.xlsx", &Grid { sheets, ..Grid::default() });
        let models = models(folder.path());
        let units: Vec<&str> = models.iter().filter_map(|m| m["unit"]["code"].as_str()).collect();
        assert_eq!(units, ["434007", "434008"]);
        for model in &models {
            assert_eq!(content(model), whole());
        }
    }
}

#[test]
fn one_table_of_another_unit_is_a_mistake_and_no_budget() {
    let folder = tempfile::tempdir().unwrap();
    let mut grid = fixture().clone();
    grid.sheets.push(of_another_unit(fixture()).sheets.remove(1));
    save(folder.path(), "one.xlsx", &grid);
    assert_eq!(models(folder.path()).len(), 1);
    let (out, ..) = run(&["check", "--format", "json", folder.path().to_str().unwrap()]);
    assert!(out.contains("\"R21\"") && out.contains("\"R08\""), "{out}");
}

/// A workbook with a time of last saving of its own.
pub fn saved(grid: &Grid, time: &str) -> Vec<u8> {
    let bytes = write::write(grid).unwrap();
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut patched = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for place in 0..package.len() {
        let mut part = package.by_index(place).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        if name == "docProps/core.xml" {
            let text = String::from_utf8(content).unwrap();
            let (before, after) = text.split_once("<dcterms:modified xsi:type=\"dcterms:W3CDTF\">").unwrap();
            let (_, after) = after.split_once('<').unwrap();
            content = format!("{before}<dcterms:modified xsi:type=\"dcterms:W3CDTF\">{time}<{after}").into_bytes();
        }
        patched.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        patched.write_all(&content).unwrap();
    }
    patched.finish().unwrap().into_inner()
}

#[test]
fn of_several_versions_the_one_saved_last_counts_and_the_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut newest = fixture().clone();
    let marked = newest.sheets[0].cells.iter_mut().find(|c| looks_like_an_amount(c)).unwrap();
    marked.value = Value::Number("12345.67".parse().unwrap());
    for (name, grid, day) in [("a.xlsx", fixture(), 10), ("b.xlsx", &newest, 20), ("c.xlsx", fixture(), 15)] {
        std::fs::write(folder.path().join(name), saved(grid, &format!("2031-01-{day}T00:00:00Z"))).unwrap();
    }
    let out = folder.path().join("out");
    let (shown, ..) = run(&["convert", folder.path().to_str().unwrap(), "-o", out.to_str().unwrap()]);
    for said in ["a.xlsx”是同一单位同一年度，保存得更晚", "b.xlsx”是同一单位同一年度，保存得更早，未采用"]
    {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    let mut written: Vec<String> =
        std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    written.sort();
    assert_eq!(written.len(), 4, "{written:?}");
    let cleaned = out.join(written.iter().find(|n| n.contains("规范")).unwrap());
    let (out, ..) = run(&["model", cleaned.to_str().unwrap()]);
    assert!(out.contains("12345.67"), "an older version was written over the newest");
}

#[test]
fn versions_that_say_nothing_of_their_time_are_asked_about_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.xlsx", "b.xlsx"] {
        save(folder.path(), name, fixture());
    }
    let out = folder.path().join("out");
    let (shown, ..) = run(&["convert", folder.path().to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert!(shown.contains("两份都没有写明哪一份较新"), "{shown}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 6);
}
