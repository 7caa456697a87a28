//! Changing a table by copying it, in the order that "Making Other Kinds Of Table Schema Changes" of
//! SQLite's manual gives: create the changed table under another name, copy the rows, drop the old
//! table, rename the new one, create the indexes again.
//!
//! Whoever runs it turns foreign keys off before the transaction, looks for rows that dangle within it,
//! and puts back the triggers that the old table had when the rebuild began. (What is rendered from a
//! replay knows the triggers that are objects of the history, and puts them back itself.) Views and the
//! foreign keys of other tables go by the table's name, and are left alone.
//!
//! - Columns are renamed by ALTER TABLE first: only that lets triggers, views and other tables' keys
//!   follow. One that is dropped gets a name that nothing else has: a view or trigger that follows it there
//!   would no longer work, and stops the rebuild.
//! - Row ids are kept, where the new table has row ids and no column stands for them: a full-text table
//!   may go by them. (VACUUM may change them; a rebuild does not.)
//! - The last id that AUTOINCREMENT gave is kept, as are generated columns, which are never copied.
//! - A row that the new table refuses stops the rebuild, whatever ON CONFLICT says: that is for rows to
//!   come.
//!
//! All of it is one transaction. A copy that is there nevertheless was left by a client that ran the
//! statements one by one: [`leftover`].

use std::collections::BTreeMap;

use dunlin_core::dialect::PerDialect;
use dunlin_core::operation::TableChange;
use dunlin_core::schema::{Column, IndexKey, Metadata, Name, SqlValue, Table, TableName};

use super::{Sqlite, column, index, table};
use crate::dialect::{Dialect, Leftover, RenderError, Rendered, ddl};
use crate::sql::lexer::{Token, TokenKind, tokens};
use crate::sql::rename::{expressions_mut, names_column, rename_in, replace_columns};
use crate::sql::trigger;

/// Renaming the new table must not touch what refers to the old one, and must not stumble over views
/// on it.
const LEGACY_RENAME_ON: &str = "PRAGMA legacy_alter_table = ON";
const LEGACY_RENAME_OFF: &str = "PRAGMA legacy_alter_table = OFF";

/// How the name of a column begins that goes with the old table.
pub const DROPPED_COLUMN_PREFIX: &str = "_dunlin_dropped_";

/// How the name of a copy begins.
const COPY_PREFIX: &str = "_dunlin_rebuild_";

/// The table's copy while it is rebuilt.
fn copy_of(table: &TableName) -> TableName {
    TableName { schema: table.schema.clone(), name: format!("{COPY_PREFIX}{}", table.name) }
}

/// What to do about a copy of the table that is there before a rebuild.
pub(super) fn leftover(dialect: &Sqlite, table: &TableName) -> Leftover {
    let copy = copy_of(table);
    let shown = ddl::table_name(dialect, &copy);
    Leftover {
        drop: vec![format!("DROP TABLE {shown}")],
        restore: vec![
            LEGACY_RENAME_ON.to_owned(),
            format!("ALTER TABLE {shown} RENAME TO {}", dialect.quote(&table.name)),
            LEGACY_RENAME_OFF.to_owned(),
        ],
        copy,
    }
}

/// The statements that make `changes` by copying the table.
///
/// # Errors
/// What SQLite cannot do, and what the table rules out.
pub(super) fn rebuild(
    dialect: &Sqlite,
    old: &Table,
    changes: &[TableChange],
    current: &Metadata,
) -> Result<Rendered, RenderError> {
    let names = Names::follow(old, changes);
    let (new, values) = changed(dialect, old, changes, &names)?;
    refuse_lost_names(dialect, &names, &new)?;
    if changes.iter().any(|change| matches!(change, TableChange::SetOptions { .. })) {
        table::check_key(dialect, &new)?;
    }
    for added in new.columns.iter().filter(|column| old.column(&column.name).is_none()) {
        column::check_counting(dialect, added, &new)?;
    }

    let shown = table::shown(old);
    let copy = copy_of(&shown);
    let old_name = ddl::table_name(dialect, &shown);
    let copy_name = ddl::table_name(dialect, &copy);
    let rename = |(from, to): &(String, String)| {
        format!("ALTER TABLE {old_name} RENAME COLUMN {} TO {}", dialect.quote(from), dialect.quote(to))
    };
    let mut statements: Vec<String> = names.renames().iter().map(rename).collect();
    let before_rebuild = statements.len();
    if names.columns.iter().any(|(_, after)| after.is_none()) {
        statements.extend(nothing_names_what_is_dropped(dialect));
    }

    let mut created = new.clone();
    for expression in expressions_mut(&mut created) {
        *expression = unqualified(expression);
    }
    let (targets, sources) = copied(dialect, old, &new, &values);
    statements.push(LEGACY_RENAME_ON.to_owned());
    statements.push(table::create_alone(dialect, &created, &copy, false)?);
    statements.extend((!targets.is_empty()).then(|| {
        let insert = if settles_conflicts(&new) { "INSERT OR ABORT" } else { "INSERT" };
        let (targets, sources) = (targets.join(", "), sources.join(", "));
        format!("{insert} INTO {copy_name} ({targets}) SELECT {sources} FROM {old_name}")
    }));
    if new.options.never_reuse_ids && old.options.never_reuse_ids {
        statements.extend(keep_last_id(dialect, &shown, &copy));
    }
    statements.push(format!("DROP TABLE {old_name}"));
    statements.push(format!("ALTER TABLE {copy_name} RENAME TO {}", dialect.quote(&shown.name)));
    statements.push(LEGACY_RENAME_OFF.to_owned());
    for index in &new.indexes {
        statements.push(index::create(dialect, &shown, index, false)?);
    }
    statements.extend(known_triggers(dialect, old, current, &names));
    Ok(Rendered {
        statements,
        before_rebuild,
        rebuilds: Some(old.name.clone()),
        suspends_foreign_keys: true,
        ..Rendered::default()
    })
}

