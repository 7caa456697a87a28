//! Making plans.

use dunlin_core::operation::Operation;
use dunlin_core::revision::{Direction, RevisionId};
use dunlin_core::schema::TableName;

use super::{Action, Begun, Intent, OwnerPlan, PlanError, PlanKind, State, Step};
use crate::history::{HistoryError, PathStep, Target};
use crate::owner::Owner;

impl Owner {
    /// What is to be done to fulfil `intent` in a database in `state`.
    ///
    /// # Errors
    /// [`PlanError`]; nothing has been done then.
    pub fn plan(&self, state: &State, intent: &Intent) -> Result<OwnerPlan, PlanError> {
        let owner = self.at(state.rows());
        match (owner.plan_here(state, intent), owner.unsquashed()) {
            // A target may be in the middle of what was squashed.
            (Err(PlanError::History(HistoryError::UnknownTarget { .. })), Some(unsquashed)) => {
                unsquashed.plan_here(state, intent)
            }
            (plan, _) => plan,
        }
    }

    fn plan_here(&self, state: &State, intent: &Intent) -> Result<OwnerPlan, PlanError> {
        let moves = matches!(intent, Intent::Upgrade { .. } | Intent::Downgrade { .. });
        if moves && let Some(revision) = self.history().superfluous(state.rows())?.into_iter().next() {
            return Err(HistoryError::SuperfluousRow { revision }.into());
        }
        let (kind, steps) = match intent {
            Intent::Upgrade { target, use_migration_files } => {
                self.plan_upgrade(state, target.as_ref(), *use_migration_files)?
            }
            Intent::Downgrade { target } => self.plan_downgrade(state, target)?,
            Intent::Reset => self.plan_reset(state)?,
            Intent::Stamp { targets, purge } => {
                let kept = if *purge { &[] } else { state.rows() };
                (PlanKind::Stamp, stamp(state, self.history().stamp(kept, targets)?))
            }
            Intent::EnsureVersionTable => (PlanKind::Stamp, stamp(state, state.rows().to_vec())),
        };
        let plan = OwnerPlan {
            owner: self.name().to_owned(),
            version_table: self.version_table().clone(),
            create_version_table: state.rows.is_none() && kind != PlanKind::Reset && !steps.is_empty(),
            rows_before: state.rows().to_vec(),
            kind,
            steps,
            begun: state.begun.clone().filter(|_| *intent != Intent::EnsureVersionTable),
        };
        match self.half_done(state) {
            Some(begun) if moves && plan.goes_on_behind().is_none() => Err(PlanError::HalfDone {
                owner: plan.owner,
                revision: begun.revision.clone(),
                direction: begun.direction,
            }),
            _ => Ok(plan),
        }
    }

