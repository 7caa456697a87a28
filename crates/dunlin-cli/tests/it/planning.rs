//! Plans, stamps, and waiting.

use insta::assert_snapshot;

use crate::support::{BRANCHES, LINE, Place};

#[test]
fn a_plan_says_what_would_run_and_runs_nothing() {
    let mut place = Place::with(&LINE);
    for line in [
        "plan",
        "plan --json",
        "plan c3d4 --from a1b2 --json",
        "plan +1 --from base --dialect postgres",
        "plan -1 --downgrade --from e5f6 --json",
        "plan base --downgrade --from c3 --dialect mariadb",
        "plan a1b2 --from e5f6",
        "plan a1b2 --from e5f6 --json",
        "plan e5f6 --downgrade --from a1b2",
        "plan base --downgrade",
        "plan --from nope",
        "plan nope",
        "plan a1b2:c3d4",
        "plan --dialect mysql",
    ] {
        let before = place.files();
        place.shows(line);
        assert_eq!(place.files(), before, "{line} wrote something");
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_plan_over_branches_says_the_rows_after_each_step() {
    let mut place = Place::with(&BRANCHES);
    for line in [
        "plan heads --json",
        "plan --json",
        "plan other@head --from a1b2 --json",
        "plan left@-1 --downgrade --from b2b2,d1d1 --json",
        "plan base --downgrade --from b2b2,d1d1 --json",
        "plan heads --from b1b1,d1d1 --json",
    ] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_stamp_changes_the_rows_and_nothing_else() {
    let mut place = Place::with(&LINE);
    for line in [
        "ensure-version",
        "ensure-version",
        "stamp c3d4",
        "current",
        "stamp c3d4",
        "stamp head --json",
        "stamp nope",
        "stamp",
        "stamp base",
        "current",
        "stamp a1b2 --sql",
        "stamp a1b2:c3d4 --sql --dialect mysql",
        "stamp a1b2 --sql --purge",
        "ensure-version --sql --dialect postgres",
    ] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn a_count_that_leads_nowhere_is_explained() {
    let merge =
        ("m1m1.sql", "-- revision: m1m1\n-- down_revision: b1b1, b2b2\n\n-- upgrade\n\n-- downgrade\n");
    let mut place = Place::with(&[&BRANCHES[..3], &[merge]].concat());
    for line in [
        "plan +2 --from base",
        "plan left@+2 --from base",
        "plan +9 --from base",
        "plan -1 --from a1b2",
        "plan +1 --from b1b1,b2b2",
        "plan -1 --downgrade --from b1b1,b2b2",
        "plan -1 --downgrade --from m1m1",
        "plan left@-1 --downgrade --from m1m1",
        "plan b1b1 --downgrade --from m1m1",
        "plan +1 --downgrade --from m1m1",
        "plan a1b2-2 --downgrade --from m1m1",
    ] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn several_branches_are_stamped() {
    let mut place = Place::with(&BRANCHES);
    for line in [
        "stamp left right",
        "stamp other@head",
        "current",
        "stamp a1b2 --purge",
        "current",
        "stamp a1b2:left a1b2:right --sql",
        "stamp a1b2:left base:right --sql",
    ] {
        place.shows(line);
    }
    assert_snapshot!(place.transcript());
}

#[test]
fn waiting_ends_when_the_database_is_up_to_date_or_the_time_is_over() {
    let mut place = Place::with(&LINE);
    place.shows("wait --timeout 0");
    place.shows("wait --timeout 1");
    assert!(!place.path("app.db").exists());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| place.run(&["wait", "--timeout", "60"]));
        std::thread::sleep(std::time::Duration::from_millis(700));
        place.succeed(&["upgrade"]);
        let waited = waiting.join().unwrap();
        assert_eq!((waited.code, waited.stdout.as_str()), (0, "shop: up to date\n"), "{waited:?}");
    });
    place.shows("wait");
    place.shows("wait --json");
    let down = Place::on("postgresql://u@127.0.0.1:1/shop", &LINE);
    for (timeout, place) in [("1", &down), ("1", &Place::with(&LINE))] {
        let started = std::time::Instant::now();
        let waited = place.run(&["wait", "--timeout", timeout]);
        assert!(waited.code != 0 && started.elapsed().as_millis() >= 1000, "{waited:?}");
        assert!(waited.stderr.starts_with("waiting: "), "{waited:?}");
    }
    assert_snapshot!(place.transcript());
}
