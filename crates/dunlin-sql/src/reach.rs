//! What a statement speaks of that is no part of its connection's database.

use dunlin_core::dialect::DialectName;

use crate::split::scan::{Kind, Token};
use crate::statement::{tokens, unquoted, words};

/// What belongs to a server, and not to one of its databases, as it stands behind CREATE, ALTER and DROP.
const OF_POSTGRES: [&str; 8] =
    ["DATABASE", "ROLE", "USER", "GROUP", "TABLESPACE", "SUBSCRIPTION", "SYSTEM", "OWNED"];
const OF_MYSQL: [&str; 10] =
    ["DATABASE", "SCHEMA", "USER", "ROLE", "SERVER", "TABLESPACE", "INSTANCE", "UNDO", "LOGFILE", "RESOURCE"];

/// What a statement speaks of that is gone with no database: roles, another database, a setting of the server, a
/// file. `databases` are the others of a server whose tables can be named from this one. What a block, a procedure or
/// a function does is not seen.
///
/// ```
/// use dunlin_core::dialect::DialectName::{MySql, Postgres};
/// use dunlin_sql::reach::reaches;
///
/// assert_eq!(reaches(Postgres, "-- why\ncreate role reader", &[]).as_deref(), Some("CREATE ROLE"));
/// assert_eq!(reaches(Postgres, "GRANT SELECT ON ticket TO reader", &[]), None);
/// let others = ["shop".to_owned()];
/// assert_eq!(reaches(MySql, "DROP TABLE `shop` . ticket", &others).as_deref(), Some("database shop"));
/// assert_eq!(reaches(MySql, "DROP TABLE shop", &others), None);
/// ```
pub fn reaches(dialect: DialectName, sql: &str, databases: &[String]) -> Option<String> {
    let words: Vec<String> = words(dialect, sql).into_iter().map(str::to_ascii_uppercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match dialect {
        DialectName::Postgres => of_postgres(&words),
        DialectName::MySql | DialectName::MariaDb => of_mysql(&words),
        DialectName::Sqlite => of_sqlite(&words),
    };
    said.map(|count| words[..count].join(" ")).or_else(|| {
        let named = named_database(&tokens(dialect, sql), databases)?;
        Some(format!("database {named}"))
    })
}

/// How many words say it.
fn of_postgres(words: &[&str]) -> Option<usize> {
    match words {
        ["CREATE" | "ALTER" | "DROP", "USER", "MAPPING", ..] => None,
        ["CREATE" | "ALTER" | "DROP" | "REASSIGN", what, ..] if OF_POSTGRES.contains(what) => Some(2),
        ["COMMENT", "ON", what, ..] if OF_POSTGRES.contains(what) => Some(3),
        ["GRANT" | "REVOKE", rest @ ..] => match rest.iter().position(|word| *word == "ON") {
            // A role is granted, not a right.
            None => Some(1),
            Some(on) => {
                let what = rest.get(on + 1).copied().unwrap_or_default();
                ["DATABASE", "TABLESPACE", "PARAMETER"].contains(&what).then_some(1)
            }
        },
        _ => None,
    }
}

/// Rights are rows of the server, which stay when their table is gone.
fn of_mysql(words: &[&str]) -> Option<usize> {
    match words {
        ["CREATE", "OR", "REPLACE", what, ..] if OF_MYSQL.contains(what) => Some(4),
        ["CREATE" | "ALTER" | "DROP" | "RENAME", what, ..] if OF_MYSQL.contains(what) => Some(2),
        ["SET", "GLOBAL" | "PERSIST" | "PERSIST_ONLY" | "PASSWORD" | "DEFAULT", ..] => Some(2),
        [
            "USE" | "GRANT" | "REVOKE" | "FLUSH" | "RESET" | "PURGE" | "INSTALL" | "UNINSTALL" | "SHUTDOWN"
            | "KILL" | "CHANGE",
            ..,
        ] => Some(1),
        _ => None,
    }
}

fn of_sqlite(words: &[&str]) -> Option<usize> {
    match words {
        ["ATTACH" | "DETACH", ..] => Some(1),
        ["VACUUM", rest @ ..] if rest.contains(&"INTO") => Some(1),
        _ => None,
    }
}

/// A database whose name stands before a dot. A table or an alias of the same name is taken for it: the words alone
/// do not tell.
fn named_database<'d>(tokens: &[Token<'_>], databases: &'d [String]) -> Option<&'d str> {
    let mut before = None;
    for pair in tokens.windows(2) {
        let [first, second] = pair else { continue };
        let begins = second.is_symbol(".") && !before.is_some_and(|token: &Token<'_>| token.is_symbol("."));
        before = Some(first);
        let name = match first.kind {
            Kind::Word => Some(first.text.to_owned()),
            Kind::Quoted => unquoted(first.text),
            _ => None,
        };
        let Some(name) = name.filter(|_| begins) else { continue };
        if let Some(found) = databases.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use dunlin_core::dialect::DialectName::{MariaDb, MySql, Postgres, Sqlite};

    use super::*;

    #[test]
    fn what_is_the_servers_is_told_from_what_is_the_databases() {
        let others = ["shop".to_owned(), "My Shop".to_owned()];
        for (dialect, sql, what) in [
            (Postgres, "ALTER DATABASE shop SET timezone = 'UTC'", "ALTER DATABASE"),
            (Postgres, "ALTER SYSTEM SET work_mem = '1GB'", "ALTER SYSTEM"),
            (Postgres, "GRANT admin TO alice", "GRANT"),
            (Postgres, "REVOKE ALL ON DATABASE shop FROM alice", "REVOKE"),
            (Postgres, "COMMENT ON ROLE alice IS 'x'", "COMMENT ON ROLE"),
            (Postgres, "DROP OWNED BY alice", "DROP OWNED"),
            (MySql, "use shop", "USE"),
            (MySql, "/*!40000 DROP DATABASE IF EXISTS `shop`*/", "DROP DATABASE"),
            (MySql, "SET @@GLOBAL.sql_mode = ''", "SET GLOBAL"),
            (MariaDb, "CREATE OR REPLACE USER alice", "CREATE OR REPLACE USER"),
            (MySql, "GRANT SELECT ON ticket TO alice", "GRANT"),
            (MySql, "CREATE VIEW v AS SELECT a FROM t JOIN `My Shop`.u", "database My Shop"),
            (MariaDb, "INSERT INTO Shop.t VALUES (1)", "database shop"),
            (Sqlite, "ATTACH 'a.db' AS a", "ATTACH"),
            (Sqlite, "VACUUM main INTO 'a.db'", "VACUUM"),
        ] {
            assert_eq!(reaches(dialect, sql, &others).as_deref(), Some(what), "{sql}");
        }
        for (dialect, sql) in [
            (Postgres, "CREATE USER MAPPING FOR alice SERVER s"),
            (Postgres, "GRANT SELECT ON ticket TO alice"),
            (Postgres, "CREATE SCHEMA audit"),
            (Postgres, "CREATE TABLE role (a INT)"),
            (MySql, "SET NAMES utf8mb4"),
            (MySql, "SELECT a.shop.t, 'shop.t' FROM shop -- shop.t"),
            (MySql, "CREATE TABLE user (a INT)"),
            (Sqlite, "VACUUM"),
        ] {
            assert_eq!(reaches(dialect, sql, &others), None, "{sql}");
        }
    }
}
