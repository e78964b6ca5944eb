//! Turns a workbook into a budget of a given edition, with a finding for every concession; never fails and never computes a total.

mod captions;
mod directory;
mod forms;
mod identity;
mod list;
mod narrative;
mod outside;
mod seen;
mod table;

use std::sync::Arc;

pub use captions::lines_above;
pub use identity::{leading_code, line_fields};

use super::document;
use super::folded::Folded;
use super::locate::{self, Gap, Located, Region};
use super::panels;
use crate::finding::{Detail, Fact, Finding, Identity, OwnCell, Place};
use crate::grid::{Cell, Sheet, Value};
use crate::model::{Budget, Key, Rewording, SheetOf, Site, State, Text};
use crate::template::written::Severity;
use crate::template::{Body, Template};
use crate::value::{CellRef, text};

/// What a workbook holds of an edition.
#[derive(Debug)]
pub struct Extracted {
    /// The budget.
    pub budget: Budget,
    /// What reading it took.
    pub findings: Vec<Finding>,
}

/// A budget and the findings of reading it, as they grow.
struct Extraction<'f, 'g> {
    folded: &'f Folded<'g>,
    budget: Budget,
    findings: Vec<Finding>,
    progress: Vec<table::Progress>,
    /// Numbers of the region being read that stand in none of its columns.
    outside: Vec<OwnCell>,
    /// Formulas of the region being read that were calculated here.
    calculated: Vec<OwnCell>,
    /// Codes of the region being read whose first parts stand in a row above.
    carried: Vec<OwnCell>,
}

/// Reads the budget in a workbook, of the year given where the workbook names none; `None` when it holds no table of the edition.
pub fn extract(folded: &Folded<'_>, source: &str, template: &Arc<Template>, year: Option<i32>) -> Option<Extracted> {
    extract_located(folded, locate::locate(folded, template), &[source.to_owned()], template, year)
}

/// Reads the budget whose tables were found already, in a workbook that may have been put together from several files.
pub fn extract_located(
    folded: &Folded<'_>,
    mut located: Located,
    sources: &[String],
    template: &Arc<Template>,
    year: Option<i32>,
) -> Option<Extracted> {
    if !located.cuts.is_empty() {
        let apart = panels::apart(folded, std::mem::take(&mut located.cuts), template);
        let folded = Folded::new(&apart.grid);
        let mut located = locate::locate(&folded, template);
        located.cuts.clear();
        return from_located(&folded, located, &apart.cut_off, sources, template, year);
    }
    from_located(folded, located, &[], sources, template, year)
}

/// Reads the budget from tables that do not stand side by side.
fn from_located(
    folded: &Folded<'_>,
    mut located: Located,
    cut_off: &[bool],
    sources: &[String],
    template: &Arc<Template>,
    year: Option<i32>,
) -> Option<Extracted> {
    // What is shown goes before what is hidden: of two copies of a table the first counts.
    located.regions.sort_by_key(|r| folded.sheets[r.sheet].sheet.hidden);
    if located.regions.is_empty() {
        return None;
    }
    let mut budget = Budget::new(Arc::clone(template));
    budget.sources = sources.to_vec();
    let sheet_of = |s: &Sheet| SheetOf { source: usize::from(s.source), name: s.name.clone(), blocks: s.blocks.clone() };
    budget.sheets = folded.sheets.iter().map(|s| sheet_of(s.sheet)).collect();
    let progress = template.tables.iter().map(table::Progress::new).collect();
    let mut extraction = Extraction {
        folded,
        budget,
        findings: Vec::new(),
        progress,
        outside: Vec::new(),
        calculated: Vec::new(),
        carried: Vec::new(),
    };
    extraction.identity(&located, year);
    for region in &located.regions {
        extraction.region(region);
        extraction.side_by_side(region, cut_off);
    }
    extraction.narrative(&located);
    extraction.directories(&located);
    extraction.gaps(&located);
    extraction.unknown_sheets(&located);
    extraction.finish();
    if !cut_off.is_empty() {
        extraction.tell_once();
    }
    Some(Extracted { budget: extraction.budget, findings: extraction.findings })
}

