//! A district of 300 generated units in 40 departments: every planted fault is told, nothing else is, and every sum is right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use yusuan::finding::{Lang, Severities, tell_merging};
use yusuan::grid::{Cell, Grid, Look, Sheet, Value};
use yusuan::model::{Budget, Key};
use yusuan::stage::folded::Folded;
use yusuan::stage::merge::{self, Fate, Member, Naming, Register, Standing, Summary};
use yusuan::stage::{check, extract, layout, recompute, translate};
use yusuan::template::{Level, Template, load};
use yusuan::value::{Amount, CellRef, Measure};

use crate::submissions::Submissions;
use crate::support::{amount, editions, sources, template};

const UNITS: usize = 300;
const DEPARTMENTS: usize = 40;

/// The edition of the next year, in which amounts are in 元 and two incomes are one.
const OTHER: &str = r#"
extends = "hebei/unit-2023"

[edition]
title = "河北 单位预算信息公开 2024 年"
year = 2024
measure = "元"

[[table]]
id = "balance"
row = [
  { id = "inc_operating", drop = true },
  { id = "inc_business", label = "五、事业和经营收入", absorbs = ["inc_operating"] },
]
"#;

pub fn other_edition() -> Arc<Template> {
    let mut sources = sources().clone();
    sources.files.insert("hebei/unit-2024.toml".to_owned(), OTHER.to_owned());
    Arc::new(load("hebei/unit-2024", &sources).unwrap())
}

/// The edition of a name.
fn edition(name: &str) -> Arc<Template> {
    editions().into_iter().find(|t| t.name == name).unwrap()
}

/// What a unit files: the cells of its workbook, as a reader finds them.
fn filed(budget: &Budget) -> Grid {
    let mut grid = layout::cleaned(budget, &[]);
    grid.sheets.pop();
    grid.mark = None;
    grid
}

/// A filed workbook as a member.
fn member(grid: &Grid, file: &str, template: &Arc<Template>) -> Member {
    let extracted = extract::extract(&Folded::new(grid), file, template, None).unwrap();
    let mut counts = Severities::default();
    check::check(&extracted.budget).iter().for_each(|f| counts.add(f.severity));
    Member::new(&extracted.budget, counts, Vec::new())
}

/// The same budget in another edition of its own measure: every amount so many 元 a hundredth.
pub fn in_yuan(budget: &Budget, target: &Arc<Template>) -> Budget {
    let factor = amount("9731");
    let (mut moved, _) = translate::translate(budget, target);
    for (place, table) in moved.tables.iter_mut().enumerate() {
        let declared = &target.tables[place];
        let measure = declared.measure;
        table.measure = Some(measure);
        for row in &mut table.rows {
            for (slot, _) in row.slots.iter_mut().zip(&declared.columns).filter(|(_, c)| c.declared.kind.is_money()) {
                slot.amount = slot.amount.map(|a| Measure::Yuan.convert(a * factor, measure));
            }
        }
    }
    recompute::recompute(&mut moved);
    moved
}

/// A register of all units: 40 departments and their units, in the words of a finance bureau.
fn register(codes: &[(String, String)]) -> Grid {
    let mut rows: Vec<[String; 3]> = vec![["单位编码".into(), "单位名称".into(), "主管部门".into()]];
    rows.push(["9".into(), "全区".into(), String::new()]);
    let departments: BTreeSet<&str> = codes.iter().map(|(code, _)| &code[..3]).collect();
    rows.extend(departments.iter().map(|code| [(*code).to_owned(), format!("第{code}局"), "9".into()]));
    rows.extend(codes.iter().map(|(code, name)| [code.clone(), name.clone(), code[..3].to_owned()]));
    let cells = rows.iter().enumerate().flat_map(|(row, texts)| {
        texts
            .iter()
            .enumerate()
            .map(move |(col, text)| Cell::new(CellRef::new(row as u32, col as u16), Value::Text(text.clone()), Look::Plain))
    });
    let cells = cells.filter(|c| !c.is_blank()).collect();
    Grid { sheets: vec![Sheet { name: "名册".into(), cells, ..Sheet::default() }], ..Grid::default() }
}

/// The district as it was handed in, with what was planted in it.
struct District {
    members: Vec<Member>,
    register: Register,
    /// What must be told, as rule and unit.
    planted: BTreeSet<(String, String)>,
    /// The amounts of all members that count: by cell of the summary's edition, in hundredths of 元.
    plain: BTreeMap<String, i128>,
}

