//! Every amount of the nine tables is guarded: whatever is done to one of them, a finding names its cell.

use std::collections::HashSet;
use std::sync::LazyLock;

use rayon::prelude::*;
use yusuan::finding::Finding;
use yusuan::grid::{Grid, Value};
use yusuan::model::Site;
use yusuan::template::Severity;

use crate::support::{amount, budget_of, checked, fixture, put, text};

/// The cells of all amounts of the main tables with the names of their sheets.
fn guarded() -> Vec<(Site, String)> {
    let budget = budget_of(fixture()).budget;
    let main = budget.tables.iter().zip(&budget.template.tables).filter(|(_, t)| t.declared.main);
    let sites: Vec<Site> = main.flat_map(|(filed, _)| filed.amounts()).filter_map(|(_, _, slot)| slot.site).collect();
    assert_eq!(sites.len(), 199, "the nine tables print that many amounts");
    sites.into_iter().map(|site| (site, format!("{}!{}", budget.sheet_name(site.sheet), site.cell))).collect()
}

fn changed(site: Site, value: Value) -> Grid {
    let mut grid = fixture().clone();
    put(&mut grid.sheets[usize::from(site.sheet)], site.cell, value);
    grid
}

fn moved_by(site: Site, step: &str) -> Grid {
    let cell = fixture().sheets[usize::from(site.sheet)].cell(site.cell).unwrap();
    let Value::Number(before) = cell.value else { panic!("{} holds no number", site.cell) };
    changed(site, Value::Number(before + amount(step)))
}

/// What makes a finding the same one: its rule, its cell and the cells it compares, whatever they hold.
type Identity = (String, Option<Site>, Vec<Option<Site>>);

static BEFORE: LazyLock<HashSet<Identity>> = LazyLock::new(|| checked(fixture()).1.iter().map(identity).collect());

fn identity(finding: &Finding) -> Identity {
    (finding.rule.clone(), finding.place.site, finding.operands.iter().map(|o| o.place.site).collect())
}

/// The findings of a grid that the fixture does not have and that name the cell, as their own or among their operands.
fn new_at(grid: &Grid, site: Site) -> Vec<Finding> {
    let names = |f: &Finding| f.place.site == Some(site) || f.operands.iter().any(|o| o.place.site == Some(site));
    checked(grid).1.into_iter().filter(|f| names(f) && !BEFORE.contains(&identity(f))).collect()
}

/// The cells for which `change` leads to no new finding that is `enough`.
fn unguarded(change: impl Fn(Site) -> Grid + Sync, enough: impl Fn(&Finding) -> bool + Sync) -> Vec<String> {
    let is_missed = |(site, _): &(Site, String)| !new_at(&change(*site), *site).iter().any(&enough);
    guarded().into_par_iter().filter(is_missed).map(|(_, name)| name).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn an_amount_that_is_one_too_high_or_too_low_is_an_error_at_its_cell() {
    for step in ["1.00", "-1.00"] {
        assert_eq!(unguarded(|site| moved_by(site, step), |f| f.severity == Severity::Error), NONE, "{step}");
    }
}

#[test]
fn an_amount_that_is_one_hundredth_off_is_an_error_too_for_none_stands_in_rounded_sums_alone() {
    for step in ["0.01", "-0.01"] {
        assert_eq!(unguarded(|site| moved_by(site, step), |f| f.severity == Severity::Error), NONE, "{step}");
    }
}

#[test]
fn an_amount_that_is_erased_is_told_at_its_cell() {
    assert_eq!(unguarded(|site| changed(site, Value::Blank), |_| true), NONE);
}

#[test]
fn a_text_in_the_place_of_an_amount_is_told_at_its_cell() {
    let tells = |f: &Finding| f.rule == "R04" && f.severity == Severity::Error;
    assert_eq!(unguarded(|site| changed(site, text("九十")), tells), NONE);
}
