//! Regions, levels and years are TOML alone: the real submissions of another district, and a district and a year made up here.

use std::sync::Arc;

use yusuan::edge::read;
use yusuan::finding::{Lang, in_sheet_order, tell};
use yusuan::grid::{Grid, Sheet, Value};
use yusuan::model::Budget;
use yusuan::stage::extract::{Extracted, extract};
use yusuan::stage::folded::Folded;
use yusuan::stage::recognise::{Recognised, Recogniser};
use yusuan::stage::{check, layout, recompute};
use yusuan::template::{Template, load};
use yusuan::value::CellRef;

use super::support::{address, amounts, editions, number, path, put, short, sources};

/// A district of its own: other titles, one column more, one row called otherwise, 元 instead of 万元.
const DISTRICT: &str = r#"
extends = "hebei/department-2025"

[edition]
title = "某市某区部门预算 2031 年"
region = "某市"
year = 2031
measure = "元"
marks = ["某市", "某区"]

[[table]]
id = "balance"
title = "某区{year}年部门收支预算汇总表"

[[table]]
id = "expenditure"
title = "某区{year}年部门支出预算汇总表"
column = [{ id = "reserve", after = "project", type = "amount", heading = ["预备项目"], width = 13 }]

[[rule]]
id = "A10"
equations = [
  "expenditure.$leaf.total := expenditure.$leaf.basic + expenditure.$leaf.project + expenditure.$leaf.reserve + expenditure.$leaf.operating + expenditure.$leaf.to_superior + expenditure.$leaf.to_subordinate",
  "expenditure.$branch.total = expenditure.$branch.basic + expenditure.$branch.project + expenditure.$branch.reserve + expenditure.$branch.operating + expenditure.$branch.to_superior + expenditure.$branch.to_subordinate",
]
"#;

/// The next year of an edition that is there.
const NEXT_YEAR: &str = r#"
extends = "hebei/unit-2023"

[edition]
title = "河北 单位预算信息公开 2031 年"
year = 2031

[[class]]
id = "f234"
drop = true

[[class]]
id = "f207"
label = "文化旅游体育支出"
variants = ["文化旅游体育与传媒支出", "文化体育与传媒支出"]
"#;

fn grid(below: &str) -> Grid {
    read::read(&std::fs::read(path(below)).unwrap(), below).unwrap()
}

fn with(name: &str, text: &str) -> (Arc<Template>, Vec<Arc<Template>>) {
    assert!(text.lines().count() < 40, "{name} is longer than an edition should be");
    let mut sources = sources().clone();
    sources.files.insert(format!("{name}.toml"), text.to_owned());
    let all: Vec<Arc<Template>> = sources.editions().iter().map(|n| Arc::new(load(n, &sources).unwrap())).collect();
    (all.iter().find(|t| t.name == name).unwrap().clone(), all)
}

/// The edition a workbook is found to follow.
fn recognised(grid: &Grid, editions: Vec<Arc<Template>>) -> String {
    match Recogniser::new(editions).recognise(&Folded::new(grid)).unwrap() {
        Recognised::Edition(fit) => fit.template.name.clone(),
        Recognised::Tie(fits) => format!("{:?}", fits.iter().map(|f| &f.template.name).collect::<Vec<_>>()),
        Recognised::Nothing => "nothing".to_owned(),
    }
}

/// All findings of a workbook that follows an edition, in short form.
fn findings(grid: &Grid, template: &Arc<Template>) -> (Budget, Vec<String>) {
    let Extracted { budget, mut findings } = extract(&Folded::new(grid), "filed.xlsx", template, None).unwrap();
    findings.extend(check::check(&budget));
    in_sheet_order(&mut findings);
    let shorts = findings.iter().map(|f| short(&tell(f, &budget, Lang::Zh))).collect();
    (budget, shorts)
}

