//! Resolves the names in rules and fills in their static variables; never sees a budget.

mod checks;
mod statements;

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::equation::{self, ParsedCell, ParsedTerm};
use super::written::{self, Values};
use super::{Body, ColumnKind, Condition, Domain, Equation, Operand, Rows, Rule, Statement, Template, Term, Tolerance};

/// Every id that an edition or one it extends has ever declared: a rule that names one of them is sound, even where a
/// later edition drops it.
#[derive(Debug, Default)]
pub struct Known {
    tables: HashSet<String>,
    rows: HashSet<(String, String)>,
    columns: HashSet<(String, String)>,
    classes: HashSet<String>,
    sections: HashSet<String>,
    figures: HashSet<String>,
}

impl Known {
    /// The ids in a chain of editions as written.
    pub fn of(chain: &[Arc<toml::Table>]) -> Self {
        let mut known = Self::default();
        for edition in chain {
            for class in elements(edition, "class") {
                known.classes.extend(text(class, "id"));
            }
            if let Some(narrative) = edition.get("narrative").and_then(toml::Value::as_table) {
                known.sections.extend(elements(narrative, "section").filter_map(|s| text(s, "id")));
                known.figures.extend(elements(narrative, "figure").filter_map(|f| text(f, "id")));
            }
            for table in elements(edition, "table") {
                let Some(id) = text(table, "id") else { continue };
                known.rows.extend(elements(table, "row").filter_map(|r| Some((id.clone(), text(r, "id")?))));
                for column in elements(table, "column") {
                    known.columns.extend(["id", "cell"].into_iter().filter_map(|k| Some((id.clone(), text(column, k)?))));
                }
                known.tables.insert(id);
            }
        }
        known
    }

    /// Whether a section of the narrative was ever declared.
    pub fn section(&self, id: &str) -> bool {
        self.sections.contains(id)
    }

    fn row(&self, table: &str, row: &str) -> bool {
        self.classes.contains(row) || self.rows.contains(&(table.to_owned(), row.to_owned()))
    }
}

fn elements<'t>(table: &'t toml::Table, key: &str) -> impl Iterator<Item = &'t toml::Table> {
    table.get(key).and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_table)
}

fn text(table: &toml::Table, key: &str) -> Option<String> {
    table.get(key).and_then(toml::Value::as_str).map(str::to_owned)
}

/// A name that cannot be resolved: dropped by this edition, or never declared.
enum Unresolved {
    Dropped,
    Wrong(String),
}

type Resolved<T> = Result<T, Unresolved>;

fn wrong<T>(problem: impl Into<String>) -> Resolved<T> {
    Err(Unresolved::Wrong(problem.into()))
}

/// The values of one variable.
enum Variable {
    Words(Vec<String>),
    Rows(Domain),
}

/// Resolves a rule. `None` when it belongs to another region or is optional, or all it names has been dropped by the edition.
pub fn compile(
    declared: &written::Rule,
    template: &Template,
    classes: &[written::Class],
    known: &Known,
) -> Result<Option<Rule>, String> {
    let resolver = Resolver { template, classes, known };
    if !["all", template.about.region.as_str()].contains(&declared.scope.as_str()) {
        return Ok(None);
    }
    match resolver.rule(declared) {
        Ok(rule) => Ok(Some(rule)),
        Err(Unresolved::Dropped) => Ok(None),
        Err(Unresolved::Wrong(problem)) => Err(problem),
    }
}

/// Resolves the name of a cell. `None` when the edition has dropped what it names.
pub fn cell(written: &str, template: &Template, classes: &[written::Class], known: &Known) -> Result<Option<Operand>, String> {
    let parsed = equation::parse_cell(written)?;
    resolved((Resolver { template, classes, known }).operand(parsed, None))
}

/// Resolves a condition. `None` when the edition has dropped what it names.
pub fn condition(
    written: &str,
    template: &Template,
    classes: &[written::Class],
    known: &Known,
) -> Result<Option<Condition>, String> {
    resolved((Resolver { template, classes, known }).condition(written))
}

/// Resolves a figure of the narrative. `None` when the edition has dropped it.
pub fn figure(id: &str, template: &Template, known: &Known) -> Result<Option<usize>, String> {
    resolved((Resolver { template, classes: &[], known }).figure(id))
}

fn resolved<T>(found: Resolved<T>) -> Result<Option<T>, String> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Unresolved::Dropped) => Ok(None),
        Err(Unresolved::Wrong(problem)) => Err(problem),
    }
}

