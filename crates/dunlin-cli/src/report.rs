//! Reports as text.

use std::time::Duration;

use dunlin::core::manager::DbManager;
use dunlin::core::revision::RevisionId;
use dunlin::engine::plan::{Action, Begun, PlanKind};
use dunlin::{Event, OwnerReport, OwnerStatus, Report, RunStatus};

use crate::ui::Ui;

/// Where a manager stands, in words: `405de8318b3a (2.7.0)`, `no revision`.
pub fn describe_rows(manager: &DbManager, rows: &[RevisionId]) -> String {
    if rows.is_empty() {
        return "no revision".to_owned();
    }
    let describe = |row: &RevisionId| match manager.release_of(row) {
        Some(release) => format!("{row} ({})", release.version),
        None => row.to_string(),
    };
    rows.iter().map(describe).collect::<Vec<_>>().join(" + ")
}

/// Prints what happens while it happens.
pub fn progress(ui: &Ui, event: &Event) {
    match event {
        Event::WaitingForLock { holder, timeout } => {
            let holder = holder.as_ref().map(|holder| format!(" (held by {holder})")).unwrap_or_default();
            ui.note(&format!("waiting up to {} s for the migration lock{holder}", timeout.as_secs()));
        }
        Event::OwnerStarted { owner, kind: PlanKind::Upgrade, steps } => {
            ui.line(&format!("{owner}: {} to upgrade", count(*steps, "revision")));
        }
        Event::OwnerStarted { owner, kind: PlanKind::Downgrade, steps } => {
            ui.line(&format!("{owner}: {} to downgrade", count(*steps, "revision")));
        }
        Event::Hazard { hazard, .. } => ui.note(&format!("hazard: {hazard}")),
        Event::GoesOn { revision, direction, done, stages, resume_key, .. } => {
            let behind = match resume_key {
                Some(key) => format!("in stage {} of {stages} behind the row with the key {key}", done + 1),
                None => format!("behind stage {done} of {stages}"),
            };
            ui.note(&format!("{direction} {revision} goes on {behind}, where an earlier run stopped"));
        }
        Event::BatchDone { table, updated, resume_key, .. } => {
            let key = resume_key.as_ref().map(|key| format!(", up to the key {key}")).unwrap_or_default();
            ui.line(&format!("  {table}: {updated} rows updated{key}"));
        }
        Event::StepDone { step, .. } => {
            if let Action::Revision { revision, direction } = &step.action {
                let elapsed = duration(step.elapsed);
                ui.line(&format!("  {direction} {}  {}  ({elapsed})", revision.id, revision.title()));
            }
        }
        _ => {}
    }
}

/// Prints how every owner ended.
pub fn summarize(ui: &Ui, report: &Report, managers: &[&DbManager]) {
    for owner in &report.owners {
        let Some(manager) = managers.iter().find(|manager| manager.name() == owner.owner) else { continue };
        ui.line(&format!("{}: {}", owner.owner, outcome(owner, manager)));
    }
}

fn outcome(owner: &OwnerReport, manager: &DbManager) -> String {
    let at = describe_rows(manager, &owner.rows_after);
    match (owner.status, owner.kind) {
        (RunStatus::NotStarted, _) => "not started".to_owned(),
        (RunStatus::NotAtHead, _) => "not run, as the core is not at its newest revision".to_owned(),
        (RunStatus::Failed, _) => format!("failed after {}; at {at}", count(owner.steps.len(), "step")),
        (RunStatus::Done, PlanKind::UpToDate) => format!("already at {at}"),
        (RunStatus::Done, PlanKind::Beyond) => format!("left at {at}"),
        (RunStatus::Done, PlanKind::Init) => format!("created from its models, at {at}"),
        (RunStatus::Done, PlanKind::Upgrade) => format!("upgraded to {at}"),
        (RunStatus::Done, PlanKind::Downgrade) => format!("downgraded to {at}"),
        (RunStatus::Done, PlanKind::Stamp) if owner.steps.is_empty() => format!("already at {at}"),
        (RunStatus::Done, PlanKind::Stamp) if owner.rows_before == owner.rows_after => {
            format!("version table made, at {at}")
        }
        (RunStatus::Done, PlanKind::Stamp) => format!("stamped, at {at}"),
        (RunStatus::Done, PlanKind::Reset) if owner.steps.is_empty() => "nothing to drop".to_owned(),
        (RunStatus::Done, PlanKind::Reset) => "dropped".to_owned(),
    }
}

/// Prints where every owner stands.
pub fn print_status(ui: &Ui, statuses: &[OwnerStatus], managers: &[&DbManager]) {
    for (status, manager) in with_managers(statuses, managers) {
        ui.line(&format!("{}: up to date at {}", status.owner, describe_rows(manager, &status.rows)));
    }
}

/// Why owners are not up to date: a line for each that is not.
pub fn why_not_up_to_date(statuses: &[OwnerStatus], managers: &[&DbManager]) -> Vec<String> {
    let behind = with_managers(statuses, managers).filter(|(status, _)| !status.is_up_to_date());
    behind.map(|(status, manager)| reason(status, manager)).collect()
}

/// Each with the manager of its owner, of which there may be more than there are owners.
fn with_managers<'s>(
    statuses: &'s [OwnerStatus],
    managers: &'s [&'s DbManager],
) -> impl Iterator<Item = (&'s OwnerStatus, &'s DbManager)> {
    let manager = |status: &OwnerStatus| managers.iter().find(|manager| manager.name() == status.owner);
    statuses.iter().filter_map(move |status| Some((status, *manager(status)?)))
}

fn reason(status: &OwnerStatus, manager: &DbManager) -> String {
    let at = describe_rows(manager, &status.rows);
    if !status.unknown.is_empty() {
        return format!("{}: at {at}, which this build does not know: it is too old", status.owner);
    }
    if !status.superfluous.is_empty() {
        let rows = describe_rows(manager, &status.superfluous);
        return format!("{}: at {at}, of which {rows} is superfluous", status.owner);
    }
    if let Some(Begun { revision, direction, .. }) = &status.begun {
        return format!("{}: at {at}, and the {direction} of {revision} is half done", status.owner);
    }
    const SHOWN: usize = 3;
    let describe = |revision: &dunlin::core::revision::Revision| {
        describe_rows(manager, std::slice::from_ref(&revision.id))
    };
    let mut pending: Vec<String> = status.pending.iter().take(SHOWN).map(describe).collect();
    if status.pending.len() > SHOWN {
        pending.push(format!("{} more", status.pending.len() - SHOWN));
    }
    format!(
        "{}: at {at}, {} pending: {}",
        status.owner,
        count(status.pending.len(), "revision"),
        pending.join(", ")
    )
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn duration(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis if millis < 1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}
