//! Judges what the narrative says: figures against cells and each other, years, days; never judges a figure it cannot attribute.

use super::Named;
use crate::finding::{Fact, Finding, Numbers, Operand, PastCell, Place, Typed, Verdict};
use crate::model::{Budget, Key, State};
use crate::stage::instances::{self, Standing};
use crate::stage::prose::{Dated, Mention, Told};
use crate::stage::statements::{self, Claim, Years};
use crate::template::written::Severity;
use crate::template::{self, Part, Rows, Rule, Statement};
use crate::value::{Amount, text};

/// Adds what the equations of a rule about figures of the narrative, or about the year before, find. Of several that read the
/// same cells of the year before, the first that the narrative says anything of counts.
pub(super) fn check(years: Years<'_>, rule: &Rule, told: &Told, findings: &mut Vec<Finding>) {
    if rule.statements.is_empty() || !instances::applies(years.now, rule) || !instances::applied(years.past, rule) {
        return;
    }
    let mut settled: Vec<Vec<Option<template::Operand>>> = Vec::new();
    for statement in &rule.statements {
        let past = statement.past.iter().flat_map(|p| p.left.iter().chain(&p.right)).map(|t| t.operand).collect();
        if settled.contains(&past) {
            continue;
        }
        let mut is_said = false;
        statements::each(years, statement, rule.tolerance, told, &mut |claim| {
            is_said = true;
            match claim.standing {
                Standing::Holds => {}
                Standing::Rounding => findings.push(found(years, rule, statement, claim, Verdict::Rounding)),
                Standing::Broken => findings.push(found(years, rule, statement, claim, Verdict::Broken)),
            }
        });
        if is_said && !past.is_empty() {
            settled.push(past);
        }
    }
}

fn found(years: Years<'_>, rule: &Rule, statement: &Statement, claim: &Claim<'_>, verdict: Verdict) -> Finding {
    let (declared, budget) = (&rule.declared, years.now);
    let severity = if verdict == Verdict::Rounding { Severity::Note.min(declared.severity) } else { declared.severity };
    let (value, expected, bound) = (claim.value, claim.expected, claim.bound);
    let numbers = Some(Numbers { value, expected, difference: value - expected, bound });
    let unit = |mention: &Mention| budget.template.narrative.as_ref().map(|n| n.prose.unit(mention.unit)).unwrap_or_default();
    let figure = |(factor, mention): &(Amount, &Mention), is_left| Operand {
        at: None,
        place: Place::at(mention.said.site),
        label: mention.said.quote.clone(),
        value: Some(mention.number),
        factor: *factor,
        is_left,
        unit: Some(unit(mention)),
        past: None,
    };
    let cells =
        |cells: &[instances::Part], is_left| -> Vec<Operand> { cells.iter().map(|part| cell(budget, part, is_left)).collect() };
    let before = |cells: &[instances::Part], is_left| -> Vec<Operand> {
        years.past.map(|past| cells.iter().map(|part| past_cell(past, part, is_left)).collect()).unwrap_or_default()
    };
    let mut operands: Vec<Operand> = claim.left.iter().map(|f| figure(f, true)).collect();
    operands.extend(cells(&claim.cells.left.parts, true));
    operands.extend(before(&claim.past.left.parts, true));
    operands.extend(claim.right.iter().map(|f| figure(f, false)));
    operands.extend(cells(&claim.cells.right.parts, false));
    operands.extend(before(&claim.past.right.parts, false));
    let first = || claim.cells.left.parts.first().map(|part| Place::cell(budget, part.at));
    let place = claim.figures().next().map(|(_, m)| Place::at(m.said.site)).or_else(first).unwrap_or_default();
    let relation = statement.equation.relation;
    let (title, why) = (declared.title.clone(), declared.why.clone());
    let fact = Fact::Identity { title, relation, why, explained: None, agrees_as_displayed: false };
    let read = statement.equation.left.iter().chain(&statement.equation.right).filter_map(|t| Some(t.operand?.table));
    let mut hinges_on: Vec<usize> = read.filter(|table| budget.tables[*table].incomplete).collect();
    hinges_on.dedup();
    Finding {
        rule: declared.id.clone(),
        severity,
        place,
        verdict: Some(verdict),
        numbers,
        operands,
        fact,
        hinges_on,
        suspicion: None,
    }
}

fn cell(budget: &Budget, part: &instances::Part, is_left: bool) -> Operand {
    Operand {
        at: Some(part.at),
        place: Place::cell(budget, part.at),
        label: budget.tables[part.at.table].rows[part.at.row].label.clone(),
        value: budget.slot(part.at).amount,
        factor: part.factor,
        is_left,
        unit: None,
        past: None,
    }
}

