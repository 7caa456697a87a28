//! What the server makes of tables and views that are written down: they are created as temporary ones,
//! in a transaction (or behind a savepoint, where there is one already) that is rolled back.
//!
//! What the server does not take is left out, alone: each statement is run by itself within one DO. Where that
//! is for want of a right, it is noted.

use std::collections::BTreeMap;

use dunlin_core::operation::{AlterColumn, Change, ColumnPosition, Operation, TableChange};
use dunlin_core::schema::{Column, Constraint, DataType, EnumType, Metadata, Name, Table, TableName, View};
use dunlin_engine::dialect::Dialect;
use dunlin_engine::sql::rename::expressions_mut;

use super::{PLAIN, Queries, queries, read_tables, view_query};
use crate::database::Database;
use crate::error::Error;
use crate::introspect::{Described, SEPARATOR, Scope, names, text};

/// So many tables are created at a time: each takes locks until it is gone.
const AT_A_TIME: usize = 200;

/// The schema of temporary tables.
const TEMPORARY: &str = "pg_temp";

/// What the names of exclude constraints and indexes begin with.
const EXCLUDE: &str = "exclude";
const INDEX: &str = "index";

const NAMESPACE: &str = "pg_my_temp_schema()";

pub(in crate::introspect) async fn tables(
    database: &mut Database,
    tables: &[Table],
) -> Result<Described<Table>, Error> {
    let mut described = Described::default();
    let session = match Session::of(database).await? {
        Ok(session) => session,
        Err(why) => {
            described.not_asked(tables.iter().map(|table| &table.name), why);
            return Ok(described);
        }
    };
    let types = Types::of(database, &session, tables).await?;
    for (chunk, asked) in tables.chunks(AT_A_TIME).enumerate() {
        let first = chunk * AT_A_TIME;
        let dialect = database.dialect();
        let mut script = types.create.clone();
        for (at, table) in asked.iter().enumerate() {
            script.extend(types.with_types(table).and_then(|table| create(dialect, &table, first + at)));
        }
        let names: Vec<String> = (0..asked.len()).map(|at| place(first + at)).collect();
        session.begin(database).await?;
        let found = match run(database, &script).await {
            Ok(denied) => read_back(database, &names).await.map(|found| (found, denied)),
            Err(refused) => Err(refused),
        };
        session.end(database).await?;
        let (found, denied) = match found {
            Ok(found) => found,
            Err(error) => {
                described.not_asked(asked.iter().map(|table| &table.name), &error.words());
                continue;
            }
        };
        let denied = denied.iter().filter_map(|at| asked.get(at.checked_sub(first)?));
        described.not_asked(denied.map(|table| &table.name), NO_RIGHT);
        for mut table in found {
            let at = names.iter().position(|name| *name == table.name.name);
            let Some(asked) = at.and_then(|at| asked.get(at)) else { continue };
            as_asked(&mut table, asked, first + at.unwrap_or_default());
            types.fold(&mut table);
            described.said.push(table);
        }
    }
    Ok(described)
}

pub(in crate::introspect) async fn views(
    database: &mut Database,
    views: &[View],
) -> Result<Described<View>, Error> {
    let mut described = Described::default();
    let session = match Session::of(database).await? {
        Ok(session) => session,
        Err(why) => {
            described.not_asked(views.iter().map(|view| &view.name), why);
            return Ok(described);
        }
    };
    for chunk in views.chunks(AT_A_TIME) {
        let dialect = database.dialect();
        let create = |(at, view): (usize, &View)| {
            let query = view.query.get(dialect.name())?;
            let name = dialect.quote(&place(at));
            Some(guarded(&execute(dialect, &format!("CREATE TEMPORARY VIEW {name} AS {query}")), Some(at)))
        };
        let script: Vec<String> = chunk.iter().enumerate().filter_map(create).collect();
        let names: Vec<String> = (0..chunk.len()).map(place).collect();
        let listed: Vec<&str> = names.iter().map(String::as_str).collect();
        let scope = Scope::new(Some(TEMPORARY), &listed);
        session.begin(database).await?;
        let rows = match run(database, &script).await {
            Ok(denied) => {
                let query = Queries::new(database, &scope, NAMESPACE).of(queries::VIEWS);
                database.answer(&query).await.map(|rows| (rows, denied))
            }
            Err(refused) => Err(refused),
        };
        session.end(database).await?;
        let (rows, denied) = match rows {
            Ok(rows) => rows,
            Err(error) => {
                described.not_asked(chunk.iter().map(|view| &view.name), &error.words());
                continue;
            }
        };
        let denied = denied.iter().filter_map(|at| chunk.get(*at));
        described.not_asked(denied.map(|view| &view.name), NO_RIGHT);
        for row in rows {
            let view = names.iter().position(|name| name == text(&row, 0)).and_then(|at| chunk.get(at));
            if let Some(view) = view {
                let mut view = view.clone();
                view.query = view_query(&row).into();
                described.said.push(view);
            }
        }
    }
    Ok(described)
}

