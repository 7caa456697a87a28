//! The stages of a step: what of it is committed together.
//!
//! Nearly every step is one stage. It is not where a database forbids that: a value added to an enum type
//! of PostgreSQL cannot be used in the transaction that adds it, an index that is built CONCURRENTLY
//! stands in no transaction at all, what is done in batches is committed batch by batch, and rows that others may refer
//! to are not deleted on SQLite where a rebuild needs foreign keys to be off.
//!
//! Which stages of a step are done is kept in the database until all are: the next run goes on behind them.

use std::collections::{BTreeSet, HashSet};

use dunlin_core::dialect::PerDialect;
use dunlin_core::operation::{Operation, SqlStage, TableChange};
use dunlin_core::revision::Direction;
use dunlin_core::schema::{EnumChange, Metadata, TableName};

use super::referred_rows::may_move_referred_rows;
use crate::dialect::{Dialect, RenderError, sections};
use crate::replay::{Replay, play};

/// What is committed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Which of its step it is, from 1 on; 0 makes the version table before them.
    pub number: usize,
    /// How it is committed.
    pub kind: StageKind,
    /// Its operations, as this database has them.
    pub operations: Vec<Operation>,
    /// Whether it asks for foreign keys to be off while it runs.
    pub no_foreign_keys: bool,
    /// Whether the step's version rows change with it: so it is with the last stage.
    pub records_rows: bool,
}

/// How a stage is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageKind {
    /// In one transaction; where the database commits DDL by itself, each statement alone.
    Together,
    /// In one transaction, everywhere: it moves rows only.
    Rows,
    /// Each statement alone, outside any transaction.
    Alone,
    /// Batch by batch: it is one operation.
    Batches,
}

impl Stage {
    /// A stage that has no number yet.
    pub(super) fn new(kind: StageKind, operations: Vec<Operation>) -> Self {
        Self { number: 0, kind, operations, no_foreign_keys: false, records_rows: false }
    }

    /// Whether it runs in a transaction on a database.
    pub fn is_transaction(&self, dialect: &dyn Dialect) -> bool {
        match self.kind {
            StageKind::Together => dialect.capabilities().transactional_ddl,
            StageKind::Rows => true,
            StageKind::Alone | StageKind::Batches => false,
        }
    }

    /// The tables that it may change, by name; `None` if that can be any, as a statement does not say.
    pub fn changed_tables(&self) -> Option<BTreeSet<String>> {
        let mut changed = BTreeSet::new();
        for operation in &self.operations {
            let touches = match operation {
                Operation::Execute { touches, .. } => touches.as_deref()?,
                Operation::Run { step } => &step.touches,
                Operation::CreateObject { object } | Operation::DropObject { object } => &object.touches,
                Operation::RenameTable { to, .. } => {
                    changed.insert(to.clone());
                    &[]
                }
                _ => &[],
            };
            changed.extend(operation.table().into_iter().chain(touches).map(|table| table.name.clone()));
        }
        Some(changed)
    }
}

/// The operations of a step as this database has them, in stages; `replay` is what was before the step, and
/// what is behind it afterwards.
///
/// # Errors
/// An operation does not fit, or must be the only one of its revision and is not.
pub(super) fn stages(
    dialect: &dyn Dialect,
    operations: &[Operation],
    replay: &mut Replay,
) -> Result<Vec<Stage>, RenderError> {
    if let [Operation::ExecuteStages { direction, stages }] = operations {
        return Ok(numbered(file_stages(dialect, *direction, stages, replay)?));
    }
    if operations.iter().any(|operation| matches!(operation, Operation::ExecuteStages { .. })) {
        return Err(RenderError::NotAlone { what: "a file of SQL" });
    }
    let before = dialect.capabilities().rebuilds_tables.then(|| replay.here.clone());
    let mut lowered = Vec::with_capacity(operations.len());
    for operation in operations {
        lowered.extend(replay.play(dialect, operation)?);
    }
    if lowered.iter().any(|operation| dialect.runs_outside_transaction(operation)) {
        if !lowered.iter().all(|operation| dialect.runs_outside_transaction(operation)) {
            let what = "an index that is created or dropped concurrently";
            return Err(RenderError::NotAlone { what });
        }
        let alone = Stage::new(StageKind::Alone, lowered);
        return Ok(numbered(vec![alone, Stage::new(StageKind::Rows, Vec::new())]));
    }
    let apart = match before {
        Some(before) => {
            if changes_a_table_twice(&lowered) {
                lowered = join_rebuilds(lowered, &before);
            }
            keys_on_and_off(dialect, lowered, before)
        }
        None => vec![lowered],
    };
    let mut stages = Vec::new();
    for operations in apart {
        for operations in split_before(operations, |before, next| {
            next.is_in_batches() || before.last().is_some_and(Operation::is_in_batches)
        }) {
            push_stages(dialect, operations, &mut stages);
        }
    }
    if stages.last().is_none_or(|last| last.kind == StageKind::Batches) {
        stages.push(Stage::new(
            if stages.is_empty() { StageKind::Together } else { StageKind::Rows },
            Vec::new(),
        ));
    }
    Ok(numbered(stages))
}

