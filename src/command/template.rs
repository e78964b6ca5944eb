//! `yusuan template`: lists and shows the editions, tells which one a workbook follows, writes blank forms and drafts editions from them.

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::reading::{self, Reader, ReadingArguments, Wrong};
use super::{Outcome, Shared, draft, write_line};
use crate::edge::save::save;
use crate::edge::write;
use crate::stage::layout::{self, Filer};
use crate::stage::recognise::{Fit, Recognised};

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// 列出全部模板
    List,
    /// 显示一个模板继承、覆盖后的全文
    Show {
        /// 模板名，如 hebei/unit-2023
        name: String,
    },
    /// 判断工作簿采用哪个模板，并说明理由
    Which(ReadingArguments),
    /// 生成官方空白表：合计自动计算，只能在浅色单元格填写，附勾稽检查
    Blank {
        /// 模板名，如 hebei/unit-2023
        name: String,
        /// 输出文件
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// 单位编码，印在各表表头
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
        /// 单位名称，印在各表表头
        #[arg(long = "name", value_name = "NAME")]
        unit_name: Option<String>,
        /// 预算年度，默认为模板的年度
        #[arg(long)]
        year: Option<i32>,
    },
    /// 从财政部门下发的空白表起草模板：只写与已有模板不同之处，不能确定的列在文件开头
    Draft(draft::Arguments),
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
        Arguments::Which(arguments) => return which(arguments, shared, &mut out),
        Arguments::Draft(arguments) => return draft::run(arguments, shared, &mut out),
        Arguments::Blank { name, output, unit, unit_name, year } => {
            let template = reading::template(name, shared)?;
            let filer = Filer { code: unit.clone(), name: unit_name.clone(), year: *year };
            let bytes = write::write(&layout::blank_for(&template, filer))?;
            save(output, &bytes).map_err(|e| Wrong(format!("{}。{}", e.message(), e.advice())))?;
            write_line(&mut out, &format!("已写出 {}", output.display()))?;
        }
    }
    Ok(Outcome::Done)
}

/// The edition of every input, with the reason.
fn which(arguments: &ReadingArguments, shared: &Shared, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let reader = Reader::new(arguments, shared)?;
    reader.recognise_each(|name, recognised| {
        let told = match recognised {
            Ok(Recognised::Edition(fit)) => format!("{name}\t{}\t{}", fit.template.name, reason(&fit)),
            Ok(Recognised::Tie(fits)) => {
                let fits = fits.iter().map(|f| format!("{}（{}）", f.template.name, reason(f))).collect::<Vec<_>>();
                format!("{name}\t无法区分，请用 --template 指定\t{}", fits.join("；"))
            }
            Ok(Recognised::Nothing) => format!("{name}\t其中没有认识的预算表"),
            Err(problem) => format!("{name}\t{}。{}", problem.message, problem.advice),
        };
        write_line(out, &told).map_err(Into::into)
    })
}

/// Why a workbook was found to follow an edition.
fn reason(fit: &Fit) -> String {
    let mut reasons = vec![format!("{} 张表的标题相符，其中 {} 张与印制标题完全一致", fit.titled, fit.printed)];
    match (fit.year, fit.template.about.year) {
        (Some(year), Some(own)) if year == own => reasons.push(format!("年度 {year} 相符")),
        (Some(year), Some(own)) => reasons.push(format!("工作簿为 {year} 年，没有该年模板，取最接近的 {own} 年")),
        (None, Some(own)) => reasons.push(format!("工作簿没有年度，模板为 {own} 年")),
        _ => {}
    }
    reasons.extend(fit.shape.map(|shape| format!("表头相符 {shape} 栏")));
    reasons.join("，")
}
