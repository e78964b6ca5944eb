//! Whether the program is as fast and as small as it means to be: every goal beside its floor, measured in one run.
//!
//! `cargo bench --bench goals`; YUSUAN_BENCH_FULL=1 for 1,000 submissions and 10,000 units, else YUSUAN_BENCH_FILES and
//! YUSUAN_BENCH_UNITS set how many (200 and 1,000), and YUSUAN_BENCH_ROUNDS how often each is run (3). YUSUAN_BENCH_KEEP is a
//! folder in which the summary of the units is left. The floors are processes of their own, as the program is, and have its
//! allocator; they take turns with it, and the best run of each counts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that goes wrong should stop, and prints what it finds"
)]

mod clock;
mod floor;
mod floors;
mod program;
mod submissions;
mod verdict;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use program::{Process, Run, floor, in_turn, yusuan};
use verdict::Verdicts;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The rows of the long sheet, and of the one that is a tenth of it.
const ROWS: [usize; 2] = [200_000, 20_000];
/// How often a single unit is checked: it takes milliseconds.
const SHORT: usize = 30;
/// The status of the program when it has read an input and refuses it.
const REFUSED: i32 = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == floors::FLOOR) {
        return floors::run(&arguments[1..]);
    }
    let counts = Counts::given();
    let folder = tempfile::tempdir().unwrap();
    let work = Work { folder: folder.path().to_owned(), rounds: counts.rounds };
    let mut verdicts = Verdicts::new();
    println!("{:<58}{:>10}{:>10}{:>10}", "the best of several runs", "CPU s", "wall s", "peak MiB");
    work.many(counts.files, &mut verdicts);
    work.short(&mut verdicts);
    work.long(&mut verdicts);
    work.units(counts.units, &mut verdicts);
    println!("\n{verdicts}");
}

/// How much is measured.
struct Counts {
    files: usize,
    units: usize,
    rounds: usize,
}

impl Counts {
    fn given() -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<usize>().ok());
        let full = number("YUSUAN_BENCH_FULL").is_some_and(|n| n > 0);
        let or = |name, whole, part| number(name).unwrap_or(if full { whole } else { part }).max(2);
        Self {
            files: or("YUSUAN_BENCH_FILES", 1_000, 200),
            units: or("YUSUAN_BENCH_UNITS", 10_000, 1_000),
            rounds: number("YUSUAN_BENCH_ROUNDS").unwrap_or(3).max(1),
        }
    }
}

/// Where the inputs are made, and how often each process is run.
struct Work {
    folder: PathBuf,
    rounds: usize,
}

impl Work {
    /// A folder with so many submissions.
    fn submissions(&self, name: &str, count: usize) -> PathBuf {
        let folder = self.folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        let number = count.to_string();
        floor(["submissions".as_ref(), folder.as_os_str(), number.as_ref()]).run();
        folder
    }

    /// The submissions of many units, checked and converted, with one job and with two.
    fn many(&self, count: usize, verdicts: &mut Verdicts) {
        let folder = self.submissions("many", count);
        let reading = |mode: &str| floor([OsStr::new(mode), folder.as_ref()]);
        let processes = [reading("ranges"), reading("full"), reading("styled"), check(&folder, 1), check(&folder, 2)];
        let [ranges, full, styled, one, two] = in_turn(self.rounds, processes);
        print(&format!("floor: calamine, values of {count} workbooks"), ranges);
        print("floor: and formulas, merged areas", full);
        print("floor: and the style of every cell", styled);
        print(&format!("yusuan check {count} submissions"), one);
        print("  with two jobs", two);
        verdicts.ratio(&format!("check {count} submissions"), "values, formulas, merges, styles", (one, full), 0.6);
        verdicts.ratio("  the same", "and the style of every cell", (one, styled), 0.6);
        verdicts.ratio("  the same", "values alone", (one, ranges), 1.5);
        verdicts.speed("  two jobs against one", (one, two), 1.85);

        let output = |name: &str| self.folder.join(name);
        let converted = |jobs: usize| convert(&folder, &output(&format!("converted{jobs}")), jobs);
        std::fs::create_dir(output("floor")).unwrap();
        let writing = floor(["convert".as_ref(), folder.as_os_str(), output("floor").as_os_str()]);
        let [floor, one, two] = in_turn(self.rounds, [writing, converted(1), converted(2)]);
        print("floor: calamine, values; rust_xlsxwriter, two workbooks", floor);
        print(&format!("yusuan convert {count} submissions"), one);
        print("  with two jobs", two);
        verdicts.ratio(&format!("convert {count} submissions"), "values read, cells written", (one, floor), 1.2);
        verdicts.speed("  two jobs against one", (one, two), 1.85);
    }