/// The stages of a step, of which the last changes the version rows.
fn numbered(mut stages: Vec<Stage>) -> Vec<Stage> {
    for (number, stage) in (1..).zip(&mut stages) {
        stage.number = number;
    }
    if let Some(last) = stages.last_mut() {
        last.records_rows = true;
    }
    stages
}

/// Operations in several parts: one begins wherever `begins` says so of what the part before it has and what comes next.
fn split_before(
    operations: Vec<Operation>,
    mut begins: impl FnMut(&[Operation], &Operation) -> bool,
) -> Vec<Vec<Operation>> {
    let mut parts: Vec<Vec<Operation>> = Vec::new();
    for operation in operations {
        let before = parts.last().map(Vec::as_slice).unwrap_or_default();
        match (begins(before, &operation), parts.last_mut()) {
            (false, Some(part)) => part.push(operation),
            _ => parts.push(vec![operation]),
        }
    }
    parts
}

/// Keeps what may delete rows that others refer to apart from what needs foreign keys to be off: these would then
/// neither be deleted, too, nor forbid it.
fn keys_on_and_off(
    dialect: &dyn Dialect,
    operations: Vec<Operation>,
    mut schema: Metadata,
) -> Vec<Vec<Operation>> {
    let (mut needs_keys, mut needs_none) = (false, false);
    split_before(operations, |_, operation| {
        let on = may_move_referred_rows(dialect, operation, &schema);
        let off = !operation.is_data() && suspends_foreign_keys(dialect, operation, &schema);
        // What cannot be played is found where the step is rendered.
        let _played = play(&mut schema, operation);
        let begins = operation.is_in_batches() || (needs_keys || on) && (needs_none || off);
        if begins {
            (needs_keys, needs_none) = (false, false);
        }
        needs_keys |= on;
        needs_none |= off;
        begins
    })
}

fn suspends_foreign_keys(dialect: &dyn Dialect, operation: &Operation, schema: &Metadata) -> bool {
    match dialect.render(operation, schema) {
        Ok(rendered) => rendered.suspends_foreign_keys,
        Err(_) => matches!(operation, Operation::AlterTable { .. }),
    }
}

/// The stages of operations that are committed together as far as the database can do that.
fn push_stages(dialect: &dyn Dialect, mut operations: Vec<Operation>, stages: &mut Vec<Stage>) {
    if operations.iter().any(Operation::is_in_batches) {
        return stages.push(Stage::new(StageKind::Batches, operations));
    }
    let values = take_new_values(dialect, &mut operations);
    if !values.is_empty() {
        stages.push(Stage::new(StageKind::Together, values));
    }
    stages.push(Stage::new(together(&operations), operations));
}

/// How operations are committed that stand in one transaction where they can.
fn together(operations: &[Operation]) -> StageKind {
    let rows_only = !operations.is_empty() && operations.iter().all(Operation::is_data);
    if rows_only { StageKind::Rows } else { StageKind::Together }
}

/// The stages of a revision file of SQL. One that says nothing is one stage, for the version rows.
fn file_stages(
    dialect: &dyn Dialect,
    direction: Direction,
    sections: &PerDialect<Vec<SqlStage>>,
    replay: &mut Replay,
) -> Result<Vec<Stage>, RenderError> {
    let mut stages = Vec::new();
    for here in sections::stages(dialect, direction, sections)? {
        if here.operations.is_empty() {
            continue;
        }
        for operation in &here.operations {
            replay.play(dialect, operation)?;
        }
        let kind = if here.no_transaction { StageKind::Alone } else { together(&here.operations) };
        stages.push(Stage { no_foreign_keys: here.no_foreign_keys, ..Stage::new(kind, here.operations) });
    }
    if stages.last().is_none_or(|last| last.kind == StageKind::Alone) {
        stages.push(Stage::new(StageKind::Rows, Vec::new()));
    }
    Ok(stages)
}

