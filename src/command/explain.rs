//! `yusuan explain`: what a rule says, why, its equations and its source.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::{Outcome, Shared, reading, write_line};
use crate::edge::rules_page::rules_page;
use crate::edge::save::save;
use crate::finding::Lang;
use crate::finding::rulebook::rulebook;
use crate::template::merging::MergeRule;
use crate::template::{Rule, Template, Tolerance};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 规则编号，如 A42
    #[arg(required_unless_present = "page", conflicts_with = "page", value_name = "RULE")]
    rules: Vec<String>,
    /// 把全部规则写成一页网页，中英文对照：内容、公式、例子、可能的误报、依据、适用的版本
    #[arg(long, value_name = "FILE.html")]
    page: Option<PathBuf>,
    /// 只看这个模板
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let templates = match &arguments.template {
        Some(name) => vec![reading::template(name, shared)?],
        None => reading::templates(shared)?,
    };
    let mut out = std::io::stdout().lock();
    if let Some(path) = &arguments.page {
        return page(path, &templates, shared, &mut out);
    }
    for wanted in &arguments.rules {
        explain(&mut out, &wanted.to_uppercase(), &templates, shared)?;
    }
    Ok(Outcome::Done)
}

/// Writes the page of all rules.
fn page(path: &Path, templates: &[Arc<Template>], shared: &Shared, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("html") || e.eq_ignore_ascii_case("htm")) {
        return Err(reading::Wrong(format!("“{}”的扩展名应为 .html", path.display())).into());
    }
    let book = rulebook(templates.iter().map(Arc::as_ref));
    let page = rules_page(&book, shared.lang());
    save(path, page.as_bytes()).map_err(|e| reading::Wrong(format!("{}。{}", e.message(), e.advice())))?;
    if !shared.quiet {
        let (rules, path) = (book.len(), path.display());
        write_line(
            out,
            &match shared.lang() {
                Lang::Zh => format!("已写出 {rules} 条规则 {path}"),
                Lang::En => format!("wrote {rules} rules to {path}"),
            },
        )?;
    }
    Ok(Outcome::Done)
}

/// Explains a rule once for every wording it has among the editions.
fn explain(out: &mut dyn Write, wanted: &str, templates: &[Arc<Template>], shared: &Shared) -> anyhow::Result<()> {
    let mut told: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for template in templates {
        let of_merging = || template.merging.rule(wanted).map(|rule| merging_lines(rule, shared));
        let Some(lines) = template.rule(wanted).map(|rule| lines(rule, shared)).or_else(of_merging) else { continue };
        match told.iter_mut().find(|(known, _)| *known == lines) {
            Some((_, editions)) => editions.push(&template.name),
            None => told.push((lines, vec![&template.name])),
        }
    }
    if told.is_empty() {
        let own = templates.iter().flat_map(|t| &t.rules).map(|r| r.declared.id.as_str());
        let of_merging = templates.iter().flat_map(|t| &t.merging.declared.rule).map(|r| r.id.as_str());
        let mut ids: Vec<&str> = own.chain(of_merging).collect();
        ids.sort_unstable();
        ids.dedup();
        return Err(reading::Wrong(format!("没有规则“{wanted}”；现有：{}", ids.join(" "))).into());
    }
    for (lines, editions) in told {
        write_line(out, &format!("{wanted}  {}", lines[0]))?;
        for line in &lines[1..] {
            write_line(out, &format!("  {line}"))?;
        }
        write_line(out, &format!("  模板：{}", editions.join("、")))?;
    }
    Ok(())
}

/// What is said of a rule of merging.
fn merging_lines(rule: &MergeRule, shared: &Shared) -> Vec<String> {
    let severity = shared.lang().severity(rule.severity);
    vec![rule.title.clone(), format!("级别：{severity}"), "核对：汇总（yusuan merge）".to_owned(), format!("原因：{}", rule.why)]
}

fn lines(rule: &Rule, shared: &Shared) -> Vec<String> {
    let declared = &rule.declared;
    let mut lines = vec![declared.title.clone(), format!("级别：{}", shared.lang().severity(declared.severity))];
    lines.push(match rule.tolerance {
        Tolerance::Exact => "容差：无".to_owned(),
        Tolerance::Tail => "容差：四舍五入尾差，n 个非空加数时不超过半个末位 ×（n + 1）；只有一个加数时无".to_owned(),
        Tolerance::Within(bound) => format!("容差：{bound}"),
    });
    for equation in &declared.equations {
        lines.push(format!("公式：{equation}"));
    }
    for (name, values) in &declared.over {
        lines.push(format!("其中：${name} 取 {}", values.words().join("、")));
    }
    if let Some(check) = &declared.check {
        lines.push(format!("核对：{check}"));
    }
    for (key, values) in &declared.with {
        lines.push(format!("其中：{key} = {}", values.words().join("、")));
    }
    lines.extend(declared.when.iter().map(|condition| format!("条件：{condition}")));
    lines.extend(declared.explains.iter().map(|explained| format!("说明：用于解释 {explained} 的差额，不单独报告")));
    lines.extend(declared.why.iter().map(|why| format!("原因：{why}")));
    lines.push(format!("适用：{}", declared.scope));
    lines.extend(declared.source.iter().map(|source| format!("依据：{source}")));
    lines
}
