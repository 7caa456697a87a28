//! What statements do, and to which tables.

use dunlin_core::dialect::DialectName::{MariaDb, MySql, Postgres, Sqlite};

use super::*;

#[test]
fn what_moves_rows_is_told_from_what_may_change_the_schema() {
    for (dialect, sql) in [
        (Postgres, "insert into t values (1)"),
        (Postgres, "TRUNCATE t"),
        (Postgres, "WITH a AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM a"),
        (Sqlite, "WITH a AS (SELECT 1) UPDATE t SET b = 1"),
        (Sqlite, "REPLACE INTO t VALUES (1)"),
        (MySql, "/* CREATE */ UPDATE t SET a = 'CREATE TABLE'"),
        (MariaDb, "(SELECT 1)"),
    ] {
        assert!(leaves_schema_alone(dialect, sql), "{sql}");
    }
    for (dialect, sql) in [
        (Postgres, "SELECT create_everything()"),
        (Postgres, "WITH a AS (DELETE FROM t RETURNING *) SELECT * INTO u FROM a"),
        (Postgres, "WITH a AS (SELECT 1) SELECT create_everything() FROM a"),
        (Postgres, "DO $$ BEGIN UPDATE t SET a = 1; END $$"),
        (Postgres, "\"update\" t"),
        (Sqlite, "PRAGMA user_version = 1"),
        (Sqlite, "CREATE TABLE t (a INT)"),
        (MySql, "/*!50100 ALTER TABLE t ADD b INT */"),
        (MySql, "CALL p()"),
        (MySql, ""),
    ] {
        assert!(!leaves_schema_alone(dialect, sql), "{sql}");
    }
}

#[test]
fn tables_that_are_made_dropped_or_renamed_are_named() {
    let created = |name: &str| NamedTable::Created(name.into());
    let dropped = |name: &str| NamedTable::Dropped(name.into());
    let renamed = |from: &str, to: &str| NamedTable::Renamed(from.into(), to.into());
    for (dialect, sql, found) in [
        (Postgres, "create unlogged table Ticket (a int)", vec![created("ticket")]),
        (Sqlite, "CREATE VIRTUAL TABLE [a b] USING fts5(x)", vec![created("a b")]),
        (MySql, "CREATE TABLE `a``b` AS SELECT 1", vec![created("a`b")]),
        (MariaDb, "CREATE OR REPLACE TABLE T (a INT)", vec![created("T")]),
        (Postgres, "DROP TABLE IF EXISTS a, \"B\" CASCADE", vec![dropped("a"), dropped("B")]),
        (Postgres, "ALTER TABLE ONLY a RENAME TO b", vec![renamed("a", "b")]),
        (MySql, "RENAME TABLE a TO b, c TO d", vec![renamed("a", "b"), renamed("c", "d")]),
        (MySql, "ALTER TABLE a RENAME AS b", vec![renamed("a", "b")]),
        (Sqlite, "ALTER TABLE a RENAME b TO c", vec![]),
        (Sqlite, "CREATE TEMP TABLE a (b)", vec![]),
        (Postgres, "CREATE INDEX a ON b (c)", vec![]),
        (Postgres, "DO $$ BEGIN CREATE TABLE a (b int); END $$", vec![]),
    ] {
        assert_eq!(named_tables(dialect, sql), found, "{sql}");
    }
}

