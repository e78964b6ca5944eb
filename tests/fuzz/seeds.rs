//! The sound inputs that the mutations begin with: small workbooks of every format and the embedded templates; never reads one.

use std::io::{Cursor, Read};
use std::sync::Arc;

use rust_xlsxwriter::{Format, Formula, Workbook};
use yusuan::edge::annotate::{Line, Refused, Review, annotate};
use yusuan::edge::read::{ReadOptions, read_with};
use yusuan::edge::store;
use yusuan::stage::recognise::Recogniser;
use yusuan::template::{Severity, Sources, Template, load};

use crate::binary::{
    compound, wide, xls_number, xls_records, xls_stream, xls_strings, xls_text, xlsb, xlsb_cell, xlsb_record, zipped,
};
use crate::mutate::{self, Numbers};
use crate::numbers;

/// One input.
pub enum Case {
    /// A file by its name.
    Workbook(String, Vec<u8>),
    /// An edition by its name, and all template files.
    Template(String, Sources),
}

/// The records of an .xls workbook that mutations put in place of others.
const XLS_KINDS: [u16; 24] = [
    0x0006, 0x000a, 0x0022, 0x002f, 0x003c, 0x0042, 0x0085, 0x00bd, 0x00d6, 0x00e0, 0x00e5, 0x00fc, 0x00fd, 0x0200, 0x0203,
    0x0204, 0x0205, 0x0207, 0x0221, 0x027e, 0x041e, 0x04bc, 0x0809, 0x0018,
];
/// The same for .xlsb.
const XLSB_KINDS: [u16; 24] = [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x12, 0x13, 0x3e, 0x91, 0x92, 0x94, 0xb0,
    0x9c, 0x269, 0x2f,
];

/// A web page with a table as systems export it.
const PAGE: &str = "<html><head><meta charset=\"utf-8\"><style>td{mso-number-format:\"0.00\"}</style></head><body><p>434007 某某中心</p>\
    <table><caption>单位预算收入总表</caption><tr><th rowspan=\"2\">科目编码</th><th colspan=3>本年收入</th></tr><tr><td>小计<td>其他<td>合计\
    <tr><td>2010350<td align=right x:num=\"910.01\">910.01</td><td>1,234.50&nbsp;</td><td><table><tr><td>1<br>2</table></td></tr></table></body></html>";

/// An XML spreadsheet of 2003.
const XML_2003: &str = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook \
    xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles><Style \
    ss:ID=\"a\"><NumberFormat ss:Format=\"#,##0.00\"/></Style></Styles><Worksheet ss:Name=\"收入总表\"><Table><Row ss:Index=\"3\"><Cell \
    ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">单位预算收入总表</Data></Cell><Cell ss:StyleID=\"a\"><Data \
    ss:Type=\"Number\">910.01</Data></Cell></Row></Table></Worksheet></Workbook>";

/// Lines of cells.
const LINES: &str = "单位预算收入总表\n434007 某某中心,预算年度：2023,单位：万元\n序号,科目编码,科目名称,合计\n栏次,1,2,3\n1,,合计,910.01\n\
    2,\"201\",\"一般公共\n服务支出\",\"1,234.50\"\n注：无\n";

/// The records of a workbook: kind and data.
type Records = Vec<(u16, Vec<u8>)>;
/// The parts of a package: name and bytes.
type Parts = Vec<(String, Vec<u8>)>;

