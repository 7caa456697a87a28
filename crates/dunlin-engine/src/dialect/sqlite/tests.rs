//! What SQLite's own client or server cannot show: which way a change goes, and what is refused.

use dunlin_core::operation::{AlterColumn, ColumnPosition, Operation, TableChange};
use dunlin_core::prelude::*;
use dunlin_core::schema::{Computed, Constraint, Deferrable, Identity, Object, PrimaryKey, TableName};

use super::Sqlite;
use crate::dialect::{Dialect as _, RenderError, Rendered};

/// `t`, and nothing that stands on `plain`.
fn schema() -> Metadata {
    let mut metadata = Metadata::default();
    metadata.table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("a", DataType::Integer);
        t.column("b", DataType::Text);
        t.column("plain", DataType::Text);
        t.column("twice", DataType::Integer).computed(Computed::on_read("a * 2"));
        t.check("t_ck", "a > 0");
        t.add_index(Index::new("t_ix", ["id"]).predicate("lower(b) <> ''"));
    });
    metadata
}

fn change(changes: Vec<TableChange>) -> Result<Rendered, RenderError> {
    Sqlite.render(&Operation::AlterTable { table: "t".into(), changes }, &schema())
}

fn add(column: Column) -> TableChange {
    TableChange::AddColumn { column, position: ColumnPosition::Last, if_not_exists: false }
}

fn drop_column(name: &str) -> TableChange {
    TableChange::DropColumn { name: name.to_owned(), if_exists: false }
}

fn rename(from: &str, to: &str) -> TableChange {
    let mut alter = AlterColumn::new(from);
    alter.rename = Some(to.to_owned());
    alter.into()
}

fn constraint(constraint: Constraint) -> TableChange {
    TableChange::AddConstraint { constraint }
}

/// A change that no ALTER TABLE of SQLite makes.
fn restrict(name: &str) -> TableChange {
    let mut alter = AlterColumn::new(name);
    alter.nullable = Some(false);
    alter.into()
}

#[test]
fn what_alter_table_can_do_is_no_rebuild() {
    let text = |name: &str| Column::new(name, DataType::Text);
    let number = |name: &str| Column::new(name, DataType::Integer);
    let default = |sql: &str| number("n").server_default(SqlValue::expression(sql));
    let key = || ForeignKey::new(["n"], "u", ["id"]);
    let cases: Vec<(Vec<TableChange>, bool)> = vec![
        (vec![add(text("n"))], true),
        (vec![add(text("n").not_null().server_default("x"))], true),
        (vec![add(text("n").not_null())], false),
        (vec![add(text("n").not_null().server_default(SqlValue::Null))], false),
        (vec![add(default("-1.5e3"))], true),
        (vec![add(default("true"))], true),
        (vec![add(default("CURRENT_TIMESTAMP"))], false),
        (vec![add(default("(1)"))], false),
        (vec![add(default("1 + 1"))], false),
        (vec![add(number("n").computed(Computed::on_read("a")))], true),
        (vec![add(number("n").computed(Computed::stored("a")))], false),
        (vec![add(number("n")), constraint(Constraint::ForeignKey(key()))], true),
        (vec![add(number("n")), constraint(Constraint::ForeignKey(key().named("fk")))], false),
        (vec![add(default("1")), constraint(Constraint::ForeignKey(key()))], false),
        (vec![add(number("n")), constraint(Constraint::Check(Check::new("n > a")))], true),
        (vec![add(number("n")), constraint(Constraint::Check(Check::new("a > 1")))], false),
        (vec![add(number("n")), constraint(Constraint::Unique(Unique::new(["n"])))], false),
        (vec![drop_column("plain")], true),
        (vec![rename("a", "n"), drop_column("plain"), add(number("a"))], true),
        (vec![rename("plain", "n"), restrict("n")], false),
        (vec![TableChange::SetComment { comment: None }], true),
    ];
    for (changes, native) in cases {
        let rendered = change(changes.clone()).unwrap();
        assert_eq!(rendered.rebuilds.is_none(), native, "{changes:?}");
        assert!(rendered.suspends_foreign_keys || native, "{changes:?}");
    }
    let position = |position| TableChange::AddColumn { column: text("n"), position, if_not_exists: false };
    assert_eq!(change(vec![position(ColumnPosition::After("twice".to_owned()))]).unwrap().rebuilds, None);
    assert!(change(vec![position(ColumnPosition::First)]).unwrap().rebuilds.is_some());
}

