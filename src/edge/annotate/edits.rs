//! Changes to the text of a part as splices, so that every other byte stays and each change can be taken back; knows no format.

use std::io::{self, Write};
use std::ops::Range;

use super::odd::Odd;

/// The splices of one part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

/// What takes one splice back: where it lies in the changed text, how long it is, and what stood there.
pub(super) type Undo = (usize, usize, String);

impl Edits {
    /// Puts a text at a place; texts for one place follow each other as they come.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Brings the splices into the order of the text.
    ///
    /// # Errors
    /// When they lie over each other or outside of the text.
    pub(super) fn settle(&mut self, text: &str) -> Result<(), Odd> {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut end = 0;
        for (range, _) in &self.0 {
            if range.start < end || text.get(range.clone()).is_none() {
                return Err(Odd::new("changes that lie over each other"));
            }
            end = range.end;
        }
        Ok(())
    }

    /// Writes the changed text piece by piece; the splices are settled.
    pub(super) fn write(&self, text: &str, to: &mut impl Write) -> io::Result<()> {
        let mut from = 0;
        for (range, new) in &self.0 {
            to.write_all(text.get(from..range.start).unwrap_or_default().as_bytes())?;
            to.write_all(new.as_bytes())?;
            from = range.end;
        }
        to.write_all(text.get(from..).unwrap_or_default().as_bytes())
    }

    /// The changed text.
    ///
    /// # Errors
    /// As [`Edits::settle`].
    pub(super) fn apply(mut self, text: &str) -> Result<String, Odd> {
        self.settle(text)?;
        let mut changed = Vec::with_capacity(text.len());
        self.write(text, &mut changed)?;
        String::from_utf8(changed).map_err(Odd::new)
    }

    /// What takes settled splices back.
    pub(super) fn undo(&self, text: &str) -> Vec<Undo> {
        let (mut added, mut removed) = (0, 0);
        let mut undo = Vec::with_capacity(self.0.len());
        for (range, new) in &self.0 {
            undo.push((range.start + added - removed, new.len(), text.get(range.clone()).unwrap_or_default().to_owned()));
            (added, removed) = (added + new.len(), removed + range.len());
        }
        undo
    }

    /// The splices that take others back.
    pub(super) fn of_undo(undo: &[Undo]) -> Self {
        Self(undo.iter().map(|(at, length, old)| (*at..at.saturating_add(*length), old.clone())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_change_their_places_only_and_are_taken_back() {
        let text = "<a b=\"1\"><c/></a>";
        let mut edits = Edits::default();
        edits.insert(13, "<d/>");
        edits.replace(6..7, "22");
        edits.insert(13, "<e/>");
        edits.replace(11..13, "></c>");
        edits.settle(text).unwrap();
        let changed = edits.clone().apply(text).unwrap();
        assert_eq!(changed, "<a b=\"22\"><c></c><d/><e/></a>");
        assert_eq!(Edits::of_undo(&edits.undo(text)).apply(&changed).unwrap(), text);
    }

    #[test]
    fn splices_over_each_other_or_outside_are_refused() {
        let applied = |ranges: &[Range<usize>]| {
            let mut edits = Edits::default();
            ranges.iter().for_each(|range| edits.replace(range.clone(), ""));
            edits.apply("预算")
        };
        assert_eq!(applied(&[0..3, 3..6]).as_deref(), Ok(""));
        assert!(applied(&[0..3, 0..3]).is_err() && applied(&[0..1, 1..3]).is_err() && applied(&[0..3, 6..9]).is_err());
    }
}
