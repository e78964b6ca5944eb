//! The report on many budgets as a page for people: a summary, then everything that was found; never judges.

use std::io::Write;

use maud::{Markup, html};

use super::kept::{Checked, KeptFinding, KeptGroup, KeptUnit};
use super::{Batch, ReportError, RuleText};
use crate::edge::page::{self, TAIL};
use crate::finding::{BatchWords, Lang, PageWords, explained_line, explained_title};
use crate::template::Severity;

/// The names of the severities in styles, scripts and addresses.
const LEVELS: [(Severity, &str); 4] =
    [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note"), (Severity::Trial, "trial")];
/// The styles of the states, in their order.
const STATES: [&str; 5] = ["good", "note", "warning", "error", "unread"];

/// Writes the page.
///
/// # Errors
/// When the temporary files cannot be read or the page cannot be written.
pub(super) fn write(batch: &Batch, rules: &dyn Fn(&str) -> RuleText, out: &mut dyn Write) -> Result<(), ReportError> {
    let page = Page { batch, lang: batch.lang, words: PageWords::of(batch.lang), states: BatchWords::of(batch.lang).states };
    out.write_all(page::head(page::tag(batch.lang), page.words.title).as_bytes())?;
    put(out, &page.summary())?;
    out.write_all(b"<main>\n")?;
    page.units(out)?;
    put(out, &page.rules(rules))?;
    page.findings(out)?;
    page.unguarded(out)?;
    out.write_all(b"</main>\n")?;
    Ok(out.write_all(TAIL.as_bytes())?)
}

fn put(out: &mut dyn Write, markup: &Markup) -> Result<(), ReportError> {
    out.write_all(markup.0.as_bytes())?;
    Ok(out.write_all(b"\n")?)
}

struct Page<'b> {
    batch: &'b Batch,
    lang: Lang,
    words: PageWords,
    states: [String; 5],
}

fn level(severity: Severity) -> &'static str {
    LEVELS.iter().find(|(own, _)| *own == severity).map_or("", |(_, name)| name)
}

