//! Takes the marks of an earlier review out of a package that was edited and saved since; leaves all else as the editor left it.

use super::book::Book;
use super::journal;
use super::notes;
use super::odd::Odd;
use super::relations::{Relations, Types};
use super::review;
use super::shapes;
use super::styles;
use super::workbook::Workbook;
use crate::grid::Sheet;

/// Parts that belong to a sheet alone and go with it.
const OWN: [&str; 5] = ["comments", "threadedComment", "vmlDrawing", "printerSettings", "drawing"];

/// Takes out the marks; `review` is the sheet of the earlier review, where it is still there.
pub(super) fn remove(book: &mut Book<'_>, review: Option<&Sheet>) -> Result<(), Odd> {
    let had_journal = book.has(journal::PATH);
    if had_journal {
        Relations::of(book, "")?.without(book, |relation| relation.kind == journal::KIND)?;
        Types::of(book)?.without(book, &[journal::PATH.to_owned()])?;
        book.remove(journal::PATH);
    }
    let had_notes = remove_notes(book)?;
    if let Some(sheet) = review {
        remove_sheet(book, sheet)?;
    }
    if had_journal || had_notes || review.is_some() {
        let workbook = Workbook::of(book)?;
        let path = Relations::of(book, &workbook.path)?.of_kind("styles").map(|relation| relation.target.clone());
        if let Some(path) = path.filter(|path| book.has(path)) {
            let text = book.text(&path)?;
            let edits = styles::uncover(&text, &review.map(review::covered).unwrap_or_default())?;
            if !edits.is_empty() {
                let former = edits.apply(&text)?;
                book.restore(&path, former);
            }
        }
    }
    Ok(())
}

fn remove_notes(book: &mut Book<'_>) -> Result<bool, Odd> {
    let mut found = false;
    for part in Workbook::of(book)?.sheets.into_iter().filter_map(|sheet| sheet.part) {
        let relations = Relations::of(book, &part)?;
        let Some(path) = relations.of_kind("comments").map(|relation| relation.target.clone()) else { continue };
        if !book.has(&path) {
            continue;
        }
        let text = book.text(&path)?;
        let Some((edits, gone)) = notes::remove(&text)? else { continue };
        found = true;
        book.restore(&path, edits.apply(&text)?);
        let drawings = relations.list.iter().filter(|relation| relation.kind == "vmlDrawing");
        for drawing in drawings.map(|relation| &relation.target) {
            if book.has(drawing) {
                let former = shapes::remove(&book.text(drawing)?, &gone)?;
                book.restore(drawing, former);
            }
        }
    }
    Ok(found)
}

fn remove_sheet(book: &mut Book<'_>, sheet: &Sheet) -> Result<(), Odd> {
    let workbook = Workbook::of(book)?;
    let named = |listed: &super::workbook::Listed| listed.name == sheet.name && listed.part.is_some();
    let Some(place) = workbook.sheets.iter().position(named) else { return Err(Odd::new("the earlier review is not found")) };
    let Some(part) = workbook.sheets[place].part.clone() else { return Ok(()) };
    workbook.without(book, place)?;
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part.as_str()));
    let mut gone = vec![crate::edge::read::join(folder, &format!("_rels/{file}.rels"))];
    let own = Relations::of(book, &part)?.list.into_iter().filter(|relation| OWN.contains(&relation.kind.as_str()));
    gone.extend(own.map(|relation| relation.target).filter(|target| !target.is_empty()));
    gone.push(part);
    gone.retain(|part| book.has(part));
    gone.iter().for_each(|part| book.remove(part));
    Types::of(book)?.without(book, &gone)
}
