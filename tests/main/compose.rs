//! A narrative drafted where none was filed: every amount is that of its table, what is not known is a gap, and all is read back.

use std::collections::BTreeSet;
use std::sync::Arc;

use yusuan::finding::{Fact, Lang, Renewal, tell};
use yusuan::model::Budget;
use yusuan::stage::compose::compose;
use yusuan::stage::folded::Folded;
use yusuan::stage::{check, extract, layout, prose, recompute, translate};
use yusuan::template::{Part, Severity, Template, load};
use yusuan::value::Amount;

use crate::support::{amount, budget_of, editions, fixture, number, short, sources, template, with};
use yusuan::grid::Grid;

/// A submission without its narrative, recomputed.
fn silent(grid: &Grid) -> Budget {
    let mut budget = budget_of(grid).budget;
    recompute::recompute(&mut budget);
    budget.narrative.clear();
    budget
}

/// What is written of a budget, read again.
fn read_back(budget: &Budget, template: &Arc<Template>) -> Budget {
    let mut grid = layout::cleaned(budget, &[]);
    grid.sheets.pop();
    grid.mark = None;
    extract::extract(&Folded::new(&grid), "again.xlsx", template, None).unwrap().budget
}

/// The figures told of a budget as `project.change -4.2`.
fn figures(budget: &Budget) -> Vec<String> {
    let figures = &budget.template.narrative.as_ref().unwrap().prose.figures;
    let part = |part: Part| match part {
        Part::Despite => "despite",
        Part::Level => "",
        Part::Prior => ".prior",
        Part::Change => ".change",
        Part::Percent => ".percent",
    };
    let heard = prose::read(budget).mentions;
    heard.iter().map(|m| format!("{}{} {}", figures[m.figure].id, part(m.part), m.number)).collect()
}

#[test]
fn a_draft_says_what_the_tables_say_and_leaves_gaps_that_are_reported() {
    let mut budget = silent(fixture());
    let finding = compose(&mut budget, &|_| None).unwrap();
    let Fact::Narrative(Renewal::Drafted { paragraphs, gaps }) = finding.fact else { panic!("{finding:?}") };
    assert_eq!(paragraphs, budget.narrative.len());
    let all: String = budget.narrative.iter().map(|p| p.text.text.as_str()).collect();
    assert_eq!(all.matches("____").count(), gaps);
    assert!(tell(&finding, &budget, Lang::Zh).message.contains(&format!("待填 {gaps} 处")));
    let again = read_back(&budget, template());
    let expected = [
        "income 910.01",
        "income_gpb 910.01",
        "expense 910.01",
        "basic 848.14",
        "project 61.87",
        "expense 910.01",
        "operating 23.67",
        "abroad 0",
        "vehicle 0",
        "vehicle_purchase 0",
        "vehicle_running 0",
        "reception 0.31",
        "procurement 0",
        "assets 237.32",
    ];
    // The total of the three stands in an identity that is broken, and is left to the unit.
    assert_eq!(figures(&again), expected, "{all}");
    let found = check::check(&again);
    let found: Vec<String> = found.iter().map(|f| short(&tell(f, &again, Lang::Zh))).collect();
    assert!(found.iter().all(|f| !f.starts_with('D') || !f.contains("情况说明")), "{found:?}");
    let gapped = again
        .narrative
        .iter()
        .filter(|p| p.text.text.contains("____"))
        .map(|p| format!("S12 error 情况说明!{}", p.text.site.cell));
    let reported: BTreeSet<String> = found.into_iter().filter(|f| f.starts_with("S12")).collect();
    assert_eq!(gapped.collect::<BTreeSet<_>>(), reported);
}

