//! The program beside scripts that do less of the same work with the usual libraries of Python, in one run.
//!
//! `cargo bench --bench alternatives`; YUSUAN_BENCH_FILES sets how many submissions (200), YUSUAN_BENCH_ROUNDS how often each
//! program is run (3), YUSUAN_BENCH_PYTHON which Python (python3). The libraries are installed into an environment of their own
//! below the target folder, which needs the network once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that goes wrong should stop, and prints what it finds"
)]

mod clock;
mod floor;
mod floors;
mod program;
mod submissions;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use program::{Run, floor, in_turn, script, yusuan};

/// The allocator of the program, with which the submissions are made.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/alternatives");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == floors::FLOOR) {
        floors::run(&arguments[1..]);
        return ExitCode::SUCCESS;
    }
    match environment() {
        Ok(python) => {
            compare(&python);
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("the alternatives cannot be measured: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The Python of an environment that has the libraries; made where it is not there yet.
fn environment() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alternatives");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = || run(Command::new(&python).args(["-c", "import openpyxl, python_calamine, xlsxwriter"]));
    if installed().is_ok() {
        return Ok(python);
    }
    let base = std::env::var_os("YUSUAN_BENCH_PYTHON").unwrap_or_else(|| "python3".into());
    run(Command::new(&base).args(["-m", "venv", "--clear"]).arg(&folder)).map_err(|problem| {
        format!("{} makes no environment (Debian and Ubuntu: apt-get install python3-venv): {problem}", base.display())
    })?;
    let needs = Path::new(SCRIPTS).join("requirements.txt");
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(needs))
        .map_err(|problem| format!("pip installs no libraries (is there a network?): {problem}"))?;
    installed().map_err(|problem| format!("the libraries are installed and do not load: {problem}"))?;
    Ok(python)
}

/// Runs a command to its end; what it says stands in the error.
fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&ended.stderr);
    if ended.status.success() { Ok(()) } else { Err(format!("{}: {}", ended.status, said.trim())) }
}

fn compare(python: &Path) {
    let number = |name: &str, usual: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual).max(1);
    let (count, rounds) = (number("YUSUAN_BENCH_FILES", 200), number("YUSUAN_BENCH_ROUNDS", 3));
    let folder = tempfile::tempdir().unwrap();
    let inputs = output(folder.path(), "submissions");
    floor(["submissions".as_ref(), inputs.as_os_str(), count.to_string().as_ref()]).run();
    let with = |name: &str, output: Option<&Path>| {
        let path = Path::new(SCRIPTS).join(name);
        let arguments = [path.as_os_str(), inputs.as_os_str()].into_iter().chain(output.map(Path::as_os_str));
        script(python, arguments)
    };
    println!("{count} submissions, one job; the best of {rounds} runs in turn\n");
    println!("| {:<50} | {:>8} | {:>8} | {:>8} | {:>13} |", "work", "CPU s", "wall s", "peak MiB", "times yusuan");
    println!("|{:-<52}|{:->10}|{:->10}|{:->10}|{:->15}|", "", "", "", "", "");

    let check = ["check".as_ref(), inputs.as_os_str(), "--fail-on".as_ref(), "never".as_ref()];
    let checks = [yusuan(check, 1), with("with_openpyxl.py", None), with("with_calamine.py", None)];
    let [own, openpyxl, calamine] = in_turn(rounds, checks);
    print("yusuan check: all rules, cells named", own, own);
    print("openpyxl: read, main identities", openpyxl, own);
    print("python-calamine: read, main identities", calamine, own);

    let converted = folder.path().join("converted");
    let convert = ["convert".as_ref(), inputs.as_os_str(), "-o".as_ref(), converted.as_os_str()];
    let (first, second) = (output(folder.path(), "openpyxl"), output(folder.path(), "calamine"));
    let converts = [yusuan(convert, 1), with("with_openpyxl.py", Some(&first)), with("with_calamine.py", Some(&second))];
    let [own, openpyxl, calamine] = in_turn(rounds, converts);
    for written in [first, second] {
        assert_eq!(std::fs::read_dir(written).unwrap().count(), count);
    }
    print("yusuan convert: all rules, two workbooks, formulas", own, own);
    print("openpyxl: read, identities, one workbook", openpyxl, own);
    print("python-calamine, XlsxWriter: the same", calamine, own);
}

fn output(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(OsStr::new(name));
    std::fs::create_dir(&path).unwrap();
    path
}

fn print(what: &str, run: Run, own: Run) {
    let times = run.cpu.as_secs_f64() / own.cpu.as_secs_f64();
    let peak = run.peak as f64 / f64::from(1 << 20);
    println!("| {what:<50} | {:>8.2} | {:>8.2} | {peak:>8.0} | {times:>11.1} x |", run.cpu.as_secs_f64(), run.wall.as_secs_f64());
}
