//! Reads .xls workbooks (BIFF5 and BIFF8) record by record, so that a small file never becomes a large one in memory; never
//! computes a formula.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;

use super::biff::{Pieces, Record, Texts, f64_at, records, u16_at, u32_at};
use super::collect::{self, Collector};
use super::crypt::decrypt_records;
use super::limits::Budget;
use super::number_format::{Decimals, Format};
use super::unreadable::{Found, Unreadable};
use crate::grid::{Grid, Sheet, Shown, Value};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const FILE_PASS: u16 = 0x002f;

/// A sheet as the globals list it.
struct Listed {
    name: String,
    hidden: bool,
    start: usize,
}

/// What stands before the sheets.
struct Globals {
    texts: Texts,
    from_1904: bool,
    sheets: Vec<Listed>,
    strings: Vec<String>,
    /// By the number that cells carry.
    formats: Vec<Format>,
}

/// Reads the workbook from its records.
pub(super) fn read(mut stream: Vec<u8>, passwords: &[String], budget: &Budget) -> Result<Grid, Unreadable> {
    let pass = records(&stream, 0).take_while(|record| record.kind != EOF).find(|record| record.kind == FILE_PASS);
    if let Some(pass) = pass.map(|record| record.data.to_vec()) {
        stream = decrypt_records(stream, &pass, passwords, budget)?;
    }
    let globals = Globals::of(&stream, budget)?;
    let (collector, mut grid) = (Collector::new(budget), Grid::default());
    for listed in &globals.sheets {
        let sheet = collector.sheet(&listed.name, listed.hidden)?;
        let sheet = SheetReader { globals: &globals, collector: &collector, sheet, awaiting: None };
        grid.sheets.push(collector.finish(sheet.read(&stream, listed.start, budget)?)?);
    }
    Ok(grid)
}

impl Globals {
    fn of(stream: &[u8], budget: &Budget) -> Result<Self, Unreadable> {
        let mut globals =
            Self { texts: begin(stream)?, from_1904: false, sheets: Vec::new(), strings: Vec::new(), formats: Vec::new() };
        let (mut own, mut used) = (HashMap::new(), Vec::new());
        let mut all = records(stream, 0).peekable();
        while let Some(Record { kind, data, .. }) = all.next() {
            budget.step()?;
            match kind {
                // Code page.
                0x0042 => {
                    if let (Texts::Bytes(_), Some(number)) = (globals.texts, u16_at(data, 0)) {
                        globals.texts = Texts::of_code_page(number);
                    }
                }
                // Days are counted from 1904.
                0x0022 => globals.from_1904 = u16_at(data, 0) == Some(1),
                // Number format.
                0x041e => own.extend(u16_at(data, 0).zip(globals.format_code(data).map(|code| Format::of(&code)))),
                // Cell format.
                0x00e0 => used.push(u16_at(data, 2).unwrap_or(0)),
                // Sheet.
                0x0085 => globals.sheets.extend(globals.listed(data)?),
                // Table of texts.
                0x00fc => {
                    let mut later = Vec::new();
                    while let Some(more) = all.next_if(|record| record.kind == CONTINUE) {
                        budget.step()?;
                        later.push(more.data);
                    }
                    globals.strings = strings(data, &later, budget)?;
                }
                EOF => break,
                _ => {}
            }
        }
        globals.formats = used.into_iter().map(|number| Format::of_number(number, &own)).collect();
        Ok(globals)
    }

    fn format_code(&self, data: &[u8]) -> Option<String> {
        let length_bytes = if matches!(self.texts, Texts::Flagged) { 2 } else { 1 };
        self.texts.after_length(data.get(2..)?, length_bytes)
    }

    /// A sheet of cells; charts, modules and old macro sheets hold no table.
    fn listed(&self, data: &[u8]) -> Result<Option<Listed>, Unreadable> {
        let cut = || Unreadable::damaged("a sheet is listed without place or name");
        let start = u32_at(data, 0).and_then(|start| usize::try_from(start).ok()).ok_or_else(cut)?;
        let (Some(state), Some(kind)) = (data.get(4), data.get(5)) else { return Err(cut()) };
        let name = self.texts.after_length(data.get(6..).unwrap_or_default(), 1).ok_or_else(cut)?;
        let is_table = !matches!(kind, 1 | 2 | 6);
        Ok(is_table.then(|| Listed { name: name.replace('\0', ""), hidden: state & 3 != 0, start }))
    }
}