/// What becomes of the names of the old table's columns.
struct Names {
    /// For each column of the old table, in order, its name before and after; none if it is dropped.
    columns: Vec<(String, Option<String>)>,
}

impl Names {
    fn follow(old: &Table, changes: &[TableChange]) -> Self {
        let mut columns: Vec<(String, Option<String>)> =
            old.columns.iter().map(|column| (column.name.clone(), Some(column.name.clone()))).collect();
        for change in changes {
            let now = |name: &str| {
                let is_it = |now: &Option<String>| now.as_deref() == Some(name);
                columns.iter().position(|(_, now)| is_it(now))
            };
            match change {
                TableChange::DropColumn { name, .. } => {
                    if let Some(at) = now(name) {
                        columns[at].1 = None;
                    }
                }
                TableChange::AlterColumn(alter) => {
                    if let (Some(at), Some(to)) = (now(&alter.name), &alter.rename) {
                        columns[at].1 = Some(to.clone());
                    }
                }
                _ => {}
            }
        }
        Self { columns }
    }

    /// The name that a column of the old table has when the rows are copied: the final one, so that the
    /// new table's columns and the old one's are called alike. A column that is dropped makes room.
    fn when_copied(&self, before: &str) -> String {
        let after = self.columns.iter().find(|(name, _)| name == before).and_then(|(_, after)| after.clone());
        after.unwrap_or_else(|| format!("{DROPPED_COLUMN_PREFIX}{before}"))
    }

    /// The renames that lead there, none of which meets a name that is in use.
    fn renames(&self) -> Vec<(String, String)> {
        let all = self.columns.iter().map(|(before, _)| (before.clone(), self.when_copied(before)));
        let mut names: Vec<(String, String)> = all.collect();
        let mut renames = Vec::new();
        loop {
            let free = |at: usize, to: &str| {
                names.iter().enumerate().all(|(other, (now, _))| other == at || !now.eq_ignore_ascii_case(to))
            };
            let mut pending = names.iter().enumerate().filter(|(_, (now, to))| now != to).peekable();
            let Some(&(first, (now, to))) = pending.peek() else { return renames };
            let next = pending
                .find(|(at, (_, to))| free(*at, to))
                .map(|(at, (now, to))| (at, now.clone(), to.clone()));
            // Names that change places go round by another one.
            let (at, from, to) =
                next.unwrap_or_else(|| (first, now.clone(), format!("_dunlin_renamed_{to}")));
            names[at].0.clone_from(&to);
            renames.push((from, to));
        }
    }
}

