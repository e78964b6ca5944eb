//! `yusuan model`: the normalised model as JSON lines.

use std::io::Write;

use clap::Args;

use super::reading::{Reader, ReadingArguments, Taken};
use super::versions::Version;
use super::{Outcome, Shared, write_line};
use crate::edge::json;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: ReadingArguments,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let reader = Reader::new(&arguments.reading, shared)?;
    let lang = shared.lang();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let outcome = reader.each(
        |extracted| json::budget(&extracted.budget),
        |name, taken| {
            match taken {
                Taken::Budget(line, version) => {
                    if let Some(told) = version.told(name, lang) {
                        let line = format!("{name}：{}。{}。", told.message, told.advice.trim_end_matches('。'));
                        write_line(&mut std::io::stderr(), &line)?;
                    }
                    if !matches!(version, Version::Older(_)) {
                        write_line(&mut out, &line?)?;
                    }
                }
                Taken::Unreadable(told) | Taken::Failed(told) => {
                    write_line(
                        &mut std::io::stderr(),
                        &format!("{name}：{}。{}。", told.message, told.advice.trim_end_matches('。')),
                    )?;
                }
                Taken::Own | Taken::Else | Taken::Summary(_) => {}
            }
            // What stays behind in memory would come out in the midst of the bar.
            if reader.progress.shares_screen() { Ok(out.flush()?) } else { Ok(()) }
        },
    )?;
    out.flush()?;
    Ok(outcome)
}
