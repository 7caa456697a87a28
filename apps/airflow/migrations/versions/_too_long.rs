//! Texts for which a column will have no room, told before anything changes.

use dunlin_core::prelude::*;
use dunlin_core::session::{BoxError, Session};

/// Stops where texts of a column are longer than so many characters. SQLite has no limit.
pub(super) async fn refuse(
    session: &mut dyn Session,
    table: &str,
    column: &str,
    most: u32,
) -> Result<(), BoxError> {
    if session.dialect() == DialectName::Sqlite {
        return Ok(());
    }
    let rows = session
        .query(&format!("SELECT count(*), min(id) FROM {table} WHERE char_length({column}) > {most}"))
        .await?;
    match rows.first().and_then(|row| row.text(0).zip(row.text(1))) {
        None => Ok(()),
        Some((count, id)) => Err(format!(
            "table {table} has {count} row(s) whose {column} is too long: Airflow 3 has room for {most} characters; the \
             first has the id {id}: make them shorter, or delete them"
        )
        .into()),
    }
}
