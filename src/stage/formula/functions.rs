//! The functions that budget forms call, as a spreadsheet means them; never one that it does not know exactly.

use super::evaluate::{Book, Given, Held, Stand, as_number, compare};
use super::parse::{Expression, Unknown};
use crate::value::{Amount, CellRef};

/// Calls a function by its name in capitals.
pub(super) fn call(book: &mut Book<'_>, name: &str, arguments: &[Expression], stand: Stand) -> Given {
    match (name, arguments) {
        ("IF", [condition, rest @ ..]) if (1..=2).contains(&rest.len()) => {
            let condition = book.value(condition, stand)?;
            match (is_true(&condition)?, rest) {
                (true, [then, ..]) => number_if_blank(book.value(then, stand)?),
                (false, [_, otherwise]) => number_if_blank(book.value(otherwise, stand)?),
                _ => Ok(Held::Truth(false)),
            }
        }
        ("IFERROR", [value, otherwise]) => iferror(book, value, otherwise, stand),
        ("ROUND", [value, places]) => {
            let (value, places) = (book.number(value, stand)?, book.number(places, stand)?);
            let places: u8 = places.to_string().parse().map_err(|_| Unknown)?;
            Ok(Held::Number(value.significant().round(places.min(20))))
        }
        ("ABS", [value]) => Ok(Held::Number(book.number(value, stand)?.abs())),
        ("N", [value]) => Ok(match book.value(value, stand)? {
            Held::Text(_) => Held::Number(Amount::ZERO),
            other => Held::Number(as_number(&other)?),
        }),
        ("NOT", [value]) => {
            let value = book.value(value, stand)?;
            Ok(Held::Truth(!is_true(&value)?))
        }
        ("AND" | "OR", [_, ..]) => {
            let mut all = Vec::new();
            for argument in arguments {
                let value = book.value(argument, stand)?;
                all.push(is_true(&value)?);
            }
            Ok(Held::Truth(if name == "AND" { all.iter().all(|t| *t) } else { all.iter().any(|t| *t) }))
        }
        ("SUM", _) => add_up(&numbers(book, arguments, stand)?),
        ("MAX", _) => Ok(Held::Number(numbers(book, arguments, stand)?.into_iter().max().unwrap_or(Amount::ZERO))),
        ("MIN", _) => Ok(Held::Number(numbers(book, arguments, stand)?.into_iter().min().unwrap_or(Amount::ZERO))),
        ("COUNT", _) => Ok(Held::Number(Amount::from(numbers(book, arguments, stand)?.len() as i64))),
        ("AVERAGE", _) => {
            let numbers = numbers(book, arguments, stand)?;
            let Held::Number(sum) = add_up(&numbers)? else { return Err(Unknown) };
            sum.checked_div(Amount::from(numbers.len() as i64)).map(Held::Number).ok_or(Unknown)
        }
        ("SUMIF", [Expression::Cells(_), _, ..]) if arguments.len() <= 3 => sum_if(book, arguments, stand),
        _ => Err(Unknown),
    }
}

/// The second value where the first is an error. Only a division by zero is known to be one; what is merely not understood is not.
fn iferror(book: &mut Book<'_>, value: &Expression, otherwise: &Expression, stand: Stand) -> Given {
    match (book.value(value, stand), value) {
        (Ok(value), _) => Ok(value),
        (Err(_), Expression::Binary(super::parse::Operator::Over, left, right)) => {
            let (_, right) = (book.number(left, stand)?, book.number(right, stand)?);
            if right.is_zero() { book.value(otherwise, stand) } else { Err(Unknown) }
        }
        (Err(unknown), _) => Err(unknown),
    }
}

fn number_if_blank(held: Held) -> Given {
    Ok(if held == Held::Blank { Held::Number(Amount::ZERO) } else { held })
}

fn is_true(held: &Held) -> Result<bool, Unknown> {
    match held {
        Held::Text(_) => Err(Unknown),
        other => as_number(other).map(|n| !n.is_zero()),
    }
}

