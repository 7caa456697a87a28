//! Models as operations.

use super::{Operation, TableChange};
use crate::schema::{Constraint, Metadata, TableName};

/// The operations that create everything in `metadata`: schemas, enum types, tables (each after those it
/// refers to), objects, views.
///
/// Of tables that refer to each other, the first is created without the keys to the later ones; those
/// keys are added behind the tables.
pub fn create_all(metadata: &Metadata) -> Vec<Operation> {
    let schemas = metadata.schemas.iter().cloned();
    let schemas = schemas.map(|name| Operation::CreateSchema { name, if_not_exists: false });
    let enum_types = metadata.enum_types.iter().cloned();
    let enum_types = enum_types.map(|enum_type| Operation::CreateEnum { enum_type });
    let mut operations: Vec<Operation> = schemas.chain(enum_types).collect();

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

    operations.extend(metadata.objects.iter().cloned().map(|object| Operation::CreateObject { object }));
    let views = metadata.views.iter().cloned();
    operations.extend(views.map(|view| Operation::CreateView { view, or_replace: false }));
    operations
}
