//! What a statement is, as its words tell.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::TableName;

use crate::split::scan::{Kind, Token};
use crate::split::{Scanner, Statement};

/// Whether a statement leaves the schema as it is, for sure: it moves rows, or settings, or reads. A query of
/// PostgreSQL is not sure (`SELECT … INTO` makes a table, and so may a function), nor is a call or a block.
///
/// ```
/// use dunlin_core::dialect::DialectName::{MySql, Postgres};
/// use dunlin_sql::statement::leaves_schema_alone;
///
/// assert!(leaves_schema_alone(Postgres, "-- why\nWITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a"));
/// assert!(!leaves_schema_alone(Postgres, "SELECT 1 AS a INTO t"));
/// assert!(leaves_schema_alone(MySql, "SELECT 1"));
/// assert!(!leaves_schema_alone(MySql, "CALL everything()"));
/// ```
pub fn leaves_schema_alone(dialect: DialectName, sql: &str) -> bool {
    let words = words(dialect, sql);
    let first = words.first().map(|word| word.to_ascii_uppercase()).unwrap_or_default();
    match first.as_str() {
        // MariaDB runs any statement after `SET STATEMENT … FOR`.
        "SET" => !words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("STATEMENT")),
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "MERGE" | "TRUNCATE" | "ANALYZE" => true,
        "SELECT" | "VALUES" | "TABLE" | "LOAD" => dialect != DialectName::Postgres,
        "WITH" if dialect == DialectName::Postgres => {
            let into = words.iter().enumerate().filter(|(_, word)| word.eq_ignore_ascii_case("INTO"));
            let mut before = into.map(|(at, _)| at.checked_sub(1).and_then(|at| words.get(at)));
            let inserts = |word: &&str| ["INSERT", "MERGE"].iter().any(|it| word.eq_ignore_ascii_case(it));
            let moves = words.iter().any(|word| {
                ["INSERT", "UPDATE", "DELETE", "MERGE"].iter().any(|it| word.eq_ignore_ascii_case(it))
            });
            moves && before.all(|word| word.is_some_and(inserts))
        }
        "WITH" => true,
        "VACUUM" | "REINDEX" | "GRANT" | "REVOKE" => true,
        _ => false,
    }
}

/// How many lines of comments stand before a statement's first word.
///
/// ```
/// use dunlin_core::dialect::DialectName::Sqlite;
/// use dunlin_sql::statement::lines_before;
///
/// assert_eq!(lines_before(Sqlite, "-- why\n/* and\nhow */\nSELECT 1"), 3);
/// ```
pub fn lines_before(dialect: DialectName, sql: &str) -> usize {
    tokens(dialect, sql).first().map_or(0, |first| sql[..first.start].matches('\n').count())
}

