//! Running what changes a database, and saying what was done.

use std::time::Duration;

use clap::Args;
use dunlin::core::dialect::DialectName;
use dunlin::core::revision::{Direction, Revision};
use dunlin::engine::dialect::Dialect;
use dunlin::engine::plan::{Action, Intent, PlanKind};
use dunlin::{Access, Database, Event, Failure, Left, OwnerReport, Report, RunStatus, StepReport};
use serde_json::{Value, json};

use crate::author::parse_dialect;
use crate::command_error::CommandError;
use crate::project::{Project, failed};
use crate::report::{progress, summarize};
use crate::ui::Ui;

/// The options of commands that change the database.
#[derive(Debug, Clone, Args)]
pub struct Changing {
    /// Print the SQL instead of running it; no database is asked.
    #[arg(long)]
    sql: bool,
    /// With --sql: the database that it is for (postgres, mysql, mariadb, sqlite); else that of the URL.
    #[arg(long, value_name = "DATABASE", value_parser = parse_dialect, requires = "sql")]
    dialect: Option<DialectName>,
    /// How long to wait for another migration to end, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, conflicts_with = "sql")]
    lock_timeout: u64,
    /// Print JSON.
    #[arg(long, conflicts_with = "sql")]
    json: bool,
}

impl Changing {
    pub(super) fn sql(&self) -> bool {
        self.sql
    }

    pub(super) fn json(&self) -> bool {
        self.json
    }

    pub(super) fn dialect(&self, project: &Project) -> Result<&'static dyn Dialect, CommandError> {
        project.dialect(self.dialect)
    }
}

/// Fulfils an intent for the owner, and says what happens and how it ends.
pub(super) async fn change(
    project: &Project,
    ui: &Ui,
    options: &Changing,
    access: Access,
    intent: Intent,
) -> Result<OwnerReport, CommandError> {
    let migrator = project.migrator().clone().lock_timeout(Duration::from_secs(options.lock_timeout));
    let mut database = connect(project, access, &intent).await?;
    if project.config().database_url().is_ok_and(|url| url.is_in_memory()) {
        ui.note("the database is in memory: nothing of this is kept");
    }
    if !options.json {
        ui.line(&format!("database: {}", database.url()));
    }
    let observer = &mut |event: &Event| match event {
        Event::WaitingForLock { .. } | Event::Hazard { .. } => progress(ui, event),
        _ if options.json => {}
        event => progress(ui, event),
    };
    let run = migrator.run(&mut database, project.owner_name(), intent.clone(), observer).await;
    database.close().await;
    match run {
        Ok(report) => {
            if options.json {
                ui.line(&json_of(&report, None).to_string());
            } else {
                summarize(ui, &report, &[project.owner()?.manager()]);
            }
            report.owners.into_iter().next().ok_or_else(|| CommandError::failed("there was nothing to run"))
        }
        Err(failure) => Err(stopped(project, ui, options.json, &intent, failure)),
    }
}

/// Connects to be changed. A SQLite file that is not there is made only for what can be planned.
async fn connect(project: &Project, access: Access, intent: &Intent) -> Result<Database, CommandError> {
    let mut database = project.connect(Access::Read).await?;
    if !database.is_absent() {
        database.close().await;
        return project.connect(access).await;
    }
    if access != Access::Create {
        return Err(CommandError::failed(format!("{} does not exist", database.url()))
            .hint("`dunlin upgrade` makes it"));
    }
    let planned = project.migrator().plan(&mut database, project.owner_name(), intent).await;
    database.close().await;
    planned.map_err(|error| failed(error).note("nothing was changed"))?;
    project.connect(access).await
}

/// A run that stopped: what was done is printed, and what failed, and what state the database is in.
fn stopped(project: &Project, ui: &Ui, json: bool, intent: &Intent, failure: Failure) -> CommandError {
    let Failure { report, left, source } = failure;
    let statement = match &source {
        dunlin::Error::Statement { statement, .. } if statement.lines().count() > 1 => {
            Some(statement.clone())
        }
        _ => None,
    };
    let failing = report.owners.first().and_then(|owner| failing(project, owner, intent));
    let mut error = failed(source);
    if json {
        ui.line(&json_of(&report, Some(error.message())).to_string());
    } else if let Ok(owner) = project.owner() {
        summarize(ui, &report, &[owner.manager()]);
    }
    if let Some((direction, revision)) = &failing {
        error = error.note(format!("in the {direction} of {} {}", revision.id, revision.title()).trim_end());
    }
    if let Some(statement) = statement {
        error = statement.lines().fold(error, |error, line| error.note(format!("| {line}")));
    }
    error.note(match (report.owners.is_empty(), left) {
        (true, _) => "nothing was changed",
        (false, Left::Nothing) => "it was rolled back; the revisions before it stand",
        (false, Left::Part) => {
            "not everything could be rolled back: a part of this revision may stand; see what does before running it again"
        }
        (false, Left::Unknown) => {
            "the connection was lost during the commit: see with `dunlin current` whether it was done"
        }
    })
}

/// The revision at which a run stopped: the next one from where it got to.
fn failing(project: &Project, owner: &OwnerReport, intent: &Intent) -> Option<(Direction, Revision)> {
    let history = project.history().ok()?;
    let path = match intent {
        Intent::Upgrade { target: Some(target), .. } => history.upgrade(&owner.rows_after, target),
        Intent::Downgrade { target } => history.downgrade(&owner.rows_after, target),
        _ => return None,
    };
    let step = path.ok()?.into_iter().next()?;
    Some((step.direction, step.revision))
}

fn json_of(report: &Report, error: Option<&str>) -> Value {
    let owner = |owner: &OwnerReport| {
        let steps: Vec<Value> = owner.steps.iter().filter_map(step).collect();
        json!({
            "owner": owner.owner,
            "kind": kind(owner.kind),
            "status": match owner.status {
                RunStatus::Done => "done",
                RunStatus::Failed => "failed",
                RunStatus::NotStarted | RunStatus::NotAtHead => "not started",
            },
            "rows_before": owner.rows_before,
            "rows_after": owner.rows_after,
            "steps": steps,
        })
    };
    let mut value = report.owners.first().map(owner).unwrap_or_else(|| json!({ "status": "not started" }));
    if let (Some(error), Some(object)) = (error, value.as_object_mut()) {
        object.insert("error".to_owned(), error.into());
    }
    value
}

fn step(step: &StepReport) -> Option<Value> {
    let Action::Revision { revision, direction } = &step.action else { return None };
    Some(json!({
        "revision": revision.id,
        "direction": direction,
        "message": revision.message,
        "milliseconds": u64::try_from(step.elapsed.as_millis()).unwrap_or(u64::MAX),
    }))
}

/// The word for a kind of plan.
pub(super) fn kind(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::UpToDate => "up to date",
        PlanKind::Beyond => "beyond",
        PlanKind::Init => "init",
        PlanKind::Upgrade => "upgrade",
        PlanKind::Downgrade => "downgrade",
        PlanKind::Reset => "reset",
        PlanKind::Stamp => "stamp",
    }
}
