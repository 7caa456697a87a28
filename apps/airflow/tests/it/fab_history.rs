//! FAB's revisions, played in memory and run on servers, against what the real ones leave.

use airflow::core::db_manager;
use airflow::fab;
use dunlin::core::manager::DbManager;
use dunlin::core::prelude::*;
use dunlin::core::revision::RevisionId;
use dunlin::core::schema::TableName;
use dunlin::engine::dialect::dialect;
use dunlin::engine::history::Target;
use dunlin::engine::owner::Owner;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin::{LockKey, Migrator};
use dunlin_testkit::{TestDatabase, db_test};

use DialectName::{MariaDb, MySql, Postgres, Sqlite};

use crate::history::{Difference, Known, What, differences, host, played_down, wrong};
use crate::walk::Walk;

const DIFFERENCES: &[Difference] = &[
    Difference {
        table: "session",
        what: What::Alone,
        from: "6709f7a774b9",
        until: None,
        on: &[Postgres, MySql, MariaDb, Sqlite],
        why: "the real one makes it from its models only",
    },
    Difference {
        table: "ab_register_user",
        what: What::Table,
        from: "02ca36b0235b",
        until: None,
        on: &[Sqlite],
        why: "the real one forgets the collation of username",
    },
];

#[test]
fn on_postgres() {
    history_on(Postgres);
}

#[test]
fn on_mysql() {
    history_on(MySql);
}

#[test]
fn on_mariadb() {
    history_on(MariaDb);
}

#[test]
fn on_sqlite() {
    history_on(Sqlite);
}

fn history_on(name: DialectName) {
    let (dialect, walk) = (dialect(name), Walk::read(&format!("walk-fab-{name}")));
    let owner = Owner::new(fab::db_manager(), &host()).unwrap();
    let mut known = Known::on(name, DIFFERENCES);
    let mut failures = Vec::new();
    for (ours, real) in owner.history().revisions().iter().zip(&walk.revisions) {
        assert_eq!(ours.id.as_str(), real.id);
        known.begin(&real.id);
        let left = owner.replay_on(dialect, std::slice::from_ref(&ours.id)).unwrap();
        let found = differences(dialect, left.clone(), real.after.clone().unwrap(), &mut known);
        failures.extend(wrong("upgrade", real, found));
        let back = played_down(&owner, dialect, &ours.id, left.clone());
        let found = differences(dialect, back, real.back.clone().unwrap(), &mut known);
        failures.extend(wrong("downgrade", real, found));
        known.end(&real.id);
    }
    let head = walk.revisions.last().unwrap();
    let left = owner.replay_on(dialect, &owner.history().heads().into_iter().collect::<Vec<_>>()).unwrap();
    let found = differences(dialect, owner.metadata().as_ref().clone(), left, &mut known);
    failures.extend(wrong("the models, beside the history,", head, found));
    failures.extend(known.not_needed());
    assert_eq!(walk.revisions.len(), 2);
    assert!(failures.is_empty(), "{name}\n{}", failures.join("\n"));
}

/// The core with all its revisions, and models that have no tables of FAB's, as those of 3.3 have none.
pub(crate) fn core() -> DbManager {
    let models = db_manager();
    db_manager().models(move |host| {
        let mut metadata = models.metadata(host);
        let given: Vec<&TableName> = models.all_given_away().iter().flat_map(|(_, tables)| tables).collect();
        given.iter().for_each(|table| drop(metadata.remove(table)));
        let mut tables = metadata.take_tables();
        for table in &mut tables {
            table.foreign_keys.retain(|key| !given.contains(&&key.referred_table));
        }
        metadata.extend(tables);
        metadata
    })
}

/// The core at its newest revision, and FAB.
pub(crate) fn migrator() -> Migrator {
    Migrator::new([core(), fab::db_manager()], &host(), LockKey::new(1, "airflow_MIGRATIONS")).unwrap()
}

/// Brings an owner to a revision by its revisions.
pub(crate) async fn upgrade(db: &TestDatabase, owner: &str, to: Option<&str>) -> PlanKind {
    let mut database = db.connect().await;
    let migrator = migrator();
    let target = to.map(|to| migrator.owner(owner).unwrap().target(to).unwrap());
    let intent = Intent::Upgrade { target, use_migration_files: false };
    let report = migrator.run(&mut database, owner, intent, &mut |_| {}).await.unwrap();
    database.close().await;
    report.owners[0].kind
}

/// The last revision of 2.10.
const OF_2_10: &str = "5f2621c13b39";

