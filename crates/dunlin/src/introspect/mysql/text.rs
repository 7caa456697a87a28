//! What the catalog's texts mean: defaults, literals, and the column `extra`.

use dunlin_core::schema::{DataType, SqlValue};

/// What the catalog's column `extra` says.
#[derive(Default)]
pub(super) struct Extra {
    pub(super) autoincrement: bool,
    pub(super) default_is_expression: bool,
    /// Whether it is computed, and its value kept.
    pub(super) stored: Option<bool>,
    /// What the server puts in at each UPDATE.
    pub(super) on_update: Option<String>,
    /// Anything else, such as `INVISIBLE`.
    pub(super) unknown: Vec<String>,
}

impl Extra {
    pub(super) fn read(text: &str) -> Self {
        let mut extra = Self::default();
        let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word.to_lowercase().as_str() {
                "auto_increment" => extra.autoincrement = true,
                "default_generated" => extra.default_is_expression = true,
                "virtual" => extra.stored = Some(false),
                "stored" | "persistent" => extra.stored = Some(true),
                "generated" => {}
                "on" => extra.on_update = words.nth(1).map(now),
                _ => extra.unknown.push(word.to_owned()),
            }
        }
        extra
    }
}

/// MariaDB writes `current_timestamp()` for what MySQL, and whoever made the column, writes
/// `CURRENT_TIMESTAMP`.
fn now(text: &str) -> String {
    let upper = text.to_uppercase();
    match upper.strip_suffix("()") {
        Some(bare) if bare == "CURRENT_TIMESTAMP" => bare.to_owned(),
        _ if upper.starts_with("CURRENT_TIMESTAMP") => upper,
        _ => text.to_owned(),
    }
}

fn is_now(text: &str) -> bool {
    text.to_uppercase().starts_with("CURRENT_TIMESTAMP")
}

/// MySQL prints a literal bare, an expression with its quotes and backslashes escaped.
pub(super) fn default_of_mysql(default: String, data_type: &DataType, is_expression: bool) -> SqlValue {
    let moment = matches!(data_type, DataType::DateTime { .. } | DataType::Timestamp { .. });
    if moment && is_now(&default) {
        return SqlValue::Expression(now(&default));
    }
    if !is_expression {
        return value(default, data_type);
    }
    let sql = without_escapes(&default);
    // `_utf8mb4'text'`: the only way in which a long type has a text for its default.
    let text = sql.strip_prefix('_').and_then(|rest| rest.find('\'').and_then(|at| rest.get(at..)));
    match text.and_then(literal) {
        Some(text) => SqlValue::Text(text),
        None => SqlValue::Expression(format!("({})", expression(&default))),
    }
}

/// MariaDB prints SQL, and NULL as a word.
pub(super) fn default_of_mariadb(default: String, data_type: &DataType) -> Option<SqlValue> {
    let moment = matches!(data_type, DataType::DateTime { .. } | DataType::Timestamp { .. });
    Some(match literal(&default) {
        Some(text) => match data_type {
            DataType::FixedBinary { .. } | DataType::VarBinary { .. } => SqlValue::Bytes(text.into_bytes()),
            _ => SqlValue::Text(text),
        },
        None if default == "NULL" => return None,
        None if moment && is_now(&default) => SqlValue::Expression(now(&default)),
        None if is_plain_number(&default) => value(default, data_type),
        None => SqlValue::Expression(default),
    })
}

fn is_plain_number(text: &str) -> bool {
    text.parse::<f64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

/// A literal, by the type of its column.
fn value(text: String, data_type: &DataType) -> SqlValue {
    let of = match data_type {
        DataType::Unsigned(of) => of.as_ref(),
        other => other,
    };
    match of {
        DataType::Boolean if text == "0" || text == "1" => SqlValue::Boolean(text == "1"),
        DataType::Numeric { .. } | DataType::Float | DataType::Double if is_plain_number(&text) => {
            SqlValue::Expression(text)
        }
        DataType::FixedBinary { .. } | DataType::VarBinary { .. } => match bytes(&text) {
            Some(bytes) => SqlValue::Bytes(bytes),
            None => SqlValue::Expression(text),
        },
        DataType::Bit { .. } => SqlValue::Expression(text),
        _ if of.is_integer() || matches!(of, DataType::Boolean | DataType::Year) => match text.parse() {
            Ok(number) => SqlValue::Integer(number),
            Err(_) => SqlValue::Text(text),
        },
        _ => SqlValue::Text(text),
    }
}

/// `0x0aff`; no bytes are no text at all.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let digits = text.strip_prefix("0x")?;
    let byte = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// The value of a text that is one literal, in quotes.
pub(super) fn literal(sql: &str) -> Option<String> {
    let inside = sql.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut value = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        value.push(match character {
            '\\' => match characters.next()? {
                '0' => '\0',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'Z' => '\u{1a}',
                other => other,
            },
            // Doubled, or the literal ends here and another begins later.
            '\'' => characters.next().filter(|next| *next == '\'')?,
            other => other,
        });
    }
    Some(value)
}

