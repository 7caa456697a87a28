//! What the database says of its owners, in a fixed number of round trips.

use std::collections::BTreeSet;

use dunlin_core::revision::RevisionId;
use dunlin_core::schema::TableName;
use dunlin_engine::dialect::table_name;
use dunlin_engine::owner::Owner;
use dunlin_engine::plan::{Begun, PlanError, State};
use dunlin_engine::version_table;

use crate::database::Database;
use crate::error::Error;
use crate::execute::place;

/// The rows of version tables, sorted; `None` for one that does not exist. One round trip where all of
/// them exist, else three, whatever their number.
pub(crate) async fn version_rows(
    database: &mut Database,
    version_tables: &[&TableName],
) -> Result<Vec<Option<Vec<RevisionId>>>, Error> {
    Ok(find(database, version_tables, None).await?.rows)
}

/// The same, and what is begun and not done; that takes a round trip more where there may be such a thing.
pub(crate) async fn rows_and_begun(
    database: &mut Database,
    version_tables: &[&TableName],
) -> Result<Vec<(Option<Vec<RevisionId>>, Option<Begun>)>, Error> {
    let found = find(database, version_tables, Some(&place::TABLE.into())).await?;
    let begun = match found.has_other {
        true => place::begun(database, version_tables).await?,
        false => vec![None; version_tables.len()],
    };
    Ok(found.rows.into_iter().zip(begun).collect())
}

/// The rows of some version tables, and whether another table exists.
struct Found {
    rows: Vec<Option<Vec<RevisionId>>>,
    has_other: bool,
}

async fn find(
    database: &mut Database,
    version_tables: &[&TableName],
    other: Option<&TableName>,
) -> Result<Found, Error> {
    for table in version_tables {
        version_table::check(database.dialect(), table).map_err(Error::VersionTable)?;
    }
    let all: Vec<usize> = (0..version_tables.len()).collect();
    if let Some(found) = read(database, version_tables, &all, other).await? {
        return Ok(found);
    }
    let tables: Vec<TableName> = version_tables.iter().copied().chain(other).cloned().collect();
    let existing = database.existing(&tables).await?;
    let there: Vec<usize> = all.into_iter().filter(|at| existing.contains(&tables[*at])).collect();
    let has_other = other.is_some_and(|other| existing.contains(other));
    let rows = match there.is_empty() {
        true => None,
        false => read(database, version_tables, &there, None).await?.map(|found| found.rows),
    };
    Ok(Found { rows: rows.unwrap_or_else(|| vec![None; version_tables.len()]), has_other })
}

/// What ids are to the collation of a version table on MySQL, or to that of its schema where the table is not there
/// yet, in their order: those that are alike have the same weight.
pub(crate) async fn weights(
    database: &mut Database,
    version_table: &TableName,
    ids: &[&RevisionId],
) -> Result<Vec<String>, Error> {
    let dialect = database.dialect();
    let schema = version_table.schema.as_deref();
    let schema = schema.map_or_else(|| "DATABASE()".to_owned(), |schema| dialect.literal(schema));
    let (table, column) = (dialect.literal(&version_table.name), dialect.literal(version_table::COLUMN));
    let sql = format!(
        "SELECT 0, CHARACTER_SET_NAME, COLLATION_NAME FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table} AND COLUMN_NAME = {column} \
         UNION ALL SELECT 1, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME \
         FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {schema} ORDER BY 1"
    );
    let found = database.rows(&sql).await?.into_iter().find_map(|row| match &row[..] {
        [_, Some(characters), Some(collation)] => Some((characters.clone(), collation.clone())),
        _ => None,
    });
    let Some((characters, collation)) = found else { return Ok(Vec::new()) };
    let weight = |(at, id): (usize, &&RevisionId)| {
        let id = dialect.literal(RevisionId::as_str(id));
        format!("SELECT {at}, HEX(WEIGHT_STRING(CONVERT({id} USING {characters}) COLLATE {collation}))")
    };
    let all: Vec<String> = ids.iter().enumerate().map(weight).collect();
    let rows = database.rows(&format!("{} ORDER BY 1", all.join(" UNION ALL "))).await?;
    Ok(rows.into_iter().map(|row| row.into_iter().nth(1).flatten().unwrap_or_default()).collect())
}

