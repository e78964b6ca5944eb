//! Damage that once gave a wrong answer without an error, or a panic: each is read right, or refused with the reason.

use assert_cmd::cargo::cargo_bin_cmd;
use yusuan::edge::input::collect;
use yusuan::edge::read::{Unreadable, read};
use yusuan::edge::write::write;
use yusuan::grid::{Grid, Value};

use crate::binary::{compound, wide, xls_number, xls_records, xls_stream, xls_strings, xls_text, xlsb, xlsb_cell, zipped};
use crate::hostile::{SHEET, outcome, workbook};
use crate::support::fixture;

/// The cells of the first sheet as `B7=text`, errors with `!`.
fn cells(grid: &Grid) -> Vec<String> {
    let told = |value: &Value| match value {
        Value::Text(text) | Value::Other(text) => text.clone(),
        Value::Number(amount) => amount.to_string(),
        Value::Error(text) => format!("!{text}"),
        Value::Uncalculated => "?".to_owned(),
        Value::Blank | Value::Formula(..) => unreachable!(),
    };
    grid.sheets[0].cells.iter().map(|cell| format!("{}={}", cell.at, told(&cell.value))).collect()
}

fn rows(rows: &str) -> Result<Vec<String>, Unreadable> {
    read(&workbook(&SHEET, 1, rows), "a.xlsx").map(|grid| cells(&grid))
}

/// The reason of the damage.
fn damage<T: std::fmt::Debug>(result: Result<T, Unreadable>) -> String {
    match result {
        Err(Unreadable::Damaged { detail, .. }) => {
            assert!(!detail.contains("panicked"), "{detail}");
            detail
        }
        other => panic!("damage, not {other:?}"),
    }
}

#[test]
fn a_place_that_would_wrap_around_is_refused() {
    for place in ["A4294967297", "A42949672970000000000", "ZZZZZZZ1", "ABCDEFGHIJ1"] {
        let told = damage(rows(&format!("<row r=\"1\"><c r=\"{place}\"><v>5</v></c></row>")));
        assert!(told.contains("beyond the edge"), "{place}: {told}");
        let told = damage(rows(&format!("<row r='1'><c r = '{place}'><v>5</v></c></row>")));
        assert!(told.contains("beyond the edge"), "{place}: {told}");
    }
    assert!(damage(rows("<row r=\"4294967297\"><c><v>5</v></c></row>")).contains("beyond the edge"));
    assert_eq!(rows("<row r=\"1048576\"><c r=\"XFD1048576\"><v>5</v></c></row>").unwrap(), ["XFD1048576=5"]);
}

#[test]
fn what_is_no_number_is_no_amount() {
    let plain =
        rows("<row r=\"1\"><c r=\"A1\"><v>NaN</v></c><c r=\"B1\"><v>inf</v></c><c r=\"C1\" t=\"n\"><v>-Infinity</v></c></row>");
    assert!(plain.unwrap().iter().all(|cell| cell.contains("=!")), "told as errors");
    let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let old: Vec<_> = (0..3).map(|row| xls_number(row, 0, strange[usize::from(row)])).collect();
    let grid = read_xls(0x0600, &[], &old).unwrap();
    assert_eq!(cells(&grid), ["A1=!NaN", "A2=!inf", "A3=!-inf"]);
    let binary: Vec<_> = (0..3).map(|col| xlsb_cell(5, col, &strange[col as usize].to_le_bytes())).collect();
    assert_eq!(cells(&read_xlsb(&binary).unwrap()), ["A1=!NaN", "B1=!inf", "C1=!-inf"]);
    let ods = "<office:document-content><table:table><table:table-row><table:table-cell office:value-type=\"float\" \
        office:value=\"NaN\"/></table:table-row></table:table></office:document-content>";
    assert_eq!(cells(&read(&zipped([("content.xml", ods.as_bytes())]), "a.ods").unwrap()), ["A1=!NaN"]);
}

#[test]
fn a_value_is_never_cut_short() {
    let cell = |inner: &str| rows(&format!("<row r=\"1\"><c r=\"A1\"><v>{inner}</v></c></row>"));
    for whole in ["4<!-- x -->2", "4<?x y?>2", "<![CDATA[42]]>", "4<![CDATA[2]]>", "<!-- x -->42"] {
        assert_eq!(cell(whole).unwrap(), ["A1=42"], "{whole}");
    }
    for cut in ["4&#50;", "4&#x32;", "4<b/>2", "4<b>2</b>"] {
        assert!(damage(cell(cut)).contains("no plain text"), "{cut}");
    }
    let text = rows("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a&amp;b&#50;</v></c></row>");
    assert_eq!(text.unwrap(), ["A1=a&b2"]);
}

