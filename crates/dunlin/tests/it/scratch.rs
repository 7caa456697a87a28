//! Scratch databases: what revisions in Rust and in SQL leave together.

use dunlin::core::prelude::*;
use dunlin::directory::Directory;
use dunlin::{Error, LockKey, Migrator, Scratch};
use dunlin_testkit::db_test;

use crate::support::*;

/// The core, whose models make what its revisions do not, an owner with revisions of both kinds, and one behind it.
fn owners(host: &HostContext, version_table: TableName, files: &std::path::Path) -> Migrator {
    let core: [(&str, Record, Record); 1] =
        [("c1", |op| op.execute("CREATE TABLE by_revision (a INTEGER)"), |_| {})];
    let core = DbManager::new("core", "version_core").migrations(history(&core)).models(|host| {
        let mut models = Metadata::new(host.schema(), host.naming_convention());
        models.table("run", |t| {
            t.column("id", DataType::Integer).primary_key();
        });
        models
    });
    let tickets: [(&str, Record, Record); 1] = [(
        "a1",
        |op| {
            op.create_table("ticket", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("run_id", DataType::Integer).references("run", "id");
            });
        },
        |op| op.drop_table("ticket"),
    )];
    let tickets = DbManager::new("tickets", version_table)
        .migrations(history(&tickets))
        .migrations(Directory::new(files).load().unwrap().migrations());
    // One that comes later is not asked for.
    let late: [(&str, Record, Record); 1] = [("l1", |op| op.execute("NONSENSE"), |_| {})];
    let late = DbManager::new("late", "version_late").migrations(history(&late));
    Migrator::new([core, tickets, late], host, LockKey::named("scratch")).unwrap()
}

const SQL: &str = "-- revision: b2\n-- down_revision: a1\n\n-- upgrade\n\nCREATE TABLE note (id INTEGER PRIMARY KEY);\n\
                   CREATE VIEW notes AS SELECT id FROM note;\n";

fn names(metadata: &Metadata) -> Vec<String> {
    let tables = metadata.tables().iter().map(|table| table.name.to_string());
    let mut names: Vec<String> =
        tables.chain(metadata.views.iter().map(|view| view.name.to_string())).collect();
    names.sort();
    names
}

db_test! {
    async fn a_history_in_rust_and_sql_leaves_what_it_makes(db) {
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("b2.sql"), SQL).unwrap();
        let migrator = owners(&HostContext::default(), "version_tickets".into(), files.path());
        let scratch = Scratch::new(&db.parsed_url());
        let left = scratch.migrated(&migrator, "tickets", async |database, left| {
            let run = database.introspect(&["run".into(), "by_revision".into(), "dunlin_journal".into()]).await;
            assert_eq!(names(&run.unwrap()), ["run"]);
            left
        });
        let left = left.await.unwrap();
        assert_eq!(names(&left), ["note", "notes", "ticket"]);
        assert_eq!(left.get(&"ticket".into()).unwrap().foreign_keys.len(), 1);
        assert_eq!(db.tables().await, [""; 0], "the database itself was touched");

        let failed = scratch.migrated(&migrator, "late", async |_, _| ()).await.unwrap_err();
        let Error::ScratchRevision { owner, revision, .. } = &failed else { panic!("{failed:?}") };
        assert_eq!((owner.as_str(), revision.as_str()), ("late", "l1"));
    }
}

db_test! {
    async fn schemas_of_the_host_are_there_already(db) {
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("b2.sql"), SQL).unwrap();
        let host = HostContext::new(Some("app".to_owned()), NamingConvention::default());
        let migrator = owners(&host, TableName::new(Some("ops"), "version_tickets"), files.path());
        let scratch = Scratch::new(&db.parsed_url());
        let left = scratch.migrated(&migrator, "tickets", async |_, left| left).await;
        let models = scratch
            .models("schema.sql", "CREATE TABLE app.version_tickets (a INT); CREATE TABLE app.b (c INT);", migrator.owner("tickets").unwrap())
            .await;
        if db.dialect() == DialectName::Postgres {
            let left = left.unwrap();
            assert_eq!(names(&left), ["app.ticket", "public.note", "public.notes"]);
            assert_eq!(left.schemas, [""; 0]);
            assert_eq!(names(&models.unwrap()), ["app.b"]);
        } else {
            let (left, models) = (left.unwrap_err(), models.unwrap_err());
            let said = match db.dialect() {
                DialectName::Sqlite => "there is no schema app",
                _ => "schema app is a database of its own here, and no scratch database can have it",
            };
            assert_eq!((left.to_string().as_str(), models.to_string().as_str()), (said, said));
        }
        assert_eq!(db.tables().await, [""; 0]);
    }
}

