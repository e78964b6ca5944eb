//! Every embedded template: each equation of its rules and each named check is seen to fire.

use std::collections::BTreeSet;
use std::sync::Arc;

use yusuan::finding::{Fact, Finding, Verdict};
use yusuan::grid::{Grid, Value};
use yusuan::model::{Budget, Key, Row, SheetOf, Site, State};
use yusuan::stage::check::check;
use yusuan::stage::instances::{self, Instance, Part, Side};
use yusuan::template::{Body, Equation, Relation, Rows, Rule, Table, Template};
use yusuan::value::{Amount, CellRef, Code};

use crate::support::{added, amount, editions, fixture, number, shorts, template, text, with};
use crate::{narrative, years};

/// A budget of an edition in which every table is filed and every row stands there, all cells blank, each with a site.
fn blank(edition: &Arc<Template>) -> Budget {
    let mut budget = Budget::new(Arc::clone(edition));
    budget.sources.push("a.xlsx".to_owned());
    for (place, declared) in edition.tables.iter().enumerate() {
        budget.sheets.push(SheetOf { source: 0, name: declared.declared.sheet.clone(), blocks: Vec::new() });
        let table = &mut budget.tables[place];
        (table.state, table.measure) = (State::Filled, Some(declared.measure));
        if declared.declared.body != Body::Fixed {
            for (row, line) in declared.rows.iter().enumerate() {
                table.push(Row::new(Key::Declared(row), line.label.clone(), declared.columns.len()));
            }
        }
        match declared.declared.body {
            Body::Tree => codes(edition, place).into_iter().for_each(|code| {
                table.push(Row::new(Key::Code(code), code.to_string(), declared.columns.len()));
            }),
            Body::List => table.push(Row::new(Key::Free(1), String::new(), declared.columns.len())),
            Body::Fixed | Body::Form => {}
        }
        table.link_parents(&declared.levels);
        for (row, filed) in table.rows.iter_mut().enumerate() {
            let site = |column: usize| Some(Site { sheet: place as u16, cell: CellRef::new(row as u32, column as u16) });
            filed.site = site(0);
            filed.slots.iter_mut().enumerate().for_each(|(column, slot)| slot.site = site(column));
        }
    }
    budget
}

/// The codes that rules name in a table with their parents and a child of each, and one code of the lowest level.
fn codes(edition: &Template, table: usize) -> BTreeSet<Code> {
    let levels = &edition.tables[table].levels;
    let cut = |digits: &str, length: u8| digits[..usize::from(length)].parse::<Code>().unwrap();
    let mut codes = BTreeSet::from([cut("201035099", *levels.last().unwrap())]);
    let equations = edition.rules.iter().flat_map(|r| &r.equations);
    let terms = equations.flat_map(|e| e.left.iter().chain(&e.right)).filter_map(|t| t.operand).filter(|o| o.table == table);
    for rows in terms.map(|o| o.rows) {
        match rows {
            Rows::Code(code) => codes.insert(code),
            Rows::Children(code) => {
                let below = levels.iter().find(|l| **l > code.length()).unwrap();
                codes.insert(cut(&format!("{code}010101"), *below))
            }
            _ => false,
        };
    }
    let parents: Vec<Code> = codes.iter().flat_map(|c| levels.iter().filter_map(|l| c.ancestor(*l))).collect();
    codes.extend(parents);
    codes
}

/// The first instance of an equation with cells on its left side.
fn first_instance(budget: &Budget, equation: &Equation) -> Option<Instance> {
    let mut first = None;
    instances::each(budget, equation, &mut |instance| {
        if first.is_none() && !instance.left.parts.is_empty() {
            first = Some(instance.clone());
        }
    });
    first
}

/// Fills a side with one in each cell and tells its sum in 元.
fn fill(budget: &mut Budget, side: &Side) -> Amount {
    for part in &side.parts {
        budget.slot_mut(part.at).amount = Some(Amount::ONE);
    }
    yuan(budget, &side.parts) + side.constant
}

fn yuan(budget: &Budget, parts: &[Part]) -> Amount {
    parts.iter().map(|p| p.factor * budget.slot(p.at).amount.unwrap_or_default() * yuan_of(budget, p)).sum()
}

fn yuan_of(budget: &Budget, part: &Part) -> Amount {
    budget.tables[part.at.table].measure.unwrap().yuan()
}

