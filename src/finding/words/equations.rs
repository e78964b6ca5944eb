//! An equation in the words that are printed in its tables, and an example of what breaks it; never evaluates a budget.

use super::Lang;
use crate::template::{Equation, Operand, Part, Relation, Row, Rows, Stated, Statement, Table, Template};
use crate::value::{Amount, text};

/// The most equations of a rule that are told; the others are the same for other rows.
const TOLD: usize = 3;

/// A term with its words, its factor and the amount that an example gives it.
struct Term {
    words: String,
    factor: Amount,
    amount: Amount,
}

/// The equations of a rule in words, each side as its tables print it.
pub fn equations(template: &Template, equations: &[Equation], statements: &[Statement], lang: Lang) -> Vec<String> {
    let words = Equations { template, lang, one: false };
    let of_cells =
        equations.iter().map(|e| words.line(&words.terms(&e.left, &[], 0), e.relation, &words.terms(&e.right, &[], 0)));
    let of_figures = statements.iter().map(|s| {
        let (left, right) = words.sides(s);
        words.line(&left, s.equation.relation, &right)
    });
    let mut all: Vec<String> = of_cells.chain(of_figures).collect();
    all.dedup();
    let more = all.len().saturating_sub(TOLD);
    all.truncate(TOLD);
    if more > 0 {
        all.push(say!(lang, "其余 {more} 条同理", "and {more} more of the same kind"));
    }
    all
}

/// What breaks the first equation of a rule, with made-up amounts.
pub fn example(template: &Template, equations: &[Equation], statements: &[Statement], lang: Lang) -> Option<String> {
    let words = Equations { template, lang, one: true };
    let (left, relation, right) = match (equations.first(), statements.first()) {
        (Some(e), _) => (words.terms(&e.left, &[], 0), e.relation, words.terms(&e.right, &[], e.left.len())),
        (None, Some(s)) => {
            let (left, right) = words.sides(s);
            (left, s.equation.relation, right)
        }
        (None, None) => return None,
    };
    words.broken(left, relation, &right)
}

struct Equations<'t> {
    template: &'t Template,
    lang: Lang,
    /// A repeated row is told as one of them.
    one: bool,
}

