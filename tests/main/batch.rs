//! The report on many budgets: every unit with its state, every finding, what could not be read, what no rule guards.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use yusuan::edge::read;
use yusuan::grid::{Grid, Value};
use yusuan::stage::check;

use crate::support::{budget_of, fixture, fixture_path, path};

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
    assert!(errors > 1 && texts(&grid, "单位", 7)[0].starts_with("A42 "));
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
    assert!(status == 2 && err.contains("扩展名应为 .html、.xlsx、.json 或 .sarif"), "{err}");
    let (status, _, err) = check(&[&input], &input);
    assert!(status == 2 && err.contains("是本次的输入文件"), "{err}");
}

/// A folder with a real budget, one whose unit has a hostile name, and a file that is no workbook.
fn inputs() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("in");
    std::fs::create_dir(&inputs).unwrap();
    std::fs::copy(fixture_path("xlsx"), inputs.join("a & b 100%.xlsx")).unwrap();
    let text = std::fs::read_to_string(path("fixtures/hebei-unit-2023/434007.txt")).unwrap();
    let hostile = text.replace("434007", "434008").replace("秦皇岛经济技术开发区营商环境服务中心", HOSTILE);
    std::fs::write(inputs.join("b.txt"), hostile).unwrap();
    std::fs::write(inputs.join("坏.xlsx"), "no workbook").unwrap();
    (folder, inputs)
}

const HOSTILE: &str = "<script>alert(1)</script>";

fn json(path: &Path) -> Json {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_page_has_every_finding_and_nothing_of_the_data_is_markup() {
    let (folder, inputs) = inputs();
    let (page, data) = (folder.path().join("报告.html"), folder.path().join("报告.json"));
    assert_eq!((check(&[&inputs], &page).0, check(&[&inputs], &data).0), (3, 3));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">") && page.ends_with("</html>\n"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains(HOSTILE));
    assert_eq!(page.matches("<script").count(), 1);
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    for finding in json(&data)["findings"].as_array().unwrap() {
        let message = finding["message"].as_str().unwrap();
        assert!(page.contains(&escaped(message)), "{message}");
    }
    for outside in ["http://", "https://", " src=", "url(", "@import", "<link", "<iframe"] {
        assert!(!page.contains(outside), "nothing is loaded: {outside}");
    }
    for told in ["<b>1</b>无法读取", "无法读取的文件", "没有规则核对的数字", "固定资产占用情况表　", "class=\"filter\" hidden"]
    {
        assert!(page.contains(told), "{told}");
    }
    let english = folder.path().join("report.htm");
    let run = cargo_bin_cmd!("yusuan").args(["check", "--lang", "en", "-o"]).args([&english, &inputs]).output().unwrap();
    assert_eq!(run.status.code(), Some(3));
    let english = std::fs::read_to_string(english).unwrap();
    assert!(english.contains("<html lang=\"en\">") && english.contains("Report on budgets") && !english.contains("显示全部"));
}

/// What other programs rely on in SARIF; the whole is valid against the schema of the standard.
#[test]
fn a_sarif_log_tells_rules_places_and_lasting_fingerprints() {
    let (folder, inputs) = inputs();
    let (log, data) = (folder.path().join("报告.sarif"), folder.path().join("报告.json"));
    assert_eq!((check(&[&inputs], &log).0, check(&[&inputs], &data).0), (3, 3));
    let (log, data) = (json(&log), json(&data));
    assert_eq!((log["version"].as_str(), log["runs"].as_array().map(Vec::len)), (Some("2.1.0"), Some(1)));
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    let (run, findings) = (&log["runs"][0], data["findings"].as_array().unwrap());
    let (driver, results) = (&run["tool"]["driver"], run["results"].as_array().unwrap());
    assert_eq!((driver["name"].as_str(), driver["version"].as_str()), (Some("yusuan"), Some(env!("CARGO_PKG_VERSION"))));
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        let rule = &driver["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!((&result["ruleId"], &rule["id"]), (&finding["rule"], &finding["rule"]));
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        let level = match finding["severity"].as_str().unwrap() {
            "trial" => ("review", "none"),
            level => ("fail", level),
        };
        assert_eq!((result["kind"].as_str().unwrap(), result["level"].as_str().unwrap()), level);
        assert!(result["message"]["text"].as_str().unwrap().starts_with(finding["message"].as_str().unwrap()));
        let location = &result["locations"][0];
        let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', '\\', '&']), "{uri}");
        if let (Some(sheet), Some(cell)) = (finding["sheet"].as_str(), finding["cell"].as_str()) {
            assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], format!("{sheet}!{cell}"));
        }
        assert_eq!(result["properties"]["difference"], finding["difference"]);
    }
    let prints = |log: &Json| -> Vec<String> {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|r| r["partialFingerprints"]["place/v1"].as_str().unwrap().to_owned()).collect()
    };
    let first = prints(&log);
    let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(distinct.len(), first.len(), "no two findings have one fingerprint");
    // Another name of the file: the same findings of the same unit.
    std::fs::rename(inputs.join("a & b 100%.xlsx"), inputs.join("0.xlsx")).unwrap();
    let again = folder.path().join("again.sarif");
    check(&[&inputs], &again);
    assert_eq!(prints(&json(&again)), first);
}

#[test]
fn a_report_is_the_same_for_every_number_of_jobs() {
    let (folder, inputs) = inputs();
    for ending in ["html", "xlsx", "json", "sarif"] {
        let reports = ["1", "2", "5"].map(|jobs| {
            let report = folder.path().join(format!("{jobs}.{ending}"));
            cargo_bin_cmd!("yusuan").args(["check", "--jobs", jobs, "-o"]).args([&report, &inputs]).output().unwrap();
            std::fs::read(report).unwrap()
        });
        assert!(!reports[0].is_empty() && reports.iter().all(|report| *report == reports[0]), "{ending}");
    }
}

#[test]
fn a_report_that_cannot_be_saved_leaves_what_stood_there() {
    let (folder, inputs) = inputs();
    let taken = folder.path().join("报告.html");
    std::fs::create_dir_all(taken.join("inner")).unwrap();
    let (status, _, err) = check(&[&inputs], &taken);
    assert!(status == 2 && err.contains("无法保存"), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
}
