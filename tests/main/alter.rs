//! What clerks do to a sound workbook without changing a figure, one function each; no alteration loses or changes an amount.

use proptest::prelude::*;
use proptest::sample::Index;
use yusuan::grid::{Cell, Grid, Look, Sheet, Shown, Value};
use yusuan::template::{Body, Template};
use yusuan::value::{Amount, Area, CellRef, text};

use crate::support::move_cells;

/// One alteration, with what chance decides about it.
#[derive(Debug, Clone)]
pub enum Alteration {
    /// Moves a sheet down and to the right.
    Shift(Index, u32, u16),
    /// Blank rows within a sheet.
    BlankRows(Index, Index, u32),
    /// Blank columns within a sheet.
    BlankColumns(Index, Index, u16),
    /// A row of `…` below a row of amounts.
    Filler(Index, Index),
    /// Headings once more above a row of amounts, with the captions or without.
    PageHead(Index, Index, bool),
    /// A column of the clerk's own right of a table: its heading, and how many of its rows are filled.
    OwnColumn(Index, &'static str, u32),
    /// A column of the clerk's own within a table.
    OwnColumnWithin(Index, Index),
    /// Two columns of amounts change places.
    Swap(Index, Index),
    /// The sheets in another order.
    Turn(Index),
    /// No merges are told.
    Unmerge(Index),
    /// A row, a column or a sheet that is not shown.
    Hide(Index, Index, u8),
    /// A blank text far away.
    Phantom(Index),
    /// Amounts of a sheet typed as text in one of the manners people type them.
    Typed(Index, u8),
    /// A sheet set to the right of another.
    Beside(Index, Index, u16),
    /// A sheet set below another.
    Below(Index, Index, u32),
    /// The lower half of a table set to the right under the same headings.
    GoesOn(Index, u16),
    /// Title and captions in one cell with line breaks.
    OneCaption(Index),
    /// A mark within the title.
    Mark(Index, &'static str),
    /// Names of sheets that say nothing.
    Rename(Index, &'static str),
    /// The results of formulas are not in the file.
    Uncalculated(Index),
}

/// Any alteration.
pub fn alteration() -> impl Strategy<Value = Alteration> {
    use Alteration as A;
    let at = any::<Index>;
    let own = prop::sample::select(vec!["上年执行数", "本单位自留", "增减额", "核对数"]);
    let mark = prop::sample::select(vec!["公开01表\n", "表一 ", "公开 03 表：", "附表2 ", "1.3"]);
    let name = prop::sample::select(vec!["Sheet", " ", "表", "附件 "]);
    prop_oneof![
        (at(), 0..4u32, 0..3u16).prop_map(|(s, r, c)| A::Shift(s, r, c)),
        (at(), at(), 1..14u32).prop_map(|(s, r, n)| A::BlankRows(s, r, n)),
        (at(), at(), 1..3u16).prop_map(|(s, c, n)| A::BlankColumns(s, c, n)),
        (at(), at()).prop_map(|(s, r)| A::Filler(s, r)),
        (at(), at(), any::<bool>()).prop_map(|(s, r, c)| A::PageHead(s, r, c)),
        (at(), own, 1..9u32).prop_map(|(s, h, n)| A::OwnColumn(s, h, n)),
        (at(), at()).prop_map(|(s, c)| A::OwnColumnWithin(s, c)),
        (at(), at()).prop_map(|(s, c)| A::Swap(s, c)),
        at().prop_map(A::Turn),
        at().prop_map(A::Unmerge),
        (at(), at(), 0..3u8).prop_map(|(s, c, k)| A::Hide(s, c, k)),
        at().prop_map(A::Phantom),
        (at(), 0..7u8).prop_map(|(s, k)| A::Typed(s, k)),
        (at(), at(), 0..3u16).prop_map(|(a, b, g)| A::Beside(a, b, g)),
        (at(), at(), 0..3u32).prop_map(|(a, b, g)| A::Below(a, b, g)),
        (at(), 0..2u16).prop_map(|(s, g)| A::GoesOn(s, g)),
        at().prop_map(A::OneCaption),
        (at(), mark).prop_map(|(s, m)| A::Mark(s, m)),
        (at(), name).prop_map(|(s, n)| A::Rename(s, n)),
        at().prop_map(A::Uncalculated),
    ]
}

/// A table as it stands alone on a sheet: what it takes to alter it without knowing how it is read.
struct Stand {
    sheet: usize,
    table: usize,
    title: CellRef,
    /// Headings with the row of numbers.
    headings: std::ops::Range<u32>,
    /// Rows below the headings in which amounts stand.
    rows: Vec<u32>,
    width: u16,
}

/// The tables that stand alone on their sheets.
fn stands(grid: &Grid, template: &Template) -> Vec<Stand> {
    let title = |cell: &Cell| template.titles.get(text::strip_title_marks(&text::fold(cell.text()?))).map(|(t, _)| (*t, cell.at));
    let stand = |(place, sheet): (usize, &Sheet)| {
        let mut titles = sheet.cells.iter().filter_map(title);
        let ((table, title), None) = (titles.next()?, titles.next()) else { return None };
        let declared = template.tables.get(table).filter(|t| t.declared.body != Body::Form)?;
        let is_heading = |row: &u32| {
            let cells = sheet.row(*row).iter().filter(|c| !c.is_blank());
            let hits = cells.clone().filter(|c| c.text().is_some_and(|t| declared.is_heading(&text::fold(t)))).count();
            hits * 2 > cells.count() && hits > 1
        };
        let first = (title.row + 1..sheet.row_count()).find(is_heading)?;
        let is_amount = |c: &Cell| matches!(c.value, Value::Number(_)) && matches!(c.shown, Shown::Fixed(1..));
        let rows: Vec<u32> = (first..sheet.row_count()).filter(|r| sheet.row(*r).iter().any(is_amount)).collect();
        let body = *rows.first()?;
        let named = |row: &u32| sheet.row(*row).first().and_then(Cell::text) == Some("栏次");
        let last =
            (first..body).take_while(|r| is_heading(r) || named(r) || *r < first + declared.heading_depth() as u32).last()?;
        let width = sheet.cells.iter().filter(|c| !c.is_blank()).map(|c| c.at.col + 1).max()?;
        Some(Stand { sheet: place, table, title, headings: first..last + 1, rows, width })
    };
    grid.sheets.iter().enumerate().filter_map(stand).collect()
}

fn sort(sheet: &mut Sheet) {
    sheet.cells.sort_by_key(|c| c.at);
}

fn shift_rows(sheet: &mut Sheet, from: u32, by: u32) {
    relocate(sheet, &|at| if at.row >= from { CellRef::new(at.row + by, at.col) } else { at });
}

fn shift_columns(sheet: &mut Sheet, from: u16, by: u16) {
    relocate(sheet, &|at| if at.col >= from { CellRef::new(at.row, at.col + by) } else { at });
}

/// Moves cells. Formulas would have to be written anew, so those whose cells move lose theirs.
fn relocate(sheet: &mut Sheet, to: &impl Fn(CellRef) -> CellRef) {
    move_cells(sheet, to);
    sheet.formulas.clear();
    let row = |row: u32| to(CellRef::new(row, 0)).row;
    let col = |col: u16| to(CellRef::new(0, col)).col;
    sheet.hidden_rows.iter_mut().for_each(|b| *b = (row(b.0), row(b.1)));
    sheet.hidden_columns.iter_mut().for_each(|b| *b = (col(b.0), col(b.1)));
}

/// Does it, where the workbook has what it takes. Nothing is done to uncalculated cells but as the last.
pub fn alter(grid: &mut Grid, template: &Template, alteration: &Alteration) {
    use Alteration as A;
    let uncalculated = |s: &Sheet| s.cells.iter().any(|c| c.value == Value::Uncalculated);
    if grid.sheets.iter().any(uncalculated) {
        return;
    }
    let stands = stands(grid, template);
    if stands.is_empty() {
        return;
    }
    let pick = |index: &Index| index.get(&stands);
    if !matches!(alteration, A::Uncalculated(_)) {
        // What refers to another sheet would have to be written anew.
        grid.sheets.iter_mut().for_each(|s| s.formulas.retain(|f| !f.text.contains('!')));
    }
    match alteration {
        A::Shift(s, rows, cols) => {
            let (rows, cols) = (*rows, *cols);
            relocate(&mut grid.sheets[pick(s).sheet], &|at| CellRef::new(at.row + rows, at.col + cols));
        }
        A::BlankRows(s, row, by) => {
            let stand = pick(s);
            shift_rows(&mut grid.sheets[stand.sheet], *row.get(&stand.rows), *by);
        }
        A::BlankColumns(s, col, by) => {
            let stand = pick(s);
            shift_columns(&mut grid.sheets[stand.sheet], col.index(usize::from(stand.width)) as u16, *by);
        }
        A::Filler(s, row) => {
            let (stand, dots) = (pick(s), Value::Text("…".into()));
            let (sheet, row) = (&mut grid.sheets[stand.sheet], *row.get(&stand.rows) + 1);
            shift_rows(sheet, row, 1);
            sheet.cells.extend((0..stand.width).map(|col| Cell::new(CellRef::new(row, col), dots.clone(), Look::Plain)));
            sort(sheet);
        }
        A::PageHead(s, row, whole) => {
            let stand = pick(s);
            let head = if *whole { stand.title.row..stand.headings.end } else { stand.headings.clone() };
            page_head(&mut grid.sheets[stand.sheet], *row.get(&stand.rows), head);
        }
        A::OwnColumn(s, heading, rows) => {
            let stand = pick(s);
            own_column(&mut grid.sheets[stand.sheet], stand, stand.width, heading, *rows);
        }
        A::OwnColumnWithin(s, col) => {
            let stand = pick(s);
            let sheet = &mut grid.sheets[stand.sheet];
            let free: Vec<u16> = (1..stand.width).filter(|col| is_free(sheet, stand, *col)).collect();
            if !free.is_empty() {
                let col = *col.get(&free);
                shift_columns(sheet, col, 1);
                own_column(sheet, stand, col, "本单位备查数", 3);
            }
        }
        A::Swap(s, col) => {
            let stand = pick(s);
            let sheet = &mut grid.sheets[stand.sheet];
            let declared = &template.tables[stand.table];
            // Only the order of the labels and amounts of a two-sided table says which side they are of.
            let is_one_sided = declared.columns.iter().all(|c| c.side.is_none_or(|side| side == 0));
            let pairs: Vec<u16> = (1..stand.width - 1).filter(|col| is_one_sided && is_pair(sheet, stand, *col)).collect();
            if !pairs.is_empty() {
                let col = *col.get(&pairs);
                let other = |at: CellRef| match at.col {
                    c if at.row < stand.headings.start => c,
                    c if c == col => col + 1,
                    c if c == col + 1 => col,
                    c => c,
                };
                relocate(sheet, &|at| CellRef::new(at.row, other(at)));
            }
        }
        A::Turn(by) => {
            let by = by.index(grid.sheets.len());
            grid.sheets.rotate_left(by);
        }
        A::Unmerge(s) => grid.sheets[pick(s).sheet].merges.clear(),
        A::Hide(s, at, kind) => {
            let stand = pick(s);
            let sheet = &mut grid.sheets[stand.sheet];
            match kind {
                0 => sheet.hidden_rows = vec![(*at.get(&stand.rows), *at.get(&stand.rows))],
                1 => {
                    sheet.hidden_columns =
                        vec![(at.index(usize::from(stand.width)) as u16, at.index(usize::from(stand.width)) as u16)]
                }
                _ => sheet.hidden = true,
            }
        }
        A::Phantom(s) => {
            let sheet = &mut grid.sheets[pick(s).sheet];
            let far = CellRef::new(sheet.row_count() + 3000, 255);
            sheet.cells.push(Cell::new(far, Value::Text(" ".into()), Look::Plain));
        }
        A::Typed(s, manner) => {
            let stand = pick(s);
            let sheet = &mut grid.sheets[stand.sheet];
            let below = |c: &&mut Cell| stand.headings.end <= c.at.row && matches!(c.shown, Shown::Fixed(1..));
            sheet.cells.iter_mut().filter(below).for_each(|cell| type_out(cell, *manner));
            sheet.formulas.clear();
        }
        A::Beside(a, b, gap) => {
            let (left, right) = (pick(a), pick(b));
            if left.sheet != right.sheet {
                let moved = std::mem::take(&mut grid.sheets[right.sheet]);
                join(&mut grid.sheets[left.sheet], moved, 0, left.width + gap);
                grid.sheets.remove(right.sheet);
            }
        }
        A::Below(a, b, gap) => {
            let (upper, lower) = (pick(a), pick(b));
            if upper.sheet != lower.sheet {
                let moved = std::mem::take(&mut grid.sheets[lower.sheet]);
                let below = grid.sheets[upper.sheet].row_count() + gap;
                join(&mut grid.sheets[upper.sheet], moved, below, 0);
                grid.sheets.remove(lower.sheet);
            }
        }
        A::GoesOn(s, gap) => {
            let stand = pick(s);
            let is_coded = template.tables[stand.table].declared.body == Body::Tree;
            if is_coded && stand.rows.len() > 4 {
                goes_on(&mut grid.sheets[stand.sheet], stand, *gap);
            }
        }
        A::OneCaption(s) => {
            let stand = pick(s);
            one_caption(&mut grid.sheets[stand.sheet], stand);
        }
        A::Mark(s, mark) => {
            let stand = pick(s);
            let title = grid.sheets[stand.sheet].cells.iter_mut().find(|c| c.at == stand.title);
            if let Some(Cell { value: Value::Text(title), .. }) = title {
                *title = format!("{mark}{title}");
            }
        }
        A::Rename(s, name) => {
            let place = pick(s).sheet;
            grid.sheets[place].name = format!("{name}{place}");
        }
        A::Uncalculated(s) => {
            let sheet = &mut grid.sheets[pick(s).sheet];
            for formula in &sheet.formulas {
                if let Ok(place) = sheet.cells.binary_search_by_key(&formula.at, |c| c.at) {
                    sheet.cells[place].value = Value::Uncalculated;
                }
            }
        }
    }
}

/// Whether nothing is merged across the left edge of a column from the headings on.
fn is_free(sheet: &Sheet, stand: &Stand, col: u16) -> bool {
    !sheet.merges.iter().any(|m| m.last.row >= stand.headings.start && m.first.col < col && m.last.col >= col)
}

/// Whether a column and the next hold amounts and no merge lies across one of them alone.
fn is_pair(sheet: &Sheet, stand: &Stand, col: u16) -> bool {
    let amounts = |col: u16| {
        let mut cells = stand.rows.iter().filter_map(|row| sheet.cell(CellRef::new(*row, col)));
        cells.clone().next().is_some() && cells.all(|c| !matches!(c.value, Value::Text(_)))
    };
    let headed = |col: u16| sheet.cell(CellRef::new(stand.headings.start, col)).is_some_and(|c| !c.is_blank());
    let is_wide = |m: &&Area| m.last.row >= stand.headings.start && m.first.col != m.last.col;
    let crosses = sheet.merges.iter().filter(is_wide).any(|m| m.first.col <= col + 1 && m.last.col >= col);
    amounts(col) && amounts(col + 1) && headed(col) && headed(col + 1) && !crosses
}

fn page_head(sheet: &mut Sheet, above: u32, head: std::ops::Range<u32>) {
    let height = head.end - head.start;
    let repeated: Vec<Cell> = sheet.cells.iter().filter(|c| head.contains(&c.at.row)).cloned().collect();
    let merges: Vec<Area> = sheet.merges.iter().filter(|m| head.contains(&m.first.row)).copied().collect();
    shift_rows(sheet, above, height);
    let down = |at: CellRef| CellRef::new(at.row - head.start + above, at.col);
    sheet.cells.extend(repeated.into_iter().map(|c| Cell { at: down(c.at), ..c }));
    sheet.merges.extend(merges.into_iter().map(|m| Area::new(down(m.first), down(m.last))));
    sort(sheet);
}

fn own_column(sheet: &mut Sheet, stand: &Stand, col: u16, heading: &str, rows: u32) {
    sheet.cells.push(Cell::new(CellRef::new(stand.headings.start, col), Value::Text(heading.into()), Look::Plain));
    for (row, number) in stand.rows.iter().take(rows as usize).zip(101i64..) {
        let value = Value::Number(Amount::from(number).half());
        sheet.cells.push(Cell { shown: Shown::Fixed(2), ..Cell::new(CellRef::new(*row, col), value, Look::Plain) });
    }
    sort(sheet);
}

fn type_out(cell: &mut Cell, manner: u8) {
    let Value::Number(number) = cell.value else { return };
    let plain = number.abs().at_least(2);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, "0"));
    let grouped = |by: &str| {
        let groups = whole.as_bytes().rchunks(3).rev().map(|g| String::from_utf8_lossy(g).into_owned());
        format!("{}.{fraction}", groups.collect::<Vec<_>>().join(by))
    };
    let wide = |text: &str| text.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect::<String>();
    let typed = match manner {
        0 => plain.clone(),
        1 => grouped(","),
        2 => grouped(" "),
        3 => wide(&plain),
        4 => format!(" {plain}\u{a0}"),
        5 => grouped("，"),
        _ => format!("¥{plain}"),
    };
    let typed = match (number.is_negative(), manner % 3) {
        (false, _) => typed,
        (true, 0) => format!("({typed})"),
        (true, 1) => format!("△{typed}"),
        (true, _) => format!("－{typed}"),
    };
    cell.value = Value::Text(typed);
}

fn join(sheet: &mut Sheet, mut other: Sheet, down: u32, right: u16) {
    relocate(&mut other, &|at| CellRef::new(at.row + down, at.col + right));
    sheet.cells.append(&mut other.cells);
    sheet.merges.append(&mut other.merges);
    sort(sheet);
}

fn goes_on(sheet: &mut Sheet, stand: &Stand, gap: u16) {
    let cut = stand.rows[stand.rows.len() / 2];
    let (up, right) = (cut - stand.headings.end, stand.width + gap);
    let head: Vec<Cell> = sheet.cells.iter().filter(|c| stand.headings.contains(&c.at.row)).cloned().collect();
    let merges: Vec<Area> = sheet.merges.iter().filter(|m| stand.headings.contains(&m.first.row)).copied().collect();
    let aside = |at: CellRef| CellRef::new(at.row, at.col + right);
    // Notes below the table stay below it.
    let last = stand.rows[stand.rows.len() - 1];
    relocate(sheet, &|at| if (cut..=last).contains(&at.row) { CellRef::new(at.row - up, at.col + right) } else { at });
    sheet.cells.extend(head.into_iter().map(|c| Cell { at: aside(c.at), ..c }));
    sheet.merges.extend(merges.into_iter().map(|m| Area::new(aside(m.first), aside(m.last))));
    sort(sheet);
}

fn one_caption(sheet: &mut Sheet, stand: &Stand) {
    let is_above = |c: &Cell| (stand.title.row..stand.headings.start).contains(&c.at.row);
    let lines: Vec<String> = sheet.cells.iter().filter(|c| is_above(c)).filter_map(|c| c.text().map(str::to_owned)).collect();
    sheet.cells.retain(|c| !is_above(c));
    sheet.merges.retain(|m| !(stand.title.row..stand.headings.start).contains(&m.first.row));
    sheet.cells.push(Cell::new(stand.title, Value::Text(lines.join("\n")), Look::Plain));
    sort(sheet);
}
