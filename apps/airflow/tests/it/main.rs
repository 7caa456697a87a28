//! The program `airflow` on real databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends by panicking")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bad_input;
mod facts;
mod story;
mod support;
