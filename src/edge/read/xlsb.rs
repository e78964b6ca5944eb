//! Reads .xlsb workbooks cell by cell; never their merges or formats, which the cell reader does not tell.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xlsb};

use super::collect::{self, Collector};
use super::number_format::Decimals;
use super::package::{Package, stored};
use super::unreadable::Unreadable;
use crate::grid::Grid;

/// Reads the workbook.
pub(super) fn read(mut package: Package<'_>) -> Result<Grid, Unreadable> {
    let names: Vec<String> = package.names().filter(|n| is_needed(n)).map(str::to_owned).collect();
    let mut parts = Vec::with_capacity(names.len());
    for name in names {
        let mut part = package.part(&name)?.unwrap_or_default();
        if name.starts_with("xl/worksheets/") {
            tell_errors(&mut part);
        }
        parts.push((name, Cow::Owned(part)));
    }
    let mut workbook = Xlsb::new(Cursor::new(stored(&parts)?)).map_err(Unreadable::damaged)?;
    let (mut collector, mut grid) = (Collector::new(), Grid::default());
    for listed in workbook.sheets_metadata().to_vec() {
        if listed.typ != SheetType::WorkSheet {
            continue;
        }
        let damaged = |error| Unreadable::damaged_sheet(&listed.name, error);
        let mut sheet = Collector::sheet(&listed.name, listed.visible != SheetVisible::Visible);
        let mut cells = workbook.worksheet_cells_reader(&listed.name).map_err(damaged)?;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, col) = cell.get_position();
            let (value, shown) = collect::value(cell.get_value().clone(), || Decimals::Unknown);
            collector.push(&mut sheet, row, col, value, shown)?;
        }
        grid.sheets.push(Collector::finish(sheet));
    }
    Ok(grid)
}

/// Whether the cell reader asks for the part.
fn is_needed(name: &str) -> bool {
    name == "xl/_rels/workbook.bin.rels"
        || name.ends_with(".bin")
            && name.strip_prefix("xl/").is_some_and(|below| below.starts_with("worksheets/") || !below.contains('/'))
}

/// Turns formulas with an error as their result into plain error cells, which the cell reader does not pass over.
fn tell_errors(part: &mut [u8]) {
    const ERROR_CELL: u8 = 3;
    const ERROR_FORMULA: u8 = 11;
    let mut at = 0;
    while let Some(kind) = part.get(at).copied() {
        if kind == ERROR_FORMULA {
            part[at] = ERROR_CELL;
        }
        // Kinds and lengths are written in groups of seven bits, the last without its high bit.
        at += if kind & 0x80 == 0 { 1 } else { 2 };
        let (mut length, mut shift) = (0usize, 0);
        loop {
            let Some(group) = part.get(at).copied() else { return };
            at += 1;
            length |= usize::from(group & 0x7f) << shift;
            shift += 7;
            if group & 0x80 == 0 || shift == 28 {
                break;
            }
        }
        at += length;
    }
}
