//! Airflow's habits in a schema: its naming convention and its column types.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{ColumnType, DataType, NamingConvention};

/// The length of Airflow's ids, in characters.
const ID_LENGTH: u32 = 250;

/// The collation of ids on MySQL and MariaDB: case counts, and three bytes a character keep indexes
/// within InnoDB's limit. A host may have another.
pub const ID_COLLATION: &str = "utf8mb3_bin";

/// The naming convention of Airflow's own tables.
///
/// Source: `naming_convention` in `airflow/models/base.py`, 3.3.2.
pub fn naming_convention() -> NamingConvention {
    NamingConvention {
        ix: Some("idx_%(column_0_N_label)s".into()),
        uq: Some("%(table_name)s_%(column_0_N_name)s_uq".into()),
        ck: Some("ck_%(table_name)s_%(constraint_name)s".into()),
        fk: Some("%(table_name)s_%(column_0_name)s_fkey".into()),
        pk: Some("%(table_name)s_pkey".into()),
    }
}

/// The type of `dag_id`, `run_id`, `task_id` and other ids: VARCHAR(250), on MySQL and MariaDB with the
/// collation `utf8mb3_bin`.
///
/// Source: `StringID` in `airflow/models/base.py`, 3.3.2, under the default configuration.
pub fn string_id() -> ColumnType {
    string_id_of(ID_LENGTH)
}

/// An id of another length.
pub fn string_id_of(length: u32) -> ColumnType {
    let id = DataType::string(length);
    ColumnType::all(id.clone()).on(DialectName::MySql, id.collate(ID_COLLATION))
}

/// The type of Airflow's times: TIMESTAMP WITH TIME ZONE on PostgreSQL, TIMESTAMP(6) on MySQL and
/// MariaDB, TIMESTAMP on SQLite.
///
/// Source: `UtcDateTime` in `airflow/utils/sqlalchemy.py`, 3.3.2.
pub fn timestamp() -> ColumnType {
    let of = |precision| DataType::Timestamp { precision, timezone: true };
    ColumnType::all(of(None)).on(DialectName::MySql, of(Some(6)))
}

#[cfg(test)]
mod tests {
    use dunlin_core::schema::{Column, ForeignKey, Index, Metadata};

    use super::*;

    /// The expected names stand in Airflow's own schema, 2.7.0.
    #[test]
    fn names_are_those_of_airflows_schema() {
        let mut metadata = Metadata::new(None, naming_convention());
        let table = metadata.table("ab_permission_view", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("permission_id", DataType::Integer).references("ab_permission", "id");
        });
        let key = table.primary_key.as_ref().unwrap();
        assert_eq!(key.name.as_deref(), Some("ab_permission_view_pkey"));
        assert_eq!(table.foreign_keys[0].name.as_deref(), Some("ab_permission_view_permission_id_fkey"));

        let table = metadata.table("ab_permission", |t| {
            t.column("name", DataType::string(100)).unique();
        });
        assert_eq!(table.uniques[0].name.as_deref(), Some("ab_permission_name_uq"));
    }

    #[test]
    fn final_names_stay() {
        let mut metadata = Metadata::new(None, naming_convention());
        let table = metadata.table("t", |t| {
            t.column("a", string_id());
            t.foreign_key(ForeignKey::new(["a"], "u", ["a"]).named("own_fk"));
            t.index("own_ix", ["a"]);
        });
        assert_eq!(table.foreign_keys[0].name.as_deref(), Some("own_fk"));
        assert_eq!(table.indexes, [Index::new("own_ix", ["a"])]);
    }

    #[test]
    fn mysql_and_mariadb_have_their_own_types() {
        let id = Column::new("dag_id", string_id()).column_type;
        assert_eq!(id.get(DialectName::Postgres), Some(&DataType::string(250)));
        assert_eq!(id.get(DialectName::Sqlite), Some(&DataType::string(250)));
        for dialect in [DialectName::MySql, DialectName::MariaDb] {
            assert_eq!(id.get(dialect), Some(&DataType::string(250).collate("utf8mb3_bin")));
            let precise = DataType::Timestamp { precision: Some(6), timezone: true };
            assert_eq!(timestamp().get(dialect), Some(&precise));
        }
    }
}
