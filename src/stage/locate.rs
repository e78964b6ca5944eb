//! Finds where the tables, forms and the narrative stand in a workbook; never reads an amount.

use std::ops::Range;

use super::document;
use super::folded::{Folded, FoldedSheet};
use super::headings::{self, Headings};
use super::panels::{self, Cut};
use crate::grid::{Cell, Value};
use crate::template::{Body, ColumnKind, Table, Template};
use crate::value::{CellRef, text};

/// What was found in a workbook, in the order of its sheets and rows.
#[derive(Debug, Default)]
pub struct Located {
    /// Tables and forms.
    pub regions: Vec<Region>,
    /// Where the narrative stands.
    pub narrative: Vec<Narrative>,
    /// Rows of a sheet with tables that belong to none of them: what stands above the first title, and what follows a title
    /// without headings.
    pub gaps: Vec<Gap>,
    /// Where sheets have to be taken apart before their tables can be told from each other.
    pub cuts: Vec<Cut>,
}

/// A sheet, or the part of one, that carries the narrative.
#[derive(Debug, Clone, Copy)]
pub struct Narrative {
    /// The sheet.
    pub sheet: usize,
    /// Its first row.
    pub first: u32,
    /// The row of its title, where it has one.
    pub title: Option<u32>,
}

/// Rows that belong to no table.
#[derive(Debug)]
pub struct Gap {
    /// The sheet.
    pub sheet: usize,
    /// The rows.
    pub rows: Range<u32>,
    /// The table whose title they begin with.
    pub table: Option<usize>,
}

/// A table, a page of one, or a form.
#[derive(Debug)]
pub struct Region {
    /// The declared table.
    pub table: usize,
    /// The sheet.
    pub sheet: usize,
    /// The cell of its title; `None` where the name of the sheet alone told the table.
    pub title: Option<CellRef>,
    /// From the title to before the next one.
    pub rows: Range<u32>,
    /// Its headings.
    pub headings: Headings,
    /// Whether its sheet carries the narrative, so that paragraphs may follow it.
    pub in_narrative: bool,
}

/// What ends a region: the next title, or a heading of the narrative.
enum Stop {
    Title(usize, CellRef),
    Section(u32),
}

impl Stop {
    fn row(&self) -> u32 {
        match self {
            Self::Title(_, at) => at.row,
            Self::Section(row) => *row,
        }
    }
}

/// Finds the tables of `template` in a workbook.
pub fn locate(folded: &Folded<'_>, template: &Template) -> Located {
    let mut located = Located::default();
    for (place, sheet) in folded.sheets.iter().enumerate().filter(|(_, s)| !is_front_matter(s, template)) {
        let body = if sheet.is_document() { document::body(sheet, template) } else { 0 };
        let narrative = narrative(sheet, place, body, template);
        let (regions, gaps, cut) = by_titles(sheet, place, template, body, narrative);
        located.cuts.extend(cut);
        if narrative.is_none() && regions.is_empty() && !sheet.is_document() {
            let named = by_sheet_name(sheet, place, template);
            located.cuts.extend(named.as_ref().and_then(|r| repeat(sheet, r, template)));
            located.regions.extend(named);
        } else if narrative.is_none() || sheet.is_document() {
            located.gaps.extend(gaps);
        }
        // What is no table in the narrative is a paragraph.
        located.narrative.extend(narrative);
        located.regions.extend(regions);
    }
    located
}

/// The narrative in a sheet; in a document it begins anywhere behind the directory.
fn narrative(sheet: &FoldedSheet<'_>, place: usize, body: u32, template: &Template) -> Option<Narrative> {
    if sheet.is_document() {
        let (first, titled) = document::narrative(sheet, template, body)?;
        return Some(Narrative { sheet: place, first, title: titled.then_some(first) });
    }
    narrative_title(sheet, template).map(|title| Narrative { sheet: place, first: 0, title: Some(title) })
}

/// The cut before the columns that a table has once more.
fn repeat(sheet: &FoldedSheet<'_>, region: &Region, template: &Template) -> Option<Cut> {
    panels::before_repeat(sheet, region.sheet, (region.table, region.rows.clone()), &region.headings, template)
}

