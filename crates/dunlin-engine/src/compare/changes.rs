//! The changes of a whole schema, in an order that runs.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use dunlin_core::operation::{Operation, TableChange, create_all};
use dunlin_core::schema::{Constraint, Index, Metadata, Name, Table, TableName};

use super::CompareError;
use super::dependents;
use super::enums::{self, EnumChanges};
use super::keys::Footing;
use super::normal::Schema;
use super::table::{Pair, TableChanges, Way};
use crate::dialect::Dialect;

/// What makes of one schema the other, where no name is another one's.
///
/// First goes what stands on others (views, objects, foreign keys, indexes), then tables go, change and
/// come, and at last comes what stands on them.
pub(super) fn changes(
    dialect: &dyn Dialect,
    from: &Schema,
    to: &Schema,
    way: Way,
) -> Result<Vec<Operation>, CompareError> {
    let EnumChanges { from, before, between, behind, recast, recomputed } =
        enums::changes(dialect, from, to)?;
    let from = &from;
    let pairs = pairs(from, to, way);
    let mut footing = footing(&pairs, dependents::functions_made_anew(dialect.name(), from, to));
    for (table, columns) in recast {
        footing.columns.extend(columns.iter().map(|column| (table.clone(), column.clone())));
        footing.recast.insert(table, columns);
    }
    for (table, column) in &recomputed {
        footing.columns.insert((table.clone(), column.clone()));
        footing.recast.entry(table.clone()).or_default().push(column.clone());
    }
    footing.recomputed = recomputed;
    let may_change = pairs.iter().filter(|pair| pair.differs || !footing.is_empty());
    let mut altered: Vec<(&Pair<'_>, TableChanges)> =
        may_change.map(|pair| (pair, pair.changes(&footing))).collect();
    let gone = gone(from, to);
    let dependents = dependents::changes(dialect.name(), from, to, &pairs, &gone, &footing);

    let mut operations = Vec::new();
    operations.extend(
        schemas(to.said(), from.said()).map(|name| Operation::CreateSchema { name, if_not_exists: false }),
    );
    operations.extend(dependents.drop);
    operations.extend(circular_keys(from, &gone));
    for (pair, changes) in &mut altered {
        operations.extend(alter(pair, std::mem::take(&mut changes.drop_foreign_keys)));
    }
    let taken = names_that_move(&altered);
    let has_calls = !footing.functions.is_empty();
    if !between.is_empty() || !taken.is_empty() || has_calls {
        // What speaks of a type or calls a function is gone before it is; a name is free before another table
        // has it.
        for (pair, changes) in &mut altered {
            let is_drop = |change: &TableChange| {
                matches!(
                    change,
                    TableChange::DropConstraint { .. } | TableChange::DropUnnamedConstraint { .. }
                )
            };
            let recast = has_calls || footing.recast.contains_key(&pair.from.name);
            let recreated = if has_calls { pair.recreated(&footing) } else { Vec::new() };
            let is_recreated = |change: &TableChange| matches!(change, TableChange::DropColumn { name, .. } if recreated.contains(name));
            let moves = |change: &TableChange| matches!(change, TableChange::DropConstraint { name, .. } if taken.contains(name.as_str()));
            let all = std::mem::take(&mut changes.changes);
            let (mut first, rest): (Vec<TableChange>, Vec<TableChange>) = all
                .into_iter()
                .partition(|change| (recast && is_drop(change)) || moves(change) || is_recreated(change));
            changes.changes = rest;
            first.extend(pair.without_calls(&footing));
            operations.extend(alter(pair, first));
        }
    }
    for (pair, changes) in &altered {
        let table = &pair.to.name;
        operations.extend(changes.drop_indexes.iter().map(|name| drop_index(table, name)));
    }
    operations.extend(
        gone.iter().map(|table| Operation::DropTable { table: table.name.clone(), if_exists: false }),
    );
    // A name that was another's is free by now.
    for (pair, changes) in &altered {
        operations.extend(changes.rename_indexes.iter().map(|(from, to)| Operation::RenameIndex {
            table: pair.to.name.clone(),
            from: from.clone(),
            to: to.clone(),
        }));
    }
    operations.extend(dependents.drop_under);
    operations.extend(before);
    operations.extend(dependents.create_first);
    operations.extend(between);
    for (pair, changes) in &mut altered {
        operations.extend(alter(pair, std::mem::take(&mut changes.changes)));
    }
    operations.extend(created(from, to));
    for (pair, changes) in altered {
        let create = |index: Index| create_index(&pair.to.name, index);
        operations.extend(changes.create_indexes.into_iter().map(create));
        operations.extend(alter(pair, changes.add_foreign_keys));
    }
    operations.extend(dependents.create);
    operations.extend(dependents.drop_last);
    operations.extend(behind);
    operations
        .extend(schemas(from.said(), to.said()).map(|name| Operation::DropSchema { name, if_exists: false }));
    Ok(operations)
}

/// The names of constraints that one table loses and another one gets: some databases have a name once.
fn names_that_move(altered: &[(&Pair<'_>, TableChanges)]) -> BTreeSet<String> {
    let all = || {
        altered.iter().flat_map(|(pair, changes)| changes.changes.iter().map(move |c| (&pair.from.name, c)))
    };
    let dropped = all().filter_map(|(table, change)| match change {
        TableChange::DropConstraint { name, .. } => Some((name.as_str().to_owned(), table)),
        _ => None,
    });
    let dropped: BTreeMap<String, &TableName> = dropped.collect();
    let added = all().filter_map(|(table, change)| match change {
        TableChange::AddConstraint { constraint } => Some((constraint.name()?.as_str(), table)),
        _ => None,
    });
    let moves = added.filter(|(name, table)| dropped.get(*name).is_some_and(|from| from != table));
    moves.map(|(name, _)| name.to_owned()).collect()
}

fn schemas<'m>(of: &'m Metadata, without: &'m Metadata) -> impl Iterator<Item = String> + 'm {
    of.schemas.iter().filter(|name| !without.schemas.contains(name)).cloned()
}

fn alter(pair: &Pair<'_>, changes: Vec<TableChange>) -> Option<Operation> {
    let table = pair.to.name.clone();
    (!changes.is_empty()).then_some(Operation::AlterTable { table, changes })
}

fn drop_index(table: &TableName, name: &Name) -> Operation {
    Operation::DropIndex { table: table.clone(), name: name.clone(), if_exists: false, concurrently: false }
}

fn create_index(table: &TableName, index: Index) -> Operation {
    Operation::CreateIndex { table: table.clone(), index, if_not_exists: false }
}

/// The tables that are in both, in the order of the second.
fn pairs<'s>(from: &'s Schema, to: &'s Schema, way: Way) -> Vec<Pair<'s>> {
    let pair = |table: &'s Table| {
        let from_table = from.table(&table.name)?;
        Some(Pair {
            from: from_table,
            to: table,
            said_from: from.said_table(&table.name).unwrap_or(from_table),
            said_to: to.said_table(&table.name).unwrap_or(table),
            way,
            differs: from_table != table,
        })
    };
    to.here().tables().iter().filter_map(pair).collect()
}

/// What foreign keys stand on and is not there for a while.
fn footing(pairs: &[Pair<'_>], functions: HashSet<String>) -> Footing {
    let has_calls = !functions.is_empty();
    let mut footing = Footing { functions, ..Footing::default() };
    for pair in pairs.iter().filter(|pair| pair.differs || has_calls) {
        let name = &pair.from.name;
        let moved = pair.recreated(&footing).into_iter().chain(pair.retyped());
        footing.columns.extend(moved.map(|column| (name.clone(), column)));
        let dropped = dropped_keys(pair);
        if !dropped.is_empty() {
            footing.keys.insert(name.clone(), dropped);
        }
    }
    footing
}

/// The columns of the keys that a table loses, if only for a while.
fn dropped_keys(pair: &Pair<'_>) -> Vec<Vec<String>> {
    let changes = pair.changes(&Footing::default());
    let tables = [pair.from, pair.said_from];
    let constraints = changes.changes.iter().filter_map(|change| match change {
        TableChange::DropConstraint { kind, name, .. } => {
            let known = tables.iter().find_map(|table| table.constraint(*kind, name));
            known.map(|constraint| constraint.columns().to_vec())
        }
        TableChange::DropUnnamedConstraint { constraint } => Some(constraint.columns().to_vec()),
        _ => None,
    });
    let indexes = changes.drop_indexes.iter().filter_map(|name| {
        let index = tables.iter().find_map(|table| table.index(name)).filter(|index| index.unique)?;
        Some(index.columns().map(str::to_owned).collect())
    });
    constraints.chain(indexes).filter(|columns: &Vec<String>| !columns.is_empty()).collect()
}

/// The tables that are in the first schema only, each before those it refers to.
fn gone<'s>(from: &'s Schema, to: &Schema) -> Vec<&'s Table> {
    let is_gone = |table: &&Table| to.table(&table.name).is_none();
    if !from.here().tables().iter().any(|table| is_gone(&table)) {
        return Vec::new();
    }
    let mut gone: Vec<&Table> = from.here().creation_order().into_iter().filter(is_gone).collect();
    gone.reverse();
    // What inherits goes before what it inherits from.
    let mut ordered: Vec<&Table> = Vec::with_capacity(gone.len());
    while !gone.is_empty() {
        let free = gone.iter().position(|table| {
            !gone.iter().any(|other| other.name != table.name && other.options.inherits.contains(&table.name))
        });
        ordered.push(gone.remove(free.unwrap_or(0)));
    }
    ordered
}

/// Drops the foreign keys between tables that go, where a table goes before one that refers to it.
fn circular_keys(from: &Schema, gone: &[&Table]) -> Vec<Operation> {
    let places: BTreeMap<&TableName, usize> =
        gone.iter().enumerate().map(|(at, table)| (&table.name, at)).collect();
    let mut operations = Vec::new();
    for (at, table) in gone.iter().enumerate() {
        let earlier = |referred: &TableName| places.get(referred).is_some_and(|place| *place < at);
        let keys = table.foreign_keys.iter().filter(|key| earlier(&key.referred_table));
        let pair = Pair {
            from: table,
            to: table,
            said_from: from.said_table(&table.name).unwrap_or(table),
            said_to: table,
            way: Way::There,
            differs: false,
        };
        let drop = keys.map(|key| pair.dropped(&Constraint::ForeignKey(key.clone()))).collect();
        operations.extend(alter(&pair, drop));
    }
    operations
}

/// Creates the tables that are in the second schema only.
fn created(from: &Schema, to: &Schema) -> Vec<Operation> {
    let new = to.said().tables().iter().filter(|table| from.table(&table.name).is_none());
    let mut metadata = Metadata::default();
    metadata.extend(new.map(|table| {
        let mut table = table.clone();
        table.names_mut().for_each(|name| *name = Name::exact(name.as_str()));
        table
    }));
    create_all(&metadata)
}
