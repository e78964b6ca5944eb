//! Finds the workbooks that the arguments mean, in folders and zip bundles too; loads none before it is asked for.

use std::cell::Cell as StdCell;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use zip::ZipArchive;

use crate::edge::read::{self, Entry, Found, Limit, Limits, PARTS, ReadOptions, Unreadable};
use crate::grid::{Grid, Value};
use crate::value::text::printable;

/// The extensions looked for in folders and bundles: `.et` is what WPS calls an `.xls`.
const EXTENSIONS: [&str; 13] = ["xlsx", "xls", "ods", "xlsb", "xlsm", "et", "docx", "csv", "tsv", "txt", "html", "htm", "xml"];
/// How many of them, from the first on, are those of workbooks; the others are as often something else.
const WORKBOOKS: usize = 6;
/// The most bytes that reading the directory of a bundle, or the head of one entry, may take: it takes ten times as much
/// memory.
const DIRECTORY_BYTES: u64 = 16 << 20;

/// A file that should be a workbook.
#[derive(Debug, Clone)]
pub struct Input {
    /// The path as found from the argument, with `/`; an entry of a bundle stands below the path of the bundle.
    pub name: String,
    /// Whether it was found in a folder or bundle rather than named itself.
    pub found: bool,
    /// The argument that meant it, with `/`.
    pub argument: String,
    source: Source,
}

/// What a file was meant for that holds no budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// A budget: it was named, or is called like a workbook.
    Budget,
    /// Perhaps a budget: a document found among others.
    Perhaps,
    /// Something else: text found among others.
    Else,
}

#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    Entry { bundle: PathBuf, entry: Entry },
}

/// Why there is nothing to read at a place.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// No file and no folder.
    #[error("no such file or folder")]
    Missing,
    /// The system does not hand it over.
    #[error("cannot be opened: {0}")]
    Refused(#[from] std::io::Error),
    /// A folder or bundle without workbooks.
    #[error("no workbook in it")]
    Barren,
    /// It is there and cannot be read as a workbook.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl Unavailable {
    /// What is wrong, for a clerk.
    pub fn message(&self) -> String {
        match self {
            Self::Missing => "找不到这个文件或文件夹".to_owned(),
            Self::Refused(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                "没有读取权限，或文件正被其他程序占用".to_owned()
            }
            Self::Refused(error) => format!("无法打开（{error}）"),
            Self::Barren => "其中没有工作簿".to_owned(),
            Self::Unreadable(unreadable) => unreadable.message(),
        }
    }

    /// What the clerk can do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Missing => "请核对路径和文件名（含扩展名）是否正确".to_owned(),
            Self::Refused(_) => "请关闭正在使用该文件的程序，核对权限后再试".to_owned(),
            Self::Barren => format!("请核对路径；可读取的文件为 {}", EXTENSIONS.map(|e| format!(".{e}")).join("、")),
            Self::Unreadable(unreadable) => unreadable.advice(),
        }
    }
}

impl Input {
    /// The bytes, loaded now.
    ///
    /// # Errors
    /// When the file is gone, refused, too large or damaged within its bundle.
    pub fn bytes(&self, limits: &Limits) -> Result<Vec<u8>, Unavailable> {
        let most = limits.file_bytes;
        let too_large = || Unreadable::TooLarge { what: Limit::File };
        let mut bytes = Vec::new();
        match &self.source {
            Source::File(path) => {
                // What is no file on a disk has no size of its own and may never end.
                let file = File::open(path)?;
                bytes.reserve(usize::try_from(file.metadata()?.len().min(most)).unwrap_or(0) + 1);
                file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > most { Err(too_large().into()) } else { Ok(bytes) }
            }
            Source::Entry { bundle, entry } => {
                if entry.size > most || entry.packed > most.saturating_mul(2) {
                    return Err(too_large().into());
                }
                let mut file = File::open(bundle)?;
                file.seek(SeekFrom::Start(entry.start))?;
                file.take(entry.packed).read_to_end(&mut bytes)?;
                Ok(entry.unpack(&bytes)?)
            }
        }
    }

    /// The file of the same name with another ending; `None` for what stands in a bundle.
    pub fn beside(&self, extension: &str) -> Option<PathBuf> {
        match &self.source {
            Source::File(path) => Some(path.with_extension(extension)),
            Source::Entry { .. } => None,
        }
    }

    /// What it was meant for, if it holds no table that is known; `grid` is what stands in it, where that can be read.
    pub fn meant(&self, grid: Result<&Grid, &Unavailable>) -> Meant {
        if !self.found || has_extension(&self.name, &EXTENSIONS[..WORKBOOKS]) {
            return Meant::Budget;
        }
        let has_numbers = |grid: &Grid| {
            let mut cells = grid.sheets.iter().flat_map(|s| &s.cells);
            cells.any(|c| matches!(c.value, Value::Number(_)))
        };
        match grid {
            Ok(grid) if has_numbers(grid) || has_extension(&self.name, &["docx"]) => Meant::Perhaps,
            Ok(_) | Err(Unavailable::Unreadable(Unreadable::Empty | Unreadable::NotAWorkbook { .. })) => Meant::Else,
            Err(_) => Meant::Budget,
        }
    }

