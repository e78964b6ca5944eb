//! The sheet that lists what was found, one line each, with room for answers; draws what it is given and judges nothing.

use std::collections::HashMap;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::colours;
use super::relations::{DECLARATION, Dialect};
use super::styles::Styles;
use super::tree;
use super::workbook::quoted;
use super::{Line, Review};
use crate::finding::REVIEW;
use crate::grid::{Answer, Sheet};
use crate::template::Severity;
use crate::value::CellRef;

/// The widths of the columns in signs of half width.
const WIDTHS: [u16; 9] = [6, 8, 8, 26, 9, 60, 46, 14, 36];
/// The column of the cell, and of the two answers.
const CELL: u16 = 4;
const ANSWERS: [u16; 2] = [7, 8];
/// The row of the headings, counted from zero.
const HEADINGS: u32 = 1;
/// The column with the text by which the sheet is known again and the keys of the findings; the covered fills follow it.
const KNOWN: u16 = 10;
/// The most signs of a cell, and the most links of a sheet.
const SIGNS: usize = 32_000;
const LINKS: usize = 65_000;
/// The blue of a link, the grey of a heading, and the yellow of what is to be filled in.
const BLUE: &str = " rgb=\"FF0563C1\"";
const GREY: u32 = 0xd9_d9_d9;
const YELLOW: u32 = 0xff_fb_e6;
/// The height of a line of text and the most that a row may have, in points.
const LINE: usize = 14;
const HIGHEST: usize = 400;

/// The answers of an earlier review by the key of the finding, or by its place and words where it has no key.
#[derive(Default)]
pub(super) struct Answers(HashMap<[String; 4], [String; 2]>);

impl Answers {
    /// The answers that an earlier review was given.
    pub(super) fn of(given: Vec<Answer>) -> Self {
        let known = |Answer { key, rule, sheet, cell, message, done, reason, .. }| {
            (if key.is_empty() { [rule, sheet, cell, message] } else { by_key(key) }, [done, reason])
        };
        Self(given.into_iter().map(known).collect())
    }

    /// The answers to each line. One to other values is not taken over: it would count for those that stand there now.
    fn to(&self, lines: &[Line]) -> Vec<[String; 2]> {
        let answer = |line: &Line| {
            let cell = line.cell.map(|cell| cell.to_string()).unwrap_or_default();
            let place = || [line.rule.clone(), line.sheet.clone().unwrap_or_default(), cell, line.message.clone()];
            let known = if line.key.is_empty() { self.0.get(&place()) } else { self.0.get(&by_key(line.key.clone())) };
            let [done, reason] = known.cloned().unwrap_or_default();
            [done, line.explained.clone().unwrap_or(reason)]
        };
        lines.iter().map(answer).collect()
    }
}

fn by_key(key: String) -> [String; 4] {
    [key, String::new(), String::new(), String::new()]
}

/// The fills under coloured cells that the sheet of an earlier review remembers.
pub(super) fn covered(sheet: &Sheet) -> Vec<String> {
    let known = sheet.cells.iter().find(|cell| cell.text().is_some_and(|text| text.trim_start().starts_with(REVIEW)));
    let Some(known) = known else { return Vec::new() };
    let fills = (1..).map_while(|step| sheet.cell(CellRef::new(known.at.row, known.at.col.checked_add(step)?))?.text());
    fills.map(str::to_owned).collect()
}

/// The formats of the sheet.
struct Formats {
    title: usize,
    heading: usize,
    text: usize,
    middle: usize,
    link: usize,
    answer: usize,
    severities: HashMap<Severity, usize>,
}

