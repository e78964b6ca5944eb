//! Numbers that stand in no column of a table: the clerk's own columns, and what fell beside; never leaves one out.

use std::collections::BTreeMap;

use super::super::locate::Region;
use super::Extraction;
use crate::finding::{Detail, Fact, Finding, OwnCell, Place};
use crate::grid::{Cell, Shown, Value};
use crate::template::ColumnKind;
use crate::template::written::Severity;
use crate::value::{Amount, CellRef, text};

/// So many numbers below each other without a heading are a column.
const COLUMN: usize = 3;

impl Extraction<'_, '_> {
    /// Numbers in a row of the table that stand under none of its headings, or under one for labels.
    pub(super) fn numbers_outside(&mut self, region: &Region, row: u32) {
        let sheet = &self.folded.sheets[region.sheet];
        let columns = self.budget.template.tables[region.table].columns.iter().zip(&region.headings.columns);
        let columns: Vec<(u16, ColumnKind)> = columns.filter_map(|(c, col)| Some(((*col)?, c.declared.kind))).collect();
        for (cell, _) in sheet.row(row) {
            let kind = columns.iter().find(|(col, _)| *col == cell.at.col).map(|(_, kind)| *kind);
            match kind {
                None => {
                    let site = self.site(region, cell.at);
                    self.outside.extend(value(cell).map(|(shown, number)| OwnCell { site, row: None, shown, number }));
                }
                // A whole number may be a code or a 序号; an amount may not.
                Some(ColumnKind::Sequence | ColumnKind::Code) if !is_amount(cell) => {}
                Some(ColumnKind::Sequence | ColumnKind::Code | ColumnKind::Label) => {
                    if let Value::Number(number) = cell.value {
                        self.stray(region, cell.at, number);
                    }
                }
                _ => {}
            }
        }
    }

    /// Tells column by column of the numbers that stood in none of the table's, and of headings that it does not have.
    pub(super) fn tell_outside(&mut self, region: &Region) {
        let mut columns: BTreeMap<u16, Vec<OwnCell>> = BTreeMap::new();
        for cell in std::mem::take(&mut self.outside) {
            columns.entry(cell.site.cell.col).or_default().push(cell);
        }
        let mut told = Vec::new();
        for (column, mut cells) in columns {
            let heading = self.heading_above(region, column);
            // Errors and formulas beside a table are nobody's amounts unless a heading says so.
            if heading.is_none() {
                cells.retain(|c| c.number.is_some());
            }
            let numbers = cells.iter().filter(|c| c.number.is_some()).count();
            if cells.is_empty() {
                continue;
            }
            if heading.is_none() && numbers < COLUMN {
                for cell in cells {
                    let Some(number) = cell.number else { continue };
                    self.stray(region, cell.site.cell, number);
                }
                continue;
            }
            told.extend(heading.as_ref().map(|(at, _)| *at));
            self.own_column(region, heading.map(|(_, h)| h).unwrap_or_default(), cells);
        }
        self.unknown_headings(region, &told);
    }

    /// One column that the table does not have, with all its cells. Where a column of the table is missing it may be that one.
    fn own_column(&mut self, region: &Region, heading: String, mut cells: Vec<OwnCell>) {
        let declared = &self.budget.template.tables[region.table];
        let missing = declared.columns.iter().zip(&region.headings.columns);
        let missing = missing.filter(|(c, at)| at.is_none() && !c.declared.optional && c.declared.kind.is_numeric());
        let fields = self.budget.fields(Some(region.table));
        let mut missing: Vec<String> = missing.map(|(c, _)| c.leaf[0].fill(&fields)).collect();
        let folded = text::fold(&heading);
        if declared.is_heading(&folded) || folded == self.budget.template.words.numbers {
            // A column of the table once more is nobody's own.
            missing = vec![heading.clone()];
        }
        self.name_rows(region, &mut cells);
        let Some(first) = cells.first().map(|c| c.site) else { return };
        let (rule, severity) = match (heading.is_empty(), missing.is_empty()) {
            (true, true) => ("R07", Severity::Warning),
            (false, true) => ("R30", Severity::Warning),
            (_, false) => ("R07", Severity::Error),
        };
        let fact = Fact::OwnColumn { heading, missing, cells };
        self.note(rule, severity, Place::in_table(region.table, first), fact);
    }

