//! Recomputing makes every definition hold, changes nothing else, lists each cell it changed, and is done after one run.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use yusuan::finding::Finding;
use yusuan::grid::Value;
use yusuan::model::{Address, Budget, Key};
use yusuan::stage::check;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::instances::{self, Standing};
use yusuan::stage::recompute::{Change, definitions, recompute};
use yusuan::template::{ColumnKind, Relation};
use yusuan::value::Amount;

use crate::support::{address, amount, budget_of, editions, fixture, path, template};

fn filed() -> Budget {
    budget_of(fixture()).budget
}

/// All defined cells in order, with the number of their parts that are not blank.
fn defined(budget: &Budget) -> Vec<(Address, usize)> {
    let filled = |parts: &[instances::Part]| parts.iter().filter(|p| budget.slot(p.at).amount.is_some()).count();
    let mut defined: Vec<_> = definitions(budget).into_iter().map(|(at, d)| (at, filled(&d.parts))).collect();
    defined.sort_unstable();
    defined
}

fn rule(budget: &Budget, at: Address) -> String {
    budget.template.rules[definitions(budget)[&at].rule].declared.id.clone()
}

/// The definitions that do not hold although not all their parts are blank.
fn broken(budget: &Budget) -> Vec<String> {
    let mut broken = Vec::new();
    for rule in budget.template.rules.iter().filter(|r| instances::applies(budget, r)) {
        for equation in rule.equations.iter().filter(|e| e.relation == Relation::Defines) {
            instances::each(budget, equation, &mut |instance| {
                let is_filled = instance.right.parts.iter().any(|p| budget.slot(p.at).amount.is_some());
                let outcome = instances::outcome(budget, instance, Relation::Equal, yusuan::template::Tolerance::Exact);
                if is_filled && outcome.standing != Standing::Holds {
                    broken.push(format!("{}: {} is not {}", rule.declared.id, outcome.value, outcome.expected));
                }
            });
        }
    }
    broken
}

#[test]
fn the_fixture_is_left_as_it_was_filed() {
    let mut budget = filed();
    assert_eq!(recompute(&mut budget), []);
}

#[test]
fn a_wrong_total_is_computed_anew_and_listed_with_before_after_and_rule() {
    let mut restored = 0;
    for (at, parts) in defined(&filed()) {
        let mut budget = filed();
        let right = budget.slot(at).amount;
        if parts == 0 {
            continue;
        }
        for wrong in [Some(right.unwrap() + amount("7")), None] {
            budget.slot_mut(at).amount = wrong;
            let change = Change { at, before: wrong, after: right, rule: rule(&budget, at) };
            assert_eq!(recompute(&mut budget), [change]);
            assert_eq!(recompute(&mut budget), [], "the second run changes nothing");
        }
        restored += 1;
    }
    assert!(restored > 100, "{restored} totals of the fixture have parts");
}

#[test]
fn one_wrong_part_changes_every_total_above_it_and_nothing_else() {
    let mut budget = filed();
    let leaf = address(&budget, "expenditure.2010350.basic");
    budget.slot_mut(leaf).amount = Some(amount("671.26"));
    let changes = recompute(&mut budget);
    let expected = [
        ("expenditure.total.total", "910.01", "911.01", "A11"),
        ("expenditure.total.basic", "848.14", "849.14", "A11"),
        ("expenditure.201.total", "732.13", "733.13", "A12"),
        ("expenditure.201.basic", "670.26", "671.26", "A12"),
        ("expenditure.20103.total", "732.13", "733.13", "A12"),
        ("expenditure.20103.basic", "670.26", "671.26", "A12"),
        ("expenditure.2010350.total", "670.26", "671.26", "A10"),
    ];
    let expected: Vec<Change> = expected
        .into_iter()
        .map(|(at, before, after, rule)| Change {
            at: address(&budget, at),
            before: Some(amount(before)),
            after: Some(amount(after)),
            rule: rule.to_owned(),
        })
        .collect();
    assert_eq!(changes, expected);
}

#[test]
fn a_filed_total_whose_parts_are_all_blank_stays() {
    let mut kept = 0;
    for (at, parts) in defined(&filed()) {
        if parts > 0 {
            continue;
        }
        let mut budget = filed();
        budget.slot_mut(at).amount = Some(amount("5"));
        let changes = recompute(&mut budget);
        assert_eq!(budget.slot(at).amount, Some(amount("5")));
        assert!(changes.iter().all(|c| c.at != at));
        assert_eq!(recompute(&mut budget), [], "the second run changes nothing");
        kept += 1;
    }
    assert!(kept > 100, "{kept} totals of the fixture have no parts");
}

#[test]
fn a_printed_zero_is_cleared_and_listed() {
    let mut budget = filed();
    let at = address(&budget, "expenditure.2010350.project");
    budget.slot_mut(at).amount = Some(Amount::ZERO);
    let changes = recompute(&mut budget);
    let rule = template().check("printed-zero").unwrap().declared.id.clone();
    assert_eq!(changes, [Change { at, before: Some(Amount::ZERO), after: None, rule }]);
}

