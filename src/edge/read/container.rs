//! The compound files that .xls workbooks and encrypted packages lie in; takes the one stream that counts and reads no record.

use std::io::Cursor;

use super::crypt::{Container, content, decrypt_package};
use super::limits::Budget;
use super::sniff::Kind;
use super::unreadable::{Found, Unreadable};

/// The workbook in a compound file, whose directory and chains are checked on the way.
pub(super) fn open<'a>(bytes: &[u8], passwords: &[String], budget: &Budget) -> Result<Kind<'a>, Unreadable> {
    // Some writers leave the last sector short.
    let sector = if bytes.get(30) == Some(&12) { 4096 } else { 512 };
    let length = bytes.len().next_multiple_of(sector);
    let mut whole = Vec::with_capacity(length);
    whole.extend_from_slice(bytes);
    whole.resize(length, 0);
    let mut file = Container::open(Cursor::new(whole)).map_err(Unreadable::damaged)?;
    let most = bytes.len() as u64;
    if file.exists("/EncryptedPackage") {
        return decrypt_package(&mut file, most, passwords, budget).map(Kind::Unlocked);
    }
    let Some(name) = ["/Workbook", "/Book"].into_iter().find(|n| file.is_stream(n)) else {
        let found = [("/WordDocument", Found::Word), ("/PowerPoint Document", Found::Slides)];
        let found = found.into_iter().find(|(n, _)| file.exists(n)).map_or(Found::Other, |(_, found)| found);
        return Err(Unreadable::NotAWorkbook { found });
    };
    content(&mut file, name, most).map(Kind::Xls)
}