impl Extraction<'_, '_> {
    fn region(&mut self, region: &Region) {
        let declared = &self.budget.template.tables[region.table];
        if declared.declared.body == Body::Form {
            return self.form(region);
        }
        if region.title.is_none() {
            let site = self.site(region, CellRef::new(region.headings.rows.start, 0));
            let sheet = self.budget.place(site).0.to_owned();
            self.note("R09", Severity::Note, Place::in_table(region.table, site), Fact::TableBySheetName { sheet });
        }
        if self.folded.sheets[region.sheet].sheet.hidden {
            let site = self.site(region, CellRef::new(region.rows.start, 0));
            let sheet = self.budget.place(site).0.to_owned();
            self.note("R17", Severity::Note, Place::in_table(region.table, site), Fact::HiddenSheet { sheet });
        }
        self.open_table(region);
        self.amounts_in_head(region);
        self.check_headings(region);
        let body = self.budget.template.tables[region.table].declared.body;
        // A fixed table has all its rows before any is read.
        let first = if body == Body::Fixed { 0 } else { self.budget.tables[region.table].rows.len() };
        match body {
            Body::List => self.list_rows(region),
            _ => self.table_rows(region),
        }
        self.tell_outside(region);
        self.hidden_amounts(region, first);
        self.tell_calculated(region);
        self.tell_scaled(region);
        self.tell_carried(region);
    }

    /// Notes where a table stands, the first time it is met.
    fn open_table(&mut self, region: &Region) {
        let title = region.title.and_then(|at| self.text_at(region, at));
        let measure = self.measure(region);
        let area = self.area(region);
        let table = &mut self.budget.tables[region.table];
        if table.is_filed() {
            return;
        }
        table.state = State::Empty;
        table.title = title.clone();
        table.area = Some(area);
        table.measure = measure;
        if let Some(title) = title {
            let standard = self.budget.template.tables[region.table].titles[0].fill(&self.budget.fields(Some(region.table)));
            self.reworded(region.table, title, standard);
        }
    }

    /// Remembers a text of the layout that was filed in other words than the standard's.
    fn reworded(&mut self, table: usize, written: Text, standard: String) {
        if text::fold(&written.text) != text::fold(&standard) {
            self.budget.rewordings.push(Rewording { table, written, standard });
        }
    }

    /// A column of the standard that is not there, or is known by its number alone.
    fn check_headings(&mut self, region: &Region) {
        let template = Arc::clone(&self.budget.template);
        let declared = &template.tables[region.table];
        let headings = &region.headings;
        let fields = self.budget.fields(Some(region.table));
        for (place, column) in declared.columns.iter().enumerate() {
            let printed = column.leaf[0].fill(&fields);
            if let Some((_, number)) = headings.by_number.iter().find(|(c, _)| *c == place) {
                let cell = headings.cells[place].unwrap_or(CellRef::new(headings.rows.start, 0));
                let above = (headings.rows.start..cell.row).rev().map(|row| CellRef::new(row, cell.col));
                let heading = above.filter_map(|at| self.text_at(region, at)).next();
                let (above, site) = heading.map_or((String::new(), self.site(region, cell)), |t| (t.text, t.site));
                let place = Place::in_table(region.table, site);
                self.check_failed("headings", place.clone(), Detail::HeadingUnknown(above.clone()));
                self.note(
                    "R01",
                    Severity::Note,
                    place,
                    Fact::HeadingByNumber { printed: above, expected: printed, number: *number },
                );
            } else if headings.columns[place].is_none() && !column.declared.optional {
                let site = self.site(region, CellRef::new(headings.rows.start, 0));
                self.check_failed("headings", Place::in_table(region.table, site), Detail::HeadingMissing(printed));
            } else if let Some(written) = headings.cells[place].and_then(|at| self.text_at(region, at)) {
                self.reworded(region.table, written, printed);
            }
        }
        for (place, number) in &headings.displaced {
            let Some(written) = headings.cells[*place].and_then(|at| self.text_at(region, at)) else { continue };
            let at = Place { column: Some(*place), ..Place::in_table(region.table, written.site) };
            // Only where a number stands below can the choice be wrong.
            let severity = if self.is_filled(region, *place) { Severity::Warning } else { Severity::Note };
            self.note("R01", severity, at, Fact::HeadingDisplaced { heading: written.text, number: *number });
        }
    }

    /// Whether anything stands in a column below the headings.
    fn is_filled(&self, region: &Region, column: usize) -> bool {
        let sheet = &self.folded.sheets[region.sheet];
        let mut rows = sheet.rows(region.headings.rows.end, region.rows.end);
        region.headings.columns[column]
            .is_some_and(|col| rows.any(|row| sheet.at(CellRef::new(row, col)).is_some_and(|(c, _)| !c.is_blank())))
    }

