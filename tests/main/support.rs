//! What the tests share: the fixture read once, grids written as text, grids with one cell changed, findings in short form.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use yusuan::edge::{read, store};
use yusuan::finding::{self, Fact, Finding, Lang, Told, tell};
use yusuan::grid::{Cell, Grid, Look, Sheet, Shown, Value};
use yusuan::model::{Address, Budget, Key, Site};
use yusuan::stage::check;
use yusuan::stage::extract::{Extracted, extract};
use yusuan::stage::folded::Folded;
use yusuan::template::{Severity, Sources, Template, load};
use yusuan::value::{Amount, Area, CellRef};

/// The formats in which the fixture was saved.
pub const FORMATS: [&str; 3] = ["xlsx", "xls", "ods"];

/// The fixture as it is called in every format.
pub const FIXTURE: &str = "434007_营商环境服务中心";

static GRIDS: LazyLock<[Grid; 3]> = LazyLock::new(|| FORMATS.map(|format| read_bytes(&fixture_bytes(format), format)));
static SOURCES: LazyLock<Sources> = LazyLock::new(|| store::sources(&[]).unwrap());
static TEMPLATE: LazyLock<Arc<Template>> = LazyLock::new(|| Arc::new(load("hebei/unit-2023", sources()).unwrap()));

/// A path below the folder of the tests.
pub fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(below)
}

/// The path of the fixture in a format.
pub fn fixture_path(format: &str) -> PathBuf {
    path(&format!("fixtures/hebei-unit-2023/{FIXTURE}.{format}"))
}

/// The bytes of the fixture in a format.
pub fn fixture_bytes(format: &str) -> Vec<u8> {
    std::fs::read(fixture_path(format)).unwrap()
}

fn read_bytes(bytes: &[u8], format: &str) -> Grid {
    read::read(bytes, &format!("{FIXTURE}.{format}")).unwrap()
}

/// The fixture in the first format.
pub fn fixture() -> &'static Grid {
    &GRIDS[0]
}

/// The fixture in a format.
pub fn fixture_in(format: &str) -> &'static Grid {
    &GRIDS[FORMATS.iter().position(|f| *f == format).unwrap()]
}

/// The files of the embedded templates.
pub fn sources() -> &'static Sources {
    &SOURCES
}

/// The edition that the fixture follows.
pub fn template() -> &'static Arc<Template> {
    &TEMPLATE
}

/// Every embedded edition.
pub fn editions() -> Vec<Arc<Template>> {
    sources().editions().iter().map(|name| Arc::new(load(name, sources()).unwrap())).collect()
}

/// The budget in a grid, and what reading it took.
pub fn budget_of(grid: &Grid) -> Extracted {
    extract(&Folded::new(grid), &format!("{FIXTURE}.xlsx"), template(), None)
        .expect("a grid with at least one table of the edition")
}

/// The budget in a grid, and all findings in the order of the workbook.
pub fn checked(grid: &Grid) -> (Budget, Vec<Finding>) {
    let Extracted { budget, mut findings } = budget_of(grid);
    findings.extend(check::check(&budget));
    finding::in_sheet_order(&mut findings);
    (budget, findings)
}

/// All findings in a grid, told.
pub fn told(grid: &Grid) -> Vec<Told> {
    let (budget, findings) = checked(grid);
    findings.iter().map(|f| tell(f, &budget, Lang::Zh)).collect()
}

/// A finding as `A42 error 支出总表!C6`.
pub fn short(told: &Told) -> String {
    let place = match (&told.sheet, &told.cell) {
        (Some(sheet), Some(cell)) => format!("{sheet}!{cell}"),
        _ => told.table.clone().unwrap_or_else(|| "-".to_owned()),
    };
    format!("{} {} {place}", told.rule, severity(told.severity))
}

/// A finding in its JSON form as `A42 error 支出总表!C6`.
pub fn short_json(told: &serde_json::Value) -> String {
    let part = |key: &str| told[key].as_str().unwrap_or("-");
    format!("{} {} {}!{}", part("rule"), part("severity"), part("sheet"), part("cell"))
}

/// All findings in a grid in short form.
pub fn shorts(grid: &Grid) -> Vec<String> {
    told(grid).iter().map(short).collect()
}

