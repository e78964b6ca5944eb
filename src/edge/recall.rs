//! Budgets read back from the JSON lines that a model was written as; never takes a name or a number that it does not know.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;

use super::json::SCHEMA;
use crate::model::{Budget, Form, Key, Paragraph, Row, SheetOf, Site, State, Table, Text};
use crate::template::{Table as Declared, Template};
use crate::value::{Amount, Area, CellRef, Measure};

/// What is wrong with a file of models.
#[derive(Debug, thiserror::Error)]
pub enum NotRecalled {
    /// It cannot be opened, is no text, or is larger than is allowed.
    #[error("cannot be read: {0}")]
    Refused(std::io::Error),
    /// It holds more bytes than is allowed.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// It has no line with the schema of a model.
    #[error("no model of a budget in it")]
    SomethingElse,
    /// A line of it is no model.
    #[error("line {line}: {problem}")]
    Wrong {
        /// Counted from one.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

impl NotRecalled {
    /// Whether the file is none of models at all.
    pub fn is_of_something_else(&self) -> bool {
        matches!(self, Self::SomethingElse)
    }

    /// What is wrong, for a clerk.
    pub fn message(&self) -> String {
        match self {
            Self::Refused(error) => format!("无法打开（{error}）"),
            Self::TooLarge(bytes) => format!("超过 {} MB", bytes >> 20),
            Self::SomethingElse => "其中没有预算数据（yusuan model 的输出）".to_owned(),
            Self::Wrong { line, problem } => format!("第 {line} 行不是可用的预算数据：{problem}"),
        }
    }

    /// What can be done about it.
    pub fn advice(&self) -> String {
        match self {
            Self::TooLarge(_) => "可用 --max-size 放宽。".to_owned(),
            Self::Refused(_) => "请核对路径和权限，文件应为 UTF-8 编码。".to_owned(),
            _ => "请用 yusuan model 重新生成，不要手工修改；所用的模板须在现有模板中。".to_owned(),
        }
    }
}

/// Whether a path is that of a file of models, by its ending.
pub fn is_model(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    ["json", "jsonl"].contains(&ending.as_str()) && !path.is_dir()
}

/// The files below a folder that may be files of models, in the order of their names.
pub fn models_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // A link to a folder is not followed: it may lead back here.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(models_in(&entry.path())),
            Ok(_) if is_model(&entry.path()) => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

/// The budgets in a file of models.
///
/// # Errors
/// When the file cannot be read, holds no model, or a line is none of a known edition.
pub fn read(path: &Path, editions: &[Arc<Template>], most: u64) -> Result<Vec<Budget>, NotRecalled> {
    if fs::metadata(path).map_err(NotRecalled::Refused)?.len() > most {
        return Err(NotRecalled::TooLarge(most));
    }
    let text = fs::read_to_string(path).map_err(NotRecalled::Refused)?;
    budgets(&text, editions)
}

/// The budgets in lines of JSON.
///
/// # Errors
/// When there is none, or a line is none of a known edition.
pub fn budgets(text: &str, editions: &[Arc<Template>]) -> Result<Vec<Budget>, NotRecalled> {
    let lines = || text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let is_model = |line: &str| {
        let schema = serde_json::from_str::<Schema>(line).map(|s| s.schema).unwrap_or_default();
        schema.split('/').next() == SCHEMA.split('/').next()
    };
    if !lines().next().is_some_and(|(_, line)| is_model(line)) {
        return Err(NotRecalled::SomethingElse);
    }
    lines()
        .map(|(place, line)| budget(line, editions).map_err(|problem| NotRecalled::Wrong { line: place + 1, problem }))
        .collect()
}

#[derive(Deserialize)]
struct Schema {
    schema: String,
}

#[derive(Deserialize)]
struct BudgetJson {
    schema: String,
    template: String,
    year: Option<i32>,
    unit: UnitJson,
    #[serde(default)]
    sources: Vec<String>,
    tables: IndexMap<String, TableJson>,
    #[serde(default)]
    narrative: Vec<ParagraphJson>,
    #[serde(flatten)]
    lists: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct UnitJson {
    code: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum StateJson {
    Filled,
    Empty,
    Missing,
}

#[derive(Deserialize)]
struct TableJson {
    state: StateJson,
    measure: Option<String>,
    file: Option<String>,
    sheet: Option<String>,
    range: Option<String>,
    note: Option<String>,
    #[serde(default)]
    cells: Vec<CellJson>,
    #[serde(default)]
    rows: Vec<CellJson>,
    #[serde(default)]
    blank: Vec<CellJson>,
    #[serde(default)]
    unread: Vec<CellJson>,
    #[serde(default)]
    incomplete: bool,
}

#[derive(Deserialize)]
struct CellJson {
    row: String,
    column: String,
    amount: Option<String>,
    text: Option<String>,
    at: Option<String>,
    label: Option<String>,
    sheet: Option<String>,
}

#[derive(Deserialize)]
struct ParagraphJson {
    section: Option<String>,
    text: String,
    at: String,
    file: String,
    sheet: String,
}

#[derive(Deserialize)]
struct FormJson {
    project: String,
    goal: String,
    indicators: Vec<HashMap<String, String>>,
    at: String,
    file: String,
    sheet: String,
}

fn budget(line: &str, editions: &[Arc<Template>]) -> Result<Budget, String> {
    let mut json = serde_json::Deserializer::from_str(line);
    let read: BudgetJson = serde_path_to_error::deserialize(&mut json).map_err(|e| format!("{}: {}", e.path(), e.inner()))?;
    if read.schema != SCHEMA {
        return Err(format!("schema: {} is not {SCHEMA}", read.schema));
    }
    let template = editions.iter().find(|t| t.name == read.template).ok_or_else(|| format!("template: no {}", read.template))?;
    let mut budget = Budget::new(Arc::clone(template));
    (budget.year, budget.code, budget.name) = (read.year, read.unit.code, read.unit.name);
    budget.sources = read.sources;
    let mut recalled = Recalled { budget, template };
    for (id, table) in read.tables {
        let place = template.table(&id).ok_or_else(|| format!("tables: no {id}"))?;
        recalled.table(place, table).map_err(|problem| format!("tables.{id}: {problem}"))?;
    }
    for (place, declared) in template.tables.iter().enumerate() {
        if let Some(forms) = read.lists.get(&declared.declared.id).filter(|_| recalled.is_form(place)) {
            let forms: Vec<FormJson> =
                serde_path_to_error::deserialize(forms).map_err(|e| format!("{}: {}", declared.declared.id, e.inner()))?;
            forms.into_iter().try_for_each(|form| recalled.form(place, form))?;
        }
    }
    read.narrative.into_iter().try_for_each(|paragraph| recalled.paragraph(paragraph))?;
    Ok(recalled.budget)
}

/// A budget as far as it has been read back.
struct Recalled<'t> {
    budget: Budget,
    template: &'t Template,
}

impl Recalled<'_> {
    fn is_form(&self, table: usize) -> bool {
        self.template.tables[table].declared.body == crate::template::Body::Form
    }

    /// A place in the sheet of a file.
    fn site(&mut self, file: &str, sheet: &str, at: &str) -> Result<Site, String> {
        let cell: CellRef = at.parse().map_err(|_| format!("at: {at} is no cell"))?;
        let budget = &mut self.budget;
        let source = budget.sources.iter().position(|s| s == file).unwrap_or_else(|| {
            budget.sources.push(file.to_owned());
            budget.sources.len() - 1
        });
        let known = budget.sheets.iter().position(|s| s.source == source && s.name == sheet);
        let place = known.unwrap_or_else(|| {
            budget.sheets.push(SheetOf { source, name: sheet.to_owned(), blocks: Vec::new() });
            budget.sheets.len() - 1
        });
        Ok(Site { sheet: u16::try_from(place).map_err(|_| "too many sheets".to_owned())?, cell })
    }

    fn table(&mut self, place: usize, read: TableJson) -> Result<(), String> {
        let declared = &self.template.tables[place];
        let mut table = Table::new(declared);
        table.state = match read.state {
            StateJson::Filled => State::Filled,
            StateJson::Empty => State::Empty,
            StateJson::Missing => State::Missing,
        };
        table.incomplete = read.incomplete;
        table.measure = match read.measure {
            None => None,
            Some(word) => Some(Measure::from_word(&word).ok_or_else(|| format!("measure: {word} is none"))?),
        };
        if table.measure.is_none() && !read.cells.is_empty() {
            return Err("measure: missing".to_owned());
        }
        let home = (read.file.unwrap_or_default(), read.sheet.unwrap_or_default());
        let corner = read.range.as_ref().map(|range| range.split_once(':').unwrap_or((range, range)));
        if let Some((first, last)) = corner {
            let (first, last) = (self.site(&home.0, &home.1, first)?, self.site(&home.0, &home.1, last)?);
            table.area = Some(Area::new(first.cell, last.cell));
            // The title heads the table, whatever it says.
            table.title = Some(Text { text: declared.declared.title.clone(), site: first });
            table.notes.extend(read.note.map(|text| Text { text, site: last }));
        }
        for cell in read.cells.iter().chain(&read.rows) {
            self.cell(&mut table, declared, cell, &home, false)?;
        }
        for cell in &read.blank {
            self.cell(&mut table, declared, cell, &home, false)?;
        }
        for cell in &read.unread {
            self.cell(&mut table, declared, cell, &home, true)?;
        }
        table.link_parents(&declared.levels);
        self.budget.tables[place] = table;
        Ok(())
    }

    fn cell(
        &mut self,
        table: &mut Table,
        declared: &Declared,
        read: &CellJson,
        (file, sheet): &(String, String),
        unread: bool,
    ) -> Result<(), String> {
        let key = key(declared, &read.row).ok_or_else(|| format!("row: no {}", read.row))?;
        let side = if let Key::Declared(row) = key { declared.rows[row].side } else { 0 };
        let column = declared.column(&read.column, side).ok_or_else(|| format!("column: no {}", read.column))?;
        let amount = match &read.amount {
            None => None,
            Some(number) => Some(number.parse::<Amount>().map_err(|_| format!("amount: {number} is no number"))?),
        };
        if amount.is_some() && !declared.columns[column].declared.kind.is_numeric() {
            return Err(format!("column: {} holds no numbers", read.column));
        }
        let site = match &read.at {
            None => None,
            Some(at) => Some(self.site(file, read.sheet.as_ref().unwrap_or(sheet), at)?),
        };
        let last = || table.rows.iter().rposition(|r| r.key == key);
        // A code that stands twice has two rows.
        let is_free = |row: &usize| amount.is_none() || table.rows[*row].slots[column].amount.is_none();
        let row = last().filter(is_free).unwrap_or_else(|| {
            let label = if let Key::Declared(row) = key { declared.rows[row].label.clone() } else { String::new() };
            table.push(Row::new(key, label, declared.columns.len()));
            table.rows.len() - 1
        });
        let row = &mut table.rows[row];
        if let (Some(label), false) = (&read.label, matches!(key, Key::Declared(_))) {
            row.label.clone_from(label);
        }
        row.site = row.site.or(site);
        if let (Some(text), Some(site)) = (&read.text, site) {
            row.texts.push((column, Text { text: text.clone(), site }));
        } else {
            let slot = &mut row.slots[column];
            (slot.amount, slot.site, slot.unread) = (amount.or(slot.amount), site.or(slot.site), unread || slot.unread);
        }
        Ok(())
    }

    fn form(&mut self, table: usize, read: FormJson) -> Result<(), String> {
        let site = self.site(&read.file, &read.sheet, &read.at)?;
        let columns = &self.template.tables[table].columns;
        let mut indicators = Vec::new();
        for indicator in &read.indicators {
            let cells = columns.iter().map(|c| indicator.get(&c.cell).cloned().unwrap_or_default()).collect();
            let at = indicator.get("at").map_or(Ok(site), |at| self.site(&read.file, &read.sheet, at))?;
            indicators.push((cells, at));
        }
        self.budget.tables[table].state = State::Filled;
        self.budget.forms.push(Form { table, project: read.project, goal: read.goal, site, indicators });
        Ok(())
    }

    fn paragraph(&mut self, read: ParagraphJson) -> Result<(), String> {
        let site = self.site(&read.file, &read.sheet, &read.at)?;
        let sections = self.template.narrative.iter().flat_map(|n| &n.declared.section);
        let section = match &read.section {
            None => None,
            Some(id) => Some(sections.map(|s| &s.id).position(|s| s == id).ok_or_else(|| format!("narrative: no section {id}"))?),
        };
        self.budget.narrative.push(Paragraph { section, text: Text { text: read.text, site } });
        Ok(())
    }
}

/// A row by the name that programs know it by.
fn key(declared: &Declared, id: &str) -> Option<Key> {
    let row = declared.row(id).map(Key::Declared);
    let code = || id.parse().ok().map(Key::Code);
    let free = || id.strip_prefix('#').and_then(|number| number.parse().ok()).map(Key::Free);
    row.or_else(code).or_else(free)
}
