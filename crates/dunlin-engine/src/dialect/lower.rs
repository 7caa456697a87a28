//! Operations as one database has them, before they are rendered.
//!
//! What is not meant for a database is left out of them, names that are too long are cut, a change of an
//! enum type becomes changes of the columns where the words stand in these, and what must go first is
//! put first. The schema that a history leaves on a database is played with what this makes of it.

use std::borrow::Cow;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{AlterColumn, Backfill, Change, Operation, TableChange};
use dunlin_core::schema::{
    Column, Constraint, ConstraintKind, DataType, EnumChange, Index, Metadata, Name, Object, Table, TableName,
};

use super::unnamed::unnamed;
use super::{Dialect, IdentifierLimit, RenderError, ddl, sections};
use crate::sql::implicit_commit::commits_implicitly;

/// What an operation is on a database whose schema is `schema` before it.
///
/// # Errors
/// The operation cannot be played on `schema`, or it moves rows by a statement that changes the schema
/// where that commits what came before.
pub fn lower(
    dialect: &dyn Dialect,
    operation: &Operation,
    schema: &Metadata,
) -> Result<Vec<Operation>, RenderError> {
    let name = dialect.name();
    let mut operation = operation.clone();
    cut_names(dialect, &mut operation);
    Ok(match operation {
        Operation::CreateTable { mut table, if_not_exists } => {
            table.indexes.retain(|index| exists_on(&index.only_on, name));
            table.checks.retain(|check| exists_on(&check.only_on, name));
            table.excludes.retain(|exclude| exists_on(&exclude.only_on, name));
            table.uniques.retain(|unique| exists_on(&unique.only_on, name));
            table.foreign_keys.retain(|key| exists_on(&key.only_on, name));
            table.indexes.iter().try_for_each(|index| refuse_wider_uniqueness(name, index))?;
            vec![Operation::CreateTable { table, if_not_exists }]
        }
        Operation::CreateIndex { index, .. } if !exists_on(&index.only_on, name) => Vec::new(),
        Operation::CreateIndex { table, index, if_not_exists } => {
            refuse_wider_uniqueness(name, &index)?;
            vec![Operation::CreateIndex { table, index, if_not_exists }]
        }
        Operation::AlterTable { table, changes } => {
            let known = schema.get(&table);
            let mut lowered = Vec::with_capacity(changes.len());
            for change in changes {
                lower_change(dialect, change, known, &mut lowered);
            }
            match lowered.is_empty() {
                true => Vec::new(),
                false => vec![Operation::AlterTable { table, changes: lowered }],
            }
        }
        Operation::AlterEnum { name, changes } if !dialect.capabilities().enum_types => {
            alter_enum(dialect, &name, changes, schema)?
        }
        Operation::CreateView { view, .. } if view.query.get(name).is_none() => Vec::new(),
        Operation::CreateObject { object } => {
            vec![Operation::CreateObject { object: object_on(object, name) }]
        }
        Operation::DropObject { object } => vec![Operation::DropObject { object: object_on(object, name) }],
        Operation::Backfill { backfill } => {
            let backfill = keyed(backfill, schema);
            refuse_key_of_bytes(name, &backfill.table, &backfill.key, schema)?;
            vec![Operation::Backfill { backfill }]
        }
        Operation::Run { step } if !exists_on(&step.only_on, name) => Vec::new(),
        Operation::Run { step } => {
            if let Some(batches) = &step.batches {
                refuse_key_of_bytes(name, batches.table(), batches.key(), schema)?;
            }
            vec![Operation::Run { step }]
        }
        Operation::Execute { sql, ddl: false, touches } => {
            let committing = match (dialect.capabilities().transactional_ddl, sql.get(name)) {
                (false, Some(sql)) => commits_implicitly(sql),
                _ => None,
            };
            if let Some(statement) = committing {
                return Err(RenderError::DdlInDataStep { dialect: name, statement });
            }
            vec![Operation::Execute { sql, ddl: false, touches }]
        }
        Operation::ExecuteStages { direction, stages } => {
            let stages = sections::stages(dialect, direction, &stages)?;
            stages.into_iter().flat_map(|stage| stage.operations).collect()
        }
        other => vec![other],
    })
}

