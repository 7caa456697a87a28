//! Comparisons on real databases: every case of the catalogue, and generated ones, as two states of the
//! models. Nothing is found where nothing differs; what is found leads to the models, and back.

use dunlin::core::dialect::DialectName::{self, MariaDb, Postgres};
use dunlin_testkit::catalogue::{Case, cases_in};
use dunlin_testkit::generate::{code, numbers, scenario};
use dunlin_testkit::{Compared, Server, TestDatabase, db_test};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// A comparison that does not lead where it should, and that is no defect of dunlin's.
struct Exception {
    /// The beginning of the cases' names.
    cases: &'static str,
    on: &'static [DialectName],
    /// How the failure begins.
    stage: &'static str,
    /// What it says.
    says: &'static str,
    /// Why it is so.
    why: &'static str,
}

const fn except(
    cases: &'static str,
    on: &'static [DialectName],
    stage: &'static str,
    says: &'static str,
    why: &'static str,
) -> Exception {
    Exception { cases, on, stage, says, why }
}

/// All of them: a test fails when one is not needed.
static EXCEPTIONS: &[Exception] = &[
    except(
        "rename table",
        &[Postgres],
        "up: ",
        "is  constraint renamed.t_pkey",
        "an unnamed key keeps its name",
    ),
    except(
        "alter column / type / text",
        &[Postgres],
        "up: ",
        "default='old'::character varying",
        "a default keeps the type that the column had",
    ),
    except("create index / collation of SQLite", &[Postgres], "created: ", "NOCASE", NO_SUCH_COLLATION),
    except(
        "create table / index / collation of SQLite",
        &[Postgres],
        "created: ",
        "NOCASE",
        NO_SUCH_COLLATION,
    ),
    except(
        "create table / option / temporary",
        &[Postgres],
        "down: ",
        "no table t",
        "it goes with its session",
    ),
    except("create index / parser", &[MariaDb], "created: ", "'ngram' is not defined", NO_SUCH_PARSER),
    except(
        "create table / index / parser",
        &[MariaDb],
        "created: ",
        "'ngram' is not defined",
        NO_SUCH_PARSER,
    ),
];

const NO_SUCH_COLLATION: &str = "there is no collation of that name";
const NO_SUCH_PARSER: &str = "there is no parser of that name";

/// Every `of`th case of the catalogue, beginning with one; `CATALOGUE` in the environment chooses those
/// whose names hold its text.
async fn check(db: &TestDatabase, first: usize, of: usize) {
    let chosen = std::env::var("CATALOGUE").unwrap_or_default();
    let wanted = |case: &Case| case.name.contains(&chosen);
    let mut server = Server::new(db).await;
    let (mut beside, mut converged, mut unchanged) = (0, 0, 0);
    let mut wrong: Vec<String> = Vec::new();
    let all = cases_in(&format!("{}_beside", db.name()));
    let cases: Vec<Case> = all.into_iter().filter(wanted).skip(first).step_by(of).collect();
    let mut needed: Vec<&Exception> =
        EXCEPTIONS.iter().filter(|known| known.on.contains(&db.dialect())).collect();
    needed.retain(|known| cases.iter().any(|case| case.name.starts_with(known.cases)));
    let known = needed.clone();
    for case in &cases {
        match server.check_comparison(case).await {
            Ok(Compared::Beside) => beside += 1,
            Ok(Compared::Converged { operations: 0 }) => unchanged += 1,
            Ok(Compared::Converged { .. }) => converged += 1,
            Err(why) => {
                let is_of = |known: &&Exception| {
                    case.name.starts_with(known.cases)
                        && why.starts_with(known.stage)
                        && why.contains(known.says)
                };
                match known.iter().copied().find(is_of) {
                    Some(known) => needed.retain(|other| !std::ptr::eq(*other, known)),
                    None => wrong.push(format!("## {}\n{why}", case.name)),
                }
            }
        }
    }
    wrong.extend(
        needed
            .iter()
            .map(|known| format!("## {}: an exception that is not needed: {}", known.cases, known.why)),
    );
    println!(
        "{}: {converged} converged, {unchanged} without a difference, {beside} not on this database, \
         {} with a known reason, {} wrong",
        db.dialect(),
        known.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
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