#[test]
fn a_check_and_a_key_without_a_name_stand_at_the_column_they_come_with() {
    let with_key = |key: ForeignKey| {
        vec![
            add(Column::new("n", DataType::Integer)),
            add(Column::new("m", DataType::Integer)),
            constraint(Constraint::ForeignKey(key)),
            constraint(Constraint::Check(Check::new("n < m").named("ck"))),
        ]
    };
    let key = ForeignKey::new(["n"], "u", ["id"]);
    assert_eq!(
        change(with_key(key.clone())).unwrap().statements,
        [
            "ALTER TABLE \"t\" ADD COLUMN \"n\" INTEGER REFERENCES \"u\" (\"id\")",
            "ALTER TABLE \"t\" ADD COLUMN \"m\" INTEGER CONSTRAINT \"ck\" CHECK (n < m)",
        ]
    );
    let rebuilt = change(with_key(key.named("fk"))).unwrap();
    assert!(rebuilt.rebuilds.is_some());
    let created = rebuilt.statements.iter().find(|sql| sql.starts_with("CREATE TABLE")).unwrap();
    assert!(created.contains("CONSTRAINT \"fk\" FOREIGN KEY (\"n\") REFERENCES \"u\" (\"id\")"), "{created}");
}

#[test]
fn a_column_that_is_named_elsewhere_is_not_dropped() {
    for (column, by) in [("a", "check t_ck"), ("b", "index t_ix")] {
        let error = change(vec![drop_column(column)]).unwrap_err();
        assert_eq!(error.to_string(), format!("SQLite cannot drop the column {column}, which {by} names"));
    }
    let without_check =
        TableChange::DropConstraint { kind: ConstraintKind::Check, name: "t_ck".into(), if_exists: false };
    let error = change(vec![without_check.clone(), drop_column("a")]).unwrap_err();
    assert_eq!(error.to_string(), "SQLite cannot drop the column a, which the computed column twice names");
    let rebuilt = change(vec![without_check, drop_column("twice"), drop_column("a")]).unwrap();
    assert!(rebuilt.rebuilds.is_some());
}

#[test]
fn columns_are_renamed_before_the_rebuild_whatever_their_names() {
    let changes = vec![
        rename("a", "x"),
        rename("plain", "a"),
        rename("x", "plain"),
        drop_column("twice"),
        rename("id", "twice"),
        restrict("a"),
    ];
    let rendered = change(changes).unwrap();
    let renames: Vec<_> = rendered.statements[..rendered.before_rebuild]
        .iter()
        .map(|sql| sql.trim_start_matches("ALTER TABLE \"t\" RENAME COLUMN "))
        .collect();
    assert_eq!(
        renames,
        [
            "\"twice\" TO \"_dunlin_dropped_twice\"",
            "\"id\" TO \"twice\"",
            "\"a\" TO \"_dunlin_renamed_plain\"",
            "\"plain\" TO \"a\"",
            "\"_dunlin_renamed_plain\" TO \"plain\"",
        ]
    );
    let copy = rendered.statements.iter().find(|sql| sql.starts_with("INSERT INTO \"")).unwrap();
    assert_eq!(
        copy,
        "INSERT INTO \"_dunlin_rebuild_t\" (\"twice\", \"plain\", \"b\", \"a\") SELECT \"twice\", \"plain\", \
         \"b\", \"a\" FROM \"t\""
    );
    let created = rendered.statements.iter().find(|sql| sql.starts_with("CREATE TABLE")).unwrap();
    assert!(created.contains("CONSTRAINT \"t_ck\" CHECK (plain > 0)"), "{created}");
}

