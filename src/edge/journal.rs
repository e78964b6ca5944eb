//! The journal of a run that writes a folder of outputs: a line for each input that is done; never judges what a line says.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::save;

/// What the journal is called: hidden, so that no search for inputs takes it for one.
const NAME: &str = ".yusuan-进度.jsonl";
const SCHEMA: &str = "yusuan.journal/1";

/// The first line: under which options the others were written.
#[derive(Serialize, Deserialize)]
struct Head {
    schema: String,
    options: String,
}

/// The key of a line.
#[derive(Serialize, Deserialize)]
struct Key {
    input: String,
    sha256: String,
}

/// A line: its key and what the run keeps under it.
#[derive(Serialize)]
struct Line<'k, K> {
    #[serde(flatten)]
    key: &'k Key,
    kept: &'k K,
}

#[derive(Deserialize)]
struct KeptLine<K> {
    kept: K,
}

/// Where a line stands, and the bytes of the input that it is about.
struct Place {
    at: u64,
    length: usize,
    sha256: String,
}

/// A journal that is open to be read and added to.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    places: HashMap<String, Place>,
}

impl Journal {
    /// Begins a journal; one that was left in the folder is replaced.
    ///
    /// # Errors
    /// When the folder or the file cannot be made.
    pub fn begin(folder: &Path, options: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(NAME);
        if path.exists() {
            save::sweep(folder);
        }
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path)?;
        let head = Head { schema: SCHEMA.to_owned(), options: options.to_owned() };
        file.write_all(format!("{}\n", serde_json::to_string(&head)?).as_bytes())?;
        Ok(Self { path, file: Mutex::new(file), places: HashMap::new() })
    }

    /// Goes on with the journal that was left in the folder; begins a new one where there is none or it was written under
    /// other options.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn resume(folder: &Path, options: &str) -> io::Result<Self> {
        let path = folder.join(NAME);
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(mut file) => file.read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::begin(folder, options),
            Err(error) => return Err(error),
        };
        let mut lines = whole_lines(&bytes);
        let head: Option<Head> = lines.next().and_then(|(_, line)| serde_json::from_slice(line).ok());
        if head.is_none_or(|head| head.schema != SCHEMA || head.options != options) {
            return Self::begin(folder, options);
        }
        save::sweep(folder);
        let mut places = HashMap::new();
        for (at, line) in lines {
            // A line that cannot be read says nothing: its input is done again.
            if let Ok(Key { input, sha256 }) = serde_json::from_slice(line) {
                places.insert(input, Place { at: at as u64, length: line.len(), sha256 });
            }
        }
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        // The last line may be torn: what is added must not hang on it.
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        Ok(Self { path, file: Mutex::new(file), places })
    }

    /// What an earlier run kept of an input of exactly these bytes.
    pub fn find<K: DeserializeOwned>(&self, input: &str, sha256: &str) -> Option<K> {
        let place = self.places.get(input).filter(|place| place.sha256 == sha256)?;
        let mut bytes = vec![0; place.length];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(place.at)).ok()?;
            file.read_exact(&mut bytes).ok()?;
        }
        serde_json::from_slice::<KeptLine<K>>(&bytes).ok().map(|line| line.kept)
    }

    /// Keeps something of an input; of several lines of one input the last counts.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep<K: Serialize>(&self, input: &str, sha256: &str, kept: &K) -> io::Result<()> {
        let key = Key { input: input.to_owned(), sha256: sha256.to_owned() };
        let line = format!("{}\n", serde_json::to_string(&Line { key: &key, kept })?);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::End(0))?;
        file.write_all(line.as_bytes())
    }

    /// The run is whole: nothing is left to go on with.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn finish(self) -> io::Result<()> {
        drop(self.file);
        fs::remove_file(self.path)
    }
}

/// The lines that end, each with where it begins.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split_inclusive(|b| *b == b'\n').filter_map(move |line| {
        let begin = at;
        at += line.len();
        line.strip_suffix(b"\n").map(|line| (begin, line))
    })
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file and the SHA-256 of its bytes, or why it cannot be read.
pub fn sum_of(path: &Path) -> String {
    let sum = fs::read(path).map_or_else(|error| error.to_string(), |bytes| sum(&bytes));
    format!("{} {sum}", path.display())
}

/// Whether a file is there and has exactly the bytes of that sum.
pub fn has_sum(path: &Path, sha256: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sum(&bytes) == sha256)
}

/// Which program this is: its version, and the size and age of its file, which change when it is built anew.
pub fn program() -> String {
    let about = std::env::current_exe().and_then(fs::metadata);
    let file = about.and_then(|about| Ok((about.len(), about.modified()?)));
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), file.ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_found_by_input_and_bytes_and_a_torn_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), "one").unwrap();
        journal.keep("a", "1", &"first").unwrap();
        journal.keep("b", "2", &"other").unwrap();
        journal.keep("a", "1", &"second").unwrap();
        drop(journal);
        let path = folder.path().join(NAME);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend(br#"{"input":"c","sha256":"3","kept":"#);
        fs::write(&path, bytes).unwrap();

        let journal = Journal::resume(folder.path(), "one").unwrap();
        let found = |input: &str, sum: &str| journal.find::<String>(input, sum);
        assert_eq!(found("a", "1").as_deref(), Some("second"));
        assert_eq!([found("a", "2"), found("c", "3")], [None, None]);
        journal.keep("c", "3", &"third").unwrap();
        drop(journal);
        let journal = Journal::resume(folder.path(), "one").unwrap();
        assert_eq!(journal.find::<String>("c", "3").as_deref(), Some("third"));
        assert_eq!(journal.find::<String>("b", "2").as_deref(), Some("other"));
        journal.finish().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_journal_of_other_options_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        Journal::begin(folder.path(), "one").unwrap().keep("a", "1", &1).unwrap();
        let journal = Journal::resume(folder.path(), "two").unwrap();
        assert_eq!(journal.find::<i32>("a", "1"), None);
        let journal = Journal::resume(folder.path(), "one").unwrap();
        assert_eq!(journal.find::<i32>("a", "1"), None, "nothing of the first is left");
    }
}
