//! Hard texts, cut as each client cuts them.

use DialectName::{MariaDb, MySql, Postgres, Sqlite};

use super::*;

const ALL: &[DialectName] = &DialectName::ALL;

fn texts(dialect: DialectName, sql: &str) -> Vec<&str> {
    let statements = split(dialect, sql).unwrap_or_else(|error| panic!("{dialect}: {error}: {sql}"));
    statements.iter().map(|statement| statement.sql).collect()
}

/// Texts that are one statement, as they stand, and stay one between others.
fn assert_whole(dialects: &[DialectName], statements: &[&str]) {
    for dialect in dialects {
        for sql in statements {
            assert_eq!(texts(*dialect, sql), [*sql], "{dialect}");
            let last = sql.rsplit('\n').next().unwrap();
            let end = if last.contains("--") || last.contains('#') { "\n;" } else { ";" };
            let among = format!("DROP TABLE a;\n{sql}{end} DROP TABLE b;");
            assert_eq!(texts(*dialect, &among), ["DROP TABLE a", sql, "DROP TABLE b"], "{dialect}");
            let written = [
                terminated(*dialect, "SELECT 1"),
                terminated(*dialect, sql),
                terminated(*dialect, "SELECT 2"),
            ];
            assert_eq!(texts(*dialect, &written.concat()), ["SELECT 1", sql, "SELECT 2"], "{dialect}");
        }
    }
}

#[test]
fn semicolons_in_quotes_and_comments_end_nothing() {
    assert_whole(
        ALL,
        &[
            "SELECT 1",
            "SELECT ';'",
            "SELECT 'it''s; so', \"a;\"\"b\"",
            "-- why; not\nSELECT 1",
            "SELECT 1 -- why; not",
            "SELECT 1 -- it's",
            "/* a; 'b */ SELECT /* \"; */ 1",
            "SELECT 'a\n;\nb'",
            "INSERT INTO t VALUES ('ü;', '—;', '🐦;')",
            "SELECT a.begin, a.end FROM a",
            "SELECT CASE WHEN a THEN 1 END",
        ],
    );
    assert_whole(&[MySql, MariaDb, Sqlite], &["SELECT `a;``b`"]);
    assert_whole(&[Sqlite], &["SELECT [a;\"b]", "SELECT x';'", "SELECT '\\'"]);
}

