//! Tells from the first bytes and the inner names what a file is; never looks at its extension and never reads cells.

use super::container;
use super::limits::Budget;
use super::package::{Package, is_bundle};
use super::unreadable::{Found, Unreadable};

/// A workbook by its format.
pub(super) enum Kind<'a> {
    Xlsx(Package<'a>),
    Xlsb(Package<'a>),
    Ods(Package<'a>),
    /// The records of the workbook, taken out of their container.
    Xls(Vec<u8>),
    /// A package that was encrypted, in the clear.
    Unlocked(Vec<u8>),
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
        _ => Err(Unreadable::NotAWorkbook { found: found(bytes) }),
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
        return not(Found::Word);
    }
    if package.names().any(|n| n.starts_with("ppt/")) {
        return not(Found::Slides);
    }
    if is_bundle(package.names().map(str::as_bytes)) { not(Found::Archive) } else { Ok(Kind::Xlsx(package)) }
}

/// What bytes that are no workbook look like.
fn found(bytes: &[u8]) -> Found {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => Found::Pdf,
        [b'{', b'\\', b'r', b't', b'f', ..] => Found::Word,
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] | [b'B', b'M', ..] => Found::Picture,
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [0x1f, 0x8b, ..] => Found::Archive,
        [0x09, 0x00 | 0x02 | 0x04, ..] => Found::OldExcel,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Found::Text,
        _ => found_in_text(bytes),
    }
}

fn found_in_text(bytes: &[u8]) -> Found {
    let start = &bytes[..bytes.len().min(4096)];
    if start.iter().any(|b| *b < 0x20 && !b.is_ascii_whitespace()) {
        return Found::Other;
    }
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| start.contains(w));
    if has(&["urn:schemas-microsoft-com:office:spreadsheet"]) && start.contains("<?xml") {
        Found::Xml2003
    } else if has(&["<html", "<!doctype html", "<table", "<head", "<body", "mime-version:"]) {
        Found::Html
    } else {
        Found::Text
    }
}
