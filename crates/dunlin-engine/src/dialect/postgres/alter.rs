//! Changes of a table.
//!
//! Changes that PostgreSQL takes together become clauses of one ALTER TABLE: the table is rewritten once
//! at most. PostgreSQL does what one statement says in an order of its own (drops, types, new columns,
//! NOT NULL, constraints and defaults), so a change that comes behind another of the same column begins
//! a new statement.

use std::collections::BTreeSet;

use dunlin_core::operation::{AlterColumn, Change, TableChange};
use dunlin_core::schema::{
    Column, Computed, Constraint, ConstraintKind, DataType, SqlValue, Table, TableName, TableOptions,
};

use super::cast::{Cast, cast};
use super::column::{afterwards, comment, definition, is_serial, no_on_update, refuse_on_conflict};
use super::{Postgres, constraint, options, sequence, server_name, table, unsupported};
use crate::dialect::unnamed::unnamed;
use crate::dialect::{Dialect, RenderError, ddl};
use crate::sql::expression::normal;

/// The statements for `changes`. `known` is the table before them, if it is known.
pub(super) fn alter(
    dialect: &Postgres,
    name: &TableName,
    changes: &[TableChange],
    known: Option<&Table>,
) -> Result<Vec<String>, RenderError> {
    let mut alter = Alter { dialect, name, known: known.cloned(), batch: Batch::default() };
    for change in changes {
        alter.change(change)?;
        if let Some(known) = &mut alter.known {
            // What cannot be played has been refused, or is refused by the server.
            let _ = known.apply(change);
        }
    }
    alter.flush();
    Ok(alter.batch.statements)
}

/// Whether it must be known what the table is before a change.
pub(super) fn needs_current_table(change: &TableChange) -> bool {
    match change {
        TableChange::AlterColumn(alter) => {
            alter.column_type.is_some()
                || alter.autoincrement.is_some()
                || alter.identity.is_some()
                || matches!(alter.computed, Some(Change::Set(_)))
        }
        TableChange::DropConstraint { kind, .. } | TableChange::RenameConstraint { kind, .. } => {
            *kind == ConstraintKind::PrimaryKey
        }
        TableChange::DropUnnamedConstraint { .. } | TableChange::SetOptions { .. } => true,
        _ => false,
    }
}

struct Alter<'a> {
    dialect: &'a Postgres,
    name: &'a TableName,
    known: Option<Table>,
    batch: Batch,
}

/// The statements so far, and what the next ALTER TABLE will do.
#[derive(Default)]
struct Batch {
    statements: Vec<String>,
    clauses: Vec<String>,
    /// Statements that come behind the ALTER TABLE: comments, for the most part.
    behind: Vec<String>,
    /// The columns and the constraints that the clauses speak of, and add.
    columns: BTreeSet<String>,
    constraints: BTreeSet<String>,
    /// Whether a clause has an expression that may be about any column.
    any_column: bool,
}

