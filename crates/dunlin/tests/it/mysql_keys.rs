//! MySQL and MariaDB: the index that a foreign key needs. The server makes one where there is none, and
//! takes it away when another serves; so must what takes the place of an index that is dropped.

use dunlin::core::operation::Operation;
use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, ConstraintKind};
use dunlin_testkit::catalogue::Case;
use dunlin_testkit::{Compared, Server};

use crate::support::{db_test_on, done, execute, query};

type Record = fn(&mut Operations);

fn recorded(record: Record) -> Vec<Operation> {
    let mut operations = Operations::default();
    record(&mut operations);
    operations.finish()
}

fn tables(op: &mut Operations, key: ForeignKey) {
    op.create_table("u", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    op.create_table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("x", DataType::Integer).not_null();
        t.column("y", DataType::Integer).not_null();
        t.foreign_key(key);
    });
}

fn key() -> ForeignKey {
    ForeignKey::new(["x"], "u", ["id"])
}

fn named(op: &mut Operations) {
    tables(op, key().named("t_u"));
}

fn named_with_index(op: &mut Operations) {
    named(op);
    op.create_index("ix", "t", ["x"]);
}

fn unnamed_with_index(op: &mut Operations) {
    tables(op, key());
    op.create_index("ix", "t", ["x"]);
}

fn add_key(op: &mut Operations, key: ForeignKey) {
    op.alter_table("t", |t| t.add_constraint(Constraint::ForeignKey(key)));
}

