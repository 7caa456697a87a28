//! Commands that change the database.

use insta::assert_snapshot;

use crate::support::{BRANCHES, LINE, Place};

#[test]
fn a_database_goes_up_and_down() {
    let mut place = Place::with(&LINE);
    for line in [
        "upgrade a1b2",
        "upgrade +1 --json",
        "current",
        "upgrade",
        "upgrade",
        "upgrade a1b2",
        "upgrade +1",
        "upgrade a1b2:head",
        "current --check-heads",
        "downgrade -1",
        "downgrade a1b2 --json",
        "downgrade c3d4",
        "downgrade base",
        "downgrade base",
        "downgrade",
        "log",
        "log -n 1",
        "log -n 1 --json",
    ] {
        place.shows(line);
    }
    // Something is written down, and none of it is asked for.
    let none = place.run(&["log", "-n", "0"]);
    assert!(none.code == 0 && none.stdout.is_empty() && none.stderr.is_empty(), "{none:?}");
    assert_snapshot!(place.transcript());
}

#[test]
fn a_database_in_memory_is_changed_for_nothing() {
    for url in ["sqlite://", "sqlite::memory:", "sqlite:///:memory:"] {
        let mut place = Place::on(url, &LINE);
        place.shows("stamp head");
        place.shows("upgrade a1b2 --json");
        let notes =
            place.transcript().matches("! the database is in memory: nothing of this is kept\n").count();
        assert_eq!(notes, 2, "{}", place.transcript());
        place.shows("current");
        assert!(
            place.transcript().ends_with("$ dunlin current\nno revision\n[0]\n\n"),
            "{}",
            place.transcript()
        );
    }
}

#[test]
fn what_would_run_is_printed() {
    let mut place = Place::with(&LINE);
    for line in [
        "upgrade --sql",
        "upgrade a1b2:c3d4 --sql --dialect postgres",
        "upgrade a1b2: --sql --dialect mariadb",
        "downgrade c3d4:a1b2 --sql --dialect mysql",
        "downgrade c3d4 --sql",
        "downgrade :c3d4 --sql",
        "upgrade --dialect mysql",
    ] {
        place.shows(line);
    }
    assert!(!place.path("app.db").exists());
    assert_snapshot!(place.transcript());
}

#[test]
fn several_heads_are_named_where_one_is_meant() {
    let mut place = Place::with(&BRANCHES);
    for line in ["upgrade", "upgrade heads", "downgrade -1", "downgrade left@-1", "current"] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_run_that_stops_says_where_it_stopped_and_what_it_left() {
    let broken = "-- revision: 9999\n-- down_revision: a1b2\n-- message: break it\n\n-- upgrade\n\n\
                  CREATE TABLE fine (id INTEGER);\nINSERT INTO ticket\nVALUES ('a', 'b');\n";
    let mut place = Place::with(&[LINE[0], ("9999_broken.sql", broken)]);
    for line in ["upgrade", "current", "upgrade --json", "downgrade base"] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_downgrade_of_what_is_not_there_makes_nothing() {
    let mut place = Place::with(&LINE);
    place.shows("downgrade base");
    assert!(!place.path("app.db").exists());
    assert_snapshot!(place.transcript());
}
