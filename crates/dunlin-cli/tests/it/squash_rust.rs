//! `squash` of revisions in Rust, in a program that has them compiled in.

mod a1_tickets;
mod b2_owners;
mod c3_notes;
/// What `squash` makes of them.
#[rustfmt::skip]
mod whole;

use clap::Parser;
use dunlin::core::operation::Operation;
use dunlin::core::revision::{Direction, Migrations};
use dunlin_cli::commands::Squash;
use dunlin_cli::config::Config;
use dunlin_cli::{CommandError, ExitStatus, Project, Ui};
use dunlin_core::prelude::*;

use crate::support::Place;

const FILES: [(&str, &str); 3] = [
    ("a1_tickets.rs", include_str!("squash_rust/a1_tickets.rs")),
    ("b2_owners.rs", include_str!("squash_rust/b2_owners.rs")),
    ("c3_notes.rs", include_str!("squash_rust/c3_notes.rs")),
];

fn run() -> Vec<Migration> {
    vec![
        Migration::new(a1_tickets::revision(), a1_tickets::upgrade, a1_tickets::downgrade),
        Migration::new(b2_owners::revision(), b2_owners::upgrade, b2_owners::downgrade),
        Migration::new(c3_notes::revision(), c3_notes::upgrade, c3_notes::downgrade),
    ]
}

fn one() -> Migration {
    Migration::new(whole::revision(), whole::upgrade, whole::downgrade)
}

/// A revision on another line, which the first one depends on.
fn other() -> Migration {
    Migration::new(Revision::new("z9"), |_| {}, |_| {})
}

fn manager(migrations: impl Into<Migrations>) -> DbManager {
    DbManager::new("shop", "alembic_version").migrations(migrations)
}

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    squash: Squash,
}

fn project(place: &Place, manager: DbManager) -> Project {
    let config = Config::load(Some(&place.path("dunlin.toml"))).unwrap();
    Project::of_managers(config, [manager], NamingConvention::default(), None, None).unwrap()
}

fn squash(place: &Place, manager: DbManager, words: &[&str]) -> Result<ExitStatus, CommandError> {
    let line = Line::parse_from(["squash"].iter().chain(words));
    line.squash.run(&project(place, manager), &Ui::quiet())
}

/// What migrations record, one behind the other, under a naming convention.
fn recorded<'m>(
    migrations: impl IntoIterator<Item = &'m Migration>,
    direction: Direction,
    convention: &NamingConvention,
) -> Vec<Operation> {
    let mut operations = Operations::new(convention.clone());
    for migration in migrations {
        migration.record(direction, &mut operations).unwrap();
    }
    operations.finish()
}

#[test]
fn a_run_in_rust_becomes_one_that_does_the_same() {
    let place = Place::with(&FILES);
    let words = ["a1", "c3"];
    squash(&place, manager(run().into_iter().chain([other()])), &words).unwrap();
    let written = place.read("migrations/versions/c3_notes.rs");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/squash_rust/whole.rs");
        std::fs::write(path, &written).unwrap();
    }
    assert_eq!(written, include_str!("squash_rust/whole.rs"));
    for (name, text) in FILES {
        assert_eq!(place.read(&format!("migrations/squashed/versions/{name}")), text);
    }
    assert_eq!(std::fs::read_dir(place.path("migrations/versions")).unwrap().count(), 1);

    // The file is compiled into this test: under every naming convention it records what the old ones do.
    let names = NamingConvention {
        uq: Some("%(table_name)s_%(column_0_name)s_uq".into()),
        ix: Some("idx_%(constraint_name)s".into()),
        ..NamingConvention::default()
    };
    for convention in [NamingConvention::default(), names] {
        let (run, one) = (run(), one());
        let upgrade = recorded(&run, Direction::Upgrade, &convention);
        assert_eq!(recorded([&one], Direction::Upgrade, &convention), upgrade);
        assert_eq!(upgrade.len(), 7);
        let downgrade = recorded(run.iter().rev(), Direction::Downgrade, &convention);
        assert_eq!(recorded([&one], Direction::Downgrade, &convention), downgrade);
    }
    let expected =
        Revision::new("c3").depends_on("z9").branch_label("tickets").message("tickets; owners; notes");
    assert_eq!(whole::revision(), expected);
}

