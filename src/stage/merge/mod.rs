//! Makes one summary of many budgets: decides who is a member, adds leaves, computes totals, proves the sum; never guesses.

mod addition;
pub mod comparison;
mod listing;
mod member;
mod membership;
mod names;
mod proof;
pub mod recall;
mod register;
mod transfers;
mod wholes;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::finding::Merging as Fact;
use crate::model::{Address, Budget, Text};
use crate::stage::balance::{self, Balanced};
use crate::stage::mapping::Mapping;
use crate::stage::recompute::{self, Definition};
use crate::template::{Level, Template};
use addition::{Addition, NOWHERE};

pub use addition::Line;
pub use listing::{Field, ListedRow, Listing, find as find_listing, in_sheet as listing_in};
pub use member::{Cell, Entry, Fate, ListRow, Member, Project, Remark};
pub use membership::{Absent, Membership, Standing, YearsTie, decide};
pub use names::Words;
pub use proof::{Conservation, Makeup};
pub use register::{Register, RegisterProblem, Unit};
pub use transfers::{Elimination, Used};

/// What is to be told of a merger.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The member; `None` where it is about all of them.
    pub member: Option<usize>,
    /// The rule.
    pub rule: String,
    /// What.
    pub fact: Fact,
}

/// A summary with everything that proves it.
#[derive(Debug)]
pub struct Summary {
    /// The summary as a budget, its totals computed.
    pub budget: Budget,
    /// The members, also those that do not count.
    pub members: Vec<Member>,
    /// Who counts.
    pub membership: Membership,
    /// The tree of units.
    pub register: Register,
    /// What became of every amount, in the order of the cells of the summary.
    pub lines: Vec<Line>,
    /// The cells that are computed from others.
    pub definitions: HashMap<Address, Definition>,
    /// What became of the eliminations.
    pub used: Vec<Used>,
    /// What is to be told.
    pub told: Vec<Said>,
    /// How amounts were rounded to the measure of the summary; `None` where nothing had to be.
    pub balanced: Option<Balanced>,
    mappings: HashMap<String, Mapping>,
}

/// What the summary is called, where that is not what the register says.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// Its code.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// One year, one measure, one edition.
const BASIS: &str = "F05";

/// Brings members into the order that does not depend on how they were named.
pub fn sort(members: &mut [Member]) {
    members.sort_by(|a, b| (&a.code, &a.name, &a.sources).cmp(&(&b.code, &b.name, &b.sources)));
}

/// The edition that a summary is drawn in: that of its region, its level and its year, or the nearest.
pub fn target(
    members: &[Member],
    membership: &Membership,
    register: &Register,
    editions: &[Arc<Template>],
) -> Option<Arc<Template>> {
    let counted = || members.iter().zip(&membership.standings).filter(|(_, s)| **s == Standing::Counted).map(|(m, _)| m);
    let first = counted().next()?;
    if counted().nth(1).is_none() {
        return Some(Arc::clone(&first.template));
    }
    let mut regions: BTreeMap<&str, usize> = BTreeMap::new();
    counted().for_each(|m| *regions.entry(m.template.about.region.as_str()).or_default() += 1);
    let region = regions.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name))).map(|(name, _)| *name)?;
    let level = level(membership, register, &first.template);
    let distance = |t: &Template| t.about.year.zip(membership.year).map_or(u32::MAX, |(a, b)| a.abs_diff(b));
    let of = |level: Level| {
        let fitting = editions.iter().filter(|t| t.about.region == region && t.about.level == level);
        fitting.min_by_key(|t| (distance(t), std::cmp::Reverse(t.about.year)))
    };
    // A district has no edition of its own where its summary is that of its departments.
    let found = of(level).or_else(|| of(Level::Department)).cloned();
    Some(found.unwrap_or_else(|| Arc::clone(&first.template)))
}

/// The level of a summary, as the register says it: a department where all members belong to one, a district above that.
pub fn level(membership: &Membership, register: &Register, template: &Template) -> Level {
    let Some(root) = membership.root else {
        // A plain list of units of one department has no top.
        let length = template.merging.declared.code_levels.first().map_or(0, |l| usize::from(*l));
        let department = |code: &String| code.get(..length).map(str::to_owned);
        let codes: BTreeSet<_> = register.units.iter().filter_map(|u| u.code.as_ref()).map(department).collect();
        let is_list = register.is_given && codes.len() == 1 && register.units.iter().all(|u| u.parent.is_none());
        return if is_list { Level::Department } else { Level::District };
    };
    let unit = &register.units[root];
    let levels = &template.merging.declared.levels;
    if unit.level == levels[1] || unit.level == levels[2] {
        return if unit.level == levels[1] { Level::Department } else { Level::District };
    }
    let department = template.merging.declared.code_levels.first().map(|l| usize::from(*l));
    let is_flat = || register.units.iter().filter(|u| u.parent == Some(root)).all(|u| !u.has_children);
    let is_department = match register.is_given {
        // What belongs to something is no district; nor is what has units and nothing below them.
        true => unit.parent.is_some() || is_flat(),
        false => unit.code.as_ref().map(String::len) == department,
    };
    if is_department || !unit.has_children { Level::Department } else { Level::District }
}

