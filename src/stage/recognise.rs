//! Works out which edition a workbook follows, and says by what; never settles a tie by guessing.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::folded::Folded;
use super::locate;
use crate::template::{Library, Outline, Template, TemplateError};
use crate::value::text;

/// The editions at hand, with all their titles in one index.
pub struct Recogniser {
    editions: Vec<Edition>,
    /// For every accepted title the editions and tables it may stand for, and whether it is the printed one there.
    titles: HashMap<String, Vec<(usize, usize, bool)>>,
}

/// An edition that may not be compiled yet.
struct Edition {
    outline: Outline,
    source: Source,
}

enum Source {
    Compiled(Arc<Template>),
    Library(Arc<Library>, usize),
}

impl Edition {
    fn template(&self) -> Result<Arc<Template>, TemplateError> {
        match &self.source {
            Source::Compiled(template) => Ok(Arc::clone(template)),
            Source::Library(library, place) => library.edition(*place),
        }
    }
}

/// How well a workbook fits an edition.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The edition.
    pub template: Arc<Template>,
    /// Tables whose title is the one the edition prints.
    pub printed: usize,
    /// Tables with any accepted title.
    pub titled: usize,
    /// Headings that the edition has less headings it does not have; only looked at where titles leave a choice.
    pub shape: Option<i64>,
    /// Words of the region or level found, less words of other levels.
    pub words: i64,
    /// The year found in the workbook.
    pub year: Option<i32>,
}

/// How well a workbook fits an edition that need not be compiled yet.
struct Candidate {
    edition: usize,
    printed: usize,
    titled: usize,
    shape: Option<i64>,
    words: i64,
    year: Option<i32>,
    /// The year of the edition.
    made_for: Option<i32>,
}

/// The edition a workbook follows.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// This one.
    Edition(Fit),
    /// Several fit equally well.
    Tie(Vec<Fit>),
    /// No known title stands in it.
    Nothing,
}

impl Recogniser {
    /// An index over editions that are compiled.
    pub fn new(templates: Vec<Arc<Template>>) -> Self {
        let editions = templates.into_iter();
        Self::of(editions.map(|t| Edition { outline: t.outline.clone(), source: Source::Compiled(t) }).collect())
    }

    /// An index over the editions of a library, each of which is compiled when the first workbook follows it.
    ///
    /// # Errors
    /// When a template file cannot be parsed, or what tells it from others is wrong.
    pub fn over(library: &Arc<Library>) -> Result<Self, TemplateError> {
        let edition = |place| {
            let outline = library.outline(place)?;
            Ok(Edition { outline, source: Source::Library(Arc::clone(library), place) })
        };
        Ok(Self::of((0..library.names().len()).map(edition).collect::<Result<_, _>>()?))
    }

    fn of(editions: Vec<Edition>) -> Self {
        let mut titles: HashMap<String, Vec<(usize, usize, bool)>> = HashMap::new();
        for (place, edition) in editions.iter().enumerate() {
            for (words, (table, printed)) in &edition.outline.titles {
                titles.entry(words.clone()).or_default().push((place, *table, *printed));
            }
        }
        Self { editions, titles }
    }

    /// The editions at hand, compiled.
    ///
    /// # Errors
    /// When one of them is wrong.
    pub fn editions(&self) -> Result<Vec<Arc<Template>>, TemplateError> {
        self.editions.iter().map(Edition::template).collect()
    }

    /// The edition that a workbook follows.
    ///
    /// # Errors
    /// When an edition that it may follow is wrong.
    pub fn recognise(&self, folded: &Folded<'_>) -> Result<Recognised, TemplateError> {
        let mut fits = self.by_titles(folded);
        if fits.is_empty() {
            fits = self.by_forms(folded)?;
        }
        let Some(best) = fits.iter().map(|f| (f.printed, f.titled)).max() else { return Ok(Recognised::Nothing) };
        fits.retain(|f| (f.printed, f.titled) == best);
        // An edition made for that very year goes before all others of the same titles.
        if fits.iter().any(Candidate::is_of_its_year) {
            fits.retain(Candidate::is_of_its_year);
        }
        if fits.len() > 1 {
            for fit in &mut fits {
                fit.shape = Some(shape(folded, self.editions[fit.edition].template()?.as_ref()));
            }
            keep_best(&mut fits, |f| (f.shape, f.words));
            keep_best(&mut fits, |f| Reverse(f.years_apart()));
        }
        let mut fits = fits.into_iter().map(|f| self.fit(f)).collect::<Result<Vec<_>, _>>()?;
        Ok(match fits.len() {
            1 => fits.pop().map_or(Recognised::Nothing, Recognised::Edition),
            _ => Recognised::Tie(fits),
        })
    }

