//! Column types of PostgreSQL.

use dunlin_core::schema::DataType;

use super::Postgres;
use crate::dialect::ddl::{self, type_text, write_common_type};
use crate::dialect::{Dialect, RenderError};

pub(super) fn write(dialect: &Postgres, data_type: &DataType) -> Result<String, RenderError> {
    let digits = |digits: &Option<u8>| digits.map(|digits| format!("({digits})")).unwrap_or_default();
    let zone = |timezone: &bool| if *timezone { "WITH" } else { "WITHOUT" };
    Ok(match data_type {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Real => "REAL".to_owned(),
        DataType::Double => "DOUBLE PRECISION".to_owned(),
        DataType::Collated { text, character_set: None, collation } => {
            let text = write(dialect, text)?;
            match collation {
                Some(name) => format!("{text} COLLATE {}", dialect.quote(name)),
                None => text,
            }
        }
        DataType::Binary => "BYTEA".to_owned(),
        DataType::Bit { length, varying } => {
            let varying = if *varying { " VARYING" } else { "" };
            format!("BIT{varying}{}", length.map(|length| format!("({length})")).unwrap_or_default())
        }
        DataType::Time { precision, timezone } => {
            format!("TIME{} {} TIME ZONE", digits(precision), zone(timezone))
        }
        DataType::DateTime { precision, timezone } | DataType::Timestamp { precision, timezone } => {
            format!("TIMESTAMP{} {} TIME ZONE", digits(precision), zone(timezone))
        }
        DataType::Interval { fields, precision } => {
            let fields = fields.as_ref().map(|fields| format!(" {fields}")).unwrap_or_default();
            format!("INTERVAL{fields}{}", digits(precision))
        }
        DataType::Jsonb => "JSONB".to_owned(),
        DataType::Uuid => "UUID".to_owned(),
        DataType::Enum(enum_type) => match &enum_type.name {
            Some(name) => ddl::table_name(dialect, name),
            None => return Err(ddl::no_such_type(dialect, data_type)),
        },
        DataType::Array { of, dimensions } => {
            format!("{}{}", write(dialect, of)?, "[]".repeat(usize::from(*dimensions)))
        }
        other => return write_common_type(dialect, other),
    })
}

/// Puts a type into the form in which it is read: several of ours may be one to the server.
pub(super) fn normalize(data_type: &mut DataType) {
    match data_type {
        DataType::Float => *data_type = DataType::Double,
        DataType::DateTime { precision, timezone } => {
            *data_type = DataType::Timestamp { precision: *precision, timezone: *timezone };
        }
        DataType::Bit { length: length @ None, varying: false } => *length = Some(1),
        DataType::Numeric { precision: None, scale } => *scale = 0,
        DataType::Interval { fields: Some(fields), .. } => {
            *fields = fields.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        }
        DataType::Array { of, .. } => normalize(of),
        DataType::Collated { text, character_set, collation } => {
            normalize(text);
            collation.take_if(|name| name == "default");
            if character_set.is_none() && collation.is_none() {
                *data_type = std::mem::replace(text, DataType::Boolean);
            }
        }
        DataType::Native(text) => *data_type = read(&official(text)),
        _ => {}
    }
}

/// A type in the words of `format_type()`, as far as these can be known: they are the server's own for its
/// own types, and otherwise those of its author but for case and blanks.
fn official(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut is_quoted = false;
    for c in text.trim().chars() {
        let tight = |c: char| matches!(c, '(' | ')' | ',' | '[' | ']' | '.');
        match c {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            c if c.is_whitespace() => {
                if !written.ends_with([' ', '(', ',', '[', '.']) {
                    written.push(' ');
                }
                continue;
            }
            c if tight(c) && written.ends_with(' ') => _ = written.pop(),
            _ => {}
        }
        // Words behind brackets stand apart: `timestamp(3) with time zone`.
        if c.is_alphabetic() && written.ends_with(')') {
            written.push(' ');
        }
        written.push(if is_quoted { c } else { c.to_ascii_lowercase() });
    }
    if let Some((of, bound)) = written.strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
        && bound.bytes().all(|byte| byte.is_ascii_digit())
    {
        return format!("{}[]", official(of));
    }
    let (head, rest) = match written.find(['(', ' ']) {
        Some(at) => written.split_at(at),
        None => (written.as_str(), ""),
    };
    let head = match (head, rest) {
        ("bool", "") => "boolean",
        ("int2", "") => "smallint",
        ("int" | "int4", "") => "integer",
        ("int8", "") => "bigint",
        ("float4", "") => "real",
        ("float" | "float8", "") => "double precision",
        ("decimal" | "dec", _) => "numeric",
        ("varchar", _) => "character varying",
        ("char" | "character" | "bpchar" | "bit", "") => match head {
            "bit" => "bit(1)",
            "bpchar" => "bpchar",
            _ => "character(1)",
        },
        ("char", _) if rest.starts_with('(') => "character",
        ("char", " varying") => "character",
        ("varbit", _) => "bit varying",
        ("time" | "timestamp", _) if !rest.contains("zone") => return without_zone(head, rest),
        ("timetz", _) => return format!("time{rest} with time zone"),
        ("timestamptz", _) => return format!("timestamp{rest} with time zone"),
        _ => head,
    };
    match (head, rest.strip_suffix(')').filter(|rest| !rest.contains(','))) {
        ("numeric", Some(precision)) => format!("numeric{precision},0)"),
        _ => format!("{head}{rest}"),
    }
}

