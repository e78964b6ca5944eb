//! `yusuan convert`: reads, normalises, recomputes, and writes cleaned and disclosure workbooks and the report.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::check::FailOn;
use super::explaining::explain;
use super::previous::{self, Previous, PreviousArguments};
use super::reading::{self, Reader, ReadingArguments, Taken, Wrong};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::save::{Growing, SaveError, safe_file_name, save};
use crate::edge::{report, write};
use crate::finding::{Lang, Told, in_sheet_order, tell, tell_unreadable};
use crate::model::Budget;
use crate::stage::extract::Extracted;
use crate::stage::{compose, layout, recompute, renew, translate};
use crate::template::Template;

/// The report for people.
const REPORT_TEXT: &str = "检查报告.txt";
/// The report for programs.
const REPORT_JSON: &str = "检查报告.jsonl";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    previous: PreviousArguments,
    /// 输出文件夹
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// 另外生成一份全部单位的信息公开汇编
    #[arg(long)]
    combined: bool,
    /// 改用另一个模板的表样写出，如把旧年度的预算写成新表样
    #[arg(long = "as", value_name = "NAME")]
    target: Option<String>,
    /// 情况说明中的金额按各表更新，没有情况说明的起草一份；逐处列入修改记录
    #[arg(long)]
    narrative: bool,
    /// 有此级别及以上的问题时，以状态 1 结束
    #[arg(long, value_enum, default_value_t = FailOn::Never)]
    fail_on: FailOn,
    /// 单位说明的清单：check -o 写出的问题清单或审核稿，填写了“说明”的；输入文件夹中名为“审核说明”的表格不用写
    #[arg(long, value_name = "FILE")]
    explanations: Vec<PathBuf>,
}

/// What was made of one budget.
struct Made {
    unit: String,
    stem: String,
    told: Vec<Told>,
    changed: usize,
    /// How many of the changes are of the narrative.
    renewed: usize,
    workbooks: Vec<(&'static str, Result<Vec<u8>, write::WriteError>)>,
    budget: Option<Budget>,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let reader = Reader::new(&arguments.reading, shared)?.explained_by(&arguments.explanations)?;
    let target = arguments.target.as_deref().map(|name| reading::template(name, shared)).transpose()?;
    let (keep, narrative, lang) = (arguments.combined, arguments.narrative, shared.lang());
    let options = Options { keep, narrative, target, reader: &reader, lang };
    let previous = Previous::read(&arguments.previous, arguments.reading.how(), shared)?;
    let mut run = Run::new(arguments, shared, reader.len())?;
    for problem in previous.iter().flat_map(|p| &p.problems) {
        run.report(&problem.file, "", std::slice::from_ref(problem))?;
    }
    let unread = previous.as_ref().map_or(Outcome::Done, |p| p.outcome);
    let previous = previous.as_ref();
    let read = reader.each(|extracted| make(extracted, &options, previous), |name, taken| run.take(name, taken, &reader))?;
    let written = run.finish()?;
    Ok(unread.max(read).max(written))
}

struct Options<'r> {
    reader: &'r Reader,
    keep: bool,
    narrative: bool,
    target: Option<Arc<Template>>,
    lang: Lang,
}