/// The name of the thing in a place.
fn place(at: usize) -> String {
    format!("dunlin {at}")
}

/// What the session may do, and stands in.
struct Session {
    /// Whether it is in a transaction already.
    in_transaction: bool,
    /// The schemas in which bare names are looked for.
    visible: Vec<String>,
}

impl Session {
    /// Or why nothing can be created.
    async fn of(database: &mut Database) -> Result<Result<Self, &'static str>, Error> {
        let sql = "SELECT (now() <> statement_timestamp())::text, pg_is_in_recovery()::text, \
                   current_setting('transaction_read_only'), \
                   has_database_privilege(current_database(), 'TEMPORARY')::text, \
                   array_to_string(current_schemas(true), chr(31))";
        let rows = database.answer(sql).await?;
        let Some(row) = rows.first() else { return Ok(Err("the server does not say what it is")) };
        Ok(match (text(row, 1), text(row, 2), text(row, 3)) {
            ("true", _, _) => Err("the server is a standby"),
            (_, "on", _) => Err("the session may only read"),
            (_, _, "false") => Err("the role may not create temporary tables"),
            _ => Ok(Self { in_transaction: text(row, 0) == "true", visible: names(row, 4) }),
        })
    }

    async fn begin(&self, database: &mut Database) -> Result<(), Error> {
        let sql = if self.in_transaction { "SAVEPOINT dunlin_describe" } else { "BEGIN" };
        database.run(sql).await.map(drop)
    }

    async fn end(&self, database: &mut Database) -> Result<(), Error> {
        if !self.in_transaction {
            return database.run("ROLLBACK").await.map(drop);
        }
        database.run("ROLLBACK TO SAVEPOINT dunlin_describe").await?;
        database.run("RELEASE SAVEPOINT dunlin_describe").await.map(drop)
    }
}

/// Where it is noted what the role has no right to, and in words.
const DENIED: &str = "dunlin.denied";
const NO_RIGHT: &str = "the role has no right on what stands in it";

/// Runs blocks of PL/pgSQL, and says in which of the things that they make something was denied.
async fn run(database: &mut Database, blocks: &[String]) -> Result<Vec<usize>, Error> {
    let body = blocks.join("\n");
    let mut tag = "$dunlin$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, 'q');
    }
    database.run(&format!("DO {tag} BEGIN\n{body}\nEND {tag}")).await?;
    let rows = database.answer(&format!("SELECT current_setting('{DENIED}', true)")).await?;
    let mut denied: Vec<usize> =
        rows.first().map_or("", |row| text(row, 0)).split_whitespace().flat_map(str::parse).collect();
    denied.dedup();
    Ok(denied)
}

/// A block that does nothing where a statement in it fails; for want of a right, that is noted of the thing
/// `at` a place.
fn guarded(statements: &str, at: Option<usize>) -> String {
    let note = at.map(|at| {
        let noted = format!("concat(current_setting('{DENIED}', true), ' {at}')");
        format!(" WHEN insufficient_privilege THEN PERFORM set_config('{DENIED}', {noted}, true);")
    });
    format!("BEGIN {statements} EXCEPTION{} WHEN OTHERS THEN NULL; END;", note.unwrap_or_default())
}

fn execute(dialect: &dyn Dialect, sql: &str) -> String {
    format!("EXECUTE {};", dialect.literal(sql))
}

