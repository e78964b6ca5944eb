//! Reads the rows of fixed and coded tables into slots; never leaves out a number without a finding.

use std::sync::Arc;

use super::super::document;
use super::super::locate::Region;
use super::Extraction;
use super::captions::is_caption;
use super::forms::shown;
use super::outside::is_amount;
use crate::finding::{Detail, Fact, OwnCell, Place};
use crate::grid::{Cell, Value};
use crate::model::{Key, Row, Site, Slot, Text};
use crate::template::written::Severity;
use crate::template::{Body, ColumnKind, Table as Declared};
use crate::value::{Amount, CellRef, Code, text};

/// Where reading stands within one table, over all its pages.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    /// For each side the declared row met last.
    last: Vec<Option<usize>>,
    /// The 序号 of the row read last.
    number: u32,
    /// Whether a missing 序号 has been told.
    told: bool,
    /// The parts of the code read last, one for each level.
    code: Vec<String>,
}

impl Progress {
    /// Before the first row.
    pub(super) fn new(declared: &Declared) -> Self {
        Self { last: vec![None; declared.sides.len()], number: 0, told: false, code: Vec::new() }
    }
}

/// What a line of one side of a table turned out to be.
enum Line {
    Nothing,
    Row(Key, String),
    Unknown(String),
}

impl Extraction<'_, '_> {
    /// The rows of a fixed table or a tree, side by side.
    pub(super) fn table_rows(&mut self, region: &Region) {
        let template = Arc::clone(&self.budget.template);
        let declared = &template.tables[region.table];
        let sheet = &self.folded.sheets[region.sheet];
        let rows: Vec<u32> = sheet.rows(region.headings.rows.end, region.rows.end).collect();
        if self.is_second_copy(region, declared, &rows) {
            return;
        }
        for row in rows {
            if self.is_no_table_row(region, row) || self.is_note_or_page_head(region, row) || self.is_paragraph(region, row) {
                continue;
            }
            let (mut placed, told) = (false, self.findings.len());
            for side in 0..declared.sides.len() {
                placed |= self.line(region, declared, row, side);
            }
            self.numbers_outside(region, row);
            if placed {
                self.check_row_number(region, declared, row);
            } else if self.findings.len() == told {
                self.amounts_in_words(region, row);
            }
        }
    }

    /// Reads one side of a line; tells whether it is a row of the table.
    fn line(&mut self, region: &Region, declared: &Declared, row: u32, side: usize) -> bool {
        match self.line_kind(region, declared, row, side) {
            Line::Nothing => {
                let numbers = self.numbers(region, declared, row, side);
                if !numbers.is_empty() {
                    self.unplaced(region, declared, (row, side), String::new(), numbers);
                }
                self.values_unplaced(region, declared, row, side);
                false
            }
            Line::Unknown(text) => {
                let numbers = self.numbers(region, declared, row, side);
                self.unplaced(region, declared, (row, side), text, numbers);
                self.values_unplaced(region, declared, row, side);
                false
            }
            Line::Row(key, label) => {
                self.place_row(region, declared, row, side, key, label);
                true
            }
        }
    }

    fn place_row(&mut self, region: &Region, declared: &Declared, row: u32, side: usize, key: Key, label: String) {
        let mut filed = Row::new(key, label.clone(), declared.columns.len());
        filed.site = self.site_of_side(region, declared, row, side);
        let name_column = declared.label_column(side).and_then(|c| region.headings.columns[c]);
        filed.name_site = name_column.map(|col| self.site(region, CellRef::new(row, col)));
        self.fill_slots(region, row, Some(side), &mut filed);
        if let Key::Declared(place) = key {
            self.progress[region.table].last[side] = Some(place);
            let standard = declared.rows[place].label.clone();
            // The number before a class says nothing: outputs number them anew.
            let is_class_of_that_name = declared.rows[place].class.is_some() && text::fold_label(&label) == text::fold(&standard);
            if let Some(site) = filed.site.filter(|_| !is_class_of_that_name) {
                self.reworded(region.table, Text { text: label.trim().to_owned(), site }, standard.clone());
            }
            filed.label = standard;
        }
        let table = &mut self.budget.tables[region.table];
        match table.place(key) {
            Some(place) if table.rows[place].site.is_none() => table.rows[place] = filed,
            Some(_) if matches!(key, Key::Declared(_)) => {
                let numbers = filed.slots.iter().filter_map(|s| s.amount).collect();
                self.unplaced(region, declared, (row, side), filed.label, numbers);
            }
            _ => table.push(filed),
        }
    }

