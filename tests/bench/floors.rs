//! What this bench does when it is started as a floor: what any program has to do with the libraries; never what `yusuan` adds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use yusuan::edge::{read, store};
use yusuan::finding::{Lang, in_sheet_order};
use yusuan::grid::Grid;
use yusuan::stage::folded::Folded;
use yusuan::stage::{check, extract, layout, recompute};
use yusuan::template::{Template, load};

use crate::clock::Time;
use crate::floor;
use crate::submissions::{EDITION, Submissions};

/// The argument that starts a floor.
pub const FLOOR: &str = "floor";

/// Does what the arguments say.
///
/// | arguments | |
/// |---|---|
/// | `start` | nothing |
/// | `ranges PATH` | reads the values of a workbook, or of all in a folder |
/// | `full PATH` | reads the values, formulas and merged areas; the styles of the workbook are read on opening |
/// | `styled PATH` | reads the style of every cell too |
/// | `convert FOLDER OUTPUT` | reads the values and writes the cells that the program would write |
/// | `submissions FOLDER COUNT`, `sheet FILE ROWS` | makes what is read; no floor, but a process of its own so that this one stays small |
pub fn run(arguments: &[String]) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["start"] => {}
        ["ranges", path] => all(path).iter().for_each(|bytes| assert!(floor::read_ranges(&bytes()) > 0)),
        ["full", path] => all(path).iter().for_each(|bytes| assert!(floor::read_full(&bytes()) > 0)),
        ["styled", path] => all(path).iter().for_each(|bytes| assert!(floor::read_styled(&bytes()) > 0)),
        ["convert", folder, output] => convert(Path::new(folder), Path::new(output)),
        ["submissions", folder, count] => generate(Path::new(folder), count.parse().unwrap()),
        ["sheet", file, rows] => {
            std::fs::write(file, Submissions::new(&template()).sheet(rows.parse().unwrap())).unwrap();
        }
        _ => panic!("no floor: {arguments:?}"),
    }
}

/// What reads each of the workbooks.
fn all(path: &str) -> Vec<impl Fn() -> Vec<u8>> {
    files(Path::new(path)).into_iter().map(|file| move || std::fs::read(&file).unwrap()).collect()
}

/// A file, or the files of a folder in the order of their names.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut files: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn template() -> Arc<Template> {
    Arc::new(load(EDITION, &store::sources(&[]).unwrap()).unwrap())
}

/// Makes so many submissions in a folder.
pub fn generate(folder: &Path, count: usize) {
    let template = template();
    let mut submissions = Submissions::new(&template);
    for number in 0..count {
        let (code, bytes) = submissions.next(number);
        std::fs::write(folder.join(format!("{code}.xlsx")), bytes).unwrap();
    }
}

/// Reads every workbook with the one library and writes two with the other. What is to be written is worked out before, and
/// what that takes is printed, on the wall and in processor time, so that it can be taken off.
fn convert(folder: &Path, output: &Path) {
    let mut prepared = Time::default();
    let template = prepared.of(template);
    for file in files(folder) {
        let grids = prepared.of(|| grids(&std::fs::read(&file).unwrap(), &template));
        let (formats, plain) = prepared.of(|| (floor::Formats::of(&grids), grids.each_ref().map(floor::Plain::of)));
        floor::read_ranges(&std::fs::read(&file).unwrap());
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        for (number, plain) in plain.iter().enumerate() {
            std::fs::write(output.join(format!("{name}_{number}.xlsx")), floor::write(plain, &formats)).unwrap();
        }
        prepared.of(|| drop((plain, formats)));
        prepared.of(|| drop(grids));
    }
    say(&prepared);
}

#[allow(clippy::print_stdout, reason = "the process that started this one reads it")]
fn say(prepared: &Time) {
    println!("{} {}", prepared.wall.as_micros(), prepared.cpu.as_micros());
}

/// The cleaned and the disclosure workbook of a submission, as the program writes them.
fn grids(bytes: &[u8], template: &Arc<Template>) -> [Grid; 2] {
    let grid = read::read(bytes, "submission.xlsx").unwrap();
    let extracted = extract::extract(&Folded::new(&grid), "submission.xlsx", template, None).unwrap();
    let (mut budget, mut findings) = (extracted.budget, extracted.findings);
    findings.extend(check::check(&budget));
    in_sheet_order(&mut findings);
    let changes = recompute::recompute(&mut budget);
    let ledger = layout::ledger(&budget, &budget, &changes, &findings, Lang::Zh);
    [layout::cleaned(&budget, &ledger), layout::disclosure(&budget)]
}
