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
                Named { budget, rule, check, findings: &mut findings }.run()
            }
            Some(_) => {}
        }
    }
    identities::explain(budget, &mut findings);
    super::suspects::propose(budget, &mut findings);
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

    /// Runs a check by its name. Those of headings and row numbers are made while reading, where the sheet is at hand.
    fn run(&mut self) {
        match self.check.name {
            "code-tree" => self.code_tree(),
            "cost-caps" => self.cost_caps(),
            "empty-iff" => self.empty_iff(),
            "empty-notes" => self.empty_notes(),
            "level-words" => self.level_words(),
            "nature-matches-codes" => self.nature_matches_codes(),
            "negative" => self.negative(),
            "never-used" => self.never_used(),
            "no-empty-note" => self.no_empty_note(),
            "placeholders" => self.placeholders(),
            "printed-zero" => self.printed_zero(),
            "product" => self.product(),
            "purchase-without-procurement" => self.purchase_without_procurement(),
            "same-base" => self.same_base(),
            "same-codes" => self.same_codes(),
            "same-names" => self.same_names(),
            "tables-present" => self.tables_present(),
            "two-decimals" => self.two_decimals(),
            _ => {}
        }
    }
}
