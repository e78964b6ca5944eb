//! The budgets of the year before, for the commands that compare with them: reads them all; never judges an amount.

use std::path::{Path, PathBuf};

use clap::Args;

use super::reading::{HowArguments, Reader, Taken, Wrong};
use super::versions::Version;
use super::{Outcome, Shared};
use crate::edge::read::Limits;
use crate::edge::{input, journal, recall};
use crate::finding::{Finding, Told, tell_unreadable};
use crate::model::Budget;
use crate::stage::beside::beside;
use crate::stage::check;
use crate::stage::extract::Extracted;

/// Where the budgets of the year before are.
#[derive(Debug, Args)]
pub(super) struct PreviousArguments {
    /// 上年的预算，用来与本年核对，可以给出几个：报送的或本程序写出的工作簿、yusuan model 写出的 JSON，或其文件夹、zip
    #[arg(long = "previous", value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl PreviousArguments {
    /// The files they mean, each with the sum of its bytes.
    pub(super) fn sums(&self, limits: &Limits) -> Vec<String> {
        let (models, workbooks): (Vec<PathBuf>, Vec<PathBuf>) = self.paths.iter().cloned().partition(|p| recall::is_model(p));
        let models = models.into_iter().chain(workbooks.iter().flat_map(|folder| recall::models_in(folder)));
        let mut sums: Vec<String> = models.map(|path| journal::sum_of(&path)).collect();
        let (inputs, problems) = input::collect(&workbooks);
        sums.extend(problems.iter().map(|(name, problem)| format!("{name} {problem}")));
        sums.extend(inputs.iter().map(|input| {
            let sum = input.bytes(limits).map_or_else(|problem| problem.to_string(), |bytes| journal::sum(&bytes));
            format!("{} {sum}", input.name)
        }));
        sums
    }
}

/// The budgets of the year before.
pub(super) struct Previous {
    budgets: Vec<Budget>,
    /// What could not be read of them.
    pub(super) problems: Vec<Told>,
    /// What came of reading them.
    pub(super) outcome: Outcome,
}

impl Previous {
    /// Reads them; `None` where none were named.
    pub(super) fn read(named: &PreviousArguments, how: &HowArguments, shared: &Shared) -> anyhow::Result<Option<Self>> {
        if named.paths.is_empty() {
            return Ok(None);
        }
        let (models, workbooks): (Vec<PathBuf>, Vec<PathBuf>) = named.paths.iter().cloned().partition(|p| recall::is_model(p));
        let mut reader = Reader::previous(&workbooks, how, shared)?;
        let mut previous = Self { budgets: Vec::new(), problems: Vec::new(), outcome: Outcome::Done };
        for path in &models {
            previous.models(path, true, &reader)?;
        }
        for folder in &workbooks {
            let before = previous.budgets.len();
            for path in recall::models_in(folder) {
                previous.models(&path, false, &reader)?;
            }
            if previous.budgets.len() > before {
                let name = folder.display().to_string().replace('\\', "/");
                reader.problems.retain(|problem| problem.file != name);
            }
        }
        previous.workbooks(&reader)?;
        Ok(Some(previous))
    }

    fn workbooks(&mut self, reader: &Reader) -> anyhow::Result<()> {
        let outcome = reader.each(
            |extracted| extracted.budget,
            |_, taken| {
                match taken {
                    Taken::Budget(_, Version::Older(_)) => {}
                    Taken::Budget(budget, Version::Newer(older)) => {
                        self.budgets.retain(|known| !known.sources.contains(&older));
                        self.budgets.push(budget);
                    }
                    Taken::Budget(budget, _) => self.budgets.push(budget),
                    Taken::Unreadable(told) | Taken::Failed(told) => self.problems.push(*told),
                    Taken::Own | Taken::Else | Taken::Summary(_) => {}
                }
                Ok(())
            },
        )?;
        self.outcome = self.outcome.max(outcome);
        Ok(())
    }

    /// Takes the budgets of a file of models; one that was merely found and holds none is something else.
    fn models(&mut self, path: &Path, is_named: bool, reader: &Reader) -> Result<(), Wrong> {
        match recall::read(path, &reader.editions()?, reader.options.limits.file_bytes) {
            Ok(budgets) => self.budgets.extend(budgets),
            Err(problem) if !is_named && problem.is_of_something_else() => {}
            Err(problem) => {
                let name = path.display().to_string().replace('\\', "/");
                self.problems.push(tell_unreadable(&name, problem.message(), problem.advice()));
                self.outcome = self.outcome.max(Outcome::Unread);
            }
        }
        Ok(())
    }
}

/// All findings of a budget, beside that of the year before where budgets of the year before were named.
pub(super) fn findings(extracted: &mut Extracted, previous: Option<&Previous>) -> Vec<Finding> {
    let mut findings = std::mem::take(&mut extracted.findings);
    match previous.map(|previous| beside(&extracted.budget, &previous.budgets)) {
        None => findings.extend(check::check(&extracted.budget)),
        Some(Ok(past)) => findings.extend(check::check_beside(&extracted.budget, Some(&past))),
        Some(Err(why)) => {
            findings.extend(check::check(&extracted.budget));
            findings.push(*why);
        }
    }
    findings
}
