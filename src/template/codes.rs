//! Classification code lists as data: names, former names and how far each may be trusted; never judges a budget.

use indexmap::IndexMap;

use crate::value::{Code, text};

/// How well a name is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Printed in official disclosures: may support an error or a warning.
    Official,
    /// Partly supported: may only give a hint.
    Partial,
    /// Not supported: says nothing.
    None,
}

impl Trust {
    /// The trust that a letter stands for.
    pub fn of(letter: &str) -> Option<Self> {
        match letter {
            "A" => Some(Self::Official),
            "B" => Some(Self::Partial),
            "C" => Some(Self::None),
            _ => None,
        }
    }
}

/// One code of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its present name.
    pub name: String,
    /// How well that name is supported.
    pub trust: Trust,
    /// Names it had before.
    pub former: Vec<String>,
    folded: String,
}

/// The codes of one classification.
#[derive(Debug, Clone, Default)]
pub struct CodeList {
    codes: IndexMap<Code, Named>,
}

/// A line of a code list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct CodeListError {
    /// Counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl CodeList {
    /// Reads a list of tab-separated lines: code, name, trust, years, former names parted by `|`.
    pub fn parse(text: &str) -> Result<Self, CodeListError> {
        let mut codes = IndexMap::new();
        for (index, line) in text.lines().enumerate().skip(1).filter(|(_, l)| !l.trim().is_empty()) {
            let wrong = |problem| CodeListError { line: index + 1, problem };
            let mut fields = line.split('\t');
            let mut field = || fields.next().map(str::trim);
            let code: Code = field().unwrap_or_default().parse().map_err(|_| wrong("the code is not digits"))?;
            let name = field().filter(|n| !n.is_empty()).ok_or(wrong("the name is missing"))?.to_owned();
            let trust = field().and_then(Trust::of).ok_or(wrong("trust is A, B or C"))?;
            let _years = field();
            let former = field().unwrap_or_default().split('|').filter(|f| !f.is_empty()).map(str::to_owned).collect();
            let folded = text::fold(&name);
            if codes.insert(code, Named { name, trust, former, folded }).is_some() {
                return Err(wrong("the code stands twice"));
            }
        }
        Ok(Self { codes })
    }

    /// All codes with what the list says of them, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = (Code, &Named)> {
        self.codes.iter().map(|(code, named)| (*code, named))
    }

    /// What the list says of a code.
    pub fn get(&self, code: Code) -> Option<&Named> {
        self.codes.get(&code)
    }
}

impl Named {
    /// Whether a written name is the present one.
    pub fn is_called(&self, written: &str) -> bool {
        text::folds_to(written, &self.folded)
    }

    /// The former name that was written, if it is one.
    pub fn formerly(&self, written: &str) -> Option<&str> {
        let written = text::fold(written);
        self.former.iter().find(|f| text::fold(f) == written).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_names_former_names_and_trust() {
        let list =
            CodeList::parse("code\tname\ttrust\tyears\tformer\n210\t卫生健康支出\tA\t2023\t医疗卫生与计划生育支出\n").unwrap();
        let named = list.get("210".parse().unwrap()).unwrap();
        assert!(named.is_called("卫生 健康支出") && named.trust == Trust::Official);
        assert_eq!(named.formerly("医疗卫生与计划生育支出"), Some("医疗卫生与计划生育支出"));
        let wrong = CodeList::parse("code\tname\ttrust\n210\t卫生健康支出\tX\n").unwrap_err();
        assert_eq!(wrong.to_string(), "line 2: trust is A, B or C");
    }
}
