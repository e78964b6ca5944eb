//! Adds the leaves of the members into a summary and notes for every amount what became of it; never adds a total.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::Said;
use super::member::{Cell, Entry, Fate, Member};
use super::wholes::Wholes;
use crate::finding::Merging as Fact;
use crate::grid::Shown;
use crate::model::{Address, Budget, Key, Row, Site, State, Table, Text};
use crate::stage::mapping::Mapping;
use crate::stage::recompute::{self, Definition};
use crate::template::{Body, ColumnKind, Equation, Fields, Relation, Template};
use crate::value::{Amount, CellRef, Code};

/// What became of one amount of a member, or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The cell of the summary, if it has a place for it.
    pub(super) place: Place,
    /// The member.
    pub member: u32,
    /// The amount, by its place among those of the member.
    pub entry: u32,
    /// What became of it.
    pub fate: Fate,
    /// How much of it, as filed.
    pub amount: Amount,
    /// How much of the cell of the summary it is, in the measure of that.
    pub counted: Amount,
}

/// A cell of the summary or none, in the order of the cells, none last: small, for a summary has millions of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u32, u32);

impl Place {
    const NONE: Self = Self(u32::MAX, u32::MAX);

    fn new(at: Option<Address>) -> Self {
        at.map_or(Self::NONE, |Address { table, row, column }| {
            let packed = (table as u64) << 48 | (row as u64) << 16 | column as u64;
            Self((packed >> 32) as u32, packed as u32)
        })
    }
}

impl Line {
    /// The cell of the summary; `None` where it has no place for it.
    pub fn at(&self) -> Option<Address> {
        let Place(high, low) = self.place;
        let packed = u64::from(high) << 32 | u64::from(low);
        let row = (packed >> 16) as u32 as usize;
        let at = Address { table: (packed >> 48) as usize, row, column: usize::from(packed as u16) };
        (self.place != Place::NONE).then_some(at)
    }
}

/// A summary while it is added up.
pub struct Addition<'m> {
    pub(super) members: &'m [Member],
    pub(super) counts: Vec<bool>,
    pub(super) mappings: HashMap<String, Mapping>,
    /// The summary.
    pub budget: Budget,
    /// The cells that are computed from others.
    pub definitions: HashMap<Address, Definition>,
    /// The same the other way round.
    wholes: Wholes,
    /// What became of every amount, member by member.
    pub lines: Vec<Line>,
    /// Where the lines of each member begin.
    pub(super) first_lines: Vec<usize>,
    /// Lines of totals whose parts their member did not file.
    bare: Vec<usize>,
    /// For each member and list row the row of the summary.
    pub(super) list_rows: HashMap<(u32, u16, u32), u32>,
    /// The parts that were taken out.
    pub(super) eliminated: Vec<Line>,
    /// What is to be told.
    pub told: Vec<Said>,
}

/// The rule of adding leaves alone.
const TOTALS: &str = "F06";
/// The rule under which is told what the edition of the summary has no place for.
const LEFT_BEHIND: &str = "R18";
/// The rule under which other names of codes are told.
const RENAMED: &str = "R19";
/// Where a cell of a summary stands before it is drawn.
pub(super) const NOWHERE: Site = Site { sheet: 0, cell: CellRef { row: 0, col: 0 } };

impl<'m> Addition<'m> {
    /// Adds the members that count.
    pub fn new(members: &'m [Member], counts: Vec<bool>, target: &Arc<Template>) -> Self {
        let mut mappings: HashMap<String, Mapping> = HashMap::new();
        for member in members {
            let known = mappings.contains_key(&member.template.name);
            if !known {
                mappings.insert(member.template.name.clone(), Mapping::new(&member.template, target));
            }
        }
        let mut addition = Self {
            members,
            counts,
            mappings,
            budget: Budget::new(Arc::clone(target)),
            definitions: HashMap::new(),
            wholes: Wholes::default(),
            lines: Vec::with_capacity(members.iter().map(|m| m.entries.len()).sum()),
            first_lines: Vec::new(),
            bare: Vec::new(),
            list_rows: HashMap::new(),
            eliminated: Vec::new(),
            told: Vec::new(),
        };
        addition.rows();
        addition.definitions = recompute::definitions(&addition.budget);
        addition.wholes = Wholes::new(&addition.definitions);
        for member in 0..members.len() {
            addition.first_lines.push(addition.lines.len());
            if addition.counts[member] { addition.member(member) } else { addition.rejected(member) }
        }
        addition.bare_totals();
        addition
    }

