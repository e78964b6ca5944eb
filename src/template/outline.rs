//! What tells an edition from others: what it is, its captions, the titles of its tables; never its rows, columns or rules.

use std::collections::HashMap;

use serde::Deserialize;

use super::compile::TemplateError;
use super::{Body, Caption, Pattern, written};
use crate::value::text;

/// What tells an edition from others.
#[derive(Debug, Clone)]
pub struct Outline {
    /// What it is.
    pub about: written::About,
    /// The lines above the tables.
    pub captions: Vec<Caption>,
    /// For every accepted title, folded and without year and mark, its table and whether it is the printed one.
    pub titles: HashMap<String, (usize, bool)>,
    /// Titles with a field elsewhere than at their beginning, with their table and whether it is the printed one.
    pub title_patterns: Vec<(Pattern, usize, bool)>,
}

/// The keys of an edition that its outline is made of.
#[derive(Deserialize)]
struct Written {
    edition: written::About,
    #[serde(default)]
    caption: Vec<written::Caption>,
    table: Vec<Titled>,
}

/// The keys of a table that its outline is made of.
#[derive(Deserialize)]
struct Titled {
    id: String,
    title: String,
    #[serde(default)]
    variants: Vec<String>,
    #[serde(default)]
    body: Body,
}

impl Outline {
    /// The outline of an edition as it is written, without the rest of it.
    pub(super) fn written(file: &str, resolved: &toml::Table) -> Result<Self, TemplateError> {
        let wrong = |key: &str, problem: String| TemplateError::Wrong { file: file.to_owned(), key: key.to_owned(), problem };
        let Written { edition, caption, table } =
            resolved.clone().try_into().map_err(|e: toml::de::Error| wrong("", e.message().to_owned()))?;
        let captions = caption.iter().map(|c| captioned(c).map_err(|(key, problem)| wrong(&key, problem)));
        let captions = captions.collect::<Result<_, _>>()?;
        let titles =
            |t: &Titled| patterns(&t.title, &t.variants).map_err(|problem| wrong(&format!("table \"{}\"", t.id), problem));
        let tables: Vec<(Vec<Pattern>, Body)> =
            table.iter().map(|t| Ok((titles(t)?, t.body))).collect::<Result<_, TemplateError>>()?;
        Ok(Self::new(edition, captions, tables.iter().map(|(titles, body)| (titles.as_slice(), *body))))
    }

    /// The outline of an edition whose tables have these titles.
    pub(super) fn new<'t>(
        about: written::About,
        captions: Vec<Caption>,
        tables: impl Iterator<Item = (&'t [Pattern], Body)>,
    ) -> Self {
        let (mut titles, mut title_patterns) = (HashMap::new(), Vec::new());
        for (place, (accepted, body)) in tables.enumerate() {
            for (index, title) in accepted.iter().enumerate() {
                match title.yearless_words() {
                    Some(words) => {
                        titles.entry(text::strip_title_marks(&words).to_owned()).or_insert((place, index == 0));
                    }
                    None if body != Body::Form => title_patterns.push((title.clone(), place, index == 0)),
                    None => {}
                }
            }
        }
        Self { about, captions, titles, title_patterns }
    }

    /// The table whose title, with fields in the middle of it, a line is; and whether it is the printed one.
    pub fn titled_with_fields(&self, written: &str, folded: &str) -> Option<(usize, bool)> {
        let mut patterns = self.title_patterns.iter().filter(|(pattern, ..)| pattern.ends_like(folded));
        patterns.find(|(pattern, ..)| pattern.read(written).is_some()).map(|(_, table, printed)| (*table, *printed))
    }
}

/// The printed form of a line and the others that are accepted.
pub(super) fn patterns(first: &str, others: &[String]) -> Result<Vec<Pattern>, String> {
    std::iter::once(first).chain(others.iter().map(String::as_str)).map(Pattern::parse).collect()
}

/// A caption with its patterns; else its key and what is wrong.
pub(super) fn captioned(declared: &written::Caption) -> Result<Caption, (String, String)> {
    let failed = |problem| (format!("caption \"{}\"", declared.id), problem);
    let accepted = patterns(&declared.text, &declared.variants).map_err(failed)?;
    Ok(Caption { printed: accepted[0].clone(), accepted, declared: declared.clone() })
}