db_test! {
    /// The core's tables are taken over with their rows, and become what the real one makes of them; the tables of
    /// groups are made, too.
    async fn tables_of_the_core_are_taken_over(db) {
        upgrade(db, "airflow", Some(OF_2_10)).await;
        db.execute(
            "INSERT INTO ab_user (id, first_name, last_name, username, email) VALUES (1, 'Ada', 'L', 'ada', 'a@x')",
        )
        .await;
        db.execute("INSERT INTO ab_role (id, name) VALUES (1, 'Admin')").await;
        db.execute("INSERT INTO ab_user_role (id, user_id, role_id) VALUES (1, 1, 1)").await;
        upgrade(db, "airflow", Some("044f740568ec")).await;
        assert_eq!(upgrade(db, fab::NAME, None).await, PlanKind::Upgrade);
        assert_eq!(db.query("SELECT username, email FROM ab_user").await, [["ada", "a@x"]]);
        assert_eq!(db.query("SELECT user_id, role_id FROM ab_user_role").await, [["1", "1"]]);

        let (name, fab) = (db.dialect(), Owner::new(fab::db_manager(), &host()).unwrap());
        let (core, walk) = (Walk::on(name), Walk::read(&format!("walk-fab-{name}")));
        let mut theirs = Metadata::default();
        let left_by_core = core.revision(OF_2_10).unwrap().after.as_ref().unwrap();
        let is_fab = |table: &&Table| fab.takes_over(&table.name);
        theirs.extend(left_by_core.tables().iter().filter(is_fab).cloned());
        for revision in &walk.revisions {
            for table in revision.over.as_ref().unwrap() {
                theirs.remove(&table.name);
                theirs.extend([table.clone()]);
            }
        }
        let mut database = db.connect().await;
        let ours = migrator().introspect(&mut database, fab::NAME).await.unwrap();
        database.close().await;
        let mut known = Known::on(name, DIFFERENCES);
        walk.revisions.iter().for_each(|revision| known.begin(&revision.id));
        let found = differences(dialect(name), ours, theirs, &mut known);
        assert_eq!(found, Vec::<String>::new());

        // The real one passes over the first revision, and the tables of groups are never made.
        assert!(walk.taken.iter().all(|table| !table.name.name.contains("group")));
    }
}

db_test! {
    async fn what_the_revisions_leave_is_what_the_models_leave(db) {
        assert_eq!(upgrade(db, fab::NAME, Some("6709f7a774b9")).await, PlanKind::Upgrade);
        assert_eq!(upgrade(db, fab::NAME, None).await, PlanKind::Upgrade);
        let migrator = migrator();
        let mut database = db.connect().await;
        let drift = migrator.compare(&mut database, fab::NAME, &Default::default()).await.unwrap();
        assert_eq!(drift.comparison.upgrade, []);
        for target in [Target::from(RevisionId::from("6709f7a774b9")), Target::BASE] {
            let intent = Intent::Downgrade { target };
            migrator.run(&mut database, fab::NAME, intent, &mut |_| {}).await.unwrap();
        }
        // All is there, and no row says so: the revisions find what they need.
        database.close().await;
        assert_eq!(db.tables().await.iter().filter(|table| table.starts_with("ab_")).count(), 11);
        assert_eq!(upgrade(db, fab::NAME, None).await, PlanKind::Upgrade);

        let mut database = db.connect().await;
        let drift = migrator.compare(&mut database, fab::NAME, &Default::default()).await.unwrap();
        assert_eq!(drift.comparison.upgrade, []);
        migrator.reset_owner(&mut database, fab::NAME, false, false, &mut |_| {}).await.unwrap();
        assert_eq!(db.tables().await, Vec::<String>::new());
        let intent = Intent::Upgrade { target: None, use_migration_files: false };
        let report = migrator.run(&mut database, fab::NAME, intent, &mut |_| {}).await.unwrap();
        assert_eq!(report.owners[0].kind, PlanKind::Init);
        let drift = migrator.compare(&mut database, fab::NAME, &Default::default()).await.unwrap();
        assert_eq!(drift.comparison.upgrade, []);
        database.close().await;
    }
}

db_test! {
    async fn rows_that_cannot_stay_are_said(db) {
        upgrade(db, fab::NAME, Some("6709f7a774b9")).await;
        let refused = async |what: &str| {
            let mut database = db.connect().await;
            let intent = Intent::Upgrade { target: None, use_migration_files: false };
            let failure = migrator().run(&mut database, fab::NAME, intent, &mut |_| {}).await.unwrap_err();
            database.close().await;
            let said = std::error::Error::source(&failure.source).unwrap().to_string();
            assert!(said.contains(what), "{what:?} is missing in {said:?}");
        };
        db.execute("INSERT INTO ab_permission_view (id) VALUES (1), (2)").await;
        refused("2 rows of ab_permission_view name no permission or no view").await;
        db.execute("DELETE FROM ab_permission_view").await;
        for (id, email) in [(1, "x"), (2, "x"), (3, "y")] {
            db.execute(&format!(
                "INSERT INTO ab_register_user (id, first_name, last_name, username, email) \
                 VALUES ({id}, 'a', 'b', 'u{id}', '{email}')"
            ))
            .await;
        }
        refused("2 rows of ab_register_user have an email that another of them has").await;
        assert_eq!(crate::support::rows(db, fab::VERSION_TABLE).await, ["6709f7a774b9"]);
        db.execute("DELETE FROM ab_register_user WHERE id = 2").await;
        assert_eq!(upgrade(db, fab::NAME, None).await, PlanKind::Upgrade);
    }
}

crate::support::test_on! {
    [mysql, mariadb]
    async fn keys_that_the_server_named_are_found(db) {
        upgrade(db, fab::NAME, Some("6709f7a774b9")).await;
        for column in ["permission_view_id", "role_id"] {
            db.execute(&format!(
                "ALTER TABLE ab_permission_view_role DROP FOREIGN KEY ab_permission_view_role_{column}_fkey"
            ))
            .await;
        }
        db.execute("ALTER TABLE ab_permission_view_role ADD FOREIGN KEY (role_id) REFERENCES ab_role (id)").await;
        upgrade(db, fab::NAME, None).await;
        let mut database = db.connect().await;
        let drift = migrator().compare(&mut database, fab::NAME, &Default::default()).await.unwrap();
        database.close().await;
        assert_eq!(drift.comparison.upgrade, []);
    }
}
