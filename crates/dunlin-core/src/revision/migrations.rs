//! A history, and what squashed revisions in it stand for.

use super::Migration;

/// The revisions of a directory: its history, and the revisions that squashed ones in it stand for.
///
/// It is what `migrations!` gives and [`DbManager::migrations`](crate::manager::DbManager::migrations) takes. Whatever
/// yields [`Migration`]s becomes one without squashed revisions.
///
/// ```
/// use dunlin_core::prelude::*;
/// use dunlin_core::revision::Migrations;
///
/// let nothing = |_: &mut Operations| {};
/// let both = Migration::new(Revision::new("b2"), nothing, nothing);
/// let old = [
///     Migration::new(Revision::new("a1"), nothing, nothing),
///     Migration::new(Revision::new("b2").down_revision("a1"), nothing, nothing),
/// ];
/// let manager = DbManager::new("tickets", "version").migrations(Migrations::new([both]).squashed(old));
/// assert_eq!((manager.all_migrations().len(), manager.all_squashed().len()), (1, 2));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Migrations {
    versions: Vec<Migration>,
    squashed: Vec<Migration>,
}

impl Migrations {
    /// A history, in any order.
    pub fn new(versions: impl IntoIterator<Item = Migration>) -> Self {
        Self { versions: versions.into_iter().collect(), squashed: Vec::new() }
    }

    /// Adds revisions that squashed ones in the history stand for.
    pub fn squashed(mut self, migrations: impl IntoIterator<Item = Migration>) -> Self {
        self.squashed.extend(migrations);
        self
    }

    /// The history.
    pub fn versions(&self) -> &[Migration] {
        &self.versions
    }

    /// What squashed revisions in it stand for.
    pub fn all_squashed(&self) -> &[Migration] {
        &self.squashed
    }

    /// The history, and what squashed revisions in it stand for.
    pub(crate) fn into_parts(self) -> (Vec<Migration>, Vec<Migration>) {
        (self.versions, self.squashed)
    }
}

impl<I: IntoIterator<Item = Migration>> From<I> for Migrations {
    fn from(versions: I) -> Self {
        Self::new(versions)
    }
}
