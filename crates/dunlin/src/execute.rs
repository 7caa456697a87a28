//! Running the steps of one owner's plan.
//!
//! DDL and version rows are committed together where the database can do that: on PostgreSQL once per
//! stage of a revision, which most have one of, on SQLite once for consecutive revisions (a rebuild in a
//! transaction of its own). MySQL and MariaDB commit every DDL statement by themselves; a revision that
//! only moves rows is committed together with its version row there, too.

mod batches;
mod operation;
pub(crate) mod place;
mod session;

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::{Duration, Instant};

use dunlin_core::manager::{Lifecycle, PlannedStep, Run};
use dunlin_core::operation::Operation;
use dunlin_core::revision::RevisionId;
use dunlin_core::session::{BoxError, BoxFuture, Session};
use dunlin_engine::history::{RowChange, row_changes};
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Action, OwnerPlan, PlanKind, RenderedStage, RenderedStep, StageKind, Step};
use dunlin_engine::version_table;

use self::batches::{Batch, Work};
use self::place::Place;
use self::session::OwnerSession;
use crate::database::{Dangling, Database};
use crate::error::Error;
use crate::journal::Journal;
use crate::lock::LockKey;
use crate::migrator::Transactions;
use crate::report::{Event, Left, Observer, OwnerReport, RunStatus, StepReport};
use crate::state;
use crate::task::{Planned, Settings};

/// Runs a plan, by its manager's override where there is one and something is to be done. An error comes
/// with what it left in the database.
pub(crate) async fn run(
    database: &mut Database,
    settings: Settings<'_>,
    planned: &Planned<'_>,
    report: &mut OwnerReport,
    observer: &mut Observer<'_>,
) -> Result<(), (Left, Error)> {
    let Planned { owner, plan, rendered, upgrades } = planned;
    let schema = owner.host().schema().map(str::to_owned);
    let lifecycle = lifecycle_of(owner, plan);
    let mut run = ManagerRun {
        planned: planned_steps(plan),
        session: OwnerSession { database, schema, in_file: false, in_data_step: false, wrote: false },
        lock: settings.lock,
        journal: None,
        transactions: settings.transactions,
        plan,
        rendered,
        report,
        observer,
        version_table_exists: !plan.create_version_table,
        began: None,
        place: None,
        suspended: false,
        left: Left::Nothing,
    };
    if plan.begun.is_some() && plan.goes_on_behind().is_none() {
        let forgotten = place::forget(run.session.database, &plan.version_table);
        forgotten.await.map_err(|error| (Left::Nothing, error))?;
    }
    if let (Some(journal), false) = (settings.journal, plan.steps.is_empty()) {
        run.journal = journal.is_open(run.session.database).await.then_some(journal);
    }
    let done = match lifecycle {
        _ if plan.steps.is_empty() => Ok(()),
        Some(lifecycle) => {
            let done = dispatch(lifecycle, plan, &mut run).await;
            // The manager's own code decides what it did: the database is asked.
            match run.version_rows().await {
                Ok(rows) => {
                    run.report.rows_after = rows;
                    done
                }
                Err(error) => done.and(Err(error)),
            }
        }
        None => run.all_steps().await,
    };
    let done = match (done, owner.manager().lifecycle_override()) {
        (Ok(()), Some(lifecycle)) if *upgrades => {
            let seen_to = lifecycle.after_upgrade(&mut run.session).await;
            seen_to.map_err(|source| overridden(plan, source))
        }
        (done, _) => done,
    };
    match done {
        Ok(()) => run.report.status = RunStatus::Done,
        Err(source) => {
            run.report.status = RunStatus::Failed;
            let left = if run.left == Left::Nothing && run.session.wrote { Left::Part } else { run.left };
            return Err((left, source));
        }
    }
    Ok(())
}

