//! Tests of the whole model: everything it can say, there and back.

mod data;
mod enums;
mod everything;
mod reverse;
mod serde;

use crate::operation::Operations;
use crate::schema::{Metadata, SchemaError};

/// Plays what a revision records, without a naming convention.
fn play(metadata: &mut Metadata, revision: impl FnOnce(&mut Operations)) -> Result<(), SchemaError> {
    let mut op = Operations::default();
    revision(&mut op);
    op.finish().iter().try_for_each(|operation| metadata.apply(operation))
}

/// The same schema, its parts in one order: what is dropped and made again stands behind the others.
fn sorted(metadata: &Metadata) -> Metadata {
    let mut sorted = Metadata::default();
    let mut tables = metadata.tables().to_vec();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    for table in &mut tables {
        table.uniques.sort_by_key(|unique| format!("{unique:?}"));
        table.foreign_keys.sort_by_key(|key| format!("{key:?}"));
        table.checks.sort_by_key(|check| format!("{check:?}"));
        table.excludes.sort_by_key(|exclude| format!("{exclude:?}"));
        table.indexes.sort_by_key(|index| format!("{index:?}"));
        *sorted.entry(table.name.clone()) = table.clone();
    }
    sorted.schemas = metadata.schemas.clone();
    sorted.schemas.sort();
    sorted.enum_types = metadata.enum_types.clone();
    sorted.enum_types.sort_by(|a, b| a.name.cmp(&b.name));
    sorted.views = metadata.views.clone();
    sorted.views.sort_by(|a, b| a.name.cmp(&b.name));
    sorted.objects = metadata.objects.clone();
    sorted.objects.sort_by(|a, b| a.name.cmp(&b.name));
    sorted
}