impl Page<'_> {
    fn summary(&self) -> Markup {
        let (totals, words) = (&self.batch.totals, &self.words);
        let [units, rules, findings, unreadable, unguarded] = words.headings;
        let is_unreadable = totals.states[4] > 0;
        html! {
            (page::skip("findings", words.skip))
            header {
                h1 { (words.title) }
                p .lead { (totals.counts.line(self.lang)) }
                ul .tiles {
                    @for state in (0..STATES.len()).rev() {
                        @let zero = (totals.states[state] == 0).then_some("zero");
                        li class={ (STATES[state]) " " (zero.unwrap_or_default()) } {
                            b { (totals.states[state]) } (self.states[state])
                        }
                    }
                }
                nav aria-label=(words.parts) {
                    ul {
                        li { a href="#units" { (units) } }
                        li { a href="#rules" { (rules) } }
                        li { a href="#findings" { (findings) } }
                        @if is_unreadable { li { a href="#unreadable" { (unreadable) } } }
                        li { a href="#unguarded" { (unguarded) } }
                    }
                }
            }
        }
    }

    fn units(&self, out: &mut dyn Write) -> Result<(), ReportError> {
        let head = html! {
            caption { (self.words.units) }
            thead { tr { @for (place, heading) in self.words.unit_headings.iter().enumerate() {
                th scope="col" .n[(2..6).contains(&place) || place == 7] { (heading) }
            } } }
        };
        write!(out, "<section aria-labelledby=\"units\">\n<h2 id=\"units\">{}</h2>\n", self.words.headings[0])?;
        write!(out, "<table class=\"cards\">{}\n<tbody>\n", head.0)?;
        for (place, unit) in self.batch.units()?.enumerate() {
            put(out, &self.unit_row(place, &unit?))?;
        }
        Ok(out.write_all(b"</tbody></table>\n</section>\n")?)
    }

    fn unit_row(&self, place: usize, unit: &KeptUnit) -> Markup {
        let KeptUnit { checked, findings, .. } = unit;
        let [_, _, errors, warnings, notes, explained, worst, unguarded] = self.words.unit_headings;
        html! {
            tr {
                td { (self.state(checked)) }
                th .wide scope="row" {
                    @if *findings > 0 { a href={ "#u" (place + 1) } { (checked.name()) } } @else { (checked.name()) }
                    @if !checked.unit.is_empty() { div .small { (checked.file) } }
                }
                td .n data-l=(errors) { (checked.errors) }
                td .n data-l=(warnings) { (checked.warnings) }
                td .n data-l=(notes) { (checked.notes) }
                td .n data-l=(explained) { (checked.explained) }
                td data-l=[checked.worst.is_some().then_some(worst)] { @if let Some(worst) = &checked.worst { (worst) } }
                td .n data-l=(unguarded) {
                    @if checked.unguarded.is_empty() { "0" } @else { a href={ "#g" (place + 1) } { (checked.unguarded.len()) } }
                    " / " (checked.amounts)
                }
            }
        }
    }

    fn state(&self, checked: &Checked) -> Markup {
        let state = checked.state();
        html! { span class={ "badge " (STATES[state]) } { (self.states[state]) } }
    }

    fn rules(&self, rules: &dyn Fn(&str) -> RuleText) -> Markup {
        let [id, title, severity, findings, units] = self.words.rule_headings;
        html! {
            section aria-labelledby="rules" {
                h2 #rules { (self.words.headings[1]) }
                table .cards {
                    caption { (self.words.rules) }
                    thead { tr { th scope="col" { (id) } th scope="col" { (title) } th scope="col" { (severity) } th scope="col" .n { (findings) } th scope="col" .n { (units) } } }
                    tbody {
                        @for (rule, by) in &self.batch.totals.rules {
                            tr {
                                th .line scope="row" { a href={ "#rule=" (rule) } { (rule) } }
                                td { (rules(rule).title) }
                                td { (self.badge(by.worst)) }
                                td .n data-l=(findings) { (by.findings) }
                                td .n data-l=(units) { (by.units) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn badge(&self, severity: Severity) -> Markup {
        html! { span class={ "badge " (level(severity)) } { (self.lang.severity(severity)) } }
    }

    fn filter(&self) -> Markup {
        let [severity, unit, rule, text, all_rules, show_all] = self.words.filter;
        let all = self.batch.totals.findings.to_string();
        let [whole, part] = self.words.shown;
        html! {
            form .filter hidden role="search" {
                fieldset {
                    legend { (severity) }
                    @for (severity, name) in LEVELS {
                        label { input type="checkbox" name="level" value=(name) checked; " " (self.lang.severity(severity)) }
                    }
                }
                label { span { (unit) } input type="search" name="unit" autocomplete="off"; }
                label { span { (rule) } select name="rule" {
                    option value="" { (all_rules) }
                    @for (rule, by) in &self.batch.totals.rules { option value=(rule) { (rule) " (" (by.findings) ")" } }
                } }
                label { span { (text) } input type="search" name="text" autocomplete="off"; }
                button type="reset" { (show_all) }
            }
            output #told role="status" data-whole=(whole) data-part=(part) { (whole.replace("{all}", &all)) }
        }
    }

    /// Everything that was found: first the inputs that could not be read, then by unit.
    fn findings(&self, out: &mut dyn Write) -> Result<(), ReportError> {
        write!(out, "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">{}</h2>\n", self.words.headings[2])?;
        put(out, &self.filter())?;
        if self.batch.totals.findings == 0 {
            put(out, &html! { p { (self.words.nothing) } })?;
        }
        if self.batch.totals.states[4] > 0 {
            put(out, &html! { h3 #unreadable { (self.words.headings[3]) } })?;
        }
        for unreadable in [true, false] {
            let mut findings = self.batch.findings()?;
            for (place, unit) in self.batch.units()?.enumerate() {
                let unit = unit?;
                let found: Vec<KeptFinding> = findings.by_ref().take(unit.findings).collect::<Result<_, _>>()?;
                if !found.is_empty() && unit.checked.unreadable == unreadable {
                    put(out, &self.of_unit(place, &unit, &found))?;
                }
            }
        }
        Ok(out.write_all(b"</section>\n")?)
    }

    fn of_unit(&self, place: usize, unit: &KeptUnit, found: &[KeptFinding]) -> Markup {
        let KeptUnit { checked, groups, .. } = unit;
        html! {
            section .unit id={ "u" (place + 1) } data-u={ (checked.unit) " " (checked.file) } {
                @if !checked.unreadable {
                    h3 { (checked.name()) " " (self.state(checked)) }
                }
                @if !checked.unit.is_empty() { p .small { (self.words.file) " " (checked.file) } }
                ul .list { @for group in groups { (self.group(group, checked, found)) } }
                (self.explained(found))
            }
        }
    }

    /// What the unit has explained, apart from all else.
    fn explained(&self, found: &[KeptFinding]) -> Markup {
        let explained = || found.iter().filter_map(|f| Some((f, f.explained.as_deref()?)));
        html! {
            @if explained().next().is_some() {
                details .explained {
                    summary { (explained_title(explained().count(), self.lang)) }
                    ul { @for (finding, reason) in explained() {
                        li {
                            (self.lang.severity(finding.severity)) " " (finding.rule) " " (finding.place()) "　" (finding.message)
                            p .advice { (explained_line(reason, self.lang)) }
                        }
                    } }
                }
            }
        }
    }

    fn group(&self, group: &KeptGroup, checked: &Checked, found: &[KeptFinding]) -> Markup {
        let all =
            || [&group.first].into_iter().chain(&group.same).chain(&group.consequences).filter_map(|place| found.get(*place));
        let distinct = |words: Vec<&str>| {
            let mut distinct: Vec<&str> = Vec::new();
            words.into_iter().for_each(|word| {
                if !distinct.contains(&word) {
                    distinct.push(word)
                }
            });
            distinct.join(" ")
        };
        let Some(first) = found.get(group.first) else { return html! {} };
        let count = 1 + group.same.len() + group.consequences.len();
        let levels = distinct(all().map(|f| level(f.severity)).collect());
        let rules = distinct(all().map(|f| f.rule.as_str()).collect());
        html! {
            li class=(level(first.severity)) data-s=(levels) data-r=(rules) data-n=[(count > 1).then_some(count)] {
                p {
                    (self.badge(first.severity)) span .rule { (first.rule) }
                    span .where { (if checked.unreadable { checked.name() } else { group.places.as_str() }) }
                }
                p { (first.message) }
                @for remark in &group.remarks { p .remark { (remark) } }
                @if !first.advice.is_empty() { p .advice { (first.advice) } }
                (self.others(true, &group.same, found))
                (self.others(false, &group.consequences, found))
            }
        }
    }

    /// Findings that are told with another one.
    fn others(&self, same: bool, places: &[usize], found: &[KeptFinding]) -> Markup {
        html! {
            @if !places.is_empty() {
                details {
                    summary { (PageWords::others(self.lang, same, places.len())) }
                    ul { @for other in places.iter().filter_map(|place| found.get(*place)) {
                        li { (self.lang.severity(other.severity)) " " (other.rule) " " (other.place()) "　" (other.message) }
                    } }
                }
            }
        }
    }

    fn unguarded(&self, out: &mut dyn Write) -> Result<(), ReportError> {
        write!(out, "<section aria-labelledby=\"unguarded\">\n<h2 id=\"unguarded\">{}</h2>\n", self.words.headings[4])?;
        put(out, &html! { p { (self.words.unguarded) } })?;
        for (place, unit) in self.batch.units()?.enumerate() {
            let checked = unit?.checked;
            if checked.unguarded.is_empty() {
                continue;
            }
            put(
                out,
                &html! {
                    details id={ "g" (place + 1) } {
                        summary { (checked.name()) "　" (checked.unguarded.len()) " / " (checked.amounts) }
                        ul { @for (sheet, cells) in by_sheet(&checked.unguarded) { li { (sheet) "　" (cells) } } }
                    }
                },
            )?;
        }
        Ok(out.write_all(b"</section>\n")?)
    }
}

/// Cells with the name of their sheet said once.
fn by_sheet(cells: &[String]) -> impl Iterator<Item = (&str, String)> {
    let split = |cell: &'_ String| cell.rfind('!').map_or(0, |bang| bang + 1);
    let runs = cells.chunk_by(move |one, next| one[..split(one)] == next[..split(next)]);
    runs.filter_map(move |run| {
        let sheet = run.first().map(|cell| cell[..split(cell)].trim_end_matches('!'))?;
        Some((sheet, run.iter().map(|cell| &cell[split(cell)..]).collect::<Vec<_>>().join(" ")))
    })
}
