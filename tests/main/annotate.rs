//! Reviews put into workbooks of every kind: what must stay stays to the byte, what is marked is marked, and marks go again.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};
use yusuan::edge::annotate::{Drawn, Refused, Review, annotate};
use yusuan::edge::read::{ReadOptions, read};
use yusuan::grid::{Grid, Value};
use yusuan::template::Severity;

use super::package::{Seen, done, entries, line, named, part, review, with_parts};
use super::support::{fixture_bytes, path, sheet};

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
fn of_findings_without_a_cell_each_keeps_its_own_answer() {
    let original = rich();
    let of = |messages: &[&str]| review(messages.iter().map(|m| line(Severity::Error, "S01", "", m)).collect());
    let copy = done(&original, "rich.xlsx", &of(&["缺甲表", "缺乙表"])).bytes;
    let text = part(&copy, "xl/worksheets/sheet4.xml");
    let start = text.find("<c r=\"I4\"").unwrap();
    let end = start + text[start..].find("/>").unwrap();
    let answered = format!("{} t=\"inlineStr\"><is><t>本单位没有</t></is></c>{}", &text[..end], &text[end + 2..]);
    let answered = with_parts(&copy, &[("xl/worksheets/sheet4.xml", Some(&answered))]);
    for (messages, is_kept) in [(vec!["缺乙表"], true), (vec!["缺甲表"], false), (vec!["缺丙表", "缺乙表"], true)] {
        let bytes = done(&answered, "rich.xlsx", &of(&messages)).bytes;
        let rows = Seen::new(&bytes).sheet("审核意见");
        let row = rows.split("<row ").find(|row| row.contains("本单位没有"));
        assert_eq!(row.is_some_and(|row| row.contains("缺乙表")), is_kept, "{messages:?}");
        assert_eq!(row.is_some(), is_kept);
    }
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
