//! A finding told for people and programs: all names resolved, all words made; the JSON form others rely on. Never judges.

use serde::Serialize;

use super::suspicion::{ToldSuspect, ToldSuspicion, suspects, suspicion};
use super::words::{self, Lang, Words};
use super::{Detail, Fact, Finding, Merging, OwnCell, Place, Verdict, answers};
use crate::model::Budget;
use crate::template::written::Severity;
use crate::value::Amount;

/// The schema of the JSON form.
const SCHEMA: &str = "yusuan.finding/1";

/// A finding with its words.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// The schema of this form.
    pub schema: &'static str,
    /// The file.
    pub file: String,
    /// Code of the budget unit.
    pub unit: Option<String>,
    /// Budget year.
    pub year: Option<i32>,
    /// The rule.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// How an identity came out.
    pub verdict: Option<Verdict>,
    /// The table.
    pub table: Option<String>,
    /// The row.
    pub row: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// The sheet.
    pub sheet: Option<String>,
    /// The cell.
    pub cell: Option<String>,
    /// What the left side holds.
    pub value: Option<String>,
    /// What it should be.
    pub expected: Option<String>,
    /// The left side less the right.
    pub difference: Option<String>,
    /// What rounding allows.
    pub bound: Option<String>,
    /// The cells of the right side, and of the left where it has several.
    pub operands: Vec<ToldOperand>,
    /// Cells that may be wrong, the most plausible first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<ToldSuspect>,
    /// What the report says of them.
    #[serde(skip)]
    pub suspicion: Option<ToldSuspicion>,
    /// Tables that the identity reads and of which numbers could not be placed.
    #[serde(skip)]
    pub hinges_on: Vec<String>,
    /// Whether its words say what those of others at other cells do not.
    #[serde(skip)]
    pub own_words: bool,
    /// What was found.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// By what an explanation names it: another one as soon as a value changes; `None` where nothing can be explained.
    pub key: Option<String>,
    /// Why the unit holds it to be right as filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained: Option<String>,
    /// What is to be said of an answer that does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl Told {
    /// Whether nothing explains it.
    pub fn is_open(&self) -> bool {
        self.explained.is_none()
    }
}