#[test]
fn an_expression_for_the_new_value_names_columns_as_they_are_called_then() {
    let mut using = AlterColumn::new("n");
    using.column_type = Some(DataType::Text.into());
    using.using = Some("n || t.\"B\" || added || a(id)".into());
    let changes = vec![
        rename("a", "n"),
        add(Column::new("added", DataType::Integer).server_default(SqlValue::Integer(7))),
        using.into(),
        rename("n", "last"),
    ];
    let rendered = change(changes).unwrap();
    let copy = rendered.statements.iter().find(|sql| sql.starts_with("INSERT INTO \"")).unwrap();
    assert!(
        copy.contains("SELECT \"id\", (\"last\" || \"b\" || (7) || a(\"id\")), \"b\", \"plain\" FROM"),
        "{copy}"
    );
}

#[test]
fn a_query_for_the_new_value_keeps_its_own_columns() {
    let using = |changes: Vec<TableChange>, sql: &str| {
        let mut using = AlterColumn::new("a");
        using.column_type = Some(DataType::Text.into());
        using.using = Some(sql.into());
        let rendered = change([vec![using.into()], changes].concat())?;
        let copy = rendered.statements.into_iter().find(|sql| sql.starts_with("INSERT INTO \"")).unwrap();
        let (_, copy) = copy.split_once("SELECT ").unwrap();
        Ok::<_, RenderError>(copy.to_owned())
    };
    let rest = "\"b\", \"plain\" FROM \"t\"";
    let query = "(SELECT o.a FROM owner o WHERE o.id = t.id AND lower(b) = '')";
    assert_eq!(using(vec![], query).unwrap(), format!("\"id\", ({query}), {rest}"));
    let query = "(SELECT o.plain FROM plain AS o WHERE o.plain = T.plain)";
    let dropped = "((SELECT o.plain FROM plain AS o WHERE o.plain = T.\"_dunlin_dropped_plain\"))";
    let copy = using(vec![drop_column("plain")], query).unwrap();
    assert_eq!(copy, format!("\"id\", {dropped}, \"b\" FROM \"t\""));
    let error = using(vec![drop_column("plain")], "(SELECT id FROM o WHERE name = plain)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "SQLite cannot tell whose column plain is in a query for a new value of table t"
    );
}

#[test]
fn triggers_that_the_schema_knows_are_put_back() {
    let mut schema = schema();
    let trigger = "CREATE TRIGGER tr AFTER UPDATE OF a ON main.t BEGIN SELECT new.a; END";
    let other = "CREATE TRIGGER other AFTER INSERT ON \"on\" BEGIN INSERT INTO t (a) VALUES (1); END";
    for sql in [trigger, other, "CREATE VIEW v AS SELECT 1"] {
        schema.object(Object::new(sql).create(sql));
    }
    let changes = vec![rename("a", "x"), restrict("x")];
    let rendered = Sqlite.render(&Operation::AlterTable { table: "t".into(), changes }, &schema).unwrap();
    assert_eq!(
        rendered.statements.last().unwrap(),
        "CREATE TRIGGER tr AFTER UPDATE OF x ON main.t BEGIN SELECT new.x; END"
    );
    assert!(!rendered.statements.iter().any(|sql| sql.contains("other") || sql.contains("VIEW")));
}

#[test]
fn a_copy_that_was_left_is_dropped_or_becomes_the_table() {
    let leftover = Sqlite.leftover(&TableName::new(Some("s"), "t")).unwrap();
    assert_eq!(leftover.copy, TableName::new(Some("s"), "_dunlin_rebuild_t"));
    assert_eq!(leftover.drop, ["DROP TABLE \"s\".\"_dunlin_rebuild_t\""]);
    assert_eq!(leftover.restore[1], "ALTER TABLE \"s\".\"_dunlin_rebuild_t\" RENAME TO \"t\"");
}

