//! Draws the headings of a table from the paths of its columns; never reads one.

use super::paper::{Paper, height};
use crate::grid::{Look, Value};
use crate::template::{ColumnKind, Fields, Table, written::Words};
use crate::value::{Area, CellRef};

/// The columns of a sheet that a column of a table covers.
pub(super) type Span = (u16, u16);

/// Draws the headings and, for a numbered table, the row of numbers, from the present row on.
pub(super) fn draw(paper: &mut Paper, table: &Table, spans: &[Span], fields: &Fields, words: &Words) {
    let depth = table.heading_depth();
    let paths: Vec<Vec<String>> = table.columns.iter().map(|c| c.heading.iter().map(|h| h.fill(fields)).collect()).collect();
    let word = |row: usize, column: usize| paths[column][row.min(paths[column].len() - 1)].as_str();
    // A cell goes on to the right as long as all headings down to it are the same.
    let same = |row: usize, left: usize, right: usize| (0..=row).all(|r| word(r, left) == word(r, right));
    let mut drawn = vec![vec![false; paths.len()]; depth];
    for row in 0..depth {
        for column in 0..paths.len() {
            if drawn[row][column] {
                continue;
            }
            let right = (column..paths.len()).take_while(|c| same(row, column, *c) && !drawn[row][*c]).last().unwrap_or(column);
            let ends = |r: usize| (column..=right).all(|c| word(r, c) == word(row, column) && same(r, column, c));
            let down = (row..depth).take_while(|r| ends(*r)).last().unwrap_or(row);
            for line in &mut drawn[row..=down] {
                line[column..=right].fill(true);
            }
            let first = CellRef::new(paper.row + row as u32, spans[column].0);
            let last = CellRef::new(paper.row + down as u32, spans[right].1);
            let text = word(row, column);
            let each = height(text, paper.width(first.col, last.col), Look::Heading) / (down - row + 1) as f64;
            for line in first.row..=last.row {
                paper.grow(line, each.max(20.0));
            }
            paper.put_over(Area::new(first, last), Value::Text(text.to_owned()), Look::Heading);
        }
    }
    paper.row += depth as u32;
    if table.declared.numbered {
        numbers(paper, table, spans, words);
    }
}

fn numbers(paper: &mut Paper, table: &Table, spans: &[Span], words: &Words) {
    for (column, span) in table.columns.iter().zip(spans) {
        let text = match (column.number, column.declared.kind) {
            (Some(number), _) => number.to_string(),
            (None, ColumnKind::Sequence) => words.numbers.clone(),
            (None, _) => String::new(),
        };
        let area = Area::new(CellRef::new(paper.row, span.0), CellRef::new(paper.row, span.1));
        paper.put_over(area, Value::Text(text), Look::Heading);
    }
    paper.row += 1;
}