    fn counted(&self) -> impl Iterator<Item = (usize, &'m Member)> + use<'m, '_> {
        self.members.iter().enumerate().filter(|(m, _)| self.counts[*m])
    }

    /// What a cell of a member is in the summary.
    pub(super) fn there(&self, member: usize, cell: Cell) -> Option<Cell> {
        let mapping = &self.mappings[&self.members[member].template.name];
        let table = usize::from(cell.table);
        let key = match cell.key {
            Key::Free(number) => Key::Free(*self.list_rows.get(&(member as u32, cell.table, number))?),
            key => mapping.key(table, key)?,
        };
        let column = mapping.column(table, cell.key, usize::from(cell.column))?;
        Some(Cell { table: mapping.table(table)? as u16, column: column as u16, key })
    }

    /// The place of a cell in the summary.
    pub(super) fn address(&self, cell: Cell) -> Option<Address> {
        let table = usize::from(cell.table);
        let row = self.budget.tables[table].place(cell.key)?;
        Some(Address { table, row, column: usize::from(cell.column) })
    }

    /// The rows of the summary: declared ones, the codes of all members in order, the rows of all lists one after another.
    fn rows(&mut self) {
        let target = Arc::clone(&self.budget.template);
        let mut used: Vec<BTreeSet<Key>> = vec![BTreeSet::new(); target.tables.len()];
        for (_, filed) in self.counted() {
            let mapping = &self.mappings[&filed.template.name];
            let mut last = None;
            for cell in filed.entries.iter().filter_map(|e| e.cell.as_ref().ok()) {
                // Amounts of one row follow one another.
                if last != Some((cell.table, cell.key)) && !matches!(cell.key, Key::Free(_)) {
                    last = Some((cell.table, cell.key));
                    let table = usize::from(cell.table);
                    if let Some((there, key)) = mapping.table(table).zip(mapping.key(table, cell.key)) {
                        used[there].insert(key);
                    }
                }
            }
        }
        let labels = self.labels();
        for (place, declared) in target.tables.iter().enumerate() {
            let mut table = Table::new(declared);
            let columns = declared.columns.len();
            if declared.declared.body != Body::Fixed {
                for (row, about) in declared.rows.iter().enumerate() {
                    if !about.optional || used[place].contains(&Key::Declared(row)) {
                        table.push(Row::new(Key::Declared(row), about.label.clone(), columns));
                    }
                }
            }
            for key in &used[place] {
                if let Key::Code(code) = key {
                    let label = labels.get(&(place, *code)).cloned().unwrap_or_default();
                    table.push(Row::new(*key, label, columns));
                }
            }
            for row in &mut table.rows {
                drawn_slots(row, declared, target.about.decimals);
                let optional = matches!(row.key, Key::Declared(r) if declared.rows[r].optional);
                row.site = (!optional || used[place].contains(&row.key)).then_some(NOWHERE);
            }
            table.link_parents(&declared.levels);
            table.measure = declared.has_amounts().then_some(declared.measure);
            self.budget.tables[place] = table;
        }
        self.list_rows();
        self.states(&used);
    }

    /// The rows of lists; a row of texts alone that another member has too stands once.
    fn list_rows(&mut self) {
        let target = Arc::clone(&self.budget.template);
        let mut numbers = vec![0; target.tables.len()];
        let mut seen: HashSet<(usize, Vec<(usize, String)>)> = HashSet::new();
        for (member, filed) in self.members.iter().enumerate().filter(|(m, _)| self.counts[*m]) {
            let mapping = &self.mappings[&filed.template.name];
            for row in &filed.rows {
                let own = Key::Free(row.number);
                let Some(table) = mapping.table(usize::from(row.table)) else { continue };
                if mapping.key(usize::from(row.table), own).is_none() {
                    continue;
                }
                let declared = &target.tables[table];
                let texts: Vec<(usize, Text)> = row
                    .texts
                    .iter()
                    .filter_map(|(c, text)| Some((mapping.column(usize::from(row.table), own, usize::from(*c))?, text.clone())))
                    .collect();
                let words = || texts.iter().map(|(column, text)| (*column, text.text.clone())).collect();
                if !declared.has_amounts() && !seen.insert((table, words())) {
                    continue;
                }
                numbers[table] += 1;
                let number = numbers[table];
                let mut fresh = Row::new(Key::Free(number), String::new(), declared.columns.len());
                fresh.texts = texts;
                fresh.site = Some(NOWHERE);
                drawn_slots(&mut fresh, declared, target.about.decimals);
                self.budget.tables[table].push(fresh);
                self.list_rows.insert((member as u32, row.table, row.number), number);
            }
        }
    }

