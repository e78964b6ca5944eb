//! A budget in the JSON form that other programs rely on; never changes an amount.

use indexmap::IndexMap;
use serde::Serialize;

use crate::model::{Budget, Form, Key, Site, State, Table};
use crate::template::written::Level;
use crate::template::{Body, Table as Declared};
use crate::value::Area;

/// The schema of the form.
pub const SCHEMA: &str = "yusuan.budget/1";

#[derive(Serialize)]
struct BudgetJson<'b> {
    schema: &'static str,
    template: &'b str,
    year: Option<i32>,
    level: Level,
    unit: UnitJson<'b>,
    sources: &'b [String],
    tables: IndexMap<&'b str, TableJson<'b>>,
    /// Forms and tables of texts alone stand under their own id.
    #[serde(flatten)]
    lists: IndexMap<&'b str, Vec<serde_json::Value>>,
    narrative: Vec<ParagraphJson<'b>>,
}

#[derive(Serialize)]
struct UnitJson<'b> {
    code: Option<&'b str>,
    name: Option<&'b str>,
}

#[derive(Serialize)]
struct TableJson<'b> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<Vec<CellJson<'b>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<TextJson<'b>>,
    /// The cells for numbers that hold none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blank: Vec<BlankJson<'b>>,
    /// Those of them in which something stands that could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread: Vec<BlankJson<'b>>,
    /// Whether it has numbers that could not be placed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
}

#[derive(Serialize)]
struct BlankJson<'b> {
    row: String,
    column: &'b str,
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'b str>,
}

#[derive(Serialize)]
struct CellJson<'b> {
    row: String,
    column: &'b str,
    amount: String,
    at: Option<String>,
    label: &'b str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'b str>,
}

#[derive(Serialize)]
struct TextJson<'b> {
    row: String,
    column: &'b str,
    text: &'b str,
    at: String,
}

#[derive(Serialize)]
struct ParagraphJson<'b> {
    section: Option<&'b str>,
    text: &'b str,
    at: String,
    file: &'b str,
    sheet: &'b str,
}

/// One line of JSON for a budget, without the line end.
///
/// # Errors
/// Never in practice: all keys are text.
pub fn budget(budget: &Budget) -> serde_json::Result<String> {
    let template = &budget.template;
    let declared = || template.tables.iter().enumerate();
    let tables = declared().filter(|(_, d)| d.declared.body != Body::Form);
    let lists = declared().filter(|(_, d)| d.declared.body == Body::Form || !d.has_amounts());
    serde_json::to_string(&BudgetJson {
        schema: SCHEMA,
        template: &template.name,
        year: budget.year,
        level: template.about.level,
        unit: UnitJson { code: budget.code.as_deref(), name: budget.name.as_deref() },
        sources: &budget.sources,
        tables: tables.map(|(place, d)| (d.declared.id.as_str(), table(budget, &budget.tables[place], d))).collect(),
        lists: lists.map(|(place, d)| (d.declared.id.as_str(), list(budget, place, d))).collect(),
        narrative: budget.narrative.iter().map(|p| paragraph(budget, p)).collect(),
    })
}