#[test]
fn what_sqlite_cannot_do_is_refused() {
    let create = |define: fn(&mut dunlin_core::schema::TableBuilder)| {
        let table = Table::build("t", define);
        let operation = Operation::CreateTable { table, if_not_exists: false };
        match Sqlite.render(&operation, &Metadata::default()) {
            Err(RenderError::Unsupported { operation, .. }) => operation,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(create(|t| t.options(|o| o.unlogged = true)), "leave a table out of its log (table t)");
    assert_eq!(create(|t| t.options(|o| o.inherits = vec!["u".into()])), "let a table inherit (table t)");
    assert_eq!(
        create(|t| t.options(|o| o.without_rowid = true)),
        "keep rows by a primary key that is not there (table t)"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::BigInteger).primary_key();
            t.options(|o| o.never_reuse_ids = true);
        }),
        "keep ids from coming again where no column is the row id (table t)"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::Integer).autoincrement();
        }),
        "count up the column a, which is not the row id"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::Integer).identity(Identity::always()).primary_key();
        }),
        "refuse given values in the identity column a"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::Text.collate("de_DE"));
        }),
        "compare by the collation de_DE"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::numeric(10, 2));
            t.options(|o| o.strict = true);
        }),
        "have the type NUMERIC(10, 2) in a STRICT table"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::Integer);
            t.add_primary_key(PrimaryKey::new(["a"]).deferrable(Deferrable::InitiallyDeferred));
        }),
        "check it at the end of the transaction (primary key)"
    );
    assert_eq!(
        create(|t| {
            t.column("a", DataType::Integer);
            t.foreign_key(ForeignKey::new(["a"], TableName::new(Some("other"), "u"), ["id"]).named("fk"));
        }),
        "refer to a table of another schema (foreign key fk)"
    );
}

#[test]
fn identity_columns_are_row_ids() {
    let table = Table::build("t", |t| {
        t.column("id", DataType::BigInteger).identity(Identity::by_default().start(1).cache(9)).primary_key();
    });
    let rendered =
        Sqlite.render(&Operation::CreateTable { table, if_not_exists: false }, &Metadata::default());
    assert_eq!(
        rendered.unwrap().statements,
        ["CREATE TABLE \"t\" (\n    \"id\" INTEGER NOT NULL,\n    PRIMARY KEY (\"id\")\n)"]
    );
}

#[test]
fn strict_tables_take_six_types() {
    let types = [
        (DataType::Boolean, "INTEGER"),
        (DataType::TinyInteger.unsigned(), "INTEGER"),
        (DataType::Double.unsigned(), "REAL"),
        (DataType::string(9).collate("nocase"), "TEXT COLLATE \"nocase\""),
        (DataType::timestamptz(), "TEXT"),
        (DataType::Uuid, "TEXT"),
        (DataType::VarBinary { length: 3 }, "BLOB"),
        (DataType::native("any"), "any"),
    ];
    for (data_type, text) in types {
        let mut table = Table::build("t", |t| {
            t.column("c", data_type);
        });
        table.options.strict = true;
        let operation = Operation::CreateTable { table, if_not_exists: false };
        let rendered = Sqlite.render(&operation, &Metadata::default()).unwrap();
        assert_eq!(rendered.statements, [format!("CREATE TABLE \"t\" (\n    \"c\" {text}\n) STRICT")]);
    }
}

#[test]
fn rows_have_the_default_with_which_a_column_was_added() {
    let mut drop_default = dunlin_core::operation::AlterColumn::new("new");
    drop_default.server_default = Some(dunlin_core::operation::Change::Drop);
    let column = Column::new("new", DataType::Integer).not_null().server_default(7);
    let rendered = change(vec![add(column), drop_default.into()]).unwrap();
    let insert = rendered.statements.iter().find(|sql| sql.starts_with("INSERT INTO \"")).unwrap();
    assert!(insert.contains("\"new\"") && insert.contains("(7)"), "{insert}");
}
