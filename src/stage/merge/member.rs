//! A budget as a member of a summary: what was filed, kept small so that ten thousand fit into memory; never adds anything up.

use std::sync::Arc;

use super::membership::Standing;
use crate::finding::Severities;
use crate::model::{Budget, Key, SheetOf, Site, State, Text};
use crate::stage::recompute;
use crate::template::{Body, Level, Template};
use crate::value::{Amount, Code, Measure, text};

/// A member of a summary.
#[derive(Debug, Clone)]
pub struct Member {
    /// Code of the unit.
    pub code: Option<String>,
    /// Name of the unit.
    pub name: Option<String>,
    /// The budget year.
    pub year: Option<i32>,
    /// Whose budget it is.
    pub level: Level,
    /// The edition that its cells are named by.
    pub template: Arc<Template>,
    /// The edition that it was filed in; another one where an earlier summary carried it over.
    pub edition: String,
    /// The files it was read from.
    pub sources: Vec<String>,
    /// The sheets it was read from.
    pub sheets: Vec<SheetOf>,
    /// When its file was last saved, as the file itself says.
    pub saved: Option<String>,
    /// Whether and how each table was filed.
    pub states: Vec<State>,
    /// Its amounts.
    pub entries: Vec<Entry>,
    /// Its rows of lists.
    pub rows: Vec<ListRow>,
    /// Its projects.
    pub projects: Vec<Project>,
    /// Names of codes that are not those of the code list.
    pub names: Vec<(u16, Code, Box<str>)>,
    /// Cells that hold something that could not be read as a number.
    pub unread: Vec<(Cell, Site)>,
    /// What was found there and not read, or is not there at all, in words.
    pub lost: Vec<String>,
    /// What was found in it.
    pub findings: Severities,
    /// The worst of that, in words.
    pub worst: Vec<Remark>,
    /// Whether it came out of an earlier summary whose tables are no longer what its members make.
    pub altered: Option<String>,
    /// Why it does not count, where an earlier summary decided that.
    pub settled: Option<Standing>,
}

/// A cell by what it is, not where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The table.
    pub table: u16,
    /// The column.
    pub column: u16,
    /// The row.
    pub key: Key,
}

/// An amount of a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is; or the address that an earlier summary had no place for.
    pub cell: Result<Cell, Box<str>>,
    /// How much, as filed.
    pub amount: Amount,
    /// The measure; `None` for quantities and prices.
    pub measure: Option<Measure>,
    /// Where it stands.
    pub site: Option<Site>,
    /// Whether a rule of its own edition makes it of other amounts that were filed too.
    pub is_total: bool,
    /// What an earlier summary did with it, where that is settled.
    pub settled: Option<Fate>,
}

/// What becomes of an amount in a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is part of a cell of the summary.
    Added,
    /// It moved between members and counts on neither side.
    Eliminated,
    /// It is a total, which is computed anew, or something that cannot be added.
    NotAdditive,
    /// It does not count, and that is told.
    Rejected,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Added, Self::Eliminated, Self::NotAdditive, Self::Rejected];

    /// Its name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Eliminated => "eliminated",
            Self::NotAdditive => "not-additive",
            Self::Rejected => "rejected",
        }
    }

    /// The one of a name for programs.
    pub fn called(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.id() == id)
    }

    /// The one at a place in a list of words for all of them.
    pub(super) fn at(place: usize) -> Option<Self> {
        Self::ALL.get(place).copied()
    }
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// The table.
    pub table: u16,
    /// Which row of it, counted from one.
    pub number: u32,
    /// Its texts by column.
    pub texts: Vec<(u16, Text)>,
}

/// A project with its goals.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// The goals.
    pub goal: String,
    /// How many indicators it has.
    pub indicators: usize,
    /// Its title cell.
    pub site: Site,
}

/// A finding of a member in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// The word for how much it matters.
    pub severity: String,
    /// The rule.
    pub rule: String,
    /// Sheet and cell.
    pub place: String,
    /// What was found.
    pub message: String,
}

