//! What is written: the same budget comes back out of it, the same bytes come out twice, totals live, changes are listed.

use std::sync::LazyLock;

use yusuan::edge::{json, read, write};
use yusuan::finding::Lang;
use yusuan::grid::{Cell, Grid, Look, Value};
use yusuan::model::{Address, Budget};
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::{layout, recompute};

use super::support::{address, budget_of, checked, editions, fixture, template, with};

/// The fixture with some unlike values, so that every kind of cell is written: a broken total, a zero, a fund, a purchase.
static FILED: LazyLock<Budget> = LazyLock::new(|| {
    let mut budget = budget_of(fixture()).budget;
    let mut set = |at: &str, amount: &str| {
        let at = address(&budget, at);
        budget.slot_mut(at).amount = Some(amount.parse().unwrap());
    };
    set("balance.exp_total.amount", "911.01");
    set("balance.inc_fund.amount", "0");
    set("expenditure.2010350.project", "1234567.891");
    set("assets.general_equipment.qty", "12");
    budget
});

fn recomputed() -> Budget {
    let mut budget = FILED.clone();
    recompute::recompute(&mut budget);
    budget
}

fn cleaned(budget: &Budget) -> Grid {
    layout::cleaned(budget, &[])
}

fn read_back(grid: &Grid) -> Budget {
    let bytes = write::write(grid).unwrap();
    let grid = read::read(&bytes, "written.xlsx").unwrap();
    extract(&Folded::new(&grid), "written.xlsx", template(), None).unwrap().budget
}

/// The model without places: what has to be the same wherever it is drawn.
fn model(budget: &Budget) -> serde_json::Value {
    fn without_places(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(object) => {
                ["at", "sheet", "file", "range", "sources", "note"].iter().for_each(|key| drop(object.remove(*key)));
                object.values_mut().for_each(without_places);
            }
            serde_json::Value::Array(array) => array.iter_mut().for_each(without_places),
            _ => {}
        }
    }
    let mut model = serde_json::from_str(&json::budget(budget).unwrap()).unwrap();
    without_places(&mut model);
    model
}

#[test]
fn the_cleaned_workbook_reads_back_as_the_recomputed_budget() {
    assert_eq!(model(&read_back(&cleaned(&recomputed()))), model(&recomputed()));
}

#[test]
fn the_disclosure_workbook_reads_back_as_the_recomputed_budget() {
    assert_eq!(model(&read_back(&layout::disclosure(&recomputed()))), model(&recomputed()));
}

#[test]
fn the_same_budget_gives_the_same_bytes() {
    for draw in [cleaned, layout::disclosure] {
        assert_eq!(write::write(&draw(&recomputed())).unwrap(), write::write(&draw(&recomputed())).unwrap());
    }
}

#[test]
fn what_was_read_back_has_nothing_left_to_recompute() {
    assert_eq!(recompute::recompute(&mut read_back(&cleaned(&recomputed()))), []);
}

#[test]
fn every_defined_total_with_parts_is_a_live_formula() {
    let budget = recomputed();
    let grid = cleaned(&budget);
    let formulas: Vec<&Cell> =
        grid.sheets.iter().flat_map(|s| &s.cells).filter(|c| matches!(c.value, Value::Formula(..))).collect();
    let defined = recompute::definitions(&budget);
    let is_filed = |at: &&Address| budget.tables[at.table].is_filed() && !is_kept(&budget, **at, &defined[*at]);
    let drawn = defined.keys().filter(is_filed).count();
    // The optional rows of the tables are defined too, and are not printed.
    let optional = defined.keys().filter(is_filed).filter(|at| is_unprinted(&budget, **at)).count();
    assert_eq!(formulas.len(), drawn - optional);
    let total = formulas.iter().find(|c| matches!(&c.value, Value::Formula(f, _) if f == "=SUM(C37:C38)")).unwrap();
    assert_eq!(total.value, Value::Formula("=SUM(C37:C38)".into(), Some("910.01".parse().unwrap())));
}

/// A filed total whose parts are all blank stays as it is, and a blank one whose parts cancel out stays blank.
fn is_kept(budget: &Budget, at: Address, definition: &recompute::Definition) -> bool {
    let is_filled = definition.parts.iter().any(|p| budget.slot(p.at).amount.is_some());
    budget.slot(at).amount.is_some() != is_filled
}

