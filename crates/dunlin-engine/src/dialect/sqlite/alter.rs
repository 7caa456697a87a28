//! Changes of a table: by ALTER TABLE where that can do all of them, else by a rebuild.
//!
//! ALTER TABLE of SQLite adds a column behind the others, drops one that nothing stands on, and renames
//! one. A check that is added together with its column stands at the column then, and so does a foreign key without
//! a name. One with a name does not: SQLAlchemy, and so Alembic, finds the name and what is to be done on delete of a
//! foreign key only where it stands at the table, and could not drop it.

use dunlin_core::operation::{AlterColumn, Change, ColumnPosition, TableChange};
use dunlin_core::schema::{Column, Constraint, DataType, Metadata, SchemaError, Table, TableName};

use super::{Sqlite, column, constraint, rebuild, table, types};
use crate::dialect::unnamed::unnamed;
use crate::dialect::{Dialect, RenderError, Rendered, ddl};
use crate::sql::rename::{expressions_mut, names_column, rename_in};

/// The statements for the changes of a table.
///
/// # Errors
/// What SQLite cannot do, and what the table rules out.
pub(super) fn alter_table(
    dialect: &Sqlite,
    name: &TableName,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    let known = current.get(name);
    let changes = &as_there(dialect, changes, known)[..];
    check(dialect, name, changes, known)?;
    // The table that runs may need the rebuild that this one does not: somebody indexed the column.
    let always_native = native(dialect, name, changes, None)?.is_some();
    if let Some(statements) = native(dialect, name, changes, known)? {
        return Ok(Rendered { suspends_foreign_keys: !always_native, ..Rendered::plain(statements) });
    }
    let known = known.ok_or_else(|| SchemaError::NoTable { table: name.clone() })?;
    rebuild::rebuild(dialect, known, changes, current)
}

/// The same changes, where a constraint without a name is described in the words that the table has.
fn as_there(dialect: &Sqlite, changes: &[TableChange], known: Option<&Table>) -> Vec<TableChange> {
    let in_its_words = |change: &TableChange| match (change, known) {
        (TableChange::DropUnnamedConstraint { constraint }, Some(known)) => {
            let constraint = unnamed(dialect, known, constraint).unwrap_or_else(|| constraint.clone());
            TableChange::DropUnnamedConstraint { constraint }
        }
        _ => change.clone(),
    };
    changes.iter().map(in_its_words).collect()
}

/// Whether a change is the same for every table: it renames a column, or is nothing to SQLite.
pub(super) fn needs_no_table(change: &TableChange) -> bool {
    match change {
        TableChange::AlterColumn(alter) => alter.autoincrement.is_none() && changes_nothing_else(alter),
        TableChange::SetComment { .. } | TableChange::ValidateConstraint { .. } => true,
        _ => false,
    }
}

/// Whether a column gets a new name at most: comments are passed over, and what [`check`] has found to be
/// so already.
fn changes_nothing_else(alter: &AlterColumn) -> bool {
    let mut passed_over = AlterColumn::new(alter.name.clone());
    passed_over.rename.clone_from(&alter.rename);
    passed_over.comment.clone_from(&alter.comment);
    passed_over.on_update.clone_from(&alter.on_update);
    passed_over.autoincrement = alter.autoincrement;
    *alter == passed_over
}