#[test]
fn what_happens_to_tables_is_said_where_it_is_sure() {
    for (dialect, sql, does) in [
        (
            Postgres,
            "CREATE UNLOGGED TABLE app.\"Ticket\" (a int)",
            OnTables::Makes(TableName::new(Some("app"), "Ticket")),
        ),
        (MySql, "create table `T` like u", OnTables::Makes("T".into())),
        (MySql, "CREATE TABLE t (a INT) /*!50100 PARTITION BY KEY (a) */", OnTables::Makes("t".into())),
        (Sqlite, "CREATE VIRTUAL TABLE t USING fts5(x)", OnTables::Makes("t".into())),
        (Sqlite, "CREATE TEMP TABLE t (a)", OnTables::Spares),
        (Sqlite, "CREATE TABLE IF NOT EXISTS t (a)", OnTables::Spares),
        (Postgres, "CREATE OR REPLACE VIEW v AS SELECT 1", OnTables::Spares),
        (Postgres, "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE t'", OnTables::Spares),
        (Postgres, "INSERT INTO app.t (a, b) VALUES (now(), coalesce(1, 2))", OnTables::Spares),
        (Postgres, "UPDATE t SET a = lower(b) WHERE c IN (SELECT d FROM u)", OnTables::Spares),
        (Postgres, "INSERT INTO t SELECT a FROM u WHERE drop_everything(a)", OnTables::Unknown),
        (Postgres, "DELETE FROM t WHERE app.count(a) > 1", OnTables::Unknown),
        (MySql, "UPDATE t SET a = f(b)", OnTables::Spares),
        (Postgres, "SET statement_timeout = 0", OnTables::Spares),
        (Postgres, "set local role r", OnTables::Unknown),
        (Postgres, "SET SESSION ROLE r", OnTables::Unknown),
        (Postgres, "SET \"role\" = r", OnTables::Unknown),
        (Postgres, "SET SESSION AUTHORIZATION r", OnTables::Unknown),
        (Postgres, "RESET ROLE", OnTables::Unknown),
        (Postgres, "CREATE SCHEMA IF NOT EXISTS r", OnTables::Unknown),
        (Postgres, "CREATE EXTENSION citext", OnTables::Unknown),
        (MySql, "CREATE SCHEMA r", OnTables::Spares),
        (MariaDb, "SET STATEMENT lock_wait_timeout = 1 FOR DROP TABLE t", OnTables::Unknown),
        (MySql, "/*!40101 SET NAMES utf8mb4 */", OnTables::Spares),
        (MariaDb, "CREATE OR REPLACE TABLE t (a INT)", OnTables::Unknown),
        (MySql, "/*!99999 CREATE TABLE t (a INT) */", OnTables::Unknown),
        (Postgres, "ALTER TABLE t RENAME TO u", OnTables::Unknown),
        (Postgres, "DO $$ BEGIN DROP TABLE t; END $$", OnTables::Unknown),
        (Postgres, "SELECT drop_everything()", OnTables::Unknown),
        (Postgres, "SET search_path = app", OnTables::Unknown),
        (MySql, "CALL p()", OnTables::Unknown),
        (Sqlite, "ATTACH 'x' AS y", OnTables::Unknown),
    ] {
        assert_eq!(on_tables(dialect, sql), does, "{sql}");
    }
}

#[test]
fn the_words_of_transactions_are_found() {
    for (dialect, sql, words) in [
        (Postgres, "begin", "BEGIN"),
        (Postgres, "-- why\nBEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN"),
        (Postgres, "END", "END"),
        (Postgres, "ABORT", "ABORT"),
        (Postgres, "PREPARE TRANSACTION 'a'", "PREPARE TRANSACTION"),
        (Sqlite, "BEGIN IMMEDIATE", "BEGIN"),
        (Sqlite, "ROLLBACK", "ROLLBACK"),
        (MySql, "COMMIT AND CHAIN", "COMMIT"),
        (MySql, "set autocommit = 0", "SET AUTOCOMMIT"),
        (MySql, "SET SESSION autocommit = 0", "SET SESSION AUTOCOMMIT"),
    ] {
        assert_eq!(transaction_words(dialect, sql).as_deref(), Some(words), "{sql}");
    }
    for (dialect, sql) in [
        (Postgres, "SAVEPOINT a"),
        (Postgres, "ROLLBACK TRANSACTION TO a"),
        (Sqlite, "RELEASE a"),
        (Sqlite, "CREATE TRIGGER a BEFORE INSERT ON t BEGIN SELECT 1; END"),
        (MySql, "SELECT 'COMMIT'"),
    ] {
        assert_eq!(transaction_words(dialect, sql), None, "{sql}");
    }
}

#[test]
fn statements_that_move_the_lookup_of_names_are_found() {
    for (dialect, sql, words) in [
        (MySql, "-- why\nuse `other`", "USE"),
        (MariaDb, "/*!50000 USE other */", "USE"),
        (Postgres, "set search_path to other, public", "SET SEARCH_PATH"),
        (Postgres, "SET search_path = ''", "SET SEARCH_PATH"),
        (Postgres, "SET LOCAL search_path = other", "SET LOCAL SEARCH_PATH"),
        (Postgres, "SET SESSION SCHEMA 'other'", "SET SESSION SCHEMA"),
        (Postgres, "SELECT pg_catalog.set_config('search_path', '', false)", "set_config('search_path', …)"),
    ] {
        assert_eq!(name_lookup(dialect, sql), Some(NameLookup::Moved(words.to_owned())), "{sql}");
    }
    for sql in ["reset search_path", "SET search_path = DEFAULT", "SET search_path TO DEFAULT", "DISCARD ALL"]
    {
        assert_eq!(name_lookup(Postgres, sql), Some(NameLookup::Restored), "{sql}");
    }
    for (dialect, sql) in [
        (MySql, "SELECT 'USE other'"),
        (MySql, "SELECT a FROM t USE INDEX (i)"),
        (Sqlite, "USE other"),
        (Postgres, "SET statement_timeout = 0"),
        (Postgres, "SELECT set_config('lock_timeout', '1s', false), 'search_path'"),
        (Postgres, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1'"),
        (Postgres, "ALTER ROLE a SET search_path = other"),
    ] {
        assert_eq!(name_lookup(dialect, sql), None, "{sql}");
    }
}