    fn fit(&self, candidate: Candidate) -> Result<Fit, TemplateError> {
        let Candidate { edition, printed, titled, shape, words, year, .. } = candidate;
        Ok(Fit { template: self.editions[edition].template()?, printed, titled, shape, words, year })
    }

    /// The editions that know the forms in a workbook without any table.
    fn by_forms(&self, folded: &Folded<'_>) -> Result<Vec<Candidate>, TemplateError> {
        let mut fits = Vec::new();
        for (edition, known) in self.editions.iter().enumerate() {
            let template = known.template()?;
            let mut cells = folded.sheets.iter().flat_map(|s| s.cells());
            if cells.any(|(cell, folded)| cell.text().is_some_and(|t| locate::title_of(t, folded, &template).is_some())) {
                let made_for = known.outline.about.year;
                fits.push(Candidate { edition, printed: 0, titled: 1, shape: None, words: 0, year: None, made_for });
            }
        }
        Ok(fits)
    }

    /// What the titles and captions of a workbook say for each edition that has any of them.
    fn by_titles(&self, folded: &Folded<'_>) -> Vec<Candidate> {
        let mut seen: Vec<HashMap<usize, bool>> = vec![HashMap::new(); self.editions.len()];
        let mut short = Vec::new();
        for (cell, folded) in folded.sheets.iter().flat_map(|s| s.cells()) {
            let Some(written) = cell.text().filter(|_| !folded.is_empty() && folded.len() < 240) else { continue };
            let lines: Vec<String> = if written.contains('\n') { written.lines().map(text::fold).collect() } else { Vec::new() };
            let mut is_title = false;
            for line in std::iter::once(folded).chain(lines.iter().map(String::as_str)) {
                for (edition, table, printed) in self.titles.get(text::strip_title_marks(line)).into_iter().flatten() {
                    *seen[*edition].entry(*table).or_default() |= printed;
                    is_title = true;
                }
            }
            for (edition, known) in self.editions.iter().enumerate() {
                if let Some((table, printed)) = known.outline.titled_with_fields(written, folded) {
                    *seen[edition].entry(table).or_default() |= printed;
                    is_title = true;
                }
            }
            if is_title || cell.at.row < 6 {
                short.push((written, folded));
            }
        }
        let fit = |(edition, seen): (usize, HashMap<usize, bool>)| {
            let outline = &self.editions[edition].outline;
            Candidate {
                edition,
                printed: seen.values().filter(|p| **p).count(),
                titled: seen.len(),
                shape: None,
                words: words(outline, &short),
                year: year(outline, &short),
                made_for: outline.about.year,
            }
        };
        seen.into_iter().enumerate().filter(|(_, seen)| !seen.is_empty()).map(fit).collect()
    }
}

impl Candidate {
    fn is_of_its_year(&self) -> bool {
        self.year.is_some() && self.year == self.made_for
    }

    fn years_apart(&self) -> Option<u32> {
        Some(self.year?.abs_diff(self.made_for?))
    }
}

fn keep_best<K: Ord>(fits: &mut Vec<Candidate>, key: impl Fn(&Candidate) -> K) {
    if let Some(best) = fits.iter().map(&key).max() {
        fits.retain(|f| key(f) == best);
    }
}

/// How many headings of the edition stand in the workbook, less those that it does not have.
fn shape(folded: &Folded<'_>, template: &Template) -> i64 {
    let regions = locate::locate(folded, template).regions;
    let fit = |r: &locate::Region| {
        let found = r.headings.columns.iter().flatten().count() as i64;
        let missing = r.headings.columns.len() as i64 - found;
        found - missing - r.headings.unknown.len() as i64
    };
    regions.iter().map(fit).sum()
}

fn words(outline: &Outline, texts: &[(&str, &str)]) -> i64 {
    let count = |words: &[String]| -> i64 {
        let words = words.iter().map(|w| text::fold(w));
        words.map(|w| texts.iter().filter(|(_, folded)| folded.contains(&w)).count() as i64).sum()
    };
    let about = &outline.about;
    count(&about.marks) + count(&about.level_words) - count(&about.foreign_words)
}

/// The year that titles and captions name.
fn year(outline: &Outline, texts: &[(&str, &str)]) -> Option<i32> {
    let captions = || outline.captions.iter().flat_map(|c| &c.accepted);
    texts.iter().find_map(|(written, folded)| {
        let caption = || captions().find_map(|p| p.read(written)?.year);
        text::title_year(folded).or_else(caption)
    })
}
