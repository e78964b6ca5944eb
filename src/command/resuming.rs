//! `convert --resume`: which inputs an interrupted run has done, and what it said of them; never trusts an output that has changed.
//!
//! Done again, because it cannot be known that nothing would come out differently: inputs that could not be read, that hold
//! several budgets or a part of one, whose outputs were not written, and every input of a run that makes a combined document,
//! which needs the budgets themselves.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::convert::{Made, Work};
use super::known::{Known, Standing};
use super::versions::Version;
use crate::edge::input::Input;
use crate::edge::journal::{self, Journal};
use crate::edge::report::{self, Counts};
use crate::finding::{Lang, Told};
use crate::stage::whose::Whose;
use crate::template::Severity;

/// What the reports say of an input.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Reported {
    pub(super) text: String,
    pub(super) json: String,
    pub(super) counts: Counts,
    /// The worst of what nothing explains.
    pub(super) worst: Option<Severity>,
}

impl Reported {
    pub(super) fn of(name: &str, unit: &str, told: &[Told], lang: Lang) -> anyhow::Result<Self> {
        let mut text = Vec::new();
        report::text(&mut text, name, unit, told, lang)?;
        let mut json = String::new();
        for told in told {
            json += &serde_json::to_string(told)?;
            json.push('\n');
        }
        let mut counts = Counts::default();
        counts.add(told);
        let worst = told.iter().filter(|t| t.is_open()).map(|t| t.severity).max();
        Ok(Self { text: String::from_utf8_lossy(&text).into_owned(), json, counts, worst })
    }
}

/// A file that was written, and the sum of its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Output {
    pub(super) file: String,
    sha256: String,
}

impl Output {
    pub(super) fn of(file: String, bytes: &[u8]) -> Self {
        Self { file, sha256: journal::sum(bytes) }
    }
}

/// An input that is done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Whether it was found in a folder rather than named itself.
    found: bool,
    code: Option<String>,
    name: Option<String>,
    year: Option<i32>,
    saved: Option<String>,
    tables: usize,
    /// How it stood to those before it.
    version: String,
    /// What its outputs would be called were there no others.
    pub(super) stem: String,
    /// What they are called.
    pub(super) named: String,
    pub(super) outputs: Vec<Output>,
    /// The line that says what was written.
    pub(super) wrote: Option<String>,
    pub(super) reported: Reported,
}

impl Kept {
    pub(super) fn of(made: &Made, version: &Version, reported: Reported) -> Self {
        let Standing { whose, saved, tables } = made.standing.clone();
        Self {
            found: false,
            code: whose.code,
            name: whose.name,
            year: whose.year,
            saved,
            tables,
            version: format!("{version:?}"),
            stem: made.stem.clone(),
            named: String::new(),
            outputs: Vec::new(),
            wrote: None,
            reported,
        }
    }

    /// Whether it stands to those before it as it did.
    pub(super) fn stands_as(&self, version: &Version) -> bool {
        self.version == format!("{version:?}")
    }

    fn standing(&self) -> Standing {
        let whose = Whose { code: self.code.clone(), name: self.name.clone(), year: self.year };
        Standing { whose, saved: self.saved.clone(), tables: self.tables }
    }
}

/// The inputs that are done, and those that are under way.
pub(super) struct Resuming<'r> {
    journal: Journal,
    folder: &'r Path,
    /// Whether what is done is not done again.
    recalls: bool,
    /// Of the inputs under way: whether they were found, and the sum of their bytes.
    under_way: Mutex<HashMap<String, (bool, String)>>,
}

impl<'r> Resuming<'r> {
    /// Begins or resumes a run into a folder; `options` is all that decides beside an input what comes of it.
    pub(super) fn open(folder: &'r Path, options: &[String], (resumes, recalls): (bool, bool)) -> std::io::Result<Self> {
        let options = journal::sum(serde_json::to_string(options)?.as_bytes());
        let journal = if resumes { Journal::resume(folder, &options) } else { Journal::begin(folder, &options) };
        Ok(Self { journal: journal?, folder, recalls: resumes && recalls, under_way: Mutex::default() })
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<String, (bool, String)>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an input is done. Where that fails, it is done again by a run that resumes.
    pub(super) fn keep(&self, input: &str, kept: Kept) {
        let under_way = self.under_way().remove(input);
        if let Some((found, sum)) = under_way {
            drop(self.journal.keep(input, &sum, &Kept { found, ..kept }));
        }
    }

    /// The run is whole.
    pub(super) fn finish(self) -> std::io::Result<()> {
        self.journal.finish()
    }
}

impl Known<Work> for Resuming<'_> {
    fn recall(&self, input: &Input, bytes: &[u8]) -> Option<(Work, Standing)> {
        let sum = journal::sum(bytes);
        let kept = || {
            let kept: Kept = self.journal.find(&input.name, &sum)?;
            let is_there = |output: &Output| journal::has_sum(&self.folder.join(&output.file), &output.sha256);
            (kept.found == input.found && kept.outputs.iter().all(is_there)).then_some(kept)
        };
        if let Some(kept) = self.recalls.then(kept).flatten() {
            let standing = kept.standing();
            return Some((Work::Kept(Box::new(kept)), standing));
        }
        self.under_way().insert(input.name.clone(), (input.found, sum));
        None
    }

    fn forget(&self, name: &str) {
        self.under_way().remove(name);
    }
}

/// The same, for an input that has to be done again whatever is known of it.
pub(super) struct Anew<'r>(pub(super) &'r Resuming<'r>);

impl Known<Work> for Anew<'_> {
    fn recall(&self, input: &Input, bytes: &[u8]) -> Option<(Work, Standing)> {
        self.0.under_way().insert(input.name.clone(), (input.found, journal::sum(bytes)));
        None
    }

    fn forget(&self, name: &str) {
        self.0.forget(name);
    }
}
