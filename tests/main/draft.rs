//! Drafting an edition from a blank form: known things keep their ids, new things are told, and the draft always loads.

use yusuan::edge::{read, write};
use yusuan::grid::{Cell, Grid, Look, Sheet, Value};
use yusuan::stage::draft::{Draft, Fact, draft};
use yusuan::stage::folded::Folded;
use yusuan::stage::layout::{self, Filer};
use yusuan::template::{Sources, Template, load, printed};
use yusuan::value::{Area, CellRef};

use super::support::{editions, fixture, move_cells, path, put, sheet, sources, text};

/// The district's own blank workbook, from the record of its texts and merges.
fn issued(name: &str) -> Grid {
    let record = std::fs::read_to_string(path(&format!("fixtures/shanghai-putuo/blank/{name}.txt"))).unwrap();
    let mut grid = Grid::default();
    for line in record.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            grid.sheets.push(Sheet { name: name.to_owned(), ..Sheet::default() });
            continue;
        }
        let sheet = grid.sheets.last_mut().unwrap();
        let (at, said) = line.split_once('\t').unwrap();
        if at == "merge" {
            let (first, last) = said.split_once(':').unwrap();
            sheet.merges.push(Area::new(first.parse().unwrap(), last.parse().unwrap()));
        } else {
            let value = match said.parse() {
                Ok(number) if !said.starts_with('0') => Value::Number(number),
                _ => text(&said.replace("\\n", "\n")),
            };
            sheet.cells.push(Cell::new(at.parse().unwrap(), value, Look::Plain));
        }
    }
    grid.sheets.iter_mut().for_each(Sheet::sort);
    grid
}

/// The draft of a form, with the editions whose names pass.
fn drafted(grid: &Grid, extends: Option<&str>, is_known: impl Fn(&str) -> bool) -> Draft {
    let editions = editions();
    let known: Vec<&Template> = editions.iter().map(AsRef::as_ref).filter(|e| is_known(&e.name)).collect();
    let extended = extends.map(|name| *known.iter().find(|e| e.name == name).unwrap());
    draft(&Folded::new(grid), extended, &known, sources()).unwrap()
}

/// The draft as the edition that a program which finds its file would load.
fn loaded(draft: &Draft) -> Template {
    let mut with: Sources = sources().clone();
    with.files.insert("new.toml".to_owned(), printed(&draft.written));
    load("new", &with).unwrap_or_else(|e| panic!("{e}\n{}", printed(&draft.written)))
}

/// What an edition says of its form: all but the words that it also accepts, widths, and rules.
fn form(template: &Template) -> Vec<String> {
    let mut lines = vec![format!("{} {:?} {:?}", template.about.measure, template.about.year, template.about.level)];
    lines.push(format!("{} {:?} {}", template.document.title, template.document.cover_lines, template.document.tables_heading));
    for table in &template.tables {
        let d = &table.declared;
        let captions: Vec<&str> = table.captions.iter().map(|c| template.captions[*c].declared.text.as_str()).collect();
        lines.push(format!("{} {} {} {:?} {} {captions:?}", d.id, d.title, d.sheet, d.body, table.measure.word()));
        lines.push(format!("{} {} {:?} {:?}", d.numbered, d.blank_rows, d.blank_gaps, d.empty_note));
        for c in table.columns.iter().map(|c| &c.declared) {
            lines.push(format!(
                "  {} {:?} {:?} {:?} {} {:?} {:?} {}",
                c.id, c.kind, c.heading, c.cell, c.side, c.list, c.levels, c.number
            ));
        }
        for r in &d.row {
            lines.push(format!("  {} {} {} {:?} {} {} {:?}", r.id, r.label, r.side, r.beside, r.last, r.across, r.classes));
        }
    }
    lines
}

/// Fails with the lines that differ.
fn same(one: &[String], other: &[String], what: &str) {
    let only = |a: &[String], b: &[String]| a.iter().filter(|l| !b.contains(l)).cloned().collect::<Vec<_>>().join("\n");
    assert_eq!(only(one, other), only(other, one), "{what}");
    let moved: Vec<_> = one.iter().zip(other).filter(|(a, b)| a != b).collect();
    assert!(moved.is_empty(), "{what}: in another order: {moved:#?}");
}