/// What no statement of SQLite can do.
fn check(
    dialect: &Sqlite,
    name: &TableName,
    changes: &[TableChange],
    known: Option<&Table>,
) -> Result<(), RenderError> {
    let unsupported =
        |operation: String, hint| Err(RenderError::Unsupported { dialect: dialect.name(), operation, hint });
    for change in changes {
        match change {
            TableChange::AddColumn { column, .. } => column::check(dialect, column)?,
            TableChange::AddConstraint { constraint } => constraint::check(dialect, name, constraint)?,
            TableChange::AlterColumn(alter) => {
                let data_type =
                    alter.column_type.as_ref().and_then(|data_type| data_type.get(dialect.name()));
                types::check_collation(dialect, data_type.and_then(DataType::collation))?;
                let on_update = alter.on_update.as_ref().and_then(Change::value);
                if on_update.is_some_and(|sql| sql.get(dialect.name()).is_some()) {
                    return Err(column::on_update(dialect, &alter.name));
                }
                if alter.identity.is_some() {
                    let what = format!("change how the column {} counts", alter.name);
                    return unsupported(what, "say it when the table is created");
                }
                let counts = known.and_then(|table| table.column(&alter.name)).map(Column::counts_up);
                if alter.autoincrement.is_some()
                    && alter.autoincrement != counts
                    && alter.autoincrement
                        != known.and_then(|known| counts_after(dialect, known, changes, alter))
                {
                    let what = format!("change whether the column {} counts up", alter.name);
                    return unsupported(
                        what,
                        "an INTEGER column that is the whole primary key counts up, no other",
                    );
                }
            }
            TableChange::SetOptions { options } => {
                let before = known.map(|known| &known.options);
                table::check_options(dialect, name, options, before)?;
            }
            TableChange::DropColumn { .. }
            | TableChange::DropConstraint { .. }
            | TableChange::DropUnnamedConstraint { .. }
            | TableChange::RenameConstraint { .. }
            | TableChange::ValidateConstraint { .. }
            | TableChange::SetComment { .. } => {}
            _ => return Err(ddl::newer_operation(dialect)),
        }
    }
    Ok(())
}

/// Whether a column is the row id behind all of the changes: it counts up then, and else does not.
fn counts_after(
    dialect: &Sqlite,
    known: &Table,
    changes: &[TableChange],
    alter: &AlterColumn,
) -> Option<bool> {
    let mut after = known.clone();
    changes.iter().try_for_each(|change| after.apply(change)).ok()?;
    let name = alter.rename.as_ref().unwrap_or(&alter.name);
    Some(column::row_id(dialect, &after).is_some_and(|column| column.name == *name))
}

/// ALTER TABLE statements for all of the changes; `None` where it cannot do one of them. Without a table,
/// only what it can do to any table.
fn native(
    dialect: &Sqlite,
    name: &TableName,
    changes: &[TableChange],
    known: Option<&Table>,
) -> Result<Option<Vec<String>>, RenderError> {
    let mut native = Native { dialect, table: known.cloned(), clauses: Vec::new(), added: Vec::new() };
    for change in changes {
        if !native.change(change)? {
            return Ok(None);
        }
    }
    let shown = known.map_or_else(|| name.clone(), table::shown);
    let table = ddl::table_name(dialect, &shown);
    Ok(Some(native.clauses.into_iter().map(|clause| format!("ALTER TABLE {table} {clause}")).collect()))
}

struct Native<'d> {
    dialect: &'d Sqlite,
    /// The table as it is behind the clauses, if it is known.
    table: Option<Table>,
    clauses: Vec<String>,
    added: Vec<Added>,
}

/// A column that a clause adds.
struct Added {
    column: String,
    clause: usize,
    /// Whether a foreign key may stand at it: SQLite wants the default to be NULL then.
    takes_key: bool,
    /// Whether it is certain that it is added: without a table, `IF NOT EXISTS` leaves that open.
    certain: bool,
}

