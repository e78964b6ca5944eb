//! How far a long run is, on standard error and only on a terminal; never mixed into what the run prints.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::interrupt;
use crate::finding::{Lang, Told};
use crate::template::Severity;

/// The progress of a run over its inputs.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Whether what the run prints stands on the same screen.
    shares: bool,
    lang: Lang,
    errors: AtomicUsize,
    unreadable: AtomicUsize,
}

impl Progress {
    /// Nothing is shown before it begins.
    pub(super) fn new(quiet: bool, lang: Lang) -> Self {
        let shows = !quiet && io::stderr().is_terminal();
        let bar = if shows { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let template = match lang {
            Lang::Zh => "{bar:24} {pos}/{len} 个文件{msg}  剩余约 {eta}",
            Lang::En => "{bar:24} {pos}/{len} files{msg}  {eta} left",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let shares = shows && io::stdout().is_terminal();
        Self { bar, shares, lang, errors: AtomicUsize::new(0), unreadable: AtomicUsize::new(0) }
    }

    /// The work on so many files begins; with one there is nothing to show.
    pub(super) fn begin(&self, files: usize) {
        interrupt::begin(files);
        if files < 2 || self.bar.is_hidden() {
            return;
        }
        self.bar.set_length(files as u64);
        self.bar.reset();
        self.bar.enable_steady_tick(Duration::from_millis(500));
    }

    /// A file is done.
    pub(super) fn one_done(&self) {
        interrupt::one_done();
        if self.bar.length() > Some(1) {
            self.bar.inc(1);
        }
    }

    /// Counts the errors among what was found.
    pub(super) fn found(&self, told: &[Told]) {
        self.errors(told.iter().filter(|t| t.is_open() && t.severity == Severity::Error).count());
    }

    /// Counts errors.
    pub(super) fn errors(&self, errors: usize) {
        self.errors.fetch_add(errors, Relaxed);
        self.tell();
    }

    /// Counts an input that could not be read.
    pub(super) fn unreadable(&self) {
        self.unreadable.fetch_add(1, Relaxed);
        self.tell();
    }

    fn tell(&self) {
        if self.bar.is_hidden() {
            return;
        }
        let words = match self.lang {
            Lang::Zh => ["必改", "无法读取"],
            Lang::En => ["errors", "unreadable"],
        };
        let counts = [&self.errors, &self.unreadable].map(|count| count.load(Relaxed));
        let parts = words.iter().zip(counts).filter(|(_, count)| *count > 0);
        self.bar.set_message(parts.map(|(word, count)| format!("  {word} {count}")).collect::<String>());
    }

    /// Whether what is printed must be out before the bar is drawn again.
    pub(super) fn shares_screen(&self) -> bool {
        self.shares
    }

    /// Does what may print to the same screen, with the bar out of the way.
    pub(super) fn aside<R>(&self, print: impl FnOnce() -> R) -> R {
        if self.shares { self.bar.suspend(print) } else { print() }
    }

    /// The work is done: nothing of the bar is left on the screen.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
