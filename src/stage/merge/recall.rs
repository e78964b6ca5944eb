//! Reads a summary made earlier back into its members, so that nothing is counted twice; never trusts one that was changed since.

use std::collections::HashMap;
use std::sync::Arc;

use super::listing::{Field, ListedRow, in_sheet};
use super::member::{Cell, Entry, Fate, ListRow, Member, Project};
use super::membership::{Absent, Standing};
use crate::finding::Severities;
use crate::grid::{Grid, Sheet};
use crate::model::{Address, Budget, Key, SheetOf, Site, Text};
use crate::stage::recompute;
use crate::template::{Body, Level, Merging, Template};
use crate::value::{Amount, CellRef, Measure};

/// What an earlier summary holds.
#[derive(Debug, Default)]
pub struct Recalled {
    /// Its members.
    pub members: Vec<Member>,
    /// Units that it missed.
    pub missing: Vec<Absent>,
}

/// An amount of a member as a summary lists it.
#[derive(Debug, Clone, Copy)]
pub struct Amounted<'l> {
    /// The name of its cell.
    pub cell: &'l str,
    /// The number of the member.
    pub member: u32,
    /// The file it was read from.
    pub file: &'l str,
    /// The sheet.
    pub sheet: &'l str,
    /// The cell there.
    pub at: &'l str,
    /// How much.
    pub amount: Amount,
    /// In what.
    pub measure: Option<Measure>,
    /// What became of it.
    pub fate: Fate,
}

/// What the seal of the data beside a summary begins with.
pub const SEAL: &str = "sha256:";

/// The seal of the data in which a summary lists its amounts; `None` where it lists them itself.
pub fn seal<'g>(grid: &'g Grid, template: &Template) -> Option<&'g str> {
    let sheet = sheet_called(grid, &template.merging.declared.trace.sheet)?;
    sheet.cells.iter().filter_map(|cell| cell.text()).find(|text| text.starts_with(SEAL))
}

/// The members of the summary in a workbook, of which `printed` is what its tables show. `None` when it has no list of members.
pub fn recall(grid: &Grid, printed: &Budget, file: &str) -> Option<Recalled> {
    Recall::new(grid, printed).map(|recall| recall.finish(file))
}

fn sheet_called<'g>(grid: &'g Grid, name: &str) -> Option<&'g Sheet> {
    grid.sheets.iter().find(|s| s.name == name)
}

/// The rows of a list whose headings are exactly these.
fn rows(sheet: &Sheet, headings: &[String]) -> Vec<ListedRow> {
    let words: Vec<Vec<String>> = headings.iter().map(|h| vec![h.clone()]).collect();
    let words: Vec<&[String]> = words.iter().map(Vec::as_slice).collect();
    in_sheet(sheet, &words, headings.len()).map(|listing| listing.rows).unwrap_or_default()
}

/// A summary while it is read back.
pub struct Recall<'a> {
    template: &'a Arc<Template>,
    printed: &'a Budget,
    recalled: Recalled,
    by_number: HashMap<u32, usize>,
    /// For each member the sheets that its cells stand in, by file and name.
    sheets: Vec<HashMap<(String, String), u16>>,
}

impl<'a> Recall<'a> {
    /// Reads what stands in the workbook; `None` when it has no list of members.
    pub fn new(grid: &Grid, printed: &'a Budget) -> Option<Self> {
        let template = &printed.template;
        let words = &template.merging.declared;
        let mut recall = Self { template, printed, recalled: Recalled::default(), by_number: HashMap::new(), sheets: Vec::new() };
        let members = sheet_called(grid, &words.members.sheet)?;
        for row in rows(members, &words.members.headings) {
            recall.member(&row, &template.merging);
        }
        if let Some(sheet) = sheet_called(grid, &words.trace.sheet) {
            rows(sheet, &words.trace.headings).iter().for_each(|row| recall.line(row, &template.merging));
        }
        recall.lists(grid);
        if let Some(sheet) = sheet_called(grid, &words.projects.sheet) {
            rows(sheet, &words.projects.headings).iter().for_each(|row| recall.project(row));
        }
        Some(recall)
    }

    /// The members, all of them marked where the tables no longer show what they make.
    pub fn finish(self, file: &str) -> Recalled {
        let altered = self.altered();
        let mut recalled = self.recalled;
        if let Some(cell) = altered {
            recalled.members.iter_mut().for_each(|m| m.altered = Some(format!("{file} {cell}")));
        }
        recalled
    }

