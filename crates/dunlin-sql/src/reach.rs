//! What a statement speaks of that is no part of its connection's database.

use dunlin_core::dialect::DialectName;

use crate::split::scan::{Kind, Token};
use crate::statement::{tokens, unquoted};

/// What belongs to a server, and not to one of its databases, as it stands behind CREATE, ALTER and DROP.
const OF_POSTGRES: [&str; 8] =
    ["DATABASE", "ROLE", "USER", "GROUP", "TABLESPACE", "SUBSCRIPTION", "SYSTEM", "OWNED"];
const OF_MYSQL: [&str; 10] =
    ["DATABASE", "SCHEMA", "USER", "ROLE", "SERVER", "TABLESPACE", "INSTANCE", "UNDO", "LOGFILE", "RESOURCE"];

/// Functions of PostgreSQL that change its server, another session, or files ("System Administration Functions" and
/// "Server-Side Functions" of large objects in its manual), as their names begin.
const POSTGRES_FUNCTIONS: [&str; 22] = [
    "dblink",
    "lo_export",
    "lo_import",
    "pg_backup_",
    "pg_cancel_backend",
    "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_create_restore_point",
    "pg_drop_replication_slot",
    "pg_file_",
    "pg_log_backend_memory_contexts",
    "pg_promote",
    "pg_reload_conf",
    "pg_replication_",
    "pg_rotate_logfile",
    "pg_stat_reset_shared",
    "pg_stat_reset_slru",
    "pg_switch_wal",
    "pg_terminate_backend",
    "pg_wal_replay_",
];

/// What a statement speaks of that is gone with no database: roles, another database, a setting of the server, a
/// file. `databases` are the others of a server whose tables can be named from this one. A block that is run where it
/// stands is looked through; what a statement calls is not: a procedure, a function, a trigger. On MySQL and MariaDB
/// a text that is prepared can be anything.
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
    let mut tokens = tokens(dialect, sql);
    // What MySQL runs of a comment is part of the statement.
    tokens.retain(|token| {
        token.kind != Kind::Symbol || !["/*!", "/*M!", "*/"].iter().any(|it| token.text.starts_with(it))
    });
    let said = match dialect {
        DialectName::Postgres => of_postgres(&tokens, false),
        DialectName::MySql | DialectName::MariaDb => of_mysql(&tokens),
        DialectName::Sqlite => of_sqlite(&words(&tokens)),
    };
    said.or_else(|| Some(format!("database {}", named_database(&tokens, databases)?)))
}

