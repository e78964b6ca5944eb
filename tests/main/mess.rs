//! The mess of real submissions, case by case: what is read, and the one finding that says how it was taken.

use yusuan::finding::{Told, groups};
use yusuan::grid::{Cell, Formula, Grid, Look, Sheet, Shown, Value};
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::formula::calculate;
use yusuan::template::Severity;
use yusuan::value::CellRef;

use crate::support::{
    added, address, amounts, budget_of, checked, fixture, move_cells, moved, number, put, sheet, short, shorts, template, text,
    told, with,
};

const NOTHING: [&str; 0] = [];

/// What an alteration of the fixture has added to the findings.
fn new(grid: &Grid) -> Vec<String> {
    added(&shorts(fixture()), &shorts(grid))
}

/// The amounts without their cells.
fn without_cells(grid: &Grid) -> Vec<String> {
    let mut amounts: Vec<String> = amounts(&checked(grid).0).iter().map(|a| a.rsplit_once(' ').unwrap().0.to_owned()).collect();
    amounts.sort();
    amounts
}

/// Rule and severity of all findings.
fn rules(grid: &Grid) -> Vec<String> {
    shorts(grid).iter().map(|f| f.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

/// The finding of a rule.
fn of(grid: &Grid, rule: &str) -> Told {
    told(grid).into_iter().find(|t| t.rule == rule).unwrap_or_else(|| panic!("no {rule} in {:?}", shorts(grid)))
}

/// The fixture with one sheet set so many columns to the right on another, so many rows down.
fn beside(left: &str, right: &str, by: u16, down: u32) -> Grid {
    set_beside(fixture(), left, right, by, down)
}

/// A workbook with one sheet set so many columns to the right on another, so many rows down.
fn set_beside(grid: &Grid, left: &str, right: &str, by: u16, down: u32) -> Grid {
    let mut grid = grid.clone();
    let place = grid.sheets.iter().position(|s| s.name == right).unwrap();
    let mut other = grid.sheets.remove(place);
    move_cells(&mut other, &|at: CellRef| CellRef::new(at.row + down, at.col + by));
    let sheet = grid.sheets.iter_mut().find(|s| s.name == left).unwrap();
    sheet.cells.append(&mut other.cells);
    sheet.merges.append(&mut other.merges);
    sheet.cells.sort_by_key(|c| c.at);
    grid
}

#[test]
fn tables_side_by_side_are_read_each_by_itself_and_that_is_noted() {
    // With and without a column between them, level or not; the second is shorter or longer than the first.
    for (left, right, by, down) in [
        ("收支总表", "支出总表", 5, 0),
        ("收支总表", "支出总表", 7, 9),
        ("支出总表", "一般公共预算财政拨款基本支出表", 9, 0),
        ("支出总表", "一般公共预算财政拨款基本支出表", 10, 3),
    ] {
        let grid = beside(left, right, by, down);
        assert_eq!(without_cells(&grid), without_cells(fixture()), "{left} {right} {by} {down}");
        let added = new(&grid);
        let noted = added.iter().filter(|f| f.starts_with(&format!("R33 note {left}!"))).count();
        // The sheets now stand in another order.
        assert_eq!(
            (noted, added.iter().all(|f| f.starts_with("R33") || f.starts_with("S01 note") || f.contains(left))),
            (1, true),
            "{added:?}"
        );
    }
}

#[test]
fn any_number_of_tables_side_by_side_is_read_each_by_itself() {
    for gap in [0, 1] {
        let grid = beside("收支总表", "收入总表", 5 + gap, 0);
        let grid = set_beside(&grid, "收支总表", "支出总表", 18 + 2 * gap, 0);
        let grid = set_beside(&grid, "收支总表", "财政拨款收支总表", 27 + 3 * gap, 0);
        assert_eq!(without_cells(&grid), without_cells(fixture()), "{gap}");
        assert_eq!(new(&grid).iter().map(|f| &f[..8]).collect::<Vec<_>>(), ["R33 note"; 3], "{gap}");
    }
}

#[test]
fn an_amount_of_a_table_beside_another_remembers_its_true_cell() {
    let (budget, _) = checked(&beside("收支总表", "支出总表", 6, 2));
    let site = budget.slot(address(&budget, "expenditure.2010350.basic")).site.unwrap();
    assert_eq!((budget.sheet_name(site.sheet), site.cell.to_string().as_str()), ("收支总表", "K11"));
}

#[test]
fn a_table_that_goes_on_to_its_right_is_one_table_and_that_is_noted() {
    for gap in [0, 1] {
        let mut grid = fixture().clone();
        let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
        let head: Vec<Cell> = sheet.cells.iter().filter(|c| (2..5).contains(&c.at.row)).cloned().collect();
        let right = 9 + gap;
        move_cells(sheet, &|at| if at.row >= 12 { CellRef::new(at.row - 7, at.col + right) } else { at });
        sheet.cells.extend(head.into_iter().map(|c| Cell { at: CellRef::new(c.at.row, c.at.col + right), ..c }));
        sheet.cells.sort_by_key(|c| c.at);
        assert_eq!(without_cells(&grid), without_cells(fixture()), "{gap}");
        assert_eq!(new(&grid).iter().map(|f| &f[..8]).collect::<Vec<_>>(), ["R33 note"], "{gap}");
        assert!(of(&grid, "R33").message.contains("续"));
    }
}

/// The fixture with a column set into 支出总表 before a column.
fn with_column(col: u16, heading: &str, cells: &[(u32, Value)]) -> Grid {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    move_cells(sheet, &|at| if at.col >= col { CellRef::new(at.row, at.col + 1) } else { at });
    put(sheet, CellRef::new(2, col), text(heading));
    cells.iter().for_each(|(row, value)| put(sheet, CellRef::new(*row, col), value.clone()));
    grid
}

#[test]
fn a_column_of_the_clerks_own_is_one_warning_that_keeps_its_cells() {
    let grid = with_column(4, "上年执行数", &[(5, number("800.50")), (8, number("600.25")), (9, Value::Error("#REF!".into()))]);
    assert_eq!(without_cells(&grid), without_cells(fixture()));
    assert_eq!(new(&grid), ["R30 warning 支出总表!E6"]);
    let told = of(&grid, "R30");
    let cells: Vec<_> = told.operands.iter().map(|o| [&o.row, &o.cell, &o.value].map(|v| v.as_deref().unwrap_or("-"))).collect();
    assert_eq!(cells, [["total", "E6", "800.5"], ["2010350", "E9", "600.25"], ["2010399", "E10", "#REF!"]]);
    for part in ["上年执行数", "事业运行", "600.25"] {
        assert!(told.message.contains(part), "{}", told.message);
    }
}

#[test]
fn an_unknown_column_where_one_of_the_standard_is_missing_stays_an_error() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    // Neither its heading nor its number says which column it is.
    put(sheet, "F3".parse().unwrap(), text("项目"));
    put(sheet, "F5".parse().unwrap(), Value::Blank);
    let told = of(&grid, "R07");
    assert_eq!((short(&told).as_str(), told.operands.len()), ("R07 error 支出总表!F6", 4));
    assert!(told.message.contains("项目支出"), "{}", told.message);
    assert!(shorts(&grid).contains(&"R20 warning 支出总表!A1".to_owned()), "its totals stay as filed");
}

#[test]
fn a_column_of_the_standard_that_stands_twice_is_an_error() {
    let grid = with_column(9, "基本支出", &[(5, number("1.5"))]);
    assert_eq!(short(&of(&grid, "R07")), "R07 error 支出总表!J6");
}

#[test]
fn several_numbers_beside_a_table_are_one_warning() {
    let cells: Vec<(u32, Value)> = (5..12).map(|row| (row, number("7.77"))).collect();
    let grid = with_column(11, " ", &cells);
    assert_eq!(new(&grid), ["R07 warning 支出总表!L6"]);
    assert_eq!(of(&grid, "R07").operands.len(), 7);
}

#[test]
fn hidden_rows_and_columns_with_amounts_are_read_and_noted() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    (sheet.hidden_rows, sheet.hidden_columns) = (vec![(8, 8), (40, 60)], vec![(5, 5), (200, 250)]);
    assert_eq!(without_cells(&grid), without_cells(fixture()));
    assert_eq!(new(&grid), ["R31 note 支出总表!F6"]);
    let message = of(&grid, "R31").message;
    assert!(message.contains("第 9 行、F 列"), "{message}");
}

