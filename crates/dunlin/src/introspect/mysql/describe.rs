//! What the server makes of tables and views that are written down.
//!
//! Tables are created as temporary ones, which nobody else sees, and which neither commit anything nor need
//! more than the right to create temporary tables. Views cannot be temporary, and the server prints the
//! query of one in words of its own. What two queries are to it, the trace of its optimizer tells: the
//! query with all names resolved, before it is changed in any way.

use dunlin_core::operation::Operation;
use dunlin_core::prelude::{Column, DataType};
use dunlin_core::schema::{IndexKey, Metadata, PrimaryKey, SqlValue, Table, TableName, View};
use dunlin_engine::dialect::own_table;
use dunlin_engine::sql::rename::expressions_mut;

use super::super::{Described, filled};
use super::queries;
use super::show_create;
use super::view;
use crate::database::Database;
use crate::error::Error;

/// How many tables one round trip creates.
const AT_ONCE: usize = 16;

pub(in crate::introspect) async fn tables(
    database: &mut Database,
    tables: &[Table],
) -> Result<Described<Table>, Error> {
    let mut described = Described::default();
    for chunk in tables.chunks(AT_ONCE) {
        let asked: Vec<&Table> = chunk.iter().collect();
        match describe(database, &asked).await {
            Answer::Words(all) => described.said.extend(all),
            Answer::Denied(why) => described.not_asked(chunk.iter().map(|table| &table.name), &why),
            Answer::Refused => {
                // Each by itself, where one is refused.
                for table in asked {
                    match describe(database, &[table]).await {
                        Answer::Words(all) => described.said.extend(all),
                        Answer::Denied(why) => described.not_asked([&table.name], &why),
                        Answer::Refused => {}
                    }
                }
            }
        }
    }
    Ok(described)
}

/// What the server says to something that it is asked about.
enum Answer<T> {
    /// What it makes of it.
    Words(T),
    /// It does not take it.
    Refused,
    /// It may not be asked, and why.
    Denied(String),
}

impl<T> Answer<T> {
    fn of(error: &Error) -> Self {
        match error.is_denied() {
            true => Self::Denied(error.words()),
            false => Self::Refused,
        }
    }
}

/// The tables in the server's words.
async fn describe(database: &mut Database, tables: &[&Table]) -> Answer<Vec<Table>> {
    let dialect = database.dialect();
    let (mut create, mut show, mut drop) = (Vec::new(), Vec::new(), Vec::new());
    for (at, table) in tables.iter().enumerate() {
        let name = format!("dunlin_described_{at}");
        let quoted = dialect.quote(&name);
        let operation = Operation::CreateTable { table: temporary(table, name), if_not_exists: false };
        let Ok(rendered) = dialect.render(&operation, &Metadata::default()) else { return Answer::Refused };
        create.extend(rendered.statements);
        show.push(format!("SHOW CREATE TABLE {quoted}"));
        drop.push(format!("DROP TEMPORARY TABLE IF EXISTS {quoted}"));
    }
    let drop = drop.join("; ");
    let sql = create.into_iter().chain(show).collect::<Vec<_>>().join("; ");
    let rows = match database.answer(&format!("{sql}; {drop}")).await {
        Ok(rows) => rows,
        Err(error) => {
            if let Err(error) = database.answer(&drop).await {
                tracing::debug!(%error, "temporary tables were not dropped");
            }
            return Answer::of(&error);
        }
    };
    let words = rows.iter().filter_map(|row| row.text(1));
    Answer::Words(tables.iter().zip(words).map(|(table, statement)| in_words(table, statement)).collect())
}

/// The table under another name, by which it does not call its columns. Some servers take no table without
/// a key.
fn temporary(table: &Table, name: String) -> Table {
    let mut temporary = table.clone();
    temporary.name = TableName::from(name);
    for sql in expressions_mut(&mut temporary) {
        if let Some(bare) = own_table::without(sql, &table.name.name) {
            *sql = bare;
        }
    }
    temporary.options.temporary = true;
    let mut key = "dunlin_key".to_owned();
    while table.column(&key).is_some() {
        key.push('_');
    }
    temporary.columns.push(Column::new(key.clone(), DataType::Integer).not_null());
    temporary.primary_key = Some(PrimaryKey::new([key]));
    temporary
}

/// A table with its expressions as `SHOW CREATE TABLE` prints them.
fn in_words(table: &Table, statement: &str) -> Table {
    let mut table = table.clone();
    for item in show_create::items(statement) {
        if let Some((name, definition)) = show_create::name(item) {
            let Some(column) = table.column_mut(&name) else { continue };
            if column.server_default.is_some() {
                let default = show_create::default(definition).filter(|default| *default != "NULL");
                column.server_default = default.map(|default| SqlValue::expression(default).into());
            }
            if let (Some(computed), Some(words)) = (&mut column.computed, show_create::computed(definition)) {
                computed.expression = words.to_owned().into();
            }
        } else if let Some((name, condition)) = show_create::check(item) {
            let named = |check: &&mut dunlin_core::schema::Check| check.name.as_deref() == Some(&name);
            if let Some(check) = table.checks.iter_mut().find(named) {
                check.expression = condition.to_owned().into();
            }
        } else if let Some((name, keys)) = show_create::index(item) {
            let named = |index: &&mut dunlin_core::schema::Index| index.name.as_deref() == Some(&name);
            let Some(index) = table.indexes.iter_mut().find(named) else { continue };
            for (element, words) in index.elements.iter_mut().zip(keys) {
                if let (IndexKey::Expression(_), Some(words)) = (&element.key, show_create::bracketed(words))
                {
                    element.key = IndexKey::Expression(words.to_owned().into());
                }
            }
        }
    }
    table
}

