//! Column types as expressions.

use dunlin_core::schema::{ColumnType, DataType, EnumType};

use super::error::GenerateError;
use super::expr::Expr;
use super::value::{Result, number, option, per_dialect, table_name, texts, variant};

/// What becomes a column's type.
pub(super) fn column_type(value: &ColumnType) -> Result<Expr> {
    per_dialect(value, "ColumnType", data_type, data_type)
}

pub(super) fn data_type(value: &DataType) -> Result<Expr> {
    let make = |function: &str, arguments: Vec<Expr>| Expr::call(&format!("DataType::{function}"), arguments);
    let fields = |name: &str, fields| Expr::Struct(format!("DataType::{name}"), fields);
    let optional = |number: Option<Expr>| option(number);
    Ok(match value {
        DataType::Boolean
        | DataType::TinyInteger
        | DataType::SmallInteger
        | DataType::MediumInteger
        | DataType::Integer
        | DataType::BigInteger
        | DataType::Real
        | DataType::Float
        | DataType::Double
        | DataType::Text
        | DataType::TinyText
        | DataType::MediumText
        | DataType::LongText
        | DataType::Binary
        | DataType::TinyBlob
        | DataType::MediumBlob
        | DataType::LongBlob
        | DataType::Date
        | DataType::Year
        | DataType::Json
        | DataType::Jsonb
        | DataType::Uuid => variant("DataType", value),
        DataType::Unsigned(of) => data_type(of)?.then("unsigned", []),
        DataType::Numeric { precision: Some(precision), scale } => {
            make("numeric", vec![number(precision), number(scale)])
        }
        DataType::Numeric { precision: None, scale } => {
            fields("Numeric", vec![("precision", Expr::word("None")), ("scale", number(scale))])
        }
        DataType::String { length: Some(length) } => make("string", vec![number(length)]),
        DataType::String { length: None } => fields("String", vec![("length", Expr::word("None"))]),
        DataType::Char { length } => make("char", vec![number(length)]),
        DataType::Collated { text, character_set, collation } => {
            collated(value, text, character_set.as_deref(), collation.as_deref())?
        }
        DataType::FixedBinary { length } => fields("FixedBinary", vec![("length", number(length))]),
        DataType::VarBinary { length } => fields("VarBinary", vec![("length", number(length))]),
        DataType::Bit { length, varying } => {
            fields("Bit", vec![("length", optional(length.map(number))), ("varying", number(varying))])
        }
        DataType::Time { precision, timezone } => time("time", *precision, *timezone),
        DataType::DateTime { precision, timezone } => time("datetime", *precision, *timezone),
        DataType::Timestamp { precision: None, timezone: true } => make("timestamptz", vec![]),
        DataType::Timestamp { precision, timezone } => time("timestamp", *precision, *timezone),
        DataType::Interval { fields: None, precision } => time("interval", *precision, false),
        DataType::Interval { fields: Some(of), precision } => fields(
            "Interval",
            vec![
                ("fields", option(Some(Expr::text(of).owned()))),
                ("precision", optional(precision.map(number))),
            ],
        ),
        DataType::Enum(EnumType { name: Some(name), values, .. }) => {
            make("enumeration", vec![table_name(name), texts(values)])
        }
        DataType::Enum(unnamed) => make("Enum", vec![enum_type(unnamed)]),
        DataType::Set { values } => {
            let values = values.iter().map(|value| Expr::text(value).owned()).collect();
            fields("Set", vec![("values", Expr::Vec(values))])
        }
        DataType::Array { of, dimensions } => array(of, *dimensions)?,
        DataType::Native(text) => make("native", vec![Expr::text(text)]),
        other => return Err(GenerateError::unsayable(format!("the type {other:?}"))),
    })
}

fn time(function: &str, precision: Option<u8>, timezone: bool) -> Expr {
    let mut expr = Expr::call(&format!("DataType::{function}"), []);
    if let Some(digits) = precision {
        expr = expr.then("precision", [number(digits)]);
    }
    if timezone { expr.then("with_timezone", []) } else { expr }
}

fn collated(
    value: &DataType,
    text: &DataType,
    character_set: Option<&str>,
    collation: Option<&str>,
) -> Result<Expr> {
    let mut called = text.clone();
    let mut expr = data_type(text)?;
    if let Some(name) = character_set {
        called = called.character_set(name);
        expr = expr.then("character_set", [Expr::text(name)]);
    }
    if let Some(name) = collation {
        called = called.collate(name);
        expr = expr.then("collate", [Expr::text(name)]);
    }
    if called == *value {
        return Ok(expr);
    }
    let boxed = Expr::call("Box::new", [data_type(text)?]);
    let owned = |name: Option<&str>| option(name.map(|name| Expr::text(name).owned()));
    let fields =
        vec![("text", boxed), ("character_set", owned(character_set)), ("collation", owned(collation))];
    Ok(Expr::Struct("DataType::Collated".to_owned(), fields))
}

fn array(of: &DataType, dimensions: u8) -> Result<Expr> {
    let element = data_type(of)?;
    if dimensions == 0 || matches!(of, DataType::Array { .. }) {
        let fields = vec![("of", Expr::call("Box::new", [element])), ("dimensions", number(dimensions))];
        return Ok(Expr::Struct("DataType::Array".to_owned(), fields));
    }
    Ok((0..dimensions).fold(element, |expr, _| expr.then("array", [])))
}

/// An enum type.
pub(super) fn enum_type(value: &EnumType) -> Expr {
    match &value.name {
        Some(name) => Expr::call("EnumType::new", [table_name(name), texts(&value.values)]),
        None => Expr::call("EnumType::unnamed", [texts(&value.values)]),
    }
}
