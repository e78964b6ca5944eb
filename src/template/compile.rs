//! Turns editions as written into resolved templates, with errors that name file and key; never opens a file itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use toml::Table as Toml;

use super::prose::Prose;
use super::rules::{self, Known};
use super::sentence;
use super::written::{self, Edition};
use super::{
    Body, Caption, Changes, Class, Classes, CodeList, Column, ColumnKind, Library, Merging, Narrative, Outline, Pattern, Row,
    Table, Template, outline, sound,
};
use crate::value::{Measure, text};

/// The template files at hand: the text of each, by its path below `templates/`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Path with `/` and ending, text.
    pub files: IndexMap<String, String>,
}

/// What is wrong with a template file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no edition of that name.
    #[error("no template \"{name}\"; there are: {}", existing.join(", "))]
    NoSuch {
        /// The name asked for.
        name: String,
        /// The names there are.
        existing: Vec<String>,
    },
    /// A file cannot be used.
    #[error("{file}: {key}{}{problem}", if key.is_empty() { "" } else { ": " })]
    Wrong {
        /// The file.
        file: String,
        /// The key, with the ids on the way to it.
        key: String,
        /// What is wrong.
        problem: String,
    },
}

impl Sources {
    /// The names of the editions there are.
    pub fn editions(&self) -> Vec<String> {
        self.files.keys().filter_map(|p| p.strip_suffix(".toml")).map(str::to_owned).collect()
    }
}

/// Compiles an edition and proves it sound.
pub(super) fn compile(name: &str, library: &Library) -> Result<Template, TemplateError> {
    let chain = library.chain(name)?;
    let known = Known::of(&chain);
    let file = format!("{name}.toml");
    let wrong = |key: String, problem: String| TemplateError::Wrong { file: file.clone(), key, problem };
    let resolved = library.resolved(name, chain.iter().map(|edition| Toml::clone(edition)))?;
    let edition: Edition = serde_path_to_error::deserialize(toml::Value::Table(resolved.clone()))
        .map_err(|e| wrong(named_path(&resolved, e.path()), e.inner().message().to_owned()))?;
    let template = Compiler { file: &file, library, edition: &edition }.template(name, resolved, &known)?;
    sound::prove(&template).map_err(|(key, problem)| wrong(key, problem))?;
    Ok(template)
}

/// The path to a key with ids instead of counts: `table "revenue".column "total".width`.
fn named_path(root: &toml::Table, path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut at: Option<&toml::Value> = None;
    let mut shown = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => {
                at = match at {
                    None => root.get(key),
                    Some(value) => value.get(key),
                };
                shown = if shown.is_empty() { key.clone() } else { format!("{shown}.{key}") };
            }
            Segment::Seq { index } => {
                at = at.and_then(|v| v.get(*index));
                let id = at.and_then(|v| v.get("id")).and_then(toml::Value::as_str);
                shown = format!("{shown} {}", id.map_or(format!("[{index}]"), |id| format!("\"{id}\"")));
            }
            _ => {}
        }
    }
    shown
}

struct Compiler<'a> {
    file: &'a str,
    library: &'a Library,
    edition: &'a Edition,
}

