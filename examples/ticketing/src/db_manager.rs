//! Who owns the ticket table.

use dunlin_core::prelude::*;
use dunlin_macros::migrations;
use dunlin_sea_orm::EntityError;

use crate::models;

/// The name to register: that of the Python plugin's manager, so that one `airflow.cfg` serves both.
pub const NAME: &str = "ticketing.db_manager.DRTDBManager";

/// The table that holds the current revision.
pub const VERSION_TABLE: &str = "alembic_version_drt";

/// The manager of the ticket table.
///
/// # Errors
/// If an entity says what a dunlin table cannot say.
pub fn db_manager() -> Result<DbManager, EntityError> {
    let tables = models::tables()?;
    Ok(DbManager::new(NAME, VERSION_TABLE)
        .models(move |host| models::metadata(host, &tables))
        .migrations(migrations!("migrations"))
        .release("0.0.1", BASE)
        .release("0.1.0", "d759c6d30f5a")
        .supports_table_dropping(true))
}

#[cfg(test)]
mod tests {
    use airflow_plugin::naming_convention;
    use dunlin_core::revision::Direction;
    use dunlin_core::schema::PrimaryKey;

    use super::*;

    fn hosts() -> [HostContext; 2] {
        [None, Some("airflow".to_owned())].map(|schema| HostContext::new(schema, naming_convention()))
    }

    /// Plays the whole history in one direction.
    fn play(manager: &DbManager, direction: Direction, host: &HostContext, metadata: &mut Metadata) {
        for migration in manager.all_migrations() {
            let mut operations = Operations::new(host.naming_convention());
            migration.record(direction, &mut operations).unwrap();
            for mut operation in operations.finish() {
                operation.qualify(host.schema());
                metadata.apply(&operation).unwrap();
            }
        }
    }

    #[test]
    fn revisions_and_models_build_the_same_table() {
        let manager = db_manager().unwrap();
        for host in hosts() {
            let empty = Metadata::new(host.schema(), host.naming_convention());
            let mut metadata = empty.clone();
            play(&manager, Direction::Upgrade, &host, &mut metadata);
            assert_eq!(metadata, manager.metadata(&host));
            play(&manager, Direction::Downgrade, &host, &mut metadata);
            assert_eq!(metadata, empty);
        }
    }

    /// What SQLAlchemy makes of the Python plugin's model.
    #[test]
    fn the_table_is_that_of_the_python_plugin() {
        let manager = db_manager().unwrap();
        for host in hosts() {
            let metadata = manager.metadata(&host);
            let [table] = metadata.tables() else { panic!("{metadata:?}") };
            assert_eq!((table.name.schema.as_deref(), &*table.name.name), (host.schema(), "dag_run_ticket"));
            let columns: Vec<_> = table
                .columns
                .iter()
                .map(|column| (&*column.name, column.column_type.default_value().unwrap(), column.nullable))
                .collect();
            let (id, key, word) = (&DataType::Integer, &DataType::string(250), &DataType::string(50));
            let time = &DataType::DateTime { precision: None, timezone: false };
            assert_eq!(
                columns,
                [
                    ("id", id, false),
                    ("dag_id", key, false),
                    ("run_id", key, false),
                    ("system", word, false),
                    ("key", key, false),
                    ("status", word, true),
                    ("url", &DataType::Text, true),
                    ("created_at", time, false),
                    ("updated_at", time, true),
                ]
            );
            assert!(table.columns[0].autoincrement);
            let key = PrimaryKey::new(["id"]).named("dag_run_ticket_pkey");
            assert_eq!(table.primary_key, Some(key));
            assert_eq!(table.indexes, [Index::new("idx_drt_dag_run", ["dag_id", "run_id"])]);
            assert!(table.uniques.is_empty() && table.foreign_keys.is_empty() && table.checks.is_empty());
        }
    }

    #[test]
    fn releases_end_at_the_revisions_of_the_history() {
        let manager = db_manager().unwrap();
        assert_eq!(manager.releases().resolve("0.0.1").unwrap().revision, None);
        let last = manager.releases().resolve("0.1.0").unwrap().revision.as_ref();
        assert_eq!(last, manager.all_migrations().last().map(|migration| &migration.revision().id));
    }
}
