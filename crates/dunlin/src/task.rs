//! A run over several owners: everything is planned and checked before anything is done.

use std::collections::{BTreeSet, HashMap};

use dunlin_core::operation::Operation;
use dunlin_core::revision::RevisionId;
use dunlin_core::schema::TableName;
use dunlin_engine::history::Target;
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Intent, OwnerPlan, PlanError, PlanKind, RenderedStep, tables_made_first};

use crate::database::Database;
use crate::error::Error;
use crate::execute;
use crate::in_the_way;
use crate::journal::Journal;
use crate::lock::LockKey;
use crate::migrator::Transactions;
use crate::report::{Event, Left, Observer, OwnerReport, Report};
use crate::state;

/// What is wanted of one owner in a run.
pub(crate) struct Task<'m> {
    pub(crate) owner: &'m Owner,
    pub(crate) intent: Intent,
    /// Whether it is taken only if the first owner of the run ends at its head.
    pub(crate) after_head: bool,
}

/// How tasks are run.
#[derive(Clone, Copy)]
pub(crate) struct Settings<'m> {
    /// All owners of the database.
    pub(crate) owners: &'m [Owner],
    pub(crate) lock: &'m LockKey,
    pub(crate) journal: Option<&'m Journal>,
    pub(crate) transactions: Transactions,
}

/// A task with its plan.
pub(crate) struct Planned<'m> {
    pub(crate) owner: &'m Owner,
    pub(crate) plan: OwnerPlan,
    pub(crate) rendered: Vec<RenderedStep>,
    /// Whether an upgrade was wanted, whatever it comes to.
    pub(crate) upgrades: bool,
}

/// Plans all tasks from the rows as they are now, and plays every plan: what cannot run is found here.
pub(crate) async fn plan<'m>(
    database: &mut Database,
    all: &'m [Owner],
    tasks: Vec<Task<'m>>,
    report: &mut Report,
) -> Result<Vec<Planned<'m>>, Error> {
    let owners: Vec<&Owner> = tasks.iter().map(|task| task.owner).collect();
    let for_reset = tasks.iter().any(|task| task.intent == Intent::Reset);
    let states = state::states(database, all, &owners, for_reset).await?;
    let mut planned: Vec<Planned<'_>> = Vec::new();
    for (task, state) in tasks.into_iter().zip(states) {
        let Task { owner, intent, after_head } = task;
        if after_head && !planned.first().is_none_or(Planned::ends_at_head) {
            report.owners.push(OwnerReport::left_alone(owner.name(), state.rows()));
            continue;
        }
        let failed = |source| Error::Plan { owner: owner.name().to_owned(), source };
        let plan = owner.plan(&state, &intent).map_err(failed)?;
        refuse_alike_rows(database, &plan, owner).await?;
        let rendered = plan.render_any_rows(owner, database.dialect()).map_err(failed)?;
        let begins = plan.rows_before.is_empty() && plan.goes_on_behind().is_none();
        if plan.kind == PlanKind::Upgrade && begins && !database.is_scratch() {
            refuse_unversioned(database, &plan, &rendered).await?;
        }
        let upgrades = matches!(intent, Intent::Upgrade { .. });
        let task = Planned { owner, plan, rendered, upgrades };
        in_the_way::refuse(database, &task).await?;
        planned.push(task);
    }
    Ok(planned)
}

/// Version rows that are there together must be different ones to the database.
async fn refuse_alike_rows(database: &mut Database, plan: &OwnerPlan, owner: &Owner) -> Result<(), Error> {
    let together = plan.rows_maybe_alike(owner, database.dialect());
    let ids: BTreeSet<&RevisionId> = together.iter().flatten().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<&RevisionId> = ids.into_iter().collect();
    let weights = state::weights(database, &plan.version_table, &ids).await?;
    for rows in &together {
        let mut seen: HashMap<&str, &RevisionId> = HashMap::new();
        for id in rows {
            let weight = ids.binary_search(&id).ok().and_then(|at| weights.get(at));
            if let Some(other) = weight.and_then(|weight| seen.insert(weight, id)) {
                let (first, second) = (other.clone(), id.clone());
                let source = PlanError::AlikeRows { dialect: database.dialect().name(), first, second };
                return Err(Error::Plan { owner: plan.owner.clone(), source });
            }
        }
    }
    Ok(())
}

