//! The steps from cells to a budget and back, pure functions one per step; never opens, reads or writes a file.

pub mod balance;
pub mod beside;
pub mod changes;
pub mod check;
pub mod compose;
mod document;
pub mod draft;
pub mod extract;
pub mod folded;
pub mod formula;
mod headings;
pub mod instances;
pub mod layout;
pub mod locate;
pub mod mapping;
pub mod merge;
mod panels;
pub mod prose;
pub mod recognise;
pub mod recompute;
pub mod renew;
pub mod statements;
pub mod succession;
pub mod suspects;
pub mod translate;
pub mod whose;
