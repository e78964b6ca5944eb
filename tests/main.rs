//! The integration tests as one program: what the whole does with real workbooks, template by template and rule by rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "main/alter.rs"]
mod alter;
#[path = "main/altered.rs"]
mod altered;
#[path = "main/annotate.rs"]
mod annotate;
#[path = "main/annotated.rs"]
mod annotated;
#[path = "main/balance.rs"]
mod balance;
#[path = "main/balanced.rs"]
mod balanced;
#[path = "main/batch.rs"]
mod batch;
#[path = "main/binary.rs"]
mod binary;
#[path = "main/blank.rs"]
mod blank;
#[path = "main/bombs.rs"]
mod bombs;
#[path = "main/check.rs"]
mod check;
#[path = "main/clean.rs"]
mod clean;
#[path = "main/command.rs"]
mod command;
#[path = "main/compose.rs"]
mod compose;
#[path = "main/damaged.rs"]
mod damaged;
#[path = "main/diff.rs"]
mod diff;
#[path = "main/district.rs"]
mod district;
#[path = "main/districts.rs"]
mod districts;
#[path = "main/draft.rs"]
mod draft;
#[path = "main/editions.rs"]
mod editions;
#[path = "main/encrypted.rs"]
mod encrypted;
#[path = "main/explained.rs"]
mod explained;
#[path = "main/formats.rs"]
mod formats;
#[path = "main/grouping.rs"]
mod grouping;
#[path = "main/guard.rs"]
mod guard;
#[path = "main/hostile.rs"]
mod hostile;
#[path = "main/identity.rs"]
mod identity;
#[path = "main/merged.rs"]
mod merged;
#[path = "main/merging.rs"]
mod merging;
#[path = "main/mess.rs"]
mod mess;
#[path = "main/model.rs"]
mod model;
#[path = "main/moved.rs"]
mod moved;
#[path = "main/narrative.rs"]
mod narrative;
#[path = "main/package.rs"]
mod package;
#[path = "main/planted.rs"]
mod planted;
#[path = "main/previous.rs"]
mod previous;
#[path = "main/reading.rs"]
mod reading;
#[path = "main/recompute.rs"]
mod recompute;
#[path = "main/regions.rs"]
mod regions;
#[path = "main/renew.rs"]
mod renew;
#[path = "main/resumed.rs"]
mod resumed;
#[path = "main/rulebook.rs"]
mod rulebook;
#[path = "bench/submissions.rs"]
mod submissions;
#[path = "main/support.rs"]
mod support;
#[path = "main/suspects.rs"]
mod suspects;
#[path = "main/templates.rs"]
mod templates;
#[path = "main/tidy.rs"]
mod tidy;
#[path = "main/translate.rs"]
mod translate;
#[path = "main/unusual.rs"]
mod unusual;
#[path = "main/written.rs"]
mod written;
#[path = "main/years.rs"]
mod years;