/// What a formula gives in a cell of a small sheet: 1.1, 2.2 and a text of digits in A1 to A3, `合计` in B1, an error in B2.
fn given(formula: &str) -> Option<Value> {
    let cell = |at: &str, value: Value| Cell { shown: Shown::General, ..Cell::new(at.parse().unwrap(), value, Look::Plain) };
    let cells = vec![
        cell("A1", number("1.1")),
        cell("B1", text("合计")),
        cell("C1", Value::Uncalculated),
        cell("A2", number("2.2")),
        cell("B2", Value::Error("#REF!".into())),
        cell("A3", text("3")),
    ];
    let at = "C1".parse().unwrap();
    let formulas = vec![Formula { at, text: formula.to_owned(), from: at, gives: None }];
    let other = Sheet { name: "支出 总表".into(), cells: vec![cell("D4", number("100"))], ..Sheet::default() };
    let mut grid =
        Grid { sheets: vec![Sheet { name: "a".into(), cells, formulas, ..Sheet::default() }, other], ..Grid::default() };
    calculate(&mut grid);
    Some(grid.sheets[0].cell(at)?.value.clone()).filter(|v| *v != Value::Uncalculated)
}

#[test]
fn formulas_without_result_are_calculated_exactly() {
    for (formula, gives) in [
        ("A1+A2", "3.3"),
        ("-A1*(2-4)/2", "1.1"),
        ("SUM(A1:A3)", "3.3"),
        ("SUM($A:$A,'支出 总表'!D4,10%)", "103.4"),
        ("A3+1", "4"),
        ("ROUND(A2/A1*10/3,2)", "6.67"),
        ("ROUND(2.675,2)", "2.68"),
        ("IF(B1=\"合计\",IF(A1<=1,1,2),B2)", "2"),
        ("IF(C9=\"\",,1)", "0"),
        ("IFERROR(A1/C9,5)", "5"),
        ("SUMIF(A1:A3,\">2\")", "2.2"),
        ("SUMIF(B1:B1,\"合计\",A1:A1)", "1.1"),
        ("MAX(A1:A2)-MIN(A1:A2)+ABS(-1)", "2.1"),
        ("C9", "0"),
    ] {
        assert_eq!(given(formula), Some(number(gives)), "{formula}");
    }
}

