//! Gathers cells into sheets within limits; never knows which format they come from.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

use super::limits::Budget;
use super::number_format::{Clock, Decimals, Format};
use super::unreadable::Unreadable;
use crate::grid::{Cell, Formula, Look, Sheet, Shown, Value};
use crate::value::text::printable;
use crate::value::{Amount, Area, CellRef};

/// The rows and columns of the largest sheet there is.
pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;

/// Takes the cells of all sheets of one workbook from what the file may cost.
pub(super) struct Collector<'b> {
    budget: &'b Budget,
}

impl<'b> Collector<'b> {
    /// A collector within a budget.
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self { budget }
    }

    /// An empty sheet.
    pub(super) fn sheet(&self, name: &str, hidden: bool) -> Result<Sheet, Unreadable> {
        self.budget.take_sheet()?;
        Ok(Sheet { name: printable(name).into_owned(), hidden, ..Sheet::default() })
    }

    /// Whether so many cells are still to be had.
    pub(super) fn allows(&self, cells: usize) -> Result<(), Unreadable> {
        self.budget.allows(cells, 0)
    }

    /// Adds a cell that holds something to the sheet.
    pub(super) fn push(&self, sheet: &mut Sheet, row: u32, col: u32, value: Value, shown: Shown) -> Result<(), Unreadable> {
        let mut value = value;
        let text = match &mut value {
            Value::Blank => return Ok(()),
            Value::Text(text) | Value::Other(text) | Value::Error(text) => {
                if let Cow::Owned(clean) = printable(text) {
                    *text = clean;
                }
                text.len()
            }
            _ => 0,
        };
        let at = place(row, col).ok_or_else(|| Unreadable::damaged_sheet(&sheet.name, "a cell beyond the edge of the sheet"))?;
        self.budget.take_cell(text)?;
        sheet.cells.push(Cell { at, value, shown, look: Look::Plain, link: None });
        Ok(())
    }

    /// Adds the formula behind a cell, whose text counts like any other.
    pub(super) fn formula(&self, sheet: &mut Sheet, formula: Formula) -> Result<(), Unreadable> {
        self.budget.take_text(formula.text.len())?;
        sheet.formulas.push(formula);
        Ok(())
    }

    /// Brings the cells of a finished sheet into order. Of two values in one place nobody knows which one counts.
    pub(super) fn finish(&self, mut sheet: Sheet) -> Result<Sheet, Unreadable> {
        self.budget.allows_merges(sheet.merges.len())?;
        if !sheet.formulas.is_sorted_by(|a, b| a.at < b.at) {
            sheet.formulas.sort_by_key(|f| f.at);
            sheet.formulas.dedup_by_key(|f| f.at);
        }
        if !sheet.hidden_rows.is_sorted_by(|a, b| a.1 < b.0) {
            sheet.hidden_rows.sort_unstable();
            sheet.hidden_rows.dedup_by(|next, band| {
                let is_reached = next.0 <= band.1;
                band.1 = if is_reached { band.1.max(next.1) } else { band.1 };
                is_reached
            });
        }
        if sheet.cells.is_sorted_by(|a, b| a.at < b.at) {
            return Ok(sheet);
        }
        sheet.cells.sort_by_key(|cell| cell.at);
        sheet.cells.dedup_by(|a, b| a.at == b.at && a.value == b.value);
        match sheet.cells.windows(2).find(|pair| pair[0].at == pair[1].at) {
            Some(pair) => Err(Unreadable::damaged_sheet(&sheet.name, format!("two values in {}", pair[0].at))),
            None => Ok(sheet),
        }
    }
}

/// The rows and columns of a sheet that are not shown, as bands.
#[derive(Default, Clone)]
pub(super) struct Hidden {
    pub(super) rows: Vec<(u32, u32)>,
    pub(super) columns: Vec<(u16, u16)>,
}

/// Adds a band of rows that are not shown behind the others.
pub(super) fn extend(bands: &mut Vec<(u32, u32)>, first: u32, last: u32) {
    match bands.last_mut() {
        Some(band) if band.1.checked_add(1) == Some(first) => band.1 = last,
        _ => bands.push((first, last)),
    }
}

