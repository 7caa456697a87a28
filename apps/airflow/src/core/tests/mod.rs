//! The history played in memory, against the models and against the facts.

mod facts;

use dunlin_core::manager::HostContext;
use dunlin_core::operation::Operation;
use dunlin_core::prelude::*;
use dunlin_core::revision::Direction;
use dunlin_core::schema::TableName;

use super::{db_manager, models};

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

fn play(metadata: &mut Metadata, migration: &Migration, direction: Direction, host: &HostContext) {
    for operation in recorded(migration, direction, host) {
        let played = metadata.apply(&operation);
        assert_eq!(played, Ok(()), "{direction} of {}: {operation:?}", migration.revision().id);
    }
}

/// The schema at a release: the history up to its revision, played.
fn played(release: &str, host: &HostContext) -> Metadata {
    let manager = db_manager();
    let target = manager.releases().resolve(release).unwrap().revision.clone().unwrap();
    let mut metadata = Metadata::new(host.schema(), host.naming_convention());
    for migration in history() {
        play(&mut metadata, &migration, Direction::Upgrade, host);
        if migration.revision().id == target {
            return metadata;
        }
    }
    panic!("{release} ends at {target}, which is not in the history");
}

/// The tables, and what has no order in a table, by name.
fn in_order(metadata: &Metadata) -> Vec<Table> {
    let mut tables = metadata.tables().to_vec();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    for table in &mut tables {
        table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
        table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
        table.checks.sort_by(|a, b| a.name.cmp(&b.name));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    tables
}

fn assert_same(found: &Metadata, wanted: &Metadata) {
    let (found, wanted) = (in_order(found), in_order(wanted));
    let names = |tables: &[Table]| tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&wanted));
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_eq!(found, wanted, "table {}", wanted.name);
    }
}

#[test]
fn the_history_has_airflows_ids_in_airflows_order() {
    let ids: Vec<_> = history().iter().map(|migration| migration.revision().id.to_string()).collect();
    assert_eq!(ids, ["4bc4d934e2bc", "937cbd173ca1", "788397e78828", "405de8318b3a"]);
}

#[test]
fn versions_belong_to_the_release_before_them() {
    let manager = db_manager();
    for (version, revision) in
        [("2.6.2", "4bc4d934e2bc"), ("2.6.3", "4bc4d934e2bc"), ("2.7.0", "405de8318b3a")]
    {
        let release = manager.releases().resolve(version).unwrap();
        assert_eq!(release.revision, Some(revision.into()), "{version}");
    }
    let error = manager.releases().resolve("2.7.1").unwrap_err();
    assert_eq!(error.to_string(), "version 2.7.1 is not known: this build ends at 2.7.0");
}

#[test]
fn the_history_leads_to_the_models() {
    for host in [host(None), host(Some("airflow"))] {
        assert_same(&played("2.7.0", &host), &models::metadata(&host));
    }
}

#[test]
fn each_downgrade_takes_back_its_upgrade() {
    for host in [host(None), host(Some("airflow"))] {
        let mut metadata = Metadata::new(host.schema(), host.naming_convention());
        let mut before = Vec::new();
        for migration in history() {
            before.push(metadata.clone());
            play(&mut metadata, &migration, Direction::Upgrade, &host);
        }
        for migration in history().iter().rev() {
            play(&mut metadata, migration, Direction::Downgrade, &host);
            assert_same(&metadata, &before.pop().unwrap());
        }
        assert_eq!(metadata.tables(), []);
    }
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
    for table in played("2.7.0", &unnamed).tables() {
        assert!(table.primary_key.as_ref().is_some_and(|key| key.name.is_some()), "{}", table.name);
        assert!(table.uniques.iter().all(|unique| unique.name.is_some()), "{}", table.name);
        assert!(table.foreign_keys.iter().all(|key| key.name.is_some()), "{}", table.name);
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
