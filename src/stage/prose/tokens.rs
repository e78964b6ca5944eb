//! Cuts a paragraph into the words its edition knows, amounts, years and marks; never says what an amount is.

use std::ops::Range;

use crate::template::{Change, Prose};
use crate::value::{Amount, text};

/// A piece of a paragraph.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it begins among the folded characters.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

/// What a piece of a paragraph is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A word of the edition.
    Word(Word),
    /// An amount of money.
    Money(Money),
    /// A share in hundredths, and its decimals.
    Percent(Amount, u8),
    /// A number of things: the number and the words that count them.
    Count(Amount, Vec<char>),
    /// A year, a day of it where one is named.
    Date(i32, Option<(u8, u8)>),
    /// A number before a point: of a list.
    Ordinal,
    /// A comma.
    Pause,
    /// The end of a sentence or of a part of one, an opening bracket, a colon.
    Stop(char),
    /// Anything else, one character.
    Other,
}

/// What a word means.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Word {
    pub names: Vec<usize>,
    pub filler: bool,
    pub lead: bool,
    pub compare: bool,
    pub with: bool,
    pub compared: bool,
    pub prior: bool,
    pub narrowing: bool,
    pub change: Option<Change>,
}

/// An amount of money as printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Money {
    /// The number before the unit.
    pub number: Amount,
    /// How many 元 the unit is.
    pub unit: Amount,
    /// The decimals of the number.
    pub decimals: u8,
    /// How many characters the number has.
    pub digits: usize,
}

/// A folded paragraph that knows where each character stood.
pub(super) struct Folded<'t> {
    /// The text as filed.
    written: &'t str,
    /// The folded characters.
    pub chars: Vec<char>,
    /// Where each began in the text.
    at: Vec<usize>,
}

impl<'t> Folded<'t> {
    /// Folds a paragraph.
    pub fn new(written: &'t str) -> Self {
        let kept = written.char_indices().filter(|(_, c)| !c.is_whitespace() && !text::is_invisible(*c));
        let (at, chars) = kept.map(|(at, c)| (at, text::half_width(c))).unzip();
        Self { written, chars, at }
    }

    /// The text as filed from one folded character to before another.
    pub fn quote(&self, from: usize, to: usize) -> String {
        self.written.get(self.range(from, to)).unwrap_or_default().to_owned()
    }

    /// Where the text from one folded character to before another stands among the bytes as filed.
    pub fn range(&self, from: usize, to: usize) -> Range<usize> {
        let begin = self.at.get(from).copied().unwrap_or(self.written.len());
        let last = to.checked_sub(1).and_then(|last| self.at.get(last)).copied().unwrap_or(begin);
        let end = self.written[last..].chars().next().map_or(last, |c| last + c.len_utf8());
        begin..end
    }
}

/// The pieces of a paragraph of a section; the unit's own name may stand before a name.
pub(super) fn tokens(chars: &[char], prose: &Prose, section: Option<usize>, own_name: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (kind, length) = ordinal(rest, at)
            .or_else(|| number(chars, at, prose, section))
            .or_else(|| own(rest, own_name))
            .or_else(|| word(rest, prose, section))
            .unwrap_or_else(|| (mark(rest[0]), 1));
        tokens.push(Token { kind, from: at, to: at + length });
        at += length;
    }
    tokens
}

/// A number of a list that begins a paragraph, or stands in brackets.
fn ordinal(rest: &[char], at: usize) -> Option<(Kind, usize)> {
    if at > 0 && rest[0] != '(' {
        return None;
    }
    let begin: String = rest.iter().take(8).collect();
    let length = begin.chars().count() - text::strip_ordinal(&begin).chars().count();
    (length > 0).then_some((Kind::Ordinal, length))
}

fn own(rest: &[char], own_name: &[char]) -> Option<(Kind, usize)> {
    let is_own = own_name.len() > 3 && rest.starts_with(own_name);
    is_own.then(|| (Kind::Word(Word { lead: true, ..Word::default() }), own_name.len()))
}

fn word(rest: &[char], prose: &Prose, section: Option<usize>) -> Option<(Kind, usize)> {
    let (length, meaning) = prose.word_at(rest)?;
    let names = meaning.names.iter().copied();
    let word = Word {
        names: names.filter(|f| section.is_some_and(|s| prose.figures[*f].sections.contains(&s))).collect(),
        filler: meaning.filler,
        lead: meaning.lead,
        compare: meaning.compare,
        with: meaning.with,
        compared: meaning.compared,
        prior: meaning.prior,
        narrowing: meaning.narrowing,
        change: meaning.change,
    };
    (word != Word::default()).then_some((Kind::Word(word), length))
}

