//! Small files that would fill the memory or never end: each runs through the program itself under a limit of memory and time.

use std::io::{Cursor, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use zip::write::SimpleFileOptions;

use crate::binary::{compound, record, xls_records, xls_stream, xls_text, xlsb, xlsb_cell, zipped};
use crate::hostile::{SHEET, workbook};

/// The memory that one file may take with the program around it, in KiB, and the time in seconds.
const MEMORY: u32 = 1 << 20;
const TIME: u64 = 60;

/// What the program says of a file under the limits. A signal, a failure of its own or a long run fails the test.
fn said(name: &str, bytes: &[u8], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let program = cargo_bin!("yusuan");
    let mut command = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -v {MEMORY}; ulimit -t {TIME}; exec \"$0\" \"$@\"")]).arg(program);
        // Every thread would otherwise reserve room that it never uses.
        shell.env("MALLOC_ARENA_MAX", "1");
        shell
    } else {
        Command::new(program)
    };
    let begin = Instant::now();
    let output = command.args(["check", "--jobs", "1"]).args(arguments).arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let status = output.status.code();
    assert!(matches!(status, Some(0 | 1 | 3)), "{name}: {status:?} {}", told.chars().take(500).collect::<String>());
    assert!(begin.elapsed() < Duration::from_secs(TIME), "{name} took {:?}", begin.elapsed());
    told
}

fn assert_refused(name: &str, bytes: &[u8], why: &str) {
    assert!(bytes.len() < 8 << 20, "a bomb is small: {} bytes", bytes.len());
    let told = said(name, bytes, &[]);
    assert!(told.contains(why), "{name} should say {why}: {}", told.chars().take(500).collect::<String>());
}