fn district() -> District {
    let unit = template();
    let other = other_edition();
    let department = edition("hebei/department-2025");
    let mut submissions = Submissions::new(unit);
    let mut members = Vec::new();
    let mut planted: BTreeSet<(String, String)> = BTreeSet::new();
    let mut plain = BTreeMap::new();
    let mut codes = Vec::new();
    let mut plant = |rule: &str, unit: &str| planted.insert((rule.to_owned(), unit.to_owned()));
    for number in 0..UNITS {
        let code = format!("{}{:03}", 401 + number % DEPARTMENTS, 1 + number / DEPARTMENTS);
        let name = format!("第{code}单位");
        codes.push((code.clone(), name.clone()));
        let mut budget = submissions.budget(number);
        (budget.code, budget.name) = (Some(code.clone()), Some(name));
        let file = format!("{code}.xlsx");
        match number {
            // Never handed in.
            17 | 118 | 219 => {
                plant("F04", "");
                continue;
            }
            // Of another year.
            33 | 134 => {
                budget.year = Some(2022);
                plant("F05", &code);
                plant("F04", "");
                members.push(member(&filed(&budget), &file, unit));
                continue;
            }
            // Handed in twice with other numbers, and nothing says which is newer.
            60 | 161 => {
                let again = submissions.budget(number);
                let again = Budget { code: budget.code.clone(), name: budget.name.clone(), ..again };
                members.push(member(&filed(&budget), &file, unit));
                members.push(member(&filed(&again), &format!("{code}改.xlsx"), unit));
                plant("F04", &code);
                plant("F04", "");
                continue;
            }
            // Handed in twice, the same.
            80 => {
                members.push(member(&filed(&budget), &format!("{code}副本.xlsx"), unit));
                plant("F04", &code);
            }
            _ => {}
        }
        let (budget, edition) = if number % 3 == 0 { (in_yuan(&budget, &other), &other) } else { (budget, unit) };
        add_plainly(&budget, &department, &mut plain);
        members.push(member(&filed(&budget), &file, edition));
    }
    // The budget of a department beside those of its units, under the code of its own office.
    let (mut whole, _) = translate::translate(&submissions.budget(0), &department);
    (whole.code, whole.name, whole.year) = (Some("405".into()), Some("第405局".into()), Some(2023));
    members.push(member(&filed(&whole), "405局.xlsx", &department));
    plant("F04", "405");
    // A unit that the register does not have.
    let stranger = Budget { code: Some("777001".into()), name: Some("外来单位".into()), ..submissions.budget(1) };
    members.push(member(&filed(&stranger), "777001.xlsx", unit));
    plant("F04", "777001");
    let register = Register::from_grid(&register(&codes), &unit.merging.declared.register).unwrap();
    District { members, register, planted, plain }
}

/// Adds every amount of a budget to a plain sum, without a word from the merger.
fn add_plainly(budget: &Budget, target: &Template, plain: &mut BTreeMap<String, i128>) {
    for (place, table) in budget.tables.iter().enumerate() {
        let declared = &budget.template.tables[place];
        let Some(there) = target.table(&declared.declared.id) else { continue };
        let there = &target.tables[there];
        for (row, column, slot) in table.amounts() {
            let key = table.rows[row].key;
            let id = match key {
                Key::Declared(r) => match there.row_or_absorber(&declared.rows[r].id) {
                    Some(r) => there.rows[r].id.clone(),
                    None => continue,
                },
                Key::Code(code) => code.to_string(),
                Key::Free(_) => continue,
            };
            let measure = table.measure.unwrap_or(declared.measure);
            let yuan = measure.convert(slot.amount.unwrap(), Measure::Yuan) * Amount::from(100);
            let cell = format!("{}.{id}.{}", declared.declared.id, declared.columns[column].cell);
            *plain.entry(cell).or_default() += yuan.round(0).to_string().parse::<i128>().unwrap();
        }
    }
}

/// Whether an edition has a cell.
fn is_in(cell: &str, edition: &Template) -> bool {
    let parts: Vec<&str> = cell.split('.').collect();
    let Some(declared) = edition.table(parts[0]).map(|t| &edition.tables[t]) else { return false };
    let side = declared.row(parts[1]).map_or(0, |row| declared.rows[row].side);
    let is_code = parts[1].chars().all(|c| c.is_ascii_digit());
    (is_code || declared.row(parts[1]).is_some()) && declared.column(parts[2], side).is_some()
}

fn merged(mut members: Vec<Member>, register: Register, name: &str) -> Summary {
    merge::sort(&mut members);
    let membership = merge::decide(&members, &register, (None, None), Vec::new()).unwrap();
    let target = merge::target(&members, &membership, &register, &editions()).unwrap();
    let naming = Naming { name: Some(name.to_owned()), code: None };
    merge::merge(members, membership, register, &target, &[], naming)
}

/// The district and its summary, made once.
static MERGED: LazyLock<(Summary, District)> = LazyLock::new(|| {
    let district = district();
    (merged(district.members.clone(), district.register.clone(), "全区"), district)
});