/// The words with which a statement begins, commits or takes back a transaction: these are the runner's.
/// Savepoints are not among them.
///
/// ```
/// use dunlin_core::dialect::DialectName::{MariaDb, Postgres};
/// use dunlin_sql::statement::transaction_words;
///
/// assert_eq!(transaction_words(Postgres, "/* all */ start transaction").as_deref(), Some("START TRANSACTION"));
/// assert_eq!(transaction_words(Postgres, "ROLLBACK TO SAVEPOINT a"), None);
/// assert_eq!(transaction_words(MariaDb, "BEGIN NOT ATOMIC SELECT 1; END"), None);
/// ```
pub fn transaction_words(dialect: DialectName, sql: &str) -> Option<String> {
    let words: Vec<String> =
        words(dialect, sql).into_iter().take(3).map(|word| word.to_ascii_uppercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mysql = matches!(dialect, DialectName::MySql | DialectName::MariaDb);
    let said = match words.as_slice() {
        ["BEGIN", "NOT", ..] if mysql => return None,
        ["ROLLBACK", "TO", ..] | ["ROLLBACK", "WORK" | "TRANSACTION", "TO", ..] => return None,
        ["START" | "PREPARE", "TRANSACTION", ..] | ["SET", "AUTOCOMMIT", ..] => words[..2].join(" "),
        ["SET", "SESSION" | "LOCAL" | "GLOBAL", "AUTOCOMMIT", ..] if mysql => words[..3].join(" "),
        ["BEGIN" | "COMMIT" | "ROLLBACK", ..] => words[0].to_owned(),
        ["END", ..] if !mysql => words[0].to_owned(),
        ["ABORT", ..] if dialect == DialectName::Postgres => words[0].to_owned(),
        ["XA", ..] if mysql => words[0].to_owned(),
        _ => return None,
    };
    Some(said)
}

/// The line, from 1 on, of the transaction that the last of some statements leave open, as their words tell.
///
/// ```
/// use dunlin_core::dialect::DialectName::Postgres;
/// use dunlin_sql::split::split;
/// use dunlin_sql::statement::open_transaction;
///
/// let open = split(Postgres, "BEGIN; COMMIT;\n-- all\nSTART TRANSACTION; SAVEPOINT a; ROLLBACK TO a;").unwrap();
/// assert_eq!(open_transaction(Postgres, &open), Some(3));
/// assert_eq!(open_transaction(Postgres, &split(Postgres, "BEGIN; SELECT 1; END").unwrap()), None);
/// ```
pub fn open_transaction(dialect: DialectName, statements: &[Statement<'_>]) -> Option<usize> {
    statements.iter().fold(None, |open, statement| {
        match transaction_words(dialect, statement.sql).as_deref() {
            Some("BEGIN" | "START TRANSACTION") => {
                open.or(Some(statement.line + lines_before(dialect, statement.sql)))
            }
            Some("COMMIT" | "ROLLBACK" | "END" | "ABORT" | "PREPARE TRANSACTION") => None,
            _ => open,
        }
    })
}

/// The schema that a statement of PostgreSQL makes, and nothing in it.
///
/// ```
/// use dunlin_core::dialect::DialectName::Postgres;
/// use dunlin_sql::statement::named_empty_schema;
///
/// assert_eq!(named_empty_schema(Postgres, "-- Name: App\nCREATE SCHEMA IF NOT EXISTS App").as_deref(), Some("app"));
/// assert_eq!(named_empty_schema(Postgres, "CREATE SCHEMA app CREATE TABLE t (a INT)"), None);
/// ```
pub fn named_empty_schema(dialect: DialectName, sql: &str) -> Option<String> {
    let tokens = tokens(dialect, sql);
    let mut rest = Tokens { dialect, tokens: &tokens };
    if dialect != DialectName::Postgres || !(rest.skip(&["CREATE"]) && rest.skip(&["SCHEMA"])) {
        return None;
    }
    rest.skip_if_exists();
    let name = rest.part()?;
    if rest.skip(&["AUTHORIZATION"]) {
        rest.part()?;
    }
    rest.tokens.is_empty().then_some(name)
}

/// What a statement does to where names without a schema are looked for, for the rest of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameLookup {
    /// They are looked for elsewhere from now on: the words that say so.
    Moved(String),
    /// They are looked for where they were at the session's beginning.
    Restored,
}

/// What a statement does to where names without a schema are looked for: `USE` of MySQL, and what PostgreSQL has for
/// its `search_path` (`SET LOCAL` too: it holds for the rest of the transaction). What a block or a procedure does is
/// not seen.
///
/// ```
/// use dunlin_core::dialect::DialectName::{MySql, Postgres};
/// use dunlin_sql::statement::{NameLookup, name_lookup};
///
/// assert_eq!(name_lookup(MySql, "use audit"), Some(NameLookup::Moved("USE".to_owned())));
/// assert_eq!(name_lookup(Postgres, "RESET search_path"), Some(NameLookup::Restored));
/// assert_eq!(name_lookup(Postgres, "CREATE SCHEMA audit"), None);
/// ```
pub fn name_lookup(dialect: DialectName, sql: &str) -> Option<NameLookup> {
    let words: Vec<String> = words(dialect, sql).into_iter().take(5).map(str::to_ascii_uppercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let moved = |words: &[&str]| Some(NameLookup::Moved(words.join(" ")));
    match dialect {
        DialectName::Sqlite => None,
        DialectName::MySql | DialectName::MariaDb => match words.as_slice() {
            ["USE", ..] => moved(&["USE"]),
            _ => None,
        },
        DialectName::Postgres => match words.as_slice() {
            ["RESET", "SEARCH_PATH" | "ALL"] | ["DISCARD", "ALL"] => Some(NameLookup::Restored),
            ["SET", "SEARCH_PATH", "DEFAULT"] | ["SET", "SEARCH_PATH", "TO", "DEFAULT"] => {
                Some(NameLookup::Restored)
            }
            ["SET", setting @ ("SEARCH_PATH" | "SCHEMA"), ..] => moved(&["SET", setting]),
            ["SET", scope @ ("SESSION" | "LOCAL"), setting @ ("SEARCH_PATH" | "SCHEMA"), ..] => {
                moved(&["SET", scope, setting])
            }
            ["SELECT", ..] if sets_search_path(sql) => moved(&["set_config('search_path', …)"]),
            _ => None,
        },
    }
}

/// Whether a statement may have names without a schema looked for elsewhere, as `"$user"` in the `search_path` of
/// PostgreSQL does: with another role, and with a schema that is made.
fn may_move_lookup(dialect: DialectName, sql: &str) -> bool {
    if dialect != DialectName::Postgres {
        return false;
    }
    let words: Vec<String> = words(dialect, sql).into_iter().take(3).map(str::to_ascii_uppercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        // The text of an extension is not seen.
        ["CREATE", "SCHEMA" | "EXTENSION", ..] => true,
        // The name of a setting may be in quotes.
        ["SET", "SESSION" | "LOCAL", setting, ..] | ["SET", setting, ..] => {
            ["ROLE", "AUTHORIZATION", "SESSION_AUTHORIZATION", ""].contains(setting)
        }
        _ => false,
    }
}

/// What stands before a bracket and calls nothing, or something that leaves tables alone.
const KNOWN_BEFORE_BRACKETS: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "BETWEEN",
    "BY",
    "CASE",
    "CONFLICT",
    "DISTINCT",
    "ELSE",
    "EXCEPT",
    "EXISTS",
    "FILTER",
    "FROM",
    "HAVING",
    "IN",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LATERAL",
    "LIKE",
    "LIMIT",
    "MATERIALIZED",
    "NOT",
    "OFFSET",
    "ON",
    "OR",
    "OVER",
    "RETURNING",
    "ROW",
    "SELECT",
    "SET",
    "SOME",
    "THEN",
    "UNION",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "BIT",
    "CHAR",
    "CHARACTER",
    "DECIMAL",
    "NUMERIC",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
    "VARYING",
    "ABS",
    "AVG",
    "CAST",
    "CEIL",
    "CHAR_LENGTH",
    "COALESCE",
    "CONCAT",
    "CONCAT_WS",
    "COUNT",
    "CURRENT_TIMESTAMP",
    "DATE_PART",
    "DATE_TRUNC",
    "DENSE_RANK",
    "EXTRACT",
    "FLOOR",
    "FORMAT",
    "GEN_RANDOM_UUID",
    "GENERATE_SERIES",
    "GREATEST",
    "JSON_BUILD_OBJECT",
    "JSONB_BUILD_OBJECT",
    "LEAST",
    "LEFT",
    "LENGTH",
    "LOWER",
    "LPAD",
    "LTRIM",
    "MAX",
    "MD5",
    "MIN",
    "NEXTVAL",
    "NOW",
    "NULLIF",
    "OVERLAY",
    "POSITION",
    "RANDOM",
    "RANK",
    "REGEXP_REPLACE",
    "REPLACE",
    "RIGHT",
    "ROUND",
    "ROW_NUMBER",
    "RPAD",
    "RTRIM",
    "SETVAL",
    "SPLIT_PART",
    "STRING_AGG",
    "SUBSTR",
    "SUBSTRING",
    "SUM",
    "TO_CHAR",
    "TO_DATE",
    "TO_JSON",
    "TO_JSONB",
    "TO_TIMESTAMP",
    "TRANSLATE",
    "TRIM",
    "UNNEST",
    "UPPER",
];

/// Whether a statement of PostgreSQL may call a function of which nobody knows what it does. On the others no function
/// makes or drops tables.
fn may_call_unknown(dialect: DialectName, sql: &str) -> bool {
    if dialect != DialectName::Postgres {
        return false;
    }
    let tokens = tokens(dialect, sql);
    let is_name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Quoted);
    let calls = |at: usize| {
        let is_bare = at == 0 || !tokens[at - 1].is_symbol(".");
        if is_bare && KNOWN_BEFORE_BRACKETS.iter().any(|known| tokens[at].is_word(known)) {
            return false;
        }
        let mut first = at;
        while first >= 2 && tokens[first - 1].is_symbol(".") && is_name(&tokens[first - 2]) {
            first -= 2;
        }
        // The columns of `INSERT INTO t (…)`, and of a query's name.
        !(first > 0 && ["INTO", "WITH", "RECURSIVE"].iter().any(|word| tokens[first - 1].is_word(word)))
    };
    (1..tokens.len()).any(|at| tokens[at].is_symbol("(") && is_name(&tokens[at - 1]) && calls(at - 1))
}