impl Compiler<'_> {
    fn wrong(&self, key: impl Into<String>, problem: impl Into<String>) -> TemplateError {
        TemplateError::Wrong { file: self.file.to_owned(), key: key.into(), problem: problem.into() }
    }

    fn template(&self, name: &str, resolved: Toml, known: &Known) -> Result<Template, TemplateError> {
        let edition = self.edition;
        let measure = self.measure("edition.measure", &edition.edition.measure)?;
        let captions = edition.caption.iter().map(|c| self.caption(c)).collect::<Result<Vec<_>, _>>()?;
        let lists = self.lists()?;
        let tables = edition.table.iter().map(|t| self.table(t, measure, &captions, &lists)).collect::<Result<Vec<_>, _>>()?;
        let narrative = edition.narrative.as_ref().map(|n| self.narrative(n, &tables, known)).transpose()?;
        self.pattern("merge.title", &edition.merge.title)?;
        for line in [&edition.document.title, &edition.document.combined].into_iter().chain(&edition.document.cover_lines) {
            self.pattern("document", line)?;
        }
        let mut template = Template {
            name: name.to_owned(),
            outline: Outline::new(
                edition.edition.clone(),
                captions,
                tables.iter().map(|t| (t.titles.as_slice(), t.declared.body)),
            ),
            words: folded_words(&edition.words),
            measure,
            tables,
            changes: self.changes()?,
            narrative,
            document: edition.document.clone(),
            blank: edition.blank.clone(),
            merging: Merging::new(&edition.merge),
            rules: Vec::new(),
            dropped_rules: Vec::new(),
            resolved,
        };
        let cell = |text: &str| rules::cell(text, &template, &edition.class, known);
        let merging = Merging::compile(&edition.merge, &template, cell);
        template.merging = merging.map_err(|(key, problem)| self.wrong(format!("merge.{key}"), problem))?;
        if let Some(declared) = &edition.narrative {
            let sentences = sentence::compile(&declared.sentence, &template, &edition.class, known);
            let sentences = sentences.map_err(|(key, problem)| self.wrong(key, problem))?;
            if let Some(narrative) = &mut template.narrative {
                narrative.sentences = sentences;
            }
        }
        for rule in &edition.rule {
            let key = format!("rule \"{}\"", rule.id);
            match rules::compile(rule, &template, &edition.class, known).map_err(|p| self.wrong(&key, p))? {
                Some(rule) => template.rules.push(rule),
                None => template.dropped_rules.push(rule.id.clone()),
            }
        }
        for rule in &edition.rule {
            if let Some(explained) = &rule.explains
                && !edition.rule.iter().any(|r| r.id == *explained)
            {
                return Err(self.wrong(format!("rule \"{}\".explains", rule.id), format!("there is no rule \"{explained}\"")));
            }
        }
        Ok(template)
    }

    fn measure(&self, key: &str, word: &str) -> Result<Measure, TemplateError> {
        Measure::from_word(word).ok_or_else(|| self.wrong(key, format!("\"{word}\" is none of 元, 千元 and 万元")))
    }

    fn pattern(&self, key: &str, line: &str) -> Result<Pattern, TemplateError> {
        Pattern::parse(line).map_err(|p| self.wrong(key, p))
    }

    fn patterns(&self, key: &str, first: &str, others: &[String]) -> Result<Vec<Pattern>, TemplateError> {
        outline::patterns(first, others).map_err(|problem| self.wrong(key, problem))
    }

    fn caption(&self, declared: &written::Caption) -> Result<Caption, TemplateError> {
        outline::captioned(declared).map_err(|(key, problem)| self.wrong(key, problem))
    }

    fn changes(&self) -> Result<Changes, TemplateError> {
        let Some(path) = &self.edition.edition.changes else { return Ok(Changes::default()) };
        let file = format!("{path}.tsv");
        let text = self.library.text(&file);
        let text = text.ok_or_else(|| self.wrong("edition.changes", format!("there is no file {file}")))?;
        Changes::parse(text).map_err(|e| TemplateError::Wrong { file, key: String::new(), problem: e.to_string() })
    }

    fn lists(&self) -> Result<HashMap<&str, Arc<CodeList>>, TemplateError> {
        let mut lists = HashMap::new();
        for (name, path) in &self.edition.edition.lists {
            let no_such = || self.wrong(format!("edition.lists.{name}"), format!("there is no file {path}.tsv"));
            let list = self.library.list(path).ok_or_else(no_such)??;
            lists.insert(name.as_str(), list);
        }
        Ok(lists)
    }

    fn table(
        &self,
        declared: &written::Table,
        measure: Measure,
        captions: &[Caption],
        lists: &HashMap<&str, Arc<CodeList>>,
    ) -> Result<Table, TemplateError> {
        let key = format!("table \"{}\"", declared.id);
        let mut sides: Vec<String> = Vec::new();
        for column in declared.column.iter().filter(|c| !c.side.is_empty()) {
            if !sides.contains(&column.side) {
                sides.push(column.side.clone());
            }
        }
        if sides.is_empty() {
            sides.push(String::new());
        }
        let columns = self.columns(declared, &sides, &key)?;
        let (rows, row_ids) = self.rows(declared, &sides, &key)?;
        let code = declared.column.iter().find(|c| c.kind == ColumnKind::Code && c.list.is_some());
        if declared.body == Body::Tree && code.is_none_or(|c| c.levels.is_empty()) {
            return Err(self.wrong(&key, "a tree needs a code column with list and levels"));
        }
        let list = code
            .and_then(|c| c.list.as_deref())
            .map(|l| lists.get(l).cloned().ok_or_else(|| self.wrong(&key, format!("edition.lists has no \"{l}\""))))
            .transpose()?;
        let measure = declared.measure.as_ref().map_or(Ok(measure), |m| self.measure(&format!("{key}.measure"), m))?;
        let own = declared.captions.as_ref().map(|ids| ids.iter().map(|id| self.caption_place(&key, id, captions)).collect());
        Ok(Table {
            titles: self.patterns(&key, &declared.title, &declared.variants)?,
            captions: own.transpose()?.unwrap_or_else(|| (0..captions.len()).collect()),
            measure,
            sides,
            rows,
            list,
            heading_words: heading_words(&columns),
            levels: code.map(|c| c.levels.clone()).unwrap_or_default(),
            row_ids,
            columns,
            declared: declared.clone(),
        })
    }

    fn caption_place(&self, key: &str, id: &str, captions: &[Caption]) -> Result<usize, TemplateError> {
        let place = captions.iter().position(|c| c.declared.id == id);
        place.ok_or_else(|| self.wrong(format!("{key}.captions"), format!("there is no caption \"{id}\"")))
    }

    fn columns(&self, declared: &written::Table, sides: &[String], key: &str) -> Result<Vec<Column>, TemplateError> {
        let mut number = 0;
        let mut columns = Vec::with_capacity(declared.column.len());
        for column in &declared.column {
            let key = format!("{key}.column \"{}\"", column.id);
            let heading = column.heading.iter().map(|h| self.pattern(&key, h)).collect::<Result<Vec<_>, _>>()?;
            let last = column.heading.last().ok_or_else(|| self.wrong(&key, "a column needs a heading"))?;
            let numbered = declared.numbered && column.kind != ColumnKind::Sequence;
            number += u32::from(numbered);
            columns.push(Column {
                cell: column.cell.clone().unwrap_or_else(|| column.id.clone()),
                side: sides.iter().position(|s| *s == column.side).filter(|_| sides.len() > 1),
                heading,
                leaf: self.patterns(&key, last, &column.variants)?,
                number: numbered.then_some(number),
                declared: column.clone(),
            });
        }
        Ok(columns)
    }

    fn rows(
        &self,
        declared: &written::Table,
        sides: &[String],
        key: &str,
    ) -> Result<(Vec<Row>, HashMap<String, usize>), TemplateError> {
        let mut rows: Vec<Row> = Vec::new();
        let mut beside = Vec::new();
        for row in &declared.row {
            let key = format!("{key}.row \"{}\"", row.id);
            let side = sides
                .iter()
                .position(|s| *s == row.side)
                .ok_or_else(|| self.wrong(&key, format!("no column has the side \"{}\"", row.side)))?;
            if let Some(other) = &row.beside {
                beside.push((rows.len(), other, key.clone()));
            }
            match row.classes {
                Some(classes) => rows.extend(
                    self.edition.class.iter().map(|c| self.class_row(c, row, side, classes)).collect::<Result<Vec<_>, _>>()?,
                ),
                None if row.label.is_empty() => return Err(self.wrong(&key, "a row needs a label")),
                None => rows.push(Row {
                    id: row.id.clone(),
                    label: row.label.clone(),
                    labels: folded_labels(&row.label, &row.variants),
                    side,
                    beside: None,
                    indent: row.indent,
                    optional: row.optional,
                    last: row.last,
                    across: row.across,
                    centered: row.centered,
                    class: None,
                }),
            }
        }
        let ids: HashMap<String, usize> = rows.iter().enumerate().map(|(place, row)| (row.id.clone(), place)).collect();
        if ids.len() < rows.len() {
            return Err(self.wrong(key, "two rows share an id"));
        }
        for (row, other, key) in beside {
            let place = ids.get(other).ok_or_else(|| self.wrong(&key, format!("there is no row \"{other}\" to stand beside")))?;
            rows[row].beside = Some(*place);
        }
        Ok((rows, ids))
    }

    fn class_row(&self, class: &written::Class, row: &written::Row, side: usize, classes: Classes) -> Result<Row, TemplateError> {
        let code = match class.code.as_str() {
            "" => None,
            code => {
                Some(code.parse().map_err(|_| self.wrong(format!("class \"{}\"", class.id), format!("\"{code}\" is no code")))?)
            }
        };
        Ok(Row {
            id: class.id.clone(),
            label: class.label.clone(),
            labels: folded_labels(&class.label, &class.variants),
            side,
            beside: None,
            indent: row.indent,
            optional: false,
            last: row.last,
            across: row.across,
            centered: row.centered,
            class: Some(Class { code, never_used: class.never_used, when_used: classes == Classes::Used }),
        })
    }

    fn narrative(&self, declared: &written::Narrative, tables: &[Table], known: &Known) -> Result<Narrative, TemplateError> {
        let place = |id: &String| {
            let place = tables.iter().position(|t| t.declared.id == *id);
            place.ok_or_else(|| self.wrong("narrative.section.contains", format!("there is no table \"{id}\"")))
        };
        Ok(Narrative {
            title: self.pattern("narrative.title", &declared.title)?,
            words: declared.words.iter().map(|w| text::fold(w)).collect(),
            headings: declared.section.iter().map(|s| folded_labels(&s.title, &s.variants)).collect(),
            contains: declared.section.iter().map(|s| s.contains.iter().map(place).collect()).collect::<Result<_, _>>()?,
            prose: Prose::new(declared, known).map_err(|(key, problem)| self.wrong(key, problem))?,
            sentences: Vec::new(),
            declared: declared.clone(),
        })
    }
}

fn folded_words(words: &written::Words) -> written::Words {
    let fold = |words: &[String]| words.iter().map(|w| text::fold(w)).collect();
    written::Words {
        numbers: words.numbers.clone(),
        measure: text::fold(&words.measure),
        note: fold(&words.note),
        empty: fold(&words.empty),
    }
}

fn heading_words(columns: &[Column]) -> HashSet<String> {
    let words = columns.iter().flat_map(|c| c.heading.iter().chain(&c.leaf));
    words.filter_map(|h| h.fixed_words().map(str::to_owned)).collect()
}

fn folded_labels(label: &str, variants: &[String]) -> Vec<String> {
    std::iter::once(label).chain(variants.iter().map(String::as_str)).map(text::fold_label).collect()
}
