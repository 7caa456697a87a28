//! Stamps change version rows and nothing else.

use dunlin::core::prelude::*;
use dunlin::core::session::Session as _;
use dunlin::engine::history::Target;
use dunlin::engine::plan::{Intent, PlanKind};
use dunlin::{Database, Failure, Migrator, Report};
use dunlin_testkit::db_test;

use crate::support::*;

/// Two lines, of which `b2` needs `a2`:
///
/// ```text
/// a1 -- a2 -- a3
///         \
/// b1 ------ b2
/// ```
fn branched() -> DbManager {
    let create = |id: &'static str| {
        move |op: &mut Operations| {
            op.create_table(format!("t_{id}").as_str(), |t| {
                t.column("id", DataType::Integer).not_null();
                t.primary_key(format!("t_{id}_pk"), ["id"]);
            });
        }
    };
    let drop = |id: &'static str| move |op: &mut Operations| op.drop_table(format!("t_{id}").as_str());
    let migration = |revision: Revision, id| Migration::new(revision, create(id), drop(id));
    DbManager::new("owner", "version_owner").migrations([
        migration(Revision::new("a1").branch_label("first"), "a1"),
        migration(Revision::new("a2").down_revision("a1"), "a2"),
        migration(Revision::new("a3").down_revision("a2"), "a3"),
        migration(Revision::new("b1").branch_label("second"), "b1"),
        migration(Revision::new("b2").down_revision("b1").depends_on("a2"), "b2"),
    ])
}

async fn take(migrator: &Migrator, database: &mut Database, intent: Intent) -> Result<Report, Failure> {
    migrator.run(database, "owner", intent, &mut |_| {}).await
}

fn targets(texts: &[&str]) -> Vec<Target> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn rows(database: &mut Database) -> Vec<String> {
    let rows = query(database, "SELECT version_num FROM version_owner ORDER BY version_num").await;
    rows.into_iter().flatten().collect()
}

db_test! {
    async fn a_stamp_takes_the_place_of_the_rows_on_its_line(db) {
        let migrator = migrator(db, [branched()]);
        let mut database = db.connect().await;
        for (stamped, expected) in [
            (&["a1"][..], &["a1"][..]),
            (&["b1"], &["a1", "b1"]),
            (&["first@head"], &["a3", "b1"]),
            // b2 follows b1 and depends on a2, which a3 follows.
            (&["b2"], &["a3", "b2"]),
            (&["second@base"], &["a3"]),
            (&["a2", "b1"], &["a2", "b1"]),
            (&["heads"], &["a3", "b2"]),
            (&["base"], &[]),
        ] {
            let stamp = Intent::Stamp { targets: targets(stamped), purge: false };
            let report = done(take(&migrator, &mut database, stamp).await);
            assert_eq!(report.owners[0].kind, PlanKind::Stamp, "{stamped:?}");
            assert_eq!(rows(&mut database).await, expected, "{stamped:?}");
        }
        assert!(database.query("SELECT id FROM t_a1").await.is_err());
    }
}

db_test! {
    async fn only_a_purge_takes_rows_of_unknown_revisions(db) {
        let migrator = migrator(db, [branched()]);
        let mut database = db.connect().await;
        stamp(&mut database, "gone").await;
        let intent = |purge| Intent::Stamp { targets: targets(&["a2"]), purge };
        let refused = take(&migrator, &mut database, intent(false)).await.unwrap_err();
        assert!(chain(&refused.source).contains("at revision gone, which this build does not know"), "{refused}");
        assert_eq!(rows(&mut database).await, ["gone"]);
        done(take(&migrator, &mut database, intent(true)).await);
        assert_eq!(rows(&mut database).await, ["a2"]);
    }
}

db_test! {
    async fn branches_go_up_and_down_by_themselves(db) {
        let migrator = migrator(db, [branched()]);
        let mut database = db.connect().await;
        let up = |target: &str| Intent::Upgrade {
            target: Some(target.parse().unwrap()),
            use_migration_files: true,
        };
        let down = |target: &str| Intent::Downgrade { target: target.parse().unwrap() };
        for (intent, expected) in [
            (up("second@head"), &["b2"][..]),
            (up("heads"), &["a3", "b2"]),
            (down("first@-1"), &["b2"]),
            (down("second@-1"), &["a2", "b1"]),
            (up("first@+1"), &["a3", "b1"]),
            (down("first@base"), &["b1"]),
            (up("heads"), &["a3", "b2"]),
            (down("base"), &[]),
        ] {
            let what = format!("{intent:?}");
            done(take(&migrator, &mut database, intent).await);
            assert_eq!(rows(&mut database).await, expected, "{what}");
        }
        let failure = take(&migrator, &mut database, up("head")).await.unwrap_err();
        assert!(chain(&failure.source).ends_with("there are 2 heads: a3, b2"), "{}", chain(&failure.source));
    }
}

db_test! {
    async fn a_version_table_is_made_once(db) {
        let migrator = migrator(db, [branched()]);
        let mut database = db.connect().await;
        let first = done(take(&migrator, &mut database, Intent::EnsureVersionTable).await);
        assert_eq!(first.owners[0].steps.len(), 1);
        assert!(rows(&mut database).await.is_empty());
        let second = done(take(&migrator, &mut database, Intent::EnsureVersionTable).await);
        assert!(second.owners[0].steps.is_empty());
    }
}
