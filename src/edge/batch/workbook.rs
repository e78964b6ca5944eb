//! The report on many budgets as a workbook: budgets, then findings, both to be filtered; never judges.

use std::cell::RefCell;
use std::io::Write;

use super::kept::{KeptFinding, KeptUnit};
use super::{Batch, ReportError};
use crate::edge::write;
use crate::finding::BatchWords;
use crate::grid::{Grid, Plain, Rows};
use crate::value::Amount;

/// So many cells that no rule guards are named; the data has all of them.
const NAMED: usize = 20;

/// Writes the workbook.
///
/// # Errors
/// When it has more rows than a sheet.
pub(super) fn write(batch: &Batch, out: &mut dyn Write) -> Result<(), ReportError> {
    let words = BatchWords::of(batch.lang);
    let (units, findings) = (Lines::new(batch.units()?), Lines::new(batch.findings()?));
    let unit = |unit: &KeptUnit, put: &mut dyn FnMut(Plain<'_>)| put_unit(unit, &words, put);
    let finding = |told: &KeptFinding, put: &mut dyn FnMut(Plain<'_>)| put_finding(told, batch, put);
    let of_units = List {
        head: &words.units,
        widths: &[40.0, 50.0, 12.0, 8.0, 8.0, 8.0, 8.0, 90.0, 10.0, 14.0, 60.0],
        rows: batch.units.len(),
        lines: &units,
        put: &unit,
    };
    let of_findings = List {
        head: &words.findings,
        widths: &[40.0, 12.0, 8.0, 8.0, 24.0, 10.0, 14.0, 14.0, 12.0, 100.0, 70.0, 40.0, 14.0],
        rows: batch.findings.len(),
        lines: &findings,
        put: &finding,
    };
    let lists: [&dyn Rows; 2] = [&of_units, &of_findings];
    let bytes = write::write_with(&Grid { title: words.units.0.clone(), ..Grid::default() }, &mut lists.into_iter());
    // What could not be read any more is the cause of whatever else went wrong.
    units.finish()?;
    findings.finish()?;
    Ok(out.write_all(&bytes?)?)
}

/// Lines that are read as the rows are asked for, and the first failure to read one.
struct Lines<T> {
    lines: RefCell<Box<dyn Iterator<Item = Result<T, ReportError>>>>,
    failed: RefCell<Option<ReportError>>,
}

impl<T> Lines<T> {
    fn new(lines: impl Iterator<Item = Result<T, ReportError>> + 'static) -> Self {
        Self { lines: RefCell::new(Box::new(lines)), failed: RefCell::new(None) }
    }

    fn next(&self) -> Option<T> {
        match self.lines.borrow_mut().next()? {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    fn finish(&self) -> Result<(), ReportError> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// What hands over the cells of a line.
type Put<'p, T> = dyn Fn(&T, &mut dyn FnMut(Plain<'_>)) + 'p;

/// One sheet of the workbook.
struct List<'l, T, const N: usize> {
    head: &'l (String, [String; N]),
    widths: &'l [f64; N],
    rows: usize,
    lines: &'l Lines<T>,
    put: &'l Put<'l, T>,
}

impl<T, const N: usize> Rows for List<'_, T, N> {
    fn name(&self) -> &str {
        &self.head.0
    }

    fn headings(&self) -> &[String] {
        &self.head.1
    }

    fn widths(&self) -> &[f64] {
        self.widths
    }

    fn len(&self) -> usize {
        self.rows
    }

    fn is_varied(&self) -> bool {
        true
    }

    /// Rows are asked for once each and in order, as they are written.
    fn row(&self, _: usize, put: &mut dyn FnMut(Plain<'_>)) {
        if let Some(line) = self.lines.next() {
            (self.put)(&line, put);
        }
    }
}

fn put_unit(unit: &KeptUnit, words: &BatchWords, put: &mut dyn FnMut(Plain<'_>)) {
    let unit = &unit.checked;
    let number = |count: usize| Plain::Number(Amount::from(count as i64));
    put(Plain::Text(&unit.file));
    put(Plain::Text(&unit.unit));
    put(Plain::Text(&words.states[unit.state()]));
    [unit.errors, unit.warnings, unit.notes, unit.explained].into_iter().for_each(|count| put(number(count)));
    put(Plain::Text(unit.worst.as_deref().unwrap_or_default()));
    put(number(unit.amounts));
    put(number(unit.unguarded.len()));
    let more = if unit.unguarded.len() > NAMED { " …" } else { "" };
    put(Plain::Text(&format!("{}{more}", unit.unguarded.iter().take(NAMED).cloned().collect::<Vec<_>>().join(" "))));
}

fn put_finding(told: &KeptFinding, batch: &Batch, put: &mut dyn FnMut(Plain<'_>)) {
    put(Plain::Text(&told.file));
    put(Plain::Text(told.unit.as_deref().unwrap_or_default()));
    put(Plain::Text(batch.lang.severity(told.severity)));
    put(Plain::Text(&told.rule));
    put(Plain::Text(told.sheet.as_deref().unwrap_or_default()));
    put(Plain::Text(told.cell.as_deref().unwrap_or_default()));
    for amount in [&told.value, &told.expected, &told.difference] {
        match amount.as_ref().and_then(|a| a.parse().ok()) {
            Some(amount) => put(Plain::Number(amount)),
            None => put(Plain::Text("")),
        }
    }
    put(Plain::Text(&told.message));
    put(Plain::Text(&told.advice));
    put(Plain::Text(told.explained.as_deref().unwrap_or_default()));
    put(Plain::Text(told.key.as_deref().unwrap_or_default()));
}
