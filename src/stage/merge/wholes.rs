//! What the totals of one member should be by its own amounts, worked out from these upward; never looks at what it did not file.

use std::collections::{BTreeMap, HashMap};

use crate::model::Address;
use crate::stage::recompute::Definition;
use crate::value::Amount;

/// For each cell the totals that it is part of. A summary may have thousands of rows of which a member has a few, so that a
/// total is not asked for its parts but every part tells its totals.
#[derive(Debug, Default)]
pub(super) struct Wholes(HashMap<Address, Vec<Whole>>);

/// A total, and how often a part counts in it.
#[derive(Debug, Clone, Copy)]
struct Whole {
    /// How many steps of addition lie below it, so that parts come before their totals.
    depth: usize,
    at: Address,
    factor: Amount,
}

impl Wholes {
    pub(super) fn new(definitions: &HashMap<Address, Definition>) -> Self {
        let mut depths: HashMap<Address, usize> = HashMap::new();
        let mut wholes: HashMap<Address, Vec<Whole>> = HashMap::new();
        let mut sorted: Vec<(&Address, &Definition)> = definitions.iter().collect();
        sorted.sort_unstable_by_key(|(at, _)| **at);
        for (at, definition) in sorted {
            let depth = depth(*at, definitions, &mut depths);
            for part in &definition.parts {
                wholes.entry(part.at).or_default().push(Whole { depth, at: *at, factor: part.factor });
            }
        }
        Self(wholes)
    }

    /// For every total that a member has parts of their sum and how many they are: a part is what was filed there, or the sum
    /// of its own parts where its edition has no such total.
    pub(super) fn sums(&self, own: &HashMap<Address, Amount>) -> HashMap<Address, (Amount, usize)> {
        let mut open: BTreeMap<(usize, Address), (Amount, usize)> = BTreeMap::new();
        let mut sums = HashMap::new();
        let tell = |open: &mut BTreeMap<_, (Amount, usize)>, part: &Address, amount: Amount, above: usize| {
            // Only upward, so that there is an end.
            for whole in self.0.get(part).into_iter().flatten().filter(|whole| whole.depth > above) {
                let sum = open.entry((whole.depth, whole.at)).or_default();
                *sum = (sum.0 + whole.factor * amount, sum.1 + 1);
            }
        };
        own.iter().for_each(|(at, amount)| tell(&mut open, at, *amount, 0));
        while let Some(((depth, at), sum)) = open.pop_first() {
            if !own.contains_key(&at) {
                tell(&mut open, &at, sum.0, depth);
            }
            sums.insert(at, sum);
        }
        sums
    }
}

/// How many steps of addition lie below a cell. A cell that leads back to itself, as repeated codes might, counts as a leaf there.
fn depth(at: Address, definitions: &HashMap<Address, Definition>, known: &mut HashMap<Address, usize>) -> usize {
    if let Some(depth) = known.get(&at) {
        return *depth;
    }
    let Some(definition) = definitions.get(&at) else { return 0 };
    known.insert(at, 0);
    let below = definition.parts.iter().filter(|p| p.at != at).map(|p| depth(p.at, definitions, known)).max();
    let depth = below.unwrap_or(0) + 1;
    known.insert(at, depth);
    depth
}