impl Equations<'_> {
    fn sides(&self, statement: &Statement) -> (Vec<Term>, Vec<Term>) {
        let left = self.terms(&statement.equation.left, &statement.left, 0);
        let right = self.terms(&statement.equation.right, &statement.right, left.len());
        (left, right)
    }

    /// The terms of a side, figures of the narrative first; example amounts count on from a place.
    fn terms(&self, cells: &[crate::template::Term], figures: &[Stated], from: usize) -> Vec<Term> {
        let of_figures = figures.iter().map(|f| (self.figure(f), f.factor));
        let of_cells = cells.iter().map(|t| match &t.operand {
            Some(operand) => (self.operand(operand), t.factor),
            None => (String::new(), t.factor),
        });
        let amount = |place: usize| Amount::from(10 * (from + place) as i64 + 10);
        let all = of_figures.chain(of_cells).enumerate();
        all.map(|(place, (words, factor))| Term {
            amount: if words.is_empty() { Amount::ONE } else { amount(place) },
            words,
            factor,
        })
        .collect()
    }

    fn figure(&self, stated: &Stated) -> String {
        let narrative = self.template.narrative.as_ref();
        let declared = narrative.and_then(|n| n.declared.figure.get(stated.figure));
        let name = declared.and_then(|f| f.names.first()).map_or("", String::as_str);
        match (stated.part, self.lang) {
            (Part::Prior, Lang::Zh) => format!("文字“{name}”的上年数"),
            (Part::Change, Lang::Zh) => format!("文字“{name}”的增减额"),
            (_, Lang::Zh) => format!("文字“{name}”"),
            (Part::Prior, Lang::En) => format!("the text's \"{name}\" of the year before"),
            (Part::Change, Lang::En) => format!("the text's change of \"{name}\""),
            (_, Lang::En) => format!("the text's \"{name}\""),
        }
    }

    /// 《收入总表》合计·财政拨款收入
    fn operand(&self, operand: &Operand) -> String {
        let (lang, table) = (self.lang, &self.template.tables[operand.table]);
        let label = |row: usize| self.label(table, row);
        let row = match operand.rows {
            Rows::Declared(first, last) if first == last => label(first),
            Rows::Declared(first, last) => {
                let (first, last) = (label(first), label(last));
                say!(lang, "“{first}”至“{last}”各行之和", "sum of \"{first}\" to \"{last}\"")
            }
            Rows::Code(code) => say!(lang, "科目 {code}", "code {code}"),
            Rows::Children(code) => say!(lang, "科目 {code} 的下级之和", "sum of the children of {code}"),
            Rows::Roots => say!(lang, "各类之和", "sum of the classes"),
            Rows::Bound if self.one => say!(lang, "某行", "a row"),
            Rows::Bound => say!(lang, "每行", "each row"),
            Rows::BoundChildren => say!(lang, "该行的下级之和", "sum of its children"),
        };
        let column = &table.columns[operand.column].declared;
        let heading = column.heading.last().map_or("", String::as_str).replace("{measure}", self.template.measure.word());
        let sheet = &table.declared.sheet;
        let what = [row, heading.replace(char::is_whitespace, "")];
        let what = what.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("·");
        if lang == Lang::Zh { format!("《{sheet}》{what}") } else { format!("{sheet}: {what}") }
    }

    /// What a declared row is called, and which of them where several are.
    fn label(&self, table: &Table, row: usize) -> String {
        let of = |row: &Row| text::after_ordinal(row.label.trim()).to_owned();
        let (own, lang) = (of(&table.rows[row]), self.lang);
        let alike: Vec<usize> = (0..table.rows.len()).filter(|other| of(&table.rows[*other]) == own).collect();
        match alike.iter().position(|other| *other == row) {
            Some(place) if alike.len() > 1 => {
                let place = place + 1;
                say!(lang, "{own}（第 {place} 处）", "{own} (no. {place})")
            }
            _ => own,
        }
    }

    fn line(&self, left: &[Term], relation: Relation, right: &[Term]) -> String {
        let sign = match relation {
            Relation::AtMost => "≤",
            Relation::AtLeast => "≥",
            _ => "=",
        };
        format!("{} {sign} {}", side(left), side(right))
    }

    /// A sentence about a side that does not stand to the other as it should.
    fn broken(&self, mut left: Vec<Term>, relation: Relation, right: &[Term]) -> Option<String> {
        let sum = |terms: &[Term]| -> Amount { terms.iter().map(|t| t.factor * t.amount).sum() };
        let expected = sum(right);
        // A single left side lies beside what the right gives, as a slip does; several keep the amounts they have.
        if let [only] = left.as_mut_slice()
            && only.factor == Amount::ONE
        {
            only.amount = if relation == Relation::AtLeast { expected - Amount::ONE } else { expected + Amount::ONE };
        }
        let holds = |sum: Amount| match relation {
            Relation::AtMost => sum <= expected,
            Relation::AtLeast => sum >= expected,
            _ => sum == expected,
        };
        // Amounts that agree by chance are made to differ.
        if holds(sum(&left)) {
            let off = expected - sum(&left) + if relation == Relation::AtLeast { -Amount::ONE } else { Amount::ONE };
            let first = left.iter_mut().find(|t| t.factor == Amount::ONE)?;
            first.amount += off;
        }
        let amounts = |terms: &[Term]| {
            let shown = terms.iter().filter(|t| !t.words.is_empty()).map(|t| format!("{} {}", t.words, t.amount.at_least(2)));
            shown.collect::<Vec<_>>().join(if self.lang == Lang::Zh { "、" } else { ", " })
        };
        let (value, off) = (sum(&left), (sum(&left) - expected).abs());
        let [value, expected, off] = [value, expected, off].map(|amount| amount.at_least(2));
        let (own, other) = (amounts(&left), amounts(right));
        let is_plain = left.len() == 1 && left[0].factor == Amount::ONE;
        let own = if is_plain { own } else { say!(self.lang, "{own}，得 {value}", "{own} give {value}") };
        let other = match (other.is_empty(), self.lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("（{other}）"),
            (false, Lang::En) => format!(" ({other})"),
        };
        let lang = self.lang;
        Some(match relation {
            Relation::AtMost => say!(lang, "{own}，大于 {expected}{other}", "{own}: more than {expected}{other}"),
            Relation::AtLeast => say!(lang, "{own}，小于 {expected}{other}", "{own}: less than {expected}{other}"),
            _ => say!(lang, "{own}，应为 {expected}{other}，相差 {off}", "{own}, should be {expected}{other}, off by {off}"),
        })
    }
}

/// One side of an equation.
fn side(terms: &[Term]) -> String {
    let mut said = String::new();
    for (place, term) in terms.iter().enumerate() {
        let size = term.factor.abs();
        let factor = match (term.words.is_empty(), size == Amount::ONE) {
            (true, _) => size.to_string(),
            (false, true) => String::new(),
            (false, false) => format!("{size} × "),
        };
        said += match (place, term.factor.is_negative()) {
            (0, false) => "",
            (0, true) => "−",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        said += &factor;
        said += &term.words;
    }
    if said.is_empty() { "0".to_owned() } else { said }
}
