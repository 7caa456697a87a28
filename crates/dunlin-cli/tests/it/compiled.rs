//! A program that has its DB managers compiled in.

use std::ffi::OsString;
use std::process::ExitCode;

use dunlin::core::prelude::*;
use dunlin::directory::Directory;
use dunlin_cli::program::Program;
use dunlin_cli::{ExitStatus, Ui};
use dunlin_testkit::db_test;

use crate::support::Place;

/// The manager of one table.
fn manager(name: &'static str) -> DbManager {
    let table = move |t: &mut dunlin::core::schema::TableBuilder| {
        t.column("id", DataType::Integer).not_null();
        t.primary_key(format!("{name}_pkey"), ["id"]);
    };
    DbManager::new(name, format!("version_{name}"))
        .models(move |host| {
            let mut metadata = Metadata::new(host.schema(), host.naming_convention());
            metadata.table(name, table);
            metadata
        })
        .migrations([Migration::new(
            Revision::new(format!("{name}_1")).message("first"),
            move |op| op.create_table(name, table),
            move |op| op.drop_table(name),
        )])
}

/// Runs a command of a program that has some managers.
#[track_caller]
fn ends(place: &Place, managers: &[&'static str], line: &str, status: ExitStatus) {
    let managers = managers.iter().map(|name| manager(name));
    ends_of(place, &Program::new(managers), line, status);
}

/// Runs a command of a program.
#[track_caller]
fn ends_of(place: &Place, program: &Program, line: &str, status: ExitStatus) {
    let config = place.path("dunlin.toml").display().to_string();
    let words = ["migrate", "--config", &config].into_iter().chain(line.split_whitespace());
    let code = program.clone().run(words.map(OsString::from), &Ui::quiet());
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(status)), "{line}");
}

db_test! {
    async fn all_commands_are_there(db) {
        let place = Place::on(db.url(), &[]);
        place.write("dunlin.toml", &format!("url = \"{}\"\n", db.url()));
        let runs = async |line: &str, status| {
            // The program has a runtime of its own.
            std::thread::scope(|scope| {
                scope.spawn(|| ends(&place, &["ticket"], line, status)).join().unwrap();
            });
        };
        let rows = "SELECT version_num FROM version_ticket";
        runs("check --offline", ExitStatus::Done).await;
        runs("current -c", ExitStatus::Pending).await;
        runs("upgrade", ExitStatus::Done).await;
        assert_eq!(db.query(rows).await, [["ticket_1"]]);
        runs("check", ExitStatus::Done).await;
        runs("current -c", ExitStatus::Done).await;
        runs("revision -m more --autogenerate", ExitStatus::Done).await;
        db.execute("ALTER TABLE ticket ADD COLUMN strange INTEGER").await;
        runs("check", ExitStatus::Pending).await;
        runs("downgrade base", ExitStatus::Done).await;
        runs("upgrade nope", ExitStatus::Failed).await;
        assert_eq!(db.tables().await, ["dunlin_journal", "version_ticket"]);
    }
}

db_test! {
    async fn revisions_in_rust_and_sql_are_compared_offline(db) {
        let add = "-- revision: b2\n-- down_revision: ticket_1\n\n-- upgrade\n\n\
                   ALTER TABLE ticket ADD COLUMN title VARCHAR(50);\n";
        let place = Place::on(db.url(), &[("b2.sql", add)]);
        place.write("dunlin.toml", &format!("url = \"{}\"\n", db.url()));
        let versions = place.path("migrations/versions");
        let program = |title: &'static str| {
            let models = move |host: &HostContext| {
                let mut metadata = Metadata::new(host.schema(), host.naming_convention());
                metadata.table("ticket", |t| {
                    t.column("id", DataType::Integer).not_null();
                    t.column(title, DataType::string(50));
                    t.primary_key("ticket_pkey", ["id"]);
                });
                metadata
            };
            let files = Directory::new(&versions).load().unwrap();
            Program::new([manager("ticket").models(models).migrations(files.migrations())])
        };
        let runs = |program: Program, line: &str, status| {
            std::thread::scope(|scope| {
                scope.spawn(|| ends_of(&place, &program, line, status)).join().unwrap();
            });
        };
        runs(program("title"), "check --offline", ExitStatus::Done);
        runs(program("headline"), "check --offline", ExitStatus::Pending);
        runs(program("headline"), "check --offline --rename ticket.title=headline", ExitStatus::Pending);
        let revision = "revision -m more --rev-id c3 --autogenerate --offline --sql --rename ticket.title=headline";
        runs(program("headline"), revision, ExitStatus::Done);
        assert!(place.read("migrations/versions/c3_more.sql").contains("RENAME"));
        runs(program("headline"), "check --offline", ExitStatus::Done);
        assert_eq!(db.tables().await, [""; 0]);
        runs(program("headline"), "upgrade", ExitStatus::Done);
        runs(program("headline"), "check", ExitStatus::Done);
    }
}

#[test]
fn one_of_several_managers_must_be_named() {
    let place = Place::with(&[]);
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\n");
    let both = &["ticket", "note"];
    ends(&place, both, "heads", ExitStatus::Usage);
    ends(&place, both, "heads --owner nobody", ExitStatus::Usage);
    ends(&place, both, "--owner note upgrade", ExitStatus::Done);
    ends(&place, both, "current --owner note -c", ExitStatus::Done);
    ends(&place, both, "current --owner ticket -c", ExitStatus::Pending);
    place.write("dunlin.toml", "url = \"sqlite:///app.db\"\nowner = \"note\"\n");
    ends(&place, both, "current -c", ExitStatus::Done);
    ends(&place, both, "nonsense", ExitStatus::Usage);
    ends(&place, both, "--help", ExitStatus::Done);
}
