//! Names that are other names' successors.

use std::borrow::Cow;
use std::fmt;

use dunlin_core::operation::{AlterColumn, Operation};
use dunlin_core::schema::{EnumChange, Table, TableName};
use thiserror::Error;

use super::CompareError;
use super::normal::Schema;
use crate::dialect::{Dialect, RenderError};

/// One thing under another name. Written `ticket=issue` for a table, `ticket.key=number` for a column, and
/// `status.open=new` for a value of an enum type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rename {
    /// A table, within its schema.
    Table {
        /// Its name before.
        from: TableName,
        /// Its name after.
        to: String,
    },
    /// A column.
    Column {
        /// Its table, under its name after.
        table: TableName,
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
    /// A value of an enum type.
    EnumValue {
        /// The type.
        enum_type: TableName,
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
}

/// A text is no rename.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseRenameError {
    /// It is not `old=new`.
    #[error("{text} is no rename")]
    NoPair {
        /// The text.
        text: String,
    },
    /// There is nothing of the old name.
    #[error("there is no table, column or enum value {name} to be renamed")]
    Unknown {
        /// The old name.
        name: String,
    },
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { from, to } => write!(f, "{from}={to}"),
            Self::Column { table: of, from, to } | Self::EnumValue { enum_type: of, from, to } => {
                write!(f, "{of}.{from}={to}")
            }
        }
    }
}

impl Rename {
    /// Reads `old=new`, where `old` is the name of something in one of two schemas: a table, a table's
    /// column (the table under its old name or its new one), or a value of an enum type. Before `new`,
    /// what stands before the dot may be repeated.
    ///
    /// # Errors
    /// It is none, or there is no such thing.
    pub fn parse(text: &str, from: &Schema, to: &Schema) -> Result<Self, ParseRenameError> {
        let pair = text.split_once('=').map(|(old, new)| (old.trim(), new.trim()));
        let no_pair = || ParseRenameError::NoPair { text: text.to_owned() };
        let (old, new) = pair.filter(|(old, new)| !old.is_empty() && !new.is_empty()).ok_or_else(no_pair)?;
        let new = |of: &str| new.strip_prefix(&format!("{of}.")).unwrap_or(new).to_owned();
        let named = |name: &TableName, said: &str| {
            name.to_string() == said || (name.schema.as_deref() == from.said().schema() && name.name == said)
        };
        let tables = || from.said().tables().iter().chain(to.said().tables());
        if let Some(table) = from.said().tables().iter().find(|table| named(&table.name, old)) {
            let schema = table.name.schema.clone().unwrap_or_default();
            return Ok(Self::Table { from: table.name.clone(), to: new(&schema) });
        }
        let unknown = || ParseRenameError::Unknown { name: old.to_owned() };
        let (of, from_name) = old.rsplit_once('.').ok_or_else(unknown)?;
        let (from_name, to_name) = (from_name.to_owned(), new(of));
        if let Some(table) = tables().find(|table| named(&table.name, of)) {
            return Ok(Self::Column { table: table.name.clone(), from: from_name, to: to_name });
        }
        let enum_types = from.said().enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref());
        let enum_type = enum_types.into_iter().find(|name| named(name, of)).ok_or_else(unknown)?;
        Ok(Self::EnumValue { enum_type: enum_type.clone(), from: from_name, to: to_name })
    }

    /// The way back.
    pub fn reversed(&self) -> Self {
        match self.clone() {
            Self::Table { from, to } => {
                Self::Table { to: from.name.clone(), from: TableName { schema: from.schema, name: to } }
            }
            Self::Column { table, from, to } => Self::Column { table, from: to, to: from },
            Self::EnumValue { enum_type, from, to } => Self::EnumValue { enum_type, from: to, to: from },
        }
    }

    /// The name before of the table that has another one then.
    pub fn table_before(&self) -> Option<&TableName> {
        match self {
            Self::Table { from, .. } => Some(from),
            _ => None,
        }
    }

    fn operation(&self) -> Operation {
        match self.clone() {
            Self::Table { from, to } => Operation::RenameTable { table: from, to },
            Self::Column { table, from, to } => {
                let mut alter = AlterColumn::new(from);
                alter.rename = Some(to);
                Operation::AlterTable { table, changes: vec![alter.into()] }
            }
            Self::EnumValue { enum_type, from, to } => {
                Operation::AlterEnum { name: enum_type, changes: vec![EnumChange::RenameValue { from, to }] }
            }
        }
    }

    /// Why it is none between two schemas.
    fn fault(&self, from: &Schema, to: &Schema) -> Option<&'static str> {
        match self {
            Self::Table { from: old, to: new } => {
                let new = TableName { schema: old.schema.clone(), name: new.clone() };
                match (from.table(old).is_some(), from.table(&new).is_some(), to.table(&new).is_some()) {
                    (false, ..) => Some("there is no such table"),
                    (_, true, _) => Some("there is a table of the new name already"),
                    (_, _, false) => Some("the models have no table of the new name"),
                    _ => None,
                }
            }
            Self::Column { table, from: old, to: new } => {
                let (Some(before), Some(after)) = (from.table(table), to.table(table)) else {
                    return Some("there is no such table before and after");
                };
                let columns = (before.column(old).is_some(), before.column(new), after.column(new).is_some());
                match columns {
                    (false, ..) => Some("there is no such column"),
                    (_, Some(_), _) => Some("there is a column of the new name already"),
                    (_, _, false) => Some("the models have no column of the new name"),
                    _ => None,
                }
            }
            Self::EnumValue { enum_type, from: old, to: new } => {
                let has = |schema: &Schema, value: &String| {
                    let mut types = schema.said().enum_types.iter();
                    let known = types.find(|known| known.name.as_ref() == Some(enum_type));
                    known.is_some_and(|known| known.values.contains(value))
                };
                match (has(from, old), has(from, new), has(to, new)) {
                    (false, ..) => Some("there is no such value"),
                    (_, true, _) => Some("there is a value of the new name already"),
                    (_, _, false) => Some("the models have no value of the new name"),
                    _ => None,
                }
            }
        }
    }
}

