//! The tree of units that a summary is made by: from a register, or from the codes of the members; never looks at an amount.

use std::collections::HashMap;

use serde::Deserialize;

use super::listing;
use super::member::Member;
use super::membership::Absent;
use crate::grid::Grid;
use crate::template::Level;
use crate::template::merging::{Merge, RegisterHeadings};
use crate::value::text;

/// A tree of units.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// The units, in the order of the register.
    pub units: Vec<Unit>,
    /// Whether it was given, so that it says which units there must be.
    pub is_given: bool,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, Option<usize>>,
}

/// A unit, a department, or what stands above departments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its code.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it belongs to.
    pub parent: Option<usize>,
    /// 行政, 事业 and so on, as written.
    pub nature: String,
    /// Its level, as written.
    pub level: String,
    /// Whether others belong to it.
    pub has_children: bool,
}

/// What is wrong with a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterProblem {
    /// No list with the headings of code and name stands in it.
    NoList,
    /// A code stands twice.
    Twice(String),
    /// A unit belongs to something that is not in the register.
    NoParent(String, String),
    /// Units belong to each other in a circle.
    Circle(String),
    /// The TOML cannot be read.
    Toml(String),
}

/// A unit as a register writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenUnit {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    nature: String,
    #[serde(default)]
    level: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRegister {
    unit: Vec<WrittenUnit>,
}

impl Register {
    /// The register in a workbook, by its headings.
    ///
    /// # Errors
    /// When there is no such list, or it contradicts itself.
    pub fn from_grid(grid: &Grid, words: &RegisterHeadings) -> Result<Self, RegisterProblem> {
        let words = [&words.code[..], &words.name, &words.parent, &words.nature, &words.level];
        let listing = listing::find(grid, &words, 2).ok_or(RegisterProblem::NoList)?;
        let mut taken = |row: listing::ListedRow| {
            let mut fields = row.fields.into_iter().map(|f| f.text);
            let mut next = || fields.next().unwrap_or_default();
            WrittenUnit { code: next(), name: next(), parent: next(), nature: next(), level: next() }
        };
        Self::of(listing.rows.into_iter().map(&mut taken).collect())
    }

    /// The register in a TOML file: `[[unit]]` with `code`, `name`, `parent`, `nature`, `level`.
    ///
    /// # Errors
    /// When it cannot be read or contradicts itself.
    pub fn from_toml(text: &str) -> Result<Self, RegisterProblem> {
        let written: WrittenRegister = toml::from_str(text).map_err(|e| RegisterProblem::Toml(e.to_string()))?;
        Self::of(written.unit)
    }

    fn of(written: Vec<WrittenUnit>) -> Result<Self, RegisterProblem> {
        let mut register = Self { is_given: true, ..Self::default() };
        let mut parents = Vec::new();
        for unit in written.into_iter().filter(|u| !u.code.is_empty() || !u.name.is_empty()) {
            let code = Some(unit.code).filter(|c| !c.is_empty());
            if let Some(code) = code.as_ref().filter(|code| register.by_code.contains_key(*code)) {
                return Err(RegisterProblem::Twice(code.clone()));
            }
            parents.push(unit.parent);
            let name = Some(unit.name).filter(|n| !n.is_empty());
            register.push(Unit { code, name, nature: unit.nature, level: unit.level, ..Unit::default() });
        }
        for (place, parent) in parents.into_iter().enumerate().filter(|(_, parent)| !parent.is_empty()) {
            let title = register.units[place].title();
            // A register may write code and name of the parent into one cell.
            let code = parent.split_whitespace().next().unwrap_or_default();
            let found = register.by_code(&parent).or_else(|| register.by_name(&parent)).or_else(|| register.by_code(code));
            let found = found.ok_or(RegisterProblem::NoParent(title, parent))?;
            if found != place {
                register.adopt(place, found);
            }
        }
        for place in 0..register.units.len() {
            if register.path(place).len() > register.units.len() {
                return Err(RegisterProblem::Circle(register.units[place].title()));
            }
        }
        Ok(register)
    }

    /// The tree that the codes of the members make: the first `levels[0]` digits are a department and so on.
    pub fn from_codes(members: &[Member], merge: &Merge) -> Self {
        let levels = &merge.code_levels;
        let mut codes: Vec<(&str, Option<&str>)> =
            members.iter().filter_map(|m| Some((m.code.as_deref()?, m.name.as_deref()))).collect();
        codes.sort_unstable();
        codes.dedup_by_key(|(code, _)| *code);
        let mut register = Self::default();
        for (code, name) in codes {
            let place = register.with_code(code);
            register.rename(place, name);
            let mut child = place;
            for level in levels.iter().rev().map(|l| usize::from(*l)).filter(|l| *l < code.len()) {
                // Only a code of a known length is parted.
                if !levels.iter().any(|l| usize::from(*l) == code.len()) || !code.is_char_boundary(level) {
                    break;
                }
                let parent = register.with_code(&code[..level]);
                register.adopt(child, parent);
                child = parent;
            }
        }
        let nameless = members.iter().filter(|m| m.code.is_none());
        for name in nameless.filter_map(|m| m.name.as_deref()) {
            if register.by_name(name).is_none() {
                register.push(Unit { name: Some(name.to_owned()), ..Unit::default() });
            }
        }
        register.own_offices(merge);
        register
    }

