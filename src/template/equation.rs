//! Equations over table cells: their parsed form and the parser; never resolves a name or sees a budget.

use std::fmt;

use crate::value::Amount;

/// How the two sides of an equation stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `:=` the right side defines the left.
    Defines,
    /// `=`
    Equal,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Defines => ":=",
            Self::Equal => "=",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        })
    }
}

/// An equation as parsed, names still names.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'a> {
    /// The left side.
    pub left: Vec<ParsedTerm<'a>>,
    /// How the sides stand to each other.
    pub relation: Relation,
    /// The right side.
    pub right: Vec<ParsedTerm<'a>>,
}

/// One term of a side: a factor (with its sign) times a cell, or times one for a constant.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedTerm<'a> {
    /// The factor.
    pub factor: Amount,
    /// The cells, or none for a constant or a figure.
    pub cell: Option<ParsedCell<'a>>,
    /// The figure of the narrative.
    pub figure: Option<ParsedFigure<'a>>,
    /// The cells of the budget of the year before.
    pub past: Option<ParsedCell<'a>>,
}

/// `n.figure`, `n.figure.prior`, `n.figure.change`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedFigure<'a> {
    /// The figure's id.
    pub id: &'a str,
    /// Which of its amounts.
    pub part: Part,
}

/// Which of the amounts that the narrative tells of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// That of the budget year.
    Level,
    /// That of the year before.
    Prior,
    /// By how much it grew; negative where it shrank.
    Change,
    /// The same in hundredths of the year before; no equation names it.
    Percent,
    /// By how much it is said to have changed right after it is said to have stayed; no equation names it.
    Despite,
}

/// `table.row.column`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedCell<'a> {
    /// The table's id.
    pub table: &'a str,
    /// The row part: an id, `a..b`, `@code`, `@code/`, or a variable.
    pub row: &'a str,
    /// The column's id.
    pub column: &'a str,
}

/// Parses one equation; the error says what is wrong with it.
pub fn parse(text: &str) -> Result<Parsed<'_>, String> {
    let (place, relation) = find_relation(text).ok_or("no relation (:=, =, <=, >=) in it")?;
    let width = relation.to_string().len();
    let left = parse_side(&text[..place])?;
    let right = parse_side(&text[place + width..])?;
    Ok(Parsed { left, relation, right })
}

fn find_relation(text: &str) -> Option<(usize, Relation)> {
    let all = [Relation::Defines, Relation::AtMost, Relation::AtLeast, Relation::Equal];
    all.into_iter().find_map(|r| text.find(&r.to_string()).map(|place| (place, r)))
}

fn parse_side(text: &str) -> Result<Vec<ParsedTerm<'_>>, String> {
    let mut terms = Vec::new();
    let mut sign = Amount::ONE;
    for word in split_signs(text) {
        match word {
            "+" => sign = Amount::ONE,
            "-" => sign = -Amount::ONE,
            term => {
                terms.push(parse_term(term, sign)?);
                sign = Amount::ONE;
            }
        }
    }
    if terms.is_empty() { Err("one side of it is empty".to_owned()) } else { Ok(terms) }
}

/// Splits at signs that stand between blanks, so that ids may hold any other character.
fn split_signs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = ["+ ", "- "]
            .iter()
            .find(|s| rest.starts_with(**s))
            .map_or_else(|| [" + ", " - "].iter().filter_map(|s| rest.find(s)).min().unwrap_or(rest.len()), |_| 1);
        let (word, after) = rest.split_at(cut);
        rest = after.trim_start();
        Some(word.trim())
    })
}

fn parse_term(text: &str, sign: Amount) -> Result<ParsedTerm<'_>, String> {
    let (factor, cell) = match text.split_once('*') {
        Some((first, second)) => {
            let (first, second) = (first.trim(), second.trim());
            match (first.parse::<Amount>(), second.parse::<Amount>()) {
                (Ok(factor), Err(_)) => (factor, second),
                (Err(_), Ok(factor)) => (factor, first),
                _ => return Err(format!("\"{text}\" is not a number times a cell")),
            }
        }
        None => match text.parse::<Amount>() {
            Ok(constant) => return Ok(ParsedTerm { factor: sign * constant, cell: None, figure: None, past: None }),
            Err(_) => (Amount::ONE, text),
        },
    };
    let factor = sign * factor;
    let mut term = ParsedTerm { factor, cell: None, figure: None, past: None };
    match (cell.strip_prefix(FIGURE), cell.strip_prefix(PAST)) {
        (Some(figure), _) => term.figure = Some(parse_figure(figure)?),
        (_, Some(past)) => term.past = Some(parse_cell(past)?),
        _ => term.cell = Some(parse_cell(cell)?),
    }
    Ok(term)
}

