//! `yusuan check`: findings only, for people or as JSON lines.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::annotating::{Annotator, Made};
use super::explaining::explain;
use super::previous::{self, Previous, PreviousArguments};
use super::reading::{Reader, ReadingArguments, Taken, Wrong};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::batch::{Batch, Form, Handed, RuleText};
use crate::edge::report;
use crate::finding::rulebook::rule_words;
use crate::finding::{Lang, Told, tell};
use crate::model::Address;
use crate::stage::check;
use crate::stage::extract::Extracted;
use crate::template::{Severity, Template};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    previous: PreviousArguments,
    /// 输出格式
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// 有此级别及以上的问题时，以状态 1 结束
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// 另外为每个有问题的工作簿写出一份审核稿：原件不变，问题单元格着色、加批注，加一张“审核意见”表
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
    /// 另外写出全部单位的检查报告：.html 网页（可筛选、打印），.xlsx 各单位状态和全部问题两张表，.json、.sarif 数据
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 单位说明的清单：check -o 写出的问题清单或审核稿，填写了“说明”的；输入文件夹中名为“审核说明”的表格不用写
    #[arg(long, value_name = "FILE")]
    explanations: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// From which severity on a run counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    /// Whether a severity fails the run.
    pub(super) fn is_reached(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }

    /// Whether a finding fails the run: one that is explained does not.
    pub(super) fn fails(self, told: &Told) -> bool {
        told.is_open() && self.is_reached(told.severity)
    }
}

/// What came of checking one budget.
struct Checked {
    /// What it is called.
    unit: String,
    /// Its files.
    sources: Vec<String>,
    /// What was found.
    told: Vec<Told>,
    /// How many amounts it has.
    amounts: usize,
    /// The cells of amounts that no rule guards, for the report on all budgets.
    unguarded: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let mut reader = Reader::new(&arguments.reading, shared)?.explained_by(&arguments.explanations)?;
    if let Some(folder) = &arguments.annotate {
        reader.leave_out(folder)?;
    }
    let lang = shared.lang();
    if let Some(output) = &arguments.output {
        if reader.is_input(output) {
            return Err(Wrong(format!("“{}”是本次的输入文件，请换一个输出文件名", output.display())).into());
        }
        if Form::of(output).is_none() {
            return Err(Wrong(format!("检查报告“{}”的扩展名应为 .html、.xlsx、.json 或 .sarif", output.display())).into());
        }
    }
    let mut run = Run {
        arguments,
        quiet: shared.quiet,
        lang,
        out: std::io::BufWriter::new(std::io::stdout().lock()),
        counts: report::Counts::default(),
        outcome: Outcome::Done,
        annotator: arguments.annotate.as_ref().map(|folder| Annotator::new(folder, &reader, lang)),
        batch: arguments.output.is_some().then(|| Batch::new(lang)).transpose()?,
    };
    let reports = arguments.output.is_some();
    let previous = Previous::read(&arguments.previous, arguments.reading.how(), shared)?;
    let read = previous.as_ref().map_or(Outcome::Done, |p| p.outcome);
    for problem in previous.iter().flat_map(|p| &p.problems) {
        run.take(&problem.file, Taken::Unreadable(Box::new(problem.clone())))?;
    }
    let previous = previous.as_ref();
    let work = |extracted| findings(extracted, &reader, (reports, previous));
    let taken = reader.each(work, |name, taken| {
        if let Taken::Budget(checked, version) = &taken
            && !matches!(version, Version::Older(_))
        {
            reader.progress.found(&checked.told);
        }
        run.take(name, taken)?;
        // What stays behind in memory would come out in the midst of the bar.
        if reader.progress.shares_screen() { Ok(run.out.flush()?) } else { Ok(()) }
    })?;
    run.finish(&reader).map(|found| read.max(taken).max(found))
}

/// The ordered part of a run: what is printed, and the annotated copies.
struct Run<'a> {
    arguments: &'a Arguments,
    quiet: bool,
    lang: Lang,
    out: std::io::BufWriter<std::io::StdoutLock<'static>>,
    counts: report::Counts,
    outcome: Outcome,
    annotator: Option<Annotator<'a>>,
    batch: Option<Batch>,
}

