//! How workbooks are read that do not look as they should: each case a grid, the amounts read from it, the findings told.

use yusuan::grid::{Grid, Value};
use yusuan::value::{CellRef, Measure};

use crate::support::{address, amounts, checked, fixture, grid, lost, number, put, short, shorts, told, with};

/// What was read from a grid: its amounts, and its findings apart from those that say that other tables are missing.
#[derive(Debug, PartialEq)]
struct Seen {
    amounts: Vec<String>,
    findings: Vec<String>,
}

/// Reads a grid. Whatever it looks like, every amount in it must be read at its own cell or told by a finding.
fn seen(grid: &Grid) -> Seen {
    let (budget, findings) = checked(grid);
    assert_eq!(lost(grid, &budget, &findings), Vec::<String>::new(), "amounts lost without a finding");
    let told = told(grid);
    let findings = told.iter().filter(|t| !(t.rule == "S01" && t.cell.is_none())).map(short).collect();
    Seen { amounts: amounts(&budget), findings }
}

/// A grid written as text with parts of it replaced; each part must be there.
fn edited(written: &str, edits: &[(&str, &str)]) -> Grid {
    let mut written = written.to_owned();
    for (from, to) in edits {
        assert!(written.contains(from), "no {from} in the grid");
        written = written.replacen(from, to, 1);
    }
    grid(&written)
}

/// A small sound table with codes.
const TREE: &str = "
== 支出总表
单位预算支出总表
'434007 某服务中心 | | | | 预算年度：2023 | | | | 单位：万元
序号 | 功能分类科目 | < | 合计 | 基本支出 | 项目支出 | 经营支出 | 上解上级支出 | 对附属单位补助支出
     | 科目编码 | 科目名称
栏次 | '1 | '2 | '3 | '4 | '5 | '6 | '7 | '8
1 |          | 合计             | 700.26 | 670.26 | 30.00
2 | '201     | 一般公共服务支出 | 700.26 | 670.26 | 30.00
3 | '20103   | 政府办公厅（室）及相关机构事务 | 700.26 | 670.26 | 30.00
4 | '2010350 | 事业运行         | 670.26 | 670.26 |
5 | '2010399 | 其他政府办公厅（室）及相关机构事务支出 | 30.00 | | 30.00
";

const TREE_AMOUNTS: [&str; 13] = [
    "expenditure.total.total 700.26 D6",
    "expenditure.total.basic 670.26 E6",
    "expenditure.total.project 30 F6",
    "expenditure.201.total 700.26 D7",
    "expenditure.201.basic 670.26 E7",
    "expenditure.201.project 30 F7",
    "expenditure.20103.total 700.26 D8",
    "expenditure.20103.basic 670.26 E8",
    "expenditure.20103.project 30 F8",
    "expenditure.2010350.total 670.26 D9",
    "expenditure.2010350.basic 670.26 E9",
    "expenditure.2010399.total 30 D10",
    "expenditure.2010399.project 30 F10",
];

/// A small table with rows on two sides.
const SIDES: &str = "
== 收支总表
单位预算收支总表
'434007 某服务中心 | | 预算年度：2023 | | 单位：万元
序号 | 收入 | < | 支出 | <
     | 项目 | 预算数 | 项目 | 预算数
栏次 | '1 | '2 | '3 | '4
1 | 一、一般公共预算拨款收入 | 910.01 | 一、一般公共服务支出 | 850.91
2 | 二、事业收入             | 20.00  | 二、公共安全支出     | 20.00
3 |                          |        | 三、卫生健康支出     | 59.10
4 | 本年收入合计             | 930.01 | 本年支出合计         | 930.01
5 | 收入总计                 | 930.01 | 支出总计             | 930.01
";

const SIDES_AMOUNTS: [&str; 9] = [
    "balance.inc_gpb.amount 910.01 C6",
    "balance.f201.amount 850.91 E6",
    "balance.inc_business.amount 20 C7",
    "balance.f204.amount 20 E7",
    "balance.f210.amount 59.1 E8",
    "balance.inc_subtotal.amount 930.01 C9",
    "balance.exp_subtotal.amount 930.01 E9",
    "balance.inc_total.amount 930.01 C10",
    "balance.exp_total.amount 930.01 E10",
];