/// The override of an owner's manager, where a plan runs what it replaces.
pub(crate) fn lifecycle_of<'o>(owner: &'o Owner, plan: &OwnerPlan) -> Option<&'o dyn Lifecycle> {
    owner.manager().lifecycle_override().map(AsRef::as_ref).filter(|_| plan.kind != PlanKind::Stamp)
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
        PlanKind::Stamp => run.run_default().await,
    };
    done.map_err(|source| overridden(plan, source))
}

/// An error of an override, or of ours that it passes on.
fn overridden(plan: &OwnerPlan, source: BoxError) -> Error {
    match source.downcast::<Error>() {
        Ok(own) => *own,
        Err(source) => Error::Override { owner: plan.owner.clone(), source },
    }
}

/// What an override sees of a plan.
pub(crate) fn planned_steps(plan: &OwnerPlan) -> Vec<PlannedStep> {
    let planned = |step: &Step| match &step.action {
        Action::Revision { revision, direction } => Some(PlannedStep {
            revision: revision.id.clone(),
            direction: *direction,
            message: revision.message.clone(),
        }),
        Action::CreateAll | Action::DropAll | Action::Stamp => None,
    };
    plan.steps.iter().filter_map(planned).collect()
}

struct ManagerRun<'r, 'o> {
    session: OwnerSession<'r>,
    lock: &'r LockKey,
    transactions: Transactions,
    /// Where steps are written down, if that can be.
    journal: Option<&'r Journal>,
    plan: &'r OwnerPlan,
    planned: Vec<PlannedStep>,
    rendered: &'r [RenderedStep],
    report: &'r mut OwnerReport,
    observer: &'r mut Observer<'o>,
    version_table_exists: bool,
    /// When the step of several stages began that is being run.
    began: Option<Instant>,
    /// Where that step is, if it is written down.
    place: Option<Place<'r>>,
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
        &mut self.session
    }

    fn run_default(&mut self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async move { Ok(self.all_steps().await?) })
    }
}

impl ManagerRun<'_, '_> {
    /// Runs all steps, in as many transactions as the database wants.
    async fn all_steps(&mut self) -> Result<(), Error> {
        let capabilities = self.session.database.dialect().capabilities();
        let whole = self.transactions == Transactions::Run;
        let groups = whole || (self.transactions == Transactions::Default && capabilities.groups_revisions);
        let rendered = self.rendered;
        let plain = |at: usize| {
            rendered.get(at).is_some_and(|step| match step.stages.as_slice() {
                [stage] => !stage.suspends_foreign_keys,
                _ => false,
            })
        };
        if whole && !capabilities.transactional_ddl {
            return Err(Error::NoTransaction { what: "every DDL statement is committed here".to_owned() });
        }
        if let Some(at) = (0..rendered.len()).find(|at| whole && !plain(*at)) {
            let what = format!("{} cannot be part of it", rendered[at].title);
            return Err(Error::NoTransaction { what });
        }
        let mut next = 0;
        while next < rendered.len() {
            let mut end = next + 1;
            if groups && plain(next) {
                while plain(end) {
                    end += 1;
                }
            }
            match rendered[next].stages.len() {
                1 if rendered[next].done == 0 => self.transaction(next..end).await?,
                _ => self.staged(next).await?,
            }
            next = end;
        }
        Ok(())
    }

    /// Runs steps of one stage each, in one transaction where there are transactions.
    async fn transaction(&mut self, steps: Range<usize>) -> Result<(), Error> {
        let work: Vec<(usize, &RenderedStage)> = self.rendered[steps.clone()]
            .iter()
            .zip(steps)
            .filter_map(|(step, at)| Some((at, step.stages.first()?)))
            .collect();
        self.stages_in_one(&work).await
    }

