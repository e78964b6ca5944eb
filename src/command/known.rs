//! What an earlier run made of an input, asked for before it is read; never makes anything itself.

use crate::edge::input::Input;
use crate::model::Budget;
use crate::stage::whose::Whose;
use crate::value::text;

/// What decides how a budget stands to others of the same unit and year.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) whose: Whose,
    /// When its file was saved.
    pub(super) saved: Option<String>,
    /// How many tables it has.
    pub(super) tables: usize,
}

impl Standing {
    /// That of a budget as it was read.
    pub(super) fn of(budget: &Budget) -> Self {
        Self {
            whose: Whose { code: budget.code.clone(), name: budget.name.as_deref().map(text::fold), year: budget.year },
            saved: budget.saved.clone(),
            tables: budget.tables.iter().filter(|t| t.is_filed()).count(),
        }
    }
}

/// What is known of inputs from an earlier run.
pub(super) trait Known<T>: Sync {
    /// What was made of the one budget in an input of exactly these bytes; several inputs are asked for at once.
    fn recall(&self, input: &Input, bytes: &[u8]) -> Option<(T, Standing)>;

    /// An input is no budget of its own, or holds several: nothing is to be kept of it.
    fn forget(&self, name: &str);
}

/// Nothing is known.
pub(super) struct Nothing;

impl<T> Known<T> for Nothing {
    fn recall(&self, _: &Input, _: &[u8]) -> Option<(T, Standing)> {
        None
    }

    fn forget(&self, _: &str) {}
}