/// `None` where one of the tables that are read does not exist.
async fn read(
    database: &mut Database,
    version_tables: &[&TableName],
    there: &[usize],
    other: Option<&TableName>,
) -> Result<Option<Found>, Error> {
    let mut found = Found { rows: vec![None; version_tables.len()], has_other: false };
    let dialect = database.dialect();
    let column = database.plain_text(version_table::COLUMN);
    let select = |at: &usize| {
        let table = table_name(dialect, version_tables[*at]);
        format!("SELECT {at}, {column} FROM {table}")
    };
    let mut queries: Vec<String> = there.iter().map(select).collect();
    if let Some(other) = other {
        let existing = database.existing_query(std::slice::from_ref(other));
        queries.push(format!("SELECT {}, '' FROM ({existing}) AS other", version_tables.len()));
    }
    if queries.is_empty() {
        return Ok(Some(found));
    }
    let rows = database.rows_if_tables_exist(&queries.join(" UNION ALL ")).await?;
    let Some(rows) = rows else { return Ok(None) };
    there.iter().for_each(|at| found.rows[*at] = Some(Vec::new()));
    for row in rows {
        if let [Some(at), Some(revision)] = &row[..] {
            let at: usize = at.parse().unwrap_or(usize::MAX);
            match found.rows.get_mut(at) {
                Some(Some(rows)) => rows.push(RevisionId::from(revision.as_str())),
                _ => found.has_other |= at == version_tables.len(),
            }
        }
    }
    found.rows.iter_mut().flatten().for_each(|rows| rows.sort());
    Ok(Some(found))
}

/// The whole state of some owners: rows, and, where there are none or all are wanted for a reset, which of
/// their tables exist. Those of `all` owners are asked that made tables which are now another's.
pub(crate) async fn states(
    database: &mut Database,
    all: &[Owner],
    owners: &[&Owner],
    for_reset: bool,
) -> Result<Vec<State>, Error> {
    let takes_over = owners.iter().any(|owner| !owner.manager().all_taken_over().is_empty());
    let gives_away = |owner: &&Owner| for_reset && takes_over && !owner.manager().all_given_away().is_empty();
    let givers: Vec<&Owner> = all.iter().filter(gives_away).collect();
    let version_tables: Vec<&TableName> =
        owners.iter().chain(&givers).map(|owner| owner.version_table()).collect();
    let mut found = rows_and_begun(database, &version_tables).await?;
    let of_givers = found.split_off(owners.len());
    let (mut held, mut given): (BTreeSet<TableName>, BTreeSet<TableName>) = Default::default();
    for (giver, (rows, _)) in givers.iter().zip(&of_givers) {
        let rows = rows.as_deref().unwrap_or_default();
        let failed = |source: PlanError| Error::Plan { owner: giver.name().to_owned(), source };
        held.extend(
            giver
                .replay(rows)
                .map_err(|source| failed(source.into()))?
                .tables()
                .iter()
                .map(|t| t.name.clone()),
        );
        given.extend(giver.given_away(rows).map_err(|source| failed(source.into()))?);
    }
    let mut wanted: BTreeSet<TableName> = BTreeSet::new();
    let mut tables_of = Vec::with_capacity(owners.len());
    for (owner, (rows, _)) in owners.iter().zip(&found) {
        let empty = rows.as_ref().is_none_or(Vec::is_empty);
        let tables = match empty || for_reset {
            true => owner
                .tables_at(rows.as_deref().unwrap_or_default())
                .map_err(|source| Error::Plan { owner: owner.name().to_owned(), source: source.into() })?,
            false => BTreeSet::new(),
        };
        let is_own = |table: &TableName| !(owner.takes_over(table) && held.contains(table));
        let tables: BTreeSet<TableName> = tables.into_iter().filter(is_own).collect();
        wanted.extend(tables.iter().cloned());
        tables_of.push(tables);
    }
    let wanted: Vec<TableName> = wanted.into_iter().collect();
    // A scratch database began empty: what has these names is elsewhere.
    let existing = match database.is_scratch() {
        true => BTreeSet::new(),
        false => database.existing(&wanted).await?,
    };
    let state = |((rows, begun), tables): (_, BTreeSet<TableName>)| State {
        rows,
        handed_over: tables.iter().filter(|table| given.contains(*table)).cloned().collect(),
        tables: tables.into_iter().filter(|table| existing.contains(table)).collect(),
        begun,
    };
    Ok(found.into_iter().zip(tables_of).map(state).collect())
}
