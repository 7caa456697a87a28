//! Changes of columns.

use dunlin::core::operation::{AlterColumnRecorder, ColumnPosition};
use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, Constraint, Identity, PrimaryKey};

use super::starts::{BOX, LINKED, PERSON, PLAIN, STOCK, Start, TREE};
use super::{ALL, Case, MYSQL, NOT_POSTGRES, POSTGRES, SQLITE, case};

pub(super) fn cases() -> Vec<Case> {
    [added(), added_with_more(), dropped(), altered(), renamed(), several(), little_said()]
        .into_iter()
        .flatten()
        .collect()
}

fn expression(sql: &str) -> SqlValue {
    SqlValue::expression(sql)
}

/// A column `v` is added to `person`.
fn add(name: &str, on: &'static [DialectName], column: fn() -> Column) -> Case {
    case(format!("add column: {name}"), on, PERSON, move |op| op.add_column("person", column()))
}

fn v(data_type: DataType) -> Column {
    Column::new("v", data_type)
}

fn added() -> Vec<Case> {
    vec![
        add("nullable", ALL, || v(DataType::Integer)),
        add("not null with a default", ALL, || {
            v(DataType::Integer).not_null().server_default(expression("3"))
        }),
        add("text with a default", ALL, || v(DataType::string(20)).not_null().server_default("it's")),
        add("boolean with a default", ALL, || {
            v(DataType::Boolean).not_null().server_default(SqlValue::Boolean(false))
        }),
        add("decimal", ALL, || v(DataType::numeric(12, 4))),
        add("text", ALL, || v(DataType::Text)),
        add("datetime", ALL, || v(DataType::datetime())),
        add("binary", ALL, || v(DataType::Binary)),
        add("json", ALL, || v(DataType::Json)),
        add("uuid", ALL, || v(DataType::Uuid)),
        add("default now", ALL, || v(DataType::datetime()).server_default(expression("CURRENT_TIMESTAMP"))),
        add("default expression", ALL, || v(DataType::Integer).server_default(expression("(1 + 2)"))),
        add("comment", ALL, || v(DataType::Integer).comment("it's new")),
        add("stored computed", ALL, || v(DataType::Integer).computed(Computed::stored("age * 2"))),
        add("computed, not stored", NOT_POSTGRES, || {
            v(DataType::Integer).computed(Computed::on_read("age * 2"))
        }),
        add("reserved word as a name", ALL, || Column::new("order", DataType::Integer)),
        add("identity", POSTGRES, || v(DataType::Integer).identity(Identity::by_default().start(10))),
        add("array with a default", POSTGRES, || v(DataType::Integer.array()).server_default("{}")),
    ]
}

fn added_with_more() -> Vec<Case> {
    let placed = |name: &str, position: ColumnPosition| {
        case(format!("add column: {name}"), SQLITE, PERSON, move |op| {
            let position = position.clone();
            op.alter_table("person", |t| t.add_column_at(v(DataType::Integer), position));
        })
    };
    vec![
        case("add column: if it does not exist, and it does", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.add_column_if_not_exists(Column::new("age", DataType::Integer)));
        }),
        case("add column: if it does not exist, and it does not", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.add_column_if_not_exists(v(DataType::Integer)));
        }),
        placed("behind another", ColumnPosition::After("name".to_owned())),
        placed("before all others", ColumnPosition::First),
        case("add column: three at once", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.add_column(v(DataType::Integer));
                t.add_column(Column::new("w", DataType::string(10)).not_null().server_default("x"));
                t.add_column(Column::new("z", DataType::Boolean));
            });
        }),
        case("add column: with a unique constraint", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.add_column(v(DataType::Integer));
                t.create_unique_constraint("uq_person_v", ["v"]);
            });
        }),
        case("add column: with an index", ALL, PERSON, |op| {
            op.add_column("person", v(DataType::Integer));
            op.create_index("ix_person_v", "person", ["v"]);
        }),
        case("add column: with a check", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.add_column(v(DataType::Integer));
                t.create_check_constraint("ck_person_v", "v > 0");
            });
        }),
        case("add column: with a foreign key", ALL, LINKED, |op| {
            op.alter_table("child", |t| {
                t.add_column(v(DataType::Integer));
                t.create_foreign_key(ForeignKey::new(["v"], "parent", ["id"]).named("fk_child_v"));
            });
        }),
        case("add column: with a foreign key inline", ALL, LINKED, |op| {
            op.alter_table("child", |t| {
                t.add_column(v(DataType::Integer));
                t.create_foreign_key(ForeignKey::new(["v"], "parent", ["id"]).named("fk_child_v"));
            });
        }),
        case("add column: to a table that refers to itself", ALL, TREE, |op| {
            op.add_column("node", v(DataType::Integer).not_null().server_default(expression("0")));
        }),
        case("add column: fill it, then not null", ALL, PERSON, |op| {
            op.add_column("person", v(DataType::string(80)));
            op.execute("UPDATE person SET v = name");
            op.alter_column("person", "v", |c| c.nullable(false));
        }),
        case("add column: that is the primary key", ALL, PLAIN, |op| {
            op.alter_table("item", |t| {
                t.add_column(Column::new("id", DataType::Integer).not_null().autoincrement());
                t.add_constraint(Constraint::PrimaryKey(PrimaryKey::new(["id"])));
            });
        }),
        case("add column: of an enum type that is made with it", ALL, PERSON, |op| {
            let letter = op.create_enum("letter", ["a", "b"]);
            op.add_column("person", v(letter).not_null().server_default("a"));
        }),
    ]
}

