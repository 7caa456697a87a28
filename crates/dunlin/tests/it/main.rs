//! The runtime on real databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod create;
mod names;
mod support;
