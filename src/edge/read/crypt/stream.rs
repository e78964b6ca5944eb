//! The three encryptions of .xls records: XOR, RC4 and RC4 by the system's cryptography; knows no record's meaning.

use encoding_rs::GBK;
use md5::{Digest, Md5};

use super::cipher::Hash;
use super::{candidates, refused, unknown, wide};
use crate::edge::read::biff::{records, u16_at, u32_at};
use crate::edge::read::limits::Budget;
use crate::edge::read::unreadable::Unreadable;

/// The key changes after so many bytes of the stream.
const BLOCK: usize = 1024;
/// Records that stay in the clear: begin, file pass, user exclusive, file lock, interface header, and two of shared workbooks.
const CLEAR: [u16; 7] = [0x0809, 0x002f, 0x0194, 0x0195, 0x00e1, 0x0196, 0x0138];
/// Of the list of sheets the first four bytes, their places, stay in the clear.
const BOUND_SHEET: u16 = 0x0085;

/// A way to decrypt the records, with its key.
enum Key {
    Xor([u8; 16]),
    Rc4(Rc4Key),
}

/// What makes the RC4 key of each block.
enum Rc4Key {
    Md5([u8; 5]),
    Sha1 { hash: Vec<u8>, bytes: usize },
}

/// The stream with its records in the clear. `pass` is the data of the record that says how they are encrypted.
pub(in crate::edge::read) fn decrypt(
    mut stream: Vec<u8>,
    pass: &[u8],
    passwords: &[String],
    budget: &Budget,
) -> Result<Vec<u8>, Unreadable> {
    let mut key = None;
    for password in candidates(passwords) {
        key = opened(pass, password)?;
        if key.is_some() {
            break;
        }
    }
    let key = key.ok_or_else(|| refused(passwords))?;
    let mut spans = Vec::new();
    for record in records(&stream, 0) {
        budget.step()?;
        let clear = match record.kind {
            BOUND_SHEET => 4.min(record.data.len()),
            kind if CLEAR.contains(&kind) => record.data.len(),
            _ => 0,
        };
        spans.push((record.start, clear, record.data.len()));
    }
    match key {
        Key::Xor(array) => spans.iter().for_each(|span| undo_xor(&mut stream, *span, &array)),
        Key::Rc4(key) => undo_rc4(&mut stream, &spans, &key, budget)?,
    }
    Ok(stream)
}

/// The key, when the password is the right one.
fn opened(pass: &[u8], password: &str) -> Result<Option<Key>, Unreadable> {
    let cut = || Unreadable::damaged("the encryption record is cut off");
    // Before BIFF8 there was only one way, and nothing that names it.
    let (kind, rest) =
        if pass.len() == 4 { (0, pass) } else { (u16_at(pass, 0).ok_or_else(cut)?, pass.get(2..).unwrap_or_default()) };
    match (kind, u16_at(rest, 0), u16_at(rest, 2)) {
        (0, Some(key), Some(verifier)) => Ok(xor_array(password, key, verifier).map(Key::Xor)),
        (1, Some(1), Some(1)) => rc4_md5(rest.get(4..52).ok_or_else(cut)?, password).map(|key| key.map(Key::Rc4)),
        (1, Some(2..=4), Some(2)) => rc4_sha1(rest, password).ok_or_else(cut)?.map(|key| key.map(Key::Rc4)),
        (kind, major, minor) => Err(unknown(format!("kind {kind}, version {major:?} {minor:?}"))),
    }
}

/// The sixteen bytes that obfuscate the records, when the password has the verifier.
fn xor_array(password: &str, key: u16, verifier: u16) -> Option<[u8; 16]> {
    const PAD: [u8; 15] = [0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00];
    let bytes = GBK.encode(password).0;
    let bytes = bytes.get(..bytes.len().min(15)).filter(|bytes| !bytes.is_empty())?;
    let folded = bytes.iter().rev().chain([&(bytes.len() as u8)]).fold(0u16, |folded, byte| {
        let turned = (folded << 1) & 0x7fff | (folded >> 14) & 1;
        turned ^ u16::from(*byte)
    });
    let mut array = [0; 16];
    for (place, (byte, plain)) in array.iter_mut().zip(bytes.iter().chain(&PAD)).enumerate() {
        *byte = (plain ^ key.to_le_bytes()[place % 2]).rotate_right(1);
    }
    (folded ^ 0xce4b == verifier).then_some(array)
}

