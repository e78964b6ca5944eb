//! 舍位平衡 of whole budgets: the real submissions and generated districts, with amounts in 元 and 分 printed in 万元.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use yusuan::edge::read;
use yusuan::model::{Address, Budget, Key, Row, State, Table};
use yusuan::stage::balance::balance;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::instances::{self, Part, Standing};
use yusuan::stage::recompute::recompute;
use yusuan::template::{Relation, Template, Tolerance, load};
use yusuan::value::{Amount, Code, Measure};

use crate::balanced::{balanced, cells, each_sum, is_amount, lost, plainly};
use crate::support::{address, budget_of, editions, fixture, path, sources, template};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number from `0` to `below`, without it.
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    /// An amount of 元 with cents, counted in 万元.
    fn wan(&mut self) -> Amount {
        Amount::from(self.roll(3_000_000_000) as i64 + 1_000_000) * Amount::step(6)
    }
}

/// A tree table with its total row and these codes.
fn tree(budget: &mut Budget, id: &str, codes: &[Code]) {
    let place = budget.template.table(id).unwrap();
    let declared = &budget.template.tables[place];
    let mut table = Table::new(declared);
    (table.state, table.measure) = (State::Filled, Some(Measure::WanYuan));
    let keys = declared.row("total").map(Key::Declared).into_iter().chain(codes.iter().map(|c| Key::Code(*c)));
    keys.for_each(|key| table.push(Row::new(key, String::new(), declared.columns.len())));
    table.link_parents(&declared.levels);
    budget.tables[place] = table;
}

fn put(budget: &mut Budget, at: &str, amount: Amount) {
    let at = address(budget, at);
    budget.slot_mut(at).amount = Some(amount);
}

fn get(budget: &Budget, at: &str) -> Amount {
    budget.slot(address(budget, at)).amount.unwrap_or_default()
}

/// What a generated district is like.
#[derive(Debug, Clone, Copy)]
struct Kind {
    classes: u64,
    groups: u64,
    items: u64,
    /// Of ten cells that can be filled, how many are.
    density: u64,
    /// Whether there is income beside that of the treasury.
    own: bool,
}

/// A district whose tables agree exactly with each other: functional codes in four tables, and the two summaries.
fn district(template: &Arc<Template>, kind: Kind, dice: &mut Dice) -> Budget {
    let mut budget = Budget::new(template.clone());
    let classes: Vec<String> = budget.template.tables[template.table("balance").unwrap()]
        .rows
        .iter()
        .filter_map(|r| r.class?.code.map(|c| c.to_string()))
        .take(kind.classes as usize)
        .collect();
    let mut codes: Vec<Code> = Vec::new();
    let mut leaves = Vec::new();
    for class in &classes {
        codes.push(class.parse().unwrap());
        for group in 1..=kind.groups {
            codes.push(format!("{class}{group:02}").parse().unwrap());
            for item in 1..=kind.items {
                leaves.push(format!("{class}{group:02}{item:02}"));
                codes.push(leaves.last().unwrap().parse().unwrap());
            }
        }
    }
    for id in ["revenue", "expenditure", "gpb_expenditure", "fund_expenditure"] {
        tree(&mut budget, id, &codes);
    }
    for id in ["balance", "fiscal_balance"] {
        let table = &mut budget.tables[template.table(id).unwrap()];
        (table.state, table.measure) = (State::Filled, Some(Measure::WanYuan));
    }
    for leaf in &leaves {
        let mut fiscal = Amount::ZERO;
        let mut own = Amount::ZERO;
        for column in ["basic", "project"] {
            let mut sum = Amount::ZERO;
            for table in ["gpb_expenditure", "fund_expenditure"] {
                if dice.roll(10) < kind.density {
                    let amount = dice.wan();
                    put(&mut budget, &format!("{table}.{leaf}.{column}"), amount);
                    fiscal += amount;
                    sum += amount;
                }
            }
            if kind.own && dice.roll(10) < kind.density {
                let amount = dice.wan();
                own += amount;
                sum += amount;
            }
            if !sum.is_zero() {
                put(&mut budget, &format!("expenditure.{leaf}.{column}"), sum);
            }
        }
        if !fiscal.is_zero() {
            put(&mut budget, &format!("revenue.{leaf}.fiscal"), fiscal);
        }
        if !own.is_zero() {
            let part = if dice.roll(2) == 0 { own } else { (own.half() + dice.wan() * Amount::step(3)).round(6) };
            put(&mut budget, &format!("revenue.{leaf}.business"), part);
            if part != own {
                put(&mut budget, &format!("revenue.{leaf}.other"), own - part);
            }
        }
    }
    recompute(&mut budget);
    let copy = |budget: &mut Budget, from: &str, to: &str| {
        let amount = get(budget, from);
        if !amount.is_zero() {
            put(budget, to, amount);
        }
    };
    for class in &classes {
        copy(&mut budget, &format!("expenditure.{class}.total"), &format!("balance.f{class}.amount"));
        copy(&mut budget, &format!("gpb_expenditure.{class}.total"), &format!("fiscal_balance.f{class}.gpb"));
        copy(&mut budget, &format!("fund_expenditure.{class}.total"), &format!("fiscal_balance.f{class}.fund"));
    }
    for fund in ["gpb", "fund"] {
        copy(&mut budget, &format!("{fund}_expenditure.total.total"), &format!("balance.inc_{fund}.amount"));
        copy(&mut budget, &format!("{fund}_expenditure.total.total"), &format!("fiscal_balance.inc_{fund}.amount"));
    }
    copy(&mut budget, "revenue.total.business", "balance.inc_business.amount");
    copy(&mut budget, "revenue.total.other", "balance.inc_other.amount");
    recompute(&mut budget);
    budget
}

