//! FAB's manager: users, roles and permissions (`ab_*`) and the web server's sessions, as the FAB provider's
//! `FABDBManager` has them.
//!
//! Up to Airflow 2.10 the core made most of these tables, and from 3.0 on they are FAB's: the core gives them away
//! ([`crate::core`]), and [`db_manager`] takes them over. What its revisions are to leave is in
//! `facts/walk-fab-*.jsonl.gz`.

mod db_manager;
mod lifecycle;
mod models;

pub use db_manager::{AUTH_MANAGER, BEFORE_3, NAME, VERSION_TABLE, db_manager};
