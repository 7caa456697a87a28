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
/// The collation of ids on MySQL and MariaDB.
pub const SQL_ENGINE_COLLATION_FOR_IDS: Key = Key::new("database", "sql_engine_collation_for_ids");
/// Whether a program that works with the tables looks first whether they are at the newest revision.
pub const CHECK_MIGRATIONS: Key = Key::new("database", "check_migrations");
/// The class that says who users are and what they may do.
pub const AUTH_MANAGER: Key = Key::new("core", "auth_manager");
/// The slots of the default pool where it is made.
pub const DEFAULT_POOL_SLOTS: Key = Key::new("core", "default_pool_task_slot_count");
/// Where the log of a task stands.
pub const LOG_FILENAME_TEMPLATE: Key = Key::new("logging", "log_filename_template");
/// The id of a task's log in Elasticsearch.
pub const LOG_ID_TEMPLATE: Key = Key::new("elasticsearch", "log_id_template");
