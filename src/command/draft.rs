//! `yusuan template draft`: writes the edition that a blank form proposes, headed by what its author must look at; never overwrites a file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::reading::{self, Wrong};
use super::{Outcome, Shared, write_line};
use crate::edge::read::ReadOptions;
use crate::edge::save::save;
use crate::edge::{input, store};
use crate::finding::{Lang, tell_nothing_known};
use crate::stage::draft::{self, Draft, Fact, NoDraft, Remark};
use crate::stage::folded::Folded;
use crate::template::printed;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 财政部门下发的空白工作簿
    workbook: PathBuf,
    /// 只写与这个模板的不同之处；不写则起草一个完整的模板
    #[arg(long, value_name = "NAME")]
    extends: Option<String>,
    /// 输出文件，已存在时不覆盖
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if arguments.output.exists() {
        let problem = format!("{} 已经存在，不覆盖。请换一个文件名，或先移走原文件", arguments.output.display());
        return Err(Wrong(problem).into());
    }
    let extended = arguments.extends.as_ref().map(|name| reading::template(name, shared)).transpose()?;
    let editions = reading::templates(shared)?;
    let editions: Vec<_> = editions.iter().map(AsRef::as_ref).collect();
    let sources = store::sources(&shared.templates).map_err(|e| Wrong(e.to_string()))?;
    let (inputs, problems) = input::collect(std::slice::from_ref(&arguments.workbook));
    let read = inputs.first().map(|input| input.read(&ReadOptions::default()));
    let problem = problems.into_iter().next().map(|(_, problem)| problem);
    let grid = match (read, problem) {
        (Some(Ok(grid)), _) => grid,
        (Some(Err(problem)), _) | (None, Some(problem)) => {
            let told = format!("yusuan: {}：{}。{}", arguments.workbook.display(), problem.message(), problem.advice());
            write_line(&mut std::io::stderr(), &told)?;
            return Ok(Outcome::Unread);
        }
        (None, None) => return Ok(Outcome::Unread),
    };
    let drafted = match draft::draft(&Folded::new(&grid), extended.as_deref(), &editions, &sources) {
        Ok(drafted) => drafted,
        Err(NoDraft::NoTable) => {
            let told = tell_nothing_known(&arguments.workbook.display().to_string(), shared.lang());
            write_line(&mut std::io::stderr(), &format!("yusuan: {}：{}。{}", told.file, told.message, told.advice))?;
            return Ok(Outcome::Unread);
        }
        Err(NoDraft::Unsound(unsound)) => anyhow::bail!("起草的模板不能载入：{unsound}"),
    };
    save(&arguments.output, text(&drafted, shared.lang()).as_bytes())
        .map_err(|e| Wrong(format!("{}。{}", e.message(), e.advice())))?;
    let remarks = drafted.remarks.len();
    let told = format!("已写出 {}：以 {} 为底，{remarks} 处须核对，列在文件开头", arguments.output.display(), drafted.base);
    write_line(out, &told)?;
    Ok(Outcome::Done)
}

/// The file: what to look at, then the edition.
fn text(drafted: &Draft, lang: Lang) -> String {
    let head = match lang {
        Lang::Zh => format!("由空白表起草，以 {} 为底。", drafted.base),
        Lang::En => format!("Drafted from a blank form, on the basis of {}.", drafted.base),
    };
    let mut lines = vec![head];
    if !drafted.remarks.is_empty() {
        lines.push(match lang {
            Lang::Zh => "须逐条核对，核对后删去：".to_owned(),
            Lang::En => "To be looked at one by one, and then deleted:".to_owned(),
        });
    }
    lines.extend(drafted.remarks.iter().map(|remark| format!("- {}{}", place(remark), said(&remark.fact, lang))));
    let head: String = lines.iter().map(|line| format!("# {}\n", line.replace(['\r', '\n'], " "))).collect();
    format!("{head}\n{}", printed(&drafted.written))
}

fn place(remark: &Remark) -> String {
    match remark.cell {
        Some(cell) => format!("{}!{cell} ", remark.sheet.trim()),
        None => String::new(),
    }
}

fn said(fact: &Fact, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    match fact {
        Fact::Unplaced { words } if zh => format!("“{words}”没有地方放"),
        Fact::Unplaced { words } => format!("\"{words}\" has no place"),
        Fact::NoTable { words } if zh => format!("这张工作表没有表格（“{words}…”），不在模板中"),
        Fact::NoTable { words } => format!("the sheet has no table (\"{words}…\") and is left out"),
        Fact::NewTable { id, words } if zh => format!("新表“{words}”，标识暂用 {id}，请改名并补写规则"),
        Fact::NewTable { id, words } => format!("a new table \"{words}\", for now {id}: give it a name and rules"),
        Fact::NewColumn { id, words } if zh => format!("新栏“{words}”，标识暂用 {id}，请改名"),
        Fact::NewColumn { id, words } => format!("a new column \"{words}\", for now {id}: give it a name"),
        Fact::NewRow { id, words } if zh => format!("新行“{words}”，标识暂用 {id}，请改名"),
        Fact::NewRow { id, words } => format!("a new row \"{words}\", for now {id}: give it a name"),
        Fact::Borrowed { id, words } if zh => format!("新增“{words}”，标识取自其他模板的 {id}，请核对含义是否相同"),
        Fact::Borrowed { id, words } => format!("\"{words}\" is new here and has the id {id} of another edition"),
        Fact::Taken { id, old, words } if zh => format!("“{words}”当作原来的“{old}”（{id}），请核对是否同一事项"),
        Fact::Taken { id, old, words } => format!("\"{words}\" is taken for the former \"{old}\" ({id})"),
        Fact::Gone { id, title } if zh => format!("空白表中没有“{title}”（{id}），已删去"),
        Fact::Gone { id, title } => format!("the form does not have \"{title}\" ({id}), which is dropped"),
        Fact::OtherRegion { region } if zh => format!("表中没有出现 {region} 的地名，请核对 region、marks 和 title"),
        Fact::OtherRegion { region } => format!("no place name of {region} stands in the form: look at region, marks and title"),
        Fact::RuleDropped { id, problem } if zh => format!("规则 {id} 不能沿用，已删去：{problem}"),
        Fact::RuleDropped { id, problem } => format!("rule {id} cannot be kept and is dropped: {problem}"),
        Fact::RulesToReview { id, rules } if zh => {
            format!("表 {id} 有新的栏或行，以下规则是否应包括它们：{}", rules.join("、"))
        }
        Fact::RulesToReview { id, rules } => {
            format!("table {id} has new columns or rows; do these rules name them: {}", rules.join(", "))
        }
    }
}
