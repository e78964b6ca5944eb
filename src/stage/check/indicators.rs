//! Named checks of the indicators of performance forms: their kinds, what their values can mean, one object in two projects;
//! never judges a value by what it ought to be.

use super::Named;
use crate::finding::{Odd, Place, Typed};
use crate::model::Site;
use crate::value::{Amount, text};

/// What a value of an indicator says, folded.
#[derive(Debug, Clone, PartialEq)]
struct Value {
    bound: Option<Bound>,
    number: Amount,
    unit: String,
}

/// The direction of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtMost,
    AtLeast,
}

/// `≤24小时` as a direction, a number and a unit; `None` where the value is in words.
fn value(written: &str) -> Option<Value> {
    let folded = text::fold(written);
    let from = folded.find(|c: char| c.is_ascii_digit())?;
    let bound = match &folded[..from] {
        "" | "=" => None,
        "≤" | "≦" | "<" | "<=" | "⩽" => Some(Bound::AtMost),
        "≥" | "≧" | ">" | ">=" | "⩾" => Some(Bound::AtLeast),
        _ => return None,
    };
    let rest = &folded[from..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    Some(Value { bound, number: rest[..end].parse().ok()?, unit: rest[end..].to_owned() })
}

impl Named<'_> {
    /// Every project has an indicator of each kind.
    pub(super) fn indicator_kinds(&mut self) {
        let Some(forms) = self.check.table("forms") else { return };
        let (columns, kinds) = (self.columns(forms, "columns"), self.check.words("kinds").to_vec());
        for form in self.budget.forms.iter().filter(|f| f.table == forms && !f.indicators.is_empty()) {
            let words: Vec<String> =
                form.indicators.iter().flat_map(|(cells, _)| columns.iter().map(|c| text::fold(&cells[*c]))).collect();
            let lacks = |kind: &&String| !words.iter().any(|w| w.contains(text::fold(kind).as_str()));
            let missing: Vec<String> = kinds.iter().filter(lacks).cloned().collect();
            if !missing.is_empty() {
                let detail = Typed::KindsMissing { project: form.project.clone(), missing };
                self.typed(Place::in_table(forms, form.site), detail);
            }
        }
    }

    /// Values have a direction and a unit that can be meant.
    pub(super) fn indicator_values(&mut self) {
        let Some(forms) = self.check.table("forms") else { return };
        let columns = self.columns(forms, "columns");
        let (value_column, level2) = (self.columns(forms, "value"), self.columns(forms, "level2"));
        let (Some(value_column), Some(level2)) = (value_column.first(), level2.first()) else { return };
        let words = IndicatorWords {
            rates: self.folded("rates"),
            not_rates: self.folded("not_rates"),
            high: self.folded("high"),
            low: self.folded("low"),
            running: self.folded("running"),
            timely: self.folded("timely"),
            not_timely: self.folded("not_timely"),
        };
        let mut found = Vec::new();
        for form in self.budget.forms.iter().filter(|f| f.table == forms) {
            for (cells, site) in &form.indicators {
                let folded = |c: &usize| text::fold(&cells[*c]).trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
                let names: Vec<String> = columns.iter().map(folded).collect();
                let indicator = columns.first().map(|c| cells[*c].trim().to_owned()).unwrap_or_default();
                let mut tell =
                    |why| found.push((*site, form.project.clone(), indicator.clone(), cells[*value_column].clone(), why));
                if let Some(value) = value(&cells[*value_column]) {
                    words.oddities(&names, &value).into_iter().for_each(&mut tell);
                }
                if words.is_misplaced(&text::fold(&cells[*level2]), &names) {
                    tell(Odd::NotTimely);
                }
            }
        }
        for (site, project, indicator, value, why) in found {
            self.typed(Place::in_table(forms, site), Typed::OddValue { project, indicator, value: value.trim().to_owned(), why });
        }
    }

    /// What one project counts is not what another one is named after and counts alike.
    pub(super) fn same_object(&mut self) {
        let Some(forms) = self.check.table("forms") else { return };
        let columns = self.columns(forms, "columns");
        let Some(value_column) = self.columns(forms, "value").first().copied() else { return };
        let (counted, generic) = (self.folded("counted"), self.folded("generic"));
        let own: Vec<_> = self.budget.forms.iter().filter(|f| f.table == forms).collect();
        let mut found: Vec<(Site, Typed)> = Vec::new();
        for (place, form) in own.iter().enumerate() {
            for (cells, site) in &form.indicators {
                let text: String = columns.iter().map(|c| format!("{};", text::fold(&cells[*c]))).collect();
                for object in objects(&text, &counted) {
                    let is_same = |(other, f): &(usize, &&crate::model::Form)| {
                        let counts = |(cells, _): &(Vec<String>, Site)| text::folds_to(&cells[value_column], &object.count);
                        let shared = object.shared(&text::fold(&f.project));
                        *other != place && !shared.is_empty() && !generic.contains(&shared) && f.indicators.iter().any(counts)
                    };
                    if let Some((_, other)) = own.iter().enumerate().find(|o| is_same(&(o.0, o.1))) {
                        let what = format!("{} {}", object.shared(&text::fold(&other.project)), object.count);
                        let detail = Typed::SameObject { what, projects: [form.project.clone(), other.project.clone()] };
                        found.push((*site, detail));
                    }
                }
            }
        }
        for (site, detail) in found {
            self.typed(Place::in_table(forms, site), detail);
        }
    }
}

