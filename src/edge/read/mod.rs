//! From the bytes of a workbook or document to a grid of cells; knows file formats and no table, and never trusts a file name.

mod biff;
mod collect;
mod decode;
mod docx;
mod flow;
mod html;
mod number_format;
mod ods;
mod package;
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

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::grid::Grid;

pub(in crate::edge) use package::{Entry, entry_name, is_bundle};
pub use sniff::is_lock_file_name;
pub use unreadable::{Found, Limit, Unreadable};

/// Reads a workbook, or a document with tables, of any known format. The content decides which; the name only tells lock files
/// apart, and is that of the sheet where a file is one.
///
/// # Errors
/// When the bytes are no workbook, or one that cannot be read whole.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Grid, Unreadable> {
    // The format libraries panic on some hostile files; that costs the file, not the run.
    let name = stem(file_name);
    let grid = catch_unwind(AssertUnwindSafe(|| match sniff::kind(bytes, file_name)? {
        sniff::Kind::Xlsx(package) => xlsx::read(package),
        sniff::Kind::Xlsb(package) => xlsb::read(package),
        sniff::Kind::Ods(package) => ods::read(package),
        sniff::Kind::Xls(stream) => xls::read(stream),
        sniff::Kind::Docx(package) => docx::read(package, name),
        sniff::Kind::Xml2003(text) => xml2003::read(&text),
        sniff::Kind::Html(text) => html::read(&text, name),
        sniff::Kind::Text(text) => text::read(&text, name),
    }))
    .unwrap_or_else(|_| Err(Unreadable::damaged("the reader panicked")))?;
    if grid.sheets.is_empty() { Err(Unreadable::NoSheets) } else { Ok(grid) }
}

/// The name of a file without folder and extension.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
