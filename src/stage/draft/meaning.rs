//! What the words of a form mean by the editions at hand: the tables, columns and rows of the same sense; never changes an edition.

use super::form::Block;
use crate::stage::folded::FoldedSheet;
use crate::stage::headings::Path;
use crate::stage::locate;
use crate::template::{Body, Column, Table, Template};
use crate::value::text;

/// The editions at hand, the one that is extended first.
pub struct Meaning<'t> {
    editions: Vec<&'t Template>,
}

/// A table of an edition.
#[derive(Clone, Copy)]
pub struct Source<'t> {
    /// The edition.
    pub edition: &'t Template,
    /// The place of the table in it.
    pub place: usize,
}

impl<'t> Source<'t> {
    /// The table.
    pub fn table(self) -> &'t Table {
        &self.edition.tables[self.place]
    }

    /// Its element of a list as written: `column`, `row`.
    pub fn written(self, list: &str, id: &str) -> Option<toml::Table> {
        let elements = self.written_table()?.get(list)?.as_array()?;
        elements.iter().filter_map(toml::Value::as_table).find(|e| e.get("id").and_then(toml::Value::as_str) == Some(id)).cloned()
    }

    /// The table as written.
    pub fn written_table(self) -> Option<&'t toml::Table> {
        self.edition.resolved.get("table")?.as_array()?.get(self.place)?.as_table()
    }
}

/// How like two words are, in thousandths: by the pairs of neighbouring letters they share (Sørensen and Dice), and by their
/// letters where one of them has but one.
pub fn likeness(one: &str, other: &str) -> u32 {
    if one == other {
        return 1000;
    }
    let pairs = |word: &str| -> Vec<(char, Option<char>)> {
        let letters: Vec<char> = word.chars().collect();
        match letters.as_slice() {
            [letter] => vec![(*letter, None)],
            letters => letters.windows(2).map(|pair| (pair[0], Some(pair[1]))).collect(),
        }
    };
    let (ours, mut theirs) = (pairs(one), pairs(other));
    let all = ours.len() + theirs.len();
    let mut shared = 0;
    for pair in &ours {
        if let Some(place) = theirs.iter().position(|p| p == pair) {
            theirs.swap_remove(place);
            shared += 1;
        }
    }
    (2 * 999 * shared / all.max(1)) as u32
}

impl<'t> Meaning<'t> {
    /// The editions in the order in which they are asked.
    pub fn new(editions: Vec<&'t Template>) -> Self {
        Self { editions }
    }

    /// The editions, the nearest first.
    pub fn editions(&self) -> &[&'t Template] {
        &self.editions
    }

    /// Whether a folded word is a heading anywhere.
    pub fn is_heading(&self, folded: &str) -> bool {
        self.editions.iter().flat_map(|e| &e.tables).any(|t| t.is_heading(folded))
    }

    /// Whether a word begins a row of column numbers.
    pub fn is_numbers_word(&self, folded: &str) -> bool {
        self.editions.iter().any(|e| e.words.numbers == folded)
    }

    /// How like a folded title without marks is to the likest known one.
    pub fn title_likeness(&self, words: &str) -> u32 {
        let known = self.editions.iter().flat_map(|e| e.titles.keys());
        known.map(|known| likeness(known, words)).max().unwrap_or(0)
    }

