//! Many moves on one database with rows: the real one and ours in turns, and ours alone.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::super::database::{Database, Place};
use super::super::process::Process;
use super::super::program::{Who, environment};
use super::super::venv::Venv;
use super::Bench;
use crate::Result;
use crate::machine::output;

/// How many moves the two make in turns.
const TURNS: usize = 20;
/// How many moves ours makes alone.
const STEPS: usize = 50;

/// Tables whose rows stay what they are, whatever they are called and wherever they are kept on the way.
const KEPT: &[&[&str]] = &[
    &["dag"],
    &["dag_tag"],
    &["dag_owner_attributes"],
    &["dag_warning"],
    &["dag_favorite"],
    &["dag_run", "_airflow_moved__3_0_0__offending_dag_run"],
    &["dag_run_note"],
    &["task_instance"],
    &["task_instance_note"],
    &["task_instance_history"],
    &["task_reschedule"],
    &["task_map"],
    &["rendered_task_instance_fields"],
    &["xcom", "_xcom_archive"],
    &["hitl_detail"],
    &["deadline"],
    &["backfill"],
    &["backfill_dag_run"],
    &["dataset", "asset"],
    &["dataset_alias", "asset_alias"],
    &["dataset_event", "asset_event"],
    &["dagrun_dataset_event", "dagrun_asset_event"],
    &["dataset_alias_dataset", "asset_alias_asset"],
    &["dataset_alias_dataset_event", "asset_alias_asset_event"],
    &["dataset_dag_run_queue", "asset_dag_run_queue"],
    &["dag_schedule_dataset_reference", "dag_schedule_asset_reference"],
    &["dag_schedule_dataset_alias_reference", "dag_schedule_asset_alias_reference"],
    &["task_outlet_dataset_reference", "task_outlet_asset_reference"],
    &["connection"],
    &["variable"],
    &["slot_pool"],
    &["trigger"],
    &["job"],
    &["log"],
    &["log_template"],
    &["ab_user"],
    &["ab_role"],
    &["ab_permission_view"],
    &["ab_user_role"],
];

/// How many rows there are in each table, and where the database is.
#[derive(Deserialize)]
pub(super) struct Counts {
    rows: BTreeMap<String, u64>,
    revisions: Vec<String>,
}

/// A program that counts rows.
pub(super) struct Counter(RefCell<Process>);

impl Counter {
    pub(super) fn start(venv: &Venv) -> Result<Self> {
        let mut state = venv.run_script("data_state.py");
        state.arg("counts");
        Ok(Self(RefCell::new(Process::start(state)?)))
    }

    /// What is in a database.
    pub(super) fn counts(&self, database: &Database<'_>) -> Result<Counts> {
        let counts = self.0.borrow_mut().ask(&json!(database.url))??;
        Ok(serde_json::from_value(counts)?)
    }
}

impl Counts {
    /// All rows.
    pub(super) fn all(&self) -> u64 {
        self.rows.values().sum()
    }

    /// The tables with rows.
    pub(super) fn filled(&self) -> usize {
        self.rows.values().filter(|rows| **rows > 0).count()
    }

    /// What is not as it was, of what is kept.
    pub(super) fn lost(&self, before: &Self) -> Vec<String> {
        let sum = |counts: &Self, names: &[&str]| -> Option<u64> {
            let rows: Vec<u64> = names.iter().filter_map(|name| counts.rows.get(*name).copied()).collect();
            (!rows.is_empty()).then(|| rows.iter().sum())
        };
        let changed = KEPT.iter().filter_map(|names| {
            let (was, is) = (sum(before, names)?, sum(self, names)?);
            (was != is).then(|| format!("{} had {was} rows and has {is}", names[0]))
        });
        changed.collect()
    }
}

/// What came of many moves.
#[derive(Default)]
pub(super) struct Moves {
    pub(super) count: usize,
    /// What the real one failed on.
    pub(super) real_failures: Vec<String>,
    pub(super) wrong: Vec<String>,
}

/// What came of showing the real one a database that ours has migrated to the head.
pub(super) struct Acceptance {
    /// What Alembic would change, and would not in the real one's own.
    pub(super) differs: Vec<String>,
}

/// The real one finds nothing to do on a database of ours, and Alembic nothing to change.
pub(super) fn accepted(bench: &Bench<'_>, real: &Database<'_>, ours: &Database<'_>) -> Result<Acceptance> {
    bench.programs.run(Who::Real, ours, "db check-migrations -t 1")?;
    let before = bench.counter.counts(ours)?;
    bench.programs.run(Who::Real, ours, "db migrate")?;
    let after = bench.counter.counts(ours)?;
    let mut differs: Vec<String> = Vec::new();
    if before.revisions != after.revisions {
        differs.push(format!("the real one went from {:?} to {:?}", before.revisions, after.revisions));
    }
    let models = |database: &Database<'_>| -> Result<Vec<String>> {
        let mut state = bench.venv.run_script("data_state.py");
        state.arg("models").env("DATABASE_URL", &database.url).envs(environment(Who::Real, database));
        Ok(serde_json::from_str(&output(&mut state)?)?)
    };
    let theirs = models(real)?;
    differs.extend(models(ours)?.into_iter().filter(|change| !theirs.contains(change)));
    Ok(Acceptance { differs })
}