fn one_of_two(op: &mut Operations) {
    op.create_table("w", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    named(op);
}

/// Two keys over the same column.
fn two(op: &mut Operations) {
    one_of_two(op);
    add_key(op, ForeignKey::new(["x"], "w", ["id"]).named("t_w"));
}

fn one_of_wide(op: &mut Operations) {
    named(op);
    op.create_table("w", |t| {
        t.column("a", DataType::Integer).not_null();
        t.column("b", DataType::Integer).not_null();
        t.unique("w_uq", ["a", "b"]);
    });
}

fn add_wide(op: &mut Operations) {
    add_key(op, ForeignKey::new(["x", "y"], "w", ["a", "b"]).named("t_wide"));
}

/// Two keys, of which one begins with the column of the other.
fn wide(op: &mut Operations) {
    one_of_wide(op);
    add_wide(op);
}

fn two_unnamed(op: &mut Operations) {
    op.create_table("w", |t| {
        t.column("id", DataType::Integer).primary_key();
    });
    tables(op, key());
    add_key(op, ForeignKey::new(["x"], "w", ["id"]));
}

fn drop_keys(op: &mut Operations, names: &[&str]) {
    op.alter_table("t", |t| {
        for name in names {
            t.drop_constraint(ConstraintKind::ForeignKey, *name);
        }
    });
}

fn two_with_index(op: &mut Operations) {
    two(op);
    op.create_index("ix", "t", ["x"]);
}

fn add_unique(op: &mut Operations, name: &str, columns: &[&str]) {
    let unique = Unique::new(columns.iter().copied()).named(name);
    op.alter_table("t", |t| t.add_constraint(Constraint::Unique(unique)));
}

const CASES: &[(&str, Record, Record)] = &[
    ("an index gets more columns", named_with_index, |op| {
        op.drop_index("ix", "t");
        op.create_index("ix", "t", ["x", "y", "id"]);
    }),
    ("another index takes its place", named_with_index, |op| {
        op.drop_index("ix", "t");
        op.create_index("ix2", "t", ["x", "y"]);
    }),
    ("an index of a key without a name gets more columns", unnamed_with_index, |op| {
        op.drop_index("ix", "t");
        op.create_index("ix", "t", ["x", "y"]);
    }),
    ("another index takes its place for a key without a name", unnamed_with_index, |op| {
        op.drop_index("ix", "t");
        op.create_index("ix2", "t", ["x", "y"]);
    }),
    ("an index goes", named_with_index, |op| op.drop_index("ix", "t")),
    (
        "an index goes, and comes again",
        |op| {
            named_with_index(op);
            op.drop_index("ix", "t");
        },
        |op| op.create_index("ix", "t", ["x"]),
    ),
    (
        "an index goes, and a unique constraint comes",
        |op| {
            named_with_index(op);
            op.drop_index("ix", "t");
        },
        |op| add_unique(op, "uq", &["x", "y"]),
    ),
    (
        "an index goes, and the primary key changes",
        |op| {
            named_with_index(op);
            op.alter_table("t", |t| {
                t.alter_column("id").autoincrement(false);
                t.drop_constraint(ConstraintKind::PrimaryKey, "t_pkey");
            });
            op.drop_index("ix", "t");
        },
        |op| {
            op.alter_table("t", |t| {
                t.add_constraint(Constraint::PrimaryKey(PrimaryKey::new(["x", "id"])));
            });
        },
    ),
    (
        "a unique constraint gets more columns",
        |op| {
            named(op);
            add_unique(op, "uq", &["x"]);
        },
        |op| {
            op.alter_table("t", |t| t.drop_constraint(ConstraintKind::Unique, "uq"));
            add_unique(op, "uq", &["x", "y"]);
        },
    ),
    ("an index of two keys goes", two_with_index, |op| op.drop_index("ix", "t")),
    ("an index of two keys gets more columns", two_with_index, |op| {
        op.drop_index("ix", "t");
        op.create_index("ix", "t", ["x", "y"]);
    }),
    (
        "an index of two keys goes, and comes again",
        |op| {
            two_with_index(op);
            op.drop_index("ix", "t");
        },
        |op| op.create_index("ix", "t", ["x"]),
    ),
    ("an index comes where the server has made one for two keys", two, |op| {
        op.create_index("ix", "t", ["x", "y"]);
    }),
    ("a key over the same column comes", one_of_two, |op| {
        add_key(op, ForeignKey::new(["x"], "w", ["id"]).named("t_w"))
    }),
    ("a key over more columns comes", one_of_wide, add_wide),
    ("two keys go", two, |op| drop_keys(op, &["t_u", "t_w"])),
    ("two keys go the other way round", two, |op| drop_keys(op, &["t_w", "t_u"])),
    ("a key goes, and one over more columns stays", wide, |op| drop_keys(op, &["t_u"])),
    ("two keys go, one over more columns", wide, |op| drop_keys(op, &["t_u", "t_wide"])),
    ("two keys without names", two_unnamed, |op| op.drop_column("t", "y")),
    ("an index comes where the server has made one", named, |op| {
        op.create_index("ix", "t", ["x", "y"]);
    }),
];

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn what_serves_a_foreign_key_changes(db) {
        let mut server = Server::new(db).await;
        let mut wrong = Vec::new();
        for (name, before, change) in CASES {
            let mut case = Case::new(*name);
            case.before = recorded(*before);
            case.operations = recorded(*change);
            match server.check_comparison(&case).await {
                Ok(Compared::Converged { operations }) if operations > 0 => {}
                Ok(other) => wrong.push(format!("## {name}: {other:?}")),
                Err(why) => wrong.push(format!("## {name}: {why}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

db_test_on! {
    [mysql: MySql, mariadb: MariaDb]
    async fn an_index_of_the_same_name_is_not_dropped(db) {
        let mut database = db.connect().await;
        execute(&mut database, &[
            "CREATE TABLE u (id INT PRIMARY KEY)",
            "CREATE TABLE t (id INT PRIMARY KEY, x INT, y INT, KEY t_u (y), KEY of_x (x), \
             CONSTRAINT t_u FOREIGN KEY (x) REFERENCES u (id))",
        ]).await;
        let dialect = database.dialect();
        let operation = &recorded(|op| op.create_index("ix", "t", ["x", "y"]))[0];
        let tables = done(database.introspect(&["t".into()]).await);
        for sql in done(dialect.render(operation, &tables)).statements {
            execute(&mut database, &[&sql]).await;
        }
        let rows = query(
            &mut database,
            "SELECT DISTINCT index_name FROM information_schema.statistics \
             WHERE table_schema = DATABASE() AND table_name = 't' ORDER BY 1",
        )
        .await;
        assert_eq!(rows.concat(), ["ix", "of_x", "PRIMARY", "t_u"]);
    }
}
