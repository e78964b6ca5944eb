//! A budget moved to another edition: what has a place there goes over whole, and everything else is told.

use yusuan::finding::{Fact, Finding};
use yusuan::model::Budget;
use yusuan::stage::recompute;
use yusuan::stage::translate::translate;
use yusuan::value::Amount;

use super::support::{address, budget_of, editions, fixture};

fn moved_to(edition: &str, budget: &Budget) -> (Budget, Vec<Finding>) {
    translate(budget, editions().iter().find(|t| t.name == edition).unwrap())
}

fn amount(budget: &Budget, at: &str) -> Option<String> {
    budget.slot(address(budget, at)).amount.map(|a| a.to_string())
}

/// All amounts of a budget, and all amounts that findings say were left behind.
fn sum(budget: &Budget) -> Amount {
    budget.tables.iter().flat_map(|t| t.amounts()).filter_map(|(_, _, slot)| slot.amount).sum()
}

fn left_behind(findings: &[Finding]) -> Amount {
    let amounts = |f: &Finding| match &f.fact {
        Fact::LeftBehind { amounts, .. } => amounts.iter().copied().sum(),
        _ => Amount::ZERO,
    };
    findings.iter().map(amounts).sum()
}

#[test]
fn no_amount_is_lost_on_the_way_to_any_edition() {
    let budget = budget_of(fixture()).budget;
    for edition in editions() {
        let (moved, findings) = translate(&budget, &edition);
        assert_eq!(sum(&moved) + left_behind(&findings), sum(&budget), "{}", edition.name);
    }
}

#[test]
fn the_same_edition_takes_everything() {
    let budget = budget_of(fixture()).budget;
    let (moved, findings) = moved_to("hebei/unit-2023", &budget);
    assert_eq!((findings.len(), moved.forms.len(), moved.narrative.len()), (0, 9, budget.narrative.len()));
    assert_eq!(recompute::recompute(&mut moved.clone()), []);
}

#[test]
fn rows_that_another_edition_prints_as_one_are_added_up() {
    let mut budget = budget_of(fixture()).budget;
    for (at, amount) in [("balance.inc_business.amount", "1.25"), ("balance.inc_other.amount", "2.5")] {
        let at = address(&budget, at);
        budget.slot_mut(at).amount = Some(amount.parse().unwrap());
    }
    let (mut moved, findings) = moved_to("hebei/department-2025", &budget);
    assert_eq!(amount(&moved, "balance.inc_unit_funds.amount").as_deref(), Some("3.75"));
    assert_eq!(left_behind(&findings), Amount::ZERO);
    recompute::recompute(&mut moved);
    assert_eq!(amount(&moved, "balance.inc_subtotal.amount").as_deref(), Some("913.76"));
}

#[test]
fn what_has_no_place_is_told_at_its_cell() {
    let budget = budget_of(fixture()).budget;
    let (_, findings) = moved_to("shanghai-putuo/unit-2026", &budget);
    let told = |table: &str| {
        let table = budget.template.table(table);
        findings.iter().find(|f| f.rule == "R18" && f.place.table == table)
    };
    let assets = told("assets").unwrap();
    assert_eq!(left_behind(std::slice::from_ref(assets)).to_string(), "237.32");
    assert!(assets.place.site.is_some() && told("performance").is_some() && told("institutions").is_some());
}

#[test]
fn a_former_name_becomes_the_present_one_and_is_told() {
    let mut budget = budget_of(fixture()).budget;
    let table = budget.template.table("expenditure").unwrap();
    let row = budget.tables[table].rows.iter_mut().find(|r| r.label == "卫生健康支出").unwrap();
    row.label = "医疗卫生与计划生育支出".into();
    let (moved, findings) = moved_to("hebei/department-2025", &budget);
    assert!(moved.tables[table].rows.iter().any(|r| r.label == "卫生健康支出"));
    assert!(findings.iter().any(|f| f.rule == "R19"));
}
