//! What the cells of a summary are made of, as text and as JSON lines; never changes a number.

use std::fmt::{Display, Write as _};
use std::io::{self, Write};
use std::ops::Range;

use serde::{Serialize, Serializer};

use crate::finding::{Lang, Merging as Fact};
use crate::model::Address;
use crate::stage::merge::comparison::Difference;
use crate::stage::merge::{Line, Summary};
use crate::value::{Amount, CellRef, Measure};

/// The schema of the JSON form.
const SCHEMA: &str = "yusuan.trace/1";

/// A cell of the summary, or an amount that it has no place for.
#[derive(Serialize)]
struct CellJson<'s> {
    schema: &'static str,
    cell: String,
    table: &'s str,
    item: String,
    column: String,
    /// What the summary holds; null for blank, and for what it has no place for.
    amount: Option<Shown<Amount>>,
    measure: Option<&'static str>,
    /// The cells that it is computed from, each with how often it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    computed: Vec<(String, Shown<Amount>)>,
    parts: Parts<'s>,
}

/// An amount of a member.
#[derive(Serialize)]
struct PartJson<'s> {
    member: u32,
    unit: Option<&'s str>,
    name: Option<&'s str>,
    file: &'s str,
    sheet: Option<&'s str>,
    at: Option<Shown<CellRef>>,
    amount: Shown<Amount>,
    measure: Option<&'static str>,
    fate: &'static str,
    counted: Shown<Amount>,
}

/// A value that is written as the text it is shown as.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Some lines of a summary, each made only when it is written: a cell may have as many as there are members.
struct Parts<'s> {
    summary: &'s Summary,
    lines: Range<usize>,
}

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.summary.lines[self.lines.clone()].iter().map(|line| part(self.summary, line)))
    }
}

/// Writes for every cell of the summary what it is made of, and for every other amount why it is not there.
///
/// # Errors
/// When the data cannot be written.
pub(super) fn write(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut start = 0;
    let mut computed: Vec<Address> = summary.definitions.keys().copied().collect();
    computed.sort_unstable();
    let mut computed = computed.into_iter().filter(|at| summary.budget.slot(*at).amount.is_some()).peekable();
    while start < summary.lines.len() {
        let at = summary.lines[start].at();
        // Cells that no member filed, and the totals among them, stand where they belong.
        while let Some(total) = computed.next_if(|total| at.is_none_or(|at| *total <= at)) {
            if Some(total) != at {
                put(out, &cell(summary, total, 0..0))?;
            }
        }
        let count = match at {
            Some(_) => summary.lines[start..].iter().take_while(|l| l.at() == at).count(),
            None => 1,
        };
        let lines = start..start + count;
        match at {
            Some(at) => put(out, &cell(summary, at, lines))?,
            None => put(out, &beyond(summary, start))?,
        }
        start += count;
    }
    computed.try_for_each(|total| put(out, &cell(summary, total, 0..0)))
}

fn put(out: &mut impl Write, cell: &CellJson<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, cell)?;
    out.write_all(b"\n")
}

fn cell(summary: &Summary, at: Address, lines: Range<usize>) -> CellJson<'_> {
    let words = summary.words_at(at);
    let is_money = summary.budget.template.tables[at.table].columns[at.column].declared.kind.is_money();
    let definition = summary.definitions.get(&at).into_iter().flat_map(|d| &d.parts);
    let filled = definition.filter(|p| summary.budget.slot(p.at).amount.is_some());
    CellJson {
        schema: SCHEMA,
        cell: words.address,
        table: words.table,
        item: words.item,
        column: words.column,
        amount: summary.budget.slot(at).amount.map(Shown),
        measure: summary.budget.tables[at.table].measure.filter(|_| is_money).map(Measure::word),
        computed: filled.map(|p| (summary.words_at(p.at).address, Shown(p.factor))).collect(),
        parts: Parts { summary, lines },
    }
}

fn beyond(summary: &Summary, line: usize) -> CellJson<'_> {
    let words = summary.words_of(&summary.lines[line]);
    CellJson {
        schema: SCHEMA,
        cell: words.address,
        table: words.table,
        item: words.item,
        column: words.column,
        amount: None,
        measure: None,
        computed: Vec::new(),
        parts: Parts { summary, lines: line..line + 1 },
    }
}

