//! The drawings of comments, which a spreadsheet needs to show them: made, added and taken out; never relies on their being XML,
//! because those of other programs often are none.

use std::collections::HashSet;
use std::fmt::Write;

use roxmltree::Node;

use super::edits::Edits;
use super::odd::Odd;
use super::tree;
use crate::value::CellRef;

/// The names that a drawing of comments is written in.
const NAMES: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
    xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";
/// The kind that the box of a comment is of.
const KIND: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
    <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";
/// What the number of a shape stands behind.
const SHAPE: &str = "_x0000_s";
/// What a shape ends with.
const END: &str = "</v:shape>";
/// So many numbers of shapes belong together.
const BLOCK: usize = 1024;
/// The last row and column of a sheet.
const LAST: (u32, u16) = (1_048_575, 16_383);
/// A box is so many columns wide, and holds so many half-width signs in a line.
const COLUMNS: u16 = 4;
const SIGNS: usize = 44;
/// The fewest and the most rows that a box is high.
const ROWS: (usize, usize) = (4, 18);

/// A new drawing of comments for the sheet at a place of the workbook.
pub(super) fn fresh(place: usize, notes: &[(CellRef, &str)]) -> String {
    let first = (place + 1) * BLOCK + 1;
    format!(
        "<xml {NAMES}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{}\"/></o:shapelayout>{KIND}{}</xml>",
        place + 1,
        shapes(first, notes, "")
    )
}

/// Boxes for more comments, and where in the drawing they go.
///
/// # Errors
/// When it is none that boxes can be added to.
pub(super) fn added(text: &str, notes: &[(CellRef, &str)]) -> Result<(usize, String), Odd> {
    let end = text.rfind("</xml>").ok_or_else(|| Odd::new("a drawing of comments without end"))?;
    // Some programs call the same names otherwise.
    let is_known = ["xmlns:v=", "xmlns:o=", "xmlns:x="].iter().all(|name| text.contains(name));
    let names = if is_known { String::new() } else { format!(" {NAMES}") };
    let numbers = text.split(SHAPE).skip(1).filter_map(|rest| {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        rest[..digits].parse::<usize>().ok().filter(|number| *number < usize::MAX / 2)
    });
    let first = numbers.max().unwrap_or(BLOCK) + 1;
    let kind =
        if text.contains("id=\"_x0000_t202\"") { String::new() } else { KIND.replacen(" id=", &format!("{names} id="), 1) };
    Ok((end, format!("{kind}{}", shapes(first, notes, &names))))
}

fn shapes(first: usize, notes: &[(CellRef, &str)], names: &str) -> String {
    let mut all = String::new();
    for (number, (at, note)) in (first..).zip(notes) {
        let (row, col) = (at.row, at.col);
        let left = if col < LAST.1 - COLUMNS { col + 1 } else { col.saturating_sub(COLUMNS + 1) };
        let rows = rows(note) as u32;
        let top = row.saturating_sub(1).min(LAST.0 - rows);
        // Writing to a string cannot fail.
        let _ = write!(
            all,
            "<v:shape{names} id=\"{SHAPE}{number}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:59pt;margin-top:1pt;\
             width:{}pt;height:{}pt;z-index:{};visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill \
             color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox \
             style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\">\
             <x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 4, {}, 15, {}, 4</x:Anchor><x:AutoFill>False\
             </x:AutoFill><x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>",
            u32::from(COLUMNS) * 54,
            rows * 14,
            number - first + 1,
            left + COLUMNS,
            top + rows,
        );
    }
    all
}

/// How many rows a box needs for a text.
fn rows(note: &str) -> usize {
    let lines = note.lines().map(|line| unicode_width::UnicodeWidthStr::width(line).div_ceil(SIGNS).max(1));
    (lines.sum::<usize>() + 2).clamp(ROWS.0, ROWS.1)
}

/// The drawing without the boxes of some cells.
pub(super) fn remove(text: &str, cells: &[CellRef]) -> Result<String, Odd> {
    let cells: HashSet<&CellRef> = cells.iter().collect();
    let mut edits = Edits::default();
    match tree::parse(text) {
        Ok(document) => {
            let shapes = document.root_element().children().filter(|child| child.tag_name().name() == "shape");
            let gone = shapes.filter(|shape| of_node(*shape).is_some_and(|at| cells.contains(&at)));
            gone.for_each(|shape| edits.replace(shape.range(), ""));
        }
        Err(_) => {
            let mut from = 0;
            while let Some(start) = text[from..].find("<v:shape ").map(|start| from + start) {
                let Some(end) = text[start..].find(END).map(|end| start + end + END.len()) else { break };
                if at(&text[start..end]).is_some_and(|at| cells.contains(&at)) {
                    edits.replace(start..end, "");
                }
                from = end;
            }
        }
    }
    edits.apply(text)
}

/// The cell that a shape is the box of, by its element.
fn of_node(shape: Node<'_, '_>) -> Option<CellRef> {
    let data = tree::child(shape, "ClientData").filter(|data| data.attribute("ObjectType") == Some("Note"))?;
    let number = |name| tree::child(data, name)?.text()?.trim().parse::<u32>().ok();
    Some(CellRef::new(number("Row")?, u16::try_from(number("Column")?).ok()?))
}

/// The cell that a shape is the box of, by its text.
fn at(shape: &str) -> Option<CellRef> {
    let number = |name: &str| {
        let (_, rest) = shape.split_once(&format!("<x:{name}>"))?;
        rest.split_once('<')?.0.trim().parse::<u32>().ok()
    };
    let is_note = shape.contains("\"Note\"");
    is_note.then(|| Some(CellRef::new(number("Row")?, u16::try_from(number("Column")?).ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(at: &str) -> CellRef {
        at.parse().unwrap()
    }

    #[test]
    fn boxes_are_added_with_numbers_of_their_own_and_taken_out() {
        let theirs = fresh(2, &[(cell("A1"), "甲")]);
        assert!(theirs.contains("_x0000_s3073"));
        let (at, boxes) = added(&theirs, &[(cell("B7"), "乙"), (cell("XFD1048576"), "丙")]).unwrap();
        let more = format!("{}{boxes}{}", &theirs[..at], &theirs[at..]);
        assert!(more.contains("_x0000_s3074") && more.contains("_x0000_s3075") && more.matches("shapetype id").count() == 1);
        assert_eq!(remove(&more, &[cell("B7"), cell("XFD1048576")]).unwrap(), theirs);
        assert_eq!(remove(&theirs, &[cell("B7")]).unwrap(), theirs);
        // As spreadsheets write the boxes of buttons.
        let broken = |text: &str| text.replace("</xml>", "<v:rect><br></v:rect></xml>");
        assert_eq!(remove(&broken(&more), &[cell("B7"), cell("XFD1048576")]).unwrap(), broken(&theirs));
        assert!(added("<x/>", &[]).is_err());
    }

    #[test]
    fn a_box_grows_with_its_text_within_bounds() {
        assert_eq!((rows("短"), rows(&"长".repeat(220)), rows(&"长\n".repeat(99))), (4, 12, 18));
    }
}
