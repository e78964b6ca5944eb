//! 舍位平衡, case by case: which cell moves, which never does, and what is told where no choice makes all sums hold.

use std::sync::Arc;

use yusuan::grid::Shown;
use yusuan::model::{Address, Budget, Key, Row, Site, State, Table};
use yusuan::stage::balance::{Tail, balance, undo};
use yusuan::stage::recompute::recompute;
use yusuan::template::{Template, load};
use yusuan::value::{Amount, CellRef, Measure};

use crate::balanced::{balanced, cells, plainly};
use crate::support::{address, amount, sources, template};

/// An edition that extends the one of the fixture and says this too.
fn extended(text: &str) -> Arc<Template> {
    let mut sources = sources().clone();
    sources.files.insert("test/unit-2031.toml".to_owned(), format!("extends = \"hebei/unit-2023\"\n{text}"));
    Arc::new(load("test/unit-2031", &sources).unwrap())
}

/// A rule about rows of the tables.
fn rule(id: &str, equation: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\ntitle = \"t\"\nseverity = \"error\"\nequations = [\"{equation}\"]\n")
}

/// A budget in which these tables are filed, without an amount. A tree has the codes of 201 with three 项.
fn filed(template: &Arc<Template>, tables: &[&str]) -> Budget {
    let mut budget = Budget::new(template.clone());
    for id in tables {
        let place = template.table(id).unwrap();
        let declared = &template.tables[place];
        let mut table = Table::new(declared);
        (table.state, table.measure) = (State::Filled, Some(Measure::WanYuan));
        if declared.list.is_some() {
            table.push(Row::new(Key::Declared(declared.row("total").unwrap()), String::new(), declared.columns.len()));
            for code in ["201", "20101", "2010101", "2010102", "20102", "2010201"] {
                table.push(Row::new(Key::Code(code.parse().unwrap()), String::new(), declared.columns.len()));
            }
            table.link_parents(&declared.levels);
        }
        for row in &mut table.rows {
            row.site = Some(Site { sheet: 0, cell: CellRef::new(0, 0) });
        }
        budget.tables[place] = table;
    }
    budget
}

fn put(budget: &mut Budget, at: &str, written: &str) {
    let at = address(budget, at);
    budget.slot_mut(at).amount = Some(amount(written));
}

/// What stands in these cells, as written.
fn shown(budget: &Budget, cells: &[&str]) -> Vec<String> {
    let text = |at: &&str| budget.slot(address(budget, at)).amount.map_or("-".to_owned(), |a| a.to_string());
    cells.iter().map(text).collect()
}

const PARTS: [&str; 6] = [
    "assets.land_buildings.value",
    "assets.general_equipment.value",
    "assets.special_equipment.value",
    "assets.relics.value",
    "assets.books.value",
    "assets.furniture.value",
];

/// A total and its parts, printed.
fn printed_parts(template: &Arc<Template>, parts: &[&str]) -> (String, Vec<String>) {
    let mut budget = filed(template, &["assets"]);
    for (at, part) in PARTS.iter().zip(parts) {
        put(&mut budget, at, part);
    }
    recompute(&mut budget);
    let (printed, done) = balanced(&budget);
    assert_eq!(done.tails, []);
    (shown(&printed, &["assets.asset_total.value"]).remove(0), shown(&printed, &PARTS[..parts.len()]))
}

/// The total is first, and what it must print as.
fn assert_parts(template: &Arc<Template>, parts: &[&str], total: &str, expected: &[&str]) {
    let (printed, parts_printed) = printed_parts(template, parts);
    assert_eq!((printed.as_str(), parts_printed), (total, expected.iter().map(|e| (*e).to_owned()).collect()), "{parts:?}");
}

#[test]
fn the_part_moves_that_is_nearest_after_the_step() {
    assert_parts(template(), &["0.337", "0.336", "0.327"], "1", &["0.34", "0.33", "0.33"]);
    assert_parts(template(), &["0.334", "0.333", "0.333"], "1", &["0.34", "0.33", "0.33"]);
    assert_parts(template(), &["0.333", "0.334", "0.333"], "1", &["0.33", "0.34", "0.33"]);
    assert_parts(template(), &["1.116", "1.117", "1.118", "1.119", "0.53"], "5", &["1.11", "1.12", "1.12", "1.12", "0.53"]);
}

