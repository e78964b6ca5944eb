//! `yusuan merge`: makes one summary of many budgets, proves it, and writes it as a workbook and as data.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::check::FailOn;
use super::makeup;
use super::membership::{self, Members};
use super::reading::{self, Reader, ReadingArguments, Wrong};
use super::{Outcome, Shared, write_line};
use crate::edge::save::{Growing, SaveError, save};
use crate::edge::trace::Sealed;
use crate::edge::{report, write};
use crate::finding::{Lang, Merging as Fact, Told, tell, tell_merging};
use crate::model::Budget;
use crate::stage::check;
use crate::stage::layout::merged::{self, Proofs, Trace};
use crate::stage::merge::{self, Fate, Naming, Standing, Summary, comparison};
use crate::template::{Level, Template};
use crate::value::text;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    reading: ReadingArguments,
    /// 汇总工作簿；同名的 .jsonl 是汇总底稿的数据
    #[arg(short, long, value_name = "FILE", required_unless_present = "trace")]
    output: Option<PathBuf>,
    /// 单位名册（xlsx、csv 或 toml：单位代码、单位名称、主管部门、单位性质、级次）
    #[arg(long, value_name = "FILE")]
    register: Option<PathBuf>,
    /// 内部往来抵销单（xlsx、csv 或 toml：付款单位、收款单位、项目、金额，科目可以没有）
    #[arg(long, value_name = "FILE")]
    eliminations: Option<PathBuf>,
    /// 部门自己报送的工作簿，与汇总逐格对比
    #[arg(long, value_name = "FILE")]
    published: Option<PathBuf>,
    /// 显示汇总中一格的组成：表.行.栏，如 revenue.total.fiscal；可以给出几个
    #[arg(long, value_name = "TABLE.ROW.COLUMN")]
    trace: Vec<String>,
    /// 指定汇总用的模板
    #[arg(long = "as", value_name = "NAME")]
    target: Option<String>,
    /// 汇总单位的编码
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// 汇总单位的名称
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 有此级别及以上的问题时，以状态 1 结束
    #[arg(long, value_enum, default_value_t = FailOn::Never)]
    fail_on: FailOn,
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let reader = Reader::new(&arguments.reading, shared)?.recalling();
    let lang = shared.lang();
    let is_xlsx = |output: &PathBuf| output.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    if let Some(output) = arguments.output.as_ref().filter(|output| !is_xlsx(output)) {
        return Err(Wrong(format!("汇总工作簿“{}”的扩展名应为 .xlsx", output.display())).into());
    }
    if let Some(output) = arguments.output.as_ref().filter(|output| reader.is_input(output)) {
        return Err(Wrong(format!("“{}”是本次的输入文件，请换一个输出文件名", output.display())).into());
    }
    let forced = arguments.target.as_deref().map(|name| reading::template(name, shared)).transpose()?;
    let words = reader.editions()?.first().cloned().ok_or_else(|| Wrong("没有模板".to_owned()))?;
    let register = arguments.register.as_deref().map(|path| membership::register(path, &words, &reader)).transpose()?;
    let eliminations = match &arguments.eliminations {
        Some(path) => membership::eliminations(path, &words, &reader)?,
        None => Vec::new(),
    };
    let published = arguments.published.as_deref().map(|path| reader.budget_in(path)).transpose()?;
    let members = membership::read(&reader, shared)?;
    let read = members.outcome;
    let naming = Naming { code: arguments.code.clone(), name: arguments.name.clone() };
    let mut work = Work { arguments, reader: &reader, lang, told: Vec::new(), published, unread: Vec::new() };
    let summary = work.merge(members, register, forced, &eliminations, naming)?;
    work.report(&summary, shared.quiet)?;
    let written = work.write(&summary, shared.quiet)?;
    let fails = work.told.iter().any(|(_, told)| arguments.fail_on.fails(told));
    Ok(read.max(written).max(if fails { Outcome::Found } else { Outcome::Done }))
}

/// A merger under way.
struct Work<'a> {
    arguments: &'a Arguments,
    reader: &'a Reader,
    lang: Lang,
    told: Vec<(Option<usize>, Told)>,
    published: Option<Budget>,
    /// What could not be read, which was told at once.
    unread: Vec<Told>,
}

