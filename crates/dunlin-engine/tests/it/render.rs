//! Every operation and every change of a table, on every database.

use std::fmt::Write as _;

use dunlin_core::dialect::DialectName;
use dunlin_core::operation::{Operation, TableChange};
use dunlin_core::prelude::*;
use dunlin_core::schema::{Check, Constraint, PrimaryKey, TableName, Unique};
use dunlin_engine::dialect::{RenderError, dialect};

/// The schema before the operation: `author`, and `book` with one of everything.
fn current() -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("author", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    metadata.table("book", |t| {
        t.column("id", DataType::Integer);
        t.column("author_id", DataType::Integer).not_null();
        t.column("title", DataType::string(50)).not_null().comment("it's the title");
        t.column("pages", DataType::Integer).server_default(SqlValue::Integer(1));
        t.column("plain", DataType::Text);
        t.column("data", DataType::native("longtext COLLATE utf8mb4_bin"));
        t.primary_key("book_pkey", ["id"]);
        t.unique("book_title_uq", ["author_id", "title"]);
        let key = ForeignKey::new(["author_id"], "author", ["id"]).named("book_author_fk");
        t.foreign_key(key.on_delete(ReferentialAction::Cascade));
        t.check("book_pages_ck", "book.pages > 0 AND \"book\".pages < 1e9 AND title <> 'book.pages'");
        t.check("data", "json_valid(`data`)");
        t.index("book_pages_ix", ["pages"]);
    });
    metadata
}

/// What an operation becomes on the four databases.
fn everywhere(operation: &Operation, current: &Metadata) -> String {
    let mut text = String::new();
    for name in DialectName::ALL {
        let dialect = dialect(name);
        writeln!(text, "## {name}").unwrap();
        if dialect.needs_current_table(operation) {
            writeln!(text, "-- sees the table as it is").unwrap();
        }
        match dialect.render(operation, current) {
            Ok(rendered) => {
                if let Some(table) = rendered.rebuilds {
                    writeln!(text, "-- rebuilds {table}").unwrap();
                }
                for column in rendered.restates {
                    writeln!(text, "-- restates {column}").unwrap();
                }
                if rendered.suspends_foreign_keys {
                    writeln!(text, "-- suspends foreign keys").unwrap();
                }
                if rendered.statements.is_empty() {
                    writeln!(text, "-- nothing to do").unwrap();
                }
                rendered.statements.iter().for_each(|sql| writeln!(text, "{sql};").unwrap());
            }
            Err(error @ RenderError::Unsupported { hint, .. }) => {
                writeln!(text, "unsupported: {error} ({hint})").unwrap();
            }
            Err(error) => writeln!(text, "refused: {error}").unwrap(),
        }
        text.push('\n');
    }
    text
}

/// The operations that are recorded, each after those before it.
#[track_caller]
fn snapshot(name: &str, record: impl FnOnce(&mut Operations)) {
    let mut op = Operations::default();
    record(&mut op);
    let operations = op.finish();
    assert!(!operations.is_empty());
    let mut schema = current();
    let mut text = Vec::new();
    for operation in &operations {
        text.push(everywhere(operation, &schema));
        // Some are not sound, and then the only ones.
        let _ = schema.apply(operation);
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("render_{name}"), text.join("\n"));
    });
}

fn alter(name: &str, changes: impl FnOnce(&mut dunlin_core::operation::AlterTable)) {
    snapshot(name, |op| op.alter_table("book", changes));
}

/// Changes that belong to one operation and that the recorder would set apart.
fn together(name: &str, changes: Vec<TableChange>) {
    let text = everywhere(&Operation::AlterTable { table: "book".into(), changes }, &current());
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("render_{name}"), text);
    });
}

#[test]
fn create_table() {
    snapshot("create_table", |op| {
        op.create_table("shelf", |t| {
            t.column("id", DataType::Integer);
            t.column("label", DataType::string(20)).not_null().comment("what's on it");
            t.column("book_id", DataType::Integer);
            t.primary_key("shelf_pkey", ["id"]);
            t.unique("shelf_label_uq", ["label", "book_id"]);
            t.foreign_key(
                ForeignKey::new(["book_id"], "book", ["id"])
                    .named("shelf_book_fk")
                    .on_delete(ReferentialAction::SetNull)
                    .on_update(ReferentialAction::Restrict),
            );
            t.check("shelf_label_ck", "label <> ''");
            t.index("shelf_book_ix", ["book_id"]);
            t.add_index(Index::new("shelf_label_ix", ["label"]).unique());
        });
    });
}

