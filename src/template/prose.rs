//! The words of the narrative's sentences, folded and ready to be found; never reads a paragraph.

use std::collections::HashMap;

use super::equation::Part;
use super::rules::Known;
use super::{Equation, written};
use crate::value::{Amount, text};

/// The words of an edition's sentences and the figures they name.
#[derive(Debug, Default)]
pub struct Prose {
    /// The figures.
    pub figures: Vec<Figure>,
    /// Units of money, the longest first: the folded word and how many 元 it is.
    pub units: Vec<(Vec<char>, Amount)>,
    /// What stands behind a year, a month, a day, folded, the longest first.
    pub calendar: [Vec<Vec<char>>; 3],
    /// Words by their first character, the longest first.
    words: HashMap<char, Vec<(Vec<char>, Meaning)>>,
}

/// A figure of the narrative.
#[derive(Debug)]
pub struct Figure {
    /// Its id.
    pub id: String,
    /// The sections in which its names mean it.
    pub sections: Vec<usize>,
    /// The words that count it, folded; none for an amount of money.
    pub counted: Vec<Vec<char>>,
    /// Its names may stand behind any words.
    pub anywhere: bool,
    /// Not meant after a word that narrows.
    pub narrowed: bool,
    /// The figure after whose amount it is meant again.
    pub within: Option<usize>,
}

/// What a word can be in a sentence.
#[derive(Debug, Clone, Default)]
pub struct Meaning {
    /// The figures that it names.
    pub names: Vec<usize>,
    /// It may stand between a name and its amount.
    pub filler: bool,
    /// It may stand before a name.
    pub lead: bool,
    /// It begins a comparison.
    pub compare: bool,
    /// It begins one where what follows says so.
    pub with: bool,
    /// It says so.
    pub compared: bool,
    /// It means the year before.
    pub prior: bool,
    /// It narrows what follows.
    pub narrowing: bool,
    /// It says how an amount changed.
    pub change: Option<Change>,
}

/// How an amount changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It grew.
    Rise,
    /// It shrank.
    Fall,
    /// It stayed.
    Same,
}

/// An equation that names figures of the narrative, or cells of the budget of the year before, beside cells.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The terms that are cells and constants.
    pub equation: Equation,
    /// The figures of the left side.
    pub left: Vec<Stated>,
    /// The figures of the right side.
    pub right: Vec<Stated>,
    /// The terms that are cells of the budget of the year before, where there are any.
    pub past: Option<Equation>,
}

/// A figure in an equation.
#[derive(Debug, Clone, Copy)]
pub struct Stated {
    /// The factor, with its sign.
    pub factor: Amount,
    /// The figure.
    pub figure: usize,
    /// Which of its amounts.
    pub part: Part,
}

