//! Tables and columns with new names: a comparison cannot know, and asks.

use dunlin::core::prelude::*;

use super::*;

fn table(name: &'static str, column: &'static str) -> impl Fn(&mut Metadata) {
    move |m| {
        m.table(name, |t| {
            t.column("id", DataType::Integer).not_null().without_autoincrement();
            t.column(column, DataType::string(50)).not_null();
            t.primary_key("pk_item", ["id"]);
        });
    }
}

pub(super) fn cases() -> Vec<Case> {
    let indexed = |column: &'static str| {
        item(move |t| {
            t.column(column, DataType::Integer).not_null();
            t.unique("uq_item", [column]);
            t.index("ix_item", [column, "id"]);
            t.check("ck_item", format!("{column} > 0").as_str());
        })
    };
    let referred = |name: &'static str| {
        move |m: &mut Metadata| {
            m.table(name, |t| {
                t.column("id", DataType::Integer).not_null().without_autoincrement();
                t.primary_key("pk_item", ["id"]);
            });
            m.table("child", |t| {
                t.column("id", DataType::Integer).primary_key();
                t.column("parent_id", DataType::Integer);
                t.foreign_key(ForeignKey::new(["parent_id"], name, ["id"]).named("fk_child"));
            });
        }
    };
    vec![
        case(ALL, "a column", table("item", "name"), table("item", "title"))
            .renames(Rename::Column("item", "name", "title")),
        case(ALL, "a column with constraints and an index", indexed("a"), indexed("b"))
            .renames(Rename::Column("item", "a", "b")),
        case(
            ALL,
            "a column, with another type too",
            with(Column::new("name", DataType::string(50))),
            with(Column::new("title", DataType::string(80))),
        )
        .renames(Rename::Column("item", "name", "title")),
        case(ALL, "a table", table("item", "name"), table("thing", "name"))
            .renames(Rename::Table("item", "thing")),
        case(ALL, "a table that is referred to", referred("item"), referred("thing"))
            .renames(Rename::Table("item", "thing")),
        case(ALL, "a table and its column", table("item", "name"), table("thing", "title"))
            .renames(Rename::Table("item", "thing"))
            .renames(Rename::Column("thing", "name", "title")),
    ]
}
