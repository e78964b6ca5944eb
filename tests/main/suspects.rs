//! Cells that may be wrong: how they are told, that two errors are kept apart, and that nothing is said without need.

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use yusuan::edge::report;
use yusuan::finding::{Finding, Lang, Slip, Suspicion, Verdict};
use yusuan::grid::Grid;
use yusuan::model::{Budget, Key, Row, State, Table};
use yusuan::stage::check;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::template::load;
use yusuan::value::Amount;

use crate::support::{address, amount, budget_of, checked, fixture, number, sources, told, with};

const EXPENDITURE: &str = "支出总表";

/// The fixture with numbers of one of its sheets changed.
fn changed(cells: &[(&str, &str)]) -> Grid {
    cells.iter().fold(crate::narrative::renewed(), |grid, (cell, value)| with(&grid, EXPENDITURE, cell, number(value)))
}

fn text(grid: &Grid, lang: Lang) -> String {
    let (budget, findings) = checked(grid);
    let told: Vec<_> = findings.iter().map(|f| yusuan::finding::tell(f, &budget, lang)).collect();
    let mut out = Vec::new();
    report::text(&mut out, "filed.xlsx", "", &told, lang).unwrap();
    String::from_utf8(out).unwrap()
}

/// The suspicions of a budget, each once.
fn suspicions(findings: &[Finding]) -> Vec<Suspicion> {
    let mut all: Vec<Suspicion> = findings.iter().filter_map(|f| f.suspicion.as_deref().cloned()).collect();
    all.sort_by_key(|s| s.set);
    all.dedup();
    all
}

/// The repairs of a suspicion as `E9 670.26, E10 1`.
fn shown(suspicion: &Suspicion) -> Vec<String> {
    let cell = |s: &yusuan::finding::Suspect| format!("{} {}", s.place.site.unwrap().cell, s.needed);
    suspicion.repairs.iter().map(|r| r.cells.iter().map(cell).collect::<Vec<_>>().join(", ")).collect()
}

#[test]
fn one_line_says_which_change_would_mend_all_and_what_it_looks_like() {
    let grid = changed(&[("E9", "607.26")]);
    let line = "      若把《支出总表》E9「事业运行·基本支出」由 607.26 改为 670.26（像是相邻两位数字写颠倒），这 4 条都成立；请核对原始资料。\n";
    let zh = text(&grid, Lang::Zh);
    assert_eq!(zh.matches(line).count(), 1, "{zh}");
    let en = text(&grid, Lang::En);
    assert!(en.contains("670.26 instead of 607.26 (looks like two digits swapped) all 4 identities would hold"), "{en}");
    assert!(!text(&crate::narrative::renewed(), Lang::Zh).contains("请核对原始资料"));
}

#[test]
fn every_finding_of_the_set_has_the_suspects_in_its_json_form_and_others_have_no_such_key() {
    let found = told(&changed(&[("E9", "607.26")]));
    let json: Vec<Json> = found.iter().map(|t| serde_json::to_value(t).unwrap()).collect();
    let with_suspects: Vec<&Json> = json.iter().filter(|j| j.get("suspects").is_some()).collect();
    assert_eq!(with_suspects.len(), 4);
    let expected = serde_json::json!([{
        "table": "expenditure", "row": "2010350", "column": "basic", "sheet": "支出总表", "cell": "E9",
        "value": "607.26", "needed": "670.26", "slip": "digits-swapped", "repair": 1, "mends": 4,
    }]);
    assert!(with_suspects.iter().all(|j| j["suspects"] == expected && j["verdict"] == "broken"), "{with_suspects:?}");
}

#[test]
fn two_errors_that_meet_in_no_identity_are_told_apart() {
    let (_, findings) = checked(&changed(&[("E9", "607.26"), ("E13", "12.28")]));
    let found = suspicions(&findings);
    assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), [["E9 670.26"], ["E13 21.28"]]);
}

