//! Long runs: interrupted and resumed they end as if never interrupted, and the number of jobs changes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use tempfile::TempDir;
use yusuan::edge::write;
use yusuan::grid::{Grid, Value};

use super::grouping::saved;
use super::support::{fixture, number, with};

/// Where a run notes what it has done.
const JOURNAL: &str = ".yusuan-进度.jsonl";
const REPORTS: [&str; 2] = ["检查报告.jsonl", "检查报告.txt"];

/// The workbook of a unit of its own.
fn unit(of: usize) -> Grid {
    let mut grid = fixture().clone();
    for cell in grid.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace("434007", &format!("434{of:03}")).replace("营商环境服务中心", &format!("第{of}服务中心"));
        }
    }
    // Some have other findings than the rest.
    if of.is_multiple_of(3) { with(&grid, "支出总表", "E9", number(&of.to_string())) } else { grid }
}

/// A folder `in` with so many plain units, files that cannot be read, versions of one unit, and a unit in parts.
fn inputs(units: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("in");
    std::fs::create_dir_all(below.join("parts")).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(below.join(name), bytes).unwrap();
    for of in 100..100 + units {
        put(&format!("u{of}.xlsx"), &write::write(&unit(of)).unwrap());
    }
    put("a-empty.xlsx", b"");
    put("t-garbage.xls", b"no workbook");
    for (name, day) in [("a-version.xlsx", 10), ("b-version.xlsx", 20), ("u100-version.xlsx", 15)] {
        put(name, &saved(&with(&unit(50), "支出总表", "E9", number(&day.to_string())), &format!("2031-01-{day}T00:00:00Z")));
    }
    // Nothing says which of the two is newer: both are written, the second under a number.
    for name in ["a-twice.xlsx", "b-twice.xlsx"] {
        put(name, &write::write(&unit(51)).unwrap());
    }
    for (place, sheet) in unit(52).sheets.iter().enumerate() {
        let part = Grid { sheets: vec![sheet.clone()], ..Grid::default() };
        put(&format!("parts/{place:02}.xlsx"), &write::write(&part).unwrap());
    }
    folder
}

fn run(at: &Path, arguments: &[&str]) -> Output {
    cargo_bin_cmd!("yusuan").current_dir(at).args(arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap());
    entries.filter(|path| path.is_file()).map(read).collect()
}

