//! Reads .xlsx workbooks, each part unpacked once and handed to the cell reader in a plain package; never a whole range at once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use memchr::memmem;

use super::collect::{self, Collector};
use super::limits::Budget;
use super::number_format::Decimals;
use super::package::{PARTS, Package, stored};
use super::saved;
use super::scan::{self, Part, Written};
use super::unreadable::{Limit, Unreadable};
use super::xml;
use crate::grid::{Formula, Grid, Sheet, Shown, Value};
use crate::value::CellRef;

/// From so many bytes on a sheet may have more empty cells than the memory has room for.
const LARGE: usize = 32 << 20;
/// So many bad cells in one sheet are no longer an accident.
const BAD_CELLS: usize = 1000;

/// A sheet as the workbook part lists it.
struct Listed {
    name: String,
    hidden: bool,
    part: Vec<u8>,
}

/// What the workbook part and its relations tell.
struct Listing {
    sheets: Vec<(String, bool, String)>,
    strings: Option<String>,
    styles: Option<String>,
    from_1904: bool,
}

/// Reads the workbook.
pub(super) fn read(mut package: Package<'_>, budget: &Budget) -> Result<Grid, Unreadable> {
    let core = package.part("docprops/core.xml")?.unwrap_or_default();
    let (mark, saved) = (mark(&core), saved::in_xml(&core, "modified"));
    let listing = listing(&mut package, budget)?;
    let mut listed = Vec::with_capacity(listing.sheets.len());
    for (name, hidden, path) in listing.sheets {
        let part = package.part(&path)?.ok_or_else(|| Unreadable::damaged_sheet(&name, "its part is missing"))?;
        let mut part = scan::plain(part, budget)?;
        scan::forget_extent(&mut part);
        listed.push(Listed { name, hidden, part });
    }
    let strings = optional(&mut package, listing.strings, budget)?;
    let styles = optional(&mut package, listing.styles, budget)?.map(|styles| needed_styles(&styles)).transpose()?;
    if let Some(strings) = &strings {
        // However short, a text takes more memory once it is read than in the file.
        budget.allows(Part::new(strings, "sst").count("si"), 0)?;
    }

    let parts = plain_package(&listed, strings, styles, listing.from_1904);
    let package = stored(&parts)?;
    drop(parts);
    let mut workbook = Xlsx::new(Cursor::new(package)).map_err(Unreadable::damaged)?;
    let first = first_string(&mut workbook, listed.len());
    let mut reading = Reading { workbook, first, collector: Collector::new(budget), decimals: Vec::new() };
    let mut sheets = Vec::with_capacity(listed.len());
    for (place, sheet) in listed.iter().enumerate() {
        sheets.push(reading.sheet(place, sheet)?);
    }
    Ok(Grid { sheets, mark, saved, ..Grid::default() })
}

fn optional(package: &mut Package<'_>, path: Option<String>, budget: &Budget) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some(path) = path else { return Ok(None) };
    package.part(&path)?.map(|part| scan::plain(part, budget)).transpose()
}

/// The most formats of cells and of numbers, and the longest of them: each cell format gets a copy of its number format.
const STYLES: usize = 65_536;
const STYLE_BYTES: usize = 2048;

/// The formats of numbers, and which cell format has which.
fn needed_styles(styles: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let part = Part::new(styles, "styleSheet");
    let kept = ["numFmts", "cellXfs"].map(|name| part.element(name).unwrap_or_default());
    let plain = [b"<styleSheet>", kept[0], kept[1], b"</styleSheet>"].concat();
    if part.count("xf") > STYLES || part.count("numFmt") > STYLES || part.longest("numFmt") > STYLE_BYTES {
        return Err(Unreadable::TooLarge { what: Limit::Parts });
    }
    Ok(plain)
}

/// The kind of output of this program that the document properties name.
fn mark(core: &[u8]) -> Option<String> {
    const OPEN: &[u8] = b"category>yusuan:";
    let rest = core.get(memmem::find(core, OPEN)? + OPEN.len()..)?;
    let word = std::str::from_utf8(rest.get(..memchr::memchr(b'<', rest)?)?).ok()?;
    Some(word.trim().to_owned())
}

