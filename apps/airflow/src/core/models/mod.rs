//! The models: Airflow's tables as they are at the newest release here, 3.3.0, by area.
//!
//! Keys and constraints without a name get the host's naming convention's; a name is written out where
//! Airflow's differs from that. The columns stand in the order in which Airflow's own history left them. Where
//! Airflow's models say something else than its history leaves (collations on MySQL, names of primary keys), these say
//! what the history leaves: a database is the same, whichever way it was made.

mod asset;
mod bundle;
mod columns;
mod dag;
mod dag_run;
mod job;
mod partition;
mod settings;
mod task_instance;

use dunlin_core::manager::HostContext;
use dunlin_core::schema::Metadata;

/// All tables of the core, for a host. Their names are the same in any schema, as those of the revisions are.
pub(crate) fn metadata(host: &HostContext) -> Metadata {
    let mut named = Metadata::new(None, host.naming_convention());
    settings::tables(&mut named);
    job::tables(&mut named);
    dag::tables(&mut named);
    bundle::tables(&mut named);
    dag_run::tables(&mut named);
    task_instance::tables(&mut named);
    asset::tables(&mut named);
    partition::tables(&mut named);
    let mut metadata = Metadata::new(host.schema(), host.naming_convention());
    for table in named.tables() {
        metadata.insert(table.clone());
    }
    metadata
}
