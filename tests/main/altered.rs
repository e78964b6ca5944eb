//! Budgets drawn in every edition and then altered by chance, many alterations at once: the model stays, or a finding says so.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use yusuan::edge::{read, write};
use yusuan::finding::Finding;
use yusuan::grid::{Formula, Grid, Value};
use yusuan::model::{Address, Budget, Key};
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::translate::translate;
use yusuan::stage::{formula, layout, recompute};
use yusuan::template::{Body, Severity, Template};
use yusuan::value::{Amount, CellRef};

use crate::alter::{Alteration, alter, alteration};
use crate::support::{added, budget_of, editions, fixture, looks_like_an_amount, put};

/// The budget of the fixture in every edition.
static BUDGETS: LazyLock<Vec<Budget>> = LazyLock::new(|| {
    let filed = budget_of(fixture()).budget;
    editions().iter().map(|edition| translate(&filed, edition).0).collect()
});

/// A stream of numbers from a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    /// Blank, small, large, negative, with up to three decimals.
    fn amount(&mut self) -> Option<Amount> {
        let (digits, sign) = (self.next(1_000_000) as i64 + 1, if self.next(12) == 0 { -1 } else { 1 });
        let step = Amount::step([2, 2, 2, 1, 3][self.next(5) as usize]);
        let large = if self.next(9) == 0 { 10_000 } else { 1 };
        (self.next(4) > 0).then(|| step.checked_mul(Amount::from(digits * sign * large)).unwrap())
    }
}

/// A budget of an edition: some rows of the fixture, amounts by chance, totals computed.
fn budget(edition: usize, seed: u64) -> Budget {
    let mut budget = BUDGETS[edition].clone();
    let mut chance = Chance(seed);
    let template = Arc::clone(&budget.template);
    for (table, declared) in template.tables.iter().enumerate() {
        for row in 0..budget.tables[table].rows.len() {
            let is_leaf = !budget.tables[table].rows[row].has_children;
            for (column, kind) in declared.columns.iter().map(|c| c.declared.kind).enumerate() {
                let at = Address { table, row, column };
                if kind.is_numeric() && budget.slot(at).amount.is_some() && is_leaf && chance.next(3) > 0 {
                    budget.slot_mut(at).amount = chance.amount();
                }
            }
        }
    }
    recompute::recompute(&mut budget);
    budget
}

/// The budget as a workbook that a spreadsheet program has saved: results stored, formulas known.
fn drawn(budget: &Budget) -> Grid {
    let mut grid = layout::cleaned(budget, &[]);
    for sheet in &mut grid.sheets {
        for cell in &mut sheet.cells {
            let Value::Formula(written, result) = &cell.value else { continue };
            let text = written.trim_start_matches('=').to_owned();
            if result.is_some() {
                sheet.formulas.push(Formula { at: cell.at, text, from: cell.at, gives: None });
            }
            cell.value = result.map_or(Value::Blank, Value::Number);
        }
        sheet.cells.retain(|c| !c.is_blank());
    }
    grid
}

/// What reading a workbook gives: the model without its places, the places of amounts that hold something else, the findings.
struct Reading {
    model: Vec<String>,
    misplaced: Vec<String>,
    lost: Vec<String>,
    sites: Vec<(String, CellRef)>,
    findings: Vec<Finding>,
}

fn reading(grid: &Grid, template: &Arc<Template>) -> Reading {
    let mut grid = grid.clone();
    formula::calculate(&mut grid);
    let extracted = extract(&Folded::new(&grid), "434007_2023.xlsx", template, None).expect("a table of the edition");
    let (budget, findings) = (extracted.budget, extracted.findings);
    let mut model = vec![format!("{:?} {:?} {:?}", budget.code, budget.name, budget.year)];
    let (mut misplaced, mut sites) = (Vec::new(), Vec::new());
    for (filed, declared) in budget.tables.iter().zip(&budget.template.tables) {
        let id = &declared.declared.id;
        if declared.declared.body != Body::Form {
            model.push(format!("{id} {:?} {:?} {} notes", filed.state, filed.measure, filed.notes.len()));
        }
        for (row, column, slot) in filed.amounts() {
            let (key, label) = (filed.rows[row].id(declared).to_string(), &filed.rows[row].label);
            let amount = slot.amount.unwrap();
            model.push(format!("{id}.{key}.{} {amount} {label}", declared.columns[column].cell));
            let site = slot.site.unwrap();
            let name = budget.sheet_name(site.sheet);
            let holds = |s: &yusuan::grid::Sheet| s.name == name && s.cell(site.cell).is_some_and(|c| is_worth(&c.value, amount));
            if !grid.sheets.iter().any(holds) {
                misplaced.push(format!("{id}.{key} at {name}!{}", site.cell));
            }
            sites.push((name.to_owned(), site.cell));
        }
        let texts = filed.rows.iter().filter(|r| matches!(r.key, Key::Free(_))).flat_map(|r| &r.texts);
        model.extend(texts.map(|(column, text)| format!("{id} {column} {}", text.text)));
    }
    model.extend(
        budget
            .forms
            .iter()
            .map(|f| format!("{} {} {:?}", f.project, f.goal, f.indicators.iter().map(|i| &i.0).collect::<Vec<_>>())),
    );
    model.extend(budget.narrative.iter().map(|p| format!("{:?} {}", p.section, p.text.text)));
    model.sort();
    let told = |f: &Finding| f.place.site.map(|s| (budget.sheet_name(s.sheet).to_owned(), s.cell));
    let mut tells: Vec<_> = findings.iter().filter_map(told).collect();
    tells.extend(findings.iter().flat_map(crate::support::own_cells).map(|s| (budget.sheet_name(s.sheet).to_owned(), s.cell)));
    let cells = grid.sheets.iter().flat_map(|s| s.cells.iter().map(move |c| (s, c)));
    let is_lost = |(s, c): &(&yusuan::grid::Sheet, &yusuan::grid::Cell)| {
        let at = (s.name.clone(), c.at);
        looks_like_an_amount(c) && !sites.contains(&at) && !tells.contains(&at)
    };
    let lost = cells.filter(is_lost).map(|(s, c)| format!("{}!{} {:?}", s.name, c.at, c.value)).collect();
    Reading { model, misplaced, lost, sites, findings }
}