/// A schema behind renames: what differs then differs by more than a name.
///
/// # Errors
/// A rename does not fit the schemas.
pub fn renamed<'s>(
    dialect: &dyn Dialect,
    from: &'s Schema,
    to: &Schema,
    renames: &[Rename],
) -> Result<Cow<'s, Schema>, CompareError> {
    apply(dialect, from, to, renames).map(|(_, renamed)| renamed)
}

/// Renames in `from`; the operations that do it, and what is then there.
pub(super) fn apply<'s>(
    dialect: &dyn Dialect,
    from: &'s Schema,
    to: &Schema,
    renames: &[Rename],
) -> Result<(Vec<Operation>, Cow<'s, Schema>), CompareError> {
    let mut renamed = Cow::Borrowed(from);
    let mut operations = Vec::with_capacity(renames.len());
    // A column is found under its table's new name, whatever the order in which they are given.
    let (tables, others): (Vec<&Rename>, Vec<&Rename>) =
        renames.iter().partition(|rename| matches!(rename, Rename::Table { .. }));
    let given =
        tables.clone().into_iter().cloned().chain(others.into_iter().cloned().map(|rename| match rename {
            Rename::Column { table, from, to } => {
                let new_name = |rename: &&Rename| match rename {
                    Rename::Table { from, to } if *from == table => {
                        Some(TableName { schema: from.schema.clone(), name: to.clone() })
                    }
                    _ => None,
                };
                let table = tables.iter().find_map(new_name).unwrap_or(table);
                Rename::Column { table, from, to }
            }
            other => other,
        }));
    for rename in given {
        if let Some(reason) = rename.fault(&renamed, to) {
            return Err(CompareError::NoSuchRename { rename, reason });
        }
        let operation = rename.operation();
        renamed.to_mut().play(dialect, &operation).map_err(RenderError::from)?;
        operations.push(operation);
    }
    Ok((operations, renamed))
}

/// Tables beyond so many are not looked at for renames: nobody answers as many questions.
const ASKED_ABOUT: usize = 200;

/// Names that one table could have are not more than these.
const CANDIDATES: usize = 3;

/// What is in one of the schemas only, and could be something of the other under another name: a table
/// with at least half its columns, a column of the same type, the only value of an enum type that is gone
/// and the one that stands in its place.
pub(super) fn possible(from: &Schema, to: &Schema) -> Vec<Rename> {
    let mut renames = Vec::new();
    let gone = from.here().tables().iter().filter(|table| to.table(&table.name).is_none());
    let new: Vec<&Table> = to
        .here()
        .tables()
        .iter()
        .filter(|table| from.table(&table.name).is_none())
        .take(ASKED_ABOUT)
        .collect();
    for gone in gone.take(ASKED_ABOUT) {
        let alike = new.iter().filter(|new| new.name.schema == gone.name.schema && are_alike(gone, new));
        let alike = alike.take(CANDIDATES);
        renames.extend(alike.map(|new| Rename::Table { from: gone.name.clone(), to: new.name.name.clone() }));
    }
    for to_table in to.here().tables() {
        let Some(from_table) = from.table(&to_table.name) else { continue };
        for gone in from_table.columns.iter().filter(|column| to_table.column(&column.name).is_none()) {
            let new = to_table.columns.iter().filter(|column| from_table.column(&column.name).is_none());
            let same = new.filter(|new| {
                new.column_type == gone.column_type && new.computed.is_some() == gone.computed.is_some()
            });
            renames.extend(same.map(|new| Rename::Column {
                table: to_table.name.clone(),
                from: gone.name.clone(),
                to: new.name.clone(),
            }));
        }
    }
    for new in &to.said().enum_types {
        let known =
            from.said().enum_types.iter().find(|known| known.name == new.name && known.name.is_some());
        let (Some(known), Some(name)) = (known, &new.name) else { continue };
        let differ: Vec<_> =
            known.values.iter().zip(&new.values).filter(|(before, after)| before != after).collect();
        if let ([(before, after)], true) = (differ.as_slice(), known.values.len() == new.values.len()) {
            let (from, to) = ((*before).clone(), (*after).clone());
            renames.push(Rename::EnumValue { enum_type: name.clone(), from, to });
        }
    }
    renames
}

fn are_alike(one: &Table, other: &Table) -> bool {
    let same = one.columns.iter().filter(|column| {
        other.column(&column.name).is_some_and(|known| known.column_type == column.column_type)
    });
    same.count() * 2 >= one.columns.len().max(other.columns.len())
}
