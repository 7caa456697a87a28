//! [`Migrator`]: the owners of one database, and what can be done with them.

use std::collections::BTreeSet;
use std::time::Duration;

use dunlin_core::manager::{DbManager, HostContext};
use dunlin_core::revision::RevisionId;
use dunlin_core::schema::TableName;
use dunlin_engine::dialect::Dialect;
use dunlin_engine::history::Target;
use dunlin_engine::owner::{Owner, ReplayFailure};
use dunlin_engine::ownership;
use dunlin_engine::plan::{Intent, OwnerPlan, PlanError, RenderedStep, Script, State};
use dunlin_engine::version_table;

use crate::database::Database;
use crate::error::Error;
use crate::journal::{self, Journal, JournalEntry};
use crate::lock::{self, LockKey};
use crate::report::{Failure, Left, Observer, OwnerStatus, Report};
use crate::script::write_script;
use crate::state;
use crate::task::{self, Planned, Settings, Task};

/// The owners of one database: the core first, then the others in the order of their registration.
#[derive(Debug, Clone)]
pub struct Migrator {
    owners: Vec<Owner>,
    schema: Option<String>,
    lock: LockKey,
    lock_timeout: Duration,
    journal: Option<Journal>,
    transactions: Transactions,
}

/// What is committed together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transactions {
    /// What suits the database: a revision on PostgreSQL, consecutive plain revisions on SQLite.
    #[default]
    Default,
    /// Each revision with its version row.
    Revision,
    /// All revisions of an owner in a run, or none of them. MySQL and MariaDB cannot do that, and some revisions
    /// cannot be part of it (an index built concurrently, a rebuild on SQLite): then nothing is run. On PostgreSQL
    /// every lock is held to the end.
    Run,
}

/// A plan of one owner, and what it is on its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOwner {
    /// The plan.
    pub plan: OwnerPlan,
    /// Its steps, as the database runs them.
    pub rendered: Vec<RenderedStep>,
}

impl From<Planned<'_>> for PlannedOwner {
    fn from(planned: Planned<'_>) -> Self {
        Self { plan: planned.plan, rendered: planned.rendered }
    }
}

/// How long the lock is waited for unless [`Migrator::lock_timeout`] says otherwise.
const LOCK_TIMEOUT: Duration = Duration::from_secs(300);

impl Migrator {
    /// Checks the owners: sound histories, and no table or version table claimed twice.
    ///
    /// # Errors
    /// [`Error::Owner`] or [`Error::Clash`].
    pub fn new(
        managers: impl IntoIterator<Item = DbManager>,
        host: &HostContext,
        lock: LockKey,
    ) -> Result<Self, Error> {
        let owners = managers.into_iter().map(|manager| Owner::new(manager, host));
        let owners = owners.collect::<Result<Vec<_>, _>>()?;
        if owners.len() > 1 {
            let claims: Vec<_> = owners.iter().map(Owner::claim).collect();
            ownership::check(&claims)?;
        }
        let schema = host.schema().map(str::to_owned);
        Ok(Self {
            owners,
            schema,
            lock,
            lock_timeout: LOCK_TIMEOUT,
            journal: None,
            transactions: Transactions::Default,
        })
    }

    /// How long to wait for the lock.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// What is committed together.
    pub fn transactions(mut self, transactions: Transactions) -> Self {
        self.transactions = transactions;
        self
    }

    /// Writes down in the database what is applied, and that it was `by` somebody (`alice@host`): see
    /// [`log`](Self::log). Without this no journal is kept.
    pub fn journal(mut self, by: impl Into<String>) -> Self {
        self.journal = Some(Journal::new(by));
        self
    }

    /// The same for a database that nobody else knows: with a lock of its own, no journal, and each revision by itself.
    pub(crate) fn alone(&self, lock: LockKey) -> Self {
        Self { lock, journal: None, transactions: Transactions::Revision, ..self.clone() }
    }

