//! `yusuan check`: findings only, for people or as JSON lines.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::reading::{Reader, ReadingArguments, Taken};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::report;
use crate::finding::{Told, tell};
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

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let reader = Reader::new(&arguments.reading, shared)?;
    let lang = shared.lang();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut found = Outcome::Done;
    let mut counts = report::Counts::default();
    let read = reader.each(
        |extracted| findings(extracted, lang),
        |name, taken| {
            let told = match taken {
                Taken::Budget((unit, _), version @ Version::Older(_)) => (unit, version.told(name, lang).into_iter().collect()),
                Taken::Budget((unit, mut told), version) => {
                    told.extend(version.told(name, lang));
                    (unit, told)
                }
                Taken::Unreadable(told) | Taken::Failed(told) => (String::new(), vec![*told]),
                Taken::Own | Taken::Else | Taken::Summary(_) => return Ok(()),
            };
            let (unit, told) = told;
            if told.iter().any(|t| arguments.fail_on.fails(t.severity)) {
                found = Outcome::Found;
            }
            counts.add(&told);
            match arguments.format {
                Format::Text => report::text(&mut out, name, &unit, &told, lang)?,
                Format::Json => {
                    for told in &told {
                        write_line(&mut out, &serde_json::to_string(told)?)?;
                    }
                }
            }
            Ok(())
        },
    )?;
    if arguments.format == Format::Text && !shared.quiet {
        write_line(&mut out, &counts.line(lang))?;
    }
    out.flush()?;
    Ok(read.max(found))
}

/// All findings of a budget, told; and what the budget is called.
fn findings(extracted: Extracted, lang: crate::finding::Lang) -> (String, Vec<Told>) {
    let Extracted { budget, mut findings } = extracted;
    findings.extend(check::check(&budget));
    crate::finding::in_sheet_order(&mut findings);
    // Each goes as soon as it is told: there may be many.
    let told = findings.into_iter().map(|f| tell(&f, &budget, lang)).collect();
    (report::unit_line(&budget), told)
}
