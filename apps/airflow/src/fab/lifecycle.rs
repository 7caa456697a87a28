//! What a reset of FAB's tables has to do beside dropping them.

use dunlin_core::dialect::DialectName;
use dunlin_core::manager::{Lifecycle, Run};
use dunlin_core::session::{BoxError, BoxFuture};

use super::models::COUNTED;
use crate::core::tables;

/// Where the real one creates the tables from its models, ids come from sequences that no table owns.
pub(super) struct Fab;

impl Lifecycle for Fab {
    fn reset<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            run.run_default().await?;
            let session = run.session();
            if !matches!(session.dialect(), DialectName::Postgres | DialectName::MariaDb) {
                return Ok(());
            }
            // Those that the core has again stay, with their sequences.
            let kept = tables(session, "name LIKE 'ab!_%' ESCAPE '!'").await?;
            for table in COUNTED.iter().filter(|table| !kept.iter().any(|kept| kept == *table)) {
                let sequence = session.table(&format!("{table}_id_seq").as_str().into());
                session.execute(&format!("DROP SEQUENCE IF EXISTS {sequence}")).await?;
            }
            Ok(())
        })
    }
}
