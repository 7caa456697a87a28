//! Server defaults as their author may have written them.

use dunlin_core::schema::{DataType, SqlValue};

/// Reads the text of `pg_get_expr()` for a default. A constant is told with its type, as in
/// `'open'::character varying`: it is read as a value, and everything else as an expression.
pub(super) fn read_default(text: &str, data_type: &DataType) -> SqlValue {
    match text {
        "true" => return SqlValue::Boolean(true),
        "false" => return SqlValue::Boolean(false),
        _ => {}
    }
    if let Ok(number) = text.parse() {
        return SqlValue::Integer(number);
    }
    if text.strip_prefix("NULL::").is_some_and(is_type) {
        return SqlValue::Null;
    }
    constant(text).map_or_else(|| SqlValue::expression(text), |value| of_type(value, data_type))
}

/// The text within quotes, where nothing but a cast stands behind it.
fn constant(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?.chars();
    loop {
        match rest.next()? {
            '\'' if rest.as_str().starts_with('\'') => value.extend(rest.next()),
            '\'' => return rest.as_str().strip_prefix("::").filter(|cast| is_type(cast)).map(|_| value),
            other => value.push(other),
        }
    }
}

/// Whether it is the name of a type, and nothing behind it.
fn is_type(text: &str) -> bool {
    let part =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '.' | '"' | '[' | ']' | '(' | ')' | ',');
    !text.is_empty() && text.chars().all(part)
}

fn of_type(value: String, data_type: &DataType) -> SqlValue {
    let read = match data_type {
        _ if data_type.is_integer() => value.parse().ok().map(SqlValue::Integer),
        DataType::Real | DataType::Float | DataType::Double | DataType::Numeric { .. } => {
            let integer = value.parse().ok().map(SqlValue::Integer);
            integer.or_else(|| value.parse::<f64>().ok().map(|_| SqlValue::expression(value.as_str())))
        }
        DataType::Binary => value.strip_prefix("\\x").and_then(bytes).map(SqlValue::Bytes),
        _ => None,
    };
    read.unwrap_or(SqlValue::Text(value))
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_values_and_the_rest_is_not() {
        let read = |text: &str, data_type: DataType| read_default(text, &data_type);
        assert_eq!(read("'it''s'::character varying", DataType::string(5)), SqlValue::text("it's"));
        assert_eq!(read("''::text", DataType::Text), SqlValue::text(""));
        assert_eq!(read("'1'::text", DataType::Text), SqlValue::text("1"));
        assert_eq!(read("'-1'::integer", DataType::BigInteger), SqlValue::Integer(-1));
        assert_eq!(read("7", DataType::Integer), SqlValue::Integer(7));
        assert_eq!(read("'-1.5'::numeric", DataType::numeric(3, 1)), SqlValue::expression("-1.5"));
        assert_eq!(read("1.5", DataType::numeric(3, 1)), SqlValue::expression("1.5"));
        assert_eq!(read("true", DataType::Boolean), SqlValue::Boolean(true));
        assert_eq!(read("NULL::character varying", DataType::string(5)), SqlValue::Null);
        assert_eq!(read("'\\x00ff'::bytea", DataType::Binary), SqlValue::Bytes(vec![0, 255]));
        for expression in ["now()", "'a'::text || 'b'::text", "('a'::text || 'b'::text)", "lower('A'::text)"]
        {
            assert_eq!(read(expression, DataType::Text), SqlValue::expression(expression));
        }
    }
}
