//! Mutated workbooks and templates, run through the reader and the loader in a process of limited memory; never needs more
//! than stable Rust.
//!
//! `cargo test --test fuzz` runs for a moment; `YUSUAN_FUZZ_SECONDS` sets how long, `YUSUAN_FUZZ_SEED` which sequence. Every
//! input follows from seed and number alone. One that ends the process, takes too long or needs too much memory is saved below
//! `target/fuzz` and fails the run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own tells how far it came")]

#[path = "../main/binary.rs"]
mod binary;
mod mutate;
mod seeds;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mutate::Numbers;
use seeds::{Case, Seeds, annotated};
use yusuan::edge::read::{ReadOptions, read_with};
use yusuan::grid::Grid;
use yusuan::stage::check::check;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::template::{Sources, load};

/// So long without a step is a hang.
const HANG: Duration = Duration::from_secs(20);
/// After so many failures the rest is no news.
const FAILURES: usize = 20;

fn main() -> ExitCode {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual);
    let (seconds, seed) = (number("YUSUAN_FUZZ_SECONDS", 3), number("YUSUAN_FUZZ_SEED", 1));
    match std::env::var_os("YUSUAN_FUZZ_STEPS") {
        Some(steps) => {
            work(seed, number("YUSUAN_FUZZ_FIRST", 0), Path::new(&steps), Duration::from_secs(seconds));
            ExitCode::SUCCESS
        }
        None => watch(seed, Duration::from_secs(seconds)),
    }
}

/// Runs the workers one after the other and collects what ended them.
fn watch(seed: u64, time: Duration) -> ExitCode {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let steps = folder.join(format!("steps-{seed}"));
    let end = Instant::now() + time;
    let (mut first, mut failures) = (0, 0);
    while Instant::now() < end && failures < FAILURES {
        std::fs::write(&steps, first.to_string()).unwrap();
        let left = end.saturating_duration_since(Instant::now()).as_secs().max(1);
        let worker = Command::new(std::env::current_exe().unwrap())
            .env("YUSUAN_FUZZ_STEPS", &steps)
            .env("YUSUAN_FUZZ_FIRST", first.to_string())
            .env("YUSUAN_FUZZ_SECONDS", left.to_string())
            .env("YUSUAN_FUZZ_SEED", seed.to_string())
            .stderr(Stdio::piped())
            .spawn();
        let ended = ended(worker.unwrap(), &steps);
        let at = step(&steps);
        if let Some(how) = ended {
            failures += 1;
            let (name, bytes) = match Seeds::new().case(seed, at) {
                Case::Workbook(name, bytes) => (format!("{seed}-{at}-{name}"), bytes),
                Case::Template(name, sources) => (
                    format!("{seed}-{at}-{}.toml", name.replace('/', "_")),
                    sources.files[&format!("{name}.toml")].clone().into(),
                ),
            };
            std::fs::write(folder.join(&name), bytes).unwrap();
            println!("FAILED at {at}, saved as target/fuzz/{name}: {how}");
        }
        first = at + 1;
    }
    println!("{first} inputs of sequence {seed}, {failures} failures");
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn step(steps: &Path) -> u64 {
    std::fs::read_to_string(steps).unwrap().trim().parse().unwrap_or(0)
}

/// Waits for a worker; says how it ended when it should not have.
fn ended(mut worker: Child, steps: &Path) -> Option<String> {
    let (mut at, mut since) = (step(steps), Instant::now());
    loop {
        if let Some(status) = worker.try_wait().unwrap() {
            let mut told = String::new();
            std::io::Read::read_to_string(&mut worker.stderr.take().unwrap(), &mut told).unwrap();
            let last: Vec<&str> = told.lines().rev().take(3).collect();
            return (!status.success()).then(|| format!("{status} {last:?}"));
        }
        let now = step(steps);
        if now != at {
            (at, since) = (now, Instant::now());
        } else if since.elapsed() > HANG {
            worker.kill().unwrap();
            worker.wait().unwrap();
            return Some("no end".to_owned());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The panics that the reader caught, each place once.
static CAUGHT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn work(seed: u64, first: u64, steps: &Path, time: Duration) {
    limit_memory();
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let mut caught = CAUGHT.lock().unwrap();
        if !caught.contains(&place) {
            eprintln!("panic at {place}");
            println!("panic at {place}");
            caught.push(place);
        }
    }));
    let (seeds, end) = (Seeds::new(), Instant::now() + time);
    let mut read = 0;
    for number in first.. {
        if Instant::now() >= end {
            println!("{read} of {} inputs were read", number - first);
            break;
        }
        std::fs::write(steps, number.to_string()).unwrap();
        read += u64::from(run(&seeds, seeds.case(seed, number)));
        // A panic of a library costs the file; one of this program is a defect.
        let own = CAUGHT.lock().unwrap().iter().find(|place| place.starts_with("src")).cloned();
        assert!(own.is_none(), "a panic at {own:?}");
    }
}

/// Whether the case was sound enough to be read.
fn run(seeds: &Seeds, case: Case) -> bool {
    match case {
        Case::Template(name, sources) => load_all(&name, &sources),
        Case::Workbook(name, bytes) => match read_with(&bytes, &name, &seeds.options) {
            Ok(grid) => {
                judge(&grid, &name, seeds);
                drop(grid);
                annotate_twice(&name, &bytes, &seeds.options);
                true
            }
            Err(error) => {
                assert!(!error.message().is_empty() && !error.advice().is_empty());
                false
            }
        },
    }
}

fn judge(grid: &Grid, name: &str, seeds: &Seeds) {
    let folded = Folded::new(grid);
    drop(seeds.recogniser.recognise(&folded));
    if let Some(extracted) = extract(&folded, name, &seeds.template, None) {
        check(&extracted.budget);
    }
}

/// A copy with marks is read like the workbook, and making it again changes nothing.
fn annotate_twice(name: &str, bytes: &[u8], options: &ReadOptions) {
    let Ok(once) = annotated(bytes, name, options) else { return };
    // Of several sheets of one name none is marked, but what is drawn of them has names of its own.
    if has_twins(bytes, name, options) {
        return;
    }
    let open = ReadOptions { passwords: Vec::new(), ..options.clone() };
    let twice = annotated(&once, "copy.xlsx", &open).unwrap();
    assert!(once == twice, "{name}: annotated again it is another file");
}

fn has_twins(bytes: &[u8], name: &str, options: &ReadOptions) -> bool {
    let grid = read_with(bytes, name, options).unwrap();
    let mut names: Vec<&str> = grid.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

fn load_all(name: &str, sources: &Sources) -> bool {
    match load(name, sources) {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// So much memory as one file may take, and the program itself.
fn limit_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let most = Some((1 << 30) + (128 << 20));
        setrlimit(Resource::As, Rlimit { current: most, maximum: most }).unwrap();
    }
}

/// Numbers that look random, the same for the same seed and number.
fn numbers(seed: u64, number: u64) -> Numbers {
    Numbers::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03))
}
