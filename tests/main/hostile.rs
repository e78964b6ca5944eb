//! Damaged and malicious files: never a panic, always either a budget or an error that says why.

use std::io::{Cursor, Write};

use yusuan::edge::read::{Found, Limit, Unreadable, read};
use yusuan::stage::check;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::recognise::Recogniser;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{FORMATS, fixture_bytes, template};

/// Reads and checks whatever the bytes hold, and says what came of it.
pub fn outcome(bytes: &[u8], name: &str) -> Result<Option<usize>, Unreadable> {
    let grid = read(bytes, name)?;
    let folded = Folded::new(&grid);
    Recogniser::new(vec![template().clone()]).recognise(&folded).unwrap();
    Ok(extract(&folded, name, template(), None).map(|e| e.findings.len() + check::check(&e.budget).len()))
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_read() {
    for format in FORMATS {
        let bytes = fixture_bytes(format);
        let name = format!("a.{format}");
        assert!(matches!(outcome(&bytes, &name), Ok(Some(_))), "the whole .{format} is read");
        let (mut refused, cuts) = (0, 48);
        for cut in 0..cuts {
            refused += usize::from(outcome(&bytes[..bytes.len() * cut / cuts], &name).is_err());
        }
        assert!(refused > cuts / 2, "most cuts of .{format} lose the directory of the file: {refused} of {cuts}");
    }
}

#[test]
fn nothing_at_all_is_told_as_such() {
    assert_eq!(outcome(&[], "a.xlsx"), Err(Unreadable::Empty));
}

#[test]
fn flipped_bytes_never_make_it_panic() {
    for (seed, format) in [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0x8cb9_2ba7_2f3d_8dd7].into_iter().zip(FORMATS) {
        let whole = fixture_bytes(format);
        let mut numbers = Numbers(seed);
        let mut outcomes = [0; 2];
        for round in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=round / 4 {
                let place = numbers.below(bytes.len());
                bytes[place] ^= 1 << numbers.below(8);
            }
            outcomes[usize::from(outcome(&bytes, &format!("a.{format}")).is_ok())] += 1;
        }
        assert_eq!(outcomes.iter().sum::<i32>(), 60);
    }
}

#[test]
fn noise_of_any_length_is_refused() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for length in [1, 2, 7, 8, 64, 511, 512, 513, 4096, 65_536] {
        let noise: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
        for start in [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
            let outcome = outcome(&[start, &noise].concat(), "a.xlsx");
            // A byte or two may be text by chance.
            assert!(outcome.is_err() || (outcome == Ok(None) && length < 8), "{length} bytes after {start:?}");
        }
    }
}

