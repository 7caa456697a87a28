//! The contract between a plugin and its host.
//!
//! A plugin that owns tables in a database it shares with others describes itself with a
//! [`DbManager`](manager::DbManager): its models as [`Metadata`](schema::Metadata), its history as
//! [`Migration`](revision::Migration)s that record [`Operation`](operation::Operation)s, the name of
//! its version table and its releases. This crate holds those types and nothing else: no I/O, no SQL
//! text, no parser. It changes rarely, because a host and all of its plugins must agree on one version.
//!
//! ```
//! use dunlin_core::prelude::*;
//!
//! fn upgrade(op: &mut Operations) {
//!     op.create_table("ticket", |t| {
//!         t.column("id", DataType::Integer).primary_key();
//!         t.column("title", DataType::string(250)).not_null();
//!     });
//! }
//!
//! fn downgrade(op: &mut Operations) {
//!     op.drop_table("ticket");
//! }
//!
//! let manager = DbManager::new("tickets", "alembic_version_tickets")
//!     .migrations([Migration::new(Revision::new("d759c6d30f5a"), upgrade, downgrade)])
//!     .release("0.1.0", "d759c6d30f5a");
//! assert_eq!(manager.version_table().name, "alembic_version_tickets");
//! ```

pub mod dialect;
pub mod manager;
pub mod operation;
pub mod revision;
pub mod schema;
pub mod session;

/// What nearly every model, revision and manager needs.
pub mod prelude {
    pub use crate::dialect::{DialectName, PerDialect};
    pub use crate::manager::{BASE, DbManager, HostContext};
    pub use crate::operation::Operations;
    pub use crate::revision::{Migration, Revision};
    pub use crate::schema::{
        Check, Column, ColumnType, Computed, ConstraintKind, DataType, EnumType, ForeignKey, Identity, Index,
        IndexElement, Metadata, Name, NamingConvention, PrimaryKey, ReferentialAction, SqlValue, Table,
        TableName, Unique, View,
    };
}

#[cfg(test)]
mod tests;