    /// A table is filled where anything stands in it, empty where a member filed it so, and missing where none has it.
    fn states(&mut self, used: &[BTreeSet<Key>]) {
        let mut states = vec![State::Missing; used.len()];
        for (_, filed) in self.counted() {
            let mapping = &self.mappings[&filed.template.name];
            for (table, state) in filed.states.iter().enumerate() {
                if let (Some(there), State::Filled | State::Empty) = (mapping.table(table), state)
                    && states[there] == State::Missing
                {
                    states[there] = State::Empty;
                }
            }
        }
        for (place, state) in states.into_iter().enumerate() {
            let is_list = self.budget.tables[place].rows.iter().any(|r| matches!(r.key, Key::Free(_)));
            let is_filled = is_list || !used[place].is_empty();
            let table = &mut self.budget.tables[place];
            table.state = if is_filled { State::Filled } else { state };
            // An empty table is drawn with the note that says so.
            let note = self.budget.template.tables[place].declared.empty_note.clone().filter(|_| table.state == State::Empty);
            table.notes.extend(note.map(|text| Text { text, site: NOWHERE }));
        }
    }

    /// The names of codes: those of the list of the year, otherwise what the first member calls them; others are told.
    fn labels(&mut self) -> HashMap<(usize, Code), String> {
        let target = Arc::clone(&self.budget.template);
        let mut labels: HashMap<(usize, Code), String> = HashMap::new();
        let mut others: BTreeMap<(Code, String), BTreeSet<String>> = BTreeMap::new();
        for (_, filed) in self.counted() {
            let mapping = &self.mappings[&filed.template.name];
            for (table, code, name) in &filed.names {
                let Some(there) = mapping.table(usize::from(*table)) else { continue };
                let listed = target.tables[there].list.as_ref().and_then(|l| l.get(*code)).map(|n| n.name.clone());
                let label = labels.entry((there, *code)).or_insert_with(|| listed.unwrap_or_else(|| name.to_string()));
                if crate::value::text::fold(label) != crate::value::text::fold(name) {
                    others.entry((*code, label.clone())).or_default().insert(name.to_string());
                }
            }
        }
        for ((code, taken), names) in others {
            let fact = Fact::OtherNames { code: code.to_string(), taken, names: names.into_iter().collect() };
            self.told.push(Said::all(RENAMED, fact));
        }
        for (_, filed) in self.counted() {
            let mapping = &self.mappings[&filed.template.name];
            for cell in filed.entries.iter().filter_map(|e| e.cell.as_ref().ok()) {
                let (Key::Code(code), Some(there)) = (cell.key, mapping.table(usize::from(cell.table))) else { continue };
                labels.entry((there, code)).or_insert_with(|| {
                    let name = |template: &Template, table: usize| {
                        template.tables[table].list.as_ref().and_then(|l| l.get(code)).map(|n| n.name.clone())
                    };
                    let own = || name(&filed.template, usize::from(cell.table));
                    name(&target, there).or_else(own).unwrap_or_default()
                });
            }
        }
        labels
    }

