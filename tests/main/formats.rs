//! Formats that are no workbooks: the same budget as text, web page, XML and Word document is the same model at the right place.

use std::fmt::Write;

use serde_json::Value as Json;
use yusuan::edge::json;
use yusuan::edge::read::read;
use yusuan::finding::{Lang, Told, tell};
use yusuan::grid::{Grid, Sheet, Shown, Value};
use yusuan::model::Budget;
use yusuan::stage::check;
use yusuan::stage::extract::{Extracted, extract};
use yusuan::stage::folded::Folded;
use yusuan::value::CellRef;

use crate::support::{added, fixture, own_cells, path, short, template, told};

/// The disclosure of the fixture as text and as Word document.
const DOCUMENTS: [&str; 2] = ["434007.txt", "434007.docx"];

fn bytes(document: &str) -> Vec<u8> {
    std::fs::read(path("fixtures/hebei-unit-2023").join(document)).unwrap()
}

/// The budget in the bytes of a file, and all findings.
fn checked(bytes: &[u8], name: &str) -> (Budget, Vec<Told>) {
    let grid = read(bytes, name).unwrap();
    let Extracted { budget, mut findings } = extract(&Folded::new(&grid), name, template(), None).unwrap();
    findings.extend(check::check(&budget));
    yusuan::finding::in_sheet_order(&mut findings);
    let told = findings.iter().map(|f| tell(f, &budget, Lang::Zh)).collect();
    (budget, told)
}

/// The recorded model and that of a budget, without some keys.
fn models(budget: &Budget, without: &[&str]) -> [Json; 2] {
    fn strip(json: &mut Json, without: &[&str]) {
        match json {
            Json::Object(object) => {
                object.retain(|key, _| !without.contains(&key.as_str()));
                object.values_mut().for_each(|value| strip(value, without));
            }
            Json::Array(array) => array.iter_mut().for_each(|value| strip(value, without)),
            _ => {}
        }
    }
    let golden = std::fs::read_to_string(path("golden/434007.json")).unwrap();
    [golden, json::budget(budget).unwrap()].map(|written| {
        let mut json = serde_json::from_str(&written).unwrap();
        strip(&mut json, without);
        json
    })
}

/// A finding without its place in the file.
fn apart_from_place(told: &Told) -> String {
    format!("{} {:?} {:?} {:?} {:?} {:?}", told.rule, told.severity, told.table, told.row, told.column, told.difference)
}

#[test]
fn text_and_word_document_hold_the_model_of_the_workbook() {
    for document in DOCUMENTS {
        let [golden, model] = models(&checked(&bytes(document), document).0, &["file", "sources", "sheet", "at", "range"]);
        assert_eq!(golden, model, "{document}");
    }
}

#[test]
fn text_and_word_document_give_the_findings_of_the_workbook() {
    let workbook: Vec<String> = told(fixture()).iter().map(apart_from_place).collect();
    for document in DOCUMENTS {
        let (_, told) = checked(&bytes(document), document);
        let found: Vec<String> = told.iter().map(apart_from_place).collect();
        assert_eq!(added(&found, &workbook), Vec::<String>::new(), "missing in {document}");
        // In the text two headings of one table slipped over each other's column, on both pages.
        let more = if document.ends_with("txt") { 4 } else { 0 };
        let more_found = added(&workbook, &found);
        assert_eq!(more_found.len(), more, "{document}: {more_found:?}");
        assert!(more_found.iter().all(|f| f.starts_with("R01 Note Some(\"revenue\")")), "{more_found:?}");
    }
}

#[test]
fn every_amount_of_the_text_stands_in_the_line_and_field_of_its_address() {
    let text = String::from_utf8(bytes("434007.txt")).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let budget = checked(text.as_bytes(), "434007.txt").0;
    let amounts: Vec<_> = budget.tables.iter().flat_map(|t| t.amounts()).map(|(.., slot)| *slot).collect();
    assert_eq!(amounts.len(), 202);
    for slot in amounts {
        let (sheet, at) = budget.place(slot.site.unwrap());
        assert_eq!(sheet, "434007");
        assert_eq!(lines[at.row as usize][usize::from(at.col)].parse(), Ok(slot.amount.unwrap()), "{at}");
    }
}

