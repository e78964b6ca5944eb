//! Gathers cells into sheets within limits; never knows which format they come from.

use calamine::{Data, DataRef, ExcelDateTime};

use super::number_format::Decimals;
use super::unreadable::{Limit, Unreadable};
use crate::grid::{Cell, Look, Sheet, Shown, Value};
use crate::value::{Amount, Area, CellRef};

/// The rows and columns of the largest sheet there is.
pub(super) const ROWS: u32 = 1_048_576;
pub(super) const COLUMNS: u32 = 16_384;

/// What all sheets of one workbook may still hold.
pub(super) struct Collector {
    cells: usize,
    text: usize,
}

impl Collector {
    /// Far above any budget workbook, far below what a computer has.
    pub(super) fn new() -> Self {
        Self { cells: 2_000_000, text: 256 << 20 }
    }

    /// An empty sheet.
    pub(super) fn sheet(name: &str, hidden: bool) -> Sheet {
        Sheet { name: name.to_owned(), hidden, ..Sheet::default() }
    }

    /// Adds a cell that holds something to the sheet.
    pub(super) fn push(&mut self, sheet: &mut Sheet, row: u32, col: u32, value: Value, shown: Shown) -> Result<(), Unreadable> {
        let text = match &value {
            Value::Blank => return Ok(()),
            Value::Text(text) | Value::Other(text) | Value::Error(text) => text.len(),
            _ => 0,
        };
        let at = place(row, col).ok_or_else(|| Unreadable::damaged_sheet(&sheet.name, "a cell beyond the edge of the sheet"))?;
        self.cells = self.cells.checked_sub(1).ok_or(Unreadable::TooLarge { what: Limit::Cells })?;
        self.text = self.text.checked_sub(text).ok_or(Unreadable::TooLarge { what: Limit::Text })?;
        sheet.cells.push(Cell { at, value, shown, look: Look::Plain, link: None });
        Ok(())
    }

    /// Brings the cells of a finished sheet into order.
    pub(super) fn finish(mut sheet: Sheet) -> Sheet {
        if !sheet.cells.is_sorted_by(|a, b| a.at < b.at) {
            sheet.sort();
        }
        if !sheet.formulas.is_sorted_by(|a, b| a.at < b.at) {
            sheet.formulas.sort_by_key(|f| f.at);
            sheet.formulas.dedup_by_key(|f| f.at);
        }
        sheet
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
        DataRef::DateTime(date) => Value::Other(date_text(&date)),
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => Value::Other(iso),
        DataRef::Error(error) => Value::Error(error.to_string()),
        DataRef::Empty => Value::Blank,
    };
    (value, Shown::Unknown)
}

/// The same value, borrowed.
pub(super) fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(int) => DataRef::Int(*int),
        Data::Float(float) => DataRef::Float(*float),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::DateTimeIso(iso) => DataRef::DateTimeIso(iso.clone()),
        Data::DurationIso(iso) => DataRef::DurationIso(iso.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
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
