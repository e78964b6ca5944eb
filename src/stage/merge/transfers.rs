//! Money that moves between members: reported always, taken out on both sides only where a list of eliminations says so.

use super::Said;
use super::addition::{Addition, Line};
use super::member::{Cell, Fate};
use super::register::Register;
use crate::finding::{Merging as Fact, Refusal as Refused};
use crate::model::Key;
use crate::template::merging::{Leg, LegRow};
use crate::template::{Merging, Template};
use crate::value::{Amount, CellRef, Code, Measure, text};

/// A line of a list of eliminations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elimination {
    /// Code or name of the member that pays.
    pub payer: String,
    /// Code or name of the member that receives.
    pub payee: String,
    /// What for.
    pub item: String,
    /// The functional code, where one is given.
    pub code: Option<Code>,
    /// How much.
    pub amount: Amount,
    /// In what; `None` for the measure of the summary.
    pub measure: Option<Measure>,
    /// Where the line stands.
    pub at: CellRef,
}

/// What became of a line of eliminations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The line.
    pub elimination: Elimination,
    /// The cells it took the amount out of; empty where it could not be used.
    pub cells: Vec<String>,
}

/// One side of a transfer of one member: the lines that the amount is taken from.
type Taken = Vec<usize>;

/// Takes every elimination out of the summary on both sides, or tells why not.
pub fn eliminate(
    addition: &mut Addition<'_>,
    register: &Register,
    units: &[Option<usize>],
    eliminations: &[Elimination],
) -> Vec<Used> {
    let mut used = Vec::new();
    for elimination in eliminations {
        let cells = match find(addition, register, units, elimination) {
            Ok((amount, lines, rule)) => {
                let cells: Vec<String> = lines.into_iter().map(|line| take(addition, line, amount)).collect();
                let fact = Fact::Eliminated { line: words(elimination), cells: cells.clone() };
                addition.told.push(Said::all(&rule, fact));
                cells
            }
            Err((why, rule)) => {
                let fact = Fact::NotEliminated { line: words(elimination), at: elimination.at, why };
                addition.told.push(Said::all(&rule, fact));
                Vec::new()
            }
        };
        used.push(Used { elimination: elimination.clone(), cells });
    }
    used
}

/// Payer, payee, item and amount of an elimination.
pub fn words(elimination: &Elimination) -> String {
    let Elimination { payer, payee, item, amount, .. } = elimination;
    format!("{payer} → {payee} {item} {amount}")
}

/// The amount, and the lines it is to be taken from.
fn find(
    addition: &Addition<'_>,
    register: &Register,
    units: &[Option<usize>],
    elimination: &Elimination,
) -> Result<(Amount, Taken, String), (Refused, String)> {
    let target = &addition.budget.template;
    let wanted = text::fold(&elimination.item);
    let declared = target.merging.declared.transfer.iter().find(|t| t.words.iter().any(|w| text::fold(w) == wanted));
    let any = || target.merging.declared.transfer.first().map(|t| t.id.clone()).unwrap_or_default();
    let transfer = declared.ok_or_else(|| (Refused::Item, any()))?;
    let refused = |why| (why, transfer.id.clone());
    if elimination.amount.is_negative() || elimination.amount.is_zero() {
        return Err(refused(Refused::NotPositive));
    }
    let measure = elimination.measure.unwrap_or(target.measure);
    let member = |who: &str| {
        let unit = register.by_code(who).or_else(|| register.by_name(who)).or_else(|| {
            let code = who.split_whitespace().next().unwrap_or_default();
            register.by_code(code)
        })?;
        (0..units.len()).find(|m| units[*m] == Some(unit) && addition.counts[*m])
    };
    let payer = member(&elimination.payer).ok_or_else(|| refused(Refused::Payer))?;
    let payee = member(&elimination.payee).ok_or_else(|| refused(Refused::Payee))?;
    let amount = measure.convert(elimination.amount, Measure::Yuan);
    let mut lines = Vec::new();
    for (member, is_payer) in [(payer, true), (payee, false)] {
        let template = &addition.members[member].template;
        let legs = legs(&template.merging, &transfer.id, is_payer).ok_or_else(|| refused(Refused::Item))?;
        lines.extend(side(addition, member, legs, elimination.code, amount).map_err(refused)?);
    }
    Ok((amount, lines, transfer.id.clone()))
}

fn legs<'t>(merging: &'t Merging, id: &str, is_payer: bool) -> Option<&'t [Leg]> {
    let moved = merging.transfers.iter().find(|m| merging.declared.transfer[m.declared].id == id)?;
    Some(if is_payer { &moved.paid } else { &moved.received })
}