#[test]
fn two_errors_under_one_total_are_named_together() {
    let grid = changed(&[("E13", "12.28"), ("E14", "57.51")]);
    let found = suspicions(&checked(&grid).1);
    assert_eq!(found.len(), 1);
    assert_eq!(shown(&found[0])[0], "E13 21.28, E14 55.71");
    assert_eq!(found[0].repairs[0].cells[0].slip, Some(Slip::DigitsSwapped));
    assert!(
        text(&grid, Lang::Zh).contains("由 12.28 改为 21.28（像是一位数字写错）")
            || text(&grid, Lang::Zh).contains("，同时把《支出总表》E14")
    );
    assert_eq!(told(&grid).iter().flat_map(|t| &t.suspects).filter(|s| s.repair == 1).count() % 2, 0);
}

#[test]
fn where_several_cells_explain_all_equally_none_is_picked() {
    let mut sources = sources().clone();
    let overlay = r#"
extends = "hebei/unit-2023"

[[rule]]
id = "B05"
drop = true

[[rule]]
id = "A99"
title = "收入合计 = 各项收入"
severity = "error"
equations = ["balance.inc_subtotal.amount = balance.inc_gpb..inc_other.amount"]
"#;
    sources.files.insert("hebei/unit-2031.toml".to_owned(), overlay.to_owned());
    let template = std::sync::Arc::new(load("hebei/unit-2031", &sources).unwrap());
    let mut budget = extract(&Folded::new(&crate::narrative::renewed()), "filed.xlsx", &template, None).unwrap().budget;
    for (row, value) in [("inc_business", "7.13"), ("inc_other", "7.13"), ("inc_superior", "-7.13")] {
        let at = address(&budget, &format!("balance.{row}.amount"));
        budget.slot_mut(at).amount = Some(amount(value));
    }
    let findings = check::check(&budget);
    let found = suspicions(&findings);
    let [suspicion] = found.as_slice() else { panic!("{found:?}") };
    assert!(suspicion.equal >= 2, "{suspicion:?}");
    let told = findings.iter().find(|f| f.suspicion.is_some()).map(|f| yusuan::finding::tell(f, &budget, Lang::Zh)).unwrap();
    let told = told.suspicion.unwrap();
    assert!(told.line.contains("看不出是哪一处") && told.line.contains("处改任何一处"), "{}", told.line);
    assert_eq!(told.cell, None);
}

#[test]
fn a_difference_that_only_stands_in_decimals_not_displayed_is_told_as_such() {
    let grid = changed(&[("E9", "670.264")]);
    let found: Vec<_> =
        told(&grid).into_iter().filter(|t| t.difference.as_deref().is_some_and(|d| d.ends_with("0.004"))).collect();
    let broken: Vec<_> = found.iter().filter(|t| t.verdict == Some(Verdict::Broken)).collect();
    assert!(!broken.is_empty());
    for one in broken {
        assert!(one.message.contains("按显示的数字相符") && one.suspects.is_empty(), "{}", one.message);
    }
    let shown = told(&changed(&[("E9", "671.26")]));
    assert!(shown.iter().all(|t| !t.message.contains("按显示的数字相符")));
}

/// The fixture with so many rows of expenditure, under parents or not, each of them short by its own amount in one column.
fn large(leaves: u32, parents: bool, shift: impl Fn(u32) -> i64) -> Budget {
    let mut budget = budget_of(fixture()).budget;
    let template = budget.template.clone();
    let place = template.table("expenditure").unwrap();
    let declared = &template.tables[place];
    let site = budget.tables[place].title.as_ref().map(|t| t.site);
    let mut table = Table::new(declared);
    (table.state, table.measure) = (State::Filled, budget.tables[place].measure);
    let columns = ["total", "basic", "project"].map(|id| declared.column(id, 0).unwrap());
    let mut push = |key: Key, amounts: [i64; 3]| {
        let mut row = Row { site, ..Row::new(key, "行".to_owned(), declared.columns.len()) };
        row.slots.iter_mut().for_each(|slot| slot.site = site);
        for (column, hundredths) in columns.into_iter().zip(amounts) {
            row.slots[column].amount = Some(Amount::from(hundredths) * Amount::step(2));
        }
        table.push(row);
    };
    push(Key::Declared(0), [0, 0, 0]);
    for parent in (0..leaves.div_ceil(99)).filter(|_| parents).map(|parent| parent + 1) {
        push(Key::Code(format!("{}", 20_100 + parent).parse().unwrap()), [3_000, 1_000, 2_000]);
    }
    for leaf in 0..leaves {
        let code = 2_010_000 + (leaf / 99 + 1) * 100 + leaf % 99 + 1;
        push(Key::Code(format!("{code}").parse().unwrap()), [3_000 + shift(leaf), 1_000, 2_000]);
    }
    table.link_parents(&declared.levels);
    budget.tables[place] = table;
    budget
}

