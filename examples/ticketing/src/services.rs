//! The ticket system, and what happens when a dag run fails.

use std::time::{Duration, SystemTime};

use airflow_plugin::{DagRunEvent, PluginContext};
use dunlin_core::session::{BoxError, BoxFuture};
use sea_orm::entity::prelude::*;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectOptions, Database, Insert, QueryTrait, RuntimeErr, TryIntoModel,
};
use thiserror::Error;

use crate::models::dag_run_ticket;

/// How long an event waits for the database.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A place where tickets live: GitHub, Jira, ….
pub trait TicketSystem: Send + Sync {
    /// Its name, as it stands in the table.
    fn name(&self) -> &str;

    /// Makes a ticket.
    ///
    /// # Errors
    /// Whatever the system says.
    fn create<'a>(&'a self, ticket: &'a NewTicket) -> BoxFuture<'a, Result<Ticket, BoxError>>;
}

/// A ticket to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// One line.
    pub title: String,
    /// The text.
    pub body: String,
}

impl NewTicket {
    /// What there is to say about a failed run.
    pub fn for_failure(event: &DagRunEvent) -> Self {
        let DagRunEvent { dag_id, run_id, message, .. } = event;
        let mut body = format!("Run {run_id} of dag {dag_id} has failed.");
        if !message.is_empty() {
            body = format!("{body}\n\n{message}");
        }
        Self { title: format!("Failed: {dag_id} ({run_id})"), body }
    }
}

/// A ticket that a system has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its key.
    pub key: String,
    /// Where it can be read.
    pub url: Option<String>,
}

/// Makes the same ticket every time and tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct MockTicketSystem;

impl TicketSystem for MockTicketSystem {
    fn name(&self) -> &str {
        "GITHUB"
    }

    fn create<'a>(&'a self, _: &'a NewTicket) -> BoxFuture<'a, Result<Ticket, BoxError>> {
        let url = Some("https://example.com/tickets/5454".to_owned());
        Box::pin(async { Ok(Ticket { key: "5454".to_owned(), url }) })
    }
}

/// Makes tickets and writes them down in the host's database.
pub struct TicketService<'a> {
    system: &'a dyn TicketSystem,
    context: &'a PluginContext,
}

impl<'a> TicketService<'a> {
    /// Tickets go to `system` and to the database of `context`.
    pub fn new(system: &'a dyn TicketSystem, context: &'a PluginContext) -> Self {
        Self { system, context }
    }

    /// Makes a ticket for a failed run and returns its row.
    ///
    /// The database is connected first, so that no ticket is made that cannot be written down.
    ///
    /// # Errors
    /// [`TicketError`]; the row is not there then.
    pub async fn auto_create_for_failure(
        &self,
        event: &DagRunEvent,
    ) -> Result<dag_run_ticket::Model, TicketError> {
        let database = self.connect().await?;
        let row = self.create_and_record(event, &database).await;
        // The row is committed or it is not: a failing goodbye changes neither.
        database.close().await.ok();
        row
    }

    /// One connection for one event.
    async fn connect(&self) -> Result<DatabaseConnection, TicketError> {
        let mut options = ConnectOptions::new(self.context.database_url());
        options.max_connections(1).acquire_timeout(CONNECT_TIMEOUT).sqlx_logging(false);
        Database::connect(options).await.map_err(|error| match error {
            // SeaORM's text would show the URL, which may hold a password.
            DbErr::Conn(RuntimeErr::Internal(_)) => TicketError::Url,
            source => TicketError::Connect { source },
        })
    }

