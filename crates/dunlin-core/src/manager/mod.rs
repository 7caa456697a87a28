//! [`DbManager`]: one owner of tables in a shared database.

mod lifecycle;
mod release;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::operation::Operations;
use crate::revision::{Migration, Migrations, RevisionId};
use crate::schema::{Metadata, NamingConvention, TableName};

pub use lifecycle::{Lifecycle, PlannedStep, Run};
pub use release::{BASE, Release, ReleaseError, ReleaseMap};

/// What a host tells its plugins before they write down their models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostContext {
    schema: Option<String>,
    naming_convention: NamingConvention,
    collations: BTreeMap<String, String>,
}

impl HostContext {
    /// A host with a schema for its tables (`None`: the connection's default) and a naming convention.
    pub fn new(schema: Option<String>, naming_convention: NamingConvention) -> Self {
        Self { schema, naming_convention, collations: BTreeMap::new() }
    }

    /// The schema that the host's tables live in; version tables stay where their managers say.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The same host, where texts of a collation that models and revisions name have another.
    pub fn collation(mut self, named: impl Into<String>, here: impl Into<String>) -> Self {
        self.collations.insert(named.into(), here.into());
        self
    }

    /// The collations that are others here, by the names that models and revisions give.
    pub fn collations(&self) -> &BTreeMap<String, String> {
        &self.collations
    }

    /// The host's naming convention.
    pub fn naming_convention(&self) -> NamingConvention {
        self.naming_convention.clone()
    }
}

type Models = Arc<dyn Fn(&HostContext) -> Metadata + Send + Sync>;
type Seed = Arc<dyn Fn(&mut Operations) + Send + Sync>;

/// One owner of tables: its models, its history, its version table and its releases.
///
/// The crate's first page shows one being made.
#[derive(Clone)]
pub struct DbManager {
    name: String,
    version_table: TableName,
    models: Models,
    seed: Option<Seed>,
    migrations: Vec<Migration>,
    squashed: Vec<Migration>,
    releases: ReleaseMap,
    given_away: Vec<(RevisionId, Vec<TableName>)>,
    taken_over: Vec<TableName>,
    supports_table_dropping: bool,
    lifecycle: Option<Arc<dyn Lifecycle>>,
}

impl DbManager {
    /// A manager without tables or history. `name` is what users register and name on the command line;
    /// `version_table` must be no other manager's; a name alone is one in the connection's default schema.
    ///
    /// ```
    /// use dunlin_core::prelude::*;
    ///
    /// let manager = DbManager::new("tickets", TableName::new(Some("ops"), "tickets_version"));
    /// assert_eq!(manager.version_table().to_string(), "ops.tickets_version");
    /// ```
    pub fn new(name: impl Into<String>, version_table: impl Into<TableName>) -> Self {
        Self {
            name: name.into(),
            version_table: version_table.into(),
            models: Arc::new(|host| Metadata::new(host.schema(), host.naming_convention())),
            seed: None,
            migrations: Vec::new(),
            squashed: Vec::new(),
            releases: ReleaseMap::default(),
            given_away: Vec::new(),
            taken_over: Vec::new(),
            supports_table_dropping: false,
            lifecycle: None,
        }
    }

    /// The models at the newest revision.
    pub fn models(mut self, models: impl Fn(&HostContext) -> Metadata + Send + Sync + 'static) -> Self {
        self.models = Arc::new(models);
        self
    }

    /// The rows that a database created from the models starts with; revisions insert their own.
    pub fn seed(mut self, seed: impl Fn(&mut Operations) + Send + Sync + 'static) -> Self {
        self.seed = Some(Arc::new(seed));
        self
    }

    /// The history, in any order: what `migrations!` gives, with the revisions that squashed ones in it stand for, or
    /// whatever yields [`Migration`]s.
    pub fn migrations(mut self, migrations: impl Into<Migrations>) -> Self {
        let (versions, squashed) = migrations.into().into_parts();
        self.migrations.extend(versions);
        self.squashed.extend(squashed);
        self
    }

    /// The revisions that squashed ones in the history stand for, where they are not those of `squashed/versions`,
    /// which `migrations!` gives by itself. A squashed revision has the id of the last of its own; a database that
    /// stands at an earlier one is brought on by these.
    pub fn squashed(mut self, migrations: impl Into<Migrations>) -> Self {
        let (versions, squashed) = migrations.into().into_parts();
        self.squashed.extend(versions.into_iter().chain(squashed));
        self
    }