fn without_zone(head: &str, precision: &str) -> String {
    format!("{head}{precision} without time zone")
}

/// Reads the text of `format_type()`.
pub(super) fn read(text: &str) -> DataType {
    if let Some(of) = text.strip_suffix("[]") {
        return read(of).array();
    }
    let text = type_text(text);
    let precision = text.precision();
    let time = |timezone| DataType::Time { precision, timezone };
    let timestamp = |timezone| DataType::Timestamp { precision, timezone };
    match text.parts() {
        ("boolean", [], "") => DataType::Boolean,
        ("integer", [], "") => DataType::Integer,
        ("real", [], "") => DataType::Real,
        ("double precision", [], "") => DataType::Double,
        ("numeric", [], "") => DataType::Numeric { precision: None, scale: 0 },
        ("character varying", [], "") => DataType::String { length: None },
        ("character varying", &[length], "") => DataType::string(length),
        ("character", &[length], "") => DataType::char(length),
        ("bytea", [], "") => DataType::Binary,
        ("bit", &[length], "") => DataType::Bit { length: Some(length), varying: false },
        ("bit varying", [], "") => DataType::Bit { length: None, varying: true },
        ("bit varying", &[length], "") => DataType::Bit { length: Some(length), varying: true },
        ("time with time zone", [], "") | ("time", [_], "with time zone") => time(true),
        ("time without time zone", [], "") | ("time", [_], "without time zone") => time(false),
        ("timestamp with time zone", [], "") | ("timestamp", [_], "with time zone") => timestamp(true),
        ("timestamp without time zone", [], "") | ("timestamp", [_], "without time zone") => timestamp(false),
        (interval, [] | [_], "") if interval.starts_with("interval") => {
            let fields = interval["interval".len()..].trim().to_uppercase();
            DataType::Interval { fields: Some(fields).filter(|fields| !fields.is_empty()), precision }
        }
        ("jsonb", [], "") => DataType::Jsonb,
        ("uuid", [], "") => DataType::Uuid,
        _ => text.read_common(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_native_type_is_read_as_the_server_tells_it() {
        let one = |text: &str| {
            let mut data_type = DataType::native(text);
            normalize(&mut data_type);
            let mut again = data_type.clone();
            normalize(&mut again);
            assert_eq!(again, data_type);
            data_type
        };
        for (written, told) in [
            ("INT", DataType::Integer),
            ("int8", DataType::BigInteger),
            ("VARCHAR( 20 )", DataType::string(20)),
            ("character  varying", DataType::String { length: None }),
            ("char", DataType::char(1)),
            ("CHAR(3)", DataType::char(3)),
            ("DECIMAL(10, 2)", DataType::numeric(10, 2)),
            ("numeric(5)", DataType::numeric(5, 0)),
            ("TIMESTAMPTZ", DataType::timestamptz()),
            ("timestamptz(3)", DataType::timestamptz().precision(3)),
            ("timestamp (3)  with time zone", DataType::timestamptz().precision(3)),
            ("TIMESTAMP", DataType::timestamp()),
            ("time(2)", DataType::time().precision(2)),
            ("float", DataType::Double),
            ("bit", DataType::Bit { length: Some(1), varying: false }),
            ("int[3]", DataType::Integer.array()),
            ("TEXT [][]", DataType::Text.array().array()),
            ("INET", DataType::native("inet")),
            ("\"char\"", DataType::native("\"char\"")),
            ("\"Mood\"", DataType::native("\"Mood\"")),
            ("Side . \"Mood\"", DataType::native("side.\"Mood\"")),
            ("geometry( Point , 4326 )", DataType::native("geometry(point,4326)")),
        ] {
            assert_eq!(one(written), told, "{written}");
        }
    }
}