    /// Without codes, the own office of a department is known by its name: that of the department and a word.
    fn own_offices(&mut self, merge: &Merge) {
        for place in 0..self.units.len() {
            let (None, Some(name)) = (&self.units[place].code, &self.units[place].name) else { continue };
            let folded = text::fold(name);
            let without = merge.own_words.iter().find_map(|word| {
                let rest = folded.strip_suffix(')').and_then(|f| f.strip_suffix(word.as_str())).and_then(|f| f.strip_suffix('('));
                rest.or_else(|| folded.strip_suffix(word.as_str())).map(str::to_owned)
            });
            if let Some(department) = without.and_then(|name| self.by_name(&name)).filter(|d| *d != place) {
                self.adopt(place, department);
            }
        }
    }

    fn with_code(&mut self, code: &str) -> usize {
        self.by_code(code).unwrap_or_else(|| self.push(Unit { code: Some(code.to_owned()), ..Unit::default() }))
    }

    fn push(&mut self, unit: Unit) -> usize {
        let place = self.units.len();
        if let Some(code) = &unit.code {
            self.by_code.insert(code.clone(), place);
        }
        self.units.push(unit);
        self.index_name(place);
        place
    }

    fn rename(&mut self, place: usize, name: Option<&str>) {
        if self.units[place].name.is_none() {
            self.units[place].name = name.map(str::to_owned);
            self.index_name(place);
        }
    }

    /// A name that two units have leads to neither.
    fn index_name(&mut self, place: usize) {
        if let Some(name) = &self.units[place].name {
            self.by_name.entry(text::fold(name)).and_modify(|known| *known = None).or_insert(Some(place));
        }
    }

    fn adopt(&mut self, child: usize, parent: usize) {
        self.units[child].parent = Some(parent);
        self.units[parent].has_children = true;
    }

    /// The unit of a code.
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The one unit of a name.
    pub fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(&text::fold(name)).copied().flatten()
    }

    /// Which unit a member is. The budget of a department stands at the department, also where it bears the code of the
    /// unit that is its own office.
    pub fn unit_of(&self, member: &Member) -> Option<usize> {
        let by_name = member.name.as_deref().and_then(|name| self.by_name(name));
        let found = member.code.as_deref().and_then(|code| self.by_code(code)).or(by_name)?;
        if member.level == Level::Unit || self.units[found].has_children {
            return Some(found);
        }
        by_name.filter(|u| self.units[*u].has_children).or(self.units[found].parent).or(Some(found))
    }

    /// A unit and what it belongs to, up to the top.
    pub fn path(&self, unit: usize) -> Vec<usize> {
        let above = std::iter::successors(Some(unit), |u| self.units[*u].parent);
        // A circle is longer than the tree.
        above.take(self.units.len() + 1).collect()
    }

    /// The lowest unit that all of these are or belong to; `None` when they belong to nothing common.
    pub fn common(&self, units: impl Iterator<Item = usize>) -> Option<usize> {
        let mut common: Option<Vec<usize>> = None;
        for unit in units {
            let path = self.path(unit);
            common = Some(match common {
                None => path,
                Some(known) => known.into_iter().filter(|u| path.contains(u)).collect(),
            });
        }
        common?.first().copied()
    }

    /// A unit that is not there.
    pub fn absent(&self, unit: usize) -> Absent {
        let Unit { code, name, parent, .. } = &self.units[unit];
        let parent = parent.map(|p| self.units[p].title()).unwrap_or_default();
        Absent { code: code.clone().unwrap_or_default(), name: name.clone().unwrap_or_default(), parent }
    }

    /// The one unit that all others belong to; `None` where there are several.
    pub fn top(&self) -> Option<usize> {
        let mut tops = (0..self.units.len()).filter(|u| self.units[*u].parent.is_none());
        tops.next().filter(|_| tops.next().is_none())
    }

    /// The units at the ends of the tree below a unit, or of the whole tree.
    pub fn ends(&self, below: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let ends = (0..self.units.len()).filter(|u| !self.units[*u].has_children);
        ends.filter(move |u| below.is_none_or(|below| self.path(*u).contains(&below)))
    }
}

impl Unit {
    /// Code and name.
    pub fn title(&self) -> String {
        let parts = [self.code.as_deref(), self.name.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
