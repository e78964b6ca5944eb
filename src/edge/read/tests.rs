//! Tests of reading on workbooks made on the spot; they need no file.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{DocProperties, Format, Workbook};
use zip::write::SimpleFileOptions;

use super::{Found, Limit, Unreadable, read};
use crate::grid::{Cell, Grid, Sheet, Shown, Value};

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An xlsx workbook with one sheet of the given rows and what follows them.
fn xlsx_with(rows: &str, after: &str) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/relationships/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: &str| format!("<Relationships>{inner}</Relationships>");
    zipped(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &relations(&relation("a", "officeDocument", "/XL/Book.xml"))),
        (
            "xl\\book.xml",
            "<workbook><sheets><sheet name=\"表&amp;一\" state=\"hidden\" r:id=\"s\"/><sheet name=\"m\" r:id=\"m\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/book.xml.rels",
            &relations(
                &(relation("s", "worksheet", "../xl/Sheet.xml")
                    + &relation("m", "xlMacrosheet", "m.xml")
                    + &relation("t", "sharedStrings", "t.xml")),
            ),
        ),
        ("xl/t.xml", "<sst uniqueCount=\"99999999999\"><si><t>一</t></si><si><r><t>二</t></r><r><t>三</t></r></si></sst>"),
        ("xl/sheet.xml", &format!("<worksheet><dimension ref=\"A1\"/><sheetData>{rows}</sheetData>{after}</worksheet>")),
    ])
}

fn sheet_of(rows: &str) -> Sheet {
    read(&xlsx_with(rows, ""), "x.xlsx").unwrap().sheets.remove(0)
}

