//! Whose budget it is and for which year: what most tables print, and a word about everything that says otherwise.

use yusuan::grid::{Grid, Value};
use yusuan::stage::extract::{Extracted, extract};
use yusuan::stage::folded::Folded;

use super::support::{FIXTURE, budget_of, fixture, shorts, template, with};

fn text(written: &str) -> Value {
    Value::Text(written.into())
}

/// The fixture without the year in any text.
fn without_year() -> Grid {
    let mut grid = fixture().clone();
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace("2023", "");
        }
    }
    grid
}

fn year(grid: &Grid, file: &str, given: Option<i32>) -> (Option<i32>, Vec<String>) {
    let Extracted { budget, findings } = extract(&Folded::new(grid), file, template(), given).unwrap();
    (budget.year, findings.into_iter().filter(|f| ["R11", "R21"].contains(&f.rule.as_str())).map(|f| f.rule).collect())
}

#[test]
fn a_table_of_another_unit_is_an_error_at_its_caption_wherever_it_stands() {
    for sheet in ["收支总表", "支出总表"] {
        let grid = with(fixture(), sheet, "A2", text("434008 另一个中心"));
        let budget = budget_of(&grid).budget;
        assert_eq!(budget.code.as_deref(), Some("434007"), "{sheet}");
        let told = shorts(&grid).into_iter().filter(|f| f.starts_with("R21")).collect::<Vec<_>>();
        assert_eq!(told, vec![format!("R21 error {sheet}!A2"); 2]);
    }
}

#[test]
fn a_table_of_another_year_is_an_error_at_its_caption() {
    let grid = with(fixture(), "支出总表", "E2", text("预算年度：2022"));
    assert_eq!(budget_of(&grid).budget.year, Some(2023));
    assert!(shorts(&grid).contains(&"R21 error 支出总表!E2".to_owned()));
}

#[test]
fn a_year_that_no_table_prints_is_the_one_given_then_that_of_the_assets_then_of_the_file() {
    assert_eq!(year(&without_year(), "某表.xlsx", Some(2025)), (Some(2025), vec![]));
    assert_eq!(year(&without_year(), "某表.xlsx", None), (Some(2023), vec!["R11".to_owned()]));
    let without_date = with(&without_year(), "固定资产占用情况表", "C2", Value::Blank);
    let without_date = with(&without_date, "情况说明", "A32", Value::Blank);
    assert_eq!(year(&without_date, "434007_2024.xlsx", None), (Some(2024), vec!["R11".to_owned()]));
}

#[test]
fn a_year_given_against_the_printed_one_is_told() {
    assert_eq!(year(fixture(), FIXTURE, Some(2024)), (Some(2023), vec!["R21".to_owned()]));
}

#[test]
fn of_two_copies_of_a_table_the_one_that_is_shown_counts() {
    let mut grid = fixture().clone();
    let place = grid.sheets.iter().position(|s| s.name == "支出总表").unwrap();
    let mut old = with(&grid, "支出总表", "E9", Value::Number("600".parse().unwrap())).sheets.remove(place);
    (old.name, old.hidden) = ("旧稿".into(), true);
    grid.sheets.insert(0, old);
    let budget = budget_of(&grid).budget;
    let amounts = super::support::amounts(&budget);
    assert!(amounts.iter().any(|a| a.starts_with("expenditure.2010350.basic 670.26")));
    assert!(shorts(&grid).contains(&"R08 error 旧稿!A1".to_owned()));
}

#[test]
fn a_workbook_without_any_amount_is_no_budget() {
    let mut grid = fixture().clone();
    let numbers = grid.sheets.iter_mut().flat_map(|s| &mut s.cells).filter(|c| c.at.col > 0);
    numbers.filter(|c| matches!(c.value, Value::Number(_))).for_each(|c| c.value = Value::Blank);
    assert!(shorts(&grid).iter().any(|f| f.starts_with("S01 warning")));
}

#[test]
fn a_number_beside_or_below_a_list_is_told() {
    for (sheet, cell) in [("政府采购预算", "Q7"), ("机构设置情况", "E5"), ("机构设置情况", "R6")] {
        let grid = with(fixture(), sheet, cell, Value::Number("5.55".parse().unwrap()));
        assert!(shorts(&grid).contains(&format!("R07 warning {sheet}!{cell}")), "{sheet}!{cell} is not told");
    }
}

#[test]
fn a_measure_printed_in_words_of_its_own_is_read_and_one_that_is_not_known_is_an_error() {
    let measure = |written: &str| {
        let grid = with(fixture(), "支出总表", "I2", text(written));
        let budget = budget_of(&grid).budget;
        let place = template().table("expenditure").unwrap();
        let told = shorts(&grid).into_iter().find(|f| f.starts_with("R10"));
        (budget.tables[place].measure.map(|m| m.word()), told)
    };
    let yuan = (Some("元"), Some("R10 warning 支出总表!I2".to_owned()));
    assert_eq!(measure("（单位：元）"), yuan);
    assert_eq!(measure("金额单位:元，保留两位小数"), yuan);
    assert_eq!(measure("（单位:万元 保留两位小数）"), (Some("万元"), None));
    assert_eq!(measure("单位：千元"), (Some("千元"), Some("R10 warning 支出总表!I2".to_owned())));
    for unknown in ["单位：新臺幣千元", "（单位：亿元）"] {
        assert_eq!(measure(unknown).1.as_deref(), Some("R10 error 支出总表!I2"), "{unknown}");
    }
}

#[test]
fn a_measure_printed_only_below_the_table_is_read() {
    for cell in ["I30", "A30", "J4"] {
        let without = with(fixture(), "支出总表", "I2", Value::Blank);
        let grid = with(&without, "支出总表", cell, text("单位：元"));
        let place = template().table("expenditure").unwrap();
        assert_eq!(budget_of(&grid).budget.tables[place].measure.map(|m| m.word()), Some("元"), "{cell}");
        assert!(shorts(&grid).contains(&format!("R10 warning 支出总表!{cell}")), "{cell}: {:?}", shorts(&grid));
    }
}

#[test]
fn a_coded_table_without_its_total_row_is_told() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    sheet.cells.retain(|c| c.at.row != 5);
    assert!(shorts(&grid).contains(&"S02 error 支出总表!A1".to_owned()));
}
