//! What is wrong with a template is the template's error, told with file and key; what a later edition drops is no error.

use yusuan::template::{Sources, Template, TemplateError, load};

use crate::support::{path, sources};

const NAME: &str = "test/unit-2031";

/// The embedded templates and one file more.
fn with_file(file: &str, text: &str) -> Sources {
    let mut sources = sources().clone();
    sources.files.insert(file.to_owned(), text.to_owned());
    sources
}

fn loaded(text: &str) -> Result<Template, TemplateError> {
    load(NAME, &with_file(&format!("{NAME}.toml"), text))
}

/// An edition that extends an embedded one and says this too.
fn extended(text: &str) -> Result<Template, TemplateError> {
    loaded(&format!("extends = \"hebei/unit-2023\"\n{text}"))
}

/// A new rule with one equation.
fn rule(equation: &str) -> String {
    format!("[[rule]]\nid = \"Z01\"\ntitle = \"t\"\nseverity = \"error\"\nequations = [\"{equation}\"]\n")
}

/// The key and the problem of an edition that is wrong.
fn wrong(loaded: Result<Template, TemplateError>) -> (String, String) {
    match loaded {
        Err(TemplateError::Wrong { file, key, problem }) => {
            assert_eq!(file, format!("{NAME}.toml"));
            (key, problem)
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was loaded"),
    }
}

#[test]
fn an_edition_that_changes_nothing_is_sound() {
    let edition = extended("").unwrap();
    assert_eq!(edition.name, NAME);
    assert_eq!(edition.rules.len(), load("hebei/unit-2023", sources()).unwrap().rules.len());
    assert!(extended(&rule("balance.inc_gpb.amount = balance.inc_fund.amount")).is_ok(), "a sound rule more");
}

#[test]
fn what_is_wrong_is_told_with_file_key_and_problem() {
    let rule = |equation: &str| rule(equation);
    let named = |check: &str, with: &str| {
        format!("[[rule]]\nid = \"Z01\"\ntitle = \"t\"\nseverity = \"note\"\ncheck = \"{check}\"\nwith = {{ {with} }}\n")
    };
    let figure = |keys: &str| format!("[narrative]\nfigure = [{{ {keys} }}]");
    let over = |equation: &str, values: &str| format!("{}for = {{ {values} }}\n", rule(equation));
    let cases = [
        // Keys.
        ("[edition]\ncolour = \"red\"".to_owned(), "edition.colour", "unknown field"),
        ("[[table]]\nid = \"balance\"\ncolour = 1".to_owned(), "table \"balance\".colour", "unknown field"),
        (
            "[[table]]\nid = \"revenue\"\ncolumn = [{ id = \"total\", colour = 1 }]".to_owned(),
            "table \"revenue\".column \"total\".colour",
            "unknown field",
        ),
        ("[[rule]]\nid = \"A01\"\ncolour = 1".to_owned(), "rule \"A01\".colour", "unknown field"),
        ("[[rule]]\nid = \"Z01\"\nseverity = \"note\"".to_owned(), "rule \"Z01\"", "missing field `title`"),
        ("[[rule]]\nid = \"A01\"\nseverity = \"grave\"".to_owned(), "rule \"A01\".severity", "unknown variant"),
        ("[[rule]]\nid = \"A01\"\ntolerance = \"much\"".to_owned(), "rule \"A01\"", "tolerance"),
        ("[edition]\nmeasure = \"角\"".to_owned(), "edition.measure", "角"),
        ("[edition]\nlists = { functional = \"codes/none\" }".to_owned(), "edition.lists.functional", "codes/none.tsv"),
        ("[[table]]\nid = \"balance\"\ntitle = \"{unit}收支总表\"".to_owned(), "table \"balance\"", "{unit}"),
        ("[[table]]\nid = \"balance\"\ncaptions = [\"nobody\"]".to_owned(), "table \"balance\".captions", "nobody"),
        // Ids.
        (format!("{}{}", rule("balance.inc_gpb.amount = 0"), rule("balance.inc_fund.amount = 0")), "rule", "Z01"),
        ("[[table]]\nid = \"balance\"\nrow = [{ id = \"no_such\", drop = true }]".to_owned(), "", "no_such"),
        (
            "[[table]]\nid = \"balance\"\nrow = [{ id = \"n\", after = \"no_such\", side = \"income\", label = \"n\" }]"
                .to_owned(),
            "",
            "no_such",
        ),
        (
            "[[table]]\nid = \"balance\"\nrow = [{ id = \"inc_total\", beside = \"no_such\" }]".to_owned(),
            "table \"balance\".row \"inc_total\"",
            "no_such",
        ),
        ("[edition]\nchanges = \"codes/none\"".to_owned(), "edition.changes", "codes/none.tsv"),
        // Names in rules.
        (rule("n.expense.prior := prior.balance.exp_total.amount"), "rule \"Z01\"", "only checked"),
        (rule("n.expense.prior = prior.nowhere.exp_total.amount"), "rule \"Z01\"", "no table \"nowhere\""),
        (rule("balance.inc_gpb.amount = prior.balance.exp_total.none"), "rule \"Z01\"", "no column \"none\""),
        (rule("nowhere.inc_gpb.amount = 0"), "rule \"Z01\"", "no table \"nowhere\""),
        (rule("balance.nothing.amount = 0"), "rule \"Z01\"", "no row \"nothing\""),
        (rule("balance.inc_gpb.nothing = 0"), "rule \"Z01\"", "no column \"nothing\""),
        (rule("balance.inc_gpb.amount"), "rule \"Z01\"", "no relation"),
        (rule("balance.inc_gpb..exp_total.amount = 0"), "rule \"Z01\"", "range"),
        (rule("balance.$x.amount = 0"), "rule \"Z01\"", "$x has no values"),
        (over("balance.inc_gpb.amount = 0", "x = [\"a\"]"), "rule \"Z01\"", "no equation uses $x"),
        (over("balance.$x.amount = 0", "x = []"), "rule \"Z01\"", "yields no equation"),
        (over("revenue.$x.total = 0", "x = \"leaves(balance)\""), "rule \"Z01\"", "balance"),
        (over("expenditure.$x.total = 0", "x = \"leaves(revenue)\""), "rule \"Z01\"", "another table"),
        (
            over("revenue.$x.total = expenditure.@$y.total", "x = \"leaves(revenue)\", y = \"leaves(expenditure)\""),
            "rule \"Z01\"",
            "both range over rows",
        ),
        (format!("{}when = [\"filed(nowhere)\"]\n", rule("balance.inc_gpb.amount = 0")), "rule \"Z01\"", "no table \"nowhere\""),
        (format!("{}explains = \"Z99\"\n", rule("balance.inc_gpb.amount = 0")), "rule \"Z01\".explains", "Z99"),
        // Names in the part on merging.
        (
            "[merge.by_unit]\nitem = [{ id = \"fiscal\", cell = \"revenue.total.fiscall\" }]".to_owned(),
            "merge.by_unit.item \"fiscal\"",
            "no column \"fiscall\"",
        ),
        // Figures of the narrative.
        (rule("n.nothing = balance.inc_gpb.amount"), "rule \"Z01\"", "no figure \"nothing\""),
        (rule("n.income.next = balance.inc_gpb.amount"), "rule \"Z01\"", "only prior and change"),
        (rule("n.income := balance.inc_gpb.amount"), "rule \"Z01\"", "write ="),
        (figure("id = \"f\", names = [\"甲\"], sections = [\"nowhere\"]"), "narrative.figure \"f\"", "no section \"nowhere\""),
        (figure("id = \"f\", names = [], sections = [\"overall\"]"), "narrative.figure \"f\"", "names"),
        (
            figure("id = \"f\", names = [\"甲\"], sections = [\"overall\"], within = \"g\""),
            "narrative.figure \"f\"",
            "no figure \"g\"",
        ),
        (figure("id = \"f\", names = [\"基本支出\"], sections = [\"overall\"]"), "narrative.wording", "names both"),
        ("[narrative.wording]\nunits = { \"两\" = \"many\" }".to_owned(), "narrative.wording.units", "many"),
        ("[narrative.wording]\nincrease = [\"减少\"]".to_owned(), "narrative.wording", "two things"),
        ("[narrative.wording]\nfillers = [\"\"]".to_owned(), "narrative.wording", "empty"),
        ("[narrative.wording]\nfiller = [\"为\"]".to_owned(), "narrative.wording.filler", "unknown field"),
        (named("years", "sections = [\"nowhere\"], before = [], after = []"), "rule \"Z01\"", "no section \"nowhere\""),
        // Definitions.
        (rule("balance.inc_total.amount := balance.inc_gpb.amount"), "rule \"Z01\"", "already defined by rule \"A03\""),
        (rule("balance.inc_gpb.amount := balance.inc_total.amount"), "rule", "in a circle"),
        (rule("balance.inc_gpb.amount := balance.inc_gpb.amount"), "rule \"Z01\"", "in a circle"),
        (rule("balance.inc_gpb..inc_soe.amount := balance.inc_other.amount"), "rule \"Z01\"", "one cell"),
        (rule("balance.inc_gpb.amount := revenue.total.total"), "rule \"Z01\"", "its own table"),
        // Named checks.
        (named("guess", ""), "rule \"Z01\"", "no check \"guess\""),
        (named("product", "table = \"procurement\", total = \"total\""), "rule \"Z01\"", "with.factors"),
        (named("negative", "colour = \"red\""), "rule \"Z01\"", "with.colour"),
        (named("same-codes", "tables = [\"nowhere\"]"), "rule \"Z01\"", "nowhere"),
    ];
    let mut failed = Vec::new();
    for (text, key, problem) in cases {
        match extended(&text) {
            Ok(_) => failed.push(format!("loaded although it says\n{text}")),
            Err(TemplateError::Wrong { file, key: at, problem: what }) => {
                let told = format!("{at}: {what}");
                if file != format!("{NAME}.toml") || !told.starts_with(key) || !told.contains(problem) {
                    failed.push(format!("{file}: {told}\n  where {key}: {problem} is expected"));
                }
            }
            Err(other) => failed.push(format!("{other}\n{text}")),
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn a_name_misspelt_in_a_column_of_a_check_is_the_templates_error() {
    let text = "[[rule]]\nid = \"Z01\"\ntitle = \"t\"\nseverity = \"note\"\ncheck = \"product\"\n\
                with = { table = \"procurement\", total = \"totl\", factors = [\"qty\", \"price\"] }";
    let (key, problem) = wrong(extended(text));
    assert!(key.starts_with("rule \"Z01\"") && problem.contains("totl"), "{key}: {problem}");
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let (key, problem) = wrong(loaded("[edition\n"));
    assert!(key.is_empty() && problem.contains("line 1"), "{problem}");
}

#[test]
fn an_edition_cannot_extend_itself_or_what_is_not_there() {
    assert_eq!(wrong(loaded(&format!("extends = \"{NAME}\""))).0, "extends");
    assert_eq!(wrong(loaded("extends = 1")).0, "extends");
    match loaded("extends = \"hebei/unit-1999\"") {
        Err(TemplateError::NoSuch { name, existing }) => {
            assert_eq!(name, "hebei/unit-1999");
            assert!(existing.contains(&"hebei/unit-2023".to_owned()));
        }
        other => panic!("{:?}", other.map(|t| t.name)),
    }
}

#[test]
fn a_name_is_looked_up_exactly() {
    for name in ["hebei/unit", "unit-2023", "Hebei/unit-2023", "hebei/unit-2023.toml", ""] {
        assert!(matches!(load(name, sources()), Err(TemplateError::NoSuch { .. })), "{name}");
    }
}

#[test]
fn a_line_of_a_code_list_that_cannot_be_read_is_told_with_its_file_and_line() {
    let head = "code\tname\ttrust\tyears\tformer\n";
    for line in ["2o1\t名称\tA\t\t", "201\t\tA\t\t", "201\t名称\tX\t\t", "201\t名称\tA\t\t\n201\t名称\tA\t\t"] {
        let sources = with_file("codes/functional.tsv", &format!("{head}{line}\n"));
        match load("hebei/unit-2023", &sources) {
            Err(TemplateError::Wrong { file, problem, .. }) => {
                assert_eq!(file, "codes/functional.tsv");
                assert!(problem.contains("line 2") || problem.contains("line 3"), "{problem}");
            }
            other => panic!("{line}: {:?}", other.map(|t| t.name)),
        }
    }
}

#[test]
fn an_error_is_told_in_the_same_words_each_time() {
    let text = rule("balance.inc_gpb.amount := balance.inc_total.amount");
    let first = wrong(extended(&text));
    for _ in 0..8 {
        assert_eq!(wrong(extended(&text)), first);
    }
}

#[test]
fn rules_about_what_an_edition_drops_do_not_exist_in_it_and_are_listed() {
    let edition = extended(
        "[[table]]\nid = \"procurement\"\ndrop = true\n[narrative]\nsection = [{ id = \"procurement\", contains = [] }]",
    )
    .unwrap();
    assert!(edition.table("procurement").is_none());
    for id in ["A44", "A46", "B27"] {
        assert!(edition.rule(id).is_none() && edition.dropped_rules.iter().any(|r| r == id), "{id}");
    }
    assert!(edition.rule("A01").is_some());
}

#[test]
fn rules_about_a_dropped_section_or_figure_do_not_exist_in_an_edition() {
    let edition =
        extended("[narrative]\nfigure = [{ id = \"project\", drop = true }]\nsection = [{ id = \"assets\", drop = true }]")
            .unwrap();
    for id in ["D05", "D06", "D08", "D16", "D17", "D21"] {
        assert!(edition.rule(id).is_none() && edition.dropped_rules.iter().any(|r| r == id), "{id}");
    }
    assert!(["D04", "D09", "D12"].iter().all(|id| edition.rule(id).is_some()), "what names another section stays");
    let edition = extended("[narrative]\ndrop = true").unwrap();
    assert!(
        edition.rules.iter().flat_map(|r| &r.statements).all(|s| s.left.is_empty() && s.right.is_empty())
            && edition.rule("D25").is_some()
    );
}

#[test]
fn an_equation_about_a_dropped_row_falls_away_and_the_others_stay() {
    let text = "[[table]]\nid = \"balance\"\nrow = [{ id = \"inc_business\", drop = true }]";
    let edition = extended(text).unwrap();
    let count = |t: &Template| t.rule("B05").unwrap().equations.len();
    assert_eq!(count(&edition), count(&load("hebei/unit-2023", sources()).unwrap()) - 1);
}

#[test]
fn a_patched_element_keeps_what_the_patch_does_not_say() {
    let edition = extended("[[table]]\nid = \"revenue\"\nsheet = \"表二\"\ncolumn = [{ id = \"total\", width = 20 }]").unwrap();
    let table = &edition.tables[edition.table("revenue").unwrap()];
    assert_eq!((table.declared.sheet.as_str(), table.declared.title.as_str()), ("表二", "单位预算收入总表"));
    let column = &table.columns[table.column("total", 0).unwrap()];
    assert_eq!((column.declared.width, column.declared.heading.clone()), (20.0, vec!["合计".to_owned()]));
}

#[test]
fn the_examples_in_the_description_of_the_format_are_sound() {
    let readme = std::fs::read_to_string(path("../templates/README.md")).unwrap();
    let blocks = readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let editions: Vec<&str> = blocks.filter(|b| b.trim_start().starts_with("extends")).collect();
    assert!(!editions.is_empty());
    for edition in editions {
        let loaded = loaded(edition);
        assert!(loaded.is_ok(), "{}\n{edition}", loaded.unwrap_err());
    }
}
