//! Reads the inputs several at a time and hands over what was made of them in their order; never looks into a budget.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::Outcome;
use super::interrupt::{self, Interrupted};
use super::joining::{self, Part};
use super::known::{Known, Nothing, Standing};
use super::reading::{Reader, Taken, unavailable, wrong};
use super::versions::{Version, Versions};
use crate::edge::input::{Input, Unavailable};
use crate::edge::read::{self, Limit, Unreadable};
use crate::finding::{Fact, Finding, Lang, Place, Told, tell_failed, tell_nothing_known, tell_older, tell_tie, tell_unreadable};
use crate::grid::Grid;
use crate::stage::extract::{self, Extracted};
use crate::stage::folded::Folded;
use crate::stage::formula;
use crate::stage::layout::{self, MERGED};
use crate::stage::locate::{self, Located};
use crate::stage::recognise::{Fit, Recognised};
use crate::stage::whose::{self, Whose};
use crate::template::{Severity, Template, TemplateError};

/// The most rows of all tables of a budget: each may be found wrong by many rules, and all that is found is held until it is told.
const ROWS: usize = 10_000;

/// What came of reading one input.
enum Read<T> {
    /// What became of it: of each budget, where it holds several.
    Taken(Vec<Made<T>>),
    /// It holds some of the tables of a budget: the others may stand in other files.
    Part(Part),
}

/// So long at most an interruption goes unseen while a result is waited for.
const TICK: Duration = Duration::from_millis(50);

/// What became of one budget, and what decides how it stands to others.
struct Made<T> {
    taken: Taken<T>,
    standing: Standing,
}

impl<T> From<Taken<T>> for Made<T> {
    fn from(taken: Taken<T>) -> Self {
        Self { taken, standing: Standing::default() }
    }
}