#[test]
fn places_in_a_word_document_are_counted_from_the_corner_of_their_table() {
    let (budget, told) = checked(&bytes("434007.docx"), "434007.docx");
    let shorts: Vec<String> = told.iter().map(short).collect();
    let expected = [
        "C08 note 表8!E11",
        "D25 note 正文!A59",
        "S05 warning 正文!A63",
        "A42 error 表13!C4",
        "A42 error 表13!D4",
        "D05 error 正文!A86",
        "D06 error 正文!A86",
        "D25 note 正文!A86",
        "D08 error 正文!A87",
        "D09 error 正文!A87",
        "D19 warning 正文!A87",
        "D14 warning 正文!A91",
        "P04 note 表16!B6",
        "P04 note 表17!B4",
        "P04 note 表18!B5",
        "B34 warning 表19!A3",
        "P05 warning 表20!A3",
        "P04 note 表20!B5",
        "P03 warning 表21!B8",
        "D25 note 表23!B4",
        "P04 note 表23!B5",
        "D21 warning 正文!A110",
        "S07 note 表25!C2",
        "S07 note 表25!C4",
        "D24 note 正文!A120",
        "D25 note 正文!A121",
        "D24 note 正文!A122",
        "D24 note 正文!A124",
    ];
    assert_eq!(shorts, expected);
    let model: Json = serde_json::from_str(&json::budget(&budget).unwrap()).unwrap();
    let revenue = &model["tables"]["revenue"];
    assert_eq!((revenue["sheet"].as_str(), revenue["range"].as_str()), (Some("表3"), Some("A1:M15")));
    let cell = |row: &str| {
        let cells = revenue["cells"].as_array().unwrap();
        cells.iter().find(|c| c["row"] == row && c["column"] == "total").unwrap().clone()
    };
    assert_eq!((cell("total")["at"].as_str(), cell("total").get("sheet")), (Some("D4"), None));
    assert_eq!((cell("2210201")["at"].as_str(), cell("2210201")["sheet"].as_str()), (Some("D7"), Some("表4")));
}

/// What a cell displays.
fn displayed(value: &Value, shown: Shown) -> String {
    match (value, shown) {
        (Value::Number(number), Shown::Fixed(decimals)) => number.fixed(decimals),
        (Value::Number(number), _) => number.to_string(),
        (Value::Text(text), _) => text.clone(),
        _ => String::new(),
    }
}

fn columns(sheet: &Sheet) -> u16 {
    let merged = sheet.merges.iter().map(|m| m.last.col);
    sheet.cells.iter().map(|c| c.at.col).chain(merged).max().unwrap_or(0) + 1
}

/// A workbook as a web page, as Excel writes it: the names of the sheets in a comment, a table for each.
fn html(grid: &Grid) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
    let mut page = String::from(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=utf-8>\n<!--[if gte mso 9]><xml>",
    );
    for sheet in &grid.sheets {
        write!(page, "<x:ExcelWorksheet><x:Name>{}</x:Name></x:ExcelWorksheet>", escaped(&sheet.name)).unwrap();
    }
    page.push_str("</xml><![endif]--><style>td { mso-number-format:General }</style></head><body>");
    for sheet in &grid.sheets {
        page.push_str("<table>");
        for row in 0..sheet.row_count() {
            page.push_str("<tr>");
            for col in 0..columns(sheet) {
                let at = CellRef::new(row, col);
                let merge = sheet.merges.iter().find(|m| m.contains(at));
                if merge.is_some_and(|m| m.first != at) {
                    continue;
                }
                let spans = merge.map_or((1, 1), |m| (m.last.col - col + 1, m.last.row - row + 1));
                let text = sheet.cell(at).map(|c| displayed(&c.value, c.shown)).unwrap_or_default();
                write!(page, "<td colspan={} rowspan={}>{}", spans.0, spans.1, escaped(&text)).unwrap();
            }
        }
        page.push_str("</table>\n");
    }
    page
}

/// A sheet as CSV.
fn csv(sheet: &Sheet, delimiter: char) -> String {
    let mut text = String::new();
    for row in 0..sheet.row_count() {
        let fields = (0..columns(sheet)).map(|col| {
            let field = sheet.cell(CellRef::new(row, col)).map(|c| displayed(&c.value, c.shown)).unwrap_or_default();
            let is_plain = !field.contains(['"', '\n', delimiter]);
            if is_plain { field } else { format!("\"{}\"", field.replace('"', "\"\"")) }
        });
        text.push_str(&fields.collect::<Vec<_>>().join(&delimiter.to_string()));
        text.push_str("\r\n");
    }
    text
}

