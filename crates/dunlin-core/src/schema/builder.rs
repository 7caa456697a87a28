//! Writing a table down.

use super::column::{Column, Computed, Identity};
use super::constraint::{Check, Exclude, ForeignKey, PrimaryKey, Unique};
use super::index::{Index, IndexElement};
use super::name::Name;
use super::options::TableOptions;
use super::table::{Table, TableName};
use super::types::{ColumnType, DataType};
use super::value::SqlValue;
use crate::dialect::PerDialect;

/// Writes down a [`Table`].
#[derive(Debug)]
pub struct TableBuilder {
    table: Table,
    /// Columns that do not count up although they could.
    uncounted: Vec<String>,
    /// Columns that may be NULL though they are part of the key.
    nullable: Vec<String>,
}

impl TableBuilder {
    pub(super) fn new(table: Table) -> Self {
        Self { table, uncounted: Vec::new(), nullable: Vec::new() }
    }

    /// A column, nullable unless said otherwise.
    pub fn column(
        &mut self,
        name: impl Into<String>,
        column_type: impl Into<ColumnType>,
    ) -> ColumnBuilder<'_> {
        self.add_column(Column::new(name, column_type))
    }

    /// A column made elsewhere.
    pub fn add_column(&mut self, column: Column) -> ColumnBuilder<'_> {
        self.table.columns.push(column);
        let position = self.table.columns.len() - 1;
        ColumnBuilder { table: self, position }
    }

    /// The primary key, under a name.
    pub fn primary_key<C>(&mut self, name: impl Into<Name>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_primary_key(PrimaryKey::new(columns).named(name));
    }

    /// The primary key, with options.
    pub fn add_primary_key(&mut self, key: PrimaryKey) {
        self.table.primary_key = Some(key);
    }

    /// A unique constraint, under a name.
    pub fn unique<C>(&mut self, name: impl Into<Name>, columns: C)
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.add_unique(Unique::new(columns).named(name));
    }

    /// A unique constraint, with options.
    pub fn add_unique(&mut self, unique: Unique) {
        self.table.uniques.push(unique);
    }

    /// A foreign key, named or not.
    pub fn foreign_key(&mut self, key: ForeignKey) {
        self.table.foreign_keys.push(key);
    }

    /// A check, under a name.
    pub fn check(&mut self, name: impl Into<Name>, expression: impl Into<PerDialect<String>>) {
        self.add_check(Check::new(expression).named(name));
    }

    /// A check, with options.
    pub fn add_check(&mut self, check: Check) {
        self.table.checks.push(check);
    }

    /// An exclude constraint.
    pub fn exclude(&mut self, exclude: Exclude) {
        self.table.excludes.push(exclude);
    }

    /// An index, under a name.
    pub fn index<E>(&mut self, name: impl Into<Name>, elements: E)
    where
        E: IntoIterator<Item: Into<IndexElement>>,
    {
        self.add_index(Index::new(name, elements));
    }

    /// An index with options.
    pub fn add_index(&mut self, index: Index) {
        self.table.indexes.push(index);
    }

    /// A comment kept by the database; SQLite has none.
    pub fn comment(&mut self, text: impl Into<String>) {
        self.table.comment = Some(text.into());
    }

    /// Options of single databases.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let table = Table::build("log", |t| {
    ///     t.column("id", DataType::Integer).primary_key();
    ///     t.options(|o| {
    ///         o.engine = Some("InnoDB".to_owned());
    ///         o.strict = true;
    ///     });
    /// });
    /// assert!(table.options.strict);
    /// ```
    pub fn options(&mut self, say: impl FnOnce(&mut TableOptions)) {
        say(&mut self.table.options);
    }

    /// The columns of the key are NOT NULL, and a single integer key counts up, as SQLAlchemy's
    /// `autoincrement="auto"` has it: one column, an integer type, no default, no foreign key on it.
    pub(super) fn finish(mut self) -> Table {
        let Some(PrimaryKey { columns, .. }) = &self.table.primary_key else { return self.table };
        for column in &mut self.table.columns {
            column.nullable &= !columns.contains(&column.name) || self.nullable.contains(&column.name);
        }
        let [only] = columns.as_slice() else { return self.table };
        let referring = self.table.foreign_keys.iter().any(|key| key.columns.contains(only));
        if let Some(column) = self.table.columns.iter_mut().find(|column| column.name == *only) {
            let integer = column.column_type.default_value().is_some_and(DataType::is_integer);
            column.autoincrement |= integer
                && column.server_default.is_none()
                && column.identity.is_none()
                && column.computed.is_none()
                && !referring
                && !self.uncounted.contains(&column.name);
        }
        self.table
    }
}

/// Says more about a column just added to a [`TableBuilder`].
#[derive(Debug)]
pub struct ColumnBuilder<'t> {
    table: &'t mut TableBuilder,
    position: usize,
}

impl ColumnBuilder<'_> {
    fn change(self, change: impl FnOnce(Column) -> Column) -> Self {
        let column = &mut self.table.table.columns[self.position];
        let unchanged = std::mem::replace(column, Column::new("", DataType::Text));
        *column = change(unchanged);
        self
    }

    fn name(&self) -> String {
        self.table.table.columns[self.position].name.clone()
    }

    /// NOT NULL.
    pub fn not_null(self) -> Self {
        self.change(Column::not_null)
    }

    /// May be NULL, though it is part of the key (on SQLite it may) or something else makes it NOT NULL: to
    /// be said last.
    pub fn nullable(self) -> Self {
        let name = self.name();
        self.table.nullable.push(name);
        self.change(Column::nullable)
    }

    /// A server default.
    pub fn server_default(self, default: impl Into<PerDialect<SqlValue>>) -> Self {
        self.change(|column| column.server_default(default))
    }

    /// An expression that the server puts in at each UPDATE. MySQL and MariaDB.
    pub fn on_update(self, expression: impl Into<PerDialect<String>>) -> Self {
        self.change(|column| column.on_update(expression))
    }

    /// A comment kept by the database.
    pub fn comment(self, text: impl Into<String>) -> Self {
        self.change(|column| column.comment(text))
    }

    /// Counted up by the server.
    pub fn autoincrement(self) -> Self {
        self.change(Column::autoincrement)
    }

    /// Not counted up, though it is a single integer key.
    pub fn without_autoincrement(self) -> Self {
        let name = self.name();
        self.table.uncounted.push(name);
        self
    }

    /// An identity column.
    pub fn identity(self, identity: Identity) -> Self {
        self.change(|column| column.identity(identity))
    }

    /// Computed from other columns.
    pub fn computed(self, computed: Computed) -> Self {
        self.change(|column| column.computed(computed))
    }

    /// Part of the primary key (and NOT NULL); columns join the key in the order of these calls.
    pub fn primary_key(self) -> Self {
        let name = self.name();
        let key = self.table.table.primary_key.get_or_insert_with(|| PrimaryKey::new([""; 0]));
        key.columns.push(name);
        self
    }

    /// Unique by itself, under the naming convention's name.
    pub fn unique(self) -> Self {
        let unique = Unique::new([self.name()]);
        self.table.table.uniques.push(unique);
        self
    }

    /// A reference to one column of another table, under the naming convention's name.
    pub fn references(self, table: impl Into<TableName>, column: impl Into<String>) -> Self {
        let key = ForeignKey::new([self.name()], table, [column.into()]);
        self.table.table.foreign_keys.push(key);
        self
    }

    /// An index of this column alone, under the naming convention's name.
    pub fn indexed(self) -> Self {
        let index = Index::unnamed([self.name()]);
        self.table.table.indexes.push(index);
        self
    }
}
