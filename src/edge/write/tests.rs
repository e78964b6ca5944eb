//! What a written workbook must hold, read back by another library; never checks how it looks.

use std::io::Cursor;

use calamine::{Data, Dimensions, Reader, SheetVisible, Xlsx};

use super::*;
use crate::grid::{Align, Drawing, Look, Page};
use crate::value::Amount;

fn cell(place: &str, value: Value, look: Look) -> Cell {
    Cell::new(place.parse().unwrap(), value, look)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn area(first: &str, last: &str) -> Area {
    Area::new(first.parse().unwrap(), last.parse().unwrap())
}

fn sample() -> Grid {
    let table = Sheet {
        name: "收支总表".to_owned(),
        cells: vec![
            cell("A1", text("2026年收支总表"), Look::Title),
            cell("A2", text("编制单位：甲"), Look::Caption(Align::Left)),
            cell("C2", text("单位：万元"), Look::Caption(Align::Right)),
            cell("A3", text("项目"), Look::Heading),
            cell("B3", text("合计"), Look::Heading),
            cell("C3", Value::Blank, Look::Heading),
            cell("A4", text("一、收入"), Look::Label(1)),
            cell("B4", number("4194304.73"), Look::Amount(2, false)),
            cell("C4", Value::Formula("B4+1".to_owned(), Some("4194305.73".parse().unwrap())), Look::Amount(2, false)),
            cell("A5", Value::Blank, Look::Label(0)),
            cell("B5", Value::Blank, Look::Amount(2, false)),
            cell("C5", Value::Formula("IF(B5=0,\"\",B5)".to_owned(), None), Look::Amount(2, false)),
            cell("A6", Value::Blank, Look::Label(0)),
            cell("B6", Value::Blank, Look::Amount(2, false)),
        ],
        merges: vec![area("A1", "C1"), area("B3", "C3"), area("A4", "A4")],
        drawing: Drawing {
            widths: vec![30.0, 14.0],
            heights: vec![(0, 30.0)],
            frozen_rows: 3,
            page: Some(Page { landscape: true, repeat: Some((0, 2)), breaks: vec![4] }),
            entry: None,
        },
        ..Sheet::default()
    };
    let mut entry = cell("A1", text("收支总表……1"), Look::Entry);
    entry.link = Some("'收支总表'!A1".to_owned());
    let directory = Sheet { name: "目录".to_owned(), cells: vec![entry], ..Sheet::default() };
    let hidden =
        Sheet { name: "辅助".to_owned(), hidden: true, cells: vec![cell("B2", text("x"), Look::Plain)], ..Sheet::default() };
    Grid { sheets: vec![hidden, directory, table], mark: Some("公开".to_owned()), title: "预算".to_owned() }
}

fn open(grid: &Grid) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(write(grid).unwrap())).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

#[test]
fn the_same_grid_gives_the_same_bytes() {
    assert_eq!(write(&sample()).unwrap(), write(&sample()).unwrap());
}

#[test]
fn values_and_merges_are_read_back() {
    let mut book = open(&sample());
    let range = book.worksheet_range("收支总表").unwrap();
    let at = |row, col| range.get_value((row, col)).cloned().unwrap_or_default();
    assert_eq!(at(0, 0), Data::String("2026年收支总表".to_owned()));
    assert_eq!(at(2, 1), Data::String("合计".to_owned()));
    assert_eq!(at(3, 1), Data::Float(4_194_304.73));
    assert_eq!(at(3, 2), Data::Float(4_194_305.73));
    assert_eq!(at(4, 2), Data::String(String::new()), "a formula that shows nothing");
    assert_eq!(book.worksheet_formula("收支总表").unwrap().get_value((3, 2)).map(String::as_str), Some("B4+1"));
    let merges = book.merge_cells_by_sheet_name("收支总表").unwrap();
    assert_eq!(merges, [Dimensions::new((0, 0), (0, 2)), Dimensions::new((2, 1), (2, 2))]);
    let visible: Vec<_> = book.sheets_metadata().iter().map(|s| s.visible).collect();
    assert_eq!(visible, [SheetVisible::Hidden, SheetVisible::Visible, SheetVisible::Visible]);
}

#[test]
fn empty_cells_keep_their_frame_at_the_edge_of_the_sheet() {
    let sheet = part(&write(&sample()).unwrap(), "xl/worksheets/sheet3.xml");
    for framed in [r#"<dimension ref="A1:C6"/>"#, r#"<c r="A6" s=""#, r#"<c r="B6" s=""#, r#"<c r="C1" s=""#] {
        assert!(sheet.contains(framed), "{framed} in {sheet}");
    }
}

#[test]
fn the_kind_of_output_and_the_title_are_document_properties() {
    let core = part(&write(&sample()).unwrap(), "docProps/core.xml");
    assert!(core.contains("<cp:category>yusuan:公开</cp:category>"));
    assert!(core.contains("<dc:title>预算</dc:title>"));
    let unmarked = Grid { mark: None, ..sample() };
    assert!(!part(&write(&unmarked).unwrap(), "docProps/core.xml").contains("category"));
}

