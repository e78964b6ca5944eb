//! `check --annotate`: which files get a copy, what it is called, that it reads like the submission and that programs open it.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use tempfile::TempDir;
use yusuan::edge::write;
use yusuan::grid::{Grid, Value};

use super::grouping::of_another_unit;
use super::package::{Seen, entries, part};
use super::support::{FIXTURE, FORMATS, fixture, fixture_bytes, fixture_path, path};

/// How a run ended: output, errors, status.
struct Ended {
    out: String,
    err: String,
    status: i32,
}

fn run(arguments: &[&str], paths: &[&Path], copies: Option<&Path>) -> Ended {
    let mut command = cargo_bin_cmd!("yusuan");
    command.args(arguments).args(paths);
    if let Some(copies) = copies {
        command.arg("--annotate").arg(copies);
    }
    let output = command.output().unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { out: said(output.stdout), err: said(output.stderr), status: output.status.code().unwrap() }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A folder for inputs, and one for copies that is not there yet.
fn folders() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (inputs, copies) = (folder.path().join("报送"), folder.path().join("审核"));
    std::fs::create_dir(&inputs).unwrap();
    (folder, inputs, copies)
}

/// What a run on one file says as JSON, without the name of the file.
fn told(command: &[&str], file: &Path) -> Vec<String> {
    let ended = run(command, &[file], None);
    let without_file = |line: &str| {
        let mut json: Json = serde_json::from_str(line).unwrap();
        ["file", "sources"].iter().for_each(|key| drop(json.as_object_mut().unwrap().remove(*key)));
        let tables = json.get_mut("tables").and_then(Json::as_object_mut);
        tables.into_iter().flatten().for_each(|(_, table)| drop(table.as_object_mut().unwrap().remove("file")));
        for key in ["performance", "institutions", "narrative"] {
            let list = json.get_mut(key).and_then(Json::as_array_mut);
            list.into_iter().flatten().for_each(|one| drop(one.as_object_mut().unwrap().remove("file")));
        }
        json.to_string()
    };
    ended.out.lines().map(without_file).collect()
}

/// How many findings of each severity a workbook has, the worst first.
fn counts(path: &Path) -> [usize; 3] {
    let findings = told(&FINDINGS, path);
    let of = |word: &str| findings.iter().filter(|line| line.contains(&format!("\"severity\":\"{word}\""))).count();
    [of("error"), of("warning"), of("note") + of("trial")]
}

const FINDINGS: [&str; 5] = ["check", "--format", "json", "--fail-on", "never"];

#[test]
fn the_copy_of_the_published_budget_reads_like_it_and_is_made_again_to_the_byte() {
    let (_kept, _, copies) = folders();
    let original = fixture_path("xlsx");
    let ended = run(&["check"], &[&original], Some(&copies));
    let copy = copies.join(format!("{FIXTURE}_审核.xlsx"));
    assert!(ended.out.contains(&format!("已写出审核稿 {}", copy.display())) && ended.status == 1, "{}", ended.out);
    assert_eq!(told(&["model"], &copy), told(&["model"], &original));
    let findings = told(&FINDINGS, &original);
    assert!(findings.len() > 10);
    assert_eq!(told(&FINDINGS, &copy), findings);
    let seen = Seen::new(&std::fs::read(&copy).unwrap());
    let sheets = seen.names();
    let marked = sheets.iter().flat_map(|name| seen.comments(name).into_keys().map(move |c| format!("{name}!{c}")));
    let mut marked: Vec<String> = marked.collect();
    marked.sort();
    let mut expected: Vec<String> = told(&FINDINGS, &original)
        .iter()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .map(|json| format!("{}!{}", json["sheet"].as_str().unwrap(), json["cell"].as_str().unwrap()))
        .collect();
    expected.sort();
    // One cell may have several findings.
    expected.dedup();
    assert_eq!(marked, expected);
    let again = copies.join("again");
    run(&["check"], &[&copy], Some(&again));
    assert_eq!(std::fs::read(again.join(format!("{FIXTURE}_审核.xlsx"))).unwrap(), std::fs::read(&copy).unwrap());
}

#[test]
fn a_comment_tells_rule_numbers_and_advice() {
    let (_kept, _, copies) = folders();
    run(&["check"], &[&fixture_path("xlsx")], Some(&copies));
    let seen = Seen::new(&std::fs::read(copies.join(format!("{FIXTURE}_审核.xlsx"))).unwrap());
    let comment = &seen.comments("财政拨款“三公”经费支出表")["C6"].1;
    for words in ["[yusuan]\n必改 A42\n", "应等于 0.31", "相差 3.69", "\n→ 合计只应包含表中列示的各行"] {
        assert!(comment.contains(words), "{comment}");
    }
    let [errors, warnings, notes] = counts(&fixture_path("xlsx"));
    assert!(seen.sheet("审核意见").contains(&format!("审核意见：必改 {errors}，核实 {warnings}，提示 {notes}")));
    let english = copies.join("en");
    run(&["check", "--lang", "en"], &[&fixture_path("xlsx")], Some(&english));
    let seen = Seen::new(&std::fs::read(english.join(format!("{FIXTURE}_审核.xlsx"))).unwrap());
    assert!(seen.sheet("Review").contains(&format!("{errors} errors, {warnings} warnings, {notes} notes")));
}

