//! Revisions that are files of SQL.

use super::{Direction, Script};
use crate::dialect::{DialectName, PerDialect};
use crate::operation::{Operation, Operations, SqlStage};
use crate::session::BoxError;

/// What a revision file of SQL does: each direction's sections, by database.
///
/// ```
/// use dunlin_core::operation::{Operations, SqlStage};
/// use dunlin_core::revision::{Direction, Migration, Revision, SqlScript};
///
/// let script = SqlScript::default()
///     .section(Direction::Upgrade, None, [SqlStage::new("CREATE TABLE t (a INT);", 4)])
///     .section(Direction::Downgrade, None, [SqlStage::new("DROP TABLE t;", 7)]);
/// let migration = Migration::of_script(Revision::new("d759c6d30f5a"), script);
/// let mut recorded = Operations::default();
/// migration.record(Direction::Upgrade, &mut recorded).unwrap();
/// assert_eq!(recorded.finish().len(), 1);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqlScript {
    upgrade: PerDialect<Vec<SqlStage>>,
    downgrade: PerDialect<Vec<SqlStage>>,
}

impl SqlScript {
    /// Adds a section: for a database, or for all that have none of their own.
    pub fn section(
        mut self,
        direction: Direction,
        dialect: Option<DialectName>,
        stages: impl IntoIterator<Item = SqlStage>,
    ) -> Self {
        let sections = match direction {
            Direction::Upgrade => &mut self.upgrade,
            Direction::Downgrade => &mut self.downgrade,
        };
        sections.set(dialect, stages.into_iter().collect());
        self
    }
}

impl Script for SqlScript {
    fn record(&self, direction: Direction, operations: &mut Operations) -> Result<(), BoxError> {
        let stages = match direction {
            Direction::Upgrade => &self.upgrade,
            Direction::Downgrade => &self.downgrade,
        };
        operations.push(Operation::ExecuteStages { direction, stages: stages.clone() });
        Ok(())
    }
}