fn part<'s>(summary: &'s Summary, line: &Line) -> PartJson<'s> {
    let member = &summary.members[line.member as usize];
    let entry = &member.entries[line.entry as usize];
    let (sheet, cell) = entry.site.map(|s| member.place(s)).unzip();
    PartJson {
        member: line.member + 1,
        unit: member.code.as_deref(),
        name: member.name.as_deref(),
        file: member.file_of(entry.site),
        sheet,
        at: cell.map(Shown),
        amount: Shown(line.amount),
        measure: entry.measure.map(Measure::word),
        fate: line.fate.id(),
        counted: Shown(line.counted),
    }
}

/// One cell and everything that makes it up.
pub(super) fn text(summary: &Summary, at: Address, lang: Lang) -> String {
    let words = summary.words_at(at);
    let decimals = summary.budget.template.about.decimals;
    let shown = |amount: Amount| amount.at_least(decimals);
    let place = summary.budget.slot(at).site.map(|s| summary.budget.place(s)).map(|(s, c)| format!("{s}!{c}"));
    let measure = summary.budget.tables[at.table].measure.map_or("", Measure::word);
    let amount = summary.budget.slot(at).amount.map_or_else(|| "—".to_owned(), shown);
    let mut text = String::new();
    let _ =
        writeln!(text, "{}  {} {}·{}  {amount} {measure}", words.address, place.unwrap_or_default(), words.item, words.column);
    let mut parts = summary.definitions.get(&at).map(|d| d.parts.clone()).unwrap_or_default();
    parts.retain(|p| summary.budget.slot(p.at).amount.is_some());
    for part in &parts {
        let words = summary.words_at(part.at);
        let amount = summary.budget.slot(part.at).amount.map(|a| part.factor * a).map_or_else(String::new, shown);
        let _ = writeln!(text, "  = {amount:>16}  {}  {}", words.address, words.item);
    }
    let makeup = summary.makeup(at);
    for (line, factor) in &makeup.lines {
        let (line, sign) = (&summary.lines[*line], if factor.is_negative() { "-" } else { " " });
        let member = &summary.members[line.member as usize];
        let entry = &member.entries[line.entry as usize];
        let place = entry.site.map(|s| member.place(s)).map(|(s, c)| format!("{s}!{c}")).unwrap_or_default();
        let address = summary.words_of(line).address;
        let filed = match entry.measure.filter(|m| m.word() != measure) {
            Some(own) => format!("（{} {}）", line.amount, own.word()),
            None => String::new(),
        };
        let file = member.file_of(entry.site);
        let _ = writeln!(text, "  {sign} {:>16}{filed}  {}  {file} {place}  {address}", shown(line.counted), member.title());
    }
    let lines = makeup.lines.len();
    let sum = shown(makeup.sum);
    let _ = match lang {
        Lang::Zh => writeln!(text, "  {lines} 个数，合计 {sum}"),
        Lang::En => writeln!(text, "  {lines} amounts, {sum} in all"),
    };
    text
}

/// A cell that differs from what was published, as it is told.
pub(super) fn published(summary: &Summary, difference: &Difference) -> Fact {
    let template = &summary.budget.template;
    let declared = &template.tables[difference.table];
    let place = difference.at.and_then(|at| summary.budget.slot(at).site).map(|s| s.cell.to_string()).unwrap_or_default();
    let column = declared.columns[difference.column].leaf[0].fill(&summary.budget.fields(Some(difference.table)));
    let item = summary.item_of(difference.table, difference.key);
    let measure = summary.budget.tables[difference.table].measure;
    Fact::Published {
        cell: format!("《{}》{place}「{item}·{}」", declared.declared.sheet, column.replace(' ', "")),
        published: difference.published,
        merged: difference.merged,
        difference: difference.difference,
        makers: difference
            .makers
            .iter()
            .map(|(m, yuan)| (summary.members[*m].title(), measure.map_or(*yuan, |m| Measure::Yuan.convert(*yuan, m))))
            .collect(),
    }
}
