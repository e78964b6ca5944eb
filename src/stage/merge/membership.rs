//! Decides which members count, before anything is added: each unit once, of one year, known and complete; never adds.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Said;
use super::member::Member;
use super::register::Register;
use crate::finding::Merging as Fact;
use crate::template::Level;
use crate::value::text;

/// Whether a member counts, and if not, why; in the order of the words of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counted,
    /// Another version of it was saved later.
    Older,
    /// Another one says the same.
    Same,
    /// Which of several versions counts cannot be known.
    Undecided,
    /// The units it is made of are members themselves.
    Covered,
    /// It is of another year.
    OtherYear,
    /// It is not in the register.
    Unknown,
    /// An earlier summary that was changed since.
    Altered,
    /// It should be a member and was not handed in.
    Missing,
}

impl Standing {
    /// All of them, in the order of the words of the template.
    const ALL: [Self; 9] = [
        Self::Counted,
        Self::Older,
        Self::Same,
        Self::Undecided,
        Self::Covered,
        Self::OtherYear,
        Self::Unknown,
        Self::Altered,
        Self::Missing,
    ];

    /// The one of a word of the template, by its place.
    pub fn of_word(place: usize) -> Option<Self> {
        Self::ALL.get(place).copied()
    }
}

/// What was decided.
#[derive(Debug, Default)]
pub struct Membership {
    /// The year of the summary.
    pub year: Option<i32>,
    /// For each member whether it counts.
    pub standings: Vec<Standing>,
    /// For each member its unit in the register.
    pub units: Vec<Option<usize>>,
    /// The unit that the summary is of; `None` when the members belong to nothing common.
    pub root: Option<usize>,
    /// Units that should be members and are not.
    pub missing: Vec<Absent>,
    /// What is to be told.
    pub told: Vec<Said>,
}

/// A unit that should be a member and is not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Absent {
    /// Its code, or nothing.
    pub code: String,
    /// Its name, or nothing.
    pub name: String,
    /// What it belongs to.
    pub parent: String,
}

/// Coverage: each unit once.
const COVERAGE: &str = "F04";
/// One year, one measure, one edition.
const BASIS: &str = "F05";
/// Leaves alone are added.
const TOTALS: &str = "F06";

/// Why no year can be settled on: as many budgets of the one as of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearsTie(pub Vec<i32>);

/// Decides which members count.
///
/// # Errors
/// When as many members are of one year as of another, and none was asked for.
pub fn decide(
    members: &[Member],
    register: &Register,
    (year, code): (Option<i32>, Option<&str>),
    recalled: Vec<Absent>,
) -> Result<Membership, YearsTie> {
    let year = match year {
        Some(year) => Some(year),
        None => most_common_year(members)?,
    };
    let units: Vec<Option<usize>> = members.iter().map(|m| register.unit_of(m)).collect();
    let standings = members.iter().map(|m| m.settled.unwrap_or(Standing::Counted)).collect();
    let mut deciding = Deciding { members, register, membership: Membership { year, standings, units, ..Membership::default() } };
    deciding.basis();
    deciding.unknown();
    deciding.versions();
    deciding.covered();
    deciding.root(code);
    deciding.named_alike();
    deciding.missing();
    deciding.still_absent(recalled);
    deciding.renamed();
    Ok(deciding.membership)
}

fn most_common_year(members: &[Member]) -> Result<Option<i32>, YearsTie> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    members.iter().filter_map(|m| m.year).for_each(|year| *counts.entry(year).or_default() += 1);
    let most = counts.values().copied().max().unwrap_or(0);
    let years: Vec<i32> = counts.into_iter().filter(|(_, count)| *count == most).map(|(year, _)| year).collect();
    if years.len() > 1 { Err(YearsTie(years)) } else { Ok(years.first().copied()) }
}

struct Deciding<'m> {
    members: &'m [Member],
    register: &'m Register,
    membership: Membership,
}

