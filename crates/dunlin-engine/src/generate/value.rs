//! Texts, names and values as expressions.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::schema::{Name, SqlValue, TableName};

use super::error::GenerateError;
use super::expr::Expr;

pub(super) type Result<T> = std::result::Result<T, GenerateError>;

/// A path: `ReferentialAction::Cascade`.
pub(super) fn variant(of: &str, variant: impl std::fmt::Debug) -> Expr {
    Expr::word(format!("{of}::{variant:?}"))
}

pub(super) fn number(value: impl std::fmt::Display) -> Expr {
    Expr::word(value.to_string())
}

pub(super) fn some(value: Expr) -> Expr {
    Expr::call("Some", [value])
}

/// `None`, or `Some(…)`.
pub(super) fn option(value: Option<Expr>) -> Expr {
    value.map_or_else(|| Expr::word("None"), some)
}

/// What becomes a list of texts: names of columns, values of an enum type.
pub(super) fn texts(of: &[String]) -> Expr {
    match of {
        [] => Expr::word("[\"\"; 0]"),
        texts => Expr::Array(texts.iter().map(|text| Expr::text(text)).collect()),
    }
}

/// What becomes a name of a table.
pub(super) fn table_name(name: &TableName) -> Expr {
    match &name.schema {
        None => Expr::text(&name.name),
        Some(schema) => Expr::call("TableName::new", [some(Expr::text(schema)), Expr::text(&name.name)]),
    }
}

/// A name of a table in a field.
pub(super) fn table_name_value(name: &TableName) -> Expr {
    match name.schema {
        None => table_name(name).then("into", []),
        Some(_) => table_name(name),
    }
}

/// What becomes a list of names of tables.
pub(super) fn table_names(of: &[TableName]) -> Expr {
    match of {
        [] => Expr::word("[\"\"; 0]"),
        names if names.iter().all(|name| name.schema.is_none()) => {
            Expr::Array(names.iter().map(table_name).collect())
        }
        names => {
            let qualified = |name: &TableName| match name.schema {
                None => Expr::call("TableName::from", [Expr::text(&name.name)]),
                Some(_) => table_name(name),
            };
            Expr::Array(names.iter().map(qualified).collect())
        }
    }
}

/// What becomes a name of a constraint or an index.
pub(super) fn name(name: &Name) -> Expr {
    match name.is_exact() {
        true => name_value(name),
        false => Expr::text(name),
    }
}

/// A name of a constraint or an index in a field.
pub(super) fn name_value(name: &Name) -> Expr {
    match name.is_exact() {
        true => Expr::call("Name::exact", [Expr::text(name)]),
        false => Expr::call("Name::from", [Expr::text(name)]),
    }
}

pub(super) fn dialect(name: DialectName) -> Expr {
    variant("DialectName", name)
}

pub(super) fn dialects(names: &[DialectName]) -> Expr {
    Expr::Array(names.iter().copied().map(dialect).collect())
}

/// A value that may differ: as `plain` writes it where it is the same everywhere, else
/// `PerDialect::all(…).on(…)`, the values as `full` writes them.
pub(super) fn per_dialect<T>(
    value: &PerDialect<T>,
    of: &str,
    plain: impl Fn(&T) -> Result<Expr>,
    full: impl Fn(&T) -> Result<Expr>,
) -> Result<Expr> {
    let mut variants = value.variants();
    let mut expr = match (value.default_value(), variants.next()) {
        (Some(value), None) => return plain(value),
        (Some(value), Some((on, variant))) => {
            Expr::call(&format!("{of}::all"), [full(value)?]).then("on", [dialect(on), full(variant)?])
        }
        (None, Some((on, variant))) => Expr::call(&format!("{of}::only"), [dialect(on), full(variant)?]),
        (None, None) => return Err(GenerateError::unsayable("a value that no database has")),
    };
    for (on, variant) in variants {
        expr = expr.then("on", [dialect(on), full(variant)?]);
    }
    Ok(expr)
}

/// What becomes SQL that may differ.
pub(super) fn sql(value: &PerDialect<String>) -> Result<Expr> {
    per_dialect(value, "PerDialect", |sql| Ok(Expr::sql(sql)), |sql| Ok(Expr::sql(sql).owned()))
}

/// SQL that may differ, in a field.
pub(super) fn sql_value(value: &PerDialect<String>) -> Result<Expr> {
    let plain = |sql: &String| Ok(Expr::sql(sql).then("into", []));
    per_dialect(value, "PerDialect", plain, |sql| Ok(Expr::sql(sql).owned()))
}

/// What becomes a value of SQL that may differ.
pub(super) fn values(value: &PerDialect<SqlValue>) -> Result<Expr> {
    let plain = |value: &SqlValue| match value {
        SqlValue::Text(text) => Ok(Expr::text(text)),
        SqlValue::Boolean(value) => Ok(number(value)),
        SqlValue::Integer(value) => Ok(number(value)),
        other => sql_literal(other),
    };
    per_dialect(value, "PerDialect", plain, sql_literal)
}

/// A value of SQL in a row: `1.into()`, where that says it.
pub(super) fn row_value(value: &SqlValue) -> Result<Expr> {
    Ok(match value {
        SqlValue::Text(text) => Expr::text(text).then("into", []),
        SqlValue::Boolean(value) => number(value).then("into", []),
        // A sign would stand before the whole call.
        SqlValue::Integer(value @ 0..) => number(value).then("into", []),
        other => sql_literal(other)?,
    })
}

/// A value of SQL.
pub(super) fn sql_literal(value: &SqlValue) -> Result<Expr> {
    Ok(match value {
        SqlValue::Text(text) => Expr::call("SqlValue::text", [Expr::text(text)]),
        SqlValue::Expression(sql) => Expr::call("SqlValue::expression", [Expr::text(sql)]),
        SqlValue::Integer(value) => Expr::call("SqlValue::Integer", [number(value)]),
        SqlValue::Boolean(value) => Expr::call("SqlValue::Boolean", [number(value)]),
        SqlValue::Bytes(bytes) => {
            Expr::call("SqlValue::Bytes", [Expr::Vec(bytes.iter().map(number).collect())])
        }
        SqlValue::Null => Expr::word("SqlValue::Null"),
        other => return Err(GenerateError::unsayable(format!("the value {other:?}"))),
    })
}
