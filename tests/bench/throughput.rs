//! How long each step takes over a thousand submissions, beside the floor of the two libraries, in one run.
//!
//! `cargo bench --bench throughput`; YUSUAN_BENCH_FILES sets how many submissions (1,000).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that goes wrong should stop, and prints what it finds"
)]

mod clock;
mod floor;
mod submissions;

use std::sync::Arc;
use std::time::Duration;

use yusuan::edge::{read, report, store, write};
use yusuan::finding::{Lang, in_sheet_order, tell};
use yusuan::stage::folded::Folded;
use yusuan::stage::recognise::{Recognised, Recogniser};
use yusuan::stage::{check, extract, layout, recompute};
use yusuan::template::load;

use clock::Time;
use submissions::{EDITION, Submissions};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The whole may take so many times the floor.
const TARGET: f64 = 1.5;

fn main() {
    let count = std::env::var("YUSUAN_BENCH_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(1000).max(2);
    let sources = store::sources(&[]).unwrap();
    let templates: Vec<_> = sources.editions().iter().map(|name| Arc::new(load(name, &sources).unwrap())).collect();
    let edition = templates.iter().find(|t| t.name == EDITION).unwrap();
    let mut submissions = Submissions::new(edition);
    let files: Vec<_> = (0..count).map(|number| submissions.next(number)).collect();
    let recogniser = Recogniser::new(templates);
    let mut spent = Spent::default();
    files.iter().for_each(|(name, bytes)| one(name, bytes, &recogniser, &mut spent));
    spent.print(count);
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
fn one(name: &str, bytes: &[u8], recogniser: &Recogniser, spent: &mut Spent) {
    spent.bytes += bytes.len();
    spent.floor_ranges.of(|| floor::read_ranges(bytes));
    spent.read_cells += spent.floor_read.of(|| floor::read_cells(bytes));

    let grid = spent.read.of(|| read::read(bytes, name).unwrap());
    let extracted = spent.extract.of(|| {
        let folded = Folded::new(&grid);
        let Recognised::Edition(fit) = recogniser.recognise(&folded).unwrap() else { panic!("{name} follows no edition") };
        extract::extract(&folded, name, &fit.template, None).unwrap()
    });
    let (mut budget, mut findings) = (extracted.budget, extracted.findings);
    spent.check.of(|| {
        findings.extend(check::check(&budget));
        in_sheet_order(&mut findings);
        let told: Vec<_> = findings.iter().map(|f| tell(f, &budget, Lang::Zh)).collect();
        let mut text = Vec::new();
        report::text(&mut text, name, &report::unit_line(&budget), &told, Lang::Zh).unwrap();
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

fn and(one: Time, other: Time) -> Time {
    Time { wall: one.wall + other.wall, cpu: one.cpu + other.cpu }
}

fn line(time: Time, what: &str, count: usize, floor: Time) {
    let Time { wall, cpu } = time;
    let each = cpu.as_secs_f64() * 1000.0 / count as f64;
    println!("{what:<44}{:>9.2}{:>9.2}{each:>9.2}{:>9.2}", cpu.as_secs_f64(), wall.as_secs_f64(), ratio(cpu, floor.cpu));
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
        let floor = and(self.floor_read, self.floor_write);
        line(self.floor_ranges, "floor: calamine, worksheet_range", count, self.floor_read);
        line(self.floor_read, "floor: calamine, cell by cell", count, self.floor_read);
        line(self.floor_write, "floor: rust_xlsxwriter", count, self.floor_write);
        line(floor, "floor: cell by cell, and writing", count, floor);
        line(self.read, "read", count, self.floor_read);
        line(self.extract, "recognise and extract", count, floor);
        line(self.check, "check, tell, report", count, floor);
        line(self.recompute, "recompute", count, floor);
        line(self.layout, "lay out", count, floor);
        line(self.write, "write", count, self.floor_write);
        let whole = [self.extract, self.check, self.recompute, self.layout, self.write].into_iter().fold(self.read, and);
        line(whole, &format!("whole (target {TARGET})"), count, floor);
    }
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64()
}
