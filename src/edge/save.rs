//! Puts finished bytes on disk, whole or not at all, under names every system accepts; never looks into what it saves.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::value::text::is_invisible;

/// Why a file was not saved. Whatever stood there before still stands there unharmed.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub struct SaveError {
    /// The file, or the folder that could not be made for it.
    pub path: PathBuf,
    /// The kind of obstacle.
    pub obstacle: Obstacle,
    /// What the system says.
    pub source: io::Error,
}

/// What stands in the way of saving a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The file is open elsewhere, or may not be written.
    Denied,
    /// The disk or the quota is full.
    Full,
    /// The system does not take the name, or a file stands where a folder should be or the other way round.
    Name,
    /// Anything else.
    Other,
}

impl SaveError {
    fn new(path: &Path, source: io::Error) -> Self {
        let obstacle = match source.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::ResourceBusy => Obstacle::Denied,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Obstacle::Full,
            ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::AlreadyExists
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory => Obstacle::Name,
            // Windows: another program has the file, or a part of it, open.
            _ if cfg!(windows) && matches!(source.raw_os_error(), Some(32 | 33)) => Obstacle::Denied,
            _ => Obstacle::Other,
        };
        Self { path: path.to_owned(), obstacle, source }
    }

    /// What happened, for people.
    pub fn message(&self) -> String {
        let reason = match self.obstacle {
            Obstacle::Denied => "文件正在被其他程序使用，或没有写入权限",
            Obstacle::Full => "磁盘空间不足",
            Obstacle::Name => "文件名不被系统接受，或同名的文件、文件夹已占用该位置",
            Obstacle::Other => "写入时出错",
        };
        format!("无法保存“{}”：{reason}（{}）", self.path.display(), self.source)
    }

    /// What to do about it, for people.
    pub fn advice(&self) -> &'static str {
        match self.obstacle {
            Obstacle::Denied => {
                "如果该文件正在 Excel 或 WPS 中打开，请先关闭该文件再重试；否则请检查文件夹的写入权限，或改用其他输出文件夹。"
            }
            Obstacle::Full => "请清理磁盘空间，或改用其他磁盘上的输出文件夹。",
            Obstacle::Name => "请改用较短、不含特殊字符的名称，并移开占用该位置的同名文件或文件夹。",
            Obstacle::Other => "请检查磁盘或网络位置是否可用，然后重试。",
        }
    }
}

/// Saves a file whole or not at all, and makes the folders it needs. The disk is not waited for: after a power cut the newest
/// files may have to be written again.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let mut growing = Growing::new(path)?;
    growing.temporary.write_all(bytes).map_err(|e| SaveError::new(path, e))?;
    growing.finish()
}

/// A file that is written little by little and stands in its place only when it is finished.
///
/// The bytes go to a temporary file beside the target, which then takes its place in one step, so that nobody ever reads half
/// a file; dropped unfinished, it leaves nothing behind.
pub struct Growing {
    path: PathBuf,
    temporary: NamedTempFile<BufWriter<File>>,
    _listed: Listed,
}

/// The temporary files under way: a program that ends at once drops nothing, and would leave them behind.
static UNDER_WAY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn under_way() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file on the list of those under way, as long as it is one.
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        under_way().remove(&self.0);
    }
}

/// How the name of a temporary file begins and ends.
const TEMPORARY: (&str, &str) = (".yusuan-", ".tmp");

