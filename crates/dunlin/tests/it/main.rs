//! The runtime on real databases.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod alter;
mod catalogue;
mod changes;
mod compare;
mod compare_dependents;
mod compare_history;
mod compare_names;
mod create;
mod data_steps;
mod fault;
mod generated;
mod generated_source;
mod journal;
mod lost_commit;
mod mysql_changes;
mod mysql_compare;
mod mysql_keys;
mod names;
mod pool;
mod postgres_compare;
mod postgres_schema;
mod real_schemas;
mod rebuild;
mod restate;
mod service;
mod sql_directory;
mod sql_revision_file;
mod sqlite_compare;
mod sqlite_rebuild;
mod stages;
mod stamp;
mod status;
mod support;
mod transactions;
mod version_table;