#[test]
fn a_backslash_is_what_the_database_takes_it_for() {
    let sql = r"SELECT 'a\'; SELECT 'b'";
    assert_eq!(texts(Postgres, sql), [r"SELECT 'a\'", "SELECT 'b'"]);
    assert_eq!(texts(Sqlite, sql), [r"SELECT 'a\'", "SELECT 'b'"]);
    assert!(split(MySql, sql).is_err());
    assert_whole(
        &[MySql, MariaDb],
        &[r"SELECT 'a\'; b'", r#"SELECT "a\"; b""#, r"SELECT 'a\\'", r"SELECT `a\`"],
    );
    assert_whole(
        &[Postgres],
        &[r"SELECT E'a\'; b'", r"SELECT e'\\'", r"SELECT nameE'\'", r"SELECT U&'\', ';'"],
    );
}

#[test]
fn comments_are_what_the_database_takes_for_them() {
    assert_eq!(texts(Postgres, "SELECT 1--2;\n; SELECT 3"), ["SELECT 1--2;", "SELECT 3"]);
    assert_eq!(texts(MySql, "SELECT 1--2;\n; SELECT 3"), ["SELECT 1--2", "SELECT 3"]);
    assert_eq!(texts(MySql, "SELECT 1 --\t;\n; SELECT 3 --"), ["SELECT 1 --\t;", "SELECT 3 --"]);
    assert_eq!(texts(MariaDb, "# it's; so\nSELECT 1 # ;\n"), ["# it's; so\nSELECT 1 # ;"]);
    assert_eq!(texts(Sqlite, "SELECT '#'; SELECT 2"), ["SELECT '#'", "SELECT 2"]);
    assert_eq!(texts(Postgres, "SELECT a #> b; SELECT 2"), ["SELECT a #> b", "SELECT 2"]);
    assert_whole(&[Postgres], &["SELECT /* a /* ; */ ; */ 1", "/* /**/ */ SELECT /*/ ; /* */ */ 1"]);
    assert_eq!(texts(Sqlite, "SELECT /* a /* ; */ 1; SELECT 2"), ["SELECT /* a /* ; */ 1", "SELECT 2"]);
    assert_whole(
        &[MySql, MariaDb],
        &[
            "/*!40101 SET NAMES utf8; */",
            "CREATE /*M!100100 OR REPLACE */ VIEW v AS SELECT ';'",
            "SELECT /*! 1, '*/;' */",
        ],
    );
}

#[test]
fn what_is_nothing_but_comments_is_no_statement() {
    for dialect in ALL {
        for sql in ["", " \r\n\t", ";", ";; ;", "-- a", "-- a\n;\n/* b */;", "/* a; b */"] {
            assert_eq!(texts(*dialect, sql), [""; 0], "{dialect}: {sql}");
        }
    }
    assert_eq!(texts(Postgres, "SELECT 1; -- the end"), ["SELECT 1"]);
}

#[test]
fn dollar_quotes_are_postgresqls() {
    assert_whole(
        &[Postgres],
        &[
            "DO $$ BEGIN PERFORM 1; END $$",
            "CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN x := $$;$$; RETURN NEW; END $body$ LANGUAGE plpgsql",
            "SELECT $a$ $b$; $a $a$",
            "SELECT $ü$;'$ü$",
            "PREPARE p AS SELECT $1, $2, ';'",
        ],
    );
    // A tag begins with no digit, and no dollar quote stands in a name.
    assert_eq!(texts(Postgres, "SELECT a$b$; SELECT $1$; SELECT 2").len(), 3);
    assert_eq!(texts(Sqlite, "SELECT $$; SELECT 2").len(), 2);
}

#[test]
fn brackets_and_bodies_of_postgresql_are_kept_together() {
    assert_whole(
        &[Postgres],
        &[
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM w)",
            "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN (a > 1) THEN 2 END; SELECT 3; END",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (1); END",
            "CREATE FUNCTION f() RETURNS int RETURN (CASE WHEN (1 > 0) THEN 2 END)",
            "CREATE FUNCTION f() RETURNS int RETURN CASE WHEN true THEN 2 END",
        ],
    );
    assert_eq!(texts(Postgres, "BEGIN; SELECT 1; END; SELECT 2").len(), 4);
}

#[test]
fn bodies_of_mysql_are_kept_together_without_delimiters() {
    assert_whole(
        &[MySql, MariaDb],
        &[
            "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW SET NEW.a = 1",
            "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END",
            "CREATE TRIGGER t AFTER UPDATE ON i FOR EACH ROW IF NEW.a > 1 THEN SET @a = 1; ELSEIF NEW.b THEN SET @b = 2; END IF",
            "CREATE TRIGGER t AFTER UPDATE ON i FOR EACH ROW IF (NEW.a > 1) THEN SET @a = 1; END IF",
            "CREATE DEFINER=`root`@`%` PROCEDURE p(IN a INT)\nBEGIN\n  DECLARE b INT DEFAULT IF(a, 1, 2);\n  \
             l: LOOP\n    SET b = b + 1;\n    IF b > 3 THEN LEAVE l; ELSE SET b = CASE WHEN b THEN 1 ELSE 2 END; END IF;\n  \
             END LOOP l;\n  WHILE b < 9 DO SET b = b + 1; END WHILE;\n  REPEAT SET b = b - 1; UNTIL b = 0 END REPEAT;\n  \
             CASE b WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE;\n  DROP TABLE IF EXISTS x;\n  \
             SELECT REPEAT('a', 3), IF(b, 1, CASE WHEN b THEN 2 END);\nEND",
            "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN IF(a, 1, 2)",
            "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC BEGIN IF IF(a, 1, 2) = 1 AND IF(a, 1, 0) THEN RETURN 1; END IF; RETURN 2; END",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ENDS '2030-01-01' DO BEGIN DELETE FROM t; END",
            "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET NEW.a = NEW.end; SET @b = NEW.`begin`; END",
            "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = 1; END */",
        ],
    );
    assert_whole(
        &[MariaDb],
        &[
            "BEGIN NOT ATOMIC DECLARE a INT; SET a = 1; END",
            "CREATE OR REPLACE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; FOR r IN (SELECT 1) DO SELECT 2; END FOR; END",
        ],
    );
    assert_eq!(texts(MySql, "BEGIN; UPDATE t SET a = 1; COMMIT").len(), 3);
    assert_eq!(texts(MySql, "CREATE TABLE IF NOT EXISTS `begin` (a INT); SELECT 2").len(), 2);
}

