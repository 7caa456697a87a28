//! SQL text as revision files have it.
//!
//! - [`split`] cuts text into statements, as each database's own client does
//! - [`revision_file`] is a revision as SQL text: what stands in a file, by section
//! - [`statement`] tells from a statement's words what it is
//! - [`reach`] tells what it speaks of beyond its database
//!
//! It is a crate of its own because `migrations!` reads revision files while a plugin is compiled, and needs
//! nothing else of the engine for that.

mod error;
pub mod reach;
pub mod revision_file;
pub mod split;
pub mod statement;

pub use error::{SqlError, position};
