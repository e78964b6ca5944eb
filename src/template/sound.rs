//! Proves that the definitions of an edition define every total once and without circles; never sees a budget.

use indexmap::IndexMap;

use super::equation::Relation;
use super::{Body, Domain, Equation, Operand, Rows, Template};

/// Cells that no budget can tell apart: a declared row, or the code rows of a tree with or without children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Declared(usize),
    Leaf,
    Parent,
}

type Node = (usize, Kind, usize);

/// The key and the problem of the first definition that is not sound.
pub fn prove(template: &Template) -> Result<(), (String, String)> {
    let mut defined: IndexMap<Node, (&str, Vec<Node>)> = IndexMap::new();
    for rule in &template.rules {
        let id = rule.declared.id.as_str();
        for equation in rule.equations.iter().filter(|e| e.relation == Relation::Defines) {
            let Some(target) = equation.left.first().and_then(|t| t.operand) else { continue };
            for node in nodes(template, target, equation) {
                let parts = equation.right.iter().filter_map(|t| t.operand);
                let parts: Vec<Node> = parts.flat_map(|o| parts_of(template, o, node)).collect();
                if let Some((other, _)) = defined.insert(node, (id, parts)) {
                    return Err((
                        format!("rule \"{id}\""),
                        format!("{} is already defined by rule \"{other}\"", name(template, node)),
                    ));
                }
            }
        }
    }
    let mut done = IndexMap::new();
    for node in defined.keys() {
        visit(template, *node, &defined, &mut done)?;
    }
    Ok(())
}

fn visit(
    template: &Template,
    node: Node,
    defined: &IndexMap<Node, (&str, Vec<Node>)>,
    done: &mut IndexMap<Node, bool>,
) -> Result<(), (String, String)> {
    let Some((rule, parts)) = defined.get(&node) else { return Ok(()) };
    match done.get(&node) {
        Some(true) => return Ok(()),
        Some(false) => return Err((format!("rule \"{rule}\""), format!("{} is defined in a circle", name(template, node)))),
        None => {}
    }
    done.insert(node, false);
    for part in parts {
        // A parent made of its children is no circle: every step goes down the tree.
        if *part != node || !matches!(node.1, Kind::Parent) {
            visit(template, *part, defined, done)?;
        }
    }
    done.insert(node, true);
    Ok(())
}

/// The cells that an equation defines.
fn nodes(template: &Template, target: Operand, equation: &Equation) -> Vec<Node> {
    let node = |kind| (target.table, kind, target.column);
    let declared = || (0..template.tables[target.table].rows.len()).map(Kind::Declared);
    let codes = [Kind::Leaf, Kind::Parent];
    match (target.rows, &equation.over) {
        (Rows::Declared(first, _), _) => vec![node(Kind::Declared(first))],
        (Rows::Bound, Some(Domain::Leaves(_))) => vec![node(Kind::Leaf)],
        (Rows::Bound, Some(Domain::Parents(_))) => vec![node(Kind::Parent)],
        (Rows::Bound, Some(Domain::Branches(_))) => declared().chain([Kind::Parent]).map(node).collect(),
        (Rows::Bound, Some(Domain::All(_))) => declared().chain(codes).map(node).collect(),
        _ => codes.map(node).to_vec(),
    }
}

/// The cells that an operand of the definition of `of` may stand for.
fn parts_of(template: &Template, operand: Operand, of: Node) -> Vec<Node> {
    let node = |kind| (operand.table, kind, operand.column);
    match operand.rows {
        Rows::Declared(first, last) => (first..=last).map(|r| node(Kind::Declared(r))).collect(),
        Rows::Bound if operand.table == of.0 => vec![node(of.1)],
        _ if template.tables[operand.table].declared.body == Body::Tree => vec![node(Kind::Leaf), node(Kind::Parent)],
        _ => Vec::new(),
    }
}

fn name(template: &Template, (table, kind, column): Node) -> String {
    let table = &template.tables[table];
    let row = match kind {
        Kind::Declared(row) => table.rows.get(row).map_or("", |r| r.id.as_str()),
        Kind::Leaf => "(code without children)",
        Kind::Parent => "(code with children)",
    };
    format!("{}.{row}.{}", table.declared.id, table.columns[column].cell)
}