    /// One submission from the start of the program to its end.
    fn short(&self, verdicts: &mut Verdicts) {
        let folder = self.submissions("one", 1);
        let path = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        let reading = |mode: &str| floor([OsStr::new(mode), path.as_ref()]);
        let processes = [floor(["start"]), reading("ranges"), reading("full"), check(&path, 1)];
        let [start, ranges, full, one] = in_turn(SHORT * self.rounds.min(3), processes);
        print("floor: an empty program", start);
        print("floor: and calamine, values of one workbook", ranges);
        print("floor: and formulas, merged areas", full);
        print("yusuan check of one unit", one);
        verdicts.ratio("check one unit", "empty program, everything read", (one, full), 2.0);
        verdicts.ratio("  the same", "empty program, values alone", (one, ranges), 2.0);
    }

    /// One long sheet, which the program reads whole, with every row at its place, before it refuses so many rows of a budget.
    fn long(&self, verdicts: &mut Verdicts) {
        let mut ratios = Vec::new();
        for rows in ROWS {
            let path = self.folder.join(format!("{rows}.xlsx"));
            let number = rows.to_string();
            floor(["sheet".as_ref(), path.as_os_str(), number.as_ref()]).run();
            let limits = ["--max-cells", "10000000", "--max-size", "500", "--template", submissions::EDITION];
            let arguments = ["check".as_ref(), path.as_os_str()].into_iter().chain(limits.iter().map(OsStr::new));
            let program = yusuan(arguments, 1).ending(REFUSED);
            let reading = floor(["ranges".as_ref(), path.as_os_str()]);
            let [reading, own] = in_turn(self.rounds, [reading, program]);
            print(&format!("floor: calamine, values of {rows} rows"), reading);
            print(&format!("yusuan reads, locates, extracts {rows} rows"), own);
            ratios.push((own, reading));
        }
        let [long, short] = [ratios[0], ratios[1]];
        verdicts.ratio(&format!("one sheet of {} rows", ROWS[0]), "values alone", long, 1.3);
        verdicts.times(&format!("  against {} rows", ROWS[1]), (long.0, short.0), (ROWS[0] / ROWS[1]) as f64);
    }

    /// The units of a whole district: one summary beside reading the same, and the memory.
    fn units(&self, count: usize, verdicts: &mut Verdicts) {
        let folder = self.submissions("units", count);
        let kept = std::env::var("YUSUAN_BENCH_KEEP").map_or_else(|_| self.folder.clone(), PathBuf::from);
        let summary = kept.join("summary.xlsx");
        let arguments =
            ["merge".as_ref(), folder.as_os_str(), "-o".as_ref(), summary.as_os_str(), "--name".as_ref(), "全区".as_ref()];
        let [read, merged] = in_turn(self.rounds.min(2), [check(&folder, 1), yusuan(arguments, 1)]);
        let converted = convert(&folder, &self.folder.join("units-converted"), 1).run();
        print(&format!("yusuan check {count} units"), read);
        print(&format!("yusuan merge {count} units"), merged);
        print(&format!("yusuan convert {count} units"), converted);
        let size = |path: &Path| std::fs::metadata(path).unwrap().len() >> 20;
        println!("    the summary: {} MiB workbook, {} MiB data", size(&summary), size(&summary.with_extension("jsonl")));
        verdicts.ratio(&format!("merge {count} units"), "yusuan check of them", (merged, read), 1.2);
        verdicts.memory(&format!("memory, check {count} units"), read, 200);
        verdicts.memory(&format!("memory, convert {count} units"), converted, 200);
        verdicts.memory(&format!("memory, merge {count} units"), merged, 600);
    }
}

fn check(path: &Path, jobs: usize) -> Process {
    yusuan(["check".as_ref(), path.as_os_str(), "--fail-on".as_ref(), "never".as_ref()], jobs)
}

fn convert(folder: &Path, output: &Path, jobs: usize) -> Process {
    yusuan(["convert".as_ref(), folder.as_os_str(), "-o".as_ref(), output.as_os_str()], jobs)
}

fn print(what: &str, run: Run) {
    let Run { wall, cpu, peak } = run;
    println!("{what:<58}{:>10.3}{:>10.3}{:>10.1}", cpu.as_secs_f64(), wall.as_secs_f64(), peak as f64 / f64::from(1 << 20));
}
