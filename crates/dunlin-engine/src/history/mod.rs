//! One owner's revisions: [`RevisionMap`] checks them, names them by [`Target`], and finds the way from
//! a database's version rows to a target, as Alembic does (`docs/REVISIONS.md` lists where it does not).

mod error;
mod map;
mod order;
mod path;
mod resolve;
mod rows;
mod target;

pub use error::HistoryError;
pub use map::{MAX_REVISION_ID, RevisionMap};
pub use path::PathStep;
pub use rows::{RowChange, row_changes};
pub use target::Target;
