//! The DB manager.

use dunlin_core::manager::DbManager;
use dunlin_macros::migrations;

use super::lifecycle::Fab;
use super::models;

/// The manager's name, as the provider has it.
pub const NAME: &str = "airflow.providers.fab.auth_manager.models.db.FABDBManager";

/// Its version table.
pub const VERSION_TABLE: &str = "alembic_version_fab";

/// What `[core] auth_manager` names where FAB is the auth manager.
pub const AUTH_MANAGER: &str = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager";

/// Where it must stand for an Airflow before 3.0, whose own tables these are: release 1.4.0.
pub const BEFORE_3: &str = "6709f7a774b9";

/// The provider's manager at release 3.5.0, the newest that changed its tables.
pub fn db_manager() -> DbManager {
    DbManager::new(NAME, VERSION_TABLE)
        .models(models::metadata)
        .migrations(migrations!("fab-migrations"))
        .release("1.4.0", BEFORE_3)
        .release("3.5.0", "02ca36b0235b")
        .takes_over(models::TABLES)
        .supports_table_dropping(true)
        .lifecycle(Fab)
}
