//! [`Case`]: one operation with one option.

use dunlin_core::operation::{Operation, reverse};
use dunlin_core::prelude::*;
use dunlin_core::schema::TableName;

/// One operation with one option.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name, as a path: `create table / index / operator class`.
    pub name: String,
    /// The case that it differs from by one option; none where it is the operation itself.
    pub base: Option<String>,
    /// What makes the schema that it begins with.
    pub before: Vec<Operation>,
    /// What it is about.
    pub operations: Vec<Operation>,
    /// The rows that are there when it begins: `BulkInsert` only.
    pub rows: Vec<Operation>,
    /// The columns whose values it changes or drops; all others keep theirs, byte for byte.
    pub changes_values_of: Vec<(TableName, String)>,
    /// Whether [`reverse`](dunlin_core::operation::reverse()) cannot undo it.
    pub irreversible: bool,
}

impl Case {
    /// A case without operations.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base: None,
            before: Vec::new(),
            operations: Vec::new(),
            rows: Vec::new(),
            changes_values_of: Vec::new(),
            irreversible: false,
        }
    }

    /// The first part of its name: the operation.
    pub fn group(&self) -> &str {
        self.name.split(" / ").next().unwrap_or_default()
    }

    /// The schemas that it makes or drops: on MySQL they stand beside the database.
    pub fn schemas(&self) -> Vec<&str> {
        let names = self.before.iter().chain(&self.operations).filter_map(|operation| match operation {
            Operation::CreateSchema { name, .. } | Operation::DropSchema { name, .. } => Some(name.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// The case as a history: revision [`BEFORE`](Self::BEFORE) makes the schema that it begins with, and
    /// revision [`CASE`](Self::CASE) is what it is about. Each goes down by what
    /// [`reverse`](dunlin_core::operation::reverse()) makes of it, or by nothing where that knows nothing.
    pub fn migrations(&self) -> [Migration; 2] {
        let mut schema = Metadata::default();
        let before_down = reverse(&self.before, &schema).unwrap_or_default();
        for operation in &self.before {
            schema.apply(operation).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        }
        let down = if self.irreversible {
            Vec::new()
        } else {
            reverse(&self.operations, &schema).unwrap_or_default()
        };
        let record = |operations: &[Operation]| {
            let operations = operations.to_vec();
            move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
        };
        let before = Revision::new(Self::BEFORE);
        let case = Revision::new(Self::CASE).down_revision(Self::BEFORE);
        [
            Migration::new(before, record(&self.before), record(&before_down)),
            Migration::new(case, record(&self.operations), record(&down)),
        ]
    }

    /// The revision that makes the schema that a case begins with.
    pub const BEFORE: &'static str = "before";

    /// The revision that is a case.
    pub const CASE: &'static str = "case";

    pub(super) fn base(mut self, name: impl Into<String>) -> Self {
        self.base = Some(name.into());
        self
    }

    pub(super) fn before(mut self, record: impl FnOnce(&mut Operations)) -> Self {
        self.before.extend(recorded(record));
        self
    }

    pub(super) fn up(mut self, record: impl FnOnce(&mut Operations)) -> Self {
        self.operations.extend(recorded(record));
        self
    }

    pub(super) fn rows<const N: usize>(
        mut self,
        table: impl Into<TableName>,
        columns: [&str; N],
        rows: impl IntoIterator<Item = [SqlValue; N]>,
    ) -> Self {
        self.rows.extend(recorded(|op| op.bulk_insert(table, columns, rows)));
        self
    }

    pub(super) fn rows_by(mut self, record: impl FnOnce(&mut Operations)) -> Self {
        self.rows.extend(recorded(record));
        self
    }

    pub(super) fn changes_values_of(mut self, table: &str, columns: &[&str]) -> Self {
        self.changes_values_of.extend(columns.iter().map(|column| (table.into(), (*column).to_owned())));
        self
    }

    pub(super) fn irreversible(mut self) -> Self {
        self.irreversible = true;
        self
    }
}

fn recorded(record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
    let mut operations = Operations::default();
    record(&mut operations);
    operations.finish()
}

/// A whole number.
pub(super) fn int(value: i64) -> SqlValue {
    SqlValue::Integer(value)
}

/// A text.
pub(super) fn text(value: &str) -> SqlValue {
    SqlValue::text(value)
}

/// Different SQL for PostgreSQL, MySQL (and MariaDB) and SQLite.
pub(super) fn each(postgres: &str, mysql: &str, sqlite: &str) -> PerDialect<String> {
    PerDialect::only(DialectName::Postgres, postgres.to_owned())
        .on(DialectName::MySql, mysql.to_owned())
        .on(DialectName::Sqlite, sqlite.to_owned())
}

/// Names of collations that compare bytes, where the databases have them.
pub(super) fn binary_collation(of: DataType) -> ColumnType {
    ColumnType::only(DialectName::Postgres, of.clone().collate("C"))
        .on(DialectName::MySql, of.clone().collate("utf8mb4_bin"))
        .on(DialectName::Sqlite, of.collate("NOCASE"))
}
