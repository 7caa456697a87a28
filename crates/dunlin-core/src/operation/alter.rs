//! Changes of a table.

use serde::{Deserialize, Serialize};

use crate::dialect::PerDialect;
use crate::schema::{
    Column, ColumnType, Computed, Constraint, ConstraintKind, Identity, Name, OnConflict, SqlValue,
    TableOptions,
};

/// One change of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TableChange {
    /// Adds a column.
    AddColumn {
        /// The column.
        column: Column,
        /// Where; PostgreSQL puts it behind the others.
        #[serde(default, skip_serializing_if = "ColumnPosition::is_last")]
        position: ColumnPosition,
        /// Whether its presence is no error.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        if_not_exists: bool,
    },
    /// Drops a column, with the indexes and constraints that stand on it alone.
    DropColumn {
        /// The column's name.
        name: String,
        /// Whether its absence is no error.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        if_exists: bool,
    },
    /// Changes a column.
    AlterColumn(AlterColumn),
    /// Adds a constraint.
    AddConstraint {
        /// The constraint.
        constraint: Constraint,
    },
    /// Drops a constraint.
    DropConstraint {
        /// What it is.
        kind: ConstraintKind,
        /// Its name.
        name: Name,
        /// Whether its absence is no error.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        if_exists: bool,
    },
    /// Drops a constraint that has no name: the first that is as it is described, whatever its name, if
    /// there is one that has none.
    DropUnnamedConstraint {
        /// The constraint.
        constraint: Constraint,
    },
    /// Renames a constraint.
    RenameConstraint {
        /// What it is.
        kind: ConstraintKind,
        /// Its name before.
        from: Name,
        /// Its name after.
        to: Name,
    },
    /// Asks a foreign key or check that was added `not_valid` of all rows. PostgreSQL only; elsewhere
    /// every constraint is asked of all rows when it is added.
    ValidateConstraint {
        /// What it is.
        kind: ConstraintKind,
        /// Its name.
        name: Name,
    },
    /// Sets or drops the table's comment; SQLite has none.
    SetComment {
        /// The comment.
        comment: Option<String>,
    },
    /// Gives the table other options. How it is partitioned cannot be changed; whether it is temporary and
    /// the first number of an AUTO_INCREMENT are not looked at.
    SetOptions {
        /// All its options from now on.
        options: TableOptions,
    },
}

/// A change of a column; whatever is `None` stays as it is, on every database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlterColumn {
    /// The column's name before.
    pub name: String,
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rename: Option<String>,
    /// A new type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub column_type: Option<ColumnType>,
    /// The expression that makes the new value of the old. PostgreSQL (`USING`) and SQLite; MySQL and
    /// MariaDB convert in their own way only, and a variant for them is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<PerDialect<String>>,
    /// Whether it may be NULL from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    /// A new server default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_default: Option<Change<PerDialect<SqlValue>>>,
    /// A new expression for each UPDATE. MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<Change<PerDialect<String>>>,
    /// A new comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Change<String>>,
    /// Whether the server counts it up from now on (AUTO_INCREMENT). MySQL and MariaDB; SQLite and
    /// PostgreSQL say that when the column is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoincrement: Option<bool>,
    /// How it counts as an identity column from now on. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Change<Identity>>,
    /// What it is computed from, from now on. One that is dropped leaves a column with the values that
    /// were kept. Another expression is unsupported on PostgreSQL: drop the column and add it anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Change<Computed>>,
    /// What happens to a row that has NULL in it, from now on. SQLite only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null_on_conflict: Option<Change<OnConflict>>,
}

/// A new value, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change<T> {
    /// It is this from now on.
    Set(T),
    /// There is none from now on.
    Drop,
}

impl<T> Change<T> {
    /// The new value.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Drop => None,
        }
    }
}

impl<T> From<Option<T>> for Change<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Drop, Self::Set)
    }
}

/// Where a new column stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnPosition {
    /// Behind all others.
    #[default]
    Last,
    /// Before all others.
    First,
    /// Behind another column.
    After(String),
}

impl ColumnPosition {
    /// Whether it stands where a column stands when nothing is said.
    pub fn is_last(&self) -> bool {
        *self == Self::Last
    }
}

impl AlterColumn {
    /// A change that changes nothing yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rename: None,
            column_type: None,
            using: None,
            nullable: None,
            server_default: None,
            on_update: None,
            comment: None,
            autoincrement: None,
            identity: None,
            computed: None,
            not_null_on_conflict: None,
        }
    }

    /// Whether it changes anything but the name.
    pub fn changes_definition(&self) -> bool {
        let Self { name, rename, .. } = self;
        *self != Self { rename: rename.clone(), ..Self::new(name.clone()) }
    }
}

impl From<AlterColumn> for TableChange {
    fn from(change: AlterColumn) -> Self {
        Self::AlterColumn(change)
    }
}
