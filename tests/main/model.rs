//! What the fixture says, cell by cell, held against a recorded copy and against the text that was published.

use serde_json::Value as Json;
use yusuan::edge::json;
use yusuan::model::Key;
use yusuan::template::{Body, ColumnKind};
use yusuan::value::text::{fold, fold_label};

use crate::support::{FORMATS, amounts, budget_of, fixture, fixture_in, path, template};

fn model(format: &str) -> Json {
    serde_json::from_str(&json::budget(&budget_of(fixture_in(format)).budget).unwrap()).unwrap()
}

#[test]
fn the_model_of_the_fixture_is_the_recorded_one() {
    let golden = path("golden/434007.json");
    let pretty = serde_json::to_string_pretty(&model("xlsx")).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|v| v == "1") {
        std::fs::write(&golden, &pretty).unwrap();
    }
    let recorded = std::fs::read_to_string(&golden).unwrap();
    let first = pretty.lines().zip(recorded.lines()).enumerate().find(|(_, (now, then))| now != then);
    assert_eq!(first, None, "the first line that differs: now, recorded");
    assert_eq!(pretty.len(), recorded.len());
}

#[test]
fn the_three_formats_hold_one_model() {
    fn without_files(json: &mut Json) {
        match json {
            Json::Object(object) => {
                object.retain(|key, _| !matches!(key.as_str(), "file" | "sources"));
                object.values_mut().for_each(without_files);
            }
            Json::Array(array) => array.iter_mut().for_each(without_files),
            _ => {}
        }
    }
    let [xlsx, xls, ods] = FORMATS.map(|format| {
        let mut model = model(format);
        without_files(&mut model);
        model
    });
    assert_eq!(xls, xlsx);
    assert_eq!(ods, xlsx);
}

/// A printed amount: the table, code and label of its row, the place of its column, the amount.
type Printed = (String, String, usize, String);

/// The amounts of the nine tables in the published text, in its order.
fn published() -> Vec<Printed> {
    let published = std::fs::read_to_string(path("fixtures/hebei-unit-2023/published.txt")).unwrap();
    let mut printed = Vec::new();
    let mut table = None;
    for line in published.lines() {
        if let Some((titled, _)) = template().titles.get(&fold(line)) {
            table = Some(&template().tables[*titled]);
        }
        let Some(table) = table else { continue };
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() < 2 || cells[0].parse::<u32>().is_err() {
            continue;
        }
        for (place, column) in table.columns.iter().enumerate() {
            let Some(written) = cells.get(place).map(|c| c.trim()).filter(|c| !c.is_empty()) else { continue };
            if column.declared.kind == ColumnKind::Amount {
                let side = column.side.unwrap_or(0);
                let label = cells[table.label_column(side).unwrap()];
                let code = table.columns_of(ColumnKind::Code).map(|c| cells[c]).collect::<String>();
                printed.push((table.declared.id.clone(), format!("{code} {}", fold_label(label)), place, written.to_owned()));
            }
        }
    }
    printed
}

/// The amounts of the nine tables in the model, in the order of their cells, as they would be printed.
fn read() -> Vec<Printed> {
    let budget = budget_of(fixture()).budget;
    let mut read = Vec::new();
    for (filed, table) in budget.tables.iter().zip(&template().tables).filter(|(_, t)| t.declared.main) {
        let mut cells: Vec<_> = filed.amounts().collect();
        cells.sort_by_key(|(_, _, slot)| slot.site);
        for (row, column, slot) in cells {
            let row = &filed.rows[row];
            let code = if let Key::Code(code) = row.key { code.to_string() } else { String::new() };
            let label = format!("{code} {}", fold_label(&row.label));
            read.push((table.declared.id.clone(), label, column, slot.amount.unwrap().fixed(2)));
        }
    }
    read
}

#[test]
fn every_published_amount_stands_in_the_model_at_its_row_and_column() {
    let (published, read) = (published(), read());
    assert_eq!(published.len(), 199, "the nine tables print that many amounts");
    for (printed, read) in published.iter().zip(&read) {
        assert_eq!(printed, read);
    }
    assert_eq!(published.len(), read.len());
}

#[test]
fn the_amounts_of_the_assets_are_the_published_ones() {
    let budget = budget_of(fixture()).budget;
    let assets: Vec<String> = amounts(&budget).into_iter().filter(|a| a.starts_with("assets.")).collect();
    assert_eq!(
        assets,
        ["assets.general_equipment.value 228.4 C4", "assets.special_equipment.value 3.82 C5", "assets.furniture.value 5.1 C6"]
    );
    assert_eq!(amounts(&budget).len(), 202, "and nothing else in the whole budget is an amount");
}

#[test]
fn every_amount_remembers_the_cell_that_holds_it() {
    let budget = budget_of(fixture()).budget;
    for (filed, table) in budget.tables.iter().zip(&template().tables) {
        for (_, _, slot) in filed.amounts() {
            let site = slot.site.unwrap();
            let cell = fixture().sheets[usize::from(site.sheet)].cell(site.cell).unwrap();
            assert_eq!(cell.value, yusuan::grid::Value::Number(slot.amount.unwrap()), "{} {}", table.declared.id, site.cell);
        }
    }
}

#[test]
fn code_year_name_and_measure_are_read_from_the_captions() {
    let budget = budget_of(fixture()).budget;
    assert_eq!(budget.code.as_deref(), Some("434007"));
    assert_eq!(budget.name.as_deref(), Some("秦皇岛经济技术开发区营商环境服务中心"));
    assert_eq!(budget.year, Some(2023));
    for (filed, table) in budget.tables.iter().zip(&template().tables).filter(|(_, t)| t.has_amounts()) {
        assert_eq!(filed.measure, Some(table.measure), "{}", table.declared.id);
    }
}

#[test]
fn forms_institutions_and_narrative_are_read_too() {
    let budget = budget_of(fixture()).budget;
    let projects: Vec<&str> = budget.forms.iter().map(|f| f.project.as_str()).collect();
    assert_eq!(
        projects,
        [
            "电子公文交换平台短信费",
            "IPV6 通讯协议年费",
            "OA 电子公文交换平台运行维护年费",
            "电信宽带接入费",
            "机房设备维修及耗材",
            "联通宽带费及市政府公文交换专线费",
            "裸纤租用费",
            "门户网站技术升级与维护外包服务年费",
            "上网行为管理年费"
        ]
    );
    let indicators: Vec<usize> = budget.forms.iter().map(|f| f.indicators.len()).collect();
    assert_eq!(indicators, [8, 8, 8, 8, 11, 8, 9, 8, 8]);
    let narrative = template().narrative.as_ref().unwrap();
    let sections: Vec<_> = budget.narrative.iter().filter_map(|p| p.section).collect();
    for (place, section) in narrative.declared.section.iter().enumerate().filter(|(_, s)| s.id != "performance") {
        assert!(sections.contains(&place), "{} has a paragraph", section.id);
    }
    let lists = template().tables.iter().zip(&budget.tables).filter(|(t, _)| t.declared.body == Body::List && !t.has_amounts());
    let texts: Vec<&str> = lists.flat_map(|(_, f)| &f.rows).flat_map(|r| &r.texts).map(|(_, t)| t.text.as_str()).collect();
    assert_eq!(texts, ["秦皇岛经济技术开发区营商环境服务中心", "事业", "正科级", "财政性资金基本保证"]);
}
