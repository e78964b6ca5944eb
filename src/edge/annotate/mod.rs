//! Puts a review into a submitted workbook: colours and comments at its cells and a sheet that lists them, all else kept byte for
//! byte; knows nothing of budgets and never changes a value.

mod book;
mod colours;
mod drawn;
mod edits;
mod journal;
mod marks;
mod notes;
mod odd;
mod relations;
mod removal;
mod review;
mod shapes;
mod sheet;
mod styles;
mod tree;
mod workbook;

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::read::{self, Budget, Limits, Opened, ReadOptions, Unreadable};
use super::write::{self, WriteError};
use crate::grid::{Grid, Sheet, Value};
use crate::template::Severity;
use crate::value::CellRef;
use book::Book;
use odd::Odd;
use review::Answers;

/// The most lines of a review: with more of them a copy could hold more cells than a file that is read may have.
pub const LINES: usize = 10_000;

/// What is put into a workbook.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// The name of the sheet that lists the lines.
    pub sheet: String,
    /// What stands above its headings.
    pub title: String,
    /// The headings of its columns: number, severity, rule, sheet, cell, message, advice, and two to be filled in.
    pub headings: [String; 9],
    /// What is offered in the first column to be filled in.
    pub choices: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line of a review.
#[derive(Debug, Clone)]
pub struct Line {
    /// How much it matters.
    pub severity: Severity,
    /// The word for that.
    pub word: String,
    /// The rule.
    pub rule: String,
    /// The sheet, as the workbook names it.
    pub sheet: Option<String>,
    /// The cell at fault.
    pub cell: Option<CellRef>,
    /// What was found.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// By what an answer to it is known again; empty where nothing can be answered.
    pub key: String,
    /// Why the unit holds it to be right as filed: its cell is not marked.
    pub explained: Option<String>,
}

/// A workbook with a review in it.
#[derive(Debug, Clone)]
pub struct Annotated {
    /// The workbook.
    pub bytes: Vec<u8>,
    /// The extension under which spreadsheets open it.
    pub extension: &'static str,
    /// Why it was drawn anew; none where the submitted workbook itself carries the review.
    pub drawn: Option<Drawn>,
    /// Whether the submitted workbook was opened with a password, which its copy has no longer.
    pub unlocked: bool,
}

/// Why a workbook was drawn anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// Workbooks of its format cannot be changed in place.
    Format,
    /// Its package is unusual in this way.
    Odd(String),
}

/// Why a file cannot carry a review.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is a document of paragraphs and has no cells.
    #[error("a document has no cells to be marked")]
    Document,
    /// It cannot be drawn anew.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Its copy would not read like it.
    #[error("the copy would not be the same workbook: {0}")]
    Changed(String),
}

/// A copy of a workbook with a review in it, in place of an earlier one.
///
/// # Errors
/// When the file cannot carry one.
pub fn annotate(bytes: &[u8], file_name: &str, options: &ReadOptions, review: &Review) -> Result<Annotated, Refused> {
    let Opened { mut grid, review: former, package, is_document } = read::opened(bytes, file_name, options)?;
    if is_document {
        return Err(Refused::Document);
    }
    let mut answers = Answers::of(std::mem::take(&mut grid.answers));
    let Some(package) = package else {
        return draw(grid, review, &mut answers, options, Drawn::Format);
    };
    let unlocked = matches!(package, std::borrow::Cow::Owned(_));
    let sum = fingerprint(&grid);
    // Two workbooks in memory at once would be one too many.
    drop(grid);
    let patched = patch(&package, former.as_ref(), review, &mut answers, &options.limits).and_then(|(bytes, extension)| {
        // The copy has to read like the submission, whatever the package looks like.
        let mut again = read::opened(&bytes, file_name, &roomier(options))?;
        again.grid.answers.clear();
        if fingerprint(&again.grid) == sum { Ok((bytes, extension)) } else { Err(Odd::new("a copy that reads otherwise")) }
    });
    match patched {
        Ok((bytes, extension)) => Ok(Annotated { bytes, extension, drawn: None, unlocked }),
        Err(Odd(why)) => {
            let grid = read::opened(bytes, file_name, options)?.grid;
            draw(grid, review, &mut answers, options, Drawn::Odd(why)).map(|drawn| Annotated { unlocked, ..drawn })
        }
    }
}

/// Puts a review into a package.
fn patch(
    package: &[u8],
    former: Option<&Sheet>,
    review: &Review,
    answers: &mut Answers,
    limits: &Limits,
) -> Result<(Vec<u8>, &'static str), Odd> {
    let budget = Budget::new(&Limits { file_bytes: limits.file_bytes.saturating_mul(2), ..limits.clone() });
    let mut book = Book::open(package, &budget)?;
    if !journal::take_back(&mut book)? {
        removal::remove(&mut book, former)?;
    }
    let extension = marks::put(&mut book, review, std::mem::take(answers))?;
    Ok((book.finish()?, extension))
}

/// Draws a workbook anew and puts the review into that.
fn draw(grid: Grid, review: &Review, answers: &mut Answers, options: &ReadOptions, why: Drawn) -> Result<Annotated, Refused> {
    let (grid, renamed) = drawn::prepared(grid);
    let numbers = numbers(&grid);
    let bytes = write::write(&grid)?;
    drop(grid);
    let mut review = review.clone();
    for line in &mut review.lines {
        match line.sheet.as_ref().map(|sheet| (sheet, renamed.get(sheet))) {
            Some((_, Some(Some(name)))) => line.sheet = Some(name.clone()),
            // Which of several sheets of one name is meant cannot be known: the place is told and no cell is marked.
            Some((sheet, _)) => {
                let cell = line.cell.take().map(|cell| format!("!{cell}")).unwrap_or_default();
                line.sheet = Some(format!("{sheet}{cell}"));
            }
            None => {}
        }
    }
    let changed = |odd: Odd| Refused::Changed(odd.0);
    let (bytes, extension) = patch(&bytes, None, &review, answers, &options.limits).map_err(changed)?;
    let again = read::opened(&bytes, "copy.xlsx", &roomier(options))?;
    if self::numbers(&again.grid) != numbers {
        return Err(Refused::Changed("other numbers".to_owned()));
    }
    Ok(Annotated { bytes, extension, drawn: Some(why), unlocked: false })
}

/// The limits of a copy, which is larger than the submission by its marks.
fn roomier(options: &ReadOptions) -> ReadOptions {
    let Limits { file_bytes, cells, sheets, text, .. } = options.limits;
    let (cells, text) = (cells.saturating_add(LINES * 12), text.saturating_mul(2));
    let limits = Limits {
        file_bytes: file_bytes.saturating_mul(2),
        cells,
        sheets: sheets.saturating_add(1),
        text,
        ..options.limits.clone()
    };
    ReadOptions { limits, ..options.clone() }
}

/// A sum over all that is read of a workbook.
fn fingerprint(grid: &Grid) -> Vec<u8> {
    let mut hasher = Hashing(Sha256::new());
    // Hashing cannot fail.
    let _ = write!(hasher, "{grid:?}");
    hasher.0.finalize().to_vec()
}

/// A sum over all numbers with their places.
fn numbers(grid: &Grid) -> Vec<u8> {
    let mut hasher = Hashing(Sha256::new());
    for sheet in &grid.sheets {
        for cell in sheet.cells.iter().filter(|cell| matches!(cell.value, Value::Number(_))) {
            // Hashing cannot fail.
            let _ = write!(hasher, "{:?}!{} {:?}", sheet.name, cell.at, cell.value);
        }
    }
    hasher.0.finalize().to_vec()
}

/// Hashes what is written.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
