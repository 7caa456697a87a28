//! What is wrong is an exact line and a hint, and nothing is changed.

use insta::assert_snapshot;

use crate::support::{LINE, Place};

/// What commands say in a project of these files, none of which they change.
fn refused(name: &str, files: &[(&str, &str)], lines: &[&str]) -> String {
    let mut place = Place::with(files);
    let before = place.files();
    for line in lines {
        place.shows(line);
    }
    assert_eq!(place.files(), before, "{name}: something was changed");
    format!("## {name}\n\n{}", place.transcript())
}

fn revision(head: &str) -> String {
    format!("{head}\n\n-- upgrade\n\n-- downgrade\n")
}

#[test]
fn broken_histories_are_refused() {
    let a = revision("-- revision: a1b2");
    let follows =
        |id: &str, parent: &str| revision(&format!("-- revision: {id}\n-- down_revision: {parent}"));
    let (b, b_again, x, y) =
        (follows("b2", "a1b2"), follows("b2", "a1b2"), follows("x", "y"), follows("y", "x"));
    let orphan = follows("c3", "gone");
    let needs = revision("-- revision: c3\n-- depends_on: gone");
    let alike = follows("a1b3", "a1b2");
    let long = revision("-- revision: a12345678901234567890123456789012");
    let bad = revision("-- revision: a@b");
    let all = [
        refused("cycle", &[("a.sql", &a), ("x.sql", &x), ("y.sql", &y)], &["heads", "upgrade"]),
        refused("duplicate id", &[("a.sql", &a), ("b.sql", &b), ("b_again.sql", &b_again)], &["upgrade"]),
        refused("unknown parent", &[("a.sql", &a), ("c.sql", &orphan)], &["upgrade", "revision -m x"]),
        refused("unknown dependency", &[("a.sql", &a), ("c.sql", &needs)], &["upgrade"]),
        refused("ambiguous prefix", &[("a.sql", &a), ("b.sql", &alike)], &["upgrade a1b", "show a1"]),
        refused("too long", &[("a.sql", &long)], &["heads"]),
        refused("bad name", &[("a.sql", &bad)], &["heads"]),
        refused(
            "two heads",
            &[("a.sql", &a), ("b.sql", &b), ("c.sql", &alike)],
            &["upgrade", "upgrade head --sql", "plan", "revision -m x", "stamp head", "show head"],
        ),
    ];
    assert_snapshot!(all.concat());
}

#[test]
fn broken_files_are_refused() {
    let no_upgrade = "-- revision: a1\n\n-- downgrade\nDROP TABLE t;\n";
    let no_revision = "-- message: x\n\n-- upgrade\n";
    let unclosed = "-- revision: a1\n\n-- upgrade\n\nINSERT INTO t\nVALUES ('a);\n";
    let no_downgrade = "-- revision: a1\n\n-- upgrade\n\nCREATE TABLE t (a INTEGER);\n";
    let all = [
        refused("no upgrade section", &[("a.sql", no_upgrade)], &["upgrade", "heads"]),
        refused("no revision", &[("a.sql", no_revision)], &["upgrade"]),
        refused("unclosed quote", &[("a.sql", unclosed)], &["upgrade --sql", "plan --from base"]),
        refused("NUL", &[("a.sql", "-- revision: a1\n\n-- upgrade\n\nSELECT 1;\0\n")], &["upgrade"]),
        refused("carriage return", &[("a.sql", "-- revision: a1\r\r-- upgrade\r")], &["upgrade"]),
        refused("no downgrade section", &[("a.sql", no_downgrade)], &["downgrade a1:base --sql"]),
        refused("no directory", &[], &["upgrade", "current", "downgrade base --sql"]),
    ];
    assert_snapshot!(all.concat());
}

#[test]
fn a_project_without_its_files_does_not_look_up_to_date() {
    let all = ["wait -t 0", "current -c", "current -c --json", "plan", "plan --from base", "stamp head"];
    let place = Place::with(&[]);
    for line in all.into_iter().chain(["stamp heads --sql", "upgrade", "upgrade --sql"]) {
        let run = place.run(&line.split(' ').collect::<Vec<_>>());
        assert!(run.code == 1 && run.stderr.contains("shop has no revisions"), "{line}: {run:?}");
    }
    assert!(!place.path("app.db").exists());
    place.succeed(&["stamp", "base"]);
}

#[test]
fn tables_without_a_version_row_are_left_alone() {
    let mut place = Place::with(&LINE);
    place.succeed(&["upgrade"]);
    place.succeed(&["stamp", "base"]);
    for line in ["upgrade", "plan", "stamp head", "upgrade"] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn what_is_no_text_is_refused() {
    let mut place = Place::with(&LINE);
    std::fs::write(place.path("migrations/versions/f7.sql"), b"-- revision: f7\n-- message: \xff\n").unwrap();
    place.shows("upgrade");
    std::fs::remove_dir_all(place.path("migrations")).unwrap();
    place.shows("upgrade");
    assert!(!place.path("app.db").exists());
    assert_snapshot!(place.transcript());
}

#[test]
fn a_revision_that_vanished_after_it_was_applied_is_named() {
    let mut place = Place::with(&LINE);
    place.succeed(&["upgrade"]);
    std::fs::remove_file(place.path("migrations/versions/e5f6_create_note.sql")).unwrap();
    for line in [
        "current",
        "current --json",
        "current --check-heads",
        "upgrade",
        "downgrade base",
        "plan",
        "show current",
        "stamp head",
        "history -i",
        "history -r current:",
        "wait --timeout 0",
        "revision -m x --autogenerate",
        "stamp head --purge",
        "current",
    ] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}