fn tree(edits: &[(&str, &str)]) -> Seen {
    seen(&edited(TREE, edits))
}

/// The amounts of the small table with codes, some of them replaced; replaced by nothing they are gone.
fn tree_amounts(edits: &[(&str, &str)]) -> Vec<String> {
    let mut amounts: Vec<String> = TREE_AMOUNTS.map(str::to_owned).into();
    for (from, to) in edits {
        let place = amounts.iter().position(|a| a == from).unwrap_or_else(|| panic!("no {from}"));
        amounts[place] = (*to).to_owned();
    }
    amounts.retain(|a| !a.is_empty());
    amounts
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_sound_table_is_read_without_a_word() {
    assert_eq!(tree(&[]), Seen { amounts: tree_amounts(&[]), findings: vec![] });
    assert_eq!(seen(&grid(SIDES)), Seen { amounts: SIDES_AMOUNTS.map(str::to_owned).into(), findings: vec![] });
}

// What is typed into a cell.

#[test]
fn a_number_typed_as_text_is_read_and_told() {
    for typed in ["670.26", "670.26 万元", "６７０．２６", "0,670.26", "¥670.26"] {
        let seen = tree(&[("| 670.26 | 670.26 |\n5", &format!("| 670.26 | '{typed} |\n5"))]);
        assert_eq!(seen.amounts, tree_amounts(&[]), "{typed}");
        assert_eq!(seen.findings, ["R05 note 支出总表!E9"], "{typed}");
    }
}

#[test]
fn a_text_that_is_no_number_is_an_error_at_its_cell() {
    for typed in ["XXX", "待定", "670.26元", "6,70.26"] {
        let seen = tree(&[("| 670.26 | 670.26 |\n5", &format!("| 670.26 | '{typed} |\n5"))]);
        assert_eq!(seen.amounts, tree_amounts(&[("expenditure.2010350.basic 670.26 E9", "")]), "{typed}");
        assert_eq!(seen.findings, ["R20 warning 支出总表!A1", "R04 error 支出总表!E9"], "{typed}");
    }
}

#[test]
fn an_error_value_and_a_formula_never_calculated_are_errors_at_their_cell() {
    for value in ["#REF!", "#DIV/0!", "=?"] {
        let seen = tree(&[("| 670.26 | 670.26 |\n5", &format!("| 670.26 | {value} |\n5"))]);
        assert_eq!(seen.amounts, tree_amounts(&[("expenditure.2010350.basic 670.26 E9", "")]), "{value}");
        assert_eq!(seen.findings, ["R20 warning 支出总表!A1", "R06 error 支出总表!E9"], "{value}");
    }
}

#[test]
fn a_dash_means_nothing_and_needs_no_word() {
    for dash in ["—", "-", "…", "　"] {
        assert_eq!(tree(&[("| 30.00 | | 30.00", &format!("| 30.00 | {dash} | 30.00"))]).findings, NOTHING, "{dash}");
    }
}

#[test]
fn a_date_in_the_place_of_an_amount_is_an_error() {
    let mut grid = grid(TREE);
    put(&mut grid.sheets[0], CellRef::new(8, 4), Value::Other("2023-06-07".to_owned()));
    assert!(seen(&grid).findings.contains(&"R04 error 支出总表!E9".to_owned()));
}

// Rows.

#[test]
fn a_row_with_a_wrong_code_and_numbers_is_an_error_that_lists_its_numbers() {
    for code in ["'20103X", "'2O10350", "事业", "'2010350123"] {
        let seen = tree(&[("'2010350", code)]);
        let gone = [("expenditure.2010350.total 670.26 D9", ""), ("expenditure.2010350.basic 670.26 E9", "")];
        assert_eq!(seen.amounts, tree_amounts(&gone), "{code}");
        assert!(seen.findings.contains(&"R03 error 支出总表!B9".to_owned()), "{code}: {:?}", seen.findings);
    }
    let message = told(&edited(TREE, &[("'2010350", "'2O10350")])).into_iter().find(|t| t.rule == "R03").unwrap().message;
    assert!(message.contains("670.26") && message.contains("2O10350"), "{message}");
}

#[test]
fn numbers_in_a_row_without_code_and_name_are_an_error() {
    let seen = tree(&[("4 | '2010350 | 事业运行        ", "4 | | ")]);
    assert!(seen.findings.contains(&"R03 error 支出总表!B9".to_owned()), "{:?}", seen.findings);
}

#[test]
fn a_label_that_the_standard_does_not_have_is_an_error_when_numbers_stand_beside_it() {
    let seen = seen(&edited(SIDES, &[("二、事业收入", "二、彩票收入")]));
    assert!(!seen.amounts.iter().any(|a| a.ends_with("C7")));
    assert_eq!(seen.findings, ["R20 warning 收支总表!A1", "R03 error 收支总表!B7", "A01 error 收支总表!C9"]);
}

#[test]
fn codes_typed_as_numbers_are_read_as_codes() {
    let seen = tree(&[("'201 ", "201 "), ("'20103 ", "20103 "), ("'2010350", "2010350"), ("'2010399", "2010399")]);
    assert_eq!(seen, tree(&[]));
}

#[test]
fn codes_with_blanks_in_them_are_read_as_codes() {
    assert_eq!(tree(&[("'2010350", "'201 03 50"), ("'2010399", "２０１０３９９")]), tree(&[]));
}

#[test]
fn a_code_that_stands_twice_gives_two_rows_and_a_finding() {
    let seen = tree(&[("'2010399", "'2010350")]);
    assert!(seen.amounts.contains(&"expenditure.2010350.total 670.26 D9".to_owned()));
    assert!(seen.amounts.contains(&"expenditure.2010350.total 30 D10".to_owned()));
    let of_codes: Vec<&String> = seen.findings.iter().filter(|f| f.starts_with("S04")).collect();
    assert_eq!(of_codes, ["S04 error 支出总表!B10"]);
}

#[test]
fn class_rows_are_known_by_their_name_whatever_their_ordinal() {
    let renumbered = [
        ("二、公共安全支出", "四、公共安全支出"),
        ("三、卫生健康支出", "（十）卫生健康支出"),
        ("一、一般公共服务支出", "一般公共服务支出"),
    ];
    assert_eq!(seen(&edited(SIDES, &renumbered)), seen(&grid(SIDES)));
}

#[test]
fn rows_of_one_label_are_told_apart_by_their_place() {
    let grid = with(fixture(), "财政拨款收支总表", "C39", number("5"));
    let grid = with(&grid, "财政拨款收支总表", "C41", number("6"));
    let (budget, _) = checked(&grid);
    let at = |row: &str| {
        let slot = budget.slot(address(&budget, &format!("fiscal_balance.{row}.amount")));
        (slot.amount.map(|a| a.to_string()).unwrap_or_default(), slot.site.unwrap().cell.to_string())
    };
    let rows = ["inc_gpb", "inc_fund", "inc_soe", "car_gpb", "car_fund", "car_soe"].map(at);
    let expected = [("910.01", "C6"), ("", "C7"), ("", "C8"), ("5", "C39"), ("", "C40"), ("6", "C41")];
    assert_eq!(rows, expected.map(|(a, c)| (a.to_owned(), c.to_owned())));
}

// Headings and columns.

#[test]
fn a_misspelt_heading_is_matched_by_its_number_and_told() {
    let seen = tree(&[("基本支出", "基木支出")]);
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["S02 error 支出总表!E3", "R01 note 支出总表!E3"]);
}