/// The block that creates a table, with as much of what is asked about as the server takes; `None` for a
/// table that cannot be written.
fn create(dialect: &dyn Dialect, asked: &Table, at: usize) -> Option<String> {
    let name = TableName::new(Some(TEMPORARY), asked.name.name.as_str());
    let rendered = |operation: &Operation| {
        let rendered = dialect.render(operation, &Metadata::default()).ok()?;
        Some(rendered.statements.iter().map(|sql| execute(dialect, sql)).collect::<String>())
    };
    let alter = |change: TableChange| Operation::AlterTable { table: name.clone(), changes: vec![change] };
    let mut plain = Table::new(name.clone());
    let mut parts = Vec::new();
    for column in &asked.columns {
        let mut bare = Column::new(column.name.clone(), column.column_type.clone());
        if column.computed.is_some() {
            bare.computed.clone_from(&column.computed);
            let position = ColumnPosition::Last;
            parts.push(alter(TableChange::AddColumn { column: bare, position, if_not_exists: false }));
            continue;
        }
        plain.columns.push(bare);
        if let Some(default) = &column.server_default {
            let mut change = AlterColumn::new(column.name.clone());
            change.server_default = Some(Change::Set(default.clone()));
            parts.push(alter(change.into()));
        }
    }
    // An exclude constraint has its name in common with its index, and all are in one schema.
    let named = |kind: &str, name: &Option<Name>| {
        Name::exact(format!("{kind} {at} {}", name.as_deref().unwrap_or_default()))
    };
    let checks = asked.checks.iter().cloned().map(Constraint::Check);
    let excludes = asked.excludes.iter().cloned().map(|mut exclude| {
        exclude.name = Some(named(EXCLUDE, &exclude.name));
        Constraint::Exclude(exclude)
    });
    let add = |constraint| alter(TableChange::AddConstraint { constraint });
    parts.extend(checks.chain(excludes).map(add));
    parts.extend(asked.indexes.iter().map(|index| {
        let mut index = index.clone();
        index.name = Some(named(INDEX, &index.name));
        Operation::CreateIndex { table: name.clone(), index, if_not_exists: false }
    }));
    let create = rendered(&Operation::CreateTable { table: plain, if_not_exists: false })?;
    let parts: String = parts.iter().filter_map(rendered).map(|part| guarded(&part, Some(at))).collect();
    let rename = rendered(&Operation::RenameTable { table: name, to: place(at) })?;
    Some(guarded(&format!("{create} {parts} {rename}"), Some(at)))
}

async fn read_back(database: &mut Database, names: &[String]) -> Result<Vec<Table>, Error> {
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    let scope = Scope::new(Some(TEMPORARY), &listed);
    let queries = Queries::new(database, &scope, NAMESPACE);
    Ok(read_tables(database, &scope, &queries, &PLAIN).await?.finish().collect())
}

/// Gives a table that was read back the names that it was asked for under, and its types.
fn as_asked(table: &mut Table, asked: &Table, at: usize) {
    table.name = asked.name.clone();
    for column in &mut table.columns {
        if let Some(known) = asked.column(&column.name) {
            column.column_type.clone_from(&known.column_type);
        }
    }
    let restore = |kind: &str, name: &mut Option<Name>| {
        let asked = name.as_deref().and_then(|name| name.strip_prefix(&format!("{kind} {at} ")));
        *name = asked.map(Name::exact);
    };
    table.excludes.iter_mut().for_each(|exclude| restore(EXCLUDE, &mut exclude.name));
    table.indexes.iter_mut().for_each(|index| restore(INDEX, &mut index.name));
}

/// The enum types of tables that are asked about.
#[derive(Default)]
struct Types {
    /// Those that are not there as they are wanted, and are created as temporary ones: the values by the
    /// bare name.
    temporary: BTreeMap<TableName, Vec<String>>,
    /// The blocks that do so.
    create: Vec<String>,
    /// What the server would call those of them that are not visible: the bare name, and the whole.
    hidden: Vec<(String, String)>,
}

