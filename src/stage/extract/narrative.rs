//! Reads the narrative paragraph by paragraph; never takes the title, captions or notes of a table for a paragraph.

use super::super::locate::{self, Located, Narrative};
use super::Extraction;
use super::captions::read_caption;
use super::forms::shown;
use crate::model::{Paragraph, Site, Text};
use crate::value::text;

impl Extraction<'_, '_> {
    /// The paragraphs of all sheets that carry the narrative.
    pub(super) fn narrative(&mut self, located: &Located) {
        for narrative in &located.narrative {
            self.narrative_sheet(*narrative, located);
        }
    }

    fn narrative_sheet(&mut self, narrative: Narrative, located: &Located) {
        let Narrative { sheet: place, first, title } = narrative;
        let template = std::sync::Arc::clone(&self.budget.template);
        let sheet = &self.folded.sheets[place];
        let mut section = None;
        // After the title of a table come its captions and notes, and no paragraph.
        let mut after_title = false;
        for row in sheet.rows(first, u32::MAX) {
            let inside = located.regions.iter().find(|r| r.sheet == place && r.rows.contains(&row));
            if inside.is_some_and(|r| row < r.headings.rows.end || !self.is_paragraph(r, row)) {
                continue;
            }
            for (cell, _) in sheet.row(row).filter(|(cell, _)| !cell.is_blank()) {
                let written = shown(cell);
                let site = Site { sheet: place as u16, cell: cell.at };
                // A narrative may stand in one cell, a paragraph a line.
                for (number, line) in written.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
                    let folded = text::fold(line);
                    if let Some(found) = locate::is_section(&folded, &template) {
                        section = Some(found);
                        after_title = false;
                    } else if section.is_none() && title == Some(row) && number == 0 {
                        after_title = false;
                    } else if locate::title_of(line, &folded, &template).is_some() {
                        after_title = true;
                    } else if !(after_title && (read_caption(line, &template).is_some() || template.is_note(&folded))) {
                        after_title = false;
                        let text = Text { text: line.to_owned(), site };
                        self.budget.narrative.push(Paragraph { section, text });
                    }
                }
            }
        }
    }
}
