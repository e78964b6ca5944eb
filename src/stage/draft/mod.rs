//! From a bureau's blank form to a proposed edition: known things by their meaning, new things by fresh ids; never decides for its author.

mod captions;
mod columns;
mod edition;
mod form;
mod front;
mod meaning;
mod rows;
mod settle;
mod table;

use toml::{Table as Toml, Value};

use self::form::Block;
use crate::template::{Pattern, Sources, Template, TemplateError};
use crate::value::{CellRef, text};

use super::folded::Folded;

/// A proposed edition and what its author must look at.
#[derive(Debug)]
pub struct Draft {
    /// The edition it was made from.
    pub base: String,
    /// The edition as TOML: what differs from the base, or the whole.
    pub written: Toml,
    /// What its author must look at, in the order of the form.
    pub remarks: Vec<Remark>,
}

/// Something that the author of an edition must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The sheet; empty for what stands in none.
    pub sheet: String,
    /// The cell.
    pub cell: Option<CellRef>,
    /// What is there.
    pub fact: Fact,
}

/// What the author of an edition must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Words that have no place in an edition.
    Unplaced {
        /// As written.
        words: String,
    },
    /// A sheet without a table.
    NoTable {
        /// Its first words.
        words: String,
    },
    /// A table that no edition has.
    NewTable {
        /// Its fresh id.
        id: String,
        /// Its title.
        words: String,
    },
    /// A column that no edition has.
    NewColumn {
        /// Its fresh id.
        id: String,
        /// Its heading.
        words: String,
    },
    /// A row that no edition has.
    NewRow {
        /// Its fresh id.
        id: String,
        /// Its label.
        words: String,
    },
    /// A column or row that the base does not have, under the id it has in another edition.
    Borrowed {
        /// The id.
        id: String,
        /// Its words.
        words: String,
    },
    /// Other words than the known ones, taken for the same thing.
    Taken {
        /// The id of the thing.
        id: String,
        /// The known words.
        old: String,
        /// The words of the form.
        words: String,
    },
    /// A table of the base that the form does not have.
    Gone {
        /// Its id.
        id: String,
        /// Its title.
        title: String,
    },
    /// None of the names of places that mark the region of the base stands in the form.
    OtherRegion {
        /// The region of the base.
        region: String,
    },
    /// A rule that cannot be kept.
    RuleDropped {
        /// Its id.
        id: String,
        /// Why.
        problem: String,
    },
    /// Rules about a table with new columns or rows, which may have to name them.
    RulesToReview {
        /// The table.
        id: String,
        /// The rules.
        rules: Vec<String>,
    },
}

/// Why there is no draft.
#[derive(Debug, thiserror::Error)]
pub enum NoDraft {
    /// No sheet holds a table.
    #[error("no table in the workbook")]
    NoTable,
    /// The proposed edition is not sound.
    #[error(transparent)]
    Unsound(#[from] TemplateError),
}

impl Remark {
    fn at(block: &Block<'_>, cell: Option<&CellRef>, fact: impl FnOnce(String) -> Fact) -> Self {
        let words = cell.map(|at| block.written(*at)).unwrap_or_default();
        Self { sheet: block.sheet.sheet.name.clone(), cell: cell.copied(), fact: fact(words) }
    }
}

/// The edition that a blank form proposes: what differs from `extended`, or a whole one made from the edition that is
/// most like the form. `editions` are all that are known.
///
/// # Errors
/// When the form holds no table, or the proposal could not be made sound.
pub fn draft(
    folded: &Folded<'_>,
    extended: Option<&Template>,
    editions: &[&Template],
    sources: &Sources,
) -> Result<Draft, NoDraft> {
    let like = edition::by_likeness(folded, editions);
    let nearest = extended.or_else(|| like.first().copied()).ok_or(NoDraft::NoTable)?;
    let others = like.into_iter().filter(|e| e.name != nearest.name);
    let meaning = meaning::Meaning::new(std::iter::once(nearest).chain(others).collect());
    let (wanted, remarks) = edition::propose(folded, nearest, &meaning).ok_or(NoDraft::NoTable)?;
    settle::settle(nearest, extended.is_some(), wanted, remarks, sources)
}

/// Puts new printed words in the place of old ones, which stay accepted when reading.
fn reworded(written: &mut Toml, old: &str, new: &str) {
    let variants = written.get("variants").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_other = |v: &Value| v.as_str() != Some(new) && v.as_str() != Some(old);
    let mut kept: Vec<Value> = variants.into_iter().filter(is_other).collect();
    let yearless = |words: &str| Pattern::parse(words).ok().and_then(|p| p.yearless_words());
    let bare = |words: &str| text::fold_label(text::strip_title_marks(&yearless(words).unwrap_or_else(|| text::fold(words))));
    let is_covered = bare(old) == bare(new) || kept.iter().filter_map(Value::as_str).any(|known| bare(known) == bare(old));
    if !is_covered && !old.is_empty() {
        kept.push(Value::String(old.to_owned()));
    }
    if !kept.is_empty() {
        written.insert("variants".to_owned(), Value::Array(kept));
    } else {
        written.remove("variants");
    }
}