    /// Adds one member.
    fn member(&mut self, member: usize) {
        let filed = &self.members[member];
        let mut own: HashMap<Address, Amount> = HashMap::new();
        let first = self.lines.len();
        let mut unmapped: BTreeMap<(u16, u16, bool), (Vec<usize>, Amount)> = BTreeMap::new();
        for (place, entry) in filed.entries.iter().enumerate() {
            let cell = entry.cell.as_ref().ok();
            let at = cell.and_then(|c| self.there(member, *c)).and_then(|c| self.address(c));
            let counted = at.map_or(Amount::ZERO, |at| self.converted(entry, at));
            let mut fate = self.fate(entry, at);
            let is_detail = fate == Fate::Rejected && entry.settled.is_none() && self.is_detail(member, entry);
            if is_detail {
                fate = Fate::NotAdditive;
            }
            if let Some(at) = at.filter(|_| matches!(entry.settled, None | Some(Fate::Eliminated))) {
                *own.entry(at).or_default() += counted;
            }
            if let (true, Some(cell)) = (is_detail || (fate == Fate::Rejected && entry.settled.is_none()), cell) {
                let left = unmapped.entry((cell.table, cell.column, is_detail)).or_default();
                left.0.push(place);
                left.1 += entry.amount;
            }
            let counted = if fate == Fate::Added { counted } else { Amount::ZERO };
            self.lines.push(Line {
                place: Place::new(at),
                member: member as u32,
                entry: place as u32,
                fate,
                amount: entry.amount,
                counted,
            });
            if let Some(at) = at.filter(|_| fate == Fate::Added) {
                self.put(at, counted);
            }
        }
        self.totals(member, first, &own);
        for ((table, column, is_detail), (entries, amount)) in unmapped {
            let declared = &filed.template.tables[usize::from(table)];
            let place = entries.first().and_then(|e| filed.entries[*e].site).map(|s| filed.place(s));
            let fact = Fact::Unmapped {
                table: declared.declared.sheet.clone(),
                column: declared.columns[usize::from(column)].leaf[0].fill(&Fields::default()).replace(' ', ""),
                is_detail,
                place: place.map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default(),
                count: entries.len(),
                amount,
            };
            self.told.push(Said::of(member, LEFT_BEHIND, fact));
        }
        if !filed.lost.is_empty() {
            self.told.push(Said::of(member, TOTALS, Fact::Lost { what: filed.lost.clone() }));
        }
        let unread: Vec<String> =
            filed.unread.iter().map(|(_, site)| filed.place(*site)).map(|(s, c)| format!("{s}!{c}")).collect();
        if !unread.is_empty() {
            self.told.push(Said::of(member, TOTALS, Fact::Unread { cells: unread }));
        }
    }

    /// What becomes of an amount.
    fn fate(&self, entry: &Entry, at: Option<Address>) -> Fate {
        match (entry.settled, at) {
            (Some(settled), _) => settled,
            (None, None) if entry.is_total => Fate::NotAdditive,
            (None, None) => Fate::Rejected,
            (None, Some(at)) if self.definitions.contains_key(&at) => Fate::NotAdditive,
            (None, Some(at)) => {
                let kind = self.budget.template.tables[at.table].columns[at.column].declared.kind;
                let is_list = matches!(self.budget.tables[at.table].rows[at.row].key, Key::Free(_));
                if kind == ColumnKind::Price && !is_list { Fate::NotAdditive } else { Fate::Added }
            }
        }
    }

    /// Whether an amount that the edition of the summary has no place for is part of a total that counts: a total of the
    /// same row that its own edition makes of it.
    fn is_detail(&self, member: usize, entry: &Entry) -> bool {
        let Ok(cell) = entry.cell else { return false };
        let template = &self.members[member].template;
        let (table, column) = (usize::from(cell.table), usize::from(cell.column));
        let is_part = |equation: &&Equation| {
            let parts = equation.right.iter().filter_map(|t| t.operand);
            equation.relation == Relation::Defines && parts.into_iter().any(|o| (o.table, o.column) == (table, column))
        };
        let equations = template.rules.iter().flat_map(|r| &r.equations).filter(is_part);
        let totals = equations.filter_map(|e| e.left.first()?.operand).filter(|o| o.table == table && o.column != column);
        let mut wholes = totals.map(|total| Cell { column: total.column as u16, ..cell });
        wholes.any(|whole| {
            let is_filed = self.members[member].entries.iter().any(|e| e.cell == Ok(whole));
            is_filed && self.there(member, whole).and_then(|there| self.address(there)).is_some()
        })
    }

    /// An amount in the measure of a cell of the summary.
    fn converted(&self, entry: &Entry, at: Address) -> Amount {
        let there = self.budget.tables[at.table].measure;
        match (entry.measure, there) {
            (Some(own), Some(there)) if own != there => own.convert(entry.amount, there),
            _ => entry.amount,
        }
    }

