//! One owner, checked and ready to be planned for.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use dunlin_core::manager::{DbManager, HostContext};
use dunlin_core::operation::{self, Operation, Operations};
use dunlin_core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin_core::schema::{Metadata, SchemaError, Table, TableName};
use dunlin_core::session::BoxError;
use thiserror::Error;

use crate::dialect::{Dialect, RenderError};
use crate::history::{HistoryError, RevisionMap, Target};
use crate::ownership::Claim;
use crate::plan::PlanError;
use crate::replay::{Anywhere, Replay};

/// A DB manager in a host: its history checked, its models written down for the host's schema.
#[derive(Debug, Clone)]
pub struct Owner {
    manager: DbManager,
    host: HostContext,
    history: RevisionMap,
    metadata: Arc<Metadata>,
    migrations: HashMap<RevisionId, Migration>,
    /// The same owner with its history as it was before revisions were squashed, if some were.
    unsquashed: Option<Box<Owner>>,
}

/// A manager cannot be an owner.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the history of {owner} is broken")]
pub struct OwnerError {
    /// The manager.
    pub owner: String,
    /// What is wrong with its history.
    pub source: HistoryError,
}

/// A revision does what cannot be done to the schema that the revisions before it leave.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the {direction} of revision {revision} does not fit the revisions before it")]
pub struct ReplayError {
    /// The revision.
    pub revision: RevisionId,
    /// Which way.
    pub direction: Direction,
    /// What cannot be done.
    pub source: SchemaError,
}

impl Owner {
    /// Checks a manager: its history must be sound, and its releases' revisions in it or among those that squashed
    /// ones stand for. One that stands in both must be in the place of several.
    ///
    /// # Errors
    /// An [`OwnerError`] with what is wrong with the history.
    pub fn new(manager: DbManager, host: &HostContext) -> Result<Self, OwnerError> {
        let broken = |source| OwnerError { owner: manager.name().to_owned(), source };
        let all = manager.all_migrations().iter();
        let history = RevisionMap::new(all.clone().map(|m| m.revision().clone())).map_err(broken)?;
        let squashed = manager.all_squashed().iter().map(Migration::revision);
        let same = |old: &&Revision| {
            history.get(&old.id).is_some_and(|new| new.down_revisions == old.down_revisions)
        };
        if let Some(twice) = squashed.clone().find(same) {
            return Err(broken(HistoryError::NotSquashed { revision: twice.id.clone() }));
        }
        let is_unknown =
            |id: &&RevisionId| history.get(id).is_none() && squashed.clone().all(|old| old.id != **id);
        for release in manager.releases().iter() {
            if let Some(revision) = release.revision.as_ref().filter(is_unknown) {
                return Err(broken(HistoryError::UnknownTarget { target: revision.to_string() }));
            }
        }
        let migrations = all.map(|m| (m.revision().id.clone(), m.clone())).collect();
        let metadata = Arc::new(recollated(manager.metadata(host), host));
        let unsquashed = match manager.all_squashed() {
            [] => None,
            _ => Some(Box::new(Self::new(manager.unsquashed(), host)?)),
        };
        Ok(Self { manager, host: host.clone(), history, metadata, migrations, unsquashed })
    }

    /// The owner as a database that stands at `rows` knows it: with the history before revisions were squashed if the
    /// rows are in the middle of them.
    pub fn at(&self, rows: &[RevisionId]) -> &Self {
        let knows = |owner: &Self| rows.iter().all(|row| owner.history.get(row).is_some());
        match &self.unsquashed {
            Some(unsquashed) if !knows(self) && knows(unsquashed) => unsquashed,
            _ => self,
        }
    }

    /// Reads a target, which may be in the middle of what was squashed.
    ///
    /// # Errors
    /// As [`RevisionMap::target`].
    pub fn target(&self, text: &str) -> Result<Target, HistoryError> {
        match (self.history.target(text), &self.unsquashed) {
            (Err(HistoryError::UnknownTarget { .. }), Some(unsquashed)) => unsquashed.history.target(text),
            (target, _) => target,
        }
    }

    /// A revision by its whole id, which may be in the middle of what was squashed.
    pub fn revision(&self, id: &RevisionId) -> Option<&Revision> {
        let old = || self.unsquashed.as_ref()?.history.get(id);
        self.history.get(id).or_else(old)
    }

