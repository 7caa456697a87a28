//! Revisions in Rust as one: what they record, written down again.

use dunlin::core::dialect::DialectName;
use dunlin::core::manager::DbManager;
use dunlin::core::operation::{Operation, Operations};
use dunlin::core::revision::{Direction, Migration, Revision, RevisionId};
use dunlin::core::schema::Metadata;
use dunlin::engine::dialect::dialect;
use dunlin::engine::generate::GenerateError;
use dunlin::engine::generate::revision::{RevisionSource, rust};
use dunlin::engine::history::Target;
use dunlin::engine::owner::Owner;
use dunlin::engine::plan::{Intent, PlanError, State};
use serde_json::{Value, json};

use crate::command_error::{CommandError, chain};
use crate::project::{Delegation, Project};
use crate::ui::Ui;

const BOTH: [Direction; 2] = [Direction::Upgrade, Direction::Downgrade];

/// The text of one file that does what some do, oldest first.
///
/// # Errors
/// Something of it cannot be written down, or a database that runs them would not run the one.
pub(super) fn text(project: &Project, whole: &Revision, run: &[&Revision]) -> Result<String, CommandError> {
    let owner = project.owner()?;
    for revision in run {
        for direction in BOTH {
            source(owner, whole, &[revision], &[direction])?.map_err(|error| {
                CommandError::failed(format!(
                    "the {direction} of revision {} cannot be written down: {error}",
                    revision.id
                ))
                .hint(format!("end before {}, or begin behind it", revision.id))
            })?;
        }
    }
    refuse_what_cannot_be_one(owner, whole, run)?;
    source(owner, whole, run, &BOTH)?.map_err(CommandError::failed)
}

/// The source of one revision that does what some do in some directions.
fn source(
    owner: &Owner,
    whole: &Revision,
    run: &[&Revision],
    directions: &[Direction],
) -> Result<Result<String, GenerateError>, CommandError> {
    let mut source = RevisionSource::new(whole.clone());
    for direction in directions {
        let operations = in_order(run, *direction, |id| as_written(owner, id, *direction))?;
        match direction {
            Direction::Upgrade => source.upgrade = operations,
            Direction::Downgrade => source.downgrade = operations,
        }
    }
    Ok(rust(&source))
}

/// What revisions do, one behind the other: down the other way round.
fn in_order(
    run: &[&Revision],
    direction: Direction,
    operations: impl Fn(&RevisionId) -> Result<Vec<Operation>, CommandError>,
) -> Result<Vec<Operation>, CommandError> {
    let mut ids: Vec<&RevisionId> = run.iter().map(|revision| &revision.id).collect();
    if direction == Direction::Downgrade {
        ids.reverse();
    }
    Ok(ids.into_iter().map(operations).collect::<Result<Vec<_>, _>>()?.concat())
}

/// What a revision records without a host: no schema is put before its tables, and nothing is named for it.
fn as_written(owner: &Owner, id: &RevisionId, direction: Direction) -> Result<Vec<Operation>, CommandError> {
    let mut recorded = Operations::default();
    let all = owner.manager().all_migrations();
    if let Some(migration) = all.iter().find(|migration| migration.revision().id == *id) {
        migration.record(direction, &mut recorded).map_err(CommandError::failed)?;
    }
    Ok(recorded.finish())
}

/// What revisions record, one behind the other: as they are written, and as this host has it.
pub(super) fn recorded(project: &Project, run: &[&Revision]) -> Result<Value, CommandError> {
    let owner = project.owner()?;
    let direction = |direction| -> Result<Value, CommandError> {
        let written = in_order(run, direction, |id| as_written(owner, id, direction))?;
        let here =
            in_order(run, direction, |id| owner.operations(id, direction).map_err(CommandError::failed))?;
        Ok(json!({ "written": written, "here": here }))
    };
    let (upgrade, downgrade) = (direction(Direction::Upgrade)?, direction(Direction::Downgrade)?);
    Ok(json!({ "upgrade": upgrade, "downgrade": downgrade }))
}

