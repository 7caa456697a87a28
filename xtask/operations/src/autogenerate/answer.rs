//! What ours finds in a database, and what comes of the changes.

use std::error::Error;

use dunlin::core::operation::{Operation, create_all};
use dunlin::core::prelude::*;
use dunlin::engine::compare::{Comparison, describe};
use dunlin::engine::plan::Intent;
use dunlin::{Access, CompareOptions, Database, DatabaseUrl, Drift, LockKey, Migrator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Case, Rename};
use crate::change::{VERSION_TABLE, chain};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What came of comparing a database with models.
#[derive(Default, Serialize)]
struct Answer {
    /// What is found between the database and the models it was made from, in words.
    alarms: Vec<String>,
    /// What else is found between it and the other models, in words.
    found: Vec<String>,
    /// What makes of it those models.
    upgrade: Vec<Operation>,
    /// What takes that back.
    downgrade: Vec<Operation>,
    /// Why it could not be compared.
    not_compared: Option<String>,
    /// Why the changes could not be made.
    not_applied: Option<String>,
    /// What else is still found when they were made, in words.
    left: Vec<String>,
}

async fn connect(url: &str) -> Result<Database> {
    Ok(Database::connect(&DatabaseUrl::parse(url)?, Access::Create).await?)
}

/// The two revisions of a case: what makes the models before it, and what makes of them those after it.
#[derive(Default)]
struct Revisions {
    start: Vec<Operation>,
    upgrade: Vec<Operation>,
    downgrade: Vec<Operation>,
}

/// Makes the models of one side in an empty database.
pub(crate) async fn create(url: &str, case: &Case, side: &str) -> Value {
    let models = if side == "from" { &case.from } else { &case.to };
    let revisions = Revisions { start: create_all(models), ..Revisions::default() };
    let made = async {
        let mut database = connect(url).await?;
        migrate(&mut database, url, models, revisions, true, "start").await?;
        database.close().await;
        Ok(())
    };
    answer(made.await)
}

/// Compares a database that was made of the models before the case with those after it, and makes the changes.
pub(crate) async fn upgrade(url: &str, case: &Case) -> Value {
    answer(Ok(compare_and_apply(url, case).await))
}

/// Takes back the changes that were made; the result is what is found then between the database and the models before
/// the case.
pub(crate) async fn downgrade(url: &str, case: &Case, made: &Value) -> Value {
    let undone = async {
        let operations = |name: &str| serde_json::from_value(made[name].clone());
        let revisions = || -> Result<Revisions> {
            let start = create_all(&case.from);
            Ok(Revisions { start, upgrade: operations("upgrade")?, downgrade: operations("downgrade")? })
        };
        let mut database = connect(url).await?;
        migrate(&mut database, url, &case.from, revisions()?, false, "start").await?;
        let words = compare(&mut database, url, &case.from, revisions()?, &[]).await?.words;
        database.close().await;
        Ok(words)
    };
    answer(undone.await)
}

async fn compare_and_apply(url: &str, case: &Case) -> Answer {
    let mut answer = Answer::default();
    if let Err(error) = fill(url, case, &mut answer).await {
        answer.not_compared = Some(chain(error.as_ref()));
    }
    answer
}

async fn fill(url: &str, case: &Case, answer: &mut Answer) -> Result<()> {
    let mut database = connect(url).await?;
    answer.alarms = compare(&mut database, url, &case.from, start(case), &[]).await?.words;
    let renames: Vec<String> = case.renames.iter().map(Rename::said).collect();
    let found = compare(&mut database, url, &case.to, start(case), &renames).await?;
    let alarms = answer.alarms.clone();
    let others = |words: Vec<String>| words.into_iter().filter(|word| !alarms.contains(word)).collect();
    answer.found = others(found.words);
    if answer.found.is_empty() {
        return Ok(());
    }
    answer.upgrade = found.comparison.upgrade;
    answer.downgrade = found.comparison.downgrade;
    let revisions =
        || Revisions { upgrade: answer.upgrade.clone(), downgrade: answer.downgrade.clone(), ..start(case) };
    if let Err(error) = migrate(&mut database, url, &case.to, revisions(), true, "change").await {
        answer.not_applied = Some(chain(error.as_ref()));
        return Ok(());
    }
    answer.left = others(compare(&mut database, url, &case.to, revisions(), &[]).await?.words);
    database.close().await;
    Ok(())
}

/// What a comparison found, and that in words.
struct Found {
    comparison: Comparison,
    words: Vec<String>,
}

fn start(case: &Case) -> Revisions {
    Revisions { start: create_all(&case.from), ..Revisions::default() }
}

fn answer<T: Serialize>(result: Result<T>) -> Value {
    match result {
        Ok(value) => json!({"ok": value}),
        Err(error) => json!({"error": chain(error.as_ref()), "phase": "case"}),
    }
}

fn migrator(url: &str, models: &Metadata, revisions: Revisions) -> Result<Migrator> {
    let push = |operations: Vec<Operation>| {
        move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation))
    };
    let models = models.clone();
    let manager = DbManager::new("cases", VERSION_TABLE).models(move |_| models.clone()).migrations([
        Migration::new(Revision::new("start"), push(revisions.start), |_| {}),
        Migration::new(
            Revision::new("change").down_revision("start"),
            push(revisions.upgrade),
            push(revisions.downgrade),
        ),
    ]);
    // MySQL has one name space of locks for its whole server.
    let lock = LockKey::new(7, url.rsplit('/').next().unwrap_or(url));
    Ok(Migrator::new([manager], &HostContext::default(), lock)?)
}

async fn compare(
    database: &mut Database,
    url: &str,
    models: &Metadata,
    revisions: Revisions,
    renames: &[String],
) -> Result<Found> {
    let migrator = migrator(url, models, revisions)?;
    let options = renames.iter().fold(CompareOptions::default(), |options, rename| options.rename(rename));
    let drift = migrator.compare(database, "cases", &options).await;
    let dialect = database.dialect();
    let Drift { comparison, from, .. } = drift?;
    let words = comparison.upgrade.iter().flat_map(|operation| describe(dialect, operation, &from)).collect();
    Ok(Found { comparison, words })
}

/// Brings the database up or down to one of the two revisions.
async fn migrate(
    database: &mut Database,
    url: &str,
    models: &Metadata,
    revisions: Revisions,
    up: bool,
    to: &str,
) -> Result<()> {
    let migrator = migrator(url, models, revisions)?;
    let target = migrator.owners()[0].history().target(to)?;
    let intent = match up {
        true => Intent::Upgrade { target: Some(target), use_migration_files: true },
        false => Intent::Downgrade { target },
    };
    migrator.run(database, "cases", intent, &mut |_| {}).await?;
    Ok(())
}