/// A workbook with one sheet whose part is `sheet`, repeated; the rest is sound.
pub fn workbook(sheet: &[&str], times: usize, between: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ];
    for (name, content) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    zip.write_all(sheet[0].as_bytes()).unwrap();
    for _ in 0..times {
        zip.write_all(between.as_bytes()).unwrap();
    }
    zip.write_all(sheet[1].as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// What stands before and behind the rows of a sheet.
pub const SHEET: [&str; 2] =
    [r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#, "</sheetData></worksheet>"];

#[test]
fn a_small_file_that_unpacks_to_hundreds_of_megabytes_is_refused() {
    let blank = " ".repeat(1 << 20);
    let bomb = workbook(&SHEET, 300, &blank);
    assert!(bomb.len() < 4 << 20, "{} bytes", bomb.len());
    assert_eq!(outcome(&bomb, "a.xlsx"), Err(Unreadable::TooLarge { what: Limit::Bytes }));
}

#[test]
fn a_cell_in_the_last_corner_of_a_sheet_costs_nothing() {
    let cells = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2.5</v></c></row>"#;
    let grid = read(&workbook(&SHEET, 1, cells), "a.xlsx").unwrap();
    let cells: Vec<String> = grid.sheets[0].cells.iter().map(|c| c.at.to_string()).collect();
    assert_eq!(cells, ["A1", "XFD1048576"]);
}

#[test]
fn a_cell_beyond_the_last_corner_is_damage() {
    let cell = r#"<row r="1048577"><c r="XFE1048577"><v>2.5</v></c></row>"#;
    assert!(matches!(outcome(&workbook(&SHEET, 1, cell), "a.xlsx"), Err(Unreadable::Damaged { .. })));
}

#[test]
fn a_merge_over_the_whole_sheet_is_read() {
    let sheet = [SHEET[0], r#"</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>"#];
    let cell = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>单位预算收支总表</t></is></c></row>"#;
    assert_eq!(outcome(&workbook(&sheet, 1, cell), "a.xlsx"), Ok(None), "a title alone is no table");
}

/// A Word document whose text part is `document`, repeated.
fn word(document: &[&str], times: usize, between: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("word/document.xml", options).unwrap();
    zip.write_all(document[0].as_bytes()).unwrap();
    for _ in 0..times {
        zip.write_all(between.as_bytes()).unwrap();
    }
    zip.write_all(document[1].as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

const DOCUMENT: [&str; 2] = ["<w:document><w:body>", "</w:body></w:document>"];

#[test]
fn documents_that_would_fill_the_memory_are_refused() {
    let too_large = |what| Err(Unreadable::TooLarge { what });
    let bomb = word(&DOCUMENT, 300, &" ".repeat(1 << 20));
    assert!(bomb.len() < 4 << 20, "{} bytes", bomb.len());
    assert_eq!(outcome(&bomb, "a.docx"), too_large(Limit::Bytes));
    let rows = word(&DOCUMENT, 1_048_577, "<w:p><w:t>1</w:t></w:p>");
    assert_eq!(outcome(&rows, "a.docx"), too_large(Limit::Cells));
    assert_eq!(outcome("1\t2\n".repeat(1_100_000).as_bytes(), "a.txt"), too_large(Limit::Cells));
    assert_eq!(outcome("1,".repeat(1_000_000).as_bytes(), "a.csv"), too_large(Limit::Cells));
    let wide = format!("<table><tr>{}<td>1</table>", "<td colspan=1000000>".repeat(100));
    assert_eq!(outcome(wide.as_bytes(), "a.html"), too_large(Limit::Cells));
    let tall = format!("<table>{}</table>", format!("<tr>{}", "<td rowspan=9999999>1".repeat(160)).repeat(200));
    assert_eq!(outcome(tall.as_bytes(), "a.html"), too_large(Limit::Cells));
}

#[test]
fn spans_and_depths_beyond_reason_cost_nothing() {
    let one = "<table><tr><td colspan=1000000 rowspan=4294967295>单位预算收支总表<td colspan=-1 rowspan=x>2</table>";
    assert_eq!(outcome(one.as_bytes(), "a.html"), Ok(None));
    for open in ["<table><tr><td>", "<div>", "<b>", "<table>", "<!--", "<td><tr></table>", "<style>", "<a name=x href='#x'>"] {
        let page = format!("<html><table><tr><td>1<td>2</table>{}单位预算收支总表", open.repeat(100_000));
        assert_eq!(outcome(page.as_bytes(), "a.html"), Ok(None), "{open}");
    }
    for open in
        ["<w:tbl><w:tr><w:tc>", "<w:p>", "<w:sdt>", "<w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val=\"4294967295\"/></w:tcPr>"]
    {
        let document = word(&DOCUMENT, 50_000, open);
        assert!(matches!(outcome(&document, "a.docx"), Ok(None) | Err(_)), "{open}");
    }
}

#[test]
fn documents_cut_off_or_with_flipped_bytes_never_make_it_panic() {
    for name in ["434007.txt", "434007.docx"] {
        let whole = std::fs::read(crate::support::path("fixtures/hebei-unit-2023").join(name)).unwrap();
        assert!(matches!(outcome(&whole, name), Ok(Some(_))), "{name}");
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let mut read = 0;
        for round in 0..40 {
            let mut bytes = whole[..whole.len() * (round + 1) / 40].to_vec();
            for _ in 0..round % 4 {
                let place = numbers.below(bytes.len());
                bytes[place] ^= 1 << numbers.below(8);
            }
            read += usize::from(outcome(&bytes, name).is_ok());
        }
        assert!(read < 40 || name.ends_with("txt"), "most cuts of {name} lose the directory of the file");
    }
}

#[test]
fn what_is_no_workbook_is_told_by_what_it_is() {
    let page = "<html><body><p>单位预算收支总表</p></body></html>";
    let cases: [(&[u8], &str, Found); 4] = [
        (page.as_bytes(), "a.xls", Found::Html),
        (b"%PDF-1.7 ...", "a.xlsx", Found::Pdf),
        (b"{\\rtf1 ...}", "a.xlsx", Found::Word),
        (b"\x89PNG\r\n\x1a\n", "a.ods", Found::Picture),
    ];
    for (bytes, name, found) in cases {
        assert_eq!(outcome(bytes, name), Err(Unreadable::NotAWorkbook { found }), "{name}");
    }
}

#[test]
fn every_error_says_what_is_wrong_and_what_to_do() {
    for bytes in [&b""[..], b"<html>", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"] {
        let error = outcome(bytes, "a.xls").unwrap_err();
        assert!(!error.message().is_empty() && !error.advice().is_empty(), "{error}");
    }
}
