//! Indexes: created with their table, by themselves, dropped, renamed.

use dunlin_core::prelude::*;
use dunlin_core::schema::{IndexElement, IndexKind, NullsOrder, TableBuilder};

use super::case::{Case, each, int, text};

/// Indexes by name, each with the index that it differs from by one option.
fn indexes() -> Vec<(&'static str, Option<&'static str>, Index)> {
    let of = |element: IndexElement| Index::new("t_ix", [element]);
    let a = || IndexElement::column_named("a");
    let b = || IndexElement::column_named("b");
    let plain = || of(a());
    let on_text = || of(b());
    let geometry = || of(IndexElement::column_named("place"));
    let words = || of(IndexElement::column_named("words"));
    let opclass = || IndexElement::column_named("b").operator_class("varchar_pattern_ops");
    let lower = || IndexElement::expression("lower(b)");
    vec![
        ("plain", None, plain()),
        ("of a text", None, on_text()),
        ("several columns", Some("plain"), Index::new("t_ix", ["a", "b"])),
        ("unique", Some("plain"), plain().unique()),
        ("descending", Some("plain"), of(a().descending())),
        ("nulls first", Some("plain"), of(a().nulls(NullsOrder::First))),
        ("nulls last", Some("plain"), of(a().nulls(NullsOrder::Last))),
        ("descending, nulls last", Some("descending"), of(a().descending().nulls(NullsOrder::Last))),
        ("collation", Some("of a text"), of(b().collate("C"))),
        ("collation of SQLite", Some("of a text"), of(b().collate("NOCASE"))),
        ("operator class", Some("of a text"), of(opclass())),
        ("length", Some("of a text"), of(b().length(10))),
        ("expression", None, of(lower())),
        ("expression / descending", Some("expression"), of(lower().descending())),
        (
            "expression / per database",
            Some("expression"),
            of(IndexElement::expression(each("lower(b)", "(upper(b))", "upper(b)"))),
        ),
        (
            "expression / for one database only",
            Some("expression"),
            of(IndexElement::expression(PerDialect::only(DialectName::Postgres, "lower(b)".to_owned()))),
        ),
        ("predicate", Some("plain"), plain().predicate("a > 5")),
        ("predicate / unique", Some("unique"), plain().unique().predicate("a > 5")),
        (
            "predicate / for one database only",
            Some("plain"),
            plain().predicate_on(DialectName::Postgres, "a > 5"),
        ),
        ("only on", Some("plain"), plain().only_on([DialectName::Postgres, DialectName::Sqlite])),
        ("only on / MySQL", Some("plain"), plain().only_on([DialectName::MySql])),
        ("using", Some("plain"), plain().using("btree")),
        (
            "using / per database",
            Some("plain"),
            plain().using(PerDialect::only(DialectName::Postgres, "brin".to_owned())),
        ),
        ("kind / full text", None, words().kind(IndexKind::FullText)),
        ("kind / spatial", None, geometry().kind(IndexKind::Spatial)),
        ("parser", Some("kind / full text"), words().kind(IndexKind::FullText).parser("ngram")),
        ("include", Some("plain"), plain().include(["b"])),
        ("nulls not distinct", Some("plain"), plain().nulls_not_distinct()),
        ("nulls not distinct / unique", Some("unique"), plain().unique().nulls_not_distinct()),
        ("storage parameters", Some("plain"), plain().storage_parameter("fillfactor", "70")),
        ("tablespace", Some("plain"), plain().tablespace("pg_default")),
        ("concurrently", Some("plain"), plain().concurrently()),
        ("comment", Some("plain"), plain().comment("it's an index")),
    ]
}

fn columns(t: &mut TableBuilder) {
    t.column("id", DataType::Integer).primary_key();
    t.column("a", DataType::Integer);
    t.column("b", DataType::string(50));
    t.column("words", DataType::Text);
    let place = ColumnType::from(DataType::string(20)).on(DialectName::MySql, DataType::native("POINT"));
    let point = SqlValue::expression("(ST_GeomFromText('POINT(0 0)'))");
    t.column("place", place)
        .not_null()
        .server_default(PerDialect::all(text("")).on(DialectName::MySql, point));
}

fn with_rows(case: Case) -> Case {
    case.rows(
        "t",
        ["id", "a", "b", "words"],
        [
            [int(1), int(1), text("B"), text("one two")],
            [int(2), SqlValue::Null, SqlValue::Null, SqlValue::Null],
        ],
    )
}

pub(super) fn cases(cases: &mut Vec<Case>) {
    for (name, base, index) in indexes() {
        let with_base = |group: &str| {
            let mut case = Case::new(format!("{group} / {name}"));
            case.base = base.map(|base| format!("{group} / {base}"));
            case
        };
        let created = index.clone();
        cases.push(with_base("create table / index").up(|op| {
            op.create_table("t", |t| {
                columns(t);
                t.add_index(created);
            });
        }));
        let case = with_rows(with_base("create index").before(|op| op.create_table("t", columns)));
        cases.push(case.up(|op| op.add_index("t", index)));
    }
    let case = |name: &str, index: Option<Index>| {
        let case = Case::new(name).before(|op| {
            op.create_table("t", |t| {
                columns(t);
                index.into_iter().for_each(|index| t.add_index(index));
            });
        });
        with_rows(case)
    };
    let index = || Index::new("t_ix", ["a"]);
    let known = || Some(index());
    cases.push(
        case("create index / if not exists / absent", None)
            .base("create index / plain")
            .up(|op| op.add_index_if_not_exists("t", index())),
    );
    cases.push(
        case("create index / if not exists / present", known())
            .base("create index / plain")
            .up(|op| op.add_index_if_not_exists("t", index())),
    );
    cases.push(case("drop index / plain", known()).up(|op| op.drop_index("t_ix", "t")));
    let drop = "drop index / plain";
    cases.push(
        case("drop index / if exists / present", known())
            .base(drop)
            .up(|op| op.drop_index_if_exists("t_ix", "t")),
    );
    cases.push(
        case("drop index / if exists / absent", None)
            .base(drop)
            .up(|op| op.drop_index_if_exists("t_ix", "t")),
    );
    cases.push(
        case("drop index / concurrently", known())
            .base(drop)
            .up(|op| op.drop_index_concurrently("t_ix", "t")),
    );
    cases.push(case("rename index", known()).up(|op| op.rename_index("t", "t_ix", "t_renamed")));
    let unique = Index::new("t_ix", ["a"]).unique();
    cases.push(
        case("rename index / unique", Some(unique))
            .base("rename index")
            .up(|op| op.rename_index("t", "t_ix", "t_renamed")),
    );
    let partial = Index::new("t_ix", [IndexElement::expression("lower(b)")])
        .predicate_on(DialectName::Postgres, "a > 5");
    cases.push(
        case("rename index / of an expression", Some(partial))
            .base("rename index")
            .up(|op| op.rename_index("t", "t_ix", "t_renamed")),
    );
}