/// The tables of a sheet that have a title, the rows that belong to none, and where the sheet is to be cut first.
fn by_titles(
    sheet: &FoldedSheet<'_>,
    place: usize,
    template: &Template,
    body: u32,
    narrative: Option<Narrative>,
) -> (Vec<Region>, Vec<Gap>, Option<Cut>) {
    let stops: Vec<Stop> =
        stops(sheet, template, narrative.map_or(u32::MAX, |n| n.first)).into_iter().filter(|s| s.row() >= body).collect();
    let above = body..stops.first().map_or(body, Stop::row);
    let (mut regions, mut gaps) = (Vec::new(), vec![Gap { sheet: place, rows: above, table: None }]);
    for (index, stop) in stops.iter().enumerate() {
        let end = stops.get(index + 1).map_or(sheet.sheet.row_count(), Stop::row);
        let Stop::Title(table, title) = stop else {
            if sheet.is_document() {
                gaps.push(Gap { sheet: place, rows: stop.row()..end, table: None });
            }
            continue;
        };
        let in_narrative = narrative.is_some_and(|n| n.first <= title.row);
        let titled = Titled { table: *table, sheet: place, title: *title, end, in_narrative };
        if sheet.is_document() {
            titled.pages(sheet, template, &mut regions, &mut gaps);
        } else {
            match titled.region(sheet, title.row..end, title.row + 1..end, template) {
                Some(region) => regions.push(region),
                None => gaps.push(Gap { sheet: place, rows: title.row..end, table: Some(*table) }),
            }
        }
    }
    if sheet.is_document() {
        // Running text has no side.
        return (regions, gaps, None);
    }
    let title = |stop: &Stop| if let Stop::Title(table, at) = stop { Some((*table, *at)) } else { None };
    let titles: Vec<_> = stops.iter().filter_map(title).collect();
    let cut = panels::between_titles(sheet, place, &titles, template);
    let cut = cut.or_else(|| regions.iter().find_map(|region| repeat(sheet, region, template)));
    (regions, gaps, cut)
}

/// A title and the rows up to the next.
struct Titled {
    table: usize,
    sheet: usize,
    title: CellRef,
    end: u32,
    in_narrative: bool,
}

impl Titled {
    /// The region of some rows, when headings stand where they are looked for.
    fn region(&self, sheet: &FoldedSheet<'_>, rows: Range<u32>, look: Range<u32>, template: &Template) -> Option<Region> {
        let headings = headings::find(sheet, look, &template.tables[self.table], &template.words.numbers)?;
        let Self { table, sheet, title, in_narrative, .. } = *self;
        Some(Region { table, sheet, title: Some(title), rows, headings, in_narrative })
    }

    /// The tables of a document below a title: further pages of it repeat its headings, others are not its own.
    fn pages(&self, sheet: &FoldedSheet<'_>, template: &Template, regions: &mut Vec<Region>, gaps: &mut Vec<Gap>) {
        let (before, mut start) = (regions.len(), self.title.row);
        // The region whose end is not known yet, as notes may follow it.
        let mut open: Option<Region> = None;
        let mut close = |open: &mut Option<Region>, end: u32| {
            regions.extend(open.take().map(|region| Region { rows: region.rows.start..end, ..region }));
        };
        let mut strange = Vec::new();
        let blocks = sheet.sheet.blocks.iter().map(|block| &block.rows);
        for block in blocks.filter(|rows| rows.end > self.title.row && rows.start < self.end) {
            let (first, end) = (block.start.max(self.title.row), block.end.min(self.end));
            match self.region(sheet, start..self.end, first.max(self.title.row + 1)..end, template) {
                Some(region) => {
                    close(&mut open, start);
                    open = Some(region);
                }
                // A page may go on without headings; its first 序号 tells.
                None if open.as_ref().is_some_and(|open| goes_on(sheet, open, first..end, template)) => {}
                None => {
                    close(&mut open, first);
                    strange.push(first..end);
                }
            }
            start = end;
        }
        close(&mut open, self.end);
        if regions.len() == before {
            strange.clear();
            strange.push(self.title.row..self.end);
        }
        gaps.extend(strange.into_iter().map(|rows| Gap { sheet: self.sheet, rows, table: Some(self.table) }));
    }
}

/// Whether the rows of a table count on from where the region above them ends.
fn goes_on(sheet: &FoldedSheet<'_>, above: &Region, rows: Range<u32>, template: &Template) -> bool {
    let sequence = template.tables[above.table].columns_of(ColumnKind::Sequence).next();
    let Some(col) = sequence.and_then(|column| above.headings.columns[column]) else { return false };
    let number = |row: u32| match sheet.at(CellRef::new(row, col))? {
        (Cell { value: Value::Number(number), .. }, _) => number.to_string().parse::<u32>().ok(),
        (_, folded) => folded.parse().ok(),
    };
    let before = (above.headings.rows.end..rows.start).rev().filter(|row| !sheet.is_running(*row));
    let last = before.filter_map(number).next();
    let first = sheet.rows(rows.start, rows.end).next().and_then(number);
    last.zip(first).is_some_and(|(last, first)| last.checked_add(1) == Some(first))
}