/// Begins the name of a cell of the budget of the year before.
pub const PAST: &str = "prior.";

/// Begins the name of a figure of the narrative, as a table begins that of a cell.
const FIGURE: &str = "n.";

fn parse_figure(text: &str) -> Result<ParsedFigure<'_>, String> {
    let (id, part) = match text.split_once('.') {
        None => (text, Part::Level),
        Some((id, "prior")) => (id, Part::Prior),
        Some((id, "change")) => (id, Part::Change),
        Some((_, part)) => return Err(format!("a figure has no \"{part}\", only prior and change")),
    };
    let is_sound = !id.is_empty() && !id.contains(char::is_whitespace);
    if is_sound { Ok(ParsedFigure { id, part }) } else { Err(format!("\"{FIGURE}{text}\" is no figure")) }
}

/// Parses `table.row.column`.
pub fn parse_cell(text: &str) -> Result<ParsedCell<'_>, String> {
    let wrong = || format!("\"{text}\" is not table.row.column");
    let (table, rest) = text.split_once('.').ok_or_else(wrong)?;
    let (row, column) = rest.rsplit_once('.').ok_or_else(wrong)?;
    let sound = |name: &str| !name.is_empty() && !name.contains(char::is_whitespace);
    if sound(table) && sound(row) && sound(column) { Ok(ParsedCell { table, row, column }) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_has_two_sides_of_signed_terms() {
        let parsed = parse("a.total.x - a.b..d.x := 0.015 * t.@301/.y + t.$r.z").unwrap();
        let shown = |terms: &[ParsedTerm<'_>]| -> Vec<String> {
            terms.iter().map(|t| format!("{} {} {}", t.factor, t.cell.unwrap().row, t.cell.unwrap().column)).collect()
        };
        assert_eq!(shown(&parsed.left), ["1 total x", "-1 b..d x"]);
        assert_eq!(parsed.relation, Relation::Defines);
        assert_eq!(shown(&parsed.right), ["0.015 @301/ y", "1 $r z"]);
        assert_eq!(parse("a.b.c >= 0").unwrap().right[0].cell, None);
        let told = parse("n.all.change = n.all - 2 * n.all.prior").unwrap();
        let figures: Vec<_> =
            told.left.iter().chain(&told.right).map(|t| (t.factor.to_string(), t.figure.unwrap().part)).collect();
        let past = parse("n.all.prior = 2 * prior.a.total.x").unwrap();
        assert_eq!(past.right[0].past, Some(ParsedCell { table: "a", row: "total", column: "x" }));
        assert_eq!((past.right[0].cell, past.right[0].factor.to_string()), (None, "2".to_owned()));
        assert_eq!(figures, [("1".into(), Part::Change), ("1".into(), Part::Level), ("-2".into(), Part::Prior)]);
    }

    #[test]
    fn what_is_no_equation_is_told() {
        assert_eq!(parse("a.b.c").unwrap_err(), "no relation (:=, =, <=, >=) in it");
        assert_eq!(parse("a.b = c.d.e").unwrap_err(), "\"a.b\" is not table.row.column");
        assert_eq!(parse("a.b.c =").unwrap_err(), "one side of it is empty");
        assert_eq!(parse("prior.a.b = 0").unwrap_err(), "\"a.b\" is not table.row.column");
        assert_eq!(parse("n.all.next = 0").unwrap_err(), "a figure has no \"next\", only prior and change");
        assert_eq!(parse("a.b.c * d.e.f = 0").unwrap_err(), "\"a.b.c * d.e.f\" is not a number times a cell");
    }
}