#[test]
fn of_parts_that_are_equally_near_the_first_moves() {
    assert_parts(template(), &["0.335", "0.335", "0.33"], "1", &["0.33", "0.34", "0.33"]);
    assert_parts(template(), &["2.225", "1", "2.225", "2.225", "2.225"], "9.9", &["2.22", "1", "2.22", "2.23", "2.23"]);
}

#[test]
fn each_part_moves_by_one_step_and_none_takes_the_whole_difference() {
    let parts = ["1.006", "1.006", "1.006", "1.006", "1.006", "1.006"];
    assert_parts(template(), &parts, "6.04", &["1", "1", "1.01", "1.01", "1.01", "1.01"]);
}

#[test]
fn negative_amounts_are_balanced_the_right_way() {
    assert_parts(template(), &["-0.337", "-0.336", "-0.327"], "-1", &["-0.34", "-0.33", "-0.33"]);
    assert_parts(template(), &["-0.334", "-0.333", "-0.333"], "-1", &["-0.34", "-0.33", "-0.33"]);
    assert_parts(template(), &["10.336", "-0.333", "-0.003"], "10", &["10.33", "-0.33", "0"]);
    assert_parts(template(), &["10.334", "-0.336", "0.002"], "10", &["10.34", "-0.34", "0"]);
}

#[test]
fn a_small_amount_becomes_no_negative_one() {
    let whole = extended("[edition]\ndecimals = 0\n");
    assert_parts(&whole, &["0.03", "0.6", "0.6", "0.6", "0.6", "0.57"], "3", &["0", "0", "1", "1", "1", "0"]);
    assert_parts(&whole, &["0.03", "0.51", "0.51", "0.95"], "2", &["0", "0", "1", "1"]);
    assert_parts(&whole, &["-0.03", "-0.51", "-0.51", "-0.95"], "-2", &["0", "0", "-1", "-1"]);
}

#[test]
fn a_whole_number_of_steps_and_a_zero_take_no_part() {
    assert_parts(template(), &["5.00", "0.336", "0.337", "0.327"], "6", &["5", "0.33", "0.34", "0.33"]);
    assert_parts(template(), &["5.000", "0.00", "0.335", "0.335", "0.33"], "6", &["5", "-", "0.33", "0.34", "0.33"]);
    let mut budget = filed(template(), &["assets"]);
    put(&mut budget, PARTS[0], "0.005");
    put(&mut budget, PARTS[1], "0");
    put(&mut budget, "assets.asset_total.value", "0.005");
    let (printed, _) = balanced(&budget);
    assert_eq!(shown(&printed, &PARTS[..3]), ["0.01", "0", "-"], "neither a zero nor a blank is filled");
}

#[test]
fn quantities_and_prices_are_no_amounts() {
    let mut budget = filed(template(), &["assets"]);
    put(&mut budget, "assets.books.qty", "1.2345");
    put(&mut budget, "assets.books.value", "1.2345");
    let (printed, done) = balanced(&budget);
    assert_eq!(shown(&printed, &["assets.books.qty", "assets.books.value"]), ["1.2345", "1.23"]);
    assert_eq!(done.adjusted, []);
}

/// A table of three levels and two columns that go into a third.
fn three_levels() -> Budget {
    let mut budget = filed(template(), &["gpb_expenditure"]);
    let leaves = [("2010101", "1.114", "2.224"), ("2010102", "1.114", "2.224"), ("2010201", "1.114", "2.224")];
    for (code, basic, project) in leaves {
        put(&mut budget, &format!("gpb_expenditure.{code}.basic"), basic);
        put(&mut budget, &format!("gpb_expenditure.{code}.project"), project);
    }
    recompute(&mut budget);
    budget
}