/// Takes the values that are added to enum types out of a step which does something else, too: they cannot
/// be used before they are committed. A type that the step itself creates or renames values of is left
/// alone: PostgreSQL lets its values be used at once, or the order would change what they mean.
fn take_new_values(dialect: &dyn Dialect, operations: &mut Vec<Operation>) -> Vec<Operation> {
    let only_one = operations.len() <= 1;
    if only_one || !dialect.capabilities().enum_types {
        return Vec::new();
    }
    let mut touched: Vec<TableName> = Vec::new();
    let mut taken = Vec::new();
    for operation in operations.iter_mut() {
        match operation {
            Operation::CreateEnum { enum_type } => touched.extend(enum_type.name.clone()),
            Operation::AlterEnum { name, changes } => {
                let adds = |change: &EnumChange| matches!(change, EnumChange::AddValue { .. });
                let first_other = changes.iter().position(|change| !adds(change)).unwrap_or(changes.len());
                if !touched.contains(name) && first_other > 0 {
                    let rest = changes.split_off(first_other);
                    let changes = std::mem::replace(changes, rest);
                    taken.push(Operation::AlterEnum { name: name.clone(), changes });
                }
                touched.push(name.clone());
            }
            _ => {}
        }
    }
    operations
        .retain(|operation| !matches!(operation, Operation::AlterEnum { changes, .. } if changes.is_empty()));
    taken
}

fn changes_a_table_twice(operations: &[Operation]) -> bool {
    let mut seen = HashSet::new();
    operations.iter().any(|operation| match operation {
        Operation::AlterTable { table, .. } => !seen.insert(table),
        _ => false,
    })
}

/// Joins the changes of a table that could all be made in one rebuild: a later change is moved forward to
/// an earlier one of the same table, or that back to it, if it does not matter to what stands between them. A
/// column's new name stays where it is.
fn join_rebuilds(operations: Vec<Operation>, before: &Metadata) -> Vec<Operation> {
    let mut joined: Vec<Operation> = Vec::with_capacity(operations.len());
    let mut schemas: Vec<Metadata> = Vec::new();
    let mut schema = before.clone();
    for operation in operations {
        let place = earlier_change(&joined, &schemas, &operation);
        let mut after = schema.clone();
        if play(&mut after, &operation).is_err() {
            after = schema.clone();
        }
        match (place, operation) {
            (Some((at, moves)), Operation::AlterTable { changes: more, .. }) => {
                if let Some(Operation::AlterTable { changes, .. }) = joined.get_mut(at) {
                    changes.extend(more);
                }
                if moves == Moves::Back {
                    joined[at..].rotate_left(1);
                }
                let mut replayed = schemas[at].clone();
                for (position, operation) in joined.iter().enumerate().skip(at) {
                    schemas[position] = replayed.clone();
                    if play(&mut replayed, operation).is_err() {
                        break;
                    }
                }
            }
            (_, operation) => {
                schemas.push(schema);
                joined.push(operation);
            }
        }
        schema = after;
    }
    joined
}

/// Where two changes of a table are joined.
#[derive(PartialEq)]
enum Moves {
    /// Where the earlier one stands.
    Forward,
    /// Where the later one stands.
    Back,
}

/// The earlier change of the same table that `operation` can be joined to.
fn earlier_change(
    joined: &[Operation],
    schemas: &[Metadata],
    operation: &Operation,
) -> Option<(usize, Moves)> {
    let Operation::AlterTable { table, changes } = operation else { return None };
    if changes.iter().any(renames) {
        return None;
    }
    let at = joined.iter().rposition(|earlier| match earlier {
        Operation::AlterTable { table: earlier, changes } => earlier == table && !changes.iter().any(renames),
        _ => false,
    })?;
    if let Operation::AlterTable { changes: earlier, .. } = &joined[at]
        && changes
            .iter()
            .filter_map(altered)
            .any(|column| earlier.iter().filter_map(altered).any(|e| e == column))
    {
        return None;
    }
    let between = &joined[at + 1..];
    if between.is_empty() {
        return Some((at, Moves::Forward));
    }
    if between.iter().any(|between| between.is_data() || between.table().is_none()) {
        return None;
    }
    let played = |order: &[&Operation]| {
        let mut schema = schemas[at].clone();
        order.iter().try_for_each(|operation| play(&mut schema, operation)).ok().map(|()| schema)
    };
    let as_written: Vec<&Operation> = joined[at..].iter().chain([operation]).collect();
    let forward: Vec<&Operation> = [&joined[at], operation].into_iter().chain(between).collect();
    let back: Vec<&Operation> = between.iter().chain([&joined[at], operation]).collect();
    let wanted = played(&as_written)?;
    let leads_there = |(_, order): &(Moves, Vec<&Operation>)| played(order).as_ref() == Some(&wanted);
    let moves = [(Moves::Forward, forward), (Moves::Back, back)].into_iter().find(leads_there)?;
    Some((at, moves.0))
}

