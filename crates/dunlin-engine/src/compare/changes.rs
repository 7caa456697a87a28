//! The changes of a whole schema, in an order that runs.

use std::collections::{BTreeMap, HashSet};

use dunlin_core::operation::{Operation, TableChange, create_all};
use dunlin_core::schema::{Constraint, Index, Metadata, Name, Object, Table, TableName, View};

use super::CompareError;
use super::enums::{self, EnumChanges};
use super::keys::Footing;
use super::normal::Schema;
use super::table::{Pair, TableChanges};
use crate::dialect::Dialect;
use crate::sql::rename::names_word;

/// What makes of one schema the other, where no name is another one's.
///
/// First goes what stands on others (views, objects, foreign keys, indexes), then tables go, change and
/// come, and at last comes what stands on them.
pub(super) fn changes(
    dialect: &dyn Dialect,
    from: &Schema,
    to: &Schema,
) -> Result<Vec<Operation>, CompareError> {
    let EnumChanges { from, before, between, behind, recast } = enums::changes(dialect, from, to)?;
    let from = &from;
    let pairs = pairs(from, to);
    let mut footing = footing(&pairs);
    for (table, columns) in recast {
        footing.columns.extend(columns.iter().map(|column| (table.clone(), column.clone())));
        footing.recast.insert(table, columns);
    }
    let mut altered: Vec<(&Pair<'_>, TableChanges)> =
        pairs.iter().map(|pair| (pair, pair.changes(&footing))).collect();
    let gone = gone(from, to);
    let (drop_views, create_views) = views(from, to, &pairs, &gone, &footing);
    let (drop_objects, create_objects) = objects(from, to, &gone);

    let mut operations = Vec::new();
    operations.extend(
        schemas(to.said(), from.said()).map(|name| Operation::CreateSchema { name, if_not_exists: false }),
    );
    operations.extend(drop_views.into_iter().map(|view| Operation::DropView {
        name: view.name.clone(),
        materialized: view.materialized,
        if_exists: false,
    }));
    operations.extend(drop_objects.into_iter().map(|object| Operation::DropObject { object }));
    operations.extend(circular_keys(from, &gone));
    for (pair, changes) in &mut altered {
        operations.extend(alter(pair, std::mem::take(&mut changes.drop_foreign_keys)));
    }
    if !between.is_empty() {
        // Conditions that speak of a type are gone before it is.
        for (pair, changes) in &mut altered {
            let is_drop = |change: &TableChange| {
                matches!(
                    change,
                    TableChange::DropConstraint { .. } | TableChange::DropUnnamedConstraint { .. }
                )
            };
            let recast = footing.recast.contains_key(&pair.from.name);
            let all = std::mem::take(&mut changes.changes);
            let (first, rest) = all.into_iter().partition(|change| recast && is_drop(change));
            changes.changes = rest;
            operations.extend(alter(pair, first));
        }
    }
    for (pair, changes) in &altered {
        let table = &pair.to.name;
        operations.extend(changes.drop_indexes.iter().map(|name| drop_index(table, name)));
        operations.extend(changes.rename_indexes.iter().map(|(from, to)| Operation::RenameIndex {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        }));
    }
    operations.extend(
        gone.iter().map(|table| Operation::DropTable { table: table.name.clone(), if_exists: false }),
    );
    operations.extend(before);
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
    operations.extend(behind);
    operations.extend(create_objects.into_iter().map(|object| Operation::CreateObject { object }));
    operations.extend(create_views.into_iter().map(|view| Operation::CreateView { view, or_replace: false }));
    operations
        .extend(schemas(from.said(), to.said()).map(|name| Operation::DropSchema { name, if_exists: false }));
    Ok(operations)
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
fn pairs<'s>(from: &'s Schema, to: &'s Schema) -> Vec<Pair<'s>> {
    let pair = |table: &'s Table| {
        let from_table = from.table(&table.name)?;
        Some(Pair {
            from: from_table,
            to: table,
            said_from: from.said_table(&table.name).unwrap_or(from_table),
            said_to: to.said_table(&table.name).unwrap_or(table),
        })
    };
    to.here().tables().iter().filter_map(pair).collect()
}

/// What foreign keys stand on and is not there for a while.
fn footing(pairs: &[Pair<'_>]) -> Footing {
    let mut footing = Footing::default();
    for pair in pairs.iter().filter(|pair| pair.from != pair.to) {
        let name = &pair.from.name;
        let moved = pair.recreated().into_iter().chain(pair.retyped());
        footing.columns.extend(moved.map(|column| (name.clone(), column)));
        let kept: HashSet<Vec<&str>> = keys(pair.to).collect();
        let dropped = keys(pair.from).filter(|columns| !kept.contains(columns));
        let dropped: Vec<Vec<String>> =
            dropped.map(|columns| columns.into_iter().map(str::to_owned).collect()).collect();
        if !dropped.is_empty() {
            footing.keys.insert(name.clone(), dropped);
        }
    }
    footing
}

/// The columns of each key of a table, in order.
fn keys(table: &Table) -> impl Iterator<Item = Vec<&str>> {
    let key = table.primary_key.iter().map(|key| &key.columns);
    let constraints = key.chain(table.uniques.iter().map(|unique| &unique.columns));
    let constraints = constraints.map(|columns| columns.iter().map(String::as_str).collect());
    let indexes = table.indexes.iter().filter(|index| index.unique && index.predicate.is_none());
    constraints.chain(indexes.map(|index| index.columns().collect()))
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

/// The views to be dropped, each before those it reads, and to be created, each behind those it reads.
fn views(
    from: &Schema,
    to: &Schema,
    pairs: &[Pair<'_>],
    gone: &[&Table],
    footing: &Footing,
) -> (Vec<View>, Vec<View>) {
    let mut disturbed: HashSet<&str> = gone.iter().map(|table| table.name.name.as_str()).collect();
    let loses =
        |pair: &&Pair<'_>| pair.from.columns.iter().any(|column| pair.to.column(&column.name).is_none());
    disturbed.extend(pairs.iter().filter(loses).map(|pair| pair.from.name.name.as_str()));
    disturbed.extend(footing.columns.iter().map(|(table, _)| table.name.as_str()));
    let before = ordered(&from.here().views);
    let behind = ordered(&to.here().views);
    let mut dropped: Vec<View> = Vec::new();
    for view in before {
        let same = behind.iter().any(|other| *other == view);
        let reads = |name: &&str| view.query.values().any(|query| names_word(query, name));
        if !same || disturbed.iter().any(reads) {
            disturbed.insert(&view.name.name);
            dropped.push(view.clone());
        }
    }
    let is_kept = |view: &View| {
        from.here().views.contains(view) && !dropped.iter().any(|dropped| dropped.name == view.name)
    };
    let said = |view: &View| to.said().views.iter().find(|said| said.name == view.name).cloned();
    let created = behind.into_iter().filter(|view| !is_kept(view)).filter_map(said).collect();
    dropped.reverse();
    (dropped, created)
}

/// Views, each behind those it reads.
fn ordered(views: &[View]) -> Vec<&View> {
    fn visit<'v>(
        view: &'v View,
        views: &'v [View],
        seen: &mut HashSet<&'v TableName>,
        ordered: &mut Vec<&'v View>,
    ) {
        if !seen.insert(&view.name) {
            return;
        }
        let queries: Vec<&String> = view.query.values().collect();
        let reads = |other: &&View| queries.iter().any(|query| names_word(query, &other.name.name));
        for other in views.iter().filter(reads) {
            visit(other, views, seen, ordered);
        }
        ordered.push(view);
    }
    let (mut seen, mut ordered) = (HashSet::new(), Vec::with_capacity(views.len()));
    for view in views {
        visit(view, views, &mut seen, &mut ordered);
    }
    ordered
}

/// The objects to be dropped, and to be created. What is part of a table goes with it.
fn objects(from: &Schema, to: &Schema, gone: &[&Table]) -> (Vec<Object>, Vec<Object>) {
    let (before, behind) = (&from.here().objects, &to.here().objects);
    let said = |schema: &Schema, object: &Object| {
        schema.said().objects.iter().find(|said| said.name == object.name).cloned()
    };
    let dropped = before.iter().rev().filter(|object| !behind.contains(object));
    let dropped = dropped.filter(|object| !gone.iter().any(|table| object.is_of(&table.name)));
    let created = behind.iter().filter(|object| !before.contains(object));
    (
        dropped.filter_map(|object| said(from, object)).collect(),
        created.filter_map(|object| said(to, object)).collect(),
    )
}
