//! How fast a thousand submissions are read, checked and written, beside the floor of the two libraries, in one run.
//!
//! `cargo bench --bench throughput`; YUSUAN_BENCH_FILES sets how many submissions (1,000).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that goes wrong should stop, and prints what it finds"
)]

mod floor;
mod program;
mod submissions;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use yusuan::edge::{read, report, store, write};
use yusuan::finding::{Lang, in_sheet_order, tell};
use yusuan::stage::folded::Folded;
use yusuan::stage::recognise::{Recognised, Recogniser};
use yusuan::stage::{check, extract, layout, recompute};
use yusuan::template::{Template, load};

/// The edition that the submissions follow.
const EDITION: &str = "hebei/unit-2023";
/// The smaller of the two runs whose memory is compared has at most so many files.
const FEW: usize = 100;
/// The whole may take so many times the floor.
const TARGET: f64 = 1.5;

fn main() {
    let count = std::env::var("YUSUAN_BENCH_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(1000).max(2);
    let sources = store::sources(&[]).unwrap();
    let templates: Vec<_> = sources.editions().iter().map(|name| Arc::new(load(name, &sources).unwrap())).collect();
    let edition = templates.iter().find(|t| t.name == EDITION).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = generate(folder.path(), count, edition);
    let recogniser = Recogniser::new(templates);
    let mut spent = Spent::default();
    files.iter().for_each(|file| one(file, &recogniser, &mut spent));
    spent.print(count);
    whole_program(folder.path(), count);
}

/// Makes the submissions: the first few in a folder of their own, so that they can be converted alone.
fn generate(folder: &Path, count: usize, template: &Arc<Template>) -> Vec<PathBuf> {
    let mut submissions = submissions::Submissions::new(template);
    let place = |number: usize| folder.join(if number < few(count) { "few" } else { "others" });
    ["few", "others"].into_iter().for_each(|name| std::fs::create_dir(folder.join(name)).unwrap());
    let mut make = |number| {
        let (code, bytes) = submissions.next(number);
        let path = place(number).join(format!("{code}.xlsx"));
        std::fs::write(&path, bytes).unwrap();
        path
    };
    (0..count).map(&mut make).collect()
}

/// The time of every step over all files.
#[derive(Default)]
struct Spent {
    floor_ranges: Time,
    floor_read: Time,
    read: Time,
    extract: Time,
    check: Time,
    recompute: Time,
    layout: Time,
    write: Time,
    floor_write: Time,
    bytes: usize,
    read_cells: usize,
    written_cells: usize,
    findings: usize,
}

/// Does to one file what `convert` does, step by step, and what the libraries alone would have to do.
fn one(file: &Path, recogniser: &Recogniser, spent: &mut Spent) {
    let bytes = std::fs::read(file).unwrap();
    let name = file.to_string_lossy();
    spent.bytes += bytes.len();
    spent.floor_ranges.of(|| floor::read_ranges(&bytes));
    spent.read_cells += spent.floor_read.of(|| floor::read_cells(&bytes));

    let grid = spent.read.of(|| read::read(&bytes, &name).unwrap());
    let extracted = spent.extract.of(|| {
        let folded = Folded::new(&grid);
        let Recognised::Edition(fit) = recogniser.recognise(&folded).unwrap() else { panic!("{name} follows no edition") };
        extract::extract(&folded, &name, &fit.template, None).unwrap()
    });
    let (mut budget, mut findings) = (extracted.budget, extracted.findings);
    spent.check.of(|| {
        findings.extend(check::check(&budget));
        in_sheet_order(&mut findings);
        let told: Vec<_> = findings.iter().map(|f| tell(f, &budget, Lang::Zh)).collect();
        let mut text = Vec::new();
        report::text(&mut text, &name, &report::unit_line(&budget), &told, Lang::Zh).unwrap();
        let lines: Vec<String> = told.iter().map(|t| serde_json::to_string(t).unwrap()).collect();
        (text, lines)
    });
    spent.findings += findings.len();
    let changes = spent.recompute.of(|| recompute::recompute(&mut budget));
    let grids = spent.layout.of(|| {
        let ledger = layout::ledger(&budget, &budget, &changes, &findings, Lang::Zh);
        [layout::cleaned(&budget, &ledger), layout::disclosure(&budget)]
    });
    spent.write.of(|| grids.each_ref().map(|grid| write::write(grid).unwrap()));

    let formats = floor::Formats::of(&grids);
    let plain = grids.each_ref().map(floor::Plain::of);
    spent.written_cells += plain.iter().map(floor::Plain::cells).sum::<usize>();
    spent.floor_write.of(|| plain.each_ref().map(|plain| floor::write(plain, &formats)));
}

/// What a step has taken so far.
#[derive(Clone, Copy, Default)]
struct Time {
    wall: Duration,
    cpu: Duration,
}

impl Time {
    /// Adds the time of a piece of work.
    fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (wall, cpu) = (Instant::now(), cpu());
        let made = black_box(work());
        self.wall += wall.elapsed();
        self.cpu += self::cpu().saturating_sub(cpu);
        made
    }

    fn and(self, other: Self) -> Self {
        Self { wall: self.wall + other.wall, cpu: self.cpu + other.cpu }
    }

    fn line(self, what: &str, count: usize, floor: Self) {
        let Self { wall, cpu } = self;
        let each = cpu.as_secs_f64() * 1000.0 / count as f64;
        println!("{what:<44}{:>9.2}{:>9.2}{each:>9.2}{:>9.2}", cpu.as_secs_f64(), wall.as_secs_f64(), ratio(cpu, floor.cpu));
    }
}

