//! Works out which edition a workbook follows, and says by what; never settles a tie by guessing.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use super::folded::Folded;
use super::locate;
use crate::template::Template;
use crate::value::text;

/// The editions at hand, with all their titles in one index.
pub struct Recogniser {
    templates: Vec<Arc<Template>>,
    /// For every accepted title the editions and tables it may stand for, and whether it is the printed one there.
    titles: HashMap<String, Vec<(usize, usize, bool)>>,
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
    /// An index over editions.
    pub fn new(templates: Vec<Arc<Template>>) -> Self {
        let mut titles: HashMap<String, Vec<(usize, usize, bool)>> = HashMap::new();
        for (edition, template) in templates.iter().enumerate() {
            for (words, (table, printed)) in &template.titles {
                titles.entry(words.clone()).or_default().push((edition, *table, *printed));
            }
        }
        Self { templates, titles }
    }

    /// The editions at hand.
    pub fn editions(&self) -> &[Arc<Template>] {
        &self.templates
    }

    /// The edition that a workbook follows.
    pub fn recognise(&self, folded: &Folded<'_>) -> Recognised {
        let mut fits = self.by_titles(folded);
        if fits.is_empty() {
            fits = self.by_forms(folded);
        }
        let Some(best) = fits.iter().map(|f| (f.printed, f.titled)).max() else { return Recognised::Nothing };
        fits.retain(|f| (f.printed, f.titled) == best);
        // An edition made for that very year goes before all others of the same titles.
        if fits.iter().any(Fit::is_of_its_year) {
            fits.retain(Fit::is_of_its_year);
        }
        if fits.len() > 1 {
            for fit in &mut fits {
                fit.shape = Some(shape(folded, &fit.template));
            }
            keep_best(&mut fits, |f| (f.shape, f.words));
            keep_best(&mut fits, |f| Reverse(f.years_apart()));
        }
        match fits.len() {
            1 => fits.pop().map_or(Recognised::Nothing, Recognised::Edition),
            _ => Recognised::Tie(fits),
        }
    }

    /// The editions that know the forms in a workbook without any table.
    fn by_forms(&self, folded: &Folded<'_>) -> Vec<Fit> {
        let is_form = |template: &Template| {
            let mut cells = folded.sheets.iter().flat_map(|s| s.cells());
            cells.any(|(cell, folded)| cell.text().is_some_and(|t| locate::title_of(t, folded, template).is_some()))
        };
        let known = self.templates.iter().filter(|t| is_form(t));
        known.map(|t| Fit { template: Arc::clone(t), printed: 0, titled: 1, shape: None, words: 0, year: None }).collect()
    }

    /// What the titles and captions of a workbook say for each edition that has any of them.
    fn by_titles(&self, folded: &Folded<'_>) -> Vec<Fit> {
        let mut seen: Vec<HashMap<usize, bool>> = vec![HashMap::new(); self.templates.len()];
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
            for (edition, template) in self.templates.iter().enumerate() {
                if let Some((table, printed)) = template.titled_with_fields(written, folded) {
                    *seen[edition].entry(table).or_default() |= printed;
                    is_title = true;
                }
            }
            if is_title || cell.at.row < 6 {
                short.push((written, folded));
            }
        }
        let fit = |(template, seen): (&Arc<Template>, HashMap<usize, bool>)| Fit {
            template: Arc::clone(template),
            printed: seen.values().filter(|p| **p).count(),
            titled: seen.len(),
            shape: None,
            words: words(template, &short),
            year: year(template, &short),
        };
        self.templates.iter().zip(seen).filter(|(_, seen)| !seen.is_empty()).map(fit).collect()
    }
}

impl Fit {
    fn is_of_its_year(&self) -> bool {
        self.year.is_some() && self.year == self.template.about.year
    }

    fn years_apart(&self) -> Option<u32> {
        Some(self.year?.abs_diff(self.template.about.year?))
    }
}

fn keep_best<K: Ord>(fits: &mut Vec<Fit>, key: impl Fn(&Fit) -> K) {
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

fn words(template: &Template, texts: &[(&str, &str)]) -> i64 {
    let count = |words: &[String]| -> i64 {
        let words = words.iter().map(|w| text::fold(w));
        words.map(|w| texts.iter().filter(|(_, folded)| folded.contains(&w)).count() as i64).sum()
    };
    let about = &template.about;
    count(&about.marks) + count(&about.level_words) - count(&about.foreign_words)
}

/// The year that titles and captions name.
fn year(template: &Template, texts: &[(&str, &str)]) -> Option<i32> {
    let captions = || template.captions.iter().flat_map(|c| &c.accepted);
    texts.iter().find_map(|(written, folded)| {
        let caption = || captions().find_map(|p| p.read(written)?.year);
        text::title_year(folded).or_else(caption)
    })
}