    /// The version rows of a database that stands at a target, which may be in the middle of what was squashed.
    ///
    /// # Errors
    /// As [`RevisionMap::rows_at`].
    pub fn rows_at(&self, target: &Target) -> Result<Vec<RevisionId>, HistoryError> {
        match (self.history.rows_at(target), &self.unsquashed) {
            (Err(HistoryError::UnknownTarget { .. }), Some(unsquashed)) => unsquashed.history.rows_at(target),
            (rows, _) => rows,
        }
    }

    /// The owner before revisions were squashed, if some were.
    pub(crate) fn unsquashed(&self) -> Option<&Self> {
        self.unsquashed.as_deref()
    }

    /// The same owner with one more revision.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(&self, migration: Migration) -> Result<Self, OwnerError> {
        Self::new(self.manager.clone().migrations([migration]), &self.host)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.manager.name()
    }

    /// Its version table.
    pub fn version_table(&self) -> &TableName {
        self.manager.version_table()
    }

    /// The manager.
    pub fn manager(&self) -> &DbManager {
        &self.manager
    }

    /// What its host told it.
    pub fn host(&self) -> &HostContext {
        &self.host
    }

    /// Its revisions.
    pub fn history(&self) -> &RevisionMap {
        &self.history
    }

    /// Its models at the heads.
    pub fn metadata(&self) -> &Arc<Metadata> {
        &self.metadata
    }

    /// What it claims: the tables of its models and those that its history leaves, if it can be played.
    pub fn claim(&self) -> Claim<'_> {
        let models = || self.metadata.tables().iter().map(|table| table.name.clone()).collect();
        let tables = self.tables_at(&self.history.effective_heads()).unwrap_or_else(|_| models());
        Claim {
            owner: self.name(),
            version_table: self.version_table(),
            tables: tables.into_iter().collect(),
        }
    }

    /// What a revision does, in the host's schema and under its naming convention.
    ///
    /// # Errors
    /// The revision cannot be read.
    pub fn operations(
        &self,
        revision: &RevisionId,
        direction: Direction,
    ) -> Result<Vec<Operation>, UnreadableRevision> {
        let mut read = Ok(());
        let operations = self.recorded(|recorder| {
            if let Some(migration) = self.migrations.get(revision) {
                read = migration.record(direction, recorder);
            }
        });
        let unreadable = |source: BoxError| UnreadableRevision {
            revision: revision.clone(),
            direction,
            source: Reason::of(&*source),
        };
        read.map(|()| operations).map_err(unreadable)
    }

    /// What creates everything in an empty database: the tables of the models, then the rows they
    /// start with.
    pub fn create_all(&self) -> Vec<Operation> {
        let mut operations = operation::create_all(&self.metadata);
        operations.extend(self.recorded(|recorder| self.manager.record_seed(recorder)));
        operations
    }

    fn recorded(&self, record: impl FnOnce(&mut Operations)) -> Vec<Operation> {
        let mut recorder = Operations::new(self.host.naming_convention());
        record(&mut recorder);
        let mut operations = recorder.finish();
        for operation in &mut operations {
            operation.qualify(self.host.schema());
            operation.recollate(self.host.collations());
        }
        operations
    }

    /// The tables that are no longer its own in a database that stands at `rows`.
    ///
    /// # Errors
    /// An unknown row.
    pub fn given_away(&self, rows: &[RevisionId]) -> Result<BTreeSet<TableName>, HistoryError> {
        let given = self.manager.all_given_away();
        if given.is_empty() {
            return Ok(BTreeSet::new());
        }
        let applied = self.at(rows).history.lineage(rows)?;
        let is_applied = |id: &RevisionId| applied.iter().any(|revision| revision.id == *id);
        let tables = given.iter().filter(|(revision, _)| is_applied(revision)).flat_map(|(_, tables)| tables);
        Ok(tables.map(|table| self.in_host_schema(table)).collect())
    }

    /// Whether a table may be there before its first revision is.
    pub fn takes_over(&self, table: &TableName) -> bool {
        self.manager.all_taken_over().iter().any(|taken| self.in_host_schema(taken) == *table)
    }

    fn in_host_schema(&self, table: &TableName) -> TableName {
        let schema = table.schema.as_deref().or(self.host.schema());
        TableName::new(schema, table.name.as_str())
    }

    /// The schema that the revisions up to `rows` leave, played in memory, without what was given away.
    ///
    /// # Errors
    /// An unknown row, or a revision that does what cannot be done.
    pub fn replay(&self, rows: &[RevisionId]) -> Result<Metadata, ReplayFailure> {
        self.replayed_anywhere(rows).map(|replay| replay.schema)
    }

    fn replayed_anywhere(&self, rows: &[RevisionId]) -> Result<Anywhere, ReplayFailure> {
        let mut replay = Anywhere::new(Metadata::new(self.host.schema(), self.host.naming_convention()));
        let direction = Direction::Upgrade;
        for revision in self.at(rows).history.lineage(rows)? {
            for operation in self.at(rows).operations(&revision.id, direction)? {
                replay.play(&operation).map_err(|source| ReplayError {
                    revision: revision.id.clone(),
                    direction,
                    source,
                })?;
            }
        }
        for table in self.given_away(rows)? {
            replay.schema.remove(&table);
        }
        Ok(replay)
    }

    /// The schema that the revisions up to `rows` leave on a database, with what was given away.
    ///
    /// # Errors
    /// As [`replay`](Self::replay), and a revision that this database cannot run.
    pub fn replay_on(&self, dialect: &dyn Dialect, rows: &[RevisionId]) -> Result<Metadata, PlanError> {
        self.replayed_on(dialect, rows).map(|replay| replay.here)
    }

    pub(crate) fn replayed_on(
        &self,
        dialect: &dyn Dialect,
        rows: &[RevisionId],
    ) -> Result<Replay, PlanError> {
        let mut replay = Replay::new(Metadata::new(self.host.schema(), self.host.naming_convention()));
        let direction = Direction::Upgrade;
        let owner = self.at(rows);
        for revision in owner.history.lineage(rows)? {
            let failed = |source| match source {
                RenderError::Schema(source) => {
                    PlanError::Replay(ReplayError { revision: revision.id.clone(), direction, source })
                }
                source => PlanError::Render {
                    owner: self.name().to_owned(),
                    revision: revision.id.to_string(),
                    source,
                },
            };
            for operation in owner.operations(&revision.id, direction)? {
                replay.play(dialect, &operation).map_err(failed)?;
            }
        }
        Ok(replay)
    }

    /// Every table that it may own in a database that stands at `rows`: its history's as they are then,
    /// and what else its models have. Of a table that a file of SQL makes only the name is known.
    ///
    /// # Errors
    /// As [`replay`](Self::replay).
    pub fn schema_at(&self, rows: &[RevisionId]) -> Result<Metadata, ReplayFailure> {
        let mut schema = self.replayed_with_named(rows)?;
        let known: HashSet<&TableName> = schema.tables().iter().map(|table| &table.name).collect();
        let models = self.metadata.tables().iter();
        let more: Vec<Table> = models.filter(|table| !known.contains(&table.name)).cloned().collect();
        schema.extend(more);
        Ok(schema)
    }

    /// The schema that the revisions up to `rows` leave, with the tables of which only the name is known.
    fn replayed_with_named(&self, rows: &[RevisionId]) -> Result<Metadata, ReplayFailure> {
        let replay = self.replayed_anywhere(rows)?;
        let named = replay.named();
        let mut schema = replay.schema;
        let unknown: Vec<Table> =
            named.into_iter().filter(|name| schema.get(name).is_none()).map(Table::new).collect();
        schema.extend(unknown);
        Ok(schema)
    }

    /// The names of the tables that it may own in a database that stands at `rows`.
    ///
    /// # Errors
    /// As [`replay`](Self::replay).
    pub fn tables_at(&self, rows: &[RevisionId]) -> Result<BTreeSet<TableName>, ReplayFailure> {
        let replay = self.replayed_anywhere(rows)?;
        let tables = replay.schema.tables().iter().chain(self.metadata.tables());
        Ok(tables.map(|table| table.name.clone()).chain(replay.named()).collect())
    }
}

/// Models with the collations of their host.
fn recollated(mut models: Metadata, host: &HostContext) -> Metadata {
    if !host.collations().is_empty() {
        let mut tables = models.take_tables();
        let columns = tables.iter_mut().flat_map(|table| &mut table.columns);
        columns
            .flat_map(|column| column.column_type.values_mut())
            .for_each(|variant| variant.recollate(host.collations()));
        models.extend(tables);
    }
    models
}

/// Why a history cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplayFailure {
    /// A version row is not known.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A revision does not fit.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A revision cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableRevision),
}

/// A revision's operations cannot be read from where they are written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the {direction} of revision {revision} cannot be read")]
pub struct UnreadableRevision {
    /// The revision.
    pub revision: RevisionId,
    /// Which way.
    pub direction: Direction,
    /// Why.
    pub source: Reason,
}

/// An error of somebody else, and those behind it, as text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Reason(String);

impl Reason {
    fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        let chain = std::iter::successors(Some(error), |error| error.source());
        Self(chain.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }
}