fn dropped() -> Vec<Case> {
    vec![
        case("drop column", ALL, PERSON, |op| op.drop_column("person", "note")),
        case("drop column: two at once", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_column("note");
                t.drop_column("score");
            });
        }),
        case("drop column: with its index", ALL, PERSON, |op| {
            op.drop_index("ix_person_email", "person");
            op.drop_column("person", "email");
        }),
        case("drop column: that an index is on", ALL, PERSON, |op| op.drop_column("person", "email")),
        case("drop column: with its unique constraint", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_constraint(ConstraintKind::Unique, "uq_person_name");
                t.drop_column("name");
            });
        }),
        case("drop column: with its check", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_constraint(ConstraintKind::Check, "ck_person_age");
                t.drop_column("age");
            });
        }),
        case("drop column: with its foreign key", ALL, LINKED, |op| {
            op.alter_table("child", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "fk_child_parent");
                t.drop_column("parent_id");
            });
        }),
        case("drop column: if it exists, and it does", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.drop_column_if_exists("note"));
        }),
        case("drop column: if it exists, and it does not", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.drop_column_if_exists("absent"));
        }),
        case("drop column: computed", ALL, BOX, |op| op.drop_column("box", "area")),
        case("drop column: beside a computed one", ALL, BOX, |op| op.drop_column("box", "label")),
        case("drop column: of a table that refers to itself", ALL, TREE, |op| {
            op.drop_column("node", "label")
        }),
        case("drop column: add another, change a third", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_column("note");
                t.add_column(Column::new("remark", DataType::string(40)));
                t.alter_column("email").column_type(DataType::string(320));
            });
        }),
    ]
}