impl Types {
    async fn of(database: &mut Database, session: &Session, tables: &[Table]) -> Result<Self, Error> {
        let dialect = database.dialect();
        let columns = tables.iter().flat_map(|table| &table.columns);
        let used = columns.filter_map(|column| column.column_type.get(dialect.name())?.enum_type());
        let wanted: BTreeMap<&TableName, &EnumType> =
            used.filter_map(|used| Some((used.name.as_ref()?, used))).collect();
        let mut types = Self::default();
        if wanted.is_empty() {
            return Ok(types);
        }
        let listed: Vec<String> = wanted.keys().map(|name| dialect.literal(&name.name)).collect();
        let sql = format!(
            "SELECT n.nspname, y.typname, pg_type_is_visible(y.oid)::text, \
                 (SELECT string_agg(e.enumlabel, chr(31) ORDER BY e.enumsortorder) \
                  FROM pg_enum AS e WHERE e.enumtypid = y.oid) \
             FROM pg_type AS y JOIN pg_namespace AS n ON n.oid = y.typnamespace \
             WHERE y.typtype = 'e' AND y.typname IN ({})",
            listed.join(", ")
        );
        let there = database.answer(&sql).await?;
        for (name, enum_type) in wanted {
            let is_it = |schema: &str, is_visible: bool| match &name.schema {
                Some(wanted) => wanted == schema,
                None => is_visible,
            };
            let values = enum_type.values.join(&SEPARATOR.to_string());
            let is_there = there.iter().any(|row| {
                text(row, 1) == name.name
                    && is_it(text(row, 0), text(row, 2) == "true")
                    && text(row, 3) == values
            });
            if !is_there {
                types.make(dialect, session, name, enum_type);
            }
        }
        Ok(types)
    }

    fn make(&mut self, dialect: &dyn Dialect, session: &Session, name: &TableName, enum_type: &EnumType) {
        let temporary = TableName::new(Some(TEMPORARY), name.name.as_str());
        let create =
            Operation::CreateEnum { enum_type: EnumType::new(temporary, enum_type.values.iter().cloned()) };
        let Ok(rendered) = dialect.render(&create, &Metadata::default()) else { return };
        // Of two types of one name only the first can be.
        if self.temporary.keys().any(|known| known.name == name.name) {
            return;
        }
        self.create.extend(rendered.statements.iter().map(|sql| guarded(&execute(dialect, sql), None)));
        self.temporary.insert(name.clone(), enum_type.values.clone());
        if let Some(schema) = name.schema.as_ref().filter(|schema| !session.visible.contains(schema)) {
            let bare = identifier(dialect, &name.name);
            let whole = format!("{}.{bare}", identifier(dialect, schema));
            self.hidden.push((bare, whole));
        }
    }

    /// The table with temporary types in the place of those that are not there; `None` if one of them
    /// cannot be had.
    fn with_types(&self, table: &Table) -> Option<Table> {
        let mut table = table.clone();
        for column in &mut table.columns {
            for used in column.column_type.values_mut().filter_map(DataType::enum_type_mut) {
                let Some(name) = &mut used.name else { continue };
                match self.temporary.get(name) {
                    Some(values) if *values == used.values => name.schema = Some(TEMPORARY.to_owned()),
                    Some(_) => return None,
                    None => {}
                }
            }
        }
        Some(table)
    }

    /// Calls temporary types what they would be called if they were there.
    fn fold(&self, table: &mut Table) {
        if self.hidden.is_empty() {
            return;
        }
        for sql in expressions_mut(table) {
            for (bare, whole) in &self.hidden {
                *sql = with_type(sql, bare, whole);
            }
        }
    }
}

/// A name in the quotes that the server gives it.
fn identifier(dialect: &dyn Dialect, name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        true => name.to_owned(),
        false => dialect.quote(name),
    }
}

/// The same expression, where what is cast to the one type is cast to the other.
fn with_type(sql: &str, bare: &str, whole: &str) -> String {
    let cast = format!("::{bare}");
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(at) = rest.find(&cast) {
        let (before, behind) = (&rest[..at], &rest[at + cast.len()..]);
        let is_whole = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
        text.push_str(before);
        text.push_str("::");
        text.push_str(if is_whole { whole } else { bare });
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::with_type;

    #[test]
    fn casts_follow_the_name_of_a_type() {
        let folded = with_type("a = 'x'::mood AND b = ANY (c::mood[]) OR d::moody", "mood", "side.mood");
        assert_eq!(folded, "a = 'x'::side.mood AND b = ANY (c::side.mood[]) OR d::moody");
    }
}
