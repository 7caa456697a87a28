//! Constraint clauses of SQLite.

use dunlin_core::schema::{Constraint, Deferrable, ForeignKey, MatchType, Name, OnConflict, TableName};

use super::Sqlite;
use crate::dialect::{Dialect, RenderError, ddl};

/// What SQLite cannot do for a constraint that is brought into the database.
///
/// # Errors
/// [`RenderError::Unsupported`].
pub(super) fn check(dialect: &Sqlite, table: &TableName, constraint: &Constraint) -> Result<(), RenderError> {
    let refused = match constraint {
        Constraint::PrimaryKey(key) => deferred(key.deferrable),
        Constraint::Unique(unique) if unique.nulls_not_distinct => {
            Some(("take two NULLs for equal", "create a unique index over coalesce(…) instead"))
        }
        Constraint::Unique(unique) => deferred(unique.deferrable),
        Constraint::Check(check) => {
            let wants = [
                (check.not_valid, "leave the rows that are there unchecked", "leave out `not_valid`"),
                (check.no_inherit, "have a check that is not inherited", "leave out `no_inherit`"),
                (check.not_enforced, "write down a check and not enforce it", "leave out `not_enforced`"),
            ];
            wants.into_iter().find(|(wanted, ..)| *wanted).map(|(_, what, hint)| (what, hint))
        }
        Constraint::ForeignKey(key) => foreign_key_refused(key, table),
        Constraint::Exclude(_) => Some((
            "have exclude constraints",
            "leave it out there by `only_on`, and use a trigger (an object)",
        )),
        _ => return Err(ddl::newer_operation(dialect)),
    };
    match refused {
        None => Ok(()),
        Some((what, hint)) => {
            let name = constraint.name().map_or_else(String::new, |name| format!(" {name}"));
            let operation = format!("{what} ({}{name})", constraint.kind());
            Err(RenderError::Unsupported { dialect: dialect.name(), operation, hint })
        }
    }
}

fn deferred(deferrable: Option<Deferrable>) -> Option<(&'static str, &'static str)> {
    deferrable.map(|_| {
        ("check it at the end of the transaction", "leave out `deferrable`: only foreign keys can wait there")
    })
}

fn foreign_key_refused(key: &ForeignKey, table: &TableName) -> Option<(&'static str, &'static str)> {
    let file = |name: &TableName| name.schema.clone().unwrap_or_else(|| "main".to_owned());
    if key.not_valid {
        return Some(("leave the rows that are there unchecked", "leave out `not_valid`"));
    }
    if matches!(key.match_type, Some(MatchType::Full | MatchType::Partial)) {
        return Some(("ask anything of a key that is partly NULL", "leave out MATCH, and add a check"));
    }
    (file(&key.referred_table) != file(table))
        .then_some(("refer to a table of another schema", "keep both tables in one database file"))
}

/// `CONSTRAINT "name" UNIQUE ("a", "b") ON CONFLICT IGNORE` and its like.
///
/// # Errors
/// An expression without a variant for SQLite, or a kind of constraint that SQLite does not have.
pub(super) fn clause(dialect: &Sqlite, constraint: &Constraint) -> Result<String, RenderError> {
    let names = |columns: &[String]| ddl::columns(dialect, columns);
    let conflict = |action: Option<OnConflict>| match action {
        Some(action) => format!(" {}", action.as_sql()),
        None => String::new(),
    };
    let clause = match constraint {
        Constraint::PrimaryKey(key) => {
            format!("PRIMARY KEY ({}){}", names(&key.columns), conflict(key.on_conflict))
        }
        Constraint::Unique(unique) => {
            format!("UNIQUE ({}){}", names(&unique.columns), conflict(unique.on_conflict))
        }
        Constraint::Check(check) => {
            format!("CHECK ({})", ddl::expression(dialect, &check.expression, "a check")?)
        }
        Constraint::ForeignKey(key) => {
            format!("FOREIGN KEY ({}) {}", names(&key.columns), references(dialect, key))
        }
        _ => return Err(ddl::newer_operation(dialect)),
    };
    Ok(named(dialect, constraint.name(), &clause))
}

/// The constraint as it stands at a column that ADD COLUMN adds.
///
/// # Errors
/// As [`clause`].
pub(super) fn column_clause(dialect: &Sqlite, constraint: &Constraint) -> Result<String, RenderError> {
    match constraint {
        Constraint::ForeignKey(key) => Ok(named(dialect, key.name.as_ref(), &references(dialect, key))),
        other => clause(dialect, other),
    }
}

/// `CONSTRAINT "name"`; nothing for one that has no name.
pub(super) fn name_clause(dialect: &Sqlite, name: Option<&Name>) -> String {
    name.map_or_else(String::new, |name| format!("CONSTRAINT {}", dialect.quote(name)))
}

fn named(dialect: &Sqlite, name: Option<&Name>, clause: &str) -> String {
    format!("{} {clause}", name_clause(dialect, name)).trim_start().to_owned()
}

/// A key never leaves its own database file: the table stands there without a schema.
fn references(dialect: &Sqlite, key: &ForeignKey) -> String {
    let mut clause = format!("REFERENCES {}", dialect.quote(&key.referred_table.name));
    if !key.referred_columns.is_empty() {
        clause.push_str(&format!(" ({})", ddl::columns(dialect, &key.referred_columns)));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if !action.is_no_action() {
            clause.push_str(&format!(" ON {event} {}", action.as_sql()));
        }
    }
    for words in [key.match_type.map(MatchType::as_sql), key.deferrable.map(Deferrable::as_sql)] {
        clause.extend(words.map(|words| format!(" {words}")));
    }
    clause
}
