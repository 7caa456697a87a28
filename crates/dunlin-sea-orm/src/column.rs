//! One column of an entity.

use dunlin_core::schema::{Column, SqlValue, TableName};
use sea_orm::Value;
use sea_orm::sea_query::{ColumnDef, Expr, Keyword};

use crate::error::EntityError;
use crate::types::column_type;

/// The column that SeaORM would create.
pub(crate) fn column(definition: &ColumnDef, table: &TableName) -> Result<Column, EntityError> {
    let name = definition.get_column_name();
    let sea_type = definition.get_column_type();
    let Some(of_type) = sea_type.and_then(column_type) else {
        let column_type = sea_type.map_or_else(String::new, |unknown| format!("{unknown:?}"));
        return Err(EntityError::UnsupportedType { table: table.clone(), column: name, column_type });
    };
    let spec = definition.get_column_spec();
    if let Some(extra) = &spec.extra {
        return Err(EntityError::UnsupportedExtra {
            table: table.clone(),
            column: name,
            extra: extra.clone(),
        });
    }
    let mut column = Column::new(name.clone(), of_type);
    column.nullable = spec.nullable.unwrap_or(true);
    column.autoincrement = spec.auto_increment;
    column.comment = spec.comment.clone();
    if let Some(default) = &spec.default {
        let Some(known) = server_default(default) else {
            let default = format!("{default:?}");
            return Err(EntityError::UnsupportedDefault { table: table.clone(), column: name, default });
        };
        column.server_default = Some(known.into());
    }
    Ok(column)
}

fn server_default(default: &Expr) -> Option<SqlValue> {
    match default {
        Expr::Value(value) | Expr::Constant(value) => plain_value(value),
        Expr::Custom(sql) => Some(SqlValue::expression(sql.as_ref())),
        Expr::Keyword(Keyword::CurrentTimestamp) => Some(SqlValue::expression("CURRENT_TIMESTAMP")),
        Expr::Keyword(Keyword::CurrentDate) => Some(SqlValue::expression("CURRENT_DATE")),
        Expr::Keyword(Keyword::CurrentTime) => Some(SqlValue::expression("CURRENT_TIME")),
        _ => None,
    }
}

fn plain_value(value: &Value) -> Option<SqlValue> {
    let number = |text: String| Some(SqlValue::Expression(text));
    match value {
        Value::Bool(Some(value)) => Some(SqlValue::Boolean(*value)),
        Value::TinyInt(Some(value)) => number(value.to_string()),
        Value::SmallInt(Some(value)) => number(value.to_string()),
        Value::Int(Some(value)) => number(value.to_string()),
        Value::BigInt(Some(value)) => number(value.to_string()),
        Value::Float(Some(value)) if value.is_finite() => number(value.to_string()),
        Value::Double(Some(value)) if value.is_finite() => number(value.to_string()),
        Value::String(Some(value)) => Some(SqlValue::text(value.as_str())),
        Value::Char(Some(value)) => Some(SqlValue::text(value.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{ColumnType, Func};

    use super::*;

    fn default_of(default: impl Into<Expr>) -> Result<Option<SqlValue>, EntityError> {
        let definition = ColumnDef::new_with_type("c", ColumnType::Text).default(default.into()).to_owned();
        column(&definition, &"t".into()).map(|column| column.server_default)
    }

    #[test]
    fn plain_defaults_are_carried_over() {
        let expression = |sql: &str| Ok(Some(SqlValue::expression(sql)));
        assert_eq!(default_of(false), Ok(Some(SqlValue::Boolean(false))));
        assert_eq!(default_of(-1), expression("-1"));
        assert_eq!(default_of(7_i64), expression("7"));
        assert_eq!(default_of(0.5), expression("0.5"));
        assert_eq!(default_of("it's"), Ok(Some(SqlValue::text("it's"))));
        assert_eq!(default_of('x'), Ok(Some(SqlValue::text("x"))));
        assert_eq!(default_of(Expr::current_timestamp()), expression("CURRENT_TIMESTAMP"));
        assert_eq!(default_of(Expr::cust("now()")), expression("now()"));
    }

    #[test]
    fn other_defaults_name_the_column() {
        for default in [Expr::from(Func::cust("uuid4")), Expr::val(f64::NAN), Expr::null()] {
            let error = default_of(default).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("column c of table t has a default that is not supported: "), "{text}");
        }
    }

    #[test]
    fn extra_sql_is_not_lost_in_silence() {
        let definition = ColumnDef::new_with_type("c", ColumnType::Text).extra("COLLATE NOCASE").to_owned();
        let error = column(&definition, &"t".into()).unwrap_err();
        assert!(matches!(error, EntityError::UnsupportedExtra { extra, .. } if extra == "COLLATE NOCASE"));
    }
}