#[test]
fn a_column_that_stands_elsewhere_is_read_by_its_heading() {
    // 项目支出 before 基本支出: the amounts go with their headings.
    let seen = tree(&[
        ("基本支出 | 项目支出", "项目支出 | 基本支出"),
        ("| 合计             | 700.26 | 670.26 | 30.00", "| 合计 | 700.26 | 30.00 | 670.26"),
        ("一般公共服务支出 | 700.26 | 670.26 | 30.00", "一般公共服务支出 | 700.26 | 30.00 | 670.26"),
        ("相关机构事务 | 700.26 | 670.26 | 30.00", "相关机构事务 | 700.26 | 30.00 | 670.26"),
        ("| 670.26 | 670.26 |", "| 670.26 | | 670.26"),
        ("| 30.00 | | 30.00", "| 30.00 | 30.00 |"),
    ]);
    let mut expected = tree_amounts(&[]);
    for amount in &mut expected {
        if amount.contains(".basic") {
            *amount = amount.replace(" E", " F");
        } else if amount.contains(".project") {
            *amount = amount.replace(" F", " E");
        }
    }
    expected.sort();
    let mut amounts = seen.amounts;
    amounts.sort();
    assert_eq!(amounts, expected);
}

#[test]
fn a_column_that_the_standard_does_not_have_is_kept_in_one_warning() {
    let seen =
        tree(&[("对附属单位补助支出", "对附属单位补助支出 | 其他"), ("| 30.00 | | 30.00", "| 30.00 | | 30.00 | | | | 1.50")]);
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["R30 warning 支出总表!J10"]);
}

