//! Adds fills and cell formats to the styles of a workbook, each a copy of one that is there but for its fill; changes none.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use roxmltree::Node;

use super::book::Book;
use super::colours::{self, FILLS};
use super::edits::Edits;
use super::odd::Odd;
use super::relations::{DECLARATION, Dialect};
use super::tree::{self, End};
use crate::template::Severity;

/// The most cell formats that a workbook may have, and some room.
const FORMATS: usize = 64_000;

/// A list of the styles part that is added to.
struct List {
    end: End,
    count: Option<Range<usize>>,
    size: usize,
    new: String,
}

impl List {
    fn of(root: Node<'_, '_>, name: &str) -> Result<Self, Odd> {
        let node = tree::needed(root, name)?;
        let count = node.attribute_node("count").map(|attribute| attribute.range_value());
        let size = node.children().filter(Node::is_element).count();
        Ok(Self { end: End::of(node), count, size, new: String::new() })
    }

    /// Adds an element, and gives its number.
    fn add(&mut self, element: &str) -> usize {
        self.new.push_str(element);
        self.size += 1;
        self.size - 1
    }

    fn finish(&self, edits: &mut Edits) {
        if !self.new.is_empty() {
            self.end.append(edits, &self.new);
            self.count.clone().into_iter().for_each(|range| edits.replace(range, self.size.to_string()));
        }
    }
}

/// A cell format that came with the workbook.
struct Format {
    /// Its element, and where in it attributes can be added.
    element: Range<usize>,
    attributes: usize,
    /// The attributes that name its fill and say that it counts.
    fill: Option<Range<usize>>,
    applies: Option<Range<usize>>,
    /// The number of its fill.
    number: usize,
}

/// The styles of a workbook.
pub(super) struct Styles {
    path: String,
    text: String,
    is_new: bool,
    prefix: String,
    formats: Vec<Format>,
    /// The fills that came with the workbook, as they are written without prefix.
    own_fills: Vec<String>,
    fonts: List,
    fills: List,
    borders: List,
    cells: List,
    /// The fills under coloured cells; the first stands for none.
    covered: Vec<String>,
    /// The number of the fill of each colour.
    coloured: HashMap<u32, usize>,
    /// The format of each coloured format.
    marked: HashMap<(usize, Severity), Option<usize>>,
}

impl Styles {
    /// The styles of a workbook, or new ones for a part of that name where it has none.
    pub(super) fn of(book: &mut Book<'_>, path: &str, dialect: Dialect) -> Result<Self, Odd> {
        let is_new = !book.has(path);
        let text = if is_new { bare(dialect) } else { book.text(path)? };
        let document = tree::parse(&text)?;
        let root = document.root_element();
        let own_fills = tree::children(tree::needed(root, "fills")?, "fill").map(plain).collect();
        let formats = tree::children(tree::needed(root, "cellXfs")?, "xf").map(format).collect::<Result<Vec<_>, _>>()?;
        let [fonts, fills, borders, cells] = ["fonts", "fills", "borders", "cellXfs"].map(|name| List::of(root, name));
        let (fonts, fills, borders, cells) = (fonts?, fills?, borders?, cells?);
        let prefix = tree::prefix(root).to_owned();
        if formats.is_empty() || formats.len() != cells.size {
            return Err(Odd::new("cell formats that cannot be counted"));
        }
        let (covered, coloured, marked) = (vec![String::new()], HashMap::new(), HashMap::new());
        let path = path.to_owned();
        Ok(Self { path, is_new, prefix, formats, own_fills, fonts, fills, borders, cells, covered, coloured, marked, text })
    }

    /// Whether there is a cell format of a number.
    pub(super) fn has(&self, format: usize) -> bool {
        format < self.formats.len() || (self.is_new && format == 0)
    }

    /// The format like another, filled with the colour of a severity; none where colours cannot tell one more fill.
    pub(super) fn marked(&mut self, format: usize, severity: Severity) -> Result<Option<usize>, Odd> {
        if let Some(known) = self.marked.get(&(format, severity)) {
            return Ok(*known);
        }
        let own = self.formats.get(format).ok_or_else(|| Odd::new(format!("no cell format {format}")))?;
        let fill = self.own_fills.get(own.number).cloned().unwrap_or_default();
        let made = self.cover(&fill).map(|covered| {
            let fill = self.filled(colours::colour(severity, covered));
            let copy = self.copy(&self.formats[format], fill);
            self.cells.add(&copy)
        });
        if self.cells.size > FORMATS {
            return Err(Odd::new("too many cell formats"));
        }
        self.marked.insert((format, severity), made);
        Ok(made)
    }

    /// The number under which a covered fill is remembered.
    fn cover(&mut self, fill: &str) -> Option<usize> {
        let known = self.covered.iter().position(|own| own == fill);
        known.or_else(|| {
            let has_room = self.covered.len() < FILLS;
            has_room.then(|| self.covered.push(fill.to_owned())).map(|()| self.covered.len() - 1)
        })
    }

    /// The fill of a colour.
    pub(super) fn filled(&mut self, colour: u32) -> usize {
        let prefix = &self.prefix;
        *self.coloured.entry(colour).or_insert_with(|| {
            self.fills.add(&format!(
                "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor rgb=\"FF{colour:06X}\"/>\
                 <{prefix}bgColor indexed=\"64\"/></{prefix}patternFill></{prefix}fill>"
            ))
        })
    }

