//! How far a step is that is committed in several stages.
//!
//! It stands in the table `dunlin_backfill`, a row for each owner that has such a step under way, written in the
//! transaction of the stage or batch, and on MySQL and MariaDB behind the last statement of a stage that changes the
//! schema: whatever interrupts the step, the next run goes on behind what was committed. The table is there only while
//! there is such a row.

use std::fmt::Write as _;

use dunlin_core::operation::Operation;
use dunlin_core::revision::{Direction, RevisionId};
use dunlin_core::schema::{DataType, Metadata, Table, TableName};
use dunlin_core::session::Row;
use dunlin_engine::plan::{Action, Begun, OwnerPlan, RenderedStage, RenderedStep, Step};
use md5::{Digest, Md5};

use crate::database::Database;
use crate::error::Error;

pub(crate) const TABLE: &str = "dunlin_backfill";
const COLUMNS: &str = "version_table, revision, direction, stages, done, resume_key";

fn table() -> Table {
    Table::build(TABLE, |t| {
        t.column("version_table", DataType::string(128)).not_null();
        t.column("revision", DataType::string(32)).not_null();
        t.column("direction", DataType::string(16)).not_null();
        t.column("stages", DataType::Integer).not_null();
        t.column("done", DataType::string(32)).not_null();
        t.column("resume_key", DataType::Text);
        t.primary_key(format!("{TABLE}_pkey"), ["version_table"]);
    })
}

/// What owners with these version tables have under way; the table must be there. Nothing is written.
pub(crate) async fn begun(
    database: &mut Database,
    version_tables: &[&TableName],
) -> Result<Vec<Option<Begun>>, Error> {
    let rows = rows(database).await?;
    let of = |table: &&TableName| rows.iter().find(|row| row.text(0) == Some(&table.to_string()));
    Ok(version_tables.iter().map(|table| of(table).and_then(begun_of)).collect())
}

async fn rows(database: &mut Database) -> Result<Vec<Row>, Error> {
    database.rows(&format!("SELECT {COLUMNS} FROM {TABLE}")).await
}

fn begun_of(row: &Row) -> Option<Begun> {
    let directions = [Direction::Upgrade, Direction::Downgrade];
    Some(Begun {
        revision: row.text(1)?.into(),
        direction: directions.into_iter().find(|it| row.text(2) == Some(&it.to_string()))?,
        stages: row.text(3)?.parse().ok()?,
    })
}

/// Forgets what an owner has under way.
pub(super) async fn forget(database: &mut Database, version_table: &TableName) -> Result<(), Error> {
    if database.existing(&[TABLE.into()]).await?.is_empty() {
        return Ok(());
    }
    let owner = database.dialect().literal(&version_table.to_string());
    database.run(&format!("DELETE FROM {TABLE} WHERE version_table = {owner}")).await?;
    drop_if_empty(database).await
}

/// Drops the table if it is there, and nothing is under way.
pub(super) async fn drop_if_empty(database: &mut Database) -> Result<(), Error> {
    let there = !database.existing(&[TABLE.into()]).await?.is_empty();
    if there && database.rows(&format!("SELECT revision FROM {TABLE} LIMIT 1")).await?.is_empty() {
        database.run(&format!("DROP TABLE {TABLE}")).await?;
    }
    Ok(())
}

/// Where one step is.
pub(super) struct Place<'p> {
    version_table: &'p TableName,
    revision: &'p RevisionId,
    direction: Direction,
    stages: &'p [RenderedStage],
    is_written: bool,
    /// How many of its stages are done.
    pub(super) done: usize,
    /// The key of the last row that is done of the stage behind them.
    pub(super) resume_key: Option<Vec<String>>,
}

impl<'p> Place<'p> {
    /// Finds where an earlier run stopped, or the beginning.
    ///
    /// # Errors
    /// [`Error::StepChanged`] where that was another step than it is now.
    pub(super) async fn find(
        database: &mut Database,
        plan: &'p OwnerPlan,
        step: &'p Step,
        rendered: &'p RenderedStep,
    ) -> Result<Option<Self>, Error> {
        let Action::Revision { revision, direction } = &step.action else { return Ok(None) };
        let mut place = Self {
            version_table: &plan.version_table,
            revision: &revision.id,
            direction: *direction,
            stages: &rendered.stages,
            is_written: false,
            done: rendered.done,
            resume_key: None,
        };
        let owner = plan.version_table.to_string();
        let rows = if plan.begun.is_some() { rows(database).await? } else { Vec::new() };
        if let Some(row) = rows.iter().find(|row| row.text(0) == Some(&owner)) {
            let begun = begun_of(row);
            place.is_written = true;
            place.resume_key = row.text(5).map(read_key);
            let same_step = begun.is_some_and(|begun| begun.stages == place.done);
            if !same_step || row.text(4) != Some(&place.digest()) {
                return Err(Error::StepChanged { revision: revision.id.clone() });
            }
        }
        Ok(Some(place))
    }

