//! Workbooks with reviews as other programs see them: the entries of the package, formats, fills, comments; judges nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use roxmltree::{Document, Node};
use yusuan::edge::annotate::{Annotated, Line, Review, annotate};
use yusuan::edge::read::ReadOptions;
use yusuan::template::Severity;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A line of a review at `sheet!cell`, or at none.
pub fn line(severity: Severity, rule: &str, at: &str, message: &str) -> Line {
    let (sheet, cell) = at.rsplit_once('!').map_or((None, None), |(s, c)| (Some(s.to_owned()), Some(c.parse().unwrap())));
    let word = format!("{severity:?}");
    let key = if cell.is_some() { format!("k-{rule}-{at}") } else { String::new() };
    Line {
        severity,
        word,
        rule: rule.into(),
        sheet,
        cell,
        message: message.into(),
        advice: format!("按{rule}改"),
        key,
        explained: None,
    }
}

/// A review of lines.
pub fn review(lines: Vec<Line>) -> Review {
    let headings = ["序号", "级别", "规则", "工作表", "单元格", "问题", "建议", "处理情况", "说明"].map(str::to_owned);
    Review { sheet: "审核意见".into(), title: "审核".into(), headings, choices: vec!["改".into(), "不改".into()], lines }
}

/// The annotated copy.
pub fn done(bytes: &[u8], name: &str, review: &Review) -> Annotated {
    annotate(bytes, name, &ReadOptions::default(), review).unwrap_or_else(|refused| panic!("{name}: {refused}"))
}

/// The entries of an archive in their order: name and packed bytes.
pub fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let entry = |place| {
        let mut entry = archive.by_index_raw(place).unwrap();
        let mut packed = Vec::new();
        entry.read_to_end(&mut packed).unwrap();
        (String::from_utf8(entry.name_raw().to_vec()).unwrap(), packed)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(entry).collect()
}