/// A workbook with a review in it: at cells of its first sheet, one of them blank, and at none.
pub fn annotated(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Vec<u8>, Refused> {
    let sheet = read_with(bytes, name, options)?.sheets.first().map(|sheet| sheet.name.clone());
    let line = |sheet: &Option<String>, cell: &str| Line {
        severity: Severity::Error,
        word: "必改".to_owned(),
        rule: "A10".to_owned(),
        sheet: sheet.clone(),
        cell: cell.parse().ok(),
        message: "应为 1".to_owned(),
        advice: "改".to_owned(),
        key: "k1".to_owned(),
        explained: None,
    };
    let lines = ["A1", "B2", "D40", "AB7"].map(|cell| line(&sheet, cell)).into_iter().chain([line(&None, "")]).collect();
    let review = Review { sheet: "审核意见".to_owned(), lines, ..Review::default() };
    annotate(bytes, name, options, &review).map(|made| made.bytes)
}

/// All sound inputs.
pub struct Seeds {
    /// The edition that workbooks are read by.
    pub template: Arc<Template>,
    /// What tells editions apart.
    pub recogniser: Recogniser,
    /// The passwords of the seeds that have one.
    pub options: ReadOptions,
    sources: Sources,
    editions: Vec<String>,
    /// Parts of xlsx and ods packages.
    packages: Vec<(&'static str, Parts)>,
    xls: Vec<Records>,
    xlsb: Records,
    /// Web pages, XML spreadsheets of 2003 and plain text.
    documents: Parts,
    fixtures: Parts,
}

impl Seeds {
    /// Makes them all.
    pub fn new() -> Self {
        let sources = store::sources(&[]).unwrap();
        let template = Arc::new(load("hebei/unit-2023", &sources).unwrap());
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut fixtures = Vec::new();
        collect(&folder, &mut fixtures);
        fixtures.sort();
        let of = |ending: &str| fixtures.iter().find(|(name, _)| name.ends_with(ending)).unwrap().1.clone();
        Self {
            recogniser: Recogniser::new(vec![template.clone()]),
            template,
            options: ReadOptions { passwords: vec!["密码Abc1".to_owned(), "Abc12345".to_owned()], ..ReadOptions::default() },
            editions: sources.editions(),
            packages: vec![
                ("a.xlsx", parts(&small_xlsx())),
                ("a.ods", parts(&small_ods())),
                ("a.xlsx", parts(&small_xlsx())),
                ("b.xlsx", parts(&of("434007_营商环境服务中心.xlsx"))),
                ("b.ods", parts(&of("434007_营商环境服务中心.ods"))),
                ("b.docx", parts(&of("434007.docx"))),
                ("c.xlsx", parts(&of("rich.xlsx"))),
                ("c.xlsx", parts(&annotated(&of("rich.xlsx"), "rich.xlsx", &ReadOptions::default()).unwrap())),
            ],
            xls: vec![small_xls(0x0600), small_xls(0x0500)],
            xlsb: small_xlsb(),
            documents: vec![
                ("a.html".to_owned(), PAGE.as_bytes().to_vec()),
                ("a.xml".to_owned(), XML_2003.as_bytes().to_vec()),
                ("a.csv".to_owned(), LINES.as_bytes().to_vec()),
                ("a.txt".to_owned(), LINES.replace(',', "\t").into_bytes()),
                ("b.txt".to_owned(), of("434007.txt")),
            ],
            sources,
            fixtures,
        }
    }

    /// The input of a number.
    pub fn case(&self, seed: u64, number: u64) -> Case {
        let mut n = numbers(seed, number);
        let times = 1 + n.below(4);
        match n.below(19) {
            0..5 => {
                // The large ones take their time.
                let place = if n.below(12) == 0 { n.below(self.packages.len()) } else { n.below(3) };
                self.package(place, times, &mut n)
            }
            5..8 => self.xls_case(times, &mut n),
            8..11 => self.xlsb_case(times, &mut n),
            11 => self.raw(times, &mut n),
            12..15 => self.document(times, &mut n),
            _ => self.template_case(times, &mut n),
        }
    }

    fn package(&self, place: usize, times: usize, n: &mut Numbers) -> Case {
        let (name, parts) = &self.packages[place];
        let mut parts = parts.clone();
        for _ in 0..times {
            let at = n.below(parts.len());
            match n.below(40) {
                0 => drop(parts.remove(at)),
                1 => parts[at].0 = parts[n.below(parts.len())].0.to_uppercase(),
                _ => mutate::xml(&mut parts[at].1, n),
            }
            if parts.is_empty() {
                break;
            }
        }
        parts.dedup_by(|a, b| a.0 == b.0);
        let mut seen = std::collections::HashSet::new();
        parts.retain(|(name, _)| seen.insert(name.clone()));
        Case::Workbook((*name).to_owned(), zipped(parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
    }

    fn document(&self, times: usize, n: &mut Numbers) -> Case {
        let (name, bytes) = n.one(&self.documents).clone();
        let mut bytes = bytes;
        for _ in 0..times {
            if n.below(3) == 0 { mutate::bytes(&mut bytes, n) } else { mutate::xml(&mut bytes, n) }
        }
        Case::Workbook(name, bytes)
    }

    fn xls_case(&self, times: usize, n: &mut Numbers) -> Case {
        let mut records = n.one(&self.xls).clone();
        (0..times).for_each(|_| mutate::records(&mut records, &XLS_KINDS, n));
        let mut stream = xls_stream(&records);
        if n.below(4) == 0 {
            mutate::bytes(&mut stream, n);
        }
        if n.below(3) > 0 {
            return Case::Workbook("a.xls".to_owned(), stream);
        }
        let mut file = compound(if n.below(2) == 0 { "Workbook" } else { "Book" }, &stream);
        if n.below(2) == 0 {
            mutate::bytes(&mut file, n);
        }
        Case::Workbook("a.xlsx".to_owned(), file)
    }

    fn xlsb_case(&self, times: usize, n: &mut Numbers) -> Case {
        let mut records = self.xlsb.clone();
        if n.below(3) > 0 {
            (0..times).for_each(|_| mutate::records(&mut records, &XLSB_KINDS, n));
            return Case::Workbook("a.xlsb".to_owned(), xlsb(&records));
        }
        let mut parts = parts(&xlsb(&records));
        for _ in 0..times {
            let at = n.below(parts.len());
            mutate::bytes(&mut parts[at].1, n);
        }
        Case::Workbook("a.xlsb".to_owned(), zipped(parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))))
    }

    /// A whole file, changed without regard to what it is.
    fn raw(&self, times: usize, n: &mut Numbers) -> Case {
        let (name, bytes) = if n.below(8) == 0 { n.one(&self.fixtures).clone() } else { ("a.xlsx".to_owned(), small_xlsx()) };
        let mut bytes = bytes;
        (0..times).for_each(|_| mutate::bytes(&mut bytes, n));
        Case::Workbook(name, bytes)
    }

    fn template_case(&self, times: usize, n: &mut Numbers) -> Case {
        let edition = n.one(&self.editions).clone();
        let mut sources = self.sources.clone();
        let names: Vec<String> = sources.files.keys().cloned().collect();
        let own = format!("{edition}.toml");
        for _ in 0..times {
            let name = if n.below(4) == 0 { n.one(&names).clone() } else { own.clone() };
            let changed = mutate::words(&sources.files[&name], n);
            sources.files.insert(name, changed);
        }
        Case::Template(edition, sources)
    }
}

fn collect(folder: &std::path::Path, files: &mut Parts) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| ["xlsx", "xls", "ods", "docx", "txt"].iter().any(|known| e == *known)) {
            files.push((path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()));
        }
    }
}