/// An archive whose parts are written piece by piece, so that the test itself needs no memory.
fn deflated(parts: &[(&str, &str, usize, &str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, head, times, between, tail) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(head.as_bytes()).unwrap();
        let block = between.repeat(1000);
        (0..times / 1000).for_each(|_| zip.write_all(block.as_bytes()).unwrap());
        zip.write_all(tail.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of three parts with a table of texts.
fn with_strings(strings: (&str, usize, &str, &str), rows: (&str, usize, &str, &str)) -> Vec<u8> {
    let relations = "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/>\
        <Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>";
    deflated(&[
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"r\"/></sheets></workbook>", 0, "", ""),
        ("xl/_rels/workbook.xml.rels", relations, 0, "", ""),
        ("xl/t.xml", strings.0, strings.1, strings.2, strings.3),
        ("xl/s.xml", rows.0, rows.1, rows.2, rows.3),
        ("[Content_Types].xml", "<Types/>", 0, "", ""),
    ])
}

const ROWS: (&str, usize, &str, &str) = (SHEET[0], 0, "", SHEET[1]);

#[test]
fn a_part_that_unpacks_to_more_than_the_limit() {
    assert_refused("a.xlsx", &workbook(&SHEET, 400, &" ".repeat(1 << 20)), "解压后的内容过多");
}

#[test]
fn a_part_just_within_the_limit_stays_within_the_memory() {
    let blank = workbook(&SHEET, 155, &" ".repeat(1 << 20));
    assert!(!said("a.xlsx", &blank, &[]).is_empty());
    let texts = with_strings(("<sst>", 290_000, "<si><t>预算收支总表预算收支总表预算收支总表</t></si>", "</sst>"), ROWS);
    assert!(!said("a.xlsx", &texts, &[]).is_empty());
}

#[test]
fn a_table_of_millions_of_empty_texts() {
    assert_refused("a.xlsx", &with_strings(("<sst>", 20_000_000, "<si/>", "</sst>"), ROWS), "单元格过多");
}

#[test]
fn a_false_number_of_texts_reserves_nothing() {
    let strings = ("<sst uniqueCount=\"4000000000\" count=\"4000000000\">", 1000, "<si><t>x</t></si>", "</sst>");
    assert!(!said("a.xlsx", &with_strings(strings, ROWS), &[]).contains("过"));
}

#[test]
fn one_long_text_named_by_a_million_cells() {
    let long = format!("<sst><si><t>{}</t></si></sst>", "预".repeat(30_000));
    let rows =
        ("<worksheet><sheetData><row r=\"1\">", 500_000, "</row><row><c t=\"s\"><v>0</v></c>", "</row></sheetData></worksheet>");
    assert_refused("a.xlsx", &with_strings((&long, 0, "", ""), rows), "文字过多");
    let texts = "长".repeat(20_000);
    let cells: Vec<_> = (0..60_000u32).map(|n| xls_text((n / 200) as u16, (n % 200) as u16, 0)).collect();
    let stream = xls_stream(&xls_records(0x0600, &[crate::binary::xls_strings(&[&texts])], &cells));
    assert_refused("a.xls", &compound("Workbook", &stream), "文字过多");
}

#[test]
fn more_cells_than_the_limit_which_an_option_changes() {
    let rows = (SHEET[0], 301_000, "<row><c><v>1</v></c></row>", SHEET[1]);
    let bomb = with_strings(("<sst/>", 0, "", ""), rows);
    assert_refused("a.xlsx", &bomb, "单元格过多");
    let small = workbook(&SHEET, 20, "<row><c><v>1</v></c></row>");
    assert!(said("a.xlsx", &small, &["--max-cells", "19"]).contains("--max-cells"));
    assert!(!said("a.xlsx", &small, &["--max-cells", "20"]).contains("--max-cells"));
}

#[test]
fn half_a_million_sheets() {
    let relations = "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>";
    let bomb = deflated(&[
        ("xl/workbook.xml", "<workbook><sheets>", 500_000, "<sheet name=\"a\" id=\"r\"/>", "</sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", relations, 0, "", ""),
        ("xl/s.xml", SHEET[0], 0, "", SHEET[1]),
        ("[Content_Types].xml", "<Types/>", 0, "", ""),
    ]);
    assert_refused("a.xlsx", &bomb, "工作表过多");
    let content = ("content.xml", "<office:document-content>", 500_000, "<table:table/>", "</office:document-content>");
    assert_refused("a.ods", &deflated(&[content]), "工作表过多");
}

#[test]
fn a_million_relations() {
    let relation = "<Relationship Id=\"r\" Target=\"s.xml\"/>";
    let mut relations = String::from("<Relationships>");
    (0..30_000).for_each(|n| relations.push_str(&relation.replace("\"r\"", &format!("\"r{n}\""))));
    let bomb = deflated(&[
        ("xl/workbook.xml", "<workbook/>", 0, "", ""),
        ("xl/_rels/workbook.xml.rels", &relations, 0, "", ""),
        ("[Content_Types].xml", "", 0, "", ""),
    ]);
    assert_refused("a.xlsx", &bomb, "内部部件过多");
}

#[test]
fn more_entries_than_any_workbook_has() {
    let names: Vec<String> = (0..20_001).map(|n| format!("xl/{n}")).chain(["[Content_Types].xml".to_owned()]).collect();
    let bomb = zipped(names.iter().map(|name| (name.as_str(), &b""[..])));
    assert_refused("a.xlsx", &bomb, "内部部件过多");
    let names: Vec<String> = (0..20_001).map(|n| format!("{n}.xlsx")).collect();
    assert_refused("a.zip", &zipped(names.iter().map(|name| (name.as_str(), &b""[..]))), "内部部件过多");
}

#[test]
fn spaces_and_cells_and_rows_that_are_only_repeated() {
    let row = |inner: &str, rows: &str| {
        format!(
            "<office:document-content><table:table table:name=\"a\"><table:table-row{rows}>{inner}</table:table-row></table:table></office:document-content>"
        )
    };
    let spaces = "<text:s text:c=\"4294967295\"/>".repeat(200_000);
    let spaces =
        row(&format!("<table:table-cell office:value-type=\"string\"><text:p>甲{spaces}</text:p></table:table-cell>"), "");
    assert_refused("a.ods", &zipped([("content.xml", spaces.as_bytes())]), "文字过多");
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16000\"/>";
    let rows = row(cell, " table:number-rows-repeated=\"1000000\"");
    assert_refused("a.ods", &zipped([("content.xml", rows.as_bytes())]), "单元格过多");
    let far = row(
        "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"99999999999999\"/>",
        "",
    );
    assert_refused("a.ods", &zipped([("content.xml", far.as_bytes())]), "已损坏");
}

#[test]
fn elements_within_elements() {
    let deep = |inner: &str| format!("<office:document-content>{}</office:document-content>", inner.repeat(1_000_000));
    assert_refused("a.ods", &zipped([("content.xml", deep("<text:span>").as_bytes())]), "嵌套过深");
    let sheet = with_strings(("<sst/>", 0, "", ""), (SHEET[0], 2_000_000, "<x>", SHEET[1]));
    assert!(!said("a.xlsx", &sheet, &[]).is_empty());
}

#[test]
fn far_cells_cost_nothing() {
    let far = [crate::binary::xls_number(0, 0, 1.0), crate::binary::xls_number(65_535, 255, 2.0)];
    let stream = xls_stream(&xls_records(0x0600, &[], &far));
    assert!(!said("a.xls", &compound("Workbook", &stream), &[]).contains("过"));
    let row = |row: u32| (0u16, [&row.to_le_bytes()[..], &[0; 9]].concat());
    let cells = [(0x91, vec![]), row(0), xlsb_cell(5, 0, &[0; 8]), row(1_048_575), xlsb_cell(5, 16_383, &[0; 8]), (0x92, vec![])];
    assert!(!said("a.xlsb", &xlsb(&cells), &[]).contains("过"));
}

#[test]
fn a_table_of_texts_in_endless_continuations() {
    let mut stream = xls_stream(&xls_records(0x0600, &[], &[]));
    let end = stream.windows(4).position(|four| four == [0x0a, 0, 0, 0]).unwrap();
    let mut table = record(0x00fc, &[0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    (0..1_500_000).for_each(|_| table.extend(record(0x003c, &[])));
    stream.splice(end..end, table);
    assert!(!said("a.xls", &stream, &[]).is_empty());
}

#[test]
fn a_time_limit_ends_a_slow_file() {
    let rows = (SHEET[0], 290_000, "<row><c><v>1</v></c></row>", SHEET[1]);
    let slow = with_strings(("<sst/>", 0, "", ""), rows);
    assert!(said("a.xlsx", &slow, &["--max-seconds", "0"]).contains("--max-seconds"));
}

#[test]
fn as_many_rows_of_a_table_as_there_may_be() {
    let cells = |texts: &[&str]| texts.iter().map(|t| format!("<c t=\"inlineStr\"><is><t>{t}</t></is></c>")).collect::<String>();
    let head = format!(
        "{}<row>{}</row><row>{}</row>",
        SHEET[0],
        cells(&["支出总表"]),
        cells(&["科目编码", "科目名称", "合计", "基本支出", "项目支出"])
    );
    let row = format!("<row>{}<c><v>1.25</v></c><c><v>1</v></c><c><v>0.25</v></c></row>", cells(&["2010101", "某项"]));
    let rows = |count| with_strings(("<sst/>", 0, "", ""), (&head, count, &row, SHEET[1]));
    let told = |count| said("a.xlsx", &rows(count), &["--template", "hebei/unit-2023"]);
    assert!(told(9_000).contains("S02"), "a code that is filed again and again");
    assert!(told(58_000).contains("行数过多"));
}

#[test]
fn hundreds_of_thousands_of_cells_that_look_like_titles_and_headings() {
    let title = "<row><c t=\"inlineStr\"><is><t>单位预算收支总表</t></is></c><c><v>1</v></c></row>";
    let rows = with_strings(("<sst/>", 0, "", ""), (SHEET[0], 100_000, title, SHEET[1]));
    assert!(!said("a.xlsx", &rows, &[]).is_empty());
    let wide = "<row>".to_owned() + &"<c t=\"inlineStr\"><is><t>合计</t></is></c>".repeat(16_000) + "</row>";
    assert!(!said("a.xlsx", &workbook(&SHEET, 18, &wide), &[]).is_empty());
}

#[test]
fn a_large_workbook_is_annotated_within_the_memory_of_one_file() {
    let cells = |texts: &[&str]| texts.iter().map(|t| format!("<c t=\"inlineStr\"><is><t>{t}</t></is></c>")).collect::<String>();
    let row = format!("<row>{}<c><v>1.25</v></c><c><v>2</v></c><c><v>0.25</v></c></row>", cells(&["2010101", "某项"]));
    let head = format!(
        "{}<row>{}</row><row>{}</row>",
        SHEET[0],
        cells(&["支出总表"]),
        cells(&["科目编码", "科目名称", "合计", "基本支出", "项目支出"])
    );
    let rows = with_strings(("<sst/>", 0, "", ""), (&head, 9_000, &row, SHEET[1]));
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().to_str().unwrap();
    let told = said("a.xlsx", &rows, &["--template", "hebei/unit-2023", "--annotate", copies]);
    // Its bare package cannot be changed in place.
    assert!(told.contains("已写出审核稿") && told.contains("重画"), "{}", told.chars().rev().take(300).collect::<String>());
    let mut large = rust_xlsxwriter::Workbook::new();
    let table = large.add_worksheet();
    for (col, heading) in ["科目编码", "科目名称", "合计", "基本支出", "项目支出"].into_iter().enumerate() {
        table.write(0, 0, "支出总表").unwrap().write(1, col as u16, heading).unwrap();
    }
    table.write(2, 0, "2010101").unwrap().write(2, 2, 1.25).unwrap().write(2, 3, 2).unwrap();
    let other = large.add_worksheet();
    for row in 0..200_000 {
        other.write(row, 0, row).unwrap();
    }
    let told = said("b.xlsx", &large.save_to_buffer().unwrap(), &["--template", "hebei/unit-2023", "--annotate", copies]);
    assert!(told.contains("已写出审核稿") && !told.contains("重画"), "{}", told.chars().rev().take(300).collect::<String>());
}
