//! The page of all rules, for people: in both languages at once; never checks anything.

use maud::{Markup, html};

use super::page::{self, TAIL};
use crate::finding::rulebook::{RuleEntry, Says, Wording};
use crate::finding::{Lang, PageWords, READING_RULES, RULE_GROUPS, RULE_PAGE};
use crate::template::Severity;

/// The names of the severities in the style.
const LEVELS: [(Severity, &str); 4] =
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note"), (Severity::Trial, "trial")];

/// The page of these rules; the language is that of the page as a whole.
pub fn rules_page(book: &[RuleEntry], lang: Lang) -> String {
    let words = &RULE_PAGE;
    let groups = RULE_GROUPS.iter().map(|(letter, name)| (letter, name, book.iter().filter(|e| e.id.starts_with(*letter))));
    let groups: Vec<_> = groups.map(|(letter, name, rules)| (letter, name, rules.collect::<Vec<_>>())).collect();
    let title = both(words.title.map(str::to_owned), " · ");
    let body = html! {
        (page::skip("rules", words.title[usize::from(lang == Lang::En)]))
        header {
            h1 { (said(words.title)) }
            (told(words.lead))
            nav aria-label=(title) { ul {
                @for (letter, name, rules) in &groups {
                    @if !rules.is_empty() { li { a href={ "#" (letter) } { (letter) " " (said(**name)) " (" (rules.len()) ")" } } }
                }
            } }
        }
        main #rules {
            (filter(book.len()))
            @for (letter, name, rules) in &groups {
                @if !rules.is_empty() {
                    section .unit aria-labelledby=(letter) data-u=(name[0]) {
                        h2 id=(letter) { (letter) " " (said(**name)) }
                        ul .list { @for entry in rules { (rule(entry)) } }
                    }
                }
            }
        }
    };
    format!("{}{}{TAIL}", page::head(page::tag(lang), &title), body.into_string())
}

/// The choice of severities and of a text.
fn filter(all: usize) -> Markup {
    let [zh, en] = [PageWords::of(Lang::Zh), PageWords::of(Lang::En)];
    let word = |place: usize| said([zh.filter[place], en.filter[place]]);
    let [whole, part] = RULE_PAGE.shown;
    html! {
        form .filter hidden role="search" {
            fieldset {
                legend { (word(0)) }
                @for (severity, name) in LEVELS {
                    @let words = [Lang::Zh, Lang::En].map(|lang| lang.severity(severity));
                    label { input type="checkbox" name="level" value=(name) checked; " " (said(words)) }
                }
            }
            label { span { (word(3)) } input type="search" name="text" autocomplete="off"; }
            button type="reset" { (word(5)) }
        }
        output #told role="status" data-whole=(whole) data-part=(part) { (whole.replace("{all}", &all.to_string())) }
    }
}

/// The same in both languages, one after the other; once where they do not differ.
fn both(texts: [String; 2], between: &str) -> String {
    let [zh, en] = texts;
    if en.is_empty() || zh == en { zh } else { format!("{zh}{between}{en}") }
}

/// The same in both languages within a line.
fn said(texts: [&str; 2]) -> Markup {
    let [zh, en] = texts;
    html! { span lang="zh-CN" { (zh) } " " span .small lang="en" { (en) } }
}

/// The same in both languages, a paragraph each.
fn told<T: AsRef<str>>(texts: [T; 2]) -> Markup {
    let [zh, en] = &texts;
    html! {
        p lang="zh-CN" { (zh.as_ref()) }
        @if !en.as_ref().is_empty() && zh.as_ref() != en.as_ref() { p .small lang="en" { (en.as_ref()) } }
    }
}

fn rule(entry: &RuleEntry) -> Markup {
    let mut levels: Vec<&str> = entry.wordings.iter().filter_map(|w| w.says.severity).map(level).collect();
    levels.dedup();
    html! {
        li #(entry.id) class=(levels.first().copied().unwrap_or_default()) data-s=(levels.join(" ")) data-r=(entry.id) {
            @for wording in &entry.wordings {
                @let says = &wording.says;
                h3 {
                    @if let Some(severity) = says.severity { (badge(severity)) }
                    span .rule { (entry.id) } span lang="zh-CN" { (says.title[0]) }
                }
                p .small lang="en" { (says.title[1]) }
                dl { (lines(entry, wording)) }
            }
        }
    }
}

fn level(severity: Severity) -> &'static str {
    LEVELS.iter().find(|(own, _)| *own == severity).map_or("", |(_, name)| name)
}

fn badge(severity: Severity) -> Markup {
    html! { span class={ "badge " (level(severity)) } { (Lang::Zh.severity(severity)) " " (Lang::En.severity(severity)) } }
}

fn lines(entry: &RuleEntry, wording: &Wording) -> Markup {
    let [equation, written, tolerance, check, condition, why, example, false_alarms, source, scope, editions] = RULE_PAGE.lines;
    let Says { tolerance: allowed, equations, conditions, .. } = &wording.says;
    let line = |name: [&'static str; 2], content: Option<Markup>| {
        html! { @if let Some(content) = content { dt { (said(name)) } dd { (content) } } }
    };
    let pairs = || wording.in_words[0].iter().zip(&wording.in_words[1]);
    let codes = |texts: &[String]| (!texts.is_empty()).then(|| html! { @for text in texts { p { code { (text) } } } });
    let one = |text: &Option<String>| text.as_ref().map(|text| html! { p lang="zh-CN" { (text) } });
    html! {
        (line(equation, (pairs().len() > 0).then(|| html! { @for (zh, en) in pairs() { (told([zh, en])) } })))
        (line(written, codes(equations)))
        (line(check, wording.says.check.as_ref().map(|name| html! { p { code { (name) } } })))
        (line(tolerance, allowed.as_ref().map(|texts| told([&texts[0], &texts[1]]))))
        (line(condition, codes(conditions)))
        (line(RULE_PAGE.explains, wording.says.explains.as_ref().map(|id| html! { p { a href={ "#" (id) } { (id) } } })))
        (line(why, (!wording.says.why.is_empty()).then(|| html! { p lang="zh-CN" { (wording.says.why) } })))
        (line(example, wording.example.as_ref().map(|texts| told([&texts[0], &texts[1]]))))
        (line(false_alarms, wording.says.false_alarms.as_ref().map(|texts| told([&texts[0], &texts[1]]))))
        (line(source, one(&wording.says.source)))
        (line(scope, (!wording.says.scope.is_empty()).then(|| scope_of(&wording.says.scope))))
        (line(editions, Some(editions_of(entry, wording))))
    }
}

fn scope_of(scope: &str) -> Markup {
    match RULE_PAGE.scopes.iter().find(|(own, _)| *own == scope) {
        Some((_, words)) => told(*words),
        None => html! { p { (scope) } },
    }
}

/// Where a rule runs.
fn editions_of(entry: &RuleEntry, wording: &Wording) -> Markup {
    match wording.editions.as_slice() {
        [] if READING_RULES.iter().any(|rule| rule.id == entry.id) => told(RULE_PAGE.everywhere),
        [] => told(RULE_PAGE.nowhere),
        editions => html! { p { (editions.join("、")) } },
    }
}
