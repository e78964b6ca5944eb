//! Reviews put into unusual, damaged and very large workbooks: marked where that is safe, drawn anew where it is not, never wrong.

use std::fmt::Write;

use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, Format, Formula, Image, Note, Table,
    Workbook,
};
use yusuan::edge::annotate::{Drawn, Refused, annotate};
use yusuan::edge::read::{ReadOptions, read};
use yusuan::template::Severity;

use super::annotate::rich;
use super::package::{Seen, done, entries, line, part, review, with_parts};

const MAIN: &str = "收支 & '总表'";

/// A workbook with one sheet `表`, from the inside of its worksheet.
fn small(worksheet: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("表").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let own = part(&bytes, "xl/worksheets/sheet1.xml");
    let root = &own[..own.find("<dimension").unwrap()];
    with_parts(&bytes, &[("xl/worksheets/sheet1.xml", Some(&format!("{root}{worksheet}</worksheet>")))])
}

fn at(cell: &str) -> yusuan::edge::annotate::Review {
    review(vec![line(Severity::Error, "A10", &format!("表!{cell}"), "错")])
}

/// Why a workbook is drawn anew; its marks have to be there all the same.
fn odd(bytes: &[u8], cell: &str) -> String {
    let made = done(bytes, "a.xlsx", &at(cell));
    let seen = Seen::new(&made.bytes);
    assert!(seen.comments("表").contains_key(cell));
    assert_eq!(seen.colour("表", cell).as_deref(), Some("FFFDB3B6"));
    match made.drawn {
        Some(Drawn::Odd(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_charts_tables_and_notes_of_a_workbook_stay() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("表").unwrap();
    let money = Format::new().set_num_format("#,##0.00").set_background_color("#E2EFDA");
    for row in 0..20 {
        sheet.write_with_format(row, 0, row, &money).unwrap();
        sheet.write_formula(row, 1, Formula::new(format!("=A{}*2", row + 1)).set_result((row * 2).to_string())).unwrap();
    }
    let png = [
        0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90,
        0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd,
        0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
    ];
    sheet.insert_image(30, 2, &Image::new_from_buffer(&png).unwrap()).unwrap();
    let mut chart = Chart::new(ChartType::Line);
    chart.add_series().set_values(("表", 0, 0, 19, 0));
    sheet.insert_chart(2, 5, &chart).unwrap();
    sheet.insert_note(3, 0, &Note::new("原来的批注").set_author("经办人")).unwrap();
    let rule = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(10)).set_format(&money);
    sheet.add_conditional_format(0, 0, 19, 0, &rule).unwrap();
    sheet.add_data_validation(0, 0, 19, 0, &DataValidation::new().allow_list_strings(&["1", "2"]).unwrap()).unwrap();
    sheet.set_freeze_panes(1, 1).unwrap();
    sheet.add_table(40, 0, 43, 2, &Table::new()).unwrap();
    workbook.define_name("税率", "=表!$A$1").unwrap();
    let original = workbook.save_to_buffer().unwrap();

    let marks = review(vec![
        line(Severity::Warning, "B1", "表!A4", "有批注"),
        line(Severity::Error, "A1", "表!B5", "公式"),
        line(Severity::Note, "C1", "表!K50", "空白"),
    ]);
    let made = done(&original, "a.xlsx", &marks);
    assert_eq!(made.drawn, None);
    let after = entries(&made.bytes);
    let kept = entries(&original).into_iter().filter(|entry| after.contains(entry));
    let kept: Vec<String> = kept.map(|(name, _)| name).collect();
    for part in
        ["xl/media/image1.png", "xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/tables/table1.xml", "xl/theme/theme1.xml"]
    {
        assert!(kept.iter().any(|name| name == part), "{part} of {kept:?}");
    }
    let (own, text) = (part(&original, "xl/worksheets/sheet1.xml"), part(&made.bytes, "xl/worksheets/sheet1.xml"));
    assert!(text.contains(own.split("</sheetData>").nth(1).unwrap()), "the drawing of notes was there already");
    let comments = Seen::new(&made.bytes).comments("表");
    assert_eq!(comments.keys().collect::<Vec<_>>(), ["A4", "B5", "K50"]);
    assert!(comments["A4"].1.contains("原来的批注") && comments["A4"].1.ends_with("→ 按B1改"));
    assert_eq!(done(&made.bytes, "a.xlsx", &marks).bytes, made.bytes);
}

#[test]
fn a_workbook_without_styles_gets_some() {
    let rels = part(&rich(), "xl/_rels/workbook.xml.rels");
    let start = rels.find("styles.xml").and_then(|at| rels[..at].rfind("<Relationship")).unwrap();
    let end = start + rels[start..].find("/>").unwrap() + 2;
    let rels = format!("{}{}", &rels[..start], &rels[end..]);
    let bare = with_parts(&small("<sheetData><row r=\"1\"><c r=\"A1\"><v>1.5</v></c></row></sheetData>"), &[]);
    let own = part(&bare, "xl/_rels/workbook.xml.rels");
    let from = own.find("styles.xml").and_then(|at| own[..at].rfind("<Relationship")).unwrap();
    let to = from + own[from..].find("/>").unwrap() + 2;
    let own = format!("{}{}", &own[..from], &own[to..]);
    let bare = with_parts(&bare, &[("xl/_rels/workbook.xml.rels", Some(&own)), ("xl/styles.xml", None)]);
    let made = done(&bare, "a.xlsx", &at("A1"));
    assert_eq!(made.drawn, None);
    assert!(part(&made.bytes, "xl/_rels/workbook.xml.rels").contains("/styles\""));
    assert!(part(&made.bytes, "xl/styles1.xml").contains("FFFDB3B6"));
    // A cell of a format that no part holds is not understood.
    let lost = with_parts(&rich(), &[("xl/_rels/workbook.xml.rels", Some(&rels)), ("xl/styles.xml", None)]);
    let marks = review(vec![line(Severity::Error, "A10", &format!("{MAIN}!B2"), "错")]);
    assert!(matches!(done(&lost, "a.xlsx", &marks).drawn, Some(Drawn::Odd(_))));
}

#[test]
fn prefixes_and_the_strict_names_are_kept() {
    let sheet = "<x:worksheet xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:sheetData><x:row r=\"2\" \
        spans=\"2:3\"><x:c r=\"B2\"><x:v>1</x:v></x:c></x:row></x:sheetData><x:pageMargins left=\"1\" right=\"1\" top=\"1\" \
        bottom=\"1\" header=\"1\" footer=\"1\"/><x:extLst/></x:worksheet>";
    let prefixed = with_parts(&small("<sheetData/>"), &[("xl/worksheets/sheet1.xml", Some(sheet))]);
    for cell in ["B2", "A2", "D2", "A1", "B3"] {
        let made = done(&prefixed, "a.xlsx", &at(cell));
        assert_eq!(made.drawn, None);
        let text = part(&made.bytes, "xl/worksheets/sheet1.xml");
        assert!(text.contains(&format!("<x:c r=\"{cell}\" s=")) || text.contains("<x:c s="), "{text}");
        assert!(text.contains("footer=\"1\"/><x:legacyDrawing ") && text.ends_with("<x:extLst/></x:worksheet>"), "{text}");
        let spans = if cell == "A2" {
            "1:3"
        } else if cell == "D2" {
            "2:4"
        } else {
            "2:3"
        };
        assert!(text.contains(&format!("spans=\"{spans}\"")), "{text}");
        assert!(Seen::new(&made.bytes).comments("表").contains_key(cell));
    }
    let plain = small("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>");
    let strict = |text: String| {
        let text = text.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        );
        text.replace("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument")
    };
    let names = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"];
    let texts = names.map(|name| strict(part(&plain, name)));
    let changed: Vec<(&str, Option<&str>)> = names.into_iter().zip(texts.iter().map(|text| Some(text.as_str()))).collect();
    let made = done(&with_parts(&plain, &changed), "a.xlsx", &at("A1"));
    assert_eq!(made.drawn, None);
    assert!(part(&made.bytes, "xl/worksheets/sheet2.xml").contains("purl.oclc.org/ooxml/spreadsheetml/main"));
    assert!(
        part(&made.bytes, "xl/worksheets/_rels/sheet1.xml.rels")
            .contains("purl.oclc.org/ooxml/officeDocument/relationships/comments")
    );
}

#[test]
fn rows_and_cells_that_do_not_say_where_they_are_get_marks_and_no_new_neighbours() {
    let cell = |value: u32| format!("<c><v>{value}</v></c>");
    let rows: String = (0..3).map(|row| format!("<row>{}{}</row>", cell(row), cell(row + 10))).collect();
    let implied = small(&format!("<sheetData>{rows}</sheetData>"));
    for cell in ["A1", "B2", "C2", "B9"] {
        assert_eq!(done(&implied, "a.xlsx", &at(cell)).drawn, None, "{cell}");
        assert_eq!(Seen::new(&done(&implied, "a.xlsx", &at(cell)).bytes).comments("表").len(), 1);
    }
    let gaps =
        small("<sheetData><row r=\"5\"><c r=\"C5\"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>");
    assert_eq!(done(&gaps, "a.xlsx", &at("A5")).drawn, None);
    let disordered = small("<sheetData><row r=\"5\"><c r=\"C5\"><v>1</v></c><c r=\"A5\"><v>2</v></c></row></sheetData>");
    assert!(odd(&disordered, "A5").contains("order"));
    let disordered =
        small("<sheetData><row r=\"5\"><c r=\"C5\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c></row></sheetData>");
    assert!(odd(&disordered, "A2").contains("order"));
}

#[test]
fn what_cannot_be_changed_safely_is_drawn_anew_with_all_marks() {
    let plain = small("<sheetData><row r=\"1\"><c r=\"A1\"><v>1.25</v></c></row></sheetData>");
    let types = part(&plain, "[Content_Types].xml").replace("spreadsheetml.sheet.main", "unknown");
    assert!(odd(&with_parts(&plain, &[("[Content_Types].xml", Some(&types))]), "A1").contains("kind"));
    assert!(odd(&with_parts(&plain, &[("[Content_Types].xml", None)]), "A1").contains("content_types"));
    let styles = part(&plain, "xl/styles.xml").replace("</styleSheet>", "");
    assert!(!odd(&with_parts(&plain, &[("xl/styles.xml", Some(&styles))]), "A1").is_empty());
    let book = part(&plain, "xl/workbook.xml").replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "urn:x");
    assert!(odd(&with_parts(&plain, &[("xl/workbook.xml", Some(&book))]), "A1").contains("namespace"));
    let deep = format!("<comments>{}</comments>", "<a>".repeat(100_000));
    let rels = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"c\" \
        Type=\"x/comments\" Target=\"../comments1.xml\"/></Relationships>";
    let deep = [("xl/comments1.xml", Some(deep.as_str())), ("xl/worksheets/_rels/sheet1.xml.rels", Some(rels))];
    assert!(!odd(&with_parts(&plain, &deep), "A1").is_empty());
    let lost = [("xl/worksheets/_rels/sheet1.xml.rels", Some(rels))];
    assert!(odd(&with_parts(&plain, &lost), "A1").contains("lost"));
}

