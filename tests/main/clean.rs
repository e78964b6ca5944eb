//! Budgets that are right altogether, tables and narrative: not a word is said of them, and of one wrong number always.
//!
//! `YUSUAN_CLEAN=2000` makes so many budgets of each edition.

use std::collections::HashSet;
use std::sync::Arc;

use yusuan::finding::{Finding, Lang, tell};
use yusuan::model::{Address, Budget, Key, State};
use yusuan::stage::compose::compose;
use yusuan::stage::folded::Folded;
use yusuan::stage::{check, extract, layout, prose, recompute, translate};
use yusuan::template::{ColumnKind, Severity, Template};
use yusuan::value::{Amount, Code};

use crate::submissions::{Random, Submissions};
use crate::support::{amount, editions, short, template};

/// The editions of which budgets are made.
const EDITIONS: [&str; 3] = ["hebei/unit-2023", "hebei/department-2025", "national/department"];
/// So many budgets of each, unless the environment says otherwise.
const EACH: usize = 60;
/// So many wrong numbers are put into the tables of each budget, one after the other.
const WRONG: usize = 2;
/// And so many into its narrative.
const MISTOLD: usize = 4;

fn each() -> usize {
    std::env::var("YUSUAN_CLEAN").ok().and_then(|n| n.parse().ok()).unwrap_or(EACH)
}

/// A number of hundredths.
fn hundredths(count: usize) -> Amount {
    Amount::from(count as i64) * amount("0.01")
}

/// Makes one right budget after another.
struct Clean {
    /// The edition in which they are made.
    template: Arc<Template>,
    /// The edition that they are moved to.
    target: Arc<Template>,
    submissions: Submissions,
    random: Random,
    made: usize,
}

impl Clean {
    fn new(edition: &str) -> Self {
        let target = editions().into_iter().find(|t| t.name == edition).unwrap();
        let template = Arc::clone(template());
        Self { submissions: Submissions::new(&template), random: Random(7), made: 0, template, target }
    }

    /// The next budget as it is read from what was filed.
    fn next(&mut self) -> Budget {
        let mut budget = loop {
            self.made += 1;
            let mut budget = self.submissions.budget(self.made);
            // The real submission that all share has no row for the annuity that this code would pay.
            if self.basic(&budget, "2080506").is_zero() && self.contributions(&mut budget) {
                break budget;
            }
        };
        self.three_public(&mut budget);
        budget.forms.clear();
        for (declared, filed) in self.template.tables.iter().zip(&mut budget.tables) {
            if declared.declared.body == yusuan::template::Body::Form {
                filed.state = State::Missing;
            }
            if let (State::Empty, Some(note)) = (filed.state, &declared.declared.empty_note) {
                filed.notes.iter_mut().for_each(|n| n.text.clone_from(note));
            }
        }
        budget.narrative.clear();
        let mut budget = translate::translate(&budget, &self.target).0;
        budget.year = self.target.about.year.or(Some(2024));
        recompute::recompute(&mut budget);
        budget = read_back(&budget);
        if self.target.narrative.is_some() {
            self.narrative(&mut budget);
        }
        read_back(&budget)
    }

    /// The basic expenditure on a functional code.
    fn basic(&self, budget: &Budget, code: &str) -> Amount {
        let place = self.template.table("gpb_expenditure").unwrap();
        let filed = &budget.tables[place];
        let column = self.template.tables[place].column("basic", 0).unwrap();
        let row = filed.place(Key::Code(code.parse::<Code>().unwrap()));
        row.and_then(|row| filed.rows[row].slots[column].amount).unwrap_or_default()
    }

    /// Pays the contributions that the functional codes name, and lets the wages take up what is left, if there are any. The institution is of no
    /// nature that would have codes of its own.
    fn contributions(&self, budget: &mut Budget) -> bool {
        let basic = |code: &str| self.basic(budget, code);
        let paid = [("30108", basic("2080505")), ("30110", basic("21011")), ("30111", Amount::ZERO), ("30113", basic("2210201"))];
        let place = self.template.table("gpb_basic").unwrap();
        let filed = &mut budget.tables[place];
        let column = self.template.tables[place].column("personnel", 0).unwrap();
        let mut left = Amount::ZERO;
        for (code, amount) in paid {
            let row = filed.place(Key::Code(code.parse::<Code>().unwrap())).unwrap();
            let slots = &mut filed.rows[row].slots;
            left += slots[column].amount.unwrap_or_default() - amount;
            // What is not paid has no total either.
            slots.iter_mut().for_each(|slot| slot.amount = None);
            slots[column].amount = (!amount.is_zero()).then_some(amount);
        }
        let wages = filed.place(Key::Code("30101".parse::<Code>().unwrap())).unwrap();
        let slot = &mut filed.rows[wages].slots[column].amount;
        let wages = slot.unwrap_or_default() + left;
        *slot = Some(wages);
        let institutions = self.template.table("institutions").unwrap();
        for (_, text) in budget.tables[institutions].rows.iter_mut().flat_map(|r| &mut r.texts) {
            if text.text == "事业" {
                "其他".clone_into(&mut text.text);
            }
        }
        recompute::recompute(budget);
        !wages.is_negative() && !wages.is_zero()
    }

