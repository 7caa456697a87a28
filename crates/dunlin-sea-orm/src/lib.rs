//! dunlin tables from SeaORM entities.
//!
//! [`table_of`] reads an entity; [`Metadata::insert`](dunlin_core::schema::Metadata::insert) puts the
//! table into the host's schema and names what the entity leaves unnamed. What an entity cannot say is
//! said beside it:
//!
//! ```
//! use dunlin_core::prelude::*;
//! use dunlin_sea_orm::{EntityError, table_of};
//!
//! mod ticket {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[sea_orm::model]
//!     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "ticket")]
//!     pub struct Model {
//!         #[sea_orm(primary_key)]
//!         pub id: i32,
//!         #[sea_orm(column_type = "String(StringLen::N(250))")]
//!         pub title: String,
//!         pub opened_at: DateTime,
//!     }
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! fn models(host: &HostContext) -> Result<Metadata, EntityError> {
//!     let mut table = table_of::<ticket::Entity>()?;
//!     table.indexes.push(Index::new("idx_ticket_title", ["title"]));
//!     let mut metadata = Metadata::new(host.schema(), host.naming_convention());
//!     metadata.insert(table);
//!     Ok(metadata)
//! }
//!
//! let metadata = models(&HostContext::default())?;
//! assert_eq!(metadata.tables()[0].columns[2].column_type, DataType::datetime().into());
//! # Ok::<(), EntityError>(())
//! ```
//!
//! # Types
//!
//! A column has the type that SeaORM itself would read and write, given SeaORM's `ColumnType`:
//!
//! | SeaORM | Rust type it stands for | dunlin |
//! |---|---|---|
//! | `Boolean` | `bool` | `Boolean` |
//! | `SmallInteger`, `Integer`, `BigInteger` | `i16`, `i32`, `i64` | the same |
//! | `Float` | `f32` | `Float`; `REAL` on PostgreSQL |
//! | `Double` | `f64` | `Double` |
//! | `Decimal(Some((p, s)))` | `Decimal` | `Numeric` |
//! | `String(N(n))` | | `String` |
//! | `String(None)` | `String` | `String` of 255 characters, on every database |
//! | `Char(n)` | | `Char`, of one character where no length is given |
//! | `Text` | | `Text` |
//! | `Blob` | | `Binary` |
//! | `Binary(n)`, `VarBinary(n)` | `Vec<u8>` (255) | `Binary`; `BINARY(n)`, `VARBINARY(n)` on MySQL |
//! | `Date`, `Time` | `Date`, `Time` | the same |
//! | `DateTime` | `DateTime` (no time zone) | `DateTime` without time zone |
//! | `Timestamp` | | `Timestamp` without time zone |
//! | `TimestampWithTimeZone` | `DateTimeUtc`, `DateTimeWithTimeZone` | `Timestamp` with time zone |
//! | `Json` | | `Json` |
//! | `JsonBinary` | | `Json`; `JSONB` on PostgreSQL |
//! | `Uuid` | `Uuid` | `Uuid`; `BINARY(16)` on MySQL |
//! | `Custom(text)` | | `Native(text)` |
//!
//! All others are an [`EntityError`]: what dunlin has no type for (unsigned and 8-bit integers, enums,
//! arrays, …), and a `Decimal` without digits.
//!
//! # Names
//!
//! Primary keys, unique columns and foreign keys are left to the host's naming convention, except a
//! foreign key with `fk_name`. Indexes (`indexed`, `unique_key`) have the names that SeaORM gives them.

mod column;
mod entity;
mod error;
mod types;

pub use entity::table_of;
pub use error::EntityError;
