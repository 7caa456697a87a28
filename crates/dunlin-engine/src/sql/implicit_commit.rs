//! Statements that MySQL and MariaDB commit by themselves, and what came before them with it.
//!
//! The text is read by the rules of these two, which the [`lexer`](super::lexer) does not know: a
//! backslash escapes in a string, `#` begins a comment, `--` only before a blank, and what stands in
//! `/*! … */` and `/*M! … */` is run.

/// The words with which a statement begins that commits what came before it: `ALTER TABLE`,
/// `CREATE INDEX`. `sql` may hold several statements, separated by semicolons; the first such counts.
///
/// `COMMIT` and `ROLLBACK` say openly what they do, and are not among them. What a procedure or a
/// prepared statement does is not seen. Source of the rule: MySQL Reference Manual, "Statements That
/// Cause an Implicit Commit", and MariaDB's page of that name.
///
/// ```
/// use dunlin_engine::sql::implicit_commit::commits_implicitly;
///
/// assert_eq!(commits_implicitly("SELECT 1; /* add */ alter table t ADD b INT").as_deref(), Some("ALTER TABLE"));
/// assert_eq!(commits_implicitly("CREATE TEMPORARY TABLE t (a INT)"), None);
/// ```
pub fn commits_implicitly(sql: &str) -> Option<String> {
    let words = words(sql);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.split(|word| *word == ";").find_map(committing)
}

/// The words that say that a statement commits.
fn committing(statement: &[&str]) -> Option<String> {
    let first = |count: usize| Some(statement.iter().take(count).copied().collect::<Vec<_>>().join(" "));
    match statement {
        // MariaDB: SET STATEMENT max_statement_time = 1 FOR ALTER TABLE …
        ["SET", "STATEMENT", rest @ ..] => {
            let behind = rest.iter().position(|word| *word == "FOR")? + 1;
            committing(rest.get(behind..)?)
        }
        ["CREATE", "OR", "REPLACE", rest @ ..] => committing(&[&["CREATE"], rest].concat()),
        ["CREATE" | "DROP", "TEMPORARY", "TABLE" | "TABLES" | "SEQUENCE", ..] => None,
        ["CREATE", "UNIQUE" | "FULLTEXT" | "SPATIAL", "INDEX", ..] => Some("CREATE INDEX".to_owned()),
        ["ALTER" | "CREATE" | "DROP" | "RENAME" | "INSTALL" | "UNINSTALL", _, ..] => first(2),
        ["ANALYZE" | "CHECK" | "OPTIMIZE" | "REPAIR", "TABLE" | "TABLES", ..] => first(2),
        [
            verb @ ("ANALYZE" | "OPTIMIZE" | "REPAIR"),
            "LOCAL" | "NO_WRITE_TO_BINLOG",
            "TABLE" | "TABLES",
            ..,
        ] => Some(format!("{verb} TABLE")),
        ["SET", "SESSION" | "LOCAL", "AUTOCOMMIT", ..] => Some("SET AUTOCOMMIT".to_owned()),
        ["SET", "PASSWORD" | "AUTOCOMMIT", ..]
        | ["SET", "DEFAULT", "ROLE", ..]
        | ["START", "TRANSACTION" | "REPLICA" | "SLAVE" | "GROUP_REPLICATION", ..]
        | ["STOP", "REPLICA" | "SLAVE" | "GROUP_REPLICATION", ..]
        | ["CHANGE", "MASTER" | "REPLICATION", ..]
        | ["LOCK" | "UNLOCK", "TABLE" | "TABLES", ..]
        | ["CACHE" | "LOAD", "INDEX", ..]
        | ["IMPORT", "TABLE", ..]
        | ["BACKUP", "STAGE", ..] => first(2),
        ["RESET", "PERSIST", ..] => None,
        ["BEGIN" | "TRUNCATE" | "GRANT" | "REVOKE" | "FLUSH" | "RESET", ..] => first(1),
        _ => None,
    }
}

/// The words of a text in capitals, and its semicolons; an empty word for anything else.
fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '#' => line(rest),
            '-' if rest.strip_prefix("--").is_some_and(|rest| !rest.starts_with(|c: char| c > ' ')) => {
                line(rest)
            }
            '/' if rest.starts_with("/*") => match executed(rest) {
                Some(length) => length,
                None => rest.find("*/").map_or(rest.len(), |end| end + 2),
            },
            // The end of what a comment gave to run; no statement has it elsewhere at its beginning.
            '*' if rest.starts_with("*/") => 2,
            '\'' | '"' | '`' => {
                words.push(String::new());
                quoted(rest, first)
            }
            ';' => {
                words.push(";".to_owned());
                1
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
                let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
                words.push(rest[..length].to_uppercase());
                length
            }
            _ => {
                words.push(String::new());
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    words
}

