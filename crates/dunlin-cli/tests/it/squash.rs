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

#[test]
fn statements_stay_what_they_are() {
    let open = (
        "a1.sql",
        "-- revision: a1\n\n-- upgrade\nCREATE TABLE one (id INTEGER)\n\n-- upgrade: mysql\nDELIMITER //\n\
         CREATE TABLE one (id INTEGER)//\n\n-- downgrade\nDROP TABLE one -- the last\n",
    );
    let empty = ("b2.sql", "-- revision: b2\n-- down_revision: a1\n\n-- upgrade\n\n-- downgrade\n");
    let two = (
        "c3.sql",
        "-- revision: c3\n-- down_revision: b2\n\n-- upgrade\nINSERT INTO one VALUES (1); INSERT INTO one VALUES (2)\n\n\
         -- downgrade\nDELETE FROM one\n",
    );
    let mut place = Place::with(&[open, empty, two]);
    let statements = |place: &Place, dialect: &str| {
        let plan = place.succeed(&["plan", "head", "--json", "--from", "base", "--dialect", dialect]);
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        let all =
            plan["steps"].as_array().unwrap().iter().flat_map(|step| step["statements"].as_array().unwrap());
        let of_ours = all.filter_map(|sql| sql.as_str()).filter(|sql| sql.contains(" one"));
        of_ours.map(str::to_owned).collect::<Vec<_>>()
    };
    let databases = ["postgres", "mysql", "mariadb", "sqlite"];
    let before = databases.map(|name| statements(&place, name));
    place.shows("squash a1 c3");
    assert_eq!(databases.map(|name| statements(&place, name)), before);
    for line in ["upgrade", "downgrade base", "show b2", "plan head --from b2", "upgrade b2:head --sql"] {
        place.shows(line);
    }
    let without =
        ("d4.sql", "-- revision: d4\n-- down_revision: c3\n\n-- upgrade\nCREATE TABLE four (id INTEGER);\n");
    place.write(&format!("migrations/versions/{}", without.0), without.1);
    place.shows("squash c3 d4");
    assert_snapshot!(place.transcript());
}