impl Spent {
    fn print(&self, count: usize) {
        let each = |all: usize| all / count;
        println!(
            "{count} submissions, each {} KB, {} cells, {} findings; {} cells written for each",
            each(self.bytes) / 1024,
            each(self.read_cells),
            each(self.findings),
            each(self.written_cells)
        );
        println!("\n{:<44}{:>9}{:>9}{:>9}{:>9}", "one after another", "CPU s", "wall s", "CPU ms/1", "x floor");
        let floor = self.floor_read.and(self.floor_write);
        self.floor_ranges.line("floor: calamine, worksheet_range", count, self.floor_read);
        self.floor_read.line("floor: calamine, cell by cell", count, self.floor_read);
        self.floor_write.line("floor: rust_xlsxwriter", count, self.floor_write);
        floor.line("floor: cell by cell, and writing", count, floor);
        self.read.line("read", count, self.floor_read);
        self.extract.line("recognise and extract", count, floor);
        self.check.line("check, tell, report", count, floor);
        self.recompute.line("recompute", count, floor);
        self.layout.line("lay out", count, floor);
        self.write.line("write", count, self.floor_write);
        let whole = [self.extract, self.check, self.recompute, self.layout, self.write].into_iter().fold(self.read, Time::and);
        whole.line(&format!("whole (target {TARGET})"), count, floor);
    }
}

/// The program itself, with files and report. With one job it is already faster than one thread: the library that writes
/// workbooks prepares their sheets on threads of its own.
fn whole_program(folder: &Path, count: usize) {
    let few = few(count);
    println!("\n{:<44}{:>9}{:>9}{:>9}{:>9}{:>9}", "yusuan convert", "CPU s", "wall s", "x 1 job", "x 1 CPU", "peak MB");
    let one = program::convert(folder, 1);
    let some = program::convert(&folder.join("few"), 1);
    let two = program::convert(folder, 2);
    for (what, run, first) in [
        (format!("{few} files, --jobs 1"), &some, &some),
        (format!("{count} files, --jobs 1"), &one, &one),
        (format!("{count} files, --jobs 2"), &two, &one),
    ] {
        let or_dash = |number: Option<f64>| number.map_or("-".to_owned(), |n| format!("{n:.2}"));
        println!(
            "{what:<44}{:>9}{:>9.2}{:>9.2}{:>9}{:>9}",
            or_dash(run.cpu.map(|cpu| cpu.as_secs_f64())),
            run.wall.as_secs_f64(),
            ratio(first.wall, run.wall),
            or_dash(first.cpu.map(|cpu| ratio(cpu, run.wall))),
            or_dash(run.peak.map(|kb| kb as f64 / 1024.0)),
        );
    }
}

/// How many files the smaller run has.
fn few(count: usize) -> usize {
    FEW.min(count / 2)
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64()
}

/// The processor time of this process with all its threads.
#[cfg(unix)]
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Where processor time is not to be had, the time on the clock takes its place.
#[cfg(not(unix))]
fn cpu() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}
