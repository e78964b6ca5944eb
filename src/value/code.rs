//! Classification codes (类款项) and their parents; never looks a name up.

use std::fmt;
use std::str::FromStr;

/// A functional or economic classification code of up to nine digits: `201`, `20103`, `2010350`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    // Left-aligned to nine digits, so that the derived order puts a parent directly above its children.
    aligned: u32,
    length: u8,
}

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode;

impl Code {
    const LONGEST: usize = 9;

    /// How many digits the code has.
    pub fn length(self) -> u8 {
        self.length
    }

    /// The leading `length` digits, when the code is longer than that.
    pub fn ancestor(self, length: u8) -> Option<Self> {
        (length > 0 && length < self.length).then(|| {
            let cut = 10u32.pow(Self::LONGEST as u32 - u32::from(length));
            Self { aligned: self.aligned / cut * cut, length }
        })
    }

    /// The code one level up, where `lengths` lists the digits of each level, shortest first.
    pub fn parent(self, lengths: &[u8]) -> Option<Self> {
        let level = lengths.iter().rev().find(|l| **l < self.length)?;
        self.ancestor(*level)
    }
}

impl FromStr for Code {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        if text.is_empty() || text.len() > Self::LONGEST || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotACode);
        }
        let value: u32 = text.parse().map_err(|_| NotACode)?;
        let length = text.len();
        Ok(Self { aligned: value * 10u32.pow((Self::LONGEST - length) as u32), length: length as u8 })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.aligned / 10u32.pow(Self::LONGEST as u32 - u32::from(self.length));
        write!(f, "{value:0width$}", width = usize::from(self.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    #[test]
    fn a_parent_sorts_directly_above_its_children() {
        let mut codes = ["2080502", "208", "20805", "201", "2010350", "20103"].map(code);
        codes.sort();
        assert_eq!(codes.map(|c| c.to_string()), ["201", "20103", "2010350", "208", "20805", "2080502"]);
    }

    #[test]
    fn the_parent_follows_the_lengths_of_the_levels() {
        assert_eq!(code("2010350").parent(&[3, 5, 7]), Some(code("20103")));
        assert_eq!(code("30101").parent(&[3, 5]), Some(code("301")));
        assert_eq!(code("201").parent(&[3, 5, 7]), None);
        assert_eq!("20a".parse::<Code>(), Err(NotACode));
    }
}
