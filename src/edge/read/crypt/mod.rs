//! Opens workbooks that are protected by a password; never guesses one, beyond the one that means none.

mod agile;
mod cipher;
mod standard;
mod stream;

use std::io::{Cursor, Read};

use super::biff::u16_at;
use super::limits::Budget;
use super::unreadable::Unreadable;

pub(super) use stream::decrypt as decrypt_records;

/// What spreadsheet programs lock a workbook with when it is only to be guarded against changes: it opens without asking.
const USUAL: &str = "VelvetSweatshop";

/// A container in memory.
pub(super) type Container = cfb::CompoundFile<Cursor<Vec<u8>>>;

/// The passwords to try, in their order.
fn candidates(given: &[String]) -> impl Iterator<Item = &str> {
    std::iter::once(USUAL).chain(given.iter().map(String::as_str))
}

/// What is to be said when no password opens a workbook.
fn refused(given: &[String]) -> Unreadable {
    if given.is_empty() { Unreadable::Encrypted } else { Unreadable::WrongPassword }
}

fn unknown(detail: impl std::fmt::Display) -> Unreadable {
    Unreadable::UnknownProtection(detail.to_string())
}

/// The package within a container, in the clear.
pub(super) fn decrypt_package(
    file: &mut Container,
    most: u64,
    passwords: &[String],
    budget: &Budget,
) -> Result<Vec<u8>, Unreadable> {
    if !file.is_stream("/EncryptionInfo") {
        return Err(unknown("nothing says how"));
    }
    let info = content(file, "/EncryptionInfo", most)?;
    let package = content(file, "/EncryptedPackage", most)?;
    let (size, sealed) = package.split_first_chunk().ok_or_else(|| Unreadable::damaged("the package is cut off"))?;
    let size = usize::try_from(u64::from_le_bytes(*size)).unwrap_or(usize::MAX);
    let mut plain = match (u16_at(&info, 0), u16_at(&info, 2)) {
        (Some(4), Some(4)) => agile::open(info.get(8..).unwrap_or_default(), sealed, passwords, budget)?,
        (Some(2..=4), Some(2)) => standard::open(&info, sealed, passwords, budget)?,
        (major, minor) => return Err(unknown(format!("version {major:?} {minor:?}"))),
    };
    if size > plain.len() {
        return Err(Unreadable::damaged("the package is cut off"));
    }
    plain.truncate(size);
    Ok(plain)
}

/// A stream of a container, at most so many bytes of it.
pub(super) fn content(file: &mut Container, name: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut stream = file.open_stream(name).map_err(Unreadable::damaged)?;
    let mut bytes = Vec::new();
    stream.by_ref().take(most).read_to_end(&mut bytes).map_err(Unreadable::damaged)?;
    Ok(bytes)
}

/// The bytes of a password as the modern ways hash them.
fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
