//! The report on many budgets as SARIF 2.1.0, which tools that show findings of any program read; never judges.

use std::collections::HashMap;
use std::io::Write;

use indexmap::IndexSet;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::kept::KeptFinding;
use super::{Batch, ReportError, RuleText};
use crate::edge::page;
use crate::template::Severity;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const VERSION: &str = "2.1.0";
/// What a path may hold as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'r> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    language: &'static str,
    rules: Vec<Descriptor<'r>>,
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'r> {
    id: &'r str,
    short_description: Message,
    full_description: Message,
    help: Message,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'f> {
    rule_id: &'f str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression<'f>; 1]>,
    properties: Properties<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

/// A cell of a sheet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

/// An explanation.
#[derive(Serialize)]
struct Suppression<'f> {
    kind: &'static str,
    status: &'static str,
    justification: &'f str,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "place/v1")]
    place: String,
}

#[derive(Serialize)]
struct Properties<'f> {
    unit: &'f Option<String>,
    year: Option<i32>,
    severity: Severity,
    verdict: &'f Option<String>,
    table: &'f Option<String>,
    row: &'f Option<String>,
    column: &'f Option<String>,
    value: &'f Option<String>,
    expected: &'f Option<String>,
    difference: &'f Option<String>,
    bound: &'f Option<String>,
    operands: &'f [Json],
    advice: &'f str,
}

/// Writes the log. The results come before the tool in it: which rules found something is known only behind them.
///
/// # Errors
/// When the temporary files cannot be read or the log cannot be written.
pub(super) fn write(batch: &Batch, rules: &dyn Fn(&str) -> RuleText, out: &mut dyn Write) -> Result<(), ReportError> {
    let language = page::tag(batch.lang);
    write!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"{VERSION}\",\"runs\":[{{\"language\":\"{language}\",\"results\":[")?;
    let (mut known, mut prints) = (IndexSet::new(), Prints::default());
    for (place, finding) in batch.findings()?.enumerate() {
        let finding = finding?;
        let (rule_index, _) = known.insert_full(finding.rule.clone());
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &outcome(&finding, rule_index, prints.of(&finding)))?;
    }
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        language,
        rules: known.iter().map(|id| descriptor(id, rules(id))).collect(),
    };
    out.write_all(b"\n],\"tool\":{\"driver\":")?;
    serde_json::to_writer(&mut *out, &driver)?;
    Ok(out.write_all(b"}}]}\n")?)
}

fn descriptor(id: &str, text: RuleText) -> Descriptor<'_> {
    let or = |text: String, other: &str| Message { text: if text.is_empty() { other.to_owned() } else { text } };
    let (_, level) = kind(text.severity.unwrap_or(Severity::Warning));
    let short = or(text.title, id);
    Descriptor {
        id,
        full_description: Message { text: short.text.clone() },
        help: or(text.why, &short.text),
        short_description: short,
        default_configuration: Configuration { level },
    }
}

/// Kind and level. A rule on trial asks for a look and blocks nothing, which is what a review is; only failures have levels.
fn kind(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("fail", "error"),
        Severity::Warning => ("fail", "warning"),
        Severity::Note => ("fail", "note"),
        Severity::Trial => ("review", "none"),
    }
}

fn outcome(finding: &KeptFinding, rule_index: usize, place: String) -> Outcome<'_> {
    let (kind, level) = kind(finding.severity);
    let text =
        if finding.advice.is_empty() { finding.message.clone() } else { format!("{}\n{}", finding.message, finding.advice) };
    let logical = finding.sheet.as_ref().map(|sheet| {
        let cell = finding.cell.as_deref();
        let (name, kind) = (cell.unwrap_or(sheet).to_owned(), if cell.is_some() { "cell" } else { "sheet" });
        [Logical { fully_qualified_name: cell.map_or_else(|| sheet.clone(), |cell| format!("{sheet}!{cell}")), name, kind }]
    });
    Outcome {
        rule_id: &finding.rule,
        rule_index,
        kind,
        level,
        message: Message { text },
        locations: [Location {
            physical_location: Physical { artifact_location: Artifact { uri: uri(&finding.file) } },
            logical_locations: logical,
        }],
        partial_fingerprints: Fingerprints { place },
        suppressions: finding
            .explained
            .as_deref()
            .map(|justification| [Suppression { kind: "external", status: "accepted", justification }]),
        properties: Properties {
            unit: &finding.unit,
            year: finding.year,
            severity: finding.severity,
            verdict: &finding.verdict,
            table: &finding.table,
            row: &finding.row,
            column: &finding.column,
            value: &finding.value,
            expected: &finding.expected,
            difference: &finding.difference,
            bound: &finding.bound,
            operands: &finding.operands,
            advice: &finding.advice,
        },
    }
}

/// The path of a file as a URI: relative as it was found, or that of a file of this machine.
fn uri(file: &str) -> String {
    let file = file.replace('\\', "/");
    let has_drive = matches!(file.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic());
    match (has_drive, file.strip_prefix("//")) {
        (true, _) => format!("file:///{}:{}", &file[..1], utf8_percent_encode(&file[2..], PATH)),
        (false, Some(share)) => format!("file://{}", utf8_percent_encode(share, PATH)),
        (false, None) if file.starts_with('/') => format!("file://{}", utf8_percent_encode(&file, PATH)),
        (false, None) => utf8_percent_encode(file.strip_prefix("./").unwrap_or(&file), PATH).to_string(),
    }
}

/// Fingerprints that stay the same from run to run while a finding stands: made of its rule and place, never of its numbers.
#[derive(Default)]
struct Prints {
    file: String,
    /// How often a place of the file was told of already.
    seen: HashMap<String, usize>,
}

impl Prints {
    fn of(&mut self, finding: &KeptFinding) -> String {
        if self.file != finding.file {
            self.seen.clear();
            self.file.clone_from(&finding.file);
        }
        let place = match (&finding.table, &finding.row, &finding.column) {
            (Some(table), Some(row), Some(column)) => format!("{table}\n{row}\n{column}"),
            _ => finding.place(),
        };
        let whose = finding.unit.as_deref().map_or_else(|| finding.file.clone(), |unit| format!("{unit}\n{:?}", finding.year));
        let key = format!("{}\n{whose}\n{place}", finding.rule);
        let times = self.seen.entry(key.clone()).or_default();
        *times += 1;
        let digest = Sha256::digest(format!("{key}\n{times}").as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let cases = [
            ("a b/单位.xlsx", "a%20b/%E5%8D%95%E4%BD%8D.xlsx"),
            ("./100%.xlsx", "100%25.xlsx"),
            ("x:y.xlsx", "x%3Ay.xlsx"),
            ("/data/a.xlsx", "file:///data/a.xlsx"),
            ("C:\\预算\\a.xlsx", "file:///C:/%E9%A2%84%E7%AE%97/a.xlsx"),
            ("//server/share/a.xlsx", "file://server/share/a.xlsx"),
        ];
        for (file, expected) in cases {
            assert_eq!(uri(file), expected);
        }
    }
}