fn ods_with(table: &str) -> Vec<u8> {
    let content = format!("<office:document-content><office:body>{table}</office:body></office:document-content>");
    zipped(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
}

/// A cell as `B7=text`.
fn told(cell: &Cell) -> String {
    let value = match &cell.value {
        Value::Text(text) | Value::Other(text) => text.clone(),
        Value::Number(amount) => amount.to_string(),
        Value::Error(text) => format!("!{text}"),
        Value::Uncalculated => "?".to_owned(),
        Value::Blank | Value::Formula(..) => unreachable!(),
    };
    format!("{}={value}", cell.at)
}

fn all_told(sheet: &Sheet) -> Vec<String> {
    sheet.cells.iter().map(told).collect()
}

#[test]
fn texts_numbers_and_places_are_those_of_the_file() {
    let grid = read(
        &xlsx_with(
            "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>1</v></c><c r=\"C3\"><v>29.020000000000003</v></c><c r=\"D3\" t=\"b\"><v>1</v></c>\
             <c r=\"E3\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> 甲&#10;</t></is></c><c r=\"F3\" t=\"str\"><v></v></c></row>",
            "<mergeCells count=\"2\"><mergeCell ref=\"B3:C4\"/><mergeCell ref=\"E3\"/></mergeCells>",
        ),
        "x.xls",
    )
    .unwrap();
    let [sheet] = grid.sheets.as_slice() else { panic!("one sheet") };
    assert_eq!((sheet.name.as_str(), sheet.hidden), ("表&一", true));
    assert_eq!(all_told(sheet), ["B3=二三", "C3=29.02", "D3=TRUE", "E3= 甲\n"]);
    assert_eq!(sheet.merges.iter().map(ToString::to_string).collect::<Vec<_>>(), ["B3:C4"]);
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let sheet = sheet_of("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    assert_eq!(all_told(&sheet), ["XFD1048576=1"]);
}

#[test]
fn a_formula_without_result_is_told_apart_from_one_that_shows_nothing() {
    let sheet = sheet_of(
        "<row r=\"1\"><c r=\"A1\"><f>SUM(B1:C1)</f></c><c r=\"B1\"><f>C1</f><v/></c><c r=\"C1\" t=\"str\"><f>\"\"</f><v></v></c>\
         <c r=\"D1\"><f>C1</f><v>2</v></c><c r=\"E1\"/><c r=\"F1\"><v/></c></row>",
    );
    assert_eq!(all_told(&sheet), ["A1=?", "B1=?", "D1=2"]);
}

#[test]
fn a_bad_cell_costs_only_itself() {
    let sheet = sheet_of(
        "<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#SPILL!</v></c><c r=\"B1\" t=\"e\"><v>#REF!</v></c><c r=\"C1\" t=\"n\"><v> 42 </v></c>\
         <c r=\"D1\" t=\"s\"><v>7</v></c><c r=\"E1\"><v>1e300</v></c><c r=\"F1\"><v>5</v></c></row>",
    );
    let expected = ["A1=!#SPILL!", "B1=!#REF!", "C1=42", "D1=!文字缺失", "E1=!1", "F1=5"];
    let cut: Vec<String> =
        all_told(&sheet).into_iter().map(|t| t.chars().take(if t.starts_with('E') { 5 } else { 20 }).collect()).collect();
    assert_eq!(cut, expected);
}

#[test]
fn comments_and_character_data_do_not_cut_a_value() {
    let sheet =
        sheet_of("<!-- <c> --><row r=\"1\"><c r=\"A1\"><v>4<!-- x -->2</v></c><c r=\"B1\"><v><![CDATA[7]]></v></c></row>");
    assert_eq!(all_told(&sheet), ["A1=42", "B1=7"]);
}

#[test]
fn prefixed_elements_are_read_alike() {
    let plain = xlsx_with(
        "<row r=\"1\"><c r=\"A1\"><f>B1</f></c><c r=\"B1\"><v>3</v></c></row>",
        "<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>",
    );
    let mut package = zip::ZipArchive::new(Cursor::new(plain)).unwrap();
    let mut parts = Vec::new();
    for place in 0..package.len() {
        let mut entry = package.by_index(place).unwrap();
        let (name, mut text) = (entry.name().unwrap().into_owned(), String::new());
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        if name.ends_with("sheet.xml") {
            text = text.replace("</", "</x:").replace('<', "<x:").replace("<x:/x:", "</x:");
        }
        parts.push((name, text));
    }
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let sheet = read(&zipped(&parts), "x.xlsx").unwrap().sheets.remove(0);
    assert_eq!(all_told(&sheet), ["A1=?", "B1=3"]);
    assert_eq!(sheet.merges.len(), 1);
}

#[test]
fn number_formats_and_the_mark_are_read() {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_category("yusuan:cleaned"));
    let sheet = workbook.add_worksheet();
    for (row, format) in ["General", "0.00", "#,##0.0_ ;[Red]\\-#,##0.0\\ ", "0%", "@", "yyyy-mm-dd"].into_iter().enumerate() {
        sheet.write_number_with_format(row as u32, 0, 45_000, &Format::new().set_num_format(format)).unwrap();
    }
    let grid = read(&workbook.save_to_buffer().unwrap(), "x.xlsx").unwrap();
    assert_eq!(grid.mark.as_deref(), Some("cleaned"));
    let shown: Vec<Shown> = grid.sheets[0].cells.iter().map(|c| c.shown).collect();
    let expected = [Shown::General, Shown::Fixed(2), Shown::Fixed(1), Shown::Fixed(2), Shown::General, Shown::Unknown];
    assert_eq!(shown, expected);
    assert_eq!(all_told(&grid.sheets[0])[5], "A6=2023-03-15");
}

#[test]
fn formulas_and_what_is_hidden_are_read_with_their_places() {
    let rows = "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:A3\" si=\"0\">B1&amp;\"x\"</f></c><c r=\"B1\"><f>1+1</f><v>2</v></c></row>\
                <row r=\"3\" hidden=\"1\"><c r=\"A3\"><f t=\"shared\" si=\"0\"/><v/></c><c r=\"B3\" t=\"str\"><f>A1</f><v></v></c></row>\
                <row hidden=\"true\"><c><f/><v>1</v></c></row>";
    let xml = xlsx_with(rows, "");
    let sheet = read(&xml, "x.xlsx").unwrap().sheets.remove(0);
    let formulas: Vec<String> = sheet.formulas.iter().map(|f| format!("{}={} for {}", f.at, f.text, f.from)).collect();
    assert_eq!(formulas, ["A1=B1&\"x\" for A1", "B1=1+1 for B1", "A3=B1&\"x\" for A1"]);
    assert_eq!(all_told(&sheet), ["A1=?", "B1=2", "A3=?", "A4=1"]);
    assert_eq!((sheet.hidden_rows, sheet.hidden_columns), (vec![(2, 3)], Vec::new()));

    let table = "<table:table table:name=\"表\"><table:table-column table:number-columns-repeated=\"2\"/><table:table-column \
                 table:visibility=\"collapse\"/><table:table-row/><table:table-row table:visibility=\"filter\">\
                 <table:table-cell table:formula=\"of:=SUM([.B1:.C$2];[$&apos;a b&apos;.D4])&amp;&quot;;&quot;\"/></table:table-row></table:table>";
    let sheet = read(&ods_with(table), "x.ods").unwrap().sheets.remove(0);
    assert_eq!(sheet.formulas[0].text, "SUM(B1:C$2,'a b'!D4)&\";\"");
    assert_eq!((sheet.hidden_rows, sheet.hidden_columns), (vec![(1, 1)], vec![(2, 2)]));

    let row = record(0x0208, &[7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0]);
    let column = record(0x007d, &[1, 0, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    let sheet = read(&xls_with(&[row, column].concat()), "x.xls").unwrap().sheets.remove(0);
    assert_eq!((sheet.hidden_rows, sheet.hidden_columns), (vec![(7, 7)], vec![(1, 3)]));
}

#[test]
fn an_ods_is_read_without_laying_out_repeats() {
    let grid = read(
        &ods_with(
            "<table:table table:name=\"表\"><table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell \
             table:number-columns-repeated=\"16384\"/></table:table-row><table:table-row table:number-rows-repeated=\"2\">\
             <table:table-cell/><table:table-cell office:value-type=\"float\" office:value=\"1234.5\" \
             table:number-columns-repeated=\"2\"><text:p>1,234.50</text:p></table:table-cell><table:table-cell \
             office:value-type=\"string\" table:number-columns-spanned=\"2\"><office:annotation><text:p>注</text:p>\
             </office:annotation><text:p>甲<text:s text:c=\"2\"/>乙&amp;</text:p><text:p>丙</text:p></table:table-cell>\
             <table:table-cell table:formula=\"of:=1\"/></table:table-row></table:table>",
        ),
        "x.ods",
    )
    .unwrap();
    let sheet = &grid.sheets[0];
    let row = |n| [format!("B{n}=1234.5"), format!("C{n}=1234.5"), format!("D{n}=甲  乙&\n丙"), format!("E{n}=?")];
    assert_eq!(all_told(sheet), [row(1_048_571), row(1_048_572)].concat());
    assert_eq!(sheet.cells[0].shown, Shown::Fixed(2));
    assert_eq!(sheet.merges.iter().map(ToString::to_string).collect::<Vec<_>>(), ["D1048571:E1048571"]);
}

#[test]
fn too_much_is_refused_before_it_fills_the_memory() {
    let cell = "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16384\"><text:p>甲</text:p></table:table-cell>";
    let table =
        format!("<table:table><table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row></table:table>");
    assert_eq!(read(&ods_with(&table), "x"), Err(Unreadable::TooLarge { what: Limit::Cells }));
}

#[test]
fn what_is_cut_off_is_damaged() {
    let whole = xlsx_with("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", "");
    let half = &whole[..whole.len() / 2];
    assert!(matches!(read(half, "x.xlsx"), Err(Unreadable::Damaged { sheet: None, .. })));
    let open = "<table:table><table:table-row><table:table-cell><text:p>甲";
    let bare = zipped(&[("mimetype", ""), ("content.xml", open)]);
    assert!(matches!(read(&bare, "x.ods"), Err(Unreadable::Damaged { .. })));
    let rows = zipped(&[("mimetype", ""), ("content.xml", "<table:table table:name=\"甲\"><table:table-row>")]);
    assert!(matches!(read(&rows, "x.ods"), Err(Unreadable::Damaged { sheet: Some(_), .. })));
}

#[test]
fn what_is_no_workbook_is_told_by_its_content() {
    let not = |found| Err(Unreadable::NotAWorkbook { found });
    let cases: [(&[u8], Result<Grid, Unreadable>); 8] = [
        (b"", Err(Unreadable::Empty)),
        (b"\xef\xbb\xbf\r\n<HTML xmlns:x=\"urn:x\"><p>1</p></HTML>", not(Found::Html)),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", not(Found::Html)),
        (b"<?xml version=\"1.0\"?><rss/>", not(Found::Other)),
        (b"%PDF-1.7", not(Found::Pdf)),
        (b"\x89PNG\r\n", not(Found::Picture)),
        (b"\x09\x04\x06\x00\x00\x00", not(Found::OldExcel)),
        (b"\x00\x01\x02", not(Found::Other)),
    ];
    for (bytes, expected) in cases {
        assert_eq!(read(bytes, "收支总表.xls"), expected, "{bytes:?}");
    }
    assert_eq!(read(b"owner", "dir/~$a.xlsx"), Err(Unreadable::LockFile));
    assert_eq!(read(&zipped(&[("a.xlsx", "")]), "a.xlsx"), not(Found::Archive));
    assert_eq!(
        read(&zipped(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")]), "a"),
        not(Found::Word)
    );
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let all = [
        Unreadable::Empty,
        Unreadable::LockFile,
        Unreadable::Encrypted,
        Unreadable::NotAWorkbook { found: Found::Html },
        Unreadable::TooLarge { what: Limit::Cells },
        Unreadable::damaged_sheet("甲", "x"),
        Unreadable::NoSheets,
    ];
    let mut said: Vec<String> = all.iter().map(Unreadable::message).collect();
    said.dedup();
    assert_eq!(said.len(), all.len());
    assert!(all.iter().all(|refusal| !refusal.advice().is_empty()));
    assert_eq!(all[5].to_string(), "damaged in sheet 甲: x");
}

#[test]
fn a_word_document_of_old_is_refused_with_advice_to_save_it_anew() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/WordDocument").unwrap();
    file.flush().unwrap();
    let refused = read(&file.into_inner().into_inner(), "x.doc").unwrap_err();
    assert_eq!(refused, Unreadable::NotAWorkbook { found: Found::Word });
    assert!(refused.advice().contains(".docx"));
}

#[test]
fn a_password_is_told_in_every_format() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage").unwrap();
    file.flush().unwrap();
    let unknown = read(&file.into_inner().into_inner(), "x.xlsx");
    assert!(matches!(unknown, Err(Unreadable::UnknownProtection(_))), "nothing says how it is locked");
    let manifest =
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let locked = zipped(&[("META-INF/manifest.xml", manifest), ("content.xml", "x")]);
    assert_eq!(read(&locked, "x.ods"), Err(Unreadable::Encrypted));
}

#[test]
fn entry_names_of_chinese_windows_are_understood() {
    assert_eq!(super::entry_name(b"\xca\xd5\xd6\xa7.xlsx"), "收支.xlsx");
    assert_eq!(super::entry_name("收支.xlsx".as_bytes()), "收支.xlsx");
}

/// A record of an old workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes()[..], data].concat()
}

/// The records of an old workbook with one sheet of the given records, each cell of the format `#,##0.00`.
fn xls_with(cells: &[u8]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let format = record(0x00e0, &[0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end = record(0x000a, &[]);
    let sheet = |start: u32| record(0x0085, &[&start.to_le_bytes()[..], &[1, 0, 1, 0, b'S']].concat());
    let globals = [begin(5), format, sheet(0), end.clone()].concat();
    let globals = [begin(5), record(0x00e0, &globals[24..44]), sheet(globals.len() as u32), end.clone()].concat();
    [globals, begin(0x10), cells.to_vec(), end].concat()
}

#[test]
fn an_old_workbook_shows_the_decimals_of_its_formats() {
    let number =
        |row: u16, float: f64| record(0x0203, &[&row.to_le_bytes()[..], &[2, 0, 0, 0], &float.to_le_bytes()[..]].concat());
    let false_extent = record(0x0200, &[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0]);
    let merge = record(0x00e5, &[1, 0, 0, 0, 1, 0, 2, 0, 3, 0]);
    let grid = read(&xls_with(&[false_extent, number(0, 59.1), merge].concat()), "x.xlsx").unwrap();
    let sheet = &grid.sheets[0];
    assert!(sheet.hidden);
    assert_eq!((all_told(sheet), sheet.cells[0].shown), (vec!["C1=59.1".to_owned()], Shown::Fixed(2)));
    assert_eq!(sheet.merges[0].to_string(), "C1:D2");

    let far: Vec<u8> =
        (0..255u8).flat_map(|c| record(0x0203, &[&[255, 255, c, 0, 0, 0][..], &1f64.to_le_bytes()[..]].concat())).collect();
    let far = read(&xls_with(&[number(0, 1.0), far].concat()), "x.xls").unwrap();
    assert_eq!(far.sheets[0].cells.len(), 256, "what lies between two cells costs nothing");
    assert_eq!(read(&xls_with(&[])[..20], "x.xls"), Err(Unreadable::NoSheets));
    let locked = [xls_with(&[])[..20].to_vec(), record(0x002f, &[0, 0, 1, 2, 3, 4])].concat();
    assert_eq!(read(&locked, "x.xls"), Err(Unreadable::Encrypted));
}

/// A record of a binary workbook.
fn binary(kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    [kind, vec![data.len() as u8], data.to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [(units.len() as u32).to_le_bytes().to_vec(), units.iter().flat_map(|u| u.to_le_bytes()).collect()].concat()
}

#[test]
fn a_binary_workbook_is_read_with_the_errors_of_its_formulas() {
    let bundle = binary(0x009c, &[vec![1, 0, 0, 0, 1, 0, 0, 0], wide("r1"), wide("表")].concat());
    let book = [bundle, binary(0x0090, &[]), binary(0x009d, &[])].concat();
    let cell = |col: u8, rest: &[u8]| [&[col, 0, 0, 0, 0, 0, 0, 0][..], rest].concat();
    let sheet = [
        binary(0x0094, &[0; 16]),
        binary(0x0091, &[]),
        binary(0x0000, &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        binary(0x0005, &cell(0, &2.5f64.to_le_bytes())),
        binary(0x000b, &cell(1, &[0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
        binary(0x0007, &cell(2, &[0, 0, 0, 0])),
        binary(0x0092, &[]),
    ]
    .concat();
    let strings = [binary(0x009f, &[1, 0, 0, 0, 1, 0, 0, 0]), binary(0x0013, &[vec![0], wide("甲")].concat())].concat();
    let relations = "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/Sheet1.bin\"/></Relationships>";
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("xl/workbook.bin", book.as_slice()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/worksheets/Sheet1.bin", &sheet),
        ("xl/sharedStrings.bin", &strings),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(part).unwrap();
    }
    let grid = read(&writer.finish().unwrap().into_inner(), "x.xlsx").unwrap();
    assert_eq!((grid.sheets[0].name.as_str(), grid.sheets[0].hidden), ("表", true));
    assert_eq!(all_told(&grid.sheets[0]), ["A5=2.5", "B5=!#REF!", "C5=甲"]);
}