/// The lines of one member that an amount is taken from, one for each leg.
fn side(addition: &Addition<'_>, member: usize, legs: &[Leg], code: Option<Code>, amount: Amount) -> Result<Taken, Refused> {
    let template = &addition.members[member].template;
    let (mut code, mut lines) = (code, Vec::new());
    for leg in legs {
        let fits = |key: Key| match (leg.row, key) {
            (LegRow::OfCode, Key::Code(own)) => code.is_none_or(|c| c == own),
            (LegRow::OfClass, Key::Declared(row)) => code.is_some_and(|code| is_class_of(template, leg.table, row, code)),
            (LegRow::Declared(wanted), Key::Declared(row)) => row == wanted,
            _ => false,
        };
        let mut found: Vec<(usize, Cell)> = lines_of(addition, member, leg).filter(|(_, cell)| fits(cell.key)).collect();
        if leg.row == LegRow::OfCode && found.len() > 1 {
            return Err(Refused::SeveralCodes);
        }
        found.retain(|(line, _)| yuan(addition, *line) >= amount);
        // Of several that an earlier summary put into one cell the exact one is meant, otherwise the largest.
        found.sort_by_key(|(line, _)| (yuan(addition, *line) != amount, std::cmp::Reverse(yuan(addition, *line))));
        let (line, cell) = found.first().copied().ok_or(Refused::TooLittle)?;
        if let (LegRow::OfCode, Key::Code(own)) = (leg.row, cell.key) {
            code = Some(own);
        }
        lines.push(line);
    }
    Ok(lines)
}

/// Lines of a member in the column of a leg that count and are not zero.
fn lines_of<'a>(addition: &'a Addition<'_>, member: usize, leg: &'a Leg) -> impl Iterator<Item = (usize, Cell)> + 'a {
    let first = addition.first_lines[member];
    let last = addition.first_lines.get(member + 1).copied().unwrap_or(addition.lines.len());
    let entries = &addition.members[member].entries;
    (first..last).filter_map(move |place| {
        let line = &addition.lines[place];
        let cell = entries[line.entry as usize].cell.as_ref().ok()?;
        let is_it = usize::from(cell.table) == leg.table && usize::from(cell.column) == leg.column;
        (is_it && line.fate == Fate::Added && !line.amount.is_zero()).then_some((place, *cell))
    })
}

fn is_class_of(template: &Template, table: usize, row: usize, code: Code) -> bool {
    let class = template.tables[table].rows[row].class.and_then(|c| c.code);
    class.is_some_and(|class| class == code || code.ancestor(class.length()) == Some(class))
}

/// What a line still counts, in 元.
fn yuan(addition: &Addition<'_>, line: usize) -> Amount {
    let Line { member, entry, amount, .. } = addition.lines[line];
    let measure = addition.members[member as usize].entries[entry as usize].measure;
    measure.map_or(amount, |m| m.convert(amount, Measure::Yuan))
}

/// Takes an amount (元) out of a line, and notes the part that was taken; tells which cell.
fn take(addition: &mut Addition<'_>, line: usize, amount: Amount) -> String {
    let old = addition.lines[line];
    let entry = &addition.members[old.member as usize].entries[old.entry as usize];
    let own = entry.measure.map_or(amount, |m| Measure::Yuan.convert(amount, m));
    let there = old.at().and_then(|at| addition.budget.tables[at.table].measure);
    let counted = there.map_or(amount, |m| Measure::Yuan.convert(amount, m));
    let member = &addition.members[old.member as usize];
    let place = entry.site.map(|s| member.place(s)).map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default();
    let words = format!("{} {place}", member.title());
    (addition.lines[line].amount, addition.lines[line].counted) = (old.amount - own, old.counted - counted);
    let eliminated = Line { fate: Fate::Eliminated, amount: own, counted: Amount::ZERO, ..old };
    addition.eliminated.push(eliminated);
    if let Some(at) = old.at() {
        addition.put(at, -counted);
    }
    words
}

/// Reports what members receive from and pay to others, as far as it was not eliminated.
pub fn report(addition: &mut Addition<'_>) {
    let target = std::sync::Arc::clone(&addition.budget.template);
    for transfer in &target.merging.declared.transfer {
        let (received, paid) = (listed(addition, &transfer.id, false), listed(addition, &transfer.id, true));
        if received.is_empty() && paid.is_empty() {
            continue;
        }
        let sum = |side: &[(String, Amount)]| side.iter().map(|(_, amount)| *amount).sum::<Amount>();
        let totals = (sum(&received), sum(&paid));
        let fact = Fact::Transfer { words: transfer.words.clone(), received, paid, totals };
        addition.told.push(Said::all(&transfer.id, fact));
    }
}

/// What each member still has on one side of a transfer, in the measure of the summary.
fn listed(addition: &Addition<'_>, id: &str, is_payer: bool) -> Vec<(String, Amount)> {
    let measure = addition.budget.template.measure;
    let mut listed = Vec::new();
    for (place, member) in addition.members.iter().enumerate().filter(|(m, _)| addition.counts[*m]) {
        let Some(leg) = legs(&member.template.merging, id, is_payer).and_then(|l| l.first()) else { continue };
        let lines = lines_of(addition, place, leg).filter(|(_, cell)| match leg.row {
            LegRow::Declared(row) => cell.key == Key::Declared(row),
            _ => matches!(cell.key, Key::Code(_)),
        });
        let yuan: Amount = lines.map(|(line, _)| yuan(addition, line)).sum();
        if !yuan.is_zero() {
            listed.push((member.title(), Measure::Yuan.convert(yuan, measure)));
        }
    }
    listed
}