impl Work<'_> {
    fn merge(
        &mut self,
        members: Members,
        register: Option<merge::Register>,
        forced: Option<Arc<Template>>,
        eliminations: &[merge::Elimination],
        naming: Naming,
    ) -> anyhow::Result<Summary> {
        let Members { mut members, missing, unread, .. } = members;
        self.unread = unread;
        if members.is_empty() {
            return Err(Wrong("没有可以汇总的预算".to_owned()).into());
        }
        merge::sort(&mut members);
        let words = &members[0].template.merging.declared;
        let register = register.unwrap_or_else(|| merge::Register::from_codes(&members, words));
        let year = self.arguments.reading.year();
        let membership =
            merge::decide(&members, &register, (year, naming.code.as_deref()), missing).map_err(|merge::YearsTie(years)| {
                let years: Vec<String> = years.iter().map(ToString::to_string).collect();
                Wrong(format!("各单位的年度不同（{}），请用 --year 指明汇总哪一年", years.join("、")))
            })?;
        let editions = self.reader.editions()?;
        let target = forced.clone().or_else(|| merge::target(&members, &membership, &register, &editions));
        if target.is_none() {
            self.reasons(&members, &membership)?;
        }
        let target = target.ok_or_else(|| Wrong("没有一份预算可以计入汇总，请看各单位的年度、编码和版本".to_owned()))?;
        let mut summary = merge::merge(members, membership, register, &target, eliminations, naming);
        let file = self.arguments.output.as_ref().and_then(|o| o.file_name()).map(|n| n.to_string_lossy().into_owned());
        merged::settle(&mut summary.budget, &file.unwrap_or_default());
        self.tell(&summary, forced.is_none());
        Ok(summary)
    }

    /// Why no member counts.
    fn reasons(&self, members: &[merge::Member], membership: &merge::Membership) -> anyhow::Result<()> {
        let budget = Budget::new(Arc::clone(&members[0].template));
        let mut out = io::stdout().lock();
        for said in &membership.told {
            let (file, unit) = said.member.map_or(("", String::new()), |m| (members[m].file_of(None), members[m].title()));
            let mut text = Vec::new();
            let told = tell_merging(&said.fact, &said.rule, file, &budget, self.lang);
            report::text(&mut text, file, &unit, &[told], self.lang)?;
            write_line(&mut out, String::from_utf8_lossy(&text).trim_end())?;
        }
        Ok(())
    }

    /// Everything that is told: of the members, of the merger, of the summary as a budget.
    fn tell(&mut self, summary: &Summary, may_settle: bool) {
        let lang = self.lang;
        for said in &summary.told {
            let file = said.member.map_or("", |m| summary.members[m].file_of(None));
            let mut told = tell_merging(&said.fact, &said.rule, file, &summary.budget, lang);
            if let Some(member) = said.member {
                told.unit.clone_from(&summary.members[member].code);
            }
            self.told.push((said.member, told));
        }
        let own = |fact: Fact, rule: &str| (None, tell_merging(&fact, rule, "", &summary.budget, lang));
        if summary.budget.name.is_none() {
            self.told.push(own(Fact::Unnamed, "F04"));
        }
        let about = &summary.budget.template.about;
        if may_settle && about.year.is_some() && about.year != summary.budget.year {
            let fact = Fact::Settled { edition: summary.budget.template.name.clone(), year: summary.budget.year };
            self.told.push(own(fact, "R13"));
        }
        if let Some(balanced) = &summary.balanced {
            self.told.push(own(Fact::Rounded { moved: balanced.adjusted.len(), tails: balanced.tails.len() }, "F06"));
            for tail in &balanced.tails {
                let words = summary.words_at(tail.at);
                let cell = format!("《{}》「{}·{}」", words.table, words.item, words.column);
                self.told.push(own(Fact::Tail { cell, difference: tail.difference }, &tail.rule));
            }
        }
        if let Some(published) = &self.published {
            let code =
                |a: &Budget, b: &Budget| a.code.as_ref().zip(b.code.as_ref()).map(|(a, b)| a == b || a.starts_with(b.as_str()));
            let name = |a: &Budget, b: &Budget| a.name.as_ref().zip(b.name.as_ref()).map(|(a, b)| text::fold(a) == text::fold(b));
            let is_it = code(published, &summary.budget).or_else(|| name(published, &summary.budget)).unwrap_or(true);
            if !is_it || published.year != summary.budget.year {
                self.told.push(own(Fact::OtherPublished { unit: report::unit_line(published) }, "F01"));
            }
        }
        for difference in self.differences(summary).into_iter().flatten().filter(|d| !d.follows && !d.is_tail) {
            self.told.push(own(makeup::published(summary, &difference), "F01"));
        }
        let found = check::check(&summary.budget);
        self.told.extend(found.iter().map(|finding| (None, tell(finding, &summary.budget, lang))));
    }

    fn differences(&self, summary: &Summary) -> Option<Vec<comparison::Difference>> {
        self.published.as_ref().map(|published| comparison::compare(summary, published))
    }

    /// Who counts, what was found, what became of the money.
    fn report(&self, summary: &Summary, quiet: bool) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        for cell in &self.arguments.trace {
            let at = summary.address(cell);
            let at = at.ok_or_else(|| Wrong(format!("汇总中没有“{cell}”这一格；写法是 表.行.栏，如 revenue.total.fiscal")))?;
            write_line(&mut out, makeup::text(summary, at, self.lang).trim_end())?;
        }
        if quiet || self.arguments.output.is_none() {
            return Ok(());
        }
        let mut text = Vec::new();
        let mut start = 0;
        let mut told: Vec<&(Option<usize>, Told)> = self.told.iter().collect();
        told.sort_by_key(|(member, _)| *member);
        while start < told.len() {
            let member = told[start].0;
            let end = start + told[start..].iter().take_while(|(m, _)| *m == member).count();
            let of: Vec<Told> = told[start..end].iter().map(|(_, t)| t.clone()).collect();
            let (name, unit) = match member {
                Some(m) => (summary.members[m].file_of(None).to_owned(), summary.members[m].title()),
                None => (self.output_name(), report::unit_line(&summary.budget)),
            };
            report::text(&mut text, &name, &unit, &of, self.lang)?;
            start = end;
        }
        write_line(&mut out, String::from_utf8_lossy(&text).trim_end())?;
        write_line(&mut out, &conserved(summary, self.lang))?;
        Ok(())
    }

    fn output_name(&self) -> String {
        self.arguments.output.as_ref().map(|o| o.display().to_string()).unwrap_or_default()
    }

    fn write(&self, summary: &Summary, quiet: bool) -> anyhow::Result<Outcome> {
        let Some(output) = &self.arguments.output else { return Ok(Outcome::Done) };
        let differences = self.differences(summary);
        let mut told: Vec<(Option<usize>, Told)> = self.unread.iter().map(|told| (None, told.clone())).collect();
        told.extend(self.told.iter().cloned());
        let proofs = Proofs {
            told: &told,
            differences: differences.as_deref(),
            published: self.published.as_ref(),
            is_district: merge::level(&summary.membership, &summary.register, &summary.budget.template) == Level::District,
        };
        let data = output.with_extension("jsonl");
        let mut sealed = Sealed::new(Growing::new(&data).map_err(|e| Wrong(save_problem(&e)))?);
        let trace_written = makeup::write(summary, &mut sealed);
        let (growing, seal) = sealed.finish();
        let trace = match summary.lines.len() > merged::LISTED {
            true => Trace::beside(summary, &data.file_name().unwrap_or_default().to_string_lossy(), &seal),
            false => Trace::new(summary),
        };
        let bytes = write::write_with(&merged::merged(summary, &proofs, &trace), &mut trace.sheets())?;
        growing.finish_after(trace_written).map_err(|e| Wrong(save_problem(&e)))?;
        save(output, &bytes).map_err(|e| Wrong(save_problem(&e)))?;
        if !quiet {
            let names = (output.display(), data.display());
            let line = match self.lang {
                Lang::Zh => format!("已写出 {}、{}", names.0, names.1),
                Lang::En => format!("wrote {}, {}", names.0, names.1),
            };
            write_line(&mut io::stdout().lock(), &line)?;
        }
        Ok(Outcome::Done)
    }
}

