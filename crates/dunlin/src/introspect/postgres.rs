//! PostgreSQL: seven queries over `pg_catalog` in one round trip, and one more where foreign keys refer to
//! other tables.
//!
//! Expressions are told in the server's words, constants among the defaults as values; names are final.

pub(super) mod describe;
mod queries;
mod tables;

use dunlin_core::schema::{TableName, View};

use super::{Introspected, Scope, filled, names, text};
use crate::database::Database;
use crate::database::answer::Row;
use crate::error::Error;
use tables::Tables;

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let namespace = match scope.schema {
        Some(schema) => {
            let schema = database.dialect().literal(schema);
            format!("(SELECT oid FROM pg_namespace WHERE nspname = {schema})")
        }
        None => "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())".to_owned(),
    };
    let queries = Queries::new(database, scope, &namespace);
    let mut tables = read_tables(database, scope, &queries, &ALL).await?;
    for enum_type in tables.enum_types() {
        if !found.metadata.enum_types.contains(enum_type) {
            found.metadata.enum_types.push(enum_type.clone());
        }
    }
    found.unsaid.append(&mut tables.unsaid);
    found.metadata.views.append(&mut tables.views);
    found.metadata.extend(tables.finish());
    Ok(())
}

/// A query, and what takes its rows.
type Ask = (&'static str, fn(&mut Tables<'_>, &Row));

const ALL: [Ask; 7] = [
    (queries::ENUM_TYPES, |tables, row| tables.enum_type(row)),
    (queries::TABLES, |tables, row| tables.table(row)),
    (queries::SEQUENCES, |tables, row| tables.sequence(row)),
    (queries::COLUMNS, |tables, row| tables.column(row)),
    (queries::CONSTRAINTS, |tables, row| tables.constraint(row)),
    (queries::INDEXES, |tables, row| tables.index(row)),
    (queries::VIEWS, |tables, row| tables.view(row)),
];

/// Those that tell of tables of plain types, in which no column counts up.
const PLAIN: [Ask; 4] = [
    (queries::TABLES, |tables, row| tables.table(row)),
    (queries::COLUMNS, |tables, row| tables.column(row)),
    (queries::CONSTRAINTS, |tables, row| tables.constraint(row)),
    (queries::INDEXES, |tables, row| tables.index(row)),
];

/// Tables with all that is asked for, in one round trip, and one more where foreign keys refer to others.
async fn read_tables<'s>(
    database: &mut Database,
    scope: &'s Scope<'s>,
    queries: &Queries,
    asked: &[Ask],
) -> Result<Tables<'s>, Error> {
    let mut tables = Tables::new(scope, database.dialect());
    let all: Vec<String> = asked.iter().map(|(sql, _)| queries.of(sql)).collect();
    database
        .answers(&all, |at, row| {
            if let Some((_, take)) = asked.get(at) {
                take(&mut tables, row);
            }
        })
        .await?;
    let numbers = tables.strangers().join(", ");
    if !numbers.is_empty() {
        let query = filled(queries::REFERRED_COLUMNS, &[("numbers", &numbers)]);
        tables.referred_columns(&database.answer(&query).await?);
    }
    tables.refer();
    Ok(tables)
}

/// What stands behind `CREATE VIEW … AS`: the query as `pg_get_viewdef` tells it, without its end, and which
/// rows may be written.
fn view_query(row: &Row) -> String {
    let query = text(row, 2).trim().trim_end_matches(';');
    let check =
        names(row, 3).into_iter().find_map(|option| Some(option.strip_prefix(CHECK_OPTION)?.to_uppercase()));
    match check {
        Some(which) => format!("{query}\n WITH {which} CHECK OPTION"),
        None => query.to_owned(),
    }
}

/// Puts the options that stand before a view's query into it; those that no model says come back.
fn view_options(row: &Row, view: &mut View) -> Vec<String> {
    let mut unsaid = Vec::new();
    for option in names(row, 3).into_iter().filter(|option| !option.starts_with(CHECK_OPTION)) {
        // As PostgreSQL reads a boolean option.
        let is_on = |value: &str| matches!(value, "true" | "on" | "1" | "yes" | "t" | "y");
        match option.split_once('=').map(|(name, value)| (name, is_on(&value.to_lowercase()))) {
            Some(("security_invoker", is_on)) => view.security_invoker = is_on,
            Some(("security_barrier", is_on)) => view.security_barrier = is_on,
            _ => unsaid.push(format!("the option {option}")),
        }
    }
    unsaid
}

const CHECK_OPTION: &str = "check_option=";

/// Catalog queries for one scope.
struct Queries {
    namespace: String,
    scope: String,
    types: String,
}

impl Queries {
    fn new(database: &Database, scope: &Scope<'_>, namespace: &str) -> Self {
        let tables = scope.names_condition(database, "t.relname");
        // A temporary table is in no schema to who names it. Asked for by itself, its schema does not keep the
        // server from reading the catalog in parallel.
        let within = match scope.schema.is_none() && !scope.names.is_empty() {
            true => format!("t.relnamespace IN ({namespace}, (SELECT pg_my_temp_schema()))"),
            false => format!("t.relnamespace = {namespace}"),
        };
        Self {
            namespace: namespace.to_owned(),
            scope: format!("{within} AND {tables}"),
            types: scope.names_condition(database, "y.typname"),
        }
    }

    fn of(&self, sql: &str) -> String {
        filled(sql, &[("namespace", &self.namespace), ("scope", &self.scope), ("types", &self.types)])
    }
}

impl Scope<'_> {
    /// A name as its author would say it: without a schema where that is the connection's own, unless the
    /// author names it.
    fn named(&self, schema: &str, is_current: bool, name: &str) -> TableName {
        let is_said = self.schema == Some(schema) || !is_current;
        TableName::new(is_said.then_some(schema), name)
    }
}
