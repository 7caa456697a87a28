//! Constraints of tables that are there.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Constraint, Deferrable, Exclude, MatchType};

use super::starts::{BOOKED, KEYED, LINKED, PAIR, PERSON, PLAIN, TREE};
use super::{ALL, Case, NOT_MYSQL, POSTGRES, case};

pub(super) fn cases() -> Vec<Case> {
    [keys(), uniques(), checks(), foreign_keys(), excludes()].into_iter().flatten().collect()
}

fn keys() -> Vec<Case> {
    vec![
        case("create primary key", ALL, PLAIN, |op| op.create_primary_key("pk_item", "item", ["a"])),
        case("create primary key: of two columns", ALL, PLAIN, |op| {
            op.create_primary_key("pk_item", "item", ["b", "a"]);
        }),
        case("drop primary key", ALL, KEYED, |op| {
            op.drop_constraint(ConstraintKind::PrimaryKey, "pk_item", "item");
        }),
        case("replace primary key", ALL, KEYED, |op| {
            op.alter_table("item", |t| {
                t.drop_constraint(ConstraintKind::PrimaryKey, "pk_item");
                t.create_primary_key("pk_item_a", ["a", "code"]);
            });
        }),
    ]
}

fn uniques() -> Vec<Case> {
    let add = |op: &mut Operations, unique: Unique| {
        let constraint = Constraint::Unique(unique.named("uq_person_email"));
        op.alter_table("person", |t| t.add_constraint(constraint));
    };
    vec![
        case("create unique constraint", ALL, PERSON, |op| {
            op.create_unique_constraint("uq_person_email", "person", ["email"]);
        }),
        case("create unique constraint: of two columns", ALL, PERSON, |op| {
            op.create_unique_constraint("uq_person_age_name", "person", ["age", "name"]);
        }),
        case("drop unique constraint", ALL, PERSON, |op| {
            op.drop_constraint(ConstraintKind::Unique, "uq_person_name", "person");
        }),
        case("replace unique constraint", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_constraint(ConstraintKind::Unique, "uq_person_name");
                t.create_unique_constraint("uq_person_name", ["name", "email"]);
            });
        }),
        case("create unique constraint: deferred", POSTGRES, PERSON, move |op| {
            add(op, Unique::new(["email"]).deferrable(Deferrable::InitiallyDeferred));
        }),
        case("create unique constraint: with included columns", POSTGRES, PERSON, move |op| {
            add(op, Unique::new(["email"]).include(["note"]));
        }),
        case("create unique constraint: nulls not distinct", POSTGRES, PERSON, move |op| {
            add(op, Unique::new(["email"]).nulls_not_distinct());
        }),
    ]
}

fn checks() -> Vec<Case> {
    vec![
        case("create check constraint", ALL, PERSON, |op| {
            op.create_check_constraint("ck_person_score", "person", "score >= 0 OR note = 'it''s'");
        }),
        case("drop check constraint", ALL, PERSON, |op| {
            op.drop_constraint(ConstraintKind::Check, "ck_person_age", "person");
        }),
        case("replace check constraint", ALL, PERSON, |op| {
            op.alter_table("person", |t| {
                t.drop_constraint(ConstraintKind::Check, "ck_person_age");
                t.create_check_constraint("ck_person_age", "age >= 0 AND age < 150");
            });
        }),
        case("create check constraint: not valid", POSTGRES, PERSON, |op| {
            let check = Check::new("age > 50").named("ck_person_adult").not_valid();
            op.alter_table("person", |t| t.add_constraint(Constraint::Check(check)));
        }),
        case("drop constraint: if it exists, and it does not", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.drop_constraint_if_exists(ConstraintKind::Check, "ck_nothing"));
        }),
        case("drop constraint: if it exists, and it does", ALL, PERSON, |op| {
            op.alter_table("person", |t| t.drop_constraint_if_exists(ConstraintKind::Check, "ck_person_age"));
        }),
    ]
}