/// Sets the first cell of the left side so that the left side is the right one and `off`.
fn set_left(budget: &mut Budget, instance: &Instance, off: &str) {
    let right = fill(budget, &instance.right);
    let first = instance.left.parts[0];
    budget.slot_mut(first.at).amount = None;
    let rest = yuan(budget, &instance.left.parts) + instance.left.constant;
    let own = yuan_of(budget, &first);
    let value = (right - rest).checked_div(own).unwrap() + amount(off);
    budget.slot_mut(first.at).amount = value.checked_div(first.factor);
}

fn off(relation: Relation) -> &'static str {
    if relation == Relation::AtLeast { "-1000" } else { "1000" }
}

/// The findings of a budget in which one equation is broken.
fn broken(edition: &Arc<Template>, rule: &Rule, equation: &Equation) -> (Budget, Vec<Finding>, Instance) {
    let mut budget = blank(edition);
    let id = &rule.declared.id;
    let instance =
        first_instance(&budget, equation).unwrap_or_else(|| panic!("{} {id}: an equation is about no cell", edition.name));
    set_left(&mut budget, &instance, off(equation.relation));
    assert!(instances::applies(&budget, rule), "{} {id}: its conditions are not met", edition.name);
    let findings = check(&budget);
    (budget, findings, instance)
}

#[test]
fn every_equation_of_every_rule_fires_when_it_is_broken() {
    for edition in editions() {
        for rule in edition.rules.iter().filter(|r| r.declared.explains.is_none()) {
            for equation in &rule.equations {
                let (budget, findings, instance) = broken(&edition, rule, equation);
                let site = budget.slot(instance.left.parts[0].at).site;
                let tells = |f: &&Finding| {
                    f.rule == rule.declared.id
                        && f.severity == rule.declared.severity
                        && f.verdict == Some(Verdict::Broken)
                        && f.operands.iter().any(|o| o.is_left && o.place.site == site)
                        && (instance.left.parts.len() > 1 || f.place.site == site)
                };
                assert!(findings.iter().any(|f| tells(&f)), "{} {} is silent about {equation:?}", edition.name, rule.declared.id);
            }
        }
    }
}

#[test]
fn no_rule_fires_on_a_budget_of_blank_cells() {
    for edition in editions() {
        let findings = check(&blank(&edition));
        let identities: Vec<&Finding> = findings.iter().filter(|f| f.verdict.is_some()).collect();
        assert!(identities.is_empty(), "{}: {:?}", edition.name, identities.iter().map(|f| &f.rule).collect::<Vec<_>>());
    }
}

#[test]
fn every_rule_that_explains_another_is_told_in_its_finding_and_never_by_itself() {
    for edition in editions() {
        for rule in &edition.rules {
            let Some(explained) = &rule.declared.explains else { continue };
            let mut budget = blank(&edition);
            for equation in &rule.equations {
                let instance = first_instance(&budget, equation).unwrap();
                set_left(&mut budget, &instance, "0");
            }
            let findings = check(&budget);
            let told = findings.iter().filter(|f| f.rule == *explained).filter_map(|f| match &f.fact {
                Fact::Identity { explained: Some((title, _)), .. } => Some(title),
                _ => None,
            });
            assert!(told.collect::<Vec<_>>().contains(&&rule.declared.title), "{} {}", edition.name, rule.declared.id);
            assert!(findings.iter().all(|f| f.rule != rule.declared.id), "{} {}", edition.name, rule.declared.id);
        }
    }
}

#[test]
fn every_cell_that_is_defined_is_defined_by_cells_of_its_own_table() {
    for edition in editions() {
        for rule in &edition.rules {
            for equation in rule.equations.iter().filter(|e| e.relation == Relation::Defines) {
                let tables: BTreeSet<usize> =
                    equation.left.iter().chain(&equation.right).filter_map(|t| t.operand).map(|o| o.table).collect();
                assert_eq!(tables.len(), 1, "{} {}: between tables both sides were filed", edition.name, rule.declared.id);
            }
        }
    }
}

#[test]
fn every_heading_title_and_label_of_a_template_is_told_apart() {
    for edition in editions() {
        let mut sheets: Vec<&str> = edition.tables.iter().map(|t| t.declared.sheet.as_str()).collect();
        sheets.sort_unstable();
        assert!(sheets.windows(2).all(|pair| pair[0] != pair[1]), "{}: two sheets of one name", edition.name);
        let titles =
            |t: &Table| t.titles.iter().filter(|p| p.is_fixed()).map(|p| p.fixed_words().unwrap().to_owned()).collect::<Vec<_>>();
        let mut all: Vec<String> = edition.tables.iter().flat_map(titles).collect();
        all.sort();
        for pair in all.windows(2) {
            assert_ne!(pair[0], pair[1], "{}: two tables of one title", edition.name);
        }
    }
}

