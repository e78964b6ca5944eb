//! Reads what a merger is made of: the members, summaries made earlier, the register, the eliminations; never decides who counts.

use std::io;
use std::path::Path;

use serde::Deserialize;

use super::merge::is_toml;
use super::reading::{Reader, Taken, Wrong};
use super::{Outcome, Shared, write_line};
use crate::edge::trace::{self, TraceError};
use crate::edge::{input, report};
use crate::finding::{Finding, Lang, Severities, Told, tell};
use crate::grid::Grid;
use crate::stage::check;
use crate::stage::extract::Extracted;
use crate::stage::layout::MERGED;
use crate::stage::merge::recall::{self, Amounted, Recall};
use crate::stage::merge::{Absent, Elimination, Fate, Member, Register, RegisterProblem, Remark, find_listing};
use crate::template::{Severity, Template};
use crate::value::{Amount, CellRef, Measure, text};

/// So many findings of one member are kept in words; all are counted.
const WORST: usize = 40;

/// What was read for a merger.
pub(super) struct Members {
    pub(super) members: Vec<Member>,
    pub(super) missing: Vec<Absent>,
    /// What could not be read.
    pub(super) unread: Vec<Told>,
    pub(super) outcome: Outcome,
}

/// Reads all inputs; what cannot be read is told at once.
pub(super) fn read(reader: &Reader, shared: &Shared) -> anyhow::Result<Members> {
    let lang = shared.lang();
    let mut all = Members { members: Vec::new(), missing: Vec::new(), unread: Vec::new(), outcome: Outcome::Done };
    let make = |extracted: Extracted| member(extracted, lang);
    let outcome = reader.each(make, |name, taken| {
        match taken {
            Taken::Own | Taken::Else => {}
            Taken::Unreadable(told) | Taken::Failed(told) => {
                unread(name, &told, lang)?;
                all.unread.push(*told);
            }
            Taken::Budget(member, _) => {
                reader.progress.errors(member.findings.errors);
                all.members.push(member);
            }
            Taken::Summary(grid) => {
                let recalled = recalled(&grid, name, reader)?;
                all.members.extend(recalled.members);
                all.missing.extend(recalled.missing);
            }
        }
        Ok(())
    })?;
    all.outcome = outcome;
    Ok(all)
}

fn unread(name: &str, told: &Told, lang: Lang) -> anyhow::Result<()> {
    let mut text = Vec::new();
    report::text(&mut text, name, "", std::slice::from_ref(told), lang)?;
    Ok(write_line(&mut io::stdout().lock(), String::from_utf8_lossy(&text).trim_end())?)
}

fn not_a_summary(name: &str) -> Wrong {
    Wrong(format!("“{name}”是本程序的汇总，但其中的成员清单或模板已不可读，请用各单位的预算重新汇总"))
}

fn recalled(grid: &Grid, name: &str, reader: &Reader) -> anyhow::Result<recall::Recalled> {
    let edition = grid.mark.as_deref().and_then(|mark| mark.strip_prefix(MERGED));
    let template = reader.editions()?.into_iter().find(|t| Some(t.name.as_str()) == edition);
    let template = template.ok_or_else(|| not_a_summary(name))?;
    let printed = reader.extract_as(grid, name, &template).ok_or_else(|| not_a_summary(name))?;
    let mut recall = Recall::new(grid, &printed).ok_or_else(|| not_a_summary(name))?;
    if let Some(seal) = recall::seal(grid, &template) {
        listed_beside(&mut recall, name, reader, seal)?;
    }
    Ok(recall.finish(name))
}

/// The amounts of a summary that has too many to list them itself.
fn listed_beside(recall: &mut Recall<'_>, name: &str, reader: &Reader, seal: &str) -> Result<(), Wrong> {
    let packed = || Wrong(format!("“{name}”的汇总底稿在同名的 .jsonl 文件中，请把两个文件从压缩包中取出，放在一起，再汇总"));
    let path = reader.input(name).and_then(|input| input.beside("jsonl")).ok_or_else(packed)?;
    let mut is_whole = true;
    let read = trace::read(&path, seal, &mut |cell, part| {
        let (Ok(amount), Some(fate)) = (part.amount.parse(), Fate::called(part.fate)) else {
            is_whole = false;
            return;
        };
        let measure = part.measure.and_then(Measure::from_word);
        let (sheet, at) = (part.sheet.as_deref().unwrap_or_default(), part.at.unwrap_or_default());
        recall.amount(&Amounted { cell, member: part.member, file: &part.file, sheet, at, amount, measure, fate });
    });
    let data = path.display();
    match read {
        Ok(()) if is_whole => Ok(()),
        Err(TraceError::Unavailable(error)) => {
            Err(Wrong(format!("“{name}”的汇总底稿在“{data}”中，这个文件无法读取（{error}）；请把它放回工作簿旁边，名称不变")))
        }
        Ok(()) | Err(TraceError::Other) => {
            Err(Wrong(format!("“{data}”不是与“{name}”一起写出的那一份，或已被改动；请找回原来的文件，或用各单位的预算重新汇总")))
        }
    }
}

