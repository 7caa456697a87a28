//! What somebody changed by hand in the tables that a plan changes, seen before anything runs.

use dunlin_core::operation::Operation;
use dunlin_core::schema::{Metadata, TableName};
use dunlin_engine::compare::{CompareError, compare, describe};
use dunlin_engine::owner::ReplayError;
use dunlin_engine::plan::Expected;

use crate::compare::form;
use crate::database::Database;
use crate::error::Error;
use crate::introspect;
use crate::task::Planned;

/// Refuses a plan of which a revision does not fit the tables as they are: one that is half done, or a database that
/// was changed by hand. What differs and is in nobody's way is let be.
pub(crate) async fn refuse(database: &mut Database, planned: &Planned<'_>) -> Result<(), Error> {
    let Planned { owner, plan, .. } = planned;
    let dialect = database.dialect();
    let failed = |source| Error::Plan { owner: owner.name().to_owned(), source };
    let Expected { schema, made } = plan.expected(owner, dialect).map_err(failed)?;
    let names: Vec<TableName> = schema.tables().iter().map(|table| table.name.clone()).chain(made).collect();
    if names.is_empty() {
        return Ok(());
    }
    let found = database.introspect(&names).await?;
    if is_left_by_a_rebuild(database, &names, &found).await? {
        return Ok(());
    }
    let surroundings = introspect::surroundings(database, &[&schema]).await?;
    let failed_to_compare = |source: CompareError| Error::Compare { owner: owner.name().to_owned(), source };
    let form = |said: Metadata| {
        form(dialect, surroundings.as_ref(), said.into()).map_err(|error| failed_to_compare(error.into()))
    };
    let (mut expected, mut found) = (form(schema)?, form(found)?);
    found.align(&mut expected);
    if expected.differing(&found).is_empty() && found.here().tables().len() == expected.here().tables().len()
    {
        return Ok(());
    }
    let changes = compare(dialect, &expected, &found, &[]).map_err(failed_to_compare)?.upgrade;
    let Some(found) = plan.in_the_way(owner, dialect, &changes).map_err(failed)? else { return Ok(()) };
    let of_table = |change: &&Operation| change.table() == Some(&found.table);
    let changes = changes.iter().filter(of_table).flat_map(|change| describe(dialect, change, &expected));
    let (owner, changes) = (owner.name().to_owned(), changes.collect());
    let ReplayError { revision, direction, source } = found.source;
    Err(Error::InTheWay { owner, revision, direction, changes, source })
}

/// Whether a table is gone because a rebuild of it ended half-way: the run puts it back first.
async fn is_left_by_a_rebuild(
    database: &mut Database,
    names: &[TableName],
    found: &Metadata,
) -> Result<bool, Error> {
    let dialect = database.dialect();
    let gone = names.iter().filter(|name| found.get(name).is_none());
    let copies: Vec<TableName> = gone.filter_map(|name| Some(dialect.leftover(name)?.copy)).collect();
    Ok(!copies.is_empty() && !database.existing(&copies).await?.is_empty())
}
