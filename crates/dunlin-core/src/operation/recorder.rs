//! [`Operations`]: what a revision's `upgrade` and `downgrade` write into.

mod alter;

pub use alter::{AlterColumnRecorder, AlterEnum, AlterTable};

use super::{AlterColumn, Backfill, DataStep, Operation, TableChange};
use crate::dialect::PerDialect;
use crate::schema::{
    Column, ConstraintKind, EnumType, Exclude, ForeignKey, Index, IndexElement, Name, NamingConvention,
    Object, SqlValue, Table, TableBuilder, TableName, View,
};
use crate::session::{Batches, BoxError, BoxFuture, Row, Session};

/// Records operations, in order. Nothing runs while it records.
///
/// ```
/// use dunlin_core::prelude::*;
///
/// let mut op = Operations::new(NamingConvention::default());
/// op.add_column("slot_pool", Column::new("include_deferred", DataType::Boolean));
/// op.execute("UPDATE slot_pool SET include_deferred = false");
/// op.alter_column("slot_pool", "include_deferred", |c| c.nullable(false));
/// assert_eq!(op.finish().len(), 3);
/// ```
#[derive(Debug, Default)]
pub struct Operations {
    recorded: Vec<Operation>,
    naming_convention: NamingConvention,
}

/// Everything but the changes of one table.
impl Operations {
    /// Records under a naming convention, which names what the revision leaves unnamed.
    pub fn new(naming_convention: NamingConvention) -> Self {
        Self { recorded: Vec::new(), naming_convention }
    }

    /// Records an operation made elsewhere; the naming convention does not touch it.
    pub fn push(&mut self, operation: Operation) {
        self.recorded.push(operation);
    }

    /// What was recorded.
    pub fn finish(self) -> Vec<Operation> {
        self.recorded
    }

    /// Creates a schema (on MySQL: a database).
    pub fn create_schema(&mut self, name: impl Into<String>) {
        self.push(Operation::CreateSchema { name: name.into(), if_not_exists: false });
    }

    /// Drops a schema, which must be empty.
    pub fn drop_schema(&mut self, name: impl Into<String>) {
        self.push(Operation::DropSchema { name: name.into(), if_exists: false });
    }

    /// Creates an enum type; the result is the type of its columns.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let mut op = Operations::default();
    /// let status = op.create_enum("ticket_status", ["open", "closed"]);
    /// op.create_table("ticket", |t| { t.column("status", status); });
    /// op.alter_enum("ticket_status", |e| e.add_value_after("waiting", "open"));
    /// ```
    pub fn create_enum<V>(&mut self, name: impl Into<TableName>, values: V) -> crate::schema::DataType
    where
        V: IntoIterator<Item: Into<String>>,
    {
        let enum_type = EnumType::new(name, values);
        self.push(Operation::CreateEnum { enum_type: enum_type.clone() });
        crate::schema::DataType::Enum(enum_type)
    }

    /// Changes an enum type.
    pub fn alter_enum(&mut self, name: impl Into<TableName>, define: impl FnOnce(&mut AlterEnum)) {
        let mut alter = AlterEnum { changes: Vec::new() };
        define(&mut alter);
        self.push(Operation::AlterEnum { name: name.into(), changes: alter.changes });
    }

