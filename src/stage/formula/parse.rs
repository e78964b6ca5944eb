//! Parses the formulas that budget forms use into a tree; never evaluates, and refuses what it does not know.

use crate::value::{Amount, CellRef};

/// A formula nested more deeply than this is no form's.
const DEEPEST: usize = 40;
/// The longest formula a spreadsheet takes.
const LONGEST: usize = 8192;

/// A formula that is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown;

/// A formula as a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// An argument left out.
    Nothing,
    Number(Amount),
    Text(String),
    Truth(bool),
    Cells(Reference),
    Negative(Box<Expression>),
    Percent(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Call(String, Vec<Expression>),
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Joined,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A cell, a rectangle or whole columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The sheet; `None` for the formula's own.
    pub(super) sheet: Option<String>,
    pub(super) first: Corner,
    /// `None` for a single cell.
    pub(super) last: Option<Corner>,
}

/// A corner of a reference: row and column, each with whether it stays where the formula goes. No row for a whole column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Corner {
    pub(super) row: Option<(u32, bool)>,
    pub(super) col: (u16, bool),
}

/// Parses a formula without its `=`.
pub(super) fn parse(formula: &str) -> Result<Expression, Unknown> {
    if formula.len() > LONGEST {
        return Err(Unknown);
    }
    let chars: Vec<char> = formula.chars().collect();
    let mut parser = Parser { chars: &chars, at: 0, depth: 0 };
    let parsed = parser.comparison()?;
    parser.blanks();
    if parser.at == chars.len() { Ok(parsed) } else { Err(Unknown) }
}

struct Parser<'c> {
    chars: &'c [char],
    at: usize,
    depth: usize,
}

type Parsed = Result<Expression, Unknown>;

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Takes a word of the grammar if it stands next.
    fn takes(&mut self, word: &str) -> bool {
        self.blanks();
        // All words of the grammar are ASCII.
        let length = word.len();
        let is_next = self.chars.get(self.at..self.at + length).is_some_and(|c| c.iter().copied().eq(word.chars()));
        if is_next {
            self.at += length;
        }
        is_next
    }

    fn operator(&mut self, known: &[(&str, Operator)]) -> Option<Operator> {
        self.blanks();
        // Most often an operand is followed by none at all.
        let next = self.peek().filter(|c| matches!(c, '+' | '-' | '*' | '/' | '&' | '<' | '>' | '='))?;
        known.iter().find(|(word, _)| word.starts_with(next) && self.takes(word)).map(|(_, operator)| *operator)
    }

    fn chain(&mut self, known: &[(&str, Operator)], part: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = part(self)?;
        while let Some(operator) = self.operator(known) {
            left = Expression::Binary(operator, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Parsed {
        use Operator::{AtLeast, AtMost, Equal, Less, More, Unequal};
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unknown);
        }
        let known = [("<>", Unequal), ("<=", AtMost), (">=", AtLeast), ("=", Equal), ("<", Less), (">", More)];
        let parsed = self.chain(&known, |p| p.chain(&[("&", Operator::Joined)], Self::sum));
        self.depth -= 1;
        parsed
    }

    fn sum(&mut self) -> Parsed {
        self.chain(&[("+", Operator::Plus), ("-", Operator::Minus)], |p| {
            p.chain(&[("*", Operator::Times), ("/", Operator::Over)], Self::signed)
        })
    }

    /// An operand with the signs before and after it. Powers are no form's.
    fn signed(&mut self) -> Parsed {
        let mut negative = false;
        loop {
            if self.takes("-") {
                negative = !negative;
            } else if !self.takes("+") && !self.takes("@") {
                break;
            }
        }
        let mut operand = self.operand()?;
        while self.takes("%") {
            operand = Expression::Percent(Box::new(operand));
        }
        if self.takes("^") {
            return Err(Unknown);
        }
        Ok(if negative { Expression::Negative(Box::new(operand)) } else { operand })
    }

    fn operand(&mut self) -> Parsed {
        self.blanks();
        match self.peek().ok_or(Unknown)? {
            '(' => {
                self.at += 1;
                let inner = self.comparison()?;
                if self.takes(")") { Ok(inner) } else { Err(Unknown) }
            }
            '"' => Ok(Expression::Text(self.quoted('"')?)),
            '\'' => {
                let sheet = self.quoted('\'')?;
                self.reference_in(Some(sheet))
            }
            c if c.is_ascii_digit() || c == '.' => self.number(),
            _ => self.named(),
        }
    }

    /// What stands between quotes; a doubled quote is one.
    fn quoted(&mut self, quote: char) -> Result<String, Unknown> {
        self.at += 1;
        let mut inner = String::new();
        loop {
            let c = self.peek().ok_or(Unknown)?;
            self.at += 1;
            if c == quote {
                if self.peek() != Some(quote) {
                    return Ok(inner);
                }
                self.at += 1;
            }
            inner.push(c);
        }
    }

    fn number(&mut self) -> Parsed {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.at += 1;
        }
        // Powers of ten, and rows such as 1:3, are no form's.
        if self.peek().is_some_and(|c| c.is_alphanumeric() || c == ':') {
            return Err(Unknown);
        }
        let digits: String = self.chars[start..self.at].iter().collect();
        Amount::parse_typed(&digits, None).ok().flatten().map(Expression::Number).ok_or(Unknown)
    }

    /// A function, a sheet, a cell or a logical value.
    fn named(&mut self) -> Parsed {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$')) {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        match self.peek() {
            _ if name.is_empty() => Err(Unknown),
            Some('(') => self.call(&name),
            Some('!') => self.reference_in(Some(name)),
            _ if name.eq_ignore_ascii_case("true") => Ok(Expression::Truth(true)),
            _ if name.eq_ignore_ascii_case("false") => Ok(Expression::Truth(false)),
            _ => {
                self.at = start;
                self.reference(None)
            }
        }
    }

    fn call(&mut self, name: &str) -> Parsed {
        self.at += 1;
        let mut arguments = Vec::new();
        if !self.takes(")") {
            loop {
                self.blanks();
                let is_left_out = matches!(self.peek(), Some(',' | ')'));
                arguments.push(if is_left_out { Expression::Nothing } else { self.comparison()? });
                if self.takes(")") {
                    break;
                }
                if !self.takes(",") {
                    return Err(Unknown);
                }
            }
        }
        Ok(Expression::Call(name.to_ascii_uppercase(), arguments))
    }

    fn reference_in(&mut self, sheet: Option<String>) -> Parsed {
        if self.takes("!") { self.reference(sheet) } else { Err(Unknown) }
    }

    fn reference(&mut self, sheet: Option<String>) -> Parsed {
        let first = self.corner()?;
        let last = if self.peek() == Some(':') {
            self.at += 1;
            Some(self.corner()?)
        } else {
            None
        };
        // A column alone is no cell, and a cell with a column alone no rectangle.
        if last.map_or(first.row.is_none(), |last| first.row.is_some() != last.row.is_some()) {
            return Err(Unknown);
        }
        Ok(Expression::Cells(Reference { sheet, first, last }))
    }

    fn corner(&mut self) -> Result<Corner, Unknown> {
        let mut stays = || {
            let dollar = self.chars.get(self.at) == Some(&'$');
            self.at += usize::from(dollar);
            dollar
        };
        let col_stays = stays();
        let letters = self.run(|c| c.is_ascii_alphabetic());
        let row_stays = self.chars.get(self.at) == Some(&'$');
        self.at += usize::from(row_stays);
        let digits = self.run(|c| c.is_ascii_digit());
        if self.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '!' | '(')) {
            return Err(Unknown);
        }
        let whole = if digits.is_empty() { "1" } else { &digits };
        let at: CellRef = format!("{}{whole}", letters.to_ascii_uppercase()).parse().map_err(|_| Unknown)?;
        Ok(Corner { row: (!digits.is_empty()).then_some((at.row, row_stays)), col: (at.col, col_stays) })
    }

    fn run(&mut self, is_in: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&is_in) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }
}