fn edition(name: &str) -> std::sync::Arc<Template> {
    editions().into_iter().find(|t| t.name == name).unwrap()
}

#[test]
fn the_issued_workbooks_differ_in_nothing_from_the_editions_written_by_hand() {
    for name in ["department-2026", "unit-2026"] {
        let hand = format!("shanghai-putuo/{name}");
        let draft = drafted(&issued(name), Some(&hand), |_| true);
        assert_eq!(printed(&draft.written), format!("extends = \"{hand}\"\n"));
        assert!(draft.remarks.iter().all(|r| matches!(r.fact, Fact::NoTable { .. })), "{:?}", draft.remarks);
    }
}

#[test]
fn the_form_of_the_units_drafted_from_that_of_the_departments_is_the_one_written_by_hand() {
    let draft = drafted(&issued("unit-2026"), Some("shanghai-putuo/department-2026"), |_| true);
    same(&form(&loaded(&draft)), &form(&edition("shanghai-putuo/unit-2026")), "unit");
    assert!(printed(&draft.written).lines().count() < 110, "the difference is longer than it need be");
}

#[test]
fn a_whole_edition_drafted_without_a_base_stands_alone() {
    let draft = drafted(&issued("department-2026"), None, |_| true);
    assert_eq!(draft.base, "shanghai-putuo/department-2026");
    assert!(!draft.written.contains_key("extends"));
    let whole = loaded(&draft);
    let hand = edition("shanghai-putuo/department-2026");
    same(&form(&whole), &form(&hand), "department");
    let rules = |t: &Template| t.rules.iter().map(|r| r.declared.id.clone()).collect::<Vec<_>>();
    assert_eq!(rules(&whole), rules(&hand));
}

