//! The package of a workbook whose parts are read, changed and added; every entry that is not changed keeps its packed bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::edits::Edits;
use super::odd::Odd;
use super::tree;
use crate::edge::read::{Budget, Package, entry_name, part_name};

/// A part of a package that is changed.
struct Changed {
    text: String,
    edits: Edits,
}

/// A package. Parts are named in lower case and without a slash in front.
pub(super) struct Book<'a> {
    bytes: &'a [u8],
    package: Package<'a>,
    /// Parts that earlier marks were taken out of; none where the part itself goes.
    base: BTreeMap<String, Option<Vec<u8>>>,
    changed: BTreeMap<String, Changed>,
    added: Vec<(String, Vec<u8>)>,
}

/// A part that was changed or added, as it is told to whoever wants to remember it.
pub(super) enum Told<'b> {
    /// Its name, its former text and its settled changes.
    Changed(&'b str, &'b str, &'b Edits),
    /// Its name and content.
    Added(&'b str, &'b [u8]),
}

impl<'a> Book<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(bytes: &'a [u8], budget: &'a Budget) -> Result<Self, Odd> {
        let package = Package::open(bytes, budget)?;
        Ok(Self { bytes, package, base: BTreeMap::new(), changed: BTreeMap::new(), added: Vec::new() })
    }

    /// Whether there is a part.
    pub(super) fn has(&self, name: &str) -> bool {
        let added = self.added.iter().any(|(own, _)| part_name(own) == name);
        added || self.base.get(name).map_or_else(|| self.package.has(name), Option::is_some)
    }

    /// A part without the changes that are going on.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Odd> {
        match self.base.get(name) {
            Some(part) => Ok(part.clone()),
            None => Ok(self.package.part(name)?),
        }
    }

    /// The text of a part that must be there.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Odd> {
        tree::text(self.part(name)?.ok_or_else(|| Odd::new(format!("no part {name}")))?)
    }

    /// Puts other content in the place of a part, as if the package had come with it.
    pub(super) fn restore(&mut self, name: &str, content: impl Into<Vec<u8>>) {
        self.base.insert(name.to_owned(), Some(content.into()));
    }

    /// Takes a part out, as if the package had come without it.
    pub(super) fn remove(&mut self, name: &str) {
        self.base.insert(name.to_owned(), None);
    }

    /// Changes a part, once.
    ///
    /// # Errors
    /// When the changes do not fit.
    pub(super) fn change(&mut self, name: &str, text: String, mut edits: Edits) -> Result<(), Odd> {
        edits.settle(&text)?;
        if !edits.is_empty() && self.changed.insert(name.to_owned(), Changed { text, edits }).is_some() {
            return Err(Odd::new(format!("{name} would be changed twice")));
        }
        Ok(())
    }

    /// Adds a part.
    pub(super) fn add(&mut self, name: &str, content: impl Into<Vec<u8>>) {
        self.added.push((name.to_owned(), content.into()));
    }

    /// A name with a number that no part has.
    pub(super) fn unused(&self, before: &str, after: &str) -> String {
        let name = |number: usize| format!("{before}{number}{after}");
        (1..).map(name).find(|name| !self.has(&part_name(name))).unwrap_or_default()
    }

    /// The parts that are changed and added.
    pub(super) fn told(&self) -> impl Iterator<Item = Told<'_>> {
        let changed = self.changed.iter().map(|(name, part)| Told::Changed(name, &part.text, &part.edits));
        changed.chain(self.added.iter().map(|(name, content)| Told::Added(name, content)))
    }

    /// The package with all changes; entries stand in their order, and added ones behind them.
    pub(super) fn finish(self) -> Result<Vec<u8>, Odd> {
        let mut archive = ZipArchive::new(Cursor::new(self.bytes))?;
        let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(self.bytes.len() + (self.bytes.len() >> 3))));
        for place in 0..archive.len() {
            let entry = archive.by_index_raw(place)?;
            let (raw, time) = (entry.name_raw().to_vec(), entry.last_modified());
            let name = part_name(&entry_name(&raw));
            let (changed, base) = (self.changed.get(&name), self.base.get(&name));
            if changed.is_none() && base.is_none() {
                writer.raw_copy_file(entry)?;
                continue;
            }
            if changed.is_none() && base.is_some_and(Option::is_none) {
                continue;
            }
            let own = String::from_utf8(raw).map_err(|_| Odd::new("the name of a part is not in UTF-8"))?;
            writer.start_file(own, packed(time))?;
            match (changed, base) {
                (Some(part), _) => part.edits.write(&part.text, &mut writer)?,
                (None, Some(Some(content))) => writer.write_all(content)?,
                _ => {}
            }
        }
        for (name, content) in &self.added {
            writer.start_file(name.as_str(), packed(None))?;
            writer.write_all(content)?;
        }
        Ok(writer.finish()?.into_inner())
    }
}

/// How a part is packed: always alike, so that the same changes give the same bytes.
fn packed(time: Option<DateTime>) -> SimpleFileOptions {
    let time = time.unwrap_or_default();
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(time).large_file(false)
}
