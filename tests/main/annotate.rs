//! Reviews put into workbooks of every kind: what must stay stays to the byte, what is marked is marked, and marks go again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use roxmltree::{Document, Node};
use yusuan::edge::annotate::{Annotated, Drawn, Line, Refused, Review, annotate};
use yusuan::edge::read::{ReadOptions, read};
use yusuan::grid::{Grid, Value};
use yusuan::template::Severity;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::support::{fixture_bytes, path, sheet};

/// A line of a review at `sheet!cell`, or at none.
pub fn line(severity: Severity, rule: &str, at: &str, message: &str) -> Line {
    let (sheet, cell) = at.rsplit_once('!').map_or((None, None), |(s, c)| (Some(s.to_owned()), Some(c.parse().unwrap())));
    let word = format!("{severity:?}");
    Line { severity, word, rule: rule.into(), sheet, cell, message: message.into(), advice: format!("按{rule}改") }
}

/// A review of lines.
pub fn review(lines: Vec<Line>) -> Review {
    let headings = ["序号", "级别", "规则", "工作表", "单元格", "问题", "建议", "处理", "说明"].map(str::to_owned);
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
    styles: String,
}

fn named<'a, 't>(node: Node<'a, 't>, name: &'static str) -> impl Iterator<Item = Node<'a, 't>> {
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

const MAIN: &str = "收支 & '总表'";

/// A workbook with everything that has to stay.
pub fn rich() -> Vec<u8> {
    std::fs::read(path("fixtures/annotate/rich.xlsx")).unwrap()
}

/// Findings at cells with a fill of every kind, with a comment, blank ones in a column and a row with formats, one within a merge,
/// one in a protected sheet, and one without a cell.
fn findings() -> Review {
    let at = |cell: &str| format!("{MAIN}!{cell}");
    review(vec![
        line(Severity::Note, "S07", &at("B2"), "显示 21"),
        line(Severity::Error, "A10", &at("B2"), "应为 22 <或> \"23\" & 24"),
        line(Severity::Warning, "B11", &at("B3"), "核实"),
        line(Severity::Note, "C12", &at("B4"), "提示"),
        line(Severity::Trial, "C13", &at("B5"), "试行"),
        line(Severity::Error, "A14", &at("D6"), "公式"),
        line(Severity::Error, "A15", &at("F20"), "空白格"),
        line(Severity::Error, "A16", &at("C12"), "空白格"),
        line(Severity::Error, "A17", &at("B10"), "空白行"),
        line(Severity::Warning, "B18", &at("B9"), "合并格"),
        line(Severity::Warning, "B19", "明细!C3", "另一张表"),
        line(Severity::Error, "S01", "", "缺一张表"),
    ])
}

#[test]
fn only_the_parts_that_carry_marks_differ_and_all_others_keep_their_bytes() {
    let original = rich();
    let made = done(&original, "rich.xlsx", &findings());
    assert_eq!((made.extension, &made.drawn, made.unlocked), ("xlsx", &None, false));
    let (before, after) = (entries(&original), entries(&made.bytes));
    let changed: Vec<&str> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.0.as_str()).collect();
    let expected = [
        "xl/worksheets/sheet1.xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
        "xl/worksheets/sheet2.xml",
        "xl/styles.xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    ];
    assert_eq!(changed, expected);
    assert!(before.iter().zip(&after).all(|(b, a)| b.0 == a.0), "the order of the parts stays");
    let added: Vec<&str> = after[before.len()..].iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/worksheets/sheet4.xml",
        "yusuan/review.json",
    ];
    assert_eq!(added, expected);
}