    /// Spends on the three no less than the basic expenditure says.
    fn three_public(&mut self, budget: &mut Budget) {
        let place = self.template.table("three_public").unwrap();
        let basic = self.template.table("gpb_basic").unwrap();
        let declared = &self.template.tables[place];
        let column = |id: &str| declared.column(id, 0).unwrap();
        budget.tables[place].rows.iter_mut().flat_map(|r| &mut r.slots).for_each(|s| s.amount = None);
        let total = self.template.tables[basic].column("total", 0).unwrap();
        for (row, code) in
            [("abroad_other", "30212"), ("vehicle_purchase", "31013"), ("vehicle_running", "30231"), ("reception", "30217")]
        {
            let key = Key::Code(code.parse::<Code>().unwrap());
            let filed = &budget.tables[basic];
            let least = filed.place(key).and_then(|row| filed.rows[row].slots[total].amount).unwrap_or_default();
            let more = if self.random.below(2) == 0 { 0 } else { self.random.below(200) };
            let spent = least + hundredths(more);
            let at = Address { table: place, row: declared.row(row).unwrap(), column: column("gpb") };
            budget.slot_mut(at).amount = (!spent.is_zero()).then_some(spent);
        }
        recompute::recompute(budget);
        for id in ["gpb", "total"] {
            let at = |row: &str| Address { table: place, row: declared.row(row).unwrap(), column: column(id) };
            let all = budget.slot(at("subtotal")).amount;
            budget.slot_mut(at("total")).amount = all;
        }
    }

    /// A narrative as the unit has completed it.
    fn narrative(&mut self, budget: &mut Budget) {
        let mut known: std::collections::HashMap<String, Amount> = std::collections::HashMap::new();
        let figures = &self.target.narrative.as_ref().unwrap().prose.figures;
        for figure in figures {
            known.insert(figure.id.clone(), hundredths(self.random.below(50_000)));
        }
        let expense = known["basic"] + known["project"];
        known.insert("expense".to_owned(), expense);
        compose(budget, &|id| known.get(id)?.checked_mul(amount("10000"))).unwrap();
        for paragraph in &mut budget.narrative {
            let text = &mut paragraph.text.text;
            *text = text
                .replace("固定资产总额____", "固定资产总额0.00")
                .replace("____万元", "3.00万元")
                .replace("____", "按职责安排");
        }
    }
}

/// What is written of a budget, read again.
fn read_back(budget: &Budget) -> Budget {
    let mut grid = layout::cleaned(budget, &[]);
    grid.sheets.pop();
    grid.mark = None;
    extract::extract(&Folded::new(&grid), "filed.xlsx", &budget.template, None).unwrap().budget
}

/// What must be mended or looked at.
fn serious(budget: &Budget) -> Vec<Finding> {
    check::check(budget).into_iter().filter(|f| [Severity::Error, Severity::Warning].contains(&f.severity)).collect()
}

fn shorts(budget: &Budget, findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {}", short(&tell(f, budget, Lang::Zh)), tell(f, budget, Lang::Zh).message)).collect()
}

/// The amounts of money that rules guard.
fn cells(budget: &Budget) -> Vec<Address> {
    let open: HashSet<Address> = check::unguarded(budget).into_iter().collect();
    let mut cells = Vec::new();
    for (table, filed) in budget.tables.iter().enumerate() {
        let columns = &budget.template.tables[table].columns;
        let all = filed.amounts().map(|(row, column, _)| Address { table, row, column });
        cells.extend(all.filter(|at| columns[at.column].declared.kind == ColumnKind::Amount && !open.contains(at)));
    }
    cells
}