impl Deciding<'_> {
    fn tell(&mut self, member: Option<usize>, rule: &str, fact: Fact) {
        self.membership.told.push(Said { member, rule: rule.to_owned(), fact });
    }

    fn reject(&mut self, member: usize, standing: Standing, rule: &str, fact: Fact) {
        self.membership.standings[member] = standing;
        self.tell(Some(member), rule, fact);
    }

    fn counts(&self, member: usize) -> bool {
        self.membership.standings[member] == Standing::Counted
    }

    fn counted(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.members.len()).filter(|m| self.counts(*m))
    }

    /// Another year, and summaries that were changed by hand.
    fn basis(&mut self) {
        for (place, member) in self.members.iter().enumerate().filter(|(_, m)| m.settled.is_none()) {
            if let Some(altered) = &member.altered {
                self.reject(place, Standing::Altered, TOTALS, Fact::Altered { cell: altered.clone() });
            } else if member.year != self.membership.year {
                let fact = Fact::OtherYear { year: member.year, wanted: self.membership.year };
                self.reject(place, Standing::OtherYear, BASIS, fact);
            }
        }
    }

    /// Members that are no unit of the register, or say of no unit whose they are.
    fn unknown(&mut self) {
        for place in 0..self.members.len() {
            if self.counts(place) && self.membership.units[place].is_none() {
                let fact = if self.register.is_given { Fact::NotInRegister } else { Fact::Nameless };
                self.reject(place, Standing::Unknown, COVERAGE, fact);
            }
        }
    }

    /// Several budgets of one unit: the one saved last counts, where the files say so.
    fn versions(&mut self) {
        let mut same: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
        for member in self.counted() {
            if let Some(unit) = self.membership.units[member] {
                same.entry((unit, self.members[member].level == Level::Unit)).or_default().push(member);
            }
        }
        for group in same.into_values().filter(|g| g.len() > 1) {
            self.settle(&group);
        }
    }

    fn settle(&mut self, group: &[usize]) {
        let file = |m: usize| self.members[m].file_of(None).to_owned();
        let name = |m: usize| self.members[m].name.as_deref().map(text::fold);
        // One code under two names may be two units.
        let is_one = group.iter().all(|m| name(*m).is_none() || name(group[0]).is_none() || name(*m) == name(group[0]));
        if is_one && group[1..].iter().all(|m| self.members[*m].says_the_same(&self.members[group[0]])) {
            let first = file(group[0]);
            for member in &group[1..] {
                self.reject(*member, Standing::Same, COVERAGE, Fact::Same { file: first.clone() });
            }
            return;
        }
        let newest = group.iter().copied().max_by_key(|m| self.members[*m].saved.clone()).unwrap_or(group[0]);
        let latest = &self.members[newest];
        // A part of a budget never takes the place of one with more tables.
        let is_newest = |m: &usize| {
            let other = &self.members[*m];
            other.saved.is_some() && other.saved < latest.saved && other.tables() <= latest.tables()
        };
        let is_settled = is_one && group.iter().filter(|m| **m != newest).all(is_newest);
        let all: Vec<String> = group.iter().map(|m| file(*m)).collect();
        for member in group.iter().copied().filter(|m| !is_settled || *m != newest) {
            if is_settled {
                self.reject(member, Standing::Older, COVERAGE, Fact::Older { file: file(newest) });
            } else {
                let files = all.iter().filter(|f| **f != file(member)).cloned().collect();
                self.reject(member, Standing::Undecided, COVERAGE, Fact::Undecided { files });
            }
        }
    }

    /// The budget of a department together with those of its units: the units count.
    fn covered(&mut self) {
        let below: HashMap<usize, Vec<usize>> = self.below();
        let wholes: Vec<usize> = self.counted().filter(|m| self.members[*m].level != Level::Unit).collect();
        for member in wholes {
            let Some(unit) = self.membership.units[member] else { continue };
            let others: Vec<usize> = below.get(&unit).into_iter().flatten().copied().filter(|m| *m != member).collect();
            if !others.is_empty() {
                let units = others.iter().map(|m| self.members[*m].title()).collect();
                self.reject(member, Standing::Covered, COVERAGE, Fact::Covered { units });
            }
        }
    }

    /// For every unit the counted members that are it or belong to it.
    fn below(&self) -> HashMap<usize, Vec<usize>> {
        let mut below: HashMap<usize, Vec<usize>> = HashMap::new();
        for member in self.counted() {
            for unit in self.membership.units[member].map(|u| self.register.path(u)).unwrap_or_default() {
                below.entry(unit).or_default().push(member);
            }
        }
        below
    }

    /// The unit that the summary is of: the one asked for, the top of a register, or what all members belong to.
    fn root(&mut self, code: Option<&str>) {
        let asked = code.and_then(|code| self.register.by_code(code));
        let units: Vec<usize> = self.counted().filter_map(|m| self.membership.units[m]).collect();
        let common = || self.register.common(units.into_iter());
        self.membership.root = asked.or_else(|| if self.register.is_given { self.register.top() } else { common() });
    }

    /// Members of one name under several codes: perhaps one unit under a mistyped code.
    fn named_alike(&mut self) {
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for member in self.counted() {
            if let Some(name) = &self.members[member].name {
                names.entry(text::fold(name)).or_default().push(member);
            }
        }
        for group in names.into_values().filter(|g| g.len() > 1) {
            let units = group.iter().map(|m| self.members[*m].title()).collect();
            self.tell(None, COVERAGE, Fact::NamedAlike { units });
        }
    }

    /// Units that should be members: those of the register, or those that a department lists.
    fn missing(&mut self) {
        if self.register.is_given {
            let covered: HashSet<usize> = self.counted().filter_map(|m| self.covers(m)).collect();
            let is_missing = |unit: &usize| !self.register.path(*unit).iter().any(|u| covered.contains(u));
            let missing: Vec<usize> = self.register.ends(self.membership.root).filter(is_missing).collect();
            self.absent(None, missing.into_iter().map(|u| self.register.absent(u)).collect());
        } else {
            self.unlisted();
        }
    }

    /// Units that an earlier summary missed, unless they have come since.
    fn still_absent(&mut self, recalled: Vec<Absent>) {
        let known: HashSet<Absent> = self.membership.missing.iter().cloned().collect();
        let names: HashSet<&str> = self.members.iter().flat_map(|m| [m.code.as_deref(), m.name.as_deref()]).flatten().collect();
        let has_come = |unit: &Absent| names.contains(unit.code.as_str()) || names.contains(unit.name.as_str());
        let absent = recalled.into_iter().filter(|unit| !has_come(unit) && !known.contains(unit)).collect();
        self.absent(None, absent);
    }

    fn absent(&mut self, member: Option<usize>, missing: Vec<Absent>) {
        if !missing.is_empty() {
            let units = missing.iter().map(|u| format!("{} {}", u.code, u.name).trim().to_owned()).collect();
            self.tell(member, COVERAGE, Fact::Missing { units });
            self.membership.missing.extend(missing);
        }
    }

    /// The unit that a member covers with all that belongs to it: its own alone where it is a unit with others below it.
    fn covers(&self, member: usize) -> Option<usize> {
        let unit = self.membership.units[member]?;
        (self.members[member].level != Level::Unit || !self.register.units[unit].has_children).then_some(unit)
    }

    /// Holds the lists of institutions of departments against the members below them.
    fn unlisted(&mut self) {
        let below = self.below();
        for whole in 0..self.members.len() {
            let member = &self.members[whole];
            let of_year = member.level != Level::Unit && member.year == self.membership.year;
            let (Some(unit), Some(listed)) = (self.membership.units[whole].filter(|_| of_year), institutions(member)) else {
                continue;
            };
            let units: Vec<usize> =
                below.get(&unit).into_iter().flatten().copied().filter(|m| self.members[*m].level == Level::Unit).collect();
            if units.is_empty() || listed.is_empty() {
                continue;
            }
            let names: HashSet<String> = units.iter().filter_map(|m| self.members[*m].name.as_deref()).map(text::fold).collect();
            let folded: HashSet<String> = listed.iter().map(|n| text::fold(n)).collect();
            let parent = member.title();
            let absent = |name: String| Absent { name, parent: parent.clone(), ..Absent::default() };
            let missing = listed.into_iter().filter(|n| !names.contains(&text::fold(n))).map(absent).collect();
            self.absent(Some(whole), missing);
            for unit in units {
                if self.members[unit].name.as_deref().is_some_and(|n| !folded.contains(&text::fold(n))) {
                    self.tell(Some(unit), COVERAGE, Fact::NotListed { department: self.members[whole].title() });
                }
            }
        }
    }

    /// Members whose name is another than that of the register.
    fn renamed(&mut self) {
        for member in self.counted().collect::<Vec<_>>() {
            let unit = self.membership.units[member].map(|u| &self.register.units[u]);
            let registered = unit.filter(|u| u.code == self.members[member].code).and_then(|u| u.name.clone());
            let (Some(registered), Some(own)) = (registered, &self.members[member].name) else { continue };
            if self.register.is_given && text::fold(&registered) != text::fold(own) {
                self.tell(Some(member), COVERAGE, Fact::OtherName { registered });
            }
        }
    }
}

/// The names in the list of institutions of a member, where its edition has such a list.
fn institutions(member: &Member) -> Option<Vec<String>> {
    let (table, column) = member.template.merging.institutions?;
    let rows = member.rows.iter().filter(|r| usize::from(r.table) == table);
    let name = |row: &super::member::ListRow| {
        row.texts.iter().find(|(c, _)| usize::from(*c) == column).map(|(_, text)| text.text.trim().to_owned())
    };
    Some(rows.filter_map(name).filter(|n| !n.is_empty()).collect())
}
