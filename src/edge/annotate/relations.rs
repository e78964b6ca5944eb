//! What the parts of a package say of each other and of their kinds; reads and extends both lists, never follows one outside.

use super::book::Book;
use super::edits::Edits;
use super::odd::Odd;
use super::tree::{self, End};
use crate::edge::read::join;

/// The namespace of lists of relations.
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// The list of the kinds of all parts.
const TYPES: &str = "[content_types].xml";

/// The names that a workbook goes by: those of ISO 29500 strict, or those that everyone writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The namespace of workbooks.
    pub(super) main: &'static str,
    /// The namespace of relations within parts, and the beginning of their kinds.
    pub(super) relations: &'static str,
}

impl Dialect {
    const USUAL: Self = Self {
        main: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        relations: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    };
    const STRICT: Self = Self {
        main: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        relations: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    };

    /// The dialect of a namespace.
    pub(super) fn of(namespace: Option<&str>) -> Result<Self, Odd> {
        let known = [Self::USUAL, Self::STRICT].into_iter().find(|dialect| Some(dialect.main) == namespace);
        known.ok_or_else(|| Odd::new("a workbook in a namespace that is not known"))
    }
}

/// One relation of a part.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its kind.
    pub(super) kind: String,
    /// The part it leads to; empty where that lies outside.
    pub(super) target: String,
    range: std::ops::Range<usize>,
}

/// The relations of a part, or of the package.
pub(super) struct Relations {
    /// The part that lists them.
    path: String,
    text: Option<String>,
    pub(super) list: Vec<Relation>,
    new: String,
}

impl Relations {
    /// The relations of a part; those of the package where the part has no name.
    pub(super) fn of(book: &mut Book<'_>, part: &str) -> Result<Self, Odd> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let path = join(folder, &format!("_rels/{file}.rels"));
        let text = if book.has(&path) { Some(book.text(&path)?) } else { None };
        let mut list = Vec::new();
        if let Some(text) = &text {
            let document = tree::parse(text)?;
            for node in tree::children(document.root_element(), "Relationship") {
                let own = |name| node.attribute(name).unwrap_or_default();
                let inside = own("TargetMode") != "External";
                let target = if inside { join(folder, own("Target")) } else { String::new() };
                let kind = own("Type").rsplit('/').next().unwrap_or_default().to_owned();
                list.push(Relation { id: own("Id").to_owned(), kind, target, range: node.range() });
            }
        }
        Ok(Self { path, text, list, new: String::new() })
    }

    /// The first relation of a kind that leads to a part.
    pub(super) fn of_kind(&self, kind: &str) -> Option<&Relation> {
        self.list.iter().find(|relation| relation.kind == kind && !relation.target.is_empty())
    }

    /// Adds a relation to a part and gives it a name.
    pub(super) fn add(&mut self, kind: &str, part: &str) -> String {
        let is_used = |id: &str| self.list.iter().any(|relation| relation.id == id);
        let id = (1..).map(|number| format!("rIdY{number}")).find(|id| !is_used(id)).unwrap_or_default();
        let kind = tree::escaped(kind);
        let prefix = self.prefix().unwrap_or_default();
        self.new.push_str(&format!("<{prefix}Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"/{part}\"/>"));
        let last = kind.rsplit('/').next().unwrap_or_default().to_owned();
        self.list.push(Relation { id: id.clone(), kind: last, target: part.to_ascii_lowercase(), range: 0..0 });
        id
    }

    fn prefix(&self) -> Option<String> {
        let document = tree::parse(self.text.as_deref()?).ok()?;
        Some(tree::prefix(document.root_element()).to_owned())
    }

    /// Puts the added relations into the package.
    pub(super) fn finish(self, book: &mut Book<'_>) -> Result<(), Odd> {
        let Self { path, text, new, .. } = self;
        match text {
            _ if new.is_empty() => Ok(()),
            None => {
                book.add(&path, format!("{DECLARATION}<Relationships xmlns=\"{RELATIONS}\">{new}</Relationships>"));
                Ok(())
            }
            Some(text) => {
                let mut edits = Edits::default();
                End::of(tree::parse(&text)?.root_element()).append(&mut edits, &new);
                book.change(&path, text, edits)
            }
        }
    }