/// The table behind the changes, and the expression over the old table (its columns renamed already)
/// that fills each column which is not just copied by name.
fn changed(
    dialect: &Sqlite,
    old: &Table,
    changes: &[TableChange],
    names: &Names,
) -> Result<(Table, BTreeMap<String, String>), RenderError> {
    let mut new = old.clone();
    let is_temporary = old.options.temporary;
    // What each column of `new` is filled with; a column that is added has nothing but its default.
    let own = |column: &Column| {
        let source = dialect.quote(&names.when_copied(&column.name));
        (column.name.clone(), Source { sql: source, is_copied: true })
    };
    let mut sources: BTreeMap<String, Source> = old.columns.iter().map(own).collect();
    for change in changes {
        new.apply(change)?;
        new.options.temporary = is_temporary;
        rename_in(&mut new, change);
        match change {
            TableChange::AddColumn { column, .. } => {
                let default = column.server_default.as_ref().and_then(|default| default.get(dialect.name()));
                let sql = dialect.value(default.unwrap_or(&SqlValue::Null));
                sources
                    .entry(column.name.clone())
                    .or_insert_with(|| Source { sql: format!("({sql})"), is_copied: false });
            }
            TableChange::DropColumn { name, .. } => drop(sources.remove(name)),
            TableChange::AlterColumn(alter) => {
                if let Some(using) = alter.using.as_ref().and_then(|using| using.get(dialect.name())) {
                    let sql = format!("({})", over_old_table(dialect, using, &old.name, &sources)?);
                    sources.insert(alter.name.clone(), Source { sql, is_copied: true });
                }
                // The rows have the default with which the column was added, not the one it has now.
                if let (Some(_), Some(source)) = (&alter.server_default, sources.get_mut(&alter.name)) {
                    source.is_copied = true;
                }
                if let Some(to) = &alter.rename
                    && let Some(source) = sources.remove(&alter.name)
                {
                    sources.insert(to.clone(), source);
                }
            }
            _ => {}
        }
    }
    let copied = sources.into_iter().filter(|(_, source)| source.is_copied);
    Ok((new, copied.map(|(name, source)| (name, source.sql)).collect()))
}

/// An expression for a new value, its columns as they are called when the rows are copied. A query in it has
/// columns of its own: there, a column of the table must be told by the table's name if it is called
/// otherwise then.
fn over_old_table(
    dialect: &Sqlite,
    using: &str,
    table: &TableName,
    sources: &BTreeMap<String, Source>,
) -> Result<String, RenderError> {
    let find = |name: &str| sources.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let Ok(mut tokens) = tokens(using) else { return Ok(using.to_owned()) };
    if !tokens.iter().any(|token| token.is_word("SELECT") || token.is_word("VALUES")) {
        let replacement = |name: &str| find(name).map(|(_, source)| source.sql.clone());
        return Ok(replace_columns(&unqualified(using), replacement));
    }
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let mut text = String::with_capacity(using.len());
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| is_name(token)) {
        let is = |at: Option<usize>, test: fn(&Token<'_>) -> bool| {
            at.and_then(|at| tokens.get(at)).is_some_and(test)
        };
        let is_column = !is(Some(at + 1), |next| next.is_symbol("(") || next.is_symbol("."))
            && !is(at.checked_sub(1), |before| before.is_word("FROM") || before.is_word("JOIN"));
        let other =
            find(&token.value()).filter(|(name, source)| is_column && source.sql != dialect.quote(name));
        let Some((name, source)) = other else { continue };
        let is_qualified = is(at.checked_sub(1), |before| before.is_symbol("."));
        let qualifier = at.checked_sub(2).filter(|_| is_qualified).map(|at| tokens[at].value());
        match qualifier {
            Some(qualifier) if !qualifier.eq_ignore_ascii_case(&table.name) => {}
            Some(_) if source.is_column() => {
                text.push_str(&using[copied..token.start]);
                text.push_str(&source.sql);
                copied = token.span().end;
            }
            _ => {
                return Err(RenderError::Unsupported {
                    dialect: dialect.name(),
                    operation: format!(
                        "tell whose column {name} is in a query for a new value of table {table}"
                    ),
                    hint: "write table.column; make other changes of that column in another revision",
                });
            }
        }
    }
    text.push_str(&using[copied..]);
    Ok(text)
}

/// What a column is filled with.
struct Source {
    sql: String,
    /// Whether it is more than the default, which comes by itself.
    is_copied: bool,
}

impl Source {
    /// Whether it is a column of the old table, and no expression.
    fn is_column(&self) -> bool {
        self.sql.starts_with('"')
    }
}

/// The columns of the new table that are filled, and with what.
fn copied(
    dialect: &Sqlite,
    old: &Table,
    new: &Table,
    values: &BTreeMap<String, String>,
) -> (Vec<String>, Vec<String>) {
    let filled = new.columns.iter().filter(|column| column.computed.is_none());
    let pair = |column: &Column| Some((dialect.quote(&column.name), values.get(&column.name)?.clone()));
    let row_id = row_id_name(dialect, old, new).map(|name| (name.to_owned(), name.to_owned()));
    row_id.into_iter().chain(filled.filter_map(pair)).unzip()
}

/// The name under which both tables' row ids can be reached, if they are to be copied by themselves.
fn row_id_name(dialect: &Sqlite, old: &Table, new: &Table) -> Option<&'static str> {
    if old.options.without_rowid || new.options.without_rowid || column::row_id(dialect, new).is_some() {
        return None;
    }
    let free = |name: &&str| {
        let mut columns = old.columns.iter().chain(&new.columns);
        !columns.any(|column| column.name.eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(free)
}

fn settles_conflicts(table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.on_conflict.is_some())
        || table.uniques.iter().any(|unique| unique.on_conflict.is_some())
        || table.columns.iter().any(|column| column.not_null_on_conflict.is_some())
}

