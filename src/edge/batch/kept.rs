//! What waits in the temporary files: a unit with its counts and groups, and a finding; never the wording of either.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Handed;
use crate::edge::report::{self, PASSED_OVER, UNREADABLE};
use crate::finding::{Lang, Severities, Told, groups};
use crate::template::Severity;

/// How many states there are: nothing found, notes alone, to be looked at, to be mended, could not be read.
pub(super) const STATES: usize = 5;

/// One input of a report.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checked {
    /// The input.
    pub(super) file: String,
    /// Code, name and year.
    pub(super) unit: String,
    /// How many amounts it has.
    pub(super) amounts: usize,
    /// The cells of amounts that no rule guards.
    pub(super) unguarded: Vec<String>,
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
    /// How many findings are explained, which are counted nowhere else.
    pub(super) explained: usize,
    /// Whether it could not be read.
    pub(super) unreadable: bool,
    /// The most important finding that is more than a note.
    pub(super) worst: Option<String>,
}

impl Checked {
    /// The place of its state among the words.
    pub(super) fn state(&self) -> usize {
        match self {
            Self { unreadable: true, .. } => 4,
            Self { errors: 1.., .. } => 3,
            Self { warnings: 1.., .. } => 2,
            Self { notes: 1.., .. } => 1,
            _ => 0,
        }
    }

    /// What it is called: its unit, or its file where that is not known.
    pub(super) fn name(&self) -> &str {
        if self.unit.is_empty() { &self.file } else { &self.unit }
    }
}

/// An input and how its findings belong together.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptUnit {
    pub(super) checked: Checked,
    /// How many findings it has, those that are explained last.
    pub(super) findings: usize,
    /// Whether it was merely found among others and passed over.
    pub(super) passed_over: bool,
    pub(super) groups: Vec<KeptGroup>,
}

/// Findings of a unit that belong together, by their places among its findings.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptGroup {
    /// The finding to be told in full.
    pub(super) first: usize,
    /// Findings that say the same of other cells.
    pub(super) same: Vec<usize>,
    /// Findings that follow from it.
    pub(super) consequences: Vec<usize>,
    /// All cells that the first and those that say the same stand in.
    pub(super) places: String,
    /// What connects them, and what may have caused them.
    pub(super) remarks: Vec<String>,
}

/// A finding, as far as reports need it.
#[derive(Debug, Deserialize)]
pub(super) struct KeptFinding {
    pub(super) file: String,
    pub(super) unit: Option<String>,
    pub(super) year: Option<i32>,
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) verdict: Option<String>,
    pub(super) table: Option<String>,
    pub(super) row: Option<String>,
    pub(super) column: Option<String>,
    pub(super) sheet: Option<String>,
    pub(super) cell: Option<String>,
    pub(super) value: Option<String>,
    pub(super) expected: Option<String>,
    pub(super) difference: Option<String>,
    pub(super) bound: Option<String>,
    pub(super) operands: Vec<serde_json::Value>,
    pub(super) message: String,
    pub(super) advice: String,
    pub(super) key: Option<String>,
    #[serde(default)]
    pub(super) explained: Option<String>,
}

impl KeptFinding {
    /// Sheet and cell; where it has none of its own, the first cell that takes part, or its table.
    pub(super) fn place(&self) -> String {
        let text = |value: &serde_json::Value, key: &str| value[key].as_str().map(str::to_owned);
        let own = self.sheet.clone().zip(self.cell.clone());
        let first = || self.operands.iter().find_map(|o| text(o, "sheet").zip(text(o, "cell")));
        own.or_else(first).map_or_else(|| self.table.clone().unwrap_or_default(), |(sheet, cell)| format!("{sheet}!{cell}"))
    }
}

impl KeptUnit {
    /// Counts what was found in an input and brings it together.
    pub(super) fn new(handed: Handed<'_>, told: &[Told], lang: Lang) -> Self {
        let mut counts = Severities::default();
        let (told, explained) = told.split_at(told.partition_point(Told::is_open));
        told.iter().for_each(|t| counts.add(t.severity));
        let worst = told.iter().rev().max_by_key(|t| t.severity).filter(|t| t.severity >= Severity::Warning);
        let checked = Checked {
            file: handed.file.to_owned(),
            unit: handed.unit.to_owned(),
            amounts: handed.amounts,
            unguarded: handed.unguarded,
            errors: counts.errors,
            warnings: counts.warnings,
            notes: counts.notes,
            explained: explained.len(),
            unreadable: told.iter().any(|t| t.rule == UNREADABLE),
            worst: worst.map(|t| format!("{} {}", t.rule, t.message)),
        };
        let mut suspected = HashSet::new();
        let groups = groups(told).into_iter().map(|group| KeptGroup {
            places: report::places(told, &group, lang),
            remarks: report::remarks(told, &group, lang, &mut suspected),
            first: group.first,
            same: group.same,
            consequences: group.consequences,
        });
        let groups = groups.collect();
        let passed_over = told.iter().any(|t| t.rule == PASSED_OVER);
        Self { checked, findings: told.len() + explained.len(), passed_over, groups }
    }
}
