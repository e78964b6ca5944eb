//! Proposes a whole edition from a form: its tables in their order, and what they together say of year, measure and level.

use std::collections::HashMap;

use toml::{Table as Toml, Value};

use super::captions::{self, Captions};
use super::form::{self, Block};
use super::front;
use super::meaning::Meaning;
use super::table::{self, Proposed};
use super::{Fact, Remark};
use crate::stage::folded::Folded;
use crate::stage::locate;
use crate::template::Template;
use crate::value::{CellRef, Measure, text};

/// The editions, those first whose tables are most like those of a form; those with none like them are left out.
pub fn by_likeness<'t>(folded: &Folded<'_>, editions: &[&'t Template]) -> Vec<&'t Template> {
    let score = |edition: &'t Template| {
        let meaning = Meaning::new(vec![edition]);
        let blocks: Vec<Block<'_>> = folded.sheets.iter().flat_map(|sheet| form::blocks(sheet, &meaning)).collect();
        let tables: Vec<_> = meaning.tables(&blocks).into_iter().zip(&blocks).filter_map(|(id, b)| Some((id?, b))).collect();
        let printed = tables.iter().filter(|(id, b)| is_printed(edition, id, b)).count();
        let columns: usize = tables.iter().map(|(id, b)| meaning.exact_columns(id, b)).sum();
        (tables.len(), printed, columns, edition.about.year)
    };
    let mut scored: Vec<_> = editions.iter().map(|e| (score(e), *e)).filter(|(score, _)| score.0 > 0).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, edition)| edition).collect()
}

fn is_printed(edition: &Template, id: &str, block: &Block<'_>) -> bool {
    let title = edition.table(id).and_then(|t| edition.tables[t].titles[0].yearless_words());
    title.is_some_and(|title| text::strip_title_marks(&title) == block.title_words())
}

/// The whole of the proposed edition, and what its author must look at.
pub fn propose(folded: &Folded<'_>, base: &Template, meaning: &Meaning<'_>) -> Option<(Toml, Vec<Remark>)> {
    let mut remarks = Vec::new();
    let mut blocks = Vec::new();
    // A form stands before the block with which the next sheet begins.
    let mut forms = Vec::new();
    for sheet in folded.sheets.iter().filter(|s| !s.sheet.cells.is_empty() && !locate::is_front_matter(s, base)) {
        if let Some(form) = meaning.form(sheet) {
            forms.push((blocks.len(), form));
            continue;
        }
        let found = form::blocks(sheet, meaning);
        if found.is_empty()
            && locate::narrative_title(sheet, base).is_none()
            && let Some((at, words)) = captions::first_words(&sheet.sheet.cells)
        {
            remarks.push(Remark { sheet: sheet.sheet.name.clone(), cell: Some(at), fact: Fact::NoTable { words } });
        }
        blocks.extend(found);
    }
    let ids = meaning.tables(&blocks);
    let mut lines = Captions::new(base);
    let mut tables: Vec<Proposed> = Vec::new();
    for (place, (block, id)) in blocks.iter().zip(&ids).enumerate() {
        tables.extend(forms.iter().filter(|(before, _)| *before == place).map(|(_, form)| table::kept(*form)));
        let fresh = || (1..).map(|n| format!("new_table_{n}")).find(|id| !tables.iter().any(|t| t.id == *id)).unwrap_or_default();
        let id = id.map_or_else(|| (fresh(), false), |id| (id.to_owned(), true));
        tables.push(table::propose(block, (&id.0, id.1), meaning, &mut lines, &mut remarks));
    }
    tables.extend(forms.iter().filter(|(before, _)| *before == blocks.len()).map(|(_, form)| table::kept(*form)));
    let mut seen = std::collections::HashSet::new();
    tables.retain(|table| seen.insert(table.id.clone()));
    if tables.is_empty() {
        return None;
    }
    let mut wanted = base.resolved.clone();
    wanted.insert("caption".to_owned(), Value::Array(lines.written().into_iter().map(Value::Table).collect()));
    about(&mut wanted, base, meaning, &tables, &blocks);
    let titles: Vec<String> = blocks.iter().map(|b| b.title_words().to_owned()).collect();
    front::document(folded, base, &titles, &mut wanted);
    classes(&mut wanted, base, &tables);
    let has_mark = |folded: &str| base.about.marks.iter().any(|mark| folded.contains(&text::fold(mark)));
    if !folded.sheets.iter().flat_map(|s| s.cells()).any(|(_, folded)| has_mark(folded)) {
        let fact = Fact::OtherRegion { region: base.about.region.clone() };
        remarks.push(Remark { sheet: String::new(), cell: None, fact });
    }
    review(base, &tables, &mut remarks);
    let (kept, has_narrative) = beside_the_tables(folded, base, &tables, &mut remarks);
    place_tables(&mut wanted, base, tables, &kept);
    narrative(&mut wanted, has_narrative);
    Some((wanted, remarks))
}

