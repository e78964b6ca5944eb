//! Draws one table: title, captions, headings, rows, notes; in the cleaned workbook, the disclosure and the narrative alike.

use super::formulas::Live;
use super::headings::{self, Span};
use super::lines::{Line, lines};
use super::paper::{Paper, height};
use crate::grid::{Align, Look, Value};
use crate::model::{Address, Budget, Form, Key, State};
use crate::template::{ColumnKind, Table as Declared};
use crate::value::{Amount, Area, CellRef, text};

/// A table as it was drawn.
pub(super) struct Drawn {
    /// Its title cell.
    pub(super) title: CellRef,
    /// The rows that repeat on every page: captions and headings.
    pub(super) head: (u32, u32),
    /// For each row of the table the line of the sheet it was drawn on.
    pub(super) rows: Vec<Option<u32>>,
}

/// One span for each column of a table on a sheet of its own.
pub(super) fn own_spans(declared: &Declared) -> Vec<Span> {
    (0..declared.columns.len() as u16).map(|column| (column, column)).collect()
}

/// The column widths of a table on a sheet of its own.
pub(super) fn own_widths(declared: &Declared) -> Vec<f64> {
    declared.columns.iter().map(|c| c.declared.width).collect()
}

/// Draws a table from the present row on; what is live becomes a formula.
pub(super) fn draw(paper: &mut Paper, budget: &Budget, table: usize, spans: &[Span], live: Option<&dyn Live>) -> Drawn {
    let is_empty = budget.tables[table].state == State::Empty;
    let lines = if is_empty { empty_lines(budget, table) } else { lines(budget, table) };
    draw_lines(paper, budget, table, spans, &lines, live)
}

/// Draws a table with these lines.
pub(super) fn draw_lines(
    paper: &mut Paper,
    budget: &Budget,
    table: usize,
    spans: &[Span],
    lines: &[Line],
    live: Option<&dyn Live>,
) -> Drawn {
    let declared = &budget.template.tables[table];
    let fields = budget.fields(Some(table));
    let [above, below, apart] = paper.gaps;
    paper.row += above;
    let title = CellRef::new(paper.row, 0);
    let right = spans.last().map_or(0, |s| s.1);
    paper.text_over((0, right), &declared.titles[0].fill(&fields), Look::Title);
    paper.row += 1 + below;
    let head = paper.row;
    captions(paper, budget, table, right);
    paper.row += apart;
    headings::draw(paper, declared, spans, &fields, &budget.template.words);
    let last_head = paper.row - 1;
    let rows = rows(paper, budget, table, spans, lines, live);
    for note in notes(budget, table) {
        paper.text_over((0, right), &note, Look::Note);
        paper.row += 1;
    }
    Drawn { title, head: (head, last_head), rows }
}

/// What is printed of an empty table: its declared rows, unless a note stands for them.
fn empty_lines(budget: &Budget, table: usize) -> Vec<Line> {
    if budget.template.tables[table].declared.empty_note.is_some() { Vec::new() } else { lines(budget, table) }
}

/// The lines above a table, side by side on one row.
fn captions(paper: &mut Paper, budget: &Budget, table: usize, right: u16) {
    let declared = &budget.template.tables[table];
    let fields = budget.fields(Some(table));
    for caption in &declared.captions {
        let caption = &budget.template.captions[*caption];
        let text = caption.printed.fill(&fields);
        let col = match caption.declared.align {
            Align::Left => 0,
            Align::Center => right / 2 + 1,
            Align::Right => right,
        };
        let first = CellRef::new(paper.row, col.min(right));
        let columns = if caption.declared.align == Align::Left { declared.declared.caption_columns.max(1) } else { 1 };
        let last = CellRef::new(paper.row, (first.col + columns - 1).min(right.max(first.col)));
        paper.put_over(Area::new(first, last), Value::Text(text), Look::Caption(caption.declared.align));
    }
    paper.grow(paper.row, 18.0);
    paper.row += 1;
}