/// Whether a query of PostgreSQL calls `set_config('search_path', …)`.
fn sets_search_path(sql: &str) -> bool {
    tokens(DialectName::Postgres, sql).windows(3).any(|tokens| {
        let [function, bracket, setting] = tokens else { return false };
        function.is_word("set_config")
            && bracket.is_symbol("(")
            && setting.text.eq_ignore_ascii_case("'search_path'")
    })
}

/// A table that a statement makes, drops or gives another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedTable {
    /// `CREATE TABLE`: but for temporary ones.
    Created(TableName),
    /// `DROP TABLE`.
    Dropped(TableName),
    /// `ALTER TABLE … RENAME TO`, and `RENAME TABLE` of MySQL: the names before and after.
    Renamed(TableName, TableName),
}

impl NamedTable {
    /// Puts bare names into `schema`.
    pub fn qualify(&mut self, schema: Option<&str>) {
        match self {
            Self::Created(table) | Self::Dropped(table) => table.qualify(schema),
            Self::Renamed(from, to) => {
                from.qualify(schema);
                to.qualify(schema);
            }
        }
    }
}

/// The tables that a statement makes, drops or renames, as its words say. What a block or a procedure does is
/// not seen. A name without quotes is in small letters, as PostgreSQL has it, on PostgreSQL.
///
/// ```
/// use dunlin_core::dialect::DialectName::Postgres;
/// use dunlin_core::schema::TableName;
/// use dunlin_sql::statement::{NamedTable, named_tables};
///
/// let sql = "CREATE TABLE IF NOT EXISTS audit.\"Log\" (a INT)";
/// let log = TableName::new(Some("audit"), "Log");
/// assert_eq!(named_tables(Postgres, sql), [NamedTable::Created(log)]);
/// ```
pub fn named_tables(dialect: DialectName, sql: &str) -> Vec<NamedTable> {
    let tokens = tokens(dialect, sql);
    let mut rest = Tokens { dialect, tokens: &tokens };
    if rest.skip(&["CREATE"]) {
        if rest.skip(&["OR"]) {
            rest.skip(&["REPLACE"]);
        }
        while rest.skip(&["GLOBAL", "LOCAL", "UNLOGGED", "FOREIGN", "VIRTUAL"]) {}
        if rest.skip(&["TABLE"]) {
            rest.skip_if_exists();
            return rest.name().map(NamedTable::Created).into_iter().collect();
        }
    } else if rest.skip(&["DROP"]) {
        rest.skip(&["FOREIGN"]);
        if rest.skip(&["TABLE", "TABLES"]) {
            rest.skip_if_exists();
            return rest.list(|rest| rest.name().map(NamedTable::Dropped));
        }
    } else if rest.skip(&["ALTER"]) {
        rest.skip(&["FOREIGN"]);
        if rest.skip(&["TABLE"]) {
            rest.skip_if_exists();
            rest.skip(&["ONLY"]);
            return rest.name().and_then(|from| rest.new_name(from)).into_iter().collect();
        }
    } else if rest.skip(&["RENAME"]) && rest.skip(&["TABLE", "TABLES"]) {
        rest.skip_if_exists();
        return rest.list(|rest| rest.name().and_then(|from| rest.new_name(from)));
    }
    Vec::new()
}

