//! The comments of a sheet: ours are added, put below the text of those that are there, and taken out; never draws one.

use std::collections::BTreeMap;
use std::fmt::Write;

use roxmltree::Node;

use super::edits::Edits;
use super::odd::Odd;
use super::relations::{DECLARATION, Dialect};
use super::tree::{self, End};
use crate::value::CellRef;

/// Who writes our comments, and what the text of each begins with.
pub(super) const AUTHOR: &str = "yusuan";
/// The first line of our text.
const HEAD: &str = "[yusuan]";
/// What parts our text from that of another.
const RULE: &str = "\n────────\n";
/// The beginning of the author of a comment that only stands for a thread of comments.
const THREAD: &str = "tc=";

/// The comments of a sheet with ours, and the cells whose comments are new.
pub(super) struct Noted {
    pub(super) edits: Edits,
    pub(super) new: Vec<CellRef>,
}

/// A new part of comments.
pub(super) fn fresh(dialect: Dialect, notes: &BTreeMap<CellRef, String>) -> String {
    let comments: String = notes.iter().map(|(at, note)| comment("", *at, 0, note)).collect();
    format!(
        "{DECLARATION}<comments xmlns=\"{}\"><authors><author>{AUTHOR}</author></authors><commentList>{comments}</commentList>\
         </comments>",
        dialect.main
    )
}

/// Adds comments to a part: to a cell that has one the text is added below, and one that stands for a thread is left alone.
pub(super) fn add(text: &str, notes: &BTreeMap<CellRef, String>) -> Result<Noted, Odd> {
    let document = tree::parse(text)?;
    let root = document.root_element();
    let authors = tree::needed(root, "authors")?;
    let names: Vec<&str> = tree::children(authors, "author").map(|author| author.text().unwrap_or_default()).collect();
    let prefix = tree::prefix(root);
    let list = tree::needed(root, "commentList")?;
    let mut there = BTreeMap::new();
    for node in tree::children(list, "comment") {
        there.insert(place(node)?, node);
    }
    let mut edits = Edits::default();
    let author = names.iter().position(|name| *name == AUTHOR).unwrap_or_else(|| {
        End::of(authors).append(&mut edits, &format!("<{prefix}author>{AUTHOR}</{prefix}author>"));
        names.len()
    });
    let (mut comments, mut new) = (String::new(), Vec::new());
    for (at, note) in notes {
        match there.get(at) {
            None => {
                comments.push_str(&comment(prefix, *at, author, note));
                new.push(*at);
            }
            Some(node) if written_by(*node, &names).starts_with(THREAD) => {}
            Some(node) => below(&mut edits, *node, prefix, note)?,
        }
    }
    if !comments.is_empty() {
        End::of(list).append(&mut edits, &comments);
    }
    Ok(Noted { edits, new })
}

/// Puts our text below that of a comment.
fn below(edits: &mut Edits, node: Node<'_, '_>, prefix: &str, note: &str) -> Result<(), Odd> {
    let text = tree::needed(node, "text")?;
    // A text of one piece becomes a run, because only runs can follow each other.
    if let Some(plain) = tree::child(text, "t") {
        edits.insert(plain.range().start, format!("<{prefix}r>"));
        edits.insert(plain.range().end, format!("</{prefix}r>"));
    }
    let runs = format!("{}{}", run(prefix, RULE, false), runs(prefix, note));
    let phonetic = text.children().find(|child| child.is_element() && matches!(child.tag_name().name(), "rPh" | "phoneticPr"));
    match phonetic {
        Some(phonetic) => edits.insert(phonetic.range().start, runs),
        None => End::of(text).append(edits, &runs),
    }
    Ok(())
}

fn comment(prefix: &str, at: CellRef, author: usize, note: &str) -> String {
    format!(
        "<{prefix}comment ref=\"{at}\" authorId=\"{author}\"><{prefix}text>{}</{prefix}text></{prefix}comment>",
        runs(prefix, note)
    )
}

fn runs(prefix: &str, note: &str) -> String {
    format!("{}{}", run(prefix, HEAD, true), run(prefix, &format!("\n{note}"), false))
}

fn run(prefix: &str, text: &str, bold: bool) -> String {
    let mut run = format!("<{prefix}r><{prefix}rPr>");
    if bold {
        // Writing to a string cannot fail.
        let _ = write!(run, "<{prefix}b/>");
    }
    let text = tree::escaped(text);
    let _ = write!(
        run,
        "<{prefix}sz val=\"9\"/><{prefix}color indexed=\"81\"/><{prefix}rFont val=\"宋体\"/><{prefix}charset val=\"134\"/>\
         </{prefix}rPr><{prefix}t xml:space=\"preserve\">{text}</{prefix}t></{prefix}r>"
    );
    run
}

fn place(comment: Node<'_, '_>) -> Result<CellRef, Odd> {
    let place = comment.attribute("ref").unwrap_or_default();
    place.replace('$', "").parse().map_err(|_| Odd::new("a comment without place"))
}