#[test]
fn a_text_named_by_no_number_is_not_the_first_one() {
    let relations = "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/>\
        <Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>";
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>x</v></c>\
        <c r=\"C1\" t=\"s\"><v> 1 </v></c><c r=\"D1\" t=\"s\"><v>1</v></c><c r=\"E1\" t=\"s\"><v>-1</v></c></row></sheetData></worksheet>";
    let parts = [
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"r\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/t.xml", "<sst><si><t>first</t></si><si><t>second</t></si><si/></sst>"),
        ("xl/s.xml", sheet),
        ("[Content_Types].xml", "<Types/>"),
    ];
    let grid = read(&zipped(parts.map(|(name, text)| (name, text.as_bytes()))), "a.xlsx").unwrap();
    assert_eq!(cells(&grid), ["A1=first", "B1=!文字缺失", "C1=!文字缺失", "D1=second", "E1=!文字缺失"]);
}

#[test]
fn two_values_in_one_place_are_refused_and_the_same_one_twice_is_read() {
    let twice = |second: &str| rows(&format!("<row r=\"1\"><c r=\"A1\"><v>5</v></c><c r=\"A1\"><v>{second}</v></c></row>"));
    assert_eq!(twice("5").unwrap(), ["A1=5"]);
    assert!(damage(twice("6")).contains("two values in A1"));
    let old = read_xls(0x0600, &[], &[xls_number(3, 1, 5.0), xls_number(3, 1, 6.0)]);
    assert!(damage(old).contains("two values in B4"));
}

#[test]
fn a_shared_formula_of_any_number_costs_nothing() {
    let read = rows("<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"4000000000\" ref=\"A1:B2\">B1</f><v>5</v></c></row>");
    assert_eq!(read.unwrap(), ["A1=5"]);
}

#[test]
fn a_page_of_a_server_is_no_sheet() {
    let page = ["<html><body><h1>502 Bad Gateway</h1>", "</body></html>"];
    assert!(matches!(outcome(&workbook(&page, 0, ""), "a.xlsx"), Err(Unreadable::Damaged { sheet: Some(_), .. })));
}

const LAUGHS: &str =
    "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";