/// The view or type that a statement makes, as its words say.
///
/// ```
/// use dunlin_core::dialect::DialectName::{MySql, Postgres};
/// use dunlin_sql::statement::named_view_or_type;
///
/// let sql = "CREATE OR REPLACE SQL SECURITY INVOKER VIEW `names` AS SELECT name FROM customer";
/// assert_eq!(named_view_or_type(MySql, sql), Some("names".into()));
/// assert_eq!(named_view_or_type(Postgres, "CREATE TYPE Mood AS ENUM ('sad')"), Some("mood".into()));
/// assert_eq!(named_view_or_type(Postgres, "CREATE TABLE view (type TEXT)"), None);
/// ```
pub fn named_view_or_type(dialect: DialectName, sql: &str) -> Option<TableName> {
    let tokens = tokens(dialect, sql);
    tokens.first().filter(|token| token.is_word("CREATE"))?;
    // What a table or a procedure is made of may have these words, too.
    let before = tokens.iter().take_while(|token| !token.is_symbol("(") && !token.is_word("AS"));
    let at = before
        .take_while(|token| !token.is_word("TABLE"))
        .position(|token| token.is_word("VIEW") || token.is_word("TYPE"))?;
    let mut rest = Tokens { dialect, tokens: &tokens[at + 1..] };
    rest.skip_if_exists();
    rest.name()
}