/// Removes from a folder the temporary files that a run left there which was ended by force: all but those under way.
pub fn sweep(folder: &Path) {
    let listed = under_way();
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name();
        let is_temporary = name.to_str().is_some_and(|n| n.starts_with(TEMPORARY.0) && n.ends_with(TEMPORARY.1));
        let is_own = || listed.iter().any(|path| path.file_name() == Some(&name));
        if is_temporary && !is_own() {
            // One that cannot be removed is in nobody's way.
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Removes all temporary files under way and keeps new ones from being made: only for a program that ends right afterwards.
pub fn abandon() {
    let listed = under_way();
    for path in listed.iter() {
        // One that has just taken its place is no longer there.
        drop(fs::remove_file(path));
    }
    std::mem::forget(listed);
}

impl Growing {
    /// Begins a file, and makes the folders it needs.
    pub fn new(path: &Path) -> Result<Self, SaveError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder).map_err(|e| SaveError::new(folder, e))?;
        // Made by hand, because the crate's own temporary files are readable by nobody else and would stay so.
        let begin = |p: &Path| File::create_new(p).map(|file| BufWriter::with_capacity(BUFFER, file));
        let mut listed = under_way();
        let temporary = tempfile::Builder::new().prefix(TEMPORARY.0).suffix(TEMPORARY.1).make_in(folder, begin);
        let temporary = temporary.map_err(|e| SaveError::new(path, e))?;
        listed.insert(temporary.path().to_owned());
        Ok(Self { path: path.to_owned(), _listed: Listed(temporary.path().to_owned()), temporary })
    }

    /// Puts the file in its place if all of it was written.
    pub fn finish_after(self, written: io::Result<()>) -> Result<(), SaveError> {
        written.map_err(|e| SaveError::new(&self.path, e))?;
        self.finish()
    }

    /// Puts the finished file in its place.
    pub fn finish(self) -> Result<(), SaveError> {
        let Self { path, mut temporary, _listed } = self;
        temporary.flush().map_err(|e| SaveError::new(&path, e))?;
        temporary.persist(&path).map_err(|e| SaveError::new(&path, e.error))?;
        Ok(())
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

/// So much is gathered before it goes to the disk.
const BUFFER: usize = 1 << 16;

/// The longest name given, in bytes: leaves room for an extension and a counter within any system's 255.
const LONGEST: usize = 120;

/// Names that Windows keeps for devices, whatever their extension.
const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// A text from data as a file name, without extension, that Windows and Linux both accept: never empty, never a path.
/// Forbidden signs become their full-width forms, which read the same.
pub fn safe_file_name(text: &str) -> String {
    let kept = text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c });
    let name: String = kept.map(full_width_if_forbidden).collect();
    let name = name.trim_start_matches(is_edge);
    let prefix = if is_reserved(name) { "_" } else { "" };
    let mut name = format!("{prefix}{name}");
    while name.len() > LONGEST {
        name.pop();
    }
    name.truncate(name.trim_end_matches(is_edge).len());
    if name.is_empty() { "未命名".to_owned() } else { name }
}

/// Dots and blanks: Windows drops them at the end of a name, and a dot in front hides a file on Linux.
fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

fn full_width_if_forbidden(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => char::from_u32(c as u32 + 0xfee0).unwrap_or('_'),
        _ => c,
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().filter_map(|device| stem.strip_prefix(device));
    RESERVED.contains(&stem.as_str())
        || numbered.into_iter().any(|n| n.chars().count() == 1 && n.chars().all(|c| "0123456789¹²³".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_into_folders_that_did_not_exist_and_replaced_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("甲单位").join("公开").join("预算.xlsx");
        save(&path, b"one").unwrap();
        save(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_failed_saving_leaves_nothing_behind_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("预算.xlsx");
        fs::create_dir_all(taken.join("inner")).unwrap();
        let error = save(&taken, b"bytes").unwrap_err();
        assert!(error.message().contains("预算.xlsx"));
        assert!(!error.advice().is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        let file = folder.path().join("file");
        save(&file, b"bytes").unwrap();
        assert_eq!(save(&file.join("x.xlsx"), b"bytes").unwrap_err().obstacle, Obstacle::Name);
    }

    #[test]
    fn what_a_run_left_that_was_ended_by_force_is_swept_and_what_is_under_way_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let growing = Growing::new(&folder.path().join("报告.txt")).unwrap();
        for name in [".yusuan-abc.tmp", ".yusuan-进度.jsonl", "a.tmp"] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        sweep(folder.path());
        growing.finish().unwrap();
        let names = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        assert_eq!(names, [".yusuan-进度.jsonl", "a.tmp", "报告.txt"]);
    }

    #[test]
    fn a_file_open_elsewhere_is_named_as_such() {
        let error = SaveError::new(Path::new("a.xlsx"), ErrorKind::PermissionDenied.into());
        assert!(error.advice().contains("请先关闭该文件"));
    }

    #[test]
    fn names_from_data_are_accepted_everywhere() {
        let cases = [
            ("上海市教育委员会", "上海市教育委员会"),
            ("部门/单位: <A>|\"B\"?*\\", "部门／单位： ＜A＞｜＂B＂？＊＼"),
            ("../../etc/passwd", "／..／etc／passwd"),
            ("  名称. . ", "名称"),
            ("a\u{202e}b\tc\0", "ab c"),
            ("con", "_con"),
            ("NUL.预算", "_NUL.预算"),
            ("com1", "_com1"),
            ("COM10", "COM10"),
            ("", "未命名"),
            ("…", "…"),
            (" .. ", "未命名"),
        ];
        for (text, name) in cases {
            assert_eq!(safe_file_name(text), name, "{text:?}");
            assert_eq!(safe_file_name(name), name, "{name:?} stays as it is");
        }
    }

    #[test]
    fn long_names_end_at_a_whole_character() {
        let name = safe_file_name(&format!("a{}", "预".repeat(100)));
        assert_eq!(name.len(), 118);
        assert!(name.ends_with('预'));
    }
}