fn undo_xor(stream: &mut [u8], (start, clear, length): (usize, usize, usize), array: &[u8; 16]) {
    let data = stream.get_mut(start..start + length).unwrap_or_default();
    for (place, byte) in data.iter_mut().enumerate().skip(clear) {
        *byte = (*byte ^ array[(start + length + place) % 16]).rotate_right(5);
    }
}

fn rc4_md5(pass: &[u8], password: &str) -> Result<Option<Rc4Key>, Unreadable> {
    let (salt, sealed) = pass.split_at(16);
    let hash: [u8; 16] = Md5::digest(wide(password)).into();
    let salted: Vec<u8> = std::iter::repeat_n([&hash[..5], salt].concat(), 16).flatten().collect();
    let hash: [u8; 16] = Md5::digest(salted).into();
    let key = Rc4Key::Md5([hash[0], hash[1], hash[2], hash[3], hash[4]]);
    let mut opened = sealed.to_vec();
    Rc4::new(&key.of_block(0)).apply(&mut opened);
    let (verifier, expected) = opened.split_at(16);
    Ok((Md5::digest(verifier).as_slice() == expected).then_some(key))
}

/// None when the header is cut off.
fn rc4_sha1(pass: &[u8], password: &str) -> Option<Result<Option<Rc4Key>, Unreadable>> {
    let header_size = usize::try_from(u32_at(pass, 8)?).ok()?;
    let (header, verifier) = pass.get(12..)?.split_at_checked(header_size)?;
    let (algorithm, bits) = (u32_at(header, 8)?, u32_at(header, 16)?);
    if !matches!(algorithm, 0 | 0x6801) || bits > 128 || bits % 8 != 0 {
        return Some(Err(unknown(format!("algorithm {algorithm:#x} with {bits} bits"))));
    }
    let (salt, sealed) = (verifier.get(4..20)?, [verifier.get(20..36)?, verifier.get(40..60)?].concat());
    let bytes = if bits == 0 { 5 } else { bits as usize / 8 };
    let key = Rc4Key::Sha1 { hash: Hash::Sha1.of(&[salt, &wide(password)]), bytes };
    let mut opened = sealed;
    Rc4::new(&key.of_block(0)).apply(&mut opened);
    let (verifier, expected) = opened.split_at(16);
    let is_right = Hash::Sha1.of(&[verifier]) == expected;
    Some(Ok(is_right.then_some(key)))
}

impl Rc4Key {
    fn of_block(&self, block: u32) -> Vec<u8> {
        match self {
            Self::Md5(start) => Md5::digest([&start[..], &block.to_le_bytes()].concat()).to_vec(),
            Self::Sha1 { hash, bytes } => {
                let mut key = Hash::Sha1.of(&[hash, &block.to_le_bytes()]);
                key.truncate(*bytes);
                // A key of 40 bits is used as one of 128 whose rest is zero.
                if *bytes == 5 {
                    key.resize(16, 0);
                }
                key
            }
        }
    }
}

/// The key stream runs over the whole stream, also over what is in the clear.
fn undo_rc4(stream: &mut [u8], spans: &[(usize, usize, usize)], key: &Rc4Key, budget: &Budget) -> Result<(), Unreadable> {
    let mut spans = spans.iter().peekable();
    for (number, block) in (0u32..).zip(stream.chunks_mut(BLOCK)) {
        budget.step()?;
        let begin = number as usize * BLOCK;
        let mut plain = block.to_vec();
        Rc4::new(&key.of_block(number)).apply(&mut plain);
        while let Some((start, clear, length)) = spans.peek() {
            let (from, to) = ((start + clear).max(begin), (start + length).min(begin + block.len()));
            if from < to {
                block[from - begin..to - begin].copy_from_slice(&plain[from - begin..to - begin]);
            }
            if start + length > begin + block.len() {
                break;
            }
            spans.next();
        }
    }
    Ok(())
}

/// The stream cipher.
struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|place| place as u8);
        let mut j = 0u8;
        for (i, byte) in (0..=255u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(state[usize::from(i)]).wrapping_add(*byte);
            state.swap(usize::from(i), usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    fn apply(&mut self, data: &mut [u8]) {
        for byte in data {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_cipher_gives_the_published_bytes() {
        let mut data = *b"Plaintext";
        Rc4::new(b"Key").apply(&mut data);
        assert_eq!(data, [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3]);
    }

    #[test]
    fn the_usual_password_has_its_known_verifier() {
        assert!(xor_array("VelvetSweatshop", 0x1234, 0x9a0a).is_some());
        assert!(xor_array("VelvetSweatshop", 0x1234, 0x9a0b).is_none() && xor_array("", 0, 0xce4b).is_none());
    }
}
