//! Makes a proposed edition sound: rules that cannot be kept are dropped and told; never drops anything else.

use toml::{Table as Toml, Value};

use super::{Draft, Fact, NoDraft, Remark};
use crate::template::{Sources, Template, TemplateError, difference, load};

/// The name under which a proposal is tried.
const TRIAL: &str = "draft";

/// The proposal as it is to be written: what differs from the base, or the whole; with the rules that can be kept.
pub fn settle(
    base: &Template,
    is_difference: bool,
    mut wanted: Toml,
    mut remarks: Vec<Remark>,
    sources: &Sources,
) -> Result<Draft, NoDraft> {
    for rule in &base.dropped_rules {
        drop_rule(&mut wanted, rule);
    }
    let mut trial = sources.clone();
    let mut tried = |wanted: &Toml| {
        let written = written(base, is_difference, wanted);
        trial.files.insert(format!("{TRIAL}.toml"), toml::to_string(&written).unwrap_or_default());
        load(TRIAL, &trial).map(|_| written)
    };
    // Every round takes an equation or a rule away, so that there is an end.
    loop {
        let error = match tried(&wanted) {
            Ok(written) => return Ok(Draft { base: base.name.clone(), written, remarks }),
            Err(error) => error,
        };
        let TemplateError::Wrong { key, problem, .. } = &error else { return Err(error.into()) };
        let Some(rule) = rule_named(key).map(str::to_owned) else { return Err(error.into()) };
        let better = shorter(&wanted, &rule).into_iter().find(|shorter| tried(shorter).err().is_none_or(|e| e != error));
        match better {
            Some(better) => wanted = better,
            None if drop_rule(&mut wanted, &rule) => {
                let fact = Fact::RuleDropped { id: rule, problem: problem.clone() };
                remarks.push(Remark { sheet: String::new(), cell: None, fact });
            }
            None => return Err(error.into()),
        }
    }
}

/// The edition without one of the several equations of a rule, or without one of the values of its variables.
fn shorter(wanted: &Toml, rule: &str) -> Vec<Toml> {
    let rules = || wanted.get("rule").and_then(Value::as_array).into_iter().flatten();
    let Some(place) = rules().position(|r| r.get("id").and_then(Value::as_str) == Some(rule)) else { return Vec::new() };
    let Some(whole) = rules().nth(place).and_then(Value::as_table) else { return Vec::new() };
    let less = without_equation(whole).into_iter().chain(without_value(whole));
    let replaced = |rule: Toml| {
        let mut wanted = wanted.clone();
        if let Some(rules) = wanted.get_mut("rule").and_then(Value::as_array_mut) {
            rules[place] = Value::Table(rule);
        }
        wanted
    };
    less.map(replaced).collect()
}

fn without_equation(rule: &Toml) -> Vec<Toml> {
    let equations = rule.get("equations").and_then(Value::as_array).filter(|e| e.len() > 1);
    let each = equations.into_iter().flat_map(|e| (0..e.len()).map(move |place| (e, place)));
    each.map(|(equations, place)| {
        let left: Vec<Value> = equations.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, e)| e.clone()).collect();
        let text: String = left.iter().filter_map(Value::as_str).collect();
        let mut rule = rule.clone();
        rule.insert("equations".to_owned(), Value::Array(left));
        // A variable that nothing names any more would be an error.
        if let Some(over) = rule.get_mut("for").and_then(Value::as_table_mut) {
            over.retain(|variable, _| text.contains(&format!("${variable}")));
        }
        rule
    })
    .collect()
}

fn without_value(rule: &Toml) -> Vec<Toml> {
    let variables = rule.get("for").and_then(Value::as_table).into_iter().flatten();
    let lists = variables.filter_map(|(name, values)| Some((name, values.as_array().filter(|v| v.len() > 1)?)));
    let each = lists.flat_map(|(name, values)| (0..values.len()).map(move |place| (name, values, place)));
    each.map(|(name, values, place)| {
        let mut values = values.clone();
        values.remove(place);
        let mut rule = rule.clone();
        if let Some(over) = rule.get_mut("for").and_then(Value::as_table_mut) {
            over.insert(name.clone(), Value::Array(values));
        }
        rule
    })
    .collect()
}

fn written(base: &Template, is_difference: bool, wanted: &Toml) -> Toml {
    if !is_difference {
        return wanted.clone();
    }
    let mut before = base.resolved.clone();
    for rule in &base.dropped_rules {
        drop_rule(&mut before, rule);
    }
    let extends = ("extends".to_owned(), Value::String(base.name.clone()));
    std::iter::once(extends).chain(difference(&before, wanted)).collect()
}

fn rule_named(key: &str) -> Option<&str> {
    key.strip_prefix("rule \"")?.split('"').next()
}

fn drop_rule(wanted: &mut Toml, id: &str) -> bool {
    let Some(rules) = wanted.get_mut("rule").and_then(Value::as_array_mut) else { return false };
    let before = rules.len();
    rules.retain(|r| r.get("id").and_then(Value::as_str) != Some(id));
    rules.len() < before
}