/// The longest path that a relation may lead to.
const PATH_BYTES: usize = 4096;

/// Finds the parts of the workbook by their relations, as their names are free.
fn listing(package: &mut Package<'_>, budget: &Budget) -> Result<Listing, Unreadable> {
    let mut workbook = "xl/workbook.xml".to_owned();
    if let Some(relations) = package.part("_rels/.rels")? {
        let relations = relations_of(&relations, "", budget)?;
        if let Some((_, path)) = relations.into_values().find(|(kind, path)| kind == "officeDocument" && !path.is_empty()) {
            workbook = path;
        }
    }
    let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
    let relations = package.part(join(folder, &format!("_rels/{file}.rels")).as_str())?;
    let relations = relations_of(&relations.unwrap_or_default(), folder, budget)?;
    let book = package.part(&workbook)?.ok_or_else(|| Unreadable::damaged("the workbook part is missing"))?;

    let by_kind = |kind| relations.values().find(|(k, _)| k == kind).map(|(_, path)| path.clone());
    let (strings, styles) = (by_kind("sharedStrings"), by_kind("styles"));
    let mut listing = Listing { sheets: Vec::new(), strings, styles, from_1904: false };
    let mut lost = None;
    xml::elements(&book, budget, |name, tag| match name {
        "sheet" => {
            budget.allows_sheets(listing.sheets.len() + 1)?;
            let sheet = xml::attribute(tag, "name").unwrap_or_default();
            let hidden = xml::attribute(tag, "state").is_some_and(|s| s.to_ascii_lowercase().ends_with("hidden"));
            match xml::local_attribute(tag, "id").and_then(|id| relations.get(&id)) {
                Some((kind, path)) if kind == "worksheet" => listing.sheets.push((sheet, hidden, path.clone())),
                // Charts, dialogs and old macro sheets hold no table.
                Some(_) => {}
                None => lost = Some(sheet),
            }
            Ok(())
        }
        "workbookPr" => {
            // An extension of the same name carries no such attribute.
            if let Some(flag) = xml::attribute(tag, "date1904") {
                listing.from_1904 = flag == "1" || flag == "true";
            }
            Ok(())
        }
        _ => Ok(()),
    })?;
    match lost {
        Some(sheet) => Err(Unreadable::damaged_sheet(&sheet, "no part belongs to it")),
        None => Ok(listing),
    }
}

