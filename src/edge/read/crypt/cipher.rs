//! AES in the two ways that workbooks use it, and the hashes beside it; knows no file format.

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::unknown;
use crate::edge::read::unreadable::Unreadable;

/// AES with a key of one of its lengths.
pub(super) enum Aes {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Aes {
    /// The cipher for a key.
    pub(super) fn new(key: &[u8]) -> Result<Self, Unreadable> {
        let wrong = |_| unknown(format!("a key of {} bytes", key.len()));
        match key.len() {
            16 => Aes128::new_from_slice(key).map(|aes| Self::Short(Box::new(aes))).map_err(wrong),
            24 => Aes192::new_from_slice(key).map(|aes| Self::Middle(Box::new(aes))).map_err(wrong),
            _ => Aes256::new_from_slice(key).map(|aes| Self::Long(Box::new(aes))).map_err(wrong),
        }
    }

    /// Decrypts each whole block by itself; what is left at the end stays as it is.
    pub(super) fn decrypt_blocks(&self, data: &mut [u8]) {
        for chunk in data.as_chunks_mut::<16>().0 {
            self.decrypt_block(chunk);
        }
    }

    /// Decrypts whole blocks, each chained to the one before.
    pub(super) fn decrypt_chain(&self, first: [u8; 16], data: &mut [u8]) {
        let mut before = first;
        for chunk in data.as_chunks_mut::<16>().0 {
            let sealed = *chunk;
            self.decrypt_block(chunk);
            chunk.iter_mut().zip(before).for_each(|(byte, other)| *byte ^= other);
            before = sealed;
        }
    }

    fn decrypt_block(&self, chunk: &mut [u8; 16]) {
        let mut block = Block::from(*chunk);
        match self {
            Self::Short(aes) => aes.decrypt_block(&mut block),
            Self::Middle(aes) => aes.decrypt_block(&mut block),
            Self::Long(aes) => aes.decrypt_block(&mut block),
        }
        *chunk = block.into();
    }
}

/// A hash by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The hash of a name, as a package writes it.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.replace('-', "").to_ascii_uppercase().as_str() {
            "SHA1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            "SHA384" => Some(Self::Sha384),
            "SHA512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The hash of some pieces one after the other.
    pub(super) fn of(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha1 => digest::<Sha1>(pieces),
            Self::Sha256 => digest::<Sha256>(pieces),
            Self::Sha384 => digest::<Sha384>(pieces),
            Self::Sha512 => digest::<Sha512>(pieces),
        }
    }
}

fn digest<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    pieces.iter().for_each(|piece| hash.update(piece));
    hash.finalize().to_vec()
}