/// An index over all rows forbids more than one over some of them.
fn refuse_wider_uniqueness(dialect: DialectName, index: &Index) -> Result<(), RenderError> {
    let wider =
        index.unique && index.predicate.as_ref().is_some_and(|predicate| predicate.get(dialect).is_none());
    match wider {
        false => Ok(()),
        true => Err(RenderError::Unsupported {
            dialect,
            operation: format!(
                "have the unique index {}, whose predicate has no variant for it: it would be unique over all rows",
                index.name.as_deref().unwrap_or("(unnamed)")
            ),
            hint: "leave it out there by `only_on`, or give the predicate a variant for this dialect",
        }),
    }
}

/// Keys are read as text: of bytes, only PostgreSQL's text can be compared again.
fn refuse_key_of_bytes(
    dialect: DialectName,
    table: &TableName,
    key: &[String],
    schema: &Metadata,
) -> Result<(), RenderError> {
    let is_bytes = |column: &String| {
        let column = schema.get(table).and_then(|table| table.column(column));
        let data_type = column.and_then(|column| column.column_type.get(dialect));
        matches!(
            data_type,
            Some(
                DataType::Binary
                    | DataType::TinyBlob
                    | DataType::MediumBlob
                    | DataType::LongBlob
                    | DataType::FixedBinary { .. }
                    | DataType::VarBinary { .. }
                    | DataType::Bit { .. }
            )
        )
    };
    match key.iter().find(|column| is_bytes(column)) {
        Some(column) if dialect != DialectName::Postgres => Err(RenderError::Unsupported {
            dialect,
            operation: format!("follow the key {column} of table {table}, which is bytes"),
            hint: "name the columns of another unique key with `key`",
        }),
        _ => Ok(()),
    }
}

/// Whether what is `only_on` some databases is on this one; nothing said is everywhere.
pub(crate) fn exists_on(only_on: &[DialectName], dialect: DialectName) -> bool {
    let serves = |named: &DialectName| {
        *named == dialect || (*named == DialectName::MySql && dialect == DialectName::MariaDb)
    };
    only_on.is_empty() || only_on.iter().any(serves)
}

fn lower_change(
    dialect: &dyn Dialect,
    change: TableChange,
    table: Option<&Table>,
    lowered: &mut Vec<TableChange>,
) {
    let name = dialect.name();
    match &change {
        TableChange::AddConstraint { constraint: Constraint::Check(check) }
            if !exists_on(&check.only_on, name) => {}
        TableChange::AddConstraint { constraint: Constraint::Exclude(exclude) }
            if !exists_on(&exclude.only_on, name) => {}
        TableChange::AddConstraint { constraint: Constraint::Unique(unique) }
            if !exists_on(&unique.only_on, name) => {}
        TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }
            if !exists_on(&key.only_on, name) => {}
        TableChange::DropColumn { name: column, .. } if dialect.capabilities().foreign_keys_hold_columns => {
            let keys = table.iter().flat_map(|table| &table.foreign_keys);
            let alone = keys.filter(|key| key.columns == [column.clone()]);
            let kind = ConstraintKind::ForeignKey;
            let dropped = |name: &Name| {
                lowered.iter().any(|earlier| {
                    matches!(earlier, TableChange::DropConstraint { kind: k, name: n, .. } if *k == kind && n == name)
                })
            };
            let names: Vec<Name> = alone.filter_map(|key| key.name.clone()).filter(|n| !dropped(n)).collect();
            lowered.extend(names.into_iter().map(|name| TableChange::DropConstraint {
                kind,
                name,
                if_exists: false,
            }));
            lowered.push(change);
        }
        TableChange::DropUnnamedConstraint { constraint } => {
            let there = table.and_then(|table| unnamed(dialect, table, constraint));
            lowered.push(match there {
                Some(constraint) => TableChange::DropUnnamedConstraint { constraint },
                None => change,
            });
        }
        _ => lowered.push(change),
    }
}

