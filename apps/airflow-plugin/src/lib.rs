//! What an Airflow plugin written in Rust links.
//!
//! A [`Plugin`] bundles the DB managers that own its tables and the [`Listener`]s that are told what
//! dag runs do. Its models keep Airflow's habits with [`naming_convention`], [`string_id`] and
//! [`timestamp`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use airflow_plugin::dunlin_core::session::{BoxError, BoxFuture};
//! use airflow_plugin::{DagRunEvent, Listener, Plugin, PluginContext};
//!
//! struct Loud;
//!
//! impl Listener for Loud {
//!     fn name(&self) -> &str {
//!         "loud"
//!     }
//!
//!     fn on_dag_run_failed<'a>(
//!         &'a self,
//!         event: &'a DagRunEvent,
//!         _context: &'a PluginContext,
//!     ) -> BoxFuture<'a, Result<(), BoxError>> {
//!         Box::pin(async move {
//!             println!("{} {} failed", event.dag_id, event.run_id);
//!             Ok(())
//!         })
//!     }
//! }
//!
//! struct LoudPlugin;
//!
//! impl Plugin for LoudPlugin {
//!     fn name(&self) -> &str {
//!         "loud"
//!     }
//!
//!     fn listeners(&self) -> Vec<Arc<dyn Listener>> {
//!         vec![Arc::new(Loud)]
//!     }
//! }
//!
//! assert!(LoudPlugin.db_managers().is_empty());
//! ```

mod context;
mod event;
mod plugin;
mod schema;

pub use context::PluginContext;
pub use dunlin_core;
pub use event::{DagRunEvent, DagRunState};
pub use plugin::{Listener, Plugin};
pub use schema::{ID_COLLATION, naming_convention, string_id, string_id_of, timestamp};
