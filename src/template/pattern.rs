//! Printed lines with fields in them (`预算年度：{year}`): filled in when writing, read back when reading; never guesses a field.

use crate::value::{Measure, text};

/// A printed line: fixed words and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
    written: String,
    folded: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(Vec<char>),
    Field(Field),
}

/// What a field of a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Code,
    Name,
    Year,
    PriorYear,
    Measure,
    Project,
}

/// The fields of a line: what is filled in, or what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Code of the budget unit.
    pub code: Option<String>,
    /// Name of the budget unit.
    pub name: Option<String>,
    /// Budget year.
    pub year: Option<i32>,
    /// The year before it, where a line that was read names that; filling goes by the budget year.
    pub prior_year: Option<i32>,
    /// Measure of the table.
    pub measure: Option<Measure>,
    /// Name of a project.
    pub project: Option<String>,
}

impl Fields {
    /// These, and from others what is not among them.
    pub fn or(self, other: Self) -> Self {
        Self {
            code: self.code.or(other.code),
            name: self.name.or(other.name),
            year: self.year.or(other.year),
            prior_year: self.prior_year.or(other.prior_year),
            measure: self.measure.or(other.measure),
            project: self.project.or(other.project),
        }
    }
}

impl Pattern {
    /// Parses a line; the error names the field that is not known.
    pub fn parse(written: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some(open) = rest.find('{') {
            push_words(&mut parts, &rest[..open]);
            let close = rest[open..].find('}').ok_or_else(|| format!("\"{written}\" has a {{ without its }}"))? + open;
            let field = Field::named(&rest[open + 1..close])
                .ok_or_else(|| format!("\"{written}\" has an unknown field {}", &rest[open..=close]))?;
            parts.push(Part::Field(field));
            rest = &rest[close + 1..];
        }
        push_words(&mut parts, rest);
        Ok(Self { parts, written: written.to_owned(), folded: text::fold(written) })
    }

    /// The line with its fields filled in; a field that is not known prints nothing.
    pub fn fill(&self, fields: &Fields) -> String {
        let mut line = String::new();
        let mut rest = self.written.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').unwrap_or((after, ""));
            line.push_str(before);
            if let Some(field) = Field::named(field) {
                line.push_str(&field.value(fields));
            }
            rest = after;
        }
        line.push_str(rest);
        line.trim().to_owned()
    }

    /// Whether the line names the code of the unit.
    pub fn has_code(&self) -> bool {
        self.parts.contains(&Part::Field(Field::Code))
    }

    /// Whether the line begins with fixed words.
    pub fn begins_with_words(&self) -> bool {
        matches!(self.parts.first(), Some(Part::Words(words)) if words.len() > 1)
    }

    /// Whether the line has no field.
    pub fn is_fixed(&self) -> bool {
        self.parts.iter().all(|p| matches!(p, Part::Words(_)))
    }

    /// The folded words of a line without fields.
    pub fn fixed_words(&self) -> Option<&str> {
        self.is_fixed().then_some(self.folded.as_str())
    }

    /// The folded words of a line that has no field but a year it begins with, with some year in it.
    pub fn yearless_words(&self) -> Option<String> {
        let is_year = |p: &Part| *p == Part::Field(Field::Year);
        let (first, rest) = self.parts.split_first()?;
        let is_known = (is_year(first) || matches!(first, Part::Words(_))) && rest.iter().all(|p| matches!(p, Part::Words(_)));
        is_known.then(|| text::fold(&self.fill(&Fields { year: Some(2000), ..Fields::default() })))
    }

    /// Whether a folded text follows the pattern.
    pub fn matches(&self, folded: &str) -> bool {
        if self.is_fixed() { self.folded == folded } else { self.read(folded).is_some() }
    }

    /// Whether a folded line ends with the last words of the pattern: a quick look before reading it.
    pub fn ends_like(&self, folded: &str) -> bool {
        match self.parts.last() {
            Some(Part::Words(words)) => {
                words.iter().rev().zip(folded.chars().rev()).filter(|(w, c)| *w == c).count() == words.len()
            }
            _ => true,
        }
    }

    /// The fields of a line that follows the pattern, whatever its spacing and width of characters.
    pub fn read(&self, line: &str) -> Option<Fields> {
        // Most lines follow no pattern, and their first characters show it.
        if let Some(Part::Words(words)) = self.parts.first()
            && !folded_chars(line).map(|(c, _)| c).take(words.len()).eq(words.iter().copied())
        {
            return None;
        }
        let folded: Vec<(char, usize)> = folded_chars(line).collect();
        let mut fields = Fields::default();
        let mut at = 0;
        for (index, part) in self.parts.iter().enumerate() {
            at = match part {
                Part::Words(words) => {
                    let end = at + words.len();
                    let same = folded.get(at..end)?.iter().map(|(c, _)| c).eq(words);
                    same.then_some(end)?
                }
                Part::Field(field) => {
                    let length = field.length(&folded[at..], self.parts.get(index + 1))?;
                    let end = at + length;
                    let last = folded[end - 1];
                    let written = line[folded[at].1..last.1 + line[last.1..].chars().next().map_or(1, char::len_utf8)].trim();
                    field.set(&mut fields, written, &folded[at..end])?;
                    end
                }
            };
        }
        (at == folded.len()).then_some(fields)
    }
}

