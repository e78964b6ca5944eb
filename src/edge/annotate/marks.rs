//! Puts the marks of a review into a package: plans what each part needs, and has the parts changed; never reads a value.

use std::collections::BTreeMap;

use super::book::Book;
use super::journal;
use super::notes;
use super::odd::Odd;
use super::relations::{Dialect, Relation, Relations, Types};
use super::review::{self, Answers};
use super::shapes;
use super::sheet;
use super::styles::Styles;
use super::tree;
use super::workbook::Workbook;
use super::{Line, Review};
use crate::edge::read::Part;
use crate::template::Severity;
use crate::value::CellRef;

/// The kinds of parts that are added.
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const DRAWING: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
/// The most cells with comments; spreadsheets become slow with many, and the lines are all in the sheet.
const NOTES: usize = 3_000;
/// The most signs of one finding and of all findings in a comment.
const FINDING: usize = 1_500;
const NOTE: usize = 6_000;

/// The extensions of packages by the kind of their workbook.
const EXTENSIONS: [(&str, &str); 4] = [
    ("ms-excel.sheet.macroenabled", "xlsm"),
    ("ms-excel.template.macroenabled", "xltm"),
    ("spreadsheetml.template", "xltx"),
    ("spreadsheetml.sheet", "xlsx"),
];

/// What is put at one cell.
struct Mark {
    severity: Severity,
    note: String,
}

/// Puts the review into the package, and tells under which extension spreadsheets open it.
pub(super) fn put(book: &mut Book<'_>, review: &Review, answers: Answers) -> Result<&'static str, Odd> {
    let workbook = Workbook::of(book)?;
    let dialect = workbook.dialect;
    let (mut types, mut relations) = (Types::of(book)?, Relations::of(book, &workbook.path)?);
    let extension = extension(types.kind(&workbook.path))?;
    let known = relations.of_kind("styles").map(|relation| relation.target.clone()).filter(|path| book.has(path));
    let styles_path = known.clone().unwrap_or_else(|| book.unused("xl/styles", ".xml"));
    let mut styles = Styles::of(book, &styles_path, dialect)?;

    let mut left = NOTES;
    for (name, lines) in by_sheet(review) {
        let listed = workbook.sheet(name)?;
        let part = listed.part.clone().unwrap_or_default();
        let place = workbook.sheets.iter().position(|sheet| sheet.part.as_ref() == Some(&part)).unwrap_or(0);
        let text = book.text(&part)?;
        let marks = marks(&lines, &text);
        let noted: BTreeMap<CellRef, String> = marks.iter().take(left).map(|(at, mark)| (*at, mark.note.clone())).collect();
        left -= noted.len();
        let severities = marks.iter().map(|(at, mark)| (*at, mark.severity)).collect();
        let mut coloured = sheet::colour(&text, &severities, &mut styles)?;
        let mut own = Relations::of(book, &part)?;
        if let Some(id) = note(book, (&mut own, &mut types), (place, dialect, coloured.notes.as_deref()), &noted)? {
            let (prefix, namespace) = (&coloured.prefix, dialect.relations);
            let drawing = format!("<{prefix}legacyDrawing r:id=\"{id}\" xmlns:r=\"{namespace}\"/>");
            coloured.edits.insert(coloured.notes_at, drawing);
        }
        own.finish(book)?;
        book.change(&part, text, coloured.edits)?;
    }

    let name = workbook.unused_name(&review.sheet);
    let drawn = review::draw(review, answers, &mut styles, dialect);
    let part = book.unused("xl/worksheets/sheet", ".xml");
    book.add(&part, drawn.part);
    types.add(&part, &format!("{TYPE}.worksheet+xml"));
    let id = relations.add(&format!("{}/worksheet", dialect.relations), &part);
    if styles.finish(book)? {
        types.add(&styles_path, &format!("{TYPE}.styles+xml"));
        relations.add(&format!("{}/styles", dialect.relations), &styles_path);
    }
    workbook.add(book, &name, &id, (&drawn.filtered, &drawn.repeated))?;
    let mut root = Relations::of(book, "")?;
    journal::list(&mut root, &mut types);
    root.finish(book)?;
    relations.finish(book)?;
    types.finish(book)?;
    journal::write(book)?;
    Ok(extension)
}

/// The extension of a package by the kind of its workbook.
fn extension(kind: Option<&str>) -> Result<&'static str, Odd> {
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let known = EXTENSIONS.into_iter().find(|(part, _)| kind.contains(part));
    known.map(|(_, extension)| extension).ok_or_else(|| Odd::new(format!("a workbook of another kind: {kind}")))
}

