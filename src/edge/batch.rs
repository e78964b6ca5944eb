//! The report on many budgets, as a workbook or as JSON: state by unit, then all findings; never judges.

use serde::Serialize;

use super::write::{self, WriteError};
use crate::finding::{BatchWords, Lang, Severities, Told};
use crate::grid::{Grid, Plain, Rows};
use crate::template::Severity;
use crate::value::Amount;

/// The schema of the JSON form.
const SCHEMA: &str = "yusuan.report/1";
/// The rule under which an input is told that could not be read at all.
const UNREADABLE: &str = "R00";
/// So many cells are named in the workbook; the data has all of them.
const NAMED: usize = 20;

/// The report while budgets come in.
#[derive(Debug, Default)]
pub struct Batch {
    units: Vec<Checked>,
    findings: Vec<Told>,
}

/// One budget of a report.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// The input.
    pub file: String,
    /// Code, name and year.
    pub unit: String,
    /// How many amounts it has.
    pub amounts: usize,
    /// The cells of amounts that no rule guards.
    pub unguarded: Vec<String>,
    #[serde(flatten)]
    found: Found,
}

/// What was found in a budget, by severity.
#[derive(Debug, Default, Serialize)]
struct Found {
    errors: usize,
    warnings: usize,
    notes: usize,
    unreadable: bool,
    worst: Option<String>,
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

#[derive(Serialize)]
struct ReportJson<'b> {
    schema: &'static str,
    units: &'b [Checked],
    findings: &'b [Told],
}

impl Batch {
    /// Adds a budget with what was found in it, or an input that could not be read.
    pub fn add(&mut self, handed: Handed<'_>, told: &[Told]) {
        let mut counts = Severities::default();
        told.iter().for_each(|t| counts.add(t.severity));
        let worst = told.iter().rev().max_by_key(|t| t.severity).filter(|t| t.severity >= Severity::Warning);
        let found = Found {
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            unreadable: told.iter().any(|t| t.rule == UNREADABLE),
            worst: worst.map(|t| format!("{} {}", t.rule, t.message)),
        };
        let Handed { file, unit, amounts, unguarded } = handed;
        self.units.push(Checked { file: file.to_owned(), unit: unit.to_owned(), amounts, unguarded, found });
        self.findings.extend(told.iter().cloned());
    }

    /// The report as a workbook: budgets, then findings, both to be filtered.
    ///
    /// # Errors
    /// When it has more rows than a sheet.
    pub fn workbook(&self, lang: Lang) -> Result<Vec<u8>, WriteError> {
        let words = BatchWords::of(lang);
        let units = Units { batch: self, words: &words };
        let findings = Findings { batch: self, words: &words, lang };
        let lists: [&dyn Rows; 2] = [&units, &findings];
        write::write_with(&Grid { title: words.units.0.clone(), ..Grid::default() }, &mut lists.into_iter())
    }

    /// The report as one JSON object.
    ///
    /// # Errors
    /// Never in practice: all keys are text.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&ReportJson { schema: SCHEMA, units: &self.units, findings: &self.findings })
    }
}

impl Found {
    /// The place of its state among the words.
    fn state(&self) -> usize {
        match self {
            Self { unreadable: true, .. } => 4,
            Self { errors: 1.., .. } => 3,
            Self { warnings: 1.., .. } => 2,
            Self { notes: 1.., .. } => 1,
            _ => 0,
        }
    }
}

struct Units<'b> {
    batch: &'b Batch,
    words: &'b BatchWords,
}

impl Rows for Units<'_> {
    fn name(&self) -> &str {
        &self.words.units.0
    }

    fn headings(&self) -> &[String] {
        &self.words.units.1
    }

    fn widths(&self) -> &[f64] {
        &[40.0, 50.0, 12.0, 8.0, 8.0, 8.0, 90.0, 10.0, 14.0, 60.0]
    }

    fn len(&self) -> usize {
        self.batch.units.len()
    }

    fn row(&self, place: usize, put: &mut dyn FnMut(Plain<'_>)) {
        let unit = &self.batch.units[place];
        let number = |count: usize| Plain::Number(Amount::from(count as i64));
        put(Plain::Text(&unit.file));
        put(Plain::Text(&unit.unit));
        put(Plain::Text(&self.words.states[unit.found.state()]));
        [unit.found.errors, unit.found.warnings, unit.found.notes].into_iter().for_each(|count| put(number(count)));
        put(Plain::Text(unit.found.worst.as_deref().unwrap_or_default()));
        put(number(unit.amounts));
        put(number(unit.unguarded.len()));
        let more = if unit.unguarded.len() > NAMED { " …" } else { "" };
        put(Plain::Text(&format!("{}{more}", unit.unguarded.iter().take(NAMED).cloned().collect::<Vec<_>>().join(" "))));
    }
}

struct Findings<'b> {
    batch: &'b Batch,
    words: &'b BatchWords,
    lang: Lang,
}

impl Rows for Findings<'_> {
    fn name(&self) -> &str {
        &self.words.findings.0
    }

    fn headings(&self) -> &[String] {
        &self.words.findings.1
    }

    fn widths(&self) -> &[f64] {
        &[40.0, 12.0, 8.0, 8.0, 24.0, 10.0, 14.0, 14.0, 12.0, 100.0, 70.0]
    }

    fn len(&self) -> usize {
        self.batch.findings.len()
    }

    fn row(&self, place: usize, put: &mut dyn FnMut(Plain<'_>)) {
        let told = &self.batch.findings[place];
        let or_blank = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        put(Plain::Text(&told.file));
        put(Plain::Text(&or_blank(&told.unit)));
        put(Plain::Text(self.lang.severity(told.severity)));
        put(Plain::Text(&told.rule));
        put(Plain::Text(&or_blank(&told.sheet)));
        put(Plain::Text(&or_blank(&told.cell)));
        for amount in [&told.value, &told.expected, &told.difference] {
            match amount.as_ref().and_then(|a| a.parse().ok()) {
                Some(amount) => put(Plain::Number(amount)),
                None => put(Plain::Text("")),
            }
        }
        put(Plain::Text(&told.message));
        put(Plain::Text(&told.advice));
    }
}
