//! The hidden sheet of the blank form: code lists to choose from, and the key of every line of a coded table.

use std::collections::HashMap;
use std::sync::Arc;

use super::refer::{fixed, fixed_rows, on};
use super::{Keys, Place, ROOT};
use crate::grid::{Cell, Drawing, Entry, Look, Sheet, Takes, Value};
use crate::model::Budget;
use crate::template::{Body, CodeList, ColumnKind, Table};
use crate::value::{Amount, CellRef, Code};

/// The first line of a list; its heading stands above it.
const FIRST: u32 = 1;

/// The sheet as it grows.
pub(super) struct Lists {
    sheet: Sheet,
    /// `'代码'!`
    on: String,
    next: u16,
    /// For each table with codes where its codes and names stand.
    codes: HashMap<usize, (String, String)>,
    /// For each code column of such a table what it offers.
    offers: HashMap<(usize, usize), Offer>,
    /// The names of classes to choose from.
    classes: HashMap<usize, String>,
}

/// What a code column offers.
enum Offer {
    /// All of a list.
    All(String),
    /// The codes of one level below those to its left: their keys, and the codes themselves.
    Below(String, String),
}

impl Lists {
    /// The lists of an edition.
    pub(super) fn new(budget: &Budget) -> Self {
        let name = &budget.template.blank.codes;
        let drawing = Drawing { entry: Some(Entry::default()), ..Drawing::default() };
        let sheet = Sheet { name: name.clone(), hidden: true, drawing, ..Sheet::default() };
        let (codes, offers, classes) = Default::default();
        let mut lists = Self { sheet, on: on(name), next: 0, codes, offers, classes };
        let mut known: Vec<(Arc<CodeList>, (String, String))> = Vec::new();
        for (place, table) in budget.template.tables.iter().enumerate() {
            if let Some(list) = table.list.as_ref().filter(|_| table.declared.body == Body::Tree) {
                let at = known.iter().find(|(other, _)| Arc::ptr_eq(other, list)).map(|(_, at)| at.clone());
                let at = at.unwrap_or_else(|| {
                    let at = lists.list(list);
                    known.push((Arc::clone(list), at.clone()));
                    at
                });
                lists.codes.insert(place, at);
                lists.offer(place, table, list);
            }
            let labels: Vec<Value> = (0..table.rows.len())
                .filter(|row| super::is_when_used(budget, place, *row))
                .map(|row| Value::Text(table.rows[row].label.clone()))
                .collect();
            if !labels.is_empty() {
                let col = lists.column(&table.declared.sheet, labels.clone());
                let cells = lists.cells(col, labels.len());
                lists.classes.insert(place, cells);
            }
        }
        lists
    }

    /// A column with a heading; its place.
    fn column(&mut self, heading: &str, values: Vec<Value>) -> u16 {
        let col = self.next;
        self.next += 1;
        self.sheet.cells.push(Cell::new(CellRef::new(0, col), Value::Text(heading.to_owned()), Look::Plain));
        let cells = (FIRST..).zip(values).map(|(row, value)| Cell::new(CellRef::new(row, col), value, Look::Plain));
        self.sheet.cells.extend(cells);
        col
    }

    fn cells(&self, col: u16, count: usize) -> String {
        format!("{}{}", self.on, fixed_rows(col, (FIRST, FIRST + (count.max(1) as u32) - 1)))
    }

    /// Codes and names of a list.
    fn list(&mut self, list: &CodeList) -> (String, String) {
        let mut all: Vec<_> = list.iter().collect();
        all.sort_by_key(|(code, _)| *code);
        let codes = self.column("", all.iter().map(|(code, _)| Value::Text(code.to_string())).collect());
        let names = self.column("", all.iter().map(|(_, named)| Value::Text(named.name.clone())).collect());
        (self.cells(codes, all.len()), self.cells(names, all.len()))
    }

    /// What the code columns of a table offer: whole codes, or one level of them each.
    fn offer(&mut self, place: usize, table: &Table, list: &CodeList) {
        let columns: Vec<usize> = table.columns_of(ColumnKind::Code).collect();
        if let [only] = columns.as_slice() {
            self.offers.insert((place, *only), Offer::All(self.codes[&place].0.clone()));
            return;
        }
        let mut all: Vec<Code> = list.iter().map(|(code, _)| code).collect();
        all.sort();
        for (level, column) in columns.iter().enumerate() {
            let Some(length) = table.levels.get(level).copied() else { continue };
            let own = all.iter().filter(|code| code.length() == length).map(Code::to_string);
            let start = level.checked_sub(1).map_or(0, |l| usize::from(table.levels[l]));
            let is_number = table.columns[*column].declared.number;
            let (keys, parts): (Vec<Value>, Vec<Value>) = own
                .map(|code| {
                    let (above, part) = code.split_at(start);
                    let number = part.parse::<Amount>().ok().filter(|_| is_number);
                    (Value::Text(format!("k{above}")), number.map_or_else(|| Value::Text(part.to_owned()), Value::Number))
                })
                .unzip();
            let count = parts.len();
            let offer = if level == 0 {
                let col = self.column(&table.declared.sheet, parts);
                Offer::All(self.cells(col, count))
            } else {
                let key = self.column(&table.declared.sheet, keys);
                let col = self.column("", parts);
                Offer::Below(self.cells(key, count), format!("{}{}", self.on, fixed(CellRef::new(FIRST, col))))
            };
            self.offers.insert((place, *column), offer);
        }
    }