    /// Whether all rows of a further region stand in the table already: a second copy, not a further page.
    fn is_second_copy(&mut self, region: &Region, declared: &Declared, rows: &[u32]) -> bool {
        let filed = &self.budget.tables[region.table];
        let row = filed.rows.iter().find_map(|r| r.site);
        let Some(first) = row.map(|row| filed.title.as_ref().map_or(row, |t| t.site)) else { return false };
        let (before, carried) = (self.progress[region.table].clone(), self.carried.len());
        self.progress[region.table] = Progress::new(declared);
        let mut keys = Vec::new();
        for row in rows {
            for side in 0..declared.sides.len() {
                if let Line::Row(key, _) = self.line_kind(region, declared, *row, side) {
                    keys.push(key);
                }
            }
        }
        self.progress[region.table] = before;
        self.carried.truncate(carried);
        let is_copy = !keys.is_empty() && keys.iter().all(|k| self.budget.tables[region.table].has_row(*k));
        if is_copy {
            let site = self.site(region, CellRef::new(region.rows.start, 0));
            self.note("R08", Severity::Error, Place::in_table(region.table, site), Fact::TableTwice { first });
        }
        is_copy
    }

    fn line_kind(&mut self, region: &Region, declared: &Declared, row: u32, side: usize) -> Line {
        let sheet = &self.folded.sheets[region.sheet];
        let Some(label_column) = declared.label_column(side) else {
            return self.unlabelled_line(region, declared, row, side);
        };
        let label_cell = region.headings.columns[label_column].and_then(|col| sheet.at(CellRef::new(row, col)));
        let (written, folded) = label_cell.map_or((String::new(), ""), |(cell, folded)| (shown(cell), folded));
        if declared.declared.body == Body::Tree {
            return self.coded_line(region, declared, row, written, folded);
        }
        match self.declared_row(region.table, declared, side, folded) {
            Some(place) => Line::Row(Key::Declared(place), written),
            None if is_filler(folded) && written.chars().all(|c| !c.is_alphanumeric()) => Line::Nothing,
            None => Line::Unknown(written),
        }
    }

    /// A side without labels holds one row: the first line with a number in it, or with something in the place of one. Sides
    /// beside each other are parts of one line, so that what stands below it fills no blank in it.
    fn unlabelled_line(&self, region: &Region, declared: &Declared, row: u32, side: usize) -> Line {
        let only = declared.rows.iter().position(|r| r.side == side);
        let filed = &self.budget.tables[region.table];
        let is_beside = |site: &Site| usize::from(site.sheet) == region.sheet && region.rows.contains(&site.cell.row);
        let lines = filed.rows.iter().filter(|r| self.is_unlabelled(declared, r.key)).filter_map(|r| r.site);
        let is_past = lines.filter(is_beside).any(|site| site.cell.row != row);
        match only.filter(|place| !is_past && !filed.has_row(Key::Declared(*place))) {
            Some(place) if self.amount_cells(region, declared, row, side).any(|cell| stands_for_an_amount(cell, declared)) => {
                Line::Row(Key::Declared(place), declared.rows[place].label.clone())
            }
            _ => Line::Nothing,
        }
    }

    /// Whether a row is the only one of a side without labels.
    fn is_unlabelled(&self, declared: &Declared, key: Key) -> bool {
        matches!(key, Key::Declared(place) if declared.label_column(declared.rows[place].side).is_none())
    }

