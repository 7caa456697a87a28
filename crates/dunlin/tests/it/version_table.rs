//! Version tables in a schema of their own.

use dunlin::core::prelude::*;
use dunlin::{Error, LockKey, Migrator};

use crate::support::*;

db_test_on! {
    [postgres: Postgres, mysql: MySql, mariadb: MariaDb]
    async fn a_reset_finds_the_version_table_in_its_schema(db) {
        let is_database = db.dialect() != DialectName::Postgres;
        let schema = if is_database { format!("{}_ops", db.name()) } else { "ops".to_owned() };
        let (make, drop) = match is_database {
            true => (format!("CREATE DATABASE {schema}"), format!("DROP DATABASE IF EXISTS {schema}")),
            false => (format!("CREATE SCHEMA {schema}"), format!("DROP SCHEMA IF EXISTS {schema} CASCADE")),
        };
        db.execute(&drop).await;
        let revisions: [(&str, Record, Record); 1] = [(
            "a1",
            |op| op.create_table("ticket", |t| {
                t.column("id", DataType::Integer).primary_key();
            }),
            |op| op.drop_table("ticket"),
        )];
        let version_table = TableName::new(Some(&schema), "version_owner");
        let manager = DbManager::new("owner", version_table).migrations(history(&revisions));
        let migrator = migrator(db, [manager.supports_table_dropping(true)]);
        let mut database = db.connect().await;
        let failure = migrator.reset_owner(&mut database, "owner", true, false, &mut |_| {}).await.unwrap_err();
        assert!(matches!(&failure.source, Error::NoSchema { schema: missing } if *missing == schema), "{failure:?}");

        db.execute(&make).await;
        done(upgrade(&migrator, &mut database, "a1").await);
        let status = done(migrator.status(&mut database).await);
        assert_eq!(status[0].rows, ["a1".into()]);
        let tables = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY 1"
        );
        assert_eq!(db.query(&tables).await, [["version_owner"]]);
        done(migrator.reset_owner(&mut database, "owner", false, false, &mut |_| {}).await);
        assert!(db.query(&tables).await.is_empty());
        assert!(db.tables().await.is_empty());
        database.close().await;
        db.execute(&drop).await;
    }
}

#[test]
fn a_version_table_elsewhere_is_another() {
    let manager = |name, schema| DbManager::new(name, TableName::new(schema, "version"));
    let migrator =
        |managers: [DbManager; 2]| Migrator::new(managers, &HostContext::default(), LockKey::named("owners"));
    assert!(migrator([manager("a", None), manager("b", Some("ops"))]).is_ok());
    let clash = migrator([manager("a", Some("ops")), manager("b", Some("ops"))]).unwrap_err();
    assert_eq!(clash.to_string(), "a and b both claim the table ops.version");
}
