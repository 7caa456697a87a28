//! Columns.

use serde::{Deserialize, Serialize};

use super::table::TableBuilder;
use super::types::ColumnType;
use super::{ForeignKey, PrimaryKey, Unique};
use crate::schema::table::TableName;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The value the server puts in when none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_default: Option<SqlValue>,
    /// Whether the server counts it up (SERIAL, AUTO_INCREMENT, the SQLite row id).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub autoincrement: bool,
    /// A comment kept by the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Column {
    /// A nullable column without a default.
    pub fn new(name: impl Into<String>, column_type: impl Into<ColumnType>) -> Self {
        Self {
            name: name.into(),
            column_type: column_type.into(),
            nullable: true,
            server_default: None,
            autoincrement: false,
            comment: None,
        }
    }

    /// The same column, NOT NULL.
    pub fn not_null(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// The same column with a server default.
    pub fn server_default(mut self, default: SqlValue) -> Self {
        self.server_default = Some(default);
        self
    }
}

/// A value as it stands in SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlValue {
    /// A text, quoted by dunlin.
    Text(String),
    /// An SQL expression, written as it is: `0`, `-1`, `CURRENT_TIMESTAMP`, `now()`.
    Expression(String),
    /// A whole number.
    Integer(i64),
    /// True or false, written as the dialect writes it.
    Boolean(bool),
    /// NULL.
    Null,
}

impl SqlValue {
    /// A quoted text.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text(value.into())
    }

    /// An SQL expression.
    pub fn expression(sql: impl Into<String>) -> Self {
        Self::Expression(sql.into())
    }
}

/// Says more about a column just added to a [`TableBuilder`].
#[derive(Debug)]
pub struct ColumnBuilder<'t> {
    pub(super) table: &'t mut TableBuilder,
    pub(super) position: usize,
}

impl ColumnBuilder<'_> {
    fn column(&mut self) -> &mut Column {
        &mut self.table.table.columns[self.position]
    }

    fn name(&self) -> String {
        self.table.table.columns[self.position].name.clone()
    }

    /// NOT NULL.
    pub fn not_null(mut self) -> Self {
        self.column().nullable = false;
        self
    }

    /// A server default.
    pub fn server_default(mut self, default: SqlValue) -> Self {
        self.column().server_default = Some(default);
        self
    }

    /// A comment kept by the database.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.column().comment = Some(text.into());
        self
    }

    /// Counted up by the server.
    pub fn autoincrement(mut self) -> Self {
        self.column().autoincrement = true;
        self
    }

    /// Part of the primary key (and NOT NULL); columns join the key in the order of these calls.
    pub fn primary_key(mut self) -> Self {
        self.column().nullable = false;
        let name = self.name();
        self.table
            .table
            .primary_key
            .get_or_insert_with(|| PrimaryKey { name: None, columns: Vec::new() })
            .columns
            .push(name);
        self
    }

    /// Unique by itself, under the naming convention's name.
    pub fn unique(self) -> Self {
        let columns = vec![self.name()];
        self.table.table.uniques.push(Unique { name: None, columns });
        self
    }

    /// A reference to one column of another table, under the naming convention's name.
    pub fn references(self, table: impl Into<TableName>, column: impl Into<String>) -> Self {
        let key = ForeignKey::new([self.name()], table, [column.into()]);
        self.table.table.foreign_keys.push(key);
        self
    }
}