/// The real one and ours take turns, each to a random release.
pub(super) fn turns(
    bench: &Bench<'_>,
    place: &Place,
    source: &Database<'_>,
    from: &str,
    to: &str,
) -> Result<Moves> {
    let mut moves = Moves::default();
    let releases: Vec<String> = bench.history.releases(&bench.ours.revisions()?, Some(to));
    let releases: Vec<String> = releases.into_iter().skip_while(|release| release != from).collect();
    let mut database = bench.copy(place, source, "turns")?;
    let (mut dice, mut at) = (Dice::new(from), 0);
    for turn in 0..TURNS {
        let next = dice.other_than(at, releases.len());
        let (release, revision) = (&releases[next], bench.history.revision_of(&releases[next])?);
        let way = if next > at { "upgrade" } else { "downgrade" };
        let place_of = format!("{} from {from}, turn {turn}, {way} to {release}", place.kind.name());
        if dice.below(2) == 0 {
            let command = if next > at { "db migrate -m -r" } else { "db downgrade -y -r" };
            if let Err(error) = bench.programs.run(Who::Real, &database, &format!("{command} {revision}")) {
                let said = error.to_string();
                moves.real_failures.push(format!("{place_of}: {}", said.lines().last().unwrap_or_default()));
                drop(database);
                database = bench.copy(place, source, "turns")?;
                if next > 0 {
                    bench.ours.run(&database, "upgrade", &revision)?;
                }
            }
        } else {
            let before = bench.counter.counts(&database)?;
            if let Err(said) = bench.ours.tried(&database, way, &revision)? {
                moves.wrong.push(format!("{place_of}: ours fails: {said}"));
                break;
            }
            let lost = bench.counter.counts(&database)?.lost(&before);
            moves.wrong.extend(lost.into_iter().map(|lost| format!("{place_of}: {lost}")));
        }
        let now = bench.counter.counts(&database)?.revisions;
        if now != [revision.as_str()] {
            moves.wrong.push(format!("{place_of}: the database is at {now:?}"));
        }
        (at, moves.count) = (next, moves.count + 1);
    }
    let top = bench.history.revision_of(to)?;
    if moves.wrong.is_empty() {
        bench.ours.run(&database, "upgrade", &top)?;
        if bench.history.is_head(&top) {
            bench.programs.run(Who::Real, &database, "db check-migrations -t 1")?;
        }
    }
    Ok(moves)
}

/// Ours goes up and down between random revisions, up to its newest.
pub(super) fn walk(bench: &Bench<'_>, place: &Place, source: &Database<'_>, from: &str) -> Result<Moves> {
    let mut moves = Moves::default();
    let database = bench.copy(place, source, "walk")?;
    let before = bench.counter.counts(&database)?;
    let newest = bench.ours.revisions()?.pop().ok_or("ours has no revisions")?;
    let revisions = bench.history.between(&bench.history.revision_of(from)?, &newest);
    let (mut dice, mut at) = (Dice::new(place.kind.name()), 0);
    for step in 0..STEPS {
        let next = dice.other_than(at, revisions.len());
        let (way, revision) = (if next > at { "upgrade" } else { "downgrade" }, &revisions[next]);
        let place_of = format!(
            "{} from {from}, step {step}, {way} from {} to {revision}",
            place.kind.name(),
            revisions[at]
        );
        if let Err(said) = bench.ours.tried(&database, way, revision)? {
            moves.wrong.push(format!("{place_of}: ours fails: {said}"));
            break;
        }
        let now = bench.counter.counts(&database)?;
        let lost = now.lost(&before);
        moves.wrong.extend(lost.iter().map(|lost| format!("{place_of}: {lost}")));
        if now.revisions != [revision.as_str()] {
            moves.wrong.push(format!("{place_of}: the database is at {:?}", now.revisions));
        }
        (at, moves.count) = (next, moves.count + 1);
        if !lost.is_empty() {
            break;
        }
    }
    Ok(moves)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn new(seed: &str) -> Self {
        Self(seed.bytes().fold(0x9E37_79B9_7F4A_7C15, |sum, byte| sum.rotate_left(9) ^ u64::from(byte)))
    }

    /// A number below another (xorshift).
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let most = u64::try_from(most).unwrap_or(1);
        usize::try_from((self.0 >> 11) % most).unwrap_or_default()
    }

    fn other_than(&mut self, number: usize, most: usize) -> usize {
        (number + 1 + self.below(most - 1)) % most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(&str, u64)]) -> Counts {
        let rows = rows.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect();
        Counts { rows, revisions: Vec::new() }
    }

    #[test]
    fn rows_are_kept_under_another_name_and_in_another_table() {
        let before = counts(&[("dataset", 3), ("xcom", 5), ("dag_pickle", 1)]);
        let kept = counts(&[("asset", 3), ("xcom", 3), ("_xcom_archive", 2)]);
        assert!(kept.lost(&before).is_empty());
        let lost = counts(&[("asset", 2), ("xcom", 3), ("_xcom_archive", 1)]);
        assert_eq!(lost.lost(&before), ["xcom had 5 rows and has 4", "dataset had 3 rows and has 2"]);
    }

    #[test]
    fn the_next_place_is_never_the_same() {
        let mut dice = Dice::new("2.6.2");
        let mut at = 0;
        for _ in 0..200 {
            let next = dice.other_than(at, 5);
            assert!(next != at && next < 5);
            at = next;
        }
    }
}
