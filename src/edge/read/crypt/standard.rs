//! The standard encryption of packages (ECMA-376, Office 2007): AES block by block under a key from SHA-1; never the others.

use super::cipher::{Aes, Hash};
use super::{candidates, refused, unknown, wide};
use crate::edge::read::biff::u32_at;
use crate::edge::read::limits::Budget;
use crate::edge::read::unreadable::Unreadable;

/// How often the password is hashed.
const SPINS: u32 = 50_000;

/// The package in the clear.
pub(super) fn open(info: &[u8], sealed: &[u8], passwords: &[String], budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let cut = || Unreadable::damaged("the encryption header is cut off");
    let header_size = u32_at(info, 8).and_then(|size| usize::try_from(size).ok()).ok_or_else(cut)?;
    let (header, verifier) = info.get(12..).and_then(|rest| rest.split_at_checked(header_size)).ok_or_else(cut)?;
    let (algorithm, key_bits) = u32_at(header, 8).zip(u32_at(header, 16)).ok_or_else(cut)?;
    let key_bytes = match (algorithm, key_bits) {
        (0x660e | 0, 128 | 0) => 16,
        (0x660f, 192) => 24,
        (0x6610, 256) => 32,
        _ => return Err(unknown(format!("algorithm {algorithm:#x} with {key_bits} bits"))),
    };
    let (salt, sealed_verifier, sealed_hash) = (verifier.get(4..20), verifier.get(20..36), verifier.get(40..72));
    let (salt, sealed_verifier, sealed_hash) =
        salt.zip(sealed_verifier).zip(sealed_hash).map(|((a, b), c)| (a, b, c)).ok_or_else(cut)?;
    for password in candidates(passwords) {
        let aes = Aes::new(&key(password, salt, key_bytes, budget)?)?;
        let (mut verifier, mut hash) = (sealed_verifier.to_vec(), sealed_hash.to_vec());
        aes.decrypt_blocks(&mut verifier);
        aes.decrypt_blocks(&mut hash);
        if hash.starts_with(&Hash::Sha1.of(&[&verifier])) {
            let mut plain = sealed.to_vec();
            aes.decrypt_blocks(&mut plain);
            return Ok(plain);
        }
    }
    Err(refused(passwords))
}

fn key(password: &str, salt: &[u8], length: usize, budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let mut hash = Hash::Sha1.of(&[salt, &wide(password)]);
    for spin in 0..SPINS {
        budget.step()?;
        hash = Hash::Sha1.of(&[&spin.to_le_bytes(), &hash]);
    }
    hash = Hash::Sha1.of(&[&hash, &0u32.to_le_bytes()]);
    let masked = |mask: u8| {
        let mut block = [mask; 64];
        block.iter_mut().zip(&hash).for_each(|(byte, other)| *byte ^= other);
        Hash::Sha1.of(&[&block])
    };
    let mut key = [masked(0x36), masked(0x5c)].concat();
    key.truncate(length);
    Ok(key)
}
