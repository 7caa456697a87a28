//! The two interfaces a host asks: [`Plugin`] and [`Listener`].

use std::sync::Arc;

use dunlin_core::manager::DbManager;
use dunlin_core::session::{BoxError, BoxFuture};

use crate::{DagRunEvent, PluginContext};

/// A plugin: what it owns in the database and what it wants to be told.
pub trait Plugin: Send + Sync {
    /// Its name, for messages.
    fn name(&self) -> &str;

    /// The managers of its tables. A host runs only those that are registered.
    fn db_managers(&self) -> Vec<DbManager> {
        Vec::new()
    }

    /// Who is told what dag runs do.
    fn listeners(&self) -> Vec<Arc<dyn Listener>> {
        Vec::new()
    }
}

/// Is told what dag runs do; whatever it does not override is ignored.
///
/// A listener that fails is reported by the host; neither the dag run nor other listeners are disturbed.
pub trait Listener: Send + Sync {
    /// Its name, for messages.
    fn name(&self) -> &str;

    /// A dag run has started.
    ///
    /// # Errors
    /// Whatever the host should report.
    fn on_dag_run_running<'a>(
        &'a self,
        event: &'a DagRunEvent,
        context: &'a PluginContext,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        ignore(event, context)
    }

    /// A dag run has succeeded.
    ///
    /// # Errors
    /// Whatever the host should report.
    fn on_dag_run_success<'a>(
        &'a self,
        event: &'a DagRunEvent,
        context: &'a PluginContext,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        ignore(event, context)
    }

    /// A dag run has failed.
    ///
    /// # Errors
    /// Whatever the host should report.
    fn on_dag_run_failed<'a>(
        &'a self,
        event: &'a DagRunEvent,
        context: &'a PluginContext,
    ) -> BoxFuture<'a, Result<(), BoxError>> {
        ignore(event, context)
    }
}

fn ignore<'a>(_: &DagRunEvent, _: &PluginContext) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(std::future::ready(Ok(())))
}
