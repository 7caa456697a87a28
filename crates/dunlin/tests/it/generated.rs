//! Generated schemas and changes of them on real servers, with the checks of the catalogue's cases.
//!
//! A few in every run, always the same; `cargo xtask test --full` (`DUNLIN_TEST_FULL`) tries many more,
//! and `DUNLIN_TEST_CASES` says how many. A scenario that fails is made small and printed as code.

use dunlin_testkit::generate::{Numbers, code, numbers, scenario};
use dunlin_testkit::{Server, TestDatabase, Verdict, db_test};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};

const CASES: u32 = 24;
const CASES_IN_FULL: u32 = 1_000;

fn how_many() -> u32 {
    let said = std::env::var("DUNLIN_TEST_CASES").ok().and_then(|text| text.parse().ok());
    let full = std::env::var_os("DUNLIN_TEST_FULL").is_some();
    said.unwrap_or(if full { CASES_IN_FULL } else { CASES })
}

/// How often a scenario that fails is tried smaller.
const SMALLER: usize = 100;

#[derive(Default)]
struct Counts {
    tables: usize,
    changes: usize,
    refused: usize,
}

async fn try_scenarios(db: &TestDatabase) {
    let mut counts = Counts::default();
    let mut server = Server::new(db).await;
    let seed = RngSeed::Fixed(20_261_122);
    let mut runner =
        TestRunner::new(Config { rng_seed: seed, failure_persistence: None, ..Config::default() });
    let begun = std::time::Instant::now();
    for at in 0..how_many() {
        let mut tree = numbers().new_tree(&mut runner).unwrap();
        let Err(mut why) = attempt(&mut server, db, &tree.current(), &mut counts).await else { continue };
        let mut smallest = tree.current();
        let mut more = tree.simplify();
        for _ in 0..SMALLER {
            if !more {
                break;
            }
            more = match attempt(&mut server, db, &tree.current(), &mut Counts::default()).await {
                Err(other) => {
                    (why, smallest) = (other, tree.current());
                    tree.simplify()
                }
                Ok(()) => tree.complicate(),
            };
        }
        panic!("scenario {at}: {why}\n\n{}", code(&scenario(db.dialect(), &smallest)));
    }
    println!(
        "generated on {}: {} scenarios, {} tables, {} changes, {} refused, 0 failures, {} s",
        db.dialect(),
        how_many(),
        counts.tables,
        counts.changes,
        counts.refused,
        begun.elapsed().as_secs()
    );
}

async fn attempt(
    server: &mut Server<'_>,
    db: &TestDatabase,
    numbers: &Numbers,
    counts: &mut Counts,
) -> Result<(), String> {
    let case = scenario(db.dialect(), numbers);
    counts.tables += case.before.len();
    counts.changes += case.operations.len();
    match server.check(&case).await? {
        Verdict::Refused(_) => counts.refused += 1,
        Verdict::Done { not_offline, not_introspected, not_as_created, .. } => {
            if let Some(why) = not_offline.or(not_introspected).or(not_as_created) {
                return Err(why);
            }
        }
    }
    Ok(())
}

db_test! {
    async fn scenarios(db) {
        try_scenarios(db).await;
    }
}
