//! The core: Airflow's metadata schema as a DB manager.
//!
//! [`db_manager`] brings together the models ([`models`]: the newest release), the history
//! (`migrations/versions`) and the releases. Models and revisions share no table definition: what a
//! revision did stays as it was, the models move on. The tests hold them together: the history played in
//! memory gives the models, and both agree with the facts read from a database of the real Airflow
//! (`facts/*.json`).

mod db_manager;
mod lifecycle;
mod models;
#[cfg(test)]
mod tests;

pub(crate) use db_manager::NOTES_WITHOUT_USERS;
pub use db_manager::db_manager;
pub(crate) use lifecycle::{Core, tables};
