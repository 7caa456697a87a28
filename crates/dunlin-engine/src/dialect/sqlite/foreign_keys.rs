//! What a script says around statements that run with foreign keys off.
//!
//! `PRAGMA foreign_key_check` prints rows and is no error: a script needs a statement that fails. Source of
//! the rule that the switch does nothing within a transaction: "PRAGMA foreign_keys" of SQLite's manual.

use std::collections::BTreeSet;

use super::Sqlite;
use crate::dialect::{Dialect, Suspension};

/// `changed` are the tables that the statements may change; `None` is any.
pub(super) fn suspend(dialect: &Sqlite, changed: Option<&BTreeSet<String>>) -> Suspension {
    let dangling = dangling_rows(dialect, changed);
    Suspension {
        before: vec!["PRAGMA foreign_keys = OFF".to_owned()],
        first: vec![format!("CREATE TEMP TABLE _dunlin_dangling AS\n{dangling}")],
        last: vec![
            "CREATE TEMP TABLE _dunlin_check (n INTEGER, CONSTRAINT \"no rows refer to rows that are gone\" \
             CHECK (n = 0))"
                .to_owned(),
            format!(
                "INSERT INTO temp._dunlin_check SELECT count(*) FROM (\n{dangling}\n) AS now WHERE n > \
                 coalesce((SELECT n FROM temp._dunlin_dangling AS old WHERE old.child = now.child AND \
                 old.parent = now.parent), 0)"
            ),
            "DROP TABLE temp._dunlin_check".to_owned(),
            "DROP TABLE temp._dunlin_dangling".to_owned(),
        ],
        after: vec!["PRAGMA foreign_keys = ON".to_owned()],
    }
}

/// The query for how many rows refer to nothing, in the changed tables and those that refer to them.
fn dangling_rows(dialect: &Sqlite, changed: Option<&BTreeSet<String>>) -> String {
    let matters = changed.map(|tables| {
        let names: Vec<String> = tables.iter().map(|table| dialect.literal(table)).collect();
        let names = names.join(", ");
        format!(
            " AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name) AS key WHERE sqlite_master.name COLLATE \
             NOCASE IN ({names}) OR key.\"table\" COLLATE NOCASE IN ({names}))"
        )
    });
    format!(
        "    SELECT found.\"table\" AS child, found.parent AS parent, count(*) AS n\n    FROM sqlite_master CROSS \
         JOIN pragma_foreign_key_check(sqlite_master.name) AS found\n    WHERE sqlite_master.type = 'table'{}\n    \
         GROUP BY 1, 2",
        matters.unwrap_or_default()
    )
}
