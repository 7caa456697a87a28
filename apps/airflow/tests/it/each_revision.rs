//! The history on real servers: revisions up, back and up again, and after each step what the server then has against
//! what the real one leaves there. Every fifth, and the last; all of them with `--full`.

use airflow::core::db_manager;
use dunlin::engine::plan::Intent;
use dunlin::{LockKey, Migrator};
use dunlin_testkit::dunlin::core::manager::DbManager;
use dunlin_testkit::dunlin::core::revision::{Migrations, RevisionId};
use dunlin_testkit::dunlin::core::schema::Metadata;
use dunlin_testkit::dunlin::engine::dialect::dialect;
use dunlin_testkit::{TestDatabase, chain, db_test};

use crate::history::{DIFFERENCES, Known, differences, host, wrong};
use crate::walk::{Revision, Walk};

/// One of so many is looked at.
const SAMPLED: usize = 5;

db_test! {
    async fn revisions_up_back_and_up_again(db) {
        let migrator = migrator();
        let walk = Walk::on(db.dialect());
        let all = std::env::var_os("DUNLIN_TEST_FULL").is_some();
        let mut known = Known::on(db.dialect(), DIFFERENCES);
        let mut failures = Vec::new();
        for (at, real) in walk.revisions.iter().enumerate() {
            known.begin(&real.id);
            if all || at % SAMPLED == 0 || at + 1 == walk.revisions.len() {
                failures.extend(there_and_back(db, &migrator, real, &mut known).await);
            }
            known.end(&real.id);
        }
        assert!(failures.is_empty(), "{} steps\n{}", failures.len(), failures.join("\n"));
    }
}

/// What is wrong with a revision, upwards and back; the database stands at it then.
async fn there_and_back(
    db: &TestDatabase,
    migrator: &Migrator,
    real: &Revision,
    known: &mut Known,
) -> Vec<String> {
    let dialect = dialect(db.dialect());
    up(db, migrator, &real.id).await;
    let found = differences(dialect, schema(db).await, real.after.clone().unwrap(), known);
    let mut failures = Vec::from_iter(wrong("upgrade", real, found));

    down(db, migrator, real.down_revision.as_deref().unwrap_or("base")).await;
    let wanted = real.back.clone().unwrap_or_else(|_| real.before.clone());
    let found = differences(dialect, schema(db).await, wanted, known);
    failures.extend(wrong("downgrade", real, found));

    up(db, migrator, &real.id).await;
    failures
}

/// What plays the whole history.
pub(crate) fn migrator() -> Migrator {
    Migrator::new([db_manager()], &host(), LockKey::named("each revision")).unwrap()
}

/// Makes the tables of an empty database as the revisions up to one leave them, without going through these.
pub(crate) async fn made_at(db: &TestDatabase, migrator: &Migrator, revision: &str) {
    let owner = migrator.owner("airflow").unwrap();
    let mut chain = vec![RevisionId::from(revision)];
    while let Some(down) = chain.last().and_then(|id| owner.history().get(id)?.down_revisions.first()) {
        chain.push(down.clone());
    }
    let schema = owner.replay_on(dialect(db.dialect()), &chain[..1]).unwrap();
    let all = db_manager();
    let until = all.all_migrations().iter().filter(|migration| chain.contains(&migration.revision().id));
    let manager = DbManager::new("airflow", "alembic_version")
        .models(move |_| schema.clone())
        .migrations(Migrations::new(until.cloned()));
    let migrator = Migrator::new([manager], &host(), LockKey::named("each revision")).unwrap();
    run(db, &migrator, Intent::Upgrade { target: None, use_migration_files: false }).await;
}

pub(crate) async fn up(db: &TestDatabase, migrator: &Migrator, to: &str) {
    let target = migrator.owner("airflow").unwrap().history().target(to).unwrap();
    run(db, migrator, Intent::Upgrade { target: Some(target), use_migration_files: true }).await;
}

pub(crate) async fn down(db: &TestDatabase, migrator: &Migrator, to: &str) {
    let target = migrator.owner("airflow").unwrap().history().target(to).unwrap();
    run(db, migrator, Intent::Downgrade { target }).await;
}

/// What an upgrade that fails says.
pub(crate) async fn try_up(db: &TestDatabase, migrator: &Migrator, to: &str) -> Result<(), String> {
    let target = migrator.owner("airflow").unwrap().history().target(to).unwrap();
    let intent = Intent::Upgrade { target: Some(target), use_migration_files: true };
    let mut database = db.connect().await;
    let done = migrator.run(&mut database, "airflow", intent, &mut |_| {}).await;
    database.close().await;
    done.map(drop).map_err(|failure| chain(&failure.source))
}

async fn run(db: &TestDatabase, migrator: &Migrator, intent: Intent) {
    let mut database = db.connect().await;
    let done = migrator.run(&mut database, "airflow", intent.clone(), &mut |_| {}).await;
    database.close().await;
    done.unwrap_or_else(|failure| panic!("{intent:?}: {failure:?}"));
}

/// What the database says of itself, without the version table.
async fn schema(db: &TestDatabase) -> Metadata {
    let mut database = db.connect().await;
    let mut metadata = database.introspect(&[]).await.unwrap();
    database.close().await;
    metadata.remove(&"alembic_version".into());
    metadata
}
