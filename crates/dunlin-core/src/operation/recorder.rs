//! [`Operations`]: what a revision's `upgrade` and `downgrade` write into.

use super::{Operation, TableChange};
use crate::dialect::PerDialect;
use crate::schema::{
    Check, Column, ColumnType, Constraint, ConstraintKind, ForeignKey, Index, NamingConvention, PrimaryKey,
    ServerDefault, SqlValue, Table, TableBuilder, TableName, Unique,
};

/// Records operations, in order. Nothing runs while it records.
///
/// ```
/// use dunlin_core::prelude::*;
///
/// let mut op = Operations::new(NamingConvention::default());
/// op.alter_table("slot_pool", |t| {
///     t.add_column(Column::new("include_deferred", DataType::Boolean));
/// });
/// op.execute("UPDATE slot_pool SET include_deferred = false");
/// op.alter_table("slot_pool", |t| {
///     t.alter_column("include_deferred").nullable(false);
/// });
/// assert_eq!(op.finish().len(), 3);
/// ```
#[derive(Debug, Default)]
pub struct Operations {
    recorded: Vec<Operation>,
    naming_convention: NamingConvention,
}

impl Operations {
    /// Records under a naming convention, which names what the revision leaves unnamed.
    pub fn new(naming_convention: NamingConvention) -> Self {
        Self { recorded: Vec::new(), naming_convention }
    }

    /// Creates a table with its constraints and indexes.
    pub fn create_table(&mut self, name: &str, define: impl FnOnce(&mut TableBuilder)) {
        let mut table = Table::build(name, define);
        self.naming_convention.apply(&mut table);
        self.recorded.push(Operation::CreateTable { table });
    }

    /// Drops a table.
    pub fn drop_table(&mut self, name: impl Into<TableName>) {
        self.recorded.push(Operation::DropTable { table: name.into(), if_exists: false });
    }

    /// Renames a table.
    pub fn rename_table(&mut self, name: impl Into<TableName>, to: impl Into<String>) {
        self.recorded.push(Operation::RenameTable { table: name.into(), to: to.into() });
    }

    /// Changes a table: all that `define` records is done together.
    pub fn alter_table(&mut self, name: impl Into<TableName>, define: impl FnOnce(&mut AlterTable)) {
        let mut alter = AlterTable { changes: Vec::new() };
        define(&mut alter);
        if !alter.changes.is_empty() {
            self.recorded.push(Operation::AlterTable { table: name.into(), changes: alter.changes });
        }
    }

    /// Creates an index over columns, under a name that is final.
    pub fn create_index<C>(&mut self, name: impl Into<String>, table: impl Into<TableName>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_index(table, Index::new(name, columns));
    }

    /// Creates an index with options.
    pub fn add_index(&mut self, table: impl Into<TableName>, index: Index) {
        self.recorded.push(Operation::CreateIndex { table: table.into(), index });
    }

    /// Drops an index.
    pub fn drop_index(&mut self, name: impl Into<String>, table: impl Into<TableName>) {
        self.push_drop_index(name.into(), table.into(), false);
    }

    /// Drops an index that may be absent.
    pub fn drop_index_if_exists(&mut self, name: impl Into<String>, table: impl Into<TableName>) {
        self.push_drop_index(name.into(), table.into(), true);
    }

    fn push_drop_index(&mut self, name: String, table: TableName, if_exists: bool) {
        self.recorded.push(Operation::DropIndex { table, name, if_exists });
    }

    /// Inserts rows: `columns` says which columns the values of each row are for.
    pub fn bulk_insert<C, R>(&mut self, table: impl Into<TableName>, columns: C, rows: R)
    where
        C: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: IntoIterator<Item = SqlValue>>,
    {
        self.recorded.push(Operation::BulkInsert {
            table: table.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().map(|row| row.into_iter().collect()).collect(),
        });
    }

    /// Runs one SQL statement as it stands: everywhere, or per dialect.
    pub fn execute(&mut self, sql: impl Into<PerDialect<String>>) {
        self.recorded.push(Operation::Execute { sql: sql.into() });
    }

    /// What was recorded.
    pub fn finish(self) -> Vec<Operation> {
        self.recorded
    }
}

/// Records the changes of one table.
#[derive(Debug)]
pub struct AlterTable {
    changes: Vec<TableChange>,
}

impl AlterTable {
    /// Adds a column behind the others.
    pub fn add_column(&mut self, column: Column) {
        self.changes.push(TableChange::AddColumn { column });
    }

    /// Drops a column.
    pub fn drop_column(&mut self, name: impl Into<String>) {
        self.changes.push(TableChange::DropColumn { name: name.into() });
    }

    /// Changes a column; what is not said stays as it is, on every database.
    pub fn alter_column(&mut self, name: impl Into<String>) -> AlterColumn<'_> {
        let position = self.changes.len();
        self.changes.push(TableChange::AlterColumn {
            name: name.into(),
            rename: None,
            column_type: None,
            nullable: None,
            server_default: None,
        });
        AlterColumn { change: &mut self.changes[position] }
    }

    /// Adds a primary key, under a name that is final.
    pub fn create_primary_key<C>(&mut self, name: impl Into<String>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        let columns = columns.into_iter().map(Into::into).collect();
        self.add(Constraint::PrimaryKey(PrimaryKey { name: Some(name.into()), columns }));
    }

    /// Adds a unique constraint, under a name that is final.
    pub fn create_unique_constraint<C>(&mut self, name: impl Into<String>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        let columns = columns.into_iter().map(Into::into).collect();
        self.add(Constraint::Unique(Unique { name: Some(name.into()), columns }));
    }

    /// Adds a foreign key.
    pub fn create_foreign_key(&mut self, key: ForeignKey) {
        self.add(Constraint::ForeignKey(key));
    }

    /// Adds a check, under a name that is final.
    pub fn create_check_constraint(&mut self, name: impl Into<String>, expression: impl Into<String>) {
        self.add(Constraint::Check(Check { name: Some(name.into()), expression: expression.into() }));
    }

    /// Drops a constraint.
    pub fn drop_constraint(&mut self, kind: ConstraintKind, name: impl Into<String>) {
        self.changes.push(TableChange::DropConstraint { kind, name: name.into() });
    }

    fn add(&mut self, constraint: Constraint) {
        self.changes.push(TableChange::AddConstraint { constraint });
    }
}

/// Says what changes about a column.
#[derive(Debug)]
pub struct AlterColumn<'c> {
    change: &'c mut TableChange,
}

impl AlterColumn<'_> {
    /// A new name.
    pub fn rename(self, to: impl Into<String>) -> Self {
        if let TableChange::AlterColumn { rename, .. } = &mut *self.change {
            *rename = Some(to.into());
        }
        self
    }

    /// A new type.
    pub fn column_type(self, to: impl Into<ColumnType>) -> Self {
        if let TableChange::AlterColumn { column_type, .. } = &mut *self.change {
            *column_type = Some(to.into());
        }
        self
    }

    /// Whether it may be NULL.
    pub fn nullable(self, may_be_null: bool) -> Self {
        if let TableChange::AlterColumn { nullable, .. } = &mut *self.change {
            *nullable = Some(may_be_null);
        }
        self
    }

    /// A new server default, or none.
    pub fn server_default(self, to: Option<ServerDefault>) -> Self {
        if let TableChange::AlterColumn { server_default, .. } = &mut *self.change {
            *server_default = Some(to);
        }
        self
    }
}
