//! What a table has besides columns, constraints and indexes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::table::TableName;
use crate::dialect::PerDialect;

/// Options of a table. Each belongs to one database (MariaDB has MySQL's); the others pass over it,
/// but for `inherits` and `unlogged`, which change what the table does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TableOptions {
    /// Whether it goes with the session that made it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub temporary: bool,
    /// How it is partitioned, as SQL behind `PARTITION BY`. PostgreSQL, MySQL, MariaDB. What MySQL computes in
    /// it, as in `TO_DAYS('2024-01-01')`, is best said as the number that comes of it, which is what is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<PerDialect<String>>,
    /// The storage engine; back from another to none is to InnoDB. MySQL, MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The character set of those texts that say none of their own: they follow it when it changes. Not said,
    /// it is the database's. MySQL, MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
    /// The collation of those texts that say none of their own: they follow it when it changes. Not said, it
    /// is that of the character set, or the database's. MySQL, MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The row format. MySQL, MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_format: Option<String>,
    /// The first number that AUTO_INCREMENT gives. MySQL, MariaDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_increment: Option<u64>,
    /// Other options, as `NAME=VALUE`: `STATS_PERSISTENT`, `KEY_BLOCK_SIZE`, … MySQL, MariaDB.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
    /// Whether it is left out of the write-ahead log. PostgreSQL.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unlogged: bool,
    /// The tables it inherits from. PostgreSQL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<TableName>,
    /// The table access method. PostgreSQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_method: Option<String>,
    /// Storage parameters. PostgreSQL.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub storage_parameters: BTreeMap<String, String>,
    /// The tablespace. PostgreSQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// Whether values must be of their column's type. SQLite.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Whether its rows are kept by the primary key. SQLite.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_rowid: bool,
    /// Whether the ids of deleted rows never come again (AUTOINCREMENT). SQLite.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub never_reuse_ids: bool,
}

impl TableOptions {
    /// Whether nothing is said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
