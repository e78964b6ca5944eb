//! Says what an edition must write to become another one: the inverse of laying one over the other; never interprets a key.

use toml::{Table, Value};

use super::overlay::{id_of, is_list_of_elements};

/// The patch that, laid over `base`, gives `wanted`.
pub fn difference(base: &Table, wanted: &Table) -> Table {
    let mut patch = Table::new();
    for (key, value) in wanted {
        let change = match (base.get(key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => Some(Value::Table(difference(old, new))).filter(|v| !is_nothing(v)),
            (Some(Value::Array(old)), Value::Array(new)) if is_list_of_elements(old) && is_list_of_elements(new) => {
                Some(Value::Array(changed_elements(old, new))).filter(|v| !is_nothing(v))
            }
            (Some(old), new) if old == new => None,
            (_, new) => Some(new.clone()),
        };
        if let Some(change) = change {
            patch.insert(key.clone(), change);
        }
    }
    let gone = base.keys().filter(|key| !wanted.contains_key(*key));
    patch.extend(gone.map(|key| (key.clone(), Value::Table(dropped()))));
    patch
}

fn is_nothing(value: &Value) -> bool {
    value.as_table().is_some_and(Table::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

fn dropped() -> Table {
    Table::from_iter([("drop".to_owned(), Value::Boolean(true))])
}

fn id(element: &Value) -> &str {
    element.as_table().and_then(id_of).unwrap_or_default()
}

fn with(element: Table, key: &str, value: &str) -> Table {
    Table::from_iter([(key.to_owned(), Value::String(value.to_owned()))].into_iter().chain(element))
}

/// The elements to write so that the old list becomes the new one: those that go, then those that change, come or move.
fn changed_elements(old: &[Value], new: &[Value]) -> Vec<Value> {
    let gone = old.iter().filter(|o| !new.iter().any(|n| id(n) == id(o)));
    let mut written: Vec<Value> = gone.map(|g| Value::Table(with(dropped(), "id", id(g)))).collect();
    let kept: Vec<&str> = old.iter().map(id).filter(|o| new.iter().any(|n| id(n) == *o)).collect();
    let staying = staying(&kept, &new.iter().map(id).collect::<Vec<_>>());
    let stays_last = |place: usize| new[place..].iter().all(|n| !kept.contains(&id(n)));
    for (place, element) in new.iter().enumerate() {
        let Some(wanted) = element.as_table() else { continue };
        let before = old.iter().find(|o| id(o) == id(element)).and_then(Value::as_table);
        let mut change = match before {
            Some(before) => difference(before, wanted),
            None => wanted.iter().filter(|(key, _)| *key != "id").map(|(key, value)| (key.clone(), value.clone())).collect(),
        };
        let moves = if before.is_some() { !staying.contains(&id(element)) } else { !stays_last(place) };
        if let Some(previous) = place.checked_sub(1).filter(|_| moves) {
            change = with(change, "after", id(&new[previous]));
        }
        if !change.is_empty() || before.is_none() {
            written.push(Value::Table(with(change, "id", id(element))));
        }
    }
    written
}

/// The kept elements that can stay where they are: the longest run in the new order, beginning with its first element where
/// that is an old one, for nothing can be placed before all others.
fn staying<'s>(kept: &[&'s str], new: &[&'s str]) -> Vec<&'s str> {
    let Some(first) = new.first() else { return Vec::new() };
    let Some(start) = kept.iter().position(|k| k == first) else { return Vec::new() };
    let places: Vec<usize> = kept[start..].iter().filter_map(|k| new.iter().position(|n| n == k)).collect();
    // The longest rising run that begins with the first place; lists of an edition are short.
    let mut best: Vec<Vec<usize>> = Vec::with_capacity(places.len());
    for place in &places {
        let longest = best.iter().filter(|run| run.last().is_some_and(|l| l < place)).max_by_key(|run| run.len());
        let mut run = longest.cloned().unwrap_or_default();
        run.push(*place);
        best.push(run);
    }
    let longest = best.into_iter().filter(|run| run.first() == Some(&0)).max_by_key(Vec::len);
    longest.unwrap_or_default().into_iter().map(|place| new[place]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::overlay::overlay;
    use super::*;

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_differs_is_written() {
        let base = table("a = 1\nb = 2\nrow = [{ id = 'x', n = 1 }, { id = 'y', n = 1 }, { id = 'z' }]");
        let wanted = table("a = 1\nc = 3\nrow = [{ id = 'x', n = 1 }, { id = 'new', n = 4 }, { id = 'y', n = 2 }]");
        let expected = "c = 3\nb = { drop = true }\nrow = [{ id = 'z', drop = true }, { id = 'new', after = 'x', n = 4 }, { id = 'y', n = 2 }]";
        assert_eq!(difference(&base, &wanted), table(expected));
        assert!(difference(&base, &base).is_empty());
    }

    fn list() -> impl Strategy<Value = Table> {
        let ids = prop::sample::subsequence((0..9).collect::<Vec<usize>>(), 1..9).prop_shuffle();
        (ids, prop::collection::vec(0..3, 9)).prop_map(|(ids, values)| {
            let rows: Vec<String> = ids.iter().map(|id| format!("{{ id = 'r{id}', n = {} }}", values[*id])).collect();
            table(&format!("row = [{}]", rows.join(", ")))
        })
    }

    proptest! {
        #[test]
        fn laid_over_the_base_it_gives_what_is_wanted(base in list(), wanted in list()) {
            prop_assert_eq!(overlay(base.clone(), difference(&base, &wanted)).unwrap(), wanted);
        }
    }
}
