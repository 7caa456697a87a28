//! Indexes.

use dunlin::core::prelude::*;
use dunlin::core::schema::{IndexElement, IndexKind, NullsOrder};

use super::*;

const WITH_CONDITIONS: &[DialectName] = NOT_MYSQL;
const WITH_EXPRESSIONS: &[DialectName] = NOT_MARIADB;

fn indexed(index: Option<Index>) -> impl Fn(&mut Metadata) {
    item(move |t| {
        t.column("a", DataType::Integer);
        t.column("b", DataType::Integer);
        t.column("name", DataType::string(100));
        t.column("active", DataType::Boolean).not_null();
        if let Some(index) = index.clone() {
            t.add_index(index);
        }
    })
}

fn one(index: Index) -> impl Fn(&mut Metadata) {
    indexed(Some(index))
}

fn over(columns: &[&str]) -> Index {
    Index::new("ix_item", columns.iter().copied())
}

fn of(elements: impl IntoIterator<Item = IndexElement>) -> Index {
    Index::new("ix_item", elements)
}

fn column(name: &str) -> IndexElement {
    IndexElement::column_named(name)
}

fn expression(sql: &str) -> IndexElement {
    let brackets = format!("({sql})");
    IndexElement::expression(PerDialect::from(sql).on(DialectName::MySql, brackets))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], indexed(None), one(over(&["a"]))));
    cases.extend(both_ways(ALL, ["add, unique", "drop, unique"], indexed(None), one(over(&["a"]).unique())));
    cases.extend(both_ways(
        ALL,
        ["make it unique", "make it no longer unique"],
        one(over(&["a"])),
        one(over(&["a"]).unique()),
    ));
    cases.extend(both_ways(
        ALL,
        ["one more column", "one column less"],
        one(over(&["a"])),
        one(over(&["a", "b"])),
    ));
    cases.extend(both_ways(
        ALL,
        ["make it descending", "make it ascending"],
        one(over(&["a", "b"])),
        one(of([column("a"), column("b").descending()])),
    ));
    cases.extend([
        case(ALL, "another column", one(over(&["a"])), one(over(&["b"]))),
        case(ALL, "another order of columns", one(over(&["a", "b"])), one(over(&["b", "a"]))),
        case(ALL, "another name", one(over(&["a"])), one(Index::new("ix_thing", ["a"]))),
    ]);
    cases.extend(conditions());
    cases.extend(expressions());
    cases.extend(of_single_databases());
    cases.extend(mysql());
    cases
}

fn conditions() -> Vec<Case> {
    let partial = |sql: &str| one(over(&["a"]).predicate(sql));
    let mut cases = Vec::new();
    cases.extend(both_ways(
        WITH_CONDITIONS,
        ["add a condition", "drop a condition"],
        one(over(&["a"])),
        partial("b > 0"),
    ));
    cases.extend([
        case(WITH_CONDITIONS, "another condition", partial("b > 0"), partial("b > 1")),
        case(WITH_CONDITIONS, "a condition on a text", partial("name = 'x'"), partial("name = 'y'")),
        case(
            WITH_CONDITIONS,
            "add, unique with a condition",
            indexed(None),
            one(over(&["a"]).unique().predicate("b IS NULL")),
        ),
    ]);
    cases
}

fn expressions() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(both_ways(
        WITH_EXPRESSIONS,
        ["add, of an expression", "drop, of an expression"],
        indexed(None),
        one(of([expression("lower(name)")])),
    ));
    cases.extend([
        case(
            WITH_EXPRESSIONS,
            "another expression",
            one(of([expression("lower(name)")])),
            one(of([expression("upper(name)")])),
        ),
        case(
            WITH_EXPRESSIONS,
            "a column to an expression",
            one(over(&["name"])),
            one(of([expression("lower(name)")])),
        ),
        case(
            WITH_EXPRESSIONS,
            "an expression and a column in another order",
            one(of([expression("lower(name)"), column("a")])),
            one(of([column("a"), expression("lower(name)")])),
        ),
        case(
            WITH_EXPRESSIONS,
            "another number in an expression",
            one(of([expression("a + 1")])),
            one(of([expression("a + 2")])),
        ),
    ]);
    cases
}

