//! From the bytes of a workbook or document to a grid of cells; knows file formats and no table, and never trusts a file name.

mod biff;
mod collect;
mod container;
mod crypt;
mod decode;
mod docx;
mod flow;
mod html;
mod limits;
mod number_format;
mod ods;
mod opened;
mod package;
mod saved;
mod scan;
mod sniff;
mod text;
mod typed;
mod unreadable;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod xml2003;

#[cfg(test)]
mod tests;

use crate::grid::Grid;

pub(in crate::edge) use limits::Budget;
pub use limits::{Limits, ReadOptions};
pub(in crate::edge) use opened::{Opened, opened};
pub(in crate::edge) use package::{Entry, PARTS, Package, entry_name, is_bundle, overlap, part_name};
pub(in crate::edge) use scan::Part;
pub use sniff::is_lock_file_name;
pub use unreadable::{Found, Limit, Unreadable};
pub(in crate::edge) use xlsx::join;

/// Reads a workbook, or a document with tables, of any known format within the usual limits. The content decides which; the name
/// only tells lock files apart, and is that of the sheet where a file is one.
///
/// # Errors
/// When the bytes are no workbook, or one that cannot be read whole.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Grid, Unreadable> {
    read_with(bytes, file_name, &ReadOptions::default())
}

/// Reads a workbook as [`read`] does, within given limits and with passwords.
///
/// # Errors
/// As [`read`], and when the workbook is protected by none of the passwords.
pub fn read_with(bytes: &[u8], file_name: &str, options: &ReadOptions) -> Result<Grid, Unreadable> {
    opened(bytes, file_name, options).map(|opened| opened.grid)
}

/// The name of a file without folder and extension.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
