//! Makes submissions that differ in codes and amounts and agree within themselves; never touches a file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use yusuan::edge::{read, write};
use yusuan::model::{Budget, Key, Row, State, Table};
use yusuan::stage::folded::Folded;
use yusuan::stage::{extract, layout, recompute};
use yusuan::template::Template;
use yusuan::value::{Amount, Code};

/// A real submission, whose titles, forms and narrative all others share.
const REAL: &[u8] = include_bytes!("../fixtures/hebei-unit-2023/434007_营商环境服务中心.xlsx");
/// The functional codes that the others choose from.
const CODES: &str = include_str!("../../templates/codes/functional.tsv");
/// Classes that no unit can use.
const NEVER_USED: [&str; 4] = ["209", "227", "230", "234"];

/// The edition that the submissions follow.
#[allow(dead_code, reason = "tests load it themselves")]
pub const EDITION: &str = "hebei/unit-2023";
/// The table that is drawn alone.
const LONG: &str = "expenditure";
/// What a code is called that the list does not have.
const UNNAMED: &str = "其他支出";

/// Makes one submission after another, the same ones each time.
pub struct Submissions {
    base: Budget,
    names: HashMap<Code, String>,
    leaves: Vec<Code>,
    random: Random,
}

/// What a unit spends on one code, in hundredths of the measure.
struct Spending {
    code: Code,
    basic: i64,
    project: i64,
}

/// A column by its id, and what a spending puts into it.
type Column<'c> = (&'c str, &'c dyn Fn(&Spending) -> i64);

impl Submissions {
    /// Before the first submission.
    pub fn new(template: &Arc<Template>) -> Self {
        let grid = read::read(REAL, "434007.xlsx").unwrap();
        let base = extract::extract(&Folded::new(&grid), "434007.xlsx", template, None).unwrap().budget;
        let named = |line: &str| {
            let mut fields = line.split('\t');
            Some((fields.next()?.parse().ok()?, fields.next()?.to_owned()))
        };
        let names: HashMap<Code, String> = CODES.lines().filter_map(named).collect();
        let is_usable = |code: &&Code| code.length() == 7 && !NEVER_USED.contains(&&code.to_string()[..3]);
        let mut leaves: Vec<Code> = names.keys().filter(is_usable).copied().collect();
        leaves.sort();
        Self { base, names, leaves, random: Random(2023) }
    }

    /// The bytes of the next submission and the code of its unit.
    #[allow(dead_code, reason = "tests need the budgets alone")]
    pub fn next(&mut self, number: usize) -> (String, Vec<u8>) {
        let budget = self.budget(number);
        let mut grid = layout::cleaned(&budget, &[]);
        // A submission has no list of changes and no mark of this program, which would pass it over.
        grid.sheets.pop();
        grid.mark = None;
        (budget.code.unwrap_or_default(), write::write(&grid).unwrap())
    }

    /// A workbook of one sheet: the expenditure of a budget, with so many rows that have a code.
    #[allow(dead_code, reason = "only one bench needs it")]
    pub fn sheet(&mut self, rows: usize) -> Vec<u8> {
        let mut budget = self.budget(0);
        let declared = budget.template.table(LONG).unwrap();
        let spending = self.codes(rows);
        self.tree(&mut budget, LONG, &spending, &[("basic", &|s| s.basic), ("project", &|s| s.project)]);
        recompute::recompute(&mut budget);
        let mut grid = layout::cleaned(&budget, &[]);
        let name = &budget.template.tables[declared].declared.sheet;
        grid.sheets.retain(|sheet| sheet.name == *name);
        assert_eq!(grid.sheets.len(), 1);
        grid.mark = None;
        write::write(&grid).unwrap()
    }

    /// What is spent on the codes of all items of all sections of the first classes, so many that with the sections and classes
    /// themselves there are that many codes.
    fn codes(&mut self, rows: usize) -> Vec<Spending> {
        let (mut spending, mut all) = (Vec::new(), 0);
        for number in 0.. {
            let (class, section, item) = (201 + number / (99 * 99), 1 + number / 99 % 99, 1 + number % 99);
            all += 1 + usize::from(item == 1) + usize::from(item == 1 && section == 1);
            if all > rows {
                break;
            }
            let code = format!("{class}{section:02}{item:02}").parse().unwrap();
            spending.push(Spending { code, basic: self.random.cents(), project: self.random.cents() });
        }
        spending
    }

