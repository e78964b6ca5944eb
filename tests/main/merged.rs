//! `yusuan merge` on the command line: what it prints, what it writes, and the status it ends with.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value as Json;
use tempfile::TempDir;
use yusuan::edge::{read, write};
use yusuan::model::{Budget, Key, Row, Site, State, Text};
use yusuan::stage::layout;
use yusuan::stage::layout::merged::LISTED;
use yusuan::value::{Amount, CellRef};

use crate::submissions::Submissions;
use crate::support::template;

/// A folder with the workbooks of some units.
struct Folder {
    temporary: TempDir,
}

impl Folder {
    fn with(codes: &[&str]) -> Self {
        Self::changed(codes, &|_, _| {})
    }

    /// The same after a change to the budget of each unit, by its place.
    fn changed(codes: &[&str], change: &dyn Fn(usize, &mut Budget)) -> Self {
        let folder = Self { temporary: tempfile::tempdir().unwrap() };
        let mut submissions = Submissions::new(template());
        std::fs::create_dir(folder.path("units")).unwrap();
        for (number, code) in codes.iter().enumerate() {
            let name = format!("第{code}单位");
            let mut budget = Budget { code: Some((*code).into()), name: Some(name), ..submissions.budget(number) };
            change(number, &mut budget);
            let mut grid = layout::cleaned(&budget, &[]);
            grid.sheets.pop();
            grid.mark = None;
            std::fs::write(folder.path(&format!("units/{code}.xlsx")), write::write(&grid).unwrap()).unwrap();
        }
        folder
    }

    fn path(&self, below: &str) -> PathBuf {
        self.temporary.path().join(below)
    }

