//! Annotated copies of the submitted workbooks, one after the other: gathers what was told of a file, names and saves its copy;
//! never looks into a workbook.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::reading::Reader;
use crate::edge::annotate::{Annotated, Drawn, LINES, Line, Refused, Review, annotate};
use crate::edge::input::Unavailable;
use crate::edge::save::{SaveError, safe_file_name, save};
use crate::finding::{Lang, ReviewWords, Told, review_more, review_title, tell_unreadable};
use crate::template::Severity;
use crate::value::text::printable;

/// What the name of a copy ends with.
const ENDING: &str = "_审核";

/// What became of the copy of one file.
pub(super) enum Made {
    /// It was written, or is not needed: a line that says so.
    Said(String),
    /// It could not be written.
    Failed(Box<Told>),
}

/// Makes the copies of a run.
pub(super) struct Annotator<'r> {
    folder: &'r Path,
    reader: &'r Reader,
    lang: Lang,
    /// The names given, as a system sees them that does not tell large letters from small ones.
    names: HashSet<String>,
    /// What was told of the files of the input that is going on.
    files: IndexMap<String, Vec<Told>>,
    input: String,
}

impl<'r> Annotator<'r> {
    pub(super) fn new(folder: &'r Path, reader: &'r Reader, lang: Lang) -> Self {
        Self { folder, reader, lang, names: HashSet::new(), files: IndexMap::new(), input: String::new() }
    }

    /// Whether another input has begun, so that nothing more will be told of the files before.
    pub(super) fn is_behind(&self, input: &str) -> bool {
        self.input != input && !self.files.is_empty()
    }

    /// Notes what was told of a budget in its files.
    pub(super) fn note(&mut self, input: &str, sources: &[String], told: Vec<Told>) {
        input.clone_into(&mut self.input);
        for source in sources {
            self.files.entry(source.clone()).or_default();
        }
        let first = sources.first().map_or(input, String::as_str);
        for told in told {
            let file = if sources.contains(&told.file) { told.file.clone() } else { first.to_owned() };
            self.files.entry(file).or_default().push(told);
        }
    }

    /// Writes the copies of the files before.
    pub(super) fn copies(&mut self) -> Vec<Made> {
        let files = std::mem::take(&mut self.files);
        files.into_iter().map(|(file, told)| self.copy(&file, told)).collect()
    }

    fn copy(&mut self, file: &str, told: Vec<Told>) -> Made {
        if told.is_empty() {
            let file = printable(file);
            return Made::Said(match self.lang {
                Lang::Zh => format!("  {file}：没有发现问题，不生成审核稿"),
                Lang::En => format!("  {file}: nothing found, no annotated copy"),
            });
        }
        match self.written(file, told) {
            Ok(said) => Made::Said(said),
            Err(failed) => Made::Failed(Box::new(failed.told(file, self.lang))),
        }
    }

    fn written(&mut self, file: &str, told: Vec<Told>) -> Result<String, Failed> {
        let input = self.reader.input(file).ok_or(Unavailable::Missing)?;
        let bytes = input.bytes(&self.reader.options.limits)?;
        let review = review(told, self.lang);
        // A defect of the program costs this copy and not the run.
        let work = AssertUnwindSafe(|| annotate(&bytes, file, &self.reader.options, &review));
        let Annotated { bytes, extension, drawn, unlocked } = match catch_unwind(work).map_err(|_| Failed::Internal)? {
            Err(Refused::Document) => {
                let file = printable(file);
                return Ok(match self.lang {
                    Lang::Zh => format!("  {file}：文档没有单元格可供标注，不生成审核稿"),
                    Lang::En => format!("  {file}: a document has no cells to be marked, no annotated copy"),
                });
            }
            made => made?,
        };
        let path = self.unused(file, extension);
        save(&path, &bytes)?;
        Ok(self.said(&path, drawn.as_ref(), unlocked))
    }

    /// The path of a copy: never that of an input or of another copy.
    fn unused(&mut self, file: &str, extension: &str) -> PathBuf {
        let name = file.rsplit('/').next().unwrap_or(file);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        // A copy that was filled in and sent back is called as before.
        let unnumbered =
            stem.strip_suffix(')').and_then(|rest| rest.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('('));
        let stem = unnumbered.unwrap_or(stem).strip_suffix(ENDING).unwrap_or(stem);
        let stem = safe_file_name(stem);
        let numbered = |n: usize| if n == 1 { String::new() } else { format!("({n})") };
        let named = (1..).map(|n| format!("{stem}{ENDING}{}.{extension}", numbered(n)));
        let is_free =
            |name: &String| !self.names.contains(&name.to_lowercase()) && !self.reader.is_input(&self.folder.join(name));
        let name = named.into_iter().find(is_free).unwrap_or_default();
        self.names.insert(name.to_lowercase());
        self.folder.join(name)
    }

