//! Lays an edition over the one it extends, on the raw TOML; never interprets a key beyond `id`, `after` and `drop`.

use toml::{Table, Value};

/// Why an edition cannot be laid over another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverlayError {
    /// `after` or `drop` names an element that is not there.
    #[error("no element with id \"{id}\" to {act}")]
    NoSuchElement {
        /// The list.
        key: String,
        /// The id that was named.
        id: String,
        /// What was to be done with it.
        act: &'static str,
    },
    /// Two elements of one list share an id.
    #[error("the id \"{id}\" stands twice")]
    Twice {
        /// The list.
        key: String,
        /// The id.
        id: String,
    },
}

impl OverlayError {
    /// The list in which it happened, with the ids on the way to it.
    pub fn key(&self) -> &str {
        match self {
            Self::NoSuchElement { key, .. } | Self::Twice { key, .. } => key,
        }
    }
}

/// `base` with the changes of `patch`: an element with a known id is patched, a new one is appended or placed `after`
/// another, `drop = true` removes one or a whole key, every other value replaces.
pub fn overlay(mut base: Table, patch: Table) -> Result<Table, OverlayError> {
    merge_tables(&mut base, patch, "")?;
    Ok(base)
}

/// Refuses lists in which an id stands twice, at any depth; an element that is dropped may be written anew beside it.
pub fn unique_ids(table: &Table) -> Result<(), OverlayError> {
    check_ids(table).map_err(|(path, id)| OverlayError::Twice { key: path, id })
}

/// The list in which an id stands twice, with the way to it, and the id.
fn check_ids(table: &Table) -> Result<(), (String, String)> {
    for (key, value) in table {
        // The way is put together only where there is something to tell.
        let below = |(path, id): (String, String)| (if path.is_empty() { key.clone() } else { format!("{key}{path}") }, id);
        match value {
            Value::Table(inner) => check_ids(inner).map_err(|(path, id)| below((format!(".{path}"), id)))?,
            Value::Array(elements) => check_elements(elements).map_err(below)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_elements(elements: &[Value]) -> Result<(), (String, String)> {
    let mut seen = std::collections::HashSet::new();
    for element in elements.iter().filter_map(Value::as_table).filter(|e| !is_dropped(e)) {
        let id = id_of(element);
        if let Some(id) = id.filter(|id| !seen.insert(*id)) {
            return Err((String::new(), id.to_owned()));
        }
        check_ids(element).map_err(|(path, twice)| (format!(" \"{}\".{path}", id.unwrap_or("?")), twice))?;
    }
    Ok(())
}

fn merge_tables(base: &mut Table, patch: Table, path: &str) -> Result<(), OverlayError> {
    for (key, value) in patch {
        let path = join(path, &key);
        match (base.get_mut(&key), value) {
            (Some(_), Value::Table(new)) if is_dropped(&new) => {
                base.remove(&key);
            }
            (Some(Value::Table(old)), Value::Table(new)) => merge_tables(old, new, &path)?,
            (Some(Value::Array(old)), Value::Array(new)) if is_list_of_elements(old) && is_list_of_elements(&new) => {
                merge_lists(old, new, &path)?;
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
    Ok(())
}

fn merge_lists(base: &mut Vec<Value>, patch: Vec<Value>, path: &str) -> Result<(), OverlayError> {
    for element in patch {
        let Value::Table(mut element) = element else { continue };
        let id = id_of(&element).unwrap_or_default().to_owned();
        let place = position(base, &id);
        let no_such = |id: &str, act| OverlayError::NoSuchElement { key: path.to_owned(), id: id.to_owned(), act };
        if is_dropped(&element) {
            base.remove(place.ok_or_else(|| no_such(&id, "drop"))?);
            continue;
        }
        let after = element.remove("after").and_then(|a| a.as_str().map(str::to_owned));
        let merged = match place {
            None => element,
            Some(place) => {
                let path = format!("{path} \"{id}\"");
                let Value::Table(mut old) = base[place].clone() else { continue };
                merge_tables(&mut old, element, &path)?;
                if after.is_none() {
                    base[place] = Value::Table(old);
                    continue;
                }
                base.remove(place);
                old
            }
        };
        let place = match after {
            Some(after) => position(base, &after).ok_or_else(|| no_such(&after, "stand after"))? + 1,
            None => base.len(),
        };
        base.insert(place, Value::Table(merged));
    }
    Ok(())
}

fn is_dropped(patch: &Table) -> bool {
    patch.get("drop").and_then(Value::as_bool) == Some(true)
}

pub(super) fn is_list_of_elements(values: &[Value]) -> bool {
    values.iter().all(|v| v.as_table().and_then(id_of).is_some())
}

pub(super) fn id_of(element: &Table) -> Option<&str> {
    element.get("id").and_then(Value::as_str)
}

fn position(elements: &[Value], id: &str) -> Option<usize> {
    elements.iter().position(|e| e.as_table().and_then(id_of) == Some(id))
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_over(base: &str, patch: &str) -> Result<String, OverlayError> {
        overlay(base.parse().unwrap(), patch.parse().unwrap()).map(|t| toml::to_string(&t).unwrap())
    }

    #[test]
    fn an_id_is_patched_appended_placed_or_dropped() {
        let base = "year = 2023\nrow = [{ id = 'a', label = 'A', indent = 1 }, { id = 'b' }, { id = 'c' }]";
        let patch =
            "year = 2024\nrow = [{ id = 'a', label = 'X' }, { id = 'n', after = 'a' }, { id = 'b', drop = true }, { id = 'z' }]";
        let row = "row = [{ id = 'a', label = 'X', indent = 1 }, { id = 'n' }, { id = 'c' }, { id = 'z' }]";
        let expected: Table = format!("year = 2024\n{row}").parse().unwrap();
        assert_eq!(laid_over(base, patch).unwrap().parse::<Table>().unwrap(), expected);
    }

    #[test]
    fn naming_what_is_not_there_is_the_editions_error() {
        let base = "[[table]]\nid = 't'\nrow = [{ id = 'a' }]";
        let gone = laid_over(base, "[[table]]\nid = 't'\nrow = [{ id = 'b', drop = true }]").unwrap_err();
        assert_eq!((gone.key(), gone.to_string().as_str()), ("table \"t\".row", "no element with id \"b\" to drop"));
        let twice = unique_ids(&"row = [{ id = 'a' }, { id = 'a' }]".parse().unwrap()).unwrap_err();
        assert_eq!((twice.key(), twice.to_string().as_str()), ("row", "the id \"a\" stands twice"));
    }
}
