//! What MySQL and MariaDB cannot do, and what they write differently.

use dunlin_core::dialect::{DialectName, PerDialect};
use dunlin_core::operation::{AlterColumn, Operation, Operations, TableChange};
use dunlin_core::prelude::*;
use dunlin_core::schema::{
    Check, Computed, Constraint, ConstraintKind, Deferrable, EnumType, Exclude, Identity, IndexElement,
    IndexKind, MatchType, NullsOrder, OnConflict, PrimaryKey, Unique, View,
};

use super::{implicit_index, types};
use crate::dialect::{RenderError, dialect};

type Record = fn(&mut Operations);

fn record(record: Record) -> Vec<Operation> {
    let mut operations = Operations::default();
    record(&mut operations);
    operations.finish()
}

/// The statements of operations on tables that `before` made.
fn render(name: DialectName, before: Record, operations: Record) -> Result<Vec<String>, RenderError> {
    let mut replay = Metadata::default();
    record(before).iter().for_each(|operation| replay.apply(operation).unwrap());
    let mut statements = Vec::new();
    for operation in record(operations) {
        statements.extend(dialect(name).render(&operation, &replay)?.statements);
        replay.apply(&operation).unwrap();
    }
    Ok(statements)
}

fn book(op: &mut Operations) {
    op.create_table("book", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("title", DataType::Text);
        t.column("author_id", DataType::Integer);
        t.foreign_key(ForeignKey::new(["author_id"], "author", ["id"]).named("fk"));
    });
}

/// A table with one column, and one thing about it.
fn table_with(op: &mut Operations, say: impl FnOnce(&mut dunlin_core::schema::TableBuilder)) {
    op.create_table("t", |t| {
        t.column("a", DataType::Integer);
        say(t);
    });
}

#[test]
fn what_neither_can_do_is_refused_with_a_hint() {
    let refused: &[(&str, Record)] = &[
        ("equal NULLs", |op| {
            table_with(op, |t| t.add_unique(Unique::new(["a"]).named("u").nulls_not_distinct()));
        }),
        ("equal NULLs in an index", |op| {
            table_with(op, |t| t.add_index(Index::new("i", ["a"]).unique().nulls_not_distinct()));
        }),
        ("a deferrable key", |op| {
            table_with(op, |t| {
                t.add_primary_key(PrimaryKey::new(["a"]).deferrable(Deferrable::InitiallyDeferred))
            });
        }),
        ("a deferrable foreign key", |op| {
            let key = ForeignKey::new(["a"], "p", ["id"]).deferrable(Deferrable::InitiallyImmediate);
            table_with(op, |t| t.foreign_key(key));
        }),
        ("a full match", |op| {
            let key = ForeignKey::new(["a"], "p", ["id"]).match_type(MatchType::Full);
            table_with(op, |t| t.foreign_key(key));
        }),
        ("a default when the row goes", |op| {
            let key = ForeignKey::new(["a"], "p", ["id"]).on_update(ReferentialAction::SetDefault);
            table_with(op, |t| t.foreign_key(key));
        }),
        ("a reference to no columns", |op| {
            table_with(op, |t| t.foreign_key(ForeignKey::new(["a"], "p", [""; 0])));
        }),
        ("a key that is not valid", |op| {
            table_with(op, |t| t.foreign_key(ForeignKey::new(["a"], "p", ["id"]).not_valid()));
        }),
        ("a check that is not valid", |op| {
            table_with(op, |t| t.add_check(Check::new("a > 0").not_valid()));
        }),
        ("a check that is not inherited", |op| {
            table_with(op, |t| t.add_check(Check::new("a > 0").no_inherit()));
        }),
        ("an exclude constraint", |op| {
            table_with(op, |t| t.exclude(Exclude::new([("a", "=")])));
        }),
        ("a conflict action", |op| {
            table_with(op, |t| t.add_unique(Unique::new(["a"]).on_conflict(OnConflict::Ignore)));
        }),
        ("an index over some rows", |op| {
            table_with(op, |t| t.add_index(Index::new("i", ["a"]).predicate("a > 0")));
        }),
        ("the place of NULLs", |op| {
            let element = IndexElement::column_named("a").nulls(NullsOrder::Last);
            table_with(op, |t| t.add_index(Index::new("i", [element])));
        }),
        ("the collation of an index", |op| {
            let element = IndexElement::column_named("a").collate("utf8mb4_bin");
            table_with(op, |t| t.add_index(Index::new("i", [element])));
        }),
        ("a unique index over words", |op| {
            table_with(op, |t| t.add_index(Index::new("i", ["a"]).unique().kind(IndexKind::FullText)));
        }),
        ("an unlogged table", |op| table_with(op, |t| t.options(|o| o.unlogged = true))),
        ("a table that inherits", |op| table_with(op, |t| t.options(|o| o.inherits = vec!["p".into()]))),
        ("an identity that is always given", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Integer).identity(Identity::always());
            });
        }),
        ("an identity by steps", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Integer).identity(Identity::by_default().increment(2));
            });
        }),
        ("a counted text", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Text).autoincrement();
            });
        }),
        ("JSONB", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Jsonb);
            });
        }),
        ("an interval", |op| {
            table_with(op, |t| {
                t.column("b", DataType::interval());
            });
        }),
        ("an array", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Text.array());
            });
        }),
        ("bits of any number", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Bit { length: Some(3), varying: true });
            });
        }),
        ("an unsigned text", |op| {
            table_with(op, |t| {
                t.column("b", DataType::Text.unsigned());
            });
        }),
        ("VARCHAR without a length", |op| {
            table_with(op, |t| {
                t.column("b", DataType::String { length: None });
            });
        }),
        ("a materialized view", |op| op.add_view(View::new("v", "SELECT 1").materialized())),
        ("a conversion by an expression", |op| {
            book(op);
            op.alter_table("book", |t| {
                t.alter_column("title").column_type(DataType::Integer).using("length(title)");
            });
        }),
        ("another identity", |op| {
            book(op);
            op.alter_table("book", |t| {
                t.alter_column("id").identity(Identity::by_default());
            });
        }),
    ];
    for (what, operations) in refused {
        for name in [DialectName::MySql, DialectName::MariaDb] {
            match render(name, |_| {}, *operations) {
                Err(RenderError::Unsupported { dialect, hint, .. }) => {
                    assert!(dialect == name && !hint.is_empty(), "{what}");
                }
                other => panic!("{what} on {name}: {other:?}"),
            }
        }
    }
}

