//! How long one summary of many units takes, and how much memory, beside reading the same units and nothing more.
//!
//! `cargo bench --bench merging`; YUSUAN_BENCH_UNITS sets how many units (300 and 10,000), YUSUAN_BENCH_KEEP a folder in which
//! the units and the last summary are left.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that goes wrong should stop, and prints what it finds"
)]

mod program;
mod submissions;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use yusuan::edge::store;
use yusuan::template::load;

/// The edition that the units follow.
const EDITION: &str = "hebei/unit-2023";

fn main() {
    let given = std::env::var("YUSUAN_BENCH_UNITS").ok().and_then(|n| n.parse().ok());
    let counts: Vec<usize> = given.map_or(vec![300, 10_000], |n: usize| vec![n.max(2)]);
    let head = ["CPU s", "wall s", "ms/unit", "x check", "peak MB"];
    println!("{:<28}{:>9}{:>9}{:>9}{:>9}{:>9}", "one job", head[0], head[1], head[2], head[3], head[4]);
    for count in counts {
        let temporary = tempfile::tempdir().unwrap();
        let kept: PathBuf = std::env::var("YUSUAN_BENCH_KEEP").map_or_else(|_| temporary.path().to_owned(), Into::into);
        let (folder, summary) = (kept.join(format!("{count}")), kept.join("summary.xlsx"));
        generate(&folder, count);
        let read = program::run(&["check".as_ref(), folder.as_ref(), "--fail-on".as_ref(), "never".as_ref()], 1);
        let arguments = ["merge".as_ref(), folder.as_ref(), "-o".as_ref(), summary.as_ref(), "--name".as_ref(), "全区".as_ref()];
        let merged = program::run(&arguments, 1);
        print(&format!("check {count} units"), count, &read, &read);
        print(&format!("merge {count} units"), count, &merged, &read);
        let size = |path: &Path| std::fs::metadata(path).unwrap().len() >> 20;
        println!("    written: {} MB workbook, {} MB data", size(&summary), size(&summary.with_extension("jsonl")));
    }
}

fn generate(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let sources = store::sources(&[]).unwrap();
    let template = Arc::new(load(EDITION, &sources).unwrap());
    let mut submissions = submissions::Submissions::new(&template);
    for number in 0..count {
        let (code, bytes) = submissions.next(number);
        std::fs::write(folder.join(format!("{code}.xlsx")), bytes).unwrap();
    }
}

fn print(what: &str, count: usize, run: &program::Run, read: &program::Run) {
    let or_dash = |number: Option<f64>| number.map_or("-".to_owned(), |n| format!("{n:.2}"));
    let of = |run: &program::Run| run.cpu.unwrap_or(run.wall).as_secs_f64();
    println!(
        "{what:<28}{:>9}{:>9.2}{:>9.2}{:>9.2}{:>9}",
        or_dash(run.cpu.map(|cpu| cpu.as_secs_f64())),
        run.wall.as_secs_f64(),
        1000.0 * of(run) / count as f64,
        of(run) / of(read),
        or_dash(run.peak.map(|kb| kb as f64 / 1024.0)),
    );
}
