//! What units answered to findings, from lists that are named or stand beside the inputs; never decides which answer counts.

use std::path::PathBuf;

use super::reading::{Reader, Wrong};
use crate::edge::input::{Input, Unavailable};
use crate::finding::{Explanations, Lang, Told, answers, explanations_wanted};
use crate::grid::{Answer, Grid};
use crate::model::Budget;

/// What a list of explanations beside the inputs is called, whatever its ending.
const BESIDE: &str = "审核说明";

/// Takes the lists of explanations out of what was found to be read.
pub(super) fn taken_out(inputs: &mut Vec<Input>) -> Vec<Input> {
    inputs.extract_if(.., |input| input.found && is_beside(&input.name)).collect()
}

fn is_beside(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.rsplit_once('.').is_some_and(|(stem, _)| stem == BESIDE)
}

impl Reader {
    /// Reads the lists of explanations, those found among the inputs and those named.
    ///
    /// # Errors
    /// When one of them cannot be read or has not the columns it needs.
    pub(super) fn explained_by(mut self, named: &[PathBuf]) -> anyhow::Result<Self> {
        let mut given: Vec<Answer> = Vec::new();
        for input in &self.beside {
            let failed = |problem: Unavailable| Wrong(format!("“{}”{}。{}", input.name, problem.message(), problem.advice()));
            given.extend(self.listed(&input.read(&self.options).map_err(failed)?, &input.name)?);
        }
        for path in named {
            given.extend(self.listed(&self.grid_of(path)?, &path.display().to_string())?);
        }
        self.explanations = Explanations::of(given, None);
        Ok(self)
    }

    fn listed(&self, grid: &Grid, name: &str) -> Result<Vec<Answer>, Wrong> {
        let lists: Vec<Vec<Answer>> = grid.sheets.iter().filter_map(answers).collect();
        if lists.is_empty() && grid.answers.is_empty() {
            return Err(Wrong(explanations_wanted(name, self.lang)));
        }
        Ok(lists.into_iter().flatten().chain(grid.answers.iter().cloned()).collect())
    }
}

/// Notes at the findings of a budget what explains them: what its own workbook says, then what lists say.
pub(super) fn explain(told: &mut [Told], budget: &Budget, lists: &Explanations, lang: Lang) {
    let unit = budget.code.as_deref().unwrap_or_default();
    Explanations::of(budget.answers.iter().cloned(), Some(unit)).apply(told, lang);
    lists.apply(told, lang);
}