fn of_postgres(tokens: &[Token<'_>], is_block: bool) -> Option<String> {
    let function = tokens.windows(2).filter(|pair| pair[1].is_symbol("(")).find_map(|pair| {
        let name = name(&pair[0])?.to_ascii_lowercase();
        POSTGRES_FUNCTIONS.iter().any(|begin| name.starts_with(begin)).then_some(name)
    });
    function.or_else(|| {
        beginnings(tokens, is_block).find_map(|tokens| {
            statement_of_postgres(&words(tokens)).or_else(|| copied_file(tokens)).or_else(|| {
                // The text of a block, and what a block runs of texts.
                let runs = tokens[0].is_word("DO") || is_block && tokens[0].is_word("EXECUTE");
                let texts = tokens.iter().take_while(|token| runs && !token.is_symbol(";")).filter_map(text);
                texts.into_iter().find_map(|text| {
                    of_postgres(&crate::statement::tokens(DialectName::Postgres, &text), true)
                })
            })
        })
    })
}

fn statement_of_postgres(words: &[String]) -> Option<String> {
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = match all.as_slice() {
        ["CREATE" | "ALTER" | "DROP", "USER", "MAPPING", ..] => return None,
        ["CREATE" | "ALTER" | "DROP" | "REASSIGN", what, ..] if OF_POSTGRES.contains(what) => 2,
        // It outlives its connection, and keeps its database from being dropped.
        ["PREPARE", "TRANSACTION", ..] => 2,
        ["COMMENT", "ON", what, ..] if OF_POSTGRES.contains(what) => 3,
        ["SECURITY", "LABEL", rest @ ..] if rest.iter().take(4).any(|what| OF_POSTGRES.contains(what)) => 2,
        ["GRANT" | "REVOKE", rest @ ..] => match rest.iter().position(|word| *word == "ON") {
            // A role is granted, not a right.
            None => 1,
            Some(on) => {
                let what = rest.get(on + 1).copied().unwrap_or_default();
                ["DATABASE", "TABLESPACE", "PARAMETER"].contains(&what).then_some(1)?
            }
        },
        _ => return None,
    };
    Some(all[..count].join(" "))
}

/// `COPY` with a file or a program of the server.
fn copied_file(tokens: &[Token<'_>]) -> Option<String> {
    tokens.first().filter(|token| token.is_word("COPY"))?;
    let mut depth = 0;
    let at = tokens.iter().position(|token| {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        depth == 0 && (token.is_word("FROM") || token.is_word("TO"))
    })?;
    let other = tokens.get(at + 1)?;
    let is_client = other.is_word("STDIN") || other.is_word("STDOUT");
    let what = if other.is_word("PROGRAM") { "PROGRAM" } else { "a file" };
    (!is_client).then(|| format!("COPY {} {what}", tokens[at].text.to_ascii_uppercase()))
}

fn of_mysql(tokens: &[Token<'_>]) -> Option<String> {
    let said = words(tokens);
    let first: Vec<&str> = said.iter().take(4).map(String::as_str).collect();
    let creates_event = said.first().is_some_and(|word| word == "CREATE")
        && said.iter().take_while(|word| *word != "SCHEDULE").any(|word| word == "EVENT");
    let is_block = creates_event
        || matches!(
            first.as_slice(),
            ["BEGIN", "NOT", ..] | ["IF" | "CASE" | "LOOP" | "REPEAT" | "WHILE" | "FOR", ..]
        );
    let file = |pair: &&[Token<'_>]| {
        pair[0].is_word("INTO") && (pair[1].is_word("OUTFILE") || pair[1].is_word("DUMPFILE"))
    };
    if let Some(pair) = tokens.windows(2).find(file) {
        return Some(words(pair).join(" "));
    }
    beginnings(tokens, is_block).find_map(|tokens| {
        let behind = match tokens {
            // MariaDB: settings for one statement.
            [set, statement, rest @ ..] if set.is_word("SET") && statement.is_word("STATEMENT") => {
                rest.iter().position(|token| token.is_word("FOR")).map(|at| &rest[at + 1..])?
            }
            _ => tokens,
        };
        if is_text_about_table(behind) {
            return None;
        }
        statement_of_mysql(&words(behind)).or_else(|| set_of_server(behind))
    })
}

/// `EXECUTE IMMEDIATE` of a text, or of one put together, that begins with a statement about a table.
fn is_text_about_table(tokens: &[Token<'_>]) -> bool {
    let Some((execute, rest)) = tokens.split_first() else { return false };
    let text = match rest {
        [now, concat, bracket, text, ..]
            if now.is_word("IMMEDIATE") && concat.is_word("CONCAT") && bracket.is_symbol("(") =>
        {
            text
        }
        [now, text, ..] if now.is_word("IMMEDIATE") => text,
        _ => return false,
    };
    let begin = text.text.trim_start_matches(['\'', '"']).to_ascii_uppercase();
    execute.is_word("EXECUTE")
        && text.kind == Kind::Quoted
        && ["ALTER TABLE ", "CREATE TABLE ", "DROP TABLE "].iter().any(|about| begin.starts_with(about))
}

/// Rights are rows of the server, which stay when their table is gone.
fn statement_of_mysql(words: &[String]) -> Option<String> {
    let all: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = match all.as_slice() {
        ["CREATE", "OR", "REPLACE", what, ..] if OF_MYSQL.contains(what) => 4,
        ["CREATE" | "ALTER" | "DROP" | "RENAME", what, ..] if OF_MYSQL.contains(what) => 2,
        ["START" | "STOP", "REPLICA" | "SLAVE" | "ALL" | "GROUP_REPLICATION", ..] => 2,
        ["LOAD", "DATA" | "XML", ..] | ["LOCK", "INSTANCE", ..] | ["IMPORT", "TABLE", ..] => 2,
        // A function of a library.
        ["CREATE", .., "SONAME", ""] => return Some("SONAME".to_owned()),
        // What was prepared can be anything.
        [
            "USE" | "GRANT" | "REVOKE" | "FLUSH" | "RESET" | "PURGE" | "INSTALL" | "UNINSTALL" | "SHUTDOWN"
            | "RESTART" | "CLONE" | "KILL" | "CHANGE" | "BINLOG" | "XA" | "PREPARE" | "EXECUTE",
            ..,
        ] => 1,
        _ => return None,
    };
    Some(all[..count].join(" "))
}

/// `SET` of what is the server's, at any place of its list.
fn set_of_server(tokens: &[Token<'_>]) -> Option<String> {
    let (set, rest) = tokens.split_first()?;
    if !set.is_word("SET") {
        return None;
    }
    let mut depth = 0;
    let mut begins = true;
    let mut signs = 0;
    for token in rest {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
        match token {
            token if token.is_symbol(";") => return None,
            token if depth == 0 && token.is_symbol(",") => (begins, signs) = (true, 0),
            token if begins && token.is_symbol("@") => signs += 1,
            token if begins => {
                begins = false;
                let word = token.text.to_ascii_uppercase();
                let is_of_server = match signs {
                    // A variable of the session has one `@`.
                    1 => false,
                    _ => {
                        ["GLOBAL", "PERSIST", "PERSIST_ONLY", "PASSWORD", "DEFAULT"].contains(&word.as_str())
                    }
                };
                if is_of_server && token.kind == Kind::Word {
                    return Some(format!("SET {word}"));
                }
            }
            _ => {}
        }
    }
    None
}

fn of_sqlite(words: &[String]) -> Option<String> {
    let first = words.first()?;
    match first.as_str() {
        "ATTACH" | "DETACH" => Some(first.clone()),
        "VACUUM" if words.iter().any(|word| word == "INTO") => Some(first.clone()),
        _ => None,
    }
}

/// What is left of some tokens from each place on where a statement begins: one, but in a block.
fn beginnings<'t, 's>(tokens: &'t [Token<'s>], is_block: bool) -> impl Iterator<Item = &'t [Token<'s>]> {
    const BEFORE: [&str; 7] = ["BEGIN", "ATOMIC", "THEN", "ELSE", "LOOP", "REPEAT", "DO"];
    let begins = move |at: usize| {
        let before = |token: &Token<'_>| {
            token.is_symbol(";") || token.is_symbol(">") || BEFORE.iter().any(|word| token.is_word(word))
        };
        at.checked_sub(1).is_none_or(|last| is_block && before(&tokens[last]))
    };
    (0..tokens.len()).filter(move |at| begins(*at)).map(move |at| &tokens[at..])
}

/// The words of tokens; a name in quotes is no word of the language.
fn words(tokens: &[Token<'_>]) -> Vec<String> {
    let of_words = tokens.iter().filter_map(|token| match token.kind {
        Kind::Word => Some(token.text.to_ascii_uppercase()),
        Kind::Quoted => Some(String::new()),
        _ => None,
    });
    of_words.collect()
}

fn name(token: &Token<'_>) -> Option<String> {
    match token.kind {
        Kind::Word => Some(token.text.to_owned()),
        Kind::Quoted => unquoted(token.text),
        _ => None,
    }
}

/// What stands in a text of PostgreSQL.
fn text(token: &Token<'_>) -> Option<String> {
    if token.kind != Kind::Quoted {
        return None;
    }
    let text = token.text.trim_start_matches(['e', 'E']);
    if let Some(inner) = text.strip_prefix('\'') {
        return Some(inner.strip_suffix('\'')?.replace("''", "'"));
    }
    let tag = text.strip_prefix('$')?.find('$')? + 2;
    text.get(tag..text.len() - tag).map(str::to_owned)
}

/// A database whose name stands before a dot. A table or an alias of the same name is taken for it: the words alone
/// do not tell.
fn named_database<'d>(tokens: &[Token<'_>], databases: &'d [String]) -> Option<&'d str> {
    let mut before = None;
    for pair in tokens.windows(2) {
        let [first, second] = pair else { continue };
        let begins = second.is_symbol(".") && !before.is_some_and(|token: &Token<'_>| token.is_symbol("."));
        before = Some(first);
        let Some(name) = name(first).filter(|_| begins) else { continue };
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
            (MySql, "SET SESSION sql_mode = CONCAT('a', 'b'), GLOBAL max_connections = 155", "SET GLOBAL"),
            (MariaDb, "SET sql_mode = '', @@GLOBAL.max_connections = 156", "SET GLOBAL"),
            (MySql, "SET sql_log_bin = 0, persist max_connections = 157", "SET PERSIST"),
            (MySql, "SET a = 1 /*!80000 , @@persist_only.max_connections = 1 */", "SET PERSIST_ONLY"),
            (MySql, "PREPARE p FROM @s", "PREPARE"),
            (MySql, "/*!50000 EXECUTE p */", "EXECUTE"),
            (MariaDb, "EXECUTE IMMEDIATE 'CREATE DATABASE a'", "EXECUTE"),
            (MariaDb, "BEGIN NOT ATOMIC CREATE DATABASE a; END", "CREATE DATABASE"),
            (MariaDb, "BEGIN NOT ATOMIC SET @a = 1; IF @a THEN SET GLOBAL a = 1; END IF; END", "SET GLOBAL"),
            (MariaDb, "SET STATEMENT max_statement_time = 1 FOR CREATE DATABASE a", "CREATE DATABASE"),
            (MySql, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP DATABASE a", "DROP DATABASE"),
            (MySql, "SELECT 1 INTO OUTFILE '/srv/x'", "INTO OUTFILE"),
            (MySql, "SELECT 1 /*! INTO DUMPFILE '/srv/x' */", "INTO DUMPFILE"),
            (MySql, "LOAD DATA INFILE '/srv/x' INTO TABLE t", "LOAD DATA"),
            (MySql, "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'", "SONAME"),
            (Postgres, "COPY t TO '/srv/x'", "COPY TO a file"),
            (Postgres, "copy t (a, b) from program 'id' WITH (FORMAT csv)", "COPY FROM PROGRAM"),
            (Postgres, "COPY (SELECT a FROM t) TO $$/srv/x$$", "COPY TO a file"),
            (Postgres, "SELECT pg_catalog.\"pg_reload_conf\" ()", "pg_reload_conf"),
            (Postgres, "DO $$ BEGIN PERFORM pg_terminate_backend(1); END $$", "pg_terminate_backend"),
            (
                Postgres,
                "DO LANGUAGE plpgsql $a$ BEGIN IF true THEN CREATE ROLE r; END IF; END $a$",
                "CREATE ROLE",
            ),
            (Postgres, "DO $$ BEGIN EXECUTE format('ALTER SYSTEM SET %I = 1', 'a'); END $$", "ALTER SYSTEM"),
            (Postgres, "DO 'BEGIN EXECUTE ''DROP DATABASE a''; END'", "DROP DATABASE"),
            (Postgres, "PREPARE TRANSACTION 'a'", "PREPARE TRANSACTION"),
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
            (MySql, "SET @password = 'x', @GLOBAL = 1, sql_mode = @@GLOBAL.sql_mode"),
            (MySql, "INSERT INTO t VALUES ('INTO OUTFILE', 'SET GLOBAL a = 1')"),
            (MySql, "SELECT CASE a WHEN 1 THEN reset ELSE execute END FROM t"),
            (MySql, "SELECT a INTO @outfile FROM t USE INDEX (change_at)"),
            (MySql, "START TRANSACTION"),
            (MariaDb, "EXECUTE IMMEDIATE CONCAT('ALTER TABLE `t` CONVERT TO CHARACTER SET ', @@a)"),
            (MariaDb, "BEGIN NOT ATOMIC CREATE TABLE a (b INT); END"),
            (MariaDb, "SET STATEMENT max_statement_time = 1 FOR CREATE TABLE a (b INT)"),
            (Postgres, "COPY t (\"from\", b) FROM STDIN WITH (FORMAT csv)"),
            (Postgres, "COPY (SELECT a FROM t) TO STDOUT"),
            (Postgres, "DO $$ BEGIN CREATE TABLE role (a INT); RAISE NOTICE 'create role'; END $$"),
            (Postgres, "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT pg_reload_conf() $$"),
            (Postgres, "SELECT pg_reload_conf FROM t"),
        ] {
            assert_eq!(reaches(dialect, sql, &others), None, "{sql}");
        }
    }
}
