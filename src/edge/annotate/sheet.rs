//! Gives cells of a worksheet part another format, and makes those that are not there; reads from top to bottom, holds no cell.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::edits::Edits;
use super::odd::Odd;
use super::styles::Styles;
use crate::template::Severity;
use crate::value::CellRef;

/// What stands behind the drawings of notes in a worksheet.
const BEHIND_NOTES: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];

/// The splices that colour cells, and where a reference to the drawings of notes goes.
pub(super) struct Coloured {
    pub(super) edits: Edits,
    pub(super) notes_at: usize,
    /// The relation to the drawings of notes that the sheet has.
    pub(super) notes: Option<String>,
    /// The prefix of the elements of the part.
    pub(super) prefix: String,
}

/// Colours cells of a worksheet.
///
/// # Errors
/// When rows or cells do not stand in order, or what is written of them is not understood.
pub(super) fn colour(text: &str, marks: &BTreeMap<CellRef, Severity>, styles: &mut Styles) -> Result<Coloured, Odd> {
    let mut walk = Walk {
        text,
        left: marks.iter().map(|(at, severity)| (*at, *severity)).collect(),
        next: 0,
        styles,
        edits: Edits::default(),
        prefix: String::new(),
        columns: Vec::new(),
        row: None,
        last_row: None,
        notes_at: None,
        notes: None,
    };
    walk.run()?;
    let notes_at = walk.notes_at.ok_or_else(|| Odd::new("a worksheet without end"))?;
    Ok(Coloured { edits: walk.edits, notes_at, notes: walk.notes, prefix: walk.prefix })
}

/// The row that is being read.
struct Row {
    number: u32,
    /// The format of its cells that have none of their own.
    format: Option<usize>,
    /// The columns that it claims to have, and where it says so.
    spans: Option<(Range<usize>, u16, u16)>,
    last: Option<u16>,
    /// First and last column, counted from one, of the cells made in it.
    made: Option<(u16, u16)>,
}

struct Walk<'t, 's> {
    text: &'t str,
    left: Vec<(CellRef, Severity)>,
    next: usize,
    styles: &'s mut Styles,
    edits: Edits,
    prefix: String,
    /// First and last column and the format of columns that have one.
    columns: Vec<(u16, u16, usize)>,
    row: Option<Row>,
    last_row: Option<u32>,
    notes_at: Option<usize>,
    notes: Option<String>,
}

impl Walk<'_, '_> {
    fn run(&mut self) -> Result<(), Odd> {
        let text = self.text;
        let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut reader = Reader::from_str(text.get(skipped..).unwrap_or_default());
        let mut path: Vec<Level> = Vec::new();
        loop {
            let start = skipped + position(&reader);
            let event = reader.read_event()?;
            let range = start..skipped + position(&reader);
            match event {
                Event::Start(tag) => {
                    let level = self.enter(&path, &tag, &range)?;
                    path.push(level);
                }
                Event::Empty(tag) => {
                    let level = self.enter(&path, &tag, &range)?;
                    self.leave((level, path.len()), range, Some(tag.name().as_ref()))?;
                }
                Event::End(_) => {
                    let level = path.pop().ok_or_else(|| Odd::new("an end without a start"))?;
                    self.leave((level, path.len()), range, None)?;
                }
                Event::DocType(_) => return Err(Odd::new("a document type in a worksheet")),
                Event::Eof if path.is_empty() => return Ok(()),
                Event::Eof => return Err(Odd::new("a worksheet that is cut off")),
                _ => {}
            }
        }
    }

