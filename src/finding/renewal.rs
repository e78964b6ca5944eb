//! What became of the narrative where it was renewed from the tables or drafted: facts alone, never their words.

/// Why a figure of the narrative was left as filed, or that a narrative was drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewal {
    /// A figure was kept.
    Kept {
        /// The words that tell it.
        quote: String,
        /// Why.
        why: Kept,
    },
    /// A narrative was drafted where none was filed.
    Drafted {
        /// How many paragraphs.
        paragraphs: usize,
        /// How many gaps in them are to be filled in.
        gaps: usize,
    },
}

/// Why a figure of the narrative was kept though it may no longer be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Rules bind it to different amounts.
    SeveralValues(Vec<String>),
    /// The cells it is bound to stand in an identity that is broken: its rule.
    Broken(String),
    /// Numbers of the tables it is bound to were lost.
    Incomplete,
    /// What it is compared with is not stated.
    NoBase,
    /// The sentence does not let it be replaced so that it is read as the new amount.
    Sentence,
}