impl Formats {
    fn new(styles: &mut Styles) -> Self {
        let face = ("name", " val=\"宋体\"");
        let of = ("charset", " val=\"134\"");
        let plain = styles.font(&[("sz", " val=\"10\""), face, of]);
        let bold = styles.font(&[("b", ""), ("sz", " val=\"10\""), face, of]);
        let large = styles.font(&[("b", ""), ("sz", " val=\"14\""), face, of]);
        let blue = styles.font(&[("u", ""), ("sz", " val=\"10\""), ("color", BLUE), face, of]);
        let frame = styles.border();
        let (grey, yellow) = (styles.filled(GREY), styles.filled(YELLOW));
        let (left, middle) = ("vertical=\"center\" wrapText=\"1\"", "horizontal=\"center\" vertical=\"center\" wrapText=\"1\"");
        let coloured = [Severity::Error, Severity::Warning, Severity::Note, Severity::Trial].map(|severity| {
            let fill = styles.filled(colours::colour(severity, 0));
            (severity, styles.format((plain, fill, frame), middle, false))
        });
        Self {
            title: styles.format((large, 0, 0), "vertical=\"center\"", false),
            heading: styles.format((bold, grey, frame), middle, false),
            text: styles.format((plain, 0, frame), left, false),
            middle: styles.format((plain, 0, frame), middle, false),
            link: styles.format((blue, 0, frame), middle, false),
            answer: styles.format((plain, yellow, frame), left, true),
            severities: HashMap::from(coloured),
        }
    }
}

/// A sheet that was drawn, and the areas of its filter and of the headings repeated in print.
pub(super) struct Drawn {
    pub(super) part: String,
    pub(super) filtered: String,
    pub(super) repeated: String,
}

/// Draws the sheet.
pub(super) fn draw(review: &Review, answers: Answers, styles: &mut Styles, dialect: Dialect) -> Drawn {
    let formats = Formats::new(styles);
    let mut rows = String::with_capacity(review.lines.len() * 512);
    let covered = styles.covered().to_vec();
    first_rows(review, &formats, &covered, &mut rows);
    let mut links = String::new();
    let first = HEADINGS + 1;
    let answers = answers.to(&review.lines);
    for (row, ((number, line), answers)) in (first..).zip((1..).zip(&review.lines).zip(answers)) {
        one_row(row, number, line, answers, &formats, &mut rows);
        if let (Some(sheet), Some(cell), true) = (&line.sheet, line.cell, number < LINKS) {
            let (at, to) = (CellRef::new(row, CELL), tree::escaped(&format!("{}!{cell}", quoted(sheet))));
            // Writing to a string cannot fail.
            let _ = write!(links, "<hyperlink ref=\"{at}\" location=\"{to}\" display=\"{cell}\"/>");
        }
    }
    let last = first + u32::try_from(review.lines.len()).unwrap_or(u32::MAX >> 12).saturating_sub(1);
    let area = |from: u32| format!("$A${}:$I${}", from + 1, last + 1);
    let links = if links.is_empty() { links } else { format!("<hyperlinks>{links}</hyperlinks>") };
    let choices = tree::escaped(&review.choices.join(","));
    let widths: String = (1..).zip(WIDTHS).map(|(col, width)| column(col, col, width, false)).collect();
    let hidden = column(KNOWN + 1, KNOWN + 1 + u16::try_from(covered.len()).unwrap_or(u16::MAX >> 4), 9, true);
    let part = format!(
        "{DECLARATION}<worksheet xmlns=\"{}\"><sheetPr><tabColor rgb=\"FFC00000\"/><pageSetUpPr fitToPage=\"1\"/></sheetPr>\
         <sheetViews><sheetView showGridLines=\"0\" workbookViewId=\"0\"><pane ySplit=\"{first}\" topLeftCell=\"A{}\" \
         activePane=\"bottomLeft\" state=\"frozen\"/><selection pane=\"bottomLeft\" activeCell=\"A{}\" sqref=\"A{}\"/></sheetView>\
         </sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>{widths}{hidden}</cols><sheetData>{rows}</sheetData>\
         <autoFilter ref=\"A{first}:I{}\"/><dataValidations count=\"1\"><dataValidation type=\"list\" allowBlank=\"1\" \
         showErrorMessage=\"0\" sqref=\"H{}:H{}\"><formula1>\"{choices}\"</formula1></dataValidation></dataValidations>{links}\
         <pageMargins left=\"0.4\" right=\"0.4\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" \
         orientation=\"landscape\" fitToHeight=\"0\"/><headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>\
         </worksheet>",
        dialect.main,
        first + 1,
        first + 1,
        first + 1,
        last + 1,
        first + 1,
        last + 1,
    );
    Drawn { part, filtered: area(HEADINGS), repeated: format!("${first}:${first}") }
}

