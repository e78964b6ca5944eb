//! From arguments to budgets: inputs, templates, recognition; the same for every command that reads workbooks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::progress::Progress;
use super::versions::Version;
use super::{Outcome, Shared, explaining};
use crate::edge::input::{self, Input, Meant, Unavailable};
use crate::edge::read::{Limits, ReadOptions};
use crate::edge::store;
use crate::finding::{Explanations, Lang, Told, tell_passed_over, tell_unreadable};
use crate::grid::Grid;
use crate::model::Budget;
use crate::stage::extract;
use crate::stage::folded::Folded;
use crate::stage::formula;
use crate::stage::recognise::{Recognised, Recogniser};
use crate::template::{Library, Template, TemplateError, load};

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
    #[command(flatten)]
    how: HowArguments,
}

/// How workbooks are read, whichever they are.
#[derive(Debug, Clone, Args)]
pub(super) struct HowArguments {
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
#[derive(Debug, Clone, Args)]
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

impl ReadingArguments {
    /// How they are read.
    pub(super) fn how(&self) -> &HowArguments {
        &self.how
    }

    /// The year that was given.
    pub(super) fn year(&self) -> Option<i32> {
        self.how.year
    }
}

impl HowArguments {
    /// What of them decides how a workbook is read, beside the options of opening it.
    pub(super) fn told(&self) -> String {
        format!("{:?}", (&self.template, self.year))
    }
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
    /// What the command made of its budget, and how that stands to others of the same unit and year.
    Budget(T, Version),
    /// It could not be used.
    Unreadable(Box<Told>),
    /// The program failed on it.
    Failed(Box<Told>),
    /// An output of this program, found in a folder.
    Own,
    /// Text that is no budget, found in a folder.
    Else,
    /// A summary made earlier, where the command takes it apart.
    Summary(Box<Grid>),
}

/// Everything needed to read workbooks.
pub(super) struct Reader {
    pub(super) recogniser: Recogniser,
    pub(super) inputs: Vec<Input>,
    pub(super) problems: Vec<Told>,
    places: HashMap<PathBuf, usize>,
    pub(super) threads: rayon::ThreadPool,
    pub(super) jobs: usize,
    pub(super) year: Option<i32>,
    pub(super) lang: Lang,
    pub(super) options: ReadOptions,
    /// Whether summaries made earlier are handed over as they are.
    pub(super) recalls: bool,
    /// Lists of what units answered to findings, found among the inputs.
    pub(super) beside: Vec<Input>,
    /// What units answered to findings.
    pub(super) explanations: Explanations,
    /// Whether budgets that this program wrote count, though they were merely found in a folder.
    pub(super) takes_outputs: bool,
    /// How far the work on the inputs is.
    pub(super) progress: Progress,
}

/// The editions at hand, all proved sound.
pub(super) fn templates(shared: &Shared) -> anyhow::Result<Vec<Arc<Template>>> {
    Ok(recogniser(shared)?.editions().map_err(|e| wrong(&e))?)
}

/// The editions at hand; those of the program are compiled when they are first needed, those of the user proved sound at once.
fn recogniser(shared: &Shared) -> Result<Recogniser, Wrong> {
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    let library = Arc::new(Library::new(sources));
    if !shared.templates.is_empty() {
        (0..library.names().len()).try_for_each(|place| library.edition(place).map(drop)).map_err(|e| wrong(&e))?;
    }
    Recogniser::over(&library).map_err(|e| wrong(&e))
}

/// One edition by its exact name.
pub(super) fn template(name: &str, shared: &Shared) -> anyhow::Result<Arc<Template>> {
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    load(name, &sources).map(Arc::new).map_err(|e| wrong(&e).into())
}

/// What is wrong with a template, for the user.
pub(super) fn wrong(error: &TemplateError) -> Wrong {
    Wrong(match error {
        TemplateError::NoSuch { name, existing } => format!("没有模板“{name}”；现有：{}", existing.join("、")),
        wrong => format!("模板有误：{wrong}"),
    })
}

/// Where each input that is a file stands in the list.
fn places(inputs: &[Input]) -> HashMap<PathBuf, usize> {
    let place = |(place, input): (usize, &Input)| Some((Path::new(&input.name).canonicalize().ok()?, place));
    inputs.iter().enumerate().filter_map(place).collect()
}

impl Reader {
    /// Finds the inputs and loads the templates.
    pub(super) fn new(arguments: &ReadingArguments, shared: &Shared) -> anyhow::Result<Self> {
        Self::of(&arguments.inputs, &arguments.how, shared)
    }

    /// Finds these inputs and loads the templates.
    pub(super) fn of(inputs: &[PathBuf], arguments: &HowArguments, shared: &Shared) -> anyhow::Result<Self> {
        let recogniser = match &arguments.template {
            Some(name) => Recogniser::new(vec![template(name, shared)?]),
            None => recogniser(shared)?,
        };
        let (mut inputs, problems) = input::collect(inputs);
        let beside = explaining::taken_out(&mut inputs);
        let lang = shared.lang();
        let problems = problems.into_iter().map(|(name, p)| unavailable(&name, &p, lang)).collect();
        let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs.unwrap_or(0)).build()?;
        let jobs = threads.current_num_threads();
        let places = places(&inputs);
        let year = arguments.year;
        let options = arguments.access.options()?;
        let explanations = Explanations::default();
        Ok(Self {
            recogniser,
            inputs,
            problems,
            places,
            threads,
            jobs,
            year,
            lang,
            options,
            recalls: false,
            beside,
            explanations,
            takes_outputs: false,
            progress: Progress::new(shared.quiet, lang),
        })
    }

