//! What an owner's own code sees of the connection.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::SqlValue;
use dunlin_core::session::{BoxError, BoxFuture, Row, Session};
use dunlin_engine::dialect::RenderError;
use dunlin_engine::sql::implicit_commit::commits_implicitly;

use crate::database::Database;
use crate::error::Error;

/// The connection in the host's schema.
pub(super) struct OwnerSession<'r> {
    pub(super) database: &'r mut Database,
    pub(super) schema: Option<String>,
    /// Whether a file of SQL runs, whose bare names are taken as they stand.
    pub(super) in_file: bool,
    /// Whether a data step runs, whose transaction no statement may commit.
    pub(super) in_data_step: bool,
    /// Whether a statement ran in no step that may have written.
    pub(super) wrote: bool,
}

impl OwnerSession<'_> {
    /// A statement that changes the schema commits the step so far where DDL is not transactional.
    fn refuse_ddl(&self, sql: &str) -> Result<(), Error> {
        if !self.in_data_step || self.database.dialect().capabilities().transactional_ddl {
            return Ok(());
        }
        let dialect = self.database.dialect().name();
        match commits_implicitly(sql) {
            Some(statement) => {
                Err(Error::DataStep { source: RenderError::DdlInDataStep { dialect, statement } })
            }
            None => Ok(()),
        }
    }
}

impl OwnerSession<'_> {
    /// Lets bare names in a revision's own SQL mean tables of the host's schema; what takes that back, where it is not
    /// the connection's own.
    pub(super) async fn look_in_schema(&mut self) -> Result<Option<String>, Error> {
        match &self.schema {
            Some(schema) if !self.in_file => self.database.look_in(schema).await,
            _ => Ok(None),
        }
    }

    /// Takes it back. A transaction that failed does that itself on PostgreSQL.
    pub(super) async fn look_back<T>(
        &mut self,
        back: Option<String>,
        done: Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(back) = back else { return done };
        let looked = self.database.run(&back).await;
        let done = done?;
        looked?;
        Ok(done)
    }
}

impl Session for OwnerSession<'_> {
    fn dialect(&self) -> DialectName {
        self.database.dialect().name()
    }

    fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    fn quote(&self, identifier: &str) -> String {
        self.database.dialect().quote(identifier)
    }

    fn literal(&self, value: &SqlValue) -> String {
        self.database.dialect().value(value)
    }

    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64, BoxError>> {
        Box::pin(async move {
            self.refuse_ddl(sql)?;
            self.wrote |= !self.in_data_step;
            Ok(self.database.run(sql).await?)
        })
    }

    fn query<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<Row>, BoxError>> {
        Box::pin(async move {
            self.refuse_ddl(sql)?;
            self.database.refuse_reaching(sql)?;
            let only_reads = sql.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("SELECT "));
            self.wrote |= !self.in_data_step && !only_reads;
            Ok(self.database.rows(sql).await?)
        })
    }
}
