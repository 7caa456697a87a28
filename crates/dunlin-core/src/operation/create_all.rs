//! Models as operations.

use super::{Operation, TableChange};
use crate::schema::{Constraint, Metadata, Object, TableName};

/// The operations that create everything in `metadata`: schemas, enum types, tables (each after those it
/// refers to), objects, views. An object that speaks of no table and no view stands before the tables, one that
/// speaks of a view behind the views.
///
/// Of tables that refer to each other, the first is created without the keys to the later ones; those
/// keys are added behind the tables.
pub fn create_all(metadata: &Metadata) -> Vec<Operation> {
    let schemas = metadata.schemas.iter().cloned();
    let schemas = schemas.map(|name| Operation::CreateSchema { name, if_not_exists: false });
    let enum_types = metadata.enum_types.iter().cloned();
    let enum_types = enum_types.map(|enum_type| Operation::CreateEnum { enum_type });
    let mut operations: Vec<Operation> = schemas.chain(enum_types).collect();
    let (first, behind): (Vec<&Object>, Vec<&Object>) =
        metadata.objects.iter().partition(|object| speaks_of_nothing_in(object, metadata));
    let create = |object: &Object| Operation::CreateObject { object: object.clone() };
    operations.extend(first.into_iter().map(create));

    let mut deferred = Vec::new();
    let mut created: Vec<&TableName> = Vec::new();
    for table in metadata.creation_order() {
        created.push(&table.name);
        let known = |name: &TableName| created.contains(&name) || metadata.get(name).is_none();
        let (keys, later): (Vec<_>, Vec<_>) =
            table.foreign_keys.iter().cloned().partition(|key| known(&key.referred_table));
        let mut table = table.clone();
        table.foreign_keys = keys;
        deferred.extend(later.into_iter().map(|key| Operation::AlterTable {
            table: table.name.clone(),
            changes: vec![TableChange::AddConstraint { constraint: Constraint::ForeignKey(key) }],
        }));
        operations.push(Operation::CreateTable { table, if_not_exists: false });
    }
    operations.extend(deferred);

    let views: Vec<String> = metadata.views.iter().map(|view| view.name.name.to_lowercase()).collect();
    let (last, behind): (Vec<&Object>, Vec<&Object>) =
        behind.into_iter().partition(|object| words(object).any(|word| views.contains(&word)));
    operations.extend(behind.into_iter().map(create));
    let views = metadata.views.iter().cloned();
    operations.extend(views.map(|view| Operation::CreateView { view, or_replace: false }));
    operations.extend(last.into_iter().map(create));
    operations
}

/// Whether an object is there before all tables: an extension, or a function that checks need.
fn speaks_of_nothing_in(object: &Object, metadata: &Metadata) -> bool {
    let names = metadata.tables().iter().map(|table| &table.name.name);
    let names = names.chain(metadata.views.iter().map(|view| &view.name.name));
    let names: Vec<String> = names.map(|name| name.to_lowercase()).collect();
    object.touches.is_empty() && !words(object).any(|word| names.contains(&word))
}

/// The words of the statements that create an object, in small letters.
fn words(object: &Object) -> impl Iterator<Item = String> {
    let texts = object.create.iter().flat_map(crate::dialect::PerDialect::values);
    let words = texts.flat_map(|sql| sql.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}