    /// The id of the known table that each block is, each at most once.
    pub fn tables(&self, blocks: &[Block<'_>]) -> Vec<Option<&'t str>> {
        let mut scores = Vec::new();
        for (place, block) in blocks.iter().enumerate() {
            for (edition, table) in self.editions.iter().flat_map(|e| e.tables.iter().map(move |t| (e, t))) {
                let titles = edition.titles.iter().filter(|(_, (of, _))| std::ptr::eq(&edition.tables[*of], table));
                let title = titles.map(|(known, _)| likeness(known, block.title_words())).max().unwrap_or(0);
                let score = 2 * title + shape(table, block);
                if title == 1000 || (title >= 400 && score >= 1400) {
                    scores.push((score, place, table.declared.id.as_str()));
                }
            }
        }
        scores.sort_by_key(|(score, place, _)| (std::cmp::Reverse(*score), *place));
        let mut ids = vec![None; blocks.len()];
        for (_, place, id) in scores {
            if ids[place].is_none() && !ids.contains(&Some(id)) {
                ids[place] = Some(id);
            }
        }
        ids
    }

    /// The form (of performance targets and the like) whose title stands in a sheet.
    pub fn form(&self, sheet: &FoldedSheet<'_>) -> Option<Source<'t>> {
        let is_form = |source: &Source<'_>| source.table().declared.body == Body::Form;
        let titled = |edition: &&'t Template| {
            let cells = sheet.cells().filter(|(_, folded)| !folded.is_empty());
            let mut titles = cells.filter_map(|(cell, folded)| locate::title_of(cell.text()?, folded, edition));
            titles.next().map(|place| Source { edition, place })
        };
        self.editions.iter().find_map(|edition| titled(edition).filter(is_form))
    }

    /// How many columns of a block the nearest edition that has the table has under just those headings.
    pub fn exact_columns(&self, id: &str, block: &Block<'_>) -> usize {
        self.sources(id, block).first().map_or(0, |s| exact_columns(s.table(), block))
    }

    /// The tables with an id that a block can be read by, the likest in shape first and among those the nearest edition.
    pub fn sources(&self, id: &str, block: &Block<'_>) -> Vec<Source<'t>> {
        let tables = self.editions.iter().filter_map(|edition| Some(Source { edition, place: edition.table(id)? }));
        let mut sources: Vec<Source<'t>> = tables.collect();
        sources.sort_by_key(|s| std::cmp::Reverse(exact_columns(s.table(), block)));
        sources
    }
}

/// How many of the columns of a block a table has by their last heading, in thousandths of the larger number of columns.
fn shape(table: &Table, block: &Block<'_>) -> u32 {
    let known = block.paths.iter().filter(|p| p.words.last().is_some_and(|w| table.columns.iter().any(|c| c.is_called(w))));
    (1000 * known.count() / block.paths.len().max(table.columns.len()).max(1)) as u32
}

fn exact_columns(table: &Table, block: &Block<'_>) -> usize {
    block.paths.iter().filter(|path| table.columns.iter().any(|column| is_path(column, path))).count()
}

/// Whether the headings of a column are just those of a path.
pub fn is_path(column: &Column, path: &Path) -> bool {
    let mut heading: Vec<_> = column.heading.iter().collect();
    heading.dedup();
    heading.len() == path.words.len() && heading.iter().zip(&path.words).all(|(h, word)| h.matches(word))
}

/// How well a column fits a path, in thousandths; `None` where it does not.
pub fn column_fit(column: &Column, path: &Path) -> Option<u32> {
    let (last, above) = path.words.split_last()?;
    let known_above: String = column.declared.heading.iter().rev().skip(1).rev().map(|h| text::fold(h)).collect();
    let above = likeness(&known_above, &above.concat());
    if is_path(column, path) {
        return Some(3000);
    }
    if column.is_called(last) {
        return Some(1500 + above);
    }
    let called = column.leaf.iter().filter_map(|l| l.fixed_words()).map(|known| likeness(known, last)).max()?;
    (called >= 500).then_some(called + above / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_alike_by_the_pairs_of_letters_they_share() {
        assert_eq!(likeness("合计", "合计"), 1000);
        assert_eq!(likeness("合计", "小计"), 0);
        assert_eq!(likeness("一般公共预算", "一般公共预算拨款收入"), 2 * 999 * 5 / 14);
        assert_eq!((likeness("", "甲"), likeness("类", "款")), (0, 0));
    }
}
