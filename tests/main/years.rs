//! A budget beside that of the year before: what the narrative says of it, carry-overs, reasons; one thing wrong at a time.

use yusuan::finding::{self, Finding, Lang, Told, tell};
use yusuan::grid::{Grid, Value};
use yusuan::model::Budget;
use yusuan::stage::{check, translate};

use crate::narrative::renewed;
use crate::support::{added, budget_of, number, short, text, with};

/// The rules about the year before that are broken below.
pub const RULES: [&str; 4] = ["E01", "E02", "E03", "E04"];

/// The budget of the year before: the fixture with the amounts that its narrative, put right, says of it.
pub fn before() -> Grid {
    let mut grid = renewed();
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace("2022", "2021").replace("2023", "2022");
        }
        // 910.01 − 171.20, 848.14 − 175.40, 61.87 + 4.20, 0.31 + 0.03.
        if let Value::Number(amount) = &mut cell.value {
            let filed = amount.to_string();
            let moved = match filed.as_str() {
                "910.01" => "738.81",
                "848.14" => "672.74",
                "61.87" => "66.07",
                "732.13" => "560.93",
                "670.26" => "494.86",
                "0.31" => "0.34",
                other => other,
            };
            *amount = moved.parse().unwrap();
        }
    }
    grid
}

fn checked(now: &Grid, past: &Grid) -> Vec<Told> {
    let (extracted, before) = (budget_of(now), budget_of(past).budget);
    let budget = extracted.budget;
    let past = translate::translate(&before, &budget.template).0;
    let mut findings: Vec<Finding> = extracted.findings;
    findings.extend(check::check_beside(&budget, Some(&past)));
    finding::in_sheet_order(&mut findings);
    findings.iter().map(|f| tell(f, &budget, Lang::Zh)).collect()
}

fn shorts(now: &Grid, past: &Grid) -> Vec<String> {
    checked(now, past).iter().map(|t| short(t).replace("情况说明!", "")).collect()
}

/// The grid with words of its narrative replaced.
fn reworded(grid: &Grid, (from, to): (&str, &str)) -> Grid {
    let mut grid = grid.clone();
    let texts = grid.sheets.iter_mut().flat_map(|s| &mut s.cells).filter_map(|c| match &mut c.value {
        Value::Text(text) if text.contains(from) => Some(text),
        _ => None,
    });
    assert_eq!(texts.map(|text| *text = text.replace(from, to)).count(), 1, "{from}");
    grid
}

#[test]
fn the_year_before_whose_amounts_the_narrative_tells_brings_no_finding() {
    let before = before();
    let budget: Budget = budget_of(&before).budget;
    assert_eq!((budget.year, budget.code.as_deref()), (Some(2022), Some("434007")));
    let alone: Vec<String> = crate::support::shorts(&renewed()).into_iter().map(|s| s.replace("情况说明!", "")).collect();
    assert_eq!(added(&alone, &shorts(&renewed(), &before)), Vec::<String>::new());
}

/// An amount of the year before that is another, and what it breaks.
const PAST: [(&str, &str, &str, &[&str]); 6] = [
    ("收支总表", "E39", "739.81", &["E01 error A15"]),
    ("支出总表", "E6", "673.74", &["E02 error A14"]),
    ("支出总表", "F6", "66.86", &["E02 error A14"]),
    ("财政拨款“三公”经费支出表", "C14", "0.43", &["E03 error A19"]),
    ("收支总表", "E38", "12.30", &["E04 warning 收支总表!C38"]),
    ("支出总表", "E9", "1.00", &[]),
];

