//! Reads the tables of a web page, as many systems export them under the name of a workbook; never runs or fetches anything.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, CharacterTokens, CommentToken, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};

use super::collect;
use super::flow::{Flow, Stands};
use super::limits::Budget;
use super::number_format::Decimals;
use super::unreadable::{Found, Unreadable};
use crate::grid::{Grid, Value};

/// Reads the page; the file is called `name`.
pub(super) fn read(text: &str, name: &str, budget: &Budget) -> Result<Grid, Unreadable> {
    let page = Page(RefCell::new(State::new(budget)));
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(text.into());
    // No script is ever handed back, so that one call takes the whole page.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let state = tokenizer.sink.0.into_inner();
    state.problem.map_or(Ok(()), Err)?;
    if !state.has_table {
        return Err(Unreadable::NotAWorkbook { found: Found::Html });
    }
    let (listed, links, tables) = (state.listed, state.links, state.tables);
    let named = |number: usize, anchor: Option<&str>| match listed.get(number).filter(|_| listed.len() == tables) {
        Some(listed) => Some(listed.clone()),
        None => Some((links.get(anchor?)?.clone(), false)),
    };
    state.flow.finish(name, &named)
}

/// Takes the pieces of a page as they come.
struct Page<'b>(RefCell<State<'b>>);

struct State<'b> {
    budget: &'b Budget,
    flow: Flow<'b>,
    problem: Option<Unreadable>,
    has_table: bool,
    /// The tables that stand in no other.
    tables: usize,
    depth: usize,
    /// The element whose text is not shown.
    unseen: Option<String>,
    /// Names of worksheets and whether they are hidden, from the list that Excel leaves in a page.
    listed: Vec<(String, bool)>,
    /// Texts of links by the place on the page to which they lead.
    links: HashMap<String, String>,
    link: Option<(String, String)>,
    anchor: Option<String>,
}

impl TokenSink for Page<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        if state.problem.is_none() {
            state.problem = state.budget.step().err();
        }
        if state.problem.is_some() {
            return TokenSinkResult::Continue;
        }
        let outcome = match token {
            TagToken(tag) => {
                let raw = raw_kind(&tag);
                let outcome = state.tag(&tag);
                if let (Ok(()), Some(raw)) = (&outcome, raw) {
                    return TokenSinkResult::RawData(raw);
                }
                outcome
            }
            CharacterTokens(text) => {
                state.text(&text);
                Ok(())
            }
            CommentToken(comment) => {
                state.list(&comment);
                Ok(())
            }
            _ => Ok(()),
        };
        state.problem = outcome.err();
        TokenSinkResult::Continue
    }
}

