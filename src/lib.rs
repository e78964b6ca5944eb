//! Reads, checks, recomputes and publishes standard budget workbooks; this file is the map and holds no logic.

pub mod command;
pub mod edge;
pub mod finding;
pub mod grid;
pub mod model;
pub mod stage;
pub mod template;
pub mod value;
