//! Checks and exclude constraints.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Deferrable, Exclude};

use super::*;

pub(super) fn cases() -> Vec<Case> {
    let checked = |check: Option<Check>| {
        item(move |t| {
            t.column("a", DataType::Integer);
            t.column("word", DataType::string(20));
            if let Some(check) = check.clone() {
                t.add_check(check);
            }
        })
    };
    let of = |sql: &str| Check::new(sql).named("ck_item");
    let one = |check: Check| checked(Some(check));
    let mut cases = Vec::new();
    cases.extend(both_ways(ALL, ["add", "drop"], checked(None), one(of("a > 0"))));
    cases.extend(both_ways(
        ALL,
        ["add, without a name", "drop, without a name"],
        checked(None),
        one(Check::new("a > 0")),
    ));
    cases.extend([
        case(ALL, "another expression", one(of("a > 0")), one(of("a >= 0"))),
        case(ALL, "another expression, without a name", one(Check::new("a > 0")), one(Check::new("a > 1"))),
        case(ALL, "one more word", one(of("word IN ('x', 'y')")), one(of("word IN ('x', 'y', 'z')"))),
        case(ALL, "other capitals in a word", one(of("word <> 'x'")), one(of("word <> 'X'"))),
        case(
            ALL,
            "other brackets",
            one(of("a > 0 AND a < 9 OR a = 20")),
            one(of("a > 0 AND (a < 9 OR a = 20)")),
        ),
        case(ALL, "another bound of BETWEEN", one(of("a BETWEEN 1 AND 5")), one(of("a BETWEEN 1 AND 6"))),
        case(ALL, "another name", one(of("a > 0")), one(Check::new("a > 0").named("ck_thing"))),
        case(ALL, "a second one", one(of("a > 0")), |m: &mut Metadata| {
            item(|t| {
                t.column("a", DataType::Integer);
                t.column("word", DataType::string(20));
                t.check("ck_item", "a > 0");
                t.check("ck_item_word", "word <> ''");
            })(m);
        }),
    ]);
    cases.extend(both_ways(
        POSTGRES,
        ["add NO INHERIT", "drop NO INHERIT"],
        one(of("a > 0")),
        one(of("a > 0").no_inherit()),
    ));
    cases.extend(both_ways(
        MYSQL_ITSELF,
        ["enforced to not enforced", "not enforced to enforced"],
        one(of("a > 0")),
        one(of("a > 0").not_enforced()),
    ));
    cases.push(case(POSTGRES, "NOT VALID to valid", one(of("a > 0").not_valid()), one(of("a > 0"))));
    cases
}

pub(super) fn excludes() -> Vec<Case> {
    let excluding = |exclude: Option<Exclude>| {
        item(move |t| {
            t.column("span", DataType::native("INT4RANGE"));
            t.column("active", DataType::Boolean);
            if let Some(exclude) = exclude.clone() {
                t.exclude(exclude);
            }
        })
    };
    let overlap = || Exclude::new([("span", "&&")]).named("ex_item");
    let one = |exclude: Exclude| excluding(Some(exclude));
    let mut cases = Vec::new();
    cases.extend(both_ways(POSTGRES, ["add", "drop"], excluding(None), one(overlap())));
    cases.extend(both_ways(
        POSTGRES,
        ["add a condition", "drop a condition"],
        one(overlap()),
        one(overlap().predicate("active")),
    ));
    cases.extend([
        case(
            POSTGRES,
            "another operator",
            one(overlap()),
            one(Exclude::new([("span", "-|-")]).named("ex_item")),
        ),
        case(
            POSTGRES,
            "another method",
            one(Exclude::new([("span", "=")]).named("ex_item")),
            one(Exclude::new([("span", "=")]).named("ex_item").using("btree")),
        ),
        case(POSTGRES, "another name", one(overlap()), one(Exclude::new([("span", "&&")]).named("ex_thing"))),
        case(
            POSTGRES,
            "make it deferrable",
            one(overlap()),
            one(overlap().deferrable(Deferrable::InitiallyDeferred)),
        ),
    ]);
    cases
}