/// A blank form of an edition filled in: basic and project expenditure of two codes, and the income for it.
fn filled(template: &Arc<Template>) -> Budget {
    let blank = layout::blank(template, None);
    let mut budget = extract(&Folded::new(&blank), "blank.xlsx", template, None).unwrap().budget;
    (budget.code, budget.name) = (Some("101001".into()), Some("某市某区某局".into()));
    let columns = |id: &str| template.tables[template.table(id).unwrap()].columns.len();
    for id in ["revenue", "expenditure", "gpb_expenditure"] {
        let place = template.table(id).unwrap();
        let table = &mut budget.tables[place];
        table.state = yusuan::model::State::Filled;
        for code in ["201", "20103", "2010301"] {
            let key = yusuan::model::Key::Code(code.parse().unwrap());
            table.push(yusuan::model::Row::new(key, "行政运行".into(), columns(id)));
        }
        table.link_parents(&template.tables[place].levels);
        let leaf = table.rows.len() - 1;
        let column = template.tables[place].column(if id == "revenue" { "fiscal" } else { "basic" }, 0).unwrap();
        table.rows[leaf].slots[column].amount = Some("12.5".parse().unwrap());
    }
    recompute::recompute(&mut budget);
    budget
}

#[test]
fn real_submissions_of_another_district_are_recognised_read_whole_and_clean() {
    for (file, edition, amounts) in
        [("区商务委2025单位预算", "shanghai-putuo/unit-2025", 300), ("区府办2025部门预算", "shanghai-putuo/department-2025", 221)]
    {
        let grid = grid(&format!("fixtures/shanghai-putuo/{file}.xlsx"));
        assert_eq!(recognised(&grid, editions()), edition);
        let template = editions().into_iter().find(|t| t.name == edition).unwrap();
        let (budget, findings) = findings(&grid, &template);
        assert_eq!(findings, Vec::<String>::new());
        let read: usize = budget.tables.iter().map(|t| t.amounts().count()).sum();
        assert_eq!(read, amounts, "{file}");
    }
}

#[test]
fn two_measures_in_one_workbook_are_both_read() {
    let template = editions().into_iter().find(|t| t.name == "shanghai-putuo/unit-2025").unwrap();
    let (budget, _) = findings(&grid("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx"), &template);
    let measure = |id: &str| budget.tables[template.table(id).unwrap()].measure.map(|m| m.word());
    assert_eq!((measure("balance"), measure("three_public")), (Some("元"), Some("万元")));
}

#[test]
fn a_code_whose_first_parts_stand_in_a_row_above_is_completed_and_that_is_noted() {
    let template = editions().into_iter().find(|t| t.name == "shanghai-putuo/unit-2025").unwrap();
    let mut grid = grid("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx");
    let before = amounts(&findings(&grid, &template).0);
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "单位支出预算总表").unwrap();
    let filled = |sheet: &Sheet, row: u32, col: u16| sheet.cell(CellRef::new(row, col)).is_some_and(|c| !c.is_blank());
    for row in 8..38 {
        let (second, third) = (filled(sheet, row, 1), filled(sheet, row, 2));
        if second {
            put(sheet, CellRef::new(row, 0), Value::Blank);
        }
        if third {
            put(sheet, CellRef::new(row, 1), Value::Blank);
        }
    }
    let (budget, found) = findings(&grid, &template);
    assert_eq!(amounts(&budget), before);
    assert_eq!(found, ["R38 note 单位支出预算总表!A10"]);
    // Without its 款 above, a 项 has no code.
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "单位支出预算总表").unwrap();
    put(sheet, "B10".parse().unwrap(), Value::Blank);
    assert!(findings(&grid, &template).1.contains(&"S04 error 单位支出预算总表!A11".to_owned()));
}

#[test]
fn a_second_line_below_the_only_one_fills_no_blank_of_it() {
    let template = editions().into_iter().find(|t| t.name == "shanghai-putuo/unit-2025").unwrap();
    let mut grid = grid("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx");
    let sheet = grid.sheets.iter_mut().find(|s| s.name.starts_with("单位“三公”")).unwrap();
    let name = sheet.name.clone();
    // B9 is blank.
    put(sheet, "B10".parse().unwrap(), number("2.5"));
    let (budget, found) = findings(&grid, &template);
    assert_eq!(budget.slot(address(&budget, "three_public.abroad.total")).amount, None);
    assert!(found.contains(&format!("R03 error {name}!B10")), "{found:?}");
}