#[test]
fn every_format_of_cells_gets_a_copy_with_the_same_findings_and_documents_get_none() {
    for format in &FORMATS[1..] {
        let (_kept, _, copies) = folders();
        let ended = run(&["check"], &[&fixture_path(format)], Some(&copies));
        assert!(ended.out.contains("按读到的内容重画"), "{}", ended.out);
        let places = |file: &Path| {
            let json = told(&FINDINGS, file).into_iter().map(|line| serde_json::from_str::<Json>(&line).unwrap());
            json.map(|j| [&j["rule"], &j["sheet"], &j["cell"], &j["value"]].map(Json::to_string)).collect::<Vec<_>>()
        };
        let copy = copies.join(format!("{FIXTURE}_审核.xlsx"));
        assert_eq!(places(&copy), places(&fixture_path(format)), "{format}");
    }
    for document in ["434007.docx", "434007.txt"] {
        let (_kept, _, copies) = folders();
        let ended = run(&["check"], &[&path("fixtures/hebei-unit-2023").join(document)], Some(&copies));
        assert!(ended.out.contains("文档没有单元格可供标注"), "{}", ended.out);
        assert!(names(&copies).is_empty());
    }
}

/// A folder of one budget, each of its tables in a file of its own.
fn table_by_table(folder: &Path) {
    for (place, sheet) in fixture().sheets.iter().enumerate() {
        let grid = Grid { sheets: vec![sheet.clone()], ..Grid::default() };
        std::fs::write(folder.join(format!("{place:02}.xlsx")), write::write(&grid).unwrap()).unwrap();
    }
}

#[test]
fn a_file_without_findings_gets_no_copy_and_a_line_that_quiet_leaves_out() {
    let (_kept, inputs, copies) = folders();
    table_by_table(&inputs);
    let ended = run(&["check"], &[&inputs], Some(&copies));
    assert!(ended.out.contains("07.xlsx：没有发现问题，不生成审核稿"), "{}", ended.out);
    assert!(!names(&copies).contains(&"07_审核.xlsx".to_owned()) && names(&copies).contains(&"08_审核.xlsx".to_owned()));
    let quiet = run(&["check", "--quiet"], &[&inputs], Some(&copies));
    assert!(!quiet.out.contains("审核稿") && quiet.out.contains("A42"), "{}", quiet.out);
    let json = run(&FINDINGS, &[&inputs], Some(&copies));
    assert!(json.out.lines().all(|line| serde_json::from_str::<Json>(line).is_ok()));
    assert!(json.err.contains("已写出审核稿") && json.err.contains("不生成审核稿"), "{}", json.err);
}

#[test]
fn files_of_one_name_in_folders_and_bundles_get_copies_of_their_own_always_alike() {
    let (_kept, inputs, copies) = folders();
    for unit in ["甲", "乙"] {
        std::fs::create_dir(inputs.join(unit)).unwrap();
        let mut grid = of_another_unit(fixture());
        for cell in grid.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells).filter(|_| unit == "甲") {
            if let Value::Text(text) = &mut cell.value {
                *text = text.replace("434008", "434009").replace("第二", "第三");
            }
        }
        std::fs::write(inputs.join(unit).join("预算.xlsx"), write::write(&grid).unwrap()).unwrap();
    }
    let mut bundle = zip::ZipWriter::new(std::fs::File::create(inputs.join("丙.zip")).unwrap());
    bundle.start_file("内/预算.XLSX", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut bundle, &fixture_bytes("xlsx")).unwrap();
    bundle.finish().unwrap();
    run(&["check", "--jobs", "1"], &[&inputs], Some(&copies));
    let expected = ["预算_审核(2).xlsx", "预算_审核(3).xlsx", "预算_审核.xlsx"];
    assert_eq!(names(&copies), expected);
    let other = copies.with_file_name("四");
    run(&["check", "--jobs", "4"], &[&inputs], Some(&other));
    for name in expected {
        assert_eq!(std::fs::read(copies.join(name)).unwrap(), std::fs::read(other.join(name)).unwrap(), "{name}");
    }
}

#[test]
fn a_copy_never_takes_the_place_of_an_input_and_copies_in_the_folder_are_not_read_again() {
    let (_kept, inputs, _) = folders();
    let filled = inputs.join("a_审核.xlsx");
    std::fs::write(&filled, fixture_bytes("xlsx")).unwrap();
    run(&["check"], &[&filled], Some(&inputs));
    assert_eq!(names(&inputs), ["a_审核(2).xlsx", "a_审核.xlsx"]);
    assert_eq!(std::fs::read(&filled).unwrap(), fixture_bytes("xlsx"));

    let (_kept, inputs, _) = folders();
    std::fs::write(inputs.join("a.xlsx"), fixture_bytes("xlsx")).unwrap();
    let copies = inputs.join("审核");
    let first = run(&["check"], &[&inputs], Some(&copies));
    let second = run(&["check"], &[&inputs], Some(&copies));
    assert_eq!((first.out, names(&copies).len()), (second.out, 1));
    let into_itself = run(&["check"], &[&inputs], Some(&inputs));
    assert!(into_itself.err.contains("本身就是输入文件夹") && into_itself.status == 2, "{}", into_itself.err);
    // A copy that came back in another folder is the submission of the unit.
    let back = run(&["check"], &[&copies], Some(&inputs.join("again")));
    let [errors, ..] = counts(&fixture_path("xlsx"));
    assert!(back.out.contains(&format!("共 1 份预算：必改 {errors}")), "{}", back.out);
}

