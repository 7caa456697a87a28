//! Scratch databases: what SQL means only a database knows.
//!
//! SQL is run in an empty database of the same kind, and what it made is introspected. A SQLite database is made in
//! memory; on a server it is one of its own, `dunlin_scratch_` and a random number, made for this and dropped again,
//! whatever came of it. Only a program that is killed leaves it behind.
//!
//! No other database is touched: what is run may not speak of another one, of roles, or of the server's settings. That
//! is seen in the words of statements, not in what a procedure does.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::revision::{Direction, RevisionId};
use dunlin_core::schema::{Metadata, TableName};
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Action, Intent};
use dunlin_engine::sql::revision_file::statements;
use dunlin_engine::sql::split::split;
use dunlin_engine::sql::statement::{lines_before, named_empty_schema, named_schema, open_transaction};

use crate::database::{Access, Database};
use crate::error::Error;
use crate::journal::JOURNAL_TABLE;
use crate::lock::LockKey;
use crate::migrator::Migrator;
use crate::report::Failure;
use crate::url::{DatabaseUrl, UrlDialect};

/// Where scratch databases are made.
///
/// ```
/// use dunlin::core::manager::DbManager;
/// use dunlin::{Migrator, Scratch};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), dunlin::Error> {
/// let migrator = Migrator::of("app", [DbManager::new("app", "app_version")])?;
/// let sql = "CREATE TABLE ticket (id INTEGER PRIMARY KEY);\nCREATE VIEW all_tickets AS SELECT id FROM ticket;";
/// let models = Scratch::in_memory().models("schema.sql", sql, migrator.owner("app")?).await?;
/// assert_eq!(models.tables()[0].name, "ticket".into());
/// assert_eq!(models.views.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Scratch {
    url: DatabaseUrl,
}

impl Scratch {
    /// On the server of a URL. The database that it names is not touched; a new one has its character set and
    /// collation.
    pub fn new(url: &DatabaseUrl) -> Self {
        match url.dialect {
            UrlDialect::Sqlite => Self::in_memory(),
            UrlDialect::Postgres | UrlDialect::MySql => Self { url: url.clone() },
        }
    }

    /// SQLite, which needs no server.
    pub fn in_memory() -> Self {
        Self { url: DatabaseUrl::sqlite(":memory:") }
    }

    /// Whether its databases may be of this kind: which of MySQL and MariaDB it is only the server says.
    pub fn may_be(&self, dialect: DialectName) -> bool {
        match self.url.dialect {
            UrlDialect::Postgres => dialect == DialectName::Postgres,
            UrlDialect::MySql => matches!(dialect, DialectName::MySql | DialectName::MariaDb),
            UrlDialect::Sqlite => dialect == DialectName::Sqlite,
        }
    }

    /// The database that it stands for, where a database is a schema: models may name it before their tables.
    pub fn schema(&self) -> Option<&str> {
        self.url.database.as_deref().filter(|_| self.url.dialect == UrlDialect::MySql)
    }

    /// The models of an owner that are a file of SQL: the tables, views, enum types and schemas that it makes of an
    /// empty database, but for the owner's version table and the journal. The host's schema is there already.
    ///
    /// # Errors
    /// The file's statements cannot be told apart, or one is refused, with its line; or there is no scratch database.
    pub async fn models(&self, file: &str, sql: &str, owner: &Owner) -> Result<Metadata, Error> {
        let is_made = |dialect: DialectName, schema: &str| {
            let statements = split(dialect, sql).unwrap_or_default();
            statements.iter().any(|statement| makes_schema(dialect, statement.sql, schema))
        };
        self.with(owner.host().schema(), &[], &is_made, async |scratch| {
            scratch.run_file(file, sql).await?;
            scratch.reconnect().await?;
            let mut made = scratch.everything().await?;
            take_out_tables(&mut made, &[&owner.version_table().name, JOURNAL_TABLE]);
            Ok(made)
        })
        .await
    }

