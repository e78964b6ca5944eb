//! The narrative renewed from the tables: the figures that rules bind, their changes and verbs, and not a word beside them.

use yusuan::finding::{Fact, Finding, Kept, Lang, Renewal, tell};
use yusuan::grid::Grid;
use yusuan::model::Budget;
use yusuan::stage::folded::Folded;
use yusuan::stage::renew::{Renewed, renew};
use yusuan::stage::{check, extract, layout, recompute};
use yusuan::template::load;

use crate::support::{budget_of, fixture, number, short, sources, template, text, with};

const SHEET: &str = "情况说明";

/// What becomes of a budget: recomputed and renewed.
fn run(grid: &Grid) -> (Budget, Vec<Renewed>, Vec<Finding>) {
    let mut budget = budget_of(grid).budget;
    recompute::recompute(&mut budget);
    let (renewed, kept) = renew(&mut budget);
    (budget, renewed, kept)
}

/// The changes as `A14 61.08 → 61.87 D05`.
fn shown(renewed: &[Renewed]) -> Vec<String> {
    renewed.iter().map(|r| format!("{} {} → {} {}", r.site.cell, r.before, r.after, r.rule)).collect()
}

fn why(kept: &[Finding]) -> Vec<Kept> {
    let of = |f: &Finding| match &f.fact {
        Fact::Narrative(Renewal::Kept { why, .. }) => why.clone(),
        other => panic!("{other:?}"),
    };
    kept.iter().map(of).collect()
}

/// The findings about figures in what is written of a budget, read again.
fn figures_in(budget: &Budget) -> Vec<String> {
    let mut grid = layout::cleaned(budget, &[]);
    grid.sheets.pop();
    grid.mark = None;
    let again = extract::extract(&Folded::new(&grid), "again.xlsx", template(), None).unwrap().budget;
    let found = check::check(&again);
    let found = found.iter().filter(|f| f.rule.starts_with('D') && f.operands.iter().any(|o| o.unit.is_some()));
    found.map(|f| short(&tell(f, &again, Lang::Zh))).collect()
}

/// The fixture with paragraphs in other words; expects these changes, no finding afterwards and nothing to do a second time.
fn renews(paragraphs: &[(&str, &str)], expected: &[&str]) -> Budget {
    let grid = paragraphs.iter().fold(fixture().clone(), |grid, (cell, words)| with(&grid, SHEET, cell, text(words)));
    let (mut budget, renewed, kept) = run(&grid);
    assert_eq!(shown(&renewed), expected, "{paragraphs:?}");
    assert!(kept.is_empty(), "{kept:?}");
    assert_eq!(figures_in(&budget), Vec::<String>::new(), "{paragraphs:?}");
    assert_eq!(renew(&mut budget).0, []);
    budget
}

const CHANGES: (&str, &str) = ("A15", "支出说明从略。");

#[test]
fn the_two_wrong_figures_of_the_real_submission_are_renewed_and_nothing_else() {
    let filed = budget_of(fixture()).budget;
    let budget = renews(&[], &["A14 61.08 → 61.87 D05", "A15 4.99 → 4.20 D08"]);
    for (before, after) in filed.narrative.iter().zip(&budget.narrative) {
        assert_eq!(before.text.text.replace("61.08", "61.87").replace("4.99", "4.20"), after.text.text);
    }
    assert_eq!(filed.narrative.len(), budget.narrative.len());
}

#[test]
fn amounts_are_written_as_their_clerk_writes_them() {
    let cases = [
        ("2023年支出预算910.01万元，其中基本支出８４８．４１万元。", "８４８．４１ → ８４８．１４ D04"),
        ("2023年支出预算9,001,100元。", "9,001,100 → 9,100,100 D03"),
        ("2023年支出预算９，００１，１００元。", "９，００１，１００ → ９，１００，１００ D03"),
        ("2023年支出预算9001100.00元。", "9001100.00 → 9100100.00 D03"),
        ("2023年支出预算0.0901亿元。", "0.0901 → 0.0910 D03"),
        ("2023年支出预算 910 万元。", "910 → 910.01 D03"),
        ("2023年支出预算901.1万元。", "901.1 → 910.01 D03"),
    ];
    for (words, change) in cases {
        renews(&[("A14", words), CHANGES], &[&format!("A14 {change}")]);
    }
}