/// Adds up the members that count, in the edition of the summary.
pub fn merge(
    members: Vec<Member>,
    mut membership: Membership,
    register: Register,
    target: &Arc<Template>,
    eliminations: &[Elimination],
    naming: Naming,
) -> Summary {
    let counts = membership.standings.iter().map(|s| *s == Standing::Counted).collect();
    let mut addition = Addition::new(&members, counts, target);
    let used = transfers::eliminate(&mut addition, &register, &membership.units, eliminations);
    transfers::report(&mut addition);
    let Addition { mut budget, definitions, mut lines, eliminated, told, mappings, .. } = addition;
    lines.extend(eliminated);
    lines.sort_unstable_by_key(|l| (l.place, l.fate, l.member, l.entry, l.amount));
    budget.year = membership.year;
    named(&mut budget, &members, &membership, &register, naming);
    recompute::recompute(&mut budget);
    let converted = converted(&members, &lines, &budget);
    let balanced = (!converted.is_empty()).then(|| balance::balance(&mut budget));
    noted(&mut budget, balanced.as_ref());
    let mut all = std::mem::take(&mut membership.told);
    all.extend(basis(&members, &membership, &budget, converted));
    all.extend(told);
    Summary { budget, members, membership, register, lines, definitions, used, told: all, balanced, mappings }
}

/// Code and name of the summary: as asked for, as registered, or those of the one member.
fn named(budget: &mut Budget, members: &[Member], membership: &Membership, register: &Register, naming: Naming) {
    let mut counted = membership.standings.iter().enumerate().filter(|(_, s)| **s == Standing::Counted).map(|(m, _)| m);
    let only = counted.next().filter(|_| counted.next().is_none());
    let unit = membership.root.map(|u| &register.units[u]);
    // Without a register, a department is named by its own budget where that was handed in too.
    let whole = || {
        let is_it = |m: &usize| membership.units[*m] == membership.root && members[*m].level != Level::Unit;
        (0..members.len()).find(is_it).and_then(|m| members[m].name.clone())
    };
    let own = |pick: fn(&Member) -> Option<String>| only.and_then(|m| pick(&members[m]));
    budget.code = naming.code.or_else(|| own(|m| m.code.clone())).or_else(|| unit.and_then(|u| u.code.clone()));
    budget.name = naming.name.or_else(|| own(|m| m.name.clone())).or_else(|| unit.and_then(|u| u.name.clone())).or_else(whole);
}

/// The members of which amounts were counted in another measure than they were filed in, by that measure.
fn converted(members: &[Member], lines: &[Line], budget: &Budget) -> BTreeMap<(&'static str, bool), BTreeSet<u32>> {
    let mut converted: BTreeMap<(&'static str, bool), BTreeSet<u32>> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.fate == Fate::Added) {
        let there = line.at().and_then(|at| budget.tables[at.table].measure);
        let member = &members[line.member as usize];
        let entry = &member.entries[line.entry as usize];
        let own = entry.measure;
        if let (Some(own), Some(_)) = (own, there.filter(|there| own.is_some_and(|own| own != *there))) {
            let table = entry.cell.as_ref().map(|cell| &member.template.tables[usize::from(cell.table)]);
            let is_unusual = table.is_ok_and(|table| table.measure != own);
            converted.entry((own.word(), is_unusual)).or_default().insert(line.member);
        }
    }
    converted
}

/// Prints the note on rounding under the tables in which a sum does not hold in print.
fn noted(budget: &mut Budget, balanced: Option<&Balanced>) {
    let tables: BTreeSet<usize> = balanced.iter().flat_map(|b| &b.tails).map(|tail| tail.at.table).collect();
    let note = budget.template.merging.declared.tail_note.clone();
    for table in tables {
        budget.tables[table].notes.push(Text { text: note.clone(), site: NOWHERE });
    }
}

/// Members in another measure or of another edition than most: converted, and told.
fn basis(
    members: &[Member],
    membership: &Membership,
    budget: &Budget,
    converted: BTreeMap<(&'static str, bool), BTreeSet<u32>>,
) -> Vec<Said> {
    let mut editions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (member, _) in members.iter().zip(&membership.standings).filter(|(_, s)| **s == Standing::Counted) {
        editions.entry(&member.edition).or_default().push(member.title());
    }
    let mut said = Vec::new();
    for ((measure, is_unusual), units) in converted {
        let units = units.into_iter().map(|m| members[m as usize].title()).collect();
        let standard = budget.template.measure.word();
        said.push(Said::all(BASIS, Fact::OtherMeasure { measure, standard, units, is_unusual }));
    }
    if editions.len() > 1 {
        let most = editions.values().map(Vec::len).max().unwrap_or(0);
        let mut others: Vec<(String, Vec<String>)> = editions.into_iter().map(|(e, units)| (e.to_owned(), units)).collect();
        if let Some(main) = others.iter().position(|(_, units)| units.len() == most) {
            others.remove(main);
        }
        said.extend(others.into_iter().map(|(edition, units)| Said::all(BASIS, Fact::OtherEdition { edition, units })));
    }
    said
}

impl Said {
    fn of(member: usize, rule: &str, fact: Fact) -> Self {
        Self { member: Some(member), rule: rule.to_owned(), fact }
    }

    fn all(rule: &str, fact: Fact) -> Self {
        Self { member: None, rule: rule.to_owned(), fact }
    }
}

impl Summary {
    /// The members that count, with their places.
    pub fn counted(&self) -> impl Iterator<Item = (usize, &Member)> {
        self.members.iter().enumerate().filter(|(m, _)| self.membership.standings[*m] == Standing::Counted)
    }

    /// The name of a cell as programs know it.
    pub fn name_of(&self, at: Address) -> String {
        self.words_at(at).address
    }
}