    /// A copy of a format with another fill.
    fn copy(&self, format: &Format, fill: usize) -> String {
        let (start, mut edits) = (format.element.start, Edits::default());
        let mut put = |range: &Option<Range<usize>>, name: &str, value: &str| match range {
            Some(range) => edits.replace(range.start - start..range.end - start, value),
            None => edits.insert(format.attributes - start, format!(" {name}=\"{value}\"")),
        };
        put(&format.fill, "fillId", &fill.to_string());
        put(&format.applies, "applyFill", "1");
        let element = self.text.get(format.element.clone()).unwrap_or_default();
        edits.apply(element).unwrap_or_default()
    }

    /// Adds a font.
    pub(super) fn font(&mut self, inner: &[(&str, &str)]) -> usize {
        let mut font = format!("<{}font>", self.prefix);
        for (name, attribute) in inner {
            // Writing to a string cannot fail.
            let _ = write!(font, "<{}{name}{attribute}/>", self.prefix);
        }
        self.fonts.add(&format!("{font}</{}font>", self.prefix))
    }

    /// Adds a thin border around a cell.
    pub(super) fn border(&mut self) -> usize {
        let prefix = &self.prefix;
        let side = |name: &str| format!("<{prefix}{name} style=\"thin\"><{prefix}color rgb=\"FFBFBFBF\"/></{prefix}{name}>");
        let sides = ["left", "right", "top", "bottom"].map(side).concat();
        self.borders.add(&format!("<{prefix}border>{sides}<{prefix}diagonal/></{prefix}border>"))
    }

    /// Adds a cell format of a font, a fill and a border, with attributes of its alignment; an open one is not locked.
    pub(super) fn format(&mut self, (font, fill, border): (usize, usize, usize), alignment: &str, open: bool) -> usize {
        let prefix = &self.prefix;
        let protection = if open { format!("<{prefix}protection locked=\"0\"/>") } else { String::new() };
        self.cells.add(&format!(
            "<{prefix}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyFont=\"1\" \
             applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\"{}><{prefix}alignment {alignment}/>{protection}</{prefix}xf>",
            if open { " applyProtection=\"1\"" } else { "" }
        ))
    }

    /// The fills under coloured cells by the numbers that their colours tell, without the first, which stands for none.
    pub(super) fn covered(&self) -> &[String] {
        &self.covered[1..]
    }

    /// Puts the added styles into the package, and tells whether that needed a new part.
    pub(super) fn finish(self, book: &mut Book<'_>) -> Result<bool, Odd> {
        let mut edits = Edits::default();
        [&self.fonts, &self.fills, &self.borders, &self.cells].into_iter().for_each(|list| list.finish(&mut edits));
        if self.is_new {
            book.add(&self.path, edits.apply(&self.text)?);
        } else {
            book.change(&self.path, self.text, edits)?;
        }
        Ok(self.is_new)
    }
}

/// The parts of a cell format that matter here.
fn format(node: Node<'_, '_>) -> Result<Format, Odd> {
    let value = |name: &str| node.attribute_node(name).map(|attribute| attribute.range_value());
    let number = node.attribute("fillId").map_or(Ok(0), |id| id.trim().parse()).map_err(Odd::new)?;
    let element = node.range();
    let attributes = element.start + 1 + tree::prefix(node).len() + "xf".len();
    Ok(Format { attributes, fill: value("fillId"), applies: value("applyFill"), number, element })
}

/// A fill without prefixes, as it can be put into any styles part; empty for one that fills nothing.
fn plain(fill: Node<'_, '_>) -> String {
    let pattern = tree::child(fill, "patternFill");
    if pattern.is_some_and(|p| matches!(p.attribute("patternType"), None | Some("none"))) {
        return String::new();
    }
    let mut text = String::new();
    fill.children().filter(Node::is_element).for_each(|child| write_plain(child, &mut text, 0));
    text
}

/// How deep elements of a fill stand in each other at most.
const DEPTH: usize = 6;

fn write_plain(node: Node<'_, '_>, text: &mut String, depth: usize) {
    let name = node.tag_name().name();
    text.push('<');
    text.push_str(name);
    for attribute in node.attributes() {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}=\"{}\"", attribute.name(), tree::escaped(attribute.value()));
    }
    text.push('>');
    if depth < DEPTH {
        node.children().filter(Node::is_element).for_each(|child| write_plain(child, text, depth + 1));
    }
    let _ = write!(text, "</{name}>");
}

/// The styles of a workbook that came without any.
fn bare(dialect: Dialect) -> String {
    format!(
        "{DECLARATION}<styleSheet xmlns=\"{}\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>\
         </fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\">\
         <xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"1\"><xf numFmtId=\"0\" \
         fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs></styleSheet>",
        dialect.main
    )
}

/// Gives back the fills that colours of ours cover, by their numbers; those of a number that is not known become none.
pub(super) fn uncover(text: &str, covered: &[String]) -> Result<Edits, Odd> {
    let document = tree::parse(text)?;
    let mut edits = Edits::default();
    for fill in tree::children(tree::needed(document.root_element(), "fills")?, "fill") {
        let colour = tree::child(fill, "patternFill").and_then(|p| tree::child(p, "fgColor")?.attribute("rgb"));
        let colour = colour.and_then(|rgb| u32::from_str_radix(rgb.get(rgb.len().checked_sub(6)?..)?, 16).ok());
        let Some(number) = colour.and_then(|colour| colours::covered(colour, covered.len() + 1)) else { continue };
        let prefix = tree::prefix(fill);
        let inner = match number.checked_sub(1).and_then(|place| covered.get(place)) {
            Some(own) => own.replace("</", "\u{0}").replace('<', &format!("<{prefix}")).replace('\u{0}', &format!("</{prefix}")),
            None => format!("<{prefix}patternFill patternType=\"none\"/>"),
        };
        edits.replace(fill.range(), format!("<{prefix}fill>{inner}</{prefix}fill>"));
    }
    Ok(edits)
}
