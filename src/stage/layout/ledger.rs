//! The list of everything that differs between what was submitted and what is written; never leaves a change out.

use super::cell_words;
use super::paper::Paper;
use crate::finding::{Fact, Finding, Lang, Place, tell};
use crate::grid::{Look, Sheet, Value};
use crate::model::{Address, Budget, Paragraph, Site};
use crate::stage::recompute::Change;
use crate::stage::renew::Renewed;
use crate::template::Severity;
use crate::value::{Amount, CellRef};

/// The rule under which a restored wording is told.
const WORDING: &str = "R15";

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The title of the table.
    pub table: String,
    /// Where it stood in the submitted workbook.
    pub place: String,
    /// What it is.
    pub what: String,
    /// What was submitted.
    pub before: String,
    /// What is written.
    pub after: String,
    /// Why.
    pub why: String,
}

/// All changes of a budget, in the order of the submitted workbook.
///
/// `filed` is the budget as read, which the findings speak of; `budget` the one that was changed, in the same edition or another.
pub fn ledger(filed: &Budget, budget: &Budget, changes: &[Change], findings: &[Finding], lang: Lang) -> Vec<LedgerLine> {
    let mut lines: Vec<(Option<Site>, LedgerLine)> = Vec::new();
    lines.extend(filed.rewordings.iter().map(|r| {
        let fact = Fact::WordingRestored { standard: r.standard.clone() };
        let finding = Finding::reading(WORDING, Severity::Note, Place::in_table(r.table, r.written.site), fact);
        let why = tell(&finding, filed, lang).message;
        let line =
            line(filed, Some(r.table), Some(r.written.site), String::new(), r.written.text.clone(), r.standard.clone(), why);
        (Some(r.written.site), line)
    }));
    for finding in findings {
        let Some((before, after)) = converted(&finding.fact) else { continue };
        let why = format!("{} {}", finding.rule, tell(finding, filed, lang).message);
        let table = finding.place.table;
        lines.push((finding.place.site, line(filed, table, finding.place.site, words_of(filed, finding), before, after, why)));
    }
    lines.extend(changes.iter().map(|change| {
        let site = budget.slot(change.at).site;
        let shown = |amount: Option<Amount>| amount.map(|a| a.at_least(budget.template.about.decimals)).unwrap_or_default();
        let title = budget.template.rule(&change.rule).map_or("", |r| r.declared.title.as_str());
        let why = format!("{} {title}", change.rule);
        let line = line(
            budget,
            Some(change.at.table),
            site,
            cell_words(budget, change.at),
            shown(change.before),
            shown(change.after),
            why,
        );
        (site, line)
    }));
    lines.sort_by_key(|(site, _)| (site.is_none(), *site));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The changes of the words of the narrative.
pub fn renewals(budget: &Budget, renewed: &[Renewed]) -> Vec<LedgerLine> {
    let sheet = budget.template.narrative.as_ref().map(|n| n.declared.sheet.clone()).unwrap_or_default();
    let one = |renewed: &Renewed| {
        let title = budget.template.rule(&renewed.rule).map_or("", |r| r.declared.title.as_str());
        let why = format!("{} {title}", renewed.rule);
        let (quote, before, after) = (renewed.quote.clone(), renewed.before.clone(), renewed.after.clone());
        LedgerLine { table: sheet.clone(), ..line(budget, None, Some(renewed.site), quote, before, after, why) }
    };
    renewed.iter().map(one).collect()
}

/// The paragraphs of a narrative that was drafted, as the finding tells.
pub fn composed(budget: &Budget, drafted: &Finding, lang: Lang) -> Vec<LedgerLine> {
    let sheet = budget.template.narrative.as_ref().map(|n| n.declared.sheet.clone()).unwrap_or_default();
    let why = format!("{} {}", drafted.rule, tell(drafted, budget, lang).message);
    let one = |paragraph: &Paragraph| {
        let (none, text) = (String::new(), paragraph.text.text.clone());
        LedgerLine { table: sheet.clone(), ..line(budget, None, None, none.clone(), none, text, why.clone()) }
    };
    budget.narrative.iter().map(one).collect()
}

/// What reading itself changed or could not take over: as written and as taken.
fn converted(fact: &Fact) -> Option<(String, String)> {
    let list = |numbers: &[Amount]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
    let lost = |what: String| Some((what, String::new()));
    match fact {
        Fact::NumberAsText { text, number } => Some((text.clone(), number.to_string())),
        Fact::Renamed { before, after } => Some((before.clone(), after.clone())),
        Fact::OtherIdentity { here, taken, .. } => Some((here.clone(), taken.clone())),
        Fact::CodePadded { written, read } => Some((written.clone(), read.clone())),
        Fact::LeftBehind { what, amounts, .. } => lost(format!("{what} {}", list(amounts)).trim().to_owned()),
        Fact::NotANumber { text } => lost(text.clone()),
        Fact::NoValue { error } => lost(error.clone().unwrap_or_else(|| "=".to_owned())),
        Fact::UnplacedRow { text, numbers } if !numbers.is_empty() => lost(format!("{text} {}", list(numbers)).trim().to_owned()),
        Fact::UnplacedColumn { number, .. } => lost(number.to_string()),
        Fact::OwnColumn { heading, cells, .. } => {
            let shown: Vec<&str> = cells.iter().map(|c| c.shown.as_str()).collect();
            lost(format!("{heading} {}", shown.join("、")).trim().to_owned())
        }
        Fact::Calculated { cells } => {
            let given: Vec<String> = cells.iter().map(|c| format!("{}={}", c.site.cell, c.shown)).collect();
            Some(("=".to_owned(), given.join("、")))
        }
        Fact::NumbersOutside { numbers, .. } | Fact::UnknownSheet { numbers: numbers @ 1.., .. } => lost(format!("({numbers})")),
        _ => None,
    }
}

/// What the cell of a finding is called, as in the lines of recomputed cells.
fn words_of(filed: &Budget, finding: &Finding) -> String {
    let Place { table: Some(table), row: Some(id), column: Some(column), .. } = &finding.place else { return String::new() };
    let declared = &filed.template.tables[*table];
    let row = filed.tables[*table].row_called(id, declared);
    row.map(|row| cell_words(filed, Address { table: *table, row, column: *column })).unwrap_or_default()
}

fn line(
    budget: &Budget,
    table: Option<usize>,
    site: Option<Site>,
    what: String,
    before: String,
    after: String,
    why: String,
) -> LedgerLine {
    let place = site.map(|s| budget.place(s)).map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default();
    let table = table.map(|t| budget.template.tables[t].declared.sheet.clone()).unwrap_or_default();
    LedgerLine { table, place, what, before, after, why }
}

/// The sheet of all changes.
pub(super) fn sheet(budget: &Budget, lines: &[LedgerLine]) -> Sheet {
    let document = &budget.template.document;
    let mut paper = Paper::new(&document.ledger, vec![6.0, 24.0, 24.0, 26.0, 22.0, 22.0, 40.0]);
    paper.line(&document.ledger, Look::Title);
    if lines.is_empty() {
        paper.line(&document.unchanged, Look::Note);
        return paper.finish();
    }
    for (column, heading) in document.ledger_headings.iter().enumerate() {
        paper.text_over((column as u16, column as u16), heading, Look::Heading);
    }
    let head = paper.row;
    paper.row += 1;
    paper.freeze(paper.row);
    paper.page(true, Some((head, head)));
    for (number, line) in lines.iter().enumerate() {
        paper.put(CellRef::new(paper.row, 0), Value::Number(Amount::from(number as i64 + 1)), Look::Centered);
        let texts = [&line.table, &line.place, &line.what, &line.before, &line.after, &line.why];
        for (column, text) in (1u16..).zip(texts) {
            paper.text_over((column, column), text, Look::Label(0));
        }
        paper.row += 1;
    }
    paper.finish()
}
