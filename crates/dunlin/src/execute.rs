//! Running the steps of one owner's plan.
//!
//! DDL and version rows are committed together where the database can do that: on PostgreSQL once per
//! revision, on SQLite once for consecutive revisions (a rebuild in a transaction of its own). MySQL
//! and MariaDB commit every DDL statement by themselves.

use std::time::Instant;

use dunlin_core::manager::{Lifecycle, PlannedStep, Run};
use dunlin_core::operation::Operation;
use dunlin_core::revision::RevisionId;
use dunlin_core::session::{BoxError, BoxFuture, Session};
use dunlin_engine::dialect::Rendered;
use dunlin_engine::history::{RowChange, row_changes};
use dunlin_engine::plan::{Action, OwnerPlan, PlanError, PlanKind, RenderedStep, Step};
use dunlin_engine::version_table;

use crate::database::Database;
use crate::error::Error;
use crate::introspect::{Introspected, Unsaid, introspect};
use crate::lock::LockKey;
use crate::report::{Event, Left, Observer, OwnerReport, RunStatus, StepReport};
use crate::state;

/// Runs a plan, by its manager's override where there is one and something is to be done. An error comes
/// with what it left in the database.
pub(crate) async fn run(
    database: &mut Database,
    lock: &LockKey,
    plan: &OwnerPlan,
    rendered: &[RenderedStep],
    lifecycle: Option<&dyn Lifecycle>,
    report: &mut OwnerReport,
    observer: &mut Observer<'_>,
) -> Result<(), (Left, Error)> {
    let mut run = ManagerRun {
        planned: planned_steps(plan),
        database,
        lock,
        plan,
        rendered,
        report,
        observer,
        version_table_exists: !plan.create_version_table,
        suspended: false,
        left: Left::Nothing,
    };
    let done = match lifecycle {
        _ if plan.steps.is_empty() => Ok(()),
        Some(lifecycle) => {
            let done = dispatch(lifecycle, plan, &mut run).await;
            // The manager's own code decides what it did: the database is asked.
            match run.rows().await {
                Ok(rows) => {
                    run.report.rows_after = rows;
                    done
                }
                Err(error) => done.and(Err(error)),
            }
        }
        None => run.all_steps().await,
    };
    match done {
        Ok(()) => run.report.status = RunStatus::Done,
        Err(source) => {
            run.report.status = RunStatus::Failed;
            return Err((run.left, source));
        }
    }
    Ok(())
}

/// Calls the function of an override that a plan asks for.
pub(crate) async fn dispatch(
    lifecycle: &dyn Lifecycle,
    plan: &OwnerPlan,
    run: &mut dyn Run,
) -> Result<(), Error> {
    let done = match plan.kind {
        PlanKind::Init => lifecycle.init(run).await,
        PlanKind::Downgrade => lifecycle.downgrade(run).await,
        PlanKind::Reset => lifecycle.reset(run).await,
        PlanKind::Upgrade | PlanKind::UpToDate | PlanKind::Beyond => lifecycle.upgrade(run).await,
    };
    done.map_err(|source| match source.downcast::<Error>() {
        Ok(own) => *own,
        Err(source) => Error::Override { owner: plan.owner.clone(), source },
    })
}

/// What an override sees of a plan.
pub(crate) fn planned_steps(plan: &OwnerPlan) -> Vec<PlannedStep> {
    let planned = |step: &Step| match &step.action {
        Action::Revision { revision, direction } => Some(PlannedStep {
            revision: revision.id.clone(),
            direction: *direction,
            message: revision.message.clone(),
        }),
        Action::CreateAll | Action::DropAll => None,
    };
    plan.steps.iter().filter_map(planned).collect()
}

struct ManagerRun<'r, 'o> {
    database: &'r mut Database,
    lock: &'r LockKey,
    plan: &'r OwnerPlan,
    planned: Vec<PlannedStep>,
    rendered: &'r [RenderedStep],
    report: &'r mut OwnerReport,
    observer: &'r mut Observer<'o>,
    version_table_exists: bool,
    /// Whether foreign keys are not enforced right now.
    suspended: bool,
    /// What an error would leave in the database.
    left: Left,
}

