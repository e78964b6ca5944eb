//! What is told of the budget of the year before: where its cells stand, and why it was not compared; never words.

use crate::model::{Address, Budget};
use crate::value::Measure;

/// Where a cell of the budget of the year before stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCell {
    /// The file.
    pub file: String,
    /// The sheet, or the table among running text.
    pub sheet: String,
    /// The cell, where there is one.
    pub cell: Option<String>,
    /// The measure of its amount.
    pub measure: Option<Measure>,
}

impl PastCell {
    /// That of an address.
    pub fn of(past: &Budget, at: Address) -> Self {
        let site = past.slot(at).site;
        let near = site.or(past.tables[at.table].rows[at.row].site).or(past.tables[at.table].title.as_ref().map(|t| t.site));
        let own = || past.template.tables[at.table].declared.sheet.as_str();
        let first = || past.sources.first().map_or("", String::as_str);
        Self {
            file: near.map_or_else(first, |s| past.file_of(s.sheet)).to_owned(),
            sheet: near.map_or_else(own, |s| past.place(s).0).to_owned(),
            cell: site.map(|s| past.place(s).1.to_string()),
            measure: past.tables[at.table].measure,
        }
    }
}

/// Why a budget was not compared with that of the year before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// There is none of the unit.
    Missing {
        /// The year before, where the budget's own is known.
        year: Option<i32>,
    },
    /// Those of the unit are of other years.
    OtherYears {
        /// The year before.
        expected: i32,
        /// Their files and years.
        found: Vec<(String, Option<i32>)>,
    },
    /// The budget's own year is not known.
    YearUnknown,
    /// There are several of the unit and year that do not say the same.
    Several {
        /// Their files.
        files: Vec<String>,
    },
    /// Its edition has no rule about the year before.
    NoRules {
        /// The edition.
        edition: String,
    },
}
