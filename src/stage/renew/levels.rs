//! What single figures should say by the cells that rules bind them to; never takes a cell that is in doubt.

use std::collections::BTreeMap;

use super::trust::Trust;
use super::{Plan, net, stated};
use crate::finding::Kept;
use crate::stage::instances::{self, Instance, Standing};
use crate::stage::statements::{self, Years};
use crate::template::{Relation, Rule, Statement};
use crate::value::Amount;

/// What a rule says of a figure.
struct Bond<'b> {
    rule: &'b Rule,
    statement: &'b Statement,
    cells: Instance,
    /// What it should be, in 元.
    yuan: Amount,
    holds: bool,
    doubt: Option<Kept>,
}

impl<'b> Plan<'b> {
    /// Gives every figure that is bound to cells the amount they hold.
    pub(super) fn levels(&mut self) {
        let trust = Trust::new(self.budget);
        for (mention, bonds) in self.bonds(&trust) {
            let mut values: Vec<Amount> = bonds.iter().map(|b| b.yuan).collect();
            values.sort_unstable();
            values.dedup();
            let all_hold = bonds.iter().all(|b| b.holds);
            let doubt = bonds.iter().find_map(|b| b.doubt.clone());
            for place in self.alike(mention) {
                match (&doubt, values.as_slice()) {
                    (None, [_]) if all_hold => self.firm[place] = true,
                    (_, _) if all_hold => {}
                    (Some(doubt), _) => self.keep(place, doubt.clone()),
                    (None, [yuan]) => self.level(place, *yuan, &bonds),
                    (None, several) => {
                        let unit = self.told.mentions[place].unit;
                        let shown = several.iter().filter_map(|y| y.checked_div(unit)).map(|y| y.to_string()).collect();
                        self.keep(place, Kept::SeveralValues(shown));
                    }
                }
            }
        }
    }

    fn level(&mut self, mention: usize, yuan: Amount, bonds: &[Bond<'_>]) {
        let holds = |m: &crate::stage::prose::Mention| {
            bonds.iter().all(|b| {
                let claim = statements::claim(self.budget, b.statement, b.rule.tolerance, &b.cells, &[m]);
                claim.is_some_and(|c| c.standing == Standing::Holds)
            })
        };
        let Some(new) = self.with_amount(mention, yuan, &holds) else { return };
        if new.number != self.now[mention].number
            && let Some(bond) = bonds.iter().find(|b| !b.holds)
        {
            self.steps[mention] = Some(bond.rule.declared.id.clone());
            self.now[mention] = new;
        }
        self.firm[mention] = true;
    }

    /// The equations that bind one figure to cells, by the first mention of it that says so.
    fn bonds(&self, trust: &Trust<'_>) -> BTreeMap<usize, Vec<Bond<'b>>> {
        let mut bonds: BTreeMap<usize, Vec<Bond<'b>>> = BTreeMap::new();
        let budget = self.budget;
        for rule in budget.template.rules.iter().filter(|r| !r.statements.is_empty() && instances::applies(budget, r)) {
            for statement in rule.statements.iter().filter(|s| s.equation.relation == Relation::Equal) {
                let terms = || statement.equation.left.iter().chain(&statement.equation.right);
                if stated(statement).count() != 1 || terms().all(|t| t.operand.is_none()) {
                    continue;
                }
                let tables: Vec<usize> = terms().filter_map(|t| Some(t.operand?.table)).collect();
                statements::each(Years::alone(budget), statement, rule.tolerance, self.told, &mut |claim| {
                    let Some((_, mention)) = claim.figures().next() else { return };
                    let off = (claim.value - claim.expected).checked_div(net(statement, 0));
                    let yuan = off.and_then(|off| (mention.number - off).checked_mul(mention.unit));
                    let Some(yuan) = yuan else { return };
                    let parts: Vec<&instances::Part> = claim.cells.left.parts.iter().chain(&claim.cells.right.parts).collect();
                    let (holds, doubt) = (claim.standing == Standing::Holds, trust.doubt(&parts, &tables));
                    let cells = claim.cells.clone();
                    bonds.entry(self.place(mention)).or_default().push(Bond { rule, statement, cells, yuan, holds, doubt });
                });
            }
        }
        bonds
    }
}