/// All the work on one budget that needs no order: findings, recomputing, drawing, packing.
fn make(mut extracted: Extracted, options: &Options<'_>, previous: Option<&Previous>) -> Made {
    let mut findings = previous::findings(&mut extracted, previous);
    let filed = extracted.budget;
    let mut budget = filed.clone();
    if let Some(target) = options.target.as_ref().filter(|t| t.name != filed.template.name) {
        let (moved, left) = translate::translate(&filed, target);
        budget = moved;
        findings.extend(left);
    }
    let changes = recompute::recompute(&mut budget);
    let drafted = if options.narrative { compose::compose(&mut budget, &|_| None) } else { None };
    let (renewed, kept) = if options.narrative && drafted.is_none() { renew::renew(&mut budget) } else { Default::default() };
    let composed = drafted.as_ref().map(|drafted| layout::composed(&budget, drafted, options.lang)).unwrap_or_default();
    findings.extend(kept.into_iter().chain(drafted));
    in_sheet_order(&mut findings);
    let mut ledger = layout::ledger(&filed, &budget, &changes, &findings, options.lang);
    let words = [layout::renewals(&budget, &renewed), composed].concat();
    let renewed = words.len();
    ledger.extend(words);
    // Each goes as soon as it is told: there may be many.
    let mut told: Vec<Told> = findings.into_iter().map(|f| tell(&f, &filed, options.lang)).collect();
    explain(&mut told, &filed, &options.reader.explanations, options.lang);
    drop(filed);
    let workbooks = vec![
        ("规范", write::write(&layout::cleaned(&budget, &ledger))),
        ("信息公开", write::write(&layout::disclosure(&budget))),
    ];
    let parts = [budget.code.clone(), budget.name.clone(), budget.year.map(|y| y.to_string())];
    let stem = safe_file_name(&parts.into_iter().flatten().collect::<Vec<_>>().join("_"));
    Made {
        unit: report::unit_line(&budget),
        stem,
        told,
        changed: ledger.len(),
        renewed,
        workbooks,
        budget: options.keep.then_some(budget),
    }
}

/// The ordered part of a run: names, files, report.
struct Run<'a> {
    arguments: &'a Arguments,
    lang: Lang,
    quiet: bool,
    text: Growing,
    json: Growing,
    /// The names given.
    stems: HashSet<String>,
    counts: report::Counts,
    outcome: Outcome,
    combined: layout::Combined,
    bar: ProgressBar,
}

impl<'a> Run<'a> {
    fn new(arguments: &'a Arguments, shared: &Shared, inputs: usize) -> anyhow::Result<Self> {
        let begin = |name: &str| Growing::new(&arguments.output.join(name)).map_err(|e| Wrong(save_problem(&e)));
        let shows = io::stderr().is_terminal() && !shared.quiet && inputs > 8;
        let bar = if shows { ProgressBar::new(inputs as u64) } else { ProgressBar::hidden() };
        bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta}")?);
        Ok(Self {
            arguments,
            lang: shared.lang(),
            quiet: shared.quiet,
            text: begin(REPORT_TEXT)?,
            json: begin(REPORT_JSON)?,
            stems: HashSet::new(),
            counts: report::Counts::default(),
            outcome: Outcome::Done,
            combined: layout::Combined::default(),
            bar,
        })
    }

    fn take(&mut self, name: &str, taken: Taken<Made>, reader: &Reader) -> anyhow::Result<()> {
        self.bar.inc(1);
        match taken {
            Taken::Own | Taken::Else | Taken::Summary(_) => Ok(()),
            Taken::Unreadable(told) | Taken::Failed(told) => self.report(name, "", &[*told]),
            Taken::Budget(made, version) => self.budget(name, made, &version, reader),
        }
    }

    fn budget(&mut self, name: &str, made: Made, version: &Version, reader: &Reader) -> anyhow::Result<()> {
        let said = version.told(name, self.lang);
        if matches!(version, Version::Older(_)) {
            return self.report(name, &made.unit, said.as_slice());
        }
        let mut told = made.told;
        told.extend(said);
        let replaces = matches!(version, Version::Newer(_));
        let stem = if replaces { made.stem } else { self.unused(&made.stem) };
        self.stems.insert(stem.clone());
        let mut written = Vec::new();
        for (kind, workbook) in made.workbooks {
            let file = format!("{stem}_{kind}.xlsx");
            match save_workbook(&self.arguments.output.join(&file), workbook, reader) {
                Ok(()) => written.push(file),
                Err(problem) => {
                    told.push(problem.told(name));
                    self.outcome = Outcome::Unread;
                }
            }
        }
        self.report(name, &made.unit, &told)?;
        if !written.is_empty() {
            self.line(&wrote(&written, made.changed, made.renewed, self.lang))?;
        }
        if let Some(budget) = made.budget {
            if replaces { self.combined.replace(budget) } else { self.combined.add(budget) }
        }
        Ok(())
    }

    /// The stem, with a number where an earlier budget of the run has it already.
    fn unused(&self, stem: &str) -> String {
        let numbered = |n: usize| if n == 1 { stem.to_owned() } else { format!("{stem}({n})") };
        (1..).map(numbered).find(|s| !self.stems.contains(s)).unwrap_or_default()
    }

    fn report(&mut self, name: &str, unit: &str, told: &[Told]) -> anyhow::Result<()> {
        self.counts.add(told);
        if told.iter().any(|t| self.arguments.fail_on.fails(t)) {
            self.outcome = self.outcome.max(Outcome::Found);
        }
        let mut text = Vec::new();
        report::text(&mut text, name, unit, told, self.lang)?;
        self.text.write_all(&text)?;
        for told in told {
            writeln!(self.json, "{}", serde_json::to_string(told)?)?;
        }
        let shown = String::from_utf8_lossy(&text).trim_end().to_owned();
        self.line(&shown)
    }

    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        self.bar.suspend(|| write_line(&mut io::stdout().lock(), line)).map_err(Into::into)
    }

    fn finish(mut self) -> anyhow::Result<Outcome> {
        self.bar.finish_and_clear();
        for (title, grid) in self.combined.documents() {
            let path = self.arguments.output.join(format!("{}.xlsx", safe_file_name(&title)));
            let bytes = write::write(&grid)?;
            save(&path, &bytes).map_err(|e| Wrong(save_problem(&e)))?;
            self.line(&match self.lang {
                Lang::Zh => format!("已写出汇编 {}", path.display()),
                Lang::En => format!("wrote the combined document {}", path.display()),
            })?;
        }
        let counts = self.counts.line(self.lang);
        writeln!(self.text, "{counts}")?;
        if !self.quiet {
            self.line(&counts)?;
        }
        self.text.finish().map_err(|e| Wrong(save_problem(&e)))?;
        self.json.finish().map_err(|e| Wrong(save_problem(&e)))?;
        Ok(self.outcome)
    }
}