    /// Runs the merger in the folder: its status, output and errors.
    fn merge(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = cargo_bin_cmd!("yusuan");
        let output = command.current_dir(self.temporary.path()).arg("merge").args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, name: &str) -> Vec<Json> {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn sheets(&self, name: &str) -> Vec<String> {
        let bytes = std::fs::read(self.path(name)).unwrap();
        read::read(&bytes, name).unwrap().sheets.into_iter().map(|s| s.name).collect()
    }
}

fn written(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_folder_of_units_becomes_one_workbook_and_its_data() {
    let folder = Folder::with(&["401001", "401002", "401003"]);
    let (status, out, err) = folder.merge(&["units", "-o", "out/401.xlsx", "--name", "第401局"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("共 3 份预算，计入 3 份，未计入 0 份，缺 0 个单位"), "{out}");
    assert!(out.contains(" + 抵销 0 + ") && out.contains(" + 剔除 0"), "{out}");
    let sheets = folder.sheets("out/401.xlsx");
    for name in ["封面", "目录", "收支总表", "成员清单", "分单位汇总", "各单位问题", "项目清单", "汇总底稿"]
    {
        assert!(sheets.iter().any(|s| s == name), "{name} {sheets:?}");
    }
    // Every leaf of the data is the sum of its parts, and every part has its file and cell.
    let cells = folder.json("out/401.jsonl");
    assert!(cells.len() > 300);
    for cell in &cells {
        assert_eq!(cell["schema"], "yusuan.trace/1");
        let parts = cell["parts"].as_array().unwrap();
        let added = || parts.iter().filter(|p| p["fate"] == "added");
        assert!(parts.iter().all(|p| p["file"].as_str().unwrap().starts_with("units/40100") && p["at"].is_string()));
        if added().next().is_some() && cell["computed"].is_null() {
            let number = |text: &Json| text.as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
            assert_eq!(number(&cell["amount"]), added().map(|p| number(&p["counted"])).sum(), "{cell}");
        }
    }
    // The same once more, in another order and with more jobs, gives the same bytes.
    let again = ["units/401003.xlsx", "units/401001.xlsx", "units/401002.xlsx", "-o", "out/again/401.xlsx", "--name", "第401局"];
    assert_eq!(folder.merge(&[&again[..], &["--jobs", "3"]].concat()).0, 0);
    for name in ["401.xlsx", "401.jsonl"] {
        let bytes = |below: &str| std::fs::read(folder.path(below).join(name)).unwrap();
        assert!(bytes("out") == bytes("out/again"), "{name}");
    }
}

#[test]
fn a_cell_is_traced_to_the_cells_of_its_members() {
    let folder = Folder::with(&["401001", "401002"]);
    let (status, out, _) = folder.merge(&["units", "--trace", "balance.inc_gpb.amount"]);
    assert_eq!(status, 0);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("balance.inc_gpb.amount  收支总表!C6 "), "{out}");
    assert!(lines[1].contains("401001 第401001单位  units/401001.xlsx 收支总表!C6"), "{out}");
    assert!(lines[2].contains("401002 第401002单位  units/401002.xlsx 收支总表!C6"), "{out}");
    assert!(lines[3].contains("2 个数，合计"), "{out}");
    let (status, _, err) = folder.merge(&["units", "--trace", "balance.nothing.amount"]);
    assert_eq!(status, 2);
    assert!(err.contains("汇总中没有“balance.nothing.amount”这一格"), "{err}");
}

#[test]
fn a_register_says_who_is_missing_and_who_does_not_belong() {
    let folder = Folder::with(&["401001", "402001", "777001"]);
    let register = "单位代码,单位名称,主管部门\n9,全区,\n401,甲局,9\n402,乙局,9\n401001,第401001单位,401\n401002,甲局二所,401\n402001,第402001单位,402\n";
    written(&folder.path("名册.csv"), register);
    let arguments = ["units", "-o", "全区.xlsx", "--register", "名册.csv", "--fail-on", "error"];
    let (status, out, err) = folder.merge(&arguments);
    assert_eq!((status, err.as_str()), (1, ""), "{out}");
    assert!(out.contains("缺少 1 个单位：401002 甲局二所"), "{out}");
    assert!(out.contains("单位名册中没有这个单位，没有计入"), "{out}");
    assert!(out.contains("共 3 份预算，计入 2 份，未计入 1 份，缺 1 个单位"), "{out}");
    let bytes = std::fs::read(folder.path("全区.xlsx")).unwrap();
    let grid = read::read(&bytes, "全区.xlsx").unwrap();
    let texts = |name: &str| -> Vec<String> {
        let sheet = grid.sheets.iter().find(|s| s.name == name).unwrap();
        sheet.cells.iter().filter_map(|c| c.text().map(str::to_owned)).collect()
    };
    assert_eq!(texts("成员清单").iter().filter(|t| *t == "未报送").count(), 1);
    assert!(texts("成员清单").iter().any(|t| t == "不在名册，未计入"));
    assert!(texts("分单位汇总").iter().any(|t| t == "401 甲局 小计"));
    assert!(texts("封面").iter().any(|t| t == "全区2023年部门预算汇总"));
    written(&folder.path("坏.csv"), "单位代码,单位名称,主管部门\n1,甲,2\n");
    let (status, _, err) = folder.merge(&["units", "-o", "x.xlsx", "--register", "坏.csv"]);
    assert_eq!(status, 2);
    assert!(err.contains("主管部门“2”不在名册中"), "{err}");
    assert!(!folder.path("x.xlsx").exists());
}

#[test]
fn departments_are_merged_from_their_own_summaries() {
    let folder = Folder::with(&["401001", "401002", "402001", "402002"]);
    for department in ["401", "402"] {
        let units: Vec<String> = (1..3).map(|n| format!("units/{department}00{n}.xlsx")).collect();
        let (status, out, err) = folder.merge(&[&units[0], &units[1], "-o", &format!("{department}.xlsx"), "--name", department]);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
    }
    let (_, once, _) = folder.merge(&["units", "-o", "one.xlsx", "--name", "全区"]);
    let (_, twice, _) = folder.merge(&["401.xlsx", "402.xlsx", "-o", "two.xlsx", "--name", "全区"]);
    assert!(once.contains("共 4 份预算，计入 4 份") && twice.contains("共 4 份预算，计入 4 份"), "{twice}");
    let amounts = |name: &str| -> Vec<(String, Json)> {
        let cells = folder.json(name);
        cells.iter().map(|c| (c["cell"].as_str().unwrap().to_owned(), c["amount"].clone())).collect()
    };
    assert_eq!(amounts("one.jsonl"), amounts("two.jsonl"));
}

/// Gives a unit so many purchases, each with eight amounts.
fn purchase(budget: &mut Budget, count: u32) {
    let template = budget.template.clone();
    let place = template.table("procurement").unwrap();
    let column = |id: &str| template.tables[place].column(id, 0).unwrap();
    let table = &mut budget.tables[place];
    table.rows.clear();
    (table.state, table.measure) = (State::Filled, Some(template.tables[place].measure));
    for number in 1..=count {
        let mut row = Row::new(Key::Free(number), String::new(), template.tables[place].columns.len());
        let site = Site { sheet: 0, cell: CellRef::new(0, 0) };
        row.texts.push((column("item"), Text { text: format!("第{number}件"), site }));
        row.site = Some(site);
        for (tail, id) in (0i64..).zip(["project_budget", "qty", "price", "total", "gpb", "fund", "soe", "unit_funds"]) {
            row.slots[column(id)].amount = Some(Amount::from(i64::from(number) + tail));
        }
        table.push(row);
    }
}

#[test]
fn more_amounts_than_a_workbook_lists_stand_beside_it_and_are_read_again_with_it() {
    let codes = ["401001", "401002", "402001"];
    let folder = Folder::changed(&codes, &|place, budget| purchase(budget, [LISTED as u32 / 16, LISTED as u32 / 16, 2][place]));
    let (status, out, err) = folder.merge(&["units", "-o", "one.xlsx", "--name", "全区"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    let (status, out, _) = folder.merge(&["units/401001.xlsx", "units/401002.xlsx", "-o", "401.xlsx", "--name", "甲局"]);
    assert_eq!(status, 0, "{out}");
    // The workbook says where the amounts are, and its cells are numbers.
    let grid = read::read(&std::fs::read(folder.path("401.xlsx")).unwrap(), "401.xlsx").unwrap();
    let sheet = |name: &str| grid.sheets.iter().find(|s| s.name == name).unwrap();
    let said: Vec<&str> = sheet("汇总底稿").cells.iter().filter(|c| c.at.row > 1).filter_map(|c| c.text()).collect();
    assert!(said.len() == 2 && said[0].contains("“401.jsonl”") && said[1].starts_with("sha256:"), "{said:?}");
    let cells = folder.json("401.jsonl");
    let parts: usize = cells.iter().map(|c| c["parts"].as_array().unwrap().len()).sum();
    assert!(parts > LISTED && said[0].contains(&format!(" {parts} ")), "{parts} {said:?}");
    let formulas: Vec<&str> = sheet("收支总表").formulas.iter().map(|f| f.text.as_str()).collect();
    assert!(!formulas.is_empty() && formulas.iter().all(|f| !f.contains("汇总底稿")), "{formulas:?}");
    // Merging in two steps is merging in one, to the last amount and its cell.
    let (status, out, err) = folder.merge(&["401.xlsx", "units/402001.xlsx", "-o", "two.xlsx", "--name", "全区"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("共 3 份预算，计入 3 份"), "{out}");
    assert!(folder.json("one.jsonl") == folder.json("two.jsonl"));
    // Without its data, or with other data, it is no input.
    let data = std::fs::read_to_string(folder.path("401.jsonl")).unwrap();
    written(&folder.path("401.jsonl"), &data.replacen("第401001单位", "第401009单位", 1));
    let (status, _, err) = folder.merge(&["401.xlsx", "-o", "three.xlsx"]);
    assert!(status == 2 && err.contains("“401.jsonl”不是与“401.xlsx”一起写出的那一份"), "{status} {err}");
    std::fs::remove_file(folder.path("401.jsonl")).unwrap();
    let (status, _, err) = folder.merge(&["401.xlsx", "-o", "three.xlsx"]);
    assert!(status == 2 && err.contains("“401.xlsx”的汇总底稿在“401.jsonl”中"), "{status} {err}");
    assert!(!folder.path("three.xlsx").exists());
}

#[test]
fn what_cannot_be_read_is_told_and_what_cannot_be_merged_is_refused() {
    let folder = Folder::with(&["401001"]);
    written(&folder.path("units/坏.xlsx"), "no workbook");
    let (status, out, _) = folder.merge(&["units", "-o", "a.xlsx"]);
    assert_eq!(status, 3);
    assert!(out.contains("units/坏.xlsx") && out.contains("无法读取") && out.contains("计入 1 份"), "{out}");
    let (status, _, err) = folder.merge(&["units/401001.xlsx", "-o", "units/401001.xlsx"]);
    assert_eq!(status, 2);
    assert!(err.contains("是本次的输入文件"), "{err}");
    let (status, _, err) = folder.merge(&["units/坏.xlsx", "-o", "b.xlsx"]);
    assert_eq!((status, folder.path("b.xlsx").exists()), (2, false));
    assert!(err.contains("没有可以汇总的预算"), "{err}");
    let (status, _, err) = folder.merge(&["units/401001.xlsx", "-o", "b.csv"]);
    assert!(status == 2 && err.contains("扩展名应为 .xlsx"), "{err}");
    written(&folder.path("名册.csv"), "单位代码,单位名称\n999001,别的单位\n");
    let (status, out, err) = folder.merge(&["units/401001.xlsx", "-o", "b.xlsx", "--register", "名册.csv"]);
    assert_eq!(status, 2);
    assert!(out.contains("单位名册中没有这个单位") && err.contains("没有一份预算可以计入汇总"), "{out} {err}");
}

#[test]
fn a_list_of_eliminations_is_read_with_its_measure() {
    let folder = Folder::with(&["401001", "401002"]);
    written(&folder.path("抵销.csv"), "付款单位,收款单位,项目,金额（元）\n401001,401002,上级补助收入,5000\n");
    let (status, out, err) = folder.merge(&["units", "-o", "a.xlsx", "--eliminations", "抵销.csv"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("抵销单 A2 没有执行（401001 → 401002 上级补助收入 5000）：成员没有这个数，或不够抵销"), "{out}");
    written(&folder.path("错.csv"), "付款单位,收款单位,项目,金额\n401001,401002,上级补助收入,五千\n");
    let (status, _, err) = folder.merge(&["units", "-o", "b.xlsx", "--eliminations", "错.csv"]);
    assert_eq!(status, 2);
    assert!(err.contains("第 2 行的金额“五千”不是数字"), "{err}");
}

#[test]
fn a_department_workbook_is_compared_with_its_units() {
    let folder = Folder::with(&["401001", "401002"]);
    assert_eq!(folder.merge(&["units", "-o", "dept.xlsx", "--name", "甲局"]).0, 0);
    let (status, out, _) = folder.merge(&["units", "-o", "same.xlsx", "--name", "甲局", "--published", "dept.xlsx"]);
    assert_eq!(status, 0);
    assert!(!out.contains("F01"), "{out}");
    let (_, out, _) = folder.merge(&["units/401001.xlsx", "-o", "less.xlsx", "--name", "甲局", "--published", "dept.xlsx"]);
    assert!(out.contains("必改 F01") && out.contains("报送的是"), "{out}");
    let (_, out, _) = folder.merge(&["units", "-o", "other.xlsx", "--name", "甲局", "--published", "units/401001.xlsx"]);
    assert!(!out.contains("用来对比的工作簿是"), "a unit of the department may be a draft of it: {out}");
    assert!(folder.sheets("less.xlsx").iter().any(|s| s == "与报送对比"));
}

#[test]
fn departments_within_departments_are_summed_at_every_depth() {
    let folder = Folder::with(&["401001", "401101", "401102", "402001"]);
    let register = "单位代码,单位名称,主管部门,级次\n9,全区,,本级\n401,甲局,9,部门\n4011,甲局中心,401,\n402,乙局,9,部门\n\
        401001,一,401,\n401101,二,4011,\n401102,三,4011,\n402001,四,402,\n";
    written(&folder.path("名册.csv"), register);
    let (status, out, err) = folder.merge(&["units", "-o", "全区.xlsx", "--register", "名册.csv"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    let grid = read::read(&std::fs::read(folder.path("全区.xlsx")).unwrap(), "全区.xlsx").unwrap();
    let sheet = grid.sheets.iter().find(|s| s.name == "分单位汇总").unwrap();
    let names: Vec<&str> = sheet.cells.iter().filter(|c| c.at.col == 1 && c.at.row > 1).filter_map(|c| c.text()).collect();
    let sums = ["4011 甲局中心 小计", "401 甲局 小计", "402 乙局 小计", "合计"];
    assert_eq!(names, ["第401001单位", "第401101单位", "第401102单位", sums[0], sums[1], "第402001单位", sums[2], sums[3]],);
    let number = |row: usize| {
        let at = sheet.cells.iter().filter(|c| c.at.col == 1 && c.at.row > 1).nth(row).unwrap().at.row;
        match sheet.cell(CellRef::new(at, 2)).unwrap().value {
            yusuan::grid::Value::Number(amount) => amount,
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(number(1) + number(2), number(3));
    assert_eq!(number(0) + number(3), number(4));
    assert_eq!(number(4) + number(6), number(7));
}