impl Native<'_> {
    /// Adds the clause for a change; false if there is none.
    fn change(&mut self, change: &TableChange) -> Result<bool, RenderError> {
        let before = self.table.clone();
        if let Some(table) = &mut self.table {
            table.apply(change)?;
            rename_in(table, change);
        }
        match change {
            TableChange::AddColumn { column, position, if_not_exists } => {
                self.add_column(column, position, *if_not_exists, before.as_ref())
            }
            TableChange::DropColumn { name, if_exists } => {
                let Some(mut before) = before else { return Ok(false) };
                if *if_exists && before.column(name).is_none() {
                    return Ok(true);
                }
                self.added.retain(|added| added.column != *name);
                self.clauses.push(format!("DROP COLUMN {}", self.dialect.quote(name)));
                Ok(can_drop(name, &mut before))
            }
            TableChange::AlterColumn(alter) => Ok(self.alter_column(alter)),
            TableChange::AddConstraint { constraint } => self.add_constraint(constraint),
            TableChange::DropConstraint { kind, name, if_exists } => {
                Ok(*if_exists && before.is_some_and(|before| !before.has_constraint(*kind, name)))
            }
            TableChange::SetOptions { options } => {
                Ok(before.is_some_and(|before| table::has_options(&before.options, options)))
            }
            TableChange::SetComment { .. } | TableChange::ValidateConstraint { .. } => Ok(true),
            _ => Ok(false),
        }
    }

    fn add_column(
        &mut self,
        column: &Column,
        position: &ColumnPosition,
        if_not_exists: bool,
        before: Option<&Table>,
    ) -> Result<bool, RenderError> {
        if if_not_exists && before.is_some_and(|before| before.column(&column.name).is_some()) {
            return Ok(true);
        }
        let last = before.and_then(|before| before.columns.last());
        let at_end = match position {
            ColumnPosition::Last => true,
            ColumnPosition::First => false,
            ColumnPosition::After(other) => last.is_some_and(|last| &last.name == other),
        };
        if !at_end || !can_add(self.dialect, column) {
            return Ok(false);
        }
        let any = Table::new("");
        let table = before.unwrap_or(&any);
        let definition = column::definition(self.dialect, column, table)?;
        let default = column.server_default.as_ref().and_then(|default| default.get(self.dialect.name()));
        self.added.push(Added {
            column: column.name.clone(),
            clause: self.clauses.len(),
            takes_key: column::is_null(default) && column.computed.is_none(),
            certain: before.is_some() || !if_not_exists,
        });
        self.clauses.push(format!("ADD COLUMN {definition}"));
        Ok(true)
    }

    fn alter_column(&mut self, alter: &AlterColumn) -> bool {
        if !changes_nothing_else(alter) {
            return false;
        }
        if let Some(to) = &alter.rename {
            self.added.retain(|added| added.column != alter.name);
            let (from, to) = (self.dialect.quote(&alter.name), self.dialect.quote(to));
            self.clauses.push(format!("RENAME COLUMN {from} TO {to}"));
        }
        true
    }

    /// A constraint of a column that is added just now stands at it, but for a foreign key with a name.
    fn add_constraint(&mut self, constraint: &Constraint) -> Result<bool, RenderError> {
        let at = match constraint {
            Constraint::ForeignKey(key) if key.name.is_none() => {
                self.added.iter().find(|added| added.takes_key && key.columns == [added.column.as_str()])
            }
            Constraint::Check(check) => {
                let expression = ddl::expression(self.dialect, &check.expression, "a check")?;
                self.added.iter().rev().find(|added| names_column(expression, &added.column))
            }
            _ => None,
        };
        let Some(added) = at.filter(|added| added.certain) else { return Ok(false) };
        let clause = constraint::column_clause(self.dialect, constraint)?;
        self.clauses[added.clause].push_str(&format!(" {clause}"));
        Ok(true)
    }
}

/// Whether ADD COLUMN can do it to a table with rows. Source: "ALTER TABLE ADD COLUMN" of SQLite's
/// manual. A column that must not be NULL and has no default is left to a rebuild, which asks the rows.
fn can_add(dialect: &Sqlite, column: &Column) -> bool {
    let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
    match &column.computed {
        Some(computed) => !computed.stored,
        None => {
            !column.counts_up()
                && default.is_none_or(column::is_constant)
                && (column.nullable || !column::is_null(default))
        }
    }
}

/// Whether nothing in the table stands on the column.
fn can_drop(name: &str, table: &mut Table) -> bool {
    let without = |columns: &Vec<String>| !columns.iter().any(|column| column == name);
    let referred = |key: &dunlin_core::schema::ForeignKey| {
        key.referred_table != table.name || without(&key.referred_columns)
    };
    table.columns.len() > 1
        && table.primary_key.iter().all(|key| without(&key.columns))
        && table.uniques.iter().all(|unique| without(&unique.columns))
        && table.foreign_keys.iter().all(|key| without(&key.columns) && referred(key))
        && table.indexes.iter().all(|index| index.columns().all(|column| column != name))
        && !expressions_mut(table).any(|sql| names_column(sql, name))
}
