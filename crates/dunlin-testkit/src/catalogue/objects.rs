//! Enum types, views, and objects that are nothing but their SQL.

use dunlin_core::operation::{AlterEnum, Operation};
use dunlin_core::prelude::*;
use dunlin_core::schema::{Object, View};

use super::case::{Case, each, int, text};

pub(super) fn cases(cases: &mut Vec<Case>, schema: &str) {
    enums(cases, schema);
    views(cases);
    objects(cases);
}

fn create_enum(op: &mut Operations) {
    op.create_enum("size", ["small", "it's", "big"]);
}

fn enums(cases: &mut Vec<Case>, schema: &str) {
    cases.push(Case::new("create enum").up(create_enum));
    cases.push(
        Case::new("create enum / in a schema").base("create enum").before(|op| op.create_schema(schema)).up(
            |op| {
                op.create_enum(dunlin_core::schema::TableName::new(Some(schema), "size"), ["small"]);
            },
        ),
    );
    cases.push(Case::new("drop enum / plain").before(create_enum).up(|op| op.drop_enum("size")));
    let if_exists = || Operation::DropEnum { name: "size".into(), if_exists: true };
    let base = "drop enum / plain";
    cases.push(
        Case::new("drop enum / if exists / present")
            .base(base)
            .before(create_enum)
            .up(|op| op.push(if_exists())),
    );
    cases.push(Case::new("drop enum / if exists / absent").base(base).up(|op| op.push(if_exists())));

    type Change = fn(&mut AlterEnum);
    let changes: &[(&str, Change, bool)] = &[
        ("add value", |e| e.add_value("huge"), true),
        ("add value / before", |e| e.add_value_before("medium", "big"), true),
        ("add value / after", |e| e.add_value_after("medium", "small"), true),
        ("rename value", |e| e.rename_value("it's", "medium"), false),
        (
            "several",
            |e| {
                e.rename_value("it's", "medium");
                e.add_value("it's");
            },
            true,
        ),
    ];
    for (name, change, irreversible) in changes {
        let case = Case::new(format!("alter enum / {name}")).before(create_enum).before(|op| {
            let size = || DataType::enumeration("size", ["small", "it's", "big"]);
            op.create_table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("size", size()).not_null().server_default(text("big")).comment("how big");
            });
        });
        let case = case.rows(
            "t",
            ["id", "size"],
            [[int(1), text("small")], [int(2), text("it's")], [int(3), text("big")]],
        );
        let case = case.changes_values_of("t", &["size"]).up(|op| op.alter_enum("size", *change));
        cases.push(if *irreversible { case.irreversible() } else { case });
    }
    cases.push(
        Case::new("alter enum / add value / used in the same revision")
            .before(create_enum)
            .before(|op| {
                op.create_table("t", |t| {
                    t.column("id", DataType::Integer).primary_key();
                    t.column("size", DataType::enumeration("size", ["small", "it's", "big"]));
                });
            })
            .up(|op| {
                op.alter_enum("size", |e| e.add_value("huge"));
                op.bulk_insert("t", ["id", "size"], [[int(1), text("huge")]]);
            })
            .irreversible(),
    );
}

fn views(cases: &mut Vec<Case>) {
    let table = |op: &mut Operations| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("name", DataType::string(50));
        });
    };
    let case = |name: &str| Case::new(name).before(table).rows("t", ["id", "name"], [[int(1), text("a")]]);
    let view = || View::new("v", "SELECT id, name FROM t WHERE id > 0");
    let changed = || View::new("v", "SELECT id, name FROM t WHERE id > 5");
    cases.push(case("create view / plain").up(|op| op.add_view(view())));
    let base = "create view / plain";
    cases.push(case("create view / materialized").base(base).up(|op| op.add_view(view().materialized())));
    cases.push(
        case("create view / with the rights of who asks")
            .base(base)
            .up(|op| op.add_view(view().security_invoker())),
    );
    cases.push(case("create view / barrier").base(base).up(|op| op.add_view(view().security_barrier())));
    cases.push(
        case("create view / barrier / or replace")
            .base(base)
            .before(|op| op.add_view(view()))
            .up(|op| op.replace_view(view().security_barrier().security_invoker())),
    );
    cases.push(case("create view / per database").base(base).up(|op| {
        let query = each(
            "SELECT id::text AS x FROM t",
            "SELECT concat(id) AS x FROM t",
            "SELECT id || '' AS x FROM t",
        );
        op.create_view("v", query);
    }));
    cases.push(case("create view / for one database only").base(base).up(|op| {
        op.create_view("v", PerDialect::only(DialectName::Postgres, "SELECT id FROM t".to_owned()));
    }));
    cases.push(case("create view / or replace / absent").base(base).up(|op| op.replace_view(view())));
    cases.push(
        case("create view / or replace / present")
            .base(base)
            .before(|op| op.add_view(view()))
            .up(|op| op.replace_view(changed())),
    );
    cases.push(case("drop view / plain").before(|op| op.add_view(view())).up(|op| op.drop_view("v")));
    cases.push(
        case("drop view / materialized")
            .base("drop view / plain")
            .before(|op| op.add_view(view().materialized()))
            .up(|op| op.drop_materialized_view("v")),
    );
    let if_exists = || Operation::DropView { name: "v".into(), materialized: false, if_exists: true };
    cases.push(
        case("drop view / if exists / present")
            .base("drop view / plain")
            .before(|op| op.add_view(view()))
            .up(|op| op.push(if_exists())),
    );
    cases
        .push(case("drop view / if exists / absent").base("drop view / plain").up(|op| op.push(if_exists())));
    cases.push(case("alter column / of a table that a view reads").before(|op| op.add_view(view())).up(
        |op| {
            op.alter_column("t", "name", |c| c.server_default(text("x")));
        },
    ));
}

fn objects(cases: &mut Vec<Case>) {
    let trigger = || {
        let create = each(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''touched''; RETURN NEW; END'",
            "CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW SET NEW.name = 'touched'",
            "CREATE TRIGGER touch AFTER INSERT ON t BEGIN UPDATE t SET name = 'touched' WHERE id = NEW.id; END",
        );
        let on_postgres = |sql: &str| PerDialect::only(DialectName::Postgres, sql.to_owned());
        Object::new("trigger touch on t")
            .create(create)
            .create(on_postgres(
                "CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()",
            ))
            .drop(each("DROP TRIGGER touch ON t", "DROP TRIGGER touch", "DROP TRIGGER touch"))
            .drop(on_postgres("DROP FUNCTION touch()"))
            .touches(["t"])
    };
    let table = |op: &mut Operations| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("name", DataType::string(50));
        });
    };
    let case = |name: &str| Case::new(name).before(table).rows("t", ["id", "name"], [[int(1), text("a")]]);
    cases.push(case("create object").up(|op| op.create_object(trigger())));
    cases.push(case("create object / for one database only").base("create object").up(|op| {
        let only = |sql: &str| PerDialect::only(DialectName::Postgres, sql.to_owned());
        let object =
            Object::new("sequence s").create(only("CREATE SEQUENCE s")).drop(only("DROP SEQUENCE s"));
        op.create_object(object);
    }));
    // The rows were there before the trigger, so that they show whether it comes back only after a copy.
    let mut with_trigger = case("drop object").before(|op| op.create_object(trigger()));
    with_trigger.rows.clear();
    cases.push(with_trigger.up(|op| op.drop_object(trigger())));
    let mut kept = case("alter column / of a table with a trigger").before(|op| op.create_object(trigger()));
    kept.rows.clear();
    cases.push(kept.up(|op| op.alter_column("t", "name", |c| c.server_default(text("x")))));
}
