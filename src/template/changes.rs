//! What became of codes from one year to another, as data: new names, new codes, codes used anew; never judges a budget.

use super::{CodeListError, Trust};
use crate::value::{Code, text};

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has another name.
    Renamed,
    /// What it meant has another code.
    Moved,
    /// It means something else.
    Reused,
    /// It is no longer used, for one thing or for several.
    Gone,
    /// It was not used before.
    New,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChange {
    /// The code before.
    pub code: Code,
    /// Its name before; empty where there was none.
    pub name: String,
    /// The code now, where there is one.
    pub to: Option<Code>,
    /// The name now; empty where there is none.
    pub present: String,
    /// The first year of what is now.
    pub year: Option<i32>,
    /// What became of it.
    pub fate: Fate,
    /// How well that is supported.
    pub trust: Trust,
}

/// The changes that are known.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    lines: Vec<CodeChange>,
}

impl Changes {
    /// Reads tab-separated lines: code, name, code now, name now, year, what became of it, trust, a note.
    pub fn parse(text: &str) -> Result<Self, CodeListError> {
        let lines = text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty());
        let read = lines.map(|(index, line)| change(line).map_err(|problem| CodeListError { line: index + 1, problem }));
        Ok(Self { lines: read.collect::<Result<_, _>>()? })
    }

    /// All of them, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = &CodeChange> {
        self.lines.iter()
    }

    /// Where a code of that name went.
    pub fn moved(&self, code: Code, name: &str) -> Option<&CodeChange> {
        self.lines.iter().find(|c| c.fate == Fate::Moved && c.code == code && is_called(&c.name, name))
    }

    /// The change that gave a code its present name.
    pub fn renamed(&self, code: Code, before: &str, present: &str) -> Option<&CodeChange> {
        self.lines.iter().find(|c| c.fate == Fate::Renamed && c.is_from(code, before, present))
    }

    /// Whether a code means another thing under its present name.
    pub fn is_reused(&self, code: Code, before: &str, present: &str) -> bool {
        self.lines.iter().any(|c| c.fate == Fate::Reused && c.is_from(code, before, present))
    }
}

impl CodeChange {
    fn is_from(&self, code: Code, before: &str, present: &str) -> bool {
        self.code == code && is_called(&self.name, before) && is_called(&self.present, present)
    }
}

fn is_called(name: &str, written: &str) -> bool {
    !name.is_empty() && text::fold(name) == text::fold(written)
}

fn change(line: &str) -> Result<CodeChange, &'static str> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let field = |place: usize| fields.get(place).copied().unwrap_or_default();
    let code = field(0).parse().map_err(|_| "the code is not digits")?;
    let to = Some(field(2)).filter(|f| !f.is_empty()).map(str::parse).transpose().map_err(|_| "the code now is not digits")?;
    let year = Some(field(4)).filter(|f| !f.is_empty()).map(str::parse).transpose().map_err(|_| "the year is no number")?;
    let fate = match field(5) {
        "renamed" => Fate::Renamed,
        "moved" => Fate::Moved,
        "reused" => Fate::Reused,
        "split" | "removed" => Fate::Gone,
        "new" => Fate::New,
        _ => return Err("what became of it is renamed, moved, reused, split, removed or new"),
    };
    let trust = Trust::of(field(6)).ok_or("trust is A, B or C")?;
    let (has_past, has_present) = (!field(1).is_empty(), to.is_some() && !field(3).is_empty());
    let is_whole = match fate {
        Fate::Gone => has_past,
        Fate::New => has_present,
        _ => has_past && has_present,
    };
    let stays = matches!(fate, Fate::Renamed | Fate::Reused);
    if !is_whole || (stays && to != Some(code)) || (fate == Fate::Moved && to == Some(code)) {
        return Err("names and codes before and now do not go with what became of it");
    }
    let (name, present) = (field(1).to_owned(), field(3).to_owned());
    Ok(CodeChange { code, name, to, present, year, fate, trust })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "code\tname\tto\tpresent\tyear\tkind\ttrust\tnote\n";

    #[test]
    fn a_change_is_found_by_code_and_name() {
        let changes =
            Changes::parse(&format!("{HEAD}30311\t甲\t30113\t甲\t2018\tmoved\tA\t\n30311\t甲\t30311\t乙\t\treused\tB\t"))
                .unwrap();
        let code = "30311".parse().unwrap();
        assert_eq!(changes.moved(code, " 甲").and_then(|c| c.to), "30113".parse().ok());
        assert_eq!(changes.moved(code, "乙"), None);
        assert!(changes.is_reused(code, "甲", "乙") && !changes.is_reused(code, "乙", "乙"));
        assert_eq!(changes.renamed(code, "甲", "乙"), None);
    }

    #[test]
    fn a_change_that_says_nothing_is_refused() {
        for (line, problem) in [
            ("x\t甲\t1\t乙\t\trenamed\tA", "the code is not digits"),
            ("1\t甲\t1\t乙\t\tlost\tA", "what became of it is renamed, moved, reused, split, removed or new"),
            ("1\t甲\t2\t乙\t\trenamed\tA", "names and codes before and now do not go with what became of it"),
            ("1\t甲\t1\t甲\t\tmoved\tA", "names and codes before and now do not go with what became of it"),
            ("1\t甲\t1\t乙\t\trenamed\tD", "trust is A, B or C"),
        ] {
            assert_eq!(Changes::parse(&format!("{HEAD}{line}")).unwrap_err(), CodeListError { line: 2, problem });
        }
    }
}
