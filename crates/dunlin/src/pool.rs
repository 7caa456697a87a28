//! Migrations in a service that has a pool of its own.

use std::time::{Duration, Instant};

use dunlin_core::manager::{DbManager, HostContext};
use dunlin_core::session::BoxFuture;
use dunlin_engine::plan::Intent;
use sqlx::{MySqlPool, PgPool, SqlitePool};

use crate::database::{Access, Database};
use crate::error::Error;
use crate::lock::LockKey;
use crate::migrator::Migrator;
use crate::report::{Failure, Observer, OwnerStatus, Report};

/// A pool of the application, whose settings tell how to connect. Migrations run on a connection of their own: its
/// session is set up otherwise, holds the lock, and ends with the run.
pub trait Pool: Sync {
    /// Connects as the pool would.
    fn connect(&self, access: Access) -> BoxFuture<'_, Result<Database, Error>>;
}

impl Pool for PgPool {
    fn connect(&self, _access: Access) -> BoxFuture<'_, Result<Database, Error>> {
        Box::pin(Database::connect_postgres(self.connect_options()))
    }
}

impl Pool for MySqlPool {
    fn connect(&self, _access: Access) -> BoxFuture<'_, Result<Database, Error>> {
        Box::pin(Database::connect_mysql(self.connect_options()))
    }
}

/// A file only: a database in memory is its connection's own.
impl Pool for SqlitePool {
    fn connect(&self, access: Access) -> BoxFuture<'_, Result<Database, Error>> {
        Box::pin(Database::connect_sqlite(self.connect_options(), access))
    }
}

/// How often [`Migrator::wait`] looks.
const PAUSE: Duration = Duration::from_millis(500);

/// How long it may look when the deadline is over.
const LOOK: Duration = Duration::from_secs(2);

impl Migrator {
    /// A migrator with the default schema, no naming convention, and a lock that programs named alike share.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// ```
    /// # use dunlin::core::prelude::*;
    /// # use dunlin::Migrator;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}?mode=rwc", directory.path().join("app.db").display());
    /// # let migrations: Vec<Migration> = Vec::new();
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let pool = sqlx::SqlitePool::connect(&url).await?;
    ///
    /// let migrator = Migrator::of("app", [DbManager::new("app", "app_version").migrations(migrations)])?;
    /// migrator.upgrade(&pool).await?;
    /// assert!(migrator.check(&pool).await?.iter().all(|owner| owner.is_up_to_date()));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn of(name: &str, managers: impl IntoIterator<Item = DbManager>) -> Result<Self, Error> {
        Self::new(managers, &HostContext::default(), LockKey::named(name))
    }

    /// Brings every owner to its heads, revision by revision, and waits for others who are at it.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    pub async fn upgrade(&self, pool: &impl Pool) -> Result<Report, Failure> {
        self.upgrade_observed(pool, &mut |_| {}).await
    }

    /// The same, and tells what happens while it happens: [`Event::StepDone`](crate::Event::StepDone) for each
    /// revision that is applied and committed.
    ///
    /// # Errors
    /// As [`upgrade`](Self::upgrade).
    pub async fn upgrade_observed(
        &self,
        pool: &impl Pool,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let mut database = pool.connect(Access::Create).await?;
        let intent = Intent::Upgrade { target: None, use_migration_files: true };
        let report = self.run_all(&mut database, &intent, observer).await;
        database.close().await;
        report
    }

    /// Where every owner stands. Writes nothing; a role that may only read is enough.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn check(&self, pool: &impl Pool) -> Result<Vec<OwnerStatus>, Error> {
        let mut database = pool.connect(Access::Read).await?;
        let status = self.status(&mut database).await;
        database.close().await;
        status
    }

    /// Waits until somebody else has brought every owner to its heads; the database may be down until then. Writes
    /// nothing. A database that does not answer is given up at the deadline, or two seconds behind it.
    ///
    /// # Errors
    /// At the deadline [`Error::NotMigrated`] with what is pending, or why the database does not answer; before it what
    /// no waiting mends.
    pub async fn wait(&self, pool: &impl Pool, deadline: Duration) -> Result<(), Error> {
        let started = Instant::now();
        loop {
            // What is seen then was so at the deadline.
            let left = deadline.saturating_sub(started.elapsed());
            let bound = left.max(LOOK);
            let looked = tokio::time::timeout(bound, self.check(pool)).await;
            let Ok(looked) = looked else {
                let database = "the database".to_owned();
                return Err(Error::ConnectTimeout { database, timeout: bound });
            };
            match looked {
                Ok(status) => {
                    let mut behind = status.into_iter().filter(|owner| !owner.is_up_to_date()).peekable();
                    if behind.peek().is_none() {
                        return Ok(());
                    }
                    if left.is_zero() {
                        let owners = behind.map(|owner| owner.owner).collect();
                        return Err(Error::NotMigrated { waited: deadline, owners });
                    }
                }
                Err(error) if left.is_zero() || !error.may_pass() => return Err(error),
                Err(_) => {}
            }
            tokio::time::sleep(PAUSE.min(left)).await;
        }
    }
}