/// The schema that a statement makes, as its words say.
///
/// ```
/// use dunlin_core::dialect::DialectName::Postgres;
/// use dunlin_sql::statement::named_schema;
///
/// assert_eq!(named_schema(Postgres, "CREATE SCHEMA IF NOT EXISTS App"), Some("app".to_owned()));
/// assert_eq!(named_schema(Postgres, "CREATE TABLE schema (a INT)"), None);
/// ```
pub fn named_schema(dialect: DialectName, sql: &str) -> Option<String> {
    let tokens = tokens(dialect, sql);
    let mut rest = Tokens { dialect, tokens: &tokens };
    if !rest.skip(&["CREATE"]) || !rest.skip(&["SCHEMA"]) {
        return None;
    }
    rest.skip_if_exists();
    // Without a name it has that of the role.
    rest.skip(&["AUTHORIZATION"]);
    rest.part()
}

/// What a statement does, for sure, about tables that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnTables {
    /// It makes this table, and fails where there is one of its name.
    Makes(TableName),
    /// It takes none away, gives none another name, and leaves it where names are looked for.
    Spares,
    /// Its words do not say.
    Unknown,
}

/// What a statement does about tables that are there, as far as its words say it for sure.
///
/// ```
/// use dunlin_core::dialect::DialectName::Postgres;
/// use dunlin_sql::statement::{OnTables, on_tables};
///
/// assert_eq!(on_tables(Postgres, "CREATE TABLE Ticket (id INT)"), OnTables::Makes("ticket".into()));
/// assert_eq!(on_tables(Postgres, "CREATE TABLE IF NOT EXISTS ticket (id INT)"), OnTables::Spares);
/// assert_eq!(on_tables(Postgres, "DROP TABLE ticket"), OnTables::Unknown);
/// ```
pub fn on_tables(dialect: DialectName, sql: &str) -> OnTables {
    if name_lookup(dialect, sql).is_some() || may_move_lookup(dialect, sql) {
        return OnTables::Unknown;
    }
    if leaves_schema_alone(dialect, sql) {
        return if may_call_unknown(dialect, sql) { OnTables::Unknown } else { OnTables::Spares };
    }
    let tokens = tokens(dialect, sql);
    let mut rest = Tokens { dialect, tokens: &tokens };
    // Which servers run the text of an executable comment, its words do not say.
    let is_comment = ["/*!", "/*M!"].iter().any(|begin| sql.trim_start().starts_with(begin));
    if is_comment || !rest.skip(&["CREATE"]) {
        return OnTables::Unknown;
    }
    let replaces = rest.skip(&["OR"]) && rest.skip(&["REPLACE"]);
    while rest.skip(&["GLOBAL", "LOCAL", "UNLOGGED", "FOREIGN", "VIRTUAL"]) {}
    let makes_table = rest.skip(&["TABLE"]);
    match makes_table {
        true if replaces => OnTables::Unknown,
        true if rest.skip(&["IF"]) => OnTables::Spares,
        true => rest.name().map_or(OnTables::Unknown, OnTables::Makes),
        false => OnTables::Spares,
    }
}