fn written_by<'n>(comment: Node<'_, '_>, authors: &[&'n str]) -> &'n str {
    let author = comment.attribute("authorId").and_then(|id| id.trim().parse::<usize>().ok());
    author.and_then(|author| authors.get(author)).copied().unwrap_or_default()
}

/// Takes our texts out of the comments, and tells the cells whose comments go with them; none where no text is ours.
pub(super) fn remove(text: &str) -> Result<Option<(Edits, Vec<CellRef>)>, Odd> {
    let document = tree::parse(text)?;
    let root = document.root_element();
    let (mut edits, mut gone) = (Edits::default(), Vec::new());
    let Some(list) = tree::child(root, "commentList") else { return Ok(None) };
    for node in tree::children(list, "comment") {
        let Some(inner) = tree::child(node, "text") else { continue };
        let pieces: Vec<Node<'_, '_>> = inner.descendants().filter(|d| d.is_element() && d.tag_name().name() == "t").collect();
        let whole: String = pieces.iter().filter_map(|piece| piece.text()).collect();
        let Some(ours) = whole.starts_with(HEAD).then_some(0).or_else(|| whole.find(&format!("\n{HEAD}"))) else { continue };
        if ours == 0 {
            edits.replace(node.range(), "");
            gone.push(place(node)?);
            continue;
        }
        let kept = whole.get(..ours).unwrap_or_default();
        let kept = kept.trim_end_matches('\n').trim_end_matches('─').trim_end_matches('\n');
        shorten(&mut edits, &pieces, kept.len());
    }
    Ok((!edits.is_empty()).then_some((edits, gone)))
}

/// Shortens the pieces of a text to so many bytes together; runs without text go.
fn shorten(edits: &mut Edits, pieces: &[Node<'_, '_>], mut left: usize) {
    for piece in pieces {
        let text = piece.text().unwrap_or_default();
        if text.len() <= left && left > 0 {
            left -= text.len();
            continue;
        }
        let run = piece.parent().filter(|parent| parent.tag_name().name() == "r").unwrap_or(*piece);
        match text.get(..left).filter(|kept| !kept.is_empty()) {
            Some(kept) => piece.children().for_each(|inner| edits.replace(inner.range(), tree::escaped(kept))),
            None => edits.replace(run.range(), ""),
        }
        left = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "<x:comments xmlns:x=\"u\"><x:authors><x:author>tc={1}</x:author><x:author>甲</x:author></x:authors>\
        <x:commentList><x:comment ref=\"A1\" authorId=\"1\"><x:text><x:t>原注</x:t></x:text></x:comment>\
        <x:comment ref=\"B2\" authorId=\"0\"><x:text><x:t>线程</x:t></x:text></x:comment>\
        <x:comment ref=\"C3\" authorId=\"1\"><x:text><x:r><x:t>两</x:t></x:r><x:r><x:t>段</x:t></x:r></x:text></x:comment>\
        </x:commentList></x:comments>";

    fn notes(cells: &[&str]) -> BTreeMap<CellRef, String> {
        cells.iter().map(|cell| (cell.parse().unwrap(), format!("必改 {cell}\n第二行"))).collect()
    }

    fn texts(part: &str) -> Vec<(String, String)> {
        let document = tree::parse(part).unwrap();
        let comments = document.descendants().filter(|d| d.tag_name().name() == "comment");
        let text = |node: Node<'_, '_>| node.descendants().filter(Node::is_text).filter_map(|t| t.text()).collect();
        comments.map(|node| (node.attribute("ref").unwrap().to_owned(), text(node))).collect()
    }

    #[test]
    fn ours_stand_below_theirs_and_go_without_a_trace_of_text() {
        let noted = add(THEIRS, &notes(&["A1", "B2", "C3", "D4"])).unwrap();
        assert_eq!(noted.new, ["D4".parse().unwrap()]);
        let changed = noted.edits.apply(THEIRS).unwrap();
        let read = texts(&changed);
        assert_eq!(read[0].1, format!("原注{RULE}{HEAD}\n必改 A1\n第二行"));
        assert_eq!((read[1].1.as_str(), read[3].0.as_str()), ("线程", "D4"));
        let (edits, gone) = remove(&changed).unwrap().unwrap();
        assert_eq!(gone, ["D4".parse().unwrap()]);
        assert_eq!(texts(&edits.apply(&changed).unwrap()), texts(THEIRS));
        assert!(remove(THEIRS).unwrap().is_none());
    }

    #[test]
    fn a_new_part_is_ours_altogether() {
        let dialect = Dialect::of(Some("http://schemas.openxmlformats.org/spreadsheetml/2006/main")).unwrap();
        let part = fresh(dialect, &notes(&["A1", "B1"]));
        assert_eq!(texts(&part).len(), 2);
        let (edits, gone) = remove(&part).unwrap().unwrap();
        assert_eq!((gone.len(), texts(&edits.apply(&part).unwrap())), (2, Vec::new()));
    }
}