    fn member(&mut self, row: &ListedRow, merging: &Merging) {
        let text = |place: usize| row.fields[place].text.clone();
        let some = |text: String| Some(text).filter(|t| !t.is_empty());
        let words = &merging.declared;
        let standing = words.states.iter().position(|s| *s == text(8)).and_then(Standing::of_word);
        let Some(standing) = standing else { return };
        if standing == Standing::Missing {
            self.recalled.missing.push(Absent { code: text(1), name: text(2), parent: text(3) });
            return;
        }
        let count = |place: usize| row.fields[place].text.parse().unwrap_or(0);
        let level = [Level::Unit, Level::Department, Level::District];
        let member = Member {
            code: some(text(1)),
            name: some(text(2)),
            year: text(5).parse().ok(),
            level: words.levels.iter().position(|l| *l == text(4)).map_or(Level::Unit, |place| level[place]),
            template: Arc::clone(self.template),
            edition: text(6),
            sources: vec![text(7)],
            sheets: Vec::new(),
            saved: None,
            states: self.printed.tables.iter().map(|t| t.state).collect(),
            entries: Vec::new(),
            rows: Vec::new(),
            projects: Vec::new(),
            names: Vec::new(),
            unread: Vec::new(),
            lost: Vec::new(),
            findings: Severities { errors: count(10), warnings: count(11), notes: count(12) },
            worst: Vec::new(),
            altered: None,
            settled: (standing != Standing::Counted).then_some(standing),
        };
        if let Ok(number) = text(0).parse() {
            self.by_number.insert(number, self.recalled.members.len());
        }
        self.recalled.members.push(member);
        self.sheets.push(HashMap::new());
    }

    /// A row of the list of amounts.
    fn line(&mut self, row: &ListedRow, merging: &Merging) {
        let text = |place: usize| row.fields[place].text.as_str();
        let (Ok(member), Some(amount)) = (text(4).parse(), row.fields[9].number) else { return };
        let fate = merging.declared.fates.iter().position(|f| f == text(12)).and_then(Fate::at).unwrap_or(Fate::Rejected);
        let (file, sheet, at) = (text(6), text(7), text(8));
        self.amount(&Amounted { cell: text(0), member, file, sheet, at, amount, measure: Measure::from_word(text(10)), fate });
    }

    /// Gives a member one of its amounts.
    pub fn amount(&mut self, listed: &Amounted<'_>) {
        let Some(member) = self.by_number.get(&listed.member).copied() else { return };
        let site = self.site(member, listed.file, listed.sheet, listed.at);
        let cell = self.cell(listed.cell).ok_or_else(|| listed.cell.into());
        let settled = match (&cell, listed.fate) {
            (Ok(_), Fate::Added | Fate::NotAdditive) => None,
            _ => Some(listed.fate),
        };
        let Amounted { amount, measure, .. } = *listed;
        let is_total = listed.fate == Fate::NotAdditive;
        self.recalled.members[member].entries.push(Entry { cell, amount, measure, site, is_total, settled });
    }

    fn numbered(&self, number: &str) -> Option<usize> {
        self.by_number.get(&number.parse().ok()?).copied()
    }

    /// The cell that an address of the summary names.
    fn cell(&self, address: &str) -> Option<Cell> {
        let mut parts = address.split('.');
        let (table, row, column) = (parts.next()?, parts.next()?, parts.next()?);
        let table = self.template.table(table)?;
        let declared = &self.template.tables[table];
        let key = match (declared.row(row), row.strip_prefix('#')) {
            (Some(place), _) => Key::Declared(place),
            (None, Some(number)) => Key::Free(number.parse().ok()?),
            (None, None) => Key::Code(row.parse().ok()?),
        };
        let side = if let Key::Declared(place) = key { declared.rows[place].side } else { 0 };
        Some(Cell { table: table as u16, column: declared.column(column, side)? as u16, key })
    }

    fn site(&mut self, member: usize, file: &str, sheet: &str, cell: &str) -> Option<Site> {
        let cell: CellRef = cell.parse().ok()?;
        let known = &mut self.sheets[member];
        let place = match known.get(&(file.to_owned(), sheet.to_owned())) {
            Some(place) => *place,
            None => {
                let member = &mut self.recalled.members[member];
                let source = member.sources.iter().position(|s| s == file).unwrap_or_else(|| {
                    member.sources.push(file.to_owned());
                    member.sources.len() - 1
                });
                let place = u16::try_from(member.sheets.len()).ok()?;
                member.sheets.push(SheetOf { source, name: sheet.to_owned(), blocks: Vec::new() });
                known.insert((file.to_owned(), sheet.to_owned()), place);
                place
            }
        };
        Some(Site { sheet: place, cell })
    }

