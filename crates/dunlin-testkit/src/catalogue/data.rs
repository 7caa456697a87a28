//! Operations that move rows, and SQL as it stands.

use std::time::Duration;

use dunlin_core::operation::{Backfill, DataStep, Operation};
use dunlin_core::prelude::*;
use dunlin_core::session::Batches;

use super::case::{Case, each, int, text};

pub(super) fn cases(cases: &mut Vec<Case>) {
    let table = |op: &mut Operations| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("name", DataType::string(50));
            t.column("flag", DataType::Boolean);
            t.column("bytes", DataType::Binary);
            t.column("number", DataType::Integer);
        });
    };
    let case = |name: &str| Case::new(name).before(table).irreversible();
    let filled = |name: &str| {
        case(name)
            .rows(
                "t",
                ["id", "name", "number"],
                [[int(1), text("a"), int(5)], [int(2), text("b"), SqlValue::Null]],
            )
            .changes_values_of("t", &["number", "name"])
    };
    cases.push(case("bulk insert / values").up(|op| {
        op.bulk_insert(
            "t",
            ["id", "name", "flag", "bytes", "number"],
            [
                [
                    int(1),
                    text("it's \\ \"x\"; -- \n %s {} :a ?"),
                    true.into(),
                    SqlValue::Bytes(vec![0, 255]),
                    int(i64::from(i32::MIN)),
                ],
                [int(2), text("ünï 🐦"), false.into(), SqlValue::Null, SqlValue::expression("1 + 1")],
            ],
        );
    }));
    cases.push(case("bulk insert / no rows").up(|op| {
        op.bulk_insert("t", ["id"], Vec::<[SqlValue; 1]>::new());
    }));
    cases.push(filled("execute / plain").up(|op| op.execute("UPDATE t SET number = 7 WHERE number IS NULL")));
    cases.push(filled("execute / per database").base("execute / plain").up(|op| {
        op.execute(each(
            "UPDATE t SET name = name || id::text",
            "UPDATE t SET name = concat(name, id)",
            "UPDATE t SET name = name || id",
        ));
    }));
    cases.push(filled("execute / for one database only").base("execute / plain").up(|op| {
        op.execute(PerDialect::only(DialectName::Sqlite, "UPDATE t SET number = 1".to_owned()));
    }));
    cases.push(filled("execute / ddl").base("execute / plain").up(|op| {
        op.execute_ddl("CREATE TABLE raw (id INTEGER)", ["raw"]);
    }));
    cases.push(filled("execute / ddl that touches nobody knows what").base("execute / ddl").up(|op| {
        op.push(Operation::Execute { sql: "CREATE TABLE raw (id INTEGER)".into(), ddl: true, touches: None });
    }));
    cases.push(filled("execute / ddl that is not said to be").base("execute / ddl").up(|op| {
        op.execute("CREATE TABLE raw (id INTEGER)");
    }));
    cases.push(filled("run").up(|op| {
        op.run("double the numbers", ["t"], |session| {
            Box::pin(async move { session.execute("UPDATE t SET number = number * 2").await.map(drop) })
        });
    }));
    let double = |only_on: &'static [DialectName]| {
        move |op: &mut Operations| {
            let step = DataStep::new("double the numbers", ["t"], |session| {
                Box::pin(async move { session.execute("UPDATE t SET number = number * 2").await.map(drop) })
            });
            op.run_step(step.only_on(only_on.iter().copied()));
        }
    };
    cases.push(filled("run / only on").base("run").up(double(&[DialectName::Postgres, DialectName::MySql])));
    cases.push(filled("run / in batches").base("run").up(|op| {
        let batches = Batches::new("t", ["id"]).columns(["number"]).expression("number * 2").size(1);
        op.run_in_batches("double the numbers", ["t"], batches.only_where("number > 0"), |session, rows| {
            Box::pin(async move {
                for row in rows {
                    let (id, twice) = (row.text(0).unwrap_or_default(), row.text(2).unwrap_or_default());
                    session.execute(&format!("UPDATE t SET number = {twice} WHERE id = {id}")).await?;
                }
                Ok(())
            })
        });
    }));
    let backfill = || Backfill::new("t").set("number", "id * 10");
    cases.push(filled("backfill / plain").up(|op| op.backfill(backfill())));
    let base = "backfill / plain";
    cases.push(
        filled("backfill / only where")
            .base(base)
            .up(|op| op.backfill(backfill().only_where("number IS NULL"))),
    );
    cases.push(filled("backfill / key").base(base).up(|op| op.backfill(backfill().key(["id"]))));
    cases.push(filled("backfill / batch size").base(base).up(|op| op.backfill(backfill().batch_size(1))));
    cases.push(
        filled("backfill / pause")
            .base(base)
            .up(|op| op.backfill(backfill().batch_size(1).pause(Duration::from_millis(1)))),
    );
    cases.push(filled("backfill / per database").base(base).up(|op| {
        let name = each("name || id::text", "concat(name, id)", "name || id");
        op.backfill(backfill().set("name", name));
    }));
}