/// A key from `child` to `parent` is added.
fn refer(name: &str, on: &'static [DialectName], say: fn(ForeignKey) -> ForeignKey) -> Case {
    case(format!("create foreign key{name}"), on, PAIR, move |op| {
        let key = ForeignKey::new(["parent_id"], "parent", ["id"]).named("fk_child_parent");
        op.create_foreign_key("child", say(key));
    })
}

fn foreign_keys() -> Vec<Case> {
    use ReferentialAction::{Cascade, Restrict, SetDefault, SetNull};
    vec![
        refer("", ALL, |key| key),
        refer(": on delete cascade", ALL, |key| key.on_delete(Cascade)),
        refer(": on delete set null", ALL, |key| key.on_delete(SetNull)),
        refer(": on delete restrict", ALL, |key| key.on_delete(Restrict)),
        refer(": on delete set default", NOT_MYSQL, |key| key.on_delete(SetDefault)),
        refer(": on update cascade", ALL, |key| key.on_update(Cascade)),
        refer(": on update set null", ALL, |key| key.on_update(SetNull)),
        refer(": both actions", ALL, |key| key.on_update(Restrict).on_delete(Cascade)),
        refer(": deferred", NOT_MYSQL, |key| key.deferrable(Deferrable::InitiallyDeferred)),
        refer(": match full", POSTGRES, |key| key.match_type(MatchType::Full)),
        refer(": not valid", POSTGRES, ForeignKey::not_valid),
        case("create foreign key: of two columns", ALL, PAIR, |op| {
            let key = ForeignKey::new(["parent_code", "parent_region"], "parent", ["code", "region"]);
            op.create_foreign_key("child", key.named("fk_child_code").on_delete(SetNull));
        }),
        case("create foreign key: to the same table", ALL, PAIR, |op| {
            op.create_foreign_key(
                "child",
                ForeignKey::new(["parent_id"], "child", ["id"]).named("fk_child_child"),
            );
        }),
        case("create foreign key: two of one column's tables", ALL, PAIR, |op| {
            op.execute("DELETE FROM child");
            op.alter_table("child", |t| {
                t.create_foreign_key(
                    ForeignKey::new(["parent_id"], "parent", ["id"]).named("fk_child_parent"),
                );
                t.create_foreign_key(
                    ForeignKey::new(["parent_region"], "parent", ["id"]).named("fk_child_region"),
                );
            });
        }),
        case("drop foreign key", ALL, LINKED, |op| {
            op.drop_constraint(ConstraintKind::ForeignKey, "fk_child_parent", "child");
        }),
        case("drop foreign key: to the same table", ALL, TREE, |op| {
            op.drop_constraint(ConstraintKind::ForeignKey, "fk_node_parent", "node");
        }),
        case("replace foreign key: with another action", ALL, LINKED, |op| {
            op.alter_table("child", |t| {
                t.drop_constraint(ConstraintKind::ForeignKey, "fk_child_parent");
                let key = ForeignKey::new(["parent_id"], "parent", ["id"]).named("fk_child_parent");
                t.create_foreign_key(key.on_delete(SetNull));
            });
        }),
    ]
}

fn excludes() -> Vec<Case> {
    vec![
        case("create exclude constraint", POSTGRES, BOOKED, |op| {
            let exclude = Exclude::new([("room", "&&"), ("during", "&&")]).named("ex_booking").using("gist");
            op.create_exclude_constraint("booking", exclude);
        }),
        case("create exclude constraint: for some rows, deferred", POSTGRES, BOOKED, |op| {
            let exclude = Exclude::new([("room", "="), ("during", "&&")])
                .named("ex_booking")
                .using("gist")
                .predicate("NOT cancelled")
                .deferrable(Deferrable::InitiallyDeferred);
            op.create_exclude_constraint("booking", exclude);
        }),
        case("drop exclude constraint", POSTGRES, BOOKED, |op| {
            op.create_exclude_constraint("booking", Exclude::new([("during", "&&")]).named("ex_booking"));
            op.drop_constraint(ConstraintKind::Exclude, "ex_booking", "booking");
        }),
    ]
}