/// A cell of the year before: what it is called is that of this year's edition, where it stands is told by itself.
pub(super) fn past_cell(past: &Budget, part: &instances::Part, is_left: bool) -> Operand {
    let of_past = PastCell::of(past, part.at);
    let operand = cell(past, part, is_left);
    Operand { at: None, place: Place { site: None, ..operand.place }, past: Some(of_past), ..operand }
}

impl Named<'_> {
    /// The places of the sections that a check names.
    pub(super) fn sections(&self, key: &str) -> Vec<usize> {
        let Some(narrative) = &self.budget.template.narrative else { return Vec::new() };
        let place = |id: &String| narrative.declared.section.iter().position(|s| s.id == *id);
        self.check.words(key).iter().filter_map(place).collect()
    }

    /// Whether a paragraph stands in one of some sections, or before the first.
    pub(super) fn is_in(&self, paragraph: usize, sections: &[usize]) -> bool {
        self.budget.narrative[paragraph].section.is_none_or(|s| sections.contains(&s))
    }

    pub(super) fn folded(&self, key: &str) -> Vec<String> {
        self.check.words(key).iter().map(|w| text::fold(w)).collect()
    }

    /// The years and days of the sections that a check names.
    fn dates(&self) -> Vec<Dated> {
        let sections = self.sections("sections");
        self.told.dates.iter().filter(|d| self.is_in(d.said.paragraph, &sections)).cloned().collect()
    }

    /// What is compared is compared with the year before.
    pub(super) fn compared_year(&mut self) {
        let Some(year) = self.budget.year else { return };
        for dated in self.dates().into_iter().filter(|d| d.compared && d.day.is_none() && d.year != year - 1) {
            let detail = Typed::ComparedYear { quote: dated.said.quote, year: dated.year, expected: year - 1 };
            self.typed(Place::at(dated.said.site), detail);
        }
    }

    /// Every year is the budget's or the one before, apart from those that a title quotes or a period begins or ends with.
    pub(super) fn years(&mut self) {
        let Some(year) = self.budget.year else { return };
        let (before, after) = (self.folded("before"), self.folded("after"));
        let is_meant = |d: &Dated| {
            let is_quoted = |open: char, close: char| d.before.rfind(open).is_some_and(|at| !d.before[at..].contains(close));
            d.day.is_none()
                && !(year - 1..=year).contains(&d.year)
                && !is_quoted('《', '》')
                && !is_quoted('(', ')')
                && !before.iter().any(|w| d.before.ends_with(w.as_str()))
                && !after.iter().any(|w| d.after.starts_with(w.as_str()))
        };
        for dated in self.dates().into_iter().filter(is_meant) {
            let detail = Typed::OtherYear { quote: dated.said.quote, year: dated.year, budget: year };
            self.typed(Place::at(dated.said.site), detail);
        }
    }

    /// A day up to which something is told is the last of the year before.
    pub(super) fn days(&mut self) {
        let Some(year) = self.budget.year else { return };
        let before = self.folded("before");
        let is_meant = |d: &Dated| before.iter().any(|w| d.before.ends_with(w.as_str()));
        for dated in self.dates().into_iter().filter(is_meant) {
            if let Some((month, day)) = dated.day.filter(|day| (dated.year, *day) != (year - 1, (12, 31))) {
                let quote = format!("{}-{month}-{day}", dated.year);
                self.typed(Place::at(dated.said.site), Typed::OtherDay { quote, expected: year - 1 });
            }
        }
    }

    /// The amounts told of the figure that a check names.
    pub(super) fn told_of(&self) -> Vec<Mention> {
        let narrative = self.budget.template.narrative.as_ref();
        let id = self.check.words("figure").first();
        let figure = narrative.zip(id).and_then(|(n, id)| n.prose.figures.iter().position(|f| f.id == *id));
        let is_it = |m: &&Mention| Some(m.figure) == figure && m.part == Part::Level;
        self.told.mentions.iter().filter(is_it).cloned().collect()
    }

    /// A number of things told is the number of rows of their table.
    pub(super) fn counted_rows(&mut self) {
        let Some(table) = self.check.table("table").filter(|t| self.budget.tables[*t].state == State::Filled) else { return };
        let rows = self.budget.tables[table].rows.iter().filter(|r| matches!(r.key, Key::Free(_))).count();
        for mention in self.told_of().into_iter().filter(|m| m.number != Amount::from(rows as i64)) {
            let table = self.budget.template.tables[table].declared.sheet.clone();
            self.typed(Place::at(mention.said.site), Typed::CountDiffers { quote: mention.said.quote, rows, table });
        }
    }

    /// An institution of a nature that has no such expense does not tell of one.
    pub(super) fn agency_expense(&mut self) {
        let Some(table) = self.check.table("table") else { return };
        let column = self.columns(table, "column");
        let natures = self.folded("natures");
        let rows = self.budget.tables[table].rows.iter().flat_map(|r| &r.texts);
        let own: Vec<String> = rows.filter(|(c, _)| column.contains(c)).map(|(_, t)| t.text.clone()).collect();
        if own.is_empty() || !own.iter().all(|n| natures.contains(&text::fold(n))) {
            return;
        }
        for mention in self.told_of().into_iter().filter(|m| !m.number.is_zero()) {
            let detail = Typed::ExpenseOfOthers { quote: mention.said.quote, nature: own[0].clone() };
            self.typed(Place::at(mention.said.site), detail);
        }
    }

    /// What is to be bought stands in the procurement, as the forms say and as the text points to.
    pub(super) fn purchase_told(&mut self) {
        let Some(table) = self.check.table("table").filter(|t| self.budget.tables[*t].state == State::Empty) else { return };
        let pointers = self.folded("pointers");
        let planned = self.goods_of_forms();
        let sheet = self.budget.template.tables[table].declared.sheet.clone();
        // A purchase of nothing beside forms that buy nothing is right.
        for mention in self.told_of().into_iter().filter(|m| !(m.number.is_zero() && planned.is_empty())) {
            let paragraph = text::fold(&self.budget.narrative[mention.said.paragraph].text.text);
            let points = pointers.iter().any(|p| paragraph.contains(p.as_str()));
            let (planned, table) = (planned.clone(), sheet.clone());
            let detail = Typed::PurchaseTold { quote: mention.said.quote, points, planned, table };
            self.typed(Place::at(mention.said.site), detail);
        }
    }

    /// A change in hundredths is that of the amount of the year before, as far as the last printed digits tell.
    pub(super) fn change_percent(&mut self) {
        let mut found = Vec::new();
        for share in self.told.mentions.iter().filter(|m| m.part == Part::Percent) {
            let of = |part: Part| {
                let is_it = |m: &&Mention| m.figure == share.figure && m.part == part && m.said.paragraph == share.said.paragraph;
                let mut own = self.told.mentions.iter().filter(is_it);
                own.next().filter(|_| own.next().is_none())
            };
            let Some(change) = of(Part::Change) else { continue };
            let prior = of(Part::Prior).map(Mention::yuan).or_else(|| Some(of(Part::Level)?.yuan() - change.yuan()));
            let Some(prior) = prior.filter(|p| *p > Amount::ZERO) else { continue };
            let hundred = Amount::from(100);
            let Some(expected) = change.yuan().checked_mul(hundred).and_then(|c| c.checked_div(prior)) else { continue };
            // What half a step of the change is worth, beside half a step of the share.
            let step = (Amount::step(change.decimals) * change.unit).checked_mul(hundred).and_then(|s| s.checked_div(prior));
            let bound = Amount::step(share.decimals) + step.unwrap_or_default();
            if (share.number - expected).abs() > bound {
                found.push((share.said.clone(), expected.round(2)));
            }
        }
        for (said, expected) in found {
            self.typed(Place::at(said.site), Typed::PercentDiffers { quote: said.quote, expected });
        }
    }

    /// An amount that is said to be all of one class stands in that class.
    pub(super) fn all_of_class(&mut self) {
        let Some(cell) = self.check.cells.first().copied() else { return };
        let (words, template) = (self.folded("words"), &self.budget.template);
        let filed = &self.budget.tables[cell.table];
        let amount = |key: Key| filed.place(key).and_then(|row| filed.rows[row].slots[cell.column].amount).unwrap_or_default();
        let Rows::Declared(total, _) = cell.rows else { return };
        let total = amount(Key::Declared(total));
        let classes = || template.tables.iter().flat_map(|t| &t.rows).filter_map(|r| Some((r, r.class?.code?)));
        let mut found = Vec::new();
        for mention in self.told_of().into_iter().filter(|_| filed.state == State::Filled) {
            let paragraph = text::fold(&self.budget.narrative[mention.said.paragraph].text.text);
            let Some((_, behind)) = paragraph.split_once(text::fold(&mention.said.quote).as_str()) else { continue };
            let behind = behind.trim_start_matches([',', '(']);
            let Some(behind) = words.iter().find_map(|w| behind.strip_prefix(w.as_str())) else { continue };
            let named = classes().find(|(row, _)| row.labels.iter().any(|l| behind.starts_with(l.as_str())));
            if let Some((row, code)) = named.filter(|(_, code)| amount(Key::Code(*code)) != total) {
                let (class, own) = (row.label.clone(), amount(Key::Code(code)));
                found.push((
                    mention.said,
                    Typed::NotAllOfClass { class, own, total, table: template.tables[cell.table].declared.sheet.clone() },
                ));
            }
        }
        for (said, typed) in found {
            self.typed(Place::at(said.site), typed);
        }
    }
}