fn parts(package: &[u8]) -> Parts {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
    let count = archive.len();
    let part = |place: usize| {
        let mut entry = archive.by_index(place).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    (0..count).map(part).filter(|(_, bytes)| bytes.len() < 1 << 20).collect()
}

fn small_xlsx() -> Vec<u8> {
    let mut workbook = Workbook::new();
    for name in ["收支总表", "支出总表"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.merge_range(0, 0, 0, 3, "单位预算收支总表", &Format::new()).unwrap();
        sheet.write_string(1, 0, "金额单位：万元").unwrap();
        for (col, text) in ["收入", "预算数", "支出", "预算数"].iter().enumerate() {
            sheet.write_string(2, col as u16, *text).unwrap();
        }
        sheet.write_string(3, 0, "一般公共预算财政拨款收入").unwrap();
        sheet.write_number_with_format(3, 1, 910.01, &Format::new().set_num_format("#,##0.00")).unwrap();
        sheet.write_formula(4, 1, Formula::new("SUM(B4:B4)").set_result("910.01")).unwrap();
        sheet.write_number_with_format(5, 0, 45_000, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
        sheet.write_boolean(5, 1, true).unwrap();
        sheet.write_formula(5, 2, Formula::new("1/0").set_result("#DIV/0!")).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

fn small_ods() -> Vec<u8> {
    let content = "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles><style:style style:name=\"t\">\
        <style:table-properties table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>\
        <table:table table:name=\"收支总表\" table:style-name=\"t\"><table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
        office:value-type=\"string\" table:number-columns-spanned=\"4\"><text:p>单位预算<text:s text:c=\"2\"/>收支总表</text:p>\
        </table:table-cell><table:covered-table-cell table:number-columns-repeated=\"3\"/></table:table-row><table:table-row>\
        <table:table-cell office:value-type=\"float\" office:value=\"910.01\"><text:p>910.01</text:p></table:table-cell>\
        <table:table-cell table:formula=\"of:=1\"/><table:table-cell office:value-type=\"date\" office:date-value=\"2023-01-01\">\
        <text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    zipped([("mimetype", "application/vnd.oasis.opendocument.spreadsheet".as_bytes()), ("content.xml", content.as_bytes())])
}

fn small_xls(version: u16) -> Records {
    let modern = version == 0x0600;
    let short = |text: &str| -> Vec<u8> {
        if modern {
            [&[text.len() as u8, 0, 0][..], text.as_bytes()].concat()
        } else {
            [&[text.len() as u8][..], text.as_bytes()].concat()
        }
    };
    let label: &[u8] = if modern { &[1, 0, 0, b'A'] } else { &[2, 0, 0xca, 0xd5] };
    let globals = [
        (0x0042, vec![0xa8, 0x03]),
        (0x0022, vec![0, 0]),
        (0x041e, [&[164, 0][..], &short("#,##0.00")].concat()),
        (0x00e0, [&[0, 0, 164, 0][..], &[0; 16]].concat()),
        (0x00e0, [&[0, 0, 14, 0][..], &[0; 16]].concat()),
        xls_strings(&["单位预算收支总表", "金额", "x"]),
        (0x003c, vec![0, b'a', b'b']),
    ];
    let formula = |row: u16, result: [u8; 8]| {
        (0x0006, [&row.to_le_bytes()[..], &[4, 0, 0, 0], &result, &[0, 0, 0, 0, 0, 0, 3, 0, 0x1e, 1, 0]].concat())
    };
    let sheet = [
        (0x0200, vec![0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 9, 0, 0, 0]),
        xls_text(0, 0, 0),
        xls_text(0, 1, 1),
        xls_number(1, 0, 910.01),
        (0x027e, vec![1, 0, 1, 0, 0, 0, 0x06, 0, 0, 0]),
        (0x00bd, vec![2, 0, 0, 0, 0, 0, 6, 0, 0, 0, 1, 0, 7, 0, 0, 0, 1, 0]),
        (0x0204, [&[3, 0, 0, 0, 0, 0][..], label].concat()),
        (0x0205, vec![3, 0, 1, 0, 0, 0, 7, 1]),
        formula(4, 1.5f64.to_le_bytes()),
        formula(5, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
        (0x0207, label.to_vec()),
        formula(6, [3, 0, 0, 0, 0, 0, 0xff, 0xff]),
        (0x00e5, vec![1, 0, 0, 0, 0, 0, 0, 0, 3, 0]),
    ];
    xls_records(version, &globals, &sheet)
}

fn small_xlsb() -> Records {
    let float = 910.01f64.to_le_bytes();
    vec![
        (0x0094, vec![0; 16]),
        (0x0091, vec![]),
        (0x0000, [&[0, 0, 0, 0][..], &[0; 9]].concat()),
        xlsb_cell(0x0002, 0, &[6, 0, 0, 0]),
        xlsb_cell(0x0003, 1, &[7]),
        xlsb_cell(0x0004, 2, &[1]),
        xlsb_cell(0x0005, 3, &float),
        xlsb_cell(0x0006, 4, &wide("单位预算收支总表")),
        xlsb_cell(0x0007, 5, &[0, 0, 0, 0]),
        xlsb_cell(0x0008, 6, &[wide("甲"), vec![0; 6]].concat()),
        xlsb_cell(0x0009, 7, &[&float[..], &[0; 6]].concat()),
        xlsb_cell(0x000b, 8, &[0x17, 0, 0, 0, 0]),
        (0x000d, vec![0, 0, 0, 0, 6, 0, 0, 0]),
        xlsb_cell(0x003e, 10, &[vec![0], wide("乙")].concat()),
        (0x0092, vec![]),
        (0x00b0, vec![0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0]),
        (0x0082, xlsb_record(0, &[])),
    ]
}
