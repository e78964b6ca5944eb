//! Reads the lines above tables: unit, year, measure; never takes one from anywhere without a finding.

use super::super::locate::{self, Located, Region};
use super::Extraction;
use crate::finding::{Fact, Identity, Place};
use crate::model::{Site, Text};
use crate::template::written::Severity;
use crate::template::{Fields, Template};
use crate::value::{Area, CellRef, Measure, text};

impl Extraction<'_, '_> {
    /// The unit and the year, from the captions of all tables, then the narrative's title, then what was given, then the name of
    /// the file.
    pub(super) fn identity(&mut self, located: &Located, source: &str, year: Option<i32>) {
        let template = std::sync::Arc::clone(&self.budget.template);
        for region in &located.regions {
            let lines = self.lines_above(region);
            for (line, _) in lines {
                let folded = text::fold(&line);
                // A title may name the year and nothing else.
                let is_title = locate::title_of(&line, &folded, &template).is_some();
                let caption = read_caption(&line, &template).filter(|_| !is_title);
                self.take(caption.unwrap_or(Fields { year: text::title_year(&folded), ..Fields::default() }));
            }
        }
        if let Some(narrative) = &template.narrative {
            for sheet in &located.narrative {
                let sheet = &self.folded.sheets[*sheet];
                let mut lines = sheet.cells().take(3).filter_map(|(c, _)| c.text()).filter_map(|t| t.lines().next());
                let titled = lines.find_map(|line| narrative.title.read(line));
                self.take(titled.unwrap_or_default());
            }
        }
        self.take(Fields { year, ..Fields::default() });
        let stem = source.rsplit('/').next().unwrap_or(source);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        self.take_noted(Identity::Code, stem, Fields { code: leading_code(stem), ..Fields::default() });
        self.take_noted(Identity::Year, stem, Fields { year: year_in(stem), ..Fields::default() });
    }

    fn take(&mut self, fields: Fields) {
        let budget = &mut self.budget;
        budget.code = budget.code.take().or(fields.code);
        budget.name = budget.name.take().or(fields.name);
        budget.year = budget.year.or(fields.year);
    }

    /// Takes what is still missing from the name of the file, and says so.
    fn take_noted(&mut self, what: Identity, stem: &str, fields: Fields) {
        let missing = match what {
            Identity::Code => self.budget.code.is_none() && fields.code.is_some(),
            Identity::Name => self.budget.name.is_none() && fields.name.is_some(),
            Identity::Year => self.budget.year.is_none() && fields.year.is_some(),
        };
        if missing {
            self.take(fields);
            self.note("R11", Severity::Note, Place::default(), Fact::NotPrinted { what, taken: Some(stem.to_owned()) });
        }
    }

    /// The measure printed above a table or in its headings; the template's where none is printed.
    pub(super) fn measure(&mut self, region: &Region) -> Option<Measure> {
        let template = std::sync::Arc::clone(&self.budget.template);
        let declared = &template.tables[region.table];
        if !declared.has_amounts() {
            return None;
        }
        let in_captions =
            self.lines_above(region).into_iter().find_map(|(line, at)| Some((read_caption(&line, &template)?.measure?, at)));
        let printed = in_captions.or_else(|| self.measure_in_headings(region));
        let place = |at| Place::in_table(region.table, self.site(region, at));
        match printed {
            Some((measure, at)) if measure != declared.measure => {
                let fact = Fact::MeasureKept { printed: measure.word(), standard: declared.measure.word() };
                self.note("R10", Severity::Note, place(at), fact);
            }
            None => {
                let at = place(region.title.unwrap_or(CellRef::new(region.headings.rows.start, 0)));
                self.note("R10", Severity::Note, at, Fact::MeasureAssumed { measure: declared.measure.word() });
            }
            _ => {}
        }
        Some(printed.map_or(declared.measure, |(measure, _)| measure))
    }

    fn measure_in_headings(&self, region: &Region) -> Option<(Measure, CellRef)> {
        let declared = &self.budget.template.tables[region.table];
        let headings = declared.columns.iter().zip(&region.headings.cells);
        headings.filter_map(|(column, at)| Some((column, (*at)?))).find_map(|(column, at)| {
            let written = self.folded.sheets[region.sheet].at(at)?.0.text()?;
            let measure = column.leaf.iter().find_map(|l| l.read(written))?.measure?;
            Some((measure, at))
        })
    }

    /// The lines from the title to before the headings.
    fn lines_above(&self, region: &Region) -> Vec<(String, CellRef)> {
        let sheet = &self.folded.sheets[region.sheet];
        let rows = sheet.rows(region.rows.start, region.headings.rows.start);
        let cells = rows.flat_map(|row| sheet.row(row)).filter_map(|(cell, _)| Some((cell.text()?, cell.at)));
        cells.flat_map(|(written, at)| written.lines().map(move |line| (line.to_owned(), at)).collect::<Vec<_>>()).collect()
    }

    /// The text of a cell and its place.
    pub(super) fn text_at(&self, region: &Region, at: CellRef) -> Option<Text> {
        let written = self.folded.sheets[region.sheet].at(at)?.0.text()?;
        Some(Text { text: written.trim().to_owned(), site: Site { sheet: region.sheet as u16, cell: at } })
    }

    /// The rectangle from the title to the last cell of a region.
    pub(super) fn area(&self, region: &Region) -> Area {
        let sheet = &self.folded.sheets[region.sheet];
        let cells = || {
            sheet
                .rows(region.rows.start, region.rows.end)
                .flat_map(|row| sheet.row(row))
                .filter(|(c, _)| !c.is_blank())
                .map(|(c, _)| c.at)
        };
        let columns = || cells().map(|at| at.col).chain(region.headings.columns.iter().flatten().copied());
        let first = CellRef::new(region.rows.start, columns().min().unwrap_or(0));
        let last = CellRef::new(cells().map(|at| at.row).max().unwrap_or(region.rows.start), columns().max().unwrap_or(0));
        Area::new(first, last)
    }
}

/// What a line says, if it is one of the captions.
pub(super) fn read_caption(line: &str, template: &Template) -> Option<Fields> {
    let forms = template.captions.iter().flat_map(|c| &c.accepted);
    (line.len() < 300).then(|| forms.filter(|p| !p.is_fixed()).find_map(|p| p.read(line)))?
}

/// The code that a file name begins with.
fn leading_code(stem: &str) -> Option<String> {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    (digits >= 6 && stem.as_bytes().get(digits).is_none_or(|b| !b.is_ascii_alphanumeric())).then(|| stem[..digits].to_owned())
}

/// The one year, 2000 to 2099, that stands in a file name.
fn year_in(stem: &str) -> Option<i32> {
    let runs = stem.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4 && run.starts_with("20"));
    let mut years: Vec<i32> = runs.filter_map(|run| run.parse().ok()).collect();
    years.dedup();
    match years.as_slice() {
        [year] => Some(*year),
        _ => None,
    }
}