impl Member {
    /// The member that a budget is, as it was filed.
    pub fn new(budget: &Budget, findings: Severities, worst: Vec<Remark>) -> Self {
        let mut member = Self {
            code: budget.code.clone(),
            name: budget.name.clone(),
            year: budget.year,
            level: budget.template.about.level,
            template: Arc::clone(&budget.template),
            edition: budget.template.name.clone(),
            sources: budget.sources.clone(),
            sheets: budget.sheets.clone(),
            saved: budget.saved.clone(),
            states: budget.tables.iter().map(|t| t.state).collect(),
            entries: Vec::new(),
            rows: Vec::new(),
            projects: Vec::new(),
            names: Vec::new(),
            unread: Vec::new(),
            lost: Vec::new(),
            findings,
            worst,
            altered: None,
            settled: None,
        };
        let totals = recompute::filled_totals(budget);
        for table in 0..budget.tables.len() {
            member.take_table(budget, table, &|row, column| totals.contains(&crate::model::Address { table, row, column }));
        }
        let project = |f: &crate::model::Form| Project {
            name: f.project.clone(),
            goal: f.goal.clone(),
            indicators: f.indicators.len(),
            site: f.site,
        };
        member.projects = budget.forms.iter().map(project).collect();
        member
    }

    fn take_table(&mut self, budget: &Budget, table: usize, is_total: &dyn Fn(usize, usize) -> bool) {
        let (declared, filed) = (&budget.template.tables[table], &budget.tables[table]);
        let money = filed.measure.unwrap_or(declared.measure);
        let place = table as u16;
        for (row, filed) in filed.rows.iter().enumerate() {
            if declared.declared.body == Body::List
                && let Key::Free(number) = filed.key
            {
                let texts = filed.texts.iter().map(|(column, text)| (*column as u16, text.clone())).collect();
                self.rows.push(ListRow { table: place, number, texts });
            }
            if let Key::Code(code) = filed.key {
                let listed = declared.list.as_ref().and_then(|l| l.get(code)).map(|n| n.name.as_str());
                if listed.is_none_or(|name| text::fold(name) != text::fold(&filed.label)) && !filed.label.trim().is_empty() {
                    self.names.push((place, code, filed.label.trim().into()));
                }
            }
            for (column, slot) in filed.slots.iter().enumerate() {
                let cell = Cell { table: place, column: column as u16, key: filed.key };
                if let Some(site) = slot.site.filter(|_| slot.unread) {
                    self.unread.push((cell, site));
                }
                let Some(amount) = slot.amount else { continue };
                let measure = declared.columns[column].declared.kind.is_money().then_some(money);
                let is_total = is_total(row, column);
                self.entries.push(Entry { cell: Ok(cell), amount, measure, site: slot.site, is_total, settled: None });
            }
        }
    }

    /// Code and name.
    pub fn title(&self) -> String {
        let parts = [self.code.as_deref(), self.name.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The file a cell stands in.
    pub fn file_of(&self, site: Option<Site>) -> &str {
        let sheet = site.and_then(|s| self.sheets.get(usize::from(s.sheet)));
        sheet.and_then(|s| self.sources.get(s.source)).or(self.sources.first()).map_or("", String::as_str)
    }

    /// The sheet and the cell as a clerk finds them.
    pub fn place(&self, site: Site) -> (&str, crate::value::CellRef) {
        self.sheets.get(usize::from(site.sheet)).map_or(("", site.cell), |sheet| sheet.place(site.cell))
    }

    /// Whether another member filed the same: the same amounts in the same rows and columns, or in the same cells.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.named() == other.named() || self.placed() == other.placed()
    }

    /// Its amounts by the names of their cells, in an order that does not depend on that of its rows.
    fn named(&self) -> Vec<(&str, String, &str, Amount)> {
        let cells = self.entries.iter().filter_map(|e| {
            let cell = e.cell.as_ref().ok()?;
            let declared = &self.template.tables[usize::from(cell.table)];
            let row = match cell.key {
                Key::Declared(row) => declared.rows[row].id.clone(),
                Key::Code(code) => code.to_string(),
                Key::Free(number) => format!("#{number}"),
            };
            let column = declared.columns[usize::from(cell.column)].cell.as_str();
            Some((declared.declared.id.as_str(), row, column, e.amount))
        });
        let mut cells: Vec<_> = cells.collect();
        cells.sort_unstable();
        cells
    }

    /// Its amounts by the places of their cells.
    fn placed(&self) -> Vec<(Option<(&str, crate::value::CellRef)>, Amount)> {
        let mut cells: Vec<_> = self.entries.iter().map(|e| (e.site.map(|s| self.place(s)), e.amount)).collect();
        cells.sort_unstable();
        cells
    }

    /// How many tables it filed.
    pub fn tables(&self) -> usize {
        self.states.iter().filter(|s| **s != State::Missing).count()
    }
}
