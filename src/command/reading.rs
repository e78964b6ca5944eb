//! From arguments to budgets: inputs, templates, recognition; the same for every command that reads workbooks.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use clap::Args;

use super::{Outcome, Shared};
use crate::edge::input::{self, Input, Unavailable};
use crate::edge::store;
use crate::finding::{Lang, Told, tell_failed, tell_nothing_known, tell_tie, tell_unreadable};
use crate::stage::extract::{self, Extracted};
use crate::stage::folded::Folded;
use crate::stage::formula;
use crate::stage::recognise::{Recognised, Recogniser};
use crate::template::{Template, TemplateError, load};

/// A wrong use of the command line or of a template: the user's to mend.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Wrong(pub(super) String);

/// What every command that reads workbooks takes.
#[derive(Debug, Args)]
pub(super) struct ReadingArguments {
    /// 工作簿、文件夹或 zip 压缩包
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// 指定模板，不自动识别
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// 预算年度，用于没有印明年度的工作簿
    #[arg(long, value_name = "YEAR")]
    year: Option<i32>,
    /// 同时处理的工作簿数，默认按处理器核数
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

/// What became of one input.
pub(super) enum Taken<T> {
    /// What the command made of its budget.
    Budget(T),
    /// It could not be used.
    Unreadable(Box<Told>),
    /// The program failed on it.
    Failed(Box<Told>),
    /// An output of this program, found in a folder.
    Own,
}

/// Everything needed to read workbooks.
pub(super) struct Reader {
    recogniser: Recogniser,
    inputs: Vec<Input>,
    problems: Vec<Told>,
    places: HashMap<PathBuf, usize>,
    threads: rayon::ThreadPool,
    jobs: usize,
    year: Option<i32>,
    lang: Lang,
}

/// The editions at hand, all proved sound.
pub(super) fn templates(shared: &Shared) -> anyhow::Result<Vec<Arc<Template>>> {
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    let editions = sources.editions();
    editions.iter().map(|name| load(name, &sources).map(Arc::new).map_err(|e| Wrong(template_problem(&e)).into())).collect()
}

/// One edition by its exact name.
pub(super) fn template(name: &str, shared: &Shared) -> anyhow::Result<Arc<Template>> {
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    load(name, &sources).map(Arc::new).map_err(|e| Wrong(template_problem(&e)).into())
}

fn template_problem(error: &TemplateError) -> String {
    match error {
        TemplateError::NoSuch { name, existing } => format!("没有模板“{name}”；现有：{}", existing.join("、")),
        wrong => format!("模板有误：{wrong}"),
    }
}

impl Reader {
    /// Finds the inputs and loads the templates.
    pub(super) fn new(arguments: &ReadingArguments, shared: &Shared) -> anyhow::Result<Self> {
        let templates = match &arguments.template {
            Some(name) => vec![template(name, shared)?],
            None => templates(shared)?,
        };
        let (inputs, problems) = input::collect(&arguments.inputs);
        let lang = shared.lang();
        let problems = problems.into_iter().map(|(name, p)| unavailable(&name, &p, lang)).collect();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs.unwrap_or(0)).build()?;
        let jobs = threads.current_num_threads();
        let place = |(place, input): (usize, &Input)| Some((Path::new(&input.name).canonicalize().ok()?, place));
        let places = inputs.iter().enumerate().filter_map(place).collect();
        Ok(Self { recogniser: Recogniser::new(templates), inputs, problems, places, threads, jobs, year: arguments.year, lang })
    }

    /// How many inputs there are.
    pub(super) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether a path is one of the files to be read, and not an earlier output that was merely found among them.
    pub(super) fn is_input(&self, path: &Path) -> bool {
        let Some(place) = path.canonicalize().ok().and_then(|path| self.places.get(&path)) else { return false };
        let input = &self.inputs[*place];
        !(input.found && input.read().is_ok_and(|grid| grid.mark.is_some()))
    }

