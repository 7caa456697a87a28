//! Commands that only read.

use insta::assert_snapshot;

use crate::support::{BRANCHES, LINE, Place};

#[test]
fn a_line_is_shown() {
    let mut place = Place::with(&LINE);
    for line in [
        "heads",
        "heads -v",
        "heads --json",
        "branches",
        "branches --json",
        "history",
        "history -v",
        "history --json",
        "history -i",
        "history -r a1b2:c3d4",
        "history -r c3d4:",
        "history -r :c3d4",
        "history -r -1:",
        "history -r -9:",
        "history -r a1b2:+1",
        "history -r -1:current",
        "history -r c3d4",
        "history -r e5f6:a1b2",
        "show head",
        "show a1b2",
        "show c3 --json",
        "show current",
        "show nope",
        "current",
        "current --json",
        "current --check-heads",
        "current --check-heads --json",
        "log",
        "log --json",
    ] {
        let before = place.files();
        place.shows(line);
        assert_eq!(place.files(), before, "{line} wrote something");
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn branches_are_shown() {
    let mut place = Place::with(&BRANCHES);
    place.succeed(&["upgrade", "left@head"]);
    for line in [
        "heads",
        "heads --resolve-dependencies",
        "branches",
        "branches -v",
        "branches --json",
        "history",
        "history -i",
        "history -r left@base:",
        "history -r current:heads",
        "history -r -1:current",
        "history -r -1:",
        "show heads",
        "show left",
        "show head",
        "current",
        "current -v",
        "current --json",
        "current -c",
    ] {
        let before = place.files();
        place.shows(line);
        assert_eq!(place.files(), before, "{line} wrote something");
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn nothing_is_shown_of_nothing() {
    let mut place = Place::with(&[]);
    for line in
        ["heads", "heads --json", "branches", "history", "show head", "current", "current -c", "upgrade"]
    {
        place.shows(line);
    }
    assert!(!place.path("app.db").exists());
    assert_snapshot!(place.transcript());
}