#[test]
fn what_stands_around_the_cells_stays_as_it_is_written() {
    let original = rich();
    let (before, after) = (Seen::new(&original), Seen::new(&done(&original, "rich.xlsx", &findings()).bytes));
    for name in [MAIN, "明细"] {
        let (b, a) = (before.sheet(name), after.sheet(name));
        let (head, tail) = (b.split("<sheetData").next().unwrap(), b.split("</sheetData>").nth(1).unwrap());
        assert!(a.starts_with(head), "{name}");
        let tail = tail.strip_suffix("</worksheet>").unwrap();
        assert!(a.contains(&format!("</sheetData>{tail}")), "{name}");
        for formula in b.split("<f>").skip(1).map(|f| f.split("</f>").next().unwrap()) {
            assert!(a.contains(&format!("<f>{formula}</f>")), "{formula}");
        }
    }
    assert_eq!(before.sheet("隐藏表"), after.sheet("隐藏表"));
    assert_eq!(after.names(), [MAIN, "明细", "隐藏表", "审核意见"]);
    let book = part(&after.bytes, "xl/workbook.xml");
    for kept in ["state=\"hidden\"", "税率", "本表", "_xlnm.Print_Area", "_xlnm.Print_Titles", "activeTab=\"1\""] {
        assert!(book.contains(kept), "{kept}");
    }
}

#[test]
fn every_cell_at_fault_has_its_colour_and_its_comment_and_nothing_else_of_its_format_changes() {
    let original = rich();
    let (before, after) = (Seen::new(&original), Seen::new(&done(&original, "rich.xlsx", &findings()).bytes));
    let marked = ["A8", "B10", "B2", "B3", "B4", "B5", "C12", "D6", "F20"];
    let comments = after.comments(MAIN);
    let with_comment: BTreeSet<&str> = comments.keys().map(String::as_str).collect();
    assert_eq!(with_comment, marked.into_iter().chain(["A6"]).collect());
    let colours: Vec<String> = marked.iter().map(|cell| after.colour(MAIN, cell).unwrap()[2..3].to_owned()).collect();
    // Red, orange, blue and violet begin with these.
    assert_eq!(colours.concat(), "FFFFCDFFF");
    for cell in ["A8", "B2", "B3", "B4", "B5", "D6"] {
        assert_eq!(before.format(MAIN, cell).0, after.format(MAIN, cell).0, "{cell}");
    }
    for cell in ["A1", "B6", "C2", "C3", "D5"] {
        assert_eq!(before.format(MAIN, cell), after.format(MAIN, cell), "{cell}");
    }
    assert_ne!(after.colour(MAIN, "B2"), after.colour(MAIN, "D6"), "a colour tells the fill that it covers");
    let theirs = &comments["B2"].1;
    assert!(theirs.starts_with("上年数含结转\n"), "{theirs}");
    assert!(theirs.contains("Note S07\n显示 21\n→ 按S07改\n\nError A10\n应为 22 <或> \"23\" & 24\n→ 按A10改"), "{theirs}");
    assert_eq!(comments["A6"], ("经办人".to_owned(), "另一条批注".to_owned()));
    assert_eq!(comments["A8"], ("yusuan".to_owned(), "[yusuan]\nWarning B18\n合并格\n→ 按B18改".to_owned()));
    assert_eq!(after.comments("明细").keys().collect::<Vec<_>>(), ["C3"]);
}

#[test]
fn cells_that_were_not_there_stand_in_order_and_keep_the_format_of_their_row_or_column() {
    let original = rich();
    let after = Seen::new(&done(&original, "rich.xlsx", &findings()).bytes);
    let text = after.sheet(MAIN);
    let document = Document::parse(&text).unwrap();
    let rows: Vec<u32> = named(document.root_element(), "row").map(|r| r.attribute("r").unwrap().parse().unwrap()).collect();
    assert_eq!(rows, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20]);
    let styles = Document::parse(&after.styles).unwrap();
    let formats: Vec<Node<'_, '_>> = named(named(styles.root_element(), "cellXfs").next().unwrap(), "xf").collect();
    assert_eq!(named(styles.root_element(), "cellXfs").next().unwrap().attribute("count").unwrap(), formats.len().to_string());
    // The column F and the row 12 have fills of their own, which the colours remember.
    assert_ne!(after.colour(MAIN, "F20"), after.colour(MAIN, "B10"));
    assert_ne!(after.colour(MAIN, "C12"), after.colour(MAIN, "B10"));
}

