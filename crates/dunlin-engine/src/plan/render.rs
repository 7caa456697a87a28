//! Plans as statements, to check them before they run and to write them down.

use std::collections::{BTreeSet, HashMap};

use super::hazard::{Hazard, Hazards};
use super::names::Names;
use super::stage::{Stage, StageKind, stages};
use super::{Action, OwnerPlan, PlanError, PlanKind, Step};
use crate::dialect::{Dialect, RenderError, Rendered};
use crate::history::row_changes;
use crate::owner::{Owner, ReplayError};
use crate::replay::{OpaqueTables, Replay, play_seen};
use crate::version_table;
use dunlin_core::operation::Operation;
use dunlin_core::revision::RevisionId;
use dunlin_core::schema::{Metadata, TableName};

/// A step as this database runs it, version rows included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedStep {
    /// One line about it, for a comment.
    pub title: String,
    /// Its stages, in order: at least one.
    pub stages: Vec<RenderedStage>,
    /// How many of these an earlier run has done.
    pub done: usize,
    /// What may be lost.
    pub hazards: Vec<Hazard>,
    /// The tables that it must see, and of which the history does not say what they are: it can be run, and
    /// not written down.
    pub opaque: Vec<OpaqueTable>,
}

/// A table that SQL as it stands has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaqueTable {
    /// The table.
    pub table: TableName,
    /// The statement that changed it.
    pub changed_by: String,
}

/// A stage as statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedStage {
    /// What it does.
    pub stage: Stage,
    /// Its statements, without semicolons, if the schema is what the history says it is.
    pub statements: Vec<String>,
    /// What has no statements: functions, each in words.
    pub functions: Vec<String>,
    /// Whether foreign keys must be off while it runs.
    pub suspends_foreign_keys: bool,
}

/// What is known behind the operations that are rendered.
pub(crate) struct SoFar {
    /// The schema that the names in statements mean, where it is not the connection's own.
    host_schema: Option<String>,
    schema: Metadata,
    opaque: OpaqueTables,
    hazards: Hazards,
}

impl SoFar {
    /// Begins where a replay stands, which is a step ahead of what is rendered from then on.
    pub(crate) fn new(replay: &Replay) -> Self {
        Self {
            host_schema: None,
            schema: replay.here.clone(),
            opaque: replay.opaque.clone(),
            hazards: Hazards::default(),
        }
    }
}

/// The operations of one step as a database runs them, without version rows.
pub(crate) struct RenderedOperations {
    /// At least one stage.
    pub(crate) stages: Vec<RenderedStage>,
    hazards: Vec<Hazard>,
    /// The tables that are not known and must be.
    pub(crate) opaque: Vec<OpaqueTable>,
}

impl OwnerPlan {
    /// Renders every step as if the schema were what the history says it is. Whatever cannot run on
    /// this database, or does not fit, is found here.
    ///
    /// # Errors
    /// [`PlanError::Render`], [`PlanError::Replay`] or [`PlanError::AlikeRows`].
    pub fn render(&self, owner: &Owner, dialect: &dyn Dialect) -> Result<Vec<RenderedStep>, PlanError> {
        let together = self.rows_maybe_alike(owner, dialect);
        if let Some((first, second)) = together.iter().find_map(alike) {
            return Err(PlanError::AlikeRows { dialect: dialect.name(), first, second });
        }
        self.render_any_rows(owner, dialect)
    }

