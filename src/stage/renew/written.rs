//! Puts renewed amounts into the sentences as their clerk writes numbers; never touches a word beside the number and its verb.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Renewed;
use crate::finding::Kept;
use crate::model::Budget;
use crate::stage::prose::{self, Mention, Told};
use crate::template::Part;
use crate::template::written::Wording;
use crate::value::{Amount, text};

/// Words of a paragraph to be replaced.
struct Edit {
    mention: usize,
    at: Range<usize>,
    with: String,
}

/// Writes all steps paragraph by paragraph. A paragraph that is not read back as meant stays as it was.
pub(super) fn write(
    budget: &mut Budget,
    told: &Told,
    now: &[Mention],
    steps: &[Option<String>],
    kept: &mut Vec<(usize, Kept)>,
) -> Vec<Renewed> {
    let Some(wording) = budget.template.narrative.as_ref().map(|n| n.declared.wording.clone()) else { return Vec::new() };
    let mut by_paragraph: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
    for place in (0..now.len()).filter(|place| steps[*place].is_some()) {
        let own = &told.mentions[place];
        let filed = &budget.narrative[own.said.paragraph].text.text;
        let has_share = told.mentions.iter().any(|m| {
            (m.part, m.figure, m.said.paragraph) == (Part::Percent, own.figure, own.said.paragraph) && own.part == Part::Change
        });
        match edits(filed, own, &now[place], has_share, &wording) {
            Some(edits) => by_paragraph.entry(own.said.paragraph).or_default().extend(edits.into_iter().map(|(at, with)| Edit {
                mention: place,
                at,
                with,
            })),
            None => kept.push((place, Kept::Sentence)),
        }
    }
    let mut renewed = Vec::new();
    for (paragraph, mut edits) in by_paragraph {
        edits.sort_by_key(|e| (e.at.start, e.at.end));
        edits.dedup_by(|b, a| a.at == b.at && a.with == b.with);
        let filed = budget.narrative[paragraph].text.text.clone();
        let is_apart = edits.windows(2).all(|pair| pair[0].at.end <= pair[1].at.start);
        let mut new = filed.clone();
        if is_apart {
            edits.iter().rev().for_each(|edit| new.replace_range(edit.at.clone(), &edit.with));
        }
        budget.narrative[paragraph].text.text = new;
        if is_apart && is_read_back(budget, told, now, &edits, paragraph) {
            renewed.extend(lines(told, &filed, &edits, steps));
        } else {
            budget.narrative[paragraph].text.text = filed;
            let mut mentions: Vec<usize> = edits.iter().map(|e| e.mention).collect();
            mentions.dedup();
            kept.extend(mentions.into_iter().map(|m| (m, Kept::Sentence)));
        }
    }
    renewed
}

/// What has to be replaced so that a mention says another amount.
fn edits(filed: &str, own: &Mention, new: &Mention, has_share: bool, wording: &Wording) -> Option<Vec<(Range<usize>, String)>> {
    let (before, after) = (own.number, new.number);
    let Some(number) = own.written.number.clone() else {
        let verb = if after.is_negative() { &wording.decrease } else { &wording.increase };
        let unit = wording.units.iter().find(|(_, yuan)| yuan.parse::<Amount>() == Ok(new.unit))?.0;
        let words = format!("{}{}{unit}", verb.first()?, after.abs().fixed(new.decimals));
        return Some(vec![(own.written.verb.clone()?, words)]);
    };
    let digits = like(&filed[number.clone()], after.abs(), new.decimals)?;
    if own.part == Part::Change && after.is_zero() && !has_share {
        return Some(vec![(own.written.verb.clone()?.start..own.written.end, wording.same.first()?.clone())]);
    }
    let mut edits = vec![(number, digits)];
    let is_turned = !before.is_zero() && !after.is_zero() && before.is_negative() != after.is_negative();
    if let Some(verb) = own.written.verb.clone().filter(|_| is_turned || (before.is_zero() && !after.is_zero())) {
        let other = turned(&text::fold(&filed[verb.clone()]), after.is_negative(), wording)?;
        edits.push((verb, other));
    } else if is_turned && own.part == Part::Change {
        return None;
    }
    edits.retain(|(at, with)| filed[at.clone()] != **with);
    Some(edits)
}

/// The word that says the other of a change, the one at the same place of its list where there is one.
fn turned(verb: &str, falls: bool, wording: &Wording) -> Option<String> {
    let (to, from) = if falls { (&wording.decrease, &wording.increase) } else { (&wording.increase, &wording.decrease) };
    if to.iter().any(|w| text::fold(w) == verb) {
        return Some(verb.to_owned());
    }
    let place = from.iter().position(|w| text::fold(w) == verb).unwrap_or_default();
    to.get(place).or_else(|| to.first()).cloned()
}

/// A number in the way another one is written: its separators of thousands, its width of characters. `None` where that is not
/// known.
fn like(written: &str, amount: Amount, decimals: u8) -> Option<String> {
    let is_known = |c: char| matches!(text::half_width(c), '0'..='9' | '.' | ',');
    if !written.chars().all(is_known) {
        return None;
    }
    let is_grouped = written.chars().any(|c| text::half_width(c) == ',');
    let plain = amount.at_least(decimals);
    let plain = if is_grouped { grouped(&plain) } else { plain };
    let wide = |half: char| written.chars().find(|c| text::half_width(*c) == half && *c != half);
    let is_wide = written.chars().any(|c| ('０'..='９').contains(&c));
    let shown = plain.chars().map(|c| match c {
        '0'..='9' if is_wide => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        '.' if is_wide && !written.contains('.') => wide('.').unwrap_or('．'),
        ',' => wide(',').unwrap_or(c),
        c => c,
    });
    Some(shown.collect())
}

/// A number with its thousands parted.
fn grouped(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(w, f)| (w, Some(f)));
    let mut shown = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    fraction.map_or(shown.clone(), |f| format!("{shown}.{f}"))
}

/// Whether a changed paragraph tells every figure as it did, with the new amounts and nothing else.
fn is_read_back(budget: &Budget, told: &Told, now: &[Mention], edits: &[Edit], paragraph: usize) -> bool {
    let heard = prose::read(budget).mentions.into_iter().filter(|m| m.said.paragraph == paragraph);
    let heard: Vec<(usize, Part, Amount)> = heard.map(|m| (m.figure, m.part, m.yuan())).collect();
    let is_edited = |place: usize| edits.iter().any(|e| e.mention == place);
    let meant = (0..now.len()).filter(|place| told.mentions[*place].said.paragraph == paragraph).map(|place| {
        let m = if is_edited(place) { &now[place] } else { &told.mentions[place] };
        (m.figure, m.part, m.yuan())
    });
    heard.into_iter().eq(meant)
}

/// The edits of a paragraph as lines of the ledger, one for each figure.
fn lines(told: &Told, filed: &str, edits: &[Edit], steps: &[Option<String>]) -> Vec<Renewed> {
    let mut lines: Vec<Renewed> = Vec::new();
    let mut last = None;
    for edit in edits {
        let (before, after) = (&filed[edit.at.clone()], &edit.with);
        if let Some(line) = lines.last_mut().filter(|_| last == Some(edit.mention)) {
            line.before += before;
            line.after += after;
            continue;
        }
        last = Some(edit.mention);
        let said = &told.mentions[edit.mention].said;
        lines.push(Renewed {
            site: said.site,
            quote: said.quote.clone(),
            before: before.to_owned(),
            after: after.clone(),
            rule: steps[edit.mention].clone().unwrap_or_default(),
        });
    }
    lines
}