#[test]
fn what_cannot_be_one_is_left_as_it_is() {
    let file = |id: &str, down: &str| {
        format!("pub(crate) fn revision() -> Revision {{\n    Revision::new(\"{id}\"){down}\n}}\n")
    };
    let (first, second, third) =
        (file("a1", ""), file("b2", ".down_revision(\"a1\")"), file("c3", ".down_revision(\"b2\")"));
    let files = [("a1.rs", first.as_str()), ("b2.rs", second.as_str()), ("c3.rs", third.as_str())];
    let create = |op: &mut Operations| {
        op.create_table("ticket", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("title", DataType::Text);
        });
    };
    let of = |second: fn(&mut Operations), third: Revision| {
        manager([
            Migration::new(Revision::new("a1"), create, |op| op.drop_table("ticket")),
            Migration::new(Revision::new("b2").down_revision("a1"), second, |_| {}),
            Migration::new(third, |_| {}, second),
        ])
    };
    let c3 = || Revision::new("c3").down_revision("b2");
    let refused = |place: &Place, manager: DbManager| {
        let before = place.files();
        let error = squash(place, manager, &["a1", "c3"]).unwrap_err();
        assert_eq!(place.files(), before);
        assert!(!error.hints().is_empty(), "{error:?}");
        error.message().replace(&place.path("").display().to_string(), "")
    };

    let place = Place::with(&files);
    let function = |op: &mut Operations| op.run("fill titles", ["ticket"], |_| Box::pin(async { Ok(()) }));
    assert_eq!(
        refused(&place, of(function, c3())),
        "the upgrade of revision b2 cannot be written down: the function of the step fill titles cannot be written as source"
    );
    let index = |op: &mut Operations| op.add_index("ticket", Index::new("ix", ["id"]).concurrently());
    assert_eq!(
        refused(&place, of(index, c3())),
        "the upgrade of revision b2 cannot be one with those before it on PostgreSQL: an index that is created or dropped concurrently must be the only thing that a revision does"
    );
    let nothing = |_: &mut Operations| {};
    assert_eq!(
        refused(&place, of(nothing, c3().message("built before"))),
        "migrations/versions/c3.rs is not what this program was built of"
    );
    place.write("migrations/squashed/versions/b2.rs", &file("b0", ""));
    let error = squash(&place, of(nothing, c3()), &["a1", "c3"]).unwrap_err();
    assert!(error.message().ends_with("migrations/squashed/versions/b2.rs exists already"), "{error:?}");
    assert_eq!(error.notes(), ["nothing was changed"]);

    let sql = "-- revision: b2\n-- down_revision: a1\n\n-- upgrade\nSELECT 1;\n";
    let place = Place::with(&[files[0], ("b2.sql", sql), files[2]]);
    assert_eq!(
        refused(&place, of(nothing, c3())),
        "migrations/versions/b2.sql is SQL and migrations/versions/a1.rs is Rust: no file can be both"
    );
}

#[test]
fn a_database_in_the_middle_is_brought_on_by_the_old_ones() {
    use dunlin_cli::program::Program;
    let place = Place::with(&[]);
    let config = place.path("dunlin.toml").display().to_string();
    let ends = |manager: DbManager, line: &str| {
        let words = ["migrate", "--config", &config].into_iter().chain(line.split_whitespace());
        format!("{:?}", Program::new([manager]).run(words.map(Into::into), &Ui::quiet()))
    };
    let done = format!("{:?}", std::process::ExitCode::from(ExitStatus::Done));
    let before = || manager(run().into_iter().chain([other()]));
    let after = || manager(Migrations::new([one(), other()]).squashed(run()));
    for (manager, line) in [
        (before(), "upgrade b2"),
        (after(), "upgrade heads"),
        (after(), "current --check-heads"),
        (after(), "downgrade a1"),
        (after(), "upgrade heads"),
        (after(), "downgrade base"),
        (after(), "upgrade heads"),
        (before(), "current --check-heads"),
        (before(), "downgrade base"),
    ] {
        assert_eq!(ends(manager, line), done, "{line}");
    }
}
