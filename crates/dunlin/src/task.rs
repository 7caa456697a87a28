//! A run over several owners: everything is planned and checked before anything is done.

use dunlin_engine::history::Target;
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Intent, OwnerPlan, RenderedStep};

use crate::database::Database;
use crate::error::Error;
use crate::execute;
use crate::report::{Event, Failure, Observer, OwnerReport, Report, RunStatus};
use crate::state;

/// What is wanted of one owner in a run.
pub(crate) struct Task<'m> {
    pub(crate) owner: &'m Owner,
    pub(crate) intent: Intent,
    /// Whether it is taken only if the first owner of the run ends at its head.
    pub(crate) after_head: bool,
}

/// A task with its plan.
pub(crate) struct Planned<'m> {
    pub(crate) owner: &'m Owner,
    pub(crate) plan: OwnerPlan,
    pub(crate) rendered: Vec<RenderedStep>,
}

/// Plans all tasks from the rows as they are now, and plays every plan: what cannot run is found here.
pub(crate) async fn plan<'m>(
    database: &mut Database,
    tasks: Vec<Task<'m>>,
    report: &mut Report,
) -> Result<Vec<Planned<'m>>, Error> {
    let owners: Vec<&Owner> = tasks.iter().map(|task| task.owner).collect();
    let all_tables = tasks.iter().any(|task| task.intent == Intent::Reset);
    let states = state::states(database, &owners, all_tables).await?;
    let mut planned: Vec<Planned<'_>> = Vec::new();
    for (task, state) in tasks.into_iter().zip(states) {
        let Task { owner, intent, after_head } = task;
        let at_head = planned.first().is_none_or(Planned::ends_at_head);
        let failed = |source| Error::Plan { owner: owner.name().to_owned(), source };
        let plan = owner.plan(&state, &intent).map_err(failed)?;
        if after_head && !at_head {
            let status = RunStatus::NotAtHead;
            report.owners.push(OwnerReport { status, ..OwnerReport::planned(&plan) });
            continue;
        }
        let rendered = plan.render(owner, database.dialect()).map_err(failed)?;
        planned.push(Planned { owner, plan, rendered });
    }
    Ok(planned)
}

impl Planned<'_> {
    fn ends_at_head(&self) -> bool {
        let heads = self.owner.history().rows_at(&Target::Heads);
        heads.is_ok_and(|heads| self.plan.rows_after() == heads)
    }

    fn creates(&self) -> bool {
        !self.plan.steps.is_empty() && self.plan.kind != dunlin_engine::plan::PlanKind::Reset
    }
}

/// Runs tasks in order, and stops at the first that fails. The lock must be held.
pub(crate) async fn run(
    database: &mut Database,
    tasks: Vec<Task<'_>>,
    schema: Option<&str>,
    report: &mut Report,
    observer: &mut Observer<'_>,
) -> Result<(), Failure> {
    let before = report.owners.len();
    let mut skipped = Report::default();
    let planned = plan(database, tasks, &mut skipped).await?;
    if planned.iter().any(Planned::creates) {
        database.may_create(None).await?;
        if schema.is_some() {
            database.may_create(schema).await?;
        }
    }
    report.owners.extend(planned.iter().map(|planned| OwnerReport::planned(&planned.plan)));
    report.owners.append(&mut skipped.owners);
    for (position, Planned { owner, plan, rendered }) in planned.iter().enumerate() {
        observer(&Event::OwnerStarted {
            owner: plan.owner.clone(),
            kind: plan.kind,
            steps: plan.steps.len(),
        });
        let lifecycle = owner.manager().lifecycle_override();
        let own = &mut report.owners[before + position];
        let run = execute::run(database, plan, rendered, lifecycle.map(AsRef::as_ref), own, observer);
        if let Err(source) = run.await {
            own.status = RunStatus::Failed;
            let dirty = !database.dialect().capabilities().transactional_ddl;
            return Err(Failure { report: std::mem::take(report), dirty, source });
        }
    }
    Ok(())
}