#[test]
fn a_thread_of_comments_is_left_alone() {
    let original = rich();
    let comments = part(&original, "xl/comments/comment1.xml").replace("经办人", "tc={00000000-0000-0000-0000-000000000000}");
    let threads = with_parts(&original, &[("xl/comments/comment1.xml", Some(&comments))]);
    let marks = review(vec![line(Severity::Error, "A10", &format!("{MAIN}!B2"), "错")]);
    let made = done(&threads, "a.xlsx", &marks);
    let seen = Seen::new(&made.bytes);
    assert_eq!(seen.comments(MAIN)["B2"].1, "上年数含结转");
    assert!(seen.colour(MAIN, "B2").is_some() && seen.sheet("审核意见").contains("错"));
}

#[test]
fn a_sheet_of_the_same_name_and_two_sheets_of_one_name() {
    let mut workbook = Workbook::new();
    for name in ["表", "审核意见"] {
        workbook.add_worksheet().set_name(name).unwrap().write(0, 0, 1).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    assert_eq!(Seen::new(&done(&bytes, "a.xlsx", &at("A1")).bytes).names(), ["表", "审核意见", "审核意见(2)"]);
    let twice = part(&bytes, "xl/workbook.xml").replace("审核意见", "表");
    let twice = with_parts(&bytes, &[("xl/workbook.xml", Some(&twice))]);
    let made = done(&twice, "a.xlsx", &at("A1"));
    assert!(matches!(&made.drawn, Some(Drawn::Odd(why)) if why.contains("two sheets")));
    // Which of the two is meant cannot be known.
    let seen = Seen::new(&made.bytes);
    assert_eq!(seen.names(), ["表", "表(2)", "审核意见"]);
    assert!(seen.comments("表").is_empty() && seen.comments("表(2)").is_empty() && seen.sheet("审核意见").contains(">表!A1<"));
}

#[test]
fn damaged_files_are_refused_and_damaged_parts_never_lead_to_another_workbook() {
    let whole = rich();
    let marks = review(vec![
        line(Severity::Error, "A10", &format!("{MAIN}!B2"), "错"),
        line(Severity::Error, "A10", &format!("{MAIN}!G30"), "错"),
        line(Severity::Error, "A10", "明细!C3", "错"),
    ]);
    for cut in 0..24 {
        let refused = annotate(&whole[..whole.len() * cut / 24], "a.xlsx", &ReadOptions::default(), &marks);
        assert!(matches!(refused, Err(Refused::Unreadable(_))), "{cut}");
    }
    let names: Vec<String> = entries(&whole).into_iter().map(|(name, _)| name).filter(|n| !n.contains("theme")).collect();
    let (mut seed, mut made) = (7u64, 0);
    let mut below = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % end
    };
    for _ in 0..300 {
        let name = &names[below(names.len())];
        let mut text = part(&whole, name);
        let from = (0..=below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let to = (from..text.len()).skip(1 + below(30)).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let insert = ["", "<a>", "</row>", "\"", "0", "x:", "<c r=\"A1\"/>"][below(7)];
        text.replace_range(from..to, insert);
        let bytes = with_parts(&whole, &[(name, Some(&text))]);
        let Ok(before) = read(&bytes, "a.xlsx") else { continue };
        if let Ok(annotated) = annotate(&bytes, "a.xlsx", &ReadOptions::default(), &marks) {
            made += 1;
            let after = read(&annotated.bytes, "a.xlsx").unwrap();
            assert!(annotated.drawn.is_some() || after == before, "{name}: {insert} in the place of {from}..{to}");
        }
    }
    assert!(made > 100, "{made}");
}

#[test]
fn a_sheet_of_two_hundred_thousand_rows_is_marked_in_its_midst() {
    let mut rows = String::from("<sheetData>");
    for row in 1..=200_000u32 {
        write!(rows, "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>").unwrap();
    }
    let large = small(&(rows + "</sheetData>"));
    let marks =
        (0..2_000).map(|n| line(Severity::Error, "A10", &format!("表!{}{}", ["A", "B"][n % 2], n * 100 + 1), "错")).collect();
    let made = done(&large, "a.xlsx", &review(marks));
    assert_eq!(made.drawn, None);
    assert_eq!(Seen::new(&made.bytes).comments("表").len(), 2_000);
    assert_eq!(read(&made.bytes, "a.xlsx").unwrap(), read(&large, "a.xlsx").unwrap());
}

#[test]
fn as_many_findings_as_a_review_takes() {
    let mut rows = String::from("<sheetData>");
    for row in 1..=10_000u32 {
        write!(rows, "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>").unwrap();
    }
    let long = "长".repeat(400);
    let lines =
        (0..yusuan::edge::annotate::LINES).map(|n| line(Severity::Error, "A10", &format!("表!A{}", n % 10_000 + 1), &long));
    let made = done(&small(&(rows + "</sheetData>")), "a.xlsx", &review(lines.collect()));
    let seen = Seen::new(&made.bytes);
    let comments = seen.comments("表");
    assert!(comments.values().all(|(_, text)| text.encode_utf16().count() < 32_767));
    assert_eq!((comments.len(), made.drawn), (3_000, None));
    assert!(seen.colour("表", "A10000").is_some());
}

#[test]
fn pictures_in_headers_are_not_taken_for_comments() {
    let plain = small(
        "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData><legacyDrawingHF r:id=\"rId7\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"/>",
    );
    let rels = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId7\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing\" Target=\"../drawings/vmlDrawing1.vml\"/>\
        </Relationships>";
    let picture = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\"><v:shape id=\"CH\"><br></v:shape></xml>";
    let parts = [("xl/worksheets/_rels/sheet1.xml.rels", Some(rels)), ("xl/drawings/vmlDrawing1.vml", Some(picture))];
    let made = done(&with_parts(&plain, &parts), "a.xlsx", &at("A1"));
    assert_eq!((made.drawn, part(&made.bytes, "xl/drawings/vmlDrawing1.vml").as_str()), (None, picture));
    assert!(part(&made.bytes, "xl/drawings/vmlDrawing2.vml").contains("ObjectType=\"Note\""));
    let text = part(&made.bytes, "xl/worksheets/sheet1.xml");
    assert!(text.contains("</sheetData><legacyDrawing r:id=\"rIdY2\"") && text.contains("/><legacyDrawingHF "), "{text}");
    let lost = with_parts(&plain, &[("xl/worksheets/_rels/sheet1.xml.rels", Some(&rels.replace("rId7", "rId8")))]);
    let lost = part(&lost, "xl/worksheets/sheet1.xml").replace("legacyDrawingHF", "legacyDrawing");
    assert!(odd(&with_parts(&plain, &[("xl/worksheets/sheet1.xml", Some(&lost))]), "A1").contains("lost"));
}

#[test]
fn a_table_is_no_review_whatever_text_stands_in_it() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("表").unwrap().write(0, 0, 1).unwrap();
    let sheet = workbook.add_worksheet().set_name("审核意见").unwrap();
    sheet.write(0, 10, "yusuan.review/1").unwrap().write(3, 2, 910.01).unwrap();
    let grid = read(&workbook.save_to_buffer().unwrap(), "a.xlsx").unwrap();
    assert_eq!(grid.sheets.len(), 2);
}