    /// The next submission as a budget; its code is that of department 434 and this unit.
    pub fn budget(&mut self, number: usize) -> Budget {
        let mut budget = self.base.clone();
        budget.code = Some(format!("{}", 434_000 + number));
        budget.name = Some(format!("秦皇岛经济技术开发区第{number}服务中心"));
        let basic = self.economic(&mut budget);
        let spending = self.spending(basic);
        let whole = |s: &Spending| s.basic + s.project;
        self.tree(&mut budget, "revenue", &spending, &[("fiscal", &whole)]);
        for table in ["expenditure", "gpb_expenditure"] {
            self.tree(&mut budget, table, &spending, &[("basic", &|s| s.basic), ("project", &|s| s.project)]);
        }
        classes(&mut budget, "balance", &spending, "amount");
        classes(&mut budget, "fiscal_balance", &spending, "gpb");
        recompute::recompute(&mut budget);
        budget
    }

    /// Gives the filed economic codes other amounts, and returns their sum.
    fn economic(&mut self, budget: &mut Budget) -> i64 {
        let place = budget.template.table("gpb_basic").unwrap();
        let mut sum = 0;
        for row in budget.tables[place].rows.iter_mut().filter(|r| matches!(r.key, Key::Code(_)) && !r.has_children) {
            if let Some(slot) = row.slots.iter_mut().rev().find(|s| s.amount.is_some()) {
                let amount = self.random.cents();
                slot.amount = Some(hundredths(amount));
                sum += amount;
            }
        }
        sum
    }

    /// Spreads the basic expenditure over 5 to 25 codes, some of which have projects too.
    fn spending(&mut self, basic: i64) -> Vec<Spending> {
        let count = 5 + self.random.below(21);
        let codes: Vec<Code> = (0..count).map(|_| self.leaves[self.random.below(self.leaves.len())]).collect();
        let mut spending = BTreeMap::new();
        let share = basic / codes.len() as i64;
        for code in codes {
            let project = if self.random.below(3) == 0 { self.random.cents() } else { 0 };
            spending.entry(code).or_insert(Spending { code, basic: share, project });
        }
        let mut spending: Vec<Spending> = spending.into_values().collect();
        let spread: i64 = spending.iter().map(|s| s.basic).sum();
        spending[0].basic += basic - spread;
        spending
    }

    /// Fills a tree of functional codes with leaves and the rows above them.
    fn tree(&self, budget: &mut Budget, id: &str, spending: &[Spending], columns: &[Column<'_>]) {
        let template = Arc::clone(&budget.template);
        let place = template.table(id).unwrap();
        let declared = &template.tables[place];
        let filed = &budget.tables[place];
        let site = filed.title.as_ref().map(|t| t.site);
        let mut tree = Table::new(declared);
        (tree.state, tree.measure, tree.title, tree.area) = (State::Filled, filed.measure, filed.title.clone(), filed.area);
        let mut codes = BTreeMap::new();
        for one in spending {
            codes.extend([3, 5].into_iter().filter_map(|length| Some((one.code.ancestor(length)?, None))));
            codes.insert(one.code, Some(one));
        }
        let blank = |key, label: &str| Row { site, ..Row::new(key, label.to_owned(), declared.columns.len()) };
        tree.push(blank(Key::Declared(0), &declared.rows[0].label));
        for (code, one) in codes {
            let mut row = blank(Key::Code(code), self.names.get(&code).map_or(UNNAMED, String::as_str));
            for (column, amount) in columns {
                let amount = one.map_or(0, amount);
                row.slots[declared.column(column, 0).unwrap()].amount = (amount != 0).then(|| hundredths(amount));
            }
            tree.push(row);
        }
        tree.link_parents(&declared.levels);
        budget.tables[place] = tree;
    }
}

/// Fills a table of incomes beside classes: what each class spends in one column, all of it from the general public budget.
fn classes(budget: &mut Budget, id: &str, spending: &[Spending], column: &str) {
    let template = Arc::clone(&budget.template);
    let place = template.table(id).unwrap();
    let declared = &template.tables[place];
    let table = &mut budget.tables[place];
    table.rows.iter_mut().flat_map(|r| &mut r.slots).for_each(|s| s.amount = None);
    let mut all = 0;
    for (row, filed) in declared.rows.iter().zip(&mut table.rows) {
        let Some(class) = row.class.and_then(|c| c.code) else { continue };
        let own = spending.iter().filter(|s| s.code.ancestor(3) == Some(class));
        let amount: i64 = own.map(|s| s.basic + s.project).sum();
        all += amount;
        filed.slots[declared.column(column, row.side).unwrap()].amount = (amount != 0).then(|| hundredths(amount));
    }
    let income = declared.row("inc_gpb").unwrap();
    table.rows[income].slots[declared.column("amount", declared.rows[income].side).unwrap()].amount = Some(hundredths(all));
}

fn hundredths(amount: i64) -> Amount {
    Amount::from(amount) * Amount::step(2)
}

/// A small generator of numbers (SplitMix64), the same on every system.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// An amount from 0.01 to some hundreds.
    fn cents(&mut self) -> i64 {
        1 + self.below(40_000) as i64
    }
}