type Say = fn(AlterColumnRecorder<'_>) -> AlterColumnRecorder<'_>;

/// A column of a start's table is changed.
fn alter(name: &str, start: Start, table: &'static str, column: &'static str, say: Say) -> Case {
    case(format!("alter column: {name}"), ALL, start, move |op| op.alter_column(table, column, say))
}

fn altered() -> Vec<Case> {
    let person = |name, column, say| alter(name, PERSON, "person", column, say);
    let stock = |name, column, say| alter(name, STOCK, "stock", column, say);
    vec![
        person("wider string", "email", |c| c.column_type(DataType::string(320))),
        alter("string to text", PLAIN, "item", "code", |c| c.column_type(DataType::Text)),
        person("integer to big integer", "age", |c| c.column_type(DataType::BigInteger)),
        alter("integer to string", PLAIN, "item", "a", |c| c.column_type(DataType::string(20))),
        person("more digits", "score", |c| c.column_type(DataType::numeric(14, 4))),
        person("type of a not null column", "name", |c| c.column_type(DataType::string(200))),
        person("type of a key", "id", |c| c.column_type(DataType::BigInteger)),
        person("text to string", "note", |c| c.column_type(DataType::string(500))),
        person("not null", "active", |c| c.nullable(false)),
        person("nullable", "name", |c| c.nullable(true)),
        person("set a text default", "email", |c| c.server_default("no'ne")),
        person("set a number default", "age", |c| c.server_default(SqlValue::expression("18"))),
        person("set an empty default", "email", |c| c.server_default("")),
        person("set an expression default", "age", |c| c.server_default(SqlValue::expression("(1 + 2)"))),
        person("change a default", "score", |c| c.server_default(SqlValue::expression("9.99"))),
        person("change a boolean default", "active", |c| c.server_default(SqlValue::Boolean(false))),
        person("drop a default", "score", |c| c.drop_server_default()),
        person("drop the default of a not null column", "active", |c| c.drop_server_default()),
        person("set a comment", "email", |c| c.comment("it's the address")),
        stock("change a comment", "price", |c| c.comment("in crowns")),
        stock("drop a comment", "price", |c| c.drop_comment()),
        person("type and not null", "name", |c| c.column_type(DataType::string(320)).nullable(true)),
        person("type and default", "age", |c| {
            c.column_type(DataType::BigInteger).server_default(SqlValue::expression("18"))
        }),
        stock("not null and default", "label", |c| c.nullable(true).server_default("some")),
        stock("everything at once", "label", |c| {
            let c = c.column_type(DataType::string(80)).nullable(true).server_default("some");
            c.comment("visible").rename("title")
        }),
        alter("type of a column beside a computed one", BOX, "box", "label", |c| {
            c.column_type(DataType::string(40))
        }),
        case("alter column: not null of a column that refers", ALL, LINKED, |op| {
            op.execute("DELETE FROM child WHERE parent_id IS NULL");
            op.alter_column("child", "parent_id", |c| c.nullable(false));
        }),
    ]
}

fn renamed() -> Vec<Case> {
    let person = |name, column, say| alter(name, PERSON, "person", column, say);
    vec![
        person("rename", "note", |c| c.rename("remark")),
        person("rename one with an index", "email", |c| c.rename("mail")),
        person("rename one with a unique constraint", "name", |c| c.rename("full_name")),
        person("rename one with a check", "age", |c| c.rename("years")),
        person("rename a key", "id", |c| c.rename("person_id")),
        alter("rename one that refers", LINKED, "child", "parent_id", |c| c.rename("ancestor_id")),
        alter("rename one that is referred to", LINKED, "parent", "id", |c| c.rename("parent_id")),
        person("rename to a reserved word", "note", |c| c.rename("order")),
        alter("rename in a table that refers to itself", TREE, "node", "parent_id", |c| c.rename("above")),
        alter("rename a source of a computed one", BOX, "box", "width", |c| c.rename("wide")),
    ]
}

fn several() -> Vec<Case> {
    vec![
        case("alter column: string to integer, by an expression", ALL, PLAIN, |op| {
            op.execute("UPDATE item SET code = '42'");
            op.alter_column("item", "code", |c| {
                let using = PerDialect::only(DialectName::Postgres, "code::integer".to_owned());
                c.column_type(DataType::Integer).using(using)
            });
        }),
        case("alter column: two columns at once", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.alter_column("email").column_type(DataType::string(200)).nullable(true);
                t.alter_column("age").server_default(SqlValue::expression("1"));
            });
        }),
        case("alter column: swap two names", ALL, PLAIN, |op| {
            op.rename_column("item", "a", "c");
            op.rename_column("item", "b", "a");
            op.rename_column("item", "c", "b");
        }),
        case("alter column: fill, then not null", ALL, PERSON, |op| {
            op.execute("UPDATE person SET email = '' WHERE email IS NULL");
            op.alter_column("person", "email", |c| c.nullable(false));
        }),
        case("create table comment", ALL, PERSON, |op| op.create_table_comment("person", "it's a person")),
        case("change table comment", ALL, STOCK, |op| op.create_table_comment("stock", "what there was")),
        case("drop table comment", ALL, STOCK, |op| op.drop_table_comment("stock")),
        case("modify: computed column not said again", MYSQL, BOX, |op| {
            op.alter_column("box", "area", |c| c.comment("in square metres"));
        }),
    ]
}

/// Alembic on MySQL loses what is not said again.
fn little_said() -> Vec<Case> {
    let stock =
        |name: &str, column, say| alter(&format!("{name}, nothing else said"), STOCK, "stock", column, say);
    vec![
        stock("type", "label", |c| c.column_type(DataType::string(80))),
        stock("not null", "label", |c| c.nullable(true)),
        stock("rename", "quantity", |c| c.rename("pieces")),
        stock("comment", "quantity", |c| c.comment("how many")),
        stock("default", "label", |c| c.server_default("some")),
        stock("datetime default", "changed", |c| {
            c.server_default(SqlValue::expression("'2000-01-01 00:00:00'"))
        }),
        stock("type of a key", "id", |c| c.column_type(DataType::BigInteger)),
    ]
}
