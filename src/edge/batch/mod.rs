//! The report on many budgets, as a page, a workbook, JSON or SARIF: state by unit, then all findings; never judges.
//!
//! Nothing of a budget stays in memory: what is to be told waits in temporary files and streams from there into the report.

mod kept;
mod page;
mod sarif;
mod spool;
mod workbook;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use super::report::Counts;
use super::save::{Growing, SaveError};
use super::write::WriteError;
use crate::finding::{Lang, Told};
use crate::template::Severity;
use kept::{KeptFinding, KeptUnit};
use spool::Spool;

/// The schema of the JSON form.
const SCHEMA: &str = "yusuan.report/1";

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page for people, complete in one file.
    Page,
    /// A workbook of two sheets.
    Workbook,
    /// The data.
    Json,
    /// What tools that show findings of any program read.
    Sarif,
}

impl Form {
    /// The endings of their names.
    pub const ENDINGS: [(&str, Self); 5] =
        [("xlsx", Self::Workbook), ("html", Self::Page), ("htm", Self::Page), ("json", Self::Json), ("sarif", Self::Sarif)];

    /// The form that the name of a file asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        Self::ENDINGS.iter().find(|(own, _)| ending.eq_ignore_ascii_case(own)).map(|(_, form)| *form)
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The temporary files can not be written or read.
    #[error("临时文件无法读写（{0}），请检查磁盘空间")]
    Spool(#[from] io::Error),
    /// A finding cannot be told as data.
    #[error("数据无法写出：{0}")]
    Data(#[from] serde_json::Error),
    /// It is no workbook: it has more rows than a sheet, for example.
    #[error("{0}。单位很多时可改用 .html 或 .json")]
    Workbook(#[from] WriteError),
    /// It cannot be saved.
    #[error("{}。{}", .0.message(), .0.advice())]
    Save(#[from] SaveError),
}

/// A budget as it is handed over: the input, the unit, its amounts and those of them that no rule guards.
pub struct Handed<'h> {
    /// The input.
    pub file: &'h str,
    /// Code, name and year.
    pub unit: &'h str,
    /// How many amounts it has.
    pub amounts: usize,
    /// The cells of amounts that no rule guards.
    pub unguarded: Vec<String>,
}

/// What is said of a rule where findings are listed by rule.
#[derive(Debug, Clone, Default)]
pub struct RuleText {
    /// What it says.
    pub title: String,
    /// Why, and what to do when it does not hold.
    pub why: String,
    /// How much it usually matters.
    pub severity: Option<Severity>,
}

/// The report while budgets come in.
pub struct Batch {
    lang: Lang,
    units: Spool,
    findings: Spool,
    totals: Totals,
}

/// What is counted on the way.
#[derive(Debug, Default)]
struct Totals {
    counts: Counts,
    /// Inputs by state.
    states: [usize; kept::STATES],
    /// Findings by rule, and units that have them.
    rules: BTreeMap<String, ByRule>,
    findings: usize,
}

/// How often a rule found something.
#[derive(Debug)]
struct ByRule {
    worst: Severity,
    findings: usize,
    units: usize,
}

impl Batch {
    /// An empty report.
    ///
    /// # Errors
    /// When there is no room for temporary files.
    pub fn new(lang: Lang) -> Result<Self, ReportError> {
        Ok(Self { lang, units: Spool::new()?, findings: Spool::new()?, totals: Totals::default() })
    }

    /// Adds a budget with what was found in it, or an input that could not be read; what is explained is kept behind the rest.
    ///
    /// # Errors
    /// When the temporary files are full.
    pub fn add(&mut self, handed: Handed<'_>, told: &[Told]) -> Result<(), ReportError> {
        let mut sorted = Vec::new();
        let told = if told.iter().all(Told::is_open) {
            told
        } else {
            sorted.extend_from_slice(told);
            sorted.sort_by_key(|t: &Told| !t.is_open());
            &sorted
        };
        let unit = KeptUnit::new(handed, told, self.lang);
        self.totals.add(&unit, told);
        for one in told {
            self.findings.add(one)?;
        }
        self.units.add(&unit)
    }

    /// Writes the report, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be saved, or the temporary files cannot be read.
    pub fn save(mut self, path: &Path, form: Form, rules: &dyn Fn(&str) -> RuleText) -> Result<(), ReportError> {
        self.units.flush()?;
        self.findings.flush()?;
        let mut file = Growing::new(path)?;
        match form {
            Form::Page => page::write(&self, rules, &mut file)?,
            Form::Json => self.json(&mut file)?,
            Form::Sarif => sarif::write(&self, rules, &mut file)?,
            Form::Workbook => workbook::write(&self, &mut file)?,
        }
        Ok(file.finish()?)
    }

    /// The report as one JSON object.
    fn json(&self, out: &mut dyn Write) -> Result<(), ReportError> {
        write!(out, "{{\"schema\":\"{SCHEMA}\",\"units\":[")?;
        for (place, unit) in self.units()?.enumerate() {
            out.write_all(if place == 0 { b"" } else { b"," })?;
            serde_json::to_writer(&mut *out, &unit?.checked)?;
        }
        out.write_all(b"],\"findings\":[")?;
        for (place, line) in self.findings.lines()?.enumerate() {
            out.write_all(if place == 0 { b"" } else { b"," })?;
            out.write_all(line?.as_bytes())?;
        }
        Ok(out.write_all(b"]}")?)
    }

    /// The units, in the order of the inputs.
    fn units(&self) -> Result<impl Iterator<Item = Result<KeptUnit, ReportError>> + use<>, ReportError> {
        Ok(self.units.read()?)
    }

    /// The findings of all units, in the order of the inputs.
    fn findings(&self) -> Result<impl Iterator<Item = Result<KeptFinding, ReportError>> + use<>, ReportError> {
        Ok(self.findings.read()?)
    }
}

impl Totals {
    fn add(&mut self, unit: &KeptUnit, told: &[Told]) {
        self.counts.add(told);
        self.states[unit.checked.state()] += 1;
        self.findings += told.iter().filter(|t| t.is_open()).count();
        let mut seen = std::collections::BTreeSet::new();
        for one in told.iter().filter(|t| t.is_open()) {
            let new = ByRule { worst: one.severity, findings: 0, units: 0 };
            let by_rule = self.rules.entry(one.rule.clone()).or_insert(new);
            by_rule.worst = by_rule.worst.max(one.severity);
            by_rule.findings += 1;
            by_rule.units += usize::from(seen.insert(&one.rule));
        }
    }
}