    /// Adds to a cell of the summary.
    pub(super) fn put(&mut self, at: Address, amount: Amount) {
        let slot = self.budget.slot_mut(at);
        slot.amount = Some(slot.amount.unwrap_or_default() + amount);
    }

    /// Holds the totals of a member against their own parts, and finds those that were filed without any.
    fn totals(&mut self, member: usize, first: usize, own: &HashMap<Address, Amount>) {
        let sums = self.wholes.sums(own);
        for line in first..self.lines.len() {
            let Line { fate: Fate::NotAdditive, entry, .. } = self.lines[line] else { continue };
            let Some(at) = self.lines[line].at() else { continue };
            let Some(definition) = self.definitions.get(&at) else { continue };
            let entry = &self.members[member].entries[entry as usize];
            if entry.settled.is_some() {
                continue;
            }
            let Some((sum, count)) = sums.get(&at) else {
                if !entry.amount.is_zero() {
                    self.bare.push(line);
                }
                continue;
            };
            let (sum, filed) = (*sum + definition.constant, own[&at]);
            let step = Amount::step(self.budget.template.about.decimals);
            let bound = step.half() * Amount::from(*count as i64 + 1);
            if (filed - sum).abs() > bound {
                let fact = Fact::TotalDiffers { cell: self.words(member, entry, at), filed, sum, difference: filed - sum };
                self.told.push(Said::of(member, TOTALS, fact));
            }
        }
    }

    /// Where an amount stands and what it is.
    fn words(&self, member: usize, entry: &Entry, at: Address) -> String {
        let place = entry.site.map(|s| self.members[member].place(s));
        let place = place.map(|(sheet, cell)| format!("{sheet}!{cell} ")).unwrap_or_default();
        format!("{place}{}", crate::stage::layout::cell_words(&self.budget, at))
    }

    /// Totals filed without their parts count where no member filed parts; elsewhere there is no place for them.
    fn bare_totals(&mut self) {
        let bare = std::mem::take(&mut self.bare);
        let places: HashSet<Address> = bare.iter().filter_map(|line| self.lines[*line].at()).collect();
        let mut refused: BTreeMap<u32, Vec<(String, Amount)>> = BTreeMap::new();
        for line in bare {
            let Line { member, entry, .. } = self.lines[line];
            let Some(at) = self.lines[line].at() else { continue };
            let entry = &self.members[member as usize].entries[entry as usize];
            if self.is_made(at, &places) {
                let words = self.words(member as usize, entry, at);
                refused.entry(member).or_default().push((words, entry.amount));
                self.lines[line].fate = Fate::Rejected;
            } else {
                let counted = self.converted(entry, at);
                (self.lines[line].fate, self.lines[line].counted) = (Fate::Added, counted);
                self.put(at, counted);
            }
        }
        for (member, cells) in refused {
            self.told.push(Said::of(member as usize, TOTALS, Fact::BareTotals { cells }));
        }
    }

    /// Whether a cell is computed from amounts that are there, or from totals that came without parts.
    fn is_made(&self, at: Address, bare: &HashSet<Address>) -> bool {
        let is_there =
            |part: Address| bare.contains(&part) || self.budget.slot(part).amount.is_some() || self.is_made(part, bare);
        self.definitions.get(&at).is_some_and(|d| d.parts.iter().any(|p| p.at != at && is_there(p.at)))
    }

    /// The amounts of a member that does not count.
    fn rejected(&mut self, member: usize) {
        let entries = self.members[member].entries.iter().enumerate();
        self.lines.extend(entries.map(|(entry, filed)| Line {
            place: Place::NONE,
            member: member as u32,
            entry: entry as u32,
            fate: Fate::Rejected,
            amount: filed.amount,
            counted: Amount::ZERO,
        }));
    }
}

/// The slots of a row as they will be drawn: money with the decimals of the edition.
fn drawn_slots(row: &mut Row, declared: &crate::template::Table, decimals: u8) {
    for (slot, column) in row.slots.iter_mut().zip(&declared.columns) {
        slot.site = Some(NOWHERE);
        slot.shown = if column.declared.kind.is_money() { Shown::Fixed(decimals) } else { Shown::General };
    }
}