/// The equations of a budget that hold, as factors of the cells that are neither blank nor zero.
fn held(budget: &Budget) -> Vec<Vec<Part>> {
    let mut held = Vec::new();
    each_sum(budget, &mut |_, relation, _, instance| {
        let turned = instance.right.parts.iter().map(|p| Part { factor: -p.factor, ..*p });
        let all = instance.left.parts.iter().copied().chain(turned);
        let parts: Vec<Part> = all.filter(|p| budget.slot(p.at).amount.is_some_and(|a| !a.is_zero())).collect();
        let is_equation = matches!(relation, Relation::Equal | Relation::Defines);
        let holds = instances::outcome(budget, instance, relation, Tolerance::Exact).standing == Standing::Holds;
        let is_one_measure = parts.iter().all(|p| budget.tables[p.at.table].measure == budget.tables[parts[0].at.table].measure);
        if is_equation && holds && is_one_measure && parts.iter().all(|p| p.factor.abs() == Amount::ONE) {
            held.push(parts);
        }
    });
    held
}

/// A budget of the same shape with other amounts, in which all the same equations hold exactly.
fn like(filed: &Budget, dice: &mut Dice) -> Budget {
    let places: Vec<Address> =
        cells(filed).into_iter().filter(|(at, amount)| is_amount(filed, *at) && !amount.is_zero()).map(|c| c.0).collect();
    let place_of: HashMap<Address, usize> = places.iter().enumerate().map(|(place, at)| (*at, place)).collect();
    let mut solved: Vec<(usize, BTreeMap<usize, i64>)> = Vec::new();
    for parts in held(filed) {
        let mut rest: BTreeMap<usize, i64> = BTreeMap::new();
        let Some(found) = parts.iter().map(|p| Some((*place_of.get(&p.at)?, *p))).collect::<Option<Vec<_>>>() else { continue };
        for (place, part) in found {
            *rest.entry(place).or_default() += if part.factor.is_negative() { -1 } else { 1 };
        }
        for (pivot, terms) in &solved {
            let factor = rest.remove(pivot).unwrap_or(0);
            terms.iter().for_each(|(place, f)| *rest.entry(*place).or_default() += factor * f);
        }
        rest.retain(|_, factor| *factor != 0);
        let Some((pivot, sign)) = rest.iter().find(|(_, factor)| factor.abs() == 1).map(|(p, f)| (*p, *f)) else {
            assert!(rest.is_empty());
            continue;
        };
        rest.remove(&pivot);
        solved.push((pivot, rest.into_iter().map(|(place, f)| (place, -f * sign)).collect()));
    }
    let mut amounts: Vec<Amount> = places.iter().map(|_| dice.wan()).collect();
    for (pivot, terms) in solved.iter().rev() {
        amounts[*pivot] = terms.iter().map(|(place, factor)| Amount::from(*factor) * amounts[*place]).sum();
    }
    let mut budget = filed.clone();
    places.iter().zip(amounts).for_each(|(at, amount)| budget.slot_mut(*at).amount = Some(amount));
    budget
}