#[test]
fn three_levels_and_two_columns_add_up_in_both_directions() {
    let exact = three_levels();
    let (printed, done) = balanced(&exact);
    assert_eq!(done.tails, []);
    let row = |code: &str| {
        shown(
            &printed,
            &["total", "basic", "project"].map(|c| format!("gpb_expenditure.{code}.{c}")).each_ref().map(String::as_str),
        )
    };
    // Exactly 10.014, 3.342 and 6.672: the 合计 row is as rounded plainly, and so is each 项 in total.
    assert_eq!(row("total"), ["10.01", "3.34", "6.67"]);
    assert_eq!(row("201"), ["10.01", "3.34", "6.67"]);
    let sum = |codes: [&str; 2], column: usize| codes.iter().map(|c| amount(&row(c)[column])).sum::<Amount>();
    for column in 0..3 {
        assert_eq!(sum(["20101", "20102"], column), amount(&row("201")[column]));
        assert_eq!(sum(["2010101", "2010102"], column), amount(&row("20101")[column]));
    }
    assert_eq!(row("2010201"), row("20102"), "a code with one child is one amount with it");
}

#[test]
fn one_amount_is_printed_alike_in_every_table() {
    let mut budget = filed(template(), &["balance", "expenditure", "gpb_expenditure", "fiscal_balance"]);
    for (code, basic) in [("2010101", "0.335"), ("2010102", "0.335"), ("2010201", "0.334")] {
        put(&mut budget, &format!("gpb_expenditure.{code}.basic"), basic);
        put(&mut budget, &format!("expenditure.{code}.basic"), basic);
    }
    put(&mut budget, "balance.f201.amount", "1.004");
    put(&mut budget, "fiscal_balance.f201.gpb", "1.004");
    recompute(&mut budget);
    let (printed, done) = balanced(&budget);
    assert_eq!(done.tails, []);
    for code in ["2010101", "2010102", "20101", "2010201", "201", "total"] {
        let all = ["expenditure.*.total", "expenditure.*.basic", "gpb_expenditure.*.total", "gpb_expenditure.*.basic"];
        let printed = shown(&printed, &all.map(|at| at.replace('*', code)).each_ref().map(String::as_str));
        assert!(printed.iter().all(|p| *p == printed[0]), "{code} {printed:?}");
    }
    let tops = ["balance.f201.amount", "fiscal_balance.f201.total", "balance.exp_total.amount", "expenditure.total.total"];
    assert_eq!(shown(&printed, &tops), ["1"; 4]);
}

#[test]
fn a_bound_that_is_reached_is_one_amount_and_others_are_kept() {
    let mut budget = filed(template(), &["three_public", "gpb_basic"]);
    let economic = template().table("gpb_basic").unwrap();
    let columns = template().tables[economic].columns.len();
    let mut table = Table::new(&template().tables[economic]);
    (table.state, table.measure) = (State::Filled, Some(Measure::WanYuan));
    for code in ["302", "30217", "30299"] {
        table.push(Row::new(Key::Code(code.parse().unwrap()), String::new(), columns));
    }
    table.link_parents(&template().tables[economic].levels);
    budget.tables[economic] = table;
    put(&mut budget, "gpb_basic.30217.public", "0.335");
    put(&mut budget, "gpb_basic.30299.public", "0.335");
    recompute(&mut budget);
    put(&mut budget, "three_public.reception.gpb", "0.335");
    let (printed, done) = balanced(&budget);
    assert_eq!(done.tails, []);
    let cells = ["gpb_basic.302.total", "gpb_basic.30217.total", "gpb_basic.30299.total", "three_public.reception.gpb"];
    assert_eq!(shown(&printed, &cells), ["0.67", "0.34", "0.33", "0.34"], "the amount that stands once moves, not the one twice");
}

#[test]
fn a_bound_that_plain_rounding_would_break_is_kept() {
    let rules = rule("Z01", "balance.f201.amount <= balance.f202.amount + balance.f203.amount");
    let mut budget = filed(&extended(&rules), &["balance"]);
    let rows = ["f201", "f202", "f203"].map(|row| format!("balance.{row}.amount"));
    for (row, written) in rows.iter().zip(["1.006", "0.503", "0.503"]) {
        put(&mut budget, row, written);
    }
    let (printed, done) = balanced(&budget);
    assert_eq!(done.tails, []);
    assert_eq!(shown(&printed, &rows.each_ref().map(String::as_str)), ["1", "0.5", "0.5"]);
}