#[test]
fn a_change_follows_the_amounts_it_is_told_between_with_its_verb() {
    let cases: [(&str, &[&str]); 7] = [
        ("2023年支出预算901.01万元，较2022年738.81万元增加162.20万元。", &["901.01 → 910.01 D03", "162.20 → 171.20 D07"]),
        ("2023年支出预算701.01万元，较2022年738.81万元减少37.80万元。", &["701.01 → 910.01 D03", "减少37.80 → 增加171.20 D07"]),
        ("2023年支出预算910.01万元，较2022年938.81万元增长28.80万元。", &["增长 → 下降 D07"]),
        ("2023年支出预算901.01万元，较2022年910.01万元减少9万元。", &["901.01 → 910.01 D03", "减少9万元 → 持平 D07"]),
        ("2023年支出预算738.81万元，较2022年738.81万元持平。", &["738.81 → 910.01 D03", "持平 → 增加171.20万元 D07"]),
        (
            "2023年支出预算701.01万元，较2022年738.81万元减少37.80万元，下降5.1%。",
            &["701.01 → 910.01 D03", "减少37.80 → 增加171.20 D07", "下降5.1 → 增长23.2 D27"],
        ),
        (
            "2023年支出预算901.01万元，较2022年738.81万元增加162.20万元（增长21.95%）。",
            &["901.01 → 910.01 D03", "162.20 → 171.20 D07", "21.95 → 23.17 D27"],
        ),
    ];
    for (words, changes) in cases {
        let changes: Vec<String> = changes.iter().map(|c| format!("A14 {c}")).collect();
        let sorted = |all: &[String]| {
            let mut all: Vec<String> = all.to_vec();
            all.sort();
            all
        };
        let grid = with(&with(fixture(), SHEET, "A14", text(words)), SHEET, "A15", text("说明从略。"));
        let (mut budget, renewed, kept) = run(&grid);
        let turned = |line: String| line;
        let found: Vec<String> = shown(&renewed).into_iter().map(turned).collect();
        assert_eq!(sorted(&found), sorted(&changes), "{words}: {}", budget.narrative[0].text.text);
        assert!(kept.is_empty(), "{words}: {kept:?}");
        assert_eq!(figures_in(&budget), Vec::<String>::new(), "{words}");
        assert_eq!(renew(&mut budget).0, []);
    }
}

#[test]
fn a_change_without_its_base_is_kept_and_said_unless_another_figure_proves_it() {
    let words = "2023年支出预算901.01万元，比上年增加162.20万元。";
    let grid = with(&with(fixture(), SHEET, "A14", text(words)), SHEET, "A15", text("说明从略。"));
    let (budget, renewed, kept) = run(&grid);
    assert_eq!(shown(&renewed), ["A14 901.01 → 910.01 D03"]);
    assert_eq!(why(&kept), [Kept::NoBase]);
    assert!(tell(&kept[0], &budget, Lang::Zh).message.contains("没有更新：文中没有写明上年数"));
}

#[test]
fn a_figure_that_rests_on_cells_in_doubt_is_kept() {
    // The total agrees with its rows and not with the other table.
    let grid = with(fixture(), "支出总表", "F9", number("70.00"));
    let (_, renewed, kept) = run(&grid);
    assert!(shown(&renewed).iter().all(|r| !r.contains("D05")), "{:?}", shown(&renewed));
    assert!(why(&kept).iter().any(|k| matches!(k, Kept::Broken(_))), "{kept:?}");
    // A number of the table was lost.
    let grid = with(fixture(), "支出总表", "F9", text("待定"));
    let (_, renewed, kept) = run(&grid);
    assert!(shown(&renewed).iter().all(|r| !r.contains("D05")), "{:?} {kept:?}", shown(&renewed));
}

#[test]
fn a_figure_that_two_rules_bind_to_different_amounts_is_kept() {
    let own = "extends = \"hebei/unit-2023\"\n[[rule]]\nid = \"D90\"\ntitle = \"甲\"\nseverity = \"error\"\n\
               equations = [\"n.project = gpb_basic.total.public\"]";
    let mut sources = sources().clone();
    sources.files.insert("test/own.toml".to_owned(), own.to_owned());
    let template = std::sync::Arc::new(load("test/own", &sources).unwrap());
    let mut budget = extract::extract(&Folded::new(fixture()), "a.xlsx", &template, None).unwrap().budget;
    let (renewed, kept) = renew(&mut budget);
    assert_eq!(shown(&renewed), Vec::<String>::new());
    assert_eq!(why(&kept), [Kept::SeveralValues(vec!["23.67".to_owned(), "61.87".to_owned()])]);
}

#[test]
fn a_number_written_in_an_unusual_way_is_kept() {
    let grid = with(fixture(), SHEET, "A14", text("2023年支出预算9 01.01万元。"));
    let (budget, renewed, kept) = run(&with(&grid, SHEET, "A15", text("从略。")));
    assert_eq!((renewed, why(&kept)), (Vec::new(), vec![Kept::Sentence]));
    assert!(budget.narrative.iter().any(|p| p.text.text.contains("9 01.01")));
}
