//! Defaults: what the catalog would say of them.

use dunlin_core::schema::{DataType, SqlValue};

use super::column::unwrapped;
use super::expression::{self, Kind, Token, tokens};

/// The default of a column as its server prints it; `None` is NULL, which is no default. What the server
/// makes of an expression, only it can tell.
pub(super) fn normal(data_type: &DataType, value: SqlValue) -> Option<SqlValue> {
    let literal = match value {
        SqlValue::Null => return None,
        SqlValue::Expression(sql) => {
            if is_moment(data_type)
                && let Some(now) = moment(&sql)
            {
                return Some(SqlValue::Expression(now));
            }
            match literal(&sql) {
                Some(SqlValue::Null) => return None,
                Some(literal) => literal,
                None => return Some(SqlValue::Expression(expression::normal(&sql))),
            }
        }
        SqlValue::Boolean(value) => SqlValue::Integer(i64::from(value)),
        literal => literal,
    };
    Some(of_type(data_type, literal))
}

fn is_moment(data_type: &DataType) -> bool {
    matches!(data_type, DataType::DateTime { .. } | DataType::Timestamp { .. })
}

/// `CURRENT_TIMESTAMP(3)` for it and its other names.
pub(super) fn moment(sql: &str) -> Option<String> {
    let tokens = tokens(unwrapped(sql))?;
    let (name, rest) = tokens.split_first()?;
    now(name, rest)
}

fn now(name: &Token<'_>, rest: &[Token<'_>]) -> Option<String> {
    let names = ["current_timestamp", "now", "localtime", "localtimestamp"];
    if !names.iter().any(|now| name.is_word(now)) {
        return None;
    }
    let digits = match rest {
        [] if !name.is_word("now") => "0",
        [open, close] if open.is_symbol("(") && close.is_symbol(")") => "0",
        [open, digits, close]
            if open.is_symbol("(") && close.is_symbol(")") && digits.kind == Kind::Number =>
        {
            &*digits.text
        }
        _ => return None,
    };
    Some(match digits {
        "0" => "current_timestamp".to_owned(),
        digits => format!("current_timestamp({digits})"),
    })
}

/// A default that says what is put in at each UPDATE, too: `CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`.
pub(super) fn on_update_in(sql: &str) -> Option<(String, String)> {
    let tokens = tokens(sql)?;
    let at = tokens.windows(2).position(|pair| pair[0].is_word("on") && pair[1].is_word("update"))?;
    let on_update = &tokens[at + 2..];
    let on_update = on_update.split_first().and_then(|(name, rest)| now(name, rest));
    Some((
        expression::write(&tokens[..at]),
        on_update.unwrap_or_else(|| expression::write(&tokens[at + 2..])),
    ))
}