#[test]
fn create_table_without_names() {
    snapshot("create_table_without_names", |op| {
        op.create_table("shelf", |t| {
            t.column("a", DataType::BigInteger).primary_key();
            t.column("b", DataType::SmallInteger).primary_key();
            t.column("c", DataType::Integer).unique();
            t.column("d", DataType::Integer).references("book", "id");
        });
    });
}

#[test]
fn create_table_of_every_type() {
    snapshot("create_table_of_every_type", |op| {
        op.create_table("shelf", |t| {
            let time = |precision, timezone| DataType::Timestamp { precision, timezone };
            let types = [
                DataType::Boolean,
                DataType::SmallInteger,
                DataType::Integer,
                DataType::BigInteger,
                DataType::Float,
                DataType::Double,
                DataType::Numeric { precision: 10, scale: 2 },
                DataType::string(7),
                DataType::string(7).collate("C"),
                DataType::Char { length: 7 },
                DataType::Text,
                DataType::Binary,
                DataType::Date,
                DataType::Time,
                DataType::datetime(),
                DataType::DateTime { precision: Some(6), timezone: true },
                time(None, false),
                time(Some(3), true),
                DataType::Json,
                DataType::Uuid,
                DataType::native("WHATEVER(1)"),
            ];
            for (number, data_type) in types.into_iter().enumerate() {
                t.column(format!("c{number}"), data_type);
            }
        });
    });
}

#[test]
fn create_table_of_every_default() {
    snapshot("create_table_of_every_default", |op| {
        op.create_table("shelf", |t| {
            let defaults = [
                SqlValue::text("it's \\ `x` \"y\""),
                SqlValue::expression("CURRENT_TIMESTAMP"),
                SqlValue::Integer(-1),
                SqlValue::Boolean(true),
                SqlValue::Boolean(false),
                SqlValue::Null,
            ];
            for (number, default) in defaults.into_iter().enumerate() {
                t.column(format!("c{number}"), DataType::string(9)).server_default(default);
            }
            t.column("long", DataType::Text).not_null().server_default(SqlValue::text("it's"));
            t.column("counted", DataType::BigInteger).autoincrement();
        });
    });
}

#[test]
fn create_table_in_a_schema() {
    let mut table = Table::build("it's", |t| {
        t.column("a\"b", DataType::Integer);
        t.column("a`b", DataType::Integer);
        t.primary_key("the \"key\" `k`", ["a\"b"]);
        t.foreign_key(ForeignKey::new(["a`b"], "it's", ["a\"b"]).named("fk"));
        t.index("it's ix", ["a`b", "a\"b"]);
    });
    table.qualify(Some("the \"schema\" `s`"));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("render_create_table_in_a_schema", everywhere(&Operation::CreateTable { table }, &current()));
    });
}

#[test]
fn create_table_with_set_default() {
    snapshot("create_table_with_set_default", |op| {
        op.create_table("shelf", |t| {
            t.column("book_id", DataType::Integer).server_default(SqlValue::Integer(1));
            let key = ForeignKey::new(["book_id"], "book", ["id"]).named("shelf_book_fk");
            t.foreign_key(key.on_delete(ReferentialAction::SetDefault));
        });
    });
}

#[test]
fn create_table_with_a_type_of_one_database() {
    snapshot("create_table_with_a_type_of_one_database", |op| {
        op.create_table("shelf", |t| {
            t.column("at", ColumnType::only(DialectName::MySql, DataType::native("YEAR")));
        });
    });
}

#[test]
fn drop_table() {
    snapshot("drop_table", |op| op.drop_table("book"));
    let if_exists = Operation::DropTable { table: TableName::new(Some("s"), "book"), if_exists: true };
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("render_drop_table_if_exists", everywhere(&if_exists, &current()));
    });
}

#[test]
fn rename_table() {
    snapshot("rename_table", |op| {
        op.rename_table(TableName::new(Some("s"), "book"), "volume");
        op.rename_table("book", "volume");
    });
}

#[test]
fn create_index() {
    snapshot("create_index", |op| {
        op.create_index("book_two_ix", "book", ["title", "pages"]);
        op.add_index(TableName::new(Some("s"), "book"), Index::new("book_unique_ix", ["title"]).unique());
    });
}

