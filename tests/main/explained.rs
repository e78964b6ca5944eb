//! Explanations: one counts for its rule at its place with exactly its values, lapses when one changes, and is always shown.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use tempfile::TempDir;
use yusuan::edge::write;
use yusuan::grid::Grid;

use super::grouping::of_another_unit;
use super::package::{part, with_parts};
use super::support::{fixture, moved, number, short_json, with};

/// The two findings that a unit may well explain: the rules, and where the amounts stand.
const RULE: &str = "A42";
const AT: &str = "C6";

fn run(arguments: &[&str], paths: &[&Path]) -> (String, String, i32) {
    let output = cargo_bin_cmd!("yusuan").args(arguments).args(paths).output().unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (said(output.stdout), said(output.stderr), output.status.code().unwrap())
}

fn findings(arguments: &[&str], path: &Path) -> Vec<Json> {
    let (out, ..) = run(&[&["check", "--format", "json"], arguments].concat(), &[path]);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn saved(folder: &TempDir, name: &str, grid: &Grid) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, write::write(grid).unwrap()).unwrap();
    path
}

/// The key of the finding of a rule at a cell.
fn key(findings: &[Json], rule: &str, cell: &str) -> String {
    let found = findings.iter().find(|f| f["rule"] == rule && f["cell"] == cell);
    found.unwrap_or_else(|| panic!("{rule} {cell}"))["key"].as_str().unwrap().to_owned()
}

/// What is explained, each as `A42 error 支出总表!C6`.
fn explained(findings: &[Json]) -> Vec<String> {
    findings.iter().filter(|f| f["explained"].is_string()).map(short_json).collect()
}

