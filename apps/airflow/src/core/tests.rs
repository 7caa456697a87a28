//! What the history is made of. What it leaves is compared with the real one's facts, and with the models, in
//! `tests/it/history.rs`.

use dunlin_core::manager::HostContext;
use dunlin_core::operation::Operation;
use dunlin_core::prelude::*;
use dunlin_core::revision::Direction;
use dunlin_core::schema::TableName;

use super::db_manager;

fn host(schema: Option<&str>) -> HostContext {
    HostContext::new(schema.map(str::to_owned), airflow_plugin::naming_convention())
}

/// The revisions from the base up.
fn history() -> Vec<Migration> {
    let manager = db_manager();
    let mut history: Vec<Migration> = Vec::new();
    while let Some(next) = manager.all_migrations().iter().find(|migration| {
        let last = history.last().map(|migration| &migration.revision().id);
        migration.revision().down_revisions.iter().eq(last)
    }) {
        history.push(next.clone());
    }
    assert_eq!(history.len(), manager.all_migrations().len(), "the history is not one line");
    history
}

/// What a revision does for a host.
fn recorded(migration: &Migration, direction: Direction, host: &HostContext) -> Vec<Operation> {
    let mut op = Operations::new(host.naming_convention());
    migration.record(direction, &mut op).unwrap();
    let mut operations = op.finish();
    operations.iter_mut().for_each(|operation| operation.qualify(host.schema()));
    operations
}

#[test]
fn versions_belong_to_the_release_before_them() {
    let manager = db_manager();
    for (version, revision) in [
        ("2.6.2", "4bc4d934e2bc"),
        ("2.6.3", "4bc4d934e2bc"),
        ("2.7.0", "405de8318b3a"),
        ("3.3.2", "d2f4e1b3c5a7"),
    ] {
        let release = manager.releases().resolve(version).unwrap();
        assert_eq!(release.revision, Some(revision.into()), "{version}");
    }
    let error = manager.releases().resolve("3.3.3").unwrap_err();
    assert_eq!(error.to_string(), "version 3.3.3 is not known: this build ends at 3.3.2");
}

#[test]
fn revisions_leave_no_name_to_a_convention() {
    let unnamed = HostContext::default();
    for migration in history() {
        assert_eq!(
            recorded(&migration, Direction::Upgrade, &unnamed),
            recorded(&migration, Direction::Upgrade, &host(None)),
            "{}",
            migration.revision().id
        );
    }
}

#[test]
fn a_table_stands_as_long_as_another_refers_to_it() {
    let base = history().remove(0);
    let mut standing = Metadata::default();
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        for operation in recorded(&base, direction, &HostContext::default()) {
            standing.apply(&operation).unwrap();
            let dangling = dangling(&standing);
            assert!(dangling.is_empty(), "{dangling:?} after {operation:?}");
        }
    }
}

/// Tables with a foreign key to one that is not there.
fn dangling(metadata: &Metadata) -> Vec<&TableName> {
    let refers_to_nothing =
        |table: &&Table| table.foreign_keys.iter().any(|key| metadata.get(&key.referred_table).is_none());
    metadata.tables().iter().filter(refers_to_nothing).map(|table| &table.name).collect()
}
