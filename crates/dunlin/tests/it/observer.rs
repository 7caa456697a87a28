//! What an observer is told of a run.

use std::time::Duration;

use dunlin::core::operation::Backfill;
use dunlin::core::prelude::*;
use dunlin::core::revision::RevisionId;
use dunlin::engine::plan::{Action, Intent};
use dunlin::{Database, Event, Failure, Migrator, Report};
use dunlin_testkit::db_test;

use crate::support::*;

/// Runs an intent, and writes down what was told of its steps.
async fn told(
    migrator: &Migrator,
    database: &mut Database,
    intent: Intent,
) -> (Result<Report, Failure>, Vec<String>, Duration) {
    let (mut told, mut longest) = (Vec::new(), Duration::ZERO);
    let observer = &mut |event: &Event| {
        let Event::StepDone { owner, step } = event else { return };
        longest = longest.max(step.elapsed);
        let what = match &step.action {
            Action::Revision { revision, direction } => format!("{direction} {}", revision.id),
            other => format!("{other:?}"),
        };
        let rows: Vec<&str> = step.rows_after.iter().map(RevisionId::as_str).collect();
        told.push(format!("{owner} {what} -> {}", rows.join(" ")));
    };
    let run = migrator.run(database, "owner", intent, observer).await;
    (run, told, longest)
}

db_test! {
    async fn every_revision_is_told_once_with_the_rows_behind_it(db) {
        const PAUSE: Duration = Duration::from_millis(40);
        let first: Record = |op| {
            op.create_table("item", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::Integer);
            });
            op.execute("INSERT INTO item (id) VALUES (1), (2), (3)");
        };
        // In stages of their own: batches with rests between them, and what no transaction may have.
        let filled: Record = |op| {
            op.backfill(Backfill::new("item").key(["id"]).set("code", "id").batch_size(1).pause(PAUSE));
        };
        let index: Record = |op| op.add_index("item", Index::new("ix", ["code"]).concurrently());
        let failing: Record = |op| op.execute("INSERT INTO item (id) VALUES (1)");
        let revisions = [
            ("a1", first, (|op| op.drop_table("item")) as Record),
            ("b2", filled, |_| {}),
            ("c3", index, |op| op.drop_index("ix", "item")),
            ("d4", failing, |_| {}),
        ];
        let migrator = migrator(db, [manager(&revisions)]);
        let mut database = db.connect().await;
        let target = |text: &str| text.parse().unwrap();
        let up = |text| Intent::Upgrade { target: Some(target(text)), use_migration_files: true };

        let (run, steps, longest) = told(&migrator, &mut database, up("c3")).await;
        done(run);
        assert_eq!(steps, ["owner upgrade a1 -> a1", "owner upgrade b2 -> b2", "owner upgrade c3 -> c3"]);
        assert!(longest >= PAUSE * 2, "{longest:?}");
        let (run, steps, _) = told(&migrator, &mut database, up("d4")).await;
        assert!(run.is_err() && steps.is_empty(), "{steps:?}");
        let (run, steps, _) = told(&migrator, &mut database, Intent::Downgrade { target: target("a1") }).await;
        done(run);
        assert_eq!(steps, ["owner downgrade c3 -> b2", "owner downgrade b2 -> a1"]);
        let stamp = Intent::Stamp { targets: vec![target("c3")], purge: false };
        let (run, steps, _) = told(&migrator, &mut database, stamp.clone()).await;
        done(run);
        assert_eq!(steps, ["owner Stamp -> c3"]);
        let (run, steps, _) = told(&migrator, &mut database, stamp).await;
        done(run);
        assert!(steps.is_empty(), "{steps:?}");
        database.close().await;
    }
}
