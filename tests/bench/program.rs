//! Runs the program itself over a folder and tells time and memory; never looks at what it writes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
pub struct Run {
    /// From start to end.
    pub wall: Duration,
    /// The processor time of all its threads; `None` where the system does not tell.
    pub cpu: Option<Duration>,
    /// The most memory it held, in kilobytes; `None` where the system does not tell.
    pub peak: Option<u64>,
}

/// Converts all workbooks of a folder.
#[allow(dead_code, reason = "each bench runs another command")]
pub fn convert(folder: &Path, jobs: usize) -> Run {
    let output = tempfile::tempdir().unwrap();
    run(&["convert".as_ref(), folder.as_ref(), "-o".as_ref(), output.path().as_ref()], jobs)
}

/// Runs the program with these arguments.
pub fn run(arguments: &[&OsStr], jobs: usize) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yusuan"));
    command.args(arguments).args(["--quiet", "--jobs", &jobs.to_string()]);
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut peak, mut cpu) = (None, None);
    loop {
        (peak, cpu) = (peak.max(peak_of(child.id())), cpu.max(cpu_of(child.id())));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return Run { wall: start.elapsed(), cpu, peak };
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The most memory a running process has held so far, as Linux tells it.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The processor time a running process has taken so far, as Linux tells it: in hundredths of a second, in its own mode and
/// in that of the system.
fn cpu_of(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let ticks: Vec<u64> = stat.rsplit(')').next()?.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
    Some(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
}