    /// Headings that the standard does not have, but for those told with their numbers.
    fn unknown_headings(&mut self, region: &Region, told: &[CellRef]) {
        for at in region.headings.unknown.iter().filter(|at| !told.contains(at)) {
            let Some(heading) = self.text_at(region, *at) else { continue };
            let place = Place::in_table(region.table, heading.site);
            let finding = Finding::check(&self.budget.template, "headings", place, Detail::HeadingUnknown(heading.text));
            self.findings.extend(finding.map(|f| {
                let severity = f.severity.min(Severity::Warning);
                f.at(severity)
            }));
        }
    }

    /// The cell and the words of the lowest heading above a column.
    fn heading_above(&self, region: &Region, column: u16) -> Option<(CellRef, String)> {
        let sheet = &self.folded.sheets[region.sheet];
        let rows = (region.headings.rows.start..region.headings.rows.end).rev().map(|row| CellRef::new(row, column));
        let words = |at: CellRef| {
            let heading = sheet.at(at)?.0.text()?.trim();
            // The number of a column is no heading.
            let is_heading = !heading.is_empty() && !heading.bytes().all(|b| b.is_ascii_digit());
            is_heading.then(|| (at, heading.to_owned()))
        };
        let merged = || rows.clone().filter_map(|at| sheet.merge(at)).find_map(|m| words(m.first));
        rows.clone().find_map(words).or_else(merged)
    }

    /// A single number where the table has none.
    fn stray(&mut self, region: &Region, at: CellRef, number: Amount) {
        let heading = self.heading_above(region, at.col).map(|(_, heading)| heading).unwrap_or_default();
        let severity = if heading.is_empty() { Severity::Warning } else { Severity::Error };
        let place = Place::in_table(region.table, self.site(region, at));
        self.note("R07", severity, place, Fact::UnplacedColumn { heading, number });
    }

    /// Amounts among the captions and headings of a table.
    pub(super) fn amounts_in_head(&mut self, region: &Region) {
        let rows = self.folded.sheets[region.sheet].rows(region.rows.start, region.headings.rows.end);
        for row in rows.collect::<Vec<_>>() {
            let cells = self.folded.sheets[region.sheet].row(row).map(|(cell, _)| cell).filter(|cell| is_amount(cell));
            for (at, number) in numbers_in(cells).collect::<Vec<_>>() {
                self.unread(region, at, number);
            }
        }
    }

    /// Numbers in a row that is read for its words only.
    pub(super) fn numbers_unread(&mut self, region: &Region, row: u32) {
        let cells: Vec<(CellRef, Amount)> = numbers_in(self.folded.sheets[region.sheet].row(row).map(|(cell, _)| cell)).collect();
        for (at, number) in cells {
            self.unread(region, at, number);
        }
    }

    fn unread(&mut self, region: &Region, at: CellRef, number: Amount) {
        let place = Place::in_table(region.table, self.site(region, at));
        self.note("R07", Severity::Error, place, Fact::UnplacedColumn { heading: String::new(), number });
    }
}

/// What a cell outside the columns shows, with its number: a number, one typed as text, or something in the place of one.
fn value(cell: &Cell) -> Option<(String, Option<Amount>)> {
    match &cell.value {
        Value::Number(number) => Some((number.to_string(), Some(*number))),
        Value::Text(text) => {
            let has_decimals = text.contains(['.', '．']);
            let number = has_decimals.then(|| Amount::parse_typed(text, None).ok().flatten())??;
            Some((text.trim().to_owned(), Some(number)))
        }
        Value::Error(error) => Some((error.clone(), None)),
        Value::Uncalculated => Some(("=".to_owned(), None)),
        Value::Blank | Value::Other(_) | Value::Formula(..) => None,
    }
}

/// The numbers among cells, with their places.
pub(super) fn numbers_in<'c>(cells: impl Iterator<Item = &'c Cell>) -> impl Iterator<Item = (CellRef, Amount)> {
    cells.filter_map(|cell| match cell.value {
        Value::Number(number) => Some((cell.at, number)),
        _ => None,
    })
}

/// Whether a cell holds a number that can be no count and no code: it has decimals, or shows them.
pub(super) fn is_amount(cell: &Cell) -> bool {
    matches!(cell.value, Value::Number(number) if number.decimals() > 0 || matches!(cell.shown, Shown::Fixed(1..)))
}
