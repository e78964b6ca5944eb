//! Reads .ods workbooks row by row without laying out what is only repeated; never computes a formula.

use std::collections::HashSet;

use memchr::memmem;
use quick_xml::events::{BytesStart, Event};

use super::collect::{self, Collector};
use super::limits::Budget;
use super::number_format::Decimals;
use super::package::Package;
use super::saved;
use super::unreadable::Unreadable;
use super::xml::{self, Events, attribute};
use crate::grid::{Formula, Grid, Sheet, Shown, Value};

/// Reads the workbook.
pub(super) fn read(mut package: Package<'_>, budget: &Budget) -> Result<Grid, Unreadable> {
    let manifest = package.part("meta-inf/manifest.xml")?.unwrap_or_default();
    if memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(Unreadable::Encrypted);
    }
    let saved = saved::in_xml(&package.part("meta.xml")?.unwrap_or_default(), "date");
    let content = package.part("content.xml")?.unwrap_or_default();
    let content = xml::utf8(&content);
    let mut events = Events::new(&content, budget);
    let (collector, mut grid) = (Collector::new(budget), Grid { saved, ..Grid::default() });
    let (mut style, mut hidden_styles) = (String::new(), HashSet::new());
    let mut ended = false;
    loop {
        match events.next()? {
            Event::Start(tag) => match tag.name().as_ref() {
                "style:style" => style = attribute(&tag, "style:name").unwrap_or_default(),
                "style:table-properties" if attribute(&tag, "table:display").as_deref() == Some("false") => {
                    hidden_styles.insert(style.clone());
                }
                "table:tracked-changes" => events.skip()?,
                "table:table" => {
                    let name = attribute(&tag, "table:name").unwrap_or_default();
                    let hidden = attribute(&tag, "table:style-name").is_some_and(|s| hidden_styles.contains(&s));
                    let sheet = read_table(&mut events, collector.sheet(&name, hidden)?, &collector)?;
                    grid.sheets.push(collector.finish(sheet)?);
                }
                _ => {}
            },
            Event::End(tag) => ended |= tag.name().as_ref() == "office:document-content",
            Event::Eof if ended => return Ok(grid),
            Event::Eof => return Err(Unreadable::damaged("the content is cut off")),
            _ => {}
        }
    }
}

/// A cell of a row with the column it begins in and how many columns it fills.
struct Filled {
    col: u32,
    columns: u32,
    value: Value,
    shown: Shown,
}

/// Whether a row or column is not shown.
fn is_hidden(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "table:visibility").is_some_and(|v| v == "collapse" || v == "filter")
}

/// The formula of a cell as other formats write it: `of:=SUM([.A1:.A3];[$'b'.C1])` is `SUM(A1:A3,'b'!C1)`.
fn formula(written: &str) -> Option<String> {
    let (_, written) = written.split_once('=')?;
    let (mut formula, mut quoted) = (String::new(), false);
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '[' if !quoted => {
                let (inner, after) = rest.split_once(']')?;
                let (first, last) = inner.split_once(':').map_or((inner, None), |(f, l)| (f, Some(l)));
                let (sheet, cell) = first.rsplit_once('.')?;
                let sheet = sheet.trim_start_matches('$');
                if !sheet.is_empty() {
                    formula.extend([sheet, "!"]);
                }
                formula.push_str(cell);
                formula.extend(last.into_iter().flat_map(|l| [":", l.trim_start_matches('.')]));
                rest = after;
            }
            ';' if !quoted => formula.push(','),
            _ => {
                quoted ^= c == '"';
                formula.push(c);
            }
        }
    }
    Some(formula)
}

