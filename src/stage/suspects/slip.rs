//! What slip makes one number of another: looks at digits, neighbours and definitions; never decides which number is right.

use crate::finding::Slip;
use crate::model::{Address, Budget};
use crate::value::{Amount, Measure};

/// The slip that makes the number in a cell of the one needed, by the numbers alone.
pub(super) fn slip(budget: &Budget, at: Address, needed: Amount) -> Option<Slip> {
    let is_figure = at.table >= budget.template.tables.len();
    let Some(value) = budget.slot(at).amount.filter(|v| !v.is_zero()) else {
        return (!is_figure).then_some(Slip::LeftOut);
    };
    let decimals = budget.template.about.decimals;
    if needed == -value {
        return Some(Slip::Sign);
    }
    let digits = (!needed.is_zero() && value.is_negative() == needed.is_negative()).then(|| digits(value, needed, decimals));
    match digits.flatten() {
        Some(Slip::DigitWrong) | None => {}
        known => return known,
    }
    if !is_figure && is_neighbour(budget, at, value) {
        return Some(Slip::Neighbour);
    }
    digits.flatten()
}

/// A slip in the digits of a number.
fn digits(value: Amount, needed: Amount, decimals: u8) -> Option<Slip> {
    let (value, needed) = (value.abs(), needed.abs());
    let printed = [value.at_least(decimals), needed.at_least(decimals)].map(|text| text.replace('.', ""));
    let replaced = replaced(printed[0].as_bytes(), printed[1].as_bytes());
    if replaced == Some(Slip::DigitsSwapped) {
        return replaced;
    }
    if in_other_measure(value, needed, decimals) {
        return Some(Slip::Measure);
    }
    let is_shifted = |by: i64| value == needed * Amount::from(by) || needed == value * Amount::from(by);
    if [10, 100, 1000].into_iter().any(is_shifted) {
        return Some(Slip::DecimalPoint);
    }
    let forms: [fn(Amount, u8) -> String; 2] = [|amount, decimals| amount.at_least(decimals), |amount, _| amount.to_string()];
    // A last digit left out looks like a wrong one once the number is printed with all decimals.
    let dropped = forms.into_iter().find_map(|form| {
        let (value, needed) = (form(value, decimals), form(needed, decimals));
        if lacks_one(value.as_bytes(), needed.as_bytes()) {
            Some(Slip::DigitDropped)
        } else {
            lacks_one(needed.as_bytes(), value.as_bytes()).then_some(Slip::DigitAdded)
        }
    });
    dropped.or(replaced)
}

/// Digits that stand for others in numbers of the same length.
fn replaced(value: &[u8], needed: &[u8]) -> Option<Slip> {
    if value.len() != needed.len() {
        return None;
    }
    let differing: Vec<usize> = (0..value.len()).filter(|place| value[*place] != needed[*place]).collect();
    match differing.as_slice() {
        [_] => Some(Slip::DigitWrong),
        [one, next] if one + 1 == *next && value[*one] == needed[*next] && value[*next] == needed[*one] => {
            Some(Slip::DigitsSwapped)
        }
        _ => None,
    }
}

/// Whether the shorter text is the longer one without one of its characters.
fn lacks_one(shorter: &[u8], longer: &[u8]) -> bool {
    let same = shorter.iter().zip(longer).take_while(|(a, b)| a == b).count();
    shorter.len() + 1 == longer.len() && shorter[same..] == longer[same + 1..]
}

/// Whether one number is the other in 元, 千元 or 万元, as far as it was printed.
fn in_other_measure(value: Amount, needed: Amount, decimals: u8) -> bool {
    let is_in =
        |large: Amount, small: Amount| large.checked_div(Measure::WanYuan.yuan()).is_some_and(|w| w.round(decimals) == small);
    is_in(value, needed) || is_in(needed, value)
}

/// Whether the number also stands in the cell above, below, to the left or to the right.
fn is_neighbour(budget: &Budget, at: Address, value: Amount) -> bool {
    let table = &budget.tables[at.table];
    let holds = |row: Option<usize>, column: Option<usize>| {
        let slot = row.zip(column).and_then(|(row, column)| table.rows.get(row)?.slots.get(column));
        slot.is_some_and(|slot| slot.amount == Some(value))
    };
    let (row, column) = (Some(at.row), Some(at.column));
    holds(at.row.checked_sub(1), column)
        || holds(Some(at.row + 1), column)
        || holds(row, at.column.checked_sub(1))
        || holds(row, Some(at.column + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_known_by_their_digits() {
        for (value, needed, slip) in [
            ("21.28", "21.82", Some(Slip::DigitsSwapped)),
            ("12.34", "13.24", Some(Slip::DigitsSwapped)),
            ("21.28", "21.38", Some(Slip::DigitWrong)),
            ("134.56", "1234.56", Some(Slip::DigitDropped)),
            ("21.3", "21.38", Some(Slip::DigitDropped)),
            ("1234.56", "134.56", Some(Slip::DigitAdded)),
            ("212.8", "21.28", Some(Slip::DecimalPoint)),
            ("0.31", "31", Some(Slip::DecimalPoint)),
            ("216812.34", "21.68", Some(Slip::Measure)),
            ("21.28", "47.19", None),
        ] {
            let [value, needed] = [value, needed].map(|text| text.parse().unwrap());
            assert_eq!(digits(value, needed, 2), slip, "{value} {needed}");
        }
    }
}
