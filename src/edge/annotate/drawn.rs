//! A workbook that cannot be changed in place, made ready to be drawn anew with the same sheets and addresses; changes no number.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;

use super::tree;
use crate::grid::{Cell, Drawing, Grid, Look, Sheet, Value};
use crate::value::Area;

/// The most signs of a cell and of the name of a sheet.
const TEXT: usize = 32_000;
const NAME: usize = 31;
/// The least and the greatest width of a column.
const WIDTH: (usize, usize) = (8, 48);
/// What stands for a formula whose number is not known.
const UNKNOWN: &str = "#N/A";

/// The workbook as it is drawn, and the names that its sheets have there by their own; none for one that several sheets have.
pub(super) fn prepared(grid: Grid) -> (Grid, HashMap<String, Option<String>>) {
    let mut renamed = HashMap::new();
    let mut used: Vec<String> = Vec::new();
    let sheets = grid.sheets.into_iter().map(|sheet| {
        let name = name(&sheet.name, &used);
        used.push(name.to_lowercase());
        renamed.entry(sheet.name.clone()).and_modify(|name| *name = None).or_insert_with(|| Some(name.clone()));
        Sheet { name, ..drawn(sheet) }
    });
    let mut sheets: Vec<Sheet> = sheets.collect();
    // A workbook has to show one sheet at least.
    if let Some(first) = sheets.first_mut().filter(|first| first.hidden) {
        first.hidden = false;
    }
    (Grid { sheets, ..Grid::default() }, renamed)
}

fn drawn(sheet: Sheet) -> Sheet {
    let formula = |cell: &Cell| sheet.formula(cell.at).map_or(UNKNOWN.to_owned(), |formula| format!("={}", formula.text));
    let cell = |cell: &Cell| {
        let value = match &cell.value {
            Value::Text(text) => Value::Text(tree::cut(text, TEXT)),
            Value::Other(text) | Value::Error(text) => Value::Text(tree::cut(text, TEXT)),
            Value::Uncalculated => Value::Text(tree::cut(&formula(cell), TEXT)),
            other => other.clone(),
        };
        let look = if matches!(value, Value::Number(_)) { Look::Figure(cell.shown) } else { Look::Plain };
        Cell { value, look, ..cell.clone() }
    };
    let cells: Vec<Cell> = sheet.cells.iter().map(cell).collect();
    let drawing = Drawing { widths: widths(&cells), ..Drawing::default() };
    Sheet { merges: apart(sheet.merges.clone()), hidden: sheet.hidden, cells, drawing, ..Sheet::default() }
}

/// The widths that the columns need for their numbers and short texts.
fn widths(cells: &[Cell]) -> Vec<f64> {
    let mut widths: Vec<usize> = Vec::new();
    for cell in cells {
        let place = usize::from(cell.at.col);
        let width = match &cell.value {
            Value::Text(text) => text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0),
            Value::Number(number) => number.to_string().len() + 3,
            _ => 0,
        };
        // What is much longer is a title or a paragraph, and runs over its neighbours.
        if width <= WIDTH.1 {
            widths.resize(widths.len().max(place + 1), WIDTH.0);
            widths[place] = widths[place].max(width + 2);
        }
    }
    widths.into_iter().map(|width| width.min(WIDTH.1) as f64).collect()
}

/// The merges without those that lie over an earlier one, which no workbook can have.
fn apart(mut merges: Vec<Area>) -> Vec<Area> {
    merges.sort_by_key(|area| area.first);
    let mut open: Vec<Area> = Vec::new();
    merges.retain(|area| {
        open.retain(|other| other.last.row >= area.first.row);
        let is_free = open.iter().all(|other| other.last.col < area.first.col || other.first.col > area.last.col);
        if is_free {
            open.push(*area);
        }
        is_free
    });
    merges
}

/// A name that a workbook can have and none of its sheets has.
fn name(written: &str, used: &[String]) -> String {
    let sign = |c: char| match c {
        '[' => '［',
        ']' => '］',
        ':' => '：',
        '*' => '＊',
        '?' => '？',
        '/' => '／',
        '\\' => '＼',
        c if c.is_control() => ' ',
        c => c,
    };
    let name: String = written.chars().map(sign).collect();
    let name = name.trim_matches('\'');
    let name = if name.trim().is_empty() { "Sheet" } else { name };
    let numbered = |n: usize| {
        let number = if n == 1 { String::new() } else { format!("({n})") };
        format!("{}{number}", tree::cut(name, NAME - number.len()))
    };
    (1..).map(numbered).find(|name| !used.contains(&name.to_lowercase())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_workbook_can_have_are_changed_and_told() {
        let sheet = |name: &str| Sheet { name: name.to_owned(), ..Sheet::default() };
        let long = "表".repeat(40);
        let names = ["a/b", "A／B", long.as_str(), long.as_str(), "", "'x'", "好"];
        let (grid, renamed) = prepared(Grid { sheets: names.map(sheet).to_vec(), ..Grid::default() });
        let drawn: Vec<&str> = grid.sheets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(drawn[..2], ["a／b", "A／B(2)"]);
        assert!(drawn.iter().all(|name| name.chars().count() <= NAME && !name.is_empty()));
        let renamed = |name: &str| renamed[name].as_deref();
        assert_eq!((renamed("'x'"), renamed("好"), renamed(&long)), (Some("x"), Some("好"), None));
    }

    #[test]
    fn merges_over_each_other_are_left_out() {
        let area = |first: &str, last: &str| Area::new(first.parse().unwrap(), last.parse().unwrap());
        let (a, b, c) = (area("A1", "C2"), area("B2", "D4"), area("D1", "D4"));
        assert_eq!(apart(vec![b, c, a]), [a, c]);
    }
}
