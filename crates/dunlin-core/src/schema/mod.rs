//! Schema as data: [`Metadata`] holds [`Table`]s, a table holds columns, constraints and indexes.
//!
//! The same types describe what models ask for, what revisions record, and what introspection finds.
//!
//! An option that a database does not have is treated by one rule. What only serves speed or storage
//! (an engine, an operator class, a tablespace) is passed over. What decides which rows there may be,
//! or what a statement does, is [unsupported](crate::dialect::DialectName): it is found while a plan is
//! made. Where both are wanted in one model, `only_on` and [`PerDialect`](crate::dialect::PerDialect)
//! say what is meant for whom.

mod builder;
mod column;
mod constraint;
mod enum_type;
mod error;
mod index;
mod metadata;
mod name;
mod naming;
mod object;
mod options;
mod table;
mod types;
mod value;

pub use builder::{ColumnBuilder, TableBuilder};
pub use column::{Column, Computed, Identity};
pub use constraint::{
    Check, Constraint, ConstraintKind, Deferrable, Exclude, ExcludeElement, ForeignKey, MatchType,
    OnConflict, PrimaryKey, ReferentialAction, Unique,
};
pub use enum_type::{EnumChange, EnumPosition, EnumType};
pub use error::SchemaError;
pub use index::{Index, IndexElement, IndexKey, IndexKind, NullsOrder};
pub use metadata::Metadata;
pub use name::Name;
pub use naming::NamingConvention;
pub use object::{Object, View};
pub use options::TableOptions;
pub(crate) use table::qualify_type;
pub use table::{Table, TableName};
pub use types::{ColumnType, DataType};
pub use value::SqlValue;
