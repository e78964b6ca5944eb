//! Puts the rows of a table on lines, as the standard prints them; never draws one.

use crate::model::{Budget, Key};
use crate::template::{Body, Table as Declared};

/// A printed line: for each side the row that stands on it.
pub(super) type Line = Vec<Option<usize>>;

/// The lines of a table, in order.
pub(super) fn lines(budget: &Budget, table: usize) -> Vec<Line> {
    lines_with(budget, table, &[])
}

/// The lines of a table in which these declared rows are printed although nothing is filed in them.
pub(super) fn lines_with(budget: &Budget, table: usize, unused: &[usize]) -> Vec<Line> {
    let declared = &budget.template.tables[table];
    match declared.declared.body {
        Body::Fixed => side_by_side(budget, table, declared, unused),
        Body::Tree => tree(budget, table, declared),
        Body::List => list(budget, table),
        Body::Form => Vec::new(),
    }
}

/// Declared rows of all sides; rows that stand beside each other share a line.
fn side_by_side(budget: &Budget, table: usize, declared: &Declared, unused: &[usize]) -> Vec<Line> {
    let sides = declared.sides.len();
    let mut queues: Vec<Vec<usize>> = (0..sides).map(|side| printed(budget, table, declared, side, unused)).collect();
    queues.iter_mut().for_each(|q| q.reverse());
    let mut lines = Vec::new();
    while queues.iter().any(|q| !q.is_empty()) {
        // A row waits until the row it stands beside is next on the other side.
        let waits = |row: usize| {
            let other = declared.rows[row].beside?;
            let queue = &queues[declared.rows[other].side];
            (queue.last() != Some(&other) && queue.contains(&other)).then_some(())
        };
        let awaited =
            |row: usize| queues.iter().any(|q| q.iter().rev().skip(1).any(|other| declared.rows[*other].beside == Some(row)));
        let ready = |queue: &Vec<usize>| queue.last().copied().filter(|row| waits(*row).is_none() && !awaited(*row));
        let mut line: Line = queues.iter().map(ready).collect();
        if line.iter().all(Option::is_none) {
            // Rows that wait for each other in a circle are printed as they come.
            line = queues.iter().map(|q| q.last().copied()).collect();
        }
        for (queue, row) in queues.iter_mut().zip(&line) {
            if row.is_some() {
                queue.pop();
            }
        }
        lines.push(line);
    }
    lines
}

/// The declared rows of a side that are printed, as places among the rows filed.
fn printed(budget: &Budget, table: usize, declared: &Declared, side: usize, unused: &[usize]) -> Vec<usize> {
    let filed = &budget.tables[table];
    let has_amount = |place: usize| filed.rows[place].slots.iter().any(|s| s.amount.is_some());
    let is_printed = |place: &usize| {
        let row = &declared.rows[*place];
        let when_used = row.class.is_some_and(|c| c.when_used);
        row.side == side
            && !(row.optional && filed.rows[*place].site.is_none())
            && (!when_used || has_amount(*place) || unused.contains(place))
    };
    (0..declared.rows.len()).filter(|place| filed.place(Key::Declared(*place)) == Some(*place)).filter(is_printed).collect()
}

/// Codes in order, between the declared rows that stand before and after them.
fn tree(budget: &Budget, table: usize, declared: &Declared) -> Vec<Line> {
    let filed = &budget.tables[table];
    let declared_rows = |last: bool| {
        let rows = declared.rows.iter().enumerate().filter(move |(_, r)| r.last == last);
        rows.filter_map(|(place, _)| filed.place(Key::Declared(place)))
    };
    // Rows of a blank form have no code yet.
    let blank = (0..filed.rows.len()).filter(|place| matches!(filed.rows[*place].key, Key::Free(_)));
    let mut codes: Vec<(crate::value::Code, usize)> = filed
        .rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| if let Key::Code(code) = row.key { Some((code, place)) } else { None })
        .collect();
    codes.sort();
    let rows = declared_rows(false).chain(codes.into_iter().map(|(_, place)| place)).chain(blank).chain(declared_rows(true));
    rows.map(|row| vec![Some(row)]).collect()
}

/// All rows as filed, a declared total last.
fn list(budget: &Budget, table: usize) -> Vec<Line> {
    let rows = &budget.tables[table].rows;
    let of_kind = |total: bool| (0..rows.len()).filter(move |r| matches!(rows[*r].key, Key::Declared(_)) == total);
    of_kind(false).chain(of_kind(true)).map(|row| vec![Some(row)]).collect()
}