    /// Works on a database that an owner's revisions brought to its heads. The work is also told what they left: the
    /// owner's tables, views, enum types and schemas. The owners before it are there, too.
    ///
    /// # Errors
    /// A revision is refused, or there is no scratch database.
    pub async fn migrated<T>(
        &self,
        migrator: &Migrator,
        owner: &str,
        work: impl AsyncFnOnce(&mut Database, Metadata) -> T,
    ) -> Result<T, Error> {
        let owner = migrator.owner(owner)?;
        let others: Vec<&Owner> =
            migrator.owners().iter().take_while(|other| other.name() != owner.name()).collect();
        let version_tables = others.iter().chain([&owner]).map(|owner| owner.version_table());
        let schemas: Vec<&str> = version_tables.filter_map(|table| table.schema.as_deref()).collect();
        let is_made = |dialect: DialectName, schema: &str| {
            others.iter().chain([&owner]).any(|owner| revisions_make_schema(owner, dialect, schema))
        };
        self.with(owner.host().schema(), &schemas, &is_made, async |scratch| {
            let migrator = migrator.alone(LockKey::named(&scratch.name));
            for other in &others {
                scratch.upgrade(&migrator, other.name(), false).await?;
            }
            let before = scratch.everything().await?;
            scratch.upgrade(&migrator, owner.name(), true).await?;
            scratch.reconnect().await?;
            let mut left = scratch.everything().await?;
            take_out_tables(&mut left, &[&owner.version_table().name]);
            take_out(&mut left, &before);
            Ok(work(&mut scratch.database, left).await)
        })
        .await
    }

    /// Makes a database that has the host's schema and some others, works on it, and drops it. Bare names are looked
    /// for where they are in the database of the URL: that schema is there, too, unless it `is_made` by the work.
    async fn with<T>(
        &self,
        schema: Option<&str>,
        others: &[&str],
        is_made: &dyn Fn(DialectName, &str) -> bool,
        work: impl AsyncFnOnce(&mut Connected) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let name = format!("dunlin_scratch_{:016x}", RandomState::new().build_hasher().finish());
        let Some(mut server) = Database::connect_to_server(&self.url).await? else {
            return Connected::work(self.url.clone(), name, schema, others, work).await;
        };
        server.create_database(&name, self.url.database.as_deref()).await.map_err(|error| match error {
            Error::Statement { source, .. } if source.is_denied() => {
                Error::MayNotCreateDatabase { server: self.url.redacted(), source }
            }
            error => error,
        })?;
        let mut url = self.url.clone();
        url.database = Some(name.clone());
        let done = match server.look_as_here(&name).await {
            Ok(first) => {
                let first = first.filter(|first| !is_made(server.dialect().name(), first));
                let others: Vec<&str> = others.iter().copied().chain(first.as_deref()).collect();
                Connected::work(url, name.clone(), schema, &others, work).await
            }
            Err(error) => Err(error),
        };
        let dropped = server.drop_database(&name).await;
        server.close().await;
        dropped.map_err(|source| Error::ScratchLeft {
            database: name,
            server: self.url.redacted(),
            source: Box::new(source),
        })?;
        done
    }
}

/// A connection to a scratch database.
struct Connected {
    database: Database,
    url: DatabaseUrl,
    name: String,
    /// The host's schema.
    schema: Option<String>,
    /// The schemas that it began with.
    given: Vec<String>,
}

impl Connected {
    /// Connects, works, and closes the connection.
    async fn work<T>(
        url: DatabaseUrl,
        name: String,
        schema: Option<&str>,
        others: &[&str],
        work: impl AsyncFnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let database = Database::connect(&url, Access::Create).await?;
        let mut connected =
            Self { database, url, name, schema: schema.map(str::to_owned), given: Vec::new() };
        let schemas: Vec<&str> = schema.into_iter().chain(others.iter().copied()).collect();
        let done = match connected.begin(&schemas).await {
            Ok(()) => work(&mut connected).await,
            Err(error) => Err(error),
        };
        connected.database.close().await;
        done
    }

    async fn begin(&mut self, schemas: &[&str]) -> Result<(), Error> {
        self.database.be_scratch(schemas).await?;
        self.given = self.database.schemas().await?;
        Ok(())
    }

    /// Takes back what statements have set for their session: where names are looked for, and the like.
    async fn reconnect(&mut self) -> Result<(), Error> {
        if self.url.is_in_memory() {
            return Ok(());
        }
        let mut database = Database::connect(&self.url, Access::Write).await?;
        database.be_scratch(&[]).await?;
        std::mem::replace(&mut self.database, database).close().await;
        Ok(())
    }

