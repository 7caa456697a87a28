//! Running one operation on the table as it really is.

use dunlin_core::operation::{DataStep, Operation};
use dunlin_core::schema::TableName;
use dunlin_core::session::Row;
use dunlin_engine::dialect::Rendered;
use dunlin_engine::plan::PlanError;

use super::ManagerRun;
use super::session::OwnerSession;
use crate::error::Error;
use crate::introspect::{Introspected, Unsaid, introspect};

impl ManagerRun<'_, '_> {
    /// Renders an operation from the table as it really is, and runs it.
    pub(super) async fn operation(&mut self, operation: &Operation) -> Result<(), Error> {
        if let Operation::Run { step } = operation {
            return run_function(&mut self.session, step, Vec::new()).await;
        }
        let dialect = self.session.database.dialect();
        if let Operation::AlterTable { table, .. } = operation {
            self.clear_away(table).await?;
        }
        let current = match operation.table() {
            Some(table) if dialect.looks_at_current_table(operation) => {
                introspect(self.session.database, std::slice::from_ref(table)).await?
            }
            _ => Introspected::default(),
        };
        let rendered = dialect.render(operation, &current.metadata).map_err(|source| Error::Plan {
            owner: self.plan.owner.clone(),
            source: PlanError::Render {
                owner: self.plan.owner.clone(),
                revision: operation.table().map(ToString::to_string).unwrap_or_default(),
                source,
            },
        })?;
        refuse_loss(operation, &rendered, &current.unsaid)?;
        if let (true, false, Some(table)) =
            (rendered.suspends_foreign_keys, self.suspended, operation.table())
        {
            return Err(Error::Drifted { table: table.to_string() });
        }
        // Columns are renamed before the rebuild: triggers follow, and are then read to be put back.
        let (before, rest) = rendered.statements.split_at(rendered.before_rebuild);
        for sql in before {
            self.session.database.run(sql).await?;
        }
        if let (Some(table), false) = (&rendered.rebuilds, before.is_empty()) {
            let lost = self.session.database.names_of_dropped_columns().await?;
            if !lost.is_empty() {
                let what = format!("{}, where columns are named that it drops", lost.join(", "));
                return Err(Error::ChangeWouldLose { table: table.to_string(), what });
            }
        }
        let triggers = match &rendered.rebuilds {
            Some(table) => self.session.database.triggers(table).await?,
            None => Vec::new(),
        };
        let back = match operation {
            Operation::Execute { .. } if !rest.is_empty() => self.session.look_in_schema().await?,
            _ => None,
        };
        let mut done = Ok(());
        for sql in rest.iter().chain(&triggers) {
            done = self.session.database.run(sql).await.map(drop);
            if done.is_err() {
                break;
            }
        }
        self.session.look_back(back, done).await
    }

    /// What a rebuild left that nobody finished, as a script whose statements were run one by one: the copy
    /// goes if the table is there, and takes its place if it is not.
    async fn clear_away(&mut self, table: &TableName) -> Result<(), Error> {
        let database = &mut *self.session.database;
        let Some(leftover) = database.dialect().leftover(table) else { return Ok(()) };
        let there = database.existing(&[table.clone(), leftover.copy.clone()]).await?;
        if !there.contains(&leftover.copy) {
            return Ok(());
        }
        let statements = if there.contains(table) { &leftover.drop } else { &leftover.restore };
        for sql in statements {
            database.run(sql).await?;
        }
        Ok(())
    }
}

/// Runs the function of a step on a batch of rows, or on none.
pub(super) async fn run_function(
    session: &mut OwnerSession<'_>,
    step: &DataStep,
    rows: Vec<Row>,
) -> Result<(), Error> {
    let back = session.look_in_schema().await?;
    session.in_data_step = true;
    let done = match step.function.run(session, rows) {
        Some(running) => running.await,
        None => Err("its function is not in this program".into()),
    };
    session.in_data_step = false;
    let done = done.map_err(|source| match source.downcast::<Error>() {
        Ok(own) => *own,
        Err(source) => Error::Function { step: step.name.clone(), source },
    });
    session.look_back(back, done).await
}

/// What is restated must be said in full.
fn refuse_loss(operation: &Operation, rendered: &Rendered, unsaid: &[Unsaid]) -> Result<(), Error> {
    let restated = |column: &String| rendered.restates.contains(column);
    let lost = unsaid.iter().filter(|unsaid| {
        rendered.rebuilds.as_ref() == Some(&unsaid.table) || unsaid.column.as_ref().is_some_and(restated)
    });
    let lost: Vec<&str> = lost.map(|unsaid| unsaid.what.as_str()).collect();
    match operation.table() {
        Some(table) if !lost.is_empty() => {
            Err(Error::ChangeWouldLose { table: table.to_string(), what: lost.join(", ") })
        }
        _ => Ok(()),
    }
}
