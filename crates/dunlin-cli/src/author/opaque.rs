//! Histories with revisions that are files of SQL, and models that are SQL: what they are is seen in a database only.

use dunlin::core::dialect::DialectName;
use dunlin::core::manager::DbManager;
use dunlin::core::operation::{Operation, create_all};
use dunlin::core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin::core::schema::{Metadata, TableName, View};
use dunlin::engine::generate::unqualify_all;
use dunlin::engine::owner::Owner;
use dunlin::engine::sql::lexer::{TokenKind, tokens};
use dunlin::engine::sql::revision_file::statements;
use dunlin::engine::sql::statement::named_view_or_type;
use dunlin::{Database, Error, LockKey, Migrator, Scratch, SqliteTrigger};

use super::Author;
use super::triggers::put_back;
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
        let stand_in = left_in(author, &scratch, database, left).await.map_err(author.failed)?;
        work(&author.seeing(&stand_in), database).await
    });
    done.await.map_err(author.failed)?
}

/// Owners of which one has a history that leaves what it left in a scratch database.
async fn left_in(
    author: &Author<'_>,
    scratch: &Scratch,
    database: &mut Database,
    left: Metadata,
) -> Result<Migrator, Error> {
    let owner = author.migrator.owner(author.owner)?;
    let stands_for = scratch.schema().map(str::to_owned);
    let default_schemas = database.default_schema().await?.into_iter().chain(stands_for);
    let meant = Meant::of(owner, database.dialect().name(), default_schemas)?;
    standing_in(owner, left, meant, triggers(author, database).await?)
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
    seen_in(author, owner, database).await.map(Some).map_err(author.failed)
}

async fn seen_in(author: &Author<'_>, owner: &Owner, database: &mut Database) -> Result<Migrator, Error> {
    let meant = Meant::of(owner, database.dialect().name(), database.default_schema().await?)?;
    let known = seen(owner, &meant, database).await?;
    standing_in(owner, known, meant, triggers(author, database).await?)
}

/// What an owner's models and operations say. A name with the schema that bare names are in is a bare one: a table
/// is the same under both. The host's tables have its schema everywhere.
struct Meant {
    models: Metadata,
    /// What its operations leave, at the heads.
    played: Metadata,
    default_schemas: Vec<String>,
    hosts: Option<String>,
    /// Whether the names in a view's query are kept as they are written.
    keeps_names: bool,
}

impl Meant {
    fn of(
        owner: &Owner,
        on: DialectName,
        default_schemas: impl IntoIterator<Item = String>,
    ) -> Result<Self, Error> {
        let heads = owner.history().effective_heads();
        let mut meant = Self {
            models: Metadata::clone(owner.metadata()),
            played: owner.replay(&heads).map_err(|source| failed(owner, source))?,
            default_schemas: default_schemas.into_iter().collect(),
            hosts: owner.host().schema().map(str::to_owned),
            keeps_names: on != DialectName::Postgres,
        };
        if meant.hosts.is_some() {
            meant.default_schemas.clear();
        }
        for schema in &meant.default_schemas {
            unqualify_all(&mut meant.models, schema);
            unqualify_all(&mut meant.played, schema);
        }
        Ok(meant)
    }

    /// A name that SQL says.
    fn name(&self, mut said: TableName) -> TableName {
        if said.schema.as_ref().is_some_and(|schema| self.default_schemas.contains(schema)) {
            said.schema = None;
        }
        said.qualify(self.hosts.as_deref());
        said
    }
}

/// A query whose names have none of these schemas before them.
fn unqualified(query: &str, schemas: &[String]) -> String {
    let Ok(tokens) = tokens(query) else { return query.to_owned() };
    let tokens: Vec<_> = tokens.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let mut text = String::with_capacity(query.len());
    let mut copied = 0;
    for pair in tokens.windows(2) {
        let is_schema = schemas.iter().any(|schema| pair[0].value().eq_ignore_ascii_case(schema));
        if is_schema && pair[0].start >= copied && pair[1].is_symbol(".") {
            text.push_str(&query[copied..pair[0].start]);
            copied = pair[1].span().end;
        }
    }
    text.push_str(&query[copied..]);
    text
}

/// The names of tables, views and types.
fn names(of: &Metadata) -> impl Iterator<Item = &TableName> {
    let tables = of.tables().iter().map(|table| &table.name);
    let views = of.views.iter().map(|view| &view.name);
    tables.chain(views).chain(of.enum_types.iter().filter_map(|enum_type| enum_type.name.as_ref()))
}