impl Reader {
    /// Makes something of every budget, several at a time, and hands it over in the order of the inputs; those that were put
    /// together from several files come last.
    pub(super) fn each<T: Send>(
        &self,
        make: impl Fn(Extracted) -> T + Sync,
        taken: impl FnMut(&str, Taken<T>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        self.each_beside(&Nothing, make, taken)
    }

    /// The same, without the work on what is known of an earlier run.
    pub(super) fn each_beside<T: Send>(
        &self,
        known: &impl Known<T>,
        make: impl Fn(Extracted) -> T + Sync,
        mut taken: impl FnMut(&str, Taken<T>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::Done;
        self.progress.begin(self.inputs.len());
        let mut taken = |name: &str, now: Taken<T>| {
            if matches!(outcome_of(&now), Outcome::Unread) {
                self.progress.unreadable();
            }
            self.progress.aside(|| taken(name, now))
        };
        for problem in &self.problems {
            outcome = Outcome::Unread;
            taken(&problem.file, Taken::Unreadable(Box::new(problem.clone())))?;
        }
        let (mut barren, mut versions, mut parts) = (self.arguments(), Versions::default(), Vec::new());
        let mut hand_over = |name: &str, made: Made<T>| {
            outcome = outcome.max(outcome_of(&made.taken));
            let taken_now = match made.taken {
                Taken::Budget(budget, _) => {
                    let Standing { whose, saved, tables } = made.standing;
                    let version = (!whose.is_nobody()).then(|| versions.take(name, &whose, (saved, tables)));
                    Taken::Budget(budget, version.unwrap_or(Version::Only))
                }
                other => other,
            };
            taken(name, taken_now)
        };
        self.in_order(
            self.inputs.iter(),
            |input| self.one(input, known, &make),
            |input, read| {
                if !matches!(&read, Read::Taken(made) if made.len() == 1) {
                    known.forget(&input.name);
                }
                match read {
                    Read::Part(part) => {
                        barren.retain(|argument| *argument != input.argument);
                        parts.push(part);
                    }
                    Read::Taken(made) => {
                        for made in made {
                            if !matches!(made.taken, Taken::Else) {
                                barren.retain(|argument| *argument != input.argument);
                            }
                            hand_over(&input.name, made)?;
                        }
                    }
                }
                self.progress.one_done();
                Ok(())
            },
        )?;
        let groups = joining::groups(parts);
        for (older, newer) in &groups.older {
            hand_over(older, Taken::Unreadable(Box::new(tell_older(older, newer, self.lang))).into())?;
        }
        let budgets = groups.budgets.into_iter();
        self.in_order(budgets, |group| self.group(group, &make), |_, (name, made)| hand_over(&name, made))?;
        for argument in barren {
            hand_over(argument, Taken::Unreadable(Box::new(unavailable(argument, &Unavailable::Barren, self.lang))).into())?;
        }
        self.progress.end();
        Ok(outcome)
    }

    /// Makes something of one input again, in the order of a run: what became of the first budget in it.
    pub(super) fn again<T>(&self, name: &str, known: &impl Known<T>, make: &impl Fn(Extracted) -> T) -> Taken<T> {
        match self.input(name).map(|input| self.one(input, known, make)) {
            Some(Read::Taken(made)) if made.len() == 1 => made.into_iter().map(|made| made.taken).next(),
            _ => None,
        }
        .unwrap_or_else(|| self.failed(name))
    }

    /// Does the work on every item, several at a time, and hands the results over in the order of the items. Asked to end, it
    /// hands over nothing more and gives up what has not begun.
    fn in_order<W: Send, R: Send>(
        &self,
        mut items: impl Iterator<Item = W>,
        work: impl Fn(&mut W) -> R + Sync,
        mut hand_over: impl FnMut(&W, R) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let work = &work;
        self.threads.in_place_scope(|scope| {
            let mut begun = VecDeque::new();
            loop {
                // Only a few ahead of the one that is handed over, so that what was made does not pile up in memory.
                for mut item in items.by_ref().take(self.jobs * 4 - begun.len()) {
                    let (sender, receiver) = mpsc::sync_channel(1);
                    // Nobody receives any more when handing over has failed.
                    scope.spawn(move |_| {
                        if !interrupt::is_asked() {
                            let result = work(&mut item);
                            drop(sender.send((item, result)));
                        }
                    });
                    begun.push_back(receiver);
                }
                let Some(receiver) = begun.pop_front() else { return Ok(()) };
                let (item, result) = loop {
                    let received = receiver.recv_timeout(TICK);
                    if interrupt::is_asked() {
                        return Err(Interrupted.into());
                    }
                    match received {
                        Err(RecvTimeoutError::Timeout) => {}
                        received => break received?,
                    }
                };
                hand_over(&item, result)?;
            }
        })
    }

    /// Makes something of one input. A defect of the program costs this input and not the run.
    fn one<T>(&self, input: &Input, known: &impl Known<T>, make: &impl Fn(Extracted) -> T) -> Read<T> {
        let work = AssertUnwindSafe(|| self.attempt(input, known, make));
        catch_unwind(work).unwrap_or_else(|_| Read::Taken(vec![self.failed(&input.name).into()]))
    }

    fn attempt<T>(&self, input: &Input, known: &impl Known<T>, make: &impl Fn(Extracted) -> T) -> Read<T> {
        let nothing = |meant, told: Told| Read::Taken(vec![self.nothing(input, meant, told).into()]);
        let unread = |problem: &Unavailable| {
            nothing(input.meant(Err(problem)), tell_unreadable(&input.name, problem.message(), problem.advice()))
        };
        let bytes = match input.bytes(&self.options.limits) {
            Ok(bytes) => bytes,
            Err(problem) => return unread(&problem),
        };
        if let Some((recalled, standing)) = known.recall(input, &bytes) {
            return Read::Taken(vec![Made { taken: Taken::Budget(recalled, Version::Only), standing }]);
        }
        let grid = read::read_with(&bytes, &input.name, &self.options);
        drop(bytes);
        let mut grid = match grid {
            Ok(grid) => grid,
            Err(problem) => return unread(&problem.into()),
        };
        if input.found && grid.mark.as_deref().is_some_and(|mark| !(self.takes_outputs && layout::is_budget(mark))) {
            return Read::Taken(vec![Taken::Own.into()]);
        }
        if self.recalls && grid.mark.as_deref().is_some_and(|mark| mark.starts_with(MERGED)) {
            return Read::Taken(vec![Taken::Summary(Box::new(grid)).into()]);
        }
        formula::calculate(&mut grid);
        let folded = Folded::new(&grid);
        let recognised = match self.recogniser.recognise(&folded) {
            Ok(recognised) => recognised,
            Err(error) => return Read::Taken(vec![self.unsound(&input.name, &error).into()]),
        };
        match recognised {
            Recognised::Nothing => nothing(input.meant(Ok(&grid)), tell_nothing_known(&input.name, self.lang)),
            Recognised::Edition(fit) => self.of_edition(&folded, &fit, (input, &grid), make),
            Recognised::Tie(fits) => {
                let template = &fits[0].template;
                let located = locate::locate(&folded, template);
                match self.part(&folded, &located, template, &input.name) {
                    Some((tables, whose)) => Read::Part(Part { name: input.name.clone(), grid: grid.clone(), tables, whose }),
                    None => Read::Taken(vec![self.tie(&input.name, &fits).into()]),
                }
            }
        }
    }

    fn of_edition<T>(
        &self,
        folded: &Folded<'_>,
        fit: &Fit,
        (input, grid): (&Input, &Grid),
        make: &impl Fn(Extracted) -> T,
    ) -> Read<T> {
        let located = locate::locate(folded, &fit.template);
        if let Some((tables, whose)) = self.part(folded, &located, &fit.template, &input.name) {
            return Read::Part(Part { name: input.name.clone(), grid: grid.clone(), tables, whose });
        }
        let parts = whose::parts(folded, &located, &fit.template);
        if parts.is_empty() {
            let sources = std::slice::from_ref(&input.name);
            let Some(extracted) = extract::extract_located(folded, located, sources, &fit.template, self.year) else {
                return Read::Taken(vec![self.nothing(input, input.meant(Ok(grid)), self.unknown(&input.name)).into()]);
            };
            return Read::Taken(vec![made(&input.name, extracted, (grid, self.lang), make)]);
        }
        let budgets = parts.len();
        let each = parts.iter().map(|part| {
            let fact = Fact::OneOfSeveral { budgets };
            self.whole(part, std::slice::from_ref(&input.name), ("R35", fact), grid, make)
        });
        Read::Taken(each.collect())
    }

    /// What a file holds that need not be the whole of a budget: where it has some of the required tables and not all, and
    /// there are other files.
    fn part(&self, folded: &Folded<'_>, located: &Located, template: &Template, name: &str) -> Option<(Vec<String>, Whose)> {
        if self.inputs.len() < 2 {
            return None;
        }
        let (tables, mut whose) = whose::holdings(folded, located, template);
        let required = template.tables.iter().filter(|t| t.declared.required);
        let missing = required.filter(|t| !tables.contains(&t.declared.id)).count();
        whose.code = whose.code.or_else(|| extract::leading_code(stem(name)));
        (missing > 0).then_some((tables, whose))
    }

    /// Makes something of the parts of one budget, and names the file or files.
    fn group<T>(&self, group: &mut Vec<Part>, make: &impl Fn(Extracted) -> T) -> (String, Made<T>) {
        let (grid, names) = joining::joined(std::mem::take(group));
        let name = match names.as_slice() {
            [name] => name.clone(),
            names => format!("{} (+{})", names.first().map_or("", String::as_str), names.len().saturating_sub(1)),
        };
        let fact = Fact::Joined { files: names.clone() };
        let work = AssertUnwindSafe(|| self.whole(&grid, &names, ("R36", fact), &grid, make));
        let made = catch_unwind(work).unwrap_or_else(|_| self.failed(&name).into());
        (name, made)
    }

    /// Recognises and reads what was parted or put together, with a note that says so.
    fn whole<T>(
        &self,
        grid: &Grid,
        names: &[String],
        (rule, fact): (&str, Fact),
        file: &Grid,
        make: &impl Fn(Extracted) -> T,
    ) -> Made<T> {
        let folded = Folded::new(grid);
        let name = names.first().map_or("", String::as_str);
        let fit = match self.recogniser.recognise(&folded) {
            Err(error) => return self.unsound(name, &error).into(),
            Ok(Recognised::Edition(fit)) => fit,
            Ok(Recognised::Tie(fits)) => return self.tie(name, &fits).into(),
            Ok(Recognised::Nothing) => return Taken::Unreadable(Box::new(self.unknown(name))).into(),
        };
        let located = locate::locate(&folded, &fit.template);
        match extract::extract_located(&folded, located, names, &fit.template, self.year) {
            None => Taken::Unreadable(Box::new(self.unknown(name))).into(),
            Some(mut extracted) => {
                if rule != "R36" || names.len() > 1 {
                    extracted.findings.push(Finding::reading(rule, Severity::Note, Place::default(), fact));
                }
                made(name, extracted, (file, self.lang), make)
            }
        }
    }

    fn unknown(&self, name: &str) -> Told {
        tell_nothing_known(name, self.lang)
    }

    fn tie<T>(&self, name: &str, fits: &[Fit]) -> Taken<T> {
        let names: Vec<String> = fits.iter().map(|f| f.template.name.clone()).collect();
        Taken::Unreadable(Box::new(tell_tie(name, &names, self.lang)))
    }

    /// The edition that it follows is wrong itself.
    fn unsound<T>(&self, name: &str, error: &TemplateError) -> Taken<T> {
        Taken::Failed(Box::new(tell_unreadable(name, wrong(error).0, String::new())))
    }

    fn failed<T>(&self, name: &str) -> Taken<T> {
        Taken::Failed(Box::new(tell_failed(name, self.lang)))
    }
}

/// What is made of a budget; one with too many rows is refused.
fn made<T>(name: &str, mut extracted: Extracted, (file, lang): (&Grid, Lang), make: &impl Fn(Extracted) -> T) -> Made<T> {
    if extracted.budget.tables.iter().map(|table| table.rows.len()).sum::<usize>() > ROWS {
        let problem = Unavailable::from(Unreadable::TooLarge { what: Limit::Rows });
        return Taken::Unreadable(Box::new(unavailable(name, &problem, lang))).into();
    }
    extracted.budget.saved.clone_from(&file.saved);
    extracted.budget.answers.clone_from(&file.answers);
    let standing = Standing::of(&extracted.budget);
    Made { taken: Taken::Budget(make(extracted), Version::Only), standing }
}

fn outcome_of<T>(taken: &Taken<T>) -> Outcome {
    match taken {
        Taken::Unreadable(told) if told.severity < Severity::Error => Outcome::Done,
        Taken::Unreadable(_) => Outcome::Unread,
        Taken::Failed(_) => Outcome::Internal,
        Taken::Budget(..) | Taken::Summary(_) | Taken::Own | Taken::Else => Outcome::Done,
    }
}

/// The name of a file without folder and ending.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
