//! The core's DB manager.

use dunlin_core::manager::DbManager;
use dunlin_macros::migrations;

use super::{models, seed};

/// Airflow's metadata schema: named `airflow`, version table `alembic_version`, as the real one has it.
pub fn db_manager() -> DbManager {
    DbManager::new("airflow", "alembic_version")
        .models(models::metadata)
        .seed(seed::rows)
        .migrations(migrations!("migrations"))
        .release("2.6.2", "4bc4d934e2bc")
        .release("2.7.0", "405de8318b3a")
        .supports_table_dropping(true)
}