#[test]
fn delimiters_of_mysqls_client_are_understood() {
    let sql = "DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = '//'; -- //\nEND//\n\
               SELECT 1; SELECT 2 //\ndelimiter ;\nSELECT 3;\n  DELIMITER $$ \r\nDROP TABLE a$$ DROP TABLE b\n$$\nDELIMITER ;";
    for dialect in [MySql, MariaDb] {
        assert_eq!(
            texts(dialect, sql),
            [
                "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW BEGIN SET @a = '//'; -- //\nEND",
                "SELECT 1; SELECT 2",
                "SELECT 3",
                "DROP TABLE a",
                "DROP TABLE b",
            ]
        );
        assert_eq!(
            terminated(dialect, "CREATE TRIGGER t // BEGIN ; END"),
            "DELIMITER ///\nCREATE TRIGGER t // BEGIN ; END\n///\nDELIMITER ;\n"
        );
        let error = split(dialect, "SELECT 1;\nDELIMITER\n").unwrap_err();
        assert_eq!(error.to_string(), "expected a delimiter at line 2, column 1, found the end of the line");
    }
    assert_eq!(texts(Postgres, "DELIMITER //\nSELECT 1; SELECT 2").len(), 2);
    assert_eq!(texts(MySql, "SELECT 1 AS\ndelimiter; SELECT 2").len(), 2);
}

#[test]
fn triggers_of_sqlite_end_at_their_end() {
    assert_whole(
        &[Sqlite],
        &[
            "CREATE TRIGGER t AFTER INSERT ON i BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END",
            "CREATE TEMP TRIGGER IF NOT EXISTS t AFTER INSERT ON i BEGIN\n  UPDATE i SET a = ';';\n  -- ; END;\nEND",
            "EXPLAIN QUERY PLAN CREATE TEMPORARY TRIGGER t AFTER INSERT ON i BEGIN SELECT 1; END",
            "CREATE TABLE trigger_log (a)",
        ],
    );
    assert_eq!(texts(Sqlite, "BEGIN; SELECT 1; END; SELECT 2").len(), 4);
}

#[test]
fn what_is_never_closed_is_an_error_with_its_place() {
    for (dialect, sql, what, line, column) in [
        (Postgres, "SELECT 1;\n  SELECT 'a", "string", 2, 10),
        (Postgres, r"SELECT E'a\'", "string", 1, 8),
        (Postgres, "SELECT \"a", "quoted name", 1, 8),
        (Postgres, "DO $x$ a $$ b", "dollar quote", 1, 4),
        (Postgres, "/* a /* b */", "comment", 1, 1),
        (Postgres, "SELECT (1; SELECT 2", "bracket", 1, 8),
        (Postgres, "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;", "BEGIN", 1, 21),
        (MySql, r"SELECT 'ü\'", "string", 1, 8),
        (MySql, "SELECT `a\\`, `", "quoted name", 1, 14),
        (MySql, "SELECT /*! 1", "comment", 1, 8),
        (
            MySql,
            "CREATE TRIGGER t BEFORE INSERT ON i FOR EACH ROW\nBEGIN\n  IF a THEN SET @a = 1;\nEND;",
            "BEGIN",
            2,
            1,
        ),
        (Sqlite, "SELECT [a", "quoted name", 1, 8),
        (Sqlite, "SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON i BEGIN SELECT 1;", "trigger", 2, 1),
    ] {
        assert_eq!(split(dialect, sql), Err(SqlError::Unclosed { what, line, column }), "{sql}");
    }
}

#[test]
fn lines_are_counted() {
    let lines = |sql| split(Postgres, sql).unwrap().iter().map(|it| it.line).collect::<Vec<_>>();
    assert_eq!(lines("SELECT 1; SELECT 2;\n\n-- c\nSELECT\n3;\r\nSELECT 4"), [1, 1, 3, 6]);
}

#[test]
fn many_brackets_take_no_longer_than_other_text() {
    let count = 100_000;
    let sql = format!("SELECT 1 + {}1{}; SELECT 2", "(".repeat(count), ")".repeat(count));
    let begun = std::time::Instant::now();
    for dialect in ALL {
        assert_eq!(split(*dialect, &sql).unwrap().len(), 2, "{dialect}");
    }
    // Looking at all of them at each took minutes.
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
}
