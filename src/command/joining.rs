//! Files that hold a part of a budget each: which of them belong together; never reads one and never drops one.

use crate::grid::Grid;
use crate::stage::whose::Whose;

/// A file that holds a part of a budget.
pub(super) struct Part {
    /// Its name as found.
    pub(super) name: String,
    /// What stands in it.
    pub(super) grid: Grid,
    /// The ids of its tables.
    pub(super) tables: Vec<String>,
    /// Whose they are.
    pub(super) whose: Whose,
}

impl Part {
    fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// The parts of the same unit and year that have no table in common, each group in the order of its files. A file that names
/// no unit goes with the only budget of its folder that lacks its tables.
pub(super) fn groups(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let mut groups: Vec<Vec<Part>> = Vec::new();
    let (named, nameless): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|p| !p.whose.is_nobody());
    for part in named {
        let fits = |group: &Vec<Part>| lacks(group, &part) && group.iter().all(|p| p.whose.is_same(&part.whose));
        match groups.iter().position(fits) {
            Some(place) => groups[place].push(part),
            None => groups.push(vec![part]),
        }
    }
    for part in nameless {
        let fits = |group: &Vec<Part>| lacks(group, &part) && group.iter().all(|p| p.folder() == part.folder());
        let fitting: Vec<usize> = (0..groups.len()).filter(|place| fits(&groups[*place])).collect();
        match fitting.as_slice() {
            [place] => groups[*place].push(part),
            _ => groups.push(vec![part]),
        }
    }
    groups
}

/// Whether a group has none of the tables of a part.
fn lacks(group: &[Part], part: &Part) -> bool {
    group.iter().all(|p| p.tables.iter().all(|table| !part.tables.contains(table)))
}

/// The sheets of all parts as one workbook, and the names of the files.
pub(super) fn joined(group: Vec<Part>) -> (Grid, Vec<String>) {
    let mut whole = Grid::default();
    let mut names = Vec::new();
    for (source, part) in group.into_iter().enumerate() {
        names.push(part.name);
        whole.saved = whole.saved.max(part.grid.saved);
        whole.sheets.extend(part.grid.sheets.into_iter().map(|mut sheet| {
            sheet.source = u16::try_from(source).unwrap_or(u16::MAX);
            sheet
        }));
    }
    (whole, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, tables: &str, unit: &str, year: Option<i32>) -> Part {
        let unit = Some(unit.to_owned()).filter(|u| !u.is_empty());
        let tables = tables.split(' ').map(str::to_owned).collect();
        Part { name: name.to_owned(), grid: Grid::default(), tables, whose: Whose { code: None, name: unit, year } }
    }

    fn grouped(parts: Vec<Part>) -> Vec<String> {
        groups(parts).iter().map(|g| g.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join("+")).collect()
    }

    #[test]
    fn parts_of_one_unit_and_year_go_together() {
        let parts = vec![
            part("a/1", "x", "甲", Some(2031)),
            part("a/2", "x", "乙", Some(2031)),
            part("b/3", "y", "甲", None),
            part("a/4", "y", "甲", Some(2030)),
        ];
        assert_eq!(grouped(parts), ["a/1+b/3", "a/2", "a/4"]);
    }

    #[test]
    fn the_same_table_twice_is_another_version() {
        let parts = vec![part("1", "x", "甲", None), part("2", "x", "甲", None), part("3", "y", "甲", None)];
        assert_eq!(grouped(parts), ["1+3", "2"]);
    }

    #[test]
    fn a_file_without_a_name_goes_with_the_only_budget_of_its_folder() {
        let parts = |other: &str| vec![part("a/1", "x", "甲", None), part("a/2", "y", "", None), part(other, "x", "乙", None)];
        assert_eq!(grouped(parts("b/3")), ["a/1+a/2", "b/3"]);
        assert_eq!(grouped(parts("a/3")), ["a/1", "a/3", "a/2"]);
        let nameless = vec![part("a/1", "x", "", None), part("a/2", "y", "", None), part("b/3", "z", "", None)];
        assert_eq!(grouped(nameless), ["a/1+a/2", "b/3"]);
    }
}
