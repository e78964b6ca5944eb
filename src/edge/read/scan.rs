//! Looks through the bytes of an xlsx part for what the cell reader does not tell or stumbles over; never reads a whole sheet's cells.

use std::cell::OnceCell;

use memchr::memmem::{self, Finder};

use super::collect::{self, Hidden};
use super::limits::Budget;
use super::unreadable::Unreadable;
use crate::value::{Area, CellRef};

/// The bytes of a part and the prefix of its elements: nothing, or `x:`.
pub(in crate::edge) struct Part<'a> {
    bytes: &'a [u8],
    prefix: &'a [u8],
    // Where the cells begin; found when it is first asked for, which for most sheets is never.
    cells: OnceCell<Vec<usize>>,
}

impl<'a> Part<'a> {
    /// A part whose outermost element is called `root`.
    pub(in crate::edge) fn new(bytes: &'a [u8], root: &str) -> Self {
        let root = memmem::find(bytes, root.as_bytes()).unwrap_or(0);
        let before = bytes.get(..root).unwrap_or_default();
        let open = memchr::memrchr(b'<', before).map_or(root, |i| i + 1);
        let prefix = before.get(open..).filter(|p| p.ends_with(b":")).unwrap_or_default();
        Self { bytes, prefix, cells: OnceCell::new() }
    }