impl Prose {
    /// The words of a narrative as declared; an error is the key and what is wrong with it.
    pub fn new(declared: &written::Narrative, known: &Known) -> Result<Self, (String, String)> {
        let mut prose = Self::default();
        let kept: Vec<&written::Figure> = declared.figure.iter().filter(|f| !is_gone(f, declared, known)).collect();
        for figure in &kept {
            let resolved =
                resolve(figure, &kept, declared, known).map_err(|p| (format!("narrative.figure \"{}\"", figure.id), p))?;
            prose.figures.push(resolved);
        }
        let mut words = Vec::new();
        for (place, figure) in kept.iter().enumerate() {
            words.extend(figure.names.iter().map(|n| (n, Meaning { names: vec![place], ..Meaning::default() })));
        }
        let wording = &declared.wording;
        let all = |list: &[String], meaning: Meaning| words_of(list, &meaning);
        let own = [
            all(&wording.fillers, Meaning { filler: true, ..Meaning::default() }),
            all(&wording.leads, Meaning { lead: true, ..Meaning::default() }),
            all(&wording.compare, Meaning { compare: true, ..Meaning::default() }),
            all(&wording.with, Meaning { with: true, ..Meaning::default() }),
            all(&wording.compared, Meaning { compared: true, filler: true, ..Meaning::default() }),
            all(&wording.prior, Meaning { prior: true, ..Meaning::default() }),
            all(&wording.narrowing, Meaning { narrowing: true, ..Meaning::default() }),
            all(&wording.increase, changed(Change::Rise)),
            all(&wording.decrease, changed(Change::Fall)),
            all(&wording.same, changed(Change::Same)),
        ];
        for (word, meaning) in words.iter().map(|(w, m)| ((*w).clone(), m.clone())).chain(own.into_iter().flatten()) {
            prose.add(&word, meaning).map_err(|p| ("narrative.wording".to_owned(), p))?;
        }
        prose.calendar = [&wording.year, &wording.month, &wording.day].map(|words| {
            let mut words: Vec<_> = words.iter().map(|w| folded(w)).collect();
            words.sort_by_key(|word| std::cmp::Reverse(word.len()));
            words
        });
        for (unit, yuan) in &wording.units {
            let wrong = || ("narrative.wording.units".to_owned(), format!("\"{yuan}\" is no number of 元"));
            let yuan = yuan.parse::<Amount>().ok().filter(|y| *y > Amount::ZERO).ok_or_else(wrong)?;
            prose.units.push((folded(unit), yuan));
        }
        // A name that has a narrowing word in it narrows what follows too.
        let narrowing: Vec<Vec<char>> = wording.narrowing.iter().map(|w| folded(w)).collect();
        for (word, meaning) in prose.words.values_mut().flatten() {
            meaning.narrowing |= narrowing.iter().any(|n| word.windows(n.len().max(1)).any(|part| part == n.as_slice()));
        }
        prose.units.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        prose.words.values_mut().for_each(|words| words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
        Ok(prose)
    }

    fn add(&mut self, word: &str, meaning: Meaning) -> Result<(), String> {
        let word_folded = folded(word);
        let Some(first) = word_folded.first() else { return Err("a word is empty".to_owned()) };
        let alike = self.words.entry(*first).or_default();
        let Some((_, known)) = alike.iter_mut().find(|(w, _)| *w == word_folded) else {
            alike.push((word_folded, meaning));
            return Ok(());
        };
        if known.change.is_some() && meaning.change.is_some() && known.change != meaning.change {
            return Err(format!("\"{word}\" cannot say two things of a change"));
        }
        let shared =
            |a: &usize, b: &usize| a != b && self.figures[*a].sections.iter().any(|s| self.figures[*b].sections.contains(s));
        if let Some((a, b)) =
            known.names.iter().flat_map(|a| meaning.names.iter().map(move |b| (a, b))).find(|(a, b)| shared(a, b))
        {
            let (a, b) = (&self.figures[*a].id, &self.figures[*b].id);
            return Err(format!("\"{word}\" names both \"{a}\" and \"{b}\" in one section"));
        }
        known.names.extend(meaning.names);
        known.filler |= meaning.filler;
        known.lead |= meaning.lead;
        known.compare |= meaning.compare;
        known.with |= meaning.with;
        known.compared |= meaning.compared;
        known.prior |= meaning.prior;
        known.narrowing |= meaning.narrowing;
        known.change = known.change.or(meaning.change);
        Ok(())
    }

    /// The word for a unit of so many 元.
    pub fn unit(&self, yuan: Amount) -> String {
        self.units.iter().find(|(_, y)| *y == yuan).map(|(word, _)| word.iter().collect()).unwrap_or_default()
    }

    /// The longest word that a text begins with, and its length.
    pub fn word_at(&self, text: &[char]) -> Option<(usize, &Meaning)> {
        let alike = self.words.get(text.first()?)?;
        alike.iter().find(|(word, _)| text.starts_with(word)).map(|(word, meaning)| (word.len(), meaning))
    }
}

fn changed(change: Change) -> Meaning {
    Meaning { change: Some(change), ..Meaning::default() }
}

fn words_of(list: &[String], meaning: &Meaning) -> Vec<(String, Meaning)> {
    list.iter().map(|word| (word.clone(), meaning.clone())).collect()
}

/// A word as it is compared.
pub fn folded(word: &str) -> Vec<char> {
    text::fold(word).chars().collect()
}

/// Whether an edition has dropped every section that a figure stands in.
fn is_gone(figure: &written::Figure, declared: &written::Narrative, known: &Known) -> bool {
    let is_dropped = |id: &String| known.section(id) && !declared.section.iter().any(|s| s.id == *id);
    !figure.sections.is_empty() && figure.sections.iter().all(is_dropped)
}

fn resolve(
    figure: &written::Figure,
    all: &[&written::Figure],
    declared: &written::Narrative,
    known: &Known,
) -> Result<Figure, String> {
    if figure.names.is_empty() || figure.sections.is_empty() {
        return Err("a figure needs names and sections".to_owned());
    }
    if figure.id.contains('.') {
        return Err("the id of a figure has no point in it".to_owned());
    }
    let mut sections = Vec::new();
    for id in &figure.sections {
        match declared.section.iter().position(|s| s.id == *id) {
            Some(place) => sections.push(place),
            None if known.section(id) => {}
            None => return Err(format!("there is no section \"{id}\"")),
        }
    }
    let place = |id: &String| all.iter().position(|f| f.id == *id).ok_or_else(|| format!("there is no figure \"{id}\""));
    let within = figure.within.as_ref().map(place).transpose()?;
    let counted = figure.counted.iter().map(|w| folded(w)).collect();
    let (id, anywhere, narrowed) = (figure.id.clone(), figure.anywhere, figure.narrowed);
    Ok(Figure { id, sections, counted, anywhere, narrowed, within })
}