    /// The same where the database has been asked about [`rows_maybe_alike`](Self::rows_maybe_alike).
    ///
    /// # Errors
    /// [`PlanError::Render`] or [`PlanError::Replay`].
    pub fn render_any_rows(
        &self,
        owner: &Owner,
        dialect: &dyn Dialect,
    ) -> Result<Vec<RenderedStep>, PlanError> {
        if self.steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut replay = match self.kind {
            PlanKind::Reset => {
                let dropped = self.what_is_dropped(owner.schema_at(&self.rows_before)?);
                let mut replay = Replay::new(dropped);
                replay.leave_out_keys(dialect.name());
                replay
            }
            _ if self.is_sql_alone() => Replay::new(Metadata::default()),
            _ => owner.replayed_on(dialect, &self.rows_before)?,
        };
        let mut so_far = SoFar::new(&replay);
        so_far.host_schema = owner.host().schema().map(str::to_owned);
        let mut create = self.create_version_table;
        let render = |step: &Step| {
            let mut rendered = self.render_step(step, dialect, &mut replay, &mut so_far)?;
            if std::mem::take(&mut create) {
                let table = version_table::table(&self.version_table);
                let operation = Operation::CreateTable { table, if_not_exists: false };
                let created = dialect.render(&operation, &replay.here);
                let created = created.map_err(|source| self.render_error(step, source))?;
                rendered.begin_with(created.statements, dialect);
            }
            let changes = row_changes(&step.rows_before, &step.rows_after);
            let rows = changes.iter().map(|c| version_table::statement(dialect, &self.version_table, c));
            if let Some(last) = rendered.stages.last_mut() {
                let at = if step.action.changes_rows_first() { 0 } else { last.statements.len() };
                last.statements.splice(at..at, rows);
            }
            Ok::<_, PlanError>(rendered)
        };
        let mut rendered = self.steps.iter().map(render).collect::<Result<Vec<_>, _>>()?;
        if let (Some(done), Some(first)) = (self.goes_on_behind(), rendered.first_mut()) {
            first.done = done;
        }
        Ok(rendered)
    }

    /// Whether its steps are stamps and files of SQL, which are run as they stand, whatever the schema.
    pub(super) fn is_sql_alone(&self) -> bool {
        let is_sql = |operation: &Operation| matches!(operation, Operation::ExecuteStages { .. });
        self.steps.iter().flat_map(|step| &step.operations).all(is_sql)
    }

    /// The rows of each step that must be different ones to the database, before and after it, while one becomes the
    /// other: none where they are for sure. A row that becomes one that differs in case only is none too many.
    ///
    /// Whether two are alike is what the collation of the version table says; some pass over accents as well.
    pub fn rows_maybe_alike(&self, owner: &Owner, dialect: &dyn Dialect) -> Vec<BTreeSet<RevisionId>> {
        let rows = |step: &Step| -> BTreeSet<RevisionId> {
            step.rows_before.iter().chain(&step.rows_after).cloned().collect()
        };
        let has_several = |step: &&Step| step.rows_before.len() > 1 || step.rows_after.len() > 1;
        let mut steps = self.steps.iter().filter(has_several).peekable();
        if !dialect.capabilities().ignores_case || steps.peek().is_none() {
            return Vec::new();
        }
        let ids = || owner.at(&self.rows_before).history().revisions().iter().map(|revision| &revision.id);
        if ids().all(|id| id.as_str().is_ascii()) && alike(ids()).is_none() {
            return Vec::new();
        }
        let maybe = |rows: &BTreeSet<RevisionId>| {
            rows.iter().any(|id| !id.as_str().is_ascii()) || alike(rows).is_some()
        };
        steps.map(rows).filter(maybe).collect()
    }

    /// A reset begins with the tables that are there: an earlier one may have dropped others.
    fn what_is_dropped(&self, mut schema: Metadata) -> Metadata {
        let operations = || self.steps.iter().flat_map(|step| &step.operations);
        let dropped = |name: &TableName| {
            operations()
                .any(|operation| matches!(operation, Operation::DropTable { table, .. } if table == name))
        };
        let gone: Vec<TableName> =
            schema.tables().iter().map(|table| table.name.clone()).filter(|name| !dropped(name)).collect();
        for table in &gone {
            schema.remove(table);
        }
        schema
    }

