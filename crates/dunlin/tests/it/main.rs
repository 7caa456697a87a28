//! The runtime on real databases.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod alter;
mod catalogue;
mod changes;
mod create;
mod fault;
mod generated;
mod lost_commit;
mod names;
mod rebuild;
mod restate;
mod sqlite_rebuild;
mod status;
mod support;
mod transactions;
