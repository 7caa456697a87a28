//! A case, done on a database.

use std::error::Error;

use dunlin::core::prelude::*;
use dunlin::engine::plan::Intent;
use dunlin::{Access, Database, DatabaseUrl, LockKey, Migrator};
use serde_json::{Value, json};

use crate::cases::Case;

/// The table that the Python side takes out of the dumps.
pub(crate) const VERSION_TABLE: &str = "version_cases";

/// Does a case on an empty database; the result is the answer to the request.
pub(crate) async fn run(url: &str, case: &Case) -> Value {
    for phase in ["start", "change"] {
        if let Err(error) = upgrade(url, case, phase).await {
            return json!({"error": chain(error.as_ref()), "phase": phase});
        }
    }
    json!({"ok": null})
}

/// Brings the database up to one of the case's two revisions.
async fn upgrade(url: &str, case: &Case, to: &str) -> Result<(), Box<dyn Error>> {
    let (start, change) = (case.start.record, case.change.clone());
    let manager = DbManager::new("cases", VERSION_TABLE).migrations([
        Migration::new(Revision::new("start"), start, |_| {}),
        Migration::new(Revision::new("change").down_revision("start"), move |op| change(op), |_| {}),
    ]);
    // MySQL has one name space of locks for its whole server.
    let lock = LockKey::new(7, url.rsplit('/').next().unwrap_or(url));
    let migrator = Migrator::new([manager], &HostContext::default(), lock)?;
    let owner = &migrator.owners()[0];
    let target = Some(owner.history().target(to)?);
    let mut database = Database::connect(&DatabaseUrl::parse(url)?, Access::Create).await?;
    let intent = Intent::Upgrade { target, use_migration_files: true };
    let result = migrator.run(&mut database, owner.name(), intent, &mut |_| {}).await;
    database.close().await;
    result?;
    Ok(())
}

/// An error and all of its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