fn column(first: u16, last: u16, width: u16, hidden: bool) -> String {
    let hidden = if hidden { " hidden=\"1\"" } else { "" };
    format!("<col min=\"{first}\" max=\"{last}\" width=\"{width}\" customWidth=\"1\"{hidden}/>")
}

/// The title and the headings, both with the text by which the sheet is known again, and the covered fills.
fn first_rows(review: &Review, formats: &Formats, covered: &[String], rows: &mut String) {
    rows.push_str("<row r=\"1\" ht=\"26\" customHeight=\"1\">");
    text(CellRef::new(0, 0), formats.title, &review.title, rows);
    text(CellRef::new(0, KNOWN), 0, REVIEW, rows);
    (KNOWN + 1..).zip(covered).for_each(|(col, fill)| text(CellRef::new(0, col), 0, fill, rows));
    rows.push_str("</row><row r=\"2\" ht=\"32\" customHeight=\"1\">");
    (0..).zip(&review.headings).for_each(|(col, heading)| text(CellRef::new(HEADINGS, col), formats.heading, heading, rows));
    text(CellRef::new(HEADINGS, KNOWN), 0, REVIEW, rows);
    rows.push_str("</row>");
}

fn one_row(row: u32, number: usize, line: &Line, answers: [String; 2], formats: &Formats, rows: &mut String) {
    let needs = |(col, words): (usize, &str)| {
        let width = usize::from(WIDTHS[col]).saturating_sub(1);
        words.lines().map(|line| line.width().div_ceil(width).max(1)).sum::<usize>()
    };
    let sheet = line.sheet.as_deref().unwrap_or_default();
    let high = [(3, sheet), (5, &line.message), (6, &line.advice), (8, &answers[1])].map(needs);
    let height = (high.into_iter().max().unwrap_or(1) * LINE + 6).min(HIGHEST);
    // Writing to a string cannot fail.
    let _ = write!(rows, "<row r=\"{}\" ht=\"{height}\">", row + 1);
    let at = |col| CellRef::new(row, col);
    let _ = write!(rows, "<c r=\"{}\" s=\"{}\"><v>{number}</v></c>", at(0), formats.middle);
    let severity = formats.severities.get(&line.severity).copied().unwrap_or(formats.middle);
    let cell = line.cell.map(|cell| cell.to_string()).unwrap_or_default();
    let link = if line.cell.is_some() { formats.link } else { formats.middle };
    text(at(1), severity, &line.word, rows);
    text(at(2), formats.middle, &line.rule, rows);
    text(at(3), formats.text, sheet, rows);
    text(at(4), link, &cell, rows);
    text(at(5), formats.text, &line.message, rows);
    text(at(6), formats.text, &line.advice, rows);
    ANSWERS.iter().zip(&answers).for_each(|(col, answer)| text(at(*col), formats.answer, answer, rows));
    text(at(KNOWN), 0, &line.key, rows);
    rows.push_str("</row>");
}

fn text(at: CellRef, format: usize, words: &str, rows: &mut String) {
    // Writing to a string cannot fail.
    let _ = if words.is_empty() {
        write!(rows, "<c r=\"{at}\" s=\"{format}\"/>")
    } else {
        let words = tree::escaped(&tree::cut(words, SIGNS));
        write!(rows, "<c r=\"{at}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{words}</t></is></c>")
    };
}
