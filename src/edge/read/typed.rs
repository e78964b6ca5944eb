//! What a cell holds in a format that has no number type: what a spreadsheet would make of the text; never drops a leading zero.

use super::number_format::Decimals;
use crate::grid::{Shown, Value};
use crate::value::Amount;

/// A spreadsheet keeps so many digits of a number.
const DIGITS: usize = 15;

/// The value of a cell of text.
pub(super) fn typed(text: &str) -> (Value, Shown) {
    let trimmed = text.trim();
    match number(trimmed) {
        _ if trimmed.is_empty() => (Value::Blank, Shown::Unknown),
        Some(number) => (Value::Number(number), Decimals::of_text(trimmed).shown(number)),
        None => (Value::Text(text.to_owned()), Shown::Unknown),
    }
}

/// The number that is written: digits, with thousands parted rightly or not at all. Codes such as `05`, ordinals such as `1.` and
/// shares such as `5%` stay text.
fn number(text: &str) -> Option<Amount> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.split('.').next().unwrap_or_default();
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let is_code = whole.len() > 1 && whole.starts_with('0');
    let is_ordinal = whole.is_empty() || digits.ends_with(['.', ',']);
    let is_long = digits.bytes().filter(u8::is_ascii_digit).count() > DIGITS;
    if !is_plain || is_code || is_ordinal || is_long {
        return None;
    }
    Amount::parse_typed(text, None).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_with_the_decimals_they_show() {
        for (written, amount, decimals) in [
            ("910.01", "910.01", 2),
            (" 1,234.50 ", "1234.5", 2),
            ("-4.00", "-4", 2),
            ("2010301", "2010301", 0),
            ("0.3", "0.3", 1),
        ] {
            let expected = (Value::Number(amount.parse().unwrap()), Shown::Fixed(decimals));
            assert_eq!(typed(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_no_plain_number_stays_as_written() {
        for written in
            ["05", "0101", "1.", "100%", "1,23", "(5)", "2022-12-31", "≤2", "1.2.3", "12345678901234567", "-", "△3", "1e5", ".5"]
        {
            assert_eq!(typed(written), (Value::Text(written.to_owned()), Shown::Unknown), "{written}");
        }
        assert_eq!(typed(" \u{a0}\n").0, Value::Blank);
    }
}