fn is_worth(value: &Value, amount: Amount) -> bool {
    match value {
        Value::Number(number) => *number == amount,
        Value::Text(text) => Amount::parse_typed(text, None) == Ok(Some(amount)),
        _ => false,
    }
}

/// How many cases are tried: so many by default, or as the environment says.
fn cases() -> u32 {
    std::env::var("YUSUAN_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

fn seeds() -> Option<Box<dyn proptest::test_runner::FailurePersistence>> {
    Some(Box::new(FileFailurePersistence::Direct("tests/main/altered.seeds")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: seeds(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_clerks_do_the_model_stays(
        edition in any::<prop::sample::Index>(),
        seed in any::<u64>(),
        alterations in prop::collection::vec(alteration(), 1..7),
        as_file in any::<bool>(),
    ) {
        let budget = budget(edition.index(BUDGETS.len()), seed);
        let template = Arc::clone(&budget.template);
        let grid = drawn(&budget);
        let before = reading(&grid, &template);
        let mut altered = grid.clone();
        alterations.iter().for_each(|a: &Alteration| alter(&mut altered, &template, a));
        if as_file && !altered.sheets.iter().flat_map(|s| &s.cells).any(|c| c.value == Value::Uncalculated) {
            altered = as_xlsx(&altered);
        }
        let after = reading(&altered, &template);
        let gone: Vec<&String> = before.model.iter().filter(|m| !after.model.contains(m)).collect();
        let new: Vec<&String> = after.model.iter().filter(|m| !before.model.contains(m)).collect();
        let rules: Vec<String> = after.findings.iter().filter(|f| f.rule.starts_with('R') || f.rule == "S02").map(|f| format!("{} {:?} {:?} {:?}", f.rule, f.severity, f.place.site.map(|s| s.cell.to_string()), f.fact)).take(12).collect();
        prop_assert!(gone.is_empty() && new.is_empty(), "{} {alterations:?}\n gone {gone:#?}\n new {new:#?}\n told {rules:#?}", template.name);
        prop_assert!(after.model.len() == before.model.len(), "{} {alterations:?}: doubled", template.name);
        prop_assert!(after.misplaced.is_empty(), "{} {alterations:?}: {:?}", template.name, after.misplaced);
        let errors = |reading: &Reading| {
            let is_error = |f: &&Finding| f.severity == Severity::Error && f.rule.starts_with('R');
            reading.findings.iter().filter(is_error).map(|f| f.rule.clone()).collect::<Vec<_>>()
        };
        prop_assert!(added(&errors(&before), &errors(&after)).is_empty(), "{} {alterations:?}: {rules:#?}", template.name);
        prop_assert!(after.lost.is_empty(), "{} {alterations:?}: lost {:?}\n told {rules:#?}", template.name, after.lost);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 2, failure_persistence: seeds(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_in_the_place_of_an_amount_is_told_at_its_cell(
        edition in any::<prop::sample::Index>(),
        seed in any::<u64>(),
        alterations in prop::collection::vec(alteration(), 0..5),
        amount in any::<prop::sample::Index>(),
        spoilt in prop::sample::select(vec![
            Value::Error("#REF!".into()),
            Value::Other("2023-06-07".into()),
            Value::Text("待定".into()),
            Value::Text("12%".into()),
            Value::Uncalculated,
        ]),
    ) {
        let budget = budget(edition.index(BUDGETS.len()), seed);
        let template = Arc::clone(&budget.template);
        let mut grid = drawn(&budget);
        alterations.iter().filter(|a| !matches!(a, Alteration::Uncalculated(_))).for_each(|a| alter(&mut grid, &template, a));
        grid.sheets.iter_mut().for_each(|s| s.formulas.clear());
        let before = reading(&grid, &template);
        let (sheet, at) = amount.get(&before.sites).clone();
        let place = grid.sheets.iter().position(|s| s.name == sheet).unwrap();
        put(&mut grid.sheets[place], at, spoilt.clone());
        let after = reading(&grid, &template);
        let told = |f: &&Finding| f.severity == Severity::Error && ["R03", "R04", "R06"].contains(&f.rule.as_str());
        let told: Vec<_> = after.findings.iter().filter(told).filter_map(|f| f.place.site).map(|s| s.cell).collect();
        let is_told = told.iter().any(|cell| *cell == at || cell.row == at.row);
        prop_assert!(is_told, "{} {alterations:?} {spoilt:?} at {sheet}!{at}: {told:?}", template.name);
        let gone = before.model.iter().filter(|m| m.contains('.') && !after.model.contains(m)).count();
        prop_assert!(gone <= 1 + told.len(), "{} {alterations:?}: {gone} are gone", template.name);
    }
}

/// Written and read as a file.
fn as_xlsx(grid: &Grid) -> Grid {
    let mut names = std::collections::HashSet::new();
    let mut grid = grid.clone();
    for (place, sheet) in grid.sheets.iter_mut().enumerate() {
        if sheet.name.trim().is_empty() || !names.insert(sheet.name.to_lowercase()) {
            sheet.name = format!("{place}_{}", sheet.name.trim());
        }
    }
    read::read(&write::write(&grid).unwrap(), "altered.xlsx").unwrap()
}
