//! Identifiers that need care.

use dunlin_core::prelude::*;

use super::case::{Case, int, text};

/// Names by what is special about them.
const NAMES: &[(&str, &str, &str)] = &[
    ("reserved words", "order", "select"),
    ("mixed case", "CamelCase", "MixedColumn"),
    ("spaces and punctuation", "my table; --", "a.b-c %s"),
    ("quotes", "it's \"a\" `table`", "a \"col\" `umn` 'x'"),
    ("backslash", "back\\slash", "col\\umn"),
    ("non-ASCII", "tåble", "größe_名"),
];

pub(super) fn cases(cases: &mut Vec<Case>) {
    for (what, table, column) in NAMES {
        let create = |op: &mut Operations| {
            op.create_table(*table, |t| {
                t.column("id", DataType::Integer).not_null();
                t.column("parent", DataType::Integer);
                t.primary_key(format!("{column} pk"), ["id"]);
                t.column(*column, DataType::string(20)).not_null().server_default(text("x")).comment("c");
                t.unique(format!("{column} uq"), [*column]);
                t.index(format!("{column} ix"), [*column]);
                t.foreign_key(ForeignKey::new(["parent"], *table, ["id"]).named(format!("{column} fk")));
            });
        };
        cases.push(Case::new(format!("names / {what} / create table")).up(create));
        let case = |change: &str| {
            Case::new(format!("names / {what} / {change}")).before(create).rows(
                *table,
                ["id", column],
                [[int(1), text("a")]],
            )
        };
        cases.push(case("alter column").up(|op| {
            op.alter_column(*table, *column, |c| {
                c.column_type(DataType::string(40)).server_default(text("y"))
            });
        }));
        cases.push(case("rename column").up(|op| op.rename_column(*table, *column, format!("{column}2"))));
        cases.push(case("rename table").up(|op| op.rename_table(*table, format!("{table}2"))));
        cases.push(
            case("rename index")
                .up(|op| op.rename_index(*table, format!("{column} ix"), format!("{column} ix2"))),
        );
    }
    too_long(cases);
}

fn too_long(cases: &mut Vec<Case>) {
    let long = "n".repeat(70);
    let table = |op: &mut Operations| {
        op.create_table("t", |t| {
            t.column("id", DataType::Integer).primary_key();
            t.column("a", DataType::Integer);
        });
    };
    cases.push(Case::new("names / too long / table").up(|op| {
        op.create_table(&*long, |t| {
            t.column("id", DataType::Integer).primary_key();
        });
    }));
    cases.push(Case::new("names / too long / column").up(|op| {
        op.create_table("t", |t| {
            t.column(&*long, DataType::Integer);
        });
    }));
    cases.push(
        Case::new("names / too long / index").before(table).up(|op| op.create_index(&*long, "t", ["a"])),
    );
    cases.push(
        Case::new("names / too long / exact index")
            .before(table)
            .up(|op| op.create_index(Name::exact(&*long), "t", ["a"])),
    );
    cases.push(
        Case::new("names / too long / exact constraint")
            .before(table)
            .up(|op| op.create_unique_constraint(Name::exact(&*long), "t", ["a"])),
    );
    cases.push(Case::new("names / too long / constraint").before(table).up(|op| {
        op.create_unique_constraint(&*long, "t", ["a"]);
    }));
    cases.push(
        Case::new("names / too long / renamed column")
            .before(table)
            .up(|op| op.rename_column("t", "a", &*long)),
    );
    cases.push(
        Case::new("names / too long / renamed table").before(table).up(|op| op.rename_table("t", &*long)),
    );
    cases.push(Case::new("names / too long / 64 characters").before(table).up(|op| {
        op.create_index("ü".repeat(64), "t", ["a"]);
    }));
    cases.push(Case::new("names / too long / enum type").up(|op| {
        op.create_enum(&*long, ["a"]);
    }));
    cases.push(
        Case::new("names / too long / view")
            .before(table)
            .up(|op| op.create_view(&*long, "SELECT id FROM t")),
    );
    cases.push(Case::new("names / too long / schema").up(|op| op.create_schema(&*long)));
}