fn is_unprinted(budget: &Budget, at: Address) -> bool {
    let row = &budget.tables[at.table].rows[at.row];
    let is_optional = |place: usize| budget.template.tables[at.table].rows[place].optional && row.site.is_none();
    matches!(row.key, yusuan::model::Key::Declared(place) if is_optional(place))
}

#[test]
fn a_zero_is_written_as_a_blank_and_a_number_as_a_number_with_two_decimals() {
    let grid = cleaned(&recomputed());
    let cells = || grid.sheets.iter().flat_map(|s| &s.cells);
    assert!(!cells().any(|c| matches!(c.value, Value::Number(n) if n.is_zero() && c.look != Look::Centered)));
    let amounts: Vec<&Cell> = cells().filter(|c| matches!(c.look, Look::Amount(..))).collect();
    assert!(amounts.len() > 500);
    assert!(amounts.iter().all(|c| matches!(c.look, Look::Amount(2, false))));
}

#[test]
fn every_changed_cell_is_listed_with_where_before_after_and_why() {
    let (mut budget, findings) = checked(fixture());
    for (at, amount) in [("balance.exp_total.amount", "911.01"), ("balance.inc_fund.amount", "0")] {
        let at = address(&budget, at);
        budget.slot_mut(at).amount = Some(amount.parse().unwrap());
    }
    let filed = budget.clone();
    let changes = recompute::recompute(&mut budget);
    let ledger = layout::ledger(&filed, &budget, &changes, &findings, Lang::Zh);
    let lines: Vec<String> = ledger
        .iter()
        .map(|l| format!("{} {} {}→{} {}", l.place, l.what, l.before, l.after, &l.why[..3.min(l.why.len())]))
        .collect();
    assert_eq!(
        lines,
        [
            "收支总表!C7 二、政府性基金预算拨款收入·预算数 0.00→ S08",
            "收支总表!E39 支出总计·预算数 911.01→910.01 A04",
            "政府基金预算财政拨款支出表!A1  单位预算政府基金预算财政拨款支出表→单位预算政府性基金预算财政拨款支出表 已",
            "政府基金预算财政拨款支出表!A6  注：无政府基金预算财政拨款预算，空表列示。→注：无政府性基金预算财政拨款预算，空表列示。 已",
        ]
    );
    let sheet = layout::cleaned(&budget, &ledger).sheets.pop().unwrap();
    let written: Vec<&str> = sheet.cells.iter().filter_map(Cell::text).collect();
    for line in ["收支总表!E39", "911.01", "910.01"] {
        assert!(written.contains(&line), "{line} is not in the sheet {}", sheet.name);
    }
}

/// The fixture with something else in one cell: what was read, what recomputing changes, and the list of changes.
fn spoilt(sheet: &str, cell: &str, value: Value) -> (Budget, Vec<recompute::Change>, Vec<layout::LedgerLine>) {
    let grid = with(fixture(), sheet, cell, value);
    let (filed, findings) = checked(&grid);
    let mut budget = filed.clone();
    let changes = recompute::recompute(&mut budget);
    let ledger = layout::ledger(&filed, &budget, &changes, &findings, Lang::Zh);
    (budget, changes, ledger)
}

#[test]
fn a_total_over_a_cell_that_could_not_be_read_stays_as_filed_and_the_cell_is_listed() {
    for value in [Value::Uncalculated, Value::Error("#REF!".into()), Value::Text("待定".into())] {
        let (budget, changes, ledger) = spoilt("支出总表", "E9", value.clone());
        assert_eq!(changes, [], "{value:?}");
        assert!(budget.slot(address(&budget, "expenditure.20103.basic")).amount.is_some());
        assert!(ledger.iter().any(|l| l.place == "支出总表!E9" && l.after.is_empty()), "{value:?} is not listed");
    }
}

#[test]
fn the_totals_of_a_table_with_a_row_that_has_no_place_stay_as_filed_and_the_row_is_listed() {
    let (_, changes, ledger) = spoilt("支出总表", "B9", Value::Text("2O10350".into()));
    assert_eq!(changes, []);
    assert!(ledger.iter().any(|l| l.place == "支出总表!B9" && l.before.contains("670.26") && l.after.is_empty()));
}

