//! The few things every XML part of a workbook needs; never knows which part it is.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::limits::Budget;
use super::unreadable::Unreadable;

/// The text of a part: UTF-8, or UTF-16 where a byte-order mark says so.
pub(super) fn utf8(part: &[u8]) -> Cow<'_, str> {
    encoding_rs::UTF_8.decode(part).0
}

/// A reader over a part that takes what careless writers leave.
fn reader(part: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(part);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

/// Calls `each` for every element of the part, with its name without prefix.
pub(super) fn elements(
    part: &[u8],
    budget: &Budget,
    mut each: impl FnMut(&str, &BytesStart<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let part = utf8(part);
    let mut events = Events::new(&part, budget);
    loop {
        match events.next()? {
            Event::Start(tag) => each(tag.local_name().as_ref(), &tag)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The events of a part, within the limits of a file.
pub(super) struct Events<'p> {
    reader: Reader<&'p [u8]>,
    budget: &'p Budget,
    depth: usize,
}

impl<'p> Events<'p> {
    /// The events of a part from its start.
    pub(super) fn new(part: &'p str, budget: &'p Budget) -> Self {
        Self { reader: reader(part), budget, depth: 0 }
    }

    /// The next event. An entity that the part declares itself is refused: it stands for a text that no reader here knows.
    pub(super) fn next(&mut self) -> Result<Event<'p>, Unreadable> {
        self.budget.step()?;
        let event = self.reader.read_event().map_err(Unreadable::damaged)?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                self.budget.allows_depth(self.depth)?;
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(text) if text.contains("<!ENTITY") => {
                return Err(Unreadable::damaged("entities of its own in a workbook part"));
            }
            _ => {}
        }
        Ok(event)
    }

    /// Passes over the rest of the element whose start was the last event.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if matches!(self.next()?, Event::Eof) {
                return Err(Unreadable::damaged("the content is cut off"));
            }
        }
        Ok(())
    }

    /// The budget of the file.
    pub(super) fn budget(&self) -> &'p Budget {
        self.budget
    }
}

/// The value of an attribute by its full name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    found(tag, |key| key == name)
}

/// The value of an attribute by its name after the prefix.
pub(super) fn local_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    found(tag, |key| key.rsplit(':').next() == Some(name))
}

fn found(tag: &BytesStart<'_>, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let attribute = tag.attributes().with_checks(false).flatten().find(|a| is_it(a.key.as_ref()))?;
    Some(match attribute.normalized_value(XmlVersion::Explicit1_0) {
        Ok(value) => value.into_owned(),
        Err(_) => attribute.value.into_owned(),
    })
}

/// The characters that `&…;` stands for, as it is written when it is unknown.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) {
    match (reference.resolve_char_ref(), quick_xml::escape::resolve_xml_entity(reference.as_ref())) {
        (Ok(Some(c)), _) => text.push(c),
        (_, Some(known)) => text.push_str(known),
        _ => {
            text.push('&');
            text.push_str(reference.as_ref());
            text.push(';');
        }
    }
}