#[test]
fn entities_of_a_file_itself_are_refused() {
    let sheet = [format!("{LAUGHS}{}", SHEET[0]), SHEET[1].to_owned()];
    let laughing = workbook(&[&sheet[0], &sheet[1]], 1, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>&c;</v></c></row>");
    assert!(damage(outcome(&laughing, "a.xlsx")).contains("document type"));
    let content = format!(
        "{LAUGHS}<office:document-content><table:table><table:table-row><table:table-cell><text:p>&c;</text:p>\
        </table:table-cell></table:table-row></table:table></office:document-content>"
    );
    assert!(damage(read(&zipped([("content.xml", content.as_bytes())]), "a.ods")).contains("entities"));
    let book = format!("{LAUGHS}<workbook><sheets><sheet name=\"&c;\" id=\"r\"/></sheets></workbook>");
    let parts = [("xl/workbook.xml", book.as_str()), ("[Content_Types].xml", "<Types/>")];
    assert!(damage(read(&zipped(parts.map(|(name, text)| (name, text.as_bytes()))), "a.xlsx")).contains("entities"));
}

/// The places of a text in bytes.
fn places(bytes: &[u8], text: &[u8]) -> Vec<usize> {
    (0..bytes.len().saturating_sub(text.len())).filter(|at| bytes[*at..].starts_with(text)).collect()
}

#[test]
fn archives_that_contradict_themselves_are_refused() {
    let sound = zipped([("[Content_Types].xml", &b"<Types/>"[..]), ("xl/a.xml", b"12345678"), ("xl/b.xml", b"12345678")]);
    let mut twice = sound.clone();
    places(&sound, b"xl/b.xml").into_iter().for_each(|at| twice[at + 3] = b'a');
    assert!(damage(read(&twice, "a.xlsx")).contains("two parts of one name"));
    let mut case = sound.clone();
    places(&sound, b"xl/b.xml").into_iter().for_each(|at| case[at..at + 4].copy_from_slice(b"XL\\a"));
    assert!(damage(read(&case, "a.xlsx")).contains("two parts of one name"), "names that differ in case or slash are one");

    // The last entry of the directory leads to the place of the one before.
    let entries = places(&sound, b"PK\x01\x02");
    let mut over = sound.clone();
    let before: [u8; 4] = sound[entries[1] + 42..entries[1] + 46].try_into().unwrap();
    over[entries[2] + 42..entries[2] + 46].copy_from_slice(&before);
    assert!(damage(read(&over, "a.xlsx")).contains("over each other"));
}

#[test]
fn a_wrong_checksum_is_damage() {
    let sound = workbook(&SHEET, 1, "<row r=\"1\"><c r=\"A1\"><v>5</v></c></row>");
    let mut wrong = sound.clone();
    for at in places(&sound, b"PK\x01\x02") {
        wrong[at + 16] ^= 1;
    }
    assert!(damage(read(&wrong, "a.xlsx")).contains("checksum"));
}

fn read_xls(version: u16, globals: &[(u16, Vec<u8>)], sheet: &[(u16, Vec<u8>)]) -> Result<Grid, Unreadable> {
    let stream = xls_stream(&xls_records(version, globals, sheet));
    // Under the name of another format, in a container and without one.
    let bare = read(&stream, "a.xls");
    assert_eq!(read(&compound("Workbook", &stream), "a.xlsx"), bare);
    assert_eq!(read(&compound("Book", &stream), "a.et"), bare);
    bare
}

fn read_xlsb(sheet: &[(u16, Vec<u8>)]) -> Result<Grid, Unreadable> {
    let row = (0u16, [&0u32.to_le_bytes()[..], &[0; 9]].concat());
    read(&xlsb(&[vec![(0x91, vec![]), row], sheet.to_vec(), vec![(0x92, vec![])]].concat()), "a.xlsb")
}

#[test]
fn old_workbooks_of_both_versions_are_read() {
    let code_page = (0x0042, 936u16.to_le_bytes().to_vec());
    let format = (0x041e, [&[164, 0, 8][..], b"#,##0.00"].concat());
    let style = |number: u8| (0x00e0, [&[0, 0, number, 0][..], &[0; 12]].concat());
    let label = |row: u8, text: &[u8]| (0x0204, [&[row, 0, 0, 0, 0, 0, text.len() as u8, 0][..], text].concat());
    let formula = |row: u8, result: [u8; 8], flags: u8| {
        (0x0006, [&[row, 0, 1, 0, 0, 0][..], &result, &[flags, 0, 0, 0, 0, 0, 0, 0]].concat())
    };
    let sheet = [
        label(0, &[0xca, 0xd5, 0xd6, 0xa7]),
        formula(0, 59.1f64.to_le_bytes(), 0),
        formula(1, [0, 0, 0, 0, 0, 0, 0xff, 0xff], 0),
        (0x0207, [&[2, 0][..], &[0xca, 0xd5]].concat()),
        formula(2, [2, 0, 0x17, 0, 0, 0, 0xff, 0xff], 0),
        formula(3, [3, 0, 0, 0, 0, 0, 0xff, 0xff], 0),
        formula(4, [3, 0, 0, 0, 0, 0, 0xff, 0xff], 3),
        (0x00bd, [&[5, 0, 0, 0][..], &[0, 0, 6, 0, 0, 0], &[1, 0, 0x41, 0x70, 0xe5, 0x40], &[1, 0]].concat()),
    ];
    let grid = read_xls(0x0500, &[code_page, format, style(164), style(14)], &sheet).unwrap();
    let expected = ["A1=收支", "B1=59.1", "B2=收", "B3=!#REF!", "B5=?", "A6=1", "B6=2020-01-01"];
    let told = cells(&grid);
    assert_eq!(told[..6], expected[..6]);
    assert!(told[6].starts_with("B6=1") && told[6].contains('-'), "a date: {}", told[6]);

    let texts = xls_strings(&["单位预算收支总表", "第二"]);
    let grid = read_xls(0x0600, &[texts], &[xls_text(0, 0, 0), xls_text(1, 0, 1), xls_text(2, 0, 2), xls_text(3, 0, u32::MAX)]);
    assert_eq!(cells(&grid.unwrap()), ["A1=单位预算收支总表", "A2=第二", "A3=!文字缺失", "A4=!文字缺失"]);
}

#[test]
fn workbooks_of_excel_four_and_older_are_told_as_such() {
    let old = |kind: u16| [&kind.to_le_bytes()[..], &[6, 0, 0, 0, 0x10, 0, 0, 0]].concat();
    for kind in [0x0009, 0x0209, 0x0409] {
        for file in [old(kind), compound("Book", &old(kind))] {
            let refused = read(&file, "a.xls").unwrap_err();
            assert!(refused.message().contains("Excel 4.0"), "{kind:#06x}: {refused}");
        }
    }
}

#[test]
fn short_records_are_damage_and_never_a_panic() {
    let style = (0x00e0, vec![0; 20]);
    let whole = [
        xls_number(1, 0, 910.01),
        xls_text(1, 1, 0),
        (0x027e, vec![1, 0, 2, 0, 0, 0, 6, 0, 0, 0]),
        (0x00bd, vec![2, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0]),
        (0x0205, vec![3, 0, 1, 0, 0, 0, 7, 1]),
        (0x0006, vec![0; 22]),
    ];
    for (place, (kind, data)) in whole.iter().enumerate() {
        let least = [14, 10, 10, 12, 8, 16][place];
        for length in 0..data.len() {
            let read = read_xls(0x0600, &[style.clone(), xls_strings(&["x"])], &[(*kind, data[..length].to_vec())]);
            assert_eq!(read.is_err(), length < least, "{kind:#06x} of {length} bytes: {read:?}");
            if length < least {
                assert!(damage(read).contains("short record"));
            }
        }
    }
    let binary = [
        xlsb_cell(2, 0, &[6, 0, 0, 0]),
        xlsb_cell(3, 0, &[7]),
        xlsb_cell(4, 0, &[1]),
        xlsb_cell(5, 0, &[0; 8]),
        xlsb_cell(6, 0, &wide("甲乙")),
        xlsb_cell(7, 0, &[0; 4]),
        xlsb_cell(8, 0, &wide("甲")),
        xlsb_cell(11, 0, &[7]),
        (0, vec![0; 4]),
    ];
    for (kind, data) in binary {
        for length in 0..data.len() {
            assert!(damage(read_xlsb(&[(kind, data[..length].to_vec())])).contains("short record"), "{kind} {length}");
        }
        assert!(read_xlsb(&[(kind, data)]).is_ok());
    }
}

#[test]
fn a_cell_of_a_binary_workbook_beyond_the_edge_is_damage() {
    let number = 5f64.to_le_bytes();
    assert!(damage(read_xlsb(&[xlsb_cell(5, 16_384, &number)])).contains("beyond the edge"));
    let row = (0u16, [&0x10_0001u32.to_le_bytes()[..], &[0; 9]].concat());
    assert!(damage(read_xlsb(&[row, xlsb_cell(5, 0, &number)])).contains("beyond the edge"));
    let cells =
        cells(&read_xlsb(&[xlsb_cell(7, 0, &[9, 0, 0, 0]), xlsb_cell(0x3e, 1, &[vec![0], wide("乙")].concat())]).unwrap());
    assert_eq!(cells, ["A1=!文字缺失", "B1=乙"]);
}

#[test]
fn a_sheet_without_an_end_is_damage() {
    let mut records = xls_records(0x0600, &[], &[xls_number(0, 0, 1.0)]);
    records.pop();
    assert!(damage(read(&xls_stream(&records), "a.xls")).contains("cut off"));
    assert!(damage(read(&xlsb(&[(0x91, vec![]), xlsb_cell(5, 0, &[0; 8])]), "a.xlsb")).contains("cut off"));
}

#[test]
fn reversed_and_giant_extents_mean_nothing() {
    for extent in ["", "B9:A1", "ZZZZZZZ1:A99999999999", "x"] {
        let sheet = [format!("<worksheet><dimension ref=\"{extent}\"/><sheetData>"), SHEET[1].to_owned()];
        let file = workbook(&[&sheet[0], &sheet[1]], 1, "<row r=\"3\"><c r=\"D3\"><v>5</v></c></row>");
        assert_eq!(cells(&read(&file, "a.xlsx").unwrap()), ["D3=5"], "{extent}");
    }
    for extent in [[0xff_u8; 14], [9, 0, 0, 0, 1, 0, 0, 0, 9, 0, 1, 0, 0, 0], [0; 14]] {
        let grid = read_xls(0x0600, &[], &[(0x0200, extent.to_vec()), xls_number(2, 3, 5.0)]).unwrap();
        assert_eq!(cells(&grid), ["D3=5"]);
    }
}

#[test]
fn a_container_whose_chains_lead_in_circles_ends() {
    let stream = xls_stream(&xls_records(0x0600, &[], &vec![xls_number(0, 0, 1.0); 2000]));
    let sound = compound("Workbook", &stream);
    assert!(read(&sound, "a.xlsx").is_ok());
    let sector = 1usize << u16::from_le_bytes([sound[30], sound[31]]);
    let number = |at: usize| u32::from_le_bytes(sound[at..at + 4].try_into().unwrap()) as usize;
    let table = (number(76) + 1) * sector;
    let mut refused = 0;
    for entry in 0..sound.len() / sector {
        for target in [entry as u32, 0, 1, entry as u32 / 2] {
            let mut looped = sound.clone();
            looped[table + 4 * entry..table + 4 * entry + 4].copy_from_slice(&target.to_le_bytes());
            refused += usize::from(read(&looped, "a.xlsx").is_err());
        }
    }
    assert!(refused > 0);
    // The tree of the directory: every entry its own neighbour and child.
    let directory = (number(48) + 1) * sector;
    for link in [68, 72, 76] {
        for entry in 0..3 {
            let mut looped = sound.clone();
            looped[directory + 128 * entry + link..][..4].copy_from_slice(&(entry as u32).to_le_bytes());
            let read = read(&looped, "a.xlsx");
            assert!(entry == 2 || read.is_err(), "entry {entry} link {link}");
        }
    }
}

#[test]
fn archives_within_archives_are_told_and_lead_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut nested = zipped([("a.xlsx", &b"x"[..])]);
    for _ in 0..3 {
        nested = zipped([("../../up.xlsx", &b"y"[..]), ("inner.zip", &nested), ("C:\\windows\\x.xlsx", b"z")]);
    }
    let file = folder.path().join("a.zip");
    std::fs::write(&file, nested).unwrap();
    let (inputs, problems) = collect(std::slice::from_ref(&file));
    let inside = format!("{}/", file.to_string_lossy().replace('\\', "/"));
    assert!(inputs.len() == 2 && inputs.iter().all(|input| input.name.starts_with(&inside) && !input.name.contains("..")));
    assert!(problems.len() == 1 && problems[0].0.ends_with("/inner.zip"), "{problems:?}");
}