#[test]
fn what_mariadb_cannot_do_is_refused_there_only() {
    let refused: &[Record] = &[
        |op| table_with(op, |t| t.add_check(Check::new("a > 0").not_enforced())),
        |op| table_with(op, |t| t.add_index(Index::new("i", [IndexElement::expression("a + 1")]))),
        |op| {
            table_with(op, |t| {
                t.column("b", DataType::Json);
                t.check("b", "a > 0");
            });
        },
        |op| {
            table_with(op, |t| {
                t.column("b", DataType::Integer).not_null().computed(Computed::stored("a + 1"));
            });
        },
        |op| {
            table_with(op, |t| {
                t.column("b", DataType::datetime()).not_null().on_update("CURRENT_TIMESTAMP");
            });
        },
    ];
    for (number, operations) in refused.iter().enumerate() {
        assert!(render(DialectName::MySql, |_| {}, *operations).is_ok(), "{number}");
        let mariadb = render(DialectName::MariaDb, |_| {}, *operations);
        assert!(matches!(mariadb, Err(RenderError::Unsupported { .. })), "{number}: {mariadb:?}");
    }
}

#[test]
fn mariadb_keeps_a_check_that_bears_a_columns_name_with_the_column() {
    let create: Record = |op| table_with(op, |t| t.check("a", "a > 0"));
    let statements = render(DialectName::MariaDb, |_| {}, create).unwrap();
    assert_eq!(statements, ["CREATE TABLE `t` (\n    `a` INTEGER NULL CHECK (a > 0)\n)"]);
    let statements = render(DialectName::MySql, |_| {}, create).unwrap();
    assert!(statements[0].contains("CONSTRAINT `a` CHECK (a > 0)"), "{statements:?}");
}

#[test]
fn what_serves_only_speed_is_passed_over() {
    let statements = render(
        DialectName::MySql,
        |_| {},
        |op| {
            table_with(op, |t| {
                let element = IndexElement::column_named("a").operator_class("int4_ops");
                let index = Index::new("i", [element]).include(["a"]).tablespace("s").concurrently();
                t.add_index(index.storage_parameter("fillfactor", "70").using("gin"));
                t.add_unique(Unique::new(["a"]).named("u").include(["a"]));
                t.options(|o| {
                    o.access_method = Some("heap".to_owned());
                    o.strict = true;
                    o.without_rowid = true;
                });
            });
        },
    );
    let sql =
        "CREATE TABLE `t` (\n    `a` INTEGER NULL,\n    CONSTRAINT `u` UNIQUE (`a`),\n    INDEX `i` (`a`)\n)";
    assert_eq!(statements.unwrap(), [sql]);
}