#[test]
fn a_web_page_holds_the_workbook_cell_by_cell() {
    let page = html(fixture());
    let (budget, told) = checked(page.as_bytes(), "434007_营商环境服务中心.xls");
    let [golden, model] = models(&budget, &["file", "sources"]);
    assert_eq!(golden, model);
    assert_eq!(told.iter().map(short).collect::<Vec<_>>(), crate::support::shorts(fixture()));
    let gbk = encoding_rs::GBK.encode(&page.replace("utf-8", "gb2312")).0.into_owned();
    assert_eq!(read(&gbk, "a.xls").unwrap(), read(page.as_bytes(), "a.xls").unwrap());
}

#[test]
fn csv_holds_a_sheet_cell_by_cell_in_every_encoding() {
    for sheet in &fixture().sheets {
        for delimiter in [',', '\t', ';'] {
            let text = csv(sheet, delimiter);
            let utf16 = [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
            let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
            let read: Vec<Grid> = [text.as_bytes(), &utf16, &gbk].iter().map(|b| read(b, "收支总表.xls").unwrap()).collect();
            assert!(read.iter().all(|r| *r == read[0]), "{}", sheet.name);
            let copy = &read[0].sheets[0];
            assert_eq!((copy.name.as_str(), copy.cells.len()), ("收支总表", sheet.cells.len()));
            for (cell, copied) in sheet.cells.iter().zip(&copy.cells) {
                assert_eq!((cell.at, displayed(&cell.value, cell.shown)), (copied.at, displayed(&copied.value, copied.shown)));
            }
        }
    }
}

/// A page with a title, the expenditure table and more, as a web system would export it.
fn page(rows: &str, below: &str) -> String {
    format!(
        "<div>2023年单位预算</div><h2>单位预算支出总表</h2><p>434007&nbsp;某中心　预算年度：2023</p><p>单位：万元</p>\
         <table><tr><th rowspan=2>序号<th colspan=2>功能分类科目<th rowspan=2>合计<th rowspan=2>基本支出<th rowspan=2>项目支出\
         <th rowspan=2>经营支出<th rowspan=2>上解上级支出<th rowspan=2>对附属单位补助支出<tr><th>科目编码<th>科目名称{rows}</table>{below}"
    )
}

/// The amounts of the expenditure table and the findings that reading took.
fn read_page(page: &str) -> (Vec<String>, Vec<String>) {
    let (budget, told) = checked(page.as_bytes(), "导出.xls");
    let amounts = crate::support::amounts(&budget).into_iter().filter(|a| a.starts_with("expenditure."));
    (amounts.collect(), told.iter().filter(|t| t.rule.starts_with('R')).map(short).collect())
}

#[test]
fn a_page_with_text_around_its_table_is_read() {
    let rows = "<tr><td>1<td><td>合计<td>1,234.50<td>1234.50<td><td>&nbsp;<tr><td>2<td>201<td>一般公共服务支出<td>1,234.50<td \
                x:num=\"1234.5\">1,234.50";
    let (amounts, findings) = read_page(&page(rows, "<p>注：单位为万元</p>"));
    let expected = [
        "expenditure.total.total 1234.5 D7",
        "expenditure.total.basic 1234.5 E7",
        "expenditure.201.total 1234.5 D8",
        "expenditure.201.basic 1234.5 E8",
    ];
    assert_eq!((amounts, findings), (expected.map(str::to_owned).to_vec(), Vec::new()));
}

#[test]
fn every_form_gives_the_disclosure_of_the_workbook_byte_by_byte() {
    use yusuan::stage::{layout, recompute};
    let written = |mut budget: Budget| {
        recompute::recompute(&mut budget);
        yusuan::edge::write::write(&layout::disclosure(&budget)).unwrap()
    };
    let workbook = written(crate::support::budget_of(fixture()).budget);
    for document in DOCUMENTS {
        assert_eq!(written(checked(&bytes(document), document).0), workbook, "{document}");
    }
}

#[test]
fn what_is_no_page_of_a_table_is_told_and_never_taken_for_one() {
    let rows = "<tr><td>1<td><td>合计<td>5.00<td>5.00";
    let other = "<table><tr><td>项目<td>单价<td>数量<tr><td>201<td>桌子<td>7.50</table>";
    let (amounts, findings) = read_page(&page(rows, other));
    assert_eq!(amounts, ["expenditure.total.total 5 D7", "expenditure.total.basic 5 E7"]);
    assert_eq!(findings, ["R20 warning 正文!A2", "R16 error 表2!A2"]);
    let line = "<p>2 201 一般公共服务支出 3.00 3.00</p>";
    let (_, findings) = read_page(&page(rows, line));
    assert_eq!(findings, ["R20 warning 正文!A2", "R03 error 正文!A5"]);
    let (_, findings) = read_page(&page(&format!("{rows}<tr><td>2 201 一般公共服务支出 3.00<td>"), ""));
    assert_eq!(findings, ["R20 warning 正文!A2", "R03 error 表1!A4"]);
    let further = page("<tr><td>2<td>201<td>一般公共服务支出<td>5.00<td>5.00", "");
    let further = further.split_once("</h2>").unwrap().1;
    let (amounts, findings) = read_page(&page(rows, further));
    assert_eq!(amounts.len(), 4, "a page that repeats caption and headings goes on with the table");
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn a_page_without_headings_goes_on_where_its_numbers_do() {
    let rows = "<tr><td>1<td><td>合计<td>5.00<td>5.00";
    let next = |number: u8| format!("<p>第 2 页</p><table><tr><td>{number}<td>201<td>一般公共服务支出<td>5.00<td>5.00</table>");
    let (amounts, findings) = read_page(&page(rows, &next(2)));
    assert_eq!(amounts[2..], ["expenditure.201.total 5 D9", "expenditure.201.basic 5 E9"]);
    assert!(findings.is_empty(), "{findings:?}");
    let (amounts, findings) = read_page(&page(rows, &next(9)));
    assert_eq!((amounts.len(), findings), (2, ["R20 warning 正文!A2", "R16 error 表2!A1"].map(str::to_owned).to_vec()));
}

/// A workbook as an XML spreadsheet of 2003.
fn xml2003(grid: &Grid) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut book = String::from(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook \
         xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles>\
         <Style ss:ID=\"0\"><NumberFormat ss:Format=\"0\"/></Style><Style ss:ID=\"1\"><NumberFormat ss:Format=\"0.0\"/></Style>\
         <Style ss:ID=\"2\"><NumberFormat ss:Format=\"Fixed\"/></Style></Styles>",
    );
    for sheet in &grid.sheets {
        write!(book, "<Worksheet ss:Name=\"{}\"><Table>", escaped(&sheet.name)).unwrap();
        for row in (0..sheet.row_count()).filter(|row| !sheet.row(*row).is_empty()) {
            write!(book, "<Row ss:Index=\"{}\">", row + 1).unwrap();
            for cell in sheet.row(row) {
                let merge = sheet.merges.iter().find(|m| m.first == cell.at);
                let over = merge.map_or((0, 0), |m| (m.last.col - m.first.col, m.last.row - m.first.row));
                let kind = if matches!(cell.value, Value::Number(_)) { "Number" } else { "String" };
                let style = if let Shown::Fixed(decimals) = cell.shown { decimals.to_string() } else { "Default".to_owned() };
                write!(
                    book,
                    "<Cell ss:Index=\"{}\" ss:StyleID=\"{style}\" ss:MergeAcross=\"{}\" ss:MergeDown=\"{}\"><Data \
                     ss:Type=\"{kind}\">{}</Data></Cell>",
                    cell.at.col + 1,
                    over.0,
                    over.1,
                    escaped(&displayed(&cell.value, Shown::General))
                )
                .unwrap();
            }
            book.push_str("</Row>");
        }
        book.push_str("</Table></Worksheet>");
    }
    book + "</Workbook>"
}

#[test]
fn an_xml_spreadsheet_holds_the_workbook_cell_by_cell() {
    let book = xml2003(fixture());
    let (budget, told) = checked(book.as_bytes(), "434007_营商环境服务中心.xls");
    let [golden, model] = models(&budget, &["file", "sources"]);
    assert_eq!(golden, model);
    assert_eq!(told.iter().map(short).collect::<Vec<_>>(), crate::support::shorts(fixture()));
}

#[test]
fn a_slipped_heading_with_numbers_below_is_put_back_with_a_warning() {
    let text = "单位预算支出总表\n434007 某中心 预算年度：2023 单位：万元\n\
                序号\t功能分类科目\t\t合计\t基本支出\t项目支出\t上解上级支出\t\t对附属单位补助支出\n\
                \t科目编码\t科目名称\t\t\t\t\t经营支出\n栏次\t1\t2\t3\t4\t5\t6\t7\t8\n\
                1\t\t合计\t9.00\t5.00\t\t3.00\t1.00\n";
    let (amounts, findings) = read_page(text);
    assert_eq!(
        amounts,
        [
            "expenditure.total.total 9 D6",
            "expenditure.total.basic 5 E6",
            "expenditure.total.operating 3 G6",
            "expenditure.total.to_superior 1 H6"
        ]
    );
    assert_eq!(findings, ["R01 warning 导出!G3", "R01 warning 导出!H4"]);
}

/// What is lost of a text: amounts that are neither read at their place nor told, in cells or as words of the line given.
fn lost_of(text: &str, line: usize) -> Vec<String> {
    let grid = read(text.as_bytes(), "434007.txt").unwrap();
    let Extracted { budget, findings } = extract(&Folded::new(&grid), "434007.txt", template(), None).unwrap();
    let sheet = &grid.sheets[0];
    let read: Vec<CellRef> = budget.tables.iter().flat_map(|t| t.amounts()).filter_map(|(.., s)| Some(s.site?.cell)).collect();
    let block = |row: u32| sheet.blocks.iter().position(|b| b.rows.contains(&row));
    let is_told = |at: CellRef| {
        findings.iter().filter_map(|f| Some((f.rule.as_str(), f.place.site?.cell))).any(|(rule, site)| match rule {
            "R03" => site.row == at.row,
            "R16" => site.row == at.row || (block(site.row).is_some() && block(site.row) == block(at.row)),
            "R08" => (site.row..site.row + 60).contains(&at.row),
            _ => site == at,
        }) || findings.iter().flat_map(own_cells).any(|site| site.cell == at)
    };
    let is_amount = |cell: &&yusuan::grid::Cell| match &cell.value {
        Value::Text(text) if cell.at.row as usize == line => {
            text.split(' ').any(|w| w.contains('.') && !w.ends_with('.') && w.parse::<f64>().is_ok())
        }
        _ => crate::support::looks_like_an_amount(cell),
    };
    let is_kept = |at: CellRef| budget.narrative.iter().any(|p| p.text.site.cell == at);
    let lost = sheet.cells.iter().filter(is_amount).map(|c| c.at);
    lost.filter(|at| !read.contains(at) && !is_told(*at) && !is_kept(*at)).map(|at| at.to_string()).collect()
}

#[test]
fn no_spoiled_line_of_the_text_loses_a_number_without_a_word() {
    let text = String::from_utf8(bytes("434007.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for place in (40..lines.len()).step_by(5).filter(|place| !lines[*place].is_empty()) {
        let with = |line: &[&str]| [&lines[..place], line, &lines[place + 1..]].concat().join("\n");
        let line = lines[place];
        let (spaces, shifted, halves) = (line.replace('\t', " "), format!("\t{line}"), line.replacen('\t', "\n", 1));
        for (spoiled, how) in [
            (with(&[]), "removed"),
            (with(&[line, line]), "doubled"),
            (with(&["", "第 3 页", ""]), "a page"),
            (with(&[&shifted]), "shifted"),
            (with(&[&halves]), "broken"),
            (with(&[&spaces]), "tabs lost"),
        ] {
            assert_eq!(lost_of(&spoiled, place), Vec::<String>::new(), "line {}: {line} {how}", place + 1);
        }
    }
}

/// A Word document with this body.
pub fn word(body: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let parts = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("word/document.xml", format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")),
    ];
    for (name, part) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Every cell as `表1!A1=text` and every merge, in the words of a clerk.
fn all_told(grid: &Grid) -> Vec<String> {
    let told = |sheet: &Sheet| {
        let cells = sheet.cells.iter().map(|c| format!("{}={}", c.at, displayed(&c.value, c.shown)));
        let blocks =
            sheet.blocks.iter().map(|b| format!("{} {}..{}", b.name.as_deref().unwrap_or("-"), b.rows.start, b.rows.end));
        cells.chain(sheet.merges.iter().map(ToString::to_string)).chain(blocks).collect::<Vec<_>>()
    };
    grid.sheets.iter().flat_map(told).collect()
}

#[test]
fn a_word_document_is_read_as_it_is_shown() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let tc = |properties: &str, text: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text));
    let body = format!(
        "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>支出</w:t><w:tab/><w:t>3&amp;</w:t></w:r>\
         <w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom></w:p>\
         <w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>\
         <w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{}</w:txbxContent></mc:Choice><mc:Fallback>\
         <w:txbxContent>{}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p><w:tbl><w:tr>{}{}</w:tr>\
         <w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
        p("块"),
        p("框"),
        p("框"),
        tc("<w:gridSpan w:val=\"2\"/>", "甲"),
        tc("<w:vMerge w:val=\"restart\"/>", "1,234.50"),
        tc("", "05"),
        tc("<w:vMerge/>", ""),
        tc("<w:gridSpan w:val=\"2\"/>", "乙"),
        tc("<w:vMerge w:val=\"continue\"/>", ""),
    );
    let told = all_told(&read(&word(&body), "a.docx").unwrap());
    let expected =
        ["A1=支出\t3&", "A2=块", "A3=框", "A4=甲", "C4=1234.50", "B5=05", "A6=乙", "A4:B4", "C4:C6", "A6:B6", "表1 3..6"];
    assert_eq!(told, expected);
}

