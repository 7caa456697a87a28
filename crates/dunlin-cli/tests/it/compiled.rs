//! A program that has its DB managers compiled in.

use std::ffi::OsString;
use std::process::ExitCode;

use dunlin::core::prelude::*;
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
    let config = place.path("dunlin.toml").display().to_string();
    let words = ["migrate", "--config", &config].into_iter().chain(line.split_whitespace());
    let program = Program::new(managers.iter().map(|name| manager(name)));
    let code = program.run(words.map(OsString::from), &Ui::quiet());
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