/// The notes under a table: the standard's, the empty-table note, and what else was filed.
fn notes(budget: &Budget, table: usize) -> Vec<String> {
    let declared = &budget.template.tables[table].declared;
    let filed = &budget.tables[table];
    let mut notes = declared.notes.clone();
    let standard: Vec<String> = notes.iter().map(|n| text::fold(n)).collect();
    let own = filed.notes.iter().filter(|n| !standard.contains(&text::fold(&n.text)));
    let replaced = filed.state == State::Empty && declared.empty_note.is_some();
    notes.extend(own.filter(|n| !(replaced && budget.template.says_empty(&n.text))).map(|n| n.text.clone()));
    notes.extend(declared.empty_note.clone().filter(|_| replaced));
    notes
}

fn rows(
    paper: &mut Paper,
    budget: &Budget,
    table: usize,
    spans: &[Span],
    lines: &[Line],
    live: Option<&dyn Live>,
) -> Vec<Option<u32>> {
    let first = paper.row;
    let mut drawn_on = vec![None; budget.tables[table].rows.len()];
    for (row, line) in (first..).zip(lines) {
        line.iter().flatten().for_each(|filed| drawn_on[*filed] = Some(row));
    }
    let drawn = |at: Address| {
        let row = drawn_on.get(at.row).copied().flatten().filter(|_| at.table == table)?;
        Some(CellRef::new(row, spans[at.column].0))
    };
    let mut ordinal = 0;
    for (number, line) in lines.iter().enumerate() {
        let row = first + number as u32;
        paper.grow(row, 18.0);
        let across = across(budget, table, line);
        if let Some((row_place, columns)) = &across {
            let label = &budget.template.tables[table].rows[*row_place].label;
            let area = Area::new(CellRef::new(row, spans[columns.0].0), CellRef::new(row, spans[columns.1].1));
            paper.put_over(area, Value::Text(label.clone()), Look::Centered);
        }
        for (column, span) in spans.iter().enumerate() {
            if across.as_ref().is_some_and(|(_, (first, last))| (*first..=*last).contains(&column)) {
                continue;
            }
            let filed = side_row(budget, table, line, column);
            let (value, look) = cell(budget, table, filed, column, number, &mut ordinal, |at| live?.value(budget, at, &drawn));
            if let Value::Text(text) = &value {
                paper.grow(row, height(text, paper.width(span.0, span.1), look));
            }
            paper.put_over(Area::new(CellRef::new(row, span.0), CellRef::new(row, span.1)), value, look);
        }
    }
    paper.row += lines.len() as u32;
    drawn_on
}

/// The declared row of a line whose label stands over the code and label columns, and the first and last of those.
fn across(budget: &Budget, table: usize, line: &Line) -> Option<(usize, (usize, usize))> {
    let declared = &budget.template.tables[table];
    let row = line.iter().flatten().find_map(|row| match budget.tables[table].rows[*row].key {
        Key::Declared(place) if declared.rows[place].across => Some(place),
        _ => None,
    })?;
    let is_label = |column: &usize| {
        let column = &declared.columns[*column];
        matches!(column.declared.kind, ColumnKind::Code | ColumnKind::Label) && column.serves(declared.rows[row].side)
    };
    let columns: Vec<usize> = (0..declared.columns.len()).filter(is_label).collect();
    Some((row, (*columns.first()?, *columns.last()?)))
}

/// The row that a column of a line belongs to.
fn side_row(budget: &Budget, table: usize, line: &Line, column: usize) -> Option<usize> {
    let side = budget.template.tables[table].columns[column].side;
    line.get(side.unwrap_or(0)).copied().flatten()
}

/// What stands in a cell of a line, and how it is drawn.
fn cell(
    budget: &Budget,
    table: usize,
    row: Option<usize>,
    column: usize,
    number: usize,
    ordinal: &mut usize,
    formula: impl Fn(Address) -> Option<Value>,
) -> (Value, Look) {
    let declared = &budget.template.tables[table];
    let kind = declared.columns[column].declared.kind;
    let look = look(budget, kind);
    if kind == ColumnKind::Sequence {
        return (Value::Number(Amount::from(number as i64 + 1)), look);
    }
    let Some(row) = row else { return (Value::Blank, look) };
    let filed = &budget.tables[table].rows[row];
    match kind {
        ColumnKind::Sequence => (Value::Blank, look),
        ColumnKind::Amount | ColumnKind::Quantity | ColumnKind::Price => {
            let at = Address { table, row, column };
            let amount = budget.slot(at).amount.map_or(Value::Blank, Value::Number);
            (formula(at).unwrap_or(amount), look)
        }
        ColumnKind::Code => (code(declared, filed, column), look),
        ColumnKind::Label => label(declared, filed, ordinal),
        ColumnKind::Text => {
            let text = filed.texts.iter().find(|(c, _)| *c == column).map(|(_, t)| t.text.clone());
            (text.map_or(Value::Blank, Value::Text), look)
        }
    }
}