/// The column that a change makes or changes: its rows may depend on what comes first.
fn altered(change: &TableChange) -> Option<&str> {
    match change {
        TableChange::AddColumn { column, .. } => Some(&column.name),
        TableChange::AlterColumn(alter) => Some(&alter.name),
        TableChange::DropColumn { name, .. } => Some(name),
        _ => None,
    }
}

fn renames(change: &TableChange) -> bool {
    matches!(change, TableChange::AlterColumn(alter) if alter.rename.is_some())
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName;
    use dunlin_core::prelude::*;

    use super::*;
    use crate::dialect::dialect;

    /// The operations of a revision on SQLite, behind one that makes the tables `t` and `u`.
    fn on_sqlite(record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
        let mut op = Operations::default();
        for table in ["t", "u"] {
            op.create_table(table, |t| {
                t.column("a", DataType::Integer).primary_key();
                t.column("b", DataType::Integer);
                t.column("c", DataType::Integer);
            });
        }
        let sqlite = dialect(DialectName::Sqlite);
        let mut replay = Replay::new(Metadata::default());
        stages(sqlite, &op.finish(), &mut replay).unwrap();
        let mut op = Operations::default();
        record(&mut op);
        stages(sqlite, &op.finish(), &mut replay)
            .unwrap()
            .into_iter()
            .flat_map(|stage| stage.operations)
            .collect()
    }

    #[test]
    fn changes_of_a_table_are_made_in_one_rebuild_if_nothing_stands_between_that_matters() {
        let joined = on_sqlite(|op| {
            op.alter_column("t", "b", |c| c.nullable(false));
            op.create_index("ix", "u", ["b"]);
            op.create_unique_constraint("t_uq", "t", ["b"]);
            op.alter_column("u", "b", |c| c.nullable(false));
            op.alter_column("t", "c", |c| c.nullable(false));
        });
        let changes: Vec<usize> = joined
            .iter()
            .map(|operation| match operation {
                Operation::AlterTable { changes, .. } => changes.len(),
                _ => 0,
            })
            .collect();
        assert_eq!(changes, [3, 0, 1]);
    }

    /// The tables that are copied and swapped.
    fn rebuilt(record: impl FnOnce(&mut Operations)) -> Vec<String> {
        let mut schema = Metadata::default();
        let mut before = Operations::default();
        for table in ["t", "u"] {
            before.create_table(table, |t| {
                t.column("a", DataType::Integer).primary_key();
                t.column("b", DataType::Integer);
                t.column("c", DataType::Integer);
            });
        }
        before.create_foreign_key("t", ForeignKey::new(["b"], "u", ["a"]).named("t_fk"));
        let sqlite = dialect(DialectName::Sqlite);
        let mut replay = Replay::new(Metadata::default());
        for operation in stages(sqlite, &before.finish(), &mut replay).unwrap()[0].operations.iter() {
            play(&mut schema, operation).unwrap();
        }
        let mut op = Operations::default();
        record(&mut op);
        let mut rebuilt = Vec::new();
        for stage in stages(sqlite, &op.finish(), &mut replay).unwrap() {
            for operation in &stage.operations {
                let rendered = sqlite.render(operation, &schema).unwrap();
                rebuilt.extend(rendered.rebuilds.map(|table| table.name));
                play(&mut schema, operation).unwrap();
            }
        }
        rebuilt
    }

    #[test]
    fn a_foreign_key_that_is_made_anew_costs_one_rebuild() {
        let key = || ForeignKey::new(["b"], "u", ["a"]).named("t_fk2").on_delete(ReferentialAction::Cascade);
        let fk = ConstraintKind::ForeignKey;
        let at_once = rebuilt(|op| {
            op.alter_table("t", |t| {
                t.drop_constraint(fk, "t_fk");
                t.create_foreign_key(key());
            });
        });
        assert_eq!(at_once, ["t"]);
        let one_by_one = rebuilt(|op| {
            op.drop_constraint(fk, "t_fk", "t");
            op.create_index("ix", "t", ["c"]);
            op.create_foreign_key("t", key());
        });
        assert_eq!(one_by_one, ["t"]);
        let both_types = rebuilt(|op| {
            op.drop_constraint(fk, "t_fk", "t");
            op.alter_column("u", "a", |c| c.column_type(DataType::BigInteger));
            op.alter_column("t", "b", |c| c.column_type(DataType::BigInteger));
            op.create_foreign_key("t", key());
        });
        assert_eq!(both_types, ["t", "u"]);
        let renamed = rebuilt(|op| {
            op.drop_constraint(fk, "t_fk", "t");
            op.rename_column("t", "b", "d");
            op.create_foreign_key("t", ForeignKey::new(["d"], "u", ["a"]).named("t_fk2"));
        });
        assert_eq!(renamed, ["t"]);
    }

    #[test]
    fn what_may_delete_referred_rows_stands_apart_from_a_rebuild() {
        let kinds = |record: fn(&mut Operations)| {
            let mut op = Operations::default();
            op.create_table("u", |t| {
                t.column("a", DataType::Integer).primary_key();
                t.column("b", DataType::Integer);
            });
            op.create_table("t", |t| {
                t.column("a", DataType::Integer).primary_key();
                t.column("b", DataType::Integer);
                t.foreign_key(ForeignKey::new(["b"], "u", ["a"]).named("t_fk"));
            });
            let sqlite = dialect(DialectName::Sqlite);
            let mut replay = Replay::new(Metadata::default());
            stages(sqlite, &op.finish(), &mut replay).unwrap();
            let mut op = Operations::default();
            record(&mut op);
            let stages = stages(sqlite, &op.finish(), &mut replay).unwrap();
            stages.iter().map(|stage| stage.operations.len()).collect::<Vec<_>>()
        };
        for (sql, apart) in [
            ("DELETE FROM u WHERE a = 1", true),
            ("delete from main.\"u\"", true),
            ("DELETE FROM t WHERE b IN (SELECT a FROM u)", false),
            ("UPDATE u SET b = 1 WHERE b = 2", false),
            ("UPDATE u SET a = 1 WHERE b = 2", true),
            ("UPDATE OR IGNORE u SET a = 1", true),
            ("UPDATE t SET b = (SELECT a FROM u)", false),
            ("INSERT INTO u (a) VALUES (7)", false),
            ("INSERT OR REPLACE INTO u (a) VALUES (7)", true),
            ("REPLACE INTO u (a) VALUES (7)", true),
            ("REPLACE INTO t (a) VALUES (7)", false),
            ("WITH x AS (SELECT 1) DELETE FROM u", true),
        ] {
            assert_eq!(may_move(sql), apart, "{sql}");
        }
        let before: fn(&mut Operations) = |op| {
            op.execute("DELETE FROM u WHERE b IS NULL");
            op.alter_column("u", "b", |c| c.nullable(false));
        };
        assert_eq!(kinds(before), [1, 1]);
        let between: fn(&mut Operations) = |op| {
            op.add_column("u", Column::new("c", DataType::Integer));
            op.execute("DELETE FROM u WHERE b IS NULL");
            op.alter_column("u", "b", |c| c.nullable(false));
            op.execute("UPDATE u SET c = b");
            op.run("clean up", ["u"], |_| Box::pin(async { Ok(()) }));
        };
        assert_eq!(kinds(between), [2, 2, 1]);
        let harmless: fn(&mut Operations) = |op| {
            op.execute("DELETE FROM t WHERE b IS NULL");
            op.run("clean up", ["t"], |_| Box::pin(async { Ok(()) }));
            op.alter_column("t", "b", |c| c.nullable(false));
        };
        assert_eq!(kinds(harmless), [3]);
    }

    /// Whether a statement may move rows of `u` that `t` refers to.
    fn may_move(sql: &str) -> bool {
        let mut schema = Metadata::default();
        schema.table("t", |t| {
            t.column("b", DataType::Integer);
            t.foreign_key(ForeignKey::new(["b"], "u", ["a"]).named("t_fk"));
        });
        let operation = Operation::Execute { sql: sql.into(), ddl: false, touches: None };
        may_move_referred_rows(dialect(DialectName::Sqlite), &operation, &schema)
    }

    #[test]
    fn a_change_waits_for_the_rows_that_stand_before_it() {
        let apart = on_sqlite(|op| {
            op.alter_column("t", "b", |c| c.column_type(DataType::Text));
            op.execute("UPDATE t SET b = 'x'");
            op.alter_column("t", "c", |c| c.nullable(false));
        });
        assert_eq!(apart.len(), 3);
        let again = on_sqlite(|op| {
            op.add_column("t", Column::new("d", DataType::Integer).not_null().server_default(1));
            op.alter_column("t", "d", |c| c.drop_server_default());
        });
        assert_eq!(again.len(), 2);
    }
}
