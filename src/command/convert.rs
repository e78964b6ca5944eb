//! `yusuan convert`: reads, normalises, recomputes, and writes cleaned and disclosure workbooks and the report.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::check::FailOn;
use super::explaining::explain;
use super::interrupt;
use super::known::Standing;
use super::previous::{self, Previous, PreviousArguments};
use super::reading::{self, Reader, ReadingArguments, Taken, Wrong};
use super::resuming::{Anew, Kept, Output, Reported, Resuming};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::save::{Growing, SaveError, safe_file_name, save};
use crate::edge::{journal, report, store, write};
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
    /// 接着上次中断的运行：输入、选项、输出都没有变的不再重做，结果与一次做完相同
    #[arg(long)]
    resume: bool,
}

/// What was made of one budget, now or by the run that is resumed.
pub(super) enum Work {
    Made(Box<Made>),
    Kept(Box<Kept>),
}

/// The word for a workbook, and its bytes.
type Workbook = (&'static str, Result<Vec<u8>, write::WriteError>);

/// What was made of one budget.
pub(super) struct Made {
    pub(super) standing: Standing,
    unit: String,
    pub(super) stem: String,
    told: Vec<Told>,
    changed: usize,
    /// How many of the changes are of the narrative.
    renewed: usize,
    workbooks: Vec<Workbook>,
    budget: Option<Budget>,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let reader = Reader::new(&arguments.reading, shared)?.explained_by(&arguments.explanations)?;
    let target = arguments.target.as_deref().map(|name| reading::template(name, shared)).transpose()?;
    let (keep, narrative, lang) = (arguments.combined, arguments.narrative, shared.lang());
    let options = Options { keep, narrative, target, reader: &reader, lang };
    let previous = Previous::read(&arguments.previous, arguments.reading.how(), shared)?;
    let previous = previous.as_ref();
    let mut run = Run::new(arguments, shared, (&options, previous))?;
    for problem in previous.iter().flat_map(|p| &p.problems) {
        run.report(&problem.file, "", std::slice::from_ref(problem))?;
    }
    let unread = previous.map_or(Outcome::Done, |p| p.outcome);
    let resuming = Resuming::open(&arguments.output, &decisive(arguments, shared, &reader)?, (arguments.resume, !keep))
        .map_err(|e| Wrong(format!("无法在“{}”中记录进度（{e}）。请核对文件夹的写入权限", arguments.output.display())))?;
    interrupt::can_resume();
    let work = |extracted| Work::Made(Box::new(make(extracted, &options, previous)));
    let read = reader.each_beside(&resuming, work, |name, taken| run.take(name, taken, &resuming))?;
    let written = run.finish()?;
    resuming.finish().map_err(|e| Wrong(format!("无法删除“{}”中的进度记录（{e}）", arguments.output.display())))?;
    Ok(unread.max(read).max(written))
}

/// All that decides beside an input what comes of it.
fn decisive(arguments: &Arguments, shared: &Shared, reader: &Reader) -> anyhow::Result<Vec<String>> {
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    let mut all = vec![
        journal::program(),
        format!("{:?} {:?} {}", shared.lang(), arguments.target, arguments.narrative),
        arguments.reading.how().told(),
        format!("{:?}", reader.options),
        // One input alone is never a part of a budget.
        format!("{}", reader.inputs.len() > 1),
    ];
    all.extend(sources.files.iter().map(|(path, text)| format!("{path} {}", journal::sum(text.as_bytes()))));
    all.extend(arguments.explanations.iter().map(|path| journal::sum_of(path)));
    let limits = &reader.options.limits;
    all.extend(reader.beside.iter().map(|list| list.bytes(limits).map_or_else(|e| e.to_string(), |b| journal::sum(&b))));
    all.extend(arguments.previous.sums(limits));
    Ok(all)
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
    let standing = Standing::of(&extracted.budget);
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
        standing,
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
    options: &'a Options<'a>,
    previous: Option<&'a Previous>,
    lang: Lang,
    quiet: bool,
    text: Growing,
    json: Growing,
    /// The names given.
    stems: HashSet<String>,
    counts: report::Counts,
    outcome: Outcome,
    combined: layout::Combined,
    /// The files that this run wrote: none of them is as an earlier run left it.
    rewritten: HashSet<String>,
}

impl<'a> Run<'a> {
    fn new(
        arguments: &'a Arguments,
        shared: &Shared,
        (options, previous): (&'a Options<'a>, Option<&'a Previous>),
    ) -> anyhow::Result<Self> {
        let begin = |name: &str| Growing::new(&arguments.output.join(name)).map_err(|e| Wrong(save_problem(&e)));
        Ok(Self {
            arguments,
            options,
            previous,
            lang: shared.lang(),
            quiet: shared.quiet,
            text: begin(REPORT_TEXT)?,
            json: begin(REPORT_JSON)?,
            stems: HashSet::new(),
            counts: report::Counts::default(),
            outcome: Outcome::Done,
            combined: layout::Combined::default(),
            rewritten: HashSet::new(),
        })
    }

    fn take(&mut self, name: &str, taken: Taken<Work>, resuming: &Resuming<'_>) -> anyhow::Result<()> {
        match taken {
            Taken::Own | Taken::Else | Taken::Summary(_) => Ok(()),
            Taken::Unreadable(told) | Taken::Failed(told) => self.report(name, "", &[*told]).map(drop),
            Taken::Budget(Work::Made(made), version) => self.budget(name, *made, &version, resuming),
            Taken::Budget(Work::Kept(kept), version) if self.is_as_left(&kept, &version) => self.kept(&kept),
            Taken::Budget(Work::Kept(_), version) => {
                let work = |extracted| Work::Made(Box::new(make(extracted, self.options, self.previous)));
                match self.options.reader.again(name, &Anew(resuming), &work) {
                    Taken::Budget(Work::Made(made), _) => self.budget(name, *made, &version, resuming),
                    // It changed under way.
                    other => {
                        self.outcome = self.outcome.max(Outcome::Unread);
                        self.take(name, other, resuming)
                    }
                }
            }
        }
    }

    /// Whether the outputs of an input still are what this run would make: under the same names, and overwritten by none.
    fn is_as_left(&self, kept: &Kept, version: &Version) -> bool {
        let is_older = matches!(version, Version::Older(_));
        let named = if matches!(version, Version::Newer(_)) { kept.stem.clone() } else { self.unused(&kept.stem) };
        kept.stands_as(version)
            && (is_older || kept.named == named)
            && kept.outputs.is_empty() == is_older
            && kept.outputs.iter().all(|output| !self.rewritten.contains(&output.file))
    }

    /// Takes over what an earlier run made of an input.
    fn kept(&mut self, kept: &Kept) -> anyhow::Result<()> {
        if !kept.outputs.is_empty() {
            self.stems.insert(kept.named.clone());
        }
        self.tell(&kept.reported)?;
        kept.wrote.as_ref().map_or(Ok(()), |line| self.line(line))
    }

    fn budget(&mut self, name: &str, made: Made, version: &Version, resuming: &Resuming<'_>) -> anyhow::Result<()> {
        let said = version.told(name, self.lang);
        if matches!(version, Version::Older(_)) {
            let reported = self.report(name, &made.unit, said.as_slice())?;
            resuming.keep(name, Kept::of(&made, version, reported));
            return Ok(());
        }
        let mut told = made.told.clone();
        told.extend(said);
        let replaces = matches!(version, Version::Newer(_));
        let named = if replaces { made.stem.clone() } else { self.unused(&made.stem) };
        self.stems.insert(named.clone());
        let outputs = self.write(name, &named, &made.workbooks, &mut told);
        let reported = self.report(name, &made.unit, &told)?;
        let written: Vec<String> = outputs.iter().map(|output| output.file.clone()).collect();
        let wrote = (!written.is_empty()).then(|| wrote(&written, made.changed, made.renewed, self.lang));
        if let Some(line) = &wrote {
            self.line(line)?;
        }
        if outputs.len() == made.workbooks.len() {
            let mut kept = Kept::of(&made, version, reported);
            (kept.named, kept.outputs, kept.wrote) = (named, outputs, wrote);
            resuming.keep(name, kept);
        }
        if let Some(budget) = made.budget {
            if replaces { self.combined.replace(budget) } else { self.combined.add(budget) }
        }
        Ok(())
    }

    /// Writes the workbooks of a budget; tells of those that could not be written.
    fn write(&mut self, name: &str, named: &str, workbooks: &[Workbook], told: &mut Vec<Told>) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (kind, workbook) in workbooks {
            let file = format!("{named}_{kind}.xlsx");
            match save_workbook(&self.arguments.output.join(&file), workbook, self.options.reader) {
                Ok(bytes) => {
                    self.rewritten.insert(file.clone());
                    outputs.push(Output::of(file, bytes));
                }
                Err(problem) => {
                    told.push(problem.told(name));
                    self.outcome = Outcome::Unread;
                }
            }
        }
        outputs
    }

    /// The stem, with a number where an earlier budget of the run has it already.
    fn unused(&self, stem: &str) -> String {
        let numbered = |n: usize| if n == 1 { stem.to_owned() } else { format!("{stem}({n})") };
        (1..).map(numbered).find(|s| !self.stems.contains(s)).unwrap_or_default()
    }

    fn report(&mut self, name: &str, unit: &str, told: &[Told]) -> anyhow::Result<Reported> {
        let reported = Reported::of(name, unit, told, self.lang)?;
        self.tell(&reported)?;
        Ok(reported)
    }

    fn tell(&mut self, reported: &Reported) -> anyhow::Result<()> {
        self.counts.join(&reported.counts);
        self.options.reader.progress.errors(reported.counts.found.errors);
        if reported.worst.is_some_and(|worst| self.arguments.fail_on.is_reached(worst)) {
            self.outcome = self.outcome.max(Outcome::Found);
        }
        self.text.write_all(reported.text.as_bytes())?;
        self.json.write_all(reported.json.as_bytes())?;
        self.line(reported.text.trim_end())
    }

    fn line(&self, line: &str) -> anyhow::Result<()> {
        Ok(write_line(&mut io::stdout().lock(), line)?)
    }

    fn finish(mut self) -> anyhow::Result<Outcome> {
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
enum NotWritten<'w> {
    Save(SaveError),
    Write(&'w write::WriteError),
    Input(PathBuf),
}

impl NotWritten<'_> {
    fn told(&self, name: &str) -> Told {
        let (message, advice) = match self {
            Self::Save(error) => (error.message(), error.advice().to_owned()),
            Self::Write(error) => (format!("工作簿没有写出：{error}"), "请把该文件发给维护人员。".to_owned()),
            Self::Input(path) => (format!("没有写出“{}”：它是本次的输入文件", path.display()), "请换一个输出文件夹。".to_owned()),
        };
        Told { rule: "R90".to_owned(), ..tell_unreadable(name, message, advice) }
    }
}

fn save_workbook<'w>(
    path: &Path,
    workbook: &'w Result<Vec<u8>, write::WriteError>,
    reader: &Reader,
) -> Result<&'w [u8], NotWritten<'w>> {
    let bytes = workbook.as_ref().map_err(NotWritten::Write)?;
    if reader.is_input(path) {
        return Err(NotWritten::Input(path.to_owned()));
    }
    save(path, bytes).map_err(NotWritten::Save)?;
    Ok(bytes)
}

fn save_problem(error: &SaveError) -> String {
    format!("{}。{}", error.message(), error.advice())
}
