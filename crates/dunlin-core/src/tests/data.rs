//! Steps that move rows: what cannot be is found before anything runs.

use super::play;
use crate::operation::{Backfill, Operation};
use crate::prelude::*;
use crate::schema::SchemaError;

fn tickets() -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("ticket", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("code", DataType::string(10)).not_null().unique();
        t.column("system", DataType::Text).not_null();
        t.column("key", DataType::Text);
        t.column("title", DataType::Text);
        t.add_index(Index::new("by_system", ["system", "id"]).unique());
        t.add_index(Index::new("partly", ["system"]).unique().predicate("key IS NULL"));
        t.add_index(Index::new("somewhere", ["system"]).unique().only_on([DialectName::Postgres]));
        t.add_index(Index::new("plain", ["system"]));
        t.unique("by_key", ["key"]);
    });
    metadata.table("keyless", |t| {
        t.column("title", DataType::Text);
    });
    metadata
}

fn backfilled(backfill: Backfill) -> Result<(), SchemaError> {
    let mut metadata = tickets();
    let result = play(&mut metadata, |op| op.backfill(backfill));
    assert_eq!(metadata, tickets(), "rows are no part of a schema");
    result
}

#[test]
fn a_backfill_follows_any_key_whose_columns_are_never_null() {
    let backfill = || Backfill::new("ticket").set("title", "upper(title)");
    for key in [vec![], vec!["id"], vec!["code"], vec!["system", "id"], vec!["id", "system"]] {
        assert_eq!(backfilled(backfill().key(key.clone())), Ok(()), "{key:?}");
    }
    for key in [vec!["key"], vec!["system"], vec!["title"], vec!["id", "code"]] {
        let error = backfilled(backfill().key(key.clone())).unwrap_err();
        let columns = key.join(", ");
        assert_eq!(
            error.to_string(),
            format!(
                "the backfill of table ticket cannot follow ({columns}): that is no key whose columns are never NULL"
            )
        );
    }
}

#[test]
fn a_backfill_that_cannot_be_is_refused() {
    for (backfill, said) in [
        (Backfill::new("no"), "there is no table no"),
        (Backfill::new("ticket").set("no", "1"), "table ticket has no column no"),
        (Backfill::new("ticket").set("title", "1").key(["no"]), "table ticket has no column no"),
        (
            Backfill::new("keyless").set("title", "1"),
            "the backfill of table keyless needs a key: the table has no primary key",
        ),
        (
            Backfill::new("ticket").set("title", "1").set("id", "id + 1"),
            "the backfill of table ticket sets column id of the key that it follows",
        ),
        (
            Backfill::new("ticket").set("code", "1").key(["code"]),
            "the backfill of table ticket sets column code of the key that it follows",
        ),
    ] {
        assert_eq!(backfilled(backfill).unwrap_err().to_string(), said);
    }
    assert_eq!(backfilled(Backfill::new("ticket").set("id", "id + 1").key(["code"])), Ok(()));
}

#[test]
fn a_batch_has_at_least_one_row() {
    assert_eq!(Backfill::new("ticket").batch_size(0).batch_size, 1);
}

#[test]
fn rows_have_a_value_for_each_column() {
    let insert = |table: &str, columns: &[&str], rows: &[&[i64]]| {
        let values = rows.iter().map(|row| row.iter().map(|value| SqlValue::Integer(*value)));
        play(&mut tickets(), |op| op.bulk_insert(table, columns.iter().copied(), values))
    };
    assert_eq!(insert("ticket", &["id", "code"], &[&[1, 2], &[3, 4]]), Ok(()));
    assert_eq!(insert("ticket", &["id", "code"], &[]), Ok(()));
    for (result, said) in [
        (insert("no", &["id"], &[]), "there is no table no"),
        (insert("ticket", &["no"], &[]), "table ticket has no column no"),
        (
            insert("ticket", &["id", "code"], &[&[1, 2], &[3]]),
            "a row for table ticket has 1 values for 2 columns",
        ),
        (insert("ticket", &["id"], &[&[1, 2]]), "a row for table ticket has 2 values for 1 columns"),
    ] {
        assert_eq!(result.unwrap_err().to_string(), said);
    }
}

#[test]
fn what_moves_rows_is_told_from_what_changes_the_schema() {
    let mut op = Operations::default();
    op.execute("UPDATE ticket SET title = ''");
    op.bulk_insert("ticket", ["id"], [[SqlValue::Integer(1)]]);
    op.run("a step", ["ticket"], |_| Box::pin(async { Ok(()) }));
    op.backfill(Backfill::new("ticket").set("title", "''"));
    op.execute_ddl("VACUUM", ["ticket"]);
    op.drop_table("ticket");
    let is_data: Vec<bool> = op.finish().iter().map(Operation::is_data).collect();
    assert_eq!(is_data, [true, true, true, true, false, false]);
}

#[test]
fn bare_names_of_tables_go_to_the_schema_of_the_host() {
    let mut op = Operations::default();
    op.bulk_insert("ticket", ["id"], [[SqlValue::Integer(1)]]);
    op.run("a step", ["ticket"], |_| Box::pin(async { Ok(()) }));
    op.backfill(Backfill::new("ticket").set("title", "''"));
    op.execute_ddl("VACUUM", ["ticket"]);
    for mut operation in op.finish() {
        operation.qualify(Some("host"));
        let shown = format!("{operation:?}");
        assert!(shown.contains(r#"TableName { schema: Some("host"), name: "ticket" }"#), "{shown}");
    }
}