#[test]
fn a_formula_that_cannot_be_calculated_stays_without_a_result() {
    for formula in [
        "C1",
        "SUM(A1:C1)",
        "B1+1",
        "A1/C9",
        "A1+B2",
        "SUM(B1:B2)",
        "VLOOKUP(A1,A1:B2,2)",
        "'没有'!A1",
        "INDIRECT(\"A1\")",
        "A1:A2",
        "名称",
        "IFERROR(FOO(1),0)",
        "SUM(",
        "9999999999999*9999999999999",
    ] {
        assert_eq!(given(formula), None, "{formula}");
    }
}

#[test]
fn a_circle_ends_and_a_long_chain_is_followed_to_its_end() {
    let chain = |last: &str| {
        let at = |row: u32| CellRef::new(row, 0);
        let text = |row: u32| if row == 799 { last.to_owned() } else { format!("A{}+1", row + 2) };
        let formulas = (0..800).map(|row| Formula { at: at(row), text: text(row), from: at(row), gives: None }).collect();
        let cells = (0..800).map(|row| Cell::new(at(row), Value::Uncalculated, Look::Plain)).collect();
        let mut grid = Grid { sheets: vec![Sheet { name: "a".into(), cells, formulas, ..Sheet::default() }], ..Grid::default() };
        calculate(&mut grid);
        grid.sheets[0].cells[0].value.clone()
    };
    assert_eq!(chain("1"), number("800"));
    assert_eq!(chain("A1"), Value::Uncalculated);
}

#[test]
fn calculated_formulas_are_noted_and_a_stale_result_is_a_warning_at_its_cell() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    let formula = |at: &str, text: &str| {
        let at = at.parse().unwrap();
        Formula { at, text: text.to_owned(), from: at, gives: None }
    };
    sheet.formulas = vec![formula("D6", "E6+F6"), formula("D9", "E9+F9"), formula("E9", "600+70")];
    put(sheet, "D9".parse().unwrap(), Value::Uncalculated);
    calculate(&mut grid);
    assert_eq!(without_cells(&grid), without_cells(fixture()));
    assert_eq!(new(&grid), ["R32 note 支出总表!D9", "R34 warning 支出总表!E9"]);
    let stale = of(&grid, "R34");
    assert_eq!((stale.value.as_deref(), stale.expected.as_deref()), (Some("670.26"), Some("670")));
    assert!(of(&grid, "R32").message.contains("D9 事业运行 670.26"));
}

