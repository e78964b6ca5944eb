//! Merging: order, steps, single members, doubled and bare numbers, transfers, comparison, earlier summaries.

use std::collections::BTreeMap;

use yusuan::edge::{read, write};
use yusuan::finding::{Lang, Merging, Severities, tell_merging};
use yusuan::grid::{Grid, Value};
use yusuan::model::{Budget, Key};
use yusuan::stage::folded::Folded;
use yusuan::stage::layout::merged::{self, Proofs, Trace};
use yusuan::stage::merge::comparison::compare;
use yusuan::stage::merge::recall::{Recalled, recall};
use yusuan::stage::merge::{self, Elimination, Fate, Member, Naming, Register, Standing, Summary};
use yusuan::stage::{extract, layout, recompute};
use yusuan::value::{Amount, CellRef};

use crate::district::{in_yuan, other_edition};
use crate::submissions::Submissions;
use crate::support::{address, amount, amounts, editions, put, sheet, template};

/// Generated budgets of these codes.
fn budgets(codes: &[&str]) -> Vec<Budget> {
    let mut submissions = Submissions::new(template());
    let named = |(number, code): (usize, &&str)| Budget {
        code: Some((*code).to_owned()),
        name: Some(format!("第{code}单位")),
        ..submissions.budget(number)
    };
    codes.iter().enumerate().map(named).collect()
}

fn member(budget: &Budget, file: &str) -> Member {
    let mut grid = layout::cleaned(budget, &[]);
    grid.sheets.pop();
    let extracted = extract::extract(&Folded::new(&grid), file, &budget.template, None).unwrap();
    Member::new(&extracted.budget, Severities::default(), Vec::new())
}

fn members(budgets: &[Budget]) -> Vec<Member> {
    budgets.iter().map(|b| member(b, &format!("{}.xlsx", b.code.as_deref().unwrap()))).collect()
}

/// A summary by the codes of the members alone.
fn summary(members: Vec<Member>) -> Summary {
    summary_with(members, &[], None)
}

fn summary_with(mut members: Vec<Member>, eliminations: &[Elimination], register: Option<Register>) -> Summary {
    merge::sort(&mut members);
    let register = register.unwrap_or_else(|| Register::from_codes(&members, &template().merging.declared));
    let membership = merge::decide(&members, &register, (None, None), Vec::new()).unwrap();
    let target = merge::target(&members, &membership, &register, &editions()).unwrap();
    let mut summary = merge::merge(members, membership, register, &target, eliminations, Naming::default());
    merged::settle(&mut summary.budget, "汇总.xlsx");
    summary
}

/// What is told, in words.
fn told(summary: &Summary) -> Vec<String> {
    let tell = |said: &merge::Said| {
        let unit = said.member.and_then(|m| summary.members[m].code.clone()).unwrap_or_default();
        let told = tell_merging(&said.fact, &said.rule, "", &summary.budget, Lang::Zh);
        format!("{} {unit} {}", told.rule, told.message)
    };
    summary.told.iter().map(tell).collect()
}

/// Everything a summary says of its cells and of every amount, whatever the order of the members.
fn whole(summary: &Summary) -> (Vec<String>, Vec<String>) {
    let mut cells = amounts(&summary.budget);
    cells.sort();
    let mut lines: Vec<String> = summary
        .lines
        .iter()
        .map(|line| {
            let member = &summary.members[line.member as usize];
            let entry = &member.entries[line.entry as usize];
            let place = entry.site.map(|s| member.place(s));
            let unit = member.title();
            let file = member.file_of(entry.site);
            format!("{} {unit} {file} {place:?} {} {:?} {}", summary.words_of(line).address, line.amount, line.fate, line.counted)
        })
        .collect();
    lines.sort();
    (cells, lines)
}

/// The workbook of a summary as it is read back.
fn workbook(summary: &Summary) -> Grid {
    let trace = Trace::new(summary);
    let grid = merged::merged(summary, &Proofs::default(), &trace);
    read::read(&write::write_with(&grid, &mut trace.sheets()).unwrap(), "汇总.xlsx").unwrap()
}

fn recalled(summary: &Summary, grid: &Grid) -> Recalled {
    let printed = extract::extract(&Folded::new(grid), "汇总.xlsx", &summary.budget.template, None).unwrap().budget;
    recall(grid, &printed, "汇总.xlsx").unwrap()
}

#[test]
fn the_order_of_the_members_does_not_matter() {
    let mut all = members(&budgets(&["401001", "401002", "401003", "402001"]));
    let forward = whole(&summary(all.clone()));
    all.reverse();
    assert_eq!(whole(&summary(all.clone())), forward);
    all.swap(0, 2);
    assert_eq!(whole(&summary(all)), forward);
}

