//! The pure algorithms of dunlin: no I/O, no clock, no environment.
//!
//! - [`graph`]: walks over directed acyclic graphs
//! - [`history`]: one owner's revisions, targets, and the way from a database's state to a target
//! - [`dialect`]: what an operation becomes on PostgreSQL, MySQL, MariaDB and SQLite
//! - [`generate`]: operations and models as source
//! - [`version_table`]: Alembic's version table
//! - [`ownership`]: no two owners may claim one table or version table
//! - [`owner`]: a DB manager, checked and in its host
//! - [`compare`]: what makes of one schema another
//! - [`plan`]: what is to be done for an owner, step by step, before anything is done

pub mod compare;
pub mod dialect;
pub mod generate;
pub mod graph;
pub mod history;
pub mod owner;
pub mod ownership;
pub mod plan;
mod replay;
pub mod sql;
pub mod version_table;
