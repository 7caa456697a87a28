//! [`Operations`]: what a revision's `upgrade` and `downgrade` write into.

use super::{Operation, TableChange};
use crate::dialect::PerDialect;
use crate::schema::{
    Check, Column, ColumnType, Constraint, ConstraintKind, ForeignKey, Index, NamingConvention, PrimaryKey,
    SqlValue, Table, TableBuilder, TableName, Unique,
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

    /// Changes a table: all that `define` records is done together, save that the new name of a column
    /// is an operation of its own, as every database can do that without touching anything else.
    pub fn alter_table(&mut self, name: impl Into<TableName>, define: impl FnOnce(&mut AlterTable)) {
        let table = name.into();
        let mut alter = AlterTable { changes: Vec::new() };
        define(&mut alter);
        let mut together = Vec::new();
        for mut change in alter.changes {
            if let Some(renamed) = take_rename(&mut change) {
                self.push_alter_table(&table, std::mem::take(&mut together));
                self.push_alter_table(&table, vec![renamed]);
            }
            if !says_nothing(&change) {
                together.push(change);
            }
        }
        self.push_alter_table(&table, together);
    }

    fn push_alter_table(&mut self, table: &TableName, mut changes: Vec<TableChange>) {
        for change in &mut changes {
            if let TableChange::AddConstraint { constraint } = change {
                self.naming_convention.name_constraint(&table.name, constraint);
            }
        }
        if !changes.is_empty() {
            self.recorded.push(Operation::AlterTable { table: table.clone(), changes });
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
    pub fn add_index(&mut self, table: impl Into<TableName>, mut index: Index) {
        let table = table.into();
        self.naming_convention.name_index(&table.name, &mut index);
        self.recorded.push(Operation::CreateIndex { table, index });
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

/// The part of a change that renames a column; the rest then speaks of it by its new name.
fn take_rename(change: &mut TableChange) -> Option<TableChange> {
    let TableChange::AlterColumn { name, rename, .. } = change else { return None };
    let to = rename.take()?;
    let from = std::mem::replace(name, to.clone());
    Some(alter_column(from, Some(to)))
}

fn alter_column(name: String, rename: Option<String>) -> TableChange {
    TableChange::AlterColumn { name, rename, column_type: None, nullable: None, server_default: None }
}

fn says_nothing(change: &TableChange) -> bool {
    matches!(
        change,
        TableChange::AlterColumn {
            rename: None,
            column_type: None,
            nullable: None,
            server_default: None,
            ..
        }
    )
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
        self.changes.push(alter_column(name.into(), None));
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
    pub fn server_default(self, to: Option<SqlValue>) -> Self {
        if let TableChange::AlterColumn { server_default, .. } = &mut *self.change {
            *server_default = Some(to);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::DataType;

    fn recorded(convention: NamingConvention, record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
        let mut op = Operations::new(convention);
        record(&mut op);
        op.finish()
    }

    #[test]
    fn a_new_name_is_an_operation_of_its_own_and_holds_from_then_on() {
        let both = recorded(NamingConvention::default(), |op| {
            op.alter_table("book", |t| {
                t.drop_column("isbn");
                t.alter_column("title").column_type(DataType::Text).rename("name").nullable(false);
                t.alter_column("pages");
                t.alter_column("by").rename("author");
            });
        });
        let apart = recorded(NamingConvention::default(), |op| {
            op.alter_table("book", |t| t.drop_column("isbn"));
            op.alter_table("book", |t| {
                t.alter_column("title").rename("name");
            });
            op.alter_table("book", |t| {
                t.alter_column("name").column_type(DataType::Text).nullable(false);
            });
            op.alter_table("book", |t| {
                t.alter_column("by").rename("author");
            });
        });
        assert_eq!(both, apart);
        assert_eq!(both.len(), 4);
    }

    #[test]
    fn the_naming_convention_names_what_is_added_later_too() {
        let convention = NamingConvention {
            ix: Some("ix_%(column_0_label)s".to_owned()),
            fk: Some("fk_%(table_name)s_%(referred_table_name)s".to_owned()),
            ..NamingConvention::default()
        };
        let operations = recorded(convention, |op| {
            op.alter_table("book", |t| t.create_foreign_key(ForeignKey::new(["by"], "author", ["id"])));
            op.add_index("book", Index { name: None, ..Index::new("", ["by"]) });
        });
        let [Operation::AlterTable { changes, .. }, Operation::CreateIndex { index, .. }] =
            operations.as_slice()
        else {
            panic!("{operations:?}");
        };
        let [TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }] = changes.as_slice()
        else {
            panic!("{changes:?}");
        };
        assert_eq!(key.name.as_deref(), Some("fk_book_author"));
        assert_eq!(index.name.as_deref(), Some("ix_book_by"));
    }
}