#[test]
fn a_default_stands_in_brackets_where_it_must() {
    let moment = DataType::datetime;
    for (data_type, default, written) in [
        (DataType::Integer, "1", "1"),
        (DataType::Integer, "-1", "-1"),
        (DataType::Integer, "1 + 1", "(1 + 1)"),
        (DataType::Integer, "(1 + 1)", "(1 + 1)"),
        (DataType::Integer, "(1) + (1)", "((1) + (1))"),
        (DataType::Integer, "NULL", "NULL"),
        (DataType::Boolean, "true", "true"),
        (DataType::Bit { length: None, varying: false }, "b'1'", "b'1'"),
        (DataType::string(36), "uuid()", "(uuid())"),
        (DataType::string(36), "'it''s'", "'it''s'"),
        (DataType::Text, "'it''s'", "('it''s')"),
        (moment(), "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        (moment(), "now()", "now()"),
        (moment(), "now() + interval 1 day", "(now() + interval 1 day)"),
        (moment(), "CURRENT_TIMESTAMP(6)", "CURRENT_TIMESTAMP(6)"),
        (
            moment(),
            "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        ),
        (DataType::Date, "CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP)"),
    ] {
        let column = Column::new("c", data_type).server_default(SqlValue::expression(default));
        let mysql = super::MySql { name: DialectName::MySql };
        assert_eq!(super::column::default(&mysql, &column).as_deref(), Some(written), "{default}");
    }
}

#[test]
fn words_of_an_enum_are_read_whatever_they_hold() {
    let words = |words: &[&str]| DataType::Enum(EnumType::unnamed(words.iter().copied()));
    for (text, read) in [
        ("enum('a')", words(&["a"])),
        ("enum('a','it''s','x,y','C(d)')", words(&["a", "it's", "x,y", "C(d)"])),
        ("enum('','ü')", words(&["", "ü"])),
        (r"enum('back\\slash')", words(&["back\\slash"])),
        ("set('a','b''c')", DataType::Set { values: vec!["a".to_owned(), "b'c".to_owned()] }),
        ("enum('a' collate x)", DataType::native("enum('a' collate x)")),
        ("int(10) unsigned", DataType::Integer.unsigned()),
        ("decimal(10,2) unsigned", DataType::numeric(10, 2).unsigned()),
        ("int(10) unsigned zerofill", DataType::native("int(10) unsigned zerofill")),
        ("tinyint(1) unsigned", DataType::native("tinyint(1) unsigned")),
        ("year(4)", DataType::Year),
        ("uuid", DataType::native("uuid")),
        ("inet6", DataType::native("inet6")),
        ("double(7,2)", DataType::native("double(7,2)")),
    ] {
        assert_eq!(types::read(text), read, "{text}");
    }
}

#[test]
fn a_statement_ends_where_the_next_change_needs_it_done() {
    let alter = |name: &str, to: Option<&str>, nullable| {
        let mut alter = AlterColumn::new(name);
        alter.rename = to.map(str::to_owned);
        alter.nullable = nullable;
        TableChange::AlterColumn(alter)
    };
    let add = |name: &str| TableChange::AddColumn {
        column: Column::new(name, DataType::Integer),
        position: Default::default(),
        if_not_exists: false,
    };
    let drop = |name: &str| TableChange::DropColumn { name: name.to_owned(), if_exists: false };
    let unique =
        |name: &str| TableChange::AddConstraint { constraint: Constraint::Unique(Unique::new([name])) };
    let mut replay = Metadata::default();
    record(book).iter().for_each(|operation| replay.apply(operation).unwrap());
    for (changes, statements) in [
        (vec![alter("title", None, Some(false)), alter("title", Some("name"), None)], 1),
        (vec![alter("title", Some("name"), None), alter("name", None, Some(false))], 1),
        (vec![alter("title", Some("name"), None), add("title")], 2),
        (vec![drop("title"), add("title")], 2),
        (vec![add("a"), alter("a", None, Some(false))], 2),
        (vec![add("a"), unique("a")], 1),
        (vec![unique("id"), alter("id", Some("key"), None)], 2),
        (vec![alter("id", Some("key"), None), unique("key")], 2),
        (vec![alter("title", Some("x"), None), alter("author_id", Some("title"), None)], 2),
        (vec![add("a"), add("b"), drop("title"), TableChange::SetComment { comment: None }], 1),
    ] {
        let operation = Operation::AlterTable { table: "book".into(), changes };
        let rendered = dialect(DialectName::MySql).render(&operation, &replay).unwrap();
        assert_eq!(rendered.statements.len(), statements, "{:#?}", rendered.statements);
    }
}

#[test]
fn what_is_restated_is_named_as_it_was_before() {
    let mut replay = Metadata::default();
    record(book).iter().for_each(|operation| replay.apply(operation).unwrap());
    let mut rename = AlterColumn::new("title");
    rename.rename = Some("name".to_owned());
    let mut change = AlterColumn::new("name");
    change.nullable = Some(false);
    let changes = vec![
        rename.into(),
        TableChange::AddConstraint { constraint: Constraint::Unique(Unique::new(["name"])) },
        change.into(),
    ];
    let operation = Operation::AlterTable { table: "book".into(), changes };
    let rendered = dialect(DialectName::MySql).render(&operation, &replay).unwrap();
    assert_eq!(rendered.restates, ["title"]);
}

#[test]
fn the_index_of_a_foreign_key_is_made_only_where_none_serves() {
    let made = |say: fn(&mut dunlin_core::schema::TableBuilder)| {
        let table = Table::build("t", |t| {
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer);
            t.foreign_key(ForeignKey::new(["a"], "p", ["id"]).named("fk"));
            say(t);
        });
        implicit_index::is_made_for(&table, &table.foreign_keys[0])
    };
    assert!(made(|_| {}));
    assert!(made(|t| t.index("i", ["b", "a"])));
    assert!(made(|t| t.add_index(Index::new("i", ["a"]).kind(IndexKind::FullText))));
    assert!(made(|t| t.add_index(Index::new("i", [IndexElement::column_named("a").length(3)]))));
    assert!(!made(|t| t.index("i", ["a", "b"])));
    assert!(!made(|t| t.unique("u", ["a"])));
    assert!(!made(|t| t.primary_key("p", ["a", "b"])));
    assert!(!made(|t| t.foreign_key(ForeignKey::new(["a", "b"], "p", ["id", "b"]).named("other"))));
}

#[test]
fn what_there_may_not_be_is_looked_up_on_mysql_and_asked_for_on_mariadb() {
    let changes: Record = |op| {
        op.alter_table("book", |t| {
            t.drop_column_if_exists("no_such");
            t.add_column_if_not_exists(Column::new("title", DataType::Text));
            t.drop_constraint_if_exists(ConstraintKind::Check, "no_such_ck");
        });
        op.drop_index_if_exists("no_such_ix", "book");
    };
    assert!(render(DialectName::MySql, book, changes).unwrap().is_empty());
    assert_eq!(
        render(DialectName::MariaDb, book, changes).unwrap(),
        [
            "ALTER TABLE `book`\n    DROP COLUMN IF EXISTS `no_such`,\n    ADD COLUMN IF NOT EXISTS `title` TEXT \
             NULL,\n    DROP CONSTRAINT IF EXISTS `no_such_ck`",
            "DROP INDEX IF EXISTS `no_such_ix` ON `book`",
        ]
    );
}

#[test]
fn schemas_views_and_objects_are_said() {
    let statements = render(
        DialectName::MariaDb,
        |_| {},
        |op| {
            op.create_schema("it`s");
            op.replace_view(View::new("v", PerDialect::only(DialectName::MySql, "SELECT 1".to_owned())));
            op.drop_view("v");
            op.drop_schema("it`s");
        },
    );
    let expected = [
        "CREATE SCHEMA `it``s`",
        "CREATE OR REPLACE VIEW `v` AS SELECT 1",
        "DROP VIEW `v`",
        "DROP SCHEMA `it``s`",
    ];
    assert_eq!(statements.unwrap(), expected);
}

#[test]
fn a_new_name_is_followed_into_what_speaks_of_the_column() {
    let before: Record = |op| {
        op.create_table("t", |t| {
            t.column("a", DataType::Integer);
            t.column("twice", DataType::Integer).computed(Computed::on_read("a * 2"));
            t.check("ck", "`a` > 0 AND 'a' <> 'b'");
            t.check("other_ck", "twice > 0");
            t.add_index(Index::new("ix", [IndexElement::expression("a + 1")]).only_on([DialectName::MySql]));
        });
    };
    let rename: Record = |op| op.rename_column("t", "a", "the `b`");
    assert_eq!(
        render(DialectName::MySql, before, rename).unwrap(),
        [
            "ALTER TABLE `t`\n    RENAME COLUMN `a` TO `the ``b```,\n    MODIFY COLUMN `twice` INTEGER GENERATED \
          ALWAYS AS (`the ``b``` * 2) VIRTUAL NULL,\n    DROP CHECK `ck`,\n    ADD CONSTRAINT `ck` CHECK \
          (`the ``b``` > 0 AND 'a' <> 'b'),\n    DROP INDEX `ix`,\n    ADD INDEX `ix` ((`the ``b``` + 1))"
        ]
    );
    let mariadb = render(DialectName::MariaDb, before, rename).unwrap();
    assert_eq!(mariadb, ["ALTER TABLE `t` RENAME COLUMN `a` TO `the ``b```"]);
}