/// Tokens that are not read yet.
struct Tokens<'t> {
    dialect: DialectName,
    tokens: &'t [Token<'t>],
}

impl Tokens<'_> {
    fn skip(&mut self, words: &[&str]) -> bool {
        let skips = self.tokens.first().is_some_and(|token| words.iter().any(|word| token.is_word(word)));
        self.tokens = &self.tokens[usize::from(skips)..];
        skips
    }

    fn skip_symbol(&mut self, symbol: &str) -> bool {
        let skips = self.tokens.first().is_some_and(|token| token.is_symbol(symbol));
        self.tokens = &self.tokens[usize::from(skips)..];
        skips
    }

    fn skip_if_exists(&mut self) {
        if self.skip(&["IF"]) {
            self.skip(&["NOT"]);
            self.skip(&["EXISTS"]);
        }
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        while let Some(item) = one(self) {
            found.push(item);
            if !self.skip_symbol(",") {
                break;
            }
        }
        found
    }

    fn new_name(&mut self, from: TableName) -> Option<NamedTable> {
        let renames = match self.skip(&["RENAME"]) {
            // `ALTER TABLE a RENAME b TO c` is about a column.
            true => self.skip(&["TO", "AS"]),
            false => self.skip(&["TO"]),
        };
        let mut to = renames.then(|| self.name()).flatten()?;
        to.qualify(from.schema.as_deref());
        Some(NamedTable::Renamed(from, to))
    }

    fn name(&mut self) -> Option<TableName> {
        let first = self.part()?;
        match self.skip_symbol(".") {
            true => self.part().map(|name| TableName { schema: Some(first), name }),
            false => Some(TableName { schema: None, name: first }),
        }
    }

    fn part(&mut self) -> Option<String> {
        let (token, rest) = self.tokens.split_first()?;
        let name = match token.kind {
            Kind::Word if self.dialect == DialectName::Postgres => token.text.to_lowercase(),
            Kind::Word => token.text.to_owned(),
            Kind::Quoted => unquoted(token.text)?,
            _ => return None,
        };
        self.tokens = rest;
        Some(name)
    }
}

/// A name without its quotes.
pub(crate) fn unquoted(text: &str) -> Option<String> {
    let mut inner = text.chars();
    let (open, close) = (inner.next()?, inner.next_back()?);
    let doubled = String::from_iter([close, close]);
    matches!((open, close), ('"', '"') | ('`', '`') | ('[', ']'))
        .then(|| inner.as_str().replace(&doubled, &close.to_string()))
}

/// The tokens of a statement that are no comments, up to where it cannot be read on.
pub(crate) fn tokens(dialect: DialectName, sql: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner::new(dialect, sql);
    let mut tokens = Vec::new();
    while let Ok(Some(token)) = scanner.next() {
        if !token.is_comment() {
            tokens.push(token);
        }
    }
    tokens
}

/// The words of a statement that stand in no quotes and no comment, up to where it cannot be read on.
pub(crate) fn words(dialect: DialectName, sql: &str) -> Vec<&str> {
    let mut scanner = Scanner::new(dialect, sql);
    let mut words = Vec::new();
    while let Ok(Some(token)) = scanner.next() {
        match token {
            Token { kind: Kind::Word, text, .. } => words.push(text),
            // A name in quotes is no word of the language.
            Token { kind: Kind::Quoted, .. } => words.push(""),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests;
