//! Exact amounts of money and the measures they are printed in; never rounds unless asked, never holds a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// The unit an amount is printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// 元
    Yuan,
    /// 千元, a thousand 元
    QianYuan,
    /// 万元, ten thousand 元
    WanYuan,
}

impl Measure {
    /// The measure named by the field's word for it.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "元" | "人民币元" => Some(Self::Yuan),
            "千元" | "人民币千元" => Some(Self::QianYuan),
            "万元" | "人民币万元" => Some(Self::WanYuan),
            _ => None,
        }
    }

    /// The field's word: 元, 千元 or 万元.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::QianYuan => "千元",
            Self::WanYuan => "万元",
        }
    }

    /// An amount of this measure in another one, exactly.
    pub fn convert(self, amount: Amount, to: Self) -> Amount {
        let yuan = amount * self.yuan();
        yuan.checked_div(to.yuan()).unwrap_or(yuan)
    }

    /// How many 元 one unit of this measure is.
    pub fn yuan(self) -> Amount {
        match self {
            Self::Yuan => Amount::ONE,
            Self::QianYuan => Amount(Decimal::from_parts(1_000, 0, 0, false, 0)),
            Self::WanYuan => Amount(Decimal::from_parts(10_000, 0, 0, false, 0)),
        }
    }
}

/// An exact decimal: an amount in the measure of its table, or a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(Decimal);

/// Why a typed text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAmount;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// One unit.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The largest amount taken: beyond any budget, and small enough that no product or sum of amounts overflows.
    const LIMIT: Decimal = Decimal::from_parts(276_447_232, 23_283, 0, false, 0);

    /// The exact value of a stored float: its shortest digits, cut to the 15 significant ones a spreadsheet shows.
    /// `None` for NaN, infinities and numbers of 10^14 and more.
    pub fn from_f64(number: f64) -> Option<Self> {
        if !number.is_finite() || number.abs() >= 1e14 {
            return None;
        }
        if number.abs() < 1e-12 {
            return Some(Self::ZERO);
        }
        let mut digits = zmij::Buffer::new();
        let text = digits.format_finite(number);
        let exact = if text.contains('e') { Decimal::from_scientific(text).ok()? } else { Decimal::from_str_exact(text).ok()? };
        let exact = exact.round_sf_with_strategy(15, RoundingStrategy::MidpointAwayFromZero).unwrap_or(exact);
        Some(Self(exact.normalize()))
    }

    /// The nearest float, for the writer at the edge.
    pub fn to_f64(self) -> f64 {
        // Parsing the exact digits gives the correctly rounded float; a conversion by division does not.
        self.0.to_string().parse().unwrap_or(f64::NAN)
    }

    /// 10 to the power of minus `decimals`: the step of a printed figure.
    pub fn step(decimals: u8) -> Self {
        Self(Decimal::new(1, u32::from(decimals)))
    }

    /// Rounded half away from zero (四舍五入).
    pub fn round(self, decimals: u8) -> Self {
        Self(self.0.round_dp_with_strategy(u32::from(decimals), RoundingStrategy::MidpointAwayFromZero))
    }

    /// How many whole steps of that many decimals this is; `None` where it is no whole number of them.
    pub fn steps(self, decimals: u8) -> Option<i64> {
        let steps = self.0.checked_mul(Decimal::from_i128_with_scale(10i128.checked_pow(u32::from(decimals))?, 0))?;
        steps.is_integer().then(|| steps.to_i64()).flatten()
    }

    /// How many decimals the exact value needs.
    pub fn decimals(self) -> u8 {
        u8::try_from(self.0.normalize().scale()).unwrap_or(u8::MAX)
    }

    /// Whether this is zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// The distance from zero.
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Half of it.
    pub fn half(self) -> Self {
        Self(self.0 * Decimal::new(5, 1))
    }

    /// The quotient, or `None` when `divisor` is zero or the quotient beyond any amount.
    pub fn checked_div(self, divisor: Self) -> Option<Self> {
        self.0.checked_div(divisor.0).filter(|q| q.abs() < Self::LIMIT).map(Self)
    }

    /// The sum, or `None` when it is beyond any amount.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).filter(|s| s.abs() < Self::LIMIT).map(Self)
    }

    /// The product, or `None` when it is beyond any amount.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).filter(|p| p.abs() < Self::LIMIT).map(Self)
    }

    /// The 15 significant digits that a spreadsheet keeps.
    pub fn significant(self) -> Self {
        let kept = self.0.round_sf_with_strategy(15, RoundingStrategy::MidpointAwayFromZero);
        Self(kept.unwrap_or(self.0).normalize())
    }

    /// With exactly `decimals` digits after the point, rounded half away from zero.
    pub fn fixed(self, decimals: u8) -> String {
        let mut rounded = self.round(decimals).0;
        rounded.rescale(u32::from(decimals));
        rounded.to_string()
    }

    /// At least `decimals` digits after the point, more where the value needs them.
    pub fn at_least(self, decimals: u8) -> String {
        self.fixed(decimals.max(self.decimals()))
    }

    /// What people type into an amount cell: `1,234.50`, `（3.20）`, `△3.2`, full-width digits, a trailing 元 or 万元 that
    /// repeats the measure. Blank, `-`, `—` and `…` mean nothing: `Ok(None)`.
    pub fn parse_typed(text: &str, measure: Option<Measure>) -> Result<Option<Self>, NotAnAmount> {
        let folded: String = text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(half_width).collect();
        let mut rest = folded.as_str();
        if rest.is_empty() || rest.chars().all(|c| matches!(c, '-' | '—' | '–' | '…' | '/' | '―')) {
            return Ok(None);
        }
        if let Some(word) = measure.map(Measure::word) {
            rest = rest.strip_suffix(word).unwrap_or(rest);
        }
        rest = rest.strip_prefix(['¥', '￥']).unwrap_or(rest);
        let mut negative = false;
        if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
            negative = true;
            rest = inner;
        }
        if let Some(inner) = rest.strip_prefix(['-', '−', '△', '▲']) {
            if negative {
                return Err(NotAnAmount);
            }
            negative = true;
            rest = inner;
        }
        // The sign of the currency stands before or behind that of the number, never on both sides.
        let rest = if rest.len() == folded.len() {
            rest
        } else {
            rest.strip_prefix(['¥', '￥']).filter(|_| !folded.starts_with('¥')).unwrap_or(rest)
        };
        let digits = without_thousands(rest).ok_or(NotAnAmount)?;
        let value = Decimal::from_str_exact(&digits).map_err(|_| NotAnAmount)?.normalize();
        if value >= Self::LIMIT || value.scale() > 12 {
            return Err(NotAnAmount);
        }
        Ok(Some(Self(if negative { -value } else { value })))
    }
}

