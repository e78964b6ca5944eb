//! The whole fixture moved about, cut up and put together anew: no amount changes and no finding comes or goes.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use yusuan::grid::{Cell, Grid, Sheet, Value};
use yusuan::value::{Area, CellRef};

use crate::support::{added, address, amounts, checked, fixture, lost, move_cells, moved, put, sheet, shorts, text, with};

const NOTHING: [&str; 0] = [];

/// The amounts without their cells, in the order of the template.
fn without_cells(grid: &Grid) -> Vec<String> {
    let (budget, findings) = checked(grid);
    assert_eq!(lost(grid, &budget, &findings), Vec::<String>::new(), "amounts lost without a finding");
    amounts(&budget).iter().map(|a| a.rsplit_once(' ').unwrap().0.to_owned()).collect()
}

/// Rule and severity of all findings in the order of rules.
fn rules(grid: &Grid) -> Vec<String> {
    let mut rules: Vec<String> = shorts(grid).iter().map(|f| f.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    rules.sort();
    rules
}

/// The findings that moving the fixture about has added, as rule and severity.
fn new_rules(grid: &Grid) -> Vec<String> {
    assert_eq!(without_cells(grid), without_cells(fixture()), "no amount may change");
    assert_eq!(added(&rules(grid), &rules(fixture())), NOTHING, "no finding may be lost");
    added(&rules(fixture()), &rules(grid))
}

#[test]
fn blank_rows_and_columns_change_nothing() {
    let rows = moved(fixture(), |at| CellRef::new(at.row * 2 + 1, at.col));
    assert_eq!(new_rules(&rows), NOTHING);
    let columns = moved(fixture(), |at| CellRef::new(at.row, at.col * 2 + 1));
    assert_eq!(new_rules(&columns), NOTHING);
    let both = moved(fixture(), |at| CellRef::new(at.row * 3 + 2, at.col * 2 + 1));
    assert_eq!(new_rules(&both), NOTHING);
}

#[test]
fn an_amount_in_a_moved_table_remembers_where_it_stands_now() {
    let moved = moved(fixture(), |at| CellRef::new(at.row * 2 + 1, at.col * 2 + 1));
    let (budget, _) = checked(&moved);
    let slot = budget.slot(address(&budget, "expenditure.2010350.basic"));
    assert_eq!(slot.site.unwrap().cell, CellRef::new(8 * 2 + 1, 4 * 2 + 1));
}

#[test]
fn the_order_of_the_sheets_changes_nothing_but_notes_about_the_order() {
    let mut reversed = fixture().clone();
    reversed.sheets.reverse();
    assert!(new_rules(&reversed).iter().all(|f| f == "S01 note"));
    let mut turned = fixture().clone();
    turned.sheets.rotate_left(5);
    assert!(new_rules(&turned).iter().all(|f| f == "S01 note"));
}

#[test]
fn sheets_of_any_name_are_known_by_their_titles() {
    let mut renamed = fixture().clone();
    for (place, sheet) in renamed.sheets.iter_mut().enumerate() {
        sheet.name = format!("Sheet{}", place + 1);
    }
    assert_eq!(new_rules(&renamed), NOTHING);
}

#[test]
fn sheets_that_carry_each_others_names_are_known_by_their_titles() {
    let mut renamed = fixture().clone();
    let names: Vec<String> = renamed.sheets.iter().map(|s| s.name.clone()).collect();
    for (sheet, name) in renamed.sheets.iter_mut().zip(names.iter().cycle().skip(1)) {
        sheet.name = name.clone();
    }
    assert_eq!(new_rules(&renamed), NOTHING);
}

#[test]
fn accepted_titles_are_read_without_a_word() {
    for title in ["部门收支总表", "2023年部门收支总表", "表一 收支总表", "公开01表\n单位预算收支总表", " 单位预算 收支 总表 "]
    {
        assert_eq!(new_rules(&with(fixture(), "收支总表", "A1", text(title))), NOTHING, "{title}");
    }
}

#[test]
fn a_workbook_of_another_year_is_read_by_the_edition_and_that_is_told() {
    let mut grid = fixture().clone();
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace("2023", "2031").replace("2022", "2030");
        }
    }
    assert_eq!(new_rules(&grid), ["R13 note"]);
    assert_eq!(checked(&grid).0.year, Some(2031));
}

