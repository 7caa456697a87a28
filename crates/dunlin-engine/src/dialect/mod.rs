//! What an [`Operation`] becomes on each database.
//!
//! A [`Dialect`] is chosen once, at connect. Nothing above it asks for a database's name: it asks for
//! [`Capabilities`]. The folders `postgres`, `mysql` (MariaDB is a variant of it) and `sqlite` have the
//! same files: `types.rs` writes and reads column types, `render.rs` writes operations.

mod ddl;
pub mod lower;
mod mysql;
pub(crate) mod narrows;
mod postgres;
pub(crate) mod sections;
mod sqlite;
pub(crate) mod unnamed;

pub use ddl::table_name;
pub use mysql::{implicit_index, own_table};
pub use postgres::{read_default, without_defaults};
pub use sqlite::DROPPED_COLUMN_PREFIX;

use std::collections::BTreeSet;
use std::fmt;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::Operation;
use dunlin_core::revision::Direction;
use dunlin_core::schema::{DataType, Metadata, SchemaError, SqlValue, Table, TableName};
use thiserror::Error;

use crate::sql::SqlError;

/// One database's SQL.
pub trait Dialect: Send + Sync {
    /// Whose SQL it is.
    fn name(&self) -> DialectName;

    /// What the database can do.
    fn capabilities(&self) -> Capabilities;

    /// The statements that give a client's session the settings that dunlin's own has, as far as they
    /// can change what a revision means.
    fn session_settings(&self) -> &'static [&'static str];

    /// The line that makes the database's own client stop at the first error, where it would go on.
    fn stop_at_error(&self) -> Option<&'static str>;

    /// Whether the database's own client cuts a text at each semicolon, even in the body of a trigger, and
    /// has the command DELIMITER against it.
    fn client_cuts_bodies(&self) -> bool {
        false
    }

    /// What a script says around statements in a transaction whose bare names are those of a schema; `None` where no
    /// script can say it.
    fn look_in(&self, _schema: &str) -> Option<[String; 2]> {
        None
    }

    /// What a script says around statements that run with foreign keys off, where `changed` are the tables
    /// that these may change, and `None` any.
    fn suspend_foreign_keys(&self, _changed: Option<&BTreeSet<String>>) -> Suspension {
        Suspension::default()
    }

    /// An identifier in quotes.
    fn quote(&self, identifier: &str) -> String;

    /// A text literal.
    fn literal(&self, text: &str) -> String;

    /// A value.
    fn value(&self, value: &SqlValue) -> String;

    /// A column type as it is written in a column definition, with its collation.
    ///
    /// # Errors
    /// The database does not have such a type.
    fn column_type(&self, data_type: &DataType) -> Result<String, RenderError>;

    /// A column type from the text with which the server describes it; never fails, as what is not
    /// known is [`DataType::Native`].
    fn parse_type(&self, text: &str) -> DataType;

    /// The expression that makes the values of a column new ones of another type, where there are several and
    /// [`render`](Dialect::render) must be told: a revision that is made of what differs says this one, for its
    /// author to see. The way back takes back what it does.
    fn using(&self, _column: &str, _from: &DataType, _to: &DataType) -> Option<String> {
        None
    }

    /// Puts a table without variants, written down or introspected, into the one form in which two of them
    /// can be compared, and leaves it as it is where it is in that form. Columns, checks and exclude
    /// constraints keep their places; expressions may be in any words.
    fn normalize(&self, _table: &mut Table) {}

    /// The same expression in one writing: two of one text are the same. The same expression may still
    /// have two texts, which only the database can tell.
    fn normal_expression(&self, sql: &str) -> String {
        crate::sql::expression::normal(sql)
    }

    /// Whether an operation must stand outside any transaction: the database refuses it in one.
    fn runs_outside_transaction(&self, _operation: &Operation) -> bool {
        false
    }

    /// Whether [`render`](Dialect::render) must see the table of `operation` as it is now.
    fn needs_current_table(&self, operation: &Operation) -> bool;

    /// Whether [`render`](Dialect::render) may write better statements where it sees that table: more than
    /// where it must. It is not shown a table that may be another one than is known.
    fn looks_at_current_table(&self, operation: &Operation) -> bool {
        self.needs_current_table(operation)
    }

    /// The statements for an operation. `current` holds at least the operation's table as it is before
    /// it where [`needs_current_table`](Dialect::needs_current_table) says so.
    ///
    /// # Errors
    /// [`RenderError`] for what this database cannot do, or what `current` rules out.
    fn render(&self, operation: &Operation, current: &Metadata) -> Result<Rendered, RenderError>;

    /// What to do about a copy of `table` that a rebuild left behind, where tables are rebuilt.
    fn leftover(&self, _table: &TableName) -> Option<Leftover> {
        None
    }
}

/// The statements around others that run with foreign keys off: they fail where rows would refer to rows
/// that are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspension {
    /// Before the transaction begins.
    pub before: Vec<String>,
    /// First in the transaction.
    pub first: Vec<String>,
    /// Last in the transaction.
    pub last: Vec<String>,
    /// Behind the transaction.
    pub after: Vec<String>,
}

/// A copy of a table that is there before a rebuild begins. A rebuild is one transaction: only a client
/// that ran its statements one by one, and was stopped, leaves one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The copy.
    pub copy: TableName,
    /// The statements that drop it: right where the table itself is there.
    pub drop: Vec<String>,
    /// The statements that make it the table: right where the table itself is gone. Its indexes and
    /// triggers are gone too.
    pub restore: Vec<String>,
}

