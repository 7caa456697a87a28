//! Primary keys, unique constraints, foreign keys, checks and exclude constraints.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::name::Name;
use super::table::TableName;
use crate::dialect::{DialectName, PerDialect};

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrimaryKey {
    /// Its name; `None` where nobody named it, and always on MySQL, which calls every one `PRIMARY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Columns that its index also holds. PostgreSQL only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether it is checked at the end of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Of columns of which only the beginning counts, how many characters or bytes do. MySQL only, which has
    /// no key over a long text otherwise.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prefixes: BTreeMap<String, u32>,
    /// The index's method (`BTREE`, `HASH`). MySQL only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// What happens to a row that breaks it. SQLite only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<OnConflict>,
}

impl PrimaryKey {
    /// An unnamed key.
    pub fn new<C>(columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        Self {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            include: Vec::new(),
            deferrable: None,
            prefixes: BTreeMap::new(),
            using: None,
            on_conflict: None,
        }
    }

    /// The same key under a name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same key, its index holding other columns too.
    pub fn include<C>(mut self, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The same key, checked when `deferrable` says.
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// The same key, of one of whose columns only so many characters or bytes count on MySQL.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let key = PrimaryKey::new(["word"]).prefix("word", 20);
    /// assert_eq!(key.prefixes["word"], 20);
    /// ```
    pub fn prefix(mut self, column: impl Into<String>, length: u32) -> Self {
        self.prefixes.insert(column.into(), length);
        self
    }

    /// The same key by an index method of MySQL.
    pub fn using(mut self, method: impl Into<String>) -> Self {
        self.using = Some(method.into());
        self
    }

    /// The same key with SQLite's ON CONFLICT.
    pub fn on_conflict(mut self, action: OnConflict) -> Self {
        self.on_conflict = Some(action);
        self
    }
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unique {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Columns that its index also holds. PostgreSQL only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs are equal. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Whether it is checked at the end of the transaction. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// What happens to a row that breaks it. SQLite only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<OnConflict>,
    /// Where it exists; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
}

impl Unique {
    /// An unnamed constraint.
    pub fn new<C>(columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        Self {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
            deferrable: None,
            on_conflict: None,
            only_on: Vec::new(),
        }
    }

    /// The same constraint under a name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same constraint, its index holding other columns too.
    pub fn include<C>(mut self, columns: C) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
    {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The same constraint, taking two NULLs for equal.
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// The same constraint, checked when `deferrable` says.
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// The same constraint with SQLite's ON CONFLICT.
    pub fn on_conflict(mut self, action: OnConflict) -> Self {
        self.on_conflict = Some(action);
        self
    }

    /// The same constraint, on some databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its condition, as SQL.
    pub expression: PerDialect<String>,
    /// Where it exists; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
    /// Whether rows that are there when it is added may break it. PostgreSQL only; elsewhere it is
    /// unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Whether inheriting tables do not have it. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_inherit: bool,
    /// Whether it is written down only. MySQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_enforced: bool,
}

impl Check {
    /// An unnamed check.
    pub fn new(expression: impl Into<PerDialect<String>>) -> Self {
        Self {
            name: None,
            expression: expression.into(),
            only_on: Vec::new(),
            not_valid: false,
            no_inherit: false,
            not_enforced: false,
        }
    }

    /// The same check under a name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same check, on some databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }

    /// The same check, not asked of the rows that are there.
    pub fn not_valid(mut self) -> Self {
        self.not_valid = true;
        self
    }

    /// The same check, not inherited.
    pub fn no_inherit(mut self) -> Self {
        self.no_inherit = true;
        self
    }

    /// The same check, written down only.
    pub fn not_enforced(mut self) -> Self {
        self.not_enforced = true;
        self
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ForeignKey {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The referring columns, in order.
    pub columns: Vec<String>,
    /// The table referred to.
    pub referred_table: TableName,
    /// The columns referred to, in the order of `columns`; empty is the table's primary key.
    pub referred_columns: Vec<String>,
    /// What a DELETE of the referred row does.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_no_action")]
    pub on_delete: ReferentialAction,
    /// What an UPDATE of the referred key does.
    #[serde(default, skip_serializing_if = "ReferentialAction::is_no_action")]
    pub on_update: ReferentialAction,
    /// Whether it is checked at the end of the transaction. Unsupported on MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// What a key that is partly NULL means. PostgreSQL only; elsewhere it is unsupported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_type: Option<MatchType>,
    /// Whether rows that are there when it is added may break it. PostgreSQL only; elsewhere it is
    /// unsupported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Where it exists; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
}

impl ForeignKey {
    /// An unnamed key without actions.
    pub fn new<C, R>(columns: C, table: impl Into<TableName>, referred_columns: R) -> Self
    where
        C: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: Into<String>>,
    {
        Self {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            referred_table: table.into(),
            referred_columns: referred_columns.into_iter().map(Into::into).collect(),
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            deferrable: None,
            match_type: None,
            not_valid: false,
            only_on: Vec::new(),
        }
    }

    /// The same key under a name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same key with ON DELETE.
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.on_delete = action;
        self
    }

    /// The same key with ON UPDATE.
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.on_update = action;
        self
    }

    /// The same key, checked when `deferrable` says.
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// The same key with MATCH.
    pub fn match_type(mut self, match_type: MatchType) -> Self {
        self.match_type = Some(match_type);
        self
    }

    /// The same key, not asked of the rows that are there.
    pub fn not_valid(mut self) -> Self {
        self.not_valid = true;
        self
    }

    /// The same key, on some databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }
}

/// No two rows may be alike in the way that the operators say. PostgreSQL only; elsewhere it is
/// unsupported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exclude {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The index's method: `gist`, `spgist`, `btree`, …; `None` is `gist`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// What is compared, in order.
    pub elements: Vec<ExcludeElement>,
    /// Which rows it is asked of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Whether it is checked at the end of the transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Where it exists; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_on: Vec<DialectName>,
}

/// One comparison of an [`Exclude`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludeElement {
    /// What is compared: SQL, a column's name in the quotes it needs.
    pub expression: String,
    /// By which operator: `=`, `&&`.
    pub operator: String,
}

impl Exclude {
    /// An unnamed constraint: pairs of an expression and an operator.
    pub fn new<'e>(elements: impl IntoIterator<Item = (&'e str, &'e str)>) -> Self {
        let element = |(expression, operator): (&str, &str)| ExcludeElement {
            expression: expression.to_owned(),
            operator: operator.to_owned(),
        };
        Self {
            name: None,
            using: None,
            elements: elements.into_iter().map(element).collect(),
            predicate: None,
            deferrable: None,
            only_on: Vec::new(),
        }
    }