/// What is in `after` and not in `before`, each as often as it is there more often.
pub fn added(before: &[String], after: &[String]) -> Vec<String> {
    let mut left = before.to_vec();
    let is_new = |one: &&String| match left.iter().position(|l| l == *one) {
        Some(place) => {
            left.swap_remove(place);
            false
        }
        None => true,
    };
    after.iter().filter(is_new).cloned().collect()
}

/// The word for a severity in JSON.
pub fn severity(severity: Severity) -> String {
    serde_json::to_value(severity).unwrap().as_str().unwrap().to_owned()
}

/// Every amount of a budget as `expenditure.2010350.basic 670.26 E9`, table by table in the order of the sheet.
pub fn amounts(budget: &Budget) -> Vec<String> {
    let mut all = Vec::new();
    for (table, (filed, declared)) in budget.tables.iter().zip(&budget.template.tables).enumerate() {
        let mut cells: Vec<_> = filed.amounts().map(|(row, column, _)| Address { table, row, column }).collect();
        cells.sort_by_key(|at| budget.slot(*at).site);
        for at in cells {
            let slot = budget.slot(at);
            let row = filed.rows[at.row].id(declared);
            let cell = slot.site.map(|s| s.cell.to_string()).unwrap_or_default();
            let (table, column) = (&declared.declared.id, &declared.columns[at.column].cell);
            all.push(format!("{table}.{row}.{column} {} {cell}", slot.amount.unwrap()));
        }
    }
    all
}

/// The address of `table.row.column`; the row is an id or a code.
pub fn address(budget: &Budget, written: &str) -> Address {
    let parts: Vec<&str> = written.split('.').collect();
    let [table, row, column] = parts.as_slice() else { panic!("{written}") };
    let place = budget.template.table(table).unwrap();
    let declared = &budget.template.tables[place];
    let (key, side) = match declared.row(row) {
        Some(row) => (Key::Declared(row), declared.rows[row].side),
        None => (Key::Code(row.parse().unwrap()), 0),
    };
    let row = budget.tables[place].place(key).unwrap_or_else(|| panic!("{written} was not filed"));
    Address { table: place, row, column: declared.column(column, side).unwrap() }
}

/// An exact amount.
pub fn amount(written: &str) -> Amount {
    written.parse().unwrap()
}

/// A text cell.
pub fn text(written: &str) -> Value {
    Value::Text(written.to_owned())
}

/// A number cell.
pub fn number(written: &str) -> Value {
    Value::Number(amount(written))
}

/// The sheet of a name.
pub fn sheet<'g>(grid: &'g Grid, name: &str) -> &'g Sheet {
    grid.sheets.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no sheet {name}"))
}

/// The grid with one cell changed, or removed with `Value::Blank`; a number that was not there is shown with two decimals.
pub fn with(grid: &Grid, name: &str, cell: &str, value: Value) -> Grid {
    let mut grid = grid.clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == name).unwrap_or_else(|| panic!("no sheet {name}"));
    put(sheet, cell.parse().unwrap(), value);
    grid
}

/// Changes one cell of a sheet.
pub fn put(sheet: &mut Sheet, at: CellRef, value: Value) {
    let shown = sheet.cell(at).map_or(Shown::Fixed(2), |c| c.shown);
    sheet.cells.retain(|c| c.at != at);
    if value != Value::Blank {
        sheet.cells.push(Cell { shown, ..Cell::new(at, value, Look::Plain) });
        sheet.cells.sort_by_key(|c| c.at);
    }
}

/// The grid with every cell and merge of every sheet moved.
pub fn moved(grid: &Grid, to: impl Fn(CellRef) -> CellRef) -> Grid {
    let mut grid = grid.clone();
    for sheet in &mut grid.sheets {
        move_cells(sheet, &to);
    }
    grid
}

/// Moves every cell and merge of a sheet.
pub fn move_cells(sheet: &mut Sheet, to: &impl Fn(CellRef) -> CellRef) {
    for cell in &mut sheet.cells {
        cell.at = to(cell.at);
    }
    for merge in &mut sheet.merges {
        *merge = Area::new(to(merge.first), to(merge.last));
    }
    sheet.cells.sort_by_key(|c| c.at);
}