#[test]
fn create_index_over_some_rows() {
    snapshot("create_index_over_some_rows", |op| {
        let index = || Index::new("book_some_ix", ["title"]);
        let some = index().predicate_on(DialectName::Postgres, "pages > 1");
        op.add_index("book", some.predicate_on(DialectName::Sqlite, "pages > 2"));
        op.add_index("book", index().predicate_on(DialectName::MySql, "pages > 1"));
    });
}

#[test]
fn create_index_without_a_name() {
    snapshot("create_index_without_a_name", |op| {
        op.add_index("book", Index { name: None, ..Index::new("", ["title", "pages"]) });
    });
}

#[test]
fn drop_index() {
    snapshot("drop_index", |op| {
        op.drop_index("book_pages_ix", "book");
        op.drop_index("book_pages_ix", TableName::new(Some("s"), "book"));
    });
}

#[test]
fn drop_index_if_exists() {
    snapshot("drop_index_if_exists", |op| {
        op.drop_index_if_exists("book_pages_ix", "book");
        op.drop_index_if_exists("no_such_ix", "book");
        // On MySQL a unique index looks like this.
        op.drop_index_if_exists("book_title_uq", "book");
    });
}

#[test]
fn bulk_insert() {
    snapshot("bulk_insert", |op| {
        let row = |id, title: &str| {
            [
                SqlValue::Integer(id),
                SqlValue::text(title),
                SqlValue::Boolean(id == 1),
                SqlValue::Null,
                SqlValue::expression("CURRENT_TIMESTAMP"),
            ]
        };
        let columns = ["id", "title", "read", "note", "at"];
        op.bulk_insert("book", columns, [row(1, "it's \\ one"), row(-2, "")]);
        op.bulk_insert("book", columns, Vec::<[SqlValue; 5]>::new());
    });
}

#[test]
fn execute() {
    snapshot("execute", |op| {
        op.execute("UPDATE book SET title = 'x;y'");
        op.execute(PerDialect::all("SELECT 1".to_owned()).on(DialectName::MySql, "SELECT 2".to_owned()));
        op.execute(PerDialect::only(DialectName::MariaDb, "SELECT 3".to_owned()));
    });
}

#[test]
fn add_column() {
    alter("add_column", |t| t.add_column(Column::new("note", DataType::string(9))));
    alter("add_column_with_everything", |t| {
        let column =
            Column::new("note", DataType::string(9)).not_null().server_default(SqlValue::text("it's"));
        t.add_column(Column { comment: Some("it's a note".to_owned()), ..column });
    });
    alter("add_column_not_null", |t| t.add_column(Column::new("note", DataType::Integer).not_null()));
    alter("add_column_with_a_computed_default", |t| {
        t.add_column(
            Column::new("at", DataType::datetime())
                .not_null()
                .server_default(SqlValue::expression("CURRENT_TIMESTAMP")),
        );
    });
}

#[test]
fn drop_column() {
    alter("drop_column", |t| t.drop_column("plain"));
    alter("drop_column_with_a_unique_constraint", |t| t.drop_column("author_id"));
    alter("drop_column_with_a_check", |t| t.drop_column("pages"));
}

#[test]
fn rename_column() {
    alter("rename_column", |t| {
        t.alter_column("title").rename("name");
    });
    alter("rename_and_change_column", |t| {
        t.alter_column("title").rename("name").nullable(true).column_type(DataType::Text);
    });
}

#[test]
fn rename_column_together_with_a_rebuild() {
    together(
        "rename_column_together_with_a_rebuild",
        vec![TableChange::AlterColumn {
            name: "title".to_owned(),
            rename: Some("name".to_owned()),
            column_type: Some(DataType::Text.into()),
            nullable: None,
            server_default: None,
        }],
    );
}

#[test]
fn alter_column() {
    alter("alter_column_type", |t| {
        t.alter_column("title").column_type(DataType::string(99));
    });
    alter("alter_column_nullable", |t| {
        t.alter_column("title").nullable(true);
    });
    alter("alter_column_not_null", |t| {
        t.alter_column("plain").nullable(false);
    });
    alter("alter_column_default", |t| {
        t.alter_column("pages").server_default(Some(SqlValue::Boolean(true)));
    });
    alter("alter_column_no_default", |t| {
        t.alter_column("pages").server_default(None);
    });
    alter("alter_column_everything", |t| {
        let column = t.alter_column("pages").column_type(DataType::BigInteger).nullable(false);
        column.server_default(Some(SqlValue::expression("(1 + 1)")));
    });
    alter("alter_column_key", |t| {
        t.alter_column("id").nullable(false);
    });
    alter("alter_column_json", |t| {
        t.alter_column("data").nullable(false);
    });
    alter("alter_column_type_of_one_database", |t| {
        t.alter_column("title").column_type(ColumnType::only(DialectName::Sqlite, DataType::Text));
    });
}