#[test]
fn with_last_years_amounts_the_changes_are_said_with_their_verbs() {
    let mut budget = silent(fixture());
    let prior = |id: &str| -> Option<Amount> {
        let wan = match id {
            "expense" => "738.81",
            "basic" => "672.74",
            "project" => "66.07",
            "reception" => "0.31",
            _ => return None,
        };
        amount(wan).checked_mul(amount("10000"))
    };
    compose(&mut budget, &prior).unwrap();
    let all: String = budget.narrative.iter().map(|p| p.text.text.as_str()).collect();
    let said = "2023年支出预算910.01万元，较2022年738.81万元增加171.20万元，其中：基本支出增加175.40万元，项目支出减少4.20万元，";
    assert!(all.contains(said), "{all}");
    assert!(all.contains("公务接待费0.31万元，较2022年0.31万元持平。"), "{all}");
    let again = read_back(&budget, template());
    let heard = figures(&again);
    for figure in ["expense.prior 738.81", "expense.change 171.2", "project.change -4.2", "reception.change 0"] {
        assert!(heard.iter().any(|h| h == figure), "{figure}: {heard:?}");
    }
}

#[test]
fn a_narrative_that_was_filed_is_never_drafted_anew_and_an_edition_without_sentences_has_none() {
    let mut budget = budget_of(fixture()).budget;
    assert!(compose(&mut budget, &|_| None).is_none());
    for edition in editions().into_iter().filter(|e| e.narrative.is_none()) {
        assert!(compose(&mut Budget::new(edition), &|_| None).is_none());
    }
}

#[test]
fn every_amount_of_every_edition_with_sentences_is_heard_where_the_draft_says_it() {
    let sheet = "财政拨款“三公”经费支出表";
    let mended = ["C6", "D6"].into_iter().fold(fixture().clone(), |grid, cell| with(&grid, sheet, cell, number("0.31")));
    for edition in editions().into_iter().filter(|e| e.narrative.is_some()) {
        let mut budget = translate::translate(&silent(&mended), &edition).0;
        budget.year = edition.about.year.or(Some(2023));
        recompute::recompute(&mut budget);
        budget = read_back(&budget, &edition);
        compose(&mut budget, &|id| Some(amount(if id == "expense" { "20000" } else { "10000" }))).unwrap();
        let all: Vec<&str> = budget.narrative.iter().map(|p| p.text.text.as_str()).collect();
        // What has no rule in an edition is a gap, which is no amount.
        let said: usize =
            all.iter().map(|t| t.matches("万元").count() - t.matches("____万元").count() + t.matches("持平").count()).sum();
        let again = read_back(&budget, &edition);
        assert_eq!(figures(&again).len(), said, "{}: {:?}\n{}", edition.name, figures(&again), all.join("\n"));
        let found = check::check(&again);
        let figures = found.iter().filter(|f| f.severity >= Severity::Warning && f.operands.iter().any(|o| o.unit.is_some()));
        let found: Vec<String> = figures.map(|f| short(&tell(f, &again, Lang::Zh))).collect();
        assert_eq!(found, Vec::<String>::new(), "{}", edition.name);
    }
}

#[test]
fn what_is_wrong_with_a_sentence_is_the_templates_error() {
    let problem = |text: &str| {
        let own = format!("extends = \"hebei/unit-2023\"\n[[narrative.sentence]]\nid = \"own\"\n{text}");
        let mut sources = sources().clone();
        sources.files.insert("test/own.toml".to_owned(), own);
        load("test/own", &sources).map(|_| ()).unwrap_err().to_string()
    };
    for (text, part) in [
        ("text = \"{n.nothing}\"", "no figure \"nothing\""),
        ("text = \"{n.income.percent}\"", "none of n.id"),
        ("text = \"{colour}\"", "no field {colour}"),
        ("text = \"{name\"", "without its other half"),
        ("text = \"a]\"", "without its other half"),
        ("text = \"a\"\nsection = \"none\"", "no section \"none\""),
        ("text = \"a\"\nwhen = [\"filed(nothing)\"]", "no table \"nothing\""),
    ] {
        let problem = problem(text);
        assert!(problem.contains("narrative.sentence \"own\"") && problem.contains(part), "{text}: {problem}");
    }
}