#[test]
fn brackets_quotes_and_colons_of_half_width_are_the_same_words() {
    let mut grid = fixture().clone();
    for sheet in &mut grid.sheets {
        for cell in &mut sheet.cells {
            if let Value::Text(text) = &mut cell.value {
                *text = text.replace('（', "(").replace('）', ")").replace(['“', '”'], "\"").replace('：', ":");
            }
        }
    }
    assert_eq!(new_rules(&grid), NOTHING);
}

#[test]
fn tables_without_told_merges_are_read_alike() {
    let mut grid = fixture().clone();
    grid.sheets.iter_mut().for_each(|s| s.merges.clear());
    assert_eq!(new_rules(&grid), NOTHING);
}

/// The sheet with its first rows of captions and headings repeated above a row, as a page break in print does.
fn with_page_head(grid: &Grid, name: &str, above: u32, head: Range<u32>) -> Grid {
    let mut grid = grid.clone();
    let sheet = grid.sheets.iter_mut().find(|s| s.name == name).unwrap();
    let height = head.end - head.start;
    let repeated: Vec<_> = sheet.cells.iter().filter(|c| head.contains(&c.at.row)).cloned().collect();
    let merges: Vec<Area> = sheet.merges.iter().filter(|m| head.contains(&m.first.row)).copied().collect();
    move_cells(sheet, &|at: CellRef| if at.row < above { at } else { CellRef::new(at.row + height, at.col) });
    let down = |at: CellRef| CellRef::new(at.row - head.start + above, at.col);
    sheet.cells.extend(repeated.into_iter().map(|c| Cell { at: down(c.at), ..c }));
    sheet.cells.sort_by_key(|c| c.at);
    sheet.merges.extend(merges.into_iter().map(|m| Area::new(down(m.first), down(m.last))));
    grid
}

#[test]
fn a_page_head_in_the_middle_of_a_table_is_no_row_of_it() {
    for (name, above) in [("收支总表", 22), ("收入总表", 17), ("财政拨款收支总表", 23), ("一般公共预算财政拨款基本支出表", 24)]
    {
        // Captions, headings and numbers; headings and numbers alone.
        for head in [1..5, 2..5] {
            assert_eq!(new_rules(&with_page_head(fixture(), name, above, head.clone())), NOTHING, "{name} {head:?}");
        }
    }
}

#[test]
fn a_page_head_with_the_title_continues_the_table() {
    for (name, above) in [("收支总表", 22), ("收入总表", 17), ("一般公共预算财政拨款基本支出表", 24)] {
        assert_eq!(new_rules(&with_page_head(fixture(), name, above, 0..5)), NOTHING, "{name}");
    }
}

#[test]
fn a_table_drawn_over_two_sheets_is_one_table() {
    let mut grid = fixture().clone();
    let place = grid.sheets.iter().position(|s| s.name == "收入总表").unwrap();
    let whole = grid.sheets[place].clone();
    let (first, head) = (17, 5);
    let page = Sheet {
        name: "收入总表（续）".to_owned(),
        cells: whole
            .cells
            .iter()
            .filter(|c| c.at.row < head || c.at.row >= first)
            .map(|c| Cell {
                at: if c.at.row < head { c.at } else { CellRef::new(c.at.row - first + head, c.at.col) },
                ..c.clone()
            })
            .collect(),
        merges: whole.merges.clone(),
        ..Sheet::default()
    };
    grid.sheets[place].cells.retain(|c| c.at.row < first);
    grid.sheets.insert(place + 1, page);
    assert_eq!(new_rules(&grid), NOTHING);
}

#[test]
fn all_tables_on_one_sheet_are_read_alike() {
    let mut one = Sheet { name: "Sheet1".to_owned(), ..Sheet::default() };
    let mut next = 0;
    let mut rest = Vec::new();
    for sheet in &fixture().sheets {
        if sheet.name == "情况说明" {
            rest.push(sheet.clone());
            continue;
        }
        let mut sheet = sheet.clone();
        let height = sheet.row_count();
        move_cells(&mut sheet, &|at: CellRef| CellRef::new(at.row + next, at.col));
        one.cells.append(&mut sheet.cells);
        one.merges.append(&mut sheet.merges);
        next += height + 2;
    }
    rest.insert(0, one);
    assert_eq!(new_rules(&Grid { sheets: rest, ..Grid::default() }), NOTHING);
}

