//! Reads figures out of the narrative: the words right before an amount say what it is; never takes an amount whose words leave
//! that open.

mod tokens;

use std::ops::Range;

use crate::model::{Budget, Site};
use crate::template::{Change, Part, Prose, Stated};
use crate::value::{Amount, text};
use tokens::{Folded, Kind, Money, Token, Word};

/// An amount that the narrative tells of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The figure.
    pub figure: usize,
    /// Which of its amounts.
    pub part: Part,
    /// The number as printed; negative where something shrank.
    pub number: Amount,
    /// How many 元 its unit is; one for a number of things.
    pub unit: Amount,
    /// The decimals of the number.
    pub decimals: u8,
    /// Where.
    pub said: Said,
    /// Where its parts stand in the text of the paragraph, in bytes.
    pub written: Written,
}

/// Where the parts of a mention stand in its paragraph, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The number; `None` where an amount stayed.
    pub number: Option<Range<usize>>,
    /// The word that says how it changed.
    pub verb: Option<Range<usize>>,
    /// The end of the mention.
    pub end: usize,
}

/// A part of a sentence and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The paragraph, by its place in the narrative.
    pub paragraph: usize,
    /// Its cell.
    pub site: Site,
    /// The words as filed.
    pub quote: String,
}

/// A year or a day that the narrative names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The year.
    pub year: i32,
    /// Month and day.
    pub day: Option<(u8, u8)>,
    /// Whether an amount is compared with it.
    pub compared: bool,
    /// What stands before it in its paragraph, folded.
    pub before: String,
    /// What stands after it, folded.
    pub after: String,
    /// Where.
    pub said: Said,
}

/// All that was read out of a narrative.
#[derive(Debug, Default)]
pub struct Told {
    /// Amounts of figures.
    pub mentions: Vec<Mention>,
    /// Years and days.
    pub dates: Vec<Dated>,
}

impl Mention {
    /// What it is worth in 元.
    pub fn yuan(&self) -> Amount {
        self.number.checked_mul(self.unit).unwrap_or(self.number)
    }

    /// Whether it is the amount that an equation names.
    pub fn is(&self, stated: &Stated) -> bool {
        self.figure == stated.figure && self.part == stated.part
    }
}

/// Reads the narrative of a budget.
pub fn read(budget: &Budget) -> Told {
    let mut told = Told::default();
    let Some(narrative) = budget.template.narrative.as_ref().filter(|n| !n.prose.figures.is_empty()) else { return told };
    let own_name = text::fold(budget.name.as_deref().unwrap_or_default());
    let own_name: Vec<char> = own_name.split('(').next().unwrap_or_default().chars().collect();
    for (place, paragraph) in budget.narrative.iter().enumerate() {
        let folded = Folded::new(&paragraph.text.text);
        let tokens = tokens::tokens(&folded.chars, &narrative.prose, paragraph.section, &own_name);
        let said = |from: usize, to: usize| Said { paragraph: place, site: paragraph.text.site, quote: folded.quote(from, to) };
        let reader =
            Reader { prose: &narrative.prose, tokens: &tokens, chars: &folded.chars, year: budget.year, own_name: &own_name };
        for (at, token) in tokens.iter().enumerate() {
            if let Kind::Date(year, day) = token.kind {
                let compared = reader.compared_from(at);
                let chars = |range: &[char]| range.iter().collect::<String>();
                told.dates.push(Dated {
                    year,
                    day,
                    compared: compared.is_some(),
                    before: chars(&folded.chars[..token.from]),
                    after: chars(&folded.chars[token.to..]),
                    said: said(compared.map_or(token.from, |c| tokens[c].from), token.to),
                });
            }
        }
        let mention = |heard: Heard| Mention {
            figure: heard.figure,
            part: heard.part,
            number: heard.number,
            unit: heard.unit,
            decimals: heard.decimals,
            said: said(tokens[heard.from].from, tokens[heard.to].to),
            written: Written {
                number: heard.digits.map(|digits| folded.range(tokens[heard.to].from, tokens[heard.to].from + digits)),
                verb: heard.verb.map(|verb| folded.range(tokens[verb].from, tokens[verb].to)),
                end: folded.range(tokens[heard.from].from, tokens[heard.to].to).end,
            },
        };
        told.mentions.extend(reader.mentions().into_iter().map(mention));
    }
    told
}

/// A mention by its pieces.
struct Heard {
    figure: usize,
    part: Part,
    number: Amount,
    unit: Amount,
    decimals: u8,
    from: usize,
    to: usize,
    /// How many characters of its last piece are the number.
    digits: Option<usize>,
    /// The piece that says how it changed.
    verb: Option<usize>,
}

