//! What Airflow calls.

use std::sync::Arc;

use airflow_plugin::{DagRunEvent, Listener, PluginContext};
use dunlin_core::session::{BoxError, BoxFuture};

use crate::services::{TicketService, TicketSystem};

/// Makes a ticket for every failed dag run.
pub struct TicketListener {
    system: Arc<dyn TicketSystem>,
}

impl TicketListener {
    /// Tickets go to `system`.
    pub fn new(system: Arc<dyn TicketSystem>) -> Self {
        Self { system }
    }
}

impl Listener for TicketListener {
    fn name(&self) -> &str {
        "ticketing"
    }

    fn on_dag_run_failed<'a>(
        &'a self,
        event: &'a DagRunEvent,
        context: &'a PluginContext,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            TicketService::new(&*self.system, context).auto_create_for_failure(event).await?;
            Ok(())
        })
    }
}