/// How many members count, and what became of the money, in one line each.
fn conserved(summary: &Summary, lang: Lang) -> String {
    let counted = summary.membership.standings.iter().filter(|s| **s == Standing::Counted).count();
    let (all, missing) = (summary.members.len(), summary.membership.missing.len());
    let measure = summary.budget.template.measure.word();
    let kept = summary.conservation();
    let total: crate::value::Amount = kept.iter().map(|k| k.total).sum();
    let by = |fate: Fate| kept.iter().map(|k| k.by_fate[fate as usize]).sum::<crate::value::Amount>();
    let [added, eliminated, not_additive, rejected] = [Fate::Added, Fate::Eliminated, Fate::NotAdditive, Fate::Rejected].map(by);
    match lang {
        Lang::Zh => format!(
            "共 {all} 份预算，计入 {counted} 份，未计入 {} 份，缺 {missing} 个单位\n\
             数额合计 {total} {measure} = 计入 {added} + 抵销 {eliminated} + 不相加 {not_additive} + 剔除 {rejected}",
            all - counted
        ),
        Lang::En => format!(
            "{all} budgets: {counted} counted, {} not; {missing} units missing\n\
             {total} {measure} in all = added {added} + eliminated {eliminated} + not additive {not_additive} + rejected {rejected}",
            all - counted
        ),
    }
}

fn save_problem(error: &SaveError) -> String {
    format!("{}。{}", error.message(), error.advice())
}

/// Whether a file is TOML, by the ending of its name.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"))
}