    fn render_step(
        &self,
        step: &Step,
        dialect: &dyn Dialect,
        replay: &mut Replay,
        so_far: &mut SoFar,
    ) -> Result<RenderedStep, PlanError> {
        // What is dropped otherwise is dropped because all of it is meant to go.
        let revision = matches!(step.action, Action::Revision { .. });
        let rendered = render_operations(dialect, &step.operations, replay, so_far, revision);
        let RenderedOperations { stages, hazards, opaque } =
            rendered.map_err(|source| self.render_error(step, source))?;
        Ok(RenderedStep { title: step.title(&self.owner), stages, done: 0, hazards, opaque })
    }

    pub(super) fn render_error(&self, step: &Step, source: RenderError) -> PlanError {
        let (revision, source) = match (&step.action, source) {
            (Action::Revision { revision, direction }, RenderError::Schema(source)) => {
                let (revision, direction) = (revision.id.clone(), *direction);
                return PlanError::Replay(ReplayError { revision, direction, source });
            }
            (Action::Revision { revision, .. }, source) => (revision.id.to_string(), source),
            (Action::CreateAll, source) => ("(from models)".to_owned(), source),
            (Action::DropAll, source) => ("(reset)".to_owned(), source),
            (Action::Stamp, source) => ("(stamp)".to_owned(), source),
        };
        PlanError::Render { owner: self.owner.clone(), revision, source }
    }
}

/// Two ids that differ in case only.
fn alike<'r>(ids: impl IntoIterator<Item = &'r RevisionId>) -> Option<(RevisionId, RevisionId)> {
    let mut seen: HashMap<String, &RevisionId> = HashMap::new();
    ids.into_iter().find_map(|id| {
        let other = seen.insert(id.as_str().to_lowercase(), id)?;
        Some((other.clone(), id.clone()))
    })
}

/// Renders the operations of one step, in stages; `replay` and `so_far` move on behind them.
///
/// # Errors
/// The database cannot do them, or they do not fit.
pub(crate) fn render_operations(
    dialect: &dyn Dialect,
    operations: &[Operation],
    replay: &mut Replay,
    so_far: &mut SoFar,
    with_hazards: bool,
) -> Result<RenderedOperations, RenderError> {
    let SoFar { host_schema, schema, opaque, hazards } = so_far;
    let stages = stages(dialect, operations, replay)?;
    let mut names = Names::default();
    let mut hazards_found = Vec::new();
    hazards.next_step();
    let mut not_known: Vec<OpaqueTable> = Vec::new();
    let mut rendered_stages = Vec::with_capacity(stages.len());
    let is_file = operations.iter().any(|operation| matches!(operation, Operation::ExecuteStages { .. }));
    for stage in stages {
        let mut statements = Vec::new();
        let mut functions = Vec::new();
        let mut suspends_foreign_keys = stage.no_foreign_keys;
        for operation in &stage.operations {
            names.check(dialect, operation, schema)?;
            let needs_table = dialect.needs_current_table(operation);
            let changed_by = operation.table().and_then(|table| opaque.changed_by(table, schema));
            let changed_by = changed_by.map(str::to_owned);
            let is_opaque = changed_by.is_some();
            let unseen = Metadata::default();
            let current = if is_opaque && !needs_table { &unseen } else { &*schema };
            let mut unknown = needs_table;
            let rendered = match dialect.render(operation, current) {
                // What the database makes of it is seen when it runs.
                Err(RenderError::Schema(_)) if is_opaque => {
                    unknown = true;
                    let alters = matches!(operation, Operation::AlterTable { .. });
                    let suspends_foreign_keys = alters && dialect.capabilities().rebuilds_tables;
                    Rendered { suspends_foreign_keys, ..Rendered::default() }
                }
                rendered => rendered?,
            };
            let look = host_schema.as_deref().filter(|_| !is_file && means_host(operation));
            match look.and_then(|schema| dialect.look_in(schema)) {
                Some([there, back]) if !rendered.statements.is_empty() => {
                    statements.push(there);
                    statements.extend(rendered.statements);
                    statements.push(back);
                }
                _ => statements.extend(rendered.statements),
            }
            suspends_foreign_keys |= rendered.suspends_foreign_keys;
            if with_hazards {
                hazards_found.extend(hazards.of(dialect, operation, schema));
            }
            if let Operation::Run { step } = operation {
                let tables: Vec<_> = step.touches.iter().map(ToString::to_string).collect();
                functions.push(format!("{}, which changes {}", step.name, tables.join(", ")));
            }
            opaque.note(dialect, operation, schema);
            if unknown {
                // The operation itself may make of the table what nobody knows.
                let now = operation.table().and_then(|table| opaque.changed_by(table, schema));
                let seen = operation.table().cloned().zip(changed_by.or(now.map(str::to_owned)));
                not_known.extend(seen.map(|(table, changed_by)| OpaqueTable { table, changed_by }));
            }
            play_seen(schema, operation, opaque)?;
        }
        rendered_stages.push(RenderedStage { stage, statements, functions, suspends_foreign_keys });
    }
    Ok(RenderedOperations { stages: rendered_stages, hazards: hazards_found, opaque: not_known })
}