    fn coded_line(&mut self, region: &Region, declared: &Declared, row: u32, written: String, folded: &str) -> Line {
        let code = self.code(region, declared, row);
        if let Ok(code) = code.parse::<Code>() {
            // Which rows a code of no known level belongs to cannot be told, so that sums over codes cannot be computed.
            if !declared.levels.iter().any(|l| usize::from(*l) == usize::from(code.length())) {
                self.budget.tables[region.table].incomplete = true;
            }
            return Line::Row(Key::Code(code), written);
        }
        // 合计 may stand in the code column or in the name column.
        for (candidate, written) in [(folded, written.as_str()), (code.as_str(), code.as_str())] {
            if let Some(place) = self.declared_row(region.table, declared, 0, candidate) {
                return Line::Row(Key::Declared(place), written.to_owned());
            }
        }
        match (is_filler(folded), is_filler(&code)) {
            (true, true) => Line::Nothing,
            _ => Line::Unknown(format!("{code} {written}").trim().to_owned()),
        }
    }

    /// The code of a row as digits, from one column or from one column for each level.
    fn code(&mut self, region: &Region, declared: &Declared, row: u32) -> String {
        let sheet = &self.folded.sheets[region.sheet];
        let columns: Vec<usize> = declared.columns_of(ColumnKind::Code).collect();
        let mut parts = vec![String::new(); columns.len()];
        for (level, column) in columns.iter().enumerate() {
            let Some(at) = region.headings.columns[*column].map(|col| CellRef::new(row, col)) else { continue };
            let Some((cell, folded)) = sheet.at(at) else { continue };
            let part = match &cell.value {
                Value::Number(number) => number.to_string(),
                _ => folded.to_owned(),
            };
            let width = match (level, declared.levels.get(level), level.checked_sub(1).and_then(|l| declared.levels.get(l))) {
                (0, _, _) => 0,
                (_, Some(own), Some(above)) => usize::from(own.saturating_sub(*above)),
                _ => 0,
            };
            if columns.len() > 1 && !part.is_empty() && part.len() < width && part.bytes().all(|b| b.is_ascii_digit()) {
                let padded = format!("{part:0>width$}");
                let site = Site { sheet: region.sheet as u16, cell: at };
                let fact = Fact::CodePadded { written: part, read: padded.clone() };
                self.note("R12", Severity::Note, Place::in_table(region.table, site), fact);
                parts[level] = padded;
            } else {
                parts[level] = part;
            }
        }
        if self.carry_code(region.table, &mut parts) {
            let site =
                Site { sheet: region.sheet as u16, cell: CellRef::new(row, region.headings.columns[columns[0]].unwrap_or(0)) };
            self.carried.push(OwnCell { site, row: None, shown: parts.concat(), number: None });
        }
        parts.concat()
    }

    /// Completes a code whose first parts stand only in a row above; tells whether it did.
    fn carry_code(&mut self, table: usize, parts: &mut Vec<String>) -> bool {
        let Some(deepest) = parts.iter().rposition(|p| !p.is_empty()) else { return false };
        if parts.iter().any(|p| !p.bytes().all(|b| b.is_ascii_digit())) {
            return false;
        }
        let above = std::mem::take(&mut self.progress[table].code);
        let mut whole = parts.clone();
        for level in 0..deepest.min(above.len()) {
            // What stands above counts only below the same parts.
            if whole[level].is_empty() && whole[..level] == above[..level] {
                whole[level].clone_from(&above[level]);
            }
        }
        let is_carried = whole != *parts && whole[..deepest].iter().all(|p| !p.is_empty());
        if is_carried {
            parts.clone_from(&whole);
        }
        self.progress[table].code.clone_from(parts);
        is_carried
    }

