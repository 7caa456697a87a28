//! SQL text as data.
//!
//! - [`lexer`] cuts text into tokens that know where they stand
//! - [`create_table`] reads the CREATE TABLE text that SQLite keeps of a table
//! - [`create_index`] reads the CREATE INDEX text that SQLite keeps of an index
//! - [`create_view`] reads the CREATE VIEW text that SQLite keeps of a view
//! - [`expression`] puts expressions into one writing
//! - [`implicit_commit`] finds the statements that MySQL and MariaDB commit by themselves
//! - [`revision_file`] is a revision as SQL text: what stands in a file, by section
//! - [`split`] cuts text into statements, as each database's own client does
//! - [`statement`] tells from a statement's words what it is
//! - [`reach`] tells what a statement speaks of beyond its database
//! - [`rename`] puts a column's new name into conditions
//! - [`trigger`] lets the text of a trigger follow new names

pub mod create_index;
pub mod create_table;
pub mod create_view;
mod cursor;
pub mod expression;
pub mod implicit_commit;
pub mod lexer;
pub mod rename;
pub mod trigger;

pub use dunlin_sql::{SqlError, reach, revision_file, split, statement};