/// The real submissions.
fn submissions() -> Vec<Budget> {
    let putuo = [("区商务委2025单位预算", "shanghai-putuo/unit-2025"), ("区府办2025部门预算", "shanghai-putuo/department-2025")];
    let putuo = putuo.map(|(file, edition)| {
        let bytes = std::fs::read(path(&format!("fixtures/shanghai-putuo/{file}.xlsx"))).unwrap();
        let template = editions().into_iter().find(|t| t.name == edition).unwrap();
        extract(&Folded::new(&read::read(&bytes, "a.xlsx").unwrap()), "a.xlsx", &template, None).unwrap().budget
    });
    [budget_of(fixture()).budget].into_iter().chain(putuo).collect()
}

/// The cells that no sum goes into, and that must be as rounded plainly.
const TOTALS: [&str; 2] = ["balance.inc_total.amount", "balance.exp_total.amount"];

fn assert_totals_are_plain(exact: &Budget, printed: &Budget) {
    let plain = plainly(exact);
    for at in TOTALS {
        assert_eq!(get(printed, at), get(&plain, at), "{at}");
    }
}

#[test]
fn budgets_of_the_shape_of_the_real_ones_add_up_without_a_tail() {
    for (place, filed) in submissions().iter().enumerate() {
        let (mut loose, mut moved, mut plain) = (0, 0, 0);
        for seed in 0..25 {
            let exact = like(filed, &mut Dice(seed));
            plain += lost(&exact, &plainly(&exact)).len();
            let (printed, done) = balanced(&exact);
            assert_eq!(done.tails, [], "{place} {seed}");
            assert_totals_are_plain(&exact, &printed);
            loose += cells(&exact).iter().filter(|(_, a)| a.decimals() > 2).count();
            moved += done.adjusted.len();
        }
        assert!(plain > 0, "plain rounding alone does not do");
        assert!(moved > 0 && moved * 4 < loose, "{moved} of {loose} cells were moved");
    }
}

#[test]
fn a_real_budget_in_the_unit_it_is_printed_in_is_left_alone() {
    for filed in submissions() {
        let mut budget = filed.clone();
        assert_eq!(balance(&mut budget).adjusted, []);
        assert_eq!(cells(&budget), cells(&filed));
    }
}

/// What an assignment costs: moved cells, of those the ones of the 合计 row first.
fn moved(exact: &Budget, printed: &Budget) -> (usize, usize) {
    let plain = plainly(exact);
    let moved: Vec<Address> =
        cells(printed).into_iter().filter(|(at, a)| plain.slot(*at).amount != Some(*a)).map(|c| c.0).collect();
    (moved.iter().filter(|at| at.row == 0).count(), moved.len())
}

/// The least that any choice for the leaves costs, found by trying them all; `None` where none makes the table add up.
fn least_moved(exact: &Budget, leaves: &[Address], total: Address) -> Option<(usize, usize)> {
    let step = Amount::step(2);
    let decimals = exact.template.about.decimals;
    let choices: Vec<[Amount; 2]> = leaves
        .iter()
        .map(|at| {
            let exact = exact.slot(*at).amount.unwrap();
            let plain = exact.round(decimals);
            [plain, if plain > exact { plain - step } else { plain + step }]
        })
        .collect();
    let tries = (0..1u32 << leaves.len()).filter_map(|choice| {
        let mut tried = exact.clone();
        for (place, (at, values)) in leaves.iter().zip(&choices).enumerate() {
            tried.slot_mut(*at).amount = Some(values[(choice >> place & 1) as usize]);
        }
        recompute(&mut tried);
        let mut near = cells(&tried).into_iter().zip(cells(exact));
        let is_near = near.all(|((_, tried), (_, exact))| (tried - exact).abs() < step);
        let keeps = tried.slot(total).amount == exact.slot(total).amount.map(|a| a.round(decimals));
        (is_near && keeps).then(|| moved(exact, &tried))
    });
    tries.min()
}

#[test]
fn no_choice_that_adds_up_moves_fewer_cells() {
    let codes = ["201", "20101", "2010101", "2010102", "20102", "2010201", "2010202"].map(|c| c.parse().unwrap());
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut exact = Budget::new(template().clone());
        tree(&mut exact, "gpb_expenditure", &codes);
        let mut leaves = Vec::new();
        for code in codes.iter().filter(|c: &&Code| c.length() == 7) {
            for column in ["basic", "project"] {
                let at = format!("gpb_expenditure.{code}.{column}");
                put(&mut exact, &at, dice.wan());
                leaves.push(address(&exact, &at));
            }
        }
        recompute(&mut exact);
        let (printed, done) = balanced(&exact);
        assert_eq!(done.tails, [], "{seed}");
        let total = address(&exact, "gpb_expenditure.total.total");
        assert_eq!(Some(moved(&exact, &printed)), least_moved(&exact, &leaves, total), "{seed}");
    }
}

