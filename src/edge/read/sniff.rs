//! Tells from the first bytes and the inner names what a file is; never looks at its extension and never reads cells.

use std::borrow::Cow;

use super::container;
use super::decode;
use super::limits::Budget;
use super::package::{Package, is_bundle};
use super::unreadable::{Found, Unreadable};

/// A workbook, or a document that may hold tables, by its format.
pub(super) enum Kind<'a> {
    Xlsx(Package<'a>),
    Xlsb(Package<'a>),
    Ods(Package<'a>),
    /// The records of the workbook, taken out of their container.
    Xls(Vec<u8>),
    /// A package that was encrypted, in the clear.
    Unlocked(Vec<u8>),
    Docx(Package<'a>),
    Xml2003(Cow<'a, str>),
    Html(Cow<'a, str>),
    Text(Cow<'a, str>),
}

/// Whether a file name is that of a lock file: `~$` from Excel and WPS, `.~lock.` from LibreOffice.
pub fn is_lock_file_name(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("~$") || name.starts_with(".~")
}

/// What kind of workbook the bytes are.
pub(super) fn kind<'a>(
    bytes: &'a [u8],
    file_name: &str,
    passwords: &[String],
    budget: &'a Budget,
) -> Result<Kind<'a>, Unreadable> {
    if is_lock_file_name(file_name) {
        return Err(Unreadable::LockFile);
    }
    match bytes {
        [] => Err(Unreadable::Empty),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => zip_kind(Package::open(bytes, budget)?),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => container::open(bytes, passwords, budget),
        // The records of an old workbook without a container around them.
        [0x09, 0x08, ..] => Ok(Kind::Xls(bytes.to_vec())),
        _ => match found(bytes) {
            Some(found) => Err(Unreadable::NotAWorkbook { found }),
            None => text_kind(bytes),
        },
    }
}

/// What kind of workbook a package is.
pub(super) fn zip_kind(mut package: Package<'_>) -> Result<Kind<'_>, Unreadable> {
    let not = |found| Err(Unreadable::NotAWorkbook { found });
    if package.has("xl/workbook.bin") {
        return Ok(Kind::Xlsb(package));
    }
    if package.has("content.xml") {
        let mime = package.part("mimetype")?.unwrap_or_default();
        return match String::from_utf8_lossy(&mime) {
            mime if mime.contains("opendocument.text") => not(Found::Word),
            mime if mime.contains("opendocument.presentation") => not(Found::Slides),
            _ => Ok(Kind::Ods(package)),
        };
    }
    if package.names().any(|n| n.starts_with("word/")) {
        return Ok(Kind::Docx(package));
    }
    if package.names().any(|n| n.starts_with("ppt/")) {
        return not(Found::Slides);
    }
    if is_bundle(package.names().map(str::as_bytes)) { not(Found::Archive) } else { Ok(Kind::Xlsx(package)) }
}

/// What bytes look like that are neither a workbook nor text.
fn found(bytes: &[u8]) -> Option<Found> {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => Some(Found::Pdf),
        [b'{', b'\\', b'r', b't', b'f', ..] => Some(Found::Word),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => Some(Found::Picture),
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [0x1f, 0x8b, ..] => Some(Found::Archive),
        [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06, 0, ..] => Some(Found::OldExcel),
        _ => None,
    }
}

/// What kind of text the bytes are.
fn text_kind(bytes: &[u8]) -> Result<Kind<'_>, Unreadable> {
    let Some(text) = decode::text(bytes) else {
        let found = if bytes.starts_with(b"BM") { Found::Picture } else { Found::Other };
        return Err(Unreadable::NotAWorkbook { found });
    };
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let start: String = trimmed.chars().take(4096).collect::<String>().to_ascii_lowercase();
    if start.starts_with("mime-version:") {
        return Err(Unreadable::NotAWorkbook { found: Found::Html });
    }
    if !trimmed.starts_with('<') {
        return Ok(Kind::Text(text));
    }
    let is_page = ["<!doctype html", "<html", "<head", "<body", "<table", "<meta", "<div"].iter().any(|tag| start.contains(tag));
    match (start.contains("urn:schemas-microsoft-com:office:spreadsheet"), start.starts_with("<?xml")) {
        (true, _) if start.contains("<workbook") || start.contains(":workbook") => Ok(Kind::Xml2003(text)),
        _ if is_page => Ok(Kind::Html(text)),
        (_, true) if start.contains("word") => Err(Unreadable::NotAWorkbook { found: Found::Word }),
        (_, true) => Err(Unreadable::NotAWorkbook { found: Found::Other }),
        // Whatever element comes first, a page shows its text.
        _ => Ok(Kind::Html(text)),
    }
}
