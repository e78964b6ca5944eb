//! Judges equations: exact, possible by rounding, or broken; never says which cell is wrong.

use crate::finding::{Fact, Finding, Numbers, Operand, Place, Verdict};
use crate::model::Budget;
use crate::stage::instances::{self, Instance, Outcome, Side, Standing};
use crate::template::written::Severity;
use crate::template::{Equation, Relation, Rule};
use crate::value::Amount;

/// The rule under which a sum that agrees as stored and not as displayed is told.
const DISPLAYED: &str = "R14";

/// Adds what the equations of a rule find. A rule that only explains another finds nothing itself.
pub(super) fn check(budget: &Budget, rule: &Rule, findings: &mut Vec<Finding>) {
    if rule.declared.explains.is_some() || !instances::applies(budget, rule) {
        return;
    }
    for equation in &rule.equations {
        instances::each(budget, equation, &mut |instance| {
            let outcome = instances::outcome(budget, instance, equation.relation, rule.tolerance);
            match outcome.standing {
                Standing::Holds => findings.extend(displayed(budget, rule, equation, instance)),
                Standing::Rounding => findings.push(found(budget, rule, equation, instance, &outcome, Verdict::Rounding)),
                Standing::Broken => findings.push(found(budget, rule, equation, instance, &outcome, Verdict::Broken)),
            }
        });
    }
}

/// Puts rules that hold and explain a broken one into the finding of that one.
pub(super) fn explain(budget: &Budget, findings: &mut [Finding]) {
    for rule in budget.template.rules.iter().filter(|r| r.declared.explains.is_some()) {
        let explained = rule.declared.explains.as_deref().unwrap_or_default();
        if !findings.iter().any(|f| f.rule == explained) || !instances::applies(budget, rule) {
            continue;
        }
        let mut holds = true;
        let mut operands = Vec::new();
        for equation in &rule.equations {
            instances::each(budget, equation, &mut |instance| {
                holds &= instances::outcome(budget, instance, equation.relation, rule.tolerance).standing == Standing::Holds;
                operands.extend(self::operands(budget, &instance.right, false));
            });
        }
        if !holds || operands.is_empty() {
            continue;
        }
        for finding in findings.iter_mut().filter(|f| f.rule == explained) {
            if let Fact::Identity { explained, .. } = &mut finding.fact {
                *explained = Some((rule.declared.title.clone(), operands.clone()));
            }
        }
    }
}

fn found(budget: &Budget, rule: &Rule, equation: &Equation, instance: &Instance, outcome: &Outcome, verdict: Verdict) -> Finding {
    let declared = &rule.declared;
    let severity = if verdict == Verdict::Rounding { Severity::Note } else { declared.severity };
    let numbers = Numbers {
        value: outcome.value,
        expected: outcome.expected,
        difference: outcome.value - outcome.expected,
        bound: outcome.bound,
    };
    let agrees_as_displayed =
        is_sum(equation) && instances::displayed(budget, instance).is_some_and(|(left, right)| left == right);
    let fact = Fact::Identity {
        title: declared.title.clone(),
        relation: equation.relation,
        why: declared.why.clone(),
        explained: None,
        agrees_as_displayed,
    };
    let mut finding = identity(budget, &declared.id, severity, instance, numbers, Some(verdict), fact);
    let read = equation.left.iter().chain(&equation.right).filter_map(|t| Some(t.operand?.table));
    finding.hinges_on = read.filter(|table| budget.tables[*table].incomplete).collect();
    finding.hinges_on.dedup();
    finding
}

fn identity(
    budget: &Budget,
    rule: &str,
    severity: Severity,
    instance: &Instance,
    numbers: Numbers,
    verdict: Option<Verdict>,
    fact: Fact,
) -> Finding {
    let mut operands = operands(budget, &instance.left, true);
    operands.extend(self::operands(budget, &instance.right, false));
    let place = match instance.left.parts.as_slice() {
        [part] => Place::cell(budget, part.at),
        _ => {
            Place { table: instance.left.parts.first().or(instance.right.parts.first()).map(|p| p.at.table), ..Place::default() }
        }
    };
    let numbers = Some(numbers);
    Finding { rule: rule.to_owned(), severity, place, verdict, numbers, operands, fact, hinges_on: Vec::new(), suspicion: None }
}

/// A sum that agrees as stored and not as displayed.
fn displayed(budget: &Budget, rule: &Rule, equation: &Equation, instance: &Instance) -> Option<Finding> {
    let (value, expected) = instances::displayed(budget, instance).filter(|(left, right)| is_sum(equation) && left != right)?;
    let numbers = Numbers { value, expected, difference: value - expected, bound: Amount::ZERO };
    let fact = Fact::DisplayedTail { title: rule.declared.title.clone() };
    Some(identity(budget, DISPLAYED, Severity::Note, instance, numbers, Some(Verdict::Rounding), fact))
}

/// Whether both sides of an equation must be the same.
fn is_sum(equation: &Equation) -> bool {
    matches!(equation.relation, Relation::Defines | Relation::Equal)
}

fn operands(budget: &Budget, side: &Side, is_left: bool) -> Vec<Operand> {
    let operand = |part: &instances::Part| Operand {
        at: Some(part.at),
        place: Place::cell(budget, part.at),
        label: budget.tables[part.at.table].rows[part.at.row].label.clone(),
        value: budget.slot(part.at).amount,
        factor: part.factor,
        is_left,
        unit: None,
        past: None,
    };
    side.parts.iter().map(operand).collect()
}
