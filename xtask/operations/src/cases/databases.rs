//! What only one database has.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, DataType, EnumType, Identity, IndexElement, TableName, View};

use super::starts::{COUNTED, EMPTY, LINKED, PERSON, STOCK};
use super::{Case, MYSQL, POSTGRES, case};

pub(super) fn cases() -> Vec<Case> {
    [enums(), using(), identities(), schemas(), modified(), mysql()].into_iter().flatten().collect()
}

/// An enum type, and a table that uses it.
fn mood(op: &mut Operations) {
    let mood = op.create_enum("mood", ["sad", "glad"]);
    op.create_table("t", |t| {
        t.column("v", mood);
    });
}

fn enums() -> Vec<Case> {
    vec![
        case("create enum type: used by two tables", POSTGRES, EMPTY, |op| {
            let mood = op.create_enum("mood", ["sad", "glad"]);
            op.create_table("t", |t| {
                t.column("v", mood.clone()).not_null().server_default("glad");
            });
            op.create_table("u", |t| {
                t.column("v", mood);
            });
        }),
        case("alter enum type: add a value", POSTGRES, EMPTY, |op| {
            mood(op);
            op.alter_enum("mood", |e| e.add_value_after("so so", "sad"));
        }),
        case("alter enum type: rename a value", POSTGRES, EMPTY, |op| {
            mood(op);
            op.execute("INSERT INTO t VALUES ('sad')");
            op.alter_enum("mood", |e| e.rename_value("sad", "unhappy"));
        }),
        case("drop enum type", POSTGRES, EMPTY, |op| {
            op.create_enum("mood", ["sad", "glad"]);
            op.drop_enum("mood");
        }),
    ]
}

fn using() -> Vec<Case> {
    vec![
        case("alter column: boolean to integer, by a using expression", POSTGRES, PERSON, |op| {
            op.alter_column("person", "active", |c| c.drop_server_default());
            op.alter_column("person", "active", |c| {
                c.column_type(DataType::Integer).using("active::integer")
            });
        }),
        case("alter column: text to json, by a using expression", POSTGRES, PERSON, |op| {
            op.alter_column("person", "note", |c| c.column_type(DataType::Jsonb).using("to_jsonb(note)"));
        }),
        case("alter column: text to array, by a using expression", POSTGRES, PERSON, |op| {
            op.alter_column("person", "note", |c| c.column_type(DataType::Text.array()).using("ARRAY[note]"));
        }),
        case("alter column: datetime to timestamp with zone", POSTGRES, STOCK, |op| {
            op.alter_column("stock", "changed", |c| {
                c.column_type(DataType::timestamptz()).using("changed AT TIME ZONE 'UTC'")
            });
        }),
        case("create materialized view", POSTGRES, PERSON, |op| {
            op.add_view(View::new("adult", "SELECT id, name FROM person WHERE age >= 18").materialized());
        }),
    ]
}

fn identities() -> Vec<Case> {
    let create = |op: &mut Operations, identity: Option<Identity>| {
        op.create_table("t", |t| {
            let id = Column::new("id", DataType::Integer).not_null();
            t.add_column(match identity {
                Some(identity) => id.identity(identity),
                None => id,
            });
            t.column("v", DataType::Integer);
        });
    };
    vec![
        case("alter column: set another identity", POSTGRES, EMPTY, move |op| {
            create(op, Some(Identity::by_default().start(5)));
            op.alter_column("t", "id", |c| c.identity(Identity::always().start(5).increment(3)));
        }),
        case("alter column: make it an identity", POSTGRES, EMPTY, move |op| {
            create(op, None);
            op.alter_column("t", "id", |c| c.identity(Identity::by_default().start(7)));
        }),
        case("alter column: no identity any more", POSTGRES, EMPTY, move |op| {
            create(op, Some(Identity::by_default()));
            op.alter_column("t", "id", |c| c.drop_identity());
        }),
    ]
}