#[test]
fn keys_are_the_same_in_both_languages_and_tell_units_and_values_apart() {
    let folder = tempfile::tempdir().unwrap();
    let filed = saved(&folder, "甲.xlsx", fixture());
    let keys = |findings: Vec<Json>| findings.iter().filter_map(|f| f["key"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    let own = keys(findings(&[], &filed));
    assert_eq!(own, keys(findings(&["--lang", "en"], &filed)));
    let mut once = own.clone();
    once.sort();
    once.dedup();
    assert_eq!((once.len(), own.iter().all(|key| key.parse::<f64>().is_err())), (own.len(), true));
    let other = keys(findings(&[], &saved(&folder, "乙.xlsx", &of_another_unit(fixture()))));
    assert!(other.iter().all(|key| !own.contains(key)));
    let inserted = moved(fixture(), |at| yusuan::value::CellRef::new(at.row + u32::from(at.row > 2), at.col));
    let below = findings(&[], &saved(&folder, "丙.xlsx", &inserted));
    assert_eq!(key(&below, RULE, "C7"), key(&findings(&[], &filed), RULE, AT), "a row more above moves the cell alone");
}

#[test]
fn an_explanation_counts_for_its_values_alone() {
    let folder = tempfile::tempdir().unwrap();
    let filed = saved(&folder, "甲.xlsx", fixture());
    let before = findings(&[], &filed);
    let a42 = before.iter().find(|f| f["rule"] == RULE && f["cell"] == AT).unwrap().clone();
    let text = |key: &str| a42[key].as_str().unwrap().to_owned();
    let list = folder.path().join("清单.csv");
    let row = [text("unit"), text("rule"), text("sheet"), text("cell"), text("key"), "含上年结转".to_owned()].join(",");
    std::fs::write(&list, format!("各单位说明\n单位,规则,工作表,单元格,核对码,说明\n{row}\n")).unwrap();
    let explanations = ["--explanations", list.to_str().unwrap()];

    let after = findings(&explanations, &filed);
    assert_eq!(explained(&after), [short_json(&a42)]);
    assert_eq!((after.len(), &after[0]["explained"]), (before.len(), &before[0]["explained"]), "none is hidden");
    let (said, _, status) = run(&[&["check"][..], &explanations].concat(), &[&filed]);
    assert!(said.contains("单位已说明 1 条（不计入上面的问题）：\n") && said.contains("      说明：含上年结转\n"), "{said}");
    let errors = before.iter().filter(|f| f["severity"] == "error").count();
    assert!(said.contains(&format!("：必改 {}，", errors - 1)) && said.ends_with("，已说明 1\n") && status == 1, "{said}");

    let sheet = text("sheet");
    let changed = saved(&folder, "乙.xlsx", &with(fixture(), &sheet, AT, number("911.37")));
    let after = findings(&explanations, &changed);
    assert_eq!(explained(&after), [""; 0]);
    let lapsed = after.iter().find(|f| f["rule"] == RULE && f["cell"] == AT).unwrap();
    assert_eq!(lapsed["remark"], "原来的说明“含上年结转”针对的数值已有变化，不再有效，请重新核对。");

    let unanswered = folder.path().join("空.csv");
    std::fs::write(&unanswered, "规则,说明\nA42,对\n").unwrap();
    let (_, said, status) = run(&["check", "--explanations", unanswered.to_str().unwrap()], &[&filed]);
    assert!(status == 2 && said.contains("“核对码”和“说明”"), "{said}");
}

#[test]
fn a_run_without_anything_else_open_does_not_fail() {
    let folder = tempfile::tempdir().unwrap();
    let filed = saved(&folder, "报送/甲.xlsx", fixture());
    let keys: Vec<String> = findings(&[], &filed).iter().map(|f| format!("{},对", f["key"].as_str().unwrap())).collect();
    std::fs::write(folder.path().join("报送/审核说明.csv"), format!("核对码,说明\n{}\n", keys.join("\n"))).unwrap();
    let (said, _, status) = run(&["check", "--fail-on", "note"], &[&folder.path().join("报送")]);
    assert!(status == 0 && said.ends_with(&format!("必改 0，核实 0，提示 0，已说明 {}\n", keys.len())), "{said}");
    let out = folder.path().join("输出");
    let (said, _, status) = run(&["convert", "--fail-on", "note", "-o", out.to_str().unwrap()], &[&folder.path().join("报送")]);
    assert!(status == 0 && said.contains(&format!("，已说明 {}", keys.len())), "{said}");
}

/// The copy with texts in its review: the row of the first line of a rule, a column, and what the unit writes there.
fn filled(bytes: &[u8], rule: &str, answers: &[(&str, &str)]) -> Vec<u8> {
    let names = (1..40).rev().map(|n| format!("xl/worksheets/sheet{n}.xml"));
    let entries = super::package::entries(bytes);
    let name = names.into_iter().find(|name| entries.iter().any(|(entry, _)| entry == name)).unwrap();
    let mut sheet = part(bytes, &name);
    let at = sheet.find(&format!("preserve\">{rule}</t>")).unwrap();
    let start = sheet[..at].rfind("<row r=\"").unwrap() + "<row r=\"".len();
    let row = sheet[start..].split('"').next().unwrap().to_owned();
    for (column, answer) in answers {
        let start = sheet.find(&format!("<c r=\"{column}{row}\"")).unwrap();
        let end = start + sheet[start..].find("/>").unwrap();
        let answered = format!("{} t=\"inlineStr\"><is><t>{answer}</t></is></c>", &sheet[start..end]);
        sheet.replace_range(start..end + 2, &answered);
    }
    with_parts(bytes, &[(&name, Some(&sheet))])
}

#[test]
fn the_review_that_a_unit_filled_in_and_sent_back_explains() {
    let folder = tempfile::tempdir().unwrap();
    let filed = saved(&folder, "甲.xlsx", fixture());
    let copies = folder.path().join("审核");
    let annotate = |path: &Path| run(&["check", "--annotate", copies.to_str().unwrap()], &[path]);
    annotate(&filed);
    let copy = copies.join("甲_审核.xlsx");
    let returned = folder.path().join("甲_审核.xlsx");
    let sent = std::fs::read(&copy).unwrap();
    let answered = |answers: &[(&str, &str)]| std::fs::write(&returned, filled(&sent, RULE, answers)).unwrap();
    let open = findings(&[], &filed).len();

    answered(&[("H", "无需修改"), ("I", "按文件列支")]);
    let after = findings(&[], &returned);
    assert_eq!((explained(&after).len(), after.len()), (1, open));
    let first = after.iter().find(|f| f["explained"] == "按文件列支").unwrap();
    assert_eq!(first["rule"], RULE);
    annotate(&returned);
    let again = findings(&[], &copy);
    assert_eq!(explained(&again), explained(&after), "annotated again the answer is still there");

    answered(&[("H", "待核实"), ("I", "按文件列支")]);
    assert_eq!(explained(&findings(&[], &returned)), [""; 0]);
    answered(&[("H", "已修改"), ("I", "")]);
    let after = findings(&[], &returned);
    assert_eq!(explained(&after), [""; 0]);
    assert!(after.iter().any(|f| f["rule"] == RULE && f["remark"] == "单位填写“已修改”，但有关数值没有变化。"));
}

#[test]
fn the_list_of_findings_that_a_clerk_filled_in_explains_and_reports_tell_it_apart() {
    let folder = tempfile::tempdir().unwrap();
    let filed = saved(&folder, "甲.xlsx", fixture());
    let report = |name: &str, explanations: &[&str]| {
        let path = folder.path().join(name);
        run(&[&["check", "-o", path.to_str().unwrap()], explanations].concat(), &[&filed]);
        path
    };
    let list = report("清单.xlsx", &[]);
    let mut grid = yusuan::edge::read::read(&std::fs::read(&list).unwrap(), "清单.xlsx").unwrap();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "问题").unwrap();
    let at = |sheet: &yusuan::grid::Sheet, words: &str| sheet.cells.iter().find(|c| c.text() == Some(words)).unwrap().at;
    let (row, col) = (at(sheet, RULE).row, at(sheet, "说明").col);
    super::support::put(sheet, yusuan::value::CellRef::new(row, col), super::support::text("含上年结转"));
    let answered = saved(&folder, "填好.xlsx", &grid);
    let explanations = ["--explanations", answered.to_str().unwrap()];
    assert_eq!(explained(&findings(&explanations, &filed)).len(), 1);

    let read = |name: &str| std::fs::read_to_string(report(name, &explanations)).unwrap();
    let json: Json = serde_json::from_str(&read("报告.json")).unwrap();
    assert_eq!(json["units"][0]["explained"], 1);
    let sarif: Json = serde_json::from_str(&read("报告.sarif")).unwrap();
    let suppressed: Vec<&Json> =
        sarif["runs"][0]["results"].as_array().unwrap().iter().filter(|r| r["suppressions"].is_array()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "含上年结转");
    let page = read("报告.html");
    assert!(page.contains("说明：含上年结转") && page.contains("单位已说明 1 条"), "the page tells it apart");
}
