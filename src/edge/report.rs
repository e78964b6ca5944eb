//! Findings as text for people; never judges and never opens a file.

use std::collections::HashSet;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::finding::{Group, Lang, Severities, Told, explained_line, explained_title, groups};
use crate::model::Budget;
use crate::value::text::printable;

/// The rule under which an input is told that could not be read at all.
pub(super) const UNREADABLE: &str = "R00";
/// The rule under which an input is told that was passed over.
pub(super) const PASSED_OVER: &str = "R29";

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Budgets looked at.
    pub budgets: usize,
    /// Inputs that could not be read.
    pub unreadable: usize,
    /// By severity, without those that are explained.
    pub found: Severities,
    /// Those that are explained.
    pub explained: usize,
}

impl Counts {
    /// Adds the findings of one input.
    pub fn add(&mut self, told: &[Told]) {
        let unreadable = told.iter().any(|t| t.rule == UNREADABLE);
        self.unreadable += usize::from(unreadable);
        self.budgets += usize::from(!unreadable && told.iter().all(|t| t.rule != PASSED_OVER));
        self.explained += told.iter().filter(|t| !t.is_open()).count();
        for one in told.iter().filter(|t| t.rule != UNREADABLE && t.is_open()) {
            self.found.add(one.severity);
        }
    }

    /// Adds the counts of another.
    pub fn join(&mut self, other: &Self) {
        self.budgets += other.budgets;
        self.unreadable += other.unreadable;
        self.explained += other.explained;
        self.found.errors += other.found.errors;
        self.found.warnings += other.found.warnings;
        self.found.notes += other.found.notes;
    }

    /// The counts in one line.
    pub fn line(&self, lang: Lang) -> String {
        let Self { budgets, unreadable, found: Severities { errors, warnings, notes }, explained } = self;
        match lang {
            Lang::Zh => {
                let unread =
                    if *unreadable > 0 { format!("，另有 {unreadable} 个文件无法读取") } else { String::new() };
                let said = if *explained > 0 { format!("，已说明 {explained}") } else { String::new() };
                format!("共 {budgets} 份预算{unread}：必改 {errors}，核实 {warnings}，提示 {notes}{said}")
            }
            Lang::En => {
                let unread = if *unreadable > 0 { format!(", {unreadable} files unreadable") } else { String::new() };
                let said = if *explained > 0 { format!(", {explained} explained") } else { String::new() };
                format!("{budgets} budgets{unread}: {errors} errors, {warnings} warnings, {notes} notes{said}")
            }
        }
    }
}

/// Code, name and year of a budget.
pub fn unit_line(budget: &Budget) -> String {
    let year = budget.year.map(|y| y.to_string());
    let parts = [budget.code.clone(), budget.name.clone(), year];
    format!("{}  [{}]", parts.into_iter().flatten().collect::<Vec<_>>().join(" "), budget.template.name)
}

/// Writes the findings of one input: equal ones of a rule together, with all their cells; those that are explained apart.
///
/// # Errors
/// When the output cannot be written.
pub fn text(out: &mut dyn Write, name: &str, unit: &str, told: &[Told], lang: Lang) -> io::Result<()> {
    writeln!(out, "{}", printable(name))?;
    if !unit.is_empty() {
        writeln!(out, "  {unit}")?;
    }
    let (mut open, explained) = (Vec::new(), told.iter().filter(|t| !t.is_open()).collect::<Vec<_>>());
    let told = if explained.is_empty() {
        told
    } else {
        open.extend(told.iter().filter(|t| t.is_open()).cloned());
        &open
    };
    let mut suspected = HashSet::new();
    for group in groups(told) {
        one_group(out, told, &group, lang, &mut suspected)?;
    }
    explanations(out, &explained, lang)?;
    if told.is_empty() && explained.is_empty() {
        writeln!(out, "  {}", if lang == Lang::Zh { "没有发现问题" } else { "nothing found" })?;
    }
    Ok(())
}

/// Writes the findings that are explained.
fn explanations(out: &mut dyn Write, explained: &[&Told], lang: Lang) -> io::Result<()> {
    if !explained.is_empty() {
        writeln!(out, "  {}", explained_title(explained.len(), lang))?;
    }
    for told in explained {
        writeln!(out, "    {} {}  {}", lang.severity(told.severity), told.rule, place(told))?;
        writeln!(out, "      {}", told.message)?;
        writeln!(out, "      {}", explained_line(told.explained.as_deref().unwrap_or_default(), lang))?;
    }
    Ok(())
}

