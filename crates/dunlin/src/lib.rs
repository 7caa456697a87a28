//! Migrations for many owners in one database.
//!
//! A host gathers its own [`DbManager`](core::manager::DbManager) and those of its plugins in a
//! [`Migrator`], connects to a [`Database`], and brings all of them up, checks them, or takes one down.
//! This crate does the I/O of dunlin; it prints nothing, reads no environment, and installs no
//! subscriber for the [`tracing`] events that it emits.
//!
//! ```
//! use dunlin::core::prelude::*;
//! use dunlin::{Access, Database, DatabaseUrl, LockKey, Migrator};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let tickets = DbManager::new("tickets", "alembic_version_tickets")
//!     .models(|host| {
//!         let mut metadata = Metadata::new(host.schema(), host.naming_convention());
//!         metadata.table("ticket", |t| {
//!             t.column("id", DataType::Integer).primary_key();
//!         });
//!         metadata
//!     })
//!     .migrations([Migration::new(
//!         Revision::new("d759c6d30f5a"),
//!         |op| op.create_table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); }),
//!         |op| op.drop_table("ticket"),
//!     )]);
//! let migrator = Migrator::new([tickets], &HostContext::default(), LockKey::new(7, "tickets"))?;
//!
//! let mut database = Database::connect(&DatabaseUrl::parse("sqlite://")?, Access::Create).await?;
//! let report = migrator.migrate(&mut database, None, false, &mut |_| {}).await?;
//! assert_eq!(report.owners[0].rows_after, ["d759c6d30f5a".into()]);
//! assert!(migrator.status(&mut database).await?.iter().all(|owner| owner.is_up_to_date()));
//! # Ok(())
//! # })
//! # }
//! ```

mod author;
mod compare;
mod database;
pub mod directory;
mod error;
mod execute;
mod in_the_way;
mod introspect;
mod journal;
mod lock;
mod migrator;
mod pool;
mod report;
mod scratch;
mod script;
mod state;
mod task;
pub mod url;

pub use dunlin_core as core;
pub use dunlin_engine as engine;

pub use author::Refused;
pub use compare::{CompareOptions, Drift, Filter, Uncompared};
pub use database::{Access, Database, SqliteTrigger};
pub use error::{DriverError, Error};
pub use journal::{JOURNAL_TABLE, JournalEntry};
pub use lock::LockKey;
pub use migrator::{Migrator, PlannedOwner, Transactions};
pub use pool::Pool;
pub use report::{Event, Failure, Left, Observer, OwnerReport, OwnerStatus, Report, RunStatus, StepReport};
pub use scratch::Scratch;
pub use url::DatabaseUrl;
