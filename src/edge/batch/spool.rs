//! Lines of JSON that wait in a temporary file; never holds more than one of them in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ReportError;

/// A temporary file of lines. The system removes it, also where the program ends too early.
pub(super) struct Spool {
    file: BufWriter<File>,
    lines: usize,
}

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(tempfile::tempfile()?), lines: 0 })
    }

    /// Adds a line.
    pub(super) fn add(&mut self, value: &impl Serialize) -> Result<(), ReportError> {
        serde_json::to_writer(&mut self.file, value)?;
        self.file.write_all(b"\n")?;
        self.lines += 1;
        Ok(())
    }

    /// Makes all lines readable.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.lines
    }

    /// The lines from the first on, as they are. One reading at a time: all share the place in the file.
    pub(super) fn lines(&self) -> io::Result<impl Iterator<Item = io::Result<String>> + use<>> {
        let mut file = self.file.get_ref().try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::with_capacity(1 << 16, file).lines())
    }

    /// The lines from the first on, as values.
    pub(super) fn read<T: DeserializeOwned>(&self) -> io::Result<impl Iterator<Item = Result<T, ReportError>> + use<T>> {
        Ok(self.lines()?.map(|line| Ok(serde_json::from_str(&line?)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_again_as_often_as_they_are_wanted() {
        let mut spool = Spool::new().unwrap();
        spool.add(&"一\n二").unwrap();
        spool.add(&"").unwrap();
        spool.flush().unwrap();
        for _ in 0..2 {
            let read: Vec<String> = spool.read().unwrap().map(Result::unwrap).collect();
            assert_eq!(read, ["一\n二", ""]);
        }
        assert_eq!(spool.len(), 2);
    }
}
