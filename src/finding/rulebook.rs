//! All rules as they are told to people: those of every edition, of merging and of reading; never checks a budget.

use super::words::{self, Lang, READING_RULES};
use crate::template::merging::MergeRule;
use crate::template::{Rule, Severity, Template, Tolerance, written};

/// A rule with every wording that it has among the editions.
#[derive(Debug)]
pub struct RuleEntry {
    /// Its id.
    pub id: String,
    /// Its wordings, that of the first edition first.
    pub wordings: Vec<Wording>,
}

/// One wording of a rule.
#[derive(Debug)]
pub struct Wording {
    /// The editions that run it so; none for a rule of reading, which all of them share, and for one that nobody runs yet.
    pub editions: Vec<String>,
    /// What is said of it.
    pub says: Says,
    /// Its equations in the words of its tables, in Chinese and in English.
    pub in_words: [Vec<String>; 2],
    /// What it finds, by an example.
    pub example: Option<[String; 2]>,
}

/// What is said of a rule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Says {
    /// Its title in Chinese and in English.
    pub title: [String; 2],
    /// How much it matters.
    pub severity: Option<Severity>,
    /// What may be off.
    pub tolerance: Option<[String; 2]>,
    /// Its equations as written.
    pub equations: Vec<String>,
    /// Its named check.
    pub check: Option<String>,
    /// Its conditions as written.
    pub conditions: Vec<String>,
    /// The rule that it explains.
    pub explains: Option<String>,
    /// Why it must hold, or what to do first.
    pub why: String,
    /// Where it is safe.
    pub scope: String,
    /// The regulation it rests on.
    pub source: Option<String>,
    /// When it speaks up although nothing is wrong.
    pub false_alarms: Option<[String; 2]>,
}

/// All rules of some editions, of merging and of reading, in the order of their groups and ids.
pub fn rulebook<'t>(templates: impl Iterator<Item = &'t Template>) -> Vec<RuleEntry> {
    let mut book: Vec<RuleEntry> = Vec::new();
    for template in templates {
        for rule in &template.rules {
            add(&mut book, &rule.declared.id, Some(&template.name), of_edition(rule), || illustrated(rule, template));
        }
        for rule in unused(template) {
            let example = rule.example.clone();
            add(&mut book, &rule.id, None, declared(&rule), || (Default::default(), example));
        }
        for rule in &template.merging.declared.rule {
            let example = rule.example.clone();
            add(&mut book, &rule.id, Some(&template.name), of_merging(rule), || (Default::default(), example));
        }
    }
    for entry in &mut book {
        // What no edition runs is told only where none runs the rule at all.
        if entry.wordings.iter().any(|w| !w.editions.is_empty()) {
            entry.wordings.retain(|w| !w.editions.is_empty());
        }
    }
    book.extend(READING_RULES.iter().map(|rule| RuleEntry { id: rule.id.to_owned(), wordings: vec![of_reading(rule)] }));
    let group = |id: &str| words::RULE_GROUPS.iter().position(|(letter, _)| id.starts_with(*letter));
    book.sort_by(|one, other| (group(&one.id), &one.id).cmp(&(group(&other.id), &other.id)));
    book
}

/// Title, reason and severity of a rule, as the first edition that has it says them; `None` where no rule has the id.
pub fn rule_words<'t>(
    id: &str,
    mut templates: impl Iterator<Item = &'t Template>,
    lang: Lang,
) -> Option<(String, String, Severity)> {
    let pick = |zh: &str, en: Option<&str>| if lang == Lang::En { en.unwrap_or(zh).to_owned() } else { zh.to_owned() };
    if let Some(rule) = READING_RULES.iter().find(|rule| rule.id == id) {
        let [title, example] = [rule.title, rule.example].map(|[zh, en]| pick(zh, Some(en)));
        return Some((title, example, rule.severity));
    }
    templates.find_map(|template| {
        let own = template.rule(id).map(|rule| &rule.declared);
        let own = own.map(|d| (pick(&d.title, d.english.as_deref()), d.why.clone().unwrap_or_default(), d.severity));
        let merging = || template.merging.rule(id);
        own.or_else(|| merging().map(|r| (pick(&r.title, r.english.as_deref()), r.why.clone(), r.severity)))
    })
}