/// A change of an enum type whose words stand in its columns: each column gets the new words. A value that
/// is renamed is known under both names while its rows are updated.
fn alter_enum(
    dialect: &dyn Dialect,
    name: &TableName,
    changes: Vec<EnumChange>,
    schema: &Metadata,
) -> Result<Vec<Operation>, RenderError> {
    let alter = Operation::AlterEnum { name: name.clone(), changes: changes.clone() };
    let mut after = schema.clone();
    after.apply(&alter)?;
    let renamed = changes.iter().filter_map(|change| match change {
        EnumChange::RenameValue { from, to } => Some((from, to)),
        _ => None,
    });
    // In another case the word is the same to MySQL, which takes no list that has it twice.
    let renamed: Vec<_> = renamed.filter(|(from, to)| from.to_lowercase() != to.to_lowercase()).collect();

    let of_it = |data_type: &DataType| data_type.enum_type().is_some_and(|e| e.name.as_ref() == Some(name));
    let mut operations = vec![alter];
    for (before, after) in schema.tables().iter().zip(after.tables()) {
        let columns = before.columns.iter().zip(&after.columns);
        let columns = columns.filter(|(column, _)| column.column_type.values().any(of_it));
        let (mut widened, mut updates, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for (before_column, column) in columns {
            let mut known_as_both = column.clone();
            for enum_type in known_as_both.column_type.values_mut().filter_map(DataType::enum_type_mut) {
                enum_type.name = None;
                let gone =
                    renamed.iter().map(|(from, _)| *from).filter(|from| !enum_type.values.contains(from));
                let gone: Vec<String> = gone.cloned().collect();
                enum_type.values.extend(gone);
            }
            let written = |column: &Column| ddl::type_of(dialect, &column.name, &column.column_type);
            let widens = !renamed.is_empty() && written(before_column)? != written(&known_as_both)?;
            if widens {
                widened.push(redefine(&known_as_both));
            }
            let update =
                |(from, to): &(&String, &String)| update(dialect, &before.name, &column.name, from, to);
            updates.extend(renamed.iter().map(update));
            let same_default = before_column.server_default == column.server_default;
            if widens || !same_default || written(before_column)? != written(column)? {
                settled.push(redefine(column));
            }
        }
        let alter_table = |changes| Operation::AlterTable { table: before.name.clone(), changes };
        operations.extend(Some(widened).filter(|changes| !changes.is_empty()).map(alter_table));
        operations.extend(updates);
        operations.extend(Some(settled).filter(|changes| !changes.is_empty()).map(alter_table));
    }
    Ok(operations)
}

fn redefine(column: &Column) -> TableChange {
    let mut alter = AlterColumn::new(column.name.clone());
    alter.column_type = Some(column.column_type.clone());
    alter.server_default = column.server_default.clone().map(Change::Set);
    alter.into()
}

fn update(dialect: &dyn Dialect, table: &TableName, column: &str, from: &str, to: &str) -> Operation {
    let (shown, column) = (ddl::table_name(dialect, table), dialect.quote(column));
    let (from, to) = (dialect.literal(from), dialect.literal(to));
    let sql = format!("UPDATE {shown} SET {column} = {to} WHERE {column} = {from}");
    Operation::Execute { sql: sql.into(), ddl: false, touches: Some(vec![table.clone()]) }
}

fn object_on(mut object: Object, dialect: DialectName) -> Object {
    object.create.retain(|sql| sql.get(dialect).is_some());
    object.drop.retain(|sql| sql.get(dialect).is_some());
    object
}

/// A backfill whose key is said.
fn keyed(mut backfill: Backfill, schema: &Metadata) -> Backfill {
    if backfill.key.is_empty() {
        let key = schema.get(&backfill.table).and_then(|table| table.primary_key.as_ref());
        backfill.key = key.map(|key| key.columns.clone()).unwrap_or_default();
    }
    backfill
}

/// Cuts exact names that are too long for the database, as SQLAlchemy does it.
pub(crate) fn cut_names(dialect: &dyn Dialect, operation: &mut Operation) {
    let Some(limit) = dialect.capabilities().max_identifier else { return };
    let characters = match limit {
        IdentifierLimit::Bytes(limit) | IdentifierLimit::Characters(limit) => limit,
    };
    for name in names_mut(operation) {
        if let Cow::Owned(cut) = name.truncated(characters) {
            *name = Name::exact(cut);
        }
    }
}

/// The names of constraints and indexes that an operation speaks of.
fn names_mut(operation: &mut Operation) -> Vec<&mut Name> {
    match operation {
        Operation::CreateTable { table, .. } => table.names_mut().collect(),
        Operation::CreateIndex { index, .. } => index.name.iter_mut().collect(),
        Operation::DropIndex { name, .. } => vec![name],
        Operation::RenameIndex { from, to, .. } => vec![from, to],
        Operation::AlterTable { changes, .. } => changes
            .iter_mut()
            .flat_map(|change| match change {
                TableChange::AddConstraint { constraint } => constraint.name_mut().iter_mut().collect(),
                TableChange::DropConstraint { name, .. } | TableChange::ValidateConstraint { name, .. } => {
                    vec![name]
                }
                TableChange::RenameConstraint { from, to, .. } => vec![from, to],
                _ => Vec::new(),
            })
            .collect(),
        _ => Vec::new(),
    }
}