    /// The declared row that a label names: the next one after the row met last, or else one not met yet.
    fn declared_row(&self, table: usize, declared: &Declared, side: usize, folded: &str) -> Option<usize> {
        if folded.is_empty() {
            return None;
        }
        let label = text::fold_label(folded);
        let is_called = |place: &usize| declared.rows[*place].side == side && declared.rows[*place].labels.contains(&label);
        let after = self.progress[table].last[side].map_or(0, |last| last + 1);
        let filed = &self.budget.tables[table];
        let is_open = |place: &usize| is_called(place) && !filed.has_row(Key::Declared(*place));
        let found = (after..declared.rows.len()).find(is_open).or_else(|| (0..declared.rows.len()).find(is_open));
        found.or_else(|| (0..declared.rows.len()).find(is_called))
    }

    /// Reads the numbers and texts of a row, of one side or of all.
    pub(super) fn fill_slots(&mut self, region: &Region, row: u32, side: Option<usize>, filed: &mut Row) {
        let template = Arc::clone(&self.budget.template);
        let declared = &template.tables[region.table];
        for (place, column) in declared.columns.iter().enumerate() {
            let Some(col) = region.headings.columns[place].filter(|_| side.is_none_or(|s| column.serves(s))) else { continue };
            let at = CellRef::new(row, col);
            let site = Site { sheet: region.sheet as u16, cell: at };
            let cell = self.folded.sheets[region.sheet].at(at).map(|(cell, _)| cell).filter(|c| !c.is_blank());
            if column.declared.kind.is_numeric() {
                let at = Place {
                    table: Some(region.table),
                    row: Some(filed.id(declared).to_string()),
                    column: Some(place),
                    site: Some(site),
                };
                let number = cell.map_or(Ok(None), |c| {
                    self.formula_behind(region, c, &at);
                    self.number(c, at)
                });
                let shown = cell.map(|c| c.shown).unwrap_or_default();
                filed.slots[place] = Slot { amount: number.unwrap_or(None), site: Some(site), shown, unread: number.is_err() };
            } else if let Some(cell) = cell.filter(|_| side.is_none() && column.declared.kind != ColumnKind::Sequence) {
                filed.texts.push((place, Text { text: shown(cell), site }));
            }
        }
        if side.is_none() {
            self.numbers_outside(region, row);
        }
    }

    /// The number in a cell, which may be blank; an error, told already, where something else stands there.
    fn number(&mut self, cell: &Cell, place: Place) -> Result<Option<Amount>, ()> {
        let (rule, fact) = match &cell.value {
            Value::Number(amount) | Value::Formula(_, Some(amount)) => return Ok(Some(*amount)),
            Value::Blank | Value::Formula(_, None) => return Ok(None),
            Value::Error(error) => ("R06", Fact::NoValue { error: Some(error.clone()) }),
            Value::Uncalculated => ("R06", Fact::NoValue { error: None }),
            Value::Other(text) => ("R04", Fact::NotANumber { text: text.clone() }),
            Value::Text(text) => {
                let measure = place.table.and_then(|t| self.budget.tables[t].measure);
                match Amount::parse_typed(text, measure) {
                    Ok(None) => return Ok(None),
                    Ok(Some(number)) => {
                        self.note("R05", Severity::Note, place, Fact::NumberAsText { text: text.clone(), number });
                        return Ok(Some(number));
                    }
                    Err(_) => ("R04", Fact::NotANumber { text: text.trim().to_owned() }),
                }
            }
        };
        self.note(rule, Severity::Error, place, fact);
        Err(())
    }