    /// The workbook, loaded and read now.
    ///
    /// # Errors
    /// When the bytes cannot be had, or are no workbook that can be read.
    pub fn read(&self, options: &ReadOptions) -> Result<Grid, Unavailable> {
        Ok(read::read_with(&self.bytes(&options.limits)?, &self.name, options)?)
    }
}

/// The lines of a text file, without those that are empty.
///
/// # Errors
/// When the file cannot be read.
pub fn lines(path: &Path) -> std::io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The workbooks that the arguments mean, each once and in their order, and the arguments that mean none.
pub fn collect(arguments: &[PathBuf]) -> (Vec<Input>, Vec<(String, Unavailable)>) {
    let mut collected = Collected::default();
    for argument in arguments {
        let name = shown(argument);
        collected.argument.clone_from(&name);
        let before = collected.inputs.len() + collected.problems.len();
        let outcome = match fs::metadata(argument) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Unavailable::Missing),
            Err(error) => Err(error.into()),
            Ok(about) if about.is_dir() => collected.folder(argument),
            Ok(_) => collected.file(argument, false),
        };
        match outcome {
            Err(problem) => collected.problems.push((name, problem)),
            Ok(()) if collected.inputs.len() + collected.problems.len() == before => {
                collected.problems.push((name, Unavailable::Barren));
            }
            Ok(()) => {}
        }
    }
    let mut seen = HashSet::new();
    collected.inputs.retain(|input| seen.insert(input.name.clone()));
    (collected.inputs, collected.problems)
}

#[derive(Default)]
struct Collected {
    argument: String,
    inputs: Vec<Input>,
    problems: Vec<(String, Unavailable)>,
}

impl Collected {
    /// Takes what is in a folder and its folders, in the order of names. Linked folders are passed over: they may lead in circles.
    fn folder(&mut self, folder: &Path) -> Result<(), Unavailable> {
        let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if is_passed_over(&name) {
                continue;
            }
            let outcome = if entry.file_type()?.is_dir() {
                self.folder(&path)
            } else if is_workbook_name(&name) && path.is_file() {
                self.take(&path, true);
                Ok(())
            } else if has_extension(&name, &["zip"]) && path.is_file() {
                self.file(&path, true)
            } else {
                Ok(())
            };
            if let Err(problem) = outcome {
                self.problems.push((shown(&path), problem));
            }
        }
        Ok(())
    }

    /// Takes a file, or the workbooks in it when it is a bundle.
    fn file(&mut self, path: &Path, found: bool) -> Result<(), Unavailable> {
        let left = Rc::new(StdCell::new(DIRECTORY_BYTES));
        let mut file = BufReader::new(Metered { file: File::open(path)?, left: left.clone() });
        let mut start = [0; 2];
        let zipped = file.read_exact(&mut start).is_ok() && start == *b"PK";
        // A zip that cannot be opened goes to the reader, which tells what is wrong with it.
        let Some(mut archive) =
            zipped.then(|| ZipArchive::new(file).ok()).flatten().filter(|a| read::is_bundle(a.file_names_raw()))
        else {
            self.take(path, found);
            return Ok(());
        };
        left.set(u64::MAX);
        if archive.len() > PARTS {
            return Err(Unreadable::TooLarge { what: Limit::Parts }.into());
        }
        if archive.has_duplicate_names() {
            return Err(Unreadable::Damaged { sheet: None, detail: "two entries of one name".to_owned() }.into());
        }
        if read::overlap(&mut archive)? {
            return Err(Unreadable::Damaged { sheet: None, detail: "entries that lie over each other".to_owned() }.into());
        }
        let mut names = HashSet::new();
        for place in 0..archive.len() {
            let Ok(entry) = archive.by_index_raw(place) else { continue };
            let name = read::entry_name(entry.name_raw());
            // Steps upward or from the root must not lead out of wherever the name is used.
            let steps: Vec<&str> = name.split(['/', '\\']).filter(|s| !matches!(*s, "" | "." | "..")).collect();
            let passed_over = steps.iter().any(|s| is_passed_over(s) || *s == "__MACOSX");
            if entry.is_dir() || passed_over || !(is_workbook_name(&name) || has_extension(&name, &["zip"])) {
                continue;
            }
            let is_workbook = is_workbook_name(&name);
            let name = format!("{}/{}", shown(path), printable(&steps.join("/")));
            match Entry::of(&entry) {
                // Archives within archives are not opened, and it is said that they were there.
                _ if !is_workbook => {
                    self.problems.push((name, Unreadable::NotAWorkbook { found: Found::Archive }.into()));
                }
                _ if !names.insert(name.clone()) => {
                    let detail = "two entries of one name".to_owned();
                    self.problems.push((name, Unreadable::Damaged { sheet: None, detail }.into()));
                }
                Ok(entry) => {
                    self.add(name, true, Source::Entry { bundle: path.to_owned(), entry });
                }
                Err(unreadable) => self.problems.push((name, unreadable.into())),
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, found: bool) {
        self.add(shown(path), found, Source::File(path.to_owned()));
    }

    fn add(&mut self, name: String, found: bool, source: Source) {
        self.inputs.push(Input { name, found, argument: self.argument.clone(), source });
    }
}

/// A file of which only so much may be read, however large it is.
struct Metered {
    file: File,
    left: Rc<StdCell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| std::io::Error::other("the directory of the archive is too large"))?);
        Ok(read)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

