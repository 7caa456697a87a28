//! Playing a history as one database has it.

use std::collections::BTreeMap;

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::operation::{AlterColumn, Operation, SqlStage, TableChange};
use dunlin_core::schema::{IndexKey, Metadata, SchemaError, Table, TableName};

use crate::dialect::lower::{cut_names, exists_on, lower};
use crate::dialect::{Dialect, RenderError};
use crate::sql::rename::{names_column, rename_in};
use crate::sql::revision_file::statements;
use crate::sql::statement::{NamedTable, leaves_schema_alone, named_tables};
use crate::sql::trigger;

/// The schema that a history leaves: on one database, and on all of them together.
///
/// Some of what a history creates is not on every database: an index `only_on` one, a view without a
/// variant. It is dropped again where it is, and elsewhere there is nothing to do.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    /// What is there on this database.
    pub(crate) here: Metadata,
    anywhere: Metadata,
    /// The tables of this database of which this is not known.
    pub(crate) opaque: OpaqueTables,
}

impl Replay {
    /// Begins with a schema.
    pub(crate) fn new(schema: Metadata) -> Self {
        Self { here: schema.clone(), anywhere: schema, opaque: OpaqueTables::default() }
    }

    /// Leaves foreign keys out that are on other databases only.
    pub(crate) fn leave_out_keys(&mut self, name: DialectName) {
        let mut tables = self.here.take_tables();
        for table in &mut tables {
            table.foreign_keys.retain(|key| exists_on(&key.only_on, name));
        }
        self.here.extend(tables);
    }

    /// Plays an operation; what it is on this database.
    ///
    /// # Errors
    /// As [`lower`].
    pub(crate) fn play(
        &mut self,
        dialect: &dyn Dialect,
        operation: &Operation,
    ) -> Result<Vec<Operation>, RenderError> {
        let mut operation = operation.clone();
        cut_names(dialect, &mut operation);
        let meant = self.meant_here(&operation);
        play_seen(&mut self.anywhere, &operation, &self.opaque)?;
        let lowered = match &meant {
            Some(operation) => lower(dialect, operation, &self.here)?,
            None => Vec::new(),
        };
        for operation in &lowered {
            self.opaque.note(dialect, operation, &self.here);
            play_seen(&mut self.here, operation, &self.opaque)?;
        }
        Ok(lowered)
    }

    /// Plays what somebody did to the database; what cannot be played is no part of what is known.
    pub(crate) fn change_by_hand(&mut self, change: &Operation) {
        for schema in [&mut self.here, &mut self.anywhere] {
            let mut changed = schema.clone();
            if play_seen(&mut changed, change, &self.opaque).is_ok() {
                *schema = changed;
            }
        }
    }

    /// An operation without what speaks of things that are on other databases only.
    fn meant_here(&self, operation: &Operation) -> Option<Operation> {
        let is_index = |table: &Table, name: &str| table.index(name).is_some();
        match operation {
            Operation::DropIndex { table, name, .. } if self.elsewhere(table, |t| is_index(t, name)) => None,
            Operation::RenameIndex { table, from, .. } if self.elsewhere(table, |t| is_index(t, from)) => {
                None
            }
            Operation::DropView { name, .. } => {
                let has = |schema: &Metadata| schema.views.iter().any(|view| &view.name == name);
                (has(&self.here) || !has(&self.anywhere)).then(|| operation.clone())
            }
            Operation::AlterTable { table, changes } => {
                let is_here = |change: &&TableChange| match change {
                    TableChange::DropConstraint { kind, name, .. }
                    | TableChange::RenameConstraint { kind, from: name, .. }
                    | TableChange::ValidateConstraint { kind, name } => {
                        !self.elsewhere(table, |table| table.has_constraint(*kind, name))
                    }
                    _ => true,
                };
                let changes: Vec<TableChange> = changes.iter().filter(is_here).cloned().collect();
                let table = table.clone();
                (!changes.is_empty()).then_some(Operation::AlterTable { table, changes })
            }
            other => Some(other.clone()),
        }
    }

    /// Whether a table has something on other databases only.
    fn elsewhere(&self, table: &TableName, has: impl Fn(&Table) -> bool) -> bool {
        self.anywhere.get(table).is_some_and(&has) && self.here.get(table).is_some_and(|table| !has(table))
    }
}

