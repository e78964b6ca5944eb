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

/// Parts put in groups, one for each budget, and those whose tables another file holds as it was saved later.
#[derive(Default)]
pub(super) struct Groups {
    /// The parts of each budget, in the order of their files.
    pub(super) budgets: Vec<Vec<Part>>,
    /// The names of older files, each with that of the file that counts.
    pub(super) older: Vec<(String, String)>,
}

/// The parts of the same unit and year that have no table in common. Of two files with the same tables the one saved later
/// counts; where that is not known each begins a budget of its own. A file that names no unit goes with the only budget of its
/// folder that lacks its tables.
pub(super) fn groups(parts: Vec<Part>) -> Groups {
    let mut all = Groups::default();
    let (named, nameless): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|p| !p.whose.is_nobody());
    for part in named {
        all.take(part);
    }
    let groups = &mut all.budgets;
    for part in nameless {
        let fits = |group: &Vec<Part>| lacks(group, &part) && group.iter().all(|p| p.folder() == part.folder());
        let fitting: Vec<usize> = (0..groups.len()).filter(|place| fits(&groups[*place])).collect();
        match fitting.as_slice() {
            [place] => groups[*place].push(part),
            _ => groups.push(vec![part]),
        }
    }
    all
}

impl Groups {
    fn take(&mut self, part: Part) {
        let same = |group: &&mut Vec<Part>| group.iter().all(|p| p.whose.is_same(&part.whose));
        let mut alike: Vec<&mut Vec<Part>> = self.budgets.iter_mut().filter(same).collect();
        if let Some(group) = alike.iter_mut().find(|group| lacks(group, &part)) {
            return group.push(part);
        }
        let is_other_version = |p: &&mut Part| {
            p.tables == part.tables && p.grid.saved.is_some() && part.grid.saved.is_some() && p.grid.saved != part.grid.saved
        };
        match alike.into_iter().flatten().find(is_other_version) {
            None => self.budgets.push(vec![part]),
            Some(known) if known.grid.saved < part.grid.saved => {
                self.older.push((known.name.clone(), part.name.clone()));
                *known = part;
            }
            Some(known) => self.older.push((part.name, known.name.clone())),
        }
    }
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
        whole.answers.extend(part.grid.answers);
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
        groups(parts).budgets.iter().map(|g| g.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join("+")).collect()
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
    fn of_two_files_with_the_same_tables_the_one_saved_later_counts() {
        let saved = |name: &str, tables: &str, day: &str| {
            let mut part = part(name, tables, "甲", None);
            part.grid.saved = Some(format!("2031-01-{day}T00:00:00"));
            part
        };
        let parts = || {
            vec![
                saved("1", "x", "05"),
                saved("2", "y", "05"),
                saved("3", "x", "07"),
                saved("4", "y", "01"),
                saved("5", "x y", "09"),
            ]
        };
        assert_eq!(grouped(parts()), ["3+2", "5"]);
        let older = groups(parts()).older;
        assert_eq!(older, [("1".to_owned(), "3".to_owned()), ("4".to_owned(), "2".to_owned())]);
        assert_eq!(grouped(vec![saved("1", "x", "05"), saved("2", "x", "05")]), ["1", "2"]);
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
