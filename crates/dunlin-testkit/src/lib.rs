//! Test databases: one body, a test on each database, a database for each test.
//!
//! A test written with [`db_test!`] becomes four, named after the databases. Each gets a database of its
//! own, named after the test, made anew at its start, dropped at its end and kept when it fails. Servers
//! come from the environment (`DUNLIN_TEST_POSTGRES_URL`, `DUNLIN_TEST_MYSQL_URL`,
//! `DUNLIN_TEST_MARIADB_URL`), or from `cargo xtask db up`, which starts them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests end by panicking, and this is a part of them")]

pub mod catalogue;
#[cfg(feature = "databases")]
mod check;
#[cfg(feature = "databases")]
mod client;
#[cfg(feature = "databases")]
mod database;
#[cfg(feature = "databases")]
mod dump;
#[cfg(feature = "databases")]
pub mod generate;
pub mod guide;
#[cfg(feature = "databases")]
mod run;
#[cfg(feature = "databases")]
mod servers;

#[cfg(feature = "databases")]
pub use check::{Compared, Server, Verdict, chain};
#[cfg(feature = "databases")]
pub use database::TestDatabase;
#[cfg(feature = "databases")]
pub use dump::{dump, wipe};
#[cfg(feature = "databases")]
pub use dunlin;
#[cfg(feature = "databases")]
pub use run::{Body, run};

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
