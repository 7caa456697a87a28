//! Plans as SQL: to check them before they run, and to write them down for offline use.

use dunlin_core::schema::Metadata;

use super::{Action, OwnerPlan, PlanError, PlanKind, Step};
use crate::dialect::{Dialect, RenderError, Rendered};
use crate::history::row_changes;
use crate::owner::{Owner, ReplayError, play};
use crate::version_table;

/// A step as statements, version rows included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedStep {
    /// One line about it, for a comment.
    pub title: String,
    /// Its statements, without semicolons.
    pub statements: Vec<String>,
    /// Whether foreign keys must be off while it runs.
    pub suspends_foreign_keys: bool,
}

impl OwnerPlan {
    /// Renders every step as if the schema were what the history says it is. Whatever cannot run on
    /// this database, or does not fit, is found here.
    ///
    /// # Errors
    /// [`PlanError::Render`] or [`PlanError::Replay`].
    pub fn render(&self, owner: &Owner, dialect: &dyn Dialect) -> Result<Vec<RenderedStep>, PlanError> {
        let mut schema = match self.kind {
            PlanKind::Reset => owner.schema_at(&self.rows_before)?,
            _ => owner.replay(&self.rows_before)?,
        };
        let mut create = self.create_version_table;
        let render = |step: &Step| {
            let mut rendered = self.render_step(step, dialect, &mut schema)?;
            if std::mem::take(&mut create) {
                let table = version_table::table(&self.version_table);
                let operation = dunlin_core::operation::Operation::CreateTable { table, if_not_exists: false };
                let created = dialect.render(&operation, &schema);
                let created = created.map_err(|source| self.render_error(step, source))?;
                rendered.statements.splice(..0, created.statements);
            }
            let changes = row_changes(&step.rows_before, &step.rows_after);
            let rows = changes.iter().map(|c| version_table::statement(dialect, &self.version_table, c));
            let at = if step.action.changes_rows_first() { 0 } else { rendered.statements.len() };
            rendered.statements.splice(at..at, rows);
            Ok(rendered)
        };
        self.steps.iter().map(render).collect()
    }

    fn render_step(
        &self,
        step: &Step,
        dialect: &dyn Dialect,
        schema: &mut Metadata,
    ) -> Result<RenderedStep, PlanError> {
        let title = step.title(&self.owner);
        let mut rendered = RenderedStep { title, statements: Vec::new(), suspends_foreign_keys: false };
        for operation in &step.operations {
            let Rendered { statements, suspends_foreign_keys, .. } =
                dialect.render(operation, schema).map_err(|source| self.render_error(step, source))?;
            rendered.statements.extend(statements);
            rendered.suspends_foreign_keys |= suspends_foreign_keys;
            play(schema, operation).map_err(|source| match &step.action {
                Action::Revision { revision, direction } => PlanError::Replay(ReplayError {
                    revision: revision.id.clone(),
                    direction: *direction,
                    source,
                }),
                Action::CreateAll | Action::DropAll => self.render_error(step, source.into()),
            })?;
        }
        Ok(rendered)
    }

    fn render_error(&self, step: &Step, source: RenderError) -> PlanError {
        let revision = match &step.action {
            Action::Revision { revision, .. } => revision.id.to_string(),
            Action::CreateAll => "(from models)".to_owned(),
            Action::DropAll => "(reset)".to_owned(),
        };
        PlanError::Render { owner: self.owner.clone(), revision, source }
    }
}

impl Step {
    /// One line about the step.
    pub fn title(&self, owner: &str) -> String {
        match &self.action {
            Action::Revision { revision, direction } => {
                format!("{owner}: {direction} {} {}", revision.id, revision.message)
            }
            Action::CreateAll => format!("{owner}: create all tables from the models"),
            Action::DropAll => format!("{owner}: drop all tables"),
        }
    }
}

/// Rendered steps as a text that the database's own client runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    text: String,
}

impl Script {
    /// An empty script, but for the session settings under which revisions run, and for what makes the
    /// database's client stop at the first error: going on behind a failed step loses data.
    pub fn new(dialect: &dyn Dialect) -> Self {
        let mut script = Self::default();
        if let Some(line) = dialect.stop_at_error() {
            script.text.push_str(line);
            script.text.push('\n');
        }
        dialect.session_settings().iter().for_each(|sql| script.statement(sql));
        script.text.push('\n');
        script
    }

    /// Adds a comment line.
    pub fn comment(&mut self, line: &str) {
        self.text.push_str(&format!("-- {}\n", line.trim_end().replace(['\n', '\r'], " ")));
    }

    /// Adds one statement.
    pub fn statement(&mut self, sql: &str) {
        let sql = sql.trim_end().trim_end_matches(';').trim_end();
        self.text.push_str(sql);
        // A comment at its end must not swallow the semicolon.
        let last = sql.lines().next_back().unwrap_or_default();
        self.text.push_str(if last.contains("--") || last.contains('#') { "\n;\n" } else { ";\n" });
    }

    /// Adds a step, in a transaction where the database has transactional DDL.
    pub fn step(&mut self, step: &RenderedStep, dialect: &dyn Dialect) {
        self.comment(&step.title);
        let transaction = dialect.capabilities().transactional_ddl;
        if step.suspends_foreign_keys {
            self.statement("PRAGMA foreign_keys = OFF");
        }
        if transaction {
            self.statement("BEGIN");
        }
        step.statements.iter().for_each(|sql| self.statement(sql));
        if step.suspends_foreign_keys {
            self.statement("PRAGMA foreign_key_check");
        }
        if transaction {
            self.statement("COMMIT");
        }
        if step.suspends_foreign_keys {
            self.statement("PRAGMA foreign_keys = ON");
        }
        self.text.push('\n');
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
