//! Reads the data in which a summary lists its amounts, and seals such data; never knows what a cell means.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// An amount of a member as it stands in the data.
#[derive(Debug, Deserialize)]
pub struct Part<'d> {
    /// The number of the member.
    pub member: u32,
    /// The file it was read from.
    #[serde(borrow)]
    pub file: Cow<'d, str>,
    /// The sheet.
    #[serde(borrow)]
    pub sheet: Option<Cow<'d, str>>,
    /// The cell there.
    pub at: Option<&'d str>,
    /// How much.
    pub amount: &'d str,
    /// In what.
    pub measure: Option<&'d str>,
    /// What became of it.
    pub fate: &'d str,
}

#[derive(Deserialize)]
struct Line<'d> {
    #[serde(borrow)]
    cell: Cow<'d, str>,
    #[serde(borrow)]
    parts: Vec<Part<'d>>,
}

/// Why the data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It is not there or cannot be opened.
    #[error("cannot be opened: {0}")]
    Unavailable(#[from] io::Error),
    /// It is not what was written together with the workbook.
    #[error("not the data of this summary")]
    Other,
}

/// Hands over every amount with the name of its cell, then proves that the data is what the seal says.
///
/// # Errors
/// When the data is not there, or not the sealed one; what was handed over is then worth nothing.
pub fn read(path: &Path, seal: &str, each: &mut dyn FnMut(&str, &Part<'_>)) -> Result<(), TraceError> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let (mut digest, mut line) = (Sha256::new(), Vec::new());
    while file.read_until(b'\n', &mut line)? > 0 {
        digest.update(&line);
        let read: Line<'_> = serde_json::from_slice(&line).map_err(|_| TraceError::Other)?;
        read.parts.iter().for_each(|part| each(&read.cell, part));
        line.clear();
    }
    if hex(digest) == seal { Ok(()) } else { Err(TraceError::Other) }
}

/// Data that is sealed while it is written.
pub struct Sealed<W> {
    data: W,
    digest: Sha256,
}

impl<W: Write> Sealed<W> {
    /// Data of which nothing is written yet.
    pub fn new(data: W) -> Self {
        Self { data, digest: Sha256::new() }
    }

    /// The data and its seal.
    pub fn finish(self) -> (W, String) {
        (self.data, hex(self.digest))
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.data.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.data.flush()
    }
}

/// The digest with its name, in hexadecimal figures.
fn hex(digest: Sha256) -> String {
    let figures: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{figures}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &Path, seal: &str) -> Result<Vec<String>, TraceError> {
        let mut parts = Vec::new();
        read(path, seal, &mut |cell, part| parts.push(format!("{cell} {} {} {}", part.member, part.file, part.amount)))?;
        Ok(parts)
    }

    #[test]
    fn sealed_data_is_read_and_changed_data_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let line = r#"{"cell":"a.b.c","parts":[{"member":1,"file":"甲\\乙.xlsx","sheet":null,"at":null,"amount":"1.5","measure":null,"fate":"added"}]}"#;
        let mut sealed = Sealed::new(Vec::new());
        writeln!(sealed, "{line}").unwrap();
        let (data, seal) = sealed.finish();
        std::fs::write(&path, &data).unwrap();
        assert_eq!(parts(&path, &seal).unwrap(), [r"a.b.c 1 甲\乙.xlsx 1.5"]);
        std::fs::write(&path, line.replace("1.5", "1.6")).unwrap();
        assert!(matches!(parts(&path, &seal), Err(TraceError::Other)));
        std::fs::write(&path, &data[..data.len() / 2]).unwrap();
        assert!(matches!(parts(&path, &seal), Err(TraceError::Other)));
        assert!(matches!(parts(&folder.path().join("b.jsonl"), &seal), Err(TraceError::Unavailable(_))));
    }
}
