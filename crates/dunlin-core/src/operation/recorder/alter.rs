//! What the changes of a table, a column and an enum type are written into.

use crate::dialect::PerDialect;
use crate::operation::{AlterColumn, Change, ColumnPosition, TableChange};
use crate::schema::{
    Check, Column, ColumnType, Computed, Constraint, ConstraintKind, EnumChange, EnumPosition, Exclude,
    ForeignKey, Identity, Name, OnConflict, PrimaryKey, SqlValue, TableOptions, Unique,
};

/// Records the changes of one table.
#[derive(Debug)]
pub struct AlterTable {
    pub(super) changes: Vec<TableChange>,
}

impl AlterTable {
    /// Records a change made elsewhere.
    pub fn push(&mut self, change: impl Into<TableChange>) {
        self.changes.push(change.into());
    }

    /// Adds a column behind the others.
    pub fn add_column(&mut self, column: Column) {
        self.add_column_at(column, ColumnPosition::Last);
    }

    /// Adds a column at a place; PostgreSQL puts it behind the others.
    pub fn add_column_at(&mut self, column: Column, position: ColumnPosition) {
        self.push(TableChange::AddColumn { column, position, if_not_exists: false });
    }

    /// Adds a column that may be there.
    pub fn add_column_if_not_exists(&mut self, column: Column) {
        let position = ColumnPosition::Last;
        self.push(TableChange::AddColumn { column, position, if_not_exists: true });
    }

    /// Drops a column.
    pub fn drop_column(&mut self, name: impl Into<String>) {
        self.push(TableChange::DropColumn { name: name.into(), if_exists: false });
    }

    /// Drops a column that may be absent.
    pub fn drop_column_if_exists(&mut self, name: impl Into<String>) {
        self.push(TableChange::DropColumn { name: name.into(), if_exists: true });
    }

    /// Changes a column; what is not said stays as it is, on every database.
    pub fn alter_column(&mut self, name: impl Into<String>) -> AlterColumnRecorder<'_> {
        let position = self.changes.len();
        self.push(AlterColumn::new(name));
        AlterColumnRecorder { change: &mut self.changes[position] }
    }

    /// Adds a primary key, under a name.
    pub fn create_primary_key<C>(&mut self, name: impl Into<Name>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_constraint(Constraint::PrimaryKey(PrimaryKey::new(columns).named(name)));
    }

    /// Adds a unique constraint, under a name.
    pub fn create_unique_constraint<C>(&mut self, name: impl Into<Name>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_constraint(Constraint::Unique(Unique::new(columns).named(name)));
    }

    /// Adds a foreign key.
    pub fn create_foreign_key(&mut self, key: ForeignKey) {
        self.add_constraint(Constraint::ForeignKey(key));
    }

    /// Adds a check, under a name.
    pub fn create_check_constraint(
        &mut self,
        name: impl Into<Name>,
        expression: impl Into<PerDialect<String>>,
    ) {
        self.add_constraint(Constraint::Check(Check::new(expression).named(name)));
    }

    /// Adds an exclude constraint.
    pub fn create_exclude_constraint(&mut self, exclude: Exclude) {
        self.add_constraint(Constraint::Exclude(exclude));
    }

    /// Adds any constraint, with options.
    pub fn add_constraint(&mut self, constraint: Constraint) {
        self.push(TableChange::AddConstraint { constraint });
    }

    /// Drops a constraint.
    pub fn drop_constraint(&mut self, kind: ConstraintKind, name: impl Into<Name>) {
        self.push(TableChange::DropConstraint { kind, name: name.into(), if_exists: false });
    }

    /// Drops a constraint that may be absent.
    pub fn drop_constraint_if_exists(&mut self, kind: ConstraintKind, name: impl Into<Name>) {
        self.push(TableChange::DropConstraint { kind, name: name.into(), if_exists: true });
    }

    /// Drops a constraint that has no name: one that is as it is described.
    pub fn drop_unnamed_constraint(&mut self, constraint: Constraint) {
        self.push(TableChange::DropUnnamedConstraint { constraint });
    }

    /// Gives a constraint another name.
    pub fn rename_constraint(&mut self, kind: ConstraintKind, from: impl Into<Name>, to: impl Into<Name>) {
        self.push(TableChange::RenameConstraint { kind, from: from.into(), to: to.into() });
    }

    /// Asks a constraint that was added `not_valid` of all rows.
    pub fn validate_constraint(&mut self, kind: ConstraintKind, name: impl Into<Name>) {
        self.push(TableChange::ValidateConstraint { kind, name: name.into() });
    }

    /// Sets or drops the table's comment.
    pub fn set_comment(&mut self, comment: Option<String>) {
        self.push(TableChange::SetComment { comment });
    }

    /// Gives the table other options: those that are said, and no others.
    pub fn options(&mut self, say: impl FnOnce(&mut TableOptions)) {
        let mut options = TableOptions::default();
        say(&mut options);
        self.set_options(options);
    }

    /// Gives the table other options: these, and no others.
    pub fn set_options(&mut self, options: TableOptions) {
        self.push(TableChange::SetOptions { options });
    }
}