#[test]
fn tables_within_tables_lose_nothing() {
    let page = "<p>甲</p><table><tr><td>1<td>2<tr><td>上<table><tr><td>3<td>4</table>下<td>5</table>";
    let told = all_told(&read(page.as_bytes(), "a.html").unwrap());
    let expected = ["A1=甲", "A2=1", "B2=2", "A3=上", "A4=3", "B4=4", "A5=下", "A6=5", "表1 1..3", "表2 3..4"];
    assert_eq!(told, expected);
}

#[test]
fn the_names_of_sheets_count_only_where_nothing_else_is_said() {
    let names = |page: &str| read(page.as_bytes(), "a.xls").unwrap().sheets.into_iter().map(|s| s.name).collect::<Vec<_>>();
    let list = "<!--[if gte mso 9]><xml><x:ExcelWorksheet><x:Name>收&amp;支</x:Name></x:ExcelWorksheet></xml><![endif]-->";
    assert_eq!(names(&format!("{list}<table><tr><td>1<td>2</table>")), ["收&支"]);
    assert_eq!(names(&format!("{list}<p>单位：元</p><table><tr><td>1<td>2</table>")), ["正文"], "what stands above is not lost");
    let index = "<h1>Overview</h1><a href='#t1'>甲</a><br><a href='#t2'>乙</a>";
    let table = |n: u8, name: &str| format!("<a name=t{n}><h1>Sheet {n}: <em>{name}</em></h1></a><table><tr><td>1<td>2</table>");
    assert_eq!(names(&format!("{index}{}{}", table(1, "甲"), table(2, "乙"))), ["甲", "乙"]);
    assert_eq!(names(&format!("{index}{}<p>单位：元</p>{}", table(1, "甲"), table(2, "乙"))), ["正文"]);
    assert_eq!(names("<table><tr><td>1<td>2</table><table><tr><td>3</table>"), ["表1", "表2"]);
    assert_eq!(names("<table><tr><td>1<td>2</table>"), ["a"]);
}

#[test]
fn cells_that_stand_over_rows_and_columns_push_others_aside() {
    let page = "<table><tr><td rowspan=2>甲<td colspan=2>乙<td rowspan=0>丙<tr><td>1<td>2<tr><td colspan=3>0.50</table>";
    let told = all_told(&read(page.as_bytes(), "a.html").unwrap());
    assert_eq!(told, ["A1=甲", "B1=乙", "D1=丙", "B2=1", "C2=2", "A3=0.50", "A1:A2", "B1:C1", "D1:D3", "A3:C3"]);
}
