//! Primary keys and unique constraints.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Deferrable, OnConflict, PrimaryKey};

use super::*;

/// A table of three columns that are NOT NULL, with what is said.
fn three(define: impl Fn(&mut TableBuilder)) -> impl Fn(&mut Metadata) {
    move |m| {
        m.table("item", |t| {
            t.column("a", DataType::Integer).not_null();
            t.column("b", DataType::Integer).not_null();
            t.column("c", DataType::string(20)).not_null();
            define(t);
        });
    }
}

pub(super) fn primary() -> Vec<Case> {
    let key = |key: PrimaryKey| {
        three(move |t| {
            t.add_primary_key(key.clone());
        })
    };
    let over = |columns: &[&str]| PrimaryKey::new(columns.iter().copied()).named("pk_item");
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], three(|_| {}), key(over(&["c"]))));
    cases.extend(both_ways(
        ALL,
        ["add, without a name", "drop, without a name"],
        three(|_| {}),
        key(PrimaryKey::new(["a", "b"])),
    ));
    cases.extend(both_ways(
        ALL,
        ["one more column", "one column less"],
        key(over(&["c"])),
        key(over(&["c", "a"])),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add INCLUDE", "drop INCLUDE"],
        key(over(&["c"])),
        key(over(&["c"]).include(["a"])),
    ));
    cases.extend(both_ways(
        MYSQL,
        ["count the beginning of a text only", "count all of a text"],
        key(over(&["c"])),
        key(over(&["c"]).prefix("c", 10)),
    ));
    cases.extend([
        case(ALL, "another column", key(over(&["c"])), key(over(&["a", "b"]))),
        case(ALL, "another order of columns", key(over(&["a", "b"])), key(over(&["b", "a"]))),
        case(NOT_MYSQL, "another name", key(over(&["c"])), key(over(&["c"]).named("pk_thing"))),
        case(NOT_MYSQL, "a name for one without", key(PrimaryKey::new(["c"])), key(over(&["c"]))),
        case(
            POSTGRES,
            "make it deferrable",
            key(over(&["c"])),
            key(over(&["c"]).deferrable(Deferrable::InitiallyDeferred)),
        ),
        case(
            SQLITE,
            "add ON CONFLICT",
            key(over(&["c"])),
            key(over(&["c"]).on_conflict(OnConflict::Replace)),
        ),
        case(
            NOT_SQLITE,
            "another column, referred to by a foreign key",
            |m| {
                three(|t| {
                    t.add_primary_key(over(&["c"]));
                    t.unique("uq_item_c", ["c"]);
                })(m);
                reference(m);
            },
            |m| {
                three(|t| {
                    t.add_primary_key(over(&["a", "b"]));
                    t.unique("uq_item_c", ["c"]);
                })(m);
                reference(m);
            },
        ),
    ]);
    cases
}

fn reference(m: &mut Metadata) {
    m.table("note", |t| {
        t.column("id", DataType::Integer).primary_key();
        t.column("item", DataType::string(20));
        t.foreign_key(ForeignKey::new(["item"], "item", ["c"]).named("fk_note_item"));
    });
}

pub(super) fn unique() -> Vec<Case> {
    let no = || three(|_| {});
    let one = |unique: Unique| {
        three(move |t| {
            t.add_unique(unique.clone());
        })
    };
    let over = |columns: &[&str]| Unique::new(columns.iter().copied()).named("uq_item");
    let index = || three(|t| t.add_index(Index::new("uq_item", ["a"]).unique()));
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], no(), one(over(&["a"]))));
    cases.extend(both_ways(
        ALL,
        ["add, of two columns", "drop, of two columns"],
        no(),
        one(over(&["a", "c"])),
    ));
    cases.extend(both_ways(
        ALL,
        ["add, without a name", "drop, without a name"],
        no(),
        one(Unique::new(["a"])),
    ));
    cases.extend(both_ways(
        ALL,
        ["one more column", "one column less"],
        one(over(&["a"])),
        one(over(&["a", "b"])),
    ));
    cases.extend(both_ways(
        NOT_MYSQL,
        ["unique constraint to unique index", "unique index to unique constraint"],
        one(over(&["a"])),
        index(),
    ));
    cases.extend(both_ways(
        POSTGRES,
        ["add NULLS NOT DISTINCT", "drop NULLS NOT DISTINCT"],
        one(over(&["a"])),
        one(over(&["a"]).nulls_not_distinct()),
    ));
    cases.extend([
        case(ALL, "another column", one(over(&["a"])), one(over(&["b"]))),
        case(ALL, "another column, without a name", one(Unique::new(["a"])), one(Unique::new(["b"]))),
        case(ALL, "another order of columns", one(over(&["a", "b"])), one(over(&["b", "a"]))),
        case(ALL, "another name", one(over(&["a"])), one(Unique::new(["a"]).named("uq_thing"))),
        case(
            POSTGRES,
            "make it deferrable",
            one(over(&["a"])),
            one(over(&["a"]).deferrable(Deferrable::InitiallyImmediate)),
        ),
        case(
            POSTGRES,
            "initially immediate to deferred",
            one(over(&["a"]).deferrable(Deferrable::InitiallyImmediate)),
            one(over(&["a"]).deferrable(Deferrable::InitiallyDeferred)),
        ),
        case(POSTGRES, "add INCLUDE", one(over(&["a"])), one(over(&["a"]).include(["c"]))),
        case(SQLITE, "add ON CONFLICT", one(over(&["a"])), one(over(&["a"]).on_conflict(OnConflict::Ignore))),
    ]);
    cases
}
