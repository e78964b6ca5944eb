//! The sentences of a drafted narrative: their text taken apart and proved to name what there is; never holds an amount.

use super::equation::Part;
use super::rules::{self, Known};
use super::{Condition, Template, written};

/// A sentence of a drafted narrative.
#[derive(Debug)]
pub struct Sentence {
    /// The section it stands in; `None` for one before the first.
    pub section: Option<usize>,
    /// What it is made of.
    pub pieces: Vec<Piece>,
    /// What must hold for it to be said.
    pub conditions: Vec<Condition>,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words as they stand.
    Words(String),
    /// The name of the unit.
    Name,
    /// The budget year.
    Year,
    /// The year before.
    PriorYear,
    /// Something that only the unit knows.
    Gap,
    /// An amount of a figure.
    Figure(usize, Part),
    /// Said only where one of its amounts is something.
    Optional(Vec<Piece>),
}

/// Compiles the sentences of a narrative; an error is the key and what is wrong. Sentences about what an edition has dropped do
/// not exist in it.
pub(super) fn compile(
    declared: &[written::Sentence],
    template: &Template,
    classes: &[written::Class],
    known: &Known,
) -> Result<Vec<Sentence>, (String, String)> {
    let mut sentences = Vec::new();
    for sentence in declared {
        let wrong = |problem: String| (format!("narrative.sentence \"{}\"", sentence.id), problem);
        sentences.extend(one(sentence, template, classes, known).map_err(wrong)?);
    }
    Ok(sentences)
}

fn one(
    declared: &written::Sentence,
    template: &Template,
    classes: &[written::Class],
    known: &Known,
) -> Result<Option<Sentence>, String> {
    let sections = template.narrative.as_ref().map_or(&[][..], |n| &n.declared.section);
    let section = match &declared.section {
        None => None,
        Some(id) => match sections.iter().position(|s| s.id == *id) {
            Some(place) => Some(place),
            None if known.section(id) => return Ok(None),
            None => return Err(format!("there is no section \"{id}\"")),
        },
    };
    let mut conditions = Vec::new();
    for condition in &declared.when {
        match rules::condition(condition, template, classes, known)? {
            Some(condition) => conditions.push(condition),
            None => return Ok(None),
        }
    }
    let Some(pieces) = pieces(&declared.text, template, known)? else { return Ok(None) };
    Ok(Some(Sentence { section, pieces, conditions }))
}

/// The pieces of a text; `None` where it names a figure that the edition has dropped.
fn pieces(text: &str, template: &Template, known: &Known) -> Result<Option<Vec<Piece>>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[', ']', '}']) {
        let (words, marked) = rest.split_at(at);
        push_words(&mut pieces, words);
        let close = match marked.as_bytes().first() {
            Some(b'{') => marked.find('}'),
            Some(b'[') => marked.find(']'),
            _ => None,
        };
        let close = close.ok_or_else(|| format!("\"{text}\" has a mark without its other half"))?;
        let inner = &marked[1..close];
        let piece = if marked.starts_with('[') {
            self::pieces(inner, template, known)?.map(Piece::Optional)
        } else {
            field(inner, template, known)?
        };
        let Some(piece) = piece else { return Ok(None) };
        pieces.push(piece);
        rest = &marked[close + 1..];
    }
    push_words(&mut pieces, rest);
    Ok(Some(pieces))
}

fn push_words(pieces: &mut Vec<Piece>, words: &str) {
    if !words.is_empty() {
        pieces.push(Piece::Words(words.to_owned()));
    }
}

fn field(name: &str, template: &Template, known: &Known) -> Result<Option<Piece>, String> {
    let figure = match name {
        "name" => return Ok(Some(Piece::Name)),
        "year" => return Ok(Some(Piece::Year)),
        "prior_year" => return Ok(Some(Piece::PriorYear)),
        "gap" => return Ok(Some(Piece::Gap)),
        other => other.strip_prefix("n.").ok_or_else(|| format!("there is no field {{{name}}}"))?,
    };
    let (id, part) = match figure.split_once('.') {
        None => (figure, Part::Level),
        Some((id, "prior")) => (id, Part::Prior),
        Some((id, "change")) => (id, Part::Change),
        Some(_) => return Err(format!("{{{name}}} is none of n.id, n.id.prior, n.id.change")),
    };
    rules::figure(id, template, known).map(|place| place.map(|place| Piece::Figure(place, part)))
}