    async fn run_file(&mut self, file: &str, sql: &str) -> Result<(), Error> {
        let dialect = self.database.dialect().name();
        let sql = &without_client_lines(sql);
        let statements =
            split(dialect, sql).map_err(|source| Error::SqlText { file: file.to_owned(), source })?;
        if let Some(line) = open_transaction(dialect, &statements) {
            return Err(Error::OpenTransaction { file: file.to_owned(), line });
        }
        for statement in statements {
            // A dump makes the host's schema, too.
            if named_empty_schema(dialect, statement.sql).is_some_and(|name| self.given.contains(&name)) {
                continue;
            }
            self.database.run(statement.sql).await.map_err(|source| Error::SqlStatement {
                file: file.to_owned(),
                line: statement.line + lines_before(dialect, statement.sql),
                source: Box::new(source),
            })?;
        }
        Ok(())
    }

    async fn upgrade(
        &mut self,
        migrator: &Migrator,
        owner: &str,
        use_migration_files: bool,
    ) -> Result<(), Error> {
        let intent = Intent::Upgrade { target: None, use_migration_files };
        let planned = migrator.plan(&mut self.database, owner, &intent).await?.plan;
        let Err(Failure { report, source, .. }) =
            migrator.run(&mut self.database, owner, intent, &mut |_| {}).await
        else {
            return Ok(());
        };
        let done = report.owners.first().map_or(0, |owner| owner.steps.len());
        let revision: Option<RevisionId> = match planned.steps.get(done).map(|step| &step.action) {
            Some(Action::Revision { revision, .. }) => Some(revision.id.clone()),
            _ => None,
        };
        Err(match revision {
            Some(revision) => {
                Error::ScratchRevision { owner: owner.to_owned(), revision, source: Box::new(source) }
            }
            None => source,
        })
    }

    /// All that is there. What is where bare names are looked for has bare names, unless these are the host's.
    async fn everything(&mut self) -> Result<Metadata, Error> {
        let mut all = Metadata::default();
        for (name, is_default) in self.database.schemas_and_default().await? {
            let schema = (self.schema.is_some() || !is_default).then_some(name.as_str());
            let mut found = self.database.introspect_schema(schema).await?;
            all.extend(found.take_tables());
            all.views.append(&mut found.views);
            all.enum_types.append(&mut found.enum_types);
            if !is_default && !self.given.contains(&name) {
                all.schemas.push(name);
            }
        }
        Ok(all)
    }
}

fn makes_schema(dialect: DialectName, sql: &str, schema: &str) -> bool {
    named_schema(dialect, sql).is_some_and(|named| named == schema)
}

/// Whether a revision of an owner makes a schema. One that cannot be read does nothing here.
fn revisions_make_schema(owner: &Owner, dialect: DialectName, schema: &str) -> bool {
    let revisions = owner.history().revisions().iter();
    let mut operations =
        revisions.flat_map(|revision| owner.operations(&revision.id, Direction::Upgrade).unwrap_or_default());
    operations.any(|operation| match operation {
        Operation::CreateSchema { name, .. } => name == schema,
        Operation::Execute { sql, .. } => {
            sql.get(dialect).is_some_and(|sql| makes_schema(dialect, sql, schema))
        }
        Operation::ExecuteStages { stages, .. } => stages.get(dialect).into_iter().flatten().any(|stage| {
            let statements = statements(dialect, &stage.text, stage.line).unwrap_or_default();
            statements.iter().any(|statement| makes_schema(dialect, statement.sql, schema))
        }),
        _ => false,
    })
}

/// A dump without what `pg_dump` tells psql around it; empty lines stand there.
fn without_client_lines(sql: &str) -> String {
    let of_client = |line: &str| line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
    sql.split('\n').map(|line| if of_client(line) { "" } else { line }).collect::<Vec<_>>().join("\n")
}

/// Takes tables out of a schema, wherever they are in it.
fn take_out_tables(schema: &mut Metadata, names: &[&str]) {
    let tables = schema.take_tables();
    schema.extend(tables.into_iter().filter(|table| !names.contains(&table.name.name.as_str())));
}

/// Takes out of a schema what is in another one, too.
fn take_out(schema: &mut Metadata, others: &Metadata) {
    for table in others.tables() {
        schema.remove(&table.name);
    }
    let views: BTreeSet<&TableName> = others.views.iter().map(|view| &view.name).collect();
    schema.views.retain(|view| !views.contains(&view.name));
    schema.enum_types.retain(|enum_type| !others.enum_types.contains(enum_type));
    schema.schemas.retain(|name| !others.schemas.contains(name));
}
