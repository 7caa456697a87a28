//! Rows and statements.

use dunlin::core::operation::Operation;
use dunlin::core::prelude::*;

use super::starts::{EMPTY, LINKED, PERSON};
use super::{ALL, Case, case};

/// A table `t` with a key that is not counted up.
fn letters(op: &mut Operations, columns: &[(&str, DataType)]) {
    let mut table = Table::build("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        for (name, data_type) in columns {
            t.column(*name, data_type.clone());
        }
    });
    table.columns[0].autoincrement = false;
    op.push(Operation::CreateTable { table, if_not_exists: false });
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("insert rows: texts", ALL, EMPTY, |op| {
            letters(op, &[("v", DataType::Text)]);
            let texts = [
                "plain",
                "it's \"so\"",
                "back\\slash",
                "100% :name ?",
                "two\nlines\ttab",
                "žluťoučký 🐎",
                "",
            ];
            op.bulk_insert(
                "t",
                ["id", "v"],
                (1..).zip(texts).map(|(id, text)| [SqlValue::Integer(id), text.into()]),
            );
        }),
        case("insert rows: numbers, truths and nulls", ALL, EMPTY, |op| {
            letters(
                op,
                &[("n", DataType::BigInteger), ("b", DataType::Boolean), ("s", DataType::string(10))],
            );
            op.bulk_insert(
                "t",
                ["id", "n", "b", "s"],
                [
                    [1.into(), SqlValue::Integer(1 << 62), true.into(), SqlValue::Null],
                    [2.into(), SqlValue::Integer(-5), false.into(), "x".into()],
                    [3.into(), SqlValue::Null, SqlValue::Null, "NULL".into()],
                ],
            );
        }),
        case("insert rows: bytes", ALL, EMPTY, |op| {
            letters(op, &[("v", DataType::Binary)]);
            op.bulk_insert(
                "t",
                ["id", "v"],
                [[1.into(), SqlValue::Bytes((0..=255).collect())], [2.into(), SqlValue::Bytes(Vec::new())]],
            );
        }),
        case("insert rows: many", ALL, EMPTY, |op| {
            letters(op, &[("v", DataType::string(20))]);
            let rows = (1..=500).map(|n| [SqlValue::Integer(n), format!("row {n}").into()]);
            op.bulk_insert("t", ["id", "v"], rows);
        }),
        case("insert rows: defaults fill what is not given", ALL, PERSON, |op| {
            op.bulk_insert("person", ["id", "name"], [[7.into(), "Emmy".into()]]);
        }),
        case("insert rows: the server counts", ALL, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::string(10));
            });
            op.bulk_insert("t", ["v"], [["a".into()], ["b".into()]]);
        }),
        case("execute: update", ALL, PERSON, |op| {
            let update =
                PerDialect::from("UPDATE person SET email = 'none: ' || 'x', age = age + 1 WHERE age > 40");
            let mysql = "UPDATE person SET email = concat('none: ', 'x'), age = age + 1 WHERE age > 40";
            op.execute(update.on(DialectName::MySql, mysql.to_owned()));
        }),
        case("execute: delete", ALL, PERSON, |op| op.execute("DELETE FROM person WHERE name LIKE 'A%'")),
        case("execute: insert from another table", ALL, LINKED, |op| {
            op.execute("INSERT INTO child (id, parent_id, parent_code) SELECT id + 10, id, code FROM parent");
        }),
        case("execute: a view", ALL, PERSON, |op| {
            op.create_view("adult", "SELECT id, name FROM person WHERE age >= 18");
        }),
    ]
}
