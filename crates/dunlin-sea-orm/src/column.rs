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
    column.comment = spec.comment.as_deref().and_then(comment);
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
    let expression = |text: String| Some(SqlValue::Expression(text));
    match value {
        Value::Bool(Some(value)) => Some(SqlValue::Boolean(*value)),
        Value::TinyInt(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::SmallInt(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::Int(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::BigInt(Some(value)) => Some(SqlValue::Integer(*value)),
        Value::TinyUnsigned(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::SmallUnsigned(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::Unsigned(Some(value)) => Some(SqlValue::Integer((*value).into())),
        Value::BigUnsigned(Some(value)) => match i64::try_from(*value) {
            Ok(value) => Some(SqlValue::Integer(value)),
            Err(_) => expression(value.to_string()),
        },
        Value::Float(Some(value)) if value.is_finite() => expression(value.to_string()),
        Value::Double(Some(value)) if value.is_finite() => expression(value.to_string()),
        Value::String(Some(value)) => Some(SqlValue::text(value.as_str())),
        Value::Char(Some(value)) => Some(SqlValue::text(value.to_string())),
        Value::Bytes(Some(value)) => Some(SqlValue::Bytes(value.clone())),
        _ => None,
    }
}

/// A column's comment without what SeaORM adds to it for a column with `renamed_from`.
fn comment(text: &str) -> Option<String> {
    let said = match text.rfind("renamed_from \"") {
        Some(0) => return None,
        Some(at) => text[..at].strip_suffix("; ").unwrap_or(text),
        None => text,
    };
    Some(said.to_owned())
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{ColumnType, Func};

    use super::*;

    fn default_of(default: impl Into<Expr>) -> Result<Option<SqlValue>, EntityError> {
        let definition = ColumnDef::new_with_type("c", ColumnType::Text).default(default.into()).to_owned();
        let default = column(&definition, &"t".into())?.server_default;
        Ok(default.and_then(|default| default.default_value().cloned()))
    }

    #[test]
    fn plain_defaults_are_carried_over() {
        let expression = |sql: &str| Ok(Some(SqlValue::expression(sql)));
        let integer = |value| Ok(Some(SqlValue::Integer(value)));
        assert_eq!(default_of(false), Ok(Some(SqlValue::Boolean(false))));
        assert_eq!(default_of(-1_i8), integer(-1));
        assert_eq!(default_of(-1_i16), integer(-1));
        assert_eq!(default_of(-1), integer(-1));
        assert_eq!(default_of(i64::MIN), integer(i64::MIN));
        assert_eq!(default_of(u8::MAX), integer(255));
        assert_eq!(default_of(u16::MAX), integer(65_535));
        assert_eq!(default_of(u32::MAX), integer(4_294_967_295));
        assert_eq!(default_of(7_u64), integer(7));
        assert_eq!(default_of(u64::MAX), expression("18446744073709551615"));
        assert_eq!(default_of(vec![0_u8, 255]), Ok(Some(SqlValue::Bytes(vec![0, 255]))));
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

    #[test]
    fn a_comment_is_what_was_said() {
        for (text, said) in [
            ("a comment", Some("a comment")),
            ("a comment; renamed_from \"b\"", Some("a comment")),
            ("renamed_from \"b\"", None),
            ("was renamed_from somewhere", Some("was renamed_from somewhere")),
        ] {
            assert_eq!(comment(text).as_deref(), said, "{text}");
        }
    }
}