pub(in crate::introspect) async fn views(
    database: &mut Database,
    views: &[View],
) -> Result<Described<View>, Error> {
    let begin = "SET @dunlin_trace = @@optimizer_trace, @dunlin_trace_size = @@optimizer_trace_max_mem_size, \
                 SESSION optimizer_trace = 'enabled=on', SESSION optimizer_trace_max_mem_size = 16777216";
    let end = "SET SESSION optimizer_trace = @dunlin_trace, \
               SESSION optimizer_trace_max_mem_size = @dunlin_trace_size";
    let traced = database.run(begin).await.is_ok();
    let mut described = Described::default();
    for view in views {
        match as_it_is(database, view, traced).await? {
            Answer::Words(view) => described.said.push(view),
            Answer::Refused => {}
            Answer::Denied(why) => described.not_asked([&view.name], &why),
        }
    }
    if traced {
        database.run(end).await?;
    }
    Ok(described)
}

/// The view with the query that it has, if that is the same query as the one that is written down.
async fn as_it_is(database: &mut Database, view: &View, traced: bool) -> Result<Answer<View>, Error> {
    let Some(written) = view.query.default_value() else { return Ok(Answer::Refused) };
    let dialect = database.dialect();
    let schema = view.name.schema.as_ref().map_or("DATABASE()".to_owned(), |schema| dialect.literal(schema));
    let names = format!("c.table_name = {}", dialect.literal(&view.name.name));
    let rows = database.answer(&filled(queries::VIEWS, &[("schema", &schema), ("names", &names)])).await?;
    let Some(row) = rows.first() else { return Ok(Answer::Refused) };
    let known = view::query(row, view.name.schema.is_some());
    if known.is_empty() {
        return Ok(Answer::Denied("the role may not see the query".to_owned()));
    }
    if !traced {
        return Ok(Answer::Denied("the server does not say how it reads a query".to_owned()));
    }
    let (bare, known_check) = without_check_option(&known);
    let (written, check) = without_check_option(written);
    let known_as = match resolved(database, bare).await {
        Answer::Words(queries) => queries,
        Answer::Refused => return Ok(Answer::Refused),
        Answer::Denied(why) => return Ok(Answer::Denied(why)),
    };
    Ok(match resolved(database, written).await {
        Answer::Words(written_as) if written_as == known_as && known_check == check => {
            Answer::Words(View::new(view.name.clone(), known))
        }
        Answer::Words(_) | Answer::Refused => Answer::Refused,
        Answer::Denied(why) => Answer::Denied(why),
    })
}

/// A query without `WITH CHECK OPTION`, and which one it is.
fn without_check_option(query: &str) -> (&str, Option<&'static str>) {
    let query = query.trim().trim_end_matches(';').trim_end();
    let lower = query.to_ascii_lowercase();
    let ends = [
        ("with cascaded check option", "CASCADED"),
        ("with local check option", "LOCAL"),
        ("with check option", "CASCADED"),
    ];
    let found = ends.into_iter().find(|(end, _)| lower.ends_with(end));
    match found.and_then(|(end, which)| Some((query.get(..query.len() - end.len())?, which))) {
        Some((query, which)) => (query.trim_end(), Some(which)),
        None => (query, None),
    }
}

/// A query as the server reads it: all names resolved, nothing optimized. It is refused if it is none here.
async fn resolved(database: &mut Database, query: &str) -> Answer<Vec<String>> {
    if let Err(error) = database.answer(&format!("EXPLAIN {query}")).await {
        return Answer::of(&error);
    }
    let sql = "SELECT trace, missing_bytes_beyond_max_mem_size, insufficient_privileges \
               FROM information_schema.optimizer_trace";
    let rows = match database.answer(sql).await {
        Ok(rows) => rows,
        Err(error) => return Answer::of(&error),
    };
    let denied = |why: &str| Answer::Denied(why.to_owned());
    let Some(row) = rows.first() else { return denied("the server does not say how it reads a query") };
    if row.text(2) != Some("0") {
        return denied("the role may not see what the query reads");
    }
    if row.text(1) != Some("0") {
        return denied("the query is too long to be traced");
    }
    let queries = expanded(row.text(0).unwrap_or_default());
    let dialect = database.dialect();
    let bare = |query: &String| match query.strip_prefix("/*").and_then(|rest| rest.split_once("*/")) {
        Some((_, query)) => dialect.normal_expression(query),
        None => dialect.normal_expression(query),
    };
    let queries: Vec<String> = queries.iter().map(bare).collect();
    if queries.is_empty() {
        denied("the server does not say how it reads a query")
    } else {
        Answer::Words(queries)
    }
}

/// The queries of a trace as they are before anything is optimized. The whole of it is not always JSON:
/// MariaDB forgets to escape some of what it prints later.
fn expanded(trace: &str) -> Vec<String> {
    const FIELD: &str = "\"expanded_query\": \"";
    let mut rest = trace.split("\"join_optimization\"").next().unwrap_or(trace);
    let mut queries = Vec::new();
    while let Some(at) = rest.find(FIELD) {
        rest = &rest[at + FIELD.len() - 1..];
        let mut escaped = false;
        let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        let Some((end, _)) = end else { break };
        let text = &rest[..=end];
        queries.push(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()));
        rest = &rest[end + 1..];
    }
    queries
}
