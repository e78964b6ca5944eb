//! The command line: one file for each subcommand, and what they share; never does the work of a stage itself.

mod annotating;
mod check;
mod convert;
mod diff;
mod draft;
mod explain;
mod explaining;
mod interrupt;
mod joining;
mod known;
mod makeup;
mod membership;
mod merge;
mod model;
mod previous;
mod progress;
mod reading;
mod resuming;
mod taking;
mod template;
mod versions;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::finding::Lang;

/// How the program ends: the worst of what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Done.
    Done = 0,
    /// There are findings at or above `--fail-on`.
    Found = 1,
    /// The command was used wrongly.
    Usage = 2,
    /// Some input could not be read; the rest was processed.
    Unread = 3,
    /// The program failed.
    Internal = 4,
}

#[derive(Debug, Parser)]
#[command(name = "yusuan", version, about = "读取、核对、重算、整理并公开预算单位的标准预算表格", max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, Args)]
struct Shared {
    /// 增加一个模板目录，同名文件优先于内置模板
    #[arg(long, global = true, value_name = "DIR")]
    templates: Vec<PathBuf>,
    /// 消息语言
    #[arg(long, global = true, value_enum, default_value_t = LangArg::Zh)]
    lang: LangArg,
    /// 只输出结果，不输出过程信息
    #[arg(long, global = true)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LangArg {
    Zh,
    En,
}

impl Shared {
    fn lang(&self) -> Lang {
        match self.lang {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 读取、规范、重算，写出规范工作簿、信息公开工作簿和检查报告
    Convert(convert::Arguments),
    /// 核对勾稽关系，只报告问题
    Check(check::Arguments),
    /// 把各单位的预算汇总成部门、本级的预算，并逐格证明
    Merge(merge::Arguments),
    /// 两次报送或两个年度之间改了什么
    Diff(diff::Arguments),
    /// 把工作簿读成规范的数据，每份预算一行 JSON
    Model(model::Arguments),
    /// 查看模板
    #[command(subcommand)]
    Template(template::Arguments),
    /// 说明一条规则：内容、公式、依据
    Explain(explain::Arguments),
}

/// Runs the program on its command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // A failure is told with the input it happened on, not as a trace of the program.
    std::panic::set_hook(Box::new(|_| {}));
    interrupt::listen(cli.shared.lang());
    let outcome = match &cli.command {
        Command::Convert(arguments) => convert::run(arguments, &cli.shared),
        Command::Check(arguments) => check::run(arguments, &cli.shared),
        Command::Merge(arguments) => merge::run(arguments, &cli.shared),
        Command::Diff(arguments) => diff::run(arguments, &cli.shared),
        Command::Model(arguments) => model::run(arguments, &cli.shared),
        Command::Template(arguments) => template::run(arguments, &cli.shared),
        Command::Explain(arguments) => explain::run(arguments, &cli.shared),
    };
    match outcome {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(error) if error.is::<interrupt::Interrupted>() => {
            interrupt::say(cli.shared.lang());
            ExitCode::from(interrupt::STATUS)
        }
        Err(error) => {
            let _ = write_line(&mut std::io::stderr(), &format!("yusuan: {error}"));
            let outcome = if error.is::<reading::Wrong>() { Outcome::Usage } else { Outcome::Internal };
            ExitCode::from(outcome as u8)
        }
    }
}

/// Writes a line; a reader that has gone away is no error.
fn write_line(to: &mut dyn std::io::Write, line: &str) -> std::io::Result<()> {
    match writeln!(to, "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