    /// Drops an enum type, which no column is of.
    pub fn drop_enum(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropEnum { name: name.into(), if_exists: false });
    }

    /// Creates a table with its constraints and indexes.
    pub fn create_table(&mut self, name: impl Into<TableName>, define: impl FnOnce(&mut TableBuilder)) {
        self.push_create_table(Table::build(name, define), false);
    }

    /// Creates a table that may be there; it is left as it is then.
    pub fn create_table_if_not_exists(
        &mut self,
        name: impl Into<TableName>,
        define: impl FnOnce(&mut TableBuilder),
    ) {
        self.push_create_table(Table::build(name, define), true);
    }

    fn push_create_table(&mut self, mut table: Table, if_not_exists: bool) {
        self.naming_convention.apply(&mut table);
        self.push(Operation::CreateTable { table, if_not_exists });
    }

    /// Drops a table.
    pub fn drop_table(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropTable { table: name.into(), if_exists: false });
    }

    /// Drops a table that may be absent.
    pub fn drop_table_if_exists(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropTable { table: name.into(), if_exists: true });
    }

    /// Renames a table.
    pub fn rename_table(&mut self, name: impl Into<TableName>, to: impl Into<String>) {
        self.push(Operation::RenameTable { table: name.into(), to: to.into() });
    }

    /// Creates an index over columns or expressions, under a name.
    pub fn create_index<E>(&mut self, name: impl Into<Name>, table: impl Into<TableName>, elements: E)
    where
        E: IntoIterator<Item: Into<IndexElement>>,
    {
        self.add_index(table, Index::new(name, elements));
    }

    /// Creates an index with options.
    pub fn add_index(&mut self, table: impl Into<TableName>, index: Index) {
        self.push_create_index(table.into(), index, false);
    }

    /// Creates an index that may be there.
    pub fn add_index_if_not_exists(&mut self, table: impl Into<TableName>, index: Index) {
        self.push_create_index(table.into(), index, true);
    }

    fn push_create_index(&mut self, table: TableName, mut index: Index, if_not_exists: bool) {
        self.naming_convention.name_index(&table, &mut index);
        self.push(Operation::CreateIndex { table, index, if_not_exists });
    }

    /// Drops an index.
    pub fn drop_index(&mut self, name: impl Into<Name>, table: impl Into<TableName>) {
        self.push_drop_index(name.into(), table.into(), false, false);
    }

    /// Drops an index that may be absent.
    pub fn drop_index_if_exists(&mut self, name: impl Into<Name>, table: impl Into<TableName>) {
        self.push_drop_index(name.into(), table.into(), true, false);
    }

    /// Drops an index while others write to the table, outside any transaction, where the database can.
    pub fn drop_index_concurrently(&mut self, name: impl Into<Name>, table: impl Into<TableName>) {
        self.push_drop_index(name.into(), table.into(), false, true);
    }

    fn push_drop_index(&mut self, name: Name, table: TableName, if_exists: bool, concurrently: bool) {
        let name = self.naming_convention.index_name(&table, &name);
        self.push(Operation::DropIndex { table, name, if_exists, concurrently });
    }

    /// Renames an index.
    pub fn rename_index(&mut self, table: impl Into<TableName>, from: impl Into<Name>, to: impl Into<Name>) {
        let table = table.into();
        let from = self.naming_convention.index_name(&table, &from.into());
        let to = self.naming_convention.index_name(&table, &to.into());
        self.push(Operation::RenameIndex { table, from, to });
    }

    /// Creates a view.
    pub fn create_view(&mut self, name: impl Into<TableName>, query: impl Into<PerDialect<String>>) {
        self.add_view(View::new(name, query));
    }

    /// Creates a view with options.
    pub fn add_view(&mut self, view: View) {
        self.push(Operation::CreateView { view, or_replace: false });
    }

    /// Creates a view, or puts it in the place of one that is there.
    pub fn replace_view(&mut self, view: View) {
        self.push(Operation::CreateView { view, or_replace: true });
    }

    /// Drops a view.
    pub fn drop_view(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropView { name: name.into(), materialized: false, if_exists: false });
    }

    /// Drops a materialized view.
    pub fn drop_materialized_view(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropView { name: name.into(), materialized: true, if_exists: false });
    }

    /// Runs the statements that create an object.
    pub fn create_object(&mut self, object: Object) {
        self.push(Operation::CreateObject { object });
    }

    /// Runs the statements that drop an object.
    pub fn drop_object(&mut self, object: Object) {
        self.push(Operation::DropObject { object });
    }

    /// Inserts rows: `columns` says which columns the values of each row are for.
    pub fn bulk_insert<C, R>(&mut self, table: impl Into<TableName>, columns: C, rows: R)
    where
        C: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: IntoIterator<Item = SqlValue>>,
    {
        self.push(Operation::BulkInsert {
            table: table.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().map(|row| row.into_iter().collect()).collect(),
        });
    }

    /// Runs one SQL statement as it stands, everywhere or per dialect. It moves rows: one that changes the
    /// schema is [`execute_ddl`](Self::execute_ddl)'s, and refused here on MySQL and MariaDB.
    pub fn execute(&mut self, sql: impl Into<PerDialect<String>>) {
        self.push(Operation::Execute { sql: sql.into(), ddl: false, touches: None });
    }

    /// Runs one SQL statement that changes the schema, as it stands, everywhere or per dialect. What it
    /// does is not known: `touches` names the tables that it changes.
    pub fn execute_ddl<T>(&mut self, sql: impl Into<PerDialect<String>>, touches: T)
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        let touches = Some(touches.into_iter().map(Into::into).collect());
        self.push(Operation::Execute { sql: sql.into(), ddl: true, touches });
    }

    /// Runs a function that moves rows of the tables it `touches`.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let mut op = Operations::default();
    /// op.run("split names", ["person"], |session| Box::pin(async move {
    ///     for row in session.query("SELECT id, name FROM person").await? {
    ///         let (first, last) = row.text(1).unwrap_or_default().split_once(' ').unwrap_or_default();
    ///         let first = session.literal(&first.into());
    ///         let last = session.literal(&last.into());
    ///         let id = row.text(0).unwrap_or_default();
    ///         session.execute(&format!("UPDATE person SET first = {first}, last = {last} WHERE id = {id}"))
    ///             .await?;
    ///     }
    ///     Ok(())
    /// }));
    /// ```
    pub fn run<T, F>(&mut self, name: impl Into<String>, touches: T, function: F)
    where
        T: IntoIterator<Item: Into<TableName>>,
        F: for<'s> Fn(&'s mut dyn Session) -> BoxFuture<'s, Result<(), BoxError>> + Send + Sync + 'static,
    {
        self.run_step(DataStep::new(name, touches, function));
    }

    /// Runs a function that moves rows for each of some batches of them, which are committed one by one:
    /// [`DataStep::in_batches`] has an example.
    pub fn run_in_batches<T, F>(&mut self, name: impl Into<String>, touches: T, batches: Batches, function: F)
    where
        T: IntoIterator<Item: Into<TableName>>,
        F: for<'s> Fn(&'s mut dyn Session, Vec<Row>) -> BoxFuture<'s, Result<(), BoxError>>
            + Send
            + Sync
            + 'static,
    {
        self.run_step(DataStep::in_batches(name, touches, batches, function));
    }

    /// Runs a function with options.
    pub fn run_step(&mut self, step: DataStep) {
        self.push(Operation::Run { step });
    }

    /// Updates the rows of a table, some at a time, which are committed batch by batch.
    pub fn backfill(&mut self, backfill: Backfill) {
        self.push(Operation::Backfill { backfill });
    }
}

