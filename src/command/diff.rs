//! `yusuan diff`: what changed between two submissions or two years; never judges a change.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::reading::{HowArguments, Reader, Taken, Wrong};
use super::{Outcome, Shared, write_line};
use crate::edge::save::save;
use crate::edge::{report, write};
use crate::finding::Lang;
use crate::model::{Budget, Site};
use crate::stage::beside::is_same_unit;
use crate::stage::changes::{Change, What, changes};
use crate::stage::layout::{self, Changed};
use crate::value::{Amount, text};

/// The schema of the JSON form.
const SCHEMA: &str = "yusuan.change/1";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 原来的一稿或上年的预算：工作簿、文件夹或 zip
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// 现在的一稿或本年的预算
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[command(flatten)]
    how: HowArguments,
    /// 输出格式
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// 另外写出变动表
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let lang = shared.lang();
    let (old, first) = budgets(&arguments.old, arguments, shared)?;
    let (new, second) = budgets(&arguments.new, arguments, shared)?;
    let (pairs, single) = pairs(&old, &new);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let found: Vec<Vec<Change>> = pairs.iter().map(|(old, new)| changes(old, new)).collect();
    for ((old, new), changes) in pairs.iter().zip(&found) {
        match arguments.format {
            Format::Text => print(&mut out, old, new, changes, lang)?,
            Format::Json => changes.iter().try_for_each(|change| {
                write_line(&mut out, &serde_json::to_string(&json(old, new, change))?).map_err(anyhow::Error::from)
            })?,
        }
    }
    if arguments.format == Format::Text {
        single.iter().try_for_each(|(is_new, budget)| write_line(&mut out, &alone(*is_new, budget, lang)))?;
    }
    if let Some(output) = &arguments.output {
        let drawn: Vec<Changed<'_>> =
            pairs.iter().zip(&found).map(|((old, new), changes)| Changed { old, new, changes }).collect();
        if let Some(grid) = layout::changes(&drawn) {
            save(output, &write::write(&grid)?).map_err(|e| Wrong(format!("{}。{}", e.message(), e.advice())))?;
        }
    }
    out.flush()?;
    Ok(first.max(second))
}

/// The budgets of one side; what cannot be read is told.
fn budgets(path: &PathBuf, arguments: &Arguments, shared: &Shared) -> anyhow::Result<(Vec<Budget>, Outcome)> {
    let reader = Reader::of(std::slice::from_ref(path), &arguments.how, shared)?;
    let mut all = Vec::new();
    let outcome = reader.each(
        |extracted| extracted.budget,
        |name, taken| {
            match taken {
                Taken::Budget(budget, _) => all.push(budget),
                Taken::Unreadable(told) | Taken::Failed(told) => {
                    let mut text = Vec::new();
                    report::text(&mut text, name, "", std::slice::from_ref(&*told), shared.lang())?;
                    write_line(&mut io::stderr().lock(), String::from_utf8_lossy(&text).trim_end())?;
                }
                Taken::Own | Taken::Else | Taken::Summary(_) => {}
            }
            Ok(())
        },
    )?;
    Ok((all, outcome))
}

type Pairs<'b> = Vec<(&'b Budget, &'b Budget)>;

/// The budgets of the same unit on both sides, and those of one side alone. Two single budgets are a pair whosever they are.
fn pairs<'b>(old: &'b [Budget], new: &'b [Budget]) -> (Pairs<'b>, Vec<(bool, &'b Budget)>) {
    if let ([old], [new]) = (old, new) {
        return (vec![(old, new)], Vec::new());
    }
    let mut left: Vec<&Budget> = old.iter().collect();
    let (mut pairs, mut single) = (Vec::new(), Vec::new());
    for budget in new {
        match left.iter().position(|old| is_same_unit(old, budget)) {
            Some(place) => pairs.push((left.remove(place), budget)),
            None => single.push((true, budget)),
        }
    }
    single.extend(left.into_iter().map(|budget| (false, budget)));
    (pairs, single)
}

fn alone(is_new: bool, budget: &Budget, lang: Lang) -> String {
    let unit = report::unit_line(budget);
    match (is_new, lang) {
        (true, Lang::Zh) => format!("新增单位：{unit}"),
        (false, Lang::Zh) => format!("没有再报的单位：{unit}"),
        (true, Lang::En) => format!("only in the newer: {unit}"),
        (false, Lang::En) => format!("only in the older: {unit}"),
    }
}

