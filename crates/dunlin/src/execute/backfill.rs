//! Backfills: an UPDATE in batches, each in a transaction of its own.
//!
//! How far a backfill is stands in the table `dunlin_backfill`, a row for each that is not done, written in
//! the transaction of the batch: whatever interrupts it, the next run goes on behind the last batch that
//! was committed. The table is there only while a backfill is.

use std::time::Duration;

use dunlin_core::operation::{Backfill, Operation};
use dunlin_core::revision::RevisionId;
use dunlin_core::schema::{DataType, Metadata, Table, TableName};
use dunlin_core::session::{behind, up_to};
use dunlin_engine::dialect::Dialect;

use crate::database::Database;
use crate::error::Error;

/// Where backfills keep how far they are.
pub(super) const PROGRESS_TABLE: &str = "dunlin_backfill";

fn progress_table() -> Table {
    Table::build(PROGRESS_TABLE, |t| {
        t.column("version_table", DataType::string(128)).not_null();
        t.column("revision", DataType::string(32)).not_null();
        t.column("statement", DataType::Text).not_null();
        t.column("resume_key", DataType::Text).not_null();
        t.primary_key(format!("{PROGRESS_TABLE}_pkey"), ["version_table", "revision"]);
    })
}

/// One backfill on its way.
pub(super) struct Progress<'b> {
    backfill: &'b Backfill,
    dialect: &'static dyn Dialect,
    /// Which row of the progress table it is.
    row: String,
    version_table: TableName,
    revision: RevisionId,
    /// What is done, as one statement, with the key that it follows.
    statement: String,
    /// The key of the last row that is done.
    last: Option<Vec<String>>,
    /// How many rows were updated in this run.
    pub(super) updated: u64,
}

impl<'b> Progress<'b> {
    /// Begins, or finds where an earlier run stopped.
    pub(super) async fn begin(
        database: &mut Database,
        backfill: &'b Backfill,
        version_table: &TableName,
        revision: &RevisionId,
    ) -> Result<Self, Error> {
        let dialect = database.dialect();
        let create = Operation::CreateTable { table: progress_table(), if_not_exists: true };
        let created = dialect.render(&create, &Metadata::default());
        for sql in created.map_err(|source| Error::DataStep { source })?.statements {
            database.run(&sql).await?;
        }
        let operation = Operation::Backfill { backfill: backfill.clone() };
        let statement = dialect.render(&operation, &Metadata::default());
        let mut statement = statement.map_err(|source| Error::DataStep { source })?.statements.concat();
        statement.push_str(&format!(" -- in the order of {}", backfill.key.join(", ")));
        let row = row_of(dialect, version_table, revision);
        let known =
            database.rows(&format!("SELECT resume_key, statement FROM {PROGRESS_TABLE} WHERE {row}")).await?;
        let last = known.first().and_then(|row| row.text(0)).map(read_key);
        if known.first().is_some_and(|row| row.text(1) != Some(&statement)) {
            return Err(Error::BackfillChanged {
                table: backfill.table.to_string(),
                revision: revision.clone(),
            });
        }
        let (version_table, revision) = (version_table.clone(), revision.clone());
        Ok(Self { backfill, dialect, row, version_table, revision, statement, last, updated: 0 })
    }

    /// The key of the last row that is done, in words.
    pub(super) fn resume_key(&self) -> Option<String> {
        self.last.as_ref().map(|key| key.join(", "))
    }

    /// How long to rest before the next batch.
    pub(super) fn pause(&self) -> Duration {
        self.backfill.pause
    }

