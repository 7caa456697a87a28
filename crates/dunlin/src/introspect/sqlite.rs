//! SQLite: two queries over `sqlite_master`, whose texts are read in full.
//!
//! The pragmas know neither constraint names nor checks nor collations; the stored CREATE statements
//! do.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::Index;
use dunlin_engine::sql::{SqlError, create_index, create_table};

use super::{Introspected, Scope, Unsaid, names, text};
use crate::database::Database;
use crate::error::Error;

const TABLES: &str = "\
SELECT t.name, t.sql FROM {master} AS t
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND {names}
ORDER BY t.rowid";

const INDEXES: &str = "\
SELECT t.name, i.name, i.\"unique\", i.sql,
       (SELECT group_concat(name, char(31)) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
FROM {master} AS t
JOIN (SELECT m.name, m.tbl_name, m.sql, l.\"unique\"
      FROM {master} AS m JOIN pragma_index_list(m.tbl_name) AS l ON l.name = m.name AND l.origin = 'c'
      WHERE m.type = 'index') AS i ON i.tbl_name = t.name
WHERE t.type = 'table' AND {names}
ORDER BY t.rowid, i.name";

pub(super) async fn read(
    database: &mut Database,
    scope: &Scope<'_>,
    found: &mut Introspected,
) -> Result<(), Error> {
    let master = match scope.schema {
        Some(schema) => format!("{}.sqlite_master", database.dialect().quote(schema)),
        None => "sqlite_master".to_owned(),
    };
    let condition = scope.names_condition(database, "t.name COLLATE NOCASE");
    let query = |sql: &str| sql.replace("{master}", &master).replace("{names}", &condition);
    let dialect = database.dialect();

    for row in database.rows(&query(TABLES)).await? {
        let name = text(&row, 0);
        let read = match create_table::read_sqlite(text(&row, 1), |text| dialect.parse_type(text)) {
            Ok(read) => read,
            Err(SqlError::VirtualTable { .. }) if scope.names.is_empty() => continue,
            Err(error) => return Err(unreadable(name, error)),
        };
        let mut table = read.table;
        table.name = scope.table(name);
        let unsaid = |what| Unsaid { table: table.name.clone(), column: None, what };
        found.unsaid.extend(read.lost.into_iter().map(unsaid));
        found.metadata.insert(table);
    }
    for row in database.rows(&query(INDEXES)).await? {
        let name = scope.table(text(&row, 0));
        let Some(table) = found.metadata.get_mut(&name) else { continue };
        let read =
            create_index::read_sqlite(text(&row, 3)).map_err(|error| unreadable(text(&row, 0), error))?;
        let mut index = Index::new(text(&row, 1), names(&row, 4));
        index.unique = text(&row, 2) == "1";
        index.predicate = read.predicate.map(|condition| PerDialect::only(DialectName::Sqlite, condition));
        table.indexes.push(index);
        let unsaid = |what: &String| Unsaid {
            table: name.clone(),
            column: None,
            what: format!("{what} in index {}", text(&row, 1)),
        };
        found.unsaid.extend(read.lost.iter().map(unsaid));
    }
    Ok(())
}

fn unreadable(table: &str, error: SqlError) -> Error {
    Error::Introspect { table: table.to_owned(), source: error.into() }
}
