//! Tells whose tables a workbook holds, and parts one that holds several budgets; never reads an amount.

use super::extract::{line_fields, lines_above};
use super::folded::{Folded, FoldedSheet};
use super::locate::{self, Located, Region};
use crate::grid::{Grid, Sheet};
use crate::template::{Body, Template};
use crate::value::text;

/// The unit and the year that tables name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whose {
    /// Code of the unit.
    pub code: Option<String>,
    /// Name of the unit, folded.
    pub name: Option<String>,
    /// The budget year.
    pub year: Option<i32>,
}

impl Whose {
    /// Whether nothing contradicts that both are the same budget, and something says so.
    pub fn is_same(&self, other: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b);
        let years = self.year.zip(other.year).is_none_or(|(a, b)| a == b);
        years && same(&self.code, &other.code).or_else(|| same(&self.name, &other.name)).unwrap_or(false)
    }

    /// Whether no unit is named.
    pub fn is_nobody(&self) -> bool {
        self.code.is_none() && self.name.is_none()
    }
}

/// The tables of a workbook by their ids, and whose they are.
pub fn holdings(folded: &Folded<'_>, located: &Located, template: &Template) -> (Vec<String>, Whose) {
    let regions = &located.regions;
    let mut whose = Whose::default();
    for said in regions.iter().map(|region| said(folded, region, template)) {
        whose.code = whose.code.or(said.code);
        whose.name = whose.name.or(said.name);
        whose.year = whose.year.or(said.year);
    }
    let mut tables: Vec<String> = regions.iter().map(|r| template.tables[r.table].declared.id.clone()).collect();
    tables.sort();
    tables.dedup();
    (tables, whose)
}

/// What the lines above a table and its title say.
fn said(folded: &Folded<'_>, region: &Region, template: &Template) -> Whose {
    let mut whose = Whose::default();
    for (line, _) in lines_above(&folded.sheets[region.sheet], region) {
        let fields = line_fields(&line, template);
        whose.code = whose.code.or(fields.code);
        whose.name = whose.name.or(fields.name.map(|n| text::fold(&n)));
        whose.year = whose.year.or(fields.year);
    }
    whose
}

/// One budget of a workbook of several.
struct Share {
    whose: Whose,
    /// How many tables name it.
    tables: usize,
}

/// The budgets of a workbook that holds the tables of several units or years, each as a workbook of its own in which every
/// cell keeps its place; empty where it holds one. A few tables of somebody else are a mistake and no budget.
pub fn parts(folded: &Folded<'_>, located: &Located, template: &Template) -> Vec<Grid> {
    let mut regions: Vec<&Region> =
        located.regions.iter().filter(|r| template.tables[r.table].declared.body != Body::Form).collect();
    regions.sort_by_key(|r| (r.sheet, r.rows.start));
    let named: Vec<Whose> = regions.iter().map(|region| said(folded, region, template)).collect();
    let shares = shares(&named);
    if shares.len() < 2 || !located.cuts.is_empty() {
        return Vec::new();
    }
    // What names nobody, or somebody with too few tables, belongs to the budget before it.
    let mut owners: Vec<Option<usize>> = named.iter().map(|n| shares.iter().position(|s| s.whose.is_same(n))).collect();
    let first = owners.iter().flatten().next().copied();
    let mut before = first;
    for owner in &mut owners {
        *owner = owner.or(before);
        before = *owner;
    }
    let forms: Vec<Option<usize>> = folded.sheets.iter().map(|sheet| form(sheet, template)).collect();
    let mut grids = vec![Grid::default(); shares.len()];
    let mut before = first.unwrap_or(0);
    for (place, sheet) in folded.sheets.iter().enumerate() {
        let own: Vec<(u32, usize)> =
            regions.iter().zip(&owners).filter(|(r, _)| r.sheet == place).map(|(r, o)| (r.rows.start, o.unwrap_or(0))).collect();
        let named = || by_name(sheet, &shares).or_else(|| by_turn(&forms, place, shares.len()));
        let alone = if own.is_empty() { named().unwrap_or(before) } else { before };
        for (share, grid) in grids.iter_mut().enumerate() {
            let begins = own.first().map_or(alone, |(_, owner)| *owner);
            let above = |row: u32| own[..own.partition_point(|(start, _)| *start <= row)].last();
            let is_of = |row: u32| above(row).map_or(begins, |(_, owner)| *owner) == share;
            grid.sheets.extend(only(sheet.sheet, is_of));
        }
        before = own.last().map_or(before, |(_, owner)| *owner);
    }
    grids
}

/// The budget whose unit the first lines of a sheet without tables name.
fn by_name(sheet: &FoldedSheet<'_>, shares: &[Share]) -> Option<usize> {
    let mut lines = sheet.cells().take(8).map(|(_, folded)| folded);
    lines.find_map(|line| shares.iter().position(|s| s.whose.name.as_ref().is_some_and(|name| line.contains(name.as_str()))))
}

/// Forms name nobody: where as many sheets hold them as there are budgets, each budget has the one of its turn.
fn by_turn(forms: &[Option<usize>], place: usize, shares: usize) -> Option<usize> {
    let own = forms[place]?;
    let alike = |forms: &[Option<usize>]| forms.iter().filter(|form| **form == Some(own)).count();
    (alike(forms) == shares).then(|| alike(&forms[..place]))
}

/// The form that a sheet begins with.
fn form(sheet: &FoldedSheet<'_>, template: &Template) -> Option<usize> {
    let mut titles = sheet.cells().filter_map(|(cell, folded)| locate::title_of(cell.text()?, folded, template));
    titles.next().filter(|table| template.tables[*table].declared.body == Body::Form)
}

/// Those that have at least half as many tables as the one with the most.
fn shares(named: &[Whose]) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for whose in named.iter().filter(|w| !w.is_nobody()) {
        match shares.iter_mut().find(|s| s.whose.is_same(whose)) {
            Some(share) => {
                share.tables += 1;
                share.whose.year = share.whose.year.or(whose.year);
            }
            None => shares.push(Share { whose: whose.clone(), tables: 1 }),
        }
    }
    let most = shares.iter().map(|s| s.tables).max().unwrap_or(0);
    shares.retain(|s| s.tables * 2 >= most);
    shares
}

/// The rows of a sheet that belong to one budget; `None` where there are none.
fn only(sheet: &Sheet, is_of: impl Fn(u32) -> bool) -> Option<Sheet> {
    let cells: Vec<_> = sheet.cells.iter().filter(|c| is_of(c.at.row)).cloned().collect();
    if cells.is_empty() {
        return None;
    }
    let merges = sheet.merges.iter().filter(|m| is_of(m.first.row)).copied().collect();
    let formulas = sheet.formulas.iter().filter(|f| is_of(f.at.row)).cloned().collect();
    Some(Sheet { cells, merges, formulas, ..sheet.clone() })
}