/// The schema that a history leaves on all databases together, as far as it says.
#[derive(Debug, Clone)]
pub(crate) struct Anywhere {
    /// What is known.
    pub(crate) schema: Metadata,
    opaque: OpaqueTables,
    /// By database, the tables that files of SQL make by name: what is in them is not known.
    named: BTreeMap<DialectName, Vec<TableName>>,
}

impl Anywhere {
    /// Begins with a schema.
    pub(crate) fn new(schema: Metadata) -> Self {
        Self { schema, opaque: OpaqueTables::default(), named: BTreeMap::new() }
    }

    /// Plays an operation.
    ///
    /// # Errors
    /// It does not fit.
    pub(crate) fn play(&mut self, operation: &Operation) -> Result<(), SchemaError> {
        let named = &mut self.named;
        let mut each =
            |change: NamedTable| named.values_mut().for_each(|tables| follow_named(tables, &change));
        match operation {
            Operation::ExecuteStages { stages, .. } => self.note_stages(stages),
            Operation::Execute { sql, ddl: true, touches } => {
                let sql = sql.values().next().map(String::as_str).unwrap_or_default();
                self.opaque.note_sql(sql, touches.as_deref(), &self.schema);
            }
            Operation::DropTable { table, .. } => each(NamedTable::Dropped(table.clone())),
            Operation::RenameTable { table, to } => {
                let to = TableName { schema: table.schema.clone(), name: to.clone() };
                each(NamedTable::Renamed(table.clone(), to));
            }
            _ => {}
        }
        play_seen(&mut self.schema, operation, &self.opaque)
    }

    fn note_stages(&mut self, stages: &PerDialect<Vec<SqlStage>>) {
        for name in DialectName::ALL {
            for stage in stages.get(name).into_iter().flatten() {
                // What cannot be read cannot be run.
                let statements = statements(name, &stage.text, stage.line).unwrap_or_default();
                for statement in statements.iter().filter(|it| !leaves_schema_alone(name, it.sql)) {
                    self.opaque.note_sql(statement.sql, stage.touches.as_deref(), &self.schema);
                    let named = self.named.entry(name).or_default();
                    for mut change in named_tables(name, statement.sql) {
                        change.qualify(self.schema.schema());
                        follow_named(named, &change);
                    }
                }
            }
        }
    }

    /// The tables that files of SQL make by name and leave, on any database, in order.
    pub(crate) fn named(&self) -> Vec<TableName> {
        let mut all: Vec<TableName> = Vec::new();
        for table in self.named.values().flatten() {
            if !all.contains(table) {
                all.push(table.clone());
            }
        }
        all
    }
}

fn follow_named(tables: &mut Vec<TableName>, change: &NamedTable) {
    match change {
        NamedTable::Created(table) if !tables.contains(table) => tables.push(table.clone()),
        NamedTable::Created(_) => {}
        NamedTable::Dropped(table) => tables.retain(|known| known != table),
        NamedTable::Renamed(from, to) => {
            tables.iter_mut().filter(|known| *known == from).for_each(|known| known.clone_from(to));
        }
    }
}

/// The tables that SQL as it stands has changed: what they are is not known until the database is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpaqueTables {
    tables: BTreeMap<TableName, String>,
    /// A statement that may have made any table.
    any: Option<String>,
}

impl OpaqueTables {
    /// The statement that changed a table, or may have made it, where it is not in `schema`.
    pub(crate) fn changed_by(&self, table: &TableName, schema: &Metadata) -> Option<&str> {
        let maker = || self.any.as_deref().filter(|_| schema.get(table).is_none());
        self.tables.get(table).map(String::as_str).or_else(maker)
    }

    /// Notes a statement that changes some tables, or any.
    fn note_sql(&mut self, sql: &str, touches: Option<&[TableName]>, schema: &Metadata) {
        let all = || schema.tables().iter().map(|table| table.name.clone()).collect();
        if touches.is_none() {
            self.any.get_or_insert_with(|| sql.to_owned());
        }
        for table in touches.map_or_else(all, <[TableName]>::to_vec) {
            self.tables.entry(table).or_insert_with(|| sql.to_owned());
        }
    }