impl Reference {
    /// The corners of the rectangle for a formula that has moved by so many rows and columns.
    pub(super) fn moved(&self, rows: i64, cols: i64) -> Result<(CellRef, CellRef), Unknown> {
        let row = |corner: Corner, whole: u32| match corner.row {
            None => Ok(whole),
            Some((row, true)) => Ok(row),
            Some((row, false)) => u32::try_from(i64::from(row) + rows).map_err(|_| Unknown),
        };
        let col = |corner: Corner| match corner.col {
            (col, true) => Ok(col),
            (col, false) => u16::try_from(i64::from(col) + cols).map_err(|_| Unknown),
        };
        let last = self.last.unwrap_or(self.first);
        let (top, bottom) = (row(self.first, 0)?, row(last, u32::MAX)?);
        let (left, right) = (col(self.first)?, col(last)?);
        Ok((CellRef::new(top.min(bottom), left.min(right)), CellRef::new(top.max(bottom), left.max(right))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        let unknown =
            ["", "A1+", "SUM(A1", "1:3", "Table[x]", "[1]Sheet1!A1", "{1,2}", "#REF!", "A1:B", "A", "2^3", "1E5", "A1 B1", "数"];
        for formula in unknown {
            assert_eq!(parse(formula), Err(Unknown), "{formula}");
        }
        assert_eq!(parse(&"(".repeat(5000)), Err(Unknown));
        assert_eq!(parse(&format!("1{}", "+1".repeat(5000))), Err(Unknown));
    }

    #[test]
    fn references_move_with_their_formula_but_for_those_that_stay() {
        let Ok(Expression::Cells(reference)) = parse("'a ''b'!$B2:C$4") else { panic!() };
        assert_eq!(reference.sheet.as_deref(), Some("a 'b"));
        assert_eq!(reference.moved(3, 1), Ok((CellRef::new(3, 1), CellRef::new(4, 3))));
        assert_eq!(reference.moved(-3, 0), Err(Unknown));
    }
}
