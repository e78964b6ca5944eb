//! Reads, checks, recomputes and publishes standard budget workbooks; this file is the map and holds no logic.
//!
//! A workbook travels from left to right, and every arrow is one step:
//!
//! ```text
//! bytes → Grid → located tables → Budget → findings
//!                                    ↓
//!                   recomputed, balanced Budget → Grid → bytes
//! ```
//!
//! What a table is called, which rows and columns it has and what must hold in it stands in TOML below `templates/`, never here.
//! Imports go one way only: `command` → `stage`, `edge` → `finding` → `model` → `template` → `grid` → `value`.
//!
//! | module | holds | never |
//! |---|---|---|
//! | [`value`] | amounts, codes, cells, folded text | knows a table or a file |
//! | [`grid`] | sheets of cells: the neutral form of every input and output | knows a file format |
//! | [`template`] | an edition: TOML → overlay → resolved names → proved sound | holds or opens a submission |
//! | [`model`] | a budget as filed: exact amounts that remember their cells | holds a rule |
//! | [`finding`] | what was found, and the words for it | decides what is wrong |
//! | [`stage`] | recognise, extract, check, recompute, balance, merge, lay out: pure functions | opens a file |
//! | [`edge`] | file formats, folders, templates on disk, JSON, reports, annotated copies | knows a rule |
//! | [`command`] | one file for each subcommand | does the work of a stage |

pub mod command;
pub mod edge;
pub mod finding;
pub mod grid;
pub mod model;
pub mod stage;
pub mod template;
pub mod value;