#[test]
fn the_sheet_lists_every_finding_with_links_a_filter_and_room_for_answers() {
    let original = rich();
    let bytes = done(&original, "rich.xlsx", &findings()).bytes;
    let text = Seen::new(&bytes).sheet("审核意见");
    let document = Document::parse(&text).unwrap();
    let rows: Vec<Vec<String>> = named(document.root_element(), "row")
        .map(|row| {
            named(row, "c").map(|c| c.descendants().filter_map(|d| d.text()).next().unwrap_or_default().to_owned()).collect()
        })
        .collect();
    assert_eq!(rows.len(), 14);
    assert_eq!(rows[3][..7], ["2", "Error", "A10", MAIN, "B2", "应为 22 <或> \"23\" & 24", "按A10改"]);
    assert_eq!(rows[13][..6], ["12", "Error", "S01", "", "", "缺一张表"]);
    let links: Vec<_> = named(document.root_element(), "hyperlink").map(|l| l.attribute("location").unwrap()).collect();
    assert_eq!((links.len(), links[0], links[10]), (11, "'收支 & ''总表'''!B2", "'明细'!C3"));
    assert_eq!(named(document.root_element(), "autoFilter").next().unwrap().attribute("ref"), Some("A2:I14"));
    assert!(named(document.root_element(), "dataValidation").next().unwrap().attribute("sqref") == Some("H3:H14"));
}

#[test]
fn the_marks_are_no_part_of_what_is_read() {
    let original = rich();
    let bytes = done(&original, "rich.xlsx", &findings()).bytes;
    assert_eq!(read(&bytes, "rich.xlsx").unwrap(), read(&original, "rich.xlsx").unwrap());
}

#[test]
fn marks_that_nobody_touched_are_taken_back_to_the_last_byte() {
    let original = rich();
    let once = done(&original, "rich.xlsx", &findings()).bytes;
    assert_eq!(done(&once, "rich.xlsx", &findings()).bytes, once);
    let other = review(vec![line(Severity::Error, "A10", &format!("{MAIN}!C2"), "别的问题")]);
    let replaced = done(&once, "rich.xlsx", &other).bytes;
    assert_eq!(entries_but_packing(&replaced), entries_but_packing(&done(&original, "rich.xlsx", &other).bytes));
    assert_eq!(done(&replaced, "rich.xlsx", &findings()).bytes, once);
}

/// The entries with their content as text.
fn entries_but_packing(bytes: &[u8]) -> Vec<(String, String)> {
    entries(bytes).into_iter().map(|(name, _)| (name.clone(), part(bytes, &name))).collect()
}

/// A package as a spreadsheet program saves it: without the parts that it does not know.
fn saved_by_another(bytes: &[u8]) -> Vec<u8> {
    let without = |text: String, from: &str, to: &str| {
        let start = text.find(from).unwrap();
        let end = start + text[start..].find(to).unwrap() + to.len();
        format!("{}{}", &text[..start], &text[end..])
    };
    let root = without(part(bytes, "_rels/.rels"), "<Relationship Id=\"rIdY", "/>");
    let types = without(part(bytes, "[Content_Types].xml"), "<Override PartName=\"/yusuan", "/>");
    with_parts(bytes, &[("_rels/.rels", Some(&root)), ("[Content_Types].xml", Some(&types)), ("yusuan/review.json", None)])
}

