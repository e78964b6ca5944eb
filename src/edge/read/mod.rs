//! From the bytes of a workbook to a grid of cells; knows file formats and no table, and never trusts a file name.

mod biff;
mod collect;
mod number_format;
mod ods;
mod package;
mod scan;
mod sniff;
mod unreadable;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::grid::Grid;

pub(in crate::edge) use package::{Entry, entry_name, is_bundle};
pub use sniff::is_lock_file_name;
pub use unreadable::{Found, Limit, Unreadable};

/// Reads a workbook of any known format. The content decides which; the name only tells lock files apart.
///
/// # Errors
/// When the bytes are no workbook, or one that cannot be read whole.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Grid, Unreadable> {
    // The format libraries panic on some hostile files; that costs the file, not the run.
    let grid = catch_unwind(AssertUnwindSafe(|| match sniff::kind(bytes, file_name)? {
        sniff::Kind::Xlsx(package) => xlsx::read(package),
        sniff::Kind::Xlsb(package) => xlsb::read(package),
        sniff::Kind::Ods(package) => ods::read(package),
        sniff::Kind::Xls(stream) => xls::read(stream),
    }))
    .unwrap_or_else(|_| Err(Unreadable::damaged("the reader panicked")))?;
    if grid.sheets.is_empty() { Err(Unreadable::NoSheets) } else { Ok(grid) }
}