    /// Makes something of every input, several at a time, and hands it over in the order of the inputs.
    pub(super) fn each<T: Send>(
        &self,
        make: impl Fn(Extracted) -> T + Sync,
        mut taken: impl FnMut(&str, Taken<T>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::Done;
        for problem in &self.problems {
            outcome = Outcome::Unread;
            taken(&problem.file, Taken::Unreadable(Box::new(problem.clone())))?;
        }
        let make = &make;
        self.threads.in_place_scope(|scope| {
            let mut inputs = self.inputs.iter();
            let mut begun = VecDeque::new();
            loop {
                // Only a few ahead of the one that is handed over, so that what was made does not pile up in memory.
                for input in inputs.by_ref().take(self.jobs * 4 - begun.len()) {
                    let (sender, receiver) = mpsc::sync_channel(1);
                    // Nobody receives any more when handing over has failed.
                    scope.spawn(move |_| drop(sender.send(self.one(input, make))));
                    begun.push_back((input, receiver));
                }
                let Some((input, receiver)) = begun.pop_front() else { return Ok(outcome) };
                let made = receiver.recv()?;
                outcome = outcome.max(match made {
                    Taken::Unreadable(_) => Outcome::Unread,
                    Taken::Failed(_) => Outcome::Internal,
                    Taken::Budget(_) | Taken::Own => Outcome::Done,
                });
                taken(&input.name, made)?;
            }
        })
    }

    /// Tells for every input, one after the other, which edition it follows.
    pub(super) fn recognise_each(
        &self,
        mut told: impl FnMut(&str, Result<Recognised, &Told>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::Done;
        for problem in &self.problems {
            outcome = Outcome::Unread;
            told(&problem.file, Err(problem))?;
        }
        for input in &self.inputs {
            match input.read() {
                Ok(mut grid) => {
                    formula::calculate(&mut grid);
                    let recognised = self.recogniser.recognise(&Folded::new(&grid));
                    if !matches!(recognised, Recognised::Edition(_)) {
                        outcome = Outcome::Unread;
                    }
                    told(&input.name, Ok(recognised))?;
                }
                Err(problem) => {
                    outcome = Outcome::Unread;
                    told(&input.name, Err(&unavailable(&input.name, &problem, self.lang)))?;
                }
            }
        }
        Ok(outcome)
    }

    /// Makes something of one input. A defect of the program costs this input and not the run.
    fn one<T>(&self, input: &Input, make: impl Fn(Extracted) -> T) -> Taken<T> {
        let work = AssertUnwindSafe(|| self.attempt(input, make));
        catch_unwind(work).unwrap_or_else(|_| Taken::Failed(Box::new(tell_failed(&input.name, self.lang))))
    }

    fn attempt<T>(&self, input: &Input, make: impl Fn(Extracted) -> T) -> Taken<T> {
        let unreadable =
            |message: String, advice: String| Taken::Unreadable(Box::new(tell_unreadable(&input.name, message, advice)));
        let mut grid = match input.read() {
            Ok(grid) => grid,
            Err(problem) => return unreadable(problem.message(), problem.advice()),
        };
        if input.found && grid.mark.is_some() {
            return Taken::Own;
        }
        formula::calculate(&mut grid);
        let folded = Folded::new(&grid);
        let (extracted, tie) = match self.recogniser.recognise(&folded) {
            Recognised::Edition(fit) => (extract::extract(&folded, &input.name, &fit.template, self.year), Vec::new()),
            Recognised::Tie(fits) => (None, fits.iter().map(|f| f.template.name.clone()).collect()),
            Recognised::Nothing => (None, Vec::new()),
        };
        match extracted {
            Some(extracted) => Taken::Budget(make(extracted)),
            None if tie.is_empty() => Taken::Unreadable(Box::new(tell_nothing_known(&input.name, self.lang))),
            None => Taken::Unreadable(Box::new(tell_tie(&input.name, &tie, self.lang))),
        }
    }
}

/// Tells of an input that cannot be had or read.
fn unavailable(name: &str, problem: &Unavailable, lang: Lang) -> Told {
    match lang {
        Lang::Zh => tell_unreadable(name, problem.message(), problem.advice()),
        Lang::En => tell_unreadable(name, problem.to_string(), String::new()),
    }
}