    /// Numbers in rows that belong to no table.
    fn gaps(&mut self, located: &Located) {
        for gap in &located.gaps {
            let sheet = &self.folded.sheets[gap.sheet];
            let rows = sheet.rows(gap.rows.start, gap.rows.end).flat_map(|row| sheet.row(row)).map(|(cell, _)| cell);
            let numbers: Vec<CellRef> = rows.flat_map(|cell| self.numbers_of(gap, cell)).collect();
            let Some(first) = numbers.first() else { continue };
            let site = Site { sheet: gap.sheet as u16, cell: *first };
            let in_narrative = located.narrative.iter().any(|n| n.sheet == gap.sheet && n.first <= first.row);
            let severity = if in_narrative { Severity::Warning } else { Severity::Error };
            let title = gap.table.map(|t| self.budget.template.tables[t].declared.sheet.clone());
            let place = Place { table: gap.table, site: Some(site), ..Place::default() };
            self.note("R16", severity, place, Fact::NumbersOutside { title, numbers: numbers.len() });
        }
    }

    /// The place of a cell in rows that belong to no table, once for each number in it; below the title of a table a line that
    /// has lost its columns has several.
    fn numbers_of(&self, gap: &Gap, cell: &Cell) -> Vec<CellRef> {
        let is_line = gap.table.is_some() && self.folded.sheets[gap.sheet].is_document();
        match &cell.value {
            Value::Number(_) => vec![cell.at],
            Value::Text(line) if is_line => vec![cell.at; document::amounts(line).len()],
            _ => Vec::new(),
        }
    }

    /// Sheets in which nothing was found.
    fn unknown_sheets(&mut self, located: &Located) {
        for (place, sheet) in self.folded.sheets.iter().enumerate() {
            let known = located.regions.iter().any(|r| r.sheet == place)
                || located.narrative.iter().any(|n| n.sheet == place)
                || locate::is_front_matter(sheet, &self.budget.template);
            let Some(first) = sheet.sheet.cells.iter().find(|c| !c.is_blank()).filter(|_| !known) else { continue };
            let numbers = sheet.numbers();
            // Rows of codes and numbers are the rest of a table that has lost its headings.
            let trees = self.trees_with_codes_of(sheet);
            let severity = match (trees.is_empty(), numbers > 0) {
                (false, true) => Severity::Error,
                (true, true) => Severity::Warning,
                _ => Severity::Note,
            };
            trees.into_iter().for_each(|table| self.budget.tables[table].incomplete = true);
            let site = Site { sheet: place as u16, cell: first.at };
            self.note("R02", severity, Place::at(site), Fact::UnknownSheet { sheet: sheet.sheet.name.clone(), numbers });
        }
    }

    /// Tables of which numbers could not be placed or read keep their totals as filed, and that is told.
    fn mark_incomplete(&mut self) {
        let template = Arc::clone(&self.budget.template);
        let is_lost = |fact: &Fact| match fact {
            Fact::UnplacedRow { numbers, .. } => !numbers.is_empty(),
            Fact::UnplacedColumn { heading, .. } => !heading.is_empty(),
            Fact::OwnColumn { missing, .. } => !missing.is_empty(),
            Fact::NumbersOutside { .. } => true,
            _ => false,
        };
        let lost: Vec<usize> = self.findings.iter().filter(|f| is_lost(&f.fact)).filter_map(|f| f.place.table).collect();
        lost.into_iter().for_each(|table| self.budget.tables[table].incomplete = true);
        for table in 0..template.tables.len() {
            let filed = &self.budget.tables[table];
            let unread = filed.rows.iter().flat_map(|r| &r.slots).any(|s| s.unread);
            if filed.is_filed() && (filed.incomplete || unread) {
                let place = Place::table(&self.budget, table);
                let whole = filed.incomplete;
                self.note("R20", Severity::Warning, place, Fact::TotalsKept { whole });
            }
        }
    }

    /// A coded table has its declared rows (合计), unless it is empty.
    fn missing_totals(&mut self) {
        let template = Arc::clone(&self.budget.template);
        for (place, declared) in template.tables.iter().enumerate().filter(|(_, t)| t.declared.body == Body::Tree) {
            let filed = &self.budget.tables[place];
            let missing = declared.rows.iter().enumerate().filter(|(row, r)| !r.optional && !filed.has_row(Key::Declared(*row)));
            let missing: Vec<String> =
                missing.filter(|_| filed.amounts().next().is_some()).map(|(_, r)| r.label.clone()).collect();
            for label in missing {
                self.check_failed("headings", Place::table(&self.budget, place), Detail::RowMissing(label));
            }
        }
    }