    /// A release and the revision it ends at; [`BASE`] for one that has no tables yet.
    pub fn release(mut self, version: impl Into<String>, revision: &str) -> Self {
        self.releases.push(version, revision);
        self
    }

    /// The newest version that has no revisions beyond those of the last release, such as a release that mended other
    /// things. What is newer is refused.
    pub fn known_until(mut self, version: impl Into<String>) -> Self {
        self.releases.set_known_until(version);
        self
    }

    /// Tables of earlier revisions that are no longer its own where `revision` is applied: another manager may have
    /// them then. They stay where they are, and a reset or a comparison does not look at them; where the revision is
    /// taken back, they are this manager's again.
    ///
    /// ```
    /// use dunlin_core::manager::DbManager;
    ///
    /// let core = DbManager::new("core", "core_version").gives_away("b2", ["person"]);
    /// let people = DbManager::new("people", "people_version").takes_over(["person"]);
    /// assert!(core.all_given_away().iter().any(|(_, tables)| tables == people.all_taken_over()));
    /// ```
    pub fn gives_away<T>(mut self, revision: impl Into<RevisionId>, tables: T) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        self.given_away.push((revision.into(), tables.into_iter().map(Into::into).collect()));
        self
    }

    /// Tables that may be there before its first revision is, as another manager made them and
    /// [gave them away](Self::gives_away): the revisions make only what is missing, and make of the others what they
    /// are to be. Where one is there without a version row, the revisions are run, and not the models.
    pub fn takes_over<T>(mut self, tables: T) -> Self
    where
        T: IntoIterator<Item: Into<TableName>>,
    {
        self.taken_over.extend(tables.into_iter().map(Into::into));
        self
    }

    /// Whether `reset` may drop this manager's tables. It may not unless this is said.
    pub fn supports_table_dropping(mut self, supported: bool) -> Self {
        self.supports_table_dropping = supported;
        self
    }

    /// Replaces what init, upgrade, downgrade or reset do.
    pub fn lifecycle(mut self, lifecycle: impl Lifecycle + 'static) -> Self {
        self.lifecycle = Some(Arc::new(lifecycle));
        self
    }

    /// The name it is registered under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version table.
    pub fn version_table(&self) -> &TableName {
        &self.version_table
    }

    /// Its models, for a host.
    pub fn metadata(&self, host: &HostContext) -> Metadata {
        (self.models)(host)
    }

    /// Records the rows that a database created from the models starts with.
    pub fn record_seed(&self, operations: &mut Operations) {
        if let Some(seed) = &self.seed {
            seed(operations);
        }
    }

    /// Its history.
    pub fn all_migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The revisions that squashed ones stand for.
    pub fn all_squashed(&self) -> &[Migration] {
        &self.squashed
    }

    /// The same manager with its history as it was before revisions were squashed.
    pub fn unsquashed(&self) -> Self {
        let is_squashed = |migration: &&Migration| {
            !self.squashed.iter().any(|old| old.revision().id == migration.revision().id)
        };
        let mut migrations: Vec<Migration> = self.squashed.clone();
        migrations.extend(self.migrations.iter().filter(is_squashed).cloned());
        Self { migrations, squashed: Vec::new(), ..self.clone() }
    }

    /// Its releases.
    pub fn releases(&self) -> &ReleaseMap {
        &self.releases
    }

    /// The revisions with which tables were given away, and these tables.
    pub fn all_given_away(&self) -> &[(RevisionId, Vec<TableName>)] {
        &self.given_away
    }

    /// The tables that may be there before its first revision is.
    pub fn all_taken_over(&self) -> &[TableName] {
        &self.taken_over
    }

    /// Whether `reset` may drop its tables.
    pub fn can_drop_tables(&self) -> bool {
        self.supports_table_dropping
    }

    /// What replaces the default init, upgrade, downgrade and reset.
    pub fn lifecycle_override(&self) -> Option<&Arc<dyn Lifecycle>> {
        self.lifecycle.as_ref()
    }

    /// The newest release that ends at `revision`.
    pub fn release_of(&self, revision: &RevisionId) -> Option<&Release> {
        self.releases.iter().rev().find(|release| release.revision.as_ref() == Some(revision))
    }
}

impl fmt::Debug for DbManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbManager")
            .field("name", &self.name)
            .field("version_table", &self.version_table)
            .field("releases", &self.releases)
            .finish_non_exhaustive()
    }
}
