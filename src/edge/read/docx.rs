//! Reads the paragraphs and tables of a Word document in their order; never the text that was struck out of it.

use quick_xml::events::{BytesStart, Event};

use super::flow::{Flow, Stands};
use super::limits::Budget;
use super::package::Package;
use super::unreadable::Unreadable;
use super::xml::Events;
use super::{xlsx, xml};
use crate::grid::Grid;

/// Elements whose content is not shown, is shown twice, or stands elsewhere by now.
const UNSEEN: [&str; 7] = ["Fallback", "moveFrom", "del", "instrText", "rPr", "pPr", "tblPr"];

/// Reads the document; the file is called `name`.
pub(super) fn read(mut package: Package<'_>, name: &str, budget: &Budget) -> Result<Grid, Unreadable> {
    let part = main_part(&mut package, budget)?;
    let part = package.part(&part)?.ok_or_else(|| Unreadable::damaged("the document part is missing"))?;
    let part = xml::utf8(&part);
    let mut document = Document { events: Events::new(&part, budget), flow: Flow::new(budget), cell: None, in_text: false };
    loop {
        match document.events.next()? {
            Event::Start(tag) => document.start(&tag)?,
            Event::Text(text) if document.in_text => document.flow.text(&text.xml10_content()),
            Event::CData(text) if document.in_text => document.flow.text(&text.xml10_content()),
            Event::GeneralRef(reference) if document.in_text => xml::push_reference(document.flow.target(), &reference),
            Event::End(tag) if tag.local_name().as_ref() == "document" => return document.flow.finish(name, &|_, _| None),
            Event::End(tag) => document.end(tag.local_name().as_ref())?,
            Event::Eof => return Err(Unreadable::damaged("the document is cut off")),
            _ => {}
        }
    }
}

/// The part with the text, by its relation, as its name is free.
fn main_part(package: &mut Package<'_>, budget: &Budget) -> Result<String, Unreadable> {
    let relations = package.part("_rels/.rels")?.unwrap_or_default();
    let relations = xlsx::relations_of(&relations, "", budget)?;
    let main = relations.into_values().find(|(kind, path)| kind == "officeDocument" && !path.is_empty());
    Ok(main.map_or_else(|| "word/document.xml".to_owned(), |(_, path)| path))
}

struct Document<'x> {
    events: Events<'x>,
    flow: Flow<'x>,
    /// The cell whose properties are read: how many columns it spans, and whether it begins or continues a merge downward.
    cell: Option<(u32, Option<bool>)>,
    in_text: bool,
}

impl Document<'_> {
    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        let name = tag.local_name();
        match name.as_ref() {
            unseen if UNSEEN.contains(&unseen) => {
                self.events.skip()?;
            }
            "t" => self.in_text = true,
            "tbl" => {
                self.begin_cell()?;
                self.flow.open_table(None)?;
            }
            "tr" => self.flow.open_row()?,
            "gridBefore" => self.flow.skip(number(tag).unwrap_or(0)),
            "tc" => self.cell = Some((1, None)),
            "gridSpan" => self.cell = self.cell.map(|(_, merge)| (number(tag).unwrap_or(1), merge)),
            "vMerge" => {
                let begins = xml::local_attribute(tag, "val").is_some_and(|val| val == "restart");
                self.cell = self.cell.map(|(columns, _)| (columns, Some(begins)));
            }
            "p" => self.begin_cell()?,
            "tab" | "ptab" => self.flow.text("\t"),
            "noBreakHyphen" => self.flow.text("-"),
            "br" if xml::local_attribute(tag, "type").is_some_and(|kind| kind != "textWrapping") => self.flow.end_paragraph()?,
            "br" | "cr" => self.flow.text("\n"),
            // A text box has paragraphs of its own within a paragraph.
            "txbxContent" => self.flow.end_paragraph()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "t" => self.in_text = false,
            "p" => self.flow.end_paragraph()?,
            "tcPr" => self.begin_cell()?,
            "tc" => {
                self.begin_cell()?;
                self.flow.close_cell()?;
            }
            "tr" => self.flow.close_row()?,
            "tbl" => self.flow.close_table()?,
            _ => {}
        }
        Ok(())
    }

    /// Begins the cell whose properties have been read.
    fn begin_cell(&mut self) -> Result<(), Unreadable> {
        let Some((columns, merge)) = self.cell.take() else { return Ok(()) };
        let stands = match merge {
            None => Stands::Over(columns, 1),
            Some(true) => Stands::Above(columns),
            Some(false) => Stands::Below(columns),
        };
        self.flow.open_cell(stands, None)
    }
}

fn number(tag: &BytesStart<'_>) -> Option<u32> {
    xml::local_attribute(tag, "val")?.trim().parse().ok()
}