/// The relations of a part in a folder: by their names, the last word of their kind and the path they lead to.
pub(super) fn relations_of(part: &[u8], folder: &str, budget: &Budget) -> Result<HashMap<String, (String, String)>, Unreadable> {
    let mut relations = HashMap::new();
    xml::elements(part, budget, |name, tag| {
        if let ("Relationship", Some(id)) = (name, xml::attribute(tag, "Id")) {
            let kind = xml::attribute(tag, "Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            let target = xml::attribute(tag, "Target").unwrap_or_default();
            if target.len() > PATH_BYTES {
                return Err(Unreadable::damaged("a relation leads too far"));
            }
            relations.insert(id, (kind, join(folder, &target)));
            if relations.len() > PARTS {
                return Err(Unreadable::TooLarge { what: Limit::Parts });
            }
        }
        Ok(())
    })?;
    Ok(relations)
}

/// The path of a target seen from a folder, as the package knows it.
pub(in crate::edge) fn join(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/").to_ascii_lowercase();
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.retain(|step| !matches!(*step, "" | "."));
    steps.join("/")
}

/// The parts of a package with the same cells and nothing that the cell reader needs not, or could stumble over: sheets go by
/// their number, because two of them may share a name.
fn plain_package(
    sheets: &[Listed],
    strings: Option<Vec<u8>>,
    styles: Option<Vec<u8>>,
    from_1904: bool,
) -> Vec<(String, Cow<'_, [u8]>)> {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut book, mut relations) =
        (format!("<workbook><workbookPr date1904=\"{}\"/><sheets>", u8::from(from_1904)), String::new());
    for place in 0..=sheets.len() {
        // Writing to a string cannot fail.
        let _ = write!(book, "<sheet name=\"{place}\" id=\"{place}\"/>");
        let _ = write!(relations, "<Relationship Id=\"{place}\" Type=\"{KIND}/worksheet\" Target=\"{place}.xml\"/>");
    }
    book.push_str("</sheets></workbook>");
    let related = |inner: &str| format!("<Relationships>{inner}</Relationships>").into_bytes();
    let root = related(&format!("<Relationship Id=\"0\" Type=\"{KIND}/officeDocument\" Target=\"xl/workbook.xml\"/>"));

    let mut parts = vec![
        ("_rels/.rels".to_owned(), Cow::Owned(root)),
        ("xl/workbook.xml".to_owned(), Cow::Owned(book.into_bytes())),
        ("xl/_rels/workbook.xml.rels".to_owned(), Cow::Owned(related(&relations))),
    ];
    if let Some(mut strings) = strings {
        // A false count of strings would reserve all memory at once; without a count none is reserved.
        if let Some(at) = memmem::find(&strings, b"uniqueCount") {
            strings[at] = b'_';
        }
        parts.push(("xl/sharedStrings.xml".to_owned(), Cow::Owned(strings)));
    }
    if let Some(styles) = styles {
        parts.push(("xl/styles.xml".to_owned(), Cow::Owned(styles)));
    }
    let cell = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>";
    parts.push((format!("xl/{}.xml", probe(sheets.len())), Cow::Borrowed(cell.as_bytes())));
    parts.extend(
        sheets.iter().enumerate().map(|(place, sheet)| (format!("xl/{place}.xml"), Cow::Borrowed(sheet.part.as_slice()))),
    );
    parts
}

/// The name of the sheet that the plain package has beside those of the workbook: its one cell names the first text.
fn probe(sheets: usize) -> String {
    sheets.to_string()
}

/// Where the first text stands in memory. The cell reader hands it over also for a cell that names a text by something that
/// is no number, which has to be told apart.
fn first_string(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheets: usize) -> Option<*const u8> {
    let mut cells = workbook.worksheet_cells_reader(&probe(sheets)).ok()?;
    match cells.next_cell().ok()??.get_value() {
        DataRef::SharedString(first) => Some(first.as_ptr()),
        _ => None,
    }
}

/// What goes along with the reading of sheet after sheet.
struct Reading<'b> {
    workbook: Xlsx<Cursor<Vec<u8>>>,
    first: Option<*const u8>,
    collector: Collector<'b>,
    decimals: Vec<Decimals>,
}