#[test]
fn marks_in_a_copy_that_was_saved_by_another_program_go_and_fills_and_comments_come_back() {
    let original = rich();
    let edited = saved_by_another(&done(&original, "rich.xlsx", &findings()).bytes);
    let other = review(vec![line(Severity::Error, "A10", &format!("{MAIN}!C2"), "别的问题")]);
    let (before, after) = (Seen::new(&original), Seen::new(&done(&edited, "rich.xlsx", &other).bytes));
    assert_eq!(after.names(), [MAIN, "明细", "隐藏表", "审核意见"]);
    for cell in ["A8", "B2", "B3", "B4", "B5", "D6"] {
        let (format, fill) = after.format(MAIN, cell);
        let (own_format, own_fill) = before.format(MAIN, cell);
        let is_none =
            own_fill.contains("\"none\"") || own_fill.contains("<patternFill />") || own_fill.contains("<patternFill/>");
        assert_eq!(format, own_format, "{cell}");
        assert!(is_none && fill.contains("\"none\"") || same_element(&fill, &own_fill), "{cell}: {fill} {own_fill}");
    }
    let mut expected = before.comments(MAIN);
    expected.insert("C2".into(), ("yusuan".into(), "[yusuan]\nError A10\n别的问题\n→ 按A10改".into()));
    assert_eq!(after.comments(MAIN), expected);
    assert!(after.comments("明细").is_empty());
    assert_eq!(after.colour(MAIN, "C2").as_deref(), Some("FFFDB3B6"));
    assert_eq!(read(&after.bytes, "rich.xlsx").unwrap(), read(&original, "rich.xlsx").unwrap());
    let types = part(&after.bytes, "[Content_Types].xml");
    let names: BTreeSet<String> = entries(&after.bytes).into_iter().map(|(name, _)| format!("/{name}")).collect();
    let document = Document::parse(&types).unwrap();
    for listed in named(document.root_element(), "Override").map(|o| o.attribute("PartName").unwrap()) {
        assert!(names.contains(listed), "{listed} is listed and not there");
    }
    let again = done(&saved_by_another(&after.bytes), "rich.xlsx", &other).bytes;
    assert_eq!(done(&again, "rich.xlsx", &other).bytes, again);
}

/// Whether two texts are the same element however it is written.
fn same_element(one: &str, other: &str) -> bool {
    fn same(one: Node<'_, '_>, other: Node<'_, '_>) -> bool {
        let attributes = |node: Node<'_, '_>| {
            node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect::<BTreeMap<_, _>>()
        };
        let inner = |node: Node<'_, '_>| node.children().filter(Node::is_element).count();
        one.tag_name().name() == other.tag_name().name()
            && attributes(one) == attributes(other)
            && inner(one) == inner(other)
            && one.children().filter(Node::is_element).zip(other.children().filter(Node::is_element)).all(|(a, b)| same(a, b))
    }
    same(Document::parse(one).unwrap().root_element(), Document::parse(other).unwrap().root_element())
}

#[test]
fn answers_of_the_unit_stay_with_their_findings() {
    let original = rich();
    let copy = done(&original, "rich.xlsx", &findings()).bytes;
    let sheet = part(&copy, "xl/worksheets/sheet4.xml");
    let fill = |sheet: String, cell: &str, answer: &str| {
        let start = sheet.find(&format!("<c r=\"{cell}\"")).unwrap();
        let end = start + sheet[start..].find("/>").unwrap();
        let open = &sheet[start..end];
        format!("{}{open} t=\"inlineStr\"><is><t>{answer}</t></is></c>{}", &sheet[..start], &sheet[end + 2..])
    };
    let answered = fill(fill(sheet, "H5", "改"), "I5", "含结转 3 万元");
    let answered = with_parts(&copy, &[("xl/worksheets/sheet4.xml", Some(&answered))]);
    let fewer = review(findings().lines.into_iter().filter(|l| l.rule != "S07").collect());
    let bytes = done(&answered, "rich.xlsx", &fewer).bytes;
    let text = Seen::new(&bytes).sheet("审核意见");
    let document = Document::parse(&text).unwrap();
    let said = |cell: &str| {
        let node = named(document.root_element(), "c").find(|c| c.attribute("r") == Some(cell)).unwrap();
        node.descendants().filter_map(|d| d.text()).next().unwrap_or_default().to_owned()
    };
    assert_eq!((said("C4"), said("H4"), said("I4")), ("B11".to_owned(), "改".to_owned(), "含结转 3 万元".to_owned()));
    assert_eq!((said("H3"), said("I5")), (String::new(), String::new()));
}