struct Resolver<'a> {
    template: &'a Template,
    classes: &'a [written::Class],
    known: &'a Known,
}

impl Resolver<'_> {
    fn rule(&self, declared: &written::Rule) -> Resolved<Rule> {
        if declared.check.is_some() != declared.equations.is_empty() {
            return wrong("a rule has either equations or a check");
        }
        let (equations, statements) = self.equations(declared)?;
        let conditions = declared.when.iter().map(|w| self.condition(w)).collect::<Resolved<Vec<_>>>()?;
        if !equations.is_empty() && conditions.iter().any(|c| matches!(c, Condition::Past(_))) {
            return wrong("when: a condition about the year before goes with equations about it alone");
        }
        let check = declared.check.as_ref().map(|name| self.check(name, &declared.with)).transpose()?;
        let tolerance = tolerance(&declared.tolerance)?;
        Ok(Rule { tolerance, equations, statements, conditions, check, declared: declared.clone() })
    }

    fn equations(&self, declared: &written::Rule) -> Resolved<(Vec<Equation>, Vec<Statement>)> {
        let mut variables = IndexMap::new();
        for (name, values) in &declared.over {
            match self.variable(values) {
                Ok(variable) => variables.insert(name.as_str(), variable),
                Err(Unresolved::Dropped) => continue,
                Err(problem) => return Err(problem),
            };
            if !declared.equations.iter().any(|e| names_in(e).any(|n| n == name)) {
                return wrong(format!("for.{name}: no equation uses ${name}"));
            }
        }
        let (mut equations, mut statements) = (Vec::new(), Vec::new());
        for text in &declared.equations {
            let mut any = false;
            let unknown = names_in(text).find(|n| !declared.over.contains_key(*n));
            if let Some(name) = unknown {
                return wrong(format!("\"{text}\": ${name} has no values under for"));
            }
            if names_in(text).any(|n| !variables.contains_key(n)) {
                continue;
            }
            for filled in fill_words(text, &variables) {
                any = true;
                let resolved = match self.statement(&filled)? {
                    Some(statement) => statement.map(|s| statements.push(s)),
                    None => self.equation(&filled, &variables).map(|e| equations.push(e)),
                };
                match resolved {
                    Ok(()) => {}
                    Err(Unresolved::Dropped) => {}
                    Err(Unresolved::Wrong(problem)) => return wrong(format!("\"{text}\": {problem}")),
                }
            }
            if !any {
                return wrong(format!("\"{text}\": yields no equation"));
            }
        }
        let is_dropped = equations.is_empty() && statements.is_empty() && !declared.equations.is_empty();
        if is_dropped { Err(Unresolved::Dropped) } else { Ok((equations, statements)) }
    }

    fn variable(&self, values: &Values) -> Resolved<Variable> {
        let word = match values {
            Values::Many(words) => return Ok(Variable::Words(words.clone())),
            Values::One(word) => word.trim(),
        };
        if word == "classes" {
            return Ok(Variable::Words(self.classes.iter().map(|c| c.code.clone()).filter(|c| !c.is_empty()).collect()));
        }
        let Some((function, arguments)) = word.strip_suffix(')').and_then(|w| w.split_once('(')) else {
            return wrong(format!(
                "\"{word}\" is no list and none of rows(…) leaves(…) branches(…) parents(…) codes(…) columns(…) classes"
            ));
        };
        let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
        if function == "codes" {
            let tables: Vec<usize> = arguments.iter().filter_map(|t| self.table(t).ok()).collect();
            if let Some(problem) =
                arguments.iter().find_map(|t| self.table(t).err().filter(|e| matches!(e, Unresolved::Wrong(_))))
            {
                return Err(problem);
            }
            return if tables.is_empty() { Err(Unresolved::Dropped) } else { Ok(Variable::Rows(Domain::Codes(tables))) };
        }
        let table = self.table(arguments[0])?;
        let body = self.template.tables[table].declared.body;
        Ok(match (function, body) {
            ("columns", _) => Variable::Words(self.amount_columns(table)),
            ("rows", Body::Fixed) => Variable::Words(self.row_ids(table, &arguments[1..])?),
            ("rows", _) => Variable::Rows(Domain::All(table)),
            ("leaves", Body::Tree | Body::List) => Variable::Rows(Domain::Leaves(table)),
            ("branches", Body::Tree) => Variable::Rows(Domain::Branches(table)),
            ("parents", Body::Tree) => Variable::Rows(Domain::Parents(table)),
            _ => return wrong(format!("{function}(…) does not go with the table \"{}\"", arguments[0])),
        })
    }

    fn amount_columns(&self, table: usize) -> Vec<String> {
        let table = &self.template.tables[table];
        let mut names: Vec<String> = Vec::new();
        for column in table.columns_of(ColumnKind::Amount) {
            let cell = &table.columns[column].cell;
            if !names.contains(cell) {
                names.push(cell.clone());
            }
        }
        names
    }

    fn row_ids(&self, table: usize, selection: &[&str]) -> Resolved<Vec<String>> {
        let declared = &self.template.tables[table];
        if selection.is_empty() {
            return Ok(declared.rows.iter().map(|r| r.id.clone()).collect());
        }
        let mut ids = Vec::new();
        for part in selection {
            match self.rows(table, part) {
                Ok(Rows::Declared(first, last)) => {
                    let side = declared.rows[first].side;
                    ids.extend(declared.rows[first..=last].iter().filter(|r| r.side == side).map(|r| r.id.clone()));
                }
                Ok(_) => return wrong(format!("\"{part}\" is no row")),
                Err(Unresolved::Dropped) => {}
                Err(problem) => return Err(problem),
            }
        }
        Ok(ids)
    }

    fn equation(&self, text: &str, variables: &IndexMap<&str, Variable>) -> Resolved<Equation> {
        let parsed = equation::parse(text).map_err(Unresolved::Wrong)?;
        let mut over = None;
        for name in names_in(text) {
            if let Some(Variable::Rows(domain)) = variables.get(name) {
                match &over {
                    None => over = Some((name, domain.clone())),
                    Some((other, _)) if *other == name => {}
                    Some((other, _)) => return wrong(format!("${other} and ${name} both range over rows")),
                }
            }
        }
        let over = over.map(|(_, domain)| domain);
        let left = self.terms(&parsed.left, over.as_ref())?;
        let right = self.terms(&parsed.right, over.as_ref())?;
        if parsed.relation == equation::Relation::Defines && !is_one_cell(&left) {
            return wrong("the left side of := must be one cell");
        }
        if parsed.relation == equation::Relation::Defines && !is_within_one_table(&left, &right) {
            return wrong("a cell is defined by cells of its own table; write = for what another table says");
        }
        Ok(Equation { left, relation: parsed.relation, right, over })
    }

    fn terms(&self, terms: &[ParsedTerm<'_>], over: Option<&Domain>) -> Resolved<Vec<Term>> {
        let resolve = |term: &ParsedTerm<'_>| {
            let operand = term.cell.map(|cell| self.operand(cell, over)).transpose()?;
            Ok(Term { factor: term.factor, operand })
        };
        terms.iter().map(resolve).collect()
    }

    fn operand(&self, cell: ParsedCell<'_>, over: Option<&Domain>) -> Resolved<Operand> {
        let table = self.table(cell.table)?;
        let rows = self.rows(table, cell.row)?;
        if rows == Rows::Bound && !cell.row.starts_with('@') && over.is_some_and(|d| !d.binds_rows_of(table)) {
            return wrong(format!(
                "{} is bound to rows of another table; write @{} for the row of the same code",
                cell.row, cell.row
            ));
        }
        let declared = &self.template.tables[table];
        let side = match rows {
            Rows::Declared(first, _) => declared.rows[first].side,
            _ => 0,
        };
        match declared.column(cell.column, side) {
            Some(column) => Ok(Operand { table, rows, column }),
            None if self.known.columns.contains(&(cell.table.to_owned(), cell.column.to_owned())) => Err(Unresolved::Dropped),
            None => wrong(format!("the table \"{}\" has no column \"{}\"", cell.table, cell.column)),
        }
    }

    fn table(&self, id: &str) -> Resolved<usize> {
        match self.template.table(id) {
            Some(table) => Ok(table),
            None if self.known.tables.contains(id) => Err(Unresolved::Dropped),
            None => wrong(format!("there is no table \"{id}\"")),
        }
    }

    fn rows(&self, table: usize, written: &str) -> Resolved<Rows> {
        let declared = &self.template.tables[table];
        let row = |id: &str| match declared.row(id) {
            Some(row) => Ok(row),
            None if self.known.row(&declared.declared.id, id) => Err(Unresolved::Dropped),
            None => wrong(format!("the table \"{}\" has no row \"{id}\"", declared.declared.id)),
        };
        if let Some(code) = written.strip_prefix('@') {
            if code == "ROOT/" && declared.declared.body == Body::List {
                return Ok(Rows::Roots);
            }
            if declared.declared.body != Body::Tree {
                return wrong(format!("the table \"{}\" has no codes", declared.declared.id));
            }
            let (code, children) = code.strip_suffix('/').map_or((code, false), |c| (c, true));
            return match (code, children) {
                ("ROOT", true) => Ok(Rows::Roots),
                (variable, children) if variable.starts_with('$') => Ok(if children { Rows::BoundChildren } else { Rows::Bound }),
                (code, children) => match code.parse() {
                    Ok(code) if children => Ok(Rows::Children(code)),
                    Ok(code) => Ok(Rows::Code(code)),
                    Err(_) => wrong(format!("\"@{code}\" is no code")),
                },
            };
        }
        if written.starts_with('$') {
            return Ok(Rows::Bound);
        }
        if let Some((first, last)) = written.split_once("..") {
            let (first, last) = (row(first)?, row(last)?);
            let same_side = declared.rows[first].side == declared.rows[last].side;
            return if first < last && same_side {
                Ok(Rows::Declared(first, last))
            } else {
                wrong(format!("\"{written}\" is no range of rows"))
            };
        }
        row(written).map(|row| Rows::Declared(row, row))
    }

    fn condition(&self, written: &str) -> Resolved<Condition> {
        let Some(filed) = written.strip_prefix("filed(").and_then(|w| w.strip_suffix(')')) else {
            if let Some(past) = self.past_condition(written)? {
                return Ok(Condition::Past(past));
            }
            return self.equation(written, &IndexMap::new()).map(Condition::Equation);
        };
        match filed.split_once('.') {
            None => Ok(Condition::Table(self.table(filed)?)),
            Some((table, row)) => {
                let table = self.table(table)?;
                match self.rows(table, row)? {
                    Rows::Declared(row, _) => Ok(Condition::Row(table, row)),
                    _ => wrong(format!("\"{filed}\" is no declared row")),
                }
            }
        }
    }
}