#[test]
fn generated_districts_add_up_without_a_tail() {
    let kinds = [(3, 2, 2, 5, false), (3, 2, 2, 5, true), (3, 2, 2, 10, true), (5, 3, 3, 4, true), (8, 4, 4, 10, true)];
    for (classes, groups, items, density, own) in kinds {
        for seed in 0..20 {
            let kind = Kind { classes, groups, items, density, own };
            let exact = district(template(), kind, &mut Dice(seed));
            let (printed, done) = balanced(&exact);
            assert_eq!(done.tails, [], "{kind:?} {seed}");
            assert_totals_are_plain(&exact, &printed);
        }
    }
}

#[test]
fn a_district_of_two_thousand_codes_adds_up_without_a_tail() {
    let kind = Kind { classes: 22, groups: 9, items: 9, density: 10, own: true };
    let exact = district(template(), kind, &mut Dice(7));
    assert!(exact.tables.iter().map(|t| t.rows.len()).max().unwrap() > 2000);
    let (printed, done) = balanced(&exact);
    assert_eq!(done.tails, []);
    assert_totals_are_plain(&exact, &printed);
}

#[test]
fn many_small_parts_take_as_many_steps_as_their_total_has() {
    let groups: Vec<String> = (1..=5).map(|group| format!("2010{group}")).collect();
    let items = groups.iter().flat_map(|g| (1..=99).map(move |item| format!("{g}{item:02}")));
    let items: Vec<String> = items.collect();
    let codes = ["201".to_owned()].into_iter().chain(groups.clone()).chain(items.clone()).map(|c| c.parse().unwrap());
    let mut exact = Budget::new(template().clone());
    tree(&mut exact, "gpb_expenditure", &codes.collect::<Vec<_>>());
    for item in &items {
        put(&mut exact, &format!("gpb_expenditure.{item}.basic"), Amount::from(4) * Amount::step(3));
    }
    recompute(&mut exact);
    let (printed, done) = balanced(&exact);
    assert_eq!(done.tails, []);
    let figures =
        ["total".to_owned()].into_iter().chain(groups).map(|row| get(&printed, &format!("gpb_expenditure.{row}.basic")));
    let expected = [198, 39, 39, 40, 40, 40].map(|steps| Amount::from(steps) * Amount::step(2));
    assert_eq!(figures.collect::<Vec<_>>(), expected);
}

#[test]
fn sums_that_cannot_hold_in_a_large_district_are_told_and_the_others_hold() {
    let pairs = [("Z01", "f201", "f202", "relics"), ("Z02", "f202", "f203", "books"), ("Z03", "f201", "f203", "furniture")];
    let mut sources = sources().clone();
    let rules = pairs.map(|(id, a, b, sum)| {
        format!(
            "[[rule]]\nid = \"{id}\"\ntitle = \"t\"\nseverity = \"error\"\n\
             equations = [\"assets.{sum}.value = balance.{a}.amount + balance.{b}.amount\"]\n"
        )
    });
    sources.files.insert("test/unit-2031.toml".to_owned(), format!("extends = \"hebei/unit-2023\"\n{}", rules.concat()));
    let template = Arc::new(load("test/unit-2031", &sources).unwrap());
    let kind = Kind { classes: 22, groups: 9, items: 9, density: 4, own: true };
    let mut told = 0;
    for seed in 0..6 {
        let mut exact = district(&template, kind, &mut Dice(seed));
        let table = &mut exact.tables[template.table("assets").unwrap()];
        (table.state, table.measure) = (State::Filled, Some(Measure::WanYuan));
        for (_, a, b, sum) in pairs {
            let amount = get(&exact, &format!("balance.{a}.amount")) + get(&exact, &format!("balance.{b}.amount"));
            put(&mut exact, &format!("assets.{sum}.value"), amount);
        }
        let (_, done) = balanced(&exact);
        // With an odd sum of the three, two of them can hold.
        assert!(done.tails.len() <= 1, "{seed} {:?}", done.tails);
        told += done.tails.len();
    }
    assert!(told > 0);
}
