//! Proposes what the cover and the directory of a form say about the published document; never looks at a table.

use toml::{Table as Toml, Value};

use crate::stage::folded::{Folded, FoldedSheet};
use crate::template::{Pattern, Template};
use crate::value::text;

/// Sets the name on the cover, the lines below it and the heading of the tables, as far as the form prints them.
pub fn document(folded: &Folded<'_>, base: &Template, titles: &[String], wanted: &mut Toml) {
    let Some(document) = wanted.get_mut("document").and_then(Value::as_table_mut) else { return };
    for sheet in &folded.sheets {
        let name = text::fold(&sheet.sheet.name);
        if name == text::fold(&base.document.cover) {
            let is_known =
                |name: &str| Pattern::parse(&base.document.title).is_ok_and(|p| !p.is_fixed() && p.ends_like(&text::fold(name)));
            cover(sheet, is_known, document);
        } else if name == text::fold(&base.document.contents) {
            contents(sheet, titles, document);
        }
    }
}

/// The first line of a cover is the name of the document; what is written after a colon is the name of the unit.
fn cover(sheet: &FoldedSheet<'_>, is_known: impl Fn(&str) -> bool, document: &mut Toml) {
    let mut lines = sheet.cells().filter_map(|(cell, folded)| Some((cell.text()?.trim(), folded))).filter(|(_, f)| !f.is_empty());
    let Some((name, folded)) = lines.next() else { return };
    let Some(year) = text::title_year(folded) else { return };
    if !is_known(name) {
        document.insert("title".to_owned(), Value::String(name.replace(&year.to_string(), "{year}")));
    }
    let named = lines.filter_map(|(line, _)| line.split_once(['：', ':']));
    let lines: Vec<Value> = named.map(|(before, _)| Value::String(format!("{before}：{{name}}"))).collect();
    if !lines.is_empty() {
        document.insert("cover_lines".to_owned(), Value::Array(lines));
    }
}

/// The line before the first table in a directory is the heading of the tables.
fn contents(sheet: &FoldedSheet<'_>, titles: &[String], document: &mut Toml) {
    let mut before: Option<&str> = None;
    for (cell, folded) in sheet.cells().filter(|(_, folded)| !folded.is_empty()) {
        let line = folded.trim_end_matches(['…', '.', '·']);
        if titles.iter().any(|title| line.ends_with(title.as_str())) {
            let heading = before.map(text::after_ordinal).map(|h| h.trim_end_matches(['…', '.', '·', ' ']));
            if let Some(heading) = heading.filter(|h| !h.is_empty()) {
                document.insert("tables_heading".to_owned(), Value::String(heading.to_owned()));
            }
            return;
        }
        before = cell.text();
    }
}