    /// Runs the stages of one step, each committed before the next: those that an earlier run has not done.
    async fn staged(&mut self, step: usize) -> Result<(), Error> {
        let (plan, rendered) = (self.plan, &self.rendered[step]);
        let before = self.left;
        self.began = Some(Instant::now());
        if rendered.keeps_place() || rendered.done > 0 {
            self.place = Place::find(self.session.database, plan, &plan.steps[step], rendered).await?;
        }
        self.tell_where_it_goes_on(step);
        if rendered.done > 0 {
            self.left = Left::Part;
        }
        let done = self.pending_stages(step, before).await;
        self.began = None;
        if self.place.take().is_some() {
            let dropped = place::drop_if_empty(self.session.database).await;
            return done.and(dropped);
        }
        done
    }

    fn tell_where_it_goes_on(&mut self, step: usize) {
        let Action::Revision { revision, direction } = &self.plan.steps[step].action else { return };
        let Some(place) = self.place.as_ref().filter(|it| it.done > 0 || it.resume_key.is_some()) else {
            return;
        };
        (self.observer)(&Event::GoesOn {
            owner: self.plan.owner.clone(),
            revision: revision.id.clone(),
            direction: *direction,
            done: place.done,
            stages: self.rendered[step].stage_count(),
            resume_key: place.resume_key.as_ref().map(|key| key.join(", ")),
        });
    }

    async fn pending_stages(&mut self, step: usize, before: Left) -> Result<(), Error> {
        let rendered = self.rendered;
        let dialect = self.session.database.dialect();
        for stage in rendered[step].pending() {
            // There a table that is made commits what came before it.
            let commits = !dialect.capabilities().transactional_ddl && stage.stage.is_transaction(dialect);
            if let (Some(place), true) = (&self.place, commits && !stage.stage.records_rows) {
                place.make_table(self.session.database).await?;
            }
            match stage.stage.kind {
                StageKind::Together | StageKind::Rows => self.stages_in_one(&[(step, stage)]).await?,
                StageKind::Alone => self.alone(step, stage).await?,
                StageKind::Batches => self.batches(step, stage).await?,
            }
            // What is committed stays when a later stage fails.
            self.left = if stage.stage.records_rows { before } else { Left::Part };
        }
        Ok(())
    }

    async fn stages_in_one(&mut self, work: &[(usize, &RenderedStage)]) -> Result<(), Error> {
        let suspended = work.iter().any(|(_, stage)| stage.suspends_foreign_keys);
        let dialect = self.session.database.dialect();
        let transactional = work.iter().all(|(_, stage)| stage.stage.is_transaction(dialect));
        let changed = changed_tables(work);
        let dangling = match suspended {
            true => self.session.database.dangling_rows(changed.as_ref()).await?,
            false => Vec::new(),
        };
        if suspended {
            self.session.database.enforce_foreign_keys(false).await?;
        }
        self.suspended = suspended;
        let version_table_existed = self.version_table_exists;
        let result = self.committed(work, transactional, suspended.then_some(&dangling)).await;
        if result.is_err() && transactional {
            self.roll_back().await;
            self.version_table_exists = version_table_existed;
        }
        self.suspended = false;
        let restored = match suspended {
            true => self.session.database.enforce_foreign_keys(true).await,
            false => Ok(()),
        };
        result.and(restored)
    }

    async fn roll_back(&mut self) {
        if let Err(error) = self.session.database.run("ROLLBACK").await {
            tracing::debug!(%error, "nothing was rolled back");
        }
    }

    async fn begin(&mut self, transactional: bool) -> Result<(), Error> {
        if transactional {
            let begin = self.session.database.begin();
            self.session.database.run(begin).await?;
        }
        match self.session.database.holds_lock(self.lock).await? {
            true => Ok(()),
            false => Err(Error::LockLost),
        }
    }