fn schemas() -> Vec<Case> {
    let other = |name: &str| TableName::new(Some("other"), name);
    let create = move |op: &mut Operations| {
        op.create_schema("other");
        op.create_table(other("t"), |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("v", DataType::Integer);
        });
    };
    vec![
        case("alter table: in another schema", POSTGRES, EMPTY, move |op| {
            create(op);
            op.alter_table(other("t"), |t| {
                t.add_column(Column::new("w", DataType::string(10)).comment("new"));
                t.alter_column("v").nullable(false);
                t.add_constraint(Constraint::Unique(Unique::new(["v"]).named("uq_v")));
            });
            op.create_index("ix_w", other("t"), ["w"]);
        }),
        case("rename table: in another schema", POSTGRES, EMPTY, move |op| {
            create(op);
            op.rename_table(other("t"), "u");
        }),
        case("drop table and schema", POSTGRES, EMPTY, move |op| {
            create(op);
            op.drop_table(other("t"));
            op.drop_schema("other");
        }),
        case("create index: in another schema, then drop it", POSTGRES, EMPTY, move |op| {
            create(op);
            op.create_index("ix_v", other("t"), [IndexElement::column_named("v")]);
            op.drop_index("ix_v", other("t"));
        }),
    ]
}

fn modified() -> Vec<Case> {
    let exact = |length| DataType::string(length).collate("utf8mb4_bin");
    vec![
        case("modify: everything said again", MYSQL, COUNTED, move |op| {
            op.alter_column("counted", "code", |c| c.column_type(exact(60)));
        }),
        case("modify: rename, everything said again", MYSQL, COUNTED, |op| {
            op.rename_column("counted", "code", "mark");
        }),
        case("modify: type of a counted key, everything said again", MYSQL, COUNTED, |op| {
            op.alter_column("counted", "id", |c| c.column_type(DataType::Integer.unsigned()));
        }),
        case("modify: stop counting", MYSQL, COUNTED, |op| {
            op.alter_column("counted", "id", |c| c.autoincrement(false));
        }),
        case("modify: start counting", MYSQL, EMPTY, |op| {
            let mut table = Table::build("t", |t| {
                t.column("id", DataType::Integer).primary_key();
            });
            table.columns[0].autoincrement = false;
            op.push(dunlin::core::operation::Operation::CreateTable { table, if_not_exists: false });
            op.alter_column("t", "id", |c| c.autoincrement(true));
        }),
        case("modify: more values of an enum", MYSQL, COUNTED, |op| {
            let mood = DataType::Enum(EnumType::unnamed(["sad", "glad", "so so"]));
            op.alter_column("counted", "mood", |c| c.column_type(mood));
        }),
        case("modify: on update now", MYSQL, STOCK, |op| {
            op.alter_column("stock", "changed", |c| c.on_update("CURRENT_TIMESTAMP"));
        }),
        case("modify: fraction of a datetime, everything said again", MYSQL, STOCK, |op| {
            op.alter_column("stock", "changed", |c| {
                c.column_type(DataType::DateTime { precision: Some(6), timezone: false })
                    .server_default(SqlValue::expression("CURRENT_TIMESTAMP(6)"))
            });
        }),
        case("modify: another character set", MYSQL, STOCK, |op| {
            op.alter_column("stock", "label", |c| {
                c.column_type(DataType::string(40).character_set("latin1").collate("latin1_bin"))
            });
        }),
        case("modify: type, collation and default not said again", MYSQL, COUNTED, |op| {
            op.alter_column("counted", "code", |c| c.nullable(true));
        }),
        case("modify: on update not said again", MYSQL, COUNTED, |op| {
            op.execute("DELETE FROM counted");
            op.alter_column("counted", "changed", |c| {
                c.nullable(false).server_default(SqlValue::expression("'2000-01-01'"))
            });
        }),
        case("modify: counting not said again", MYSQL, COUNTED, |op| {
            op.alter_column("counted", "id", |c| c.comment("which"));
        }),
    ]
}

fn mysql() -> Vec<Case> {
    vec![
        case("add column: enum", MYSQL, PERSON, |op| {
            let letters = DataType::Enum(EnumType::unnamed(["a", "b"]));
            op.add_column("person", Column::new("v", letters).not_null().server_default("a"));
        }),
        case("add column: on update now", MYSQL, PERSON, |op| {
            let now = "CURRENT_TIMESTAMP";
            let v = Column::new("v", DataType::datetime()).server_default(SqlValue::expression(now));
            op.add_column("person", v.on_update(now));
        }),
        case("drop index: that a foreign key uses", MYSQL, LINKED, |op| {
            op.drop_index("fk_child_parent", "child");
        }),
    ]
}