    /// The same constraint under a name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same constraint by another index method.
    pub fn using(mut self, method: impl Into<String>) -> Self {
        self.using = Some(method.into());
        self
    }

    /// The same constraint, for some rows only.
    pub fn predicate(mut self, condition: impl Into<String>) -> Self {
        self.predicate = Some(condition.into());
        self
    }

    /// The same constraint, checked when `deferrable` says.
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = Some(deferrable);
        self
    }

    /// The same constraint, on some databases only.
    pub fn only_on(mut self, dialects: impl IntoIterator<Item = DialectName>) -> Self {
        self.only_on = dialects.into_iter().collect();
        self
    }
}

/// What happens to a referring row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// Refuse, at the end of the statement.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to it.
    Cascade,
    /// Set its columns to NULL.
    SetNull,
    /// Set its columns to their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// Whether this is the action that need not be written.
    pub fn is_no_action(&self) -> bool {
        *self == Self::NoAction
    }

    /// The words of the SQL standard.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// When a constraint that can wait is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// At each statement, unless the transaction asks otherwise.
    InitiallyImmediate,
    /// At the end of the transaction, unless it asks otherwise.
    InitiallyDeferred,
}

impl Deferrable {
    /// The words of the SQL standard.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
            Self::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
        }
    }
}

/// What a foreign key of several columns means when some of them are NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchType {
    /// Nothing is checked: what every database does where nothing is said.
    Simple,
    /// It is refused.
    Full,
    /// The others are checked. No database here has it.
    Partial,
}

impl MatchType {
    /// The words of the SQL standard.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Simple => "MATCH SIMPLE",
            Self::Full => "MATCH FULL",
            Self::Partial => "MATCH PARTIAL",
        }
    }
}

/// What SQLite does with a row that breaks a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Rolls the transaction back.
    Rollback,
    /// Undoes the statement: what happens where nothing is said.
    Abort,
    /// Stops the statement and keeps what it has done.
    Fail,
    /// Leaves the row out.
    Ignore,
    /// Deletes the row that is in the way.
    Replace,
}

impl OnConflict {
    /// SQLite's words.
    pub const fn as_sql(self) -> &'static str {
        match self {
            Self::Rollback => "ON CONFLICT ROLLBACK",
            Self::Abort => "ON CONFLICT ABORT",
            Self::Fail => "ON CONFLICT FAIL",
            Self::Ignore => "ON CONFLICT IGNORE",
            Self::Replace => "ON CONFLICT REPLACE",
        }
    }
}

/// Any constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Constraint {
    /// A primary key.
    PrimaryKey(PrimaryKey),
    /// A unique constraint.
    Unique(Unique),
    /// A foreign key.
    ForeignKey(ForeignKey),
    /// A check.
    Check(Check),
    /// An exclude constraint.
    Exclude(Exclude),
}

impl Constraint {
    /// Which kind it is.
    pub const fn kind(&self) -> ConstraintKind {
        match self {
            Self::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Self::Unique(_) => ConstraintKind::Unique,
            Self::ForeignKey(_) => ConstraintKind::ForeignKey,
            Self::Check(_) => ConstraintKind::Check,
            Self::Exclude(_) => ConstraintKind::Exclude,
        }
    }

    /// Its name.
    pub const fn name(&self) -> Option<&Name> {
        match self {
            Self::PrimaryKey(key) => key.name.as_ref(),
            Self::Unique(unique) => unique.name.as_ref(),
            Self::ForeignKey(key) => key.name.as_ref(),
            Self::Check(check) => check.name.as_ref(),
            Self::Exclude(exclude) => exclude.name.as_ref(),
        }
    }

    /// Its name, to be changed.
    pub const fn name_mut(&mut self) -> &mut Option<Name> {
        match self {
            Self::PrimaryKey(key) => &mut key.name,
            Self::Unique(unique) => &mut unique.name,
            Self::ForeignKey(key) => &mut key.name,
            Self::Check(check) => &mut check.name,
            Self::Exclude(exclude) => &mut exclude.name,
        }
    }

    /// The columns it stands on; none for one that is an expression.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::PrimaryKey(key) => &key.columns,
            Self::Unique(unique) => &unique.columns,
            Self::ForeignKey(key) => &key.columns,
            Self::Check(_) | Self::Exclude(_) => &[],
        }
    }

    /// Columns that its index also holds.
    pub fn include(&self) -> &[String] {
        match self {
            Self::PrimaryKey(key) => &key.include,
            Self::Unique(unique) => &unique.include,
            Self::ForeignKey(_) | Self::Check(_) | Self::Exclude(_) => &[],
        }
    }
}

/// The kinds of constraint. MySQL must be told which kind is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
    /// An exclude constraint.
    Exclude,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique constraint",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Exclude => "exclude constraint",
        })
    }
}