/// A budget as a member, with the worst of what was found in it.
fn member(extracted: Extracted, lang: Lang) -> Member {
    let Extracted { budget, mut findings } = extracted;
    findings.extend(check::check(&budget));
    let mut counts = Severities::default();
    findings.iter().for_each(|f| counts.add(f.severity));
    let is_bad = |f: &&Finding| matches!(f.severity, Severity::Error | Severity::Warning);
    let mut bad: Vec<&Finding> = findings.iter().filter(is_bad).collect();
    bad.sort_by_key(|f| std::cmp::Reverse(f.severity));
    let worst = bad.into_iter().take(WORST).map(|f| remark(&tell(f, &budget, lang), lang)).collect();
    // What reading lost, and tables that are not there, are missing in the sum.
    let missing = budget.template.check("tables-present").map(|rule| rule.declared.id.as_str());
    let is_lost = |f: &&Finding| f.severity == Severity::Error && (f.rule.starts_with('R') || Some(f.rule.as_str()) == missing);
    let lost: Vec<String> = findings
        .iter()
        .filter(is_lost)
        .take(WORST)
        .map(|f| tell(f, &budget, lang))
        .map(|t| format!("{} {}", t.rule, t.message))
        .collect();
    Member { lost, ..Member::new(&budget, counts, worst) }
}

fn remark(told: &Told, lang: Lang) -> Remark {
    let place = told.sheet.as_ref().zip(told.cell.as_ref()).map(|(sheet, cell)| format!("{sheet}!{cell}"));
    Remark {
        severity: lang.severity(told.severity).to_owned(),
        rule: told.rule.clone(),
        place: place.unwrap_or_default(),
        message: told.message.clone(),
    }
}

/// The register in a file.
pub(super) fn register(path: &Path, words: &Template, reader: &Reader) -> anyhow::Result<Register> {
    let found = match is_toml(path) {
        true => Register::from_toml(&text_of(path)?),
        false => Register::from_grid(&reader.grid_of(path)?, &words.merging.declared.register),
    };
    found.map_err(|problem| Wrong(register_problem(path, &problem)).into())
}

fn register_problem(path: &Path, problem: &RegisterProblem) -> String {
    let what = match problem {
        RegisterProblem::NoList => "没有找到名册：需要“单位代码”“单位名称”两栏，可以有“主管部门”“单位性质”“级次”".to_owned(),
        RegisterProblem::Twice(code) => format!("编码 {code} 出现两次，请删去一行"),
        RegisterProblem::NoParent(unit, parent) => format!("“{unit}”的主管部门“{parent}”不在名册中，请补入或改正"),
        RegisterProblem::Circle(unit) => format!("“{unit}”的上级绕回到它自己，请改正主管部门一栏"),
        RegisterProblem::Toml(problem) => format!("不是可读的 TOML（{problem}）"),
    };
    format!("单位名册“{}”：{what}", path.display())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEliminations {
    elimination: Vec<WrittenElimination>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenElimination {
    payer: String,
    payee: String,
    item: String,
    amount: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    measure: String,
}

/// The eliminations in a file.
pub(super) fn eliminations(path: &Path, words: &Template, reader: &Reader) -> anyhow::Result<Vec<Elimination>> {
    let wrong = |what: String| Wrong(format!("抵销单“{}”：{what}", path.display()));
    if is_toml(path) {
        let written: WrittenEliminations = toml::from_str(&text_of(path)?).map_err(|e| wrong(e.to_string()))?;
        let lines = (0..).zip(written.elimination);
        let read = lines.map(|(row, line)| {
            let amount = Amount::parse_typed(&line.amount, None).ok().flatten();
            let amount = amount.ok_or_else(|| wrong(format!("第 {} 条的 amount“{}”不是金额", row + 1, line.amount)))?;
            let measure = Measure::from_word(&line.measure);
            let at = CellRef::new(row, 0);
            let code = line.code.parse().ok();
            Ok(Elimination { payer: line.payer, payee: line.payee, item: line.item, code, amount, measure, at })
        });
        return read.collect();
    }
    let headings = &words.merging.declared.eliminations;
    let fields = [&headings.payer[..], &headings.payee, &headings.item, &headings.amount, &headings.code];
    let listing = find_listing(&reader.grid_of(path)?, &fields, 4)
        .ok_or_else(|| wrong("没有找到“付款单位”“收款单位”“项目”“金额”四栏".to_owned()))?;
    let heading = listing.headings.get(3).cloned().flatten().map(|h| text::fold(&h)).unwrap_or_default();
    let measure = text::split_measure(&heading).1.and_then(Measure::from_word);
    let read = listing.rows.into_iter().map(|row| {
        let text = |place: usize| row.fields[place].text.clone();
        let amount = row.fields[3].number;
        let amount = amount.ok_or_else(|| wrong(format!("第 {} 行的金额“{}”不是数字", row.at.row + 1, text(3))))?;
        let code = text(4).split_whitespace().next().and_then(|c| c.parse().ok());
        Ok(Elimination { payer: text(0), payee: text(1), item: text(2), code, amount, measure, at: row.at })
    });
    read.collect()
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let lines = input::lines(path).map_err(|e| Wrong(format!("无法读取“{}”（{e}）", path.display())))?;
    Ok(lines.join("\n"))
}
