//! An error planted in one cell of a sound budget, slip by slip: how often its cell is the first suspect.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use yusuan::edge::read;
use yusuan::finding::{Finding, Suspicion, Verdict};
use yusuan::model::{Address, Budget};
use yusuan::stage::folded::Folded;
use yusuan::stage::recompute::{self, Definition};
use yusuan::stage::{check, extract, layout};
use yusuan::template::{ColumnKind, Severity, Template};
use yusuan::value::Amount;

use crate::submissions::{Random, Submissions};
use crate::support::{amount, budget_of, editions, fixture, path, template};

/// The slips that are planted.
const KINDS: [&str; 9] = ["swapped", "dropped", "wrong digit", "sign", "x10", "yuan", "stale total", "neighbour", "blanked"];
/// How many errors are planted for each of them.
const EACH: usize = 45;

/// A sound budget as it is read from a workbook, so that its cells have places.
fn generated(submissions: &mut Submissions, number: usize) -> Budget {
    let mut grid = layout::cleaned(&submissions.budget(number), &[]);
    grid.sheets.pop();
    grid.mark = None;
    extract::extract(&Folded::new(&grid), "filed.xlsx", template(), None).unwrap().budget
}

/// A real submission of an edition.
fn filed(below: &str, edition: &str) -> Budget {
    let template: Arc<Template> = editions().into_iter().find(|t| t.name == edition).unwrap();
    let grid = read::read(&std::fs::read(path(below)).unwrap(), below).unwrap();
    extract::extract(&Folded::new(&grid), below, &template, None).unwrap().budget
}

fn budgets() -> Vec<Budget> {
    let mut submissions = Submissions::new(template());
    let mut budgets: Vec<Budget> = (1..=6).map(|number| generated(&mut submissions, number)).collect();
    budgets.push(budget_of(fixture()).budget);
    budgets.push(filed("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx", "shanghai-putuo/unit-2025"));
    budgets.push(filed("fixtures/shanghai-putuo/区府办2025部门预算.xlsx", "shanghai-putuo/department-2025"));
    budgets
}

/// The identities that an error in a cell breaks: what is broken now and was not, and contains the cell.
fn broken_by(before: &[Finding], after: &[Finding], at: Address) -> Vec<Finding> {
    let told = |f: &Finding| (f.rule.clone(), f.operands.iter().map(|o| o.at).collect::<Vec<_>>());
    let is_open = |f: &&Finding| f.verdict == Some(Verdict::Broken) && f.severity >= Severity::Warning;
    let known: Vec<_> = before.iter().filter(is_open).map(told).collect();
    let is_new = |f: &&Finding| f.operands.iter().any(|o| o.at == Some(at)) && !known.contains(&told(f));
    after.iter().filter(is_open).filter(is_new).cloned().collect()
}

/// The cells of money that stand in the workbook.
fn cells(budget: &Budget) -> Vec<Address> {
    let mut cells = Vec::new();
    for (table, filed) in budget.tables.iter().enumerate() {
        let columns = &budget.template.tables[table].columns;
        let is_money = |column: usize| columns[column].declared.kind == ColumnKind::Amount;
        let amounts = filed.amounts().filter(|(_, column, slot)| is_money(*column) && slot.site.is_some());
        cells.extend(amounts.map(|(row, column, _)| Address { table, row, column }));
    }
    cells
}

/// Numbers made of the digits of one by changing one place after the other.
fn digits(value: Amount, change: impl Fn(&mut Vec<char>, usize) -> bool) -> Vec<Amount> {
    let text: Vec<char> = value.fixed(2).chars().collect();
    let changed = (0..text.len()).filter_map(|place| {
        let mut text = text.clone();
        (text[place].is_ascii_digit() && change(&mut text, place)).then(|| text.into_iter().collect::<String>().parse().ok())?
    });
    changed.collect()
}