    async fn committed(
        &mut self,
        work: &[(usize, &RenderedStage)],
        transactional: bool,
        dangling_before: Option<&Vec<Dangling>>,
    ) -> Result<(), Error> {
        self.begin(transactional).await?;
        let left = self.left;
        let mut done = Vec::new();
        let plan = self.plan;
        let mut rows = self.report.rows_after.clone();
        for (at, stage) in work {
            let step = &plan.steps[*at];
            let started = self.began.unwrap_or_else(Instant::now);
            self.stage(step, stage, transactional).await?;
            if stage.stage.records_rows {
                self.write_journal(step, started.elapsed()).await;
                rows.clone_from(&step.rows_after);
                let (action, rows_after) = (step.action.clone(), step.rows_after.clone());
                done.push(StepReport { action, rows_after, elapsed: started.elapsed() });
            }
        }
        if let Some(before) = dangling_before {
            self.refuse_dangling(before, changed_tables(work).as_ref()).await?;
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

    /// A step is done, whatever becomes of its entry.
    async fn write_journal(&mut self, step: &Step, elapsed: Duration) {
        let Some(journal) = self.journal else { return };
        if let Err(error) = journal.write(self.session.database, &self.plan.owner, step, elapsed).await {
            tracing::warn!(%error, "a step is not in the journal");
        }
    }

    /// When the connection is lost here, the server may have committed or not.
    async fn commit(&mut self) -> Result<(), Error> {
        let committed = self.session.database.run("COMMIT").await;
        if let Err(Error::Statement { source, .. }) = &committed
            && source.is_lost()
        {
            self.left = Left::Unknown;
        }
        committed.map(drop)
    }

    async fn refuse_dangling(
        &mut self,
        before: &[Dangling],
        changed: Option<&BTreeSet<String>>,
    ) -> Result<(), Error> {
        for Dangling { table, parent, rows } in self.session.database.dangling_rows(changed).await? {
            let known = before.iter().find(|known| known.table == table && known.parent == parent);
            match (rows, known.map(|known| known.rows)) {
                (None, Some(None)) => {}
                (None, _) => return Err(Error::NoKeyReferredTo { table, parent }),
                (Some(rows), known) => {
                    let count = rows.saturating_sub(known.flatten().unwrap_or(0));
                    if count > 0 {
                        return Err(Error::DanglingRows { table, parent, count });
                    }
                }
            }
        }
        Ok(())
    }

    /// Runs a stage, and changes the version rows if it is the step's last.
    async fn stage(&mut self, step: &Step, stage: &RenderedStage, transactional: bool) -> Result<(), Error> {
        self.expect_step(step, transactional).await?;
        self.session.in_file = !step.has_sql_of_host();
        let rows_first = step.action.changes_rows_first();
        if stage.stage.records_rows && rows_first {
            self.change_rows(step).await?;
        }
        for operation in &stage.stage.operations {
            self.operation(operation).await?;
        }
        if !stage.stage.records_rows {
            return self.write_place(stage).await;
        }
        if !rows_first {
            self.change_rows(step).await?;
        }
        // Behind the rows: where nothing holds the two together, what is left then says less than they do.
        match &mut self.place {
            Some(place) => place.erase(self.session.database).await,
            None => Ok(()),
        }
    }

    /// Writes down that a stage is done.
    async fn write_place(&mut self, stage: &RenderedStage) -> Result<(), Error> {
        match &mut self.place {
            Some(place) if stage.stage.number > 0 => {
                place.write(self.session.database, stage.stage.number, None).await
            }
            _ => Ok(()),
        }
    }

    /// The version rows are what the step was planned for; the version table is made if it is not there.
    async fn expect_step(&mut self, step: &Step, transactional: bool) -> Result<(), Error> {
        if self.version_table_exists {
            self.expect_rows(&step.rows_before).await?;
        }
        if !transactional {
            self.left = Left::Part;
        }
        if !std::mem::replace(&mut self.version_table_exists, true) {
            let table = version_table::table(&self.plan.version_table);
            self.operation(&Operation::CreateTable { table, if_not_exists: false }).await?;
        }
        Ok(())
    }

    /// Runs a stage outside any transaction: what an earlier run left half done is taken away first.
    async fn alone(&mut self, step: usize, stage: &RenderedStage) -> Result<(), Error> {
        self.begin(false).await?;
        self.expect_step(&self.plan.steps[step], false).await?;
        for operation in &stage.stage.operations {
            if !self.session.database.finish_earlier_build(operation).await? {
                self.operation(operation).await?;
            }
        }
        self.write_place(stage).await
    }

    /// Runs a stage each batch of which is a transaction of its own.
    async fn batches(&mut self, at: usize, stage: &RenderedStage) -> Result<(), Error> {
        self.begin(false).await?;
        self.expect_step(&self.plan.steps[at], false).await?;
        self.session.in_file = false;
        if let Some(place) = &self.place {
            place.make_table(self.session.database).await?;
        }
        let last = self.place.as_ref().and_then(|place| place.resume_key.clone());
        let operation = stage.stage.operations.first();
        let Some(mut work) = operation.and_then(|operation| Work::of(operation, last)) else { return Ok(()) };
        let mut updated = 0;
        loop {
            let resume_key = self.resume_key();
            let batch = match self.one_batch(&mut work, stage).await {
                Ok(batch) => batch,
                Err(source) => {
                    self.roll_back().await;
                    let table = work.table().to_string();
                    return Err(Error::Backfill { table, resume_key, source: Box::new(source) });
                }
            };
            self.commit().await?;
            updated += batch.rows;
            let resume_key = batch.resume_key.map(|key| key.join(", "));
            let more = resume_key.is_some();
            (self.observer)(&Event::BatchDone {
                owner: self.plan.owner.clone(),
                table: work.table().to_string(),
                updated,
                resume_key,
            });
            if !more {
                return Ok(());
            }
            tokio::time::sleep(work.pause()).await;
        }
    }

    /// Does the next batch, and writes down that it is done; it is not committed then.
    async fn one_batch(&mut self, work: &mut Work<'_>, stage: &RenderedStage) -> Result<Batch, Error> {
        self.begin(true).await?;
        let batch = work.batch(&mut self.session).await?;
        if let Some(place) = &mut self.place {
            let done = stage.stage.number - usize::from(batch.resume_key.is_some());
            place.write(self.session.database, done, batch.resume_key.clone()).await?;
        }
        Ok(batch)
    }

    fn resume_key(&self) -> Option<String> {
        Some(self.place.as_ref()?.resume_key.as_ref()?.join(", "))
    }

    async fn change_rows(&mut self, step: &Step) -> Result<(), Error> {
        for change in row_changes(&step.rows_before, &step.rows_after) {
            self.change_row(step, &change).await?;
        }
        Ok(())
    }

    /// Another tool may have been here since the plan was made: the lock binds only those who ask for it.
    async fn expect_rows(&mut self, expected: &[RevisionId]) -> Result<(), Error> {
        let found = self.version_rows().await?;
        if found == expected { Ok(()) } else { Err(self.row_moved(expected, found)) }
    }

    /// An update or delete that does not hit its row means that another tool was here just now.
    async fn change_row(&mut self, step: &Step, change: &RowChange) -> Result<(), Error> {
        let version_table = &self.plan.version_table;
        let statement = version_table::statement(self.session.database.dialect(), version_table, change);
        if self.session.database.run(&statement).await? == 1 {
            return Ok(());
        }
        let found = self.version_rows().await?;
        Err(self.row_moved(&step.rows_before, found))
    }

    async fn version_rows(&mut self) -> Result<Vec<RevisionId>, Error> {
        let rows = state::version_rows(self.session.database, &[&self.plan.version_table]).await?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    fn row_moved(&self, expected: &[RevisionId], found: Vec<RevisionId>) -> Error {
        let version_table = self.plan.version_table.clone();
        Error::RowMoved { version_table, expected: expected.to_vec(), found }
    }
}

/// The tables that these stages may change; `None` if that can be any.
fn changed_tables(work: &[(usize, &RenderedStage)]) -> Option<BTreeSet<String>> {
    let changed: Option<Vec<_>> = work.iter().map(|(_, stage)| stage.stage.changed_tables()).collect();
    Some(changed?.into_iter().flatten().collect())
}
