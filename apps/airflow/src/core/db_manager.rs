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
        .release("2.8.0", "10b52ebd31f7")
        .release("2.8.1", "88344c1d9134")
        .release("2.9.0", "1949afb29106")
        .release("2.9.2", "686269002441")
        .release("2.10.0", "22ed7efa9da2")
        .release("2.10.3", "5f2621c13b39")
        .release("3.0.0", "29ce7909c52b")
        .release("3.0.3", "fe199e1abd77")
        .release("3.1.0", "cc92b33c6709")
        .release("3.1.8", "509b94a1042d")
        .release("3.2.0", "1d6611b6ab7c")
        .release("3.3.0", "d2f4e1b3c5a7")
        .known_until("3.3.2")
        .gives_away(NOTES_WITHOUT_USERS, OF_FAB)
        .gives_away("eed27faa34e3", ["_xcom_archive"])
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
