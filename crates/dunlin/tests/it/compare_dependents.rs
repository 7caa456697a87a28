//! Views, triggers and functions in comparisons: what stands on something that changes is dropped before
//! and created again behind, and nothing of it is lost on the way.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Column, Computed, EnumType, Index, Object, View};
use dunlin_testkit::db_test;

use crate::support::*;

const POSTGRES: DialectName = DialectName::Postgres;
const SQLITE: DialectName = DialectName::Sqlite;

fn on_postgres(sql: &str) -> PerDialect<String> {
    PerDialect::only(POSTGRES, sql.to_owned())
}

/// A table `t` with one column more than its key.
fn table(m: &mut Metadata, x: DataType) -> &mut Table {
    m.table("t", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("x", x);
    })
}

/// A trigger function.
fn function(name: &str, x: i32) -> Object {
    let body = format!("BEGIN NEW.x := {x}; RETURN NEW; END");
    let create = format!("CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$");
    Object::new(format!("function {name}()"))
        .create(on_postgres(&create))
        .drop(on_postgres(&format!("DROP FUNCTION {name}()")))
}

/// A trigger: `when` is `BEFORE INSERT`, say.
fn trigger(name: &str, when: &str, table: &str, function: &str) -> Object {
    let create =
        format!("CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()");
    Object::new(format!("trigger {name} on {table}"))
        .create(on_postgres(&create))
        .drop(on_postgres(&format!("DROP TRIGGER {name} ON {table}")))
        .touches([table])
}

/// A function of a number, `i + more`.
fn sum(more: i32) -> Object {
    let create = format!(
        "CREATE FUNCTION sum_of(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i + {more}'"
    );
    Object::new("function sum_of(integer)")
        .create(on_postgres(&create))
        .drop(on_postgres("DROP FUNCTION sum_of(integer)"))
}

/// A trigger on the view `w`, that PostgreSQL and SQLite can have.
fn trigger_on_view(m: &mut Metadata) {
    m.object(function("insert_x", 1));
    m.object(
        Object::new("trigger tw on w")
            .create(
                on_postgres(
                    "CREATE TRIGGER tw INSTEAD OF INSERT ON w FOR EACH ROW EXECUTE FUNCTION insert_x()",
                )
                .on(
                    SQLITE,
                    "CREATE TRIGGER tw INSTEAD OF INSERT ON w BEGIN INSERT INTO t (id) VALUES (new.id); END"
                        .to_owned(),
                ),
            )
            .drop(on_postgres("DROP TRIGGER tw ON w").on(SQLITE, "DROP TRIGGER tw".to_owned()))
            .touches(["t"]),
    );
}

db_test_on! { [postgres: Postgres, sqlite: Sqlite] async fn a_trigger_goes_and_comes_with_its_view(db) {
    let of = |x: DataType, query: Option<&str>| models(|m| {
        table(m, x);
        if let Some(query) = query {
            m.view(View::new("w", query));
            trigger_on_view(m);
        }
    });
    let small = of(DataType::Integer, Some("SELECT id, x FROM t"));
    // What the view stands on changes, the view changes, and it is not there yet.
    converges(db, &small, &of(DataType::BigInteger, Some("SELECT id, x FROM t"))).await;
    converges(db, &small, &of(DataType::Integer, Some("SELECT id, x + 1 AS x FROM t"))).await;
    converges(db, &of(DataType::Integer, None), &small).await;
}}

db_test_on! { [postgres: Postgres] async fn an_index_goes_and_comes_with_its_materialized_view(db) {
    let of = |x: DataType| models(|m| {
        table(m, x);
        m.view(View::new("w", "SELECT id, x FROM t").materialized());
        m.object(Object::new("index ix_w")
            .create(on_postgres("CREATE UNIQUE INDEX ix_w ON w (x)"))
            .drop(on_postgres("DROP INDEX ix_w")));
    });
    converges(db, &of(DataType::Integer), &of(DataType::BigInteger)).await;
}}

db_test! {
    async fn views_on_views_go_and_come_with_what_they_read(db) {
        let of = |x: DataType, has_y: bool, first: &'static str| models(|m| {
            table(m, x);
            if has_y {
                m.get_mut(&"t".into()).unwrap().columns.push(Column::new("y", DataType::Integer));
            }
            // Not in the order in which they can be made.
            m.view(View::new("b", "SELECT id FROM a WHERE id > 0"));
            m.view(View::new("a", first));
            m.view(View::new("beside", "SELECT 1 AS one"));
        });
        let before = of(DataType::Integer, true, "SELECT id, x, y FROM t");
        converges(db, &ordered(before.clone()), &ordered(of(DataType::BigInteger, true, "SELECT id, x, y FROM t"))).await;
        converges(db, &ordered(before), &ordered(of(DataType::Integer, false, "SELECT id, x FROM t"))).await;
    }
}