/// What was written, and how much in it was changed.
fn wrote(files: &[String], changed: usize, renewed: usize, lang: Lang) -> String {
    let files = files.join(if lang == Lang::Zh { "、" } else { ", " });
    let renewed = match (renewed, lang) {
        (0, _) => String::new(),
        (_, Lang::Zh) => format!("，其中情况说明 {renewed} 处"),
        (_, Lang::En) => format!(", {renewed} of them in the narrative"),
    };
    match lang {
        Lang::Zh => format!("  已写出 {files}（修改 {changed} 处{renewed}）"),
        Lang::En => format!("  wrote {files} ({changed} changes{renewed})"),
    }
}

/// Why a workbook was not written.
enum NotWritten {
    Save(SaveError),
    Write(write::WriteError),
    Input(PathBuf),
}

impl NotWritten {
    fn told(&self, name: &str) -> Told {
        let (message, advice) = match self {
            Self::Save(error) => (error.message(), error.advice().to_owned()),
            Self::Write(error) => (format!("工作簿没有写出：{error}"), "请把该文件发给维护人员。".to_owned()),
            Self::Input(path) => (format!("没有写出“{}”：它是本次的输入文件", path.display()), "请换一个输出文件夹。".to_owned()),
        };
        Told { rule: "R90".to_owned(), ..tell_unreadable(name, message, advice) }
    }
}

fn save_workbook(path: &Path, workbook: Result<Vec<u8>, write::WriteError>, reader: &Reader) -> Result<(), NotWritten> {
    let bytes = workbook.map_err(NotWritten::Write)?;
    if reader.is_input(path) {
        return Err(NotWritten::Input(path.to_owned()));
    }
    save(path, &bytes).map_err(NotWritten::Save)
}

fn save_problem(error: &SaveError) -> String {
    format!("{}。{}", error.message(), error.advice())
}