/// Builds the project's program, which has the new revision in it now, and sees that it records what the old ones did.
///
/// # Errors
/// It cannot be built, or records something else.
pub(super) fn prove(
    project: &Project,
    whole: &Revision,
    before: &Value,
    ui: &Ui,
) -> Result<(), CommandError> {
    let Some(program) = Delegation::find(project.config()).ok().flatten() else {
        ui.note(
            "there is no src/bin/migrate.rs to build: build the program, and see that `plan` shows the same",
        );
        return Ok(());
    };
    let id = whole.id.as_str();
    let line = ["squash", id, id, "--recorded", "--owner", project.owner_name()];
    let said = program.output(project.config(), &line)?;
    let after: Value = serde_json::from_str(&said)
        .map_err(|error| CommandError::failed(format!("the new program cannot be understood: {error}")))?;
    match after == *before {
        true => Ok(()),
        false => Err(CommandError::failed("one revision would not do what these do")
            .hint("write it by hand, and keep the old files in squashed/versions")),
    }
}

/// Sees that each database that runs some revisions runs them as one.
fn refuse_what_cannot_be_one(owner: &Owner, whole: &Revision, run: &[&Revision]) -> Result<(), CommandError> {
    for on in DialectName::ALL {
        for direction in BOTH {
            if runs(owner, whole, direction, on).is_err() {
                continue;
            }
            let fails = |end: usize| -> Result<Option<PlanError>, CommandError> {
                Ok(runs(&with_one(owner, whole, run, end)?, whole, direction, on).err())
            };
            if fails(run.len())?.is_none() {
                continue;
            }
            for (before, revision) in run.iter().enumerate().skip(1) {
                if let Some(why) = fails(before + 1)? {
                    let why: &dyn std::error::Error = match &why {
                        PlanError::Render { source, .. } => source,
                        other => other,
                    };
                    let text = format!(
                        "the {direction} of revision {} cannot be one with those before it on {}: {}",
                        revision.id,
                        on.display_name(),
                        chain(why)
                    );
                    let hint = format!("end before {}, or begin with it", revision.id);
                    return Err(CommandError::failed(text).hint(hint));
                }
            }
        }
    }
    Ok(())
}

/// Whether a database runs everything up to a revision, or takes it back.
fn runs(owner: &Owner, whole: &Revision, direction: Direction, on: DialectName) -> Result<(), PlanError> {
    let top = Target::from(Some(whole.id.clone()));
    let (state, intent) = match direction {
        Direction::Upgrade => {
            (State::default(), Intent::Upgrade { target: Some(top), use_migration_files: true })
        }
        Direction::Downgrade => {
            let state = State { rows: Some(owner.rows_at(&top)?), ..State::default() };
            (state, Intent::Downgrade { target: Target::from(whole.down_revisions.first().cloned()) })
        }
    };
    owner.plan(&state, &intent)?.render(owner, dialect(on)).map(|_| ())
}

/// An owner that has one revision in the place of a run: it does what the first of them do.
fn with_one(owner: &Owner, whole: &Revision, run: &[&Revision], end: usize) -> Result<Owner, CommandError> {
    let record = |direction| -> Result<_, CommandError> {
        let operations = in_order(&run[..end], direction, |id| as_written(owner, id, direction))?;
        Ok(move |op: &mut Operations| operations.iter().cloned().for_each(|operation| op.push(operation)))
    };
    let one = Migration::new(whole.clone(), record(Direction::Upgrade)?, record(Direction::Downgrade)?);
    let is_other = |migration: &&Migration| run.iter().all(|old| old.id != migration.revision().id);
    let others = owner.manager().all_migrations().iter().filter(is_other).cloned();
    let models = Metadata::clone(owner.metadata());
    let manager = DbManager::new(owner.name(), owner.version_table().clone())
        .models(move |_| models.clone())
        .migrations(others.chain([one]));
    Owner::new(manager, owner.host()).map_err(CommandError::failed)
}