impl Run<'_> {
    fn take(&mut self, name: &str, taken: Taken<Checked>) -> anyhow::Result<()> {
        if self.annotator.as_ref().is_some_and(|annotator| annotator.is_behind(name)) {
            self.copies()?;
        }
        let nothing = |told| Checked { unit: String::new(), sources: Vec::new(), told, amounts: 0, unguarded: Vec::new() };
        let Checked { unit, sources, told, amounts, unguarded } = match taken {
            // A version that does not count gets no annotated copy.
            Taken::Budget(checked, version @ Version::Older(_)) => {
                Checked { unit: checked.unit, ..nothing(version.told(name, self.lang).into_iter().collect()) }
            }
            Taken::Budget(mut checked, version) => {
                checked.told.extend(version.told(name, self.lang));
                checked
            }
            Taken::Unreadable(told) | Taken::Failed(told) => nothing(vec![*told]),
            Taken::Own | Taken::Else | Taken::Summary(_) => return Ok(()),
        };
        if let Some(batch) = &mut self.batch {
            batch.add(Handed { file: name, unit: &unit, amounts, unguarded }, &told)?;
        }
        if told.iter().any(|t| self.arguments.fail_on.fails(t)) {
            self.outcome = self.outcome.max(Outcome::Found);
        }
        self.counts.add(&told);
        self.report(name, &unit, &told)?;
        match &mut self.annotator {
            Some(annotator) if !sources.is_empty() => annotator.note(name, &sources, told),
            _ => {}
        }
        Ok(())
    }

    fn report(&mut self, name: &str, unit: &str, told: &[Told]) -> anyhow::Result<()> {
        match self.arguments.format {
            Format::Text => report::text(&mut self.out, name, unit, told, self.lang)?,
            Format::Json => {
                for told in told {
                    write_line(&mut self.out, &serde_json::to_string(told)?)?;
                }
            }
        }
        Ok(())
    }

    /// Writes the annotated copies that are due, and says so.
    fn copies(&mut self) -> anyhow::Result<()> {
        for copy in self.annotator.as_mut().map(Annotator::copies).unwrap_or_default() {
            match copy {
                Made::Said(_) if self.quiet => {}
                Made::Said(line) if self.arguments.format == Format::Text => write_line(&mut self.out, &line)?,
                Made::Said(line) => write_line(&mut std::io::stderr(), line.trim_start())?,
                Made::Failed(told) => {
                    self.outcome = self.outcome.max(Outcome::Unread);
                    self.counts.found.errors += 1;
                    let name = told.file.clone();
                    self.report(&name, "", &[*told])?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self, reader: &Reader) -> anyhow::Result<Outcome> {
        self.copies()?;
        if self.arguments.format == Format::Text && !self.quiet {
            write_line(&mut self.out, &self.counts.line(self.lang))?;
        }
        self.batch(reader)?;
        self.out.flush()?;
        Ok(self.outcome)
    }

    /// Writes the report on all budgets.
    fn batch(&mut self, reader: &Reader) -> anyhow::Result<()> {
        let (Some(batch), Some(output)) = (self.batch.take(), &self.arguments.output) else { return Ok(()) };
        let Some(form) = Form::of(output) else { return Ok(()) };
        let lang = self.lang;
        let editions = reader.editions()?;
        batch.save(output, form, &|rule| text_of(rule, &editions, lang)).map_err(|e| Wrong(e.to_string()))?;
        if self.arguments.format == Format::Text && !self.quiet {
            let line = match self.lang {
                Lang::Zh => format!("已写出检查报告 {}", output.display()),
                Lang::En => format!("wrote the report {}", output.display()),
            };
            write_line(&mut self.out, &line)?;
        }
        Ok(())
    }
}

/// What is said of a rule in the report.
fn text_of(rule: &str, editions: &[Arc<Template>], lang: Lang) -> RuleText {
    let words = rule_words(rule, editions.iter().map(Arc::as_ref), lang);
    words.map_or_else(RuleText::default, |(title, why, severity)| RuleText { title, why, severity: Some(severity) })
}

/// All findings of a budget, told; for a report also which of its amounts no rule guards.
fn findings(mut extracted: Extracted, reader: &Reader, (reports, previous): (bool, Option<&Previous>)) -> Checked {
    let lang = reader.lang;
    let mut findings = previous::findings(&mut extracted, previous);
    let budget = extracted.budget;
    crate::finding::in_sheet_order(&mut findings);
    // Each goes as soon as it is told: there may be many.
    let mut told: Vec<Told> = findings.into_iter().map(|f| tell(&f, &budget, lang)).collect();
    explain(&mut told, &budget, &reader.explanations, lang);
    let unguarded = if reports { check::unguarded(&budget) } else { Vec::new() };
    let place = |at: &Address| budget.slot(*at).site.map(|s| budget.place(s)).map(|(sheet, cell)| format!("{sheet}!{cell}"));
    let unguarded = unguarded.iter().filter_map(place).collect();
    let amounts = budget.tables.iter().map(|t| t.amounts().count()).sum();
    Checked { unit: report::unit_line(&budget), sources: budget.sources, told, amounts, unguarded }
}
