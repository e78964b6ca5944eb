//! The page of all rules: none is missing, each is told in both languages with an example, and nothing is left to be loaded.

use std::collections::{BTreeMap, BTreeSet};

use assert_cmd::cargo::cargo_bin_cmd;
use yusuan::finding::rulebook::{RuleEntry, rulebook};

use crate::support::editions;

fn book() -> Vec<RuleEntry> {
    let editions = editions();
    rulebook(editions.iter().map(|edition| &**edition))
}

/// The ids of a letter and two digits that the sources name in quotation marks.
fn reading_ids(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|word| word.len() == 3 && word.starts_with('R') && word[1..].bytes().all(|b| b.is_ascii_digit()))
}

fn sources(folder: &std::path::Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The book itself is held against all other sources.
        if path.is_dir() {
            sources(&path, texts);
        } else if !path.ends_with("words/rules.rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn no_rule_is_missing_from_the_book() {
    let known: BTreeSet<String> = book().into_iter().map(|entry| entry.id).collect();
    let mut texts = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    let reading: BTreeSet<&str> = texts.iter().flat_map(|text| reading_ids(text)).collect();
    assert!(reading.len() > 25, "{reading:?}");
    let editions = editions();
    let declared = editions.iter().flat_map(|edition| {
        let rules = edition.resolved["rule"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap());
        rules.chain(edition.merging.declared.rule.iter().map(|rule| rule.id.as_str()))
    });
    let missing: BTreeSet<&str> = declared.chain(reading.iter().copied()).filter(|id| !known.contains(*id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for letter in "ABCDPSFR".chars() {
        assert!(known.iter().any(|id| id.starts_with(letter)), "{letter}");
    }
    let untold: Vec<&String> = known.iter().filter(|id| id.starts_with('R') && !reading.contains(id.as_str())).collect();
    assert!(untold.is_empty(), "rules of reading that nothing tells: {untold:?}");
}

#[test]
fn every_rule_is_told_in_both_languages_with_an_example() {
    let mut wrong = Vec::new();
    for entry in book() {
        let mut english: BTreeMap<String, String> = BTreeMap::new();
        for wording in &entry.wordings {
            let [zh, en] = &wording.says.title;
            if zh.is_empty() || en.is_empty() || !en.is_ascii() && !en.contains(['−', '≤', '≥', '×']) {
                wrong.push(format!("{}: {zh} / {en}", entry.id));
            }
            // An edition with another title needs another English one, and the other way round.
            if english.insert(zh.clone(), en.clone()).is_some_and(|known| known != *en) {
                wrong.push(format!("{}: two English titles of {zh}", entry.id));
            }
            if wording.example.as_ref().is_none_or(|texts| texts.iter().any(String::is_empty)) {
                wrong.push(format!("{}: no example", entry.id));
            }
        }
        let distinct: BTreeSet<&String> = english.values().collect();
        if distinct.len() != english.len() {
            wrong.push(format!("{}: one English title of several: {english:?}", entry.id));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn equations_are_told_as_the_tables_print_them() {
    let book = book();
    let find = |id: &str, edition: &str| {
        let entry = book.iter().find(|entry| entry.id == id).unwrap();
        entry.wordings.iter().find(|wording| wording.editions.iter().any(|e| e == edition)).unwrap()
    };
    let total = find("A03", "hebei/unit-2023");
    assert_eq!(
        total.in_words[0],
        ["《收支总表》收入总计·预算数 = 《收支总表》本年收入合计·预算数 + 《收支总表》上年结转结余·预算数"]
    );
    assert_eq!(
        total.example.as_ref().unwrap()[0],
        "《收支总表》收入总计·预算数 51.00，应为 50.00（《收支总表》本年收入合计·预算数 20.00、《收支总表》上年结转结余·预算数 30.00），相差 1.00"
    );
    let least = find("B22", "hebei/unit-2023");
    assert!(least.example.as_ref().unwrap()[0].contains("19.00，小于 20.00"), "{:?}", least.example);
    // Amounts that would agree by chance do not.
    let funds = find("A20", "hebei/unit-2023");
    assert!(funds.example.as_ref().unwrap()[1].contains("off by 1.00"), "{:?}", funds.example);
    assert!(funds.in_words[0][0].contains("一般公共预算拨款（第 2 处）"), "{:?}", funds.in_words);
}

#[test]
fn the_page_has_every_rule_and_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("规则.html");
    let run = cargo_bin_cmd!("yusuan").args(["explain", "--page"]).arg(&path).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let page = std::fs::read_to_string(&path).unwrap();
    for entry in book() {
        assert!(page.contains(&format!("<li id=\"{}\"", entry.id)), "{}", entry.id);
    }
    for outside in ["http://", "https://", " src=", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    for told in ["目前没有版本运行", "Whenever a workbook is read", "hebei/unit-2023", "Known false alarms"] {
        assert!(page.contains(told), "{told}");
    }
    let again = folder.path().join("again.html");
    cargo_bin_cmd!("yusuan").args(["explain", "--page"]).arg(&again).output().unwrap();
    assert_eq!(std::fs::read_to_string(again).unwrap(), page);
}

#[test]
fn a_page_goes_into_a_page_alone_and_needs_no_rule() {
    let status = |arguments: &[&str]| cargo_bin_cmd!("yusuan").args(arguments).output().unwrap().status.code();
    assert_eq!(status(&["explain", "--page", "rules.xlsx"]), Some(2));
    assert_eq!(status(&["explain"]), Some(2));
    assert_eq!(status(&["explain", "A42"]), Some(0));
}
