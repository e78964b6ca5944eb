//! Reads XML spreadsheets of 2003; never computes a formula.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::collect::{self, Collector};
use super::limits::Budget;
use super::number_format::Decimals;
use super::unreadable::Unreadable;
use super::xml::{self, Events, local_attribute};
use crate::grid::{Grid, Sheet, Shown, Value};

/// Reads the workbook.
pub(super) fn read(text: &str, budget: &Budget) -> Result<Grid, Unreadable> {
    let mut book = Book { events: Events::new(text, budget), collector: Collector::new(budget), formats: HashMap::new() };
    let (mut grid, mut style) = (Grid::default(), String::new());
    loop {
        match book.events.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "Style" => style = local_attribute(&tag, "ID").unwrap_or_default(),
                "NumberFormat" => {
                    let code = local_attribute(&tag, "Format").unwrap_or_default();
                    book.formats.insert(style.clone(), decimals(&code));
                }
                "Worksheet" => {
                    let name = local_attribute(&tag, "Name").unwrap_or_default();
                    let sheet = book.collector.sheet(&name, false)?;
                    let sheet = book.sheet(sheet)?;
                    grid.sheets.push(book.collector.finish(sheet)?);
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "Workbook" => return Ok(grid),
            Event::Eof => return Err(Unreadable::damaged("the workbook is cut off")),
            _ => {}
        }
    }
}

/// The decimals of a format, which may go by a name.
fn decimals(code: &str) -> Decimals {
    match code {
        "" | "General Number" | "Scientific" => Decimals::General,
        "Standard" | "Fixed" | "Currency" | "Euro Currency" => Decimals::Between(2, 2),
        "Percent" => Decimals::Between(4, 4),
        named if named.ends_with(" Date") || named.ends_with(" Time") => Decimals::Unknown,
        code => Decimals::of(code),
    }
}

/// What is known while the sheets are read.
struct Book<'x> {
    events: Events<'x>,
    collector: Collector<'x>,
    formats: HashMap<String, Decimals>,
}

/// Where reading stands in a sheet: rows and columns counted from zero.
#[derive(Default)]
struct At {
    row: u32,
    next_row: u32,
    next_col: u32,
    row_style: Option<String>,
}

impl Book<'_> {
    /// Reads a sheet to its end.
    fn sheet(&mut self, mut sheet: Sheet) -> Result<Sheet, Unreadable> {
        let mut at = At::default();
        loop {
            match self.events.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "Row" => {
                        at.row = index(&tag).unwrap_or(at.next_row);
                        at.next_row = at.row.saturating_add(1).saturating_add(count(&tag, "Span"));
                        at.next_col = 0;
                        at.row_style = local_attribute(&tag, "StyleID");
                    }
                    "Cell" => self.cell(&tag, &mut at, &mut sheet)?,
                    "Visible" => sheet.hidden = self.text("Visible")?.contains("Hidden"),
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "Worksheet" => return Ok(sheet),
                Event::Eof => return Err(Unreadable::damaged_sheet(&sheet.name, "the sheet is cut off")),
                _ => {}
            }
        }
    }

    /// Reads a cell to its end.
    fn cell(&mut self, tag: &BytesStart<'_>, at: &mut At, sheet: &mut Sheet) -> Result<(), Unreadable> {
        let (row, col) = (at.row, index(tag).unwrap_or(at.next_col));
        let corner = (row.saturating_add(count(tag, "MergeDown")), col.saturating_add(count(tag, "MergeAcross")));
        at.next_col = corner.1.saturating_add(1);
        sheet.merges.extend(collect::merge((row, col), corner));
        let style = local_attribute(tag, "StyleID").or_else(|| at.row_style.clone());
        let decimals = style.and_then(|s| self.formats.get(&s).copied()).unwrap_or(Decimals::General);
        let mut found = None;
        loop {
            match self.events.next()? {
                Event::Start(inner) => match inner.local_name().as_ref() {
                    "Data" => {
                        let kind = local_attribute(&inner, "Type").unwrap_or_default();
                        found = Some(value(&kind, self.text("Data")?, decimals));
                    }
                    // A note on the cell has data of its own.
                    "Comment" => drop(self.text("Comment")?),
                    _ => {}
                },
                Event::End(inner) if inner.local_name().as_ref() == "Cell" => break,
                Event::Eof => return Err(Unreadable::damaged_sheet(&sheet.name, "the sheet is cut off within a cell")),
                _ => {}
            }
        }
        let uncalculated = local_attribute(tag, "Formula").map(|_| (Value::Uncalculated, Shown::Unknown));
        match found.or(uncalculated) {
            Some((value, shown)) => self.collector.push(sheet, row, col, value, shown),
            None => Ok(()),
        }
    }

    /// All text up to the end of an element.
    fn text(&mut self, name: &str) -> Result<String, Unreadable> {
        let mut text = String::new();
        loop {
            match self.events.next()? {
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(piece) => xml::push_reference(&mut text, &piece),
                Event::End(tag) if tag.local_name().as_ref() == name => return Ok(text),
                Event::Eof => return Err(Unreadable::damaged("the workbook is cut off within a text")),
                _ => {}
            }
        }
    }
}