#[test]
fn two_budgets_in_one_workbook_share_a_copy_and_files_of_one_budget_get_one_each() {
    let (_kept, inputs, copies) = folders();
    let mut both = fixture().clone();
    both.sheets.extend(of_another_unit(fixture()).sheets);
    std::fs::write(inputs.join("两家.xlsx"), write::write(&both).unwrap()).unwrap();
    let ended = run(&["check"], &[&inputs], Some(&copies));
    assert!(ended.out.contains("共 2 份预算"), "{}", ended.out);
    assert_eq!(names(&copies), ["两家_审核.xlsx"]);
    let bytes = std::fs::read(copies.join("两家_审核.xlsx")).unwrap();
    let seen = Seen::new(&bytes);
    assert_eq!(seen.comments("财政拨款“三公”经费支出表").len(), 2);
    assert_eq!(seen.comments("乙财政拨款“三公”经费支出表").len(), 2);

    let (_kept, inputs, copies) = folders();
    table_by_table(&inputs);
    let ended = run(&["check"], &[&inputs], Some(&copies));
    assert!(ended.out.contains("共 1 份预算"), "{}", ended.out);
    let seen = Seen::new(&std::fs::read(copies.join("08_审核.xlsx")).unwrap());
    assert_eq!(seen.comments("财政拨款“三公”经费支出表").len(), 2);
}

#[test]
fn what_cannot_be_saved_is_a_finding() {
    let (_kept, inputs, _) = folders();
    let taken = inputs.join("file");
    std::fs::write(&taken, b"x").unwrap();
    let ended = run(&["check", "--fail-on", "never"], &[&fixture_path("xlsx")], Some(&taken));
    assert!(ended.out.contains("R90") && ended.out.contains("无法保存") && ended.status == 3, "{}", ended.out);
}

/// A file as LibreOffice converts it.
fn converted(file: &Path, to: &str) -> PathBuf {
    let folder = file.parent().unwrap();
    let mut office = Command::new("soffice");
    office.arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()));
    office.args(["--headless", "--convert-to", to, "--outdir"]).arg(folder.join("out")).arg(file);
    assert!(office.output().unwrap().status.success());
    folder.join("out").join(file.file_name().unwrap()).with_extension(to)
}

/// Where LibreOffice is not installed this test has nothing to say; the pipeline installs it first.
#[test]
fn libreoffice_opens_a_copy_prints_it_and_what_it_saves_is_still_the_submission() {
    if Command::new("soffice").arg("--version").output().is_err() {
        return;
    }
    let (_kept, _, copies) = folders();
    run(&["check"], &[&fixture_path("xlsx")], Some(&copies));
    let copy = copies.join("a.xlsx");
    std::fs::rename(copies.join(format!("{FIXTURE}_审核.xlsx")), &copy).unwrap();
    assert!(std::fs::read(converted(&copy, "pdf")).unwrap().len() > 10_000);
    let places = |file: &Path| {
        let json = told(&FINDINGS, file).into_iter().map(|line| serde_json::from_str::<Json>(&line).unwrap());
        json.map(|j| [&j["rule"], &j["sheet"], &j["cell"]].map(Json::to_string)).collect::<Vec<_>>()
    };
    for saved in ["xlsx", "ods", "xls"] {
        let saved = converted(&copy, saved);
        assert_eq!(places(&saved), places(&fixture_path("xlsx")), "{}", saved.display());
    }
    // Annotated again, the marks that LibreOffice saved are replaced and none is left over.
    let again = copies.join("again");
    run(&["check"], &[&copies.join("out/a.xlsx")], Some(&again));
    let bytes = std::fs::read(again.join("a_审核.xlsx")).unwrap();
    let (seen, before) = (Seen::new(&bytes), Seen::new(&std::fs::read(&copy).unwrap()));
    assert_eq!(seen.names(), before.names());
    for name in seen.names() {
        let (now, then) = (seen.comments(name), before.comments(name));
        assert_eq!(now.keys().collect::<Vec<_>>(), then.keys().collect::<Vec<_>>(), "{name}");
        assert!(now.values().all(|(_, text)| text.matches("[yusuan]").count() == 1));
    }
    assert!(entries(&bytes).iter().any(|(name, _)| name == "yusuan/review.json"));
    assert!(!part(&bytes, "xl/workbook.xml").contains("审核意见(2)"));
}
