//! The rows of all tables, byte for byte.

use std::collections::BTreeMap;

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::session::Session as _;

use super::{VERSION_TABLE, query, text};

/// Tables by name.
pub(crate) type Rows = BTreeMap<String, TableRows>;

/// The rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TableRows {
    /// The columns' names.
    pub(crate) columns: Vec<String>,
    /// The rows, in no order; each value with what is needed to tell it from others.
    pub(crate) rows: Vec<Vec<String>>,
}

impl TableRows {
    /// Some columns of all rows, sorted; `None` where there is no such column.
    pub(crate) fn of(&self, columns: &[&str]) -> Option<Vec<Vec<String>>> {
        let position = |name: &&str| self.columns.iter().position(|column| column == name);
        let places: Vec<usize> = columns.iter().map(position).collect::<Option<_>>()?;
        let mut rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| places.iter().map(|at| row[*at].clone()).collect()).collect();
        rows.sort_unstable();
        Some(rows)
    }
}

/// The rows of all tables.
///
/// # Panics
/// The database does not answer.
pub(crate) async fn rows(database: &mut Database) -> Rows {
    let dialect = database.dialect().name();
    let columns = match dialect {
        DialectName::Postgres => {
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' \
             AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, a.attnum"
        }
        DialectName::MySql | DialectName::MariaDb => {
            "SELECT CONVERT(c.table_name USING utf8mb4), CONVERT(c.column_name USING utf8mb4) FROM information_schema.columns c \
             JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
             WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position"
        }
        DialectName::Sqlite => {
            "SELECT m.name, i.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) i WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, i.cid"
        }
    };
    let mut tables = Rows::new();
    for row in query(database, columns).await {
        if row.text(0) != Some(VERSION_TABLE) {
            tables.entry(text(&row, 0)).or_default().columns.push(text(&row, 1));
        }
    }
    for (table, found) in &mut tables {
        let value = |column: &String| {
            let column = database.quote(column);
            match dialect {
                DialectName::Postgres => format!("{column}::text"),
                DialectName::MySql | DialectName::MariaDb => format!("HEX(CONCAT('', {column}))"),
                DialectName::Sqlite => format!("typeof({column}) || ' ' || quote({column})"),
            }
        };
        let values: Vec<_> = found.columns.iter().map(value).collect();
        let sql = format!("SELECT {} FROM {}", values.join(", "), database.quote(table));
        for row in query(database, &sql).await {
            found.rows.push(row.iter().map(|v| v.as_deref().unwrap_or("NULL").to_owned()).collect());
        }
    }
    tables
}
