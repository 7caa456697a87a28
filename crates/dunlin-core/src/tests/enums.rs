//! Enum types: the schema's own, and those of the columns that are of them.

use super::play;
use crate::operation::Operations;
use crate::prelude::*;
use crate::schema::{EnumType, SchemaError};

/// A type, a column of it, an array of it, and a variant on one database; and another type.
fn tickets() -> Metadata {
    let mut metadata = Metadata::default();
    let status = metadata.enum_type(EnumType::new("status", ["open", "closed"]));
    metadata.enum_type(EnumType::new("unused", ["a"]));
    metadata.table("ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("status", status.clone()).server_default("open");
        t.column("before", status.clone().array());
        t.column("either", ColumnType::from(DataType::Text).on(DialectName::Postgres, status));
        t.column("size", DataType::Enum(EnumType::unnamed(["open", "closed"])));
    });
    metadata
}

/// The words of a column's type, wherever it is an enum.
fn words(metadata: &Metadata, column: &str) -> Vec<Vec<String>> {
    let column = metadata.tables()[0].column(column).unwrap();
    column.column_type.values().filter_map(DataType::enum_type).map(|of| of.values.clone()).collect()
}

#[test]
fn a_change_reaches_every_column_of_the_type() {
    let mut metadata = tickets();
    play(&mut metadata, |op| {
        op.alter_enum("status", |e| {
            e.add_value("lost");
            e.add_value_before("new", "open");
            e.add_value_after("waiting", "open");
            e.rename_value("open", "begun");
        });
    })
    .unwrap();
    let expected = ["new", "begun", "waiting", "closed", "lost"];
    assert_eq!(metadata.enum_types[0].values, expected);
    for column in ["status", "before", "either"] {
        assert_eq!(words(&metadata, column), [expected], "{column}");
    }
    assert_eq!(words(&metadata, "size"), [["open", "closed"]], "it is of no type of the schema");
    let default = metadata.tables()[0].column("status").unwrap().server_default.as_ref().unwrap();
    assert_eq!(default.default_value(), Some(&SqlValue::text("begun")), "the default follows");
}

#[test]
fn a_type_comes_and_goes_with_its_columns() {
    let mut metadata = tickets();
    play(&mut metadata, |op| {
        let colour = op.create_enum("colour", ["red", "blue"]);
        op.add_column("ticket", Column::new("colour", colour));
        op.drop_column("ticket", "colour");
        op.drop_enum("colour");
    })
    .unwrap();
    assert_eq!(metadata, tickets());
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    type Revision = fn(&mut Operations);
    let cases: [(Revision, &str); 13] = [
        (|op| drop(op.create_enum("status", ["x"])), "the enum type status already exists"),
        (|op| drop(op.create_enum("new", ["x", "y", "x"])), "the enum type new already has a value x"),
        (|op| op.drop_enum("no"), "there is no enum type no"),
        (
            |op| op.drop_enum("status"),
            "the enum type status cannot be dropped: column status of table ticket is of it",
        ),
        (|op| op.alter_enum("no", |e| e.add_value("x")), "there is no enum type no"),
        (
            |op| op.alter_enum("status", |e| e.add_value("open")),
            "the enum type status already has a value open",
        ),
        (
            |op| op.alter_enum("status", |e| e.add_value_after("x", "no")),
            "the enum type status has no value no",
        ),
        (|op| op.alter_enum("status", |e| e.rename_value("no", "x")), "the enum type status has no value no"),
        (
            |op| op.alter_enum("status", |e| e.rename_value("open", "closed")),
            "the enum type status already has a value closed",
        ),
        (
            // The first change is sound: it, too, is undone.
            |op| {
                op.alter_enum("status", |e| {
                    e.add_value("x");
                    e.add_value("open");
                });
            },
            "the enum type status already has a value open",
        ),
        (
            |op| op.add_column("ticket", Column::new("c", DataType::enumeration("no", ["x"]))),
            "there is no enum type no",
        ),
        (
            |op| op.add_column("ticket", Column::new("c", DataType::enumeration("status", ["x"]))),
            "column c of table ticket has other values than the enum type status",
        ),
        (
            |op| {
                op.create_table("new", |t| {
                    t.column("c", DataType::enumeration("status", ["closed", "open"]).array());
                });
            },
            "column c of table new has other values than the enum type status",
        ),
    ];
    for (revision, said) in cases {
        let mut metadata = tickets();
        let error: SchemaError = play(&mut metadata, revision).unwrap_err();
        assert_eq!(error.to_string(), said);
        assert_eq!(metadata, tickets(), "{said}");
    }
}

#[test]
fn a_type_without_a_name_is_none_of_the_schemas() {
    let mut metadata = Metadata::default();
    let data_type = metadata.enum_type(EnumType::unnamed(["a"]));
    assert_eq!(data_type, DataType::Enum(EnumType::unnamed(["a"])));
    assert!(metadata.enum_types.is_empty());
}

#[test]
fn a_type_goes_to_the_schema_of_its_metadata() {
    let mut metadata = Metadata::new(Some("host"), NamingConvention::default());
    let of = metadata.enum_type(EnumType::new("status", ["open"]));
    metadata.table("ticket", |t| {
        t.column("a", of);
        t.column("b", DataType::enumeration("status", ["open"]).array());
    });
    assert_eq!(metadata.enum_types[0].name.as_ref().unwrap().to_string(), "host.status");
    for column in ["a", "b"] {
        let found = metadata.tables()[0].column(column).unwrap().column_type.default_value().unwrap();
        assert_eq!(found.enum_type(), Some(&metadata.enum_types[0]));
    }
}