/// Changes of one table.
impl Operations {
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

    /// Changes a table by one operation that has exactly the changes which `define` records: the new name of
    /// a column stays among them, and the naming convention does not touch them.
    pub fn alter_table_exactly(&mut self, name: impl Into<TableName>, define: impl FnOnce(&mut AlterTable)) {
        let mut alter = AlterTable { changes: Vec::new() };
        define(&mut alter);
        self.push(Operation::AlterTable { table: name.into(), changes: alter.changes });
    }

    fn push_alter_table(&mut self, table: &TableName, mut changes: Vec<TableChange>) {
        let convention = &self.naming_convention;
        for change in &mut changes {
            match change {
                TableChange::AddConstraint { constraint } => {
                    convention.name_constraint(table, constraint);
                }
                TableChange::DropConstraint { kind, name, .. }
                | TableChange::ValidateConstraint { kind, name } => {
                    *name = convention.constraint_name(table, *kind, name);
                }
                TableChange::RenameConstraint { kind, from, to } => {
                    *from = convention.constraint_name(table, *kind, from);
                    *to = convention.constraint_name(table, *kind, to);
                }
                _ => {}
            }
        }
        if !changes.is_empty() {
            self.push(Operation::AlterTable { table: table.clone(), changes });
        }
    }

    /// Adds a column behind the others.
    pub fn add_column(&mut self, table: impl Into<TableName>, column: Column) {
        self.alter_table(table, |t| t.add_column(column));
    }