    async fn create_and_record(
        &self,
        event: &DagRunEvent,
        database: &DatabaseConnection,
    ) -> Result<dag_run_ticket::Model, TicketError> {
        let wanted = NewTicket::for_failure(event);
        let made = self.system.create(&wanted).await;
        let system = self.system.name().to_owned();
        let Ticket { key, url } = match made {
            Ok(ticket) => ticket,
            Err(source) => return Err(TicketError::System { system, source }),
        };
        let now = now();
        let mut ticket = dag_run_ticket::ActiveModel {
            id: NotSet,
            dag_id: Set(event.dag_id.clone()),
            run_id: Set(event.run_id.clone()),
            system: Set(system),
            key: Set(key.clone()),
            status: Set(Some("OPEN".to_owned())),
            url: Set(url),
            created_at: Set(now),
            updated_at: Set(Some(now)),
        };
        let unrecorded = |source| TicketError::Record { key, source };
        let inserted = insert(&ticket, self.context.schema()).exec(database).await;
        match inserted {
            Ok(inserted) => ticket.id = Set(inserted.last_insert_id),
            Err(source) => return Err(unrecorded(source)),
        }
        ticket.try_into_model().map_err(unrecorded)
    }
}

/// An entity's schema is fixed when it is compiled; the host's is known only now.
fn insert(ticket: &dag_run_ticket::ActiveModel, schema: Option<&str>) -> Insert<dag_run_ticket::ActiveModel> {
    let mut insert = dag_run_ticket::Entity::insert(ticket.clone());
    if let Some(schema) = schema {
        QueryTrait::query(&mut insert).into_table((schema.to_owned(), dag_run_ticket::Entity));
    }
    insert
}

/// Now in UTC, in whole seconds: more than that MySQL's DATETIME does not keep.
fn now() -> DateTime {
    let now = DateTimeUtc::from(SystemTime::now());
    (now - Duration::from_nanos(now.timestamp_subsec_nanos().into())).naive_utc()
}

/// Why a failed run has no row.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TicketError {
    /// The host's URL is not one that SeaORM takes.
    #[error("the database URL is not one that SeaORM understands")]
    Url,
    /// There is no connection; no ticket was made.
    #[error("cannot connect to the database")]
    Connect {
        /// What the database says.
        source: DbErr,
    },
    /// The system made no ticket.
    #[error("{system} made no ticket")]
    System {
        /// The system's name.
        system: String,
        /// What it says.
        source: BoxError,
    },
    /// The ticket was made, but its row could not be written.
    #[error("ticket {key} was made, but could not be written down")]
    Record {
        /// The ticket's key.
        key: String,
        /// What the database says.
        source: DbErr,
    },
}

#[cfg(test)]
mod tests {
    use airflow_plugin::DagRunState;
    use sea_orm::{DbBackend, IntoActiveModel};

    use super::*;

    #[test]
    fn a_ticket_says_what_airflow_said() {
        let mut event = DagRunEvent::new("etl", "r1", DagRunState::Failed);
        assert_eq!(NewTicket::for_failure(&event).body, "Run r1 of dag etl has failed.");
        event.message = "task_failure".into();
        assert_eq!(
            NewTicket::for_failure(&event),
            NewTicket {
                title: "Failed: etl (r1)".into(),
                body: "Run r1 of dag etl has failed.\n\ntask_failure".into()
            }
        );
    }

    #[test]
    fn rows_land_in_the_hosts_schema() {
        let ticket = dag_run_ticket::Model {
            id: 1,
            dag_id: "etl".into(),
            run_id: "r1".into(),
            system: "GITHUB".into(),
            key: "5454".into(),
            status: None,
            url: None,
            created_at: now(),
            updated_at: None,
        }
        .into_active_model();
        for (schema, backend, expected) in [
            (None, DbBackend::Postgres, r#"INSERT INTO "dag_run_ticket" ("#),
            (Some("af"), DbBackend::Postgres, r#"INSERT INTO "af"."dag_run_ticket" ("#),
            (Some("af"), DbBackend::MySql, "INSERT INTO `af`.`dag_run_ticket` ("),
        ] {
            let sql = insert(&ticket, schema).build(backend).to_string();
            assert!(sql.starts_with(expected), "{sql}");
        }
    }
}
