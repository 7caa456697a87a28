//! What `migrations!` makes of directories.
#![allow(clippy::unwrap_used, reason = "tests")]

use dunlin_core::operation::{Operation, SqlStage};
use dunlin_core::prelude::*;
use dunlin_core::revision::Direction;
use dunlin_macros::migrations;

fn recorded(migration: &Migration, direction: Direction) -> Vec<Operation> {
    let mut operations = Operations::default();
    migration.record(direction, &mut operations).unwrap();
    operations.finish()
}

#[test]
fn revisions_in_rust_and_in_sql_make_one_history() {
    let migrations = migrations!("tests/mixed");
    assert!(migrations.all_squashed().is_empty());
    let migrations = migrations.versions();
    let revisions: Vec<Revision> = migrations.iter().map(|it| it.revision().clone()).collect();
    let third = Revision::new("3").down_revision("2").branch_label("notes").depends_on("1");
    assert_eq!(
        revisions,
        [
            Revision::new("1").message("create note"),
            Revision::new("2").down_revision("1").message("add text"),
            third
        ]
    );

    let [Operation::ExecuteStages { direction: Direction::Downgrade, stages }] =
        &recorded(&migrations[0], Direction::Downgrade)[..]
    else {
        panic!()
    };
    let drop = SqlStage::new("DROP TABLE note;", 12).touches(["note"]);
    assert_eq!(stages.get(DialectName::Sqlite), Some(&vec![drop]));
    assert_eq!(recorded(&migrations[1], Direction::Upgrade).len(), 1);

    let [Operation::ExecuteStages { stages, .. }] = &recorded(&migrations[2], Direction::Upgrade)[..] else {
        panic!()
    };
    let sql = "CREATE INDEX CONCURRENTLY note_text ON note (text);";
    let index = SqlStage::new(sql, 9).touches(["note"]).no_transaction();
    assert_eq!(stages.get(DialectName::Postgres), Some(&vec![index]));
    assert_eq!(stages.get(DialectName::MySql), Some(&vec![SqlStage::new("SELECT 1;", 12)]));
}

#[test]
fn what_squashed_revisions_stand_for_is_there_too() {
    let migrations = migrations!("tests/squashed");
    let ids = |of: &[Migration]| of.iter().map(|it| it.revision().id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(migrations.versions()), ["2", "3"]);
    assert_eq!(ids(migrations.all_squashed()), ["1", "2"]);
    // Two files have one name.
    assert_eq!(recorded(&migrations.versions()[0], Direction::Upgrade).len(), 2);
    assert_eq!(recorded(&migrations.all_squashed()[1], Direction::Upgrade).len(), 1);

    let manager = DbManager::new("notes", "version").migrations(migrations);
    assert_eq!(ids(manager.all_squashed()), ["1", "2"]);
    assert_eq!(ids(manager.unsquashed().all_migrations()), ["1", "2", "3"]);
}

#[test]
fn there_may_be_no_revision_yet() {
    let manager = DbManager::new("notes", "version").migrations(migrations!("tests/nothing"));
    assert!(manager.all_migrations().is_empty() && manager.all_squashed().is_empty());
}