#[test]
fn a_calculated_formula_is_named_by_the_row_of_its_own_side() {
    let mut grid = with(fixture(), "收支总表", "E39", Value::Uncalculated);
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "收支总表").unwrap();
    let at: CellRef = "E39".parse().unwrap();
    sheet.formulas = vec![Formula { at, text: "E37+E38".to_owned(), from: at, gives: None }];
    calculate(&mut grid);
    assert!(of(&grid, "R32").message.contains("E39 支出总计 910.01"), "{}", of(&grid, "R32").message);
}

#[test]
fn a_measure_in_a_heading_is_read_and_two_measures_of_one_table_are_an_error() {
    let headed = |caption: &str, heading: &str| {
        let grid = with(fixture(), "收支总表", "C4", text(heading));
        let grid = with(&grid, "收支总表", "E2", text(caption));
        let (budget, _) = checked(&grid);
        let table = &budget.tables[budget.template.table("balance").unwrap()];
        (table.measure.map(|m| m.word()), shorts(&grid).into_iter().filter(|f| f.starts_with("R10")).collect::<Vec<_>>())
    };
    let error = |cell: &str| vec![format!("R10 error 收支总表!{cell}")];
    assert_eq!(headed("单位：万元", "预算数（万元）"), (Some("万元"), Vec::new()));
    assert_eq!(headed(" ", "预算数[元]"), (Some("元"), vec!["R10 warning 收支总表!C4".to_owned()]));
    assert_eq!(headed("单位：万元", "预算数(单位：元)"), (Some("万元"), error("E2")));
}

#[test]
fn a_measure_in_words_of_its_own_is_read_and_one_cut_short_is_an_error() {
    let captioned = |caption: &str| {
        let grid = with(fixture(), "收支总表", "E2", text(caption));
        let (budget, _) = checked(&grid);
        let measure = budget.tables[budget.template.table("balance").unwrap()].measure;
        (measure.map(|m| m.word()), shorts(&grid).into_iter().filter(|f| f.starts_with("R10")).collect::<Vec<_>>())
    };
    for caption in ["（元）", "[元]", "金额：元", "（单位：元）", "支出明细（元）"] {
        assert_eq!(captioned(caption), (Some("元"), vec!["R10 warning 收支总表!E2".to_owned()]), "{caption}");
    }
    for caption in ["单位：万", "（单位：百）", "单位：亿元"] {
        assert_eq!(captioned(caption), (Some("万元"), vec!["R10 error 收支总表!E2".to_owned()]), "{caption}");
    }
    for caption in ["元氏县某局", "编制单位：元氏县某局", "单位：某万元店"] {
        assert_eq!(captioned(caption), (Some("万元"), vec!["R10 note 收支总表!A1".to_owned()]), "{caption}");
    }
}

#[test]
fn a_measure_assumed_among_others_that_are_printed_is_a_warning() {
    let grid = with(&with(fixture(), "支出总表", "I2", text("单位：元")), "收支总表", "E2", Value::Blank);
    let measures: Vec<String> = shorts(&grid).into_iter().filter(|f| f.starts_with("R10")).collect();
    assert_eq!(measures, ["R10 warning 收支总表!A1", "R10 warning 支出总表!I2"]);
}

#[test]
fn an_amount_that_displays_as_another_number_is_a_warning_that_lists_it() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    let at: CellRef = "E14".parse().unwrap();
    sheet.cells.iter_mut().filter(|c| c.at == at).for_each(|c| c.shown = Shown::Scaled);
    assert_eq!(new(&grid), ["R37 warning 支出总表!E14"]);
    let told = of(&grid, "R37");
    assert!(told.message.contains("E14 机关事业单位基本养老保险缴费支出 55.71"), "{}", told.message);
    assert_eq!(without_cells(&grid), without_cells(fixture()));
}

