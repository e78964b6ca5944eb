//! Everything that touches files and file formats: bytes in, bytes out; never knows a rule or decides anything.

pub mod annotate;
pub mod batch;
pub mod input;
pub mod journal;
pub mod json;
mod page;
pub mod read;
pub mod recall;
pub mod report;
pub mod rules_page;
pub mod save;
pub mod store;
pub mod trace;
pub mod write;