fn one_group(out: &mut dyn Write, told: &[Told], group: &Group, lang: Lang, suspected: &mut HashSet<usize>) -> io::Result<()> {
    let first = &told[group.first];
    let severity = match (first.rule == UNREADABLE, lang) {
        (true, Lang::Zh) => "无法读取",
        (true, Lang::En) => "unreadable",
        (false, lang) => lang.severity(first.severity),
    };
    let head = format!("  {severity} {}  {}", first.rule, places(told, group, lang));
    writeln!(out, "{}", head.trim_end())?;
    writeln!(out, "      {}", first.message)?;
    for remark in remarks(told, group, lang, suspected) {
        writeln!(out, "      {remark}")?;
    }
    if first.advice.is_empty() { Ok(()) } else { writeln!(out, "      → {}", first.advice) }
}

/// What connects the findings of a group, what may have caused them, and what is said of answers that do not count; a set of identities that stands in several groups is
/// explained once.
pub(super) fn remarks(told: &[Told], group: &Group, lang: Lang, suspected: &mut HashSet<usize>) -> Vec<String> {
    let mut remarks: Vec<String> = match &group.suspect {
        Some((sheet, cell)) => vec![common_cell(told, group, &format!("{sheet}!{cell}"), lang)],
        None if group.consequences.is_empty() => Vec::new(),
        None => vec![lost_table(told, group, lang)],
    };
    let all = [&group.first].into_iter().chain(&group.same).chain(&group.consequences);
    let suspicions = all.filter_map(|place| told[*place].suspicion.as_ref());
    remarks.extend(suspicions.filter(|s| suspected.insert(s.set)).map(|s| s.line.clone()));
    remarks.extend([&group.first].into_iter().chain(&group.same).filter_map(|place| told[*place].remark.clone()));
    remarks
}

/// Broken identities that contain one cell.
fn common_cell(told: &[Told], group: &Group, cell: &str, lang: Lang) -> String {
    let others = group.consequences.iter().map(|other| format!("{} {}", told[*other].rule, place(&told[*other])));
    let others = others.collect::<Vec<_>>().join(list(lang));
    let count = group.consequences.len() + 1;
    let size = |place: usize| told[place].difference.as_deref().map(|d| d.trim_start_matches('-'));
    let is_same = group.consequences.iter().all(|other| size(*other) == size(group.first));
    let (also, also_en) =
        if is_same { ("同一差额还出现在", "The same difference at") } else { ("还涉及", "Also broken") };
    match lang {
        Lang::Zh => format!("{also}：{others}。这 {count} 条都涉及 {cell}，请先核对这一格。"),
        Lang::En => format!("{also_en}: {others}. All {count} contain {cell}: check it first."),
    }
}

/// Identities that cannot hold because rows of their table could not be placed.
fn lost_table(told: &[Told], group: &Group, lang: Lang) -> String {
    let mut rules: Vec<&str> = group.consequences.iter().map(|other| told[*other].rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let (count, rules) = (group.consequences.len(), rules.join(list(lang)));
    match lang {
        Lang::Zh => format!("因此这张表的 {count} 条勾稽关系对不上（{rules}），改正后再核对。"),
        Lang::En => format!("{count} identities about the table fail for it ({rules}): check them again afterwards."),
    }
}

/// The cells of a group, the name of a sheet only where it changes.
pub(super) fn places(told: &[Told], group: &Group, lang: Lang) -> String {
    let mut sheet = told[group.first].sheet.as_ref();
    let mut places = place(&told[group.first]);
    for other in group.same.iter().map(|o| &told[*o]) {
        places += list(lang);
        match (&other.cell, other.sheet.as_ref() == sheet) {
            (Some(cell), true) => places += cell,
            _ => places += &place(other),
        }
        sheet = other.sheet.as_ref();
    }
    places
}

fn list(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    }
}

/// Where a finding stands; where its left side is not one cell, the first cell that takes part.
fn place(told: &Told) -> String {
    let own = told.sheet.as_ref().zip(told.cell.as_ref());
    let first = || told.operands.iter().filter(|o| o.file.is_none()).find_map(|o| o.sheet.as_ref().zip(o.cell.as_ref()));
    own.or_else(first).map_or_else(|| told.table.clone().unwrap_or_default(), |(sheet, cell)| format!("{sheet}!{cell}"))
}