#[test]
fn merging_one_unit_gives_itself() {
    let only = &budgets(&["401001"])[0];
    let summary = summary(members(std::slice::from_ref(only)));
    assert_eq!(summary.budget.template.name, only.template.name);
    assert_eq!((&summary.budget.code, &summary.budget.name, summary.budget.year), (&only.code, &only.name, only.year));
    let without_places = |budget: &Budget| -> Vec<String> {
        let cut = |line: String| line.rsplit_once(' ').map(|(cell, _)| cell.to_owned()).unwrap();
        amounts(budget).into_iter().map(cut).collect()
    };
    let mut own = only.clone();
    recompute::recompute(&mut own);
    let (mut merged, mut filed) = (without_places(&summary.budget), without_places(&own));
    merged.sort();
    filed.sort();
    assert_eq!(merged, filed);
}

#[test]
fn merging_in_two_steps_is_merging_in_one() {
    let mut all = budgets(&["401001", "401002", "401003", "402001", "402002", "403001"]);
    // Some of them are in 元 and of another edition.
    for place in [1, 4] {
        all[place] = in_yuan(&all[place], &other_edition());
    }
    let all = members(&all);
    let once = summary(all.clone());
    let step = |prefix: &str| {
        let of: Vec<Member> = all.iter().filter(|m| m.code.as_ref().unwrap().starts_with(prefix)).cloned().collect();
        let department = summary(of);
        let recalled = recalled(&department, &workbook(&department));
        assert!(recalled.members.iter().all(|m| m.altered.is_none()), "{:?}", recalled.members[0].altered);
        recalled.members
    };
    let mut parts: Vec<Member> = ["401", "402"].into_iter().flat_map(step).collect();
    // A department of one unit is handed in as it is.
    parts.extend(all.iter().filter(|m| m.code.as_deref() == Some("403001")).cloned());
    let twice = summary(parts.clone());
    assert!(once.balanced.is_some());
    assert_eq!(whole(&twice), whole(&once));
    // A unit that is in a summary and beside it counts once.
    parts.push(all[0].clone());
    let again = summary(parts);
    assert_eq!(amounts(&again.budget), amounts(&once.budget));
    assert_eq!(again.membership.standings.iter().filter(|s| **s == Standing::Same).count(), 1);
}

#[test]
fn a_summary_that_was_changed_by_hand_is_not_counted() {
    let summary_of = summary(members(&budgets(&["401001", "401002"])));
    let mut grid = workbook(&summary_of);
    let place = grid.sheets.iter().position(|s| s.name == "收入总表").unwrap();
    let at = summary_of.address("revenue.total.fiscal").map(|at| summary_of.leaves(at)[0].0).unwrap();
    let cell = summary_of.budget.slot(at).site.unwrap().cell;
    put(&mut grid.sheets[place], cell, Value::Number(amount("1.23")));
    let recalled = recalled(&summary_of, &grid);
    assert!(recalled.members.iter().all(|m| m.altered.as_deref() == Some(&*format!("汇总.xlsx 收入总表!{cell}"))));
    let mut members = recalled.members;
    members.extend(self::members(&budgets(&["409001"])));
    let refused = summary(members);
    assert_eq!(refused.membership.standings, [Standing::Altered, Standing::Altered, Standing::Counted]);
}