/// What a slip makes of the number in a cell: one of its ways, by chance.
fn slipped(
    budget: &Budget,
    totals: &HashMap<Address, Definition>,
    at: Address,
    kind: &str,
    random: &mut Random,
) -> Option<Option<Amount>> {
    let value = budget.slot(at).amount?;
    let row = &budget.tables[at.table].rows;
    let beside = |row_of: usize, column: usize| row.get(row_of)?.slots.get(column)?.amount;
    let other = char::from(b'0' + random.below(10) as u8);
    let ways: Vec<Amount> = match kind {
        "swapped" => digits(value, |text, place| {
            let next = (place + 1..text.len()).find(|p| text[*p] != '.');
            next.is_some_and(|next| {
                text.swap(place, next);
                true
            })
        }),
        "dropped" => digits(value, |text, place| {
            text.remove(place);
            true
        }),
        "wrong digit" => digits(value, |text, place| {
            text[place] = other;
            true
        }),
        "sign" => vec![-value],
        "x10" => vec![value * amount("10")],
        "yuan" => vec![value * amount("10000")],
        "stale total" => {
            totals.get(&at).filter(|d| d.parts.iter().any(|p| budget.slot(p.at).amount.is_some()))?;
            vec![(value * (amount("0.01") * Amount::from(40 + random.below(120) as i64))).round(2)]
        }
        "neighbour" => {
            let above = at.row.checked_sub(1).and_then(|row| beside(row, at.column));
            let left = at.column.checked_sub(1).and_then(|column| beside(at.row, column));
            [above, beside(at.row + 1, at.column), left, beside(at.row, at.column + 1)].into_iter().flatten().collect()
        }
        _ => return Some(None),
    };
    let ways: Vec<Amount> = ways.into_iter().filter(|way| *way != value && !way.is_zero()).collect();
    if ways.is_empty() { None } else { Some(Some(ways[random.below(ways.len())])) }
}

/// The suspicion about the identities that an error broke, where at least two meet in its cell.
fn planted(budget: &Budget, before: &[Finding], at: Address, wrong: Option<Amount>) -> Option<Option<Arc<Suspicion>>> {
    let mut budget = budget.clone();
    budget.slot_mut(at).amount = wrong;
    let broken = broken_by(before, &check::check(&budget), at);
    (broken.len() >= 2).then(|| broken.into_iter().find_map(|f| f.suspicion))
}

#[test]
fn the_wrong_cell_is_the_first_suspect() {
    let budgets: Vec<_> = budgets()
        .into_iter()
        .map(|budget| {
            let (cells, before, totals) = (cells(&budget), check::check(&budget), recompute::definitions(&budget));
            (budget, cells, before, totals)
        })
        .collect();
    let mut random = Random(434_007);
    let mut figures: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut missed = Vec::new();
    for kind in KINDS {
        let mut tries = 0;
        while figures.entry(kind).or_default()[0] < EACH && tries < EACH * 40 {
            tries += 1;
            let (budget, cells, before, totals) = &budgets[tries % budgets.len()];
            let at = cells[random.below(cells.len())];
            let Some(wrong) = slipped(budget, totals, at, kind, &mut random) else { continue };
            let Some(suspicion) = planted(budget, before, at, wrong) else { continue };
            let right = budget.slot(at).amount.unwrap();
            let first = suspicion.as_ref().and_then(|s| s.repairs.first()).map(|r| r.cells.as_slice());
            let is_first = matches!(first, Some([only]) if only.place.site == budget.slot(at).site && only.needed == right);
            let is_alone = is_first && suspicion.as_ref().is_some_and(|s| s.equal == 1);
            let counts = figures.get_mut(kind).unwrap();
            counts[0] += 1;
            counts[1] += usize::from(is_first);
            counts[2] += usize::from(is_alone);
            counts[3] += usize::from(suspicion.is_none());
            if !is_first {
                missed.push(format!("{kind} {at:?} {right} {wrong:?} {suspicion:?}"));
            }
        }
    }
    let [planted, first, nothing] =
        figures.values().fold([0; 3], |all, [planted, first, _, nothing]| [all[0] + planted, all[1] + first, all[2] + nothing]);
    println!("{first} of {planted}: {figures:?} (planted, first, first alone, nothing said)");
    let missed = missed.join("\n");
    assert_eq!(planted, KINDS.len() * EACH, "{figures:?}");
    assert!(first * 10 >= planted * 8, "{first} of {planted}: {figures:?}\n{missed}");
    // Where the cell is not found, silence is right and another cell is not.
    assert!((planted - first - nothing) * 20 <= planted, "{figures:?}\n{missed}");
}
