//! Reads .xls workbooks (BIFF5 and BIFF8) after a look through their records; never opens the container they came in.

use std::io::{Cursor, Write};

use calamine::{Reader, SheetType, SheetVisible, Xls};
use cfb::{CompoundFile, Version};

use super::biff::Scan;
use super::collect::{self, Collector};
use super::unreadable::Unreadable;
use crate::grid::Grid;

/// Reads the workbook from its records.
pub(super) fn read(mut stream: Vec<u8>) -> Result<Grid, Unreadable> {
    let scan = Scan::of(&mut stream)?;
    let mut workbook = Xls::new(Cursor::new(container(&stream)?)).map_err(Unreadable::damaged)?;
    let (mut collector, mut grid) = (Collector::new(), Grid::default());
    for (place, listed) in workbook.sheets_metadata().to_vec().into_iter().enumerate() {
        if listed.typ != SheetType::WorkSheet {
            continue;
        }
        let mut sheet = Collector::sheet(&listed.name, listed.visible != SheetVisible::Visible);
        let range = workbook.worksheet_range(&listed.name).map_err(|e| Unreadable::damaged_sheet(&listed.name, e))?;
        let hidden = scan.hidden(place);
        (sheet.hidden_rows, sheet.hidden_columns) = (hidden.rows, hidden.columns);
        let (first_row, first_col) = range.start().unwrap_or_default();
        for (row, col, data) in range.used_cells() {
            let at = (first_row.saturating_add(row as u32), first_col.saturating_add(col as u32));
            let (value, shown) = collect::value(collect::borrowed(data), || scan.decimals(place, at));
            collector.push(&mut sheet, at.0, at.1, value, shown)?;
        }
        let merges = workbook.merge_cells_by_sheet_name(&listed.name).unwrap_or_default();
        sheet.merges = merges.iter().filter_map(|m| collect::merge(m.start, m.end)).collect();
        grid.sheets.push(Collector::finish(sheet));
    }
    Ok(grid)
}

/// A new container with nothing but the records: the one they came in may be built to mislead.
fn container(stream: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let room = Cursor::new(Vec::with_capacity(stream.len() + 8192));
    let mut file = CompoundFile::create_with_version(Version::V3, room).map_err(Unreadable::damaged)?;
    let mut workbook = file.create_stream("/Workbook").map_err(Unreadable::damaged)?;
    workbook.write_all(stream).map_err(Unreadable::damaged)?;
    drop(workbook);
    file.flush().map_err(Unreadable::damaged)?;
    Ok(file.into_inner().into_inner())
}