/// How the text of elements that hold no markup is taken.
fn raw_kind(tag: &Tag) -> Option<RawKind> {
    match &*tag.name {
        _ if tag.kind != StartTag => None,
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}

impl<'b> State<'b> {
    fn new(budget: &'b Budget) -> Self {
        Self {
            budget,
            flow: Flow::new(budget),
            problem: None,
            has_table: false,
            tables: 0,
            depth: 0,
            unseen: None,
            listed: Vec::new(),
            links: HashMap::new(),
            link: None,
            anchor: None,
        }
    }

    fn tag(&mut self, tag: &Tag) -> Result<(), Unreadable> {
        let name = &*tag.name;
        if let Some(unseen) = &self.unseen {
            if tag.kind != StartTag && name == unseen {
                self.unseen = None;
            }
            return Ok(());
        }
        if tag.kind == StartTag { self.start(tag, name) } else { self.end(name) }
    }

    fn start(&mut self, tag: &Tag, name: &str) -> Result<(), Unreadable> {
        match name {
            "title" | "textarea" | "style" | "xmp" | "iframe" | "noembed" | "noframes" | "script" | "xml" => {
                self.unseen = Some(name.to_owned());
            }
            "table" => {
                self.has_table = true;
                self.tables += usize::from(self.depth == 0);
                self.depth += 1;
                let anchor = self.anchor.take();
                self.flow.open_table(anchor)?;
            }
            "tr" if self.depth > 0 => self.flow.open_row()?,
            "td" | "th" if self.depth > 0 => {
                let span = |name| attribute(tag, name).and_then(|v| v.trim().parse().ok());
                let rows = span("rowspan").map_or(1, |rows: u32| if rows == 0 { u32::MAX } else { rows });
                self.flow.open_cell(Stands::Over(span("colspan").unwrap_or(1), rows), given(tag))?;
            }
            "br" => self.line_break()?,
            "a" => self.open_link(tag),
            _ if is_block(name) => self.flow.end_paragraph()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unreadable> {
        match name {
            "table" if self.depth > 0 => {
                self.depth -= 1;
                self.flow.close_table()?;
            }
            "tr" => self.flow.close_row()?,
            "td" | "th" => self.flow.close_cell()?,
            "a" => {
                if let Some((place, text)) = self.link.take() {
                    self.links.insert(place, text.trim().to_owned());
                }
            }
            _ if is_block(name) => self.flow.end_paragraph()?,
            _ => {}
        }
        Ok(())
    }

    /// A new line in a cell, a new paragraph elsewhere.
    fn line_break(&mut self) -> Result<(), Unreadable> {
        if self.depth > 0 {
            let text = self.flow.target();
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
            return Ok(());
        }
        self.flow.end_paragraph()
    }

    fn open_link(&mut self, tag: &Tag) {
        if let Some(place) = attribute(tag, "href").and_then(|href| href.strip_prefix('#').map(str::to_owned)) {
            self.link = Some((place, String::new()));
        }
        if let Some(name) = attribute(tag, "name").or_else(|| attribute(tag, "id")) {
            self.anchor = Some(name.to_owned());
        }
    }

    fn text(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        if let Some((_, link)) = &mut self.link {
            link.push_str(text);
        }
        push_shown(self.flow.target(), text);
    }

    /// The names in the list of worksheets that Excel hides in a comment.
    fn list(&mut self, comment: &str) {
        for sheet in comment.split("<x:ExcelWorksheet>").skip(1) {
            let inner = |open: &str, close: &str| Some(sheet.split_once(open)?.1.split_once(close)?.0);
            if let Some(name) = inner("<x:Name>", "</x:Name>") {
                let hidden = inner("<x:Visible>", "</x:Visible>").is_some_and(|v| v.contains("Hidden"));
                self.listed.push((unescaped(name.trim()), hidden));
            }
        }
    }
}

/// The characters that a name in the list stands for.
fn unescaped(name: &str) -> String {
    quick_xml::escape::unescape(name).map_or_else(|_| name.to_owned(), std::borrow::Cow::into_owned)
}

/// Elements that stand on lines of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "caption"
            | "center"
            | "hr"
            | "pre"
            | "body"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "form"
            | "fieldset"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
    )
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}

/// The number that Excel or LibreOffice keeps beside the text of a cell, with all its decimals.
fn given(tag: &Tag) -> Option<Value> {
    let written = attribute(tag, "x:num").or_else(|| attribute(tag, "sdval"))?;
    Some(collect::number(written.trim().parse().ok()?, Decimals::Unknown).0).filter(|value| matches!(value, Value::Number(_)))
}

/// Adds text as a browser shows it: white space is one blank, and none between two Chinese characters where a line was broken.
fn push_shown(shown: &mut String, text: &str) {
    let mut blank: Option<bool> = None;
    for c in text.chars() {
        if c.is_ascii_whitespace() {
            blank = Some(blank.unwrap_or(false) || c == '\n' || c == '\r');
            continue;
        }
        if let Some(broken) = blank.take() {
            let is_wide = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
            let joins = broken && is_wide(shown.chars().next_back()) && is_wide(Some(c));
            if !joins && !shown.is_empty() && !shown.ends_with([' ', '\n']) {
                shown.push(' ');
            }
        }
        shown.push(if c == '\u{a0}' { ' ' } else { c });
    }
    let is_gap = |last: char| !matches!(last, ' ' | '\n') && (blank == Some(false) || last.is_ascii());
    if blank.is_some() && shown.chars().next_back().is_some_and(is_gap) {
        shown.push(' ');
    }
}
