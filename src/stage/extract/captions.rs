//! Reads the lines above tables, and the measure they name; never assumes one without a finding.

use super::super::folded::FoldedSheet;
use super::super::locate::Region;
use super::Extraction;
use crate::finding::{Fact, Place};
use crate::model::{Site, Text};
use crate::template::written::Severity;
use crate::template::{Fields, Template};
use crate::value::{Amount, Area, CellRef, Measure, text};

impl Extraction<'_, '_> {
    /// The measure printed above a table or in its headings; the template's where none is printed.
    pub(super) fn measure(&mut self, region: &Region) -> Option<Measure> {
        let template = std::sync::Arc::clone(&self.budget.template);
        let declared = &template.tables[region.table];
        if !declared.has_amounts() {
            return None;
        }
        let in_captions =
            self.lines_above(region).into_iter().find_map(|(line, at)| Some((read_caption(&line, &template)?.measure?, at)));
        let in_headings = self.measures_in_headings(region);
        let mut printed_all: Vec<Measure> = in_captions.iter().chain(&in_headings).map(|(measure, _)| *measure).collect();
        let taken = in_captions.or(in_headings.first().copied());
        printed_all.retain(|m| Some(*m) != taken.map(|(t, _)| t));
        if let (Some((measure, at)), Some(_)) = (taken, printed_all.first()) {
            printed_all.insert(0, measure);
            printed_all.dedup();
            let place = Place::in_table(region.table, self.site(region, at));
            let printed = printed_all.into_iter().map(Measure::word).collect();
            self.note("R10", Severity::Error, place, Fact::MeasuresDiffer { printed });
        }
        let printed = taken;
        let loose = || self.lines_above(region).into_iter().find_map(|(line, at)| Some((loose_measure(&line, &template)?, at)));
        let loose = if printed.is_none() { loose() } else { None };
        let printed = printed.or_else(|| if loose.is_none() { self.measure_within(region) } else { None });
        let place = |at| Place::in_table(region.table, self.site(region, at));
        if let Some((Err(word), at)) = &loose {
            self.note("R10", Severity::Error, place(*at), Fact::MeasureUnknown { printed: word.clone() });
            return Some(declared.measure);
        }
        let printed = printed.or(loose.and_then(|(measure, at)| Some((measure.ok()?, at))));
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

    /// The measure that a short line beside the headings or below the table names: `单位：元`.
    fn measure_within(&self, region: &Region) -> Option<(Measure, CellRef)> {
        let template = &self.budget.template;
        let sheet = &self.folded.sheets[region.sheet];
        let mark = format!("{}:", template.words.measure);
        let cells = sheet.rows(region.headings.rows.start, region.rows.end).flat_map(|row| sheet.row(row));
        let mut lines = cells.filter(|(_, folded)| folded.contains(&mark) && folded.chars().count() < 30);
        lines.find_map(|(cell, _)| {
            let line = cell.text()?;
            let measure = read_caption(line, template).and_then(|f| f.measure).or_else(|| loose_measure(line, template)?.ok())?;
            Some((measure, cell.at))
        })
    }

    /// The measures that headings of amounts name, from left to right.
    fn measures_in_headings(&self, region: &Region) -> Vec<(Measure, CellRef)> {
        let declared = &self.budget.template.tables[region.table];
        let headings = declared.columns.iter().zip(&region.headings.cells).filter_map(|(column, at)| Some((column, (*at)?)));
        let measures = headings.filter_map(|(column, at)| {
            let (cell, folded) = self.folded.sheets[region.sheet].at(at)?;
            let read = column.leaf.iter().find_map(|l| l.read(cell.text()?)).and_then(|fields| fields.measure);
            let in_brackets = || Measure::from_word(text::split_measure(folded).1?);
            Some((read.or_else(in_brackets)?, at))
        });
        measures.collect()
    }

    /// The lines from the title to before the headings.
    pub(super) fn lines_above(&self, region: &Region) -> Vec<(String, CellRef)> {
        lines_above(&self.folded.sheets[region.sheet], region)
    }

    /// The text of a cell and its place.
    pub(super) fn text_at(&self, region: &Region, at: CellRef) -> Option<Text> {
        let written = self.folded.sheets[region.sheet].at(at)?.0.text()?;
        Some(Text { text: written.trim().to_owned(), site: Site { sheet: region.sheet as u16, cell: at } })
    }

    /// The rectangle from the title to the last cell of a region.
    pub(super) fn area(&self, region: &Region) -> Area {
        let sheet = &self.folded.sheets[region.sheet];
        // Where cells are counted from the corner of their table, the lines around it are no part of the rectangle.
        let block = sheet.block(region.headings.rows.start).filter(|block| block.name.is_some());
        let rows = block
            .map_or(region.rows.clone(), |block| block.rows.start.max(region.rows.start)..block.rows.end.min(region.rows.end));
        let cells =
            || sheet.rows(rows.start, rows.end).flat_map(|row| sheet.row(row)).filter(|(c, _)| !c.is_blank()).map(|(c, _)| c.at);
        let columns = || cells().map(|at| at.col).chain(region.headings.columns.iter().flatten().copied());
        let first = CellRef::new(rows.start, columns().min().unwrap_or(0));
        let last = CellRef::new(cells().map(|at| at.row).max().unwrap_or(rows.start), columns().max().unwrap_or(0));
        Area::new(first, last)
    }
}

/// The lines of a sheet from the title of a table to before its headings.
pub fn lines_above(sheet: &FoldedSheet<'_>, region: &Region) -> Vec<(String, CellRef)> {
    let rows = sheet.rows(region.rows.start, region.headings.rows.start);
    let cells = rows.flat_map(|row| sheet.row(row)).filter_map(|(cell, _)| Some((cell.text()?, cell.at)));
    cells.flat_map(|(written, at)| written.lines().map(move |line| (line.to_owned(), at)).collect::<Vec<_>>()).collect()
}

/// What a line says, if it is one of the captions.
pub(super) fn read_caption(line: &str, template: &Template) -> Option<Fields> {
    let forms = || template.captions.iter().flat_map(|c| &c.accepted).filter(|p| !p.is_fixed());
    if line.len() > 900 {
        return None;
    }
    // A form that tells the code from the name says more than one that takes both for the name.
    let with_code = |line: &str| forms().filter(|p| p.has_code()).find_map(|p| p.read(line));
    let whole = |line: &str| with_code(line).or_else(|| forms().find_map(|p| p.read(line)));
    // Two captions may share a line; the second begins with words of its own.
    let second = |line: &str| forms().filter(|p| p.begins_with_words()).find_map(|p| p.read(line));
    let parted = line.match_indices(char::is_whitespace).find_map(|(at, _)| {
        let right = second(line[at..].trim())?;
        let left = read_caption(line[..at].trim(), template)?;
        Some(left.or(right))
    });
    parted.or_else(|| whole(line))
}

/// Whether a text among the rows of a table is a caption of a further page, and no amount typed as text.
pub(super) fn is_caption(written: &str, template: &Template) -> bool {
    let is_amount = || matches!(Amount::parse_typed(written, None), Ok(Some(_)));
    read_caption(written, template).is_some() && !is_amount()
}

/// The measure that a line names in words of its own: `（单位：元，保留两位小数）`, `金额：元`, `（元）`, a title that ends with it; an
/// error with the word where it is none we know.
fn loose_measure(line: &str, template: &Template) -> Option<Result<Measure, String>> {
    let folded = text::fold(line);
    let bare = folded.trim_matches(['(', ')', '[', ']']);
    let last = bare.rsplit(':').next().unwrap_or(bare);
    if let Some(measure) = text::split_measure(&folded).1.and_then(Measure::from_word).or_else(|| Measure::from_word(last)) {
        return Some(Ok(measure));
    }
    let mark = format!("{}:", template.words.measure);
    let word = &folded[folded.rfind(&mark)? + mark.len()..];
    // A measure is a short word of its own; a name that begins with 元 is none.
    let is_name = line.split_once('元').is_some_and(|(_, after)| after.starts_with(char::is_alphanumeric));
    let is_word = |end: &usize| !is_name || matches!(Measure::from_word(&word[..*end]), Some(m) if m != Measure::Yuan);
    let end = word.find('元').map(|at| at + '元'.len_utf8()).filter(is_word);
    // 万 alone leaves open what is counted.
    let bare = word.trim_matches([')', ']']);
    let is_cut_short = !bare.is_empty() && bare.chars().all(|c| "十百千万亿".contains(c));
    let word = end.map(|end| &word[..end]).or_else(|| is_cut_short.then_some(bare)).filter(|w| w.chars().count() <= 5)?;
    Some(Measure::from_word(word).ok_or_else(|| word.to_owned()))
}