/// The words that tell how a value should be.
struct IndicatorWords {
    rates: Vec<String>,
    not_rates: Vec<String>,
    high: Vec<String>,
    low: Vec<String>,
    running: Vec<String>,
    timely: Vec<String>,
    not_timely: Vec<String>,
}

impl IndicatorWords {
    fn oddities(&self, names: &[String], value: &Value) -> Vec<Odd> {
        let ends = |words: &[String]| names.iter().any(|n| words.iter().any(|w| n.ends_with(w.as_str())));
        let is_rate = ends(&self.rates) && !ends(&self.not_rates);
        // So many of a hundred thousand are a share too.
        let is_share = matches!(value.unit.as_str(), "" | "%" | "‰") || value.unit.contains('/') || value.unit.starts_with('%');
        let mut odd = Vec::new();
        if value.bound == Some(Bound::AtMost) && value.number.is_zero() {
            odd.push(Odd::AtMostNothing);
        }
        if is_rate && !is_share {
            odd.push(Odd::RateUnit);
        }
        if is_share && ends(&self.high) && value.bound == Some(Bound::AtMost) {
            odd.push(Odd::ShouldBeHigh);
        }
        if is_share && ends(&self.low) && value.bound == Some(Bound::AtLeast) {
            odd.push(Odd::ShouldBeLow);
        }
        let whole = format!("{}{}", value.number, value.unit);
        let runs = |name: &String| {
            let after = name.find(&whole).map(|at| name[at + whole.len()..].chars().take(4).collect::<String>());
            after.is_some_and(|after| self.running.iter().any(|w| after.contains(w.as_str())))
        };
        if value.bound == Some(Bound::AtMost) && !value.unit.is_empty() && names.iter().any(runs) {
            odd.push(Odd::AtMostAllTheTime);
        }
        odd
    }

    /// Whether an indicator of quality stands among those of time.
    fn is_misplaced(&self, level: &str, names: &[String]) -> bool {
        self.timely.iter().any(|w| w == level) && names.iter().any(|n| self.not_timely.iter().any(|w| n.ends_with(w.as_str())))
    }
}

/// A thing with the number that counts it: what stands before the number, and number and counting word.
struct Object {
    before: Vec<char>,
    count: String,
}

impl Object {
    /// The longest end of what stands before the number that a name contains, of two characters or more.
    fn shared(&self, name: &str) -> String {
        let ends = (0..self.before.len().saturating_sub(1)).map(|at| self.before[at..].iter().collect::<String>());
        ends.into_iter().find(|end| name.contains(end.as_str())).unwrap_or_default()
    }
}

/// The counted things of a folded text.
fn objects(text: &str, counted: &[String]) -> Vec<Object> {
    let chars: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut objects = Vec::new();
    for from in (0..chars.len()).filter(|at| is_digit(*at) && (*at == 0 || !is_digit(at - 1))) {
        let end = (from..chars.len()).find(|at| !is_digit(*at)).unwrap_or(chars.len());
        let after: String = chars[end..].iter().take(3).collect();
        let Some(word) = counted.iter().filter(|w| after.starts_with(w.as_str())).max_by_key(|w| w.len()) else { continue };
        let begin = (0..from).rev().find(|at| !chars[*at].is_alphabetic()).map_or(0, |at| at + 1);
        let number: String = chars[from..end].iter().collect();
        objects.push(Object { before: chars[begin..from].to_vec(), count: format!("{number}{word}") });
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_a_direction_a_number_and_a_unit() {
        let seen = |written: &str| value(written).map(|v| (v.bound, v.number.to_string(), v.unit));
        assert_eq!(seen("≤ 3 秒"), Some((Some(Bound::AtMost), "3".into(), "秒".into())));
        assert_eq!(seen("≧95.5%"), Some((Some(Bound::AtLeast), "95.5".into(), "%".into())));
        assert_eq!(seen("1 套"), Some((None, "1".into(), "套".into())));
        assert_eq!(seen("比上年有所提高"), None);
        assert_eq!(seen("第1季度"), None);
    }

    #[test]
    fn counted_things_are_found_with_what_stands_before_them() {
        let found = objects("租用500M上网光纤1条、裸纤5条(用于", &["条".to_owned()]);
        let seen: Vec<_> = found.iter().map(|o| (o.before.iter().collect::<String>(), o.count.as_str())).collect();
        assert_eq!(seen, [("M上网光纤".to_owned(), "1条"), ("裸纤".to_owned(), "5条")]);
        assert_eq!(found[1].shared("裸纤租用费"), "裸纤");
        assert_eq!(found[0].shared("裸纤租用费"), "");
    }
}