impl Alter<'_> {
    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.batch.statements = batch.statements;
        if !batch.clauses.is_empty() {
            let table = ddl::table_name(self.dialect, self.name);
            self.batch.statements.push(format!("ALTER TABLE {table} {}", batch.clauses.join(", ")));
        }
        self.batch.statements.extend(batch.behind);
    }

    fn clause(&mut self, clause: impl Into<String>) {
        self.batch.clauses.push(clause.into());
    }

    /// A statement that cannot be joined with others.
    fn alone(&mut self, statement: String) {
        self.flush();
        self.batch.statements.push(statement);
    }

    fn alone_clause(&mut self, clause: &str) {
        self.alone(format!("ALTER TABLE {} {clause}", ddl::table_name(self.dialect, self.name)));
    }

    /// Begins a new statement if the one before does something with the column.
    fn column(&mut self, name: &str) {
        if self.batch.any_column || self.batch.columns.contains(name) {
            self.flush();
        }
        self.batch.columns.insert(name.to_owned());
    }

    fn change(&mut self, change: &TableChange) -> Result<(), RenderError> {
        match change {
            TableChange::AddColumn { column, if_not_exists, .. } => {
                self.add_column(column, *if_not_exists)?
            }
            TableChange::DropColumn { name, if_exists } => {
                self.column(name);
                let if_exists = if *if_exists { "IF EXISTS " } else { "" };
                self.clause(format!("DROP COLUMN {if_exists}{}", self.dialect.quote(name)));
                // It can be added again by the same statement.
                self.batch.columns.remove(name);
            }
            TableChange::AlterColumn(alter) => self.alter_column(alter)?,
            TableChange::AddConstraint { constraint } => self.add_constraint(constraint)?,
            TableChange::DropConstraint { kind, name, if_exists } => {
                let name = self.constraint_name(*kind, name);
                if self.batch.constraints.contains(&name) {
                    self.flush();
                }
                let if_exists = if *if_exists { "IF EXISTS " } else { "" };
                self.clause(format!("DROP CONSTRAINT {if_exists}{}", self.dialect.quote(&name)));
            }
            TableChange::DropUnnamedConstraint { constraint } => {
                let name = self.name_of_unnamed(constraint);
                if self.batch.constraints.contains(&name) {
                    self.flush();
                }
                self.clause(format!("DROP CONSTRAINT {}", self.dialect.quote(&name)));
            }
            TableChange::RenameConstraint { kind, from, to } => {
                let (from, to) =
                    (self.dialect.quote(&self.constraint_name(*kind, from)), self.dialect.quote(to));
                self.alone_clause(&format!("RENAME CONSTRAINT {from} TO {to}"));
            }
            // Alone it does not keep others from writing.
            TableChange::ValidateConstraint { name, .. } => {
                self.alone_clause(&format!("VALIDATE CONSTRAINT {}", self.dialect.quote(name)));
            }
            TableChange::SetComment { comment } => {
                self.batch.behind.push(table::comment(self.dialect, self.name, comment.as_deref()));
            }
            TableChange::SetOptions { options } => self.set_options(options)?,
            _ => return Err(ddl::newer_operation(self.dialect)),
        }
        Ok(())
    }

    /// The name of a constraint that nobody named: the one that it has, or else the one that the server
    /// would give it.
    fn name_of_unnamed(&self, described: &Constraint) -> String {
        let known = self.known.as_ref();
        match known.and_then(|known| unnamed(self.dialect, known, described)) {
            Some(there) if there.name().is_some() => {
                there.name().map(ToString::to_string).unwrap_or_default()
            }
            there => server_name::of_unnamed(self.name, known, &there.unwrap_or_else(|| described.clone())),
        }
    }

    /// Each option by itself: some of them cannot be joined with other clauses.
    fn set_options(&mut self, options: &TableOptions) -> Result<(), RenderError> {
        let known = self.known.as_ref().map(|known| known.options.clone()).unwrap_or_default();
        for clause in options::changes(self.dialect, &known, options)? {
            self.alone_clause(&clause);
        }
        Ok(())
    }

    fn add_column(&mut self, column: &Column, if_not_exists: bool) -> Result<(), RenderError> {
        let is_there = self.known.as_ref().is_some_and(|known| known.column(&column.name).is_some());
        let definition = definition(self.dialect, column)?;
        // No expression is about a column that is not there yet.
        if self.batch.columns.contains(&column.name) {
            self.flush();
        }
        self.batch.columns.insert(column.name.clone());
        let words = if if_not_exists { "IF NOT EXISTS " } else { "" };
        self.clause(format!("ADD COLUMN {words}{definition}"));
        if !(if_not_exists && is_there) {
            self.batch.behind.extend(afterwards(self.dialect, self.name, column));
        }
        Ok(())
    }

    /// Constraints are added last by any statement.
    fn add_constraint(&mut self, constraint: &Constraint) -> Result<(), RenderError> {
        let clause = constraint::clause(self.dialect, constraint)?;
        self.clause(format!("ADD {clause}"));
        self.batch.columns.extend(constraint.columns().iter().chain(constraint.include()).cloned());
        self.batch.constraints.extend(constraint.name().map(ToString::to_string));
        self.batch.any_column |= matches!(constraint, Constraint::Check(_) | Constraint::Exclude(_));
        Ok(())
    }

    /// A table has one primary key, whatever it is called: one that nobody named has the server's name.
    fn constraint_name(&self, kind: ConstraintKind, name: &str) -> String {
        let key = self.known.as_ref().and_then(|known| known.primary_key.as_ref());
        match (kind, key) {
            (ConstraintKind::PrimaryKey, Some(key)) => match &key.name {
                Some(known) => known.to_string(),
                None => server_name::server_name(&self.name.name, None, "pkey"),
            },
            _ => name.to_owned(),
        }
    }

    fn alter_column(&mut self, alter: &AlterColumn) -> Result<(), RenderError> {
        let AlterColumn { name, rename, column_type, using, nullable, server_default, .. } = alter;
        let dialect = self.dialect;
        let known = self.known.as_ref().and_then(|known| known.column(name)).cloned();
        let column = dialect.quote(name);
        if let Some(Change::Set(expression)) = &alter.on_update
            && expression.get(dialect.name()).is_some()
        {
            return Err(no_on_update(name));
        }
        if let Some(Change::Set(action)) = &alter.not_null_on_conflict {
            refuse_on_conflict(Some(*action))?;
        }
        match &alter.computed {
            Some(Change::Drop) => {
                self.alone_clause(&format!("ALTER COLUMN {column} DROP EXPRESSION"));
            }
            Some(Change::Set(computed)) if !is_computed_so(known.as_ref(), computed) => {
                return Err(unsupported(
                    format!("compute the column {name}, which is there, from another expression"),
                    "drop the column and add it anew",
                ));
            }
            _ => {}
        }
        if column_type.is_none() && using.as_ref().is_some_and(|using| using.get(dialect.name()).is_some()) {
            return Err(unsupported(
                format!("convert the column {name} to the type that it has"),
                "say the new type beside `using`, or change the rows by `execute`",
            ));
        }
        self.column(name);
        let new_default = server_default.as_ref().map(|change| {
            let value = change.value().and_then(|value| value.get(dialect.name()));
            value.map(|value| dialect.value(value))
        });
        let mut default_after = new_default.clone();
        if let Some(column_type) = column_type {
            let data_type = ddl::type_of(dialect, name, column_type)?;
            let using = match using.as_ref().and_then(|using| using.get(dialect.name())) {
                Some(expression) => Some(expression.clone()),
                None => self.using(name, known.as_ref(), column_type.get(dialect.name()))?,
            };
            let kept = known.as_ref().and_then(|known| kept_default(dialect, known, column_type));
            // A default that stays is cast without USING: where that may fail, it goes and comes back.
            if using.is_some() && (kept.is_some() || new_default.is_some()) {
                self.clause(format!("ALTER COLUMN {column} DROP DEFAULT"));
                default_after = Some(new_default.unwrap_or(kept)).filter(Option::is_some);
            }
            let using = using.map(|expression| format!(" USING {expression}")).unwrap_or_default();
            self.clause(format!("ALTER COLUMN {column} TYPE {data_type}{using}"));
            if let Some(known) = known.as_ref().filter(|known| is_serial(known)) {
                let behind = sequence::change_type(dialect, self.name, known, column_type)?;
                self.batch.behind.extend(behind);
            }
        }
        match default_after {
            Some(Some(value)) => self.clause(format!("ALTER COLUMN {column} SET DEFAULT {value}")),
            Some(None) => self.clause(format!("ALTER COLUMN {column} DROP DEFAULT")),
            None => {}
        }
        // An identity column cannot be NULL, and drops are done in the order in which they stand.
        if alter.identity == Some(Change::Drop) {
            self.clause(format!("ALTER COLUMN {column} DROP IDENTITY"));
        }
        if let Some(nullable) = nullable {
            let verb = if *nullable { "DROP" } else { "SET" };
            self.clause(format!("ALTER COLUMN {column} {verb} NOT NULL"));
        }
        self.count_up(alter, known.as_ref())?;
        if let Some(change) = &alter.comment {
            let text = change.value().map(String::as_str);
            self.batch.behind.push(comment(dialect, self.name, name, text));
        }
        if let Some(to) = rename {
            self.alone_clause(&format!("RENAME COLUMN {column} TO {}", dialect.quote(to)));
        }
        Ok(())
    }

    /// Makes a column count up, or not, or otherwise.
    fn count_up(&mut self, alter: &AlterColumn, known: Option<&Column>) -> Result<(), RenderError> {
        let (dialect, name) = (self.dialect, &alter.name);
        let counts = known.is_some_and(is_serial);
        let is_identity = known.is_some_and(|known| known.identity.is_some());
        let column = dialect.quote(name);
        match alter.autoincrement {
            Some(true) if !counts && (!is_identity || alter.identity == Some(Change::Drop)) => {
                let new_type = alter.column_type.as_ref().or(known.map(|known| &known.column_type));
                let data_type = new_type.and_then(|data_type| data_type.get(dialect.name()));
                let statements = sequence::create(dialect, self.name, name, data_type)?;
                self.flush();
                self.batch.statements.extend(statements);
            }
            Some(false) if known.is_none() || counts => {
                self.clause(format!("ALTER COLUMN {column} DROP DEFAULT"));
                self.alone(sequence::drop(dialect, self.name, name));
            }
            _ => {}
        }
        match &alter.identity {
            None | Some(Change::Drop) => {}
            Some(Change::Set(identity)) => match known.and_then(|known| known.identity.as_ref()) {
                Some(before) => {
                    if let Some(clause) = sequence::change_identity(before, identity) {
                        self.clause(format!("ALTER COLUMN {column} {clause}"));
                    }
                }
                None => {
                    let nullable = alter.nullable.or(known.map(|known| known.nullable));
                    if nullable == Some(true) {
                        return Err(unsupported(
                            format!("make the column {name} an identity column, as it may be NULL"),
                            "say `not_null` too",
                        ));
                    }
                    if counts && alter.autoincrement != Some(false) {
                        self.clause(format!("ALTER COLUMN {column} DROP DEFAULT"));
                        self.alone(sequence::drop(dialect, self.name, name));
                    }
                    self.clause(format!("ALTER COLUMN {column} ADD {}", super::column::generated(identity)));
                    if let Some(go_on) = sequence::go_on(dialect, self.name, name, identity) {
                        self.batch.behind.push(go_on);
                    }
                }
            },
        }
        Ok(())
    }

    /// The expression that makes the new value of the old, where it must be written.
    fn using(
        &self,
        name: &str,
        known: Option<&Column>,
        to: Option<&DataType>,
    ) -> Result<Option<String>, RenderError> {
        let from = known.and_then(|known| known.column_type.get(self.dialect.name()));
        let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
        match cast(self.dialect, from, to) {
            Cast::OfItself => Ok(None),
            Cast::Through(types) => {
                let column = self.dialect.quote(name);
                Ok(Some(types.into_iter().fold(column, |value, data_type| format!("{value}::{data_type}"))))
            }
            Cast::NotZero => Ok(Some(format!("{} <> 0", self.dialect.quote(name)))),
            Cast::Unclear => {
                let shown = |of: &DataType| self.dialect.column_type(of).unwrap_or_default();
                Err(unsupported(
                    format!(
                        "make {} of {} in the column {name} without being told how",
                        shown(to),
                        shown(from)
                    ),
                    "say the expression that makes the new value of the old: `using`",
                ))
            }
        }
    }
}

fn is_computed_so(known: Option<&Column>, computed: &Computed) -> bool {
    let here = |computed: &Computed| computed.expression.get(Postgres.name()).map(|sql| normal(sql));
    let same = |known: &Computed| known.stored == computed.stored && here(known) == here(computed);
    known.and_then(|known| known.computed.as_ref()).is_some_and(same)
}

/// The default that a column keeps when its type changes, as it is written for the new type.
fn kept_default(dialect: &Postgres, column: &Column, to: &dunlin_core::schema::ColumnType) -> Option<String> {
    let default = column.server_default.as_ref()?.get(dialect.name())?;
    let to = to.get(dialect.name());
    Some(match default {
        SqlValue::Integer(number) if to == Some(&DataType::Boolean) => (*number != 0).to_string(),
        SqlValue::Integer(number) => dialect.literal(&number.to_string()),
        SqlValue::Boolean(value) if to.is_some_and(DataType::is_integer) => u8::from(*value).to_string(),
        SqlValue::Boolean(value) => dialect.literal(&value.to_string()),
        other => dialect.value(other),
    })
}