/// The text of a part.
pub fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The archive with other contents of some parts; none where a part goes.
pub fn with_parts(bytes: &[u8], changed: &[(&str, Option<&str>)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = entries(bytes).into_iter().map(|(name, _)| name).collect();
    let new = changed.iter().filter(|(name, _)| !names.iter().any(|own| own == name)).map(|(name, _)| (*name).to_owned());
    for name in names.iter().cloned().chain(new) {
        let content = match changed.iter().find(|(own, _)| *own == name) {
            Some((_, None)) => continue,
            Some((_, Some(content))) => content.as_bytes().to_vec(),
            None => {
                let mut content = Vec::new();
                archive.by_name(&name).unwrap().read_to_end(&mut content).unwrap();
                content
            }
        };
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook as other programs see it.
pub struct Seen {
    pub bytes: Vec<u8>,
    sheets: Vec<(String, String)>,
    pub styles: String,
}

/// The elements of a name.
pub fn named<'a, 't>(node: Node<'a, 't>, name: &'static str) -> impl Iterator<Item = Node<'a, 't>> {
    node.descendants().filter(move |d| d.tag_name().name() == name)
}

impl Seen {
    pub fn new(bytes: &[u8]) -> Self {
        let (book, relations) = (part(bytes, "xl/workbook.xml"), part(bytes, "xl/_rels/workbook.xml.rels"));
        let targets = targets(&relations, "/xl/");
        let book = Document::parse(&book).unwrap();
        let id = |node: Node<'_, '_>| node.attributes().find(|a| a.name() == "id").unwrap().value().to_owned();
        let sheets = named(book.root_element(), "sheet");
        let sheets = sheets.map(|node| (node.attribute("name").unwrap().to_owned(), targets[&id(node)].1.clone())).collect();
        Self { bytes: bytes.to_vec(), sheets, styles: part(bytes, "xl/styles.xml") }
    }

    pub fn names(&self) -> Vec<&str> {
        self.sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn sheet(&self, name: &str) -> String {
        part(&self.bytes, &self.sheets.iter().find(|(own, _)| own == name).unwrap().1)
    }

    /// The format of a cell: its element without the fill, and the fill that it names.
    pub fn format(&self, sheet: &str, cell: &str) -> (String, String) {
        let text = self.sheet(sheet);
        let document = Document::parse(&text).unwrap();
        let node = named(document.root_element(), "c").find(|c| c.attribute("r") == Some(cell));
        let number: usize = node.and_then(|c| c.attribute("s")).map_or(0, |s| s.parse().unwrap());
        let styles = Document::parse(&self.styles).unwrap();
        let formats = named(styles.root_element(), "cellXfs").next().unwrap();
        let format = named(formats, "xf").nth(number).unwrap();
        let fill: usize = format.attribute("fillId").unwrap().parse().unwrap();
        let fill = named(named(styles.root_element(), "fills").next().unwrap(), "fill").nth(fill).unwrap();
        let own = format.attributes().filter(|a| !["fillId", "applyFill"].contains(&a.name()));
        let own: BTreeSet<String> = own.map(|a| format!("{}={}", a.name(), a.value())).collect();
        let inner: String = format.children().map(|c| self.styles[c.range()].to_owned()).collect();
        (format!("{own:?}{inner}"), self.styles[fill.range()].to_owned())
    }

    pub fn colour(&self, sheet: &str, cell: &str) -> Option<String> {
        let fill = self.format(sheet, cell).1;
        let solid = fill.contains("solid").then(|| fill.split("rgb=\"").nth(1).unwrap_or_default());
        solid.map(|rest| rest.chars().take(8).collect())
    }

    /// The parts that a sheet leads to, by kind.
    fn related(&self, sheet: &str) -> BTreeMap<String, String> {
        let path = &self.sheets.iter().find(|(own, _)| own == sheet).unwrap().1;
        let (folder, file) = path.rsplit_once('/').unwrap();
        let relations = format!("{folder}/_rels/{file}.rels");
        if !entries(&self.bytes).iter().any(|(name, _)| *name == relations) {
            return BTreeMap::new();
        }
        targets(&part(&self.bytes, &relations), "/xl/worksheets/").into_values().collect()
    }

    /// The comments of a sheet: cell, author and text.
    pub fn comments(&self, sheet: &str) -> BTreeMap<String, (String, String)> {
        let related = self.related(sheet);
        let Some(path) = related.get("comments") else { return BTreeMap::new() };
        let text = part(&self.bytes, path);
        let document = Document::parse(&text).unwrap();
        let authors: Vec<&str> = named(document.root_element(), "author").map(|a| a.text().unwrap()).collect();
        let comment = |node: Node<'_, '_>| {
            let author = authors[node.attribute("authorId").unwrap().parse::<usize>().unwrap()].to_owned();
            let text: String = named(node, "t").filter_map(|t| t.text()).collect();
            (node.attribute("ref").unwrap().to_owned(), (author, text))
        };
        let comments: BTreeMap<_, _> = named(document.root_element(), "comment").map(comment).collect();
        // Every comment has a box, and no box is without one.
        let drawing = part(&self.bytes, &related["vmlDrawing"]);
        let document = Document::parse(&drawing).unwrap();
        let number = |node: Node<'_, '_>, name| named(node, name).next().unwrap().text().unwrap().parse::<u32>().unwrap();
        let at = |node| yusuan::value::CellRef::new(number(node, "Row"), number(node, "Column") as u16).to_string();
        let boxes: BTreeSet<String> = named(document.root_element(), "ClientData").map(at).collect();
        assert_eq!(boxes, comments.keys().cloned().collect());
        let ids: Vec<&str> = named(document.root_element(), "shape").map(|s| s.attribute("id").unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        comments
    }
}

/// The kinds and paths of relations by their names.
fn targets(relations: &str, folder: &str) -> BTreeMap<String, (String, String)> {
    let document = Document::parse(relations).unwrap();
    let all = named(document.root_element(), "Relationship").map(|node| {
        let own = |name| node.attribute(name).unwrap_or_default().to_owned();
        let target = own("Target");
        let whole = if target.starts_with('/') { target } else { format!("{folder}{target}") };
        let mut steps: Vec<&str> = Vec::new();
        for step in whole.split('/').filter(|step| !step.is_empty()) {
            match step {
                ".." => _ = steps.pop(),
                _ => steps.push(step),
            }
        }
        (own("Id"), (own("Type").rsplit('/').next().unwrap().to_owned(), steps.join("/")))
    });
    all.collect()
}