    /// The step that is done in part. It is not, where the rows say by now what it was to lead to, and where it is but
    /// some rows that were gone through.
    fn half_done<'s>(&self, state: &'s State) -> Option<&'s Begun> {
        self.begun(state).filter(|begun| begun.stages > 0)
    }

    /// What an earlier run began and did not bring to its end.
    pub fn begun<'s>(&self, state: &'s State) -> Option<&'s Begun> {
        let lineage = || self.at(state.rows()).history().lineage(state.rows()).ok();
        state.begun.as_ref().filter(|begun| {
            let applied = lineage().is_some_and(|all| all.iter().any(|it| it.id == begun.revision));
            applied == (begun.direction == Direction::Downgrade)
        })
    }

    fn plan_upgrade(
        &self,
        state: &State,
        target: Option<&Target>,
        use_migration_files: bool,
    ) -> Result<(PlanKind, Vec<Step>), PlanError> {
        let rows = state.rows();
        if state.rows.is_some() && self.history().revisions().is_empty() {
            // Without revisions there is never a row: the version table alone says that init has run.
            return Ok((PlanKind::UpToDate, Vec::new()));
        }
        let half_done = self.half_done(state).is_some();
        let (taken_over, unknown): (Vec<_>, Vec<_>) =
            state.tables.iter().cloned().partition(|table| self.takes_over(table));
        if rows.is_empty() && !half_done {
            self.refuse_unversioned(state, unknown)?;
        }
        // Without models only the revisions say what there is to be.
        let has_models = || self.history().revisions().is_empty() || !self.create_all().is_empty();
        let from_models = target.is_none() && !use_migration_files && taken_over.is_empty();
        if rows.is_empty() && from_models && !half_done && has_models() {
            return Ok((PlanKind::Init, self.init_step()?));
        }
        let target = target.unwrap_or(&Target::HEADS);
        let steps = self.history().upgrade(rows, target)?;
        let kind = if !steps.is_empty() {
            PlanKind::Upgrade
        } else if self.history().rows_at(target).is_ok_and(|at| at == rows) {
            PlanKind::UpToDate
        } else {
            PlanKind::Beyond
        };
        Ok((kind, self.revision_steps(steps)?))
    }

    fn plan_downgrade(&self, state: &State, target: &Target) -> Result<(PlanKind, Vec<Step>), PlanError> {
        let rows = state.rows();
        let steps = match self.history().downgrade(rows, target) {
            Err(HistoryError::NotReached { .. }) => return Ok((PlanKind::Beyond, Vec::new())),
            steps => steps?,
        };
        let kind = if steps.is_empty() { PlanKind::UpToDate } else { PlanKind::Downgrade };
        Ok((kind, self.revision_steps(steps)?))
    }

    fn revision_steps(&self, path: Vec<PathStep>) -> Result<Vec<Step>, PlanError> {
        let step = |step: PathStep| {
            Ok(Step {
                operations: self.operations(&step.revision.id, step.direction)?,
                action: Action::Revision { revision: step.revision, direction: step.direction },
                rows_before: step.rows_before,
                rows_after: step.rows_after,
            })
        };
        path.into_iter().map(step).collect()
    }

    fn init_step(&self) -> Result<Vec<Step>, PlanError> {
        let rows_after = self.history().rows_at(&Target::HEADS)?;
        let operations = self.create_all();
        Ok(vec![Step { action: Action::CreateAll, operations, rows_before: Vec::new(), rows_after }])
    }

    /// Drops what is there of the owner's tables, those that refer to others first, and the version
    /// table last. Its rows go before everything else: an interrupted reset does not look like a
    /// database that is up to date, and can be run again. Without a version table nothing proves that
    /// the tables are the owner's.
    fn plan_reset(&self, state: &State) -> Result<(PlanKind, Vec<Step>), PlanError> {
        if !self.manager().can_drop_tables() {
            return Err(PlanError::DroppingNotSupported { owner: self.name().to_owned() });
        }
        if state.rows.is_none() {
            let unknown = state.tables.difference(&state.handed_over).cloned().collect();
            self.refuse_unversioned(state, unknown)?;
        }
        let owned = self.schema_at(state.rows())?;
        let order = owned.creation_order();
        let present = order.iter().rev().filter(|table| state.tables.contains(&table.name));
        let mut operations: Vec<Operation> = Vec::new();
        let tables: Vec<_> = present.collect();
        for table in &tables {
            operations.extend(drop_keys_in_the_way(table, &tables));
        }
        operations.extend(tables.iter().map(|table| drop_table(table.name.clone())));
        if state.rows.is_some() {
            operations.push(drop_table(self.version_table().clone()));
        }
        let rows_before = state.rows().to_vec();
        let step = Step { action: Action::DropAll, operations, rows_before, rows_after: Vec::new() };
        let steps = if step.operations.is_empty() { Vec::new() } else { vec![step] };
        Ok((PlanKind::Reset, steps))
    }

    fn refuse_unversioned(&self, state: &State, tables: Vec<TableName>) -> Result<(), PlanError> {
        if tables.is_empty() {
            return Ok(());
        }
        Err(PlanError::Unversioned {
            owner: self.name().to_owned(),
            version_table: self.version_table().clone(),
            version_table_exists: state.rows.is_some(),
            tables,
        })
    }
}

/// A step that leads to some rows, if it is needed.
fn stamp(state: &State, rows_after: Vec<RevisionId>) -> Vec<Step> {
    let rows_before = state.rows().to_vec();
    let step = Step { action: Action::Stamp, operations: Vec::new(), rows_before, rows_after };
    let is_needed = state.rows.is_none() || step.rows_before != step.rows_after;
    if is_needed { vec![step] } else { Vec::new() }
}

fn drop_table(table: TableName) -> Operation {
    Operation::DropTable { table, if_exists: true }
}

/// Keys that refer to a table dropped earlier, as in a circle of tables: they go first.
fn drop_keys_in_the_way(
    table: &dunlin_core::schema::Table,
    order: &[&&dunlin_core::schema::Table],
) -> Option<Operation> {
    use dunlin_core::operation::TableChange;
    use dunlin_core::schema::ConstraintKind;

    let position = |name: &TableName| order.iter().position(|table| &table.name == name);
    let own = position(&table.name)?;
    let earlier = |name: &TableName| position(name).is_some_and(|position| position < own);
    let keys = table.foreign_keys.iter().filter(|key| earlier(&key.referred_table));
    let changes: Vec<TableChange> = keys
        .filter_map(|key| key.name.clone())
        .map(|name| TableChange::DropConstraint { kind: ConstraintKind::ForeignKey, name, if_exists: false })
        .collect();
    (!changes.is_empty()).then(|| Operation::AlterTable { table: table.name.clone(), changes })
}