#[test]
fn one_amount_of_the_year_before_that_is_another_breaks_its_rule_alone() {
    let (now, past) = (renewed(), before());
    let alone = shorts(&now, &past);
    let (mut wrong, mut rules) = (Vec::new(), Vec::new());
    for (sheet, cell, amount, expected) in PAST {
        let new = added(&alone, &shorts(&now, &with(&past, sheet, cell, number(amount))));
        rules.extend(new.iter().map(|f| f[..3].to_owned()));
        if new != expected {
            wrong.push(format!("{sheet}!{cell} {amount}: {new:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(RULES.iter().all(|rule| rules.iter().any(|r| r == rule)), "{rules:?}");
}

/// Words of this year that are others, and what they break.
const NOW: [(&str, &str, &[&str]); 13] = [
    ("738.81", "783.81", &["D07 error A15", "E01 error A15"]),
    ("738.81万元预算增加171.2", "预算增加172.1", &["D08 error A15", "E01 error A15"]),
    ("减少0.03万元，原因", "减少0.02万元，原因", &["E03 error A19"]),
    ("基本支出增加175.4万元，主要为人员工资调整人员经费增加", "基本支出增加175.4万元", &["E05 warning A15"]),
    // A small change needs no reason, a large one its own.
    ("，主要为因职能调整减少部分项目经费", "", &[]),
    (
        "项目支出减少4.20万元，主要为因职能调整减少部分项目经费",
        "项目支出减少14.20万元",
        &["D08 error A15", "E02 error A14", "E05 warning A15"],
    ),
    ("减少0.03万元，原因：人员减少，经费减少", "减少0.03万元", &[]),
    ("项目支出减少4.20万元，主要为因职能调整减少部分项目经费", "项目支出保持平稳", &[]),
    (
        "公务接待费用预算数为0.31万元",
        "因公出国（境）费0万元，较2022年增加0万元，增长100%。公务接待费用预算数为0.31万元",
        &["E06 warning A19"],
    ),
    (
        "公务接待费用预算数为0.31万元",
        "因公出国（境）费0万元，与2022年持平，增加0.5万元。公务接待费用预算数为0.31万元",
        &["E06 warning A19"],
    ),
    ("公务接待费用预算数为0.31万元", "因公出国（境）费0万元，与2022年持平，增加0万元。公务接待费用预算数为0.31万元", &[]),
    (
        "公务接待费用预算数为0.31万元",
        "因公出国（境）费0万元，较2022年增长100%。公务接待费用预算数为0.31万元",
        &["E06 warning A19"],
    ),
    ("公务接待费用预算数为0.31万元", "公务接待费用预算数为0.31万元，较2022年下降8.8%。公务接待费用预算数为0.31万元", &[]),
];

#[test]
fn words_that_do_not_fit_the_year_before_break_their_rule_at_their_paragraph() {
    let (now, past) = (renewed(), before());
    let alone = shorts(&now, &past);
    let mut wrong = Vec::new();
    for (from, to, expected) in NOW {
        let mut new = added(&alone, &shorts(&reworded(&now, (from, to)), &past));
        new.sort();
        if new != expected {
            wrong.push(format!("{from} → {to}: {new:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_finding_names_the_file_and_the_cell_of_the_year_before() {
    let past = with(&before(), "支出总表", "E6", number("673.74"));
    let told = checked(&renewed(), &past);
    let found = told.iter().find(|t| t.rule == "E02").unwrap();
    assert_eq!(
        found.message,
        "《情况说明》A14“基本支出 848.14 万元”、−《情况说明》A15“基本支出增加175.4万元”，得 672.74 万元，应等于 673.74 万元\
         （上年 434007_营商环境服务中心.xlsx《支出总表》E6「合计·基本支出」 673.74 万元），相差 1.00 万元。\
         文字：上年基本支出、项目支出 = 上年支出总表"
    );
    let cell = found.operands.last().unwrap();
    let parts = [&cell.file, &cell.sheet, &cell.cell, &cell.value].map(|p| p.clone().unwrap_or_default());
    assert_eq!(parts, ["434007_营商环境服务中心.xlsx", "支出总表", "E6", "673.74"]);
    let carried = with(&before(), "收支总表", "E38", number("12.30"));
    let found = checked(&renewed(), &carried).into_iter().find(|t| t.rule == "E04").unwrap();
    assert!(
        found.message.starts_with("《收支总表》C38「上年结转结余」 空白，得 0.00 万元，应等于 12.30 万元（上年 "),
        "{}",
        found.message
    );
}

#[test]
fn a_change_that_the_narrative_does_not_tell_is_measured_by_the_tables_of_both_years() {
    let silent = with(&renewed(), "情况说明", "A15", text("3、其他说明。"));
    let told = checked(&silent, &before());
    let found: Vec<&Told> = told.iter().filter(|t| t.rule == "E05").collect();
    assert!(
        found.iter().any(|t| t.message.contains(
            "比上年 672.74 万元（上年 434007_营商环境服务中心.xlsx《支出总表》E6）增加 175.40 万元（26.07%），没有说明原因"
        )),
        "{found:?}"
    );
}
