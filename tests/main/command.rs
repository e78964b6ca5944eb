//! The command line: what each command prints and the status it ends with.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::check::EXPECTED;
use crate::support::{FORMATS, fixture_path, short_json, template};

/// How a run ended: status, standard output, standard error.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

impl Ended {
    /// The lines of its output as JSON.
    fn json(&self) -> Vec<Json> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// The findings among the lines of its output in short form.
    fn findings(&self) -> Vec<String> {
        self.json().iter().map(short_json).collect()
    }
}

fn run<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ended {
    let output = cargo_bin_cmd!("yusuan").args(arguments).output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn xlsx() -> String {
    shown(&fixture_path("xlsx"))
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A new folder with files in it.
fn folder(files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

fn fixture() -> Vec<u8> {
    crate::support::fixture_bytes("xlsx")
}

#[test]
fn findings_at_or_above_fail_on_end_with_status_one() {
    let status = |level: &str| run(&["check", &xlsx(), "--fail-on", level]).status;
    assert_eq!(["error", "warning", "note", "never"].map(status), [1, 1, 1, 0]);
    assert_eq!(run(&["check", &xlsx()]).status, 1, "an error fails the run by default");
}

#[test]
fn findings_below_fail_on_end_with_status_zero() {
    // The fixture with the wrong total and the wrong figures put right has warnings and notes, and no error.
    let mut grid = crate::narrative::renewed();
    for cell in ["C6", "D6"] {
        grid = crate::support::with(&grid, "财政拨款“三公”经费支出表", cell, crate::support::number("0.31"));
    }
    let (_kept, path) = folder(&[("a.xlsx", &yusuan::edge::write::write(&grid).unwrap())]);
    let status = |level: &str| run(&["check", &shown(&path), "--fail-on", level]).status;
    assert_eq!(["error", "warning", "note", "never"].map(status), [0, 1, 1, 0]);
}

#[test]
fn what_cannot_be_read_ends_with_status_three_and_the_rest_is_processed() {
    let (_kept, path) = folder(&[
        ("1.xlsx", b""),
        ("2.xlsx", b"<html><body>1</body></html>"),
        ("3.xls", b"%PDF-1.4"),
        ("4.xlsx", &fixture()),
        ("5.xlsx", &unknown_workbook()),
    ]);
    let ended = run(&["check", &shown(&path), "--format", "json"]);
    assert_eq!(ended.status, 3, "unread outranks found");
    let unread: Vec<(String, bool)> = ended
        .json()
        .iter()
        .filter(|f| f["rule"] == "R00")
        .map(|f| (f["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(), f["severity"] == "error"))
        .collect();
    assert_eq!(unread, ["1.xlsx", "2.xlsx", "3.xls", "5.xlsx"].map(|name| (name.to_owned(), true)));
    assert!(ended.findings().iter().any(|f| f.starts_with("A42 error")), "the readable file was checked");
    assert_eq!(run(&["check", &shown(&path), "--fail-on", "never"]).status, 3);
}

#[test]
fn every_input_that_cannot_be_read_alone_ends_with_status_three() {
    let (_kept, path) =
        folder(&[("empty.xlsx", b""), ("~$a.xlsx", &[0; 165]), ("page.xls", b"<html>"), ("none.xlsx", &unknown_workbook())]);
    for name in ["empty.xlsx", "~$a.xlsx", "page.xls", "none.xlsx", "missing.xlsx"] {
        for command in ["check", "model"] {
            let ended = run(&[command, &shown(&path.join(name))]);
            assert_eq!(ended.status, 3, "{command} {name}");
            assert!(format!("{}{}", ended.out, ended.err).contains(name), "{command} names {name}");
        }
    }
}

#[test]
fn a_lock_file_found_in_a_folder_is_passed_over() {
    let (_kept, path) = folder(&[("~$a.xlsx", &[0; 165]), (".~lock.a.xlsx#", b","), ("a.xlsx", &fixture())]);
    let ended = run(&["check", &shown(&path), "--format", "json", "--fail-on", "never"]);
    assert_eq!((ended.status, ended.json().len()), (0, EXPECTED.len()));
}

#[test]
fn a_folder_without_workbooks_ends_with_status_three() {
    let (_kept, path) = folder(&[("a.txt", b"1")]);
    assert_eq!(run(&["check", &shown(&path)]).status, 3);
}

#[test]
fn documents_in_a_folder_that_hold_no_budget_are_passed_over() {
    let letter = crate::formats::word("<w:p><w:r><w:t>请审核</w:t></w:r></w:p>");
    let (_kept, path) = folder(&[
        ("readme.txt", "先看说明，再填表。\n".as_bytes()),
        ("picture.txt", b"\x89PNG\r\n"),
        ("settings.xml", b"<?xml version=\"1.0\"?><a/>"),
        ("page.html", b"<p>1</p>"),
        ("phones.csv", "姓名,电话\n张三,3851234\n".as_bytes()),
        ("letter.docx", &letter),
        ("a.xlsx", &fixture()),
    ]);
    let ended = run(&["check", &shown(&path), "--format", "json", "--fail-on", "never"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let passed = ended.json().into_iter().filter(|f| !f["file"].as_str().unwrap().ends_with("a.xlsx"));
    let passed: Vec<String> = passed
        .map(|f| format!("{} {} {}", f["rule"], f["severity"], f["file"].as_str().unwrap().rsplit('/').next().unwrap()))
        .collect();
    assert_eq!(passed, ["\"R29\" \"note\" letter.docx", "\"R29\" \"note\" phones.csv"]);
    for name in ["readme.txt", "picture.txt", "settings.xml", "page.html", "phones.csv", "letter.docx"] {
        let ended = run(&["check", &shown(&path.join(name)), "--format", "json"]);
        assert_eq!((ended.status, &ended.json()[0]["rule"]), (3, &Json::from("R00")), "{name} was named");
    }
    let which = run(&["template", "which", &shown(&path)]);
    assert_eq!(which.out.lines().count(), 3, "{}", which.out);
}

#[test]
fn a_disclosure_as_text_is_converted_from_a_folder() {
    let text = std::fs::read(crate::support::path("fixtures/hebei-unit-2023/434007.txt")).unwrap();
    let (_kept, path) = folder(&[("in/a.txt", &text)]);
    let out = path.join("out");
    let ended = run(&["convert", &shown(&path.join("in")), "-o", &shown(&out)]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let cleaned = out.join("434007_秦皇岛经济技术开发区营商环境服务中心_2023_规范.xlsx");
    let own = run(&["check", &shown(&out), "--format", "json"]);
    assert_eq!((own.status, own.out.as_str()), (0, ""), "workbooks and reports of the program are passed over");
    let again = run(&["check", &shown(&cleaned), "--format", "json", "--fail-on", "never"]);
    assert!(again.findings().iter().any(|f| f == "A42 error 财政拨款“三公”经费支出表!C6"), "{:?}", again.findings());
}

fn unknown_workbook() -> Vec<u8> {
    let grid = crate::support::grid("== 成绩\n姓名 | 分数\n张三 | 90.5\n");
    yusuan::edge::write::write(&grid).unwrap()
}

#[test]
fn wrong_usage_ends_with_status_two() {
    let file = xlsx();
    let cases: [&[&str]; 7] = [
        &[],
        &["check"],
        &["nothing"],
        &["check", &file, "--format", "yaml"],
        &["check", &file, "--template", "hebei/unit"],
        &["template", "show", "hebei/unit-1999"],
        &["explain", "Z99"],
    ];
    for case in cases {
        let ended = run(case);
        assert_eq!(ended.status, 2, "{case:?}: {}", ended.err);
        assert!(!ended.err.is_empty() && ended.out.is_empty(), "{case:?} is told on standard error");
    }
}

#[test]
fn asked_for_an_edition_or_rule_that_is_not_there_the_command_lists_what_exists() {
    for case in [&["template", "show", "hebei/unit-1999"][..], &["check", &xlsx(), "--template", "unit-2023"]] {
        assert!(run(case).err.contains("hebei/unit-2023"), "{case:?}");
    }
    let ended = run(&["explain", "Z99"]);
    assert!(ended.err.contains("Z99") && ended.err.contains("A42"), "{}", ended.err);
}

#[test]
fn findings_are_json_lines_with_all_their_keys() {
    let keys = [
        "schema",
        "file",
        "unit",
        "year",
        "rule",
        "severity",
        "verdict",
        "table",
        "row",
        "column",
        "sheet",
        "cell",
        "value",
        "expected",
        "difference",
        "bound",
        "operands",
        "message",
        "advice",
        "key",
    ];
    for format in FORMATS {
        let path = shown(&fixture_path(format));
        let ended = run(&["check", &path, "--format", "json"]);
        assert_eq!(ended.json().len(), EXPECTED.len());
        for finding in ended.json() {
            let object = finding.as_object().unwrap();
            // Only what has suspects names them.
            let own = object.keys().map(String::as_str).filter(|key| *key != "suspects");
            assert_eq!(own.collect::<Vec<_>>(), keys);
            assert_eq!(finding["schema"], "yusuan.finding/1");
            assert_eq!(finding["file"], path.replace('\\', "/"));
            for operand in finding["operands"].as_array().unwrap() {
                let keys: Vec<&str> = operand.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(keys, ["table", "row", "column", "sheet", "cell", "value", "factor"]);
            }
        }
    }
}

#[test]
fn an_unreadable_file_is_a_json_line_with_the_same_keys() {
    let (_kept, path) = folder(&[("a.xlsx", b"")]);
    let keys = |ended: &Ended| ended.json()[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let unread = run(&["check", &shown(&path), "--format", "json"]);
    assert_eq!(keys(&unread), keys(&run(&["check", &xlsx(), "--format", "json"])));
    assert_eq!(unread.json()[0]["rule"], "R00");
}

#[test]
fn the_model_is_one_json_line_for_each_budget() {
    let (_kept, path) = folder(&[("a.xlsx", &fixture()), ("b/c.xlsx", &fixture())]);
    let ended = run(&["model", &shown(&path)]);
    assert!(ended.status == 0 && ended.err.contains("同一单位同一年度") && ended.err.lines().count() == 1, "{}", ended.err);
    let sources: Vec<Json> = ended.json().iter().map(|b| b["sources"][0].clone()).collect();
    let root = shown(&path).replace('\\', "/");
    assert_eq!(sources, [format!("{root}/a.xlsx"), format!("{root}/b/c.xlsx")].map(Json::from));
    for budget in ended.json() {
        let keys: Vec<&str> = budget.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            ["schema", "template", "year", "level", "unit", "sources", "tables", "performance", "institutions", "narrative"];
        assert!(expected.iter().all(|key| keys.contains(key)), "{keys:?}");
        assert_eq!(budget["schema"], "yusuan.budget/1");
        assert_eq!(
            (&budget["template"], &budget["level"], &budget["year"]),
            (&"hebei/unit-2023".into(), &"unit".into(), &2023.into())
        );
        let cell = &budget["tables"]["expenditure"]["cells"][3];
        let keys: Vec<&str> = cell.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["row", "column", "amount", "at", "label"]);
        assert_eq!(budget["tables"]["fund_expenditure"]["state"], "empty");
    }
}

#[test]
fn text_and_json_tell_the_same_findings() {
    let text = run(&["check", &xlsx()]).out;
    for finding in run(&["check", &xlsx(), "--format", "json"]).json() {
        let parts = ["rule", "sheet", "cell"].map(|key| finding[key].as_str().unwrap());
        assert!(text.lines().any(|line| parts.iter().all(|part| line.contains(part))), "{parts:?} in {text}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_number_of_jobs() {
    let (_kept, path) = folder(&[("a.xlsx", &fixture()), ("b.xlsx", b""), ("c/d.xlsx", &fixture()), ("e.xls", b"1")]);
    for command in [&["check"][..], &["check", "--format", "json"], &["model"]] {
        let outs = ["1", "2", "7"].map(|jobs| run(&[command, &[&shown(&path), "--jobs", jobs]].concat()).out);
        assert_eq!(outs[1], outs[0]);
        assert_eq!(outs[2], outs[0]);
    }
}

#[test]
fn messages_can_be_english() {
    let ended = run(&["check", &xlsx(), "--format", "json", "--lang", "en"]);
    for finding in ended.json().iter().filter(|f| f["rule"] == "S07") {
        assert!(finding["message"].as_str().unwrap().contains("decimal"), "{finding}");
    }
}

#[test]
fn the_editions_are_listed_by_name() {
    let ended = run(&["template", "list"]);
    assert_eq!(ended.status, 0);
    let names: Vec<&str> = ended.out.lines().map(|l| l.split('\t').next().unwrap()).collect();
    assert!(names.contains(&"hebei/unit-2023"), "{names:?}");
    assert!(names.is_sorted());
}

#[test]
fn a_shown_edition_is_the_resolved_whole_in_toml() {
    let ended = run(&["template", "show", "hebei/unit-2023"]);
    assert_eq!(ended.status, 0);
    let shown: toml::Table = ended.out.parse().unwrap();
    assert_eq!(shown, template().resolved);
}

#[test]
fn a_rule_is_explained_with_its_title_equation_reason_and_place() {
    let ended = run(&["explain", "A42"]);
    assert_eq!(ended.status, 0);
    let rule = template().rule("A42").unwrap();
    for part in [&rule.declared.title, &rule.declared.equations[0], rule.declared.why.as_ref().unwrap(), &rule.declared.scope] {
        assert!(ended.out.contains(part.as_str()), "{part} in {}", ended.out);
    }
    assert_eq!(run(&["explain", "a42"]).out, ended.out, "ids may be typed in small letters");
}

#[test]
fn every_rule_can_be_explained() {
    let ids = template().rules.iter().map(|r| r.declared.id.as_str());
    let ended = run(&["explain"].into_iter().chain(ids).collect::<Vec<_>>());
    assert_eq!(ended.status, 0);
    for rule in &template().rules {
        assert!(ended.out.contains(&format!("{}  {}", rule.declared.id, rule.declared.title)), "{}", rule.declared.id);
    }
}

const NEXT_YEAR: &str = r#"
extends = "hebei/unit-2023"

[edition]
title = "河北 单位预算信息公开 2031 年"
year = 2031
"#;

#[test]
fn a_folder_of_templates_adds_an_edition_that_extends_an_embedded_one() {
    let (_kept, path) = folder(&[("hebei/unit-2031.toml", NEXT_YEAR.as_bytes())]);
    let templates = ["--templates", &shown(&path)];
    let list = run(&[&["template", "list"][..], &templates].concat());
    for name in ["hebei/unit-2031\t", "hebei/unit-2023\t"] {
        assert!(list.out.lines().any(|l| l.starts_with(name)), "{}", list.out);
    }
    let file = xlsx();
    let model = run(&[&["model", &file, "--template", "hebei/unit-2031"][..], &templates].concat());
    assert_eq!(model.json()[0]["template"], "hebei/unit-2031");
    let file = xlsx();
    let check = run(&[&["check", &file, "--format", "json", "--template", "hebei/unit-2031"][..], &templates].concat());
    assert!(check.findings().iter().any(|f| f.starts_with("A42 error")), "{:?}", check.findings());
}

#[test]
fn an_error_in_a_template_names_its_file_and_key_and_ends_with_status_two() {
    let wrong = NEXT_YEAR.replace("year = 2031", "year = 2031\ncolour = \"red\"");
    let (_kept, path) = folder(&[("hebei/unit-2031.toml", wrong.as_bytes())]);
    let file = xlsx();
    for command in [&["template", "list"][..], &["check", &file], &["explain", "A42"]] {
        let ended = run(&[command, &["--templates", &shown(&path)]].concat());
        assert_eq!(ended.status, 2, "{command:?}");
        for part in ["hebei/unit-2031.toml", "edition.colour"] {
            assert!(ended.err.contains(part), "{part} in {}", ended.err);
        }
    }
}

#[test]
fn a_folder_of_templates_that_is_not_there_ends_with_status_two() {
    assert_eq!(run(&["template", "list", "--templates", "no/such/folder"]).status, 2);
}

#[test]
fn a_draft_never_overwrites_a_file_and_a_form_that_cannot_be_read_is_told() {
    let (_keep, path) = folder(&[("kept.toml", b"mine"), ("form.xlsx", b"PK")]);
    let (kept, new) = (shown(&path.join("kept.toml")), shown(&path.join("new.toml")));
    let refused = run(&["template", "draft", &xlsx(), "-o", &kept]);
    assert_eq!((refused.status, std::fs::read(&kept).unwrap()), (2, b"mine".to_vec()));
    assert!(refused.err.contains("已经存在"), "{}", refused.err);
    for form in [shown(&path.join("form.xlsx")), shown(&path.join("missing.xlsx"))] {
        let unread = run(&["template", "draft", &form, "-o", &new]);
        assert_eq!((unread.status, Path::new(&new).exists()), (3, false), "{}", unread.err);
    }
    let drafted = run(&["template", "draft", &xlsx(), "--extends", "hebei/unit-2023", "-o", &new]);
    assert_eq!(drafted.status, 0, "{}", drafted.err);
    let text = std::fs::read_to_string(&new).unwrap();
    assert!(text.starts_with("# 由空白表起草，以 hebei/unit-2023 为底。\n"), "{text}");
}

#[test]
fn the_narrative_is_renewed_only_when_asked_for_and_every_change_is_listed() {
    let (_kept, path) = folder(&[("a.xlsx", &fixture())]);
    let input = shown(&path.join("a.xlsx"));
    let written = |out: &str, narrative: bool| {
        let mut arguments = vec!["convert".to_owned(), input.clone(), "-o".to_owned(), shown(&path.join(out))];
        arguments.extend(narrative.then(|| "--narrative".to_owned()));
        let ended = run(&arguments);
        assert_eq!(ended.status, 0, "{}", ended.err);
        let said = ended.out.lines().find(|l| l.contains("已写出")).unwrap().to_owned();
        let stem = "434007_秦皇岛经济技术开发区营商环境服务中心_2023";
        let read = |kind: &str| {
            let bytes = std::fs::read(path.join(out).join(format!("{stem}_{kind}.xlsx"))).unwrap();
            let grid = yusuan::edge::read::read(&bytes, "a.xlsx").unwrap();
            let texts = grid.sheets.iter().flat_map(|s| &s.cells).filter_map(|c| c.text().map(str::to_owned));
            texts.collect::<Vec<_>>().join("\n")
        };
        (said, read("规范"), read("信息公开"))
    };
    let (said, cleaned, disclosed) = written("plain", false);
    assert!(said.ends_with("（修改 2 处）"), "{said}");
    assert!([&cleaned, &disclosed].iter().all(|t| t.contains("61.08") && t.contains("4.99")));
    let (said, cleaned, disclosed) = written("renewed", true);
    assert!(said.ends_with("（修改 4 处，其中情况说明 2 处）"), "{said}");
    assert!(
        disclosed.contains("项目支出 61.87 万元") && disclosed.contains("项目支出减少4.20万元") && !disclosed.contains("61.08")
    );
    assert!(cleaned.contains("项目支出 61.87 万元") && cleaned.contains("D05 文字：项目支出"));
}
