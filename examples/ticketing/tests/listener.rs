//! The plugin's listener on a real SQLite file.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::error::Error;

use airflow_plugin::{DagRunEvent, DagRunState, Plugin, PluginContext};
use dunlin_core::dialect::DialectName;
use dunlin_core::session::{BoxError, BoxFuture};
use sea_orm::entity::prelude::*;
use sea_orm::{Database, DatabaseConnection};
use tempfile::TempDir;
use ticketing::TicketingPlugin;
use ticketing::models::dag_run_ticket;
use ticketing::services::{MockTicketSystem, NewTicket, Ticket, TicketService, TicketSystem};

/// The table as the Python plugin makes it.
const TABLE: &str = "CREATE TABLE dag_run_ticket (
    id INTEGER NOT NULL,
    dag_id VARCHAR(250) NOT NULL,
    run_id VARCHAR(250) NOT NULL,
    system VARCHAR(50) NOT NULL,
    \"key\" VARCHAR(250) NOT NULL,
    status VARCHAR(50),
    url TEXT,
    created_at DATETIME NOT NULL,
    updated_at DATETIME,
    CONSTRAINT dag_run_ticket_pkey PRIMARY KEY (id)
)";

struct File {
    directory: TempDir,
}

impl File {
    async fn with(sql: &str) -> Self {
        let file = Self { directory: tempfile::tempdir().unwrap() };
        let database = Database::connect(format!("{}?mode=rwc", file.url())).await.unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
        file
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.directory.path().join("airflow.db").display())
    }

    fn context(&self) -> PluginContext {
        PluginContext::new(self.url(), DialectName::Sqlite, None)
    }

    async fn open(&self) -> DatabaseConnection {
        Database::connect(self.url()).await.unwrap()
    }

    async fn rows(&self) -> Vec<dag_run_ticket::Model> {
        dag_run_ticket::Entity::find().all(&self.open().await).await.unwrap()
    }
}

struct DownSystem;

impl TicketSystem for DownSystem {
    fn name(&self) -> &str {
        "JIRA"
    }

    fn create<'a>(&'a self, _: &'a NewTicket) -> BoxFuture<'a, Result<Ticket, BoxError>> {
        Box::pin(async { Err("503 service unavailable".into()) })
    }
}

fn event(run_id: &str, state: DagRunState) -> DagRunEvent {
    DagRunEvent::new("etl", run_id, state)
}

/// An error and its causes.
fn chain(error: &(dyn Error + 'static)) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}

#[tokio::test]
async fn a_failed_run_makes_a_ticket_row() {
    let file = File::with(TABLE).await;
    let plugin = TicketingPlugin::new(MockTicketSystem).unwrap();
    let listeners = plugin.listeners();
    let [listener] = listeners.as_slice() else { panic!("one listener") };
    for run_id in ["r1", "r2"] {
        listener.on_dag_run_failed(&event(run_id, DagRunState::Failed), &file.context()).await.unwrap();
    }
    listener.on_dag_run_success(&event("r3", DagRunState::Success), &file.context()).await.unwrap();
    listener.on_dag_run_running(&event("r4", DagRunState::Running), &file.context()).await.unwrap();

    let rows = file.rows().await;
    let ids: Vec<_> = rows.iter().map(|row| (row.id, &*row.dag_id, &*row.run_id)).collect();
    assert_eq!(ids, [(1, "etl", "r1"), (2, "etl", "r2")]);
    let row = &rows[0];
    assert_eq!((&*row.system, &*row.key, row.status.as_deref()), ("GITHUB", "5454", Some("OPEN")));
    assert_eq!(row.url.as_deref(), Some("https://example.com/tickets/5454"));
    assert_eq!(row.updated_at, Some(row.created_at));
}

#[tokio::test]
async fn the_service_returns_the_row_that_is_there() {
    let file = File::with(TABLE).await;
    let context = file.context();
    let service = TicketService::new(&MockTicketSystem, &context);
    let before = std::time::SystemTime::now();
    let row = service.auto_create_for_failure(&event("r1", DagRunState::Failed)).await.unwrap();
    assert_eq!(file.rows().await, std::slice::from_ref(&row));
    let since = DateTimeUtc::from(before).naive_utc() - row.created_at;
    assert!((-5..=1).contains(&since.num_seconds()), "{row:?} is not in UTC");
}

/// SQLAlchemy reads what stands in the file as text.
#[tokio::test]
async fn times_stand_in_the_file_as_sqlalchemy_writes_them() {
    let file = File::with(TABLE).await;
    let context = file.context();
    let service = TicketService::new(&MockTicketSystem, &context);
    let row = service.auto_create_for_failure(&event("r1", DagRunState::Failed)).await.unwrap();
    let database = file.open().await;
    let sql = "SELECT typeof(created_at) || ' ' || created_at AS text FROM dag_run_ticket";
    let found =
        database.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql)).await;
    let text: String = found.unwrap().unwrap().try_get("", "text").unwrap();
    assert_eq!(text, format!("text {}", row.created_at.format("%Y-%m-%d %H:%M:%S")));
}

#[tokio::test]
async fn without_a_ticket_there_is_no_row() {
    let file = File::with(TABLE).await;
    let plugin = TicketingPlugin::new(DownSystem).unwrap();
    let failed = event("r1", DagRunState::Failed);
    let error = plugin.listeners()[0].on_dag_run_failed(&failed, &file.context()).await.unwrap_err();
    assert_eq!(chain(&*error), "JIRA made no ticket: 503 service unavailable");
    assert!(file.rows().await.is_empty());
}

#[tokio::test]
async fn a_missing_table_is_reported_with_the_tickets_key() {
    let file = File::with("CREATE TABLE other (id INTEGER)").await;
    let context = file.context();
    let service = TicketService::new(&MockTicketSystem, &context);
    let error = service.auto_create_for_failure(&event("r1", DagRunState::Failed)).await.unwrap_err();
    let text = chain(&error);
    assert!(text.starts_with("ticket 5454 was made, but could not be written down: "), "{text}");
    assert!(text.contains("no such table: dag_run_ticket"), "{text}");
}

#[tokio::test]
async fn a_missing_file_is_not_created_and_no_password_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.db");
    let urls = [
        format!("sqlite://{}", path.display()),
        "postgres://airflow:s3cret@host:notaport/airflow".to_owned(),
        "oracle://airflow:s3cret@127.0.0.1/airflow".to_owned(),
    ];
    for url in urls {
        let context = PluginContext::new(&url, DialectName::Sqlite, None);
        let service = TicketService::new(&MockTicketSystem, &context);
        let error = service.auto_create_for_failure(&event("r1", DagRunState::Failed)).await.unwrap_err();
        let text = format!("{} {error:?}", chain(&error));
        assert!(!text.contains("s3cret"), "{text}");
    }
    assert!(!path.exists());
}