db_test! {
    async fn a_transaction_of_a_file_that_is_not_ended_is_refused(db) {
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("b2.sql"), SQL).unwrap();
        let migrator = owners(&HostContext::default(), "version_tickets".into(), files.path());
        let scratch = Scratch::new(&db.parsed_url());
        let models = async |sql: &str| scratch.models("schema.sql", sql, migrator.owner("tickets").unwrap()).await;
        let open = models("-- all\nBEGIN;\nCREATE TABLE t (a INT);").await.unwrap_err();
        assert_eq!(open.to_string(), "schema.sql, line 2: the transaction that begins here is not ended");
        assert_eq!(names(&models("BEGIN;\nCREATE TABLE t (a INT);\nCOMMIT;").await.unwrap()), ["t"]);
    }
}

db_test! {
    async fn a_dump_may_make_the_schema_of_the_host(db) {
        if db.dialect() != DialectName::Postgres {
            return;
        }
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("b2.sql"), SQL).unwrap();
        let host = HostContext::new(Some("app".to_owned()), NamingConvention::default());
        let migrator = owners(&host, TableName::new(Some("ops"), "version_tickets"), files.path());
        let dump = "--\n-- Name: app\n--\n\nCREATE SCHEMA app;\nCREATE SCHEMA other;\nCREATE TABLE app.b (c INT);";
        let scratch = Scratch::new(&db.parsed_url());
        let models = scratch.models("schema.sql", dump, migrator.owner("tickets").unwrap()).await.unwrap();
        assert_eq!((names(&models), models.schemas), (vec!["app.b".to_owned()], vec!["other".to_owned()]));
    }
}

db_test! {
    async fn a_search_path_of_the_url_holds_for_bare_names(db) {
        if db.dialect() != DialectName::Postgres {
            return;
        }
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("b2.sql"), SQL).unwrap();
        let migrator = owners(&HostContext::default(), "version_tickets".into(), files.path());
        let sign = if db.url().contains('?') { '&' } else { '?' };
        let url = format!("{}{sign}options=-csearch_path%3D%22%24user%22%2Capp", db.url());
        db.execute("CREATE SCHEMA app").await;
        let scratch = Scratch::new(&url.parse().unwrap());
        let models = scratch.models("schema.sql", "CREATE TABLE b (c INT);", migrator.owner("tickets").unwrap());
        let models = models.await.unwrap();
        assert_eq!((names(&models), models.schemas), (vec!["b".to_owned()], Vec::new()));
        let left = scratch.migrated(&migrator, "tickets", async |_, left| left).await.unwrap();
        assert_eq!((names(&left), left.schemas), (["note", "notes", "ticket"].map(str::to_owned).to_vec(), Vec::new()));
    }
}

db_test! {
    async fn tables_beyond_a_scratch_database_are_not_taken_for_unversioned_ones(db) {
        let (DialectName::MySql | DialectName::MariaDb) = db.dialect() else { return };
        let url = db.parsed_url();
        let name = url.database.clone().unwrap();
        let files = tempfile::tempdir().unwrap();
        let made = format!("{name}.customer");
        let sql = format!("-- revision: b2\n-- down_revision: a1\n\n-- upgrade\n\nCREATE TABLE {made} (id INT);\n");
        std::fs::write(files.path().join("b2.sql"), sql).unwrap();
        db.execute("CREATE TABLE customer (id INT)").await;
        let migrator = owners(&HostContext::default(), "version_tickets".into(), files.path());
        let failed = Scratch::new(&url).migrated(&migrator, "tickets", async |_, _| ()).await.unwrap_err();
        let Error::ScratchRevision { source, .. } = &failed else { panic!("{failed:?}") };
        assert!(matches!(&**source, Error::BeyondScratch { .. }), "{failed:?}");
    }
}