/// How the texts of a workbook are written, by its first record.
fn begin(stream: &[u8]) -> Result<Texts, Unreadable> {
    let old = Unreadable::NotAWorkbook { found: Found::OldExcel };
    let (Some(kind), Some(version)) = (u16_at(stream, 0), u16_at(stream, 4)) else {
        return Err(Unreadable::damaged("the workbook stream is cut off"));
    };
    match (kind, version) {
        (BOF, 0x0600) => Ok(Texts::Flagged),
        (BOF, 0x0500) => Ok(Texts::Bytes(WINDOWS_1252)),
        (0x0009 | 0x0209 | 0x0409, _) => Err(old),
        (BOF, 0x0200 | 0x0300 | 0x0400 | 0x0002 | 0x0007) => Err(old),
        (BOF, _) => Err(Unreadable::damaged(format!("unknown version {version:#06x}"))),
        _ => Err(Unreadable::damaged("the workbook stream does not begin with a workbook")),
    }
}

/// The table of texts. Where it is cut off the rest is missing, and the cells that name it say so.
fn strings(data: &[u8], later: &[&[u8]], budget: &Budget) -> Result<Vec<String>, Unreadable> {
    let mut pieces = Pieces::of(data.get(8..).unwrap_or_default(), later);
    let (mut strings, mut bytes) = (Vec::new(), 0usize);
    for _ in 0..u32_at(data, 4).unwrap_or(0) {
        budget.step()?;
        let Some(text) = pieces.rich_text() else { break };
        bytes = bytes.saturating_add(text.len());
        strings.push(text);
        budget.allows(strings.len(), bytes)?;
    }
    Ok(strings)
}

/// Reads the records of one sheet.
struct SheetReader<'a> {
    globals: &'a Globals,
    collector: &'a Collector<'a>,
    sheet: Sheet,
    /// The place of a formula whose text stands in a record of its own.
    awaiting: Option<(u16, u16)>,
}