    /// Takes relations out of the package that came with it.
    pub(super) fn without(self, book: &mut Book<'_>, goes: impl Fn(&Relation) -> bool) -> Result<(), Odd> {
        let Some(text) = self.text else { return Ok(()) };
        let mut edits = Edits::default();
        self.list.iter().filter(|relation| goes(relation)).for_each(|relation| edits.replace(relation.range.clone(), ""));
        book.restore(&self.path, edits.apply(&text)?);
        Ok(())
    }
}

/// What every part that is made here begins with.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The kinds of the parts.
pub(super) struct Types {
    text: String,
    defaults: Vec<(String, String)>,
    overrides: Vec<(String, String, std::ops::Range<usize>)>,
    prefix: String,
    new: String,
}

impl Types {
    /// The kinds of the parts of a package.
    pub(super) fn of(book: &mut Book<'_>) -> Result<Self, Odd> {
        let text = book.text(TYPES)?;
        let document = tree::parse(&text)?;
        let root = document.root_element();
        let own = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
        let default = |node| (own(node, "Extension").to_ascii_lowercase(), own(node, "ContentType"));
        let part = |node: roxmltree::Node<'_, '_>| {
            let name = own(node, "PartName").trim_start_matches('/').to_ascii_lowercase();
            (name, own(node, "ContentType"), node.range())
        };
        let defaults = tree::children(root, "Default").map(default).collect();
        let overrides = tree::children(root, "Override").map(part).collect();
        let prefix = tree::prefix(root).to_owned();
        Ok(Self { defaults, overrides, prefix, new: String::new(), text })
    }

    /// The kind of a part.
    pub(super) fn kind(&self, part: &str) -> Option<&str> {
        let own = self.overrides.iter().find(|(name, ..)| name == part).map(|(_, kind, _)| kind);
        let extension = part.rsplit('.').next().unwrap_or_default();
        own.or_else(|| self.defaults.iter().find(|(of, _)| of == extension).map(|(_, kind)| kind)).map(String::as_str)
    }

    /// Adds a part, where its extension does not tell its kind already.
    pub(super) fn add(&mut self, part: &str, kind: &str) {
        let name = part.to_ascii_lowercase();
        if self.kind(&name) != Some(kind) {
            let prefix = &self.prefix;
            self.new.push_str(&format!("<{prefix}Override PartName=\"/{part}\" ContentType=\"{kind}\"/>"));
            self.overrides.push((name, kind.to_owned(), 0..0));
        }
    }

    /// Adds the kind of all parts with an extension, where it has none.
    pub(super) fn add_default(&mut self, extension: &str, kind: &str) {
        if !self.defaults.iter().any(|(of, _)| of == extension) {
            let prefix = &self.prefix;
            self.new.push_str(&format!("<{prefix}Default Extension=\"{extension}\" ContentType=\"{kind}\"/>"));
            self.defaults.push((extension.to_owned(), kind.to_owned()));
        }
    }

    /// Puts what was added into the package.
    pub(super) fn finish(self, book: &mut Book<'_>) -> Result<(), Odd> {
        let mut edits = Edits::default();
        if !self.new.is_empty() {
            End::of(tree::parse(&self.text)?.root_element()).append(&mut edits, &self.new);
        }
        book.change(TYPES, self.text, edits)
    }

    /// Takes parts out of the list that came with the package.
    pub(super) fn without(self, book: &mut Book<'_>, parts: &[String]) -> Result<(), Odd> {
        let mut edits = Edits::default();
        let gone = self.overrides.iter().filter(|(name, ..)| parts.contains(name));
        gone.for_each(|(_, _, range)| edits.replace(range.clone(), ""));
        book.restore(TYPES, edits.apply(&self.text)?);
        Ok(())
    }
}
