//! `plan`

use clap::Args;
use dunlin::core::dialect::DialectName;
use dunlin::core::revision::{Direction, RevisionId};
use dunlin::engine::history::HistoryError;
use dunlin::engine::plan::{Action, Intent, PlanKind, RenderedStep, Step};
use dunlin::{Access, PlannedOwner};
use serde_json::{Value, json};

use super::range::single;
use crate::author::parse_dialect;
use crate::command_error::CommandError;
use crate::exit::ExitStatus;
use crate::project::{Project, failed};
use crate::ui::Ui;

/// Show what an upgrade or downgrade would do, and run nothing.
///
/// It begins where the database is, or with --from at given version rows; then no database is asked.
#[derive(Debug, Clone, Args)]
pub struct Plan {
    /// Where to, as `upgrade` and `downgrade` take it.
    #[arg(value_name = "TARGET", default_value = "head", allow_negative_numbers = true)]
    target: String,
    /// Go down instead of up.
    #[arg(long)]
    downgrade: bool,
    /// The version rows to begin at, separated by commas; `base` is none.
    #[arg(long, value_name = "REVISION,…", value_delimiter = ',')]
    from: Option<Vec<String>>,
    /// With --from: the database that it is for (postgres, mysql, mariadb, sqlite); else that of the URL.
    #[arg(long, value_name = "DATABASE", value_parser = parse_dialect, requires = "from")]
    dialect: Option<DialectName>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Plan {
    /// Shows it.
    ///
    /// # Errors
    /// There is no such plan, or the database cannot be read.
    pub async fn run(&self, project: &Project, ui: &Ui) -> Result<ExitStatus, CommandError> {
        project.need_revisions()?;
        let target = single(project, &self.target)?;
        let intent = match self.downgrade {
            true => Intent::Downgrade { target },
            false => Intent::Upgrade { target: Some(target), use_migration_files: true },
        };
        let planned = match &self.from {
            Some(from) => {
                let (dialect, rows) = (project.dialect(self.dialect)?, rows(project, from)?);
                project.migrator().plan_from(dialect, project.owner_name(), &rows, &intent).map_err(failed)?
            }
            None => {
                let mut database = project.connect(Access::Read).await?;
                let planned = project.migrator().plan(&mut database, project.owner_name(), &intent).await;
                database.close().await;
                planned.map_err(failed)?
            }
        };
        if self.downgrade && planned.plan.kind == PlanKind::Beyond {
            return Err(CommandError::failed(HistoryError::NotReached { target: self.target.clone() }));
        }
        match self.json {
            true => ui.line(&json_of(&planned).to_string()),
            false => ui.text(&text_of(&planned))?,
        }
        Ok(ExitStatus::Done)
    }
}

/// Version rows as they are given: ids, or what names some.
fn rows(project: &Project, given: &[String]) -> Result<Vec<RevisionId>, CommandError> {
    let owner = project.owner()?;
    let mut rows: Vec<RevisionId> = Vec::new();
    for text in given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        match owner.revision(&text.into()) {
            Some(revision) => rows.push(revision.id.clone()),
            None => {
                let at = owner.rows_at(&project.target(text)?);
                rows.extend(at.map_err(|error| project.no_target(error))?);
            }
        }
    }
    rows.sort();
    rows.dedup();
    Ok(rows)
}

fn statements(step: &RenderedStep) -> impl Iterator<Item = &String> {
    step.pending().flat_map(|stage| &stage.statements)
}

fn json_of(planned: &PlannedOwner) -> Value {
    let step = |(step, rendered): (&Step, &RenderedStep)| {
        let Action::Revision { revision, direction } = &step.action else { return Value::Null };
        json!({
            "owner": planned.plan.owner,
            "revision": revision.id,
            "direction": direction,
            "rows": step.rows_after,
            "statements": statements(rendered).collect::<Vec<_>>(),
        })
    };
    let steps: Vec<Value> = planned.plan.steps.iter().zip(&planned.rendered).map(step).collect();
    json!({ "steps": steps })
}

fn text_of(planned: &PlannedOwner) -> String {
    let PlannedOwner { plan, rendered } = planned;
    let at = |rows: &[RevisionId]| match rows {
        [] => "no revision".to_owned(),
        rows => rows.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" + "),
    };
    let mut text = format!("{}: at {}", plan.owner, at(&plan.rows_before));
    text.push_str(&match (plan.kind, plan.steps.len()) {
        (PlanKind::Beyond, _) => ", which is beyond the target\n".to_owned(),
        (_, 0) => ", nothing to do\n".to_owned(),
        (_, 1) => ", 1 revision to run\n".to_owned(),
        (_, several) => format!(", {several} revisions to run\n"),
    });
    for (step, rendered) in plan.steps.iter().zip(rendered) {
        let Action::Revision { revision, direction } = &step.action else { continue };
        let word = if *direction == Direction::Upgrade { "upgrade" } else { "downgrade" };
        let line = format!("{word} {}  {}", revision.id, revision.title());
        text.push_str(&format!("\n{} (then at {})\n", line.trim_end(), at(&step.rows_after)));
        for hazard in &rendered.hazards {
            text.push_str(&format!("    -- hazard: {hazard}\n"));
        }
        if rendered.done > 0 {
            let (done, stages) = (rendered.done, rendered.stage_count());
            text.push_str(&format!(
                "    -- goes on behind stage {done} of {stages}, where an earlier run stopped\n"
            ));
        }
        for stage in rendered.pending() {
            for function in &stage.functions {
                text.push_str(&format!("    -- a function of the program: {function}\n"));
            }
            for statement in &stage.statements {
                let indented: Vec<String> = statement.lines().map(|line| format!("    {line}")).collect();
                text.push_str(&format!("{};\n", indented.join("\n")));
            }
        }
    }
    text
}