    /// Makes the table where it may not be there yet.
    pub(super) async fn make_table(&self, database: &mut Database) -> Result<(), Error> {
        if self.is_written || !database.existing(&[TABLE.into()]).await?.is_empty() {
            return Ok(());
        }
        let create = Operation::CreateTable { table: table(), if_not_exists: false };
        let created = database.dialect().render(&create, &Metadata::default());
        for sql in created.map_err(|source| Error::DataStep { source })?.statements {
            database.run(&sql).await?;
        }
        Ok(())
    }

    /// Writes down that so many stages are done, and the one behind them up to a key.
    pub(super) async fn write(
        &mut self,
        database: &mut Database,
        done: usize,
        resume_key: Option<Vec<String>>,
    ) -> Result<(), Error> {
        self.make_table(database).await?;
        (self.done, self.resume_key) = (done, resume_key);
        let dialect = database.dialect();
        let literal = |text: &str| dialect.literal(text);
        let key = self.resume_key.as_ref().map_or_else(|| "NULL".to_owned(), |key| literal(&write_key(key)));
        let (owner, digest) = (literal(&self.version_table.to_string()), literal(&self.digest()));
        let sql = if self.is_written {
            format!(
                "UPDATE {TABLE} SET stages = {done}, done = {digest}, resume_key = {key} WHERE version_table = {owner}"
            )
        } else {
            let (revision, direction) =
                (literal(self.revision.as_str()), literal(&self.direction.to_string()));
            format!(
                "INSERT INTO {TABLE} ({COLUMNS}) VALUES ({owner}, {revision}, {direction}, {done}, {digest}, {key})"
            )
        };
        database.run(&sql).await?;
        self.is_written = true;
        Ok(())
    }

    /// Takes out that the step is under way.
    pub(super) async fn erase(&mut self, database: &mut Database) -> Result<(), Error> {
        if self.is_written {
            let owner = database.dialect().literal(&self.version_table.to_string());
            database.run(&format!("DELETE FROM {TABLE} WHERE version_table = {owner}")).await?;
        }
        Ok(())
    }

    /// What was done so far, in short: it must be what the step says when it is gone on with. How many rows are taken at
    /// a time is no part of it.
    fn digest(&self) -> String {
        let begun = self.done + usize::from(self.resume_key.is_some());
        let mut digest = Md5::new();
        for stage in self.stages.iter().filter(|stage| (1..=begun).contains(&stage.stage.number)) {
            for mut operation in stage.stage.operations.iter().cloned() {
                match &mut operation {
                    Operation::Backfill { backfill } => {
                        *backfill = backfill.clone().batch_size(1).pause(std::time::Duration::ZERO);
                    }
                    Operation::Run { step } => {
                        step.batches = step.batches.take().map(|batches| batches.size(1));
                    }
                    _ => {}
                }
                digest.update(serde_json::to_vec(&operation).unwrap_or_default());
            }
            digest.update([0]);
        }
        let mut text = String::new();
        for byte in digest.finalize() {
            // Writing to a String cannot fail.
            let _written = write!(text, "{byte:02x}");
        }
        text
    }
}

/// Separates the values of a key of several columns; what is in the way in a value is doubled.
const SEPARATOR: char = '\u{1f}';

fn write_key(key: &[String]) -> String {
    let escape = |value: &String| value.replace('\\', "\\\\").replace(SEPARATOR, "\\s");
    key.iter().map(escape).collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

fn read_key(text: &str) -> Vec<String> {
    let unescape = |value: &str| {
        let mut characters = value.chars();
        let mut plain = String::with_capacity(value.len());
        while let Some(character) = characters.next() {
            plain.push(match character {
                '\\' if characters.next() == Some('s') => SEPARATOR,
                other => other,
            });
        }
        plain
    };
    text.split(SEPARATOR).map(unescape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        for key in [vec!["1"], vec!["a", ""], vec!["a\\b", "c\u{1f}d", "\\s", "é"], vec![""]] {
            let key: Vec<String> = key.into_iter().map(str::to_owned).collect();
            assert_eq!(read_key(&write_key(&key)), key);
        }
    }
}
