//! What is written to a file is read again as it was.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::everything;
use crate::operation::{Operation, StepFunction};
use crate::prelude::*;

/// There and back, and once more by way of a value in memory. Names are equal whether they are final or
/// not, which matters here: what is shown tells them apart.
fn survives<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&read, value, "{text}");
    assert_eq!(format!("{read:?}"), format!("{value:?}"), "{text}");
    let again: T = serde_json::from_value(serde_json::to_value(value).unwrap()).unwrap();
    assert_eq!(&again, value);
}

#[test]
fn a_schema_with_everything_in_it_is_read_as_it_was_written() {
    survives(&everything::schema());
    survives(&Metadata::default());
    survives(&Table::new("empty"));
}

#[test]
fn operations_of_every_kind_are_read_as_they_were_written() {
    let mut all = everything::all_operations();
    for operation in &mut all {
        // A function is no part of a step's value, and is not written.
        if let Operation::Run { step } = operation {
            step.function = StepFunction::default();
        }
    }
    survives(&all);
    all.iter().for_each(survives);
}

#[test]
fn every_type_is_read_as_it_was_written_alone_and_as_a_variant() {
    for data_type in everything::types() {
        survives(&ColumnType::from(data_type.clone()));
        survives(&ColumnType::only(DialectName::Postgres, data_type.clone()));
        survives(&ColumnType::from(data_type.clone()).on(DialectName::MySql, DataType::Text));
        survives(&data_type);
    }
}

#[test]
fn what_has_no_variants_is_written_as_it_is() {
    let json = |value: &PerDialect<SqlValue>| serde_json::to_string(value).unwrap();
    let zero = || PerDialect::from(SqlValue::Integer(0));
    assert_eq!(json(&zero()), r#"{"integer":0}"#);
    assert_eq!(
        json(&zero().on(DialectName::MySql, SqlValue::Null)),
        r#"{"all":{"integer":0},"variants":{"mysql":"null"}}"#
    );
    assert_eq!(
        json(&PerDialect::only(DialectName::Sqlite, SqlValue::Null)),
        r#"{"variants":{"sqlite":"null"}}"#
    );
    let column = serde_json::to_string(&Column::new("id", DataType::Integer).not_null()).unwrap();
    assert_eq!(column, r#"{"name":"id","type":"integer","nullable":false}"#);
}

#[test]
fn whether_a_name_is_final_is_written() {
    for (name, json) in [(Name::from("a"), r#""a""#), (Name::exact("a"), r#"{"exact":"a"}"#)] {
        assert_eq!(serde_json::to_string(&name).unwrap(), json);
        assert_eq!(serde_json::from_str::<Name>(json).unwrap().is_exact(), name.is_exact());
    }
}

#[test]
fn what_is_none_of_these_is_refused() {
    assert!(serde_json::from_str::<ColumnType>(r#""integr""#).is_err());
    assert!(serde_json::from_str::<ColumnType>(r#"{"all":"integer","variants":{"oracle":"text"}}"#).is_err());
    assert!(serde_json::from_str::<PerDialect<String>>(r#"{"all":"x","variant":{}}"#).is_err());
    assert!(serde_json::from_str::<Name>(r#"{"final":"a"}"#).is_err());
}
