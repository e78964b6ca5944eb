//! The editions at hand: every file parsed once, an edition compiled when it is first asked for; never holds a submission.

use std::sync::{Arc, OnceLock};

use toml::{Table as Toml, Value};

use super::compile::{self, Sources, TemplateError};
use super::overlay::{self, OverlayError};
use super::{CodeList, Outline, Template};

/// What of a table tells editions apart, and how such a table is laid over another.
const OUTLINED: [&str; 6] = ["id", "title", "variants", "body", "after", "drop"];

/// The editions of some sources.
#[derive(Debug)]
pub struct Library {
    sources: Sources,
    names: Vec<String>,
    parsed: Vec<OnceLock<Result<Arc<Toml>, TemplateError>>>,
    lists: Vec<OnceLock<Result<Arc<CodeList>, TemplateError>>>,
    compiled: Vec<OnceLock<Result<Arc<Template>, TemplateError>>>,
}

impl Library {
    /// The editions of these sources, none of them looked at yet.
    pub fn new(sources: Sources) -> Self {
        let names = sources.editions();
        let files = sources.files.len();
        Self {
            parsed: vec![OnceLock::new(); files],
            lists: vec![OnceLock::new(); files],
            compiled: vec![OnceLock::new(); names.len()],
            sources,
            names,
        }
    }

    /// The names of the editions, in their order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The edition at a place among the names, compiled and proved sound.
    ///
    /// # Errors
    /// When one of its files is wrong.
    pub fn edition(&self, place: usize) -> Result<Arc<Template>, TemplateError> {
        let (Some(name), Some(cell)) = (self.names.get(place), self.compiled.get(place)) else {
            return Err(self.no_such(""));
        };
        cell.get_or_init(|| compile::compile(name, self).map(Arc::new)).clone()
    }

    /// What tells the edition at a place from others.
    ///
    /// # Errors
    /// When one of its files cannot be parsed or what tells it apart is wrong.
    pub fn outline(&self, place: usize) -> Result<Outline, TemplateError> {
        let name = self.names.get(place).ok_or_else(|| self.no_such(""))?;
        let chain = self.chain(name)?;
        let resolved = self.resolved(name, chain.iter().map(|edition| outlined(edition)))?;
        Outline::written(&format!("{name}.toml"), &resolved)
    }

    /// The parsed files of an edition and of those it extends, nearest first.
    pub(super) fn chain(&self, name: &str) -> Result<Vec<Arc<Toml>>, TemplateError> {
        let mut chain = Vec::new();
        let mut seen = vec![];
        let mut next = Some(name.to_owned());
        while let Some(name) = next {
            let wrong = |problem: &str| wrong(&format!("{name}.toml"), "extends", problem);
            if seen.contains(&name) {
                return Err(wrong("an edition cannot extend itself"));
            }
            let table = self.parsed(&name)?;
            next = match table.get("extends") {
                None => None,
                Some(Value::String(base)) => Some(base.clone()),
                Some(_) => return Err(wrong("the name of an edition is expected")),
            };
            seen.push(name);
            chain.push(table);
        }
        Ok(chain)
    }

    /// The files of an edition, nearest first, laid over each other.
    pub(super) fn resolved(&self, name: &str, chain: impl DoubleEndedIterator<Item = Toml>) -> Result<Toml, TemplateError> {
        let failed = |e: OverlayError| wrong(&format!("{name}.toml"), e.key(), &e.to_string());
        let mut resolved: Option<Toml> = None;
        for mut edition in chain.rev() {
            edition.remove("extends");
            // What nothing is laid over goes through the overlay too: it takes out what an edition drops of itself.
            resolved = Some(overlay::overlay(resolved.unwrap_or_default(), edition).map_err(failed)?);
        }
        Ok(resolved.unwrap_or_default())
    }

    /// The text of a file.
    pub(super) fn text(&self, file: &str) -> Option<&str> {
        self.sources.files.get(file).map(String::as_str)
    }

    /// A code list, by its path below `templates/`.
    pub(super) fn list(&self, path: &str) -> Option<Result<Arc<CodeList>, TemplateError>> {
        let file = format!("{path}.tsv");
        let (place, _, text) = self.sources.files.get_full(&file)?;
        let parse = || match CodeList::parse(text) {
            Ok(list) => Ok(Arc::new(list)),
            Err(e) => Err(wrong(&file, "", &e.to_string())),
        };
        self.lists.get(place).map(|list| list.get_or_init(parse).clone())
    }

    fn parsed(&self, name: &str) -> Result<Arc<Toml>, TemplateError> {
        let file = format!("{name}.toml");
        let found = self.sources.files.get_full(&file).and_then(|(place, _, text)| Some((self.parsed.get(place)?, text)));
        let Some((parsed, text)) = found else { return Err(self.no_such(name)) };
        let parse = || {
            let table: Toml = text.parse().map_err(|e: toml::de::Error| wrong(&file, "", &e.to_string()))?;
            overlay::unique_ids(&table).map_err(|e| wrong(&file, e.key(), &e.to_string()))?;
            Ok(Arc::new(table))
        };
        parsed.get_or_init(parse).clone()
    }

    fn no_such(&self, name: &str) -> TemplateError {
        TemplateError::NoSuch { name: name.to_owned(), existing: self.names.clone() }
    }
}

/// Loads one edition by its exact name and proves it sound.
///
/// # Errors
/// When there is no such edition, or one of its files is wrong.
pub fn load(name: &str, sources: &Sources) -> Result<Template, TemplateError> {
    let library = Library::new(sources.clone());
    compile::compile(name, &library)
}

fn wrong(file: &str, key: &str, problem: &str) -> TemplateError {
    TemplateError::Wrong { file: file.to_owned(), key: key.to_owned(), problem: problem.to_owned() }
}

/// The part of an edition that tells it from others.
fn outlined(edition: &Toml) -> Toml {
    let mut outline = Toml::new();
    for key in ["edition", "caption"] {
        if let Some(value) = edition.get(key) {
            outline.insert(key.to_owned(), value.clone());
        }
    }
    let table = |table: &Value| match table {
        Value::Table(table) => {
            Value::Table(OUTLINED.iter().filter_map(|key| Some(((*key).to_owned(), table.get(*key)?.clone()))).collect())
        }
        other => other.clone(),
    };
    match edition.get("table") {
        Some(Value::Array(tables)) => drop(outline.insert("table".to_owned(), Value::Array(tables.iter().map(table).collect()))),
        Some(other) => drop(outline.insert("table".to_owned(), other.clone())),
        None => {}
    }
    outline
}
