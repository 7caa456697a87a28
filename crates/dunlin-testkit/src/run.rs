//! Running the body of a test on a database.

use std::pin::Pin;

use dunlin::core::dialect::DialectName;

use crate::database::TestDatabase;

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