/// A paragraph in pieces.
struct Reader<'r> {
    prose: &'r Prose,
    tokens: &'r [Token],
    chars: &'r [char],
    year: Option<i32>,
    own_name: &'r [char],
}

impl Reader<'_> {
    fn word(&self, at: usize) -> Option<&Word> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn money(&self, at: usize) -> Option<Money> {
        match self.tokens.get(at)?.kind {
            Kind::Money(money) => Some(money),
            _ => None,
        }
    }

    /// The first piece from here on that is no filler.
    fn past_fillers(&self, mut at: usize) -> usize {
        while self.word(at).is_some_and(|w| w.filler) || matches!(self.tokens.get(at).map(|t| &t.kind), Some(Kind::Stop(':'))) {
            at += 1;
        }
        at
    }

    /// The word that begins the comparison whose year stands here.
    fn compared_from(&self, year: usize) -> Option<usize> {
        let mut before = year;
        while before > 0 {
            before -= 1;
            match self.word(before) {
                Some(word) if word.compare || word.with => return self.is_comparison(before, year).then_some(before),
                Some(word) if word.filler => {}
                _ => return None,
            }
        }
        None
    }

    /// Whether a word and the year behind it begin a comparison.
    fn is_comparison(&self, at: usize, year: usize) -> bool {
        let fillers = year + 1..self.past_fillers(year + 1);
        let is_said = || fillers.clone().any(|f| self.word(f).is_some_and(|w| w.compared));
        let stays = || self.word(fillers.end).is_some_and(|w| w.change == Some(Change::Same));
        self.word(at).is_some_and(|w| w.compare || (w.with && (is_said() || stays())))
    }

    fn mentions(&self) -> Vec<Heard> {
        let mut heard: Vec<Heard> = Vec::new();
        for at in 0..self.tokens.len() {
            let Some(word) = self.word(at) else { continue };
            for figure in word.names.iter().copied() {
                let is_begun = self.prose.figures[figure].anywhere || self.is_begun(at);
                if is_begun && !self.is_narrowed(figure, at, &heard) {
                    self.mention(figure, at, &mut heard);
                }
            }
        }
        heard
    }

    /// Whether nothing before a name in its clause makes it mean something else.
    fn is_begun(&self, name: usize) -> bool {
        let mut at = name;
        let mut others = Vec::new();
        while let Some(before) = at.checked_sub(1) {
            let token = &self.tokens[before];
            match &token.kind {
                Kind::Pause | Kind::Stop(_) | Kind::Ordinal => break,
                Kind::Date(year, _) if self.year.is_none_or(|own| own == *year) => {}
                // After other words only what shortens the unit's own name may come.
                Kind::Word(word) if (word.lead || word.filler) && others.is_empty() => {}
                Kind::Word(_) | Kind::Other => others.extend(self.chars[token.from..token.to].iter().rev()),
                Kind::Date(..) | Kind::Money(_) | Kind::Count(..) | Kind::Percent(..) => return false,
            }
            at = before;
        }
        others.reverse();
        // A shorter form of a name ends as the name does: 住建局, not 住建.
        let is_own = || others.len() > 1 && others.last() == self.own_name.last() && shortens(&others, self.own_name);
        self.is_of_this_year(name) && (others.is_empty() || is_own())
    }

    /// Whether the year that governs a clause is the budget's: the nearest one before in the sentence that nothing is compared
    /// with.
    fn is_of_this_year(&self, name: usize) -> bool {
        for at in (0..name).rev() {
            match &self.tokens[at].kind {
                Kind::Stop('.' | ';') => return true,
                Kind::Date(year, None) if self.compared_from(at).is_none() => return self.year == Some(*year),
                Kind::Word(word) if word.prior && self.compared_from(at).is_none() => return false,
                _ => {}
            }
        }
        true
    }

    /// Whether a word before has narrowed what a figure is about.
    fn is_narrowed(&self, figure: usize, name: usize, heard: &[Heard]) -> bool {
        let declared = &self.prose.figures[figure];
        if !declared.narrowed {
            return false;
        }
        let restored = |h: &&Heard| Some(h.figure) == declared.within && h.part == Part::Level;
        let from = heard.iter().rev().find(restored).map_or(0, |h| h.to);
        (from..name).any(|at| self.word(at).is_some_and(|w| w.narrowing))
    }

    /// The amounts told of a figure after its name: this year's, the year's before, the change.
    fn mention(&self, figure: usize, name: usize, heard: &mut Vec<Heard>) {
        let at = self.past_fillers(name + 1);
        let amount = |part, money: Money, from, to| Heard {
            figure,
            part,
            number: money.number,
            unit: money.unit,
            decimals: money.decimals,
            from,
            to,
            digits: Some(money.digits),
            verb: None,
        };
        if let Some(Kind::Count(number, word)) = self.tokens.get(at).map(|t| &t.kind) {
            if self.prose.figures[figure].counted.contains(word) {
                let (number, unit) = (*number, Amount::ONE);
                let (digits, verb) = (Some(self.tokens[at].to - self.tokens[at].from - word.len()), None);
                heard.push(Heard { figure, part: Part::Level, number, unit, decimals: 0, from: name, to: at, digits, verb });
            }
            return;
        }
        let mut next = at;
        if let Some(money) = self.money(at) {
            heard.push(amount(Part::Level, money, name, at));
            next = at + 1;
            if matches!(self.tokens.get(next).map(|t| &t.kind), Some(Kind::Pause)) {
                next += 1;
            }
            next = self.past_fillers(next);
            if !self.word(next).is_some_and(|w| w.compare || w.with) {
                return;
            }
        }
        let from = if next == at { name } else { next };
        if self.word(next).is_some_and(|w| w.compare || w.with) {
            let year = self.past_fillers(next + 1);
            let is_year = matches!(self.tokens.get(year).map(|t| &t.kind), Some(Kind::Date(_, None)));
            if !(is_year || self.word(year).is_some_and(|w| w.prior)) || !self.is_comparison(next, year) {
                return;
            }
            next = self.past_fillers(year + 1);
            if let Some(money) = self.money(next) {
                heard.push(amount(Part::Prior, money, from, next));
                next = self.past_fillers(next + 1);
            }
            if matches!(self.tokens.get(next).map(|t| &t.kind), Some(Kind::Pause)) {
                next = self.past_fillers(next + 1);
            }
        }
        let Some(change) = self.word(next).and_then(|w| w.change) else { return };
        if change == Change::Same {
            let none = Money { number: Amount::ZERO, unit: Amount::ONE, decimals: 0, digits: 0 };
            heard.push(Heard { digits: None, verb: Some(next), ..amount(Part::Change, none, from, next) });
            let changed = self.past_fillers(next + 1 + self.pause(next + 1));
            let money = self.word(changed).and_then(|w| w.change).and_then(|_| self.money(self.past_fillers(changed + 1)));
            if let Some(money) = money.filter(|m| !m.number.is_zero()) {
                heard.push(amount(Part::Despite, money, from, self.past_fillers(changed + 1)));
            }
            return;
        }
        let to = self.past_fillers(next + 1);
        if let Some(money) = self.money(to) {
            let number = if change == Change::Fall { -money.number } else { money.number };
            heard.push(Heard { verb: Some(next), ..amount(Part::Change, Money { number, ..money }, from, to) });
            self.percent(figure, change, from, self.past_fillers(to + 1 + self.aside(to + 1)), heard);
        } else {
            self.percent(figure, change, from, to, heard);
        }
    }

    /// How many commas stand here.
    fn pause(&self, at: usize) -> usize {
        usize::from(matches!(self.tokens.get(at).map(|t| &t.kind), Some(Kind::Pause)))
    }

    /// How many commas or opening brackets stand here.
    fn aside(&self, at: usize) -> usize {
        usize::from(matches!(self.tokens.get(at).map(|t| &t.kind), Some(Kind::Pause | Kind::Stop('('))))
    }

    /// The share that a change is said to be, which begins here.
    fn percent(&self, figure: usize, change: Change, from: usize, at: usize, heard: &mut Vec<Heard>) {
        let again = self.word(at).and_then(|w| w.change);
        if again.is_some_and(|c| c != change) {
            return;
        }
        let to = if again.is_some() { self.past_fillers(at + 1) } else { at };
        if let Some(Kind::Percent(share, decimals)) = self.tokens.get(to).map(|t| &t.kind) {
            let number = if change == Change::Fall { -*share } else { *share };
            let (digits, verb) = (Some(self.tokens[to].to - self.tokens[to].from - 1), again.map(|_| at));
            let (part, unit, decimals) = (Part::Percent, Amount::ONE, *decimals);
            heard.push(Heard { figure, part, number, unit, decimals, from, to, digits, verb });
        }
    }
}

/// Whether a text is a name with characters left out.
pub fn shortens(text: &[char], name: &[char]) -> bool {
    let mut rest = name.iter();
    !text.is_empty() && text.iter().all(|c| rest.any(|n| n == c))
}
