//! `yusuan template`: lists and shows the editions.

use clap::Subcommand;

use super::{Outcome, Shared, reading, write_line};

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// 列出全部模板
    List,
    /// 显示一个模板继承、覆盖后的全文
    Show {
        /// 模板名，如 hebei/unit-2023
        name: String,
    },
}

pub(super) fn run(arguments: &Arguments, shared: &Shared) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    match arguments {
        Arguments::List => {
            for template in reading::templates(shared)? {
                write_line(&mut out, &format!("{}\t{}", template.name, template.about.title))?;
            }
        }
        Arguments::Show { name } => {
            let template = reading::template(name, shared)?;
            write_line(&mut out, &format!("# {}", template.name))?;
            for rule in &template.dropped_rules {
                write_line(&mut out, &format!("# 规则 {rule} 属于其他地区，或涉及本模板没有的表、行、栏，不适用"))?;
            }
            write_line(&mut out, toml::to_string_pretty(&template.resolved)?.trim_end())?;
        }
    }
    Ok(Outcome::Done)
}