/// In a database without version rows, a table that the plan would make is one of an owner that somebody else has
/// brought there: which revision it stands at nobody knows.
async fn refuse_unversioned(
    database: &mut Database,
    plan: &OwnerPlan,
    rendered: &[RenderedStep],
) -> Result<(), Error> {
    /// So many are looked for: those of the first revisions tell it.
    const LOOKED_FOR: usize = 1_000;
    let dialect = database.dialect();
    let mut made = tables_made_first(rendered, dialect);
    made.retain(|table| table.schema.is_none() || dialect.capabilities().schemas);
    made.retain(|table| *table != plan.version_table);
    made.truncate(LOOKED_FOR);
    let tables: Vec<TableName> = database.existing_there(&made).await?.into_iter().collect();
    if tables.is_empty() {
        return Ok(());
    }
    let source = PlanError::Unversioned {
        owner: plan.owner.clone(),
        version_table: plan.version_table.clone(),
        version_table_exists: !plan.create_version_table,
        tables,
    };
    Err(Error::Plan { owner: plan.owner.clone(), source })
}

impl Planned<'_> {
    fn ends_at_head(&self) -> bool {
        let heads = self.owner.history().rows_at(&Target::HEADS);
        heads.is_ok_and(|heads| self.plan.rows_after() == heads)
    }

    /// Whether something is created in the schema of the tables.
    fn creates(&self) -> bool {
        let creates = |operation: &Operation| {
            matches!(
                operation,
                Operation::CreateTable { .. }
                    | Operation::CreateIndex { .. }
                    | Operation::Execute { .. }
                    | Operation::ExecuteStages { .. }
            )
        };
        self.plan.steps.iter().any(|step| step.operations.iter().any(creates))
    }
}

/// Asks for the right to create what the plans create, where the server tells beforehand.
async fn may_create(
    database: &mut Database,
    planned: &[Planned<'_>],
    schema: Option<&str>,
) -> Result<(), Error> {
    let creates = planned.iter().any(Planned::creates);
    let plans = planned.iter().map(|planned| &planned.plan).filter(|plan| plan.create_version_table);
    let mut schemas: BTreeSet<Option<&str>> =
        plans.map(|plan| plan.version_table.schema.as_deref()).collect();
    if creates {
        schemas.insert(schema);
    }
    for schema in schemas {
        database.may_create(schema).await?;
    }
    Ok(())
}

/// A server that is set to takes no table without a primary key.
async fn require_primary_keys(database: &mut Database, planned: &[Planned<'_>]) -> Result<(), Error> {
    let steps = planned.iter().flat_map(|planned| &planned.plan.steps);
    let without = steps.flat_map(|step| &step.operations).find_map(|operation| match operation {
        Operation::CreateTable { table, .. } if table.primary_key.is_none() && !table.options.temporary => {
            Some(table.name.to_string())
        }
        _ => None,
    });
    match without {
        Some(table) if database.requires_primary_keys().await? => Err(Error::PrimaryKeyRequired { table }),
        _ => Ok(()),
    }
}

/// Runs tasks in order, and stops at the first that fails; what was done stands in the report. The lock
/// must be held.
pub(crate) async fn run(
    database: &mut Database,
    settings: Settings<'_>,
    tasks: Vec<Task<'_>>,
    schema: Option<&str>,
    report: &mut Report,
    observer: &mut Observer<'_>,
) -> Result<(), (Left, Error)> {
    let nothing = |error| (Left::Nothing, error);
    let before = report.owners.len();
    let mut skipped = Report::default();
    let planned = plan(database, settings.owners, tasks, &mut skipped).await.map_err(nothing)?;
    may_create(database, &planned, schema).await.map_err(nothing)?;
    require_primary_keys(database, &planned).await.map_err(nothing)?;
    report.owners.extend(planned.iter().map(|planned| OwnerReport::planned(&planned.plan)));
    report.owners.append(&mut skipped.owners);
    for (position, planned) in planned.iter().enumerate() {
        let Planned { plan, rendered, .. } = planned;
        observer(&Event::OwnerStarted {
            owner: plan.owner.clone(),
            kind: plan.kind,
            steps: plan.steps.len(),
        });
        for hazard in rendered.iter().flat_map(|step| &step.hazards) {
            observer(&Event::Hazard { owner: plan.owner.clone(), hazard: hazard.clone() });
        }
        let own = &mut report.owners[before + position];
        execute::run(database, settings, planned, own, observer).await?;
    }
    Ok(())
}
