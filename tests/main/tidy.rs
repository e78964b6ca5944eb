//! Tidiness of the source: documentation, file length, layers, what may be named where.

use std::path::Path;

use crate::support::editions;

/// The layers from the lowest up, each with those it may import beside itself.
const LAYERS: [(&str, &[&str]); 8] = [
    ("value", &[]),
    ("grid", &["value"]),
    ("template", &["value", "grid"]),
    ("model", &["value", "grid", "template"]),
    ("finding", &["value", "grid", "template", "model"]),
    ("stage", &["value", "grid", "template", "model", "finding"]),
    ("edge", &["value", "grid", "template", "model", "finding"]),
    ("command", &["value", "grid", "template", "model", "finding", "stage", "edge"]),
];

/// A source file: its path below the root of the repository, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The layer it belongs to; none for `lib.rs` and `main.rs`.
    fn layer(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let first = below.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|name| LAYERS.iter().any(|(layer, _)| layer == name))
    }

    /// Whether it lies in a folder, or is that file.
    fn is_below(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Its code without comments and without the tests at its end.
    fn code(&self) -> String {
        let own = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        own.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let below = path.strip_prefix(root).unwrap().components().map(|c| c.as_os_str().to_string_lossy());
            files.push(File { path: below.collect::<Vec<_>>().join("/"), text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, &root.join(folder), &mut files);
    assert!(!files.is_empty());
    files
}

/// The program without its own unit tests.
fn program() -> Vec<File> {
    files("src").into_iter().filter(|f| !f.path.ends_with("/tests.rs")).collect()
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The lines of code that contain a word, as `path:line: word`.
fn lines_with(file: &File, words: &[&str]) -> Vec<String> {
    let code = file.code();
    let lines = code.lines().enumerate();
    let hits = lines.flat_map(|(place, line)| words.iter().filter(|w| has_word(line, w)).map(move |w| (place, *w)));
    hits.map(|(place, word)| format!("{}:{}: {word}", file.path, place + 1)).collect()
}

/// Whether a text stands in a line and is no part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let after = &line[at + word.len()..];
        !line[..at].chars().next_back().is_some_and(is_name)
            && (word.ends_with(':') || !after.chars().next().is_some_and(is_name))
    })
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let is_bare = |f: &&File| !f.text.starts_with("//! ");
    let bare: Vec<String> = files("src").iter().chain(&files("tests")).filter(is_bare).map(|f| f.path.clone()).collect();
    assert_none(&bare);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let lengths = files("src").into_iter().chain(files("tests")).map(|f| (f.text.lines().count(), f.path));
    let long: Vec<String> = lengths.filter(|(lines, _)| *lines > 500).map(|(lines, path)| format!("{path}: {lines}")).collect();
    assert_none(&long);
}

#[test]
fn every_file_belongs_to_a_layer_that_the_test_knows() {
    let outside = |f: &&File| f.layer().is_none() && !["src/lib.rs", "src/main.rs"].contains(&f.path.as_str());
    let unknown: Vec<String> = files("src").iter().filter(outside).map(|f| f.path.clone()).collect();
    assert_none(&unknown);
}

/// The layers that a text imports: `crate::grid::…`, `crate::{grid, value}`.
fn imports(code: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(name(rest));
            continue;
        };
        let mut depth = 1;
        let mut part = String::new();
        for c in group.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 || (depth == 1 && c == ',') {
                names.push(name(&part));
                part.clear();
            } else {
                part.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(imports("use crate::grid::Cell;\nuse crate::{value::{Amount, text}, model};"), ["grid", "value", "model"]);
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for file in files("src") {
        let Some(layer) = file.layer() else { continue };
        let (_, allowed) = LAYERS.iter().find(|(name, _)| *name == layer).unwrap();
        for import in imports(&file.text) {
            let is_layer = LAYERS.iter().any(|(name, _)| *name == import);
            if is_layer && import != layer && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: {layer} imports {import}", file.path));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn only_the_edge_opens_files_and_names_the_formats() {
    let words = ["std::fs", "File::open", "File::create", "calamine", "rust_xlsxwriter", "zip::", "tempfile"];
    let inner = files("src").into_iter().filter(|f| !f.is_below("src/edge") && !f.is_below("src/main.rs"));
    assert_none(&inner.flat_map(|f| lines_with(&f, &words)).collect::<Vec<_>>());
}

#[test]
fn no_float_comes_near_an_amount_of_the_model() {
    let is_inner = |f: &File| ["src/model.rs", "src/model", "src/stage", "src/finding"].iter().any(|p| f.is_below(p));
    let inner: Vec<File> = files("src").into_iter().filter(is_inner).collect();
    assert_none(&inner.iter().flat_map(|f| lines_with(f, &["to_f64", "from_f64"])).collect::<Vec<_>>());
    // The widths and heights of a drawing are no amounts.
    let others = inner.iter().filter(|f| !f.is_below("src/stage/layout"));
    assert_none(&others.flat_map(|f| lines_with(f, &["f64", "f32"])).collect::<Vec<_>>());
}

#[test]
fn no_table_region_year_or_edition_is_named_in_the_program() {
    let editions = editions();
    let mut words: Vec<String> = Vec::new();
    for edition in &editions {
        words.extend(edition.tables.iter().map(|t| format!("\"{}\"", t.declared.id)));
        words.push(edition.about.region.clone());
        words.push(format!("\"{}\"", edition.name));
        words.extend(edition.about.year.map(|y| y.to_string()));
        words.extend(edition.tables.iter().map(|t| t.declared.title.clone()));
    }
    words.sort();
    words.dedup();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let named = |file: &File| {
        let code = file.code();
        let lines = code.lines().enumerate();
        let hits = lines.flat_map(|(place, line)| {
            let here = words.iter().filter(|w| if w.starts_with('"') { line.contains(**w) } else { has_part(line, w) });
            here.map(move |w| (place, *w)).collect::<Vec<_>>()
        });
        hits.map(|(place, word)| format!("{}:{}: {word}", file.path, place + 1)).collect::<Vec<_>>()
    };
    assert_none(&program().iter().flat_map(named).collect::<Vec<_>>());
}

/// Whether a word stands in a line; a number only where it is no part of a longer one.
fn has_part(line: &str, word: &str) -> bool {
    if word.bytes().all(|b| b.is_ascii_digit()) { has_word(line, word) } else { line.contains(word) }
}

#[test]
fn no_rule_is_named_where_rules_are_applied() {
    let ids: Vec<String> = editions().iter().flat_map(|e| &e.rules).map(|r| format!("\"{}\"", r.declared.id)).collect();
    let mut named = Vec::new();
    for file in program() {
        let code = file.code();
        named.extend(ids.iter().filter(|id| code.contains(id.as_str())).map(|id| format!("{}: {id}", file.path)));
    }
    assert_none(&named);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "ignore"),
    ];
    let mut left = Vec::new();
    for file in files("src").iter().chain(&files("tests")) {
        let hits = marks.iter().filter(|m| file.text.contains(**m));
        left.extend(hits.map(|m| format!("{}: {m}", file.path)));
    }
    assert_none(&left);
}