#[test]
fn a_total_without_parts_counts_only_where_nobody_filed_parts() {
    let mut two = budgets(&["401001", "401002"]);
    // Both file the class of one code alone; in the first, the rows below it stand in another table only.
    let bare = |budget: &mut Budget, amount: &str| {
        let at = address(budget, "expenditure.total.basic");
        let table = &mut budget.tables[at.table];
        let leaf = table.rows.iter().position(|r| matches!(r.key, Key::Code(_)) && !r.has_children).unwrap();
        let total = budget.template.tables[at.table].column("total", 0).unwrap();
        let filed = amount.parse().unwrap();
        for slot in &mut budget.tables[at.table].rows[leaf].slots {
            slot.amount = None;
        }
        budget.tables[at.table].rows[leaf].slots[total].amount = Some(filed);
        budget.tables[at.table].rows[leaf].key
    };
    let key = bare(&mut two[0], "12.34");
    let merged = summary(members(&two));
    let table = merged.budget.template.table("expenditure").unwrap();
    let row = merged.budget.tables[table].place(key).unwrap();
    let column = merged.budget.template.tables[table].column("total", 0).unwrap();
    let at = yusuan::model::Address { table, row, column };
    let by_first: Vec<Fate> =
        merged.lines_at(at).filter(|l| merged.lines[*l].member == 0).map(|l| merged.lines[l].fate).collect();
    let others = merged.lines_at(at).any(|l| merged.lines[l].member == 1);
    // The code of the second unit, if it has it at all, has parts: then the bare total of the first has no place.
    assert_eq!(by_first, [if others { Fate::Rejected } else { Fate::Added }]);
    // With the same code in both units it never has one.
    let mut same = vec![two[0].clone(), budgets(&["401001"])[0].clone()];
    same[1].code = Some("401009".to_owned());
    same[1].name = Some("第401009单位".to_owned());
    let merged = summary(members(&same));
    let said: Vec<String> = told(&merged).into_iter().filter(|t| t.contains("只有合计而没有分项")).collect();
    assert_eq!(said.len(), 1, "{:#?}", told(&merged));
    // The row above it has no parts any more either.
    assert!(said[0].starts_with("F06 401001 2 格") && said[0].ends_with("·合计 12.34"), "{}", said[0]);
    let kept = merged.conservation();
    assert!(kept[0].by_fate[Fate::Rejected as usize] > amount("12.34"));
    assert_eq!(kept[0].total, kept[0].by_fate.iter().copied().sum());
}

#[test]
fn a_total_that_is_not_the_sum_of_its_parts_is_told_once_at_its_cause() {
    let two = budgets(&["401001", "401002"]);
    let mut grid = layout::cleaned(&two[0], &[]);
    grid.sheets.pop();
    let place = grid.sheets.iter().position(|s| s.name == "支出总表").unwrap();
    // The row of the whole: its basic expenditure is not what the classes give.
    let total = sheet(&grid, "支出总表").cells.iter().find(|c| c.text() == Some("合计") && c.at.row > 4).unwrap().at;
    put(&mut grid.sheets[place], CellRef::new(total.row, 4), Value::Number(amount("99999.99")));
    let read = extract::extract(&Folded::new(&grid), "401001.xlsx", template(), None).unwrap().budget;
    let altered = Member::new(&read, Severities::default(), Vec::new());
    let merged = summary(vec![altered, member(&two[1], "401002.xlsx")]);
    let said: Vec<String> = told(&merged).into_iter().filter(|t| t.starts_with("F06")).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said.iter().all(|t| t.contains("401001 支出总表!") && t.contains("汇总按分项计算")), "{said:#?}");
}

/// A payer and a payee with 50.00 between them.
fn paid_and_received() -> Vec<Budget> {
    let mut two = budgets(&["401001", "401002"]);
    let leaf = |budget: &Budget, table: &str| {
        let table = budget.template.table(table).unwrap();
        let row = budget.tables[table].rows.iter().find(|r| matches!(r.key, Key::Code(_)) && !r.has_children).unwrap();
        row.id(&budget.template.tables[table]).to_string()
    };
    let fill = |budget: &mut Budget, cell: &str, more: &str| {
        let at = address(budget, cell);
        let slot = budget.slot_mut(at);
        slot.amount = Some(slot.amount.unwrap_or_default() + amount(more));
    };
    let payer_code = leaf(&two[0], "expenditure");
    fill(&mut two[0], &format!("expenditure.{payer_code}.to_subordinate"), "50");
    fill(&mut two[0], &format!("balance.f{}.amount", &payer_code[..3]), "50");
    let payee_code = leaf(&two[1], "revenue");
    fill(&mut two[1], &format!("revenue.{payee_code}.superior"), "50");
    fill(&mut two[1], "balance.inc_superior.amount", "50");
    two.iter_mut().for_each(|b| drop(recompute::recompute(b)));
    two
}

fn elimination(amount: &str) -> Elimination {
    Elimination {
        payer: "401001".to_owned(),
        payee: "第401002单位".to_owned(),
        item: "上级补助收入".to_owned(),
        code: None,
        amount: amount.parse().unwrap(),
        measure: None,
        at: CellRef::new(1, 0),
    }
}

#[test]
fn transfers_between_members_are_told_and_left_alone() {
    let plain = summary(members(&paid_and_received()));
    let said: Vec<String> = told(&plain).into_iter().filter(|t| t.starts_with("F02")).collect();
    assert_eq!(said.len(), 1);
    assert!(said[0].contains("上级补助收入合计 50.00 万元（401002 第401002单位 50.00）"), "{}", said[0]);
    assert!(said[0].contains("对附属单位补助支出合计 50.00 万元（401001 第401001单位 50.00）"), "{}", said[0]);
    assert_eq!(plain.budget.slot(plain.address("revenue.total.superior").unwrap()).amount, Some(amount("50")));
}

