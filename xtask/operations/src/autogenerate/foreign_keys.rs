//! Foreign keys.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Deferrable, MatchType};

use super::*;

/// Parents, and a child with the keys that are given.
fn keyed(keys: Vec<ForeignKey>) -> impl Fn(&mut Metadata) {
    move |m| {
        for parent in ["parent", "guardian"] {
            m.table(parent, |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("code", DataType::Integer).not_null();
                t.column("region", DataType::Integer).not_null();
                t.unique(format!("uq_{parent}_code"), ["code"]);
                t.unique(format!("uq_{parent}_code_region"), ["code", "region"]);
                t.unique(format!("uq_{parent}_region_code"), ["region", "code"]);
            });
        }
        m.table("child", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("a", DataType::Integer);
            t.column("b", DataType::Integer);
            t.index("ix_child_a", ["a", "b"]);
            t.index("ix_child_b", ["b", "a"]);
            for key in keys.clone() {
                t.foreign_key(key);
            }
        });
    }
}

pub(super) fn cases() -> Vec<Case> {
    let plain = || ForeignKey::new(["a"], "parent", ["id"]);
    let key = || plain().named("fk_child");
    let pair = || ForeignKey::new(["a", "b"], "parent", ["code", "region"]).named("fk_child");
    let one = |key: ForeignKey| keyed(vec![key]);
    let no = || keyed(Vec::new());
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], no(), one(key())));
    cases.extend(both_ways(ALL, ["add, without a name", "drop, without a name"], no(), one(plain())));
    cases.extend(both_ways(ALL, ["add, of two columns", "drop, of two columns"], no(), one(pair())));
    for (name, action) in [
        ("CASCADE", ReferentialAction::Cascade),
        ("SET NULL", ReferentialAction::SetNull),
        ("RESTRICT", ReferentialAction::Restrict),
    ] {
        // MySQL's RESTRICT is NO ACTION.
        let on = if action == ReferentialAction::Restrict { NOT_MYSQL } else { ALL };
        let names = [format!("add ON DELETE {name}"), format!("drop ON DELETE {name}")];
        let names = [names[0].as_str(), names[1].as_str()];
        cases.extend(both_ways(on, names, one(key()), one(key().on_delete(action))));
    }
    cases.extend(both_ways(
        ALL,
        ["add ON UPDATE CASCADE", "drop ON UPDATE CASCADE"],
        one(key()),
        one(key().on_update(ReferentialAction::Cascade)),
    ));
    cases.extend(both_ways(
        NOT_MYSQL,
        ["make it deferrable", "make it no longer deferrable"],
        one(key()),
        one(key().deferrable(Deferrable::InitiallyDeferred)),
    ));
    cases.extend([
        case(
            ALL,
            "another action",
            one(key().on_delete(ReferentialAction::Cascade)),
            one(key().on_delete(ReferentialAction::SetNull)),
        ),
        case(
            ALL,
            "another action, without a name",
            one(plain().on_delete(ReferentialAction::Cascade)),
            one(plain().on_delete(ReferentialAction::SetNull)),
        ),
        case(
            ALL,
            "another table",
            one(key()),
            one(ForeignKey::new(["a"], "guardian", ["id"]).named("fk_child")),
        ),
        case(
            ALL,
            "another column referred to",
            one(key()),
            one(ForeignKey::new(["a"], "parent", ["code"]).named("fk_child")),
        ),
        case(
            ALL,
            "another referring column",
            one(key()),
            one(ForeignKey::new(["b"], "parent", ["id"]).named("fk_child")),
        ),
        case(
            ALL,
            "columns crossed",
            one(pair()),
            one(ForeignKey::new(["a", "b"], "parent", ["region", "code"]).named("fk_child")),
        ),
        case(ALL, "another name", one(key()), one(plain().named("fk_thing"))),
        case(
            NOT_MYSQL,
            "initially immediate to deferred",
            one(key().deferrable(Deferrable::InitiallyImmediate)),
            one(key().deferrable(Deferrable::InitiallyDeferred)),
        ),
        case(POSTGRES, "MATCH FULL", one(pair()), one(pair().match_type(MatchType::Full))),
        case(POSTGRES, "NOT VALID to valid", one(key().not_valid()), one(key())),
        case(
            ALL,
            "a second one",
            one(key()),
            keyed(vec![key(), ForeignKey::new(["b"], "guardian", ["id"]).named("fk_child_guardian")]),
        ),
    ]);
    cases.extend(both_ways(
        ALL,
        ["to the same table: add", "to the same table: drop"],
        with(v(DataType::Integer)),
        item(|t| {
            t.column("v", DataType::Integer);
            t.foreign_key(ForeignKey::new(["v"], "item", ["id"]).named("fk_item_v"));
        }),
    ));
    cases.extend(both_ways(
        ALL,
        ["in a circle: close it", "in a circle: open it"],
        circle(false),
        circle(true),
    ));
    cases
}

fn circle(closed: bool) -> impl Fn(&mut Metadata) {
    move |m| {
        for (name, other, refers) in [("one", "two", true), ("two", "one", closed)] {
            m.table(name, |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("other_id", DataType::Integer);
                t.index(format!("ix_{name}"), ["other_id"]);
                if refers {
                    let key = ForeignKey::new(["other_id"], other, ["id"]);
                    t.foreign_key(key.named(format!("fk_{name}_{other}")));
                }
            });
        }
    }
}
