//! The program `airflow` on real databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod author;
mod bad_input;
mod configuration;
mod deadline_alerts;
mod demo;
mod each_revision;
mod fab;
mod fab_history;
mod facts;
mod guides;
mod history;
mod lock;
mod managers;
mod models;
mod moved_rows;
mod moved_rows_3_1;
mod moved_rows_3_2;
mod moved_values;
mod moved_values_3_1;
mod recovery;
mod schema;
mod scripts;
mod seeds;
mod story;
mod support;
mod walk;
