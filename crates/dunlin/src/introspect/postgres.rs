//! PostgreSQL: seven queries over `pg_catalog`, and one more where foreign keys refer to other tables.
//!
//! Expressions are told in the server's words, constants among the defaults as values; names are final.

pub(super) mod describe;
mod queries;
mod tables;

use std::collections::HashMap;

use dunlin_core::schema::{EnumType, TableName, View};
use dunlin_core::session::Row;

use super::{Introspected, Scope, Unsaid, filled, names, text};
use crate::database::Database;
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
    let rows = database.rows(&queries.of(queries::ENUM_TYPES)).await?;
    let enum_types: Vec<Enum> = rows.iter().map(|row| Enum::read(row, scope)).collect();
    let by_number = enum_types.iter().map(|known| (known.number.as_str(), &known.enum_type)).collect();
    let mut tables = read_tables(database, scope, &queries, by_number, true).await?;
    let is_wanted = |known: &Enum| known.is_own && scope.wants(&known.name) || tables.uses(&known.number);
    for known in enum_types.iter().filter(|known| is_wanted(known)) {
        if !found.metadata.enum_types.contains(&known.enum_type) {
            found.metadata.enum_types.push(known.enum_type.clone());
        }
    }
    found.unsaid.append(&mut tables.unsaid);
    found.metadata.extend(tables.finish());
    for row in
        database.rows(&queries.of(queries::VIEWS)).await?.iter().filter(|row| scope.wants(text(row, 0)))
    {
        let view = View::new(scope.table(text(row, 0)), view_query(row));
        for what in unsaid_options(row) {
            found.unsaid.push(Unsaid { table: view.name.clone(), column: None, what });
        }
        found.metadata.views.push(if text(row, 1) == "true" { view.materialized() } else { view });
    }
    Ok(())
}

/// Tables with all that they have; sequences need not be asked for where no column counts up.
async fn read_tables<'s>(
    database: &mut Database,
    scope: &'s Scope<'s>,
    queries: &Queries,
    enum_types: HashMap<&'s str, &'s EnumType>,
    with_sequences: bool,
) -> Result<Tables<'s>, Error> {
    let mut tables = Tables::new(scope, database.dialect(), enum_types);
    for row in database.rows(&queries.of(queries::TABLES)).await? {
        tables.table(&row);
    }
    if with_sequences {
        for row in database.rows(&queries.of(queries::SEQUENCES)).await? {
            tables.sequence(&row);
        }
    }
    for row in database.rows(&queries.of(queries::COLUMNS)).await? {
        tables.column(&row);
    }
    for row in database.rows(&queries.of(queries::CONSTRAINTS)).await? {
        tables.constraint(&row);
    }
    let numbers = tables.strangers().join(", ");
    if !numbers.is_empty() {
        let query = filled(queries::REFERRED_COLUMNS, &[("numbers", &numbers)]);
        tables.referred_columns(&database.rows(&query).await?);
    }
    tables.refer();
    for row in database.rows(&queries.of(queries::INDEXES)).await? {
        tables.index(&row);
    }
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

/// The options of a view that stand before its query: no model says them.
fn unsaid_options(row: &Row) -> impl Iterator<Item = String> {
    let options = names(row, 3).into_iter().filter(|option| !option.starts_with(CHECK_OPTION));
    options.map(|option| format!("the option {option}"))
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
        // A temporary table is in no schema to who names it.
        let within = match scope.schema.is_none() && !scope.names.is_empty() {
            true => format!("t.relnamespace IN ({namespace}, pg_my_temp_schema())"),
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

/// An enum type.
struct Enum {
    number: String,
    name: String,
    /// Whether it is one of the schema that is read, and of no extension.
    is_own: bool,
    enum_type: EnumType,
}

impl Enum {
    fn read(row: &Row, scope: &Scope<'_>) -> Self {
        let name = scope.named(text(row, 1), text(row, 2) == "true", text(row, 3));
        Self {
            number: text(row, 0).to_owned(),
            name: text(row, 3).to_owned(),
            is_own: text(row, 5) == "true",
            enum_type: EnumType::new(name, names(row, 4)),
        }
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