/// Whether a sheet is a cover, a directory, a list of changes or a part of a blank form: it names tables and holds none.
pub fn is_front_matter(sheet: &FoldedSheet<'_>, template: &Template) -> bool {
    let (document, blank) = (&template.document, &template.blank);
    let name = text::fold(&sheet.sheet.name);
    let is_named = [&document.cover, &document.contents, &document.ledger, &blank.checks, &blank.codes]
        .into_iter()
        .any(|n| text::fold(n) == name);
    let first = sheet.cells().find(|(_, folded)| !folded.is_empty()).filter(|_| !sheet.is_document());
    is_named || first.is_some_and(|(_, folded)| folded.len() < 240 && folded.ends_with(&text::fold(&document.contents)))
}

/// The row of the narrative's title, if the sheet carries the narrative.
pub fn narrative_title(sheet: &FoldedSheet<'_>, template: &Template) -> Option<u32> {
    let narrative = template.narrative.as_ref()?;
    let has_word = |folded: &str| narrative.words.iter().any(|w| folded.contains(w.as_str()));
    let tab = has_word(&text::fold(&sheet.sheet.name)) && !sheet.sheet.cells.is_empty();
    let rows = sheet.rows(0, u32::MAX).take(5);
    let begins = |cell: &Cell| cell.text().and_then(|t| t.lines().next()).map(text::fold).unwrap_or_default();
    let is_title = |line: &str| line.chars().count() < 80 && has_word(line);
    let titled = rows.flat_map(|row| sheet.row(row)).find(|(cell, _)| is_title(&begins(cell)));
    // A directory names the narrative too; only a sheet with paragraphs of text is it.
    let sections = |(cell, folded): (&Cell, &str)| match cell.text().filter(|t| t.contains('\n')) {
        Some(written) => written.lines().filter(|l| is_section(&text::fold(l), template).is_some()).count(),
        None => usize::from(is_section(folded, template).is_some()),
    };
    let is_text = sheet.cells().map(sections).sum::<usize>() >= 2;
    match titled {
        Some((cell, _)) if is_text => Some(cell.at.row),
        None if tab && is_text => Some(0),
        _ => None,
    }
}

/// The section of the narrative whose heading a folded text is.
pub fn is_section(folded: &str, template: &Template) -> Option<usize> {
    let narrative = template.narrative.as_ref()?;
    let label = (!folded.is_empty() && folded.chars().count() < 60).then(|| text::strip_ordinal(folded))?;
    narrative.headings.iter().position(|accepted| accepted.iter().any(|a| a == label))
}

/// The table whose title a text is.
pub fn title_of(written: &str, folded: &str, template: &Template) -> Option<usize> {
    if folded.is_empty() || folded.len() > 240 {
        return None;
    }
    if let Some((table, _)) = template.titles.get(text::strip_title_marks(folded)) {
        return Some(*table);
    }
    if written.contains(['\n', '\r']) {
        let mut lines = written.lines().map(text::fold);
        return lines.find_map(|line| template.titles.get(text::strip_title_marks(&line)).map(|(table, _)| *table));
    }
    if let Some((table, _)) = template.titled_with_fields(written, folded) {
        return Some(table);
    }
    let is_form = |t: &Table| t.declared.body == Body::Form && t.titles.iter().any(|p| !p.is_fixed() && p.ends_like(folded));
    template.tables.iter().position(|t| is_form(t) && form_project(written, t).is_some())
}

/// The project that the title of a form names; empty where it names none.
pub fn form_project(written: &str, form: &Table) -> Option<String> {
    let title = text::after_ordinal(written);
    let read = form.titles.iter().filter(|t| !t.is_fixed()).find_map(|t| t.read(title));
    read.and_then(|fields| fields.project)
}

fn stops(sheet: &FoldedSheet<'_>, template: &Template, narrative: u32) -> Vec<Stop> {
    let stop = |(cell, folded): (&Cell, &str)| {
        if let Some(table) = title_of(cell.text().unwrap_or_default(), folded, template) {
            return Some(Stop::Title(table, cell.at));
        }
        // In a document its title ends the table above.
        let begins = cell.at.row == narrative && sheet.is_document();
        (begins || (cell.at.row >= narrative && is_section(folded, template).is_some())).then_some(Stop::Section(cell.at.row))
    };
    sheet.cells().filter_map(stop).collect()
}

/// A table told by the name of its sheet, where no title in the sheet tells one.
fn by_sheet_name(sheet: &FoldedSheet<'_>, place: usize, template: &Template) -> Option<Region> {
    let name = text::fold(&sheet.sheet.name);
    let tab = |t: &Table| text::fold(&t.declared.sheet) == name;
    let by_title = template.titles.get(text::strip_title_marks(&name)).map(|(table, _)| *table);
    let table = by_title.or_else(|| template.tables.iter().position(tab))?;
    let rows = 0..sheet.sheet.row_count();
    let headings = headings::find(sheet, rows.clone(), &template.tables[table], &template.words.numbers)?;
    Some(Region { table, sheet: place, title: None, rows, headings, in_narrative: false })
}
