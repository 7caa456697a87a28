//! `squash`: one revision in place of several, and databases in the middle of them.

use insta::assert_snapshot;

use crate::support::Place;

const RUN: [(&str, &str); 4] = [
    (
        "a1_one.sql",
        "-- revision: a1\n-- message: one\n\n-- upgrade\n-- touches: one\nCREATE TABLE one (id INTEGER);\n\n\
         -- downgrade\n-- touches: one\nDROP TABLE one;\n",
    ),
    (
        "b2_two.sql",
        "-- revision: b2\n-- down_revision: a1\n-- message: two\n\n-- upgrade\n-- touches: two\n\
         CREATE TABLE two (id INTEGER);\n\n-- downgrade\n-- touches: two\nDROP TABLE two;\n",
    ),
    (
        "c3_three.sql",
        "-- revision: c3\n-- down_revision: b2\n-- message: three\n-- created: 2026-11-23 02:00:00 UTC\n\n\
         -- upgrade\n-- touches: one\nINSERT INTO one VALUES (1);\n\n-- upgrade: postgres\n-- touches: one\n\
         INSERT INTO one VALUES (2);\n\n-- downgrade\n-- touches: one\nDELETE FROM one;\n",
    ),
    (
        "d4_four.sql",
        "-- revision: d4\n-- down_revision: c3\n-- message: four\n\n-- upgrade\nCREATE TABLE four (id INTEGER);\n\n\
         -- downgrade\nDROP TABLE four;\n",
    ),
];

#[test]
fn a_run_becomes_one_and_databases_in_the_middle_are_brought_on() {
    let mut place = Place::with(&RUN);
    for line in [
        "upgrade b2",
        "squash b2 a1",
        "squash a1 a1",
        "squash a1 nope",
        "squash a1 c3",
        "history",
        "current --check-heads",
        "plan head --json",
        "upgrade",
        "downgrade b2",
        "upgrade",
        "downgrade base",
        "upgrade",
        "squash c3 d4 --json -m 'everything'",
        "history",
        "current --check-heads",
        "downgrade a1",
        "upgrade",
    ] {
        place.shows(line);
    }
    let mut shown = place.transcript().to_owned();
    for (path, text) in place.files() {
        let name = path.display().to_string();
        if name.ends_with(".sql") {
            let at = name.find("migrations").unwrap();
            shown.push_str(&format!("== {}\n", &name[at..]));
            if name.contains("migrations/versions") {
                shown.push_str(&String::from_utf8(text).unwrap());
            }
        }
    }
    assert_snapshot!(shown);
}

#[test]
fn what_something_hangs_on_is_not_squashed() {
    let branch = (
        "e5_side.sql",
        "-- revision: e5\n-- down_revision: b2\n\n-- upgrade\nCREATE TABLE side (id INTEGER);\n",
    );
    let mut place = Place::with(&[RUN[0], RUN[1], RUN[2], branch]);
    place.shows("squash a1 c3");
    place.shows("squash b2 c3");
    place.shows("squash a1 b2");
    assert_snapshot!(place.transcript());
}