    /// One measure in all tables is the unit's choice; one table in another than the rest may be a mistake.
    fn weigh_measures(&mut self) {
        let filed =
            self.budget.tables.iter().zip(&self.budget.template.tables).filter(|(t, _)| t.is_filed() && t.measure.is_some());
        let mut as_declared = filed.map(|(t, d)| t.measure == Some(d.measure));
        if as_declared.clone().any(|a| a) && as_declared.any(|a| !a) {
            let kept =
                self.findings.iter_mut().filter(|f| matches!(f.fact, Fact::MeasureKept { .. } | Fact::MeasureAssumed { .. }));
            kept.for_each(|f| f.severity = Severity::Warning);
        }
    }

    /// The trees whose code list has a code below the top level that stands in a sheet before a number.
    fn trees_with_codes_of(&self, sheet: &super::folded::FoldedSheet<'_>) -> Vec<usize> {
        let codes: Vec<crate::value::Code> = sheet
            .rows(0, u32::MAX)
            .filter(|row| sheet.row(*row).any(|(cell, _)| matches!(cell.value, Value::Number(_))))
            .flat_map(|row| sheet.row(row).take(3))
            .filter_map(|(cell, folded)| match &cell.value {
                Value::Number(number) => number.to_string().parse().ok(),
                _ => folded.parse().ok(),
            })
            .collect();
        let tables = self.budget.template.tables.iter().enumerate();
        let has = |list: &crate::template::CodeList| codes.iter().any(|c| c.length() > 3 && list.get(*c).is_some());
        tables.filter(|(_, t)| t.list.as_ref().is_some_and(|l| has(l))).map(|(place, _)| place).collect()
    }

    /// Links trees, decides which tables are empty, and looks for what no sheet printed.
    fn finish(&mut self) {
        self.weigh_measures();
        self.mark_incomplete();
        self.missing_totals();
        let template = Arc::clone(&self.budget.template);
        for (table, declared) in self.budget.tables.iter_mut().zip(&template.tables) {
            if declared.declared.body == Body::Tree {
                table.link_parents(&declared.levels);
            }
            if table.is_filed() {
                let filled = table.amounts().next().is_some() || table.rows.iter().any(is_coded_or_worded);
                table.state = if filled { State::Filled } else { State::Empty };
            }
        }
        for (place, declared) in template.tables.iter().enumerate() {
            let filed = &self.budget.tables[place];
            let note = filed.notes.iter().find(|n| filed.state == State::Empty && template.says_empty(&n.text)).cloned();
            if let Some((note, standard)) = note.zip(declared.declared.empty_note.clone()) {
                self.reworded(place, note, standard);
            }
        }
        for (place, _) in template.tables.iter().enumerate().filter(|(_, t)| t.declared.body == Body::Form) {
            if self.budget.forms.iter().any(|f| f.table == place) {
                self.budget.tables[place].state = State::Filled;
            }
        }
        if template.about.year.is_some() && self.budget.year.is_some_and(|y| Some(y) != template.about.year) {
            let fact = Fact::EditionSettled { edition: template.name.clone(), year: self.budget.year };
            self.note("R13", Severity::Note, Place::default(), fact);
        }
        for (what, known) in [
            (Identity::Code, self.budget.code.is_some() || !template.captions.iter().any(|c| c.printed.has_code())),
            (Identity::Name, self.budget.name.is_some()),
            (Identity::Year, self.budget.year.is_some()),
        ] {
            if !known {
                self.note("R11", Severity::Note, Place::default(), Fact::NotPrinted { what, taken: None });
            }
        }
    }

    fn site(&self, region: &Region, at: CellRef) -> Site {
        Site { sheet: region.sheet as u16, cell: at }
    }

    fn note(&mut self, rule: &str, severity: Severity, place: Place, fact: Fact) {
        self.findings.push(Finding::reading(rule, severity, place, fact));
    }

    fn check_failed(&mut self, name: &str, place: Place, detail: Detail) {
        self.findings.extend(Finding::check(&self.budget.template, name, place, detail));
    }
}

/// Whether a row of a tree or list says that the table is not empty although it may hold no amount.
fn is_coded_or_worded(row: &crate::model::Row) -> bool {
    !row.texts.is_empty() || matches!(row.key, Key::Code(_))
}
