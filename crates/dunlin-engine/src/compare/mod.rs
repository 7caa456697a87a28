//! What makes of one schema another.
//!
//! Both schemas are first put into the form that one database gives them ([`Schema`]): of everything that
//! differs between databases the variant that is meant, names as they are cut, types in one spelling,
//! expressions in one writing. Only what differs then is a difference.
//!
//! Some expressions only the database can compare, as it prints them in words of its own. Those that
//! differ are collected by [`unsettled`]; whoever is connected lets the database say them, and
//! [`Schema::settle`] takes its words, or, where it could not be asked, [`Schema::assume`] takes them for the same.
//!
//! A constraint that has no name on a database that gives none itself (SQLite) is made anew where the models
//! name it, so that the name can be used there as elsewhere; a name that the models leave out is no
//! difference. That a primary key has no name is none either, as it answers to any.
//!
//! The order of columns is not compared: not every database can change it, and a new column is put behind the
//! others.
//!
//! A [`Comparison`] is operations as their author would write them: with the variants for all databases
//! that the models have, in an order that runs. Renames are never guessed: what could be one is listed,
//! and is one when it is given.

mod changes;
mod dependents;
mod describe;
mod enums;
mod everywhere;
mod keys;
mod normal;
mod rename;
mod table;
mod unasked;
mod unsettled;

#[cfg(test)]
mod tests;

use dunlin_core::operation::Operation;
use thiserror::Error;

use self::table::Way;
use crate::dialect::{Dialect, RenderError};

pub use describe::describe;
pub use everywhere::complete;
pub use normal::{ObjectKind, Schema, SchemaObject};
pub use rename::{ParseRenameError, Rename, renamed};
pub use unasked::unanswered;
pub use unsettled::{unsettled, unsettled_views};

/// What makes of one schema another, and back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What makes of the first schema the second, in an order that runs.
    pub upgrade: Vec<Operation>,
    /// What makes of the second schema the first again.
    pub downgrade: Vec<Operation>,
    /// The renames that were given.
    pub renames: Vec<Rename>,
    /// What is dropped and added here, and could be renamed instead.
    pub possible_renames: Vec<Rename>,
    /// What makes of the first schema the second and cannot be in a revision, as the revisions before it
    /// do not know what it changes: somebody changed the database by hand. See [`complete`].
    pub left_out: Vec<Operation>,
}

impl Comparison {
    /// Whether the schemas are the same.
    pub fn is_empty(&self) -> bool {
        self.upgrade.is_empty() && self.left_out.is_empty()
    }
}

/// Two schemas cannot be compared as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A rename names what is not there.
    #[error("{rename} is no rename: {reason}")]
    NoSuchRename {
        /// The rename.
        rename: Rename,
        /// Why not.
        reason: &'static str,
    },
    /// What is given as a rename is none.
    #[error(transparent)]
    Parse(#[from] ParseRenameError),
    /// A schema cannot be on this database.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Compares two schemas on one database.
///
/// ```
/// use dunlin_core::operation::Operation;
/// use dunlin_core::prelude::*;
/// use dunlin_engine::compare::{Schema, compare};
/// use dunlin_engine::dialect::dialect;
///
/// let dialect = dialect(DialectName::Postgres);
/// let schema = |define: fn(&mut Metadata)| {
///     let mut metadata = Metadata::default();
///     define(&mut metadata);
///     Schema::new(dialect, metadata).unwrap()
/// };
/// let from = schema(|_| {});
/// let to = schema(|metadata| {
///     metadata.table("ticket", |t| { t.column("id", DataType::Integer).primary_key(); });
/// });
/// let comparison = compare(dialect, &from, &to, &[]).unwrap();
/// assert!(matches!(comparison.upgrade.as_slice(), [Operation::CreateTable { .. }]));
/// assert!(matches!(comparison.downgrade.as_slice(), [Operation::DropTable { .. }]));
/// ```
///
/// # Errors
/// A rename does not fit the schemas.
pub fn compare(
    dialect: &dyn Dialect,
    from: &Schema,
    to: &Schema,
    renames: &[Rename],
) -> Result<Comparison, CompareError> {
    let (mut upgrade, renamed) = rename::apply(dialect, from, to, renames)?;
    upgrade.extend(changes::changes(dialect, &renamed, to, Way::There)?);
    let back: Vec<Rename> = renames.iter().rev().map(Rename::reversed).collect();
    let (mut downgrade, unnamed) = rename::apply(dialect, to, from, &back)?;
    downgrade.extend(changes::changes(dialect, &unnamed, from, Way::Back)?);
    Ok(Comparison {
        upgrade,
        downgrade,
        renames: renames.to_vec(),
        possible_renames: rename::possible(&renamed, to),
        left_out: Vec::new(),
    })
}