/// Equations in words, and the example that a rule declares or makes.
type Illustrated = ([Vec<String>; 2], Option<[String; 2]>);

fn add(book: &mut Vec<RuleEntry>, id: &str, edition: Option<&str>, says: Says, illustrated: impl FnOnce() -> Illustrated) {
    let entry = match book.iter_mut().position(|entry| entry.id == id) {
        Some(place) => &mut book[place],
        None => {
            book.push(RuleEntry { id: id.to_owned(), wordings: Vec::new() });
            let last = book.len() - 1;
            &mut book[last]
        }
    };
    let same = |known: &&mut Wording| known.says == says && known.editions.is_empty() == edition.is_none();
    if let Some(known) = entry.wordings.iter_mut().find(same) {
        known.editions.extend(edition.map(str::to_owned));
        return;
    }
    let (in_words, example) = illustrated();
    entry.wordings.push(Wording { editions: edition.map(str::to_owned).into_iter().collect(), says, in_words, example });
}

/// The rules that an edition declares, or inherits, and does not run: those of other regions and the optional ones.
fn unused(template: &Template) -> Vec<written::Rule> {
    let rules = template.resolved.get("rule").and_then(toml::Value::as_array).into_iter().flatten();
    let rules = rules.filter_map(|rule| rule.clone().try_into::<written::Rule>().ok());
    rules.filter(|rule| template.rule(&rule.id).is_none()).collect()
}

fn illustrated(rule: &Rule, template: &Template) -> Illustrated {
    let both = |lang| words::equations(template, &rule.equations, &rule.statements, lang);
    let made = |lang| words::example(template, &rule.equations, &rule.statements, lang);
    let example = rule.declared.example.clone().or_else(|| Some([made(Lang::Zh)?, made(Lang::En)?]));
    ([both(Lang::Zh), both(Lang::En)], example)
}

fn of_edition(rule: &Rule) -> Says {
    let allowed = |lang| words::tolerance(rule.tolerance, lang);
    let is_equation = rule.declared.check.is_none() || rule.tolerance != Tolerance::Exact;
    Says { tolerance: is_equation.then(|| [allowed(Lang::Zh), allowed(Lang::En)]), ..declared(&rule.declared) }
}

fn declared(rule: &written::Rule) -> Says {
    Says {
        title: [rule.title.clone(), rule.english.clone().unwrap_or_default()],
        severity: Some(rule.severity),
        tolerance: None,
        equations: rule.equations.clone(),
        check: rule.check.clone(),
        conditions: rule.when.clone(),
        explains: rule.explains.clone(),
        why: rule.why.clone().unwrap_or_default(),
        scope: rule.scope.clone(),
        source: rule.source.clone(),
        false_alarms: rule.false_alarms.clone(),
    }
}

fn of_merging(rule: &MergeRule) -> Says {
    Says {
        title: [rule.title.clone(), rule.english.clone().unwrap_or_default()],
        severity: Some(rule.severity),
        why: rule.why.clone(),
        false_alarms: rule.false_alarms.clone(),
        ..Says::default()
    }
}

fn of_reading(rule: &words::ReadingRule) -> Wording {
    let own = |texts: [&str; 2]| texts.map(str::to_owned);
    let false_alarms = (!rule.false_alarms[0].is_empty()).then(|| own(rule.false_alarms));
    Wording {
        editions: Vec::new(),
        says: Says { title: own(rule.title), severity: Some(rule.severity), false_alarms, ..Says::default() },
        in_words: Default::default(),
        example: Some(own(rule.example)),
    }
}
