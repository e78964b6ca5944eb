//! What units answer to findings, and which answers hold: for exactly the values that they were given for; never hides a finding.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::words::{self, AnswerColumn, Lang};
use super::{Finding, Told};
use crate::grid::{Answer, Cell, Sheet, Value};
use crate::value::{CellRef, text};

/// The text that stands in the first rows of the sheet of a review, over its keys too.
pub const REVIEW: &str = "yusuan.review/1";
/// The headings are looked for in so many rows.
const HEADINGS: u32 = 20;
/// So many digits of a sum make a key.
const DIGITS: usize = 11;

/// The answers that a sheet lists, in whatever order its columns stand; `None` where it has no column of keys or of reasons.
pub fn answers(sheet: &Sheet) -> Option<Vec<Answer>> {
    let (headings, columns) = headings(sheet)?;
    let shown = |row: u32, wanted: AnswerColumn| {
        let column = columns.iter().find(|(_, column)| *column == wanted);
        column.and_then(|(col, _)| sheet.cell(CellRef::new(row, *col))).map(shown).unwrap_or_default()
    };
    let answer = |row: u32| Answer {
        key: shown(row, AnswerColumn::Key),
        unit: shown(row, AnswerColumn::Unit),
        rule: shown(row, AnswerColumn::Rule),
        sheet: shown(row, AnswerColumn::Sheet),
        cell: shown(row, AnswerColumn::Cell),
        message: shown(row, AnswerColumn::Message),
        done: shown(row, AnswerColumn::Done),
        reason: shown(row, AnswerColumn::Reason),
    };
    let is_answered = |answer: &Answer| !answer.done.is_empty() || !answer.reason.is_empty();
    Some((headings + 1..sheet.row_count()).map(answer).filter(is_answered).collect())
}

/// The row of the headings, and what stands below each of them that is known.
fn headings(sheet: &Sheet) -> Option<(u32, Vec<(u16, AnswerColumn)>)> {
    let mut known: Vec<(CellRef, AnswerColumn)> = Vec::new();
    for cell in sheet.cells.iter().take_while(|cell| cell.at.row < HEADINGS) {
        let heading = text::fold(cell.text().unwrap_or_default());
        let column = if heading == REVIEW { Some(AnswerColumn::Key) } else { words::answer_column(&heading) };
        known.extend(column.map(|column| (cell.at, column)));
    }
    let has = |row: u32, wanted: AnswerColumn| known.iter().any(|(at, column)| at.row == row && *column == wanted);
    let row = known.iter().map(|(at, _)| at.row).find(|row| has(*row, AnswerColumn::Key) && has(*row, AnswerColumn::Reason))?;
    Some((row, known.into_iter().filter(|(at, _)| at.row == row).map(|(at, column)| (at.col, column)).collect()))
}

fn shown(cell: &Cell) -> String {
    match &cell.value {
        Value::Text(text) | Value::Other(text) | Value::Error(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Blank | Value::Uncalculated | Value::Formula(..) => String::new(),
    }
}

/// Answers by the findings that they are given to.
#[derive(Debug, Clone, Default)]
pub struct Explanations {
    by_key: HashMap<String, Answer>,
    /// By unit, rule, sheet and cell.
    by_place: HashMap<[String; 4], Answer>,
}

impl Explanations {
    /// The answers of one unit, or of those that each answer names.
    pub fn of(answers: impl IntoIterator<Item = Answer>, unit: Option<&str>) -> Self {
        let mut explanations = Self::default();
        for mut answer in answers {
            if let Some(unit) = unit {
                unit.clone_into(&mut answer.unit);
            }
            let place = [&answer.unit, &answer.rule, &answer.sheet, &answer.cell].map(Clone::clone);
            explanations.by_place.insert(place, answer.clone());
            explanations.by_key.insert(answer.key.clone(), answer);
        }
        explanations
    }

    /// Notes at each finding what explains it; where an answer no longer fits, says so.
    pub fn apply(&self, told: &mut [Told], lang: Lang) {
        if self.by_key.is_empty() {
            return;
        }
        for told in told.iter_mut().filter(|told| told.explained.is_none()) {
            let Some(key) = &told.key else { continue };
            match self.by_key.get(key) {
                Some(answer) if words::is_open(&answer.done) => {}
                Some(answer) if words::is_mended(&answer.done) => told.remark = Some(words::not_mended(lang)),
                Some(answer) if answer.reason.is_empty() => {}
                Some(answer) => told.explained = Some(answer.reason.clone()),
                None => told.remark = self.lapsed(told).map(|reason| words::lapsed(reason, lang)),
            }
        }
    }

    /// The explanation that was given to the same rule at the same cell with other values.
    fn lapsed(&self, told: &Told) -> Option<&str> {
        let name = |text: &Option<String>| text.clone().unwrap_or_default();
        let answer = self.by_place.get(&[name(&told.unit), told.rule.clone(), name(&told.sheet), name(&told.cell)])?;
        let counted = !answer.reason.is_empty() && !words::is_open(&answer.done) && !words::is_mended(&answer.done);
        counted.then_some(answer.reason.as_str())
    }
}

/// What tells a finding from every other, and from itself with another value: made of the unit, the rule, the place by its names
/// rather than its cell, and all values; of the words where there are no values.
pub(super) fn key(finding: &Finding, told: &Told, unit: &str, message: impl FnOnce() -> String) -> String {
    let mut sum = Sha256::new();
    let mut add = |part: Option<&str>| {
        sum.update(part.unwrap_or_default());
        sum.update("\n");
    };
    let year = told.year.map(|year| year.to_string());
    [Some(unit), year.as_deref(), Some(&told.rule)].into_iter().for_each(&mut add);
    let is_named = told.row.is_some() && told.column.is_some();
    let cell = if is_named { &None } else { &told.cell };
    [&told.table, &told.row, &told.column, cell].into_iter().for_each(|part| add(part.as_deref()));
    if finding.numbers.is_none() {
        add(Some(&message()));
    }
    [&told.value, &told.expected].into_iter().for_each(|part| add(part.as_deref()));
    for (operand, filed) in told.operands.iter().zip(&finding.operands) {
        [&operand.table, &operand.row, &operand.column, &operand.value].into_iter().for_each(|part| add(part.as_deref()));
        add(filed.unit.is_some().then_some(filed.label.as_str()));
        add(Some(&operand.factor));
    }
    let mut key = String::from("k");
    sum.finalize().iter().for_each(|byte| key.push_str(&format!("{byte:02x}")));
    key.truncate(DIGITS + 1);
    key
}