/// Hidden files and the lock files of open workbooks.
fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || read::is_lock_file_name(name)
}

fn is_workbook_name(name: &str) -> bool {
    has_extension(name, &EXTENSIONS)
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| extensions.iter().any(|e| own.eq_ignore_ascii_case(e)))
}

/// The path with `/` on every system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// A folder that is removed at the end of the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("yusuan-input-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(path.join("乙")).unwrap();
            Self(path)
        }

        fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, bytes).unwrap();
            path
        }

        /// The names of the inputs below the folder.
        fn names(&self, inputs: &[Input]) -> Vec<String> {
            let own = shown(&self.0) + "/";
            inputs.iter().map(|i| i.name.strip_prefix(&own).unwrap().to_owned()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_means_the_workbooks_below_it_in_the_order_of_names() {
        let folder = Folder::new("folder");
        for name in ["b.XLSX", "a.et", "~$b.xlsx", ".hidden.xlsx", "note.pdf", "d.docx", "乙/c.ods"] {
            folder.put(name, b"x");
        }
        let (inputs, problems) = collect(std::slice::from_ref(&folder.0));
        assert_eq!(folder.names(&inputs), ["a.et", "b.XLSX", "d.docx", "乙/c.ods"]);
        assert!(inputs.iter().all(|i| i.found) && problems.is_empty());
    }

    #[test]
    fn a_bundle_means_its_workbooks_and_a_workbook_itself() {
        let folder = Folder::new("bundle");
        let inner = zipped(&[("x", b"y")]);
        let bundle = zipped(&[("../甲/一.xlsx", b"first"), ("readme.pdf", b""), ("__MACOSX/一.xlsx", b""), ("two.zip", &inner)]);
        let bundle = folder.put("all.zip", &bundle);
        let workbook = folder.put("workbook.zip", &zipped(&[("[Content_Types].xml", b""), ("xl/a.xlsx", b"")]));
        let (inputs, problems) = collect(&[bundle, workbook.clone(), workbook]);
        assert_eq!(folder.names(&inputs), ["all.zip/甲/一.xlsx", "workbook.zip"]);
        assert_eq!(inputs[0].bytes(&Limits::default()).unwrap(), b"first");
        assert!(inputs[0].found && !inputs[1].found);
        let nested = Unreadable::NotAWorkbook { found: Found::Archive };
        assert!(matches!(&problems[..], [(name, Unavailable::Unreadable(why))] if name.ends_with("two.zip") && *why == nested));
    }

    #[test]
    fn two_entries_that_lead_to_one_name_are_told() {
        let folder = Folder::new("twice");
        let bundle = folder.put("all.zip", &zipped(&[("../a.xlsx", b"first"), ("a.xlsx", b"second")]));
        let (inputs, problems) = collect(&[bundle]);
        assert_eq!(folder.names(&inputs), ["all.zip/a.xlsx"]);
        assert!(matches!(&problems[0].1, Unavailable::Unreadable(Unreadable::Damaged { .. })));
    }

    #[test]
    fn a_file_is_loaded_only_within_the_limit() {
        let folder = Folder::new("large");
        let limits = Limits { file_bytes: 4, ..Limits::default() };
        let bundle = folder.put("all.zip", &zipped(&[("a.xlsx", b"12345"), ("b.xlsx", b"1234")]));
        let (inputs, _) = collect(&[folder.put("a.xlsx", b"12345"), folder.put("b.xlsx", b"1234"), bundle]);
        let loaded = inputs.iter().map(|input| input.bytes(&limits).ok().map(|bytes| bytes.len()));
        assert_eq!(loaded.collect::<Vec<_>>(), [None, Some(4), None, Some(4)]);
    }

    #[test]
    fn what_is_named_and_not_there_is_a_problem_of_its_own() {
        let folder = Folder::new("missing");
        let lock = folder.put("~$a.xlsx", b"owner");
        let (inputs, problems) = collect(&[folder.0.join("no.xlsx"), folder.0.clone(), lock]);
        assert!(matches!(problems[0].1, Unavailable::Missing) && matches!(problems[1].1, Unavailable::Barren));
        assert!(matches!(inputs[0].read(&ReadOptions::default()), Err(Unavailable::Unreadable(Unreadable::LockFile))));
    }
}