impl Domain {
    fn binds_rows_of(&self, table: usize) -> bool {
        matches!(self, Self::All(t) | Self::Leaves(t) | Self::Branches(t) | Self::Parents(t) if *t == table)
    }
}

fn is_within_one_table(left: &[Term], right: &[Term]) -> bool {
    let mut tables = left.iter().chain(right).filter_map(|t| t.operand).map(|o| o.table);
    let first = tables.next();
    tables.all(|t| Some(t) == first)
}

fn is_one_cell(terms: &[Term]) -> bool {
    matches!(terms, [Term { factor, operand: Some(Operand { rows, .. }) }]
    if *factor == crate::value::Amount::ONE && match rows {
        Rows::Declared(first, last) => first == last,
        Rows::Code(_) | Rows::Bound => true,
        _ => false,
    })
}

fn tolerance(written: &str) -> Resolved<Tolerance> {
    match written {
        "exact" => Ok(Tolerance::Exact),
        "tail" => Ok(Tolerance::Tail),
        number => match number.parse() {
            Ok(bound) => Ok(Tolerance::Within(bound)),
            Err(_) => wrong(format!("tolerance: \"{number}\" is neither exact nor tail nor a number")),
        },
    }
}

/// The names of the variables in an equation, as often as they stand there.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len())])
}