/// The same with its views in the order of their names.
fn ordered(mut models: Metadata) -> Metadata {
    models.views.sort_by(|one, other| one.name.cmp(&other.name));
    models
}

db_test! {
    async fn a_view_of_everything_follows_its_table(db) {
        let of = |has_y: bool| models(|m| {
            let table = table(m, DataType::Integer);
            if has_y {
                table.columns.push(Column::new("y", DataType::Integer));
            }
            m.view(View::new("w", "SELECT * FROM t"));
            m.view(View::new("counted", "SELECT count(*) AS n FROM t"));
        });
        converges(db, &of(false), &of(true)).await;
    }
}

db_test_on! { [postgres: Postgres] async fn a_function_changes_under_what_calls_it(db) {
    let under = |name: &'static str, x: i32| models(|m| {
        table(m, DataType::Integer);
        m.object(function("touch", x));
        m.object(trigger(name, "BEFORE INSERT", "t", "touch"));
    });
    // The trigger may have the function's name.
    for name in ["on_insert", "touch"] {
        assert_eq!(converges(db, &under(name, 1), &under(name, 2)).await, 4, "{name}");
    }
    let under = |more: i32| models(|m| {
        m.object(sum(more));
        table(m, DataType::Integer);
        m.view(View::new("w", on_postgres("SELECT sum_of(x) AS y FROM t")));
    });
    assert_eq!(converges(db, &under(1), &under(2)).await, 4);
}}

db_test_on! { [postgres: Postgres] async fn a_function_changes_under_the_table_that_calls_it(db) {
    let under = |more: i32| models(|m| {
        m.object(sum(more));
        table(m, DataType::Integer);
        let t = m.get_mut(&"t".into()).unwrap();
        t.checks.push(Check::new(on_postgres("sum_of(x) > 0")).named("ck_t"));
        t.columns.push(Column::new("y", DataType::Integer).computed(Computed::stored(on_postgres("sum_of(x)"))));
        t.columns.push(Column::new("z", DataType::Integer).server_default(SqlValue::expression("sum_of(1)")));
        t.indexes.push(Index::new("ix_t", [IndexElement::expression(on_postgres("sum_of(x)"))]));
    });
    converges(db, &under(1), &under(2)).await;
}}

db_test_on! { [postgres: Postgres] async fn a_function_of_a_new_type_comes_behind_it(db) {
    let create = "CREATE FUNCTION is_a(m mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT m = 'a'$$";
    let to = models(|m| {
        let mood = m.enum_type(EnumType::new("mood", ["a", "b"]));
        m.object(Object::new("function is_a(mood)")
            .create(on_postgres(create))
            .drop(on_postgres("DROP FUNCTION is_a(mood)")));
        m.table("t", |t| {
            t.column("m", mood);
            t.check("ck_m", "is_a(m)");
        });
    });
    converges(db, &Metadata::default(), &to).await;
}}

db_test_on! { [postgres: Postgres] async fn a_function_comes_before_the_table_that_calls_it(db) {
    let to = models(|m| {
        m.object(sum(1));
        m.table("t", |t| {
            t.column("x", DataType::Integer).server_default(SqlValue::expression("sum_of(1)"));
            t.column("y", DataType::Integer).computed(Computed::stored("sum_of(x)"));
            t.check("ck_t", "sum_of(x) > 0");
        });
    });
    converges(db, &Metadata::default(), &to).await;
}}

db_test_on! { [postgres: Postgres] async fn a_column_changes_under_a_trigger_that_names_it(db) {
    let of = |x: Option<DataType>| models(|m| {
        m.object(function("touch", 1));
        m.table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("y", DataType::Integer);
            if let Some(x) = x.clone() {
                t.column("x", x);
            }
        });
        let when = if x.is_some() { "BEFORE UPDATE OF x" } else { "BEFORE UPDATE OF y" };
        m.object(trigger("tr", when, "t", "touch"));
        m.object(trigger("beside", "BEFORE UPDATE OF y", "t", "touch"));
    });
    let small = of(Some(DataType::Integer));
    // One that does not name the column stays.
    assert_eq!(converges(db, &small, &of(Some(DataType::BigInteger))).await, 3);
    converges(db, &small, &of(None)).await;
}}

db_test_on! { [postgres: Postgres] async fn triggers_of_one_name_stand_on_several_tables(db) {
    let of = |on_u: &'static str, x: i32| models(|m| {
        m.object(function("touch", x));
        table(m, DataType::Integer);
        m.table("u", |t| {
            t.column("x", DataType::Integer);
        });
        m.object(trigger("tr", "BEFORE INSERT", "t", "touch"));
        if !on_u.is_empty() {
            m.object(trigger("tr", on_u, "u", "touch"));
        }
    });
    let both = of("BEFORE INSERT", 1);
    converges(db, &of("", 1), &both).await;
    converges(db, &both, &of("BEFORE UPDATE", 1)).await;
    converges(db, &both, &of("BEFORE INSERT", 2)).await;
}}
