//! Histories with revisions that are files of SQL: what they leave is seen in a database only.

use dunlin::core::manager::DbManager;
use dunlin::core::operation::{Operation, create_all};
use dunlin::core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin::core::schema::{Metadata, TableName};
use dunlin::engine::owner::Owner;
use dunlin::{Database, Error, LockKey, Migrator};

use super::Author;
use crate::command_error::CommandError;

/// What an owner's revisions do upwards; one that cannot be read does nothing here.
fn operations(owner: &Owner) -> impl Iterator<Item = Operation> {
    let revisions = owner.history().revisions().iter();
    revisions.flat_map(|revision| owner.operations(&revision.id, Direction::Upgrade).unwrap_or_default())
}

/// Whether some of an owner's revisions are SQL, so that nobody can play them in memory.
pub(super) fn is_opaque(owner: &Owner) -> bool {
    operations(owner).any(|operation| matches!(operation, Operation::ExecuteStages { .. }))
}

/// Says that such a history is compared with a database only.
pub(super) fn refuse_offline(author: &Author<'_>) -> Result<(), CommandError> {
    let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
    match is_opaque(owner) {
        false => Ok(()),
        true => Err(CommandError::usage(format!(
            "some revisions of {} are SQL: what they leave is seen in a database only",
            author.owner
        ))
        .hint("leave --offline out")),
    }
}

/// Owners of which one has a history that leaves what the database has: the tables of its models, and those that its
/// SQL says it touches. `None` where its own history can be played.
pub(super) async fn stand_in(
    author: &Author<'_>,
    database: &mut Database,
) -> Result<Option<Migrator>, CommandError> {
    let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
    if !is_opaque(owner) {
        return Ok(None);
    }
    seen(author.migrator, owner, database).await.map(Some).map_err(author.failed)
}

async fn seen(migrator: &Migrator, owner: &Owner, database: &mut Database) -> Result<Migrator, Error> {
    let mut known: Metadata = migrator.introspect(database, owner.name()).await?;
    let mut touched: Vec<TableName> = Vec::new();
    for operation in operations(owner) {
        let Operation::ExecuteStages { stages, .. } = operation else { continue };
        let tables = stages.values().flatten().flat_map(|stage| stage.touches.iter().flatten());
        touched.extend(tables.filter(|table| known.get(table).is_none()).cloned());
    }
    touched.sort();
    touched.dedup();
    // No name would mean all tables.
    if !touched.is_empty() {
        known.extend(database.introspect(&touched).await?.tables().iter().cloned());
    }

    let heads = owner.history().effective_heads();
    let mut history: Vec<Migration> = Vec::new();
    for (position, head) in heads.iter().enumerate() {
        let operations = if position == 0 { create_all(&known) } else { Vec::new() };
        history.push(Migration::new(
            Revision::new(head.clone()),
            move |op| operations.iter().cloned().for_each(|operation| op.push(operation)),
            |_| {},
        ));
    }
    // A new revision may follow one that is no head, or depend on one.
    let is_other = |id: &RevisionId| !heads.contains(id);
    let others = owner.history().revisions().iter().map(|revision| &revision.id).filter(|id| is_other(id));
    let mut manager = DbManager::new(owner.name(), owner.version_table().clone()).migrations(history);
    let models = Metadata::clone(owner.metadata());
    manager = manager.models(move |_| models.clone());
    let manager =
        manager.migrations(others.map(|id| Migration::new(Revision::new(id.clone()), |_| {}, |_| {})));
    Migrator::new([manager], owner.host(), LockKey::named(owner.name()))
}