    /// The rows of lists by unit.
    fn lists(&mut self, grid: &Grid) {
        let words = &self.template.merging.declared;
        let tables = self.template.tables.iter().enumerate().filter(|(_, t)| t.declared.body == Body::List);
        for (place, declared) in tables {
            let name = words.list_by_unit.replace("{sheet}", &declared.declared.sheet);
            let Some(sheet) = sheet_called(grid, &name) else { continue };
            let fields = self.printed.fields(Some(place));
            let mut headings = words.unit_headings.to_vec();
            headings.extend(declared.columns.iter().map(|c| list_heading(c, &fields)));
            for (number, row) in (1..).zip(rows(sheet, &headings)) {
                let Some(member) = self.numbered(&row.fields[0].text) else { continue };
                let texts = declared.columns.iter().enumerate().filter(|(_, c)| !c.declared.kind.is_numeric());
                let site = Site { sheet: 0, cell: row.at };
                let text = |field: &Field| Text { text: field.text.clone(), site };
                let texts = texts.map(|(column, _)| (column as u16, text(&row.fields[column + 3])));
                let texts = texts.filter(|(_, t)| !t.text.is_empty()).collect();
                self.recalled.members[member].rows.push(ListRow { table: place as u16, number, texts });
            }
        }
    }

    fn project(&mut self, row: &ListedRow) {
        let Some(member) = self.numbered(&row.fields[0].text) else { return };
        let (sheet, cell) = row.fields[7].text.rsplit_once('!').unwrap_or_default();
        let site = self.site(member, &row.fields[6].text, sheet, cell);
        let project = Project {
            name: row.fields[3].text.clone(),
            goal: row.fields[4].text.clone(),
            indicators: row.fields[5].text.parse().unwrap_or(0),
            site: site.unwrap_or(Site { sheet: 0, cell: CellRef::new(0, 0) }),
        };
        self.recalled.members[member].projects.push(project);
    }

    /// The first cell that no longer shows what its members make.
    fn altered(&self) -> Option<String> {
        let mut sums: HashMap<Cell, Amount> = HashMap::new();
        for entry in self.recalled.members.iter().filter(|m| m.settled.is_none()).flat_map(|m| &m.entries) {
            if let (Ok(cell), None, false) = (&entry.cell, entry.settled, entry.is_total) {
                let declared = &self.template.tables[usize::from(cell.table)];
                let there = self.printed.tables[usize::from(cell.table)].measure.unwrap_or(declared.measure);
                *sums.entry(*cell).or_default() += entry.measure.map_or(entry.amount, |m| m.convert(entry.amount, there));
            }
        }
        let decimals = self.template.about.decimals;
        let is_same = |printed: Amount, sum: Amount| {
            printed == sum || (sum.decimals() > decimals && (printed - sum).abs() < Amount::step(decimals))
        };
        let mut wrong: Vec<(Cell, Option<Site>)> = Vec::new();
        for (cell, sum) in &sums {
            let table = &self.printed.tables[usize::from(cell.table)];
            let slot = table.place(cell.key).map(|row| &table.rows[row].slots[usize::from(cell.column)]);
            if !is_same(slot.and_then(|s| s.amount).unwrap_or_default(), *sum) {
                wrong.push((*cell, slot.and_then(|s| s.site)));
            }
        }
        // What is printed and no member makes was typed in, or its line was taken out.
        let definitions = recompute::definitions(self.printed);
        for (table, filed) in self.printed.tables.iter().enumerate() {
            for (row, column, slot) in filed.amounts() {
                let cell = Cell { table: table as u16, column: column as u16, key: filed.rows[row].key };
                let is_made = definitions.contains_key(&Address { table, row, column }) || sums.contains_key(&cell);
                if !is_made && slot.amount.is_some_and(|a| !a.is_zero()) {
                    wrong.push((cell, slot.site));
                }
            }
        }
        wrong.sort_by_key(|(cell, _)| (cell.table, cell.key, cell.column));
        let (cell, site) = wrong.first()?;
        let table = &self.template.tables[usize::from(cell.table)].declared.sheet;
        Some(match site.map(|s| self.printed.place(s)) {
            Some((sheet, at)) => format!("{sheet}!{at}"),
            None => table.clone(),
        })
    }
}

/// The heading of a column in a list by unit: all headings above it, which no other column has.
pub fn list_heading(column: &crate::template::Column, fields: &crate::template::Fields) -> String {
    let parts: Vec<String> = column.heading.iter().map(|h| h.fill(fields).replace(' ', "")).collect();
    parts.join("·")
}