/// With no edition of the region at hand: what is proposed, and what is told. Rewritten with UPDATE_GOLDEN=1.
#[test]
fn a_form_of_a_region_without_edition_is_drafted_from_another_region_as_reviewed() {
    for name in ["department-2026", "unit-2026"] {
        let draft = drafted(&issued(name), Some("hebei/unit-2023"), |e| !e.starts_with("shanghai"));
        let ids = |t: &Template| t.tables.iter().map(|t| t.declared.id.clone()).collect::<Vec<_>>();
        let known = loaded(&draft);
        assert_eq!(ids(&known), ids(&edition(&format!("shanghai-putuo/{name}"))));
        let told: String =
            draft.remarks.iter().map(|r| format!("# {} {:?} {:?}\n", r.sheet, r.cell.map(|c| c.to_string()), r.fact)).collect();
        let said = format!("{told}{}", printed(&draft.written));
        let reviewed = path(&format!("golden/draft/{name}.toml"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(reviewed.parent().unwrap()).unwrap();
            std::fs::write(&reviewed, &said).unwrap();
        }
        assert_eq!(said, std::fs::read_to_string(reviewed).unwrap_or_default().replace('\r', ""), "{name}");
    }
}

/// A blank form as it is seen: written, read, and without the rows that are hidden until they are needed.
fn without_spare_rows(form: &Grid) -> Grid {
    let mut seen = read::read(&write::write(form).unwrap(), "blank.xlsx").unwrap();
    for (sheet, drawn) in seen.sheets.iter_mut().zip(&form.sheets) {
        let Some((first, last)) = drawn.drawing.entry.as_ref().and_then(|e| e.spare_rows) else { continue };
        sheet.cells.retain(|c| !(first..=last).contains(&c.at.row));
        move_cells(sheet, &|at| CellRef::new(if at.row > last { at.row - (last + 1 - first) } else { at.row }, at.col));
    }
    seen
}

#[test]
fn the_own_blank_form_of_every_edition_differs_in_nothing_that_its_form_shows() {
    for template in editions() {
        let filer = Filer { code: Some("434007".into()), name: Some("某某中心".into()), year: template.about.year };
        let blank = without_spare_rows(&layout::blank_for(&template, filer));
        let draft = drafted(&blank, Some(&template.name), |_| true);
        same(&form(&loaded(&draft)), &form(&template), &template.name);
    }
}

#[test]
fn a_new_year_is_a_short_difference() {
    let mut grid = issued("unit-2026");
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(said) = &mut cell.value {
            *said = said.replace("2026年", "2027年");
        }
    }
    let at = |name: &str| name.parse::<CellRef>().unwrap();
    let balance = grid.sheets.iter_mut().find(|s| s.name == "单位收支总表").unwrap();
    put(balance, at("A16"), text("四、财政专户管理资金"));
    put(balance, at("A17"), text("五、彩票公益金"));
    put(balance, at("A18"), text("六、其他收入"));
    let revenue = grid.sheets.iter_mut().find(|s| s.name == "单位收入总表").unwrap();
    put(revenue, at("I7"), text("财政专户管理资金"));
    put(revenue, at("J7"), text("彩票公益金"));
    put(revenue, at("K7"), text("其他收入"));
    revenue.merges.retain(|m| m.first != at("E6"));
    revenue.merges.extend([Area::new(at("E6"), at("K6")), Area::new(at("J7"), at("J8")), Area::new(at("K7"), at("K8"))]);
    let draft = drafted(&grid, Some("shanghai-putuo/unit-2026"), |_| true);
    let expected = r#"extends = "shanghai-putuo/unit-2026"

[edition]
title = "上海市普陀区 单位预算 2027 年"
year = 2027

[[table]]
id = "balance"
row = [
  { id = "inc_special", after = "inc_operating", side = "income", label = "四、财政专户管理资金", variants = ["财政专户管理资金", "财政专户收入", "财政专户核拨资金", "四、财政专户管理资金收入"] },
  { id = "new_row_1", after = "inc_special", side = "income", label = "五、彩票公益金" },
  { id = "inc_other", label = "六、其他收入" },
]

[[table]]
id = "revenue"
column = [
  { id = "special", after = "operating", type = "amount", heading = ["收入预算", "财政专户管理资金"], width = 14, variants = ["财政专户管理资金收入", "专户管理教育收费", "财政专户收入"] },
  { id = "new_1", after = "special", type = "amount", heading = ["收入预算", "彩票公益金"], width = 14 },
]
"#;
    assert_eq!(printed(&draft.written), expected);
    let told: Vec<&Fact> = draft.remarks.iter().map(|r| &r.fact).filter(|f| !matches!(f, Fact::NoTable { .. })).collect();
    let told: String = told.iter().map(|f| format!("{f:?}\n")).collect();
    for part in [
        "Borrowed { id: \"special\"",
        "NewRow { id: \"new_row_1\"",
        "NewColumn { id: \"new_1\"",
        "RulesToReview { id: \"revenue\", rules: [\"A07\"",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    loaded(&draft);
}

#[test]
fn a_filled_workbook_is_a_form_too() {
    let putuo = std::fs::read(path("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx")).unwrap();
    let putuo = read::read(&putuo, "filled.xlsx").unwrap();
    for (filled, name) in [(fixture(), "hebei/unit-2023"), (&putuo, "shanghai-putuo/unit-2025")] {
        let draft = drafted(filled, Some(name), |_| true);
        let ids = |t: &Template| t.tables.iter().map(|t| t.declared.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&loaded(&draft)), ids(&edition(name)));
        assert_eq!(draft.remarks, [], "{name}");
    }
}

#[test]
fn a_workbook_without_a_table_gives_no_draft() {
    let grid = super::support::grid("== 说明\n本表由各单位填报\n请于月底前报送");
    let editions = editions();
    let known: Vec<&Template> = editions.iter().map(AsRef::as_ref).collect();
    assert!(draft(&Folded::new(&grid), None, &known, sources()).is_err());
    assert_eq!(sheet(&grid, "说明").cells.len(), 2);
}
