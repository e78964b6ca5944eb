//! The named checks of rules: the parameters each takes, resolved; never runs one.

use indexmap::IndexMap;

use super::super::Check;
use super::super::equation;
use super::super::written::Values;
use super::{Resolved, Resolver, Unresolved, wrong};
use crate::value::Amount;

/// The named checks and the parameters that each must have.
const CHECKS: &[(&str, &[&str])] = &[
    ("agency-expense", &["figure", "table", "column", "natures"]),
    ("all-of-class", &["figure", "words", "cell"]),
    ("change-percent", &[]),
    ("code-tree", &[]),
    ("compared-year", &["sections"]),
    ("cost-caps", &["forms", "level2", "column", "cell", "yearly", "quarterly", "monthly"]),
    ("cost-caps-sum", &["forms", "level2", "column", "cell", "yearly", "quarterly", "monthly"]),
    ("cost-unit", &["forms", "level2", "column", "unit", "yearly", "quarterly", "monthly"]),
    ("counted-rows", &["figure", "table"]),
    ("dates", &["sections", "before"]),
    ("directory", &[]),
    ("empty-iff", &["table", "cells"]),
    ("empty-notes", &[]),
    ("glossary-terms", &["section"]),
    ("headings", &[]),
    ("indicator-kinds", &["forms", "columns", "kinds"]),
    (
        "indicator-values",
        &["forms", "columns", "value", "level2", "rates", "not_rates", "high", "low", "running", "timely", "not_timely"],
    ),
    ("level-words", &["except"]),
    ("nature-matches-codes", &["table", "column", "codes"]),
    ("negative", &[]),
    ("never-used", &[]),
    ("no-empty-note", &[]),
    ("placeholders", &["words"]),
    ("printed-zero", &[]),
    ("product", &["table", "total", "factors"]),
    ("purchase-told", &["figure", "table", "pointers"]),
    ("purchase-without-procurement", &["forms", "columns", "value", "verbs", "goods", "not_goods", "table"]),
    ("reason-told", &["figure", "cells", "totals", "percent", "amount", "reasons", "not_reasons"]),
    ("row-numbers", &[]),
    ("same-base", &["cells", "rates"]),
    ("same-codes", &["tables"]),
    ("same-names", &[]),
    ("same-object", &["forms", "columns", "value", "counted", "generic"]),
    ("slips", &[]),
    ("spoken-of", &["section", "unless"]),
    ("tables-present", &[]),
    ("two-decimals", &[]),
    ("unit-name", &["sections", "before", "after", "endings", "own"]),
    ("years", &["sections", "before", "after"]),
    ("zero-base", &["figure", "cells"]),
];

/// The checks whose further parameters are words of the data.
const OPEN_CHECKS: [&str; 4] = ["glossary-terms", "nature-matches-codes", "slips", "spoken-of"];

impl Resolver<'_> {
    pub(super) fn check(&self, name: &str, with: &IndexMap<String, Values>) -> Resolved<Check> {
        let Some((name, parameters)) = CHECKS.iter().find(|(n, _)| *n == name) else {
            let names: Vec<&str> = CHECKS.iter().map(|(n, _)| *n).collect();
            return wrong(format!("there is no check \"{name}\"; there are: {}", names.join(", ")));
        };
        if let Some(missing) = parameters.iter().find(|p| !with.contains_key(**p)) {
            return wrong(format!("with.{missing} is missing"));
        }
        let mut tables = IndexMap::new();
        let mut cells = Vec::new();
        for (key, values) in with {
            match key.as_str() {
                "figure" | "totals" => {
                    for id in values.words() {
                        self.figure(id)?;
                    }
                }
                "percent" | "amount" => {
                    if let Some(word) = values.words().iter().find(|w| w.parse::<Amount>().is_err()) {
                        return wrong(format!("with.{key}: \"{word}\" is no number"));
                    }
                }
                "section" | "sections" => {
                    self.sections(values.words())?;
                }
                "table" | "tables" | "forms" | "codes" => {
                    tables.insert(key.clone(), values.words().iter().map(|t| self.table(t)).collect::<Resolved<Vec<_>>>()?);
                }
                "cell" | "cells" => {
                    for word in values.words() {
                        cells.push(self.operand(equation::parse_cell(word).map_err(Unresolved::Wrong)?, None)?);
                    }
                }
                key if !parameters.contains(&key) && !OPEN_CHECKS.contains(name) => {
                    return wrong(format!("with.{key}: {name} takes no such thing"));
                }
                _ => {}
            }
        }
        let lengths = ["figure", "cells"].map(|key| with.get(key).map(|values| values.words().len()));
        if let [Some(figures), Some(cells)] = lengths
            && figures != cells
        {
            return wrong(format!("with: {figures} under figure and {cells} under cells do not go together one to one"));
        }
        self.check_columns(with, &tables)?;
        Ok(Check { name, with: with.clone(), tables, cells })
    }

    /// The columns that a check names are columns of the table or the forms it names.
    fn check_columns(&self, with: &IndexMap<String, Values>, tables: &IndexMap<String, Vec<usize>>) -> Resolved<()> {
        let Some(table) = tables.get("table").or(tables.get("forms")).and_then(|t| t.first()) else { return Ok(()) };
        // Where a check names both, its columns are those of the forms.
        let table = tables.get("forms").and_then(|t| t.first()).unwrap_or(table);
        let declared = &self.template.tables[*table];
        let columns = ["column", "columns", "value", "total", "factors"].into_iter().filter_map(|key| with.get(key));
        for column in columns.flat_map(|values| values.words()) {
            let is_known = self.known.columns.contains(&(declared.declared.id.clone(), column.clone()));
            match declared.columns.iter().any(|c| c.cell == *column) {
                true => {}
                false if is_known => return Err(Unresolved::Dropped),
                false => return wrong(format!("the table \"{}\" has no column \"{column}\"", declared.declared.id)),
            }
        }
        Ok(())
    }
}
