//! Binary workbooks made by hand, record by record, for tests of damaged ones; never reads any.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// A zip archive of parts.
pub fn zipped<'p>(parts: impl IntoIterator<Item = (&'p str, &'p [u8])>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A record of an .xls workbook.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes()[..], data].concat()
}

/// The records of an .xls workbook with one sheet, as kind and data: `globals` stand before the list of sheets.
pub fn xls_records(version: u16, globals: &[(u16, Vec<u8>)], sheet: &[(u16, Vec<u8>)]) -> Vec<(u16, Vec<u8>)> {
    let begin = |kind: u8| (0x0809, [&version.to_le_bytes()[..], &[kind, 0, 0, 0, 0, 0], &[0; 8]].concat());
    let flag: &[u8] = if version == 0x0600 { &[0] } else { &[] };
    let listed = (0x0085, [&[0; 6][..], &[1], flag, b"S"].concat());
    let end = || (0x000a, Vec::new());
    [vec![begin(5)], globals.to_vec(), vec![listed, end(), begin(0x10)], sheet.to_vec(), vec![end()]].concat()
}

/// The stream of the records; the sheet that is listed begins at the second begin record.
pub fn xls_stream(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut listed = None;
    let mut begins = 0;
    for (kind, data) in records {
        begins += usize::from(*kind == 0x0809);
        let place = stream.len() as u32;
        if let (0x0809, 2, Some(at)) = (*kind, begins, listed.take_if(|_| *kind == 0x0809 && begins == 2)) {
            let at: usize = at;
            stream[at..at + 4].copy_from_slice(&place.to_le_bytes());
        }
        if *kind == 0x0085 && data.len() >= 4 {
            listed = Some(stream.len() + 4);
        }
        stream.extend(record(*kind, data));
    }
    stream
}

/// A compound file with one stream.
pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A number cell of an .xls workbook.
pub fn xls_number(row: u16, col: u16, number: f64) -> (u16, Vec<u8>) {
    (0x0203, [&row.to_le_bytes()[..], &col.to_le_bytes(), &[0, 0], &number.to_le_bytes()].concat())
}

/// A cell of an .xls workbook that names a text of the table.
pub fn xls_text(row: u16, col: u16, place: u32) -> (u16, Vec<u8>) {
    (0x00fd, [&row.to_le_bytes()[..], &col.to_le_bytes(), &[0, 0], &place.to_le_bytes()].concat())
}

/// The table of texts of an .xls workbook.
pub fn xls_strings(texts: &[&str]) -> (u16, Vec<u8>) {
    let count = (texts.len() as u32).to_le_bytes();
    let mut data = [count, count].concat();
    for text in texts {
        let units: Vec<u16> = text.encode_utf16().collect();
        data.extend((units.len() as u16).to_le_bytes());
        data.push(1);
        data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    }
    (0x00fc, data)
}

/// A record of an .xlsb workbook.
pub fn xlsb_record(kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    let mut length = Vec::new();
    let mut rest = data.len();
    loop {
        length.push((rest & 0x7f) as u8 | if rest > 0x7f { 0x80 } else { 0 });
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    [kind, length, data.to_vec()].concat()
}

/// A text of an .xlsb workbook.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [(units.len() as u32).to_le_bytes().to_vec(), units.iter().flat_map(|u| u.to_le_bytes()).collect()].concat()
}

/// A cell of an .xlsb workbook: its kind, its column and what follows its style.
pub fn xlsb_cell(kind: u16, col: u32, rest: &[u8]) -> (u16, Vec<u8>) {
    (kind, [&col.to_le_bytes()[..], &[0; 4], rest].concat())
}

/// An .xlsb workbook of one sheet and one text.
pub fn xlsb(sheet: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let book = [
        xlsb_record(0x009c, &[vec![0, 0, 0, 0, 1, 0, 0, 0], wide("r1"), wide("S")].concat()),
        xlsb_record(0x0090, &[]),
        xlsb_record(0x009d, &[]),
    ];
    let strings = [xlsb_record(0x009f, &[1, 0, 0, 0, 1, 0, 0, 0]), xlsb_record(0x0013, &[vec![0], wide("甲")].concat())];
    let relations =
        "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/Sheet1.bin\"/></Relationships>";
    let sheet: Vec<u8> = sheet.iter().flat_map(|(kind, data)| xlsb_record(*kind, data)).collect();
    zipped([
        ("xl/workbook.bin", book.concat().as_slice()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/worksheets/Sheet1.bin", &sheet),
        ("xl/sharedStrings.bin", &strings.concat()),
    ])
}