/// A cell that takes part.
#[derive(Debug, Clone, Serialize)]
pub struct ToldOperand {
    /// The table.
    pub table: Option<String>,
    /// The row.
    pub row: Option<String>,
    /// The column.
    pub column: Option<String>,
    /// The sheet.
    pub sheet: Option<String>,
    /// The cell.
    pub cell: Option<String>,
    /// What it holds; null for blank.
    pub value: Option<String>,
    /// How often it counts.
    pub factor: String,
    /// The file of a cell of the year before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// Tells a finding of a budget.
pub fn tell(finding: &Finding, budget: &Budget, lang: Lang) -> Told {
    let (message, advice) = Words { budget, lang }.of(finding);
    let (table, row, column, sheet, cell) = names(&finding.place, budget);
    let source =
        finding.place.site.map_or_else(|| budget.sources.first().map_or("", String::as_str), |s| budget.file_of(s.sheet));
    let number = |pick: fn(&super::Numbers) -> Amount| finding.numbers.as_ref().map(|n| pick(n).to_string());
    let several = finding.operands.iter().filter(|o| o.is_left).count() > 1;
    let operands = finding.operands.iter().filter(|o| !o.is_left || several);
    let mut told = Told {
        schema: SCHEMA,
        file: source.to_owned(),
        unit: budget.code.clone(),
        year: budget.year,
        rule: finding.rule.clone(),
        severity: finding.severity,
        verdict: finding.verdict,
        table,
        row,
        column,
        sheet,
        cell,
        value: number(|n| n.value),
        expected: number(|n| n.expected),
        difference: number(|n| n.difference),
        bound: number(|n| n.bound),
        operands: operands.map(|o| told_operand(o, budget)).chain(own_cells(finding, budget)).collect(),
        suspects: suspects(finding, budget),
        suspicion: suspicion(finding, budget, lang),
        hinges_on: finding.hinges_on.iter().map(|t| budget.template.tables[*t].declared.id.clone()).collect(),
        own_words: has_own_words(finding),
        message,
        advice,
        key: None,
        explained: None,
        remark: None,
    };
    let unit = budget.code.as_deref().or(budget.name.as_deref()).unwrap_or(source);
    // The words are those of one language, so that a key is the same in every other.
    let message = || match lang {
        Lang::Zh => told.message.clone(),
        Lang::En => Words { budget, lang: Lang::Zh }.of(finding).0,
    };
    told.key = Some(answers::key(finding, &told, unit, message));
    told
}

/// Whether what a finding quotes makes it another than those with the same rule beside it.
fn has_own_words(finding: &Finding) -> bool {
    let is_typed = matches!(finding.fact, Fact::Check { detail: Detail::Typed(_), .. });
    is_typed || finding.operands.iter().any(|o| o.unit.is_some())
}

/// Tells of a file that could not be read at all.
pub fn tell_unreadable(file: &str, message: String, advice: String) -> Told {
    Told {
        schema: SCHEMA,
        file: file.to_owned(),
        unit: None,
        year: None,
        rule: "R00".to_owned(),
        severity: Severity::Error,
        verdict: None,
        table: None,
        row: None,
        column: None,
        sheet: None,
        cell: None,
        value: None,
        expected: None,
        difference: None,
        bound: None,
        operands: Vec::new(),
        suspects: Vec::new(),
        suspicion: None,
        hinges_on: Vec::new(),
        own_words: false,
        message,
        advice,
        key: None,
        explained: None,
        remark: None,
    }
}

/// Tells of a workbook in which no table of any edition was found.
pub fn tell_nothing_known(file: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::nothing_known(lang);
    tell_unreadable(file, message, advice)
}

/// Tells of a document found among others in which no table of any edition was found: it need not be a budget.
pub fn tell_passed_over(file: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::passed_over(lang);
    Told { rule: "R29".to_owned(), severity: Severity::Note, ..tell_unreadable(file, message, advice) }
}

/// Tells of a workbook that several editions fit equally well.
pub fn tell_tie(file: &str, editions: &[String], lang: Lang) -> Told {
    let (message, advice) = super::words::tie(editions, lang);
    tell_unreadable(file, message, advice)
}

/// Tells of a budget of a unit and year that an earlier input of the run had already.
pub fn tell_again(file: &str, first: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::again(first, lang);
    Told { rule: "R22".to_owned(), severity: Severity::Warning, ..tell_unreadable(file, message, advice) }
}

/// Tells of a version that is older than another one of the run.
pub fn tell_older(file: &str, newer: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::older(newer, lang);
    Told { rule: "R22".to_owned(), severity: Severity::Warning, ..tell_unreadable(file, message, advice) }
}

/// Tells of a version that takes the place of an older one of the run.
pub fn tell_newer(file: &str, older: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::newer(older, lang);
    Told { rule: "R22".to_owned(), severity: Severity::Note, ..tell_unreadable(file, message, advice) }
}

/// Tells of an input on which the program itself failed.
pub fn tell_failed(file: &str, lang: Lang) -> Told {
    let (message, advice) = super::words::failed(lang);
    tell_unreadable(file, message, advice)
}

/// Tells something of a merger, of a file or of the summary, under a rule of the summary's edition.
pub fn tell_merging(fact: &Merging, rule: &str, file: &str, summary: &Budget, lang: Lang) -> Told {
    let template = &summary.template;
    let money = words::Money { decimals: template.about.decimals, measure: template.measure.word() };
    let (message, advice) = words::merging(fact, &money, lang);
    let declared = template.merging.rule(rule);
    let severity = fact.severity().or(declared.map(|r| r.severity)).unwrap_or(Severity::Note);
    let advice = advice.or_else(|| declared.map(|r| r.why.clone())).unwrap_or_default();
    let told = tell_unreadable(file, message, advice);
    Told { rule: rule.to_owned(), severity, unit: summary.code.clone(), year: summary.year, ..told }
}

fn told_operand(operand: &super::Operand, budget: &Budget) -> ToldOperand {
    let (table, row, column, sheet, cell) = names(&operand.place, budget);
    let past = operand.past.as_ref();
    ToldOperand {
        table,
        row,
        column,
        sheet: past.map_or(sheet, |p| Some(p.sheet.clone())),
        cell: past.map_or(cell, |p| p.cell.clone()),
        value: operand.value.map(|v| v.to_string()),
        factor: operand.factor.to_string(),
        file: past.map(|p| p.file.clone()),
    }
}

/// The cells that a finding lists.
fn own_cells<'b>(finding: &'b Finding, budget: &'b Budget) -> impl Iterator<Item = ToldOperand> + 'b {
    let (cells, table): (&[OwnCell], _) = match &finding.fact {
        Fact::OwnColumn { cells, .. } | Fact::Calculated { cells } | Fact::Scaled { cells } | Fact::CodesCarried { cells } => {
            (cells, finding.place.table)
        }
        _ => (&[], None),
    };
    cells.iter().map(move |cell| {
        let row = table.zip(cell.row).map(|(t, row)| budget.tables[t].rows[row].id(&budget.template.tables[t]).to_string());
        let (table, row, column, sheet, at) = names(&Place { table, row, column: None, site: Some(cell.site) }, budget);
        let value = Some(cell.number.map_or_else(|| cell.shown.clone(), |n| n.to_string()));
        ToldOperand { table, row, column, sheet, cell: at, value, factor: "1".to_owned(), file: None }
    })
}

pub(super) type Names = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

pub(super) fn names(place: &Place, budget: &Budget) -> Names {
    let declared = place.table.map(|t| &budget.template.tables[t]);
    (
        declared.map(|d| d.declared.id.clone()),
        place.row.clone(),
        declared.zip(place.column).map(|(d, c)| d.columns[c].cell.clone()),
        place.site.map(|s| budget.place(s).0.to_owned()),
        place.site.map(|s| budget.place(s).1.to_string()),
    )
}