    /// Notes what an operation makes of this; `schema` is what is there before it.
    pub(crate) fn note(&mut self, dialect: &dyn Dialect, operation: &Operation, schema: &Metadata) {
        if dialect.capabilities().rebuilds_tables {
            self.note_triggers(operation, schema);
        }
        match operation {
            Operation::Execute { sql, ddl: true, touches } => {
                if let Some(sql) = sql.get(dialect.name()) {
                    self.note_sql(sql, touches.as_deref(), schema);
                }
            }
            Operation::CreateTable { table, if_not_exists: false } => drop(self.tables.remove(&table.name)),
            Operation::DropTable { table, .. } => drop(self.tables.remove(table)),
            Operation::RenameTable { table, to } => {
                if let Some(sql) = self.tables.remove(table) {
                    self.tables.insert(TableName { schema: table.schema.clone(), name: to.clone() }, sql);
                }
            }
            _ => {}
        }
    }

    /// A trigger that cannot follow a new name cannot be put back behind a rebuild of its table.
    fn note_triggers(&mut self, operation: &Operation, schema: &Metadata) {
        let texts = schema.objects.iter().flat_map(|object| &object.create).flat_map(PerDialect::values);
        match operation {
            Operation::AlterTable { .. } | Operation::RenameTable { .. } => {
                for sql in texts.filter(|sql| follow(sql, operation).is_err()) {
                    let tables = schema.tables().iter().map(|table| &table.name);
                    let watched = trigger::table_of(sql).unwrap_or_default();
                    for table in tables.filter(|table| table.name.eq_ignore_ascii_case(&watched)) {
                        self.tables.entry(table.clone()).or_insert_with(|| sql.clone());
                    }
                }
            }
            Operation::DropObject { object } => {
                let known = schema.objects.iter().find(|known| known.name == object.name);
                let gone: Vec<&String> =
                    known.iter().flat_map(|object| &object.create).flat_map(PerDialect::values).collect();
                self.tables.retain(|_, sql| !gone.contains(&&*sql));
            }
            _ => {}
        }
    }
}

/// The text of a trigger behind an operation; any other text stays as it is.
fn follow(sql: &str, operation: &Operation) -> Result<String, trigger::Unclear> {
    match operation {
        Operation::RenameTable { table, to } => trigger::rename_table(sql, &table.name, to),
        Operation::AlterTable { table, changes } => {
            changes.iter().try_fold(sql.to_owned(), |sql, change| match change {
                TableChange::AlterColumn(AlterColumn { name, rename: Some(to), .. }) => {
                    trigger::rename_column(&sql, &table.name, name, to)
                }
                _ => Ok(sql),
            })
        }
        _ => Ok(sql.to_owned()),
    }
}

/// Lets the triggers among the objects follow an operation's new names.
fn follow_all(schema: &mut Metadata, operation: &Operation) {
    for object in &mut schema.objects {
        for sql in object.create.iter_mut().flat_map(PerDialect::values_mut) {
            if let Ok(followed) = follow(sql, operation) {
                *sql = followed;
            }
        }
        if let Operation::RenameTable { table, to } = operation {
            for touched in object.touches.iter_mut().filter(|touched| *touched == table) {
                touched.name.clone_from(to);
            }
        }
    }
}

/// Plays an operation. What does not fit a table of which nobody knows what it is may fit all the same.
///
/// # Errors
/// The operation cannot be.
pub(crate) fn play_seen(
    schema: &mut Metadata,
    operation: &Operation,
    opaque: &OpaqueTables,
) -> Result<(), SchemaError> {
    let unseen = operation.table().is_some_and(|table| opaque.changed_by(table, schema).is_some());
    match play(schema, operation) {
        Err(_) if unseen => Ok(()),
        played => played,
    }
}

/// Plays an operation; checks, predicates, triggers and other expressions follow a column's new name, as they do in
/// every database. When it cannot be played, a part of a table's changes may have been.
///
/// # Errors
/// The operation cannot be.
pub(crate) fn play(schema: &mut Metadata, operation: &Operation) -> Result<(), SchemaError> {
    let Operation::AlterTable { table, changes } = operation else {
        schema.apply(operation)?;
        follow_all(schema, operation);
        return Ok(());
    };
    for change in changes {
        let alone = Operation::AlterTable { table: table.clone(), changes: vec![change.clone()] };
        schema.apply(&alone)?;
        if let Some(table) = schema.get_mut(table) {
            rename_in(table, change);
            refuse_lost_name(table, change)?;
        }
    }
    follow_all(schema, operation);
    Ok(())
}

