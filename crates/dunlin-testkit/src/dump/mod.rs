//! What a database says of everything in it, as text: two databases with one schema have one dump.
//!
//! The catalogs are read by queries of its own, not by dunlin's introspection, which is what is tested.

mod mysql;
mod postgres;
mod rows;
mod sqlite;

use dunlin::Database;
use dunlin::core::dialect::DialectName;
use dunlin::core::session::{Row, Session as _};

pub(crate) use rows::{Rows, rows};

/// The version table of the histories that are checked: a dump leaves it out.
pub(crate) const VERSION_TABLE: &str = "dunlin_version";

/// Everything in the database that a user made, but for rows and [`VERSION_TABLE`]; on MySQL also in some
/// schemas beside it.
///
/// # Panics
/// The database does not answer.
pub async fn dump(database: &mut Database, beside: &[&str]) -> String {
    let lines = match database.dialect().name() {
        DialectName::Postgres => postgres::dump(database).await,
        DialectName::MySql | DialectName::MariaDb => mysql::dump(database, beside).await,
        DialectName::Sqlite => sqlite::dump(database).await,
    };
    lines.join("\n")
}

/// Drops everything that a user made in the database of a name; on MySQL also some schemas beside it.
///
/// # Panics
/// The database refuses.
pub async fn wipe(database: &mut Database, name: &str, beside: &[&str]) {
    match database.dialect().name() {
        DialectName::Postgres => postgres::wipe(database).await,
        DialectName::MySql | DialectName::MariaDb => mysql::wipe(database, name, beside).await,
        DialectName::Sqlite => sqlite::wipe(database).await,
    }
}

async fn query(database: &mut Database, sql: &str) -> Vec<Row> {
    let rows = database.query(sql).await;
    rows.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()))
}

async fn execute(database: &mut Database, sql: &str) {
    let run = database.execute(sql).await;
    run.unwrap_or_else(|error| panic!("{sql}: {error}: {:?}", error.source()));
}

fn text(row: &Row, at: usize) -> String {
    row.text(at).unwrap_or_default().to_owned()
}