/// The statements that fail if a view or trigger has followed a column that is dropped.
fn nothing_names_what_is_dropped(dialect: &Sqlite) -> [String; 3] {
    let prefix = dialect.literal(DROPPED_COLUMN_PREFIX);
    [
        "CREATE TEMP TABLE _dunlin_check (n INTEGER, CONSTRAINT \"no view or trigger names a column that is \
         dropped\" CHECK (n = 0))"
            .to_owned(),
        format!(
            "INSERT INTO temp._dunlin_check SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger') \
             AND instr(sql, {prefix})"
        ),
        "DROP TABLE temp._dunlin_check".to_owned(),
    ]
}

/// The copy goes on counting where the table stands, which may be beyond the last row. (The table of the
/// counters is there: the copy is AUTOINCREMENT.)
fn keep_last_id(dialect: &Sqlite, table: &TableName, copy: &TableName) -> [String; 2] {
    let counters = TableName { schema: table.schema.clone(), name: "sqlite_sequence".to_owned() };
    let counters = ddl::table_name(dialect, &counters);
    let (name, copy) = (dialect.literal(&table.name), dialect.literal(&copy.name));
    [
        format!("DELETE FROM {counters} WHERE name = {copy}"),
        format!("INSERT INTO {counters} (name, seq) SELECT {copy}, seq FROM {counters} WHERE name = {name}"),
    ]
}

/// The statements that create the triggers of the table which the schema knows as objects.
fn known_triggers(dialect: &Sqlite, table: &Table, schema: &Metadata, names: &Names) -> Vec<String> {
    let statements = schema.objects.iter().flat_map(|object| &object.create);
    let statements = statements.filter_map(|sql| sql.get(dialect.name()));
    let on_it = |sql: &&String| {
        trigger::table_of(sql).is_some_and(|name| name.eq_ignore_ascii_case(&table.name.name))
    };
    let renamed = |sql: &String| {
        names.renames().iter().fold(sql.clone(), |sql, (from, to)| {
            // One that cannot be followed is no part of a script: the replay knows that.
            trigger::rename_column(&sql, &table.name.name, from, to).unwrap_or(sql)
        })
    };
    statements.filter(on_it).map(renamed).collect()
}

/// A column that goes must not leave its name in a condition.
fn refuse_lost_names(dialect: &Sqlite, names: &Names, new: &Table) -> Result<(), RenderError> {
    let is_there = |name: &str| new.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let dropped = names.columns.iter().filter(|(_, after)| after.is_none()).map(|(before, _)| before);
    for gone in dropped.filter(|name| !is_there(name)) {
        if let Some(what) = speaks_of(new, gone) {
            return Err(RenderError::Unsupported {
                dialect: dialect.name(),
                operation: format!("drop the column {gone}, which {what} names"),
                hint: "drop that first, or in the same operation",
            });
        }
    }
    Ok(())
}

/// The check, index or computed column of the table whose expression names a column.
fn speaks_of(table: &Table, column: &str) -> Option<String> {
    let names = |sql: &String| names_column(sql, column);
    let named = |kind: &str, name: Option<&Name>| match name {
        Some(name) => format!("{kind} {name}"),
        None => format!("a {kind}"),
    };
    let check = table.checks.iter().find(|check| check.expression.values().any(names));
    let computed = table.columns.iter().find(|other| {
        other.computed.as_ref().is_some_and(|computed| computed.expression.values().any(names))
    });
    let index = table.indexes.iter().find(|index| {
        let keys = index.elements.iter().filter_map(|element| match &element.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        keys.chain(&index.predicate).flat_map(PerDialect::values).any(names)
    });
    check
        .map(|check| named("check", check.name.as_ref()))
        .or_else(|| computed.map(|other| format!("the computed column {}", other.name)))
        .or_else(|| index.map(|index| named("index", index.name.as_ref())))
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
}

/// An expression without the name of its table, which it is not created under: `t.a` is `a`, as it sees
/// no other table.
fn unqualified(expression: &str) -> String {
    let Ok(tokens) = tokens(expression) else { return expression.to_owned() };
    let tokens: Vec<_> = tokens.into_iter().filter(|token| token.kind != TokenKind::Comment).collect();
    let mut text = String::with_capacity(expression.len());
    let mut copied = 0;
    for pair in tokens.windows(2) {
        if is_name(&pair[0]) && pair[1].is_symbol(".") {
            text.push_str(&expression[copied..pair[0].start]);
            copied = pair[1].span().end;
        }
    }
    text.push_str(&expression[copied..]);
    text
}