#[test]
fn a_district_of_its_own_is_a_few_lines_and_no_program() {
    let (district, all) = with("some-city/department-2031", DISTRICT);
    let budget = filled(&district);
    let grid = layout::cleaned(&budget, &[]);
    assert_eq!(recognised(&grid, all), "some-city/department-2031");
    let (read, findings) = findings(&grid, &district);
    let broken: Vec<&String> =
        findings.iter().filter(|f| f.starts_with("A10") || f.starts_with('R') || f.starts_with("S02")).collect();
    assert_eq!(broken, Vec::<&String>::new());
    let place = district.table("expenditure").unwrap();
    let headings = grid.sheets.iter().find(|s| s.name == district.tables[place].declared.sheet).unwrap();
    assert!(headings.cells.iter().any(|c| c.text() == Some("预备项目")));
    assert_eq!(read.tables[place].measure.map(|m| m.word()), Some("元"));
    assert_eq!(read.tables[place].amounts().count(), budget.tables[place].amounts().count());
}

#[test]
fn the_next_year_is_a_few_lines_and_the_old_names_are_still_read() {
    let (next, all) = with("hebei/unit-2031", NEXT_YEAR);
    let old = grid("fixtures/hebei-unit-2023/434007_营商环境服务中心.xlsx");
    assert_eq!(recognised(&old, all.clone()), "hebei/unit-2023");
    let grid = layout::blank(&next, None);
    assert_eq!(recognised(&grid, all), "hebei/unit-2031");
    let texts: Vec<&str> = grid.sheets.iter().flat_map(|s| &s.cells).filter_map(|c| c.text()).collect();
    assert!(texts.contains(&"七、文化旅游体育支出") && texts.contains(&"三十、人行科目"));
    assert!(
        !grid
            .sheets
            .iter()
            .filter(|s| !s.hidden)
            .flat_map(|s| &s.cells)
            .any(|c| c.text().is_some_and(|t| t.contains("抗疫特别国债")))
    );
    // The old form read by the new edition: the dropped class is told, and nothing of it is lost.
    let (budget, findings) = findings(&old, &next);
    assert!(findings.iter().any(|f| f.starts_with("R13 note")));
    assert_eq!(budget.tables[0].amounts().count(), 9);
}

#[test]
fn a_year_without_an_edition_takes_the_nearest_of_its_region_and_says_so() {
    let mut grid = grid("fixtures/shanghai-putuo/区商务委2025单位预算.xlsx");
    for cell in grid.sheets.iter_mut().flat_map(|s| &mut s.cells) {
        if let Value::Text(text) = &mut cell.value {
            *text = text.replace("2025", "2027");
        }
    }
    assert_eq!(recognised(&grid, editions()), "shanghai-putuo/unit-2026");
    let template = editions().into_iter().find(|t| t.name == "shanghai-putuo/unit-2026").unwrap();
    assert!(findings(&grid, &template).1.iter().any(|f| f.starts_with("R13 note")));
}

/// The resolved whole of every edition, so that a change to a base shows in all that extend it. Rewritten with UPDATE_GOLDEN=1.
#[test]
fn every_edition_resolves_to_what_was_reviewed() {
    for edition in editions() {
        let resolved = toml::to_string_pretty(&edition.resolved).unwrap();
        let file = path(&format!("golden/editions/{}.toml", edition.name.replace('/', "_")));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &resolved).unwrap();
        }
        let reviewed = std::fs::read_to_string(&file).unwrap_or_default().replace('\r', "");
        assert!(
            reviewed == resolved,
            "{} resolves otherwise; rewrite it with UPDATE_GOLDEN=1 and read the difference",
            edition.name
        );
    }
}