/// Puts a wrong number into a table; the finding that must name its cell.
fn wrong_cell(budget: &Budget, cells: &[Address], random: &mut Random) -> Result<(), String> {
    let at = cells[random.below(cells.len())];
    let mut wrong = budget.clone();
    let (before, off) = (budget.slot(at).amount.unwrap(), hundredths(1 + random.below(100_000)));
    wrong.slot_mut(at).amount = Some(if random.below(2) == 0 { before + off } else { before - off });
    let site = wrong.slot(at).site;
    let names = |f: &Finding| f.place.site == site || f.operands.iter().any(|o| o.at == Some(at));
    let found = check::check(&wrong);
    match found.iter().any(names) {
        true => Ok(()),
        false => Err(format!("{at:?} {before} ± {off}: {:?}", shorts(&wrong, &found))),
    }
}

/// The figures that a rule says something of.
fn bound(template: &Template) -> HashSet<usize> {
    let figures = &template.narrative.as_ref().map_or(&[][..], |n| &n.prose.figures);
    let stated = template.rules.iter().flat_map(|r| &r.statements).flat_map(|s| s.left.iter().chain(&s.right)).map(|s| s.figure);
    let named = template.rules.iter().filter_map(|r| r.check.as_ref()).flat_map(|c| c.words("figure"));
    let checked = named.filter_map(|id| figures.iter().position(|f| f.id == *id));
    stated.chain(checked).collect()
}

/// Changes bound amounts of the narrative by a little, one after the other; each time a finding must name its paragraph.
fn wrong_figures(budget: &Budget, random: &mut Random, seen: &mut HashSet<String>) -> Result<usize, String> {
    let (mut mentions, bound) = (prose::read(budget).mentions, bound(&budget.template));
    mentions.retain(|m| bound.contains(&m.figure) && m.written.number.is_some());
    let chosen: Vec<_> = (0..MISTOLD.min(mentions.len())).map(|_| &mentions[random.below(mentions.len())]).collect();
    for mention in &chosen {
        let Some(at) = mention.written.number.clone() else { continue };
        let id = &budget.template.narrative.as_ref().unwrap().prose.figures[mention.figure].id;
        seen.insert(format!("{id} {:?}", mention.part));
        let off = hundredths(1 + random.below(3_000));
        let before = mention.number.abs();
        let number = if random.below(2) == 0 && before > off { before - off } else { before + off };
        let mut wrong = budget.clone();
        wrong.narrative[mention.said.paragraph].text.text.replace_range(at, &number.fixed(2));
        let found = serious(&wrong);
        let names = |f: &Finding| {
            f.place.site == Some(mention.said.site) || f.operands.iter().any(|o| o.place.site == Some(mention.said.site))
        };
        if !found.iter().any(names) {
            return Err(format!("{:?} {number}: {:?}", mention.said.quote, shorts(&wrong, &found)));
        }
    }
    Ok(chosen.len())
}

#[test]
fn of_a_right_budget_nothing_is_said_and_of_a_wrong_number_always() {
    let (mut budgets, mut figures, mut problems, mut seen) = (0, 0, Vec::new(), HashSet::new());
    for edition in EDITIONS {
        let mut clean = Clean::new(edition);
        for number in 1..=each() {
            let budget = clean.next();
            let found = serious(&budget);
            if !found.is_empty() {
                problems.push(format!("{edition} {number}: {:?}", shorts(&budget, &found)));
                continue;
            }
            budgets += 1;
            let cells = cells(&budget);
            for _ in 0..WRONG {
                problems.extend(wrong_cell(&budget, &cells, &mut clean.random).err().map(|e| format!("{edition} {number}: {e}")));
            }
            match wrong_figures(&budget, &mut clean.random, &mut seen) {
                Ok(told) => figures += told,
                Err(problem) => problems.push(format!("{edition} {number}: {problem}")),
            }
        }
    }
    println!("{budgets} right budgets, {} wrong numbers in tables, {figures} in narratives", budgets * WRONG);
    let shown: Vec<&str> = problems.iter().take(12).map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), shown.join("\n"));
    assert_eq!(budgets, EDITIONS.len() * each());
    let bound = ["income", "income_gpb", "expense", "basic", "project", "operating", "three_public", "procurement", "assets"];
    let lacking: Vec<_> = bound.iter().filter(|id| !seen.contains(&format!("{id} Level"))).collect();
    assert!(lacking.is_empty() && seen.contains("project Change") && seen.contains("reception Prior"), "{lacking:?} of {seen:?}");
}
