//! Reads .xlsb workbooks record by record, so that a false length or number costs no more than itself; never computes a formula.

use std::collections::HashMap;

use super::biff::{f64_at, u16_at, u32_at};
use super::collect::{self, Collector};
use super::limits::Budget;
use super::number_format::{Decimals, Format};
use super::package::Package;
use super::unreadable::Unreadable;
use super::xlsx::relations_of;
use crate::grid::{Grid, Sheet, Shown, Value};

/// What the sheets refer to.
struct Globals {
    from_1904: bool,
    strings: Vec<String>,
    /// By the number that cells carry.
    formats: Vec<Format>,
}

/// A sheet as the workbook part lists it.
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

/// Reads the workbook.
pub(super) fn read(mut package: Package<'_>, budget: &Budget) -> Result<Grid, Unreadable> {
    let relations = package.part("xl/_rels/workbook.bin.rels")?.unwrap_or_default();
    let relations = relations_of(&relations, "xl", budget)?;
    let book = package.part("xl/workbook.bin")?.unwrap_or_default();
    let (listed, from_1904) = listing(&book, budget)?;
    let part_of = |kind: &str| relations.values().find(|(k, _)| k == kind).map(|(_, path)| path.clone());
    let strings = package.part(&part_of("sharedStrings").unwrap_or_else(|| "xl/sharedstrings.bin".to_owned()))?;
    let styles = package.part(&part_of("styles").unwrap_or_else(|| "xl/styles.bin".to_owned()))?;
    let globals = Globals {
        from_1904,
        strings: texts(&strings.unwrap_or_default(), budget)?,
        formats: formats(&styles.unwrap_or_default(), budget)?,
    };
    let (collector, mut grid) = (Collector::new(budget), Grid::default());
    for Listed { name, hidden, relation } in listed {
        let Some((kind, path)) = relations.get(&relation) else {
            return Err(Unreadable::damaged_sheet(&name, "no part belongs to it"));
        };
        // Charts, dialogs and old macro sheets hold no table; a relation without a kind is told by where it leads.
        if kind != "worksheet" && !(kind.is_empty() && path.contains("worksheets/")) {
            continue;
        }
        let part = package.part(path)?.ok_or_else(|| Unreadable::damaged_sheet(&name, "its part is missing"))?;
        let sheet = collector.sheet(&name, hidden)?;
        let reader = SheetReader { globals: &globals, collector: &collector, sheet, row: 0, col: 0 };
        grid.sheets.push(collector.finish(reader.read(&part, budget)?)?);
    }
    Ok(grid)
}

/// The records of a part: their kinds and data. A record that is cut off is an error.
struct Records<'a> {
    rest: &'a [u8],
    budget: &'a Budget,
}

impl<'a> Records<'a> {
    fn of(rest: &'a [u8], budget: &'a Budget) -> Self {
        Self { rest, budget }
    }

