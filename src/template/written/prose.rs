//! The narrative as it is written in TOML: its sections, the words of its sentences, the figures they name; never reads one.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The narrative (情况说明).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Narrative {
    /// Its title, with `{name}` and `{year}`.
    pub title: String,
    /// Words that a title of it contains.
    pub words: Vec<String>,
    /// The name of its sheet when written.
    pub sheet: String,
    /// Its sections, in order.
    pub section: Vec<Section>,
    /// The words of its sentences.
    #[serde(default)]
    pub wording: Wording,
    /// The figures that its sentences name.
    #[serde(default)]
    pub figure: Vec<Figure>,
    /// The sentences of which one is drafted where none was filed.
    #[serde(default)]
    pub sentence: Vec<Sentence>,
}

/// A sentence of a drafted narrative, a paragraph of its own.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// Its id.
    pub id: String,
    /// Its section; before the first without one.
    pub section: Option<String>,
    /// Its text, with fields in it.
    pub text: String,
    /// What must hold for it to be said.
    #[serde(default)]
    pub when: Vec<String>,
}

/// A section of the narrative.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its heading as printed.
    pub title: String,
    /// Other headings accepted when reading.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The tables that stand at its end.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// The words that sentences about amounts are made of.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Units of money and how many 元 each is.
    #[serde(default)]
    pub units: IndexMap<String, String>,
    /// Stand behind a year, the longest first.
    #[serde(default)]
    pub year: Vec<String>,
    /// Stands behind a month.
    #[serde(default)]
    pub month: Vec<String>,
    /// Stands behind a day.
    #[serde(default)]
    pub day: Vec<String>,
    /// Stand between a name and its amount and change nothing.
    #[serde(default)]
    pub fillers: Vec<String>,
    /// Stand before a name at the beginning of a clause.
    #[serde(default)]
    pub leads: Vec<String>,
    /// Begin a comparison: 较.
    #[serde(default)]
    pub compare: Vec<String>,
    /// Begin a comparison where what follows says that it is one: 与.
    #[serde(default)]
    pub with: Vec<String>,
    /// Say so behind the year: 相比.
    #[serde(default)]
    pub compared: Vec<String>,
    /// Words for the year before: 上年.
    #[serde(default)]
    pub prior: Vec<String>,
    /// Say that an amount grew.
    #[serde(default)]
    pub increase: Vec<String>,
    /// Say that an amount shrank.
    #[serde(default)]
    pub decrease: Vec<String>,
    /// Say that an amount stayed.
    #[serde(default)]
    pub same: Vec<String>,
    /// Stands in a draft for what is to be filled in.
    #[serde(default)]
    pub gap: String,
    /// Stands there for how an amount changed, before the unit.
    #[serde(default)]
    pub changed: String,
    /// After them in a paragraph the figures that are narrowed no longer mean the whole budget.
    #[serde(default)]
    pub narrowing: Vec<String>,
}

/// A figure of the narrative: the words right before an amount that say what it is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its id: rules write `n.id`, `n.id.prior`, `n.id.change`.
    pub id: String,
    /// The words that name it.
    pub names: Vec<String>,
    /// The sections in which the words mean it.
    pub sections: Vec<String>,
    /// For a number of things: the words that count them.
    #[serde(default)]
    pub counted: Vec<String>,
    /// Its names say enough to stand behind any words.
    #[serde(default)]
    pub anywhere: bool,
    /// Not meant after a word that narrows.
    #[serde(default)]
    pub narrowed: bool,
    /// The figure after whose amount it is meant again.
    pub within: Option<String>,
}
