//! Follows coded rows of one year into a table of another, where codes changed or are used anew; never matches what no list tells.

use std::collections::HashMap;

use crate::model::{Key, Row, Table};
use crate::template::Changes;
use crate::value::text;

/// The rows of the older table, by their places, that are not the row of the same code now: each with its code now, or none
/// where that code means something else. Both must be there as the list says: the old name before, the present one now.
pub fn succession(changes: &Changes, old: &Table, new: &Table) -> HashMap<usize, Option<Key>> {
    let row = |table: &'_ Table, key: Key| -> Option<String> { table.place(key).map(|row| text::fold(&table.rows[row].label)) };
    let follow = |(place, filed): (usize, &Row)| {
        let Key::Code(code) = filed.key else { return None };
        let moved = changes.moved(code, &filed.label).and_then(|change| {
            let to = Key::Code(change.to?);
            let is_there = row(new, to)? == text::fold(&change.present) && row(old, to).is_none();
            let is_left = row(new, filed.key).is_none_or(|name| name != text::fold(&filed.label));
            (is_there && is_left).then_some(to)
        });
        let is_other = || row(new, filed.key).is_some_and(|present| changes.is_reused(code, &filed.label, &present));
        moved.map(|to| (place, Some(to))).or_else(|| is_other().then_some((place, None)))
    };
    old.rows.iter().enumerate().filter_map(follow).collect()
}