fn of_single_databases() -> Vec<Case> {
    let gin = |class: Option<&'static str>| {
        item(move |t| {
            t.column("data", DataType::Jsonb);
            let element = column("data");
            let element = class.map_or(element.clone(), |class| element.operator_class(class));
            t.add_index(of([element]).using("gin".to_owned()));
        })
    };
    let mut cases = Vec::new();
    let collated = |name: &str| one(of([column("name").collate(name)]));
    cases.extend(both_ways(
        POSTGRES,
        ["add a collation", "drop a collation"],
        one(of([column("name")])),
        collated("C"),
    ));
    cases.extend(both_ways(
        SQLITE,
        ["add a collation (SQLite)", "drop a collation (SQLite)"],
        one(of([column("name")])),
        collated("NOCASE"),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add INCLUDE", "drop INCLUDE"],
        one(over(&["a"])),
        one(over(&["a"]).include(["b"])),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add NULLS NOT DISTINCT", "drop NULLS NOT DISTINCT"],
        one(over(&["a"]).unique()),
        one(over(&["a"]).unique().nulls_not_distinct()),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add a storage parameter", "drop a storage parameter"],
        one(over(&["a"])),
        one(over(&["a"]).storage_parameter("fillfactor", "70")),
    ));
    cases.extend([
        case(POSTGRES, "NULLS FIRST", one(over(&["a"])), one(of([column("a").nulls(NullsOrder::First)]))),
        case(
            POSTGRES,
            "NULLS LAST, descending",
            one(of([column("a").descending()])),
            one(of([column("a").descending().nulls(NullsOrder::Last)])),
        ),
        case(POSTGRES, "another method", one(over(&["a"])), one(over(&["a"]).using("hash".to_owned()))),
        case(
            POSTGRES,
            "an operator class",
            one(of([column("name")])),
            one(of([column("name").operator_class("varchar_pattern_ops")])),
        ),
        case(POSTGRES, "another operator class", gin(None), gin(Some("jsonb_path_ops"))),
        case(
            POSTGRES,
            "another value of a storage parameter",
            one(over(&["a"]).storage_parameter("fillfactor", "70")),
            one(over(&["a"]).storage_parameter("fillfactor", "80")),
        ),
    ]);
    cases
}

fn mysql() -> Vec<Case> {
    let words = |index: Option<Index>| {
        item(move |t| {
            t.column("name", DataType::string(100));
            t.column("body", DataType::Text);
            if let Some(index) = index.clone() {
                t.add_index(index);
            }
        })
    };
    let full = || Index::new("ix_item", ["body"]).kind(IndexKind::FullText);
    let places = |index: bool| {
        item(move |t| {
            t.column("place", DataType::native("POINT")).not_null();
            if index {
                t.add_index(Index::new("ix_item", ["place"]).kind(IndexKind::Spatial));
            }
        })
    };
    let mut cases = Vec::new();
    cases.extend(both_ways(
        MYSQL,
        ["add a prefix length", "drop a prefix length"],
        one(over(&["name"])),
        one(of([column("name").length(10)])),
    ));
    cases.extend(both_ways(MYSQL, ["add, full text", "drop, full text"], words(None), words(Some(full()))));
    cases.extend(both_ways(MYSQL, ["add, spatial", "drop, spatial"], places(false), places(true)));
    cases.extend(both_ways(
        NOT_SQLITE,
        ["add a comment", "drop a comment"],
        one(over(&["a"])),
        one(over(&["a"]).comment("for the list")),
    ));
    cases.extend([
        case(
            MYSQL,
            "another prefix length",
            one(of([column("name").length(10)])),
            one(of([column("name").length(20)])),
        ),
        case(
            MYSQL,
            "plain to full text",
            words(Some(Index::new("ix_item", ["name"]))),
            words(Some(Index::new("ix_item", ["name"]).kind(IndexKind::FullText))),
        ),
        case(MYSQL_ITSELF, "another parser", words(Some(full())), words(Some(full().parser("ngram")))),
        case(
            NOT_SQLITE,
            "another comment",
            one(over(&["a"]).comment("before")),
            one(over(&["a"]).comment("after")),
        ),
    ]);
    cases
}