fn table<'b>(budget: &'b Budget, filed: &'b Table, declared: &'b Declared) -> TableJson<'b> {
    let state = match filed.state {
        State::Filled => "filled",
        State::Empty => "empty",
        State::Missing => "missing",
    };
    let home = filed.title.as_ref().map(|t| t.site).or_else(|| filed.rows.iter().find_map(|r| r.site)).map(|s| s.sheet);
    let corner = |cell| home.map(|sheet| budget.place(Site { sheet, cell }));
    let (first, last) = (filed.area.and_then(|a| corner(a.first)), filed.area.and_then(|a| corner(a.last)));
    let is_home = |s: &Site| Some(s.sheet) == home && first.is_none_or(|(name, _)| name == budget.place(*s).0);
    let note = filed.notes.iter().map(|n| n.text.as_str()).next_back().filter(|_| filed.state == State::Empty);
    let cells = || {
        filed.amounts().map(|(row, column, slot)| {
            let filed = &filed.rows[row];
            CellJson {
                row: filed.id(declared).to_string(),
                column: &declared.columns[column].cell,
                amount: slot.amount.map(|a| a.to_string()).unwrap_or_default(),
                at: slot.site.map(|s| budget.place(s).1.to_string()),
                label: &filed.label,
                sheet: slot.site.filter(|s| !is_home(s)).map(|s| budget.place(s).0),
            }
        })
    };
    let without = |unread: bool| {
        let rows = filed.rows.iter().flat_map(|row| row.slots.iter().enumerate().map(move |(column, slot)| (row, column, slot)));
        let bare = rows.filter(|(.., slot)| slot.amount.is_none() && slot.unread == unread && (unread || slot.site.is_some()));
        let told = bare.map(|(row, column, slot)| BlankJson {
            row: row.id(declared).to_string(),
            column: &declared.columns[column].cell,
            at: slot.site.map(|s| budget.place(s).1.to_string()),
            sheet: slot.site.filter(|s| !is_home(s)).map(|s| budget.place(s).0),
        });
        told.collect()
    };
    TableJson {
        state,
        measure: filed.measure.map(|m| m.word()),
        file: home.map(|s| budget.file_of(s)),
        sheet: first.map(|(name, _)| name),
        range: first.zip(last).map(|((_, first), (_, last))| Area::new(first, last).to_string()),
        note,
        cells: filed.is_filed().then(|| cells().collect()),
        rows: texts(budget, filed, declared),
        blank: without(false),
        unread: without(true),
        incomplete: filed.incomplete,
    }
}

fn texts<'b>(budget: &Budget, filed: &'b Table, declared: &'b Declared) -> Vec<TextJson<'b>> {
    let rows = filed.rows.iter().flat_map(|row| row.texts.iter().map(move |(column, text)| (row, *column, text)));
    rows.map(|(row, column, text)| TextJson {
        row: row.id(declared).to_string(),
        column: &declared.columns[column].cell,
        text: &text.text,
        at: budget.place(text.site).1.to_string(),
    })
    .collect()
}

/// Forms, or the rows of a table of texts, as objects with the ids of their columns.
fn list(budget: &Budget, place: usize, declared: &Declared) -> Vec<serde_json::Value> {
    if declared.declared.body == Body::Form {
        return budget.forms.iter().filter(|f| f.table == place).map(|f| form(budget, f, declared)).collect();
    }
    let rows = budget.tables[place].rows.iter().filter(|r| matches!(r.key, Key::Free(_)));
    rows.map(|row| {
        let mut object = serde_json::Map::new();
        for (index, column) in declared.columns.iter().enumerate() {
            let text = row.texts.iter().find(|(c, _)| *c == index).map_or("", |(_, t)| t.text.as_str());
            object.insert(column.cell.clone(), text.into());
        }
        object.insert("at".to_owned(), row.site.map(|s| budget.place(s).1.to_string()).into());
        object.into()
    })
    .collect()
}

fn form(budget: &Budget, form: &Form, declared: &Declared) -> serde_json::Value {
    let indicators = form.indicators.iter().map(|(cells, site)| {
        let named = declared.columns.iter().zip(cells).map(|(column, cell)| (column.cell.clone(), cell.as_str().into()));
        let mut object: serde_json::Map<String, serde_json::Value> = named.collect();
        object.insert("at".to_owned(), budget.place(*site).1.to_string().into());
        serde_json::Value::from(object)
    });
    serde_json::json!({
        "project": form.project,
        "goal": form.goal,
        "indicators": indicators.collect::<Vec<_>>(),
        "at": budget.place(form.site).1.to_string(),
        "file": budget.file_of(form.site.sheet),
        "sheet": budget.place(form.site).0,
    })
}

fn paragraph<'b>(budget: &'b Budget, paragraph: &'b crate::model::Paragraph) -> ParagraphJson<'b> {
    let site = paragraph.text.site;
    let (sheet, cell) = budget.place(site);
    let narrative = budget.template.narrative.as_ref();
    let section = narrative.zip(paragraph.section).map(|(n, s)| n.declared.section[s].id.as_str());
    ParagraphJson { section, text: &paragraph.text.text, at: cell.to_string(), file: budget.file_of(site.sheet), sheet }
}