/// The tables of the base that the form does not have and that live on in its narrative, and whether it has one.
fn beside_the_tables(folded: &Folded<'_>, base: &Template, tables: &[Proposed], remarks: &mut Vec<Remark>) -> (Vec<usize>, bool) {
    let has_narrative = folded.sheets.iter().any(|s| locate::narrative_title(s, base).is_some());
    let gone = |place: &usize| !tables.iter().any(|t| t.id == base.tables[*place].declared.id);
    let in_narrative = |place: &usize| base.narrative.iter().flat_map(|n| &n.contains).any(|c| c.contains(place));
    let gone: Vec<usize> = (0..base.tables.len()).filter(gone).collect();
    let (kept, dropped): (Vec<usize>, Vec<usize>) = gone.into_iter().partition(|t| has_narrative && in_narrative(t));
    for table in dropped {
        let declared = &base.tables[table].declared;
        let fact = Fact::Gone { id: declared.id.clone(), title: declared.title.clone() };
        remarks.push(Remark { sheet: String::new(), cell: None, fact });
    }
    (kept, has_narrative)
}

fn place_tables(wanted: &mut Toml, base: &Template, tables: Vec<Proposed>, kept: &[usize]) {
    let measure = wanted.get("edition").and_then(|e| e.get("measure")).and_then(Value::as_str).map(str::to_owned);
    let mut written: Vec<Value> = Vec::new();
    for mut table in tables {
        match table.measure.map(Measure::word) {
            Some(word) if measure.as_deref() != Some(word) => {
                table.written.insert("measure".to_owned(), Value::String(word.to_owned()));
            }
            Some(_) => drop(table.written.remove("measure")),
            None => {}
        }
        written.push(Value::Table(table.written));
    }
    let base = base.resolved.get("table").and_then(Value::as_array);
    written.extend(kept.iter().filter_map(|place| base?.get(*place).cloned()));
    wanted.insert("table".to_owned(), Value::Array(written));
}

/// The narrative goes where the form has none, and names no table that is gone.
fn narrative(wanted: &mut Toml, has_narrative: bool) {
    if !has_narrative {
        wanted.remove("narrative");
        return;
    }
    let tables = wanted.get("table").and_then(Value::as_array).into_iter().flatten();
    let ids: Vec<Value> = tables.filter_map(|t| t.get("id").cloned()).collect();
    let sections = wanted.get_mut("narrative").and_then(|n| n.get_mut("section")).and_then(Value::as_array_mut);
    for section in sections.into_iter().flatten() {
        if let Some(contains) = section.get_mut("contains").and_then(Value::as_array_mut) {
            contains.retain(|id| ids.contains(id));
        }
    }
}