    /// Takes the start of an element.
    fn enter(&mut self, path: &[Level], tag: &BytesStart<'_>, range: &Range<usize>) -> Result<Level, Odd> {
        let name = tag.local_name();
        let level = match (path, name.as_ref()) {
            ([], "worksheet") => {
                let whole = tag.name();
                self.prefix = whole.as_ref().strip_suffix("worksheet").unwrap_or_default().to_owned();
                Level::Worksheet
            }
            ([Level::Worksheet], "cols") => Level::Columns,
            ([Level::Worksheet], "sheetData") => Level::Data,
            ([Level::Worksheet, Level::Columns], "col") => {
                self.column(tag)?;
                Level::Other
            }
            ([Level::Worksheet, Level::Data], "row") => {
                self.open_row(tag, range)?;
                Level::Row
            }
            ([Level::Worksheet, Level::Data, Level::Row], "c") => {
                self.cell(tag, range)?;
                Level::Other
            }
            ([Level::Worksheet], "legacyDrawing") => {
                let id = tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == "id");
                self.notes = Some(id.map(|id| id.value.into_owned()).unwrap_or_default());
                Level::Other
            }
            ([Level::Worksheet], name) if BEHIND_NOTES.contains(&name) => Level::Behind,
            _ => Level::Other,
        };
        Ok(level)
    }

    /// Takes the end of an element so deep, or the whole of one without content, which then has a name.
    fn leave(&mut self, (level, depth): (Level, usize), range: Range<usize>, empty: Option<&str>) -> Result<(), Odd> {
        let made = match level {
            Level::Row => self.close_row()?,
            Level::Data => self.rows_before(u32::MAX)?,
            _ => String::new(),
        };
        match empty {
            _ if made.is_empty() => {}
            Some(name) => self.edits.replace(range.end - 2..range.end, format!(">{made}</{name}>")),
            None => self.edits.insert(range.start, made),
        }
        match (level, depth) {
            (Level::Worksheet, _) if empty.is_some() => return Err(Odd::new("a worksheet without cells")),
            (Level::Worksheet, _) => self.notes_at = self.notes_at.or(Some(range.start)),
            (Level::Behind, _) => {}
            (_, 1) => self.notes_at = Some(range.end),
            _ => {}
        }
        Ok(())
    }

    fn column(&mut self, tag: &BytesStart<'_>) -> Result<(), Odd> {
        let Some(format) = number(tag, "style")? else { return Ok(()) };
        let place = |name| Ok::<_, Odd>(number(tag, name)?.unwrap_or(0).saturating_sub(1).min(usize::from(u16::MAX)) as u16);
        self.columns.push((place("min")?, place("max")?, format));
        Ok(())
    }

    fn open_row(&mut self, tag: &BytesStart<'_>, range: &Range<usize>) -> Result<(), Odd> {
        let implied = self.last_row.map_or(0, |last| last + 1);
        let row = match number(tag, "r")? {
            Some(row) => u32::try_from(row).ok().and_then(|row| row.checked_sub(1)).ok_or_else(|| Odd::new("a row zero"))?,
            None => implied,
        };
        if row < implied {
            return Err(Odd::new("rows that do not stand in order"));
        }
        let made = self.rows_before(row)?;
        if !made.is_empty() {
            if number(tag, "r")?.is_none() {
                return Err(Odd::new("a row without number behind a gap"));
            }
            self.edits.insert(range.start, made);
        }
        let has_format = attribute(tag, "customFormat").is_some_and(|(flag, _)| matches!(flag.as_str(), "1" | "true"));
        let format = number(tag, "s")?.filter(|_| has_format);
        let spans = attribute(tag, "spans").and_then(|(value, _)| {
            let (first, last) = value.split_once(':')?;
            Some((self.range_of(tag, "spans")?, first.parse().ok()?, last.parse().ok()?))
        });
        self.row = Some(Row { number: row, format, spans, last: None, made: None });
        self.last_row = Some(row);
        Ok(())
    }

    fn cell(&mut self, tag: &BytesStart<'_>, range: &Range<usize>) -> Result<(), Odd> {
        let Some(row) = &self.row else { return Ok(()) };
        let (number_of_row, last) = (row.number, row.last);
        let implied = last.map_or(Some(0), |last| last.checked_add(1)).ok_or_else(|| Odd::new("too many cells"))?;
        let written = attribute(tag, "r");
        let col = match &written {
            Some((place, _)) => {
                let at: CellRef = place.trim().to_ascii_uppercase().parse().map_err(|_| Odd::new("a cell without place"))?;
                if at.row != number_of_row || at.col < implied {
                    return Err(Odd::new("cells that do not stand in order"));
                }
                at.col
            }
            None => implied,
        };
        let at = CellRef::new(number_of_row, col);
        let made = self.cells_before(at)?;
        if !made.is_empty() {
            if written.is_none() {
                return Err(Odd::new("a cell without place behind a gap"));
            }
            self.edits.insert(range.start, made);
        }
        if let Some(row) = &mut self.row {
            row.last = Some(col);
        }
        let Some((_, severity)) = self.left.get(self.next).copied().filter(|(place, _)| *place == at) else { return Ok(()) };
        self.next += 1;
        let own = number(tag, "s")?.unwrap_or(0);
        if !self.styles.has(own) {
            return Err(Odd::new("a cell of a format that is not there"));
        }
        if let Some(format) = self.styles.marked(own, severity)? {
            match attribute(tag, "s") {
                Some(_) => {
                    let value = self.range_of(tag, "s").ok_or_else(|| Odd::new("a format that is not found again"))?;
                    self.edits.replace(value, format.to_string());
                }
                None => self.edits.insert(range.start + 1 + tag.name().as_ref().len(), format!(" s=\"{format}\"")),
            }
        }
        Ok(())
    }

    /// The rows that are made for the marks above a row.
    fn rows_before(&mut self, row: u32) -> Result<String, Odd> {
        let mut made = String::new();
        while let Some((at, _)) = self.left.get(self.next).copied().filter(|(at, _)| at.row < row) {
            self.row = Some(Row { number: at.row, format: None, spans: None, last: None, made: None });
            let cells = self.cells_before(CellRef::new(at.row + 1, 0))?;
            let prefix = &self.prefix;
            made.push_str(&format!("<{prefix}row r=\"{}\">{cells}</{prefix}row>", at.row + 1));
        }
        Ok(made)
    }

    /// The cells that are made for the marks of the row before a place.
    fn cells_before(&mut self, place: CellRef) -> Result<String, Odd> {
        let mut made = String::new();
        while let Some((at, severity)) = self.left.get(self.next).copied().filter(|(at, _)| *at < place) {
            self.next += 1;
            let column = self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&at.col));
            let below = self.row.as_ref().and_then(|row| row.format).or(column.map(|(_, _, format)| *format)).unwrap_or(0);
            if !self.styles.has(below) {
                return Err(Odd::new("a row or column of a format that is not there"));
            }
            let format = self.styles.marked(below, severity)?.unwrap_or(below);
            made.push_str(&format!("<{}c r=\"{at}\" s=\"{format}\"/>", self.prefix));
            if let Some(row) = &mut self.row {
                let col = at.col.saturating_add(1);
                row.made = Some(row.made.map_or((col, col), |(first, last)| (first.min(col), last.max(col))));
            }
        }
        Ok(made)
    }

    /// Ends the row, and gives the cells that are made at its end.
    fn close_row(&mut self) -> Result<String, Odd> {
        let Some(number) = self.row.as_ref().map(|row| row.number) else { return Ok(String::new()) };
        let made = self.cells_before(CellRef::new(number + 1, 0))?;
        if let Some(Row { spans: Some((range, first, last)), made: Some((least, most)), .. }) = self.row.take()
            && (least < first || most > last)
        {
            self.edits.replace(range, format!("{}:{}", least.min(first), most.max(last)));
        }
        Ok(made)
    }

    /// Where the value of an attribute lies in the part.
    fn range_of(&self, tag: &BytesStart<'_>, name: &str) -> Option<Range<usize>> {
        let (_, value) = attribute(tag, name)?;
        let start = value?.checked_sub(self.text.as_ptr() as usize)?;
        let length = self.text.get(start..)?.find(['"', '\''])?;
        Some(start..start + length)
    }
}

/// What an element is on the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Worksheet,
    Columns,
    Data,
    Row,
    Behind,
    Other,
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The value of an attribute, and where it lies in memory if it is part of the text.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<(String, Option<usize>)> {
    let found = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    let place = match &found.value {
        std::borrow::Cow::Borrowed(value) => Some(value.as_ptr() as usize),
        std::borrow::Cow::Owned(_) => None,
    };
    Some((found.value.into_owned(), place))
}

fn number(tag: &BytesStart<'_>, name: &str) -> Result<Option<usize>, Odd> {
    attribute(tag, name).map(|(value, _)| value.trim().parse().map_err(|_| Odd::new(format!("{name} is no number")))).transpose()
}