#[test]
fn a_budget_in_which_everything_is_broken_says_no_more_and_costs_little() {
    for (leaves, parents, every) in
        [(5_000, true, 1), (900, true, 1), (5_000, false, 1), (5_000, false, 9), (5_000, false, 2_500)]
    {
        let budget = large(leaves, parents, |leaf| if leaf % every == 0 { i64::from(leaf % 89) * 7 + 1 } else { 0 });
        let least = (leaves / every) as usize;
        let start = Instant::now();
        let findings = check::check(&budget);
        let took = start.elapsed();
        assert!(findings.iter().filter(|f| f.verdict == Some(Verdict::Broken)).count() >= least);
        assert!(took < Duration::from_secs(5), "{leaves} rows, every {every} wrong, took {took:?}");
    }
}

#[test]
fn one_wrong_figure_of_the_narrative_and_the_change_worked_out_from_it_are_suspected() {
    let (budget, findings) = checked(fixture());
    let found = suspicions(&findings);
    assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), [["A14 61.87"], ["A15 -4.2"]]);
    assert_eq!(found.iter().map(|s| (s.identities, s.equal)).collect::<Vec<_>>(), [(2, 1), (1, 1)]);
    assert_eq!(found[1].repairs[0].cells[0].slip, Some(Slip::Follows));
    let of = |rule: &str| findings.iter().find(|f| f.rule == rule).unwrap().suspicion.as_ref().unwrap().set;
    assert_eq!((of("D05"), of("D06"), of("D08")), (0, 0, 1));
    let lines = text(fixture(), Lang::Zh);
    assert!(
        lines.contains("若把《情况说明》A14“项目支出 61.08 万元”由 61.08 改为 61.87，这 2 条都成立；请核对原始资料。"),
        "{lines}"
    );
    assert!(lines.contains("“项目支出减少4.99万元”由 4.99 改为 4.20（与本年数差同一个数，像是由它算出），这条就成立"), "{lines}");
    let told: Vec<_> = findings.iter().map(|f| yusuan::finding::tell(f, &budget, Lang::Zh)).collect();
    let suspect = told.iter().flat_map(|t| &t.suspects).find(|s| s.slip == Some(Slip::Follows)).unwrap();
    assert_eq!(
        (suspect.table.as_deref(), suspect.sheet.as_deref(), suspect.cell.as_deref()),
        (None, Some("情况说明"), Some("A15"))
    );
    assert_eq!((suspect.value.as_deref(), suspect.needed.as_str()), (Some("-4.99"), "-4.2"));
}

#[test]
fn a_slip_in_a_figure_is_known_and_a_wrong_table_is_not_laid_on_the_narrative() {
    let narrative = |from: &str, to: &str| {
        let mut grid = crate::narrative::renewed();
        for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
            if let yusuan::grid::Value::Text(text) = &mut cell.value {
                *text = text.replace(from, to);
            }
        }
        suspicions(&checked(&grid).1)
    };
    let swapped = narrative("基本支出 848.14", "基本支出 884.14");
    assert_eq!(swapped.iter().map(shown).collect::<Vec<_>>(), [["A14 848.14"]]);
    assert_eq!(swapped[0].repairs[0].cells[0].slip, Some(Slip::DigitsSwapped));
    assert_eq!(narrative("预算增加171.2", "预算减少171.2").iter().map(shown).collect::<Vec<_>>(), [["A15 171.2"]]);
    // The total is wrong in the table; the narrative, which says what it should be, is not suspected.
    let table = with(&crate::narrative::renewed(), EXPENDITURE, "F6", number("68.17"));
    let found = suspicions(&checked(&table).1);
    assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), [["F6 61.87"]]);
}