/// Year, measure and level, as most of the tables say.
fn about(wanted: &mut Toml, base: &Template, meaning: &Meaning<'_>, tables: &[Proposed], blocks: &[Block<'_>]) {
    let Some(about) = wanted.get_mut("edition").and_then(Value::as_table_mut) else { return };
    if let Some(year) = most(tables.iter().filter_map(|t| t.year)) {
        if let (Some(old), Some(title)) = (base.about.year, about.get("title").and_then(Value::as_str)) {
            let title = title.replace(&old.to_string(), &year.to_string());
            about.insert("title".to_owned(), Value::String(title));
        }
        about.insert("year".to_owned(), Value::Integer(i64::from(year)));
    }
    if let Some(measure) = most(tables.iter().filter_map(|t| t.measure).map(Measure::word)) {
        about.insert("measure".to_owned(), Value::String(measure.to_owned()));
    }
    let texts: Vec<&str> = blocks.iter().flat_map(|b| b.lines.iter().chain([&b.title]).map(|at| b.sheet.text(*at))).collect();
    let count = |words: &[String]| -> i64 {
        words.iter().map(|w| texts.iter().filter(|t| t.contains(&text::fold(w))).count() as i64).sum()
    };
    let fit = |e: &Template| count(&e.about.level_words) - count(&e.about.foreign_words);
    let nearness = |e: &&&Template| (fit(e), e.about.region == base.about.region, e.about.level == base.about.level);
    if let Some(edition) = meaning.editions().iter().max_by_key(nearness).filter(|e| e.about.level != base.about.level)
        && let Some(known) = edition.resolved.get("edition").and_then(Value::as_table)
    {
        for key in ["level", "level_words", "foreign_words"] {
            about.extend(known.get(key).map(|value| (key.to_owned(), value.clone())));
        }
    }
}

fn most<T: std::hash::Hash + Eq + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    let mut first = Vec::new();
    for value in values {
        if counts.insert(value, counts.get(&value).map_or(1, |n| n + 1)).is_none() {
            first.push(value);
        }
    }
    first.into_iter().rev().max_by_key(|value| counts.get(value).copied())
}

/// The functional classes in the order of a table that prints all of them.
fn classes(wanted: &mut Toml, base: &Template, tables: &[Proposed]) {
    let Some(printed) = tables.iter().find_map(|t| t.classes.as_ref()) else { return };
    let known = base.resolved.get("class").and_then(Value::as_array).cloned().unwrap_or_default();
    let written = printed.iter().map(|(at, label)| class(label, *at, &known, base));
    wanted.insert("class".to_owned(), Value::Array(written.collect()));
}

fn class(label: &str, at: CellRef, known: &[Value], base: &Template) -> Value {
    let folded = text::fold_label(label);
    let words = |c: &Value| -> Vec<String> {
        let variants = c.get("variants").and_then(Value::as_array).into_iter().flatten();
        c.get("label").into_iter().chain(variants).filter_map(Value::as_str).map(text::fold_label).collect()
    };
    if let Some(class) = known.iter().find(|c| words(c).contains(&folded)) {
        return class.clone();
    }
    let is_class = |t: &crate::template::Table, digits: &str| t.levels.first().is_some_and(|l| usize::from(*l) == digits.len());
    let listed = base.tables.iter().filter_map(|t| Some((t, t.list.as_ref()?)));
    let codes = listed.flat_map(|(t, list)| list.iter().map(move |(code, named)| (t, code.to_string(), named)));
    let code = codes.filter(|(t, code, named)| is_class(t, code) && named.is_called(&folded)).map(|(_, code, _)| code).next();
    let mut written = Toml::new();
    let id = code.as_ref().map_or_else(|| format!("class_{}", at.row + 1), |code| format!("f{code}"));
    written.insert("id".to_owned(), Value::String(id));
    written.extend(code.map(|code| ("code".to_owned(), Value::String(code))));
    written.insert("label".to_owned(), Value::String(text::after_ordinal(label).to_owned()));
    Value::Table(written)
}

/// The rules about tables that have new columns or rows.
fn review(base: &Template, tables: &[Proposed], remarks: &mut Vec<Remark>) {
    for table in tables.iter().filter(|t| t.has_news) {
        let Some(place) = base.table(&table.id) else { continue };
        let names = |rule: &crate::template::Rule| {
            let terms = rule.equations.iter().flat_map(|e| e.left.iter().chain(&e.right));
            terms.filter_map(|t| t.operand).any(|o| o.table == place)
        };
        let rules: Vec<String> = base.rules.iter().filter(|r| names(r)).map(|r| r.declared.id.clone()).collect();
        if !rules.is_empty() {
            let fact = Fact::RulesToReview { id: table.id.clone(), rules };
            remarks.push(Remark { sheet: String::new(), cell: None, fact });
        }
    }
}
