//! A workbook opened with all that is known of its file, its review parted from what was filed; never judges either.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::limits::{Budget, ReadOptions};
use super::unreadable::{Limit, Unreadable};
use super::{docx, html, ods, package, sniff, stem, text, xls, xlsb, xlsx, xml2003};
use crate::finding::{REVIEW, answers};
use crate::grid::{Cell, Grid, Sheet, Value};

/// So many rows are looked at for the text that tells an added review: in whatever format the workbook is saved, such a sheet is
/// none of the submission.
const FIRST_ROWS: usize = 3;
/// The columns in which a review has texts only.
const TEXTS: RangeInclusive<u16> = 1..=6;

/// A workbook or document that was opened.
pub(in crate::edge) struct Opened<'a> {
    /// What was filed.
    pub(in crate::edge) grid: Grid,
    /// The sheet that an earlier review added.
    pub(in crate::edge) review: Option<Sheet>,
    /// The package of an .xlsx workbook, in the clear.
    pub(in crate::edge) package: Option<Cow<'a, [u8]>>,
    /// Whether it is a document of paragraphs rather than a workbook of cells.
    pub(in crate::edge) is_document: bool,
}

/// What is found out of a file beside its cells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Package,
    Document,
    Other,
}

/// Opens and reads a workbook or document.
///
/// # Errors
/// As [`super::read_with`].
pub(in crate::edge) fn opened<'a>(bytes: &'a [u8], file_name: &str, options: &ReadOptions) -> Result<Opened<'a>, Unreadable> {
    if bytes.len() as u64 > options.limits.file_bytes {
        return Err(Unreadable::TooLarge { what: Limit::File });
    }
    let budget = Budget::new(&options.limits);
    // The format libraries panic on some hostile files; that costs the file, not the run.
    let name = stem(file_name);
    let (mut grid, form, unlocked) =
        catch_unwind(AssertUnwindSafe(|| match sniff::kind(bytes, file_name, &options.passwords, &budget)? {
            sniff::Kind::Unlocked(package) => {
                let kind = sniff::zip_kind(package::Package::open(&package, &budget)?)?;
                let (grid, form) = grid_of(kind, name, options, &budget)?;
                Ok((grid, form, Some(package)))
            }
            kind => grid_of(kind, name, options, &budget).map(|(grid, form)| (grid, form, None)),
        }))
        .unwrap_or_else(|_| Err(Unreadable::damaged("the reader panicked")))?;
    let review = grid.sheets.iter().position(is_review).map(|place| grid.sheets.remove(place));
    if grid.sheets.is_empty() {
        return Err(Unreadable::NoSheets);
    }
    grid.answers = review.as_ref().and_then(answers).unwrap_or_default();
    let is_document = form == Form::Document || grid.sheets.iter().any(|sheet| !sheet.blocks.is_empty());
    let package = (form == Form::Package).then(|| unlocked.map_or(Cow::Borrowed(bytes), Cow::Owned));
    Ok(Opened { grid, review, package, is_document })
}

fn grid_of(kind: sniff::Kind<'_>, name: &str, options: &ReadOptions, budget: &Budget) -> Result<(Grid, Form), Unreadable> {
    let grid = match kind {
        sniff::Kind::Xlsx(package) => return Ok((xlsx::read(package, budget)?, Form::Package)),
        sniff::Kind::Docx(package) => return Ok((docx::read(package, name, budget)?, Form::Document)),
        sniff::Kind::Xlsb(package) => xlsb::read(package, budget),
        sniff::Kind::Ods(package) => ods::read(package, budget),
        sniff::Kind::Xls(stream, saved) => xls::read(stream, &options.passwords, budget).map(|grid| Grid { saved, ..grid }),
        sniff::Kind::Unlocked(_) => Err(Unreadable::damaged("a package encrypted twice")),
        sniff::Kind::Xml2003(text) => xml2003::read(&text, budget),
        sniff::Kind::Html(text) => html::read(&text, name, budget),
        sniff::Kind::Text(text) => text::read(&text, name, budget),
    };
    grid.map(|grid| (grid, Form::Other))
}

/// Whether a sheet is the review that this program added: one with numbers where a review has texts holds something else.
fn is_review(sheet: &Sheet) -> bool {
    let first = sheet.cells.iter().take_while(|cell| (cell.at.row as usize) < FIRST_ROWS);
    let is_known = first.filter_map(|cell| cell.text()).any(|text| text.trim_start().starts_with(REVIEW));
    let is_text = |cell: &Cell| !matches!(cell.value, Value::Number(_)) || !TEXTS.contains(&cell.at.col);
    is_known && sheet.cells.iter().all(is_text)
}
