//! Draws a budget as workbooks in the standard layout; never changes an amount and never writes a byte.

mod blank;
mod changes;
mod cleaned;
mod combined;
mod disclosure;
mod formulas;
mod headings;
mod ledger;
mod lines;
pub mod merged;
mod narrative;
mod paper;
mod table;

use crate::model::{Address, Budget, Key};
use crate::template::Pattern;

pub use blank::{Filer, blank, blank_for};
pub use changes::{Changed, changes};
pub use cleaned::cleaned;
pub use combined::Combined;
pub use disclosure::disclosure;
pub use ledger::{LedgerLine, composed, ledger, renewals};

/// The mark of a cleaned workbook among the document properties.
pub const CLEANED: &str = "cleaned";
/// The mark of a blank form.
pub const BLANK: &str = "blank";
/// The mark of a disclosure workbook.
pub const DISCLOSURE: &str = "disclosure";
/// The mark of a combined disclosure workbook.
pub const COMBINED: &str = "combined";

/// The mark of a summary; the name of its edition follows.
pub const MERGED: &str = "merged:";

/// Whether a workbook of this mark holds one budget that was filed or merged, rather than a blank form or many budgets in one.
pub fn is_budget(mark: &str) -> bool {
    mark == CLEANED || mark == DISCLOSURE || mark.starts_with(MERGED)
}

/// What a cell of a table is called: its row and, where that says more, its column.
pub fn cell_words(budget: &Budget, at: Address) -> String {
    let declared = &budget.template.tables[at.table];
    let row = &budget.tables[at.table].rows[at.row];
    let label = match row.key {
        Key::Code(code) => format!("{code} {}", row.label.trim()),
        Key::Free(number) => format!("#{number}"),
        Key::Declared(_) => row.label.trim().to_owned(),
    };
    let column = declared.columns[at.column].leaf[0].fill(&budget.fields(Some(at.table)));
    format!("{label}·{}", column.replace(' ', ""))
}

/// The name of the published document of a budget.
fn document_title(budget: &Budget) -> String {
    filled(&budget.template.document.title, budget)
}

/// A line of the template with what is known of a budget; the template was proved to hold only known fields.
fn filled(line: &str, budget: &Budget) -> String {
    Pattern::parse(line).map(|p| p.fill(&budget.fields(None))).unwrap_or_default()
}