#[test]
fn sums_that_cannot_hold_are_told_and_their_cells_rounded_plainly() {
    let pairs = [("Z01", "f201", "f202", "gpb"), ("Z02", "f202", "f203", "fund"), ("Z03", "f201", "f203", "soe")];
    let rules =
        pairs.map(|(id, a, b, sum)| rule(id, &format!("balance.inc_{sum}.amount = balance.{a}.amount + balance.{b}.amount")));
    let mut budget = filed(&extended(&rules.concat()), &["balance"]);
    for row in ["f201", "f202", "f203"] {
        put(&mut budget, &format!("balance.{row}.amount"), "0.005");
    }
    for row in ["inc_gpb", "inc_fund", "inc_soe"] {
        put(&mut budget, &format!("balance.{row}.amount"), "0.01");
    }
    let (printed, done) = balanced(&budget);
    // One of the three is 0 and two sums hold; the third cannot.
    assert_eq!(
        shown(&printed, &["f201", "f202", "f203"].map(|r| format!("balance.{r}.amount")).each_ref().map(String::as_str)),
        ["0", "0.01", "0.01"]
    );
    let at = address(&budget, "balance.inc_fund.amount");
    assert_eq!(done.tails, [Tail { rule: "Z02".to_owned(), at, difference: amount("-0.01") }]);
}

#[test]
fn a_sum_that_nothing_can_mend_leaves_all_its_cells_plainly_rounded() {
    let rules = rule("Z01", "balance.inc_gpb.amount + balance.inc_gpb.amount = balance.inc_fund.amount");
    let mut budget = filed(&extended(&rules), &["balance"]);
    put(&mut budget, "balance.inc_gpb.amount", "1.114");
    put(&mut budget, "balance.inc_fund.amount", "2.228");
    let (printed, done) = balanced(&budget);
    assert_eq!(cells(&printed), cells(&plainly(&budget)));
    let rules: Vec<_> = done.tails.iter().map(|t| t.rule.as_str()).collect();
    assert_eq!((rules, done.tails[0].difference), (vec!["Z01"], amount("-0.01")));
}

#[test]
fn tables_of_different_measures_and_sums_that_did_not_hold_are_left_out() {
    let mut budget = filed(template(), &["balance", "revenue", "expenditure"]);
    put(&mut budget, "revenue.2010101.other", "1.23456");
    put(&mut budget, "expenditure.2010101.basic", "1.22222");
    recompute(&mut budget);
    put(&mut budget, "balance.inc_other.amount", "12345.60");
    budget.tables[template().table("balance").unwrap()].measure = Some(Measure::Yuan);
    let (printed, done) = balanced(&budget);
    assert_eq!((done.adjusted, done.tails), (vec![], vec![]));
    let rows = ["revenue.total.total", "expenditure.total.total", "balance.inc_other.amount"];
    assert_eq!(shown(&printed, &rows), ["1.23", "1.22", "12345.6"]);
}

#[test]
fn the_ledger_names_the_cell_the_amounts_and_the_rule_and_takes_it_back() {
    let mut budget = filed(template(), &["assets"]);
    for (at, part) in PARTS.iter().zip(["0.337", "0.336", "0.327"]) {
        put(&mut budget, at, part);
    }
    recompute(&mut budget);
    let moved: Address = address(&budget, PARTS[1]);
    budget.slot_mut(moved).shown = Shown::Fixed(3);
    let mut printed = budget.clone();
    let done = balance(&mut printed);
    let [line] = done.adjusted.as_slice() else { panic!("{done:?}") };
    assert_eq!((line.at, line.exact, line.plain, line.printed), (moved, amount("0.336"), amount("0.34"), amount("0.33")));
    assert_eq!(line.rule, "A47");
    assert_eq!(undo(&mut printed.clone(), &done.adjusted), []);
    printed.slot_mut(moved).amount = Some(amount("7"));
    assert_eq!(undo(&mut printed, &done.adjusted), [moved], "what was changed since is left");
    assert_eq!(printed.slot(moved).amount, Some(amount("7")));
}
