//! From arguments to budgets: inputs, templates, recognition; the same for every command that reads workbooks.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use clap::Args;

use super::{Outcome, Shared};
use crate::edge::input::{self, Input, Meant, Unavailable};
use crate::edge::read::{Limits, ReadOptions};
use crate::edge::store;
use crate::finding::{Lang, Told, tell_failed, tell_nothing_known, tell_passed_over, tell_tie, tell_unreadable};
use crate::stage::extract::{self, Extracted};
use crate::stage::folded::Folded;
use crate::stage::formula;
use crate::stage::recognise::{Recognised, Recogniser};
use crate::template::{Severity, Template, TemplateError, load};

/// A wrong use of the command line or of a template: the user's to mend.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Wrong(pub(super) String);

/// What every command that reads workbooks takes.
#[derive(Debug, Args)]
pub(super) struct ReadingArguments {
    /// 工作簿、CSV、文本、网页、Word 文档，或文件夹、zip 压缩包
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
    #[command(flatten)]
    access: AccessArguments,
}

/// How files are opened: the passwords to try, and what one file may cost.
#[derive(Debug, Args)]
struct AccessArguments {
    /// 打开密码，可以给出几个，逐个尝试
    #[arg(long, value_name = "PASSWORD")]
    password: Vec<String>,
    /// 存有打开密码的文本文件，一行一个
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// 单个文件的大小上限，解压后为其两倍
    #[arg(long, value_name = "MB", default_value_t = LIMITS.file_bytes >> 20, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    max_size: u64,
    /// 单个文件中有内容的单元格数上限
    #[arg(long, value_name = "N", default_value_t = LIMITS.cells)]
    max_cells: usize,
    /// 单个文件的工作表数上限
    #[arg(long, value_name = "N", default_value_t = LIMITS.sheets)]
    max_sheets: usize,
    /// 读取单个文件的时间上限
    #[arg(long, value_name = "SECONDS", default_value_t = LIMITS.time.as_secs())]
    max_seconds: u64,
}

const LIMITS: Limits = Limits::USUAL;

impl AccessArguments {
    fn options(&self) -> anyhow::Result<ReadOptions> {
        let mut passwords = self.password.clone();
        if let Some(path) = &self.password_file {
            let lines = input::lines(path);
            let failed = |error| Wrong(format!("无法读取密码文件“{}”（{error}）", path.display()));
            passwords.extend(lines.map_err(failed)?);
        }
        let limits = Limits {
            file_bytes: self.max_size << 20,
            cells: self.max_cells,
            sheets: self.max_sheets,
            time: Duration::from_secs(self.max_seconds),
            ..LIMITS
        };
        Ok(ReadOptions { limits, passwords })
    }
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
    /// Text that is no budget, found in a folder.
    Else,
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
    options: ReadOptions,
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
        let (recogniser, year) = (Recogniser::new(templates), arguments.year);
        let options = arguments.access.options()?;
        Ok(Self { recogniser, inputs, problems, places, threads, jobs, year, lang, options })
    }

    /// How many inputs there are.
    pub(super) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether a path is one of the files to be read, and not an earlier output that was merely found among them.
    pub(super) fn is_input(&self, path: &Path) -> bool {
        let Some(place) = path.canonicalize().ok().and_then(|path| self.places.get(&path)) else { return false };
        let input = &self.inputs[*place];
        !(input.found && input.read(&self.options).is_ok_and(|grid| grid.mark.is_some()))
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
        let mut barren = self.arguments();
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
                let Some((input, receiver)) = begun.pop_front() else { break };
                let made = receiver.recv()?;
                if !matches!(made, Taken::Else) {
                    barren.retain(|argument| *argument != input.argument);
                }
                outcome = outcome.max(match &made {
                    Taken::Unreadable(told) if told.severity < Severity::Error => Outcome::Done,
                    Taken::Unreadable(_) => Outcome::Unread,
                    Taken::Failed(_) => Outcome::Internal,
                    Taken::Budget(_) | Taken::Own | Taken::Else => Outcome::Done,
                });
                taken(&input.name, made)?;
            }
            for argument in barren {
                outcome = outcome.max(Outcome::Unread);
                taken(argument, Taken::Unreadable(Box::new(unavailable(argument, &Unavailable::Barren, self.lang))))?;
            }
            Ok(outcome)
        })
    }

    /// The arguments that mean any input.
    fn arguments(&self) -> Vec<&str> {
        let mut arguments: Vec<&str> = self.inputs.iter().map(|input| input.argument.as_str()).collect();
        arguments.dedup();
        arguments
    }

    /// What becomes of an input in which nothing known was found, or of which that is told.
    fn nothing<T>(&self, input: &Input, meant: Meant, told: Told) -> Taken<T> {
        match meant {
            Meant::Budget => Taken::Unreadable(Box::new(told)),
            Meant::Perhaps => Taken::Unreadable(Box::new(tell_passed_over(&input.name, self.lang))),
            Meant::Else => Taken::Else,
        }
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
            match input.read(&self.options) {
                Ok(mut grid) => {
                    formula::calculate(&mut grid);
                    let recognised = self.recogniser.recognise(&Folded::new(&grid));
                    let meant = match recognised {
                        Recognised::Nothing => input.meant(Ok(&grid)),
                        _ => Meant::Budget,
                    };
                    if meant == Meant::Else {
                        continue;
                    }
                    if !matches!(recognised, Recognised::Edition(_)) && meant == Meant::Budget {
                        outcome = Outcome::Unread;
                    }
                    told(&input.name, Ok(recognised))?;
                }
                Err(problem) if input.meant(Err(&problem)) == Meant::Else => {}
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
        let mut grid = match input.read(&self.options) {
            Ok(grid) => grid,
            Err(problem) => {
                let told = tell_unreadable(&input.name, problem.message(), problem.advice());
                return self.nothing(input, input.meant(Err(&problem)), told);
            }
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
            None if tie.is_empty() => self.nothing(input, input.meant(Ok(&grid)), tell_nothing_known(&input.name, self.lang)),
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