    /// The cells in the columns for numbers of one side of a line.
    fn amount_cells<'s>(
        &'s self,
        region: &'s Region,
        declared: &'s Declared,
        row: u32,
        side: usize,
    ) -> impl Iterator<Item = &'s Cell> + 's {
        let sheet = &self.folded.sheets[region.sheet];
        let columns = declared.columns.iter().zip(&region.headings.columns);
        let columns = columns.filter(move |(c, _)| c.declared.kind.is_numeric() && c.serves(side));
        columns.filter_map(move |(_, col)| sheet.at(CellRef::new(row, (*col)?))).map(|(cell, _)| cell)
    }

    /// The numbers in the columns of one side of a line.
    fn numbers(&self, region: &Region, declared: &Declared, row: u32, side: usize) -> Vec<Amount> {
        self.amount_cells(region, declared, row, side).filter_map(typed_number).collect()
    }

    /// Tells of errors and formulas without result in a line that is no row.
    fn values_unplaced(&mut self, region: &Region, declared: &Declared, row: u32, side: usize) {
        let is_unread = |cell: &&Cell| matches!(cell.value, Value::Error(_) | Value::Uncalculated);
        let cells: Vec<Cell> = self.amount_cells(region, declared, row, side).filter(is_unread).cloned().collect();
        for cell in cells {
            let place = Place::in_table(region.table, self.site(region, cell.at));
            // What stands there has no row that it could leave unread.
            let _ = self.number(&cell, place);
        }
    }

    fn unplaced(&mut self, region: &Region, declared: &Declared, (row, side): (u32, usize), text: String, numbers: Vec<Amount>) {
        let severity = if numbers.is_empty() { Severity::Note } else { Severity::Error };
        let site = self.site_of_side(region, declared, row, side).unwrap_or(self.site(region, CellRef::new(row, 0)));
        self.note("R03", severity, Place::in_table(region.table, site), Fact::UnplacedRow { text, numbers });
    }

    fn check_row_number(&mut self, region: &Region, declared: &Declared, row: u32) {
        let column = declared.columns_of(ColumnKind::Sequence).next().and_then(|c| region.headings.columns[c]);
        let Some(at) = column.map(|col| CellRef::new(row, col)) else { return };
        let printed = self.folded.sheets[region.sheet].at(at).map(|(cell, _)| shown(cell)).unwrap_or_default();
        let progress = &mut self.progress[region.table];
        let expected = progress.number + 1;
        let number = text::fold(&printed).parse().ok();
        progress.number = number.unwrap_or(expected);
        let is_told = number.is_none() && progress.told;
        progress.told |= number.is_none();
        if number != Some(expected) && !is_told {
            let place = Place::in_table(region.table, self.site(region, at));
            self.check_failed("row-numbers", place, Detail::RowNumber { printed, expected });
        }
    }

    /// Whether a row below the headings is a note, which is kept, or the head of a further page.
    pub(super) fn is_note_or_page_head(&mut self, region: &Region, row: u32) -> bool {
        let sheet = &self.folded.sheets[region.sheet];
        let cells: Vec<(&Cell, &str)> = sheet.row(row).filter(|(cell, _)| !cell.is_blank()).collect();
        if let Some((cell, _)) = cells.iter().find(|(_, folded)| self.budget.template.is_note(folded)) {
            let site = self.site(region, cell.at);
            let notes = cell.text().unwrap_or_default().lines().map(str::trim).filter(|l| !l.is_empty());
            let notes: Vec<Text> = notes.map(|line| Text { text: line.to_owned(), site }).collect();
            self.budget.tables[region.table].notes.extend(notes);
            self.numbers_unread(region, row);
            return true;
        }
        let declared = &self.budget.template.tables[region.table];
        let is_head = |(cell, folded): &(&Cell, &str)| {
            let is_caption = || cell.text().is_some_and(|t| is_caption(t, &self.budget.template));
            (!folded.is_empty() && declared.is_heading(folded)) || is_caption()
        };
        // 合计 alone is the label of an empty row, among other headings it is one of them.
        let is_row = cells.iter().all(|(cell, _)| self.is_label_cell(region, cell));
        let is_numbers = cells.first().is_some_and(|(_, folded)| *folded == self.budget.template.words.numbers)
            && !cells.iter().any(|(cell, _)| is_amount(cell));
        let is_page_head = is_numbers || (!is_row && cells.iter().all(is_head));
        if is_page_head {
            // A code, a name and amounts in one cell look like the caption of a unit.
            self.amounts_in_words(region, row);
        }
        is_page_head
    }

    /// Whether a line is running text in a document. Its notes are kept; amounts in a line that has lost its columns are told.
    pub(super) fn is_no_table_row(&mut self, region: &Region, row: u32) -> bool {
        if !self.folded.sheets[region.sheet].is_running(row) {
            return false;
        }
        if !self.is_note_or_page_head(region, row) && !self.is_paragraph(region, row) {
            self.amounts_in_words(region, row);
        }
        true
    }

    /// Tells of a line whose columns have run together, so that its amounts stand as words in a text.
    fn amounts_in_words(&mut self, region: &Region, row: u32) {
        let cells = self.folded.sheets[region.sheet].row(row).filter_map(|(cell, _)| Some((cell.at, cell.text()?)));
        let lines: Vec<_> = cells.map(|(at, line)| (at, line.trim(), document::amounts(line))).collect();
        for (at, line, numbers) in lines.into_iter().filter(|(.., numbers)| !numbers.is_empty()) {
            let place = Place::in_table(region.table, self.site(region, at));
            self.note("R03", Severity::Error, place, Fact::UnplacedRow { text: line.to_owned(), numbers });
        }
    }

    /// Whether a cell stands where a declared row of that label would.
    fn is_label_cell(&self, region: &Region, cell: &Cell) -> bool {
        let declared = &self.budget.template.tables[region.table];
        let folded = cell.text().map(text::fold_label).unwrap_or_default();
        declared.rows.iter().any(|r| r.labels.contains(&folded))
    }

    /// Whether a row among the rows of a table in the narrative is a paragraph of it: one text, and no row of the table.
    pub(super) fn is_paragraph(&self, region: &Region, row: u32) -> bool {
        let mut cells = self.folded.sheets[region.sheet].row(row).filter(|(cell, _)| !cell.is_blank());
        let (Some((cell, folded)), None) = (cells.next(), cells.next()) else { return false };
        let is_text = matches!(cell.value, Value::Text(_)) && !self.budget.template.is_note(folded);
        let is_caption = || cell.text().is_some_and(|t| is_caption(t, &self.budget.template));
        let sheet = &self.folded.sheets[region.sheet];
        region.in_narrative
            && (!sheet.is_document() || sheet.is_running(row))
            && is_text
            && !self.is_label_cell(region, cell)
            && !is_caption()
    }

    /// The first cell of a line.
    pub(super) fn first_site(&self, region: &Region, row: u32) -> Option<Site> {
        let cells = self.folded.sheets[region.sheet].row(row);
        let first = cells.map(|(cell, _)| cell).find(|cell| !cell.is_blank())?;
        Some(self.site(region, first.at))
    }

    /// The cell that says what a row of one side is: its code or its label.
    fn site_of_side(&self, region: &Region, declared: &Declared, row: u32, side: usize) -> Option<Site> {
        let code = declared.columns_of(ColumnKind::Code).find(|c| region.headings.columns[*c].is_some());
        let own = || declared.columns.iter().position(|c| c.side == Some(side));
        let column = code.or_else(|| declared.label_column(side)).or_else(own).and_then(|c| region.headings.columns[c]);
        let first = || self.first_site(region, row);
        column.map(|col| self.site(region, CellRef::new(row, col))).or_else(first)
    }
}

/// The number in a cell, also where it was typed as text.
fn typed_number(cell: &Cell) -> Option<Amount> {
    match &cell.value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => Amount::parse_typed(text, None).ok().flatten(),
        _ => None,
    }
}

/// Whether a cell holds a number, or something that stands where one was meant: an error, a date, a short text.
fn stands_for_an_amount(cell: &Cell, declared: &Declared) -> bool {
    match &cell.value {
        Value::Number(_) | Value::Error(_) | Value::Uncalculated | Value::Other(_) => true,
        Value::Text(text) => {
            let folded = text::fold(text);
            let is_word = || !is_filler(&folded) && folded.chars().count() <= 10 && !declared.is_heading(&folded);
            typed_number(cell).is_some() || is_word()
        }
        Value::Blank | Value::Formula(..) => false,
    }
}

/// Whether a text only fills its cell: `…`, `-`.
fn is_filler(folded: &str) -> bool {
    folded.chars().all(|c| matches!(c, '…' | '-' | '—' | '.' | '·'))
}
