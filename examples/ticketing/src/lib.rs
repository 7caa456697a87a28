//! A plugin that opens a ticket for every failed dag run, and keeps the tickets in a table of its own
//! beside Airflow's.
//!
//! - [`models`]: the table, as a SeaORM entity;
//! - [`db_manager`]: who owns it, and the revisions that build it (in `migrations/`);
//! - [`services`]: the ticket system, and what happens when a run fails;
//! - [`listener`]: what Airflow calls;
//! - [`plugin`]: the bundle that a host registers.

pub mod db_manager;
pub mod listener;
pub mod models;
pub mod plugin;
pub mod services;

pub use plugin::TicketingPlugin;