/// The value of a cell of a kind.
fn value(kind: &str, text: String, decimals: Decimals) -> (Value, Shown) {
    let value = match kind {
        "Number" => match text.trim().parse() {
            Ok(float) => return collect::number(float, decimals),
            Err(_) => Value::Error(text),
        },
        "DateTime" => Value::Other(text.strip_suffix("T00:00:00.000").unwrap_or(&text).replace('T', " ")),
        "Boolean" => Value::Other(if text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
        "Error" => Value::Error(text),
        _ => collect::text(text),
    };
    (value, Shown::Unknown)
}

/// The place that an element names, counted from zero.
fn index(tag: &BytesStart<'_>) -> Option<u32> {
    local_attribute(tag, "Index")?.trim().parse::<u32>().ok()?.checked_sub(1)
}

fn count(tag: &BytesStart<'_>, name: &str) -> u32 {
    local_attribute(tag, name).and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    fn read(text: &str) -> Result<Grid, Unreadable> {
        super::read(text, &Budget::new(&Limits::default()))
    }

    const STYLES: &str = "<Styles><Style ss:ID=\"a\"><NumberFormat ss:Format=\"#,##0.00\"/></Style>\
                          <Style ss:ID=\"b\"><NumberFormat ss:Format=\"Fixed\"/></Style></Styles>";

    fn read_book(inner: &str) -> Result<Grid, Unreadable> {
        read(&format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook \
             xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{STYLES}{inner}</Workbook>"
        ))
    }

    #[test]
    fn places_types_and_formats_are_read() {
        let rows = "<Row ss:Index=\"3\" ss:StyleID=\"b\"><Cell ss:MergeAcross=\"1\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">甲&amp;\
                    </Data><Comment><ss:Data>注</ss:Data></Comment></Cell><Cell><Data ss:Type=\"Number\">4</Data></Cell>\
                    <Cell ss:Index=\"6\" ss:StyleID=\"a\"><Data ss:Type=\"Number\">910.01</Data></Cell></Row>\
                    <Row><Cell ss:Formula=\"=RC[1]\"/><Cell><ss:Data ss:Type=\"String\"><B>乙</B>丙</ss:Data></Cell>\
                    <Cell><Data ss:Type=\"Error\">#REF!</Data></Cell><Cell><Data \
                    ss:Type=\"DateTime\">2023-01-05T00:00:00.000</Data></Cell></Row>";
        let options = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>";
        let grid = read_book(&format!("<Worksheet ss:Name=\"表\"><Table>{rows}</Table>{options}</Worksheet>")).unwrap();
        let sheet = &grid.sheets[0];
        assert_eq!((sheet.name.as_str(), sheet.hidden, sheet.merges[0].to_string().as_str()), ("表", true, "A3:B4"));
        let cells: Vec<_> = sheet.cells.iter().map(|c| (c.at.to_string(), c.value.clone(), c.shown)).collect();
        let text = |at: &str, text: &str| (at.to_owned(), Value::Text(text.to_owned()), Shown::Unknown);
        let number = |at: &str, n: &str| (at.to_owned(), Value::Number(n.parse().unwrap()), Shown::Fixed(2));
        let other = |at: &str, value| (at.to_owned(), value, Shown::Unknown);
        let expected = [
            text("A3", "甲&"),
            number("C3", "4"),
            number("F3", "910.01"),
            other("A4", Value::Uncalculated),
            text("B4", "乙丙"),
            other("C4", Value::Error("#REF!".to_owned())),
            other("D4", Value::Other("2023-01-05".to_owned())),
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn far_places_and_cut_off_books_are_refused() {
        let far = "<Worksheet ss:Name=\"表\"><Table><Row ss:Index=\"4294967295\"><Cell><Data ss:Type=\"Number\">1</Data></Cell></Row>\
                   </Table></Worksheet>";
        assert!(matches!(read_book(far), Err(Unreadable::Damaged { sheet: Some(_), .. })));
        assert!(matches!(read("<Workbook><Worksheet ss:Name=\"表\"><Table><Row><Cell>"), Err(Unreadable::Damaged { .. })));
        let wide = "<Worksheet ss:Name=\"表\"><Table><Row><Cell ss:MergeAcross=\"4294967295\" ss:MergeDown=\"4294967295\"><Data \
                    ss:Type=\"Number\">1</Data></Cell></Row></Table></Worksheet>";
        assert_eq!(read_book(wide).unwrap().sheets[0].cells.len(), 1);
    }
}
