//! SQLite's rebuilds: what stays when a table is copied.

use dunlin::core::operation::AlterTable;
use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, Deferrable, Object, OnConflict};

use super::starts::{BOX, EMPTY, GRAPH, PERSON, RICH, Start};
use super::{Case, SQLITE, case};

/// A table is changed.
fn rebuild(name: &str, start: Start, table: &'static str, define: fn(&mut AlterTable)) -> Case {
    case(format!("rebuild: {name}"), SQLITE, start, move |op| op.alter_table(table, define))
}

fn email_to_text(op: &mut Operations) {
    op.alter_column("person", "email", |c| c.column_type(DataType::Text));
}

pub(super) fn cases() -> Vec<Case> {
    [of_rich(), of_referred(), of_others()].into_iter().flatten().collect()
}

fn of_rich() -> Vec<Case> {
    let rich = |name, define| rebuild(name, RICH, "rich", define);
    vec![
        rich("change a type", |t| {
            t.alter_column("extra").column_type(DataType::string(80));
        }),
        rich("drop a column", |t| t.drop_column("extra")),
        case("rebuild: add a column, change another", SQLITE, RICH, |op| {
            op.execute("UPDATE rich SET extra = ''");
            op.alter_table("rich", |t| {
                t.add_column(
                    Column::new("v", DataType::Integer).not_null().server_default(SqlValue::expression("1")),
                );
                t.alter_column("extra").nullable(false).server_default("");
            });
        }),
        rich("drop a named check", |t| t.drop_constraint(ConstraintKind::Check, "ck_rich_price")),
        rich("drop a named unique constraint", |t| t.drop_constraint(ConstraintKind::Unique, "uq_rich_name")),
        rich("rename a column of a partial index", |t| {
            t.alter_column("price").rename("cost");
        }),
        rich("type of a column with a default", |t| {
            t.alter_column("kind").column_type(DataType::string(20));
        }),
    ]
}

fn of_referred() -> Vec<Case> {
    vec![
        rebuild("table that others refer to", GRAPH, "hub", |t| {
            t.alter_column("label").column_type(DataType::Text).nullable(false);
        }),
        rebuild("table that refers", GRAPH, "spoke", |t| {
            t.add_column(Column::new("v", DataType::Integer));
            t.alter_column("hub_id").nullable(true);
        }),
        rebuild("drop an unnamed key to itself by its column", GRAPH, "hub", |t| t.drop_column("above")),
        case("rebuild: a deferred foreign key", SQLITE, PERSON, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::Integer);
                t.column("w", DataType::Text);
                let key = ForeignKey::new(["v"], "person", ["id"]).named("fk_v");
                t.foreign_key(
                    key.deferrable(Deferrable::InitiallyDeferred).on_update(ReferentialAction::Cascade),
                );
            });
            op.execute("INSERT INTO t (id, v) VALUES (1, 2)");
            op.alter_column("t", "w", |c| c.column_type(DataType::string(10)));
        }),
    ]
}

fn of_others() -> Vec<Case> {
    vec![
        case("rebuild: computed column stays", SQLITE, BOX, |op| {
            op.execute("UPDATE box SET label = ''");
            op.alter_column("box", "label", |c| c.nullable(false).server_default(""));
        }),
        case("rebuild: twice in one revision", SQLITE, PERSON, |op| {
            email_to_text(op);
            op.execute("UPDATE person SET email = 'x' WHERE email IS NULL");
            op.alter_column("person", "email", |c| c.nullable(false));
        }),
        case("rebuild: a table with a trigger", SQLITE, PERSON, |op| {
            let create = "CREATE TRIGGER touched AFTER UPDATE ON person BEGIN SELECT 1; END";
            op.create_object(Object::new("trigger touched").create(create).touches(["person"]));
            email_to_text(op);
        }),
        case("rebuild: a table with a view", SQLITE, PERSON, |op| {
            op.create_view("adult", "SELECT id, name FROM person WHERE age >= 18");
            email_to_text(op);
        }),
        case("rebuild: a table with an index of an expression", SQLITE, PERSON, |op| {
            let lower = dunlin::core::schema::IndexElement::expression("lower(name)");
            op.create_index("ix_person_lower", "person", [lower]);
            email_to_text(op);
        }),
        case("rebuild: a strict table", SQLITE, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::Text);
                t.options(|o| o.strict = true);
            });
            op.alter_column("t", "v", |c| c.nullable(false));
        }),
        case("rebuild: a table without row ids", SQLITE, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("code", DataType::Text).primary_key();
                t.column("v", DataType::Text);
                t.options(|o| o.without_rowid = true);
            });
            op.execute("INSERT INTO t VALUES ('b', '1'), ('a', '2')");
            op.alter_column("t", "v", |c| c.nullable(false));
        }),
        case("rebuild: constraints with ON CONFLICT", SQLITE, EMPTY, |op| {
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("v", DataType::Integer);
                t.column("w", DataType::Text);
                t.add_unique(Unique::new(["v"]).named("uq_v").on_conflict(OnConflict::Replace));
            });
            op.alter_column("t", "w", |c| c.nullable(false));
        }),
        case("rebuild: a check without a name is added", SQLITE, PERSON, |op| {
            let check = Constraint::Check(Check::new("score >= 0"));
            op.alter_table("person", |t| t.add_constraint(check));
        }),
    ]
}