impl SheetReader<'_> {
    fn read(mut self, stream: &[u8], start: usize, budget: &Budget) -> Result<Sheet, Unreadable> {
        let mut depth = 0u32;
        let mut all = records(stream, start).peekable();
        while let Some(record) = all.next() {
            budget.step()?;
            match record.kind {
                BOF => depth += 1,
                _ if depth == 0 => break,
                EOF if depth == 1 => return Ok(self.sheet),
                EOF => depth -= 1,
                // Charts within the sheet have cells of their own.
                _ if depth > 1 => {}
                // The text of a formula, which alone may go on in further records.
                0x0207 => {
                    let mut later = Vec::new();
                    while let Some(more) = all.next_if(|record| record.kind == CONTINUE) {
                        later.push(more.data);
                    }
                    self.formula_text(record.data, &later)?;
                }
                kind => match self.take(kind, record.data) {
                    Some(taken) => taken?,
                    None => return Err(self.damaged(&format!("a short record {kind:#06x}"))),
                },
            }
        }
        Err(self.damaged("the sheet is cut off"))
    }

    fn damaged(&self, detail: &str) -> Unreadable {
        Unreadable::damaged_sheet(&self.sheet.name, detail)
    }

    /// Takes what a record tells; none when the record is too short.
    fn take(&mut self, kind: u16, data: &[u8]) -> Option<Result<(), Unreadable>> {
        let place = || Some((u16_at(data, 0)?, u16_at(data, 2)?));
        let style = || u16_at(data, 4);
        let value = match kind {
            // Number.
            0x0203 => self.number(f64_at(data, 6)?, style()?),
            // Short number.
            0x027e => self.number(collect::short_number(u32_at(data, 6)?), style()?),
            0x00bd => return self.short_numbers(data),
            // Label, and label with runs.
            0x0204 | 0x00d6 => match self.globals.texts.after_length(data.get(6..)?, 2) {
                Some(text) => (collect::text(text), Shown::Unknown),
                None => (collect::missing_text(), Shown::Unknown),
            },
            // Label of the table of texts.
            0x00fd => {
                let place = usize::try_from(u32_at(data, 6)?).ok();
                let text = place.and_then(|place| self.globals.strings.get(place));
                (text.map_or_else(collect::missing_text, collect::text), Shown::Unknown)
            }
            // Logical value or error.
            0x0205 => (logical_or_error(*data.get(6)?, *data.get(7)? != 0), Shown::Unknown),
            0x0006 => self.formula(data)?,
            // Row that may be hidden.
            0x0208 => {
                if u16_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) {
                    let row = u32::from(u16_at(data, 0)?);
                    collect::extend(&mut self.sheet.hidden_rows, row, row);
                }
                return Some(Ok(()));
            }
            // Columns that may be hidden.
            0x007d => {
                if u16_at(data, 8).is_some_and(|flags| flags & 1 != 0) {
                    self.sheet.hidden_columns.push((u16_at(data, 0)?, u16_at(data, 2)?));
                }
                return Some(Ok(()));
            }
            0x00e5 => {
                self.merges(data);
                return Some(Ok(()));
            }
            _ => return Some(Ok(())),
        };
        Some(self.push(place()?, value))
    }

    fn push(&mut self, place: (u16, u16), (value, shown): (Value, Shown)) -> Result<(), Unreadable> {
        self.collector.push(&mut self.sheet, u32::from(place.0), u32::from(place.1), value, shown)
    }

    fn number(&self, number: f64, style: u16) -> (Value, Shown) {
        let unknown = Format { decimals: Decimals::Unknown, clock: None };
        let format = self.globals.formats.get(usize::from(style)).copied().unwrap_or(unknown);
        collect::formatted(number, format, self.globals.from_1904)
    }

    /// Short numbers side by side, each with its style.
    fn short_numbers(&mut self, data: &[u8]) -> Option<Result<(), Unreadable>> {
        let (row, first) = (u16_at(data, 0)?, u16_at(data, 2)?);
        let (cells, rest) = data.get(4..)?.split_at_checked(data.len().checked_sub(6)?)?;
        if cells.is_empty() || cells.len() % 6 != 0 || rest.len() != 2 {
            return None;
        }
        for (place, cell) in cells.chunks_exact(6).enumerate() {
            let col = first.checked_add(u16::try_from(place).ok()?)?;
            let number = self.number(collect::short_number(u32_at(cell, 2)?), u16_at(cell, 0)?);
            if let Err(error) = self.push((row, col), number) {
                return Some(Err(error));
            }
        }
        Some(Ok(()))
    }

    /// The stored result of a formula.
    fn formula(&mut self, data: &[u8]) -> Option<(Value, Shown)> {
        let result = data.get(6..14)?;
        let flags = u16_at(data, 14)?;
        if result.get(6..) != Some(&[0xff, 0xff]) {
            return Some(self.number(f64_at(result, 0)?, u16_at(data, 4)?));
        }
        let value = match (result.first()?, result.get(2)?) {
            (0, _) => {
                self.awaiting = Some((u16_at(data, 0)?, u16_at(data, 2)?));
                Value::Blank
            }
            (1, truth) => logical_or_error(*truth, false),
            (2, number) => collect::error(*number),
            // Writers that calculate nothing store no text and ask for calculation when the workbook is opened.
            (3, _) if flags & 3 == 3 => Value::Uncalculated,
            (3, _) => Value::Blank,
            (other, _) => Value::Error(format!("#{other}")),
        };
        Some((value, Shown::Unknown))
    }

    fn formula_text(&mut self, data: &[u8], later: &[&[u8]]) -> Result<(), Unreadable> {
        let Some(place) = self.awaiting.take() else { return Ok(()) };
        let text = match self.globals.texts {
            Texts::Flagged => u16_at(data, 0)
                .and_then(|length| Pieces::of(data.get(2..).unwrap_or_default(), later).flagged(usize::from(length)))
                .or_else(|| (u16_at(data, 0) == Some(0)).then(String::new)),
            bytes => bytes.after_length(data, 2),
        };
        let value = text.map_or_else(collect::missing_text, collect::text);
        self.push(place, (value, Shown::Unknown))
    }

    fn merges(&mut self, data: &[u8]) {
        let count = usize::from(u16_at(data, 0).unwrap_or(0));
        let areas = data.get(2..).unwrap_or_default().chunks_exact(8).take(count).filter_map(|area| {
            let corner = |row, col| Some((u32::from(u16_at(area, row)?), u32::from(u16_at(area, col)?)));
            collect::merge(corner(0, 4)?, corner(2, 6)?)
        });
        self.sheet.merges.extend(areas);
    }
}

fn logical_or_error(value: u8, is_error: bool) -> Value {
    if is_error { collect::error(value) } else { Value::Other(if value == 0 { "FALSE" } else { "TRUE" }.to_owned()) }
}
