//! The part of a package that lists its sheets: finds them, adds one behind the last, takes an added one out; never opens one.

use std::collections::HashSet;

use super::book::Book;
use super::edits::Edits;
use super::odd::Odd;
use super::relations::{Dialect, Relations};
use super::tree::{self, End};

/// The most signs of the name of a sheet.
const NAME: usize = 31;

/// A sheet as the workbook lists it.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) name: String,
    /// The part of a sheet of cells; none for charts and the like.
    pub(super) part: Option<String>,
    id: String,
    number: u32,
    range: std::ops::Range<usize>,
}

/// The workbook part.
pub(super) struct Workbook {
    pub(super) path: String,
    pub(super) dialect: Dialect,
    pub(super) sheets: Vec<Listed>,
    text: String,
}

impl Workbook {
    /// The workbook part of a package.
    pub(super) fn of(book: &mut Book<'_>) -> Result<Self, Odd> {
        let root = Relations::of(book, "")?;
        let path = root.of_kind("officeDocument").map(|relation| relation.target.clone());
        let path = path.ok_or_else(|| Odd::new("nothing leads to the workbook"))?;
        let text = book.text(&path)?;
        let relations = Relations::of(book, &path)?;
        let document = tree::parse(&text)?;
        let element = document.root_element();
        let dialect = Dialect::of(element.tag_name().namespace())?;
        let mut sheets = Vec::new();
        for node in tree::children(tree::needed(element, "sheets")?, "sheet") {
            let id = node.attribute((dialect.relations, "id")).unwrap_or_default().to_owned();
            let leads = relations.list.iter().find(|relation| relation.id == id);
            let part = leads.filter(|relation| relation.kind == "worksheet").map(|relation| relation.target.clone());
            let number = node.attribute("sheetId").and_then(|n| n.parse().ok()).unwrap_or(0);
            let name = node.attribute("name").unwrap_or_default().to_owned();
            sheets.push(Listed { name, part, id, number, range: node.range() });
        }
        Ok(Self { path, dialect, sheets, text })
    }

    /// The sheet of cells of a name, where only one has it.
    pub(super) fn sheet(&self, name: &str) -> Result<&Listed, Odd> {
        let mut named = self.sheets.iter().filter(|sheet| sheet.name == name && sheet.part.is_some());
        match (named.next(), named.next()) {
            (Some(sheet), None) => Ok(sheet),
            (None, _) => Err(Odd::new(format!("no sheet {name}"))),
            (Some(_), Some(_)) => Err(Odd::new(format!("two sheets {name}"))),
        }
    }

    /// The name, with a number where a sheet has it.
    pub(super) fn unused_name(&self, name: &str) -> String {
        let numbered = |n: usize| if n == 1 { name.to_owned() } else { format!("{name}({n})") };
        let is_used = |name: &String| self.sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
        (1..).map(numbered).map(|name| tree::cut(&name, NAME)).find(|name| !is_used(name)).unwrap_or_default()
    }

    /// Lists a sheet behind the last one, whose rows of headings are repeated in print and whose area is filtered.
    pub(super) fn add(self, book: &mut Book<'_>, name: &str, id: &str, (filtered, repeated): (&str, &str)) -> Result<(), Odd> {
        let Self { path, dialect, sheets, text } = self;
        let document = tree::parse(&text)?;
        let root = document.root_element();
        let list = tree::needed(root, "sheets")?;
        let prefix = tree::prefix(list);
        let used: HashSet<u32> = sheets.iter().map(|sheet| sheet.number).collect();
        let number = (1..).find(|number| !used.contains(number)).unwrap_or(1);
        let (place, own) = (sheets.len(), tree::escaped(name));
        let mut edits = Edits::default();
        let sheet =
            format!("<{prefix}sheet name=\"{own}\" sheetId=\"{number}\" r:id=\"{id}\" xmlns:r=\"{}\"/>", dialect.relations);
        End::of(list).append(&mut edits, &sheet);
        let quoted = quoted(name);
        let names = format!(
            "<{prefix}definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{place}\" hidden=\"1\">{}!{filtered}\
             </{prefix}definedName><{prefix}definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{place}\">{}!{repeated}\
             </{prefix}definedName>",
            tree::escaped(&quoted),
            tree::escaped(&quoted)
        );
        match tree::child(root, "definedNames") {
            Some(node) => End::of(node).append(&mut edits, &names),
            None => {
                let before = ["externalReferences", "functionGroups"].into_iter().find_map(|name| tree::child(root, name));
                let at = before.unwrap_or(list).range().end;
                edits.insert(at, format!("<{prefix}definedNames>{names}</{prefix}definedNames>"));
            }
        }
        book.change(&path, text, edits)
    }

    /// Takes a sheet out of the list, as if it had never been there.
    pub(super) fn without(self, book: &mut Book<'_>, place: usize) -> Result<(), Odd> {
        let Some(listed) = self.sheets.get(place).cloned() else { return Ok(()) };
        let document = tree::parse(&self.text)?;
        let root = document.root_element();
        let mut edits = Edits::default();
        edits.replace(listed.range, "");
        for names in tree::children(root, "definedNames") {
            let own = |node: &roxmltree::Node<'_, '_>| node.attribute("localSheetId").and_then(|n| n.parse::<usize>().ok());
            let inner: Vec<_> = tree::children(names, "definedName").collect();
            if inner.iter().all(|name| own(name) == Some(place)) {
                edits.replace(names.range(), "");
                continue;
            }
            for name in inner {
                match own(&name) {
                    Some(of) if of == place => edits.replace(name.range(), ""),
                    Some(of) if of > place => tree::set(&mut edits, name, "localSheetId", &(of - 1).to_string()),
                    _ => {}
                }
            }
        }
        let views = tree::child(root, "bookViews").into_iter().flat_map(|views| tree::children(views, "workbookView"));
        for view in views {
            for name in ["activeTab", "firstSheet"] {
                let tab = view.attribute(name).and_then(|n| n.parse::<usize>().ok());
                if let Some(tab) = tab.filter(|tab| *tab >= place) {
                    tree::set(&mut edits, view, name, &tab.saturating_sub(1).min(place.saturating_sub(1)).to_string());
                }
            }
        }
        book.restore(&self.path, edits.apply(&self.text)?);
        Relations::of(book, &self.path)?.without(book, |relation| relation.id == listed.id)
    }
}

/// The name of a sheet as it stands in a reference.
pub(super) fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}