#[test]
fn add_constraint() {
    alter("add_primary_key", |t| t.create_primary_key("author_pkey", ["id"]));
    alter("add_unique_constraint", |t| t.create_unique_constraint("book_two_uq", ["title", "pages"]));
    alter("add_check", |t| t.create_check_constraint("book_two_ck", "title <> ''"));
    alter("add_foreign_key", |t| {
        let key =
            ForeignKey::new(["pages"], TableName::new(Some("s"), "page"), ["id"]).named("book_pages_fk");
        t.create_foreign_key(key.on_update(ReferentialAction::Cascade));
    });
    alter("add_foreign_key_with_set_default", |t| {
        let key = ForeignKey::new(["pages"], "author", ["id"]).named("book_pages_fk");
        t.create_foreign_key(key.on_update(ReferentialAction::SetDefault));
    });
    let unnamed = [
        Constraint::Unique(Unique { name: None, columns: vec!["pages".to_owned()] }),
        Constraint::Check(Check { name: None, expression: "pages > 1".to_owned() }),
    ];
    together(
        "add_constraints_without_names",
        unnamed.map(|constraint| TableChange::AddConstraint { constraint }).into(),
    );
}

#[test]
fn drop_constraint() {
    alter("drop_primary_key", |t| t.drop_constraint(ConstraintKind::PrimaryKey, "book_pkey"));
    alter("drop_unique_constraint", |t| t.drop_constraint(ConstraintKind::Unique, "book_title_uq"));
    alter("drop_foreign_key", |t| t.drop_constraint(ConstraintKind::ForeignKey, "book_author_fk"));
    alter("drop_check", |t| t.drop_constraint(ConstraintKind::Check, "book_pages_ck"));
    alter("drop_constraint_that_is_not_there", |t| t.drop_constraint(ConstraintKind::Unique, "no_such_uq"));
}

#[test]
fn another_primary_key() {
    alter("another_primary_key", |t| {
        t.drop_constraint(ConstraintKind::PrimaryKey, "book_pkey");
        t.create_primary_key("book_pkey", ["author_id", "title"]);
    });
}

#[test]
fn much_together() {
    alter("much_together", |t| {
        t.drop_constraint(ConstraintKind::Check, "book_pages_ck");
        t.drop_column("pages");
        t.add_column(Column::new("mark", DataType::Boolean).server_default(SqlValue::Boolean(false)));
        t.alter_column("mark").nullable(false);
        t.create_unique_constraint("book_mark_uq", ["mark"]);
    });
}

#[test]
fn a_name_that_is_too_long() {
    let long = |characters| "é".repeat(characters);
    // 63 bytes on PostgreSQL, 64 characters on MySQL.
    for (name, characters) in [("a_name_that_is_nearly_too_long", 32), ("a_name_that_is_too_long", 65)] {
        let long = long(characters);
        let key = PrimaryKey { name: Some(long.clone()), columns: vec!["title".to_owned()] };
        let operations = [
            Operation::RenameTable { table: "book".into(), to: long.clone() },
            Operation::CreateIndex { table: "book".into(), index: Index::new(&long, ["id"]) },
            Operation::AlterTable {
                table: "book".into(),
                changes: vec![TableChange::AddColumn { column: Column::new(&long, DataType::Integer) }],
            },
            Operation::AlterTable {
                table: "author".into(),
                changes: vec![TableChange::AddConstraint {
                    constraint: Constraint::Unique(Unique { name: key.name, columns: key.columns }),
                }],
            },
            Operation::CreateTable {
                table: Table::build(long.as_str(), |t| {
                    t.column("id", DataType::Integer);
                }),
            },
        ];
        let refused = |dialect_name: DialectName| {
            let render = |operation| dialect(dialect_name).render(operation, &current());
            operations
                .iter()
                .filter(|operation| matches!(render(operation), Err(RenderError::NameTooLong { .. })))
                .count()
        };
        let all = operations.len();
        let expected = if characters == 32 { [all, 0, 0, 0] } else { [all, all, all, 0] };
        assert_eq!(DialectName::ALL.map(refused), expected, "{name}");
    }
}