    /// Where the elements of a name begin, from `from` on.
    fn starts(&self, name: &str, from: usize) -> impl Iterator<Item = usize> {
        let needle = [b"<", self.prefix, name.as_bytes()].concat();
        let finder = Finder::new(&needle).into_owned();
        let bytes = self.bytes;
        let mut at = from;
        std::iter::from_fn(move || {
            loop {
                let start = at + finder.find(bytes.get(at..)?)?;
                at = start + needle.len();
                if bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'>' | b'/' | b'\t' | b'\r' | b'\n')) {
                    return Some(start);
                }
            }
        })
    }

    /// The tag that begins at a place, from `<` to before `>`.
    fn tag(&self, start: usize) -> &'a [u8] {
        let rest = self.bytes.get(start..).unwrap_or_default();
        &rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())]
    }

    /// The whole of the first element of a name, with its tags.
    pub(super) fn element(&self, name: &str) -> Option<&'a [u8]> {
        let start = self.starts(name, 0).next()?;
        let close = [b"</", self.prefix, name.as_bytes(), b">"].concat();
        let rest = self.bytes.get(start..)?;
        rest.get(..memmem::find(rest, &close)? + close.len())
    }

    /// How many elements of a name there are.
    pub(super) fn count(&self, name: &str) -> usize {
        self.starts(name, 0).count()
    }

    /// How long the longest tag of a name is.
    pub(super) fn longest(&self, name: &str) -> usize {
        self.starts(name, 0).map(|start| self.tag(start).len()).max().unwrap_or(0)
    }

    /// The first place of a row or cell that no sheet has, as it is written: the cell reader's numbers would wrap around and
    /// lead to another place.
    pub(super) fn impossible_place(&self) -> Option<&'a str> {
        const PLACE: usize = "XFD1048576".len();
        // Seven letters wrap around, and ten digits.
        let is_possible = |place: &[u8]| {
            let has_column = place.first().is_some_and(u8::is_ascii_alphabetic);
            place.len() < PLACE + usize::from(has_column) && !place.get(6).is_some_and(u8::is_ascii_alphabetic)
        };
        let is_quick = |at: usize| {
            let (quote, value) = self.bytes.get(at..).and_then(|rest| rest.split_first())?;
            let end = value.iter().take(PLACE + 1).position(|b| b == quote)?;
            (matches!(quote, b'"' | b'\'') && is_possible(value.get(..end)?)).then_some(())
        };
        let plain = memmem::find_iter(self.bytes, b"r=").map(|at| at + 2).filter(|at| is_quick(*at).is_none());
        // Few writers leave room before the sign.
        let roomy = [" =", "\t=", "\r=", "\n="].into_iter().flat_map(|sign| memmem::find_iter(self.bytes, sign));
        plain.chain(roomy).find_map(|at| {
            let open = memchr::memrchr(b'<', self.bytes.get(..at)?)?;
            let tag = self.tag(open);
            let is_place = ["row", "c"].iter().any(|name| is_tag_of(tag, self.prefix, name.as_bytes()));
            let place = attribute(tag, b"r").filter(|place| is_place && !is_possible(place.as_bytes()))?;
            (open + tag.len() > at).then_some(place)
        })
    }

    /// The first stored value that the cell reader would cut short: one with an element in it, or a number partly written as
    /// references.
    pub(super) fn cut_value(&self) -> Option<&'a str> {
        let close = [b"</", self.prefix, b"v>"].concat();
        let open = [b"<", self.prefix, b"v"].concat();
        memmem::find_iter(self.bytes, &close).find_map(|end| {
            let before = self.bytes.get(..end)?;
            let start = memchr::memrchr(b'<', before)?;
            let element = before.get(start..)?;
            if !element.starts_with(&open) {
                return Some(std::str::from_utf8(element).unwrap_or("an element within a value"));
            }
            memchr::memchr(b'&', element)?;
            let text = std::str::from_utf8(element.get(memchr::memchr(b'>', element)? + 1..)?).ok()?;
            let meant = quick_xml::escape::unescape(text).ok()?;
            meant.trim().parse::<f64>().is_ok().then_some(text)
        })
    }

    /// The merged rectangles, which stand after the cells.
    pub(in crate::edge) fn merges(&self) -> Vec<Area> {
        let after_cells = memmem::rfind(self.bytes, b"sheetData").unwrap_or(0);
        let area = |start| {
            let (first, last) = attribute(self.tag(start), b"ref")?.split_once(':')?;
            let corner = |text: &str| text.parse().ok().map(|c: CellRef| (c.row, u32::from(c.col)));
            collect::merge(corner(first)?, corner(last)?)
        };
        self.starts("mergeCell", after_cells).filter_map(area).collect()
    }

    /// The formulas whose result is no text, in the order of the part.
    pub(super) fn formulas(&self) -> Vec<Written> {
        if self.starts("f", 0).next().is_none() {
            return Vec::new();
        }
        let open = [b"<", self.prefix, b"f"].concat();
        let open = Finder::new(&open);
        (0..self.cell_starts().len()).filter_map(|count| self.formula(count, &open)).collect()
    }

    /// The formula of a cell, counted in the order of the part.
    fn formula(&self, count: usize, open: &Finder<'_>) -> Option<Written> {
        let cell = self.cell_bytes(count);
        let start = open.find(cell)?;
        if !matches!(attribute(cell.get(..start)?, b"t"), None | Some("n")) {
            return None;
        }
        let rest = cell.get(start..)?;
        let end = memchr::memchr(b'>', rest)?;
        let tag = rest.get(..end)?;
        let inner = if tag.ends_with(b"/") { &[] } else { rest.get(end + 1..)? };
        let inner = inner.get(..memchr::memchr(b'<', inner).unwrap_or(0)).unwrap_or_default();
        let text = std::str::from_utf8(inner).unwrap_or_default();
        let text = quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |t| t.into_owned());
        let shared = attribute(tag, b"si").filter(|_| attribute(tag, b"t") == Some("shared")).map(str::to_owned);
        Some(Written { count, text, shared, has_result: self.stored_value(cell).is_some() })
    }

    /// The rows and columns that are not shown, as bands.
    pub(super) fn hidden(&self) -> Hidden {
        let Hidden { mut rows, mut columns } = Hidden::default();
        if memmem::find(self.bytes, b"hidden=").is_none() {
            return Hidden { rows, columns };
        }
        let is_hidden = |tag: &[u8]| matches!(attribute(tag, b"hidden"), Some("1" | "true"));
        for tag in self.starts("col", 0).map(|start| self.tag(start)).filter(|tag| is_hidden(tag)) {
            let number = |name: &[u8]| attribute(tag, name)?.parse::<u16>().ok()?.checked_sub(1);
            columns.extend(number(b"min").zip(number(b"max")));
        }
        let mut next = 0u32;
        for tag in self.starts("row", 0).map(|start| self.tag(start)) {
            let row = attribute(tag, b"r").and_then(|r| r.parse::<u32>().ok()?.checked_sub(1)).unwrap_or(next);
            next = row.saturating_add(1);
            if is_hidden(tag) {
                collect::extend(&mut rows, row, row);
            }
        }
        Hidden { rows, columns }
    }

    /// The place and the stored text of a cell, counted in the order of the part.
    pub(super) fn cell(&self, count: usize) -> (Option<CellRef>, &'a str) {
        let cell = self.cell_bytes(count);
        let tag = cell.get(..memchr::memchr(b'>', cell).unwrap_or(cell.len())).unwrap_or_default();
        let place = attribute(tag, b"r").and_then(|r| r.parse().ok());
        (place, self.stored_value(cell).unwrap_or_default())
    }

    fn cell_starts(&self) -> &[usize] {
        self.cells.get_or_init(|| self.starts("c", 0).collect())
    }

    /// A cell with all that stands before the next; behind the last one stand formulas that belong to no cell.
    fn cell_bytes(&self, count: usize) -> &'a [u8] {
        let starts = self.cell_starts();
        let close = || memmem::rfind(self.bytes, b"sheetData").filter(|end| starts.last().is_some_and(|last| last < end));
        let end = starts.get(count + 1).copied().or_else(close).unwrap_or(self.bytes.len());
        starts.get(count).and_then(|start| self.bytes.get(*start..end)).unwrap_or_default()
    }

    /// What stands in the `<v>` of a cell, when anything does.
    fn stored_value(&self, cell: &'a [u8]) -> Option<&'a str> {
        let inner = Part { bytes: cell, prefix: self.prefix, cells: OnceCell::new() };
        let start = inner.starts("v", 0).next()?;
        let rest = cell.get(start + inner.tag(start).len()..)?.strip_prefix(b">")?;
        let text = rest.get(..memchr::memchr(b'<', rest)?)?;
        std::str::from_utf8(text).ok().filter(|t| !t.is_empty())
    }
}