impl Step {
    /// Whether it has SQL whose bare names mean tables of the host's schema: that of a revision in Rust. A file of SQL is
    /// taken as it stands.
    pub fn has_sql_of_host(&self) -> bool {
        self.operations.iter().any(means_host)
    }
}

fn means_host(operation: &Operation) -> bool {
    matches!(operation, Operation::Execute { .. } | Operation::Run { .. } | Operation::Backfill { .. })
}

impl RenderedStep {
    /// The stages that are to be run.
    pub fn pending(&self) -> impl Iterator<Item = &RenderedStage> {
        self.stages.iter().filter(|stage| stage.stage.number == 0 || stage.stage.number > self.done)
    }

    /// How many stages it has, save that for the version table.
    pub fn stage_count(&self) -> usize {
        self.stages.last().map_or(0, |last| last.stage.number)
    }

    /// Whether it is written down which of its stages are done: where a run that stops could leave something that must not
    /// be done again.
    pub fn keeps_place(&self) -> bool {
        let works = |stage: &&RenderedStage| !stage.stage.operations.is_empty();
        let in_batches = |stage: &RenderedStage| stage.stage.kind == StageKind::Batches;
        self.stages.iter().filter(works).count() > 1 || self.stages.iter().any(in_batches)
    }

    /// Puts DDL before everything else: in a stage of its own where it would commit the first.
    fn begin_with(&mut self, statements: Vec<String>, dialect: &dyn Dialect) {
        let commits = !dialect.capabilities().transactional_ddl;
        match self.stages.first_mut() {
            Some(first) if !(commits && first.stage.is_transaction(dialect)) => {
                first.statements.splice(..0, statements);
            }
            _ => {
                let stage = Stage::new(StageKind::Together, Vec::new());
                let functions = Vec::new();
                let stage = RenderedStage { stage, statements, functions, suspends_foreign_keys: false };
                self.stages.insert(0, stage);
            }
        }
    }
}

impl Step {
    /// One line about the step.
    pub fn title(&self, owner: &str) -> String {
        match &self.action {
            Action::Revision { revision, direction } => {
                format!("{owner}: {direction} {} {}", revision.id, revision.title())
            }
            Action::CreateAll => format!("{owner}: create all tables from the models"),
            Action::DropAll => format!("{owner}: drop all tables"),
            Action::Stamp => {
                let ids: Vec<&str> = self.rows_after.iter().map(RevisionId::as_str).collect();
                let at = if ids.is_empty() { "base".to_owned() } else { ids.join(", ") };
                format!("{owner}: stamp {at}")
            }
        }
    }
}