/// The place of a cell, when there is such a place.
pub(super) fn place(row: u32, col: u32) -> Option<CellRef> {
    let col = u16::try_from(col).ok().filter(|c| u32::from(*c) < COLUMNS)?;
    (row < ROWS).then(|| CellRef::new(row, col))
}

/// A merged rectangle, when it has its corners in order and within the sheet.
pub(super) fn merge(first: (u32, u32), last: (u32, u32)) -> Option<Area> {
    let area = Area::new(place(first.0, first.1)?, place(last.0, last.1)?);
    (first.0 <= last.0 && first.1 <= last.1 && first != last).then_some(area)
}

/// A number and how it is shown.
pub(super) fn number(number: f64, decimals: Decimals) -> (Value, Shown) {
    match Amount::from_f64(number) {
        Some(amount) => (Value::Number(amount), decimals.shown(amount)),
        // No amount is that large; what stands there is shown as it is.
        None => (Value::Error(format!("{number:e}")), Shown::Unknown),
    }
}

/// Text, unless it is empty.
pub(super) fn text(text: impl Into<String> + AsRef<str>) -> Value {
    if text.as_ref().is_empty() { Value::Blank } else { Value::Text(text.into()) }
}

/// The value of a cell as the format library hands it over.
pub(super) fn value(data: DataRef<'_>, decimals: impl FnOnce() -> Decimals) -> (Value, Shown) {
    let value = match data {
        DataRef::Float(float) => return number(float, decimals()),
        DataRef::Int(int) => return number(int as f64, decimals()),
        DataRef::SharedString(shared) => text(shared),
        DataRef::String(own) => text(own),
        DataRef::Bool(truth) => Value::Other(if truth { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(date) => return dated(&date),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => Value::Other(iso),
        DataRef::Error(error) => Value::Error(error.to_string()),
        DataRef::Empty => Value::Blank,
    };
    (value, Shown::Unknown)
}

/// The days that have a date, and the hours that a duration is still shown in.
const DAYS: std::ops::Range<f64> = -2_958_466.0..2_958_466.0;

/// A number that shows as a date or a duration.
pub(super) fn dated(date: &ExcelDateTime) -> (Value, Shown) {
    let serial = date.as_f64();
    let has_date = DAYS.contains(&serial) && (date.is_duration() || serial >= 0.0);
    let value = if has_date { Value::Other(date_text(date)) } else { Value::Error(serial.to_string()) };
    (value, Shown::Unknown)
}

/// A number as its format shows it: an amount, a date or a duration.
pub(super) fn formatted(float: f64, format: Format, from_1904: bool) -> (Value, Shown) {
    match format.clock {
        None => number(float, format.decimals),
        Some(Clock::Date) => dated(&ExcelDateTime::new(float, ExcelDateTimeType::DateTime, from_1904)),
        Some(Clock::Duration) => dated(&ExcelDateTime::new(float, ExcelDateTimeType::TimeDelta, from_1904)),
    }
}

/// The word for an error by its number in binary workbooks.
pub(super) fn error(number: u8) -> Value {
    let word = match number {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => return Value::Error(format!("#{number}")),
    };
    Value::Error(word.to_owned())
}

/// What stands for a text that the table of texts does not have.
pub(super) fn missing_text() -> Value {
    Value::Error("文字缺失".to_owned())
}

/// The number in the four bytes that binary workbooks pack short numbers into.
pub(super) fn short_number(packed: u32) -> f64 {
    let (hundredth, whole) = (packed & 1 != 0, packed & 2 != 0);
    let number = if whole { f64::from((packed as i32) >> 2) } else { f64::from_bits(u64::from(packed & !3) << 32) };
    if hundredth { number / 100.0 } else { number }
}

/// A date, a time of day or both, or a duration.
fn date_text(date: &ExcelDateTime) -> String {
    let serial = date.as_f64();
    if date.is_duration() {
        let seconds = (serial * 86_400.0).round() as i64;
        let sign = if seconds < 0 { "-" } else { "" };
        let seconds = seconds.unsigned_abs();
        return format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if serial.abs() < 1.0 {
        time
    } else if serial.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}
