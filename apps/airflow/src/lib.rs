//! Airflow's database commands, for a core schema and the plugins this build has.
//!
//! The commands, flags and settings are Airflow's; `docs/AIRFLOW.md` lists where they do better on
//! purpose.
//!
//! - [`config`]: `airflow.cfg` and the environment
//! - [`core`]: the core schema: models, revisions, DB manager
//! - [`fab`]: users, roles and permissions: the tables of the FAB provider
//! - [`host`]: what a command works on: settings, managers, plugins
//! - [`commands`]: one file per command
//! - [`dispatch`]: telling the plugins' listeners what a dag run does

pub mod commands;
pub mod config;
pub mod core;
pub mod dispatch;
pub mod fab;
pub mod host;
pub mod shell;