    /// The newest entries of the journal, oldest first: none where none was kept. Writes nothing.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn log(
        &self,
        database: &mut Database,
        owner: Option<&str>,
        limit: Option<usize>,
    ) -> Result<Vec<JournalEntry>, Error> {
        journal::entries(database, owner, limit).await
    }

    /// The owners.
    pub fn owners(&self) -> &[Owner] {
        &self.owners
    }

    /// An owner by name.
    ///
    /// # Errors
    /// [`Error::UnknownOwner`].
    pub fn owner(&self, name: &str) -> Result<&Owner, Error> {
        let found = self.owners.iter().find(|owner| owner.name() == name);
        found.ok_or_else(|| Error::UnknownOwner { name: name.to_owned() })
    }

    /// Where every owner stands. Writes nothing; one round trip where all version tables exist, else
    /// three, whatever the number of owners.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn status(&self, database: &mut Database) -> Result<Vec<OwnerStatus>, Error> {
        let version_tables: Vec<&TableName> = self.owners.iter().map(Owner::version_table).collect();
        let found = state::rows_and_begun(database, &version_tables).await?;
        let status = |(owner, (rows, begun)): (&Owner, (Option<_>, _))| {
            OwnerStatus::new(owner, rows.unwrap_or_default(), begun)
        };
        Ok(self.owners.iter().zip(found).map(status).collect())
    }

    /// Whether an owner's version table is there and has a row. Writes nothing.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn is_recorded(&self, database: &mut Database, owner: &str) -> Result<bool, Error> {
        let version_table = self.owner(owner)?.version_table();
        // Asked for first: a statement that fails would stand in the server's log at each look.
        if database.existing(std::slice::from_ref(version_table)).await?.is_empty() {
            return Ok(false);
        }
        let rows = state::version_rows(database, &[version_table]).await?;
        Ok(rows.into_iter().flatten().any(|rows| !rows.is_empty()))
    }

    /// Which of the tables are there that an owner may own where the database stands. Writes nothing.
    ///
    /// # Errors
    /// The database cannot be read, or its version rows are not known.
    pub async fn tables(&self, database: &mut Database, owner: &str) -> Result<BTreeSet<TableName>, Error> {
        let owner = self.owner(owner)?;
        let rows = state::version_rows(database, &[owner.version_table()]).await?;
        let rows = rows.into_iter().next().flatten().unwrap_or_default();
        let failed =
            |source: ReplayFailure| Error::Plan { owner: owner.name().to_owned(), source: source.into() };
        let tables: Vec<TableName> = owner.tables_at(&rows).map_err(failed)?.into_iter().collect();
        database.existing(&tables).await
    }

    /// Brings the core to a target (`None`: its heads), then, if it stands at its heads, all others to
    /// theirs. Owners without version rows are created from their models, unless `use_migration_files`
    /// or, for the core, a target asks for the revisions.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    pub async fn migrate(
        &self,
        database: &mut Database,
        target: Option<Target>,
        use_migration_files: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        self.locked(database, vec![self.migrate_tasks(target, use_migration_files)], observer).await
    }

    /// Fulfils an intent for one owner and leaves the others alone.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    ///
    /// # Telling somebody of every revision
    /// The observer is told of each when it is committed:
    ///
    /// ```
    /// use dunlin::core::prelude::*;
    /// use dunlin::engine::plan::{Action, Intent};
    /// use dunlin::{Access, Database, DatabaseUrl, Event, LockKey, Migrator};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let migration = |revision: Revision| Migration::new(revision, |_| {}, |_| {});
    /// let app = DbManager::new("app", "app_version").migrations([
    ///     migration(Revision::new("a1")),
    ///     migration(Revision::new("b2").down_revision("a1")),
    /// ]);
    /// let migrator = Migrator::new([app], &HostContext::default(), LockKey::named("app"))?;
    /// let mut database = Database::connect(&DatabaseUrl::parse("sqlite://")?, Access::Create).await?;
    ///
    /// let mut applied = Vec::new();
    /// let observer = &mut |event: &Event| {
    ///     if let Event::StepDone { owner, step } = event
    ///         && let Action::Revision { revision, direction } = &step.action
    ///     {
    ///         println!("{owner}: {direction} {} took {:?}", revision.id, step.elapsed);
    ///         applied.push((revision.id.clone(), step.rows_after.clone()));
    ///     }
    /// };
    /// let intent = Intent::Upgrade { target: None, use_migration_files: true };
    /// migrator.run(&mut database, "app", intent, observer).await?;
    /// assert_eq!(applied, [("a1".into(), vec!["a1".into()]), ("b2".into(), vec!["b2".into()])]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn run(
        &self,
        database: &mut Database,
        owner: &str,
        intent: Intent,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let owner = self.owner(owner)?;
        let task = Task { owner, intent, after_head: false };
        self.locked(database, vec![vec![task]], observer).await
    }

    /// Fulfils an intent for every owner, in their order.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    pub async fn run_all(
        &self,
        database: &mut Database,
        intent: &Intent,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let task = |owner| Task { owner, intent: intent.clone(), after_head: false };
        self.locked(database, vec![self.owners.iter().map(task).collect()], observer).await
    }

    /// Fulfils intents for owners by name, in this order.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    pub async fn run_in_order(
        &self,
        database: &mut Database,
        intents: Vec<(&str, Intent)>,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let tasks = self.tasks_in_order(intents)?;
        self.locked(database, vec![tasks], observer).await
    }

    fn tasks_in_order(&self, intents: Vec<(&str, Intent)>) -> Result<Vec<Task<'_>>, Error> {
        let task = |(owner, intent)| Ok(Task { owner: self.owner(owner)?, intent, after_head: false });
        intents.into_iter().map(task).collect()
    }

    /// Drops what the owners own (of the others, those that allow it: the last registered first), and
    /// creates everything anew if `init` is set.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it.
    pub async fn reset(
        &self,
        database: &mut Database,
        init: bool,
        use_migration_files: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let droppable = |owner: &&Owner| owner.manager().can_drop_tables();
        let reset = |owner| Task { owner, intent: Intent::Reset, after_head: false };
        let mut phases = vec![self.owners.iter().rev().filter(droppable).map(reset).collect()];
        if init {
            phases.push(self.migrate_tasks(None, use_migration_files));
        }
        self.locked(database, phases, observer).await
    }

    /// Drops what one owner owns, and creates it anew if `init` is set.
    ///
    /// # Errors
    /// A [`Failure`] with what was done before it; one that does not allow it is refused.
    pub async fn reset_owner(
        &self,
        database: &mut Database,
        owner: &str,
        init: bool,
        use_migration_files: bool,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        let owner = self.owner(owner)?;
        let task = |intent| vec![Task { owner, intent, after_head: false }];
        let mut phases = vec![task(Intent::Reset)];
        if init {
            phases.push(task(Intent::Upgrade { target: None, use_migration_files }));
        }
        self.locked(database, phases, observer).await
    }

    /// The SQL that an intent would run for one owner from where the database stands, for the
    /// database's own client. Nothing is written to the database.
    ///
    /// # Errors
    /// There is no plan, the database cannot be read, or [`Error::Opaque`].
    pub async fn script(
        &self,
        database: &mut Database,
        owner: &str,
        intent: &Intent,
    ) -> Result<Script, Error> {
        let owner = self.owner(owner)?;
        let task = Task { owner, intent: intent.clone(), after_head: false };
        let planned = task::plan(database, &self.owners, vec![task], &mut Report::default()).await?;
        write_script(&planned, database.dialect()).await
    }

    /// The SQL that [`run_in_order`](Self::run_in_order) would run.
    ///
    /// # Errors
    /// There is no plan, the database cannot be read, or [`Error::Opaque`].
    pub async fn script_in_order(
        &self,
        database: &mut Database,
        intents: Vec<(&str, Intent)>,
    ) -> Result<Script, Error> {
        let tasks = self.tasks_in_order(intents)?;
        let planned = task::plan(database, &self.owners, tasks, &mut Report::default()).await?;
        write_script(&planned, database.dialect()).await
    }

    /// The SQL that [`migrate`](Self::migrate) would run, revision by revision.
    ///
    /// # Errors
    /// There is no plan, the database cannot be read, or [`Error::Opaque`].
    pub async fn migrate_script(
        &self,
        database: &mut Database,
        target: Option<Target>,
    ) -> Result<Script, Error> {
        let tasks = self.migrate_tasks(target, true);
        let planned = task::plan(database, &self.owners, tasks, &mut Report::default()).await?;
        write_script(&planned, database.dialect()).await
    }

    /// The SQL that an intent would run for one owner in a database that stands at `from`, without any
    /// database.
    ///
    /// # Errors
    /// There is no plan, or [`Error::Opaque`].
    pub async fn offline_script(
        &self,
        dialect: &'static dyn Dialect,
        owner: &str,
        intent: &Intent,
        from: &Target,
    ) -> Result<Script, Error> {
        let planned = self.planned_from(dialect, owner, from, intent)?;
        write_script(&[planned], dialect).await
    }

    /// What an intent would do for one owner from where the database stands. Writes nothing.
    ///
    /// # Errors
    /// There is no plan, or the database cannot be read.
    pub async fn plan(
        &self,
        database: &mut Database,
        owner: &str,
        intent: &Intent,
    ) -> Result<PlannedOwner, Error> {
        let owner = self.owner(owner)?;
        let task = Task { owner, intent: intent.clone(), after_head: false };
        let planned = task::plan(database, &self.owners, vec![task], &mut Report::default()).await?;
        let unknown = || Error::UnknownOwner { name: owner.name().to_owned() };
        planned.into_iter().next().map(PlannedOwner::from).ok_or_else(unknown)
    }

    /// What an intent would do for one owner in a database that stands at `from`, without any database.
    ///
    /// # Errors
    /// There is no plan.
    pub fn plan_from(
        &self,
        dialect: &'static dyn Dialect,
        owner: &str,
        from: &[RevisionId],
        intent: &Intent,
    ) -> Result<PlannedOwner, Error> {
        self.planned_at(dialect, self.owner(owner)?, from.to_vec(), intent).map(PlannedOwner::from)
    }

    fn planned_from(
        &self,
        dialect: &'static dyn Dialect,
        owner: &str,
        from: &Target,
        intent: &Intent,
    ) -> Result<Planned<'_>, Error> {
        let owner = self.owner(owner)?;
        let failed = |source: PlanError| Error::Plan { owner: owner.name().to_owned(), source };
        let rows = owner.rows_at(from).map_err(|error| failed(error.into()))?;
        let mut intent = intent.clone();
        if let Intent::Upgrade { target: Some(target), .. } = &mut intent {
            *target = target.on_branch_of(from);
        }
        self.planned_at(dialect, owner, rows, &intent)
    }

    fn planned_at<'m>(
        &'m self,
        dialect: &'static dyn Dialect,
        owner: &'m Owner,
        rows: Vec<RevisionId>,
        intent: &Intent,
    ) -> Result<Planned<'m>, Error> {
        version_table::check(dialect, owner.version_table()).map_err(Error::VersionTable)?;
        let failed = |source| Error::Plan { owner: owner.name().to_owned(), source };
        let state = State { rows: (!rows.is_empty()).then_some(rows), ..State::default() };
        let plan = owner.plan(&state, intent).map_err(failed)?;
        let rendered = plan.render(owner, dialect).map_err(failed)?;
        let upgrades = matches!(intent, Intent::Upgrade { .. });
        Ok(Planned { owner, plan, rendered, upgrades })
    }

    fn migrate_tasks(&self, target: Option<Target>, use_migration_files: bool) -> Vec<Task<'_>> {
        let task = |(position, owner): (usize, _)| Task {
            owner,
            intent: Intent::Upgrade {
                target: if position == 0 { target.clone() } else { None },
                use_migration_files,
            },
            after_head: position > 0,
        };
        self.owners.iter().enumerate().map(task).collect()
    }

    /// Runs phases under the lock; each is planned when its turn comes, from the rows read then.
    async fn locked(
        &self,
        database: &mut Database,
        phases: Vec<Vec<Task<'_>>>,
        observer: &mut Observer<'_>,
    ) -> Result<Report, Failure> {
        if std::mem::replace(&mut database.running, true) {
            return Err(Error::Interrupted.into());
        }
        let held = match lock::acquire(database, &self.lock, self.lock_timeout, observer).await {
            Ok(held) => held,
            Err(error) => {
                database.running = false;
                return Err(error.into());
            }
        };
        let mut report = Report::default();
        let result = self.phases(database, phases, &mut report, observer).await;
        if result.is_err() {
            // A manager's own code may have left a transaction open; then the lock could not be released.
            let _none_open = database.run("ROLLBACK").await;
        }
        held.release(database).await;
        database.running = false;
        match result {
            Ok(()) => Ok(report),
            Err((left, source)) => Err(Failure { report, left, source }),
        }
    }

    async fn phases(
        &self,
        database: &mut Database,
        phases: Vec<Vec<Task<'_>>>,
        report: &mut Report,
        observer: &mut Observer<'_>,
    ) -> Result<(), (Left, Error)> {
        let schema = self.schema.as_deref();
        if phases.len() > 1 {
            // What is dropped must be possible to create anew.
            let version_tables = phases.iter().flatten().map(|task| task.owner.version_table());
            let mut schemas: Vec<Option<&str>> =
                version_tables.map(|table| table.schema.as_deref()).collect();
            schemas.extend([None, schema]);
            schemas.sort_unstable();
            schemas.dedup();
            for schema in schemas {
                database.may_create(schema).await.map_err(|error| (Left::Nothing, error))?;
            }
        }
        for tasks in phases {
            let settings = Settings {
                owners: &self.owners,
                lock: &self.lock,
                journal: self.journal.as_ref(),
                transactions: self.transactions,
            };
            task::run(database, settings, tasks, schema, report, observer).await?;
        }
        Ok(())
    }
}
