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