/// An expression as MySQL's catalog prints it, as it would be written: without escapes, and without the
/// character set before each text, which is the connection's own.
pub(super) fn expression(sql: &str) -> String {
    let sql = without_escapes(sql);
    let mut written = String::with_capacity(sql.len());
    let mut rest = sql.as_str();
    while let Some(at) = rest.find(['\'', '`', '_']) {
        let named =
            rest[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '$');
        written.push_str(&rest[..at]);
        rest = &rest[at..];
        if let (false, Some(text)) =
            (named, rest.strip_prefix("_utf8mb4").filter(|text| text.starts_with('\'')))
        {
            rest = text;
        }
        let length = quoted(rest);
        written.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    written + rest
}

/// The length of what begins with a quote, in quotes; of one character where there is none.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next().filter(|first| *first != '_');
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if quote.is_none() => return at,
            _ if escaped => escaped = false,
            '\\' if quote == Some('\'') => escaped = true,
            _ if Some(character) == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `\'` becomes `'`, and `\\` a backslash.
pub(super) fn without_escapes(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut characters = sql.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next().unwrap_or(character) } else { character });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_one_literal_only() {
        for (sql, value) in [
            ("''", Some("")),
            ("'it''s'", Some("it's")),
            (r"'it\'s \\ a\nb'", Some("it's \\ a\nb")),
            ("'a' or 'b'", None),
            ("concat('a','b')", None),
            ("1", None),
            ("'", None),
        ] {
            assert_eq!(literal(sql).as_deref(), value, "{sql}");
        }
    }

    #[test]
    fn an_expression_is_as_it_would_be_written() {
        for (printed, written) in [
            (r"(`a` <> _utf8mb4\'x\')", "(`a` <> 'x')"),
            (r"concat(_utf8mb4\'_utf8mb4\\\'\',`_utf8mb4`)", r"concat('_utf8mb4\'',`_utf8mb4`)"),
            (r"a_utf8mb4(_latin1\'x\')", "a_utf8mb4(_latin1'x')"),
            ("_", "_"),
            ("", ""),
        ] {
            assert_eq!(expression(printed), written, "{printed}");
        }
    }

    #[test]
    fn what_the_catalog_adds_is_told_apart() {
        let read = Extra::read("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE");
        assert!(read.default_is_expression && !read.autoincrement);
        assert_eq!(read.on_update.as_deref(), Some("CURRENT_TIMESTAMP(3)"));
        assert_eq!(read.unknown, ["INVISIBLE"]);
        assert_eq!(Extra::read("VIRTUAL GENERATED").stored, Some(false));
        assert_eq!(Extra::read("STORED GENERATED").stored, Some(true));
        assert!(Extra::read("auto_increment").autoincrement);
        assert_eq!(
            Extra::read("on update current_timestamp()").on_update.as_deref(),
            Some("CURRENT_TIMESTAMP")
        );
    }

    #[test]
    fn defaults_are_values_of_their_types() {
        let mysql = |text: &str, data_type: DataType, is_expression| {
            default_of_mysql(text.to_owned(), &data_type, is_expression)
        };
        assert_eq!(mysql("7", DataType::Integer, false), SqlValue::Integer(7));
        assert_eq!(mysql("1", DataType::Boolean, false), SqlValue::Boolean(true));
        assert_eq!(mysql("7", DataType::string(3), false), SqlValue::text("7"));
        assert_eq!(mysql("0x00ff", DataType::VarBinary { length: 2 }, false), SqlValue::Bytes(vec![0, 255]));
        assert_eq!(mysql(r"_utf8mb4\'it\\\'s\'", DataType::Text, true), SqlValue::text("it's"));
        assert_eq!(mysql("uuid()", DataType::string(36), true), SqlValue::expression("(uuid())"));
        assert_eq!(
            mysql("CURRENT_TIMESTAMP", DataType::string(36), false),
            SqlValue::text("CURRENT_TIMESTAMP")
        );

        let mariadb = |text: &str, data_type: DataType| default_of_mariadb(text.to_owned(), &data_type);
        assert_eq!(mariadb("NULL", DataType::Integer), None);
        assert_eq!(mariadb("'NULL'", DataType::string(9)), Some(SqlValue::text("NULL")));
        assert_eq!(mariadb("1.50", DataType::numeric(7, 2)), Some(SqlValue::expression("1.50")));
        assert_eq!(
            mariadb("current_timestamp(3)", DataType::datetime()),
            Some(SqlValue::expression("CURRENT_TIMESTAMP(3)"))
        );
        assert_eq!(mariadb("uuid()", DataType::string(36)), Some(SqlValue::expression("uuid()")));
    }
}
