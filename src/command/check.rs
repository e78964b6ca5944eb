//! `yusuan check`: findings only, for people or as JSON lines.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::annotating::{Annotator, Made};
use super::reading::{Reader, ReadingArguments, Taken};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::report;
use crate::finding::{Lang, Told, tell};
use crate::stage::check;
use crate::stage::extract::Extracted;
use crate::template::Severity;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: ReadingArguments,
    /// 输出格式
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// 有此级别及以上的问题时，以状态 1 结束
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// 另外为每个有问题的工作簿写出一份审核稿：原件不变，问题单元格着色、加批注，加一张“审核意见”表
    #[arg(long, value_name = "DIR")]
    annotate: Option<PathBuf>,
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
    /// Whether a finding of that severity fails the run.
    pub(super) fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }
}

/// What came of checking one budget: what it is called, its files, and what was found.
type Checked = (String, Vec<String>, Vec<Told>);

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let mut reader = Reader::new(&arguments.reading, shared)?;
    if let Some(folder) = &arguments.annotate {
        reader.leave_out(folder)?;
    }
    let lang = shared.lang();
    let mut run = Run {
        arguments,
        quiet: shared.quiet,
        lang,
        out: std::io::BufWriter::new(std::io::stdout().lock()),
        counts: report::Counts::default(),
        outcome: Outcome::Done,
        annotator: arguments.annotate.as_ref().map(|folder| Annotator::new(folder, &reader, lang)),
    };
    let read = reader.each(|extracted| findings(extracted, lang), |name, taken| run.take(name, taken))?;
    run.finish().map(|found| read.max(found))
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
}

impl Run<'_> {
    fn take(&mut self, name: &str, taken: Taken<Checked>) -> anyhow::Result<()> {
        if self.annotator.as_ref().is_some_and(|annotator| annotator.is_behind(name)) {
            self.copies()?;
        }
        let (unit, sources, told) = match taken {
            // A version that does not count gets no annotated copy.
            Taken::Budget((unit, ..), version @ Version::Older(_)) => {
                (unit, Vec::new(), version.told(name, self.lang).into_iter().collect())
            }
            Taken::Budget((unit, sources, mut told), version) => {
                told.extend(version.told(name, self.lang));
                (unit, sources, told)
            }
            Taken::Unreadable(told) | Taken::Failed(told) => (String::new(), Vec::new(), vec![*told]),
            Taken::Own | Taken::Else | Taken::Summary(_) => return Ok(()),
        };
        if told.iter().any(|t| self.arguments.fail_on.fails(t.severity)) {
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

    fn finish(mut self) -> anyhow::Result<Outcome> {
        self.copies()?;
        if self.arguments.format == Format::Text && !self.quiet {
            write_line(&mut self.out, &self.counts.line(self.lang))?;
        }
        self.out.flush()?;
        Ok(self.outcome)
    }
}

/// All findings of a budget, told; what the budget is called, and its files.
fn findings(extracted: Extracted, lang: Lang) -> Checked {
    let Extracted { budget, mut findings } = extracted;
    findings.extend(check::check(&budget));
    crate::finding::in_sheet_order(&mut findings);
    // Each goes as soon as it is told: there may be many.
    let told = findings.into_iter().map(|f| tell(&f, &budget, lang)).collect();
    (report::unit_line(&budget), budget.sources, told)
}
