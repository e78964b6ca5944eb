//! How many decimals a number format displays; never formats a number.

use std::collections::HashMap;

use crate::grid::Shown;
use crate::value::Amount;

/// No program takes a longer format code.
const LONGEST: usize = 255;

/// The decimals a number format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimals {
    /// As many as the number has.
    General,
    /// At least so many and at most so many.
    Between(u8, u8),
    /// The number divided by a thousand or ten thousand: `0.00,`, `0!.0000`.
    Scaled,
    /// No decimals that could be counted: dates or hidden numbers.
    Unknown,
}

/// A number format that shows a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// A date, a time of day, or both.
    Date,
    /// Hours, minutes or seconds that do not end at a day.
    Duration,
}

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    /// How many decimals it shows.
    pub(super) decimals: Decimals,
    /// Whether the number is a time.
    pub(super) clock: Option<Clock>,
}

impl Format {
    /// Reads a format code.
    pub(super) fn of(code: &str) -> Self {
        Self { decimals: Decimals::of(code), clock: Clock::of(code) }
    }

    /// A format that spreadsheets know by number alone.
    pub(super) fn of_builtin(number: u16) -> Self {
        let clock = match number {
            46 => Some(Clock::Duration),
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Some(Clock::Date),
            _ => None,
        };
        Self { decimals: Decimals::of_builtin(number), clock }
    }

    /// The format by its number: one of the workbook's own, or one that spreadsheets know.
    pub(super) fn of_number(number: u16, own: &HashMap<u16, Self>) -> Self {
        own.get(&number).copied().unwrap_or_else(|| Self::of_builtin(number))
    }
}

impl Clock {
    /// The time that a format code shows. Only its first section counts.
    fn of(code: &str) -> Option<Self> {
        let mut chars = code.chars().take(LONGEST);
        let is_general = chars.clone().collect::<String>().to_ascii_lowercase().contains("general");
        while let Some(c) = chars.next() {
            match c.to_ascii_lowercase() {
                '"' => drop(chars.by_ref().find(|c| *c == '"')),
                '\\' | '_' | '*' => drop(chars.next()),
                '[' => {
                    let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let inner = inner.to_ascii_lowercase();
                    let is_elapsed = |unit: char| !inner.is_empty() && inner.chars().all(|c| c == unit);
                    if is_elapsed('h') || is_elapsed('m') || is_elapsed('s') {
                        return Some(Self::Duration);
                    }
                }
                ';' => return None,
                'g' if is_general => return None,
                'y' | 'm' | 'd' | 'h' | 's' => return Some(Self::Date),
                _ => {}
            }
        }
        None
    }
}

impl Decimals {
    /// How a number displays in this format.
    pub(super) fn shown(self, number: Amount) -> Shown {
        match self {
            Self::General => Shown::General,
            Self::Between(least, most) => Shown::Fixed(number.decimals().clamp(least, most)),
            Self::Scaled => Shown::Scaled,
            Self::Unknown => Shown::Unknown,
        }
    }

    /// Reads a format code. Only its first section counts: the others differ in sign and colour, not in decimals.
    pub(super) fn of(code: &str) -> Self {
        let (mut least, mut most, mut commas) = (0u8, 0u8, 0u8);
        let (mut any, mut after_point, mut percent) = (false, false, false);
        // A point set as a mere text, and then digits: a decimal point where the number has none.
        let (mut painted, mut scaled) = (false, false);
        let mut chars = code.chars().take(LONGEST);
        while let Some(c) = chars.next() {
            match c {
                '"' => painted |= chars.by_ref().take_while(|c| *c != '"').collect::<String>() == "." && any,
                '[' => drop(chars.by_ref().find(|c| *c == ']')),
                '\\' | '!' => painted |= chars.next() == Some('.') && any,
                '_' | '*' => drop(chars.next()),
                '0' | '#' | '?' => {
                    (any, commas, scaled) = (true, 0, scaled || painted);
                    if after_point {
                        most = most.saturating_add(1);
                        least = if c == '0' { most } else { least };
                    }
                }
                '.' => (after_point, commas) = (true, 0),
                ',' if any => commas = commas.saturating_add(1),
                '%' => percent = true,
                // `General`, in Chinese `G/通用格式`, and the format of text.
                'G' | 'g' | '@' if !any => return Self::General,
                // Powers of ten and fractions show what the number needs.
                'E' | 'e' | '/' if any => return Self::General,
                ';' => break,
                _ => {}
            }
        }
        match (any, percent) {
            (false, _) => Self::Unknown,
            (true, _) if scaled || commas > 0 => Self::Scaled,
            (true, false) => Self::Between(least, most),
            // A percentage shows the number a hundredfold.
            (true, true) => Self::Between(least.saturating_add(2), most.saturating_add(2)),
        }
    }

