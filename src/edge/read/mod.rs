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
use limits::Budget;

pub use limits::{Limits, ReadOptions};
pub(in crate::edge) use package::{Entry, PARTS, entry_name, is_bundle, overlap};
pub use sniff::is_lock_file_name;
pub use unreadable::{Found, Limit, Unreadable};

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
    if bytes.len() as u64 > options.limits.file_bytes {
        return Err(Unreadable::TooLarge { what: Limit::File });
    }
    let budget = Budget::new(&options.limits);
    // The format libraries panic on some hostile files; that costs the file, not the run.
    let name = stem(file_name);
    let grid = catch_unwind(AssertUnwindSafe(|| match sniff::kind(bytes, file_name, &options.passwords, &budget)? {
        sniff::Kind::Unlocked(package) => {
            let package = package::Package::open(&package, &budget)?;
            grid_of(sniff::zip_kind(package)?, name, options, &budget)
        }
        kind => grid_of(kind, name, options, &budget),
    }))
    .unwrap_or_else(|_| Err(Unreadable::damaged("the reader panicked")))?;
    if grid.sheets.is_empty() { Err(Unreadable::NoSheets) } else { Ok(grid) }
}

fn grid_of(kind: sniff::Kind<'_>, name: &str, options: &ReadOptions, budget: &Budget) -> Result<Grid, Unreadable> {
    match kind {
        sniff::Kind::Xlsx(package) => xlsx::read(package, budget),
        sniff::Kind::Xlsb(package) => xlsb::read(package, budget),
        sniff::Kind::Ods(package) => ods::read(package, budget),
        sniff::Kind::Xls(stream) => xls::read(stream, &options.passwords, budget),
        sniff::Kind::Unlocked(_) => Err(Unreadable::damaged("a package encrypted twice")),
        sniff::Kind::Docx(package) => docx::read(package, name, budget),
        sniff::Kind::Xml2003(text) => xml2003::read(&text, budget),
        sniff::Kind::Html(text) => html::read(&text, name, budget),
        sniff::Kind::Text(text) => text::read(&text, name, budget),
    }
}

/// The name of a file without folder and extension.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
