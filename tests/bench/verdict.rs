//! Holds what was measured against the goals and draws the table; never measures.

use std::fmt;
use std::time::Duration;

use crate::program::Run;

/// The table of goals, a line for each.
pub struct Verdicts {
    lines: Vec<Verdict>,
    /// What others have the machine do: how many processes wait for a processor; zero where the system does not tell.
    load: f64,
}

struct Verdict {
    work: String,
    floor: String,
    goal: String,
    measured: String,
    met: &'static str,
}

/// With so many other processes at work the time on the wall says nothing of two jobs.
const BUSY: f64 = 0.5;

impl Verdicts {
    /// Before anything is measured.
    pub fn new() -> Self {
        let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = told.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0);
        Self { lines: Vec::new(), load }
    }

    /// A piece of work may take at most so many times its floor, in processor time, which others on the machine hardly change.
    pub fn ratio(&mut self, work: &str, floor: &str, (run, of): (Run, Run), goal: f64) {
        let measured = ratio(run.cpu, of.cpu);
        self.push(work, floor, format!("<= {goal:.2} x"), format!("{measured:.2} x"), measured <= goal);
    }

    /// Two jobs are at least so many times as fast as one, on the wall. Where others take the processors nothing is said.
    pub fn speed(&mut self, work: &str, (one, two): (Run, Run), goal: f64) {
        let measured = ratio(one.wall, two.wall);
        self.push(work, "2.00 x", format!(">= {goal:.2} x"), format!("{measured:.2} x"), measured >= goal);
        if let Some(line) = self.lines.last_mut().filter(|_| self.load > BUSY) {
            line.met = "busy";
        }
    }

    /// So many times the rows take at most a tenth more than so many times the time.
    pub fn times(&mut self, work: &str, (long, short): (Run, Run), rows: f64) {
        let (measured, goal) = (ratio(long.cpu, short.cpu), 1.1 * rows);
        self.push(work, &format!("{rows:.2} x"), format!("<= {goal:.2} x"), format!("{measured:.2} x"), measured <= goal);
    }

    /// It holds at most so many MiB at any time; where the system tells no memory there is no line.
    pub fn memory(&mut self, work: &str, run: Run, goal: u64) {
        if run.peak > 0 {
            let measured = run.peak.div_ceil(1 << 20);
            self.push(work, "", format!("<= {goal} MiB"), format!("{measured} MiB"), measured <= goal);
        }
    }

    fn push(&mut self, work: &str, floor: &str, goal: String, measured: String, is_met: bool) {
        let met = if is_met { "yes" } else { "no" };
        self.lines.push(Verdict { work: work.to_owned(), floor: floor.to_owned(), goal, measured, met });
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {:<28} | {:<34} | {:<10} | {:<9} | met  |", "work", "floor", "goal", "measured")?;
        writeln!(f, "|{:-<30}|{:-<36}|{:-<12}|{:-<11}|------|", "", "", "", "")?;
        for Verdict { work, floor, goal, measured, met } in &self.lines {
            writeln!(f, "| {work:<28} | {floor:<34} | {goal:>10} | {measured:>9} | {met:<4} |")?;
        }
        writeln!(f, "\nload before: {:.1}; above {BUSY} the lines of two jobs say nothing (busy)", self.load)
    }
}

fn ratio(part: Duration, whole: Duration) -> f64 {
    part.as_secs_f64() / whole.as_secs_f64()
}