impl Run for ManagerRun<'_, '_> {
    fn plan(&self) -> &[PlannedStep] {
        &self.planned
    }

    fn offline(&self) -> bool {
        false
    }

    /// The manager's own statements are committed one by one.
    fn session(&mut self) -> &mut dyn Session {
        self.left = Left::Part;
        self.database
    }

    fn run_default(&mut self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async move { Ok(self.all_steps().await?) })
    }
}

impl ManagerRun<'_, '_> {
    /// Runs all steps, in as many transactions as the database wants.
    async fn all_steps(&mut self) -> Result<(), Error> {
        let capabilities = self.database.dialect().capabilities();
        let mut next = 0;
        while next < self.plan.steps.len() {
            let alone = |at: usize| self.rendered.get(at).is_some_and(|step| step.suspends_foreign_keys);
            let mut end = next + 1;
            if capabilities.groups_revisions && !alone(next) {
                while end < self.plan.steps.len() && !alone(end) {
                    end += 1;
                }
            }
            let suspended = alone(next);
            self.transaction(next..end, capabilities.transactional_ddl, suspended).await?;
            next = end;
        }
        Ok(())
    }

    async fn transaction(
        &mut self,
        steps: std::ops::Range<usize>,
        transactional: bool,
        suspended: bool,
    ) -> Result<(), Error> {
        let dangling = match suspended {
            true => self.database.dangling_rows().await?,
            false => Vec::new(),
        };
        if suspended {
            self.database.enforce_foreign_keys(false).await?;
        }
        self.suspended = suspended;
        let version_table_existed = self.version_table_exists;
        let result = self.committed(steps, transactional, suspended.then_some(&dangling)).await;
        if result.is_err()
            && transactional
            && let Err(error) = self.database.run("ROLLBACK").await
        {
            tracing::debug!(%error, "nothing was rolled back");
        }
        if result.is_err() && transactional {
            self.version_table_exists = version_table_existed;
        }
        self.suspended = false;
        let restored = match suspended {
            true => self.database.enforce_foreign_keys(true).await,
            false => Ok(()),
        };
        result.and(restored)
    }

    async fn committed(
        &mut self,
        steps: std::ops::Range<usize>,
        transactional: bool,
        dangling_before: Option<&Vec<(String, String, u64)>>,
    ) -> Result<(), Error> {
        if transactional {
            let begin = self.database.begin();
            self.database.run(begin).await?;
        }
        if !self.database.holds_lock(self.lock).await? {
            return Err(Error::LockLost);
        }
        let left = self.left;
        let mut done = Vec::new();
        let plan = self.plan;
        let mut rows = self.report.rows_after.clone();
        for step in &plan.steps[steps] {
            let started = Instant::now();
            self.step(step).await?;
            rows.clone_from(&step.rows_after);
            done.push(StepReport { action: step.action.clone(), elapsed: started.elapsed() });
        }
        if let Some(before) = dangling_before {
            self.refuse_dangling(before).await?;
        }
        if transactional {
            self.commit().await?;
        }
        self.left = left;
        self.report.rows_after = rows;
        for step in done {
            (self.observer)(&Event::StepDone { owner: plan.owner.clone(), step: step.clone() });
            self.report.steps.push(step);
        }
        Ok(())
    }

    /// When the connection is lost here, the server may have committed or not.
    async fn commit(&mut self) -> Result<(), Error> {
        let committed = self.database.run("COMMIT").await;
        if let Err(Error::Statement { source, .. }) = &committed
            && source.is_lost()
        {
            self.left = Left::Unknown;
        }
        committed.map(drop)
    }

