//! Reads plain text: CSV and its kin, and documents saved as text with tabs between cells; never lets a stray quote swallow lines.

use std::borrow::Cow;

use super::collect::{COLUMNS, Collector, ROWS};
use super::limits::Budget;
use super::typed::typed;
use super::unreadable::{Limit, Unreadable};
use crate::grid::{Block, Grid, Sheet, Shown, Value};

/// What may part the cells of a line, the likeliest first.
const DELIMITERS: [char; 3] = ['\t', ',', ';'];

/// Reads the text as one sheet of that name: its rows are the lines as a spreadsheet would count them.
pub(super) fn read(text: &str, name: &str, budget: &Budget) -> Result<Grid, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end_matches(['\0', '\u{1a}']);
    let (delimiter, text) = delimiter(text);
    let (collector, mut tables) = (Collector::new(budget), Tables::default());
    let mut sheet = collector.sheet(name, false)?;
    let (mut rest, mut row) = (text, 0);
    while !rest.is_empty() {
        let is_line_of_cells = line(rest).contains(delimiter) || field(rest, delimiter).0.contains(['\n', '\r']);
        // In a document a line without tab is a paragraph.
        if delimiter == '\t' && !is_line_of_cells {
            let paragraph = without_emphasis(line(rest));
            rest = after_line(&rest[line(rest).len()..]);
            if !paragraph.trim().is_empty() {
                tables.end();
                push(&collector, &mut sheet, (row, 0), (Value::Text(paragraph.into_owned()), Shown::Unknown))?;
            }
        } else {
            rest = read_line(rest, delimiter, row, &collector, &mut sheet)?;
            tables.line(row);
        }
        row += 1;
    }
    sheet.blocks = tables.blocks;
    // Without a paragraph the whole sheet is the table.
    if !tables.has_text || delimiter != '\t' {
        sheet.blocks.clear();
    }
    Ok(Grid { sheets: vec![collector.finish(sheet)?], ..Grid::default() })
}

/// The tables of a document: lines of cells with nothing but blank lines between them.
#[derive(Default)]
struct Tables {
    blocks: Vec<Block>,
    open: bool,
    has_text: bool,
}

impl Tables {
    fn line(&mut self, row: u32) {
        match self.blocks.last_mut().filter(|_| self.open) {
            Some(block) => block.rows.end = row + 1,
            None => self.blocks.push(Block { rows: row..row + 1, name: None }),
        }
        self.open = true;
    }

    fn end(&mut self) {
        (self.open, self.has_text) = (false, true);
    }
}

/// Reads one record into a row, and gives what follows it.
fn read_line<'t>(
    text: &'t str,
    delimiter: char,
    row: u32,
    collector: &Collector<'_>,
    sheet: &mut Sheet,
) -> Result<&'t str, Unreadable> {
    let (mut rest, mut col) = (text, 0);
    loop {
        let (field, after) = field(rest, delimiter);
        push(collector, sheet, (row, col), typed(&field))?;
        match after.strip_prefix(delimiter) {
            Some(next) => (rest, col) = (next, col + 1),
            None => return Ok(after_line(after)),
        }
    }
}

fn push(
    collector: &Collector<'_>,
    sheet: &mut Sheet,
    (row, col): (u32, u32),
    (value, shown): (Value, Shown),
) -> Result<(), Unreadable> {
    if value != Value::Blank && (row >= ROWS || col >= COLUMNS) {
        return Err(Unreadable::TooLarge { what: Limit::Cells });
    }
    collector.push(sheet, row, col, value, shown)
}

/// The field that a text begins with, and what follows it.
fn field(text: &str, delimiter: char) -> (Cow<'_, str>, &str) {
    let is_end = |c: char| c == delimiter || c == '\n' || c == '\r';
    if let Some((quoted, after)) = quoted(text).filter(|(_, after)| after.is_empty() || after.starts_with(is_end)) {
        return (quoted, after);
    }
    let end = text.find(is_end).unwrap_or(text.len());
    (Cow::Borrowed(&text[..end]), &text[end..])
}

/// What stands between the quotes that a text begins with, and what follows; quotes within are doubled. A quote that is never
/// closed, or closed in the middle of a word, is a character like any other.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let quote = from + inner[from..].find('"')?;
        match inner[quote + 1..].starts_with('"') {
            true => from = quote + 2,
            false => {
                let field = &inner[..quote];
                let field = if field.contains('"') { Cow::Owned(field.replace("\"\"", "\"")) } else { Cow::Borrowed(field) };
                return Some((field, &inner[quote + 1..]));
            }
        }
    }
}

fn line(text: &str) -> &str {
    &text[..text.find(['\n', '\r']).unwrap_or(text.len())]
}

fn after_line(rest: &str) -> &str {
    rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest)
}

