//! Plans as a script instead of a run.

use dunlin_core::dialect::DialectName;
use dunlin_core::manager::{PlannedStep, Run};
use dunlin_core::schema::SqlValue;
use dunlin_core::session::{BoxError, BoxFuture, Row, Session};
use dunlin_engine::dialect::Dialect;
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Begun, OwnerPlan, PlanError, RenderedStep, Script, Step};

use crate::error::Error;
use crate::execute;
use crate::task::Planned;

/// Writes plans down, one after the other, by their managers' overrides where there are some.
pub(crate) async fn write_script(
    planned: &[Planned<'_>],
    dialect: &'static dyn Dialect,
) -> Result<Script, Error> {
    let mut script = Script::new(dialect);
    for Planned { owner, plan, rendered, .. } in planned {
        refuse_half_done(plan)?;
        refuse_other_schema(owner, plan, dialect)?;
        if plan.steps.is_empty() {
            script.comment(&format!("{}: nothing to do", plan.owner));
            continue;
        }
        let session = ScriptSession { script: &mut script, dialect, schema: owner.host().schema() };
        let mut run = ScriptRun { planned: execute::planned_steps(plan), rendered, session };
        match execute::lifecycle_of(owner, plan) {
            Some(lifecycle) => execute::dispatch(lifecycle, plan, &mut run).await?,
            None => run.all_steps()?,
        }
    }
    Ok(script)
}

/// SQL of a revision in Rust names tables without their schema: a run goes there and comes back, a script may not know where to.
fn refuse_other_schema(owner: &Owner, plan: &OwnerPlan, dialect: &dyn Dialect) -> Result<(), Error> {
    let Some(schema) = owner.host().schema() else { return Ok(()) };
    let has_sql = || plan.steps.iter().any(Step::has_sql_of_host);
    if dialect.capabilities().schemas && dialect.look_in(schema).is_none() && has_sql() {
        return Err(Error::ScriptOfSchema { schema: schema.to_owned() });
    }
    Ok(())
}

/// A script begins between revisions: how far batches are in one is known to the program only.
fn refuse_half_done(plan: &OwnerPlan) -> Result<(), Error> {
    match &plan.begun {
        Some(Begun { revision, direction, .. }) if plan.goes_on_behind().is_some() => Err(Error::Plan {
            owner: plan.owner.clone(),
            source: PlanError::HalfDone {
                owner: plan.owner.clone(),
                revision: revision.clone(),
                direction: *direction,
            },
        }),
        _ => Ok(()),
    }
}

struct ScriptRun<'s> {
    planned: Vec<PlannedStep>,
    rendered: &'s [RenderedStep],
    session: ScriptSession<'s>,
}

impl ScriptRun<'_> {
    /// Writes the steps down, if all of them can be: a table that SQL as it stands has changed is not what
    /// the replay says, and there is no other to restate it from.
    fn all_steps(&mut self) -> Result<(), Error> {
        let not_known = self.rendered.iter().find_map(|step| Some((step, step.opaque.first()?)));
        if let Some((step, opaque)) = not_known {
            return Err(Error::Opaque {
                step: step.title.clone(),
                table: opaque.table.to_string(),
                statement: opaque.changed_by.clone(),
            });
        }
        let ScriptSession { script, dialect, .. } = &mut self.session;
        self.rendered.iter().for_each(|step| script.step(step, *dialect));
        Ok(())
    }
}

impl Run for ScriptRun<'_> {
    fn plan(&self) -> &[PlannedStep] {
        &self.planned
    }

    fn offline(&self) -> bool {
        true
    }

    fn session(&mut self) -> &mut dyn Session {
        &mut self.session
    }

    fn run_default(&mut self) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(std::future::ready(self.all_steps().map_err(Into::into)))
    }
}

struct ScriptSession<'s> {
    script: &'s mut Script,
    dialect: &'static dyn Dialect,
    schema: Option<&'s str>,
}

impl Session for ScriptSession<'_> {
    fn dialect(&self) -> DialectName {
        self.dialect.name()
    }

    fn schema(&self) -> Option<&str> {
        self.schema
    }

    fn quote(&self, identifier: &str) -> String {
        self.dialect.quote(identifier)
    }

    fn literal(&self, value: &SqlValue) -> String {
        self.dialect.value(value)
    }

    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64, BoxError>> {
        self.script.statement(sql);
        Box::pin(std::future::ready(Ok(0)))
    }

    fn query<'a>(&'a mut self, _sql: &'a str) -> BoxFuture<'a, Result<Vec<Row>, BoxError>> {
        Box::pin(std::future::ready(Err("there is no database to ask in offline mode".into())))
    }
}