/// Reads a table to its end.
fn read_table(events: &mut Events<'_>, mut sheet: Sheet, collector: &Collector<'_>) -> Result<Sheet, Unreadable> {
    let (mut row, mut col, mut rows) = (0u32, 0u32, 1u32);
    let mut columns_seen = 0u32;
    let mut filled: Vec<Filled> = Vec::new();
    loop {
        match events.next()? {
            Event::Start(tag) => match tag.name().as_ref() {
                "table:table-column" => {
                    let next = columns_seen.saturating_add(count(&tag, "table:number-columns-repeated"));
                    if is_hidden(&tag) {
                        let edge = |col: u32| u16::try_from(col).unwrap_or(u16::MAX);
                        sheet.hidden_columns.push((edge(columns_seen), edge(next - 1)));
                    }
                    columns_seen = next;
                }
                "table:table-row" => {
                    (col, rows) = (0, count(&tag, "table:number-rows-repeated"));
                    filled.clear();
                    if is_hidden(&tag) {
                        collect::extend(&mut sheet.hidden_rows, row, row.saturating_add(rows - 1));
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    let columns = count(&tag, "table:number-columns-repeated");
                    let spans = (count(&tag, "table:number-rows-spanned"), count(&tag, "table:number-columns-spanned"));
                    let last = (row.saturating_add(spans.0 - 1), col.saturating_add(spans.1 - 1));
                    sheet.merges.extend(collect::merge((row, col), last));
                    let text = cell_text(events)?;
                    let at = collect::place(row, col).filter(|_| columns == 1 && rows == 1);
                    let written = attribute(&tag, "table:formula").and_then(|f| formula(&f));
                    if let Some((at, text)) = at.zip(written) {
                        collector.formula(&mut sheet, Formula { at, text, from: at, gives: None })?;
                    }
                    match cell_value(&tag, text) {
                        (Value::Blank, _) => {}
                        (value, shown) => filled.push(Filled { col, columns, value, shown }),
                    }
                    col = col.saturating_add(columns);
                }
                // Drawings, scenarios and the like within a table.
                "table:shapes" | "table:scenario" | "office:forms" | "table:table-source" => events.skip()?,
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "table:table-row" => {
                    let repeats = if filled.is_empty() { 0 } else { rows };
                    for at in row..row.saturating_add(repeats) {
                        for cell in &filled {
                            for col in cell.col..cell.col.saturating_add(cell.columns) {
                                collector.push(&mut sheet, at, col, cell.value.clone(), cell.shown)?;
                            }
                        }
                    }
                    row = row.saturating_add(rows);
                }
                "table:table" => return Ok(sheet),
                _ => {}
            },
            Event::Eof => return Err(Unreadable::damaged_sheet(&sheet.name, "the content is cut off")),
            _ => {}
        }
    }
}

/// How often something is repeated or how far it spans: at least once. A number that is too large stays one.
fn count(tag: &BytesStart<'_>, name: &str) -> u32 {
    let Some(written) = attribute(tag, name) else { return 1 };
    let is_number = !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit());
    written.parse().unwrap_or(if is_number { u32::MAX } else { 1 }).max(1)
}

/// The displayed text of a cell, its paragraphs as lines, up to the end of the cell.
fn cell_text(events: &mut Events<'_>) -> Result<String, Unreadable> {
    let (mut text, mut paragraphs) = (String::new(), 0u32);
    let mut inside = false;
    loop {
        // What is only repeated here would fill the memory before the cell is counted.
        events.budget().allows(0, text.len())?;
        match events.next()? {
            Event::Start(tag) => match tag.name().as_ref() {
                "text:p" | "text:h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    (paragraphs, inside) = (paragraphs + 1, true);
                }
                "text:s" => (0..count(&tag, "text:c").min(1000)).for_each(|_| text.push(' ')),
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                // Notes and pictures on the cell, and readings above characters, are not its text.
                "office:annotation" | "draw:frame" | "draw:custom-shape" | "draw:g" | "text:ruby-text" | "table:table" => {
                    events.skip()?;
                }
                _ => {}
            },
            Event::Text(piece) if inside => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if inside => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(piece) if inside => xml::push_reference(&mut text, &piece),
            Event::End(tag) => match tag.name().as_ref() {
                "text:p" | "text:h" => inside = false,
                "table:table-cell" | "table:covered-table-cell" => return Ok(text),
                _ => {}
            },
            Event::Eof => return Err(Unreadable::damaged("the content is cut off within a cell")),
            _ => {}
        }
    }
}

/// The value that the attributes and the displayed text of a cell tell.
fn cell_value(tag: &BytesStart<'_>, text: String) -> (Value, Shown) {
    let get = |name| attribute(tag, name);
    if get("calcext:value-type").as_deref() == Some("error") {
        return (Value::Error(text), Shown::Unknown);
    }
    let value = match get("office:value-type").as_deref() {
        Some("float" | "percentage" | "currency") => {
            return match get("office:value").and_then(|v| v.trim().parse().ok()) {
                Some(float) => collect::number(float, Decimals::of_text(&text)),
                None => (Value::Error(text), Shown::Unknown),
            };
        }
        Some("string") => collect::text(get("office:string-value").filter(|_| text.is_empty()).unwrap_or(text)),
        Some("boolean") => Value::Other(text),
        Some("date") => Value::Other(get("office:date-value").unwrap_or(text)),
        Some("time") => Value::Other(get("office:time-value").unwrap_or(text)),
        _ if text.is_empty() && get("table:formula").is_some() => Value::Uncalculated,
        _ => collect::text(text),
    };
    (value, Shown::Unknown)
}
