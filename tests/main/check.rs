//! The findings in the fixture: every one expected, rule, place and numbers, and no other.

use yusuan::finding::{Told, Verdict, groups};

use crate::support::{FORMATS, fixture, fixture_in, number, severity, short, told, with};

/// Rule, severity, sheet, cell, value, expected, difference.
type Expected = (&'static str, &'static str, &'static str, &'static str, Option<[&'static str; 3]>);

const THREE_PUBLIC: &str = "财政拨款“三公”经费支出表";

/// Every finding in the fixture, in the order of the workbook.
pub const EXPECTED: [Expected; 28] = [
    ("C08", "note", "一般公共预算财政拨款支出表", "E13", Some(["21.28", "20.99", "0.29"])),
    ("D25", "note", "政府基金预算财政拨款支出表", "A1", None),
    ("S05", "warning", "政府基金预算财政拨款支出表", "A6", None),
    ("A42", "error", THREE_PUBLIC, "C6", Some(["4", "0.31", "3.69"])),
    ("A42", "error", THREE_PUBLIC, "D6", Some(["4", "0.31", "3.69"])),
    ("D05", "error", "情况说明", "A14", Some(["61.08", "61.87", "-0.79"])),
    ("D06", "error", "情况说明", "A14", Some(["909.22", "910.01", "-0.79"])),
    ("D25", "note", "情况说明", "A14", None),
    ("D08", "error", "情况说明", "A15", Some(["170.41", "171.2", "-0.79"])),
    ("D09", "error", "情况说明", "A15", None),
    ("D19", "warning", "情况说明", "A15", None),
    ("D14", "warning", "情况说明", "A19", None),
    ("D21", "warning", "情况说明", "A29", None),
    ("D24", "note", "情况说明", "A39", None),
    ("D25", "note", "情况说明", "A40", None),
    ("D24", "note", "情况说明", "A41", None),
    ("D24", "note", "情况说明", "A43", None),
    ("P04", "note", "绩效目标表", "B19", None),
    ("P04", "note", "绩效目标表", "B29", None),
    ("P04", "note", "绩效目标表", "B42", None),
    ("B34", "warning", "绩效目标表", "A52", None),
    ("P05", "warning", "绩效目标表", "A67", None),
    ("P04", "note", "绩效目标表", "B69", None),
    ("P03", "warning", "绩效目标表", "B84", None),
    ("D25", "note", "绩效目标表", "B105", None),
    ("P04", "note", "绩效目标表", "B106", None),
    ("S07", "note", "固定资产占用情况表", "C4", None),
    ("S07", "note", "固定资产占用情况表", "C6", None),
];

fn the(findings: &[Told], rule: &str) -> Told {
    findings.iter().find(|t| t.rule == rule).unwrap().clone()
}

#[test]
fn the_fixture_has_exactly_its_known_findings_in_every_format() {
    for format in FORMATS {
        let found = told(fixture_in(format));
        assert_eq!(found.iter().map(short).collect::<Vec<_>>(), EXPECTED.map(|(r, s, t, c, _)| format!("{r} {s} {t}!{c}")));
        for (told, (rule, _, _, cell, numbers)) in found.iter().zip(EXPECTED) {
            let of = |one: &Option<String>| one.clone().unwrap_or_default();
            let seen = [of(&told.value), of(&told.expected), of(&told.difference)];
            assert_eq!(seen, numbers.unwrap_or_default().map(str::to_owned), "{rule} {cell} in .{format}");
            assert_eq!(told.verdict, numbers.map(|_| Verdict::Broken), "{rule} {cell} in .{format}");
        }
    }
}

#[test]
fn the_findings_of_the_formats_differ_in_nothing_but_the_file() {
    let [xlsx, xls, ods] = FORMATS.map(|format| {
        let mut told = told(fixture_in(format));
        told.iter_mut().for_each(|t| t.file.clear());
        serde_json::to_string(&told).unwrap()
    });
    assert_eq!(xls, xlsx);
    assert_eq!(ods, xlsx);
}

#[test]
fn a_difference_that_another_rule_explains_is_told_with_its_explanation() {
    for finding in told(fixture()).iter().filter(|t| t.rule == "A42") {
        for part in ["4.00", "0.31", "3.69", "30216", "培训费", "D23"] {
            assert!(finding.message.contains(part), "{part} in {}", finding.message);
        }
    }
    assert!(told(fixture()).iter().all(|t| t.rule != "A43"), "what only explains is never told by itself");
}

#[test]
fn an_identity_names_the_cells_to_look_at() {
    let found = the(&told(fixture()), "A42");
    let cells: Vec<_> =
        found.operands.iter().map(|o| (o.row.as_deref().unwrap(), o.cell.as_deref(), o.value.as_deref())).collect();
    assert_eq!(cells, [("subtotal", Some("C7"), Some("0.31")), ("meeting", None, None), ("training", None, None)]);
    assert_eq!(
        (found.table.as_deref(), found.row.as_deref(), found.column.as_deref()),
        (Some("three_public"), Some("total"), Some("total"))
    );
    let found = the(&told(fixture()), "C08");
    let cells: Vec<_> = found.operands.iter().map(|o| (o.sheet.as_deref().unwrap(), o.cell.as_deref().unwrap())).collect();
    assert!(cells.contains(&("一般公共预算财政拨款基本支出表", "D28")), "{cells:?}");
}

#[test]
fn the_purchase_that_no_procurement_shows_is_named_and_hardware_parts_are_not() {
    let message = the(&told(fixture()), "B34").message;
    for part in ["机房设备维修及耗材", "购买笔记本电脑", "购买计算机"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    for part in ["硒鼓", "硬盘", "皮带"] {
        assert!(!message.contains(part), "{part} in {message}");
    }
}

#[test]
fn the_note_of_the_wrong_fund_and_the_missing_decimals_are_quoted() {
    let found = told(fixture());
    assert!(the(&found, "S05").message.contains("注：无政府基金预算财政拨款预算，空表列示。"));
    let decimals: Vec<_> = found.iter().filter(|t| t.rule == "S07").map(|t| t.message.clone()).collect();
    assert!(decimals[0].contains("228.4") && decimals[1].contains("5.1"), "{decimals:?}");
}

#[test]
fn every_finding_has_words_and_advice() {
    for finding in told(fixture()) {
        assert!(!finding.message.is_empty() && !finding.advice.is_empty(), "{} {}", finding.rule, severity(finding.severity));
        assert_eq!((finding.unit.as_deref(), finding.year), (Some("434007"), Some(2023)));
    }
}

#[test]
fn the_findings_of_one_wrong_cell_are_told_together_and_none_is_dropped() {
    let found = told(&with(fixture(), "支出总表", "E9", number("671.26")));
    let groups = groups(&found);
    let cause = groups.iter().find(|g| !g.consequences.is_empty()).unwrap();
    assert_eq!(cause.suspect, Some(("支出总表".to_owned(), "E9".to_owned())));
    let mut rules: Vec<&str> = cause.consequences.iter().chain([&cause.first]).map(|place| found[*place].rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    assert_eq!(rules, ["A10", "A12", "B19"]);
    let mut all: Vec<usize> =
        groups.iter().flat_map(|g| g.same.iter().chain(&g.consequences).chain([&g.first])).copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..found.len()).collect::<Vec<_>>());
}