/// The value of an expression that is one literal.
fn literal(sql: &str) -> Option<SqlValue> {
    let mut sql = sql.trim();
    while unwrapped(sql) != sql {
        sql = unwrapped(sql).trim();
    }
    let all = tokens(sql)?;
    let number = |text: &str, sign: &str| match hexadecimal(text) {
        Some(bytes) if sign.is_empty() => Some(SqlValue::Bytes(bytes)),
        Some(_) => None,
        None => match bits(text) {
            Some(bits) => Some(SqlValue::Integer(bits)),
            None => text.parse::<f64>().is_ok().then(|| SqlValue::Expression(format!("{sign}{text}"))),
        },
    };
    match all.as_slice() {
        [one] if one.kind == Kind::Text => Some(SqlValue::Text(one.text.clone().into_owned())),
        [one] if one.kind == Kind::Number => number(&one.text, ""),
        [one] if one.is_word("null") => Some(SqlValue::Null),
        [one] if one.is_word("true") => Some(SqlValue::Integer(1)),
        [one] if one.is_word("false") => Some(SqlValue::Integer(0)),
        [sign, one] if one.kind == Kind::Number && sign.is_symbol("-") => number(&one.text, "-"),
        [sign, one] if one.kind == Kind::Number && sign.is_symbol("+") => number(&one.text, ""),
        [prefix, text] if text.kind == Kind::Text => match &*prefix.text {
            "b" => i64::from_str_radix(&text.text, 2).ok().map(SqlValue::Integer),
            "x" => digits(&text.text).map(SqlValue::Bytes),
            "_utf8mb4" | "_utf8mb3" | "_utf8" | "n" | "date" | "time" | "timestamp" => {
                Some(SqlValue::Text(text.text.clone().into_owned()))
            }
            _ => None,
        },
        _ => None,
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    digits(text.strip_prefix("0x")?)
}

fn digits(text: &str) -> Option<Vec<u8>> {
    if text.len() % 2 == 1 {
        return digits(&format!("0{text}"));
    }
    let byte = |at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(byte).collect()
}

/// `0b101`
fn bits(text: &str) -> Option<i64> {
    i64::from_str_radix(text.strip_prefix("0b")?, 2).ok()
}

/// A literal as a column of a type keeps it.
fn of_type(data_type: &DataType, literal: SqlValue) -> SqlValue {
    let data_type = match data_type {
        DataType::Unsigned(of) | DataType::Collated { text: of, .. } => of,
        other => other,
    };
    let kept = match data_type {
        DataType::Boolean => integer(&literal),
        _ if data_type.is_integer() => integer(&literal),
        DataType::Bit { .. } => integer(&literal),
        DataType::Year => integer(&literal).map(|year| match year {
            SqlValue::Integer(short @ 1..=69) => SqlValue::Integer(short + 2000),
            SqlValue::Integer(short @ 70..=99) => SqlValue::Integer(short + 1900),
            other => other,
        }),
        DataType::Numeric { scale, .. } => plain_text(&literal).and_then(|text| decimal(&text, *scale)),
        DataType::Float => number(&literal).map(|value| {
            #[expect(clippy::cast_possible_truncation, reason = "the column has no more digits")]
            let value = value as f32;
            SqlValue::Expression(value.to_string())
        }),
        DataType::Double => number(&literal).map(|value| SqlValue::Expression(value.to_string())),
        DataType::FixedBinary { length } => bytes(&literal).map(|mut bytes| {
            bytes.resize(bytes.len().max(usize::try_from(*length).unwrap_or_default()), 0);
            SqlValue::Bytes(bytes)
        }),
        DataType::VarBinary { .. }
        | DataType::Binary
        | DataType::TinyBlob
        | DataType::MediumBlob
        | DataType::LongBlob => bytes(&literal).map(SqlValue::Bytes),
        DataType::Char { .. } => {
            plain_text(&literal).map(|text| SqlValue::Text(text.trim_end_matches(' ').to_owned()))
        }
        DataType::Date => plain_text(&literal).map(|text| SqlValue::Text(date(&text).unwrap_or(text))),
        DataType::DateTime { precision, .. } | DataType::Timestamp { precision, .. } => {
            plain_text(&literal).map(|text| SqlValue::Text(day_and_time(&text, *precision).unwrap_or(text)))
        }
        DataType::Time { precision, .. } => {
            plain_text(&literal).map(|text| SqlValue::Text(time(&text, *precision).unwrap_or(text)))
        }
        DataType::Native(_) => None,
        _ => plain_text(&literal).map(SqlValue::Text),
    };
    kept.unwrap_or(literal)
}

/// A text or a number as text.
fn plain_text(literal: &SqlValue) -> Option<String> {
    match literal {
        SqlValue::Text(text) | SqlValue::Expression(text) => Some(text.clone()),
        SqlValue::Integer(number) => Some(number.to_string()),
        SqlValue::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}

fn bytes(literal: &SqlValue) -> Option<Vec<u8>> {
    match literal {
        SqlValue::Bytes(bytes) => Some(bytes.clone()),
        other => plain_text(other).map(String::into_bytes),
    }
}

fn number(literal: &SqlValue) -> Option<f64> {
    plain_text(literal)?.trim().parse().ok()
}

/// Numbers beyond 64 bits stay as they are written.
fn integer(literal: &SqlValue) -> Option<SqlValue> {
    if let SqlValue::Bytes(bytes) = literal {
        let number =
            bytes.iter().try_fold(0_i64, |sum, byte| sum.checked_mul(256)?.checked_add(i64::from(*byte)));
        return number.map(SqlValue::Integer);
    }
    let text = plain_text(literal)?;
    let text = text.trim();
    match text.parse() {
        Ok(number) => Some(SqlValue::Integer(number)),
        Err(_) => match decimal(text, 0)? {
            SqlValue::Expression(rounded) => {
                Some(rounded.parse().map_or(SqlValue::Expression(rounded), SqlValue::Integer))
            }
            _ => None,
        },
    }
}

/// A decimal with so many digits behind its point, rounded half away from zero; `None` for what is none, or
/// has an exponent.
fn decimal(text: &str, scale: u16) -> Option<SqlValue> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let scale = usize::from(scale);
    let rounds_up = fraction.as_bytes().get(scale).is_some_and(|digit| *digit >= b'5');
    let mut digits: Vec<u8> =
        whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(scale)).collect();
    if rounds_up {
        let mut at = digits.len();
        loop {
            match at.checked_sub(1) {
                None => {
                    digits.insert(0, b'1');
                    break;
                }
                Some(before) if digits[before] == b'9' => {
                    digits[before] = b'0';
                    at = before;
                }
                Some(before) => {
                    digits[before] += 1;
                    break;
                }
            }
        }
    }
    let text = String::from_utf8(digits).ok()?;
    let (whole, fraction) = text.split_at(text.len() - scale);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = text.bytes().all(|digit| digit == b'0');
    let sign = if negative && !is_zero { "-" } else { "" };
    let point = if scale == 0 { "" } else { "." };
    Some(SqlValue::Expression(format!("{sign}{whole}{point}{fraction}")))
}

