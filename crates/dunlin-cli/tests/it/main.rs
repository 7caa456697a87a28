//! The program `dunlin`, run as a user runs it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod authoring;
mod bad_input;
mod compiled;
mod configuration;
mod databases;
mod delegation;
mod guides;
mod help;
mod init;
mod moving;
mod planning;
mod reading;
mod schema_sql;
mod spellings;
mod squash;
mod squash_rust;
mod support;
mod triggers;