/// Says what changes about a column.
#[derive(Debug)]
pub struct AlterColumnRecorder<'c> {
    change: &'c mut TableChange,
}

impl AlterColumnRecorder<'_> {
    fn say(self, say: impl FnOnce(&mut AlterColumn)) -> Self {
        if let TableChange::AlterColumn(alter) = &mut *self.change {
            say(alter);
        }
        self
    }

    /// A new name.
    pub fn rename(self, to: impl Into<String>) -> Self {
        self.say(|alter| alter.rename = Some(to.into()))
    }

    /// A new type.
    pub fn column_type(self, to: impl Into<ColumnType>) -> Self {
        self.say(|alter| alter.column_type = Some(to.into()))
    }

    /// The expression that makes the new value of the old, with a new type.
    pub fn using(self, expression: impl Into<PerDialect<String>>) -> Self {
        self.say(|alter| alter.using = Some(expression.into()))
    }

    /// Whether it may be NULL.
    pub fn nullable(self, may_be_null: bool) -> Self {
        self.say(|alter| alter.nullable = Some(may_be_null))
    }

    /// A new server default.
    pub fn server_default(self, to: impl Into<PerDialect<SqlValue>>) -> Self {
        self.say(|alter| alter.server_default = Some(Change::Set(to.into())))
    }

    /// No server default any more.
    pub fn drop_server_default(self) -> Self {
        self.say(|alter| alter.server_default = Some(Change::Drop))
    }

    /// A new expression for each UPDATE. MySQL and MariaDB.
    pub fn on_update(self, expression: impl Into<PerDialect<String>>) -> Self {
        self.say(|alter| alter.on_update = Some(Change::Set(expression.into())))
    }

    /// A new comment.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.say(|alter| alter.comment = Some(Change::Set(text.into())))
    }

    /// No comment any more.
    pub fn drop_comment(self) -> Self {
        self.say(|alter| alter.comment = Some(Change::Drop))
    }

    /// Whether the server counts it up. MySQL and MariaDB.
    pub fn autoincrement(self, counts_up: bool) -> Self {
        self.say(|alter| alter.autoincrement = Some(counts_up))
    }

    /// How it counts as an identity column. PostgreSQL.
    pub fn identity(self, identity: Identity) -> Self {
        self.say(|alter| alter.identity = Some(Change::Set(identity)))
    }

    /// No identity column any more. PostgreSQL.
    pub fn drop_identity(self) -> Self {
        self.say(|alter| alter.identity = Some(Change::Drop))
    }

    /// No expression for each UPDATE any more. MySQL and MariaDB.
    pub fn drop_on_update(self) -> Self {
        self.say(|alter| alter.on_update = Some(Change::Drop))
    }

    /// What it is computed from.
    pub fn computed(self, computed: Computed) -> Self {
        self.say(|alter| alter.computed = Some(Change::Set(computed)))
    }

    /// Not computed any more: it keeps the values that it has.
    pub fn drop_computed(self) -> Self {
        self.say(|alter| alter.computed = Some(Change::Drop))
    }

    /// What happens to a row that has NULL in it. SQLite.
    pub fn not_null_on_conflict(self, action: OnConflict) -> Self {
        self.say(|alter| alter.not_null_on_conflict = Some(Change::Set(action)))
    }

    /// Nothing special happens to a row that has NULL in it any more. SQLite.
    pub fn drop_not_null_on_conflict(self) -> Self {
        self.say(|alter| alter.not_null_on_conflict = Some(Change::Drop))
    }
}

/// Records the changes of an enum type.
#[derive(Debug)]
pub struct AlterEnum {
    pub(super) changes: Vec<EnumChange>,
}

impl AlterEnum {
    fn add(&mut self, value: impl Into<String>, position: EnumPosition) {
        self.changes.push(EnumChange::AddValue { value: value.into(), position });
    }

    /// Adds a value behind all others.
    pub fn add_value(&mut self, value: impl Into<String>) {
        self.add(value, EnumPosition::Last);
    }

    /// Adds a value before another.
    pub fn add_value_before(&mut self, value: impl Into<String>, other: impl Into<String>) {
        self.add(value, EnumPosition::Before(other.into()));
    }

    /// Adds a value behind another.
    pub fn add_value_after(&mut self, value: impl Into<String>, other: impl Into<String>) {
        self.add(value, EnumPosition::After(other.into()));
    }

    /// Renames a value: rows that have it have the new name then.
    pub fn rename_value(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.changes.push(EnumChange::RenameValue { from: from.into(), to: to.into() });
    }
}