/// `2024-1-2` as `2024-01-02`.
fn date(text: &str) -> Option<String> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = |part: &str, digits: usize| {
        !part.is_empty() && part.len() <= digits && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let whole = parts.next().is_none() && year.len() == 4 && fits(year, 4) && fits(month, 2) && fits(day, 2);
    whole.then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// `1:2:3` as `01:02:03`, with so many digits of the second's fraction; more are left to the server to
/// round.
fn time(text: &str, precision: Option<u8>) -> Option<String> {
    let precision = usize::from(precision.unwrap_or(0));
    let (clock, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if fraction.len() > precision && fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else { return None };
    let fits = |part: &str, digits: usize| {
        !part.is_empty() && part.len() <= digits && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !fits(hours, 3) || !fits(minutes, 2) || !fits(seconds, 2) {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(precision).collect();
    let point = if precision == 0 { "" } else { "." };
    Some(format!("{hours:0>2}:{minutes:0>2}:{seconds:0>2}{point}{fraction}"))
}

fn day_and_time(text: &str, precision: Option<u8>) -> Option<String> {
    let text = text.trim();
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    Some(format!("{} {}", date(day)?, time(clock, precision)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_what_its_column_keeps() {
        let expression = SqlValue::expression;
        let text = SqlValue::text;
        let cases: Vec<(DataType, SqlValue, SqlValue)> = vec![
            (DataType::Boolean, true.into(), 1.into()),
            (DataType::Boolean, expression("false"), 0.into()),
            (DataType::Boolean, text("1"), 1.into()),
            (DataType::Integer, expression("((-5))"), (-5).into()),
            (DataType::Integer, text("7"), 7.into()),
            (DataType::Integer.unsigned(), expression("1.5"), 2.into()),
            (DataType::numeric(5, 2), text("1"), expression("1.00")),
            (DataType::numeric(5, 2), expression("-1.555"), expression("-1.56")),
            (DataType::numeric(5, 0), expression("9.5"), expression("10")),
            (DataType::Double, expression("1.10"), expression("1.1")),
            (DataType::Float, expression("1e3"), expression("1000")),
            (DataType::string(5), 5.into(), text("5")),
            (DataType::string(5), expression("'it''s'"), text("it's")),
            (DataType::string(5), expression("CURRENT_TIMESTAMP"), expression("current_timestamp")),
            (DataType::datetime(), expression("NOW()"), expression("current_timestamp")),
            (DataType::datetime().precision(3), expression("now(3)"), expression("current_timestamp(3)")),
            (DataType::datetime(), text("2024-1-2"), text("2024-01-02 00:00:00")),
            (DataType::time(), text("1:2:3"), text("01:02:03")),
            (DataType::Bit { length: Some(3), varying: false }, expression("b'101'"), 5.into()),
            (DataType::FixedBinary { length: 3 }, text("a"), SqlValue::Bytes(vec![97, 0, 0])),
            (DataType::VarBinary { length: 3 }, expression("0x00ff"), SqlValue::Bytes(vec![0, 255])),
            (DataType::Year, 24.into(), 2024.into()),
            (DataType::Text, expression("('x')"), text("x")),
            (DataType::Integer, expression("(1 + 1)"), expression("1 + 1")),
        ];
        for (data_type, given, kept) in cases {
            let found = normal(&data_type, given.clone());
            assert_eq!(found, Some(kept.clone()), "{data_type:?} {given:?}");
            assert_eq!(normal(&data_type, kept.clone()), Some(kept), "{data_type:?} {given:?}: again");
        }
        assert_eq!(normal(&DataType::Integer, SqlValue::Null), None);
        assert_eq!(normal(&DataType::Integer, expression("NULL")), None);
        assert_eq!(
            on_update_in("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            Some(("current_timestamp".to_owned(), "current_timestamp".to_owned()))
        );
        assert_eq!(on_update_in("now()"), None);
    }
}
