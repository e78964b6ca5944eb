//! Several versions of one budget among the inputs: which one counts by what the files say; never by the order of names.

use std::collections::HashMap;

use crate::finding::{Lang, Told, tell_again, tell_newer, tell_older};
use crate::stage::whose::Whose;

/// How a budget stands to one of the same unit and year that was read before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    /// There was none.
    Only,
    /// It was saved later than the one in this file, and takes its place.
    Newer(String),
    /// The one in this file was saved later, and counts.
    Older(String),
    /// Which of them counts cannot be known.
    Unknown(String),
}

impl Version {
    /// What is told of it.
    pub(super) fn told(&self, file: &str, lang: Lang) -> Option<Told> {
        match self {
            Self::Only => None,
            Self::Newer(older) => Some(tell_newer(file, older, lang)),
            Self::Older(newer) => Some(tell_older(file, newer, lang)),
            Self::Unknown(first) => Some(tell_again(file, first, lang)),
        }
    }
}

/// The budgets read so far.
#[derive(Default)]
pub(super) struct Versions {
    read: Vec<Read>,
    by_code: HashMap<(String, Option<i32>), usize>,
    by_name: HashMap<(String, Option<i32>), usize>,
}

struct Read {
    file: String,
    saved: Option<String>,
    tables: usize,
    has_code: bool,
}

impl Versions {
    /// Notes a budget, and tells how it stands to those before it.
    pub(super) fn take(&mut self, file: &str, whose: &Whose, (saved, tables): (Option<String>, usize)) -> Version {
        let code = whose.code.clone().map(|code| (code, whose.year));
        let name = whose.name.clone().map(|name| (name, whose.year));
        let by_code = code.as_ref().and_then(|code| self.by_code.get(code)).copied();
        // A name tells units apart only where one of the two has no code.
        let by_name = || {
            let known = *self.by_name.get(name.as_ref()?)?;
            (code.is_none() || !self.read[known].has_code).then_some(known)
        };
        if let Some(known) = by_code.or_else(by_name) {
            let read = &mut self.read[known];
            let other = read.file.clone();
            let version = match (&read.saved, &saved) {
                // A part of a budget never takes the place of one with more tables.
                (Some(before), Some(now)) if now > before && tables >= read.tables => Version::Newer(other),
                (Some(before), Some(now)) if now < before && tables <= read.tables => Version::Older(other),
                _ => Version::Unknown(other),
            };
            if matches!(version, Version::Newer(_)) {
                (read.file, read.saved, read.tables) = (file.to_owned(), saved, tables);
            }
            return version;
        }
        let place = self.read.len();
        self.read.push(Read { file: file.to_owned(), saved, tables, has_code: code.is_some() });
        self.by_code.extend(code.map(|code| (code, place)));
        self.by_name.extend(name.map(|name| (name, place)));
        Version::Only
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_saved_last_counts_and_where_nothing_is_said_nobody_decides() {
        let unit = |code: &str, name: &str, year| Whose {
            code: Some(code.to_owned()).filter(|c| !c.is_empty()),
            name: Some(name.to_owned()),
            year: Some(year),
        };
        let saved = |day: &str| Some(format!("2031-01-{day}T00:00:00"));
        let mut versions = Versions::default();
        let mut take = |file: &str, whose: Whose, saved: Option<String>| {
            versions.take(file, &whose, (saved, if file == "j" { 1 } else { 9 }))
        };
        assert_eq!(take("a", unit("1", "甲", 2031), saved("05")), Version::Only);
        assert_eq!(take("b", unit("1", "甲", 2030), saved("05")), Version::Only);
        assert_eq!(take("c", unit("2", "甲", 2031), saved("09")), Version::Only);
        assert_eq!(take("d", unit("1", "甲", 2031), saved("07")), Version::Newer("a".into()));
        assert_eq!(take("e", unit("1", "甲局", 2031), saved("06")), Version::Older("d".into()));
        assert_eq!(take("f", unit("1", "甲", 2031), None), Version::Unknown("d".into()));
        assert_eq!(take("g", unit("1", "甲", 2031), saved("07")), Version::Unknown("d".into()));
        assert_eq!(take("j", unit("1", "甲", 2031), saved("30")), Version::Unknown("d".into()));
        assert_eq!(take("h", unit("", "乙", 2031), None), Version::Only);
        assert_eq!(take("i", unit("3", "乙", 2031), None), Version::Unknown("h".into()));
    }
}
