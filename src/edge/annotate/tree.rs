//! Parts of a package as trees that know where each element lies, and the splices for them; never knows what a part means.

use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use super::edits::Edits;
use super::odd::Odd;

/// The most nodes of a part: a hostile one would fill the memory.
const NODES: u32 = 1_000_000;

/// The text of a part.
///
/// # Errors
/// When it is not in UTF-8.
pub(super) fn text(part: Vec<u8>) -> Result<String, Odd> {
    String::from_utf8(part).map_err(|_| Odd::new("a part that is not in UTF-8"))
}

/// A part as a tree.
///
/// # Errors
/// When it is no well-formed XML, has a document type or is too large.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Odd> {
    Ok(Document::parse_with_options(text, ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() })?)
}

/// The name of an element as it is written, with its prefix.
fn written<'t>(node: Node<'_, 't>, text: &'t str) -> &'t str {
    let tag = text.get(node.range().start + 1..).unwrap_or_default();
    &tag[..tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len())]
}

/// The prefix of an element as it is written: nothing, or `x:`.
pub(super) fn prefix<'t>(node: Node<'_, 't>) -> &'t str {
    let name = written(node, node.document().input_text());
    name.find(':').map_or("", |colon| &name[..=colon])
}

/// The first child of a name.
pub(super) fn child<'a, 't>(node: Node<'a, 't>, name: &str) -> Option<Node<'a, 't>> {
    children(node, name).next()
}

/// The children of a name.
pub(super) fn children<'a, 't>(node: Node<'a, 't>, name: &str) -> impl Iterator<Item = Node<'a, 't>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The child of a name that must be there.
pub(super) fn needed<'a, 't>(node: Node<'a, 't>, name: &str) -> Result<Node<'a, 't>, Odd> {
    child(node, name).ok_or_else(|| Odd::new(format!("no element {name}")))
}

/// How something is put at the end of an element.
#[derive(Debug, Clone)]
pub(super) struct End {
    range: Range<usize>,
    around: (String, String),
}

impl End {
    /// The end of an element.
    pub(super) fn of(node: Node<'_, '_>) -> Self {
        let text = node.document().input_text();
        let range = node.range();
        let element = text.get(range.clone()).unwrap_or_default();
        match element.strip_suffix("/>") {
            // An element without content is opened.
            Some(_) if !node.has_children() => {
                let name = written(node, text);
                Self { range: range.end - 2..range.end, around: (">".to_owned(), format!("</{name}>")) }
            }
            _ => {
                let close = range.start + element.rfind("</").unwrap_or(element.len());
                Self { range: close..close, around: (String::new(), String::new()) }
            }
        }
    }

    /// Puts a text at the end.
    pub(super) fn append(&self, edits: &mut Edits, text: &str) {
        edits.replace(self.range.clone(), format!("{}{text}{}", self.around.0, self.around.1));
    }
}

/// Changes an attribute without prefix, or adds it.
pub(super) fn set(edits: &mut Edits, node: Node<'_, '_>, name: &str, value: &str) {
    match node.attribute_node(name) {
        Some(attribute) => edits.replace(attribute.range_value(), value),
        None => {
            let after = node.range().start + 1 + written(node, node.document().input_text()).len();
            edits.insert(after, format!(" {name}=\"{value}\""));
        }
    }
}

/// A text as it stands in an element or attribute: signs that XML does not know become spaces, and what a spreadsheet would take
/// for an escape of its own is escaped.
pub(super) fn escaped(text: &str) -> String {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    let text: String = text.chars().map(|c| if known(c) { c } else { ' ' }).collect();
    let escaped = quick_xml::escape::escape(text.as_str()).into_owned();
    escaped.replace('\r', "&#13;").replace("_x", "_x005F_x")
}

/// A text of at most so many of the units that spreadsheets count, cut with a sign that says so.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_opened_appended_to_and_given_attributes() {
        let text = "\u{feff}<?xml version=\"1.0\"?><x:a xmlns:x='u'><x:b/><x:c n='1'><x:d/></x:c></x:a>";
        let document = parse(text).unwrap();
        let root = document.root_element();
        assert_eq!(prefix(root), "x:");
        let mut edits = Edits::default();
        End::of(child(root, "b").unwrap()).append(&mut edits, "<x:e/>");
        End::of(child(root, "c").unwrap()).append(&mut edits, "<x:f/>");
        set(&mut edits, child(root, "c").unwrap(), "n", "2");
        set(&mut edits, child(root, "c").unwrap(), "m", "3");
        let changed = edits.apply(text).unwrap();
        assert!(changed.ends_with("<x:b><x:e/></x:b><x:c m=\"3\" n='2'><x:d/><x:f/></x:c></x:a>"), "{changed}");
        assert!(needed(root, "z").is_err());
    }

    #[test]
    fn texts_are_escaped_and_cut_at_whole_signs() {
        assert_eq!(escaped("a<b>&\"\u{1}_x0041_"), "a&lt;b&gt;&amp;&quot; _x005F_x0041_");
        assert_eq!((cut("预算表", 3).as_str(), cut("预算总表", 3).as_str()), ("预算表", "预算…"));
        assert_eq!(cut("😀😀", 3), "😀…");
    }

    #[test]
    fn a_part_that_stands_for_others_is_refused() {
        assert!(parse("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").is_err());
        assert!(text(vec![0xff, 0xfe]).is_err());
        let deep = "<a>".repeat(200_000);
        assert!(parse(&deep).is_err());
    }
}