    /// Finds the budgets of the year before: in any edition, and those that this program wrote are as good as others.
    pub(super) fn previous(inputs: &[PathBuf], arguments: &HowArguments, shared: &Shared) -> anyhow::Result<Self> {
        let how = HowArguments { template: None, year: arguments.year.map(|year| year - 1), ..arguments.clone() };
        let mut reader = Self::of(inputs, &how, shared)?;
        reader.takes_outputs = true;
        Ok(reader)
    }

    /// Summaries made earlier are handed over as they are.
    pub(super) fn recalling(mut self) -> Self {
        self.recalls = true;
        self
    }

    /// The editions at hand.
    pub(super) fn editions(&self) -> Result<Vec<Arc<Template>>, Wrong> {
        self.recogniser.editions().map_err(|e| wrong(&e))
    }

    /// The grid in one file.
    pub(super) fn grid_of(&self, path: &Path) -> anyhow::Result<Grid> {
        let (inputs, problems) = input::collect(std::slice::from_ref(&path.to_owned()));
        let failed = |problem: &Unavailable| Wrong(format!("“{}”{}。{}", path.display(), problem.message(), problem.advice()));
        if let Some((_, problem)) = problems.first() {
            return Err(failed(problem).into());
        }
        let input = inputs.first().ok_or_else(|| failed(&Unavailable::Barren))?;
        let mut grid = input.read(&self.options).map_err(|problem| failed(&problem))?;
        formula::calculate(&mut grid);
        Ok(grid)
    }

    /// The one budget in a file.
    pub(super) fn budget_in(&self, path: &Path) -> anyhow::Result<Budget> {
        let grid = self.grid_of(path)?;
        let folded = Folded::new(&grid);
        let name = path.display().to_string();
        let template = match self.recogniser.recognise(&folded).map_err(|e| wrong(&e))? {
            Recognised::Edition(fit) => fit.template,
            Recognised::Tie(_) => return Err(Wrong(format!("“{name}”有几个模板同样符合，请用 --template 指定")).into()),
            Recognised::Nothing => return Err(Wrong(format!("“{name}”中没有认识的预算表")).into()),
        };
        self.extract_as(&grid, &name, &template).ok_or_else(|| Wrong(format!("“{name}”中没有认识的预算表")).into())
    }

    /// The budget in a grid, in an edition that is known.
    pub(super) fn extract_as(&self, grid: &Grid, name: &str, template: &Arc<Template>) -> Option<Budget> {
        extract::extract(&Folded::new(grid), name, template, self.year).map(|extracted| extracted.budget)
    }

    /// Whether a path is one of the files to be read, and not an earlier output that was merely found among them.
    pub(super) fn is_input(&self, path: &Path) -> bool {
        let Some(place) = path.canonicalize().ok().and_then(|path| self.places.get(&path)) else { return false };
        let input = &self.inputs[*place];
        !(input.found && input.read(&self.options).is_ok_and(|grid| grid.mark.is_some()))
    }

    /// The input of a name.
    pub(super) fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// Leaves out what was found in a folder only because outputs went there before.
    ///
    /// # Errors
    /// When outputs would go into a folder that is itself searched: the next run would take them for submissions.
    pub(super) fn leave_out(&mut self, folder: &Path) -> Result<(), Wrong> {
        let Ok(outputs) = folder.canonicalize() else { return Ok(()) };
        let whole = |path: &str| Path::new(path).canonicalize().unwrap_or_default();
        if self.inputs.iter().any(|input| input.found && whole(&input.argument) == outputs) {
            let folder = folder.display();
            return Err(Wrong(match self.lang {
                Lang::Zh => format!("“{folder}”本身就是输入文件夹，请改用它的下级文件夹或其他文件夹"),
                Lang::En => format!("\"{folder}\" is an input folder itself; name a folder below it or another one"),
            }));
        }
        let is_output = |input: &Input| {
            input.found && whole(&input.name).starts_with(&outputs) && !whole(&input.argument).starts_with(&outputs)
        };
        self.inputs.retain(|input| !is_output(input));
        self.places = places(&self.inputs);
        Ok(())
    }

    /// The arguments that mean any input.
    pub(super) fn arguments(&self) -> Vec<&str> {
        let mut arguments: Vec<&str> = self.inputs.iter().map(|input| input.argument.as_str()).collect();
        arguments.dedup();
        arguments
    }

    /// What becomes of an input in which nothing known was found, or of which that is told.
    pub(super) fn nothing<T>(&self, input: &Input, meant: Meant, told: Told) -> Taken<T> {
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
                    let recognised = self.recogniser.recognise(&Folded::new(&grid)).map_err(|e| wrong(&e))?;
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
}

/// Tells of an input that cannot be had or read.
pub(super) fn unavailable(name: &str, problem: &Unavailable, lang: Lang) -> Told {
    match lang {
        Lang::Zh => tell_unreadable(name, problem.message(), problem.advice()),
        Lang::En => tell_unreadable(name, problem.to_string(), String::new()),
    }
}