#[test]
fn a_number_beside_the_table_is_a_warning_at_its_cell() {
    let seen = tree(&[("| 30.00 | | 30.00", "| 30.00 | | 30.00 | | | | 1.50")]);
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["R07 warning 支出总表!J10"]);
}

#[test]
fn a_column_of_the_standard_that_is_missing_is_an_error() {
    let seen = tree(&[(" | 对附属单位补助支出", ""), (" | '8", "")]);
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["S02 error 支出总表!A3"]);
}

// Tables and sheets.

#[test]
fn a_table_given_twice_is_an_error_and_the_first_counts() {
    let copy = TREE.replace("== 支出总表", "== 支出总表（2）").replace("700.26", "999.99");
    let seen = seen(&grid(&format!("{TREE}{copy}")));
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["R08 error 支出总表（2）!A1"]);
}

#[test]
fn a_sheet_with_numbers_and_no_table_is_a_warning() {
    let seen = seen(&grid(&format!("{TREE}\n== 底稿\n项目 | 金额\n甲 | 12.34\n")));
    assert_eq!(seen.findings, ["R02 warning 底稿!A1"]);
}

#[test]
fn a_table_without_title_is_known_by_the_name_of_its_sheet_and_that_is_told() {
    let seen = tree(&[("单位预算支出总表\n", "|\n")]);
    assert_eq!(seen.amounts, tree_amounts(&[]));
    assert_eq!(seen.findings, ["R09 note 支出总表!A3"]);
}

#[test]
fn amounts_in_another_measure_keep_it_and_that_is_told() {
    let grid = edited(TREE, &[("单位：万元", "单位：元")]);
    assert_eq!(seen(&grid).findings, ["R10 note 支出总表!I2"]);
    assert_eq!(seen(&grid).amounts, tree_amounts(&[]), "as filed, never converted on the way in");
    let (budget, _) = checked(&grid);
    assert_eq!(budget.tables[budget.template.table("expenditure").unwrap()].measure, Some(Measure::Yuan));
}

#[test]
fn a_measure_that_is_not_printed_is_assumed_and_that_is_told() {
    assert_eq!(tree(&[(" | | | | 单位：万元", "")]).findings, ["R10 note 支出总表!A1"]);
}

#[test]
fn a_sum_one_hundredth_off_is_a_tail_where_only_rounding_stands_between() {
    let seen = seen(&edited(SIDES, &[("二、公共安全支出     | 20.00", "二、公共安全支出 | 20.01")]));
    assert_eq!(seen.findings, ["A02 note 收支总表!E9"]);
    let grid = edited(SIDES, &[("二、公共安全支出     | 20.00", "二、公共安全支出 | 20.03")]);
    assert_eq!(
        shorts(&grid).iter().filter(|f| f.starts_with('A')).collect::<Vec<_>>(),
        ["A02 error 收支总表!E9"],
        "more than rounding explains"
    );
}