#[test]
fn a_unit_of_any_name_writes_only_below_the_output_folder_and_no_formula_of_its_own() {
    const NAME: &str = "秦皇岛经济技术开发区营商环境服务中心";
    let folder = tempfile::tempdir().unwrap();
    let long = "长".repeat(200);
    for (round, hostile) in ["../../../up", "=HYPERLINK(1)", "CON", "a\\b:c*?\"<>|", long.as_str()].into_iter().enumerate() {
        let mut grid = fixture().clone();
        for cell in grid.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells) {
            if let Value::Text(text) = &mut cell.value {
                *text = text.replace(NAME, hostile);
            }
        }
        let (place, file) = (folder.path().join(format!("{round}")), folder.path().join(format!("{round}.xlsx")));
        let out = place.join("inner").join("out");
        std::fs::write(&file, write(&grid).unwrap()).unwrap();
        let run = cargo_bin_cmd!("yusuan").args(["convert", "--combined", "-o"]).arg(&out).arg(&file).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{hostile}: {}", String::from_utf8_lossy(&run.stdout));
        let around: Vec<_> = std::fs::read_dir(&place).unwrap().chain(std::fs::read_dir(place.join("inner")).unwrap()).collect();
        assert_eq!(around.len(), 2, "{hostile}: nothing beside the folders");
        let written: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap()).collect();
        assert!(written.len() >= 5 && written.iter().all(|entry| entry.file_name().len() < 250), "{hostile}");
        for workbook in written.iter().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "xlsx")) {
            let mut archive = zip::ZipArchive::new(std::fs::File::open(workbook).unwrap()).unwrap();
            for part in 0..archive.len() {
                let mut xml = String::new();
                std::io::Read::read_to_string(&mut archive.by_index(part).unwrap(), &mut xml).unwrap();
                assert!(!xml.contains("<f>HYPERLINK") && !xml.contains("<f>=HYPERLINK"), "{hostile} as a formula");
            }
        }
    }
}
