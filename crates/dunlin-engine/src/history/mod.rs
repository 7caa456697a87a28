//! One owner's revisions: [`RevisionMap`] checks them, names them by [`Target`], and finds the way from
//! a database's version rows to a target.

mod map;
mod path;
mod target;

pub use map::{HistoryError, MAX_REVISION_ID, RevisionMap};
pub use path::{PathStep, RowChange, row_changes};
pub use target::Target;