/// Whether a tag is that of an element.
fn is_tag_of(tag: &[u8], prefix: &[u8], name: &[u8]) -> bool {
    let rest = tag.strip_prefix(b"<").and_then(|tag| tag.strip_prefix(prefix)).and_then(|tag| tag.strip_prefix(name));
    rest.is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

/// A formula as a sheet has it.
pub(super) struct Written {
    /// Which cell has it, counted in the order of the part.
    pub(super) count: usize,
    /// The formula without its `=`; empty where it is that of the cell it is shared with.
    pub(super) text: String,
    /// The name under which cells share it.
    pub(super) shared: Option<String>,
    /// Whether a result is stored.
    pub(super) has_result: bool,
}

/// The value of an attribute in a tag, as it is written.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let equals = memchr::memchr(b'=', rest)?;
        let (key, value) = (rest.get(..equals)?.trim_ascii_end(), rest.get(equals + 1..)?.trim_ascii_start());
        let (quote, value) = value.split_first()?;
        let end = memchr::memchr(*quote, value)?;
        let named = key.strip_suffix(name).is_some_and(|before| before.last().is_some_and(u8::is_ascii_whitespace));
        if named {
            return std::str::from_utf8(value.get(..end)?).ok();
        }
        rest = value.get(end + 1..)?;
    }
}

/// Renames the declared extent of a sheet, which may be false, is not needed, and on which the cell reader stumbles.
pub(super) fn forget_extent(sheet: &mut [u8]) {
    const EXTENT: &[u8] = b"dimension";
    let cells = memmem::find(sheet, b"sheetData").unwrap_or(sheet.len());
    let head = sheet.get_mut(..cells).unwrap_or_default();
    for at in memmem::find_iter(head, EXTENT).collect::<Vec<_>>() {
        if let Some(last) = head.get_mut(at + EXTENT.len() - 1) {
            *last = b'_';
        }
    }
}

/// The part without comments and processing instructions and with plain text for CDATA: inside a value they would cut it short.
pub(super) fn plain(part: Vec<u8>, budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let part = match part.get(..2) {
        Some([0xff, 0xfe] | [0xfe, 0xff]) => {
            let text = super::xml::utf8(&part);
            // Its declaration names an encoding that it no longer has.
            text.split_once("?>").map_or(text.as_ref(), |(_, rest)| rest).as_bytes().to_vec()
        }
        _ => part,
    };
    // An XML declaration is the one thing of the kind that nearly every part has, and only at its start.
    let declaration = if part.starts_with(b"<?xml") { memmem::find(&part, b"?>").map_or(0, |i| i + 2) } else { 0 };
    let body = part.get(declaration..).unwrap_or_default();
    if memmem::find(body, b"<!").is_none() && memmem::find(body, b"<?").is_none() {
        return Ok(part);
    }
    let mut plain = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(2).position(|w| w == b"<!" || w == b"<?") {
        budget.step()?;
        let (before, special) = rest.split_at(at);
        plain.extend_from_slice(before);
        let (open, close): (&[u8], &[u8]) = match special {
            [b'<', b'!', b'-', b'-', ..] => (b"<!--", b"-->"),
            [b'<', b'!', b'[', ..] => (b"<![CDATA[", b"]]>"),
            [b'<', b'?', ..] => (b"<?", b"?>"),
            _ => return Err(Unreadable::damaged("a document type in a workbook part")),
        };
        let inner = special.get(open.len()..).unwrap_or_default();
        let end = memmem::find(inner, close).ok_or_else(|| Unreadable::damaged("an unclosed comment or instruction"))?;
        if open == b"<![CDATA[" {
            // Every sign may become five.
            budget.take_unpacked(5 * end as u64)?;
            let text = String::from_utf8_lossy(inner.get(..end).unwrap_or_default()).into_owned();
            plain.extend_from_slice(quick_xml::escape::escape(text.as_str()).as_bytes());
        }
        rest = inner.get(end + close.len()..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    Ok(plain)
}