    async fn refuse_dangling(&mut self, before: &[(String, String, u64)]) -> Result<(), Error> {
        let known = |table: &str, parent: &str| {
            let same = |(t, p, _): &&(String, String, u64)| t == table && p == parent;
            before.iter().find(same).map_or(0, |(_, _, count)| *count)
        };
        let after = self.database.dangling_rows().await?;
        let new = after.into_iter().find(|(table, parent, count)| *count > known(table, parent));
        match new {
            Some((table, parent, count)) => {
                let count = count - known(&table, &parent);
                Err(Error::DanglingRows { table, parent, count })
            }
            None => Ok(()),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), Error> {
        if self.version_table_exists {
            self.expect_rows(&step.rows_before).await?;
        }
        if !self.database.dialect().capabilities().transactional_ddl {
            self.left = Left::Part;
        }
        if !std::mem::replace(&mut self.version_table_exists, true) {
            let table = version_table::table(&self.plan.version_table);
            self.operation(&Operation::CreateTable { table, if_not_exists: false }).await?;
        }
        let rows_first = step.action.changes_rows_first();
        if rows_first {
            self.change_rows(step).await?;
        }
        for operation in &step.operations {
            self.operation(operation).await?;
        }
        if !rows_first {
            self.change_rows(step).await?;
        }
        Ok(())
    }

    async fn change_rows(&mut self, step: &Step) -> Result<(), Error> {
        for change in row_changes(&step.rows_before, &step.rows_after) {
            self.change_row(step, &change).await?;
        }
        Ok(())
    }

    /// Renders an operation from the table as it really is, and runs it.
    async fn operation(&mut self, operation: &Operation) -> Result<(), Error> {
        let dialect = self.database.dialect();
        let current = match operation.table() {
            Some(table) if dialect.needs_current_table(operation) => {
                introspect(self.database, std::slice::from_ref(table)).await?
            }
            _ => Introspected::default(),
        };
        let rendered = dialect.render(operation, &current.metadata).map_err(|source| Error::Plan {
            owner: self.plan.owner.clone(),
            source: PlanError::Render {
                owner: self.plan.owner.clone(),
                revision: operation.table().map(ToString::to_string).unwrap_or_default(),
                source,
            },
        })?;
        refuse_loss(operation, &rendered, &current.unsaid)?;
        if let (true, false, Some(table)) =
            (rendered.suspends_foreign_keys, self.suspended, operation.table())
        {
            return Err(Error::Drifted { table: table.to_string() });
        }
        let triggers = match &rendered.rebuilds {
            Some(table) => self.database.triggers(table).await?,
            None => Vec::new(),
        };
        for sql in rendered.statements.iter().chain(&triggers) {
            self.database.run(sql).await?;
        }
        Ok(())
    }

    /// Another tool may have been here since the plan was made: the lock binds only those who ask for it.
    async fn expect_rows(&mut self, expected: &[RevisionId]) -> Result<(), Error> {
        let found = self.rows().await?;
        if found == expected { Ok(()) } else { Err(self.row_moved(expected, found)) }
    }

    /// An update or delete that does not hit its row means that another tool was here just now.
    async fn change_row(&mut self, step: &Step, change: &RowChange) -> Result<(), Error> {
        let version_table = &self.plan.version_table;
        let statement = version_table::statement(self.database.dialect(), version_table, change);
        if self.database.run(&statement).await? == 1 {
            return Ok(());
        }
        let found = self.rows().await?;
        Err(self.row_moved(&step.rows_before, found))
    }

    async fn rows(&mut self) -> Result<Vec<RevisionId>, Error> {
        let rows = state::version_rows(self.database, &[&self.plan.version_table]).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    fn row_moved(&self, expected: &[RevisionId], found: Vec<RevisionId>) -> Error {
        let version_table = self.plan.version_table.clone();
        Error::RowMoved { version_table, expected: expected.to_vec(), found }
    }
}

/// What is restated must be said in full.
fn refuse_loss(operation: &Operation, rendered: &Rendered, unsaid: &[Unsaid]) -> Result<(), Error> {
    let restated = |column: &String| rendered.restates.contains(column);
    let lost = unsaid.iter().filter(|unsaid| {
        rendered.rebuilds.as_ref() == Some(&unsaid.table) || unsaid.column.as_ref().is_some_and(restated)
    });
    let lost: Vec<&str> = lost.map(|unsaid| unsaid.what.as_str()).collect();
    match operation.table() {
        Some(table) if !lost.is_empty() => {
            Err(Error::ChangeWouldLose { table: table.to_string(), what: lost.join(", ") })
        }
        _ => Ok(()),
    }
}
