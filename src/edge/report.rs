//! Findings as text for people; never judges and never opens a file.

use std::io::{self, Write};

use crate::finding::{Lang, Told};
use crate::model::Budget;
use crate::template::Severity;

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Budgets looked at.
    pub budgets: usize,
    /// Inputs that could not be read.
    pub unreadable: usize,
    /// 必改
    pub errors: usize,
    /// 核实
    pub warnings: usize,
    /// 提示 and 试行
    pub notes: usize,
}

impl Counts {
    /// Adds the findings of one input.
    pub fn add(&mut self, told: &[Told]) {
        let unreadable = told.iter().any(|t| t.rule == "R00");
        self.unreadable += usize::from(unreadable);
        self.budgets += usize::from(!unreadable);
        for one in told.iter().filter(|t| t.rule != "R00") {
            match one.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Note | Severity::Trial => self.notes += 1,
            }
        }
    }

    /// The counts in one line.
    pub fn line(&self, lang: Lang) -> String {
        let Self { budgets, unreadable, errors, warnings, notes } = self;
        match lang {
            Lang::Zh => {
                let unread =
                    if *unreadable > 0 { format!("，另有 {unreadable} 个文件无法读取") } else { String::new() };
                format!("共 {budgets} 份预算{unread}：必改 {errors}，核实 {warnings}，提示 {notes}")
            }
            Lang::En => {
                let unread = if *unreadable > 0 { format!(", {unreadable} files unreadable") } else { String::new() };
                format!("{budgets} budgets{unread}: {errors} errors, {warnings} warnings, {notes} notes")
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

/// Writes the findings of one input: equal ones of a rule together, with all their cells.
///
/// # Errors
/// When the output cannot be written.
pub fn text(out: &mut dyn Write, name: &str, unit: &str, told: &[Told], lang: Lang) -> io::Result<()> {
    writeln!(out, "{name}")?;
    if !unit.is_empty() {
        writeln!(out, "  {unit}")?;
    }
    for group in groups(told) {
        let [first, others @ ..] = group.as_slice() else { continue };
        let at = place(first);
        writeln!(
            out,
            "  {} {}{}",
            lang.severity(first.severity),
            first.rule,
            if at.is_empty() { String::new() } else { format!("  {at}") }
        )?;
        writeln!(out, "      {}", first.message)?;
        if !others.is_empty() {
            let cells = others.iter().map(|t| place(t)).collect::<Vec<_>>().join(match lang {
                Lang::Zh => "、",
                Lang::En => ", ",
            });
            match lang {
                Lang::Zh => writeln!(out, "      同样的问题：{cells}")?,
                Lang::En => writeln!(out, "      The same at: {cells}")?,
            }
        }
        if !first.advice.is_empty() {
            writeln!(out, "      → {}", first.advice)?;
        }
    }
    if told.is_empty() {
        writeln!(out, "  {}", if lang == Lang::Zh { "没有发现问题" } else { "nothing found" })?;
    }
    Ok(())
}

fn place(told: &Told) -> String {
    match (&told.sheet, &told.cell) {
        (Some(sheet), Some(cell)) => format!("{sheet}!{cell}"),
        _ => told.table.clone().unwrap_or_default(),
    }
}

/// Findings of one rule that differ in their cell only: the same severity, row and difference.
fn groups(told: &[Told]) -> Vec<Vec<&Told>> {
    let mut groups: Vec<Vec<&Told>> = Vec::new();
    for one in told {
        let same = |group: &&mut Vec<&Told>| {
            let first = group[0];
            first.rule == one.rule
                && first.severity == one.severity
                && first.difference == one.difference
                && first.advice == one.advice
                && {
                    let is_identity = one.difference.is_some();
                    if is_identity {
                        first.row == one.row && first.table == one.table
                    } else {
                        first.table == one.table && one.cell.is_some()
                    }
                }
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}
