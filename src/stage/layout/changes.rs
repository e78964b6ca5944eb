//! The list of what changed between budgets, as a workbook; never judges a change.

use super::paper::Paper;
use crate::grid::{Grid, Look, Value};
use crate::model::{Budget, Site};
use crate::stage::changes::{Change, What};
use crate::value::{Amount, CellRef};

/// Two budgets and what changed between them.
pub struct Changed<'b> {
    /// The older one.
    pub old: &'b Budget,
    /// The newer one.
    pub new: &'b Budget,
    /// What changed.
    pub changes: &'b [Change],
}

/// Draws all changes as one list; `None` when there is no pair of budgets.
pub fn changes(pairs: &[Changed<'_>]) -> Option<Grid> {
    let words = &pairs.first()?.new.template.document.changes;
    let mut paper = Paper::new(&words.sheet, vec![30.0, 24.0, 34.0, 18.0, 26.0, 26.0, 14.0, 10.0, 22.0, 22.0]);
    paper.line(&words.sheet, Look::Title);
    for (column, heading) in (0u16..).zip(&words.headings) {
        paper.text_over((column, column), heading, Look::Heading);
    }
    let head = paper.row;
    paper.row += 1;
    paper.freeze(paper.row);
    paper.page(true, Some((head, head)));
    for pair in pairs {
        pair.changes.iter().for_each(|change| line(&mut paper, pair, change));
    }
    Some(Grid { sheets: vec![paper.finish()], title: words.sheet.clone(), ..Grid::default() })
}

fn line(paper: &mut Paper, pair: &Changed<'_>, change: &Change) {
    let about = &pair.new.template.about;
    let put = |paper: &mut Paper, column: u16, text: &str| paper.text_over((column, column), text, Look::Label(0));
    let unit = [pair.new.code.as_deref(), pair.new.name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    put(paper, 0, &unit);
    put(paper, 1, change.table.map_or("", |t| pair.new.template.tables[t].declared.sheet.as_str()));
    put(paper, 2, &change.item);
    put(paper, 3, &change.column_name(pair.new));
    match &change.what {
        What::Amount { before, after } => {
            let look = Look::Amount(about.decimals, about.grouped);
            let difference = after.unwrap_or_default() - before.unwrap_or_default();
            for (column, amount) in [(4, *before), (5, *after), (6, Some(difference))] {
                paper.put(CellRef::new(paper.row, column), amount.map_or(Value::Blank, Value::Number), look);
            }
            let percent = change.percent().map_or(Value::Blank, Value::Number);
            paper.put(CellRef::new(paper.row, 7), percent, Look::Amount(2, false));
        }
        What::Text { before, after } | What::Subject { before, after, .. } => {
            put(paper, 4, before);
            put(paper, 5, after);
        }
        What::Table { is_there } => put(paper, if *is_there { 5 } else { 4 }, "√"),
    }
    put(paper, 8, &place(pair.old, change.old));
    put(paper, 9, &place(pair.new, change.new));
    paper.row += 1;
}

fn place(budget: &Budget, site: Option<Site>) -> String {
    site.map(|s| budget.place(s)).map(|(sheet, cell)| format!("{sheet}!{cell}")).unwrap_or_default()
}

impl Change {
    /// The heading of its column.
    pub fn column_name(&self, new: &Budget) -> String {
        let declared = self.table.zip(self.column).map(|(t, c)| &new.template.tables[t].columns[c]);
        declared.map(|c| c.leaf[0].fill(&new.fields(self.table)).replace(' ', "")).unwrap_or_default()
    }

    /// By how many per cent an amount changed; `None` where there was nothing before.
    pub fn percent(&self) -> Option<Amount> {
        let What::Amount { before: Some(before), after } = self.what else { return None };
        let difference = after.unwrap_or_default() - before;
        Some((difference * Amount::from(100)).checked_div(before)?.round(2))
    }
}
