//! The template files at hand: those inside the program and those of a folder; never interprets them.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::template::Sources;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A template folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}：无法读取模板（{source}）。请核对 --templates 的路径，文件应为 UTF-8 编码", path.display())]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub source: std::io::Error,
}

/// The embedded templates and those of the given folders; a file of the same path takes the place of an earlier one.
///
/// # Errors
/// When a folder or a file in it cannot be read.
pub fn sources(folders: &[PathBuf]) -> Result<Sources, StoreError> {
    let mut sources = Sources::default();
    embedded(&EMBEDDED, &mut sources);
    for folder in folders {
        add_folder(folder, folder, &mut sources)?;
    }
    sources.files.sort_unstable_keys();
    Ok(sources)
}

fn embedded(folder: &Dir<'_>, sources: &mut Sources) {
    for file in folder.files().filter(|f| is_template(f.path())) {
        if let Some(text) = file.contents_utf8() {
            sources.files.insert(slashed(file.path()), text.to_owned());
        }
    }
    folder.dirs().for_each(|inner| embedded(inner, sources));
}

fn add_folder(root: &Path, folder: &Path, sources: &mut Sources) -> Result<(), StoreError> {
    let failed = |path: &Path, source| StoreError { path: path.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(|e| failed(folder, e))? {
        let path = entry.map_err(|e| failed(folder, e))?.path();
        if path.is_dir() {
            add_folder(root, &path, sources)?;
        } else if is_template(&path) {
            let text = std::fs::read_to_string(&path).map_err(|e| failed(&path, e))?;
            let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
            sources.files.insert(slashed(path.strip_prefix(root).unwrap_or(&path)), text);
        }
    }
    Ok(())
}

fn is_template(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "toml" || e == "tsv")
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