#[test]
fn the_rest_of_a_table_on_a_sheet_of_its_own_without_headings_changes_no_total() {
    let mut grid = fixture().clone();
    let place = grid.sheets.iter().position(|s| s.name == "一般公共预算财政拨款基本支出表").unwrap();
    let mut rest = grid.sheets[place].clone();
    rest.name = "续表".into();
    rest.merges.clear();
    rest.cells.retain(|c| c.at.row >= 20);
    grid.sheets[place].cells.retain(|c| c.at.row < 20);
    grid.sheets.push(rest);
    let (mut budget, findings) = checked(&grid);
    assert_eq!(recompute::recompute(&mut budget), []);
    assert!(findings.iter().any(|f| f.rule == "R02" && f.severity == yusuan::template::Severity::Error));
}

#[test]
fn the_directory_leads_to_every_table_and_section() {
    let grid = layout::disclosure(&recomputed());
    let links: Vec<&String> = grid.sheets[1].cells.iter().filter_map(|c| c.link.as_ref()).collect();
    assert_eq!(links.len(), 9 + 1 + 9);
    for link in links {
        let (sheet, cell) = link.trim_start_matches('\'').split_once("'!").unwrap();
        let sheet = grid.sheets.iter().find(|s| s.name == sheet).unwrap();
        assert!(sheet.cell(cell.parse().unwrap()).is_some_and(|c| c.text().is_some()), "{link} leads to nothing");
    }
}

#[test]
fn the_combined_document_has_every_unit_in_every_sheet() {
    let mut combined = layout::Combined::default();
    let mut second = recomputed();
    second.name = Some("第二单位".into());
    combined.add(recomputed());
    combined.add(second);
    let [(title, grid)] = &combined.documents()[..] else { panic!("one document for one edition and year") };
    assert_eq!(title, "2023年单位预算信息公开汇编");
    assert_eq!(grid.sheets.len(), 1 + 13);
    let links: Vec<&String> = grid.sheets[0].cells.iter().filter_map(|c| c.link.as_ref()).collect();
    assert_eq!(links.len(), 2 * 13);
    let captions =
        |sheet: usize| grid.sheets[sheet].cells.iter().filter_map(Cell::text).filter(|t| t.contains("第二单位")).count();
    assert!((1..=9).all(|sheet| captions(sheet) == 1));
}

#[test]
fn years_are_never_mixed_in_one_combined_document() {
    let mut combined = layout::Combined::default();
    let mut second = recomputed();
    second.year = None;
    combined.add(recomputed());
    combined.add(second);
    let titles: Vec<String> = combined.documents().into_iter().map(|(title, _)| title).collect();
    assert_eq!(titles, ["2023年单位预算信息公开汇编", "单位预算信息公开汇编"]);
}

#[test]
fn a_total_that_is_the_sum_as_printed_stays_and_its_formula_rounds() {
    let (budget, changes, _) = spoilt("支出总表", "E9", Value::Number("670.2649".parse().unwrap()));
    assert_eq!(changes, []);
    let grid = cleaned(&budget);
    let sheet = grid.sheets.iter().find(|s| s.name == "支出总表").unwrap();
    let cell = sheet.cell("E8".parse().unwrap()).unwrap();
    assert_eq!(cell.value, Value::Formula("=ROUND(SUM(E9:E10),2)".into(), Some("670.26".parse().unwrap())));
}

#[test]
fn a_blank_form_has_every_table_and_no_number() {
    for edition in editions() {
        let grid = layout::blank(&edition, Some(2031));
        let budget = extract(&Folded::new(&grid), "blank.xlsx", &edition, None).unwrap().budget;
        for (filed, declared) in budget.tables.iter().zip(&edition.tables) {
            let id = format!("{} {}", edition.name, declared.declared.id);
            let is_form = declared.declared.body == yusuan::template::Body::Form;
            assert!(filed.is_filed() || is_form, "{id} is not found in the blank form");
            assert_eq!(filed.amounts().count(), 0, "{id} has a number in the blank form");
        }
        assert!(!grid.sheets.iter().flat_map(|s| &s.cells).any(|c| matches!(c.value, Value::Formula(_, Some(_)))));
    }
}
