//! Ctrl-C: asks a run to end in order, and ends it where it does not within a moment; never leaves half a file.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use super::write_line;
use crate::edge::save;
use crate::finding::Lang;

/// The status of a run that was interrupted, as shells give it: 128 and the number of the signal.
pub(super) const STATUS: u8 = 130;

/// So long a run may take to end in order.
const GRACE: Duration = Duration::from_millis(700);

static ASKED: AtomicBool = AtomicBool::new(false);
static SAID: AtomicBool = AtomicBool::new(false);
static RESUMES: AtomicBool = AtomicBool::new(false);
static DONE: AtomicUsize = AtomicUsize::new(0);
static ALL: AtomicUsize = AtomicUsize::new(0);

/// The run was interrupted, and ended in order.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub(super) struct Interrupted;

/// Takes Ctrl-C: the first asks the run to end, the second ends it at once.
pub(super) fn listen(lang: Lang) {
    let asked = move || {
        if ASKED.swap(true, SeqCst) {
            end(lang);
        }
        // The handler must return, or a second Ctrl-C would wait for the first.
        std::thread::spawn(move || {
            std::thread::sleep(GRACE);
            end(lang);
        });
    };
    // Where the system offers no handler the system's own stands: the run ends, and everything else works as ever.
    drop(ctrlc::set_handler(asked));
}

/// Whether the run was asked to end.
pub(super) fn is_asked() -> bool {
    ASKED.load(SeqCst)
}

/// So many files are to be done.
pub(super) fn begin(all: usize) {
    ALL.store(all, SeqCst);
    DONE.store(0, SeqCst);
}

/// One more file is done.
pub(super) fn one_done() {
    DONE.fetch_add(1, SeqCst);
}

/// The run can be resumed.
pub(super) fn can_resume() {
    RESUMES.store(true, SeqCst);
}

/// Says once what was done, and how to go on.
pub(super) fn say(lang: Lang) {
    if SAID.swap(true, SeqCst) {
        return;
    }
    let line = line((DONE.load(SeqCst), ALL.load(SeqCst)), RESUMES.load(SeqCst), lang);
    let _ = write_line(&mut std::io::stderr(), &line);
}

fn line((done, all): (usize, usize), resumes: bool, lang: Lang) -> String {
    match (lang, resumes) {
        (Lang::Zh, true) => format!("已中断：{all} 个文件已完成 {done} 个。同一命令加 --resume 再次运行，接着处理其余的文件。"),
        (Lang::Zh, false) => format!("已中断：{all} 个文件已处理 {done} 个。请重新运行同一命令。"),
        (Lang::En, true) => format!("interrupted: {done} of {all} files done; the same command with --resume goes on from here"),
        (Lang::En, false) => format!("interrupted: {done} of {all} files done; run the same command again"),
    }
}

/// Ends the program now: what is under way is given up, and nothing of it is left behind.
fn end(lang: Lang) -> ! {
    save::abandon();
    if std::io::stderr().is_terminal() {
        let _ = write_line(&mut std::io::stderr(), "");
    }
    say(lang);
    std::process::exit(i32::from(STATUS));
}