impl Reading<'_> {
    fn sheet(&mut self, place: usize, listed: &Listed) -> Result<Sheet, Unreadable> {
        let Self { workbook, first, collector, decimals } = self;
        let damaged = |error: XlsxError| Unreadable::damaged_sheet(&listed.name, error);
        let part = Part::new(&listed.part, "worksheet");
        if let Some(wrong) = part.impossible_place() {
            return Err(Unreadable::damaged_sheet(&listed.name, format!("a cell beyond the edge of the sheet: {wrong}")));
        }
        // Cells that hold nothing are not counted, and yet take memory when formulas are looked for.
        if listed.part.len() > LARGE {
            collector.allows(part.count("c") / 8)?;
        }
        if let Some(cut) = part.cut_value() {
            return Err(Unreadable::damaged_sheet(&listed.name, format!("a value that is no plain text: {cut}")));
        }
        let mut sheet = collector.sheet(&listed.name, listed.hidden)?;
        sheet.merges = part.merges();
        let hidden = part.hidden();
        (sheet.hidden_rows, sheet.hidden_columns) = (hidden.rows, hidden.columns);
        let written = part.formulas();
        let (mut next_formula, mut shared) = (0, HashMap::new());

        let mut cells = workbook.worksheet_cells_reader(&place.to_string()).map_err(damaged)?;
        if decimals.is_empty() {
            let code = |style: &calamine::Style| {
                style.number_format.as_ref().map_or(Decimals::General, |f| Decimals::of(&f.format_code))
            };
            *decimals = cells.styles().iter().map(code).collect();
        }
        let (mut count, mut bad, mut last) = (0, 0, CellRef::new(0, 0));
        loop {
            match cells.next_cell_with_style_id() {
                Ok(None) => break,
                Ok(Some((cell, style))) => {
                    let (row, col) = cell.get_position();
                    last = collect::place(row, col).unwrap_or(last);
                    // Cells that could not be read may have had formulas.
                    while written.get(next_formula).is_some_and(|f| f.count < count) {
                        next_formula += 1;
                    }
                    let formula = written.get(next_formula).filter(|f| f.count == count);
                    let (value, shown) = match cell.get_value() {
                        DataRef::Empty if formula.is_some_and(|f| !f.has_result) => (Value::Uncalculated, Shown::Unknown),
                        DataRef::SharedString(text) if Some(text.as_ptr()) == *first && !names_first(part.cell(count).1) => {
                            (collect::missing_text(), Shown::Unknown)
                        }
                        data => collect::value(data.clone(), || decimals.get(style).copied().unwrap_or(Decimals::General)),
                    };
                    if let Some(formula) = formula.and_then(|formula| behind(formula, last, &mut shared)) {
                        collector.formula(&mut sheet, formula)?;
                    }
                    collector.push(&mut sheet, row, col, value, shown)?;
                }
                Err(error) if is_of_one_cell(&error) && bad < BAD_CELLS => {
                    bad += 1;
                    let (place, text) = part.cell(count);
                    last = place.unwrap_or(CellRef::new(last.row, last.col.saturating_add(1)));
                    let (value, shown) = bad_value(&error, text);
                    collector.push(&mut sheet, last.row, u32::from(last.col), value, shown)?;
                }
                Err(error) => return Err(damaged(error)),
            }
            count += 1;
        }
        collector.finish(sheet)
    }
}

/// What stands for a cell that the cell reader makes nothing of.
fn bad_value(error: &XlsxError, text: &str) -> (Value, Shown) {
    match (error, text.trim().parse()) {
        // A number between spaces.
        (XlsxError::ParseFloat(_), Ok(float)) => collect::number(float, Decimals::Unknown),
        // A place beyond the table of texts.
        (XlsxError::Unexpected(_), _) => (collect::missing_text(), Shown::Unknown),
        _ if text.is_empty() => (Value::Error(error.to_string()), Shown::Unknown),
        _ => (Value::Error(text.to_owned()), Shown::Unknown),
    }
}

/// Whether a stored text is the number of the first text of the table.
fn names_first(stored: &str) -> bool {
    !stored.is_empty() && stored.bytes().all(|b| b == b'0')
}

/// The formula behind a cell; a shared one is written where it is met first.
fn behind(written: &Written, at: CellRef, shared: &mut HashMap<String, (String, CellRef)>) -> Option<Formula> {
    let (text, from) = match &written.shared {
        Some(name) if written.text.is_empty() => shared.get(name)?.clone(),
        Some(name) => {
            let own = (written.text.clone(), at);
            shared.insert(name.clone(), own.clone());
            own
        }
        None => (written.text.clone(), at),
    };
    (!text.is_empty()).then_some(Formula { at, text, from, gives: None })
}

/// Whether only the value of one cell is wrong and reading can go on behind it.
fn is_of_one_cell(error: &XlsxError) -> bool {
    use XlsxError::{CellError, CellTAttribute, ParseFloat, Unexpected, UnexpectedNode, Unrecognized};
    matches!(error, CellError(_) | CellTAttribute(_) | ParseFloat(_) | Unexpected(_) | UnexpectedNode(_) | Unrecognized { .. })
}