#[test]
fn a_workbook_with_macros_keeps_its_kind() {
    let original = rich();
    let types = part(&original, "[Content_Types].xml");
    let main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    let types = types.replace(main, "application/vnd.ms-excel.sheet.macroEnabled.main+xml");
    let macros = with_parts(&original, &[("[Content_Types].xml", Some(&types)), ("xl/vbaProject.bin", Some("\u{1}binary"))]);
    let made = done(&macros, "a.xlsm", &findings());
    assert_eq!((made.extension, &made.drawn), ("xlsm", &None));
    assert_eq!(part(&made.bytes, "xl/vbaProject.bin"), "\u{1}binary");
}

#[test]
fn a_workbook_opened_with_a_password_is_marked_in_the_clear() {
    let bytes = std::fs::read(path("fixtures/encrypted/agile.xlsx")).unwrap();
    let options = ReadOptions { passwords: vec!["密码Abc1".into()], ..ReadOptions::default() };
    let marks = review(vec![line(Severity::Error, "A10", "表!B2", "错")]);
    let made = annotate(&bytes, "agile.xlsx", &options, &marks).unwrap();
    assert!(made.unlocked && made.drawn.is_none());
    assert_eq!(Seen::new(&made.bytes).comments("表").len(), 1);
    assert!(matches!(annotate(&bytes, "agile.xlsx", &ReadOptions::default(), &marks), Err(Refused::Unreadable(_))));
}

fn numbers(grid: &Grid) -> Vec<String> {
    let cells = grid.sheets.iter().flat_map(|s| s.cells.iter().map(move |c| (s, c)));
    let numbers = cells.filter(|(_, c)| matches!(c.value, Value::Number(_)));
    numbers.map(|(s, c)| format!("{}!{} {:?} {:?}", s.name, c.at, c.value, c.shown)).collect()
}

#[test]
fn other_formats_are_drawn_anew_with_the_same_sheets_and_addresses() {
    for format in ["xls", "ods"] {
        let bytes = fixture_bytes(format);
        let marks = review(vec![line(Severity::Error, "A42", "财政拨款“三公”经费支出表!C6", "相差")]);
        let made = done(&bytes, &format!("a.{format}"), &marks);
        assert_eq!((made.extension, &made.drawn), ("xlsx", &Some(Drawn::Format)));
        let (own, copy) = (read(&bytes, &format!("a.{format}")).unwrap(), read(&made.bytes, "a.xlsx").unwrap());
        assert_eq!(numbers(&copy), numbers(&own), "{format}");
        let seen = Seen::new(&made.bytes);
        assert_eq!(seen.comments("财政拨款“三公”经费支出表").len(), 1);
        assert_eq!(seen.colour("财政拨款“三公”经费支出表", "C6").as_deref(), Some("FFFDB3B6"));
        if format == "xls" {
            let name = "财政拨款“三公”经费支出表";
            assert_eq!(sheet(&copy, name).merges.len(), sheet(&own, name).merges.len());
        }
    }
    let made = done("表,a\n1.50,2\n".as_bytes(), "一/[表].csv", &review(vec![line(Severity::Note, "S07", "[表]!A2", "1")]));
    assert_eq!(Seen::new(&made.bytes).names(), ["［表］", "审核意见"]);
    assert_eq!(Seen::new(&made.bytes).comments("［表］").len(), 1);
}

#[test]
fn documents_have_no_cells() {
    for name in ["434007.docx", "434007.txt"] {
        let bytes = std::fs::read(path("fixtures/hebei-unit-2023").join(name)).unwrap();
        assert!(matches!(annotate(&bytes, name, &ReadOptions::default(), &findings()), Err(Refused::Document)), "{name}");
    }
}