#[test]
fn every_planted_fault_of_a_district_is_told_and_nothing_else() {
    let (summary, District { planted, .. }) = &*MERGED;
    assert_eq!(merge::level(&summary.membership, &summary.register, template()), Level::District);
    assert_eq!(summary.budget.template.name, "hebei/department-2025");
    let mut told = BTreeSet::new();
    let mut notes = Vec::new();
    for said in &summary.told {
        let unit = said.member.and_then(|m| summary.members[m].code.clone()).unwrap_or_default();
        let words = tell_merging(&said.fact, &said.rule, "", &summary.budget, Lang::Zh);
        assert!(!words.message.is_empty() && !words.advice.is_empty(), "{said:?}");
        match said.rule.as_str() {
            "F04" => drop(told.insert((said.rule.clone(), unit))),
            "F05" if said.member.is_some() => drop(told.insert((said.rule.clone(), unit))),
            _ => notes.push(words.message),
        }
    }
    assert_eq!(told, *planted);
    // One note of the other measure and one of the other edition.
    assert_eq!(notes.len(), 2, "{notes:#?}");
    // The units that are missing are those not handed in and those of which none counts.
    let missing: Vec<&str> = summary.membership.missing.iter().map(|u| u.code.as_str()).collect();
    let absent = [17, 33, 60, 118, 134, 161, 219].map(|n| format!("{}{:03}", 401 + n % DEPARTMENTS, 1 + n / DEPARTMENTS));
    assert_eq!(missing.iter().copied().collect::<BTreeSet<_>>(), absent.iter().map(String::as_str).collect());
    let counted = summary.membership.standings.iter().filter(|s| **s == Standing::Counted).count();
    assert_eq!(counted, UNITS - absent.len());
}

#[test]
fn the_sums_of_a_district_are_those_of_a_plain_addition() {
    let (summary, District { plain, .. }) = &*MERGED;
    let other = other_edition();
    let mut checked = 0;
    for (cell, hundredths) in plain {
        // A total that one of the editions does not print is no plain sum of what was filed.
        if !is_in(cell, &other) && summary.address(cell).is_some_and(|at| summary.definitions.contains_key(&at)) {
            continue;
        }
        let at = summary.address(cell).unwrap_or_else(|| panic!("{cell} is not in the summary"));
        let measure = summary.budget.tables[at.table].measure.unwrap();
        let exact = Measure::Yuan.convert(Amount::from(*hundredths as i64) * Amount::step(2), measure);
        let held = summary.budget.slot(at).amount.unwrap_or_default();
        let step = if summary.balanced.is_some() { Amount::step(2) } else { Amount::ZERO };
        assert!((held - exact).abs() <= step, "{cell}: {held} is not {exact}");
        assert_eq!(summary.makeup(at).sum, exact, "{cell}");
        checked += 1;
    }
    assert!(checked > 500, "{checked}");
    // Nothing stands in the summary that the plain addition does not have.
    for (table, filed) in summary.budget.tables.iter().enumerate() {
        for (row, column, slot) in filed.amounts() {
            let name = summary.name_of(yusuan::model::Address { table, row, column });
            let is_listed = matches!(filed.rows[row].key, Key::Free(_));
            assert!(is_listed || slot.amount.is_some_and(Amount::is_zero) || plain.contains_key(&name), "{name}");
        }
    }
}

#[test]
fn a_district_in_two_measures_adds_up_in_print() {
    let (summary, _) = &*MERGED;
    let balanced = summary.balanced.as_ref().unwrap();
    assert!(balanced.adjusted.len() > 20, "{}", balanced.adjusted.len());
    assert_eq!(balanced.tails, []);
    let decimals = summary.budget.template.about.decimals;
    for (_, _, slot) in summary.budget.tables.iter().flat_map(|t| t.amounts()) {
        assert!(slot.amount.unwrap().decimals() <= decimals.max(2), "{slot:?}");
    }
    let errors: Vec<String> = check::check(&summary.budget)
        .iter()
        .filter(|f| f.rule.starts_with('A') || f.rule.starts_with('B'))
        .map(|f| format!("{} {:?}", f.rule, f.numbers))
        .collect();
    // The units themselves break A42 and B22: their sums do too, and nothing else.
    assert!(errors.iter().all(|e| e.starts_with("A42") || e.starts_with("B22") || e.starts_with("B34")), "{errors:#?}");
}

#[test]
fn every_amount_of_a_district_is_counted_exactly_once() {
    let (summary, _) = &*MERGED;
    for (place, kept) in summary.conservation().iter().enumerate() {
        assert_eq!(kept.total, kept.by_fate.iter().copied().sum(), "{}", summary.members[place].title());
        let is_counted = summary.membership.standings[place] == Standing::Counted;
        let rejected = kept.by_fate[Fate::Rejected as usize];
        assert_eq!(is_counted, rejected.is_zero(), "{}", summary.members[place].title());
    }
    let amounts: usize = summary.members.iter().map(|m| m.entries.len()).sum();
    assert_eq!(summary.lines.len(), amounts);
}