/// The numbers of all arguments: of cells only those that hold numbers, of other values what they are worth.
fn numbers(book: &mut Book<'_>, arguments: &[Expression], stand: Stand) -> Result<Vec<Amount>, Unknown> {
    let mut numbers = Vec::new();
    for argument in arguments {
        if let Expression::Cells(reference) = argument {
            let held = book.cells(reference, stand)?;
            numbers.extend(held.into_iter().filter_map(|(_, h)| if let Held::Number(n) = h { Some(n) } else { None }));
        } else {
            numbers.push(book.number(argument, stand)?);
        }
    }
    Ok(numbers)
}

fn add_up(numbers: &[Amount]) -> Given {
    let sum = numbers.iter().try_fold(Amount::ZERO, |sum, number| sum.checked_add(*number));
    sum.map(Held::Number).ok_or(Unknown)
}

/// Adds up the cells beside those that meet a condition.
fn sum_if(book: &mut Book<'_>, arguments: &[Expression], stand: Stand) -> Given {
    let [Expression::Cells(range), condition, rest @ ..] = arguments else { return Err(Unknown) };
    let condition = Condition::of(&book.value(condition, stand)?)?;
    let (_, first, _) = book.area(range, stand)?;
    let summed = match rest {
        [] => range,
        [Expression::Cells(cells)] => cells,
        _ => return Err(Unknown),
    };
    let mut numbers = Vec::new();
    for (at, held) in book.cells(range, stand)? {
        let CellRef { row, col } = at;
        if condition.is_met(&held)
            && let Held::Number(number) = book.beside(summed, stand, (row - first.row, col - first.col))?
        {
            numbers.push(number);
        }
    }
    add_up(&numbers)
}

/// Whether an order of a cell and the value of a condition meets it.
type Holds = fn(std::cmp::Ordering) -> bool;

/// What a cell has to be: `5`, `"合计"`, `">0"`.
struct Condition {
    is: Holds,
    value: Held,
}

impl Condition {
    fn of(held: &Held) -> Result<Self, Unknown> {
        let Held::Text(text) = held else { return Ok(Self { is: |o| o.is_eq(), value: held.clone() }) };
        let signs: [(&str, Holds); 6] = [
            ("<>", |o| o.is_ne()),
            ("<=", |o| o.is_le()),
            (">=", |o| o.is_ge()),
            ("=", |o| o.is_eq()),
            ("<", |o| o.is_lt()),
            (">", |o| o.is_gt()),
        ];
        let signed = signs.iter().find_map(|(sign, is)| Some((*is, text.strip_prefix(sign)?)));
        let (is, rest) = signed.unwrap_or((|o| o.is_eq(), text.as_str()));
        // Wild cards, and a condition about blanks, are not taken.
        if rest.is_empty() || rest.contains(['*', '?', '~']) {
            return Err(Unknown);
        }
        let number = as_number(&Held::Text(rest.to_owned()));
        Ok(Self { is, value: number.map_or_else(|_| Held::Text(rest.to_owned()), Held::Number) })
    }

    /// A number meets a condition about numbers also where it was typed as text.
    fn is_met(&self, held: &Held) -> bool {
        match (&self.value, held) {
            (Held::Number(_), Held::Text(_)) => {
                let is_equal = (self.is)(std::cmp::Ordering::Equal) && !(self.is)(std::cmp::Ordering::Less);
                let number = as_number(held).map(Held::Number);
                is_equal && number.is_ok_and(|n| compare(&n, &self.value).is_eq())
            }
            (Held::Number(_), Held::Number(_)) | (Held::Text(_), Held::Text(_)) => (self.is)(compare(held, &self.value)),
            // Of unlike kinds only "not equal" holds.
            _ => (self.is)(std::cmp::Ordering::Less) && (self.is)(std::cmp::Ordering::Greater),
        }
    }
}