/// The length of a comment up to its line's end.
fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The length of `/*!50100`, `/*M!100100`, where the rest of the comment is run.
fn executed(text: &str) -> Option<usize> {
    let behind = text.strip_prefix("/*!").or_else(|| text.strip_prefix("/*M!"))?;
    let version = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Some(text.len() - behind.len() + version)
}

/// The length of what stands in quotes. A backslash escapes in all but names.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            // A doubled quote ends one text and begins the next.
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::commits_implicitly;

    #[test]
    fn statements_that_commit_are_named() {
        for (sql, words) in [
            ("ALTER TABLE t ADD a INT", "ALTER TABLE"),
            ("\n  alter\n table t", "ALTER TABLE"),
            ("-- why\nDROP TABLE t", "DROP TABLE"),
            ("# why\nDROP TABLE t", "DROP TABLE"),
            ("/* why; */ TRUNCATE t", "TRUNCATE"),
            ("/*!40000 ALTER TABLE t DISABLE KEYS */", "ALTER TABLE"),
            ("/*M!100100 CREATE */ /*!50100 OR REPLACE */ VIEW v AS SELECT 1", "CREATE VIEW"),
            ("CREATE OR REPLACE TABLE t (a INT)", "CREATE TABLE"),
            ("CREATE UNIQUE INDEX i ON t (a)", "CREATE INDEX"),
            ("UPDATE t SET a = ';\\'' WHERE b = \"\\\";\"; DROP VIEW v", "DROP VIEW"),
            ("INSERT INTO `a``;` VALUES ('it''s');RENAME TABLE a TO b", "RENAME TABLE"),
            ("SELECT 1 -- ;DROP TABLE t\n; GRANT ALL ON *.* TO a", "GRANT"),
            ("SET STATEMENT max_statement_time = 1 FOR DROP TABLE t", "DROP TABLE"),
            ("ANALYZE NO_WRITE_TO_BINLOG TABLE t", "ANALYZE TABLE"),
            ("CHECK TABLE t", "CHECK TABLE"),
            ("LOCK TABLES t WRITE", "LOCK TABLES"),
            ("UNLOCK TABLES", "UNLOCK TABLES"),
            ("START TRANSACTION", "START TRANSACTION"),
            ("BEGIN", "BEGIN"),
            ("SET PASSWORD = 'x'", "SET PASSWORD"),
            ("set autocommit = 1", "SET AUTOCOMMIT"),
            ("FLUSH TABLES", "FLUSH"),
            ("LOAD INDEX INTO CACHE t", "LOAD INDEX"),
            ("UNINSTALL PLUGIN p", "UNINSTALL PLUGIN"),
        ] {
            assert_eq!(commits_implicitly(sql).as_deref(), Some(words), "{sql}");
        }
    }

    #[test]
    fn statements_that_do_not_commit_are_not() {
        for sql in [
            "",
            ";;",
            "CREATE TEMPORARY TABLE t (a INT)",
            "CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
            "DROP TEMPORARY TABLE IF EXISTS t",
            "INSERT INTO t VALUES ('; DROP TABLE t')",
            "SELECT 'it\\'s; DROP TABLE t'",
            "SELECT 1 /* ; DROP TABLE t */",
            "SELECT 1 -- ; DROP TABLE t",
            "SELECT 1--1, '; DROP TABLE t'",
            "WITH a AS (SELECT 1) UPDATE t SET b = 1",
            "ANALYZE UPDATE t SET a = 1",
            "CHECKSUM TABLE t",
            "LOCK INSTANCE FOR BACKUP",
            "RESET PERSIST",
            "SET SESSION sql_mode = ''",
            "SET DEFAULT_STORAGE_ENGINE = InnoDB",
            "SET STATEMENT max_statement_time = 1 FOR UPDATE t SET a = 1",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT s",
            "LOAD DATA INFILE 'x' INTO TABLE t",
            "REPLACE INTO t VALUES (1)",
            "`ALTER` TABLE",
        ] {
            assert_eq!(commits_implicitly(sql), None, "{sql}");
        }
    }
}
