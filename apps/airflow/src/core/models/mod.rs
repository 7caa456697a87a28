//! The models: Airflow's tables as they are at the newest release here, 2.7.0, by area.
//!
//! Keys and constraints without a name get the host's naming convention's; a name is written out where
//! Airflow's differs from that. The columns stand in the order in which Airflow's own history left them.

mod columns;
mod dag;
mod dag_run;
mod dataset;
mod job;
mod security;
mod settings;
mod task_instance;

use dunlin_core::manager::HostContext;
use dunlin_core::schema::Metadata;

/// All tables of the core, for a host.
pub(crate) fn metadata(host: &HostContext) -> Metadata {
    let mut metadata = Metadata::new(host.schema(), host.naming_convention());
    security::tables(&mut metadata);
    settings::tables(&mut metadata);
    job::tables(&mut metadata);
    dag::tables(&mut metadata);
    dag_run::tables(&mut metadata);
    dataset::tables(&mut metadata);
    task_instance::tables(&mut metadata);
    metadata
}