#[test]
fn thousands_of_yuan_are_compared_exactly_with_other_measures() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "收支总表").unwrap();
    for cell in &mut sheet.cells {
        match &mut cell.value {
            Value::Number(number) if matches!(cell.shown, Shown::Fixed(2)) => *number = *number * 10.into(),
            Value::Text(text) => *text = text.replace("万元", "千元"),
            _ => {}
        }
    }
    assert_eq!(new(&grid), ["R10 warning 收支总表!E2"]);
    let wrong = with(&grid, "收支总表", "C39", number("9100.2"));
    let message = told(&wrong)
        .into_iter()
        .find(|t| t.cell.as_deref() == Some("C39") && t.operands.iter().any(|o| o.sheet.as_deref() == Some("收入总表")))
        .unwrap()
        .message;
    for part in ["9100.20 千元", "910.01 万元", "100.00 元"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_name_with_its_code_in_brackets_is_taken_apart() {
    for written in ["某中心 (434007)", "某中心（434007）", "某中心 [434007]"] {
        let mut grid = fixture().clone();
        for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
            if cell.text().is_some_and(|t| t.starts_with("434007 ")) {
                cell.value = text(written);
            }
        }
        let folded = Folded::new(&grid);
        let budget = extract(&folded, "a.xlsx", template(), None).unwrap().budget;
        assert_eq!((budget.code.as_deref(), budget.name.as_deref()), (Some("434007"), Some("某中心")), "{written}");
    }
}

#[test]
fn a_year_that_only_the_file_name_tells_is_taken_and_noted() {
    let mut grid = fixture().clone();
    for sheet in &mut grid.sheets {
        sheet.cells.retain(|c| !c.text().is_some_and(|t| t.contains("2023") || t.contains("2022")));
    }
    let extracted = extract(&Folded::new(&grid), "报送/江苏2019年预算.xlsx", template(), None).unwrap();
    assert_eq!(extracted.budget.year, Some(2019));
    assert!(extracted.findings.iter().any(|f| f.rule == "R11" && f.severity == Severity::Note));
}

#[test]
fn a_total_row_of_amounts_typed_as_text_is_no_page_head() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    put(sheet, "A6".parse().unwrap(), Value::Blank);
    for cell in ["D6", "E6", "F6"] {
        let Value::Number(number) = sheet.cell(cell.parse().unwrap()).unwrap().value else { panic!("{cell}") };
        put(sheet, cell.parse().unwrap(), text(&number.at_least(2)));
    }
    let slot = |row: &str| {
        let (budget, _) = checked(&grid);
        budget.slot(address(&budget, row)).amount.map(|a| a.to_string())
    };
    assert_eq!(slot("expenditure.total.total").as_deref(), Some("910.01"));
}

#[test]
fn rows_without_codes_explain_the_identities_that_cannot_hold() {
    let mut grid = fixture().clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
    sheet.cells.retain(|c| !(c.at.col == 1 && c.at.row > 5));
    let found = told(&grid);
    let groups = groups(&found);
    let lost = groups.iter().find(|g| found[g.first].rule == "R03").unwrap();
    assert_eq!((lost.same.len(), lost.suspect.is_none()), (14, true));
    assert!(lost.consequences.len() > 50, "{}", lost.consequences.len());
    let before = yusuan::finding::groups(&told(fixture())).len();
    assert!(groups.len() < before + 6, "{} groups beside {before}", groups.len());
    let all: usize = groups.iter().map(|g| 1 + g.same.len() + g.consequences.len()).sum();
    assert_eq!(all, found.len(), "none is dropped");
}

#[test]
fn a_number_too_large_for_an_amount_is_called_that() {
    let message = of(&with(fixture(), "支出总表", "E9", Value::Error("1e300".into())), "R06").message;
    assert!(message.contains("1e300") && message.contains("太大"), "{message}");
    let message = of(&with(fixture(), "支出总表", "E9", Value::Error("#REF!".into())), "R06").message;
    assert!(message.contains("错误值"), "{message}");
}

#[test]
fn phantom_extents_and_blank_captions_change_nothing() {
    let mut grid = moved(fixture(), |at| CellRef::new(at.row + 3, at.col + 2));
    for sheet in &mut grid.sheets {
        let below = sheet.row_count() + 5000;
        sheet.cells.push(Cell::new(CellRef::new(below, 255), text(" "), Look::Plain));
    }
    assert_eq!(added(&rules(fixture()), &rules(&grid)), NOTHING);
    let grid = with(fixture(), "支出总表", "A2", text("编制部门："));
    assert_eq!(budget_of(&grid).budget.name, budget_of(fixture()).budget.name);
    assert!(sheet(&grid, "支出总表").cell("A2".parse().unwrap()).is_some());
}
