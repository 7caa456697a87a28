//! Indexes.

use dunlin::core::prelude::*;
use dunlin::core::schema::{IndexElement, IndexKind, NullsOrder};

use super::starts::{ARTICLE, DOCUMENT, PERSON};
use super::{ALL, Case, MYSQL, MYSQL_ITSELF, NOT_MYSQL, POSTGRES, SQLITE, case};

pub(super) fn cases() -> Vec<Case> {
    [created(), on_postgres(), on_mysql(), dropped()].into_iter().flatten().collect()
}

fn column(name: &str) -> IndexElement {
    IndexElement::column_named(name)
}

fn expression(sql: &str) -> IndexElement {
    IndexElement::expression(sql)
}

fn index<const N: usize>(elements: [IndexElement; N]) -> Index {
    Index::new("ix_new", elements)
}

/// MariaDB has no indexes of expressions.
const WITH_EXPRESSIONS: &[DialectName] = &[DialectName::Postgres, DialectName::MySql, DialectName::Sqlite];

/// An index is added to `person`.
fn add(name: &str, on: &'static [DialectName], make: fn() -> Index) -> Case {
    case(format!("create index{name}"), on, PERSON, move |op| op.add_index("person", make()))
}

fn created() -> Vec<Case> {
    vec![
        add("", ALL, || index([column("name")])),
        add(": of two columns", ALL, || index([column("name"), column("age")])),
        add(": unique", ALL, || index([column("email")]).unique()),
        add(": descending", ALL, || index([column("age").descending()])),
        add(": of two columns, one descending", ALL, || index([column("name"), column("age").descending()])),
        add(": of an expression", WITH_EXPRESSIONS, || index([expression("lower(name)")])),
        add(": of an expression and a column", WITH_EXPRESSIONS, || {
            index([column("age"), expression("age + 1")])
        }),
        add(": unique, of an expression", WITH_EXPRESSIONS, || index([expression("lower(name)")]).unique()),
        add(": for some rows", NOT_MYSQL, || index([column("name")]).predicate("age > 18")),
        add(": unique, for some rows", NOT_MYSQL, || {
            index([column("email")]).unique().predicate("note IS NOT NULL")
        }),
        add(": with a collation", SQLITE, || index([column("name").collate("NOCASE")])),
        add(": concurrently", POSTGRES, || index([column("age")]).concurrently()),
        case("create index: if it does not exist, and it does not", ALL, PERSON, |op| {
            op.add_index_if_not_exists("person", index([column("name")]));
        }),
        case("create index: if it does not exist, and it does", ALL, PERSON, |op| {
            op.add_index_if_not_exists("person", Index::new("ix_person_email", ["email"]));
        }),
        case("create index: in a batch", ALL, PERSON, |op| {
            op.create_index("ix_person_age", "person", ["age"]);
            op.add_index("person", Index::new("ix_person_name_age", ["name", "age"]).unique());
        }),
    ]
}

fn on_postgres() -> Vec<Case> {
    let add = |name: &str, make: fn() -> Index| {
        case(format!("create index{name}"), POSTGRES, DOCUMENT, move |op| op.add_index("document", make()))
    };
    vec![
        case("create index: by hash", POSTGRES, PERSON, |op| {
            op.add_index("person", index([column("name")]).using("hash"));
        }),
        add(": by gin", || index([column("body")]).using("gin")),
        add(": by gin, with an operator class", || {
            index([column("body").operator_class("jsonb_path_ops")]).using("gin")
        }),
        add(": by gin, of an array", || index([column("tags")]).using("gin")),
        add(": by gist, of an expression", || {
            index([expression("to_tsvector('english', title)")]).using("gist")
        }),
        add(": by brin", || index([column("day")]).using("brin")),
        add(": with an operator class", || index([column("title").operator_class("varchar_pattern_ops")])),
        add(": with included columns", || index([column("title")]).include(["day"])),
        add(": unique, nulls not distinct", || {
            index([column("title"), column("day")]).unique().nulls_not_distinct()
        }),
        add(": with a storage parameter", || index([column("title")]).storage_parameter("fillfactor", "50")),
        add(": in a tablespace", || index([column("title")]).tablespace("pg_default")),
        add(": descending, nulls last", || index([column("day").descending().nulls(NullsOrder::Last)])),
        add(": nulls first", || index([column("day").nulls(NullsOrder::First)])),
        add(": collated, with an operator class", || {
            index([column("title").collate("C").operator_class("text_pattern_ops")])
        }),
    ]
}

fn on_mysql() -> Vec<Case> {
    let add = |name: &str, on, make: fn() -> Index| {
        case(format!("create index{name}"), on, ARTICLE, move |op| op.add_index("article", make()))
    };
    vec![
        add(": with a prefix length", MYSQL, || index([column("title").length(20)])),
        add(": with prefix lengths", MYSQL, || {
            index([column("title").length(10), column("body").length(30)])
        }),
        add(": by btree", MYSQL, || index([column("title")]).using("BTREE")),
        add(": full text", MYSQL, || index([column("title"), column("body")]).kind(IndexKind::FullText)),
        add(": full text, with a parser", MYSQL_ITSELF, || {
            index([column("body")]).kind(IndexKind::FullText).parser("ngram")
        }),
        add(": spatial", MYSQL, || index([column("place")]).kind(IndexKind::Spatial)),
    ]
}

fn dropped() -> Vec<Case> {
    vec![
        case("drop index", ALL, PERSON, |op| op.drop_index("ix_person_email", "person")),
        case("drop index: in a batch", ALL, PERSON, |op| op.drop_index("ix_person_email", "person")),
        case("drop index: if it exists, and it does not", ALL, PERSON, |op| {
            op.drop_index_if_exists("ix_nothing", "person");
        }),
        case("drop index: if it exists, and it does", ALL, PERSON, |op| {
            op.drop_index_if_exists("ix_person_email", "person");
        }),
        case("drop index: concurrently", POSTGRES, PERSON, |op| {
            op.drop_index_concurrently("ix_person_email", "person");
        }),
        case("replace index", ALL, PERSON, |op| {
            op.drop_index("ix_person_email", "person");
            op.add_index("person", Index::new("ix_person_email", ["email", "name"]).unique());
        }),
        case("replace index: in a batch with a change of its column", ALL, PERSON, |op| {
            op.drop_index("ix_person_email", "person");
            op.alter_column("person", "email", |c| c.column_type(DataType::string(250)));
            op.add_index("person", Index::new("ix_person_email", ["email"]).unique());
        }),
    ]
}