/// What parts the cells, and the text without a first line that only says so (`sep=;`).
fn delimiter(text: &str) -> (char, &str) {
    let first = line(text);
    if let Some(named) = first.strip_prefix("sep=").and_then(|word| word.chars().next()) {
        return (named, after_line(&text[first.len()..]));
    }
    let lines = |delimiter: char| text.lines().filter(|line| line.contains(delimiter)).count();
    let most = DELIMITERS.into_iter().rev().max_by_key(|d| lines(*d));
    (most.unwrap_or(DELIMITERS[0]), text)
}

/// A paragraph without the marks that stand for bold letters where a document was turned into text: `**基本支出**：`.
fn without_emphasis(line: &str) -> Cow<'_, str> {
    const MARK: &str = "**";
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '*');
    let (mut plain, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once(MARK) {
        let pair = after.split_once(MARK).filter(|(inner, next)| {
            let is_edge = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != '*');
            let last = before.chars().next_back().or(plain.chars().next_back());
            let (opens, closes) = (is_edge(inner.chars().next()), is_edge(inner.chars().next_back()));
            opens && closes && !is_word(last) && !is_word(next.chars().next())
        });
        plain.push_str(before);
        match pair {
            Some((inner, next)) => {
                plain.push_str(inner);
                rest = next;
            }
            None => {
                plain.push_str(MARK);
                rest = after;
            }
        }
    }
    if plain.is_empty() {
        return Cow::Borrowed(line);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    fn read(text: &str, name: &str) -> Result<Grid, Unreadable> {
        super::read(text, name, &Budget::new(&Limits::default()))
    }

    /// Every cell as `B2=text`, numbers as `B2#1.5`.
    fn cells(text: &str) -> Vec<String> {
        let told = |c: &crate::grid::Cell| match &c.value {
            Value::Text(text) => format!("{}={text}", c.at),
            Value::Number(number) => format!("{}#{number}", c.at),
            other => format!("{}?{other:?}", c.at),
        };
        read(text, "甲").unwrap().sheets[0].cells.iter().map(told).collect()
    }

    #[test]
    fn cells_are_parted_by_what_most_lines_have() {
        assert_eq!(cells("合计,1.50\n甲,2\n"), ["A1=合计", "B1#1.5", "A2=甲", "B2#2"]);
        assert_eq!(cells("合计;1,5\n甲;2\n"), ["A1=合计", "B1=1,5", "A2=甲", "B2#2"]);
        assert_eq!(cells("合计\t1,234.50\n\n甲\t05\n"), ["A1=合计", "B1#1234.5", "A3=甲", "B3=05"]);
        assert_eq!(cells("sep=|\r\n合计|1\r\n"), ["A1=合计", "B1#1"]);
    }

    #[test]
    fn quoted_fields_hold_line_breaks_and_their_lines_are_one_row() {
        assert_eq!(cells("\"甲\n乙\",\"1,234.50\"\r\n丙,\"说“\"\"”\"\n"), ["A1=甲\n乙", "B1#1234.5", "A2=丙", "B2=说“\"”"]);
    }

    #[test]
    fn a_stray_quote_swallows_nothing() {
        assert_eq!(
            cells("\"三公\"经费,4.00\n\"未完,1\n合计,2\n"),
            ["A1=\"三公\"经费", "B1#4", "A2=\"未完", "B2#1", "A3=合计", "B3#2"]
        );
        let open = format!("\"甲,1\n{}", "\"乙,2\n".repeat(100_000));
        assert_eq!(cells(&open).len(), 200_002);
    }

    #[test]
    fn the_tables_of_a_document_are_told_apart() {
        let text = "收支总表\n\n序号\t项目\n\n1\t甲\n说明\n一\t二\n";
        let sheet = read(text, "甲").unwrap().sheets.remove(0);
        let rows: Vec<_> = sheet.blocks.iter().map(|b| b.rows.clone()).collect();
        assert_eq!(rows, [2..5, 6..7]);
        assert!(read("甲\t1\n\t2\n", "甲").unwrap().sheets[0].blocks.is_empty());
    }

    #[test]
    fn marks_of_bold_letters_go_and_other_stars_stay() {
        for (written, plain) in [
            ("2、**事业收入**：指", "2、事业收入：指"),
            ("7、**“三公”经费**：纳入", "7、“三公”经费：纳入"),
            ("张**、李**", "张**、李**"),
            ("共****元", "共****元"),
            ("** 甲 **", "** 甲 **"),
        ] {
            assert_eq!(without_emphasis(written), plain);
        }
    }

    #[test]
    fn too_many_fields_are_refused() {
        let too_large = Err(Unreadable::TooLarge { what: Limit::Cells });
        assert_eq!(read(&"1,".repeat(1_000_000), "甲"), too_large);
        assert_eq!(read(&"1,2\n".repeat(1_048_577), "甲"), too_large);
        assert_eq!(cells(&format!("甲{}\n", ",".repeat(1_000_000))), ["A1=甲"]);
    }
}