#[test]
fn what_is_only_compared_is_never_written() {
    let mut budget = filed();
    let at = address(&budget, "three_public.total.gpb");
    budget.slot_mut(at).amount = Some(amount("9"));
    let total = address(&budget, "three_public.total.total");
    let changes = recompute(&mut budget);
    assert_eq!(changes.iter().map(|c| c.at).collect::<Vec<_>>(), [total], "only the row sum, which is defined");
    assert_eq!(budget.slot(at).amount, Some(amount("9")));
}

/// The cells that no rule defines and that hold amounts.
fn free(budget: &Budget) -> Vec<Address> {
    let definitions = definitions(budget);
    let mut free = Vec::new();
    for (table, filed) in budget.tables.iter().enumerate() {
        for (row, filed) in filed.rows.iter().enumerate().filter(|(_, r)| r.site.is_some()) {
            for column in 0..filed.slots.len() {
                let at = Address { table, row, column };
                let is_amount = budget.template.tables[table].columns[column].declared.kind == ColumnKind::Amount;
                if is_amount && filed.slots[column].site.is_some() && !definitions.contains_key(&at) {
                    free.push(at);
                }
            }
        }
    }
    free
}

fn filled_in(filling: &[(prop::sample::Index, Option<i64>)]) -> Budget {
    let mut budget = filed();
    let free = free(&budget);
    for (place, hundredths) in filling {
        let amount = hundredths.map(|h| Amount::from(h) * Amount::step(2));
        budget.slot_mut(*place.get(&free)).amount = amount;
    }
    budget
}

/// Rules that define cells: after recomputing, their other equations, which see the same sums the other way, hold too.
fn of_definitions(finding: &Finding) -> bool {
    let rule = template().rule(&finding.rule);
    rule.is_some_and(|r| r.equations.iter().any(|e| e.relation == Relation::Defines))
}

fn filling(blank: u32) -> impl Strategy<Value = Vec<(prop::sample::Index, Option<i64>)>> {
    let amount = prop_oneof![blank => Just(None), 9 => (-99_999_999..99_999_999i64).prop_map(Some)];
    prop::collection::vec((any::<prop::sample::Index>(), amount), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, rng_seed: RngSeed::Fixed(434_007), ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_parts_hold_every_definition_holds_after_one_run(filling in filling(3)) {
        let mut budget = filled_in(&filling);
        let changes = recompute(&mut budget);
        prop_assert_eq!(broken(&budget), Vec::<String>::new());
        prop_assert!(changes.iter().all(|c| c.before != c.after));
        prop_assert_eq!(recompute(&mut budget), []);
    }

    #[test]
    fn whatever_amounts_are_filled_in_no_rule_that_defines_totals_is_broken(filling in filling(0)) {
        let mut budget = filled_in(&filling);
        recompute(&mut budget);
        let broken: Vec<_> = check::check(&budget).into_iter().filter(of_definitions).map(|f| (f.rule, f.place.site)).collect();
        prop_assert_eq!(broken, Vec::new());
    }
}

#[test]
fn a_code_of_no_known_level_keeps_the_totals_as_filed_and_is_written_whole() {
    let putuo = std::fs::read(path("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx")).unwrap();
    let mut grid = yusuan::edge::read::read(&putuo, "a.xlsx").unwrap();
    let template = editions().into_iter().find(|t| t.name == "shanghai-putuo/unit-2025").unwrap();
    let table = template.table("expenditure").unwrap();
    let before = extract(&Folded::new(&grid), "a.xlsx", &template, None).unwrap().budget;
    // Without any 类 the codes of 款 and 项 are four digits.
    let first = before.tables[table].area.unwrap();
    let sheet =
        grid.sheets.iter_mut().find(|s| s.name == before.place(before.tables[table].title.as_ref().unwrap().site).0).unwrap();
    sheet.cells.retain(|c| c.at.col != first.first.col || c.at.row < 8 || !matches!(c.value, Value::Number(_)));
    let read = extract(&Folded::new(&grid), "a.xlsx", &template, None).unwrap();
    assert!(read.findings.iter().any(|f| f.rule == "R20"), "nothing says that totals are kept");
    let mut budget = read.budget;
    let filed = budget.tables[table].clone();
    recompute(&mut budget);
    let amounts = |t: &yusuan::model::Table| t.amounts().map(|(row, column, s)| (row, column, s.amount)).collect::<Vec<_>>();
    assert_eq!(amounts(&budget.tables[table]), amounts(&filed));
    let long = filed.rows.iter().find(|r| matches!(r.key, Key::Code(code) if code.length() == 4)).unwrap();
    let declared = &template.tables[table];
    let parts: Vec<_> = declared.columns_of(ColumnKind::Code).map(|c| long.code_part(declared, c)).collect();
    assert_eq!(parts.iter().flatten().map(String::len).collect::<Vec<_>>(), [4]);
}