/// The lines that have a cell, by the sheet it stands in.
fn by_sheet(review: &Review) -> BTreeMap<&str, Vec<(CellRef, &Line)>> {
    let mut sheets: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for line in &review.lines {
        if let (Some(sheet), Some(cell), None) = (&line.sheet, line.cell, &line.explained) {
            sheets.entry(sheet).or_default().push((cell, line));
        }
    }
    sheets
}

/// One mark for each cell; that of a merged cell stands in its first corner.
fn marks(lines: &[(CellRef, &Line)], worksheet: &str) -> BTreeMap<CellRef, Mark> {
    let mut corners: BTreeMap<CellRef, CellRef> = lines.iter().map(|(cell, _)| (*cell, *cell)).collect();
    for area in Part::new(worksheet.as_bytes(), "worksheet").merges() {
        let rows = CellRef::new(area.first.row, 0)..=CellRef::new(area.last.row, u16::MAX);
        let inside = corners.range_mut(rows).filter(|(cell, _)| (area.first.col..=area.last.col).contains(&cell.col));
        inside.for_each(|(_, corner)| *corner = area.first);
    }
    let mut marks: BTreeMap<CellRef, Mark> = BTreeMap::new();
    for (cell, line) in lines {
        let at = corners.get(cell).copied().unwrap_or(*cell);
        let note = noted(line);
        marks
            .entry(at)
            .and_modify(|mark| {
                mark.severity = mark.severity.max(line.severity);
                if !mark.note.ends_with('…') {
                    mark.note = tree::cut(&format!("{}\n\n{note}", mark.note), NOTE);
                }
            })
            .or_insert(Mark { severity: line.severity, note });
    }
    marks
}

/// A finding as its comment tells it.
fn noted(line: &Line) -> String {
    let advice = if line.advice.is_empty() { String::new() } else { format!("\n→ {}", line.advice) };
    tree::cut(&format!("{} {}\n{}{advice}", line.word, line.rule, line.message), FINDING)
}

/// Adds comments to a sheet, and gives the name of the relation to a drawing that the sheet has to be told of.
fn note(
    book: &mut Book<'_>,
    (own, types): (&mut Relations, &mut Types),
    (place, dialect, drawing): (usize, Dialect, Option<&str>),
    notes: &BTreeMap<CellRef, String>,
) -> Result<Option<String>, Odd> {
    if notes.is_empty() {
        return Ok(None);
    }
    let there = |relation: &Relation| {
        let lost = || Odd::new(format!("a part of the comments is lost: {}", relation.target));
        if book.has(&relation.target) { Ok(relation.target.clone()) } else { Err(lost()) }
    };
    let comments = own.of_kind("comments").map(there).transpose()?;
    // The drawings of pictures in headers are of the same kind, so only the sheet itself tells which is that of its comments.
    let of_id = |id: &str| {
        let relation = own.list.iter().find(|relation| relation.id == id && relation.kind == "vmlDrawing");
        relation.ok_or_else(|| Odd::new("the drawing of the comments is lost")).and_then(there)
    };
    let drawing = drawing.map(of_id).transpose()?;
    let new: Vec<CellRef> = match comments {
        Some(path) => {
            let text = book.text(&path)?;
            let noted = notes::add(&text, notes)?;
            book.change(&path, text, noted.edits)?;
            noted.new
        }
        None => {
            let path = book.unused("xl/comments", ".xml");
            book.add(&path, notes::fresh(dialect, notes));
            types.add(&path, &format!("{TYPE}.comments+xml"));
            own.add(&format!("{}/comments", dialect.relations), &path);
            notes.keys().copied().collect()
        }
    };
    let boxes: Vec<(CellRef, &str)> = new.iter().filter_map(|at| Some((*at, notes.get(at)?.as_str()))).collect();
    match drawing {
        _ if boxes.is_empty() => Ok(None),
        Some(path) => {
            let text = book.text(&path)?;
            let (at, shapes) = shapes::added(&text, &boxes)?;
            let mut edits = super::edits::Edits::default();
            edits.insert(at, shapes);
            book.change(&path, text, edits)?;
            Ok(None)
        }
        None => {
            let path = book.unused("xl/drawings/vmlDrawing", ".vml");
            book.add(&path, shapes::fresh(place, &boxes));
            types.add_default("vml", DRAWING);
            types.add(&path, DRAWING);
            Ok(Some(own.add(&format!("{}/vmlDrawing", dialect.relations), &path)))
        }
    }
}