/// The dialect of a database.
pub fn dialect(name: DialectName) -> &'static dyn Dialect {
    match name {
        DialectName::Postgres => &postgres::Postgres,
        DialectName::MySql => &mysql::MySql { name: DialectName::MySql },
        DialectName::MariaDb => &mysql::MySql { name: DialectName::MariaDb },
        DialectName::Sqlite => &sqlite::Sqlite,
    }
}

/// A column whose type says nothing for a database.
pub(crate) fn no_variant(dialect: &dyn Dialect, column: &str) -> RenderError {
    RenderError::Unsupported {
        dialect: dialect.name(),
        operation: format!("have the column {column}: its type has no variant for it"),
        hint: "give the column's type a default or a variant for this dialect",
    }
}

/// What a database can do, as far as it matters above the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether DDL can be rolled back.
    pub transactional_ddl: bool,
    /// Whether several revisions are best run in one transaction (SQLite: 7 to 10 times as fast).
    pub groups_revisions: bool,
    /// Whether a change of a table is often a copy of it: all changes of one table are then made at once.
    pub rebuilds_tables: bool,
    /// Whether names of indexes are those of a schema, not of a table.
    pub indexes_share_names: bool,
    /// Whether names of foreign keys are those of a schema, not of a table.
    pub foreign_keys_share_names: bool,
    /// Whether names of checks are those of a schema, not of a table.
    pub checks_share_names: bool,
    /// Whether texts that differ in case only are the same, unless a column says otherwise.
    pub ignores_case: bool,
    /// Whether there are schemas (on MySQL: databases) beside the connection's own.
    pub schemas: bool,
    /// Whether an enum type is an object of its own; else its words stand in each column of it.
    pub enum_types: bool,
    /// Whether roles have rights.
    pub rights: bool,
    /// Whether a column of a foreign key cannot be dropped before the key is.
    pub foreign_keys_hold_columns: bool,
    /// The longest identifier; `None` is no limit.
    pub max_identifier: Option<IdentifierLimit>,
}

/// How long an identifier may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierLimit {
    /// So many bytes of UTF-8. PostgreSQL cuts what is longer, and says so in a notice only.
    Bytes(usize),
    /// So many characters.
    Characters(usize),
}

impl IdentifierLimit {
    /// Whether a name is short enough.
    pub fn allows(self, name: &str) -> bool {
        match self {
            Self::Bytes(limit) => name.len() <= limit,
            Self::Characters(limit) => name.chars().count() <= limit,
        }
    }
}

impl fmt::Display for IdentifierLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(limit) => write!(f, "{limit} bytes"),
            Self::Characters(limit) => write!(f, "{limit} characters"),
        }
    }
}

/// The statements of one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The statements, in order, without semicolons.
    pub statements: Vec<String>,
    /// The table that is copied and swapped, if one is: its triggers must be put back.
    pub rebuilds: Option<TableName>,
    /// How many of the statements stand before that: the triggers are those that are there behind them,
    /// which may have followed a column to its new name.
    pub before_rebuild: usize,
    /// The columns whose whole definition is restated: what it does not say is lost.
    pub restates: Vec<String>,
    /// Whether enforced foreign keys would make the statements delete rows of other tables. They are
    /// then switched off before the transaction, and checked before it is committed.
    pub suspends_foreign_keys: bool,
}

impl Rendered {
    fn plain(statements: impl IntoIterator<Item = String>) -> Self {
        Self { statements: statements.into_iter().collect(), ..Self::default() }
    }
}

/// Why an operation has no statements. Found while planning, before anything runs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The database cannot do it.
    #[error("{} cannot {operation}", dialect.display_name())]
    Unsupported {
        /// The database.
        dialect: DialectName,
        /// What it cannot do.
        operation: String,
        /// What to do instead.
        hint: &'static str,
    },
    /// An operation that commits by itself stands in a revision with others, and could not be run again
    /// after a failure.
    #[error("{what} must be the only thing that a revision does")]
    NotAlone {
        /// The operation.
        what: &'static str,
    },
    /// A statement that is said to move rows changes the schema, and would commit what came before it.
    #[error("{statement} is no data step: {} commits everything before it", dialect.display_name())]
    DdlInDataStep {
        /// The database.
        dialect: DialectName,
        /// The statement's first words.
        statement: String,
    },
    /// A name is one that the database has for something else.
    #[error("the {kind} name {name} of table {table} is also that of {other} of table {other_table}")]
    NameClash {
        /// What is named.
        kind: String,
        /// The name.
        name: String,
        /// The table.
        table: TableName,
        /// What has the name already.
        other: String,
        /// The table it belongs to.
        other_table: TableName,
    },
    /// A name is longer than the database allows (it would cut it, or refuse it half-way).
    #[error("the name {name} is longer than the {limit} that {} allows", dialect.display_name())]
    NameTooLong {
        /// The database.
        dialect: DialectName,
        /// The name.
        name: String,
        /// The limit.
        limit: IdentifierLimit,
    },
    /// A revision file of SQL says nothing for a database.
    #[error("it has no {direction} section{}", dialect.map(|name| format!(" for {}", name.display_name())).unwrap_or_default())]
    NoSection {
        /// Which section.
        direction: Direction,
        /// The database, where others have one.
        dialect: Option<DialectName>,
    },
    /// A statement of a revision file begins or ends a transaction.
    #[error("line {line}: {statement} cannot stand in a revision, whose transactions are the runner's")]
    TransactionStatement {
        /// The line of the file.
        line: usize,
        /// The statement's first words.
        statement: String,
    },
    /// The statements of a revision file cannot be told apart.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// The schema rules it out.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}
