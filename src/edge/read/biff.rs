//! The records of .xls workbooks and the texts in them; never knows what a record means.

use encoding_rs::{Encoding, GBK, WINDOWS_1252};

/// A record: its kind, where its data begin, and its data.
pub(super) struct Record<'a> {
    /// The number of its kind.
    pub(super) kind: u16,
    /// Where its data begin in the stream.
    pub(super) start: usize,
    /// Its data.
    pub(super) data: &'a [u8],
}

/// The records from a place on; a cut-off record ends them.
pub(super) fn records(stream: &[u8], start: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at.checked_add(2)?)?);
        let start = at.checked_add(4)?;
        let data = stream.get(start..start.checked_add(length)?)?;
        at = start + length;
        Some(Record { kind, start, data })
    })
}

/// The two bytes at a place as a number.
pub(super) fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The four bytes at a place as a number.
pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The eight bytes at a place as a floating-point number.
pub(super) fn f64_at(data: &[u8], at: usize) -> Option<f64> {
    data.get(at..)?.first_chunk().map(|bytes| f64::from_le_bytes(*bytes))
}

/// How a workbook writes its texts.
#[derive(Clone, Copy)]
pub(super) enum Texts {
    /// Bytes of a code page (BIFF5).
    Bytes(&'static Encoding),
    /// A flag, then characters of one or two bytes (BIFF8).
    Flagged,
}

impl Texts {
    /// The encoding of a code page by its number. What is not known is most likely Chinese where a Chinese budget stands.
    pub(super) fn of_code_page(number: u16) -> Self {
        Self::Bytes(match number {
            0x8001 => WINDOWS_1252,
            _ => codepage::to_encoding(number).filter(|e| e.is_ascii_compatible()).unwrap_or(GBK),
        })
    }

    /// A text that begins with its length in so many bytes: one or two.
    pub(super) fn after_length(self, data: &[u8], length_bytes: usize) -> Option<String> {
        let length = if length_bytes == 1 { usize::from(*data.first()?) } else { usize::from(u16_at(data, 0)?) };
        self.of_length(data.get(length_bytes..)?, length)
    }

    /// A text of so many characters; none when it is cut off.
    fn of_length(self, data: &[u8], length: usize) -> Option<String> {
        match self {
            Self::Bytes(encoding) => Some(encoding.decode_without_bom_handling(data.get(..length)?).0.into_owned()),
            Self::Flagged => Pieces::of(data, &[]).flagged(length),
        }
    }
}

/// Data that go on in continuation records.
pub(super) struct Pieces<'a> {
    now: &'a [u8],
    later: std::slice::Iter<'a, &'a [u8]>,
}

impl<'a> Pieces<'a> {
    /// The data of a record and of the continuations behind it.
    pub(super) fn of(first: &'a [u8], later: &'a [&'a [u8]]) -> Self {
        Self { now: first, later: later.iter() }
    }

    /// The next byte, wherever it stands.
    fn byte(&mut self) -> Option<u8> {
        loop {
            match self.now.split_first() {
                Some((byte, rest)) => {
                    self.now = rest;
                    return Some(*byte);
                }
                None => self.now = self.later.next()?,
            }
        }
    }

    fn number(&mut self, bytes: u32) -> Option<u32> {
        (0..bytes).try_fold(0, |number, place| Some(number | u32::from(self.byte()?) << (8 * place)))
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        loop {
            if let Some(rest) = self.now.get(bytes..) {
                self.now = rest;
                return Some(());
            }
            bytes -= self.now.len();
            self.now = self.later.next()?;
        }
    }

    /// A text of the table of texts, with the runs and readings behind it passed over.
    pub(super) fn rich_text(&mut self) -> Option<String> {
        let length = self.number(2)? as usize;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? as usize } else { 0 };
        let readings = if flags & 4 != 0 { self.number(4)? as usize } else { 0 };
        let text = self.characters(length, flags & 1 == 1)?;
        self.skip(runs * 4)?;
        self.skip(readings)?;
        Some(text)
    }

    /// A text of so many characters behind a flag.
    pub(super) fn flagged(&mut self, length: usize) -> Option<String> {
        let wide = self.byte()? & 1 == 1;
        self.characters(length, wide)
    }

    /// So many characters; every continuation begins with a flag of its own.
    fn characters(&mut self, length: usize, mut wide: bool) -> Option<String> {
        let mut units = Vec::new();
        while units.len() < length {
            if self.now.is_empty() {
                self.now = self.later.next()?;
                wide = self.byte()? & 1 == 1;
                continue;
            }
            let wanted = length - units.len();
            if wide {
                let pairs = (self.now.len() / 2).min(wanted);
                units.extend((0..pairs).filter_map(|pair| u16_at(self.now, 2 * pair)));
                // Half a character at the end of a record is no character.
                self.now = if pairs == 0 { &[] } else { self.now.get(2 * pairs..)? };
            } else {
                let (bytes, rest) = self.now.split_at(self.now.len().min(wanted));
                units.extend(bytes.iter().copied().map(u16::from));
                self.now = rest;
            }
        }
        Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_in_the_next_record_in_another_width() {
        let later: [&[u8]; 2] = [&[1, 0x6f, 0x7b], &[0, b'!', 2, 0, 0, b'o', b'k']];
        let mut pieces = Pieces::of(&[4, 0, 0, b'a', b'b'], &later);
        assert_eq!(pieces.rich_text().as_deref(), Some("ab\u{7b6f}!"));
        assert_eq!(pieces.rich_text().as_deref(), Some("ok"));
        assert_eq!(pieces.rich_text(), None);
    }

    #[test]
    fn a_text_says_that_it_is_cut_off() {
        assert_eq!(Texts::Flagged.after_length(&[5, 0, 0, b'a'], 2), None);
        assert_eq!(Texts::of_code_page(936).after_length(&[4, 0xca, 0xd5, 0xd6, 0xa7], 1).as_deref(), Some("收支"));
        assert_eq!(Texts::of_code_page(936).after_length(&[5, 0xca], 1), None);
        assert_eq!(Texts::Flagged.after_length(&[], 1), None);
    }
}
