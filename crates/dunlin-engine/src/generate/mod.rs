//! Operations and models as source: what `revision --autogenerate` and `generate models` write.
//!
//! Rust comes out as `rustfmt` with its default settings leaves it.

mod alter;
pub mod entity;
mod error;
mod expr;
mod layout;
mod literal;
pub mod models;
mod operation;
pub mod revision;
mod schema;
pub mod sql;
mod table;
mod types;
mod unqualify;
mod value;

pub use error::GenerateError;
pub use unqualify::{unqualify, unqualify_all};
