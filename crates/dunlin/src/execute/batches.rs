//! What is done in batches, each in a transaction of its own: an UPDATE, or a function that is given rows.

use std::time::Duration;

use dunlin_core::operation::{Backfill, DataStep, Operation};
use dunlin_core::schema::TableName;
use dunlin_core::session::{Batches, behind, up_to};
use dunlin_engine::dialect::{Dialect, table_name};

use super::operation::run_function;
use super::session::OwnerSession;
use crate::error::Error;

/// Work in batches, under way.
pub(super) enum Work<'b> {
    Update {
        backfill: &'b Backfill,
        /// The key of the last row that is done.
        last: Option<Vec<String>>,
    },
    Function {
        step: &'b DataStep,
        batches: Batches,
    },
}

/// What a batch did.
pub(super) struct Batch {
    /// How many rows were updated, or given to the function.
    pub(super) rows: u64,
    /// The key behind which there may be more; `None` if this was the last.
    pub(super) resume_key: Option<Vec<String>>,
}

impl<'b> Work<'b> {
    /// That of an operation, behind the row with a key; `None` if it is not done in batches.
    pub(super) fn of(operation: &'b Operation, last: Option<Vec<String>>) -> Option<Self> {
        match operation {
            Operation::Backfill { backfill } => Some(Self::Update { backfill, last }),
            Operation::Run { step } => {
                let batches = step.batches.clone()?;
                let batches = match last {
                    Some(last) => batches.behind(last),
                    None => batches,
                };
                Some(Self::Function { step, batches })
            }
            _ => None,
        }
    }

    /// The table whose rows are gone through.
    pub(super) fn table(&self) -> &TableName {
        match self {
            Self::Update { backfill, .. } => &backfill.table,
            Self::Function { batches, .. } => batches.table(),
        }
    }

    /// How long to rest before the next batch.
    pub(super) fn pause(&self) -> Duration {
        match self {
            Self::Update { backfill, .. } => backfill.pause,
            Self::Function { .. } => Duration::ZERO,
        }
    }

    /// Does the next batch in the transaction that is open.
    pub(super) async fn batch(&mut self, session: &mut OwnerSession<'_>) -> Result<Batch, Error> {
        match self {
            Self::Update { backfill, last } => {
                // What columns are set to may look into other tables.
                let back = session.look_in_schema().await?;
                let done = update(session, backfill, last.as_deref()).await;
                let batch = session.look_back(back, done).await?;
                last.clone_from(&batch.resume_key);
                Ok(batch)
            }
            Self::Function { step, batches } => {
                let failed = |source| Error::Function { step: step.name.clone(), source };
                let Some(rows) = batches.next(session).await.map_err(failed)? else {
                    return Ok(Batch { rows: 0, resume_key: None });
                };
                let count = rows.len() as u64;
                run_function(session, step, rows).await?;
                let key = batches.last_key().map(<[String]>::to_vec).filter(|_| batches.has_more());
                Ok(Batch { rows: count, resume_key: key })
            }
        }
    }
}

async fn update(
    session: &mut OwnerSession<'_>,
    backfill: &Backfill,
    last: Option<&[String]>,
) -> Result<Batch, Error> {
    let database = &mut *session.database;
    let dialect = database.dialect();
    let table = table_name(dialect, &backfill.table);
    let key: Vec<String> = backfill.key.iter().map(|column| dialect.quote(column)).collect();
    let columns = key.join(", ");
    let from = last.map(|last| behind(&key, &literals(dialect, last)));
    let filter = from.as_ref().map(|from| format!(" WHERE {from}")).unwrap_or_default();
    let offset = backfill.batch_size.max(1) - 1;
    let last_row = database
        .rows(&format!("SELECT {columns} FROM {table}{filter} ORDER BY {columns} LIMIT 1 OFFSET {offset}"))
        .await?;
    let bound: Option<Vec<String>> =
        last_row.first().map(|row| row.iter().map(|value| value.clone().unwrap_or_default()).collect());

    let mut conditions: Vec<String> = from.into_iter().collect();
    conditions.extend(bound.as_ref().map(|bound| up_to(&key, &literals(dialect, bound))));
    let only_where = backfill.only_where.as_ref().and_then(|sql| sql.get(dialect.name()));
    conditions.extend(only_where.map(|condition| format!("({condition})")));
    let set = backfill.set.iter().filter_map(|(column, sql)| {
        Some(format!("{} = {}", dialect.quote(column), sql.get(dialect.name())?))
    });
    let set = set.collect::<Vec<_>>().join(", ");
    let mut rows = 0;
    if !set.is_empty() {
        let filter = match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        };
        rows = database.run(&format!("UPDATE {table} SET {set}{filter}")).await?;
    }
    Ok(Batch { rows, resume_key: bound })
}

fn literals(dialect: &dyn Dialect, key: &[String]) -> Vec<String> {
    key.iter().map(|value| dialect.literal(value)).collect()
}