#[test]
fn an_elimination_is_taken_out_on_both_sides() {
    let all = members(&paid_and_received());
    let (plain, less) = (summary(all.clone()), summary_with(all, &[elimination("30")], None));
    let held = |summary: &Summary, cell: &str| summary.budget.slot(summary.address(cell).unwrap()).amount.unwrap_or_default();
    for cell in [
        "revenue.total.superior",
        "revenue.total.total",
        "expenditure.total.to_subordinate",
        "expenditure.total.total",
        "balance.inc_total.amount",
        "balance.exp_total.amount",
    ] {
        assert_eq!(held(&plain, cell) - held(&less, cell), amount("30"), "{cell}");
    }
    assert_eq!(held(&plain, "fiscal_balance.inc_total.amount"), held(&less, "fiscal_balance.inc_total.amount"));
    assert_eq!(less.used[0].cells.len(), 4, "{:?}", less.used);
    for (member, kept) in less.conservation().into_iter().enumerate() {
        assert_eq!(kept.by_fate[Fate::Eliminated as usize], amount("60"), "{member}");
        assert_eq!(kept.total, kept.by_fate.iter().copied().sum());
    }
    // What was taken out stays out when the summary becomes a member itself.
    let again = recalled(&less, &workbook(&less));
    assert!(again.members.iter().all(|m| m.altered.is_none()));
    let reused = summary(again.members);
    assert_eq!(whole(&reused), whole(&less));
    assert!(told(&reused).iter().all(|t| !t.contains("分项之和")), "{:#?}", told(&reused));
}

#[test]
fn an_elimination_that_cannot_be_made_is_told_and_changes_nothing() {
    let all = members(&paid_and_received());
    let plain = summary(all.clone());
    let other = |change: &dyn Fn(&mut Elimination)| {
        let mut line = elimination("30");
        change(&mut line);
        line
    };
    let cases: [(Elimination, &str); 5] = [
        (other(&|e| e.payer = "409001".into()), "付款单位不在"),
        (other(&|e| e.payee = "没有".into()), "收款单位不在"),
        (other(&|e| e.item = "捐款".into()), "不是内部往来的项目"),
        (other(&|e| e.amount = amount("50.01")), "不够抵销"),
        (other(&|e| e.amount = Amount::ZERO), "应大于零"),
    ];
    for (line, why) in cases {
        let refused = summary_with(all.clone(), &[line], None);
        let said: Vec<String> = told(&refused).into_iter().filter(|t| t.contains("抵销单 A2 没有执行")).collect();
        assert!(said.len() == 1 && said[0].contains(why), "{said:?} {why}");
        assert_eq!(amounts(&refused.budget), amounts(&plain.budget));
    }
}

#[test]
fn a_published_workbook_is_held_against_the_summary_cell_by_cell() {
    let merged = summary(members(&budgets(&["401001", "401002"])));
    assert_eq!(compare(&merged, &merged.budget), []);
    let mut published = merged.budget.clone();
    let leaves = merged.leaves(merged.address("gpb_expenditure.total.project").unwrap());
    let leaf = leaves.into_iter().find(|(at, _)| !merged.lines_at(*at).is_empty()).unwrap().0;
    let slot = published.slot_mut(leaf);
    slot.amount = Some(slot.amount.unwrap_or_default() + amount("7.5"));
    recompute::recompute(&mut published);
    let differences = compare(&merged, &published);
    let causes: Vec<_> = differences.iter().filter(|d| !d.follows).collect();
    assert_eq!(causes.len(), 1, "{differences:#?}");
    assert_eq!((causes[0].at, causes[0].difference), (Some(leaf), amount("7.5")));
    let makers: Amount = causes[0].makers.iter().map(|(_, yuan)| *yuan).sum();
    assert_eq!(makers, merged.budget.slot(leaf).amount.unwrap_or_default() * amount("10000"));
    assert_eq!(differences.len(), 8, "{differences:#?}");
}

#[test]
fn a_register_contradicting_itself_is_refused() {
    use yusuan::stage::merge::RegisterProblem as Problem;
    let twice = "[[unit]]\ncode = \"1\"\n[[unit]]\ncode = \"1\"";
    let orphan = "[[unit]]\ncode = \"1\"\nparent = \"2\"";
    let circle = "[[unit]]\ncode = \"1\"\nparent = \"2\"\n[[unit]]\ncode = \"2\"\nparent = \"1\"";
    let refused: BTreeMap<&str, Problem> =
        [twice, orphan, circle].into_iter().map(|text| (text, Register::from_toml(text).unwrap_err())).collect();
    assert_eq!(refused[twice], Problem::Twice("1".into()));
    assert_eq!(refused[orphan], Problem::NoParent("1".into(), "2".into()));
    assert_eq!(refused[circle], Problem::Circle("1".into()));
}

