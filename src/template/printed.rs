//! Prints the TOML of an edition as people write it, one column or row to a line; never changes a value.

use std::fmt::Write;

use toml::{Table, Value};

/// Longer lists of words stand one word to a line.
const LINE: usize = 110;

/// An edition, or what differs from another one, as text.
pub fn printed(edition: &Table) -> String {
    let mut text = String::new();
    for (key, value) in edition.iter().filter(|(_, value)| !is_part(value)) {
        entry(&mut text, key, value);
    }
    for (key, value) in edition.iter().filter(|(_, value)| is_part(value)) {
        match value {
            Value::Table(part) => element(&mut text, &format!("[{key}]"), part),
            Value::Array(elements) => {
                for part in elements.iter().filter_map(Value::as_table) {
                    element(&mut text, &format!("[[{key}]]"), part);
                }
            }
            _ => {}
        }
    }
    text.trim_start().to_owned()
}

fn is_part(value: &Value) -> bool {
    value.is_table() || value.as_array().is_some_and(|a| !a.is_empty() && a.iter().all(Value::is_table))
}

fn element(text: &mut String, head: &str, part: &Table) {
    // Writing to a string never fails.
    let _ = writeln!(text, "\n{head}");
    part.iter().for_each(|(key, value)| entry(text, key, value));
}

fn entry(text: &mut String, key: &str, value: &Value) {
    let key = toml::Value::String(key.to_owned()).to_string();
    let bare = key.trim_matches('"');
    let is_bare = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let key = if is_bare { bare } else { key.as_str() };
    let line = format!("{key} = {value}");
    let _ = match value.as_array().filter(|a| !a.is_empty() && (a[0].is_table() || line.chars().count() > LINE)) {
        Some(elements) => {
            let lines: String = elements.iter().map(|e| format!("  {e},\n")).collect();
            writeln!(text, "{key} = [\n{lines}]")
        }
        None => writeln!(text, "{line}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back_as_the_same() {
        let edition: Table = r#"
            extends = "a/b"
            [edition]
            year = 2031
            lists = { one = "x" }
            [[table]]
            id = "t"
            title = "甲“乙”\"丙\""
            column = [{ id = "a", heading = ["一", "二"], width = 6.5 }, { id = "b", drop = true }]
            row = []
            [[rule]]
            id = "R"
            with = { "行政" = ["一"] }
        "#
        .parse()
        .unwrap();
        let text = printed(&edition);
        assert_eq!(text.parse::<Table>().unwrap(), edition);
        assert!(text.contains("  { id = \"b\", drop = true },\n"), "{text}");
    }
}
