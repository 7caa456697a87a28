//! The keys that are read, one line each.

use super::Key;

/// The metadata database.
pub const SQL_ALCHEMY_CONN: Key =
    Key::new("database", "sql_alchemy_conn").sensitive().moved_from("core", "sql_alchemy_conn");
/// Import path of extra arguments for Python's connect function: noticed, not followed.
pub const SQL_ALCHEMY_CONNECT_ARGS: Key = Key::new("database", "sql_alchemy_connect_args");
/// Schema of the core's tables.
pub const SQL_ALCHEMY_SCHEMA: Key = Key::new("database", "sql_alchemy_schema");
/// The DB managers that run beside the core.
pub const EXTERNAL_DB_MANAGERS: Key = Key::new("database", "external_db_managers");
