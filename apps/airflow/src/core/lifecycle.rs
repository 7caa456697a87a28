//! What the core sees to beside its revisions: rows that are always to be there, and tables of rows that revisions
//! moved aside.

use dunlin_core::dialect::DialectName;
use dunlin_core::manager::{Lifecycle, Run};
use dunlin_core::schema::SqlValue;
use dunlin_core::session::{BoxError, BoxFuture, Session};

use crate::config::{LogTemplate, Seeds};

/// The core's manager as a host with these settings has it.
pub(crate) struct Core {
    pub(crate) seeds: Seeds,
}

impl Lifecycle for Core {
    fn after_upgrade<'a>(&'a self, session: &'a mut dyn Session) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let there = tables(session, "name IN ('slot_pool', 'log_template')").await?;
            if there.iter().any(|table| table == "slot_pool") {
                self.default_pool(session).await?;
            }
            if there.iter().any(|table| table == "log_template") {
                self.log_template(session).await?;
            }
            Ok(())
        })
    }

    /// The tables go first: a reset that stops here can be run again, as the version row is still there.
    fn reset<'a>(&'a self, run: &'a mut dyn Run) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let session = run.session();
            for table in tables(session, MOVED).await? {
                let table = session.table(&table.as_str().into());
                session.execute(&format!("DROP TABLE {table}")).await?;
            }
            run.run_default().await
        })
    }
}

/// Airflow's names for tables of rows that were in the way of a revision; pickled values of xcom have one of their own.
const MOVED: &str = "(name LIKE '!_airflow!_moved!_!_%' ESCAPE '!' OR name = '_xcom_archive')";

/// Before `405de8318b3a` a pool does not say whether deferred tasks count.
const WITHOUT_DEFERRED: [&str; 3] = ["4bc4d934e2bc", "937cbd173ca1", "788397e78828"];

impl Core {
    async fn default_pool(&self, session: &mut dyn Session) -> Result<(), BoxError> {
        let pools = session.table(&"slot_pool".into());
        let found = session.query(&format!("SELECT 1 FROM {pools} WHERE pool = 'default_pool'")).await?;
        if !found.is_empty() {
            return Ok(());
        }
        let rows = session.query("SELECT version_num FROM alembic_version").await?;
        let is_old = rows.iter().any(|row| row.text(0).is_some_and(|at| WITHOUT_DEFERRED.contains(&at)));
        let deferred = session.literal(&SqlValue::Boolean(false));
        let (column, value) =
            if is_old { ("", String::new()) } else { (", include_deferred", format!(", {deferred}")) };
        let slots = self.seeds.pool_slots;
        let insert = format!(
            "INSERT INTO {pools} (pool, slots, description{column}) \
             VALUES ('default_pool', {slots}, 'Default pool'{value})"
        );
        session.execute(&insert).await?;
        Ok(())
    }

    /// The newest row is the template as it is set; older ones say where the logs of older runs are.
    async fn log_template(&self, session: &mut dyn Session) -> Result<(), BoxError> {
        let Seeds { template, outdated, .. } = &self.seeds;
        let templates = session.table(&"log_template".into());
        let newest = format!("SELECT filename, elasticsearch_id FROM {templates} ORDER BY id DESC LIMIT 1");
        let newest = session.query(&newest).await?.into_iter().next();
        if newest.is_none() && *template == LogTemplate::by_default() {
            insert(session, &before_2_3()).await?;
        }
        if let Some(outdated) = outdated {
            let [filename, id] = literals(session, outdated);
            let known = format!(
                "SELECT 1 FROM {templates} WHERE filename = {filename} OR elasticsearch_id = {id} LIMIT 1"
            );
            if session.query(&known).await?.is_empty() {
                insert(session, outdated).await?;
            }
        }
        let is_newest = newest.is_some_and(|row| {
            row.text(0) == Some(&template.filename) && row.text(1) == Some(&template.elasticsearch_id)
        });
        if is_newest { Ok(()) } else { insert(session, template).await }
    }
}

/// Where the logs of runs before Airflow 2.3 are.
fn before_2_3() -> LogTemplate {
    LogTemplate {
        filename: "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log".to_owned(),
        elasticsearch_id: "{dag_id}-{task_id}-{logical_date}-{try_number}".to_owned(),
    }
}

async fn insert(session: &mut dyn Session, template: &LogTemplate) -> Result<(), BoxError> {
    let templates = session.table(&"log_template".into());
    let [filename, id] = literals(session, template);
    let insert = format!(
        "INSERT INTO {templates} (filename, elasticsearch_id, created_at) VALUES ({filename}, {id}, CURRENT_TIMESTAMP)"
    );
    session.execute(&insert).await?;
    Ok(())
}

fn literals(session: &dyn Session, template: &LogTemplate) -> [String; 2] {
    [&template.filename, &template.elasticsearch_id].map(|text| session.literal(&SqlValue::text(text)))
}

/// The tables of the host's schema whose `name` is so.
pub(crate) async fn tables(session: &mut dyn Session, condition: &str) -> Result<Vec<String>, BoxError> {
    let schema = session.schema().map(|schema| session.literal(&SqlValue::text(schema)));
    let of = |here: &str| {
        format!(
            "SELECT name FROM (SELECT table_name AS name FROM information_schema.tables \
             WHERE table_schema = {} AND table_type = 'BASE TABLE') AS known WHERE {condition} ORDER BY name",
            schema.as_deref().unwrap_or(here)
        )
    };
    let sql = match session.dialect() {
        DialectName::Postgres => of("current_schema()"),
        DialectName::MySql | DialectName::MariaDb => of("DATABASE()"),
        DialectName::Sqlite => {
            format!("SELECT name FROM sqlite_master WHERE type = 'table' AND {condition} ORDER BY name")
        }
    };
    let rows = session.query(&sql).await?;
    Ok(rows.into_iter().filter_map(|row| row.text(0).map(str::to_owned)).collect())
}