    /// Drops a column.
    pub fn drop_column(&mut self, table: impl Into<TableName>, name: impl Into<String>) {
        self.alter_table(table, |t| t.drop_column(name));
    }

    /// Changes a column; what is not said stays as it is, on every database.
    pub fn alter_column(
        &mut self,
        table: impl Into<TableName>,
        name: impl Into<String>,
        define: impl FnOnce(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>,
    ) {
        self.alter_table(table, |t| {
            define(t.alter_column(name));
        });
    }

    /// Gives a column another name.
    pub fn rename_column(
        &mut self,
        table: impl Into<TableName>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) {
        self.alter_column(table, from, |c| c.rename(to));
    }

    /// Adds a primary key.
    pub fn create_primary_key<C>(&mut self, name: impl Into<Name>, table: impl Into<TableName>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.alter_table(table, |t| t.create_primary_key(name, columns));
    }

    /// Adds a unique constraint.
    pub fn create_unique_constraint<C>(
        &mut self,
        name: impl Into<Name>,
        table: impl Into<TableName>,
        columns: C,
    ) where
        C: IntoIterator<Item: Into<String>>,
    {
        self.alter_table(table, |t| t.create_unique_constraint(name, columns));
    }

    /// Adds a foreign key.
    pub fn create_foreign_key(&mut self, table: impl Into<TableName>, key: ForeignKey) {
        self.alter_table(table, |t| t.create_foreign_key(key));
    }

    /// Adds a check.
    pub fn create_check_constraint(
        &mut self,
        name: impl Into<Name>,
        table: impl Into<TableName>,
        expression: impl Into<PerDialect<String>>,
    ) {
        self.alter_table(table, |t| t.create_check_constraint(name, expression));
    }

    /// Adds an exclude constraint.
    pub fn create_exclude_constraint(&mut self, table: impl Into<TableName>, exclude: Exclude) {
        self.alter_table(table, |t| t.create_exclude_constraint(exclude));
    }

    /// Drops a constraint.
    pub fn drop_constraint(
        &mut self,
        kind: ConstraintKind,
        name: impl Into<Name>,
        table: impl Into<TableName>,
    ) {
        self.alter_table(table, |t| t.drop_constraint(kind, name));
    }

    /// Gives a constraint another name.
    pub fn rename_constraint(
        &mut self,
        kind: ConstraintKind,
        table: impl Into<TableName>,
        from: impl Into<Name>,
        to: impl Into<Name>,
    ) {
        self.alter_table(table, |t| t.rename_constraint(kind, from, to));
    }

    /// Sets a table's comment.
    pub fn create_table_comment(&mut self, table: impl Into<TableName>, comment: impl Into<String>) {
        self.alter_table(table, |t| t.set_comment(Some(comment.into())));
    }

    /// Drops a table's comment.
    pub fn drop_table_comment(&mut self, table: impl Into<TableName>) {
        self.alter_table(table, |t| t.set_comment(None));
    }
}

/// The part of a change that renames a column; the rest then speaks of it by its new name.
fn take_rename(change: &mut TableChange) -> Option<TableChange> {
    let TableChange::AlterColumn(alter) = change else { return None };
    let to = alter.rename.take()?;
    let mut renamed = AlterColumn::new(std::mem::replace(&mut alter.name, to.clone()));
    renamed.rename = Some(to);
    Some(renamed.into())
}

fn says_nothing(change: &TableChange) -> bool {
    matches!(change, TableChange::AlterColumn(alter) if alter.rename.is_none() && !alter.changes_definition())
}

#[cfg(test)]
mod tests;