/// The digits without their thousands separators; `None` when the separators do not part groups of three.
fn without_thousands(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') && text.bytes().any(|b| b.is_ascii_digit());
    if !plain {
        return None;
    }
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').map_or((text, ""), |(w, f)| (w, f));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let sound = (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3) && !fraction.contains(',');
    sound.then(|| text.replace(',', ""))
}

fn half_width(c: char) -> char {
    super::text::half_width(c)
}

fn is_invisible(c: char) -> bool {
    super::text::is_invisible(c)
}

impl fmt::Display for Amount {
    /// The shortest exact decimal: `4`, `59.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.normalize(), f)
    }
}

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        Decimal::from_str_exact(text).map(|d| Self(d.normalize())).map_err(|_| NotAnAmount)
    }
}

impl From<i64> for Amount {
    fn from(whole: i64) -> Self {
        Self(Decimal::from(whole))
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Amount {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, |total, part| total + part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn a_float_becomes_the_decimal_that_a_spreadsheet_shows() {
        for (float, shown) in
            [(29.020000000000003, "29.02"), (4194304.73, "4194304.73"), (4.0, "4"), (1e-7, "0.0000001"), (-0.0, "0")]
        {
            assert_eq!(Amount::from_f64(float).unwrap().to_string(), shown);
        }
        assert_eq!(Amount::from_f64(f64::NAN), None);
        assert_eq!(Amount::from_f64(1e300), None);
    }

    #[test]
    fn typed_amounts_are_read_as_people_mean_them() {
        let cases = [
            ("1,234.50", Some("1234.5")),
            ("１２．５", Some("12.5")),
            ("（3.20）", Some("-3.2")),
            ("△3.2", Some("-3.2")),
            (" 910.01 万元", Some("910.01")),
            ("¥12", Some("12")),
            ("(￥12)", Some("-12")),
            ("-¥12", Some("-12")),
            ("1 234.50", Some("1234.5")),
            ("—", None),
            ("…", None),
            ("　", None),
        ];
        for (typed, meant) in cases {
            assert_eq!(Amount::parse_typed(typed, Some(Measure::WanYuan)), Ok(meant.map(amount)), "{typed}");
        }
        for typed in ["XXX", "¥¥1", "1,23", "12元", "1.2.3", "--3", "(-3)", "三"] {
            assert_eq!(Amount::parse_typed(typed, Some(Measure::WanYuan)), Err(NotAnAmount), "{typed}");
        }
    }

    #[test]
    fn whole_steps_are_counted_and_parts_of_one_are_none() {
        for (written, steps) in
            [("5.00", Some(500)), ("-0.03", Some(-3)), ("0", Some(0)), ("0.005", None), ("99999999999999", None)]
        {
            assert_eq!(amount(written).steps(if written.len() > 9 { 9 } else { 2 }), steps, "{written}");
        }
    }

    #[test]
    fn rounding_goes_half_away_from_zero() {
        assert_eq!(amount("0.125").fixed(2), "0.13");
        assert_eq!(amount("-0.125").fixed(2), "-0.13");
        assert_eq!(amount("59.1").fixed(2), "59.10");
        assert_eq!(amount("12333.333").at_least(2), "12333.333");
    }
}
