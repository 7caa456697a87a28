//! Test databases: one body, a test on each database, a database for each test.
//!
//! A test written with [`db_test!`] becomes four, named after the databases. Each gets a database of its
//! own, named after the test, made anew at its start, dropped at its end and kept when it fails. Servers
//! come from the environment (`DUNLIN_TEST_POSTGRES_URL`, `DUNLIN_TEST_MYSQL_URL`,
//! `DUNLIN_TEST_MARIADB_URL`), or from `cargo xtask db up`, which starts them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests end by panicking, and this is a part of them")]

mod database;
mod servers;

pub use database::TestDatabase;
pub use dunlin;

use std::pin::Pin;

use dunlin::core::dialect::DialectName;

/// The body of a test on one database.
pub type Body = for<'d> fn(&'d TestDatabase) -> Pin<Box<dyn Future<Output = ()> + 'd>>;

/// Makes a database for `test`, runs the body on it, and drops it if the body did not panic.
pub fn run(dialect: DialectName, test: &str, body: Body) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    runtime.block_on(async {
        let database = TestDatabase::create(dialect, test).await;
        body(&database).await;
        database.remove().await;
    });
}

/// Writes a test that runs on every database.
///
/// ```no_run
/// dunlin_testkit::db_test! {
///     async fn a_database_answers(db) {
///         assert_eq!(db.query("SELECT 1").await, [["1"]]);
///     }
/// }
/// ```
#[macro_export]
macro_rules! db_test {
    ($(#[$attribute:meta])* async fn $name:ident($db:ident) $body:block) => {
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: &$crate::TestDatabase) $body

            fn run(dialect: $crate::dunlin::core::dialect::DialectName) {
                $crate::run(dialect, concat!(module_path!(), ""), |db| Box::pin(body(db)));
            }

            #[test]
            fn postgres() {
                run($crate::dunlin::core::dialect::DialectName::Postgres);
            }

            #[test]
            fn mysql() {
                run($crate::dunlin::core::dialect::DialectName::MySql);
            }

            #[test]
            fn mariadb() {
                run($crate::dunlin::core::dialect::DialectName::MariaDb);
            }

            #[test]
            fn sqlite() {
                run($crate::dunlin::core::dialect::DialectName::Sqlite);
            }
        }
    };
}
