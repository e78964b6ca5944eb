//! Runs the program, or a floor, as a process of its own and tells time and memory; never looks at what the program writes.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::floors::FLOOR;

/// What a run took, or the best of several.
#[derive(Clone, Copy)]
pub struct Run {
    /// From start to end.
    pub wall: Duration,
    /// The processor time of all its threads.
    pub cpu: Duration,
    /// The most memory it held, in bytes; zero where the system does not tell.
    pub peak: u64,
}

impl Run {
    /// The least time and the most memory of two runs: what others do on the same machine only ever adds time.
    fn best(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu), peak: self.peak.max(other.peak) }
    }
}

/// A process to be run, and the status with which it ends.
pub struct Process {
    command: Command,
    status: i32,
}

/// The program with these arguments.
pub fn yusuan<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, jobs: usize) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yusuan"));
    command.args(arguments).args(["--quiet", "--jobs", &jobs.to_string()]);
    Process { command, status: 0 }
}

/// This bench itself, started as a floor.
pub fn floor<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Process {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(FLOOR).args(arguments);
    Process { command, status: 0 }
}

/// A script with its arguments, which leaves nothing beside its sources.
#[allow(dead_code, reason = "only the alternatives are scripts")]
pub fn script<A: AsRef<OsStr>>(python: &Path, arguments: impl IntoIterator<Item = A>) -> Process {
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1").args(arguments);
    Process { command, status: 0 }
}

impl Process {
    /// The same, which ends with another status than zero.
    #[allow(dead_code, reason = "only one bench is refused")]
    pub fn ending(self, status: i32) -> Self {
        Self { status, ..self }
    }

    /// Runs it to its end. What a floor prints is what it took to prepare its work, which is no part of it.
    pub fn run(&mut self) -> Run {
        let start = Instant::now();
        let mut child = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut printed = String::new();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        let used = child.wait4().unwrap();
        let wall = start.elapsed();
        assert_eq!(used.status.code(), Some(self.status), "{:?}: {printed}", self.command);
        let prepared = |place: usize| {
            let micros = printed.split(' ').nth(place).and_then(|number| number.trim().parse().ok());
            Duration::from_micros(micros.unwrap_or(0))
        };
        let is_floor = self.command.get_args().next() == Some(OsStr::new(FLOOR));
        let (waited, spent) = if is_floor { (prepared(0), prepared(1)) } else { Default::default() };
        let cpu = used.rusage.utime + used.rusage.stime;
        Run { wall: wall.saturating_sub(waited), cpu: cpu.saturating_sub(spent), peak: used.rusage.maxrss }
    }
}

/// Runs some processes in turn so many times, so that each meets the same weather, and tells the best run of each.
pub fn in_turn<const N: usize>(rounds: usize, mut processes: [Process; N]) -> [Run; N] {
    let mut best = processes.each_mut().map(Process::run);
    for _ in 1..rounds {
        for (best, process) in best.iter_mut().zip(&mut processes) {
            *best = best.best(process.run());
        }
    }
    best
}
