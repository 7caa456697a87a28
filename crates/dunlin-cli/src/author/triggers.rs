//! Triggers of SQLite that SQL made: a revision in SQL that rebuilds their tables, or makes their views anew, puts them
//! back.

use dunlin::core::dialect::{DialectName, PerDialect};
use dunlin::core::operation::Operation;
use dunlin::core::schema::{Metadata, Object, TableName};
use dunlin::engine::dialect::dialect;
use dunlin::engine::sql::trigger::table_of;
use dunlin::{Database, Error, SqliteTrigger};

use super::Author;

/// Lets a history and models know the triggers of what both have. What the models do not have is dropped, or has
/// another name.
pub(super) fn put_back(triggers: Vec<SqliteTrigger>, known: &mut Metadata, models: &mut Metadata) {
    for trigger in triggers {
        let Some(table) = holder(&trigger, models).cloned() else { continue };
        if holder(&trigger, known).is_none() || is_object(&trigger, known) || is_object(&trigger, models) {
            continue;
        }
        let drop = format!("DROP TRIGGER {}", dialect(DialectName::Sqlite).quote(&trigger.name));
        let only = |sql| PerDialect::only(DialectName::Sqlite, sql);
        let object = Object::new(format!("trigger {} on {}", trigger.name, trigger.table))
            .create(only(trigger.sql))
            .drop(only(drop))
            .touches([table]);
        known.objects.push(object.clone());
        models.objects.push(object);
    }
}

/// The table or view that a trigger is of.
fn holder<'m>(trigger: &SqliteTrigger, schema: &'m Metadata) -> Option<&'m TableName> {
    let tables = schema.tables().iter().map(|table| &table.name);
    let mut all = tables.chain(schema.views.iter().map(|view| &view.name));
    all.find(|name| name.schema.is_none() && name.name.eq_ignore_ascii_case(&trigger.table))
}

/// Whether one of the objects makes a trigger.
fn is_object(trigger: &SqliteTrigger, schema: &Metadata) -> bool {
    let statements = schema.objects.iter().flat_map(|object| &object.create);
    statements.filter_map(|sql| sql.get(DialectName::Sqlite)).any(|sql| {
        let is_its = table_of(sql).is_some_and(|table| table.eq_ignore_ascii_case(&trigger.table));
        let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        is_its && (sql.contains(&trigger.name) || words.any(|word| word.eq_ignore_ascii_case(&trigger.name)))
    })
}

/// What to say of the triggers that a revision takes along and does not put back.
pub(super) async fn lost(
    author: &Author<'_>,
    database: &mut Database,
    operations: &[Operation],
) -> Result<Vec<String>, Error> {
    let owner = author.migrator.owner(author.owner)?;
    let is_lost = |trigger: &SqliteTrigger| {
        operations.iter().any(|operation| {
            let table = match operation {
                Operation::DropView { name, .. } => name,
                Operation::DropTable { table, .. } => table,
                // What runs such an operation itself puts its triggers back.
                Operation::RenameTable { table, .. } | Operation::AlterTable { table, .. }
                    if author.writes_sql =>
                {
                    table
                }
                _ => return false,
            };
            table.name.eq_ignore_ascii_case(&trigger.table)
        })
    };
    let mut triggers = database.sqlite_triggers().await?;
    triggers.retain(is_lost);
    if triggers.is_empty() {
        return Ok(Vec::new());
    }
    let history = owner
        .replay(&owner.history().effective_heads())
        .map_err(|source| Error::Plan { owner: owner.name().to_owned(), source: source.into() })?;
    let unknown = triggers.iter().filter(|trigger| !is_object(trigger, &history));
    let words = |trigger: &SqliteTrigger| {
        format!(
            "warning: the trigger {} of {} may be lost with what the revision does to that: see that it comes back",
            trigger.name, trigger.table
        )
    };
    Ok(unknown.map(words).collect())
}
