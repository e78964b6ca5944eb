//! What the narrative says against tables and itself: the fixture's text put right and changed again, one figure, unit, verb or
//! year at a time.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use yusuan::finding::{Lang, Told, in_sheet_order, tell};
use yusuan::grid::{Grid, Value};
use yusuan::model::Budget;
use yusuan::stage::check;
use yusuan::stage::extract::extract;
use yusuan::stage::folded::Folded;
use yusuan::stage::prose;
use yusuan::template::{Template, load};

use crate::support::{added, budget_of, fixture, short, shorts, sources, template, text, told, with};

/// The rules with figures in their equations that are broken below.
pub const RULES: [&str; 14] = ["D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D11", "D12", "D13", "D15", "D16", "D09"];

/// The named checks that are seen to fire below, or beside the year before, and not with the others.
pub const CHECKS: [&str; 6] = ["agency-expense", "all-of-class", "change-percent", "counted-rows", "reason-told", "zero-base"];

const SHEET: &str = "情况说明";

/// The grid with words of its texts replaced, each of which must be there.
fn reworded(grid: &Grid, words: &[(&str, &str)]) -> Grid {
    let mut grid = grid.clone();
    for (from, to) in words {
        let texts = grid.sheets.iter_mut().flat_map(|s| &mut s.cells).filter_map(|c| match &mut c.value {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let mut found = false;
        for text in texts.filter(|t| t.contains(from)) {
            *text = text.replace(from, to);
            found = true;
        }
        assert!(found, "{from} is not in the text");
    }
    grid
}

/// The fixture with the figures of its narrative put right.
pub fn renewed() -> Grid {
    reworded(fixture(), &[("61.08", "61.87"), ("4.99", "4.20"), ("较2021年", "较2022年")])
}

const THREE_PUBLIC: &str = "2023年度，“三公”经费预算安排0.31万元，较2022年度减少0.03万元，其中：因公出国（境）费0万元，与上年持平；\
    公务用车购置及运维费0万元（其中：公务用车购置费0万元，公务用车运行维护费0万元），与上年持平；公务接待费用预算数为0.31万元，\
    较2022年度减少0.03万元，原因：人员减少，经费减少。";

/// The fixture with its narrative, forms and terms put right altogether.
fn mended() -> Grid {
    let words = [
        ("收支预算总表支出表", "收支总表、支出总表"),
        ("购买笔记本电脑", "维修笔记本电脑"),
        ("购买计算机", "维修计算机"),
        ("去级", "区级"),
        ("预算单位单位", "预算单位"),
        ("得比例", "的比例"),
        ("单位预算政府基金预算财政拨款支出表", "单位预算政府性基金预算财政拨款支出表"),
        ("6、上缴上级支出", "6、上解上级支出"),
        ("8、机关运行费", "8、机关运行经费"),
        ("10、事业单位经营支出", "10、经营支出"),
        ("≤24 小时", "≥24 小时"),
        ("≤0%", "0%"),
        ("≤3 秒", "≤1%"),
        ("、裸纤 5 条", "、分组交换 5 条"),
        ("≤12333.33 元/月", "≤14.8 万元"),
    ];
    let grid = reworded(&renewed(), &words);
    with(&with(&grid, SHEET, "A19", text(THREE_PUBLIC)), "绩效目标表", "B106", text("质量指标"))
}

fn of_people(shorts: &[String]) -> Vec<String> {
    shorts.iter().filter(|s| s.starts_with(['D', 'P'])).cloned().collect()
}

#[test]
fn a_narrative_with_the_right_figures_has_no_finding_about_them() {
    let words = ["D25", "D14", "D21", "D24", "P03", "P04", "P05"];
    let left = of_people(&shorts(&renewed()));
    assert!(left.iter().all(|s| words.iter().any(|w| s.starts_with(w))), "{left:?}");
}

#[test]
fn a_narrative_that_is_right_altogether_has_no_finding() {
    assert_eq!(of_people(&shorts(&mended())), Vec::<String>::new());
}

/// A change of words and the findings that it brings.
type Case = (&'static str, &'static str, &'static [&'static str]);

const WRONG: [Case; 41] = [
    // Amounts.
    ("年预算收入 910.01", "年预算收入 901.01", &["D01 error A13"]),
    ("一般公共预算收入 910.01", "一般公共预算收入 910.10", &["D02 error A13"]),
    ("支出预算 910.01", "支出预算 911.01", &["D03 error A14", "D06 error A14"]),
    ("基本支出 848.14", "基本支出 884.14", &["D04 error A14", "D06 error A14"]),
    ("项目支出 61.87", "项目支出 61.08", &["D05 error A14", "D06 error A14"]),
    ("收支安排910.01", "收支安排910.00", &["D03 error A15", "D07 note A15"]),
    ("738.81", "783.81", &["D07 error A15"]),
    ("增加171.2万", "增加172.1万", &["D07 error A15", "D08 error A15"]),
    ("增加175.4", "增加145.7", &["D08 error A15"]),
    ("减少4.20", "减少4.99", &["D08 error A15"]),
    ("运行经费为23.67", "运行经费为26.37", &["D11 warning A17"]),
    ("“三公”经费预算安排0.31", "“三公”经费预算安排3.10", &["D12 error A19"]),
    ("预算数为0.31", "预算数为3.10", &["D12 error A19"]),
    ("因公出国（境）费0万", "因公出国（境）费1万", &["D12 error A19"]),
    ("运维费0万", "运维费2.5万", &["D12 error A19"]),
    ("购置费0万", "购置费2.5万", &["D12 error A19"]),
    ("运行维护费0万", "运行维护费2.5万", &["D12 error A19"]),
    ("采购预算0.00", "采购预算5.00", &["D15 error A22"]),
    ("237.32", "273.32", &["D16 error A29"]),
    ("总额为0.00", "总额为1.50", &["D21 warning A29"]),
    ("一般公共预算收入 910.01 万元", "一般公共预算收入 910.01 万元，政府性基金预算收入 5 万元", &["D02 error A13"]),
    // Units.
    ("年预算收入 910.01 万元", "年预算收入 910.01 元", &["D01 error A13"]),
    ("项目支出 61.87 万元", "项目支出 61.87 亿元", &["D05 error A14", "D06 error A14"]),
    ("运行经费为23.67万元", "运行经费为23.67千元", &["D11 warning A17"]),
    ("0.03万元，原因", "0.03亿元，原因", &[]),
    // Verbs.
    ("预算增加171.2", "预算减少171.2", &["D07 error A15", "D08 error A15"]),
    ("项目支出减少4.20", "项目支出增加4.20", &["D08 error A15"]),
    ("项目支出减少4.20万元", "项目支出与上年持平", &["D08 error A15"]),
    ("基本支出增加175.4", "基本支出降低175.4", &["D08 error A15"]),
    ("基本支出增加175.4万", "基本支出增加1754万", &["D07 error A14", "D08 error A15"]),
    (
        "一般公共预算收入 910.01 万元",
        "一般公共预算收入 910.01 万元，政府性基金收入 0 万元，比上年增加 1421.25 万元",
        &["D07 error A13"],
    ),
    ("减少0.03万元，原因", "增加0.41万元，原因", &["D13 warning A19"]),
    ("减少0.03万元，原因", "增加1421.25万元，原因", &["D13 warning A19"]),
    ("较2022年度减少0.03万元，原因", "较2022年度0.36万元减少0.03万元，原因", &["D13 warning A19"]),
    ("增加171.2万元", "增加171.2万元，增长32.17%", &["D27 trial A15"]),
    // Classes, years and names.
    ("全部为一般公共服务支出", "全部为教育支出", &["D10 warning A14"]),
    ("较2022年738", "较2021年738", &["D09 error A15", "D19 warning A15"]),
    ("较2022年度减少0.03万元，原因", "比2020年度减少0.03万元，原因", &["D09 error A19", "D19 warning A19"]),
    ("2023年预算收支安排", "2020年预算收支安排", &["D19 warning A15"]),
    ("2022-12-31", "2022-12-31", &[]),
    ("现将秦皇岛经济技术开发区营商环境服务中心 2023", "现将秦皇岛经济技术开发区商务局 2023", &["D18 warning A2"]),
];

/// Words that say the same or nothing certain: no finding may come of them.
const RIGHT: [(&str, &str); 37] = [
    ("年预算收入 910.01 万元", "年预算收入 9,100,100 元"),
    ("年预算收入 910.01 万元", "年我单位收入预算总额为人民币910.01万元"),
    ("年预算收入 910.01 万元", "年预算收入：９１０．０１万元"),
    ("年预算收入 910.01 万元", "年预算收入 0.091001 亿元"),
    ("一般公共预算收入 910.01 万元", "一般公共预算拨款收入 910.01 万元，事业收入预算收入 5 万元"),
    ("2023 年支出预算 910.01", "2022年支出预算738.81万元。2023 年支出预算 910.01"),
    ("2023 年支出预算 910.01", "2023年财政拨款支出预算 500 万元，其中基本支出 300 万元。2023 年支出预算 910.01"),
    ("2023 年支出预算 910.01", "一般公共预算拨款支出500万元，其中基本支出300万元，项目支出200万元。2023 年支出预算 910.01"),
    ("其中基本支出 848.14 万元", "包括：基本支出共计 848.14 万元"),
    ("基本支出 848.14 万元，", "基本支出 848.14 万元，上年基本支出 672.74 万元，"),
    ("项目支出 61.87 万元", "项目支出合计为 61.87 万元"),
    ("项目支出 61.87 万元", "业务类项目支出 12.5 万元"),
    ("项目支出 61.87 万元", "基本支出、项目支出 910.01 万元"),
    ("项目支出 61.87 万元", "项目支出 500 余万元"),
    ("项目支出 61.87 万元", "项目支出增加到 70 万元"),
    ("项目支出 61.87 万元", "不含项目支出 70 万元"),
    ("项目支出减少4.20万元", "项目支出比上年减少4.20万元"),
    ("项目支出减少4.20万元", "项目支出与2022年相比下降了4.2万元"),
    ("项目支出减少4.20万元", "项目支出由5万元减少到4.99万元"),
    ("项目支出减少4.20万元", "项目支出基本持平"),
    ("项目支出减少4.20万元", "项目支出未减少3万元"),
    ("较2022年738.81万元预算增加", "比上年预算738.81万元增加"),
    ("较2022年738.81万元预算增加171.2万元", "较2022年增加171.20万元，增长23.17%"),
    ("较2022年738.81万元预算增加171.2万元", "较2022年增加171.2万元（增长23%）"),
    ("我单位运行经费为23.67万元", "我单位运行经费为23.67万元，2021年结转和2020年结转的不在其内"),
    ("我单位运行经费为23.67万元", "我单位运行经费为23.67万元，比上年有所减少"),
    ("我单位运行经费为23.67万元", "本单位2023年机关运行经费共计安排23.67万元"),
    ("我单位运行经费为23.67万元", "我单位日常运行经费为3.2万元/月"),
    ("我单位运行经费为23.67万元", "我单位运行经费为23.67万元，其中《预算管理办法（2019年）》规定的办公费3.10万元"),
    ("我单位运行经费为23.67万元", "自2019年起，我单位运行经费为23.67万元"),
    ("我单位运行经费为23.67万元", "我单位运行经费为23.67万元，2021年12月新增人员"),
    ("采购预算0.00万元", "采购预算0万元"),
    ("秦皇岛经济技术开发区营商环境服务中心安排政府采购", "营商环境服务中心安排政府采购"),
    ("秦皇岛经济技术开发区营商环境服务中心安排政府采购", "我单位安排政府采购"),
    ("237.32万元", "237.3万元"),
    ("上年末固定资产", "截至2022年12月31日，我单位固定资产"),
    ("与上年持平；公务接待", "与2022年相比无增减变化；公务接待"),
];

fn found(grid: &Grid) -> Vec<String> {
    shorts(grid).into_iter().map(|s| s.replace(&format!("{SHEET}!"), "")).collect()
}

#[test]
fn one_figure_unit_verb_or_year_that_is_wrong_is_found_by_its_rule_at_its_paragraph() {
    let mended = mended();
    let before = found(&mended);
    let mut wrong = Vec::new();
    let mut rules = std::collections::BTreeSet::new();
    for (from, to, expected) in WRONG {
        let mut new = added(&before, &found(&reworded(&mended, &[(from, to)])));
        new.sort();
        rules.extend(new.iter().map(|f| f[..3].to_owned()));
        if new != expected {
            wrong.push(format!("{from} → {to}: {new:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(RULES.iter().all(|r| rules.contains(*r)), "{rules:?}");
}

#[test]
fn words_that_say_the_same_or_leave_it_open_give_no_finding() {
    let mended = mended();
    let before = found(&mended);
    let mut wrong = Vec::new();
    for (from, to) in RIGHT {
        let mut new = added(&before, &found(&reworded(&mended, &[(from, to)])));
        // Printed more coarsely it is a note, and no more.
        new.retain(|f| !f.contains(" note "));
        if !new.is_empty() {
            wrong.push(format!("{from} → {to}: {new:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The paragraphs of another unit with the figures of this one.
const OTHERWISE: [(&str, &str); 7] = [
    (
        "A13",
        "（一）收入说明 反映本部门当年全部收入。2023年预算收入910.01万元，其中：一般公共预算拨款收入910.01万元，基金预算收入0万元，\
         国有资本经营预算收入0万元，财政专户核拨收入0万元，其他来源收入0万元。",
    ),
    (
        "A14",
        "（二）支出说明 收支预算总表支出栏、基本支出表、项目支出表按经济分类和支出功能分类科目编制。2023年支出预算910.01万元，其中：\
         基本支出848.14万元，包括人员经费824.47万元和日常公用经费23.67万元；项目支出61.87万元，主要用于政务网络运行。",
    ),
    (
        "A15",
        "（三）比上年增减情况 2023年预算收支安排910.01万元，较2022年预算增加171.20万元，其中：基本支出增加175.40万元，主要为人员经费增加；\
         项目支出减少4.20万元，主要为压减一般性支出。",
    ),
    ("A17", "2023年，我单位机关运行经费共计安排23.67万元，主要用于办公及印刷费、邮电费、差旅费等日常运行支出。"),
    (
        "A19",
        "2023年，我单位财政拨款“三公”经费预算安排0.31万元，其中：因公出国（境）费0万元；公务用车购置及运维费0万元（其中：公务用车购置费\
         0万元，公务用车运维费0万元）；公务接待费0.31万元。与2022年相比，“三公”经费减少0.03万元，其中因公出国（境）费与2022年持平；\
         公务用车购置及运维费与2022年持平；公务接待费减少0.03万元，主要原因是人员减少。",
    ),
    ("A22", "2023年，我单位安排政府采购预算0万元。"),
    ("A29", "我单位上年末固定资产总额为237.32万元（详见下表），本年度拟购置固定资产总额为0万元。"),
];

#[test]
fn a_narrative_in_the_words_of_another_unit_is_heard_as_well() {
    let grid = OTHERWISE.iter().fold(mended(), |grid, (cell, words)| with(&grid, SHEET, cell, text(words)));
    assert_eq!(of_people(&shorts(&grid)), Vec::<String>::new());
    let cases = [
        ("年预算收入910.01", "年预算收入910.10", "D01 A13"),
        ("拨款收入910.01", "拨款收入901.01", "D02 A13"),
        ("支出预算910.01", "支出预算910.11", "D03 D06 A14"),
        ("基本支出848.14", "基本支出848.41", "D04 D06 A14"),
        ("项目支出61.87", "项目支出61.78", "D05 D06 A14"),
        ("增加171.20", "增加172.10", "D08 A15"),
        ("较2022年预算", "较2021年预算", "D09 D19 A15"),
        ("安排23.67", "安排23.76", "D11 A17"),
        ("预算安排0.31", "预算安排0.13", "D12 A19"),
        ("公务接待费0.31", "公务接待费0.13", "D12 A19"),
        ("公务用车运维费0万", "公务用车运维费3万", "D12 A19"),
        ("公务接待费减少0.03", "公务接待费增加0.33", "D13 A19"),
        ("采购预算0万", "采购预算3万", "D15 A22"),
        ("237.32", "237.23", "D16 A29"),
        ("总额为0万", "总额为3万", "D21 A29"),
    ];
    let before = found(&grid);
    for (from, to, expected) in cases {
        let mut new = added(&before, &found(&reworded(&grid, &[(from, to)])));
        new.sort();
        let rules: Vec<&str> = new.iter().map(|f| f.split(' ').next().unwrap()).collect();
        let place = new.first().and_then(|f| f.split(' ').next_back()).unwrap_or_default();
        assert_eq!(format!("{} {place}", rules.join(" ")), expected, "{from} → {to}");
    }
}

/// Pieces of sentences, sound and broken.
const PIECES: [&str; 40] = [
    "2023年",
    "2022-12",
    "2022-12-31",
    "2022年13月",
    "2023年12月31日",
    "较2021年",
    "与上年相比",
    "比",
    "其中：",
    "，",
    "。",
    "、",
    "（",
    "）",
    "；",
    "基本支出",
    "项目支出",
    "支出预算",
    "预算收入",
    "公务接待费",
    "运行经费",
    "固定资产总额",
    "848.14",
    "1,234,567.89",
    "1,2,3",
    "0",
    "12.",
    ".5",
    "99999999999999999999",
    "1.00000000000000000000000000000",
    "万元",
    "亿元",
    "元/月",
    "%",
    "增加",
    "减少",
    "持平",
    "为",
    " ",
    "﹣",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_paragraph_says_it_is_read_to_its_end_and_quoted_as_filed(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24),
        section in prop::option::of(0..9_usize),
    ) {
        static FILED: LazyLock<Budget> = LazyLock::new(|| budget_of(fixture()).budget);
        let mut budget = FILED.clone();
        let mut paragraph = budget.narrative[0].clone();
        (paragraph.section, paragraph.text.text) = (section, pieces.concat());
        budget.narrative = vec![paragraph];
        for mention in prose::read(&budget).mentions {
            prop_assert!(budget.narrative[0].text.text.contains(&mention.said.quote), "{mention:?}");
        }
        for finding in check::check(&budget) {
            prop_assert!(!tell(&finding, &budget, Lang::Zh).message.is_empty());
        }
    }
}

fn one(told: &[Told], rule: &str) -> Told {
    told.iter().find(|t| t.rule == rule).unwrap().clone()
}

#[test]
fn a_finding_quotes_the_words_and_names_the_cell_they_are_held_against() {
    let told = told(fixture());
    let cases = [
        ("D05", ["“项目支出 61.08 万元”", "《支出总表》F6", "61.87 万元", "相差 0.79 万元"]),
        ("D06", ["“基本支出 848.14 万元”", "“项目支出 61.08 万元”", "“支出预算 910.01 万元”", "909.22 万元"]),
        ("D08", ["“基本支出增加175.4万元”", "“项目支出减少4.99万元”", "170.41 万元", "《情况说明》A15"]),
        ("D09", ["“较2021年”", "2022", "《情况说明》A15", "上一年"]),
        ("D14", ["“公务接待费用预算数为0.31万元”", "“三公”经费总额", "因公出国（境）费", "公务用车购置及运维费"]),
        ("D19", ["“较2021年”", "2023", "2022", "《情况说明》A15"]),
        ("D21", ["“拟购置固定资产总额为0.00万元”", "购买计算机 2 台", "《政府采购预算》", "空表"]),
        ("D24", ["“上缴上级支出”", "“上解上级支出”", "名词", "表"]),
    ];
    for (rule, parts) in cases {
        let message = one(&told, rule).message;
        assert!(parts.iter().all(|p| message.contains(p)), "{rule}: {message}");
    }
    let found = one(&told, "D05");
    assert_eq!(
        (found.sheet.as_deref(), found.cell.as_deref(), found.value.as_deref()),
        (Some(SHEET), Some("A14"), Some("61.08"))
    );
    let operand = &found.operands[0];
    assert_eq!((operand.table.as_deref(), operand.cell.as_deref()), (Some("expenditure"), Some("F6")));
    let slips: String = told.iter().filter(|t| t.rule == "D25").map(|t| t.message.as_str()).collect();
    for slip in ["去级", "预算单位单位", "收支预算总表支出表", "得比例", "政府基金"] {
        assert!(slips.contains(slip), "{slip} in {slips}");
    }
}

#[test]
fn english_words_say_the_same() {
    let grid = fixture();
    let extracted = extract(&Folded::new(grid), "434007.xlsx", template(), None).unwrap();
    let told = check::check(&extracted.budget).iter().map(|f| tell(f, &extracted.budget, Lang::En)).collect::<Vec<_>>();
    let message = one(&told, "D05").message;
    assert!(message.starts_with("情况说明!A14 \"项目支出 61.08 万元\" must equal 61.87 万元"), "{message}");
    assert!(told.iter().all(|t| !t.message.is_empty()));
}

/// An edition that extends an embedded one and says this too.
fn extended(base: &str, own: &str) -> Arc<Template> {
    let mut sources = sources().clone();
    sources.files.insert("test/own.toml".to_owned(), format!("extends = \"{base}\"\n{own}"));
    Arc::new(load("test/own", &sources).unwrap())
}

fn shorts_by(grid: &Grid, template: &Arc<Template>) -> Vec<String> {
    let extracted = extract(&Folded::new(grid), "434007.xlsx", template, None).unwrap();
    let mut findings = check::check(&extracted.budget);
    in_sheet_order(&mut findings);
    findings.iter().map(|f| short(&tell(f, &extracted.budget, Lang::Zh))).collect()
}

#[test]
fn an_optional_rule_runs_where_an_edition_gives_it_a_scope_and_nowhere_else() {
    assert!(template().rule("D23").is_none() && template().dropped_rules.contains(&"D23".to_owned()));
    let own = extended("hebei/unit-2023", "[[rule]]\nid = \"D23\"\nscope = \"all\"");
    let new = added(&shorts(fixture()), &shorts_by(fixture(), &own));
    assert_eq!(new, ["D23 note 情况说明!A17"]);
    let of_an_agency = with(fixture(), "机构设置情况", "B4", text("参公事业"));
    assert!(shorts_by(&of_an_agency, &own).iter().all(|s| !s.starts_with("D23")));
}

#[test]
fn a_number_of_units_is_that_of_the_rows_that_list_them() {
    let department = Arc::new(load("hebei/department-2025", sources()).unwrap());
    let with_count = |count: &str| {
        with(fixture(), SHEET, "A9", text(&format!("纳入2025年部门预算编制范围的预算单位共{count}，机构设置如下：")))
    };
    let trial =
        |count: &str| shorts_by(&with_count(count), &department).into_iter().filter(|s| s.starts_with("D26")).collect::<Vec<_>>();
    assert_eq!(trial("3个"), ["D26 trial 情况说明!A9"]);
    assert_eq!(trial("1个"), Vec::<String>::new());
    assert_eq!(trial("3类"), Vec::<String>::new());
}

#[test]
fn a_row_that_the_table_does_not_have_is_no_zero() {
    let mut grid = reworded(&mended(), &[("“三公”经费预算安排0.31", "“三公”经费预算安排3.10")]);
    assert!(shorts(&grid).contains(&"D12 error 情况说明!A19".to_owned()));
    let sheet = grid.sheets.iter_mut().find(|s| s.name == "财政拨款“三公”经费支出表").unwrap();
    let subtotal = sheet.cells.iter().find(|c| c.text().is_some_and(|t| t.contains("小计"))).unwrap().at.row;
    sheet.cells.retain(|c| c.at.row != subtotal);
    assert!(shorts(&grid).iter().all(|s| !s.starts_with("D12")));
}

#[test]
fn a_text_in_ten_thousands_may_round_or_cut_a_table_in_ones() {
    let in_yuan = |grid: &Grid, total: &str| {
        let mut grid = grid.clone();
        let sheet = grid.sheets.iter_mut().find(|s| s.name == "支出总表").unwrap();
        for cell in &mut sheet.cells {
            match &mut cell.value {
                Value::Text(text) if text.contains("单位：万元") => *text = text.replace("万元", "元"),
                Value::Number(_) if cell.at.to_string() == "F6" => cell.value = crate::support::number(total),
                _ => {}
            }
        }
        grid
    };
    let judged = |total: &str| {
        let found = shorts(&in_yuan(&mended(), total));
        found.into_iter().filter(|f| f.starts_with("D05")).collect::<Vec<_>>()
    };
    assert_eq!(judged("618723.40"), Vec::<String>::new(), "rounded");
    assert_eq!(judged("618781.00"), ["D05 note 情况说明!A14"], "cut");
    assert_eq!(judged("618801.00"), ["D05 error 情况说明!A14"]);
}
