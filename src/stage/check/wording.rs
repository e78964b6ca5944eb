//! Named checks of the words people type: what a section must speak of, terms, slips, the unit's name; never of amounts.

use super::Named;
use super::structure::holding;
use crate::finding::{Place, Typed};
use crate::model::Site;
use crate::stage::prose;
use crate::template::Part;
use crate::value::text;

impl Named<'_> {
    /// The parameters of a check whose keys are words of the data.
    fn open(&self, closed: &[&str]) -> Vec<(String, Vec<String>)> {
        let open = self.check.with.iter().filter(|(key, _)| !closed.contains(&key.as_str()));
        open.map(|(key, values)| (key.clone(), values.words().to_vec())).collect()
    }

    /// A section speaks of everything that it must, unless it says that there is none of it.
    pub(super) fn spoken_of(&mut self) {
        let sections = self.sections("section");
        let is_here = |section: Option<usize>| section.is_some_and(|s| sections.contains(&s));
        let paragraphs: Vec<_> = self.budget.narrative.iter().enumerate().filter(|(_, p)| is_here(p.section)).collect();
        let Some((_, first)) = paragraphs.first() else { return };
        let all: String = paragraphs.iter().map(|(_, p)| text::fold(&p.text.text)).collect();
        if self.folded("unless").iter().any(|w| all.contains(w.as_str())) {
            return;
        }
        let lacks = |words: &[String]| !words.iter().any(|w| all.contains(text::fold(w).as_str()));
        let missing: Vec<String> =
            self.open(&["section", "unless"]).into_iter().filter(|(_, words)| lacks(words)).map(|(item, _)| item).collect();
        if missing.is_empty() {
            return;
        }
        let is_said =
            |m: &&prose::Mention| m.part == Part::Level && paragraphs.iter().any(|(place, _)| *place == m.said.paragraph);
        let said: Vec<String> = self.told.mentions.iter().filter(is_said).map(|m| m.said.quote.clone()).collect();
        self.typed(Place::at(first.text.site), Typed::NotSpokenOf { said, missing });
    }

    /// The glossary explains the terms of the tables, not others for the same thing.
    pub(super) fn glossary_terms(&mut self) {
        let sections = self.sections("section");
        let terms = self.open(&["section"]);
        let filed: Vec<String> = self.budget.rewordings.iter().map(|r| text::fold(&r.written.text)).collect();
        let mut found = Vec::new();
        for paragraph in self.budget.narrative.iter().filter(|p| p.section.is_some_and(|s| sections.contains(&s))) {
            let folded = text::fold(&paragraph.text.text).replace('*', "");
            let Some((term, _)) = text::strip_ordinal(&folded).split_once(':') else { continue };
            let entry = terms.iter().find(|(said, _)| text::fold(said) == term.trim_matches('"'));
            // What the tables of this budget are headed with is no other term.
            if let Some((said, standard)) = entry.filter(|_| !filed.iter().any(|f| f.contains(term))) {
                found.push((paragraph.text.site, said.clone(), standard.concat()));
            }
        }
        for (site, said, standard) in found {
            self.typed(Place::at(site), Typed::OtherTerm { said, standard });
        }
    }

    /// No slip that the template lists stands in titles, names, forms or narrative. The note of an empty table has a check of
    /// its own.
    pub(super) fn slips(&mut self) {
        let slips: Vec<(String, String, String)> =
            self.open(&[]).into_iter().map(|(slip, right)| (text::fold(&slip), slip, right.concat())).collect();
        let template = &self.budget.template;
        let noted = self.budget.tables.iter().zip(&template.tables).filter(|(_, declared)| declared.declared.fund.is_some());
        let notes: Vec<Site> =
            noted.flat_map(|(t, _)| &t.notes).filter(|n| template.says_empty(&n.text)).map(|n| n.site).collect();
        for (text, place) in holding(self.texts(), slips.iter().map(|(folded, ..)| folded)) {
            if place.site.is_some_and(|site| notes.contains(&site)) {
                continue;
            }
            let here = slips.iter().filter(|(folded, ..)| text.contains(folded.as_str()));
            let here: Vec<(String, String)> = here.map(|(_, slip, right)| (slip.clone(), right.clone())).collect();
            if !here.is_empty() {
                self.typed(place.clone(), Typed::Slips(here));
            }
        }
    }

    /// Where a sentence names the budget unit it names this one.
    pub(super) fn unit_name(&mut self) {
        let Some(own) = self.budget.name.clone() else { return };
        let own: Vec<char> = text::fold(&own).chars().collect();
        let sections = self.sections("sections");
        let (before, after, endings) = (self.folded("before"), self.folded("after"), self.folded("endings"));
        let us = self.folded("own");
        let mut found = Vec::new();
        for (place, paragraph) in self.budget.narrative.iter().enumerate().filter(|(place, _)| self.is_in(*place, &sections)) {
            let folded = text::fold(&paragraph.text.text);
            let behind = before.iter().filter_map(|w| folded.split_once(w.as_str())).map(|(_, rest)| leading(rest));
            let ahead = after.iter().filter_map(|w| folded.split_once(w.as_str())).map(|(rest, _)| trailing(rest));
            let named = behind.chain(ahead).filter_map(|named| institution(named, &endings)).find(|named| {
                let named: Vec<char> = named.chars().collect();
                let is_this = prose::shortens(&named, &own) || prose::shortens(&own, &named);
                !is_this && !us.iter().any(|w| named.starts_with(&w.chars().collect::<Vec<_>>()))
            });
            found.extend(named.map(|named| (place, named.to_owned())));
        }
        for (place, named) in found {
            self.typed(Place::at(self.budget.narrative[place].text.site), Typed::OtherUnit { named, own: own.iter().collect() });
        }
    }
}

/// The letters that a text begins with.
fn leading(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())]
}

/// The letters that a text ends with.
fn trailing(text: &str) -> &str {
    text.rfind(|c: char| !c.is_alphabetic()).map_or(text, |at| &text[at..]).trim_start_matches(|c: char| !c.is_alphabetic())
}

/// The longest beginning of a text that is the name of an institution.
fn institution<'t>(text: &'t str, endings: &[String]) -> Option<&'t str> {
    let ends = endings.iter().filter_map(|ending| text.rfind(ending.as_str()).map(|at| at + ending.len()));
    ends.max().map(|end| &text[..end]).filter(|name| name.chars().count() > 3)
}