    /// The decimals of a format that spreadsheets know by number alone.
    pub(super) fn of_builtin(number: u16) -> Self {
        match number {
            1 | 3 | 5 | 6 | 37 | 38 | 41 | 42 => Self::Between(0, 0),
            2 | 4 | 7 | 8 | 39 | 40 | 43 | 44 => Self::Between(2, 2),
            9 => Self::Between(2, 2),
            10 => Self::Between(4, 4),
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self::Unknown,
            _ => Self::General,
        }
    }

    /// The decimals of a displayed text such as `1,234.50`, `(3.2)` or `25%`.
    pub(super) fn of_text(text: &str) -> Self {
        if !text.contains(|c: char| c.is_ascii_digit()) || text.contains(['E', ':', '/']) {
            return Self::Unknown;
        }
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).take(30).count() as u8;
        let places = if text.contains('%') { digits + 2 } else { digits };
        Self::Between(places, places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decimals_of_format_codes_are_counted() {
        let cases = [
            ("General", Decimals::General),
            ("@", Decimals::General),
            ("G/通用格式", Decimals::General),
            ("0.00E+00", Decimals::General),
            ("# ?/?", Decimals::General),
            ("0", Decimals::Between(0, 0)),
            ("0.00", Decimals::Between(2, 2)),
            ("#,##0.00", Decimals::Between(2, 2)),
            ("#,##0.00_ ;[Red]\\-#,##0.00\\ ", Decimals::Between(2, 2)),
            ("_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", Decimals::Between(2, 2)),
            ("\"¥\"#,##0.0;\"¥\"\\-#,##0.0", Decimals::Between(1, 1)),
            ("[$¥-804]#,##0.000", Decimals::Between(3, 3)),
            ("0.0##", Decimals::Between(1, 3)),
            ("0%", Decimals::Between(2, 2)),
            ("0.00%", Decimals::Between(4, 4)),
            ("#,##0,", Decimals::Scaled),
            ("0.00,", Decimals::Scaled),
            ("0!.0,", Decimals::Scaled),
            ("0!.0000", Decimals::Scaled),
            ("0\\.0,\"万\"", Decimals::Scaled),
            ("0\".\"0000;[Red]0", Decimals::Scaled),
            ("0.00\\.", Decimals::Between(2, 2)),
            ("\".\"0.00", Decimals::Between(2, 2)),
            (";;;", Decimals::Unknown),
            ("yyyy\"年\"m\"月\"", Decimals::Unknown),
        ];
        for (code, decimals) in cases {
            assert_eq!(Decimals::of(code), decimals, "{code}");
        }
    }

    #[test]
    fn formats_of_times_are_told_from_those_of_numbers() {
        let cases = [
            ("General", None),
            ("#,##0.00_ ;[Red]\\-#,##0.00\\ ", None),
            ("\"days\" 0", None),
            ("0;yyyy", None),
            ("[$¥-804]#,##0.00", None),
            ("yyyy\"年\"m\"月\"", Some(Clock::Date)),
            ("[$-804]AM/PM h:mm", Some(Clock::Date)),
            ("mm:ss", Some(Clock::Date)),
            ("[h]:mm:ss", Some(Clock::Duration)),
            ("[MM]", Some(Clock::Duration)),
        ];
        for (code, clock) in cases {
            assert_eq!(Format::of(code).clock, clock, "{code}");
        }
    }

    #[test]
    fn displayed_texts_tell_their_decimals() {
        assert_eq!(Decimals::of_text("1,234.50"), Decimals::Between(2, 2));
        assert_eq!(Decimals::of_text("(3.2)"), Decimals::Between(1, 1));
        assert_eq!(Decimals::of_text("25%"), Decimals::Between(2, 2));
        assert_eq!(Decimals::of_text("-"), Decimals::Unknown);
    }
}
