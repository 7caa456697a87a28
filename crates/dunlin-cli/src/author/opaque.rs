//! Histories with revisions that are files of SQL, and models that are SQL: what they are is seen in a database only.

use dunlin::core::dialect::DialectName;
use dunlin::core::manager::DbManager;
use dunlin::core::operation::{Operation, create_all};
use dunlin::core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin::core::schema::{EnumType, Metadata, TableName};
use dunlin::engine::owner::Owner;
use dunlin::engine::sql::revision_file::statements;
use dunlin::engine::sql::statement::named_view_or_type;
use dunlin::{Database, Error, LockKey, Migrator, Scratch};

use super::Author;
use crate::command_error::CommandError;

/// What an owner's revisions do upwards; one that cannot be read does nothing here.
fn operations(owner: &Owner) -> impl Iterator<Item = Operation> {
    let revisions = owner.history().revisions().iter();
    revisions.flat_map(|revision| owner.operations(&revision.id, Direction::Upgrade).unwrap_or_default())
}

/// Whether models or some revisions are SQL, so that nobody can play them in memory.
pub(super) fn is_opaque(author: &Author<'_>) -> Result<bool, CommandError> {
    let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
    let is_sql = |operation| matches!(operation, Operation::ExecuteStages { .. });
    Ok(author.has_sql_models || operations(owner).any(is_sql))
}

/// Works on a scratch database that the revisions brought to their heads, with owners whose history leaves what is
/// there.
pub(super) async fn in_scratch<T>(
    author: &Author<'_>,
    on: Option<DialectName>,
    work: impl AsyncFnOnce(&Author<'_>, &mut Database) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let scratch = scratch(author, on)?;
    let done = scratch.migrated(author.migrator, author.owner, async |database, left| {
        let is = database.dialect().name();
        if let Some(on) = on.filter(|on| *on != is) {
            return Err(no_server(author, on).note(format!("the server is {}", is.display_name())));
        }
        let stand_in = author.migrator.owner(author.owner).and_then(|owner| standing_in(owner, left));
        let stand_in = stand_in.map_err(author.failed)?;
        work(&author.seeing(&stand_in), database).await
    });
    done.await.map_err(author.failed)?
}

/// Where a scratch database of a kind is made; else of the project's own kind.
fn scratch(author: &Author<'_>, on: Option<DialectName>) -> Result<Scratch, CommandError> {
    if on == Some(DialectName::Sqlite) && !author.has_sql_models {
        return Ok(Scratch::in_memory());
    }
    let Some(source) = author.scratch else {
        let text =
            format!("some revisions of {} are SQL: what they leave is seen in a database only", author.owner);
        return Err(CommandError::usage(text).hint("leave --offline out"));
    };
    let scratch = source()?;
    match on {
        Some(on) if !scratch.may_be(on) => Err(no_server(author, on)),
        _ => Ok(scratch),
    }
}

fn no_server(author: &Author<'_>, on: DialectName) -> CommandError {
    let text = format!(
        "some revisions or models of {} are SQL, and there is no {} to make a scratch database on",
        author.owner,
        on.display_name()
    );
    CommandError::usage(text).hint("leave --dialect out, or name a server of that kind for scratch databases")
}

/// Owners of which one has a history that leaves what the database has: what its models name, and what its SQL makes
/// by name or says it touches. `None` where its own history can be played.
pub(super) async fn stand_in(
    author: &Author<'_>,
    database: &mut Database,
) -> Result<Option<Migrator>, CommandError> {
    if !is_opaque(author)? {
        return Ok(None);
    }
    let owner = author.migrator.owner(author.owner).map_err(author.failed)?;
    let seen = seen(author.migrator, owner, database).await;
    seen.and_then(|known| standing_in(owner, known)).map(Some).map_err(author.failed)
}

/// What a database has of an owner.
async fn seen(migrator: &Migrator, owner: &Owner, database: &mut Database) -> Result<Metadata, Error> {
    let mut known: Metadata = migrator.introspect(database, owner.name()).await?;
    let on = database.dialect().name();
    let mut touched: Vec<TableName> = Vec::new();
    for operation in operations(owner) {
        let Operation::ExecuteStages { stages, .. } = operation else { continue };
        touched.extend(stages.values().flatten().flat_map(|stage| stage.touches.iter().flatten()).cloned());
        for stage in stages.get(on).into_iter().flatten() {
            let statements = statements(on, &stage.text, stage.line).unwrap_or_default();
            touched.extend(statements.iter().filter_map(|statement| named_view_or_type(on, statement.sql)));
        }
    }
    touched
        .extend(owner.tables_at(&owner.history().effective_heads()).map_err(|source| failed(owner, source))?);
    let is_view = |name: &TableName| known.views.iter().any(|view| view.name == *name);
    let is_type =
        |name: &TableName| known.enum_types.iter().any(|enum_type| enum_type.name.as_ref() == Some(name));
    touched.retain(|name| known.get(name).is_none() && !is_view(name) && !is_type(name));
    touched.sort();
    touched.dedup();
    // No name would mean all tables.
    if !touched.is_empty() {
        let mut more = database.introspect(&touched).await?;
        known.extend(more.take_tables());
        known.views.append(&mut more.views);
        let is_new = |of: &EnumType| !known.enum_types.contains(of);
        let more: Vec<EnumType> = more.enum_types.into_iter().filter(is_new).collect();
        known.enum_types.extend(more);
    }
    let schemas = database.schemas().await?;
    known.schemas = owner.metadata().schemas.clone();
    known.schemas.retain(|schema| schemas.contains(schema));
    Ok(known)
}

/// Owners of which one has a history that leaves what is known.
fn standing_in(owner: &Owner, mut known: Metadata) -> Result<Migrator, Error> {
    let heads = owner.history().effective_heads();
    // What no database is asked for is known from operations.
    let played = owner.replay(&heads).map_err(|source| failed(owner, source))?;
    known.objects = played.objects;
    known.schemas.extend(played.schemas);
    known.schemas.sort();
    known.schemas.dedup();

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

fn failed(owner: &Owner, source: dunlin::engine::owner::ReplayFailure) -> Error {
    Error::Plan { owner: owner.name().to_owned(), source: source.into() }
}
