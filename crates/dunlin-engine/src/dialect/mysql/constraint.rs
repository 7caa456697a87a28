//! Constraint clauses.

use dunlin_core::dialect::DialectName;
use dunlin_core::schema::{
    Check, Constraint, Deferrable, ForeignKey, MatchType, Name, OnConflict, PrimaryKey, ReferentialAction,
    Table, Unique,
};

use super::MySql;
use super::column::unwrapped;
use crate::dialect::{Dialect, RenderError, ddl};

/// The name that the server gives to a constraint of a table that has none there.
pub(super) fn server_name(dialect: &MySql, table: &Table, constraint: &Constraint) -> Name {
    let nameless = |known: &Constraint| known.kind() == constraint.kind() && known.name().is_none();
    let number = table.constraints().filter(nameless).position(|known| known == *constraint).unwrap_or(0) + 1;
    let table_name = &table.name.name;
    Name::exact(match constraint {
        Constraint::PrimaryKey(_) => "PRIMARY".to_owned(),
        Constraint::ForeignKey(_) => format!("{table_name}_ibfk_{number}"),
        Constraint::Check(_) if dialect.name == DialectName::MariaDb => format!("CONSTRAINT_{number}"),
        Constraint::Check(_) => format!("{table_name}_chk_{number}"),
        other => other.columns().first().cloned().unwrap_or_default(),
    })
}

/// ``CONSTRAINT `name` UNIQUE (`a`, `b`)`` and its like.
///
/// # Errors
/// The database has no such constraint.
pub(super) fn clause(dialect: &MySql, constraint: &Constraint) -> Result<String, RenderError> {
    let clause = match constraint {
        Constraint::PrimaryKey(key) => primary_key(dialect, key)?,
        Constraint::Unique(unique) => self::unique(dialect, unique)?,
        Constraint::Check(check) => self::check(dialect, check)?,
        Constraint::ForeignKey(key) => foreign_key(dialect, key)?,
        Constraint::Exclude(_) => {
            return Err(dialect.unsupported(
                "have an exclude constraint".to_owned(),
                "leave it out there: `only_on([DialectName::Postgres])`",
            ));
        }
        _ => return Err(ddl::newer_operation(dialect)),
    };
    Ok(match constraint.name() {
        Some(name) => format!("CONSTRAINT {} {clause}", dialect.quote(name)),
        None => clause,
    })
}

fn primary_key(dialect: &MySql, key: &PrimaryKey) -> Result<String, RenderError> {
    refuse_waiting(dialect, "a primary key", key.deferrable)?;
    refuse_on_conflict(dialect, "a row that breaks the primary key", key.on_conflict)?;
    let using = method(key.using.as_deref()).map(|method| format!("USING {method} ")).unwrap_or_default();
    let part = |column: &String| {
        let length = key.prefixes.get(column).map(|length| format!("({length})")).unwrap_or_default();
        format!("{}{length}", dialect.quote(column))
    };
    let parts: Vec<String> = key.columns.iter().map(part).collect();
    Ok(format!("PRIMARY KEY {using}({})", parts.join(", ")))
}

/// An index method that MySQL has. One that it does not have is passed over.
pub(super) fn method(given: Option<&str>) -> Option<String> {
    given.map(str::to_uppercase).filter(|method| matches!(method.as_str(), "BTREE" | "HASH"))
}

fn unique(dialect: &MySql, unique: &Unique) -> Result<String, RenderError> {
    refuse_waiting(dialect, "a unique constraint", unique.deferrable)?;
    refuse_on_conflict(dialect, "a row that breaks a unique constraint", unique.on_conflict)?;
    if unique.nulls_not_distinct {
        return Err(equal_nulls(dialect, &unique.columns.join(", ")));
    }
    Ok(format!("UNIQUE ({})", ddl::columns(dialect, &unique.columns)))
}

/// Two NULLs are never equal here.
pub(super) fn equal_nulls(dialect: &MySql, columns: &str) -> RenderError {
    dialect.unsupported(
        format!("take two NULLs in ({columns}) for equal"),
        "make the columns NOT NULL, or leave out `nulls_not_distinct`",
    )
}

pub(super) fn check(dialect: &MySql, check: &Check) -> Result<String, RenderError> {
    if check.not_valid {
        return Err(not_valid(dialect, "a check"));
    }
    if check.no_inherit {
        return Err(dialect.unsupported(
            "keep a check from inheriting tables".to_owned(),
            "leave out `no_inherit`: no table inherits from another there",
        ));
    }
    if check.not_enforced && dialect.name == DialectName::MariaDb {
        return Err(dialect.unsupported(
            "have a check that is not enforced".to_owned(),
            "leave the check out there: `only_on([…])`",
        ));
    }
    let expression = ddl::expression(dialect, &check.expression, "a check")?;
    let enforced = if check.not_enforced { " NOT ENFORCED" } else { "" };
    Ok(format!("CHECK ({}){enforced}", unwrapped(expression)))
}

/// InnoDB has no SET DEFAULT: MySQL refuses it or, from 9, takes it and does not do it; MariaDB drops it.
fn foreign_key(dialect: &MySql, key: &ForeignKey) -> Result<String, RenderError> {
    let columns = key.columns.join(", ");
    if [key.on_delete, key.on_update].contains(&ReferentialAction::SetDefault) {
        return Err(dialect.unsupported(
            format!("set ({columns}) to its default when the row it refers to goes"),
            "use SET NULL or NO ACTION",
        ));
    }
    refuse_waiting(dialect, "a foreign key", key.deferrable)?;
    if let Some(MatchType::Full | MatchType::Partial) = key.match_type {
        return Err(dialect.unsupported(
            format!(
                "have the foreign key ({columns}) {}",
                key.match_type.map(MatchType::as_sql).unwrap_or_default()
            ),
            "leave it out: a key that is partly NULL is not checked there",
        ));
    }
    if key.not_valid {
        return Err(not_valid(dialect, "a foreign key"));
    }
    if key.referred_columns.is_empty() {
        return Err(dialect.unsupported(
            format!("let ({columns}) refer to {} without saying to which columns", key.referred_table),
            "name the columns that the key refers to",
        ));
    }
    let mut clause = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        ddl::columns(dialect, &key.columns),
        ddl::table_name(dialect, &key.referred_table),
        ddl::columns(dialect, &key.referred_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if !action.is_no_action() {
            clause.push_str(&format!(" ON {event} {}", action.as_sql()));
        }
    }
    Ok(clause)
}

fn refuse_waiting(dialect: &MySql, what: &str, deferrable: Option<Deferrable>) -> Result<(), RenderError> {
    match deferrable {
        None => Ok(()),
        Some(deferrable) => Err(dialect.unsupported(
            format!("have {what} {}", deferrable.as_sql()),
            "leave it out: constraints are checked row by row there",
        )),
    }
}

fn refuse_on_conflict(dialect: &MySql, what: &str, action: Option<OnConflict>) -> Result<(), RenderError> {
    match action {
        None | Some(OnConflict::Abort) => Ok(()),
        Some(action) => Err(dialect.no_on_conflict(what, action)),
    }
}

fn not_valid(dialect: &MySql, what: &str) -> RenderError {
    dialect.unsupported(
        format!("add {what} without asking it of the rows that are there"),
        "leave out `not_valid`, and mend the rows before",
    )
}
