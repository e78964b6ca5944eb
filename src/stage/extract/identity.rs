//! Whose budget a workbook holds, and for which year; never settles a contradiction or takes a weak sign without a finding.

use std::sync::Arc;

use super::super::locate::{self, Located};
use super::Extraction;
use super::captions::read_caption;
use crate::finding::{Fact, Identity, Place};
use crate::model::Site;
use crate::template::written::Severity;
use crate::template::{Fields, Template};
use crate::value::text;

/// What one table says of the unit or the year.
struct Said {
    what: Identity,
    value: String,
    table: usize,
    site: Site,
}

impl Extraction<'_, '_> {
    /// The unit and the year: what most tables print; then the narrative's title, what was given, the date of the assets, the
    /// name of the file.
    pub(super) fn identity(&mut self, located: &Located, source: &str, given: Option<i32>) {
        let template = Arc::clone(&self.budget.template);
        let mut prior_year = None;
        let mut said = Vec::new();
        for region in &located.regions {
            for (line, at) in self.lines_above(region) {
                let fields = line_fields(&line, &template);
                prior_year = prior_year.or(fields.prior_year.map(|year| (year, line.trim().to_owned())));
                let site = self.site(region, at);
                let year = fields.year.map(|y| y.to_string());
                let values = [(Identity::Code, fields.code), (Identity::Name, fields.name), (Identity::Year, year)];
                let values = values.into_iter().filter_map(|(what, value)| Some((what, value?)));
                said.extend(values.map(|(what, value)| Said { what, value, table: region.table, site }));
            }
        }
        for what in [Identity::Code, Identity::Name, Identity::Year] {
            self.settle(what, said.iter().filter(|s| s.what == what).collect());
        }
        self.take_narrative(located, &template);
        self.take_given(given);
        if let Some((year, line)) = prior_year {
            self.take_noted(Identity::Year, &line, Fields { year: Some(year + 1), ..Fields::default() });
        }
        let stem = source.rsplit('/').next().unwrap_or(source);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        self.take_noted(Identity::Code, stem, Fields { code: leading_code(stem), ..Fields::default() });
        self.take_noted(Identity::Year, stem, Fields { year: year_in(stem), ..Fields::default() });
    }

    /// Takes what most tables say, the first of equals; a table that says otherwise may be another unit's or another year's.
    fn settle(&mut self, what: Identity, said: Vec<&Said>) {
        let votes = |value: &str| said.iter().filter(|s| text::fold(&s.value) == text::fold(value)).count();
        let Some(most) = said.iter().map(|s| votes(&s.value)).max() else { return };
        let Some(taken) = said.iter().find(|s| votes(&s.value) == most).map(|s| s.value.clone()) else { return };
        self.take(match what {
            Identity::Code => Fields { code: Some(taken.clone()), ..Fields::default() },
            Identity::Name => Fields { name: Some(taken.clone()), ..Fields::default() },
            Identity::Year => Fields { year: taken.parse().ok(), ..Fields::default() },
        });
        for other in said.iter().filter(|s| text::fold(&s.value) != text::fold(&taken)) {
            let fact = Fact::OtherIdentity { what, here: other.value.clone(), taken: taken.clone() };
            self.note("R21", Severity::Error, Place::in_table(other.table, other.site), fact);
        }
    }

    fn take_narrative(&mut self, located: &Located, template: &Template) {
        let Some(narrative) = &template.narrative else { return };
        for begin in &located.narrative {
            let sheet = &self.folded.sheets[begin.sheet];
            let cells = sheet.cells().skip_while(|(cell, _)| cell.at.row < begin.first);
            let mut lines = cells.take(3).filter_map(|(c, _)| c.text()).filter_map(|t| t.lines().next());
            let titled = lines.find_map(|line| narrative.title.read(line));
            self.take(titled.unwrap_or_default());
        }
    }

    /// The year from the command line, for workbooks that print none.
    fn take_given(&mut self, given: Option<i32>) {
        if let (Some(given), Some(printed)) = (given, self.budget.year)
            && given != printed
        {
            let fact = Fact::OtherIdentity { what: Identity::Year, here: given.to_string(), taken: printed.to_string() };
            self.note("R21", Severity::Warning, Place::default(), fact);
        }
        self.take(Fields { year: given, ..Fields::default() });
    }

    fn take(&mut self, fields: Fields) {
        let budget = &mut self.budget;
        budget.code = budget.code.take().or(fields.code);
        budget.name = budget.name.take().or(fields.name);
        budget.year = budget.year.or(fields.year);
    }

    /// Takes what is still missing from a weaker sign, and says so.
    fn take_noted(&mut self, what: Identity, sign: &str, fields: Fields) {
        let missing = match what {
            Identity::Code => self.budget.code.is_none() && fields.code.is_some(),
            Identity::Name => self.budget.name.is_none() && fields.name.is_some(),
            Identity::Year => self.budget.year.is_none() && fields.year.is_some(),
        };
        if missing {
            self.take(fields);
            self.note("R11", Severity::Note, Place::default(), Fact::NotPrinted { what, taken: Some(sign.to_owned()) });
        }
    }
}

/// What a line above a table says. A title may name the year and nothing else.
fn line_fields(line: &str, template: &Template) -> Fields {
    let folded = text::fold(line);
    let is_title = locate::title_of(line, &folded, template).is_some();
    let caption = || read_caption(line, template).map(with_code_apart).or_else(|| name_and_code(line));
    let caption = if is_title { None } else { caption() };
    caption.unwrap_or(Fields { year: text::title_year(&folded), ..Fields::default() })
}

/// A line that is nothing but a name with its code in brackets.
fn name_and_code(line: &str) -> Option<Fields> {
    let bare = Fields { name: Some(line.trim().to_owned()).filter(|l| !l.contains([':', '：'])), ..Fields::default() };
    Some(with_code_apart(bare)).filter(|fields| fields.code.as_ref().is_some_and(|code| code.len() >= 6))
}

/// The fields of a caption whose name has the code behind it: `某某中心（434007）`.
fn with_code_apart(mut fields: Fields) -> Fields {
    let Some(name) = fields.name.as_deref().filter(|_| fields.code.is_none()) else { return fields };
    let inner =
        name.trim_end().strip_suffix([')', '）', ']', '］', '】']).and_then(|n| n.rsplit_once(['(', '（', '[', '［', '【']));
    let Some((name, code)) = inner.map(|(name, code)| (name.trim_end().to_owned(), text::fold(code))) else { return fields };
    if code.len() >= 3 && code.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() {
        (fields.name, fields.code) = (Some(name), Some(code));
    }
    fields
}

/// The code that a file name begins with.
fn leading_code(stem: &str) -> Option<String> {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    (digits >= 6 && stem.as_bytes().get(digits).is_none_or(|b| !b.is_ascii_alphanumeric())).then(|| stem[..digits].to_owned())
}

/// The one year, 2000 to 2099, that stands in a file name.
fn year_in(stem: &str) -> Option<i32> {
    let runs = stem.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4 && run.starts_with("20"));
    let mut years: Vec<i32> = runs.filter_map(|run| run.parse().ok()).collect();
    years.dedup();
    match years.as_slice() {
        [year] => Some(*year),
        _ => None,
    }
}
