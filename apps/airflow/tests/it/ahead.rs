//! The history, with the revisions that are not yet in the program, on real servers: each revision up, back and up
//! again, and after each step what the server then has against what the real one leaves there.

use dunlin::engine::plan::Intent;
use dunlin::{LockKey, Migrator};
use dunlin_testkit::dunlin::core::manager::DbManager;
use dunlin_testkit::dunlin::core::revision::{Migrations, RevisionId};
use dunlin_testkit::dunlin::core::schema::Metadata;
use dunlin_testkit::dunlin::engine::dialect::dialect;
use dunlin_testkit::{TestDatabase, db_test};

use crate::history::{DIFFERENCES, Known, differences, host, manager, played_down, wrong};
use crate::walk::Walk;

db_test! {
    async fn each_revision_up_back_and_up_again(db) {
        let migrator = migrator();
        let owner = migrator.owner("airflow").unwrap();
        let walk = Walk::on(db.dialect());
        let mut known = Known::on(db.dialect(), DIFFERENCES);
        let mut failures = Vec::new();
        let mut reached = owner.history().bases()[0].clone();
        for real in &walk.revisions {
            let (Ok(after), Some(_)) = (&real.after, owner.history().get(&real.id.as_str().into())) else { break };
            known.begin(&real.id);
            up(db, &migrator, &real.id).await;
            let dialect = dialect(db.dialect());
            let found = differences(dialect, schema(db).await, after.clone(), &mut known);
            failures.extend(wrong("upgrade", real, found));

            down(db, &migrator, real.down_revision.as_deref().unwrap_or("base")).await;
            let wanted = real.back.clone().unwrap_or_else(|_| real.before.clone());
            let found = differences(dialect, schema(db).await, wanted, &mut known);
            failures.extend(wrong("downgrade", real, found));

            up(db, &migrator, &real.id).await;
            known.end(&real.id);
            reached = RevisionId::from(real.id.as_str());
        }
        failures.extend(as_replayed(db, &migrator, reached).await);
        assert!(failures.is_empty(), "{} steps\n{}", failures.len(), failures.join("\n"));
    }
}

/// What a server has otherwise than the replay says, up and back, behind where the real one gets no further.
async fn as_replayed(db: &TestDatabase, migrator: &Migrator, mut reached: RevisionId) -> Vec<String> {
    let owner = migrator.owner("airflow").unwrap();
    let dialect = db.connect().await.dialect();
    let mut none = Known::on(db.dialect(), &[]);
    let mut failures = Vec::new();
    while let Some(next) = owner.history().next(&reached).first().map(|next| next.id.clone()) {
        up(db, migrator, next.as_str()).await;
        let wanted = owner.replay_on(dialect, std::slice::from_ref(&next)).unwrap();
        let found = differences(dialect, schema(db).await, wanted.clone(), &mut none);
        failures.extend(found.into_iter().map(|words| format!("upgrade {next}: {words}")));

        down(db, migrator, reached.as_str()).await;
        let wanted = played_down(owner, dialect, &next, wanted);
        let found = differences(dialect, schema(db).await, wanted, &mut none);
        failures.extend(found.into_iter().map(|words| format!("downgrade {next}: {words}")));

        up(db, migrator, next.as_str()).await;
        reached = next;
    }
    failures
}

/// What plays the whole history.
pub(crate) fn migrator() -> Migrator {
    Migrator::new([manager()], &host(), LockKey::named("ahead")).unwrap()
}

/// Makes the tables of an empty database as the revisions up to one leave them, without going through these.
pub(crate) async fn made_at(db: &TestDatabase, migrator: &Migrator, revision: &str) {
    let owner = migrator.owner("airflow").unwrap();
    let mut chain = vec![RevisionId::from(revision)];
    while let Some(down) = chain.last().and_then(|id| owner.history().get(id)?.down_revisions.first()) {
        chain.push(down.clone());
    }
    let schema = owner.replay_on(dialect(db.dialect()), &chain[..1]).unwrap();
    let all = manager();
    let until = all.all_migrations().iter().filter(|migration| chain.contains(&migration.revision().id));
    let manager = DbManager::new("airflow", "alembic_version")
        .models(move |_| schema.clone())
        .migrations(Migrations::new(until.cloned()));
    let migrator = Migrator::new([manager], &host(), LockKey::named("ahead")).unwrap();
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