    /// The next record, none behind the last one.
    fn next(&mut self) -> Result<Option<(u32, &'a [u8])>, Unreadable> {
        self.budget.step()?;
        if self.rest.is_empty() {
            return Ok(None);
        }
        let record = self.number(2).zip(self.number(4)).and_then(|(kind, length)| {
            let (data, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
            self.rest = rest;
            Some((kind, data))
        });
        record.map(Some).ok_or_else(|| Unreadable::damaged("a record is cut off"))
    }

    /// A number in groups of seven bits, the last without its high bit.
    fn number(&mut self, most: u32) -> Option<u32> {
        let mut number = 0;
        for group in 0..most {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u32::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

/// A text behind its length, and how many bytes both take.
fn text_at(data: &[u8], at: usize) -> Option<(String, usize)> {
    let length = usize::try_from(u32_at(data, at)?).ok()?;
    // The length of a text that is not there.
    if length == 0xffff_ffff {
        return Some((String::new(), 4));
    }
    let bytes = length.checked_mul(2)?;
    let start = at.checked_add(4)?;
    let units = data.get(start..start.checked_add(bytes)?)?.chunks_exact(2).filter_map(|unit| u16_at(unit, 0));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some((text, 4 + bytes))
}

/// The sheets of the workbook, and whether its days are counted from 1904.
fn listing(book: &[u8], budget: &Budget) -> Result<(Vec<Listed>, bool), Unreadable> {
    let (mut listed, mut from_1904) = (Vec::new(), false);
    let mut records = Records::of(book, budget);
    while let Some((kind, data)) = records.next()? {
        match kind {
            // Properties of the workbook.
            0x0099 => from_1904 = data.first().is_some_and(|flags| flags & 1 == 1),
            // Sheet.
            0x009c => {
                let sheet = || {
                    let (relation, length) = text_at(data, 8)?;
                    let (name, _) = text_at(data, 8 + length)?;
                    Some(Listed { name, hidden: u32_at(data, 0)? != 0, relation })
                };
                let sheet = sheet().ok_or_else(|| Unreadable::damaged("a sheet is listed without place or name"))?;
                // A sheet without a relation is a module.
                if !sheet.relation.is_empty() {
                    listed.push(sheet);
                }
            }
            _ => {}
        }
    }
    Ok((listed, from_1904))
}

/// The table of texts. Where it is cut off the rest is missing, and the cells that name it say so.
fn texts(part: &[u8], budget: &Budget) -> Result<Vec<String>, Unreadable> {
    let (mut texts, mut bytes) = (Vec::new(), 0usize);
    let mut records = Records::of(part, budget);
    while let Some((kind, data)) = records.next()? {
        if kind == 0x0013 {
            let (text, _) = text_at(data, 1).ok_or_else(|| Unreadable::damaged("a text is cut off"))?;
            bytes = bytes.saturating_add(text.len());
            texts.push(text);
            budget.allows(texts.len(), bytes)?;
        }
    }
    Ok(texts)
}

/// The formats of cells, in the order in which cells name them.
fn formats(part: &[u8], budget: &Budget) -> Result<Vec<Format>, Unreadable> {
    let (mut own, mut formats, mut of_cells) = (HashMap::new(), Vec::new(), false);
    let mut records = Records::of(part, budget);
    while let Some((kind, data)) = records.next()? {
        match kind {
            0x002c => own.extend(u16_at(data, 0).zip(text_at(data, 2).map(|(code, _)| Format::of(&code)))),
            0x0269 => of_cells = true,
            0x026a => of_cells = false,
            0x002f if of_cells => formats.push(Format::of_number(u16_at(data, 2).unwrap_or(0), &own)),
            _ => {}
        }
    }
    Ok(formats)
}

/// Reads the records of one sheet.
struct SheetReader<'a> {
    globals: &'a Globals,
    collector: &'a Collector<'a>,
    sheet: Sheet,
    row: u32,
    /// The column of the next cell that does not say its own.
    col: u32,
}

impl SheetReader<'_> {
    fn read(mut self, part: &[u8], budget: &Budget) -> Result<Sheet, Unreadable> {
        let (mut begun, mut ended) = (false, false);
        let mut records = Records::of(part, budget);
        while let Some((kind, data)) = records.next().map_err(|e| e.in_sheet(&self.sheet.name))? {
            match kind {
                0x0091 => begun = true,
                0x0092 => ended = true,
                // Merged rectangle.
                0x00b0 => {
                    let corner = |row, col| Some((u32_at(data, row)?, u32_at(data, col)?));
                    let area = corner(0, 8).zip(corner(4, 12)).and_then(|(first, last)| collect::merge(first, last));
                    self.sheet.merges.extend(area);
                }
                0x0000..=0x0012 | 0x003e if begun && !ended => match self.take(kind, data) {
                    Some(taken) => taken?,
                    None => return Err(self.damaged(&format!("a short record {kind:#06x}"))),
                },
                _ => {}
            }
        }
        if ended { Ok(self.sheet) } else { Err(self.damaged("the sheet is cut off")) }
    }

    fn damaged(&self, detail: &str) -> Unreadable {
        Unreadable::damaged_sheet(&self.sheet.name, detail)
    }

    /// Takes a row or a cell; none when the record is too short.
    fn take(&mut self, kind: u32, data: &[u8]) -> Option<Result<(), Unreadable>> {
        if kind == 0 {
            (self.row, self.col) = (u32_at(data, 0)?, 0);
            return Some(Ok(()));
        }
        // The short forms of the first seven kinds leave the column out: it is the next one.
        let (kind, head) = if (12..=18).contains(&kind) { (kind - 11, 4) } else { (kind, 8) };
        if head == 8 {
            self.col = u32_at(data, 0)?;
        }
        let style = u32_at(data, head - 4)? & 0x00ff_ffff;
        let value = match kind {
            1 => (Value::Blank, Shown::Unknown),
            2 => self.number(collect::short_number(u32_at(data, head)?), style),
            3 | 11 => (collect::error(*data.get(head)?), Shown::Unknown),
            4 | 10 => (Value::Other(if *data.get(head)? == 0 { "FALSE" } else { "TRUE" }.to_owned()), Shown::Unknown),
            5 | 9 => self.number(f64_at(data, head)?, style),
            6 | 8 => (collect::text(text_at(data, head)?.0), Shown::Unknown),
            // A text with runs has a flag before it.
            0x3e => (collect::text(text_at(data, head + 1)?.0), Shown::Unknown),
            7 => {
                let place = usize::try_from(u32_at(data, head)?).ok();
                let text = place.and_then(|place| self.globals.strings.get(place));
                (text.map_or_else(collect::missing_text, collect::text), Shown::Unknown)
            }
            _ => return Some(Ok(())),
        };
        let pushed = self.collector.push(&mut self.sheet, self.row, self.col, value.0, value.1);
        self.col = self.col.saturating_add(1);
        Some(pushed)
    }

    fn number(&self, number: f64, style: u32) -> (Value, Shown) {
        let unknown = Format { decimals: Decimals::Unknown, clock: None };
        let place = usize::try_from(style).ok();
        let format = place.and_then(|place| self.globals.formats.get(place)).copied().unwrap_or(unknown);
        collect::formatted(number, format, self.globals.from_1904)
    }
}