    /// Does the next batch in the transaction that is open; `false` if it was the last.
    pub(super) async fn batch(&mut self, database: &mut Database) -> Result<bool, Error> {
        let table = self.table();
        let key = self.key();
        let columns = key.join(", ");
        let from = self.last.as_ref().map(|last| behind(&key, &self.literals(last)));
        let filter = from.as_ref().map(|from| format!(" WHERE {from}")).unwrap_or_default();
        let offset = self.backfill.batch_size.max(1) - 1;
        let last_row = database
            .rows(&format!(
                "SELECT {columns} FROM {table}{filter} ORDER BY {columns} LIMIT 1 OFFSET {offset}"
            ))
            .await?;
        let bound: Option<Vec<String>> =
            last_row.first().map(|row| row.iter().map(|value| value.clone().unwrap_or_default()).collect());

        let mut conditions: Vec<String> = from.into_iter().collect();
        conditions.extend(bound.as_ref().map(|bound| up_to(&key, &self.literals(bound))));
        if let Some(condition) =
            self.backfill.only_where.as_ref().and_then(|sql| sql.get(self.dialect.name()))
        {
            conditions.push(format!("({condition})"));
        }
        let set = self.backfill.set.iter().filter_map(|(column, sql)| {
            Some(format!("{} = {}", self.dialect.quote(column), sql.get(self.dialect.name())?))
        });
        let set = set.collect::<Vec<_>>().join(", ");
        if !set.is_empty() {
            let filter = match conditions.is_empty() {
                true => String::new(),
                false => format!(" WHERE {}", conditions.join(" AND ")),
            };
            self.updated += database.run(&format!("UPDATE {table} SET {set}{filter}")).await?;
        }
        let more = bound.is_some();
        if let Some(bound) = bound {
            self.write(database, &bound).await?;
            self.last = Some(bound);
        }
        Ok(more)
    }

    /// Takes its row out of the progress table.
    pub(super) async fn forget(
        database: &mut Database,
        version_table: &TableName,
        revision: &RevisionId,
    ) -> Result<(), Error> {
        let row = row_of(database.dialect(), version_table, revision);
        database.run(&format!("DELETE FROM {PROGRESS_TABLE} WHERE {row}")).await.map(drop)
    }

    /// Forgets what an owner's backfills left that are not the next step: their rows may be others by now.
    pub(super) async fn forget_others(
        database: &mut Database,
        version_table: &TableName,
        next: Option<&RevisionId>,
    ) -> Result<(), Error> {
        if database.existing(&[PROGRESS_TABLE.into()]).await?.is_empty() {
            return Ok(());
        }
        let dialect = database.dialect();
        let next = next.map(|next| format!(" AND revision <> {}", dialect.literal(next.as_str())));
        let next = next.unwrap_or_default();
        let owner = dialect.literal(&version_table.to_string());
        database.run(&format!("DELETE FROM {PROGRESS_TABLE} WHERE version_table = {owner}{next}")).await?;
        Self::drop_if_empty(database).await
    }

    /// Drops the progress table if no backfill is on its way.
    pub(super) async fn drop_if_empty(database: &mut Database) -> Result<(), Error> {
        if database.rows(&format!("SELECT revision FROM {PROGRESS_TABLE} LIMIT 1")).await?.is_empty() {
            database.run(&format!("DROP TABLE {PROGRESS_TABLE}")).await?;
        }
        Ok(())
    }

    async fn write(&self, database: &mut Database, key: &[String]) -> Result<(), Error> {
        let key = self.dialect.literal(&write_key(key));
        if self.last.is_some() {
            database
                .run(&format!("UPDATE {PROGRESS_TABLE} SET resume_key = {key} WHERE {}", self.row))
                .await?;
        } else {
            let literal = |text: &str| self.dialect.literal(text);
            let (table, revision) =
                (literal(&self.version_table.to_string()), literal(self.revision.as_str()));
            let columns = "version_table, revision, statement, resume_key";
            let values = format!("{table}, {revision}, {}, {key}", literal(&self.statement));
            database.run(&format!("INSERT INTO {PROGRESS_TABLE} ({columns}) VALUES ({values})")).await?;
        }
        Ok(())
    }

    fn table(&self) -> String {
        let name = &self.backfill.table;
        let schema = name.schema.iter().map(|schema| format!("{}.", self.dialect.quote(schema)));
        schema.chain([self.dialect.quote(&name.name)]).collect()
    }

    fn key(&self) -> Vec<String> {
        self.backfill.key.iter().map(|column| self.dialect.quote(column)).collect()
    }

    fn literals(&self, key: &[String]) -> Vec<String> {
        key.iter().map(|value| self.dialect.literal(value)).collect()
    }
}

fn row_of(dialect: &dyn Dialect, version_table: &TableName, revision: &RevisionId) -> String {
    let (version_table, revision) =
        (dialect.literal(&version_table.to_string()), dialect.literal(revision.as_str()));
    format!("version_table = {version_table} AND revision = {revision}")
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