fn code(declared: &Declared, filed: &crate::model::Row, column: usize) -> Value {
    let Some(part) = filed.code_part(declared, column) else { return Value::Blank };
    let number = part.parse().ok().filter(|_| declared.columns[column].declared.number);
    number.map_or(Value::Text(part), Value::Number)
}

/// The label of a row, a class with its number in the order of printing.
fn label(declared: &Declared, filed: &crate::model::Row, ordinal: &mut usize) -> (Value, Look) {
    let (text, look) = match filed.key {
        Key::Declared(place) => {
            let row = &declared.rows[place];
            let look = if row.centered { Look::Centered } else { Look::Label(row.indent) };
            match row.class {
                Some(_) => {
                    *ordinal += 1;
                    (format!("{}、{}", text::chinese_numeral(*ordinal), row.label), look)
                }
                None => (row.label.clone(), look),
            }
        }
        Key::Code(_) | Key::Free(_) => (filed.label.trim().to_owned(), Look::Label(0)),
    };
    (if text.is_empty() { Value::Blank } else { Value::Text(text) }, look)
}

fn look(budget: &Budget, kind: ColumnKind) -> Look {
    match kind {
        ColumnKind::Sequence => Look::Centered,
        ColumnKind::Amount | ColumnKind::Price => Look::Amount(budget.template.about.decimals, budget.template.about.grouped),
        ColumnKind::Quantity => Look::Quantity,
        ColumnKind::Code | ColumnKind::Label | ColumnKind::Text => Look::Label(0),
    }
}

/// Draws one form: title with its number, goals, headings, indicators.
pub(super) fn draw_form(paper: &mut Paper, budget: &Budget, form: &Form, number: usize, spans: &[Span]) -> CellRef {
    let declared = &budget.template.tables[form.table];
    let mut fields = budget.fields(None);
    fields.project = Some(form.project.clone());
    let right = spans.last().map_or(0, |s| s.1);
    let title = CellRef::new(paper.row, 0);
    let printed = if form.project.is_empty() { &declared.titles[1.min(declared.titles.len() - 1)] } else { &declared.titles[0] };
    paper.text_over((0, right), &format!("{number}、{}", printed.fill(&fields)), Look::Title);
    paper.row += 1;
    if let Some(goal) = &declared.declared.goal {
        let (first, second) = (spans[0], spans.get(1).map_or(right, |s| s.0));
        paper.text_over(first, goal, Look::Heading);
        paper.text_over((second, right), &form.goal, Look::Label(0));
        paper.row += 1;
    }
    headings::draw(paper, declared, spans, &fields, &budget.template.words);
    indicators(paper, declared, form, spans);
    title
}

/// The indicators; a text that stands for the rows below it is one merged cell.
fn indicators(paper: &mut Paper, declared: &Declared, form: &Form, spans: &[Span]) {
    let first = paper.row;
    let rows = form.indicators.len();
    for (column, span) in spans.iter().enumerate() {
        let fills_down = declared.columns[column].declared.fill_down;
        let mut row = 0;
        while row < rows {
            let text = &form.indicators[row].0[column];
            let same = |r: &usize| fills_down && !text.is_empty() && form.indicators[*r].0[column] == *text;
            let count = 1 + (row + 1..rows).take_while(same).count();
            let area =
                Area::new(CellRef::new(first + row as u32, span.0), CellRef::new(first + (row + count - 1) as u32, span.1));
            let value = if text.is_empty() { Value::Blank } else { Value::Text(text.clone()) };
            let look = if fills_down { Look::Centered } else { Look::Label(0) };
            let each = height(text, paper.width(span.0, span.1), look) / count as f64;
            (area.first.row..=area.last.row).for_each(|line| paper.grow(line, each.max(18.0)));
            paper.put_over(area, value, look);
            row += count;
        }
    }
    paper.row += rows as u32;
}