fn print(out: &mut dyn Write, old: &Budget, new: &Budget, changes: &[Change], lang: Lang) -> io::Result<()> {
    let file = |budget: &Budget| budget.sources.first().cloned().unwrap_or_default();
    let (before, after) = if lang == Lang::Zh { ("原", "现") } else { ("old", "new") };
    write_line(out, &format!("{before}  {}  {}", file(old), report::unit_line(old)))?;
    write_line(out, &format!("{after}  {}  {}", file(new), report::unit_line(new)))?;
    let mut last = None;
    for change in changes {
        if last != Some(change.table) {
            let own = if lang == Lang::Zh { "单位和情况说明" } else { "unit and narrative" };
            let name = change.table.map_or(own, |t| new.template.tables[t].declared.sheet.as_str());
            write_line(out, &format!("  {name}"))?;
            last = Some(change.table);
        }
        line(out, old, new, change, lang)?;
    }
    let amounts = changes.iter().filter(|c| matches!(c.what, What::Amount { .. })).count();
    let others = changes.len() - amounts;
    write_line(
        out,
        &match (changes.is_empty(), lang) {
            (true, Lang::Zh) => "  与原来完全相同：没有改动".to_owned(),
            (true, Lang::En) => "  the same as before: nothing changed".to_owned(),
            (false, Lang::Zh) => format!("  共 {amounts} 个数、{others} 处文字不同"),
            (false, Lang::En) => format!("  {amounts} amounts and {others} texts differ"),
        },
    )
}

fn line(out: &mut dyn Write, old: &Budget, new: &Budget, change: &Change, lang: Lang) -> io::Result<()> {
    let decimals = new.template.about.decimals;
    let shown = |amount: Option<Amount>| amount.map_or_else(|| "—".to_owned(), |a| a.at_least(decimals));
    let (was, is) = (place(old, change.old), place(new, change.new));
    match &change.what {
        What::Amount { before, after } => {
            let difference = after.unwrap_or_default() - before.unwrap_or_default();
            let sign = if difference.is_negative() { "" } else { "+" };
            let percent = change.percent().map(|p| format!("，{sign}{p}%")).unwrap_or_default();
            let column = change.column_name(new);
            let places = if was == is { is } else { format!("{was} → {is}") };
            let (before, after, difference) = (shown(*before), shown(*after), shown(Some(difference)));
            write_line(out, &format!("    {}·{column}  {before} → {after}（{sign}{difference}{percent}）  {places}", change.item))
        }
        What::Text { before, after } => {
            let item = if change.item.is_empty() { String::new() } else { format!("{}：", change.item) };
            let mut said = Vec::new();
            said.extend((!before.is_empty()).then(|| format!("    - {was} {item}{before}")));
            said.extend((!after.is_empty()).then(|| format!("    + {is} {item}{after}")));
            said.iter().try_for_each(|line| write_line(out, &text::printable(line)))
        }
        What::Subject { before, after, year } => {
            let year = year.map(|y| if lang == Lang::Zh { format!("（{y} 年起）") } else { format!(" (from {y})") });
            let (year, places) = (year.unwrap_or_default(), if was == is { is } else { format!("{was} → {is}") });
            let words = if lang == Lang::Zh { "科目更名、改码：" } else { "renamed or recoded: " };
            write_line(out, &text::printable(&format!("    {words}{before} → {after}{year}  {places}")))
        }
        What::Table { is_there } => {
            let words = match (is_there, lang) {
                (true, Lang::Zh) => "新报的表",
                (false, Lang::Zh) => "没有再报",
                (true, Lang::En) => "a new table",
                (false, Lang::En) => "no longer filed",
            };
            write_line(out, &format!("    {words}"))
        }
    }
}

fn place(budget: &Budget, site: Option<Site>) -> String {
    site.map(|s| budget.place(s)).map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default()
}

/// One change.
#[derive(Serialize)]
struct ChangeJson<'c> {
    schema: &'static str,
    unit: Option<&'c str>,
    name: Option<&'c str>,
    kind: &'static str,
    table: Option<&'c str>,
    row: Option<&'c str>,
    column: Option<&'c str>,
    item: &'c str,
    before: Option<String>,
    after: Option<String>,
    difference: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

fn json<'c>(old: &Budget, new: &'c Budget, change: &'c Change) -> ChangeJson<'c> {
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let (kind, before, after) = match &change.what {
        What::Amount { before, after } => ("amount", before.map(|a| a.to_string()), after.map(|a| a.to_string())),
        What::Text { before, after } => ("text", some(before), some(after)),
        What::Subject { before, after, .. } => ("subject", some(before), some(after)),
        What::Table { is_there } => {
            ("table", some(if *is_there { "" } else { "filed" }), some(if *is_there { "filed" } else { "" }))
        }
    };
    let difference = match change.what {
        What::Amount { before, after } => Some((after.unwrap_or_default() - before.unwrap_or_default()).to_string()),
        _ => None,
    };
    let declared = change.table.map(|t| &new.template.tables[t]);
    ChangeJson {
        schema: SCHEMA,
        unit: new.code.as_deref(),
        name: new.name.as_deref(),
        kind,
        table: declared.map(|d| d.declared.id.as_str()),
        row: Some(change.row.as_str()).filter(|r| !r.is_empty()),
        column: declared.zip(change.column).map(|(d, c)| d.columns[c].cell.as_str()),
        item: &change.item,
        before,
        after,
        difference,
        old: some(&place(old, change.old)),
        new: some(&place(new, change.new)),
    }
}
