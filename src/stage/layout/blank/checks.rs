//! The live checks of the blank form: every equation of the template that its formulas do not already make true.
//!
//! A rule about declared rows shows both its sides. A rule repeated for the codes of a table, which nobody knows yet, shows
//! how many of the codes typed break it. A check shows nothing until one of its cells is filled in.

use super::coded::leaf_sum;
use super::sides::{NONE, Scope, Side, condition};
use super::{Place, is_when_used};
use crate::grid::{Entry, Look, Sheet, Value};
use crate::model::Budget;
use crate::stage::layout::paper::{Paper, height};
use crate::template::written::Severity;
use crate::template::{Body, Domain, Equation, Relation, Rows, Rule, Tolerance};
use crate::value::{Amount, Area, CellRef};

/// Widths of the columns: rule, what it says, severity, left, right, difference, standing.
const WIDTHS: [f64; 7] = [7.0, 66.0, 7.0, 17.0, 17.0, 15.0, 9.0];
const LEFT: u16 = 3;
const STANDING: u16 = 6;
/// Decimals to which differences are rounded: floats in a spreadsheet are never quite exact.
const EXACT: u8 = 6;

/// Draws the checks.
pub(super) fn sheet(budget: &Budget, places: &[Place]) -> Sheet {
    let blank = &budget.template.blank;
    let mut paper = Paper::new(&blank.checks, WIDTHS.to_vec());
    paper.line(&blank.checks, Look::Title);
    paper.line(&blank.checks_note, Look::Note);
    let heading = paper.row;
    for (col, text) in (0..).zip(&blank.checks_headings) {
        paper.put(CellRef::new(heading, col), Value::Text(text.clone()), Look::Heading);
    }
    paper.grow(heading, 22.0);
    paper.row += 1;
    paper.freeze(paper.row);
    paper.page(true, Some((heading, heading)));
    let first = paper.row;
    for rule in budget.template.rules.iter().filter(|r| r.declared.explains.is_none()) {
        for (equation, several) in rule.equations.iter().map(|e| (e, rule.equations.len() > 1)) {
            if let Some(formulas) = formulas(budget, places, rule, equation, paper.row) {
                draw(budget, &mut paper, rule, equation, several, formulas);
            }
        }
    }
    let all = Area::new(CellRef::new(first, STANDING), CellRef::new(paper.row.max(first + 1) - 1, STANDING));
    let mut sheet = paper.finish();
    let alarms = vec![(all, blank.broken.clone())];
    sheet.drawing.entry = Some(Entry { alarms, ..Entry::default() });
    sheet
}

/// Left side, right side, difference and standing of a line.
type Formulas = [Option<String>; 4];

fn draw(budget: &Budget, paper: &mut Paper, rule: &Rule, equation: &Equation, several: bool, formulas: Formulas) {
    let (blank, row) = (&budget.template.blank, paper.row);
    let words = left_words(budget, equation).filter(|_| several);
    let title = words.map_or_else(|| rule.declared.title.clone(), |w| format!("{}　{w}", rule.declared.title));
    let severity = match rule.declared.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
        Severity::Trial => 3,
    };
    let texts =
        [(0, &rule.declared.id, Look::Centered), (1, &title, Look::Label(0)), (2, &blank.severities[severity], Look::Centered)];
    for (col, text, look) in texts {
        paper.put(CellRef::new(row, col), Value::Text(text.clone()), look);
    }
    paper.grow(row, height(&title, WIDTHS[1], Look::Label(0)));
    for (col, formula) in (LEFT..).zip(formulas) {
        let look = match col {
            STANDING => Look::Centered,
            _ if equation.over.is_some() => Look::Quantity,
            _ => Look::Amount(budget.template.about.decimals, true),
        };
        paper.put(CellRef::new(row, col), formula.map_or(Value::Blank, |f| Value::Formula(f, None)), look);
    }
    paper.row += 1;
}

/// What the first cell of the left side is called.
fn left_words(budget: &Budget, equation: &Equation) -> Option<String> {
    let operand = equation.left.iter().find_map(|t| t.operand)?;
    let declared = &budget.template.tables[operand.table];
    let column = declared.columns[operand.column].leaf[0].fill(&budget.fields(Some(operand.table)));
    let row = match operand.rows {
        Rows::Declared(first, _) => declared.rows[first].label.clone(),
        Rows::Code(code) | Rows::Children(code) => code.to_string(),
        Rows::Bound | Rows::BoundChildren | Rows::Roots => declared.declared.sheet.clone(),
    };
    Some(format!("〔{row}·{}〕", column.replace(char::is_whitespace, "")))
}

