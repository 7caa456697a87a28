//! The order of what a comparison finds: names are free before they are taken, keys are there while others
//! refer to them, and types while columns have them.

use dunlin::core::prelude::*;
use dunlin::core::schema::{Computed, EnumType, Index};
use dunlin_testkit::db_test;

use crate::support::*;

/// A column in several tables, with what is defined for each.
fn tables(define: impl Fn(&str, &mut Table)) -> Metadata {
    models(|m| {
        for name in ["a", "b", "c"] {
            let table = m.table(name, |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("x", DataType::Integer);
            });
            define(name, table);
        }
    })
}

db_test! {
    async fn a_constraint_moves_to_another_table(db) {
        let on = |at: &'static str| tables(move |name, table| {
            if name == at {
                table.uniques.push(Unique::new(["x"]).named("uq_x"));
                table.checks.push(Check::new("x > 0").named("ck_x"));
            }
        });
        converges(db, &on("b"), &on("a")).await;
        converges(db, &on("b"), &on("c")).await;
    }
}

db_test! {
    async fn a_foreign_key_moves_to_another_table(db) {
        let on = |at: &'static str| tables(move |name, table| {
            if name == at {
                table.foreign_keys.push(ForeignKey::new(["x"], "c", ["id"]).named("fk_x"));
            }
        });
        converges(db, &on("b"), &on("a")).await;
    }
}

db_test! {
    async fn an_index_takes_the_name_of_one_that_goes(db) {
        let with = |names: [&'static str; 3]| tables(move |name, table| {
            let at = ["a", "b", "c"].iter().position(|known| *known == name).unwrap();
            if !names[at].is_empty() {
                table.indexes.push(Index::new(names[at], ["x"]));
            }
        });
        let before = with(["ix_a", "ix_b", "ix_c"]);
        // From the table before it, from the one behind it, and from a table that goes.
        converges(db, &before, &with(["ix_b", "", "ix_c"])).await;
        converges(db, &before, &with(["", "ix_a", "ix_c"])).await;
        let mut less = with(["ix_c", "ix_b", ""]);
        less.remove(&"c".into());
        converges(db, &before, &less).await;
    }
}

/// A table `v` that refers to the column `code` of `u`, which has this key.
fn referring(key: impl FnOnce(&mut Table)) -> Metadata {
    models(|m| {
        key(m.table("u", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("code", DataType::Integer).not_null();
            t.column("more", DataType::Integer);
        }));
        m.table("v", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("code", DataType::Integer).not_null();
            t.foreign_key(ForeignKey::new(["code"], "u", ["code"]).named("v_u"));
        });
    })
}

db_test! {
    async fn a_key_is_made_anew_under_a_foreign_key(db) {
        let named = |name: &'static str| referring(|u| u.uniques.push(Unique::new(["code"]).named(name)));
        let unnamed = referring(|u| u.uniques.push(Unique::new(["code"])));
        let index = referring(|u| u.indexes.push(Index::new("u_code", ["code"]).unique()));
        let primary = referring(|u| {
            u.column_mut("id").unwrap().autoincrement = false;
            u.primary_key = Some(PrimaryKey::new(["code"]));
        });
        converges(db, &named("u_code"), &index).await;
        converges(db, &unnamed, &named("u_code")).await;
        converges(db, &unnamed, &index).await;
        converges(db, &named("u_code"), &named("u_other")).await;
        converges(db, &named("u_code"), &primary).await;
    }
}

db_test_on! { [postgres: Postgres] async fn a_key_gets_columns_that_it_carries_along(db) {
    let with = |include: &[&str]| referring(|u| {
        let mut unique = Unique::new(["code"]).named("u_code");
        unique.include = include.iter().map(|name| (*name).to_owned()).collect();
        u.uniques.push(unique);
    });
    converges(db, &with(&[]), &with(&["more"])).await;
}}

/// A column of an enum type with everything that can stand on it.
fn of_mood(values: &[&str], define: impl FnOnce(&mut Table)) -> Metadata {
    models(|m| {
        let mood = m.enum_type(EnumType::new("mood", values.iter().copied()));
        define(m.table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("n", DataType::Integer);
            t.column("m", mood).not_null().server_default("a");
        }));
    })
}

db_test! {
    async fn an_enum_type_loses_a_value_under_indexes_and_computed_columns(db) {
        let with = |values: &[&str]| of_mood(values, |t| {
            t.columns.push(Column::new("is_a", DataType::Boolean).computed(Computed::stored("m = 'a'")));
            t.indexes.push(Index::new("ix_m", ["m"]));
            t.uniques.push(Unique::new(["m", "id"]).named("uq_m"));
            t.checks.push(Check::new("m <> 'b' OR n > 0").named("ck_m"));
            t.indexes.push(Index::new("ix_is_a", ["is_a"]));
            t.uniques.push(Unique::new(["id", "is_a"]).named("uq_is_a"));
            t.checks.push(Check::new("is_a OR n > 0").named("ck_is_a"));
        });
        converges(db, &with(&["a", "b", "c"]), &with(&["a", "b"])).await;
        converges(db, &with(&["a", "b", "c"]), &with(&["c", "b", "a"])).await;
    }
}

db_test_on! { [postgres: Postgres] async fn an_enum_type_loses_a_value_under_a_condition(db) {
    let with = |values: &[&str]| of_mood(values, |t| {
        t.indexes.push(Index::new("ix_m", ["id"]).predicate("m = 'a'"));
        t.indexes.push(Index::new("ix_lower", [IndexElement::expression("coalesce(m, 'b')")]).unique());
    });
    converges(db, &with(&["a", "b", "c"]), &with(&["a", "b"])).await;
}}

db_test! {
    async fn a_default_is_said_again_where_a_column_leaves_its_enum_type(db) {
        let mood = of_mood(&["a", "b"], |_| {});
        let text = models(|m| {
            m.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
                t.column("m", DataType::string(20)).not_null().server_default("a");
            });
        });
        converges(db, &mood, &text).await;
        let other = models(|m| {
            let level = m.enum_type(EnumType::new("level", ["a", "z"]));
            m.table("t", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("n", DataType::Integer);
                t.column("m", level).not_null().server_default("a");
            });
        });
        converges(db, &mood, &other).await;
    }
}
