//! A revision that does nothing, as the talk's was, is a revision like any other.

use dunlin_core::prelude::*;
use dunlin_core::revision::Direction;
use dunlin_macros::migrations;

#[test]
fn an_empty_placeholder_is_valid() {
    let migrations = migrations!("tests/placeholder");
    let [placeholder] = migrations.versions() else { panic!("{migrations:?}") };
    let revision = Revision::new("d759c6d30f5a").message("placeholder migration");
    assert_eq!(placeholder.revision(), &revision);
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        let mut operations = Operations::default();
        placeholder.record(direction, &mut operations).unwrap();
        assert_eq!(operations.finish(), []);
    }
}