/// A workbook written as text. `== 名称` begins a sheet; every other line that is not empty is a row, its cells parted by `|`.
///
/// A cell of digits is a number, shown with the decimals that are written, so that a test can tell amounts (`4.00`) from
/// counts (`4`); `'` makes it text. `<` merges the cell with the one to its left, `#REF!` is an error value, `=?` a formula never
/// calculated. A line of one `|` is an empty row.
pub fn grid(written: &str) -> Grid {
    let mut grid = Grid::default();
    let mut row = 0;
    for line in written.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if let Some(name) = line.strip_prefix("== ") {
            grid.sheets.push(Sheet { name: name.to_owned(), ..Sheet::default() });
            row = 0;
            continue;
        }
        let sheet = grid.sheets.last_mut().expect("a line `== name` before the first row");
        for (col, cell) in line.split('|').map(str::trim).enumerate() {
            let at = CellRef::new(row, col as u16);
            match cell {
                "" => {}
                "<" => match sheet.merges.last_mut().filter(|m| m.last == CellRef::new(row, at.col - 1)) {
                    Some(merge) => merge.last = at,
                    None => sheet.merges.push(Area::new(CellRef::new(row, at.col - 1), at)),
                },
                _ => sheet.cells.push(written_cell(at, cell)),
            }
        }
        row += 1;
    }
    grid
}

fn written_cell(at: CellRef, written: &str) -> Cell {
    let (value, shown) = match written.parse::<Amount>() {
        Ok(amount) => {
            let decimals = written.split_once('.').map(|(_, d)| d.len() as u8);
            (Value::Number(amount), decimals.map_or(Shown::General, Shown::Fixed))
        }
        Err(_) if written == "=?" => (Value::Uncalculated, Shown::Unknown),
        Err(_) if written.starts_with('#') => (Value::Error(written.to_owned()), Shown::Unknown),
        Err(_) => (text(written.strip_prefix('\'').unwrap_or(written)), Shown::Unknown),
    };
    Cell { shown, ..Cell::new(at, value, Look::Plain) }
}

/// Whether a cell holds what a reader would take for an amount of money: a number with decimals, typed as text or not, or
/// a value that should have been one.
pub fn looks_like_an_amount(cell: &Cell) -> bool {
    match &cell.value {
        Value::Number(_) => matches!(cell.shown, Shown::Fixed(1..)),
        Value::Text(text) => text.contains('.') && matches!(Amount::parse_typed(text, None), Ok(Some(_))),
        Value::Error(_) | Value::Uncalculated => true,
        _ => false,
    }
}

/// The cells of a column that a finding names beside its own.
pub fn own_cells(finding: &Finding) -> Vec<Site> {
    match &finding.fact {
        Fact::OwnColumn { cells, .. } => cells.iter().map(|c| c.site).collect(),
        _ => Vec::new(),
    }
}

/// Amounts that are neither in the budget at their own cell nor told by any finding.
pub fn lost(grid: &Grid, budget: &Budget, findings: &[Finding]) -> Vec<String> {
    let mut lost = Vec::new();
    for (place, sheet) in grid.sheets.iter().enumerate() {
        for cell in sheet.cells.iter().filter(|c| looks_like_an_amount(c)) {
            let is_read = budget.tables.iter().any(|t| {
                let mut read = t.amounts().filter_map(|(_, _, slot)| slot.site);
                read.any(|s| usize::from(s.sheet) == place && s.cell == cell.at)
            });
            let tells = |f: &Finding| {
                f.place.site.is_some_and(|s| {
                    let is_whole = ["R02", "R08"].contains(&f.rule.as_str()) || (f.rule == "R16" && s.cell.row <= cell.at.row);
                    let is_row = f.rule == "R03" && s.cell.row == cell.at.row;
                    usize::from(s.sheet) == place && (s.cell == cell.at || is_row || is_whole)
                })
            };
            let is_own = |f: &Finding| own_cells(f).iter().any(|s| usize::from(s.sheet) == place && s.cell == cell.at);
            if !is_read && !findings.iter().any(|f| tells(f) || is_own(f)) {
                lost.push(format!("{}!{}", sheet.name, cell.at));
            }
        }
    }
    lost
}
