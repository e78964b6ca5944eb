//! Looks through the records of an .xls workbook for formats and extents, and mends what would mislead the cell reader; never
//! reads a value.

use super::collect::Hidden;
use super::number_format::Decimals;
use super::unreadable::{Limit, Unreadable};

/// The cell reader lays out every sheet as one full rectangle, so this many places in all sheets together are the most.
const PLACES: u64 = 8_000_000;

/// What the records tell beside the values.
#[derive(Default)]
pub(super) struct Scan {
    /// By the number that cells carry.
    decimals: Vec<Decimals>,
    /// Per sheet, the number of the format of every cell that may show a number, by place.
    sheets: Vec<Vec<Formatted>>,
    /// Per sheet, what is not shown.
    hidden: Vec<Hidden>,
}

/// A place and the number of its format.
type Formatted = ((u32, u32), u16);

/// A record: its kind, where its data begin, and its data.
struct Record<'a> {
    kind: u16,
    start: usize,
    data: &'a [u8],
}

impl Scan {
    /// Looks through the records.
    pub(super) fn of(stream: &mut [u8]) -> Result<Self, Unreadable> {
        let (mut scan, mut formats, mut starts) = (Self::default(), Vec::new(), Vec::new());
        let mut version = 0x0600;
        for record in records(stream, 0) {
            match record.kind {
                BOF if record.start == 4 => version = u16_at(record.data, 0).unwrap_or(version),
                FILE_PASS => return Err(Unreadable::Encrypted),
                FORMAT => formats.extend(u16_at(record.data, 0).zip(format_code(record.data, version))),
                XF => {
                    let format = u16_at(record.data, 2).unwrap_or(0);
                    let own = formats.iter().rev().find(|(number, _)| *number == format);
                    scan.decimals.push(own.map_or_else(|| Decimals::of_builtin(format), |(_, code)| Decimals::of(code)));
                }
                BOUND_SHEET => starts.push(u32_at(record.data, 0).and_then(|s| usize::try_from(s).ok()).unwrap_or(usize::MAX)),
                EOF => break,
                _ => {}
            }
        }
        let (mut places, mut extents) = (0u64, Vec::new());
        for start in starts {
            let (cells, size) = sheet_cells(stream, start, &mut extents);
            places = places.saturating_add(size);
            scan.sheets.push(cells);
            scan.hidden.push(hidden(stream, start));
        }
        if places > PLACES {
            return Err(Unreadable::TooLarge { what: Limit::Cells });
        }
        // The declared extent may be false and so large that reserving it ends the program; it is not needed.
        for (start, length) in extents {
            stream.get_mut(start..start + length).unwrap_or_default().fill(0);
        }
        Ok(scan)
    }

    /// What of a sheet is not shown.
    pub(super) fn hidden(&self, sheet: usize) -> Hidden {
        self.hidden.get(sheet).cloned().unwrap_or_default()
    }

    /// The decimals that a cell of a sheet shows.
    pub(super) fn decimals(&self, sheet: usize, place: (u32, u32)) -> Decimals {
        let cells = self.sheets.get(sheet).map(Vec::as_slice).unwrap_or_default();
        let format = cells.binary_search_by_key(&place, |(at, _)| *at).ok().and_then(|i| cells.get(i));
        format.and_then(|(_, number)| self.decimals.get(usize::from(*number)).copied()).unwrap_or(Decimals::Unknown)
    }
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const FILE_PASS: u16 = 0x002f;
const FORMAT: u16 = 0x041e;
const XF: u16 = 0x00e0;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const MULTIPLE_RK: u16 = 0x00bd;
const ROW: u16 = 0x0208;
const COLUMN: u16 = 0x007d;
/// Formula, number, label, logical or error, RK number, label with runs, label of the string table.
const ONE_CELL: [u16; 7] = [0x0006, 0x0203, 0x0204, 0x0205, 0x027e, 0x00d6, 0x00fd];

/// The cells of one sheet with their formats, sorted, and how many places the rectangle around them has. The places of extent
/// records are added to `extents`.
fn sheet_cells(stream: &[u8], start: usize, extents: &mut Vec<(usize, usize)>) -> (Vec<Formatted>, u64) {
    let (mut cells, mut depth) = (Vec::new(), 0u32);
    for record in records(stream, start) {
        match record.kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            DIMENSIONS => extents.push((record.start, record.data.len())),
            // Charts within the sheet have cells of their own.
            _ if depth > 1 => {}
            MULTIPLE_RK => {
                let (Some(row), Some(col)) = (u16_at(record.data, 0), u16_at(record.data, 2)) else {
                    continue;
                };
                let formats = record.data.get(4..).unwrap_or_default().chunks_exact(6).filter_map(|rk| u16_at(rk, 0));
                cells.extend(formats.zip(u32::from(col)..).map(|(format, col)| ((u32::from(row), col), format)));
            }
            kind if ONE_CELL.contains(&kind) => {
                let numbers = (u16_at(record.data, 0), u16_at(record.data, 2), u16_at(record.data, 4));
                if let (Some(row), Some(col), Some(format)) = numbers {
                    cells.push(((u32::from(row), u32::from(col)), format));
                }
            }
            _ => {}
        }
    }
    // Of two records for one place the cell reader keeps the last.
    cells.reverse();
    cells.sort_by_key(|(at, _)| *at);
    cells.dedup_by_key(|(at, _)| *at);
    let (mut columns, mut rows) = ((u32::MAX, 0), (u32::MAX, 0));
    for ((row, col), _) in &cells {
        rows = (rows.0.min(*row), rows.1.max(*row));
        columns = (columns.0.min(*col), columns.1.max(*col));
    }
    let size = if cells.is_empty() { 0 } else { u64::from(rows.1 - rows.0 + 1) * u64::from(columns.1 - columns.0 + 1) };
    (cells, size)
}

/// The rows and columns of one sheet that are not shown.
fn hidden(stream: &[u8], start: usize) -> Hidden {
    let (mut hidden, mut depth) = (Hidden::default(), 0u32);
    for record in records(stream, start) {
        match record.kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            ROW if depth == 1 && u16_at(record.data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                let row = u16_at(record.data, 0).map(u32::from);
                row.into_iter().for_each(|row| super::collect::extend(&mut hidden.rows, row, row));
            }
            COLUMN if depth == 1 && u16_at(record.data, 8).is_some_and(|flags| flags & 1 != 0) => {
                hidden.columns.extend(u16_at(record.data, 0).zip(u16_at(record.data, 2)));
            }
            _ => {}
        }
    }
    hidden
}

/// The records from a place on; a cut-off record ends them.
fn records(stream: &[u8], start: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at.checked_add(2)?)?);
        let start = at.checked_add(4)?;
        let data = stream.get(start..start.checked_add(length)?)?;
        at = start + length;
        Some(Record { kind, start, data })
    })
}

/// The code in a format record; digits and signs are the same in every code page.
fn format_code(data: &[u8], version: u16) -> Option<String> {
    if version < 0x0600 {
        let length = usize::from(*data.get(2)?);
        return Some(String::from_utf8_lossy(data.get(3..)?.get(..length)?).into_owned());
    }
    let (length, wide, text) = (usize::from(u16_at(data, 2)?), data.get(4)? & 1 == 1, data.get(5..)?);
    if wide {
        let units = text.chunks_exact(2).take(length).filter_map(|unit| u16_at(unit, 0));
        return Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect());
    }
    Some(text.iter().take(length).map(|b| char::from(*b)).collect())
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
