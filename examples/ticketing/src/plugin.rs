//! The bundle that a host registers.

use std::sync::Arc;

use airflow_plugin::{Listener, Plugin};
use dunlin_core::manager::DbManager;
use dunlin_sea_orm::EntityError;

use crate::db_manager::db_manager;
use crate::listener::TicketListener;
use crate::services::TicketSystem;

/// The manager of the ticket table and the listener that fills it.
pub struct TicketingPlugin {
    db_manager: DbManager,
    listener: Arc<TicketListener>,
}

impl TicketingPlugin {
    /// Tickets go to `system`.
    ///
    /// # Errors
    /// If an entity says what a dunlin table cannot say.
    pub fn new(system: impl TicketSystem + 'static) -> Result<Self, EntityError> {
        let listener = Arc::new(TicketListener::new(Arc::new(system)));
        Ok(Self { db_manager: db_manager()?, listener })
    }
}

impl Plugin for TicketingPlugin {
    fn name(&self) -> &str {
        "dag_run_ticketing"
    }

    fn db_managers(&self) -> Vec<DbManager> {
        vec![self.db_manager.clone()]
    }

    fn listeners(&self) -> Vec<Arc<dyn Listener>> {
        vec![self.listener.clone()]
    }
}