// Named checks, each by one change of the fixture.

type Case = (&'static str, fn() -> Grid, &'static [&'static str]);

const CHECKS: [Case; 43] = [
    (
        "code-tree",
        || change("支出总表", "B8", text("201031")),
        &["S04 error 支出总表!B8", "S04 error 支出总表!B9", "S04 error 支出总表!B10"],
    ),
    ("code-tree", || change("支出总表", "B21", text("2210299")), &["S04 warning 支出总表!B21"]),
    ("code-tree", || change("支出总表", "B10", text("2010350")), &["S04 error 支出总表!B10"]),
    ("cost-caps", || change("绩效目标表", "E7", text("≤3 万元")), &["B33 warning 支出总表!F6"]),
    ("empty-iff", || change("财政拨款收支总表", "C7", number("5")), &["B28 error 政府基金预算财政拨款支出表!A1"]),
    (
        "empty-notes",
        || change("国有资本经营预算财政拨款支出表", "A6", Value::Blank),
        &["S05 warning 国有资本经营预算财政拨款支出表!A1"],
    ),
    ("headings", || change("支出总表", "E3", text("基木支出")), &["S02 error 支出总表!E3"]),
    ("level-words", || change("收支总表", "A1", text("部门预算收支总表")), &["S11 warning 收支总表!A1"]),
    ("level-words", || change("情况说明", "A6", text("部门预算由此组成。")), &["S11 warning 情况说明!A6"]),
    ("nature-matches-codes", || change("机构设置情况", "B4", text("行政")), &["C12 warning 机构设置情况!B4"]),
    ("negative", || change("固定资产占用情况表", "C5", number("-3.82")), &["S09 warning 固定资产占用情况表!C5"]),
    ("never-used", || change("收支总表", "E14", number("1")), &["S10 warning 收支总表!E14"]),
    ("no-empty-note", || change("收入总表", "A22", text("注：无收入预算，空表列示。")), &["S06 error 收入总表!A22"]),
    ("placeholders", || change("情况说明", "A6", text("负责XX工作。")), &["S12 error 情况说明!A6"]),
    ("placeholders", || change("情况说明", "A19", text("公务接待费0.31万元，较2022年增加 万元。")), &["S12 error 情况说明!A19"]),
    ("placeholders", || change("收支总表", "B7", text("二、政府性基金预算拨款收入")), &[]),
    ("printed-zero", || change("支出总表", "F9", number("0")), &["S08 note 支出总表!F9"]),
    ("product", || purchase("2"), &["A45 warning 政府采购预算!H7"]),
    ("product", || purchase("1"), &[]),
    ("purchase-without-procurement", || change("绩效目标表", "D4", text("购买服务器")), &["B34 warning 绩效目标表!A4"]),
    ("row-numbers", || change("支出总表", "A21", number("17")), &["S03 warning 支出总表!A21"]),
    (
        "same-base",
        || change("一般公共预算财政拨款基本支出表", "D16", number("45.00")),
        &["C11 note 一般公共预算财政拨款基本支出表!D12"],
    ),
    ("same-codes", || change("支出总表", "B21", text("2210203")), &["B30 warning 收入总表!A1", "B30 warning 支出总表!A1"]),
    ("same-names", || change("支出总表", "C9", text("事业运转")), &["B31 warning 支出总表!C9"]),
    ("tables-present", || without("收入总表"), &["S01 error revenue"]),
    (
        "compared-year",
        || change("情况说明", "A19", text("公务接待费0.31万元，较2021年度减少0.03万元。")),
        &["D09 error 情况说明!A19"],
    ),
    ("cost-caps-sum", || change("绩效目标表", "E7", text("≤1 万元")), &["P01 warning 支出总表!F6"]),
    ("cost-unit", || change("绩效目标表", "E7", text("≤20000 元")), &["P03 warning 绩效目标表!B7"]),
    ("cost-unit", || change("绩效目标表", "E7", text("≤3 元/条")), &[]),
    (
        "dates",
        || change("情况说明", "A29", text("截至2021年12月31日，固定资产金额为237.32万元。")),
        &["D17 warning 情况说明!A29"],
    ),
    ("glossary-terms", || change("情况说明", "A38", text("5、机关运行费：指公用经费。")), &["D24 note 情况说明!A38"]),
    ("indicator-kinds", || change("绩效目标表", "B4", text("质量指标")), &["P02 warning 绩效目标表!A1"]),
    ("indicator-values", || change("绩效目标表", "E11", text("≤95%")), &["P04 note 绩效目标表!A11"]),
    ("purchase-told", || change("情况说明", "B29", text("拟购置固定资产总额5.00万元。")), &["D21 warning 情况说明!B29"]),
    ("same-object", || change("绩效目标表", "D4", text("租用裸纤5条")), &["P05 warning 绩效目标表!A4"]),
    ("slips", || change("情况说明", "A6", text("由去级财政拨付。")), &["D25 note 情况说明!A6"]),
    (
        "spoken-of",
        || with(&change("情况说明", "A19", Value::Blank), "情况说明", "B19", text("公务接待费0.31万元。")),
        &["D14 warning 情况说明!B19"],
    ),
    ("unit-name", || change("情况说明", "A22", text("2023年，某市商务局安排政府采购预算0万元。")), &["D18 warning 情况说明!A22"]),
    ("years", || change("情况说明", "A17", text("我单位2019年运行经费为23.67万元。")), &["D19 warning 情况说明!A17"]),
    ("directory", || directory("单位预算收支总表|3\n单位预算收入总表|2\n单位预算支出总表|3"), &["D20 warning 目录!A3"]),
    ("directory", || directory("部门预算收支总表……3\n一、单位职责及机构设置情况……16"), &["D20 warning 目录!A2"]),
    ("directory", || directory("单位预算收支总表\n单位预算收入总表"), &[]),
    ("two-decimals", || change("固定资产占用情况表", "C5", number("3.8")), &["S07 note 固定资产占用情况表!C5"]),
];

fn change(sheet: &str, cell: &str, value: Value) -> Grid {
    with(fixture(), sheet, cell, value)
}

/// The fixture with a directory.
fn directory(lines: &str) -> Grid {
    let mut grid = fixture().clone();
    grid.sheets.extend(crate::support::grid(&format!("== 目录\n目录\n{lines}")).sheets);
    grid
}

fn without(name: &str) -> Grid {
    let mut grid = fixture().clone();
    grid.sheets.retain(|s| s.name != name);
    grid
}

/// Two pieces at 5000 元 each, for that many 万元.
fn purchase(total: &str) -> Grid {
    let cells =
        [("A7", text("机房")), ("C7", text("服务器")), ("F7", number("2")), ("G7", number("5000")), ("H7", number(total))];
    cells.into_iter().fold(fixture().clone(), |grid, (cell, value)| with(&grid, "政府采购预算", cell, value))
}

#[test]
fn every_named_check_fires_at_its_cell() {
    let before = shorts(fixture());
    let mut wrong = Vec::new();
    for (name, grid, expected) in CHECKS {
        let rule = &template().check(name).unwrap().declared.id;
        let mut found = added(&before, &shorts(&grid()));
        found.retain(|f| f.split(' ').next() == Some(rule));
        found.dedup();
        if found != expected {
            wrong.push(format!("{name}: found {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_named_check_of_an_embedded_template_is_without_a_case() {
    let used: BTreeSet<&str> = editions().iter().flat_map(|e| &e.rules).filter_map(|r| Some(r.check.as_ref()?.name)).collect();
    let own = CHECKS.iter().filter(|(_, _, expected)| !expected.is_empty()).map(|(name, ..)| *name);
    let seen: BTreeSet<&str> = own.chain(narrative::CHECKS).collect();
    assert_eq!(used.difference(&seen).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn every_rule_has_a_case_of_its_own_or_equations_that_were_broken() {
    for edition in editions() {
        for rule in &edition.rules {
            let is_broken =
                !rule.equations.is_empty() || narrative::RULES.iter().chain(&years::RULES).any(|r| *r == rule.declared.id);
            let has_case = |name: &str| CHECKS.iter().any(|(own, ..)| *own == name) || narrative::CHECKS.contains(&name);
            let is_seen = rule.check.as_ref().map_or(is_broken, |c| has_case(c.name));
            assert!(is_seen, "{} {}", edition.name, rule.declared.id);
        }
    }
}