/// A column is not dropped while an expression of its table names it: the databases differ in what becomes
/// of that, and PostgreSQL drops it without a word.
fn refuse_lost_name(table: &Table, change: &TableChange) -> Result<(), SchemaError> {
    let TableChange::DropColumn { name: column, .. } = change else { return Ok(()) };
    match who_names(table, column) {
        None => Ok(()),
        Some((kind, name)) => Err(SchemaError::ColumnInUse {
            table: table.name.clone(),
            column: column.clone(),
            kind: kind.to_owned(),
            name: name.unwrap_or("(unnamed)").to_owned(),
        }),
    }
}

/// The kind and name of something in a table whose expression names a column.
fn who_names<'t>(table: &'t Table, column: &str) -> Option<(&'static str, Option<&'t str>)> {
    let names = |sql: &String| names_column(sql, column);
    let checks = table.checks.iter().filter(|check| check.expression.values().any(names));
    let checks = checks.map(|check| ("check", check.name.as_deref()));
    let excludes = table.excludes.iter().filter(|exclude| {
        let elements = exclude.elements.iter().map(|element| &element.expression);
        elements.chain(&exclude.predicate).any(names)
    });
    let excludes = excludes.map(|exclude| ("exclude constraint", exclude.name.as_deref()));
    let indexes = table.indexes.iter().filter(|index| {
        let expressions = index.elements.iter().filter_map(|element| match &element.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        expressions.chain(&index.predicate).flat_map(PerDialect::values).any(names)
    });
    let indexes = indexes.map(|index| ("index", index.name.as_deref()));
    let computed = table.columns.iter().filter(|other| {
        other.computed.as_ref().is_some_and(|computed| computed.expression.values().any(names))
    });
    let computed = computed.map(|other| ("computed column", Some(other.name.as_str())));
    checks.chain(excludes).chain(indexes).chain(computed).next()
}

#[cfg(test)]
mod tests {
    use dunlin_core::operation::Operations;
    use dunlin_core::prelude::*;
    use dunlin_core::schema::{Computed, IndexElement};

    use super::*;

    fn item() -> Metadata {
        let mut schema = Metadata::default();
        schema.table("item", |t| {
            t.column("id", DataType::Integer).primary_key();
            for column in ["a", "b", "c", "d", "e", "live"] {
                t.column(column, DataType::Integer);
            }
            t.column("twice", DataType::Integer).computed(Computed::stored("c * 2"));
            t.check("item_ck", "a < id AND id > 0");
            t.add_index(Index::new("item_live", ["b"]).unique().predicate("live = 1"));
            t.add_index(Index::new("item_e", ["e"]).predicate("e IS NOT NULL"));
            t.add_index(Index::new("item_d", [IndexElement::expression("abs(d)")]));
        });
        schema
    }

    fn drop(schema: &mut Metadata, record: fn(&mut Operations)) -> Result<(), String> {
        let mut op = Operations::default();
        record(&mut op);
        op.finish()
            .iter()
            .try_for_each(|operation| play(schema, operation))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_column_that_an_expression_names_is_not_dropped() {
        let said = |column: &str, by: &str| {
            Err(format!("column {column} of table item cannot be dropped: the {by} needs it"))
        };
        let cases: [(fn(&mut Operations), _, _); 4] = [
            (|op| op.drop_column("item", "a"), "a", "check item_ck"),
            (|op| op.drop_column("item", "live"), "live", "index item_live"),
            (|op| op.drop_column("item", "d"), "d", "index item_d"),
            (|op| op.drop_column("item", "c"), "c", "computed column twice"),
        ];
        for (record, column, by) in cases {
            assert_eq!(drop(&mut item(), record), said(column, by));
        }
    }

    #[test]
    fn what_goes_before_the_column_or_with_it_is_not_in_the_way() {
        let mut schema = item();
        let record = |op: &mut Operations| {
            op.drop_index("item_live", "item");
            op.drop_column("item", "live");
            op.alter_table("item", |t| {
                t.drop_constraint(ConstraintKind::Check, "item_ck");
                t.drop_column("a");
                t.drop_column("twice");
                t.drop_column("c");
                t.drop_column("e");
            });
        };
        assert_eq!(drop(&mut schema, record), Ok(()));
    }
}