    fn said(&self, path: &Path, drawn: Option<&Drawn>, unlocked: bool) -> String {
        let path = path.display().to_string();
        let path = printable(&path);
        let (written, locked) = match self.lang {
            Lang::Zh => (format!("  已写出审核稿 {path}"), "（没有打开密码）"),
            Lang::En => (format!("  wrote the annotated copy {path}"), " (without password)"),
        };
        let why = match (drawn, self.lang) {
            (None, _) => String::new(),
            (Some(Drawn::Format), Lang::Zh) => "（原格式不能直接标注，按读到的内容重画，工作表和单元格位置不变）".to_owned(),
            (Some(Drawn::Format), Lang::En) => " (drawn anew, as its format cannot be marked in place)".to_owned(),
            (Some(Drawn::Odd(odd)), Lang::Zh) => {
                format!("（文件结构特殊，不能直接标注，按读到的内容重画，工作表和单元格位置不变：{odd}）")
            }
            (Some(Drawn::Odd(odd)), Lang::En) => format!(" (drawn anew, as the file is unusual: {odd})"),
        };
        format!("{written}{why}{}", if unlocked { locked } else { "" })
    }
}

/// The review that tells the findings of one file.
fn review(mut told: Vec<Told>, lang: Lang) -> Review {
    let ReviewWords { sheet, headings, choices } = ReviewWords::of(lang);
    // Those that are explained stand last and are not counted.
    told.sort_by_key(|t| !t.is_open());
    let count = |of: &[Severity]| told.iter().filter(|t| t.is_open() && of.contains(&t.severity)).count();
    let counts = [&[Severity::Error][..], &[Severity::Warning], &[Severity::Note, Severity::Trial]].map(count);
    let left = told.len().saturating_sub(LINES);
    if left > 0 {
        told.sort_by_key(|t| (!t.is_open(), std::cmp::Reverse(t.severity)));
        told.truncate(LINES - 1);
    }
    let mut lines: Vec<Line> = told.into_iter().map(|told| line(told, lang)).collect();
    if left > 0 {
        let severity = Severity::Note;
        let (word, message) = (lang.severity(severity).to_owned(), review_more(left + 1, lang));
        let (rule, advice, key) = Default::default();
        lines.push(Line { severity, word, rule, sheet: None, cell: None, message, advice, key, explained: None });
    }
    Review { sheet, title: review_title(counts, lang), headings, choices, lines }
}

/// A finding as a line, at its own cell or else at the first that takes part.
fn line(told: Told, lang: Lang) -> Line {
    let own = told.sheet.zip(told.cell);
    let first = || told.operands.into_iter().filter(|o| o.file.is_none()).find_map(|operand| operand.sheet.zip(operand.cell));
    let (sheet, cell) = own.or_else(first).map_or((None, None), |(sheet, cell)| (Some(sheet), cell.parse().ok()));
    let remark = told.remark.map(|remark| format!("\n{remark}")).unwrap_or_default();
    Line {
        severity: told.severity,
        word: lang.severity(told.severity).to_owned(),
        rule: told.rule,
        sheet,
        cell,
        message: format!("{}{remark}", told.message),
        advice: told.advice,
        key: told.key.unwrap_or_default(),
        explained: told.explained,
    }
}

/// Why there is no copy.
enum Failed {
    Unavailable(Unavailable),
    Refused(Refused),
    Save(SaveError),
    Internal,
}

impl From<Unavailable> for Failed {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

impl From<Refused> for Failed {
    fn from(error: Refused) -> Self {
        Self::Refused(error)
    }
}

impl From<SaveError> for Failed {
    fn from(error: SaveError) -> Self {
        Self::Save(error)
    }
}

impl Failed {
    fn told(&self, file: &str, lang: Lang) -> Told {
        let maintainers = "请把该文件发给程序的维护人员。";
        let (message, advice) = match (self, lang) {
            (Self::Save(error), _) => (error.message(), error.advice().to_owned()),
            (Self::Unavailable(error), Lang::Zh) => (format!("没有写出审核稿：{}", error.message()), error.advice()),
            (Self::Unavailable(error), Lang::En) => (format!("no annotated copy: {error}"), String::new()),
            (Self::Refused(error), Lang::Zh) => (format!("没有写出审核稿：{error}"), maintainers.to_owned()),
            (Self::Refused(error), Lang::En) => (format!("no annotated copy: {error}"), String::new()),
            (Self::Internal, Lang::Zh) => ("没有写出审核稿：程序内部错误".to_owned(), maintainers.to_owned()),
            (Self::Internal, Lang::En) => ("no annotated copy: the program failed".to_owned(), String::new()),
        };
        Told { rule: "R90".to_owned(), ..tell_unreadable(file, message, advice) }
    }
}