#[test]
fn a_department_beside_its_own_office_does_not_count() {
    let mut three = budgets(&["401001", "401002", "401001"]);
    let department = editions().into_iter().find(|t| t.name == "hebei/department-2025").unwrap();
    let (whole, _) = yusuan::stage::translate::translate(&three[2], &department);
    three[2] = Budget { name: Some("第401局".into()), ..whole };
    let merged = summary(members(&three));
    let covered: Vec<&str> = merged
        .members
        .iter()
        .zip(&merged.membership.standings)
        .filter(|(_, s)| **s == Standing::Covered)
        .map(|(m, _)| m.name.as_deref().unwrap())
        .collect();
    assert_eq!(covered, ["第401局"]);
    let fact = merged.told.iter().find(|s| matches!(s.fact, Merging::Covered { .. })).unwrap();
    assert_eq!(fact.rule, "F04");
    // Its name is that of the summary.
    assert_eq!((merged.budget.code.as_deref(), merged.budget.name.as_deref()), (Some("401"), Some("第401局")));
}

#[test]
fn a_summary_without_its_list_of_amounts_is_not_counted_as_nothing() {
    let summary_of = summary(members(&budgets(&["401001", "401002"])));
    let mut grid = workbook(&summary_of);
    grid.sheets.retain(|s| s.name != "汇总底稿");
    assert!(recalled(&summary_of, &grid).members.iter().all(|m| m.altered.is_some()));
}

#[test]
fn all_units_of_a_register_are_due_unless_a_part_is_asked_for() {
    let register = || {
        let unit =
            |code: &str, parent: &str| format!("[[unit]]\ncode = \"{code}\"\nname = \"第{code}单位\"\nparent = \"{parent}\"\n");
        let all = [("4", ""), ("401", "4"), ("402", "4"), ("401001", "401"), ("401002", "401"), ("402001", "402")];
        Register::from_toml(&all.map(|(code, parent)| unit(code, parent)).concat()).unwrap()
    };
    let missing = |code: Option<&str>| -> Vec<String> {
        let members = members(&budgets(&["401001"]));
        let membership = merge::decide(&members, &register(), (None, code), Vec::new()).unwrap();
        membership.missing.into_iter().map(|unit| unit.code).collect()
    };
    assert_eq!(missing(None), ["401002", "402001"]);
    assert_eq!(missing(Some("401")), ["401002"]);
    assert_eq!(missing(Some("401001")), Vec::<String>::new());
}

#[test]
fn one_code_under_two_names_and_one_name_under_two_codes_are_told() {
    let mut two = budgets(&["401001", "401001"]);
    two[1].name = Some("另一单位".to_owned());
    let merged = merge::decide(&members(&two), &Register::default(), (None, None), Vec::new()).unwrap();
    assert!(merged.standings.iter().all(|s| *s != Standing::Counted));
    let register = Register::from_codes(&members(&two), &template().merging.declared);
    let merged = merge::decide(&members(&two), &register, (None, None), Vec::new()).unwrap();
    assert_eq!(merged.standings, [Standing::Undecided; 2]);
    let mut alike = budgets(&["401001", "401012"]);
    alike[1].name = alike[0].name.clone();
    let said = told(&summary(members(&alike)));
    assert!(said.iter().any(|t| t.starts_with("F04") && t.contains("几个编码用同一名称")), "{said:?}");
}

#[test]
fn without_codes_the_own_office_of_a_department_is_known_by_its_name() {
    let mut two = budgets(&["401001", "401002"]);
    let department = editions().into_iter().find(|t| t.name == "hebei/department-2025").unwrap();
    let (mut whole, _) = yusuan::stage::translate::translate(&two[1], &department);
    (whole.code, whole.name) = (None, Some("某某局".to_owned()));
    (two[0].code, two[0].name) = (None, Some("某某局（本级）".to_owned()));
    let mut members = vec![member(&two[0], "a.xlsx"), member(&whole, "b.xlsx")];
    for (member, budget) in members.iter_mut().zip([&two[0], &whole]) {
        (member.code, member.name) = (None, budget.name.clone());
    }
    let merged = summary(members);
    let standing = |name: &str| {
        let place = merged.members.iter().position(|m| m.name.as_deref() == Some(name)).unwrap();
        merged.membership.standings[place]
    };
    assert_eq!((standing("某某局"), standing("某某局（本级）")), (Standing::Covered, Standing::Counted));
}
