//! The clocks of this process: what a piece of work takes in processor time and on the wall; never of another process.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What a piece of work, or several together, have taken.
#[derive(Clone, Copy, Default)]
pub struct Time {
    pub wall: Duration,
    pub cpu: Duration,
}

impl Time {
    /// Adds the time of a piece of work.
    pub fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (wall, cpu) = (Instant::now(), cpu());
        let made = black_box(work());
        self.wall += wall.elapsed();
        self.cpu += self::cpu().saturating_sub(cpu);
        made
    }
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
