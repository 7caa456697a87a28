//! Comparisons on real databases: every case of the catalogue, and generated ones, as two states of the
//! models. Nothing is found where nothing differs; what is found leads to the models, and back.

use dunlin_testkit::catalogue::{Case, Check, cases, exception};
use dunlin_testkit::generate::{code, numbers, scenario};
use dunlin_testkit::{Compared, Server, TestDatabase, db_test};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Every `of`th case of the catalogue, beginning with one; `CATALOGUE` in the environment chooses those
/// whose names hold its text.
async fn check(db: &TestDatabase, first: usize, of: usize) {
    let chosen = std::env::var("CATALOGUE").unwrap_or_default();
    let wanted = |case: &Case| case.name.contains(&chosen);
    let mut server = Server::new(db).await;
    let (mut beside, mut converged, mut unchanged, mut known) = (0, 0, 0, 0);
    let mut wrong: Vec<String> = Vec::new();
    for case in cases().into_iter().filter(wanted).skip(first).step_by(of) {
        match server.check_comparison(&case).await {
            Ok(Compared::Beside) => beside += 1,
            Ok(Compared::Converged { operations: 0 }) => unchanged += 1,
            Ok(Compared::Converged { .. }) => converged += 1,
            Err(_) if is_known(&case, db) => known += 1,
            Err(why) => wrong.push(format!("## {}\n{why}", case.name)),
        }
    }
    println!(
        "{}: {converged} converged, {unchanged} without a difference, {beside} not on this database, \
         {known} with a known reason, {} wrong",
        db.dialect(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Whether the catalogue has a reason why the database of a case is not one that is created at once.
fn is_known(case: &Case, db: &TestDatabase) -> bool {
    let checks = [Check::Run, Check::AsCreated, Check::Introspection];
    checks.into_iter().any(|check| exception(case, db.dialect(), check).is_some())
}

db_test! {
    async fn cases_one(db) {
        check(db, 0, 3).await;
    }
}

db_test! {
    async fn cases_two(db) {
        check(db, 1, 3).await;
    }
}

db_test! {
    async fn cases_three(db) {
        check(db, 2, 3).await;
    }
}

const SCENARIOS: u32 = 24;
const SCENARIOS_IN_FULL: u32 = 1_000;

fn how_many() -> u32 {
    let said = std::env::var("DUNLIN_TEST_CASES").ok().and_then(|text| text.parse().ok());
    let full = std::env::var_os("DUNLIN_TEST_FULL").is_some();
    said.unwrap_or(if full { SCENARIOS_IN_FULL } else { SCENARIOS })
}

/// How often a scenario that fails is tried smaller.
const SMALLER: usize = 100;

db_test! {
    async fn generated(db) {
        let mut server = Server::new(db).await;
        let seed = RngSeed::Fixed(20_261_123);
        let mut runner =
            TestRunner::new(Config { rng_seed: seed, failure_persistence: None, ..Config::default() });
        let mut operations = 0;
        for at in 0..how_many() {
            let mut tree = numbers().new_tree(&mut runner).unwrap();
            let case = scenario(db.dialect(), &tree.current());
            let mut why = match server.check_comparison(&case).await {
                Ok(Compared::Converged { operations: some }) => {
                    operations += some;
                    continue;
                }
                Ok(Compared::Beside) => continue,
                Err(why) => why,
            };
            let mut smallest = tree.current();
            let mut more = tree.simplify();
            for _ in 0..SMALLER {
                if !more {
                    break;
                }
                more = match server.check_comparison(&scenario(db.dialect(), &tree.current())).await {
                    Err(other) => {
                        (why, smallest) = (other, tree.current());
                        tree.simplify()
                    }
                    Ok(_) => tree.complicate(),
                };
            }
            panic!("scenario {at}: {why}\n\n{}", code(&scenario(db.dialect(), &smallest)));
        }
        println!("compared on {}: {} scenarios, {operations} operations, 0 failures", db.dialect(), how_many());
    }
}
