//! Judges a budget by the rules of its template: identities and named checks; never changes a cell and never words a message.

mod codes;
mod forms;
mod identities;
mod structure;

use crate::finding::{self, Finding};
use crate::model::Budget;

/// All findings of a budget, in the order of the workbook.
pub fn check(budget: &Budget) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &budget.template.rules {
        match &rule.check {
            None => identities::check(budget, rule, &mut findings),
            Some(check) if super::instances::applies(budget, rule) => {
                named(budget, check.name, &mut Named { budget, rule, check, findings: &mut findings })
            }
            Some(_) => {}
        }
    }
    identities::explain(budget, &mut findings);
    finding::in_sheet_order(&mut findings);
    findings
}

/// A named check at work.
struct Named<'a> {
    budget: &'a Budget,
    rule: &'a crate::template::Rule,
    check: &'a crate::template::Check,
    findings: &'a mut Vec<Finding>,
}

impl Named<'_> {
    fn found(&mut self, place: finding::Place, detail: finding::Detail) {
        self.found_at(self.rule.declared.severity, place, detail);
    }

    fn found_at(&mut self, severity: crate::template::Severity, place: finding::Place, detail: finding::Detail) {
        let declared = &self.rule.declared;
        let fact = finding::Fact::Check { title: declared.title.clone(), why: declared.why.clone(), detail };
        self.findings.push(Finding::reading(&declared.id, severity, place, fact));
    }
}

/// Runs a check by its name. Those of headings and row numbers are made while reading, where the sheet is at hand.
fn named(budget: &Budget, name: &str, work: &mut Named<'_>) {
    let _ = budget;
    match name {
        "code-tree" => work.code_tree(),
        "cost-caps" => work.cost_caps(),
        "empty-iff" => work.empty_iff(),
        "empty-notes" => work.empty_notes(),
        "level-words" => work.level_words(),
        "nature-matches-codes" => work.nature_matches_codes(),
        "negative" => work.negative(),
        "never-used" => work.never_used(),
        "no-empty-note" => work.no_empty_note(),
        "placeholders" => work.placeholders(),
        "printed-zero" => work.printed_zero(),
        "product" => work.product(),
        "purchase-without-procurement" => work.purchase_without_procurement(),
        "same-base" => work.same_base(),
        "same-codes" => work.same_codes(),
        "same-names" => work.same_names(),
        "tables-present" => work.tables_present(),
        "two-decimals" => work.two_decimals(),
        _ => {}
    }
}