#[test]
fn each_table_alone_is_read_as_in_the_whole() {
    for name in [
        "收支总表",
        "收入总表",
        "支出总表",
        "财政拨款收支总表",
        "一般公共预算财政拨款支出表",
        "一般公共预算财政拨款基本支出表",
        "财政拨款“三公”经费支出表",
        "固定资产占用情况表",
    ] {
        let alone = Grid { sheets: vec![sheet(fixture(), name).clone()], ..Grid::default() };
        let (budget, _) = checked(&alone);
        let here = amounts(&budget);
        let table = here[0].split('.').next().unwrap().to_owned() + ".";
        let whole: Vec<String> = amounts(&checked(fixture()).0).into_iter().filter(|a| a.starts_with(&table)).collect();
        assert_eq!(here, whole, "{name}");
    }
}

/// One thing that somebody may do to a workbook by mistake.
#[derive(Debug, Clone)]
enum Edit {
    /// Erases a cell.
    Erase(Index),
    /// Types a word over a cell.
    Overwrite(Index, &'static str),
    /// Moves the content of a cell by so many rows and columns.
    Drag(Index, i64, i64),
    /// Moves all cells of a row from a column on to the right.
    Insert(Index),
    /// Takes out a row.
    DeleteRow(Index),
    /// Writes a row once more below the last.
    Repeat(Index),
    /// Takes out all merges of a sheet.
    Unmerge(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let word = prop::sample::select(vec![
        "合计",
        "单位预算收入总表",
        "注：见附表",
        "栏次",
        "单位：元",
        "XXX",
        "一、单位职责及机构设置情况",
        "科目编码",
        "2010350",
        "—",
    ]);
    prop_oneof![
        at().prop_map(Edit::Erase),
        (at(), word).prop_map(|(cell, word)| Edit::Overwrite(cell, word)),
        (at(), -3..4i64, -3..4i64).prop_map(|(cell, down, right)| Edit::Drag(cell, down, right)),
        at().prop_map(Edit::Insert),
        at().prop_map(Edit::DeleteRow),
        at().prop_map(Edit::Repeat),
        at().prop_map(Edit::Unmerge),
    ]
}

/// Does it, and says what and where.
fn apply(grid: &mut Grid, edit: &Edit) -> String {
    let (Edit::Erase(index)
    | Edit::Overwrite(index, _)
    | Edit::Drag(index, ..)
    | Edit::Insert(index)
    | Edit::DeleteRow(index)
    | Edit::Repeat(index)
    | Edit::Unmerge(index)) = edit;
    let cells: Vec<(usize, CellRef)> =
        grid.sheets.iter().enumerate().flat_map(|(place, s)| s.cells.iter().map(move |c| (place, c.at))).collect();
    let (place, at) = *index.get(&cells);
    let sheet = &mut grid.sheets[place];
    match edit {
        Edit::Erase(_) => put(sheet, at, Value::Blank),
        Edit::Overwrite(_, word) => put(sheet, at, text(word)),
        Edit::Drag(_, down, right) => {
            let (row, col) = (i64::from(at.row) + down, i64::from(at.col) + right);
            if row >= 0 && col >= 0 {
                let cell = sheet.cell(at).unwrap().clone();
                let to = CellRef::new(row as u32, col as u16);
                sheet.cells.retain(|c| c.at != at && c.at != to);
                sheet.cells.push(Cell { at: to, ..cell });
                sheet.cells.sort_by_key(|c| c.at);
            }
        }
        Edit::Insert(_) => {
            sheet.cells.iter_mut().filter(|c| c.at.row == at.row && c.at.col >= at.col).for_each(|c| c.at.col += 1)
        }
        Edit::DeleteRow(_) => {
            sheet.cells.retain(|c| c.at.row != at.row);
            move_cells(sheet, &|to: CellRef| if to.row > at.row { CellRef::new(to.row - 1, to.col) } else { to });
        }
        Edit::Repeat(_) => {
            let below = sheet.row_count();
            let row: Vec<Cell> =
                sheet.row(at.row).iter().map(|c| Cell { at: CellRef::new(below, c.at.col), ..c.clone() }).collect();
            sheet.cells.extend(row);
        }
        Edit::Unmerge(_) => sheet.merges.clear(),
    }
    format!("{edit:?} at {}!{at}", sheet.name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: RngSeed::Fixed(434_007), ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_a_workbook_no_amount_vanishes_without_a_finding(edits in prop::collection::vec(edit(), 1..6)) {
        let mut grid = fixture().clone();
        let done: Vec<String> = edits.iter().map(|edit| apply(&mut grid, edit)).collect();
        let (budget, findings) = checked(&grid);
        let lost = lost(&grid, &budget, &findings);
        prop_assert!(lost.is_empty(), "{done:?} loses {lost:?} and is told as {:?}", added(&shorts(fixture()), &shorts(&grid)));
    }
}
