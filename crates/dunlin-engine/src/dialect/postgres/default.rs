//! Server defaults as values, where they are constants.

use dunlin_core::schema::{DataType, SqlValue};

/// Reads a default, as its author or `pg_get_expr()` writes it. A constant, with a cast to its type behind
/// it as in `'open'::character varying` or without one, is read as a value, and everything else as an
/// expression.
///
/// ```
/// use dunlin_core::schema::{DataType, SqlValue};
/// use dunlin_engine::dialect::read_default;
///
/// assert_eq!(read_default("'open'::text", &DataType::Text), SqlValue::text("open"));
/// assert_eq!(read_default("now()", &DataType::timestamp()), SqlValue::expression("now()"));
/// ```
pub fn read_default(text: &str, data_type: &DataType) -> SqlValue {
    if text.eq_ignore_ascii_case("true") {
        return SqlValue::Boolean(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return SqlValue::Boolean(false);
    }
    if let Some(number) = integer(text) {
        return SqlValue::Integer(number);
    }
    let is_null = text.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("null"));
    if is_null && (text.len() == 4 || cast(&text[4..]).is_some()) {
        return SqlValue::Null;
    }
    match constant(text) {
        Some((value, Some(to))) if is_kept_in_quotes(&value, to, data_type) => SqlValue::Text(value),
        Some((value, _)) => of_type(value, data_type),
        None => SqlValue::expression(text),
    }
}

/// The type behind `::`, where nothing else stands.
fn cast(behind: &str) -> Option<&str> {
    behind.trim_start().strip_prefix("::").map(str::trim_start).filter(|to| is_type(to))
}

/// Whether the server tells a number in quotes that would not be told so if its author had not quoted it:
/// an `integer`, and a negative number, are told alike.
fn is_kept_in_quotes(value: &str, to: &str, data_type: &DataType) -> bool {
    let whole = integer(value);
    match data_type {
        DataType::SmallInteger => to == "smallint" && whole.is_some(),
        DataType::BigInteger => to == "bigint" && whole.is_some_and(|number| i32::try_from(number).is_ok()),
        DataType::Real => to == "real",
        DataType::Double => to == "double precision",
        DataType::Numeric { .. } => to == "numeric" && (whole.is_some() || !value.starts_with('-')),
        _ => false,
    }
}

/// A whole number.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The text within quotes, where nothing but a cast stands behind it, and the type of that.
fn constant(text: &str) -> Option<(String, Option<&str>)> {
    let mut value = String::new();
    let mut rest = text.strip_prefix('\'')?.chars();
    loop {
        match rest.next()? {
            '\'' if rest.as_str().starts_with('\'') => value.extend(rest.next()),
            '\'' if rest.as_str().is_empty() => return Some((value, None)),
            '\'' => return cast(rest.as_str()).map(|to| (value, Some(to))),
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
        _ if data_type.is_integer() => integer(&value).map(SqlValue::Integer),
        DataType::Real | DataType::Float | DataType::Double | DataType::Numeric { .. } => {
            let number = integer(&value).map(SqlValue::Integer);
            number.or_else(|| {
                let is_finite = value.parse::<f64>().is_ok_and(f64::is_finite);
                is_finite.then(|| SqlValue::expression(value.as_str()))
            })
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
        assert_eq!(read("''", DataType::Text), SqlValue::text(""));
        assert_eq!(read("'1'::text", DataType::Text), SqlValue::text("1"));
        assert_eq!(read("'-1'::integer", DataType::BigInteger), SqlValue::Integer(-1));
        assert_eq!(read("7", DataType::Integer), SqlValue::Integer(7));
        assert_eq!(read("'-1.5'::numeric", DataType::numeric(3, 1)), SqlValue::expression("-1.5"));
        // As it is told where the author put it into quotes.
        assert_eq!(read("'0'::smallint", DataType::SmallInteger), SqlValue::text("0"));
        assert_eq!(read("'0'::bigint", DataType::BigInteger), SqlValue::text("0"));
        assert_eq!(read("'5000000000'::bigint", DataType::BigInteger), SqlValue::Integer(5_000_000_000));
        assert_eq!(read("'99.9'::double precision", DataType::Double), SqlValue::text("99.9"));
        assert_eq!(read("'x' :: text", DataType::Text), SqlValue::text("x"));
        assert_eq!(read("1.5", DataType::numeric(3, 1)), SqlValue::expression("1.5"));
        assert_eq!(read("'NaN'::numeric", DataType::numeric(3, 1)), SqlValue::text("NaN"));
        assert_eq!(read("TRUE", DataType::Boolean), SqlValue::Boolean(true));
        assert_eq!(read("NULL::character varying", DataType::string(5)), SqlValue::Null);
        assert_eq!(read("null", DataType::Text), SqlValue::Null);
        assert_eq!(read("'\\x00ff'::bytea", DataType::Binary), SqlValue::Bytes(vec![0, 255]));
        for expression in [
            "now()",
            "'a'::text || 'b'::text",
            "('a'::text || 'b'::text)",
            "lower('A'::text)",
            "+5",
            "nullif(1, 1)",
            "'a' 'b'",
        ] {
            assert_eq!(read(expression, DataType::Text), SqlValue::expression(expression));
        }
    }
}