    /// What is offered in a code column, for the line of its first cell.
    pub(super) fn offered(&self, table: &Table, place: usize, column: usize, line: u32) -> Option<Takes> {
        Some(Takes::Offered(match self.offers.get(&(place, column))? {
            Offer::All(cells) => format!("={cells}"),
            Offer::Below(keys, first) => {
                let left = table.columns_of(ColumnKind::Code).take_while(|c| *c != column);
                let above = typed(table, left, line);
                format!("=OFFSET({first},MATCH({above},{keys},0)-1,0,COUNTIF({keys},{above}),1)")
            }
        }))
    }

    /// The names of classes that may be chosen in a table.
    pub(super) fn classes(&self, place: usize) -> Option<Takes> {
        self.classes.get(&place).map(|cells| Takes::Offered(format!("={cells}")))
    }

    /// The name of the code whose key stands in a cell; nothing for a code that is not in the list.
    pub(super) fn name(&self, place: usize, key: &str) -> Option<String> {
        let (codes, names) = self.codes.get(&place)?;
        Some(format!("=IF({key}=\"\",\"\",IFERROR(INDEX({names},MATCH(MID({key},2,9),{codes},0)),\"\"))"))
    }

    /// Adds the keys of the lines of a tree or list.
    pub(super) fn keys(&mut self, budget: &Budget, place: &mut Place) {
        let table = &budget.template.tables[place.table];
        let Some((first, last)) = place.free else { return };
        let keys = Keys { own: self.next, parent: self.next + 1 };
        self.next += 2;
        place.keys = Some(keys);
        let sheet = on(&table.declared.sheet);
        let heading = Value::Text(table.declared.sheet.clone());
        self.sheet.cells.push(Cell::new(CellRef::new(0, keys.own), heading, Look::Plain));
        let all = fixed_rows(keys.own, (first, last));
        for row in first..=last {
            let own = CellRef::new(row, keys.own);
            let (key, parent) = match table.declared.body {
                Body::Tree => (tree_key(table, &sheet, row), Some(parent(table, own, &all))),
                _ => (list_key(table, &sheet, row), None),
            };
            self.sheet.cells.push(Cell::new(own, Value::Formula(key, None), Look::Plain));
            let parent = parent.map(|p| Cell::new(CellRef::new(row, keys.parent), Value::Formula(p, None), Look::Plain));
            self.sheet.cells.extend(parent);
        }
    }

    /// The finished sheet.
    pub(super) fn finish(mut self) -> Sheet {
        self.sheet.sort();
        self.sheet
    }
}

/// What was typed in some code columns of a line, as the lists have it. Short: what a cell offers has room for 255 signs.
fn typed(table: &Table, columns: impl Iterator<Item = usize>, line: u32) -> String {
    let mut key = "\"k\"".to_owned();
    for (level, column) in columns.enumerate() {
        let cell = format!("${}", CellRef::new(line, column as u16));
        let above = level.checked_sub(1).and_then(|l| table.levels.get(l)).zip(table.levels.get(level));
        key.push_str(&match above {
            Some((above, own)) => format!("&TEXT({cell},\"{}\")", "0".repeat(usize::from(own.saturating_sub(*above)))),
            None => format!("&{cell}"),
        });
    }
    key
}

fn part(table: &Table, level: usize, cell: &str) -> String {
    let bare = format!("SUBSTITUTE({cell},\" \",\"\")");
    let above = level.checked_sub(1).and_then(|l| table.levels.get(l));
    match (above, table.levels.get(level)) {
        (Some(above), Some(own)) => {
            let width = own.saturating_sub(*above);
            format!("IF({cell}=\"\",\"\",REPT(\"0\",MAX(0,{width}-LEN({cell})))&{bare})")
        }
        _ => bare,
    }
}

fn tree_key(table: &Table, sheet: &str, row: u32) -> String {
    let columns: Vec<usize> = table.columns_of(ColumnKind::Code).collect();
    let cells: Vec<String> = columns.iter().map(|c| format!("{sheet}{}", CellRef::new(row, *c as u16))).collect();
    let parts: Vec<String> = cells.iter().enumerate().map(|(level, cell)| part(table, level, cell)).collect();
    format!("=IF({}=\"\",\"\",\"k\"&{})", cells.join("&"), parts.join("&"))
}

/// Any line of a list that has a number has a key.
fn list_key(table: &Table, sheet: &str, row: u32) -> String {
    let numeric = table.columns.iter().enumerate().filter(|(_, c)| c.declared.kind.is_numeric());
    let cells: Vec<String> = numeric.map(|(c, _)| format!("{sheet}{}", CellRef::new(row, c as u16))).collect();
    if cells.is_empty() { "=\"\"".to_owned() } else { format!("=IF(COUNT({})=0,\"\",\"k\"&ROW())", cells.join(",")) }
}

/// The key of the nearest row above: the longest beginning of the code that is there itself.
fn parent(table: &Table, own: CellRef, all: &str) -> String {
    let mut formula = format!("\"{ROOT}\"");
    for length in table.levels.iter().take(table.levels.len().saturating_sub(1)) {
        let above = format!("LEFT({own},{})", length + 1);
        formula = format!("IF(AND(LEN({own})>{},COUNTIF({all},{above})>0),{above},{formula})", length + 1);
    }
    format!("=IF({own}=\"\",\"\",{formula})")
}
