//! The agile encryption of packages (Office 2010 and later, WPS): AES in chained segments, described in XML; never the others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::events::BytesStart;

use super::cipher::{Aes, Hash};
use super::{candidates, refused, unknown, wide};
use crate::edge::read::limits::Budget;
use crate::edge::read::unreadable::Unreadable;
use crate::edge::read::xml;

/// The package is encrypted in segments of so many bytes.
const SEGMENT: usize = 4096;
/// More hashing than any program asks for.
const SPINS: u32 = 10_000_000;
/// What is hashed with the password for each of its uses.
const FOR_INPUT: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const FOR_HASH: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const FOR_KEY: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];

/// How something is encrypted.
struct Way {
    hash: Hash,
    key_bytes: usize,
    salt: Vec<u8>,
}

/// The key of the package, sealed by the password.
struct Sealed {
    way: Way,
    spins: u32,
    input: Vec<u8>,
    hash: Vec<u8>,
    key: Vec<u8>,
}

/// The package in the clear.
pub(super) fn open(info: &[u8], sealed: &[u8], passwords: &[String], budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let (mut data, mut by_password) = (None, None);
    xml::elements(info, budget, |name, tag| {
        match name {
            "keyData" => data = Some(way(tag)?),
            "encryptedKey" if by_password.is_none() => by_password = Some(sealed_key(tag)?),
            _ => {}
        }
        Ok(())
    })?;
    let (data, by_password) = data.zip(by_password).ok_or_else(|| unknown("no password opens it"))?;
    for password in candidates(passwords) {
        if let Some(key) = key(&by_password, password, budget)? {
            return package(&data, &key, sealed, budget);
        }
    }
    Err(refused(passwords))
}

fn way(tag: &BytesStart<'_>) -> Result<Way, Unreadable> {
    let get = |name| xml::attribute(tag, name).unwrap_or_default();
    let (cipher, chaining) = (get("cipherAlgorithm"), get("cipherChaining"));
    if cipher != "AES" || chaining != "ChainingModeCBC" || get("blockSize") != "16" {
        return Err(unknown(format!("{cipher} {chaining}")));
    }
    let key_bits: usize = get("keyBits").parse().unwrap_or(0);
    let hash = Hash::named(&get("hashAlgorithm")).ok_or_else(|| unknown(get("hashAlgorithm")))?;
    match key_bits {
        128 | 192 | 256 => Ok(Way { hash, key_bytes: key_bits / 8, salt: bytes(&get("saltValue"))? }),
        _ => Err(unknown(format!("a key of {key_bits} bits"))),
    }
}

fn sealed_key(tag: &BytesStart<'_>) -> Result<Sealed, Unreadable> {
    let get = |name| xml::attribute(tag, name).unwrap_or_default();
    let spins = get("spinCount").parse().ok().filter(|spins| *spins <= SPINS);
    Ok(Sealed {
        way: way(tag)?,
        spins: spins.ok_or_else(|| unknown(format!("{} rounds", get("spinCount"))))?,
        input: bytes(&get("encryptedVerifierHashInput"))?,
        hash: bytes(&get("encryptedVerifierHashValue"))?,
        key: bytes(&get("encryptedKeyValue"))?,
    })
}

fn bytes(text: &str) -> Result<Vec<u8>, Unreadable> {
    STANDARD.decode(text.trim()).map_err(Unreadable::damaged)
}

/// The key of the package, when the password is the right one.
fn key(sealed: &Sealed, password: &str, budget: &Budget) -> Result<Option<Vec<u8>>, Unreadable> {
    let Way { hash, key_bytes, salt } = &sealed.way;
    let mut spun = hash.of(&[salt, &wide(password)]);
    for spin in 0..sealed.spins {
        budget.step()?;
        spun = hash.of(&[&spin.to_le_bytes(), &spun]);
    }
    let open = |purpose: &[u8], data: &[u8]| {
        let aes = Aes::new(&sized(hash.of(&[&spun, purpose]), *key_bytes))?;
        let mut plain = data.to_vec();
        aes.decrypt_chain(first_block(salt), &mut plain);
        Ok::<_, Unreadable>(plain)
    };
    let (input, expected) = (open(&FOR_INPUT, &sealed.input)?, open(&FOR_HASH, &sealed.hash)?);
    let found = hash.of(&[input.get(..salt.len()).unwrap_or(&input)]);
    if !expected.starts_with(&found) {
        return Ok(None);
    }
    Ok(Some(sized(open(&FOR_KEY, &sealed.key)?, *key_bytes)))
}

fn package(data: &Way, key: &[u8], sealed: &[u8], budget: &Budget) -> Result<Vec<u8>, Unreadable> {
    let aes = Aes::new(&sized(key.to_vec(), data.key_bytes))?;
    let mut plain = sealed.to_vec();
    for (number, segment) in (0u32..).zip(plain.chunks_mut(SEGMENT)) {
        budget.step()?;
        aes.decrypt_chain(first_block(&data.hash.of(&[&data.salt, &number.to_le_bytes()])), segment);
    }
    Ok(plain)
}

/// So many bytes, filled up as the format says.
fn sized(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

fn first_block(bytes: &[u8]) -> [u8; 16] {
    let mut block = [0x36; 16];
    block.iter_mut().zip(bytes).for_each(|(byte, given)| *byte = *given);
    block
}