#[test]
fn a_merged_area_is_framed_whole_and_keeps_the_number_of_its_first_cell() {
    let cells = vec![cell("B2", number("5"), Look::Amount(2, false)), cell("B3", Value::Blank, Look::Amount(2, false))];
    let merges = vec![area("B2", "C3")];
    let grid = Grid { sheets: vec![Sheet { name: "a".to_owned(), cells, merges, ..Sheet::default() }], ..Grid::default() };
    let sheet = part(&write(&grid).unwrap(), "xl/worksheets/sheet1.xml");
    let framed =
        r#"<c r="B2" s="1"><v>5</v></c><c r="C2" s="1"/></row><row r="3" spans="2:3"><c r="B3" s="1"/><c r="C3" s="1"/>"#;
    assert!(sheet.contains(framed), "{sheet}");
}

#[test]
fn a_link_leads_to_its_place_and_keeps_its_text() {
    let bytes = write(&sample()).unwrap();
    assert!(part(&bytes, "xl/worksheets/sheet2.xml").contains(r#"location="'收支总表'!A1""#));
    let range = Xlsx::new(Cursor::new(bytes)).unwrap().worksheet_range("目录").unwrap();
    assert_eq!(range.get_value((0, 0)), Some(&Data::String("收支总表……1".to_owned())));
}

#[test]
fn text_is_never_taken_for_markup_or_a_formula() {
    let texts = ["<r><t>a</r>", "<r></r>", "=1+1", "a&b<c", "_x0041_", " 前后空格 ", "两\n行"];
    let cells = (0u32..).zip(texts).map(|(row, t)| Cell::new(CellRef::new(row, 0), text(t), Look::Plain)).collect();
    let grid = Grid { sheets: vec![Sheet { name: "a".to_owned(), cells, ..Sheet::default() }], ..Grid::default() };
    let range = open(&grid).worksheet_range("a").unwrap();
    for (row, text) in (0u32..).zip(texts) {
        assert_eq!(range.get_value((row, 0)), Some(&Data::String(text.to_owned())));
    }
}

#[test]
fn what_cannot_be_written_is_named_with_its_place() {
    let mut grid = sample();
    grid.sheets[2].cells[7].value = Value::Uncalculated;
    assert_eq!(write(&grid).unwrap_err().to_string(), "工作表“收支总表”的单元格 B4 是未计算的公式，无法写入");
    grid.sheets[2].cells[7].value = text(&"字".repeat(40_000));
    assert!(matches!(write(&grid).unwrap_err(), WriteError::Cell { at: CellRef { row: 3, col: 1 }, .. }));
    grid.sheets[0].name = "a/b".to_owned();
    assert!(matches!(write(&grid).unwrap_err(), WriteError::Sheet { .. }));
    assert!(write(&Grid { sheets: vec![Sheet { name: "a".to_owned(), ..Sheet::default() }; 2], ..Grid::default() }).is_err());
}

#[test]
fn amounts_survive_to_the_last_digit() {
    let amounts = ["0.01", "-3.20", "99999999999.99", "0.1", "123456789.123456"];
    let cells = (0u32..).zip(amounts).map(|(row, a)| Cell::new(CellRef::new(row, 0), number(a), Look::Quantity)).collect();
    let grid = Grid { sheets: vec![Sheet { name: "a".to_owned(), cells, ..Sheet::default() }], ..Grid::default() };
    let range = open(&grid).worksheet_range("a").unwrap();
    for (row, amount) in (0u32..).zip(amounts) {
        let Some(Data::Float(float)) = range.get_value((row, 0)) else { panic!("{amount} is no number") };
        assert_eq!(Amount::from_f64(*float), amount.parse().ok());
    }
}

#[test]
fn a_text_never_becomes_a_formula_or_changes() {
    let texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "=HYPERLINK(\"http://x\",\"y\")",
        "=cmd|' /C calc'!A0",
        "{=1}",
        "'=1",
        "_x0041_",
        "<f>1</f>",
        "<r>=1</r>",
        "http://example.org",
        "a&b<c>\"d\"\n ",
    ];
    let cells =
        (0..).zip(texts).map(|(row, text)| Cell::new(CellRef::new(row, 0), super::Value::Text(text.to_owned()), Look::Plain));
    let grid =
        Grid { sheets: vec![Sheet { name: "a".to_owned(), cells: cells.collect(), ..Sheet::default() }], ..Grid::default() };
    let bytes = write(&grid).unwrap();
    let back = crate::edge::read::read(&bytes, "a.xlsx").unwrap();
    let read: Vec<&Value> = back.sheets[0].cells.iter().map(|cell| &cell.value).collect();
    assert_eq!(read, texts.map(text).iter().collect::<Vec<_>>());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    assert!(!sheet.contains("<f") && !sheet.contains("hyperlink"), "{sheet}");
}

#[test]
fn a_sheet_name_that_no_workbook_takes_is_an_error() {
    for name in ["", "a[1]", "'a", "a/b", "a:b", "a?*", &"长".repeat(32)] {
        let grid = Grid { sheets: vec![Sheet { name: name.to_owned(), ..Sheet::default() }], ..Grid::default() };
        assert!(matches!(write(&grid), Err(WriteError::Sheet { .. })), "{name:?}");
    }
}
