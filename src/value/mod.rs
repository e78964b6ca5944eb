//! The small exact values everything is made of: amounts, codes, places, folded text; never a table or a file.

mod amount;
mod code;
mod place;
pub mod text;

pub use amount::{Amount, Measure, NotAnAmount};
pub use code::{Code, NotACode};
pub use place::{Area, CellRef, NotACell};