/// The equation once for every combination of values of its word variables.
fn fill_words(text: &str, variables: &IndexMap<&str, Variable>) -> Vec<String> {
    let first = names_in(text).find_map(|name| match variables.get(name) {
        Some(Variable::Words(words)) => Some((name, words)),
        _ => None,
    });
    let Some((name, words)) = first else { return vec![text.to_owned()] };
    words.iter().flat_map(|word| fill_words(&fill_one(text, name, word), variables)).collect()
}

fn fill_one(text: &str, name: &str, word: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    for (index, part) in text.split('$').enumerate() {
        let end = part.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(part.len());
        match index {
            0 => filled.push_str(part),
            _ if &part[..end] == name => {
                filled.push_str(word);
                filled.push_str(&part[end..]);
            }
            _ => {
                filled.push('$');
                filled.push_str(part);
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_variables_are_filled_in_before_names_are_resolved() {
        let mut variables = IndexMap::new();
        variables.insert("c", Variable::Words(vec!["x".into(), "y".into()]));
        variables.insert("k", Variable::Rows(Domain::All(0)));
        let filled = fill_words("t.@$k.$c := t.@$k/.$c", &variables);
        assert_eq!(filled, ["t.@$k.x := t.@$k/.x", "t.@$k.y := t.@$k/.y"]);
    }
}
