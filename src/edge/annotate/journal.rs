//! Remembers within an annotated package how each part was changed, so that unaltered marks are taken back to the last byte.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::book::{Book, Told};
use super::edits::{Edits, Undo};
use super::odd::Odd;
use super::relations::{Relations, Types};

/// Where it lies, what kind of part it is, and what leads to it.
pub(super) const PATH: &str = "yusuan/review.json";
const TYPE: &str = "application/json";
pub(super) const KIND: &str = "urn:yusuan:review";

/// The journal of a review.
#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    changed: Vec<Changed>,
    added: Vec<Added>,
}

/// A part that was changed.
#[derive(Debug, Serialize, Deserialize)]
struct Changed {
    part: String,
    sum: String,
    undo: Vec<Undo>,
}

/// A part that was added.
#[derive(Debug, Serialize, Deserialize)]
struct Added {
    part: String,
    sum: String,
}

/// Adds the journal of all that was changed; nothing may be changed after it.
pub(super) fn write(book: &mut Book<'_>) -> Result<(), Odd> {
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for told in book.told() {
        match told {
            Told::Changed(part, text, edits) => {
                let mut hasher = Sha256::new();
                edits.write(text, &mut Hashing(&mut hasher))?;
                let sum = hexadecimal(&hasher.finalize());
                changed.push(Changed { part: part.to_owned(), sum, undo: edits.undo(text) });
            }
            Told::Added(part, content) => {
                added.push(Added { part: part.to_ascii_lowercase(), sum: hexadecimal(&Sha256::digest(content)) });
            }
        }
    }
    let journal = serde_json::to_vec(&Journal { changed, added }).map_err(Odd::new)?;
    book.add(PATH, journal);
    Ok(())
}

/// Lists the journal among the parts of the package.
pub(super) fn list(root: &mut Relations, types: &mut Types) {
    root.add(KIND, PATH);
    types.add(PATH, TYPE);
}

/// Takes the marks back that the journal tells of, if each part is still as it was written; tells whether that was so.
pub(super) fn take_back(book: &mut Book<'_>) -> Result<bool, Odd> {
    let Some(journal) = book.part(PATH)? else { return Ok(false) };
    let Ok(journal) = serde_json::from_slice::<Journal>(&journal) else { return Ok(false) };
    for Added { part, sum } in &journal.added {
        if book.part(part)?.is_none_or(|content| hexadecimal(&Sha256::digest(&content)) != *sum) {
            return Ok(false);
        }
    }
    let mut restored = Vec::with_capacity(journal.changed.len());
    for Changed { part, sum, undo } in &journal.changed {
        let Some(content) = book.part(part)?.filter(|content| hexadecimal(&Sha256::digest(content)) == *sum) else {
            return Ok(false);
        };
        let Ok(text) = String::from_utf8(content) else { return Ok(false) };
        let Ok(former) = Edits::of_undo(undo).apply(&text) else { return Ok(false) };
        restored.push((part, former));
    }
    restored.into_iter().for_each(|(part, former)| book.restore(part, former));
    journal.added.iter().for_each(|added| book.remove(&added.part));
    book.remove(PATH);
    Ok(true)
}

fn hexadecimal(sum: &[u8]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes what is written.
struct Hashing<'h>(&'h mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
