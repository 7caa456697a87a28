//! The core's DB manager.

use dunlin_core::manager::DbManager;
use dunlin_macros::migrations;

use super::models;

/// Airflow's metadata schema: named `airflow`, version table `alembic_version`, as the real one has it.
pub fn db_manager() -> DbManager {
    DbManager::new("airflow", "alembic_version")
        .models(models::metadata)
        .migrations(migrations!("migrations"))
        .release("2.6.2", "4bc4d934e2bc")
        .release("2.7.0", "405de8318b3a")
        .gives_away(NOTES_WITHOUT_USERS, OF_FAB)
        .supports_table_dropping(true)
}

/// The first revision of 3.0: nothing of the core refers to the tables of users any more.
pub(crate) const NOTES_WITHOUT_USERS: &str = "044f740568ec";

/// The tables that were the core's up to 2.10, and are those of FAB's manager from then on.
const OF_FAB: [&str; 8] = [
    "ab_permission",
    "ab_permission_view",
    "ab_permission_view_role",
    "ab_register_user",
    "ab_role",
    "ab_user",
    "ab_user_role",
    "ab_view_menu",
];