/// The formulas of an equation on a line of the sheet; `None` where the form itself makes it true, or it cannot apply.
fn formulas(budget: &Budget, places: &[Place], rule: &Rule, equation: &Equation, line: u32) -> Option<Formulas> {
    let is_made_true = is_made_true(budget, equation);
    if is_made_true && equation.over.is_some() {
        return None;
    }
    let conditions: Option<Vec<String>> = rule.conditions.iter().map(|c| condition(budget, places, c)).collect();
    let conditions = conditions?.iter().map(|c| format!(",{c}")).collect::<String>();
    let at = |col: u16| CellRef::new(line, col);
    let (left, right, difference) = (at(LEFT), at(LEFT + 1), at(LEFT + 2));
    let blank = &budget.template.blank;
    let standing = |holds: &str| format!("=IF({difference}=\"\",\"\",IF({holds},\"{}\",\"{}\"))", blank.holds, blank.broken);
    let Some(domain) = &equation.over else {
        let scope = Scope::new(budget, places, equation, None);
        let (own, other) = (scope.side(&equation.left)?, scope.side(&equation.right)?);
        // A total whose parts the form does not print has no formula and is typed.
        if is_made_true && other.count != NONE {
            return None;
        }
        let active = format!("AND({}+{}>0{conditions})", own.count, other.count);
        let holds = holds(equation.relation, &difference.to_string(), &bound(budget, rule, &scope, Some((&own, &other))));
        return Some([
            Some(format!("=IF({active},{},\"\")", own.sum)),
            Some(format!("=IF({left}=\"\",\"\",{})", other.sum)),
            Some(format!("=IF({left}=\"\",\"\",ROUND({left}-{right},{EXACT}))")),
            Some(standing(&holds)),
        ]);
    };
    let mut broken = Vec::new();
    let mut counts = Vec::new();
    for (index, (table, mask)) in tables(domain).into_iter().enumerate() {
        let place = places.iter().find(|p| p.table == table && p.keys.is_some())?;
        let keys = place.own_keys(budget)?;
        let scope = Scope::new(budget, places, equation, Some(&keys));
        let (own, other) = (scope.side(&equation.left)?, scope.side(&equation.right)?);
        let mut mask = match mask {
            Mask::All => format!("(LEN({keys})>0)"),
            Mask::Parents => format!("(LEN({keys})>0)*(COUNTIF({},{keys})>0)", place.parent_keys(budget)?),
            Mask::Leaves => format!("(LEN({keys})>0)*(COUNTIF({},{keys})=0)", place.parent_keys(budget)?),
        };
        if let Domain::Codes(all) = domain {
            for earlier in &all[..index] {
                let earlier = places.iter().find(|p| p.table == *earlier)?.own_keys(budget)?;
                mask.push_str(&format!("*(COUNTIF({earlier},{keys})=0)"));
            }
        }
        let difference = format!("ROUND({}-({}),{EXACT})", own.sum, other.sum);
        let holds = holds(equation.relation, &difference, &bound(budget, rule, &scope, None));
        broken.push(format!("SUMPRODUCT({mask}*(1-({holds})))"));
        counts.push(format!("SUMPRODUCT({mask})"));
    }
    let active = format!("AND({}>0{conditions})", counts.join("+"));
    Some([None, None, Some(format!("=IF({active},{},\"\")", broken.join("+"))), Some(standing(&format!("{difference}=0")))])
}

/// Which keys of a table a rule is about.
enum Mask {
    All,
    Parents,
    Leaves,
}

fn tables(domain: &Domain) -> Vec<(usize, Mask)> {
    match domain {
        Domain::All(table) => vec![(*table, Mask::All)],
        Domain::Leaves(table) => vec![(*table, Mask::Leaves)],
        Domain::Parents(table) | Domain::Branches(table) => vec![(*table, Mask::Parents)],
        Domain::Codes(tables) => tables.iter().map(|t| (*t, Mask::All)).collect(),
    }
}

/// `ABS(F5)<=0`: whether a difference is none.
fn holds(relation: Relation, difference: &str, bound: &str) -> String {
    match relation {
        Relation::Defines | Relation::Equal => format!("ABS({difference})<={bound}"),
        Relation::AtMost => format!("{difference}<={bound}"),
        Relation::AtLeast => format!("{difference}>=-({bound})"),
    }
}

/// How far the sides may lie apart, as the check of a filed budget has it.
fn bound(budget: &Budget, rule: &Rule, scope: &Scope<'_>, sides: Option<(&Side, &Side)>) -> String {
    let step = Amount::step(budget.template.about.decimals).half();
    let coarse = scope.coarsest.map(|measure| measure.yuan() * step);
    let own = match (rule.tolerance, sides) {
        (Tolerance::Within(bound), _) => bound.to_string(),
        (Tolerance::Tail, Some((left, right))) => {
            let addends = format!("{}+{}", right.count, left.count);
            format!("IF({addends}>2,({addends})*{step},0)")
        }
        _ => "0".to_owned(),
    };
    coarse.map_or(own.clone(), |coarse| format!("{own}+{coarse}"))
}

/// Whether the locked formulas of the form make an equation true whatever is typed.
fn is_made_true(budget: &Budget, equation: &Equation) -> bool {
    let Some(left) = equation.left.first().and_then(|t| t.operand) else { return false };
    let is_row_sum = || {
        let mut all = budget.template.rules.iter().flat_map(|r| &r.equations);
        all.any(|e| leaf_sum(e) == Some((left.table, left.column)))
    };
    let declared = &budget.template.tables[left.table];
    let alone = equation.left.len() == 1;
    match (&equation.over, left.rows) {
        // Parents can be typed over, but for the column that a locked formula adds up.
        (Some(Domain::Parents(_)), _) => is_row_sum(),
        (Some(Domain::Leaves(_) | Domain::Branches(_)), Rows::Bound) if alone && equation.relation != Relation::AtMost => {
            is_row_sum()
        }
        (Some(Domain::All(_)), Rows::Bound) => equation.relation == Relation::Defines && declared.declared.body == Body::List,
        (None, Rows::Declared(row, _)) if equation.relation == Relation::Defines => {
            declared.declared.body == Body::Tree || alone || is_when_used(budget, left.table, row)
        }
        _ => false,
    }
}