/// What SQL makes by name, or says it touches.
fn touched(owner: &Owner, on: DialectName) -> Result<Vec<TableName>, Error> {
    let tables = owner.tables_at(&owner.history().effective_heads());
    let mut touched: Vec<TableName> = tables.map_err(|source| failed(owner, source))?.into_iter().collect();
    for operation in operations(owner) {
        let Operation::ExecuteStages { stages, .. } = operation else { continue };
        touched.extend(stages.values().flatten().flat_map(|stage| stage.touches.iter().flatten()).cloned());
        for stage in stages.get(on).into_iter().flatten() {
            let statements = statements(on, &stage.text, stage.line).unwrap_or_default();
            touched.extend(statements.iter().filter_map(|statement| named_view_or_type(on, statement.sql)));
        }
    }
    Ok(touched)
}

/// What a database has of an owner.
async fn seen(owner: &Owner, meant: &Meant, database: &mut Database) -> Result<Metadata, Error> {
    let on = database.dialect().name();
    let is_same = |one: &TableName, other: &TableName| match on {
        // It does not tell `a` from `A`.
        DialectName::Sqlite => one.schema == other.schema && one.name.eq_ignore_ascii_case(&other.name),
        _ => one == other,
    };
    let mut said: Vec<TableName> = names(&meant.models).chain(names(&meant.played)).cloned().collect();
    let mut by_sql: Vec<TableName> = Vec::new();
    for name in touched(owner, on)?.into_iter().map(|name| meant.name(name)) {
        if !said.iter().chain(&by_sql).any(|known| is_same(known, &name)) {
            by_sql.push(name);
        }
    }
    let unreadable = database.virtual_tables().await?;
    by_sql.retain(|name| !unreadable.iter().any(|table| table.eq_ignore_ascii_case(&name.name)));
    said.extend(by_sql.iter().cloned());
    said.sort();
    said.dedup();
    // No name would mean all tables.
    let mut known = match said.is_empty() {
        true => Metadata::default(),
        false => database.introspect(&said).await?,
    };
    // What only SQL names, and somewhere else than the models, may still be the models' table: it is not dropped.
    let is_missing = |bare: &TableName| {
        known.get(bare).is_none() && meant.models.tables().iter().any(|table| table.name == *bare)
    };
    let in_doubt: Vec<TableName> = by_sql
        .into_iter()
        .filter(|name| name.schema.is_some() && is_missing(&TableName::from(name.name.as_str())))
        .collect();
    for name in &in_doubt {
        known.remove(name);
    }
    let schemas = database.schemas().await?;
    known.schemas = meant.models.schemas.clone();
    known.schemas.retain(|schema| schemas.contains(schema));
    Ok(known)
}

/// The triggers that a revision has to put back itself.
async fn triggers(author: &Author<'_>, database: &mut Database) -> Result<Vec<SqliteTrigger>, Error> {
    match author.writes_sql {
        true => database.sqlite_triggers().await,
        false => Ok(Vec::new()),
    }
}

/// Owners of which one has a history that leaves what is known.
fn standing_in(
    owner: &Owner,
    mut known: Metadata,
    mut meant: Meant,
    triggers: Vec<SqliteTrigger>,
) -> Result<Migrator, Error> {
    if meant.keeps_names {
        let bare = |view: &View| -> Vec<String> {
            view.query.values().map(|query| unqualified(query, &meant.default_schemas)).collect()
        };
        for view in &mut meant.models.views {
            let is_it = |there: &&View| there.name == view.name && bare(there) == bare(view);
            if let Some(there) = known.views.iter().find(is_it) {
                view.query.clone_from(&there.query);
            }
        }
    }
    let heads = owner.history().effective_heads();
    // What no database is asked for is known from operations.
    known.objects = meant.played.objects;
    put_back(triggers, &mut known, &mut meant.models);
    known.schemas.extend(meant.played.schemas);
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
    manager = manager.models(move |_| meant.models.clone());
    let manager =
        manager.migrations(others.map(|id| Migration::new(Revision::new(id.clone()), |_| {}, |_| {})));
    Migrator::new([manager], owner.host(), LockKey::named(owner.name()))
}

fn failed(owner: &Owner, source: dunlin::engine::owner::ReplayFailure) -> Error {
    Error::Plan { owner: owner.name().to_owned(), source: source.into() }
}
