//! dunlin tables from SeaORM entities.
//!
//! [`insert`] reads an entity and adds its table, and the enum types of its columns, to a schema, which
//! names what the entity leaves unnamed. What an entity cannot say is said beside it:
//!
//! ```
//! use dunlin_core::prelude::*;
//! use dunlin_core::schema::{Computed, Deferrable, Exclude};
//! use dunlin_sea_orm::{EntityError, insert, insert_with};
//!
//! mod room {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[derive(Clone, Debug, PartialEq, EnumIter, DeriveActiveEnum)]
//!     #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "floor")]
//!     pub enum Floor {
//!         #[sea_orm(string_value = "ground")]
//!         Ground,
//!         #[sea_orm(string_value = "attic")]
//!         Attic,
//!     }
//!
//!     #[sea_orm::model]
//!     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "room")]
//!     pub struct Model {
//!         #[sea_orm(primary_key)]
//!         pub id: i32,
//!         pub floor: Floor,
//!     }
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! mod booking {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[sea_orm::model]
//!     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "booking")]
//!     pub struct Model {
//!         #[sea_orm(primary_key)]
//!         pub id: i32,
//!         pub room_id: i32,
//!         pub price: i32,
//!         pub guests: i32,
//!         pub price_per_guest: i32,
//!         pub begins: DateTime,
//!         pub ends: DateTime,
//!         pub cancelled_at: Option<DateTime>,
//!     }
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! fn models(host: &HostContext) -> Result<Metadata, EntityError> {
//!     let mut metadata = Metadata::new(host.schema(), host.naming_convention());
//!     insert::<room::Entity>(&mut metadata)?;
//!     insert_with::<booking::Entity>(&mut metadata, |booking| {
//!         booking.indexes.push(Index::new("idx_open", ["room_id"]).predicate("cancelled_at IS NULL"));
//!         booking.checks.push(Check::new("begins < ends").named("in_order"));
//!         booking.foreign_keys.push(
//!             ForeignKey::new(["room_id"], "room", ["id"]).deferrable(Deferrable::InitiallyDeferred),
//!         );
//!         booking.excludes.push(
//!             Exclude::new([("room_id", "="), ("tsrange(begins, ends)", "&&")])
//!                 .named("no_overlap")
//!                 .only_on([DialectName::Postgres]),
//!         );
//!         booking.options.engine = Some("InnoDB".to_owned());
//!         booking.options.strict = true;
//!         for column in &mut booking.columns {
//!             if column.name == "price_per_guest" {
//!                 column.computed = Some(Computed::stored("price / guests"));
//!             }
//!         }
//!     })?;
//!     Ok(metadata)
//! }
//!
//! let metadata = models(&HostContext::default())?;
//! assert_eq!(metadata.enum_types[0].values, ["ground", "attic"]);
//! assert_eq!(metadata.tables()[1].columns[5].column_type, DataType::datetime().into());
//! # Ok::<(), EntityError>(())
//! ```
//!
//! # Types
//!
//! A column has the type that SeaORM itself would read and write, given SeaORM's `ColumnType`. Where
//! only PostgreSQL is named, the type is unsupported elsewhere, which is found while a plan is made.
//!
//! | SeaORM | Rust type it stands for | dunlin |
//! |---|---|---|
//! | `Boolean` | `bool` | `Boolean` |
//! | `SmallInteger`, `Integer`, `BigInteger` | `i16`, `i32`, `i64` | the same |
//! | `TinyInteger` | `i8` | `TinyInteger`; `SmallInteger` on PostgreSQL |
//! | `TinyUnsigned`, `SmallUnsigned`, `Unsigned` | `u8`, `u16`, `u32` | `Unsigned`; one size larger on PostgreSQL, the same size on SQLite |
//! | `BigUnsigned` | `u64` | `Unsigned(BigInteger)`; `BigInteger` on PostgreSQL and SQLite |
//! | `Float` | `f32` | `Float`; `Real` on PostgreSQL |
//! | `Double` | `f64` | `Double` |
//! | `Decimal(digits)` | `Decimal` | `Numeric` |
//! | `Money(digits)` | | `Numeric`; `MONEY` on PostgreSQL |
//! | `String(N(n))` | | `String` |
//! | `String(None)` | `String` | `String` of 255 characters, on every database |
//! | `String(Max)` | | `String` without a length; `Text` on MySQL |
//! | `Char(n)` | | `Char`, of one character where no length is given |
//! | `Text` | | `Text` |
//! | `Blob`, `VarBinary(Max)` | | `Binary` |
//! | `Binary(n)`, `VarBinary(n)` | `Vec<u8>` (255) | `Binary`; `FixedBinary`, `VarBinary` on MySQL |
//! | `Bit(n)`, `VarBit(n)` | | `Bit` |
//! | `Date`, `Time` | `Date`, `Time` | the same |
//! | `DateTime` | `DateTime` (no time zone) | `DateTime` without time zone |
//! | `Timestamp` | | `Timestamp` without time zone |
//! | `TimestampWithTimeZone` | `DateTimeUtc`, `DateTimeWithTimeZone` | `Timestamp` with time zone |
//! | `Interval`, `Year` | | the same |
//! | `Json` | `Json` | `Json` |
//! | `JsonBinary` | | `Json`; `Jsonb` on PostgreSQL |
//! | `Uuid` | `Uuid` | `Uuid`; `FixedBinary` of 16 bytes on MySQL |
//! | `Enum` | an active enum | `Enum` |
//! | `Array(type)` | `Vec<T>` | `Array` |
//! | `Cidr`, `Inet`, `MacAddr`, `LTree`, `Vector` | | `Native`, on PostgreSQL only |
//! | `Custom(text)` | | `Native(text)` |
//!
//! All others, and digits that no database has room for, are an [`EntityError`].
//!
//! # Names
//!
//! Primary keys, unique columns and foreign keys are left to the host's naming convention, except a
//! foreign key with `fk_name`. Indexes (`indexed`, `unique_key`) have the names that SeaORM gives them,
//! which are final.

mod column;
mod entity;
mod error;
mod types;

pub use entity::{column_of, insert, insert_with, table_of};
pub use error::EntityError;
