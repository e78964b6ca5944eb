//! Judges a budget by the rules of its template: identities and named checks; never changes a cell and never words a message.

mod codes;
mod forms;
mod identities;
mod indicators;
mod narrative;
mod structure;
mod wording;
mod years;

use std::cell::OnceCell;
use std::collections::HashSet;

use super::prose::{self, Told};
use super::statements::Years;
use crate::finding::{self, Finding};
use crate::model::{Address, Budget};

/// All findings of a budget, in the order of the workbook.
pub fn check(budget: &Budget) -> Vec<Finding> {
    check_beside(budget, None)
}

/// All findings of a budget beside that of the year before, which has been moved to the same edition.
pub fn check_beside(budget: &Budget, past: Option<&Budget>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let years = Years { now: budget, past };
    let (told, texts) = (prose::read(budget), OnceCell::new());
    for rule in &budget.template.rules {
        match &rule.check {
            None => {
                identities::check(budget, rule, &mut findings);
                narrative::check(years, rule, &told, &mut findings);
            }
            Some(check) if super::instances::applies(budget, rule) && super::instances::applied(past, rule) => {
                Named { budget, past, rule, check, told: &told, texts: &texts, findings: &mut findings }.run()
            }
            Some(_) => {}
        }
    }
    identities::explain(budget, &mut findings);
    super::suspects::propose(budget, &told, &mut findings);
    finding::in_sheet_order(&mut findings);
    findings
}

/// The amounts of money of a budget that stand in no equation of its rules: a wrong number there would not be noticed.
pub fn unguarded(budget: &Budget) -> Vec<Address> {
    let mut guarded: HashSet<Address> = HashSet::new();
    for rule in budget.template.rules.iter().filter(|rule| super::instances::applies(budget, rule)) {
        for equation in &rule.equations {
            super::instances::each(budget, equation, &mut |instance| {
                guarded.extend(instance.left.parts.iter().chain(&instance.right.parts).map(|part| part.at));
            });
        }
    }
    let tables = budget.tables.iter().enumerate();
    let amounts = tables.flat_map(|(table, filed)| filed.amounts().map(move |(row, column, _)| Address { table, row, column }));
    let is_money = |at: &Address| budget.template.tables[at.table].columns[at.column].declared.kind.is_money();
    amounts.filter(|at| is_money(at) && !guarded.contains(at)).collect()
}

/// A named check at work.
struct Named<'a> {
    budget: &'a Budget,
    /// That of the year before.
    past: Option<&'a Budget>,
    rule: &'a crate::template::Rule,
    check: &'a crate::template::Check,
    told: &'a Told,
    /// What people typed, folded: made for the first check that looks at it.
    texts: &'a OnceCell<Vec<(String, finding::Place)>>,
    findings: &'a mut Vec<Finding>,
}

impl Named<'_> {
    fn found(&mut self, place: finding::Place, detail: finding::Detail) {
        self.found_at(self.rule.declared.severity, place, detail);
    }

    fn typed(&mut self, place: finding::Place, typed: finding::Typed) {
        self.found(place, finding::Detail::Typed(typed));
    }

    fn found_at(&mut self, severity: crate::template::Severity, place: finding::Place, detail: finding::Detail) {
        let declared = &self.rule.declared;
        let fact = finding::Fact::Check { title: declared.title.clone(), why: declared.why.clone(), detail };
        self.findings.push(Finding::reading(&declared.id, severity, place, fact));
    }

    /// Runs a check by its name. Those of headings, row numbers and directories are made while reading, where the sheet is at hand.
    fn run(&mut self) {
        match self.check.name {
            "agency-expense" => self.agency_expense(),
            "all-of-class" => self.all_of_class(),
            "change-percent" => self.change_percent(),
            "code-tree" => self.code_tree(),
            "compared-year" => self.compared_year(),
            "cost-caps" => self.cost_caps(),
            "cost-caps-sum" => self.cost_caps_sum(),
            "cost-unit" => self.cost_unit(),
            "counted-rows" => self.counted_rows(),
            "dates" => self.days(),
            "empty-iff" => self.empty_iff(),
            "empty-notes" => self.empty_notes(),
            "glossary-terms" => self.glossary_terms(),
            "indicator-kinds" => self.indicator_kinds(),
            "indicator-values" => self.indicator_values(),
            "level-words" => self.level_words(),
            "nature-matches-codes" => self.nature_matches_codes(),
            "negative" => self.negative(),
            "never-used" => self.never_used(),
            "no-empty-note" => self.no_empty_note(),
            "placeholders" => self.placeholders(),
            "printed-zero" => self.printed_zero(),
            "product" => self.product(),
            "purchase-told" => self.purchase_told(),
            "purchase-without-procurement" => self.purchase_without_procurement(),
            "same-base" => self.same_base(),
            "same-codes" => self.same_codes(),
            "same-names" => self.same_names(),
            "same-object" => self.same_object(),
            "slips" => self.slips(),
            "spoken-of" => self.spoken_of(),
            "tables-present" => self.tables_present(),
            "two-decimals" => self.two_decimals(),
            "reason-told" => self.reason_told(),
            "unit-name" => self.unit_name(),
            "years" => self.years(),
            "zero-base" => self.zero_base(),
            _ => {}
        }
    }
}