fn mark(c: char) -> Kind {
    match c {
        ',' => Kind::Pause,
        '.' | ';' | ':' | '(' | '!' | '?' => Kind::Stop(c),
        _ => Kind::Other,
    }
}

/// More decimals than this no amount has.
const MOST: u8 = 12;

/// A number with what stands behind it.
fn number(chars: &[char], at: usize, prose: &Prose, section: Option<usize>) -> Option<(Kind, usize)> {
    let rest = &chars[at..];
    let is_begun = at.checked_sub(1).and_then(|p| chars.get(p)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '-');
    if !rest.first()?.is_ascii_digit() || is_begun {
        return None;
    }
    if let Some(date) = date(rest, prose) {
        return Some(date);
    }
    let length = digits(rest);
    let number: String = rest[..length].iter().collect();
    let after = &rest[length..];
    let value = Amount::parse_typed(&number, None).ok().flatten();
    let decimals = number.split_once('.').map_or(0, |(_, d)| u8::try_from(d.len()).map_or(MOST, |d| d.min(MOST)));
    if let (Some(value), Some('%')) = (value, after.first()) {
        return Some((Kind::Percent(value, decimals), length + 1));
    }
    let unit = prose.units.iter().find(|(word, _)| after.starts_with(word));
    if let (Some(value), Some((word, yuan))) = (value, unit) {
        let end = length + word.len();
        // An amount for each of something is another thing.
        if !matches!(rest.get(end), Some('/')) {
            return Some((Kind::Money(Money { number: value, unit: *yuan, decimals, digits: length }), end));
        }
    }
    let is_here = |f: &&crate::template::Figure| section.is_some_and(|s| f.sections.contains(&s));
    let counted = prose.figures.iter().filter(is_here).flat_map(|f| &f.counted).find(|word| after.starts_with(word));
    if let (Some(value), Some(word)) = (value, counted) {
        return Some((Kind::Count(value, word.clone()), length + word.len()));
    }
    let is_ordinal = length <= 2 && matches!(after.first(), Some('、' | '.')) && !after.get(1).is_some_and(char::is_ascii_digit);
    let kind = if is_ordinal { Kind::Ordinal } else { Kind::Other };
    Some((kind, length + usize::from(is_ordinal)))
}

/// How many characters of a text are its number.
fn digits(rest: &[char]) -> usize {
    let is_part = |place: usize| match rest[place] {
        '.' | ',' => rest.get(place + 1).is_some_and(char::is_ascii_digit),
        c => c.is_ascii_digit(),
    };
    (0..rest.len()).find(|place| !is_part(*place)).unwrap_or(rest.len())
}

/// A year with its word behind it, or a day: in words, or parted by marks.
fn date(rest: &[char], prose: &Prose) -> Option<(Kind, usize)> {
    let year = small(rest, 4).filter(|(_, length)| *length == 4)?.0;
    let behind = &rest[4..];
    let [year_words, month, day] = &prose.calendar;
    let begins = |text: &[char], words: &[Vec<char>]| words.iter().find(|w| text.starts_with(w)).map(Vec::len);
    let in_words = || {
        let year_end = begins(behind, year_words)?;
        let (number, length) = small(&behind[year_end..], 2)?;
        let at = year_end + length + begins(&behind[year_end + length..], month)?;
        let (last, length) = small(&behind[at..], 2)?;
        Some((number, last, 4 + at + length + begins(&behind[at + length..], day)?))
    };
    let in_marks = || {
        let mark = *behind.first().filter(|c| matches!(c, '-' | '/'))?;
        let (number, length) = small(&behind[1..], 2)?;
        let at = 1 + length;
        let (last, length) = small(behind.get(at + 1..).filter(|_| behind[at] == mark)?, 2)?;
        Some((number, last, 4 + at + 1 + length))
    };
    if let Some((month, day, end)) = in_words().or_else(in_marks) {
        return Some((Kind::Date(year, Some((u8::try_from(month).ok()?, u8::try_from(day).ok()?))), end));
    }
    let end = 4 + begins(behind, year_words)?;
    // A month of a year, and a time that begins or ends with one, are no budget year.
    let is_month = small(&rest[end..], 2).is_some_and(|(_, length)| begins(&rest[end + length..], month).is_some());
    let is_more = is_month || rest.get(end).is_some_and(|c| matches!(c, '-' | '—' | '~'));
    (!is_more).then_some((Kind::Date(year, None), end))
}

/// A whole number of at most so many digits, and how many it has.
fn small(rest: &[char], most: usize) -> Option<(i32, usize)> {
    let length = rest.iter().take(most + 1).take_while(|c| c.is_ascii_digit()).count();
    let number: String = rest[..length].iter().collect();
    if length > most { None } else { Some((number.parse().ok()?, length)) }
}
