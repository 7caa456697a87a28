//! Schema as data: [`Metadata`] holds [`Table`]s, a table holds columns, constraints and indexes.
//!
//! The same types describe what models ask for, what revisions record, and what introspection finds.

mod column;
mod constraint;
mod index;
mod metadata;
mod naming;
mod table;
mod types;

pub use column::{Column, ColumnBuilder, SqlValue};
pub use constraint::{Check, Constraint, ConstraintKind, ForeignKey, PrimaryKey, ReferentialAction, Unique};
pub use index::Index;
pub use metadata::{Metadata, SchemaError};
pub use naming::NamingConvention;
pub use table::{Table, TableBuilder, TableName};
pub use types::{ColumnType, DataType};