/// The characters of a folded line, each with its place in the line as written.
fn folded_chars(line: &str) -> impl Iterator<Item = (char, usize)> + '_ {
    let kept = line.char_indices().filter(|(_, c)| !c.is_whitespace() && !text::is_invisible(*c));
    kept.map(|(at, c)| (text::half_width(c), at))
}

fn push_words(parts: &mut Vec<Part>, words: &str) {
    let folded: Vec<char> = text::fold(words).chars().collect();
    if !folded.is_empty() {
        parts.push(Part::Words(folded));
    }
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "code" => Self::Code,
            "name" => Self::Name,
            "year" => Self::Year,
            "prior_year" => Self::PriorYear,
            "measure" => Self::Measure,
            "project" => Self::Project,
            _ => return None,
        })
    }

    fn value(self, fields: &Fields) -> String {
        match self {
            Self::Code => fields.code.clone().unwrap_or_default(),
            Self::Name => fields.name.clone().unwrap_or_default(),
            Self::Project => fields.project.clone().unwrap_or_default(),
            Self::Year => fields.year.map(|y| y.to_string()).unwrap_or_default(),
            Self::PriorYear => fields.year.map(|y| (y - 1).to_string()).unwrap_or_default(),
            Self::Measure => fields.measure.map(Measure::word).unwrap_or_default().to_owned(),
        }
    }

    /// How many characters of `rest` the field takes; `None` when it cannot stand there.
    fn length(self, rest: &[(char, usize)], next: Option<&Part>) -> Option<usize> {
        let length = match self {
            Self::Year | Self::PriorYear => {
                (rest.len() >= 4 && rest[..4].iter().all(|(c, _)| c.is_ascii_digit())).then_some(4)?
            }
            // Shorter numbers are ordinals.
            Self::Code => Some(rest.iter().take_while(|(c, _)| c.is_ascii_digit()).count()).filter(|n| *n >= 3)?,
            Self::Measure => {
                ["人民币万元", "人民币千元", "人民币元", "万元", "千元", "元"]
                    .iter()
                    .map(|w| (w, w.chars().count()))
                    .find(|(w, n)| rest.len() >= *n && rest[..*n].iter().map(|(c, _)| *c).eq(w.chars()))?
                    .1
            }
            Self::Name | Self::Project => match next {
                Some(Part::Words(words)) => last_place(rest, words)?,
                Some(Part::Field(_)) | None => rest.len(),
            },
        };
        (length > 0).then_some(length)
    }

    fn set(self, fields: &mut Fields, written: &str, folded: &[(char, usize)]) -> Option<()> {
        let plain = || folded.iter().map(|(c, _)| c).collect::<String>();
        match self {
            Self::Code => fields.code = Some(plain()),
            Self::Name => {
                let name = written.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '—' | '_' | ':' | '：'));
                fields.name = Some(name.to_owned()).filter(|n| !n.is_empty());
                fields.name.as_ref()?;
            }
            Self::Project => fields.project = Some(written.to_owned()),
            Self::Year => fields.year = Some(plain().parse().ok()?),
            Self::PriorYear => fields.prior_year = Some(plain().parse().ok()?),
            Self::Measure => fields.measure = Some(Measure::from_word(&plain())?),
        }
        Some(())
    }
}

/// Where the words stand last in the rest of a line.
fn last_place(rest: &[(char, usize)], words: &[char]) -> Option<usize> {
    (0..=rest.len().checked_sub(words.len())?).rev().find(|at| rest[*at..*at + words.len()].iter().map(|(c, _)| c).eq(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_its_spacing() {
        let read = |pattern: &str, line: &str| Pattern::parse(pattern).unwrap().read(line);
        let unit = read("{code} {name}", "434007 秦皇岛经济技术开发区 营商环境服务中心").unwrap();
        assert_eq!((unit.code.as_deref(), unit.name.as_deref()), (Some("434007"), Some("秦皇岛经济技术开发区 营商环境服务中心")));
        assert_eq!(read("预算年度：{year}", "预算年度: ２０２３").unwrap().year, Some(2023));
        assert_eq!(read("截止时间：{prior_year}-12-31", "截止时间：2022-12-31").unwrap().prior_year, Some(2022));
        assert_eq!(read("单位：{measure}", "单位: 万 元").unwrap().measure, Some(Measure::WanYuan));
        assert_eq!(read("{project}绩效目标表", "电信宽带接入费绩效目标表").unwrap().project.as_deref(), Some("电信宽带接入费"));
        for (pattern, line) in
            [("{code} {name}", "434007"), ("单位：{measure}", "单位：某局"), ("预算年度：{year}", "预算年度：23")]
        {
            assert_eq!(read(pattern, line), None, "{line}");
        }
    }

    #[test]
    fn a_line_is_filled_with_what_is_known() {
        let fields = Fields { year: Some(2023), name: Some("某中心".into()), ..Fields::default() };
        let fill = |pattern: &str| Pattern::parse(pattern).unwrap().fill(&fields);
        assert_eq!(fill("{code} {name}"), "某中心");
        assert_eq!(fill("截止时间：{prior_year}-12-31"), "截止时间：2022-12-31");
        assert!(Pattern::parse("{unit}").is_err());
    }
}