/// The folder has the same files with the same bytes as that of an uninterrupted run.
fn assert_same(folder: &Path, whole: &Path) {
    let (got, wanted) = (files(folder), files(whole));
    assert_eq!(got.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    for (name, bytes) in &wanted {
        assert!(got[name] == *bytes, "{name} has other bytes");
    }
}

/// The outputs of plain units that the journal holds to be done.
fn done(folder: &Path) -> Vec<String> {
    let journal = std::fs::read_to_string(folder.join(JOURNAL)).unwrap();
    let lines = journal.lines().skip(1).map(|line| serde_json::from_str::<Json>(line).unwrap());
    let plain = lines.filter(|line| line["input"].as_str().is_some_and(|name| name.starts_with("in/u1") && name.len() == 12));
    plain
        .flat_map(|line| line["kept"]["outputs"].as_array().unwrap().clone())
        .map(|o| o["file"].as_str().unwrap().to_owned())
        .collect()
}

fn modified(folder: &Path, names: &[String]) -> Vec<std::time::SystemTime> {
    names.iter().map(|name| std::fs::metadata(folder.join(name)).unwrap().modified().unwrap()).collect()
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_whole_files_and_resumed_ends_as_if_never_interrupted() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let folder = inputs(40);
    let at = folder.path();
    let whole = run(at, &["convert", "in", "-o", "whole"]);
    assert_eq!(whole.status.code(), Some(3), "{}", said(&whole.stderr));
    let mut program = Command::new(cargo_bin_cmd!("yusuan").get_program());
    program.current_dir(at).args(["convert", "in", "-o", "out", "--jobs", "2"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = program.spawn().unwrap();
    let out = at.join("out");
    let begun = Instant::now();
    let plain = |out: &Path| {
        std::fs::read_dir(out)
            .map_or(0, |all| all.flatten().filter(|e| e.file_name().to_str().is_some_and(|n| n.starts_with("4341"))).count())
    };
    while plain(&out) < 5 {
        assert!(begun.elapsed() < Duration::from_secs(300), "no output appears");
        std::thread::sleep(Duration::from_millis(2));
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let asked = Instant::now();
    let ended = child.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(10), "it ends promptly, also on a busy machine");
    assert_eq!(ended.status.code(), Some(130));
    let line = said(&ended.stderr);
    assert!(line.starts_with("已中断：") && line.contains("--resume") && line.lines().count() == 1, "{line}");

    let left = files(&out);
    for (name, bytes) in &left {
        assert!(name.ends_with(".xlsx") || name == JOURNAL, "{name} is left behind");
        assert!(name == JOURNAL || yusuan::edge::read::read(bytes, name).is_ok(), "{name} is not whole");
    }
    assert!(left.len() < files(&at.join("whole")).len(), "it was too late to interrupt");
    let before = done(&out);
    assert!(before.len() >= 2, "{before:?}");
    let times = modified(&out, &before);

    let resumed = run(at, &["convert", "in", "-o", "out", "--resume"]);
    assert_eq!(resumed.status.code(), Some(3), "{}", said(&resumed.stderr));
    assert_eq!(modified(&out, &before), times, "what was done is not done again");
    assert_eq!(said(&resumed.stdout), said(&whole.stdout));
    assert_same(&out, &at.join("whole"));
}

/// A run into `out` that ends before its reports are in their place, so that its journal stays: as an interruption after the
/// last unit does.
fn stopped(at: &Path, more: &[&str]) {
    let obstacle = at.join("out").join(REPORTS[1]);
    std::fs::create_dir_all(obstacle.join("inner")).unwrap();
    let ended = run(at, &[&["convert", "in", "-o", "out"], more].concat());
    assert_eq!(ended.status.code(), Some(2), "{}", said(&ended.stderr));
    std::fs::remove_dir_all(obstacle).unwrap();
    assert!(at.join("out").join(JOURNAL).is_file());
}

#[test]
fn what_changed_since_the_interruption_is_done_again() {
    let folder = inputs(8);
    let at = folder.path();
    stopped(at, &[]);
    let out = at.join("out");
    let journal = std::fs::read_to_string(out.join(JOURNAL)).unwrap();
    let before = done(&out);
    assert_eq!(before.len(), 16);
    // One input, one output and one that is gone; the last line is torn; a unit is new, so that names with numbers move on.
    std::fs::write(at.join("in/u101.xlsx"), write::write(&unit(99)).unwrap()).unwrap();
    std::fs::write(out.join(&before[4]), b"changed").unwrap();
    std::fs::remove_file(out.join(&before[7])).unwrap();
    std::fs::write(at.join("in/a-thrice.xlsx"), write::write(&unit(51)).unwrap()).unwrap();
    std::fs::write(out.join(JOURNAL), &journal[..journal.trim_end().char_indices().next_back().unwrap().0]).unwrap();
    let left_alone: Vec<String> = [0, 1, 8, 9, 10, 11].map(|place: usize| before[place].clone()).to_vec();
    let times = modified(&out, &left_alone);

    let resumed = run(at, &["convert", "in", "-o", "out", "--resume"]);
    assert_eq!(resumed.status.code(), Some(3), "{}", said(&resumed.stderr));
    assert_eq!(modified(&out, &left_alone), times, "what has not changed is not done again");
    let whole = run(at, &["convert", "in", "-o", "whole"]);
    assert_eq!(said(&resumed.stdout), said(&whole.stdout));
    // The outputs of the unit that was there before its file became another's.
    for old in &before[2..4] {
        std::fs::remove_file(out.join(old)).unwrap();
    }
    assert_same(&out, &at.join("whole"));
}

#[test]
fn other_options_and_a_run_that_does_not_resume_begin_anew() {
    let folder = inputs(3);
    let at = folder.path();
    stopped(at, &[]);
    let out = at.join("out");
    let before = done(&out);
    for more in [&["--resume", "--lang", "en"][..], &["--resume", "--narrative"], &["--resume", "--combined"], &[]] {
        let times = modified(&out, &before);
        let journal = std::fs::read(out.join(JOURNAL)).unwrap();
        let ended = run(at, &[&["convert", "in", "-o", "out"], more].concat());
        assert_eq!(ended.status.code(), Some(3), "{}", said(&ended.stderr));
        assert!(modified(&out, &before).iter().zip(&times).all(|(after, before)| after != before), "{more:?}");
        assert!(!out.join(JOURNAL).exists(), "a run that is whole leaves no journal");
        let whole = run(at, &[&["convert", "in", "-o", "whole"], &more[more.len().min(1)..]].concat());
        assert_eq!(whole.status.code(), Some(3), "{}", said(&whole.stderr));
        assert_eq!(said(&ended.stdout).replace("out/", "whole/"), said(&whole.stdout));
        assert_same(&out, &at.join("whole"));
        std::fs::write(out.join(JOURNAL), journal).unwrap();
    }
}

#[test]
fn a_journal_and_outputs_among_the_inputs_are_not_taken_for_inputs() {
    let folder = inputs(2);
    let at = folder.path();
    let whole = run(at, &["convert", "in", "-o", "whole"]);
    let obstacle = at.join("in/out").join(REPORTS[1]);
    std::fs::create_dir_all(obstacle.join("inner")).unwrap();
    assert_eq!(run(at, &["convert", "in", "-o", "in/out"]).status.code(), Some(2));
    std::fs::remove_dir_all(obstacle).unwrap();
    let resumed = run(at, &["convert", "in", "-o", "in/out", "--resume"]);
    assert_eq!(said(&resumed.stdout), said(&whole.stdout));
    assert_same(&at.join("in/out"), &at.join("whole"));
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let folder = inputs(6);
    let at = folder.path();
    let commands: [&[&str]; 5] = [
        &["check", "in", "-o", "out/report.json"],
        &["check", "in", "--format", "json", "--annotate", "out"],
        &["convert", "in", "--combined", "-o", "out"],
        &["merge", "in", "-o", "out/sum.xlsx"],
        &["model", "in"],
    ];
    for command in commands {
        let mut first = None;
        for jobs in ["1", "2", "5"] {
            std::fs::create_dir(at.join("out")).unwrap();
            let ended = run(at, &[command, &["--jobs", jobs]].concat());
            let made = (ended.status.code(), said(&ended.stdout), said(&ended.stderr), files(&at.join("out")));
            assert_eq!(made.0, Some(3), "{command:?}: {}", made.2);
            assert!(*first.get_or_insert_with(|| made.clone()) == made, "{command:?} with {jobs} jobs");
            std::fs::remove_dir_all(at.join("out")).unwrap();
        }
    }
}

#[test]
fn no_progress_is_shown_where_there_is_no_terminal() {
    let folder = inputs(2);
    for command in [&["check", "in"][..], &["convert", "in", "-o", "out"], &["merge", "in", "-o", "sum.xlsx"]] {
        let ended = run(folder.path(), command);
        assert_eq!(said(&ended.stderr), "", "{command:?}");
        assert!(!said(&ended.stdout).contains('\u{1b}') && !said(&ended.stdout).contains('\r'), "{command:?}");
    }
}
